/* The device's structs in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "eotmc/transport/plane_beam.h"

#include <stdlib.h>
#include <string.h>

#include "engine/beam_planes.h"
#include "engine/plane_matter.h"

static const size_t MOST_BYTES = (size_t)1 << 26; /* of a launch's crossings */

int eot_plane_kind_of(int32_t pdg) {
    switch (abs(pdg)) {
    case 13: return EOT_PLANE_MUONS;
    case 11: return EOT_PLANE_ELECTRONS;
    case 22: return EOT_PLANE_PHOTONS;
    case 211:
    case 321: return EOT_PLANE_HADRONS;
    }
    return 0;
}

size_t eot_beam_planes_most_of_shower(const struct eot_config *config) {
    const double largest = config->beam.energy * (1.0 + 6.0 * config->beam.spread);
    return (size_t)(largest / config->physics.cut) + 1;
}

enum eot_status eot_beam_planes_create(struct eot_beam_planes *p, const struct eot_beam_planes_task *task,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_output_config *o = &task->config->output;
    const struct eot_backend_operations *op = task->backend->op;
    p->b = task->backend;
    for (size_t i = 0; i < o->n_plane; i++) {
        if ((o->plane[i].kinds & task->kinds) == 0) continue;
        p->number[p->p.n_plane] = (int)i;
        p->kinds[p->p.n_plane] = o->plane[i].kinds;
        p->p.z[p->p.n_plane++] = o->plane[i].z;
    }
    if (p->p.n_plane == 0) return EOT_OK;
    const size_t n_plane = (size_t)p->p.n_plane, n_most = task->most * n_plane;
    p->p.most = (u32)n_most;
    p->p.cut = (f32)task->config->physics.cut;
    p->rare_unit = task->world->rare_unit;
    p->chunk = MOST_BYTES / (n_most * sizeof(eot_beam_crossing));
    if (p->chunk > task->chunk) p->chunk = task->chunk;
    if (p->chunk == 0) p->chunk = 1;
    p->n = malloc(p->chunk * sizeof *p->n);
    p->rows = malloc(p->chunk * n_most * sizeof(eot_beam_crossing));
    EOT_CHECK_MEMORY(p->n);
    EOT_CHECK_MEMORY(p->rows);
    EOT_TRY(op->buffer_create(p->b, sizeof p->p, &p->p, &p->parameters, err));
    EOT_TRY(eot_plane_matter_create(p->b, task->config, task->world, &p->inverse_X0, err));
    EOT_TRY(op->buffer_create(p->b, 2 * p->chunk * n_plane * sizeof(eot_crossing), NULL, &p->work, err));
    EOT_TRY(op->buffer_create(p->b, p->chunk * sizeof *p->n, NULL, &p->number_of, err));
    EOT_TRY(op->buffer_create(p->b, p->chunk * n_most * sizeof(eot_beam_crossing), NULL, &p->row, err));
done:
    return status;
}

void eot_beam_planes_free(struct eot_beam_planes *p) {
    struct eot_buffer *all[] = {p->parameters, p->inverse_X0, p->work, p->number_of, p->row};
    for (size_t i = 0; i < sizeof all / sizeof all[0] && p->b != NULL; i++) p->b->op->buffer_free(p->b, all[i]);
    free(p->n);
    free(p->rows);
    *p = (struct eot_beam_planes){.b = NULL};
}

/* A crossing as a row; what only muons of rare vertices have is 0. */
static struct eot_plane_particle particle_of(const struct eot_beam_planes *p, const eot_beam_crossing *c) {
    return (struct eot_plane_particle){.x = c->at.x,
                                       .y = c->at.y,
                                       .z = p->p.z[c->plane],
                                       .kinetic_energy = c->at.kinetic_energy,
                                       .direction = {c->at.direction.x, c->at.direction.y, c->at.direction.z},
                                       .time = c->at.time,
                                       .weight = c->is_rare ? (float)((double)c->weight * p->rare_unit) : c->weight,
                                       .pdg = c->pdg,
                                       .plane = (uint32_t)p->number[c->plane],
                                       .draw = c->at.draw,
                                       .process = -1};
}

enum eot_status eot_beam_planes_take(struct eot_beam_planes *p, uint64_t first, size_t n, struct eot_plane_rows *rows,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const size_t most = p->p.most;
    const eot_beam_crossing *crossing = (const void *)p->rows;
    EOT_TRY(eot_backend_read(p->b, p->number_of, 0, n * sizeof *p->n, p->n, err));
    EOT_TRY(eot_backend_read(p->b, p->row, 0, n * most * sizeof *crossing, p->rows, err));
    for (size_t i = 0; i < n; i++) {
        size_t n_kept = p->n[i] < most ? p->n[i] : most;
        rows->n_particle_dropped += p->n[i] - n_kept;
        for (size_t k = 0; k < n_kept; k++) {
            const eot_beam_crossing *c = &crossing[i * most + k];
            if ((eot_plane_kind_of(c->pdg) & p->kinds[c->plane]) == 0 || !(c->weight > 0.0f)) continue;
            struct eot_plane_particle row = particle_of(p, c);
            row.primary = first + i;
            row.stream = (uint32_t)k; /* in the order in which they were found */
            EOT_TRY(eot_plane_particle_add(rows, &row, err));
        }
    }
done:
    return status;
}
