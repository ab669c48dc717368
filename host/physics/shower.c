#include "physics/shower.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum { N_ALPHA = 48, N_QUANTILE = 160 };
static const double FIRST_ALPHA = 0.25, ALPHA_STEP = 0.25, FIRST_LOGIT = -10.0,
                    LAST_LOGIT = 16.0; /* quantile variable ln(u/(1 - u)): upper tail down to 1e-7 */

enum eot_status eot_shower_tables_build(const struct eot_physics_config *p, struct eot_f32_table *table,
                                        eot_shower_constants *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(c, 0, sizeof *c);
    for (int i = 0; i < 3; i++) c->depth[i] = (f32)p->shower_depth[i];
    for (int i = 0; i < 2; i++) {
        c->sigma_depth[i] = (f32)p->shower_sigma_depth[i];
        c->sigma_alpha[i] = (f32)p->shower_sigma_alpha[i];
    }
    c->rho = (f32)p->shower_rho;
    for (int i = 0; i < 4; i++) {
        c->alpha[i] = (f32)p->shower_alpha[i];
        c->photon_length[i] = (f32)p->shower_photon_length[i];
    }
    c->backscatter_share = (f32)p->shower_backscatter_share;
    c->backscatter_length = (f32)p->shower_backscatter_length;
    c->radius_max = (f32)p->shower_radius_max;
    c->spot_energy = (f32)p->shower_spot_energy;
    c->n_alpha = N_ALPHA;
    c->n_quantile = N_QUANTILE;
    c->first_alpha = (f32)FIRST_ALPHA;
    c->inverse_alpha_step = (f32)(1.0 / ALPHA_STEP);
    c->inverse_quantile_step = (f32)(N_QUANTILE / (LAST_LOGIT - FIRST_LOGIT));
    c->first_logit = (f32)FIRST_LOGIT;
    c->quantile = (u32)table->n;
    for (int i = 0; i < N_ALPHA; i++) {
        double row[N_QUANTILE + 1];
        for (int j = 0; j <= N_QUANTILE; j++) {
            double logit = FIRST_LOGIT + (LAST_LOGIT - FIRST_LOGIT) * j / N_QUANTILE,
                   alpha = FIRST_ALPHA + i * ALPHA_STEP;
            row[j] = logit < 0.0 ? gsl_cdf_gamma_Pinv(1.0 / (1.0 + exp(-logit)), alpha, 1.0)
                                 : gsl_cdf_gamma_Qinv(1.0 / (1.0 + exp(logit)), alpha, 1.0);
            EOT_CHECK(isfinite(row[j]) && row[j] >= 0.0, EOT_E_NUMERIC,
                      "quantile of the Gamma distribution failed (alpha %g); report it", FIRST_ALPHA + i * ALPHA_STEP);
        }
        EOT_TRY(eot_f32_table_append(table, row, N_QUANTILE + 1, NULL, err));
    }
done:
    return status;
}
