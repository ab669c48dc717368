/* A plane as HDF5. */
#include <stdlib.h>
#include <string.h>

#include "exchange/hdf5_parts.h"
#include "exchange/plane_private.h"

/* One column of the particles of a plane. @param cell 8 bytes a particle. */
static herr_t add_column(hid_t group, const struct eot_plane_image *p, const struct eot_plane_column *c, size_t n,
                         unsigned char *cell) {
    hid_t type = c->type();
    const size_t size = H5Tget_size(type);
    size_t k = 0;
    for (size_t i = 0; i < p->rows->n_particle; i++)
        if (p->rows->particle[i].plane == p->plane)
            memcpy(cell + size * k++, (const unsigned char *)&p->rows->particle[i] + c->offset, size);
    return eot_h5_column(group, c->name, type, n, cell, c->unit, c->meaning);
}

static herr_t add_particles(hid_t file, const struct eot_plane_image *p) {
    size_t n = 0;
    for (size_t i = 0; i < p->rows->n_particle; i++) n += p->rows->particle[i].plane == p->plane;
    unsigned char *cell = malloc(8 * (n + 1));
    hid_t group = eot_h5_group(file, "particles");
    herr_t failed = group < 0 || cell == NULL ? -1 : 0;
    for (size_t c = 0; c < EOT_N_PLANE_COLUMN && failed >= 0; c++)
        failed = add_column(group, p, &EOT_PLANE_COLUMNS[c], n, cell);
    H5Gclose(group);
    free(cell);
    return failed;
}

/* One part of the events' states. */
static herr_t add_part(hid_t group, const struct eot_plane_image *p, const struct eot_plane_part *part, size_t n,
                       unsigned char *bytes) {
    hsize_t size[3] = {n, part->size[0], part->size[1]};
    size_t k = 0;
    for (size_t i = 0; i < p->rows->n_state; i++)
        if (p->rows->state[i].plane == p->plane)
            memcpy(bytes + part->n_bytes * k++, (const unsigned char *)&p->rows->state[i] + part->offset,
                   part->n_bytes);
    return eot_h5_dataset(group, part->name, part->type(), part->rank, size, bytes);
}

static herr_t add_states(hid_t file, const struct eot_plane_image *p) {
    size_t n = 0;
    for (size_t i = 0; i < p->rows->n_state; i++) n += p->rows->state[i].plane == p->plane;
    unsigned char *bytes = malloc(n * sizeof *p->rows->state + 1);
    hid_t group = eot_h5_group(file, "events");
    herr_t failed = group < 0 || bytes == NULL ? -1 : 0;
    for (size_t i = 0; i < EOT_N_PLANE_PART && failed >= 0; i++)
        failed = add_part(group, p, &EOT_PLANE_PARTS[i], n, bytes);
    H5Gclose(group);
    free(bytes);
    return failed;
}

/* A section of the sums: [blocks][places], or of the run. */
static herr_t add_section(hid_t group, const struct eot_sums *sums, const char *name, size_t section) {
    const struct eot_sums_section *s = &sums->layout.section[section];
    const size_t n_block = s->scope == EOT_SUMS_PER_BLOCK ? sums->frame.n_block : 1, n = eot_plane_places(s);
    const hsize_t size[2] = {n_block, n};
    if (n == 0) return 0;
    int64_t *value = malloc(n_block * n * sizeof *value);
    if (value == NULL) return -1;
    for (size_t b = 0; b < n_block; b++) memcpy(value + b * n, eot_sums_at(sums, section, b), n * sizeof *value);
    herr_t failed = eot_h5_dataset(group, name, H5T_NATIVE_INT64, 2, size, value);
    free(value);
    return failed;
}

static herr_t add_sums(hid_t file, const struct eot_sums *sums) {
    const uint64_t frame[4] = {sums->frame.first, sums->frame.n_primary, sums->frame.batch, sums->frame.n_block};
    const hsize_t n_frame = 4, ranges[2] = {sums->n_range, 2};
    hid_t group = eot_h5_group(file, "sums");
    herr_t failed = group < 0 || eot_h5_dataset(file, "frame", H5T_NATIVE_UINT64, 1, &n_frame, frame) < 0 ||
                            eot_h5_dataset(file, "primaries", H5T_NATIVE_UINT64, 2, ranges, sums->range) < 0
                        ? -1
                        : 0;
    for (size_t s = 0; s < sums->layout.n_section && failed >= 0; s++)
        if (eot_plane_carries(s)) failed = add_section(group, sums, sums->layout.section[s].name, eot_plane_origin(s));
    H5Gclose(group);
    return failed;
}

static herr_t add_head(hid_t file, const struct eot_plane_image *p) {
    const uint64_t dropped[2] = {p->rows->n_particle_dropped, p->rows->n_state_dropped};
    const struct {
        const char *name, *value;
    } text[] = {{"schema", EOT_PLANE_SCHEMA},
                {"version", p->version},
                {"id", p->id},
                {"name", p->name},
                {"config_sha256", p->config_sha256},
                {"tables_sha256", p->tables_sha256},
                {"left_out", EOT_PLANE_LEFT_OUT}};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (eot_h5_text_attribute(file, text[i].name, text[i].value) < 0) return -1;
    hid_t type = eot_h5_text_type(strlen(p->yaml));
    herr_t failed = eot_h5_dataset(file, "config", type, 0, NULL, p->yaml);
    H5Tclose(type);
    return failed < 0 || eot_h5_attribute(file, "seed", H5T_NATIVE_UINT64, &p->seed) < 0 ||
                   eot_h5_attribute(file, "run", H5T_NATIVE_UINT64, &p->run) < 0 ||
                   eot_h5_attribute(file, "z_cm", H5T_NATIVE_DOUBLE, &p->z) < 0 ||
                   eot_h5_attribute(file, "rare_unit", H5T_NATIVE_DOUBLE, &p->rare_unit) < 0 ||
                   eot_h5_attribute(file, "particles_dropped", H5T_NATIVE_UINT64, &dropped[0]) < 0 ||
                   eot_h5_attribute(file, "events_dropped", H5T_NATIVE_UINT64, &dropped[1]) < 0
               ? -1
               : 0;
}

bool eot_plane_image_make(const void *image, void **bytes, size_t *n_bytes, char *reason, size_t n_reason) {
    const struct eot_plane_image *p = image;
    struct eot_h5_errors errors;
    eot_h5_errors_keep(&errors);
    hid_t file = eot_h5_in_memory("plane.h5");
    herr_t failed = file < 0 || add_head(file, p) < 0 || add_particles(file, p) < 0 ||
                            (p->sums != NULL && (add_states(file, p) < 0 || add_sums(file, p->sums) < 0))
                        ? -1
                        : 0;
    bool is_good = eot_h5_image(file, failed, bytes, n_bytes) >= 0;
    eot_h5_errors_back(&errors, reason, n_reason);
    return is_good;
}
