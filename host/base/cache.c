#include "base/cache.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "base/stale.h"

static const char MAGIC[] = "eotmc cache 1\n"; /* then the SHA-256 of the rest in hexadecimal, a newline, the bytes */

static bool make_folder(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool is_bad = mkdir(path, 0777) != 0 && errno != EEXIST;
        *slash = '/';
        if (is_bad) return false;
    }
    return (mkdir(path, 0777) == 0 || errno == EEXIST) && access(path, W_OK | X_OK) == 0;
}

bool eot_cache_folder(char *folder, size_t n_folder) {
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (xdg != NULL && xdg[0] == '/') /* the specification: a relative path is to be ignored */
        n = snprintf(folder, n_folder, "%s/eotmc", xdg);
    else if (home != NULL && home[0] == '/')
        n = snprintf(folder, n_folder, "%s/.cache/eotmc", home);
    return n > 0 && (size_t)n < n_folder && make_folder(folder);
}

static bool cache_path(const char *key, char path[PATH_MAX]) {
    char folder[PATH_MAX - 80];
    if (!eot_cache_folder(folder, sizeof folder)) return false;
    snprintf(path, PATH_MAX, "%s/%s.bin", folder, key);
    return true;
}

unsigned char *eot_cache_read(const char *key, size_t *n_bytes) {
    char path[PATH_MAX], magic[sizeof MAGIC] = "", stored[66] = "", hash[65];
    unsigned char *bytes = NULL;
    bool is_good = false;
    *n_bytes = 0;
    FILE *in = cache_path(key, path) ? fopen(path, "rb") : NULL;
    if (in == NULL) return NULL;
    if (fread(magic, 1, sizeof MAGIC - 1, in) != sizeof MAGIC - 1 || strcmp(magic, MAGIC) != 0) goto done;
    if (fread(stored, 1, 65, in) != 65) goto done;
    long start = ftell(in);
    if (start < 0 || fseek(in, 0, SEEK_END) != 0) goto done;
    long end = ftell(in);
    if (end <= start || fseek(in, start, SEEK_SET) != 0) goto done;
    *n_bytes = (size_t)(end - start);
    bytes = malloc(*n_bytes);
    if (bytes == NULL || fread(bytes, 1, *n_bytes, in) != *n_bytes) goto done;
    eot_sha256_hex(bytes, *n_bytes, hash);
    is_good = memcmp(stored, hash, 64) == 0; /* drivers may crash on damaged binaries, so they do not get to see one */
done:
    fclose(in);
    if (is_good) return bytes;
    free(bytes);
    return NULL;
}

bool eot_cache_write(const char *key, const unsigned char *bytes, size_t n_bytes) {
    char path[PATH_MAX], temporary[PATH_MAX + 16], hash[65];
    if (!cache_path(key, path)) return false;
    char *slash = strrchr(path, '/');
    *slash = '\0';
    eot_stale_remove(path, "*.bin.??????");
    *slash = '/';
    snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    int descriptor = mkstemp(temporary);
    if (descriptor < 0) return false;
    FILE *out = fdopen(descriptor, "wb");
    if (out == NULL) {
        close(descriptor);
        unlink(temporary);
        return false;
    }
    eot_sha256_hex(bytes, n_bytes, hash);
    bool is_good =
        fputs(MAGIC, out) >= 0 && fprintf(out, "%s\n", hash) == 65 && fwrite(bytes, 1, n_bytes, out) == n_bytes;
    is_good = fclose(out) == 0 && is_good;
    is_good = is_good && rename(temporary, path) == 0;
    if (!is_good) unlink(temporary);
    return is_good;
}
