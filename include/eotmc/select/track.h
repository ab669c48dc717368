/** @file track.h
 * From hits to a momentum: straight lines before and after the magnet, fitted in the horizontal plane, and their bend.
 */
#ifndef EOT_SELECT_TRACK_H
#define EOT_SELECT_TRACK_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/event.h"

/** Sums of a straight-line fit x(z) with equal weights. */
typedef struct {
    f32 n, z, zz, x, xz;
} eot_line_sums;

EOT_FN eot_line_sums eot_line_sums_none(void) {
    eot_line_sums s;
    s.n = s.z = s.zz = s.x = s.xz = 0.0f;
    return s;
}
EOT_FN eot_line_sums eot_line_sums_add(eot_line_sums s, f32 z, f32 x) {
    s.z += z;
    s.zz += z * z;
    s.x += x;
    s.xz += x * z;
    s.n += 1.0f;
    return s;
}
/** Slope dx/dz of the fitted line through at least two places. */
EOT_FN f32 eot_line_slope(eot_line_sums s) { return (s.n * s.xz - s.x * s.z) / (s.n * s.zz - s.z * s.z); }

/** Momentum [GeV/c], signed by the charge, of a track that a magnet turns from one slope dx/dz to another; at most 1e7
 * for a track without a bend. @param field_integral T cm, of the y component. */
EOT_FN f32 eot_track_momentum(f32 slope_before, f32 slope_after, f32 field_integral) {
    f32 sine =
        slope_after / sqrt(1.0f + slope_after * slope_after) - slope_before / sqrt(1.0f + slope_before * slope_before);
    /* dp_x = -q c B_y L for a track along +z (v x B); momentum is signed so that it carries the charge */
    f32 kick = -EOT_BEND * field_integral;
    return fabs(sine) < 1e-7f ? 1e7f : kick / sine;
}

/** Whether a muon has crossed all tracker planes. */
EOT_FN i32 eot_muon_has_crossed(eot_muon_outcome m, i32 n_plane) {
    i32 all = n_plane > 0;
    for (i32 i = 0; i < n_plane; i++) all = all && m.hit[i].is_hit > 0.0f;
    return all;
}

/** A spectrometer track. */
typedef struct {
    f32 momentum; /* GeV/c, signed by the charge; 0: no track */
} eot_track;

/** Fit hits smeared by the planes' resolution: all planes must be hit, at least two on each side of the magnet. One
 * block per plane is drawn. */
EOT_FN eot_track eot_track_fit(eot_muon_outcome m, EOT_GLOBAL const eot_response *r, eot_random random) {
    eot_track track;
    track.momentum = 0.0f;
    eot_line_sums before = eot_line_sums_none(), after = eot_line_sums_none();
    for (i32 i = 0; i < r->n_plane; i++) {
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        f32 x = m.hit[i].x + r->plane_resolution[i] * eot_normal(b.x, b.y).a;
        if (i < r->n_before)
            before = eot_line_sums_add(before, r->plane_z[i] - r->plane_z[0], x);
        else
            after = eot_line_sums_add(after, r->plane_z[i] - r->plane_z[r->n_before], x);
    }
    if (!eot_muon_has_crossed(m, r->n_plane) || before.n < 2.0f || after.n < 2.0f || r->field_integral == 0.0f)
        return track;
    track.momentum = eot_track_momentum(eot_line_slope(before), eot_line_slope(after), r->field_integral);
    return track;
}

#endif
