/** @file number_table.h
 * Rows of numbers with named columns, as a table for people, CSV or JSON. */
#ifndef EOT_HOST_CLI_NUMBER_TABLE_H
#define EOT_HOST_CLI_NUMBER_TABLE_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

enum { EOT_NUMBER_TABLE_MAX_COLUMN = 8 };

/** NAN stands for "not defined": "-" in a table, nothing in CSV, null in JSON. */
struct eot_number_table {
    const char *column[EOT_NUMBER_TABLE_MAX_COLUMN];
    size_t n_column, n_row;
    double (*row)[EOT_NUMBER_TABLE_MAX_COLUMN];
};

/** Give the table its columns; the names are borrowed. */
void eot_number_table_init(struct eot_number_table *table, size_t n_column, const char *const *name);
/** Append a copy of n_column values. @return EOT_E_MEMORY. */
enum eot_status eot_number_table_add(struct eot_number_table *table, const double *value, struct eot_error *err);
/** Print it on standard output. @param format "table", "csv" or "json". @param root the document that gets the rows as
 * "points" in JSON; released in any case (NULL is taken for an allocation that failed). @return EOT_E_MEMORY. */
enum eot_status eot_number_table_print(const struct eot_number_table *table, const char *format, json_t *root,
                                       struct eot_error *err);
void eot_number_table_free(struct eot_number_table *table);

#endif
