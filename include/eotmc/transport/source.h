/** @file source.h
 * The primaries of the beam. */
#ifndef EOT_TRANSPORT_SOURCE_H
#define EOT_TRANSPORT_SOURCE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/random.h"
#include "eotmc/transport/launch.h"

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

/** Sample the primary: Gaussian spot, divergence about the mean angle, and momentum spread. One block for the energy,
 * one for the rest.
 * @param z front of the calorimeter [cm]. */
EOT_FN eot_primary eot_source_sample(eot_beam beam, u64 primary, u32 seed, u32 run, f32 z) {
    eot_primary p;
    eot_random g = eot_random_init(primary, EOT_STAGE_SOURCE, 0, seed, run);
    eot_u32x4 first = eot_random_block(g);
    g.draw = 1;
    eot_u32x4 b = eot_random_block(g);
    eot_normal_pair spot = eot_normal(b.x, b.y), slope = eot_normal(b.z, b.w);
    p.E = eot_source_energy(beam.energy, beam.spread, first.x, first.y);
    p.sx = eot_fma(beam.divergence_x, slope.a, beam.angle_x);
    p.sy = eot_fma(beam.divergence_y, slope.b, beam.angle_y);
    p.x = beam.position_x + beam.spot_x * spot.a + p.sx * (z - beam.position_z);
    p.y = beam.position_y + beam.spot_y * spot.b + p.sy * (z - beam.position_z);
    return p;
}

#endif
