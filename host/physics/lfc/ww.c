/* Weizsaecker-Williams and its improved form: flux, differentials, totals. One or two dimensions: adaptive
 * Gauss-Kronrod throughout. */
#include "physics/lfc/internal.h"

#include <gsl/gsl_integration.h>
#include <math.h>

#define FLUX_ORDER 32

double eot_lfc_system_flux(const eot_lfc_system *system, double t_min, double t_max) {
    if (!(t_min < t_max)) return 0.0;
    if (t_min < 3.0 * system->d && t_max > 4.0 * t_min) { /* elsewhere the difference of the primitives cancels */
        double unit = eot_lfc_flux_primitive(*system, t_min, t_max) - eot_lfc_flux_primitive(*system, t_min, t_min);
        return system->Z * system->Z * unit;
    }
    /* 32-point Gauss-Legendre in ln t: abscissae of GSL's table */
    gsl_integration_glfixed_table *table =
        gsl_integration_glfixed_table_alloc(FLUX_ORDER); /* a precomputed order: no work, but memory for a header */
    if (table == NULL) return NAN;
    double sum = 0.0, length = log(t_max / t_min);
    for (size_t i = 0; i < FLUX_ORDER; i++) {
        double x, weight;
        gsl_integration_glfixed_point(0.0, 1.0, i, &x, &weight, table);
        double rise = t_min * expm1(length * x), t = t_min + rise;
        sum += weight * t * rise * eot_lfc_form_factor(*system, t);
    }
    gsl_integration_glfixed_table_free(table);
    return sum * length;
}

struct ww {
    const struct eot_lfc_job *job;
    double m_fixed, m_rest;
    double flux_iww;
    double z, Q0, slope; /* of the current angular integral: Q = Q0 + slope angle^2 */
    gsl_integration_workspace *outer, *inner;
    int is_angular;
    int failures; /* inner integrals that missed their tolerance */
};

static double q_at(const struct eot_lfc_job *job, double z, double angle) {
    return job->side == EOT_LFC_PHI ? eot_lfc_ww_U(job->system, job->E, z, angle)
                                    : eot_lfc_ww_T(job->system, job->E, z, angle);
}

/* d2sigma/(dz dcos) [GeV^-2] at Q. */
static double double_at(const struct ww *c, double z, double Q) {
    const struct eot_lfc_job *job = c->job;
    double flux = c->flux_iww;
    if (job->method == EOT_LFC_WW)
        flux = eot_lfc_system_flux(&job->system, eot_lfc_ww_t_min(job->E, z, Q), eot_lfc_flux_t_max(job->system));
    if (flux == 0.0) return 0.0;
    double unit = job->side == EOT_LFC_PHI ? eot_lfc_ww_dxdcos(job->system, job->E, z, Q)
                                           : eot_lfc_ww_dydcos(job->system, job->E, z, Q);
    return job->h * job->h * flux * unit;
}

static int is_inside(const struct ww *c, double z) {
    double E = c->job->E;
    return z * E > c->m_fixed && z * E < E - c->m_rest && E > eot_lfc_threshold(c->job->system);
}

static double single_function(double l, void *arguments) {
    struct ww *c = arguments;
    double rise = c->Q0 * expm1(l), Q = c->Q0 + rise, angle = sqrt(rise / c->slope);
    double sinc = angle > 1e-4 ? sin(angle) / angle : 1.0 - angle * angle / 6.0;
    return Q * sinc * double_at(c, c->z, Q) / (2.0 * c->slope); /* |dcos| = (sin a/a) a da, a da = dQ/(2 slope) */
}

static double single_at(struct ww *c, double z, double tolerance, double *rel_error) {
    const struct eot_lfc_job *job = c->job;
    *rel_error = 0.0;
    if (!is_inside(c, z)) return 0.0;
    double Q_low = q_at(job, z, 0.0), Q_high = q_at(job, z, job->angle_max);
    if (job->method == EOT_LFC_IWW) {
        double h2 = job->h * job->h * c->flux_iww;
        if (job->side == EOT_LFC_PHI)
            return h2 *
                   (eot_lfc_iww_dx(job->system, job->E, z, Q_low) - eot_lfc_iww_dx(job->system, job->E, z, Q_high));
        return h2 * (eot_lfc_iww_dy(job->system, job->E, z, Q_high) - eot_lfc_iww_dy(job->system, job->E, z, Q_low));
    }
    double Q_end =
        fmin(Q_high, 2.0 * job->E * (1.0 - z) * sqrt(eot_lfc_flux_t_max(job->system))); /* the flux ends here */
    if (!(Q_end > Q_low) || !(Q_low > 0.0)) return 0.0;
    c->z = z;
    c->Q0 = Q_low;
    c->slope = z * job->E * job->E;
    gsl_function f = {single_function, c};
    double value = 0.0, error = 0.0;
    eot_lfc_integrate(&f, 0.0, log(Q_end / Q_low), 0.0, tolerance, c->inner, &value, &error);
    if (!(error <= 10.0 * tolerance * fabs(value)))
        c->failures++; /* GSL also complains where rounding stops it just short of the tolerance */
    *rel_error = value != 0.0 ? fabs(error / value) : 0.0;
    return value;
}

struct outer_arguments {
    struct ww *c;
    double low, length, origin, mass; /* E_x = origin + mass (cosh v - 1) */
};
static double outer_function(double v, void *arguments) {
    struct outer_arguments *a = arguments;
    double sh = sinh(0.5 * v), E_x = a->origin + 2.0 * a->mass * sh * sh, error;
    double z = E_x / a->c->job->E;
    double value = 0.0;
    if (a->c->is_angular)
        value = is_inside(a->c, z) ? double_at(a->c, z, q_at(a->c->job, z, a->c->job->angle)) : 0.0;
    else
        value = single_at(a->c, z, 0.1 * a->c->job->tolerance, &error);
    return value * fabs(a->mass) * sinh(v) / a->c->job->E;
}

static double acosh_from(double excess) { return 2.0 * asinh(sqrt(0.5 * fmax(excess, 0.0))); }

static double total(struct ww *c, double *rel_error) {
    double E = c->job->E, low = c->m_fixed, high = E - c->m_rest, middle = 0.5 * (low + high);
    struct outer_arguments a[2] = {{c, 0.0, acosh_from((middle - low) / c->m_fixed), low, c->m_fixed},
                                   {c, 0.0, acosh_from((high - middle) / c->m_rest), high, -c->m_rest}};
    double sum = 0.0, sum_error = 0.0;
    for (int i = 0; i < 2; i++) {
        gsl_function f = {outer_function, &a[i]};
        double value = 0.0, error = 0.0;
        eot_lfc_integrate(&f, 0.0, a[i].length, 0.2 * c->job->tolerance * fabs(sum), 0.5 * c->job->tolerance, c->outer,
                          &value, &error);
        sum += value;
        sum_error += fabs(error);
    }
    *rel_error = sum != 0.0 ? sum_error / fabs(sum) + 0.1 * c->job->tolerance : 0.0;
    return sum;
}

enum shape { SHAPE_TOTAL, SHAPE_SINGLE, SHAPE_ANGULAR, SHAPE_DOUBLE };

static enum eot_status evaluate(const struct eot_lfc_job *job, enum shape shape, struct eot_lfc_value *result,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct ww c = {.job = job,
                   .m_fixed = job->side == EOT_LFC_PHI ? job->system.m_phi : job->system.m_f,
                   .m_rest = job->side == EOT_LFC_PHI ? job->system.m_f : job->system.m_phi};
    c.flux_iww =
        eot_lfc_system_flux(&job->system, eot_lfc_flux_t_min_iww(job->system, job->E), eot_lfc_flux_t_max(job->system));
    c.outer = gsl_integration_workspace_alloc(500);
    c.inner = gsl_integration_workspace_alloc(500);
    EOT_CHECK_MEMORY(c.outer);
    EOT_CHECK_MEMORY(c.inner);
    double value = 0.0, rel_error = 0.0;
    switch (shape) {
    case SHAPE_TOTAL: value = total(&c, &rel_error); break;
    case SHAPE_SINGLE: value = single_at(&c, job->fraction, 0.5 * job->tolerance, &rel_error); break;
    case SHAPE_ANGULAR:
        c.is_angular = 1;
        value = total(&c, &rel_error) * sin(job->angle);
        break;
    case SHAPE_DOUBLE:
        value = is_inside(&c, job->fraction) ? double_at(&c, job->fraction, q_at(job, job->fraction, job->angle)) : 0.0;
        break;
    }
    EOT_CHECK(isfinite(value) && rel_error <= job->tolerance && c.failures == 0, EOT_E_NUMERIC,
              "%s cross section at m_phi = %.9g GeV, E = %.9g GeV not converged (relative error %.1e, asked for %.1e); "
              "ask for a larger tolerance",
              job->method == EOT_LFC_WW ? "WW" : "IWW", job->system.m_phi, job->E, rel_error, job->tolerance);
    result->value = value * EOT_PB_PER_GEV2;
    result->rel_error = rel_error;
done:
    gsl_integration_workspace_free(c.outer);
    gsl_integration_workspace_free(c.inner);
    return status;
}

enum eot_status eot_lfc_ww_total(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    return evaluate(job, SHAPE_TOTAL, result, err);
}
enum eot_status eot_lfc_ww_single(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    return evaluate(job, SHAPE_SINGLE, result, err);
}
enum eot_status eot_lfc_ww_angular(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    return evaluate(job, SHAPE_ANGULAR, result, err);
}
enum eot_status eot_lfc_ww_double(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err) {
    return evaluate(job, SHAPE_DOUBLE, result, err);
}
