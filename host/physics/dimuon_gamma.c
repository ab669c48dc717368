/* gamma N -> mu+ mu- N: totals, tables, descriptor. */
#include <gsl/gsl_integration.h>
#include <math.h>

#include "eotmc/physics/dimuon_gamma.h"
#include "physics/dimuon.h"
#include "physics/process.h"

enum { N_ENERGY = 48, N_QUANTILE = 64, N_CELL = 512 };
static const double CM2_IN_PB = 1e36, XSEC_ERROR = 1e-8;

struct xsec_parameters {
    double k, Z, A;
};
static double dimuon_integrand(double x, void *parameters) {
    const struct xsec_parameters *p = parameters;
    return eot_dimuon_gamma_dxsec_dx(p->k, x, p->Z, p->A);
}

/* Total of gamma -> mu+ mu- by two Gauss-Legendre panels of 64 points; *error its relative change with 32 points. */
static double gamma_xsec(double k, double Z, double A, double *error) {
    if (error != NULL) *error = 0.0;
    if (k <= 2.0 * EOT_M_MUON) return 0.0;
    struct xsec_parameters p = {k, Z, A};
    gsl_function f = {dimuon_integrand, &p};
    /* symmetric in x; the lower edge is where W falls to 1, a kink: find it by bisection and integrate from there */
    double low = EOT_M_MUON / k, high = 0.5;
    if (dimuon_integrand(0.5, &p) <= 0.0) return 0.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (dimuon_integrand(middle, &p) > 0.0)
            high = middle;
        else
            low = middle;
    }
    double sum[2] = {0.0, 0.0}, knee = fmin(0.5, 4.0 * high);
    for (int i = 0; i < (error != NULL ? 2 : 1); i++) {
        gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(i == 0 ? 64 : 32);
        if (rule == NULL) return NAN;
        sum[i] = 2.0 * (gsl_integration_glfixed(&f, high, knee, rule) + gsl_integration_glfixed(&f, knee, 0.5, rule));
        gsl_integration_glfixed_table_free(rule);
    }
    if (error != NULL) *error = fabs(sum[1] / sum[0] - 1.0);
    return sum[0];
}

double eot_dimuon_gamma_xsec(double k, double Z, double A) { return gamma_xsec(k, Z, A, NULL); }

double eot_em_medium_dimuon_gamma(const struct eot_em_medium *medium, double k, double *error) {
    return eot_em_medium_rate(medium, k, gamma_xsec, error);
}

enum eot_status eot_dimuon_tables_build(const struct eot_em_options *o, struct eot_f32_table *table,
                                        eot_vertex_tables *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (e->n_pair_energy > 0) return EOT_OK; /* another process has asked for them */
    /* atoms per cm of path, averaged over the period */
    struct {
        double Z, A, atoms;
    } atom[EOT_MAX_ELEMENT * EOT_N_MEDIUM_MAX * EOT_N_CONSTITUENT];
    int n_atom = 0;
    double length = 0.0;
    for (int m = 0; m < o->n_medium; m++) length += o->n_medium == 1 ? 1.0 : o->medium[m].thickness;
    for (int m = 0; m < o->n_medium; m++)
        for (int i = 0; i < o->medium[m].n_constituent; i++) {
            const struct eot_material *material = o->medium[m].material[i];
            double share = o->medium[m].fraction[i] * (o->n_medium == 1 ? 1.0 : o->medium[m].thickness) / length;
            for (int j = 0; j < material->n_element; j++) {
                atom[n_atom].Z = material->element[j].Z;
                atom[n_atom].A = material->element[j].A;
                atom[n_atom++].atoms = share * material->density * EOT_AVOGADRO * material->element[j].mass_fraction /
                                       material->element[j].A;
            }
        }
    double first = 2.0 * EOT_M_MUON * 1.001, step = log(o->energy_max / first) / (N_ENERGY - 1);
    e->n_pair_energy = N_ENERGY;
    e->n_pair_quantile = N_QUANTILE;
    e->pair_log_first = (f32)log(first);
    e->pair_inverse_log_step = (f32)(1.0 / step);
    e->pair_quantile = (u32)table->n;
    for (int i = 0; i < N_ENERGY; i++) {
        double k = first * exp(i * step), low = EOT_M_MUON / k, cumulative[N_CELL + 1], row[N_QUANTILE + 1];
        cumulative[0] = 0.0;
        for (int j = 0; j < N_CELL; j++) {
            double x = low + (1.0 - 2.0 * low) * (j + 0.5) / N_CELL, density = 0.0;
            for (int a = 0; a < n_atom; a++)
                density += atom[a].atoms * eot_dimuon_gamma_dxsec_dx(k, x, atom[a].Z, atom[a].A);
            cumulative[j + 1] = cumulative[j] + density;
        }
        int cell = 0;
        for (int q = 0; q <= N_QUANTILE; q++) {
            double target = cumulative[N_CELL] * q / N_QUANTILE;
            while (cell < N_CELL - 1 && cumulative[cell + 1] < target) cell++;
            double content = cumulative[cell + 1] - cumulative[cell];
            row[q] = (cell + (content > 0.0 ? (target - cumulative[cell]) / content : 0.5)) / N_CELL;
            row[q] = cumulative[N_CELL] > 0.0
                         ? row[q]
                         : (double)q / N_QUANTILE; /* below the formula's own threshold nothing is drawn */
        }
        EOT_TRY(eot_f32_table_append(table, row, N_QUANTILE + 1, NULL, err));
    }
    /* the EOT_N_ELEMENT elements that make most pairs */
    double rate[sizeof atom / sizeof atom[0]], total = 0.0, below = 0.0;
    for (int a = 0; a < n_atom; a++)
        rate[a] = atom[a].atoms * eot_dimuon_gamma_xsec(fmin(10.0, o->energy_max), atom[a].Z, atom[a].A);
    e->n_element = 0;
    int chosen[EOT_N_ELEMENT];
    while (e->n_element < EOT_N_ELEMENT && e->n_element < n_atom) {
        int best = -1;
        for (int a = 0; a < n_atom; a++) {
            int used = 0;
            for (int c = 0; c < e->n_element; c++) used |= chosen[c] == a;
            if (!used && (best < 0 || rate[a] > rate[best])) best = a;
        }
        chosen[e->n_element++] = best;
        total += rate[best];
    }
    for (int c = 0; c < e->n_element; c++) {
        below += rate[chosen[c]];
        e->element_share[c] = (f32)(total > 0.0 ? below / total : 1.0);
        e->element_Z[c] = (f32)atom[chosen[c]].Z;
        e->element_A[c] = (f32)atom[chosen[c]].A;
    }
done:
    return status;
}

double eot_dimuon_threshold(const struct eot_config *config) {
    (void)config;
    return 2.0 * EOT_M_MUON;
}

static enum eot_status gamma_build(struct eot_process_build *b, struct eot_error *err) {
    return b->is_cascade_only ? EOT_OK : eot_dimuon_tables_build(b->options, b->table, b->vertex, err);
}

static int gamma_list(const eot_vertex_tables *e, struct eot_process_table list[EOT_MAX_PROCESS_TABLE]) {
    double first = exp((double)e->pair_log_first);
    list[0] = (struct eot_process_table){.name = "mu+ mu- energy split",
                                         .low = first,
                                         .high = first * exp((e->n_pair_energy - 1) / (double)e->pair_inverse_log_step),
                                         .n_node = (size_t)e->n_pair_energy,
                                         .n_value = (size_t)(e->n_pair_energy * (e->n_pair_quantile + 1))};
    return 1;
}

static double gamma_rate(const struct eot_em_options *o, const struct eot_f32_table *table, int medium, double E,
                         double *error) {
    (void)table;
    return eot_em_medium_dimuon_gamma(&o->medium[medium], E, error);
}

static enum eot_status gamma_final_state(const struct eot_final_vertex *v, struct eot_final_context *context,
                                         struct eot_final_state *state, struct eot_error *err) {
    (void)context;
    (void)err;
    eot_final_pair_on_nucleus(v, 22, 0.0, 0.0, state);
    state->xsec = eot_dimuon_gamma_xsec(v->E, v->target_Z, v->target_A) * CM2_IN_PB;
    state->xsec_error = XSEC_ERROR * state->xsec;
    return EOT_OK;
}

EOT_PROCESS_DESCRIPTOR(dimuon_gamma, "gamma N -> mu+ mu- N", "muon pair", "dimuon.gamma", eot_dimuon_threshold,
                       gamma_build, gamma_list, gamma_rate, EOT_EM_TOLERANCE, eot_process_unit_one,
                       eot_process_completes_nothing, gamma_final_state,
                       "Burkhardt-Kelner-Kokoulin, total = integral of the differential formula", "from threshold",
                       "CERN-SL-2002-016");
