#include "base/apart.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_REASON = 256 };

/* What the child sends before its bytes. */
struct letter {
    bool is_good;
    size_t n_bytes;
    char reason[N_REASON];
};

static bool send_all(int pipe_end, const void *bytes, size_t n) {
    for (size_t done = 0; done < n;) {
        ssize_t k = write(pipe_end, (const char *)bytes + done, n - done);
        if (k < 0 && errno != EINTR) return false;
        if (k > 0) done += (size_t)k;
    }
    return true;
}

static bool receive_all(int pipe_end, void *bytes, size_t n) {
    for (size_t done = 0; done < n;) {
        ssize_t k = read(pipe_end, (char *)bytes + done, n - done);
        if (k == 0 || (k < 0 && errno != EINTR)) return false;
        if (k > 0) done += (size_t)k;
    }
    return true;
}

/* The child: it does its work, sends it, and ends without what this process does at its end. */
static void be_the_child(eot_apart_work *work, const void *argument, int pipe_end) {
    struct letter letter = {.is_good = false};
    void *bytes = NULL;
    letter.is_good = work(argument, &bytes, &letter.n_bytes, letter.reason, sizeof letter.reason);
    bool is_sent =
        send_all(pipe_end, &letter, sizeof letter) && (!letter.is_good || send_all(pipe_end, bytes, letter.n_bytes));
    _exit(is_sent ? 0 : 1);
}

static void say_how(int how, char reason[N_REASON]) {
    if (WIFSIGNALED(how))
        snprintf(reason, N_REASON, "the library was ended by signal %d; is memory short?", WTERMSIG(how));
    else
        snprintf(reason, N_REASON, "the library has given up; is memory short?");
}

bool eot_apart(eot_apart_work *work, const void *argument, void **bytes, size_t *n_bytes, char reason[N_REASON]) {
    int end[2], how = 0;
    struct letter letter = {.is_good = false};
    *bytes = NULL;
    *n_bytes = 0;
    reason[0] = '\0';
    if (pipe(end) != 0) return work(argument, bytes, n_bytes, reason, N_REASON);
    fflush(NULL); /* or the child writes what is in the buffers once more, should it call exit() */
    pid_t child = fork();
    if (child < 0) {
        close(end[0]);
        close(end[1]);
        return work(argument, bytes, n_bytes, reason, N_REASON);
    }
    if (child == 0) {
        close(end[0]);
        be_the_child(work, argument, end[1]);
    }
    close(end[1]);
    bool is_there = receive_all(end[0], &letter, sizeof letter), is_good = is_there && letter.is_good;
    if (is_good) {
        *bytes = malloc(letter.n_bytes + 1);
        is_good = *bytes != NULL && receive_all(end[0], *bytes, letter.n_bytes);
    }
    close(end[0]);
    while (waitpid(child, &how, 0) < 0 && errno == EINTR) {
    }
    if (is_good) {
        *n_bytes = letter.n_bytes;
        return true;
    }
    if (is_there && !letter.is_good)
        snprintf(reason, N_REASON, "%.*s", N_REASON - 1, letter.reason);
    else
        say_how(how, reason);
    free(*bytes);
    *bytes = NULL;
    return false;
}
