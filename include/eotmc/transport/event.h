/** @file event.h
 * An event with a rare vertex: its shower again, now with position, direction and deposits (replay); its muons through
 * the grid. One work item an event; nothing here is in the hot loop. */
#ifndef EOT_TRANSPORT_EVENT_H
#define EOT_TRANSPORT_EVENT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/tally/tally.h"
#include "eotmc/transport/cascade.h"
#include "eotmc/transport/muon.h"
#include "eotmc/transport/shower.h"
#include "eotmc/transport/vertex.h"

/** A primary particle at the front of the calorimeter. */
typedef struct {
    f32 E, x, y, sx, sy;
} eot_primary;

/** Momentum of a primary [GeV]. @param x,y words of its first block. */
EOT_FN f32 eot_source_energy(f32 energy, f32 spread, u32 x, u32 y) {
    f32 factor = 1.0f + spread * eot_normal(x, y).a;
    return energy * eot_min(eot_max(factor, 0.5f),
                            1.0f + 6.0f * spread); /* 6 sigma: never cut by Box-Muller's largest value of 5.9 */
}

/** Sample the primary: Gaussian spot, divergence and momentum spread. One block for the energy, one for the rest.
 * @param z front of the calorimeter [cm]. */
EOT_FN eot_primary eot_source_sample(eot_beam beam, u64 primary, u32 seed, u32 run, f32 z) {
    eot_primary p;
    eot_random g = eot_random_init(primary, EOT_STAGE_SOURCE, 0, seed, run);
    eot_u32x4 first = eot_random_block(g);
    g.draw = 1;
    eot_u32x4 b = eot_random_block(g);
    eot_normal_pair spot = eot_normal(b.x, b.y), slope = eot_normal(b.z, b.w);
    p.E = eot_source_energy(beam.energy, beam.spread, first.x, first.y);
    p.sx = beam.divergence_x * slope.a;
    p.sy = beam.divergence_y * slope.b;
    p.x = beam.position_x + beam.spot_x * spot.a + p.sx * (z - beam.position_z);
    p.y = beam.position_y + beam.spot_y * spot.b + p.sy * (z - beam.position_z);
    return p;
}

/** A particle of the replay. */
typedef struct {
    eot_shower_particle p;
    f32 x, y, sx, sy;
    i32 is_ghost; /* descends from the parent of the rare vertex: its random numbers are used, its energy is not */
} eot_replay_particle;

EOT_FN void eot_replay_push(EOT_GLOBAL f32 *stack, u32 n_item, u32 item, i32 depth, eot_replay_particle q) {
    u32 plane = (u32)EOT_STACK_DEPTH * n_item, at = (u32)depth * n_item + item;
    stack[at] = q.p.E;
    stack[plane + at] = eot_stacked_z(q.p.z);
    stack[2 * plane + at] = (f32)q.p.type;
    stack[3 * plane + at] = q.x;
    stack[4 * plane + at] = q.y;
    stack[5 * plane + at] = q.sx;
    stack[6 * plane + at] = q.sy;
    stack[7 * plane + at] = (f32)q.is_ghost;
}
EOT_FN eot_replay_particle eot_replay_pop(EOT_GLOBAL const f32 *stack, u32 n_item, u32 item, i32 depth) {
    u32 plane = (u32)EOT_STACK_DEPTH * n_item, at = (u32)depth * n_item + item;
    eot_replay_particle q;
    q.p.E = stack[at];
    q.p.z = stack[plane + at];
    q.p.type = (i32)stack[2 * plane + at];
    q.x = stack[3 * plane + at];
    q.y = stack[4 * plane + at];
    q.sx = stack[5 * plane + at];
    q.sy = stack[6 * plane + at];
    q.is_ghost = stack[7 * plane + at] != 0.0f;
    return q;
}

/** A shower that is followed again, between two steps. */
typedef struct {
    eot_replay_particle q; /* next to step */
    eot_random random;     /* of showers below the cut */
    eot_event_vertex vertex;
    eot_spot_reservoir waiting; /* energy below the size of a spot */
    f32 x_end, y_end;           /* cm, where the last step ended */
    u64 primary;
    u32 stage, draw; /* of the cascade's random numbers; steps so far */
    i32 depth;       /* particles on the stack */
    i32 is_alive, primary_type;
} eot_replay_state;

/** At the front of the calorimeter. */
EOT_FN eot_replay_state eot_replay_start(EOT_GLOBAL const eot_event_world *e, EOT_GLOBAL const eot_event_launch *launch,
                                         eot_vertex_record record) {
    eot_replay_state s;
    s.primary = launch->first_primary + record.i_primary;
    s.primary_type = launch->primary_type;
    eot_primary source = eot_source_sample(e->beam, s.primary, launch->seed, launch->run, e->calorimeter_z);
    s.random = eot_random_init(s.primary, EOT_STAGE_REPLAY, 1, launch->seed, launch->run);
    s.vertex = eot_event_vertex_none();
    s.vertex.weight = launch->has_vertex ? record.weight : 0.0f;
    s.vertex.E_beam = source.E;
    s.vertex.fault = launch->has_vertex ? (u32)EOT_FAULT_VERTEX : 0u;
    s.q.p.E = source.E;
    s.q.p.z = 0.0f;
    s.q.p.type = launch->primary_type;
    s.q.x = source.x;
    s.q.y = source.y;
    s.q.sx = source.sx;
    s.q.sy = source.sy;
    s.q.is_ghost = 0;
    s.x_end = source.x;
    s.y_end = source.y;
    s.waiting.counts = 0;
    s.waiting.energy = s.waiting.shape_energy = 0.0f;
    s.waiting.is_photon = 0;
    s.waiting.axis.x = s.waiting.axis.y = s.waiting.axis.z = s.waiting.axis.sx = s.waiting.axis.sy = 0.0f;
    s.depth = 0;
    s.stage = EOT_STAGE_CASCADE;
    s.draw = 0;
    s.is_alive = 1;
    return s;
}

/** The cascade's random block of the next step. */
EOT_FN eot_u32x4 eot_replay_block(eot_replay_state s, EOT_GLOBAL const eot_event_launch *launch) {
    return eot_philox((u32)s.primary, (u32)(s.primary >> 32), s.stage << 24, s.draw, launch->seed, launch->run);
}

/** The replay's own block of the next step: scattering, and what goes below the cut. */
EOT_FN eot_u32x4 eot_replay_own_block(eot_replay_state s, EOT_GLOBAL const eot_event_launch *launch) {
    u32 part = s.stage == EOT_STAGE_CASCADE ? 0u : 2u; /* what left the vertex counts its steps anew */
    return eot_philox((u32)s.primary, (u32)(s.primary >> 32), (u32)EOT_STAGE_REPLAY << 24 | part, s.draw, launch->seed,
                      launch->run);
}

/** The particle after its path. Multiple scattering: Highland's angle (PDG 2022, Eq. 34.16), displacement correlated
 * with it. @param own the replay's block of the step. */
EOT_FN eot_replay_particle eot_replay_moved(eot_replay_particle q, eot_cascade_vertex v, eot_u32x4 own,
                                            EOT_GLOBAL const eot_event_world *e) {
    q.x += q.sx * v.path;
    q.y += q.sy * v.path;
    if (q.p.type != EOT_PHOTON && e->multiple_scattering && v.path_X0 > 0.0f) {
        f32 E_mean = fmax(0.5f * (q.p.E + v.E_a + v.E_b), 0.5f * q.p.E);
        f32 sigma = EOT_HIGHLAND / E_mean * sqrt(v.path_X0) *
                    fmax(0.2f, 1.0f + EOT_HIGHLAND_LOG * eot_log(fmax(v.path_X0, 1e-6f)));
        eot_normal_pair n = eot_normal(own.x, own.y), d = eot_normal(own.z, own.w);
        q.sx += sigma * n.a;
        q.sy += sigma * n.b;
        q.x += v.path * sigma * (0.5f * n.a + 0.28867513f * d.a); /* 1/sqrt(12) */
        q.y += v.path * sigma * (0.5f * n.b + 0.28867513f * d.b);
    }
    return q;
}

/** Whether the step that the particle of s is about to make holds the rare vertex. */
EOT_FN i32 eot_replay_is_vertex(eot_replay_state s, EOT_GLOBAL const eot_event_launch *launch,
                                eot_vertex_record record) {
    return launch->has_vertex && !s.q.is_ghost && s.stage == EOT_STAGE_CASCADE &&
           s.draw == eot_record_draw(record.draw);
}

/** That vertex. @param after the particle after its path. */
EOT_FN eot_event_vertex eot_replay_vertex(eot_replay_state s, eot_replay_particle after, eot_cascade_vertex v,
                                          EOT_GLOBAL const f32 *table, eot_em_tables t,
                                          EOT_GLOBAL const eot_event_world *e,
                                          EOT_GLOBAL const eot_event_launch *launch, eot_vertex_record record) {
    eot_replay_particle q = s.q;
    eot_event_vertex vertex = s.vertex;
    f32 path = record.fraction * v.path, z = q.p.z + path;
    i32 was_found = v.E_along == record.E && q.p.type == eot_record_type(record.draw);
    vertex.k = v.E_along;
    vertex.parent = q.p.type;
    f32 scattered = sqrt(record.fraction); /* the spread of the angle grows as the root of the path */
    vertex.sx = q.sx + scattered * (after.sx - q.sx);
    vertex.sy = q.sy + scattered * (after.sy - q.sy);
    vertex.x = (f64)(q.x + q.sx * path);
    vertex.y = (f64)(q.y + q.sy * path);
    vertex.z = (f64)(e->calorimeter_z + z);
    vertex.depth_X0 = z * e->layers_inverse_X0;
    vertex.time = z / (f32)EOT_C_LIGHT;
    vertex.fault = (vertex.fault & ~(u32)EOT_FAULT_VERTEX) | (was_found ? 0u : (u32)EOT_FAULT_VERTEX);
    vertex.stream = s.draw;
    return eot_event_vertex_sample(vertex, table, t, &e->vertex, launch, s.primary, q.p.z, v.path);
}

/** The next particle of the shower, in the same order as in the cascade; not alive after the last. @param q the
 * particle after its path: its daughters have its place and direction. */
EOT_FN eot_replay_state eot_replay_next(eot_replay_state s, eot_replay_particle q, eot_cascade_vertex v, f32 cut,
                                        EOT_GLOBAL f32 *stack, u32 n_item, u32 item) {
    i32 a_is_high = v.E_a > v.E_b;
    eot_replay_particle high = q, low = q;
    high.p.E = a_is_high ? v.E_a : v.E_b;
    low.p.E = a_is_high ? v.E_b : v.E_a;
    high.p.type = a_is_high ? v.type_a : v.type_b;
    low.p.type = a_is_high ? v.type_b : v.type_a;
    high.p.z = low.p.z = v.z;
    i32 both = low.p.E >= cut, one = high.p.E >= cut && !v.has_left;
    if (both && s.depth >= EOT_STACK_DEPTH - 1) {
        s.vertex.fault |= (u32)EOT_FAULT_STACK;
        both = 0;
    }
    if (both) {
        eot_replay_push(stack, n_item, item, s.depth, high);
        s.depth++;
        q = low;
    } else if (one) {
        q = high;
    } else if (s.depth > 0) {
        s.depth--;
        q = eot_replay_pop(stack, n_item, item, s.depth);
    } else {
        s.is_alive = 0;
    }
    if (s.draw > 0x7fffffu) {
        s.vertex.fault |= (u32)EOT_FAULT_ENDLESS;
        s.is_alive = 0;
    }
    s.draw++;
    s.q = q;
    return s;
}

/** One step of the shower with its deposits. @param block of the step. @param v its vertex. @param acc, stack, profile
 * as in eot_event_replay. */
EOT_FN eot_replay_state eot_replay_advance(eot_replay_state s, eot_u32x4 block, eot_cascade_vertex v,
                                           EOT_GLOBAL const f32 *table, eot_em_tables t,
                                           EOT_GLOBAL const eot_event_world *e,
                                           EOT_GLOBAL const eot_event_launch *launch, eot_vertex_record record,
                                           EOT_GLOBAL i64 *acc, EOT_GLOBAL f32 *stack, u32 n_item, u32 item,
                                           EOT_GLOBAL i64 *profile) {
    eot_shower_constants constants = e->shower;
    eot_profile_binning binning;
    binning.n_bin = profile ? launch->n_profile : 0;
    binning.z0 = launch->profile_z0;
    binning.inverse_width = launch->profile_inverse_width;
    eot_u32x4 own = eot_replay_own_block(s, launch);
    f32 x_start = s.q.x, y_start = s.q.y;
    eot_replay_particle q = eot_replay_moved(s.q, v, own, e);
    i32 is_photon = q.p.type == EOT_PHOTON;
    s.x_end = q.x;
    s.y_end = q.y;
    i32 is_vertex = eot_replay_is_vertex(s, launch, record);
    f32 until = 1.0f; /* share of the step that is real */
    if (is_vertex) {
        s.vertex = eot_replay_vertex(s, q, v, table, t, e, launch, record);
        /* phi takes what the muon leaves, the rounding of other splits stays in the calorimeter */
        i64 rest = eot_energy_counts(v.E_along) - eot_energy_counts(s.vertex.E_plus) -
                   eot_energy_counts(s.vertex.E_minus) - eot_energy_counts(s.vertex.E_extra);
        acc[s.vertex.E_dark > 0.0f ? EOT_ACC_LEDGER_PHI : EOT_ACC_LEDGER_ECAL] += rest;
        until = is_photon ? 0.0f : record.fraction;
    }
    i32 a_goes_on = v.E_a >= t.cut, b_goes_on = v.E_b >= t.cut && !v.has_left;
    if (!q.is_ghost && until > 0.0f) {
        f32 z = e->calorimeter_z + v.z;
        f32 at = (f32)(block.x & 0xffu) * 0.00390625f; /* where along the path the losses are put */
        eot_cascade_losses l;
        l.photon = l.rest = l.place = 0.0f;
        l.share = 1.0f;
        l.E = v.E_b;
        if (is_vertex) {
            l.photon = v.soft_along * eot_photon_share(eot_low_uniform(own.x, own.y), v.path_X0 * until, 1.0f);
            l.rest = v.soft_along - l.photon;
            l.share = until;
            l.E = 0.0f;
            l.place = at = 0.5f * until;
        } else if (!is_photon) { /* word y is free where no vertex is */
            l = eot_cascade_losses_sample(v, q.p.E, t.cut, eot_low_uniform(own.x, own.y),
                                          v.E_a > 0.0f ? at : eot_uniform(block.y));
            at *= l.share;
        }
        i64 parent = eot_energy_counts(q.p.E), a = eot_energy_counts(is_vertex ? v.E_along : v.E_a),
            b = eot_energy_counts(l.E);
        i64 photon = eot_energy_counts(l.photon), rest = eot_energy_counts(l.rest),
            ionisation = parent - a - b - photon - rest;
        a_goes_on |= is_vertex; /* the parent is gone */
        eot_shower_axis along_path, at_photon, at_end;
        along_path.sx = at_photon.sx = at_end.sx = q.sx;
        along_path.sy = at_photon.sy = at_end.sy = q.sy;
        along_path.x = x_start + at * (q.x - x_start);
        along_path.y = y_start + at * (q.y - y_start);
        along_path.z = z - (1.0f - at) * v.path;
        at_photon.x = x_start + l.place * (q.x - x_start);
        at_photon.y = y_start + l.place * (q.y - y_start);
        at_photon.z = z - (1.0f - l.place) * v.path;
        at_end.x = x_start + l.share * (q.x - x_start);
        at_end.y = y_start + l.share * (q.y - y_start);
        at_end.z = z - (1.0f - l.share) * v.path;
        i32 is_inside = eot_deposit_at(acc, e->slab, e->n_slab, eot_slab_at(e->slab, e->n_slab, along_path.z),
                                       along_path.x, along_path.y, ionisation, 0);
        if (binning.n_bin > 0 && is_inside) {
            i32 bin = (i32)floor((along_path.z - binning.z0) * binning.inverse_width);
            if (bin >= 0 && bin < binning.n_bin) profile[bin] += ionisation;
        }
        /* what goes below the cut. The rest of the radiation is many photons: one of them, in proportion to energy,
         * gives the shower that all make */
        f32 rest_uniform = (f32)(i32)(eot_mixed_bits((u64)own.z << 32 | own.w) >> 41) * 1.1920929e-7f;
        f32 rest_shape = l.rest * eot_photon_share(rest_uniform, v.path_X0 * l.share, t.cut / eot_max(l.rest, 1e-9f));
        f32 choice = eot_low_uniform(own.z, own.w);
        for (i32 i = 0; i < 4; i++) {
            i64 counts = i == 0 ? photon : i == 1 ? rest : i == 2 ? (a_goes_on ? 0 : a) : (b_goes_on ? 0 : b);
            f32 energy = i == 0   ? l.photon
                         : i == 1 ? l.rest
                         : i == 2 ? v.E_a
                                  : l.E,
                shape_energy = i == 1 ? rest_shape : energy;
            eot_shower_axis axis = i == 0 ? at_photon : i == 1 ? along_path : at_end;
            i32 makes_photon = i < 2 || (i == 2 ? v.type_a : v.type_b) == EOT_PHOTON;
            if (counts <= 0) continue;
            eot_spot_reservoir ready;
            if (energy < constants.spot_energy) {
                f32 total =
                    s.waiting.energy + energy; /* one number serves all choices: rescaled to what each leaves of it */
                i32 is_taken = choice * total < energy;
                s.waiting = eot_spot_reservoir_add(s.waiting, counts, energy, shape_energy, makes_photon, axis, choice);
                choice = is_taken ? choice * total / energy : (choice * total - energy) / fmax(total - energy, 1e-12f);
                if (s.waiting.energy < constants.spot_energy) continue;
                ready = s.waiting;
                s.waiting.counts = 0;
                s.waiting.energy = 0.0f;
            } else {
                ready.counts = counts;
                ready.energy = energy;
                ready.shape_energy = shape_energy;
                ready.is_photon = makes_photon;
                ready.axis = axis;
            }
            s.random = eot_shower_deposit(table, constants, e->slab, e->n_slab, acc, ready.counts, ready.energy,
                                          ready.shape_energy, ready.is_photon, ready.axis, s.random, profile, binning);
        }
    }
    q.is_ghost |= is_vertex;
    s = eot_replay_next(s, q, v, t.cut, stack, n_item, item);
    if (!s.is_alive && s.vertex.E_extra > 0.0f && s.stage == EOT_STAGE_CASCADE &&
        !(s.vertex.fault & (u32)EOT_FAULT_ENDLESS)) {
        /* what left the vertex besides muons, with random numbers of its own */
        s.stage = EOT_STAGE_AFTER;
        s.draw = 0;
        s.q.p.E = s.vertex.E_extra;
        s.q.p.z = (f32)s.vertex.z - e->calorimeter_z;
        s.q.p.type = s.vertex.extra_type;
        s.q.x = (f32)s.vertex.x;
        s.q.y = (f32)s.vertex.y;
        s.q.sx = s.vertex.extra.x / fmax(s.vertex.extra.z, 0.1f);
        s.q.sy = s.vertex.extra.y / fmax(s.vertex.extra.z, 0.1f);
        s.q.is_ghost = 0;
        s.is_alive = s.q.p.E >= t.cut;
        if (!s.is_alive) {
            eot_shower_axis axis;
            axis.x = s.q.x;
            axis.y = s.q.y;
            axis.z = (f32)s.vertex.z;
            axis.sx = s.q.sx;
            axis.sy = s.q.sy;
            s.random = eot_shower_deposit(table, constants, e->slab, e->n_slab, acc, eot_energy_counts(s.q.p.E),
                                          s.q.p.E, s.q.p.E, 0, axis, s.random, profile, binning);
        }
    }
    if (!s.is_alive)
        s.random =
            eot_shower_deposit(table, constants, e->slab, e->n_slab, acc, s.waiting.counts, s.waiting.energy,
                               s.waiting.shape_energy, s.waiting.is_photon, s.waiting.axis, s.random, profile, binning);
    return s;
}

/** Where the vertex of a shower is and what leaves it, without deposits: the shower again up to there. @param stack as
 * in eot_event_replay.
 * @return the same bits as eot_event_replay. */
EOT_FN eot_event_vertex eot_event_locate(EOT_GLOBAL const f32 *table, eot_em_tables t,
                                         EOT_GLOBAL const eot_event_world *e, EOT_GLOBAL const eot_event_launch *launch,
                                         eot_vertex_record record, EOT_GLOBAL f32 *stack, u32 n_item, u32 item,
                                         EOT_GLOBAL i64 *tally) {
    eot_replay_state s = eot_replay_start(e, launch, record);
    i32 is_found = 0;
    while (s.is_alive && !is_found) {
        eot_cascade_vertex v =
            eot_cascade_vertex_sample(table, t, s.q.p.E, s.q.p.z, s.q.p.type, eot_replay_block(s, launch));
        eot_replay_particle q = eot_replay_moved(s.q, v, eot_replay_own_block(s, launch), e);
        is_found = eot_replay_is_vertex(s, launch, record);
        if (is_found)
            s.vertex = eot_replay_vertex(s, q, v, table, t, e, launch, record);
        else
            s = eot_replay_next(s, q, v, t.cut, stack, n_item, item);
    }
    eot_atomic_add_i64(tally + EOT_C_REPLAY_STEPS, (i64)s.draw);
    return s.vertex;
}

/** Follow one shower again with deposits; find its vertex. @param acc the event's accumulators, zero. @param stack
 * [EOT_N_REPLAY_FIELD][EOT_STACK_DEPTH][n_item].
 * @return the vertex, with the weight of the record and its faults; weight 0 where no vertex is looked for. */
EOT_FN eot_event_vertex eot_event_replay(EOT_GLOBAL const f32 *table, eot_em_tables t,
                                         EOT_GLOBAL const eot_event_world *e, EOT_GLOBAL const eot_event_launch *launch,
                                         eot_vertex_record record, EOT_GLOBAL i64 *acc, EOT_GLOBAL f32 *stack,
                                         u32 n_item, u32 item, EOT_GLOBAL i64 *tally, EOT_GLOBAL i64 *profile) {
    eot_replay_state s = eot_replay_start(e, launch, record);
    while (s.is_alive) {
        eot_u32x4 block = eot_replay_block(s, launch);
        s = eot_replay_advance(s, block, eot_cascade_vertex_sample(table, t, s.q.p.E, s.q.p.z, s.q.p.type, block),
                               table, t, e, launch, record, acc, stack, n_item, item, profile);
    }
    eot_atomic_add_i64(tally + EOT_C_REPLAY_STEPS, (i64)s.draw);
    if (!launch->has_vertex) { /* no selection follows that would count them */
        if (s.vertex.fault & (u32)EOT_FAULT_STACK) eot_atomic_add_i64(tally + EOT_C_FAULT_STACK, 1);
        if (s.vertex.fault & (u32)EOT_FAULT_ENDLESS) eot_atomic_add_i64(tally + EOT_C_FAULT_STUCK, 1);
    }
    return s.vertex;
}

/** Of a muon that left no trace. */
EOT_FN eot_muon_outcome eot_muon_outcome_none(void) {
    eot_muon_outcome out;
    for (i32 i = 0; i < EOT_N_PLANE; i++) out.hit[i].x = out.hit[i].y = out.hit[i].time = out.hit[i].is_hit = 0.0f;
    out.E_exit = 0.0f;
    out.fate = EOT_MUON_ESCAPED;
    return out;
}

/** A muon that is followed, between two steps. */
typedef struct {
    eot_muon m;
    eot_random random, shower_random;
    i64 kinetic_counts; /* the ledger runs on counts of the kinetic energy */
    i32 ends_with_rest; /* its rest energy has not been set free */
    i32 n_step;
    eot_muon_outcome out;
} eot_event_muon_state;

/** At the vertex. @param charge +1 or -1. */
EOT_FN eot_event_muon_state eot_event_muon_born(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_grid *grid,
                                                EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_launch *launch,
                                                u64 primary, eot_event_vertex vertex, i32 charge) {
    eot_event_muon_state s;
    s.out = eot_muon_outcome_none();
    u32 stream = vertex.stream << 3 & 0xffffffu;
    s.random = eot_random_init(primary, EOT_STAGE_MUON, stream | (charge > 0 ? 1u : 2u), launch->seed, launch->run);
    s.shower_random =
        eot_random_init(primary, EOT_STAGE_MUON, stream | (charge > 0 ? 3u : 4u), launch->seed, launch->run);
    eot_point start;
    start.x = vertex.x;
    start.y = vertex.y;
    start.z = vertex.z;
    f32 E = charge > 0 ? vertex.E_plus : vertex.E_minus;
    eot_u32x4 block = eot_random_block(s.random);
    s.random.draw++;
    f32 kinetic = fmax(E - EOT_M_MUON, 0.0f);
    s.m = eot_muon_start(table, grid, voxel, start, charge > 0 ? vertex.plus : vertex.minus, kinetic, vertex.time,
                         charge, block.x);
    s.out.fate = s.m.fate;
    s.kinetic_counts = eot_energy_counts(s.m.kinetic_energy);
    s.n_step = 0;
    s.ends_with_rest = 1;
    return s;
}

/** The same, with the rounding of E - m in the event's accumulators. */
EOT_FN eot_event_muon_state eot_event_muon_start(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_grid *grid,
                                                 EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_launch *launch,
                                                 u64 primary, eot_event_vertex vertex, i32 charge,
                                                 EOT_GLOBAL i64 *acc) {
    eot_event_muon_state s = eot_event_muon_born(table, grid, voxel, launch, primary, vertex, charge);
    acc[EOT_ACC_LEDGER_OTHER] += eot_energy_counts(charge > 0 ? vertex.E_plus : vertex.E_minus) -
                                 eot_energy_counts(EOT_M_MUON) - s.kinetic_counts;
    return s;
}

/** The tracker plane that a step ends on, -1 if none. @param from the region that it was in. */
EOT_FN i32 eot_event_muon_plane(eot_muon_step s, EOT_GLOBAL const eot_region *region, i32 from) {
    EOT_GLOBAL const eot_region *to = region + s.muon.region;
    return s.axis == 2 && to->role == EOT_ROLE_TRACKER && region[from].role != EOT_ROLE_TRACKER &&
                   to->module < EOT_N_PLANE
               ? to->module
               : -1;
}

/** The deposits and hits of a step. @param s the step that the muon has just made. */
EOT_FN eot_event_muon_state eot_event_muon_advance(eot_event_muon_state state, eot_muon_step s,
                                                   EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_region *region,
                                                   EOT_GLOBAL const eot_event_world *e, EOT_GLOBAL i64 *acc) {
    eot_profile_binning no_profile;
    no_profile.n_bin = 0;
    no_profile.z0 = no_profile.inverse_width = 0.0f;
    EOT_GLOBAL const eot_region *r = region + state.m.region;
    eot_muon m = s.muon;
    i64 rest = eot_energy_counts(EOT_M_MUON);
    i64 now = eot_energy_counts(m.kinetic_energy), lost = state.kinetic_counts - now;
    state.kinetic_counts = now;
    if (m.fate == EOT_MUON_DECAYED ||
        (m.fate == EOT_MUON_STOPPED && s.rest > 0.0f)) { /* rest energy set free: electron and neutrinos */
        lost += rest;
        state.ends_with_rest = 0;
    }
    i64 neutrino = eot_energy_counts(s.neutrino), shower = eot_energy_counts(s.shower),
        hadronic = eot_energy_counts(s.hadronic), electron = eot_energy_counts(s.electron);
    i64 ionisation = lost - neutrino - shower - hadronic - electron;
    acc[EOT_ACC_LEDGER_NEUTRINO] += neutrino;
    i32 ledger = eot_ledger_of_role(r->role);
    acc[ledger] += ionisation + hadronic;
    i64 visible = eot_energy_counts(s.visible);
    f32 x = (f32)m.position.x, y = (f32)m.position.y, z = (f32)m.position.z;
    if (r->role == EOT_ROLE_VETO) acc[EOT_ACC_VETO_VISIBLE] += visible;
    if (r->role == EOT_ROLE_HCAL) {
        acc[EOT_ACC_HCAL_VISIBLE + r->module] += visible;
        acc[EOT_ACC_HCAL_HADRONIC + r->module] += hadronic;
    }
    if (shower + electron > 0) {
        f32 energy = s.shower + s.electron;
        if (energy > 0.02f) { /* a shower of its own */
            eot_shower_axis axis;
            axis.x = x;
            axis.y = y;
            axis.z = z;
            axis.sx = m.direction.x / fmax(fabs(m.direction.z), 0.1f);
            axis.sy = m.direction.y / fmax(fabs(m.direction.z), 0.1f);
            state.shower_random =
                eot_shower_deposit(table, e->shower, e->slab, e->n_slab, acc, shower + electron, energy, energy,
                                   s.process == EOT_MUON_BREMS, axis, state.shower_random, 0, no_profile);
        } else { /* stops where it is made */
            acc[ledger] += shower + electron;
            i32 is_active = s.process == EOT_MUON_NO_EVENT ? r->active[0] : s.event_active;
            if (is_active && r->role == EOT_ROLE_VETO) acc[EOT_ACC_VETO_VISIBLE] += shower + electron;
            if (is_active && r->role == EOT_ROLE_HCAL) acc[EOT_ACC_HCAL_VISIBLE + r->module] += shower + electron;
        }
    }
    if (m.fate == EOT_MUON_ALIVE) {
        i32 plane = eot_event_muon_plane(s, region, state.m.region);
        if (plane >= 0) {
            state.out.hit[plane].x = x;
            state.out.hit[plane].y = y;
            state.out.hit[plane].time = m.time;
            state.out.hit[plane].is_hit = 1.0f;
        }
        /* through: out of the last HCAL module's rear face, not out of a side and past its plane */
        if (s.axis == 2 && r->role == EOT_ROLE_HCAL && z >= e->response.hcal_end)
            state.out.E_exit = m.kinetic_energy + EOT_M_MUON;
    }
    state.random = s.random;
    state.m = m;
    state.n_step++;
    return state;
}

/** What is left at the end: kinetic energy of an escaping muon, rest energy of one that did not decay. */
EOT_FN eot_event_muon_state eot_event_muon_finish(eot_event_muon_state s, EOT_GLOBAL i64 *acc) {
    i32 has_escaped = s.m.fate == EOT_MUON_ESCAPED;
    acc[has_escaped ? EOT_ACC_LEDGER_MUON : EOT_ACC_LEDGER_OTHER] += s.kinetic_counts;
    if (s.ends_with_rest) acc[has_escaped ? EOT_ACC_LEDGER_MUON : EOT_ACC_LEDGER_REST] += eot_energy_counts(EOT_M_MUON);
    s.out.fate = s.m.fate;
    return s;
}

/** Follow one muon to its end, with deposits in the event's accumulators; no muon where its energy is 0. */
EOT_FN eot_muon_outcome eot_event_muon(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                       EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region,
                                       EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *e,
                                       EOT_GLOBAL const eot_event_launch *launch, u64 primary, eot_event_vertex vertex,
                                       i32 charge, EOT_GLOBAL i64 *acc, EOT_GLOBAL i64 *tally) {
    if (!((charge > 0 ? vertex.E_plus : vertex.E_minus) > 0.0f)) return eot_muon_outcome_none();
    eot_event_muon_state s = eot_event_muon_start(table, grid, voxel, launch, primary, vertex, charge, acc);
    while (s.m.fate == EOT_MUON_ALIVE) {
        s = eot_event_muon_advance(s, eot_muon_advance(table, tables, grid, region, voxel, s.m, s.random), table,
                                   region, e, acc);
        if (s.n_step > 1000000 && s.m.fate == EOT_MUON_ALIVE) s.m.fate = EOT_MUON_STUCK;
    }
    s = eot_event_muon_finish(s, acc);
    eot_atomic_add_i64(tally + EOT_C_MUON_STEPS, (i64)s.n_step);
    eot_atomic_add_i64(tally + EOT_C_MUONS, 1);
    return s.out;
}

/** Least kinetic energy [GeV] at z [cm] that can bring a muon to the last tracker plane (host/world/reach.h); a little
 * less than that where it changes fast. */
EOT_FN f32 eot_event_muon_need(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *e, f32 z) {
    i32 i = (i32)((z - e->need.z0) * e->need.inverse_step) + 1;
    return table[e->need.table + (u32)(i < 0 ? 0 : i < e->need.n ? i : e->need.n - 1)];
}

/** Whether a muon crosses all tracker planes, in the order of their modules: the steps of eot_event_muon without the
 * deposits, for as long as it still can, that is until it has missed a plane or its energy is below
 * eot_event_muon_need.
 * @return 1 also for a muon that ends in a fault: whoever follows it again will meet the fault. */
EOT_FN i32 eot_event_muon_reaches(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                  EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *region,
                                  EOT_GLOBAL const u32 *voxel, EOT_GLOBAL const eot_event_world *e,
                                  EOT_GLOBAL const eot_event_launch *launch, u64 primary, eot_event_vertex vertex,
                                  i32 charge, EOT_GLOBAL i64 *tally) {
    if (!((charge > 0 ? vertex.E_plus : vertex.E_minus) > 0.0f)) return 0; /* there is none of this charge */
    eot_event_muon_state state = eot_event_muon_born(table, grid, voxel, launch, primary, vertex, charge);
    eot_muon m = state.m;
    eot_random random = state.random;
    i32 n_hit = 0, n_step = 0, can = e->response.n_plane > 0;
    while (can && n_hit < e->response.n_plane && m.fate == EOT_MUON_ALIVE &&
           m.kinetic_energy >= eot_event_muon_need(table, e, (f32)m.position.z)) {
        eot_muon_step s = eot_muon_advance(table, tables, grid, region, voxel, m, random);
        if (s.muon.fate == EOT_MUON_ALIVE && eot_event_muon_plane(s, region, m.region) == n_hit) n_hit++;
        m = s.muon;
        random = s.random;
        n_step++;
        can = n_step <= 1000000 &&
              (n_hit == e->response.n_plane || (f32)m.position.z < e->response.plane_z[n_hit] + 0.001f);
    }
    if (n_step > 0) {
        eot_atomic_add_i64(tally + EOT_C_MUON_STEPS, (i64)n_step);
        eot_atomic_add_i64(tally + EOT_C_MUONS, 1);
    }
    return (n_hit == e->response.n_plane && n_hit > 0) || m.fate == EOT_MUON_STUCK || m.fate == EOT_MUON_NAN ||
           n_step > 1000000 || !(m.kinetic_energy >= 0.0f && m.position.z == m.position.z);
}

#endif
