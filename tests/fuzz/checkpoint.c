/* The bytes of a checkpoint without its checksum, which is put behind them here, so that what lies behind the checksum
 * is reached: read, or refused with a message. */
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "config/config.h"
#include "job/job.h"
#include "store/checkpoint.h"

static struct eot_sums_layout layout;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    static struct eot_config config; /* the layout's names may be in it */
    struct eot_error error = {.status = EOT_OK};
    const struct eot_job *job;
    (void)argc, (void)argv;
    if (eot_config_read(EOT_SOURCE_DIR "/configs/smoke.yaml", NULL, 0, &config, &error) != EOT_OK ||
        eot_job_find(&config, &job, &error) != EOT_OK)
        abort();
    job->layout(&config, &layout);
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
