/* The names of kernel arguments: those of kernels.def are those of the kernels' texts, in their order, and a launch
 * without one of them is refused. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/launch.h"

/* All kernel texts, one after the other; to be freed. */
static char *kernel_texts(void) {
    char *text = calloc(1, 1), path[1024];
    size_t n = 0;
    DIR *folder = opendir(EOT_SOURCE_DIR "/kernels");
    cr_assert_not_null(folder);
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
        const char *end = strrchr(e->d_name, '.');
        if (end == NULL || strcmp(end, ".cl") != 0) continue;
        snprintf(path, sizeof path, "%s/kernels/%s", EOT_SOURCE_DIR, e->d_name);
        FILE *file = fopen(path, "r");
        cr_assert_not_null(file, "%s", path);
        for (int c; (c = fgetc(file)) != EOF;) {
            text = realloc(text, n + 2);
            cr_assert_not_null(text);
            text[n++] = (char)c;
        }
        text[n] = '\0';
        fclose(file);
    }
    closedir(folder);
    return text;
}

/* The names of a kernel's parameters, each with a space behind it. @param head at the first character of its name,
 * before which `EOT_KERNEL_FN(name) void ` stands. */
static void parameter_names(const char *head, char *names, size_t n_names) {
    const char *from = strchr(head, '('), *end = strchr(from, ')');
    names[0] = '\0';
    for (const char *at = from; at < end; at++) {
        if (at[1] != ',' && at[1] != ')') continue;
        const char *first = at;
        while (isalnum((unsigned char)first[-1]) || first[-1] == '_') first--;
        size_t n = strlen(names);
        snprintf(names + n, n_names - n, "%.*s ", (int)(at + 1 - first), first);
    }
}

static const char *kernel_head(const char *text, const char *name) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "void %s(", name);
    for (const char *at = text; (at = strstr(at, "EOT_KERNEL_FN(")) != NULL; at++) {
        const char *head = strstr(at, wanted), *bracket = strchr(at, '{');
        if (head != NULL && head < bracket) return head;
    }
    return NULL;
}

Test(launch, names_of_arguments_are_those_of_the_kernels) {
    char *text = kernel_texts();
    for (int k = 0; k < EOT_N_KERNEL; k++) {
        char names[512], want[512] = "";
        const char *head = kernel_head(text, eot_kernel_name[k]);
        cr_assert_not_null(head, "kernel %s is in no file of kernels/", eot_kernel_name[k]);
        parameter_names(head, names, sizeof names);
        for (int i = 0; i < eot_kernel_n_argument[k]; i++) {
            size_t n = strlen(want);
            snprintf(want + n, sizeof want - n, "%s ", eot_kernel_argument_name[k][i]);
        }
        cr_expect_str_eq(names, want, "kernel %s has the parameters %sand in kernels.def %s", eot_kernel_name[k], names,
                         want);
    }
    free(text);
}

Test(launch, a_swapped_pair_of_names_is_seen) {
    char names[64];
    parameter_names("f(EOT_GLOBAL const u32 *size, EOT_GLOBAL u32 *sum) {", names, sizeof names);
    cr_expect_str_eq(names, "size sum ");
    parameter_names("f(EOT_GLOBAL u32 *sum,\n  EOT_GLOBAL const u32 *size) {", names, sizeof names);
    cr_expect_str_eq(names, "sum size ");
}

Test(launch, a_missing_argument_is_named) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = "host"}, &backend, &error), EOT_OK);
    struct eot_buffer *size = NULL;
    cr_assert_eq(backend->op->buffer_create(backend, 16, NULL, &size, &error), EOT_OK);
    cr_expect_eq(eot_launch_bench_philox(backend, 1, 0, (struct eot_args_bench_philox){.size = size}, &error),
                 EOT_E_INTERNAL);
    cr_expect_not_null(strstr(error.text, "kernel bench_philox: argument sum is missing"), "%s", error.text);
    cr_expect_eq(eot_launch_cascade(backend, 1, 0, (struct eot_args_cascade){.em = size}, &error), EOT_E_INTERNAL);
    cr_expect_not_null(strstr(error.text, "kernel cascade: argument table is missing"), "%s", error.text);
    backend->op->buffer_free(backend, size);
    eot_backend_close(backend);
}
