#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device/launch.h"
#include "eotmc/detector/ecal.h"

/* What one launch of the replay gives of its showers, on the host. */
struct chunk {
    struct eot_buffer *list, *profile;
    eot_vertex_record *record;
    int64_t *acc, *counts;
};

/* What scoring a shower needs to know. */
struct scorer {
    const eot_event_launch *e;
    const eot_event_world *detector;
    struct eot_shower_binning binning;
    double preshower_depth, to_X0, shower_visible, beam_energy;
    struct eot_sums *sums;
};

struct eot_shower_binning eot_run_shower_binning(const struct eot_config *config) {
    const struct eot_volume_config *ecal = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    /* two periods a bin; more, or equal parts, where that makes too many or too few */
    int n_period = ecal->repeat,
        per_bin = n_period > 2 * EOT_MAX_PROFILE ? (n_period + EOT_MAX_PROFILE - 1) / EOT_MAX_PROFILE : 2;
    struct eot_shower_binning b = {.n_bin = n_period >= 16 ? (n_period + per_bin - 1) / per_bin : 75,
                                   .n_cell = ecal->cells_x * ecal->cells_y};
    b.bin_width = n_period >= 16 ? ecal->thickness / n_period * per_bin : ecal->thickness / b.n_bin;
    return b;
}

static void add_with_square(int64_t place[2 * EOT_WIDE], double v) {
    eot_wide_add(place, v);
    eot_wide_add(place + EOT_WIDE, v * v);
}

static void add_powers(int64_t place[EOT_N_SHOWER_POWER * EOT_WIDE], double v) {
    double power = 1.0;
    for (int k = 0; k < EOT_N_SHOWER_POWER; k++) eot_wide_add(place + EOT_WIDE * k, power *= v);
}

static double energy_of(int64_t counts) { return (double)counts / EOT_ENERGY_QUANTUM; }

/* Scores of one shower into the sums. @param a its accumulators. @param p its profile. */
static void score_shower(const struct scorer *s, uint64_t primary, const int64_t *a, const int64_t *p) {
    int64_t *sum = eot_sums_at(s->sums, EOT_RUN_SHOWER, 0), *profile = eot_sums_at(s->sums, EOT_RUN_PROFILE, 0),
            *cell = eot_sums_at(s->sums, EOT_RUN_CELL, 0);
    double score[EOT_N_SHOWER_SCORE] = {0}, moment = 0.0, total = 0.0, width = s->binning.bin_width;
    score[EOT_S_DEPOSIT] = energy_of(a[EOT_ACC_LEDGER_ECAL]);
    score[EOT_S_VISIBLE] =
        s->shower_visible * eot_ecal_seen(score[EOT_S_DEPOSIT], (double)s->detector->response.ecal_sampling, primary,
                                          s->e->seed, s->e->run);
    score[EOT_S_REAR] =
        energy_of(a[EOT_ACC_LEDGER_VETO] + a[EOT_ACC_LEDGER_HCAL] + a[EOT_ACC_LEDGER_OTHER] + a[EOT_ACC_LEDGER_REAR]);
    score[EOT_S_SIDE] = energy_of(a[EOT_ACC_LEDGER_SIDE]);
    score[EOT_S_FRONT] = energy_of(a[EOT_ACC_LEDGER_FRONT]);
    for (int b = 0; b < s->binning.n_bin; b++) {
        double E = energy_of(p[b]), share = (s->preshower_depth - (double)b * width) / width;
        total += E;
        moment += E * ((double)b + 0.5) * width;
        add_with_square(profile + 2 * EOT_WIDE * b, E);
        score[EOT_S_PRESHOWER] += E * fmin(1.0, fmax(0.0, share)); /* inside a bin: in proportion to depth */
    }
    for (int k = 0; k < EOT_N_SHOWER_SCORE; k++) {
        eot_wide_add(sum + EOT_WIDE * (EOT_SS_SCORE + k), score[k]);
        eot_wide_add(sum + EOT_WIDE * (EOT_SS_SQUARE + k), score[k] * score[k]);
    }
    eot_wide_add(sum + EOT_WIDE * EOT_SS_CROSS_VISIBLE, score[EOT_S_DEPOSIT] * score[EOT_S_VISIBLE]);
    eot_wide_add(sum + EOT_WIDE * EOT_SS_CROSS_PRESHOWER, score[EOT_S_DEPOSIT] * score[EOT_S_PRESHOWER]);
    add_powers(sum + EOT_WIDE * EOT_SS_VISIBLE, score[EOT_S_VISIBLE] / s->beam_energy);
    add_powers(sum + EOT_WIDE * EOT_SS_DEPTH, total > 0.0 ? moment / total * s->to_X0 : 0.0);
    if (s->sums->layout.n_section > EOT_RUN_SHOWER_MISSED)
        add_with_square(eot_sums_at(s->sums, EOT_RUN_SHOWER_MISSED, 0), energy_of(a[EOT_ACC_LEDGER_MISSED]));
    for (int k = 0; k < s->binning.n_cell; k++)
        add_with_square(cell + 2 * EOT_WIDE * k, energy_of(a[EOT_ACC_ECAL_CELL + k]));
    eot_sums_at(s->sums, EOT_RUN_SHOWER_COUNT, 0)[0]++;
}

static enum eot_status chunk_create(struct eot_engine *g, size_t n_bin, struct chunk *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = g->events.chunk;
    c->record = calloc(n, sizeof *c->record);
    c->acc = malloc(n * EOT_N_ACC * sizeof *c->acc);
    c->counts = malloc(n * n_bin * sizeof *c->counts);
    EOT_CHECK_MEMORY(c->record);
    EOT_CHECK_MEMORY(c->acc);
    EOT_CHECK_MEMORY(c->counts);
    for (size_t i = 0; i < n; i++) c->record[i].i_primary = (u32)i;
    EOT_TRY(eot_engine_buffer(g, n * sizeof *c->record, c->record, &c->list, err));
    EOT_TRY(eot_engine_buffer(g, n * n_bin * sizeof *c->counts, NULL, &c->profile, err));
done:
    return status;
}

static void chunk_free(struct eot_engine *g, struct chunk *c) {
    g->b->op->buffer_free(g->b, c->list);
    g->b->op->buffer_free(g->b, c->profile);
    free(c->record);
    free(c->acc);
    free(c->counts);
}

/* Replay `n` showers from e->first_primary on; their accumulators and profiles to the host. */
static enum eot_status replay_showers(struct eot_engine *g, eot_event_launch *e, struct chunk *c, size_t n,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    e->n_event = (u32)n;
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.parameters, 0, sizeof *e, e, err));
    EOT_TRY(eot_launch_replay(g->b, n, 0,
                              (struct eot_args_replay){.table = g->constant.table,
                                                       .em = g->constant.em,
                                                       .grid = g->constant.grid,
                                                       .region = g->constant.region,
                                                       .voxel = g->constant.voxel,
                                                       .world = g->constant.world,
                                                       .launch = g->events.parameters,
                                                       .record = c->list,
                                                       .acc = g->events.acc,
                                                       .stack = g->events.replay_stack,
                                                       .vertex = g->events.vertex,
                                                       .tally = g->events.tally,
                                                       .profile = c->profile,
                                                       .list = g->events.follow,
                                                       .history = g->events.history},
                              err));
    EOT_TRY(eot_backend_read(g->b, g->events.acc, 0, n * EOT_N_ACC * sizeof *c->acc, c->acc, err));
    EOT_TRY(eot_backend_read(g->b, c->profile, 0, n * (size_t)e->n_profile * sizeof *c->counts, c->counts, err));
done:
    return status;
}

/* Set the sums of the sample to 0: one that is not whole is none. */
static void forget(struct eot_sums *sums) {
    for (size_t k = EOT_RUN_SHOWER_COUNT; k < sums->layout.n_section; k++) {
        if (sums->layout.section[k].scope != EOT_SUMS_APART) continue;
        const struct eot_sums_section *s = &sums->layout.section[k];
        memset(eot_sums_at(sums, k, 0), 0, (s->kind == EOT_SUMS_WIDE ? EOT_WIDE : 1) * s->n * sizeof(int64_t));
    }
}

enum eot_status eot_engine_showers(struct eot_engine *g, struct eot_sums *sums, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = g->config;
    struct chunk c = {0};
    eot_event_launch e = g->events.e;
    struct scorer scorer = {.e = &e,
                            .detector = &g->world->event,
                            .binning = eot_run_shower_binning(config),
                            .preshower_depth = config->scoring.preshower_depth,
                            .to_X0 = 1.0 / g->world->calorimeter_X0,
                            .beam_energy = config->beam.energy,
                            .sums = sums};
    uint64_t n = (uint64_t)config->scoring.showers, first = config->sampling.first, done = 0;
    int64_t tally[EOT_N_COUNTER];
    scorer.shower_visible = (double)scorer.detector->volume[scorer.detector->columns.ecal].shower_visible;
    e.has_vertex = e.has_list = 0;
    e.n_profile = scorer.binning.n_bin;
    e.profile_inverse_width = (f32)(1.0 / scorer.binning.bin_width);
    e.first_vertex = 0;
    size_t n_bin = (size_t)scorer.binning.n_bin;
    EOT_TRY(chunk_create(g, n_bin, &c, err));
    EOT_TRY(g->b->op->buffer_zero(g->b, g->events.tally, 0, EOT_N_TALLY * sizeof(i64), err));
    while (done < n && !eot_stop_is_asked(&g->stop)) {
        size_t count = n - done < g->events.chunk ? (size_t)(n - done) : g->events.chunk;
        e.first_primary = first + done;
        EOT_TRY(replay_showers(g, &e, &c, count, err));
        for (size_t i = 0; i < count; i++)
            score_shower(&scorer, first + done + i, c.acc + i * EOT_N_ACC, c.counts + i * n_bin);
        done += count;
    }
    if (done < n) forget(sums);
    EOT_TRY(eot_backend_read(g->b, g->events.tally, 0, sizeof tally, tally, err));
    for (int i = 0; i < EOT_N_FAULT; i++)
        EOT_CHECK(tally[EOT_C_FAULT + i] == 0, EOT_E_DEVICE,
                  "%lld of the showers from primary %llu failed (fault %d); try another device, and report it",
                  (long long)tally[EOT_C_FAULT + i], (unsigned long long)first, i);
done:
    chunk_free(g, &c);
    return status;
}
