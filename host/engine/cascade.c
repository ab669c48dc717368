#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "device/launch.h"
#include "eotmc/math/random.h"
#include "eotmc/transport/lane_sums.h"

static const double LAUNCH_SECONDS = 0.1; /* aim of one launch */

/* The analog vertices that went into the device's list with the last summary. @param n_before those before it. */
static enum eot_status collect_hits(struct eot_engine *g, uint64_t n_before, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    const size_t n_place = eot_hit_places(l->c.n_lane, l->c.n_slot), from = n_before & (n_place - 1);
    size_t n = (size_t)l->sum[EOT_LANES_HIT], n_first = n < n_place - from ? n : n_place - from;
    if (n == 0) return EOT_OK;
    if (l->n_hit + n > l->hit_capacity) {
        size_t capacity = 2 * (l->n_hit + n);
        eot_vertex_record *grown = realloc(l->hit, capacity * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        l->hit = grown;
        l->hit_capacity = capacity;
    }
    eot_vertex_record *target = l->hit + l->n_hit;
    EOT_TRY(eot_backend_read(g->b, l->hits, from * sizeof *target, n_first * sizeof *target, target, err));
    EOT_TRY(eot_backend_read(g->b, l->hits, 0, (n - n_first) * sizeof *target, target + n_first, err));
    l->n_hit += n;
done:
    return status;
}

/* What the lanes have done, summed on the device. */
static enum eot_status summarise_lanes(struct eot_engine *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    int64_t now[EOT_N_LANES_SUM];
    EOT_TRY(eot_launch_lanes_summary(g->b, eot_lanes_items(l->c.n_lane), 0,
                                     (struct eot_args_lanes_summary){.launch = l->parameters,
                                                                     .lane = l->state,
                                                                     .vertex = l->vertex,
                                                                     .sum = l->sums,
                                                                     .n_place = l->n_place,
                                                                     .hit = l->hits},
                                     err));
    EOT_TRY(eot_backend_read(g->b, l->sums, 0, sizeof now, now, err));
    uint64_t n_hit_before = (uint64_t)l->sum_before[EOT_LANES_HIT];
    for (int k = 0; k < EOT_N_LANES_SUM; k++) l->sum[k] = now[k] - l->sum_before[k];
    memcpy(l->sum_before, now, sizeof now);
    EOT_TRY(collect_hits(g, n_hit_before, err));
done:
    return status;
}

static int compare_records(const void *a, const void *b) {
    const eot_vertex_record *u = a, *v = b;
    if (u->i_primary != v->i_primary) return u->i_primary < v->i_primary ? -1 : 1;
    return u->draw < v->draw ? -1 : u->draw > v->draw;
}

/* Iterations of the next cascade launch: as many as take LAUNCH_SECONDS, but no more than the lanes' average work that
 * is left (idle lanes cost as much), and no less than a small share of the batch's iterations so far: each launch waits
 * for that of the second queue. */
static uint32_t launch_length(const struct eot_engine *g, uint64_t n_iteration) {
    enum { FIRST = 256, SHORTEST = 16, LARGEST_SHARE = 512, LONGEST = 1 << 20 };
    const struct eot_cascade_lanes *l = &g->cascade;
    if (g->config->device.launch_steps > 0) return (uint32_t)g->config->device.launch_steps;
    double length = g->pace.seconds_per_iteration > 0.0 ? LAUNCH_SECONDS / g->pace.seconds_per_iteration : FIRST;
    double left = (double)l->sum[EOT_LANES_LEFT], steps = g->pace.steps_done + (double)l->sum[EOT_LANES_STEP],
           showers = g->pace.primaries_done + (double)l->sum[EOT_LANES_DONE] +
                     0.5 * (double)l->sum[EOT_LANES_BUSY]; /* half of those under way */
    if (steps > 0.0) length = fmin(length, left / (double)l->n_lane * steps / showers);
    return (uint32_t)fmin(fmax(length, fmax(SHORTEST, (double)(n_iteration / LARGEST_SHARE))), LONGEST);
}

/* The primaries' energies, or the lists of what arrives of them. */
static enum eot_status start_primaries(struct eot_engine *g, uint32_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cascade_lanes *l = &g->cascade;
    const struct eot_world_buffers *c = &g->constant;
    if (l->c.n_arrival == 0)
        return eot_launch_source(
            g->b, eot_engine_source_items(g, n), 0,
            (struct eot_args_source){.world = c->world, .launch = l->parameters, .energy = l->energy}, err);
    EOT_TRY(g->b->op->buffer_zero(g->b, l->beam, 0, EOT_N_BEAM_SUM * sizeof(i64), err));
    EOT_TRY(eot_launch_arrivals(g->b, EOT_ARRIVAL_ITEMS, 0,
                                (struct eot_args_arrivals){.table = c->table,
                                                           .grid = c->grid,
                                                           .region = c->region,
                                                           .voxel = c->voxel,
                                                           .world = c->world,
                                                           .launch = l->parameters,
                                                           .list = l->energy,
                                                           .stack = l->arrival_stack,
                                                           .sum = l->beam},
                                err));
done:
    return status;
}

/* Parameters, the primaries and the lanes' first particles. */
static enum eot_status start_lanes(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    l->n_hit = 0;
    l->c.first_primary = first;
    l->c.n_primary = n;
    g->events.e.first_primary = first;
    EOT_TRY(g->b->op->buffer_write(g->b, l->parameters, 0, sizeof l->c, &l->c, err));
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.parameters, 0, sizeof g->events.e, &g->events.e, err));
    EOT_TRY(start_primaries(g, n, err));
    EOT_TRY(eot_launch_lanes_start(
        g->b, l->n_lane, 0,
        (struct eot_args_lanes_start){.launch = l->parameters, .energy = l->energy, .lane = l->state}, err));
    memset(l->sum, 0, sizeof l->sum);
    l->sum[EOT_LANES_BUSY] = l->n_lane < n ? (int64_t)l->n_lane : (int64_t)n;
    l->sum[EOT_LANES_LEFT] = (int64_t)n;
    size_t n_track = 3 * (size_t)l->c.n_track_bin;
    if (l->c.track_tally != EOT_TRACK_NONE)
        EOT_TRY(g->b->op->buffer_zero(g->b, l->track, 0, l->n_lane * n_track * sizeof(i64), err));
done:
    return status;
}

/* One launch of `length` iterations. */
static enum eot_status advance_lanes(struct eot_engine *g, uint32_t length, struct eot_error *err) {
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
                                                         .vertex = l->vertex,
                                                         .way = l->way},
                               err));
    EOT_TRY(summarise_lanes(g, err)); /* which waits for the launch, where that does not wait for itself */
    g->pace.seconds_per_iteration = (eot_clock_seconds() - start) / length;
done:
    return status;
}

/* Sum the lanes' track lengths. */
static enum eot_status add_tracks(struct eot_engine *g, struct eot_block *block, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cascade_lanes *l = &g->cascade;
    size_t n_track = 3 * (size_t)l->c.n_track_bin;
    EOT_TRY(eot_backend_read(g->b, l->track, 0, l->n_lane * n_track * sizeof(i64), l->track_host, err));
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
    const uint64_t n_overflow = (uint64_t)l->sum[EOT_LANES_OVERFLOW];
    g->pace.primaries_done += n;
    g->pace.steps_done += (double)l->sum[EOT_LANES_STEP];
    block->n_step += (uint64_t)l->sum[EOT_LANES_STEP];
    EOT_CHECK(n_overflow == 0, EOT_E_DEVICE,
              "%llu showers between primaries %llu and %llu overflowed the stack of %d particles (physics.cut too low "
              "for this energy?); raise physics.cut",
              (unsigned long long)n_overflow, (unsigned long long)first, (unsigned long long)(first + n),
              EOT_STACK_DEPTH);
    if (l->c.track_tally != EOT_TRACK_NONE) EOT_TRY(add_tracks(g, block, err));
    if (block->beam != NULL && l->c.n_arrival > 0) {
        int64_t beam[EOT_N_BEAM_SUM];
        EOT_TRY(eot_backend_read(g->b, l->beam, 0, sizeof beam, beam, err));
        for (int k = 0; k < EOT_N_BEAM_SUM; k++) block->beam[k] += beam[k];
    }
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
    while (g->cascade.sum[EOT_LANES_BUSY] > 0) {
        if (eot_stop_is_asked(&g->stop)) goto done;
        uint32_t length = launch_length(g, n_iteration);
        EOT_TRY(advance_lanes(g, length, err));
        n_iteration += length;
    }
    EOT_TRY(harvest_lanes(g, first, n, block, err));
    *is_complete = true;
done:
    return status;
}
