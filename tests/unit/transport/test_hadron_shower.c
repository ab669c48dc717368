/* Hadronic showers: shares of the energy by module against the integral of the profile, what leaves the set-up by its
 * faces, layers merged or not. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/event_muon.h"

#include "../../simulation.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "world/matter.h"

#define DIMUON "configs/na64e-dimuon.yaml"
enum { N_SHOWER = 4000 };

/* Mean shares of the energy of showers of E GeV that begin at z and head along +z or -z, in accumulators. */
static void shares_of(const struct simulation *s, double E, double z, float direction, double share[EOT_N_ACC]) {
    i64 acc[EOT_N_ACC] = {0}, counts = eot_energy_counts((f32)E);
    eot_matter_view matter = eot_world_matter(&s->world);
    eot_hadron_sink to = {matter, s->world.table.value + s->world.event.lengths, acc};
    eot_muon_origin origin = {.position = {0.1, 0.2, z}, .direction = {0.0f, 0.0f, direction}, .charge = 1};
    origin.kinetic_energy = (f32)E;
    eot_muon m = eot_muon_start(matter, origin, 0x80000000u);
    cr_assert_eq(m.fate, EOT_MUON_ALIVE);
    for (u64 i = 0; i < N_SHOWER; i++)
        eot_hadron_shower(to, m, counts, (f32)E, eot_random_init(i, EOT_STAGE_PROBE, 3, 5, 0), NULL);
    i64 sum = 0;
    for (int k = 0; k < EOT_N_LEDGER; k++) sum += acc[k];
    cr_expect_eq(sum, counts * N_SHOWER, "%lld of %lld counts", (long long)sum, (long long)(counts * N_SHOWER));
    for (int k = 0; k < EOT_N_ACC; k++) share[k] = (double)acc[k] / ((double)counts * N_SHOWER);
}

/* Share of a shower's energy up to a depth in radiation and interaction lengths (Bock et al.). */
static double profile(double E, double X0, double lambda) {
    double shape = 0.6165 + 0.3183 * log(E), slope = 0.9099 - 0.0237 * log(E);
    return 0.4634 * gsl_cdf_gamma_P(X0, shape, 1.0 / 0.2198) + 0.5366 * gsl_cdf_gamma_P(lambda, shape, 1.0 / slope);
}

static void expect_share(const char *what, double share, double want) {
    /* of 12 spots a shower, which are independent: 5 standard deviations */
    double sigma = sqrt(fmax(want * (1.0 - want), 1e-4) / (12.0 * N_SHOWER));
    cr_log_info("%s: %.4f, by the profile %.4f", what, share, want);
    cr_expect_float_eq(share, want, 5.0 * sigma, "%s: %g, not %g +- %g", what, share, want, sigma);
}

/* From the middle of the VETO through the HCAL: modules of 68.74 X0 and 7.402 lambda, 2.5 cm of polystyrene before. */
Test(hadron_shower, energy_by_module_is_the_profile, .timeout = 120) {
    struct simulation s;
    double share[EOT_N_ACC];
    simulation_open(&s, DIMUON, (const char *const[]){"physics.secondaries=off", NULL}, "host");
    for (double E = 3.0; E < 100.0; E *= 3.0) {
        shares_of(&s, E, 52.5, 1.0f, share);
        double half[] = {0.5 * 0.121, 0.5 * 0.06488}, in_veto = profile(E, half[0], half[1]), before = in_veto;
        expect_share("VETO", share[EOT_ACC_LEDGER_VETO], in_veto);
        expect_share("VETO, seen", (double)share[EOT_ACC_VETO_VISIBLE], in_veto); /* all of it scintillates */
        for (int module = 0; module < 3; module++) {
            double up_to = profile(E, half[0] + 68.74 * (module + 1), half[1] + 7.402 * (module + 1));
            expect_share("HCAL module", share[EOT_ACC_HCAL_HADRONIC + module], up_to - before);
            before = up_to;
        }
        expect_share("rear", share[EOT_ACC_LEDGER_REAR], 1.0 - before);
    }
    shares_of(&s, 30.0, 52.5, -1.0f, share); /* backwards: the ECAL, and out by the front */
    double behind_veto = profile(30.0, 0.5 * 0.121, 0.5 * 0.06488),
           behind_ecal = profile(30.0, 0.5 * 0.121 + 40.64, 0.5 * 0.06488 + 1.571);
    expect_share("ECAL", share[EOT_ACC_LEDGER_ECAL], behind_ecal - behind_veto);
    expect_share("front", share[EOT_ACC_LEDGER_FRONT], 1.0 - behind_ecal);
    simulation_close(&s);
}

/* Layers one by one, and merged to one medium: the same but for where spots lie inside a period of 2.9 cm. */
Test(hadron_shower, layers_merged_or_not_have_the_same_shares, .timeout = 120) {
    static const int term[] = {EOT_ACC_LEDGER_VETO, EOT_ACC_HCAL_HADRONIC, EOT_ACC_HCAL_HADRONIC + 1,
                               EOT_ACC_LEDGER_REAR};
    struct simulation merged, layers;
    double a[EOT_N_ACC], b[EOT_N_ACC];
    simulation_open(&merged, DIMUON, (const char *const[]){"physics.secondaries=off", NULL}, "host");
    simulation_open(&layers, DIMUON, (const char *const[]){"physics.secondaries=off", "geometry.layers=explicit", NULL},
                    "host");
    shares_of(&merged, 20.0, 52.5, 1.0f, a);
    shares_of(&layers, 20.0, 52.5, 1.0f, b);
    for (int i = 0; i < 4; i++)
        cr_expect_float_eq(a[term[i]], b[term[i]], 1e-3, "%d: %g, %g", i, a[term[i]], b[term[i]]);
    simulation_close(&merged);
    simulation_close(&layers);
}
