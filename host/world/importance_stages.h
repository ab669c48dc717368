/** @file importance_stages.h
 * The chance of an event to pass each stage of the selection, guessed from what leaves its vertex. */
#ifndef EOT_HOST_WORLD_IMPORTANCE_STAGES_H
#define EOT_HOST_WORLD_IMPORTANCE_STAGES_H

#include "world/importance_muons.h"
#include "world/importance_track.h"

/** Stages of the selection, each with those before: one track (of either charge, as histograms of tracks have them),
 * VETO, HCAL, missing energy (of the charges that the selections look for). */
enum { EOT_STAGE_OF_TRACK = 0, EOT_STAGE_OF_VETO, EOT_STAGE_OF_HCAL, EOT_STAGE_OF_MISSING, EOT_N_SELECTION_STAGE };

/** What leaves a vertex. */
struct eot_importance_final {
    double k;                /* GeV, that the shower has lost there */
    double E[2], versine[2]; /* of the mu- and the mu+: total energy [GeV], 0: there is none; 1 - cos of the angle */
    double dark;             /* GeV, that nothing sees */
};

struct eot_importance_stages;

/** Make what the chances are guessed from: muons of each energy are followed through the set-up, and what VETO and HCAL
 * see of one and of two of them is compared with the windows of the selection. Needs all of the world but its
 * selections. @param E_max GeV, of muons. @param stages out; to be freed. @return EOT_E_MEMORY. */
enum eot_status eot_importance_stages_create(const struct eot_config *config, const struct eot_setup *setup,
                                             const struct eot_world *world, double E_max,
                                             struct eot_importance_stages **stages, struct eot_error *err);
void eot_importance_stages_free(struct eot_importance_stages *stages);

/** Add the mean square of what an event with this final state adds to each stage's sum: the probability to pass the
 * cuts, times the square of that to be above the missing energy at the last stage. @param weight factor. */
void eot_importance_stages_add(const struct eot_importance_stages *stages, const struct eot_importance_final *final,
                               double weight, double sum[EOT_N_SELECTION_STAGE]);

#endif
