/** @file event.h
 * An event with a rare vertex: its shower again (replay.h), with deposits or only up to the vertex; its muons are in
 * event_muon.h, the detector's answer and the selection in eotmc/select. One work item an event; nothing here is in the
 * hot loop. */
#ifndef EOT_TRANSPORT_EVENT_H
#define EOT_TRANSPORT_EVENT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/tally/tally.h"
#include "eotmc/transport/event_muon.h"
#include "eotmc/transport/replay.h"

/** Where the vertex of a shower is and what leaves it, without deposits: the shower again up to there.
 * @return the same bits as eot_event_replay. */
EOT_FN eot_event_vertex eot_event_locate(eot_replay_view view, eot_em_tables t, eot_vertex_record record,
                                         EOT_GLOBAL i64 *tally) {
    eot_deposit_view none = eot_replay_deposits(view, 0, 0);
    eot_replay_state s = eot_replay_begin(view, none, 0, record);
    while (s.is_alive && !eot_replay_is_vertex(s, view.launch, record)) {
        eot_replay_step step = eot_replay_step_of(s, view, t);
        s = eot_replay_next(s, eot_replay_sided(step.after, view.world), step.v, t.cut, view);
        if (EOT_HAS_ARRIVALS(view.world) && !s.is_alive && !(s.vertex.fault & (u32)EOT_FAULT_ENDLESS))
            s = eot_replay_arrive(s, view, none, 0);
    }
    if (s.is_alive) {
        eot_replay_step step = eot_replay_step_of(s, view, t);
        s.vertex = eot_replay_vertex(s, step.after, step.v, view, t, record);
    }
    eot_atomic_add_i64(tally + EOT_C_REPLAY_STEPS, (i64)s.draw);
    return s.vertex;
}

/** Follow one shower again with deposits; find its vertex. @param d the event's accumulators are zero.
 * @return the vertex, with the weight of the record and its faults; weight 0 where no vertex is looked for. */
EOT_FN eot_event_vertex eot_event_replay(eot_replay_view view, eot_deposit_view d, eot_em_tables t,
                                         eot_vertex_record record, EOT_GLOBAL i64 *tally) {
    eot_replay_state s = eot_replay_begin(view, d, 1, record);
    while (s.is_alive) {
        eot_u32x4 block = eot_replay_block(s, view.launch);
        eot_cascade_vertex v = eot_cascade_vertex_sample(view.table, t, s.q.p.E, s.q.p.z, s.q.p.type, block);
        s = eot_replay_advance(s, block, v, view, d, t, record);
    }
    eot_atomic_add_i64(tally + EOT_C_REPLAY_STEPS, (i64)s.draw);
    if (!view.launch->has_vertex) { /* no selection follows that would count them */
        if (s.vertex.fault & (u32)EOT_FAULT_STACK) eot_atomic_add_i64(tally + EOT_C_FAULT_STACK, 1);
        if (s.vertex.fault & (u32)EOT_FAULT_ENDLESS) eot_atomic_add_i64(tally + EOT_C_FAULT_STUCK, 1);
    }
    return s.vertex;
}

#endif
