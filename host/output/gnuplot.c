#include "output/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/plain.h"
#include "output/file.h"
#include "output/output.h"
#include "version.h"

extern char **environ;

void eot_text_add(struct eot_text *text, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t wanted = text->n + (n > 0 ? (size_t)n : 0) + 1;
    if (wanted > text->n_allocated) {
        char *larger = realloc(text->text, 2 * wanted);
        if (larger == NULL)
            text->is_failed = 1;
        else {
            text->text = larger;
            text->n_allocated = 2 * wanted;
        }
    }
    if (n >= 0 && wanted <= text->n_allocated) {
        vsnprintf(text->text + text->n, text->n_allocated - text->n, format, again);
        text->n += (size_t)n;
    }
    va_end(again);
}

void eot_text_free(struct eot_text *text) {
    free(text->text);
    *text = (struct eot_text){0};
}

void eot_text_add_quoted(struct eot_text *text, const char *plain, int is_tic_label) {
    eot_text_add(text, "'");
    for (const char *c = plain; *c != '\0'; c++) {
        if (*c == '%' && is_tic_label) eot_text_add(text, "%%");
        if (strchr("\\^_{}@&~", *c) != NULL) eot_text_add(text, "\\");
        if (*c == '\'')
            eot_text_add(text, "’"); /* gnuplot's own escape, two quotes, fails at the beginning of a string */
        else
            eot_text_add(text, "%c", *c == '\n' ? ' ' : *c);
    }
    eot_text_add(text, "'");
}

/** A form of pictures: the end of names, and how a whole file ends. */
struct form {
    const char *name, *end;
    size_t n_end;
};
static const struct form PNG = {"png", "\0\0\0\0IEND\xae\x42\x60\x82", 12}, SVG = {"svg", "</svg>", 6},
                         PDF = {"pdf", "%%EOF", 5};

static const double LONGEST_S = 30.0; /* of a picture */
static const int LOOK_MS = 100;       /* between two looks whether the program is to end */

static const char INTERRUPTED[] = "interrupted; the same command draws them";

/** What comes out of a tube until its other end is closed. @return false if that takes longer than LONGEST_S, or if the
 * program is to end. */
static bool read_messages(int tube, char *messages, size_t n_messages) {
    const double end = eot_clock_seconds() + LONGEST_S;
    char rest[512];
    size_t n = 0;
    ssize_t n_read = 1;
    struct pollfd ready = {.fd = tube, .events = POLLIN};
    while (n_read != 0) {
        double left = end - eot_clock_seconds();
        if (left <= 0.0 || eot_interrupt_is_asked()) break;
        int n_ready = poll(&ready, 1, LOOK_MS);
        if (n_ready < 0 && errno != EINTR) break;
        if (n_ready <= 0) continue;
        bool has_room = n + 1 < n_messages;
        n_read = read(tube, has_room ? messages + n : rest, has_room ? n_messages - 1 - n : sizeof rest);
        if (n_read < 0 && errno != EINTR) break;
        if (n_read > 0 && has_room) n += (size_t)n_read;
    }
    messages[n] = '\0';
    return n_read == 0;
}

/** Run `gnuplot script` in the folder with the variables `output` and `form` set; what it prints goes to messages. */
static enum eot_status run_gnuplot(const char *folder, const char *script, const struct form *form, const char *output,
                                   char *messages, size_t n_messages, int *exit_status, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char assignment[256], own[160];
    int tube[2] = {-1, -1}, error;
    pid_t child;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    bool has_actions = false, has_attributes = false;
    snprintf(assignment, sizeof assignment, "output='%s'; form='%s'", output, form->name);
    snprintf(own, sizeof own, "./%s", script); /* a name that begins with - is no option */
    /* -d: the user's own gnuplot settings have no say in our figures */
    char *const arguments[] = {(char *)"gnuplot", (char *)"-d", (char *)"-e", assignment, own, NULL};
    messages[0] = '\0';
    EOT_CHECK(!eot_interrupt_is_asked(), EOT_E_INTERRUPTED, "%s", INTERRUPTED);
    EOT_CHECK(pipe2(tube, O_CLOEXEC) == 0, EOT_E_IO, "cannot run gnuplot (pipe: %s); free file descriptors",
              strerror(errno));
    EOT_CHECK(posix_spawn_file_actions_init(&actions) == 0, EOT_E_MEMORY,
              "out of memory while running gnuplot; free memory");
    has_actions = true;
    error = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (error == 0) error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, tube[1], STDOUT_FILENO);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, tube[1], STDERR_FILENO);
    EOT_CHECK(error == 0, EOT_E_MEMORY, "out of memory while running gnuplot; free memory");
    EOT_CHECK(posix_spawnattr_init(&attributes) == 0, EOT_E_MEMORY, "out of memory while running gnuplot; free memory");
    has_attributes = true;
    sigemptyset(&none); /* signals that a run waits for are blocked here, but not there */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    error = posix_spawnp(&child, "gnuplot", &actions, &attributes, arguments, environ);
    EOT_CHECK(error == 0, EOT_E_IO,
              "cannot run gnuplot in '%s' (%s); install the package gnuplot-nox or set output.figures to false", folder,
              strerror(error));
    close(tube[1]);
    tube[1] = -1;
    bool is_late = !read_messages(tube[0], messages, n_messages);
    if (is_late) kill(child, SIGKILL);
    while (waitpid(child, exit_status, 0) < 0)
        EOT_CHECK(errno == EINTR, EOT_E_INTERNAL, "cannot wait for gnuplot (%s); report this as a bug",
                  strerror(errno));
    EOT_CHECK(!is_late || !eot_interrupt_is_asked(), EOT_E_INTERRUPTED, "%s", INTERRUPTED);
    EOT_CHECK(!is_late, EOT_E_IO,
              "gnuplot did not end on '%s/%s' within %.0f s; run it by hand or set output.figures to "
              "false",
              folder, script, LONGEST_S);
done:
    if (has_attributes) posix_spawnattr_destroy(&attributes);
    if (has_actions) posix_spawn_file_actions_destroy(&actions);
    if (tube[0] >= 0) close(tube[0]);
    if (tube[1] >= 0) close(tube[1]);
    return status;
}

/** gnuplot does not notice a full disk: a picture is whole only if it ends as its form says, but for blanks. */
static bool is_whole(const char *folder, const char *name, const struct form *form) {
    unsigned char tail[32] = {0};
    char *path = eot_output_path(folder, name);
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    bool is_good = false;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        long n_file = ftell(file), n = n_file < (long)sizeof tail ? n_file : (long)sizeof tail;
        is_good = n > 0 && fseek(file, -n, SEEK_END) == 0 && fread(tail, 1, (size_t)n, file) == (size_t)n;
        while (is_good && form != &PNG && n > 0 && strchr(" \r\n", tail[n - 1]) != NULL) n--;
        is_good = is_good && n >= (long)form->n_end && memcmp(tail + n - form->n_end, form->end, form->n_end) == 0;
    }
    if (file != NULL) fclose(file);
    free(path);
    return is_good;
}

/** Run the script of a figure for one form, and give the picture its name. */
static enum eot_status make_picture(const char *folder, const char *name, const char *script, const struct form *form,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char picture[128], temporary[160], messages[1024];
    int exit_status = 0;
    bool is_made = false;
    snprintf(picture, sizeof picture, "%s.%s", name, form->name);
    eot_output_temporary_name(temporary, sizeof temporary, picture);
    is_made = true;
    EOT_TRY(run_gnuplot(folder, script, form, temporary, messages, sizeof messages, &exit_status, err));
    EOT_CHECK(WIFEXITED(exit_status) && WEXITSTATUS(exit_status) == 0, EOT_E_IO,
              "gnuplot failed on '%s/%s' (%s); run it by hand or set output.figures to false", folder, script,
              messages[0] != '\0' ? messages : "no message");
    EOT_CHECK(is_whole(folder, temporary, form), EOT_E_IO,
              "gnuplot left '%s/%s' incomplete (%s); free space or choose another folder with -o", folder, picture,
              messages[0] != '\0' ? messages : "no message; perhaps the disk is full");
    EOT_TRY(eot_output_commit(folder, picture, err));
done:
    if (status != EOT_OK && is_made) eot_output_discard(folder, picture);
    return status;
}

/** Write data and script of a figure. @param script_name out: [128]. */
static enum eot_status write_script(const char *folder, const char *name, size_t width, size_t height,
                                    const struct eot_text *data, const struct eot_text *body, char *script_name,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char data_name[128];
    struct eot_text script = {0};
    EOT_CHECK(strlen(name) < 100, EOT_E_USAGE,
              "figure name '%.20s...' has %zu characters (at most 99); give a shorter one", name, strlen(name));
    EOT_CHECK(
        eot_plain_is_name(name), EOT_E_USAGE,
        "a figure's name has characters other than letters, digits, . _ + - (it becomes part of a gnuplot script, "
        "which must not hold commands); name it otherwise");
    snprintf(data_name, sizeof data_name, "%s.dat", name);
    snprintf(script_name, 128, "%s.gp", name);
    eot_text_add(&script,
                 "# Made by eotmc " EOT_VERSION ". In this folder, `gnuplot %s` makes the picture again; with -e "
                 "\"form='svg'\" or 'pdf' in that form.\n"
                 "if (!exists('form')) form = 'png'\n"
                 "if (!exists('output')) output = '%s.'.form\n"
                 "set encoding utf8\n"
                 "if (form eq 'svg') { set terminal svg size %zu, %zu dynamic enhanced font 'Sans,22' linewidth 2 "
                 "background 'white' }\n"
                 "if (form eq 'pdf') { set terminal pdfcairo size %.3fin, %.3fin font 'Sans,11' linewidth 2 }\n"
                 "if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size %zu, "
                 "%zu font 'Sans,22' linewidth 2 }\n"
                 "if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size %zu, %zu "
                 "enhanced }\n"
                 "set output output\n%s",
                 script_name, name, width, height, (double)width / 144.0, (double)height / 144.0, width, height, width,
                 height, body->text != NULL ? body->text : "");
    EOT_CHECK(!script.is_failed && !body->is_failed && !data->is_failed, EOT_E_MEMORY,
              "out of memory while making figure '%s'; free memory", name);
    EOT_TRY(eot_output_write_file(folder, data_name, data->text, data->n, err));
    EOT_TRY(eot_output_write_file(folder, script_name, script.text, script.n, err));
done:
    eot_text_free(&script);
    return status;
}

enum eot_status eot_gnuplot_figure(const char *folder, const char *name, size_t width, size_t height,
                                   const struct eot_text *data, const struct eot_text *body, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char script[128];
    EOT_TRY(write_script(folder, name, width, height, data, body, script, err));
    EOT_TRY(make_picture(folder, name, script, &PNG, err));
done:
    return status;
}

enum eot_status eot_gnuplot_picture(const struct eot_picture *p, const struct eot_text *data,
                                    const struct eot_text *body, struct eot_error *err) {
    static const struct form *const forms[] = {&PNG, &SVG, &PDF};
    enum eot_status status = EOT_OK;
    char script[128];
    EOT_TRY(write_script(p->folder, p->name, p->width, p->height, data, body, script, err));
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if ((p->forms >> i & 1) != 0) EOT_TRY(make_picture(p->folder, p->name, script, forms[i], err));
done:
    return status;
}

enum eot_status eot_gnuplot_vectors(const char *folder, const char *name, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char script[128];
    snprintf(script, sizeof script, "%.99s.gp", name);
    EOT_TRY(make_picture(folder, name, script, &SVG, err));
    EOT_TRY(make_picture(folder, name, script, &PDF, err));
done:
    return status;
}
