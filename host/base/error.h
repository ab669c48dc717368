/** @file error.h
 * The one error scheme of the host: every fallible function returns enum eot_status and takes struct eot_error *err
 * last. EOT_TRY and EOT_CHECK jump to the function's single `done:` label; nothing is printed below main.c and log.c.
 */
#ifndef EOT_HOST_BASE_ERROR_H
#define EOT_HOST_BASE_ERROR_H

enum eot_status {
    EOT_OK = 0,
    EOT_E_USAGE,
    EOT_E_CONFIG,
    EOT_E_IO,
    EOT_E_MEMORY,
    EOT_E_NUMERIC,
    EOT_E_DEVICE,
    EOT_E_BUILD,
    EOT_E_SELFTEST,
    EOT_E_INTERRUPTED,
    EOT_E_INTERNAL
};

struct eot_error {
    enum eot_status status;
    int exit_code; /* of the process; 0: eot_status_exit_code(status) */
    int line;
    const char *file, *function; /* static strings of the compiler */
    char text[8192];             /* "<problem> (<reason>); <what to do>" */
};

/** Fill err (may be NULL) and return status. Control characters in messages about usage and files become ?. */
enum eot_status eot_error_set(struct eot_error *err, enum eot_status status, const char *file, int line,
                              const char *function, const char *format, ...) __attribute__((format(printf, 6, 7)));

/** Exit code of a status: 0 ok, 2 usage or configuration, 3 I/O, 4 device or build, 5 self-test, 6 numeric, 130
 * interrupted, 70 internal and memory. */
int eot_status_exit_code(enum eot_status status);

/** Fails the enclosing function: needs `enum eot_status status = EOT_OK;`, a parameter `err` and a label `done:`. */
#define EOT_FAIL(code, ...) \
    do { \
        status = eot_error_set(err, (code), __FILE__, __LINE__, __func__, __VA_ARGS__); \
        goto done; \
    } while (0)
#define EOT_CHECK(condition, code, ...) \
    do { \
        if (!(condition)) EOT_FAIL((code), __VA_ARGS__); \
    } while (0)
#define EOT_TRY(call) \
    do { \
        status = (call); \
        if (status != EOT_OK) goto done; \
    } while (0)
#define EOT_CHECK_MEMORY(pointer) \
    EOT_CHECK((pointer) != NULL, EOT_E_MEMORY, "out of memory; use a smaller sampling.batch or free memory")

#endif
