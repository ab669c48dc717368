/* The hot kernel: showers above the cut, persistent lanes, one particle step per iteration. */
#include "eotmc/transport/lanes.h"

/** Advance the lanes of every work item by n_iteration steps. @param launch one. @param em one. */
EOT_KERNEL_FN(cascade)
void cascade(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em,
             EOT_GLOBAL const eot_cascade_parameters *launch, EOT_GLOBAL const f32 *energy, EOT_GLOBAL u32 *lane,
             EOT_GLOBAL f32 *stack, EOT_GLOBAL i64 *track, EOT_GLOBAL eot_vertex_record *vertex) {
    u32 first = EOT_GLOBAL_ID * EOT_LANE_WIDTH;
    eot_cascade_parameters c = launch[0];
    eot_lane_view view;
    view.table = table;
    view.threshold = launch->threshold;
    view.energy = energy;
    view.state = lane;
    view.stack = stack;
    view.track = track;
    view.vertex = vertex;
    if (first < c.n_lane) eot_lanes_advance(first, view, em[0], c);
}
