/* The replay of a shower step by step, with the device's own functions: energy is kept to the last count, daughters are
 * the cascade's, the rare vertex is found at the draw that is recorded, and what goes wrong is flagged. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/event.h"
#include "eotmc/transport/lane_sums.h"
#include "eotmc/transport/lanes.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "../../simulation.h"
#include "engine/run.h"
#include "world/launch.h"

struct bench {
    struct simulation s;
    eot_event_launch launch;
    i64 acc[EOT_N_ACC], tally[EOT_N_TALLY];
    f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
};

static void bench_open(struct bench *b) {
    simulation_open(&b->s, "configs/smoke.yaml", (const char *const[]){NULL}, "host");
    b->launch = eot_event_launch_from(&b->s.config, &b->s.world);
    b->launch.has_vertex = b->launch.has_ways = 0;
}
static eot_replay_view view_of(struct bench *b) {
    return eot_replay_view_of(b->s.world.table.value, &b->s.world.event, &b->launch, b->stack, 1, 0);
}
static i64 ledger(const struct bench *b) {
    i64 sum = 0;
    for (int i = 0; i < EOT_N_LEDGER; i++) sum += b->acc[i];
    return sum;
}
static eot_cascade_vertex vertex_of(const struct bench *b, eot_replay_state s, eot_u32x4 block) {
    return eot_cascade_vertex_sample(b->s.world.table.value, b->s.world.em, s.q.p.E, s.q.p.z, s.q.p.type, block);
}

Test(replay_step, keeps_the_energy_and_the_daughters_of_the_cascade) {
    static struct bench b;
    bench_open(&b);
    f32 cut = b.s.world.em.cut, depth = b.s.world.em.depth;
    int n_step[3] = {0}, n_both = 0, n_left = 0, n_end = 0;
    for (u32 primary = 0; primary < 300; primary++) {
        eot_vertex_record record = {primary, 0, 0.0f, 0.0f, 0.0f};
        eot_replay_state s = eot_replay_start(&b.s.world.event, &b.launch, record);
        memset(b.acc, 0, sizeof b.acc);
        b.s.world.em.depth = primary % 3 == 0 ? 0.3f * depth : depth; /* something leaves by the rear face */
        while (s.is_alive) {
            eot_u32x4 block = eot_replay_block(s, &b.launch);
            eot_cascade_vertex v = vertex_of(&b, s, block);
            eot_replay_state before = s;
            i64 ledger_before = ledger(&b);
            eot_replay_advance(&s, block, v, view_of(&b), eot_replay_deposits(view_of(&b), b.acc, NULL), b.s.world.em,
                               record);
            i32 a_goes_on = v.E_a >= cut, b_goes_on = v.E_b >= cut && !v.has_left;
            i64 goes_on = (a_goes_on ? eot_energy_counts(v.E_a) : 0) + (b_goes_on ? eot_energy_counts(v.E_b) : 0);
            i64 in = eot_energy_counts(before.q.p.E) + before.spots.waiting.counts,
                out = ledger(&b) - ledger_before + goes_on + (s.is_alive ? s.spots.waiting.counts : 0);
            cr_assert_eq(in, out, "primary %u, step %u, type %d: %lld counts in, %lld out", primary, before.draw,
                         before.q.p.type, (long long)in, (long long)out);
            /* the next particle */
            f32 high = fmaxf(v.E_a, v.E_b), low = fminf(v.E_a, v.E_b);
            i32 high_type = v.E_a > v.E_b ? v.type_a : v.type_b, low_type = v.E_a > v.E_b ? v.type_b : v.type_a;
            if (low >= cut) {
                cr_assert(s.q.p.E == low && s.q.p.type == low_type && s.q.p.z == v.z && s.depth == before.depth + 1);
                eot_replay_particle top = eot_replay_pop(view_of(&b), before.depth);
                cr_assert(top.p.E == high && top.p.type == high_type && top.p.z == eot_stacked_z(v.z));
                n_both++;
            } else if (high >= cut && !v.has_left) {
                cr_assert(s.q.p.E == high && s.q.p.type == high_type && s.q.p.z == v.z && s.depth == before.depth);
            } else {
                cr_assert(s.is_alive ? s.depth == before.depth - 1 : before.depth == 0);
                n_end++;
            }
            if (before.q.p.type == EOT_PHOTON) /* straight on */
                cr_assert(s.x_end == before.q.x + before.q.sx * v.path && s.y_end == before.q.y + before.q.sy * v.path);
            cr_assert_eq(s.draw, before.draw + 1u);
            n_step[before.q.p.type]++;
            n_left += v.has_left;
        }
        cr_assert_eq(ledger(&b), eot_energy_counts(s.vertex.E_beam), "primary %u", primary);
        cr_assert_eq(s.vertex.fault, 0u);
    }
    cr_expect(n_step[EOT_PHOTON] > 1000 && n_step[EOT_ELECTRON] > 1000 && n_step[EOT_POSITRON] > 1000);
    cr_expect(n_both > 1000 && n_end > 300 && n_left > 10, "%d, %d, %d", n_both, n_end, n_left);
    simulation_close(&b.s);
}

/* Highland's width of an electron's deflection in a step: 5 sigma. */
Test(replay_step, charged_particles_scatter_as_Highland_says) {
    enum { N = 100000 };
    eot_cascade_vertex v;
    memset(&v, 0, sizeof v);
    v.path = 0.3f;
    v.path_X0 = 0.4f;
    v.E_b = 9.0f;
    eot_replay_particle q;
    memset(&q, 0, sizeof q);
    q.p.E = 11.0f;
    q.p.type = EOT_ELECTRON;
    q.sx = 0.01f;
    double sigma = 0.0136 / 10.0 * sqrt(0.4) * (1.0 + 0.038 * log(0.4)), angle2 = 0.0, aside2 = 0.0, cross = 0.0;
    for (u64 i = 0; i < N; i++) {
        eot_u32x4 own = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 3, 0));
        eot_replay_particle p = eot_replay_moved(q, v, own, 1);
        double t = (double)(p.sx - q.sx), x = (double)p.x - 0.003;
        angle2 += t * t / N;
        aside2 += x * x / N;
        cross += t * x / N;
    }
    double error = 5.0 * sqrt(2.0 / N);
    cr_expect_float_eq(angle2 / (sigma * sigma), 1.0, error);
    cr_expect_float_eq(aside2 / (0.09 * sigma * sigma / 3.0), 1.0, error);
    cr_expect_float_eq(cross / (0.15 * sigma * sigma), 1.0, 1.2 * error);
    eot_replay_particle straight = eot_replay_moved(q, v, eot_random_block(eot_random_init(1, 1, 1, 1, 1)), 0);
    cr_expect(straight.sx == q.sx && straight.sy == 0.0f && straight.y == 0.0f, "scattering is off");
}

/* A photon's step of a shower that may hold a rare vertex, as the cascade would record it. */
static int record_of(struct bench *b, u32 primary, eot_vertex_record *record, f64 *z) {
    eot_vertex_record none = {primary, 0, 0.0f, 0.0f, 0.0f};
    eot_replay_state s = eot_replay_start(&b->s.world.event, &b->launch, none);
    while (s.is_alive) {
        eot_cascade_vertex v = vertex_of(b, s, eot_replay_block(s, &b->launch));
        if (s.q.p.type == EOT_PHOTON && v.rare > 0.0f && s.draw > 2u) {
            *record = (eot_vertex_record){primary, s.draw | (u32)EOT_PHOTON << EOT_RECORD_TYPE_SHIFT, v.along,
                                          v.E_along, 0.25f};
            *z = (f64)(b->s.world.event.calorimeter_z + (s.q.p.z + v.along * v.path));
            return 1;
        }
        eot_replay_next(&s, s.q, v, b->s.world.em.cut, b->s.world.em.sought, view_of(b));
    }
    return 0;
}

static eot_event_vertex replayed(struct bench *b, eot_vertex_record record) {
    memset(b->acc, 0, sizeof b->acc);
    return eot_event_replay(view_of(b), eot_replay_deposits(view_of(b), b->acc, NULL), b->s.world.em, record, b->tally);
}

Test(replay_step, finds_the_vertex_at_the_recorded_draw) {
    static struct bench b;
    bench_open(&b);
    int n = 0;
    for (u32 primary = 0; primary < 100; primary++) {
        eot_vertex_record record;
        f64 z;
        b.launch.has_vertex = 0;
        if (!record_of(&b, primary, &record, &z)) continue;
        n++;
        b.launch.has_vertex = 1;
        eot_event_vertex v = replayed(&b, record);
        cr_assert_eq(v.fault, 0u, "primary %u: fault %u", primary, v.fault);
        cr_assert(v.k == record.E && v.parent == EOT_PHOTON && v.stream == eot_record_draw(record.draw));
        cr_assert_eq(v.weight, record.weight);
        cr_assert_float_eq(v.z, z, 1.0e-5);
        /* what the muons have is not deposited */
        i64 muons = eot_energy_counts(v.E_plus) + eot_energy_counts(v.E_minus);
        cr_assert_eq(ledger(&b) + muons, eot_energy_counts(v.E_beam), "primary %u", primary);
        /* without deposits: the same bits */
        eot_event_vertex located = eot_event_locate(view_of(&b), b.s.world.em, record, NULL, b.tally);
        cr_assert_arr_eq(&located, &v, offsetof(eot_event_vertex, stream) + sizeof v.stream); /* without padding */
        /* a step that the shower does not have; another energy; another parent */
        eot_vertex_record wrong = record;
        wrong.draw = 1000000u | (u32)EOT_PHOTON << EOT_RECORD_TYPE_SHIFT;
        cr_assert_eq(replayed(&b, wrong).fault, (u32)EOT_FAULT_VERTEX);
        wrong = record;
        wrong.E = nextafterf(record.E, 0.0f);
        cr_assert((replayed(&b, wrong).fault & (u32)EOT_FAULT_VERTEX) != 0u);
        wrong = record;
        wrong.draw = eot_record_draw(record.draw) | (u32)EOT_ELECTRON << EOT_RECORD_TYPE_SHIFT;
        cr_assert((replayed(&b, wrong).fault & (u32)EOT_FAULT_VERTEX) != 0u);
    }
    cr_expect_gt(n, 30);
    simulation_close(&b.s);
}

Test(replay_step, flags_a_full_stack_and_an_endless_shower) {
    static struct bench b;
    bench_open(&b);
    eot_vertex_record none = {0, 0, 0.0f, 0.0f, 0.0f};
    eot_replay_state s = eot_replay_start(&b.s.world.event, &b.launch, none);
    eot_cascade_vertex v;
    memset(&v, 0, sizeof v);
    v.E_a = 3.0f;
    v.E_b = 5.0f;
    v.type_a = EOT_PHOTON;
    v.type_b = EOT_ELECTRON;
    s.depth = EOT_STACK_DEPTH - 2;
    eot_replay_state next = s;
    eot_replay_next(&next, s.q, v, 0.2f, 0.2f, view_of(&b));
    cr_expect(next.vertex.fault == 0u && next.depth == EOT_STACK_DEPTH - 1 && next.q.p.E == 3.0f);
    s.depth = EOT_STACK_DEPTH - 1;
    next = s;
    eot_replay_next(&next, s.q, v, 0.2f, 0.2f, view_of(&b));
    cr_expect_eq(next.vertex.fault, (u32)EOT_FAULT_STACK);
    cr_expect(next.depth == s.depth && next.q.p.E == 5.0f && next.q.p.type == EOT_ELECTRON && next.is_alive);
    s.depth = 0;
    s.draw = 0x7fffffu;
    next = s;
    eot_replay_next(&next, s.q, v, 0.2f, 0.2f, view_of(&b));
    cr_expect(next.vertex.fault == 0u && next.is_alive);
    eot_replay_next(&next, next.q, v, 0.2f, 0.2f, view_of(&b));
    cr_expect(next.vertex.fault == (u32)EOT_FAULT_ENDLESS && !next.is_alive);
    simulation_close(&b.s);
}

/* What is smaller than a spot waits for more; what waits at the end is deposited with the last step. */
Test(replay_step, small_energies_wait_for_a_spot) {
    static struct bench b;
    bench_open(&b);
    eot_deposit_view d = eot_replay_deposits(view_of(&b), b.acc, NULL);
    f32 spot = b.s.world.event.shower.spot_energy;
    eot_shower_axis axis = {0.0f, 0.0f, b.s.world.event.calorimeter_z + 1.0f, 0.0f, 0.0f};
    eot_replay_spots spots = {eot_subcut_shower_none(), eot_random_init(1, EOT_STAGE_PROBE, 0, 1, 0)};
    i64 in = 0;
    for (int i = 0; i < 1000; i++) {
        f32 energy = spot * (i % 10 == 9 ? 1.5f : 0.3f);
        i64 counts = eot_energy_counts(energy);
        u32 draw = spots.random.draw;
        in += counts;
        f32 was_waiting = spots.waiting.energy;
        eot_replay_collect(&spots, eot_subcut_shower_of(counts, energy, i & 1, axis), 0.5f, d);
        i32 is_deposited = energy >= spot || was_waiting + energy >= spot;
        cr_assert_eq(spots.random.draw > draw, is_deposited, "%d", i);
        cr_assert_eq(in, ledger(&b) + spots.waiting.counts, "%d", i);
        cr_assert_lt(spots.waiting.energy, spot);
    }
    simulation_close(&b.s);
}

/* An electron that leaves the vertex goes on when the shower is over; below the cut it is deposited at once. */
Test(replay_step, what_leaves_the_vertex_is_followed_after_the_shower) {
    static struct bench b;
    bench_open(&b);
    f32 cut = b.s.world.em.cut, front = b.s.world.event.calorimeter_z;
    eot_deposit_view d = eot_replay_deposits(view_of(&b), b.acc, NULL);
    eot_vertex_record none = {0, 0, 0.0f, 0.0f, 0.0f};
    eot_replay_state s = eot_replay_start(&b.s.world.event, &b.launch, none);
    s.is_alive = 0;
    s.draw = 77;
    s.vertex.extra_type = EOT_POSITRON;
    s.vertex.extra.x = 0.6f;
    s.vertex.extra.z = 0.8f;
    s.vertex.z = (f64)front + 5.0;
    s.vertex.x = 0.25;
    s.vertex.E_extra = 2.0f * cut;
    eot_replay_state after = s;
    eot_replay_after(&after, cut, front, d);
    cr_expect(after.is_alive && after.stage == EOT_STAGE_AFTER && after.draw == 0u && after.q.p.E == 2.0f * cut);
    cr_expect(after.q.p.type == EOT_POSITRON && after.q.x == 0.25f && !after.q.is_ghost);
    cr_expect_float_eq((double)after.q.sx, 0.75, 1.0e-6);
    cr_expect_float_eq((double)after.q.p.z, 5.0, 1.0e-4);
    cr_expect_eq(ledger(&b), 0);
    s.vertex.E_extra = 0.9f * cut;
    after = s;
    eot_replay_after(&after, cut, front, d);
    cr_expect_eq(after.is_alive, 0);
    cr_expect_eq(ledger(&b), eot_energy_counts(0.9f * cut));
    simulation_close(&b.s);
}

/* The losses of a step in counts: parts and daughters are the particle, with a rare vertex half way and without. */
Test(replay_step, losses_of_a_step_add_up) {
    static struct bench b;
    bench_open(&b);
    f32 cut = b.s.world.em.cut;
    for (u64 i = 0; i < 20000; i++) {
        eot_u32x4 block = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 0, 4, 0)),
                  own = eot_random_block(eot_random_init(i, EOT_STAGE_PROBE, 1, 4, 0));
        eot_shower_particle q = {cut * expf(5.0f * eot_low_uniform(own.z, own.w)), 2.0f, (i32)(i % 3)};
        eot_cascade_vertex v = eot_cascade_vertex_sample(b.s.world.table.value, b.s.world.em, q.E, q.z, q.type, block);
        for (int is_vertex = 0; is_vertex < (q.type == EOT_PHOTON ? 1 : 2); is_vertex++) {
            f32 until = is_vertex ? v.along : 1.0f;
            eot_replay_losses r = eot_replay_losses_sample(q, v, block, own, cut, until, is_vertex);
            cr_assert_eq(r.ionisation + r.photon + r.rest + r.a + r.b, eot_energy_counts(q.E));
            cr_assert(r.photon >= 0 && r.rest >= 0 && r.a >= 0 && r.b >= 0 && r.at >= 0.0f && r.at <= 1.0f);
            /* ionisation is a remainder: rounding of single precision may make it negative by that */
            cr_assert_geq((double)r.ionisation, -3.0e-7 * (double)q.E * EOT_ENERGY_QUANTUM - 4.0);
            if (is_vertex) { /* the parent ends here with E_along */
                cr_assert(r.l.share == until && r.b == 0 && r.a == eot_energy_counts(v.E_along));
                cr_assert_float_eq((double)(r.l.photon + r.l.rest), (double)v.soft_along, 1.0e-6 * (double)q.E);
                double lost = (double)r.ionisation / EOT_ENERGY_QUANTUM;
                cr_assert_float_eq(lost, (double)(v.along * v.ionisation), 1.0e-6 * (double)q.E);
            }
        }
    }
    simulation_close(&b.s);
}

/* Forced vertices of the cascade itself: with the way that it has written, few steps lead to the same bits as all. */
Test(replay_step, the_way_of_the_cascade_leads_to_its_vertex) {
    enum { N = 400, N_LANE = 8, N_STEP = 1 << 20 };
    static struct bench b;
    static u32 lane[EOT_N_LANE_WORD * N_LANE], way[N * EOT_WAY_WORDS];
    static f32 stack[EOT_LANE_STACK_PLANES(1) * N_LANE], energy[N + 1];
    static i64 track[3 * EOT_TRACK_BINS * N_LANE];
    static eot_vertex_record record[N];
    bench_open(&b);
    eot_cascade_parameters c = eot_run_cascade_parameters(&b.s.config, b.s.world.rare_unit);
    cr_assert(c.is_forced && c.has_ways);
    c.n_primary = N;
    c.n_lane = N_LANE;
    c.n_iteration = N_STEP;
    for (u32 i = 0; i <= N; i++)
        energy[i] = eot_source_sample(b.s.world.event.beam, i, c.seed, c.run, b.s.world.event.calorimeter_z).E;
    for (u32 i = 0; i < N_LANE; i++) eot_lane_start(i, &c, energy, lane);
    eot_lane_view view = {b.s.world.table.value, c.threshold, energy, lane, stack, track, record, way};
    for (u32 i = 0; i < N_LANE; i++) eot_lanes_advance(i, view, b.s.world.em, c);
    i64 n_all = 0, n_led = 0;
    u32 n_vertex = 0, longest = 0;
    b.launch.has_vertex = 1;
    for (u32 i = 0; i < N; i++) {
        cr_assert_eq(record[i].i_primary, i);
        if (!(record[i].weight > 0.0f)) continue;
        eot_event_vertex vertex[2];
        i64 steps[2];
        for (i32 k = 0; k < 2; k++) {
            b.launch.has_ways = k;
            b.tally[EOT_C_REPLAY_STEPS] = 0;
            vertex[k] = eot_event_locate(view_of(&b), b.s.world.em, record[i], way + i * EOT_WAY_WORDS, b.tally);
            steps[k] = b.tally[EOT_C_REPLAY_STEPS];
        }
        cr_assert_eq(vertex[0].fault, 0u, "primary %u", i);
        cr_assert_arr_eq(&vertex[1], &vertex[0], offsetof(eot_event_vertex, stream) + sizeof vertex[0].stream);
        cr_assert(steps[1] <= steps[0]);
        u32 n_entry = way[i * EOT_WAY_WORDS];
        if (n_entry > longest) longest = n_entry;
        n_all += steps[0];
        n_led += steps[1];
        n_vertex++;
    }
    printf("%u vertices, %lld steps, %lld on their ways, longest way %u entries\n", n_vertex, (long long)n_all,
           (long long)n_led, longest);
    cr_assert(n_vertex > N / 2 && n_led * 5 < n_all && longest > 0 && longest <= EOT_WAY_ENTRIES);
    /* a way of more entries than there is place for is not taken; a wrong one does not find the vertex */
    for (u32 i = 0; i < N; i++) {
        if (!(record[i].weight > 0.0f) || way[i * EOT_WAY_WORDS] == 0u) continue;
        b.launch.has_ways = 0;
        eot_event_vertex right = eot_event_locate(view_of(&b), b.s.world.em, record[i], NULL, b.tally);
        b.launch.has_ways = 1;
        u32 n_entry = way[i * EOT_WAY_WORDS];
        way[i * EOT_WAY_WORDS] = EOT_WAY_ENTRIES + 1;
        eot_event_vertex whole =
            eot_event_locate(view_of(&b), b.s.world.em, record[i], way + i * EOT_WAY_WORDS, b.tally);
        cr_assert_arr_eq(&whole, &right, offsetof(eot_event_vertex, stream) + sizeof whole.stream);
        way[i * EOT_WAY_WORDS] = n_entry - 1u;
        eot_event_vertex lost =
            eot_event_locate(view_of(&b), b.s.world.em, record[i], way + i * EOT_WAY_WORDS, b.tally);
        cr_assert((lost.fault & (u32)EOT_FAULT_VERTEX) != 0u);
        return;
    }
    cr_assert_fail("no way has an entry");
}
