/** @file importance_muons.h
 * What the set-up sees of single muons of many energies, by the steps of a device: from them the chance of an event is
 * guessed. One source, compiled plain and for CPUs with FMA. */
#ifndef EOT_HOST_WORLD_IMPORTANCE_MUONS_H
#define EOT_HOST_WORLD_IMPORTANCE_MUONS_H

#include "world/world.h"

enum { EOT_TRIAL_N_ENERGY = 40, EOT_TRIAL_N_MUON = 128 };

/** What is seen of a muon [GeV]. */
struct eot_trial_muon {
    float veto, hcal[EOT_N_HCAL];
    float E_exit; /* total energy behind the last HCAL module; 0: it does not get there */
};

/** Muons of kinetic energies that are uniform in their logarithm. */
struct eot_trial {
    double first, step; /* ln GeV */
    struct eot_trial_muon muon[EOT_TRIAL_N_ENERGY][EOT_TRIAL_N_MUON];
};

/** Where they start: in the first radiation lengths of the ECAL. */
struct eot_trial_start {
    double x, y, z, length; /* cm */
};

/** Follow them all. They start at the beam's axis, evenly over start->length, at angles as those of muon pairs,
 * theta = (m/E) sqrt(1/t - 1) with t uniform. @param trial first and step given, the rest out. */
typedef void eot_trial_follow(const struct eot_world *world, const struct eot_trial_start *start,
                              struct eot_trial *trial);
extern eot_trial_follow eot_trial_follow_plain;
extern eot_trial_follow eot_trial_follow_fma; /* x86-64 only; the same bits, faster */

/** Probability of the exponential tail to be above the missing energy of a selection.
 * @param ecal GeV, seen. @param missing GeV, mean of what is measured. */
double eot_trial_missing(const struct eot_world *world, const eot_selection *selection, double ecal, double missing);

#endif
