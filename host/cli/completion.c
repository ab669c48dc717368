/* eotmc completion: scripts for bash and zsh, from the table of commands and the tables of their options. */
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "cli/each_command.h"

static void print_names(void) {
    for (size_t i = 0; eot_command_at(i) != NULL; i++) printf("%s%s", i > 0 ? " " : "", eot_command_at(i)->name);
}

static enum eot_status print_bash(struct eot_error *err) {
    enum eot_status status = EOT_OK;
    printf("# bash completion for eotmc, made by `eotmc completion bash`\n");
    EOT_TRY(eot_commands_print("bash", err));
    printf("_eotmc() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options='' words='-' takes=''\n"
           "    local names='");
    print_names();
    printf("'\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"help --help --version $names\" -- \"$word\")\n"
           "        return\n"
           "    fi\n"
           "    if [ \"${COMP_WORDS[1]}\" = help ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$names\" -- \"$word\")\n"
           "        return\n"
           "    fi\n"
           "    case \" $names \" in *\" ${COMP_WORDS[1]} \"*) ;; *) return ;; esac\n"
           "    \"_eotmc_${COMP_WORDS[1]}\" \"$before\"\n"
           "    if [ \"$words\" != - ] && [ -n \"$words\" ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
           "    elif [ \"$words\" = - ] && [[ $word == -* ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
           "    elif [ \"$takes\" != text ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
           "        compopt -o filenames 2>/dev/null\n"
           "    fi\n"
           "}\n"
           "complete -F _eotmc eotmc\n");
done:
    return status;
}

static void print_quoted(const char *text) {
    for (; *text != '\0'; text++) printf("%s%c", strchr("'", *text) != NULL ? "'\\'" : *text == ':' ? "\\" : "", *text);
}

static enum eot_status print_zsh(struct eot_error *err) {
    enum eot_status status = EOT_OK;
    printf("#compdef eotmc\n# zsh completion for eotmc, made by `eotmc completion zsh`\n");
    EOT_TRY(eot_commands_print("zsh", err));
    printf("_eotmc() {\n    local -a commands=(\n");
    for (size_t i = 0; eot_command_at(i) != NULL; i++) {
        printf("        '%s:", eot_command_at(i)->name);
        print_quoted(eot_command_at(i)->help);
        printf("'\n");
    }
    printf("        'help:arguments of a command'\n    )\n"
           "    if (( CURRENT == 2 )); then\n"
           "        _describe command commands\n"
           "    elif (( $+functions[_eotmc_$words[2]] )); then\n"
           "        local name=$words[2]\n"
           "        shift words\n"
           "        (( CURRENT-- ))\n"
           "        _eotmc_$name\n"
           "    elif [[ $words[2] == help ]]; then\n"
           "        _describe command commands\n"
           "    fi\n"
           "}\n"
           "if [ \"$funcstack[1]\" = _eotmc ]; then _eotmc; else compdef _eotmc eotmc; fi\n");
done:
    return status;
}

enum eot_status eot_cmd_completion(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct eot_text_list positional = {0};
    const struct eot_command command = {
        .name = "completion",
        .arguments = "bash|zsh",
        .min_positional = 1,
        .max_positional = 1,
        .summary = "Print a script that completes commands, options and their words in a shell. An installation puts "
                   "both where the shells look for them.",
        .example = "source <(eotmc completion bash)"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    if (strcmp(positional.text[0], "bash") == 0)
        EOT_TRY(print_bash(err));
    else if (strcmp(positional.text[0], "zsh") == 0)
        EOT_TRY(print_zsh(err));
    else
        EOT_FAIL(EOT_E_USAGE, "no completion for '%s'; give bash or zsh", positional.text[0]);
done:
    eot_text_list_free(&positional);
    return status;
}
