/* e N -> e N mu+ mu-: totals, tables, descriptor. */
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>

#include "eotmc/physics/dimuon_trident.h"
#include "physics/dimuon.h"
#include "physics/process.h"

static const double CM2_IN_PB = 1e36;
static const double TOLERANCE = 0.02; /* of the coarser of two rules, whose error is an order above the one that is
                                         used; the model is good to 10 % */

enum { N_HALF = 64, N_CELL = 2 * N_HALF, N_FINE = 6, N_ENERGY = 40, N_QUANTILE = 128, N_RULE = 16 };

/* Least energy of a pair on an atom, at most `high` [GeV], 0.25 to 0.41 GeV: where BKK's logarithm begins to be
 * positive, which depends on k x (1 - x) alone; above it is positive between x_begin and 1 - x_begin. */
static double pair_begin(double high, double Z, double A) {
    double low = 2.0 * EOT_M_MUON;
    for (int i = 0; i < 50; i++) {
        double middle = 0.5 * (low + high);
        if (eot_dimuon_gamma_dxsec_dx(middle, 0.5, Z, A) > 0.0)
            high = middle;
        else
            low = middle;
    }
    return high;
}
struct atom {
    double Z, A, begin;
};
static struct atom atom_of(double Z, double A) { return (struct atom){Z, A, pair_begin(1e3, Z, A)}; }
static double x_begin(double k, double begin) { return 0.5 * (1.0 - sqrt(fmax(0.0, 1.0 - begin / k))); }

/* dsigma/dk of one atom: the integral over x, symmetric, so that half of it is taken. */
static double dxsec_dk(double E, double k, const struct atom *atom, const gsl_integration_glfixed_table *rule) {
    double low = fmax(EOT_M_MUON / k, x_begin(k, atom->begin)), sum = 0.0;
    for (size_t i = 0; i < rule->n; i++) {
        double x, w;
        gsl_integration_glfixed_point(low, 0.5, i, &x, &w, rule);
        sum += 2.0 * w * eot_dimuon_trident_dxsec_dk_dx(E, k, x, atom->Z, atom->A);
    }
    return sum;
}

/* Edges of 2 n cells in k: half of them uniform in ln k, half in ln(E - k), where the flux has its end-point peak. */
static double edge(double E, double k_min, double k_max, int i, int n) {
    double middle = fmax(k_min, 0.5 * E);
    if (i <= n) return k_min * exp(log(middle / k_min) * i / n);
    return i == 2 * n ? k_max : E - (E - middle) * exp(log((E - k_max) / (E - middle)) * (i - n) / n);
}

/* Integral of dsigma/dk over a cell by a Gauss rule, in ln k or ln(E - k). */
static double cell(double E, double low, double high, const struct atom *atom,
                   const gsl_integration_glfixed_table *rule, const gsl_integration_glfixed_table *rule_x) {
    double sum = 0.0;
    int from_end = low >= 0.5 * E;
    double a = from_end ? log(E - high) : log(low), b = from_end ? log(E - low) : log(high);
    if (!(b > a)) return 0.0;
    for (size_t i = 0; i < rule->n; i++) {
        double v, w;
        gsl_integration_glfixed_point(a, b, i, &v, &w, rule);
        double k = from_end ? E - exp(v) : exp(v);
        sum += w * exp(v) * dxsec_dk(E, k, atom, rule_x);
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
    const struct atom atom = atom_of(Z, A);
    double low = fmax(k_min, atom.begin), high = k_end(E, Z), sum[2] = {0.0, 0.0};
    struct rules rules;
    if (error != NULL) *error = 0.0;
    if (high <= low) return 0.0;
    if (!rules_make(&rules)) sum[0] = NAN;
    for (int r = 0; r < (error != NULL ? 2 : 1) && isfinite(sum[0]); r++)
        for (int i = 0; i < N_CELL; i++)
            sum[r] += cell(E, edge(E, low, high, i, N_HALF), edge(E, low, high, i + 1, N_HALF), &atom, rules.k[r],
                           rules.x[r]);
    rules_free(&rules);
    if (error != NULL && sum[0] > 0.0) *error = fabs(sum[1] / sum[0] - 1.0);
    return sum[0];
}

static double whole_xsec(double E, double Z, double A, double *error) {
    return eot_dimuon_trident_xsec(E, 0.0, Z, A, error);
}
double eot_em_medium_dimuon_trident(const struct eot_em_medium *medium, double E, double *error) {
    return eot_em_medium_rate(medium, E, whole_xsec, error);
}

/* The calorimeter's atoms with their numbers per volume, but for a factor. @param atom of the caller, to be freed. */
struct weighted_atom {
    struct atom atom;
    double weight;
};
static enum eot_status atoms_of(const struct eot_em_options *o, struct weighted_atom **atom, size_t *n,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *n = 0;
    *atom = calloc((size_t)o->n_medium * EOT_N_CONSTITUENT * EOT_MAX_ELEMENT, sizeof **atom);
    EOT_CHECK_MEMORY(*atom);
    for (int m = 0; m < o->n_medium; m++) {
        const struct eot_em_medium *medium = &o->medium[m];
        for (int c = 0; c < medium->n_constituent; c++)
            for (int a = 0; a < medium->material[c]->n_element; a++) {
                const struct eot_element *e = &medium->material[c]->element[a];
                (*atom)[(*n)++] = (struct weighted_atom){
                    atom_of(e->Z, e->A), medium->fraction[c] * (o->n_medium == 1 ? 1.0 : medium->thickness) *
                                             medium->material[c]->density * e->mass_fraction / e->A};
            }
    }
done:
    return status;
}

enum eot_status eot_dimuon_trident_table_build(const struct eot_em_options *o, double k_min,
                                               struct eot_f32_table *table, eot_dimuon_trident_table *t,
                                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    enum { N = 2 * N_HALF * N_FINE };
    struct rules rules = {{NULL, NULL}, {NULL, NULL}};
    struct weighted_atom *atom = NULL;
    size_t n_atom = 0;
    double low = o->energy_max, first, step;
    EOT_TRY(atoms_of(o, &atom, &n_atom, err));
    for (size_t a = 0; a < n_atom; a++) low = fmin(low, atom[a].atom.begin);
    low = fmax(low, k_min);
    first = 1.02 * low;
    step = log(o->energy_max / first) / (N_ENERGY - 1);
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
            for (size_t a = 0; a < n_atom; a++)
                sum += atom[a].weight * cell(E, from, to, &atom[a].atom, rules.k[1], rules.x[1]);
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
    free(atom);
    rules_free(&rules);
    return status;
}

static enum eot_status trident_build(struct eot_process_build *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (b->is_cascade_only) return EOT_OK;
    EOT_TRY(eot_dimuon_tables_build(b->options, b->table, b->vertex, err));
    EOT_TRY(eot_dimuon_trident_table_build(b->options, 0.0, b->table, &b->vertex->trident, err));
done:
    return status;
}

static int trident_list(const eot_vertex_tables *e, struct eot_process_table list[EOT_MAX_PROCESS_TABLE]) {
    double first = exp((double)e->trident.log_first);
    list[0] =
        (struct eot_process_table){.name = "trident pair energy",
                                   .low = first,
                                   .high = first * exp((e->trident.n_energy - 1) / (double)e->trident.inverse_log_step),
                                   .n_node = (size_t)e->trident.n_energy,
                                   .n_value = (size_t)(e->trident.n_energy * (e->trident.n_quantile + 1))};
    return 1;
}

static double trident_rate(const struct eot_em_options *o, const struct eot_f32_table *table, int medium, double E,
                           double *error) {
    (void)table;
    return eot_em_medium_dimuon_trident(&o->medium[medium], E, error);
}

/* The electron goes on straight. */
static enum eot_status trident_final_state(const struct eot_final_vertex *v, struct eot_final_context *context,
                                           struct eot_final_state *state, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_xsec_curve *c = NULL;
    bool is_new;
    EOT_TRY(eot_xsec_curve_find(context, &eot_process_dimuon_trident, v->target_Z, v->target_A, &c, &is_new, err));
    if (is_new) {
        c->rel_error = TOLERANCE;
        eot_xsec_curve_span(c, 2.0 * EOT_M_MUON, context->E_max);
        for (int i = 0; i < EOT_N_XSEC_CURVE; i++)
            c->xsec[i] =
                eot_dimuon_trident_xsec(exp(c->log_first + i * c->log_step), 0.0, c->Z, c->A, NULL) * CM2_IN_PB;
    }
    eot_final_pair_on_nucleus(v, v->parent == EOT_POSITRON ? -11 : 11, EOT_M_ELECTRON,
                              fmax(EOT_M_ELECTRON, v->E - v->E_plus - v->E_minus), state);
    state->xsec = eot_xsec_curve_at(c, v->E);
    state->xsec_error = c->rel_error * state->xsec;
done:
    return status;
}

EOT_PROCESS_DESCRIPTOR(dimuon_trident, "e N -> e N mu+ mu-", "muon pair", "dimuon.trident", eot_dimuon_threshold,
                       trident_build, trident_list, trident_rate, TOLERANCE, eot_process_unit_one,
                       eot_process_completes_nothing, trident_final_state,
                       "equivalent photons with Kelner's virtuality, time-like photons, folded with gamma -> mu mu; "
                       "10 %",
                       "from threshold", "Kelner 1967; Budnev et al. 1975");
