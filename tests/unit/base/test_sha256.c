/* SHA-256 against the example values of NIST FIPS 180-4 (csrc.nist.gov, Cryptographic Standards and Guidelines:
 * SHA256.pdf, SHA2_Additional.pdf). */
#include <criterion/criterion.h>
#include <string.h>

#include "base/sha256.h"

Test(sha256, gives_the_published_digests) {
    char hex[65];
    eot_sha256_hex("", 0, hex);
    cr_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    eot_sha256_hex("abc", 3, hex);
    cr_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    eot_sha256_hex(two, strlen(two), hex);
    cr_assert_str_eq(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

Test(sha256, parts_give_the_digest_of_the_whole) {
    char part[1000], hex[65];
    memset(part, 'a', sizeof part);
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    for (int i = 0; i < 1000; i++) { /* a million 'a' in uneven parts */
        eot_sha256_update(&hash, part, (size_t)(i % 7 * 100));
        eot_sha256_update(&hash, part, (size_t)(1000 - i % 7 * 100));
    }
    eot_sha256_finish(&hash, hex);
    cr_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
