/** @file plane.h
 * Muons of an event, and the electrons of their decays, at planes across the beam: where they cross them, and the
 * events as they are there, from which they can be followed on to the same end (the random numbers of a muon are its
 * own). */
#ifndef EOT_TRANSPORT_PLANE_H
#define EOT_TRANSPORT_PLANE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/event_muon.h"
#include "eotmc/transport/light.h"

/** The planes of a launch, and matter. */
typedef struct {
    eot_light_view light;
    EOT_GLOBAL const eot_plane_launch *planes;
} eot_plane_view;

/** The view of these. @param inverse_X0 [n_region] 1/cm. */
EOT_FN eot_plane_view eot_plane_view_of(eot_matter_view matter, EOT_GLOBAL const f32 *inverse_X0,
                                        EOT_GLOBAL const eot_plane_launch *planes) {
    eot_plane_view view;
    view.light.matter = matter;
    view.light.inverse_X0 = inverse_X0;
    view.light.stride = 1u;
    view.planes = planes;
    return view;
}

/** A particle's first crossing of a plane towards +z. */
typedef struct {
    f64 x, y;           /* cm */
    f64 kinetic_energy; /* GeV */
    eot_vec3 direction; /* unit vector */
    f32 time;           /* ns */
    u32 draw;           /* of its random numbers behind the step that crosses */
    i32 is_there;       /* 0: it does not cross the plane */
} eot_crossing;
EOT_LAYOUT(eot_crossing, 48);

EOT_LAYOUT(eot_event_muon_state, EOT_MUON_STATE_BYTES);
typedef char eot_muon_state_has_the_outcome[sizeof(eot_muon_outcome) == 140 ? 1 : -1];

/** Where a step from `muon` crosses the plane at z. Between its ends place, direction and time are interpolated along
 * z, and the continuous loss is in proportion to the path; what the step gives away at once is given at its end. A step
 * that ends in the plane is taken as it is. */
EOT_FN eot_crossing eot_crossing_of(eot_muon muon, eot_muon_step s, f64 z) {
    eot_crossing c;
    f64 share = (z - muon.position.z) / (s.muon.position.z - muon.position.z);
    real part = (real)share, other = R(1.0) - part;
    eot_vec3 u;
    c.x = muon.position.x + share * (s.muon.position.x - muon.position.x);
    c.y = muon.position.y + share * (s.muon.position.y - muon.position.y);
    c.kinetic_energy = eot_muon_energy_after(muon.kinetic_energy, part * s.ionisation);
    u.x = other * muon.direction.x + part * s.muon.direction.x;
    u.y = other * muon.direction.y + part * s.muon.direction.y;
    u.z = other * muon.direction.z + part * s.muon.direction.z;
    c.direction = part < R(1.0) ? eot_vec3_unit(u) : s.muon.direction;
    c.time = muon.time + part * (s.muon.time - muon.time);
    c.draw = s.random.draw;
    c.is_there = 1;
    return c;
}

/** Nothing has crossed a plane yet. @param out [planes->n_plane]. */
EOT_FN void eot_crossings_clear(EOT_GLOBAL const eot_plane_launch *planes, EOT_GLOBAL eot_crossing *out) {
    for (i32 p = 0; p < planes->n_plane; p++) out[p].is_there = 0;
}

/** An electron, positron or photon on a free way. */
typedef struct {
    f32 E;    /* GeV, in all */
    f32 mass; /* GeV */
    f32 p2;   /* GeV^2, of its bend */
    u32 draw;
} eot_light_kind;

/** Planes that a step of a free way crosses, place, direction and time interpolated along z. @param l before it, @param
 * next after it. @param out [planes->n_plane]: planes that are not there yet are filled in. */
EOT_FN void eot_light_step_crossings(eot_plane_view view, eot_light l, eot_light next, eot_light_kind kind,
                                     EOT_GLOBAL eot_crossing *out) {
    for (i32 p = 0; p < view.planes->n_plane; p++) {
        f64 z = view.planes->z[p];
        if (out[p].is_there != 0 || l.m.position.z >= z || next.m.position.z < z) continue;
        f64 share = (z - l.m.position.z) / (next.m.position.z - l.m.position.z);
        f32 part = (f32)share, other = 1.0f - part;
        eot_crossing c;
        eot_vec3 u;
        c.x = l.m.position.x + share * (next.m.position.x - l.m.position.x);
        c.y = l.m.position.y + share * (next.m.position.y - l.m.position.y);
        c.kinetic_energy = (f64)kind.E - (f64)kind.mass;
        u.x = other * l.m.direction.x + part * next.m.direction.x;
        u.y = other * l.m.direction.y + part * next.m.direction.y;
        u.z = other * l.m.direction.z + part * next.m.direction.z;
        c.direction = eot_vec3_unit(u);
        c.time = l.m.time + (l.path + part * (next.path - l.path)) / (f32)EOT_C_LIGHT;
        c.draw = kind.draw;
        c.is_there = 1;
        out[p] = c;
    }
}

/** Where an electron, positron or photon above the cut crosses planes on its free way. @param l at its start. @param
 * out [planes->n_plane]. @return it at the end of the way. */
EOT_FN eot_light eot_light_crossings(eot_plane_view view, eot_light l, eot_light_kind kind,
                                     EOT_GLOBAL eot_crossing *out) {
    eot_crossings_clear(view.planes, out);
    for (i32 n = 0; n < EOT_LIGHT_MOST_STEPS && l.end == EOT_LIGHT_IS_HELD; n++) {
        eot_light next = eot_light_advance(view.light, l, kind.p2);
        if (kind.E >= view.planes->cut) eot_light_step_crossings(view, l, next, kind, out);
        l = next;
    }
    return l;
}

/** The electron of a muon's decay in flight at planes: its shower has the muon's direction, and so has its straight
 * way. @param s the step that ends in the decay. @param out [planes->n_plane]. */
EOT_FN void eot_decay_electron_crossings(eot_plane_view view, eot_muon_step s, EOT_GLOBAL eot_crossing *out) {
    eot_light_kind kind;
    eot_muon m = s.muon;
    if (m.fate != EOT_MUON_DECAYED || !(s.electron >= view.planes->cut) || !(m.direction.z > 0.0f)) return;
    m.charge = 0;
    kind.E = s.electron;
    kind.mass = EOT_M_ELECTRON;
    kind.p2 = EOT_LIGHT_STRAIGHT;
    kind.draw = s.random.draw;
    eot_light_crossings(view, eot_light_start(m, EOT_MUON_FAR), kind, out);
}

/** Where a muon, and the electron of its decay in flight, cross planes, for as long as one that the muon has not
 * crossed is ahead of where it begins: the steps of eot_event_muon without the deposits. @param random of its next
 * step. @param out [the muon, the electron][planes->n_plane]. */
EOT_FN void eot_muon_crossings(eot_plane_view view, eot_muon m, eot_random random, EOT_GLOBAL eot_crossing *out) {
    EOT_GLOBAL const eot_plane_launch *planes = view.planes;
    i32 n_ahead = 0, n_step = 0;
    eot_crossings_clear(planes, out);
    eot_crossings_clear(planes, out + planes->n_plane);
    for (i32 p = 0; p < planes->n_plane; p++)
        if (planes->z[p] > m.position.z) n_ahead++;
    while (n_ahead > 0 && m.fate == EOT_MUON_ALIVE && n_step <= EOT_MUON_MOST_STEPS) {
        eot_muon_step s = eot_muon_advance(view.light.matter, m, random);
        if (s.muon.fate == EOT_MUON_NAN) return;
        for (i32 p = 0; p < planes->n_plane; p++) {
            f64 z = planes->z[p];
            if (out[p].is_there != 0 || m.position.z >= z || s.muon.position.z < z) continue;
            out[p] = eot_crossing_of(m, s, z);
            n_ahead--;
        }
        eot_decay_electron_crossings(view, s, out + planes->n_plane);
        m = s.muon;
        random = s.random;
        n_step++;
    }
}

/** The same of a muon of a vertex. */
EOT_FN void eot_event_muon_crossings(eot_plane_view view, EOT_GLOBAL const eot_event_launch *launch, u64 primary,
                                     eot_event_vertex vertex, i32 charge, EOT_GLOBAL eot_crossing *out) {
    eot_crossings_clear(view.planes, out);
    eot_crossings_clear(view.planes, out + view.planes->n_plane);
    if (!(eot_event_muon_energy(vertex, charge) > 0.0f)) return; /* there is none of this charge */
    eot_event_muon_state state = eot_event_muon_born(view.light.matter, launch, primary, vertex, charge);
    eot_muon_crossings(view, state.m, state.random, out);
}

/** There is no muon of this charge: such a state is at its end. */
EOT_FN eot_event_muon_state eot_event_muon_absent(eot_matter_view matter, EOT_GLOBAL const eot_event_launch *launch,
                                                  u64 primary) {
    eot_event_muon_state s = eot_event_muon_born(matter, launch, primary, eot_event_vertex_none(), 1);
    s.m.fate = EOT_MUON_ESCAPED;
    s.n_step = -1;
    return s;
}

/** One leg of a muon's way: from its vertex, or from where the last leg ended, up to the step that would cross a plane,
 * which the next leg makes, or to its end: a step may be as long as the way through vacuum, and what follows from the
 * plane on must meet all planes behind it. Legs give the same bits as eot_event_muon. @param s its state, where it is
 * not at its vertex. */
EOT_FN eot_event_muon_state eot_event_muon_leg(eot_matter_view matter, eot_event_view event, eot_event_muon_state s,
                                               EOT_GLOBAL const eot_plane_launch *planes) {
    while (s.m.fate == EOT_MUON_ALIVE && (planes->is_last != 0 || s.m.position.z < planes->z[planes->stop])) {
        eot_muon_step step = eot_muon_advance(matter, s.m, s.random);
        if (planes->is_last == 0 && step.muon.position.z >= planes->z[planes->stop]) break;
        eot_event_muon_advance(&s, &step, matter, event.world, event.acc);
        if (s.n_step > EOT_MUON_MOST_STEPS && s.m.fate == EOT_MUON_ALIVE) s.m.fate = EOT_MUON_STUCK;
    }
    if (planes->is_last == 0 || s.n_step < 0) return s;
    eot_event_muon_finish(&s, event.acc);
    eot_atomic_add_i64(event.tally + EOT_C_MUON_STEPS, (i64)s.n_step);
    eot_atomic_add_i64(event.tally + EOT_C_MUONS, 1);
    return s;
}

#endif
