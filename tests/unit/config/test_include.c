#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"

/* A configuration that is whole, in parts. */
static const char HEAD[] = "schema: eotmc-config/1\nname: parts\n", BEAM[] = "beam: {particle: e-, energy: 50 GeV}\n",
                  GEOMETRY[] = "geometry:\n  world: {material: air, min: [-20, -20, -10], max: [20, 20, 60]}\n"
                               "  volumes:\n    - {name: ecal, role: ecal, z: 0, size: [20, 20], material: lead, "
                               "thickness: 20, active: on}\n",
                  SAMPLING[] = "sampling: {mode: forced, eot: 100, seed: 3}\n";

static char folder[] = "/tmp/eotmc-include-XXXXXX";
static struct eot_config config;
static struct eot_problems problems;
static struct eot_error err;

static void setup(void) { cr_assert(mkdtemp(folder) != NULL); }

static void release(void) {
    char command[64];
    eot_config_free(&config);
    eot_problems_free(&problems);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) perror(folder);
}
TestSuite(include, .init = setup, .fini = release);

/* Write a file of up to four texts; its path is static. */
static const char *file(const char *name, const char *const text[4]) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    cr_assert(f != NULL, "%s", path);
    for (int i = 0; i < 4 && text[i] != NULL; i++) fputs(text[i], f);
    cr_assert_eq(fclose(f), 0);
    return path;
}
#define FILE_OF(name, ...) file(name, (const char *const[4]){__VA_ARGS__})

static void read_good(const char *path, const char *const *set, size_t n_set) {
    cr_assert_eq(eot_config_read(path, set, n_set, &config, &err), EOT_OK, "%s", err.text);
}

Test(include, a_configuration_cut_into_files_is_the_same_configuration) {
    read_good(FILE_OF("whole.yaml", HEAD, BEAM, GEOMETRY, SAMPLING), NULL, 0);
    char whole[65];
    snprintf(whole, sizeof whole, "%s", config.sha256);
    char sub[256];
    snprintf(sub, sizeof sub, "%s/sub", folder);
    cr_assert_eq(mkdir(sub, 0777), 0);
    FILE_OF("sub/geometry.yaml", GEOMETRY);
    FILE_OF("sub/setup.yaml", "include: geometry.yaml\n", BEAM); /* relative to the folder that it is in */
    FILE_OF("sampling.yaml", HEAD, SAMPLING);
    const char *const forms[] = {"include: [sub/setup.yaml, sampling.yaml]\n",
                                 "include: [sampling.yaml, sub/setup.yaml]\n"};
    for (int i = 0; i < 2; i++) {
        eot_config_free(&config);
        read_good(FILE_OF("parts.yaml", forms[i], HEAD), NULL, 0);
        cr_expect_str_eq(config.sha256, whole, "%s", forms[i]);
    }
    eot_config_free(&config);
    char absolute[300];
    snprintf(absolute, sizeof absolute, "include: [%s/sub/setup.yaml, sampling.yaml]\n", folder);
    read_good(FILE_OF("parts.yaml", absolute, HEAD), NULL, 0);
    cr_expect_str_eq(config.sha256, whole);
    FILE_OF("again.yaml", config.effective_yaml); /* what is written needs no other file */
    cr_expect(strstr(config.effective_yaml, "include") == NULL);
}

Test(include, the_naming_file_says_more_than_the_named_and_a_later_one_than_an_earlier) {
    FILE_OF("base.yaml", HEAD, GEOMETRY, "beam: {kinetic_energy: 50 GeV, spot_x: 1 mm, spot_y: 2 mm}\n", SAMPLING);
    FILE_OF("later.yaml", "beam: {spot_x: 3 mm}\nsampling: {seed: 9}\n");
    const char *top = FILE_OF("top.yaml", "include: [base.yaml, later.yaml]\nname: top\nbeam: {energy: 80 GeV}\n"
                                          "sampling:\n");
    read_good(top, NULL, 0);
    cr_expect_str_eq(config.name, "top");
    cr_expect_float_eq(config.beam.energy, 80.0, 1e-12); /* it replaces kinetic_energy, which says the same thing */
    cr_expect_float_eq(config.beam.spot_x, 0.3, 1e-12);
    cr_expect_float_eq(config.beam.spot_y, 0.2, 1e-12);
    cr_expect_eq(config.sampling.seed, 9u);
    cr_expect_eq(config.sampling.eot, 100u, "an empty section takes nothing away");
    eot_config_free(&config);
    read_good(top, (const char *const[]){"beam.spot_y=7 mm"}, 1);
    cr_expect_float_eq(config.beam.spot_y, 0.7, 1e-12, "an override says more than any file");
}

Test(include, a_problem_names_the_file_and_line_that_it_stands_in) {
    FILE_OF("bad.yaml", "# a comment\n", BEAM, "physics: {cutt: 1}\n");
    const char *top = FILE_OF("top.yaml", "include: bad.yaml\n", HEAD, GEOMETRY);
    cr_assert_eq(eot_config_read_all(top, NULL, NULL, 0, &config, &problems, &err), EOT_OK, "%s", err.text);
    cr_assert_eq(problems.n, 1u);
    cr_expect_str_eq(problems.row[0].file + strlen(problems.row[0].file) - 9, "/bad.yaml");
    cr_expect_eq(problems.row[0].line, 3);
    cr_expect(strstr(problems.row[0].message, "cut") != NULL);
}

Test(include, what_is_no_configuration_is_refused_with_its_name) {
    static const struct {
        const char *include, *part;
    } cases[] = {{"include: nowhere.yaml\n", "nowhere.yaml"},     {"include: .\n", "not a file"},
                 {"include: {a: b}\n", "not the name of a file"}, {"include: ''\n", "not the name of a file"},
                 {"include: [[a]]\n", "not the name of a file"},  {"include: empty.yaml\n", "no key: value lines"},
                 {"include: list.yaml\n", "no key: value lines"}, {"include: top.yaml\n", "include itself"},
                 {"include: one.yaml\n", "include itself"},       {"include: twice.yaml\n", "include itself"}};
    FILE_OF("empty.yaml", "# nothing\n");
    FILE_OF("list.yaml", "- a\n");
    FILE_OF("one.yaml", "include: two.yaml\n");
    FILE_OF("two.yaml", "include: one.yaml\n");
    FILE_OF("twice.yaml", "include: [twice.yaml, twice.yaml, twice.yaml]\n"); /* 3^8 files if it was let */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        err = (struct eot_error){.status = EOT_OK};
        const char *top = FILE_OF("top.yaml", cases[i].include, HEAD, BEAM, GEOMETRY);
        cr_expect_eq(eot_config_read(top, NULL, 0, &config, &err), EOT_E_CONFIG, "%s", cases[i].include);
        cr_expect(strstr(err.text, cases[i].part) != NULL, "%s: %s", cases[i].include, err.text);
    }
}
