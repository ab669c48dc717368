/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/score.h"

#include "job/replay.h"
#include "engine/run.h"

#include <stdlib.h>
#include <string.h>

#include "world/launch.h"

enum { MAX_RECORD = 256, N_SLOT = 4 };

const char *const eot_ledger_name[EOT_N_LEDGER] = {
#define EOT_LEDGER(id, name, meaning) name,
#include "eotmc/detector/ledger.def"
#undef EOT_LEDGER
};

const char *eot_replay_fate_name(int fate) {
    static const char *const name[] = {"alive", "stopped", "decayed", "left the world", "stuck", "not a number"};
    return fate >= 0 && fate < 6 ? name[fate] : "unknown";
}
const char *eot_replay_process_name(int process) {
    switch (process) {
    case EOT_MUON_DELTA: return "delta ray";
    case EOT_MUON_BREMS: return "bremsstrahlung";
    case EOT_MUON_PAIR: return "pair";
    case EOT_MUON_PHOTONUCLEAR: return "photonuclear";
    case EOT_MUON_ELASTIC: return "elastic";
    case EOT_MUON_DECAY: return "decay";
    default: return "-";
    }
}
const char *eot_replay_particle_name(int type) {
    return type == EOT_PHOTON ? "gamma" : type == EOT_POSITRON ? "e+" : "e-";
}

/* One more element; NULL without memory, when the old array stays. */
static void *grown(void *array, size_t n, size_t size) {
    return (n & (n - 1)) == 0 ? realloc(array, (n > 0 ? 2 * n : 1) * size) : array;
}

static enum eot_status follow_muon(const struct eot_world *w, const eot_event_launch *launch, uint64_t primary,
                                   eot_event_vertex v, int charge, i64 *acc, struct eot_replay_muon *out,
                                   eot_muon_outcome *outcome, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *outcome = eot_muon_outcome_none();
    if (!((charge > 0 ? v.E_plus : v.E_minus) > 0.0f)) return EOT_OK; /* no muon of this charge */
    eot_event_muon_state s = eot_event_muon_start(w->table.value, &w->grid, w->voxel, launch, primary, v, charge, acc);
    eot_vec3 u = charge > 0 ? v.plus : v.minus;
    *out = (struct eot_replay_muon){.charge = charge,
                                    .E = (double)(charge > 0 ? v.E_plus : v.E_minus),
                                    .direction = {(double)u.x, (double)u.y, (double)u.z}};
    while (s.m.fate == EOT_MUON_ALIVE) {
        eot_muon_step step = eot_muon_advance(w->table.value, &w->muon, &w->grid, w->region, w->voxel, s.m, s.random);
        s = eot_event_muon_advance(s, step, w->table.value, w->region, &w->event, acc);
        if (s.n_step > 1000000 && s.m.fate == EOT_MUON_ALIVE) s.m.fate = EOT_MUON_STUCK;
        struct eot_replay_muon_step *array = grown(out->step, out->n_step, sizeof *array);
        EOT_CHECK_MEMORY(array);
        out->step = array;
        out->step[out->n_step++] = (struct eot_replay_muon_step){.x = s.m.position.x,
                                                                 .y = s.m.position.y,
                                                                 .z = s.m.position.z,
                                                                 .time = (double)s.m.time,
                                                                 .kinetic = (double)s.m.kinetic_energy,
                                                                 .path = (double)step.path,
                                                                 .ionisation = (double)step.ionisation,
                                                                 .shower = (double)step.shower,
                                                                 .hadronic = (double)step.hadronic,
                                                                 .electron = (double)step.electron,
                                                                 .neutrino = (double)step.neutrino,
                                                                 .region = step.region,
                                                                 .process = step.process};
    }
    s = eot_event_muon_finish(s, acc);
    *outcome = s.out;
    out->fate = s.out.fate;
    out->E_exit = (double)s.out.E_exit;
    for (int i = 0; i < EOT_N_PLANE; i++)
        out->hit[i] = (struct eot_replay_hit){s.out.hit[i].is_hit > 0.0f, (double)s.out.hit[i].x,
                                              (double)s.out.hit[i].y, (double)s.out.hit[i].time};
done:
    return status;
}

/* The shower again with deposits; its steps if they are not there yet. */
static enum eot_status follow_shower(const struct eot_world *w, const eot_event_launch *launch,
                                     eot_vertex_record record, i64 *acc, f32 *stack, eot_event_vertex *vertex,
                                     struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool keeps = replay->step == NULL;
    eot_replay_state s = eot_replay_start(&w->event, launch, record);
    while (s.is_alive) {
        eot_u32x4 block = eot_replay_block(s, launch);
        eot_replay_particle q = s.q;
        int depth = s.depth;
        u32 stage = s.stage, draw = s.draw;
        eot_cascade_vertex v = eot_cascade_vertex_sample(w->table.value, w->em, q.p.E, q.p.z, q.p.type, block);
        s = eot_replay_advance(s, block, v, w->table.value, w->em, &w->event, launch, record, acc, stack, 1, 0, NULL);
        if (!keeps) continue;
        struct eot_replay_step *array = grown(replay->step, replay->n_step, sizeof *array);
        EOT_CHECK_MEMORY(array);
        replay->step = array;
        replay->step[replay->n_step++] = (struct eot_replay_step){
            .type = q.p.type,
            .n_waiting = depth,
            .E = (double)q.p.E,
            .x = (double)q.x,
            .y = (double)q.y,
            .z = (double)(w->event.calorimeter_z + q.p.z),
            .path = (double)v.path,
            .path_X0 = (double)v.path_X0,
            .x_end = (double)s.x_end,
            .y_end = (double)s.y_end,
            .z_end = (double)(w->event.calorimeter_z + v.z),
            .ionisation = (double)v.ionisation,
            .soft = (double)v.soft,
            .type_a = v.type_a,
            .type_b = v.type_b,
            .E_a = (double)v.E_a,
            .E_b = (double)v.E_b,
            .rare = (double)v.rare,
            .has_left = v.has_left != 0,
            .is_ghost = q.is_ghost != 0,
            .holds_vertex = launch->has_vertex && stage == EOT_STAGE_CASCADE && draw == eot_record_draw(record.draw)};
    }
    *vertex = s.vertex;
done:
    return status;
}

/* The rare vertices that the cascade finds in this shower. */
static enum eot_status find_vertices(const struct eot_world *w, const eot_cascade_parameters *c, f32 energy, f32 *stack,
                                     eot_vertex_record *record, size_t *n_record, double *rate, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    f32 energies[2] = {energy, energy};
    i64 track[3 * EOT_TRACK_BINS] = {0};
    eot_vertex_record slot[N_SLOT] = {{0}};
    u32 lane[EOT_N_LANE_WORD] = {0};
    lane[EOT_LANE_E] = eot_f32_bits(energy);
    lane[EOT_LANE_TYPE] = (u32)c->primary_type;
    *n_record = 0;
    while (lane[EOT_LANE_I_PRIMARY] == 0) {
        f32 before = eot_f32_from_bits(lane[EOT_LANE_WEIGHT]);
        eot_lanes_advance(0, w->table.value, w->em, *c, c->threshold, energies, lane, stack, track, slot);
        f32 weight = eot_f32_from_bits(lane[EOT_LANE_WEIGHT]);
        if (weight > before) *rate = (double)weight;
        for (u32 k = 0; k < lane[EOT_LANE_N_HIT] && !c->is_forced && *n_record < MAX_RECORD; k++)
            record[(*n_record)++] = slot[k];
        lane[EOT_LANE_N_HIT] = 0;
    }
    EOT_CHECK(
        lane[EOT_LANE_N_OVERFLOW] == 0, EOT_E_DEVICE,
        "the shower overflows the stack of %d particles (physics.cut too low for this energy?); raise physics.cut",
        EOT_STACK_DEPTH);
    if (c->is_forced && slot[0].weight > 0.0f) {
        *rate = (double)slot[0].weight;
        record[(*n_record)++] = slot[0];
    }
done:
    return status;
}

enum eot_status eot_replay_execute(const struct eot_config *config, const struct eot_world *w, uint64_t event,
                                   struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &config->sampling;
    i64 *acc = NULL, *tally = NULL;
    f32 *stack = NULL;
    eot_vertex_record *record = NULL;
    size_t n_record = 0;
    memset(replay, 0, sizeof *replay);
    EOT_CHECK(event >= s->first && event - s->first < s->eot, EOT_E_USAGE,
              "--event %llu (the run has primaries %llu to %llu); give one of them, or --set sampling.eot",
              (unsigned long long)event, (unsigned long long)s->first, (unsigned long long)(s->first + s->eot - 1));
    acc = malloc(EOT_N_ACC * sizeof *acc);
    tally = calloc((size_t)w->event.n_selection * EOT_N_TALLY, sizeof *tally);
    stack = calloc(EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH, sizeof *stack);
    record = calloc(MAX_RECORD, sizeof *record);
    EOT_CHECK_MEMORY(acc);
    EOT_CHECK_MEMORY(tally);
    EOT_CHECK_MEMORY(stack);
    EOT_CHECK_MEMORY(record);
    eot_event_launch launch = eot_event_launch_from(config, w);
    eot_cascade_parameters c = eot_run_cascade_parameters(config, w->rare_unit);
    c.first_primary = launch.first_primary = event;
    c.n_primary = c.n_lane = c.n_iteration = 1;
    c.track_tally = EOT_TRACK_NONE;
    c.n_slot = N_SLOT;
    f32 energy = eot_source_sample(w->event.beam, event, launch.seed, launch.run, w->event.calorimeter_z).E;
    replay->event = event;
    replay->E_beam = (double)energy;
    EOT_TRY(find_vertices(w, &c, energy, stack, record, &n_record, &replay->rate, err));
    replay->rate *= w->rare_unit;
    launch.has_vertex = n_record > 0;
    replay->vertex = calloc(n_record > 0 ? n_record : 1, sizeof *replay->vertex);
    EOT_CHECK_MEMORY(replay->vertex);
    for (size_t i = 0; i < n_record || i == 0; i++) {
        eot_event_vertex v;
        struct eot_replay_vertex *out = &replay->vertex[i];
        memset(acc, 0, EOT_N_ACC * sizeof *acc);
        EOT_TRY(follow_shower(w, &launch, record[i], acc, stack, &v, replay, err));
        if (n_record == 0) break;
        replay->n_vertex = i + 1;
        *out = (struct eot_replay_vertex){.process = v.process,
                                          .parent = v.parent,
                                          .x = v.x,
                                          .y = v.y,
                                          .z = v.z,
                                          .time = (double)v.time,
                                          .k = (double)v.k,
                                          .depth_X0 = (double)v.depth_X0,
                                          .weight = (double)v.weight * w->rare_unit,
                                          .draw = eot_record_draw(record[i].draw),
                                          .faults = v.fault};
        if (v.fault != 0u) continue;
        eot_muon_outcome outcome[2];
        for (int k = 0; k < 2; k++)
            EOT_TRY(follow_muon(w, &launch, event, v, 1 - 2 * k, acc, &out->muon[k], &outcome[k], err));
        eot_event ev = eot_event_reconstruct(&w->event, &launch, event, v, acc, outcome[0], outcome[1]);
        eot_event_select(&w->event, &launch, 1, v, ev, acc, tally, out->row);
        if (ev.faults != 0u) out->faults = ev.faults;
        i64 recoil = (i64)floor(eot_run_complete_row(w, &launch, event, out->row) * EOT_ENERGY_QUANTUM + 0.5);
        acc[EOT_ACC_LEDGER_PHI] -= recoil;
        acc[EOT_ACC_LEDGER_RECOIL] += recoil;
        i64 missing = eot_energy_counts(v.E_beam);
        for (int k = 0; k < EOT_N_LEDGER; k++) {
            out->ledger[k] = (double)acc[k] / EOT_ENERGY_QUANTUM;
            missing -= acc[k];
        }
        for (int k = 0; k < EOT_N_ECAL_CELL; k++)
            out->ecal_cell[k] = (double)acc[EOT_ACC_ECAL_CELL + k] / EOT_ENERGY_QUANTUM;
        out->energy_in = (double)v.E_beam;
        out->residual = (double)missing / EOT_ENERGY_QUANTUM;
    }
done:
    free(acc);
    free(tally);
    free(stack);
    free(record);
    return status;
}

void eot_replay_free(struct eot_replay *replay) {
    for (size_t i = 0; i < replay->n_vertex; i++)
        for (int k = 0; k < 2; k++) free(replay->vertex[i].muon[k].step);
    free(replay->vertex);
    free(replay->step);
    memset(replay, 0, sizeof *replay);
}
