/** @file options.h
 * Command-line options of a subcommand as a table: parsing, help text and messages all come from it.
 *
 * Forms: `--name value`, `--name=value`, `-n value`, `-nvalue`; flags take no value; `--` ends the options; a lone `-`
 * is a positional argument. An example is host/cli/run.c: a table of rows, one for each option with the variable that
 * it sets; a command with the table; one call of eot_options_parse. */
#ifndef EOT_HOST_BASE_OPTIONS_H
#define EOT_HOST_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum eot_option_type {
    EOT_OPTION_FLAG,     /* target: bool, set to true */
    EOT_OPTION_TEXT,     /* target: const char *, borrowed from argv */
    EOT_OPTION_CHOICE,   /* as TEXT, but the value is one of the words of `argument`, "auto|plain|none" */
    EOT_OPTION_LIST,     /* target: struct eot_text_list, may be repeated */
    EOT_OPTION_COUNT,    /* target: uint64_t; decimal or with an exponent as in 1e6; must be whole */
    EOT_OPTION_POSITIVE, /* as COUNT, from 1 */
    EOT_OPTION_REAL      /* target: double, finite */
};

struct eot_option {
    const char *name; /* long name without dashes */
    char letter;      /* short name, 0 = none */
    enum eot_option_type type;
    void *target;         /* as above; keeps its value when the option is not given */
    const char *argument; /* name of the value in the help text; NULL for flags */
    const char *help;     /* one line with the default */
};

struct eot_command {
    const char *name, *arguments; /* "run", "CONFIG" */
    const char *summary;          /* one or more lines; ends with a full stop */
    const char *example;          /* one or more lines of shell */
    size_t min_positional, max_positional;
    const struct eot_option *option; /* at most 64 */
    size_t n_option;
};

/** Texts borrowed from argv; the array is owned. */
struct eot_text_list {
    size_t n;
    const char **text;
};
void eot_text_list_free(struct eot_text_list *list);
enum eot_status eot_text_list_add(struct eot_text_list *list, const char *text, struct eot_error *err);

/** Numbers between separators, "0.11,0.5", and ranges (range.h), "0.11..3:12log"; the array is the caller's to free,
 * also after an error. @param option its
 * long name, for the message.
 * @return EOT_E_USAGE for what is not a list of finite numbers, EOT_E_MEMORY. */
struct eot_number_list {
    size_t n;
    double *value;
};
enum eot_status eot_number_list_parse(const char *option, const char *text, const char *separators,
                                      struct eot_number_list *list, struct eot_error *err);

/** Parse argv[1..]. `--help` or `-h` anywhere before `--` prints the help on stdout and sets is_help; nothing else is
 * then checked. `--help=FORM` prints it in another form: from these come the man page and the shells' completion.
 * @param positional filled with the other arguments; the caller frees it, and each LIST target, with eot_text_list_free
 * also after an error.
 * @return EOT_E_USAGE for an unknown option (with the nearest name), a missing or bad value, an option given twice, too
 * few or too many arguments; EOT_E_MEMORY. */
enum eot_status eot_options_parse(const struct eot_command *command, int argc, char **argv,
                                  struct eot_text_list *positional, bool *is_help, struct eot_error *err);

/** The help on stdout: usage, summary, options, example, at most 80 columns wide.
 * @param form "text"; "man", a section of a man page (roff); "bash" or "zsh", a function of a completion script.
 * @return EOT_E_USAGE for another form. */
enum eot_status eot_options_print_help(const struct eot_command *command, const char *form, struct eot_error *err);
/** Print a text on stdout so that no line is wider than 80 columns, if its words allow. @param at column that the first
 * line begins at. @param indent of the lines that follow. Ends without a newline. */
void eot_print_wrapped(const char *text, size_t at, size_t indent);

/** The candidate nearest to a misspelt word by Levenshtein distance, or NULL if none is near (distance at most a third
 * of the word's length, rounded up). */
const char *eot_text_nearest(const char *word, const char *const *candidate, size_t n_candidate);

#endif
