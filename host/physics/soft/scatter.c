#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "eotmc/base/constants.h"
#include "physics/soft/soft.h"

/* Phase shift of the partial wave kappa of Dirac's electron in the field of a point charge (J. Lindhard, A. H.
 * Sorensen, Phys. Rev. A 53 (1996) 2443). @param eta charge x alpha / beta, positive where it attracts. */
static double phase(int kappa, double charge, double eta, double gamma) {
    double s = sqrt((double)kappa * kappa - charge * charge), size, argument;
    gsl_sf_result log_size, arg;
    size = 0.5 * (atan2(-eta / gamma, kappa) - atan2(-eta, s));
    gsl_sf_lngamma_complex_e(s + 1.0, eta, &log_size, &arg);
    argument = arg.val;
    return size - argument + 0.5 * EOT_PI * ((kappa > 0 ? kappa : -kappa - 1) - s);
}

static double square_sine(double x) { return sin(x) * sin(x); }

double eot_soft_mott(double Z, double T, int charge) {
    enum { N = 60 };
    double a = -charge * Z * EOT_ALPHA, gamma = T / EOT_M_ELECTRON + 1.0, eta = a / sqrt(1.0 - 1.0 / (gamma * gamma)),
           eta2 = eta * eta, sum = 0.0, term = 0.0, up = 0.0, down = phase(-1, a, eta, gamma);
    for (int k = 1; k <= N; k++) {
        double next_up = phase(k, a, eta, gamma), next_down = phase(-k - 1, a, eta, gamma);
        double waves = (k - 1.0) / (2.0 * k - 1.0) * square_sine(next_up - up) +
                       (k + 1.0) / (2.0 * k + 1.0) * square_sine(down - next_down);
        term = k / eta2 * waves + k / (4.0 * k * k - 1.0) / (gamma * gamma * k * k + eta2) - k / (k * k + eta2);
        sum += term;
        up = next_up;
        down = next_down;
    }
    return 2.0 * (sum + term * N); /* terms fall as 1/k^2 */
}

/* Integral of y dy / (y + A)^2 from 0 to a largest y, (1 - cosine) / 2 of the angle. */
static double rutherford(double A, double largest) { return log1p(largest / A) - largest / (largest + A); }

double eot_soft_transport(double Z, double T, int charge) {
    double E = T + EOT_M_ELECTRON, p2 = T * (T + 2.0 * EOT_M_ELECTRON), beta2 = p2 / (E * E);
    double strength = EOT_R_ELECTRON * EOT_M_ELECTRON / sqrt(p2 * beta2);
    double bohr = EOT_HBARC / (EOT_ALPHA * EOT_M_ELECTRON),
           angle2 = EOT_HBARC * EOT_HBARC / p2 / pow(0.885 * bohr * pow(Z, -1.0 / 3.0), 2.0) *
                    (1.13 + 3.76 * Z * Z * EOT_ALPHA * EOT_ALPHA / beta2);
    double W = fmin(EOT_SOFT_DELTA_CUT, 0.5 * T), /* of the electrons' part what is no delta electron of its own */
        cosine = sqrt((T - W) * (T + 2.0 * EOT_M_ELECTRON) / (T * (T - W + 2.0 * EOT_M_ELECTRON)));
    double A = 0.25 * angle2, nucleus = rutherford(A, 1.0) + eot_soft_mott(Z, T, charge);
    return 2.0 * EOT_PI * Z * strength * strength * (Z * nucleus + rutherford(A, 0.5 * (1.0 - cosine)));
}
