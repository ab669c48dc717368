/** @file signal.h
 * Tables of e N -> mu N phi for the nuclei of the cascade's media. */
#ifndef EOT_HOST_PHYSICS_SIGNAL_H
#define EOT_HOST_PHYSICS_SIGNAL_H

#include "config/config.h"
#include "eotmc/transport/world.h"
#include "physics/em.h"
#include "physics/lfc/lfc.h"

/** Energy [GeV] that the tables reach, above the largest of a primary. @param energy_max of the cascade. */
double eot_signal_energy_max(const struct eot_config *config, double energy_max);

/** Build the tables of every nucleus of the media, one descriptor each, at a coupling of the table's own that makes
 * rates of order 1e-3 per radiation length: single precision and the sums of weights and of their squares need no care
 * for h. Rates at coupling h are (h / vertex->lfc[0].coupling)^2 times the tables'.
 * @param o media. @param reaction process, m_phi and sampler are used. @param vertex n_lfc, lfc, lfc_medium, lfc_Z,
 * lfc_A out. @param E_max GeV. @param rel_error worst of the total cross sections.
 * @return EOT_E_CONFIG (too many nuclei), EOT_E_USAGE (mass out of range), EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_signal_tables_build(const struct eot_em_options *o, const struct eot_lfc_reaction *reaction,
                                        double E_max, struct eot_f32_table *table, eot_vertex_tables *vertex,
                                        double *rel_error, struct eot_error *err);

/** Vertices that a weight of 1 for mass i of physics.mphi stands for (eotmc/transport/mass.h); of one mass, that of the
 * process. */
double eot_signal_mass_unit(const struct eot_config *config, const eot_vertex_tables *vertex, int i);

#endif
