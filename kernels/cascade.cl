/* The hot kernel: showers above the cut, persistent lanes, one particle step per iteration. */
#include "eotmc/transport/lane_sums.h"
#include "eotmc/transport/lanes.h"

/** Advance the lanes of every work item by n_iteration steps. @param launch one. @param em one. */
EOT_KERNEL_FN(cascade)
void cascade(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em,
             EOT_GLOBAL const eot_cascade_parameters *launch, EOT_GLOBAL const f32 *energy, EOT_GLOBAL u32 *lane,
             EOT_GLOBAL f32 *stack, EOT_GLOBAL i64 *track, EOT_GLOBAL eot_vertex_record *vertex, EOT_GLOBAL u32 *way) {
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
    view.way = way;
    if (first < c.n_lane) eot_lanes_advance(first, view, em[0], c);
}

/** The lanes at the start of a batch, one a work item. */
EOT_KERNEL_FN(lanes_start)
void lanes_start(EOT_GLOBAL const eot_cascade_parameters *launch, EOT_GLOBAL const f32 *energy, EOT_GLOBAL u32 *lane) {
    u32 i = EOT_GLOBAL_ID;
    if (i < launch->n_lane) eot_lane_start(i, launch, energy, lane);
}

/** What the host has to know of the lanes after a launch, a few words of it, in eot_lanes_items(n_lane) work items.
 * @param sum [EOT_N_LANES_SUM]. @param n_place one. @param hit [eot_hit_places]; one, where sampling is forced. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(lanes_summary) void lanes_summary(EOT_GLOBAL const eot_cascade_parameters *launch,
                                                               EOT_GLOBAL u32 *lane,
                                                               EOT_GLOBAL const eot_vertex_record *vertex,
                                                               EOT_GLOBAL i64 *sum, EOT_GLOBAL u32 *n_place,
                                                               EOT_GLOBAL eot_vertex_record *hit) {
    u32 i = EOT_GLOBAL_ID, n_item = eot_lanes_items(launch->n_lane);
    if (i < n_item) eot_lanes_summarise(i, n_item, launch, lane, vertex, sum, n_place, hit);
}
