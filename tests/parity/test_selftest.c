/* The self-test passes on each backend, and without a single bit of difference where the device rounds divide and sqrt
 * correctly, as PoCL does. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "device/selftest.h"

struct selector {
    char text[16];
};

ParameterizedTestParameters(selftest, has_the_same_bits_as_the_host) {
    static struct selector rows[] = {{"host"}, {"portable"}};
    return cr_make_param_array(struct selector, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct selector *row, selftest, has_the_same_bits_as_the_host) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend_options options = {.selector = row->text};
    struct eot_backend *backend = NULL;
    enum eot_status status = eot_backend_open(&options, &backend, &error);
    if (status == EOT_E_USAGE) cr_skip_test("no PoCL here: %s", error.text);
    cr_assert_eq(status, EOT_OK, "%s", error.text);
    static struct eot_selftest_report report;
    cr_assert_eq(eot_selftest(backend, true, &report, &error), EOT_OK, "%s", error.text);
    cr_assert_gt(report.n_row, 10);
    for (int i = 0; i < report.n_row; i++)
        cr_assert_eq(report.row[i].max_ulp, 0.0, "%s differs by %g ulp", report.row[i].name, report.row[i].max_ulp);
    eot_backend_close(backend);
}

/* A backend that miscomputes must not pass: one operation of the host backend is replaced. */
static enum eot_status (*honest_read)(struct eot_backend *, struct eot_buffer *, size_t, size_t, void *,
                                      struct eot_error *);
static enum eot_status read_with_one_wrong_bit(struct eot_backend *backend, struct eot_buffer *buffer, size_t offset,
                                               size_t n_bytes, void *target, struct eot_error *err) {
    enum eot_status status = honest_read(backend, buffer, offset, n_bytes, target, err);
    if (status == EOT_OK && n_bytes > 8192)
        ((unsigned char *)target)[n_bytes / 4 * 2 + 3] ^= 1; /* the highest byte of a float */
    return status;
}

Test(selftest, one_wrong_bit_fails_and_names_the_device) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend_options options = {.selector = "host"};
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&options, &backend, &error), EOT_OK, "%s", error.text);
    honest_read = backend->op->buffer_read;
    struct eot_backend_operations wrong = *backend->op;
    wrong.buffer_read = read_with_one_wrong_bit;
    backend->op = &wrong;
    cr_assert_eq(eot_selftest(backend, false, NULL, &error), EOT_E_SELFTEST);
    cr_assert(strstr(error.text, "self-test failed on host (driver C") != NULL, "%s", error.text);
    cr_assert(strstr(error.text, "ulp apart") != NULL, "%s", error.text);
    eot_backend_close(backend);
}
