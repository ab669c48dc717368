/** @file plane_private.h
 * What writer and reader of a plane in HDF5 share. */
#ifndef EOT_HOST_EXCHANGE_PLANE_PRIVATE_H
#define EOT_HOST_EXCHANGE_PLANE_PRIVATE_H

#include <hdf5.h>

#include "exchange/plane_file.h"

#define EOT_PLANE_SCHEMA "eotmc-plane/1"
#define REASON_BYTES 256 /* of eot_apart */

/* Types of HDF5 are numbers that the library makes when it starts. */
struct eot_plane_column {
    const char *name, *unit, *meaning;
    hid_t (*type)(void);
    size_t offset; /* in struct eot_plane_particle */
};
extern const struct eot_plane_column EOT_PLANE_COLUMNS[];
extern const size_t EOT_N_PLANE_COLUMN;

/** A part of the events' states as a dataset [event][size[0]][size[1]]. */
struct eot_plane_part {
    const char *name;
    hid_t (*type)(void);
    int rank;
    size_t size[2];
    size_t offset, n_bytes; /* in struct eot_plane_state */
};
extern const struct eot_plane_part EOT_PLANE_PARTS[];
extern const size_t EOT_N_PLANE_PART;

/** Values of a section of the sums, of a block or of the run. */
size_t eot_plane_places(const struct eot_sums_section *section);
/** Whether the file has a section: all but what only comes behind the plane. */
bool eot_plane_carries(size_t section);
/** The section that it is filled from: of the events, what was counted before the plane. */
size_t eot_plane_origin(size_t section);

#endif
