/* Exact tree level: one integral over t for the double differential, and Gauss-Legendre products over (energy, Q, t) in
 * variables in which the integrand is smooth. A ladder of rules gives value and error; where it does not settle, nested
 * adaptive integration takes over. */
#include "physics/lfc/internal.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NODE 128
#define MAX_BREAK 10

static const double CUT_ADAPTIVE = 1e8;
static const double INNER_SHARE = 0.03; /* of the tolerance, that the t integral inside of others is asked for */

struct gauss {
    int n;
    double x[MAX_NODE], weight[MAX_NODE]; /* on [0, 1] */
};
/* Orders that GSL has tabulated; the others it would find by Newton's method to 1e-10 only. */
static const int ORDER[] = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 32, 64, 128};
enum { N_ORDER = sizeof ORDER / sizeof ORDER[0] };

struct shortfall {
    double peak, lost;
};

/* One reaction at one energy, and the rules in use. */
struct etl {
    eot_lfc_system system;
    enum eot_lfc_side side;
    double E, m_fixed, m_rest, h, w_max;
    double cut;     /* t up to cut (d + t_min), Q up to where t_min has passed it */
    double density; /* nodes of the t rule per unit of ln t */
    const struct gauss *energy;
    double q; /* most nodes of the Q rule */
    struct gauss rule[N_ORDER];
    double tolerance;
    gsl_integration_workspace *outer, *middle, *inner;
    double E_x, Q0, angle_w; /* of the current nested integrals */
    double evaluations;
    struct shortfall over_q, over_energy; /* what the integrands of the nested integrals lack */
};

static enum eot_status rules_fill(struct etl *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_integration_glfixed_table *table = NULL;
    for (int i_order = 0; i_order < N_ORDER; i_order++) {
        struct gauss *g = &c->rule[i_order];
        g->n = ORDER[i_order];
        table = gsl_integration_glfixed_table_alloc((size_t)g->n);
        EOT_CHECK_MEMORY(table);
        for (int i = 0; i < g->n; i++)
            gsl_integration_glfixed_point(0.0, 1.0, (size_t)i, &g->x[i], &g->weight[i], table);
        gsl_integration_glfixed_table_free(table);
        table = NULL;
    }
done:
    return status;
}

/* The cheapest rule of at least n nodes (or the largest). */
static const struct gauss *rule_of(const struct etl *c, double n) {
    int i = n <= 20.0 ? (int)ceil(fmax(n, 4.0)) - 4 : n <= 32.0 ? 17 : n <= 64.0 ? 18 : 19;
    return &c->rule[i];
}

static double t_cut(const struct etl *c, const eot_lfc_point *g) {
    return fmin(g->t_max, c->cut * (c->system.d + g->t_min));
}

static double integrand_t(const struct etl *c, const eot_lfc_point *g, double t) {
    double a = c->side == EOT_LFC_PHI ? eot_lfc_amplitude_x(c->system, *g, t) : eot_lfc_amplitude_y(c->system, *g, t);
    return a * eot_lfc_form_factor(c->system, t);
}

/* Where r^2 = a^2 - b^2, a convex quadratic in t, has its minimum: there 1/r^3 is a spike of half width `width`. */
struct spike {
    double centre, width;
};

static struct spike spike_find(const eot_lfc_point *g, double a0, double a1) {
    double curvature = a1 * a1 + g->B;
    double centre = curvature > 0.0 ? (0.5 * g->B * (g->t_min + g->t_max) - a0 * a1) / curvature : 0.0;
    double a = a0 + a1 * centre;
    double r2 = a * a - g->B * (centre - g->t_min) * (g->t_max - centre);
    struct spike s = {centre, curvature > 0.0 ? sqrt(fmax(r2, 0.0) / curvature) : 0.0};
    return s;
}

/* A range of t and its variable: ln t, or t = centre + width sinh(v). */
struct piece {
    double low, high, centre, width; /* width 0: ln t */
};

/* Cut [t_min, t_cut] so that each piece is smooth in its variable. */
static int pieces_make(const struct etl *c, const eot_lfc_point *g, struct piece *piece) {
    const double narrow = 0.35; /* spikes wider than this, relative to t, are smooth in ln t */
    double low = g->t_min, high = t_cut(c, g);
    struct spike spike[2];
    int n_spike = 0;
    spike[0] = spike_find(g, g->a0, g->a1);
    if (spike[0].centre > low && spike[0].centre < high && spike[0].width < narrow * spike[0].centre) n_spike++;
    if (c->side == EOT_LFC_LEPTON) {
        struct spike s = spike_find(g, g->a0_other, g->a1_other);
        if (s.centre > low && s.centre < high && s.width < narrow * s.centre) spike[n_spike++] = s;
    }
    if (n_spike == 2 && spike[0].centre > spike[1].centre) {
        struct spike s = spike[0];
        spike[0] = spike[1];
        spike[1] = s;
    }
    int n = 0;
    double from = low;
    for (int i = 0; i < n_spike; i++) {
        double centre = spike[i].centre, width = fmax(spike[i].width, 1e-12 * centre);
        double to = i + 1 < n_spike ? sqrt(centre * spike[i + 1].centre) : high;
        if (from < 0.5 * centre) {
            piece[n++] = (struct piece){from, 0.5 * centre, 0.0, 0.0};
            from = 0.5 * centre;
        }
        piece[n++] = (struct piece){from, centre, centre, width};
        double end = fmin(to, 2.0 * centre);
        piece[n++] = (struct piece){centre, end, centre, width};
        from = end;
        if (from < to && i + 1 < n_spike) {
            piece[n++] = (struct piece){from, to, 0.0, 0.0};
            from = to;
        }
    }
    if (from < high) piece[n++] = (struct piece){from, high, 0.0, 0.0};
    return n;
}

struct piece_map {
    double v_low, v_high;
};
static struct piece_map piece_limits(const struct piece *p) {
    struct piece_map m;
    if (p->width > 0.0) {
        m.v_low = asinh((p->low - p->centre) / p->width);
        m.v_high = asinh((p->high - p->centre) / p->width);
    } else {
        m.v_low = 0.0;
        m.v_high = log(p->high / p->low);
    }
    return m;
}

/* t and dt/dv. */
static double piece_t(const struct piece *p, double v, double *jacobian) {
    if (p->width > 0.0) {
        double e = exp(v), sinh_v = 0.5 * (e - 1.0 / e);
        *jacobian = p->width * 0.5 * (e + 1.0 / e);
        return p->centre + p->width * sinh_v;
    }
    double t = p->low * exp(v);
    *jacobian = t;
    return t;
}

/* int dt F^2/t^2 <|A|^2>/(8M^2) by Gauss-Legendre. In ln t the nearest singularities are those of the form factor, at a
 * distance of pi: the order grows with the range. In v they are at pi/2. */
__attribute__((flatten)) static double integral_t(struct etl *c, const eot_lfc_point *point) {
    const eot_lfc_system n = c->system; /* copies: what does not depend on t leaves the loop */
    const eot_lfc_point g = *point;
    if (!(g.t_max > g.t_min)) return 0.0;
    struct piece piece[MAX_BREAK];
    int n_piece = pieces_make(c, point, piece);
    double sum = 0.0;
    for (int i_piece = 0; i_piece < n_piece; i_piece++) {
        const struct piece *p = &piece[i_piece];
        struct piece_map m = piece_limits(p);
        double length = m.v_high - m.v_low, part = 0.0;
        const struct gauss *rule = rule_of(c, 3.5 + c->density * (p->width > 0.0 ? 2.0 : 1.0) * length);
        if (c->side == EOT_LFC_PHI)
            for (int i = 0; i < rule->n; i++) {
                double jacobian, t = piece_t(p, m.v_low + length * rule->x[i], &jacobian);
                part += rule->weight[i] * jacobian * eot_lfc_amplitude_x(n, g, t) * eot_lfc_form_factor(n, t);
            }
        else
            for (int i = 0; i < rule->n; i++) {
                double jacobian, t = piece_t(p, m.v_low + length * rule->x[i], &jacobian);
                part += rule->weight[i] * jacobian * eot_lfc_amplitude_y(n, g, t) * eot_lfc_form_factor(n, t);
            }
        sum += length * part;
        c->evaluations += rule->n;
    }
    return sum;
}

struct inner_arguments {
    struct etl *c;
    const eot_lfc_point *g;
    const struct piece *piece;
};
static double inner_function(double v, void *arguments) {
    struct inner_arguments *a = arguments;
    double jacobian, t = piece_t(a->piece, v, &jacobian);
    return jacobian * integrand_t(a->c, a->g, t);
}

/* An outer integral takes its integrand for exact: remember the largest error of an inner one against the largest
 * value. */
static void record(struct shortfall *s, double value, double error) {
    s->peak = fmax(s->peak, fabs(value));
    s->lost = fmax(s->lost, error);
}

/* The same, adaptively. */
static double integral_t_adaptive(struct etl *c, const eot_lfc_point *g, double tolerance, double *abs_error) {
    double sum = 0.0;
    *abs_error = 0.0;
    if (!(g->t_max > g->t_min)) return 0.0;
    struct piece piece[MAX_BREAK];
    int n_piece = pieces_make(c, g, piece);
    for (int i = 0; i < n_piece; i++) {
        struct piece_map m = piece_limits(&piece[i]);
        struct inner_arguments a = {c, g, &piece[i]};
        gsl_function f = {inner_function, &a};
        double value = 0.0, error = 0.0;
        eot_lfc_integrate(&f, m.v_low, m.v_high, 0.0, tolerance, c->inner, &value, &error);
        sum += value;
        *abs_error += error;
    }
    return sum;
}

/* Beyond this Q, t_min is so far above d that the form factor leaves nothing. */
static double Q_cut(const struct etl *c, double E_x) {
    double Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest);
    return fmax(2.0 * (c->E - E_x) * sqrt(0.1 * c->cut * c->system.d), Q0 * sqrt(c->cut));
}

/* Range of l = ln(Q/Q0) at the energy E_x, and whether its end is where the recoil takes all (a square-root end). */
struct q_range {
    double Q0, two_pk, l_max;
    int is_recoil_end;
};
static struct q_range q_range_find(const struct etl *c, double E_x) {
    struct q_range g;
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    g.Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest);
    g.two_pk = 2.0 * p * k;
    double span = g.two_pk * c->w_max, recoil = eot_lfc_Q_recoil(c->system, c->E, E_x, c->m_rest) - g.Q0;
    g.is_recoil_end = recoil < span;
    if (g.is_recoil_end) span = recoil;
    double end = Q_cut(c, E_x);
    if (span > end) {
        span = end;
        g.is_recoil_end = 0;
    }
    g.l_max = span > 0.0 && g.Q0 > 0.0 ? log1p(span / g.Q0) : 0.0;
    return g;
}

/* d2sigma/(dx dv), v in [0, 1] a variable of ln Q that is smooth at both ends. dcos = dQ/(2 p k) takes the k of the
 * prefactor. */
static double integrand_q(struct etl *c, double E_x, const struct q_range *g, double v, int adaptive) {
    double l = g->l_max * v, jacobian = g->l_max;
    if (g->is_recoil_end) {
        l = g->l_max * v * (2.0 - v);
        jacobian = g->l_max * 2.0 * (1.0 - v);
    }
    double rise = g->Q0 * expm1(l); /* Q - Q0 */
    eot_lfc_point point =
        eot_lfc_point_from(c->system, c->E, E_x, g->Q0, fmin(rise / g->two_pk, 2.0), c->m_fixed, c->m_rest);
    double error = 0.0,
           t = adaptive ? integral_t_adaptive(c, &point, INNER_SHARE * c->tolerance, &error) : integral_t(c, &point);
    if (t == 0.0) return 0.0;
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i));
    double factor = jacobian * (g->Q0 + rise) * eot_lfc_prefactor(c->system, point, c->h, 0.5 / p);
    if (adaptive) record(&c->over_q, factor * t, factor * error);
    return factor * t;
}

static double integral_q(struct etl *c, double E_x) {
    struct q_range g = q_range_find(c, E_x);
    if (!(g.l_max > 0.0)) return 0.0;
    const struct gauss *rule = rule_of(c, c->q * fmin(1.0, 0.5 + 0.06 * g.l_max));
    double sum = 0.0;
    for (int i = 0; i < rule->n; i++) sum += rule->weight[i] * integrand_q(c, E_x, &g, rule->x[i], 0);
    return sum;
}

struct middle_arguments {
    struct etl *c;
    double E_x;
    struct q_range g;
};
static double middle_function(double v, void *arguments) {
    struct middle_arguments *a = arguments;
    return integrand_q(a->c, a->E_x, &a->g, v, 1);
}

static double integral_q_adaptive(struct etl *c, double E_x, double tolerance, double *rel_error) {
    struct middle_arguments a = {c, E_x, q_range_find(c, E_x)};
    *rel_error = 0.0;
    if (!(a.g.l_max > 0.0)) return 0.0;
    gsl_function f = {middle_function, &a};
    double value = 0.0, error = 0.0;
    eot_lfc_integrate(&f, 0.0, 1.0, 0.0, tolerance, c->middle, &value, &error);
    *rel_error = value != 0.0 ? fabs(error / value) + INNER_SHARE * c->tolerance : 0.0;
    return value;
}

/* Does the recoil allow the angle w = 1 - cos at E_x? Positive inside the phase space. */
static double recoil_margin(const struct etl *c, double E_x, double w) {
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    return eot_lfc_Q_recoil(c->system, c->E, E_x, c->m_rest) - eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest) -
           2.0 * p * k * w;
}

/* Energies at which the angle w is allowed: a part [low, high] of the range. Returns 0 if there is none. */
static int support_find(const struct etl *c, eot_lfc_range range, double w, double *low, double *high) {
    enum { N_SCAN = 32, N_BISECTION = 60 };
    int first = -1, last = -1;
    double width = (range.high - range.low) / N_SCAN;
    for (int i = 0; i <= N_SCAN; i++)
        if (recoil_margin(c, range.low + i * width, w) > 0.0) {
            if (first < 0) first = i;
            last = i;
        }
    if (first < 0) return 0;
    double inside = range.low + first * width, outside = inside - width;
    for (int i = 0; i < N_BISECTION && first > 0; i++) {
        double middle = 0.5 * (inside + outside);
        *(recoil_margin(c, middle, w) > 0.0 ? &inside : &outside) = middle;
    }
    *low = inside;
    inside = range.low + last * width;
    outside = inside + width;
    for (int i = 0; i < N_BISECTION && last < N_SCAN; i++) {
        double middle = 0.5 * (inside + outside);
        *(recoil_margin(c, middle, w) > 0.0 ? &inside : &outside) = middle;
    }
    *high = last == N_SCAN ? range.high : inside;
    return 1;
}

/* Pieces of the energy range with their variables: E_x = m_fixed cosh(eta) below the middle, E_x = high - m_rest
 * (cosh(zeta) - 1) above (no square root at the lower end, no peak of width m_rest^2/m_fixed^2 at the upper one), cut
 * where the recoil begins to limit the angle. */
struct segment {
    int is_upper;
    double from, to; /* eta, or zeta */
};
struct segments {
    int n;
    double high;
    struct segment segment[4];
};
enum what { INTEGRAL_TOTAL, INTEGRAL_ANGULAR };

static double acosh_from(double excess) { return 2.0 * asinh(sqrt(0.5 * fmax(excess, 0.0))); } /* acosh(1 + excess) */

/* Is the largest angle at E_x not hidden by the form factor? */
static int is_visible(const struct etl *c, double E_x) {
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    return 2.0 * p * k * c->w_max < Q_cut(c, E_x);
}

static struct segments segments_make(const struct etl *c, enum what what) {
    struct segments g = {0};
    eot_lfc_range range = eot_lfc_energy_range(c->system, c->E, c->m_fixed, c->m_rest);
    if (!(range.high > range.low)) return g;
    double low = range.low, high = range.high, edge[5], kink_low, kink_high;
    if (what == INTEGRAL_ANGULAR && !support_find(c, range, c->angle_w, &low, &high)) return g;
    double middle = 0.5 * (low + high);
    int n = 0;
    edge[n++] = low;
    edge[n++] = middle;
    if (what == INTEGRAL_TOTAL && support_find(c, range, c->w_max, &kink_low, &kink_high)) {
        if (kink_low > low && is_visible(c, kink_low)) edge[n++] = kink_low;
        if (kink_high < high && is_visible(c, kink_high)) edge[n++] = kink_high;
    }
    gsl_sort(edge, 1, (size_t)n);
    edge[n] = high;
    g.high = high;
    for (int i = 0; i < n; i++) {
        struct segment *s = &g.segment[g.n];
        s->is_upper = edge[i] >= middle;
        s->from = s->is_upper ? acosh_from((high - edge[i + 1]) / c->m_rest)
                              : acosh_from((edge[i] - c->m_fixed) / c->m_fixed);
        s->to = s->is_upper ? acosh_from((high - edge[i]) / c->m_rest)
                            : acosh_from((edge[i + 1] - c->m_fixed) / c->m_fixed);
        if (s->to > s->from) g.n++;
    }
    return g;
}

static double segment_energy(const struct etl *c, const struct segments *g, const struct segment *s, double v,
                             double *jacobian) {
    double a = s->from + (s->to - s->from) * v, sh = sinh(0.5 * a), mass = s->is_upper ? c->m_rest : c->m_fixed;
    *jacobian = (s->to - s->from) * mass * sinh(a);
    return s->is_upper ? g->high - 2.0 * mass * sh * sh : mass + 2.0 * mass * sh * sh;
}

/* d2sigma/(dx dcos) [GeV^-2] at w = 1 - cos: one t integral. */
static double density_w(struct etl *c, double E_x, double w, double tolerance, double *abs_error) {
    double Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest);
    eot_lfc_point point = eot_lfc_point_from(c->system, c->E, E_x, Q0, w, c->m_fixed, c->m_rest);
    double t = integral_t_adaptive(c, &point, tolerance, abs_error);
    if (t == 0.0) return 0.0;
    double k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    double factor = eot_lfc_prefactor(c->system, point, c->h, k);
    *abs_error *= factor;
    return factor * t;
}

static double integral_energy(struct etl *c) {
    struct segments g = segments_make(c, INTEGRAL_TOTAL);
    double sum = 0.0;
    for (int i_segment = 0; i_segment < g.n; i_segment++)
        for (int i = 0; i < c->energy->n; i++) {
            double jacobian, E_x = segment_energy(c, &g, &g.segment[i_segment], c->energy->x[i], &jacobian);
            sum += c->energy->weight[i] * jacobian * integral_q(c, E_x);
        }
    return sum / c->E;
}

struct outer_arguments {
    struct etl *c;
    struct segments g;
    enum what what;
    int i_segment;
};
static double outer_function(double v, void *arguments) {
    struct outer_arguments *a = arguments;
    double jacobian, error, E_x = segment_energy(a->c, &a->g, &a->g.segment[a->i_segment], v, &jacobian);
    double value = a->what == INTEGRAL_TOTAL ? integral_q_adaptive(a->c, E_x, 0.2 * a->c->tolerance, &error)
                                             : density_w(a->c, E_x, a->c->angle_w, 0.1 * a->c->tolerance, &error);
    record(&a->c->over_energy, jacobian * value, jacobian * error * (a->what == INTEGRAL_TOTAL ? value : 1.0));
    return jacobian * value / a->c->E;
}

static double integral_energy_adaptive(struct etl *c, enum what what, double *rel_error) {
    struct outer_arguments a = {c, segments_make(c, what), what, 0};
    double sum = 0.0, sum_error = 0.0;
    for (a.i_segment = 0; a.i_segment < a.g.n; a.i_segment++) {
        gsl_function f = {outer_function, &a};
        double value = 0.0, error = 0.0;
        eot_lfc_integrate(&f, 0.0, 1.0, 0.1 * c->tolerance * fabs(sum), 0.4 * c->tolerance, c->outer, &value, &error);
        sum += value;
        sum_error += fabs(error);
    }
    *rel_error = (sum != 0.0 ? sum_error / fabs(sum) + 0.3 * c->tolerance
                             : 0.0); /* with what the inner integrals were asked for */
    return sum;
}

/* Rules from cheap to dear. Each step gains about a factor 10 where the integrand is smooth. `floor`, `floor_hard`:
 * what a rule was seen to reach, against the reference numbers and nested adaptive integration; neighbours that agree
 * better than that agree by chance. */
static const struct {
    double energy, q, density, cut, floor, floor_hard;
} LADDER[] = {{8, 10, 0.6, 1e3, 1.0, 1.0},    {10, 12, 0.85, 3e3, 3e-5, 3e-4}, {14, 16, 1.2, 1e4, 2e-6, 5e-5},
              {20, 20, 2.0, 1e5, 5e-7, 3e-5}, {32, 32, 4.0, 1e6, 5e-8, 2e-6},  {64, 64, 6.0, 1e7, 5e-9, 2e-7}};
enum { N_LADDER = sizeof LADDER / sizeof LADDER[0] };

/* mu -> e: the intermediate muon comes near its mass shell (the nearer, the lighter phi), and the exchanged electron
 * too. Light nuclei: recoil limits the angles, and the form factor does not hide it. */
static int is_hard(const eot_lfc_system *n) { return n->m_i > n->m_f || n->M < 40.0 * EOT_M_ATOMIC; }

static int ladder_first(const eot_lfc_system *n, double E) {
    if (n->m_i > n->m_f) return n->m_phi < 1.5 * n->m_i ? 3 : 2;
    if (!is_hard(n)) return 0;
    return n->M < 4.0 * EOT_M_ATOMIC || E < 2.0 * eot_lfc_threshold(*n) ? 2 : 1;
}

/* Error of `value` at level i: the step from the level before; a quarter of it where each step is known to gain a
 * factor 10. */
static double ladder_error(const struct etl *c, int i, double value, double previous) {
    double step = value != 0.0 ? fabs(value - previous) / fabs(value) : (previous != 0.0 ? 1.0 : 0.0);
    return is_hard(&c->system) ? fmax(step, LADDER[i].floor_hard) : fmax(0.25 * step, LADDER[i].floor);
}

static void etl_free(struct etl *c) {
    gsl_integration_workspace_free(c->outer);
    gsl_integration_workspace_free(c->middle);
    gsl_integration_workspace_free(c->inner);
}

static enum eot_status etl_workspaces(struct etl *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    c->outer = gsl_integration_workspace_alloc(1000);
    c->middle = gsl_integration_workspace_alloc(1000);
    c->inner = gsl_integration_workspace_alloc(1000);
    EOT_CHECK_MEMORY(c->outer);
    EOT_CHECK_MEMORY(c->middle);
    EOT_CHECK_MEMORY(c->inner);
done:
    return status;
}

static void etl_init(struct etl *c, const struct eot_lfc_job *job) {
    memset(c, 0, sizeof *c);
    c->system = job->system;
    c->side = job->side;
    c->E = job->E;
    c->m_fixed = job->side == EOT_LFC_PHI ? job->system.m_phi : job->system.m_f;
    c->m_rest = job->side == EOT_LFC_PHI ? job->system.m_f : job->system.m_phi;
    c->h = job->h;
    c->tolerance = job->tolerance;
    double sine = sin(0.5 * job->angle_max);
    c->w_max = job->angle_max > 0.0 ? 2.0 * sine * sine : 2.0;
}

/* Largest error of an integrand, relative to its peak. */
static double shortfall_of(const struct etl *c) {
    double q = c->over_q.peak > 0.0 ? c->over_q.lost / c->over_q.peak : 0.0,
           energy = c->over_energy.peak > 0.0 ? c->over_energy.lost / c->over_energy.peak : 0.0;
    return fmax(q, energy);
}

static enum eot_status not_converged(const struct eot_lfc_job *job, double rel_error, struct eot_error *err) {
    return eot_error_set(
        err, EOT_E_NUMERIC, __FILE__, __LINE__, __func__,
        "exact cross section at m_phi = %.9g GeV, E = %.9g GeV not converged (relative error %.1e, asked for %.1e); "
        "ask for a larger tolerance",
        job->system.m_phi, job->E, rel_error, job->tolerance);
}

static enum eot_status result_set(const struct eot_lfc_job *job, double value, double rel_error,
                                  struct eot_lfc_value *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (!(rel_error <= job->tolerance)) EOT_TRY(not_converged(job, rel_error, err));
    EOT_CHECK(isfinite(value) && value >= 0.0, EOT_E_NUMERIC,
              "cross section %g at m_phi = %.9g GeV, E = %.9g GeV (must be finite and not negative); report this point",
              value, job->system.m_phi, job->E);
    result->value = value * EOT_PB_PER_GEV2;
    result->rel_error = rel_error;
done:
    return status;
}

enum eot_status eot_lfc_etl_total(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct etl c;
    etl_init(&c, job);
    double previous = 0.0, value = 0.0, rel_error = 1.0;
    int is_settled = 0, first = ladder_first(&c.system, c.E);
    if (!job->reference) EOT_TRY(rules_fill(&c, err));
    for (int i = first; i < N_LADDER && !is_settled && !job->reference; i++) {
        c.energy = rule_of(&c, LADDER[i].energy);
        c.q = LADDER[i].q;
        c.density = LADDER[i].density;
        c.cut = LADDER[i].cut;
        value = integral_energy(&c);
        if (i > first) {
            rel_error = ladder_error(&c, i, value, previous);
            is_settled = rel_error <= job->tolerance;
        }
        previous = value;
    }
    if (!is_settled) {
        EOT_TRY(etl_workspaces(&c, err));
        c.cut = CUT_ADAPTIVE;
        value = integral_energy_adaptive(&c, INTEGRAL_TOTAL, &rel_error);
    }
    EOT_TRY(result_set(job, value, fmax(rel_error, shortfall_of(&c)), result, err));
done:
    etl_free(&c);
    return status;
}

enum shape { SHAPE_SINGLE, SHAPE_ANGULAR, SHAPE_DOUBLE };

/* One and two dimensions: adaptive always. Spikes that weigh nothing in a total may be all there is at a point. */
static enum eot_status adaptive(const struct eot_lfc_job *job, enum shape shape, struct eot_lfc_value *result,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct etl c;
    etl_init(&c, job);
    double sine = sin(0.5 * job->angle), value = 0.0, rel_error = 0.0;
    c.angle_w = 2.0 * sine * sine;
    c.cut = CUT_ADAPTIVE;
    EOT_TRY(etl_workspaces(&c, err));
    switch (shape) {
    case SHAPE_SINGLE: value = integral_q_adaptive(&c, job->fraction * job->E, 0.5 * job->tolerance, &rel_error); break;
    case SHAPE_ANGULAR: value = integral_energy_adaptive(&c, INTEGRAL_ANGULAR, &rel_error) * sin(job->angle); break;
    case SHAPE_DOUBLE:
        value = density_w(&c, job->fraction * job->E, c.angle_w, 0.5 * job->tolerance, &rel_error);
        rel_error = value != 0.0 ? rel_error / value : 0.0;
        break;
    }
    EOT_TRY(result_set(job, value, fmax(rel_error, shortfall_of(&c)), result, err));
done:
    etl_free(&c);
    return status;
}

enum eot_status eot_lfc_etl_single(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    return adaptive(job, SHAPE_SINGLE, result, err);
}
enum eot_status eot_lfc_etl_angular(const struct eot_lfc_job *job, struct eot_lfc_value *result,
                                    struct eot_error *err) {
    return adaptive(job, SHAPE_ANGULAR, result, err);
}
enum eot_status eot_lfc_etl_double(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    return adaptive(job, SHAPE_DOUBLE, result, err);
}

/* ---- fixed rules for tables ---- */

struct eot_lfc_integrator {
    struct etl c;
};

enum eot_status eot_lfc_integrator_create(const struct eot_lfc_job *job, struct eot_lfc_integrator **integrator,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const int level = ladder_first(&job->system, job->E) + 1;
    struct eot_lfc_integrator *g = calloc(1, sizeof *g);
    EOT_CHECK_MEMORY(g);
    etl_init(&g->c, job);
    status = rules_fill(&g->c, err);
    if (status != EOT_OK) {
        free(g);
        goto done;
    }
    g->c.energy = rule_of(&g->c, LADDER[level].energy);
    g->c.q = LADDER[level].q;
    g->c.density = LADDER[level].density;
    g->c.cut = LADDER[level].cut;
    *integrator = g;
done:
    return status;
}

void eot_lfc_integrator_free(struct eot_lfc_integrator *integrator) { free(integrator); }

void eot_lfc_integrator_set_energy(struct eot_lfc_integrator *integrator, double E) { integrator->c.E = E; }

double eot_lfc_integrator_single(struct eot_lfc_integrator *integrator, double E_x) {
    return integral_q(&integrator->c, E_x) / integrator->c.E;
}

double eot_lfc_integrator_double(struct eot_lfc_integrator *integrator, double E_x, double rise) {
    struct etl *c = &integrator->c;
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    if (!(k > 0.0)) return 0.0;
    double Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest), w = rise / (2.0 * p * k);
    if (w > 2.0) return 0.0;
    eot_lfc_point point = eot_lfc_point_from(c->system, c->E, E_x, Q0, w, c->m_fixed, c->m_rest);
    double t = integral_t(c, &point);
    return t == 0.0 ? 0.0 : eot_lfc_prefactor(c->system, point, c->h, 0.5 / p) * t / c->E;
}
