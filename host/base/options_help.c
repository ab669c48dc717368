/* What a table of options is printed as: help, a section of the man page, functions of completion scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"

enum { WIDTH = 80, HELP_COLUMN = 30 };

static const struct eot_option HELP = {"help", 'h', EOT_OPTION_FLAG, NULL, NULL, "this text"};

void eot_print_wrapped(const char *text, size_t at, size_t indent) {
    size_t column = at;
    bool is_first = true; /* of its line: no blank before it */
    while (*text != '\0') {
        size_t n_blank = strspn(text, " "), n = strcspn(text + n_blank, " \n");
        bool is_own_line = *text == '\n' && (text[1] == ' ' || text[1] == '\n');
        if (*text == '\n') { /* a line that begins with a blank stands by itself, others are one paragraph */
            if (is_own_line) printf("\n%*s", (int)indent, "");
            if (is_own_line) column = indent;
            is_first |= is_own_line;
            text++;
            continue;
        }
        if (!is_first && column + 1 + n > WIDTH) {
            printf("\n%*s", (int)indent, "");
            column = indent;
            is_first = true;
            n_blank = 0;
            text += strspn(text, " ");
        }
        size_t n_space = is_first ? n_blank : n_blank > 1 ? n_blank : 1;
        printf("%*s%.*s", (int)n_space, "", (int)n, text + n_blank);
        column += n_space + n;
        text += n_blank + n;
        is_first = false;
    }
}

/* A line of shell, continued with a backslash at a blank outside quotes. */
static void print_shell(const char *line, size_t n) {
    size_t column = 2;
    printf("  ");
    for (size_t i = 0; i < n;) {
        char quote = '\0';
        size_t k = i;
        for (; k < n && (quote != '\0' || line[k] != ' '); k++)
            if (quote != '\0' ? line[k] == quote : line[k] == '"' || line[k] == '\'')
                quote = quote != '\0' ? '\0' : line[k];
        if (i > 0 && column + 1 + (k - i) + 2 > WIDTH) {
            printf(" \\\n   ");
            column = 3;
        }
        printf("%s%.*s", i > 0 ? " " : "", (int)(k - i), line + i);
        column += (i > 0) + (k - i);
        i = k + (k < n);
    }
    putchar('\n');
}

static void print_examples(const char *example) {
    for (const char *line = example; *line != '\0';) {
        size_t n = strcspn(line, "\n"), n_blank = strspn(line, " ");
        print_shell(line + n_blank, n - n_blank);
        line += n + (line[n] == '\n');
    }
}

static void format_option(char *text, size_t n_text, const struct eot_option *option) {
    char letter[8] = "    ";
    if (option->letter != 0) snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(text, n_text, "  %s--%s%s%s", letter, option->name, option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
}

static const struct eot_option *option_at(const struct eot_command *command, size_t i) {
    return i < command->n_option ? &command->option[i] : &HELP;
}

static void print_text(const struct eot_command *command) {
    char text[128];
    size_t width = 0;
    for (size_t i = 0; i <= command->n_option; i++) {
        format_option(text, sizeof text, option_at(command, i));
        if (strlen(text) > width && strlen(text) + 2 <= HELP_COLUMN) width = strlen(text);
    }
    printf("usage: eotmc %s %s%s[OPTIONS]\n\n", command->name, command->arguments,
           command->arguments[0] != '\0' ? " " : "");
    eot_print_wrapped(command->summary, 0, 0);
    printf("\n\noptions:\n");
    for (size_t i = 0; i <= command->n_option; i++) {
        const struct eot_option *option = option_at(command, i);
        format_option(text, sizeof text, option);
        bool is_wide = strlen(text) > width;
        printf("%-*s%s%*s", (int)width, text, is_wide ? "\n" : "", is_wide ? (int)width + 2 : 2, "");
        eot_print_wrapped(option->help, width + 2, width + 2);
        putchar('\n');
    }
    printf("\nexample:\n");
    print_examples(command->example);
}

/* A text in roff: backslashes, and dots or quotes that begin a line, stand for themselves. */
static void print_roff(const char *text) {
    bool is_start = true;
    for (; *text != '\0'; text++) {
        if (is_start && (*text == '.' || *text == '\'')) printf("\\&");
        if (*text == '\\')
            printf("\\e");
        else if (*text == '-')
            printf("\\-");
        else
            putchar(*text);
        is_start = *text == '\n';
    }
}

static void print_man(const struct eot_command *command) {
    printf(".SS \"eotmc %s %s\"\n", command->name, command->arguments);
    print_roff(command->summary);
    putchar('\n');
    for (size_t i = 0; i < command->n_option; i++) {
        const struct eot_option *option = &command->option[i];
        printf(".TP\n");
        if (option->letter != 0) printf("\\fB\\-%c\\fR, ", option->letter);
        printf("\\fB\\-\\-");
        print_roff(option->name);
        printf("\\fR");
        if (option->argument != NULL) printf(" \\fI%s\\fR", option->argument);
        putchar('\n');
        print_roff(option->help);
        putchar('\n');
    }
    printf(".PP\nExample:\n.nf\n");
    print_roff(command->example);
    printf("\n.fi\n");
}

/* The words of an option's value: those of a choice, else whether it is a name of a file. */
static bool is_path(const struct eot_option *option) {
    static const char *const names[] = {"DIR", "FILE", "CONFIG", "PATH"};
    for (size_t i = 0; option->argument != NULL && i < sizeof names / sizeof names[0]; i++)
        if (strstr(option->argument, names[i]) != NULL) return true;
    return false;
}

static void print_words(const char *choices) {
    for (; *choices != '\0'; choices++) putchar(*choices == '|' ? ' ' : *choices);
}

static void print_bash(const struct eot_command *command) {
    printf("_eotmc_%s() { # WORD_BEFORE\n    options='", command->name);
    for (size_t i = 0; i <= command->n_option; i++) printf("%s--%s", i > 0 ? " " : "", option_at(command, i)->name);
    printf("'\n    case $1 in\n");
    for (size_t i = 0; i < command->n_option; i++) {
        const struct eot_option *option = &command->option[i];
        if (option->type == EOT_OPTION_FLAG) continue;
        printf("    ");
        if (option->letter != 0) printf("-%c | ", option->letter);
        printf("--%s) ", option->name);
        if (option->type == EOT_OPTION_CHOICE) {
            printf("words='");
            print_words(option->argument);
            printf("'");
        } else
            printf("words='' takes=%s", is_path(option) ? "file" : "text");
        printf(" ;;\n");
    }
    printf("    esac\n}\n");
}

/* A text between single quotes for zsh's _arguments: brackets and colons are escaped, a quote is written '\''. */
static void print_zsh_text(const char *text) {
    for (; *text != '\0'; text++)
        if (*text == '\'')
            printf("'\\''");
        else
            printf("%s%c", strchr("[]:\\", *text) != NULL ? "\\" : "", *text);
}

static void print_zsh(const struct eot_command *command) {
    printf("_eotmc_%s() {\n    _arguments", command->name);
    for (size_t i = 0; i <= command->n_option; i++) {
        const struct eot_option *option = option_at(command, i);
        const char *many = option->type == EOT_OPTION_LIST ? "*" : "";
        for (int form = option->letter != 0 ? 0 : 1; form < 2; form++) {
            if (form == 0)
                printf(" \\\n        '%s-%c[", many, option->letter);
            else
                printf(" \\\n        '%s--%s[", many, option->name);
            print_zsh_text(option->help);
            putchar(']');
            if (option->argument != NULL) {
                putchar(':');
                print_zsh_text(option->type == EOT_OPTION_CHOICE ? option->name : option->argument);
                putchar(':');
                if (option->type == EOT_OPTION_CHOICE) {
                    putchar('(');
                    print_words(option->argument);
                    putchar(')');
                } else if (is_path(option))
                    printf("_files");
            }
            putchar('\'');
        }
    }
    printf(" \\\n        '*:");
    print_zsh_text(command->arguments[0] != '\0' ? command->arguments : "argument");
    printf(":_files'\n}\n");
}

enum eot_status eot_options_print_help(const struct eot_command *command, const char *form, struct eot_error *err) {
    static const struct {
        const char *name;
        void (*print)(const struct eot_command *command);
    } forms[] = {{"text", print_text}, {"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}};
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(form, forms[i].name) == 0) {
            forms[i].print(command);
            return EOT_OK;
        }
    EOT_FAIL(EOT_E_USAGE, "no help in the form '%s'; forms are text, man, bash and zsh", form);
done:
    return status;
}
