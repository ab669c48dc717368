#include "table/table.h"

#include <math.h>
#include <stdlib.h>

enum eot_status eot_f32_table_append(struct eot_f32_table *table, const double *value, size_t n, uint32_t *offset,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (table->n + n > table->capacity) {
        size_t capacity = 2 * (table->n + n);
        float *grown = realloc(table->value, capacity * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        table->value = grown;
        table->capacity = capacity;
    }
    if (offset != NULL) *offset = (uint32_t)table->n;
    for (size_t i = 0; i < n; i++) {
        float narrow = (float)value[i];
        EOT_CHECK(isfinite(narrow), EOT_E_NUMERIC,
                  "table value %zu is %g (not finite in single precision); report the configuration", i, value[i]);
        table->value[table->n + i] = narrow;
    }
    table->n += n;
done:
    return status;
}

void eot_f32_table_free(struct eot_f32_table *table) {
    free(table->value);
    *table = (struct eot_f32_table){NULL, 0, 0};
}
