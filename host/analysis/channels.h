/** @file channels.h
 * Estimates of a run by process and parent: rates, what the cut or the region leaves out, and of the signal the
 * efficiencies. Their names come from the processes' descriptors (host/physics/process.h). */
#ifndef EOT_HOST_ANALYSIS_CHANNELS_H
#define EOT_HOST_ANALYSIS_CHANNELS_H

#include "analysis/estimator.h"

/** Add the rates of the family that is on. @return EOT_E_MEMORY, EOT_E_NUMERIC. */
enum eot_status eot_estimator_add_channels(const struct eot_estimator *e, struct eot_error *err);
/** Of the processes of the signal that are on: efficiencies by cut of the selection e->selection. @return EOT_E_MEMORY,
 * EOT_E_NUMERIC. */
enum eot_status eot_estimator_add_efficiencies(const struct eot_estimator *e, struct eot_error *err);

#endif
