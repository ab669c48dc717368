/** @file lfc.h
 * Cross sections of l_i N -> l_f N phi (formulas: eotmc/physics/lfc.h), integrated in double precision with the
 * achieved error beside each value; and what follows from the coupling alone: g-2 and the relic line. Units: GeV, rad,
 * pb.
 *
 * Every function fails with EOT_E_USAGE and the reason outside its validity (m_mu - m_e < m_phi <= 3 GeV, E <= 500 GeV,
 * 1 <= Z <= A, angles in [0, pi], x and y in [0, 1]) and with EOT_E_NUMERIC when the tolerance is not reached; values
 * are exactly 0 at and below threshold and outside the kinematic limits. */
#ifndef EOT_HOST_PHYSICS_LFC_LFC_H
#define EOT_HOST_PHYSICS_LFC_LFC_H

#include "base/error.h"
#include "physics/lfc/reaction.h"

/** Largest energy [GeV] that the tests cover. */
#define EOT_LFC_E_MAX 500.0

/** Masses [GeV] of a process. */
void eot_lfc_masses(enum eot_lfc_process process, double *m_i, double *m_f);

/** Energy [GeV] at and below which every cross section is 0. */
enum eot_status eot_lfc_threshold_energy(const struct eot_lfc_reaction *reaction, double *energy,
                                         struct eot_error *err);

/** Total cross section [pb], as the integral over the phi's (x) or the lepton's (y) variables; both agree for ETL
 * without angular limits. */
enum eot_status eot_lfc_total(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                              enum eot_lfc_side side, double E, const struct eot_lfc_options *options,
                              struct eot_lfc_value *result, struct eot_error *err);

/** dsigma/dx or dsigma/dy [pb]. */
enum eot_status eot_lfc_differential(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                     enum eot_lfc_side side, double E, double fraction,
                                     const struct eot_lfc_options *options, struct eot_lfc_value *result,
                                     struct eot_error *err);

/** d2sigma/(dx dcos theta_k) or d2sigma/(dy dcos psi) [pb]. WW and IWW are eqs. (22), (27) at angle^2, without the
 * Jacobian sin(angle)/angle. */
enum eot_status eot_lfc_double_differential(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                            enum eot_lfc_side side, struct eot_lfc_place place,
                                            const struct eot_lfc_options *options, struct eot_lfc_value *result,
                                            struct eot_error *err);

/** dsigma/dtheta_k or dsigma/dpsi [pb/rad]: the double differential times sin(angle), integrated over x or y. */
enum eot_status eot_lfc_angular(const struct eot_lfc_reaction *reaction, enum eot_lfc_method method,
                                enum eot_lfc_side side, double E, double angle, const struct eot_lfc_options *options,
                                struct eot_lfc_value *result, struct eot_error *err);

/** Photon flux chi = int_{t_min}^{t_max} dt (t - t_min) F^2/t^2 (eq. 14): closed form (eqs. 15-16; in ln t by
 * Gauss-Legendre where that cancels) and by adaptive integration. 0 for t_min >= t_max. */
double eot_lfc_flux(double Z, double A, double t_min, double t_max);
enum eot_status eot_lfc_flux_numeric(double Z, double A, double t_min, double t_max, struct eot_lfc_value *result,
                                     struct eot_error *err);

/** Delta a_mu / h^2 (eq. 3). */
enum eot_status eot_lfc_gm2(double m_phi, struct eot_lfc_value *result, struct eot_error *err);

/** Parameters of the relic line (eq. 2). */
struct eot_lfc_relic_options {
    double mass_ratio; /* m_1/m_phi = m_2/m_phi, default 3 */
    double coupling;   /* g, default 0.1 */
    double sigma_v_pb; /* <sigma v>, default 10 pb */
};
/** Coupling h of the relic line: h^2 = <sigma v> / (g^2 m_1^2/(4 pi [m^2-(m_1+m_2)^2]^2)). */
enum eot_status eot_lfc_relic_coupling(double m_phi, const struct eot_lfc_relic_options *options, double *coupling,
                                       struct eot_error *err);

#endif
