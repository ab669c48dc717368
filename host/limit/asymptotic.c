#include "limit/asymptotic.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "limit/root.h"

/* Data, the Asimov set that belongs to them, and what does not depend on the value that is tested. */
struct test {
    struct eot_model *model;
    f64 *memory;
    struct eot_data data, asimov;
    double free_value, best; /* free fit to the data */
    double free_asimov;      /* free fit to the Asimov set: 0, but for constants of the data */
    double start_value;      /* fit to the data without signal */
    double level;
    int which; /* 0: observed; 1 to 5: expected */
};

static enum eot_status test_prepare(struct eot_model *model, const struct eot_data *data, struct test *t,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_bin = model->head.n_bin, n_parameter = model->head.n_parameter;
    struct eot_fit fit;
    t->model = model;
    t->memory = calloc(2 * (n_bin + n_parameter) + n_parameter, sizeof *t->memory);
    EOT_CHECK_MEMORY(t->memory);
    f64 *n = t->memory, *aux = n + n_bin, *n_asimov = aux + n_parameter, *aux_asimov = n_asimov + n_bin,
        *x = aux_asimov + n_parameter;
    if (data == NULL) {
        memcpy(x, model->start, n_parameter * sizeof *x);
        x[model->head.poi] = 0.0;
        eot_model_expect(model, x, n, aux);
        memcpy(aux, model->aux, n_parameter * sizeof *aux);
        t->data = (struct eot_data){n, aux};
    } else {
        t->data = *data;
    }
    EOT_TRY(eot_model_fit(model, t->data, NAN, &fit, err));
    t->free_value = fit.value;
    t->best = fit.poi;
    /* Without signal: nuisances of the Asimov set. Where the data rule that out, q of the data is infinite. */
    EOT_TRY(eot_model_fit(model, t->data, 0.0, &fit, err));
    t->start_value = fit.value;
    memcpy(x, fit.x, n_parameter * sizeof *x);
    eot_model_expect(model, x, n_asimov, aux_asimov);
    t->asimov = (struct eot_data){n_asimov, aux_asimov};
    EOT_TRY(eot_model_fit(model, t->asimov, 0.0, &fit, err));
    t->free_asimov = fit.value;
done:
    return status;
}

/* Whether something was seen in a bin where nothing is expected without signal: a linear factor of 0 counts as 1e-100
 * (eotmc/limit/model.h). @param n_background [n_bin]. */
static bool is_certain(const struct eot_model *model, const f64 *seen, const f64 *n_background) {
    for (u32 i = 0; i < model->head.n_bin; i++)
        if (seen[i] > 0.0 && n_background[i] < 1e-50) return true;
    return false;
}

/* q-tilde of the data and of the Asimov set at a value. */
static enum eot_status statistics(const struct test *t, double poi, double *q, double *q_asimov,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_fit fit;
    *q = 0.0;
    if (t->best <= poi) {
        EOT_TRY(eot_model_fit(t->model, t->data, poi, &fit, err));
        *q = fmax(0.0, 2.0 * (fit.value - t->free_value));
    }
    EOT_TRY(eot_model_fit(t->model, t->asimov, poi, &fit, err));
    *q_asimov = fmax(0.0, 2.0 * (fit.value - t->free_asimov));
done:
    return status;
}

/* ln CLs. @param which 0: of q; 1 to 5: expected at -2 to +2 sigma. Logarithms of the tails do not underflow. */
static double log_cls(double q, double q_asimov, int which) {
    double root = sqrt(q_asimov), above, below;
    if (which > 0) {
        double sigma = EOT_BAND_SIGMA(which - 1);
        above = root - sigma, below = -sigma;
    } else if (q <= q_asimov) {
        above = sqrt(q), below = sqrt(q) - root;
    } else {
        above = (q + q_asimov) / (2.0 * root), below = (q - q_asimov) / (2.0 * root);
    }
    if (root == 0.0) return 0.0;
    double tail = gsl_cdf_ugaussian_Q(above), other = gsl_cdf_ugaussian_Q(below);
    return tail > 0.0 && other > 0.0 ? log(tail / other) : -INFINITY;
}

static enum eot_status distance(void *context, double poi, double *y, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct test *t = context;
    double q, q_asimov;
    EOT_TRY(statistics(t, poi, &q, &q_asimov, err));
    *y = log_cls(q, q_asimov, t->which) - log(1.0 - t->level);
done:
    return status;
}

enum eot_status eot_asymptotic_cls(struct eot_model *model, const struct eot_data *data, double poi, double cls[6],
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct test t = {.model = model};
    double q, q_asimov;
    EOT_TRY(test_prepare(model, data, &t, err));
    EOT_TRY(statistics(&t, poi, &q, &q_asimov, err));
    for (int k = 0; k < 6; k++) cls[k] = exp(log_cls(q, q_asimov, k));
done:
    free(t.memory);
    return status;
}

/* A first guess: where the Asimov set's q is that of a median limit, from its value at one point and its square law. */
static enum eot_status guess(const struct test *t, double *poi, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double want = gsl_cdf_ugaussian_Qinv(0.5 * (1.0 - t->level)), q, q_asimov;
    *poi = 1.0;
    for (int i = 0; i < 30; i++) {
        EOT_TRY(statistics(t, *poi, &q, &q_asimov, err));
        if (!(q_asimov > 0.0)) {
            *poi *= 100.0;
            continue;
        }
        double factor = want / sqrt(q_asimov);
        *poi *= fmin(fmax(factor, 1e-3), 1e3);
        if (factor > 0.5 && factor < 2.0) break;
    }
done:
    return status;
}

enum eot_status eot_asymptotic_limit(struct eot_model *model, const struct eot_data *data, double level,
                                     struct eot_limit_answer *answer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct test t = {.model = model, .level = level};
    double first;
    *answer = (struct eot_limit_answer){.observed = NAN};
    EOT_TRY(test_prepare(model, data, &t, err));
    EOT_TRY(guess(&t, &first, err));
    for (int k = 0; k < EOT_N_BAND; k++) {
        t.which = k + 1;
        EOT_TRY(eot_root_falling((struct eot_falling){distance, &t}, first, 1e-7, &answer->expected[k], err));
    }
    t.which = 0;
    EOT_TRY(eot_root_falling((struct eot_falling){distance, &t}, answer->expected[2], 1e-7, &answer->observed, err));
    answer->best = t.best;
    answer->z =
        is_certain(model, t.data.n, t.asimov.n) ? INFINITY : sqrt(fmax(0.0, 2.0 * (t.start_value - t.free_value)));
    answer->p = gsl_cdf_ugaussian_Q(answer->z);
done:
    free(t.memory);
    return status;
}
