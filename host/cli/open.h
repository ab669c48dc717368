/** @file open.h
 * What a command that takes CONFIG works on: the configuration with its overrides, and the set-up that it describes. */
#ifndef EOT_HOST_CLI_OPEN_H
#define EOT_HOST_CLI_OPEN_H

#include "base/options.h"
#include "geometry/setup.h"

struct eot_opened {
    struct eot_text_list positional, set; /* of the command line, filled by eot_options_parse */
    struct eot_config config;
    struct eot_setup setup;
};

/** Read the configuration `path` with the overrides, and make its set-up. @param opened zeroed but for its lists;
 * release with eot_opened_free, also after a failure. @return EOT_E_IO, EOT_E_CONFIG, EOT_E_MEMORY. */
enum eot_status eot_opened_read(struct eot_opened *opened, const char *path, struct eot_error *err);
/** Release all of it, the lists too. */
void eot_opened_free(struct eot_opened *opened);

#endif
