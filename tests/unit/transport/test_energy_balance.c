/* Where the energy of the events goes: the terms are named and add up to what came in, to the last count, with muon
 * decay on and off. */
#include "../../simulation.h"

#include <math.h>

static double share(const struct simulation *s, const char *term) {
    char name[80];
    snprintf(name, sizeof name, "energy.%s_fraction", term);
    return simulation_estimate(s, name)->value;
}

static void expect_balance(const char *decay, bool decays) {
    static const char *const terms[] = {"ecal",         "veto",          "hcal",     "other", "leakage_rear",
                                        "leakage_side", "leakage_front", "neutrino", "muon",  "rest"};
    struct simulation s;
    double sum = 0.0;
    simulation_open(&s, "configs/smoke.yaml",
                    (const char *const[]){"sampling.eot=400", "sampling.batch=100", decay, NULL}, "host");
    simulation_run(&s);
    cr_expect_lt(fabs(s.result.energy_residual), 1e-5);
    cr_expect_eq(s.result.energy_residual, 0.0, "the ledger is kept in integers, but %g is missing",
                 s.result.energy_residual);
    cr_expect_gt(s.result.energy_in, 400 * 90.0);
    cr_expect_float_eq(s.result.energy_in, s.result.energy_out, 1e-6 * s.result.energy_in);
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        sum += share(&s, terms[i]);
        cr_expect_geq(share(&s, terms[i]), 0.0, "%s", terms[i]);
    }
    cr_expect_float_eq(sum, 1.0, 1e-9);
    cr_expect_gt(share(&s, "ecal"), 0.7);
    cr_expect_gt(share(&s, "hcal"), 0.01);
    cr_expect_gt(share(&s, "muon"), 0.0);
    cr_expect_eq(share(&s, "neutrino") > 0.0, decays);
    cr_expect_eq(share(&s, "rest") > 0.0, !decays);
    for (size_t i = 0; i < s.result.n_fault; i++)
        cr_expect_eq(s.result.fault[i].count, 0u, "%s", s.result.fault[i].name);
    simulation_close(&s);
}

Test(energy_balance, with_decay) { expect_balance("physics.decay=on", true); }
Test(energy_balance, without_decay) { expect_balance("physics.decay=off", false); }
