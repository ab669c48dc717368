/** @file importance.h
 * Which vertices are likely to be selected: what lets a forced run draw more of them than nature does, with weights
 * that undo it. */
#ifndef EOT_HOST_WORLD_IMPORTANCE_H
#define EOT_HOST_WORLD_IMPORTANCE_H

#include "world/importance_mixture.h"

/** Share of the vertices of a forced run that is drawn by importance; 0 in analog mode. */
double eot_world_preference(const struct eot_config *config);

/** The importance of each cell of the muon pairs or of the signal, as eot_world_importance would install it in a world
 * without importance. @param map out; release with eot_importance_map_free. @param is_useful whether something is
 * preferred. @return EOT_E_MEMORY. */
enum eot_status eot_world_importance_map(const struct eot_config *config, const struct eot_setup *setup,
                                         struct eot_world *world, struct eot_importance_map *map, bool *is_useful,
                                         struct eot_error *err);

/** Append to world->table what the vertices of muon pairs or of the signal are drawn from (eotmc/transport/
 * importance.h), fill in event.vertex.pair, .signal and .importance_nucleus, and multiply the cascade's rates.
 *
 * A cell's importance is a mixture (importance_mixture.h) of a natural share, 1 - sampling.preference, and a part for
 * each stage of the selection in proportion to the root of the chance to pass it (importance_stages.h). Energies are
 * weighted by the rate of vertices of photons or electrons whose number falls with the square of their energy. Pairs:
 * cells of the energy of the mu+ at each photon energy, the mean over the angles. The signal: cells of the muon's
 * energy and angle at each energy of the electron. Tridents take the cells of a photon of the pair's energy, with the
 * bound of their weight times the largest mean of the importance at one energy. Nothing is preferred where there are no
 * chambers or eot_world_preference is 0. Needs all else of the world but its selections. @return EOT_E_MEMORY. */
enum eot_status eot_world_importance(const struct eot_config *config, const struct eot_setup *setup,
                                     struct eot_world *world, struct eot_error *err);

/** What the parts of it are to several masses (world/masses.h). The nucleus at whose energies the importance of a mass
 * is: that of the largest cross section at the largest energy. */
int eot_importance_nucleus(const struct eot_world *world, const eot_lfc_table lfc[EOT_N_LFC]);
/** Append the importance of a mass to world->table. @param n its tables of that nucleus; not in world->table.
 * @param preference [world->em.n_energy] out: the factor at the cascade's nodes; 1 where nothing is preferred, and *out
 * is left as it is. @return EOT_E_MEMORY. */
enum eot_status eot_importance_of_mass(const struct eot_config *config, struct eot_world *world,
                                       const struct eot_importance_stages *stages, const eot_lfc_table *n,
                                       double *preference, eot_importance *out, struct eot_error *err);
/** Set the cascade's rate of a process in a medium at node i, and the sums that it looks up. */
void eot_importance_set_rate(struct eot_world *world, int process, int medium, int i, double value);

#endif
