/* Products of matrices by an OpenCL device's library, CLBlast, which runs otherwise only for products that are larger
 * than its compilation, and by the host below that. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "device/backend.h"

/* Sizes that are no multiples of CLBlast's blocks, a single row and column, and one that takes its other kernels. */
static const size_t SIZE[][3] = {{37, 53, 29}, {1, 64, 200}, {300, 1, 7}, {130, 257, 300}};

struct product {
    size_t m, n, k;
    double *a, *b, *c;
};

/* @param is_whole whole numbers, whose sums are exact in any order. */
static struct product product_create(const size_t size[3], bool is_whole) {
    struct product p = {size[0], size[1], size[2], NULL, NULL, NULL};
    p.a = malloc(p.m * p.k * sizeof *p.a);
    p.b = malloc(p.k * p.n * sizeof *p.b);
    p.c = malloc(p.m * p.n * sizeof *p.c);
    cr_assert(p.a != NULL && p.b != NULL && p.c != NULL);
    for (size_t i = 0; i < p.m * p.k; i++)
        p.a[i] = is_whole ? (double)(i * 7919u % 201u) - 100.0 : cos(1.0 + (double)i);
    for (size_t i = 0; i < p.k * p.n; i++) p.b[i] = is_whole ? (double)(i * 104729u % 77u) - 38.0 : sin((double)i);
    return p;
}

static void product_free(struct product *p) {
    free(p->a);
    free(p->b);
    free(p->c);
}

static void product_make(struct eot_backend *backend, struct product *p) {
    struct eot_error err;
    struct eot_buffer *a = NULL, *b = NULL, *c = NULL;
    const struct eot_backend_operations *op = backend->op;
    const size_t n_c = p->m * p->n * sizeof *p->c;
    cr_assert_eq(op->buffer_create(backend, p->m * p->k * sizeof *p->a, p->a, &a, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(op->buffer_create(backend, p->k * p->n * sizeof *p->b, p->b, &b, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(op->buffer_create(backend, n_c, NULL, &c, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(op->matrix_product(backend, p->m, p->n, p->k, a, b, c, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(op->buffer_read(backend, c, 0, n_c, p->c, &err), EOT_OK, "%s", err.text);
    op->buffer_free(backend, a);
    op->buffer_free(backend, b);
    op->buffer_free(backend, c);
}

/* Every element within the rounding of k products that are added in whatever order. */
static void expect_right(const struct product *p, bool is_exact, const char *what) {
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n; j++) {
            double sum = 0.0, size = 0.0;
            for (size_t l = 0; l < p->k; l++) {
                sum += p->a[i * p->k + l] * p->b[l * p->n + j];
                size += fabs(p->a[i * p->k + l] * p->b[l * p->n + j]);
            }
            double allowed = is_exact ? 0.0 : 2.0 * (double)p->k * DBL_EPSILON * size;
            cr_expect_leq(fabs(p->c[i * p->n + j] - sum), allowed, "%s, %zu x %zu x %zu at %zu, %zu: %.17g, want %.17g",
                          what, p->m, p->n, p->k, i, j, p->c[i * p->n + j], sum);
        }
}

Test(algebra, clblast_and_the_host_make_the_same_products, .timeout = 600) {
    struct eot_backend *backend = NULL;
    struct eot_error err;
    const struct eot_backend_options options = {.selector = "opencl:0", .kernels = 1ull << EOT_KERNEL_checksum};
    enum eot_status status = eot_backend_open(&options, &backend, &err);
    if (status == EOT_E_USAGE) cr_skip_test("no OpenCL device for CLBlast here: %s", err.text);
    cr_assert_eq(status, EOT_OK, "%s", err.text);
    cr_assert_gt(backend->least_product, 1e7, "small products are to be the host's");
    for (int turn = 0; turn < 3; turn++) { /* by the host; by CLBlast, which is compiled then; by what is there */
        const char *what = turn == 0 ? "host" : "CLBlast";
        if (turn == 1) backend->least_product = 0.0;
        if (turn == 2) backend->least_product = INFINITY;
        const double before = backend->algebra_build_s;
        for (size_t i = 0; i < sizeof SIZE / sizeof SIZE[0]; i++)
            for (int is_whole = 0; is_whole < 2; is_whole++) {
                struct product p = product_create(SIZE[i], is_whole != 0);
                product_make(backend, &p);
                expect_right(&p, is_whole != 0, what);
                product_free(&p);
            }
        if (turn == 1)
            cr_expect_gt(backend->algebra_build_s, 0.0, "CLBlast did not make it");
        else
            cr_expect_eq(backend->algebra_build_s, before, "turn %d: CLBlast was compiled", turn);
    }
    eot_backend_close(backend);
}
