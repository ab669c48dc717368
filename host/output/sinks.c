#include "output/sinks.h"

#include <stdlib.h>
#include <unistd.h>

#include "output/file.h"

/* The condition of a row is an expression of `config`: it becomes a function. */
#define EOT_SINK(name, file, enabled, write) \
    static bool name##_is_enabled(const struct eot_config *config) { \
        (void)config; /* not every condition looks at it */ \
        return (enabled); \
    }
#include "output/sinks.def"
#undef EOT_SINK

static const struct sink {
    const char *file;
    bool (*is_enabled)(const struct eot_config *config);
    enum eot_status (*write)(const char *folder, const struct eot_config *config, const struct eot_result *result,
                             struct eot_error *err);
} SINK[] = {
#define EOT_SINK(name, file, enabled, write) {file, name##_is_enabled, write},
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
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < N_SINK; i++)
        if (SINK[i].is_enabled(config)) EOT_TRY(remove_old(folder, SINK[i].file, err));
    for (int i = 0; i < N_SINK; i++)
        if (SINK[i].is_enabled(config)) EOT_TRY(SINK[i].write(folder, config, result, err));
done:
    return status;
}

const char *eot_output_missing(const char *folder, const struct eot_config *config) {
    for (int i = 0; i < N_SINK; i++)
        if (SINK[i].is_enabled(config) && !eot_output_has(folder, SINK[i].file)) return SINK[i].file;
    return NULL;
}
