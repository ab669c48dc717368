/* Electrons and photons below a few GeV: cross sections against tables, and that no energy is lost. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>

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
