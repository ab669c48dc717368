#include "limit/one_channel.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "limit/root.h"

const char *const eot_channel_constraint_name[EOT_N_CHANNEL_CONSTRAINT] = {
#define EOT_CONSTRAINT(symbol, name, modifier) name,
#include "constraints.def"
#undef EOT_CONSTRAINT
};

enum eot_modifier_type eot_channel_constraint_modifier(enum eot_channel_constraint constraint) {
    static const enum eot_modifier_type modifier[EOT_N_CHANNEL_CONSTRAINT] = {
#define EOT_CONSTRAINT(symbol, name, modifier) EOT_MODIFIER_##modifier,
#include "constraints.def"
#undef EOT_CONSTRAINT
    };
    return modifier[constraint];
}

/* q of two outcomes is the same within this times (1 + q). */
static const double TIE = 1e-9;
/* Outcomes further from the mean than this many standard deviations are left out: their probability is below 1e-18. */
static const double REACH = 9.0;

/* The experiment with numbers that all evaluations need. */
struct setting {
    double b, r, tau, log_kappa;
    enum eot_channel_constraint kind;
    bool is_known;
};

/* A hypothesis: signal events and the nuisance. */
struct hypothesis {
    double signal, x;
};

struct outcome {
    double n, aux;
};

static struct setting setting_of(const struct eot_one_channel *c) {
    bool is_known = !(c->error > 0.0) || !(c->background > 0.0);
    return (struct setting){.b = c->background,
                            .r = c->error,
                            .tau = is_known ? 0.0 : 1.0 / (c->error * c->error),
                            .log_kappa = log1p(c->error),
                            .kind = c->constraint,
                            .is_known = is_known};
}

/* Events of background. */
static double background(const struct setting *s, double x) {
    if (s->is_known) return s->b;
    return s->b * (s->kind == EOT_CHANNEL_LOGNORMAL ? exp(s->log_kappa * x) : x);
}

static double nominal_aux(const struct setting *s) {
    if (s->is_known || s->kind == EOT_CHANNEL_LOGNORMAL) return 0.0;
    return s->kind == EOT_CHANNEL_POISSON ? s->tau : 1.0;
}

static double nominal_nuisance(const struct setting *s) { return s->kind == EOT_CHANNEL_LOGNORMAL ? 0.0 : 1.0; }

static double poisson_term(double n, double rate) {
    if (!(n > 0.0)) return rate;
    return rate > 0.0 ? rate - n + n * log(n / rate) : INFINITY;
}

/* -ln L up to a constant of the outcome. */
static double minus_log(const struct setting *s, struct outcome o, struct hypothesis h) {
    double y = poisson_term(o.n, h.signal + background(s, h.x));
    if (s->is_known) return y;
    switch (s->kind) {
    case EOT_CHANNEL_POISSON: return y + poisson_term(o.aux, h.x * s->tau);
    case EOT_CHANNEL_LOGNORMAL: return y + 0.5 * (h.x - o.aux) * (h.x - o.aux);
    case EOT_CHANNEL_GAUSSIAN: return y + 0.5 * (h.x - o.aux) * (h.x - o.aux) * s->tau;
    case EOT_N_CHANNEL_CONSTRAINT: break;
    }
    return NAN;
}

/* The positive root of a x^2 + b x + c, c <= 0, without cancellation. */
static double positive_root(double a, double b, double c) {
    double d = sqrt(b * b - 4.0 * a * c);
    return b > 0.0 ? -2.0 * c / (b + d) : (d - b) / (2.0 * a);
}

/* The log-normal nuisance has no closed form: Newton's method, halving where it would leave the bracket. The derivative
 * of -ln L is below 0 at `low` and above at `high`: the pull of the count is between (nu - n) ln kappa of its ends. */
static double lognormal_nuisance(const struct setting *s, struct outcome o, double signal) {
    double low = o.aux - s->log_kappa * (background(s, o.aux) + 1.0) - 1.0, high = o.aux + s->log_kappa * o.n + 1.0;
    double x = o.aux;
    for (int i = 0; i < 100; i++) {
        double nu = background(s, x), rate = signal + nu, ratio = o.n > 0.0 ? o.n / rate : 0.0;
        double slope = s->log_kappa * nu * (1.0 - ratio) + (x - o.aux),
               curve = s->log_kappa * s->log_kappa * nu * (1.0 - ratio * signal / rate) + 1.0;
        *(slope > 0.0 ? &high : &low) = x;
        double next = curve > 0.0 ? x - slope / curve : NAN;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (fabs(next - x) < 1e-13 * (1.0 + fabs(x))) return next;
        x = next;
    }
    return x;
}

/* Best nuisance with the signal held. */
static double nuisance(const struct setting *s, struct outcome o, double signal) {
    double b = s->b, r2, c;
    if (s->is_known) return nominal_nuisance(s);
    switch (s->kind) {
    case EOT_CHANNEL_POISSON:
        if (signal == 0.0) return (o.n + o.aux) / (b + s->tau);
        return positive_root((b + s->tau) * b, (b + s->tau) * signal - (o.n + o.aux) * b, -o.aux * signal);
    case EOT_CHANNEL_LOGNORMAL: return lognormal_nuisance(s, o, signal);
    case EOT_CHANNEL_GAUSSIAN:
        r2 = s->r * s->r;
        if (!(o.n > 0.0)) return fmax(0.0, o.aux - b * r2);
        c = signal * (b * r2 - o.aux) - o.n * b * r2; /* sign of the derivative at 0 */
        return c < 0.0 ? positive_root(b, signal + b * (b * r2 - o.aux), c) : 0.0;
    case EOT_N_CHANNEL_CONSTRAINT: break;
    }
    return NAN;
}

/* Best signal, and with it the best nuisance. */
static struct hypothesis best(const struct setting *s, struct outcome o) {
    double x = nominal_nuisance(s);
    if (!s->is_known) x = s->kind == EOT_CHANNEL_POISSON ? o.aux / s->tau : o.aux;
    if (!s->is_known && s->kind == EOT_CHANNEL_GAUSSIAN) x = fmax(x, 0.0);
    double signal = o.n - background(s, x);
    if (signal > 0.0) return (struct hypothesis){signal, x};
    return (struct hypothesis){0.0, nuisance(s, o, 0.0)};
}

/* q-tilde of an outcome; with signal = 0 it is q0, of a discovery. */
static double statistic(const struct setting *s, struct outcome o, double signal) {
    struct hypothesis top = best(s, o);
    if (signal > 0.0 && top.signal >= signal) return 0.0;
    if (signal == 0.0 && top.signal <= 0.0) return 0.0;
    struct hypothesis held = {signal, nuisance(s, o, signal)};
    return fmax(0.0, 2.0 * (minus_log(s, o, held) - minus_log(s, o, top)));
}

/* Mean and standard deviation of the auxiliary datum. */
static void aux_spread(const struct setting *s, double x, double *mean, double *sigma) {
    bool is_count = s->kind == EOT_CHANNEL_POISSON;
    *mean = is_count ? x * s->tau : x;
    *sigma = is_count ? sqrt(*mean) : s->kind == EOT_CHANNEL_GAUSSIAN ? s->r : 1.0;
}

/* Probability of an auxiliary datum at or above `edge` (from_below: below it). A count's edge is whole. */
static double aux_tail(const struct setting *s, double x, double edge, bool from_below) {
    double mean, sigma, above;
    if (edge == -INFINITY) return from_below ? 0.0 : 1.0;
    if (edge == INFINITY) return from_below ? 1.0 : 0.0;
    aux_spread(s, x, &mean, &sigma);
    if (s->kind == EOT_CHANNEL_POISSON) {
        if (!(edge > 0.0)) return from_below ? 0.0 : 1.0;
        if (!(mean > 0.0)) return from_below ? 1.0 : 0.0;
        return from_below ? gsl_sf_gamma_inc_Q(edge, mean) : gsl_sf_gamma_inc_P(edge, mean);
    }
    above = (edge - mean) / sigma;
    return from_below ? gsl_cdf_ugaussian_P(above) : gsl_cdf_ugaussian_Q(above);
}

/* The Poisson probability of n, which gsl_ran_poisson_pdf does not have for a mean of 0. */
static double count_probability(double n, double mean) {
    if (!(mean > 0.0)) return n > 0.0 ? 0.0 : 1.0;
    return exp(n * log(mean) - mean - gsl_sf_lngamma(n + 1.0));
}

/* The outcomes that count: q at or above a threshold. For a discovery (signal = 0) the statistic rises with n and falls
 * with the auxiliary datum, for a limit it is the other way round. */
struct region {
    const struct setting *s;
    double signal, threshold;
    double low, high; /* auxiliary data that are possible */
};

/* How far an outcome is above the threshold. */
static double height(const struct region *region, double n, double aux) {
    return statistic(region->s, (struct outcome){n, aux}, region->signal) - region->threshold;
}

/* The step of the staircase at n: outcomes at or above it (discovery: below it) are inside. @param from no step of a
 * limit is below that of a smaller n, and none of a discovery either; the search begins there. */
static double edge_at(const struct region *region, double n, double from) {
    double turn = region->signal == 0.0 ? -1.0 : 1.0; /* so that the height times this rises with the datum */
    double low = fmax(region->low, from), high = region->high;
    double at_low = turn * height(region, n, low), at_high = turn * height(region, n, high);
    if (at_low > 0.0 || (at_low == 0.0 && turn > 0.0)) return low > region->low ? low : -INFINITY;
    if (!(at_high > 0.0 || (at_high == 0.0 && turn > 0.0))) return INFINITY;
    bool is_count = region->s->kind == EOT_CHANNEL_POISSON;
    double enough = is_count ? 1.0 : 1e-10 * (high - low);
    for (int i = 0, side = 0; high - low > enough; i++) {
        double middle = 0.5 * (low + high);
        if (i % 3 != 2 && !is_count)
            middle = fmin(fmax((low * at_high - high * at_low) / (at_high - at_low), low + 0.4 * enough),
                          high - 0.4 * enough);
        if (is_count) middle = floor(middle);
        double at = turn * height(region, n, middle);
        if (at > 0.0 || (at == 0.0 && turn > 0.0)) {
            high = middle, at_high = at;
            if (side == 1) at_low *= 0.5;
            side = 1;
        } else {
            low = middle, at_low = at;
            if (side == -1) at_high *= 0.5;
            side = -1;
        }
    }
    return high;
}

/* Probability of a region under two hypotheses. */
static void region_probability(const struct region *region, const struct hypothesis *h, size_t n_h, double *p) {
    const struct setting *s = region->s;
    double first = INFINITY, last = 0.0, mean[2];
    for (size_t k = 0; k < n_h; k++) {
        mean[k] = h[k].signal + background(s, h[k].x);
        first = fmin(first, floor(fmax(0.0, mean[k] - REACH * sqrt(mean[k]) - REACH)));
        last = fmax(last, ceil(mean[k] + REACH * sqrt(mean[k]) + 4.0 * REACH));
        p[k] = 0.0;
    }
    double edge = -INFINITY;
    for (double n = first; n <= last; n += 1.0) {
        edge = s->is_known ? (height(region, n, 0.0) >= 0.0 ? -INFINITY : INFINITY) : edge_at(region, n, edge);
        bool is_discovery = region->signal == 0.0 && !s->is_known;
        if (edge == INFINITY && region->signal > 0.0) break; /* q falls with n: none beyond */
        for (size_t k = 0; k < n_h; k++)
            p[k] += count_probability(n, mean[k]) * aux_tail(s, h[k].x, edge, is_discovery);
    }
}

static struct region region_of(const struct setting *s, double signal, double q, const struct hypothesis *h,
                               size_t n_h) {
    struct region region = {
        .s = s, .signal = signal, .threshold = q - TIE * (1.0 + q), .low = INFINITY, .high = -INFINITY};
    for (size_t k = 0; k < n_h; k++) {
        double mean, sigma;
        aux_spread(s, h[k].x, &mean, &sigma);
        region.low = fmin(region.low, mean - REACH * sigma);
        region.high = fmax(region.high, mean + REACH * sigma + 4.0 * REACH * (s->kind == EOT_CHANNEL_POISSON));
    }
    if (s->kind == EOT_CHANNEL_POISSON) {
        region.low = floor(fmax(0.0, region.low));
        region.high = ceil(region.high);
    }
    return region;
}

/* CLs of outcomes with at least q, in the hypotheses with (h[1]) and without signal (h[0]). */
static double cls_of(const struct setting *s, double signal, double q, const struct hypothesis h[2]) {
    double p[2];
    struct region region = region_of(s, signal, q, h, 2);
    if (!(region.threshold > 0.0)) return 1.0;
    region_probability(&region, h, 2, p);
    return p[0] > 0.0 ? p[1] / p[0] : 0.0;
}

static void hypotheses(const struct setting *s, struct outcome data, double signal, struct hypothesis h[2]) {
    h[0] = (struct hypothesis){0.0, nuisance(s, data, 0.0)};
    h[1] = (struct hypothesis){signal, nuisance(s, data, signal)};
}

double eot_one_channel_cls(const struct eot_one_channel *channel, double n, double signal) {
    struct setting s = setting_of(channel);
    struct outcome data = {n, nominal_aux(&s)};
    struct hypothesis h[2];
    hypotheses(&s, data, signal, h);
    return cls_of(&s, signal, statistic(&s, data, signal), h);
}

/* Largest q for which outcomes with at least q have a probability of at least p without signal. */
struct quantile {
    const struct setting *s;
    double signal, p;
    const struct hypothesis *h;
};

static enum eot_status excess_probability(void *context, double q, double *y, struct eot_error *err) {
    (void)err;
    const struct quantile *f = context;
    double found;
    struct region region = region_of(f->s, f->signal, q, f->h, 1);
    region_probability(&region, f->h, 1, &found);
    *y = found - f->p + 1e-15; /* at the quantile itself the probability is not below p */
    return EOT_OK;
}

static enum eot_status quantile(const struct setting *s, double signal, double p, const struct hypothesis h[2],
                                double *q, struct eot_error *err) {
    struct quantile f = {.s = s, .signal = signal, .p = p, .h = h};
    double y;
    excess_probability(&f, 1e-9, &y, err);
    *q = 0.0;
    if (!(y > 0.0)) return EOT_OK; /* most outcomes have q = 0 */
    enum eot_status status = eot_root_falling((struct eot_falling){excess_probability, &f}, 1.0, 0.1 * TIE, q, err);
    *q -= 0.5 * TIE * (1.0 + *q); /* what was found is a tie's width above the outcome */
    return status;
}

struct search {
    const struct setting *s;
    struct outcome data;
    double level, p; /* p: of the quantile; NAN: observed */
};

static enum eot_status distance(void *context, double signal, double *y, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct search *f = context;
    struct hypothesis h[2];
    double q = statistic(f->s, f->data, signal);
    hypotheses(f->s, f->data, signal, h);
    if (!isnan(f->p)) EOT_TRY(quantile(f->s, signal, f->p, h, &q, err));
    *y = log(cls_of(f->s, signal, q, h)) - log(1.0 - f->level);
done:
    return status;
}

static const double PRECISION = 1e-7; /* relative, of limits */

static enum eot_status solve(const struct setting *s, struct outcome data, double level, double p, double *limit,
                             struct eot_error *err) {
    struct search search = {.s = s, .data = data, .level = level, .p = p};
    double guess = 2.3 + 1.6 * sqrt(fmax(data.n, s->b)) + fmax(0.0, data.n - s->b);
    return eot_root_falling((struct eot_falling){distance, &search}, guess, PRECISION, limit, err);
}

/* Smallest n with a probability of at least p to see at most n. */
static double count_quantile(double mean, double p) {
    double n = 0.0;
    while (mean > 0.0 && gsl_cdf_poisson_P((unsigned)n, mean) < p) n += 1.0;
    return n;
}

static void discovery(const struct setting *s, struct outcome data, struct eot_limit_answer *answer) {
    struct hypothesis h = {0.0, nuisance(s, data, 0.0)};
    double q = statistic(s, data, 0.0);
    struct region region = region_of(s, 0.0, q, &h, 1);
    answer->p = 1.0;
    if (q > 0.0) region_probability(&region, &h, 1, &answer->p);
    answer->z = answer->p > 0.5 ? 0.0 : answer->p > 0.0 ? gsl_cdf_ugaussian_Qinv(answer->p) : INFINITY;
}

enum eot_status eot_one_channel_limit(const struct eot_one_channel *channel, double n, double level,
                                      struct eot_limit_answer *answer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct setting s = setting_of(channel);
    struct outcome data = {isnan(n) ? s.b : n, nominal_aux(&s)};
    *answer = (struct eot_limit_answer){.observed = NAN, .best = NAN, .z = NAN, .p = NAN};
    if (!isnan(n)) {
        EOT_TRY(solve(&s, data, level, NAN, &answer->observed, err));
        answer->best = best(&s, data).signal;
        discovery(&s, data, answer);
    }
    for (int k = 0; k < EOT_N_BAND; k++) {
        double p = gsl_cdf_ugaussian_P(EOT_BAND_SIGMA(k));
        if (s.is_known)
            EOT_TRY(solve(&s, (struct outcome){count_quantile(s.b, p), 0.0}, level, NAN, &answer->expected[k], err));
        else
            EOT_TRY(solve(&s, data, level, p, &answer->expected[k], err));
    }
done:
    return status;
}
