/* Every backend: buffers, launches, and the same results whatever the group. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "device/launch.h"

struct selector {
    char text[16];
};

ParameterizedTestParameters(backend, philox_known_answers_for_any_group) {
    static struct selector rows[] = {{"host"}, {"0"}};
    return cr_make_param_array(struct selector, rows, sizeof rows / sizeof rows[0]);
}

/* Random123's published known answer for the counter and key of all ones bits, made by every item of launches with
 * different groups. */
ParameterizedTest(struct selector *row, backend, philox_known_answers_for_any_group) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend_options options = {.selector = row->text};
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&options, &backend, &error), EOT_OK, "%s", error.text);
    enum { N = 100 };
    uint32_t counter[1 + 6 * N], block[4 * N];
    memset(counter, 0xff, sizeof counter);
    counter[0] = N;
    struct eot_buffer *arguments[2];
    static const size_t groups[] = {0, 1, 7, 64};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        cr_assert_eq(backend->op->buffer_create(backend, sizeof counter, counter, &arguments[0], &error), EOT_OK, "%s",
                     error.text);
        cr_assert_eq(backend->op->buffer_create(backend, sizeof block, NULL, &arguments[1], &error), EOT_OK, "%s",
                     error.text);
        cr_assert_eq(eot_launch_probe_random(
                         backend, N, groups[i],
                         (struct eot_args_probe_random){.counter = arguments[0], .block = arguments[1]}, &error),
                     EOT_OK, "%s", error.text);
        cr_assert_eq(backend->op->buffer_read(backend, arguments[1], 0, sizeof block, block, &error), EOT_OK, "%s",
                     error.text);
        for (int k = 0; k < N; k++) {
            cr_assert_eq(block[4 * k], 0x408f276du);
            cr_assert_eq(block[4 * k + 1], 0x41c83b0eu);
            cr_assert_eq(block[4 * k + 2], 0xa20bc7c6u);
            cr_assert_eq(block[4 * k + 3], 0x6d5451fdu);
        }
        backend->op->buffer_free(backend, arguments[0]);
        backend->op->buffer_free(backend, arguments[1]);
    }
    eot_backend_close(backend);
}

ParameterizedTestParameters(backend, buffers_start_zeroed_and_refuse_what_is_out_of_range) {
    static struct selector rows[] = {{"host"}, {"0"}};
    return cr_make_param_array(struct selector, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct selector *row, backend, buffers_start_zeroed_and_refuse_what_is_out_of_range) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend_options options = {.selector = row->text};
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&options, &backend, &error), EOT_OK, "%s", error.text);
    struct eot_buffer *buffer;
    unsigned char bytes[10];
    cr_assert_eq(backend->op->buffer_create(backend, 10, NULL, &buffer, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(backend->op->buffer_read(backend, buffer, 0, 10, bytes, &error), EOT_OK, "%s", error.text);
    for (int i = 0; i < 10; i++) cr_assert_eq(bytes[i], 0);
    memset(bytes, 7, sizeof bytes);
    cr_assert_eq(backend->op->buffer_write(backend, buffer, 2, 8, bytes, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(backend->op->buffer_zero(backend, buffer, 3, 5, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(backend->op->buffer_read(backend, buffer, 0, 10, bytes, &error), EOT_OK, "%s", error.text);
    static const unsigned char want[10] = {0, 0, 7, 0, 0, 0, 0, 0, 7, 7};
    cr_assert_arr_eq(bytes, want, 10);
    cr_assert_eq(backend->op->buffer_write(backend, buffer, 3, 8, bytes, &error), EOT_E_INTERNAL);
    cr_assert_eq(backend->op->buffer_read(backend, buffer, 11, 0, bytes, &error), EOT_E_INTERNAL);
    cr_assert_eq(backend->op->buffer_zero(backend, buffer, 0, 11, &error), EOT_E_INTERNAL);
    backend->op->buffer_free(backend, buffer);
    backend->op->buffer_free(backend, NULL);
    eot_backend_close(backend);
}
