#include <math.h>
#include <string.h>

#include "eotmc/physics/compton.h"
#include "eotmc/physics/electron_ionisation.h"
#include "eotmc/physics/pair.h"
#include "physics/soft/soft.h"

static const double FIRST = 2.0e-5; /* GeV */

double eot_soft_energy(int i) { return FIRST * exp2(i / 8.0); }

/* Cross sections of atoms are tables for some elements. Between them, and between their energies, the ratio to a
 * formula is interpolated: it is nearly constant, where the cross sections vary by orders of magnitude. */
enum photon_process { INCOHERENT, PHOTOELECTRIC, PAIRS, N_PHOTON_PROCESS };
struct photon_row {
    double Z, energy, barn[N_PHOTON_PROCESS];
};
static const struct photon_row PHOTON_ROW[] = {
#define PHOTON(z, MeV, incoherent, photoelectric, pairs) {z, 1.0e-3 * (MeV), {incoherent, photoelectric, pairs}},
#include "physics/soft/photon_atoms.def"
#undef PHOTON
};
enum { N_ATOM = 8 };
enum { N_PHOTON = sizeof PHOTON_ROW / sizeof *PHOTON_ROW / N_ATOM };

static double barn(int atom, int process, int i) { return PHOTON_ROW[atom * N_PHOTON + i].barn[process]; }

struct eot_soft_between eot_soft_between(const double *value, int n, double x) {
    struct eot_soft_between b = {0, 0.0};
    while (b.low < n - 2 && x >= value[b.low + 1]) b.low++;
    b.part = fmin(fmax(log(x / value[b.low]) / log(value[b.low + 1] / value[b.low]), 0.0), 1.0);
    return b;
}

/* Klein and Nishina's total cross section of an electron [cm2]. */
static double compton_total(double k) {
    double x = k / EOT_M_ELECTRON, l = log1p(2.0 * x), d = 1.0 + 2.0 * x;
    if (x < 0.02) return 8.0 / 3.0 * EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON * (1.0 - 2.0 * x);
    return 2.0 * EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON *
           ((1.0 + x) / (x * x) * (2.0 * (1.0 + x) / d - l / x) + l / (2.0 * x) - (1.0 + 3.0 * x) / (d * d));
}

/* Sauter's cross section of the K shell (1931) with Pratt's limit at high energy (1960) and all shells of J. H. Hubbell
 * (NSRDS-NBS 29, 1969); below the K edge, which is at 13.6 eV (Z - 2)^2 within 7 %, the others only. */
static double photoelectric_form(double Z, double k) {
    double a = Z * EOT_ALPHA, x = k / EOT_M_ELECTRON, g = 1.0 + x, root = sqrt(g * g - 1.0);
    double thomson = 8.0 / 3.0 * EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON;
    double born = 1.5 * thomson * pow(EOT_ALPHA, 4.0) * pow(Z, 5.0) / pow(x, 5.0) * pow(root, 3.0) *
                  (4.0 / 3.0 + g * (g - 2.0) / (g + 1.0) * (1.0 - log((g + root) / (g - root)) / (2.0 * g * root)));
    double far = exp(-EOT_PI * a + 2.0 * a * a * (1.0 - log(a)));
    double log_Z = log(Z), shells = 1.0 + log_Z * log_Z * (0.01481 - 0.000788 * log_Z);
    return born * far * (k < 13.6e-9 * (Z - 2.0) * (Z - 2.0) && Z > 2.0 ? shells - 1.0 : shells);
}

/* L. Urban's fit to J. H. Hubbell, H. A. Gimm, I. Overbo, J. Phys. Chem. Ref. Data 9 (1980) 1023, from 1.5 MeV to 100
 * GeV within 5 % (Geant4 Physics Reference Manual, "Gamma conversion"); below as (k - 2 m)^2. */
static double pair_form(double Z, double k) {
    static const double a[3][6] = {{8.7842e2, -1.9625e3, 1.2949e3, -2.0028e2, 1.2575e1, -2.8333e-1},
                                   {-1.0342e1, 1.7692e1, -8.2381, 1.3063, -9.0815e-2, 2.3586e-3},
                                   {-4.5263e2, 1.1161e3, -8.6749e2, 2.1773e2, -2.0467e1, 6.5372e-1}};
    static const double LOWEST = 1.5e-3; /* GeV */
    double excess = k - 2.0 * EOT_M_ELECTRON, f[3] = {0.0}, x = log(fmax(k, LOWEST) / EOT_M_ELECTRON);
    if (excess <= 0.0) return 0.0;
    for (int i = 0; i < 3; i++)
        for (int j = 5; j >= 0; j--) f[i] = f[i] * x + a[i][j];
    double sigma = (Z + 1.0) * (f[0] * Z + f[1] * Z * Z + f[2]) * 1.0e-30;
    if (k < LOWEST) sigma *= pow(excess / (LOWEST - 2.0 * EOT_M_ELECTRON), 2.0);
    return fmax(sigma, 0.0);
}

static double photon_form(int process, double Z, double k) {
    return process == INCOHERENT      ? Z * compton_total(k)
           : process == PHOTOELECTRIC ? photoelectric_form(Z, k)
           : process == PAIRS         ? pair_form(Z, k)
                                      : 0.0;
}

/* Logarithm of the ratio of a table's value to the formula; of the next energy where there is none. */
static double log_ratio(int process, int atom, int i) {
    while (i < N_PHOTON - 1 && !(barn(atom, process, i) > 0.0)) i++;
    const struct photon_row *r = &PHOTON_ROW[atom * N_PHOTON + i];
    return log(1.0e-24 * r->barn[process] / photon_form(process, r->Z, r->energy));
}

static double photon_atom(int process, double Z, double k) {
    double Zs[N_ATOM], energy[N_PHOTON], form = photon_form(process, Z, k), sum = 0.0;
    for (int i = 0; i < N_ATOM; i++) Zs[i] = PHOTON_ROW[i * N_PHOTON].Z;
    for (int i = 0; i < N_PHOTON; i++) energy[i] = PHOTON_ROW[i].energy;
    if (!(form > 0.0)) return 0.0;
    struct eot_soft_between z = eot_soft_between(Zs, N_ATOM, Z), e = eot_soft_between(energy, N_PHOTON, k);
    for (int i = 0; i < 4; i++) {
        double share = (i & 1 ? z.part : 1.0 - z.part) * (i & 2 ? e.part : 1.0 - e.part);
        if (share > 0.0) sum += share * log_ratio(process, z.low + (i & 1), e.low + (i >> 1));
    }
    return form * exp(sum);
}

double eot_soft_incoherent(double Z, double k) { return photon_atom(INCOHERENT, Z, k); }
double eot_soft_photoelectric(double Z, double k) { return photon_atom(PHOTOELECTRIC, Z, k); }
double eot_soft_pair(double Z, double k) { return photon_atom(PAIRS, Z, k); }

enum { N_STEP = 200 };
/* Photon energies of the midpoints that a spectrum is integrated with, below (part 0) and above the cut. */
static double photon_step(int part, double T) {
    return part == 0 ? 7.0 / N_STEP : log(T / EOT_SOFT_BREMS_CUT) / N_STEP;
}
static double photon_energy(int part, int i, double T) {
    return EOT_SOFT_BREMS_CUT * exp((part == 0 ? -7.0 : 0.0) + (i + 0.5) * photon_step(part, T));
}

/* Energies that divide a distribution into equal parts: of n equal cells from 0 to 1 with given sums up to each. */
static void quantiles(const double *cumulative, int n, float *quantile) {
    for (int q = 0, i = 0; q < EOT_SOFT_N_QUANTILE; q++) {
        double want = cumulative[n] * q / (EOT_SOFT_N_QUANTILE - 1.0);
        while (i < n - 1 && cumulative[i + 1] < want) i++;
        double d = cumulative[i + 1] - cumulative[i];
        quantile[q] = (float)fmin((i + (d > 0.0 ? (want - cumulative[i]) / d : 0.0)) / n, 1.0);
    }
}

/* Bremsstrahlung of an electron of kinetic energy T: photons per g/cm2 above the cut, their quantiles, and the loss
 * below the cut [GeV cm2/g]. Midpoints in ln k. */
static double radiation(const struct eot_material *m, double T, float *quantile, double *soft) {
    enum { N = N_STEP };
    double cumulative[N + 1] = {0.0};
    struct eot_soft_spectrum spectrum[EOT_MAX_ELEMENT];
    for (int j = 0; j < m->n_element; j++) eot_soft_spectrum_build(m->element[j].Z, T, &spectrum[j]);
    for (int part = 0; part < 2; part++) {
        double step = photon_step(part, T);
        for (int i = 0; i < N && step > 0.0; i++) {
            double k = photon_energy(part, i, T), sum = 0.0;
            for (int j = 0; j < m->n_element; j++)
                sum += m->element[j].mass_fraction / m->element[j].A * eot_soft_spectrum(&spectrum[j], k);
            sum *= EOT_AVOGADRO * k * step;
            if (part == 0)
                *soft += sum * k;
            else
                cumulative[i + 1] = cumulative[i] + sum;
        }
    }
    quantiles(cumulative, N, quantile);
    return cumulative[N];
}

/* Quantiles of the smaller share of a pair's kinetic energy, 0 to 1/2: flat below 2 MeV (J. C. Butcher, H. Messel,
 * Nucl. Phys. 20 (1960) 15), above by pair.h. */
static void pair_shares(const struct eot_material *m, double k, float *quantile) {
    enum { N = 100 };
    static const double FLAT = 2.0e-3, COULOMB = 5.0e-2; /* GeV */
    double cumulative[N + 1] = {0.0};
    for (int i = 0; i < N; i++) {
        double share = 0.5 * (i + 0.5) / N, eps = (share * (k - 2.0 * EOT_M_ELECTRON) + EOT_M_ELECTRON) / k, sum = 0.0;
        for (int j = 0; j < m->n_element && k > FLAT; j++) {
            double Z = m->element[j].Z,
                   half_F = 4.0 / 3.0 * log(Z) + (k > COULOMB ? 4.0 * eot_coulomb_correction(Z) : 0.0);
            sum += m->element[j].mass_fraction / m->element[j].A * Z * (Z + 1.0) *
                   fmax(eot_pair_shape(k, eps, cbrt(Z), half_F), 0.0);
        }
        cumulative[i + 1] = cumulative[i] + (k > FLAT ? sum : 1.0);
    }
    quantiles(cumulative, N, quantile);
    for (int q = 0; q < EOT_SOFT_N_QUANTILE; q++) quantile[q] *= 0.5f;
}

/* Moller scattering (ICRU Report 37, 1984, for two electrons that cannot be told apart): number of delta electrons
 * above the cut per cm, and their energy [GeV/cm]. @param electrons per cm3. */
static double moller(double T, double electrons, double *energy) {
    double c = EOT_SOFT_DELTA_CUT / T, gamma = T / EOT_M_ELECTRON + 1.0, beta2 = 1.0 - 1.0 / (gamma * gamma);
    double flat = (1.0 - 1.0 / gamma) * (1.0 - 1.0 / gamma), mixed = (2.0 * gamma - 1.0) / (gamma * gamma);
    *energy = 0.0;
    if (c >= 0.5) return 0.0;
    double scale = 2.0 * EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON * EOT_M_ELECTRON * electrons / (beta2 * T);
    *energy = scale * T *
              (log(0.5 / c) + 2.0 - log(2.0) - 1.0 / (1.0 - c) - log1p(-c) + flat * 0.5 * (0.25 - c * c) -
               mixed * (log(2.0) + log1p(-c)));
    return scale * (1.0 / c - 1.0 / (1.0 - c) + flat * (0.5 - c) - mixed * log((1.0 - c) / c));
}

/* W. Heitler, The Quantum Theory of Radiation, 3rd edition (1954), section 27. */
double eot_soft_annihilation(double T) {
    double g = T / EOT_M_ELECTRON + 1.0, root2 = g * g - 1.0, root = sqrt(root2);
    return EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON / (g + 1.0) *
           ((g * g + 4.0 * g + 1.0) / root2 * log(g + root) - (g + 3.0) / root);
}

/* Energy below which electrons give less than half a per cent to photons, or 0.5 MeV. */
static double quiet(const struct eot_soft_medium *m) {
    static const double LEAST = 5.0e-4, SHARE = 5.0e-3; /* GeV */
    double radiated = 0.0, found = LEAST;
    for (int i = 0; i < EOT_SOFT_N_ENERGY; i++) {
        double T = eot_soft_energy(i), mean = 0.0;
        for (int q = 0; q < EOT_SOFT_N_QUANTILE - 1; q++)
            mean += EOT_SOFT_BREMS_CUT / (EOT_SOFT_N_QUANTILE - 1.0) *
                    pow(T / EOT_SOFT_BREMS_CUT, 0.5 * (double)(m->photon[i][q] + m->photon[i][q + 1]));
        radiated += i > 0 ? m->brems[i] * mean * (m->range[i] - m->range[i - 1]) : 0.0;
        if (radiated < SHARE * T && T > found) found = T;
    }
    return found;
}

/* Elastic scattering of one kind of atoms at energy i. Until end_scattering, sums: ln A by its collisions, Mott's c by
 * those with nuclei, whose number is `squares`. */
static void add_scattering(double atoms, double Z, int i, struct eot_soft_medium *out, double *squares) {
    double T = eot_soft_energy(i), gamma = T / EOT_M_ELECTRON + 1.0, beta2 = 1.0 - 1.0 / (gamma * gamma),
           nuclei = atoms * Z * Z * eot_soft_rutherford(T), all = nuclei * (1.0 + 1.0 / Z);
    out->single[i] += all;
    out->screening[i] += all * log(eot_soft_screening(Z, T));
    *squares += nuclei;
    for (int positron = 0; positron < 2; positron++) {
        int charge = positron ? 1 : -1;
        out->scatter[positron][i] += atoms * eot_soft_transport(Z, T, charge);
        out->spin[positron][i] += nuclei * (eot_soft_mott(Z, T, charge) + beta2);
    }
}

static void end_scattering(int i, double squares, struct eot_soft_medium *out) {
    double T = eot_soft_energy(i), gamma = T / EOT_M_ELECTRON + 1.0;
    out->softest[i] = eot_soft_softest(T);
    out->beta2[i] = 1.0 - 1.0 / (gamma * gamma);
    out->screening[i] = exp(out->screening[i] / out->single[i]);
    for (int positron = 0; positron < 2; positron++) out->spin[positron][i] /= squares;
    out->by_electrons = 1.0 - squares / out->single[i];
}

void eot_soft_medium_build(const struct eot_material *m, struct eot_soft_medium *out) {
    memset(out, 0, sizeof *out);
    double last_loss = 0.0;
    if (!(m->density > 0.0) || m->n_element == 0) return;
    for (int i = 0; i < EOT_SOFT_N_ENERGY; i++) {
        double T = eot_soft_energy(i), E = T + EOT_M_ELECTRON, soft = 0.0, squares = 0.0;
        const double *d = m->density_effect;
        for (int j = 0; j < m->n_element; j++) {
            double atoms = m->density * EOT_AVOGADRO * m->element[j].mass_fraction / m->element[j].A,
                   Z = m->element[j].Z;
            out->compton[i] += atoms * eot_soft_incoherent(Z, T);
            out->pair[i] += atoms * eot_soft_pair(Z, T);
            out->photoelectric[i] += atoms * eot_soft_photoelectric(Z, T);
            add_scattering(atoms, Z, i, out, &squares);
        }
        end_scattering(i, squares, out);
        if (T > 2.0 * EOT_M_ELECTRON) pair_shares(m, T, out->share[i]);
        out->photons[i] = out->compton[i] + out->pair[i] + out->photoelectric[i];
        double gamma = E / EOT_M_ELECTRON,
               delta = eot_density_effect(0.5 * log10(gamma * gamma - 1.0), d[0], d[1], d[2], d[3], d[4]);
        if (T > 2.0 * EOT_SOFT_BREMS_CUT) out->brems[i] = m->density * radiation(m, T, out->photon[i], &soft);
        double full = m->density * (eot_electron_ionisation(E, m->Z_over_A, 1.0e-9 * m->mean_excitation, delta) + soft);
        double before = i > 0 ? eot_soft_energy(i - 1) : 0.0, deltas;
        out->delta[i] = moller(T, m->density * EOT_AVOGADRO * m->Z_over_A, &deltas);
        out->annihilation[i] = m->density * EOT_AVOGADRO * m->Z_over_A * eot_soft_annihilation(T);
        out->loss[i] = full - deltas;
        out->range[i] = i > 0 ? out->range[i - 1] + 2.0 * (T - before) / (full + last_loss) : 0.6 * T / full;
        last_loss = full;
    }
    out->quiet = quiet(out);
}
