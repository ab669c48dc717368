#include "physics/lfc/macroscopic.h"

#include <gsl/gsl_chebyshev.h>
#include <math.h>

enum { ORDER = 27 };
/* The series begins this share above threshold, where the cross section is about 1e-9 of its largest. */
static const double LOWEST = 1e-3;
static const double PB_IN_CM2 = 1e-36;

struct curve {
    struct eot_lfc_reaction reaction;
    double threshold, rel_error;
    enum eot_status status;
    struct eot_error *err;
};

static double log_sigma(double log_above, void *data) {
    struct curve *c = data;
    struct eot_lfc_value value = {0.0, 0.0};
    if (c->status == EOT_OK)
        c->status =
            eot_lfc_total(&c->reaction, EOT_LFC_ETL, EOT_LFC_PHI, c->threshold + exp(log_above), NULL, &value, c->err);
    c->rel_error = fmax(c->rel_error, value.rel_error);
    return value.value > 0.0 ? log(value.value) : 0.0;
}

static enum eot_status add_nuclide(const struct eot_lfc_reaction *reaction, const struct eot_lfc_nuclide *nuclide,
                                   const double *E, size_t n, double *rate, double *rel_error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct curve c = {.reaction = *reaction, .err = err};
    gsl_cheb_series *series = NULL;
    c.reaction.Z = nuclide->Z;
    c.reaction.A = nuclide->A;
    EOT_TRY(eot_lfc_threshold_energy(&c.reaction, &c.threshold, err));
    if (!(E[n - 1] > c.threshold * (1.0 + 2.0 * LOWEST))) goto done;
    double low = log(LOWEST * c.threshold), high = log(E[n - 1] - c.threshold);
    gsl_function f = {log_sigma, &c};
    series = gsl_cheb_alloc(ORDER);
    EOT_CHECK_MEMORY(series);
    gsl_cheb_init(series, &f, low, high);
    EOT_TRY(c.status);
    const double *last = series->c + ORDER;
    *rel_error = fmax(*rel_error, c.rel_error + fabs(last[0]) + fabs(last[-1]) + fabs(last[-2]));
    double at_low = gsl_cheb_eval(series, low), slope = (gsl_cheb_eval(series, low + 0.1) - at_low) / 0.1;
    for (size_t j = 0; j < n; j++) {
        if (E[j] <= c.threshold) continue;
        double x = log(E[j] - c.threshold);
        rate[j] += nuclide->atoms * PB_IN_CM2 *
                   exp(x < low ? at_low + slope * (x - low) : gsl_cheb_eval(series, fmin(x, high)));
    }
done:
    gsl_cheb_free(series);
    return status;
}

enum eot_status eot_lfc_macroscopic(const struct eot_lfc_reaction *reaction, const struct eot_lfc_material *material,
                                    const double *E, size_t n, double *rate, double *rel_error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double worst = 0.0;
    for (size_t j = 0; j < n; j++) rate[j] = 0.0;
    for (int i = 0; i < material->n_nuclide; i++)
        EOT_TRY(add_nuclide(reaction, &material->nuclide[i], E, n, rate, &worst, err));
    if (rel_error != NULL) *rel_error = worst;
done:
    return status;
}
