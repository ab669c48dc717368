/* Between simulated masses. */
#include <math.h>
#include <stdlib.h>

#include "study/plane_private.h"

void eot_interpolation_free(struct eot_interpolation *i) {
    gsl_spline_free(i->cubic);
    gsl_spline_free(i->steffen);
    free(i->x);
    free(i->y);
}

enum eot_status eot_interpolation_create(const struct eot_study *s, size_t left_out, struct eot_interpolation *in,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *in = (struct eot_interpolation){.x = calloc(s->n_signal, sizeof *in->x), .y = calloc(s->n_signal, sizeof *in->y)};
    EOT_CHECK_MEMORY(in->x);
    EOT_CHECK_MEMORY(in->y);
    for (size_t i = 0; i < s->n_signal; i++) {
        if (i == left_out) continue;
        in->x[in->n] = log(s->signal[i].m_phi);
        in->y[in->n++] = log(s->signal[i].selected.value / (s->signal[i].h * s->signal[i].h));
    }
    if (in->n < 4) goto done;
    in->cubic = gsl_spline_alloc(gsl_interp_cspline, in->n);
    in->steffen = gsl_spline_alloc(gsl_interp_steffen, in->n);
    EOT_CHECK_MEMORY(in->cubic);
    EOT_CHECK_MEMORY(in->steffen);
    gsl_spline_init(in->cubic, in->x, in->y, in->n);
    gsl_spline_init(in->steffen, in->x, in->y, in->n);
done:
    return status;
}

double eot_interpolation_at(const struct eot_interpolation *in, double m, double *error) {
    double x = fmin(fmax(log(m), in->x[0]), in->x[in->n - 1]);
    *error = 0.0;
    if (in->cubic != NULL) {
        double y = gsl_spline_eval(in->cubic, x, NULL);
        *error = fabs(y - gsl_spline_eval(in->steffen, x, NULL));
        return y;
    }
    size_t i = 0;
    if (in->n == 1) return in->y[0];
    while (i + 2 < in->n && in->x[i + 1] < x) i++;
    double f = (x - in->x[i]) / (in->x[i + 1] - in->x[i]);
    return (1.0 - f) * in->y[i] + f * in->y[i + 1];
}

struct eot_neighbours eot_study_neighbours(const struct eot_study *s, double m) {
    struct eot_neighbours n = {0, 0, 0.0};
    while (n.low + 1 < s->n_signal && s->signal[n.low + 1].m_phi <= m) n.low++;
    n.high = n.low + 1 < s->n_signal ? n.low + 1 : n.low;
    if (n.high > n.low)
        n.part = log(m / s->signal[n.low].m_phi) / log(s->signal[n.high].m_phi / s->signal[n.low].m_phi);
    return n;
}
