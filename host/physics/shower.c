#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#undef EOT_REAL_DOUBLE /* the formulas as a device has them */
#include "eotmc/transport/shower.h"

#include "physics/shower.h"

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

/* What fluctuations make of the mean square: E[m'^2] = m^2 exp(s_m^2), E[m'^2/alpha'] = m^2/alpha exp(s_m^2 + s_alpha^2
 * - 2 rho s_m s_alpha), for ln m' and ln alpha' normal with means that leave E[m'] = m and E[alpha'] = alpha. */
struct widening {
    double depth, alpha;
};

static struct widening widening_of(const eot_shower_constants *c, double L, double energy) {
    struct widening w = {1.0, 1.0};
    if (energy >= (double)EOT_SHOWER_FLUCTUATION_ENERGY) {
        f32 log_E = (f32)log(energy);
        double m = (double)eot_shower_sigma(c->sigma_depth[0], c->sigma_depth[1], (f32)L, log_E),
               a = (double)eot_shower_sigma(c->sigma_alpha[0], c->sigma_alpha[1], (f32)L, log_E);
        w.depth = exp(m * m);
        w.alpha = exp(m * m + a * a - 2.0 * (double)c->rho * m * a);
    }
    return w;
}

static double scale_of(double log_critical, bool is_photon, double energy) {
    return log1p((is_photon ? 0.5 : 1.0) * energy * exp(-log_critical));
}

struct eot_shower_moments eot_shower_moments(const eot_shower_constants *c, double log_critical, bool is_photon,
                                             double energy) {
    double L = scale_of(log_critical, is_photon, energy);
    struct widening w = widening_of(c, L, energy);
    double m = (double)eot_shower_mean_depth(*c, (f32)L), alpha = (double)eot_shower_alpha(*c, (f32)L),
           path = is_photon ? (double)eot_shower_photon_length(*c, (f32)energy) : 0.0;
    double back = (double)c->backscatter_length, share = (double)c->backscatter_share;
    double mean = m + path, square = m * m * (w.depth + w.alpha / alpha) + 2.0 * path * m + 2.0 * path * path;
    return (struct eot_shower_moments){mean - share * back, square + 2.0 * share * back * (back - mean)};
}

struct eot_shower_mean_shape eot_shower_shape_of_moments(const eot_shower_constants *c, double log_critical,
                                                         bool is_photon, double energy,
                                                         struct eot_shower_moments moments) {
    struct widening w = widening_of(c, scale_of(log_critical, is_photon, energy), energy);
    double path = is_photon ? (double)eot_shower_photon_length(*c, (f32)energy) : 0.0,
           back = (double)c->backscatter_length, share = (double)c->backscatter_share;
    double mean = moments.mean + share * back, square = moments.square - 2.0 * share * back * (back - mean);
    double m = mean - path, own = square - 2.0 * path * m - 2.0 * path * path, left = own / (m * m) - w.depth;
    return (struct eot_shower_mean_shape){m, left > 0.0 ? w.alpha / left : INFINITY};
}
