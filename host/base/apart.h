/** @file apart.h
 * Work in a child of this process, for libraries that crash or call exit() where memory runs out. */
#ifndef EOT_HOST_BASE_APART_H
#define EOT_HOST_BASE_APART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** Makes bytes. It runs in a child: of what it does only these come back. @param bytes on return; @param reason why it
 * failed, if it returns false. */
typedef bool eot_apart_work(const void *argument, void **bytes, size_t *n_bytes, char *reason, size_t n_reason);

/** Let `work` make bytes in a child; in this process where none can be had.
 * @param bytes the caller's to free. @param reason at most 256 bytes: why it failed, a child that crashed included.
 * @return whether there are bytes. */
bool eot_apart(eot_apart_work *work, const void *argument, void **bytes, size_t *n_bytes, char reason[256]);

#endif
