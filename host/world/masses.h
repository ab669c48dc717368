/** @file masses.h
 * Several masses of phi in one run: what the mixture of their vertices is made of (eotmc/transport/mass.h). */
#ifndef EOT_HOST_WORLD_MASSES_H
#define EOT_HOST_WORLD_MASSES_H

#include "world/world.h"

/** Give each mass its importance and its share of the vertices, and set the cascade's rates to those of the mixture.
 * Nothing for one mass. Shares are sampling.mass_shares, or those with which the largest relative error of a mass's
 * efficiency is smallest: its variance is the integral of p_i^2 t / sum_j share_j p_j I_j over electrons whose number
 * falls with the square of their energy and the muons of all masses, with the chance t to be selected as
 * importance_stages.h guesses it; none is below three tenths of an equal share. Needs all else of the world but its
 * selections. @return EOT_E_MEMORY. */
enum eot_status eot_world_masses(const struct eot_config *config, const struct eot_setup *setup,
                                 struct eot_world *world, struct eot_error *err);

#endif
