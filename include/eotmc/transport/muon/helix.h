/** @file helix.h
 * The path of a charge in a homogeneous magnetic field. */
#ifndef EOT_TRANSPORT_MUON_HELIX_H
#define EOT_TRANSPORT_MUON_HELIX_H

#include "eotmc/math/vector.h"

/** Direction and displacement after a path in a homogeneous field. */
typedef struct {
    eot_vec3 direction, moved; /* unit vector; cm */
} eot_helix;

/** Exact helix (Rodrigues' rotation): du/ds = u x b. @param b charge 0.003 B/p [1/cm]. @param path [cm], |b| path below
 * 0.5 for float accuracy of the series. @return unit direction; the momentum's magnitude does not enter, so it is
 * conserved exactly. */
EOT_FN eot_helix eot_helix_moved(eot_vec3 u, eot_vec3 b, real path) {
    real turn2 = eot_vec3_dot(b, b) * path * path; /* square of the angle */
    real sin_a = fma(turn2, fma(turn2, fma(turn2, R(-1.98412698e-4), R(8.33333333e-3)), R(-1.66666667e-1)),
                     R(1.0)); /* sin(a)/a */
    real cos_a = fma(turn2, fma(turn2, fma(turn2, R(-2.48015873e-5), R(1.38888889e-3)), R(-4.16666667e-2)),
                     R(0.5));                                                                    /* (1 - cos a)/a^2 */
    real third = fma(turn2, fma(turn2, R(-1.98412698e-4), R(8.33333333e-3)), R(-1.66666667e-1)); /* (sin a - a)/a^3 */
    eot_vec3 n = eot_vec3_scaled(b, path);
    eot_vec3 c, cc; /* u x n, (u x n) x n */
    c.x = u.y * n.z - u.z * n.y;
    c.y = u.z * n.x - u.x * n.z;
    c.z = u.x * n.y - u.y * n.x;
    cc.x = c.y * n.z - c.z * n.y;
    cc.y = c.z * n.x - c.x * n.z;
    cc.z = c.x * n.y - c.y * n.x;
    eot_helix h;
    h.direction.x = fma(cos_a, cc.x, fma(sin_a, c.x, u.x));
    h.direction.y = fma(cos_a, cc.y, fma(sin_a, c.y, u.y));
    h.direction.z = fma(cos_a, cc.z, fma(sin_a, c.z, u.z));
    h.direction = eot_vec3_unit(h.direction);
    h.moved.x = path * fma(-third, cc.x, fma(cos_a, c.x, u.x));
    h.moved.y = path * fma(-third, cc.y, fma(cos_a, c.y, u.y));
    h.moved.z = path * fma(-third, cc.z, fma(cos_a, c.z, u.z));
    return h;
}

#endif
