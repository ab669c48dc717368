/** @file coulomb.h
 * The Coulomb correction to the Born approximation, shared by bremsstrahlung and pair production. */
#ifndef EOT_PHYSICS_COULOMB_H
#define EOT_PHYSICS_COULOMB_H

#include "eotmc/math/elementary.h"

/** Davies-Bethe-Maximon correction f_c(Z). @param Z atomic number.
 * Source: Davies, Bethe, Maximon, Phys. Rev. 93 (1954) 788; series of Tsai, Rev. Mod. Phys. 46 (1974) 815, Eq. (3.3).
 * Validity: Z < 93, 4 digits. */
EOT_FN real eot_coulomb_correction(real Z) {
    real a = (EOT_ALPHA * Z) * (EOT_ALPHA * Z);
    return a * (R(1.0) / (R(1.0) + a) + R(0.20206) - R(0.0369) * a + R(0.0083) * a * a - R(0.002) * a * a * a);
}

#endif
