/* The cache of program binaries: as files, and as a backend uses it. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/backend.h"
#include "base/cache.h"
#include "device/devices.h"

static const char KEY[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static char home[64], sources[80];

static void home_create(void) {
    strcpy(home, "/tmp/eotmc-cache-XXXXXX");
    cr_assert_neq(mkdtemp(home), NULL);
    setenv("XDG_CACHE_HOME", home, 1);
    setenv("POCL_KERNEL_CACHE", "0", 1); /* as a driver that keeps no kernels itself */
    /* kernels of these names that compile at once */
    char path[128];
    snprintf(sources, sizeof sources, "%s/sources", home);
    snprintf(path, sizeof path, "%s/kernels", sources);
    cr_assert(mkdir(sources, 0777) == 0 && mkdir(path, 0777) == 0);
    strcat(path, "/all.cl");
    FILE *file = fopen(path, "w");
    cr_assert_neq(file, NULL);
#define EOT_KERNEL(name, arguments) \
    fputs("__kernel void " #name "(__global int *a) { a[get_global_id(0)] = 1; }\n", file);
#include "../kernels/kernels.def"
#undef EOT_KERNEL
    fclose(file);
}

static void home_remove(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", home);
    cr_assert_eq(system(command), 0);
}

TestSuite(cache, .init = home_create, .fini = home_remove);

/* The only file in the cache's folder, whose name ends so, in path; the number of such files. */
static int cached_file(const char *end, char path[512]) {
    char folder[128];
    snprintf(folder, sizeof folder, "%s/eotmc", home);
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strlen(e->d_name) > strlen(end) && strcmp(e->d_name + strlen(e->d_name) - strlen(end), end) == 0) {
            snprintf(path, 512, "%s/%s", folder, e->d_name);
            n++;
        }
    if (d != NULL) closedir(d);
    return n;
}

Test(cache, gives_back_what_was_stored) {
    unsigned char bytes[1000];
    for (int i = 0; i < 1000; i++) bytes[i] = (unsigned char)(i * 7);
    size_t n = 1;
    cr_assert_eq(eot_cache_read(KEY, &n), NULL);
    cr_assert(eot_cache_write(KEY, bytes, sizeof bytes));
    unsigned char *back = eot_cache_read(KEY, &n);
    cr_assert_neq(back, NULL);
    cr_assert_eq(n, sizeof bytes);
    cr_assert_arr_eq(back, bytes, sizeof bytes);
    free(back);
}

Test(cache, a_damaged_or_cut_file_is_no_file) {
    unsigned char bytes[1000] = {1, 2, 3};
    char path[512];
    size_t n = 0;
    cr_assert(eot_cache_write(KEY, bytes, sizeof bytes));
    cr_assert_eq(cached_file(".bin", path), 1);
    FILE *file = fopen(path, "r+b");
    fseek(file, -10, SEEK_END);
    putc(99, file);
    fclose(file);
    cr_assert_eq(eot_cache_read(KEY, &n), NULL, "one byte changed");
    cr_assert(eot_cache_write(KEY, bytes, sizeof bytes));
    cr_assert_eq(truncate(path, 500), 0);
    cr_assert_eq(eot_cache_read(KEY, &n), NULL, "cut");
    cr_assert_eq(truncate(path, 0), 0);
    cr_assert_eq(eot_cache_read(KEY, &n), NULL, "empty");
    char other[512];
    cr_assert_eq(cached_file(".bin", other), 1, "no temporary files stay behind");
}

Test(cache, a_file_under_another_key_is_not_taken) {
    char path[512], other[512], key[65];
    unsigned char bytes[100] = {1, 2, 3};
    size_t n = 0;
    cr_assert(eot_cache_write(KEY, bytes, sizeof bytes));
    cr_assert_eq(cached_file(".bin", path), 1);
    snprintf(key, sizeof key, "%s", KEY);
    key[0] = 'f';
    strcpy(other, path);
    memcpy(strrchr(other, '.') - 64, key, 64);
    cr_assert_eq(rename(path, other), 0);
    cr_assert_null(eot_cache_read(key, &n));
}

/* Another user's, writable by others, or a link: not used; the same file is, when that is mended. */
Test(cache, what_others_may_have_written_is_not_taken) {
    char path[512], folder[128], target[160];
    unsigned char bytes[100] = {1, 2, 3}, *back;
    size_t n = 0;
    snprintf(folder, sizeof folder, "%s/eotmc", home);
    cr_assert(eot_cache_write(KEY, bytes, sizeof bytes));
    cr_assert_eq(cached_file(".bin", path), 1);
    struct stat made;
    cr_assert(stat(folder, &made) == 0 && (made.st_mode & 0777) == 0700);
    for (int i = 0; i < 2; i++) {
        const char *what = i == 0 ? path : folder;
        const mode_t open_to[] = {S_IWGRP, S_IWOTH};
        for (int k = 0; k < 2; k++) {
            cr_assert_eq(chmod(what, 0700 | open_to[k]), 0);
            cr_assert_null(eot_cache_read(KEY, &n), "%s", what);
            cr_assert_eq(chmod(what, 0700), 0);
        }
        if (geteuid() != 0) continue;
        cr_assert_eq(chown(what, 12345, (gid_t)-1), 0);
        cr_assert_null(eot_cache_read(KEY, &n), "%s of another user", what);
        cr_assert_eq(chown(what, 0, (gid_t)-1), 0);
    }
    back = eot_cache_read(KEY, &n);
    cr_assert_not_null(back);
    free(back);
    snprintf(target, sizeof target, "%s/elsewhere", home);
    cr_assert(rename(path, target) == 0 && symlink(target, path) == 0);
    cr_assert_null(eot_cache_read(KEY, &n), "a link");
}

Test(cache, a_folder_that_cannot_be_made_is_no_error) {
    char blocked[128];
    snprintf(blocked, sizeof blocked, "%s/file", home);
    FILE *file = fopen(blocked, "w");
    fclose(file);
    setenv("XDG_CACHE_HOME", blocked, 1); /* a file where a folder should be: holds for root too */
    unsigned char bytes[10] = {0};
    size_t n = 0;
    cr_assert_not(eot_cache_write(KEY, bytes, sizeof bytes));
    cr_assert_eq(eot_cache_read(KEY, &n), NULL);
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend *backend = NULL;
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = NULL}, &backend, &error), EOT_OK, "%s",
                 error.text);
    eot_backend_close(backend);
}

static struct eot_backend *device_open(bool no_cache, const char *extra) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_device *device = NULL;
    size_t n_device = 0;
    cr_assert_eq(eot_devices_list(&device, &n_device, &error), EOT_OK, "%s", error.text);
    free(device);
    if (n_device == 1) cr_skip_test("no OpenCL device here");
    struct eot_backend *backend = NULL;
    struct eot_backend_options options = {
        .selector = "0", .kernel_dir = sources, .no_kernel_cache = no_cache, .extra_options = extra};
    cr_assert_eq(eot_backend_open(&options, &backend, &error), EOT_OK, "%s", error.text);
    return backend;
}

Test(cache, a_backend_fills_it_once_and_takes_damage_without_a_word) {
    char path[512];
    eot_backend_close(device_open(true, NULL));
    cr_assert_eq(cached_file(".bin", path), 0, "--no-kernel-cache");
    eot_backend_close(device_open(false, NULL));
    cr_assert_eq(cached_file(".bin", path), 1);
    struct stat first, second;
    cr_assert_eq(stat(path, &first), 0);
    eot_backend_close(device_open(false, NULL));
    cr_assert_eq(stat(path, &second), 0);
    cr_assert(first.st_ino == second.st_ino, "taken from the cache, not written again");
    cr_assert_eq(truncate(path, first.st_size / 2), 0);
    eot_backend_close(device_open(false, NULL));
    cr_assert_eq(stat(path, &second), 0);
    cr_assert_eq(second.st_size, first.st_size, "the damaged file is replaced");
    eot_backend_close(device_open(false, "-DEOT_OTHER=1"));
    cr_assert_eq(cached_file(".bin", path), 2, "other options, another key");
}

/* A well-formed cache file whose content the driver does not take. */
Test(cache, a_rejected_binary_falls_back_to_the_source) {
    char path[512];
    eot_backend_close(device_open(false, NULL));
    cr_assert_eq(cached_file(".bin", path), 1);
    char *dot = strrchr(path, '.'), key[65];
    snprintf(key, sizeof key, "%.64s", dot - 64);
    cr_assert(eot_cache_write(key, (const unsigned char *)"no program at all", 17));
    struct eot_backend *backend = device_open(false, NULL);
    cr_assert_neq(backend, NULL);
    eot_backend_close(backend);
    size_t n = 0;
    unsigned char *bytes = eot_cache_read(key, &n);
    cr_assert_gt(n, 1000, "replaced by the real one");
    free(bytes);
}

Test(cache, pocl_is_not_asked_for_a_binary) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_device *device = NULL;
    size_t n_device = 0;
    char path[512];
    unsetenv("POCL_KERNEL_CACHE");
    cr_assert_eq(eot_devices_list(&device, &n_device, &error), EOT_OK, "%s", error.text);
    bool is_pocl = strstr(device[0].platform, "Portable Computing Language") != NULL;
    free(device);
    if (!is_pocl) cr_skip_test("PoCL is not device 0 here");
    eot_backend_close(device_open(false, NULL));
    cr_assert_eq(cached_file(".bin", path), 0);
}
