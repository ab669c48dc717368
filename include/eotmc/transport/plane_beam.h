/** @file plane_beam.h
 * The particles of the beam, and what they make above the cut, where they cross planes: electrons, positrons and
 * photons of showers without a rare vertex, and muons of a beam with the electrons of their decays. (Muons of vertices:
 * plane.h; of conversions: plane_conversion.h; pions and kaons: eotmc/select/hadron_planes.h.) All are functions of the
 * primary, by the same steps as in the run. What leaves the ECAL by its rear face goes on freely to the matter where it
 * showers (light.h). */
#ifndef EOT_TRANSPORT_PLANE_BEAM_H
#define EOT_TRANSPORT_PLANE_BEAM_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/muon_beam.h"
#include "eotmc/transport/plane.h"
#include "eotmc/transport/replay.h"

#define EOT_PLANE_TOUCH D(1e-3) /* cm: the ECAL's rear face is in a plane that is so near to it */

/** A particle of a primary at a plane. */
typedef struct {
    eot_crossing at;
    i32 plane, pdg;
    f32 weight;  /* expected number of them, per primary */
    i32 is_rare; /* the weight is in units of the run's rare rates */
} eot_beam_crossing;
EOT_LAYOUT(eot_beam_crossing, 64);

/** The crossings of a primary: how many there are, of which the first `most` are kept. */
typedef struct {
    EOT_GLOBAL eot_beam_crossing *row;
    u32 n, most;
    f32 weight; /* of what is added; */
    i32 is_rare;
} eot_crossing_list;

/** Add a crossing. @param weight of it, times that of the list. */
EOT_FN void eot_crossing_list_add(eot_crossing_list *list, eot_crossing at, i32 plane, i32 pdg, f32 weight) {
    eot_beam_crossing c;
    c.at = at;
    c.plane = plane;
    c.pdg = pdg;
    c.weight = weight * list->weight;
    c.is_rare = list->is_rare;
    if (list->n < list->most) list->row[list->n] = c;
    list->n++;
}

/** The list of primary `i` of a launch. @param row [primaries][planes->most]. */
EOT_FN eot_crossing_list eot_crossing_list_of(EOT_GLOBAL eot_beam_crossing *row,
                                              EOT_GLOBAL const eot_plane_launch *planes, u32 i) {
    eot_crossing_list list;
    list.row = row + (u64)i * planes->most;
    list.n = 0u;
    list.most = planes->most;
    list.weight = 1.0f;
    list.is_rare = 0;
    return list;
}

/** The PDG's number of an electron, positron or photon. */
EOT_FN i32 eot_particle_pdg(i32 type) { return type == EOT_PHOTON ? 22 : type == EOT_POSITRON ? -11 : 11; }

/** A part of the way of an electron, positron or photon. Between its ends place and slopes are interpolated along z,
 * and its losses are in proportion to the path. */
typedef struct {
    eot_point from, to;         /* cm */
    f32 sx, sy, sx_end, sy_end; /* slopes */
    f32 E, loss;                /* GeV: in all at its start; lost on the way */
    i32 type;                   /* enum eot_particle_type */
    i32 is_first;               /* it begins where the particle begins: a plane there is crossed */
    f32 zero;                   /* cm: z of the time 0 */
    u32 draw;
} eot_shower_segment;

/** Planes that a part of a way crosses. @param cut [GeV]: what is below is not kept. */
EOT_FN void eot_segment_crossings(eot_shower_segment s, f32 cut, EOT_GLOBAL const eot_plane_launch *planes,
                                  eot_crossing_list *list) {
    for (i32 p = 0; p < planes->n_plane; p++) {
        f64 z = planes->z[p], length = s.to.z - s.from.z;
        i32 begins = z > s.from.z || (s.is_first && z == s.from.z);
        if (!begins || z > s.to.z) continue;
        f64 share = length > D(0.0) ? (z - s.from.z) / length : D(0.0);
        f32 part = (f32)share, E = s.E - part * s.loss, mass = s.type == EOT_PHOTON ? 0.0f : EOT_M_ELECTRON;
        eot_crossing c;
        if (E < cut) continue;
        c.x = s.from.x + share * (s.to.x - s.from.x);
        c.y = s.from.y + share * (s.to.y - s.from.y);
        c.kinetic_energy = (f64)E - (f64)mass;
        c.direction = eot_slope_direction(s.sx + part * (s.sx_end - s.sx), s.sy + part * (s.sy_end - s.sy));
        c.time = (f32)((z - (f64)s.zero) / (f64)EOT_C_LIGHT);
        c.draw = s.draw;
        c.is_there = 1;
        eot_crossing_list_add(list, c, p, eot_particle_pdg(s.type), 1.0f);
    }
}

/** Crossings of a particle into the list. @param own [n_plane] crossings of it. */
EOT_FN void eot_crossings_listed(EOT_GLOBAL const eot_crossing *own, i32 pdg, i32 n_plane, eot_crossing_list *list) {
    for (i32 p = 0; p < n_plane; p++)
        if (own[p].is_there != 0) eot_crossing_list_add(list, own[p], p, pdg, 1.0f);
}

/** The same of a muon and of the electron of its decay. @param own [the muon, the electron][n_plane]. */
EOT_FN void eot_muon_crossings_listed(EOT_GLOBAL const eot_crossing *own, i32 charge, i32 n_plane,
                                      eot_crossing_list *list) {
    eot_crossings_listed(own, charge > 0 ? -13 : 13, n_plane, list); /* mu+ is the antiparticle */
    eot_crossings_listed(own + n_plane, charge > 0 ? -11 : 11, n_plane, list);
}

/** What a primary's crossings are found with. */
typedef struct {
    eot_plane_view view;
    EOT_GLOBAL eot_crossing *work; /* [2][planes->n_plane] */
    f32 front;                     /* cm, of the ECAL */
    f32 zero;                      /* cm: where a particle that flies along z would be at the time 0 */
    f32 cut;                       /* GeV, of the cascade */
} eot_beam_crossings;

/** A particle of the shower that leaves the ECAL, or passes it, on its free way from there on. @param at place and
 * slopes. @param E [GeV]. */
EOT_FN void eot_free_crossings(const eot_beam_crossings *c, eot_point at, f32 sx, f32 sy, f32 E, i32 type, u32 draw,
                               eot_crossing_list *list) {
    eot_muon_origin origin;
    eot_light_kind kind;
    if (!(E >= c->cut)) return;
    origin.position = at;
    origin.direction = eot_slope_direction(sx, sy);
    origin.kinetic_energy = E;
    origin.time = (f32)((at.z - (f64)c->zero) / (f64)EOT_C_LIGHT);
    origin.charge = 0;
    eot_muon m = eot_muon_start(c->view.light.matter, origin, 0x80000000u);
    if (m.fate != EOT_MUON_ALIVE) return;
    kind.E = E;
    kind.mass = type == EOT_PHOTON ? 0.0f : EOT_M_ELECTRON;
    kind.p2 = EOT_LIGHT_STRAIGHT;
    kind.draw = draw;
    eot_light_crossings(c->view, eot_light_start(m, EOT_MUON_FAR), kind, c->work);
    eot_crossings_listed(c->work, eot_particle_pdg(type), c->view.planes->n_plane, list);
}

/** Planes that a step in front of the ECAL crosses. */
EOT_FN void eot_line_crossings(eot_line_step step, f32 zero, f32 cut, EOT_GLOBAL const eot_plane_launch *planes,
                               eot_crossing_list *list) {
    eot_shower_segment s;
    if (step.outcome != EOT_LINE_GOES_ON && step.before.draw != 0u) return;
    f32 along = fmax(step.before.m.direction.z, EOT_LINE_LEAST_SLOPE);
    s.from = step.from;
    s.to = step.to;
    s.sx = step.before.m.direction.x / along;
    s.sy = step.before.m.direction.y / along;
    s.sx_end = step.sx;
    s.sy_end = step.sy;
    s.E = step.before.E;
    s.loss = step.before.type == EOT_PHOTON ? 0.0f : step.v.ionisation + step.v.soft;
    s.type = step.before.type;
    s.is_first = step.before.draw == 0u;
    s.zero = zero;
    s.draw = step.before.draw;
    eot_segment_crossings(s, cut, planes, list);
}

/** Planes that a step in the ECAL crosses. @param q the particle before it, @param after after its path. */
EOT_FN void eot_ecal_crossings(const eot_beam_crossings *c, eot_replay_particle q, eot_replay_particle after,
                               eot_cascade_vertex v, u32 draw, eot_crossing_list *list) {
    eot_shower_segment s;
    s.from.x = (f64)q.x;
    s.from.y = (f64)q.y;
    s.from.z = (f64)c->front + (f64)q.p.z;
    s.to.x = (f64)after.x;
    s.to.y = (f64)after.y;
    s.to.z = (f64)c->front + (f64)v.z + (v.has_left ? EOT_PLANE_TOUCH : D(0.0));
    s.sx = q.sx;
    s.sy = q.sy;
    s.sx_end = after.sx;
    s.sy_end = after.sy;
    s.E = q.p.E;
    s.loss = q.p.type == EOT_PHOTON ? 0.0f : v.ionisation + v.soft;
    s.type = q.p.type;
    s.is_first = 0;
    s.zero = c->zero;
    s.draw = draw;
    eot_segment_crossings(s, c->cut, c->view.planes, list);
}

/** A primary that nothing acts on in front of the ECAL, on its straight way there. */
EOT_FN void eot_straight_crossings(eot_replay_view view, u64 primary, EOT_GLOBAL const eot_plane_launch *planes,
                                   f32 cut, eot_crossing_list *list) {
    EOT_GLOBAL const eot_event_world *world = view.world;
    eot_primary begin = eot_source_sample(world->beam, primary, view.launch->seed, view.launch->run,
                                          world->beam.position_z),
                end =
                    eot_source_sample(world->beam, primary, view.launch->seed, view.launch->run, world->calorimeter_z);
    eot_shower_segment s;
    s.from.x = (f64)begin.x;
    s.from.y = (f64)begin.y;
    s.from.z = (f64)world->beam.position_z;
    s.to.x = (f64)end.x;
    s.to.y = (f64)end.y;
    s.to.z = (f64)world->calorimeter_z;
    s.sx = s.sx_end = begin.sx;
    s.sy = s.sy_end = begin.sy;
    s.E = begin.E;
    s.loss = 0.0f;
    s.type = view.launch->primary_type;
    s.is_first = 1;
    s.zero = world->calorimeter_z;
    s.draw = 0u;
    eot_segment_crossings(s, cut, planes, list);
}

/** On to the next particle of the primary that arrives in the ECAL (eot_replay_arrive), with the planes on its way. */
EOT_FN eot_replay_state eot_crossings_arrive(eot_replay_state s, eot_replay_view view, f32 cut,
                                             EOT_GLOBAL const eot_plane_launch *planes, eot_crossing_list *list) {
    eot_line_view line = eot_replay_line_view(view);
    while (!s.is_alive && s.line.is_alive) {
        eot_line_step step = eot_line_advance(line, s.line);
        eot_line_crossings(step, view.world->calorimeter_z, cut, planes, list);
        eot_replay_line_taken(&s, step, view.world->calorimeter_z);
    }
    return s;
}

/** Planes that a step of a shower in the ECAL crosses, and those behind the ECAL where the particle leaves it by the
 * rear face. @param s before the step. @param after, v see eot_ecal_crossings. */
EOT_FN void eot_cascade_step_crossings(const eot_beam_crossings *c, eot_replay_state s, eot_replay_particle after,
                                       eot_cascade_vertex v, eot_crossing_list *list) {
    eot_point at;
    if (s.q.is_ghost != 0) return;
    eot_ecal_crossings(c, s.q, after, v, s.draw, list);
    if (!v.has_left) return;
    at.x = (f64)after.x;
    at.y = (f64)after.y;
    at.z = (f64)c->front + (f64)v.z + EOT_PLANE_TOUCH;
    eot_free_crossings(c, at, after.sx, after.sy, v.E_b, v.type_b, s.draw, list);
}

/** Electrons, positrons and photons above the cut of a primary at planes: of its shower without a rare vertex, from the
 * beam's start to the matter behind the ECAL. @param view of a launch with has_vertex 0. @param i index of the primary
 * in the launch. @param list empty. @return the list. */
EOT_FN eot_crossing_list eot_shower_crossings(eot_replay_view view, eot_em_tables t, u32 i, eot_plane_view at,
                                              EOT_GLOBAL eot_crossing *work, eot_crossing_list list) {
    eot_vertex_record none;
    eot_beam_crossings c;
    c.view = at;
    c.work = work;
    c.front = c.zero = view.world->calorimeter_z;
    c.cut = t.cut;
    none.i_primary = i;
    none.draw = 0u;
    none.fraction = none.E = none.weight = 0.0f;
    eot_replay_state s = eot_replay_start(view.world, view.launch, none);
    if (EOT_HAS_ARRIVALS(view.world)) {
        eot_replay_before(&s, view);
        s = eot_crossings_arrive(s, view, t.cut, at.planes, &list);
    } else {
        eot_straight_crossings(view, s.primary, at.planes, t.cut, &list);
    }
    while (s.is_alive) {
        eot_cascade_vertex v =
            eot_cascade_vertex_sample(view.table, t, s.q.p.E, s.q.p.z, s.q.p.type, eot_replay_block(s, view.launch));
        eot_replay_particle after =
            eot_replay_moved(s.q, v, eot_replay_own_block(s, view.launch), view.world->multiple_scattering);
        eot_cascade_step_crossings(&c, s, after, v, &list);
        eot_replay_next(&s, eot_replay_sided(after, view.world), v, t.cut, t.sought, view);
        if (EOT_HAS_ARRIVALS(view.world) && !s.is_alive && !(s.vertex.fault & (u32)EOT_FAULT_ENDLESS))
            s = eot_crossings_arrive(s, view, t.cut, at.planes, &list);
    }
    return list;
}

/** A muon of a beam, and the electron of its decay, at planes; one at its start is crossed. @param m, random before its
 * first step. @param work [2][planes->n_plane]. @return the list. */
EOT_FN eot_crossing_list eot_beam_muon_crossings(eot_plane_view view, eot_muon m, eot_random random,
                                                 EOT_GLOBAL eot_crossing *work, eot_crossing_list list) {
    EOT_GLOBAL const eot_plane_launch *planes = view.planes;
    eot_muon_crossings(view, m, random, work);
    for (i32 p = 0; p < planes->n_plane; p++) {
        if (planes->z[p] != m.position.z || m.fate != EOT_MUON_ALIVE) continue;
        work[p].x = m.position.x;
        work[p].y = m.position.y;
        work[p].kinetic_energy = m.kinetic_energy;
        work[p].direction = m.direction;
        work[p].time = m.time;
        work[p].draw = random.draw;
        work[p].is_there = 1;
    }
    eot_muon_crossings_listed(work, m.charge, planes->n_plane, &list);
    return list;
}

#endif
