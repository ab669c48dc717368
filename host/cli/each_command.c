#include "cli/each_command.h"

#include <stdio.h>

static const struct eot_listed_command COMMANDS[] = {
#define EOT_COMMAND(name, help) {#name, help, eot_cmd_##name},
#include "cli/commands.def"
#undef EOT_COMMAND
};

const struct eot_listed_command *eot_command_at(size_t i) {
    return i < sizeof COMMANDS / sizeof COMMANDS[0] ? &COMMANDS[i] : NULL;
}

enum eot_status eot_commands_print(const char *form, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char option[32];
    snprintf(option, sizeof option, "--help=%s", form);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        char *argv[] = {(char *)COMMANDS[i].name, option, NULL};
        EOT_TRY(COMMANDS[i].run(2, argv, err));
    }
done:
    return status;
}
