#include "world/primaries.h"

#include <stdlib.h>

#include "world/sections.h"

enum eot_status eot_world_add_primaries(struct eot_world *w, const struct eot_file_rows *rows, uint64_t first,
                                        uint64_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_beam *beam = &w->event.beam;
    EOT_TRY(eot_f32_table_append(&w->table, rows->event, rows->n_event * EOT_FILE_EVENT_COLUMNS, &beam->file, err));
    EOT_TRY(eot_f32_table_append(&w->table, rows->particle, rows->n_particle * EOT_FILE_COLUMNS, NULL, err));
    beam->n_file = (i32)rows->n_event;
    beam->file_first = first;
    beam->file_step = 1.0 / (double)n;
    eot_world_hash(w, w->sha256);
done:
    return status;
}

enum eot_status eot_world_same_primaries(const struct eot_world *from, struct eot_world *to, uint64_t first, uint64_t n,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_beam *beam = &from->event.beam;
    double *value = NULL;
    if (beam->n_file == 0) return EOT_OK;
    const size_t n_value = from->table.n - beam->file; /* they are the last of the table */
    value = malloc(n_value * sizeof *value);
    EOT_CHECK_MEMORY(value);
    for (size_t i = 0; i < n_value; i++) value[i] = (double)from->table.value[beam->file + i];
    to->event.beam = *beam;
    EOT_TRY(eot_f32_table_append(&to->table, value, n_value, &to->event.beam.file, err));
    to->event.beam.file_first = first;
    to->event.beam.file_step = 1.0 / (double)n;
done:
    free(value);
    return status;
}
