/** @file track_fit.h
 * Least-squares fit of a track to the hits of all chambers of a spectrometer, in x and y, with the field integrated
 * along the path (track_path.h): place, slopes and q/p at the first chamber, by Gauss' and Newton's iteration.
 *
 * The hits' covariance is that of the chambers' resolution and of multiple scattering in the matter between them, by
 * Highland's angle at the track's own momentum: sum over the scatterers before both chambers of theta^2 times both
 * distances, the same for x and y. So the error of the momentum contains scattering, and chi2 does not grow with it. */
#ifndef EOT_SELECT_TRACK_FIT_H
#define EOT_SELECT_TRACK_FIT_H

#include "eotmc/select/track_path.h"

#define EOT_TRACK_MOST_ITERATIONS 12
#define EOT_TRACK_CONVERGED D(1.0e-4)       /* square of the last step in standard deviations */
#define EOT_TRACK_SINGULAR D(1.0e-10)       /* share of a parameter's information that the others must leave of it */
#define EOT_TRACK_LEAST_ERROR D(1.0e-5)     /* cm, of a hit: the rounding of places */
#define EOT_TRACK_MUON_MASS D(0.1056583755) /* EOT_M_MUON in double */
#define EOT_TRACK_LARGEST_P D(1.0e7)        /* GeV: of a track without a bend */

/** Places of the hits [cm from the origin]. */
typedef struct {
    f64 x[EOT_N_PLANE], y[EOT_N_PLANE];
} eot_track_hits;

/** The equations A step = g of one iteration, in the order of eot_track_start; chi2 before the step. */
typedef struct {
    eot_triangle A;
    f64 g[EOT_N_TRACK_PARAMETER], chi2;
} eot_track_equations;

/** A step, and its square in standard deviations. */
typedef struct {
    f64 by[EOT_N_TRACK_PARAMETER], length2, error_charge_p;
    i32 is_determined;
} eot_track_step;

/** A fitted track. */
typedef struct {
    eot_track_start start;
    f64 error; /* standard deviation of q/p [1/GeV] */
    f64 chi2;
    i32 is_fitted; /* 0: no momentum */
} eot_track_result;

/** Put the factor of the covariance of the hits into v. @param charge_p q/p [1/GeV]. */
EOT_SHARED_FN void eot_track_covariance(EOT_GLOBAL const eot_spectrometer *s, f64 charge_p, eot_triangle *v) {
    f64 m = EOT_TRACK_MUON_MASS * charge_p, per_p_beta2 = charge_p * charge_p * (D(1.0) + m * m);
    for (i32 i = 0; i < EOT_CHOLESKY_PLACE; i++) v->at[i] = (f64)s->scatter[i] * per_p_beta2;
    for (i32 i = 0; i < s->n_plane; i++) {
        f64 sigma = (f64)s->plane_resolution[i];
        sigma = sigma > EOT_TRACK_LEAST_ERROR ? sigma : EOT_TRACK_LEAST_ERROR;
        v->at[eot_triangle_place(i, i)] += sigma * sigma;
    }
    eot_triangle_factor(v, s->n_plane, D(0.0));
}

/** Derivatives and residuals of one coordinate, multiplied by the inverse of the factor of its covariance. Columns: by
 * the coordinate at the first chamber, by the slopes, by q/p; the residual. */
#define EOT_N_TRACK_WHITE 5
typedef struct {
    f64 at[EOT_N_TRACK_WHITE][EOT_N_PLANE];
} eot_track_white;

EOT_FN void eot_track_whiten(eot_track_white *w, const eot_triangle *factor, i32 n) {
    EOT_ROLLED
    for (i32 c = 0; c < EOT_N_TRACK_WHITE; c++) EOT_ROLLED
    for (i32 i = 0; i < n; i++) {
        f64 sum = w->at[c][i];
        EOT_ROLLED
        for (i32 k = 0; k < i; k++) sum -= factor->at[eot_triangle_place(i, k)] * w->at[c][k];
        w->at[c][i] = sum / factor->at[eot_triangle_place(i, i)];
    }
}

/** Add one coordinate to the equations. @param own parameter of that coordinate: 0 of x, 1 of y. */
EOT_FN void eot_track_equations_add(eot_track_equations *q, const eot_track_white *w, i32 n, i32 own) {
    EOT_ROLLED
    for (i32 a = 0; a < EOT_N_TRACK_WHITE; a++) EOT_ROLLED
    for (i32 b = 0; b <= a; b++) {
        f64 sum = D(0.0);
        EOT_ROLLED
        for (i32 i = 0; i < n; i++) sum += w->at[a][i] * w->at[b][i];
        i32 row = a == 0 ? own : a + 1, column = b == 0 ? own : b + 1;
        if (a < EOT_N_TRACK_WHITE - 1)
            q->A.at[eot_triangle_place(row, column)] += sum;
        else if (b < EOT_N_TRACK_WHITE - 1)
            q->g[column] += sum;
        else
            q->chi2 += sum;
    }
}

/** Put the equations of an iteration into q. @param path of the track so far. @param factor of the hits' covariance. */
EOT_SHARED_FN void eot_track_equations_of(const eot_track_path *path, const eot_track_hits *hits,
                                          const eot_triangle *factor, i32 n, eot_track_equations *q) {
    eot_track_white w;
    EOT_ROLLED
    for (i32 i = 0; i < EOT_CHOLESKY_PLACE; i++) q->A.at[i] = D(0.0);
    EOT_ROLLED
    for (i32 i = 0; i < EOT_N_TRACK_PARAMETER; i++) q->g[i] = D(0.0);
    q->chi2 = D(0.0);
    EOT_ROLLED
    for (i32 own = 0; own < 2; own++) {
        EOT_ROLLED
        for (i32 i = 0; i < n; i++) {
            w.at[0][i] = D(1.0);
            EOT_ROLLED
            for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++)
                w.at[1 + c][i] = own == 0 ? path->by_x[i][c] : path->by_y[i][c];
            w.at[EOT_N_TRACK_WHITE - 1][i] = own == 0 ? hits->x[i] - path->x[i] : hits->y[i] - path->y[i];
        }
        eot_track_whiten(&w, factor, n);
        eot_track_equations_add(q, &w, n, own);
    }
}

/** Solve the equations, whose matrix becomes its factor. q/p is the last parameter, so its error is what is left of its
 * diagonal element. */
EOT_FN eot_track_step eot_track_step_of(eot_track_equations *q) {
    const i32 n = EOT_N_TRACK_PARAMETER;
    eot_triangle *l = &q->A;
    eot_track_step step;
    eot_triangle_factor(l, n, EOT_TRACK_SINGULAR);
    step.is_determined = l->is_positive;
    step.length2 = D(0.0);
    EOT_ROLLED
    for (i32 i = 0; i < n; i++) {
        f64 sum = q->g[i];
        EOT_ROLLED
        for (i32 k = 0; k < i; k++) sum -= l->at[eot_triangle_place(i, k)] * step.by[k];
        step.by[i] = sum / l->at[eot_triangle_place(i, i)];
        step.length2 += step.by[i] * step.by[i];
    }
    EOT_ROLLED
    for (i32 i = n - 1; i >= 0; i--) {
        f64 sum = step.by[i];
        EOT_ROLLED
        for (i32 k = i + 1; k < n; k++) sum -= l->at[eot_triangle_place(k, i)] * step.by[k];
        step.by[i] = sum / l->at[eot_triangle_place(i, i)];
    }
    step.error_charge_p = D(1.0) / l->at[eot_triangle_place(n - 1, n - 1)];
    return step;
}

EOT_FN eot_track_start eot_track_start_moved(eot_track_start t, eot_track_step step) {
    t.x += step.by[0];
    t.y += step.by[1];
    t.slope_x += step.by[2];
    t.slope_y += step.by[3];
    t.charge_p += step.by[4];
    return t;
}

/** What a fit begins with: the field is taken along the straight lines from hit to hit, so that places depend linearly
 * on all parameters. @return a path at 0 with the derivatives of this model. */
EOT_FN eot_track_path eot_track_path_by_hits(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s,
                                             eot_track_hits hits) {
    eot_track_path path;
    eot_track_point p;
    i32 from = 0;
    f64 z = D(0.0), along = D(0.0), step_z = D(1.0); /* since the first chamber; since the last one; to the next one */
    p.x = p.y = D(0.0);
    EOT_ROLLED
    for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) p.dx[c] = p.dy[c] = p.dslope_x[c] = p.dslope_y[c] = D(0.0);
    EOT_ROLLED
    for (i32 i = 0; i < EOT_N_PLANE; i++) {
        path.x[i] = path.y[i] = D(0.0);
        EOT_ROLLED
        for (i32 c = 0; c < EOT_N_TRACK_COLUMN; c++) path.by_x[i][c] = path.by_y[i][c] = D(0.0);
    }
    EOT_ROLLED
    for (i32 i = 0; i < s->n_interval && from + 1 < s->n_plane; i++) {
        u32 row = eot_interval_row(s, i);
        f64 length = (f64)table[row + EOT_INTERVAL_LENGTH];
        step_z = (f64)s->plane_z[from + 1] - (f64)s->plane_z[from];
        f64 there = (along + D(0.5) * length) / step_z;
        p.slope_x = (hits.x[from + 1] - hits.x[from]) / step_z;
        p.slope_y = (hits.y[from + 1] - hits.y[from]) / step_z;
        if (table[row + EOT_INTERVAL_FIELDS] > 0.0f) {
            eot_track_field b =
                eot_track_field_at(table, s, row, hits.x[from] + there * (hits.x[from + 1] - hits.x[from]),
                                   hits.y[from] + there * (hits.y[from + 1] - hits.y[from]));
            eot_track_bend a = eot_track_bend_at(p, b, D(0.0), D(1.0));
            f64 bend_x = length * a.dx[EOT_TRACK_BY_CHARGE_P], bend_y = length * a.dy[EOT_TRACK_BY_CHARGE_P];
            p.dx[EOT_TRACK_BY_CHARGE_P] += length * (p.dslope_x[EOT_TRACK_BY_CHARGE_P] + D(0.5) * bend_x);
            p.dy[EOT_TRACK_BY_CHARGE_P] += length * (p.dslope_y[EOT_TRACK_BY_CHARGE_P] + D(0.5) * bend_y);
            p.dslope_x[EOT_TRACK_BY_CHARGE_P] += bend_x;
            p.dslope_y[EOT_TRACK_BY_CHARGE_P] += bend_y;
        } else {
            p.dx[EOT_TRACK_BY_CHARGE_P] += length * p.dslope_x[EOT_TRACK_BY_CHARGE_P];
            p.dy[EOT_TRACK_BY_CHARGE_P] += length * p.dslope_y[EOT_TRACK_BY_CHARGE_P];
        }
        z += length;
        along += length;
        i32 plane = (i32)table[row + EOT_INTERVAL_PLANE];
        if (plane < 0) continue;
        from = plane;
        along = D(0.0);
        path.by_x[plane][EOT_TRACK_BY_SLOPE_X] = path.by_y[plane][EOT_TRACK_BY_SLOPE_Y] = z;
        path.by_x[plane][EOT_TRACK_BY_CHARGE_P] = p.dx[EOT_TRACK_BY_CHARGE_P];
        path.by_y[plane][EOT_TRACK_BY_CHARGE_P] = p.dy[EOT_TRACK_BY_CHARGE_P];
    }
    path.is_found = path.is_inside = 1;
    return path;
}

/** Where a fit begins, by that model. @return is_fitted 0: the chambers do not see a bend. */
EOT_FN eot_track_result eot_track_guess(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s,
                                        eot_track_hits hits) {
    eot_track_result r;
    eot_track_path path = eot_track_path_by_hits(table, s, hits);
    eot_triangle factor;
    eot_track_equations q;
    eot_track_covariance(s, D(0.0), &factor);
    eot_track_equations_of(&path, &hits, &factor, s->n_plane, &q);
    eot_track_step step = eot_track_step_of(&q);
    r.start.x = r.start.y = r.start.slope_x = r.start.slope_y = r.start.charge_p = D(0.0);
    r.start = eot_track_start_moved(r.start, step);
    r.error = step.error_charge_p;
    r.chi2 = q.chi2;
    r.is_fitted = step.is_determined;
    return r;
}

/** Standard deviation of q/p [1/GeV] that a track with these parameters is measured with; 0: it has no momentum. */
EOT_FN f64 eot_track_expected_error(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s,
                                    eot_track_start start) {
    eot_track_path path = eot_track_path_from(table, s, start);
    eot_track_hits hits;
    EOT_ROLLED
    for (i32 i = 0; i < EOT_N_PLANE; i++) {
        hits.x[i] = path.x[i];
        hits.y[i] = path.y[i];
    }
    eot_triangle factor;
    eot_track_equations q;
    eot_track_covariance(s, start.charge_p, &factor);
    eot_track_equations_of(&path, &hits, &factor, s->n_plane, &q);
    eot_track_step step = eot_track_step_of(&q);
    return path.is_found && path.is_inside && step.is_determined ? step.error_charge_p : D(0.0);
}

/** Fit a track. @param hits of all chambers, s->n_plane. @return no momentum where the fit does not converge, where the
 * chambers do not see a bend, and where the path enters or leaves a field through a side of its box. */
EOT_FN eot_track_result eot_track_fitted(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s,
                                         eot_track_hits hits) {
    eot_track_result r = eot_track_guess(table, s, hits);
    i32 is_good = r.is_fitted, is_converged = 0;
    eot_track_start t = r.start;
    eot_track_path path;
    EOT_ROLLED
    for (i32 k = 0;; k++) {
        path = eot_track_path_from(table, s, t);
        if (k == EOT_TRACK_MOST_ITERATIONS || !is_good || is_converged) break;
        eot_triangle factor;
        eot_track_equations q;
        eot_track_covariance(s, t.charge_p, &factor);
        eot_track_equations_of(&path, &hits, &factor, s->n_plane, &q);
        eot_track_step step = eot_track_step_of(&q);
        is_good = path.is_found && step.is_determined && step.length2 == step.length2;
        is_converged = is_good && step.length2 < EOT_TRACK_CONVERGED;
        r.error = step.error_charge_p;
        r.chi2 = q.chi2 - step.length2 > D(0.0) ? q.chi2 - step.length2 : D(0.0);
        if (!is_good) break;
        t = eot_track_start_moved(t, step);
    }
    r.start = t;
    r.is_fitted = is_good && is_converged && path.is_found && path.is_inside;
    return r;
}

#endif
