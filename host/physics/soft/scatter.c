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

/* Integral of y dy / (y + A)^2 from 0 to a largest y, (1 - cosine)/2 of the angle. */
static double rutherford(double A, double largest) { return log1p(largest / A) - largest / (largest + A); }

double eot_soft_rutherford(double T) {
    double E = T + EOT_M_ELECTRON, p2 = T * (T + 2.0 * EOT_M_ELECTRON);
    return EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON * EOT_M_ELECTRON * EOT_M_ELECTRON * E * E / (p2 * p2);
}

double eot_soft_screening(double Z, double T) {
    double E = T + EOT_M_ELECTRON, p2 = T * (T + 2.0 * EOT_M_ELECTRON), beta2 = p2 / (E * E);
    double bohr = EOT_HBARC / (EOT_ALPHA * EOT_M_ELECTRON);
    return 0.25 * EOT_HBARC * EOT_HBARC / p2 / pow(0.885 * bohr * pow(Z, -1.0 / 3.0), 2.0) *
           (1.13 + 3.76 * Z * Z * EOT_ALPHA * EOT_ALPHA / beta2);
}

double eot_soft_softest(double T) {
    double W = fmin(EOT_SOFT_DELTA_CUT, 0.5 * T);
    return 0.5 * (1.0 - sqrt((T - W) * (T + 2.0 * EOT_M_ELECTRON) / (T * (T - W + 2.0 * EOT_M_ELECTRON))));
}

double eot_soft_transport(double Z, double T, int charge) {
    double A = eot_soft_screening(Z, T), nucleus = rutherford(A, 1.0) + eot_soft_mott(Z, T, charge);
    return 2.0 * eot_soft_rutherford(T) * Z * (Z * nucleus + rutherford(A, eot_soft_softest(T)));
}

/* The cosine of the deflection over a path of given length in first transport mean free paths: mean exp(-length), von
 * Mises' and Fisher's distribution on the sphere. */
static double gaussian_cosine(double length, struct eot_soft_random *r) {
    double mean = exp(-length), u = eot_soft_uniform(r);
    if (mean > 0.9) { /* 1 - cosine is exponential */
        double cosine = 1.0 + (1.0 - mean) * log(u);
        return cosine > -1.0 ? cosine : -1.0;
    }
    double kappa = mean > 0.05 ? mean * (3.0 - mean * mean) / (1.0 - mean * mean) : 3.0 * mean; /* within 1 % */
    return fmin(fmax(1.0 + log(u + (1.0 - u) * exp(-2.0 * kappa)) / kappa, -1.0), 1.0);
}

/* What single collisions above y_least are drawn from, at one energy. */
struct collisions {
    double C, A, by_electrons, softest, beta2, spin; /* C times the path */
    double y_least, most;                            /* largest of the ratio to C dy/(y + A)^2 */
};

static double ratio(const struct collisions *c, double y) {
    double root = sqrt(y), mott = 1.0 - c->beta2 * y + c->spin * root * (1.0 - root);
    return (1.0 - c->by_electrons) * (mott > 0.0 ? mott : 0.0) + (y < c->softest ? c->by_electrons : 0.0);
}

/* Mean of y over all of them, times their number. */
static double first_moment(const struct collisions *c) {
    double y = c->y_least, A = c->A, root = sqrt(y), sum = log((1.0 + A) / (y + A)) + A / (1.0 + A) - A / (y + A),
           spin = c->spin * (2.0 * (1.0 - root) - (1.0 - y)) - c->beta2 * (1.0 - y),
           electrons = y < c->softest ? log((c->softest + A) / (y + A)) + A / (c->softest + A) - A / (y + A) : 0.0;
    return c->C * ((1.0 - c->by_electrons) * (sum + spin) + c->by_electrons * electrons);
}

/* Number of a Poisson distribution of small mean. */
static int poisson(double mean, struct eot_soft_random *r) {
    int n = 0;
    for (double product = eot_soft_uniform(r), least = exp(-mean); product > least; product *= eot_soft_uniform(r)) n++;
    return n;
}

void eot_soft_scatter(const struct eot_soft_medium *m, int charge, struct eot_soft_place at, double path, double u[3],
                      struct eot_soft_random *r) {
    const int positron = charge > 0;
    struct collisions c = {.C = path * eot_soft_at_place(m->single, at),
                           .A = eot_soft_at_place(m->screening, at),
                           .by_electrons = m->by_electrons,
                           .softest = eot_soft_at_place(m->softest, at),
                           .beta2 = eot_soft_at_place(m->beta2, at),
                           .spin = eot_soft_at_place(m->spin[positron], at)};
    double length = path * eot_soft_at_place(m->scatter[positron], at);
    c.most = c.spin > 0.0 ? 1.0 + 0.25 * c.spin : 1.0;
    c.y_least = c.C < 4.0 * c.A ? 0.0 : 2.0 * c.C - c.A;
    if (c.y_least < 1.0) {
        double low = 1.0 / (1.0 + c.A), high = 1.0 / (c.y_least + c.A);
        int n = poisson(c.C * c.most * (high - low), r);
        length -= c.y_least > 0.0 ? 2.0 * first_moment(&c) : length;
        for (int i = 0; i < n; i++) {
            double y = 1.0 / (low + (high - low) * eot_soft_uniform(r)) - c.A;
            y = y > 0.0 ? y : 0.0;
            if (eot_soft_uniform(r) * c.most < ratio(&c, y)) eot_soft_turn(u, 1.0 - 2.0 * y, r);
        }
    }
    if (length > 0.0) eot_soft_turn(u, gaussian_cosine(length, r), r);
}
