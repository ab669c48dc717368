/** @file ecal.h
 * The ECAL's answer to a deposit, as far as it is sampled: the fluctuation of the visible share. The rest of the
 * resolution is integrated, see eotmc/select/response.h. */
#ifndef EOT_DETECTOR_ECAL_H
#define EOT_DETECTOR_ECAL_H

#include "eotmc/detector/volume.h"
#include "eotmc/math/random.h"

/** Streams of random numbers of a primary's detector (stage EOT_STAGE_DETECTOR). */
enum eot_detector_stream {
    EOT_DETECTOR_CALORIMETERS = 0, /* blocks by enum eot_calorimeter_draw */
    EOT_DETECTOR_TRACK_PLUS,       /* one block a plane */
    EOT_DETECTOR_TRACK_MINUS,
    EOT_DETECTOR_MISSING /* the missing energy of its histogram */
};
/** Blocks of the calorimeters' stream: one a module. */
enum eot_calorimeter_draw {
    EOT_DRAW_VETO = 0,
    EOT_DRAW_HCAL,
    EOT_DRAW_ECAL = EOT_DRAW_HCAL + EOT_N_HCAL,
    EOT_N_CALORIMETER_DRAW
};

/** A block of a primary's calorimeters. @param draw enum eot_calorimeter_draw (HCAL modules follow EOT_DRAW_HCAL). */
EOT_FN eot_u32x4 eot_calorimeter_block(u64 primary, u32 draw, u32 seed, u32 run) {
    eot_random random = eot_random_init(primary, EOT_STAGE_DETECTOR, EOT_DETECTOR_CALORIMETERS, seed, run);
    random.draw = draw;
    return eot_random_block(random);
}

/** Standard deviation [GeV] of the energy that the visible energy stands for, from sampling alone: f sqrt(E). */
EOT_FN real eot_ecal_sampling(real f, real energy) { return f * sqrt(fmax(energy, R(0.0))); }

/** Energy [GeV], not negative, that the visible energy of a deposit [GeV] stands for. @param f GeV^1/2, see
 * eot_response.ecal_sampling. */
EOT_FN real eot_ecal_seen(real deposit, real f, u64 primary, u32 seed, u32 run) {
    eot_u32x4 block = eot_calorimeter_block(primary, (u32)EOT_DRAW_ECAL, seed, run);
    return fmax(R(0.0), deposit + eot_ecal_sampling(f, deposit) * eot_normal(block.x, block.y).a);
}

#endif
