/** @file replay_steps.h
 * What the replays of the jobs share: the device's functions in the device's precision, and steps that are kept. To be
 * included first, because of the precision. */
#ifndef EOT_HOST_JOB_REPLAY_STEPS_H
#define EOT_HOST_JOB_REPLAY_STEPS_H

#undef EOT_REAL_DOUBLE
#include "eotmc/select/conversion_score.h"
#include "eotmc/select/score.h"
#include "eotmc/transport/muon_beam.h"

#include "job/replay.h"

/** Append a muon's step. @param m after it. @return EOT_E_MEMORY. */
enum eot_status eot_replay_add_muon_step(struct eot_replay_muon *muon, const eot_muon *m, const eot_muon_step *step,
                                         struct eot_error *err);
/** Append a step of a shower. @param v what it did. @return EOT_E_MEMORY. */
enum eot_status eot_replay_add_step(struct eot_replay *replay, const struct eot_world *world,
                                    const eot_replay_state *before, const eot_replay_state *after,
                                    const eot_cascade_vertex *v, struct eot_error *err);
/** Append a step in front of the ECAL. @return EOT_E_MEMORY. */
enum eot_status eot_replay_add_line_step(struct eot_replay *replay, const eot_line_step *step, struct eot_error *err);

#endif
