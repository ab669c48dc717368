#include "physics/dimuon.h"

#include <gsl/gsl_integration.h>
#include <math.h>

#include "eotmc/physics/dimuon_annihilation.h"

enum { N_HALF = 64, N_CELL = 2 * N_HALF, N_FINE = 6, N_ENERGY = 40, N_QUANTILE = 128, N_RULE = 16 };

/* dsigma/dk of one atom: the integral over x, symmetric, so that half of it is taken. */
static double dxsec_dk(double E, double k, double Z, double A, const gsl_integration_glfixed_table *rule) {
    double low = EOT_M_MUON / k, sum = 0.0;
    for (size_t i = 0; i < rule->n; i++) {
        double x, w;
        gsl_integration_glfixed_point(low, 0.5, i, &x, &w, rule);
        sum += 2.0 * w * eot_dimuon_trident_dxsec_dk_dx(E, k, x, Z, A);
    }
    return sum;
}

/* Edges of 2 n cells in k: half of them uniform in ln k, half in ln(E - k), where the flux has its end-point peak. */
static double edge(double E, double k_min, double k_max, int i, int n) {
    double middle = fmax(k_min, 0.5 * E);
    if (i <= n) return k_min * exp(log(middle / k_min) * i / n);
    return i == 2 * n ? k_max : E - (E - middle) * exp(log((E - k_max) / (E - middle)) * (i - n) / n);
}

/* Integral of dsigma/dk over a cell by n_point Gauss points, in ln k or ln(E - k). */
static double cell(double E, double low, double high, double Z, double A, int n_point,
                   const gsl_integration_glfixed_table *rule, const gsl_integration_glfixed_table *rule_x) {
    double sum = 0.0;
    int from_end = low >= 0.5 * E;
    double a = from_end ? log(E - high) : log(low), b = from_end ? log(E - low) : log(high);
    if (!(b > a)) return 0.0;
    for (int i = 0; i < n_point; i++) {
        double v, w;
        gsl_integration_glfixed_point(a, b, (size_t)i, &v, &w, rule);
        double k = from_end ? E - exp(v) : exp(v);
        sum += w * exp(v) * dxsec_dk(E, k, Z, A, rule_x);
    }
    return sum;
}

struct rules {
    gsl_integration_glfixed_table *k[2], *x[2]; /* fine, coarse */
};
static void rules_free(struct rules *r) {
    for (int i = 0; i < 2; i++) {
        if (r->k[i] != NULL) gsl_integration_glfixed_table_free(r->k[i]);
        if (r->x[i] != NULL) gsl_integration_glfixed_table_free(r->x[i]);
    }
}
static int rules_make(struct rules *r) {
    *r = (struct rules){{gsl_integration_glfixed_table_alloc(2), gsl_integration_glfixed_table_alloc(1)},
                        {gsl_integration_glfixed_table_alloc(N_RULE), gsl_integration_glfixed_table_alloc(N_RULE - 4)}};
    return r->k[0] != NULL && r->k[1] != NULL && r->x[0] != NULL && r->x[1] != NULL;
}

static double k_end(double E, double Z) { return E - 0.75 * EOT_SQRT_E * cbrt(Z) * EOT_M_ELECTRON; }

double eot_dimuon_trident_xsec(double E, double k_min, double Z, double A, double *error) {
    double low = fmax(k_min, 2.0 * EOT_M_MUON), high = k_end(E, Z), sum[2] = {0.0, 0.0};
    struct rules rules;
    if (error != NULL) *error = 0.0;
    if (high <= low) return 0.0;
    if (!rules_make(&rules)) sum[0] = NAN;
    for (int r = 0; r < (error != NULL ? 2 : 1) && isfinite(sum[0]); r++)
        for (int i = 0; i < N_CELL; i++)
            sum[r] += cell(E, edge(E, low, high, i, N_HALF), edge(E, low, high, i + 1, N_HALF), Z, A, 2 - r, rules.k[r],
                           rules.x[r]);
    rules_free(&rules);
    if (error != NULL && sum[0] > 0.0) *error = fabs(sum[1] / sum[0] - 1.0);
    return sum[0];
}

/* Sum over the atoms of a medium [atoms/cm3 and share of the path]. */
typedef double atom_value(const struct eot_element *e, double E, double k_min, double *error);
static double medium_sum(const struct eot_em_medium *medium, double E, double k_min, double *error, atom_value *f) {
    double sum = 0.0, element_error = 0.0;
    if (error != NULL) *error = 0.0;
    for (int i = 0; i < medium->n_constituent; i++) {
        const struct eot_material *m = medium->material[i];
        for (int j = 0; j < m->n_element; j++) {
            sum += medium->fraction[i] * m->density * EOT_AVOGADRO * m->element[j].mass_fraction / m->element[j].A *
                   f(&m->element[j], E, k_min, error != NULL ? &element_error : NULL);
            if (error != NULL) *error = fmax(*error, element_error);
        }
    }
    return sum;
}
static double trident_of(const struct eot_element *e, double E, double k_min, double *error) {
    return eot_dimuon_trident_xsec(E, k_min, e->Z, e->A, error);
}
static double annihilation_of(const struct eot_element *e, double E, double k_min, double *error) {
    (void)k_min;
    (void)error;
    return e->Z * eot_dimuon_annihilation_xsec(E);
}
double eot_em_medium_dimuon_trident(const struct eot_em_medium *medium, double E, double k_min, double *error) {
    return medium_sum(medium, E, k_min, error, trident_of);
}
double eot_em_medium_dimuon_annihilation(const struct eot_em_medium *medium, double E) {
    return medium_sum(medium, E, 0.0, NULL, annihilation_of);
}

/* Lowest energy at which any of the calorimeter's atoms makes a pair: where BKK's logarithm begins, 0.25 to 0.41 GeV.
 */
static double first_pair(const struct eot_em_options *o, double k_min) {
    double lowest = o->energy_max;
    for (int m = 0; m < o->n_medium; m++)
        for (int c = 0; c < o->medium[m].n_constituent; c++)
            for (int a = 0; a < o->medium[m].material[c]->n_element; a++) {
                const struct eot_element *e = &o->medium[m].material[c]->element[a];
                double low = 2.0 * EOT_M_MUON, high = o->energy_max;
                for (int i = 0; i < 50; i++) {
                    double middle = 0.5 * (low + high);
                    if (eot_dimuon_gamma_dxsec_dx(middle, 0.5, e->Z, e->A) > 0.0)
                        high = middle;
                    else
                        low = middle;
                }
                lowest = fmin(lowest, high);
            }
    return fmax(lowest, k_min);
}

enum eot_status eot_dimuon_trident_table_build(const struct eot_em_options *o, double k_min,
                                               struct eot_f32_table *table, eot_dimuon_trident_table *t,
                                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    enum { N = 2 * N_HALF * N_FINE };
    struct rules rules = {{NULL, NULL}, {NULL, NULL}};
    double low = first_pair(o, k_min), first = 1.02 * low, step = log(o->energy_max / first) / (N_ENERGY - 1);
    EOT_CHECK(step > 0.0, EOT_E_CONFIG,
              "tridents need electrons above %g GeV (the beam has at most %g); switch physics.rare.dimuon_trident off",
              first, o->energy_max);
    EOT_CHECK(rules_make(&rules), EOT_E_MEMORY, "out of memory (quadrature rules); close other programs");
    t->n_energy = N_ENERGY;
    t->n_quantile = N_QUANTILE;
    t->log_first = (f32)log(first);
    t->inverse_log_step = (f32)(1.0 / step);
    t->log_k_min = (f32)log(low);
    t->quantile = (u32)table->n;
    for (int i = 0; i < N_ENERGY; i++) {
        double E = first * exp(i * step), high = k_end(E, 1.0), cumulative[N + 1] = {0.0}, row[N_QUANTILE + 1];
        for (int j = 0; j < N; j++) {
            double sum = 0.0, from = edge(E, low, high, j, N / 2), to = edge(E, low, high, j + 1, N / 2);
            for (int m = 0; m < o->n_medium; m++) {
                const struct eot_em_medium *medium = &o->medium[m];
                for (int c = 0; c < medium->n_constituent; c++)
                    for (int a = 0; a < medium->material[c]->n_element; a++) {
                        const struct eot_element *e = &medium->material[c]->element[a];
                        double atoms = medium->fraction[c] * (o->n_medium == 1 ? 1.0 : medium->thickness) *
                                       medium->material[c]->density * e->mass_fraction / e->A;
                        sum += atoms * cell(E, from, to, e->Z, e->A, 1, rules.k[1], rules.x[1]);
                    }
            }
            cumulative[j + 1] = cumulative[j] + sum;
        }
        int j = 0;
        while (j < N - 1 && !(cumulative[j + 1] > 0.0)) j++; /* the first quantile stands where pairs begin */
        for (int q = 0; q <= N_QUANTILE; q++) {              /* linear in ln k, or ln(E - k), within a cell */
            double u = (double)q / N_QUANTILE, target = cumulative[N] * u * u;
            while (j < N - 1 && cumulative[j + 1] < target) j++;
            double content = cumulative[j + 1] - cumulative[j],
                   f = content > 0.0 ? fmin(1.0, fmax(0.0, (target - cumulative[j]) / content)) : 0.0;
            double a = edge(E, low, high, j, N / 2), b = edge(E, low, high, j + 1, N / 2),
                   k = a >= 0.5 * E ? E - (E - a) * exp(f * log((E - b) / (E - a))) : a * exp(f * log(b / a));
            row[q] = cumulative[N] > 0.0 ? log(k / low) / log(E / low) : u; /* without a rate nothing is drawn */
        }
        EOT_TRY(eot_f32_table_append(table, row, N_QUANTILE + 1, NULL, err));
    }
done:
    rules_free(&rules);
    return status;
}
