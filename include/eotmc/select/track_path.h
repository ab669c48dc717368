/** @file track_path.h
 * The path of a charged particle from the first to the last chamber of a spectrometer, with its derivatives by where
 * and how it starts: slopes dx/dz, dy/dz as functions of z in homogeneous fields between planes across the beam,
 *
 *   dt_x/dz = k s (t_y (t_x B_x + B_z) - (1 + t_x^2) B_y),  dt_y/dz = k s ((1 + t_y^2) B_x - t_x (t_y B_y + B_z)),
 *
 * s = sqrt(1 + t_x^2 + t_y^2), k = 0.2998 GeV/(T m) q/p (the Lorentz force; R. Mankel, Rep. Prog. Phys. 67 (2004) 553,
 * eq. 7), by Runge and Kutta's fourth order in pieces that bend by at most 0.05 rad: below 1 um. All in double, where
 * devices round sums, products, quotients and roots alike. */
#ifndef EOT_SELECT_TRACK_PATH_H
#define EOT_SELECT_TRACK_PATH_H

#include "eotmc/base/constants.h"
#include "eotmc/detector/spectrometer.h"

#define EOT_TRACK_BEND D(2.99792458e-3) /* EOT_BEND in double */
#define EOT_TRACK_LARGEST_BEND D(0.05)  /* rad, of a piece */
#define EOT_TRACK_MOST_PIECES 64        /* of an interval */
#define EOT_TRACK_PIECES_OUTSIDE 8     /* of an interval with fields that the track passes by, to see whether it does */
#define EOT_TRACK_LARGEST_SLOPE D(5.0) /* steeper tracks are not followed */
#define EOT_TRACK_LARGEST_LOSS D(0.8)  /* share of the momentum that may be lost on the way */
#define EOT_N_TRACK_PARAMETER 5        /* x, y, slopes, q/p at the first chamber */

/** What a track has at the first chamber. */
typedef struct {
    f64 x, y, slope_x, slope_y; /* cm from the spectrometer's origin */
    f64 charge_p;               /* charge over momentum [1/GeV] */
} eot_track_start;

/** Derivatives that are not 0 or 1: by the slopes and by q/p. */
enum eot_track_column { EOT_TRACK_BY_SLOPE_X = 0, EOT_TRACK_BY_SLOPE_Y, EOT_TRACK_BY_CHARGE_P, EOT_N_TRACK_COLUMN };

/** Where a track crosses the chambers. */
typedef struct {
    f64 x[EOT_N_PLANE], y[EOT_N_PLANE];                                               /* cm from the origin */
    f64 by_x[EOT_N_PLANE][EOT_N_TRACK_COLUMN], by_y[EOT_N_PLANE][EOT_N_TRACK_COLUMN]; /* derivatives */
    i32 is_found;  /* 0: too steep, or it has lost too much on the way */
    i32 is_inside; /* 0: it enters or leaves a field through a side */
} eot_track_path;

/** A magnetic field [T]. */
typedef struct {
    f64 x, y, z;
} eot_track_field;

/** The row of the f32 table of an interval. */
EOT_FN u32 eot_interval_row(EOT_GLOBAL const eot_spectrometer *s, i32 interval) {
    return s->interval + (u32)interval * EOT_N_INTERVAL_COLUMN;
}

/** The field at a place in an interval. @param row of the interval. @param x,y cm from the origin. */
EOT_FN eot_track_field eot_track_field_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s, u32 row,
                                          f64 x, f64 y) {
    EOT_GLOBAL const f32 *field = table + s->interval + (u32)s->n_interval * EOT_N_INTERVAL_COLUMN +
                                  (u32)table[row + EOT_INTERVAL_FIRST] * EOT_N_FIELD_COLUMN;
    eot_track_field b;
    i32 n = (i32)table[row + EOT_INTERVAL_FIELDS];
    b.x = b.y = b.z = D(0.0);
    for (i32 i = 0; i < n; i++, field += EOT_N_FIELD_COLUMN)
        if (x >= (f64)field[EOT_FIELD_LOW_X] && x < (f64)field[EOT_FIELD_HIGH_X] && y >= (f64)field[EOT_FIELD_LOW_Y] &&
            y < (f64)field[EOT_FIELD_HIGH_Y]) {
            b.x = (f64)field[EOT_FIELD_X];
            b.y = (f64)field[EOT_FIELD_Y];
            b.z = (f64)field[EOT_FIELD_Z];
        }
    return b;
}

/** Whether two fields are the same. */
EOT_FN i32 eot_track_field_is(eot_track_field a, eot_track_field b) { return a.x == b.x && a.y == b.y && a.z == b.z; }

/** A track at some z: place, slopes, and of both the derivatives. */
typedef struct {
    f64 x, y, slope_x, slope_y;
    f64 dx[EOT_N_TRACK_COLUMN], dy[EOT_N_TRACK_COLUMN], dslope_x[EOT_N_TRACK_COLUMN], dslope_y[EOT_N_TRACK_COLUMN];
} eot_track_point;

/** Change of the slopes per cm of z, and the derivatives of that. */
typedef struct {
    f64 x, y, dx[EOT_N_TRACK_COLUMN], dy[EOT_N_TRACK_COLUMN];
} eot_track_bend;

/** The bend of a track. @param charge_p q/p there. @param charge_p_of its derivative by q/p at the first chamber. */
EOT_FN eot_track_bend eot_track_bend_at(eot_track_point p, eot_track_field b, f64 charge_p, f64 charge_p_of) {
    f64 tx = p.slope_x, ty = p.slope_y, s = sqrt(D(1.0) + tx * tx + ty * ty), k = EOT_TRACK_BEND * charge_p;
    f64 fx = ty * (tx * b.x + b.z) - (D(1.0) + tx * tx) * b.y, fy = (D(1.0) + ty * ty) * b.x - tx * (ty * b.y + b.z);
    f64 xx = tx / s * fx + s * (ty * b.x - D(2.0) * tx * b.y), xy = ty / s * fx + s * (tx * b.x + b.z),
        yx = tx / s * fy - s * (ty * b.y + b.z), yy = ty / s * fy + s * (D(2.0) * ty * b.x - tx * b.y);
    eot_track_bend a;
    a.x = k * s * fx;
    a.y = k * s * fy;
    for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) {
        a.dx[c] = k * (xx * p.dslope_x[c] + xy * p.dslope_y[c]);
        a.dy[c] = k * (yx * p.dslope_x[c] + yy * p.dslope_y[c]);
    }
    a.dx[EOT_TRACK_BY_CHARGE_P] += EOT_TRACK_BEND * charge_p_of * s * fx;
    a.dy[EOT_TRACK_BY_CHARGE_P] += EOT_TRACK_BEND * charge_p_of * s * fy;
    return a;
}

/** A point whose slopes are changed by h times a bend; where it is does not matter. */
EOT_FN eot_track_point eot_track_point_bent(eot_track_point p, eot_track_bend a, f64 h) {
    p.slope_x += h * a.x;
    p.slope_y += h * a.y;
    for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) {
        p.dslope_x[c] += h * a.dx[c];
        p.dslope_y[c] += h * a.dy[c];
    }
    return p;
}

/** A point moved straight on. */
EOT_FN eot_track_point eot_track_point_moved(eot_track_point p, f64 h) {
    p.x += h * p.slope_x;
    p.y += h * p.slope_y;
    for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) {
        p.dx[c] += h * p.dslope_x[c];
        p.dy[c] += h * p.dslope_y[c];
    }
    return p;
}

/** A point after h cm of z in a field: Runge and Kutta's step. */
EOT_FN eot_track_point eot_track_point_curved(eot_track_point p, eot_track_field b, f64 charge_p, f64 charge_p_of,
                                              f64 h) {
    f64 middle = D(0.5) * h, sixth = h / D(6.0);
    eot_track_bend k1 = eot_track_bend_at(p, b, charge_p, charge_p_of);
    eot_track_bend k2 = eot_track_bend_at(eot_track_point_bent(p, k1, middle), b, charge_p, charge_p_of);
    eot_track_bend k3 = eot_track_bend_at(eot_track_point_bent(p, k2, middle), b, charge_p, charge_p_of);
    eot_track_bend k4 = eot_track_bend_at(eot_track_point_bent(p, k3, h), b, charge_p, charge_p_of);
    /* places: their derivative is the slope, so that their steps follow from those of the slopes */
    p = eot_track_point_moved(p, h);
    p.x += h * sixth * (k1.x + k2.x + k3.x);
    p.y += h * sixth * (k1.y + k2.y + k3.y);
    p.slope_x += sixth * (k1.x + D(2.0) * (k2.x + k3.x) + k4.x);
    p.slope_y += sixth * (k1.y + D(2.0) * (k2.y + k3.y) + k4.y);
    for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) {
        p.dx[c] += h * sixth * (k1.dx[c] + k2.dx[c] + k3.dx[c]);
        p.dy[c] += h * sixth * (k1.dy[c] + k2.dy[c] + k3.dy[c]);
        p.dslope_x[c] += sixth * (k1.dx[c] + D(2.0) * (k2.dx[c] + k3.dx[c]) + k4.dx[c]);
        p.dslope_y[c] += sixth * (k1.dy[c] + D(2.0) * (k2.dy[c] + k3.dy[c]) + k4.dy[c]);
    }
    return p;
}

/** Pieces that an interval with fields is cut into. @param b where the track enters it. @param length cm. */
EOT_FN i32 eot_track_pieces(eot_track_point p, eot_track_field b, f64 charge_p, f64 length) {
    f64 path = length * sqrt(D(1.0) + p.slope_x * p.slope_x + p.slope_y * p.slope_y);
    f64 field = sqrt(b.x * b.x + b.y * b.y + b.z * b.z), bend = EOT_TRACK_BEND * fabs(charge_p) * field * path;
    if (!(field > D(0.0))) return EOT_TRACK_PIECES_OUTSIDE;
    f64 pieces = D(1.0) + floor(bend / EOT_TRACK_LARGEST_BEND);
    return pieces < (f64)EOT_TRACK_MOST_PIECES ? (i32)pieces : EOT_TRACK_MOST_PIECES;
}

/** Whether a track may be followed from here. */
EOT_FN i32 eot_track_point_is_flat(eot_track_point p) {
    return fabs(p.slope_x) < EOT_TRACK_LARGEST_SLOPE && fabs(p.slope_y) < EOT_TRACK_LARGEST_SLOPE;
}

/** The path of a track. @param s has at least one chamber. */
EOT_FN eot_track_path eot_track_path_from(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s,
                                          eot_track_start start) {
    eot_track_path path;
    eot_track_point p;
    p.x = start.x;
    p.y = start.y;
    p.slope_x = start.slope_x;
    p.slope_y = start.slope_y;
    for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) p.dx[c] = p.dy[c] = p.dslope_x[c] = p.dslope_y[c] = D(0.0);
    p.dslope_x[EOT_TRACK_BY_SLOPE_X] = p.dslope_y[EOT_TRACK_BY_SLOPE_Y] = D(1.0);
    for (i32 i = 0; i < EOT_N_PLANE; i++) {
        path.x[i] = p.x;
        path.y[i] = p.y;
        for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) path.by_x[i][c] = path.by_y[i][c] = D(0.0);
    }
    path.is_found = eot_track_point_is_flat(p);
    path.is_inside = 1;
    for (i32 i = 0; i < s->n_interval && path.is_found; i++) {
        u32 row = eot_interval_row(s, i);
        f64 length = (f64)table[row + EOT_INTERVAL_LENGTH];
        f64 lost = fabs(start.charge_p) * (f64)table[row + EOT_INTERVAL_LOSS];
        i32 plane = (i32)table[row + EOT_INTERVAL_PLANE], has_fields = table[row + EOT_INTERVAL_FIELDS] > 0.0f;
        if (!(lost < EOT_TRACK_LARGEST_LOSS)) {
            path.is_found = 0;
        } else if (has_fields) {
            f64 stiffness = D(1.0) / (D(1.0) - lost), charge_p = start.charge_p * stiffness;
            eot_track_field b = eot_track_field_at(table, s, row, p.x, p.y), first = b;
            i32 n = eot_track_pieces(p, b, charge_p, length);
            for (i32 k = 0; k < n; k++) {
                p = eot_track_point_curved(p, b, charge_p, stiffness * stiffness, length / (f64)n);
                b = eot_track_field_at(table, s, row, p.x, p.y);
                path.is_inside = path.is_inside && eot_track_field_is(b, first);
            }
        } else {
            p = eot_track_point_moved(p, length);
        }
        path.is_found = path.is_found && eot_track_point_is_flat(p);
        if (plane >= 0) {
            path.x[plane] = p.x;
            path.y[plane] = p.y;
            for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) {
                path.by_x[plane][c] = p.dx[c];
                path.by_y[plane][c] = p.dy[c];
            }
        }
    }
    return path;
}

#endif
