#include "physics/em.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/brems.h"
#include "eotmc/physics/compton.h"
#include "eotmc/physics/electron_ionisation.h"
#include "eotmc/physics/pair.h"
#include "physics/process.h"

enum { N_CELL = 192, N_LATTICE_PER_CUT = 256 };

/* GeV: showers of less make their muon pairs near the threshold, where rates rise with a high power of the energy. With
 * nodes at a tenth of an e-fold the linear interpolation would be 4 % above that of tridents at 0.5 GeV. */
static const double FINE_BELOW = 5.0, NEGLIGIBLE = 1e-3;
/* Nodes and weights of the 4-point Gauss-Legendre rule on (0, 1); the 3-point rule estimates its error. */
static const double GAUSS_4_X[4] = {0.06943184420297371, 0.33000947820757187, 0.66999052179242813, 0.93056815579702629};
static const double GAUSS_4_W[4] = {0.17392742256872693, 0.32607257743127307, 0.32607257743127307, 0.17392742256872693};
static const double GAUSS_3_X[3] = {0.11270166537925831, 0.5, 0.88729833462074169};
static const double GAUSS_3_W[3] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};

double eot_em_medium_X0(const struct eot_em_medium *medium) {
    double inverse = 0.0;
    for (int i = 0; i < medium->n_constituent; i++) inverse += medium->fraction[i] / medium->material[i]->X0;
    return 1.0 / inverse;
}

/* Sum over the atoms of a medium: atoms per cm3 x share of the path. */
typedef double atom_function(double E, double v, double Z, double A, eot_brems_medium suppression);

static double medium_sum(const struct eot_em_medium *medium, double E, double v, bool lpm, atom_function *f) {
    double sum = 0.0;
    for (int i = 0; i < medium->n_constituent; i++) {
        const struct eot_material *m = medium->material[i];
        eot_brems_medium suppression = {lpm ? EOT_LPM_ENERGY_PER_X0 * m->X0 : 0.0, m->plasma_energy * 1e-9};
        for (int j = 0; j < m->n_element; j++) {
            const struct eot_element *e = &m->element[j];
            double atoms = m->density * EOT_AVOGADRO * e->mass_fraction / e->A * medium->fraction[i];
            sum += atoms * f(E, v, e->Z, e->A, suppression);
        }
    }
    return sum;
}

/* The four spectra, each in the variable v that its quantile table uses. */
static double brems_in_log_k(double E, double v, double Z, double A, eot_brems_medium suppression) { /* v = ln k */
    (void)A;
    double k = exp(v);
    return k * eot_brems_dxsec_dk(E, k, Z, suppression);
}
static double pair_in_eps(double k, double v, double Z, double A, eot_brems_medium suppression) {
    (void)A;
    (void)suppression;
    return eot_pair_dxsec_deps(k, v, Z);
}
static double compton_in_log_eps(double k, double v, double Z, double A,
                                 eot_brems_medium suppression) { /* v = ln(k'/k) */
    (void)A;
    (void)suppression;
    double eps = exp(v);
    return Z * eps * eot_compton_dxsec_deps(k, eps);
}

/* Cumulative integral over N_CELL equal cells of [low, high]; returns the total, *error its change with the lower rule,
 * relative to the larger of the total and 1/X0 (a rate that is small against 1/X0 acts through a step limit). */
static double cumulate(const struct eot_em_medium *medium, double E, bool lpm, atom_function *f, double low,
                       double high, double *cumulative, double *error) {
    double width = (high - low) / N_CELL, total = 0.0, coarse = 0.0;
    cumulative[0] = 0.0;
    for (int i = 0; i < N_CELL; i++) {
        double start = low + width * i, cell = 0.0;
        for (int j = 0; j < 4; j++) cell += GAUSS_4_W[j] * medium_sum(medium, E, start + GAUSS_4_X[j] * width, lpm, f);
        if (error != NULL)
            for (int j = 0; j < 3; j++)
                coarse += GAUSS_3_W[j] * width * medium_sum(medium, E, start + GAUSS_3_X[j] * width, lpm, f);
        total += width * cell;
        cumulative[i + 1] = total;
    }
    if (error != NULL) *error = fabs(coarse - total) / fmax(total, 1.0 / eot_em_medium_X0(medium));
    return total;
}

/* Quantiles at n+1 equidistant u of a cumulative table over [low, high], linear within a cell. */
static void invert(const double *cumulative, double low, double high, int n, double *quantile) {
    double total = cumulative[N_CELL];
    int cell = 0;
    for (int i = 0; i <= n; i++) {
        double target = total * i / n;
        while (cell < N_CELL - 1 && cumulative[cell + 1] < target) cell++;
        double content = cumulative[cell + 1] - cumulative[cell];
        double f = content > 0.0 ? (target - cumulative[cell]) / content : 0.0;
        quantile[i] = low + (high - low) * (cell + fmin(fmax(f, 0.0), 1.0)) / N_CELL;
    }
}

static double medium_ionisation(const struct eot_em_medium *medium, double E) {
    double sum = 0.0;
    for (int i = 0; i < medium->n_constituent; i++) {
        const struct eot_material *m = medium->material[i];
        double beta_gamma = sqrt(E * E - EOT_M_ELECTRON * EOT_M_ELECTRON) / EOT_M_ELECTRON;
        const double *d = m->density_effect;
        double delta = eot_density_effect(log10(beta_gamma), d[0], d[1], d[2], d[3], d[4]);
        sum += medium->fraction[i] * m->density *
               eot_electron_ionisation(E, m->Z_over_A, m->mean_excitation * 1e-9, delta);
    }
    return sum;
}

double eot_em_medium_rate(const struct eot_em_medium *medium, double E, eot_atom_xsec *xsec, double *error) {
    double sum = 0.0, element_error = 0.0;
    if (error != NULL) *error = 0.0;
    for (int i = 0; i < medium->n_constituent; i++) {
        const struct eot_material *m = medium->material[i];
        for (int j = 0; j < m->n_element; j++) {
            sum += medium->fraction[i] * m->density * EOT_AVOGADRO * m->element[j].mass_fraction / m->element[j].A *
                   xsec(E, m->element[j].Z, m->element[j].A, error != NULL ? &element_error : NULL);
            if (error != NULL) *error = fmax(*error, element_error);
        }
    }
    return sum;
}

/* Rates of the rare processes that are on at a node: one value each, their sums by parent in the node's columns. */
static enum eot_status rare_rates(const struct eot_em_options *o, const struct eot_f32_table *table, int m, double E,
                                  double *rate, double *node, struct eot_em_errors *error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int p = 0; p < EOT_N_RARE; p++) {
        const struct eot_process *process = eot_process_at(p);
        double rare_error = 0.0;
        if (!o->rare[p]) continue;
        rate[p] = process->rate(o, table, m, E, &rare_error);
        /* where a rate has only begun, its error counts against that at the largest energy */
        if (!(rare_error < process->tolerance) &&
            rare_error * rate[p] < process->tolerance * NEGLIGIBLE * process->rate(o, table, m, o->energy_max, NULL))
            rare_error = 0.0;
        EOT_CHECK(rare_error < process->tolerance, EOT_E_NUMERIC,
                  "the rate of %s reaches a relative error of %.1e only (tolerance %.0e) at %g GeV; report the "
                  "configuration",
                  process->reaction, rare_error, process->tolerance, E);
        error->rare[p] = fmax(error->rare[p], rare_error);
        for (int type = 0; type < EOT_N_PARTICLE; type++)
            if (eot_rare_parents(p) & 1 << type) node[eot_em_rare_column(type)] += rate[p];
    }
done:
    return status;
}

static double compton_low(double k) { return log(EOT_M_ELECTRON / (EOT_M_ELECTRON + 2.0 * k)); }

struct eot_em_rates eot_em_rates_at(const struct eot_em_medium *medium, double E, double cut, bool lpm) {
    double cumulative[N_CELL + 1];
    struct eot_em_rates r = {0};
    if (E - EOT_M_ELECTRON > cut)
        r.brems = cumulate(medium, E, lpm, brems_in_log_k, log(cut), log(E - EOT_M_ELECTRON), cumulative, NULL);
    r.pair = cumulate(medium, E, lpm, pair_in_eps, EOT_M_ELECTRON / E, 1.0 - EOT_M_ELECTRON / E, cumulative, NULL);
    r.compton = cumulate(medium, E, lpm, compton_in_log_eps, compton_low(E), 0.0, cumulative, NULL);
    r.ionisation = medium_ionisation(medium, E);
    return r;
}

/* Quantiles of the energy radiated below the cut, in units of the cut, along `path` radiation lengths: a compound
 * Poisson sum with the intensity `spectrum` (photons per X0 and lattice cell, cell j centred at j h, j >= 1) plus the
 * drift of the photons below h/2. Panjer's recursion: Insurance: Math. Econ. 12 (1981) 22, p_n = (1/n) sum_j j lambda_j
 * p_(n-j). The rows are scaled to the exact mean. */
static enum eot_status soft_quantiles(const double *spectrum, int n_spectrum, double drift, double mean, double path,
                                      double *quantile, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    enum { N_MAX = 64 * N_LATTICE_PER_CUT };
    double h = 1.0 / N_LATTICE_PER_CUT, *p = calloc(N_MAX, sizeof *p), *cumulative = calloc(N_MAX, sizeof *cumulative),
           *weighted = calloc((size_t)n_spectrum + 1, sizeof *weighted);
    EOT_CHECK_MEMORY(p);
    EOT_CHECK_MEMORY(cumulative);
    EOT_CHECK_MEMORY(weighted);
    double total = 0.0;
    for (int j = 1; j <= n_spectrum; j++) {
        total += spectrum[j] * path;
        weighted[j] = spectrum[j] * path * j;
    }
    p[0] = cumulative[0] = exp(-total);
    int n = 1;
    for (; n < N_MAX && cumulative[n - 1] < 1.0 - 1e-9; n++) {
        double sum = 0.0;
        int j_max = n < n_spectrum ? n : n_spectrum;
        for (int j = 1; j <= j_max; j++) sum += weighted[j] * p[n - j];
        p[n] = sum / n;
        cumulative[n] = cumulative[n - 1] + p[n];
    }
    EOT_CHECK(n < N_MAX, EOT_E_NUMERIC,
              "the radiation below the cut along %g X0 has no end within %d cuts; use a smaller physics.step_max_X0",
              path, N_MAX / N_LATTICE_PER_CUT);
    int cell = 0;
    for (int i = 0; i < EOT_EM_N_SOFT_QUANTILE; i++) {
        double u = (double)i / EOT_EM_N_SOFT_QUANTILE;
        while (cell < n - 1 && cumulative[cell] < u) cell++;
        double below = cell > 0 ? cumulative[cell - 1] : 0.0, f = p[cell] > 0.0 ? (u - below) / p[cell] : 0.0;
        double start = cell > 0 ? (cell - 0.5) * h : 0.0, width = cell > 0 ? h : 0.5 * h;
        quantile[i] = start + f * width;
    }
    /* the last cell has the tail: its end point is set so that a straight line has the tail's mean */
    double u_last = 1.0 - 1.0 / EOT_EM_N_SOFT_QUANTILE, tail = 0.0, tail_weight = 0.0;
    for (int i = 0; i < n; i++)
        if (cumulative[i] > u_last) {
            double part = fmin(p[i], cumulative[i] - u_last);
            tail += part * i * h;
            tail_weight += part;
        }
    quantile[EOT_EM_N_SOFT_QUANTILE] =
        fmax(quantile[EOT_EM_N_SOFT_QUANTILE - 1], 2.0 * tail / tail_weight - quantile[EOT_EM_N_SOFT_QUANTILE - 1]);
    double table_mean = 0.0;
    for (int i = 0; i < EOT_EM_N_SOFT_QUANTILE; i++)
        table_mean += 0.5 * (quantile[i] + quantile[i + 1]) / EOT_EM_N_SOFT_QUANTILE;
    for (int i = 0; i <= EOT_EM_N_SOFT_QUANTILE; i++)
        quantile[i] = table_mean > 0.0 ? quantile[i] * (mean - drift) * path / table_mean + drift * path : drift * path;
done:
    free(p);
    free(cumulative);
    free(weighted);
    return status;
}

/* Photons per X0 of the period's average medium in each lattice cell below the cut, their drift and mean [in units of
 * the cut]. */
static void soft_spectrum(const struct eot_em_options *o, double E, double *spectrum, int n, double *drift,
                          double *mean) {
    double h = o->cut / N_LATTICE_PER_CUT, inverse_X0 = 0.0, k_max = fmin(o->cut, E - EOT_M_ELECTRON);
    for (int m = 0; m < o->n_medium; m++) {
        double d = o->n_medium == 1 ? 1.0 : o->medium[m].thickness;
        inverse_X0 += d / eot_em_medium_X0(&o->medium[m]);
    }
    *mean = *drift = 0.0;
    for (int j = 0; j <= n; j++) {
        double low = j == 0 ? 1e-6 * h : (j - 0.5) * h, high = fmin((j + 0.5) * h, k_max), energy = 0.0;
        spectrum[j] = 0.0;
        if (high <= low) continue;
        double width = log(high / low);
        for (int i = 0; i < 4; i++) {
            double v = log(low) + GAUSS_4_X[i] * width, rate = 0.0;
            for (int m = 0; m < o->n_medium; m++)
                rate += (o->n_medium == 1 ? 1.0 : o->medium[m].thickness) *
                        medium_sum(&o->medium[m], E, v, o->lpm, brems_in_log_k);
            energy += GAUSS_4_W[i] * width * rate / inverse_X0 * exp(v) / o->cut;
        }
        if (j == 0)
            *drift = energy;
        else
            spectrum[j] = energy * N_LATTICE_PER_CUT / j; /* the lattice keeps the cell's energy */
        *mean += energy;
    }
}

/* Radiation lengths in the longest step: it is limited in cm, and in explicit layers it may hold more of the denser one
 * than the average. */
static double longest_step_X0(const struct eot_em_options *o) {
    if (o->n_medium == 1) return o->step_max_X0;
    double period = 0.0, period_X0 = 0.0, in_X0[2], most = 0.0;
    for (int m = 0; m < 2; m++) {
        in_X0[m] = 1.0 / eot_em_medium_X0(&o->medium[m]);
        period += o->medium[m].thickness;
        period_X0 += o->medium[m].thickness * in_X0[m];
    }
    double length = o->step_max_X0 * period / period_X0, n = floor(length / period), rest = length - n * period;
    for (int m = 0; m < 2; m++) { /* the rest begins with one of the layers */
        double first = fmin(rest, o->medium[m].thickness);
        most = fmax(most, first * in_X0[m] + (rest - first) * in_X0[1 - m]);
    }
    return n * period_X0 + most;
}

static enum eot_status build_soft(const struct eot_em_options *o, struct eot_f32_table *table, eot_em_tables *t,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double spectrum[N_LATTICE_PER_CUT + 1], quantile[EOT_EM_N_SOFT_QUANTILE + 1],
        log_step = log(o->energy_max / o->cut) / (EOT_EM_N_SOFT_ENERGY - 1);
    t->soft_inverse_log_step = (f32)(1.0 / log_step);
    double path_max = longest_step_X0(o);
    t->soft_path_scale = (f32)((EOT_EM_N_SOFT_PATH - 1) * (EOT_EM_N_SOFT_PATH - 1) / (path_max * 1.0001));
    t->soft = (u32)table->n;
    for (int i = 0; i < EOT_EM_N_SOFT_ENERGY; i++) {
        double drift, mean;
        soft_spectrum(o, o->cut * exp(i * log_step), spectrum, N_LATTICE_PER_CUT, &drift, &mean);
        for (int j = 0; j < EOT_EM_N_SOFT_PATH; j++) {
            double path = (double)(j * j) / ((EOT_EM_N_SOFT_PATH - 1) * (EOT_EM_N_SOFT_PATH - 1)) * path_max;
            memset(quantile, 0, sizeof quantile);
            if (j > 0) EOT_TRY(soft_quantiles(spectrum, N_LATTICE_PER_CUT, drift, mean, path, quantile, err));
            EOT_TRY(eot_f32_table_append(table, quantile, EOT_EM_N_SOFT_QUANTILE + 1, NULL, err));
        }
    }
done:
    return status;
}

enum eot_status eot_em_tables_build(const struct eot_em_options *o, struct eot_f32_table *table, eot_em_tables *t,
                                    struct eot_em_errors error[EOT_N_MEDIUM_MAX], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double log_range = log(o->energy_max / o->cut), *nodes = NULL, *quantiles = NULL, *rare = NULL,
           cumulative[N_CELL + 1];
    int n_energy = (o->energy_max < FINE_BELOW ? 40 : 10) * (int)ceil(log_range) + 12;
    double log_step = log_range / (n_energy - 1);
    size_t n_node = (size_t)(o->n_medium * n_energy * EOT_EM_N_COLUMN), n_row = EOT_EM_N_QUANTILE + 1;
    size_t n_quantile = (size_t)(o->n_medium * EOT_N_CHANNEL * n_energy) * n_row;
    nodes = calloc(n_node, sizeof *nodes);
    quantiles = calloc(n_quantile, sizeof *quantiles);
    rare = calloc((size_t)(o->n_medium * n_energy * EOT_N_RARE), sizeof *rare);
    EOT_CHECK_MEMORY(nodes);
    EOT_CHECK_MEMORY(quantiles);
    EOT_CHECK_MEMORY(rare);
    for (int m = 0; m < EOT_N_MEDIUM_MAX; m++) {
        error[m] = (struct eot_em_errors){.brems = 0.0};
        for (int p = 0; p < EOT_N_RARE && m < o->n_medium; p++)
            if (o->rare[p] && o->table_error != NULL) error[m].rare[p] = o->table_error[p];
    }
    for (int m = 0; m < o->n_medium; m++) {
        const struct eot_em_medium *medium = &o->medium[m];
        double majorant = 0.0;
        for (int i = 0; i < n_energy; i++) {
            double E = o->cut * exp(i * log_step), brems_error = 0.0, pair_error, compton_error;
            double *node = nodes + (size_t)(m * n_energy + i) * EOT_EM_N_COLUMN;
            double *row[EOT_N_CHANNEL];
            for (int c = 0; c < EOT_N_CHANNEL; c++)
                row[c] = quantiles + (size_t)((m * EOT_N_CHANNEL + c) * n_energy + i) * n_row;
            /* bremsstrahlung, v = ln k from the cut to the end point; the quantile is ln(k/cut)/ln(E/cut) */
            double high = log(E - EOT_M_ELECTRON), low = log(o->cut), brems = 0.0;
            if (high > low) {
                brems = cumulate(medium, E, o->lpm, brems_in_log_k, low, high, cumulative, &brems_error);
                invert(cumulative, 0.0, (high - low) / (i * log_step), EOT_EM_N_QUANTILE,
                       row[EOT_CHANNEL_BREMS]); /* ends at E - m, not E */
            } else {
                for (int q = 0; q <= EOT_EM_N_QUANTILE; q++) row[EOT_CHANNEL_BREMS][q] = (double)q / EOT_EM_N_QUANTILE;
            }
            double pair = cumulate(medium, E, o->lpm, pair_in_eps, EOT_M_ELECTRON / E, 1.0 - EOT_M_ELECTRON / E,
                                   cumulative, &pair_error);
            invert(cumulative, EOT_M_ELECTRON / E, 1.0 - EOT_M_ELECTRON / E, EOT_EM_N_QUANTILE, row[EOT_CHANNEL_PAIR]);
            /* Compton: the whole spectrum, the quantile in ln(k'/cut)/ln(k/cut), below 0 for photons that fall below
             * the cut */
            double compton =
                cumulate(medium, E, o->lpm, compton_in_log_eps, compton_low(E), 0.0, cumulative, &compton_error);
            invert(cumulative, compton_low(E), 0.0, EOT_EM_N_QUANTILE, row[EOT_CHANNEL_COMPTON]);
            for (int q = 0; q <= EOT_EM_N_QUANTILE; q++)
                row[EOT_CHANNEL_COMPTON][q] =
                    i > 0 ? 1.0 + row[EOT_CHANNEL_COMPTON][q] / (i * log_step) : (double)q / EOT_EM_N_QUANTILE;
            majorant = fmax(majorant, brems);
            node[EOT_EM_CHARGED + EOT_EM_FREE_PATH] = 1.0 / fmax(majorant, 1e-12);
            node[EOT_EM_CHARGED + EOT_EM_LOSS] = medium_ionisation(medium, E);
            node[EOT_EM_CHARGED + EOT_EM_VERTEX] = brems;
            node[EOT_EM_PHOTON + EOT_EM_FREE_PATH] = 1.0 / (pair + compton);
            node[EOT_EM_PHOTON + EOT_EM_VERTEX] = compton / (pair + compton);
            EOT_TRY(rare_rates(o, table, m, E, &rare[(m * n_energy + i) * EOT_N_RARE], node, &error[m], err));
            error[m].brems = fmax(error[m].brems, brems_error);
            error[m].pair = fmax(error[m].pair, pair_error);
            error[m].compton = fmax(error[m].compton, compton_error);
        }
        double worst = fmax(fmax(error[m].brems, error[m].pair), error[m].compton);
        EOT_CHECK(worst < EOT_EM_TOLERANCE, EOT_E_NUMERIC,
                  "cascade rates reach a relative error of %.1e only (tolerance %.0e); report the configuration", worst,
                  EOT_EM_TOLERANCE);
    }
    memset(t, 0, sizeof *t);
    t->cut = t->sought = (f32)o->cut;
    t->log_cut = (f32)log(o->cut);
    t->inverse_log_step = (f32)(1.0 / log_step);
    t->n_energy = n_energy;
    t->n_medium = o->n_medium;
    for (int m = 0; m < o->n_medium; m++) {
        t->layer[m] = o->n_medium == 1 ? (f32)1e9 : (f32)o->medium[m].thickness;
        t->inverse_X0[m] = (f32)(1.0 / eot_em_medium_X0(&o->medium[m]));
    }
    double X0 = 1.0 / t->inverse_X0[0];
    if (o->n_medium == 2)
        X0 = (t->layer[0] + t->layer[1]) / (t->layer[0] * t->inverse_X0[0] + t->layer[1] * t->inverse_X0[1]);
    t->depth = (f32)o->depth;
    t->step_max = (f32)(o->step_max_X0 * X0);
    t->rare_parents = eot_process_parents(o->rare);
    for (int p = 0; p < EOT_N_PARTICLE; p++) t->rare_min[p] = (f32)o->rare_min[p];
    EOT_TRY(eot_f32_table_append(table, nodes, n_node, &t->node, err));
    EOT_TRY(eot_f32_table_append(table, rare, (size_t)(o->n_medium * n_energy * EOT_N_RARE), &t->rare, err));
    EOT_TRY(eot_f32_table_append(table, quantiles, n_quantile, &t->quantile, err));
    EOT_TRY(build_soft(o, table, t, err));
done:
    free(nodes);
    free(quantiles);
    free(rare);
    return status;
}
