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

/** A step of the shower without deposits. */
typedef struct {
    eot_cascade_vertex v;
    eot_replay_particle after; /* the particle after its path */
} eot_replay_step;

/** The step that the particle of s is about to make. */
EOT_HOT_FN eot_replay_step eot_replay_step_of(eot_replay_state s, eot_replay_view view, eot_em_tables t) {
    eot_replay_step step;
    step.v = eot_cascade_vertex_sample(view.table, t, s.q.p.E, s.q.p.z, s.q.p.type, eot_replay_block(s, view.launch));
    step.after = eot_replay_moved(s.q, step.v, eot_replay_own_block(s, view.launch), view.world->multiple_scattering);
    return step;
}

/** The next particle on the way to the vertex: the lighter daughter, as in the cascade, unless the next entry of the
 * way says that the heavier one was taken from the stack when the lighter one's shower had ended. @param entry of the
 * way (EOT_WAY_WORDS). Other arguments as of eot_replay_next. @return not alive where there is none: the way is wrong.
 */
EOT_HOT_FN eot_replay_state eot_replay_led(eot_replay_state s, eot_replay_particle q, eot_cascade_vertex v, f32 sought,
                                           u32 entry) {
    i32 a_is_high = v.E_a > v.E_b;
    f32 E_high = a_is_high ? v.E_a : v.E_b, E_low = a_is_high ? v.E_b : v.E_a;
    i32 type_high = a_is_high ? v.type_a : v.type_b, type_low = a_is_high ? v.type_b : v.type_a;
    i32 both = E_low >= sought, one = E_high >= sought && !v.has_left,
        is_later = both && (i32)(entry >> EOT_WAY_DEPTH_SHIFT) == s.depth, goes_low = both && !is_later;
    q.p.E = goes_low ? E_low : E_high;
    q.p.type = goes_low ? type_low : type_high;
    q.p.z = is_later ? eot_stacked_z(v.z) : v.z;
    s.depth += goes_low;
    s.is_alive = both || one;
    s.draw = is_later ? entry & ((1u << EOT_WAY_DEPTH_SHIFT) - 1u) : s.draw + 1u;
    s.q = q;
    return s;
}

/** Where the vertex of a shower is and what leaves it, without deposits: the shower again up to there; of it only the
 * particles on the way to the vertex, where that is known. @param way of this primary (EOT_WAY_WORDS); not looked at in
 * launches without ways. @return the same bits as eot_event_replay. */
EOT_BODY_FN eot_event_vertex eot_event_locate(eot_replay_view view, eot_em_tables t, eot_vertex_record record,
                                              EOT_GLOBAL const u32 *way, EOT_GLOBAL i64 *tally) {
    eot_deposit_view none = eot_replay_deposits(view, 0, 0);
    eot_replay_state s;
    eot_replay_begin(&s, view, none, 0, record);
    u32 n_way = EOT_HAS_WAYS(*view.launch) ? way[0] : 0u, n_taken = 0, n_step = 0;
    i32 has_way = EOT_HAS_WAYS(*view.launch) && n_way <= (u32)EOT_WAY_ENTRIES;
    while (s.is_alive && !eot_replay_is_vertex(s, view.launch, record)) {
        eot_replay_step step = eot_replay_step_of(s, view, t);
        eot_replay_particle after = eot_replay_sided(step.after, view.world);
        n_step++;
        if (has_way) {
            u32 entry = n_taken < n_way ? way[1u + n_taken] : EOT_WAY_END, draw = s.draw;
            s = eot_replay_led(s, after, step.v, t.sought, entry);
            n_taken += s.draw != draw + 1u ? 1u : 0u;
            continue;
        }
        eot_replay_next(&s, after, step.v, t.sought, t.sought, view);
        if (EOT_HAS_ARRIVALS(view.world) && !s.is_alive && !(s.vertex.fault & (u32)EOT_FAULT_ENDLESS))
            eot_replay_arrive(&s, view, none, 0);
    }
    if (s.is_alive) {
        eot_replay_step step = eot_replay_step_of(s, view, t);
        s.vertex = eot_replay_vertex(&s, &step.after, &step.v, &view, &t, &record);
    }
    eot_atomic_add_i64(tally + EOT_C_REPLAY_STEPS, (i64)n_step);
    return s.vertex;
}

#if EOT_SIDE_BY_SIDE
/** Deposits that do not wait in the queue. */
EOT_FN eot_deposit_view eot_replay_at_once(const eot_replay_space *in) {
    eot_deposit_view d = in->deposits;
    d.queue = 0;
    return d;
}

/** Parts of a replay in turns, each a function of its own in CUDA kernels: what they share is in memory, so that few
 * registers are enough. The primary before the first step. */
EOT_OFTEN_FN void eot_replay_turn_begin(eot_replay_state *s, const eot_replay_space *in) {
    eot_replay_begin(s, in->view, eot_replay_at_once(in), 1, in->record);
}

/** What the next step does in the cascade. @param v out. */
EOT_OFTEN_FN void eot_replay_turn_sample(eot_cascade_vertex *v, const eot_replay_state *s, const eot_replay_space *in,
                                         eot_u32x4 block) {
    *v = eot_cascade_vertex_sample(in->view.table, in->tables, s->q.p.E, s->q.p.z, s->q.p.type, block);
}

/** The rare vertex of the next step. @param after, v as of eot_replay_vertex. */
EOT_OFTEN_FN void eot_replay_turn_vertex(eot_replay_state *s, const eot_replay_particle *after,
                                         const eot_cascade_vertex *v, const eot_replay_space *in) {
    s->vertex = eot_replay_vertex(s, after, v, &in->view, &in->tables, &in->record);
}

/** The next step; its showers wait in the queue. */
EOT_OFTEN_FN void eot_replay_turn_step(eot_replay_state *s, const eot_replay_space *in) {
    eot_u32x4 block = eot_replay_block(*s, in->view.launch), own = eot_replay_own_block(*s, in->view.launch);
    eot_cascade_vertex v;
    eot_replay_turn_sample(&v, s, in, block);
    eot_replay_particle q = eot_replay_moved(s->q, v, own, in->view.world->multiple_scattering);
    if (eot_replay_is_vertex(*s, in->view.launch, in->record)) {
        eot_replay_particle after = q;
        eot_replay_turn_vertex(s, &after, &v, in);
    }
    in->deposits.queue->n = in->deposits.queue->n_begun = 0;
    eot_replay_left(s, q, v, block, own, in);
}

/** What comes after the last step. */
EOT_OFTEN_FN void eot_replay_turn_on(eot_replay_state *s, const eot_replay_space *in) {
    eot_replay_on(s, in->view, eot_replay_at_once(in), in->tables.cut);
}

/** Spots of a turn, at most. */
#define EOT_TURN_SPOTS 4

/** The shower to its end. A turn of the loop is at most one step and a few spots: a step leaves none to 256 of these,
 * and the other work items of a GPU would wait for the one that has most. */
EOT_OFTEN_FN void eot_replay_in_turns(eot_replay_state *s, const eot_replay_space *in) {
    eot_spots spots;
    struct eot_shower_queue *queue = in->deposits.queue;
    i32 has_ended = !s->is_alive;
    spots.i = spots.n_spot = queue->n = queue->n_begun = 0;
    for (;;) {
        if (spots.i >= spots.n_spot && queue->n_begun >= queue->n) {
            if (!s->is_alive && !has_ended) {
                eot_replay_turn_on(s, in);
                has_ended = !s->is_alive;
            }
            if (has_ended) break;
            eot_replay_turn_step(s, in);
        }
        if (spots.i >= spots.n_spot && queue->n_begun < queue->n) {
            eot_spots_begin(&spots, &in->deposits, &queue->shower[queue->n_begun], s->spots.random);
            queue->n_begun++;
            s->spots.random = spots.random;
        }
        if (spots.i < spots.n_spot) {
            eot_spots_run(&spots, &in->deposits, EOT_TURN_SPOTS);
            s->spots.random = spots.random;
        }
    }
}
#endif

/** Follow one shower again with deposits; find its vertex. @param d the event's accumulators are zero.
 * @return the vertex, with the weight of the record and its faults; weight 0 where no vertex is looked for. */
EOT_BODY_FN eot_event_vertex eot_event_replay(eot_replay_view view, eot_deposit_view d, eot_em_tables t,
                                              eot_vertex_record record, EOT_GLOBAL i64 *tally) {
    eot_replay_state s;
#if EOT_SIDE_BY_SIDE
    struct eot_shower_queue queue;
    eot_replay_space in;
    in.view = view;
    in.deposits = d;
    in.deposits.queue = &queue;
    in.tables = t;
    in.record = record;
    eot_replay_turn_begin(&s, &in);
    eot_replay_in_turns(&s, &in);
#else
    eot_replay_begin(&s, view, d, 1, record);
    while (s.is_alive) {
        eot_u32x4 block = eot_replay_block(s, view.launch);
        eot_cascade_vertex v = eot_cascade_vertex_sample(view.table, t, s.q.p.E, s.q.p.z, s.q.p.type, block);
        eot_replay_advance(&s, block, v, view, d, t, record);
    }
#endif
    eot_atomic_add_i64(tally + EOT_C_REPLAY_STEPS, (i64)s.draw + (i64)s.draw_aside);
    if (!view.launch->has_vertex) { /* no selection follows that would count them */
        if (s.vertex.fault & (u32)EOT_FAULT_STACK) eot_atomic_add_i64(tally + EOT_C_FAULT_STACK, 1);
        if (s.vertex.fault & (u32)EOT_FAULT_ENDLESS) eot_atomic_add_i64(tally + EOT_C_FAULT_STUCK, 1);
    }
    return s.vertex;
}

#endif
