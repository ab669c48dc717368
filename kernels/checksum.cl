/* The checksum of what the host is about to read. */
#include "eotmc/math/checksum.h"

/** @param range first word, number of words, number of work items. @param word the buffer that is read. @param sum [2]
 * of each work item out: its share of the checksum. */
EOT_KERNEL_FN(checksum)
void checksum(EOT_GLOBAL const u32 *range, EOT_GLOBAL const u32 *word, EOT_GLOBAL u64 *sum) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= range[2]) return;
    eot_checksum s = eot_checksum_of(word + range[0], range[1], i, range[2]);
    sum[2 * i] = s.words;
    sum[2 * i + 1] = s.places;
}
