/* gamma -> mu+ mu- by itself: energies as a device samples them against the differential cross section, angles against
 * the density of the manual's variable t, recovered from the directions; energy kept on each sample. p above 1e-6,
 * fixed seeds. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/vertex.h"

#include <math.h>

#include "../chi_square.h"
#include "../simulation.h"
#include "eotmc/physics/dimuon_gamma.h"

enum { N_BIN = 40, N_PIECE = 100, N = 100000 };
static const double M = 0.1056583755, Z = 82.0, A = 207.2;

/* Bins of equal content: cumulative shares of the cross section at fraction (x - x_min)/(x_max - x_min) of the range.
 */
enum { N_CELL = 20000, N_EQUAL = 32 };
static void cumulate(double k, double *c) {
    double low = M / k;
    c[0] = 0.0;
    for (int i = 0; i < N_CELL; i++) {
        double x = low + (1.0 - 2.0 * low) * (i + 0.5) / N_CELL;
        c[i + 1] = c[i] + (double)eot_dimuon_gamma_dxsec_dx((f32)k, (f32)x, (f32)Z, (f32)A);
    }
}

/* The table of quantiles is linear within 1/64 of the pairs: of the energies the shares of 32 equal parts are compared.
 * At the nodes of the table from some to all of the way up; between nodes from 5 GeV on, where neighbouring rows agree.
 */
Test(dimuon_sampler, energies_follow_the_cross_section_and_add_up) {
    struct simulation s;
    static double c[N_CELL + 1];
    simulation_open(&s, "tests/lead_photons.yaml", (const char *const[]){"beam.energy=100 GeV", NULL}, "host");
    const eot_vertex_tables *tables = &s.world.event.vertex;
    double step = 1.0 / (double)tables->pair_inverse_log_step;
    for (double place = 8.0; place < tables->n_pair_energy - 2.0; place += place < 28.0 ? 4.0 : 3.5) {
        double k = exp((double)tables->pair_log_first + place * step), low = M / k, expected[N_EQUAL];
        long observed[N_EQUAL] = {0};
        cumulate(k, c);
        for (int b = 0; b < N_EQUAL; b++) expected[b] = 1.0;
        for (u64 i = 0; i < N; i++) {
            eot_random g = eot_random_init(i, EOT_STAGE_PROBE, 0, 31, 0);
            eot_u32x4 b = eot_random_block(g);
            g.draw++;
            eot_event_vertex v = eot_event_vertex_none();
            v.sx = 0.003f;
            v.sy = -0.002f;
            v = eot_dimuon_pair_vertex(v, (f32)k, s.world.table.value, tables, b, g);
            cr_assert_eq(v.fault, 0u);
            cr_assert_float_eq((double)v.E_plus + (double)v.E_minus, k, 1.0e-7 * k + 2.0e-8);
            cr_assert(v.E_plus >= EOT_M_MUON && v.E_minus >= EOT_M_MUON && v.E_extra == 0.0f && v.E_dark == 0.0f);
            cr_assert_float_eq((double)eot_vec3_dot(v.plus, v.plus), 1.0, 5.0e-7);
            cr_assert_float_eq((double)eot_vec3_dot(v.minus, v.minus), 1.0, 5.0e-7);
            double at = ((double)v.E_plus / k - low) / (1.0 - 2.0 * low) * N_CELL;
            int cell = at < 0.0 ? 0 : at >= N_CELL ? N_CELL - 1 : (int)at;
            int bin = (int)((c[cell] + (at - cell) * (c[cell + 1] - c[cell])) / c[N_CELL] * N_EQUAL);
            observed[bin < 0 ? 0 : bin >= N_EQUAL ? N_EQUAL - 1 : bin]++;
        }
        double p = chi_square_p(observed, expected, N_EQUAL);
        cr_expect_gt(p, CHI_SQUARE_LEAST_P, "%g GeV (place %g): p = %.1e", k, place, p);
    }
    simulation_close(&s);
}

/* int_0^1 y (1 - y)/(a + b y)^2 dy, a = (q/t)^2, by the midpoint rule in ln(a + b y). */
static double form(double t, double q, double b) {
    double a = (q / t) * (q / t), top = log1p(b / a), sum = 0.0;
    for (int i = 0; i < 200; i++) {
        double v = top * (i + 0.5) / 200.0, y = a / b * expm1(v);
        sum += y * (1.0 - y) / ((a + b * y) * b) * top / 200.0;
    }
    return sum;
}

/* Angle to z, with the sign of the side of the plane that the pair is emitted in. */
static double signed_angle(eot_vec3 u, eot_vec3 reference) {
    double theta = atan2(hypot((double)u.x, (double)u.y), (double)u.z);
    return (double)(u.x * reference.x + u.y * reference.y) >= 0.0 ? theta : -theta;
}

/* The manual's angles are theta+ = (m/E+)(u + xi/2), theta- = (m/E-)(u - xi/2), u^2 = 1/t - 1: their energy-weighted
 * mean gives u, and with it t, whose density is form(t) (1 - 2 P + 4 P t (1 - t)), P = x+ x-. */
Test(dimuon_sampler, angles_follow_their_density) {
    double energy[] = {2.0, 20.0, 100.0}, share[] = {0.5, 0.3, 0.1};
    for (int e = 0; e < 3; e++)
        for (int j = 0; j < 3; j++) {
            double k = energy[e], x = share[j], P = x * (1.0 - x), q = M / (2.0 * k * P),
                   cut = 2.0 * 0.138 * pow(A, 0.27);
            long observed[N_BIN] = {0};
            double expected[N_BIN] = {0.0};
            for (int i = 0; i < N_BIN * N_PIECE; i++) { /* bins of the root of t */
                double v = (i + 0.5) / (N_BIN * N_PIECE), t = v * v;
                expected[i / N_PIECE] += v * form(t, q, 1.0 / (cut * cut)) * (1.0 - 2.0 * P + 4.0 * P * t * (1.0 - t));
            }
            int n_wide = 0;
            for (u64 i = 0; i < N; i++) {
                eot_dimuon_gamma_angles a = eot_dimuon_gamma_angles_sample(
                    (f32)k, (f32)x, (f32)Z, (f32)A, eot_random_init(i, EOT_STAGE_PROBE, (u32)(3 * e + j), 33, 0));
                cr_assert_eq(a.is_good, 1);
                cr_assert_float_eq((double)eot_vec3_dot(a.plus, a.plus), 1.0, 1.0e-6);
                cr_assert_float_eq((double)eot_vec3_dot(a.minus, a.minus), 1.0, 1.0e-6);
                /* mu- is opposite to mu+: the larger of the two says which side is which */
                double plus = signed_angle(a.plus, a.plus), minus = signed_angle(a.minus, a.minus);
                eot_vec3 across = {-a.plus.x, -a.plus.y, 0.0f};
                if (x * plus >= (1.0 - x) * minus)
                    minus = signed_angle(a.minus, across);
                else {
                    across.x = -a.minus.x;
                    across.y = -a.minus.y;
                    plus = signed_angle(a.plus, across);
                }
                double u = 0.5 * k / M * (x * plus + (1.0 - x) * minus), t = 1.0 / (1.0 + u * u);
                n_wide += minus < 0.0 || plus < 0.0;
                int bin = (int)floor(sqrt(t) * N_BIN);
                observed[bin < 0 ? 0 : bin >= N_BIN ? N_BIN - 1 : bin]++;
            }
            double p = chi_square_p(observed, expected, N_BIN);
            cr_expect_gt(p, CHI_SQUARE_LEAST_P, "%g GeV, x %g: p = %.1e, %d on one side", k, x, p, n_wide);
        }
}
