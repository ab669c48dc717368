/** @file hdf5.c
 * result.h5. The file is made in memory (HDF5's core driver) and written as one piece: a full disk then meets our own
 * writer, which cleans up, and not HDF5's closing code, which would keep the file open. Beside the events table the
 * result needs its compressed image in memory. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/apart.h"
#include "exchange/hdf5_parts.h"
#include "output/file.h"
#include "output/output.h"
#include "output/sinks.h"
#include "version.h"

#define SCHEMA "eotmc-result/2"
#define REASON_BYTES 256

/* The functions below return a negative number on failure, like HDF5's own; eot_output_hdf5 makes the message. Closing
 * a negative id fails harmlessly. */

static herr_t add_doubles(hid_t parent, const char *name, const double *value, size_t n) {
    const hsize_t size = n;
    return eot_h5_dataset(parent, name, H5T_NATIVE_DOUBLE, 1, &size, value);
}

/** A truth value as h5py has it, which is how readers of UHI tell one from a number. */
static herr_t add_flag_attribute(hid_t object, const char *name, int8_t value) {
    static const int8_t values[] = {0, 1};
    hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    herr_t failed = type < 0 || H5Tenum_insert(type, "FALSE", &values[0]) < 0 ||
                            H5Tenum_insert(type, "TRUE", &values[1]) < 0 ||
                            eot_h5_attribute(object, name, type, &value) < 0
                        ? -1
                        : 0;
    H5Tclose(type);
    return failed;
}

/** metadata, a group with two texts. */
static herr_t add_metadata(hid_t parent, const char *first_name, const char *first, const char *unit) {
    hid_t group = eot_h5_group(parent, "metadata");
    herr_t failed = group < 0 || eot_h5_string_attribute(group, first_name, first) < 0 ||
                            eot_h5_string_attribute(group, "unit", unit) < 0
                        ? -1
                        : 0;
    H5Gclose(group);
    return failed;
}

/** What is in a bin, beside the title and the unit. */
static herr_t add_content(hid_t histogram, const char *content) {
    hid_t group = H5Gopen2(histogram, "metadata", H5P_DEFAULT);
    herr_t failed = group < 0 ? -1 : eot_h5_string_attribute(group, "content", content);
    H5Gclose(group);
    return failed;
}

/** The axis as ref_axes/axis_0, and the list of references to the axes, of which there is one. */
static herr_t add_axis(hid_t histogram, const struct eot_histogram *h) {
    const int64_t bins = (int64_t)h->n_bin;
    const hsize_t one = 1;
    const bool is_regular = eot_histogram_is_regular(h);
    hobj_ref_t reference;
    hid_t all = eot_h5_group(histogram, "ref_axes"), axis = all < 0 ? -1 : eot_h5_group(all, "axis_0");
    herr_t failed =
        axis < 0 || eot_h5_string_attribute(axis, "type", is_regular ? "regular" : "variable") < 0 ||
                add_flag_attribute(axis, "underflow", 1) < 0 || add_flag_attribute(axis, "overflow", 1) < 0 ||
                add_flag_attribute(axis, "circular", 0) < 0 || add_metadata(axis, "label", h->axis, h->unit) < 0
            ? -1
            : 0;
    if (failed >= 0 && is_regular)
        failed = eot_h5_attribute(axis, "lower", H5T_NATIVE_DOUBLE, &h->edges[0]) < 0 ||
                         eot_h5_attribute(axis, "upper", H5T_NATIVE_DOUBLE, &h->edges[h->n_bin]) < 0 ||
                         eot_h5_attribute(axis, "bins", H5T_NATIVE_INT64, &bins) < 0
                     ? -1
                     : 0;
    if (failed >= 0 && !is_regular) failed = add_doubles(axis, "edges", h->edges, h->n_bin + 1);
    if (failed >= 0) failed = H5Rcreate(&reference, histogram, "ref_axes/axis_0", H5R_OBJECT, -1);
    if (failed >= 0) failed = eot_h5_dataset(histogram, "axes", H5T_STD_REF_OBJ, 1, &one, &reference);
    H5Gclose(axis);
    H5Gclose(all);
    return failed;
}

/** Contents or variances with the bins below and above the axis. */
static herr_t add_flow(hid_t parent, const char *name, double below, const double *value, size_t n, double above) {
    double *all = malloc((n + 2) * sizeof *all);
    if (all == NULL) return -1;
    all[0] = below;
    memcpy(all + 1, value, n * sizeof *all);
    all[n + 1] = above;
    herr_t failed = add_doubles(parent, name, all, n + 2);
    free(all);
    return failed;
}

/** Schema 1 of UHI, the histograms of scikit-hep: `hist.Hist(uhi.io.hdf5.read(file["histograms/missing_energy"]))`. */
static herr_t add_histogram(hid_t parent, const struct eot_histogram *h) {
    const int64_t version = 1;
    hid_t group = eot_h5_group(parent, h->name), storage = group < 0 ? -1 : eot_h5_group(group, "storage"),
          writers = group < 0 ? -1 : eot_h5_group(group, "writer_info"),
          writer = writers < 0 ? -1 : eot_h5_group(writers, "eotmc");
    herr_t failed =
        group < 0 || storage < 0 || writer < 0 ||
                eot_h5_attribute(group, "uhi_schema", H5T_NATIVE_INT64, &version) < 0 ||
                eot_h5_string_attribute(writer, "version", EOT_VERSION) < 0 ||
                add_metadata(group, "title", h->title, h->content_unit) < 0 || add_content(group, h->content) < 0 ||
                add_axis(group, h) < 0 || eot_h5_string_attribute(storage, "type", "weighted") < 0 ||
                add_flow(storage, "values", h->underflow, h->values, h->n_bin, h->overflow) < 0 ||
                add_flow(storage, "variances", h->underflow_variance, h->variances, h->n_bin, h->overflow_variance) < 0
            ? -1
            : 0;
    H5Gclose(writer);
    H5Gclose(writers);
    H5Gclose(storage);
    H5Gclose(group);
    return failed;
}

static herr_t add_histograms(hid_t file, const struct eot_result *r) {
    hid_t group = H5Gcreate2(file, "histograms", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    herr_t failed = group < 0 ? -1 : 0;
    for (size_t i = 0; failed >= 0 && i < r->n_histogram; i++) failed = add_histogram(group, &r->histogram[i]);
    H5Gclose(group);
    return failed;
}

/** /maps/NAME: values and variances [momentum][missing energy], with underflow and overflow. */
static herr_t add_maps(hid_t file, const struct eot_result *r) {
    if (r->n_map == 0) return 0;
    hid_t group = H5Gcreate2(file, "maps", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    herr_t failed = group < 0 ? -1 : 0;
    for (size_t i = 0; failed >= 0 && i < r->n_map; i++) {
        const struct eot_map *m = &r->map[i];
        const hsize_t size[2] = {m->n_bin + 2, m->n_bin + 2};
        hid_t own = H5Gcreate2(group, m->name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        failed = own < 0 || eot_h5_dataset(own, "values", H5T_NATIVE_DOUBLE, 2, size, m->values) < 0 ||
                         eot_h5_dataset(own, "variances", H5T_NATIVE_DOUBLE, 2, size, m->variances) < 0 ||
                         eot_h5_text_attribute(own, "axes", "muon momentum, missing energy") < 0 ||
                         eot_h5_text_attribute(own, "unit", "GeV") < 0 ||
                         eot_h5_text_attribute(own, "content_unit", "1/EOT") < 0 ||
                         eot_h5_attribute(own, "width", H5T_NATIVE_DOUBLE, &m->width) < 0
                     ? -1
                     : 0;
        H5Gclose(own);
    }
    H5Gclose(group);
    return failed;
}

/** One member of a compound type that mirrors a C struct; text members have their array's size. */
struct member {
    const char *name;
    size_t offset, n_text; /* n_text = 0: a number of type `number` */
    hid_t number;
};
#define TEXT(type, field) \
    { #field, offsetof(type, field), sizeof(((type *)NULL)->field), 0 }
#define DOUBLE(type, field) \
    { #field, offsetof(type, field), 0, H5T_NATIVE_DOUBLE }
#define FLAG(type, field) \
    { #field, offsetof(type, field), 0, H5T_NATIVE_UINT8 } /* 0 or 1; a bool is a byte on every system with HDF5 */

static herr_t add_table(hid_t file, const char *name, const struct member *member, size_t n_member, size_t row_bytes,
                        const void *row, size_t n_row) {
    if (n_row == 0) return 0;
    const hsize_t size = n_row;
    hid_t type = H5Tcreate(H5T_COMPOUND, row_bytes);
    herr_t failed = type < 0 ? -1 : 0;
    for (size_t i = 0; failed >= 0 && i < n_member; i++) {
        hid_t text = member[i].n_text > 0 ? eot_h5_text_type(member[i].n_text) : -1;
        failed = H5Tinsert(type, member[i].name, member[i].offset, member[i].n_text > 0 ? text : member[i].number);
        if (text >= 0) H5Tclose(text);
    }
    if (failed >= 0) failed = eot_h5_dataset(file, name, type, 1, &size, row);
    H5Tclose(type);
    return failed;
}
#define ADD_TABLE(file, name, members, row, n_row) \
    add_table((file), (name), (members), sizeof(members) / sizeof(members)[0], sizeof(row)[0], (row), (n_row))

/** /selections/NAME/{cutflow,categories} of the further selections, as those of the default one. */
static herr_t add_selections(hid_t file, const struct eot_result *r, const struct member *cutflow, size_t n_cutflow,
                             const struct member *category, size_t n_category) {
    if (r->n_selection == 0) return 0;
    hid_t group = H5Gcreate2(file, "selections", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    herr_t failed = group < 0 ? -1 : 0;
    for (size_t i = 0; failed >= 0 && i < r->n_selection; i++) {
        const struct eot_selection_result *s = &r->selection[i];
        hid_t own = H5Gcreate2(group, s->name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        failed =
            own < 0 ||
                    add_table(own, "cutflow", cutflow, n_cutflow, sizeof s->cutflow[0], s->cutflow, s->n_cutflow) < 0 ||
                    add_table(own, "categories", category, n_category, sizeof s->category[0], s->category,
                              s->n_category) < 0
                ? -1
                : 0;
        H5Gclose(own);
    }
    H5Gclose(group);
    return failed;
}

static herr_t add_tables(hid_t file, const struct eot_result *r) {
    const struct member estimate[] = {
        TEXT(struct eot_estimate, name),
        TEXT(struct eot_estimate, unit),
        DOUBLE(struct eot_estimate, value),
        DOUBLE(struct eot_estimate, std_error),
        DOUBLE(struct eot_estimate, n_eff),
        DOUBLE(struct eot_estimate, n_eff_error),
        {"n_batches", offsetof(struct eot_estimate, n_batches), 0, H5T_NATIVE_LONG},
        FLAG(struct eot_estimate, is_exact),
        FLAG(struct eot_estimate, has_no_error),
        {"poorly_determined", offsetof(struct eot_estimate, is_poorly_determined), 0, H5T_NATIVE_UINT8},
        DOUBLE(struct eot_estimate, upper_limit_90),
        DOUBLE(struct eot_estimate, lower_limit_90)};
    const struct member cutflow[] = {
        TEXT(struct eot_cutflow_row, cut),
        DOUBLE(struct eot_cutflow_row, events),
        DOUBLE(struct eot_cutflow_row, weighted),
        DOUBLE(struct eot_cutflow_row, std_error),
        DOUBLE(struct eot_cutflow_row, n_eff),
        DOUBLE(struct eot_cutflow_row, upper_limit_90),
        {"poorly_determined", offsetof(struct eot_cutflow_row, is_poorly_determined), 0, H5T_NATIVE_UINT8}};
    const struct member category[] = {
        TEXT(struct eot_category, name),
        TEXT(struct eot_category, title),
        DOUBLE(struct eot_category, weighted),
        DOUBLE(struct eot_category, std_error),
        DOUBLE(struct eot_category, n_eff),
        DOUBLE(struct eot_category, upper_limit_90),
        {"poorly_determined", offsetof(struct eot_category, is_poorly_determined), 0, H5T_NATIVE_UINT8}};
    const struct member fault[] = {TEXT(struct eot_fault_count, name),
                                   {"count", offsetof(struct eot_fault_count, count), 0, H5T_NATIVE_UINT64}};
    const struct member device[] = {TEXT(struct eot_device_record, name), TEXT(struct eot_device_record, driver)};
    const hsize_t ranges[2] = {r->n_range, 2};
    if (ADD_TABLE(file, "estimates", estimate, r->estimate, r->n_estimate) < 0 ||
        ADD_TABLE(file, "cutflow", cutflow, r->cutflow, r->n_cutflow) < 0 ||
        ADD_TABLE(file, "categories", category, r->category, r->n_category) < 0 ||
        ADD_TABLE(file, "faults", fault, r->fault, r->n_fault) < 0 ||
        ADD_TABLE(file, "devices", device, r->device, r->n_device) < 0 ||
        add_selections(file, r, cutflow, sizeof cutflow / sizeof cutflow[0], category,
                       sizeof category / sizeof category[0]) < 0)
        return -1;
    return r->n_range > 0 ? eot_h5_dataset(file, "primaries", H5T_NATIVE_UINT64, 2, ranges, r->primaries) : 0;
}

/** One column of the events: its numbers as doubles, or as 64-bit integers. @param cell of n_event words. */
static herr_t add_column(hid_t group, const struct eot_event_table *events, size_t c, void *cell) {
    const struct eot_column_info *column = &events->column[c];
    for (size_t i = 0; i < events->n_event; i++) {
        double value = events->value[i * events->n_column + c];
        if (column->is_integer)
            ((int64_t *)cell)[i] = (int64_t)value;
        else
            ((double *)cell)[i] = value;
    }
    return eot_h5_column(group, column->name, column->is_integer ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE,
                         events->n_event, cell, column->unit, column->meaning);
}

/** /events: a dataset a column, of one number per event, with the attributes unit and meaning. The columns are in the
 * order of their creation. */
static herr_t add_events(hid_t file, const struct eot_event_table *events) {
    if (events->n_event == 0 || events->n_column == 0) return 0;
    hid_t properties = H5Pcreate(H5P_GROUP_CREATE);
    void *cell = malloc(events->n_event * sizeof(int64_t));
    herr_t failed =
        cell == NULL || H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0 ? -1
                                                                                                                  : 0;
    hid_t group = failed < 0 ? -1 : H5Gcreate2(file, "events", H5P_DEFAULT, properties, H5P_DEFAULT);
    failed = group < 0 ? -1 : 0;
    for (size_t c = 0; failed >= 0 && c < events->n_column; c++) failed = add_column(group, events, c, cell);
    H5Gclose(group);
    H5Pclose(properties);
    free(cell);
    return failed;
}

/** /covariance: the masses of phi that share the events, and a matrix for each estimate. */
static herr_t add_covariances(hid_t file, const struct eot_result *r) {
    if (r->n_mass == 0 || r->n_covariance == 0) return 0;
    hid_t group = H5Gcreate2(file, "covariance", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t n = r->n_mass, side[2] = {n, n};
    double *mass = malloc(r->n_mass * sizeof *mass);
    herr_t failed = group < 0 || mass == NULL ? -1 : 0;
    for (size_t i = 0; i < r->n_mass && failed >= 0; i++) mass[i] = r->mass[i].m_phi;
    if (failed >= 0) failed = eot_h5_dataset(group, "mphi_GeV", H5T_NATIVE_DOUBLE, 1, &n, mass);
    for (size_t i = 0; i < r->n_covariance && failed >= 0; i++)
        failed = eot_h5_dataset(group, r->covariance[i].name, H5T_NATIVE_DOUBLE, 2, side, r->covariance[i].value);
    H5Gclose(group);
    free(mass);
    return failed;
}

static herr_t add_config(hid_t file, const char *yaml) {
    if (yaml == NULL) return 0;
    hid_t type = eot_h5_text_type(strlen(yaml));
    herr_t failed = type < 0 ? -1 : eot_h5_dataset(file, "config", type, 0, NULL, yaml);
    H5Tclose(type);
    return failed;
}

static herr_t add_attributes(hid_t file, const struct eot_result *r) {
    const int partial = r->partial;
    const struct {
        const char *name, *value;
    } text[] = {{"schema", SCHEMA},
                {"id", r->id},
                {"name", r->name},
                {"mode", r->mode},
                {"version", r->version},
                {"config_sha256", r->config_sha256},
                {"tables_sha256", r->tables_sha256},
                {"tally_sha256", r->tally_sha256}};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (eot_h5_text_attribute(file, text[i].name, text[i].value) < 0) return -1;
    return eot_h5_attribute(file, "seed", H5T_NATIVE_UINT64, &r->seed) < 0 ||
                   eot_h5_attribute(file, "run", H5T_NATIVE_UINT64, &r->run) < 0 ||
                   eot_h5_attribute(file, "partial", H5T_NATIVE_INT, &partial) < 0
               ? -1
               : 0;
}

/** The file as bytes; free them. */
static herr_t make_image(const struct eot_result *r, void **bytes, size_t *n_bytes) {
    hid_t file = eot_h5_in_memory("result.h5");
    herr_t failed = file < 0 || add_attributes(file, r) < 0 || add_histograms(file, r) < 0 || add_maps(file, r) < 0 ||
                            add_tables(file, r) < 0 || add_events(file, &r->events) < 0 ||
                            add_covariances(file, r) < 0 || add_config(file, r->effective_yaml) < 0
                        ? -1
                        : 0;
    return eot_h5_image(file, failed, bytes, n_bytes);
}

/** make_image with HDF5's reason for a failure. */
static bool image_apart(const void *result, void **bytes, size_t *n_bytes, char *reason, size_t n_reason) {
    struct eot_h5_errors errors;
    eot_h5_errors_keep(&errors);
    bool is_good = make_image(result, bytes, n_bytes) >= 0;
    eot_h5_errors_back(&errors, reason, n_reason);
    return is_good;
}

/** result.h5: /histograms/<name> (UHI), /events/<column>, /estimates, /config (effective YAML), attributes as
 * in summary.json's `run`. HDF5 makes it in a process of its own, since it crashes where memory runs out. */
enum eot_status eot_output_hdf5(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                struct eot_error *err) {
    (void)config;
    enum eot_status status = EOT_OK;
    void *bytes = NULL;
    size_t n_bytes = 0;
    char reason[REASON_BYTES] = "";
    EOT_TRY(eot_result_check(result, err));
    EOT_CHECK(eot_apart(image_apart, result, &bytes, &n_bytes, reason), EOT_E_IO,
              "cannot make '%s/result.h5' (HDF5: %s); lower scoring.record_fraction or free memory", folder, reason);
    EOT_TRY(eot_output_write_file(folder, "result.h5", bytes, n_bytes, err));
done:
    free(bytes);
    return status;
}
