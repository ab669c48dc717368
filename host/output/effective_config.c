/** @file effective_config.c
 * effective-config.yaml: every key with the value that the run used, itself a configuration that can be run. */
#include <string.h>

#include "output/output.h"
#include "output/sinks.h"

enum eot_status eot_output_effective_config(const char *folder, const struct eot_config *config,
                                            const struct eot_result *result, struct eot_error *err) {
    (void)result;
    return eot_output_write_file(folder, "effective-config.yaml", config->effective_yaml,
                                 strlen(config->effective_yaml), err);
}
