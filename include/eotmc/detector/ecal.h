/** @file ecal.h
 * The ECAL's answer to a deposit, as far as it is sampled: the fluctuation of the visible share. The rest of the
 * resolution is integrated, see eotmc/select/response.h.
 *
 * The law is a Gamma distribution: mean the deposit E, variance f^2 E, never negative. It is that of a sum of many
 * independent positive contributions (track segments in the active layers), and keeps its mean at any deposit: two
 * deposits that are seen together fluctuate as their sum does, and a deposit far below f^2 mostly gives nothing, rarely
 * some f^2. Where E is large against f^2 it is a Gaussian of relative width f/sqrt(E). */
#ifndef EOT_DETECTOR_ECAL_H
#define EOT_DETECTOR_ECAL_H

#include "eotmc/detector/volume.h"
#include "eotmc/math/fluctuation.h"

/** Streams of random numbers of a primary's detector (stage EOT_STAGE_DETECTOR). */
enum eot_detector_stream {
    EOT_DETECTOR_CALORIMETERS = 0, /* blocks by enum eot_calorimeter_draw */
    EOT_DETECTOR_TRACK_PLUS,       /* one block a plane */
    EOT_DETECTOR_TRACK_MINUS,
    EOT_DETECTOR_MISSING, /* the missing energy of its histogram */
    EOT_DETECTOR_ARRIVALS /* what showers send into the VETO */
};
/** Blocks of the calorimeters' stream: one a module; further ones of a module lie EOT_N_CALORIMETER_DRAW apart. */
enum eot_calorimeter_draw {
    EOT_DRAW_VETO = 0,
    EOT_DRAW_HCAL,
    EOT_DRAW_ECAL = EOT_DRAW_HCAL + EOT_N_HCAL,
    EOT_N_CALORIMETER_DRAW
};

/** Cursor at the first block of a primary's calorimeter. @param draw enum eot_calorimeter_draw (HCAL modules follow
 * EOT_DRAW_HCAL). */
EOT_FN eot_random eot_calorimeter_random(u64 primary, u32 draw, u32 seed, u32 run) {
    eot_random random = eot_random_init(primary, EOT_STAGE_DETECTOR, EOT_DETECTOR_CALORIMETERS, seed, run);
    random.draw = draw;
    return random;
}

/** Energy [GeV], not negative, that stands for an energy after fluctuations: Gamma-distributed. @param mean the energy
 * [GeV]. @param variance [GeV^2], 0: no fluctuation. @param random cursor at a block of the calorimeters' stream. */
EOT_FN real eot_energy_fluctuated(real mean, real variance, eot_random random) {
    if (!(mean > R(0.0)) || !(variance > R(0.0))) return eot_max(mean, R(0.0));
    return mean * eot_gamma_sample(mean * (mean / variance), random, (u32)EOT_N_CALORIMETER_DRAW).value;
}

/** Energy [GeV], not negative, that the visible energy of a deposit [GeV] stands for. @param f GeV^1/2, see
 * eot_response.ecal_sampling. */
EOT_FN real eot_ecal_seen(real deposit, real f, u64 primary, u32 seed, u32 run) {
    return eot_energy_fluctuated(deposit, f * f * deposit,
                                 eot_calorimeter_random(primary, (u32)EOT_DRAW_ECAL, seed, run));
}

#endif
