#include "output/sinks.h"

#include <stdlib.h>
#include <unistd.h>

#include "output/file.h"

/* The condition of a row is an expression of `config`: it becomes a function. */
#define EOT_SINK(name, file, enabled, need, write) \
    static bool name##_is_enabled(const struct eot_config *config) { \
        (void)config; /* not every condition looks at it */ \
        return (enabled); \
    }
#include "output/sinks.def"
#undef EOT_SINK

enum need { RESULT, PICTURE, HEAD };
static const struct sink {
    const char *name, *file;
    bool (*is_enabled)(const struct eot_config *config);
    enum need need;
    enum eot_status (*write)(const char *folder, const struct eot_config *config, const struct eot_result *result,
                             struct eot_error *err);
} SINK[] = {
#define EOT_SINK(name, file, enabled, need, write) {#name, file, name##_is_enabled, need, write},
#include "output/sinks.def"
#undef EOT_SINK
};
enum { N_SINK = sizeof SINK / sizeof SINK[0] };

/* Remove a file of an earlier run. Folders stay: unlink refuses them, and they may hold files that are not ours. */
static enum eot_status remove_old(const char *folder, const char *file, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, file);
    EOT_CHECK_MEMORY(path);
    unlink(path);
done:
    free(path);
    return status;
}

enum eot_status eot_output_write(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                 struct eot_findings *warnings, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < N_SINK; i++)
        if (SINK[i].is_enabled(config) && SINK[i].need != HEAD) EOT_TRY(remove_old(folder, SINK[i].file, err));
    for (int i = 0; i < N_SINK; i++) {
        struct eot_error error = {.status = EOT_OK};
        if (!SINK[i].is_enabled(config)) continue;
        status = SINK[i].write(folder, config, result, &error);
        if ((status == EOT_E_IO || status == EOT_E_INTERRUPTED) && SINK[i].need == PICTURE) {
            EOT_TRY(eot_findings_warn(warnings, err, SINK[i].name, "%s", error.text));
        } else if (status != EOT_OK) {
            if (err != NULL) *err = error;
            goto done;
        }
    }
    status = EOT_OK;
done:
    return status;
}

const char *eot_output_missing(const char *folder, const struct eot_config *config) {
    for (int i = 0; i < N_SINK; i++)
        if (SINK[i].is_enabled(config) && !eot_output_has(folder, SINK[i].file)) return SINK[i].file;
    return NULL;
}
