/* Several selections in one run: each has the tallies that a run with it alone has, bit for bit. */
#include "../simulation.h"

static const char *const FURTHER =
    "selections=[{name: other, veto: [4 MeV, 20 MeV], hcal: [0.5, 8], missing_energy: 10 GeV, min_momentum: 7, "
    "charge: 1}, {name: all, veto: [0, 1000], hcal: [0, 1000]}]";
static const char *const ALONE[3][6] = {{NULL},
                                        {"selection.veto=[4 MeV, 20 MeV]", "selection.hcal=[0.5, 8]",
                                         "selection.missing_energy=10 GeV", "selection.min_momentum=7",
                                         "selection.charge=1", NULL},
                                        {"selection.veto=[0, 1000]", "selection.hcal=[0, 1000]", NULL}};
static const char *const NAME[3] = {"", "selection.other.", "selection.all."};

/* All tallies of selection i, blocks added up; what does not depend on the selection is in the first. */
static void sum_tallies(const struct eot_run *run, size_t i, int64_t sum[EOT_N_TALLY]) {
    memset(sum, 0, EOT_N_TALLY * sizeof *sum);
    for (size_t b = 0; b < run->n_block; b++) {
        const int64_t *first = run->block[b].event, *own = first + i * EOT_N_TALLY;
        for (int k = 0; k < EOT_N_TALLY; k++)
            sum[k] += (k >= EOT_C_MUON_STEPS && k < EOT_N_COUNTER) || k >= EOT_T_LEDGER_SQUARE ? first[k] : own[k];
    }
}

static void expect_same_estimate(const struct simulation *several, const struct eot_result *alone, const char *prefix,
                                 const char *name) {
    char text[EOT_RESULT_NAME];
    snprintf(text, sizeof text, "%s%s", prefix, name);
    const struct eot_estimate *a = eot_result_estimate(&several->result, text), *b = eot_result_estimate(alone, name);
    cr_assert(a != NULL && b != NULL, "no %s", text);
    cr_expect(a->value == b->value && a->std_error == b->std_error && a->n_eff == b->n_eff, "%s: %.17g, not %.17g",
              text, a->value, b->value);
}

/* @param estimate a name that both kinds of run have. */
static void expect_runs_agree(const char *file, const char *const *set, const char *device, const char *estimate) {
    static int64_t together[3][EOT_N_TALLY], alone[EOT_N_TALLY];
    struct simulation several, one;
    const char *all[24];
    size_t n = 0;
    while (set[n] != NULL) {
        all[n] = set[n];
        n++;
    }
    all[n] = FURTHER;
    all[n + 1] = NULL;
    simulation_open(&several, file, all, device);
    simulation_run(&several);
    cr_assert_eq(several.result.n_selection, 2u);
    for (size_t i = 0; i < 3; i++) sum_tallies(&several.run, i, together[i]);
    cr_assert_gt(together[2][EOT_C_CUT + EOT_CUT_HCAL], 30, "only %d events pass selection `all`",
                 (int)together[2][EOT_C_CUT + EOT_CUT_HCAL]);
    cr_assert_gt(together[1][EOT_C_CUT + EOT_CUT_TRACK], 3, "only %d events of selection `other` have a track",
                 (int)together[1][EOT_C_CUT + EOT_CUT_TRACK]);
    for (size_t i = 0; i < 3; i++) {
        all[n] = NULL;
        for (size_t k = 0; ALONE[i][k] != NULL; k++) {
            all[n + k] = ALONE[i][k];
            all[n + k + 1] = NULL;
        }
        simulation_open(&one, file, all, device);
        simulation_run(&one);
        sum_tallies(&one.run, 0, alone);
        for (int k = 0; k < EOT_N_TALLY; k++)
            cr_assert_eq(together[i][k], alone[k], "%s on %s, selection %zu: tally %d", file, device, i, k);
        expect_same_estimate(&several, &one.result, NAME[i], "selected.per_eot");
        expect_same_estimate(&several, &one.result, NAME[i], "selected.per_eot_exponential");
        expect_same_estimate(&several, &one.result, NAME[i], estimate);
        const struct eot_cutflow_row *row = i == 0 ? several.result.cutflow : several.result.selection[i - 1].cutflow;
        cr_assert_eq(one.result.n_cutflow, (size_t)EOT_N_CUT + 2);
        for (size_t k = 0; k < one.result.n_cutflow; k++) {
            cr_expect_str_eq(row[k].cut, one.result.cutflow[k].cut);
            cr_expect_eq(row[k].events, one.result.cutflow[k].events);
            cr_expect_eq(row[k].weighted, one.result.cutflow[k].weighted);
        }
        char name[64];
        snprintf(name, sizeof name, "%smissing_energy", NAME[i]);
        const struct eot_histogram *h = eot_result_histogram(&several.result, name),
                                   *g = eot_result_histogram(&one.result, "missing_energy");
        cr_assert(h != NULL && g != NULL, "no histogram %s", name);
        cr_expect_arr_eq(h->values, g->values, h->n_bin * sizeof *h->values);
        if (i == 0) { /* the record is that of the default selection */
            cr_assert_eq(several.run.n_row, one.run.n_row);
            for (size_t k = 0; k < one.run.n_row; k++)
                cr_assert_arr_eq(several.run.row[k].value, one.run.row[k].value, sizeof one.run.row[k].value);
        }
        simulation_close(&one);
    }
    simulation_close(&several);
}

static const char *const DIMUON[] = {"sampling.eot=3000",
                                     "sampling.batch=500",
                                     "physics.cut=5 GeV",
                                     "sampling.region.min_photon_energy=5.4 GeV",
                                     "scoring.showers=0",
                                     "sampling.roulette=off",
                                     NULL};
static const char *const FEW[] = {"sampling.eot=3000",
                                  "sampling.batch=500",
                                  "physics.cut=5 GeV",
                                  "scoring.deposit_fraction=0.2",
                                  "scoring.showers=0",
                                  "sampling.roulette=off",
                                  NULL};
/* Roulette depends on the charges that all selections look for; what is preferred depends on the first selection:
 * vertices as in nature are those of any. */
static const char *const SIGNAL[] = {"sampling.eot=30000", "sampling.batch=500",    "physics.cut=5 GeV",
                                     "scoring.showers=0",  "sampling.preference=0", NULL};

Test(selections, dimuons_on_the_host) {
    expect_runs_agree("configs/na64e-dimuon.yaml", DIMUON, "host", "selected.per_eot");
}
Test(selections, dimuons_on_the_device) {
    expect_runs_agree("configs/na64e-dimuon.yaml", DIMUON, NULL, "selected.per_eot");
}
Test(selections, dimuons_of_which_few_are_followed) {
    expect_runs_agree("configs/na64e-dimuon.yaml", FEW, "host", "selected.per_eot");
}
Test(selections, signal_on_the_host) {
    expect_runs_agree("configs/na64e-signal.yaml", SIGNAL, "host", "efficiency.total");
}

/* Long names of masses and selections: no name of a result is cut off. */
Test(selections, names_are_whole) {
    static const char *const PREFIX = "mphi_0.123456789.selection.abcdefghijklmnopqrstuvw.";
    static const char *const all[] = {"physics.mphi=[0.123456789, 2.3456789]",
                                      "selections=[{name: abcdefghijklmnopqrstuvw}]", "sampling.eot=200", NULL};
    struct simulation s;
    size_t n = 0, n_own = strlen("mphi_0.123456789.");
    simulation_open(&s, "configs/na64e-signal.yaml", all, "host");
    simulation_run(&s);
    for (size_t i = 0; i < s.result.n_estimate; i++) {
        char own[EOT_RESULT_NAME];
        const char *name = s.result.estimate[i].name;
        if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) continue;
        snprintf(own, sizeof own, "%.*s%s", (int)n_own, PREFIX, name + strlen(PREFIX));
        cr_expect(eot_result_estimate(&s.result, own) != NULL, "%s, but no %s", name, own);
        n++;
    }
    cr_expect_gt(n, 15, "%zu names", n);
    for (size_t i = 0; i < s.result.n_histogram; i++)
        for (size_t k = 0; k < i; k++) cr_expect_str_neq(s.result.histogram[i].name, s.result.histogram[k].name);
    simulation_close(&s);
}
