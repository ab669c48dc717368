/* A library to preload: it fails the calls of a program to the system, or kills the program at one of them. What it
 * does stands in the environment:
 * FAULT_CALL   kinds of calls, separated by commas: memory, open, close, write, sync, rename, mkdir, unlink
 * FAULT_AT     the number of the call of these kinds that is hit, from 1; 0: none
 * FAULT_MODE   once (that one fails), on (that one and all after it), short (that one writes half of what it should),
 *              kill (SIGKILL in the place of the call)
 * FAULT_ERRNO  the error's number (default: ENOSPC; memory has ENOMEM)
 * FAULT_FOLDER only calls for files whose names begin so count; default: all
 * FAULT_COUNT  a file that gets the number of calls when the program ends
 * FAULT_LOG    a file to which is added a line for each of these calls on files: its kind, and the file as the program
 * names it Calls count from main() on, so that the loader and the constructors of libraries are left in peace. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum mode { ONCE, ON, SHORT, KILL };
static bool is_on, has_kind_memory, has_kind[7];
enum { OPEN, CLOSE, WRITE, SYNC, RENAME, MKDIR, UNLINK };
static enum mode mode;
static long hit;
static int error = ENOSPC;
static const char *folder;
static int log_file = -1;
static atomic_long n_call;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);

/* Whether this call is one that fails. */
static bool fails(void) {
    if (!is_on) return false;
    long n = atomic_fetch_add(&n_call, 1) + 1;
    if (hit == 0 || n < hit || (n > hit && mode != ON)) return false;
    if (mode == KILL) {
        syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
        for (;;) pause();
    }
    return true;
}
static const char *const KIND[] = {"open", "close", "write", "sync", "rename", "mkdir", "unlink"};
/* Whether this call for a file fails; files outside of the folder that faults are limited to are let through. */
static bool path_fails(int kind, const char *path) {
    char line[4200];
    if (!is_on || !has_kind[kind] || (folder != NULL && strncmp(path, folder, strlen(folder)) != 0)) return false;
    int n = log_file >= 0 ? snprintf(line, sizeof line, "%s %s\n", KIND[kind], path) : 0;
    if (n > 0 && n < (int)sizeof line && syscall(SYS_write, log_file, line, (size_t)n) != n) abort();
    if (!fails()) return false;
    errno = error;
    return true;
}
static bool open_fails(int kind, int descriptor) {
    char link[64], path[4096];
    ssize_t n = 0;
    if (!is_on || !has_kind[kind]) return false;
    if (folder != NULL || log_file >= 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        n = readlink(link, path, sizeof path - 1);
    }
    path[n > 0 ? n : 0] = '\0';
    return path_fails(kind, path);
}
static bool memory_fails(void) {
    if (!has_kind_memory || !fails()) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n) { return memory_fails() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return memory_fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *old, size_t n) { return memory_fails() ? NULL : __libc_realloc(old, n); }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static mode_t mode_of(int flags, va_list *more) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(*more, mode_t) : 0;
}
#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t permissions = mode_of(flags, &more); \
        va_end(more); \
        if (path_fails(OPEN, path)) return -1; \
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, permissions); \
    }
OPENS(open)
OPENS(open64)
FILE *fopen(const char *path, const char *how) { return path_fails(OPEN, path) ? NULL : REAL(fopen)(path, how); }
FILE *fopen64(const char *path, const char *how) { return path_fails(OPEN, path) ? NULL : REAL(fopen64)(path, how); }
int mkstemp(char *pattern) { return path_fails(OPEN, pattern) ? -1 : REAL(mkstemp)(pattern); }
int close(int descriptor) { /* what fails is closed nevertheless, as Linux does */
    bool is_bad = open_fails(CLOSE, descriptor);
    int kept = errno, result = (int)syscall(SYS_close, descriptor);
    if (!is_bad) return result;
    errno = kept;
    return -1;
}
int fclose(FILE *file) {
    bool is_bad = open_fails(CLOSE, fileno(file));
    int kept = errno, result = REAL(fclose)(file);
    if (!is_bad) return result;
    errno = kept;
    return EOF;
}
ssize_t write(int descriptor, const void *bytes, size_t n) {
    if (descriptor > 2 && open_fails(WRITE, descriptor)) {
        if (mode != SHORT) return -1;
        n -= n / 2;
    }
    return syscall(SYS_write, descriptor, bytes, n);
}
#define WRITES_AT(name) \
    ssize_t name(int descriptor, const void *bytes, size_t n, off_t at) { \
        if (open_fails(WRITE, descriptor)) { \
            if (mode != SHORT) return -1; \
            n -= n / 2; \
        } \
        return syscall(SYS_pwrite64, descriptor, bytes, n, at); \
    }
WRITES_AT(pwrite)
WRITES_AT(pwrite64)
size_t fwrite(const void *bytes, size_t size, size_t n, FILE *file) {
    if (file == stdout || file == stderr || fileno(file) < 0 || !open_fails(WRITE, fileno(file)))
        return REAL(fwrite)(bytes, size, n, file);
    file->_flags |= 0x20; /* _IO_ERR_SEEN of the C library: ferror() is to know */
    return mode == SHORT ? REAL(fwrite)(bytes, size, n / 2, file) : 0;
}
int fsync(int descriptor) { return open_fails(SYNC, descriptor) ? -1 : (int)syscall(SYS_fsync, descriptor); }
int rename(const char *from, const char *to) {
    return path_fails(RENAME, from) ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}
int mkdir(const char *path, mode_t permissions) {
    return path_fails(MKDIR, path) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, permissions);
}
int unlink(const char *path) { return path_fails(UNLINK, path) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) {
    return open_fails(UNLINK, at) ? -1 : (int)syscall(SYS_unlinkat, at, path, flags);
}

static void count_out(void) {
    const char *path = getenv("FAULT_COUNT");
    char text[32];
    is_on = false;
    if (path == NULL) return;
    int n = snprintf(text, sizeof text, "%ld\n", atomic_load(&n_call));
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (descriptor < 0 || write(descriptor, text, (size_t)n) != n) abort();
    close(descriptor);
}

static int (*true_main)(int, char **, char **);
static int own_main(int argc, char **argv, char **environment) {
    static const char *const modes[] = {"once", "on", "short", "kill"};
    const char *kinds = getenv("FAULT_CALL"), *at = getenv("FAULT_AT"), *how = getenv("FAULT_MODE"),
               *number = getenv("FAULT_ERRNO"), *log = getenv("FAULT_LOG");
    for (int i = 0; kinds != NULL && i < 7; i++) has_kind[i] = strstr(kinds, KIND[i]) != NULL;
    has_kind_memory = kinds != NULL && strstr(kinds, "memory") != NULL;
    for (int i = 0; how != NULL && i < 4; i++)
        if (strcmp(how, modes[i]) == 0) mode = (enum mode)i;
    hit = at != NULL ? atol(at) : 0;
    if (number != NULL) error = atoi(number);
    folder = getenv("FAULT_FOLDER");
    if (log != NULL)
        log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    atexit(count_out);
    is_on = true;
    int code = true_main(argc, argv, environment);
    is_on = false;
    return code;
}
int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack) {
    true_main = program;
    int (*start)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
        (__typeof__(start))dlsym(RTLD_NEXT, "__libc_start_main");
    return start(own_main, argc, argv, init, fini, loader_fini, stack);
}
