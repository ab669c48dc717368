/* The bytes of a checkpoint: whatever is cut off, turned over or put in, it is refused with a reason, and never
 * believed in part; of two generations the newest whole one is taken. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/checkpoint.h"
#include "store/merge.h"

enum { N_COLUMN = 3, N_BLOCK = 4 };

static struct eot_sums_layout layout_of(size_t n) {
    struct eot_sums_layout layout = {0};
    eot_sums_section_add(&layout, "count", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, n, true);
    eot_sums_section_add(&layout, "wide", EOT_SUMS_WIDE, EOT_SUMS_PER_RUN, 2, true);
    eot_sums_section_add(&layout, "apart", EOT_SUMS_COUNT, EOT_SUMS_APART, 1, false);
    return layout;
}

static struct eot_checkpoint_head head_of(const char *config) {
    struct eot_checkpoint_head head = {.version = "1.2.3", .job = "test", .end = 400, .n_column = N_COLUMN};
    snprintf(head.config_sha256, sizeof head.config_sha256, "%s", config);
    return head;
}

/* A run of 400 primaries in batches of 10, of which [first, end) are done; each batch has an event. */
static struct eot_run run_of(const struct eot_sums_layout *layout, uint64_t first, uint64_t end) {
    struct eot_run run = {0};
    struct eot_sums_frame frame = {.first = 0, .n_primary = 400, .batch = 10, .n_block = N_BLOCK};
    struct eot_event_rows rows = {0};
    cr_assert_eq(eot_sums_create(&run.sums, layout, &frame, false, NULL), EOT_OK);
    for (uint64_t i = first; i < end; i += 10) {
        struct eot_sums batch;
        const float value[N_COLUMN] = {(float)i, 0.5f, -1.0f};
        cr_assert_eq(eot_sums_create(&batch, layout, &frame, true, NULL), EOT_OK);
        eot_sums_at(&batch, 0, 0)[0] = (int64_t)i + 1;
        eot_wide_add(eot_sums_at(&batch, 1, 0), 1.0 / (double)(i + 1));
        cr_assert_eq(eot_sums_add(&run.sums, &batch, i, 10, NULL), EOT_OK);
        cr_assert_eq(eot_event_rows_add(&rows, i, value, N_COLUMN, NULL), EOT_OK);
        eot_sums_free(&batch);
    }
    run.row = rows.row;
    run.n_row = rows.n;
    return run;
}

static char folder[] = "/tmp/eotmc-checkpoint-XXXXXX";
static char path[128];

static void make_folder(void) {
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, EOT_CHECKPOINT_FILE);
}

static void remove_folder(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

static size_t file_read(unsigned char **bytes) {
    struct stat information;
    FILE *in = fopen(path, "rb");
    cr_assert(in != NULL && fstat(fileno(in), &information) == 0);
    *bytes = malloc((size_t)information.st_size);
    cr_assert_eq(fread(*bytes, 1, (size_t)information.st_size, in), (size_t)information.st_size);
    fclose(in);
    return (size_t)information.st_size;
}

static void write_run(const struct eot_run *run, struct eot_checkpoint_events *events) {
    struct eot_checkpoint_head head = head_of("abc");
    struct eot_error error;
    cr_assert_eq(eot_checkpoint_write(folder, &head, run, events, &error), EOT_OK, "%s", error.text);
}

static enum eot_status parse(const unsigned char *bytes, size_t n, const struct eot_sums_layout *layout,
                             struct eot_error *error) {
    struct eot_checkpoint_head head;
    struct eot_sums sums = {0};
    enum eot_status status = eot_checkpoint_parse(bytes, n, layout, &head, &sums, error);
    eot_sums_free(&sums);
    return status;
}

Test(checkpoint, comes_back_as_it_was, .init = make_folder, .fini = remove_folder) {
    struct eot_sums_layout layout = layout_of(5);
    struct eot_run run = run_of(&layout, 0, 120), more = run_of(&layout, 0, 200), back = {0};
    struct eot_checkpoint_events events = {0}, read;
    struct eot_checkpoint_head head;
    struct eot_error error;
    char before[65], after[65];
    eot_sha256_init(&events.hash);
    write_run(&run, &events);
    cr_expect_eq(events.n_row, 12);
    write_run(&more, &events); /* appends eight events, keeps the generation before */
    cr_assert_eq(eot_checkpoint_read(folder, &layout, &head, &back, &read, &error), EOT_OK, "%s", error.text);
    eot_sums_hash(&more.sums, before);
    eot_sums_hash(&back.sums, after);
    cr_expect_str_eq(before, after);
    cr_expect_eq(back.n_row, 20);
    cr_expect_eq(back.row[19].primary, 190);
    cr_expect_eq(memcmp(&read, &events, sizeof read), 0, "the next events go where those of the run would have gone");
    cr_expect_str_eq(head.config_sha256, "abc");
    eot_run_free(&back);
    memset(&back, 0, sizeof back);
    cr_assert_eq(truncate(path, 700), 0);
    cr_assert_eq(eot_checkpoint_read(folder, &layout, &head, &back, &read, &error), EOT_OK, "%s", error.text);
    eot_sums_hash(&run.sums, before);
    eot_sums_hash(&back.sums, after);
    cr_expect_str_eq(before, after, "the generation before");
    cr_expect_eq(back.n_row, 12, "events behind those that it knows do not count");
    eot_run_free(&back);
    eot_run_free(&run);
    eot_run_free(&more);
}

Test(checkpoint, is_refused_when_damaged, .init = make_folder, .fini = remove_folder) {
    struct eot_sums_layout layout = layout_of(5), other = layout_of(6);
    struct eot_run run = run_of(&layout, 0, 120);
    struct eot_checkpoint_events events = {0};
    struct eot_error error;
    unsigned char *bytes;
    eot_sha256_init(&events.hash);
    write_run(&run, &events);
    size_t n = file_read(&bytes);
    cr_expect_eq(parse(bytes, n, &layout, &error), EOT_OK, "%s", error.text);
    cr_expect_eq(parse(bytes, n, &other, &error), EOT_E_IO, "sums of another layout");
    for (size_t cut = 0; cut < n; cut++) cr_expect_eq(parse(bytes, cut, &layout, &error), EOT_E_IO, "%zu bytes", cut);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= (unsigned char)(1u << (i % 8));
        cr_expect_eq(parse(bytes, n, &layout, &error), EOT_E_IO, "byte %zu", i);
        bytes[i] ^= (unsigned char)(1u << (i % 8));
    }
    /* with a right checksum, as a hostile file would have: no field is believed that does not fit the others */
    char hex[65];
    for (size_t i = 24; i + 64 < n; i++) {
        unsigned char kept = bytes[i];
        bytes[i] = (unsigned char)(255u - kept);
        eot_sha256_hex(bytes, n - 64, hex);
        memcpy(bytes + n - 64, hex, 64);
        struct eot_checkpoint_head head;
        struct eot_sums sums = {0};
        if (eot_checkpoint_parse(bytes, n, &layout, &head, &sums, &error) == EOT_OK)
            cr_expect(sums.n_range <= 400 && head.n_row <= EOT_MAX_EVENT_ROW && head.n_column <= EOT_N_EVENT_COLUMN,
                      "byte %zu", i);
        eot_sums_free(&sums);
        bytes[i] = kept;
    }
    free(bytes);
    eot_run_free(&run);
}

Test(checkpoint, a_link_or_a_pipe_is_not_followed, .init = make_folder, .fini = remove_folder) {
    struct eot_sums_layout layout = layout_of(1);
    struct eot_checkpoint_head head;
    struct eot_checkpoint_events events;
    struct eot_run run = {0};
    struct eot_error error;
    cr_assert_eq(symlink("/etc/hostname", path), 0);
    cr_expect_eq(eot_checkpoint_read(folder, &layout, &head, &run, &events, &error), EOT_E_IO);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(eot_checkpoint_read(folder, &layout, &head, &run, &events, &error), EOT_E_IO, "and it does not wait");
}

Test(merge, finds_what_is_missing) {
    struct eot_sums_layout layout = layout_of(1);
    struct eot_run a = run_of(&layout, 50, 100), b = run_of(&layout, 200, 400);
    uint64_t(*hole)[2];
    size_t n;
    cr_assert_eq(eot_sums_merge(&a.sums, &b.sums, NULL), EOT_OK);
    cr_assert_eq(eot_merge_holes(&a.sums, &hole, &n, NULL), EOT_OK);
    cr_assert_eq(n, 2);
    cr_expect(hole[0][0] == 0 && hole[0][1] == 50 && hole[1][0] == 100 && hole[1][1] == 200);
    free(hole);
    eot_run_free(&a);
    eot_run_free(&b);
}

/* A part of the run in a folder of its own, with its events followed and every other of them lost. */
static void write_part(const char *name, const struct eot_sums_layout *layout, uint64_t first, uint64_t end) {
    struct eot_run run = run_of(layout, first, end);
    struct eot_checkpoint_head head = head_of("abc");
    struct eot_checkpoint_events events = {0};
    struct eot_error error;
    char part[128];
    snprintf(part, sizeof part, "%s/%s", folder, name);
    cr_assert_eq(mkdir(part, 0700), 0);
    run.n_followed = end - first;
    for (uint64_t i = first; i < end; i += 2) eot_lost_events_add(&run.lost, i, (uint32_t)(i % 3 + 1));
    eot_sha256_init(&events.hash);
    cr_assert_eq(eot_checkpoint_write(part, &head, &run, &events, &error), EOT_OK, "%s", error.text);
    eot_run_free(&run);
}

static void merge_parts(const char *const *name, size_t n, const struct eot_sums_layout *layout, struct eot_run *run) {
    struct eot_checkpoint_head head = {.version = ""};
    struct eot_error error;
    char part[128];
    for (size_t i = 0; i < n; i++) {
        snprintf(part, sizeof part, "%s/%s", folder, name[i]);
        cr_assert_eq(eot_merge_add(part, layout, &head, run, &error), EOT_OK, "%s", error.text);
    }
}

/* Whatever is counted beside the sums is that of one run, too: events that were followed, lost, kept. */
Test(merge, counts_everything_once, .init = make_folder, .fini = remove_folder) {
    struct eot_sums_layout layout = layout_of(1);
    struct eot_run one = {0}, other = {0}, whole = run_of(&layout, 0, 400);
    char merged[65], wanted[65];
    write_part("a", &layout, 0, 30);
    write_part("b", &layout, 30, 250);
    write_part("c", &layout, 250, 400);
    merge_parts((const char *const[]){"b", "a", "c"}, 3, &layout, &one);
    merge_parts((const char *const[]){"c", "b", "a"}, 3, &layout, &other);
    const struct eot_run *run[] = {&one, &other};
    eot_sums_hash(&whole.sums, wanted);
    for (int k = 0; k < 2; k++) {
        eot_sums_hash(&run[k]->sums, merged);
        cr_expect_str_eq(merged, wanted);
        cr_expect_eq(run[k]->n_followed, 400);
        cr_expect_eq(run[k]->lost.n, 200);
        cr_expect_eq(run[k]->lost.n_kept, EOT_MAX_LOST_KEPT);
        for (size_t i = 0; i < run[k]->lost.n_kept; i++)
            cr_expect(run[k]->lost.kept[i].primary == 2 * i && run[k]->lost.kept[i].faults == 2 * i % 3 + 1);
        cr_expect_eq(run[k]->n_row, 40);
        for (size_t i = 0; i < run[k]->n_row; i++) cr_expect_eq(run[k]->row[i].primary, 10 * i);
    }
    eot_run_free(&one);
    eot_run_free(&other);
    eot_run_free(&whole);
}
