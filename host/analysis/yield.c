#include "analysis/yield.h"

#include <math.h>

/* In units of nodes, from the node i below E_min at x in [0, 1): hat functions with weights a at i, b at i + 1, and 1 from i + 2 on. Their sum and first moment are those
 * of the step at x (the sum of the hats from i + 2 on is a ramp from i + 1 to i + 2):  a + b = 3/2 - x,  b = (9/4 - x^2)/2 + 1/24. */
void eot_spectra_weights_above(const struct eot_track_spectra *spectra, double E_min, double *weight) {
    double place = (log(E_min) - spectra->log_first) / spectra->log_step, node = floor(place), x = place - node;
    double b = 0.5 * (2.25 - x * x) + 1.0 / 24.0, a = 1.5 - x - b;
    for (size_t j = 0; j < spectra->n_energy; j++) {
        double from = (double)j - node;
        weight[j] = !(place > 0.0) || from > 1.5 ? 1.0 : from > 0.5 ? b : from > -0.5 ? a : 0.0;
    }
}
