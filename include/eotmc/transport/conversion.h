/** @file conversion.h
 * mu N -> e N phi of a muon beam in the ECAL: every muon converts once, at a point of its path drawn by the local rate,
 * with the expected number of conversions as weight; the electron's shower is followed, phi is not seen. One work item
 * a muon. The muon is followed twice: through the ECAL to find the point, then again up to it with deposits. What is
 * seen of it is in eotmc/select/conversion_score.h. */
#ifndef EOT_TRANSPORT_CONVERSION_H
#define EOT_TRANSPORT_CONVERSION_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/event.h"
#include "eotmc/transport/event_muon.h"

/** What all muons read. */
typedef struct {
    eot_matter_view matter;
    EOT_GLOBAL const eot_em_tables *em;
    EOT_GLOBAL const eot_event_world *e;
    EOT_GLOBAL const eot_event_launch *launch; /* first_primary 0, has_vertex 0 */
} eot_conversion_world;

/** What one muon works with. @param counter EOT_N_CONVERSION_COUNTER sums (eotmc/select/conversion_score.h). @param
 * stack as in eot_event_replay: of n_item, number `item`. */
typedef struct {
    EOT_GLOBAL i64 *acc, *counter;
    EOT_GLOBAL f32 *stack;
    u32 n_item, item;
} eot_conversion_space;

/** Where a muon converts. */
typedef struct {
    f32 weight; /* expected number of conversions on its whole path through the ECAL, in units of the run */
    f32 along;  /* share of the chosen step's path */
    i32 chosen; /* number of the step, -1: it does not cross the ECAL */
    i32 n_step;
    u32 fault; /* bits of eot_event_fault */
} eot_conversion_choice;

/** Conversions per cm of the ECAL, averaged over its layers, in units of the run. @param E GeV, of the muon. */
EOT_FN f32 eot_conversion_rate(eot_conversion_world w, f32 E) {
    f32 length = w.em->layer[0] + (w.em->n_medium == 2 ? w.em->layer[1] : 0.0f), total = 0.0f;
    for (i32 i = 0; i < w.e->vertex.n_lfc; i++) {
        f32 share = w.em->n_medium == 2 ? w.em->layer[w.e->vertex.lfc_medium[i]] / length : 1.0f;
        total += eot_lfc_xsec(w.matter.table, w.e->vertex.lfc[i], E) * share;
    }
    return total;
}

/** The nucleus that a muon of energy E [GeV] converts on. @param choice in (0, 1): takes one by its share of the rate.
 */
EOT_FN i32 eot_conversion_target(eot_conversion_world w, f32 E, f32 choice) {
    f32 length = w.em->layer[0] + (w.em->n_medium == 2 ? w.em->layer[1] : 0.0f), sum = 0.0f,
        total = eot_conversion_rate(w, E);
    i32 target = 0;
    for (i32 i = 0; i < w.e->vertex.n_lfc; i++) {
        f32 share = w.em->n_medium == 2 ? w.em->layer[w.e->vertex.lfc_medium[i]] / length : 1.0f,
            rate = eot_lfc_xsec(w.matter.table, w.e->vertex.lfc[i], E) * share;
        if (rate > 0.0f && sum <= choice * total) target = i;
        sum += rate;
    }
    return target;
}

/** Where the muon of a primary begins, as eot_event_muon_born takes it, for both charges. */
EOT_FN eot_event_vertex eot_conversion_origin(eot_conversion_world w, u64 primary) {
    EOT_GLOBAL const eot_event_world *e = w.e;
    f32 z = eot_source_z(w.matter.table, e->beam, primary);
    eot_primary source = eot_source_of(w.matter.table, e->beam, primary, w.launch->seed, w.launch->run, z);
    eot_event_vertex start = eot_event_vertex_none();
    start.x = (f64)source.x;
    start.y = (f64)source.y;
    start.z = (f64)z;
    start.time = eot_source_time(w.matter.table, e->beam, primary);
    start.plus = start.minus = eot_slope_direction(source.sx, source.sy);
    start.E_plus = start.E_minus = source.E;
    return start;
}

/** The muon of a primary at the beam's start. @param acc accumulators, zeroed. @param E its total energy [GeV] out. */
EOT_FN eot_event_muon_state eot_conversion_start(eot_conversion_world w, u64 primary, i32 charge, EOT_GLOBAL i64 *acc,
                                                 f32 *E) {
    eot_event_vertex start = eot_conversion_origin(w, primary);
    *E = start.E_plus;
    return eot_event_muon_start(w.matter, w.launch, primary, start, charge, acc);
}

/** A step of a muon of the beam. */
EOT_SHARED_FN eot_muon_step eot_conversion_step(eot_conversion_world w, eot_muon m, eot_random random) {
    return eot_muon_advance(w.matter, m, random);
}

/** Follow a muon to the end of the ECAL and draw a point of its path there by the local rate: a reservoir of one. */
EOT_FN eot_conversion_choice eot_conversion_choose(eot_conversion_world w, eot_event_muon_state s, u64 primary) {
    EOT_GLOBAL const eot_event_world *e = w.e;
    eot_conversion_choice c;
    eot_muon m = s.m;
    eot_random random = s.random;
    f32 ecal_end = e->columns.ecal_z1;
    c.weight = c.along = 0.0f;
    c.chosen = -1;
    c.n_step = 0;
    c.fault = 0u;
    while (m.fate == EOT_MUON_ALIVE && (f32)m.position.z < ecal_end && c.n_step < EOT_MUON_MOST_STEPS) {
        eot_muon_step step = eot_conversion_step(w, m, random);
        if (w.matter.region[step.region].role == EOT_ROLE_ECAL) {
            eot_u32x4 b = eot_philox((u32)primary, (u32)(primary >> 32), (u32)EOT_STAGE_RARE << 24, (u32)c.n_step,
                                     w.launch->seed, w.launch->run);
            f32 at = eot_uniform(b.y), E = (f32)m.kinetic_energy + EOT_M_MUON - at * step.ionisation;
            f32 expected = eot_conversion_rate(w, E) * step.path;
            c.weight += expected;
            if (expected > 0.0f && eot_uniform(b.x) * c.weight < expected) {
                c.chosen = c.n_step;
                c.along = at;
            }
        }
        m = step.muon;
        random = step.random;
        c.n_step++;
    }
    if (m.fate == EOT_MUON_STUCK || c.n_step == EOT_MUON_MOST_STEPS) c.fault = (u32)EOT_FAULT_STUCK;
    if (m.fate == EOT_MUON_NAN) c.fault = (u32)EOT_FAULT_NAN;
    return c;
}

/** The vertex on the step that the muon is about to make; what it loses up to there is deposited at the vertex. */
EOT_FN eot_event_vertex eot_conversion_vertex(eot_conversion_world w, eot_event_muon_state s, eot_conversion_choice c,
                                              u64 primary, EOT_GLOBAL i64 *acc) {
    EOT_GLOBAL const eot_event_world *e = w.e;
    eot_event_vertex v = eot_event_vertex_none();
    eot_muon_step last = eot_conversion_step(w, s.m, s.random);
    v.x = s.m.position.x + (f64)c.along * (last.muon.position.x - s.m.position.x);
    v.y = s.m.position.y + (f64)c.along * (last.muon.position.y - s.m.position.y);
    v.z = s.m.position.z + (f64)c.along * (last.muon.position.z - s.m.position.z);
    v.k = (f32)s.m.kinetic_energy + EOT_M_MUON - c.along * last.ionisation;
    v.weight = c.weight;
    v.depth_X0 = ((f32)v.z - e->calorimeter_z) * e->layers_inverse_X0;
    i64 at_vertex = eot_energy_counts(v.k - EOT_M_MUON);
    eot_deposit_in_ecal(eot_deposit_view_of(w.matter.table, e, acc), (f32)v.x, (f32)v.y, (f32)v.z,
                        s.kinetic_counts - at_vertex);
    eot_u32x4 b = eot_random_block(eot_random_init(primary, EOT_STAGE_VERTEX, 0, w.launch->seed, w.launch->run));
    i32 target = eot_conversion_target(w, v.k, eot_uniform(b.z));
    v.target_Z = e->vertex.lfc_Z[target];
    v.target_A = e->vertex.lfc_A[target];
    eot_lfc_table n = e->vertex.lfc[target];
    if (!eot_lfc_is_covered(n, v.k)) {
        v.fault = (u32)EOT_FAULT_ENERGY;
        return v;
    }
    eot_lfc_final f = eot_lfc_sample(w.matter.table, n, v.k, eot_uniform(b.x), eot_uniform(b.y));
    v.turn = eot_low_uniform(b.x, b.y);
    v.extra = eot_vec3_unit(eot_vec3_rotated(s.m.direction, f.sine * eot_cos_turn(v.turn),
                                             f.sine * eot_sin_turn(v.turn), 1.0f - f.versine));
    v.E_extra = fmin(f.E_f, v.k);
    v.E_dark = v.k - v.E_extra;
    acc[EOT_ACC_LEDGER_PHI] += at_vertex + eot_energy_counts(EOT_M_MUON) - eot_energy_counts(v.E_extra);
    return v;
}

/** The electron of a vertex before its first step. Its random numbers are those of the stage AFTER of its primary. */
EOT_FN eot_replay_state eot_conversion_electron(eot_conversion_world w, eot_event_vertex v, u64 primary, i32 charge) {
    eot_vertex_record none;
    none.i_primary = none.draw = 0u;
    none.fraction = none.E = none.weight = 0.0f;
    eot_replay_state r = eot_replay_start(w.e, w.launch, none);
    r.primary = primary; /* the launch is of no primary in particular */
    r.spots.random = eot_random_init(primary, EOT_STAGE_REPLAY, 1, w.launch->seed, w.launch->run);
    r.stage = EOT_STAGE_AFTER;
    r.q.p.E = v.E_extra;
    r.q.p.z = fmax((f32)v.z - w.e->calorimeter_z, 0.0f);
    r.q.p.type = charge > 0 ? EOT_POSITRON : EOT_ELECTRON;
    r.q.x = (f32)v.x;
    r.q.y = (f32)v.y;
    r.q.sx = v.extra.x / fmax(v.extra.z, 0.1f);
    r.q.sy = v.extra.y / fmax(v.extra.z, 0.1f);
    return r;
}

/** One step of its shower. @param step what it did, out. */
EOT_FN void eot_conversion_shower_advance(eot_conversion_world w, eot_replay_state *r, eot_conversion_space space,
                                          eot_cascade_vertex *step) {
    eot_vertex_record none;
    none.i_primary = none.draw = 0u;
    none.fraction = none.E = none.weight = 0.0f;
    eot_em_tables em = w.em[0];
    eot_u32x4 block = eot_replay_block(*r, w.launch);
    *step = eot_cascade_vertex_sample(w.matter.table, em, r->q.p.E, r->q.p.z, r->q.p.type, block);
    eot_replay_view view = eot_replay_view_of(w.matter.table, w.e, w.launch, space.stack, space.n_item, space.item);
    eot_replay_advance(r, block, *step, view, eot_replay_deposits(view, space.acc, 0), em, none);
}

/** A shower that begins below the cut: spots of the parametrisation. */
EOT_FN void eot_conversion_spots(eot_conversion_world w, eot_event_vertex v, eot_replay_state r,
                                 eot_conversion_space space) {
    eot_shower_axis axis;
    eot_replay_view view = eot_replay_view_of(w.matter.table, w.e, w.launch, space.stack, space.n_item, space.item);
    axis.x = r.q.x;
    axis.y = r.q.y;
    axis.z = (f32)v.z;
    axis.sx = r.q.sx;
    axis.sy = r.q.sy;
    eot_shower_deposit(eot_replay_deposits(view, space.acc, 0),
                       eot_subcut_shower_of(eot_energy_counts(v.E_extra), v.E_extra, 0, axis), r.spots.random);
}

/** The shower of the vertex's electron. @return its faults, bits of eot_event_fault. */
EOT_SHARED_FN u32 eot_conversion_shower(eot_conversion_world w, eot_event_vertex v, u64 primary, i32 charge,
                                        eot_conversion_space space) {
    eot_replay_state r = eot_conversion_electron(w, v, primary, charge);
    if (v.E_extra < w.em->cut) {
        eot_conversion_spots(w, v, r, space);
        return r.vertex.fault;
    }
    while (r.is_alive) {
        eot_cascade_vertex step;
        eot_conversion_shower_advance(w, &r, space, &step);
    }
    return r.vertex.fault;
}

#endif
