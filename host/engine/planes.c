/* Planes across the beam: crossings of muons, and events that stop there. */
#undef EOT_REAL_DOUBLE /* vertices and muons as the device has them */
#include "eotmc/transport/plane.h"

#include <stdlib.h>
#include <string.h>

#include "device/launch.h"
#include "engine/engine_private.h"
#include "engine/plane_matter.h"

static int compare_stops(const void *a, const void *b, const eot_plane_launch *p) {
    double u = p->z[*(const int *)a], v = p->z[*(const int *)b];
    return u < v ? -1 : u > v;
}

/* Planes in HDF5 in the order in which muons meet them. */
static void find_stops(struct eot_engine_planes *p, const struct eot_config *config) {
    for (size_t i = 0; i < config->output.n_plane; i++) {
        if (config->output.plane[i].format != EOT_PLANE_HDF5) continue;
        size_t at = p->n_stop++;
        p->stop[at] = (int)i;
        for (; at > 0 && compare_stops(&p->stop[at - 1], &p->stop[at], &p->p) > 0; at--) {
            int other = p->stop[at];
            p->stop[at] = p->stop[at - 1];
            p->stop[at - 1] = other;
        }
    }
}

static const double BEFORE = -1e30; /* cm: z of a plane that is not crossed any more */
enum { N_TRACED = 4 };              /* of an event: mu+, the positron of its decay, mu-, its electron */

enum eot_status eot_engine_planes_create(struct eot_engine *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    const struct eot_output_config *o = &g->config->output;
    const struct eot_event_chunks *v = &g->events;
    size_t n_most = v->n_look > v->chunk ? v->n_look : v->chunk;
    if (o->n_plane == 0 && !g->resumes) return EOT_OK;
    if (!g->resumes)
        EOT_TRY(eot_beam_planes_create(&g->beam_planes,
                                       &(struct eot_beam_planes_task){.backend = g->b,
                                                                      .config = g->config,
                                                                      .world = g->world,
                                                                      .kinds = EOT_PLANE_ELECTRONS | EOT_PLANE_PHOTONS,
                                                                      .most = eot_beam_planes_most_of_shower(g->config),
                                                                      .chunk = v->chunk},
                                       err));
    p->p.n_plane = (i32)o->n_plane;
    p->p.cut = (f32)g->config->physics.cut;
    for (size_t i = 0; i < o->n_plane; i++)
        p->p.z[i] = g->resumes && o->plane[i].z < g->resumes_from ? BEFORE : o->plane[i].z;
    find_stops(p, g->config);
    size_t n_crossing = N_TRACED * n_most * o->n_plane + 1;
    p->crossings = malloc(n_crossing * sizeof(eot_crossing));
    p->vertices = malloc(n_most * sizeof(eot_event_vertex));
    EOT_CHECK_MEMORY(p->crossings);
    EOT_CHECK_MEMORY(p->vertices);
    EOT_TRY(eot_engine_buffer(g, sizeof p->p, &p->p, &p->parameters, err));
    EOT_TRY(eot_plane_matter_create(g->b, g->config, g->world, &p->inverse_X0, err));
    EOT_TRY(eot_engine_buffer(g, n_crossing * sizeof(eot_crossing), NULL, &p->crossing, err));
    if (p->n_stop == 0 && !g->resumes) goto done;
    p->states = malloc(2 * v->chunk * sizeof(eot_event_muon_state));
    p->acc = malloc(v->chunk * EOT_N_ACC * sizeof *p->acc);
    EOT_CHECK_MEMORY(p->states);
    EOT_CHECK_MEMORY(p->acc);
    EOT_TRY(eot_engine_buffer(g, 2 * v->chunk * sizeof(eot_event_muon_state), NULL, &p->state, err));
    EOT_TRY(eot_engine_buffer(g, eot_engine_tallies(g) * sizeof(i64), NULL, &p->after, err));
done:
    return status;
}

void eot_engine_planes_free(struct eot_engine *g) {
    struct eot_engine_planes *p = &g->planes;
    struct eot_buffer *all[] = {p->parameters, p->inverse_X0, p->crossing, p->state, p->after};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) g->b->op->buffer_free(g->b, all[i]);
    eot_beam_planes_free(&g->beam_planes);
    free(p->crossings);
    free(p->vertices);
    free(p->states);
    free(p->acc);
}

/* A crossing as a row. @param traced 0 to N_TRACED - 1. */
static struct eot_plane_particle particle_of(const struct eot_engine *g, const eot_event_vertex *v,
                                             const eot_crossing *c, int plane, int traced) {
    const int32_t pdg[N_TRACED] = {-13, -11, 13, 11}; /* mu+ and e+ are the antiparticles */
    return (struct eot_plane_particle){
        .x = c->x,
        .y = c->y,
        .z = g->planes.p.z[plane],
        .kinetic_energy = c->kinetic_energy,
        .direction = {c->direction.x, c->direction.y, c->direction.z},
        .time = c->time,
        .weight = (float)((double)v->weight * g->world->rare_unit),
        .born_energy = traced < 2 ? v->E_plus : v->E_minus,
        .born = {(float)v->x, (float)v->y, (float)v->z},
        .pdg = pdg[traced],
        .plane = (uint32_t)plane,
        .draw = c->draw,
        .process = v->process,
        .stream = v->stream,
    };
}

/* Rows of the crossings of a launch's muons. @param only_new see eot_engine_planes_cross. */
static enum eot_status take_crossings(struct eot_engine *g, const struct eot_plane_events *e, bool only_new,
                                      struct eot_plane_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    const eot_crossing *crossing = (const void *)p->crossings;
    const eot_event_vertex *vertex = (const void *)p->vertices;
    const size_t n_plane = (size_t)p->p.n_plane, n = N_TRACED * n_plane;
    EOT_TRY(eot_backend_read(g->b, p->crossing, 0, e->n * n * sizeof *crossing, p->crossings, err));
    EOT_TRY(eot_backend_read(g->b, e->vertex, 0, e->n * sizeof *vertex, p->vertices, err));
    for (size_t i = 0; i < e->n; i++) {
        uint64_t primary = e->first + e->primary[i];
        if (only_new && !eot_is_kept(primary, g->events.e.follow_threshold)) continue;
        for (size_t k = 0; k < n; k++) {
            const eot_crossing *one = &crossing[i * n + k];
            if (one->is_there == 0) continue;
            struct eot_plane_particle row = particle_of(g, &vertex[i], one, (int)(k % n_plane), (int)(k / n_plane));
            if ((g->config->output.plane[row.plane].kinds & eot_plane_kind_of(row.pdg)) == 0) continue;
            row.primary = primary;
            EOT_TRY(eot_plane_particle_add(rows, &row, err));
        }
    }
done:
    return status;
}

enum eot_status eot_engine_planes_cross(struct eot_engine *g, const struct eot_plane_events *e, bool only_new,
                                        struct eot_plane_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    const struct eot_world_buffers *c = &g->constant;
    if (p->p.n_plane == 0 || e->n == 0) return EOT_OK;
    EOT_TRY(eot_launch_crossings(g->b, 2 * e->n, 0,
                                 (struct eot_args_crossings){.table = c->table,
                                                             .muon_tables = c->muon_tables,
                                                             .grid = c->grid,
                                                             .region = c->region,
                                                             .voxel = c->voxel,
                                                             .launch = g->events.parameters,
                                                             .record = e->record,
                                                             .vertex = e->vertex,
                                                             .list = g->events.follow,
                                                             .inverse_X0 = p->inverse_X0,
                                                             .planes = p->parameters,
                                                             .crossing = p->crossing},
                                 err));
    EOT_TRY(take_crossings(g, e, only_new, rows, err));
done:
    return status;
}

enum eot_status eot_engine_planes_showers(struct eot_engine *g, uint64_t first, size_t n, struct eot_plane_rows *rows,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_beam_planes *p = &g->beam_planes;
    const struct eot_world_buffers *c = &g->constant;
    eot_event_launch e = g->events.e;
    if (p->p.n_plane == 0) return EOT_OK;
    e.has_vertex = e.has_list = e.n_profile = 0;
    e.first_vertex = 0;
    for (size_t done = 0; done < n; done += p->chunk) {
        size_t count = n - done < p->chunk ? n - done : p->chunk;
        e.first_primary = first + done;
        e.n_event = (u32)count;
        EOT_TRY(g->b->op->buffer_write(g->b, g->events.parameters, 0, sizeof e, &e, err));
        EOT_TRY(eot_launch_shower_crossings(g->b, count, 0,
                                            (struct eot_args_shower_crossings){.table = c->table,
                                                                               .em = c->em,
                                                                               .grid = c->grid,
                                                                               .region = c->region,
                                                                               .voxel = c->voxel,
                                                                               .world = c->world,
                                                                               .launch = g->events.parameters,
                                                                               .inverse_X0 = p->inverse_X0,
                                                                               .planes = p->parameters,
                                                                               .stack = g->events.replay_stack,
                                                                               .work = p->work,
                                                                               .number = p->number_of,
                                                                               .crossing = p->row},
                                            err));
        EOT_TRY(eot_beam_planes_take(p, first + done, count, rows, err));
    }
done:
    return status;
}

static enum eot_status launch_leg(struct eot_engine *g, const struct eot_plane_events *e, struct eot_buffer *tally,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    const struct eot_world_buffers *c = &g->constant;
    EOT_TRY(g->b->op->buffer_write(g->b, p->parameters, 0, sizeof p->p, &p->p, err));
    EOT_TRY(eot_launch_muon_leg(g->b, e->n, 0,
                                (struct eot_args_muon_leg){.table = c->table,
                                                           .muon_tables = c->muon_tables,
                                                           .grid = c->grid,
                                                           .region = c->region,
                                                           .voxel = c->voxel,
                                                           .world = c->world,
                                                           .launch = g->events.parameters,
                                                           .record = e->record,
                                                           .vertex = e->vertex,
                                                           .acc = g->events.acc,
                                                           .outcome = g->events.outcome,
                                                           .tally = tally,
                                                           .list = g->events.follow,
                                                           .planes = p->parameters,
                                                           .state = p->state},
                                err));
done:
    return status;
}

/* The events of a launch as they are at a plane. */
static enum eot_status keep_states(struct eot_engine *g, const struct eot_plane_events *e, int plane,
                                   struct eot_plane_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    const eot_event_vertex *vertex = (const void *)p->vertices;
    struct eot_plane_state row;
    EOT_TRY(eot_backend_read(g->b, p->state, 0, 2 * e->n * sizeof(eot_event_muon_state), p->states, err));
    EOT_TRY(eot_backend_read(g->b, g->events.acc, 0, e->n * EOT_N_ACC * sizeof *p->acc, p->acc, err));
    EOT_TRY(eot_backend_read(g->b, e->vertex, 0, e->n * sizeof *vertex, p->vertices, err));
    for (size_t i = 0; i < e->n; i++) {
        if (!(vertex[i].weight > 0.0f)) continue;
        memset(&row, 0, sizeof row);
        row.primary = e->first + e->primary[i];
        row.plane = (uint32_t)plane;
        memcpy(row.vertex, &vertex[i], sizeof row.vertex - 4); /* the last 4 are unused */
        for (size_t k = 0; k < 2; k++)
            memcpy(row.muon[k], p->states + (2 * i + k) * EOT_MUON_STATE_BYTES, EOT_MUON_STATE_BYTES - 4);
        memcpy(row.acc, p->acc + i * EOT_N_ACC, sizeof row.acc);
        EOT_TRY(eot_plane_state_add(rows, &row, err));
    }
done:
    return status;
}

enum eot_status eot_engine_planes_follow(struct eot_engine *g, const struct eot_plane_events *e,
                                         struct eot_plane_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    for (size_t s = 0; s < p->n_stop; s++) {
        p->p.is_first = s == 0;
        p->p.is_last = 0;
        p->p.stop = p->stop[s];
        EOT_TRY(launch_leg(g, e, g->events.tally, err));
        EOT_TRY(keep_states(g, e, p->stop[s], rows, err));
    }
    p->p.is_first = 0;
    p->p.is_last = 1;
    EOT_TRY(launch_leg(g, e, p->after, err));
done:
    return status;
}

static int compare_particles(const void *a, const void *b) {
    const struct eot_plane_particle *u = a, *v = b;
    if (u->primary != v->primary) return u->primary < v->primary ? -1 : 1;
    if (u->stream != v->stream) return u->stream < v->stream ? -1 : 1;
    if (u->pdg != v->pdg) return u->pdg < v->pdg ? -1 : 1;
    if (u->process != v->process) return u->process < v->process ? -1 : 1;
    return u->plane < v->plane ? -1 : u->plane > v->plane;
}

static int compare_states(const void *a, const void *b) {
    const struct eot_plane_state *u = a, *v = b;
    eot_event_vertex p, q;
    memcpy(&p, u->vertex, sizeof p);
    memcpy(&q, v->vertex, sizeof q);
    if (u->primary != v->primary) return u->primary < v->primary ? -1 : 1;
    if (p.stream != q.stream) return p.stream < q.stream ? -1 : 1;
    return u->plane < v->plane ? -1 : u->plane > v->plane;
}

enum eot_status eot_planes_keep(struct eot_plane_rows *part, int64_t *count, struct eot_plane_rows *kept,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (part->n_particle > 1) qsort(part->particle, part->n_particle, sizeof *part->particle, compare_particles);
    if (part->n_state > 1) qsort(part->state, part->n_state, sizeof *part->state, compare_states);
    for (size_t i = 0; i < part->n_particle; i++) count[part->particle[i].plane]++;
    EOT_TRY(eot_plane_rows_append(kept, part, err));
    part->n_particle = part->n_state = part->n_particle_dropped = part->n_state_dropped = 0;
done:
    return status;
}

/* Rows of the muons of a launch that cross planes behind their states. */
static enum eot_status cross_from_states(struct eot_engine *g, const struct eot_plane_events *e,
                                         struct eot_plane_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    const struct eot_world_buffers *c = &g->constant;
    if (p->p.n_plane == 0) return EOT_OK;
    EOT_TRY(eot_launch_state_crossings(g->b, 2 * e->n, 0,
                                       (struct eot_args_state_crossings){.table = c->table,
                                                                         .muon_tables = c->muon_tables,
                                                                         .grid = c->grid,
                                                                         .region = c->region,
                                                                         .voxel = c->voxel,
                                                                         .launch = g->events.parameters,
                                                                         .state = p->state,
                                                                         .inverse_X0 = p->inverse_X0,
                                                                         .planes = p->parameters,
                                                                         .crossing = p->crossing},
                                       err));
    EOT_TRY(take_crossings(g, e, false, rows, err));
done:
    return status;
}

/* States of a launch onto the device. @param record, primary [n], the number of each one's primary: for the device, for
 * the host. */
static enum eot_status upload_states(struct eot_engine *g, uint64_t first, const struct eot_plane_state *state,
                                     size_t n, eot_vertex_record *record, uint32_t *primary, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_engine_planes *p = &g->planes;
    eot_event_vertex *vertex = (void *)p->vertices;
    for (size_t i = 0; i < n; i++) {
        primary[i] = (u32)(state[i].primary - first);
        record[i] = (eot_vertex_record){.i_primary = primary[i], .weight = 1.0f};
        memcpy(&vertex[i], state[i].vertex, sizeof vertex[i]);
        memcpy(p->states + 2 * i * EOT_MUON_STATE_BYTES, state[i].muon, sizeof state[i].muon);
        memcpy(p->acc + i * EOT_N_ACC, state[i].acc, sizeof state[i].acc);
    }
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.list, 0, n * sizeof *record, record, err));
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.vertex, 0, n * sizeof *vertex, vertex, err));
    EOT_TRY(g->b->op->buffer_write(g->b, p->state, 0, 2 * n * EOT_MUON_STATE_BYTES, p->states, err));
    EOT_TRY(g->b->op->buffer_write(g->b, g->events.acc, 0, n * EOT_N_ACC * sizeof *p->acc, p->acc, err));
done:
    return status;
}

enum eot_status eot_engine_resume(struct eot_engine *g, uint64_t first, const struct eot_plane_state *state,
                                  size_t n_state, struct eot_block *block, struct eot_event_rows *kept,
                                  bool *is_complete, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_event_chunks *v = &g->events;
    eot_vertex_record *record = malloc(v->chunk * sizeof *record);
    uint32_t *primary = malloc(v->chunk * sizeof *primary);
    struct eot_plane_rows rows = {0};
    *is_complete = false;
    EOT_CHECK_MEMORY(record);
    EOT_CHECK_MEMORY(primary);
    if (v->list == NULL) EOT_TRY(eot_engine_buffer(g, v->chunk * sizeof *record, NULL, &v->list, err));
    EOT_TRY(g->b->op->buffer_zero(g->b, v->tally, 0, eot_engine_tallies(g) * sizeof(i64), err));
    for (size_t done = 0; done < n_state; done += v->chunk) {
        size_t n = n_state - done < v->chunk ? n_state - done : v->chunk;
        struct eot_plane_events e = {
            .first = first, .record = v->list, .vertex = v->vertex, .primary = primary, .n = n};
        if (eot_stop_is_asked(&g->stop)) goto done;
        EOT_TRY(upload_states(g, first, state + done, n, record, primary, err));
        v->e.first_primary = first;
        v->e.first_vertex = 0;
        v->e.n_event = (u32)n;
        v->e.has_list = 0;
        EOT_TRY(g->b->op->buffer_write(g->b, v->parameters, 0, sizeof v->e, &v->e, err));
        EOT_TRY(cross_from_states(g, &e, &rows, err));
        for (size_t s = 0; s < g->planes.n_stop; s++) {
            g->planes.p.is_first = g->planes.p.is_last = 0;
            g->planes.p.stop = g->planes.stop[s];
            EOT_TRY(launch_leg(g, &e, v->tally, err));
            EOT_TRY(keep_states(g, &e, g->planes.stop[s], &rows, err));
        }
        g->planes.p.is_first = 0;
        g->planes.p.is_last = 1;
        EOT_TRY(launch_leg(g, &e, v->tally, err));
        EOT_TRY(eot_engine_select(g, &e, v->tally, err));
        EOT_TRY(eot_engine_keep(g, &e, block, kept, err));
        EOT_TRY(eot_planes_keep(&rows, block->plane, &kept->planes, err));
    }
    EOT_TRY(eot_engine_tallies_add(g, v->tally, false, block, err));
    *is_complete = true;
done:
    eot_plane_rows_free(&rows);
    free(record);
    free(primary);
    return status;
}
