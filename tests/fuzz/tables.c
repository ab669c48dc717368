/* Cached tables behind their hash: taken apart, or refused and the world empty. */
#include <stdlib.h>
#include <string.h>

#include "world/sections.h"
#include "world/world.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n_bytes) {
    struct eot_world world, empty;
    char key[65] = "";
    memcpy(key, bytes, n_bytes < 64 ? n_bytes : 64);
    memset(&empty, 0, sizeof empty);
    if (eot_world_unpack(&world, key, bytes, n_bytes))
        eot_world_free(&world);
    else if (memcmp(&world, &empty, sizeof world) != 0)
        abort();
    return 0;
}
