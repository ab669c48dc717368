#include "device/pocl_cache.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/sha256.h"

static const double AGE = 60; /* s: a younger file without a hash may be one that another process is writing */
static const char SEAL[] = ".sha256";
enum { N_HEX = 64, N_STAMP = 128 };

static bool ends_with(const char *name, const char *ending) {
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

static bool seal_path(const char *path, char seal[PATH_MAX]) {
    return (size_t)snprintf(seal, PATH_MAX, "%s%s", path, SEAL) < PATH_MAX;
}

/* SHA-256 of a file. */
static bool hash_of(const char *path, char hex[N_HEX + 1]) {
    unsigned char block[65536];
    struct eot_sha256 hash;
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return false;
    eot_sha256_init(&hash);
    ssize_t n;
    while ((n = read(descriptor, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0) eot_sha256_update(&hash, block, (size_t)n);
    close(descriptor);
    eot_sha256_finish(&hash, hex);
    return n == 0;
}

/* What the file system changes with every write to a file: with the same stamp it holds the same bytes, and need not be
 * hashed at each start of a program. */
static void stamp_of(const struct stat *i, char stamp[N_STAMP]) {
    snprintf(stamp, N_STAMP, " %ju %ju %jd.%09ld %jd.%09ld\n", (uintmax_t)i->st_ino, (uintmax_t)i->st_size,
             (intmax_t)i->st_mtim.tv_sec, i->st_mtim.tv_nsec, (intmax_t)i->st_ctim.tv_sec, i->st_ctim.tv_nsec);
}

/* The seal of a file: its hash, and behind it the stamp that it had then. */
static bool read_seal(const char *path, char hex[N_HEX + 1], char stamp[N_STAMP]) {
    char seal[PATH_MAX];
    int descriptor = seal_path(path, seal) ? open(seal, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    if (descriptor < 0) return false;
    ssize_t n = read(descriptor, hex, N_HEX), n_stamp = n == N_HEX ? read(descriptor, stamp, N_STAMP - 1) : 0;
    close(descriptor);
    hex[N_HEX] = '\0';
    stamp[n_stamp > 0 ? n_stamp : 0] = '\0';
    return n == N_HEX;
}

/* Written under another name and renamed, so that no process reads half a seal. */
static void write_seal(const char *path, const char hex[N_HEX + 1], const struct stat *information) {
    char text[N_HEX + N_STAMP], seal[PATH_MAX], temporary[PATH_MAX];
    if (!seal_path(path, seal)) return;
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= sizeof temporary) return;
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0) return;
    memcpy(text, hex, N_HEX);
    stamp_of(information, text + N_HEX);
    size_t n = strlen(text);
    bool is_written = write(descriptor, text, n) == (ssize_t)n;
    is_written = close(descriptor) == 0 && is_written;
    if (!is_written || rename(temporary, seal) != 0) unlink(temporary);
}

/* Whether a library holds all that its head says: the table of sections is the last of it. */
static bool is_whole_library(const char *path, off_t n_bytes) {
    Elf64_Ehdr head;
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return false;
    bool is_read = read(descriptor, &head, sizeof head) == (ssize_t)sizeof head;
    close(descriptor);
    if (!is_read || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return false;
    if (head.e_ident[EI_CLASS] != ELFCLASS64) return true; /* of another kind than is known here */
    return head.e_shoff + (uint64_t)head.e_shentsize * head.e_shnum <= (uint64_t)n_bytes;
}

/* A file without a hash, as a process that was killed leaves it. */
static bool is_trusted_unsealed(const char *path, const struct stat *information) {
    if (difftime(time(NULL), information->st_mtime) < AGE) return true;
    return ends_with(path, ".so") && is_whole_library(path, information->st_size);
}

static void check_file(const char *path, const struct stat *information) {
    char sealed[N_HEX + 1], hex[N_HEX + 1], old[N_STAMP], now[N_STAMP], seal[PATH_MAX];
    bool is_good;
    stamp_of(information, now);
    if (read_seal(path, sealed, old)) {
        if (strcmp(old, now) == 0) return;
        is_good = hash_of(path, hex) && strcmp(hex, sealed) == 0;
        if (is_good) write_seal(path, hex, information); /* copied or touched, not changed */
    } else {
        is_good = is_trusted_unsealed(path, information);
    }
    if (is_good) return;
    unlink(path);
    if (seal_path(path, seal)) unlink(seal);
}

static void seal_file(const char *path, const struct stat *information) {
    char hex[N_HEX + 1], seal[PATH_MAX];
    if (ends_with(path, ".so") && !is_whole_library(path, information->st_size)) return;
    if (!seal_path(path, seal) || access(seal, F_OK) == 0 || !hash_of(path, hex)) return;
    write_seal(path, hex, information);
}

static bool own_folder(char folder[PATH_MAX]) {
    char cache[PATH_MAX - 8];
    if (!eot_cache_folder(cache, sizeof cache)) return false;
    snprintf(folder, PATH_MAX, "%s/pocl", cache);
    return mkdir(folder, 0700) == 0 || errno == EEXIST;
}

/* Each library and bitcode of the folder, if that is ours. */
static void for_each_file(void (*act)(const char *path, const struct stat *information)) {
    char folder[PATH_MAX];
    const char *chosen = getenv("POCL_CACHE_DIR");
    if (chosen == NULL || !own_folder(folder) || strcmp(chosen, folder) != 0) return;
    char *roots[] = {folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; tree != NULL && (entry = fts_read(tree)) != NULL;)
        if (entry->fts_info == FTS_F && (ends_with(entry->fts_name, ".so") || ends_with(entry->fts_name, ".bc")))
            act(entry->fts_path, entry->fts_statp);
    if (tree != NULL) fts_close(tree);
}

void eot_pocl_cache_check(void) {
    static bool is_done = false;
    char folder[PATH_MAX];
    if (is_done) return;
    is_done = true;
    if (getenv("POCL_CACHE_DIR") == NULL && own_folder(folder)) setenv("POCL_CACHE_DIR", folder, 1);
    for_each_file(check_file);
}

void eot_pocl_cache_seal(void) { for_each_file(seal_file); }
