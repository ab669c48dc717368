#include "config/problems.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_one_line(char *text) {
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f) *text = '?';
}

enum eot_status eot_problems_add(struct eot_problems *p, const struct eot_problem *problem, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (p->n == p->capacity) {
        size_t capacity = p->capacity > 0 ? 2 * p->capacity : 4;
        struct eot_problem *row = realloc(p->row, capacity * sizeof *row);
        EOT_CHECK_MEMORY(row);
        p->row = row;
        p->capacity = capacity;
    }
    p->row[p->n] = *problem;
    make_one_line(p->row[p->n].file);
    make_one_line(p->row[p->n].key);
    make_one_line(p->row[p->n].message);
    p->n++;
done:
    return status;
}

bool eot_problems_has(const struct eot_problems *p, const char *key) {
    size_t n = strlen(key);
    for (size_t i = 0; i < p->n; i++) {
        const char *found = p->row[i].key;
        if (strncmp(found, key, n) == 0 && (found[n] == '\0' || found[n] == '.' || found[n] == '[')) return true;
    }
    return false;
}

enum eot_status eot_problems_fail(const struct eot_problems *p, struct eot_error *err) {
    enum { ROOM_FOR_COUNT = 96 };
    char text[sizeof err->text] = "";
    size_t used = 0, i = 0;
    if (p->n == 0) return EOT_OK;
    for (; i < p->n; i++) {
        const struct eot_problem *one = &p->row[i];
        char line[sizeof *one + 64], number[16] = "";
        if (one->line > 0) snprintf(number, sizeof number, ":%d", one->line);
        size_t n =
            (size_t)snprintf(line, sizeof line, "%s%s%s: %s", i > 0 ? "\n" : "", one->file, number, one->message);
        if (used + n + ROOM_FOR_COUNT >= sizeof text) break;
        memcpy(text + used, line, n + 1);
        used += n;
    }
    if (i < p->n)
        snprintf(text + used, sizeof text - used, "\nand %zu more%s; `eotmc check` lists them all", p->n - i,
                 p->n >= EOT_MAX_PROBLEM ? ", and what comes after them" : "");
    return eot_error_set(err, EOT_E_CONFIG, __FILE__, __LINE__, __func__, "%s", text);
}

void eot_problems_sort(struct eot_problems *p) {
    for (size_t i = 1; i < p->n; i++) { /* few, and nearly in order */
        struct eot_problem one = p->row[i];
        size_t k = i;
        for (; k > 0 && one.line > 0 && (p->row[k - 1].line == 0 || p->row[k - 1].line > one.line); k--)
            p->row[k] = p->row[k - 1];
        p->row[k] = one;
    }
}

void eot_problems_free(struct eot_problems *p) {
    free(p->row);
    *p = (struct eot_problems){0};
}
