/** @file muon_source.h
 * What a muon sets free in a material above a least energy, by its cross sections: delta electrons, photons of
 * bremsstrahlung, electron pairs. */
#ifndef EOT_HOST_PHYSICS_SOFT_MUON_SOURCE_H
#define EOT_HOST_PHYSICS_SOFT_MUON_SOURCE_H

#include "physics/muon_integrals.h"
#include "physics/soft/soft.h"

enum eot_soft_process { EOT_SOFT_DELTA, EOT_SOFT_BREMS, EOT_SOFT_MUON_PAIR, EOT_SOFT_N_PROCESS };

/** Collisions per g/cm2 and unit of ln W of a muon of kinetic energy T with a transfer W to electrons, photons or pairs
 * [cm2/g]; 0 outside the kinematic range. */
double eot_soft_muon_density(const struct eot_muon_integrator *g, const struct eot_material *material, int process,
                             double T, double W);

/** Start what a transfer W sets free at a place: one or two particles. @param at the muon, at that place. @return their
 * number. */
int eot_soft_muon_secondaries(int process, double T, double W, struct eot_soft_particle at,
                              struct eot_soft_random *random, struct eot_soft_particle out[2]);

#endif
