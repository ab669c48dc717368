/* What the calorimeters make of deposits. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/response.h"

#include <criterion/criterion.h>

enum { N = 40000 };

static const eot_event_launch LAUNCH = {.seed = 5, .sample_threshold = EOT_KEEP_ALL};

static eot_event_world detector(void) {
    eot_event_world e;
    memset(&e, 0, sizeof e);
    e.response.hcal_scale = 2.0f;
    e.response.hadronic_visible = 0.25f;
    e.response.n_hcal = 3;
    e.response.hcal_stochastic = 0.6f;
    e.response.hcal_constant = 0.05f;
    e.response.hcal_photostatistics = 100.0f;
    e.response.veto_photostatistics = 20.0f;
    e.response.ecal_sampling = 0.085f;
    e.response.ecal_stochastic = 0.1f;
    e.response.ecal_constant = 0.04f;
    e.response.beam_resolution = 0.01f;
    return e;
}

static eot_event seen(const eot_event_world *e, u64 primary, i64 *acc) {
    eot_event_vertex v = eot_event_vertex_none();
    v.E_beam = 100.0f;
    return eot_event_reconstruct(NULL, eot_event_view_of(e, &LAUNCH, acc, NULL), primary, v, eot_muon_outcome_none(),
                                 eot_muon_outcome_none());
}

struct moments {
    double sum, square;
};
static void add(struct moments *m, double x) {
    m->sum += x;
    m->square += x * x;
}
/* Mean and standard deviation of N values within 5 standard errors. */
static void expect(const struct moments *m, double mean, double sigma, const char *what) {
    double got = m->sum / N, got_sigma = sqrt(m->square / N - got * got);
    cr_expect_float_eq(got, mean, 5.0 * sigma / sqrt(N) + 1e-6 * fabs(mean), "%s: mean %g, not %g", what, got, mean);
    cr_expect_float_eq(got_sigma, sigma, 5.0 * sigma / sqrt(2.0 * N) + 1e-6, "%s: sigma %g, not %g", what, got_sigma,
                       sigma);
}

Test(response, smears_have_the_stated_mean_and_width) {
    static i64 acc[EOT_N_ACC];
    eot_event_world e = detector();
    struct moments ecal = {0}, veto = {0}, muonic = {0}, hadronic = {0}, sampled = {0};
    acc[EOT_ACC_LEDGER_ECAL] = eot_energy_counts(64.0f);
    acc[EOT_ACC_VETO_VISIBLE] = eot_energy_counts(0.008f);
    acc[EOT_ACC_HCAL_VISIBLE] = eot_energy_counts(1.25f);
    acc[EOT_ACC_HCAL_HADRONIC + 1] = eot_energy_counts(40.0f);
    for (u64 i = 0; i < N; i++) {
        eot_event ev = seen(&e, i, acc);
        add(&ecal, (double)ev.ecal);
        add(&veto, (double)ev.veto);
        add(&muonic, (double)ev.hcal[0]);
        add(&hadronic, (double)ev.hcal[1]);
        add(&sampled, (double)((ev.missing_sampled - ev.missing) / ev.missing_sigma));
        cr_assert(ev.hcal[2] == 0.0f && ev.hcal[3] == 0.0f && ev.n_track == 0 && ev.category == 0 && ev.charge == 0);
        cr_assert_float_eq((double)ev.missing, 100.0 - (double)ev.ecal - (double)ev.hcal[0] - (double)ev.hcal[1], 2e-5);
    }
    expect(&ecal, 64.0, 0.085 * 8.0, "ECAL");
    expect(&veto, 0.008, 0.008 / sqrt(8.0 * 20.0), "VETO: 160 photoelectrons");
    expect(&muonic, 2.5, sqrt(2.5 / 100.0), "HCAL, muons: 250 photoelectrons");
    expect(&hadronic, 20.0, sqrt(0.36 * 20.0 + 0.0025 * 400.0), "HCAL, hadrons");
    expect(&sampled, 0.0, 1.0, "missing energy in standard deviations");
}

/* Every fluctuation keeps its mean at deposits far below its own scale (f^2 = 7 MeV in the ECAL, a photoelectron), and
 * none is negative; clipped Gaussians saw up to 7 times the deposit. */
Test(response, small_deposits_keep_their_mean) {
    static i64 acc[EOT_N_ACC];
    eot_event_world e = detector();
    for (double deposit = 1.0e-5; deposit < 200.0; deposit *= 10.0) {
        struct moments ecal = {0}, veto = {0}, muonic = {0}, hadronic = {0};
        acc[EOT_ACC_LEDGER_ECAL] = eot_energy_counts((f32)deposit);
        acc[EOT_ACC_VETO_VISIBLE] = acc[EOT_ACC_HCAL_VISIBLE] = acc[EOT_ACC_HCAL_HADRONIC + 1] =
            acc[EOT_ACC_LEDGER_ECAL];
        for (u64 i = 0; i < N; i++) {
            eot_event ev = seen(&e, i, acc);
            cr_assert(ev.ecal >= 0.0f && ev.veto >= 0.0f && ev.hcal[0] >= 0.0f && ev.hcal[1] >= 0.0f);
            add(&ecal, (double)ev.ecal);
            add(&veto, (double)ev.veto);
            add(&muonic, (double)ev.hcal[0]);
            add(&hadronic, (double)ev.hcal[1]);
        }
        double had = 0.5 * deposit;
        cr_expect_float_eq(ecal.sum / N, deposit, 5.0 * 0.085 * sqrt(deposit / N) + 1e-5 * deposit, "ECAL %g: %g",
                           deposit, ecal.sum / N);
        cr_expect_float_eq(veto.sum / N, deposit, 5.0 * sqrt(deposit / 20.0e3 / N) + 1e-5 * deposit, "VETO %g: %g",
                           deposit, veto.sum / N);
        cr_expect_float_eq(muonic.sum / N, 2.0 * deposit, 5.0 * sqrt(2.0 * deposit / 100.0 / N) + 1e-5 * deposit,
                           "HCAL, muons %g: %g", deposit, muonic.sum / N);
        cr_expect_float_eq(hadronic.sum / N, had, 5.0 * sqrt((0.36 * had + 0.0025 * had * had) / N) + 1e-5 * had,
                           "HCAL, hadrons %g: %g", had, hadronic.sum / N);
    }
}

/* What is sampled and what is left for the integral give the whole resolution. */
Test(response, the_widths_of_the_missing_energy_add_up_to_the_resolution) {
    eot_event_world e = detector();
    double sigma = (double)eot_missing_sigma(&e.response, 100.0f, 64.0f), sampled = 0.085 * 8.0;
    double want = 0.01 * 64.0 + 0.0016 * 64.0 * 64.0 + 1.0; /* s^2 E + c^2 E^2 + (1 % of the beam)^2 */
    cr_expect_float_eq(sigma * sigma + sampled * sampled, want, 1e-5 * want);
    e.response.ecal_sampling = 0.2f; /* never the root of a negative number */
    e.response.ecal_constant = 0.0f;
    cr_expect_float_eq((double)eot_missing_sigma(&e.response, 100.0f, 64.0f), 1.0, 1e-6);
}

Test(response, without_deposits_nothing_is_seen) {
    static i64 acc[EOT_N_ACC];
    eot_event_world e = detector();
    eot_event ev = seen(&e, 3, acc);
    cr_expect_eq(ev.ecal, 0.0f);
    cr_expect_eq(ev.veto, 0.0f);
    cr_expect_eq(ev.hcal_sum, 0.0f);
    cr_expect_eq(ev.missing, 100.0f);
    e.response.veto_photostatistics = 0.0f; /* and without photostatistics the deposit itself */
    acc[EOT_ACC_VETO_VISIBLE] = eot_energy_counts(0.0078125f);
    cr_expect_eq(seen(&e, 3, acc).veto, 0.0078125f);
}

/* Random numbers of an event are its own, those of its modules and tracks are apart. */
Test(response, streams_are_apart) {
    eot_u32x4 block[EOT_N_CALORIMETER_DRAW + 3];
    for (u32 i = 0; i < EOT_N_CALORIMETER_DRAW; i++) block[i] = eot_random_block(eot_calorimeter_random(7, i, 1, 0));
    for (u32 s = EOT_DETECTOR_TRACK_PLUS; s <= EOT_DETECTOR_MISSING; s++)
        block[EOT_N_CALORIMETER_DRAW + s - 1] = eot_random_block(eot_random_init(7, EOT_STAGE_DETECTOR, s, 1, 0));
    for (int i = 0; i < EOT_N_CALORIMETER_DRAW + 3; i++)
        for (int k = 0; k < i; k++) cr_expect_neq(block[i].x, block[k].x, "blocks %d and %d", i, k);
}

Test(response, faults_of_muons_join_those_of_the_vertex) {
    cr_expect_eq(eot_event_faults(0u, EOT_MUON_ESCAPED, EOT_MUON_STOPPED), 0u);
    cr_expect_eq(eot_event_faults((u32)EOT_FAULT_STACK, EOT_MUON_STUCK, EOT_MUON_ESCAPED),
                 (u32)(EOT_FAULT_STACK | EOT_FAULT_STUCK));
    cr_expect_eq(eot_event_faults(0u, EOT_MUON_ESCAPED, EOT_MUON_NAN), (u32)EOT_FAULT_NAN);
}
