/** @file event_vertex.h
 * The rare vertex of an event, and what its sampling draws from. */
#ifndef EOT_TRANSPORT_EVENT_VERTEX_H
#define EOT_TRANSPORT_EVENT_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/random.h"
#include "eotmc/math/vector.h"
#include "eotmc/physics/em_tables.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"

#define EOT_HISTORY_SHIFT 28

/** The rare vertex of an event and what leaves it. */
typedef struct {
    f64 x, y, z;                 /* cm */
    eot_vec3 plus, minus, extra; /* directions */
    f32 k;                       /* GeV, parent */
    f32 E_plus, E_minus;         /* GeV, muons; 0: there is none of this charge */
    f32 E_extra;                 /* GeV, an electron or positron that goes on; 0: there is none */
    f32 E_dark;                  /* GeV, phi and the recoil of the nucleus */
    f32 depth_X0, time;          /* ns */
    f32 weight;
    f32 E_beam;
    f32 sx, sy;             /* slopes of the parent */
    f32 versine, turn;      /* the signal: 1 - cos and azimuth/2 pi of the muon about the parent (frame of
                               eot_vec3_rotated) */
    f32 target_Z, target_A; /* nucleus; 0, 0: an electron */
    i32 process, parent;    /* enum eot_rare_process, enum eot_particle_type */
    i32 extra_type;         /* enum eot_particle_type */
    u32 fault;              /* bits of eot_event_fault */
    u32 stream;             /* its step in the shower: random numbers of its own for each vertex of a primary; in the
                               bits from EOT_HISTORY_SHIFT on the number of its muons' history (roulette.h) */
} eot_event_vertex;
EOT_LAYOUT(eot_event_vertex, EOT_EVENT_VERTEX_BYTES);

EOT_FN eot_vec3 eot_vec3_zero(void) {
    eot_vec3 u;
    u.x = u.y = u.z = R(0.0);
    return u;
}

/** No vertex yet. */
EOT_FN eot_event_vertex eot_event_vertex_none(void) {
    eot_event_vertex v;
    v.x = v.y = v.z = D(0.0);
    v.plus = v.minus = v.extra = eot_vec3_zero();
    v.k = v.E_plus = v.E_minus = v.E_extra = v.E_dark = v.depth_X0 = v.time = v.weight = v.E_beam = v.sx = v.sy =
        v.versine = v.turn = v.target_Z = v.target_A = 0.0f;
    v.process = v.parent = v.extra_type = 0;
    v.fault = v.stream = 0u;
    return v;
}

/** Unit vector of a particle that travels towards +z with slopes sx, sy. */
EOT_FN eot_vec3 eot_slope_direction(f32 sx, f32 sy) {
    eot_vec3 u;
    u.x = sx;
    u.y = sy;
    u.z = 1.0f;
    return eot_vec3_unit(u);
}

/** What a vertex function draws from, and which media its parent was in. */
typedef struct {
    eot_u32x4 block;             /* the first random numbers; w has chosen the process */
    eot_random random;           /* cursor behind them */
    f32 share[EOT_N_MEDIUM_MAX]; /* of the step's path in each medium */
    EOT_GLOBAL f32 *density;     /* several masses: their densities at the muon out (mass.h); 0: not wanted */
} eot_vertex_draw;

#endif
