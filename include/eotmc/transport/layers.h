/** @file layers.h
 * Paths through the periodic layers of the calorimeter. */
#ifndef EOT_TRANSPORT_LAYERS_H
#define EOT_TRANSPORT_LAYERS_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/elementary.h"
#include "eotmc/physics/em_tables.h"

/** Path lengths in the two layers of a period. */
typedef struct {
    f32 in[EOT_N_MEDIUM_MAX]; /* cm */
} eot_layer_path;

/** How a path of given length that starts at depth z divides between the layers. */
EOT_FN eot_layer_path eot_layer_path_split(f32 layer_0, f32 layer_1, f32 z, f32 path) {
    f32 period = layer_0 + layer_1, end = z + path;
    f32 n_start = eot_floor(z / period), n_end = eot_floor(end / period);
    f32 phase_start = z - n_start * period, phase_end = end - n_end * period;
    eot_layer_path split;
    split.in[0] =
        eot_max(0.0f, eot_fma(n_end - n_start, layer_0, eot_min(phase_end, layer_0) - eot_min(phase_start, layer_0)));
    split.in[1] = eot_max(0.0f, path - split.in[0]);
    return split;
}

/** Length of the path from depth z at which the optical depth tau is reached, in a period of two layers with rates
 * rate_0, rate_1 [1/cm]. */
EOT_FN f32 eot_layer_path_length(f32 layer_0, f32 layer_1, f32 rate_0, f32 rate_1, f32 z, f32 tau) {
    f32 period = layer_0 + layer_1, n_start = eot_floor(z / period), phase = eot_max(0.0f, z - n_start * period);
    f32 period_depth = eot_fma(rate_0, layer_0, rate_1 * layer_1);
    f32 before = eot_fma(rate_0, eot_min(phase, layer_0),
                         rate_1 * eot_max(0.0f, phase - layer_0)); /* optical depth from the start of the period */
    f32 target = before + tau, n = eot_floor(target / period_depth), rest = target - n * period_depth;
    f32 in_0 = rate_0 * layer_0;
    f32 end = rest < in_0 ? rest / rate_0 : layer_0 + (rest - in_0) / rate_1;
    return eot_max(0.0f, eot_fma(n, period, end - phase));
}

#endif
