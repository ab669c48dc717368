/** @file calibrate_muons.h
 * Signals of single muons in the first HCAL module, in the single precision of a device: one source, compiled plain and
 * for CPUs with FMA. */
#ifndef EOT_HOST_WORLD_CALIBRATE_MUONS_H
#define EOT_HOST_WORLD_CALIBRATE_MUONS_H

#include "world/world.h"

/** A muon that enters the front of a module at (x, y) along z. */
struct eot_calibration_muon {
    double x, y, z_front, z_rear; /* cm */
    float kinetic;                /* GeV */
    float shower_visible;         /* of the module */
};

/** Energy in the active layers of HCAL module 0 from n muons [GeV]; muon i takes the random stream i. */
typedef void eot_calibration_follow(const struct eot_world *world, const struct eot_calibration_muon *muon, int n,
                                    double *signal);
extern eot_calibration_follow eot_calibration_follow_plain;
extern eot_calibration_follow eot_calibration_follow_fma; /* x86-64 only; the same bits, faster */

#endif
