/** @file estimate.h
 * From the integer sums of a shower run to estimates, histograms, cut flow and balance, each with its statistical
 * error. */
#ifndef EOT_HOST_ANALYSIS_ESTIMATE_H
#define EOT_HOST_ANALYSIS_ESTIMATE_H

#include "analysis/result.h"
#include "engine/run.h"

/** Everything of a shower run's result but its head. @param run shown by eot_run_view.
 * @return EOT_E_NUMERIC (a sum is not finite), EOT_E_MEMORY. */
enum eot_status eot_estimate_showers(const struct eot_config *config, const struct eot_world *world,
                                     const struct eot_run *run, struct eot_result *result, struct eot_error *err);

/** The same for one of several masses of phi that a run serves (eotmc/transport/mass.h), with the names of a run of its
 * own. @param config of this mass alone. @param mass its number; run->n_mass: of all of them together, with the mass in
 * front of the names of what depends on it ("mphi_0.2.efficiency.total"), and without histograms. */
enum eot_status eot_estimate_mass(const struct eot_config *config, const struct eot_world *world,
                                  const struct eot_run *run, size_t mass, struct eot_result *result,
                                  struct eot_error *err);

/** Of its showers without a rare vertex: ecal.*. Nothing where they are fewer than two. @param X0 cm, of the ECAL. */
enum eot_status eot_estimate_plain_showers(const struct eot_config *config, const struct eot_run *run, double X0,
                                           struct eot_result *result, struct eot_error *err);

/** Columns of the event record: the primary's number, then enum eot_event_column. */
extern const struct eot_column_info eot_event_columns[EOT_N_EVENT_COLUMN + 1];

/** Names of the terms of the energy balance. */
extern const char *const eot_ledger_name[EOT_N_LEDGER];

/** Names of the kinds of faults. */
extern const char *const eot_fault_name[EOT_N_FAULT];

#endif
