#include "output/figure_axes.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/format.h"
#include "version.h"

const char *const eot_figure_colour[EOT_MAX_CURVE] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};
const char *const eot_figure_dash[EOT_MAX_CURVE] = {"solid", "(12, 4)", "(4, 3)", "(12, 3, 3, 3)", "(20, 4)", "(2, 2)"};

const char *eot_figure_unit(const char *unit) {
    return strcmp(unit, "X0") == 0 ? "X₀" : strcmp(unit, "1") == 0 ? "" : unit;
}

size_t eot_figure_cuts(const struct eot_config *config, const char *name, double cut[EOT_MAX_FIGURE_CUT]) {
    size_t n_cut = 0;
    const struct eot_selection_config *s = config != NULL ? &config->selection : NULL;
    if (s == NULL) return 0;
    for (size_t i = 0; i < config->n_further; i++) {
        size_t n = strlen(config->further[i].name);
        if (strncmp(name, "selection.", 10) != 0 || strncmp(name + 10, config->further[i].name, n) != 0 ||
            name[10 + n] != '.')
            continue;
        s = &config->further[i].selection;
        name += 11 + n;
        break;
    }
    if (strcmp(name, "missing_energy") == 0) cut[n_cut++] = s->missing_energy;
    if (strncmp(name, "hcal", 4) == 0 && strstr(name, ".energy") != NULL) {
        cut[n_cut++] = s->hcal.low;
        cut[n_cut++] = s->hcal.high;
    }
    if (strcmp(name, "track.true_momentum") == 0 && s->min_momentum > 0.0) cut[n_cut++] = s->min_momentum;
    if (strcmp(name, "hadron.track_momentum") == 0) {
        if (s->min_momentum > 0.0) cut[n_cut++] = s->min_momentum;
        if (s->max_momentum > 0.0) cut[n_cut++] = s->max_momentum;
    }
    if (strcmp(name, "hadron.kink_mrad") == 0 && s->kink > 0.0) cut[n_cut++] = 1e3 * s->kink;
    return n_cut;
}

/* Numbers that an axis would have with these digits labelled in every decade, or in every so many. */
static size_t labels_of(const char *labelled, int every, double low, double high) {
    size_t n = 0;
    const int first = (int)floor(log10(low)), last = (int)ceil(log10(high));
    for (int power = first; power <= last; power += every)
        for (const char *digit = labelled; *digit != '\0'; digit++) {
            double at = (*digit - '0') * pow(10.0, power);
            n += at >= low * 0.999 && at <= high * 1.001;
        }
    return n;
}

void eot_figure_log_tics(struct eot_text *script, char axis, double low, double high) {
    eot_figure_log_tics_most(script, axis, low, high, SIZE_MAX);
}

void eot_figure_log_tics_most(struct eot_text *script, char axis, double low, double high, size_t most) {
    const double decades = log10(high / low);
    const int first = (int)floor(log10(low)), last = (int)ceil(log10(high)),
              every = decades > 14.0  ? 3
                      : decades > 8.0 ? 2
                                      : 1;
    const char *labelled = decades > 3.0   ? "1"
                           : decades > 1.3 ? "125"
                           : decades > 1.0 ? "1235"
                                           : "123456789",
               *separator = "";
    if (labels_of(labelled, every, low, high) > most) labelled = "1";
    const bool is_plain = low >= 0.9e-3 && high <= 1.1e4;
    eot_text_add(script, "set logscale %c\nset %ctics (", axis, axis);
    for (int power = first; power <= last; power++)
        for (int digit = 1; digit <= 9; digit++) {
            double at = digit * pow(10.0, power);
            bool is_labelled = strchr(labelled, '0' + digit) != NULL && (power - first) % every == 0;
            if (at < low * 0.999 || at > high * 1.001 || (!is_labelled && decades > 8.0 && digit > 1)) continue;
            eot_text_add(script, "%s", separator);
            separator = ", ";
            if (!is_labelled)
                eot_text_add(script, "'' %.6g 1", at);
            else if (is_plain)
                eot_text_add(script, "'%.6g' %.6g", at, at);
            else if (digit == 1)
                eot_text_add(script, "'10^{%s%d}' %.6g", power < 0 ? "−" : "", abs(power), at);
            else
                eot_text_add(script, "'%d×10^{%s%d}' %.6g", digit, power < 0 ? "−" : "", abs(power), at);
        }
    eot_text_add(script, ")\n");
}

/** Which run made it, small, in the corner. */
void eot_figure_provenance(struct eot_text *script, const struct eot_result *r) {
    char text[256], number[64];
    if (r == NULL) { /* several runs */
        eot_text_add(script, "set label 99 'eotmc " EOT_VERSION
                             "' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'\n");
        return;
    }
    const struct eot_estimate *simulated = eot_result_estimate(r, "eot.simulated"),
                              *equivalent = eot_result_estimate(r, "eot.equivalent");
    const struct eot_estimate *eot = equivalent != NULL ? equivalent : simulated;
    snprintf(text, sizeof text, "%.2e", eot != NULL ? eot->value : 0.0);
    eot_uncertain_format(number, sizeof number, strtod(text, NULL), 0.0, EOT_FORMAT_PLAIN);
    const char *what = equivalent != NULL ? " EOT equivalent" : " EOT";
    snprintf(text, sizeof text, "eotmc %s: %s, %s%s%s%s%s", r->version, r->name, r->mode, eot != NULL ? ", " : "",
             eot != NULL ? number : "", eot != NULL ? what : "", r->partial ? ", interrupted run" : "");
    eot_text_add(script, "set label 99 ");
    eot_text_add_quoted(script, text, 0);
    eot_text_add(script, " at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'\n");
}
