/** @file root.h
 * Where a falling function crosses zero. */
#ifndef EOT_HOST_LIMIT_ROOT_H
#define EOT_HOST_LIMIT_ROOT_H

#include "base/error.h"

/** A function that falls with x. Its value may be infinite. */
struct eot_falling {
    enum eot_status (*value)(void *context, double x, double *y, struct eot_error *err);
    void *context;
};

/** The x > 0 with y = 0: brackets it from `guess` by factors, then halves and interpolates (Illinois) until the bracket
 * is narrower than `relative`. @param guess > 0.
 * @return what the function returns; EOT_E_NUMERIC if there is no crossing between 1e-12 and 1e12 times the guess. */
enum eot_status eot_root_falling(struct eot_falling f, double guess, double relative, double *x, struct eot_error *err);

#endif
