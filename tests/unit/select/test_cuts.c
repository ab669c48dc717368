/* Each cut at both sides of the edges of its window, categories, the pass probability, and the cut flow. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/score.h"

#include <criterion/criterion.h>

static const eot_selection SELECTION = {.veto_low = 0.005f,
                                        .veto_high = 0.016f,
                                        .hcal_low = 1.2f,
                                        .hcal_high = 4.0f,
                                        .missing_energy = 20.0f,
                                        .min_momentum = 5.0f,
                                        .charge = -1};

/* An event that passes all cuts. */
static eot_event good(void) {
    eot_event ev;
    memset(&ev, 0, sizeof ev);
    ev.E_beam = 100.0f;
    ev.ecal = 40.0f;
    ev.veto = 0.01f;
    ev.n_hcal = 3;
    for (int i = 0; i < 3; i++) ev.hcal[i] = 2.5f;
    ev.n_track = 1;
    ev.charge = -1;
    ev.momentum = 30.0f;
    ev.missing = 22.5f;
    ev.missing_sigma = 2.0f;
    ev.missing_sampled = 23.0f;
    ev.category = 1;
    return ev;
}
static eot_event_vertex dimuon(void) {
    eot_event_vertex v = eot_event_vertex_none();
    v.process = EOT_RARE_DIMUON_GAMMA;
    v.parent = EOT_PHOTON;
    v.weight = 0.25f;
    v.k = 60.0f;
    v.E_plus = 20.0f;
    v.E_minus = 40.0f;
    v.E_beam = 100.0f;
    v.depth_X0 = 2.0f;
    return v;
}
static int passed(eot_event ev) { return eot_event_cuts_passed(ev, SELECTION, -1); }

Test(cuts, a_good_event_passes_all) { cr_assert_eq(passed(good()), EOT_N_CUT); }

/* A value on the edge passes, the next number outside does not. */
#define EXPECT_WINDOW(place, low, high, cut) \
    do { \
        const float value[4] = {nextafterf(low, -1.0f), low, high, nextafterf(high, 1e9f)}; \
        for (int k = 0; k < 4; k++) { \
            eot_event ev = good(); \
            ev.place = value[k]; \
            cr_expect_eq(passed(ev), k == 1 || k == 2 ? EOT_N_CUT : (cut), #place " = %.9g", (double)value[k]); \
        } \
    } while (0)

Test(cuts, windows_contain_their_edges) {
    EXPECT_WINDOW(veto, SELECTION.veto_low, SELECTION.veto_high, EOT_CUT_VETO);
    for (int i = 0; i < 3; i++) EXPECT_WINDOW(hcal[i], SELECTION.hcal_low, SELECTION.hcal_high, EOT_CUT_HCAL);
    EXPECT_WINDOW(momentum, SELECTION.min_momentum, 1e7f, (k == 0 ? EOT_CUT_TRACK : EOT_N_CUT));
    eot_event ev = good(); /* a module that the set-up does not have is not asked */
    ev.hcal[3] = 99.0f;
    cr_expect_eq(passed(ev), EOT_N_CUT);
    ev.n_hcal = 0;
    ev.hcal[0] = 99.0f;
    cr_expect_eq(passed(ev), EOT_N_CUT);
    ev.veto = NAN;
    cr_expect_eq(passed(ev), EOT_CUT_VETO, "what is no number passes no window");
}

/* The largest momentum and the kink: 0 is no cut; a kink that is not measured (-1) does not pass one. */
Test(cuts, limits_of_momentum_and_kink) {
    eot_selection s = SELECTION;
    eot_event ev = good();
    ev.momentum = 1e6f;
    ev.kink = -1.0f;
    cr_expect_eq(eot_event_cuts_passed(ev, s, -1), EOT_N_CUT);
    s.max_momentum = 45.0f;
    cr_expect_eq(eot_event_cuts_passed(ev, s, -1), EOT_CUT_MOMENTUM);
    ev.momentum = 45.0f;
    cr_expect_eq(eot_event_cuts_passed(ev, s, -1), EOT_N_CUT);
    s.kink = 0.002f;
    cr_expect_eq(eot_event_cuts_passed(ev, s, -1), EOT_CUT_KINK);
    ev.kink = 0.002f;
    cr_expect_eq(eot_event_cuts_passed(ev, s, -1), EOT_N_CUT);
    ev.kink = nextafterf(0.002f, 1.0f);
    cr_expect_eq(eot_event_cuts_passed(ev, s, -1), EOT_CUT_KINK);
}

Test(cuts, one_track_of_the_right_charge) {
    for (int n = 0; n <= 2; n++) {
        eot_event ev = good();
        ev.n_track = n;
        cr_expect_eq(passed(ev) > EOT_CUT_TRACK, n == 1, "%d tracks", n);
    }
    for (int charge = -1; charge <= 1; charge++) {
        eot_event ev = good();
        ev.charge = charge;
        cr_expect_eq(eot_event_cuts_passed(ev, SELECTION, -1) == EOT_N_CUT, charge == -1, "charge %d", charge);
        cr_expect_eq(eot_event_cuts_passed(ev, SELECTION, 1) == EOT_N_CUT, charge == 1, "charge %d", charge);
    }
}

Test(cuts, a_later_cut_does_not_count_after_a_failed_one) {
    eot_event ev = good();
    ev.n_track = 0;
    cr_expect_eq(passed(ev), 0);
    ev = good();
    ev.veto = 1.0f;
    cr_expect_eq(passed(ev), 1);
    ev.hcal[0] = 0.0f;
    cr_expect_eq(passed(ev), 1);
}

/* Each charge of e N -> mu N phi has its own selection, but only one is the run's. */
Test(cuts, the_signal_is_looked_for_by_its_own_charge) {
    eot_event_vertex v = dimuon();
    cr_expect_eq(eot_event_charge(SELECTION, v), -1);
    v.process = EOT_RARE_LFC;
    v.E_minus = 0.0f; /* e+ N -> mu+ N phi */
    eot_event ev = good();
    ev.charge = 1;
    eot_selected sel = eot_event_apply(SELECTION, v, ev, 2.5f);
    cr_expect_eq(sel.n_cut_passed, EOT_N_CUT);
    cr_expect_eq(sel.is_main, 0);
    v.E_plus = 0.0f;
    v.E_minus = 20.0f;
    sel = eot_event_apply(SELECTION, v, ev, 2.5f);
    cr_expect_eq(sel.n_cut_passed, 0);
    cr_expect_eq(sel.is_main, 1);
}

Test(cuts, categories) {
    static const struct {
        int n_track, n_through, category;
    } row[] = {{0, 0, 0}, {0, 1, 0}, {0, 2, 0}, {1, 0, 1}, {1, 1, 1}, {1, 2, 3}, {2, 0, 2}, {2, 1, 2}, {2, 2, 2}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        eot_event ev = good();
        ev.n_track = row[i].n_track;
        ev.n_through = row[i].n_through;
        cr_expect_eq(eot_event_category(ev), row[i].category, "%d tracks, %d through", row[i].n_track,
                     row[i].n_through);
    }
}

/* The pass probability is the share of sampled missing energies above the cut. */
Test(cuts, the_pass_probability_is_that_of_a_sampled_smear) {
    enum { N = 200000 };
    const float missing[] = {14.0f, 18.0f, 20.0f, 22.5f, 26.0f};
    for (int i = 0; i < 5; i++) {
        eot_event ev = good();
        ev.missing = missing[i];
        eot_selected sel = eot_event_apply(SELECTION, dimuon(), ev, 2.5f);
        double p = (double)sel.pass[EOT_TAIL_GAUSSIAN], n_above = 0.0;
        for (u64 k = 0; k < N; k++) {
            eot_u32x4 b = eot_random_block(eot_random_init(k, EOT_STAGE_PROBE, (u32)i, 3, 0));
            n_above += ev.missing + ev.missing_sigma * eot_normal(b.x, b.y).a > SELECTION.missing_energy;
        }
        cr_expect_float_eq(n_above / N, p, 5.0 * sqrt(p * (1.0 - p) / N) + 1.0 / N, "missing %g: %g, not %g",
                           (double)missing[i], n_above / N, p);
        cr_expect_eq(sel.pass[EOT_TAIL_EXPONENTIAL],
                     eot_tail_exponential((20.0f - missing[i]) / ev.missing_sigma, 2.5f));
    }
    eot_event ev = good(); /* a width of 0 is a step */
    ev.missing_sigma = 0.0f;
    cr_expect_eq(eot_event_apply(SELECTION, dimuon(), ev, 2.5f).pass[EOT_TAIL_GAUSSIAN], 1.0f);
    ev.missing = 19.9f;
    cr_expect_eq(eot_event_apply(SELECTION, dimuon(), ev, 2.5f).pass[EOT_TAIL_GAUSSIAN], 0.0f);
}

static double weighted(const i64 *tally, int which) { return eot_sum_value(tally + EOT_T_WEIGHTED + 4 * which); }

/* Random events: no cut has more events or weight than the one before it. */
Test(cuts, the_cut_flow_falls) {
    static i64 tally[EOT_N_TALLY];
    eot_event_vertex v = dimuon();
    int n = 0;
    for (u64 k = 0; k < 20000; k++, n++) {
        eot_u32x4 a = eot_random_block(eot_random_init(k, EOT_STAGE_PROBE, 9, 1, 0)),
                  b = eot_random_block(eot_random_init(k, EOT_STAGE_PROBE, 10, 1, 0));
        eot_event ev = good();
        v.weight = eot_uniform(a.x);
        ev.n_track = (i32)(a.y % 3u);
        ev.veto = 0.02f * eot_uniform(a.z);
        ev.hcal[0] = 5.0f * eot_uniform(a.w);
        ev.missing = 40.0f * eot_uniform(b.x);
        ev.category = eot_event_category(ev);
        eot_vertex_count_for(SELECTION, v, tally);
        eot_event_score(v, v.weight, ev, eot_event_apply(SELECTION, v, ev, 2.5f), 1.0f, tally);
    }
    int channel = eot_vertex_channel(v);
    cr_expect_eq(tally[EOT_C_EVENTS], n);
    i64 events = n;
    double weight = weighted(tally, EOT_W_ALL);
    for (int i = 0; i < EOT_N_CUT; i++) {
        cr_expect(tally[EOT_C_CUT + i] <= events && tally[EOT_C_CUT + i] > 0, "cut %d", i);
        cr_expect(weighted(tally, EOT_W_CUT + i) <= weight, "cut %d", i);
        cr_expect_eq(weighted(tally, EOT_W_CUT + i), weighted(tally, channel + EOT_CH_CUT + i), "one channel: all");
        events = tally[EOT_C_CUT + i];
        weight = weighted(tally, EOT_W_CUT + i);
    }
    for (int i = 0; i < EOT_N_TAIL; i++) {
        cr_expect(weighted(tally, EOT_W_MISSING + i) > 0.0 && weighted(tally, EOT_W_MISSING + i) < weight);
        cr_expect(weighted(tally, EOT_W_PASSED + i) < (double)events);
    }
    cr_expect_float_eq(weighted(tally, EOT_W_CATEGORY) + weighted(tally, EOT_W_CATEGORY + 1),
                       weighted(tally, EOT_W_ALL) * 2.0 / 3.0, 5.0 * sqrt(20000.0 / 9.0), "one or two tracks");
}

/* A vertex is counted at one threshold of its parent's energy; summed up, it is above all lower ones and no other. */
Test(cuts, a_parent_is_above_the_thresholds_below_its_energy) {
    static i64 tally[EOT_N_TALLY];
    eot_event_vertex v = dimuon();
    const int channel = eot_vertex_channel(v);
    double above[EOT_N_CHANNEL_THRESHOLD] = {0.0}, all = 0.0;
    for (int i = -1; i <= EOT_N_CHANNEL_THRESHOLD; i++)
        for (int side = -1; side <= 1; side++) { /* beside and on each threshold, below all and above all */
            const float at = i < 0 ? 0.5f : eot_channel_threshold(i < EOT_N_CHANNEL_THRESHOLD ? i : i - 1);
            v.k = i < EOT_N_CHANNEL_THRESHOLD ? at * (1.0f + 0.01f * (float)side) : 10.0f * at;
            v.weight = 0.25f * (float)(i + 2);
            eot_vertex_count_for(SELECTION, v, tally);
            all += (double)v.weight;
            for (int j = 0; j < EOT_N_CHANNEL_THRESHOLD; j++)
                above[j] += v.k >= eot_channel_threshold(j) ? (double)v.weight : 0.0;
        }
    eot_channels_sum_up(tally);
    cr_expect_eq(weighted(tally, channel + EOT_CH_ALL), all);
    cr_expect_eq(weighted(tally, EOT_W_ALL), all);
    for (int j = 0; j < EOT_N_CHANNEL_THRESHOLD; j++)
        cr_expect_eq(weighted(tally, channel + EOT_CH_ABOVE + j), above[j], "threshold %d", j);
}

/* An event of the other charge of the signal counts in its channel only. */
Test(cuts, the_other_charge_counts_in_its_channel_only) {
    static i64 tally[EOT_N_TALLY];
    eot_event_vertex v = dimuon();
    v.process = EOT_RARE_LFC;
    v.parent = EOT_POSITRON;
    v.E_minus = 0.0f;
    eot_event ev = good();
    ev.charge = 1;
    eot_vertex_count_for(SELECTION, v, tally);
    eot_event_score(v, v.weight, ev, eot_event_apply(SELECTION, v, ev, 2.5f), 1.0f, tally);
    eot_channels_sum_up(tally);
    int channel = eot_vertex_channel(v);
    cr_expect_eq(weighted(tally, channel + EOT_CH_ALL), 0.25);
    cr_expect_eq(weighted(tally, channel + EOT_CH_CUT + EOT_CUT_HCAL), 0.25);
    for (int k = 0; k < EOT_N_TALLY; k++) {
        int in_channel = k >= EOT_T_WEIGHTED + 4 * channel && k < EOT_T_WEIGHTED + 4 * (channel + EOT_N_CHANNEL_SUM);
        int square = eot_square_offset(eot_rare_channel(v.process, v.parent), 0),
            in_square = k >= square && k < square + EOT_N_TAIL * EOT_N_SQUARE_LIMB;
        cr_expect(in_channel || in_square || tally[k] == 0, "tally %d", k);
    }
}

Test(cuts, faults_are_counted_by_kind) {
    static i64 tally[EOT_N_TALLY];
    eot_event_faults_count((u32)EOT_FAULT_ENDLESS, tally);
    eot_event_faults_count((u32)EOT_FAULT_STUCK, tally);
    eot_event_faults_count((u32)(EOT_FAULT_VERTEX | EOT_FAULT_NAN), tally);
    cr_expect_eq(tally[EOT_C_FAULT_STUCK], 2);
    cr_expect_eq(tally[EOT_C_FAULT_VERTEX], 1);
    cr_expect_eq(tally[EOT_C_FAULT_NAN], 1);
    cr_expect_eq(tally[EOT_C_FAULT_STACK], 0);
    cr_expect_eq(tally[EOT_C_FAULT_ENERGY], 0);
}

enum { MOST_PRODUCTS = EOT_MAX_MASS * (EOT_MAX_MASS + 1) / 2 * EOT_N_PRODUCT }; /* of several masses; none here */

/* Several selections on one event: each in its own tally, what is the event's own in the first, the row by the first.
 */
Test(cuts, each_selection_has_its_tally) {
    static i64 tally[3 * (EOT_N_TALLY + EOT_N_MAP) + MOST_PRODUCTS], one[EOT_N_TALLY + EOT_N_MAP + MOST_PRODUCTS],
        acc[EOT_N_ACC];
    static eot_event_world e;
    const eot_event_launch launch = {.sample_weight = 1.0f};
    float row[EOT_N_EVENT_COLUMN];
    eot_event ev = good();
    eot_event_vertex v = dimuon();
    ev.is_sampled = 1;
    acc[EOT_ACC_LEDGER_ECAL] = 77;
    e.response.tail_start = 2.5f;
    e.n_selection = 3;
    for (int i = 0; i < 3; i++) e.selection[i] = SELECTION;
    e.selection[1].veto_high = 0.009f;
    e.selection[2].charge = 1;
    eot_event_select(&e, &launch, 1, v, ev, acc, (eot_scores){tally, &v.weight, 1.0f}, row);
    cr_expect_eq(row[EOT_E_CUTS_PASSED], (float)EOT_N_CUT);
    cr_expect_eq(row[EOT_E_PARENT_ENERGY], 60.0f);
    cr_expect_eq(row[EOT_E_VETO], 0.01f);
    cr_expect_eq(row[EOT_E_CHARGE], -1.0f);
    cr_expect_eq(eot_selection_tally(tally, 0)[EOT_C_CUT + EOT_CUT_HCAL], 1);
    cr_expect_eq(eot_selection_tally(tally, 1)[EOT_C_CUT + EOT_CUT_TRACK], 1);
    cr_expect_eq(eot_selection_tally(tally, 1)[EOT_C_CUT + EOT_CUT_VETO], 0);
    cr_expect_eq(eot_selection_tally(tally, 2)[EOT_C_CUT + EOT_CUT_TRACK], 0);
    cr_expect_eq(eot_selection_tally(tally, 2)[EOT_C_EVENTS], 1);
    cr_expect_eq(tally[EOT_C_LEDGER + EOT_ACC_LEDGER_ECAL], 77);
    for (int i = 1; i < 3; i++)
        for (int k = EOT_C_MUON_STEPS; k < EOT_N_COUNTER; k++)
            cr_expect_eq(eot_selection_tally(tally, i)[k], 0, "counter %d of selection %d", k, i);
    e.n_selection = 1;
    eot_event_select(&e, &launch, 1, v, ev, acc, (eot_scores){one, &v.weight, 1.0f}, row);
    cr_expect_arr_eq(one, tally, EOT_N_TALLY * sizeof *one);
    cr_expect_arr_eq(one + EOT_N_TALLY, tally + 3 * EOT_N_TALLY, EOT_N_MAP * sizeof *one);
}

/* Muons with several histories: the vertex counts with its weight, 1/4, the event with 3/8 of it; the errors of
 * efficiencies need the products of both. */
Test(cuts, the_weight_of_an_event_may_differ_from_that_of_its_vertex) {
    static i64 tally[EOT_N_TALLY + EOT_N_MAP + MOST_PRODUCTS], acc[EOT_N_ACC];
    static eot_event_world e;
    const eot_event_launch launch = {.sample_weight = 1.0f};
    float row[EOT_N_EVENT_COLUMN];
    const eot_event_vertex v = dimuon();
    const eot_event ev = good();
    const double w = 0.25, of_event = 0.375 * w;
    e.response.tail_start = 2.5f;
    e.n_selection = 1;
    e.selection[0] = SELECTION;
    eot_event_select(&e, &launch, 1, v, ev, acc, (eot_scores){tally, &v.weight, 0.375f}, row);
    const double p = (double)eot_event_apply(SELECTION, v, ev, 2.5f).pass[EOT_TAIL_GAUSSIAN];
    const int channel = EOT_W_CHANNEL + eot_rare_channel(v.process, v.parent) * EOT_N_CHANNEL_SUM;
    cr_assert(p > 0.1 && p < 1.0);
    eot_channels_sum_up(tally);
    cr_expect_eq(weighted(tally, channel + EOT_CH_ALL), w);
    cr_expect_eq(weighted(tally, channel + EOT_CH_CUT + EOT_CUT_HCAL), of_event);
    cr_expect_eq(eot_sum_value(tally + EOT_T_WEIGHTED + 4 * (channel + EOT_CH_CUT) + 2), of_event * of_event);
    cr_expect_eq(weighted(tally, channel + EOT_CH_CROSS_CUT + EOT_CUT_HCAL), w * of_event);
    cr_expect_float_eq(weighted(tally, channel + EOT_CH_MISSING + EOT_TAIL_GAUSSIAN), of_event * p, 1e-9);
    cr_expect_float_eq(weighted(tally, channel + EOT_CH_CROSS_PASS + EOT_TAIL_GAUSSIAN), w * of_event * p, 1e-9);
    cr_expect_eq(row[EOT_E_WEIGHT], (float)of_event);
}

Test(cuts, a_failed_event_has_a_row_of_its_faults) {
    static i64 tally[EOT_N_TALLY];
    float row[EOT_N_EVENT_COLUMN];
    eot_event_vertex v = dimuon();
    v.fault = (u32)(EOT_FAULT_VERTEX | EOT_FAULT_STACK);
    static eot_event_world e;
    e.n_selection = 1;
    e.selection[0] = SELECTION;
    eot_event_reject(&e, 1, 1, v, (eot_scores){tally, &v.weight, 1.0f}, row);
    cr_expect_eq(row[EOT_E_WEIGHT], 0.25f);
    cr_expect_eq(row[EOT_E_CUTS_PASSED], -3.0f);
    cr_expect_eq(tally[EOT_C_FAULT_VERTEX] + tally[EOT_C_FAULT_STACK], 2);
    cr_expect_eq(weighted(tally, EOT_W_ALL), 0.0, "a vertex that was not found is none");
}

/* What crosses into the VETO is moved there from where the ledger had it: no sum changes, and the counter has it. */
Test(cuts, what_crosses_a_surface_is_a_part_of_the_vetos_energy) {
    static i64 tally[EOT_N_TALLY], acc[EOT_N_ACC];
    i64 all = eot_energy_counts(60.0f), crossed = eot_energy_counts(0.004f);
    acc[EOT_ACC_LEDGER_ECAL] = all;
    eot_deposit_crossed(acc, EOT_ACC_LEDGER_ECAL, 0.004f);
    eot_event_deposits_add(100.0f, acc, tally);
    eot_event_deposits_add(100.0f, acc, tally);
    cr_expect_eq(tally[EOT_C_CROSSED], 2 * crossed);
    cr_expect_eq(tally[EOT_C_LEDGER + EOT_ACC_LEDGER_VETO], 2 * crossed);
    cr_expect_eq(tally[EOT_C_LEDGER + EOT_ACC_LEDGER_ECAL], 2 * (all - crossed));
}

/* A muon that is lost: the vertex counts, the event does not, and all of its energy is in the term of lost events. */
Test(cuts, an_event_with_a_lost_muon_keeps_its_vertex_and_loses_its_energy) {
    static i64 tally[EOT_N_TALLY];
    static eot_event_world e;
    float row[EOT_N_EVENT_COLUMN];
    eot_event_vertex v = dimuon();
    e.n_selection = 1;
    e.selection[0] = SELECTION;
    v.fault = (u32)EOT_FAULT_STUCK;
    eot_event_reject(&e, 1, 1, v, (eot_scores){tally, &v.weight, 1.0f}, row);
    cr_expect_eq(weighted(tally, EOT_W_ALL), 0.25);
    cr_expect_eq(eot_f32_from_bits((u32)tally[EOT_C_LARGEST]), 0.25f);
    cr_expect_eq(weighted(tally, EOT_W_CUT), 0.0);
    cr_expect_eq(tally[EOT_C_ENERGY_IN], eot_energy_counts(100.0f));
    cr_expect_eq(tally[EOT_C_LEDGER + EOT_ACC_LEDGER_LOST], eot_energy_counts(100.0f));
    cr_expect_eq(tally[EOT_C_FAULT_STUCK], 1);
    eot_event_reject(&e, 0, 0, v, (eot_scores){tally, &v.weight, 1.0f},
                     row); /* counted before, and not among the sampled ones */
    cr_expect_eq(weighted(tally, EOT_W_ALL), 0.25);
    cr_expect_eq(tally[EOT_C_SAMPLED], 1);
}

/* Squares of weights times probabilities far below 2^-78 keep their value. */
Test(cuts, squares_of_small_pass_probabilities_are_kept) {
    static i64 tally[EOT_N_TALLY];
    eot_event_vertex v = dimuon();
    eot_event ev = good();
    eot_selected sel = eot_event_apply(SELECTION, v, ev, 2.5f);
    v.weight = 1e-4f;
    for (int i = 0; i < EOT_N_TAIL; i++) sel.pass[i] = 1e-16f;
    for (int n = 0; n < 4; n++) eot_event_score(v, v.weight, ev, sel, 1.0f, tally);
    double one = (double)v.weight * (double)sel.pass[0];
    for (int channel = -1; channel <= eot_rare_channel(v.process, v.parent);
         channel += 1 + eot_rare_channel(v.process, v.parent))
        cr_expect_float_eq(eot_square_value(tally + eot_square_offset(channel, 0)) / (4.0 * one * one), 1.0, 1e-6);
}

/* The map of a selection holds each event as often as its selection does, wherever the cut is (also off the map), and
 * in each bin what the tail says of its edges. */
Test(cuts, the_map_holds_what_is_selected) {
    static const float cut[] = {-20.0f, 0.0f, 33.3f, 50.0f, 118.0f, 150.0f};
    for (size_t c = 0; c < sizeof cut / sizeof cut[0]; c++) {
        static i64 map[EOT_N_MAP], tally[EOT_N_TALLY];
        memset(map, 0, sizeof map);
        memset(tally, 0, sizeof tally);
        eot_selection s = SELECTION;
        s.missing_energy = cut[c];
        eot_event_vertex v = dimuon();
        for (u64 k = 0; k < 500; k++) {
            eot_u32x4 a = eot_random_block(eot_random_init(k, EOT_STAGE_PROBE, 11, 1, 0));
            eot_event ev = good();
            v.weight = eot_uniform(a.x);
            ev.missing = 160.0f * eot_uniform(a.y) - 30.0f;
            ev.missing_sigma = 10.0f * eot_uniform(a.z) - 1.0f;
            ev.momentum = 140.0f * eot_uniform(a.w);
            eot_selected sel = eot_event_apply(s, v, ev, 2.5f);
            eot_event_score(v, v.weight, ev, sel, 1.0f, tally);
            eot_event_map(s, v, ev, sel, 2.5f, map);
        }
        for (int tail = 0; tail < EOT_N_TAIL; tail++) {
            double sum = 0.0;
            for (int i = 0; i < EOT_MAP_SIDE * EOT_MAP_SIDE; i++)
                sum += eot_sum_value(map + eot_map_offset(tail, i / EOT_MAP_SIDE, i % EOT_MAP_SIDE));
            double selected = weighted(tally, EOT_W_MISSING + tail);
            cr_expect(selected > 0.0 && fabs(sum / selected - 1.0) < 1e-5, "cut %g, tail %d: %g, %g", (double)cut[c],
                      tail, sum, selected);
        }
    }
}

Test(cuts, a_bin_of_the_map_is_the_probability_between_its_edges) {
    static i64 map[EOT_N_MAP];
    eot_event_vertex v = dimuon();
    eot_event ev = good();
    ev.missing = 62.0f;
    ev.missing_sigma = 4.0f;
    ev.momentum = 17.0f;
    eot_selection s = SELECTION;
    s.missing_energy = 51.0f;
    eot_event_map(s, v, ev, eot_event_apply(s, v, ev, 2.5f), 2.5f, map);
    static const double edge[][2] = {{51.0, 55.0}, {55.0, 60.0}, {60.0, 65.0}, {65.0, 70.0}, {95.0, 100.0}};
    for (size_t i = 0; i < 5; i++) {
        int bin = (int)(edge[i][0] / 5.0) + 1;
        double low = (edge[i][0] - 62.0) / (4.0 * sqrt(2.0)), high = (edge[i][1] - 62.0) / (4.0 * sqrt(2.0));
        double p = 0.5 * (erfc(low) - erfc(high)),
               found = eot_sum_value(map + eot_map_offset(EOT_TAIL_GAUSSIAN, 4, bin));
        cr_expect_float_eq(found / (0.25 * p), 1.0, 1e-4, "from %g GeV: %g, not %g", edge[i][0], found, 0.25 * p);
        found = eot_square_value(map + eot_map_offset(EOT_TAIL_GAUSSIAN, 4, bin) + 2);
        cr_expect_float_eq(found / (0.0625 * p * p), 1.0, 2e-4, "its square from %g GeV", edge[i][0]);
    }
    cr_expect_eq(eot_sum_value(map + eot_map_offset(EOT_TAIL_GAUSSIAN, 4, 10)), 0.0, "below the cut");
    cr_expect_eq(eot_sum_value(map + eot_map_offset(EOT_TAIL_GAUSSIAN, 5, 13)), 0.0, "another momentum");
}
