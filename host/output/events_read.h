/** @file events_read.h
 * The record of events of a run, read back from its result.h5. */
#ifndef EOT_HOST_OUTPUT_EVENTS_READ_H
#define EOT_HOST_OUTPUT_EVENTS_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct eot_event_column {
    char *name, *unit, *meaning;
    bool is_integer;
    double *value; /* n_event; integers are exact */
};
/** A zeroed one is empty; release with eot_event_record_free. */
struct eot_event_record {
    size_t n_event, n_column;
    struct eot_event_column *column; /* in the order of the record */
};

/** Read /events of the file result.h5 of a folder. A run that recorded none gives an empty record.
 * @return EOT_E_IO (no such file, or one of another version), EOT_E_MEMORY. */
enum eot_status eot_output_events_read(const char *folder, struct eot_event_record *record, struct eot_error *err);
void eot_event_record_free(struct eot_event_record *record);
/** Number of the column of that name, n_column if there is none. */
size_t eot_event_record_column(const struct eot_event_record *record, const char *name);

#endif
