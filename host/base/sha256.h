/** @file sha256.h
 * SHA-256 (FIPS 180-4), the content hash of configurations, tables, tallies and the kernel cache. */
#ifndef EOT_HOST_BASE_SHA256_H
#define EOT_HOST_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/** State of a hash in progress; start with eot_sha256_init. */
struct eot_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    void (*compress)(uint32_t state[8], const uint8_t block[64]); /* of a block, as fast as the processor can */
    uint8_t block[64];
};

void eot_sha256_init(struct eot_sha256 *hash);
/** Append n bytes; may be called any number of times. */
void eot_sha256_update(struct eot_sha256 *hash, const void *bytes, size_t n);
/** Finish: 64 lower-case hexadecimal digits and a terminating zero. The state must be initialised again before further
 * use. */
void eot_sha256_finish(struct eot_sha256 *hash, char hex[65]);
/** All at once. */
void eot_sha256_hex(const void *bytes, size_t n, char hex[65]);

#endif
