/** @file scatter.h
 * Where a step takes a muon: path or helix, and soft multiple scattering, Gaussian with the exact restricted second
 * moment summed layer by layer, the displacement correlated with the angle (in one medium: variance s^2 sigma^2/3,
 * correlation sqrt(3)/2; Rossi, "High-Energy Particles" (1952), sec. 2.16). */
#ifndef EOT_TRANSPORT_MUON_SCATTER_H
#define EOT_TRANSPORT_MUON_SCATTER_H

#include "eotmc/transport/muon/flight.h"

/** Soft scattering at the end of a step: variances of angle and displacement and their covariance, times p^2 beta^2. */
typedef struct {
    real angle2, cross2, aside2;
} eot_muon_scatter;

/** After a path P of which the intervals x_0..x_1 lie in another medium: integrals of the kick times 1, P - x, (P -
 * x)^2.
 * @param kick, kick_other [GeV^2/cm]. @param path P [cm]. @param other sums over those intervals. */
EOT_FN eot_muon_scatter eot_muon_scatter_after(real kick, real kick_other, real path, eot_muon_layer_sums other) {
    real more = kick_other - kick, path2 = path * path;
    real first = R(0.5) * fma(more, other.two, kick * path2);
    real second = R(0.3333333333333333) * fma(more, other.three, kick * path2 * path);
    eot_muon_scatter a;
    a.angle2 = fma(more, other.one, kick * path);
    a.cross2 = fma(path, a.angle2, -first);
    a.aside2 = fma(path2, a.angle2, fma(R(-2.0) * path, first, second));
    return a;
}

/** What a path does to a muon. */
typedef struct {
    eot_vec3 moved;     /* cm */
    eot_vec3 direction; /* unit vector, at its end */
    real time;          /* ns, at its end */
} eot_muon_motion;

/** The motion of a muon along its path, at the mean energy of the step. @param muon at the start. @param a what was
 * ahead: its field. @param path [cm]. @param s soft scattering, angle2 0: none. @param after kinetic energy after the
 * continuous loss [GeV]. @param bits a block: y and z for the angle, w for the displacement that is independent of it.
 */
EOT_FN eot_muon_motion eot_muon_move(eot_muon muon, eot_muon_ahead a, real path, eot_muon_scatter s, real after,
                                     eot_u32x4 bits) {
    eot_vec3 u = muon.direction, moved = eot_vec3_scaled(u, path);
    real before = (real)muon.kinetic_energy, middle = R(0.5) * (before + after);
    real momentum2 = eot_muon_momentum2(middle);
    real inverse_p_beta = (middle + EOT_M_MUON) / momentum2;
    if (a.has_field != 0) {
        real stiffer = sqrt(eot_muon_momentum2(before) / momentum2);
        eot_helix h = eot_helix_moved(u, eot_vec3_scaled(a.bend, stiffer), path);
        moved = h.moved;
        u = h.direction;
    }
    if (s.angle2 > R(0.0)) {
        real inverse_sigma = R(1.0) / sqrt(s.angle2), scale = inverse_p_beta;
        real sigma = s.angle2 * inverse_sigma * scale;
        real lever = s.cross2 * inverse_sigma, along = lever * scale; /* displacement correlated with the angle */
        real apart = sqrt(fmax(fma(-lever, lever, s.aside2), R(0.0))) * scale; /* and independent of it */
        eot_normal_pair n = eot_normal(bits.y, bits.z);
        /* the independent part is uniform with the right variance: only the displacement's fourth moment differs, by
         * 2 % */
        real free_x = fma((real)(bits.w >> 16), R(5.2857e-5), R(-1.73202)),
             free_y = fma((real)(bits.w & 0xffffu), R(5.2857e-5), R(-1.73202));
        eot_vec3 aside = eot_vec3_rotated(u, fma(apart, free_x, along * n.a), fma(apart, free_y, along * n.b), R(0.0));
        moved.x += aside.x;
        moved.y += aside.y;
        moved.z += aside.z;
        u = eot_vec3_deflected(u, sigma * n.a, sigma * n.b);
    }
    eot_muon_motion m;
    m.moved = moved;
    m.direction = u;
    m.time = fma(path * inverse_p_beta, sqrt(momentum2) * (R(1.0) / EOT_C_LIGHT), muon.time);
    return m;
}

#endif
