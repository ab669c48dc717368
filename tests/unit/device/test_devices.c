/* Choosing a device from a list; what a user sees when the choice or the build fails. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device/backend.h"
#include "device/devices.h"

static const struct eot_device MACHINE[] = {
    {.name = "Old GPU",
     .platform = "Vendor A",
     .type = EOT_DEVICE_GPU,
     .compute_units = 90,
     .missing = "double precision (fp64)"},
    {.name = "Small GPU", .platform = "Vendor A", .type = EOT_DEVICE_GPU, .compute_units = 10},
    {.name = "A Processor", .platform = "Portable", .type = EOT_DEVICE_CPU, .compute_units = 128},
    {.name = "Big GPU 3090", .platform = "Vendor B", .type = EOT_DEVICE_GPU, .compute_units = 80},
    {.name = "host", .platform = "none", .type = EOT_DEVICE_HOST, .compute_units = 1},
};

struct choice {
    char selector[16];
    int first, n, want; /* of the MACHINE's devices; -1 = no such device */
};

ParameterizedTestParameters(devices, the_selector_means_one_device) {
    static struct choice rows[] = {
        {"", 0, 5, 3},        {"", 0, 3, 1},      {"", 2, 1, 0},          {"", 4, 1, 0},         {"", 0, 1, -1},
        {"0", 0, 5, 0},       {"2", 0, 5, 2},     {"5", 0, 5, -1},        {"host", 0, 5, 4},     {"HOST", 0, 5, 4},
        {"gpu", 0, 5, 0},     {"small", 0, 5, 1}, {"3090", 0, 5, 3},      {"vendor b", 0, 5, 3}, {"portable", 0, 5, 2},
        {"banana", 0, 5, -1}, {"-1", 0, 5, -1},   {"processor", 0, 5, 2},
    };
    return cr_make_param_array(struct choice, rows, sizeof rows / sizeof rows[0]);
}

/* The empty text stands for automatic here. */
ParameterizedTest(struct choice *row, devices, the_selector_means_one_device) {
    struct eot_error error = {.status = EOT_OK};
    size_t chosen = 99;
    enum eot_status status = eot_device_choose(MACHINE + row->first, (size_t)row->n,
                                               row->selector[0] != '\0' ? row->selector : NULL, &chosen, &error);
    if (row->want < 0)
        cr_assert_eq(status, EOT_E_USAGE, "%s", row->selector);
    else
        cr_assert(status == EOT_OK && chosen == (size_t)row->want, "'%s' gives %zu", row->selector, chosen);
}

Test(devices, a_wrong_choice_is_answered_with_what_is_there) {
    struct eot_error error = {.status = EOT_OK};
    size_t chosen = 0;
    cr_assert_eq(eot_device_choose(MACHINE, 5, "banana", &chosen, &error), EOT_E_USAGE);
    cr_assert_str_eq(error.text, "--device banana matches no device (there are: 0 = Old GPU, 1 = Small GPU, 2 = A "
                                 "Processor, 3 = Big GPU 3090, 4 = host); "
                                 "give a number, part of a name, or host");
    cr_assert_eq(eot_device_choose(MACHINE, 5, "", &chosen, &error), EOT_E_USAGE);
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = "banana"}, &backend, &error), EOT_E_USAGE);
    cr_assert_eq(backend, NULL);
    cr_assert(strstr(error.text, "= host)") != NULL, "%s", error.text);
}

Test(devices, without_any_driver_there_is_the_host) {
    setenv("OCL_ICD_VENDORS", "/nonexistent", 1);
    struct eot_error error = {.status = EOT_OK};
    struct eot_device *device = NULL;
    size_t n_device = 0;
    cr_assert_eq(eot_devices_list(&device, &n_device, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(n_device, 1);
    cr_assert_eq(device[0].type, EOT_DEVICE_HOST);
    free(device);
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = NULL}, &backend, &error), EOT_OK, "%s",
                 error.text);
    cr_assert(backend->is_host);
    eot_backend_close(backend);
}

Test(devices, a_failed_build_shows_driver_options_log_and_the_saved_source) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_device *device = NULL;
    size_t n_device = 0;
    cr_assert_eq(eot_devices_list(&device, &n_device, &error), EOT_OK, "%s", error.text);
    char driver[128];
    snprintf(driver, sizeof driver, "driver %.100s", device[0].driver);
    free(device);
    if (n_device == 1) cr_skip_test("no OpenCL device here");
    char root[] = "/tmp/eotmc-build-XXXXXX", path[128], command[128];
    cr_assert_neq(mkdtemp(root), NULL);
    setenv("XDG_CACHE_HOME", root, 1);
    snprintf(path, sizeof path, "%s/kernels", root);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/kernels/wrong.cl", root);
    FILE *out = fopen(path, "w");
    fputs("\n__kernel void wrong(__global int *a) { a[0] = no_such_name; }\n", out);
    fclose(out);
    struct eot_backend *backend = NULL;
    struct eot_backend_options options = {.selector = "0", .kernel_dir = root, .extra_options = "-DEOT_ANY=3"};
    cr_assert_eq(eot_backend_open(&options, &backend, &error), EOT_E_BUILD);
    static const char *const parts[] = {"-cl-std=CL1.2", "-DEOT_ANY=3", "clBuildProgram", "no_such_name",
                                        "kernels/wrong.cl:2"};
    for (int i = 0; i < 5; i++)
        cr_assert(strstr(error.text, parts[i]) != NULL, "'%s' is missing in: %s", parts[i], error.text);
    cr_assert(strstr(error.text, driver) != NULL, "%s", error.text);
    char *at = strstr(error.text, "Source: "), saved[256] = "";
    cr_assert(at != NULL && sscanf(at, "Source: %255s", saved) == 1);
    saved[strlen(saved) - 1] = '\0'; /* the full stop */
    FILE *in = fopen(saved, "r");
    cr_assert_neq(in, NULL, "%s", saved);
    fclose(in);
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

Test(devices, only_definitions_may_be_added_to_the_options) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_device *device = NULL;
    size_t n_device = 0;
    cr_assert_eq(eot_devices_list(&device, &n_device, &error), EOT_OK, "%s", error.text);
    free(device);
    if (n_device == 1) cr_skip_test("no OpenCL device here");
    struct eot_backend *backend = NULL;
    struct eot_backend_options options = {.selector = "0", .extra_options = "-DA=1 -cl-fast-relaxed-math"};
    cr_assert_eq(eot_backend_open(&options, &backend, &error), EOT_E_INTERNAL);
    cr_assert_eq(backend, NULL);
}
