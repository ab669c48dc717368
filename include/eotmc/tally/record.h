/** @file record.h
 * Columns of the event record, f32 each on the device; names, units and values are the rows of columns.def. */
#ifndef EOT_TALLY_RECORD_H
#define EOT_TALLY_RECORD_H

#include "eotmc/base/portable.h"

enum eot_event_column {
#define EOT_COLUMN(id, name, unit, kind, value, meaning) EOT_E_##id,
#include "eotmc/tally/columns.def"
#undef EOT_COLUMN
    EOT_N_EVENT_COLUMN
};

/** Energies of track_thresholds.def. */
enum {
    EOT_N_TRACK_THRESHOLD = 0
#define EOT_TRACK_THRESHOLD(E) +1
#include "eotmc/tally/track_thresholds.def"
#undef EOT_TRACK_THRESHOLD
};

#endif
