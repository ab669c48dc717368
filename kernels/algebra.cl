/* Products of small matrices in double precision. */
#include "eotmc/base/portable.h"

/** C = A B, one work item for each element of C; the sum is taken in order, as the host takes it. @param size m, n, k.
 * @param a [m][k]. @param b [k][n]. @param c [m][n] out. */
EOT_KERNEL_FN(matrix_product)
void matrix_product(EOT_GLOBAL const u32 *size, EOT_GLOBAL const f64 *a, EOT_GLOBAL const f64 *b, EOT_GLOBAL f64 *c) {
    u32 n = size[1], k = size[2], i = EOT_GLOBAL_ID / n, j = EOT_GLOBAL_ID % n;
    if (i >= size[0]) return;
    f64 sum = D(0.0);
    for (u32 l = 0; l < k; l++) sum += a[i * k + l] * b[l * n + j];
    c[i * n + j] = sum;
}
