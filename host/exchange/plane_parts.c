#include "exchange/plane_private.h"

static hid_t words(void) { return H5T_NATIVE_UINT32; }
static hid_t counts(void) { return H5T_NATIVE_INT64; }
static hid_t numbers(void) { return H5T_NATIVE_UINT64; }

/* A function for the type of each column. */
#define EOT_PLANE_COLUMN(member, name, unit, hdf5_type, meaning) EOT_PLANE_COLUMN_AT(__LINE__, hdf5_type)
#define EOT_PLANE_COLUMN_AT(line, hdf5_type) EOT_PLANE_COLUMN_NAMED(line, hdf5_type)
#define EOT_PLANE_COLUMN_NAMED(line, hdf5_type) \
    static hid_t type_##line(void) { return hdf5_type; }
#include "exchange/plane_columns.def"
#undef EOT_PLANE_COLUMN
#undef EOT_PLANE_COLUMN_AT
#undef EOT_PLANE_COLUMN_NAMED

const struct eot_plane_column EOT_PLANE_COLUMNS[] = {
#define EOT_PLANE_COLUMN(member, name, unit, hdf5_type, meaning) \
    EOT_PLANE_COLUMN_AT(__LINE__, member, name, unit, meaning)
#define EOT_PLANE_COLUMN_AT(line, member, name, unit, meaning) EOT_PLANE_COLUMN_NAMED(line, member, name, unit, meaning)
#define EOT_PLANE_COLUMN_NAMED(line, member, name, unit, meaning) \
    {name, unit, meaning, type_##line, offsetof(struct eot_plane_particle, member)},
#include "exchange/plane_columns.def"
#undef EOT_PLANE_COLUMN
};
const size_t EOT_N_PLANE_COLUMN = sizeof EOT_PLANE_COLUMNS / sizeof EOT_PLANE_COLUMNS[0];

#define PART(member) offsetof(struct eot_plane_state, member), sizeof((struct eot_plane_state *)0)->member
const struct eot_plane_part EOT_PLANE_PARTS[] = {
    {"primary", numbers, 1, {1, 1}, PART(primary)},
    {"vertex", words, 2, {EOT_EVENT_VERTEX_BYTES / 4, 1}, PART(vertex)},
    {"muon", words, 3, {2, EOT_MUON_STATE_BYTES / 4}, PART(muon)},
    {"deposit", counts, 2, {EOT_N_ACC, 1}, PART(acc)},
};
const size_t EOT_N_PLANE_PART = sizeof EOT_PLANE_PARTS / sizeof EOT_PLANE_PARTS[0];

size_t eot_plane_places(const struct eot_sums_section *section) {
    return section->n * (section->kind == EOT_SUMS_WIDE ? EOT_WIDE : 1);
}

bool eot_plane_carries(size_t section) {
    return section != EOT_RUN_SELECTED && section != EOT_RUN_PLANE && section != EOT_RUN_BEFORE;
}

size_t eot_plane_origin(size_t section) { return section == EOT_RUN_EVENT ? EOT_RUN_BEFORE : section; }
