/* eotmc limit: upper limits of a counting experiment, of a workspace, of a study. */
#include "cli/limit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/option_rows.h"
#include "limit/asymptotic.h"
#include "limit/workspace.h"

static enum eot_status constraint_parse(const char *text, enum eot_channel_constraint *constraint,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t k = 0;
    while (k < EOT_N_CHANNEL_CONSTRAINT && strcmp(text, eot_channel_constraint_name[k]) != 0) k++;
    EOT_CHECK(k < EOT_N_CHANNEL_CONSTRAINT, EOT_E_INTERNAL, "constraint '%s' is not known; report this as a bug", text);
    *constraint = (enum eot_channel_constraint)k;
done:
    return status;
}

static enum eot_status check_numbers(const struct eot_limit_request *r, const bool *wanted, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(!isnan(r->background), EOT_E_USAGE,
              "no --background; give the expected number of events, as in --signal 1 --background 1.9, or a "
              "--workspace, or a STUDY");
    EOT_CHECK(r->signal > 0.0, EOT_E_USAGE, "option '--signal' = %g (must be positive); give e.g. 1", r->signal);
    EOT_CHECK(r->background >= 0.0 && r->background <= 1e6, EOT_E_USAGE,
              "option '--background' = %g (must be 0 to 1e6 events); correct it", r->background);
    EOT_CHECK(isnan(r->error) || (r->error >= 0.0 && r->error <= 2.0), EOT_E_USAGE,
              "option '--background-error' = %g (must be 0 to 2; it is relative to the background); correct it",
              r->error);
    EOT_CHECK(isnan(r->observed) || (r->observed >= 0.0 && r->observed <= 1e6), EOT_E_USAGE,
              "option '--observed' = %g (must be 0 to 1e6 events); correct it", r->observed);
    bool is_whole = isnan(r->observed) || r->observed == floor(r->observed);
    EOT_CHECK(is_whole || !(wanted[EOT_METHOD_EXACT] || wanted[EOT_METHOD_FC]), EOT_E_USAGE,
              "option '--observed' = %g (no whole number; only asymptotic limits and toys take an Asimov set); give a "
              "whole number",
              r->observed);
done:
    return status;
}

/* Limits in events from the numbers of the command line. */
static enum eot_status limit_numbers(const struct eot_limit_request *r, const bool *wanted, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_limit_found found[EOT_N_METHOD] = {{.is_there = false}};
    struct eot_one_channel channel = {.background = r->background, .error = isnan(r->error) ? 0.0 : r->error};
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    bool has_data = !isnan(r->observed);
    EOT_TRY(check_numbers(r, wanted, err));
    EOT_TRY(constraint_parse(r->constraint, &channel.constraint, err));
    EOT_TRY(eot_spec_one_bin(1.0, channel.background, channel.error,
                             eot_channel_constraint_modifier(channel.constraint),
                             has_data ? r->observed : channel.background, &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    struct eot_data data = {model.seen, model.aux};
    for (int m = 0; m < EOT_N_METHOD; m++) found[m].low = NAN;
    if (wanted[EOT_METHOD_ASYMPTOTIC]) {
        EOT_TRY(
            eot_asymptotic_limit(&model, has_data ? &data : NULL, r->level, &found[EOT_METHOD_ASYMPTOTIC].answer, err));
        found[EOT_METHOD_ASYMPTOTIC].is_there = true;
        if (!has_data) {
            found[EOT_METHOD_ASYMPTOTIC].note = "observed is the limit of the Asimov set (nothing was observed yet)";
            found[EOT_METHOD_ASYMPTOTIC].answer.z = NAN;
        }
    }
    if (wanted[EOT_METHOD_EXACT]) {
        EOT_TRY(eot_one_channel_limit(&channel, r->observed, r->level, &found[EOT_METHOD_EXACT].answer, err));
        found[EOT_METHOD_EXACT].is_there = true;
    }
    if (wanted[EOT_METHOD_TOYS])
        EOT_TRY(eot_limit_throw(r, &model, has_data ? &data : NULL, &found[EOT_METHOD_TOYS], err));
    if (wanted[EOT_METHOD_FC]) {
        struct eot_limit_found *f = &found[EOT_METHOD_FC];
        eot_feldman_cousins_limit(channel.background, r->observed, r->level, &f->answer, &f->low);
        f->is_there = true;
        if (channel.error > 0.0) f->note = "the background counts as known: its error is left out";
    }
    if (eot_format_is_json(r->format)) {
        json_t *root = json_pack(
            "{s:s, s:f, s:f, s:f, s:f, s:s, s:o, s:s, s:o}", "schema", "eotmc-limit-numbers/1", "confidence_level",
            r->level, "signal", r->signal, "background", channel.background, "background_error", channel.error,
            "constraint", channel.error > 0.0 ? eot_channel_constraint_name[channel.constraint] : "known", "observed",
            eot_limit_number(r->observed), "unit", "events", "methods", eot_limit_methods_json(found));
        EOT_TRY(eot_json_print(root, EOT_JSON_EXACT, err));
    } else {
        printf("background %g, error %g %%%s%s, %g %% confidence level\n", channel.background, 100.0 * channel.error,
               channel.error > 0.0 ? ", constraint " : "",
               channel.error > 0.0 ? eot_channel_constraint_name[channel.constraint] : "", 100.0 * r->level);
        eot_limit_print(found, "[events]");
    }
done:
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}

/* Limits on the parameter of interest of a workspace. */
static enum eot_status limit_workspace(const struct eot_limit_request *r, const bool *wanted, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_limit_found found[EOT_N_METHOD] = {{.is_there = false}};
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    EOT_CHECK(isnan(r->background) && isnan(r->error) && isnan(r->observed), EOT_E_USAGE,
              "--workspace with --background, --background-error or --observed (a workspace has its own); leave them "
              "out");
    EOT_CHECK(!wanted[EOT_METHOD_EXACT] && !wanted[EOT_METHOD_FC], EOT_E_USAGE,
              "methods exact and fc are those of one channel given by numbers; with --workspace give --method "
              "asymptotic, toys or both");
    EOT_TRY(eot_workspace_read(r->workspace, r->measurement, &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    struct eot_data data = {model.seen, model.aux};
    for (int m = 0; m < EOT_N_METHOD; m++) found[m].low = NAN;
    double upper = model.number[model.head.upper + model.head.poi];
    if (wanted[EOT_METHOD_ASYMPTOTIC]) {
        struct eot_limit_found *f = &found[EOT_METHOD_ASYMPTOTIC];
        EOT_TRY(eot_asymptotic_limit(&model, &data, r->level, &f->answer, err));
        f->is_there = true;
        if (f->answer.best >= upper) f->note = "the fit ends at the upper bound of the parameter of interest; raise it";
    }
    if (wanted[EOT_METHOD_TOYS]) EOT_TRY(eot_limit_throw(r, &model, &data, &found[EOT_METHOD_TOYS], err));
    if (eot_format_is_json(r->format)) {
        json_t *root = json_pack("{s:s, s:f, s:s, s:s, s:s, s:i, s:i, s:o}", "schema", "eotmc-limit-workspace/1",
                                 "confidence_level", r->level, "workspace", r->workspace, "measurement",
                                 spec.measurement, "parameter", spec.poi, "bins", (int)model.head.n_bin, "parameters",
                                 (int)model.head.n_parameter, "methods", eot_limit_methods_json(found));
        EOT_TRY(eot_json_print(root, EOT_JSON_EXACT, err));
    } else {
        printf("%s, measurement %s: %u bins, %u parameters, %g %% confidence level\n", r->workspace, spec.measurement,
               model.head.n_bin, model.head.n_parameter, 100.0 * r->level);
        char unit[200];
        snprintf(unit, sizeof unit, "on %s", spec.poi);
        eot_limit_print(found, unit);
    }
done:
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}

enum eot_status eot_cmd_limit(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false, wanted[EOT_N_METHOD] = {false};
    struct eot_limit_request r = {.signal = 1.0,
                                  .background = NAN,
                                  .error = NAN,
                                  .observed = NAN,
                                  .level = NAN,
                                  .eot = NAN,
                                  .constraint = "poisson",
                                  .format = "text",
                                  .n_toy = 20000,
                                  .seed = 1};
    const struct eot_option table[] = {
        {"signal", 0, EOT_OPTION_REAL, &r.signal, "S", "events of signal (default: 1); limits are in events"},
        {"background", 0, EOT_OPTION_REAL, &r.background, "B", "expected events of background"},
        {"background-error", 0, EOT_OPTION_REAL, &r.error, "R", "its relative error (default: 0, known)"},
        {"constraint", 0, EOT_OPTION_CHOICE, &r.constraint, "poisson|lognormal|gaussian",
         "what constrains the background: an auxiliary count, a log-normal, a Gaussian (default: poisson)"},
        {"observed", 0, EOT_OPTION_REAL, &r.observed, "N", "events seen (default: none yet, expected limits only)"},
        {"workspace", 0, EOT_OPTION_TEXT, &r.workspace, "FILE", "a workspace of pyhf instead of these numbers"},
        {"measurement", 0, EOT_OPTION_TEXT, &r.measurement, "NAME", "its measurement (default: the first)"},
        {"cl", 0, EOT_OPTION_REAL, &r.level, "LEVEL", "confidence level (default: 0.9)"},
        {"method", 0, EOT_OPTION_TEXT, &r.methods, "M[,M...]",
         "asymptotic, exact, toys, fc (default: asymptotic,exact; of a workspace asymptotic)"},
        {"toys", 0, EOT_OPTION_POSITIVE, &r.n_toy, "N",
         "pseudo-experiments of each hypothesis at each value (default: 20000)"},
        {"seed", 0, EOT_OPTION_COUNT, &r.seed, "N", "of their random numbers (default: 1)"},
        {"device", 0, EOT_OPTION_TEXT, &r.device, "SEL",
         "where they are thrown, as of `eotmc run` (default: all cores of the host; results are the same)"},
        {"output", 'o', EOT_OPTION_TEXT, &r.folder, "DIR", "folder of a STUDY's results (default: out/limit)"},
        {"eot", 0, EOT_OPTION_REAL, &r.eot, "N", "electrons on target of a STUDY (default: as it says)"},
        {"accept-poor", 0, EOT_OPTION_FLAG, &r.accept_poor, NULL,
         "go on where a background that is poorly determined moves the median limit by more than 5 %"},
        {"no-figure", 0, EOT_OPTION_FLAG, &r.has_no_figure, NULL, "do not draw a STUDY's plane"},
#define EOT_STUDY_OPTION(member, option, key, form, argument, help) \
    {option, 0, EOT_OPTION_LIST, &r.study.member, argument, "of a STUDY: " help},
#include "study_options.def"
#undef EOT_STUDY_OPTION
        EOT_ROW_SET(&r.set),
        EOT_ROW_FORMAT_TEXT(&r.format),
    };
    const struct eot_command command = {
        .name = "limit",
        .arguments = "[STUDY]",
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Upper limits: observed, median and the bands of one and two standard deviations, and the "
                   "significance of an excess. From numbers of events,\n"
                   "from a workspace of pyhf with the modifiers normfactor, normsys, histosys, shapesys, staterror "
                   "and lumi, or from a STUDY (a YAML file, or the options that say the same; see docs/limits.md):\n"
                   "the plane of mass and coupling, as tables, figures, and in the formats of pyhf, HS3 and HEPData.",
        .example = "eotmc limit --background 1.92 --background-error 0.1 --observed 2 --method asymptotic,exact,toys"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &r.positional, &is_help, err));
    if (is_help) goto done;
    r.has_level = !isnan(r.level);
    if (!r.has_level) r.level = 0.9;
    EOT_CHECK(r.level >= 0.5 && r.level < 1.0, EOT_E_USAGE,
              "option '--cl' = %g (must be 0.5 to below 1); give e.g. 0.9", r.level);
    EOT_CHECK(r.n_toy >= 100 && r.n_toy <= 10000000, EOT_E_USAGE, "option '--toys' = %llu (must be 100 to 1e7)",
              (unsigned long long)r.n_toy);
    EOT_CHECK(r.seed <= UINT32_MAX, EOT_E_USAGE, "option '--seed' = %llu (must be below 2^32); give a smaller one",
              (unsigned long long)r.seed);
    if (r.positional.n > 0 || eot_limit_has_study_options(&r)) {
        EOT_TRY(eot_limit_study(&r, err));
        goto done;
    }
    EOT_CHECK(r.set.n == 0 && isnan(r.eot) && r.folder == NULL && !r.accept_poor, EOT_E_USAGE,
              "--set, --eot, --output and --accept-poor are those of a STUDY; name one, or leave them out");
    const char *usual = r.workspace != NULL ? "asymptotic" : "asymptotic,exact";
    EOT_TRY(eot_limit_methods_parse(r.methods != NULL ? r.methods : usual, wanted, err));
    if (r.workspace != NULL)
        EOT_TRY(limit_workspace(&r, wanted, err));
    else
        EOT_TRY(limit_numbers(&r, wanted, err));
done:
    eot_text_list_free(&r.positional);
    eot_text_list_free(&r.set);
#define EOT_STUDY_OPTION(member, option, key, form, argument, help) eot_text_list_free(&r.study.member);
#include "study_options.def"
#undef EOT_STUDY_OPTION
    return status;
}
