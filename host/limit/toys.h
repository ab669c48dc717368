/** @file toys.h
 * Upper limits of any model by pseudo-experiments, on devices. Nuisances are at their conditional best values in each
 * hypothesis, and auxiliary data are drawn too, as pyhf's and RooStats' toys do it. Results are the same whatever the
 * devices and the size of batches (eotmc/limit/toy.h). */
#ifndef EOT_HOST_LIMIT_TOYS_H
#define EOT_HOST_LIMIT_TOYS_H

#include <stdint.h>

#include "device/backend.h"
#include "limit/answer.h"
#include "limit/model.h"

struct eot_toys_options {
    struct eot_backend *backend; /* a chain of devices, each of which gets a thread */
    uint64_t n_toy;              /* of each hypothesis at each value where a limit is */
    uint32_t seed;
};

struct eot_toys_report {
    uint64_t n_thrown, n_failed; /* pseudo-experiments in all; those whose fit had no result, which count as q = 0 */
    double wall_s;
};

/** CLs by pseudo-experiments at one value of the parameter of interest. */
struct eot_toys_cls {
    double poi, observed, expected[EOT_N_BAND];
    double observed_error, expected_error[EOT_N_BAND]; /* of ln CLs, from the numbers of pseudo-experiments */
};
enum eot_status eot_toys_cls(struct eot_model *model, const struct eot_data *data, double poi,
                             const struct eot_toys_options *options, struct eot_toys_cls *cls,
                             struct eot_toys_report *report, struct eot_error *err);

/** Limits, with their errors from the numbers of pseudo-experiments, and the significance of what was seen, of which p
 * is at least one pseudo-experiment's part. The crossing is found with a twentieth of them,
 * and all are thrown there. @param data NULL: nothing seen yet (no observed limit; nuisances of the hypotheses from the
 * Asimov set before any fit). @param guess the asymptotic limits. */
enum eot_status eot_toys_limit(struct eot_model *model, const struct eot_data *data, double level,
                               const struct eot_limit_answer *guess, const struct eot_toys_options *options,
                               struct eot_limit_answer *answer, struct eot_toys_report *report, struct eot_error *err);

#endif
