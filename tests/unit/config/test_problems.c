/* All problems of a configuration at once, in the order of the file; and texts that would take long, which do not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config/config.h"

static void read_text(const char *text, struct eot_problems *problems) {
    struct eot_config config;
    struct eot_error err = {0};
    *problems = (struct eot_problems){0};
    cr_assert_eq(eot_config_read_all("t.yaml", text, NULL, 0, &config, problems, &err), EOT_OK, "%s", err.text);
    eot_config_free(&config);
}

Test(problems, are_in_the_order_of_the_file_and_a_misspelt_key_is_one) {
    struct eot_problems p;
    read_text("schema: eotmc-config/1\n"
              "selection: {charge: 0}\n"
              "beam: {enrgy: 100 GeV}\n"
              "geometry:\n"
              "  volumes:\n"
              "    - {name: a, role: ecal, z: 0, size: [1, 1], material: led, thickness: 1}\n"
              "    - {name: a, role: passive, z: 5, size: [1, 1], material: lead, thickness: -1}\n",
              &p);
    static const struct {
        int line;
        const char *key;
    } want[] = {{2, "selection.charge"},
                {3, "beam.enrgy"},
                {4, "geometry.world.min"},
                {4, "geometry.world.max"},
                {6, "geometry.volumes.a.material"},
                {7, "geometry.volumes.a.thickness"}};
    cr_assert_eq(p.n, sizeof want / sizeof want[0], "%zu problems", p.n);
    for (size_t i = 0; i < p.n; i++) {
        cr_expect_eq(p.row[i].line, want[i].line, "%s", p.row[i].message);
        cr_expect_str_eq(p.row[i].key, want[i].key);
        cr_expect_str_eq(p.row[i].file, "t.yaml");
    }
    eot_problems_free(&p);
}

Test(problems, fit_into_an_error_or_are_counted) {
    struct eot_problems p = {0};
    struct eot_error err = {0};
    struct eot_problem one = {.file = "f", .line = 1};
    memset(one.message, 'x', 1000);
    for (int i = 0; i < 20; i++) cr_assert_eq(eot_problems_add(&p, &one, &err), EOT_OK);
    cr_assert_eq(eot_problems_fail(&p, &err), EOT_E_CONFIG);
    cr_expect_not_null(strstr(err.text, "more; `eotmc check` lists them all"), "%s", err.text);
    eot_problems_free(&p);
    cr_expect_eq(eot_problems_fail(&p, &err), EOT_OK);
}

/* @param unit repeated n times after the start. */
static void expect_fast(const char *what, const char *start, const char *unit, size_t n) {
    size_t length = strlen(unit);
    char *text = malloc(strlen(start) + n * length + 1), *to = stpcpy(text, start);
    struct eot_problems p;
    for (size_t i = 0; i < n; i++) to = stpcpy(to, unit);
    clock_t before = clock();
    read_text(text, &p);
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    cr_expect_gt(p.n, 0, "%s is read", what);
    cr_expect_leq(p.n, EOT_MAX_PROBLEM + 1, "%s: %zu problems", what, p.n);
    cr_expect_lt(seconds, 1.0, "%s takes %.2f s", what, seconds);
    eot_problems_free(&p);
    free(text);
}

/* Numbered lines, of which `format` takes the number. */
static void expect_fast_lines(const char *what, const char *format, int n) {
    char *text = malloc((size_t)n * 32 + 1), *to = text;
    *text = '\0';
    for (int i = 0; i < n; i++) to += sprintf(to, format, i);
    expect_fast(what, text, "", 0);
    free(text);
}

Test(problems, of_long_texts_take_no_long_time) {
    expect_fast("brackets", "a: ", "[", 40000);
    expect_fast("braces", "", "{a: ", 40000);
    expect_fast("blocks", "", "- ", 40000);
    expect_fast("explicit keys", "", "? ", 40000);
    expect_fast("closed brackets", "a: ", "[]", 40000);
    expect_fast("one long word", "a: ", "abcdefgh", 100000);
    expect_fast("quoted lines", "a: \"", "x\n", 40000);
    expect_fast("documents", "a: 1\n", "---\na: 1\n", 40000);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    expect_fast_lines("keys", "k%d: 1\n", 90000);
    expect_fast_lines("twenty thousand keys", "k%d: 1\n", 20000);
    expect_fast_lines("anchors", "- &a%d x\n", 90000);
    expect_fast_lines("directives", "%%TAG !a%d! b\n", 90000);
#pragma GCC diagnostic pop
}

Test(problems, of_a_pipe_are_not_waited_for) {
    char folder[] = "problems_XXXXXX", path[64];
    struct eot_config config;
    struct eot_error err = {0};
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fifo", folder);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(eot_config_read(path, NULL, 0, &config, &err), EOT_E_IO);
    cr_expect_not_null(strstr(err.text, "not a file"), "%s", err.text);
    unlink(path);
    rmdir(folder);
}
