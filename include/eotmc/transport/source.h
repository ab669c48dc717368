/** @file source.h
 * The primaries of the beam: sampled, or the events of a file (beam.file), of which each primary is one. */
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

/** The particles of a file that are a primary. */
typedef struct {
    u32 first, n;
} eot_file_event;

/** The event of a file that a primary is: the run's primaries, in order, share out the events, in order, in proportion
 * to their weights. Those behind the last event's share, if the weights say so, are nothing. */
EOT_FN eot_file_event eot_file_event_of(EOT_GLOBAL const f32 *table, eot_beam beam, u64 primary) {
    f64 at = ((f64)(primary - beam.file_first) + D(0.5)) * beam.file_step * D(281474976710656.0); /* 2^48 */
    u32 low = 0u, high = (u32)beam.n_file;
    eot_file_event e;
    while (low < high) { /* the first event whose share ends behind it */
        u32 middle = (low + high) / 2u;
        EOT_GLOBAL const f32 *row = table + beam.file + middle * (u32)EOT_FILE_EVENT_COLUMNS;
        if ((f64)row[EOT_FILE_UPPER] * D(16777216.0) + (f64)row[EOT_FILE_LOWER] > at)
            high = middle;
        else
            low = middle + 1u;
    }
    e.first = e.n = 0u;
    if (low == (u32)beam.n_file) return e;
    EOT_GLOBAL const f32 *row = table + beam.file + low * (u32)EOT_FILE_EVENT_COLUMNS;
    e.first = (u32)row[EOT_FILE_FIRST];
    e.n = (u32)row[EOT_FILE_NUMBER];
    return e;
}

/** Particle `i` of a file, as a row of EOT_FILE_COLUMNS. */
EOT_FN EOT_GLOBAL const f32 *eot_file_particle(EOT_GLOBAL const f32 *table, eot_beam beam, u32 i) {
    return table + beam.file + (u32)beam.n_file * (u32)EOT_FILE_EVENT_COLUMNS + i * (u32)EOT_FILE_COLUMNS;
}

/** A primary: of a file the energy of its particles, and the first of them on its straight line at z; without any, the
 * beam's axis and no energy. Arguments as of eot_source_sample. */
EOT_FN eot_primary eot_source_of(EOT_GLOBAL const f32 *table, eot_beam beam, u64 primary, u32 seed, u32 run, f32 z) {
    if (beam.n_file == 0) return eot_source_sample(beam, primary, seed, run, z);
    eot_file_event e = eot_file_event_of(table, beam, primary);
    eot_primary p;
    p.E = 0.0f;
    p.sx = beam.angle_x;
    p.sy = beam.angle_y;
    p.x = beam.position_x;
    p.y = beam.position_y;
    for (u32 i = 0; i < e.n; i++) p.E += eot_file_particle(table, beam, e.first + i)[EOT_FILE_E];
    if (e.n == 0u) return p;
    EOT_GLOBAL const f32 *row = eot_file_particle(table, beam, e.first);
    f32 along = fmax(row[EOT_FILE_UZ], 1e-3f);
    p.sx = row[EOT_FILE_UX] / along;
    p.sy = row[EOT_FILE_UY] / along;
    p.x = row[EOT_FILE_X] + p.sx * (z - row[EOT_FILE_Z]);
    p.y = row[EOT_FILE_Y] + p.sy * (z - row[EOT_FILE_Z]);
    return p;
}

/** Where a primary begins [cm], and when [ns]. */
EOT_FN f32 eot_source_z(EOT_GLOBAL const f32 *table, eot_beam beam, u64 primary) {
    if (beam.n_file == 0) return beam.position_z;
    eot_file_event e = eot_file_event_of(table, beam, primary);
    return e.n > 0u ? eot_file_particle(table, beam, e.first)[EOT_FILE_Z] : beam.position_z;
}

EOT_FN f32 eot_source_time(EOT_GLOBAL const f32 *table, eot_beam beam, u64 primary) {
    if (beam.n_file == 0) return 0.0f;
    eot_file_event e = eot_file_event_of(table, beam, primary);
    return e.n > 0u ? eot_file_particle(table, beam, e.first)[EOT_FILE_TIME] : 0.0f;
}

#endif
