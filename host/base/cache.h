/** @file cache.h
 * Files of program binaries and physics tables under $XDG_CACHE_HOME/eotmc (or ~/.cache/eotmc), named by the hash of
 * everything that they depend on. A folder or a file that belongs to another user, or that others may write, is not
 * used. */
#ifndef EOT_HOST_BASE_CACHE_H
#define EOT_HOST_BASE_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#define EOT_CACHE_FORMAT 2 /* raise it when the file's form or what goes into the keys changes */

/** The cache's folder in folder; it is made if it does not exist. @return false where there is none (no home, or it
 * cannot be written, or others can write it): not an error. */
bool eot_cache_folder(char *folder, size_t n_folder);

/** The bytes stored under a key (64 hexadecimal digits), NULL if there are none, or the file is damaged, that of
 * another key, or another's. The caller frees them. */
unsigned char *eot_cache_read(const char *key, size_t *n_bytes);

/** Store bytes under a key: a temporary file that is renamed, so readers never see half of it. @return false if that
 * failed: not an error. */
bool eot_cache_write(const char *key, const unsigned char *bytes, size_t n_bytes);

#endif
