/* Events with a rare vertex, one work item each: replay of the shower, muons, detector and selection. Thin: the physics
 * is in include/eotmc. */
#include "eotmc/select/score.h"
#include "eotmc/transport/event_muons.h"
#include "eotmc/transport/lanes.h"

/** The weights of event i for each mass. @param mass those of all events. */
EOT_FN EOT_GLOBAL f32 *eot_event_weights(EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL f32 *mass, u32 i) {
    return mass + (u64)i * (u32)eot_n_mass(&world->vertex);
}

/** Where an event is counted. @param weight those of its vertex. @param of_history as of eot_scores. */
EOT_FN eot_scores eot_event_scores(EOT_GLOBAL const f32 *weight, EOT_GLOBAL i64 *tally, f32 of_history) {
    eot_scores s;
    s.of_history = of_history;
    s.tally = tally;
    s.weight = weight;
    return s;
}

/** Vertices of the events that are not followed with deposits whatever their muons do; they are counted here. @param
 * stack as in replay. @param mass [n_event][masses], weights. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(locate) void locate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em,
                                                 EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region,
                                                 EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
                                                 EOT_GLOBAL const eot_event_launch *launch,
                                                 EOT_GLOBAL const eot_vertex_record *record, EOT_GLOBAL const u32 *way,
                                                 EOT_GLOBAL f32 *stack, EOT_GLOBAL eot_event_vertex *vertex,
                                                 EOT_GLOBAL i64 *tally, EOT_GLOBAL f32 *mass) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    eot_vertex_record r = record[launch->first_vertex + i];
    eot_event_vertex v = eot_event_vertex_none();
    if (r.weight > 0.0f && !eot_is_kept(launch->first_primary + r.i_primary, launch->follow_threshold)) {
        eot_replay_view view = eot_replay_view_of(table, world, launch, stack, launch->n_event, i);
        view.matter = eot_matter_view_of(table, 0, grid, region, voxel);
        view.density = eot_event_weights(world, mass, i);
        view.density[0] = -1.0f; /* not known */
        v = eot_event_locate(view, em[0], r, way + (u64)r.i_primary * EOT_WAY_WORDS, tally);
        if (v.fault == 0u && v.weight > 0.0f) {
            if (view.density[0] < 0.0f)
                eot_mass_weights(table, &world->vertex, v, view.density);
            else
                eot_mass_shares(&world->vertex, v, view.density);
            eot_vertex_count(world, v, eot_event_scores(view.density, tally, 1.0f));
        }
    }
    vertex[i] = v;
}

/** Which histories of the muons of a vertex arrive at the chambers, so that events may pass. One item a muon of a
 * history. @param arrived [n_event][n_history][2] of eot_event_muon_reaches. @param taken as of
 * eot_items. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(reach) void reach(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables, EOT_GLOBAL const eot_grid *grid,
    EOT_GLOBAL const eot_region *region, EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
    EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL const eot_vertex_record *record,
    EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL f32 *arrived, EOT_GLOBAL i64 *tally, EOT_GLOBAL u32 *taken) {
    EOT_ITEMS_OF(items, taken);
    eot_event_muons_reach(eot_matter_view_of(table, muon_tables, grid, region, voxel),
                          eot_event_view_of(world, launch, 0, tally), record, vertex, arrived, items);
}

/** Which events are to be followed with deposits, and in which history. @param history [n_event]. */
EOT_KERNEL_FN(choose)
void choose(EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL const eot_vertex_record *record,
            EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL const f32 *arrived, EOT_GLOBAL eot_history *history) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    eot_event_vertex v = vertex[i];
    u64 primary = launch->first_primary + record[launch->first_vertex + i].i_primary;
    if (v.weight > 0.0f && v.fault == 0u)
        history[i] = eot_event_history(launch, primary, v, arrived + (u64)i * 2u * launch->n_history);
    else
        history[i] = eot_history_of(0u, v.fault != 0u || eot_is_kept(primary, launch->follow_threshold) ? 1.0f : 0.0f);
}

/** How many events of each block are to be followed. One item a block of EOT_FOLLOW_BLOCK. @param n_followed [blocks].
 */
EOT_ONE_BY_ONE EOT_KERNEL_FN(count_followed) void count_followed(EOT_GLOBAL const eot_event_launch *launch,
                                                                 EOT_GLOBAL const eot_history *history,
                                                                 EOT_GLOBAL u32 *n_followed) {
    u32 first = EOT_GLOBAL_ID * EOT_FOLLOW_BLOCK, n = 0u;
    if (first >= launch->n_event) return;
    for (u32 i = first; i < first + EOT_FOLLOW_BLOCK && i < launch->n_event; i++)
        n += history[i].share > 0.0f ? 1u : 0u;
    n_followed[EOT_GLOBAL_ID] = n;
}

/** The events that are to be followed, in their order. One item a block. @param list their numbers, as of
 * eot_event_number. @param primary of the batch, of each. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(list_followed) void list_followed(EOT_GLOBAL const eot_event_launch *launch,
                                                               EOT_GLOBAL const eot_vertex_record *record,
                                                               EOT_GLOBAL const eot_history *history,
                                                               EOT_GLOBAL const u32 *n_followed, EOT_GLOBAL u32 *list,
                                                               EOT_GLOBAL u32 *primary) {
    u32 first = EOT_GLOBAL_ID * EOT_FOLLOW_BLOCK, at = 0u;
    if (first >= launch->n_event) return;
    for (u32 k = 0u; k < EOT_GLOBAL_ID; k++) at += n_followed[k];
    for (u32 i = first; i < first + EOT_FOLLOW_BLOCK && i < launch->n_event; i++) {
        if (!(history[i].share > 0.0f) || at >= launch->n_event)
            continue; /* a fault of the device writes nowhere else */
        list[at] = i;
        primary[at++] = record[launch->first_vertex + i].i_primary;
    }
}

/** Replay. @param list if launch->has_list, the events that are followed, in the histories of their muons that `choose`
 * has found: numbers among the vertex records from first_vertex on; those of this launch begin at first_listed.
 * @param stack f32 [EOT_N_REPLAY_FIELD][EOT_STACK_DEPTH][n_event]. @param acc [n_event][EOT_N_ACC], cleared here.
 * @param profile [n_event][n_profile]. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(replay) void replay(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_em_tables *em,
                                                 EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region,
                                                 EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
                                                 EOT_GLOBAL const eot_event_launch *launch,
                                                 EOT_GLOBAL const eot_vertex_record *record, EOT_GLOBAL i64 *acc,
                                                 EOT_GLOBAL f32 *stack, EOT_GLOBAL eot_event_vertex *vertex,
                                                 EOT_GLOBAL i64 *tally, EOT_GLOBAL i64 *profile,
                                                 EOT_GLOBAL const u32 *list, EOT_GLOBAL const eot_history *history) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    EOT_GLOBAL i64 *own = acc + (u64)i * EOT_N_ACC;
    for (i32 k = 0; k < EOT_N_ACC; k++) own[k] = 0;
    for (i32 k = 0; k < launch->n_profile; k++) profile[(u64)i * (u32)launch->n_profile + (u32)k] = 0;
    eot_vertex_record r = record[launch->first_vertex + eot_event_number(launch, list, i)];
    if (launch->has_vertex && !(r.weight > 0.0f)) { /* a shower without any chance of a vertex */
        vertex[i] = eot_event_vertex_none();
        return;
    }
    eot_replay_view view = eot_replay_view_of(table, world, launch, stack, launch->n_event, i);
    view.matter = eot_matter_view_of(table, 0, grid, region, voxel);
    eot_event_vertex v = eot_event_replay(
        view, eot_replay_deposits(view, own, profile + (u64)i * (u32)launch->n_profile), em[0], r, tally);
    vertex[i] = launch->has_list ? eot_vertex_with(v, history[eot_event_number(launch, list, i)].number) : v;
}

/** Both muons of each event. @param outcome [n_event][2]: mu+, mu-. @param factor [n_event] on the weights, where muons
 * have extra losses (eotmc/transport/losses.h). */
EOT_ONE_BY_ONE EOT_KERNEL_FN(muon) void muon(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *muon_tables,
                                             EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region,
                                             EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *world,
                                             EOT_GLOBAL const eot_event_launch *launch,
                                             EOT_GLOBAL const eot_vertex_record *record,
                                             EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL i64 *acc,
                                             EOT_GLOBAL eot_muon_outcome *outcome, EOT_GLOBAL i64 *tally,
                                             EOT_GLOBAL const u32 *list, EOT_GLOBAL f32 *factor) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    eot_event_vertex v = vertex[i];
    if (!(v.weight > 0.0f) || v.fault != 0u) return;
    u64 primary = launch->first_primary + record[launch->first_vertex + eot_event_number(launch, list, i)].i_primary;
    eot_matter_view matter = eot_matter_view_of(table, muon_tables, grid, region, voxel);
    eot_event_view event = eot_event_view_of(world, launch, acc + (u64)i * EOT_N_ACC, tally);
    eot_loss_choice choice = eot_event_loss_choice(table, world, launch, primary, v);
    eot_muon_ratio ratio[2];
    EOT_ROLLED
    for (i32 k = 0; k < 2; k++) {
        /* the vertex again, not v, which would wait in registers */
        eot_event_muon_end end = eot_event_muon_follow(matter, event, primary, vertex[i], 1 - 2 * k, choice);
        outcome[2 * i + (u32)k] = end.out;
        ratio[k] = end.ratio;
    }
    if (EOT_HAS_LOSSES(world)) factor[i] = eot_loss_weight(&world->losses, choice, ratio[0], ratio[1]);
}

/** Fits of the tracks of both muons of each event. One work item a muon. @param track [n_event][2]: mu+, mu-. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(fit_track) void fit_track(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL const eot_event_launch *launch,
    EOT_GLOBAL const eot_vertex_record *record, EOT_GLOBAL const eot_event_vertex *vertex,
    EOT_GLOBAL const eot_muon_outcome *outcome, EOT_GLOBAL eot_track *track, EOT_GLOBAL const u32 *list) {
    u32 item = EOT_GLOBAL_ID, i = item / 2u;
    if (i >= launch->n_event) return;
    if (!(vertex[i].weight > 0.0f) || vertex[i].fault != 0u) return;
    u64 primary = launch->first_primary + record[launch->first_vertex + eot_event_number(launch, list, i)].i_primary;
    track[item] = eot_event_track(table, eot_event_view_of(world, launch, 0, 0), primary, outcome[item],
                                  1 - 2 * (i32)(item & 1u));
}

/** Detector and selection. @param row [n_event][EOT_N_EVENT_COLUMN]. @param factor as of the kernel muon. @param mass
 * as in locate. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(select_event) void select_event(
    EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL const eot_event_launch *launch,
    EOT_GLOBAL const eot_vertex_record *record, EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL i64 *acc,
    EOT_GLOBAL const eot_muon_outcome *outcome, EOT_GLOBAL const eot_track *track, EOT_GLOBAL i64 *tally,
    EOT_GLOBAL f32 *row, EOT_GLOBAL const u32 *list, EOT_GLOBAL const f32 *factor, EOT_GLOBAL f32 *mass,
    EOT_GLOBAL const eot_history *history) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_event) return;
    EOT_GLOBAL f32 *own = row + (u64)i * EOT_N_EVENT_COLUMN;
    own[EOT_E_WEIGHT] = 0.0f;
    eot_event_vertex v = vertex[i];
    if (!(v.weight > 0.0f)) return;
    u64 primary = launch->first_primary + record[launch->first_vertex + eot_event_number(launch, list, i)].i_primary;
    i32 is_new = eot_is_kept(primary, launch->follow_threshold);
    if (v.fault == 0u) v.fault = eot_event_faults(0u, outcome[2 * i].fate, outcome[2 * i + 1].fate);
    EOT_GLOBAL f32 *weight = eot_event_weights(world, mass, i);
    eot_mass_weights(table, &world->vertex, v, weight);
    f32 of_history = launch->has_list ? history[eot_event_number(launch, list, i)].share : 1.0f;
    if (EOT_HAS_LOSSES(world) && v.fault == 0u) of_history *= factor[i];
    eot_scores scores = eot_event_scores(weight, tally, of_history);
    if (v.fault != 0u) {
        eot_event_reject(world, is_new, eot_is_kept(primary, launch->sample_threshold), v, scores, own);
        return;
    }
    EOT_GLOBAL i64 *own_acc = acc + (u64)i * EOT_N_ACC;
    eot_event ev = eot_event_with_tracks(table, eot_event_view_of(world, launch, own_acc, tally), primary, v,
                                         outcome[2 * i], outcome[2 * i + 1], track[2 * i], track[2 * i + 1]);
    eot_event_select(world, launch, is_new, v, ev, own_acc, scores, own);
    eot_event_hits_record(outcome[2 * i], outcome[2 * i + 1], own);
}
