/* The hot kernel runs one step per launch and lane, lane by lane: all lanes of a warp have done step i before one does
 * step i + 1. The other kernels loop over the steps of one item; in lockstep a warp takes as long as its longest item.
 * What diverges within a step is not seen there. */
#include "device/simt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend_private.h"
#include "eotmc/tally/tally.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"

struct simt {
    struct eot_backend *host;
    struct eot_backend_operations op; /* the host's, which do not look at the backend, but for launch and close */
    struct eot_simt_report *report;
};

enum {
    CASCADE_LAUNCH = EOT_ARGUMENT_INDEX(cascade, launch),
    CASCADE_LANE = EOT_ARGUMENT_INDEX(cascade, lane),
    REPLAY_TALLY = EOT_ARGUMENT_INDEX(replay, tally),
    MUON_TALLY = EOT_ARGUMENT_INDEX(muon, tally),
    MUON_BEAM_TALLY = EOT_ARGUMENT_INDEX(muon_beam, tally)
};

static uint32_t word(const uint32_t *lane, enum eot_lane_word which, size_t n_lane, size_t i) {
    return lane[(size_t)which * n_lane + i];
}

/* Steps [0, n_iteration) of the lanes [first, first + n). */
static void run_warp(struct simt *s, eot_host_kernel *kernel, size_t first, size_t n, size_t n_item,
                     void *const *arguments) {
    struct eot_simt_report *r = s->report;
    const eot_cascade_parameters *launch = arguments[CASCADE_LAUNCH];
    const uint32_t *lane = arguments[CASCADE_LANE];
    eot_cascade_parameters one = *launch;
    void *memory[EOT_MAX_KERNEL_ARGUMENT];
    memcpy(memory, arguments, (size_t)eot_kernel_n_argument[EOT_KERNEL_cascade] * sizeof *memory);
    size_t n_lane = launch->n_lane;
    one.n_iteration = 1;
    memory[CASCADE_LAUNCH] = &one;
    for (uint32_t i = 0; i < launch->n_iteration; i++) {
        uint32_t n_active = 0, n_record = 0, n_push = 0, n_pop = 0, n_next = 0, n_left = 0;
        for (size_t g = first; g < first + n; g++) {
            uint32_t depth = word(lane, EOT_LANE_DEPTH, n_lane, g), primary = word(lane, EOT_LANE_I_PRIMARY, n_lane, g),
                     n_hit = word(lane, EOT_LANE_N_HIT, n_lane, g), n_step = word(lane, EOT_LANE_N_STEP, n_lane, g);
            n_left += primary + launch->n_lane < launch->n_primary;
            kernel(g, n_item, memory);
            if (word(lane, EOT_LANE_N_STEP, n_lane, g) == n_step) continue;
            n_active++;
            r->depth[depth < EOT_SIMT_MAX_DEPTH ? depth : EOT_SIMT_MAX_DEPTH - 1]++;
            n_push += word(lane, EOT_LANE_DEPTH, n_lane, g) > depth;
            n_pop += word(lane, EOT_LANE_DEPTH, n_lane, g) < depth;
            bool is_next = word(lane, EOT_LANE_I_PRIMARY, n_lane, g) != primary;
            n_next += is_next;
            n_record += launch->is_forced ? is_next : word(lane, EOT_LANE_N_HIT, n_lane, g) != n_hit;
        }
        r->use[EOT_KERNEL_cascade].active += n_active;
        r->use[EOT_KERNEL_cascade].issued += EOT_SIMT_WIDTH;
        if (n_left > 0) {
            r->steady_active += n_active;
            r->steady_issued += EOT_SIMT_WIDTH;
        }
        if (n_active == 0) { /* and so it stays until the launch ends */
            r->use[EOT_KERNEL_cascade].issued += (uint64_t)(launch->n_iteration - i - 1) * EOT_SIMT_WIDTH;
            break;
        }
        r->warp_steps++;
        r->mixed_record += n_record > 0 && n_record < n_active;
        r->mixed_daughter +=
            (n_push > 0 && n_push < n_active) || (n_pop > 0 && n_pop < n_active) || (n_next > 0 && n_next < n_active);
    }
}

static enum eot_status simt_launch(struct eot_backend *backend, enum eot_kernel kernel, size_t n_item, size_t group,
                                   struct eot_buffer *const *arguments, struct eot_error *err) {
    struct simt *s = backend->state;
    static const struct {
        int tally, counter;
    } counted[EOT_N_KERNEL] = {[EOT_KERNEL_replay] = {REPLAY_TALLY, EOT_C_REPLAY_STEPS},
                               [EOT_KERNEL_muon] = {MUON_TALLY, EOT_C_MUON_STEPS},
                               [EOT_KERNEL_muon_beam] = {MUON_BEAM_TALLY, EOT_EXIT_C_STEPS}};
    if (kernel != EOT_KERNEL_cascade && counted[kernel].tally == 0)
        return s->host->op->launch(s->host, kernel, n_item, group, arguments, err);
    eot_host_kernel *const *kernels = s->host->state;
    void *memory[EOT_MAX_KERNEL_ARGUMENT];
    for (int i = 0; i < eot_kernel_n_argument[kernel]; i++) memory[i] = arguments[i]->memory;
    if (group > 1) n_item = (n_item + group - 1) / group * group;
    for (size_t first = 0; first < n_item; first += EOT_SIMT_WIDTH) {
        size_t n = n_item - first < EOT_SIMT_WIDTH ? n_item - first : EOT_SIMT_WIDTH;
        if (kernel == EOT_KERNEL_cascade) {
            run_warp(s, kernels[kernel], first, n, n_item, memory);
            continue;
        }
        const int64_t *n_step = (const int64_t *)memory[counted[kernel].tally] + counted[kernel].counter;
        int64_t longest = 0, before = *n_step;
        for (size_t i = first; i < first + n; i++) {
            int64_t start = *n_step;
            kernels[kernel](i, n_item, memory);
            if (*n_step - start > longest) longest = *n_step - start;
        }
        s->report->use[kernel].active += (uint64_t)(*n_step - before);
        s->report->use[kernel].issued += (uint64_t)longest * EOT_SIMT_WIDTH;
    }
    return EOT_OK;
}

static void simt_close(struct eot_backend *backend) {
    struct simt *s = backend->state;
    if (s != NULL) eot_backend_close(s->host);
    free(s);
    free(backend);
}

enum eot_status eot_simt_backend_open(struct eot_simt_report *report, struct eot_backend **backend,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *b = NULL;
    struct simt *s = NULL;
    *backend = NULL;
    b = calloc(1, sizeof *b);
    s = calloc(1, sizeof *s);
    EOT_CHECK_MEMORY(b);
    EOT_CHECK_MEMORY(s);
    EOT_TRY(eot_host_backend_open(NULL, &(struct eot_backend_options){.selector = "host"}, &s->host, err));
    *b = *s->host;
    snprintf(b->name, sizeof b->name, "host, %d work items in lockstep", EOT_SIMT_WIDTH);
    s->op = *s->host->op;
    s->op.launch = simt_launch;
    s->op.close = simt_close;
    b->op = &s->op;
    b->state = s;
    s->report = report;
    *backend = b;
    b = NULL;
    s = NULL;
done:
    free(s);
    free(b);
    return status;
}
