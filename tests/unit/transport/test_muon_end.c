/* The end of a muon: decay in flight and at rest, capture, range-out, stalled and unsound muons, and the energy balance
 * of whole steps. 5 sigma, fixed seeds. */
#include "muon_matter.h"

#include "../../validation/muon_slab.h"

static const double M = 0.1056583755;
enum { N = 100000 };

/* Boosted from the rest frame: mean energy of the electron gamma 7/20 m, largest gamma (1 + beta) m/2. */
Test(muon_end, decay_in_flight_is_a_boosted_Michel_spectrum) {
    for (double T = 0.01; T < 100.0; T *= 10.0) {
        double gamma = T / M + 1.0, beta = sqrt(1.0 - 1.0 / (gamma * gamma)), sum = 0.0, square = 0.0;
        for (u64 i = 0; i < N; i++) {
            eot_u32x4 w = matter_words(i, 0);
            eot_muon_decay d = eot_muon_decay_in_flight((f32)T, eot_uniform(w.x), matter_words(i, 1), w.y);
            double x = (double)d.electron;
            cr_assert_float_eq(x + (double)d.neutrino, T + M, 1.0e-7 * (T + M));
            cr_assert(x >= 0.0 && d.neutrino >= 0.0f && x <= gamma * (1.0 + beta) * 0.5 * M * (1.0 + 1.0e-6));
            sum += x / N;
            square += x * x / N;
        }
        double sigma = sqrt((square - sum * sum) / N);
        cr_expect_float_eq(sum, gamma * 0.35 * M, 5.0 * sigma, "T %g: mean %g +- %g, expected %g", T, sum, sigma,
                           gamma * 0.35 * M);
    }
}

Test(muon_end, muons_at_rest_decay_or_are_captured_at_their_rates) {
    double lifetime = 2196.9811, capture[] = {0.0, 0.0044, 0.0127}; /* 1/ns: mu+; iron, lead (order of magnitude) */
    for (int k = 0; k < 3; k++) {
        double rate = 1.0 / lifetime + capture[k], time = 0.0, electron = 0.0;
        int n_decay = 0;
        for (u64 i = 0; i < N; i++) {
            eot_random g = eot_random_init(i, EOT_STAGE_PROBE, 1, 3, 0);
            eot_muon_rest r = eot_muon_rest_sample(100.0f, (f32)capture[k], g);
            time += ((double)r.time - 100.0) / N;
            cr_assert_float_eq((double)(r.to.electron + r.to.neutrino), M, 1.0e-8, "rest energy");
            cr_assert_eq(r.n_draw, r.to.electron > 0.0f ? 2u : 1u);
            if (r.to.electron > 0.0f) {
                cr_assert_leq((double)r.to.electron, 0.5 * M * (1.0 + 1.0e-6));
                n_decay++;
                electron += (double)r.to.electron;
            }
        }
        double want = 1.0 / (lifetime * rate);
        cr_expect_float_eq((double)n_decay / N, want, 5.0 * sqrt(want * (1.0 - want) / N) + 1.0e-6);
        cr_expect_float_eq(time * rate, 1.0, 5.0 / sqrt(N) + 1.0e-4, "capture %g: mean life %g ns", capture[k], time);
        /* Michel: mean 0.7, variance 0.05 of x */
        cr_expect_float_eq(electron / n_decay, 0.35 * M, 5.0 * 0.5 * M * sqrt(0.05 / n_decay));
    }
}

/* A muon loses half of its energy a step until it is below stop_kinetic, where it stops; where its energy goes is all
 * accounted for. */
Test(muon_end, slow_muons_range_out) {
    static struct matter m;
    for (int at_rest = 0; at_rest < 2; at_rest++)
        for (int charge = -1; charge <= 1; charge += 2) {
            matter_create(&m, 1, 1, 8);
            matter_material(&m, 0, EOT_MUON_LOSS, 0.01);
            matter_material(&m, 0, EOT_MUON_XI, 1.0e-3);
            m.region[0].active[0] = 1;
            m.tables.straggling = EOT_MUON_STRAGGLING_OFF;
            m.tables.decay_at_rest = at_rest;
            m.tables.largest_loss = 0.5f;
            m.value[MATTER_MATERIALS + EOT_MUON_CAPTURE_RATE] = 1.0e6f; /* every mu- is captured */
            eot_muon muon = matter_muon(&m, (double[]){0.5, 0.5, 0.5}, (double[]){0.0, 0.0, 1.0}, 0.012);
            muon.charge = charge;
            muon.clock = 1000.0f;
            eot_muon_step step;
            memset(&step, 0, sizeof step);
            eot_random g = eot_random_init(1, EOT_STAGE_MUON, 0, 1, 0);
            double deposited = 0.0;
            int n_step = 0;
            for (; muon.fate == EOT_MUON_ALIVE && n_step < 10; n_step++) {
                step = eot_muon_advance(matter_view(&m), muon, g);
                muon = step.muon;
                g = step.random;
                deposited += (double)step.ionisation;
                cr_expect_float_eq((double)step.visible, (double)step.ionisation, 1.0e-9);
            }
            cr_expect_eq(n_step, 3); /* 12, 6, 3, 1.5 MeV */
            cr_expect_eq(muon.fate, EOT_MUON_STOPPED);
            cr_expect_eq(muon.kinetic_energy, 0.0f);
            cr_expect_float_eq((double)step.ionisation, 0.003, 1.0e-8); /* with the last 1.5 MeV */
            cr_expect_float_eq(deposited, 0.012, 1.0e-8);
            cr_expect_float_eq(muon.position.z, 0.5 + 0.6 + 0.3 + 0.15, 1.0e-5);
            cr_expect_eq(step.rest, at_rest ? EOT_M_MUON : 0.0f);
            cr_expect_float_eq((double)(step.electron + step.neutrino), (double)step.rest, 1.0e-8);
            cr_expect_eq(step.electron > 0.0f, at_rest && charge > 0);
            cr_expect_eq(g.draw, 3u + (at_rest ? charge > 0 ? 2u : 1u : 0u), "%u draws", g.draw);
        }
}

Test(muon_end, stopping_needs_a_living_muon) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    eot_muon muon = matter_muon(&m, (double[]){0.5, 0.5, 0.5}, (double[]){0.0, 0.0, 1.0}, 1.0e-3);
    cr_expect_eq(eot_muon_is_stopped(muon, &m.tables), 1);
    muon.fate = EOT_MUON_DECAYED;
    cr_expect_eq(eot_muon_is_stopped(muon, &m.tables), 0);
    muon.fate = EOT_MUON_STUCK;
    cr_expect_eq(eot_muon_is_stopped(muon, &m.tables), 0);
    muon.fate = EOT_MUON_ESCAPED; /* at the boundary of the world */
    cr_expect_eq(eot_muon_is_stopped(muon, &m.tables), 1);
    muon.kinetic_energy = 2.1e-3f;
    cr_expect_eq(eot_muon_is_stopped(muon, &m.tables), 0);
}

Test(muon_end, muons_without_progress_are_stuck_and_numbers_are_asked_for) {
    static struct matter m;
    matter_create(&m, 1, 1, 1);
    m.region[0].max_step = 0.0f; /* no step has a length */
    eot_muon muon = matter_muon(&m, (double[]){0.5, 0.5, 0.5}, (double[]){0.0, 0.0, 1.0}, 10.0);
    eot_random g = eot_random_init(1, EOT_STAGE_MUON, 0, 1, 0);
    int n = 0;
    while (muon.fate == EOT_MUON_ALIVE && n < 100) {
        eot_muon_step step = eot_muon_advance(matter_view(&m), muon, g);
        muon = step.muon;
        g = step.random;
        n++;
    }
    cr_expect_eq(muon.fate, EOT_MUON_STUCK);
    cr_expect_eq(n, EOT_MUON_MAX_STALL + 1);
    m.region[0].max_step = 1.0f;
    muon = matter_muon(&m, (double[]){0.5, 0.5, 0.5}, (double[]){0.0, 0.0, 1.0}, 10.0);
    cr_expect_eq(eot_muon_is_sound(muon, 1.0f), 1);
    cr_expect_eq(eot_muon_is_sound(muon, NAN), 0);
    muon.position.y = NAN;
    cr_expect_eq(eot_muon_is_sound(muon, 1.0f), 0);
    cr_expect_eq(eot_muon_advance(matter_view(&m), muon, g).muon.fate, EOT_MUON_NAN);
}

/* Every step of muons in iron and scintillator: T before + rest = T after + parts, to the rounding of the differences;
 * the visible part is part of the ionisation; draws only advance. */
Test(muon_end, every_step_keeps_the_energy) {
    struct eot_muon_options o = eot_muon_options_default();
    struct slab s;
    struct eot_error err = {0};
    cr_assert_eq(slab_calorimeter(&s, &o, 0, 1, 1, &err), EOT_OK, "%s", err.text);
    long seen[EOT_MUON_NO_EVENT + 1] = {0}, n_fate[6] = {0};
    for (u64 i = 0; i < 3000; i++) {
        f32 T = expf(-2.0f + 7.0f * eot_uniform(matter_words(i, 0).x)); /* 0.14 to 150 GeV */
        eot_muon_origin origin = {{0.0, 0.0, 0.0}, {0.0f, 0.0f, 1.0f}, T, 0.0f, i % 2 ? 1 : -1};
        eot_muon muon = eot_muon_start(slab_matter(&s), origin, matter_words(i, 0).y);
        eot_random g = eot_random_init(i, EOT_STAGE_MUON, 0, 8, 0);
        while (muon.fate == EOT_MUON_ALIVE) {
            eot_muon_step step = eot_muon_advance(slab_matter(&s), muon, g);
            double before = (double)muon.kinetic_energy + (double)step.rest,
                   after = (double)step.muon.kinetic_energy + (double)step.ionisation + (double)step.shower +
                           (double)step.hadronic + (double)step.electron + (double)step.neutrino;
            cr_assert_float_eq(before, after, 2.0e-7 * before, "step of %g GeV: %g before, %g after",
                               (double)muon.kinetic_energy, before, after);
            cr_assert(step.visible >= 0.0f && step.visible <= step.ionisation * 1.000001f);
            cr_assert(step.shower >= 0.0f && step.hadronic >= 0.0f && step.electron >= 0.0f && step.neutrino >= 0.0f);
            cr_assert_gt(step.random.draw, g.draw);
            seen[step.process]++;
            muon = step.muon;
            g = step.random;
        }
        n_fate[muon.fate]++;
    }
    for (int p = EOT_MUON_DELTA; p <= EOT_MUON_ELASTIC; p++) cr_expect_gt(seen[p], 0, "no event of process %d", p);
    cr_expect(n_fate[EOT_MUON_STOPPED] > 100 && n_fate[EOT_MUON_ESCAPED] > 100);
    cr_expect(n_fate[EOT_MUON_STUCK] == 0 && n_fate[EOT_MUON_NAN] == 0);
    slab_free(&s);
}
