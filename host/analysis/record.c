/** @file record.c
 * Names that go with what an event leaves: the columns of its record, the terms of its energy balance, its faults. They
 * are the rows of columns.def and faults.def in include/eotmc/tally and of ledger.def in include/eotmc/detector. */
#include "analysis/estimate.h"

enum { REAL, INTEGER };

const struct eot_column_info eot_event_columns[EOT_N_EVENT_COLUMN + 1] = {
    {"primary", "1", "number of the primary", true},
#define EOT_COLUMN(id, name, unit, kind, value, meaning) {name, unit, meaning, kind == INTEGER},
#include "eotmc/tally/columns.def"
#undef EOT_COLUMN
};

const char *const eot_ledger_name[EOT_N_LEDGER] = {
#define EOT_LEDGER(id, name, meaning) name,
#include "eotmc/detector/ledger.def"
#undef EOT_LEDGER
};

const char *const eot_fault_name[EOT_N_FAULT] = {
#define EOT_FAULT_COUNTER(id, name, bits) name,
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
};
