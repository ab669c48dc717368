#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/apart.h"

enum { MANY = 3000000 }; /* more than a pipe holds */

static bool work(const void *argument, void **bytes, size_t *n_bytes, char *reason, size_t n_reason) {
    const char *how = argument;
    if (strcmp(how, "crash") == 0) raise(SIGSEGV);
    if (strcmp(how, "exit") == 0) exit(0);
    if (strcmp(how, "say") == 0) {
        snprintf(reason, n_reason, "there is no moon tonight");
        return false;
    }
    *n_bytes = MANY;
    *bytes = malloc(MANY);
    for (int i = 0; *bytes != NULL && i < MANY; i++) ((unsigned char *)*bytes)[i] = (unsigned char)(i % 251);
    return *bytes != NULL;
}

Test(apart, bytes_come_back_whole) {
    void *bytes;
    size_t n_bytes;
    char reason[256];
    cr_assert(eot_apart(work, "work", &bytes, &n_bytes, reason));
    cr_assert_eq(n_bytes, MANY);
    for (int i = 0; i < MANY; i++) cr_assert_eq(((unsigned char *)bytes)[i], i % 251);
    free(bytes);
}

Test(apart, crashes_exits_and_failures_are_reasons_and_leave_no_child) {
    static const char *const how[] = {"crash", "exit", "say"}, *const said[] = {"signal 11", "given up", "no moon"};
    for (int i = 0; i < 3; i++) {
        void *bytes;
        size_t n_bytes;
        char reason[256];
        cr_assert_not(eot_apart(work, how[i], &bytes, &n_bytes, reason));
        cr_assert_null(bytes);
        cr_assert_not_null(strstr(reason, said[i]), "%s: '%s'", how[i], reason);
    }
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
}
