/** @file beam_line.h
 * A primary between the beam's start and the ECAL, and what reaches it: electrons, positrons and photons through the
 * voxel grid, one arrival after the other. Volumes and fields in front bend, scatter and slow them and make them
 * radiate: the same step as in the ECAL (step.h), in the tables of the medium that they are in, on the muons' helix
 * (muon/boundary.h). Beyond the ECAL's front plane a particle that is not in it flies straight on: into the ECAL by a
 * side, or to the first dense matter, where it showers by the parametrisation, or out of the world.
 *
 * All is a function of the primary: the kernel `arrivals` lists what the cascade starts from, and the replay makes the
 * same list again, particle by particle, with deposits. Random numbers: stage EOT_STAGE_LINE, two blocks a step.
 *
 * Approximations: no angles of photons and pairs at their vertex; Highland's scattering with the logarithm of the whole
 * line, so that it does not depend on how matter is cut into volumes; particles below the cut are not bent; no
 * synchrotron radiation; no rare vertices in front of the ECAL. At most `most` particles of a primary arrive: further
 * ones shower by the parametrisation where they enter, and are counted. */
#ifndef EOT_TRANSPORT_BEAM_LINE_H
#define EOT_TRANSPORT_BEAM_LINE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/accumulator.h"
#include "eotmc/physics/multiple_scattering.h"
#include "eotmc/transport/event_vertex.h"
#include "eotmc/transport/muon/boundary.h"
#include "eotmc/transport/source.h"
#include "eotmc/transport/step.h"

/* Whether primaries have lists of arrivals is a build option of the kernels (-DEOT_ARRIVALS=0 or 1); the host asks the
 * world. */
#ifdef EOT_ARRIVALS
#define EOT_HAS_ARRIVALS(world) EOT_ARRIVALS
#else
#define EOT_HAS_ARRIVALS(world) ((world)->line.most > 0)
#endif

#define EOT_LINE_MOST_STEPS 100000u
#define EOT_LINE_DENSE 1e-3f       /* 1/cm: matter beside or behind the ECAL that is denser makes showers */
#define EOT_LINE_LEAST_SLOPE 1e-3f /* cosine to the beam's axis: what turns further is lost */

/** Matter, tables and the stack of waiting particles, as pointers in one struct; passed by value, as eot_matter_view
 * is. */
typedef struct {
    eot_matter_view matter; /* without tables of muons */
    EOT_GLOBAL const eot_event_world *world;
    EOT_GLOBAL f32 *stack; /* [EOT_N_REPLAY_FIELD][EOT_STACK_DEPTH][n_item] */
    u32 n_item, item;
    u32 seed, run;
} eot_line_view;

/** A primary on its way. */
typedef struct {
    eot_muon m;    /* place, direction, charge; kinetic_energy is not used */
    f32 E;         /* GeV, total */
    i32 type;      /* enum eot_particle_type */
    i32 is_beam;   /* the particle of the beam itself */
    i32 n_waiting; /* particles on the stack */
    i32 n_arrival; /* so far */
    i32 is_alive;
    u32 draw;
    u32 file_next, file_end; /* particles of a file that are still to come */
    u64 primary;
} eot_line_state;

/** How a step ends. */
enum eot_line_outcome {
#define EOT_LINE_OUTCOME(id, text) EOT_LINE_##id,
#include "eotmc/transport/line_outcomes.def"
#undef EOT_LINE_OUTCOME
    EOT_N_LINE_OUTCOME
};

/** What a step did. */
typedef struct {
    eot_line_state before, after; /* after: the next particle, where this one has ended */
    eot_cascade_vertex v;         /* losses and daughters; v.E_b is the particle if nothing happened */
    eot_u32x4 own;                /* random words: their lower bits are free */
    eot_point from, to;           /* cm */
    f32 sx, sy;                   /* slopes at the end */
    i32 outcome;                  /* enum eot_line_outcome */
    i32 region;                   /* that the step was in */
    f32 kept; /* GeV that the beam's particle has where it crosses the front plane; -1: it does not */
} eot_line_step;

/** The view of these. */
EOT_FN eot_line_view eot_line_view_of(eot_matter_view matter, EOT_GLOBAL const eot_event_world *world,
                                      EOT_GLOBAL f32 *stack, u32 seed, u32 run) {
    eot_line_view view;
    view.matter = matter;
    view.world = world;
    view.stack = stack;
    view.n_item = 1u;
    view.item = 0u;
    view.seed = seed;
    view.run = run;
    return view;
}

/** A particle into its voxel. @return s, not alive outside of the grid. */
EOT_FN eot_line_state eot_line_placed(eot_line_view view, eot_line_state s) {
    EOT_GLOBAL const eot_grid *grid = view.matter.grid;
    s.m.i_x = eot_grid_cell(view.matter.table + grid->edges_x, grid->n_x, s.m.position.x);
    s.m.i_y = eot_grid_cell(view.matter.table + grid->edges_y, grid->n_y, s.m.position.y);
    s.m.i_z = eot_grid_cell(view.matter.table + grid->edges_z, grid->n_z, s.m.position.z);
    i32 is_inside = eot_grid_has(grid, s.m.i_x, s.m.i_y, s.m.i_z);
    s.m.fate = is_inside ? EOT_MUON_ALIVE : EOT_MUON_ESCAPED;
    s.m.region = is_inside ? eot_matter_region(view.matter, s.m.i_x, s.m.i_y, s.m.i_z) : 0;
    s.m.charge = s.type == EOT_PHOTON ? 0 : s.type == EOT_POSITRON ? 1 : -1;
    s.m.n_stall = 0;
    return s;
}

/** The next particle of a file's event. */
EOT_FN eot_line_state eot_line_from_file(eot_line_view view, eot_line_state s) {
    EOT_GLOBAL const f32 *row = eot_file_particle(view.matter.table, view.world->beam, s.file_next);
    s.file_next++;
    s.m.position.x = (f64)row[EOT_FILE_X];
    s.m.position.y = (f64)row[EOT_FILE_Y];
    s.m.position.z = (f64)row[EOT_FILE_Z];
    s.m.direction.x = row[EOT_FILE_UX];
    s.m.direction.y = row[EOT_FILE_UY];
    s.m.direction.z = row[EOT_FILE_UZ];
    s.E = row[EOT_FILE_E];
    s.type = (i32)row[EOT_FILE_TYPE];
    return eot_line_placed(view, s);
}

/** A primary where the beam starts. @param source at the beam's start. */
EOT_FN eot_line_state eot_line_start(eot_line_view view, eot_primary source, i32 type, u64 primary) {
    eot_line_state s;
    s.m.position.x = (f64)source.x;
    s.m.position.y = (f64)source.y;
    s.m.position.z = (f64)view.world->beam.position_z;
    s.m.direction = eot_slope_direction(source.sx, source.sy);
    s.m.kinetic_energy = D(0.0);
    s.m.time = s.m.clock = 0.0f;
    s.E = source.E;
    s.type = type;
    s.is_beam = 1;
    s.n_waiting = s.n_arrival = 0;
    s.is_alive = 1;
    s.draw = 0u;
    s.primary = primary;
    s.file_next = s.file_end = 0u;
    if (view.world->beam.n_file > 0) {
        eot_file_event e = eot_file_event_of(view.matter.table, view.world->beam, primary);
        s.file_next = e.first;
        s.file_end = e.first + e.n;
        s.is_beam = e.n == 1u;
        s.is_alive = e.n > 0u;
        if (e.n > 0u) return eot_line_from_file(view, s);
    }
    return eot_line_placed(view, s);
}

/** The particle of s waits; its place is kept to f32. */
EOT_FN void eot_line_push(eot_line_view view, eot_line_state s, f32 E, i32 type, i32 is_beam) {
    EOT_GLOBAL f32 *stack = view.stack;
    u32 plane = (u32)EOT_STACK_DEPTH * view.n_item, at = (u32)s.n_waiting * view.n_item + view.item;
    stack[at] = E;
    stack[plane + at] = (f32)s.m.position.z;
    stack[2 * plane + at] = (f32)type;
    stack[3 * plane + at] = (f32)s.m.position.x;
    stack[4 * plane + at] = (f32)s.m.position.y;
    stack[5 * plane + at] = s.m.direction.x;
    stack[6 * plane + at] = s.m.direction.y;
    stack[7 * plane + at] = (f32)is_beam;
}

/** The particle that came last is the next one; none: not alive. */
EOT_FN eot_line_state eot_line_popped(eot_line_view view, eot_line_state s) {
    EOT_GLOBAL const f32 *stack = view.stack;
    if (s.n_waiting == 0) {
        if (s.file_next < s.file_end) return eot_line_from_file(view, s);
        s.is_alive = 0;
        return s;
    }
    s.n_waiting--;
    u32 plane = (u32)EOT_STACK_DEPTH * view.n_item, at = (u32)s.n_waiting * view.n_item + view.item;
    s.E = stack[at];
    s.type = (i32)stack[2 * plane + at];
    s.is_beam = stack[7 * plane + at] != 0.0f;
    s.m.position.z = (f64)stack[plane + at];
    s.m.position.x = (f64)stack[3 * plane + at];
    s.m.position.y = (f64)stack[4 * plane + at];
    s.m.direction.x = stack[5 * plane + at];
    s.m.direction.y = stack[6 * plane + at];
    f32 x = s.m.direction.x, y = s.m.direction.y;
    s.m.direction.z = sqrt(fmax(1.0f - x * x - y * y, 0.0f));
    return eot_line_placed(view, s);
}

/** How the particle of s ends without a step, EOT_LINE_GOES_ON: it does not. @param is_behind it is beyond the front
 * plane of the ECAL. */
EOT_FN i32 eot_line_fate(eot_line_view view, eot_line_state s, i32 is_behind) {
    EOT_GLOBAL const eot_beam_line *line = &view.world->line;
    if (s.m.fate != EOT_MUON_ALIVE || !(s.m.direction.z > EOT_LINE_LEAST_SLOPE) || s.draw > EOT_LINE_MOST_STEPS)
        return EOT_LINE_LEAVES;
    if (s.E < line->cut) return EOT_LINE_FALLS;
    if (view.matter.region[s.m.region].role == EOT_ROLE_ECAL)
        return s.n_arrival < line->most ? EOT_LINE_ARRIVES : EOT_LINE_SPILLS;
    if (is_behind && view.matter.table[line->region + 2u * (u32)s.m.region + 1u] > EOT_LINE_DENSE)
        return EOT_LINE_MEETS;
    return EOT_LINE_GOES_ON;
}

/** No losses, no daughters. */
EOT_FN eot_cascade_vertex eot_line_no_vertex(f32 E, i32 type, f32 path) {
    eot_cascade_vertex v;
    v.path = v.z = path;
    v.path_X0 = v.ionisation = v.soft = v.E_a = v.along = v.soft_along = v.rare = 0.0f;
    v.E_b = v.E_along = E;
    v.type_a = v.type_b = type;
    v.has_left = 1;
    return v;
}

/** Energy that a charged particle keeps on a step, rounded up or down at random so that its mean is right: of steps
 * that lose the same, all would round alike, and what thin matter takes (some 0.1 MeV of 100 GeV, of which f32 has
 * steps of 8 keV) would depend on how it is cut into volumes. @param E before the step. @param own random words: the
 * lowest bits of them are used, which the scattering hardly sees. */
EOT_FN f32 eot_line_energy_kept(f32 E, eot_cascade_vertex v, eot_u32x4 own) {
    f64 exact = (f64)E - (f64)v.ionisation - (f64)v.soft - (f64)v.E_a;
    f32 near = (f32)exact;
    f64 off = exact - (f64)near;
    u32 bits = eot_f32_bits(near), word = own.x << 24 | (own.y & 0xffu) << 16 | (own.z & 0xffu) << 8 | (own.w & 0xffu);
    f32 other = eot_f32_from_bits(off > D(0.0) ? bits + 1u : bits - 1u);
    return fabs(off) > (f64)eot_uniform(word) * fabs((f64)other - (f64)near) ? other : near;
}

/** Place and direction at the end of a path. @param a what was ahead: its field. @param v losses on the way. @param own
 * random words. */
EOT_FN eot_line_state eot_line_moved(eot_line_view view, eot_line_state s, eot_muon_ahead a, eot_cascade_vertex v,
                                     eot_u32x4 own) {
    eot_vec3 u = s.m.direction, moved = eot_vec3_scaled(u, v.path);
    f32 E = fmax(0.5f * (s.E + v.E_a + v.E_b), 0.5f * s.E);
    if (a.has_field != 0 && s.m.charge != 0) {
        eot_helix h = eot_helix_moved(u, eot_vec3_scaled(a.bend, s.E / E), v.path);
        moved = h.moved;
        u = h.direction;
    }
    if (s.m.charge != 0 && view.world->multiple_scattering && v.path_X0 > 0.0f) {
        f32 sigma = sqrt(eot_highland_angle2(E * E, v.path_X0)) * view.world->line.highland;
        eot_normal_pair n = eot_normal(own.x, own.y), d = eot_normal(own.z, own.w);
        f32 aside = v.path * sigma;
        eot_vec3 by = eot_vec3_rotated(u, aside * (0.5f * n.a + 0.28867513f * d.a),
                                       aside * (0.5f * n.b + 0.28867513f * d.b), 0.0f); /* 1/sqrt(12) */
        moved.x += by.x;
        moved.y += by.y;
        moved.z += by.z;
        u = eot_vec3_deflected(u, sigma * n.a, sigma * n.b);
    }
    s.m.position.x += (f64)moved.x;
    s.m.position.y += (f64)moved.y;
    s.m.position.z += (f64)moved.z;
    s.m.direction = u;
    return s;
}

/** The next particle after a step: the lighter daughter above the cut is followed, the heavier one waits. @param s at
 * the end of the step. */
EOT_FN eot_line_state eot_line_after(eot_line_view view, eot_line_state s, eot_cascade_vertex v) {
    i32 a_is_high = v.E_a > v.E_b, keeps = s.is_beam && (s.m.charge != 0 || v.E_a == 0.0f); /* daughter b */
    f32 high = a_is_high ? v.E_a : v.E_b, low = a_is_high ? v.E_b : v.E_a;
    i32 type_high = a_is_high ? v.type_a : v.type_b, type_low = a_is_high ? v.type_b : v.type_a;
    i32 both = low >= view.world->line.cut && s.n_waiting < EOT_STACK_DEPTH - 1;
    if (high < view.world->line.cut) return eot_line_popped(view, s);
    if (both) {
        eot_line_push(view, s, high, type_high, keeps && !a_is_high);
        s.n_waiting++;
    }
    s.E = both ? low : high;
    s.type = both ? type_low : type_high;
    s.is_beam = keeps && (both ? a_is_high : !a_is_high);
    s.m.charge = s.type == EOT_PHOTON ? 0 : s.type == EOT_POSITRON ? 1 : -1;
    return s;
}

/** The medium of the particle's region: its number, -1 without one. */
EOT_FN i32 eot_line_medium(eot_line_view view, eot_line_state s, i32 is_behind) {
    return is_behind ? -1 : (i32)view.matter.table[view.world->line.region + 2u * (u32)s.m.region];
}

/** One step: to the next boundary, the next hard vertex or the longest step allowed, whichever comes first. @param s
 * alive. */
EOT_FN eot_line_step eot_line_advance(eot_line_view view, eot_line_state s) {
    EOT_GLOBAL const eot_beam_line *line = &view.world->line;
    f64 front = (f64)view.world->calorimeter_z;
    i32 is_behind = s.m.position.z >= front, was_beam = s.is_beam;
    eot_line_step out;
    out.before = s;
    out.region = s.m.region;
    out.from = out.to = s.m.position;
    out.outcome = eot_line_fate(view, s, is_behind);
    out.kept = s.is_beam && s.draw == 0u && is_behind ? s.E : -1.0f;
    out.v = eot_line_no_vertex(s.E, s.type, 0.0f);
    out.own =
        eot_philox((u32)s.primary, (u32)(s.primary >> 32), (u32)EOT_STAGE_LINE << 24, s.draw + 1u, view.seed, view.run);
    out.sx = s.m.direction.x / fmax(s.m.direction.z, EOT_LINE_LEAST_SLOPE);
    out.sy = s.m.direction.y / fmax(s.m.direction.z, EOT_LINE_LEAST_SLOPE);
    if (out.outcome != EOT_LINE_GOES_ON) {
        s.n_arrival += out.outcome == EOT_LINE_ARRIVES ? 1 : 0;
        s.draw += 2u;
        out.after = eot_line_popped(view, s);
        return out;
    }
    eot_muon m = s.m;
    if (is_behind) m.charge = 0;
    eot_muon_ahead a = eot_look_ahead(
        view.matter, m, fmax(s.E * s.E - EOT_M_ELECTRON * EOT_M_ELECTRON, EOT_M_ELECTRON * EOT_M_ELECTRON),
        view.matter.region[s.m.region].max_step);
    f32 available = fmin(fmin(a.to_side, a.to_z), a.to_limit);
    i32 axis = available == a.to_z      ? 2
               : available == a.to_side ? a.side_axis
                                        : -1,
        medium = eot_line_medium(view, s, is_behind);
    if (medium >= 0) {
        eot_em_tables t = line->medium[medium];
        t.depth = available;
        out.v = eot_cascade_vertex_sample(
            view.matter.table, t, s.E, 0.0f, s.type,
            eot_philox((u32)s.primary, (u32)(s.primary >> 32), (u32)EOT_STAGE_LINE << 24, s.draw, view.seed, view.run));
        if (out.v.ionisation > 0.0f && out.v.E_b >= line->cut) out.v.E_b = eot_line_energy_kept(s.E, out.v, out.own);
    } else {
        out.v = eot_line_no_vertex(s.E, s.type, available);
    }
    s.m.charge = m.charge;
    s = eot_line_moved(view, s, a, out.v, out.own);
    eot_muon_arrival end;
    end.path = out.v.path;
    end.edge_z = a.edge_z;
    end.axis = out.v.has_left ? axis : -1;
    end.region = s.m.region;
    eot_muon_place place = eot_muon_cross(view.matter, s.m, a, end);
    s.m = eot_muon_put(s.m, place);
    s.m.fate = place.is_inside ? EOT_MUON_ALIVE : EOT_MUON_ESCAPED;
    s.m.n_stall = out.v.path > 0.0f ? 0 : s.m.n_stall + 1;
    if (s.m.n_stall > EOT_MUON_MAX_STALL) s.m.fate = EOT_MUON_STUCK;
    out.to = s.m.position;
    out.sx = s.m.direction.x / fmax(s.m.direction.z, EOT_LINE_LEAST_SLOPE);
    out.sy = s.m.direction.y / fmax(s.m.direction.z, EOT_LINE_LEAST_SLOPE);
    s.draw += 2u;
    s.m.charge = out.before.m.charge;
    if (was_beam && !is_behind && s.m.position.z >= front && place.is_inside) out.kept = out.v.E_b;
    out.after = eot_line_after(view, s, out.v);
    return out;
}

/** Counts of a step's energy: what it was, is lost by ionisation, and is radiated below the cut or of a daughter that
 * is. They add up. */
typedef struct {
    i64 ionisation, soft, a, b; /* a, b: of daughters below the cut, 0 of others */
} eot_line_counts;

EOT_FN eot_line_counts eot_line_counts_of(eot_line_step s, f32 cut) {
    eot_line_counts c;
    i64 a = eot_energy_counts(s.v.E_a), b = eot_energy_counts(s.v.E_b);
    c.soft = eot_energy_counts(s.v.soft);
    c.ionisation = eot_energy_counts(s.before.E) - a - b - c.soft;
    c.a = s.v.E_a < cut ? a : 0;
    c.b = s.v.E_b < cut ? b : 0;
    return c;
}

#endif
