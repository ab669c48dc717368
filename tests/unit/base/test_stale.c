/* What a killed process leaves behind is removed by the next one, and nothing else. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/stale.h"

static void make(const char *folder, const char *name, long age) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    cr_assert_geq(file, 0);
    if (age > 0) times[1] = (struct timespec){.tv_sec = time(NULL) - age};
    cr_assert_eq(futimens(file, times), 0);
    close(file);
}

static bool is_there(const char *folder, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    bool is = access(path, F_OK) == 0;
    unlink(path);
    return is;
}

Test(stale, old_temporaries_go_and_all_else_stays) {
    char folder[] = "stale_XXXXXX"; /* in the build folder, where tests run */
    cr_assert_not_null(mkdtemp(folder));
    make(folder, ".summary.json.123.tmp", 7200);
    make(folder, ".summary.json.124.tmp", 60);
    make(folder, "summary.json", 7200);
    make(folder, "a.bin", 7200);
    make(folder, "a.bin.Xy12zZ", 7200);
    eot_stale_remove(folder, ".*.[0-9]*.tmp");
    eot_stale_remove(folder, "*.bin.??????");
    cr_expect(!is_there(folder, ".summary.json.123.tmp"));
    cr_expect(is_there(folder, ".summary.json.124.tmp"));
    cr_expect(is_there(folder, "summary.json"));
    cr_expect(is_there(folder, "a.bin"));
    cr_expect(!is_there(folder, "a.bin.Xy12zZ"));
    cr_expect_eq(rmdir(folder), 0);
    eot_stale_remove("no/such/folder", "*");
}
