/* eotmc man: the man page, from the table of commands and the tables of their options. */
#include <stdio.h>

#include "base/options.h"
#include "cli/each_command.h"
#include "version.h"

static const char HEAD[] =
    ".SH NAME\neotmc \\- electrons on target at the statistics of a whole experiment\n"
    ".SH SYNOPSIS\n\\fBeotmc\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n"
    ".SH DESCRIPTION\nSimulates electrons on target for fixed\\-target searches on any OpenCL or CUDA device. A "
    "configuration file describes beam, materials, volumes, detector and selection. Results go to standard output, "
    "messages and progress to standard error.\n"
    ".SH COMMANDS\n";
static const char TAIL[] =
    ".SH EXIT STATUS\n0 ok, 2 usage or configuration, 3 input or output, 4 device or build, 5 self\\-test, 6 numeric, "
    "70 internal, 130 interrupted (the results so far are kept, marked partial).\n"
    ".SH FILES\nTables and compiled kernels are kept in $XDG_CACHE_HOME/eotmc (~/.cache/eotmc).\n";

enum eot_status eot_cmd_man(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct eot_text_list positional = {0};
    const struct eot_command command = {.name = "man",
                                        .arguments = "",
                                        .summary = "Print the man page, in roff: all commands with their options.",
                                        .example = "eotmc man | man -l -"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    printf(".TH EOTMC 1 \"\" \"eotmc %s\" \"User commands\"\n%s", EOT_VERSION, HEAD);
    EOT_TRY(eot_commands_print("man", err));
    fputs(TAIL, stdout);
done:
    eot_text_list_free(&positional);
    return status;
}
