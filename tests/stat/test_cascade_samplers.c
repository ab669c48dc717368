/* The vertices of the cascade by themselves: bremsstrahlung, pair production and Compton scattering, sampled as a
 * device does from tables of lead, between their nodes, against the differential cross sections of their own headers.
 * Each sample keeps energy and the types of its particles. The cascade's vertices are collinear: angles are Highland's
 * alone. p above 1e-6, fixed seeds. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/step.h"

#include <math.h>
#include <string.h>

#include "../chi_square.h"
#include "eotmc/physics/brems.h"
#include "eotmc/physics/compton.h"
#include "eotmc/physics/pair.h"
#include "materials/library.h"
#include "physics/em.h"

enum { N_BIN = 40, N_PIECE = 200, N = 100000 };
static const double CUT = 0.2, M_ELECTRON = 0.51099895e-3;

static struct eot_material lead;
static struct eot_f32_table table;
static eot_em_tables layout;

static void build(void) {
    struct eot_material_config config;
    struct eot_error err = {.status = EOT_OK};
    cr_assert(eot_material_builtin("lead", &config));
    cr_assert_eq(eot_material_derive(&config, &lead, &err), EOT_OK, "%s", err.text);
    struct eot_em_options o = {
        .cut = CUT, .energy_max = 105.0, .depth = 20.0, .step_max_X0 = 0.5, .lpm = true, .n_medium = 1};
    struct eot_em_errors error[EOT_N_MEDIUM_MAX];
    o.medium[0].n_constituent = 1;
    o.medium[0].material[0] = &lead;
    o.medium[0].fraction[0] = 1.0;
    cr_assert_eq(eot_em_tables_build(&o, &table, &layout, error, &err), EOT_OK, "%s", err.text);
}
static void release(void) { eot_f32_table_free(&table); }
TestSuite(cascade_samplers, .init = build, .fini = release);

/* dsigma/dx, x the variable that the samples are binned in. */
typedef double density(double E, double x);
static double brems_in_log_k(double E, double x) {
    eot_brems_medium medium = {(f32)((double)EOT_LPM_ENERGY_PER_X0 * lead.X0), (f32)(lead.plasma_energy * 1e-9)};
    return exp(x) * (double)eot_brems_dxsec_dk((f32)E, (f32)exp(x), 82.0f, medium);
}
static double pair_in_share(double E, double x) { return (double)eot_pair_dxsec_deps((f32)E, (f32)x, 82.0f); }
static double compton_in_log_share(double E, double x) {
    return exp(x) * (double)eot_compton_dxsec_deps((f32)E, (f32)exp(x));
}

/* A hard vertex of a particle with energy E that has lost nothing on its way. */
static eot_step_vertex vertex_at(double E, i32 type, i32 state, eot_u32x4 block) {
    eot_step_start s = eot_step_begin(layout, (f32)E, 0.0f, type, block);
    eot_step_end e = eot_step_arrive(layout, 0, s, 0.0f, 0.0f, 0.0f, state);
    f32 q = eot_between(table.value[e.quantile], table.value[e.quantile + 1], e.quantile_fraction);
    cr_assert_eq(e.E, (f32)E);
    return eot_step_interact(layout, type, state, e.E, e.log_E, 1.0f, q, block.z);
}

/* Chi-square of the variable x of the first daughter in bins from `from` to `high`; the first one holds what is below.
 * @param low,high kinematic limits; `variable` gives x from the daughter's energy. */
struct sampler {
    const char *what;
    i32 type, state;
    density *dcs;
    double (*variable)(double E, double E_a);
};
static void check(struct sampler sampler, double E, double low, double from, double high) {
    const char *what = sampler.what;
    const i32 type = sampler.type, state = sampler.state;
    /* the ends of a row of the table are those of its node's energy; Compton rows hold ln(k/cut)/ln(E/cut) */
    double log_step = 1.0 / (double)layout.inverse_log_step, beyond = 1.0e-5;
    if ((state & EOT_STEP_PAIR) != 0) beyond += M_ELECTRON / E * log_step;
    if ((state & EOT_STEP_COMPTON) != 0) beyond += -low * 1.1 * log_step / log(E / CUT);
    long observed[N_BIN] = {0};
    double expected[N_BIN] = {0.0};
    for (int i = 0; i < N_BIN * N_PIECE; i++)
        expected[i / N_PIECE] += sampler.dcs(E, from + (high - from) * (i + 0.5) / (N_BIN * N_PIECE));
    for (int i = 0; i < N_BIN * N_PIECE; i++)
        expected[0] +=
            sampler.dcs(E, low + (from - low) * (i + 0.5) / (N_BIN * N_PIECE)) * (from - low) / (high - from);
    for (u64 i = 0; i < N; i++) {
        eot_step_vertex v = vertex_at(E, type, state, eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 21, 0)));
        cr_assert_eq(v.is_hard, 1);
        cr_assert_eq(v.E_b, (f32)E - v.E_a, "%s: energy", what);
        cr_assert(v.E_a >= 0.0f && v.E_b >= 0.0f);
        cr_assert_eq(v.type_a, (state & EOT_STEP_PAIR) != 0 ? EOT_POSITRON : EOT_PHOTON);
        cr_assert_eq(v.type_b, type == EOT_PHOTON ? EOT_ELECTRON : type);
        double x = sampler.variable(E, (double)v.E_a);
        cr_assert(x >= low - beyond && x <= high + beyond, "%s at %g GeV: %g beyond %g..%g", what, E, x, low, high);
        int bin = (int)floor((x - from) / (high - from) * N_BIN);
        observed[bin < 0 ? 0 : bin >= N_BIN ? N_BIN - 1 : bin]++;
    }
    double p = chi_square_p(observed, expected, N_BIN);
    cr_expect_gt(p, CHI_SQUARE_LEAST_P, "%s at %g GeV: p = %.1e", what, E, p);
}
static double log_energy(double E, double E_a) {
    (void)E;
    return log(E_a);
}
static double share(double E, double E_a) { return E_a / E; }
static double log_share(double E, double E_a) { return log(E_a / E); }

/* Energies at and between nodes, from some cuts to the beam. */
static const double ENERGY[] = {0.7, 1.9, 8.3, 23.0, 60.0, 99.0};

Test(cascade_samplers, bremsstrahlung_follows_its_cross_section) {
    for (int i = 0; i < 6; i++)
        for (i32 type = EOT_ELECTRON; type <= EOT_POSITRON; type++) {
            if (type == EOT_PHOTON) continue;
            check((struct sampler){"brems", type, 0, brems_in_log_k, log_energy}, ENERGY[i], log(CUT), log(CUT),
                  log(ENERGY[i]));
        }
}

Test(cascade_samplers, pairs_follow_their_cross_section) {
    for (int i = 0; i < 6; i++)
        check((struct sampler){"pair", EOT_PHOTON, EOT_STEP_PAIR, pair_in_share, share}, ENERGY[i],
              M_ELECTRON / ENERGY[i], M_ELECTRON / ENERGY[i], 1.0 - M_ELECTRON / ENERGY[i]);
}

/* Above the cut; what is below is one number. */
Test(cascade_samplers, compton_photons_follow_Klein_and_Nishina) {
    for (int i = 0; i < 6; i++)
        check((struct sampler){"Compton", EOT_PHOTON, EOT_STEP_COMPTON, compton_in_log_share, log_share}, ENERGY[i],
              -log1p(2.0 * ENERGY[i] / M_ELECTRON), log(CUT / ENERGY[i]), 0.0);
}

/* A photon's channel by the share of Compton scattering; a charged particle's vertex by the rate that is left at the
 * end of its path; none at the longest step, at the rear face and below the cut. */
Test(cascade_samplers, vertices_are_accepted_at_their_rates) {
    int n_hard = 0, n_compton = 0;
    for (u64 i = 0; i < N; i++) {
        eot_u32x4 b = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 1, 21, 0));
        n_hard += eot_step_interact(layout, EOT_ELECTRON, 0, 5.0f, 3.0f, 0.37f, 0.5f, b.z).is_hard;
        eot_step_start s = eot_step_begin(layout, 0.9f, 0.0f, EOT_PHOTON, b);
        eot_step_flight f = eot_step_fly(eot_step_row_at(table.value, layout, s.node), layout, s);
        n_compton += (f.state & EOT_STEP_COMPTON) != 0;
        cr_assert_neq((f.state & EOT_STEP_COMPTON) != 0, (f.state & EOT_STEP_PAIR) != 0);
        i32 ended[3] = {EOT_STEP_LIMITED, EOT_STEP_LEFT, 0};
        for (int k = 0; k < 3; k++) {
            f32 E = k == 2 ? 0.19f : 5.0f;
            eot_step_vertex v = eot_step_interact(layout, EOT_ELECTRON, ended[k], E, 3.0f, 1.0f, 0.5f, b.z);
            cr_assert(v.is_hard == 0 && v.E_a == 0.0f && v.E_b == E && v.type_b == EOT_ELECTRON);
        }
    }
    cr_expect_float_eq((double)n_hard / N, 0.37, 5.0 * sqrt(0.37 * 0.63 / N));
    struct eot_em_medium medium = {.n_constituent = 1, .material = {&lead}, .fraction = {1.0}};
    struct eot_em_rates rates = eot_em_rates_at(&medium, 0.9, CUT, true);
    double want = rates.compton / (rates.compton + rates.pair);
    cr_expect_float_eq((double)n_compton / N, want, 5.0 * sqrt(want * (1.0 - want) / N) + 0.01 * want, "%g, %g",
                       (double)n_compton / N, want);
}

/* Path lengths are exponential with the rate: mean free path of photons. */
Test(cascade_samplers, photons_travel_their_mean_free_path) {
    eot_em_tables deep = layout;
    deep.depth = 1.0e6f;
    for (int k = 0; k < 6; k++) {
        double sum = 0.0;
        for (u64 i = 0; i < N; i++) {
            eot_u32x4 b = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 2, 21, 0));
            eot_step_start s = eot_step_begin(deep, (f32)ENERGY[k], 0.0f, EOT_PHOTON, b);
            sum += (double)eot_step_fly(eot_step_row_at(table.value, deep, s.node), deep, s).path;
        }
        struct eot_em_medium medium = {.n_constituent = 1, .material = {&lead}, .fraction = {1.0}};
        struct eot_em_rates rates = eot_em_rates_at(&medium, ENERGY[k], CUT, true);
        double want = 1.0 / (rates.pair + rates.compton);
        cr_expect_float_eq(sum / N, want, 5.0 * want / sqrt(N) + 1.0e-3 * want, "%g GeV: %g cm, expected %g", ENERGY[k],
                           sum / N, want);
    }
}
