/* A result with every kind of content, synthetic: shapes as a run makes them, numbers invented. Shared by the tests of
 * host/output. */
#ifndef EOT_TESTS_SAMPLE_RESULT_H
#define EOT_TESTS_SAMPLE_RESULT_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/file.h"
#include "output/output.h"
#include "output/sinks.h"

#define SAMPLE_N_COLUMN 3
static const struct eot_column_info sample_column[SAMPLE_N_COLUMN] = {
    {"primary", "1", "number of the primary", true},
    {"weight", "1", "weight", false},
    {"parent_energy_GeV", "GeV", "energy of the parent", false}};

static inline void sample_histogram(struct eot_result *r, const char *name, const char *unit, const char *title,
                                    const char *axis, double low, double high, double (*shape)(double x)) {
    enum { N = 60 };
    double edges[N + 1], values[N], variances[N];
    for (int i = 0; i <= N; i++) edges[i] = low + (high - low) * i / N;
    for (int i = 0; i < N; i++) {
        double x = 0.5 * (edges[i] + edges[i + 1]), ripple = 1.0 + 0.06 * sin(12.9898 * i + (double)name[4]);
        values[i] = shape(x) * ripple;
        if (values[i] < 2e-9) values[i] = 0.0;
        variances[i] = values[i] * 2e-8;
    }
    struct eot_histogram h = {.n_bin = N,
                              .edges = edges,
                              .values = values,
                              .variances = variances,
                              .content_unit = "1/EOT",
                              .underflow = 0.0,
                              .overflow = 1.5e-7,
                              .underflow_variance = 0.0,
                              .overflow_variance = 2.5e-15};
    snprintf(h.name, sizeof h.name, "%s", name);
    snprintf(h.unit, sizeof h.unit, "%s", unit);
    snprintf(h.title, sizeof h.title, "%s", title);
    snprintf(h.axis, sizeof h.axis, "%s", axis);
    cr_assert_eq(eot_result_add_histogram(r, &h, NULL), EOT_OK);
}

/* Three bins of 5 GeV with underflow and overflow, some of them empty. */
static inline void sample_map(struct eot_result *r) {
    double values[25] = {0.0}, variances[25] = {0.0};
    struct eot_map m = {
        .name = "selected.gaussian", .n_bin = 3, .width = 5.0, .values = values, .variances = variances};
    for (int i = 0; i < 25; i += 3) values[i] = 1e-18 / (i + 1.0), variances[i] = 0.3 * values[i] * values[i];
    cr_assert_eq(eot_result_add_map(r, &m, NULL), EOT_OK);
}

static inline double gaussian(double x, double mean, double sigma) {
    return exp(-0.5 * (x - mean) * (x - mean) / (sigma * sigma));
}
static inline double hcal0_shape(double x) {
    return 6e-6 * gaussian(x, 5.0, 0.5) + 8e-7 * gaussian(x, 2.6, 0.4) + 1e-6 * exp(-x / 4.0);
}
static inline double hcal1_shape(double x) {
    return 4e-6 * gaussian(x, 5.1, 0.5) + 1.6e-6 * gaussian(x, 2.5, 0.4) + 1e-6 * exp(-x / 2.0);
}
static inline double hcal2_shape(double x) {
    return 3e-6 * gaussian(x, 5.1, 0.5) + 2e-6 * gaussian(x, 2.5, 0.4) + 3e-6 * exp(-x / 1.0);
}
static inline double missing_shape(double x) { return 7e-6 * gaussian(x, 0.0, 4.0) + 2e-8 * exp(-x / 12.0); }
static inline double photon_shape(double x) { return 2e-5 / (x + 1.0) * (x < 100.0 ? 1.0 : 0.0); }
static inline double depth_shape(double x) { return 4e-6 * pow(x, 2.0) * exp(-0.55 * x); }

static inline void sample_estimate(struct eot_result *r, const char *name, const char *unit, double value,
                                   double std_error, double n_eff, long n_batches) {
    struct eot_estimate e = {.value = value,
                             .std_error = std_error,
                             .n_eff = n_eff,
                             .n_batches = n_batches,
                             .is_exact = std_error == 0.0 && n_eff == 0.0};
    snprintf(e.name, sizeof e.name, "%s", name);
    snprintf(e.unit, sizeof e.unit, "%s", unit);
    cr_assert_eq(eot_result_add_estimate(r, &e, NULL), EOT_OK);
}

/** The caller frees it with eot_result_free. */
static inline struct eot_result sample_result(void) {
    struct eot_result r = {.name = "sample",
                           .mode = "forced",
                           .per = "EOT",
                           .config_sha256 = "c0",
                           .tables_sha256 = "7a",
                           .tally_sha256 = "7e",
                           .version = "0.1.0",
                           .seed = 11,
                           .run = 3,
                           .partial = true,
                           .energy_in = 1e7,
                           .energy_out = 1e7 * (1.0 - 3e-8),
                           .energy_residual = -3e-8,
                           .effective_yaml = "beam:\n  energy: 100 GeV\n"};
    r.performance.wall_s = 12.5;
    r.performance.kernel_s = 11.0;
    r.performance.jit_s = 0.25;
    r.performance.eot_per_s = 123456.789;
    r.performance.steps_per_s = 1e8 / 3.0;
    r.performance.steps_per_eot = 1e3 / 7.0;
    cr_assert_eq(eot_result_add_device(&r, "pthread-cpu \"x\"", "PoCL 3.1", NULL), EOT_OK);
    cr_assert_eq(eot_result_add_range(&r, 0, 4611686018427387904u, NULL), EOT_OK);
    cr_assert_eq(eot_result_add_range(&r, 4611686018427387905u, 9223372036854775807u, NULL), EOT_OK);
    sample_estimate(&r, "eot.simulated", "1", 2e5, 0.0, 0.0, 0);
    sample_estimate(&r, "eot.equivalent", "1", 1.2345678901234567e9, 1e6, 0.0, 100);
    sample_estimate(&r, "physics.cut", "GeV", 0.1, 0.0, 0.0, 0);
    sample_estimate(&r, "dimuon.per_eot", "1", 1.602e-4, 4e-7, 1.9e5, 100);
    sample_estimate(&r, "dimuon.gamma.per_eot_above_5GeV", "1", 7.5e-5 / 3.0, 2.3e-7, 1.2e5, 100);
    sample_estimate(&r, "selected.per_eot", "1", 3.1e-13, 1.1e-13, 17.0, 100);
    cr_assert_eq(eot_result_add_estimate(&r,
                                         &(struct eot_estimate){.name = "selected.per_eot_exponential",
                                                                .unit = "1",
                                                                .upper_limit_90 = 4.4e-9,
                                                                .is_poorly_determined = true},
                                         NULL),
                 EOT_OK);
    cr_assert_eq(eot_result_add_estimate(&r,
                                         &(struct eot_estimate){.name = "efficiency.track",
                                                                .unit = "1",
                                                                .value = 1.0,
                                                                .n_eff = 1.0,
                                                                .lower_limit_90 = 0.1,
                                                                .has_no_error = true,
                                                                .is_poorly_determined = true},
                                         NULL),
                 EOT_OK);
    r.n_followed = 1000;
    r.n_lost = 2;
    cr_assert_eq(eot_result_add_lost_event(&r, 43, "a muon that is stuck", NULL), EOT_OK);
    sample_estimate(&r, "cascade.track_length_X0.electron_above_5GeV", "X0", 5.512, 0.0213, 2e5, 100);
    sample_map(&r);
    sample_histogram(&r, "hcal0.energy", "GeV", "HCAL0", "energy in the HCAL module", 0.0, 12.0, hcal0_shape);
    sample_histogram(&r, "hcal1.energy", "GeV", "HCAL1", "energy in the HCAL module", 0.0, 12.0, hcal1_shape);
    sample_histogram(&r, "hcal2.energy", "GeV", "HCAL2", "energy in the HCAL module", 0.0, 12.0, hcal2_shape);
    sample_histogram(&r, "missing_energy", "GeV", "Missing energy", "missing energy", -30.0, 90.0, missing_shape);
    sample_histogram(&r, "dimuon.parent_energy", "GeV", "Parents of the muon pairs", "energy of the parent", 0.0, 100.0,
                     photon_shape);
    sample_histogram(&r, "dimuon.depth_X0", "X0", "Depth of the conversion", "depth in the ECAL", 0.0, 40.0,
                     depth_shape);
    const struct eot_cutflow_row row[] = {
        {.cut = "muon pairs", .events = 2e5, .weighted = 1.602e-4, .std_error = 4e-7, .n_eff = 1.9e5},
        {.cut = "one mu- track in the spectrometer",
         .events = 30123,
         .weighted = 3.4e-6,
         .std_error = 2e-8,
         .n_eff = 29000.0},
        {.cut = "VETO within one MIP",
         .events = 1234,
         .weighted = 5.6e-8,
         .std_error = 1.3e-9,
         .n_eff = 1200.0,
         .is_not_applied = true},
        {.cut = "each HCAL module within one MIP",
         .events = 7,
         .weighted = 3.4e-10,
         .std_error = 1.3e-10,
         .n_eff = 6.5,
         .is_poorly_determined = true},
        {.cut = "missing energy > 20 GeV", .upper_limit_90 = 1.25e-9, .is_poorly_determined = true}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        cr_assert_eq(eot_result_add_cutflow_row(&r, &row[i], NULL), EOT_OK);
    const struct eot_category category[] = {
        {.name = "I", .title = "one muon absorbed", .weighted = 3e-10, .std_error = 7e-11, .n_eff = 18.0},
        {.name = "II", .title = "both in the spectrometer", .weighted = 3e-11, .std_error = 2e-11, .n_eff = 12.0},
        {.name = "III", .title = "both through the HCAL", .upper_limit_90 = 1.25e-9, .is_poorly_determined = true}};
    for (size_t i = 0; i < 3; i++) cr_assert_eq(eot_result_add_category(&r, &category[i], NULL), EOT_OK);
    struct eot_selection_result tight = {.name = "tight", .n_cutflow = 2, .n_category = 1};
    tight.cutflow[0] = row[0];
    tight.cutflow[1] = (struct eot_cutflow_row){.cut = "one track",
                                                .events = 12345,
                                                .weighted = 2.5e-6,
                                                .std_error = 1e-8,
                                                .n_eff = 12000.0,
                                                .is_not_applied = true};
    tight.category[0] = category[1];
    cr_assert_eq(eot_result_add_selection(&r, &tight, NULL), EOT_OK);
    cr_assert_eq(eot_findings_warn(&r.warnings, NULL, "no_hcal", "there is no HCAL"), EOT_OK);
    cr_assert_eq(eot_result_add_fault(&r, "stack_overflow", 0, NULL), EOT_OK);
    cr_assert_eq(eot_result_add_fault(&r, "nan", 2, NULL), EOT_OK);
    r.events = (struct eot_event_table){.n_event = 1000,
                                        .n_column = SAMPLE_N_COLUMN,
                                        .column = sample_column,
                                        .value = malloc(1000 * SAMPLE_N_COLUMN * sizeof(double))};
    cr_assert(r.events.value != NULL);
    for (size_t i = 0; i < 1000; i++) {
        r.events.value[3 * i] = (double)(17 * i);
        r.events.value[3 * i + 1] = 1e-4 / (double)(i + 1);
        r.events.value[3 * i + 2] = 5.0 + 0.09 * (double)i;
    }
    return r;
}

/** A new folder of the test's own in the working folder, which is the build's. */
static inline const char *new_folder(void) {
    static char folder[64];
    snprintf(folder, sizeof folder, "test's folder XXXXXX"); /* with a blank and a quote: paths are data */
    cr_assert(mkdtemp(folder) != NULL);
    return folder;
}

/** Entries of a folder, hidden ones too. */
static inline int count_entries(const char *folder) {
    DIR *d = opendir(folder);
    cr_assert(d != NULL);
    int n = -2;
    while (readdir(d) != NULL) n++;
    closedir(d);
    return n;
}

/** Remove a folder made by new_folder with what is in it, two levels deep. */
static inline void remove_folder(const char *folder) {
    DIR *d = opendir(folder);
    if (d == NULL) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        char *path = eot_output_path(folder, e->d_name);
        if (unlink(path) != 0) remove_folder(path);
        free(path);
    }
    closedir(d);
    rmdir(folder);
}

#endif
