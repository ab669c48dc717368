/* Muons that are split and play roulette on their way to the chambers: they stand for those of nature, in every set-up,
 * whatever the guesses say. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/event_muon.h"

#include "../agreement.h"
#include "../simulation.h"

#include <math.h>

#include "world/launch.h"
#include "world/matter.h"

/* A vertex whose muons have these energies [GeV] and slopes. */
static eot_event_vertex vertex_of(double E, double plus, double minus) {
    eot_event_vertex v = eot_event_vertex_none();
    v.z = 10.0;
    v.weight = 1.0f;
    v.plus = eot_slope_direction((f32)plus, 0.2f * (f32)plus);
    v.minus = eot_slope_direction((f32)minus, -0.5f * (f32)minus);
    v.E_plus = v.E_minus = (f32)E;
    return v;
}

struct mean {
    double sum, square;
    long largest, n;
};

static void add(struct mean *m, double x) {
    m->sum += x;
    m->square += x * x;
    m->largest = lround(fmax((double)m->largest, x));
    m->n++;
}

/* How many histories of the muons of a vertex arrive. @param what 0: of mu+, 1: of mu-, 2: any of both. */
static void arrive(const struct simulation *s, eot_event_vertex v, bool plays, int n, struct mean what[3]) {
    i64 tally[EOT_N_TALLY] = {0};
    eot_event_launch launch = eot_event_launch_from(&s->config, &s->world);
    launch.has_roulette = plays;
    launch.seed = plays ? 2 : 1;
    memset(what, 0, 3 * sizeof *what);
    for (int i = 0; i < n; i++) {
        f32 w[2];
        for (int k = 0; k < 2; k++)
            w[k] = eot_event_muon_reaches(eot_world_matter(&s->world),
                                          eot_event_view_of(&s->world.event, &launch, NULL, tally), (u64)(i / 16),
                                          eot_vertex_with(v, (u32)(i % 16)), 1 - 2 * k);
        add(&what[0], (double)w[0]);
        add(&what[1], (double)w[1]);
        add(&what[2], (double)eot_history_weight(w[0], w[1]));
    }
}

/* A guess at scattering that is wrong by a factor. */
static void narrow(struct eot_world *w, double factor) {
    const eot_muon_need *need = &w->event.need;
    f32 *row = w->table.value + need->aim + need->n_aim * EOT_AIM_COLUMNS;
    for (int i = 0; i < need->n_aim * need->n; i++)
        row[i * EOT_OUTLOOK_COLUMNS + EOT_OUTLOOK_STIFFNESS] /= (f32)(factor * factor);
}

/* @param guess factor on the spread by scattering: with a small one many muons that arrive have been taken for
 * hopeless. @return number of vertices whose muons with roulette have weights above 1. */
static int check_arrivals(const char *const *set, double guess, int n) {
    struct simulation s;
    double sum = 0.0;
    int n_pull = 0, n_played = 0;
    simulation_open(&s, "configs/na64e-dimuon.yaml", set, "host");
    narrow(&s.world, guess);
    for (double E = 3.0; E < 70.0; E *= 2.1)
        for (double slope = 0.0; slope < 0.05; slope += 0.011) {
            struct mean nature[3], roulette[3];
            eot_event_vertex v = vertex_of(E, slope, 0.04 - slope);
            arrive(&s, v, false, n, nature);
            arrive(&s, v, true, n, roulette);
            for (int k = 0; k < 3; k++) {
                double a = nature[k].sum / n, b = roulette[k].sum / n,
                       error = sqrt(nature[k].square + roulette[k].square) / n;
                cr_expect_leq(nature[k].largest, 1);
                cr_expect_leq(roulette[k].largest, lround(1.0 / (double)EOT_LEAST_SHARE));
                n_played += roulette[k].largest > 1;
                if (nature[k].sum + roulette[k].square < 20.0) continue;
                cr_expect_float_eq(a, b, 4.5 * error, "%g GeV, slope %g, %d: %g of nature's muons, %g with roulette", E,
                                   slope, k, a, b);
                sum += (a - b) * (a - b) / (error * error);
                n_pull++;
            }
        }
    cr_log_info("chi2 %.1f of %d, %d with larger weights", sum, n_pull, n_played);
    cr_expect_geq(n_pull, 8);
    cr_expect_lt(sum, n_pull + 5.0 * sqrt(2.0 * n_pull));
    simulation_close(&s);
    return n_played;
}

#define SOME "scoring.deposit_fraction=0.05", "scoring.record_fraction=0"
#define LOOK SOME, "scoring.showers=0", "scoring.track_length=off"
#define PAIRS "physics.cut=5 GeV", "sampling.region.min_photon_energy=5.4 GeV", "physics.shower.spot_energy=0.5 GeV"

Test(splitting, arriving_muons_are_those_of_nature, .timeout = 600) {
    check_arrivals((const char *const[]){PAIRS, LOOK, NULL}, 1.0, 1600);
    cr_expect_gt(check_arrivals((const char *const[]){PAIRS, LOOK, NULL}, 0.1, 1600), 10);
}

/* The first chamber off the axis, the third in the magnet; a field that bends muons in the first calorimeter. */
Test(splitting, whatever_the_chambers, .timeout = 600) {
    check_arrivals((const char *const[]){PAIRS, LOOK, "geometry.volumes.mm0.center=[6 cm, 0 cm]",
                                         "geometry.volumes.mm2.z=790 cm", NULL},
                   1.0, 1600);
    check_arrivals((const char *const[]){PAIRS, LOOK, "geometry.volumes.hcal0.field=[0 T, 0.3 T, 0 T]", NULL}, 1.0,
                   1600);
}

/* Where muons come to the last chamber is where their outlook says, with the set-up as it is, its field turned round,
 * along x, and with chambers elsewhere; a muon that is going to miss it by far has the least share, one that is not
 * goes on. */
Test(splitting, the_outlook_knows_of_fields) {
    static const struct {
        const char *set;
        double bend_x, bend_y; /* of a mu- of 20 GeV [cm]: 0.003 x 0.7 T x 44000 cm^2 */
    } setup[] = {{"geometry.volumes.mbpl.field=[0 T, 0.7 T, 0 T]", 4.61, 0.0},
                 {"geometry.volumes.mbpl.field=[0 T, -0.7 T, 0 T]", -4.61, 0.0},
                 {"geometry.volumes.mbpl.field=[0.7 T, 0 T, 0 T]", 0.0, -4.61},
                 {"geometry.volumes.mbpl.field=[0 T, 0 T, 0.7 T]", 0.0, 0.0},
                 {"geometry.volumes.mm3.center=[5 cm, -3 cm]", 4.61, 0.0}};
    for (size_t i = 0; i < sizeof setup / sizeof *setup; i++) {
        struct simulation s;
        simulation_open(&s, "configs/na64e-dimuon.yaml",
                        (const char *const[]){PAIRS, LOOK, "physics.multiple_scattering=off", setup[i].set, NULL},
                        "host");
        const eot_event_world *world = &s.world.event;
        const eot_muon_need *need = &world->need;
        const f32 *aim = s.world.table.value + need->aim + (need->n_aim - 1) * EOT_AIM_COLUMNS;
        eot_muon_origin origin = {.position = {0.5, -0.3, 491.0}, .kinetic_energy = 20.0f, .charge = -1};
        origin.direction = eot_slope_direction(0.004f, -0.002f);
        eot_muon m = eot_muon_start(eot_world_matter(&s.world), origin, 1u), start = m;
        eot_random random = eot_random_init(1, EOT_STAGE_MUON, 1, 1, 1);
        i32 place = (i32)((491.0f - need->z0) * need->inverse_step);
        const f32 *row =
            s.world.table.value + need->aim + need->n_aim * (EOT_AIM_COLUMNS + place * EOT_OUTLOOK_COLUMNS);
        row += (need->n_aim - 1) * EOT_OUTLOOK_COLUMNS;
        eot_muon_outlook o = eot_muon_outlook_of(m, s.world.table.value[need->table + (u32)place]);
        while (m.fate == EOT_MUON_ALIVE && m.position.z < (f64)aim[EOT_AIM_Z]) {
            eot_muon_step step = eot_muon_advance(eot_world_matter(&s.world), m, random);
            m = step.muon;
            random = step.random;
        }
        double beyond = m.position.z - (double)aim[EOT_AIM_Z]; /* where it has missed the chamber */
        m.position.x -= beyond * (double)(m.direction.x / m.direction.z);
        m.position.y -= beyond * (double)(m.direction.y / m.direction.z);
        double length = (double)aim[EOT_AIM_Z] - 491.0, x = 0.5 + 0.004 * length, y = -0.3 - 0.002 * length;
        cr_expect_float_eq(m.position.x, x + setup[i].bend_x, 0.1, "%s: %g", setup[i].set, m.position.x);
        cr_expect_float_eq(m.position.y, y + setup[i].bend_y, 0.1, "%s: %g", setup[i].set, m.position.y);
        cr_expect_float_eq((double)(o.bend * row[EOT_OUTLOOK_BEND_X]), setup[i].bend_x, 0.1, "%s", setup[i].set);
        cr_expect_float_eq((double)(o.bend * row[EOT_OUTLOOK_BEND_Y]), setup[i].bend_y, 0.1, "%s", setup[i].set);
        /* aimed at the middle of the last chamber, with that field, and the other way round */
        for (int k = -1; k < 2; k += 2) {
            start.position.x = 0.0;
            start.position.y = 0.0;
            start.direction = eot_slope_direction((f32)(((double)aim[EOT_AIM_X] - k * setup[i].bend_x) / length),
                                                  (f32)(((double)aim[EOT_AIM_Y] - k * setup[i].bend_y) / length));
            o = eot_muon_outlook_of(start, 0.0f);
            double chance = (double)eot_muon_chance(start, o, aim, row);
            if (k > 0 || setup[i].bend_x + setup[i].bend_y == 0.0)
                cr_expect_gt(chance, 0.9, "%s: %g", setup[i].set, chance);
            else
                cr_expect_lt(chance, 1e-3, "%s: %g", setup[i].set, chance);
        }
        simulation_close(&s);
    }
}

/* Many vertices whose histories have weights as these: shares are their means, and each goes on in proportion. */
Test(splitting, the_history_that_goes_on_stands_for_all) {
    enum { N = 5, N_DRAW = 20000 };
    const f32 arrived[N][2] = {{0.0f, 0.0f}, {1.0f, 0.0f}, {4.0f, 16.0f}, {0.0f, 0.0f}, {0.0f, 1.0f}};
    const double weight[N] = {0.0, 1.0, 4.0, 0.0, 1.0}; /* of both muons the likelier one counts */
    long number[N] = {0};
    for (int i = 0; i < N_DRAW; i++) {
        eot_history h = eot_history_choose(&arrived[0][0], N, ((f32)i + 0.5f) / (f32)N_DRAW);
        cr_assert_eq(h.share, 6.0f / 5.0f);
        number[h.number]++;
    }
    for (int k = 0; k < N; k++) cr_expect_eq(lround(weight[k] / 6.0 * N_DRAW / 2.0), (number[k] + 1) / 2, "%d", k);
    cr_expect_eq(eot_history_choose(&arrived[0][0], N, 1.0f).number, 4u);
    cr_expect_eq(eot_history_choose(&arrived[0][0], 1, 0.5f).share, 0.0f);
    const f32 last[2][2] = {{1.0f, 0.0f}, {0.0f, 0.0f}};
    cr_expect_eq(eot_history_choose(&last[0][0], 2, 1.0f).number, 0u);
    cr_expect_eq(eot_history_choose(&last[0][0], 2, 1.0f).share, 0.5f);
}

/* Runs with and without: all numbers and histograms agree, and the efficiency is better known with the same showers. */
static void compare(const char *file, const char *const *split, const char *const *plain, const char *gains,
                    double least_gain) {
    struct simulation s;
    struct eot_result natural;
    simulation_open(&s, file, plain, NULL);
    natural = simulation_run_and_close(&s);
    const struct eot_estimate before = *eot_result_estimate(&natural, gains);
    simulation_open(&s, file, split, NULL);
    simulation_run(&s);
    const struct eot_estimate *after = simulation_estimate(&s, gains);
    double gain = pow(before.std_error / before.value / (after->std_error / after->value), 2.0);
    cr_log_info("%s: variance %.2f times smaller", gains, gain);
    cr_expect_gt(gain, least_gain, "%s: variance %g times smaller", gains, gain);
    expect_the_same(&s.result, &natural, 4);
    eot_result_free(&natural);
    simulation_close(&s);
}

#define PREFERRED "physics.cut=5 GeV", "sampling.eot=50000", "sampling.preference=0.8"

Test(splitting, changes_errors_and_no_expectation_of_the_signal, .timeout = 600) {
    compare("configs/na64e-signal.yaml",
            (const char *const[]){PREFERRED, LOOK, "physics.mphi=2 GeV", "sampling.splitting=4", "sampling.roulette=on",
                                  NULL},
            (const char *const[]){PREFERRED, LOOK, "physics.mphi=2 GeV", "sampling.splitting=1",
                                  "sampling.roulette=off", "sampling.seed=2", NULL},
            "efficiency.total", 1.7);
}

#define TRIDENTS PAIRS, SOME, "sampling.eot=60000", "physics.rare.dimuon_trident=on"

Test(splitting, changes_errors_and_no_expectation_of_pairs, .timeout = 600) {
    compare("configs/na64e-dimuon.yaml",
            (const char *const[]){TRIDENTS, "sampling.splitting=3", "sampling.roulette=on", NULL},
            (const char *const[]){TRIDENTS, "sampling.splitting=1", "sampling.roulette=off", "sampling.seed=2", NULL},
            "dimuon.per_eot", 0.95);
}

/* Large chambers, which a third of the muons cross, 16 histories each, and a guess that is ten times too narrow. */
Test(splitting, errors_of_efficiencies_are_those_of_their_spread, .timeout = 600) {
    enum { N_SEED = 300, N_NAME = 3 };
    static const char *const name[N_NAME] = {"efficiency.track", "efficiency.veto", "efficiency.total"};
    static double value[N_NAME][N_SEED], error[N_NAME][N_SEED];
    struct simulation s;
    simulation_open(&s, "configs/na64e-signal.yaml",
                    (const char *const[]){
                        "physics.cut=5 GeV", LOOK, "sampling.preference=0", "physics.mphi=0.2 GeV",
                        "sampling.region.min_lepton_energy=40 GeV", "sampling.eot=400", "sampling.splitting=16",
                        "geometry.volumes.mm0.size=[95 cm, 95 cm]", "geometry.volumes.mm1.size=[95 cm, 95 cm]",
                        "geometry.volumes.mm2.size=[95 cm, 95 cm]", "geometry.volumes.mm3.size=[95 cm, 95 cm]", NULL},
                    NULL);
    narrow(&s.world, 0.1);
    for (int k = 0; k < N_SEED; k++) {
        s.config.sampling.seed = (u32)(5000 + k);
        simulation_run(&s);
        for (int i = 0; i < N_NAME; i++) {
            const struct eot_estimate *e = simulation_estimate(&s, name[i]);
            value[i][k] = e->value;
            error[i][k] = e->std_error;
        }
    }
    for (int i = 0; i < N_NAME; i++) {
        double mean = 0.0, spread = 0.0, quoted = 0.0;
        for (int k = 0; k < N_SEED; k++) mean += value[i][k] / N_SEED;
        for (int k = 0; k < N_SEED; k++) {
            spread += (value[i][k] - mean) * (value[i][k] - mean) / (N_SEED - 1);
            quoted += error[i][k] * error[i][k] / N_SEED;
        }
        cr_log_info("%s: %.3f, spread %.4f, error %.4f", name[i], mean, sqrt(spread), sqrt(quoted));
        cr_expect_float_eq(sqrt(spread / quoted), 1.0, 0.13, "%s: spread %g, error %g", name[i], sqrt(spread),
                           sqrt(quoted)); /* 3 standard deviations of a spread of 300 */
    }
    simulation_close(&s);
}

/* A device and the host split the same way, one batch or several. */
Test(splitting, is_the_same_on_every_device, .timeout = 300) {
    char hash[3][65];
    for (int i = 0; i < 3; i++)
        simulation_hash("configs/na64e-signal.yaml",
                        (const char *const[]){"physics.cut=5 GeV", "sampling.eot=3000", "sampling.splitting=16", LOOK,
                                              i == 2 ? "sampling.batch=700" : "sampling.batch=3000", NULL},
                        i == 0 ? "host" : NULL, hash[i]);
    cr_expect_str_eq(hash[0], hash[1]);
    cr_expect_str_eq(hash[0], hash[2]);
}
