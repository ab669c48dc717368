/** @file cholesky.h
 * Factorisation of small symmetric matrices, in double: only additions, products, quotients and roots, which every
 * device rounds alike. */
#ifndef EOT_MATH_CHOLESKY_H
#define EOT_MATH_CHOLESKY_H

#include "eotmc/base/portable.h"

#define EOT_CHOLESKY_N 8      /* rows at most */
#define EOT_CHOLESKY_PLACE 36 /* places of its lower triangle */

/** The lower triangle of a symmetric matrix, or its factor. */
typedef struct {
    f64 at[EOT_CHOLESKY_PLACE];
    i32 is_positive; /* of a factor: whether the matrix is positive definite */
} eot_triangle;

/** Place of row i and column j <= i. */
EOT_FN i32 eot_triangle_place(i32 i, i32 j) { return i * (i + 1) / 2 + j; }

/** Put L with L L^T = a into the place of a. In place, since a compiler for GPUs (NVRTC 13.0) has been seen to give a
 * matrix that is handed on by value the memory of another one. @param n rows, at most EOT_CHOLESKY_N. @param least
 * share of a diagonal element that must be left of it when the rows above are projected out: below, the matrix counts
 * as singular. */
EOT_FN void eot_triangle_factor(eot_triangle *a, i32 n, f64 least) {
    a->is_positive = 1;
    EOT_ROLLED
    for (i32 i = 0; i < n; i++) {
        EOT_ROLLED
        for (i32 j = 0; j <= i; j++) {
            f64 given = a->at[eot_triangle_place(i, j)], sum = given;
            EOT_ROLLED
            for (i32 k = 0; k < j; k++) sum -= a->at[eot_triangle_place(i, k)] * a->at[eot_triangle_place(j, k)];
            if (i == j) {
                if (!(sum > least * given)) { /* also where it is no number */
                    a->is_positive = 0;
                    sum = D(1.0);
                }
                a->at[eot_triangle_place(i, i)] = sqrt(sum);
            } else {
                a->at[eot_triangle_place(i, j)] = sum / a->at[eot_triangle_place(j, j)];
            }
        }
    }
}

#endif
