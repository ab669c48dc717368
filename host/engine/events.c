#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device/launch.h"
#include "eotmc/math/random.h"
#include "physics/process.h"

const char *eot_run_fault_text(uint32_t faults) {
    return faults & EOT_FAULT_VERTEX    ? "its vertex was not found again"
           : faults & EOT_FAULT_STACK   ? "stack overflow in the replay"
           : faults & EOT_FAULT_ENDLESS ? "a shower without end"
           : faults & EOT_FAULT_STUCK   ? "a muon that is stuck"
           : faults & EOT_FAULT_ENERGY  ? "a vertex above the energies of its tables"
                                        : "a muon that is not a number";
}

double eot_run_complete_row(const struct eot_world *w, const eot_event_launch *launch, uint64_t primary,
                            float row[EOT_N_EVENT_COLUMN]) {
    row[EOT_E_WEIGHT] = (float)((double)row[EOT_E_WEIGHT] * w->rare_unit);
    const struct eot_process *process = eot_process_at((int)row[EOT_E_PROCESS]);
    return process != NULL ? process->complete(&w->event.vertex, launch, primary, row) : 0.0;
}

/* Squares of the recoil's energy [GeV] for its error; those of the scalar, from which it is taken, stay as the device
 * has them: a recoil is some 1e-4 of it. */
static void add_recoil_squares(double recoil, double beam, int64_t *tally) {
    double term = recoil / EOT_TALLY_ENERGY;
    eot_sum_add(tally + EOT_T_LEDGER_SQUARE + 2 * EOT_ACC_LEDGER_RECOIL, term * term);
    eot_sum_add(tally + EOT_T_LEDGER_CROSS + 2 * EOT_ACC_LEDGER_RECOIL, term * (beam / EOT_TALLY_ENERGY));
}

enum eot_status eot_engine_keep(struct eot_engine *g, const struct eot_plane_events *e, struct eot_block *block,
                                struct eot_event_rows *kept, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < e->n; i++) {
        float *row = g->events.rows + i * EOT_N_EVENT_COLUMN;
        if (!(row[EOT_E_WEIGHT] > 0.0f)) continue;
        uint64_t primary = e->first + e->primary[i];
        if (row[EOT_E_CUTS_PASSED] < 0.0f) {
            eot_lost_events_add(&kept->lost, primary, (u32)-row[EOT_E_CUTS_PASSED]);
            continue;
        }
        i64 recoil = (i64)floor(eot_run_complete_row(g->world, &g->events.e, primary, row) * EOT_ENERGY_QUANTUM + 0.5);
        if (eot_is_kept(primary, g->events.e.sample_threshold)) { /* as the rest of its energy */
            block->event[EOT_C_LEDGER + EOT_ACC_LEDGER_PHI] -= recoil;
            block->event[EOT_C_LEDGER + EOT_ACC_LEDGER_RECOIL] += recoil;
            add_recoil_squares((double)recoil / EOT_ENERGY_QUANTUM, (double)row[EOT_E_BEAM], block->event);
        }
        if (row[EOT_E_CUTS_PASSED] < (float)EOT_N_CUT && !eot_is_kept(primary, g->events.record_threshold)) continue;
        EOT_TRY(eot_event_rows_add(kept, primary, row, EOT_N_EVENT_COLUMN, err));
    }
done:
    return status;
}

/* The list of the events that `choose` has found, on the device. @param primary of each, in the batch. */
static enum eot_status list_followed(struct eot_engine *g, struct eot_buffer *record, size_t n_look, uint32_t *primary,
                                     size_t *n_list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_event_chunks *v = &g->events;
    const size_t n_block = eot_engine_follow_blocks(n_look);
    uint32_t *n_followed = malloc(n_block * sizeof *n_followed);
    EOT_CHECK_MEMORY(n_followed);
    EOT_TRY(eot_launch_count_followed(
        g->b, n_block, 0,
        (struct eot_args_count_followed){.launch = v->parameters, .history = v->history, .n_followed = v->n_followed},
        err));
    EOT_TRY(eot_launch_list_followed(g->b, n_block, 0,
                                     (struct eot_args_list_followed){.launch = v->parameters,
                                                                     .record = record,
                                                                     .history = v->history,
                                                                     .n_followed = v->n_followed,
                                                                     .list = v->follow,
                                                                     .primary = v->follow_primary},
                                     err));
    EOT_TRY(eot_backend_read(g->b, v->n_followed, 0, n_block * sizeof *n_followed, n_followed, err));
    *n_list = 0;
    for (size_t i = 0; i < n_block; i++) *n_list += n_followed[i];
    EOT_CHECK(*n_list <= n_look, EOT_E_DEVICE,
              "%s lists %zu of %zu events (the device or its driver is faulty); try another one of `eotmc devices`",
              g->b->name, *n_list, n_look);
    if (*n_list > 0) EOT_TRY(eot_backend_read(g->b, v->follow_primary, 0, *n_list * sizeof *primary, primary, err));
done:
    free(n_followed);
    return status;
}

/* Events [start, start + n_look) of the records: where their vertices are, and which of them must be followed with
 * deposits. @param primary, n_list as in list_followed. */
static enum eot_status look_ahead(struct eot_engine *g, struct eot_buffer *record, size_t start, size_t n_look,
                                  uint32_t *primary, size_t *n_list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_world_buffers *c = &g->constant;
    g->events.e.first_vertex = (u32)start;
    g->events.e.n_event = (u32)n_look;
    g->events.e.has_list = 0;
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.parameters, 0, sizeof g->events.e, &g->events.e, err));
    EOT_TRY(eot_launch_locate(g->b, n_look, 0,
                              (struct eot_args_locate){.table = c->table,
                                                       .em = c->em,
                                                       .grid = c->grid,
                                                       .region = c->region,
                                                       .voxel = c->voxel,
                                                       .world = c->world,
                                                       .launch = g->events.parameters,
                                                       .record = record,
                                                       .way = g->cascade.way,
                                                       .stack = g->events.locate_stack,
                                                       .vertex = g->events.located,
                                                       .tally = g->events.tally,
                                                       .mass = g->events.mass},
                              err));
    EOT_TRY(eot_launch_reach(g->b, 2 * n_look * g->events.e.n_history, 0,
                             (struct eot_args_reach){.table = c->table,
                                                     .muon_tables = c->muon_tables,
                                                     .grid = c->grid,
                                                     .region = c->region,
                                                     .voxel = c->voxel,
                                                     .world = c->world,
                                                     .launch = g->events.parameters,
                                                     .record = record,
                                                     .vertex = g->events.located,
                                                     .arrived = g->events.arrived,
                                                     .tally = g->events.tally,
                                                     .taken = g->events.taken},
                             err));
    EOT_TRY(eot_launch_choose(g->b, n_look, 0,
                              (struct eot_args_choose){.launch = g->events.parameters,
                                                       .record = record,
                                                       .vertex = g->events.located,
                                                       .arrived = g->events.arrived,
                                                       .history = g->events.history},
                              err));
    EOT_TRY(list_followed(g, record, n_look, primary, n_list, err));
done:
    return status;
}

enum eot_status eot_engine_select(struct eot_engine *g, const struct eot_plane_events *e, struct eot_buffer *tally,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_event_chunks *v = &g->events;
    EOT_TRY(eot_launch_fit_track(g->b, 2 * e->n, 0,
                                 (struct eot_args_fit_track){.table = g->constant.table,
                                                             .world = g->constant.world,
                                                             .launch = v->parameters,
                                                             .record = e->record,
                                                             .vertex = v->vertex,
                                                             .outcome = v->outcome,
                                                             .track = v->track,
                                                             .list = v->follow},
                                 err));
    EOT_TRY(eot_launch_select_event(g->b, e->n, 0,
                                    (struct eot_args_select_event){.table = g->constant.table,
                                                                   .world = g->constant.world,
                                                                   .launch = v->parameters,
                                                                   .record = e->record,
                                                                   .vertex = v->vertex,
                                                                   .acc = v->acc,
                                                                   .outcome = v->outcome,
                                                                   .track = v->track,
                                                                   .tally = tally,
                                                                   .row = v->row,
                                                                   .list = v->follow,
                                                                   .factor = v->factor,
                                                                   .mass = v->mass,
                                                                   .history = v->history},
                                    err));
    EOT_TRY(eot_backend_read(g->b, v->row, 0, e->n * EOT_N_EVENT_COLUMN * sizeof(f32), v->rows, err));
done:
    return status;
}

/* Both muons of the events of a launch. */
static enum eot_status follow_muons(struct eot_engine *g, const struct eot_plane_events *e, struct eot_plane_rows *rows,
                                    struct eot_error *err) {
    const struct eot_world_buffers *c = &g->constant;
    const struct eot_event_chunks *v = &g->events;
    if (g->planes.n_stop > 0) return eot_engine_planes_follow(g, e, rows, err);
    return eot_launch_muon(g->b, e->n, 0,
                           (struct eot_args_muon){.table = c->table,
                                                  .muon_tables = c->muon_tables,
                                                  .grid = c->grid,
                                                  .region = c->region,
                                                  .voxel = c->voxel,
                                                  .world = c->world,
                                                  .launch = v->parameters,
                                                  .record = e->record,
                                                  .vertex = v->vertex,
                                                  .acc = v->acc,
                                                  .outcome = v->outcome,
                                                  .tally = v->tally,
                                                  .list = v->follow,
                                                  .factor = v->factor},
                           err);
}

/* Replay, muons, detector and selection of events of the records from `start` on. @param rows of planes. */
static enum eot_status follow_events(struct eot_engine *g, const struct eot_plane_events *e, size_t start,
                                     struct eot_plane_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_world_buffers *c = &g->constant;
    const struct eot_event_chunks *v = &g->events;
    struct eot_buffer *record = e->record;
    const size_t n = e->n;
    g->events.e.first_vertex = (u32)start;
    g->events.e.n_event = (u32)n;
    g->events.e.has_list = e->is_listed;
    g->events.e.first_listed = (u32)e->first_listed;
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.parameters, 0, sizeof g->events.e, &g->events.e, err));
    EOT_TRY(eot_launch_replay(g->b, n, 0,
                              (struct eot_args_replay){.table = c->table,
                                                       .em = c->em,
                                                       .grid = c->grid,
                                                       .region = c->region,
                                                       .voxel = c->voxel,
                                                       .world = c->world,
                                                       .launch = v->parameters,
                                                       .record = record,
                                                       .acc = v->acc,
                                                       .stack = v->replay_stack,
                                                       .vertex = v->vertex,
                                                       .tally = v->tally,
                                                       .profile = v->profile,
                                                       .list = v->follow,
                                                       .history = v->history},
                              err));
    EOT_TRY(eot_engine_planes_cross(g, e, g->events.n_look > 0, rows, err));
    EOT_TRY(follow_muons(g, e, rows, err));
    EOT_TRY(eot_engine_select(g, e, g->planes.n_stop > 0 ? g->planes.after : v->tally, err));
done:
    return status;
}

enum eot_status eot_engine_tallies_add(struct eot_engine *g, struct eot_buffer *buffer, bool is_before,
                                       struct eot_block *block, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const size_t n_mass = (size_t)g->world->n_mass, n_selection = (size_t)g->world->event.n_selection,
                 n_block_tally = n_mass * n_selection * EOT_N_TALLY, n_map = n_mass * n_selection * EOT_N_MAP,
                 n_tally = eot_engine_tallies(g);
    int64_t *tally = malloc(n_tally * sizeof *tally);
    EOT_CHECK_MEMORY(tally);
    EOT_TRY(eot_backend_read(g->b, buffer, 0, n_tally * sizeof *tally, tally, err));
    for (size_t i = 0; i < n_mass * n_selection; i++) eot_channels_sum_up(tally + i * EOT_N_TALLY);
    for (size_t m = 0; m < n_mass; m++) {
        int64_t *largest = tally + m * n_selection * EOT_N_TALLY + EOT_C_LARGEST;
        if ((uint32_t)*largest > block->largest[m]) block->largest[m] = (uint32_t)*largest;
        *largest = 0; /* not a sum: it has a section of its own */
    }
    for (size_t i = 0; i < n_block_tally; i++) block->event[i] += tally[i];
    for (size_t i = 0; i < n_map; i++) block->map[i] += tally[n_block_tally + i];
    for (size_t i = n_block_tally + n_map; i < n_tally; i++) block->product[i - n_block_tally - n_map] += tally[i];
    for (size_t i = 0; i < n_block_tally && is_before; i++) block->before[i] += tally[i];
done:
    free(tally);
    return status;
}

/* The vertices of an analog batch as a buffer on the device. */
static enum eot_status upload_hits(struct eot_engine *g, size_t n_vertex, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (n_vertex > g->events.list_capacity) {
        g->b->op->buffer_free(g->b, g->events.list);
        g->events.list = NULL;
        g->events.list_capacity = 2 * n_vertex;
        EOT_TRY(eot_engine_buffer(g, g->events.list_capacity * sizeof *g->cascade.hit, NULL, &g->events.list, err));
    }
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.list, 0, n_vertex * sizeof *g->cascade.hit, g->cascade.hit, err));
done:
    return status;
}

/* The primaries, in the batch, of the records [start, start + n). */
static enum eot_status read_primaries(struct eot_engine *g, struct eot_buffer *record, size_t start, size_t n,
                                      uint32_t *primary, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_record *copy = malloc(n * sizeof *copy);
    EOT_CHECK_MEMORY(copy);
    EOT_TRY(eot_backend_read(g->b, record, start * sizeof *copy, n * sizeof *copy, copy, err));
    for (size_t i = 0; i < n; i++) primary[i] = copy[i].i_primary;
done:
    free(copy);
    return status;
}

enum eot_status eot_engine_events(struct eot_engine *g, uint64_t first, uint32_t n, struct eot_block *block,
                                  struct eot_event_rows *kept, bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_buffer *record = g->cascade.vertex;
    uint32_t *primary = NULL, *followed = NULL; /* of the events of a part, and of those that are followed */
    struct eot_plane_rows rows = {0};
    uint32_t n_shower = 0; /* primaries whose showers are in the rows of planes */
    size_t n_tally = eot_engine_tallies(g), n_vertex = g->cascade.c.is_forced ? n : g->cascade.n_hit,
           n_part = g->events.n_look > 0 ? g->events.n_look : g->events.chunk;
    *is_complete = false;
    if (!g->cascade.c.is_forced && n_vertex > 0) {
        EOT_TRY(upload_hits(g, n_vertex, err));
        record = g->events.list;
    }
    primary = malloc(n_part * sizeof *primary);
    followed = malloc(n_part * sizeof *followed);
    EOT_CHECK_MEMORY(primary);
    EOT_CHECK_MEMORY(followed);
    EOT_TRY(g->b->op->buffer_zero(g->b, g->events.tally, 0, n_tally * sizeof(i64), err));
    if (g->planes.n_stop > 0) EOT_TRY(g->b->op->buffer_zero(g->b, g->planes.after, 0, n_tally * sizeof(i64), err));
    const bool looks = g->events.n_look > 0, has_planes = g->config->output.n_plane > 0;
    for (size_t start = 0; start < n_vertex; start += n_part) {
        if (eot_stop_is_asked(&g->stop)) goto done;
        size_t count = n_vertex - start < n_part ? n_vertex - start : n_part, n_follow = count;
        struct eot_plane_events e = {.first = first, .record = record, .primary = primary, .n = count};
        if (!looks || has_planes) EOT_TRY(read_primaries(g, record, start, count, primary, err));
        if (looks) {
            EOT_TRY(look_ahead(g, record, start, count, followed, &n_follow, err));
            e.vertex = g->events.located;
            EOT_TRY(eot_engine_planes_cross(g, &e, false, &rows, err));
        }
        e.vertex = g->events.vertex;
        for (size_t done = 0; done < n_follow; done += g->events.chunk) {
            e.is_listed = looks;
            e.first_listed = done;
            e.primary = (looks ? followed : primary) + done;
            e.n = n_follow - done < g->events.chunk ? n_follow - done : g->events.chunk;
            EOT_TRY(follow_events(g, &e, start, &rows, err));
            EOT_TRY(eot_engine_keep(g, &e, block, kept, err));
        }
        if (!has_planes) continue;
        uint32_t upto = g->cascade.c.is_forced ? (uint32_t)(start + count) : primary[count - 1] + 1;
        EOT_TRY(eot_engine_planes_showers(g, first + n_shower, upto > n_shower ? upto - n_shower : 0, &rows, err));
        n_shower = upto > n_shower ? upto : n_shower;
        EOT_TRY(eot_planes_keep(&rows, block->plane, &kept->planes, err));
    }
    EOT_TRY(eot_engine_planes_showers(g, first + n_shower, n - n_shower, &rows, err));
    EOT_TRY(eot_planes_keep(&rows, block->plane, &kept->planes, err));
    memset(block->largest, 0, sizeof block->largest);
    EOT_TRY(eot_engine_tallies_add(g, g->events.tally, g->planes.n_stop > 0, block, err));
    if (g->planes.n_stop > 0) EOT_TRY(eot_engine_tallies_add(g, g->planes.after, false, block, err));
    block->n_vertex += n_vertex;
    kept->n_followed += n_vertex;
    *is_complete = true;
done:
    eot_plane_rows_free(&rows);
    free(primary);
    free(followed);
    return status;
}
