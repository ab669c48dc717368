/* Deposits of sub-cut showers: nothing is lost, and spots follow the distributions that the constants say. Seeds are
 * fixed; expected values are computed here from the formulas of hep-ex/0001020 and of the Gamma and exponential
 * distributions. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#undef EOT_REAL_DOUBLE
#include "eotmc/transport/event.h"

#include "physics/shower.h"

enum { N_BIN = 4000 };
static const double BIN = 0.01; /* X0 */

struct bench {
    struct eot_f32_table table;
    eot_event_world world;
    i64 acc[EOT_N_ACC], profile[N_BIN];
};

/* What showers are deposited in, with the profile. */
static eot_deposit_view bench_view(struct bench *b) {
    eot_deposit_view d = eot_deposit_view_of(b->table.value, &b->world, b->acc);
    d.profile = b->profile;
    d.binning.n_bin = N_BIN;
    d.binning.inverse_width = (f32)(1.0 / BIN);
    return d;
}

/* Volumes one behind the other along z, as wide as the ECAL, in a world that is a little wider. @param edge [n + 1].
 * @param volume [n] numbers in b->world.volume; ECAL and void are 0 and 1. */
static void bench_stack(struct bench *b, int n, const double *edge, const int *volume) {
    eot_columns *c = &b->world.columns;
    struct eot_error err = {0};
    double half = b->world.volume[0].half_x, edges[4] = {-half - 100.0, -half, half, half + 100.0}, first[9],
           segment[2 * (4 + 3)];
    segment[0] = edge[0];
    segment[1] = 1.0; /* beside: the void */
    segment[2] = edge[n];
    segment[3] = -1.0;
    for (int i = 0; i < n; i++) {
        segment[4 + 2 * i] = edge[i];
        segment[5 + 2 * i] = volume[i];
        if (volume[i] == 0) {
            c->ecal_z0 = (f32)edge[i];
            c->ecal_z1 = (f32)edge[i + 1];
        }
    }
    segment[4 + 2 * n] = edge[n];
    segment[5 + 2 * n] = -1.0;
    for (int i = 0; i < 9; i++) first[i] = i == 4 ? 2.0 : 0.0;
    c->n_x = c->n_y = 3;
    c->z0 = (f32)edge[0];
    c->z1 = (f32)edge[n];
    c->ecal = 0;
    c->ecal_is_whole = 1;
    cr_assert_eq(eot_f32_table_append(&b->table, edges, 4, &c->edges_x, &err), EOT_OK);
    c->edges_y = c->edges_x;
    cr_assert_eq(eot_f32_table_append(&b->table, first, 9, &c->first, &err), EOT_OK);
    cr_assert_eq(eot_f32_table_append(&b->table, segment, 6 + 2 * (size_t)n, &c->segment, &err), EOT_OK);
}

/* One ECAL in which 1 cm is 1 X0 and 1 Moliere radius, 40 X0 deep and as wide as told. */
static void bench_create(struct bench *b, double half_width) {
    memset(b, 0, sizeof *b);
    struct eot_physics_config p = {.shower_depth = {0.3, 1.2, -0.01},
                                   .shower_alpha = {0.9, 0.5, -1.5, 0.6},
                                   .shower_sigma_depth = {-1.7, 1.36},
                                   .shower_sigma_alpha = {-0.82, 0.79},
                                   .shower_rho = 0.25,
                                   .shower_photon_length = {1.286, 0.019, 0.7, 3.5},
                                   .shower_radius_max = 5.0,
                                   .shower_spot_energy = 0.05};
    struct eot_error err = {0};
    cr_assert_eq(eot_shower_tables_build(&p, &b->table, &b->world.shower, &err), EOT_OK, "%s", err.text);
    b->world.volume[0] = (eot_deposit_volume){.inverse_X0 = 1.0f,
                                              .log_critical_energy = logf(0.0084f),
                                              .moliere_radius = 1.0f,
                                              .half_x = (f32)half_width,
                                              .half_y = (f32)half_width,
                                              .role = EOT_ROLE_ECAL,
                                              .cells_x = 6,
                                              .cells_y = 6,
                                              .first_cell = EOT_ACC_ECAL_CELL,
                                              .Z = 75.5f,
                                              .one_minus_e_hat = 0.35f,
                                              .inverse_sampling_frequency = 0.271f,
                                              .shower_visible = 0.11f};
    b->world.volume[1] = (eot_deposit_volume){.inverse_X0 = 1e-9f, .first_cell = -1, .is_void = 1};
    bench_stack(b, 1, (const double[]){0.0, 40.0}, (const int[]){0});
}

static void check_moments(double energy, int is_photon, int n) {
    struct bench b;
    bench_create(&b, 1e6);
    b.world.shower.sigma_depth[0] = b.world.shower.sigma_alpha[0] = 1e6f; /* no fluctuations */
    eot_shower_axis axis = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
    i64 counts = eot_energy_counts((f32)energy);
    for (int i = 0; i < n; i++)
        eot_shower_deposit(bench_view(&b), eot_subcut_shower_of(counts, (f32)energy, is_photon, axis),
                           eot_random_init((u64)i, EOT_STAGE_PROBE, 0, 5, 0));
    double sum = 0.0, first = 0.0, second = 0.0;
    for (int k = 0; k < N_BIN; k++) {
        double E = (double)b.profile[k], z = (k + 0.5) * BIN;
        sum += E;
        first += E * z;
        second += E * z * z;
    }
    double mean = first / sum, variance = second / sum - mean * mean;
    double L = log(1.0 + energy * (is_photon ? 0.5 : 1.0) / 0.0084), m = 0.3 + 1.2 * L - 0.01 * L * L,
           alpha = fmax(0.9 + 0.5 * L - 1.5 * exp(-L), 0.6);
    double path = is_photon ? fmin(3.5, 1.286 * (1.0 + pow(0.019 / energy, 0.7))) : 0.0;
    double expected = m + path, expected_variance = m * m / alpha + path * path;
    /* one independent depth per shower at least; the variance's own error from an exponential's kurtosis of 9 at most
     */
    cr_expect(fabs(mean - expected) < 5.0 * sqrt(expected_variance / n) + 0.002 * expected,
              "%g GeV, photon %d: mean depth %g, expected %g", energy, is_photon, mean, expected);
    cr_expect(fabs(variance / expected_variance - 1.0) < 5.0 * sqrt(8.0 / n) + 0.01,
              "%g GeV, photon %d: variance %g, expected %g", energy, is_photon, variance, expected_variance);
    eot_f32_table_free(&b.table);
}

Test(shower_deposit, depth_is_gamma_distributed) {
    check_moments(0.02, 0, 40000);
    check_moments(0.19, 0, 40000);
    check_moments(0.01, 1, 40000);
    check_moments(0.19, 1, 40000);
}

/* The distribution itself, at its lower end as well: share of the energy in front of t against the incomplete Gamma
 * function. */
Test(shower_deposit, depth_has_the_quantiles_of_gamma) {
    struct bench b;
    bench_create(&b, 1e6);
    b.world.shower.sigma_depth[0] = b.world.shower.sigma_alpha[0] = 1e6f; /* no fluctuations */
    enum { N = 4000 };                                                    /* of 100 spots */
    double energy = 5.0, L = log(1.0 + energy / 0.0084), m = 0.3 + 1.2 * L - 0.01 * L * L,
           alpha = fmax(0.9 + 0.5 * L - 1.5 * exp(-L), 0.6), before = 0.0, sum = 0.0;
    eot_shower_axis axis = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
    for (int i = 0; i < N; i++)
        eot_shower_deposit(bench_view(&b), eot_subcut_shower_of(eot_energy_counts(5.0f), 5.0f, 0, axis),
                           eot_random_init((u64)i, EOT_STAGE_PROBE, 0, 12, 0));
    for (int k = 0; k < N_BIN; k++) sum += (double)b.profile[k];
    for (int k = 0; k < N_BIN; k++) {
        before += (double)b.profile[k] / sum;
        double t = (k + 1) * BIN, expected = gsl_cdf_gamma_P(t, alpha, m / alpha);
        if (k % 50 == 49) /* interpolation to 0.3 % of what is in front or behind, and 5 standard errors of independent
                             spots (strata make it less) */
            cr_expect(fabs(before - expected) < 0.003 * fmin(expected, 1.0 - expected) +
                                                    5.0 * sqrt(expected * (1.0 - expected) / (100.0 * N)),
                      "t %g: %g in front, expected %g", t, before, expected);
    }
    eot_f32_table_free(&b.table);
}

/* Fluctuations of a shower's mean depth: those configured (10 % of 100 spots' own spread adds little), without a shift
 * of the average. @param share of the configured spread. */
static void check_spread(double energy, double share) {
    struct bench b;
    bench_create(&b, 1e6);
    b.world.shower.spot_energy = (f32)energy / 100.0f;
    enum { N = 4000 };
    eot_shower_axis axis = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
    double sum = 0.0, square = 0.0;
    for (int i = 0; i < N; i++) {
        memset(b.profile, 0, sizeof b.profile);
        eot_shower_deposit(bench_view(&b), eot_subcut_shower_of(eot_energy_counts((f32)energy), (f32)energy, 0, axis),
                           eot_random_init((u64)i, EOT_STAGE_PROBE, 0, 6, 0));
        double total = 0.0, first = 0.0;
        for (int k = 0; k < N_BIN; k++) {
            total += (double)b.profile[k];
            first += (double)b.profile[k] * (k + 0.5) * BIN;
        }
        sum += first / total;
        square += first / total * (first / total);
    }
    double L = log(1.0 + energy / 0.0084), m = 0.3 + 1.2 * L - 0.01 * L * L, sigma = share / (-1.7 + 1.36 * L);
    double expected = m * sqrt(exp(sigma * sigma) - 1.0); /* log-normal of mean m */
    double mean = sum / N, spread = sqrt(square / N - mean * mean);
    cr_expect(fabs(mean - m) < 5.0 * expected / sqrt(N) + 0.003 * m, "%g GeV: mean %g, expected %g", energy, mean, m);
    cr_expect(fabs(spread / expected - 1.0) < 0.06, "%g GeV: spread %g, expected %g", energy, spread, expected);
    eot_f32_table_free(&b.table);
}

Test(shower_deposit, mean_depth_fluctuates_as_configured) {
    check_spread(5.0, 1.0);
    check_spread(0.2236, 0.5); /* grows with the logarithm of the energy from 0.05 to 1 GeV */
}

/* Radii at fixed tau: the share within r is p F(r, Rc) + (1 - p) F(r, Rt), each term cut at 5 Moliere radii; constants
 * of the paper, e-hat and F_S of lead and scintillator, 1.5 mm each, at 1 GeV. */
Test(shower_deposit, radii_follow_the_published_profile) {
    enum { N = 40000 };
    double e = 0.35, f = 0.271, Z = 75.5, log_E = 0.0;
    for (double tau = 0.3; tau < 3.2; tau += 0.7) {
        double Rc = 0.0251 + 0.00319 * log_E + (0.1162 - 0.000381 * Z) * tau - 0.0203 * e + 0.0397 * exp(-tau) * f;
        double Rt =
            (0.659 - 0.00309 * Z) * (exp(-2.59 * (tau - 0.645)) + exp((0.3585 + 0.0421 * log_E) * (tau - 0.645))) -
            0.14 * e - 0.495 * exp(-tau) * f;
        double p2 = 0.401 + 0.00187 * Z, p3 = 1.313 - 0.0686 * log_E;
        double p = (2.632 - 0.00094 * Z) * exp((p2 - tau) / p3 - exp((p2 - tau) / p3)) +
                   e * (0.348 - 0.642 * exp(-(tau - 1.0) * (tau - 1.0)) * f);
        p = fmin(p, 1.0);
        for (double r = 0.1; r < 4.0; r *= 2.5) {
            int inside = 0;
            for (u32 i = 0; i < N; i++) {
                eot_u32x4 w = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 7, 0));
                inside += (double)eot_shower_radius((f32)tau, (f32)log_E, (f32)Z, (f32)e, (f32)f, 5.0f,
                                                    eot_uniform(w.x), eot_uniform(w.y)) < r;
            }
            double core = r * r / (r * r + Rc * Rc) * (1.0 + Rc * Rc / 25.0),
                   tail = r * r / (r * r + Rt * Rt) * (1.0 + Rt * Rt / 25.0);
            double expected = p * core + (1.0 - p) * tail;
            cr_expect(fabs((double)inside / N - expected) < 5.0 * sqrt(expected * (1.0 - expected) / N) + 1e-4,
                      "tau %g, r %g: %g inside, expected %g", tau, r, (double)inside / N, expected);
        }
    }
}

/* What scatters back is the share asked for, on an exponential path: what leaves by the front face is then the share
 * times the Laplace transform of the Gamma distribution, (1 + m/(alpha l))^-alpha. A gap on the way back costs nothing,
 * matter in front of the ECAL takes some, which is booked as in front of it. */
Test(shower_deposit, backscatter_has_its_share_and_path) {
    enum { N = 4000 }; /* of 100 spots */
    double energy = 5.0, share = 0.3, length = 2.5, L = log(1.0 + energy / 0.0084), m = 0.3 + 1.2 * L - 0.01 * L * L,
           alpha = fmax(0.9 + 0.5 * L - 1.5 * exp(-L), 0.6);
    double out_of_first = share * pow(1.0 + m / (alpha * length), -alpha);
    for (int gap = 0; gap < 3; gap++) {
        struct bench b;
        bench_create(&b, 1e6);
        b.world.shower.sigma_depth[0] = b.world.shower.sigma_alpha[0] = 1e6f; /* no fluctuations */
        b.world.shower.backscatter_share = (f32)share;
        b.world.shower.backscatter_length = (f32)length;
        double begin = 0.0, expected = out_of_first;
        if (gap) { /* 2 cm of matter, 7 cm of nothing, the rest of the matter, where the shower begins */
            b.world.volume[2] = b.world.volume[0];
            b.world.volume[2].role = EOT_ROLE_PASSIVE;
            b.world.volume[2].first_cell = -1;
            begin = 9.0;
            bench_stack(&b, 3, (const double[]){0.0, 2.0, 9.0, 47.0}, (const int[]){2, 1, 0});
            if (gap == 1) { /* all of it in front: what is left there, and what leaves by the face */
                b.world.volume[2].role = EOT_ROLE_VETO;
                expected *= exp(-2.0 / length);
            }
        }
        eot_shower_axis axis = {0.0f, 0.0f, (f32)begin, 0.0f, 0.0f};
        for (int i = 0; i < N; i++)
            eot_shower_deposit(bench_view(&b), eot_subcut_shower_of(eot_energy_counts(5.0f), 5.0f, 0, axis),
                               eot_random_init((u64)i, EOT_STAGE_PROBE, 0, 13, 0));
        double all = N * 5.0 * EOT_ENERGY_QUANTUM, front = (double)b.acc[EOT_ACC_LEDGER_FRONT] / all;
        cr_expect(fabs(front - expected) < 5.0 * sqrt(expected / (100.0 * N)) + 0.003 * expected,
                  "gap %d: share %g out of the front, expected %g", gap, front, expected);
        cr_expect(gap == 0 || b.acc[EOT_ACC_LEDGER_OTHER] == 0, "a gap took energy");
        eot_f32_table_free(&b.table);
    }
}

/* Every count arrives: inside, beside, behind, or from in front. */
Test(shower_deposit, counts_are_conserved) {
    struct bench b;
    bench_create(&b, 2.0);
    b.world.shower.backscatter_share = 0.1f;
    b.world.shower.backscatter_length = 2.0f;
    i64 in = 0;
    for (u32 i = 0; i < 20000; i++) {
        eot_u32x4 w = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 8, 0));
        f32 energy = expf(-9.0f + 11.0f * eot_uniform(w.x));
        eot_shower_axis axis = {3.0f * eot_uniform(w.y), 0.0f, -1.0f + 43.0f * eot_uniform(w.z), 0.3f, -0.2f};
        i64 counts = eot_energy_counts(energy);
        in += counts;
        eot_shower_deposit(bench_view(&b), eot_subcut_shower_of(counts, energy, (i32)(w.w & 1u), axis),
                           eot_random_init(i, EOT_STAGE_PROBE, 1, 8, 0));
    }
    i64 out = 0, cells = 0, profile = 0;
    for (int i = 0; i < EOT_N_LEDGER; i++) out += b.acc[i];
    for (int i = 0; i < 36; i++) cells += b.acc[EOT_ACC_ECAL_CELL + i];
    for (int i = 0; i < N_BIN; i++) profile += b.profile[i];
    cr_expect_eq(in, out, "%lld counts in, %lld out", (long long)in, (long long)out);
    cr_expect_eq(cells, b.acc[EOT_ACC_LEDGER_ECAL]);
    cr_expect_eq(profile, b.acc[EOT_ACC_LEDGER_ECAL]);
    cr_expect(b.acc[EOT_ACC_LEDGER_SIDE] > 0 && b.acc[EOT_ACC_LEDGER_REAR] > 0 && b.acc[EOT_ACC_LEDGER_FRONT] > 0);
    eot_f32_table_free(&b.table);
}

/* The reservoir chooses in proportion to energy, and keeps the sum. */
Test(shower_deposit, reservoir_chooses_in_proportion_to_energy) {
    enum { N = 100000 };
    int chosen[3] = {0, 0, 0};
    for (u32 i = 0; i < N; i++) {
        eot_subcut_shower r = eot_subcut_shower_none();
        eot_u32x4 w = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 9, 0));
        f32 energy[3] = {0.01f, 0.03f, 0.06f}, u[3] = {eot_uniform(w.x), eot_uniform(w.y), eot_uniform(w.z)};
        for (int k = 0; k < 3; k++) {
            eot_shower_axis axis = {(f32)k, 0.0f, 0.0f, 0.0f, 0.0f};
            eot_subcut_shower more = eot_subcut_shower_of(7 + k, energy[k], 0, axis);
            more.shape_energy = 0.5f * energy[k];
            r = eot_subcut_shower_joined(r, more, u[k]);
        }
        cr_assert_eq(r.counts, 24);
        cr_assert(fabs((double)r.energy - 0.1) < 1e-7);
        cr_assert_eq(r.shape_energy, 0.5f * energy[(int)r.axis.x]);
        chosen[(int)r.axis.x]++;
    }
    double share[3] = {0.1, 0.3, 0.6};
    for (int k = 0; k < 3; k++)
        cr_expect(fabs((double)chosen[k] / N - share[k]) < 5.0 * sqrt(share[k] * (1.0 - share[k]) / N),
                  "%d: %g, expected %g", k, (double)chosen[k] / N, share[k]);
}

/* The first piece of a Poisson-Dirichlet process is Beta(1, theta), mean 1/(1 + theta); below a largest share m, its
 * mean by the integral of v (1 - v)^(theta - 1). */
Test(shower_deposit, one_photon_has_its_share) {
    enum { N = 100000 };
    for (int i_most = 0; i_most < 2; i_most++)
        for (double path = 0.05; path < 2.0; path *= 3.0) {
            double sum = 0.0, theta = 4.0 / 3.0 * path, most = i_most == 0 ? 1.0 : 0.4, rest = pow(1.0 - most, theta);
            for (u32 i = 0; i < N; i++) {
                eot_u32x4 w = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 10, 0));
                f32 share = eot_photon_share(eot_low_uniform(w.x, w.y), (f32)path, i_most == 0 ? 3.0f : 0.4f);
                cr_assert(share >= 0.0f && (double)share <= most + 1e-6);
                sum += (double)share;
            }
            double expected = ((1.0 - rest) / (1.0 + theta) - most * rest * theta / (1.0 + theta)) / (1.0 - rest),
                   sigma = most / sqrt(12.0 * N) * 2.0;
            cr_expect(fabs(sum / N - expected) < 3.0 * sigma + 1e-5, "path %g, at most %g: %g, expected %g", path, most,
                      sum / N, expected);
        }
}

/* A charged particle that ends its path below the cut fell below it where its energy, with one photon and the rest in
 * proportion to the path, crosses the cut. Energy is kept, the photon is there only if it was radiated before, and the
 * particle has the cut's energy unless the photon was the fall. */
Test(shower_deposit, particles_fall_below_the_cut_on_their_path) {
    enum { N = 20000 };
    int n_jump = 0, n_before = 0, n_after = 0;
    double cut = 1.0, E = 1.3;
    for (u32 i = 0; i < N; i++) {
        eot_u32x4 w = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 11, 0));
        eot_cascade_vertex v;
        memset(&v, 0, sizeof v);
        v.path_X0 = 0.5f;
        v.ionisation = 0.1f;
        v.soft = 0.25f + 0.5f * eot_uniform(w.x);
        v.E_b = (f32)E - v.ionisation - v.soft;
        eot_cascade_losses l = eot_cascade_losses_sample(v, (f32)E, (f32)cut, eot_uniform(w.y), eot_uniform(w.z));
        cr_assert(l.share > 0.0f && l.share <= 1.0f && l.photon >= 0.0f && l.rest >= 0.0f);
        double left = E - (double)(l.share * v.ionisation + l.photon + l.rest);
        cr_assert(fabs(left - (double)l.E) < 1e-5, "%g GeV are left, not %g", (double)l.E, left);
        if (l.photon == 0.0f) { /* the photon would have come later */
            n_before++;
            cr_assert(l.share <= l.place && fabs(left - cut) < 1e-5);
        } else if (l.share == l.place) {
            n_jump++;
            cr_assert(left <= cut + 1e-5 && left + (double)l.photon >= cut - 1e-5);
        } else {
            n_after++;
            cr_assert(l.share > l.place && fabs(left - cut) < 1e-5);
        }
    }
    eot_cascade_vertex v; /* a primary that starts below the cut ends where it starts */
    memset(&v, 0, sizeof v);
    v.path_X0 = 0.5f;
    v.ionisation = 0.1f;
    v.soft = 0.2f;
    v.E_b = 0.6f;
    eot_cascade_losses l = eot_cascade_losses_sample(v, 0.9f, (f32)cut, 0.5f, 0.3f);
    cr_expect(l.share == 0.0f && l.photon == 0.0f && l.rest == 0.0f && l.E == 0.9f);
    cr_expect(n_jump > N / 20 && n_before > N / 20 && n_after > N / 20, "%d by the photon, %d before it, %d after",
              n_jump, n_before, n_after);
}
