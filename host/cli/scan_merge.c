/* Parts of a scan put together: of each point the runs, then the tables of the whole. */
#include "cli/scan_merge.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scan.h"
#include "output/file.h"
#include "output/gnuplot.h"
#include "output/output.h"

/* What a part's scan.json says that has to be the same in all parts. */
static const char *const COMMON[] = {"schema", "version", "set", "background", "eot", "keys"};

static enum eot_status read_scan(const char *folder, json_t **root, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_error_t error;
    char *path = eot_output_path(folder, EOT_SCAN_FILE);
    EOT_CHECK_MEMORY(path);
    *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    EOT_CHECK(*root != NULL, EOT_E_IO, "%s: %s (line %d); start that part of the scan again", path, error.text,
              error.line);
    const char *schema = json_string_value(json_object_get(*root, "schema"));
    EOT_CHECK(schema != NULL && strcmp(schema, "eotmc-scan/1") == 0 && json_is_array(json_object_get(*root, "set")) &&
                  json_is_array(json_object_get(*root, "keys")) && json_is_number(json_object_get(*root, "eot")),
              EOT_E_IO, "%s is no table of a scan of this version; start that part of the scan again", path);
done:
    free(path);
    return status;
}

/* "key=value,value" of each key, as --over has it. @param own holds the texts. */
static enum eot_status over_from(const json_t *root, struct eot_text own[EOT_SCAN_MAX_AXIS], struct eot_text_list *over,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const json_t *keys = json_object_get(root, "keys"), *entry, *value;
    size_t i, k;
    EOT_CHECK(json_array_size(keys) <= EOT_SCAN_MAX_AXIS, EOT_E_IO,
              "%s has more than %d keys; start that part of the scan again", EOT_SCAN_FILE, EOT_SCAN_MAX_AXIS);
    json_array_foreach(keys, i, entry) {
        const char *key = json_string_value(json_object_get(entry, "key"));
        EOT_CHECK(key != NULL, EOT_E_IO, "%s names no key; start that part of the scan again", EOT_SCAN_FILE);
        eot_text_add(&own[i], "%s", key);
        json_array_foreach(json_object_get(entry, "values"), k, value) {
            EOT_CHECK(json_is_string(value), EOT_E_IO,
                      "%s has a value of %s that is no text; start that part of the scan again", EOT_SCAN_FILE, key);
            eot_text_add(&own[i], "%c%s", k > 0 ? ',' : '=', json_string_value(value));
        }
        EOT_CHECK(!own[i].is_failed, EOT_E_MEMORY, "out of memory for the keys of a scan; free memory");
        EOT_TRY(eot_text_list_add(over, own[i].text, err));
    }
done:
    return status;
}

/* The parts of one run of a point, merged into its folder. @param is_there whether any part has it. */
static enum eot_status merge_point(const struct eot_merge_parts *parts, const char *path, const char *name, bool forces,
                                   bool *is_there, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_merge_parts own = {0};
    char *target = eot_output_path(path, name), *folder = NULL;
    EOT_CHECK_MEMORY(target);
    for (size_t i = 0; i < parts->n; i++) {
        folder = eot_output_path(parts->folder[i], name);
        EOT_CHECK_MEMORY(folder);
        if (eot_merge_is_part(folder)) EOT_TRY(eot_merge_parts_find(&own, folder, err));
        free(folder);
        folder = NULL;
    }
    *is_there = own.n > 0;
    if (*is_there) EOT_TRY(eot_merge_runs(&own, target, forces, true, err));
done:
    eot_merge_parts_free(&own);
    free(folder);
    free(target);
    return status;
}

static enum eot_status merge_points(struct eot_scan *scan, const struct eot_merge_parts *parts, bool forces,
                                    size_t *n_missing, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < scan->n_point; i++) {
        struct eot_scan_point *p = &scan->point[i];
        char below[sizeof p->name + sizeof EOT_SCAN_BACKGROUND + 1];
        bool is_there, has_background = true;
        snprintf(below, sizeof below, "%s/%s", p->name, EOT_SCAN_BACKGROUND);
        fprintf(stderr, "point %zu of %zu: %s\n", i + 1, scan->n_point, p->name);
        EOT_TRY(merge_point(parts, scan->folder, p->name, forces, &is_there, err));
        if (scan->request->background != NULL)
            EOT_TRY(merge_point(parts, scan->folder, below, forces, &has_background, err));
        if (!is_there || !has_background) {
            fprintf(stderr, "no part has it\n");
            (*n_missing)++;
            continue;
        }
        EOT_TRY(eot_scan_read_point(scan, i, err));
        p->state = p->result.partial ? EOT_SCAN_PARTIAL : EOT_SCAN_DONE;
        *n_missing += p->result.partial;
    }
done:
    return status;
}

enum eot_status eot_scan_merge(const struct eot_merge_parts *parts, const char *path, bool forces,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_scan scan = {.folder = path};
    struct eot_scan_request request = {0};
    struct eot_text over[EOT_SCAN_MAX_AXIS] = {0};
    json_t *root = NULL, *other = NULL;
    size_t n_missing = 0;
    EOT_TRY(read_scan(parts->folder[0], &root, err));
    for (size_t i = 1; i < parts->n; i++) {
        EOT_TRY(read_scan(parts->folder[i], &other, err));
        for (size_t k = 0; k < sizeof COMMON / sizeof COMMON[0]; k++)
            EOT_CHECK(json_equal(json_object_get(root, COMMON[k]), json_object_get(other, COMMON[k])), EOT_E_USAGE,
                      "%s and %s are of different scans ('%s' of %s differs); merge parts of one", parts->folder[0],
                      parts->folder[i], COMMON[k], EOT_SCAN_FILE);
        json_decref(other);
        other = NULL;
    }
    const char *config = json_string_value(json_object_get(root, "config"));
    scan.config = config != NULL ? config : "";
    request.background = json_string_value(json_object_get(root, "background"));
    request.eot = json_number_value(json_object_get(root, "eot"));
    size_t i;
    const json_t *text;
    json_array_foreach(json_object_get(root, "set"), i, text) if (json_is_string(text))
        EOT_TRY(eot_text_list_add(&request.set, json_string_value(text), err));
    EOT_TRY(over_from(root, over, &request.over, err));
    EOT_TRY(eot_scan_make_grid(&scan, &request, err));
    EOT_TRY(eot_output_prepare(path, err));
    EOT_CHECK(forces || !eot_output_has(path, EOT_SCAN_FILE), EOT_E_USAGE,
              "the folder '%s' holds a scan already; replace it by --force, or choose another folder with -o", path);
    EOT_TRY(merge_points(&scan, parts, forces, &n_missing, err));
    EOT_TRY(eot_scan_conclude(&scan, err));
    if (n_missing > 0) fprintf(stderr, "%zu of %zu points are not whole\n", n_missing, scan.n_point);
done:
    eot_scan_free(&scan);
    eot_text_list_free(&request.set);
    eot_text_list_free(&request.over);
    for (size_t a = 0; a < EOT_SCAN_MAX_AXIS; a++) eot_text_free(&over[a]);
    json_decref(other);
    json_decref(root);
    return status;
}
