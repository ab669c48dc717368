#include <math.h>

#include "eotmc/physics/brems.h"
#include "physics/soft/soft.h"

struct radiation_row {
    double Z, energy, phi;
};
static const struct radiation_row RADIATION_ROW[] = {
#define RADIATION(z, MeV, scaled) {z, 1.0e-3 * (MeV), scaled},
#include "physics/soft/radiation_atoms.def"
#undef RADIATION
};
enum { N_ATOM = 8 };
enum { N_RADIATION = sizeof RADIATION_ROW / sizeof *RADIATION_ROW / N_ATOM };

enum { N_SHARE = EOT_SOFT_N_SPECTRUM };
static const double SHARE[N_SHARE] = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0};
struct spectrum_row {
    double Z, energy, value[N_SHARE];
};
static const struct spectrum_row SPECTRUM_ROW[] = {
#define SPECTRUM(z, MeV, ...) {z, 1.0e-3 * (MeV), {__VA_ARGS__}},
#include "physics/soft/spectrum_atoms.def"
#undef SPECTRUM
};
enum { N_SPECTRUM_ATOM = 3 };
enum { N_SPECTRUM = sizeof SPECTRUM_ROW / sizeof *SPECTRUM_ROW / N_SPECTRUM_ATOM };

/* Scaled radiative energy loss of an electron; 0 above the table. */
static double radiation_atom(double Z, double T) {
    double Zs[N_ATOM], energy[N_RADIATION], sum = 0.0;
    for (int i = 0; i < N_ATOM; i++) Zs[i] = RADIATION_ROW[i * N_RADIATION].Z;
    for (int i = 0; i < N_RADIATION; i++) energy[i] = RADIATION_ROW[i].energy;
    if (T > energy[N_RADIATION - 1]) return 0.0;
    struct eot_soft_between z = eot_soft_between(Zs, N_ATOM, Z), e = eot_soft_between(energy, N_RADIATION, T);
    for (int i = 0; i < 4; i++)
        sum += (i & 1 ? z.part : 1.0 - z.part) * (i & 2 ? e.part : 1.0 - e.part) *
               RADIATION_ROW[(z.low + (i & 1)) * N_RADIATION + e.low + (i >> 1)].phi;
    return sum;
}

static double formula(double Z, double T, double k) {
    const eot_brems_medium none = {0.0, 0.0};
    return eot_brems_dxsec_dk(T + EOT_M_ELECTRON, k, Z, none);
}

/* Scaled radiative energy loss by the formula for high energies. */
static double formula_loss(double Z, double T) {
    enum { N = 200 };
    double sum = 0.0;
    for (int i = 0; i < N; i++) {
        double k = T * (i + 0.5) / N;
        sum += k * formula(Z, T, k) * T / N;
    }
    return sum / (EOT_ALPHA * EOT_R_ELECTRON * EOT_R_ELECTRON * Z * Z * (T + EOT_M_ELECTRON));
}

/* Below the first share as the line through the first two. */
static double value_at(const double *value, double share) {
    int i = 0;
    while (i < N_SHARE - 2 && share > SHARE[i + 1]) i++;
    return value[i] + (share - SHARE[i]) / (SHARE[i + 1] - SHARE[i]) * (value[i + 1] - value[i]);
}

void eot_soft_spectrum_build(double Z, double T, struct eot_soft_spectrum *out) {
    double Zs[N_SPECTRUM_ATOM], energy[N_SPECTRUM], first, area;
    for (int i = 0; i < N_SPECTRUM_ATOM; i++) Zs[i] = SPECTRUM_ROW[i * N_SPECTRUM].Z;
    for (int i = 0; i < N_SPECTRUM; i++) energy[i] = SPECTRUM_ROW[i].energy;
    *out = (struct eot_soft_spectrum){.Z = Z, .T = T};
    if (T > energy[N_SPECTRUM - 1]) return;
    struct eot_soft_between z = eot_soft_between(Zs, N_SPECTRUM_ATOM, Z), e = eot_soft_between(energy, N_SPECTRUM, T);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < N_SHARE; j++)
            out->value[j] += (i & 1 ? z.part : 1.0 - z.part) * (i & 2 ? e.part : 1.0 - e.part) *
                             SPECTRUM_ROW[(z.low + (i & 1)) * N_SPECTRUM + e.low + (i >> 1)].value[j];
    first = value_at(out->value, 0.0);
    area = 0.5 * SHARE[0] * (first + out->value[0]);
    for (int j = 1; j < N_SHARE; j++) area += 0.5 * (SHARE[j] - SHARE[j - 1]) * (out->value[j] + out->value[j - 1]);
    double phi = radiation_atom(Z, T);
    if (!(phi > 0.0)) phi = formula_loss(Z, T);
    out->scale = EOT_ALPHA * EOT_R_ELECTRON * EOT_R_ELECTRON * Z * Z * (T + EOT_M_ELECTRON) * phi / (area * T);
}

double eot_soft_spectrum(const struct eot_soft_spectrum *s, double k) {
    if (k > s->T) return 0.0;
    if (!(s->scale > 0.0)) return formula(s->Z, s->T, k);
    return s->scale * value_at(s->value, k / s->T) / k;
}
