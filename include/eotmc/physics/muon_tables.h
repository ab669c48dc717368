/** @file muon_tables.h
 * The muon tables as a device sees them: one f32 buffer that holds everything, and this struct of offsets and switches.
 * Built by host/physics/muon_tables.c.
 *
 * Grids without a logarithm: a positive float's bit pattern, read as an integer, is a piecewise linear logarithm to
 * base 2. Its upper bits number a cell, 2^n cells per octave, and its lower bits are the position within the cell.
 * Kinetic energies, probabilities and Vavilov's kappa are all looked up so: rows        [material][EOT_MUON_N_ROW][8]
 * per kinetic energy: enum eot_muon_column shares      [material][EOT_MUON_N_ROW][4]     cumulative share of the hard
 * rate: delta ray, + bremsstrahlung, + pair, + photonuclear; the rest is elastic losses
 * [material][4][EOT_MUON_N_LOSS_ROW][EOT_MUON_N_TAIL]   inverse of the tail probability of the loss, per process: see
 * eot_muon_loss elastic     [material][EOT_MUON_N_TAIL]       ln q^2 [GeV^2] of a hard elastic scatter against its tail
 * probability materials   [material][EOT_MUON_N_CONSTANT]   enum eot_muon_constant straggling
 * [EOT_MUON_N_KAPPA][2][EOT_MUON_N_TAIL]   quantiles of (loss - mean)/xi, lower and upper half, against min(u, 1 - u)
 * collisions  [material][EOT_MUON_N_SPECTRUM][EOT_MUON_N_LOSS_ROW][EOT_MUON_N_COLLISION]   see eot_muon_spectrum_kind
 */
#ifndef EOT_PHYSICS_MUON_TABLES_H
#define EOT_PHYSICS_MUON_TABLES_H

#include "eotmc/base/portable.h"

#define EOT_MUON_ROW_SHIFT 19u          /* 16 cells per octave of kinetic energy */
#define EOT_MUON_FIRST_BITS 0x3a800000u /* bits of 2^-10 GeV, the first row */
#define EOT_MUON_N_ROW 305              /* 2^-10 to 2^9 GeV */
#define EOT_MUON_LOSS_ROW_SHIFT 22u     /* 2 rows per octave for the losses' distributions */
#define EOT_MUON_N_LOSS_ROW 39
#define EOT_MUON_TAIL_SHIFT 21u         /* 4 cells per octave of a tail probability */
#define EOT_MUON_TAIL_BITS 0x35000000u  /* bits of 2^-21, smaller than every nonzero uniform but one in 2^21 */
#define EOT_MUON_N_TAIL 85              /* 2^-21 to 1 */
#define EOT_MUON_KAPPA_SHIFT 21u        /* 4 rows per octave of kappa */
#define EOT_MUON_KAPPA_BITS 0x39800000u /* bits of 2^-12, the smallest kappa */
#define EOT_MUON_N_KAPPA 73             /* 2^-12 to 2^6 */
/* The tail probabilities of single collisions, as many cells per octave */
#define EOT_MUON_COLLISION_TAIL_BITS 0x30800000u /* bits of 2^-30 */
#define EOT_MUON_N_COLLISION_TAIL 121            /* 2^-30 to 1 */

/** Spectra of collisions whose losses are soft. */
enum eot_muon_spectrum_kind {
    EOT_MUON_SOFT = 0,           /* all: ionisation below the delta cut, radiative losses below v_cut */
    EOT_MUON_SOFT_RADIATIVE = 1, /* the latter alone */
    EOT_MUON_N_SPECTRUM = 2
};
/* A row of a spectrum: ln(loss/GeV) against its tail probability; mean loss per collision in harder ones than that
 * [GeV], mean of the squares in softer ones [GeV^2]; collisions per cm. */
#define EOT_MUON_COLLISION_RATE (3 * EOT_MUON_N_COLLISION_TAIL)
#define EOT_MUON_N_COLLISION (EOT_MUON_COLLISION_RATE + 1)

enum eot_muon_column {
    EOT_MUON_LOSS = 0, /* mean continuous loss: ionisation below the delta cut, radiative below v_cut [GeV/cm] */
    EOT_MUON_RATE = 1, /* all hard events [1/cm] */
    EOT_MUON_KICK = 2, /* soft scattering: beta^2 times the mean square of the projected momentum transfer [GeV^2/cm] */
    EOT_MUON_XI = 3,   /* Landau's xi [GeV/cm] */
    EOT_MUON_INVERSE_CUT = 4, /* 1/(effective largest loss of the continuous part): kappa = xi s times this [1/GeV] */
    EOT_MUON_VARIANCE = 5,    /* variance of the continuous loss; of its ionisation alone with the straggling
                                 EOT_MUON_STRAGGLING_MOMENTS [GeV^2/cm] */
    EOT_MUON_THIN = 6, /* largest xi of a path whose loss is drawn from single collisions [GeV], the same in all rows */
    EOT_MUON_HIGHEST_DELTA = 7 /* ln(W_max/W_cut) of a delta ray, 0 where there is none */
};
#define EOT_MUON_N_COLUMN 8

enum eot_muon_constant {
    EOT_MUON_CAPTURE_RATE = 0, /* nuclear capture of a stopped mu- [1/ns] */
    EOT_MUON_DELTA_CUT = 1,    /* W_cut [GeV] where W_max exceeds it, not relative to the energy */
    EOT_MUON_DELTA_SHARE = 2   /* W_cut/T: the cut is the larger of the two */
};
#define EOT_MUON_N_CONSTANT 4

enum eot_muon_process {
    EOT_MUON_DELTA = 0,
    EOT_MUON_BREMS = 1,
    EOT_MUON_PAIR = 2,
    EOT_MUON_PHOTONUCLEAR = 3,
    EOT_MUON_ELASTIC = 4,
    EOT_MUON_DECAY = 5,
    EOT_MUON_NO_EVENT = 6
};

enum eot_muon_straggling {
    EOT_MUON_STRAGGLING_OFF = 0,     /* mean loss only */
    EOT_MUON_STRAGGLING_VAVILOV = 1, /* Vavilov's distribution below the delta cut: right from thin to thick */
    EOT_MUON_STRAGGLING_MOMENTS = 2  /* only mean and variance are right, as in condensed-history codes (PENELOPE,
                                        PUMAS): for comparison with them */
};

/** Offsets into the f32 table buffer, and the switches of the muon step. */
typedef struct {
    u32 rows, shares, losses, elastic, materials, straggling_table, collisions;
    i32 n_material;
    i32 straggling;        /* enum eot_muon_straggling */
    i32 scattering;        /* 0: off */
    i32 decay_at_rest;     /* 0: a stopped muon keeps its rest energy */
    f32 decay_rate;        /* m/(c tau) [GeV/cm]; 0: no decay in flight */
    f32 stop_kinetic;      /* a muon below this kinetic energy stops where it is [GeV] */
    f32 largest_loss;      /* longest step: this share of the kinetic energy lost on average */
    f32 inverse_layer_cut; /* 1/GeV: see `visible` in eot_muon_step */
    f32 soft_pairs;        /* GeV: at lower energies the radiative losses below v_cut are less than 3e-4 of the loss */
    f32 unseen_variance;   /* over the square of the kinetic energy: a thin path in matter that no detector reads whose
                              loss has less is drawn from mean and variance alone (muon/loss.h); 0: none */
    u32 unused;            /* to whole u64 */
} eot_muon_tables;
EOT_LAYOUT(eot_muon_tables, 72);

/** Cell and position in it of x on an octave grid that begins at first_bits with 2^(23 - shift) cells per octave;
 * clamped to n points. */
typedef struct {
    u32 i;
    real t; /* 0 <= t < 1 */
} eot_octave_cell;
EOT_FN eot_octave_cell eot_octave_find(real x, u32 first_bits, u32 shift, u32 n) {
    i32 above = (i32)(eot_f32_bits((f32)x) - first_bits);
    i32 last = (i32)((n - 1u) << shift) - 1;
    above = above < 0 ? 0 : above;
    above = above > last ? last : above;
    eot_octave_cell c;
    c.i = (u32)above >> shift;
    c.t = (real)((u32)above & ((1u << shift) - 1u)) * (real)eot_f32_from_bits((127u - shift) << 23);
    return c;
}

EOT_FN real eot_lerp(f32 a, f32 b, real t) { return fma(t, (real)b - (real)a, (real)a); }

#endif
