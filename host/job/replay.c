#include "job/replay_private.h"

#include "job/job.h"

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

enum eot_status eot_replay_add_muon_step(struct eot_replay_muon *muon, const eot_muon *m, const eot_muon_step *step,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_replay_muon_step *array = grown(muon->step, muon->n_step, sizeof *array);
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
    struct eot_replay_step *array = grown(replay->step, replay->n_step, sizeof *array);
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

enum eot_status eot_replay_execute(const struct eot_config *config, const struct eot_world *w, uint64_t event,
                                   struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &config->sampling;
    memset(replay, 0, sizeof *replay);
    EOT_CHECK(event >= s->first && event - s->first < s->eot, EOT_E_USAGE,
              "--event %llu (the run has primaries %llu to %llu); give one of them, or --set sampling.eot",
              (unsigned long long)event, (unsigned long long)s->first, (unsigned long long)(s->first + s->eot - 1));
    replay->event = event;
    replay->job = eot_job_of(config);
    EOT_TRY(replay->job->follow(config, w, event, replay, err));
done:
    return status;
}

void eot_replay_free(struct eot_replay *replay) {
    for (size_t i = 0; i < replay->n_vertex; i++)
        for (int k = 0; k < 2; k++) free(replay->vertex[i].muon[k].step);
    free(replay->beam_muon.step);
    free(replay->vertex);
    free(replay->step);
    memset(replay, 0, sizeof *replay);
}
