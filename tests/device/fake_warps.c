#include "fake_warps.h"

#include <pthread.h>

#include "device/backend_private.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* registers of kernels in warps are static */
static struct ptx_counts *count[EOT_N_KERNEL];

static int by_address(const void *a, const void *b) {
    uint64_t x = ((const struct ptx_place *)a)->address, y = ((const struct ptx_place *)b)->address;
    return x < y ? -1 : x > y;
}
/* The places of a launch are looked at and forgotten. */
static void count_hottest(struct ptx_counts *c) {
    uint64_t lanes = 0, warps = 0;
    qsort(c->place, PTX_N_PLACE, sizeof *c->place, by_address);
    for (int i = 0; i < PTX_N_PLACE; i++) {
        if (c->place[i].lanes > lanes) lanes = c->place[i].lanes;
        if (c->place[i].warps > warps) warps = c->place[i].warps;
    }
    for (int k = 0; k < PTX_N_PIECE; k++) {
        uint64_t most = 0, sum = 0;
        const int bits = PTX_PIECE_BITS + PTX_PIECE_STEP * k;
        for (int i = 0; i < PTX_N_PLACE; i++) {
            bool is_same = i > 0 && c->place[i].address >> bits == c->place[i - 1].address >> bits;
            sum = (is_same ? sum : 0) + c->place[i].lanes;
            if (sum > most) most = sum;
        }
        c->hottest_piece[k] += most;
    }
    memset(c->place, 0, sizeof c->place);
    c->hottest_lanes += lanes;
    c->hottest_warps += warps;
}

void fake_warps_run(const struct fake_launch *l) {
    pthread_mutex_lock(&lock);
    struct ptx_counts *c = count[l->kernel];
    if (c == NULL) c = count[l->kernel] = calloc(1, sizeof *c);
    if (c == NULL) abort();
    c->launches++;
    c->items += l->n;
    for (size_t item = 0; item < l->n; item += l->n_together) {
        uint32_t in_group = (uint32_t)(item % l->n_group), first = in_group / PTX_LANES * PTX_LANES;
        uint32_t n = l->n_group - in_group < l->n_together ? l->n_group - in_group : l->n_together;
        uint32_t mask = (n < PTX_LANES ? ((uint32_t)1 << n) - 1 : UINT32_MAX) << (in_group - first);
        struct ptx_warp warp = {.group = (uint32_t)(item / l->n_group),
                                .n_group = l->n_group,
                                .n_launched = (uint32_t)(l->n / l->n_group),
                                .first = first,
                                .count = c};
        c->warps++;
        l->code(l->memory, &warp, mask);
    }
    count_hottest(c);
    pthread_mutex_unlock(&lock);
}

static void write_classes(FILE *out, const char *name, const uint64_t *n) {
    static const char *const CLASS[PTX_N_CLASS] = {
#define X(name) #name,
        PTX_CLASSES(X)
#undef X
    };
    fprintf(out, ", \"%s\": {", name);
    for (int i = 0; i < PTX_N_CLASS; i++)
        fprintf(out, "%s\"%s\": %llu", i > 0 ? ", " : "", CLASS[i], (unsigned long long)n[i]);
    fprintf(out, "}");
}
static void write_counts(FILE *out, const struct ptx_counts *c) {
    const struct {
        const char *name;
        uint64_t n;
    } all[] = {{"launches", c->launches},
               {"warps", c->warps},
               {"items", c->items},
               {"hundredths", c->hundredths},
               {"global_sectors", c->global_sectors},
               {"global_lines", c->global_lines},
               {"local_sectors", c->local_sectors},
               {"local_lines", c->local_lines},
               {"missed_sectors", c->missed_sectors},
               {"loads", c->loads},
               {"loads_missed", c->loads_missed},
               {"atomic_lanes", c->atomic_lanes},
               {"atomic_places", c->atomic_places},
               {"atomic_depth", c->atomic_depth},
               {"atomic_lost", c->atomic_lost},
               {"hottest_lanes", c->hottest_lanes},
               {"hottest_warps", c->hottest_warps}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fprintf(out, "%s\"%s\": %llu", i > 0 ? ", " : "", all[i].name, (unsigned long long)all[i].n);
    for (int i = 0; i < PTX_N_PIECE; i++)
        fprintf(out, ", \"hottest_%d_bytes\": %llu", 1 << (PTX_PIECE_BITS + PTX_PIECE_STEP * i),
                (unsigned long long)c->hottest_piece[i]);
    write_classes(out, "issued", c->issued);
    write_classes(out, "lanes", c->lanes);
}

void fake_warps_write(void) {
    const char *name = getenv("FAKE_CUDA_WARPS");
    FILE *out = name != NULL ? fopen(name, "w") : NULL;
    const char *between = "{\n";
    if (out == NULL) return;
    for (int i = 0; i < EOT_N_KERNEL; i++) {
        if (count[i] == NULL) continue;
        fprintf(out, "%s\"%s\": {", between, eot_kernel_name[i]);
        write_counts(out, count[i]);
        fprintf(out, "}");
        between = ",\n";
    }
    fprintf(out, "%s}\n", between[0] == '{' ? "{" : "\n");
    fclose(out);
}
