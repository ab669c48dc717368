/* eotmc report: one page of HTML about runs, with everything in it. */
#include "cli/report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/progress.h"
#include "cli/cli.h"
#include "config/config.h"
#include "device/source.h"
#include "output/events_read.h"
#include "output/figure_axes.h"
#include "output/file.h"
#include "output/html.h"
#include "output/output.h"
#include "output/shown.h"
#include "output/sinks.h"
#include "version.h"

enum { MAX_FOLDER = 20, MAX_PICTURE_BYTES = 8 * 1024 * 1024 };

struct request {
    const char *path;
    uint64_t event;
    bool has_event, has_no_event, redraws;
    struct eot_text_list positional;
};

static const char *embedded(const char *name) {
    for (size_t i = 0; i < eot_n_embedded_file; i++)
        if (strcmp(eot_embedded_files[i].name, name) == 0) return eot_embedded_files[i].text;
    return "";
}

static void add_cell(struct eot_text *page, const char *text) {
    eot_text_add(page, "<td>");
    eot_html_add(page, text);
    eot_text_add(page, "</td>");
}

/* A row of name and value. */
static void add_row(struct eot_text *page, const char *name, const char *value) {
    eot_text_add(page, "<tr>");
    add_cell(page, name);
    add_cell(page, value);
    eot_text_add(page, "</tr>\n");
}

static void add_number(struct eot_text *page, const struct eot_estimate *e) {
    char number[112], support[64] = "";
    eot_estimate_format(number, sizeof number, e);
    if (!e->is_exact) eot_support_format(support, sizeof support, e);
    eot_text_add(page, "<td class=\"number\">");
    eot_html_add(page, number);
    eot_text_add(page, "</td><td>");
    if (strcmp(e->unit, "1") != 0) eot_html_add(page, e->unit);
    eot_text_add(page, "</td><td class=\"faint\">");
    eot_html_add(page, support);
    eot_text_add(page, "</td>");
}

static void add_estimate(struct eot_text *page, const struct eot_estimate *e) {
    eot_text_add(page, "<tr>");
    add_cell(page, e->name);
    add_number(page, e);
    eot_text_add(page, "</tr>\n");
}

/* What a reader asks first, as far as the run has it; the rest is in a list that opens. */
static void add_estimates(struct eot_text *page, const struct eot_result *r) {
    static const char *const first[] = {"eot.simulated",   "eot.equivalent",   "dimuon.per_eot",
                                        "signal.per_eot",  "efficiency.total", "selected.per_eot",
                                        "signal.per_muon", "muons.simulated",  "exit.survival"};
    eot_text_add(page, "<h3>Numbers</h3>\n<div class=\"scroll\"><table>\n");
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        const struct eot_estimate *e = eot_result_estimate(r, first[i]);
        if (e != NULL) add_estimate(page, e);
    }
    eot_text_add(page, "</table></div>\n<details><summary>all %zu estimates</summary><div class=\"scroll\"><table>\n",
                 r->n_estimate);
    for (size_t i = 0; i < r->n_estimate; i++) add_estimate(page, &r->estimate[i]);
    eot_text_add(page, "</table></div></details>\n");
}

static void add_warnings(struct eot_text *page, const struct eot_result *r) {
    if (r->partial)
        eot_text_add(page,
                     "<div class=\"warning\"><b>interrupted</b>: the numbers are those of a part of the run</div>\n");
    if (r->n_lost > 0)
        eot_text_add(page, "<div class=\"warning\"><b>lost</b>: %llu of %llu events, whose tracks are lost</div>\n",
                     (unsigned long long)r->n_lost, (unsigned long long)r->n_followed);
    for (size_t i = 0; i < r->warnings.n; i++) {
        eot_text_add(page, "<div class=\"warning\"><b>");
        eot_html_add(page, r->warnings.row[i].code);
        eot_text_add(page, "</b>: ");
        eot_html_add(page, r->warnings.row[i].message);
        eot_text_add(page, "</div>\n");
    }
}

/* Rows with bars whose length is the logarithm of what is left. */
static void add_cutflow(struct eot_text *page, const struct eot_result *r, const char *title,
                        const struct eot_cutflow_row *row, size_t n) {
    double smallest = 1.0, largest = 0.0;
    if (n == 0) return;
    for (size_t i = 0; i < n; i++) {
        if (row[i].weighted > 0.0) smallest = fmin(smallest, row[i].weighted);
        largest = fmax(largest, row[i].weighted);
    }
    eot_text_add(page, "<h3>");
    eot_html_add(page, title);
    eot_text_add(page, "</h3>\n<div class=\"scroll\"><table><tr><th>cut</th><th>events</th><th>per ");
    eot_html_add(page, r->per);
    eot_text_add(page, "</th><th></th><th></th><th>logarithm of what is left</th></tr>\n");
    for (size_t i = 0; i < n; i++) {
        const struct eot_estimate e = eot_cutflow_row_as_estimate(&row[i]);
        double part =
            row[i].weighted > 0.0 ? (log10(row[i].weighted / smallest) + 1.0) / (log10(largest / smallest) + 1.0) : 0.0;
        eot_text_add(page, "<tr>");
        add_cell(page, row[i].cut);
        eot_text_add(page, "<td class=\"number\">%.6g</td>", row[i].events);
        if (row[i].is_not_applied)
            eot_text_add(page, "<td colspan=\"3\">not applied: its detector is not there</td>");
        else
            add_number(page, &e);
        eot_text_add(page, "<td class=\"bars\"><span class=\"bar\" style=\"width:%.1f%%\"></span></td></tr>\n",
                     100.0 * part);
    }
    eot_text_add(page, "</table></div>\n");
}

static void add_categories(struct eot_text *page, const struct eot_category *category, size_t n) {
    if (n == 0) return;
    eot_text_add(page, "<h3>Categories</h3>\n<div class=\"scroll\"><table>\n");
    for (size_t i = 0; i < n; i++) {
        const struct eot_estimate e = eot_category_as_estimate(&category[i]);
        eot_text_add(page, "<tr>");
        add_cell(page, category[i].name);
        add_cell(page, category[i].title);
        add_number(page, &e);
        eot_text_add(page, "</tr>\n");
    }
    eot_text_add(page, "</table></div>\n");
}

static void add_figures(struct eot_text *page, const struct eot_result *r, const struct eot_config *config) {
    if (r->n_histogram == 0) return;
    eot_text_add(page, "<h3>Figures</h3>\n<p class=\"faint\">Numbers of a bin show where the pointer rests; "
                       "result.h5 has all of them.</p>\n<div class=\"figures\">\n");
    for (size_t i = 0; i < r->n_histogram; i++) {
        const struct eot_histogram *h = &r->histogram[i];
        double cut[EOT_MAX_FIGURE_CUT];
        size_t n_cut = eot_figure_cuts(config, h->name, cut);
        eot_text_add(page, "<figure>\n");
        eot_html_add_histogram(page, h, cut, n_cut);
        eot_text_add(page, "<figcaption>");
        eot_html_add(page, h->title[0] != '\0' ? h->title : h->name);
        eot_text_add(page, " (%s", h->name);
        if (h->underflow > 0.0 || h->overflow > 0.0)
            eot_text_add(page, "; below the axis %.3g, above %.3g", h->underflow, h->overflow);
        eot_text_add(page, ")</figcaption>\n</figure>\n");
    }
    eot_text_add(page, "</div>\n");
}

static void add_provenance(struct eot_text *page, const struct eot_result *r, const struct eot_config *config,
                           const char *folder) {
    char text[512];
    eot_text_add(page, "<h3>Provenance</h3>\n<div class=\"scroll\"><table>\n");
    add_row(page, "version", r->version);
    snprintf(text, sizeof text, "eotmc run %.300s/effective-config.yaml -o NEW_FOLDER", folder);
    add_row(page, "makes it again", text);
    snprintf(text, sizeof text, "%llu, run %llu", (unsigned long long)r->seed, (unsigned long long)r->run);
    add_row(page, "seed", text);
    add_row(page, "configuration (SHA-256)", r->config_sha256);
    add_row(page, "tables (SHA-256)", r->tables_sha256);
    if (r->tally_sha256[0] != '\0') add_row(page, "sums (SHA-256)", r->tally_sha256);
    if (r->id[0] != '\0') add_row(page, "sample", r->id);
    for (size_t i = 0; i < r->n_device; i++) {
        snprintf(text, sizeof text, "%s (%s)", r->device[i].name, r->device[i].driver);
        add_row(page, "device", text);
    }
    for (size_t i = 0; i < r->n_range; i++) {
        snprintf(text, sizeof text, "%llu to %llu", (unsigned long long)r->primaries[i][0],
                 (unsigned long long)r->primaries[i][1] - 1);
        add_row(page, "primaries", text);
    }
    snprintf(text, sizeof text, "in %.8g GeV, out %.8g GeV, relative residual %.1e", r->energy_in, r->energy_out,
             r->energy_residual);
    add_row(page, "energy", text);
    eot_duration_format(text, sizeof text, r->performance.wall_s);
    add_row(page, "time", text);
    eot_text_add(page, "</table></div>\n<details><summary>configuration</summary><pre>");
    eot_html_add(page, config->effective_yaml);
    eot_text_add(page, "</pre></details>\n");
}

/* The event that is displayed: that which was asked for; else of the recorded ones the first that passes most cuts;
 * else the run's first primary. */
static uint64_t choose_event(const struct request *q, const char *folder, const struct eot_result *r) {
    struct eot_event_record record = {0};
    struct eot_error ignored;
    uint64_t event = q->has_event ? q->event : r->n_range > 0 ? r->primaries[0][0] : 0;
    if (!q->has_event && eot_output_events_read(folder, &record, &ignored) == EOT_OK) {
        size_t primary = eot_event_record_column(&record, "primary"),
               cuts = eot_event_record_column(&record, "cuts_passed"), best = 0;
        for (size_t i = 1; cuts < record.n_column && i < record.n_event; i++)
            if (record.column[cuts].value[i] > record.column[cuts].value[best]) best = i;
        if (primary < record.n_column && record.n_event > 0) event = (uint64_t)record.column[primary].value[best];
    }
    eot_event_record_free(&record);
    return event;
}

static enum eot_status add_run(struct eot_text *page, const struct request *q, const char *folder, int number,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_result r = {0};
    struct eot_config config = {.name = ""};
    char *summary = eot_output_path(folder, "summary.json"), *yaml = eot_output_path(folder, "effective-config.yaml");
    EOT_CHECK_MEMORY(summary);
    EOT_CHECK_MEMORY(yaml);
    EOT_TRY(eot_output_summary_read(summary, &r, err));
    EOT_TRY(eot_config_read(yaml, NULL, 0, &config, err));
    if (q->redraws) EOT_TRY(eot_output_figures(folder, &config, &r, err));
    eot_text_add(page, "<section>\n<h2 id=\"run-%d\">", number);
    eot_html_add(page, r.name);
    eot_text_add(page, "</h2>\n<p class=\"faint\">");
    eot_html_add(page, folder);
    eot_text_add(page, ", %s</p>\n", r.mode);
    add_warnings(page, &r);
    add_estimates(page, &r);
    add_cutflow(page, &r, "Cut flow", r.cutflow, r.n_cutflow);
    add_categories(page, r.category, r.n_category);
    for (size_t i = 0; i < r.n_selection; i++) {
        char title[96];
        snprintf(title, sizeof title, "Selection %s", r.selection[i].name);
        add_cutflow(page, &r, title, r.selection[i].cutflow, r.selection[i].n_cutflow);
    }
    add_figures(page, &r, &config);
    if (!q->has_no_event) {
        eot_text_add(page, "<h3>One event</h3>\n");
        EOT_TRY(eot_report_event(page, folder, choose_event(q, folder, &r), number, err));
    }
    add_provenance(page, &r, &config, folder);
    eot_text_add(page, "</section>\n");
done:
    eot_result_free(&r);
    eot_config_free(&config);
    free(summary);
    free(yaml);
    return status;
}

/* A picture of a folder as a part of the page. */
static enum eot_status add_picture(struct eot_text *page, const char *folder, const char *name, const char *type,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    unsigned char *bytes = malloc(MAX_PICTURE_BYTES);
    char *path = eot_output_path(folder, name);
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    EOT_CHECK_MEMORY(bytes);
    EOT_CHECK_MEMORY(path);
    EOT_CHECK(file != NULL, EOT_E_IO, "cannot read '%s' (%s); make it again", path, strerror(errno));
    size_t n = fread(bytes, 1, MAX_PICTURE_BYTES, file);
    EOT_CHECK(n < MAX_PICTURE_BYTES && !ferror(file), EOT_E_IO, "cannot read '%s', or it is above 8 MiB; make it again",
              path);
    eot_text_add(page, "<figure><img alt=\"%s\" src=\"data:%s;base64,", name, type);
    eot_html_add_base64(page, bytes, n);
    eot_text_add(page, "\"><figcaption>");
    eot_html_add(page, path);
    eot_text_add(page, "</figcaption></figure>\n");
done:
    if (file != NULL) fclose(file);
    free(bytes);
    free(path);
    return status;
}

/* A folder of a scan, a plane or figures: its pictures, of each the first form that is there. */
static enum eot_status add_pictures(struct eot_text *page, const char *folder, int number, struct eot_error *err) {
    static const char *const names[] = {"plane",  "scan",        "totals",        "differentials",
                                        "ratios", "hcal_energy", "missing_energy"};
    static const char *const forms[][2] = {{"svg", "image/svg+xml"}, {"png", "image/png"}};
    enum eot_status status = EOT_OK;
    size_t n = 0;
    eot_text_add(page, "<section>\n<h2 id=\"run-%d\">", number);
    eot_html_add(page, folder);
    eot_text_add(page, "</h2>\n<div class=\"figures\">\n");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t k = 0; k < 2; k++) {
            char name[48];
            snprintf(name, sizeof name, "%s.%s", names[i], forms[k][0]);
            if (!eot_output_has(folder, name)) continue;
            EOT_TRY(add_picture(page, folder, name, forms[k][1], err));
            n++;
            break;
        }
    EOT_CHECK(n > 0, EOT_E_IO,
              "'%s' is no folder of a run (no summary.json) and has no pictures of a scan, plane or comparison; give "
              "one that eotmc made",
              folder);
    eot_text_add(page, "</div>\n</section>\n");
done:
    return status;
}

static enum eot_status write_page(const struct request *q, const struct eot_text *page, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char folder[1024];
    const char *slash = strrchr(q->path, '/'), *name = slash != NULL ? slash + 1 : q->path;
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - q->path) : 1, slash != NULL ? q->path : ".");
    EOT_CHECK(name[0] != '\0', EOT_E_USAGE, "option '--output' = '%s' (a folder); give the name of the page", q->path);
    EOT_CHECK(!page->is_failed, EOT_E_MEMORY, "out of memory while making the page; free memory");
    EOT_TRY(eot_output_write_file(folder[0] != '\0' ? folder : "/", name, page->text, page->n, err));
    fprintf(stderr, "%s\n", q->path);
done:
    return status;
}

enum eot_status eot_cmd_report(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct request q = {.path = "report.html", .event = UINT64_MAX};
    struct eot_text page = {0};
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &q.path, "FILE.html", "the page (default: report.html)"},
        {"event", 'e', EOT_OPTION_COUNT, &q.event, "ID",
         "primary that is displayed (default: of the recorded ones the first that passes most cuts)"},
        {"no-event", 0, EOT_OPTION_FLAG, &q.has_no_event, NULL,
         "without the event display, which follows a primary again"},
        {"redraw", 0, EOT_OPTION_FLAG, &q.redraws, NULL,
         "make the pictures in figures/ of each run again, from its summary.json"},
    };
    const struct eot_command command = {
        .name = "report",
        .arguments = "DIR...",
        .min_positional = 1,
        .max_positional = MAX_FOLDER,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary =
            "One page of HTML about runs: numbers with their errors, cut flow, warnings, figures whose bins tell "
            "their numbers, a display of one event, and where it all comes from. Folders of scans, planes and "
            "comparisons add their pictures. The page needs no network and no other file; it can be printed.",
        .example = "eotmc report out/dimuon out/signal out/limit -o out/report.html"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &q.positional, &is_help, err));
    if (is_help) goto done;
    q.has_event = q.event != UINT64_MAX;
    EOT_CHECK(!(q.has_event && q.has_no_event), EOT_E_USAGE, "--event with --no-event; leave one of them out");
    eot_text_add(&page,
                 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                 "content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n"
                 "<title>eotmc report</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>Electrons on target</h1>\n"
                 "<p class=\"faint\">eotmc report %s</p>\n",
                 embedded("host/cli/report.css"), EOT_VERSION);
    for (size_t i = 0; i < q.positional.n; i++) {
        const char *folder = q.positional.text[i];
        if (eot_output_has(folder, "summary.json"))
            EOT_TRY(add_run(&page, &q, folder, (int)i + 1, err));
        else
            EOT_TRY(add_pictures(&page, folder, (int)i + 1, err));
    }
    eot_text_add(&page, "<script>\n%s</script>\n</body>\n</html>\n", embedded("host/cli/report.js"));
    EOT_TRY(write_page(&q, &page, err));
done:
    eot_text_free(&page);
    eot_text_list_free(&q.positional);
    return status;
}
