/* A plane of HDF5 read back: a child takes it apart into plain bytes, which are taken over here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/apart.h"
#include "exchange/hdf5_parts.h"
#include "exchange/plane_private.h"

/* What the child is asked for. */
struct question {
    const char *path;
    const struct eot_sums_layout *layout;
};

/* What comes back: this, the states, the primaries of the blocks, the values of the sums in the order of the layout. */
struct answer {
    uint64_t frame[4], range[2], seed, run, n_state, n_state_dropped;
    double rare_unit, z;
    char version[32], tables_sha256[72];
};

static size_t values_of(const struct eot_sums_layout *layout, size_t n_block) {
    size_t n = 0;
    for (size_t s = 0; s < layout->n_section; s++)
        if (eot_plane_carries(s))
            n += eot_plane_places(&layout->section[s]) * (layout->section[s].scope == EOT_SUMS_PER_BLOCK ? n_block : 1);
    return n;
}

/* A dataset of that shape; what is 0 in it is returned (at most `most`). */
static bool read_shape(hid_t file, const char *name, int rank, hsize_t *size, hsize_t most) {
    hsize_t found[3];
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = dataset < 0 ? -1 : H5Dget_space(dataset);
    bool is_good = space >= 0 && H5Sget_simple_extent_ndims(space) == rank &&
                   H5Sget_simple_extent_dims(space, found, NULL) == rank;
    for (int i = 0; i < rank && is_good; i++) {
        if (size[i] == 0 && found[i] <= most) size[i] = found[i];
        is_good = size[i] == found[i];
    }
    H5Sclose(space);
    H5Dclose(dataset);
    return is_good;
}

static bool read_dataset(hid_t file, const char *name, hid_t type, int rank, const hsize_t *size, void *value) {
    hsize_t wanted[3];
    for (int i = 0; i < rank; i++) wanted[i] = size[i];
    if (!read_shape(file, name, rank, wanted, 0)) return false;
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    bool is_good = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0;
    H5Dclose(dataset);
    return is_good;
}

static bool read_number(hid_t file, const char *name, hid_t type, void *value) {
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), space = attribute < 0 ? -1 : H5Aget_space(attribute);
    bool is_good = space >= 0 && H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attribute, type, value) >= 0;
    H5Sclose(space);
    H5Aclose(attribute);
    return is_good;
}

static bool read_text(hid_t file, const char *name, char *text, size_t n_text) {
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), type = eot_h5_text_type(n_text - 1),
          own = attribute < 0 ? -1 : H5Aget_type(attribute);
    memset(text, 0, n_text);
    bool is_good = own >= 0 && H5Tget_class(own) == H5T_STRING && H5Tis_variable_str(own) == 0 &&
                   H5Tget_size(own) < n_text && H5Aread(attribute, type, text) >= 0;
    H5Tclose(own);
    H5Tclose(type);
    H5Aclose(attribute);
    return is_good;
}

static bool read_head(hid_t file, struct answer *a, char *reason, size_t n_reason) {
    char schema[32];
    const hsize_t four = 4, one_range[2] = {1, 2};
    hsize_t n[1] = {0};
    if (!read_text(file, "schema", schema, sizeof schema) || strcmp(schema, EOT_PLANE_SCHEMA) != 0) {
        snprintf(reason, n_reason, "it is no plane of eotmc (%s)", EOT_PLANE_SCHEMA);
        return false;
    }
    if (H5Lexists(file, "events", H5P_DEFAULT) <= 0) {
        snprintf(reason, n_reason,
                 "it holds particles alone, and no events to go on from: its run made no rare vertices");
        return false;
    }
    if (!read_dataset(file, "primaries", H5T_NATIVE_UINT64, 2, one_range, a->range)) {
        snprintf(reason, n_reason, "it is of several parts of a run, or damaged; finish or merge that run first");
        return false;
    }
    bool is_good = read_text(file, "version", a->version, sizeof a->version) &&
                   read_text(file, "tables_sha256", a->tables_sha256, 65) &&
                   read_number(file, "seed", H5T_NATIVE_UINT64, &a->seed) &&
                   read_number(file, "run", H5T_NATIVE_UINT64, &a->run) &&
                   read_number(file, "events_dropped", H5T_NATIVE_UINT64, &a->n_state_dropped) &&
                   read_number(file, "z_cm", H5T_NATIVE_DOUBLE, &a->z) && isfinite(a->z) &&
                   read_number(file, "rare_unit", H5T_NATIVE_DOUBLE, &a->rare_unit) && isfinite(a->rare_unit) &&
                   a->rare_unit > 0.0 && read_dataset(file, "frame", H5T_NATIVE_UINT64, 1, &four, a->frame) &&
                   a->frame[1] > 0 && a->frame[2] > 0 && a->frame[3] > 0 && a->frame[3] <= EOT_MAX_BLOCK &&
                   a->frame[0] <= UINT64_MAX - a->frame[1] &&
                   read_shape(file, "events/primary", 1, n, EOT_MAX_PLANE_STATE);
    a->n_state = n[0];
    snprintf(reason, n_reason, "its head is damaged");
    return is_good;
}

static bool read_states(hid_t file, size_t n, struct eot_plane_state *state, char *reason, size_t n_reason) {
    unsigned char *bytes = malloc(n * sizeof *state + 1);
    bool is_good = bytes != NULL;
    char name[64];
    for (size_t p = 0; p < EOT_N_PLANE_PART && is_good; p++) {
        const struct eot_plane_part *part = &EOT_PLANE_PARTS[p];
        const hsize_t size[3] = {n, part->size[0], part->size[1]};
        snprintf(name, sizeof name, "events/%s", part->name);
        is_good = read_dataset(file, name, part->type(), part->rank, size, bytes);
        for (size_t i = 0; i < n && is_good; i++)
            memcpy((unsigned char *)&state[i] + part->offset, bytes + i * part->n_bytes, part->n_bytes);
    }
    free(bytes);
    snprintf(reason, n_reason, "its events are damaged, or of another version");
    return is_good;
}

static bool read_sums(hid_t file, const struct eot_sums_layout *layout, size_t n_block, int64_t *value, char *reason,
                      size_t n_reason) {
    char name[64];
    for (size_t s = 0; s < layout->n_section; s++) {
        const struct eot_sums_section *section = &layout->section[s];
        const size_t n = section->scope == EOT_SUMS_PER_BLOCK ? n_block : 1;
        const hsize_t size[2] = {n, eot_plane_places(section)};
        if (!eot_plane_carries(s) || size[1] == 0) continue;
        snprintf(name, sizeof name, "sums/%s", section->name);
        if (!read_dataset(file, name, H5T_NATIVE_INT64, 2, size, value)) {
            snprintf(reason, n_reason, "its %s are not those of this configuration (other selections or another beam?)",
                     name);
            return false;
        }
        value += size[0] * size[1];
    }
    return true;
}

static bool read_apart(const void *argument, void **bytes, size_t *n_bytes, char *reason, size_t n_reason) {
    const struct question *q = argument;
    struct eot_h5_errors errors;
    char ignored[REASON_BYTES];
    struct answer a;
    memset(&a, 0, sizeof a);
    eot_h5_errors_keep(&errors);
    hid_t file = H5Fopen(q->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    snprintf(reason, n_reason, "it is no file of HDF5, or damaged");
    bool is_good = file >= 0 && read_head(file, &a, reason, n_reason);
    if (is_good) {
        size_t n_block = (size_t)a.frame[3], n_state_bytes = (size_t)a.n_state * sizeof(struct eot_plane_state),
               n_value = values_of(q->layout, n_block);
        *n_bytes = sizeof a + n_state_bytes + n_value * sizeof(int64_t);
        unsigned char *all = calloc(1, *n_bytes);
        *bytes = all;
        is_good = all != NULL;
        if (is_good) memcpy(all, &a, sizeof a);
        is_good =
            is_good &&
            read_states(file, (size_t)a.n_state, (struct eot_plane_state *)(void *)(all + sizeof a), reason,
                        n_reason) &&
            read_sums(file, q->layout, n_block, (int64_t *)(void *)(all + sizeof a + n_state_bytes), reason, n_reason);
    }
    H5Fclose(file);
    eot_h5_errors_back(&errors, ignored, sizeof ignored);
    return is_good;
}

/* The sums of an answer into sums of that layout. */
static void take_sums(const int64_t *value, struct eot_sums *sums) {
    for (size_t s = 0; s < sums->layout.n_section; s++) {
        const struct eot_sums_section *section = &sums->layout.section[s];
        size_t n_block = section->scope == EOT_SUMS_PER_BLOCK ? sums->frame.n_block : 1, n = eot_plane_places(section);
        if (!eot_plane_carries(s)) continue;
        for (size_t b = 0; b < n_block; b++, value += n) memcpy(eot_sums_at(sums, s, b), value, n * sizeof *value);
    }
}

enum eot_status eot_plane_content_read(const char *path, const struct eot_sums_layout *layout,
                                       struct eot_plane_content *content, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct question q = {path, layout};
    void *bytes = NULL;
    size_t n_bytes = 0;
    char reason[REASON_BYTES] = "";
    struct answer a;
    EOT_CHECK(eot_apart(read_apart, &q, &bytes, &n_bytes, reason), EOT_E_CONFIG, "%s", reason);
    memcpy(&a, bytes, sizeof a);
    EOT_CHECK(a.range[0] == a.frame[0] && a.range[1] == a.frame[0] + a.frame[1], EOT_E_CONFIG,
              "it is of primaries %llu to %llu of a run of %llu; finish or merge that run first",
              (unsigned long long)a.range[0], (unsigned long long)a.range[1], (unsigned long long)a.frame[1]);
    content->seed = a.seed;
    content->run = a.run;
    content->rare_unit = a.rare_unit;
    content->z = a.z;
    memcpy(content->version, a.version, sizeof content->version);
    memcpy(content->tables_sha256, a.tables_sha256, sizeof content->tables_sha256);
    content->n_state_dropped = (size_t)a.n_state_dropped;
    EOT_TRY(eot_sums_create(
        &content->sums, layout,
        &(struct eot_sums_frame){
            .first = a.frame[0], .n_primary = a.frame[1], .batch = a.frame[2], .n_block = (size_t)a.frame[3]},
        false, err));
    content->state = malloc((size_t)(a.n_state + 1) * sizeof *content->state);
    EOT_CHECK_MEMORY(content->state);
    content->n_state = (size_t)a.n_state;
    const unsigned char *from = (const unsigned char *)bytes + sizeof a;
    memcpy(content->state, from, content->n_state * sizeof *content->state);
    take_sums((const int64_t *)(const void *)(from + content->n_state * sizeof *content->state), &content->sums);
    for (size_t i = 0; i < content->n_state; i++)
        EOT_CHECK(content->state[i].primary - a.frame[0] < a.frame[1] &&
                      (i == 0 || content->state[i - 1].primary <= content->state[i].primary),
                  EOT_E_CONFIG, "its events are not in the order of the run's primaries (damaged)");
done:
    free(bytes);
    return status;
}

void eot_plane_content_free(struct eot_plane_content *content) {
    free(content->state);
    eot_sums_free(&content->sums);
    *content = (struct eot_plane_content){.n_state = 0};
}
