/* Several masses of phi from one run: their weights give each mass its own distribution, are bounded, and the results
 * are those of runs of one mass. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/vertex.h"

#include "../simulation.h"

#include <math.h>

#include "analysis/estimator.h"
#include "analysis/statistics.h"

static const char *const THREE[] = {"physics.mphi=[0.11 GeV, 0.6 GeV, 3 GeV]", NULL};

/* One vertex of the mixture of an electron of energy E, and its weights. */
static eot_event_vertex vertex_of(const struct simulation *s, f32 E, u32 i, f32 *weight) {
    eot_event_vertex v = eot_event_vertex_none();
    eot_vertex_draw d = {.random = eot_random_init(i, EOT_STAGE_VERTEX, 0, 5, 0), .share = {1.0f, 0.0f}};
    d.block = eot_random_block(d.random);
    d.random.draw++;
    v.k = E;
    v.parent = EOT_ELECTRON;
    v.weight = 1.0f;
    v = eot_lfc_vertex(v, d, s->world.table.value, s->world.em, &s->world.event.vertex);
    eot_mass_weights(s->world.table.value, &s->world.event.vertex, v, weight);
    return v;
}

/* At one energy: the sum of the weights of a mass is its rate over that of the cascade, the mean energy and angle of
 * its muons are those of its own sampler, and no weight is above its bound. */
static void check_energy(const struct simulation *s, f32 E) {
    enum { N_DRAW = 100000, N_MEAN = 3 };
    const eot_vertex_tables *e = &s->world.event.vertex;
    const f32 *table = s->world.table.value, nodes = eot_rare_rate(table, s->world.em, EOT_RARE_LFC, 0, E);
    for (i32 j = 0; j < e->n_mass; j++) {
        double sum[N_MEAN] = {0.0}, square[N_MEAN] = {0.0}, plain[N_MEAN] = {0.0}, plain_square[N_MEAN] = {0.0},
               rate = 0.0, most = 0.0, by_nucleus[EOT_N_LFC];
        for (i32 i = 0; i < e->n_lfc; i++) rate += by_nucleus[i] = (double)eot_mass_rate(table, e->mass + j, i, E);
        if (!(rate > 0.0)) continue;
        for (u32 n = 0; n < N_DRAW; n++) {
            f32 weight[EOT_MAX_MASS];
            eot_event_vertex v = vertex_of(s, E, n, weight);
            cr_assert_eq(v.fault, 0u);
            const double w = (double)weight[j],
                         of[N_MEAN] = {w, w * (double)v.E_minus / (double)E, w * log((double)v.versine + 1e-9)};
            eot_u32x4 b = eot_philox(n, 7, 0, 0, 5, 0);
            double choice = (double)eot_uniform(b.z) * rate;
            i32 nucleus = 0;
            while (nucleus + 1 < e->n_lfc && choice > by_nucleus[nucleus]) choice -= by_nucleus[nucleus++];
            eot_lfc_final own = eot_lfc_sample(table, e->mass[j].lfc[nucleus], E, eot_uniform(b.x), eot_uniform(b.y));
            const double p[N_MEAN] = {1.0, (double)own.E_f / (double)E, log((double)own.versine + 1e-9)};
            most = fmax(most, w);
            for (int k = 0; k < N_MEAN; k++) {
                sum[k] += of[k];
                square[k] += of[k] * of[k];
                plain[k] += p[k] * rate / (double)nodes;
                plain_square[k] += pow(p[k] * rate / (double)nodes, 2.0);
            }
        }
        for (int k = 0; k < N_MEAN; k++) {
            double sigma = sqrt(square[k] - sum[k] * sum[k] / N_DRAW + plain_square[k] - plain[k] * plain[k] / N_DRAW);
            cr_expect_float_eq(sum[k], plain[k], 5.0 * sigma + 1e-4 * fabs(plain[k]),
                               "mass %d at %g GeV, moment %d: %g +- %g, not %g", j, (double)E, k, sum[k], sigma,
                               plain[k]);
            cr_expect_lt(sigma, 0.1 * fabs(plain[k]), "mass %d at %g GeV: the test sees nothing", j, (double)E);
        }
        /* the shower's weight is 1 here; the rate between the cascade's nodes is within a fifth of the tables' */
        cr_expect_lt(most, 1.2 / ((double)e->mass[j].share * (1.0 - s->config.sampling.preference)), "mass %d: %g", j,
                     most);
    }
}

/* 3 moments of 3 masses at 3 energies with and without preference, within 5 standard deviations. */
Test(masses, weights_give_each_mass_its_own_distribution, .timeout = 240) {
    for (int is_preferred = 0; is_preferred < 2; is_preferred++) {
        struct simulation s;
        simulation_open(&s, "configs/na64e-signal.yaml",
                        (const char *const[]){THREE[0],
                                              is_preferred ? "sampling.preference=0.5" : "sampling.preference=0",
                                              "sampling.mass_shares=[1, 2, 3]", NULL},
                        "host");
        cr_assert_eq(s.world.event.vertex.n_mass, 3);
        cr_assert_eq(s.world.event.vertex.mass[1].importance.n_row > 0, is_preferred);
        check_energy(&s, 12.0f);
        check_energy(&s, 40.0f);
        check_energy(&s, 100.0f);
        simulation_close(&s);
    }
}

/* The inverse of the sampler: places among the quantiles come back. */
Test(masses, a_muon_is_found_where_it_was_drawn) {
    struct simulation s;
    simulation_open(&s, "configs/na64e-signal.yaml", THREE, "host");
    const eot_vertex_tables *e = &s.world.event.vertex;
    double worst = 0.0;
    for (u32 n = 0; n < 20000; n++) {
        eot_u32x4 b = eot_philox(n, 1, 0, 0, 5, 0);
        const eot_lfc_table t = e->mass[n % 3].lfc[n % (u32)e->n_lfc];
        f32 E = 15.0f + 85.0f * eot_uniform(b.z), q = 0.05f + 0.9f * eot_uniform(b.x),
            r = 0.05f + 0.9f * eot_uniform(b.y);
        eot_lfc_final muon = eot_lfc_sample_at(s.world.table.value, t, E, q, r);
        eot_lfc_likelihood l = eot_lfc_likelihood_of(s.world.table.value, t, E, muon.E_f, muon.versine);
        cr_assert_gt(l.density, 0.0f);
        worst = fmax(worst, fmax(fabs((double)(l.q_energy - q)), fabs((double)(l.q_angle - r))));
    }
    cr_log_info("worst place %.2g", worst);
    cr_expect_lt(worst, 2e-3);
    simulation_close(&s);
}

Test(masses, a_list_of_one_is_the_mass) {
    struct eot_config one, list, range, whole;
    struct eot_error error;
    char path[1024];
    snprintf(path, sizeof path, "%s/configs/na64e-signal.yaml", EOT_SOURCE_DIR);
    cr_assert_eq(eot_config_read(path, (const char *const[]){"physics.mphi=0.3 GeV"}, 1, &one, &error), EOT_OK);
    cr_assert_eq(eot_config_read(path, (const char *const[]){"physics.mphi=[300 MeV]"}, 1, &list, &error), EOT_OK);
    cr_expect_str_eq(one.effective_yaml, list.effective_yaml);
    cr_assert_eq(eot_config_read(path, (const char *const[]){"physics.mphi=[0.2, 300..500:3 MeV, 1..2:3log]"}, 1,
                                 &range, &error),
                 EOT_OK, "%s", error.text);
    cr_expect_eq(range.physics.masses.n, 7);
    cr_expect_eq(range.physics.masses.value[2], 0.4);
    cr_expect_eq(range.physics.masses.value[6], 2.0);
    cr_expect_eq(range.physics.mphi, 0.2);
    cr_expect_eq(eot_config_read(path, (const char *const[]){"physics.mphi=[0.3, 0.2]"}, 1, &whole, &error),
                 EOT_E_CONFIG);
    cr_expect_eq(eot_config_read(path, (const char *const[]){"physics.mphi=[0.2, 0.3]", "sampling.mass_shares=[1]"}, 2,
                                 &whole, &error),
                 EOT_E_CONFIG);
    eot_config_free(&one);
    eot_config_free(&list);
    eot_config_free(&range);
}

static const char *const NAME[] = {"signal.simulated_per_eot",
                                   "signal.positron_simulated_per_eot",
                                   "signal.muon_energy_mean_GeV",
                                   "signal.mean_depth_X0",
                                   "efficiency.track",
                                   "efficiency.total",
                                   "selected.per_eot"};
enum { N_NAME = sizeof NAME / sizeof NAME[0], N_MASS = 3 };

/* The same numbers as runs of one mass, with other random numbers: for each of 7 estimates the chi-square over three
 * masses, false alarm 1e-4 each. Diagonals of the covariances are the squares of the errors. */
Test(masses, one_run_gives_what_runs_of_one_mass_give, .timeout = 300) {
    static const char *const ONE[N_MASS] = {"physics.mphi=0.11 GeV", "physics.mphi=0.6 GeV", "physics.mphi=3 GeV"};
    static const double MASS[N_MASS] = {0.11, 0.6, 3.0};
    struct simulation all, one;
    double chi_square[N_NAME] = {0.0};
    int n_compared[N_NAME] = {0};
    simulation_open(&all, "configs/na64e-signal.yaml", (const char *const[]){THREE[0], "sampling.eot=40000", NULL},
                    NULL);
    simulation_run(&all);
    cr_assert_eq(all.result.n_mass, (size_t)N_MASS);
    for (int m = 0; m < N_MASS; m++) {
        simulation_open(&one, "configs/na64e-signal.yaml",
                        (const char *const[]){ONE[m], "sampling.eot=20000", "sampling.seed=77", NULL}, NULL);
        simulation_run(&one);
        for (int k = 0; k < N_NAME; k++) {
            char mass[32], name[EOT_RESULT_NAME + 40];
            eot_mass_name(MASS[m], mass, sizeof mass);
            snprintf(name, sizeof name, "%s.%s", mass, NAME[k]);
            const struct eot_estimate *a = simulation_estimate(&all, name), *b = simulation_estimate(&one, NAME[k]);
            if (a->is_poorly_determined || b->is_poorly_determined) continue;
            chi_square[k] += pow(a->value - b->value, 2.0) / (pow(a->std_error, 2.0) + pow(b->std_error, 2.0));
            n_compared[k]++;
            cr_log_info("%s: %.4g +- %.2g, alone %.4g +- %.2g", name, a->value, a->std_error, b->value, b->std_error);
        }
        simulation_close(&one);
    }
    for (int k = 0; k < N_NAME; k++) {
        cr_expect_geq(n_compared[k], 2, "%s: %d masses", NAME[k], n_compared[k]);
        double p = eot_statistics_chi_square_p(chi_square[k], (size_t)n_compared[k]);
        cr_expect_gt(p, 1e-4, "%s: chi-square %.1f of %d masses", NAME[k], chi_square[k], n_compared[k]);
    }
    for (size_t c = 0; c < all.result.n_covariance; c++) {
        const struct eot_covariance *v = &all.result.covariance[c];
        for (size_t m = 0; m < N_MASS; m++) {
            char mass[32], name[EOT_RESULT_NAME + 40];
            eot_mass_name(MASS[m], mass, sizeof mass);
            snprintf(name, sizeof name, "%s.%s", mass, v->name);
            const struct eot_estimate *a = simulation_estimate(&all, name);
            cr_expect_float_eq(sqrt(v->value[m * N_MASS + m]) / a->std_error, 1.0, 1e-6, "%s", name);
            for (size_t k = 0; k < N_MASS; k++)
                cr_expect_leq(pow(v->value[m * N_MASS + k], 2.0),
                              v->value[m * N_MASS + m] * v->value[k * N_MASS + k] * (1.0 + 1e-9));
        }
    }
    cr_expect_gt(all.result.n_covariance, 0u);
    simulation_close(&all);
}

/* The host's bits are those of the OpenCL device. */
Test(masses, devices_give_the_same_bits, .timeout = 240) {
    struct simulation s;
    char sha256[2][65];
    for (int i = 0; i < 2; i++) {
        simulation_open(&s, "configs/na64e-signal.yaml",
                        (const char *const[]){THREE[0], "sampling.eot=400", "sampling.batch=100", NULL},
                        i == 0 ? "host" : NULL);
        simulation_run(&s);
        memcpy(sha256[i], s.result.tally_sha256, sizeof sha256[i]);
        simulation_close(&s);
    }
    cr_expect_str_eq(sha256[0], sha256[1]);
}
