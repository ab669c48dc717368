#include "physics/muon_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/muon_elastic.h"
#include "eotmc/physics/muon_ionisation.h"
#include "physics/muon_collisions.h"

/* A path is thin, and its loss drawn from single collisions, where Landau's xi is below 20 mean excitation energies.
 * Vavilov's distribution wants xi >> I, so that there are many collisions with electrons of every shell (GEANT 3
 * manual, PHYS332, CERN, 1994, asks for 50, and its Urban model below): at xi/I = 30, 300 um of silicon, the 5 %
 * quantile of the single collisions is 4 % below Vavilov's, the others within 1.2 %; at 0.5, 8 mm of argon, it is half
 * as large. */
#define THIN_XI 20.0
#define N_LOSS_GRID 400 /* cells of the cumulative that the losses' tables are inverted from */

struct eot_muon_options eot_muon_options_default(void) {
    return (struct eot_muon_options){.v_cut = 1.0e-4,
                                     .delta_cut = 0.020,
                                     .delta_share = 0.0,
                                     .layer_cut = 0.001,
                                     .elastic_per_X0 = 0.02,
                                     .elastic_per_cm = 0.005,
                                     .stop_kinetic = 2.0e-3,
                                     .largest_loss = 0.05,
                                     .tolerance = 1.0e-3,
                                     .straggling = EOT_MUON_STRAGGLING_VAVILOV,
                                     .scattering = 1,
                                     .decay_in_flight = 1,
                                     .decay_at_rest = 1};
}

struct eot_muon_options eot_muon_options_moments(void) {
    struct eot_muon_options o = eot_muon_options_default();
    o.v_cut = 0.01;
    o.delta_cut = 0.0;
    o.delta_share = 0.01;
    o.straggling = EOT_MUON_STRAGGLING_MOMENTS;
    o.decay_in_flight = o.decay_at_rest = 0;
    return o;
}

static double tail_probability(int i) {
    return (double)eot_f32_from_bits(EOT_MUON_TAIL_BITS + ((u32)i << EOT_MUON_TAIL_SHIFT));
}

/* Fill ln-losses against tail probability from a cumulative on a uniform grid of x: tail[j] = integral above x_j,
 * decreasing. */
static void invert_tail(const double *tail, int n, double x_low, double x_high, float *out) {
    int j = n;
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) {
        double want = tail_probability(i) * tail[0];
        while (j > 1 && tail[j - 1] < want) j--;
        /* tail[j-1] >= want > tail[j] or j == 1; within the cell ln(tail) is nearly linear, except where it ends in 0
         */
        double t =
            tail[j] > 0.0 ? log(tail[j - 1] / want) / log(tail[j - 1] / tail[j]) : (tail[j - 1] - want) / tail[j - 1];
        out[i] = (float)(x_low + (x_high - x_low) * ((double)(j - 1) + fmin(fmax(t, 0.0), 1.0)) / (double)n);
    }
}

struct shape {
    const struct eot_muon_integrator *integrator;
    const struct eot_material *material;
    double T, low, high; /* of W [GeV] or v */
    int process;         /* enum eot_muon_process */
};

/* Density in x, x = 0 at ln(low), 1 at ln(high). */
static double loss_density(const struct shape *s, double x) {
    double value = s->low * pow(s->high / s->low, x);
    if (s->process == EOT_MUON_DELTA) return eot_muon_delta_spectrum(s->T, value, s->material->Z_over_A) * value;
    struct eot_muon_spectrum r = {.material = s->material,
                                  .integrator = s->integrator,
                                  .process = s->process - EOT_MUON_BREMS,
                                  .E = s->T + EOT_M_MUON};
    return eot_muon_radiative(&r, value) * value;
}

static void loss_row(const struct shape *s, float *out) {
    double tail[N_LOSS_GRID + 1], density[N_LOSS_GRID + 1];
    tail[N_LOSS_GRID] = 0.0;
    for (int j = 0; j <= N_LOSS_GRID; j++) density[j] = loss_density(s, (double)j / N_LOSS_GRID);
    /* cubic rule over each cell where there are neighbours */
    for (int j = N_LOSS_GRID - 1; j >= 0; j--) {
        double cell = 0.5 * (density[j] + density[j + 1]);
        if (j > 0 && j + 2 <= N_LOSS_GRID)
            cell += (density[j] + density[j + 1] - density[j - 1] - density[j + 2]) / 24.0;
        tail[j] = tail[j + 1] + fmax(cell, 0.0);
    }
    double low = s->process == EOT_MUON_DELTA ? 0.0 : log(s->low),
           high = s->process == EOT_MUON_DELTA ? 1.0 : log(s->high);
    if (tail[0] > 0.0)
        invert_tail(tail, N_LOSS_GRID, low, high, out);
    else
        for (int i = 0; i < EOT_MUON_N_TAIL; i++) out[i] = (float)low;
}

static double delta_cut_at(const struct eot_muon_options *o, double T) {
    return fmax(o->delta_cut, o->delta_share * T);
}

/* The hard elastic scatters of a material: q_cut^2, their rate at beta = 1 [cm2/g], the table of ln q^2. */
struct elastic {
    double q_cut2, rate;
    double form_factor_deficit; /* integral of Z^2 (1 - F^2)/q^2 below q_cut, in the units of the kick [GeV2 cm2/g] */
};

/* N_A w/A 4 pi alpha^2 (hbar c)^2 of an element [GeV2 cm2/g], to be multiplied by Z^2/q^4 dq^2. */
static double rutherford(const struct eot_element *e) {
    return EOT_AVOGADRO * e->mass_fraction / e->A * 4.0 * EOT_PI * EOT_ALPHA * EOT_ALPHA * EOT_HBARC * EOT_HBARC;
}

static double elastic_above(const struct eot_material *m, double q2_low, double q2_high) {
    double density = 0.0, q2 = sqrt(q2_low * q2_high); /* one Simpson panel in ln q^2 by the caller's fine cells */
    double points[3] = {q2_low, q2, q2_high}, weights[3] = {1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        for (int k = 0; k < 3; k++)
            density +=
                weights[k] * rutherford(e) * e->Z * e->Z * eot_nuclear_scattering(points[k], e->Z, e->A) / points[k];
    }
    return density * log(q2_high / q2_low);
}

static void elastic_build(const struct eot_material *m, double rate_wanted, struct elastic *el, float *out) {
    enum { N = 600 };
    double tail[N + 1], total = 0.0;
    const double q2_low = 1.0e-7, q2_high = 4.0; /* GeV^2: 0.3 MeV to 2 GeV */
    tail[N] = 0.0;
    for (int j = N - 1; j >= 0; j--)
        tail[j] = tail[j + 1] + elastic_above(m, q2_low * pow(q2_high / q2_low, (double)j / N),
                                              q2_low * pow(q2_high / q2_low, (double)(j + 1) / N));
    int j = N - 1;
    while (j > 0 && tail[j] < rate_wanted) j--;
    double t = tail[j] > rate_wanted ? log(tail[j] / rate_wanted) / log(tail[j] / tail[j + 1]) : 0.0;
    double x_cut = ((double)j + t) / N;
    el->q_cut2 = q2_low * pow(q2_high / q2_low, x_cut);
    /* the tail above the cut on its own grid */
    for (int k = N - 1; k >= 0; k--)
        tail[k] = tail[k + 1] + elastic_above(m, el->q_cut2 * pow(q2_high / el->q_cut2, (double)k / N),
                                              el->q_cut2 * pow(q2_high / el->q_cut2, (double)(k + 1) / N));
    el->rate = tail[0];
    invert_tail(tail, N, log(el->q_cut2), log(q2_high), out);
    for (int i = 0; i < m->n_element; i++) { /* midpoint rule in q^2: the integrand is smooth and small */
        const struct eot_element *e = m->element + i;
        for (int k = 0; k < 64; k++) {
            double q2 = el->q_cut2 * ((double)k + 0.5) / 64.0;
            total +=
                rutherford(e) * e->Z * e->Z * (1.0 - eot_nuclear_scattering(q2, e->Z, e->A)) / q2 * el->q_cut2 / 64.0;
        }
    }
    el->form_factor_deficit = total;
}

/* beta^2 times the mean square of the projected soft momentum transfer per g/cm2 [GeV2 cm2/g]. */
static double soft_kick(const struct eot_material *m, const struct elastic *el, double T, double delta_cut) {
    double beta2 = eot_muon_beta2(T), sum = -el->form_factor_deficit;
    /* Harder collisions with electrons are delta rays, which deflect by their own kinematics. */
    double electron_q2 = 2.0 * EOT_M_ELECTRON * delta_cut;
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        double nucleus = eot_screening_momentum2(e->Z, beta2),
               electrons = eot_screening_momentum2_electrons(e->Z, beta2);
        double x = el->q_cut2 / nucleus, y = electron_q2 / electrons;
        sum += rutherford(e) * (e->Z * e->Z * (log1p(x) - x / (1.0 + x)) + e->Z * (log1p(y) - y / (1.0 + y)));
    }
    return 0.5 * sum;
}

/* Capture rate of mu- from the 1s state [1/ns]: H. Primakoff, Rev. Mod. Phys. 31 (1959) 802: 170/s Z_eff^4 (1 - 3.125
 * (A - Z)/2A) with the effective charge Z (1 + (Z/42)^1.47)^(-1/1.47) (fit to K. W. Ford, J. G. Wills, Nucl. Phys. 35
 * (1962) 295). Atoms capture in proportion to their charge (Fermi-Teller). */
static double capture_rate(const struct eot_material *m) {
    double sum = 0.0, weight = 0.0;
    for (int i = 0; i < m->n_element; i++) {
        const struct eot_element *e = m->element + i;
        double effective = e->Z * pow(1.0 + pow(e->Z / 42.0, 1.47), -1.0 / 1.47);
        double share = e->mass_fraction / e->A * e->Z;
        sum += share * 170.0e-9 * pow(effective, 4.0) * (1.0 - 3.125 * (e->A - e->Z) / (2.0 * e->A));
        weight += share;
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

/* Where the values of one material go. */
struct material_arrays {
    double *rows;       /* EOT_MUON_N_ROW x EOT_MUON_N_COLUMN */
    double *shares;     /* EOT_MUON_N_ROW x 4: cumulative shares of the hard processes */
    double *losses;     /* 4 x EOT_MUON_N_LOSS_ROW x EOT_MUON_N_TAIL */
    double *elastic;    /* EOT_MUON_N_TAIL */
    double *constants;  /* EOT_MUON_N_CONSTANT */
    double *collisions; /* EOT_MUON_N_SPECTRUM x EOT_MUON_N_LOSS_ROW x EOT_MUON_N_COLLISION */
};

/* The moments of the radiative processes at the energies T of the rows. */
typedef double radiative_rows[EOT_MUON_N_MOMENT][EOT_MUON_N_ROW];
static enum eot_status radiative_rows_build(struct eot_muon_integrator *g, const struct eot_material *m, double v_cut,
                                            const double *T, radiative_rows *value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_muon_radiative_table *table = malloc(sizeof *table);
    EOT_CHECK_MEMORY(table);
    EOT_TRY(eot_muon_radiative_fill(g, m, v_cut, table, err));
    for (int p = 0; p < EOT_MUON_N_RADIATIVE; p++)
        for (int k = 0; k < EOT_MUON_N_MOMENT; k++)
            EOT_TRY(eot_muon_radiative_interpolate(table, p, k, T, EOT_MUON_N_ROW, value[p][k], err));
done:
    free(table);
    return status;
}

/* Quantiles of the losses of each hard process. */
static void losses_build(const struct eot_muon_integrator *g, const struct eot_material *m,
                         const struct eot_muon_options *o, double *losses) {
    float line[EOT_MUON_N_TAIL];
    for (int p = 0; p < 4; p++)
        for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) {
            double kinetic = eot_muon_loss_row_energy(i), E = kinetic + EOT_M_MUON;
            struct shape s = {.integrator = g,
                              .material = m,
                              .T = kinetic,
                              .process = p,
                              .low = o->v_cut,
                              .high = fmax(1.0 - EOT_M_MUON / E, o->v_cut)};
            if (p == EOT_MUON_DELTA) {
                s.high = eot_muon_largest_transfer(kinetic);
                s.low = fmin(delta_cut_at(o, kinetic), s.high);
            }
            loss_row(&s, line);
            for (int k = 0; k < EOT_MUON_N_TAIL; k++)
                losses[((size_t)p * EOT_MUON_N_LOSS_ROW + (size_t)i) * EOT_MUON_N_TAIL + (size_t)k] = line[k];
        }
}

/* Everything of one material into its arrays. */
static enum eot_status material_build(struct eot_muon_integrator *g, const struct eot_material *m,
                                      const struct eot_muon_options *o, const struct material_arrays *out,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double T[EOT_MUON_N_ROW], coarse_cut[EOT_MUON_N_LOSS_ROW];
    float line[EOT_MUON_N_TAIL];
    struct elastic el = {0};
    radiative_rows *value = malloc(EOT_MUON_N_RADIATIVE * sizeof *value);
    EOT_CHECK_MEMORY(value);
    for (int i = 0; i < EOT_MUON_N_ROW; i++) T[i] = eot_muon_row_energy(i);
    EOT_TRY(radiative_rows_build(g, m, o->v_cut, T, value, err));
    elastic_build(m, fmax(o->elastic_per_X0 / m->X0, o->elastic_per_cm) / m->density, &el, line);
    for (int i = 0; i < EOT_MUON_N_TAIL; i++) out->elastic[i] = line[i];

    for (int i = 0; i < EOT_MUON_N_ROW; i++) {
        double beta2 = eot_muon_beta2(T[i]), largest = eot_muon_largest_transfer(T[i]),
               cut = fmin(delta_cut_at(o, T[i]), largest);
        double full = eot_muon_ionisation(g, m, T[i]), rate[EOT_MUON_DECAY] = {0}, soft = full;
        if (cut < largest) {
            rate[EOT_MUON_DELTA] = eot_muon_delta_moment(g, T[i], m->Z_over_A, 0, cut, largest);
            soft -= eot_muon_delta_moment(g, T[i], m->Z_over_A, 1, cut, largest);
        }
        double variance = 0.5 * EOT_BETHE_K * m->Z_over_A / beta2 * cut * (1.0 - 0.5 * beta2 * cut / largest);
        for (int p = 0; p < EOT_MUON_N_RADIATIVE; p++) {
            soft += value[p][EOT_MUON_SOFT_LOSS][i];
            if (o->straggling == EOT_MUON_STRAGGLING_VAVILOV) variance += value[p][EOT_MUON_SOFT_VARIANCE][i];
            rate[EOT_MUON_BREMS + p] = value[p][EOT_MUON_HARD_RATE][i];
        }
        if (o->scattering) rate[EOT_MUON_ELASTIC] = el.rate / beta2;
        double total = 0.0, below = 0.0;
        for (int p = 0; p < EOT_MUON_DECAY; p++) total += rate[p];
        for (int p = 0; p < 4; p++) {
            below += rate[p];
            out->shares[4 * i + p] = total > 0.0 ? below / total : 0.0;
        }
        double *row = out->rows + (size_t)i * EOT_MUON_N_COLUMN;
        row[EOT_MUON_LOSS] = soft * m->density;
        row[EOT_MUON_RATE] = total * m->density;
        row[EOT_MUON_KICK] = soft_kick(m, &el, T[i], cut) * m->density;
        row[EOT_MUON_XI] = 0.5 * EOT_BETHE_K * m->Z_over_A / beta2 * m->density;
        row[EOT_MUON_INVERSE_CUT] = 1.0 / (cut * (1.0 - 0.5 * beta2 * cut / largest));
        row[EOT_MUON_VARIANCE] = variance * m->density;
        row[EOT_MUON_HIGHEST_DELTA] = log(largest / cut);
        row[EOT_MUON_THIN] = THIN_XI * 1.0e-9 * m->mean_excitation;
    }
    for (int i = 0; i < EOT_MUON_N_LOSS_ROW; i++) coarse_cut[i] = delta_cut_at(o, eot_muon_loss_row_energy(i));
    EOT_TRY(eot_muon_collisions_build(g, m, coarse_cut, o->v_cut, out->collisions, err));
    losses_build(g, m, o, out->losses);
    out->constants[EOT_MUON_CAPTURE_RATE] = capture_rate(m);
    out->constants[EOT_MUON_DELTA_CUT] = o->delta_cut;
    out->constants[EOT_MUON_DELTA_SHARE] = o->delta_share;
done:
    free(value);
    return status;
}

static enum eot_status options_check(const struct eot_muon_options *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(o->v_cut >= 1.0e-5 && o->v_cut <= 0.2, EOT_E_CONFIG,
              "muon v_cut = %g (must be 1e-5 to 0.2); 1e-4 is the default", o->v_cut);
    EOT_CHECK(
        o->delta_cut >= 0.0 && o->delta_share >= 0.0 && o->delta_share <= 0.2 &&
            (o->delta_cut >= 1.0e-3 || o->delta_share >= 1.0e-3),
        EOT_E_CONFIG,
        "muon delta cut = %g GeV, share %g (one must be at least 1e-3, the share at most 0.2); 0.02 GeV is the default",
        o->delta_cut, o->delta_share);
    EOT_CHECK(o->layer_cut >= 1.0e-4, EOT_E_CONFIG,
              "muon layer cut = %g GeV (must be at least 1e-4); 0.001 is the default", o->layer_cut);
    EOT_CHECK(o->elastic_per_X0 >= 0.005 && o->elastic_per_X0 <= 5.0, EOT_E_CONFIG,
              "muon hard scatters per X0 = %g (must be 0.005 to 5); 0.02 is the default", o->elastic_per_X0);
    EOT_CHECK(o->stop_kinetic >= 1.0e-3 && o->stop_kinetic <= 1.0, EOT_E_CONFIG,
              "muon stop energy = %g GeV (must be 0.001 to 1); 0.002 is the default", o->stop_kinetic);
    EOT_CHECK(o->largest_loss >= 0.01 && o->largest_loss <= 0.3, EOT_E_CONFIG,
              "muon loss per step = %g (must be 0.01 to 0.3); 0.05 is the default", o->largest_loss);
    EOT_CHECK(o->unseen_spread >= 0.0 && o->unseen_spread <= 0.001, EOT_E_CONFIG,
              "muon unseen spread = %g (must be 0 to 0.001); 0 is the default", o->unseen_spread);
    EOT_CHECK(o->straggling >= EOT_MUON_STRAGGLING_OFF && o->straggling <= EOT_MUON_STRAGGLING_MOMENTS, EOT_E_CONFIG,
              "muon straggling = %d (unknown); choose off, vavilov or moments", o->straggling);
done:
    return status;
}

enum eot_status eot_muon_tables_build(const struct eot_material *material, int n_material,
                                      const struct eot_muon_options *options, struct eot_f32_table *out,
                                      eot_muon_tables *layout, double *achieved, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_muon_integrator g = {0};
    const size_t n = (size_t)n_material, n_rows = EOT_MUON_N_ROW * EOT_MUON_N_COLUMN,
                 n_losses = 4 * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_TAIL,
                 n_collisions = EOT_MUON_N_SPECTRUM * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_COLLISION;
    double *rows = NULL, *shares = NULL, *losses = NULL, *elastic = NULL, *constants = NULL, *collisions = NULL;
    double straggling[EOT_MUON_N_KAPPA * 2 * EOT_MUON_N_TAIL];
    EOT_TRY(options_check(options, err));
    EOT_TRY(eot_muon_integrator_create(options->tolerance, &g, err));
    rows = calloc(n * n_rows + 1, sizeof *rows);
    shares = calloc(n * EOT_MUON_N_ROW * 4 + 1, sizeof *shares);
    losses = calloc(n * n_losses + 1, sizeof *losses);
    elastic = calloc(n * EOT_MUON_N_TAIL + 1, sizeof *elastic);
    constants = calloc(n * EOT_MUON_N_CONSTANT + 1, sizeof *constants);
    EOT_CHECK_MEMORY(rows);
    EOT_CHECK_MEMORY(shares);
    EOT_CHECK_MEMORY(losses);
    EOT_CHECK_MEMORY(elastic);
    EOT_CHECK_MEMORY(constants);
    collisions = calloc(n * n_collisions + 1, sizeof *collisions);
    EOT_CHECK_MEMORY(collisions);
    for (size_t i = 0; i < n; i++)
        if (material[i].density > 0.0 && material[i].n_element > 0)
            EOT_TRY(material_build(&g, material + i, options,
                                   &(struct material_arrays){.rows = rows + i * n_rows,
                                                             .shares = shares + i * EOT_MUON_N_ROW * 4,
                                                             .losses = losses + i * n_losses,
                                                             .elastic = elastic + i * EOT_MUON_N_TAIL,
                                                             .constants = constants + i * EOT_MUON_N_CONSTANT,
                                                             .collisions = collisions + i * n_collisions},
                                   err));
    for (int i = 0; i < EOT_MUON_N_KAPPA; i++)
        EOT_TRY(eot_muon_vavilov_row((double)eot_f32_from_bits(EOT_MUON_KAPPA_BITS + ((u32)i << EOT_MUON_KAPPA_SHIFT)),
                                     straggling + 2 * i * EOT_MUON_N_TAIL, straggling + (2 * i + 1) * EOT_MUON_N_TAIL,
                                     err));
    *layout = (eot_muon_tables){
        .n_material = n_material,
        .straggling = options->straggling,
        .scattering = options->scattering,
        .decay_at_rest = options->decay_at_rest,
        .decay_rate = options->decay_in_flight ? (f32)(EOT_M_MUON / (EOT_C_LIGHT * EOT_MUON_LIFETIME)) : 0.0f,
        .stop_kinetic = (f32)options->stop_kinetic,
        .largest_loss = (f32)options->largest_loss,
        .inverse_layer_cut = (f32)(1.0 / options->layer_cut),
        .soft_pairs = (f32)(16.0 * EOT_M_ELECTRON / options->v_cut),
        .unseen_variance = (f32)(options->unseen_spread * options->unseen_spread)};
    EOT_TRY(eot_f32_table_append(out, rows, n * n_rows, &layout->rows, err));
    EOT_TRY(eot_f32_table_append(out, shares, n * EOT_MUON_N_ROW * 4, &layout->shares, err));
    EOT_TRY(eot_f32_table_append(out, losses, n * n_losses, &layout->losses, err));
    EOT_TRY(eot_f32_table_append(out, elastic, n * EOT_MUON_N_TAIL, &layout->elastic, err));
    EOT_TRY(eot_f32_table_append(out, constants, n * EOT_MUON_N_CONSTANT, &layout->materials, err));
    EOT_TRY(
        eot_f32_table_append(out, straggling, sizeof straggling / sizeof *straggling, &layout->straggling_table, err));
    EOT_TRY(eot_f32_table_append(out, collisions, n * n_collisions, &layout->collisions, err));
    if (achieved) *achieved = g.worst;
done:
    free(collisions);
    free(constants);
    free(elastic);
    free(losses);
    free(shares);
    free(rows);
    eot_muon_integrator_free(&g);
    return status;
}
