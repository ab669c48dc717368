#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>

#include "output/events_read.h"
#include "sample_result.h"

static const char *folder;
static char path[256];
static struct eot_result result;
static struct eot_error error;

static void begin(void) {
    folder = new_folder();
    snprintf(path, sizeof path, "%s/result.h5", folder);
    result = sample_result();
}
static void end(void) {
    eot_result_free(&result);
    remove_folder(folder);
}
TestSuite(hdf5, .init = begin, .fini = end);

static hid_t written(void) {
    cr_assert_eq(eot_output_hdf5(folder, NULL, &result, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(count_entries(folder), 1);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    cr_assert(file >= 0);
    return file;
}
static size_t length_of(hid_t file, const char *name) {
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    cr_assert(dataset >= 0, "no dataset %s", name);
    hssize_t n = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    H5Dclose(dataset);
    return (size_t)n;
}
static void read_doubles(hid_t file, const char *name, size_t n, double *value) {
    cr_assert_eq(length_of(file, name), n);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    cr_assert(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(dataset);
}
/** One double column of a table, as a reader does that knows nothing but the names. */
static void read_column(hid_t file, const char *table, const char *column, double *value) {
    hid_t dataset = H5Dopen2(file, table, H5P_DEFAULT), type = H5Tcreate(H5T_COMPOUND, sizeof(double));
    cr_assert(dataset >= 0 && H5Tinsert(type, column, 0, H5T_NATIVE_DOUBLE) >= 0);
    cr_assert(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0, "no column %s", column);
    H5Tclose(type);
    H5Dclose(dataset);
}
static void read_text_attribute(hid_t file, const char *name, char *text, size_t n_text) {
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
    cr_assert(attribute >= 0, "no attribute %s", name);
    hid_t type = H5Aget_type(attribute);
    memset(text, 0, n_text);
    cr_assert_lt(H5Tget_size(type), n_text);
    cr_assert(H5Aread(attribute, type, text) >= 0);
    H5Tclose(type);
    H5Aclose(attribute);
}

static double number_attribute(hid_t file, const char *object, const char *name) {
    double value = NAN;
    hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    cr_assert(attribute >= 0 && H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) >= 0, "%s of %s", name, object);
    H5Aclose(attribute);
    return value;
}

Test(hdf5, histograms_read_back_bit_for_bit) {
    result.histogram[1].edges[7] += 0.01; /* no longer bins of one width */
    hid_t file = written();
    for (size_t i = 0; i < result.n_histogram; i++) {
        const struct eot_histogram *h = &result.histogram[i];
        double value[62];
        char name[EOT_RESULT_NAME + 40];
        snprintf(name, sizeof name, "/histograms/%s", h->name);
        cr_assert_eq(number_attribute(file, name, "uhi_schema"), 1.0);
        snprintf(name, sizeof name, "/histograms/%s/ref_axes/axis_0", h->name);
        if (i == 1) {
            snprintf(name, sizeof name, "/histograms/%s/ref_axes/axis_0/edges", h->name);
            read_doubles(file, name, 61, value);
            cr_assert_arr_eq(value, h->edges, 61 * sizeof(double));
        } else {
            cr_assert_eq(number_attribute(file, name, "lower"), h->edges[0]);
            cr_assert_eq(number_attribute(file, name, "upper"), h->edges[60]);
            cr_assert_eq(number_attribute(file, name, "bins"), 60.0);
        }
        snprintf(name, sizeof name, "/histograms/%s/storage/values", h->name);
        read_doubles(file, name, 62, value);
        cr_assert_arr_eq(value + 1, h->values, 60 * sizeof(double));
        cr_assert(value[0] == h->underflow && value[61] == h->overflow);
        snprintf(name, sizeof name, "/histograms/%s/storage/variances", h->name);
        read_doubles(file, name, 62, value);
        cr_assert_arr_eq(value + 1, h->variances, 60 * sizeof(double));
        cr_assert(value[0] == h->underflow_variance && value[61] == h->overflow_variance);
        hobj_ref_t reference;
        snprintf(name, sizeof name, "/histograms/%s/axes", h->name);
        hid_t axes = H5Dopen2(file, name, H5P_DEFAULT);
        cr_assert(axes >= 0 && H5Dread(axes, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, &reference) >= 0);
        hid_t axis = H5Rdereference2(axes, H5P_DEFAULT, H5R_OBJECT, &reference);
        cr_assert(axis >= 0 && H5Aexists(axis, "underflow") > 0, "%s: the reference leads to no axis", name);
        H5Oclose(axis);
        H5Dclose(axes);
    }
    double map[25];
    read_doubles(file, "/maps/selected.gaussian/values", 25, map);
    cr_assert_arr_eq(map, result.map[0].values, 25 * sizeof(double));
    read_doubles(file, "/maps/selected.gaussian/variances", 25, map);
    cr_assert_arr_eq(map, result.map[0].variances, 25 * sizeof(double));
    double poor[16], limit[16];
    read_column(file, "/estimates", "poorly_determined", poor);
    read_column(file, "/estimates", "upper_limit_90", limit);
    for (size_t i = 0; i < result.n_estimate; i++) {
        cr_assert_eq(poor[i], result.estimate[i].is_poorly_determined);
        cr_assert_eq(limit[i], result.estimate[i].upper_limit_90);
    }
    H5Fclose(file);
}
Test(hdf5, events_are_columns_with_their_names) {
    hid_t file = written();
    double value[1000];
    for (size_t c = 0; c < SAMPLE_N_COLUMN; c++) {
        char name[64];
        snprintf(name, sizeof name, "/events/%s", sample_column[c].name);
        read_doubles(file, name, 1000, value);
        for (size_t i = 0; i < 1000; i++) cr_assert_eq(value[i], result.events.value[SAMPLE_N_COLUMN * i + c]);
    }
    H5Fclose(file);
}
Test(hdf5, integers_of_events_are_stored_as_integers) {
    result.events.value[0] = 9007199254740991.0; /* 2^53 - 1 */
    hid_t file = written();
    for (size_t c = 0; c < SAMPLE_N_COLUMN; c++) {
        char name[64], *unit = NULL;
        snprintf(name, sizeof name, "/events/%s", sample_column[c].name);
        hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), type = H5Dget_type(dataset);
        cr_assert_eq(H5Tget_class(type), sample_column[c].is_integer ? H5T_INTEGER : H5T_FLOAT, "%s", name);
        H5Tclose(type);
        hid_t attribute = H5Aopen(dataset, "unit", H5P_DEFAULT);
        type = H5Aget_type(attribute);
        cr_assert(H5Aread(attribute, type, &unit) >= 0);
        cr_assert_str_eq(unit, sample_column[c].unit);
        H5free_memory(unit);
        H5Tclose(type);
        H5Aclose(attribute);
        H5Dclose(dataset);
    }
    int64_t value[1000];
    hid_t dataset = H5Dopen2(file, "/events/primary", H5P_DEFAULT);
    cr_assert(H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    cr_assert_eq(value[0], 9007199254740991);
    cr_assert_eq(value[999], 17 * 999);
    H5Dclose(dataset);
    H5Fclose(file);
}
Test(hdf5, further_selections_have_their_tables) {
    hid_t file = written();
    double value[2];
    read_column(file, "/selections/tight/cutflow", "events", value);
    cr_assert_eq(value[1], 12345.0);
    cr_assert_eq(length_of(file, "/selections/tight/categories"), 1u);
    H5Fclose(file);
}
Test(hdf5, many_events_are_chunked_and_compressed) {
    enum { N = 200000 };
    free(result.events.value);
    result.events.value = calloc(N * SAMPLE_N_COLUMN, sizeof(double));
    result.events.n_event = N;
    result.events.value[SAMPLE_N_COLUMN * (N - 1) + 2] = 42.0;
    hid_t file = written(), dataset = H5Dopen2(file, "/events/parent_energy_GeV", H5P_DEFAULT),
          properties = H5Dget_create_plist(dataset);
    cr_assert_eq(H5Pget_layout(properties), H5D_CHUNKED);
    cr_assert_eq(H5Pget_nfilters(properties), 2);
    H5Pclose(properties);
    H5Dclose(dataset);
    double *value = malloc(N * sizeof *value);
    read_doubles(file, "/events/parent_energy_GeV", N, value);
    cr_assert_eq(value[N - 1], 42.0);
    cr_assert_eq(value[N - 2], 0.0);
    free(value);
    H5Fclose(file);
    struct stat information;
    cr_assert_eq(stat(path, &information), 0);
    cr_assert_lt(information.st_size, (long)(N * SAMPLE_N_COLUMN * sizeof(double) / 20));
}
Test(hdf5, estimates_and_cutflow_are_tables) {
    hid_t file = written();
    double value[16];
    cr_assert_eq(length_of(file, "/estimates"), result.n_estimate);
    read_column(file, "/estimates", "std_error", value);
    for (size_t i = 0; i < result.n_estimate; i++) cr_assert_eq(value[i], result.estimate[i].std_error);
    read_column(file, "/estimates", "n_batches", value);
    cr_assert_eq(value[3], 100.0);
    cr_assert_eq(length_of(file, "/cutflow"), 5u);
    read_column(file, "/cutflow", "events", value);
    cr_assert_eq(value[1], 30123.0);
    hid_t dataset = H5Dopen2(file, "/estimates", H5P_DEFAULT), text = H5Tcopy(H5T_C_S1),
          type = H5Tcreate(H5T_COMPOUND, 80);
    char names[16][80];
    H5Tset_size(text, 80);
    H5Tset_cset(text, H5T_CSET_UTF8);
    H5Tinsert(type, "name", 0, text);
    cr_assert(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, names) >= 0);
    for (size_t i = 0; i < result.n_estimate; i++) cr_assert_str_eq(names[i], result.estimate[i].name);
    H5Tclose(type);
    H5Tclose(text);
    H5Dclose(dataset);
    H5Fclose(file);
}
Test(hdf5, attributes_say_what_the_run_was) {
    hid_t file = written();
    char text[96];
    read_text_attribute(file, "schema", text, sizeof text);
    cr_assert_str_eq(text, "eotmc-result/2");
    read_text_attribute(file, "config_sha256", text, sizeof text);
    cr_assert_str_eq(text, "c0");
    read_text_attribute(file, "version", text, sizeof text);
    cr_assert_str_eq(text, "0.1.0");
    hid_t attribute = H5Aopen(file, "seed", H5P_DEFAULT);
    uint64_t seed = 0;
    cr_assert(H5Aread(attribute, H5T_NATIVE_UINT64, &seed) >= 0);
    cr_assert_eq(seed, 11u);
    H5Aclose(attribute);
    H5Fclose(file);
}
Test(hdf5, the_configuration_is_inside) {
    hid_t file = written(), dataset = H5Dopen2(file, "/config", H5P_DEFAULT);
    cr_assert(dataset >= 0);
    hid_t type = H5Dget_type(dataset);
    char text[128] = "";
    cr_assert_lt(H5Tget_size(type), sizeof text);
    cr_assert(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
    cr_assert_str_eq(text, result.effective_yaml);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
}
Test(hdf5, the_same_result_gives_the_same_bytes) {
    char *bytes[2];
    size_t n[2];
    for (int i = 0; i < 2; i++) {
        if (i == 1) sleep(2); /* HDF5 keeps times in seconds */
        cr_assert_eq(eot_output_hdf5(folder, NULL, &result, &error), EOT_OK);
        FILE *f = fopen(path, "rb");
        bytes[i] = malloc(1 << 22);
        n[i] = fread(bytes[i], 1, 1 << 22, f);
        fclose(f);
    }
    cr_assert_gt(n[0], 1000u);
    cr_assert_eq(n[0], n[1]);
    cr_assert_arr_eq(bytes[0], bytes[1], n[0]);
    free(bytes[0]);
    free(bytes[1]);
}
Test(hdf5, an_empty_result_makes_a_valid_file) {
    eot_result_free(&result);
    hid_t file = written();
    cr_assert(H5Lexists(file, "histograms", H5P_DEFAULT) > 0);
    cr_assert_eq(H5Lexists(file, "events", H5P_DEFAULT), 0);
    H5Fclose(file);
}
Test(hdf5, a_nan_is_refused) {
    result.estimate[0].value = NAN;
    cr_assert_eq(eot_output_hdf5(folder, NULL, &result, &error), EOT_E_NUMERIC);
    cr_assert_eq(count_entries(folder), 0);
}
Test(hdf5, what_hdf5_refuses_is_an_error_with_path_and_reason) {
    const struct eot_column_info twice[SAMPLE_N_COLUMN] = {
        {"a", "1", "", false}, {"b", "1", "", false}, {"a", "1", "", false}};
    result.events.column = twice;
    cr_assert_eq(eot_output_hdf5(folder, NULL, &result, &error), EOT_E_IO);
    cr_assert(strstr(error.text, "/result.h5' (HDF5: name already exists)") != NULL, "%s", error.text);
    cr_assert_eq(count_entries(folder), 0);
}
Test(hdf5, a_full_disk_is_an_error_and_leaves_nothing) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {5000, 5000};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(eot_output_hdf5(folder, NULL, &result, &error), EOT_E_IO);
    cr_assert(strstr(error.text, "/result.h5' (File too large)") != NULL, "%s", error.text);
    cr_assert_eq(count_entries(folder), 0);
}

Test(hdf5, events_of_an_older_version_are_refused) {
    struct eot_event_record record;
    hid_t file = H5Fcreate(path, H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    hid_t table = H5Dcreate2(file, "events", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    cr_assert(table >= 0);
    H5Dclose(table);
    H5Sclose(space);
    H5Fclose(file);
    cr_expect_eq(eot_output_events_read(folder, &record, &error), EOT_E_IO);
    cr_expect_not_null(strstr(error.text, "of an older version"), "%s", error.text);
}
