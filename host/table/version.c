#include <gsl/gsl_version.h>
#include <stdio.h>
#include <string.h>

#include "base/cache.h"
#include "table/table.h"
#include "table_sources.h"
#include "version.h"

void eot_table_version_hash(struct eot_sha256 *hash) {
    char format[32];
    snprintf(format, sizeof format, "%d %d", EOT_TABLE_FORMAT, EOT_CACHE_FORMAT);
    const char *part[] = {"eotmc tables", format, EOT_VERSION, EOT_TABLE_SOURCES_SHA256, gsl_version,
#ifdef __VERSION__
                          __VERSION__
#endif
    };
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        eot_sha256_update(hash, part[i], strlen(part[i]) + 1); /* with the final 0, so that parts cannot run together */
}
