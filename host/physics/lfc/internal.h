/** @file internal.h
 * What the files of this folder share: a checked request in numbers. */
#ifndef EOT_HOST_PHYSICS_LFC_INTERNAL_H
#define EOT_HOST_PHYSICS_LFC_INTERNAL_H

#include <gsl/gsl_integration.h>

#include "base/error.h"
#include "eotmc/physics/lfc.h"
#include "physics/lfc/reaction.h"

struct eot_lfc_job {
    eot_lfc_system system;
    enum eot_lfc_method method;
    enum eot_lfc_side side;
    double E, h;
    double fraction, angle; /* x or y; theta_k or psi */
    double angle_max;       /* rad; 0 = no limit (ETL only) */
    double tolerance;
    int reference;
};

enum eot_status eot_lfc_etl_total(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);
enum eot_status eot_lfc_etl_single(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);
enum eot_status eot_lfc_etl_angular(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);
enum eot_status eot_lfc_etl_double(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);

enum eot_status eot_lfc_ww_total(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);
enum eot_status eot_lfc_ww_single(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);
enum eot_status eot_lfc_ww_angular(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);
enum eot_status eot_lfc_ww_double(const struct eot_lfc_job *job, struct eot_lfc_value *result, struct eot_error *err);

/** int_low^high of a smooth function: the nested rules of QUADPACK's QNG where they suffice, else adaptively. The
 * caller judges the error. */
static inline void eot_lfc_integrate(gsl_function *f, double low, double high, double abs_tolerance, double tolerance,
                                     gsl_integration_workspace *workspace, double *value, double *error) {
    size_t n_evaluation;
    if (gsl_integration_qng(f, low, high, abs_tolerance, tolerance, value, error, &n_evaluation) != 0)
        gsl_integration_qag(f, low, high, abs_tolerance, tolerance, workspace->limit, GSL_INTEG_GAUSS21, workspace,
                            value, error);
}

/** Exact tree level by fixed rules of about 1e-5, for tables. Release with eot_lfc_integrator_free. */
struct eot_lfc_integrator;
enum eot_status eot_lfc_integrator_create(const struct eot_lfc_job *job, struct eot_lfc_integrator **integrator,
                                          struct eot_error *err);
void eot_lfc_integrator_free(struct eot_lfc_integrator *integrator);
void eot_lfc_integrator_set_energy(struct eot_lfc_integrator *integrator, double E);
/** dsigma/dE_x [GeV^-3]. */
double eot_lfc_integrator_single(struct eot_lfc_integrator *integrator, double E_x);
/** d2sigma/(dE_x dQ) [GeV^-5] at Q = Q0 + rise. */
double eot_lfc_integrator_double(struct eot_lfc_integrator *integrator, double E_x, double rise);

/** Flux of the system in closed form where that does not cancel, else by Gauss-Legendre in ln t. [dimensionless x Z^2]
 */
double eot_lfc_system_flux(const eot_lfc_system *system, double t_min, double t_max);

#endif
