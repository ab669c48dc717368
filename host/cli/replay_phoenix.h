/** @file replay_phoenix.h
 * An event for Phoenix, the web event display of the HEP Software Foundation. */
#ifndef EOT_HOST_CLI_REPLAY_PHOENIX_H
#define EOT_HOST_CLI_REPLAY_PHOENIX_H

#include "geometry/setup.h"
#include "job/replay.h"

/** Print the event on standard output as the file that Phoenix loads: muons as tracks, steps of the shower as lines,
 * the ECAL's cells as bars behind it (the highest of 0.5 m; Phoenix draws 0.22 mm per unit of energy). Lengths in mm.
 * @return EOT_E_MEMORY. */
enum eot_status eot_cli_phoenix_print(const struct eot_config *config, const struct eot_replay *replay,
                                      struct eot_error *err);

#endif
