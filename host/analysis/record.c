/** @file record.c
 * The record of events as a table of the result; its columns are the rows of include/eotmc/tally/columns.def. */
#include <stdlib.h>

#include "analysis/estimate.h"
#include "analysis/estimator.h"

enum { REAL, INTEGER };

static const struct eot_column_info COLUMN[] = {
    {"primary", "1", "number of the primary", true},
#define EOT_COLUMN(id, name, unit, kind, value, meaning) {name, unit, meaning, kind == INTEGER},
#include "eotmc/tally/columns.def"
#undef EOT_COLUMN
};
_Static_assert(sizeof COLUMN / sizeof COLUMN[0] == EOT_N_EVENT_COLUMN + 1, "the primary and all columns");

const struct eot_column_info *eot_event_column_info(int column) { return &COLUMN[column + 1]; }

enum eot_status eot_estimator_add_events(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_run *run = e->run;
    size_t n_column = EOT_N_EVENT_COLUMN + 1;
    struct eot_event_table *events = &e->result->events;
    *events = (struct eot_event_table){.n_event = run->n_row, .n_column = n_column, .column = COLUMN};
    if (run->n_row == 0) return EOT_OK;
    events->value = malloc(run->n_row * n_column * sizeof *events->value);
    EOT_CHECK_MEMORY(events->value);
    for (size_t i = 0; i < run->n_row; i++) {
        double *row = events->value + i * n_column;
        row[0] = (double)run->row[i].primary;
        for (size_t c = 0; c < EOT_N_EVENT_COLUMN; c++) row[c + 1] = (double)run->row[i].value[c];
    }
done:
    return status;
}
