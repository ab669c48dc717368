/** @file asymptotic.h
 * Upper limits by CLs with the asymptotic distributions of the profile likelihood ratio q-tilde: G. Cowan, K. Cranmer,
 * E. Gross, O. Vitells, Eur. Phys. J. C 71 (2011) 1554, arXiv:1007.1727, equations 16, 64 to 66 and 75 to 89; the same
 * choices as pyhf and RooStats' AsymptoticCalculator. */
#ifndef EOT_HOST_LIMIT_ASYMPTOTIC_H
#define EOT_HOST_LIMIT_ASYMPTOTIC_H

#include "limit/answer.h"
#include "limit/model.h"

/** Limits on the parameter of interest of a model. The Asimov set has the nuisances of the fit without signal to the
 * data, as pyhf and RooStats take it. @param data NULL: what the model's own start values expect without signal (the
 * Asimov set before any fit). @param level in (0, 1). */
enum eot_status eot_asymptotic_limit(struct eot_model *model, const struct eot_data *data, double level,
                                     struct eot_limit_answer *answer, struct eot_error *err);

/** CLs of a parameter's value. @param cls [6] of the data, and of -2 to +2 sigma of what is expected. */
enum eot_status eot_asymptotic_cls(struct eot_model *model, const struct eot_data *data, double poi, double cls[6],
                                   struct eot_error *err);

#endif
