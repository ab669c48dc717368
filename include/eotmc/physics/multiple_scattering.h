/** @file multiple_scattering.h
 * Highland's angle of multiple scattering. */
#ifndef EOT_PHYSICS_MULTIPLE_SCATTERING_H
#define EOT_PHYSICS_MULTIPLE_SCATTERING_H

#include "eotmc/math/elementary.h"

/** The factor 1 + 0.038 ln(t) of Highland's formula, which depends on the whole path. @param path_X0 t, path in
 * radiation lengths, taken as at least `least_X0`. */
EOT_FN real eot_highland_factor(real path_X0, real least_X0) {
    return R(1.0) + EOT_HIGHLAND_LOG * eot_log(fmax(path_X0, least_X0));
}

/** Standard deviation [rad] of the projected angle after a path: 13.6 MeV/(p beta) sqrt(t) (1 + 0.038 ln t) of a charge
 * of 1. Source: PDG 2022, Eq. 34.16; valid to 11 % for 1e-3 < t < 100. Thinner paths, where the factor would vanish: it
 * is at least 0.2. @param p_beta p beta [GeV]; of a relativistic electron its energy. @param path_X0 t. */
EOT_FN real eot_highland_angle(real p_beta, real path_X0) {
    return EOT_HIGHLAND / p_beta * sqrt(path_X0) * fmax(R(0.2), eot_highland_factor(path_X0, R(1.0e-6)));
}

/** Variance [rad^2] of the projected angle without the factor: what adds up over the pieces of a path. Its root times
 * eot_highland_factor of the whole path is Highland's angle. @param p_beta2 square of p beta [GeV^2]. @param path_X0 of
 * the piece. */
EOT_FN real eot_highland_angle2(real p_beta2, real path_X0) { return EOT_HIGHLAND * EOT_HIGHLAND / p_beta2 * path_X0; }

#endif
