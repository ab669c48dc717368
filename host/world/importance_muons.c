#undef EOT_REAL_DOUBLE /* follows muons as the device does, in single precision */
#include "world/importance_muons.h"

#include "eotmc/select/selection.h"
#include "world/matter.h"

#ifndef EOT_TRIAL_FOLLOW
#define EOT_TRIAL_FOLLOW eot_trial_follow_plain

double eot_trial_missing(const struct eot_world *w, const eot_selection *selection, double ecal, double missing) {
    const eot_response *r = &w->event.response;
    f32 sigma = fmax(eot_missing_sigma(r, w->event.beam.energy, (f32)fmax(ecal, 0.0)), 1e-3f);
    return (double)eot_tail_probability(EOT_TAIL_EXPONENTIAL, (selection->missing_energy - (f32)missing) / sigma,
                                        r->tail_start);
}
#endif

void EOT_TRIAL_FOLLOW(const struct eot_world *w, const struct eot_trial_start *start, struct eot_trial *trial) {
    static const f32 widest = 1.0f; /* rad */
    const eot_matter_view matter = eot_world_matter(w);
    const eot_response *r = &w->event.response;
    const eot_event_launch launch = {.seed = 20261127u};
    const f64 quantum = 1.0 / EOT_ENERGY_QUANTUM;
    i64 tally[EOT_N_TALLY] = {0};
    for (u32 i = 0; i < EOT_TRIAL_N_ENERGY * EOT_TRIAL_N_MUON; i++) {
        struct eot_trial_muon *m = &trial->muon[i / EOT_TRIAL_N_MUON][i % EOT_TRIAL_N_MUON];
        i64 acc[EOT_N_ACC] = {0};
        eot_u32x4 b = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 3, launch.seed, 0));
        eot_event_vertex v = eot_event_vertex_none();
        v.weight = 1.0f;
        v.E_minus = (f32)(exp(trial->first + trial->step * (i / EOT_TRIAL_N_MUON))) + EOT_M_MUON;
        f32 angle = fmin(EOT_M_MUON / v.E_minus * sqrt(1.0f / eot_uniform(b.x) - 1.0f), widest);
        v.minus = eot_slope_direction(angle * eot_cos_turn(eot_uniform(b.y)), angle * eot_sin_turn(eot_uniform(b.y)));
        v.x = start->x;
        v.y = start->y;
        v.z = start->z + start->length * (f64)eot_uniform(b.z);
        eot_muon_outcome out = eot_event_muon(matter, eot_event_view_of(&w->event, &launch, acc, tally), (u64)i, v, -1);
        m->veto = eot_veto_seen((f32)((f64)acc[EOT_ACC_VETO_VISIBLE] * quantum), r->veto_photostatistics,
                                eot_calorimeter_random(i, (u32)EOT_DRAW_VETO, launch.seed, 0));
        for (i32 k = 0; k < EOT_N_HCAL; k++)
            m->hcal[k] = eot_hcal_seen((f32)((f64)acc[EOT_ACC_HCAL_VISIBLE + k] * quantum),
                                       (f32)((f64)acc[EOT_ACC_HCAL_HADRONIC + k] * quantum), r,
                                       eot_calorimeter_random(i, (u32)(EOT_DRAW_HCAL + k), launch.seed, 0));
        m->E_exit = out.E_exit;
    }
}
