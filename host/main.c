/** @file main.c
 * Dispatches to the subcommand and turns its status into an exit code: the only place that prints errors and exits. */
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "version.h"

static const struct command {
    const char *name, *help;
    enum eot_status (*run)(int argc, char **argv, struct eot_error *err);
} COMMANDS[] = {
#define EOT_COMMAND(name, help) {#name, help, eot_cmd_##name},
#include "cli/commands.def"
#undef EOT_COMMAND
    {NULL, NULL, NULL},
};

static void print_usage(FILE *out) {
    fprintf(
        out,
        "eotmc %s: electrons on target at the statistics of a whole experiment\n\nusage: eotmc COMMAND [ARGUMENTS]\n\n",
        EOT_VERSION);
    for (const struct command *c = COMMANDS; c->name != NULL; c++) fprintf(out, "  %-10s %s\n", c->name, c->help);
    fprintf(out, "\n`eotmc help COMMAND` or `eotmc COMMAND --help` shows a command's arguments and an example; `eotmc "
                 "--version` prints the version.\n");
}

int main(int argc, char **argv) {
    gsl_set_error_handler_off();
    setlocale(LC_ALL, "C");
    signal(SIGXFSZ, SIG_IGN); /* a file limit is an error of write(), with a message, not a kill */
    if (argc < 2) {
        print_usage(stderr);
        return eot_status_exit_code(EOT_E_USAGE);
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2) { /* help COMMAND is COMMAND --help */
        static char help[] = "--help";
        argv[1] = argv[2];
        argv[2] = help;
        argc = 3;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("eotmc %s\n", EOT_VERSION);
        return 0;
    }
    for (const struct command *c = COMMANDS; c->name != NULL; c++)
        if (strcmp(argv[1], c->name) == 0) {
            struct eot_error error = {.status = EOT_OK};
            enum eot_status status = c->run(argc - 1, argv + 1, &error);
            if ((fflush(stdout) != 0 || ferror(stdout)) && status == EOT_OK) /* now, or before */
                status = eot_error_set(&error, EOT_E_IO, __FILE__, __LINE__, __func__,
                                       "cannot write to standard output; free space or check the pipe");
            if (status != EOT_OK) fprintf(stderr, "eotmc %s: %s\n", c->name, error.text);
            return status != EOT_OK && error.exit_code != 0 ? error.exit_code : eot_status_exit_code(status);
        }
    struct eot_error error = {.status = EOT_OK};
    enum eot_status status = eot_error_set(&error, EOT_E_USAGE, __FILE__, __LINE__, __func__,
                                           "unknown command '%s'; `eotmc --help` lists the commands", argv[1]);
    fprintf(stderr, "eotmc: %s\n", error.text);
    return eot_status_exit_code(status);
}
