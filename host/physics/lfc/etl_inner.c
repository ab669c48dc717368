/* Exact tree level, inner integrals: over t for the double differential, and over Q, in variables in which the
 * integrand is smooth. */
#include <gsl/gsl_integration.h>
#include <math.h>

#include "physics/lfc/etl.h"

#define MAX_BREAK 10

/* Orders that GSL has tabulated; the others it would find by Newton's method to 1e-10 only. */
static const int ORDER[EOT_ETL_N_ORDER] = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 32, 64, 128};

enum eot_status eot_etl_rules_fill(struct eot_etl *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_integration_glfixed_table *table = NULL;
    for (int i_order = 0; i_order < EOT_ETL_N_ORDER; i_order++) {
        struct eot_etl_gauss *g = &c->rule[i_order];
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

const struct eot_etl_gauss *eot_etl_rule(const struct eot_etl *c, double n) {
    int i = n <= 20.0 ? (int)ceil(fmax(n, 4.0)) - 4 : n <= 32.0 ? 17 : n <= 64.0 ? 18 : 19;
    return &c->rule[i];
}

static double t_cut(const struct eot_etl *c, const eot_lfc_point *g) {
    return fmin(g->t_max, c->cut * (c->system.d + g->t_min));
}

static double integrand_t(const struct eot_etl *c, const eot_lfc_point *g, double t) {
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
static int pieces_make(const struct eot_etl *c, const eot_lfc_point *g, struct piece *piece) {
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
__attribute__((flatten)) double eot_etl_integral_t(struct eot_etl *c, const eot_lfc_point *point) {
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
        const struct eot_etl_gauss *rule = eot_etl_rule(c, 3.5 + c->density * (p->width > 0.0 ? 2.0 : 1.0) * length);
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
    struct eot_etl *c;
    const eot_lfc_point *g;
    const struct piece *piece;
};
static double inner_function(double v, void *arguments) {
    struct inner_arguments *a = arguments;
    double jacobian, t = piece_t(a->piece, v, &jacobian);
    return jacobian * integrand_t(a->c, a->g, t);
}

void eot_etl_record(struct eot_etl_shortfall *s, double value, double error) {
    s->peak = fmax(s->peak, fabs(value));
    s->lost = fmax(s->lost, error);
}

double eot_etl_integral_t_adaptive(struct eot_etl *c, const eot_lfc_point *g, double tolerance, double *abs_error) {
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

double eot_etl_Q_cut(const struct eot_etl *c, double E_x) {
    double Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest);
    return fmax(2.0 * (c->E - E_x) * sqrt(0.1 * c->cut * c->system.d), Q0 * sqrt(c->cut));
}

/* Range of l = ln(Q/Q0) at the energy E_x, and whether its end is where the recoil takes all (a square-root end). */
struct q_range {
    double Q0, two_pk, l_max;
    int is_recoil_end;
};
static struct q_range q_range_find(const struct eot_etl *c, double E_x) {
    struct q_range g;
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    g.Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest);
    g.two_pk = 2.0 * p * k;
    double span = g.two_pk * c->w_max, recoil = eot_lfc_Q_recoil(c->system, c->E, E_x, c->m_rest) - g.Q0;
    g.is_recoil_end = recoil < span;
    if (g.is_recoil_end) span = recoil;
    double end = eot_etl_Q_cut(c, E_x);
    if (span > end) {
        span = end;
        g.is_recoil_end = 0;
    }
    g.l_max = span > 0.0 && g.Q0 > 0.0 ? log1p(span / g.Q0) : 0.0;
    return g;
}

/* d2sigma/(dx dv), v in [0, 1] a variable of ln Q that is smooth at both ends. dcos = dQ/(2 p k) takes the k of the
 * prefactor. */
static double integrand_q(struct eot_etl *c, double E_x, const struct q_range *g, double v, int adaptive) {
    double l = g->l_max * v, jacobian = g->l_max;
    if (g->is_recoil_end) {
        l = g->l_max * v * (2.0 - v);
        jacobian = g->l_max * 2.0 * (1.0 - v);
    }
    double rise = g->Q0 * expm1(l); /* Q - Q0 */
    eot_lfc_point point =
        eot_lfc_point_from(c->system, c->E, E_x, g->Q0, fmin(rise / g->two_pk, 2.0), c->m_fixed, c->m_rest);
    double error = 0.0, t = adaptive
                                ? eot_etl_integral_t_adaptive(c, &point, EOT_ETL_INNER_SHARE * c->tolerance, &error)
                                : eot_etl_integral_t(c, &point);
    if (t == 0.0) return 0.0;
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i));
    double factor = jacobian * (g->Q0 + rise) * eot_lfc_prefactor(c->system, point, c->h, 0.5 / p);
    if (adaptive) eot_etl_record(&c->over_q, factor * t, factor * error);
    return factor * t;
}

double eot_etl_integral_q(struct eot_etl *c, double E_x) {
    struct q_range g = q_range_find(c, E_x);
    if (!(g.l_max > 0.0)) return 0.0;
    const struct eot_etl_gauss *rule = eot_etl_rule(c, c->q * fmin(1.0, 0.5 + 0.06 * g.l_max));
    double sum = 0.0;
    for (int i = 0; i < rule->n; i++) sum += rule->weight[i] * integrand_q(c, E_x, &g, rule->x[i], 0);
    return sum;
}

struct middle_arguments {
    struct eot_etl *c;
    double E_x;
    struct q_range g;
};
static double middle_function(double v, void *arguments) {
    struct middle_arguments *a = arguments;
    return integrand_q(a->c, a->E_x, &a->g, v, 1);
}

double eot_etl_integral_q_adaptive(struct eot_etl *c, double E_x, double tolerance, double *rel_error) {
    struct middle_arguments a = {c, E_x, q_range_find(c, E_x)};
    *rel_error = 0.0;
    if (!(a.g.l_max > 0.0)) return 0.0;
    gsl_function f = {middle_function, &a};
    double value = 0.0, error = 0.0;
    eot_lfc_integrate(&f, 0.0, 1.0, 0.0, tolerance, c->middle, &value, &error);
    *rel_error = value != 0.0 ? fabs(error / value) + EOT_ETL_INNER_SHARE * c->tolerance : 0.0;
    return value;
}
