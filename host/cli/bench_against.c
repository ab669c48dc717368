#include "cli/bench_against.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A case of a document. */
struct entry {
    char label[128]; /* the case; in documents of gpu-check the step, without its device */
    const char *name, *device, *hash;
    double rate, n;
};

struct entries {
    size_t n, capacity;
    struct entry *entry;
};

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* @param step name of the step that measured it; NULL: none did. */
static enum eot_status entry_add(struct entries *list, const json_t *result, const char *step, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double rate = json_number_value(json_object_get(result, "eot_per_s"));
    if (!(rate > 0.0)) rate = json_number_value(json_object_get(result, "operations_per_s"));
    if (!(rate > 0.0)) return EOT_OK;
    if (list->n == list->capacity) {
        size_t capacity = 2 * list->capacity + 16;
        struct entry *grown = realloc(list->entry, capacity * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        list->entry = grown;
        list->capacity = capacity;
    }
    struct entry *e = &list->entry[list->n++];
    *e = (struct entry){.name = text_of(result, "case"),
                        .device = text_of(result, "device"),
                        .hash = text_of(result, "tally_hash"),
                        .rate = rate,
                        .n = json_number_value(json_object_get(result, "n"))};
    snprintf(e->label, sizeof e->label, "%s", step != NULL ? step : e->name);
    char *selector = step != NULL ? strrchr(e->label, ' ') : NULL;
    if (selector != NULL) *selector = '\0';
done:
    return status;
}

/* Every result in a document: it is one, or has cases, or steps with such. */
static enum eot_status entries_read(struct entries *list, const json_t *document, const char *step,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *cases = json_object_get(document, "cases"), *steps = json_object_get(document, "steps"), *part;
    size_t i;
    if (json_object_get(document, "case") != NULL) EOT_TRY(entry_add(list, document, step, err));
    json_array_foreach(cases, i, part) EOT_TRY(entries_read(list, part, NULL, err));
    json_array_foreach(steps, i, part) {
        const json_t *output = json_object_get(part, "output"), *result;
        size_t k;
        if (strncmp(text_of(part, "step"), "parity ", 7) == 0) continue; /* too short for a rate */
        json_array_foreach(output, k, result) EOT_TRY(entries_read(list, result, text_of(part, "step"), err));
    }
done:
    return status;
}

/* The entry that is to be compared with one: of the same label, else of the same case. */
static const struct entry *entry_like(const struct entries *list, const struct entry *wanted) {
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->entry[i].label, wanted->label) == 0) return &list->entry[i];
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->entry[i].name, wanted->label) == 0 || strcmp(list->entry[i].label, wanted->name) == 0)
            return &list->entry[i];
    return NULL;
}

static void row_print(const struct entry *a, const struct entry *b, FILE *out) {
    fprintf(out, "%-44s %12.5g %12.5g %8.3f", a->label, a->rate, b->rate, a->rate / b->rate);
    if (strcmp(a->label, b->label) != 0) fprintf(out, "  beside %s", b->label);
    if (strcmp(a->device, b->device) != 0) fprintf(out, "  another device: %s", b->device);
    if (a->n == b->n && a->hash[0] != '\0' && strcmp(a->hash, b->hash) != 0) fprintf(out, "  other tallies");
    fputc('\n', out);
}

enum eot_status eot_bench_against(const json_t *now, const json_t *then, const char *file, FILE *out,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct entries a = {0}, b = {0};
    size_t n = 0;
    EOT_TRY(entries_read(&a, now, NULL, err));
    EOT_TRY(entries_read(&b, then, NULL, err));
    for (size_t i = 0; i < a.n; i++) {
        const struct entry *other = entry_like(&b, &a.entry[i]);
        if (other == NULL) continue;
        if (n++ == 0)
            fprintf(out, "against %s (%s)\n%-44s %12s %12s %8s\n", file, other->device, "case", "1/s", "there 1/s",
                    "ratio");
        row_print(&a.entry[i], other, out);
    }
    EOT_CHECK(n > 0, EOT_E_CONFIG,
              "%s has none of these cases (%zu results are in it); give a file of `eotmc bench --format json` or of "
              "bench/gpu-check with the same cases",
              file, b.n);
done:
    free(a.entry);
    free(b.entry);
    return status;
}

enum eot_status eot_bench_document_read(const char *file, json_t **document, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_error_t error;
    FILE *in = fopen(file, "r");
    *document = NULL;
    EOT_CHECK(in != NULL, EOT_E_IO, "cannot read %s (%s); give a file of `eotmc bench --format json`", file,
              strerror(errno));
    *document = json_loadf(in, 0, &error);
    const char *schema = text_of(*document, "schema");
    EOT_CHECK(*document != NULL && (strcmp(schema, "eotmc-bench/1") == 0 || strcmp(schema, "eotmc-gpu-check/1") == 0),
              EOT_E_CONFIG,
              "%s is no result of eotmc bench (%s); give one of `eotmc bench --format json` or bench/gpu-check", file,
              *document == NULL ? error.text : "its schema is neither eotmc-bench/1 nor eotmc-gpu-check/1");
done:
    if (in != NULL) fclose(in);
    if (status != EOT_OK) {
        json_decref(*document);
        *document = NULL;
    }
    return status;
}
