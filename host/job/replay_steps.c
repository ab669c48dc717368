#include "job/replay_steps.h"

#include "base/array.h"

enum eot_status eot_replay_add_muon_step(struct eot_replay_muon *muon, const eot_muon *m, const eot_muon_step *step,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_replay_muon_step *array = eot_array_grown(muon->step, muon->n_step, sizeof *array);
    EOT_CHECK_MEMORY(array);
    muon->step = array;
    muon->step[muon->n_step++] = (struct eot_replay_muon_step){.x = m->position.x,
                                                               .y = m->position.y,
                                                               .z = m->position.z,
                                                               .time = (double)m->time,
                                                               .kinetic = (double)m->kinetic_energy,
                                                               .path = (double)step->path,
                                                               .ionisation = (double)step->ionisation,
                                                               .shower = (double)step->shower,
                                                               .hadronic = (double)step->hadronic,
                                                               .electron = (double)step->electron,
                                                               .neutrino = (double)step->neutrino,
                                                               .region = step->region,
                                                               .process = step->process};
done:
    return status;
}

enum eot_status eot_replay_add_step(struct eot_replay *replay, const struct eot_world *w,
                                    const eot_replay_state *before, const eot_replay_state *after,
                                    const eot_cascade_vertex *v, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_replay_particle *q = &before->q;
    struct eot_replay_step *array = eot_array_grown(replay->step, replay->n_step, sizeof *array);
    EOT_CHECK_MEMORY(array);
    replay->step = array;
    replay->step[replay->n_step++] = (struct eot_replay_step){.type = q->p.type,
                                                              .n_waiting = before->depth,
                                                              .E = (double)q->p.E,
                                                              .x = (double)q->x,
                                                              .y = (double)q->y,
                                                              .z = (double)(w->event.calorimeter_z + q->p.z),
                                                              .path = (double)v->path,
                                                              .path_X0 = (double)v->path_X0,
                                                              .x_end = (double)after->x_end,
                                                              .y_end = (double)after->y_end,
                                                              .z_end = (double)(w->event.calorimeter_z + v->z),
                                                              .ionisation = (double)v->ionisation,
                                                              .soft = (double)v->soft,
                                                              .type_a = v->type_a,
                                                              .type_b = v->type_b,
                                                              .E_a = (double)v->E_a,
                                                              .E_b = (double)v->E_b,
                                                              .rare = (double)v->rare,
                                                              .has_left = v->has_left != 0,
                                                              .is_ghost = q->is_ghost != 0};
done:
    return status;
}

enum eot_status eot_replay_add_line_step(struct eot_replay *replay, const eot_line_step *step, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_replay_step *array = eot_array_grown(replay->step, replay->n_step, sizeof *array);
    EOT_CHECK_MEMORY(array);
    replay->step = array;
    replay->step[replay->n_step++] = (struct eot_replay_step){.type = step->before.type,
                                                              .n_waiting = step->before.n_waiting,
                                                              .E = (double)step->before.E,
                                                              .x = step->from.x,
                                                              .y = step->from.y,
                                                              .z = step->from.z,
                                                              .path = (double)step->v.path,
                                                              .path_X0 = (double)step->v.path_X0,
                                                              .x_end = step->to.x,
                                                              .y_end = step->to.y,
                                                              .z_end = step->to.z,
                                                              .ionisation = (double)step->v.ionisation,
                                                              .soft = (double)step->v.soft,
                                                              .type_a = step->v.type_a,
                                                              .type_b = step->v.type_b,
                                                              .E_a = (double)step->v.E_a,
                                                              .E_b = (double)step->v.E_b,
                                                              .is_in_front = true,
                                                              .outcome = step->outcome};
done:
    return status;
}
