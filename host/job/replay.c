#include "job/replay.h"

#include <stdlib.h>
#include <string.h>

#include "eotmc/base/particle.h"
#include "eotmc/physics/muon_tables.h"
#include "job/job.h"

const char *eot_replay_fate_name(int fate) {
    static const char *const name[] = {"alive", "stopped", "decayed", "left the world", "stuck", "not a number"};
    return fate >= 0 && fate < 6 ? name[fate] : "unknown";
}
const char *eot_replay_outcome_name(int outcome) {
    static const char *const name[] = {
#define EOT_LINE_OUTCOME(id, text) text,
#include "eotmc/transport/line_outcomes.def"
#undef EOT_LINE_OUTCOME
    };
    return outcome >= 0 && (size_t)outcome < sizeof name / sizeof name[0] ? name[outcome] : "unknown";
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
