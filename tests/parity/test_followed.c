/* The list of events that are followed with deposits: those that are chosen, in their order, whatever the device. */
#include <criterion/criterion.h>
#include <string.h>

#include "device/launch.h"
#include "eotmc/math/random.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"

enum { N_MOST = 3 * EOT_FOLLOW_BLOCK + 1, FIRST = 5, FIRST_PRIMARY = 1000 };

struct buffers {
    struct eot_buffer *launch, *record, *history, *n_followed, *list, *primary;
};

/* The list of n events, of which a share is chosen. @param share 0 to 256 of 256. */
static void expect_list(struct eot_backend *b, u32 n, u32 share) {
    struct eot_error error;
    eot_event_launch launch = {.first_vertex = FIRST, .n_event = n};
    eot_vertex_record record[FIRST + N_MOST];
    eot_history history[N_MOST];
    u32 list[N_MOST], primary[N_MOST], count[N_MOST / EOT_FOLLOW_BLOCK + 1], want[N_MOST], n_want = 0, n_list = 0;
    const size_t n_block = (n + EOT_FOLLOW_BLOCK - 1) / EOT_FOLLOW_BLOCK;
    struct buffers x;
    memset(record, 0, sizeof record);
    for (u32 i = 0; i < n; i++) {
        record[FIRST + i].i_primary = FIRST_PRIMARY + 3 * i;
        history[i].number = 0;
        history[i].share = (eot_philox(i, n, 1, 2, 3, 4).x & 255u) < share ? 1.0f : 0.0f;
        if (history[i].share > 0.0f) want[n_want++] = i;
    }
    const struct {
        struct eot_buffer **buffer;
        size_t n_bytes;
        const void *initial;
    } all[] = {{&x.launch, sizeof launch, &launch},        {&x.record, sizeof record, record},
               {&x.history, n * sizeof *history, history}, {&x.n_followed, n_block * sizeof *count, NULL},
               {&x.list, n * sizeof *list, NULL},          {&x.primary, n * sizeof *primary, NULL}};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        cr_assert_eq(b->op->buffer_create(b, all[k].n_bytes, all[k].initial, all[k].buffer, &error), EOT_OK, "%s",
                     error.text);
    cr_assert_eq(eot_launch_count_followed(b, n_block, 0,
                                           (struct eot_args_count_followed){
                                               .launch = x.launch, .history = x.history, .n_followed = x.n_followed},
                                           &error),
                 EOT_OK, "%s", error.text);
    cr_assert_eq(eot_launch_list_followed(b, n_block, 0,
                                          (struct eot_args_list_followed){.launch = x.launch,
                                                                          .record = x.record,
                                                                          .history = x.history,
                                                                          .n_followed = x.n_followed,
                                                                          .list = x.list,
                                                                          .primary = x.primary},
                                          &error),
                 EOT_OK, "%s", error.text);
    cr_assert_eq(b->op->buffer_read(b, x.n_followed, 0, n_block * sizeof *count, count, &error), EOT_OK);
    cr_assert_eq(b->op->buffer_read(b, x.list, 0, n * sizeof *list, list, &error), EOT_OK);
    cr_assert_eq(b->op->buffer_read(b, x.primary, 0, n * sizeof *primary, primary, &error), EOT_OK);
    for (size_t k = 0; k < n_block; k++) n_list += count[k];
    cr_assert_eq(n_list, n_want, "%u of %u events are listed, not %u", n_list, n, n_want);
    for (u32 k = 0; k < n_want; k++)
        cr_assert(list[k] == want[k] && primary[k] == FIRST_PRIMARY + 3 * want[k], "%u events: place %u has %u", n, k,
                  list[k]);
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) b->op->buffer_free(b, *all[k].buffer);
}

Test(followed, lists_the_chosen_events_in_order) {
    static const char *const selector[] = {"host", NULL};
    static const u32 number[] = {1, EOT_FOLLOW_BLOCK - 1, EOT_FOLLOW_BLOCK, EOT_FOLLOW_BLOCK + 1, N_MOST},
                     share[] = {0, 1, 20, 128, 256};
    for (size_t d = 0; d < 2; d++) {
        struct eot_error error;
        struct eot_backend *b;
        cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = selector[d]}, &b, &error), EOT_OK, "%s",
                     error.text);
        if (selector[d] == NULL && b->is_host) cr_log_warn("no OpenCL device here: only the host was tried");
        for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
            for (size_t k = 0; k < sizeof share / sizeof share[0]; k++) expect_list(b, number[i], share[k]);
        eot_backend_close(b);
    }
}
