#include "physics/synchrotron.h"

#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_synchrotron.h>
#include <math.h>
#include <stdlib.h>

#include "eotmc/base/constants.h"

enum { N_SUM = 2000, N_SUB = 16 };

struct eot_synchrotron eot_synchrotron_of(double E, double field, double length) {
    /* radius E/(0.003 B) cm; loss of a full turn (4 pi/3) r_e m c^2 gamma^4/rho, of a path L the share L/(2 pi rho) */
    double gamma = E / EOT_M_ELECTRON, rho = E / (EOT_BEND * field);
    struct eot_synchrotron s = {0};
    if (!(field > 0.0) || !(length > 0.0)) return s;
    s.loss = 2.0 / 3.0 * EOT_R_ELECTRON * EOT_M_ELECTRON * pow(gamma, 4.0) / (rho * rho) * length;
    s.critical_energy = 1.5 * EOT_HBARC * pow(gamma, 3.0) / rho;
    s.photons = 15.0 * sqrt(3.0) / 8.0 * s.loss / s.critical_energy;
    return s;
}

double eot_synchrotron_density(double x) {
    /* F(x)/x = integral of K_5/3 from x on; its integral over x is 5 pi/3 */
    return x > 100.0 ? 0.0 : gsl_sf_synchrotron_1(x) / x * 3.0 / (5.0 * EOT_PI);
}

/* Share of the photons of an energy that reach the SRD. @param E GeV. */
static double transmission(const struct eot_config *config, double E) {
    const double *l = config->physics.shower_photon_length;
    double length = fmin(l[0] * (1.0 + pow(l[1] / E, l[2])), l[3]);
    return config->detector.srd_acceptance * exp(-config->detector.srd_window / length);
}

/* Mean numbers of photons that reach the SRD in bins of an energy. @return their sum. */
static double fill_bins(const struct eot_config *config, const struct eot_synchrotron *s, double step, double *bin) {
    double sum = 0.0;
    for (int k = 0; k < N_SUM; k++) {
        double low = (k - 0.5) * step, high = (k + 0.5) * step; /* bin 0: of no weight for the sum */
        bin[k] = 0.0;
        if (k == 0) continue;
        for (int j = 0; j < N_SUB; j++) {
            double E = low + (high - low) * (j + 0.5) / N_SUB;
            bin[k] += s->photons * eot_synchrotron_density(E / s->critical_energy) * transmission(config, E) /
                      s->critical_energy * step / N_SUB;
        }
        sum += bin[k];
    }
    return sum;
}

enum eot_status eot_srd_efficiency(const struct eot_config *config, double E, double *efficiency,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_detector_config *d = &config->detector;
    struct eot_synchrotron s = eot_synchrotron_of(E, d->srd_field, d->srd_length);
    double *bin = calloc(N_SUM, sizeof *bin), *p = calloc(N_SUM, sizeof *p);
    EOT_CHECK_MEMORY(bin);
    EOT_CHECK_MEMORY(p);
    *efficiency = 0.0;
    if (!(s.photons > 0.0)) goto done;
    /* up to ten standard deviations above the mean: the mean square of a photon's energy is (11/27) E_c^2 */
    double most = s.loss + 10.0 * sqrt(s.photons * 11.0 / 27.0) * s.critical_energy, step = most / N_SUM;
    p[0] = exp(-fill_bins(config, &s, step, bin));
    for (int n = 1; n < N_SUM; n++) {
        for (int k = 1; k <= n; k++) p[n] += k * bin[k] * p[n - k];
        p[n] /= n;
    }
    for (int n = 0; n < N_SUM; n++) {
        double mean = n * step, sigma = d->srd_stochastic * sqrt(mean);
        double above = sigma > 0.0 ? gsl_sf_erf_Q((d->srd_energy[0] - mean) / sigma) : mean >= d->srd_energy[0],
               beyond = sigma > 0.0 ? gsl_sf_erf_Q((d->srd_energy[1] - mean) / sigma) : mean > d->srd_energy[1];
        *efficiency += p[n] * (above - beyond);
    }
done:
    free(bin);
    free(p);
    return status;
}
