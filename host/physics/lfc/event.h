/** @file event.h
 * The whole final state of l_i N -> l_f N phi where the transport has sampled the outgoing lepton: momentum transfer by
 * the exact distribution at that lepton, and the four-momenta, in double precision. */
#ifndef EOT_HOST_PHYSICS_LFC_EVENT_H
#define EOT_HOST_PHYSICS_LFC_EVENT_H

#include "eotmc/physics/lfc.h"

/** What fixes a final state; directions are unit vectors. */
struct eot_lfc_state {
    double E, direction[3]; /* incoming lepton, total energy [GeV] */
    double E_f;             /* outgoing lepton [GeV] */
    double versine,
        turn;           /* 1 - cos of its angle to the incoming one; azimuth / 2 pi in the frame of eot_vec3_rotated */
    double t;           /* GeV^2, minus the square of the momentum transfer: the nucleus recoils with t/(2M) */
    double turn_recoil; /* azimuth / 2 pi of the transfer about p - p' (the notes' phi_q: s = a + b cos phi_q) */
};

/** Four-momenta (E, px, py, pz) [GeV]. lepton + nucleus = lepton_out + phi + recoil to rounding; each is on its mass
 * shell. */
struct eot_lfc_momenta {
    double lepton[4], nucleus[4], lepton_out[4], phi[4], recoil[4];
};

/** Squared amplitude |A|^2 / (8 M^2) (eq. 10) at a fixed azimuth of the momentum transfer; its average over the azimuth
 * is eot_lfc_amplitude_y.
 * @param g point of a fixed lepton. @param cosine of phi_q. */
double eot_lfc_amplitude_at(eot_lfc_system n, eot_lfc_point g, double t, double cosine);

/** Sample t and turn_recoil of a state whose lepton is given. @param uniform three numbers in (0, 1). Inversion of
 * |A|^2 F^2/t^2 tabulated in ln t and in the azimuth, linear between 96 and 64 places. @return kinetic energy of the
 * nucleus [GeV]. */
double eot_lfc_recoil_sample(eot_lfc_system n, struct eot_lfc_state *state, const double uniform[3]);

struct eot_lfc_momenta eot_lfc_momenta_of(eot_lfc_system n, const struct eot_lfc_state *state);

#endif
