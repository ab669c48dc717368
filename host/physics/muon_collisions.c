#include "physics/muon_collisions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/muon_ionisation.h"
#include "eotmc/physics/muon_photonuclear.h"

#define MOST_SUBSHELLS 26
#define LOWEST_RADIATIVE 1.0e-7 /* share of the energy; what is below carries less than 1e-4 of the radiative loss */

enum { N_CELL = EOT_MUON_N_SPECTRUM_CELL, N_RADIATIVE_POINT = 48 };

/* Subshells of an atom. */
struct atom {
    int Z;
    const char *symbol;
    struct {
        int n_electron;
        double eV;
    } shell[MOST_SUBSHELLS];
};
static const struct atom ATOM[] = {
#define EOT_LIST(...) \
    { __VA_ARGS__ }
#define EOT_ATOM(Z, symbol, shells) {Z, symbol, shells},
#include "physics/atomic_shells.def"
#undef EOT_ATOM
#undef EOT_LIST
};

int eot_muon_oscillators(const struct eot_material *m, struct eot_muon_oscillator *out) {
    int n = 0;
    double log_mean = 0.0;
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        const struct atom *atom = ATOM;
        while (atom->Z != e->Z && atom + 1 < ATOM + sizeof ATOM / sizeof *ATOM) atom++;
        for (int k = 0; k < MOST_SUBSHELLS && atom->shell[k].n_electron > 0; k++) {
            out[n].share = e->mass_fraction / e->A * atom->shell[k].n_electron / m->Z_over_A;
            out[n].ionisation = 1.0e-9 * atom->shell[k].eV;
            n++;
        }
    }
    double all = 0.0;
    for (int k = 0; k < n; k++) all += out[k].share; /* 1, but for the digits of A */
    for (int k = 0; k < n; k++) out[k].share /= all;
    for (int k = 0; k < n; k++) log_mean += out[k].share * log(out[k].ionisation);
    for (int k = 0; k < n; k++) {
        out[k].resonance = out[k].ionisation * exp(log(1.0e-9 * m->mean_excitation) - log_mean);
        /* a mean excitation energy far below that of the atoms */
        out[k].ionisation = fmin(out[k].ionisation, 0.9 * out[k].resonance);
    }
    return n;
}

static double bracket(double T, double resonance, double delta) {
    double beta2 = eot_muon_beta2(T), p2 = T * (T + 2.0 * EOT_M_MUON);
    return log(2.0 * EOT_M_ELECTRON * p2 / (EOT_M_MUON * EOT_M_MUON * resonance)) - beta2 - delta;
}

double eot_muon_distant(const struct eot_muon_oscillator *o, double T, double delta) {
    return fmax(o->share / o->resonance * bracket(T, o->resonance, delta), 0.0);
}

/* A spectrum on logarithmic cells of the loss: collisions per g/cm2 in each. */
struct spectrum {
    double edge[N_CELL + 1]; /* GeV */
    double number[N_CELL];
};

/* Share of an oscillator's distant collisions below W: their density falls linearly from U to 0 at 3 W_k - 2 U. */
static double distant_below(const struct eot_muon_oscillator *o, double W) {
    double width = 3.0 * (o->resonance - o->ionisation), rest = (o->ionisation + width - W) / width;
    rest = fmin(fmax(rest, 0.0), 1.0);
    return 1.0 - rest * rest;
}

/* Ionisation up to `cut`, whose mean loss is to be `loss` [GeV cm2/g]. */
static void add_ionisation(struct spectrum *s, const struct eot_material *m, double T, double cut, double loss) {
    struct eot_muon_oscillator o[EOT_MOST_OSCILLATORS];
    int n = eot_muon_oscillators(m, o);
    const double *d = m->density_effect;
    double delta = eot_density_effect(sqrt(T * (T + 2.0 * EOT_M_MUON)) / EOT_M_MUON, d[0], d[1], d[2], d[3], d[4]);
    double distant[EOT_MOST_OSCILLATORS], distant_loss = 0.0, close_loss = 0.0;
    double xi = 0.5 * EOT_BETHE_K * m->Z_over_A / eot_muon_beta2(T);
    for (int j = 0; j < N_CELL; j++) {
        double low = s->edge[j], high = fmin(s->edge[j + 1], cut), number = 0.0;
        if (low >= cut) break;
        for (int k = 0; k < n; k++)
            if (o[k].resonance < high) number += o[k].share * (1.0 / fmax(low, o[k].resonance) - 1.0 / high);
        /* the mean of W dN/dW over a cell of 1 % is that of its middle to 1e-5 */
        double middle = sqrt(low * high);
        number *= middle * middle * eot_muon_delta_spectrum(T, middle, m->Z_over_A);
        s->number[j] += number;
        close_loss += number * middle;
    }
    for (int k = 0; k < n; k++) {
        distant[k] = o[k].ionisation < cut ? xi * eot_muon_distant(o + k, T, delta) : 0.0;
        distant_loss += distant[k] * o[k].resonance;
    }
    double scale = distant_loss > 0.0 ? fmax(loss - close_loss, 0.0) / distant_loss : 0.0;
    for (int j = 0; j < N_CELL; j++)
        for (int k = 0; k < n; k++)
            s->number[j] +=
                scale * distant[k] * (distant_below(o + k, s->edge[j + 1]) - distant_below(o + k, s->edge[j]));
}

/* Radiative losses below v_cut: logarithmic interpolation between N_RADIATIVE_POINT energies. */
static void add_radiative(struct spectrum *s, const struct eot_material *m, const struct eot_muon_integrator *g,
                          double T, double v_cut) {
    double E = T + EOT_M_MUON, high = fmin(v_cut, 1.0 - EOT_M_MUON / E);
    for (int p = 0; p < EOT_MUON_N_RADIATIVE; p++) {
        double low = p == 1 ? 4.0 * EOT_M_ELECTRON / E : p == 2 ? EOT_PHOTONUCLEAR_LOWEST / E : LOWEST_RADIATIVE;
        double density[N_RADIATIVE_POINT + 1], step = log(high / low) / N_RADIATIVE_POINT;
        if (low >= high) continue;
        struct eot_muon_spectrum r = {.material = m, .integrator = g, .process = p, .E = E};
        for (int i = 0; i <= N_RADIATIVE_POINT; i++) { /* per unit of ln v */
            double v = low * exp(step * i);
            density[i] = v * eot_muon_radiative(&r, v);
        }
        for (int j = 0; j < N_CELL; j++) {
            double a = fmax(s->edge[j], low * E), b = fmin(s->edge[j + 1], high * E);
            if (a >= b) continue;
            double x = log(sqrt(a * b) / (low * E)) / step;
            int i = x < N_RADIATIVE_POINT - 1 ? (int)x : N_RADIATIVE_POINT - 1;
            s->number[j] += (density[i] + (x - i) * (density[i + 1] - density[i])) * log(b / a);
        }
    }
}

static double tail_probability(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_COLLISION_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
}

/* The table of a spectrum: losses against their tail probability, and sums over the harder and the softer ones, of
 * what a device draws: the logarithm of the loss is linear in the probability within a cell. */
static void tabulate(const struct spectrum *s, double density, double *out) {
    double tail[N_CELL + 1], *log_loss = out, *above = out + EOT_MUON_N_COLLISION_TAIL,
                             *below = out + 2 * EOT_MUON_N_COLLISION_TAIL;
    enum { LAST = EOT_MUON_N_COLLISION_TAIL - 1 };
    tail[N_CELL] = 0.0;
    for (int j = N_CELL - 1; j >= 0; j--) tail[j] = tail[j + 1] + s->number[j];
    if (!(tail[0] > 0.0)) return;
    int j = N_CELL;
    for (int i = 0; i <= LAST; i++) {
        double want = tail_probability(i) * tail[0];
        while (j > 1 && tail[j - 1] < want) j--;
        /* within the cell ln(tail) is nearly linear, except where it ends in 0 */
        double t = tail[j] >= want ? 0.0
                   : tail[j] > 0.0 ? log(tail[j - 1] / want) / log(tail[j - 1] / tail[j])
                                   : (tail[j - 1] - want) / tail[j - 1];
        log_loss[i] = log(s->edge[j - 1]) + log(s->edge[j] / s->edge[j - 1]) * fmin(fmax(t, 0.0), 1.0);
    }
    double below_sum = 0.0, loss = 0.0;
    for (j = 0; j < N_CELL; j++) loss += s->number[j] * sqrt(s->edge[j] * s->edge[j + 1]);
    above[0] = tail_probability(0) * exp(log_loss[0]);
    for (int i = 0; i < LAST; i++) {
        double h = tail_probability(i + 1) - tail_probability(i), b = log_loss[i] - log_loss[i + 1];
        above[i + 1] = above[i] + h * exp(log_loss[i + 1]) * (b > 1.0e-9 ? expm1(b) / b : 1.0);
    }
    out[EOT_MUON_COLLISION_RATE] = density * loss / above[LAST]; /* so that the mean is right, not the number */
    for (int i = LAST; i >= 0; i--) {
        below[i] = below_sum; /* of the softer ones: their squares */
        if (i == 0) break;
        double h = tail_probability(i) - tail_probability(i - 1), b = 2.0 * (log_loss[i - 1] - log_loss[i]);
        below_sum += h * exp(2.0 * log_loss[i]) * (b > 1.0e-9 ? expm1(b) / b : 1.0);
    }
}

void eot_muon_spectrum_tabulate(const double *edge, const double *number, double *out) {
    struct spectrum s;
    memcpy(s.edge, edge, sizeof s.edge);
    memcpy(s.number, number, sizeof s.number);
    tabulate(&s, 1.0, out);
}

enum eot_status eot_muon_collisions_build(struct eot_muon_integrator *g, const struct eot_material *m,
                                          const double delta_cut[EOT_MUON_N_LOSS_ROW], double v_cut, double *out,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct spectrum *s = malloc(sizeof *s);
    struct eot_muon_oscillator o[EOT_MOST_OSCILLATORS];
    double lowest = 1.0;
    EOT_CHECK_MEMORY(s);
    for (int k = eot_muon_oscillators(m, o) - 1; k >= 0; k--) lowest = fmin(lowest, o[k].ionisation);
    for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) {
        double T = eot_muon_loss_row_energy(i), largest = eot_muon_largest_transfer(T),
               cut = fmin(delta_cut[i], largest);
        double loss = eot_muon_ionisation(g, m, T);
        if (cut < largest) loss -= eot_muon_delta_moment(g, T, m->Z_over_A, 1, cut, largest);
        double highest = fmax(cut, fmin(v_cut * (T + EOT_M_MUON), T));
        memset(s, 0, sizeof *s);
        for (int j = 0; j <= N_CELL; j++) s->edge[j] = lowest * pow(highest / lowest, (double)j / N_CELL);
        double *row = out + (size_t)i * EOT_MUON_N_COLLISION;
        add_radiative(s, m, g, T, v_cut);
        tabulate(s, m->density, row + (size_t)EOT_MUON_SOFT_RADIATIVE * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_COLLISION);
        add_ionisation(s, m, T, cut, loss);
        tabulate(s, m->density, row + (size_t)EOT_MUON_SOFT * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_COLLISION);
    }
done:
    free(s);
    return status;
}
