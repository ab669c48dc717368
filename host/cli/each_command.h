/** @file each_command.h
 * All commands of commands.def: what the man page and the completion scripts go through. */
#ifndef EOT_HOST_CLI_EACH_COMMAND_H
#define EOT_HOST_CLI_EACH_COMMAND_H

#include <stddef.h>

#include "cli/cli.h"

struct eot_listed_command {
    const char *name, *help;
    enum eot_status (*run)(int argc, char **argv, struct eot_error *err);
};

/** The i-th command, NULL behind the last. */
const struct eot_listed_command *eot_command_at(size_t i);
/** Print each command's options in a form of eot_options_print_help. @return EOT_E_USAGE for an unknown form. */
enum eot_status eot_commands_print(const char *form, struct eot_error *err);

#endif
