/* Reading a buffer back with a checksum. */
#include <stdint.h>
#include <stdlib.h>

#include "device/launch.h"
#include "eotmc/math/checksum.h"

/* Work items of the checksum at most, and words that each of them should have. */
enum { ON_CPU = 64, ON_GPU = 16384, WORDS_PER_ITEM = 64 };

static size_t most_items(const struct eot_backend *b) { return b->is_gpu ? ON_GPU : ON_CPU; }

/* What the device makes of the words. @param part [2 n_item] scratch. */
static enum eot_status checksum_there(struct eot_backend *b, struct eot_buffer *buffer, const u32 range[3], u64 *part,
                                      eot_checksum *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (b->checksum.range == NULL) EOT_TRY(b->op->buffer_create(b, 3 * sizeof *range, range, &b->checksum.range, err));
    if (b->checksum.sum == NULL)
        EOT_TRY(b->op->buffer_create(b, 2 * most_items(b) * sizeof *part, NULL, &b->checksum.sum, err));
    EOT_TRY(b->op->buffer_write(b, b->checksum.range, 0, 3 * sizeof *range, range, err));
    EOT_TRY(eot_launch_checksum(
        b, range[2], 0, (struct eot_args_checksum){.range = b->checksum.range, .word = buffer, .sum = b->checksum.sum},
        err));
    EOT_TRY(b->op->buffer_read(b, b->checksum.sum, 0, 2 * range[2] * sizeof *part, part, err));
    *s = (eot_checksum){0, 0};
    for (u32 i = 0; i < range[2]; i++) {
        s->words += part[2 * i];
        s->places += part[2 * i + 1];
    }
done:
    return status;
}

enum eot_status eot_backend_read(struct eot_backend *b, struct eot_buffer *buffer, size_t offset, size_t n_bytes,
                                 void *target, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const size_t n = n_bytes / sizeof(u32);
    eot_checksum there, here;
    u64 few[2 * ON_CPU], *part = few;
    EOT_TRY(b->op->buffer_read(b, buffer, offset, n_bytes, target, err));
    if (b->is_host || n == 0) goto done;
    EOT_CHECK(offset % sizeof(u32) == 0 && n_bytes % sizeof(u32) == 0 && (offset + n_bytes) / sizeof(u32) <= UINT32_MAX,
              EOT_E_INTERNAL, "bytes %zu..%zu of a device buffer are no words of 32 bits; report this as a bug", offset,
              offset + n_bytes);
    size_t n_item = n / WORDS_PER_ITEM < most_items(b) ? n / WORDS_PER_ITEM + 1 : most_items(b);
    if (n_item > ON_CPU) part = malloc(2 * n_item * sizeof *part);
    EOT_CHECK_MEMORY(part);
    const u32 range[3] = {(u32)(offset / sizeof(u32)), (u32)n, (u32)n_item};
    EOT_TRY(checksum_there(b, buffer, range, part, &there, err));
    here = eot_checksum_of(target, (u32)n, 0, 1);
    EOT_CHECK(
        here.words == there.words && here.places == there.places, EOT_E_DEVICE,
        "%zu bytes that were read from %s are not those that it holds (checksum %016llx, not %016llx): the memory "
        "or the way to it is faulty; what was done before is kept, go on with --resume, on another device",
        n_bytes, b->name, (unsigned long long)(here.words ^ here.places),
        (unsigned long long)(there.words ^ there.places));
done:
    if (part != few) free(part);
    return status;
}
