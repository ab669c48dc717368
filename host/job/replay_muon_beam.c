/* A muon of a beam again, step by step up to the scored plane. */
#include "job/replay_steps.h"

#include "job/muon_beam_private.h"

enum eot_status eot_replay_muon_beam(const struct eot_config *config, const struct eot_world *w, uint64_t event,
                                     struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_muon_beam_parameters p;
    eot_grid grid;
    double plane;
    i64 tally[EOT_N_EXIT_COUNTER] = {0};
    struct eot_replay_muon *out = &replay->beam_muon;
    eot_muon_beam_setup(config, w, &p, &plane, &grid);
    const eot_matter_view matter = eot_matter_view_of(w->table.value, &w->muon, &grid, w->region, w->voxel);
    eot_muon_beam_state s = eot_muon_beam_start(matter, &p, event);
    replay->E_beam = (double)s.source.E;
    *out = (struct eot_replay_muon){
        .charge = p.charge,
        .E = (double)s.source.E,
        .direction = {(double)s.m.direction.x, (double)s.m.direction.y, (double)s.m.direction.z}};
    while (s.m.fate == EOT_MUON_ALIVE && out->n_step <= EOT_MUON_MOST_STEPS) {
        eot_muon_step step = eot_muon_advance(matter, s.m, s.random);
        s.m = step.muon;
        s.random = step.random;
        EOT_TRY(eot_replay_add_muon_step(out, &s.m, &step, err));
    }
    out->fate = s.m.fate == EOT_MUON_ALIVE ? EOT_MUON_STUCK : s.m.fate;
    /* its row of the record, by the kernel's own function */
    eot_muon_beam_follow(matter, &p, event, replay->row, tally);
    replay->has_row = true;
done:
    return status;
}
