#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "device/launch.h"
#include "eotmc/math/random.h"

static const double LAUNCH_SECONDS = 0.1; /* aim of one launch */

/* A word of one lane's state. */
static uint32_t *word(const struct eot_engine *g, enum eot_lane_word which, size_t lane) {
    return &g->cascade.lane[(size_t)which * g->cascade.n_lane + lane];
}

static enum eot_status collect_hits(struct eot_engine *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_record *slots = NULL;
    size_t n = 0;
    for (size_t i = 0; i < g->cascade.n_lane; i++) n += *word(g, EOT_LANE_N_HIT, i);
    if (n == 0) return EOT_OK;
    slots = malloc(g->cascade.n_lane * EOT_VERTEX_SLOTS * sizeof *slots);
    EOT_CHECK_MEMORY(slots);
    EOT_TRY(g->b->op->buffer_read(g->b, g->cascade.vertex, 0, g->cascade.n_lane * EOT_VERTEX_SLOTS * sizeof *slots,
                                  slots, err));
    if (g->cascade.n_hit + n > g->cascade.hit_capacity) {
        size_t capacity = 2 * (g->cascade.n_hit + n);
        eot_vertex_record *grown = realloc(g->cascade.hit, capacity * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        g->cascade.hit = grown;
        g->cascade.hit_capacity = capacity;
    }
    for (size_t i = 0; i < g->cascade.n_lane; i++) {
        for (u32 k = 0; k < *word(g, EOT_LANE_N_HIT, i); k++)
            g->cascade.hit[g->cascade.n_hit++] = slots[k * g->cascade.n_lane + i];
        *word(g, EOT_LANE_N_HIT, i) = 0;
    }
    EOT_TRY(g->b->op->buffer_write(g->b, g->cascade.state, 0,
                                   g->cascade.n_lane * EOT_N_LANE_WORD * sizeof *g->cascade.lane, g->cascade.lane,
                                   err));
done:
    free(slots);
    return status;
}

static int compare_records(const void *a, const void *b) {
    const eot_vertex_record *u = a, *v = b;
    if (u->i_primary != v->i_primary) return u->i_primary < v->i_primary ? -1 : 1;
    return u->draw < v->draw ? -1 : u->draw > v->draw;
}

/* Iterations of the next cascade launch: as many as take LAUNCH_SECONDS, but no more than the lanes' average work that
 * is left (idle lanes cost as much), and no less than a small share of the batch's iterations so far: each launch waits
 * for the twin's. */
static uint32_t launch_length(const struct eot_engine *g, uint32_t n_primary, uint64_t n_iteration) {
    enum { FIRST = 256, SHORTEST = 16, LARGEST_SHARE = 512, LONGEST = 1 << 20 };
    if (g->config->device.launch_steps > 0) return (uint32_t)g->config->device.launch_steps;
    double length = g->pace.seconds_per_iteration > 0.0 ? LAUNCH_SECONDS / g->pace.seconds_per_iteration : FIRST;
    double left = 0.0, steps = g->pace.steps_done, showers = g->pace.primaries_done;
    for (size_t i = 0; i < g->cascade.n_lane && i < n_primary; i++) {
        uint32_t next = *word(g, EOT_LANE_I_PRIMARY, i);
        left += ceil((double)(n_primary - next) / (double)g->cascade.n_lane);
        showers += ceil((double)(next - i) / (double)g->cascade.n_lane) +
                   (next < n_primary ? 0.5 : 0.0); /* half of the one under way */
        steps += *word(g, EOT_LANE_N_STEP, i);
    }
    if (steps > 0.0) length = fmin(length, left / (double)g->cascade.n_lane * steps / showers);
    return (uint32_t)fmin(fmax(length, fmax(SHORTEST, (double)(n_iteration / LARGEST_SHARE))), LONGEST);
}

/* Parameters, the primaries' energies and the lanes' first particles. */
static enum eot_status start_lanes(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    float *energy = malloc(l->n_lane * sizeof *energy);
    EOT_CHECK_MEMORY(energy);
    l->n_hit = 0;
    l->c.first_primary = first;
    l->c.n_primary = n;
    g->events.e.first_primary = first;
    EOT_TRY(g->b->op->buffer_write(g->b, l->parameters, 0, sizeof l->c, &l->c, err));
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.parameters, 0, sizeof g->events.e, &g->events.e, err));
    EOT_TRY(eot_launch_source(
        g->b, eot_engine_source_items(g, n), 0,
        (struct eot_args_source){.world = g->constant.world, .launch = l->parameters, .energy = l->energy}, err));
    size_t n_start = l->n_lane < n ? l->n_lane : n;
    EOT_TRY(g->b->op->buffer_read(g->b, l->energy, 0, n_start * sizeof *energy, energy, err));
    memset(l->lane, 0, l->n_lane * EOT_N_LANE_WORD * sizeof *l->lane);
    for (size_t i = 0; i < l->n_lane; i++) {
        *word(g, EOT_LANE_I_PRIMARY, i) = i < n ? (u32)i : n;
        memcpy(word(g, EOT_LANE_E, i), &energy[i < n ? i : 0], sizeof(u32));
        *word(g, EOT_LANE_TYPE, i) = (u32)l->c.primary_type;
    }
    EOT_TRY(g->b->op->buffer_write(g->b, l->state, 0, l->n_lane * EOT_N_LANE_WORD * sizeof *l->lane, l->lane, err));
    size_t n_track = 3 * (size_t)l->c.n_track_bin;
    if (l->c.track_tally != EOT_TRACK_NONE)
        EOT_TRY(g->b->op->buffer_zero(g->b, l->track, 0, l->n_lane * n_track * sizeof(i64), err));
done:
    free(energy);
    return status;
}

/* One launch of `length` iterations. @param is_busy whether any lane has not done its last primary. */
static enum eot_status advance_lanes(struct eot_engine *g, uint32_t n, uint32_t length, bool *is_busy,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    if (length != l->c.n_iteration) {
        l->c.n_iteration = length;
        EOT_TRY(g->b->op->buffer_write(g->b, l->parameters, 0, sizeof l->c, &l->c, err));
    }
    double start = eot_clock_seconds();
    EOT_TRY(eot_launch_cascade(g->b, l->n_lane / (size_t)g->b->lane_width, l->group,
                               (struct eot_args_cascade){.table = g->constant.table,
                                                         .em = g->constant.em,
                                                         .launch = l->parameters,
                                                         .energy = l->energy,
                                                         .lane = l->state,
                                                         .stack = l->stack,
                                                         .track = l->track,
                                                         .vertex = l->vertex},
                               err));
    g->pace.seconds_per_iteration = (eot_clock_seconds() - start) / length;
    EOT_TRY(g->b->op->buffer_read(g->b, l->state, 0, l->n_lane * EOT_N_LANE_WORD * sizeof *l->lane, l->lane, err));
    if (!l->c.is_forced) EOT_TRY(collect_hits(g, err));
    *is_busy = false;
    for (size_t i = 0; i < l->n_lane; i++) *is_busy |= *word(g, EOT_LANE_I_PRIMARY, i) < n;
done:
    return status;
}

/* Sum the lanes' track lengths. */
static enum eot_status add_tracks(struct eot_engine *g, struct eot_block *block, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    size_t n_track = 3 * (size_t)l->c.n_track_bin;
    EOT_TRY(g->b->op->buffer_read(g->b, l->track, 0, l->n_lane * n_track * sizeof(i64), l->track_host, err));
    int64_t *sum = l->spectrum != NULL ? memset(l->spectrum, 0, n_track * sizeof *sum) : block->track;
    for (size_t k = 0; k < n_track; k++)
        for (size_t i = 0; i < l->n_lane; i++) sum[k] += l->track_host[k * l->n_lane + i];
done:
    return status;
}

/* Sums of the lanes into the block, the vertices in order. */
static enum eot_status harvest_lanes(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    uint64_t n_overflow = 0;
    g->pace.primaries_done += n;
    for (size_t i = 0; i < l->n_lane; i++) {
        block->n_step += *word(g, EOT_LANE_N_STEP, i);
        g->pace.steps_done += *word(g, EOT_LANE_N_STEP, i);
        n_overflow += *word(g, EOT_LANE_N_OVERFLOW, i);
    }
    EOT_CHECK(n_overflow == 0, EOT_E_DEVICE,
              "%llu showers between primaries %llu and %llu overflowed the stack of %d particles (physics.cut too low "
              "for this energy?); raise physics.cut",
              (unsigned long long)n_overflow, (unsigned long long)first, (unsigned long long)(first + n),
              EOT_STACK_DEPTH);
    if (l->c.track_tally != EOT_TRACK_NONE) EOT_TRY(add_tracks(g, block, err));
    if (l->n_hit > 1) qsort(l->hit, l->n_hit, sizeof *l->hit, compare_records);
    for (size_t i = 0; i < l->n_hit; i++)
        block->vertex_sum += eot_mixed_bits(eot_mixed_bits(first + l->hit[i].i_primary) ^ l->hit[i].draw);
    block->n_primary += n;
done:
    return status;
}

enum eot_status eot_engine_cascade(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                   bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t n_iteration = 0;
    *is_complete = false;
    EOT_TRY(start_lanes(g, first, n, err));
    for (bool is_busy = true; is_busy;) {
        if (eot_stop_is_asked(&g->stop)) goto done;
        uint32_t length = launch_length(g, n, n_iteration);
        EOT_TRY(advance_lanes(g, n, length, &is_busy, err));
        n_iteration += length;
    }
    EOT_TRY(harvest_lanes(g, first, n, block, err));
    *is_complete = true;
done:
    return status;
}
