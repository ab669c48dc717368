/* Both ends of the energies that a configuration may have: the rates that the cascade reads against direct integration,
 * vertices inside their tables, no event lost, for every rare process and kind of beam. */
#include "../simulation.h"

#include <math.h>
#include <stdio.h>

#include "eotmc/physics/lfc_sample.h"
#include "eotmc/physics/process_rate.h"
#include "physics/lfc/macroscopic.h"
#include "physics/process.h"

enum { MAX_SET = 16 };
static const char *const PAIRS[] = {"physics.rare.dimuon_gamma=on", "physics.rare.dimuon_trident=on",
                                    "physics.rare.dimuon_annihilation=on", NULL};
static const char *const SIGNAL[] = {"physics.rare.dimuon_gamma=off", "physics.rare.lfc=on", NULL};

/* Exact rate of the signal [1/cm] in medium m. */
static double signal_rate(const struct simulation *s, const struct eot_em_options *o, int m, double E) {
    struct eot_lfc_material material = {0};
    struct eot_lfc_reaction reaction = {
        .process = EOT_LFC_E2MU, .m_phi = s->config.physics.mphi, .coupling = s->config.physics.h};
    struct eot_error err;
    double rate = 0.0;
    for (int i = 0; i < o->medium[m].n_constituent; i++)
        for (int j = 0; j < o->medium[m].material[i]->n_element; j++) {
            const struct eot_element *e = &o->medium[m].material[i]->element[j];
            material.n_nuclide = 1;
            material.nuclide[0] = eot_lfc_nuclide_from_mass(
                e->Z, e->A, o->medium[m].material[i]->density * o->medium[m].fraction[i], e->mass_fraction);
            double one;
            cr_assert_eq(eot_lfc_macroscopic(&reaction, &material, &E, 1, &one, NULL, &err), EOT_OK, "%s", err.text);
            rate += one;
        }
    return rate;
}

/* What the device samples vertices by, in vertices per cm. */
static double tabulated(const struct simulation *s, int p, int m, double E) {
    double rate = 0.0;
    if (p != EOT_RARE_LFC)
        return s->world.rare_unit * (double)eot_rare_rate(s->world.table.value, s->world.em, p, m, (f32)E);
    for (int i = 0; i < s->world.event.vertex.n_lfc; i++)
        if (s->world.event.vertex.lfc_medium[i] == m)
            rate += (double)eot_lfc_xsec(s->world.table.value, s->world.event.vertex.lfc[i], (real)E);
    return s->world.rare_unit * rate;
}

/* At the beam's energy, half of it, and a little above the lowest energy that is followed. The rate is linear between
 * nodes, which is within 1 % also where it rises from its threshold. */
static void expect_rates(struct simulation *s) {
    struct eot_em_options o;
    SIMULATION_OK(s, eot_world_em_options(&s->config, &s->setup, s->config.physics.cut, &o, &s->error));
    int n = 0;
    for (int p = 0; p < EOT_N_RARE; p++) {
        if (!s->config.physics.rare[p]) continue;
        const struct eot_process *d = eot_process_at(p);
        double lowest = 1.3 * fmax(d->threshold(&s->config), s->config.physics.cut), top = s->config.beam.energy;
        const double energy[] = {lowest, 0.5 * top, 0.999 * top, top};
        for (int i = 0; i < 4; i++) {
            if (energy[i] < lowest || lowest > top) continue;
            for (int m = 0; m < o.n_medium; m++) {
                double error = 0.0, seen = tabulated(s, p, m, energy[i]),
                       direct = p == EOT_RARE_LFC ? signal_rate(s, &o, m, energy[i])
                                                  : d->rate(&o, &s->world.table, m, energy[i], &error);
                cr_expect(fabs(seen - direct) <= 0.01 * direct, "%s at %g GeV of %g: %.5e per cm, directly %.5e",
                          d->key, energy[i], top, seen, direct);
                n++;
            }
        }
    }
    cr_assert_gt(n, 0);
}

/* Every vertex is inside its tables, and nothing is lost. @param makes whether there are vertices. */
static void expect_run(struct simulation *s, bool makes) {
    double top = s->config.beam.energy * (1.0 + 7.0 * s->config.beam.spread);
    simulation_run(s);
    cr_expect_eq(s->result.n_lost, 0);
    cr_expect_lt(fabs(s->result.energy_residual), 1e-9);
    const struct eot_event_table *t = &s->result.events;
    size_t n_good = 0;
    for (size_t i = 0; i < t->n_event; i++) {
        const double *row = t->value + i * t->n_column;
        double parent = row[1 + EOT_E_PARENT_ENERGY], plus = row[1 + EOT_E_MU_PLUS], minus = row[1 + EOT_E_MU_MINUS];
        n_good += parent > 0.2 && parent <= top && plus + minus <= parent * 1.0001 + 2e-3 && plus + minus > 0.105;
    }
    cr_expect_eq(n_good, t->n_event, "%zu of %zu vertices are sound", n_good, t->n_event);
    cr_expect(!makes || t->n_event > 30, "%zu vertices", t->n_event);
}

static void both(const char *particle, const char *energy, const char *spread, const char *const *processes,
                 const char *more, bool makes) {
    struct simulation s;
    char text[3][64];
    const char *set[MAX_SET];
    int n = 0;
    snprintf(text[0], sizeof text[0], "beam.particle=%s", particle);
    snprintf(text[1], sizeof text[1], "beam.energy=%s", energy);
    snprintf(text[2], sizeof text[2], "beam.spread=%s", spread);
    for (int i = 0; i < 3; i++) set[n++] = text[i];
    for (int i = 0; processes[i] != NULL; i++) set[n++] = processes[i];
    if (more != NULL) set[n++] = more;
    set[n++] = "sampling.eot=200";
    set[n++] = "sampling.batch=100";
    set[n++] = "scoring.record_fraction=1";
    set[n++] = "scoring.showers=0";
    set[n] = NULL;
    simulation_open(&s, "tests/ecal_only.yaml", set, "host");
    expect_rates(&s);
    expect_run(&s, makes);
    simulation_close(&s);
}

Test(energy_ends, pairs_of_electrons_at_1_GeV) { both("e-", "1 GeV", "0", PAIRS, NULL, true); }
Test(energy_ends, pairs_of_positrons_at_1_GeV) { both("e+", "1 GeV", "0", PAIRS, NULL, true); }
Test(energy_ends, pairs_of_photons_at_1_GeV) { both("gamma", "1 GeV", "0", PAIRS, NULL, true); }
Test(energy_ends, pairs_of_electrons_at_300_GeV) { both("e-", "300 GeV", "0", PAIRS, "physics.cut=5 GeV", true); }
Test(energy_ends, pairs_of_positrons_at_300_GeV) { both("e+", "300 GeV", "0.1", PAIRS, "physics.cut=5 GeV", true); }
Test(energy_ends, pairs_of_photons_at_300_GeV) { both("gamma", "300 GeV", "0", PAIRS, "physics.cut=5 GeV", true); }
Test(energy_ends, signal_at_1_GeV) { both("e-", "1 GeV", "0", SIGNAL, "physics.mphi=0.11", true); }
Test(energy_ends, light_signal_at_300_GeV) { both("e-", "300 GeV", "0.1", SIGNAL, "physics.mphi=0.11", true); }
Test(energy_ends, heavy_signal_at_300_GeV) { both("e+", "300 GeV", "0", SIGNAL, "physics.mphi=3", true); }

/* Muons of 1 GeV in 10 cm of iron and of the largest energy in 1 m: none is lost, and the energy is all there. */
static void muons(const char *energy, const char *spread) {
    struct simulation s;
    char text[2][64];
    snprintf(text[0], sizeof text[0], "beam.kinetic_energy=%s", energy);
    snprintf(text[1], sizeof text[1], "beam.spread=%s", spread);
    simulation_open(&s, "configs/bench/muon-iron1m.yaml",
                    (const char *const[]){text[0], text[1], "sampling.eot=400", "sampling.batch=100", NULL}, "host");
    simulation_run(&s);
    cr_expect_eq(s.result.n_lost, 0);
    cr_expect_lt(fabs(s.result.energy_residual), 1e-9);
    simulation_close(&s);
}
Test(energy_ends, muons_at_the_lower_end) { muons("0.9 GeV", "0"); }
Test(energy_ends, muons_at_300_GeV_with_the_largest_spread) { muons("300 GeV", "0.1"); }
Test(energy_ends, muons_at_the_upper_end) { muons("499 GeV", "0"); }

/* What lies above is refused at the line that says so, or by the name of the option. */
static void expect_refused(const char *const *set, const char *key, const char *text) {
    struct eot_config config = {.name = ""};
    struct eot_error err;
    size_t n = 0;
    while (set[n] != NULL) n++;
    cr_expect_eq(eot_config_read(EOT_SOURCE_DIR "/tests/ecal_only.yaml", set, n, &config, &err), EOT_E_CONFIG);
    cr_expect(strstr(err.text, key) != NULL && strstr(err.text, text) != NULL, "%s", err.text);
    eot_config_free(&config);
}
Test(energy_ends, above_the_largest_is_refused) {
    expect_refused((const char *const[]){"beam.energy=301 GeV", NULL}, "beam.energy", "at most 300 GeV");
    expect_refused((const char *const[]){"beam.kinetic_energy=300.1 GeV", NULL}, "beam.kinetic_energy", "at most 300");
    expect_refused((const char *const[]){"beam.particle=mu-", "beam.energy=501 GeV", NULL}, "beam.energy", "500 GeV");
    expect_refused((const char *const[]){"beam.particle=mu-", "beam.energy=400 GeV", "beam.spread=0.1", NULL},
                   "beam.spread", "512 GeV");
    expect_refused((const char *const[]){"beam.particle=mu-", "beam.energy=301 GeV", "physics.rare.dimuon_gamma=off",
                                         "physics.rare.lfc=on", NULL},
                   "beam.energy", "at most 300 GeV");
    expect_refused((const char *const[]){"beam.energy=0.99 GeV", NULL}, "beam.energy", "1 GeV");
}
