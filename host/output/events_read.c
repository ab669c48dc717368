#include "output/events_read.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "output/file.h"

void eot_event_record_free(struct eot_event_record *r) {
    for (size_t c = 0; c < r->n_column; c++) {
        free(r->column[c].name);
        free(r->column[c].unit);
        free(r->column[c].meaning);
        free(r->column[c].value);
    }
    free(r->column);
    *r = (struct eot_event_record){.n_event = 0};
}

size_t eot_event_record_column(const struct eot_event_record *r, const char *name) {
    size_t c = 0;
    while (c < r->n_column && strcmp(r->column[c].name, name) != 0) c++;
    return c;
}

/* A text of variable length; NULL if there is none. */
static char *read_text(hid_t object, const char *name) {
    char *text = NULL, *copy = NULL;
    hid_t attribute = H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    if (type >= 0 && H5Tis_variable_str(type) > 0 && H5Aread(attribute, type, &text) >= 0 && text != NULL) {
        copy = strdup(text);
        H5free_memory(text);
    }
    if (type >= 0) H5Tclose(type);
    if (attribute >= 0) H5Aclose(attribute);
    return copy;
}

/* What is made of one link of /events. */
struct reading {
    struct eot_event_record *record;
    bool is_failed;
};

static herr_t read_column(hid_t group, const char *name, const H5L_info_t *link, void *data) {
    struct reading *reading = data;
    struct eot_event_record *r = reading->record;
    (void)link;
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT), space = dataset >= 0 ? H5Dget_space(dataset) : -1,
          type = dataset >= 0 ? H5Dget_type(dataset) : -1;
    hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    struct eot_event_column *grown = n > 0 && (r->n_column == 0 || (size_t)n == r->n_event)
                                         ? eot_array_grown(r->column, r->n_column, sizeof *grown)
                                         : NULL;
    if (grown != NULL) {
        struct eot_event_column *c = &grown[r->n_column];
        r->column = grown;
        r->n_event = (size_t)n;
        r->n_column++;
        *c = (struct eot_event_column){.name = strdup(name),
                                       .unit = read_text(dataset, "unit"),
                                       .meaning = read_text(dataset, "meaning"),
                                       .is_integer = H5Tget_class(type) == H5T_INTEGER,
                                       .value = malloc((size_t)n * sizeof *c->value)};
        reading->is_failed = c->name == NULL || c->unit == NULL || c->meaning == NULL || c->value == NULL ||
                             H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->value) < 0;
    } else
        reading->is_failed = true;
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (dataset >= 0) H5Dclose(dataset);
    return reading->is_failed ? -1 : 0;
}

enum eot_status eot_output_events_read(const char *folder, struct eot_event_record *record, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct reading reading = {record, false};
    hid_t file = -1, group = -1;
    H5O_info_t information;
    char *path = eot_output_path(folder, "result.h5");
    EOT_CHECK_MEMORY(path);
    *record = (struct eot_event_record){.n_event = 0};
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    EOT_CHECK(eot_output_has(folder, "result.h5"), EOT_E_IO,
              "'%s' is no folder of a run (it has no result.h5); give one that `eotmc run` made", folder);
    file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    EOT_CHECK(file >= 0, EOT_E_IO, "cannot read '%s' (no HDF5 file, or a damaged one); run it again", path);
    if (H5Lexists(file, "events", H5P_DEFAULT) <= 0) goto done; /* none was recorded */
    EOT_CHECK(H5Oget_info_by_name(file, "events", &information, H5P_DEFAULT) >= 0 && information.type == H5O_TYPE_GROUP,
              EOT_E_IO, "'%s' is of an older version, whose events are one table; run it again", path);
    group = H5Gopen2(file, "events", H5P_DEFAULT);
    EOT_CHECK(group >= 0 && H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, read_column, &reading) >= 0 &&
                  !reading.is_failed,
              EOT_E_IO, "cannot read the events of '%s' (damaged, or out of memory); run it again", path);
done:
    if (group >= 0) H5Gclose(group);
    if (file >= 0) H5Fclose(file);
    free(path);
    if (status != EOT_OK) eot_event_record_free(record);
    return status;
}
