#include "cli/number_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cli/json.h"
#include "cli/option_rows.h"

void eot_number_table_init(struct eot_number_table *table, size_t n_column, const char *const *name) {
    *table = (struct eot_number_table){.n_column = n_column};
    memcpy(table->column, name, n_column * sizeof *name);
}

enum eot_status eot_number_table_add(struct eot_number_table *table, const double *value, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double(*row)[EOT_NUMBER_TABLE_MAX_COLUMN] = eot_array_grown(table->row, table->n_row, sizeof *row);
    EOT_CHECK_MEMORY(row);
    table->row = row;
    memcpy(row[table->n_row++], value, table->n_column * sizeof *value);
done:
    return status;
}

void eot_number_table_free(struct eot_number_table *table) {
    free(table->row);
    table->row = NULL;
    table->n_row = 0;
}

static void print_text(const struct eot_number_table *table) {
    for (size_t j = 0; j < table->n_column; j++) printf("%s%18s", j > 0 ? " " : "", table->column[j]);
    printf("\n");
    for (size_t i = 0; i < table->n_row; i++) {
        for (size_t j = 0; j < table->n_column; j++)
            if (isnan(table->row[i][j]))
                printf("%s%18s", j > 0 ? " " : "", "-");
            else
                printf("%s%18.9g", j > 0 ? " " : "", table->row[i][j]);
        printf("\n");
    }
}

static void print_csv(const struct eot_number_table *table) {
    for (size_t j = 0; j < table->n_column; j++) printf("%s%s", j > 0 ? "," : "", table->column[j]);
    printf("\n");
    for (size_t i = 0; i < table->n_row; i++) {
        for (size_t j = 0; j < table->n_column; j++) {
            if (j > 0) printf(",");
            if (!isnan(table->row[i][j])) printf("%.12g", table->row[i][j]);
        }
        printf("\n");
    }
}

/* The rows as "points" of the document. */
static enum eot_status add_points(json_t *root, const struct eot_number_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *points = json_array();
    EOT_CHECK(json_object_set_new(root, "points", points) == 0, EOT_E_MEMORY, "out of memory; ask for fewer points");
    for (size_t i = 0; i < table->n_row; i++) {
        json_t *point = json_object();
        EOT_TRY(eot_json_append(points, point, err));
        for (size_t j = 0; j < table->n_column; j++) {
            double v = table->row[i][j];
            EOT_CHECK(json_object_set_new(point, table->column[j], isnan(v) ? json_null() : json_real(v)) == 0,
                      EOT_E_MEMORY, "out of memory; ask for fewer points");
        }
    }
done:
    return status;
}

enum eot_status eot_number_table_print(const struct eot_number_table *table, const char *format, json_t *root,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (eot_format_is_json(format)) {
        EOT_CHECK_MEMORY(root);
        EOT_TRY(add_points(root, table, err));
        EOT_TRY(eot_json_print(json_incref(root), EOT_JSON_EXACT, err));
    } else if (strcmp(format, "csv") == 0) {
        print_csv(table);
    } else {
        print_text(table);
    }
done:
    json_decref(root);
    return status;
}
