/* Every key of the schema with values of every kind: it is read, or refused with a line that says what is wrong at that
 * key. What is read gives the same configuration again from its effective text. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check/check.h"
#include "config/schema.h"

/* A configuration that has an item of every list. */
static const char BASE[] = "schema: eotmc-config/1\n"
                           "beam: {energy: 100 GeV, position_z: -5 cm}\n"
                           "materials:\n"
                           "  - {name: foam, density: 0.1 g/cm3, elements: {H: 0.1, C: 0.9}}\n"
                           "selections:\n"
                           "  - {name: tight, missing_energy: 40 GeV}\n"
                           "output: {planes: [{name: front, z: 50 cm}]}\n"
                           "geometry:\n"
                           "  world: {min: [-50 cm, -50 cm, -10 cm], max: [50 cm, 50 cm, 100 cm]}\n"
                           "  volumes:\n"
                           "    - {name: front, role: passive, z: -2 cm, size: [10 cm, 10 cm], material: foam, "
                           "thickness: 1 cm}\n"
                           "    - name: ecal\n"
                           "      role: ecal\n"
                           "      z: 0 cm\n"
                           "      size: [20 cm, 20 cm]\n"
                           "      repeat: 100\n"
                           "      layers:\n"
                           "        - {material: lead, thickness: 1.5 mm}\n"
                           "        - {material: polystyrene, thickness: 1.5 mm, active: on}\n";

/* Where each scope's keys are in it. */
static const char *const PLACE[EOT_N_SCOPE] = {"",
                                               "materials.foam.",
                                               "geometry.volumes.front.",
                                               "geometry.volumes.ecal.layers.0.",
                                               "selections.tight.",
                                               "output.planes.front."};

static const char *const KINDS[] = {
    "nan",
    ".nan",
    "inf",
    "-.inf",
    "1e300",
    "-1e300",
    "1e-300",
    "1e999",
    "0",
    "-1",
    "0.5",
    "1e9",
    "3 mm",
    "3 kg",
    "3 GeV",
    "3 T",
    "word",
    "on",
    "1,5",
    "1.2.3",
    "0x10",
    "\"\"",
    "~",
    "[]",
    "[1]",
    "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
    "{}",
    "{a: 1}",
    "[[1, 2], [3]]",
    "[{}]",
    "\"a\\nb\"",
    "\"\\e[31m\"",
    "'é'",
    "*x",
    "&y 3",
    "\"\\0\"",
    "- 1",
    "!!binary aGk=",
    "99999999999999999999",
    "--",
    "\"%s%n\"",
    "e-",
};

static int n_read, n_refused;

/* One override: read or refused. @param is_wrong it must be refused, at this key. */
static void try_override(const char *key, const char *value, bool is_wrong) {
    char override[512];
    struct eot_config config, again;
    struct eot_problems problems = {0};
    struct eot_findings findings = {0};
    struct eot_setup setup = {0};
    struct eot_error err = {0};
    snprintf(override, sizeof override, "%s=%s", key, value);
    const char *const overrides[] = {override};
    enum eot_status status = eot_config_read_all("base.yaml", BASE, overrides, 1, &config, &problems, &err);
    cr_assert_eq(status, EOT_OK, "%s: %s", override, err.text);
    if (is_wrong) cr_expect_gt(problems.n, 0, "%s is read", override);
    for (size_t i = 0; i < problems.n; i++) {
        const struct eot_problem *p = &problems.row[i];
        cr_expect(p->file[0] != '\0' && p->message[0] != '\0', "%s: no file or no message", override);
        cr_expect(p->line > 0 || strncmp(p->file, "--set", 5) == 0, "%s: no line", override);
        cr_expect_not_null(strstr(p->message, "; "), "%s: %s does not say what to do", override, p->message);
        for (const char *c = p->message; *c != '\0'; c++)
            cr_expect((unsigned char)*c >= 0x20 && *c != 0x7f, "%s: a control character in its message", override);
    }
    if (problems.n == 0) {
        cr_expect_eq(eot_config_read_text("effective", config.effective_yaml, NULL, 0, &again, &err), EOT_OK,
                     "%s: its effective configuration: %s", override, err.text);
        cr_expect_str_eq(again.sha256, config.sha256, "%s: its effective configuration is another one", override);
        eot_config_free(&again);
        status = eot_check_adopt(&findings, eot_setup_create(&config, &setup, &err), "geometry.volumes", &err);
        cr_expect_eq(status, EOT_OK, "%s: %s", override, err.text);
        if (findings.n == 0)
            cr_expect_eq(eot_check_run(&(struct eot_check){.config = &config, .setup = &setup}, &findings, &err),
                         EOT_OK, "%s: %s", override, err.text);
        n_read++;
    } else
        n_refused++;
    eot_findings_free(&findings);
    eot_setup_free(&setup);
    eot_config_free(&config);
    eot_problems_free(&problems);
}

static bool is_number(const struct eot_key *k) {
    return k->type == EOT_KEY_NUMBER || k->type == EOT_KEY_INTEGER || k->type == EOT_KEY_COUNT32 ||
           k->type == EOT_KEY_COUNT64;
}

/* A number as often as the key wants it. */
static void text_of(const struct eot_key *k, double x, char *text, size_t size) {
    char number[32];
    size_t n = 0;
    eot_number_text(x, number);
    if (k->count == 1) {
        snprintf(text, size, "%s", number);
        return;
    }
    for (int i = 0; i < k->count; i++) n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? ", " : "[", number);
    snprintf(text + n, size - n, "]");
}

Test(values, every_key_takes_or_refuses_every_value) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (size_t i = 0; i < EOT_N_KEYS; i++) {
        const struct eot_key *k = &EOT_KEYS[i];
        char name[128], text[320];
        snprintf(name, sizeof name, "%s%s", PLACE[k->scope], k->path);
        for (size_t v = 0; v < sizeof KINDS / sizeof KINDS[0]; v++) {
            bool is_never = v < 6 || strcmp(KINDS[v], "word") == 0 || strcmp(KINDS[v], "3 kg") == 0 ||
                            strcmp(KINDS[v], "1,5") == 0 || strcmp(KINDS[v], "{a: 1}") == 0;
            try_override(name, KINDS[v], is_number(k) && is_never);
        }
        if (!is_number(k)) continue;
        double step = k->type == EOT_KEY_NUMBER ? 1e-6 * fmax(fabs(k->max), 1e-6) : 1;
        text_of(k, k->min, text, sizeof text), try_override(name, text, false);
        text_of(k, k->max, text, sizeof text), try_override(name, text, false);
        text_of(k, k->min - step, text, sizeof text), try_override(name, text, true);
        text_of(k, k->max < 1e15 ? k->max + step : 1e300, text, sizeof text), try_override(name, text, true);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    cr_log_info("%d read, %d refused, %.2f s", n_read, n_refused, seconds);
    cr_expect(n_read > 200 && n_refused > 3000, "%d read, %d refused", n_read, n_refused);
    cr_expect_lt(seconds, 60.0); /* milliseconds each */
}

/* Given twice: the second one is named, with the line of the first. */
Test(values, every_key_is_refused_when_given_twice) {
    for (size_t i = 0; i < EOT_N_KEYS; i++) {
        const struct eot_key *k = &EOT_KEYS[i];
        char text[1024], rest[128], want[64];
        struct eot_config config;
        struct eot_problems problems = {0};
        struct eot_error err = {0};
        int indent = 0, line = 0;
        size_t n = 0;
        if (k->scope != EOT_SCOPE_ROOT) continue;
        snprintf(rest, sizeof rest, "%s", k->path);
        char *part = rest, *dot;
        for (; (dot = strchr(part, '.')) != NULL; part = dot + 1, indent += 2, line++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%*s%.*s:\n", indent, "", (int)(dot - part), part);
        snprintf(text + n, sizeof text - n, "%*s%s: 1\n%*s%s: 1\n", indent, "", part, indent, "", part);
        cr_assert_eq(eot_config_read_all("t.yaml", text, NULL, 0, &config, &problems, &err), EOT_OK, "%s", err.text);
        snprintf(want, sizeof want, "(given twice, first in line %d)", line + 1);
        bool is_found = false;
        for (size_t p = 0; p < problems.n; p++)
            is_found |= strcmp(problems.row[p].key, k->path) == 0 && problems.row[p].line == line + 2 &&
                        strstr(problems.row[p].message, want) != NULL;
        cr_expect(is_found, "%s given twice is not refused", k->path);
        eot_problems_free(&problems);
    }
}
