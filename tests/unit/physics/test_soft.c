/* Electrons and photons below a few GeV: cross sections against tables, and that no energy is lost. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "materials/library.h"
#include "physics/soft/soft.h"

static void medium_of(const char *name, struct eot_material *m, struct eot_soft_medium *medium) {
    struct eot_material_config config = {0};
    struct eot_error err = {0};
    cr_assert(eot_material_builtin(name, &config));
    cr_assert_eq(eot_material_derive(&config, m, &err), EOT_OK, "%s", err.text);
    eot_soft_medium_build(m, medium);
}

static double at(const double *value, double energy) {
    double x = 8.0 * log2(energy / eot_soft_energy(0));
    int i = (int)x;
    return value[i] + (x - i) * (value[i + 1] - value[i]);
}

/* Attenuation without coherent scattering: NIST's XCOM (SRD 8). Lead and iron are in the tables, copper and silicon are
 * between their elements. The grid of the media makes some per cent where photoelectric absorption is steep, most just
 * above the K edge of lead. */
struct row {
    char material[16];
    double MeV, cm2_per_g;
};
ParameterizedTestParameters(soft, attenuation) {
    static struct row rows[] = {
        {"lead", 0.1, 5.336},     {"lead", 0.2, 0.936},     {"lead", 0.5, 0.1499},    {"lead", 1, 0.06803},
        {"lead", 2, 0.0453},      {"lead", 3, 0.042},       {"lead", 4, 0.04178},     {"lead", 6, 0.04382},
        {"lead", 10, 0.04969},    {"lead", 20, 0.06205},    {"lead", 100, 0.0931},    {"iron", 0.1, 0.3341},
        {"iron", 0.2, 0.1357},    {"iron", 0.5, 0.08241},   {"iron", 1, 0.05951},     {"iron", 2, 0.04254},
        {"iron", 3, 0.03617},     {"iron", 4, 0.03309},     {"iron", 6, 0.03056},     {"iron", 10, 0.02994},
        {"iron", 20, 0.03224},    {"iron", 100, 0.04329},   {"copper", 0.1, 0.414},   {"copper", 0.2, 0.1437},
        {"copper", 0.5, 0.08156}, {"copper", 1, 0.05848},   {"copper", 2, 0.04191},   {"copper", 3, 0.03593},
        {"copper", 4, 0.03315},   {"copper", 6, 0.03106},   {"copper", 10, 0.03102},  {"copper", 20, 0.03408},
        {"copper", 100, 0.04659}, {"silicon", 0.1, 0.1682}, {"silicon", 0.2, 0.1235}, {"silicon", 0.5, 0.08681},
        {"silicon", 1, 0.06344},  {"silicon", 2, 0.04476},  {"silicon", 3, 0.03677},  {"silicon", 4, 0.03239},
        {"silicon", 6, 0.02787},  {"silicon", 10, 0.02461}, {"silicon", 20, 0.02338}, {"silicon", 100, 0.02764}};
    return cr_make_param_array(struct row, rows, sizeof rows / sizeof *rows);
}
ParameterizedTest(struct row *r, soft, attenuation) {
    struct eot_material m;
    struct eot_soft_medium *medium = malloc(sizeof *medium);
    medium_of(r->material, &m, medium);
    double E = 1e-3 * r->MeV,
           mu = (at(medium->compton, E) + at(medium->pair, E) + at(medium->photoelectric, E)) / m.density;
    cr_expect_lt(fabs(mu / r->cm2_per_g - 1.0),
                 r->MeV < 0.15  ? 0.03
                 : r->MeV < 0.5 ? 0.015
                                : 0.006,
                 "%s, %g MeV: %g cm2/g, XCOM %g", r->material, r->MeV, mu, r->cm2_per_g);
    free(medium);
}

/* The energy that goes into photons above 50 keV is nearly all of the radiative stopping power: NIST's ESTAR (SRD 124)
 * [MeV cm2/g] at 5, 10, 20 MeV, brought to the energies of the grid. */
Test(soft, radiation) {
    static const struct {
        const char *material;
        double T, loss;
    } row[] = {{"lead", 5.12e-3, 0.592},  {"lead", 10.24e-3, 1.237}, {"lead", 20.48e-3, 2.621},
               {"iron", 5.12e-3, 0.2411}, {"iron", 10.24e-3, 0.536}, {"iron", 20.48e-3, 1.177}};
    struct eot_material m;
    struct eot_soft_medium *medium = malloc(sizeof *medium);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        medium_of(row[k].material, &m, medium);
        int i = (int)lround(8.0 * log2(row[k].T / eot_soft_energy(0)));
        double mean = 0.0, T = eot_soft_energy(i);
        for (int q = 0; q < 100 * (EOT_SOFT_N_QUANTILE - 1); q++) {
            double u = (q + 0.5) / 100.0, low = (double)medium->photon[i][(int)u],
                   high = (double)medium->photon[i][(int)u + 1], x = low + (u - (int)u) * (high - low);
            mean += EOT_SOFT_BREMS_CUT * pow(T / EOT_SOFT_BREMS_CUT, x) / (100.0 * (EOT_SOFT_N_QUANTILE - 1));
        }
        double loss = 1e3 * mean * medium->brems[i] / m.density;
        cr_expect_lt(fabs(loss / row[k].loss - 1.0), 0.02, "%s, %g MeV: %g MeV cm2/g, ESTAR %g", row[k].material,
                     1e3 * T, loss, row[k].loss);
    }
    free(medium);
}

/* Between the energies and elements of the table: the spectrum of Seltzer and Berger (1986) of lead, beta^2 k dsigma/dk
 * / Z^2 [mb], at energies that it does not have. */
Test(soft, spectrum_of_bremsstrahlung) {
    static const double share[] = {0.5, 0.8, 0.9, 0.95};
    static const struct {
        double MeV, mb[4];
    } row[] = {{0.8, {5.35000, 3.56008, 3.08147, 2.85183}},
               {4.0, {5.29297, 3.39118, 2.67099, 2.18461}},
               {15.0, {6.10801, 4.48690, 3.66504, 2.82565}},
               {30.0, {6.54380, 5.21034, 4.43978, 3.51960}}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int j = 0; j < 4; j++) {
            struct eot_soft_spectrum s;
            double T = 1e-3 * row[i].MeV, k = share[j] * T, gamma = T / 0.51099895e-3 + 1.0;
            eot_soft_spectrum_build(82.0, T, &s);
            double mb = 1e27 * (1.0 - 1.0 / (gamma * gamma)) * k * eot_soft_spectrum(&s, k) / (82.0 * 82.0);
            cr_expect_lt(fabs(mb / row[i].mb[j] - 1.0), 0.02, "%g MeV, k/T = %g: %g mb, %g", row[i].MeV, share[j], mb,
                         row[i].mb[j]);
        }
}

/* Multiple scattering: the first transport cross section in lead and iron [cm2/g] as Geant4 11.4 has it, which follows
 * the partial waves in a screened field of D. Liljequist et al., J. Appl. Phys. 68 (1990) 3061. */
Test(soft, transport) {
    static const struct {
        double Z, A, MeV, cm2_per_g;
    } row[] = {{82, 207.2, 0.2, 156.7},    {82, 207.2, 0.5, 40.01},    {82, 207.2, 1, 14.36},
               {82, 207.2, 2, 4.961},      {82, 207.2, 5, 1.103},      {82, 207.2, 10, 0.3298},
               {26, 55.845, 0.226, 50.38}, {26, 55.845, 0.905, 5.863}, {26, 55.845, 5.12, 0.3701}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        double got = eot_soft_transport(row[i].Z, 1e-3 * row[i].MeV, -1) * 6.02214e23 / row[i].A;
        cr_expect_lt(fabs(got / row[i].cm2_per_g - 1.0), 0.06, "Z = %g, %g MeV: %g cm2/g, %g", row[i].Z, row[i].MeV,
                     got, row[i].cm2_per_g);
    }
}

/* Foils: the angle at which 15.7 MeV electrons are 1/e of those straight ahead, as A. O. Hanson et al., Phys. Rev. 84
 * (1951) 634 have measured it, with the foil as one step or as many. The mean of 1 - cosine is that of the transport
 * mean free path: wide angles make most of it, so that a Gaussian of the same mean is half as wide again. */
Test(soft, foils) {
    enum { N = 200000, N_BIN = 200 };
    static const struct {
        const char *material;
        double g_per_cm2, degrees;
    } row[] = {
        {"gold", 0.01866, 2.58}, {"gold", 0.03728, 3.76}, {"beryllium", 0.2570, 3.06}, {"beryllium", 0.4950, 4.25}};
    struct eot_material m;
    struct eot_soft_medium *medium = malloc(sizeof *medium);
    for (size_t r = 0; r < sizeof row / sizeof *row; r++)
        for (int n_step = 1; n_step <= 16; n_step *= 4) {
            medium_of(row[r].material, &m, medium);
            struct eot_soft_random random = {1};
            const double path = row[r].g_per_cm2 / m.density, want = row[r].degrees * M_PI / 180.0;
            double count[N_BIN] = {0}, sum = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0, n = 0.0;
            const double T = 15.7e-3 - 0.5 * path * at(medium->loss, 15.7e-3); /* in the middle of the foil */
            for (int i = 0; i < N; i++) {
                double u[3] = {0.0, 0.0, 1.0};
                for (int s = 0; s < n_step; s++)
                    eot_soft_scatter(medium, -1, eot_soft_place_of(T), path / n_step, u, &random);
                double angle2 = (u[0] * u[0] + u[1] * u[1]) / (want * want);
                if (u[2] > 0.0 && angle2 < 1.0) count[(int)(angle2 * N_BIN)]++;
                sum += 1.0 - u[2];
            }
            for (int b = 0; b < N_BIN; b++) { /* a straight line through the logarithm of the density */
                double x = (b + 0.5) / N_BIN, y = log(count[b] + 0.5);
                n += count[b];
                sx += count[b] * x;
                sy += count[b] * y;
                sxx += count[b] * x * x;
                sxy += count[b] * x * y;
            }
            double width = row[r].degrees / sqrt(-(n * sxy - sx * sy) / (n * sxx - sx * sx));
            cr_expect_float_eq(width, row[r].degrees, 0.05 * row[r].degrees,
                               "%g g/cm2 of %s in %d steps: %.2f degrees, measured %.2f", row[r].g_per_cm2,
                               row[r].material, n_step, width, row[r].degrees);
            double mean = 1.0 - exp(-path * at(medium->scatter[0], T));
            cr_expect_float_eq(sum / N, mean, 0.03 * mean, "%g g/cm2 of %s in %d steps: 1 - cosine %g, transport %g",
                               row[r].g_per_cm2, row[r].material, n_step, sum / N, mean);
        }
    free(medium);
}

/* Mott's correction by McKinley and Feshbach's cross section, first order in Z: electrons and positrons. The next order
 * and the end of the series are left. */
Test(soft, mott_of_light_atoms) {
    for (int charge = -1; charge <= 1; charge += 2)
        for (int i = 0; i < 12; i++) {
            double Z = i % 3 + 1.0, gamma = pow(10.0, 0.1 + i / 4), beta = sqrt(1.0 - 1.0 / (gamma * gamma)),
                   first = -beta * beta - charge * M_PI * Z * beta / 137.036,
                   got = eot_soft_mott(Z, (gamma - 1.0) * 0.51099895e-3, charge);
            cr_expect_lt(fabs(got - first), 5.0 * Z * Z / (137.036 * 137.036) + 2e-4, "Z = %g, gamma %g: %g, %g", Z,
                         gamma, got, first);
        }
}

/* Annihilation in flight in lead [cm2/g]: Geant4 11.4. */
Test(soft, annihilation) {
    static const double row[][2] = {{1, 0.040976}, {5, 0.015069}, {20, 0.0054239}, {100, 0.0015282}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        double got = eot_soft_annihilation(1e-3 * row[i][0]) * 82.0 * 6.02214e23 / 207.2;
        cr_expect_lt(fabs(got / row[i][1] - 1.0), 0.003, "%g MeV: %g cm2/g, %g", row[i][0], got, row[i][1]);
    }
}

/* The energy that leaves matter by its rear, photons and electrons: Geant4 11.4 with bremsstrahlung after Seltzer and
 * Berger. Its photons have 1.5 % more pairs in lead at 8 MeV than XCOM. */
static void black(struct eot_soft_medium *m) {
    memset(m, 0, sizeof *m);
    for (int i = 0; i < EOT_SOFT_N_ENERGY; i++) {
        m->photoelectric[i] = m->photons[i] = m->loss[i] = 1e6;
        m->range[i] = 1e-6 * eot_soft_energy(i);
    }
}
Test(soft, behind_lead, .timeout = 300) {
    enum { MOST = 101 };
    static const struct {
        const char *what;
        int type;
        double MeV, cm;
        int layers, n;
        double want, error;
    } row[] = {{"20 MeV photons behind 10 X0 of lead", EOT_SOFT_PHOTON, 20.0, 5.612, 0, 100000, 1.1737, 0.0060},
               {"5 MeV photons behind 15 X0 of lead", EOT_SOFT_PHOTON, 5.0, 8.418, 0, 100000, 0.1613, 0.0014},
               {"100 MeV electrons behind 50 x 1.5 mm of lead and of polystyrene", EOT_SOFT_ELECTRON, 100.0, 0.0, 50,
                10000, 1.8957, 0.025}};
    struct eot_material m;
    struct eot_soft_medium *medium = calloc(3, sizeof *medium);
    struct eot_soft_particle *waiting = malloc(EOT_SOFT_MOST * sizeof *waiting);
    medium_of("lead", &m, &medium[0]);
    medium_of("polystyrene", &m, &medium[1]);
    black(&medium[2]);
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        int n_slab = row[r].layers > 0 ? 2 * row[r].layers : 1;
        double edge[MOST + 1], sum = 0.0, square = 0.0;
        struct eot_soft_slab slab[MOST];
        for (int i = 0; i <= n_slab; i++) {
            edge[i] = row[r].layers > 0 ? 0.15 * i : row[r].cm * i;
            slab[i] =
                (struct eot_soft_slab){-500.0, 500.0, -500.0, 500.0, i == n_slab ? 2 : i % 2, i == n_slab ? 0 : 1};
        }
        edge[n_slab + 1] = edge[n_slab] + 1.0;
        struct eot_soft_stack stack = {n_slab + 1, edge, slab, medium, 2};
        struct eot_soft_random random = {1};
        const double place[3] = {0.0, 0.0, 1e-7}, along[3] = {0.0, 0.0, 1.0};
        for (int i = 0; i < row[r].n; i++) {
            double seen[2] = {0.0, 0.0};
            eot_soft_follow(&stack, eot_soft_at(&stack, row[r].type, 1e-3 * row[r].MeV, place, along), &random, waiting,
                            seen);
            sum += 1e3 * seen[0];
            square += 1e6 * seen[0] * seen[0];
        }
        double mean = sum / row[r].n, error = sqrt((square / row[r].n - mean * mean) / row[r].n);
        cr_expect_lt(fabs(mean - row[r].want), 0.03 * row[r].want + 2.0 * hypot(error, row[r].error),
                     "%s: %.4f(%.4f) MeV, Geant4 %.4f", row[r].what, mean, error, row[r].want);
    }
    free(waiting);
    free(medium);
}

/* All that an electron brings into matter without end stays there: the sum of all deposits is its energy. */
Test(soft, energy_is_kept) {
    struct eot_material m;
    struct eot_soft_medium *medium = malloc(sizeof *medium);
    struct eot_soft_particle *waiting = malloc(EOT_SOFT_MOST * sizeof *waiting);
    medium_of("lead", &m, medium);
    const double edge[] = {-300.0, 0.0, 0.5, 300.0}, along[3] = {0.0, 0.0, 1.0};
    struct eot_soft_slab slab[3];
    for (int i = 0; i < 3; i++) slab[i] = (struct eot_soft_slab){-300.0, 300.0, -300.0, 300.0, 0, i == 1 ? 1 : 0};
    struct eot_soft_stack stack = {3, edge, slab, medium, 0};
    struct eot_soft_random random = {1};
    for (int type = EOT_SOFT_PHOTON; type <= EOT_SOFT_POSITRON; type++)
        for (int i = 0; i < 20; i++) {
            const double E = 1e-3 * pow(2.0, i % 10), place[3] = {0.0, 0.0, 0.1};
            double sum[2] = {0.0, 0.0};
            eot_soft_follow(&stack, eot_soft_at(&stack, type, E, place, along), &random, waiting, sum);
            double rest = type == EOT_SOFT_POSITRON ? 2.0 * 0.51099895e-3 : 0.0;
            cr_expect_lt(fabs(sum[0] + sum[1] - E - rest), 1e-12, "type %d of %g GeV leaves %g", type, E,
                         sum[0] + sum[1]);
        }
    free(waiting);
    free(medium);
}
