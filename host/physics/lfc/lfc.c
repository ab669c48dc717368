/* Validity of requests and dispatch to the method; flux, g-2 and relic line. */
#include "physics/lfc/internal.h"
#include "physics/lfc/lfc.h"

#include <gsl/gsl_integration.h>
#include <math.h>

static const double M_PHI_MAX = 3.0, E_MAX = EOT_LFC_E_MAX; /* GeV, range of validity that the tests cover */
static const double TOLERANCE_DEFAULT = 1e-4, TOLERANCE_MIN = 1e-8, TOLERANCE_MAX = 1e-2;
static const double THETA_MAX_WW = 0.1, PSI_MAX_WW = 0.3; /* rad, convention of the published approximations */

void eot_lfc_masses(enum eot_lfc_process process, double *m_i, double *m_f) {
    *m_i = process == EOT_LFC_E2MU ? EOT_M_ELECTRON : EOT_M_MUON;
    *m_f = process == EOT_LFC_E2MU ? EOT_M_MUON : EOT_M_ELECTRON;
}

static enum eot_status m_phi_check(double m_phi, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(isfinite(m_phi), EOT_E_USAGE, "m_phi = %g GeV (not a finite number); give a mass in GeV", m_phi);
    EOT_CHECK(m_phi > EOT_M_MUON - EOT_M_ELECTRON, EOT_E_USAGE,
              "m_phi = %.9g GeV (not above m_mu - m_e = %.6f GeV: the muon would decay to e phi); give a larger mass",
              m_phi, EOT_M_MUON - EOT_M_ELECTRON);
    EOT_CHECK(m_phi <= M_PHI_MAX, EOT_E_USAGE,
              "m_phi = %.9g GeV (above %g GeV, the validated range); give a smaller mass", m_phi, M_PHI_MAX);
done:
    return status;
}

static enum eot_status reaction_check(const struct eot_lfc_reaction *reaction, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(reaction->process == EOT_LFC_E2MU || reaction->process == EOT_LFC_MU2E, EOT_E_USAGE,
              "unknown process %d; use e2mu or mu2e", (int)reaction->process);
    EOT_TRY(m_phi_check(reaction->m_phi, err));
    EOT_CHECK(isfinite(reaction->coupling) && reaction->coupling > 0.0, EOT_E_USAGE,
              "coupling h = %g (must be positive); give e.g. 1e-4", reaction->coupling);
    EOT_CHECK(reaction->Z >= 1.0 && reaction->Z <= 118.0, EOT_E_USAGE,
              "Z = %g (must be 1 to 118); give the nucleus' charge", reaction->Z);
    EOT_CHECK(reaction->A >= reaction->Z && reaction->A <= 300.0, EOT_E_USAGE,
              "A = %g (must be between Z = %g and 300); give the nucleus' mass number", reaction->A, reaction->Z);
done:
    return status;
}

static eot_lfc_system system_of(const struct eot_lfc_reaction *reaction) {
    double m_i, m_f;
    eot_lfc_masses(reaction->process, &m_i, &m_f);
    return eot_lfc_system_from(m_i, m_f, reaction->m_phi, reaction->Z, reaction->A);
}

enum eot_status eot_lfc_threshold_energy(const struct eot_lfc_reaction *reaction, double *energy,
                                         struct eot_error *err) {
    enum eot_status status = reaction_check(reaction, err);
    if (status == EOT_OK) *energy = eot_lfc_threshold(system_of(reaction));
    return status;
}

/* Check a request and turn it into numbers. is_zero: at or below threshold. */
static enum eot_status job_make(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                enum eot_lfc_side side, double E, const struct eot_lfc_options *options,
                                struct eot_lfc_job *job, int *is_zero, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    static const struct eot_lfc_options NONE;
    if (options == NULL) options = &NONE;
    EOT_TRY(reaction_check(reaction, err));
    EOT_CHECK(method == EOT_LFC_ETL || method == EOT_LFC_WW || method == EOT_LFC_IWW, EOT_E_USAGE,
              "unknown method %d; use etl, ww or iww", (int)method);
    EOT_CHECK(side == EOT_LFC_PHI || side == EOT_LFC_LEPTON, EOT_E_USAGE, "unknown side %d; use x (phi) or y (lepton)",
              (int)side);
    EOT_CHECK(
        isfinite(E) && E > 0.0 && E <= E_MAX, EOT_E_USAGE,
        "energy = %g GeV (must be above 0 and at most %g GeV, the validated range); give the lepton's total energy", E,
        E_MAX);
    double limit = side == EOT_LFC_PHI ? options->theta_max : options->psi_max;
    EOT_CHECK(isfinite(limit) && limit >= 0.0 && limit <= EOT_PI, EOT_E_USAGE,
              "largest angle = %g rad (must be in [0, pi]); give %s in rad", limit,
              side == EOT_LFC_PHI ? "theta_max" : "psi_max");
    double tolerance = options->tolerance == 0.0 ? TOLERANCE_DEFAULT : options->tolerance;
    EOT_CHECK(tolerance >= TOLERANCE_MIN && tolerance <= TOLERANCE_MAX, EOT_E_USAGE,
              "tolerance = %g (must be %g to %g); choose one in that range", tolerance, TOLERANCE_MIN, TOLERANCE_MAX);
    double limit_ww = side == EOT_LFC_PHI ? THETA_MAX_WW : PSI_MAX_WW;
    *job = (struct eot_lfc_job){.system = system_of(reaction),
                                .method = method,
                                .side = side,
                                .E = E,
                                .h = reaction->coupling,
                                .angle_max = limit > 0.0 ? limit : (method == EOT_LFC_ETL ? 0.0 : limit_ww),
                                .tolerance = tolerance,
                                .reference = options->reference};
    *is_zero = E <= eot_lfc_threshold(job->system);
done:
    return status;
}

static enum eot_status fraction_check(double fraction, enum eot_lfc_side side, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(fraction >= 0.0 && fraction <= 1.0, EOT_E_USAGE,
              "%s = %g (must be in [0, 1]); give an energy as a fraction of the incoming lepton's",
              side == EOT_LFC_PHI ? "x" : "y", fraction);
done:
    return status;
}

static enum eot_status angle_check(double angle, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(angle >= 0.0 && angle <= EOT_PI, EOT_E_USAGE,
              "angle = %g rad (must be in [0, pi]); give the polar angle in rad", angle);
done:
    return status;
}

/* Can the fixed particle have this share of the energy? */
static int is_allowed(const struct eot_lfc_job *job) {
    double m_fixed = job->side == EOT_LFC_PHI ? job->system.m_phi : job->system.m_f,
           m_rest = job->side == EOT_LFC_PHI ? job->system.m_f : job->system.m_phi;
    eot_lfc_range range = eot_lfc_energy_range(job->system, job->E, m_fixed, m_rest);
    double E_x = job->fraction * job->E;
    return job->method != EOT_LFC_ETL || (E_x > range.low && E_x < range.high);
}

enum eot_status eot_lfc_total(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                              enum eot_lfc_side side, double E, const struct eot_lfc_options *options,
                              struct eot_lfc_value *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_job job;
    int is_zero;
    *result = (struct eot_lfc_value){0.0, 0.0};
    EOT_TRY(job_make(reaction, method, side, E, options, &job, &is_zero, err));
    if (is_zero) goto done;
    EOT_TRY(method == EOT_LFC_ETL ? eot_lfc_etl_total(&job, result, err) : eot_lfc_ww_total(&job, result, err));
done:
    return status;
}

enum eot_status eot_lfc_differential(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                     enum eot_lfc_side side, double E, double fraction,
                                     const struct eot_lfc_options *options, struct eot_lfc_value *result,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_job job;
    int is_zero;
    *result = (struct eot_lfc_value){0.0, 0.0};
    EOT_TRY(job_make(reaction, method, side, E, options, &job, &is_zero, err));
    EOT_TRY(fraction_check(fraction, side, err));
    job.fraction = fraction;
    if (is_zero || !is_allowed(&job)) goto done;
    EOT_TRY(method == EOT_LFC_ETL ? eot_lfc_etl_single(&job, result, err) : eot_lfc_ww_single(&job, result, err));
done:
    return status;
}

enum eot_status eot_lfc_double_differential(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                            enum eot_lfc_side side, struct eot_lfc_place place,
                                            const struct eot_lfc_options *options, struct eot_lfc_value *result,
                                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_job job;
    int is_zero;
    *result = (struct eot_lfc_value){0.0, 0.0};
    EOT_TRY(job_make(reaction, method, side, place.E, options, &job, &is_zero, err));
    EOT_TRY(fraction_check(place.fraction, side, err));
    EOT_TRY(angle_check(place.angle, err));
    job.fraction = place.fraction;
    job.angle = place.angle;
    if (is_zero || !is_allowed(&job)) goto done;
    EOT_TRY(method == EOT_LFC_ETL ? eot_lfc_etl_double(&job, result, err) : eot_lfc_ww_double(&job, result, err));
done:
    return status;
}

enum eot_status eot_lfc_angular(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                enum eot_lfc_side side, double E, double angle, const struct eot_lfc_options *options,
                                struct eot_lfc_value *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_job job;
    int is_zero;
    *result = (struct eot_lfc_value){0.0, 0.0};
    EOT_TRY(job_make(reaction, method, side, E, options, &job, &is_zero, err));
    EOT_TRY(angle_check(angle, err));
    job.angle = angle;
    if (is_zero) goto done;
    EOT_TRY(method == EOT_LFC_ETL ? eot_lfc_etl_angular(&job, result, err) : eot_lfc_ww_angular(&job, result, err));
done:
    return status;
}

double eot_lfc_flux(double Z, double A, double t_min, double t_max) {
    eot_lfc_system system = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 1.0, Z, A);
    return eot_lfc_system_flux(&system, t_min, t_max);
}

struct flux_arguments {
    eot_lfc_system system;
    double t_min;
};
static double flux_function(double l, void *arguments) {
    const struct flux_arguments *a = arguments;
    double rise = a->t_min * expm1(l), t = a->t_min + rise;
    return t * rise * eot_lfc_form_factor(a->system, t);
}

/* Adaptive integral of a smooth function to 1e-10, with GSL's error estimate. */
static enum eot_status integrate(double (*function)(double, void *), void *arguments, double low, double high,
                                 struct eot_lfc_value *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_function f = {function, arguments};
    double error = 0.0;
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(1000);
    EOT_CHECK_MEMORY(workspace);
    int code = gsl_integration_qag(&f, low, high, 0.0, 1e-10, workspace->limit, GSL_INTEG_GAUSS31, workspace,
                                   &result->value, &error);
    result->rel_error = result->value != 0.0 ? error / fabs(result->value) : 0.0;
    EOT_CHECK(code == 0 && isfinite(result->value), EOT_E_NUMERIC,
              "one-dimensional integral not converged (relative error %.1e, GSL code %d); report this point",
              result->rel_error, code);
done:
    gsl_integration_workspace_free(workspace);
    return status;
}

enum eot_status eot_lfc_flux_numeric(double Z, double A, double t_min, double t_max, struct eot_lfc_value *result,
                                     struct eot_error *err) {
    struct flux_arguments a = {eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, 1.0, Z, A), t_min};
    *result = (struct eot_lfc_value){0.0, 0.0};
    if (!(t_min < t_max) || !(t_min > 0.0)) return EOT_OK;
    return integrate(flux_function, &a, 0.0, log(t_max / t_min), result, err);
}

/* z = e^l: the integrand's scale is m_e^2/m^2 at small z. */
static double gm2_function(double l, void *arguments) {
    double z = exp(l);
    return z * eot_lfc_gm2_integrand(*(const double *)arguments, z);
}

enum eot_status eot_lfc_gm2(double m_phi, struct eot_lfc_value *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *result = (struct eot_lfc_value){0.0, 0.0};
    EOT_TRY(m_phi_check(m_phi, err));
    EOT_TRY(integrate(gm2_function, &m_phi, log(1e-12), 0.0, result,
                      err)); /* the rest below z = 1e-12 is less than 1e-12 */
    result->value *= eot_lfc_square(EOT_M_MUON / m_phi) / (16.0 * EOT_PI * EOT_PI);
done:
    return status;
}

enum eot_status eot_lfc_relic_coupling(double m_phi, const struct eot_lfc_relic_options *options, double *coupling,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *coupling = 0.0;
    EOT_TRY(m_phi_check(m_phi, err));
    EOT_CHECK(options->mass_ratio > 0.0 && isfinite(options->mass_ratio) && options->mass_ratio != 0.5, EOT_E_USAGE,
              "m_chi/m_phi = %g (must be positive and not 1/2, the resonance); choose another ratio",
              options->mass_ratio);
    EOT_CHECK(options->coupling > 0.0 && isfinite(options->coupling), EOT_E_USAGE,
              "dark coupling g = %g (must be positive); give e.g. 0.1", options->coupling);
    EOT_CHECK(options->sigma_v_pb > 0.0 && isfinite(options->sigma_v_pb), EOT_E_USAGE,
              "<sigma v> = %g pb (must be positive); give e.g. 10", options->sigma_v_pb);
    double m_chi = options->mass_ratio * m_phi;
    *coupling = sqrt(options->sigma_v_pb / EOT_PB_PER_GEV2 / eot_lfc_relic(m_phi, m_chi, m_chi, options->coupling));
done:
    return status;
}
