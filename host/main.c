/** @file main.c
 * Dispatches to the subcommand and turns its status into an exit code: the only place that prints errors and exits. */
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "cli/each_command.h"
#include "version.h"

static void print_usage(void) {
    printf("eotmc %s: electrons on target at the statistics of a whole experiment\n\nusage: eotmc COMMAND "
           "[ARGUMENTS]\n\n",
           EOT_VERSION);
    for (size_t i = 0; eot_command_at(i) != NULL; i++) {
        printf("  %-10s ", eot_command_at(i)->name);
        eot_print_wrapped(eot_command_at(i)->help, 13, 13);
        putchar('\n');
    }
    putchar('\n');
    eot_print_wrapped("`eotmc help COMMAND` or `eotmc COMMAND --help` shows a command's arguments and an example; "
                      "`eotmc --version` prints the version.",
                      0, 0);
    putchar('\n');
}

static const char *command_at_work = NULL;
static pid_t own_process;

/* Libraries that call exit(): that is no success, and not without a word. A child (base/apart.h) leaves that to its
 * parent. */
static void say_early_exit(void) {
    if (command_at_work == NULL) return;
    if (getpid() != own_process) _exit(eot_status_exit_code(EOT_E_INTERNAL));
    fprintf(stderr,
            "eotmc %s: a library has ended the program (out of memory, or a fault of its own); free memory, and go on "
            "with what is saved by --resume\n",
            command_at_work);
    fflush(NULL);
    _exit(eot_status_exit_code(EOT_E_INTERNAL));
}

/* Standard descriptors that are closed at the start go to /dev/null, or the next file that is opened takes their place
 * and with it what is printed. */
static void fill_standard_descriptors(void) {
    int descriptor;
    do descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0) close(descriptor);
}

int main(int argc, char **argv) {
    fill_standard_descriptors();
    own_process = getpid();
    atexit(say_early_exit);
    gsl_set_error_handler_off();
    setlocale(LC_ALL, "C");
    signal(SIGXFSZ, SIG_IGN); /* a file limit is an error of write(), with a message, not a kill */
    if (argc < 2) {
        if (dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) print_usage();
        return eot_status_exit_code(EOT_E_USAGE);
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2) { /* help COMMAND is COMMAND --help */
        static char help[] = "--help";
        argv[1] = argv[2];
        argv[2] = help;
        argc = 3;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage();
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("eotmc %s\n", EOT_VERSION);
        return 0;
    }
    for (size_t i = 0; eot_command_at(i) != NULL; i++) {
        const struct eot_listed_command *c = eot_command_at(i);
        if (strcmp(argv[1], c->name) == 0) {
            struct eot_error error = {.status = EOT_OK};
            command_at_work = c->name;
            enum eot_status status = c->run(argc - 1, argv + 1, &error);
            command_at_work = NULL;
            if ((fflush(stdout) != 0 || ferror(stdout)) && status == EOT_OK) /* now, or before */
                status = eot_error_set(&error, EOT_E_IO, __FILE__, __LINE__, __func__,
                                       "cannot write to standard output; free space or check the pipe");
            if (status != EOT_OK) fprintf(stderr, "eotmc %s: %s\n", c->name, error.text);
            return status != EOT_OK && error.exit_code != 0 ? error.exit_code : eot_status_exit_code(status);
        }
    }
    struct eot_error error = {.status = EOT_OK};
    enum eot_status status = eot_error_set(&error, EOT_E_USAGE, __FILE__, __LINE__, __func__,
                                           "unknown command '%s'; `eotmc --help` lists the commands", argv[1]);
    fprintf(stderr, "eotmc: %s\n", error.text);
    return eot_status_exit_code(status);
}
