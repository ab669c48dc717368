/* The shower of a muon that converts, with the device's own functions: random numbers of its own for each primary. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/conversion_score.h"

#include "../../simulation.h"
#include "world/launch.h"
#include "world/matter.h"

struct bench {
    struct simulation s;
    eot_event_launch launch;
    i64 acc[EOT_N_ACC], counter[EOT_N_CONVERSION_COUNTER];
    f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
};

/* The ledger and the cells that one electron of `energy` GeV at the ECAL's front leaves in the shower of a primary. */
static void shower_of(struct bench *b, f32 energy, uint64_t primary) {
    const eot_conversion_world w = {
        .matter = eot_world_matter(&b->s.world), .em = &b->s.world.em, .e = &b->s.world.event, .launch = &b->launch};
    const eot_conversion_space space = {.acc = b->acc, .counter = b->counter, .stack = b->stack, .n_item = 1};
    eot_event_vertex v = eot_event_vertex_none();
    v.z = (f64)b->s.world.event.calorimeter_z + D(1.0);
    v.extra.z = 1.0f;
    v.E_extra = energy;
    memset(b->acc, 0, sizeof b->acc);
    cr_assert_eq(eot_conversion_shower(w, v, primary, 1, space), 0u);
    i64 sum = 0;
    for (int i = 0; i < EOT_N_LEDGER; i++) sum += b->acc[i];
    cr_assert_eq(sum, eot_energy_counts(energy), "primary %llu", (unsigned long long)primary);
}

Test(conversion, showers_of_two_primaries_differ) {
    static struct bench b;
    static const f32 energy[] = {0.1f, 20.0f}; /* below the cut: spots only; above: a cascade */
    simulation_open(&b.s, "configs/na64mu-mu2e.yaml", (const char *const[]){NULL}, "host");
    b.launch = eot_event_launch_from(&b.s.config, &b.s.world);
    b.launch.has_vertex = 0;
    for (int i = 0; i < 2; i++) {
        static i64 first[EOT_N_ACC];
        shower_of(&b, energy[i], 7);
        memcpy(first, b.acc, sizeof first);
        shower_of(&b, energy[i], 7);
        cr_expect_arr_eq(b.acc, first, sizeof first, "the same primary, the same shower");
        int n_same = 0;
        for (uint64_t primary = 8; primary < 28; primary++) {
            shower_of(&b, energy[i], primary);
            n_same += memcmp(b.acc, first, sizeof first) == 0;
        }
        /* two spots may fall into one cell */
        cr_expect_leq(n_same, i == 0 ? 10 : 0, "%d of 20 showers of %g GeV are one", n_same, (double)energy[i]);
    }
    simulation_close(&b.s);
}
