/* The transport's tables: sampled final states against the integrated distributions by chi-square, cross sections
 * between the nodes, limits. Fixed seeds; a correct sampler fails a chi-square test with probability 1e-6. 4e5 samples
 * in 40 bins see a bias of a bin above about 5 %, or a drift over the distribution above about 1 %. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

#include "eotmc/math/random.h"
#include "physics/lfc/transport.h"

static const double FALSE_POSITIVE = 1e-6;
enum { N_SAMPLE = 400000, N_BIN = 40, N_SLICE = 5, N_ANGLE_BIN = 8 };

static void setup(void) { gsl_set_error_handler_off(); }
TestSuite(lfc_sampling, .init = setup);

/* Lead, polystyrene (C8H8), and their mixture as in a merged calorimeter layer. */
static void materials_make(struct eot_lfc_material *m) {
    m[0] = (struct eot_lfc_material){1, {eot_lfc_nuclide_from_mass(82, 207, 11.35, 1.0)}};
    m[1] = (struct eot_lfc_material){
        2, {eot_lfc_nuclide_from_mass(6, 12, 1.06, 0.922), eot_lfc_nuclide_from_mass(1, 1, 1.06, 0.078)}};
    m[2] = (struct eot_lfc_material){3, {m[0].nuclide[0], m[1].nuclide[0], m[1].nuclide[1]}};
    for (int i = 0; i < 3; i++) m[2].nuclide[i].atoms *= 0.5;
}

struct fixture {
    struct eot_lfc_material material[3];
    struct eot_f32_table table;
    eot_lfc_table descriptor[3];
    struct eot_lfc_reaction reaction;
};

static void fixture_make(struct fixture *f, enum eot_lfc_process process, double m_phi, double E_max) {
    struct eot_error err;
    *f = (struct fixture){.reaction = {process, m_phi, 1e-4, 82, 207}};
    materials_make(f->material);
    double rel_error;
    cr_assert_eq(eot_lfc_tables_create(&f->reaction, E_max, f->material, 3, &f->table, f->descriptor, &rel_error, &err),
                 EOT_OK, "%s", err.text);
    cr_assert(rel_error <= 1e-4);
}

/* Macroscopic dsigma/dy, d2sigma/(dy dcos) or sigma of a material [1/cm], integrated. */
static double integrated(const struct fixture *f, int material, int what, double E, double y, double psi) {
    double sum = 0.0;
    struct eot_error err;
    for (int i = 0; i < f->material[material].n_nuclide; i++) {
        struct eot_lfc_reaction r = f->reaction;
        struct eot_lfc_value value;
        struct eot_lfc_options precise = {.tolerance = 1e-5};
        r.Z = f->material[material].nuclide[i].Z;
        r.A = f->material[material].nuclide[i].A;
        enum eot_status status =
            what == 0   ? eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_PHI, E, &precise, &value, &err)
            : what == 1 ? eot_lfc_differential(&r, EOT_LFC_ETL, EOT_LFC_LEPTON, E, y, NULL, &value, &err)
                        : eot_lfc_double_differential(&r, EOT_LFC_ETL, EOT_LFC_LEPTON,
                                                      (struct eot_lfc_place){E, y, psi}, NULL, &value, &err);
        cr_assert_eq(status, EOT_OK, "%s", err.text);
        sum += f->material[material].nuclide[i].atoms * value.value * 1e-36;
    }
    return sum;
}

static void chi_square(const double *count, const double *expected, int n, const char *what, double E) {
    double sum = 0.0;
    int n_used = 0;
    for (int i = 0; i < n; i++)
        if (expected[i] > 10.0) {
            sum += (count[i] - expected[i]) * (count[i] - expected[i]) / expected[i];
            n_used++;
        }
    double p = gsl_cdf_chisq_Q(sum, n_used - 1);
    cr_expect(n_used > n / 2 && p > FALSE_POSITIVE, "%s at E = %g: chi-square %.1f for %d bins, p = %.1e", what, E, sum,
              n_used, p);
}

static void compare(const struct fixture *f, int material, double E) {
    const eot_lfc_table *d = &f->descriptor[material];
    const size_t n_node =
        E < 1.5 * (double)d->threshold ? 20 : 8; /* next to threshold the recoil cuts the cells of energy and angle */
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(n_node);
    double edge[N_BIN + 1], count[N_BIN] = {0.0}, expected[N_BIN], slice_edge[N_SLICE + 1], angle_edge[N_ANGLE_BIN + 1];
    double count2[N_SLICE * N_ANGLE_BIN] = {0.0}, expected2[N_SLICE * N_ANGLE_BIN] = {0.0};
    double total = integrated(f, material, 0, E, 0.0, 0.0);
    eot_lfc_system heaviest =
        eot_lfc_system_from((real)d->m_i, (real)d->m_f, (real)d->m_phi, R(82.0), (real)d->M / EOT_M_ATOMIC);
    eot_lfc_range range = eot_lfc_energy_range(heaviest, (real)E, (real)d->m_f, (real)d->m_phi);
    /* bins of about equal content: any edges would do */
    for (int i = 0; i <= N_BIN; i++)
        edge[i] = i == 0       ? 1.0000001 * (double)d->m_f
                  : i == N_BIN ? (double)range.high
                               : (double)eot_lfc_sample(f->table.value, *d, (real)E, (real)i / (real)N_BIN, R(0.5)).E_f;
    for (int i = 0; i <= N_SLICE; i++) slice_edge[i] = edge[i * N_BIN / N_SLICE];
    for (int i = 0; i <= N_ANGLE_BIN; i++) /* in the versine, from the middle energies */
        angle_edge[i] =
            i == 0 ? 0.0
            : i == N_ANGLE_BIN
                ? 2.0
                : (double)eot_lfc_sample(f->table.value, *d, (real)E, R(0.5), (real)i / (real)N_ANGLE_BIN).versine;

    double sum = 0.0;
    for (int i = 0; i < N_BIN; i++) {
        expected[i] = 0.0;
        for (size_t k = 0; k < n_node; k++) {
            double s, weight;
            gsl_integration_glfixed_point(0.0, 1.0, k, &s, &weight, rule);
            double z = s * s * (3.0 - 2.0 * s),
                   E_f = edge[i] +
                         z * (edge[i + 1] - edge[i]); /* no square roots at the ends of the first and the last bin */
            expected[i] += weight * 6.0 * s * (1.0 - s) * (edge[i + 1] - edge[i]) / E *
                           integrated(f, material, 1, E, E_f / E, 0.0);
        }
        sum += expected[i];
    }
    cr_expect(fabs(sum / total - 1.0) < 2e-3, "bins at E = %g hold %.6f of the total", E,
              sum / total); /* of the test's own integration */
    for (int i = 0; i < N_BIN; i++) expected[i] *= N_SAMPLE / sum;

    double sum2 = 0.0;
    for (int i = 0; i < N_SLICE; i++)
        for (size_t k = 0; k < n_node; k++) {
            double s, weight;
            gsl_integration_glfixed_point(0.0, 1.0, k, &s, &weight, rule);
            double z = s * s * (3.0 - 2.0 * s), E_f = slice_edge[i] + z * (slice_edge[i + 1] - slice_edge[i]);
            double jacobian = weight * 6.0 * s * (1.0 - s) * (slice_edge[i + 1] - slice_edge[i]) / E;
            for (int j = 0; j < N_ANGLE_BIN; j++) {
                double low = angle_edge[j], high = angle_edge[j + 1];
                for (size_t l = 0; l < n_node; l++) { /* the last bin falls over decades: logarithmic */
                    double t, weight_t;
                    gsl_integration_glfixed_point(0.0, 1.0, l, &t, &weight_t, rule);
                    double w = low > 0.0 ? low * pow(high / low, t) : t * high,
                           dw = low > 0.0 ? w * log(high / low) : high;
                    expected2[i * N_ANGLE_BIN + j] +=
                        jacobian * weight_t * dw * integrated(f, material, 2, E, E_f / E, 2.0 * asin(sqrt(0.5 * w)));
                }
            }
        }
    for (int i = 0; i < N_SLICE * N_ANGLE_BIN; i++) sum2 += expected2[i];
    cr_expect(fabs(sum2 / total - 1.0) < 5e-3, "cells at E = %g hold %.6f of the total", E, sum2 / total);
    for (int i = 0; i < N_SLICE * N_ANGLE_BIN; i++) expected2[i] *= N_SAMPLE / sum2;

    for (u32 n = 0; n < N_SAMPLE; n++) {
        eot_u32x4 b = eot_philox(n, (u32)material, (u32)(1e3 * E), 0, 20240311, 9);
        eot_lfc_final final = eot_lfc_sample(f->table.value, *d, (real)E, eot_uniform(b.x), eot_uniform(b.y));
        double E_f = (double) final.E_f, versine = (double) final.versine;
        cr_assert(E_f >= (double)d->m_f && E_f <= E - (double)d->m_phi, "E_f = %.9g at E = %.9g", E_f, E);
        cr_assert(final.versine >= R(0.0) && final.versine <= R(2.0) && final.sine >= R(0.0) && final.sine <= R(1.0));
        int i = 0, j = 0, k = 0;
        while (i < N_BIN - 1 && E_f >= edge[i + 1]) i++;
        while (j < N_SLICE - 1 && E_f >= slice_edge[j + 1]) j++;
        while (k < N_ANGLE_BIN - 1 && versine >= angle_edge[k + 1]) k++;
        count[i] += 1.0;
        count2[j * N_ANGLE_BIN + k] += 1.0;
    }
    chi_square(count, expected, N_BIN, "energy", E);
    chi_square(count2, expected2, N_SLICE * N_ANGLE_BIN, "energy and angle", E);
    gsl_integration_glfixed_table_free(rule);
}

static void sampled(enum eot_lfc_process process, double m_phi, const double *energy, int n_energy) {
    struct fixture f;
    fixture_make(&f, process, m_phi, 160.0);
    for (int i = 0; i < n_energy; i++)
        for (int material = 0; material < 3; material++) {
            double E = energy[i] > 0.0 ? energy[i] : -energy[i] * (double)f.descriptor[material].threshold;
            compare(&f, material, E);
        }
    eot_f32_table_free(&f.table);
}
/* negative: in units of the threshold */
Test(lfc_sampling, final_states_follow_the_exact_distribution_011) {
    sampled(EOT_LFC_E2MU, 0.11, (const double[]){-1.001, -1.05, 6.0, 23.0, 100.0}, 5);
}
Test(lfc_sampling, final_states_follow_the_exact_distribution_05) {
    sampled(EOT_LFC_E2MU, 0.5, (const double[]){-1.003, 6.0, 97.0}, 3);
}
Test(lfc_sampling, final_states_follow_the_exact_distribution_3) {
    sampled(EOT_LFC_E2MU, 3.0, (const double[]){-1.001, 6.0, 80.0}, 3);
}
Test(lfc_sampling, final_states_of_mu2e_follow_the_exact_distribution) {
    sampled(EOT_LFC_MU2E, 0.5, (const double[]){-1.01, 6.0, 100.0}, 3);
}

Test(lfc_sampling, cross_sections_between_the_nodes) {
    const double BULK = 1e-3, NEXT_TO_THRESHOLD = 5e-3;
    const double m_phi[] = {0.11, 0.5, 3.0};
    for (int i = 0; i < 3; i++) {
        struct fixture f;
        fixture_make(&f, EOT_LFC_E2MU, m_phi[i], 160.0);
        for (int material = 0; material < 3; material++) {
            const eot_lfc_table *d = &f.descriptor[material];
            double threshold = (double)d->threshold, previous = 0.0;
            for (double E = 1.01 * threshold; E < 160.0; E *= 1.37) {
                double want = integrated(&f, material, 0, E, 0.0, 0.0),
                       got = (double)eot_lfc_xsec(f.table.value, *d, (real)E),
                       bound = E < 1.5 * threshold ? NEXT_TO_THRESHOLD : BULK;
                cr_expect(fabs(got - want) <= bound * want,
                          "m_phi = %g, material %d, E = %g: %.6e, integrated %.6e, relative %.1e", m_phi[i], material,
                          E, got, want, got / want - 1.0);
            }
            for (int j = 0; j <= 3000; j++) { /* monotone, from exactly 0 */
                double E = threshold * (0.9 + 0.0003 * j) * pow(160.0 / threshold / 1.8, j / 3000.0),
                       got = (double)eot_lfc_xsec(f.table.value, *d, (real)E);
                cr_assert(E > threshold ? got >= previous : got == 0.0,
                          "m_phi = %g, material %d, E = %.9g: %g after %g", m_phi[i], material, E, got, previous);
                previous = got;
            }
            cr_expect(eot_lfc_xsec(f.table.value, *d, (real)threshold) == R(0.0));
            cr_expect(eot_lfc_is_covered(*d, R(160.0)) && !eot_lfc_is_covered(*d, R(161.0)));
        }
        eot_f32_table_free(&f.table);
    }
}

Test(lfc_sampling, requests_outside_the_tables_are_refused) {
    struct eot_error err;
    struct eot_lfc_reaction r = {EOT_LFC_E2MU, 3.0, 1e-4, 82, 207, EOT_LFC_SAMPLER_EXACT};
    struct eot_lfc_material material[3];
    struct eot_f32_table table = {0};
    eot_lfc_table d;
    materials_make(material);
    cr_expect_eq(eot_lfc_tables_create(&r, 2.0, material, 1, &table, &d, NULL, &err), EOT_E_USAGE);
    cr_expect_eq(eot_lfc_tables_create(&r, 600.0, material, 1, &table, &d, NULL, &err), EOT_E_USAGE);
    cr_expect_eq(eot_lfc_tables_create(&r, 100.0, material, 0, &table, &d, NULL, &err), EOT_E_USAGE);
    material[0].nuclide[0].atoms = -1.0;
    cr_expect_eq(eot_lfc_tables_create(&r, 100.0, material, 1, &table, &d, NULL, &err), EOT_E_USAGE);
    eot_f32_table_free(&table);
}
