#include "output/shown.h"

#include <math.h>
#include <stdio.h>

#include "analysis/statistics.h"
#include "output/format.h"

static const double SIGMA_90 = 1.2815515655446004; /* one-sided 90 % of a Gaussian */

void eot_estimate_format(char *text, size_t n_text, const struct eot_estimate *e) {
    if (e->upper_limit_90 > 0.0 && e->value == 0.0)
        snprintf(text, n_text, "< %.3g (90 %%)", e->upper_limit_90);
    else if (e->has_no_error)
        snprintf(text, n_text, "%.4g (no error)", e->value);
    else if (e->lower_limit_90 > 0.0)
        snprintf(text, n_text, "> %.4g (90 %%)", e->lower_limit_90);
    else
        eot_uncertain_format(text, n_text, e->value, e->std_error, EOT_FORMAT_PLAIN);
}

struct eot_estimate eot_cutflow_row_as_estimate(const struct eot_cutflow_row *row) {
    return (struct eot_estimate){.value = row->weighted,
                                 .std_error = row->std_error,
                                 .n_eff = row->n_eff,
                                 .upper_limit_90 = row->upper_limit_90,
                                 .has_no_error = row->has_no_error,
                                 .is_poorly_determined = row->is_poorly_determined};
}

struct eot_estimate eot_category_as_estimate(const struct eot_category *category) {
    return (struct eot_estimate){.value = category->weighted,
                                 .std_error = category->std_error,
                                 .n_eff = category->n_eff,
                                 .upper_limit_90 = category->upper_limit_90,
                                 .has_no_error = category->has_no_error,
                                 .is_poorly_determined = category->is_poorly_determined};
}

void eot_support_format(char *text, size_t n_text, const struct eot_estimate *e) {
    const char *poor = "poorly determined";
    text[0] = '\0';
    if (e->is_poorly_determined && e->n_eff_error > 0.0 && e->n_eff_error < fmin(e->n_eff, EOT_FEWEST_ENTRIES))
        snprintf(text, n_text, "  (n_eff %.4g, of its error %.2g, %s)", e->n_eff, e->n_eff_error, poor);
    else if (e->n_eff > 0.0)
        snprintf(text, n_text, "  (n_eff %.4g%s%s)", e->n_eff, e->is_poorly_determined ? ", " : "",
                 e->is_poorly_determined ? poor : "");
    else if (e->is_poorly_determined && !(e->upper_limit_90 > 0.0))
        snprintf(text, n_text, "  (%s)", poor);
}

/* Where a value with its error stands against the other's limits. */
static const char *against_limit(const struct eot_estimate *limit, const struct eot_estimate *e) {
    bool is_above = limit->upper_limit_90 > 0.0 && e->value - SIGMA_90 * e->std_error > limit->upper_limit_90,
         is_below = limit->lower_limit_90 > 0.0 && e->value + SIGMA_90 * e->std_error < limit->lower_limit_90;
    return is_above || is_below ? "beyond the limit" : "within the limit";
}

static bool is_limit(const struct eot_estimate *e) { return e->upper_limit_90 > 0.0 || e->lower_limit_90 > 0.0; }

void eot_estimates_compare(char *text, size_t n_text, const struct eot_estimate *a, const struct eot_estimate *b) {
    double error = hypot(a->std_error, b->std_error);
    bool is_poor = a->is_poorly_determined || b->is_poorly_determined;
    text[0] = '\0';
    if (is_limit(a) && is_limit(b)) {
        snprintf(text, n_text, "both limits");
    } else if (is_limit(a) || is_limit(b)) {
        snprintf(text, n_text, "%s", is_limit(a) ? against_limit(a, b) : against_limit(b, a));
    } else if (error > 0.0 && !a->has_no_error && !b->has_no_error) {
        /* results of older versions have 0 +- 0 of an empty sum, without its limit: nothing can be said */
        bool is_unknown = (a->value == 0.0 && a->std_error == 0.0 && !a->is_exact) ||
                          (b->value == 0.0 && b->std_error == 0.0 && !b->is_exact);
        if (!is_unknown) snprintf(text, n_text, is_poor ? "(%+.1f)" : "%+.1f", (a->value - b->value) / error);
    }
}
