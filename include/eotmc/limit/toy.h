/** @file toy.h
 * One pseudo-experiment: data drawn from a hypothesis, and q-tilde of them. Its random numbers depend on its number
 * only, each datum is a rising function of one of them, and all arithmetic gives the same bits everywhere: so results
 * do not depend on devices and batches, and move smoothly with the tested value. */
#ifndef EOT_LIMIT_TOY_H
#define EOT_LIMIT_TOY_H

#include "eotmc/limit/fit.h"
#include "eotmc/math/random.h"

/** What all pseudo-experiments of a launch share. */
typedef struct {
    f64 poi;   /* tested value of the parameter of interest */
    u64 first; /* number of the first one */
    u32 n_toy; /* of this launch */
    u32 seed;
    u32 hypothesis; /* 0: without signal, 1: with; they have random numbers of their own */
    u32 n_work;     /* numbers of scratch of each */
} eot_toy_launch;
EOT_LAYOUT(eot_toy_launch, 32);

/** Numbers of one datum in `truth`, which has the hypothesis: first its point [n_parameter], then these rows of bins
 * and of auxiliary data [n_bin + n_parameter]. Of a count: its mean, most probable value, the probability of that and
 * of at most that. Of a normal datum: mean and width. */
enum { EOT_TRUTH_ROW = 4 };

/** Numbers of scratch that a pseudo-experiment takes. */
EOT_FN u32 eot_toy_work_size(EOT_GLOBAL const eot_limit_model *m) {
    return eot_limit_work_size(m) + m->n_bin + m->n_parameter;
}

/** Poisson variate with a distribution function that is at least u: from the most probable value up or down.
 * @param row mean, most probable value k, P(k), P(<= k). */
EOT_FN f64 eot_toy_count(EOT_GLOBAL const f64 *row, f64 u) {
    f64 mean = row[0], k = row[1], p = row[2], below = row[3];
    if (u > below) {
        while (u > below && p > D(1e-30)) {
            k += D(1.0);
            p *= mean / k;
            below += p;
        }
    } else {
        while (k > D(0.0) && u <= below - p) {
            below -= p;
            p *= k / mean;
            k -= D(1.0);
        }
    }
    return k;
}

/** Data of a pseudo-experiment. @param n out: [n_bin]. @param a out: [n_parameter]. */
EOT_FN void eot_toy_throw(eot_limit_view v, EOT_GLOBAL const f64 *truth, EOT_GLOBAL const eot_toy_launch *launch,
                          u64 toy, EOT_GLOBAL f64 *n, EOT_GLOBAL f64 *a) {
    EOT_GLOBAL const f64 *row = truth + v.model->n_parameter;
    u32 n_bin = v.model->n_bin, n_all = n_bin + v.model->n_parameter;
    for (u32 pair = 0; 2 * pair < n_all; pair++) {
        eot_u32x4 bits = eot_random_block(eot_random_init(toy, EOT_STAGE_TOY, pair, launch->seed, launch->hypothesis));
        for (u32 i = 2 * pair; i < 2 * pair + 2 && i < n_all; i++) {
            f64 u = i % 2 == 0 ? eot_uniform64(bits.x, bits.y) : eot_uniform64(bits.z, bits.w);
            EOT_GLOBAL const f64 *r = row + EOT_TRUTH_ROW * i;
            u32 kind = i < n_bin ? EOT_AUX_COUNT : v.index[v.model->constraint_kind + i - n_bin];
            f64 datum = kind == EOT_AUX_COUNT    ? eot_toy_count(r, u)
                        : kind == EOT_AUX_NORMAL ? r[0] + r[1] * eot_normal_quantile(u)
                                                 : D(0.0);
            if (i < n_bin)
                n[i] = datum;
            else
                a[i - n_bin] = datum;
        }
    }
}

/** q-tilde of data; at a tested value of 0 q0 of a discovery (arXiv:1007.1727, eq. 12), for which an excess counts.
 * @param w its w.x is where the fits begin. @return a negative number where a fit has no result. */
EOT_FN f64 eot_limit_statistic(eot_limit_view v, EOT_GLOBAL const f64 *n, EOT_GLOBAL const f64 *a, eot_limit_work w,
                               f64 poi) {
    u32 i_poi = v.model->poi;
    if (!(eot_limit_value(v, n, a, w.x, w.jet, w.product) < EOT_LIMIT_IMPOSSIBLE)) w.x[i_poi] = poi;
    eot_limit_minimum free_fit = eot_limit_fit(v, n, a, w, 0);
    if (!(free_fit.value < EOT_LIMIT_IMPOSSIBLE) || free_fit.decrement > D(1e-6)) return D(-1.0);
    if (poi > D(0.0) ? w.x[i_poi] > poi : w.x[i_poi] <= D(0.0)) return D(0.0);
    w.x[i_poi] = poi;
    eot_limit_minimum held = eot_limit_fit(v, n, a, w, 1);
    if (!(held.value < EOT_LIMIT_IMPOSSIBLE) || held.decrement > D(1e-6)) return D(-1.0);
    f64 q = D(2.0) * (held.value - free_fit.value);
    return q > D(0.0) ? q : D(0.0);
}

/** One pseudo-experiment. @param i its number in the launch. @param work [n_work] of it. @return q-tilde. */
EOT_FN f64 eot_toy(eot_limit_view v, EOT_GLOBAL const f64 *truth, EOT_GLOBAL const eot_toy_launch *launch, u32 i,
                   EOT_GLOBAL f64 *work) {
    EOT_GLOBAL f64 *n = work, *a = n + v.model->n_bin;
    eot_limit_work w = eot_limit_work_of(v.model, a + v.model->n_parameter);
    eot_toy_throw(v, truth, launch, launch->first + i, n, a);
    for (u32 p = 0; p < v.model->n_parameter; p++) w.x[p] = truth[p];
    return eot_limit_statistic(v, n, a, w, launch->poi);
}

#endif
