/* The cascade followed step by step on the device and on the host: each primary takes the same path until rounding
 * separates the two. The production kernel is launched for one step at a time and the whole state of its lanes
 * compared. */
#include "../simulation.h"

#include <math.h>

#include "device/launch.h"

enum { N_PRIMARY = 64, N_STEP = 600 };

struct trace {
    struct eot_backend *b;
    struct eot_buffer *table, *em, *cascade, *event_world, *energy, *lane, *stack, *track, *vertex, *way;
    uint32_t word[EOT_N_LANE_WORD][N_PRIMARY];
};

static void open_trace(struct trace *t, const struct simulation *s, struct eot_backend *backend) {
    struct eot_error error;
    eot_cascade_parameters c = eot_run_cascade_parameters(&s->config, s->world.rare_unit);
    float energy[N_PRIMARY];
    size_t width = (size_t)backend->lane_width, n_source = N_PRIMARY / width + 1; /* work items; whole ones write */
    c.n_primary = c.n_lane = N_PRIMARY;
    c.n_iteration = 1;
    c.first_primary = 5000000000u; /* beyond 32 bits */
    t->b = backend;
    const struct {
        struct eot_buffer **buffer;
        size_t n_bytes;
        const void *initial;
    } all[] = {{&t->table, s->world.table.n * sizeof *s->world.table.value, s->world.table.value},
               {&t->em, sizeof s->world.em, &s->world.em},
               {&t->cascade, sizeof c, &c},
               {&t->event_world, sizeof s->world.event, &s->world.event},
               {&t->energy, n_source * width * sizeof(float), NULL},
               {&t->lane, sizeof t->word, NULL},
               {&t->stack, (size_t)N_PRIMARY * (size_t)EOT_LANE_STACK_PLANES(c.has_ways) * sizeof(float), NULL},
               {&t->track, N_PRIMARY * 3 * EOT_TRACK_BINS * sizeof(int64_t), NULL},
               {&t->vertex, N_PRIMARY * sizeof(eot_vertex_record), NULL},
               {&t->way, (size_t)N_PRIMARY * EOT_WAY_WORDS * sizeof(uint32_t), NULL}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        cr_assert_eq(backend->op->buffer_create(backend, all[i].n_bytes, all[i].initial, all[i].buffer, &error), EOT_OK,
                     "%s", error.text);
    cr_assert_eq(
        eot_launch_source(backend, n_source, 0,
                          (struct eot_args_source){.world = t->event_world, .launch = t->cascade, .energy = t->energy},
                          &error),
        EOT_OK, "%s", error.text);
    cr_assert_eq(backend->op->buffer_read(backend, t->energy, 0, sizeof energy, energy, &error), EOT_OK);
    memset(t->word, 0, sizeof t->word);
    for (uint32_t i = 0; i < N_PRIMARY; i++) {
        memcpy(&t->word[EOT_LANE_E][i], &energy[i], sizeof energy[i]);
        t->word[EOT_LANE_TYPE][i] = (uint32_t)c.primary_type;
        t->word[EOT_LANE_I_PRIMARY][i] = i;
    }
    cr_assert_eq(backend->op->buffer_write(backend, t->lane, 0, sizeof t->word, t->word, &error), EOT_OK);
}

static void step(struct trace *t) {
    struct eot_error error;
    cr_assert_eq(eot_launch_cascade(t->b, N_PRIMARY / (size_t)t->b->lane_width, 1,
                                    (struct eot_args_cascade){.table = t->table,
                                                              .em = t->em,
                                                              .launch = t->cascade,
                                                              .energy = t->energy,
                                                              .lane = t->lane,
                                                              .stack = t->stack,
                                                              .track = t->track,
                                                              .vertex = t->vertex,
                                                              .way = t->way},
                                    &error),
                 EOT_OK, "%s", error.text);
    cr_assert_eq(t->b->op->buffer_read(t->b, t->lane, 0, sizeof t->word, t->word, &error), EOT_OK, "%s", error.text);
}

static void close_trace(struct trace *t) {
    struct eot_buffer *all[] = {t->table, t->em,    t->cascade, t->event_world, t->energy,
                                t->lane,  t->stack, t->track,   t->vertex,      t->way};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) t->b->op->buffer_free(t->b, all[i]);
}

static double real_value(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

/* Same particle at the same place: equal integers, real numbers apart by rounding only. */
static bool is_same_path(struct trace *a, struct trace *b, int lane) {
    static const enum eot_lane_word whole[] = {EOT_LANE_TYPE, EOT_LANE_DEPTH,       EOT_LANE_I_PRIMARY,
                                               EOT_LANE_DRAW, EOT_LANE_VERTEX_DRAW, EOT_LANE_N_STEP};
    static const enum eot_lane_word rounded[] = {EOT_LANE_E, EOT_LANE_Z, EOT_LANE_WEIGHT, EOT_LANE_VERTEX_E};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (a->word[whole[i]][lane] != b->word[whole[i]][lane]) return false;
    for (size_t i = 0; i < sizeof rounded / sizeof rounded[0]; i++) {
        double x = real_value(a->word[rounded[i]][lane]), y = real_value(b->word[rounded[i]][lane]);
        if (fabs(x - y) > 1e-4 * fmax(fabs(x), fabs(y))) return false;
    }
    return true;
}

static void expect_same_paths(const char *layers) {
    struct simulation s;
    struct trace host, device;
    int first_rounding[N_PRIMARY], n_separated = 0, n_rounded = 0;
    bool is_separated[N_PRIMARY] = {false};
    simulation_open(&s, "tests/ecal_only.yaml", (const char *const[]){layers, NULL}, NULL);
    struct eot_backend *host_backend = NULL;
    SIMULATION_OK(&s, eot_backend_open(&(struct eot_backend_options){.selector = "host"}, &host_backend, &s.error));
    open_trace(&host, &s, host_backend);
    open_trace(&device, &s, s.backend);
    for (int i = 0; i < N_PRIMARY; i++) first_rounding[i] = -1;
    for (int k = 0; k < N_STEP; k++) {
        step(&host);
        step(&device);
        for (int i = 0; i < N_PRIMARY; i++) {
            bool is_equal = true;
            for (int w = 0; w < EOT_N_LANE_WORD; w++) is_equal = is_equal && host.word[w][i] == device.word[w][i];
            if (is_equal || is_separated[i]) continue;
            if (first_rounding[i] < 0) {
                cr_expect(is_same_path(&host, &device, i),
                          "primary %d leaves the host's path at step %d without a rounding difference before", i, k);
                first_rounding[i] = k;
                n_rounded++;
            } else if (!is_same_path(&host, &device, i)) {
                is_separated[i] = true;
                n_separated++;
            }
        }
    }
    uint64_t n_step = 0;
    for (int i = 0; i < N_PRIMARY; i++) n_step += host.word[EOT_LANE_N_STEP][i];
    printf("%s, %s: %d primaries, %llu steps; rounding differs in %d, which separates %d\n", s.backend->name, layers,
           N_PRIMARY, (unsigned long long)n_step, n_rounded, n_separated);
    cr_expect_gt(n_step, (uint64_t)(N_PRIMARY * N_STEP / 2));
    if (!s.backend->is_gpu)
        cr_expect_eq(n_rounded, 0, "a CPU with correctly rounded division and root gives the host's bits");
    close_trace(&host);
    close_trace(&device);
    eot_backend_close(host_backend);
    simulation_close(&s);
}

Test(trace, effective_medium) { expect_same_paths("geometry.layers=effective"); }
Test(trace, explicit_layers) { expect_same_paths("geometry.layers=explicit"); }
