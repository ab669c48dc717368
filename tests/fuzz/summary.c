/* A summary.json that `compare`, `limit` and `merge` read: read, or refused with a message. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analysis/result.h"
#include "output/output.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n_bytes) {
    static int descriptor = -1;
    static char path[64];
    struct eot_result result;
    struct eot_error error = {.status = EOT_OK};
    if (descriptor < 0) {
        descriptor = memfd_create("summary", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, bytes, n_bytes, 0) != (ssize_t)n_bytes) abort();
    if (eot_output_summary_read(path, &result, &error) != EOT_OK && error.text[0] == '\0') abort();
    eot_result_free(&result);
    return 0;
}
