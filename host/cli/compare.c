/* eotmc compare: runs beside each other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "cli/cli.h"
#include "output/file.h"
#include "output/output.h"
#include "output/shown.h"

enum { MAX_RUN = 6, MAX_CURVE = 6 };

struct runs {
    size_t n;
    struct eot_result result[MAX_RUN];
    char label[MAX_RUN][64];
};

/* A histogram's copy, as a curve of the figure: scaled to a sum of 1 unless the contents stay per EOT. */
static enum eot_status curve_make(const struct eot_histogram *h, const char *title, bool is_per_eot,
                                  struct eot_histogram *curve, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double sum = 0.0;
    *curve = *h;
    curve->edges = h->edges;
    curve->values = malloc(h->n_bin * sizeof *curve->values);
    curve->variances = malloc(h->n_bin * sizeof *curve->variances);
    EOT_CHECK_MEMORY(curve->values);
    EOT_CHECK_MEMORY(curve->variances);
    for (size_t i = 0; i < h->n_bin; i++) sum += h->values[i];
    const bool is_ratio = strcmp(h->content_unit, "1") == 0; /* an efficiency, say */
    double scale = is_per_eot || is_ratio || !(sum > 0.0) ? 1.0 : 1.0 / sum;
    for (size_t i = 0; i < h->n_bin; i++) {
        curve->values[i] = scale * h->values[i];
        curve->variances[i] = scale * scale * h->variances[i];
    }
    curve->underflow *= scale;
    curve->overflow *= scale;
    snprintf(curve->title, sizeof curve->title, "%s", title);
done:
    return status;
}

/* One figure of the histograms `name` (n_name of them) of all runs that have them. */
static enum eot_status figure(const struct runs *r, const char *folder, const char *file, const char *title,
                              const char *const *name, size_t n_name, bool is_per_eot, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_histogram curve[MAX_CURVE] = {0};
    const struct eot_histogram *all[MAX_CURVE];
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < n_name; k++) {
            const struct eot_histogram *h = eot_result_histogram(&r->result[i], name[k]);
            char label[96];
            if (h == NULL || n == MAX_CURVE) continue;
            snprintf(label, sizeof label, "%.30s%s%.60s", n_name > 1 ? h->title : "", n_name > 1 ? ", " : "",
                     r->label[i]);
            all[n] = &curve[n];
            EOT_TRY(curve_make(h, label, is_per_eot, &curve[n++], err));
        }
    if (n > 0)
        EOT_TRY(eot_output_figure(&(struct eot_figure){.folder = folder,
                                                       .name = file,
                                                       .title = title,
                                                       .histogram = all,
                                                       .n = n,
                                                       .what = is_per_eot || strcmp(all[0]->content_unit, "1") == 0
                                                                   ? NULL
                                                                   : "fraction of the entries",
                                                       .has_ratio = n_name == 1},
                                  err));
done:
    for (size_t i = 0; i < MAX_CURVE; i++) {
        free(curve[i].values);
        free(curve[i].variances);
    }
    return status;
}

static enum eot_status figures(const struct runs *r, const char *folder, bool is_per_eot, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *hcal[MAX_CURVE];
    size_t n_hcal = 0;
    EOT_TRY(eot_output_prepare(folder, err));
    for (size_t k = 0; k < r->result[0].n_histogram; k++) {
        const struct eot_histogram *h = &r->result[0].histogram[k];
        bool is_shared = false;
        for (size_t i = 1; i < r->n; i++) is_shared = is_shared || eot_result_histogram(&r->result[i], h->name) != NULL;
        if (!is_shared) continue;
        /* All modules go into one picture, as long as their curves can be told apart. */
        if (strncmp(h->name, "hcal", 4) == 0 && (n_hcal + 1) * r->n <= MAX_CURVE) {
            hcal[n_hcal++] = h->name;
            continue;
        }
        char file[sizeof h->name];
        snprintf(file, sizeof file, "%s", h->name);
        for (char *c = file; *c != '\0'; c++) *c = *c == '.' || *c == '/' ? '_' : *c;
        EOT_TRY(figure(r, folder, file, h->title[0] != '\0' ? h->title : h->name, (const char *const[]){h->name}, 1,
                       is_per_eot, err));
    }
    if (n_hcal > 0)
        EOT_TRY(figure(r, folder, "hcal_energy", "Energy in the HCAL modules", hcal, n_hcal, is_per_eot, err));
done:
    return status;
}

/* The estimates that all runs have; of two runs also their difference in standard deviations, or whether one keeps to
 * the limit that the other is. */
static void print_estimates(const struct runs *r) {
    printf("%-44s", "estimate");
    for (size_t i = 0; i < r->n; i++) printf("  %-26s", r->label[i]);
    printf("%s\n", r->n == 2 ? "  pull" : "");
    for (size_t k = 0; k < r->result[0].n_estimate; k++) {
        const struct eot_estimate *e[MAX_RUN] = {NULL};
        size_t n = 0;
        while (n < r->n && (e[n] = eot_result_estimate(&r->result[n], r->result[0].estimate[k].name)) != NULL) n++;
        if (n < r->n) continue;
        printf("%-44s", r->result[0].estimate[k].name);
        for (size_t i = 0; i < n; i++) {
            char number[96];
            eot_estimate_format(number, sizeof number, e[i]);
            printf("  %-26s", number);
        }
        char pull[32] = "";
        if (n == 2) eot_estimates_compare(pull, sizeof pull, e[0], e[1]);
        printf("%s%s\n", pull[0] != '\0' ? "  " : "", pull);
    }
}

enum eot_status eot_cmd_compare(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false, is_per_eot = false;
    const char *folder = NULL;
    char *path = NULL;
    struct eot_text_list positional = {0};
    struct runs *r = calloc(1, sizeof *r);
    EOT_CHECK_MEMORY(r);
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &folder, "DIR",
         "draw the histograms that runs share into this folder (default: no pictures)"},
        {"per-eot", 0, EOT_OPTION_FLAG, &is_per_eot, NULL,
         "contents per EOT (default: each histogram scaled to 1, to compare shapes)"},
    };
    const struct eot_command command = {
        .name = "compare",
        .arguments = "DIR DIR...",
        .min_positional = 2,
        .max_positional = MAX_RUN,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary =
            "Runs beside each other: the estimates that all have, for two runs with their difference in "
            "standard deviations (in brackets if one is poorly determined; an empty sum is a limit, not 0 +- 0), "
            "and the histograms of one name in one figure,\n"
            "the HCAL modules together.",
        .example = "eotmc compare out/signal out/dimuon -o out/compared"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    for (size_t i = 0; i < positional.n; i++) {
        path = eot_output_path(positional.text[i], "summary.json");
        EOT_CHECK_MEMORY(path);
        r->n = i + 1;
        EOT_TRY(eot_output_summary_read(path, &r->result[i], err));
        free(path);
        path = NULL;
    }
    for (size_t i = 0; i < r->n; i++) { /* the run's name; its folder's if another run has the same name */
        bool is_unique = true;
        for (size_t k = 0; k < r->n; k++)
            is_unique = is_unique && (k == i || strcmp(r->result[k].name, r->result[i].name) != 0);
        const char *text = positional.text[i], *last = strrchr(text, '/');
        if (last != NULL && last[1] != '\0') text = last + 1;
        snprintf(r->label[i], sizeof r->label[i], "%.60s", is_unique ? r->result[i].name : text);
    }
    print_estimates(r);
    if (folder != NULL) EOT_TRY(figures(r, folder, is_per_eot, err));
done:
    for (size_t i = 0; r != NULL && i < r->n; i++) eot_result_free(&r->result[i]);
    free(r);
    free(path);
    eot_text_list_free(&positional);
    return status;
}
