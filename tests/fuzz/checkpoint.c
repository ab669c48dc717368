/* The bytes of a checkpoint without its checksum, which is put behind them here, so that what lies behind the checksum
 * is reached: read, or refused with a message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "store/checkpoint.h"

static struct eot_sums_layout layout;

/* Sums of every kind and scope, and few, so that inputs are many. With EOT_FUZZ_SEED a checkpoint of such a run,
 * without its checksum, goes into the file of that name. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    const char *seed = getenv("EOT_FUZZ_SEED");
    struct eot_sums_frame frame = {.first = 5, .n_primary = 400, .batch = 10, .n_block = 4};
    struct eot_run run = {.n_followed = 30};
    struct eot_checkpoint_head head = {.version = "1.2.3", .job = "test", .first = 5, .end = 405, .n_device = 1};
    struct eot_checkpoint_events events = {0};
    struct eot_error error;
    char folder[] = "/tmp/eotmc-fuzz-XXXXXX", path[64], command[512];
    (void)argc, (void)argv;
    eot_sums_section_add(&layout, "count", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, 3, true);
    eot_sums_section_add(&layout, "wide", EOT_SUMS_WIDE, EOT_SUMS_PER_BLOCK, 1, true);
    eot_sums_section_add(&layout, "largest", EOT_SUMS_MAXIMUM, EOT_SUMS_PER_RUN, 1, true);
    eot_sums_section_add(&layout, "apart", EOT_SUMS_COUNT, EOT_SUMS_APART, 1, false);
    if (seed == NULL) return 0;
    if (eot_sums_create(&run.sums, &layout, &frame, false, &error) != EOT_OK || mkdtemp(folder) == NULL) abort();
    for (uint64_t i = 0; i < 3; i++) {
        struct eot_sums batch;
        if (eot_sums_create(&batch, &layout, &frame, true, &error) != EOT_OK ||
            eot_sums_add(&run.sums, &batch, 5 + 20 * i, 10, &error) != EOT_OK)
            abort();
        eot_sums_free(&batch);
        eot_lost_events_add(&run.lost, 20 * i, 1);
    }
    eot_sha256_init(&events.hash);
    if (eot_checkpoint_write(folder, &head, &run, &events, &error) != EOT_OK) abort();
    snprintf(path, sizeof path, "%s/%s", folder, EOT_CHECKPOINT_FILE);
    snprintf(command, sizeof command, "head -c -64 %s >%s && rm -r %s", path, seed, folder);
    if (system(command) != 0) abort();
    eot_run_free(&run);
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n_bytes) {
    struct eot_checkpoint_head head = {.version = ""};
    struct eot_sums sums = {0};
    struct eot_error error = {.status = EOT_OK};
    char hex[65];
    unsigned char *all = malloc(n_bytes + 64);
    if (all == NULL) return 0;
    memcpy(all, bytes, n_bytes);
    eot_sha256_hex(bytes, n_bytes, hex);
    memcpy(all + n_bytes, hex, 64);
    if (eot_checkpoint_parse(all, n_bytes + 64, &layout, &head, &sums, &error) != EOT_OK && error.text[0] == '\0')
        abort();
    eot_sums_free(&sums);
    free(all);
    return 0;
}
