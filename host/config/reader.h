/** @file reader.h
 * What the parts of host/config share while one configuration is read. */
#ifndef EOT_HOST_CONFIG_READER_H
#define EOT_HOST_CONFIG_READER_H

#include "config/config.h"
#include "config/tree.h"

struct eot_reader {
    struct eot_tree tree;
    struct eot_config *config;
    bool is_builtin_item; /* the material being read starts from a built-in one */
    struct eot_error *err;
};

/** What no single key can tell: cut against beam energy, overlaps, volumes outside the world, empty windows, ...
 * @return EOT_E_CONFIG. */
enum eot_status eot_config_validate(struct eot_reader *reader);

/** The effective configuration as YAML: every key with its value, in base units. Caller frees; NULL when out of memory.
 */
char *eot_config_effective(const struct eot_config *config);

#endif
