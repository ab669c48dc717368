/** @file array.h
 * Arrays that grow by one element at a time. */
#ifndef EOT_HOST_BASE_ARRAY_H
#define EOT_HOST_BASE_ARRAY_H

#include <stdlib.h>

/** Room for one more element: the array as it is, or moved to a block of twice the size where n is a power of two.
 * @param array of n elements that has only ever grown through this function; NULL for n = 0. @param size of an element
 * [bytes].
 * @return NULL without memory; the old array then stays as it is. */
static inline void *eot_array_grown(void *array, size_t n, size_t size) {
    return (n & (n - 1)) == 0 ? realloc(array, (n > 0 ? 2 * n : 1) * size) : array;
}

#endif
