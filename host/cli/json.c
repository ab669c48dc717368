#include "cli/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *eot_json_text(const char *text) {
    json_t *json = json_string(text);
    if (json != NULL) return json;
    char *ascii = strdup(text);
    for (char *c = ascii; c != NULL && *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    json = ascii != NULL ? json_string(ascii) : NULL;
    free(ascii);
    return json;
}

enum eot_status eot_json_append(json_t *array, json_t *value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(value != NULL && json_array_append_new(array, value) == 0, EOT_E_MEMORY, "out of memory; free memory");
done:
    return status;
}

enum eot_status eot_json_print(json_t *root, int digits, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION((size_t)digits)) : NULL;
    EOT_CHECK(text != NULL, EOT_E_MEMORY, "out of memory; free memory");
    printf("%s\n", text);
done:
    free(text);
    json_decref(root);
    return status;
}
