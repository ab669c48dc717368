#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/progress.h"
#include "output/format.h"
#include "output/shown.h"
#include "output/output.h"

#define HIDDEN "cascade.track_length" /* dozens of them: summary.json has them all */

static int width_of_longest(const char *text, size_t stride, size_t n, int least) {
    int width = least;
    for (size_t i = 0; i < n; i++, text += stride)
        if ((int)strlen(text) > width) width = (int)strlen(text);
    return width;
}

static void print_cutflow(const char *per, const struct eot_cutflow_row *row, size_t n) {
    if (n == 0) return;
    int width = width_of_longest(row[0].cut, sizeof row[0], n, 3);
    printf("\n%-*s  %12s  per %s\n", width, "cut", "events", per);
    for (size_t i = 0; i < n; i++) {
        const struct eot_cutflow_row *c = &row[i];
        const struct eot_estimate e = eot_cutflow_row_as_estimate(c);
        char number[96], support[80] = "";
        if (c->is_not_applied) {
            printf("%-*s  %12s  its detector is not there\n", width, c->cut, "not applied");
            continue;
        }
        eot_estimate_format(number, sizeof number, &e);
        if (e.is_poorly_determined) eot_support_format(support, sizeof support, &e);
        printf("%-*s  %12.*f  %s%s\n", width, c->cut, c->events == floor(c->events) ? 0 : 1, c->events, number,
               support); /* a row may count by weights */
    }
}

static void print_categories(const char *per, const struct eot_category *category, size_t n) {
    if (n == 0) return;
    int width = width_of_longest(category[0].title, sizeof category[0], n, 3);
    printf("\n%-8s  %-*s  per %s\n", "category", width, "", per);
    for (size_t i = 0; i < n; i++) {
        const struct eot_category *c = &category[i];
        const struct eot_estimate e = eot_category_as_estimate(c);
        char number[96], support[80] = "";
        eot_estimate_format(number, sizeof number, &e);
        if (e.is_poorly_determined) eot_support_format(support, sizeof support, &e);
        printf("%-8s  %-*s  %s%s\n", c->name, width, c->title, number, support);
    }
}

static bool is_hidden(const struct eot_estimate *e) { return strncmp(e->name, HIDDEN, strlen(HIDDEN)) == 0; }

static void print_estimates(const struct eot_result *r) {
    size_t n_hidden = 0;
    if (r->n_estimate == 0) return;
    int width = 8;
    for (size_t i = 0; i < r->n_estimate; i++)
        if (!is_hidden(&r->estimate[i]) && (int)strlen(r->estimate[i].name) > width)
            width = (int)strlen(r->estimate[i].name);
    printf("\n%s\n", "estimate");
    for (size_t i = 0; i < r->n_estimate; i++) {
        const struct eot_estimate *e = &r->estimate[i];
        char number[96], support[80];
        if (is_hidden(e)) {
            n_hidden++;
            continue;
        }
        eot_estimate_format(number, sizeof number, e);
        eot_support_format(support, sizeof support, e);
        printf("%-*s  %s%s%s%s\n", width, e->name, number, strcmp(e->unit, "1") == 0 ? "" : " ",
               strcmp(e->unit, "1") == 0 ? "" : e->unit, support);
    }
    if (n_hidden > 0) printf("and %zu of %s.* in summary.json\n", n_hidden, HIDDEN);
}

void eot_output_print(const struct eot_result *result) {
    char wall[32];
    printf("%s: %s, seed %llu, eotmc %s%s\n", result->name, result->mode, (unsigned long long)result->seed,
           result->version, result->partial ? "; INTERRUPTED: a partial result" : "");
    print_cutflow(result->per, result->cutflow, result->n_cutflow);
    print_categories(result->per, result->category, result->n_category);
    for (size_t i = 0; i < result->n_selection; i++) {
        printf("\nselection %s", result->selection[i].name);
        print_cutflow(result->per, result->selection[i].cutflow, result->selection[i].n_cutflow);
        print_categories(result->per, result->selection[i].category, result->selection[i].n_category);
    }
    print_estimates(result);
    printf("\nenergy   in %.8g GeV, out %.8g GeV, relative residual %.1e\n", result->energy_in, result->energy_out,
           result->energy_residual);
    if (result->performance.wall_s < 9.95)
        snprintf(wall, sizeof wall, "%.2g s", result->performance.wall_s);
    else
        eot_duration_format(wall, sizeof wall, result->performance.wall_s);
    printf("time     %s: kernels %.3g s, compilation %.3g s, tables %.3g s\n", wall, result->performance.kernel_s,
           result->performance.jit_s, result->performance.tables_s);
    printf("rate     %.3g EOT/s, %.3g steps/s, %.3g steps/EOT, %.3g muons/s\n", result->performance.eot_per_s,
           result->performance.steps_per_s, result->performance.steps_per_eot, result->performance.muons_per_s);
    if (result->warnings.n > 0) printf("\nwarnings, of which each makes a number less than it seems\n");
    for (size_t i = 0; i < result->warnings.n; i++)
        printf("%s: %s\n", result->warnings.row[i].code, result->warnings.row[i].message);
    if (result->n_lost > 0)
        printf("LOST     %llu of %llu events, whose tracks are lost; summary.json lists them\n",
               (unsigned long long)result->n_lost, (unsigned long long)result->n_followed);
    for (size_t i = 0; i < result->n_fault; i++)
        if (result->fault[i].count > 0)
            printf("         %s: %llu\n", result->fault[i].name, (unsigned long long)result->fault[i].count);
}
