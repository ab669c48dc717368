/** @file cli.h
 * Subcommands of the eotmc binary. Each gets argv with argv[0] = its own name, prints results on stdout, messages on
 * stderr, and returns a status;
 * `--help` prints a text with an example and returns EOT_OK. */
#ifndef EOT_HOST_CLI_H
#define EOT_HOST_CLI_H

#include "../base/error.h"

#define EOT_COMMAND(name, help) enum eot_status eot_cmd_##name(int argc, char **argv, struct eot_error *err);
#include "commands.def"
#undef EOT_COMMAND

#endif
