#include "base/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "base/stale.h"

/* A file: this line; the key; the SHA-256 of key and bytes, both in hexadecimal and a line each; the bytes. */
static const char MAGIC[] = "eotmc cache 2\n";
enum { N_HEX = 64, N_HEAD = sizeof MAGIC - 1 + 2 * (N_HEX + 1) };
static const off_t MAX_FILE = (off_t)1 << 30;

/* Whether only this user, or nobody, can have written it. */
static bool is_own(const struct stat *information) {
    return information->st_uid == geteuid() && (information->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* A folder of ours: who can write into it can put any tables and programs there, so that another's is none. */
static bool make_folder(char *path) {
    struct stat information;
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool is_bad = mkdir(path, 0777) != 0 && errno != EEXIST;
        *slash = '/';
        if (is_bad) return false;
    }
    return (mkdir(path, 0700) == 0 || errno == EEXIST) && stat(path, &information) == 0 &&
           S_ISDIR(information.st_mode) && is_own(&information) && access(path, W_OK | X_OK) == 0;
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

static void make_head(const char *key, const unsigned char *bytes, size_t n_bytes, char head[N_HEAD + 1]) {
    struct eot_sha256 hash;
    char hex[N_HEX + 1];
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, key, strlen(key));
    eot_sha256_update(&hash, bytes, n_bytes);
    eot_sha256_finish(&hash, hex);
    snprintf(head, N_HEAD + 1, "%s%.64s\n%s\n", MAGIC, key, hex);
}

/* All of a file that is plain, ours and not enormous; NULL otherwise. */
static unsigned char *read_file(const char *path, size_t *n_bytes) {
    struct stat information;
    unsigned char *bytes = NULL;
    size_t n = 0;
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return NULL;
    if (fstat(descriptor, &information) != 0 || !S_ISREG(information.st_mode) || !is_own(&information)) goto done;
    if (information.st_size > MAX_FILE) goto done;
    bytes = malloc((size_t)information.st_size + 1);
    while (bytes != NULL && n < (size_t)information.st_size) {
        ssize_t k = read(descriptor, bytes + n, (size_t)information.st_size - n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) break;
        n += (size_t)k;
    }
done:
    close(descriptor);
    *n_bytes = n;
    return bytes;
}

unsigned char *eot_cache_read(const char *key, size_t *n_bytes) {
    char path[PATH_MAX], head[N_HEAD + 1];
    size_t n = 0;
    *n_bytes = 0;
    unsigned char *bytes = cache_path(key, path) ? read_file(path, &n) : NULL;
    if (bytes == NULL || n <= N_HEAD) goto bad;
    make_head(key, bytes + N_HEAD, n - N_HEAD, head); /* drivers may crash on damaged binaries: they see none */
    if (memcmp(bytes, head, N_HEAD) != 0) goto bad;
    *n_bytes = n - N_HEAD;
    memmove(bytes, bytes + N_HEAD, *n_bytes);
    return bytes;
bad:
    free(bytes);
    return NULL;
}

bool eot_cache_write(const char *key, const unsigned char *bytes, size_t n_bytes) {
    char path[PATH_MAX], temporary[PATH_MAX + 16], head[N_HEAD + 1];
    if (!cache_path(key, path)) return false;
    char *slash = strrchr(path, '/');
    *slash = '\0';
    eot_stale_remove(path, "*.bin.??????");
    *slash = '/';
    snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    int descriptor = mkostemp(temporary, O_CLOEXEC); /* O_EXCL, which follows no link, and for nobody else to read */
    if (descriptor < 0) return false;
    FILE *out = fdopen(descriptor, "wb");
    if (out == NULL) {
        close(descriptor);
        unlink(temporary);
        return false;
    }
    make_head(key, bytes, n_bytes, head);
    bool is_good = fputs(head, out) >= 0 && fwrite(bytes, 1, n_bytes, out) == n_bytes;
    is_good = fclose(out) == 0 && is_good;
    is_good = is_good && rename(temporary, path) == 0;
    if (!is_good) unlink(temporary);
    return is_good;
}
