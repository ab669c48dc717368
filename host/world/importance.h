/** @file importance.h
 * Which muons of e N -> mu N phi are likely to be selected: what lets a forced run draw more of them than nature does,
 * with weights that undo it. */
#ifndef EOT_HOST_WORLD_IMPORTANCE_H
#define EOT_HOST_WORLD_IMPORTANCE_H

#include "world/world.h"

/** Append to world->table what eot_vertex_lfc draws a muon's energy and angle from, and fill in
 * event.vertex.importance, importance_nucleus, n_importance_energy, n_importance_angle. At each energy of the signal's
 * tables, the muon's quantiles of energy and angle are cut into cells. A cell is drawn in proportion to its content
 * times the mean of G = sqrt(probability to cross the first and the last tracker plane), which makes the error of the
 * selected rate least, or, in a share of 1 - sampling.signal_preference, to its content alone, which bounds the
 * weights. The probability is a guess: continuous loss and Gaussian scattering along z, the kick of the magnet. Needs
 * the tables of the signal and of muons. Nothing is preferred, and n_importance_energy is 0, without trackers or where
 * eot_world_signal_preference is 0.
 * @param rate one number for each energy of the nucleus event.vertex.importance_nucleus, out: what the rate of vertices
 * is to be multiplied by, for the same reason; to be freed, NULL if nothing is preferred. @return EOT_E_MEMORY. */
enum eot_status eot_world_importance(const struct eot_config *config, const struct eot_setup *setup,
                                     struct eot_world *world, double **rate, struct eot_error *err);

#endif
