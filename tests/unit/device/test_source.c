/* The flattener, on small project roots made for each test. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device/source.h"

static char root[64];

static void file_put(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *out = fopen(path, "w");
    cr_assert_neq(out, NULL, "%s", path);
    fputs(text, out);
    fclose(out);
}

static void root_create(void) {
    char path[128];
    strcpy(root, "/tmp/eotmc-source-XXXXXX");
    cr_assert_neq(mkdtemp(root), NULL);
    static const char *const folders[] = {"kernels", "include", "include/eotmc"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", root, folders[i]);
        mkdir(path, 0777);
    }
}

static void root_remove(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(source, .init = root_create, .fini = root_remove);

static int n_times(const char *text, const char *part) {
    int n = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) n++;
    return n;
}

static char *flattened(void) {
    struct eot_error error = {.status = EOT_OK};
    char *text = NULL;
    cr_assert_eq(eot_source_flatten(root, &text, &error), EOT_OK, "%s", error.text);
    return text;
}

Test(source, takes_a_header_once_and_a_list_each_time) {
    file_put("include/eotmc/a.h", "#ifndef A\n#define A\n#include \"eotmc/b.h\"\nint in_a;\n#endif\n");
    file_put("include/eotmc/b.h", "#ifndef B\n#define B\nint in_b;\n#endif\n");
    file_put("kernels/list.def", "ROW(1)\n");
    file_put("kernels/one.cl", "#include \"eotmc/a.h\"\n#include \"eotmc/b.h\"\n#include \"list.def\"\nint in_one;\n  "
                               "#  include \"list.def\"\n");
    file_put("kernels/two.cl", "#include \"eotmc/a.h\"\nint in_two;\n");
    char *text = flattened();
    cr_assert_eq(n_times(text, "int in_a;"), 1);
    cr_assert_eq(n_times(text, "int in_b;"), 1);
    cr_assert_eq(n_times(text, "ROW(1)"), 2);
    cr_assert_eq(n_times(text, "int in_one;"), 1);
    cr_assert_eq(n_times(text, "int in_two;"), 1);
    cr_assert_eq(n_times(text, "#include"), 0, "nothing is left for the driver to find:\n%s", text);
    free(text);
}

Test(source, line_markers_name_the_real_file_and_line) {
    file_put("include/eotmc/a.h", "int in_a;\n");
    file_put("kernels/one.cl", "int before;\n#include \"eotmc/a.h\"\nint after;\n");
    char *text = flattened();
    cr_assert_str_eq(text, "#line 1 \"kernels/one.cl\"\nint before;\n#line 1 \"include/eotmc/a.h\"\nint in_a;\n#line 3 "
                           "\"kernels/one.cl\"\nint after;\n");
    free(text);
}

/* What stands in a branch may be left out by the preprocessor, so it must come again where it is asked for outside of
 * it. */
Test(source, a_header_in_a_condition_does_not_count_as_taken) {
    file_put("include/eotmc/a.h", "#ifndef A\n#define A\nint in_a;\n#endif\n");
    file_put("kernels/one.cl",
             "#if 0\n#include \"eotmc/a.h\"\n#endif\n#include \"eotmc/a.h\"\n#include \"eotmc/a.h\"\n");
    char *text = flattened();
    cr_assert_eq(n_times(text, "int in_a;"), 2);
    free(text);
}

Test(source, system_headers_of_host_branches_stay) {
    file_put("kernels/one.cl", "#include <stdint.h>\n");
    char *text = flattened();
    cr_assert_eq(n_times(text, "#include <stdint.h>"), 1);
    free(text);
}

Test(source, a_missing_include_is_named_with_its_place) {
    struct eot_error error = {.status = EOT_OK};
    char *text = NULL;
    file_put("kernels/one.cl", "int a;\n#include \"eotmc/absent.h\"\n");
    cr_assert_eq(eot_source_flatten(root, &text, &error), EOT_E_BUILD);
    cr_assert_eq(text, NULL);
    cr_assert(strstr(error.text, "kernels/one.cl:2: cannot find \"eotmc/absent.h\"") != NULL, "%s", error.text);
}

Test(source, a_circle_of_lists_is_an_error) {
    struct eot_error error = {.status = EOT_OK};
    char *text = NULL;
    file_put("kernels/list.def", "#include \"list.def\"\n");
    file_put("kernels/one.cl", "#include \"list.def\"\n");
    cr_assert_eq(eot_source_flatten(root, &text, &error), EOT_E_BUILD);
    cr_assert(strstr(error.text, "circle") != NULL, "%s", error.text);
}

Test(source, a_folder_without_kernels_is_an_error) {
    struct eot_error error = {.status = EOT_OK};
    char *text = NULL;
    cr_assert_eq(eot_source_flatten(root, &text, &error), EOT_E_IO);
    cr_assert(strstr(error.text, "--kernel-dir") != NULL, "%s", error.text);
}

Test(source, embedded_files_are_those_of_the_source_tree) {
    struct eot_error error = {.status = EOT_OK};
    char *embedded = NULL, *on_disk = NULL;
    cr_assert_eq(eot_source_flatten(NULL, &embedded, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(eot_source_flatten(EOT_SOURCE_DIR, &on_disk, &error), EOT_OK, "%s", error.text);
    cr_assert_str_eq(embedded, on_disk);
    free(embedded);
    free(on_disk);
}
