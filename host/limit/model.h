/** @file model.h
 * The likelihood of an experiment as flat arrays (eotmc/limit/model.h), and fits of it on the host. */
#ifndef EOT_HOST_LIMIT_MODEL_H
#define EOT_HOST_LIMIT_MODEL_H

#include <stdbool.h>

#include "eotmc/limit/fit.h"
#include "limit/spec.h"

struct eot_model {
    eot_limit_model head;
    u32 *index;
    size_t n_index;
    f64 *number;
    size_t n_number;
    char **name;             /* [n_parameter], a gamma as name[bin] */
    f64 *start, *aux, *seen; /* [n_parameter] first values and auxiliary data; [n_bin] what was observed */
    f64 *work;               /* scratch of eot_model_fit */
};

/** Flatten a spec. Interpolations are those that pyhf takes by default: code 4 of normsys, code 4p of histosys.
 * @return EOT_E_CONFIG for what has no likelihood, by name; EOT_E_MEMORY. */
enum eot_status eot_model_create(const struct eot_spec *spec, struct eot_model *model, struct eot_error *err);
void eot_model_free(struct eot_model *model);

/** What was seen, or an Asimov set: both arrays owned by the caller. */
struct eot_data {
    const f64 *n, *aux; /* [n_bin], [n_parameter] */
};

/** A minimum of -ln L. */
struct eot_fit {
    double value, poi;
    const f64 *x; /* [n_parameter], until the next fit of the model */
};

/** Minimise -ln L. @param poi held at this value; NAN: free. @return EOT_E_NUMERIC if there is no minimum: a bin where
 * something was seen and nothing can be expected. */
enum eot_status eot_model_fit(struct eot_model *model, struct eot_data data, double poi, struct eot_fit *fit,
                              struct eot_error *err);

/** What a point of parameters expects. @param n [n_bin] out. @param aux [n_parameter] out: auxiliary data that agree
 * with the point. */
void eot_model_expect(struct eot_model *model, const f64 *x, f64 *n, f64 *aux);

/** Whether a parameter is held fixed by its bounds. */
bool eot_model_is_fixed(const struct eot_model *model, u32 parameter);

#endif
