/* A hadron of a beam again: its decay and what leaves it, and the row of the record, by the kernel's own function. */
#include "job/replay_steps.h"

#include "eotmc/select/hadron_score.h"
#include "job/job.h"
#include "world/launch.h"
#include "world/matter.h"

/* Buffers of one hadron, on the host. */
struct host_space {
    i64 acc[EOT_N_ACC], of_hadrons[EOT_N_LEDGER + EOT_N_HADRON_TERM], counter[EOT_N_HADRON_COUNTER];
    eot_selected selected[EOT_MAX_SELECTION];
};

enum eot_status eot_replay_hadron(const struct eot_config *config, const struct eot_world *world, uint64_t event,
                                  struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *sampling = &config->sampling;
    eot_event_launch event_launch = eot_event_launch_from(config, world);
    const eot_hadron_launch launch = {.first_primary = event,
                                      .n_primary = 1u,
                                      .seed = sampling->seed,
                                      .run = sampling->run,
                                      .is_forced = sampling->mode == EOT_SAMPLING_FORCED,
                                      .enhancement = (f32)sampling->analog_enhancement};
    struct host_space *host = calloc(1, sizeof *host);
    EOT_CHECK_MEMORY(host);
    event_launch.has_vertex = 0;
    const eot_hadron_run run = {.view = {.matter = eot_world_matter(world),
                                         .hadron = &world->hadron,
                                         .scatters = world->event.multiple_scattering,
                                         .enhancement = launch.is_forced ? 1.0f : launch.enhancement},
                                .e = &world->event,
                                .launch = &event_launch,
                                .acc = host->acc,
                                .of_hadrons = host->of_hadrons,
                                .primary = event};
    eot_hadron_follow(run, &launch, replay->row, host->selected, host->counter);
    replay->E_beam = (double)replay->row[EOT_HADRON_C_BEAM];
    replay->rate = (double)replay->row[EOT_HADRON_C_WEIGHT];
    replay->has_row = true;
done:
    free(host);
    return status;
}
