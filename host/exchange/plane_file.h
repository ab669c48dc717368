/** @file plane_file.h
 * A plane in HDF5: /particles, a dataset a column with unit and meaning (plane_columns.def), for anyone to read; and
 * for beam.file of the same version /events, as the device has them at the plane (vertices and muons as 32-bit words,
 * deposits as counts of 2^-30 GeV), and /sums, what the run has counted before it followed muons. */
#ifndef EOT_HOST_EXCHANGE_PLANE_FILE_H
#define EOT_HOST_EXCHANGE_PLANE_FILE_H

#include "engine/run.h"

/** What no plane has, in words for whoever reads the file. */
#define EOT_PLANE_LEFT_OUT \
    "not in the file: electrons and photons below physics.cut and of showers behind 0.1 radiation lengths of matter " \
    "after the ECAL or after a decay, what muons radiate, what hadrons make when they interact: energy without " \
    "particles"

/** What is written; borrowed. */
struct eot_plane_image {
    const char *version, *id, *name, *config_sha256, *tables_sha256, *yaml;
    uint64_t seed, run;
    double z, rare_unit;
    uint32_t plane; /* its number in the rows */
    const struct eot_plane_rows *rows;
    const struct eot_sums *sums; /* of a run whose events are kept; NULL: only particles */
};
/** The file's bytes, for eot_apart. @param image struct eot_plane_image. */
bool eot_plane_image_make(const void *image, void **bytes, size_t *n_bytes, char *reason, size_t n_reason);

/** What is read. Release with eot_plane_content_free. */
struct eot_plane_content {
    uint64_t seed, run;
    double rare_unit, z; /* z in cm */
    char version[32], tables_sha256[65];
    size_t n_state, n_state_dropped;
    struct eot_plane_state *state; /* in the order of primaries */
    struct eot_sums sums;          /* with the layout asked for: what was counted before the plane */
};
/** Read a file, in a process of its own (the library is not made for files that somebody has damaged on purpose).
 * Shapes, numbers and ranges are checked; whether states fit a set-up is the reader's business.
 * @param layout of the sums that are wanted. @param content zeroed.
 * @return EOT_E_CONFIG (no plane, damaged, of a part of a run, of other selections), EOT_E_MEMORY. */
enum eot_status eot_plane_content_read(const char *path, const struct eot_sums_layout *layout,
                                       struct eot_plane_content *content, struct eot_error *err);
void eot_plane_content_free(struct eot_plane_content *content);

#endif
