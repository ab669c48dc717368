/* eotmc scan: a run per point of a grid of configuration keys. */
#include "cli/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "check/check.h"
#include "base/interrupt.h"
#include "cli/shard.h"
#include "cli/preflight.h"
#include "cli/simulate.h"
#include "limit/one_channel.h"
#include "output/file.h"
#include "output/output.h"
#include "output/sinks.h"
#include "store/checkpoint.h"
#include "geometry/setup.h"
#include "version.h"

enum { MAX_POINT = 10000 };
static const double LEVEL = 0.9; /* of the limit that is the figure of merit */

void eot_scan_free(struct eot_scan *scan) {
    for (size_t a = 0; a < scan->n_axis; a++) eot_scan_axis_free(&scan->axis[a]);
    for (size_t i = 0; scan->point != NULL && i < scan->n_point; i++) {
        eot_result_free(&scan->point[i].result);
        free(scan->point[i].failure);
    }
    free(scan->point);
    free(scan->estimate);
    free(scan->list);
}

enum eot_status eot_scan_make_grid(struct eot_scan *scan, const struct eot_scan_request *request,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_text_list *over = &request->over, *set = &request->set;
    scan->request = request;
    EOT_CHECK(over->n > 0, EOT_E_USAGE,
              "no --over; give at least one key with its values, as in --over physics.mphi=0.11,0.2,0.5");
    EOT_CHECK(over->n <= EOT_SCAN_MAX_AXIS, EOT_E_USAGE,
              "%zu times --over (at most %d keys can be scanned at once); scan fewer", over->n, EOT_SCAN_MAX_AXIS);
    scan->n_point = 1;
    for (size_t a = 0; a < over->n; a++) {
        scan->n_axis++;
        EOT_TRY(eot_scan_axis_parse(over->text[a], &scan->axis[a], err));
        for (size_t b = 0; b < a; b++)
            EOT_CHECK(strcmp(scan->axis[a].key, scan->axis[b].key) != 0, EOT_E_USAGE,
                      "--over %s twice (a key has one list of values); join the lists", scan->axis[a].key);
        size_t n_key = strlen(scan->axis[a].key);
        for (size_t i = 0; i < set->n; i++)
            EOT_CHECK(strncmp(set->text[i], scan->axis[a].key, n_key) != 0 ||
                          (set->text[i][n_key] != '=' && set->text[i][n_key] != '.'),
                      EOT_E_USAGE,
                      "--set %s with --over %s (every point has its own value, so it would be ignored); leave one of "
                      "them out",
                      set->text[i], scan->axis[a].key);
        EOT_CHECK(scan->axis[a].n <= MAX_POINT / scan->n_point, EOT_E_USAGE, "more than %d points; give fewer values",
                  MAX_POINT);
        scan->n_point *= scan->axis[a].n;
    }
    scan->point = calloc(scan->n_point, sizeof *scan->point);
    EOT_CHECK_MEMORY(scan->point);
    for (size_t i = 0; i < scan->n_point; i++) {
        struct eot_scan_point *p = &scan->point[i];
        size_t rest = i, n = 0;
        for (size_t a = scan->n_axis; a-- > 0; rest /= scan->axis[a].n) p->at[a] = rest % scan->axis[a].n;
        for (size_t a = 0; a < scan->n_axis; a++) { /* the folder's name: values without blanks and brackets */
            char piece[sizeof p->name];
            int length = snprintf(piece, sizeof piece, "%s%s=%s", a > 0 ? "," : "", scan->axis[a].key,
                                  scan->axis[a].value[p->at[a]]);
            EOT_CHECK(length > 0 && (size_t)length < sizeof piece - n, EOT_E_USAGE,
                      "point %zu has a name of more than %zu bytes (of %s=...); scan fewer keys at once", i + 1,
                      sizeof piece, scan->axis[a].key);
            for (int k = 0; k < length; k++) {
                char c = piece[k] == ',' && k > 0 ? '_' : piece[k] == '/' ? '_' : piece[k];
                if (strchr(" []{}'\"\\:*?<>|&;$`()!#~\t\n", c) == NULL) p->name[n++] = c;
            }
        }
        for (size_t k = 0; k < i; k++)
            EOT_CHECK(strcmp(p->name, scan->point[k].name) != 0, EOT_E_USAGE,
                      "two points would share the folder '%s' (a value given twice?); leave one out", p->name);
    }
done:
    return status;
}

/* The configuration of a point, its overrides being those of the command and then the point's own. @param is_set_last
 * the other way round. */
static enum eot_status point_config(const struct eot_scan *scan, const struct eot_scan_point *p, const char *file,
                                    const struct eot_text_list *set, bool is_set_last, struct eot_config *config,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *own[EOT_SCAN_MAX_AXIS] = {NULL};
    const char **all = malloc((set->n + scan->n_axis) * sizeof *all);
    EOT_CHECK_MEMORY(all);
    size_t i_own = is_set_last ? 0 : set->n;
    if (set->n > 0) memcpy(all + (is_set_last ? scan->n_axis : 0), set->text, set->n * sizeof *all);
    for (size_t a = 0; a < scan->n_axis; a++) {
        const struct eot_scan_axis *axis = &scan->axis[a];
        size_t n = strlen(axis->key) + strlen(axis->value[p->at[a]]) + 2;
        all[i_own + a] = own[a] = malloc(n);
        EOT_CHECK_MEMORY(own[a]);
        snprintf(own[a], n, "%s=%s", axis->key, axis->value[p->at[a]]);
    }
    EOT_TRY(eot_config_read(file, all, set->n + scan->n_axis, config, err));
done:
    for (size_t a = 0; a < scan->n_axis; a++) free(own[a]);
    free(all);
    return status;
}

/* A point's configuration is whole, and the same whichever of --set and --over comes last: else one would be ignored.
 * @param sha256 of the configuration, on return. */
static enum eot_status check_point(const struct eot_scan *scan, const struct eot_scan_point *p, const char *file,
                                   const struct eot_text_list *set, char sha256[65], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""}, other = {.name = ""};
    struct eot_setup setup = {0};
    struct eot_findings findings = {0};
    EOT_TRY(point_config(scan, p, file, set, false, &config, err));
    EOT_TRY(eot_setup_create(&config, &setup, err));
    EOT_TRY(eot_preflight_look(&config, &setup, &findings, err));
    EOT_TRY(eot_check_require(&config, &findings, err));
    EOT_CHECK(point_config(scan, p, file, set, true, &other, err) == EOT_OK && strcmp(config.sha256, other.sha256) == 0,
              EOT_E_USAGE,
              "--over overrides what --set says (in other words, or as a part of the same section); leave one of them "
              "out, or give each key of a section by itself");
    memcpy(sha256, config.sha256, sizeof config.sha256);
done:
    if (status != EOT_OK) {
        struct eot_error inner = *err;
        status =
            eot_error_set(err, status, inner.file, inner.line, inner.function, "point %s: %s", p->name, inner.text);
    }
    eot_findings_free(&findings);
    eot_setup_free(&setup);
    eot_config_free(&other);
    eot_config_free(&config);
    return status;
}

/* All configurations are read before the first run: a misspelt value of the last point should not cost the time of the
 * others. */
static enum eot_status check_all(const struct eot_scan *scan, const char *file, const struct eot_text_list *set,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char(*sha256)[65] = calloc(scan->n_point, sizeof *sha256);
    EOT_CHECK_MEMORY(sha256);
    for (size_t i = 0; i < scan->n_point; i++) {
        EOT_TRY(check_point(scan, &scan->point[i], file, set, sha256[i], err));
        for (size_t k = 0; k < i; k++)
            EOT_CHECK(strcmp(sha256[i], sha256[k]) != 0, EOT_E_USAGE,
                      "points %s and %s have the same configuration (a value given twice, or one --over overrides "
                      "another); leave one out",
                      scan->point[k].name, scan->point[i].name);
    }
done:
    free(sha256);
    return status;
}

bool eot_scan_is_finished(const char *folder, const struct eot_config *config, struct eot_result *result) {
    char *path = eot_output_path(folder, "summary.json");
    struct eot_error ignored;
    bool is_good = path != NULL && eot_output_summary_read(path, result, &ignored) == EOT_OK && !result->partial &&
                   strcmp(result->config_sha256, config->sha256) == 0 && strcmp(result->version, EOT_VERSION) == 0;
    uint64_t n = 0;
    for (size_t i = 0; is_good && i < result->n_range; i++) n += result->primaries[i][1] - result->primaries[i][0];
    is_good = is_good && n == config->sampling.eot;
    const char *missing = is_good ? eot_output_missing(folder, config) : NULL;
    if (missing != NULL) {
        is_good = false;
        fprintf(stderr, "%s has no %s, or an empty one; it is run again\n", folder, missing);
    }
    if (!is_good) eot_result_free(result);
    free(path);
    return is_good;
}

enum eot_status eot_scan_was_begun(const char *folder, const struct eot_config *config, const struct eot_run_part *part,
                                   bool *is_begun, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_checkpoint_head head;
    struct eot_error ignored;
    const struct eot_sampling_config *s = &config->sampling;
    *is_begun = eot_checkpoint_exists(folder) && eot_checkpoint_read_head(folder, &head, &ignored) == EOT_OK &&
                strcmp(head.config_sha256, config->sha256) == 0 && strcmp(head.version, EOT_VERSION) == 0;
    EOT_CHECK(!*is_begun || part->n > 0 || (head.first == s->first && head.end == s->first + s->eot), EOT_E_USAGE,
              "'%s' holds a part of the point, primaries %llu to %llu; go on with it by its --shard, or choose another "
              "folder with -o (`eotmc merge` puts parts together)",
              folder, (unsigned long long)head.first, (unsigned long long)head.end - 1);
done:
    return status;
}

static enum eot_status read_result(const char *folder, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, "summary.json");
    EOT_CHECK_MEMORY(path);
    EOT_TRY(eot_output_summary_read(path, result, err));
done:
    free(path);
    return status;
}

/* Run the configuration in the folder unless that was done before. */
static enum eot_status run_into(struct eot_simulator *simulator, const struct eot_config *config, const char *folder,
                                bool *is_kept, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_result before = {0};
    bool is_begun;
    *is_kept = simulator->part.n == 0 && eot_scan_is_finished(folder, config, &before);
    eot_result_free(&before);
    if (*is_kept) goto done;
    EOT_TRY(eot_scan_was_begun(folder, config, &simulator->part, &is_begun, err));
    simulator->use = is_begun ? EOT_FOLDER_RESUME : EOT_FOLDER_FORCE;
    EOT_TRY(eot_simulate(simulator, config, folder, err));
done:
    return status;
}

/* Median 90 % upper limit on the coupling, from the point's signal and its background. */
static enum eot_status add_merit(struct eot_result *signal, const struct eot_result *background, double eot,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_estimate *rate = eot_result_estimate(signal, "signal.per_eot"),
                              *efficiency = eot_result_estimate(signal, "efficiency.total"),
                              *h = eot_result_estimate(signal, "physics.h"),
                              *selected = eot_result_estimate(background, "selected.per_eot");
    EOT_CHECK(rate != NULL && efficiency != NULL && h != NULL, EOT_E_CONFIG,
              "%s gives no signal.per_eot and efficiency.total (--background wants a configuration with "
              "physics.rare.lfc); give the signal's configuration first, the background's with --background",
              signal->name);
    EOT_CHECK(selected != NULL, EOT_E_CONFIG,
              "%s gives no selected.per_eot (--background wants it); give the configuration of a background",
              background->name);
    const double coupling = h->value; /* the estimates move when others are added */
    double s = eot * rate->value * efficiency->value, b = eot * selected->value, b_error = eot * selected->std_error,
           s_entries = fmin(rate->n_eff, efficiency->n_eff), b_entries = selected->n_eff;
    bool s_is_poor = rate->is_poorly_determined || efficiency->is_poorly_determined,
         b_is_poor = selected->is_poorly_determined;
    double s_relative = s > 0.0 ? hypot(rate->std_error / rate->value, efficiency->std_error / efficiency->value) : 0.0;
    double limit, above, below, limit_error;
    EOT_TRY(eot_median_limit(b, LEVEL, &limit, err));
    EOT_TRY(eot_median_limit(b + b_error, LEVEL, &above, err));
    EOT_TRY(eot_median_limit(fmax(0.0, b - b_error), LEVEL, &below, err));
    limit_error = 0.5 * fabs(above - below);
    const struct eot_estimate signal_events = {.name = "merit.signal_events",
                                               .unit = "1",
                                               .value = s,
                                               .std_error = s * s_relative,
                                               .n_eff = s_entries,
                                               .upper_limit_90 = eot * rate->value * efficiency->upper_limit_90,
                                               .is_poorly_determined = s_is_poor},
                              background_events = {.name = "merit.background_events",
                                                   .unit = "1",
                                                   .value = b,
                                                   .std_error = b_error,
                                                   .n_eff = b_entries,
                                                   .upper_limit_90 = eot * selected->upper_limit_90,
                                                   .is_poorly_determined = b_is_poor},
                              limit_events = {.name = "merit.limit_events",
                                              .unit = "1",
                                              .value = limit,
                                              .std_error = limit_error,
                                              .n_eff = b_entries,
                                              .is_poorly_determined = b_is_poor};
    EOT_TRY(eot_result_add_estimate(signal, &signal_events, err));
    EOT_TRY(eot_result_add_estimate(signal, &background_events, err));
    EOT_TRY(eot_result_add_estimate(signal, &limit_events, err));
    if (!(s > 0.0)) goto done; /* no limit on h */
    double h90 = coupling * sqrt(limit / s);
    EOT_TRY(
        eot_result_add_estimate(signal,
                                &(struct eot_estimate){.name = "merit.h90",
                                                       .unit = "1",
                                                       .value = h90,
                                                       .std_error = 0.5 * h90 * hypot(s_relative, limit_error / limit),
                                                       .n_eff = fmin(s_entries, b_entries),
                                                       .is_poorly_determined = s_is_poor || b_is_poor},
                                err));
done:
    return status;
}

enum eot_status eot_scan_read_point(struct eot_scan *scan, size_t i, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_scan_point *p = &scan->point[i];
    struct eot_result other = {0};
    char *folder = eot_output_path(scan->folder, p->name), *below = NULL;
    EOT_CHECK_MEMORY(folder);
    EOT_TRY(read_result(folder, &p->result, err));
    if (scan->request->background == NULL) goto done;
    below = eot_output_path(folder, EOT_SCAN_BACKGROUND);
    EOT_CHECK_MEMORY(below);
    EOT_TRY(read_result(below, &other, err));
    EOT_TRY(add_merit(&p->result, &other, scan->request->eot, err));
done:
    eot_result_free(&other);
    free(folder);
    free(below);
    return status;
}

static enum eot_status run_point(struct eot_scan *scan, size_t i, struct eot_simulator *simulator,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_scan_request *r = scan->request;
    struct eot_scan_point *p = &scan->point[i];
    struct eot_config config = {.name = ""}, background = {.name = ""};
    bool is_kept = false, is_background_kept = true;
    char *folder = eot_output_path(scan->folder, p->name), *below = NULL;
    EOT_CHECK_MEMORY(folder);
    fprintf(stderr, "point %zu of %zu: %s\n", i + 1, scan->n_point, p->name);
    EOT_TRY(point_config(scan, p, scan->config, &r->set, false, &config, err));
    if (scan->is_together)
        is_kept = p->state == EOT_SCAN_KEPT;
    else
        EOT_TRY(run_into(simulator, &config, folder, &is_kept, err));
    if (r->background != NULL) {
        below = eot_output_path(folder, EOT_SCAN_BACKGROUND);
        EOT_CHECK_MEMORY(below);
        EOT_TRY(point_config(scan, p, r->background, &r->set, false, &background, err));
        EOT_TRY(run_into(simulator, &background, below, &is_background_kept, err));
    }
    EOT_TRY(eot_scan_read_point(scan, i, err));
    p->state = is_kept && is_background_kept ? EOT_SCAN_KEPT : EOT_SCAN_DONE;
    if (p->state == EOT_SCAN_KEPT) fprintf(stderr, "finished before, kept\n");
done:
    eot_config_free(&config);
    eot_config_free(&background);
    free(folder);
    free(below);
    return status;
}

/* What the figure shows: the list that was asked for, or the efficiencies by cut, or what is selected. Known once there
 * is a result. */
static enum eot_status choose_estimates(struct eot_scan *scan, const struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_scan_request *r = scan->request;
    static const char *const by_cut[] =
        {
#define EOT_CUT(id, name, title, detector, condition) "efficiency." name,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
            "efficiency.total"},
                             *const merit[] = {"merit.h90"}, *const selected[] = {"selected.per_eot"},
                             *const survival[] = {"hadron.survival.per_hadron"};
    const char *const *chosen = r->background != NULL                                     ? merit
                                : eot_result_estimate(result, "efficiency.total") != NULL ? by_cut
                                : eot_result_estimate(result, survival[0]) != NULL        ? survival
                                                                                          : selected;
    size_t n = chosen == by_cut ? sizeof by_cut / sizeof by_cut[0] : 1;
    if (r->estimates == NULL) {
        scan->estimate = malloc(n * sizeof *scan->estimate);
        EOT_CHECK_MEMORY(scan->estimate);
        for (size_t i = 0; i < n; i++)
            if (eot_result_estimate(result, chosen[i]) != NULL) scan->estimate[scan->n_estimate++] = chosen[i];
        goto done;
    }
    scan->list = strdup(r->estimates);
    EOT_CHECK_MEMORY(scan->list);
    scan->estimate = malloc((strlen(scan->list) + 1) * sizeof *scan->estimate);
    EOT_CHECK_MEMORY(scan->estimate);
    for (char *name = strtok(scan->list, ","); name != NULL; name = strtok(NULL, ",")) {
        if (eot_result_estimate(result, name) == NULL) {
            const char **names = malloc((result->n_estimate + 1) * sizeof *names);
            EOT_CHECK_MEMORY(names);
            for (size_t i = 0; i < result->n_estimate; i++) names[i] = result->estimate[i].name;
            const char *nearest = eot_text_nearest(name, names, result->n_estimate);
            free(names);
            EOT_FAIL(EOT_E_USAGE,
                     "option '--estimates': no '%s' (the runs do not have it%s%s); summary.json of a point lists them",
                     name, nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "");
        }
        scan->estimate[scan->n_estimate++] = name;
    }
    EOT_CHECK(scan->n_estimate > 0, EOT_E_USAGE, "option '--estimates' is empty; give names such as selected.per_eot");
done:
    return status;
}

enum eot_status eot_scan_conclude(struct eot_scan *scan, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; scan->estimate == NULL && i < scan->n_point; i++)
        if (scan->point[i].result.n_estimate > 0) EOT_TRY(choose_estimates(scan, &scan->point[i].result, err));
    EOT_TRY(eot_scan_write_tables(scan, err));
    if (!scan->request->has_no_figure) EOT_TRY(eot_scan_write_figure(scan, err));
    eot_scan_print(scan);
    fprintf(stderr, "results in %s\n", scan->folder);
done:
    return status;
}

/* All points, one after the other. @param first what the first failure was, of point i_first. */
static enum eot_status run_points(struct eot_scan *scan, struct eot_simulator *simulator, size_t *n_failed,
                                  size_t *i_first, enum eot_status *first, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    EOT_TRY(eot_scan_write_tables(scan, err)); /* whatever happens, they say what this folder is */
    EOT_TRY(eot_scan_together(scan, simulator, &config, &scan->is_together, err));
    if (scan->is_together) {
        status = eot_scan_run_together(scan, simulator, &config, err);
        if (status == EOT_E_INTERRUPTED) status = EOT_OK;
        if (status != EOT_OK || *simulator->is_interrupted) goto done;
    }
    for (size_t i = 0; i < scan->n_point && !*simulator->is_interrupted; i++) {
        struct eot_scan_point *p = &scan->point[i];
        struct eot_error error = {.status = EOT_OK};
        status = run_point(scan, i, simulator, &error);
        if (status == EOT_E_INTERRUPTED) {
            status = EOT_OK;
            goto done;
        }
        if (status != EOT_OK) {
            p->state = EOT_SCAN_FAILED;
            p->failure = strdup(error.text);
            fprintf(stderr, "point %s failed: %s\n", p->name, error.text);
            if ((*n_failed)++ == 0) {
                *first = status;
                *i_first = i;
            }
            status = EOT_OK;
            continue;
        }
        if (scan->estimate == NULL) EOT_TRY(choose_estimates(scan, &p->result, err));
        EOT_TRY(eot_scan_write_tables(scan, err));
    }
done:
    eot_config_free(&config);
    return status;
}

/* The folder of this process, and which part of each point it makes. */
static enum eot_status choose_part(const struct eot_scan_request *r, struct eot_simulator *s, struct eot_shard *shard,
                                   char folder[PATH_MAX], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int n = snprintf(folder, PATH_MAX, "%s", r->folder != NULL ? r->folder : "out/scan");
    EOT_CHECK(n < PATH_MAX, EOT_E_USAGE, "the name of the output folder is too long; choose another with -o");
    if (r->shard != NULL) EOT_TRY(eot_shard_parse(r->shard, shard, err));
    EOT_TRY(eot_shard_apply(shard, &s->device, folder, err));
    s->part = shard->part;
done:
    return status;
}

enum eot_status eot_cmd_scan(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK, first_failure = EOT_OK;
    bool is_help = false, is_caught = false;
    size_t n_failed = 0, i_first = 0;
    char folder[PATH_MAX];
    struct eot_shard shard = {.local_rank = -1};
    struct eot_scan_request r = {
        .progress = "auto", .eot = 1e12, .checkpoint_minutes = EOT_CHECKPOINT_MINUTES, .exit_code = 130.0};
    struct eot_simulator simulator = {.is_quiet = true};
    struct eot_text_list positional = {0};
    struct eot_scan scan = {0};
    const struct eot_option table[] = {
        {"over", 0, EOT_OPTION_LIST, &r.over, "KEY=V[,V...]",
         "a configuration key and its values; repeat it for a grid. FIRST..LAST:N is N values in equal steps, "
         "FIRST..LAST:Nlog in equal ratios; a unit may follow"},
        {"output", 'o', EOT_OPTION_TEXT, &r.folder, "DIR",
         "folder of the scan: one folder a point, scan.csv, scan.json, scan.png (default: out/scan)"},
        {"set", 0, EOT_OPTION_LIST, &r.set, "KEY=VALUE",
         "override a configuration key at every point; may be repeated"},
        {"estimates", 0, EOT_OPTION_TEXT, &r.estimates, "NAME[,NAME...]",
         "what is printed and drawn (default: efficiencies by cut, selected.per_eot, or of hadrons their survival); "
         "the "
         "tables have all"},
        {"background", 0, EOT_OPTION_TEXT, &r.background, "CONFIG",
         "run this too at every point, and add the figure of merit merit.h90: the median 90 % upper limit on h"},
        {"one-by-one", 0, EOT_OPTION_FLAG, &r.is_one_by_one, NULL,
         "a run for every mass of phi, too; else one run serves all values of physics.mphi that are scanned alone"},
        {"eot", 0, EOT_OPTION_REAL, &r.eot, "N",
         "electrons on target of the experiment, for the figure of merit (default: 1e12)"},
        EOT_ROW_DEVICES(&simulator.device),
        EOT_ROW_PROGRESS(&r.progress),
        EOT_ROW_CHECKPOINT(&r.checkpoint_minutes),
        EOT_ROW_CHECKPOINT_EXIT_CODE(&r.exit_code),
        EOT_ROW_SHARD(&r.shard),
        {"no-figure", 0, EOT_OPTION_FLAG, &r.has_no_figure, NULL, "do not draw the scan"},
        EOT_ROW_VERBOSE(&simulator.is_verbose),
    };
    const struct eot_command command = {
        .name = "scan",
        .arguments = "CONFIG",
        .min_positional = 1,
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Simulate a configuration at every point of a grid of keys, each in a folder of its own, with one "
                   "combined table and figure. All points are checked before the\n"
                   "first run. Points that were finished before with the same configuration are kept, so an "
                   "interrupted scan goes on where it was; one whose results were\n"
                   "removed since is run again. A point that fails is named, the others go on, and the exit code is "
                   "that of the first failure.",
        .example = "eotmc scan configs/na64e-dimuon.yaml --over beam.energy=80,100,150 -o out/energies --set "
                   "sampling.eot=1e4"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_CHECK(strcmp(positional.text[0], "-") != 0 && (r.background == NULL || strcmp(r.background, "-") != 0),
              EOT_E_USAGE, "a scan reads its configuration once a point, not from standard input; write it to a file");
    EOT_CHECK(r.eot > 0.0, EOT_E_USAGE, "option '--eot' = %g (must be positive); give e.g. 1e12", r.eot);
    EOT_TRY(eot_simulator_check_options(r.checkpoint_minutes, r.exit_code, err));
    EOT_TRY(choose_part(&r, &simulator, &shard, folder, err));
    scan.config = positional.text[0];
    scan.folder = folder;
    EOT_TRY(eot_scan_make_grid(&scan, &r, err));
    EOT_TRY(check_all(&scan, scan.config, &r.set, err));
    if (r.background != NULL) EOT_TRY(check_all(&scan, r.background, &r.set, err));
    EOT_TRY(eot_output_prepare(scan.folder, err));
    simulator.progress = eot_progress_mode_from_text(r.progress);
    simulator.checkpoint_s = 60.0 * r.checkpoint_minutes;
    simulator.command = "scan";
    simulator.exit_code = (int)r.exit_code;
    simulator.is_interrupted = eot_interrupt_catch();
    is_caught = true;
    EOT_TRY(run_points(&scan, &simulator, &n_failed, &i_first, &first_failure, err));
    EOT_TRY(eot_scan_conclude(&scan, err));
    size_t n_done = 0;
    for (size_t i = 0; i < scan.n_point; i++)
        n_done += scan.point[i].state == EOT_SCAN_DONE || scan.point[i].state == EOT_SCAN_KEPT;
    if (*simulator.is_interrupted) {
        status = eot_error_set(err, EOT_E_INTERRUPTED, __FILE__, __LINE__, __func__,
                               "interrupted after %zu of %zu points; the same command goes on from there", n_done,
                               scan.n_point);
        err->exit_code = (int)r.exit_code;
        goto done;
    }
    EOT_CHECK(n_failed == 0, first_failure,
              "%zu of %zu points failed (the first was %s: %s); the same command runs them again and keeps the others",
              n_failed, scan.n_point, scan.point[i_first].name,
              scan.point[i_first].failure != NULL ? scan.point[i_first].failure : "");
done:
    if (is_caught) eot_interrupt_release();
    eot_simulator_free(&simulator);
    eot_scan_free(&scan);
    eot_text_list_free(&r.over);
    eot_text_list_free(&r.set);
    eot_text_list_free(&positional);
    return status;
}
