#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plane_rows.h"

typedef char eot_plane_particle_has_no_padding[sizeof(struct eot_plane_particle) == 96 ? 1 : -1];
typedef char eot_plane_state_has_no_padding
    [sizeof(struct eot_plane_state) == 16 + EOT_EVENT_VERTEX_BYTES + 2 * EOT_MUON_STATE_BYTES + 8 * EOT_N_ACC ? 1 : -1];

/* Room for n more rows of `size` bytes behind n_row; the capacity is the next power of two. */
static enum eot_status make_room(void **row, size_t n_row, size_t n, size_t size, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t before = 1, after = 1;
    while (before < n_row) before *= 2;
    while (after < n_row + n) after *= 2;
    if (*row != NULL && before == after) return EOT_OK;
    void *grown = realloc(*row, after * size);
    EOT_CHECK_MEMORY(grown);
    *row = grown;
done:
    return status;
}

enum eot_status eot_plane_particle_add(struct eot_plane_rows *rows, const struct eot_plane_particle *particle,
                                       struct eot_error *err) {
    return eot_plane_rows_append(
        rows, &(struct eot_plane_rows){.n_particle = 1, .particle = (struct eot_plane_particle[]){*particle}}, err);
}

enum eot_status eot_plane_state_add(struct eot_plane_rows *rows, const struct eot_plane_state *state,
                                    struct eot_error *err) {
    return eot_plane_rows_append(
        rows, &(struct eot_plane_rows){.n_state = 1, .state = (struct eot_plane_state[]){*state}}, err);
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

enum eot_status eot_plane_rows_append(struct eot_plane_rows *rows, const struct eot_plane_rows *more,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_particle = least(more->n_particle, EOT_MAX_PLANE_PARTICLE - rows->n_particle),
           n_state = least(more->n_state, EOT_MAX_PLANE_STATE - rows->n_state);
    void *particle = rows->particle, *state = rows->state;
    if (n_particle > 0) status = make_room(&particle, rows->n_particle, n_particle, sizeof *rows->particle, err);
    rows->particle = particle;
    EOT_TRY(status);
    if (n_state > 0) status = make_room(&state, rows->n_state, n_state, sizeof *rows->state, err);
    rows->state = state;
    EOT_TRY(status);
    if (n_particle > 0) memcpy(rows->particle + rows->n_particle, more->particle, n_particle * sizeof *rows->particle);
    if (n_state > 0) memcpy(rows->state + rows->n_state, more->state, n_state * sizeof *rows->state);
    rows->n_particle += n_particle;
    rows->n_state += n_state;
    rows->n_particle_dropped += more->n_particle_dropped + more->n_particle - n_particle;
    rows->n_state_dropped += more->n_state_dropped + more->n_state - n_state;
done:
    return status;
}

enum eot_status eot_plane_rows_merge(struct eot_plane_rows *rows, const struct eot_plane_rows *part,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane_rows both = {.n_particle_dropped = rows->n_particle_dropped + part->n_particle_dropped,
                                  .n_state_dropped = rows->n_state_dropped + part->n_state_dropped};
    for (size_t a = 0, b = 0; a < rows->n_particle || b < part->n_particle;) {
        bool is_own =
            b == part->n_particle || (a < rows->n_particle && rows->particle[a].primary <= part->particle[b].primary);
        EOT_TRY(eot_plane_particle_add(&both, is_own ? &rows->particle[a++] : &part->particle[b++], err));
    }
    for (size_t a = 0, b = 0; a < rows->n_state || b < part->n_state;) {
        bool is_own = b == part->n_state || (a < rows->n_state && rows->state[a].primary <= part->state[b].primary);
        EOT_TRY(eot_plane_state_add(&both, is_own ? &rows->state[a++] : &part->state[b++], err));
    }
    eot_plane_rows_free(rows);
    *rows = both;
    both = (struct eot_plane_rows){0};
done:
    eot_plane_rows_free(&both);
    return status;
}

void eot_plane_rows_free(struct eot_plane_rows *rows) {
    free(rows->particle);
    free(rows->state);
    *rows = (struct eot_plane_rows){0};
}
