/** @file response.h
 * The response of the detector. */
#ifndef EOT_DETECTOR_RESPONSE_H
#define EOT_DETECTOR_RESPONSE_H

#include "eotmc/base/portable.h"

/** How the detector responds to what an event leaves in it. */
typedef struct {
    f32 beam_resolution;
    f32 ecal_stochastic, ecal_constant;
    f32 tail_start;
    f32 hcal_stochastic, hcal_constant;
    f32 hcal_scale;                                 /* calibrated GeV per GeV of active energy */
    f32 hadronic_visible;                           /* active energy per hadronic energy, before the scale */
    f32 hcal_photostatistics, veto_photostatistics; /* photoelectrons per calibrated GeV, per MeV */
    i32 n_hcal;
    f32 hcal_end;      /* cm, rear face of the last HCAL module */
    f32 ecal_sampling; /* GeV^1/2: sampling fluctuation of the ECAL's visible energy, simulated; part of the stochastic
                          term */
} eot_response;
EOT_LAYOUT(eot_response, 52);

#endif
