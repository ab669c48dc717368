/** @file replay.h
 * A shower again, step by step from the cascade's own random numbers, now with position, direction and deposits; its
 * rare vertex is found at the draw that the cascade has recorded. What the cascade does not follow
 * (eot_em_tables.sought) comes in between, with random numbers of its own. */
#ifndef EOT_TRANSPORT_REPLAY_H
#define EOT_TRANSPORT_REPLAY_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/physics/multiple_scattering.h"
#include "eotmc/transport/beam_line.h"
#include "eotmc/transport/event_muon.h"
#include "eotmc/transport/replay_losses.h"
#include "eotmc/transport/source.h"
#include "eotmc/transport/vertex.h"

/** What a replay reads, and its stack, as pointers in one struct; passed by value, as eot_matter_view is. */
typedef struct {
    EOT_GLOBAL const f32 *table;
    EOT_GLOBAL const eot_event_world *world;   /* one */
    EOT_GLOBAL const eot_event_launch *launch; /* one */
    EOT_GLOBAL f32 *stack;                     /* [EOT_N_REPLAY_FIELD][EOT_STACK_DEPTH][n_item] */
    u32 n_item, item;                          /* showers that share the stack, and which of them this is */
    eot_matter_view matter;  /* in front of the ECAL; not looked at where primaries have no arrivals */
    EOT_GLOBAL f32 *density; /* of the event's vertex out, as in eot_vertex_draw */
} eot_replay_view;

/** The view of these. */
EOT_FN eot_replay_view eot_replay_view_of(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world,
                                          EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL f32 *stack, u32 n_item,
                                          u32 item) {
    eot_replay_view view;
    view.table = table;
    view.world = world;
    view.launch = launch;
    view.stack = stack;
    view.n_item = n_item;
    view.item = item;
    view.matter = eot_matter_view_of(table, 0, 0, 0, 0);
    view.density = 0;
    return view;
}

/** What the events of a launch deposit energy in. @param acc of this event, [EOT_N_ACC]. @param profile of this event,
 * [launch->n_profile], or 0: none. */
EOT_FN eot_deposit_view eot_replay_deposits(eot_replay_view view, EOT_GLOBAL i64 *acc, EOT_GLOBAL i64 *profile) {
    eot_deposit_view d = eot_deposit_view_of(view.table, view.world, acc);
    d.profile = profile;
    d.binning.n_bin = profile != 0 ? view.launch->n_profile : 0;
    d.binning.z0 = view.launch->profile_z0;
    d.binning.inverse_width = view.launch->profile_inverse_width;
    d.is_seen = view.world->secondaries.shower_in_windows;
    return d;
}

/** A particle of the replay. */
typedef struct {
    eot_shower_particle p;
    f32 x, y, sx, sy; /* cm, slopes */
    i32 is_ghost;     /* bits of eot_ghost: its random numbers are used, its energy is not */
} eot_replay_particle;

/** Why a particle is followed without counting. */
enum eot_ghost {
    EOT_GHOST_VERTEX = 1, /* descends from the parent of the rare vertex */
    EOT_GHOST_SIDE = 2    /* descends from a particle that has left the ECAL by a side */
};

/** Put a particle on the stack. @param depth particles that are there. */
EOT_HOT_FN void eot_replay_push(eot_replay_view view, i32 depth, eot_replay_particle q) {
    EOT_GLOBAL f32 *stack = view.stack;
    u32 plane = (u32)EOT_STACK_DEPTH * view.n_item, at = (u32)depth * view.n_item + view.item;
    stack[at] = q.p.E;
    stack[plane + at] = eot_stacked_z(q.p.z);
    stack[2 * plane + at] = (f32)q.p.type;
    stack[3 * plane + at] = q.x;
    stack[4 * plane + at] = q.y;
    stack[5 * plane + at] = q.sx;
    stack[6 * plane + at] = q.sy;
    stack[7 * plane + at] = (f32)q.is_ghost;
}

/** The particle at `depth` of the stack. */
EOT_HOT_FN eot_replay_particle eot_replay_pop(eot_replay_view view, i32 depth) {
    EOT_GLOBAL const f32 *stack = view.stack;
    u32 plane = (u32)EOT_STACK_DEPTH * view.n_item, at = (u32)depth * view.n_item + view.item;
    eot_replay_particle q;
    q.p.E = stack[at];
    q.p.z = stack[plane + at];
    q.p.type = (i32)stack[2 * plane + at];
    q.x = stack[3 * plane + at];
    q.y = stack[4 * plane + at];
    q.sx = stack[5 * plane + at];
    q.sy = stack[6 * plane + at];
    q.is_ghost = (i32)stack[7 * plane + at];
    return q;
}

/** A shower that is followed again, between two steps. */
typedef struct {
    eot_replay_particle q; /* next to step */
    eot_event_vertex vertex;
    eot_replay_spots spots;
    f32 x_end, y_end; /* cm, where the last step ended */
    u64 primary;
    u32 stage, draw;   /* of the cascade's random numbers; steps so far */
    u32 draw_aside;    /* steps so far of what the cascade follows, or of the rest: of those that are not at work */
    i32 depth;         /* particles on the stack */
    i32 base_below;    /* the same when all is done that the cascade does not follow, if that is at work */
    i32 goes_on_above; /* whether what the cascade follows then goes on, from the stack */
    i32 is_alive, primary_type;
    eot_line_state line; /* where primaries have arrivals: those that are to come */
} eot_replay_state;

/** At the front of the calorimeter, where all primaries enter it. */
EOT_FN eot_replay_state eot_replay_start(EOT_GLOBAL const eot_event_world *world,
                                         EOT_GLOBAL const eot_event_launch *launch, eot_vertex_record record) {
    eot_replay_state s;
    s.primary = launch->first_primary + record.i_primary;
    s.primary_type = launch->primary_type;
    eot_primary source = eot_source_sample(world->beam, s.primary, launch->seed, launch->run, world->calorimeter_z);
    s.spots.random = eot_random_init(s.primary, EOT_STAGE_REPLAY, 1, launch->seed, launch->run);
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
    s.spots.waiting = eot_subcut_shower_none();
    s.depth = 0;
    s.stage = EOT_STAGE_CASCADE;
    s.draw = s.draw_aside = 0;
    s.base_below = s.goes_on_above = 0;
    s.is_alive = 1;
    s.line.n_waiting = s.line.is_alive = 0;
    return s;
}

/** The cascade's random block of the next step. */
EOT_HOT_FN eot_u32x4 eot_replay_block(eot_replay_state s, EOT_GLOBAL const eot_event_launch *launch) {
    return eot_philox_in_lanes((u32)s.primary, (u32)(s.primary >> 32), s.stage << 24, s.draw, launch->seed,
                               launch->run);
}

/** The replay's own block of the next step: scattering, and what goes below the cut. */
EOT_HOT_FN eot_u32x4 eot_replay_own_block(eot_replay_state s, EOT_GLOBAL const eot_event_launch *launch) {
    /* what left the vertex, and what the cascade does not follow, count their steps by themselves */
    u32 part = s.stage == EOT_STAGE_CASCADE ? 0u : s.stage == EOT_STAGE_BELOW ? 3u : 2u;
    return eot_philox_in_lanes((u32)s.primary, (u32)(s.primary >> 32), (u32)EOT_STAGE_REPLAY << 24 | part, s.draw,
                               launch->seed, launch->run);
}

/** The particle after its path, with Highland's multiple scattering, the displacement correlated with the angle.
 * @param own the replay's block of the step. @param scatters whether charged particles do. */
EOT_HOT_FN eot_replay_particle eot_replay_moved(eot_replay_particle q, eot_cascade_vertex v, eot_u32x4 own,
                                                i32 scatters) {
    q.x += q.sx * v.path;
    q.y += q.sy * v.path;
    if (q.p.type != EOT_PHOTON && scatters && v.path_X0 > 0.0f) {
        f32 E_mean = fmax(0.5f * (q.p.E + v.E_a + v.E_b), 0.5f * q.p.E);
        f32 sigma = eot_highland_angle(E_mean, v.path_X0);
        eot_normal_pair n = eot_normal(own.x, own.y), d = eot_normal(own.z, own.w);
        q.sx += sigma * n.a;
        q.sy += sigma * n.b;
        q.x += v.path * sigma * (0.5f * n.a + 0.28867513f * d.a); /* 1/sqrt(12) */
        q.y += v.path * sigma * (0.5f * n.b + 0.28867513f * d.b);
    }
    return q;
}

/** Whether a place is between the sides of the ECAL. @param x,y [cm]. */
EOT_FN i32 eot_is_in_ecal(EOT_GLOBAL const eot_event_world *world, f32 x, f32 y) {
    return fabs(x - world->line.center_x) < world->line.half_x && fabs(y - world->line.center_y) < world->line.half_y;
}

/** Whether the step that the particle of s is about to make holds the rare vertex; none does in a record of weight 0.
 */
EOT_FN i32 eot_replay_is_vertex(eot_replay_state s, EOT_GLOBAL const eot_event_launch *launch,
                                eot_vertex_record record) {
    return launch->has_vertex && record.weight > 0.0f && (s.q.is_ghost & EOT_GHOST_VERTEX) == 0 &&
           s.stage == EOT_STAGE_CASCADE && s.draw == eot_record_draw(record.draw);
}

/** That vertex; of weight 0, and nothing else of it, beside the ECAL. @param after the particle after its path. @param
 * v the cascade's step. */
EOT_FN eot_event_vertex eot_replay_vertex(const eot_replay_state *s, const eot_replay_particle *after,
                                          const eot_cascade_vertex *v, const eot_replay_view *view,
                                          const eot_em_tables *t, const eot_vertex_record *record) {
    eot_replay_particle q = s->q;
    eot_event_vertex vertex = s->vertex;
    f32 path = record->fraction * v->path, z = q.p.z + path;
    i32 was_found = v->E_along == record->E && q.p.type == eot_record_type(record->draw);
    vertex.k = v->E_along;
    vertex.parent = q.p.type;
    f32 scattered = sqrt(record->fraction); /* the spread of the angle grows as the root of the path */
    vertex.sx = q.sx + scattered * (after->sx - q.sx);
    vertex.sy = q.sy + scattered * (after->sy - q.sy);
    vertex.x = (f64)(q.x + q.sx * path);
    vertex.y = (f64)(q.y + q.sy * path);
    vertex.z = (f64)(view->world->calorimeter_z + z);
    vertex.depth_X0 = z * view->world->layers_inverse_X0;
    vertex.time = z / (f32)EOT_C_LIGHT;
    vertex.fault = (vertex.fault & ~(u32)EOT_FAULT_VERTEX) | (was_found ? 0u : (u32)EOT_FAULT_VERTEX);
    vertex.stream = s->draw;
    if ((q.is_ghost & EOT_GHOST_SIDE) != 0 || !eot_is_in_ecal(view->world, (f32)vertex.x, (f32)vertex.y)) {
        vertex.weight = 0.0f; /* the cascade knows no sides: there is no such vertex */
        return vertex;
    }
    eot_random g =
        eot_random_init(s->primary, EOT_STAGE_VERTEX, vertex.stream & 0xffffffu, view->launch->seed, view->launch->run);
    return eot_event_vertex_sample(vertex, view->table, *t, &view->world->vertex, g, q.p.z, v->path, view->density);
}

/** The particle after its path, a ghost from where it has left the ECAL by a side: what is out there makes no vertices,
 * and what comes back in is left out. */
EOT_HOT_FN eot_replay_particle eot_replay_sided(eot_replay_particle q, EOT_GLOBAL const eot_event_world *world) {
    q.is_ghost |= eot_is_in_ecal(world, q.x, q.y) ? 0 : EOT_GHOST_SIDE;
    return q;
}

/** On to the next of two daughters, or else of the stack. @param least daughters below are not followed [GeV]. @param
 * base particles of the stack that are none of this shower's. */
EOT_HOT_FN void eot_replay_choose(eot_replay_state *s, eot_replay_particle high, eot_replay_particle low, f32 least,
                                  i32 base, eot_replay_view view) {
    i32 both = low.p.E >= least;
    if (both && s->depth >= EOT_STACK_DEPTH - 1) {
        s->vertex.fault |= (u32)EOT_FAULT_STACK;
        both = 0;
    }
    if (both) {
        eot_replay_push(view, s->depth, high);
        s->depth++;
        s->q = low;
    } else if (high.p.E >= least) {
        s->q = high;
    } else if (s->depth > base) {
        s->depth--;
        s->q = eot_replay_pop(view, s->depth);
    } else {
        s->is_alive = 0;
    }
}

/** Put what the cascade follows aside, for daughters that it does not follow. */
EOT_HOT_FN void eot_replay_go_below(eot_replay_state *s, eot_replay_particle high, eot_replay_particle low, f32 cut,
                                    eot_replay_view view) {
    u32 draw = s->draw;
    s->base_below = s->depth;
    s->goes_on_above = s->is_alive;
    if (s->is_alive) {
        eot_replay_push(view, s->depth, s->q);
        view.stack[((u32)EOT_STACK_DEPTH + (u32)s->depth) * view.n_item + view.item] = s->q.p.z; /* as it is */
        s->depth = s->base_below = s->depth + 1;
    }
    s->stage = EOT_STAGE_BELOW;
    s->draw = s->draw_aside;
    s->draw_aside = draw;
    s->is_alive = 1;
    eot_replay_choose(s, high, low, cut, s->base_below, view);
}

/** Back to what the cascade follows. */
EOT_HOT_FN void eot_replay_come_back(eot_replay_state *s, eot_replay_view view) {
    u32 draw = s->draw;
    s->stage = EOT_STAGE_CASCADE;
    s->draw = s->draw_aside;
    s->draw_aside = draw;
    s->is_alive = s->goes_on_above;
    if (!s->goes_on_above) return;
    s->depth--;
    s->q = eot_replay_pop(view, s->depth);
}

/** The next particle of the shower, those that the cascade follows in the same order as there; not alive after the
 * last. What it does not follow comes in between, at once. @param q the particle after its path: its daughters have its
 * place and direction. @param cut [GeV]. @param sought as of eot_em_tables. */
EOT_HOT_FN void eot_replay_next(eot_replay_state *s, eot_replay_particle q, eot_cascade_vertex v, f32 cut, f32 sought,
                                eot_replay_view view) {
    i32 a_is_high = v.E_a > v.E_b;
    eot_replay_particle high = q, low = q;
    high.p.E = a_is_high ? v.E_a : v.E_b;
    low.p.E = a_is_high ? v.E_b : v.E_a;
    high.p.type = a_is_high ? v.type_a : v.type_b;
    low.p.type = a_is_high ? v.type_b : v.type_a;
    high.p.z = low.p.z = v.z;
    if (v.has_left) high.p.E = low.p.E = 0.0f; /* nothing of it goes on */
    const i32 is_below = s->stage == EOT_STAGE_BELOW, is_cascade = s->stage == EOT_STAGE_CASCADE;
    i32 base = is_below                       ? s->base_below
               : EOT_HAS_ARRIVALS(view.world) ? s->line.n_waiting
                                              : 0; /* those that are to arrive */
    f32 least = is_cascade ? sought : cut;
    eot_replay_choose(s, high, low, least, base, view);
    if (s->draw > 0x7fffffu) {
        s->vertex.fault |= (u32)EOT_FAULT_ENDLESS;
        s->is_alive = 0;
    }
    s->draw++;
    if ((s->vertex.fault & (u32)EOT_FAULT_ENDLESS) != 0u) return;
    if (is_below && !s->is_alive) eot_replay_come_back(s, view);
    if (!is_cascade) return;
    high.p.E = high.p.E < sought ? high.p.E : 0.0f;
    low.p.E = low.p.E < sought ? low.p.E : 0.0f;
    if (high.p.E >= cut)
        eot_replay_go_below(s, high, low, cut, view);
    else if (low.p.E >= cut)
        eot_replay_go_below(s, low, high, cut, view);
}

/** What left the vertex besides muons, an electron or positron, is followed after the shower, with random numbers of
 * its own; below the cut it is deposited at once. */
EOT_HOT_FN void eot_replay_after(eot_replay_state *s, f32 cut, f32 calorimeter_z, eot_deposit_view d) {
    s->stage = EOT_STAGE_AFTER;
    s->draw = 0;
    s->q.p.E = s->vertex.E_extra;
    s->q.p.z = (f32)s->vertex.z - calorimeter_z;
    s->q.p.type = s->vertex.extra_type;
    s->q.x = (f32)s->vertex.x;
    s->q.y = (f32)s->vertex.y;
    s->q.sx = s->vertex.extra.x / fmax(s->vertex.extra.z, 0.1f);
    s->q.sy = s->vertex.extra.y / fmax(s->vertex.extra.z, 0.1f);
    s->q.is_ghost = 0;
    s->is_alive = s->q.p.E >= cut;
    if (!s->is_alive) {
        eot_shower_axis axis;
        axis.x = s->q.x;
        axis.y = s->q.y;
        axis.z = (f32)s->vertex.z;
        axis.sx = s->q.sx;
        axis.sy = s->q.sy;
        s->spots.random = eot_shower_deposit_rarely(
            d, eot_subcut_shower_of(eot_energy_counts(s->q.p.E), s->q.p.E, 0, axis), s->spots.random);
    }
}

/** Deposits of a step in front of the ECAL: ionisation, and what goes below the cut there, of the particle and of its
 * daughters; all of a particle that passes the ECAL. */
EOT_FN void eot_replay_line_deposit(eot_replay_spots *s, eot_line_step step, eot_line_view view, eot_deposit_view d) {
    EOT_GLOBAL const eot_region *region = view.matter.region + step.region;
    i32 outcome = step.outcome, is_photon = step.before.type == EOT_PHOTON;
    f32 choice = eot_low_uniform(step.own.z, step.own.w), at = (f32)(step.own.y & 511u) * 0.001953125f;
    eot_shower_axis end;
    end.x = (f32)step.to.x;
    end.y = (f32)step.to.y;
    end.z = (f32)step.to.z;
    end.sx = step.sx;
    end.sy = step.sy;
    i64 all = eot_energy_counts(step.before.E);
    if (outcome == EOT_LINE_LEAVES) d.acc[EOT_ACC_LEDGER_MISSED] += all;
    if (outcome == EOT_LINE_FALLS)
        eot_replay_collect(s, eot_subcut_shower_of(all, step.before.E, is_photon, end), choice, d);
    if (outcome == EOT_LINE_MEETS || outcome == EOT_LINE_SPILLS)
        s->random = eot_shower_deposit_rarely(d, eot_subcut_shower_of(all, step.before.E, is_photon, end), s->random);
    if (outcome != EOT_LINE_GOES_ON) return;
    eot_line_counts c = eot_line_counts_of(step, view.world->line.cut);
    i32 is_detector = region->role == EOT_ROLE_VETO || region->role == EOT_ROLE_HCAL;
    d.acc[is_detector ? eot_ledger_of_role(region->role) : EOT_ACC_LEDGER_FRONT] += c.ionisation;
    if (d.is_seen) eot_event_visible_add(d.acc, region, (i64)((f64)c.ionisation * (f64)eot_muon_active_share(region)));
    for (i32 i = 0; i < 3; i++) { /* the radiation below the cut, daughters a and b */
        f32 E = i == 0 ? step.v.soft : i == 1 ? step.v.E_a : step.v.E_b;
        i64 counts = i == 0 ? c.soft : i == 1 ? c.a : c.b;
        if (counts <= 0) continue;
        eot_subcut_shower part =
            eot_subcut_shower_of(counts, E, i == 0 || (i == 1 ? step.v.type_a : step.v.type_b) == EOT_PHOTON, end);
        if (i == 0) { /* many photons: one of them, in proportion to energy, gives the shower that all make */
            f32 one = eot_photon_share(eot_low_uniform(step.own.x, step.own.z), step.v.path_X0,
                                       view.world->line.cut / fmax(E, 1e-9f));
            part.shape_energy = E * one;
            part.axis.x = (f32)(step.from.x + (f64)at * (step.to.x - step.from.x));
            part.axis.y = (f32)(step.from.y + (f64)at * (step.to.y - step.from.y));
            part.axis.z = (f32)(step.from.z + (f64)at * (step.to.z - step.from.z));
        }
        f32 waiting = s->waiting.energy;
        eot_replay_collect(s, part, choice, d);
        if (part.energy < d.constants->spot_energy) choice = eot_replay_choice_left(choice, waiting, part.energy);
    }
}

/** The view of what is in front of the ECAL. */
EOT_FN eot_line_view eot_replay_line_view(eot_replay_view view) {
    eot_line_view line = eot_line_view_of(view.matter, view.world, view.stack, view.launch->seed, view.launch->run);
    line.n_item = view.n_item;
    line.item = view.item;
    return line;
}

/** One step in front of the ECAL of a primary whose shower is at rest. Its particles wait below those of the shower on
 * the same stack: each of both has less than half of the energy of the one before. @param step what it did. s is
 * alive after it where a particle arrives in the ECAL. */
EOT_FN void eot_replay_line_taken(eot_replay_state *s, eot_line_step step, f32 calorimeter_z) {
    s->line = step.after;
    if (step.outcome != EOT_LINE_ARRIVES) return;
    s->q.p.E = step.before.E;
    s->q.p.z = eot_stacked_z(fmax((f32)step.from.z - calorimeter_z, 0.0f));
    s->q.p.type = step.before.type;
    s->q.x = s->x_end = (f32)step.from.x;
    s->q.y = s->y_end = (f32)step.from.y;
    s->q.sx = step.sx;
    s->q.sy = step.sy;
    s->q.is_ghost = 0;
    s->depth = s->line.n_waiting;
    s->is_alive = 1;
}

/** The primary where the beam starts, nothing of it in the ECAL. */
EOT_FN void eot_replay_before(eot_replay_state *s, eot_replay_view view) {
    eot_primary source = eot_source_of(view.table, view.world->beam, s->primary, view.launch->seed, view.launch->run,
                                       view.world->beam.position_z);
    s->vertex.E_beam = source.E;
    s->line = eot_line_start(eot_replay_line_view(view), source, view.launch->primary_type, s->primary);
    s->is_alive = 0;
}

/** On to the next particle of the primary that arrives in the ECAL; not alive after the last. @param d filled if
 * has_deposits. */
EOT_FN void eot_replay_arrive(eot_replay_state *s, eot_replay_view view, eot_deposit_view d, i32 has_deposits) {
    eot_line_view line = eot_replay_line_view(view);
    while (!s->is_alive && s->line.is_alive) {
        eot_line_step step = eot_line_advance(line, s->line);
        if (has_deposits) eot_replay_line_deposit(&s->spots, step, line, d);
        eot_replay_line_taken(s, step, view.world->calorimeter_z);
    }
}

/** The primary before the first step of its shower. @param d filled if has_deposits: with what it leaves before. */
EOT_FN void eot_replay_begin(eot_replay_state *s, eot_replay_view view, eot_deposit_view d, i32 has_deposits,
                             eot_vertex_record record) {
    *s = eot_replay_start(view.world, view.launch, record);
    if (!EOT_HAS_ARRIVALS(view.world)) return;
    eot_replay_before(s, view);
    eot_replay_arrive(s, view, d, has_deposits);
    if (!s->is_alive && has_deposits) s->spots.random = eot_shower_deposit_rarely(d, s->spots.waiting, s->spots.random);
}

/** What the steps of a replay read and fill. */
typedef struct {
    eot_replay_view view;
    eot_deposit_view deposits;
    eot_em_tables tables;
    eot_vertex_record record; /* of the rare vertex */
} eot_replay_space;

/** What a step of the shower leaves, and its next particle. @param s before the step, but with the vertex that it has.
 * @param q the particle after its path. @param block, own the cascade's and the replay's words. */
EOT_HOT_FN void eot_replay_left(eot_replay_state *s, eot_replay_particle q, eot_cascade_vertex v, eot_u32x4 block,
                                eot_u32x4 own, const eot_replay_space *in) {
    const eot_deposit_view d = in->deposits;
    f32 cut = in->tables.cut;
    i32 is_vertex = eot_replay_is_vertex(*s, in->view.launch, in->record) && s->vertex.weight > 0.0f;
    f32 until = 1.0f; /* share of the step that is real */
    s->x_end = q.x;
    s->y_end = q.y;
    i32 was_counted = s->q.is_ghost == 0;
    if (is_vertex) {
        /* phi takes what the muon leaves, the rounding of other splits stays in the calorimeter */
        i64 rest = eot_energy_counts(v.E_along) - eot_energy_counts(s->vertex.E_plus) -
                   eot_energy_counts(s->vertex.E_minus) - eot_energy_counts(s->vertex.E_extra);
        d.acc[s->vertex.E_dark > 0.0f ? EOT_ACC_LEDGER_PHI : EOT_ACC_LEDGER_ECAL] += rest;
        until = q.p.type == EOT_PHOTON ? 0.0f : in->record.fraction;
    }
    q = eot_replay_sided(q, in->view.world);
    if (was_counted && until > 0.0f) {
        eot_replay_losses r = eot_replay_losses_sample(q.p, v, block, own, cut, until, is_vertex);
        eot_replay_path p;
        p.x = s->q.x;
        p.y = s->q.y;
        p.moved_x = q.x - s->q.x;
        p.moved_y = q.y - s->q.y;
        p.z = in->view.world->calorimeter_z + v.z;
        p.path = v.path;
        p.sx = q.sx;
        p.sy = q.sy;
        i32 a_goes_on = v.E_a >= cut || is_vertex; /* at a vertex the parent is gone */
        i32 b_goes_on = v.E_b >= cut && !v.has_left;
        eot_replay_deposit(&s->spots, &r, &p, &v, own, (a_goes_on ? 1 : 0) | (b_goes_on ? 2 : 0), cut, &d);
        if (q.is_ghost != 0 && !is_vertex) /* has left by a side, and its daughters with it */
            d.acc[EOT_ACC_LEDGER_SIDE] += (a_goes_on ? r.a : 0) + (b_goes_on ? r.b : 0);
    }
    q.is_ghost |= is_vertex ? EOT_GHOST_VERTEX : 0;
    eot_replay_next(s, q, v, cut, in->tables.sought, in->view);
}

/** One step of the shower with its deposits, without what comes after the last particle of the shower. @param block of
 * the step. @param v its vertex, sampled with that block.
 * @param view, d, t what is read and filled. @param record of the rare vertex. */
EOT_HOT_FN void eot_replay_stepped(eot_replay_state *s, eot_u32x4 block, eot_cascade_vertex v, eot_replay_view view,
                                   eot_deposit_view d, eot_em_tables t, eot_vertex_record record) {
    eot_u32x4 own = eot_replay_own_block(*s, view.launch);
    eot_replay_particle q = eot_replay_moved(s->q, v, own, view.world->multiple_scattering);
    if (eot_replay_is_vertex(*s, view.launch, record)) s->vertex = eot_replay_vertex(s, &q, &v, &view, &t, &record);
    eot_replay_space in;
    in.view = view;
    in.deposits = d;
    in.tables = t;
    in.record = record;
    eot_replay_left(s, q, v, block, own, &in);
}

/** After a step: where nothing of the shower is left, what left its vertex; where nothing of that is left, the energy
 * that waits for more. */
EOT_HOT_FN void eot_replay_ended(eot_replay_state *s, eot_replay_view view, eot_deposit_view d, f32 cut) {
    if (!s->is_alive && s->vertex.E_extra > 0.0f && s->stage == EOT_STAGE_CASCADE &&
        !(s->vertex.fault & (u32)EOT_FAULT_ENDLESS))
        eot_replay_after(s, cut, view.world->calorimeter_z, d);
    if (!s->is_alive) s->spots.random = eot_shower_deposit_rarely(d, s->spots.waiting, s->spots.random);
}

/** After a step: what comes after the last particle of the shower, the next one of the primary that arrives, or what
 * left the vertex. */
EOT_HOT_FN void eot_replay_on(eot_replay_state *s, eot_replay_view view, eot_deposit_view d, f32 cut) {
    if (EOT_HAS_ARRIVALS(view.world) && !s->is_alive && s->stage == EOT_STAGE_CASCADE &&
        !(s->vertex.fault & (u32)EOT_FAULT_ENDLESS))
        eot_replay_arrive(s, view, d, 1);
    eot_replay_ended(s, view, d, cut);
}

/** One step of the shower with its deposits, and what comes after it. Arguments as of eot_replay_stepped. */
EOT_HOT_FN void eot_replay_advance(eot_replay_state *s, eot_u32x4 block, eot_cascade_vertex v, eot_replay_view view,
                                   eot_deposit_view d, eot_em_tables t, eot_vertex_record record) {
    eot_replay_stepped(s, block, v, view, d, t, record);
    eot_replay_on(s, view, d, t.cut);
}

#endif
