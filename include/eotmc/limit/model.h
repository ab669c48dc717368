/** @file model.h
 * A HistFactory model as flat arrays, its likelihood and the derivatives of it: channels of bins, samples, modifiers
 * (K. Cranmer et al., CERN-OPEN-2012-016; pyhf, doi:10.21105/joss.02823). Host and devices evaluate the same text.
 *
 * A bin i of a channel expects nu_i = sum over samples of
 *     (nominal + sum of shifts) x factors of the sample x gammas of the bin
 * where a factor is a parameter itself (normfactor, lumi) or a function of one (normsys), a shift is histosys, and a
 * gamma is a parameter of one bin only (shapesys, staterror). Parameters are numbered with those that are shared by
 * bins first, and then the gammas, bin after bin: the matrix of second derivatives is then dense only in the shared
 * ones (include/eotmc/limit/fit.h).
 *
 * Minus the logarithm of the likelihood, up to a constant, is the sum over bins of nu - n + n ln(n / nu) (which is 0 at
 * its minimum, so that little is lost to rounding), and of a term of each constrained parameter. */
#ifndef EOT_LIMIT_MODEL_H
#define EOT_LIMIT_MODEL_H

#include "eotmc/math/double.h"

/** How a parameter is constrained by its auxiliary datum a. */
enum eot_constraint {
    EOT_AUX_NONE = 0,   /* not at all */
    EOT_AUX_NORMAL = 1, /* a is normal around the parameter; the width is the constraint's number */
    EOT_AUX_COUNT = 2,  /* a is Poisson with mean parameter x tau; tau is the constraint's number */
    EOT_N_AUX = 3
};

/** What a factor is of its parameter x. */
enum eot_factor {
    EOT_FACTOR_LINEAR = 0, /* x */
    EOT_FACTOR_NORMSYS = 1 /* HistFactory's code 4: a polynomial of degree 6 for |x| < 1, exponential beyond */
};

/** Words of one factor, term and shift in `index`. */
enum { EOT_FACTOR_WORDS = 3, EOT_TERM_WORDS = 5, EOT_SHIFT_WORDS = 2, EOT_FACTOR_NUMBERS = 8, EOT_SHIFT_NUMBERS = 2 };

/** Sizes, and where each list begins. The lists of u32 are in `index`, those of f64 in `number`. */
typedef struct {
    u32 n_bin, n_sample, n_factor, n_term, n_shared, n_parameter;
    u32 poi;             /* number of the parameter of interest, among the shared ones */
    u32 max_local;       /* largest number of gammas in one bin */
    u32 constraint_kind; /* index: [n_parameter] enum eot_constraint */
    u32 sample_factor;   /* index: [n_sample + 1] first factor of each sample */
    u32 factor;          /* index: [n_factor][EOT_FACTOR_WORDS] kind, parameter, place of its numbers */
    u32 bin_term;        /* index: [n_bin + 1] first term of each bin */
    u32 term;            /* index: [n_term][EOT_TERM_WORDS] sample, first gamma, number of them, first shift, number */
    u32 gamma;           /* index: numbers of parameters */
    u32 shift;           /* index: [][EOT_SHIFT_WORDS] parameter, place of its numbers */
    u32 bin_local;       /* index: [n_bin + 1] first gamma's parameter number of each bin, minus n_shared */
    u32 lower, upper;    /* number: [n_parameter] bounds; equal for a parameter that is held fixed */
    u32 constraint;      /* number: [n_parameter] width or tau */
    u32 nominal;         /* number: [n_term] */
} eot_limit_model;
EOT_LAYOUT(eot_limit_model, 80);

/** The three arrays of a model; passed by value, in no buffer. */
typedef struct {
    EOT_GLOBAL const eot_limit_model *model;
    EOT_GLOBAL const u32 *index;
    EOT_GLOBAL const f64 *number;
} eot_limit_view;

EOT_FN eot_limit_view eot_limit_view_of(EOT_GLOBAL const eot_limit_model *model, EOT_GLOBAL const u32 *index,
                                        EOT_GLOBAL const f64 *number) {
    eot_limit_view view;
    view.model = model;
    view.index = index;
    view.number = number;
    return view;
}

/** A function of one parameter with its first two derivatives. */
typedef struct {
    f64 value, first, second;
} eot_jet;

/** Larger than any -ln L that is met: what a model with a negative rate, or without a rate where something was seen,
 * has. */
#define EOT_LIMIT_IMPOSSIBLE D(1e300)

/** A factor of parameter value x. @param c numbers of the factor: ln of what it is at +1, ln of what it is at -1,
 * coefficients of x to x^6 (EOT_FACTOR_NORMSYS); none (EOT_FACTOR_LINEAR). A linear
 * factor of 0 counts as 1e-100, so that derivatives can be taken as ratios. */
EOT_FN eot_jet eot_limit_factor(u32 kind, EOT_GLOBAL const f64 *c, f64 x) {
    eot_jet f;
    f.second = D(0.0);
    if (kind == EOT_FACTOR_LINEAR) {
        f.value = x > D(1e-100) ? x : D(1e-100);
        f.first = D(1.0);
    } else if (x >= D(1.0) || x <= D(-1.0)) {
        f64 slope = x > D(0.0) ? c[0] : -c[1];
        f.value = eot_exp64(slope * x);
        f.first = slope * f.value;
        f.second = slope * f.first;
    } else {
        f.value = D(1.0) + x * (c[2] + x * (c[3] + x * (c[4] + x * (c[5] + x * (c[6] + x * c[7])))));
        f.first = c[2] + x * (D(2.0) * c[3] +
                              x * (D(3.0) * c[4] + x * (D(4.0) * c[5] + x * (D(5.0) * c[6] + x * D(6.0) * c[7]))));
        f.second =
            D(2.0) * c[3] + x * (D(6.0) * c[4] + x * (D(12.0) * c[5] + x * (D(20.0) * c[6] + x * D(30.0) * c[7])));
    }
    return f;
}

/** A shift of parameter value x, HistFactory's code 4p. @param c events more at +1, events less at -1. */
EOT_FN eot_jet eot_limit_shift(EOT_GLOBAL const f64 *c, f64 x) {
    eot_jet d;
    f64 up = c[0], down = c[1], a = D(0.0625) * (up - down), x2 = x * x;
    if (x > D(1.0) || x < D(-1.0)) {
        d.first = x > D(1.0) ? up : down;
        d.value = x * d.first;
        d.second = D(0.0);
    } else {
        d.value = x * D(0.5) * (up + down) + a * x2 * (D(15.0) + x2 * (D(3.0) * x2 - D(10.0)));
        d.first = D(0.5) * (up + down) + a * x * (D(30.0) + x2 * (D(18.0) * x2 - D(40.0)));
        d.second = a * (D(30.0) + x2 * (D(90.0) * x2 - D(120.0)));
    }
    return d;
}

/** Factors of all samples at a point. @param jet out: [n_factor][2] first and second derivative, each divided by the
 * factor. @param product out: [n_sample]. */
EOT_FN void eot_limit_factors(eot_limit_view v, EOT_GLOBAL const f64 *x, EOT_GLOBAL f64 *jet, EOT_GLOBAL f64 *product) {
    EOT_GLOBAL const u32 *first = v.index + v.model->sample_factor, *row = v.index + v.model->factor;
    for (u32 s = 0; s < v.model->n_sample; s++) {
        f64 p = D(1.0);
        for (u32 k = first[s]; k < first[s + 1]; k++) {
            EOT_GLOBAL const u32 *r = row + EOT_FACTOR_WORDS * k;
            eot_jet f = eot_limit_factor(r[0], v.number + r[2], x[r[1]]);
            p *= f.value;
            jet[2 * k] = f.first / f.value;
            jet[2 * k + 1] = f.second / f.value;
        }
        product[s] = p;
    }
}

/** A term of a bin: events of one sample, the sum before factors and gammas, and the product of these. */
typedef struct {
    f64 sum, product;
} eot_limit_part;

EOT_FN eot_limit_part eot_limit_term(eot_limit_view v, u32 t, EOT_GLOBAL const f64 *x, EOT_GLOBAL const f64 *product) {
    EOT_GLOBAL const u32 *row = v.index + v.model->term + EOT_TERM_WORDS * t;
    eot_limit_part part;
    part.sum = v.number[v.model->nominal + t];
    part.product = product[row[0]];
    for (u32 k = 0; k < row[2]; k++) part.product *= x[v.index[v.model->gamma + row[1] + k]];
    for (u32 k = 0; k < row[4]; k++) {
        EOT_GLOBAL const u32 *r = v.index + v.model->shift + EOT_SHIFT_WORDS * (row[3] + k);
        part.sum += eot_limit_shift(v.number + r[1], x[r[0]]).value;
    }
    return part;
}

/** Events that a bin expects. @param product of all samples (eot_limit_factors). */
EOT_FN f64 eot_limit_rate(eot_limit_view v, u32 bin, EOT_GLOBAL const f64 *x, EOT_GLOBAL const f64 *product) {
    EOT_GLOBAL const u32 *first = v.index + v.model->bin_term;
    f64 rate = D(0.0);
    for (u32 t = first[bin]; t < first[bin + 1]; t++) {
        eot_limit_part part = eot_limit_term(v, t, x, product);
        rate += part.sum * part.product;
    }
    return rate;
}

/** What n seen where `rate` are expected adds to -ln L. */
EOT_FN f64 eot_limit_poisson(f64 n, f64 rate) {
    if (!(n > D(0.0))) return rate >= D(0.0) ? rate : EOT_LIMIT_IMPOSSIBLE;
    if (!(rate > D(1e-290))) return EOT_LIMIT_IMPOSSIBLE;
    return rate - n + n * eot_log64(n / rate);
}

/** What a constrained parameter adds to -ln L, with derivatives. @param a its auxiliary datum. @param c its width or
 * tau. */
EOT_FN eot_jet eot_limit_constraint(u32 kind, f64 x, f64 a, f64 c) {
    eot_jet y;
    y.value = D(0.0);
    y.first = D(0.0);
    y.second = D(0.0);
    if (kind == EOT_AUX_NORMAL) {
        y.second = D(1.0) / (c * c);
        y.first = (x - a) * y.second;
        y.value = D(0.5) * (x - a) * y.first;
    } else if (kind == EOT_AUX_COUNT) {
        y.value = eot_limit_poisson(a, x * c);
        y.first = c - (a > D(0.0) ? a / x : D(0.0));
        y.second = a > D(0.0) ? a / (x * x) : D(0.0);
    }
    return y;
}

/** -ln L at a point, up to a constant of the data. @param n [n_bin] seen. @param a [n_parameter] auxiliary data.
 * @param jet, product scratch, as of eot_limit_factors. */
EOT_FN f64 eot_limit_value(eot_limit_view v, EOT_GLOBAL const f64 *n, EOT_GLOBAL const f64 *a, EOT_GLOBAL const f64 *x,
                           EOT_GLOBAL f64 *jet, EOT_GLOBAL f64 *product) {
    f64 sum = D(0.0);
    eot_limit_factors(v, x, jet, product);
    for (u32 i = 0; i < v.model->n_bin && sum < EOT_LIMIT_IMPOSSIBLE; i++)
        sum += eot_limit_poisson(n[i], eot_limit_rate(v, i, x, product));
    for (u32 p = 0; p < v.model->n_parameter && sum < EOT_LIMIT_IMPOSSIBLE; p++)
        sum +=
            eot_limit_constraint(v.index[v.model->constraint_kind + p], x[p], a[p], v.number[v.model->constraint + p])
                .value;
    return sum;
}

#endif
