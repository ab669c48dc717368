#include "limit/root.h"

#include <math.h>
#include <stdbool.h>

/* From the guess outwards, by factors that grow, to a pair of points with the crossing between them. */
static enum eot_status bracket(struct eot_falling f, double guess, double *low, double *y_low, double *high,
                               double *y_high, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double factor = 1.25, y, at = guess;
    EOT_TRY(f.value(f.context, at, &y, err));
    EOT_CHECK(!isnan(y), EOT_E_NUMERIC, "the limit's function is not a number at %g; report this as a bug", at);
    *low = *high = at;
    *y_low = *y_high = y;
    while (!(*y_low > 0.0) || *y_high > 0.0) {
        bool is_up = y > 0.0;
        at = is_up ? at * factor : at / factor;
        factor *= factor < 4.0 ? 1.5 : 1.0;
        EOT_CHECK(at < 1e12 * guess && at > 1e-12 * guess, EOT_E_NUMERIC,
                  "no limit between %g and %g (CLs does not cross 1 - CL there; is there any signal?)", 1e-12 * guess,
                  1e12 * guess);
        EOT_TRY(f.value(f.context, at, &y, err));
        if (is_up)
            *low = *high, *y_low = *y_high;
        else
            *high = *low, *y_high = *y_low;
        *(is_up ? high : low) = at;
        *(is_up ? y_high : y_low) = y;
    }
done:
    return status;
}

enum eot_status eot_root_falling(struct eot_falling f, double guess, double relative, double *x,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double low = guess, high = guess, y_low = 0.0, y_high = 0.0;
    int side = 0;
    EOT_TRY(bracket(f, guess, &low, &y_low, &high, &y_high, err));
    for (int i = 0; i < 200 && high - low > relative * high; i++) {
        double middle = 0.5 * (low + high), y;
        if (isfinite(y_low) && isfinite(y_high) && i % 4 != 3) {
            middle = (low * y_high - high * y_low) / (y_high - y_low);
            /* off the near end by the tolerance, so that the next pair is a narrow one */
            middle = fmin(fmax(middle, low + 0.4 * relative * high), high - 0.4 * relative * high);
        }
        EOT_TRY(f.value(f.context, middle, &y, err));
        if (y > 0.0) {
            low = middle, y_low = y;
            if (side == 1) y_high *= 0.5;
            side = 1;
        } else {
            high = middle, y_high = y;
            if (side == -1) y_low *= 0.5;
            side = -1;
        }
    }
    *x = 0.5 * (low + high);
done:
    return status;
}
