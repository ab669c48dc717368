/** @file fit.h
 * Minimum of -ln L of a model within bounds: Newton's method with exact second derivatives, projected on the bounds
 * (D. P. Bertsekas, SIAM J. Control Optim. 20 (1982) 221). Gammas, which act in one bin each, are eliminated bin by bin
 * (Schur complement), so that a step costs n_bin x n_shared^2 operations. Values, no library: the same bits on the host
 * and on devices. */
#ifndef EOT_LIMIT_FIT_H
#define EOT_LIMIT_FIT_H

#include "eotmc/limit/model.h"

/** Scratch of one fit, all in one array of f64. */
typedef struct {
    EOT_GLOBAL f64 *x, *trial, *gradient, *step; /* [n_parameter] */
    EOT_GLOBAL f64 *jet;                         /* [n_factor][2] */
    EOT_GLOBAL f64 *product;                     /* [n_sample] */
    EOT_GLOBAL f64 *slope;                       /* [n_shared + max_local] of one bin's rate */
    EOT_GLOBAL f64 *shared;                      /* [n_shared][n_shared] second derivatives, lower triangle */
    EOT_GLOBAL f64 *cross;                       /* [n_parameter - n_shared][n_shared] */
    EOT_GLOBAL f64 *gammas;                      /* [n_parameter - n_shared][max_local], lower triangles by bin */
    EOT_GLOBAL f64 *held;                        /* [n_parameter] 1: stays at its bound in this step */
} eot_limit_work;

/** Number of f64 that the scratch takes. */
EOT_FN u32 eot_limit_work_size(EOT_GLOBAL const eot_limit_model *m) {
    u32 n_local = m->n_parameter - m->n_shared;
    return 5 * m->n_parameter + 2 * m->n_factor + m->n_sample + m->n_shared + m->max_local + m->n_shared * m->n_shared +
           n_local * (m->n_shared + m->max_local);
}

EOT_FN eot_limit_work eot_limit_work_of(EOT_GLOBAL const eot_limit_model *m, EOT_GLOBAL f64 *memory) {
    u32 n_local = m->n_parameter - m->n_shared;
    eot_limit_work w;
    w.x = memory;
    w.trial = w.x + m->n_parameter;
    w.gradient = w.trial + m->n_parameter;
    w.step = w.gradient + m->n_parameter;
    w.held = w.step + m->n_parameter;
    w.jet = w.held + m->n_parameter;
    w.product = w.jet + 2 * m->n_factor;
    w.slope = w.product + m->n_sample;
    w.shared = w.slope + m->n_shared + m->max_local;
    w.cross = w.shared + m->n_shared * m->n_shared;
    w.gammas = w.cross + n_local * m->n_shared;
    return w;
}

/** Place of a second derivative of -ln L; p >= q are numbers of parameters, both gammas of the same bin or shared.
 * @param first_local number of the bin's first gamma. */
EOT_FN EOT_GLOBAL f64 *eot_limit_second(eot_limit_view v, eot_limit_work w, u32 p, u32 q, u32 first_local) {
    u32 n_shared = v.model->n_shared, high = p > q ? p : q, low = p > q ? q : p;
    if (high < n_shared) return w.shared + high * n_shared + low;
    if (low < n_shared) return w.cross + (high - n_shared) * n_shared + low;
    return w.gammas + (high - n_shared) * v.model->max_local + (low - first_local);
}

/** Add c times the second derivatives of a term that come from products of its factors, gammas and shifts. */
EOT_FN void eot_limit_curve_term(eot_limit_view v, eot_limit_work w, u32 t, f64 c, u32 first_local) {
    EOT_GLOBAL const u32 *row = v.index + v.model->term + EOT_TERM_WORDS * t,
                         *first = v.index + v.model->sample_factor + row[0], *factor = v.index + v.model->factor,
                         *gamma = v.index + v.model->gamma + row[1],
                         *shift = v.index + v.model->shift + EOT_SHIFT_WORDS * row[3];
    eot_limit_part part = eot_limit_term(v, t, w.x, w.product);
    f64 value = c * part.sum * part.product;
    for (u32 k = first[0]; k < first[1]; k++) {
        u32 p = factor[EOT_FACTOR_WORDS * k + 1];
        *eot_limit_second(v, w, p, p, first_local) += value * w.jet[2 * k + 1];
        for (u32 l = first[0]; l < k; l++)
            *eot_limit_second(v, w, p, factor[EOT_FACTOR_WORDS * l + 1], first_local) +=
                value * w.jet[2 * k] * w.jet[2 * l];
        for (u32 l = 0; l < row[2]; l++)
            *eot_limit_second(v, w, gamma[l], p, first_local) += value * w.jet[2 * k] / w.x[gamma[l]];
    }
    for (u32 k = 0; k < row[2]; k++)
        for (u32 l = 0; l < k; l++)
            *eot_limit_second(v, w, gamma[k], gamma[l], first_local) += value / (w.x[gamma[k]] * w.x[gamma[l]]);
    for (u32 k = 0; k < row[4]; k++) {
        u32 p = shift[EOT_SHIFT_WORDS * k];
        eot_jet d = eot_limit_shift(v.number + shift[EOT_SHIFT_WORDS * k + 1], w.x[p]);
        f64 slope = c * part.product * d.first;
        *eot_limit_second(v, w, p, p, first_local) += c * part.product * d.second;
        for (u32 l = first[0]; l < first[1]; l++) {
            u32 q = factor[EOT_FACTOR_WORDS * l + 1];
            *eot_limit_second(v, w, p, q, first_local) += (p == q ? D(2.0) : D(1.0)) * slope * w.jet[2 * l];
        }
        for (u32 l = 0; l < row[2]; l++) *eot_limit_second(v, w, gamma[l], p, first_local) += slope / w.x[gamma[l]];
    }
}

/** Slope of a bin's rate in w.slope: shared parameters, and then the bin's gammas. @return the rate. */
EOT_FN f64 eot_limit_slope(eot_limit_view v, eot_limit_work w, u32 bin, u32 first_local, u32 n_local) {
    EOT_GLOBAL const u32 *first_term = v.index + v.model->bin_term;
    u32 n_shared = v.model->n_shared;
    f64 rate = D(0.0);
    for (u32 p = 0; p < n_shared + n_local; p++) w.slope[p] = D(0.0);
    for (u32 t = first_term[bin]; t < first_term[bin + 1]; t++) {
        EOT_GLOBAL const u32 *row = v.index + v.model->term + EOT_TERM_WORDS * t,
                             *first = v.index + v.model->sample_factor + row[0];
        eot_limit_part part = eot_limit_term(v, t, w.x, w.product);
        f64 value = part.sum * part.product;
        rate += value;
        for (u32 k = first[0]; k < first[1]; k++)
            w.slope[v.index[v.model->factor + EOT_FACTOR_WORDS * k + 1]] += value * w.jet[2 * k];
        for (u32 k = 0; k < row[2]; k++) {
            u32 p = v.index[v.model->gamma + row[1] + k];
            w.slope[n_shared + p - first_local] += value / w.x[p];
        }
        for (u32 k = 0; k < row[4]; k++) {
            EOT_GLOBAL const u32 *r = v.index + v.model->shift + EOT_SHIFT_WORDS * (row[3] + k);
            w.slope[r[0]] += part.product * eot_limit_shift(v.number + r[1], w.x[r[0]]).first;
        }
    }
    return rate;
}

/** Gradient and second derivatives of -ln L at w.x, where its value is not EOT_LIMIT_IMPOSSIBLE. */
EOT_FN void eot_limit_derive(eot_limit_view v, EOT_GLOBAL const f64 *n, EOT_GLOBAL const f64 *a, eot_limit_work w) {
    EOT_GLOBAL const eot_limit_model *m = v.model;
    EOT_GLOBAL const u32 *bin_local = v.index + m->bin_local, *bin_term = v.index + m->bin_term;
    u32 n_shared = m->n_shared, n_all_local = m->n_parameter - n_shared;
    for (u32 k = 0; k < n_shared * n_shared; k++) w.shared[k] = D(0.0);
    for (u32 k = 0; k < n_all_local * n_shared; k++) w.cross[k] = D(0.0);
    for (u32 k = 0; k < n_all_local * m->max_local; k++) w.gammas[k] = D(0.0);
    for (u32 p = 0; p < m->n_parameter; p++) w.gradient[p] = D(0.0);
    eot_limit_factors(v, w.x, w.jet, w.product);
    for (u32 i = 0; i < m->n_bin; i++) {
        u32 first_local = n_shared + bin_local[i], n_local = bin_local[i + 1] - bin_local[i];
        f64 rate = eot_limit_slope(v, w, i, first_local, n_local);
        f64 excess = n[i] > D(0.0) ? D(1.0) - n[i] / rate : D(1.0),
            weight = n[i] > D(0.0) ? n[i] / (rate * rate) : D(0.0);
        for (u32 p = 0; p < n_shared + n_local; p++) {
            if (w.slope[p] == D(0.0)) continue;
            u32 own = p < n_shared ? p : first_local + p - n_shared;
            w.gradient[own] += excess * w.slope[p];
            for (u32 q = 0; q <= p && weight > D(0.0); q++)
                *eot_limit_second(v, w, own, q < n_shared ? q : first_local + q - n_shared, first_local) +=
                    weight * w.slope[p] * w.slope[q];
        }
        for (u32 t = bin_term[i]; t < bin_term[i + 1]; t++) eot_limit_curve_term(v, w, t, excess, first_local);
        for (u32 p = first_local; p < first_local + n_local; p++) {
            eot_jet y =
                eot_limit_constraint(v.index[m->constraint_kind + p], w.x[p], a[p], v.number[m->constraint + p]);
            w.gradient[p] += y.first;
            *eot_limit_second(v, w, p, p, first_local) += y.second;
        }
    }
    for (u32 p = 0; p < n_shared; p++) {
        eot_jet y = eot_limit_constraint(v.index[m->constraint_kind + p], w.x[p], a[p], v.number[m->constraint + p]);
        w.gradient[p] += y.first;
        w.shared[p * n_shared + p] += y.second;
    }
}

/** Take held parameters out of the system of equations, and add `damping` to the diagonal in units of it. */
EOT_FN void eot_limit_reduce(eot_limit_view v, eot_limit_work w, f64 damping) {
    EOT_GLOBAL const eot_limit_model *m = v.model;
    EOT_GLOBAL const u32 *bin_local = v.index + m->bin_local;
    u32 n_shared = m->n_shared;
    for (u32 p = 0; p < n_shared; p++)
        for (u32 q = 0; q <= p; q++) {
            EOT_GLOBAL f64 *h = w.shared + p * n_shared + q;
            if (w.held[p] > D(0.0) || w.held[q] > D(0.0))
                *h = p == q ? D(1.0) : D(0.0);
            else if (p == q)
                *h += damping * (fabs(*h) + D(1e-6));
        }
    for (u32 i = 0; i < m->n_bin; i++) {
        u32 first = n_shared + bin_local[i], last = n_shared + bin_local[i + 1];
        for (u32 p = first; p < last; p++) {
            for (u32 q = 0; q < n_shared; q++)
                if (w.held[p] > D(0.0) || w.held[q] > D(0.0)) w.cross[(p - n_shared) * n_shared + q] = D(0.0);
            for (u32 q = first; q <= p; q++) {
                EOT_GLOBAL f64 *h = w.gammas + (p - n_shared) * m->max_local + (q - first);
                if (w.held[p] > D(0.0) || w.held[q] > D(0.0))
                    *h = p == q ? D(1.0) : D(0.0);
                else if (p == q)
                    *h += damping * (fabs(*h) + D(1e-6));
            }
        }
    }
}

/** Cholesky decomposition in place of a lower triangle. @param n rows. @param stride numbers from row to row.
 * @return 0: not positive definite. */
EOT_FN i32 eot_limit_cholesky(EOT_GLOBAL f64 *h, u32 n, u32 stride) {
    for (u32 j = 0; j < n; j++) {
        f64 pivot = h[j * stride + j];
        f64 whole = fabs(pivot);
        for (u32 k = 0; k < j; k++) pivot -= h[j * stride + k] * h[j * stride + k];
        if (!(pivot > D(1e-13) * whole)) return 0;
        pivot = sqrt(pivot);
        h[j * stride + j] = pivot;
        for (u32 i = j + 1; i < n; i++) {
            f64 sum = h[i * stride + j];
            for (u32 k = 0; k < j; k++) sum -= h[i * stride + k] * h[j * stride + k];
            h[i * stride + j] = sum / pivot;
        }
    }
    return 1;
}

/** Eliminate the gammas of one bin: on return `gammas` has the Cholesky factor L, `cross` L^-1 C, `step` L^-1 (-g), and
 * the equations of the shared parameters are reduced. @return 0: not positive definite. */
EOT_FN i32 eot_limit_eliminate(eot_limit_view v, eot_limit_work w, u32 first, u32 n) {
    u32 n_shared = v.model->n_shared, stride = v.model->max_local;
    EOT_GLOBAL f64 *l = w.gammas + first * stride, *c = w.cross + first * n_shared, *y = w.step + n_shared + first;
    if (eot_limit_cholesky(l, n, stride) == 0) return 0;
    for (u32 i = 0; i < n; i++) {
        for (u32 k = 0; k < i; k++) {
            for (u32 q = 0; q < n_shared; q++) c[i * n_shared + q] -= l[i * stride + k] * c[k * n_shared + q];
            y[i] -= l[i * stride + k] * y[k];
        }
        for (u32 q = 0; q < n_shared; q++) c[i * n_shared + q] /= l[i * stride + i];
        y[i] /= l[i * stride + i];
        for (u32 p = 0; p < n_shared; p++) {
            f64 cp = c[i * n_shared + p];
            if (cp == D(0.0)) continue;
            for (u32 q = 0; q <= p; q++) w.shared[p * n_shared + q] -= cp * c[i * n_shared + q];
            w.step[p] -= cp * y[i];
        }
    }
    return 1;
}

/** Newton's step from gradient and second derivatives, which it destroys. @return 0: not positive definite. */
EOT_FN i32 eot_limit_solve(eot_limit_view v, eot_limit_work w) {
    EOT_GLOBAL const eot_limit_model *m = v.model;
    EOT_GLOBAL const u32 *bin_local = v.index + m->bin_local;
    u32 n_shared = m->n_shared, stride = m->max_local;
    for (u32 p = 0; p < m->n_parameter; p++) w.step[p] = w.held[p] > D(0.0) ? D(0.0) : -w.gradient[p];
    for (u32 i = 0; i < m->n_bin; i++)
        if (eot_limit_eliminate(v, w, bin_local[i], bin_local[i + 1] - bin_local[i]) == 0) return 0;
    if (eot_limit_cholesky(w.shared, n_shared, n_shared) == 0) return 0;
    for (u32 p = 0; p < n_shared; p++) {
        for (u32 q = 0; q < p; q++) w.step[p] -= w.shared[p * n_shared + q] * w.step[q];
        w.step[p] /= w.shared[p * n_shared + p];
    }
    for (u32 p = n_shared; p-- > 0;) {
        for (u32 q = p + 1; q < n_shared; q++) w.step[p] -= w.shared[q * n_shared + p] * w.step[q];
        w.step[p] /= w.shared[p * n_shared + p];
    }
    for (u32 i = 0; i < m->n_bin; i++) {
        u32 first = bin_local[i], n = bin_local[i + 1] - first;
        EOT_GLOBAL f64 *l = w.gammas + first * stride, *c = w.cross + first * n_shared, *y = w.step + n_shared + first;
        for (u32 j = 0; j < n; j++)
            for (u32 q = 0; q < n_shared; q++) y[j] -= c[j * n_shared + q] * w.step[q];
        for (u32 j = n; j-- > 0;) {
            for (u32 k = j + 1; k < n; k++) y[j] -= l[k * stride + j] * y[k];
            y[j] /= l[j * stride + j];
        }
    }
    return 1;
}

/** What a fit found. */
typedef struct {
    f64 value;     /* -ln L at the minimum, up to a constant of the data */
    f64 decrement; /* how far above the minimum that may be, to second order */
    i32 n_step;
} eot_limit_minimum;

enum { EOT_LIMIT_MAX_STEP = 200 };
/** The last step is taken where it gains less than this in -ln L. What it leaves is of the order of the square, below
 * 1e-14 (Newton's method on a self-concordant function): ties of the test statistic are told apart at 1e-9. */
#define EOT_LIMIT_ENOUGH D(1e-8)

/** Which parameters stay where they are: at a bound that the gradient presses them against, or fixed. */
EOT_FN void eot_limit_hold(eot_limit_view v, eot_limit_work w, i32 is_poi_fixed) {
    EOT_GLOBAL const f64 *lower = v.number + v.model->lower, *upper = v.number + v.model->upper;
    for (u32 p = 0; p < v.model->n_parameter; p++) {
        i32 is_held = (w.x[p] <= lower[p] && w.gradient[p] > D(0.0)) ||
                      (w.x[p] >= upper[p] && w.gradient[p] < D(0.0)) || lower[p] >= upper[p] ||
                      (is_poi_fixed != 0 && p == v.model->poi);
        w.held[p] = is_held ? D(1.0) : D(0.0);
    }
}

/** Go along w.step, shortened until -ln L falls, within the bounds. @return the new value of -ln L, or the old one
 * where no step is short enough. */
EOT_FN f64 eot_limit_search(eot_limit_view v, EOT_GLOBAL const f64 *n, EOT_GLOBAL const f64 *a, eot_limit_work w,
                            f64 value) {
    EOT_GLOBAL const f64 *lower = v.number + v.model->lower, *upper = v.number + v.model->upper;
    for (f64 part = D(1.0); part > D(1e-12); part *= D(0.35)) {
        f64 expected = D(0.0);
        for (u32 p = 0; p < v.model->n_parameter; p++) {
            w.trial[p] = w.x[p];
            if (w.held[p] > D(0.0)) continue;
            f64 to = w.x[p] + part * w.step[p];
            w.trial[p] = to < lower[p] ? lower[p] : to > upper[p] ? upper[p] : to;
            expected += w.gradient[p] * (w.trial[p] - w.x[p]);
        }
        f64 next = eot_limit_value(v, n, a, w.trial, w.jet, w.product);
        if (next <= value + D(1e-4) * expected) {
            for (u32 p = 0; p < v.model->n_parameter; p++) w.x[p] = w.trial[p];
            return next;
        }
    }
    return value;
}

/** Minimise -ln L from w.x, which is the place of the minimum on return. @param n [n_bin] seen. @param a [n_parameter]
 * auxiliary data. @param is_poi_fixed the parameter of interest stays as it is, also outside its bounds. */
EOT_FN eot_limit_minimum eot_limit_fit(eot_limit_view v, EOT_GLOBAL const f64 *n, EOT_GLOBAL const f64 *a,
                                       eot_limit_work w, i32 is_poi_fixed) {
    eot_limit_minimum minimum;
    minimum.decrement = D(0.0);
    minimum.value = eot_limit_value(v, n, a, w.x, w.jet, w.product);
    for (minimum.n_step = 0; minimum.n_step < EOT_LIMIT_MAX_STEP && minimum.value < EOT_LIMIT_IMPOSSIBLE;
         minimum.n_step++) {
        f64 damping = D(0.0), before = minimum.value;
        eot_limit_derive(v, n, a, w);
        eot_limit_hold(v, w, is_poi_fixed);
        eot_limit_reduce(v, w, D(0.0));
        while (eot_limit_solve(v, w) == 0 && damping < D(1e12)) {
            damping = damping > D(0.0) ? D(10.0) * damping : D(1e-3);
            eot_limit_derive(v, n, a, w);
            eot_limit_reduce(v, w, damping);
        }
        minimum.decrement = D(0.0);
        for (u32 p = 0; p < v.model->n_parameter; p++) minimum.decrement -= D(0.5) * w.gradient[p] * w.step[p];
        minimum.value = eot_limit_search(v, n, a, w, before);
        if (minimum.decrement < EOT_LIMIT_ENOUGH || !(minimum.value < before)) break;
    }
    return minimum;
}

#endif
