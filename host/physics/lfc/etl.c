/* Exact tree level: one integral over t for the double differential, and Gauss-Legendre products over (energy, Q, t) in
 * variables in which the integrand is smooth. A ladder of rules gives value and error; where it does not settle, nested
 * adaptive integration takes over. The inner integrals, over t and Q, are in etl_inner.c. */
#include "physics/lfc/etl.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CUT_ADAPTIVE = 1e8;

/* Does the recoil allow the angle w = 1 - cos at E_x? Positive inside the phase space. */
static double recoil_margin(const struct eot_etl *c, double E_x, double w) {
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    return eot_lfc_Q_recoil(c->system, c->E, E_x, c->m_rest) - eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest) -
           2.0 * p * k * w;
}

/* Energies at which the angle w is allowed: a part [low, high] of the range. Returns 0 if there is none. */
static int support_find(const struct eot_etl *c, eot_lfc_range range, double w, double *low, double *high) {
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
static int is_visible(const struct eot_etl *c, double E_x) {
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    return 2.0 * p * k * c->w_max < eot_etl_Q_cut(c, E_x);
}

static struct segments segments_make(const struct eot_etl *c, enum what what) {
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

static double segment_energy(const struct eot_etl *c, const struct segments *g, const struct segment *s, double v,
                             double *jacobian) {
    double a = s->from + (s->to - s->from) * v, sh = sinh(0.5 * a), mass = s->is_upper ? c->m_rest : c->m_fixed;
    *jacobian = (s->to - s->from) * mass * sinh(a);
    return s->is_upper ? g->high - 2.0 * mass * sh * sh : mass + 2.0 * mass * sh * sh;
}

/* d2sigma/(dx dcos) [GeV^-2] at w = 1 - cos: one t integral. */
static double density_w(struct eot_etl *c, double E_x, double w, double tolerance, double *abs_error) {
    double Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest);
    eot_lfc_point point = eot_lfc_point_from(c->system, c->E, E_x, Q0, w, c->m_fixed, c->m_rest);
    double t = eot_etl_integral_t_adaptive(c, &point, tolerance, abs_error);
    if (t == 0.0) return 0.0;
    double k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    double factor = eot_lfc_prefactor(c->system, point, c->h, k);
    *abs_error *= factor;
    return factor * t;
}

static double integral_energy(struct eot_etl *c) {
    struct segments g = segments_make(c, INTEGRAL_TOTAL);
    double sum = 0.0;
    for (int i_segment = 0; i_segment < g.n; i_segment++)
        for (int i = 0; i < c->energy->n; i++) {
            double jacobian, E_x = segment_energy(c, &g, &g.segment[i_segment], c->energy->x[i], &jacobian);
            sum += c->energy->weight[i] * jacobian * eot_etl_integral_q(c, E_x);
        }
    return sum / c->E;
}

struct outer_arguments {
    struct eot_etl *c;
    struct segments g;
    enum what what;
    int i_segment;
};
static double outer_function(double v, void *arguments) {
    struct outer_arguments *a = arguments;
    double jacobian, error, E_x = segment_energy(a->c, &a->g, &a->g.segment[a->i_segment], v, &jacobian);
    double value = a->what == INTEGRAL_TOTAL ? eot_etl_integral_q_adaptive(a->c, E_x, 0.2 * a->c->tolerance, &error)
                                             : density_w(a->c, E_x, a->c->angle_w, 0.1 * a->c->tolerance, &error);
    eot_etl_record(&a->c->over_energy, jacobian * value, jacobian * error * (a->what == INTEGRAL_TOTAL ? value : 1.0));
    return jacobian * value / a->c->E;
}

static double integral_energy_adaptive(struct eot_etl *c, enum what what, double *rel_error) {
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
static double ladder_error(const struct eot_etl *c, int i, double value, double previous) {
    double step = value != 0.0 ? fabs(value - previous) / fabs(value) : (previous != 0.0 ? 1.0 : 0.0);
    return is_hard(&c->system) ? fmax(step, LADDER[i].floor_hard) : fmax(0.25 * step, LADDER[i].floor);
}

static void etl_free(struct eot_etl *c) {
    gsl_integration_workspace_free(c->outer);
    gsl_integration_workspace_free(c->middle);
    gsl_integration_workspace_free(c->inner);
}

static enum eot_status etl_workspaces(struct eot_etl *c, struct eot_error *err) {
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

static void etl_init(struct eot_etl *c, const struct eot_lfc_job *job) {
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
static double shortfall_of(const struct eot_etl *c) {
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
    struct eot_etl c;
    etl_init(&c, job);
    double previous = 0.0, value = 0.0, rel_error = 1.0;
    int is_settled = 0, first = ladder_first(&c.system, c.E);
    if (!job->reference) EOT_TRY(eot_etl_rules_fill(&c, err));
    for (int i = first; i < N_LADDER && !is_settled && !job->reference; i++) {
        c.energy = eot_etl_rule(&c, LADDER[i].energy);
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
    struct eot_etl c;
    etl_init(&c, job);
    double sine = sin(0.5 * job->angle), value = 0.0, rel_error = 0.0;
    c.angle_w = 2.0 * sine * sine;
    c.cut = CUT_ADAPTIVE;
    EOT_TRY(etl_workspaces(&c, err));
    switch (shape) {
    case SHAPE_SINGLE:
        value = eot_etl_integral_q_adaptive(&c, job->fraction * job->E, 0.5 * job->tolerance, &rel_error);
        break;
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
    struct eot_etl c;
};

enum eot_status eot_lfc_integrator_create(const struct eot_lfc_job *job, struct eot_lfc_integrator **integrator,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const int level = ladder_first(&job->system, job->E) + 1;
    struct eot_lfc_integrator *g = calloc(1, sizeof *g);
    EOT_CHECK_MEMORY(g);
    etl_init(&g->c, job);
    status = eot_etl_rules_fill(&g->c, err);
    if (status != EOT_OK) {
        free(g);
        goto done;
    }
    g->c.energy = eot_etl_rule(&g->c, LADDER[level].energy);
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
    return eot_etl_integral_q(&integrator->c, E_x) / integrator->c.E;
}

double eot_lfc_integrator_double(struct eot_lfc_integrator *integrator, double E_x, double rise) {
    struct eot_etl *c = &integrator->c;
    double p = sqrt((c->E - c->system.m_i) * (c->E + c->system.m_i)),
           k = sqrt(fmax((E_x - c->m_fixed) * (E_x + c->m_fixed), 0.0));
    if (!(k > 0.0)) return 0.0;
    double Q0 = eot_lfc_Q0(c->system, c->E, E_x, c->m_fixed, c->m_rest), w = rise / (2.0 * p * k);
    if (w > 2.0) return 0.0;
    eot_lfc_point point = eot_lfc_point_from(c->system, c->E, E_x, Q0, w, c->m_fixed, c->m_rest);
    double t = eot_etl_integral_t(c, &point);
    return t == 0.0 ? 0.0 : eot_lfc_prefactor(c->system, point, c->h, 0.5 / p) * t / c->E;
}
