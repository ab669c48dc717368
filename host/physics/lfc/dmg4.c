#include "physics/lfc/dmg4.h"

#include <math.h>

enum { N_NODE = 48 };              /* of the integral over the angle */
static const double PSI_MAX = 0.3; /* rad, largest angle of the muon */

enum eot_status eot_lfc_dmg4_total(const struct eot_lfc_reaction *reaction, double E, struct eot_lfc_value *result,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_value iww, exact, iww_first;
    if (E >= EOT_LFC_DMG4_K_FIRST) return eot_lfc_total(reaction, EOT_LFC_ETL, EOT_LFC_PHI, E, NULL, result, err);
    EOT_TRY(eot_lfc_total(reaction, EOT_LFC_IWW, EOT_LFC_PHI, E, NULL, &iww, err));
    EOT_TRY(eot_lfc_total(reaction, EOT_LFC_ETL, EOT_LFC_PHI, EOT_LFC_DMG4_K_FIRST, NULL, &exact, err));
    EOT_TRY(eot_lfc_total(reaction, EOT_LFC_IWW, EOT_LFC_PHI, EOT_LFC_DMG4_K_FIRST, NULL, &iww_first, err));
    result->value = iww_first.value > 0.0 ? iww.value * exact.value / iww_first.value : 0.0;
    result->rel_error = fmax(iww.rel_error, fmax(exact.rel_error, iww_first.rel_error));
done:
    return status;
}

static double momentum(double E, double m) { return sqrt(fmax((E - m) * (E + m), 0.0)); }

double eot_lfc_dmg4_double(const struct eot_lfc_job *job, double E_f, double rise) {
    const eot_lfc_system *n = &job->system;
    double E = job->E, y = E_f / E, two_pp = 2.0 * momentum(E, n->m_i) * momentum(E_f, n->m_f);
    if (!(two_pp > 0.0) || !(rise > 0.0) || !(E_f < E - n->m_phi)) return 0.0;
    double psi = 2.0 * asin(sqrt(fmin(0.5 * rise / two_pp, 1.0)));
    if (psi > PSI_MAX) return 0.0;
    double T = eot_lfc_ww_T(*n, E, y, psi), flux = eot_lfc_system_flux(n, eot_lfc_ww_t_min(E, y, T), E * E);
    return fmax(flux * eot_lfc_ww_dydcos(*n, E, y, T), 0.0) / (E * two_pp) / (y * psi);
}

/* In s, rise + W0 = W0 (W_max/W0)^(s^2): the density per ds is finite at psi = 0. */
double eot_lfc_dmg4_single(const struct eot_lfc_job *job, double E_f) {
    const eot_lfc_system *n = &job->system;
    double W0 = eot_lfc_Q0(*n, job->E, E_f, n->m_f, n->m_phi),
           two_pp = 2.0 * momentum(job->E, n->m_i) * momentum(E_f, n->m_f), half = sin(0.5 * PSI_MAX);
    double span = fmin(two_pp * 2.0 * half * half, eot_lfc_Q_recoil(*n, job->E, E_f, n->m_phi) - W0), sum = 0.0;
    if (!(span > 0.0) || !(W0 > 0.0)) return 0.0;
    double lambda_max = log1p(span / W0);
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(N_NODE);
    if (rule == NULL) return NAN;
    for (size_t i = 0; i < N_NODE; i++) {
        double s, weight;
        gsl_integration_glfixed_point(0.0, 1.0, i, &s, &weight, rule);
        double rise = W0 * expm1(s * s * lambda_max);
        sum += weight * eot_lfc_dmg4_double(job, E_f, rise) * (W0 + rise) * 2.0 * s * lambda_max;
    }
    gsl_integration_glfixed_table_free(rule);
    return sum;
}

void eot_lfc_dmg4_momenta(eot_lfc_system n, struct eot_lfc_momenta *m) {
    double p = momentum(m->lepton[0], n.m_i), k = momentum(m->phi[0], n.m_phi);
    for (int i = 1; i < 4; i++) {
        m->phi[i] = m->lepton[i] * k / p;
        m->recoil[i] = m->lepton[i] + m->nucleus[i] - m->lepton_out[i] - m->phi[i];
    }
}
