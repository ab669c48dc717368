/* eotmc events: the record of a run as a table. */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/option_rows.h"
#include "output/events_read.h"

enum { MAX_SHOWN = 200 }; /* columns */

/* COLUMN OPERATOR NUMBER */
struct condition {
    size_t column;
    char operation[3];
    double value;
};

struct request {
    const char *sort, *columns, *format;
    uint64_t n_most;
    bool is_descending, lists_columns;
    struct eot_text_list where, positional;
};

static enum eot_status column_find(const struct eot_event_record *r, const char *name, size_t n_name, size_t *column,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char word[96];
    const char **names = NULL, *nearest;
    snprintf(word, sizeof word, "%.*s", (int)(n_name < sizeof word ? n_name : sizeof word - 1), name);
    *column = eot_event_record_column(r, word);
    if (*column < r->n_column) goto done;
    names = malloc((r->n_column + 1) * sizeof *names);
    EOT_CHECK_MEMORY(names);
    for (size_t c = 0; c < r->n_column; c++) names[c] = r->column[c].name;
    nearest = eot_text_nearest(word, names, r->n_column);
    EOT_FAIL(EOT_E_USAGE, "no column '%s'%s%s%s; --list-columns lists them", word,
             nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
done:
    free(names);
    return status;
}

static enum eot_status condition_parse(const struct eot_event_record *r, const char *text, struct condition *c,
                                       struct eot_error *err) {
    static const char *const operations[] = {"<=", ">=", "==", "!=", "<", ">", "="};
    enum eot_status status = EOT_OK;
    const char *start = text + strspn(text, " ");
    size_t n_name = strcspn(start, " <>=!");
    const char *p = start + n_name + strspn(start + n_name, " ");
    char *end;
    size_t k = 0, n_operation = sizeof operations / sizeof operations[0];
    while (k < n_operation && strncmp(p, operations[k], strlen(operations[k])) != 0) k++;
    EOT_CHECK(n_name > 0 && k < n_operation, EOT_E_USAGE,
              "option '--where' = '%s' (no condition); write e.g. --where \"missing_energy_GeV > 20\"", text);
    EOT_TRY(column_find(r, start, n_name, &c->column, err));
    snprintf(c->operation, sizeof c->operation, "%s", operations[k]);
    p += strlen(operations[k]);
    c->value = strtod(p, &end);
    EOT_CHECK(end != p && end[strspn(end, " ")] == '\0' && !isnan(c->value), EOT_E_USAGE,
              "option '--where' = '%s' (no number behind %s); write e.g. --where \"missing_energy_GeV > 20\"", text,
              operations[k]);
done:
    return status;
}

static bool holds(const struct condition *c, double x) {
    const char *o = c->operation;
    if (o[0] == '<') return o[1] == '=' ? x <= c->value : x < c->value;
    if (o[0] == '>') return o[1] == '=' ? x >= c->value : x > c->value;
    return (x == c->value) == (o[0] == '=');
}

/* What qsort compares; equal values keep the order of the record. */
struct place {
    double value;
    size_t event;
};

static int by_value(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

/* The events that all conditions let through, in the order that was asked for. @param place of n_event, filled. */
static enum eot_status choose(const struct request *q, const struct eot_event_record *r, struct place *place, size_t *n,
                              struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t sort = r->n_column;
    struct condition *condition = calloc(q->where.n + 1, sizeof *condition);
    EOT_CHECK_MEMORY(condition);
    *n = 0;
    for (size_t k = 0; k < q->where.n; k++) EOT_TRY(condition_parse(r, q->where.text[k], &condition[k], err));
    if (q->sort != NULL) EOT_TRY(column_find(r, q->sort, strlen(q->sort), &sort, err));
    for (size_t i = 0; i < r->n_event; i++) {
        bool is_good = true;
        for (size_t k = 0; k < q->where.n; k++)
            is_good = is_good && holds(&condition[k], r->column[condition[k].column].value[i]);
        double value = sort < r->n_column ? r->column[sort].value[i] : 0.0;
        if (is_good) place[(*n)++] = (struct place){q->is_descending ? -value : value, i};
    }
    qsort(place, *n, sizeof *place, by_value);
done:
    free(condition);
    return status;
}

static void number_text(char text[32], const struct eot_event_column *column, double value) {
    snprintf(text, 32, column->is_integer ? "%.0f" : "%.6g", value);
}

static void print_rows(const struct eot_event_record *r, const size_t *shown, size_t n_shown, const struct place *place,
                       size_t n, bool is_csv) {
    char text[32];
    for (size_t k = 0; k < n_shown; k++)
        if (is_csv)
            printf("%s%s", k > 0 ? "," : "", r->column[shown[k]].name);
        else
            printf("%s%*s", k > 0 ? "  " : "", strlen(r->column[shown[k]].name) > 12 ? 0 : 12,
                   r->column[shown[k]].name);
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n_shown; k++) {
            const struct eot_event_column *c = &r->column[shown[k]];
            int width = strlen(c->name) > 12 ? (int)strlen(c->name) : 12;
            number_text(text, c, c->value[place[i].event]);
            if (is_csv)
                printf("%s%s", k > 0 ? "," : "", text);
            else
                printf("%s%*s", k > 0 ? "  " : "", width, text);
        }
        putchar('\n');
    }
}

static enum eot_status print_json(const struct eot_event_record *r, const size_t *shown, size_t n_shown,
                                  const struct place *place, size_t n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *rows = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *row = json_object();
        for (size_t k = 0; k < n_shown; k++) {
            const struct eot_event_column *c = &r->column[shown[k]];
            double value = c->value[place[i].event];
            json_object_set_new(row, c->name, c->is_integer ? json_integer((json_int_t)value) : json_real(value));
        }
        EOT_TRY(eot_json_append(rows, row, err));
    }
    EOT_TRY(eot_json_print(rows, EOT_JSON_EXACT, err));
    rows = NULL;
done:
    json_decref(rows);
    return status;
}

/* The columns that are shown: those asked for, or of the record the usual ones that it has. */
static enum eot_status choose_columns(const struct request *q, const struct eot_event_record *r, size_t *shown,
                                      size_t *n_shown, struct eot_error *err) {
    static const char usual[] = "primary,parent_energy_GeV,ecal_GeV,missing_energy_GeV,n_track,track_momentum_GeV,"
                                "track_charge,cuts_passed,weight";
    enum eot_status status = EOT_OK;
    *n_shown = 0;
    for (const char *p = q->columns != NULL ? q->columns : usual; *p != '\0';) {
        size_t n = strcspn(p, ","), c;
        char word[96];
        snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), p);
        if (q->columns != NULL)
            EOT_TRY(column_find(r, word, strlen(word), &c, err));
        else
            c = eot_event_record_column(r, word);
        EOT_CHECK(*n_shown < MAX_SHOWN, EOT_E_USAGE, "more than %d columns; name fewer", MAX_SHOWN);
        if (c < r->n_column) shown[(*n_shown)++] = c;
        p += n + (p[n] == ',');
    }
    EOT_CHECK(*n_shown > 0, EOT_E_USAGE, "option '--columns' is empty; give names such as primary,weight");
done:
    return status;
}

enum eot_status eot_cmd_events(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct request q = {.format = "table", .n_most = 20};
    struct eot_event_record record = {0};
    struct place *place = NULL;
    size_t n = 0, n_shown = 0, shown[MAX_SHOWN];
    const struct eot_option table[] = {
        {"where", 'w', EOT_OPTION_LIST, &q.where, "CONDITION",
         "only events for which it holds: a column, one of < <= > >= == !=, a number; repeated: all of them hold"},
        {"sort", 's', EOT_OPTION_TEXT, &q.sort, "COLUMN", "order by this column (default: as recorded)"},
        {"descending", 0, EOT_OPTION_FLAG, &q.is_descending, NULL, "largest first"},
        {"columns", 0, EOT_OPTION_TEXT, &q.columns, "NAME[,NAME...]", "what is shown (default: the usual ones)"},
        {"most", 'n', EOT_OPTION_POSITIVE, &q.n_most, "N", "at most so many rows (default: 20)"},
        {"list-columns", 0, EOT_OPTION_FLAG, &q.lists_columns, NULL, "the columns with unit and meaning, no events"},
        EOT_ROW_FORMAT_TABLE(&q.format),
    };
    const struct eot_command command = {
        .name = "events",
        .arguments = "DIR",
        .min_positional = 1,
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "The recorded events of a run: those that are selected, and a fraction of all others "
                   "(scoring.record_fraction). `eotmc replay` follows one of them step by step.",
        .example = "eotmc events out/dimuon --where \"missing_energy_GeV > 20\" --sort track_momentum_GeV"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &q.positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_output_events_read(q.positional.text[0], &record, err));
    EOT_CHECK(
        record.n_event > 0, EOT_E_CONFIG,
        "the run in '%s' recorded no event (none was selected, and scoring.record_fraction is 0 or small); run it "
        "with a larger scoring.record_fraction",
        q.positional.text[0]);
    for (size_t c = 0; q.lists_columns && c < record.n_column; c++)
        printf("%-28s %-8s %s\n", record.column[c].name, record.column[c].unit, record.column[c].meaning);
    if (q.lists_columns) goto done;
    EOT_TRY(choose_columns(&q, &record, shown, &n_shown, err));
    place = malloc(record.n_event * sizeof *place);
    EOT_CHECK_MEMORY(place);
    EOT_TRY(choose(&q, &record, place, &n, err));
    size_t n_row = n < q.n_most ? n : (size_t)q.n_most;
    if (strcmp(q.format, "json") == 0)
        EOT_TRY(print_json(&record, shown, n_shown, place, n_row, err));
    else
        print_rows(&record, shown, n_shown, place, n_row, strcmp(q.format, "csv") == 0);
    fprintf(stderr, "%zu of %zu recorded events%s\n", n, record.n_event, n_row < n ? ", the first shown (-n)" : "");
done:
    free(place);
    eot_event_record_free(&record);
    eot_text_list_free(&q.where);
    eot_text_list_free(&q.positional);
    return status;
}
