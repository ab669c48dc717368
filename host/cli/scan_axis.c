/* One axis of a scan: a key and its values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/range.h"
#include "cli/scan.h"

void eot_scan_axis_free(struct eot_scan_axis *axis) {
    for (size_t i = 0; i < axis->n; i++) free(axis->value[i]);
    free(axis->value);
    free(axis->key);
    *axis = (struct eot_scan_axis){.n = 0};
}

static enum eot_status value_add(struct eot_scan_axis *axis, const char *text, size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char **grown = eot_array_grown(axis->value, axis->n, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    axis->value = grown;
    axis->value[axis->n] = strndup(text, n);
    EOT_CHECK_MEMORY(axis->value[axis->n]);
    axis->n++;
done:
    return status;
}

/* What stands between two commas: a value, or a range of values, which may have a unit behind it. */
static enum eot_status values_add(struct eot_scan_axis *axis, const char *text, size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_range range;
    char one[160];
    if (!eot_range_is(text, n)) return value_add(axis, text, n, err);
    EOT_TRY(eot_range_parse_values("over", text, n, &range, err));
    for (size_t i = 0; i < range.n; i++) {
        int length = snprintf(one, sizeof one, "%.15g%.*s", eot_range_value(&range, i),
                              (int)(n - (size_t)(range.rest - text)), range.rest);
        EOT_TRY(value_add(axis, one, (size_t)length, err));
    }
done:
    return status;
}

enum eot_status eot_scan_axis_parse(const char *text, struct eot_scan_axis *axis, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *equals = strchr(text, '=');
    EOT_CHECK(equals != NULL && equals > text, EOT_E_USAGE,
              "option '--over' = '%s' (not KEY=VALUE,VALUE,...); give e.g. --over physics.mphi=0.11,0.2", text);
    axis->key = strndup(text, (size_t)(equals - text));
    EOT_CHECK_MEMORY(axis->key);
    const char *start = equals + 1;
    char quote = '\0';
    int depth = 0;
    for (const char *p = start;; p++) {
        bool is_end = *p == '\0' || (*p == ',' && depth == 0 && quote == '\0');
        if (is_end) {
            start += strspn(start, " ");
            EOT_CHECK(start < p, EOT_E_USAGE, "option '--over' = '%s' (an empty value); give values between commas",
                      text);
            EOT_TRY(values_add(axis, start, (size_t)(p - start), err));
            start = p + 1;
        } else if (quote != '\0') {
            if (*p == quote) quote = '\0';
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else
            depth += (*p == '[' || *p == '{') - (*p == ']' || *p == '}');
        if (*p == '\0') break;
    }
done:
    return status;
}
