/** @file vector.h
 * Points (f64: micrometres over tens of metres) and directions (real). No OpenCL vector type crosses the bus or blocks
 * the vectoriser. */
#ifndef EOT_MATH_VECTOR_H
#define EOT_MATH_VECTOR_H

#include "eotmc/math/elementary.h"

typedef struct {
    real x, y, z;
} eot_vec3;

typedef struct {
    f64 x, y, z;
} eot_point; /* cm */

EOT_FN real eot_vec3_dot(eot_vec3 a, eot_vec3 b) { return fma(a.x, b.x, fma(a.y, b.y, a.z * b.z)); }

EOT_FN eot_vec3 eot_vec3_scaled(eot_vec3 a, real s) {
    eot_vec3 v;
    v.x = a.x * s;
    v.y = a.y * s;
    v.z = a.z * s;
    return v;
}

/** a / |a|. */
EOT_FN eot_vec3 eot_vec3_unit(eot_vec3 a) { return eot_vec3_scaled(a, R(1.0) / sqrt(eot_vec3_dot(a, a))); }

/** The point p + s u. */
EOT_FN eot_point eot_point_moved(eot_point p, eot_vec3 u, real s) {
    p.x += (f64)(s * u.x);
    p.y += (f64)(s * u.y);
    p.z += (f64)(s * u.z);
    return p;
}

/** The direction whose components in the frame of u are (a, b, c), c along u: Duff et al., JCGT 6 (2017) 1, branch-free
 * orthonormal basis without cancellation for any unit u. @return unit vector if (a, b, c) is one. */
EOT_FN eot_vec3 eot_vec3_rotated(eot_vec3 u, real a, real b, real c) {
    real sign_z = u.z >= R(0.0) ? R(1.0) : R(-1.0);
    real h = R(-1.0) / (sign_z + u.z);
    real g = u.x * u.y * h;
    eot_vec3 v;
    v.x = fma(a, fma(sign_z * u.x * u.x, h, R(1.0)), fma(b, g, c * u.x));
    v.y = fma(a, sign_z * g, fma(b, fma(u.y * u.y, h, sign_z), c * u.y));
    v.z = fma(a, -sign_z * u.x, fma(-b, u.y, c * u.z));
    return v;
}

/** Deflect u by the small projected angles (theta_x, theta_y) [rad] in its own frame. @return unit vector; exact to
 * theta^3. */
EOT_FN eot_vec3 eot_vec3_deflected(eot_vec3 u, real theta_x, real theta_y) {
    return eot_vec3_unit(eot_vec3_rotated(u, theta_x, theta_y, R(1.0)));
}

#endif
