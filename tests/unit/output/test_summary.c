#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>

#include "sample_result.h"

static const char *folder;
static struct eot_result result, copy;
static struct eot_error error;

static void begin(void) {
    folder = new_folder();
    result = sample_result();
}
static void end(void) {
    eot_result_free(&result);
    eot_result_free(&copy);
    remove_folder(folder);
}
TestSuite(summary, .init = begin, .fini = end);
TestSuite(files, .init = begin, .fini = end);

static const char *inside(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}
static void expect(enum eot_status got, enum eot_status wanted, const char *part) {
    cr_assert_eq(got, wanted, "status %d, text '%s'", (int)got, error.text);
    cr_assert(strstr(error.text, part) != NULL, "'%s' does not contain '%s'", error.text, part);
}
static void write_text(const char *name, const char *text) {
    cr_assert_eq(eot_output_write_file(folder, name, text, strlen(text), &error), EOT_OK);
}

Test(summary, has_the_keys_of_the_output_contract) {
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK, "%s", error.text);
    json_error_t json_error;
    json_t *root = json_load_file(inside("summary.json"), 0, &json_error);
    cr_assert(root != NULL, "%s", json_error.text);
    const char *schema, *name, *mode, *config, *tables, *tally, *version, *device, *driver, *unit, *cut, *category;
    const char *axis, *storage;
    json_int_t uhi, bins, seed, first, end_id, n_batches, nan_count;
    int partial;
    double value, std_error, n_eff, in, out, residual, wall, weighted;
    json_t *values, *variances;
    /* names as in the design's example, written out here once more on purpose */
    int failed = json_unpack_ex(
        root, &json_error, 0,
        "{s:s, s:{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:s}], s:b, s:[[I, I]]},"
        " s:{s:{s:F, s:F, s:s, s:F, s:I}}, s:[{s:s, s:F, s:F, s:F}], s:[{s:s, s:F, s:F}],"
        " s:{s:{s:I, s:[{s:s, s:{s:s}, s:I}], s:{s:s, s:o, s:o}}}, s:{s:I}, s:{s:F, s:F, s:F}, s:{s:F, s:F, s:F, s:F, "
        "s:F, s:F, s:F, s:F}}",
        "schema", &schema, "run", "name", &name, "seed", &seed, "mode", &mode, "config_sha256", &config,
        "tables_sha256", &tables, "tally_sha256", &tally, "version", &version, "devices", "name", &device, "driver",
        &driver, "partial", &partial, "primaries", &first, &end_id, "estimates", "dimuon.per_eot", "value", &value,
        "std_error", &std_error, "unit", &unit, "n_eff", &n_eff, "n_batches", &n_batches, "cutflow", "cut", &cut,
        "events", &weighted, "weighted", &weighted, "std_error", &weighted, "categories", "name", &category, "weighted",
        &weighted, "std_error", &weighted, "histograms", "missing_energy", "uhi_schema", &uhi, "axes", "type", &axis,
        "metadata", "unit", &unit, "bins", &bins, "storage", "type", &storage, "values", &values, "variances",
        &variances, "faults", "nan", &nan_count, "energy_balance", "in_GeV", &in, "out_GeV", &out, "relative_residual",
        &residual, "performance", "wall_s", &wall, "kernel_s", &weighted, "jit_s", &weighted, "tables_s", &weighted,
        "eot_per_s", &weighted, "steps_per_s", &weighted, "steps_per_eot", &weighted, "muons_per_s", &weighted);
    cr_assert_eq(failed, 0, "%s", json_error.text);
    cr_assert_str_eq(schema, "eotmc-summary/2");
    cr_assert_str_eq(device, "pthread-cpu \"x\"");
    cr_assert_eq(first, 0);
    cr_assert_eq(end_id, 4611686018427387904);
    cr_assert_eq(partial, 1);
    cr_assert_eq(value, 1.602e-4);
    cr_assert_eq(n_batches, 100);
    cr_assert_eq(nan_count, 2);
    cr_assert(uhi == 1 && bins == 60);
    cr_assert_str_eq(axis, "regular");
    cr_assert_str_eq(storage, "weighted");
    cr_assert_eq(json_array_size(values), 62u); /* with what is below and above the axis */
    cr_assert_eq(json_array_size(variances), 62u);
    cr_assert_eq(out, 1e7 * (1.0 - 3e-8));
    json_t *simulated = json_object_get(json_object_get(root, "estimates"), "eot.simulated");
    cr_assert(json_object_get(simulated, "std_error") != NULL);
    cr_assert(json_object_get(simulated, "n_eff") == NULL && json_object_get(simulated, "n_batches") == NULL);
    json_decref(root);
}

Test(summary, histograms_of_older_files_are_read) {
    static const char older[] =
        "{\"edges\": [0, 1, 3], \"values\": [2, 4], \"variances\": [1, 2], \"unit\": \"GeV\", \"title\": \"T\", "
        "\"axis\": \"energy\", \"content_unit\": \"1/EOT\", \"underflow\": 5, \"overflow\": 6, "
        "\"underflow_variance\": 7, \"overflow_variance\": 8}";
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK);
    json_t *root = json_load_file(inside("summary.json"), 0, NULL), *histograms = json_object();
    json_object_set_new(root, "schema", json_string("eotmc-summary/1"));
    json_object_set_new(histograms, "h", json_loads(older, 0, NULL));
    json_object_set_new(root, "histograms", histograms);
    cr_assert_eq(json_dump_file(root, inside("s"), 0), 0);
    json_decref(root);
    cr_assert_eq(eot_output_summary_read(inside("s"), &copy, &error), EOT_OK, "%s", error.text);
    const struct eot_histogram *h = &copy.histogram[0];
    cr_assert(copy.n_histogram == 1 && h->n_bin == 2 && h->edges[2] == 3.0 && h->values[1] == 4.0);
    cr_assert(h->underflow == 5.0 && h->overflow == 6.0 && h->underflow_variance == 7.0 && h->overflow_variance == 8.0);
    cr_assert_str_eq(h->axis, "energy");
}
Test(summary, a_histogram_of_another_form_is_refused) {
    static const char *const wrong[] = {
        "uhi_schema", "2",
        "axes",       "[]",
        "axes",       "[{\"type\": \"category_str\", \"metadata\": {\"unit\": \"\", \"label\": \"\"}}]",
        "storage",    "{\"type\": \"weighted\", \"values\": [1], \"variances\": [1]}"};
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i += 2) {
        json_t *root = json_load_file(inside("summary.json"), 0, NULL),
               *h = json_object_get(json_object_get(root, "histograms"), "missing_energy");
        json_object_set_new(h, wrong[i], json_loads(wrong[i + 1], JSON_DECODE_ANY, NULL));
        cr_assert_eq(json_dump_file(root, inside("s"), 0), 0);
        json_decref(root);
        eot_result_free(&copy);
        expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO, "histograms.missing_energy");
    }
}

Test(summary, says_what_rates_are_per) {
    static const char *const per[] = {"EOT", "hadron", NULL, "a\nb"};
    for (int i = 0; i < 4; i++) {
        snprintf(result.per, sizeof result.per, "%s", i < 2 ? per[i] : "muon");
        cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK);
        json_t *root = json_load_file(inside("summary.json"), 0, NULL), *run = json_object_get(root, "run");
        if (i >= 2) json_object_del(run, "per"); /* as in older files */
        if (i == 3) json_object_set_new(run, "per", json_string(per[3]));
        cr_assert_eq(json_dump_file(root, inside("s"), 0), 0);
        json_decref(root);
        eot_result_free(&copy);
        enum eot_status status = eot_output_summary_read(inside("s"), &copy, &error);
        if (i == 3)
            expect(status, EOT_E_IO, "run.per");
        else
            cr_assert_str_eq(copy.per, per[i] != NULL ? per[i] : "EOT");
    }
}
Test(summary, reads_back_bit_for_bit) {
    result.histogram[1].edges[7] += 0.01; /* no longer bins of one width */
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(eot_output_summary_read(inside("summary.json"), &copy, &error), EOT_OK, "%s", error.text);
    cr_assert_str_eq(copy.name, result.name);
    cr_assert_str_eq(copy.tally_sha256, result.tally_sha256);
    cr_assert_eq(copy.seed, result.seed);
    cr_assert_eq(copy.run, result.run);
    cr_assert(copy.partial);
    cr_assert_eq(copy.n_device, 1u);
    cr_assert_str_eq(copy.device[0].driver, "PoCL 3.1");
    cr_assert_eq(copy.n_range, 2u);
    cr_assert_arr_eq(copy.primaries, result.primaries, 2 * sizeof result.primaries[0]);
    cr_assert_eq(copy.n_estimate, result.n_estimate);
    for (size_t i = 0; i < result.n_estimate; i++) {
        const struct eot_estimate *a = &result.estimate[i], *b = &copy.estimate[i];
        cr_assert_str_eq(a->name, b->name);
        cr_assert_str_eq(a->unit, b->unit);
        cr_assert(a->value == b->value && a->std_error == b->std_error && a->n_eff == b->n_eff &&
                      a->n_batches == b->n_batches && a->is_exact == b->is_exact &&
                      a->has_no_error == b->has_no_error && a->is_poorly_determined == b->is_poorly_determined &&
                      a->upper_limit_90 == b->upper_limit_90 && a->lower_limit_90 == b->lower_limit_90,
                  "%s", a->name);
    }
    cr_assert_eq(copy.n_histogram, result.n_histogram);
    for (size_t i = 0; i < result.n_histogram; i++) {
        const struct eot_histogram *a = &result.histogram[i], *b = &copy.histogram[i];
        cr_assert_str_eq(a->name, b->name);
        cr_assert_str_eq(a->title, b->title);
        cr_assert_str_eq(a->axis, b->axis);
        cr_assert_eq(a->n_bin, b->n_bin);
        cr_assert(a->overflow == b->overflow && a->underflow == b->underflow);
        cr_assert_eq(a->overflow_variance, b->overflow_variance);
        cr_assert_str_eq(a->content_unit, b->content_unit);
        cr_assert_arr_eq(a->edges, b->edges, (a->n_bin + 1) * sizeof(double));
        cr_assert_arr_eq(a->values, b->values, a->n_bin * sizeof(double));
        cr_assert_arr_eq(a->variances, b->variances, a->n_bin * sizeof(double));
    }
    cr_assert(copy.n_map == 1 && result.n_map == 1);
    cr_assert_str_eq(copy.map[0].name, result.map[0].name);
    cr_assert(copy.map[0].n_bin == 3 && copy.map[0].width == result.map[0].width);
    cr_assert_arr_eq(copy.map[0].values, result.map[0].values, 25 * sizeof(double));
    cr_assert_arr_eq(copy.map[0].variances, result.map[0].variances, 25 * sizeof(double));
    cr_assert_eq(copy.n_cutflow, 5u);
    cr_assert_str_eq(copy.cutflow[4].cut, "missing energy > 20 GeV");
    cr_assert_eq(copy.cutflow[1].std_error, 2e-8);
    cr_assert(copy.cutflow[2].is_not_applied && !copy.cutflow[3].is_not_applied);
    cr_assert(copy.selection[0].cutflow[1].is_not_applied && !copy.selection[0].cutflow[0].is_not_applied);
    cr_assert_eq(copy.warnings.n, 1u);
    cr_assert_str_eq(copy.warnings.row[0].code, "no_hcal");
    cr_assert_str_eq(copy.warnings.row[0].message, "there is no HCAL");
    cr_assert(copy.cutflow[3].n_eff == 6.5 && copy.cutflow[3].is_poorly_determined);
    cr_assert(copy.cutflow[4].upper_limit_90 == 1.25e-9 && copy.category[2].upper_limit_90 == 1.25e-9);
    cr_assert(copy.n_followed == 1000 && copy.n_lost == 2 && copy.n_lost_event == 1);
    cr_assert(copy.lost_event[0].primary == 43 && strcmp(copy.lost_event[0].cause, "a muon that is stuck") == 0);
    cr_assert_eq(copy.n_category, 3u);
    cr_assert_str_eq(copy.category[1].title, "both in the spectrometer");
    cr_assert_eq(copy.n_selection, 1u);
    cr_assert_str_eq(copy.selection[0].name, "tight");
    cr_assert_eq(copy.selection[0].n_cutflow, 2u);
    cr_assert_eq(copy.selection[0].cutflow[1].weighted, 2.5e-6);
    cr_assert_eq(copy.selection[0].n_category, 1u);
    cr_assert_str_eq(copy.selection[0].category[0].title, "both in the spectrometer");
    cr_assert_eq(copy.n_fault, 2u);
    cr_assert_eq(copy.fault[1].count, 2u);
    cr_assert_eq(copy.energy_residual, -3e-8);
    cr_assert_eq(copy.performance.steps_per_s, 1e8 / 3.0);
}

Test(summary, an_empty_result_is_written_and_read) {
    struct eot_result empty = {0};
    cr_assert_eq(eot_output_summary(folder, NULL, &empty, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(eot_output_summary_read(inside("summary.json"), &copy, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(copy.n_estimate, 0u);
}

Test(summary, numbers_are_short_and_texts_untouched) {
    snprintf(result.name, sizeof result.name, "a \\\"0.10000000000000001\" 1.50");
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK, "%s", error.text);
    char text[4096] = "";
    FILE *f = fopen(inside("summary.json"), "r");
    cr_assert(f != NULL);
    (void)!fread(text, 1, sizeof text - 1, f);
    fclose(f);
    const char *wanted[] = {"\"name\": \"a \\\\\\\"0.10000000000000001\\\" 1.50\",",
                            "\"value\": 0.1,",
                            "\"value\": 200000.0,",
                            "\"value\": 0.0001602,",
                            "\"n_batches\": 100",
                            "4611686018427387905,"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        cr_assert(strstr(text, wanted[i]) != NULL, "no '%s' in %s", wanted[i], text);
    cr_assert_eq(eot_output_summary_read(inside("summary.json"), &copy, &error), EOT_OK, "%s", error.text);
    cr_assert_str_eq(copy.name, result.name);
}

/* ---- what must not reach a file ---- */
Test(summary, a_nan_is_refused_by_the_name_of_its_estimate) {
    result.estimate[3].value = NAN;
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC,
           "estimate 'dimuon.per_eot': value = nan (must be finite)");
    cr_assert_eq(count_entries(folder), 0);
}
Test(summary, an_infinite_error_is_refused) {
    result.estimate[3].std_error = INFINITY;
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC,
           "estimate 'dimuon.per_eot': std_error = inf");
}
Test(summary, a_negative_error_is_refused) {
    result.estimate[3].std_error = -1.0;
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC, "must not be negative");
}
Test(summary, a_nan_in_a_histogram_is_refused) {
    result.histogram[3].variances[59] = NAN;
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC,
           "histogram 'missing_energy': variance = nan");
}
Test(summary, a_nan_in_the_performance_is_refused) {
    result.performance.muons_per_s = NAN;
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC, "'muons_per_s'");
}
Test(summary, edges_that_do_not_rise_are_refused) {
    result.histogram[0].edges[4] = result.histogram[0].edges[3];
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC, "histogram 'hcal0.energy': edge 4");
}
Test(summary, a_name_twice_is_refused) {
    expect(eot_result_add_estimate(&result, &result.estimate[3], &error), EOT_E_INTERNAL,
           "'dimuon.per_eot' exists already");
}
Test(summary, a_primary_id_that_json_cannot_hold_is_refused) {
    result.primaries[1][1] = UINT64_MAX;
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_NUMERIC, "18446744073709551615");
}
Test(summary, a_device_name_that_is_not_utf8_does_not_lose_the_run) {
    memcpy(result.device[0].name, "GPU\xff", 5);
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK);
    cr_assert_eq(eot_output_summary_read(inside("summary.json"), &copy, &error), EOT_OK);
    cr_assert_str_eq(copy.device[0].name, "GPU?");
}

/* ---- reading wrong files ---- */
Test(summary, a_newer_schema_is_refused_by_its_name) {
    write_text("s", "{\"schema\": \"eotmc-summary/3\"}");
    expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO,
           "schema 'eotmc-summary/3' (newer than eotmc-summary/2");
}
Test(summary, another_schema_is_refused) {
    write_text("s", "{\"schema\": \"other/1\"}");
    expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO, "schema 'other/1'");
}
Test(summary, no_schema_is_refused) {
    write_text("s", "[1]");
    expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO, "schema ''");
}
Test(summary, a_truncated_file_is_refused_with_its_line) {
    write_text("s", "{\"schema\":\n \"eotmc-summary/1\", ");
    expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO, "/s:2: not JSON");
}
Test(summary, a_missing_file_is_refused) {
    expect(eot_output_summary_read(inside("none"), &copy, &error), EOT_E_IO, "No such file");
}
Test(summary, a_missing_key_is_refused_by_its_name) {
    write_text("s", "{\"schema\": \"eotmc-summary/1\", \"run\": {\"name\": 1}}");
    expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO, "'run.name' is missing");
}
Test(summary, each_key_that_is_taken_away_is_missed) {
    cr_assert_eq(eot_output_summary(folder, NULL, &result, &error), EOT_OK);
    const char *top[] = {"run",        "estimates", "cutflow",        "categories",
                         "histograms", "faults",    "energy_balance", "performance"};
    for (size_t i = 0; i < sizeof top / sizeof top[0]; i++) {
        json_t *root = json_load_file(inside("summary.json"), 0, NULL);
        json_object_del(root, top[i]);
        cr_assert_eq(json_dump_file(root, inside("s"), 0), 0);
        json_decref(root);
        eot_result_free(&copy);
        expect(eot_output_summary_read(inside("s"), &copy, &error), EOT_E_IO, top[i]);
    }
}

/* ---- files ---- */
Test(files, prepare_makes_parents_and_leaves_nothing_in_the_folder) {
    cr_assert_eq(eot_output_prepare(inside("a/b//c"), &error), EOT_OK, "%s", error.text);
    cr_assert_eq(count_entries(inside("a/b/c")), 0);
    cr_assert_eq(eot_output_prepare(inside("a/b/c/"), &error), EOT_OK, "%s", error.text);
}
Test(files, prepare_refuses_a_file_in_place_of_the_folder) {
    write_text("f", "x");
    expect(eot_output_prepare(inside("f"), &error), EOT_E_IO, "(Not a directory)");
}
Test(files, prepare_refuses_a_file_in_place_of_a_parent) {
    write_text("f", "x");
    expect(eot_output_prepare(inside("f/g/h"), &error), EOT_E_IO, "(Not a directory)");
    cr_assert_eq(count_entries(folder), 1);
}
Test(files, prepare_refuses_what_nobody_may_write) {
    expect(eot_output_prepare("/proc/eotmc", &error), EOT_E_IO, "cannot create the output folder '/proc/eotmc'");
}
Test(files, prepare_refuses_a_folder_that_takes_no_file) {
    expect(eot_output_prepare("/proc", &error), EOT_E_IO, "cannot write '/proc/");
}
Test(files, prepare_refuses_an_empty_name) { expect(eot_output_prepare("", &error), EOT_E_IO, "is empty"); }

Test(files, a_file_is_replaced_as_a_whole) {
    write_text("f", "long old content");
    write_text("f", "new");
    char text[32] = "";
    FILE *f = fopen(inside("f"), "r");
    cr_assert(f != NULL);
    cr_assert_eq(fread(text, 1, sizeof text, f), 3u);
    fclose(f);
    cr_assert_str_eq(text, "new");
    cr_assert_eq(count_entries(folder), 1);
}
Test(files, a_folder_that_has_vanished_is_made_again) {
    cr_assert_eq(eot_output_write_file(inside("none"), "f", "x", 1, &error), EOT_OK, "%s", error.text);
    cr_assert(eot_output_has(inside("none"), "f"));
    write_text("file", "x");
    expect(eot_output_write_file(inside("file/below"), "f", "x", 1, &error), EOT_E_IO,
           "/file/below/f' (Not a directory)");
}
Test(files, a_folder_under_the_final_name_is_an_error_and_leaves_nothing) {
    cr_assert_eq(mkdir(inside("f"), 0777), 0);
    expect(eot_output_write_file(folder, "f", "x", 1, &error), EOT_E_IO, "(Is a directory)");
    cr_assert_eq(count_entries(folder), 1);
}

/** From here on no file may grow beyond n bytes: write() fails with EFBIG in its middle as it does with ENOSPC on a
 * full disk. */
static void limit_files(rlim_t n) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {n, n};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
Test(files, a_write_that_fails_in_its_middle_leaves_the_old_file) {
    write_text("summary.json", "old");
    limit_files(1000);
    expect(eot_output_summary(folder, NULL, &result, &error), EOT_E_IO, "summary.json' (File too large); free space");
    cr_assert_eq(count_entries(folder), 1);
    struct stat information;
    cr_assert_eq(stat(inside("summary.json"), &information), 0);
    cr_assert_eq(information.st_size, 3);
}
Test(files, prepare_sees_a_disk_that_takes_no_byte) {
    limit_files(0);
    expect(eot_output_prepare(folder, &error), EOT_E_IO, "free space");
    cr_assert_eq(count_entries(folder), 0);
}
