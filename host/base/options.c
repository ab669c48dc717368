#include "base/options.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/range.h"

#define MAX_OPTION 64
#define MAX_WORD 64

void eot_text_list_free(struct eot_text_list *list) {
    free(list->text);
    *list = (struct eot_text_list){0};
}

enum eot_status eot_text_list_add(struct eot_text_list *list, const char *text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char **larger = eot_array_grown(list->text, list->n, sizeof *larger);
    EOT_CHECK_MEMORY(larger);
    list->text = larger;
    list->text[list->n++] = text;
done:
    return status;
}

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

static size_t distance_between(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b), row[MAX_WORD + 1];
    if (n > MAX_WORD || m > MAX_WORD) return SIZE_MAX;
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = min_size(min_size(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

const char *eot_text_nearest(const char *word, const char *const *candidate, size_t n_candidate) {
    const char *nearest = NULL;
    size_t least = (strlen(word) + 2) / 3 + 1;
    for (size_t i = 0; i < n_candidate; i++) {
        size_t d = distance_between(word, candidate[i]);
        if (d < least) {
            least = d;
            nearest = candidate[i];
        }
    }
    return nearest;
}

static enum eot_status unknown_option(const struct eot_command *command, const char *given, const char *name,
                                      struct eot_error *err) {
    const char *names[MAX_OPTION + 1] = {"help"};
    for (size_t i = 0; i < command->n_option; i++) names[i + 1] = command->option[i].name;
    const char *nearest = eot_text_nearest(name, names, command->n_option + 1);
    enum eot_status status = EOT_OK;
    if (nearest != NULL)
        EOT_FAIL(EOT_E_USAGE, "unknown option '%s' (did you mean '--%s'?); see `eotmc %s --help`", given, nearest,
                 command->name);
    EOT_FAIL(EOT_E_USAGE, "unknown option '%s'; see `eotmc %s --help`", given, command->name);
done:
    return status;
}

static bool is_choice(const char *choices, const char *value) {
    size_t n = strlen(value);
    for (const char *c = choices; c != NULL; c = strchr(c, '|')) {
        if (*c == '|') c++;
        if (n > 0 && strncmp(c, value, n) == 0 && (c[n] == '|' || c[n] == '\0')) return true;
    }
    return false;
}

/** Whole numbers exactly when written without exponent; with one ("1e11") through double, exact up to 2^53. */
static bool parse_count(const char *value, uint64_t *count) {
    char *end;
    errno = 0;
    if (value[0] < '0' || value[0] > '9') return false;
    unsigned long long whole = strtoull(value, &end, 10);
    if (*end == '\0' && errno == 0) {
        *count = whole;
        return true;
    }
    errno = 0;
    double real = strtod(value, &end);
    if (*end != '\0' || errno != 0 || !(real >= 0.0 && real <= 9007199254740992.0) || real != floor(real)) return false;
    *count = (uint64_t)real;
    return true;
}

static bool parse_real(const char *value, double *real) {
    char *end;
    double parsed = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(parsed)) return false;
    *real = parsed;
    return true;
}

static enum eot_status store(const struct eot_command *command, const struct eot_option *option, const char *value,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    switch (option->type) {
    case EOT_OPTION_FLAG: *(bool *)option->target = true; break;
    case EOT_OPTION_TEXT: *(const char **)option->target = value; break;
    case EOT_OPTION_CHOICE:
        EOT_CHECK(is_choice(option->argument, value), EOT_E_USAGE,
                  "option '--%s' = '%s' (must be one of %s); see `eotmc %s --help`", option->name, value,
                  option->argument, command->name);
        *(const char **)option->target = value;
        break;
    case EOT_OPTION_LIST: EOT_TRY(eot_text_list_add(option->target, value, err)); break;
    case EOT_OPTION_COUNT:
    case EOT_OPTION_POSITIVE: {
        uint64_t least = option->type == EOT_OPTION_POSITIVE ? 1 : 0;
        EOT_CHECK(parse_count(value, option->target) && *(uint64_t *)option->target >= least, EOT_E_USAGE,
                  "option '--%s' = '%s' (must be a whole number from %d, such as 1000 or 1e6); see `eotmc %s --help`",
                  option->name, value, (int)least, command->name);
        break;
    }
    case EOT_OPTION_REAL:
        EOT_CHECK(parse_real(value, option->target), EOT_E_USAGE,
                  "option '--%s' = '%s' (must be a number); see `eotmc %s --help`", option->name, value, command->name);
        break;
    }
done:
    return status;
}

/** The option that argv names, or NULL; *value is its attached value ("--name=value", "-nvalue"), or NULL. */
static const struct eot_option *find_option(const struct eot_command *command, const char *argument,
                                            const char **value) {
    *value = NULL;
    if (argument[1] == '-') {
        const char *name = argument + 2, *equals = strchr(name, '=');
        size_t n = equals != NULL ? (size_t)(equals - name) : strlen(name);
        if (equals != NULL) *value = equals + 1;
        for (size_t i = 0; i < command->n_option; i++)
            if (strlen(command->option[i].name) == n && strncmp(command->option[i].name, name, n) == 0)
                return &command->option[i];
        return NULL;
    }
    for (size_t i = 0; i < command->n_option; i++)
        if (command->option[i].letter != 0 && command->option[i].letter == argument[1]) {
            if (argument[2] != '\0') *value = argument + 2;
            return &command->option[i];
        }
    return NULL;
}

static enum eot_status parse_option(const struct eot_command *command, char **argv, int argc, int *i_argument,
                                    uint64_t *seen, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *given = argv[*i_argument], *value;
    const struct eot_option *option = find_option(command, given, &value);
    if (option == NULL) {
        char name[MAX_WORD + 1];
        snprintf(name, sizeof name, "%s", given[1] == '-' ? given + 2 : given + 1);
        name[strcspn(name, "=")] = '\0';
        return unknown_option(command, given, name, err);
    }
    uint64_t bit = UINT64_C(1) << (option - command->option);
    EOT_CHECK(option->type == EOT_OPTION_LIST || (*seen & bit) == 0, EOT_E_USAGE,
              "option '--%s' is given twice; give it once", option->name);
    *seen |= bit;
    if (option->type == EOT_OPTION_FLAG)
        EOT_CHECK(value == NULL, EOT_E_USAGE, "option '%s' takes no value; see `eotmc %s --help`", given,
                  command->name);
    else if (value == NULL) {
        EOT_CHECK(*i_argument + 1 < argc, EOT_E_USAGE, "option '%s' needs a value (%s); see `eotmc %s --help`", given,
                  option->argument, command->name);
        value = argv[++*i_argument];
    }
    EOT_TRY(store(command, option, value, err));
done:
    return status;
}

enum eot_status eot_options_parse(const struct eot_command *command, int argc, char **argv,
                                  struct eot_text_list *positional, bool *is_help, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t seen = 0;
    *is_help = false;
    EOT_CHECK(command->n_option <= MAX_OPTION, EOT_E_INTERNAL,
              "command '%s' has %zu options (at most %d); raise MAX_OPTION", command->name, command->n_option,
              MAX_OPTION);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0 || strncmp(argv[i], "--help=", 7) == 0) {
            *is_help = true;
            return eot_options_print_help(command, argv[i][1] == '-' && argv[i][6] == '=' ? argv[i] + 7 : "text", err);
        }
    bool is_option = true;
    for (int i = 1; i < argc; i++) {
        if (is_option && strcmp(argv[i], "--") == 0)
            is_option = false;
        else if (is_option && argv[i][0] == '-' && argv[i][1] != '\0')
            EOT_TRY(parse_option(command, argv, argc, &i, &seen, err));
        else {
            EOT_CHECK(positional->n < command->max_positional, EOT_E_USAGE,
                      "unexpected argument '%s'; see `eotmc %s --help`", argv[i], command->name);
            EOT_TRY(eot_text_list_add(positional, argv[i], err));
        }
    }
    EOT_CHECK(positional->n >= command->min_positional, EOT_E_USAGE,
              "missing argument (usage: eotmc %s %s); see `eotmc %s --help`", command->name, command->arguments,
              command->name);
done:
    return status;
}

enum eot_status eot_number_list_parse(const char *option, const char *text, const char *separators,
                                      struct eot_number_list *list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_range range;
    for (const char *p = text;; p++) {
        size_t n = strcspn(p, separators);
        EOT_TRY(eot_range_parse_values(option, p, n, &range, err));
        EOT_CHECK(range.rest == p + n, EOT_E_USAGE, "option '--%s' = '%s' ('%.*s' behind a range); leave it out",
                  option, text, (int)n, range.rest);
        double *grown = realloc(list->value, (list->n + range.n) * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        list->value = grown;
        for (size_t i = 0; i < range.n; i++) list->value[list->n++] = eot_range_value(&range, i);
        p += n;
        if (*p == '\0') break;
    }
done:
    return status;
}
