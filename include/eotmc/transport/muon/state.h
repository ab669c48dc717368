/** @file state.h
 * A muon in flight, what one step does to it, and how it starts. */
#ifndef EOT_TRANSPORT_MUON_STATE_H
#define EOT_TRANSPORT_MUON_STATE_H

#include "eotmc/math/random.h"
#include "eotmc/transport/view.h"

enum eot_muon_fate {
    EOT_MUON_ALIVE = 0,
    EOT_MUON_STOPPED = 1, /* below stop_kinetic; its decay at rest, if on, is in the same step */
    EOT_MUON_DECAYED = 2, /* in flight */
    EOT_MUON_ESCAPED = 3, /* left the world */
    EOT_MUON_STUCK = 4,   /* fault: EOT_MUON_MAX_STALL steps without progress */
    EOT_MUON_NAN = 5      /* fault: an energy or a path that is not a number */
};
#define EOT_MUON_MAX_STALL 32

/** A muon in flight. Keeps its voxel, so that no step searches the grid. */
typedef struct {
    eot_point position; /* cm */
    f64 kinetic_energy; /* GeV, as finely as losses of some eV beside hundreds of GeV need */
    eot_vec3 direction; /* unit vector */
    real time;          /* ns */
    real clock;         /* optical depth left to the next hard event */
    i32 charge;         /* +1 or -1 */
    i32 i_x, i_y, i_z;  /* voxel */
    i32 region;         /* region of that voxel */
    i32 fate;           /* enum eot_muon_fate */
    i32 n_stall;        /* consecutive steps without progress */
} eot_muon;

/** How much likelier a step is with extra decays, with extra hard losses, than in nature (extra.h). */
typedef struct {
    real decay, hard;
} eot_muon_ratio;

/** What one step did. Its losses are computed as such, and the energy follows from them. */
typedef struct {
    eot_muon muon;     /* after the step */
    eot_random random; /* advanced cursor */
    real path;         /* cm */
    real ionisation;   /* continuous loss, deposited along the step, and the last energy of a stopped muon [GeV] */
    real visible;  /* the part of `ionisation` seen in active constituents of the region that the step was in [GeV] */
    real shower;   /* electromagnetic: delta ray, bremsstrahlung photon or pair, at the end of the step [GeV] */
    real hadronic; /* photonuclear, at the end of the step [GeV] */
    real electron; /* electron of a decay [GeV] */
    real neutrino; /* neutrinos of a decay, and all of a capture [GeV] */
    real rest;     /* rest energy set free by a decay [GeV] */
    i32 region;    /* region that the step was in (muon.region is the one it enters) */
    i32 process;   /* enum eot_muon_process; EOT_MUON_NO_EVENT without a hard event */
    i32 event_active; /* 1 if the event happened in an active constituent */
    eot_muon_ratio ratio;
    i32 axis; /* 0, 1, 2: crossed a voxel boundary along x, y, z; -1: did not */
} eot_muon_step;

/** Where and how a muon starts. */
typedef struct {
    eot_point position;  /* cm */
    eot_vec3 direction;  /* unit vector */
    real kinetic_energy; /* GeV */
    real time;           /* ns */
    i32 charge;          /* +1 or -1 */
} eot_muon_origin;

/** A muon placed in the grid. @param bits 32 random bits for its clock. @return the muon, fate EOT_MUON_ESCAPED if it
 * starts outside the world. */
EOT_FN eot_muon eot_muon_start(eot_matter_view matter, eot_muon_origin origin, u32 bits) {
    EOT_GLOBAL const eot_grid *grid = matter.grid;
    eot_muon m;
    m.position = origin.position;
    m.direction = origin.direction;
    m.kinetic_energy = (f64)origin.kinetic_energy;
    m.time = origin.time;
    m.clock = -eot_log(eot_uniform(bits));
    m.charge = origin.charge;
    m.i_x = eot_grid_cell(matter.table + grid->edges_x, grid->n_x, m.position.x);
    m.i_y = eot_grid_cell(matter.table + grid->edges_y, grid->n_y, m.position.y);
    m.i_z = eot_grid_cell(matter.table + grid->edges_z, grid->n_z, m.position.z);
    m.n_stall = 0;
    m.region = 0;
    i32 is_inside = eot_grid_has(grid, m.i_x, m.i_y, m.i_z);
    m.fate = is_inside ? EOT_MUON_ALIVE : EOT_MUON_ESCAPED;
    if (is_inside) m.region = eot_matter_region(matter, m.i_x, m.i_y, m.i_z);
    return m;
}

/** Kinetic energy [GeV] after a loss [GeV] of at most all of it. */
EOT_FN f64 eot_muon_energy_after(f64 kinetic, real loss) {
    f64 after = kinetic - (f64)loss;
    return after > D(0.0) ? after : D(0.0);
}

/** Square of the momentum [GeV^2]. @param kinetic kinetic energy [GeV]. */
EOT_FN real eot_muon_momentum2(real kinetic) { return kinetic * (kinetic + R(2.0) * EOT_M_MUON); }

#endif
