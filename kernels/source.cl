/* What the beam's primaries are. Thin: the physics is in include/eotmc. */
#include "eotmc/transport/launch.h"
#include "eotmc/transport/lanes.h"
#include "eotmc/transport/source.h"
#include "eotmc/transport/world.h"

/** Energies of the primaries of a batch, EOT_LANE_WIDTH a work item. @param energy n_primary + 1 values out, in whole
 * work items. */
EOT_KERNEL_FN(source)
void source(EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL const eot_cascade_parameters *launch,
            EOT_GLOBAL f32 *energy) {
    u32 first = EOT_GLOBAL_ID * EOT_LANE_WIDTH, first_low = (u32)launch->first_primary,
        first_high = (u32)(launch->first_primary >> 32), seed = launch->seed, run = launch->run;
    f32 mean = world->beam.energy, spread = world->beam.spread;
    u32 x[EOT_LANE_WIDTH], y[EOT_LANE_WIDTH];
    if (first > launch->n_primary) return;
    EOT_EACH_LANE
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        u32 low = first_low + first + l, high = first_high + (low < first_low ? 1u : 0u);
        eot_u32x4 block = eot_philox(low, high, (u32)EOT_STAGE_SOURCE << 24, 0, seed, run);
        x[l] = block.x;
        y[l] = block.y;
    }
    EOT_EACH_LANE
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) energy[first + l] = eot_source_energy(mean, spread, x[l], y[l]);
}
