/** @file event_muons.h
 * Which muons of the events of a launch arrive at the chambers (event_muon.h). They take very different numbers of
 * steps, many none: a GPU runs only as many work items as it can hold at once, and each takes a new muon when its own
 * is done, so that the others of its warp do not wait for the longest one. CPUs run a work item for each muon. Which
 * work item takes which does not matter: all sums are of integers. */
#ifndef EOT_TRANSPORT_EVENT_MUONS_H
#define EOT_TRANSPORT_EVENT_MUONS_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/event_muon.h"

/** Which items a work item has: its own, then whatever it takes. */
typedef struct {
    EOT_GLOBAL u32 *taken; /* items that work items have taken; 0 when the kernel begins if it has more items than work
                              items (host/device/launch.c), else not looked at */
    u32 first, n_work_item;
} eot_items;

/** Those of this work item. A kernel's function, not one that CPU drivers compile once (EOT_BODY_FN), asks for them. */
#define EOT_ITEMS_OF(items, counter) \
    eot_items items; \
    items.taken = counter; \
    items.first = EOT_GLOBAL_ID; \
    items.n_work_item = EOT_GLOBAL_SIZE

/** The next item. @param n number of all items. @return n or more: there is none left. */
EOT_FN u32 eot_items_next(eot_items items, u32 n) {
    return items.n_work_item >= n ? n : items.n_work_item + eot_atomic_increment_u32(items.taken);
}

/** The muons of a work item. On a GPU a turn of the loop is the start of one of them or a step. @param record, vertex
 * as of the kernel reach. @param arrived [n_event][n_history][2] of eot_event_muon_reaches. */
EOT_BODY_FN void eot_event_muons_reach(eot_matter_view matter, eot_event_view event,
                                       EOT_GLOBAL const eot_vertex_record *record,
                                       EOT_GLOBAL const eot_event_vertex *vertex, EOT_GLOBAL f32 *arrived,
                                       eot_items items) {
    EOT_GLOBAL const eot_event_launch *launch = event.launch;
    const u32 n = 2u * launch->n_event * launch->n_history;
    eot_arriving_muon a;
    u32 item = items.first;
    a.goes_on = 0;
    while (item < n) {
        if (!a.goes_on) {
            u32 number = item / 2u % launch->n_history, i = item / 2u / launch->n_history;
            eot_event_vertex v = vertex[i];
            u64 primary = launch->first_primary + record[launch->first_vertex + i].i_primary;
            a.arrived = 0.0f;
            if (v.weight > 0.0f && v.fault == 0u)
                eot_arriving_muon_start(&a, matter, event, primary, eot_vertex_with(v, number),
                                        1 - 2 * (i32)(item & 1u));
        }
        while (a.goes_on) {
            eot_arriving_muon_advance(&a, matter, event);
            if (EOT_SIDE_BY_SIDE) break;
        }
        if (a.goes_on) continue;
        arrived[item] = a.arrived;
        item = eot_items_next(items, n);
    }
}

#endif
