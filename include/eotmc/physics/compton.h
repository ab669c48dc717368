/** @file compton.h
 * Compton scattering on atomic electrons, free and at rest (binding matters below 1 MeV only).
 * Source: O. Klein, Y. Nishina, Z. Phys. 52 (1929) 853. */
#ifndef EOT_PHYSICS_COMPTON_H
#define EOT_PHYSICS_COMPTON_H

#include "eotmc/math/elementary.h"

/** dsigma/d(eps) [cm2] per electron, eps = scattered / incident photon energy; 0 outside 1/(1 + 2 k/m) < eps < 1. */
EOT_FN real eot_compton_dxsec_deps(real k, real eps) {
    real q = EOT_M_ELECTRON / k, low = q / (q + R(2.0));
    if (eps <= low || eps >= R(1.0)) return R(0.0);
    real t = q * (R(1.0) - eps) / eps; /* 1 - cos(theta) */
    return EOT_PI * EOT_R_ELECTRON * EOT_R_ELECTRON * q * (R(1.0) / eps + eps - t * (R(2.0) - t));
}

#endif
