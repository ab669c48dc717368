/** @file importance_track.h
 * How likely a muon that leaves the ECAL crosses the spectrometer: a guess, by which vertices are preferred. */
#ifndef EOT_HOST_WORLD_IMPORTANCE_TRACK_H
#define EOT_HOST_WORLD_IMPORTANCE_TRACK_H

#include "world/world.h"

enum { EOT_IMPORTANCE_N_MUON = 96, EOT_IMPORTANCE_N_ANGLE = 48 };

/** Probability to cross the first and the last chamber, by charge and by the logarithms of kinetic energy and of 2
 * sin(angle/2), on a grid. */
struct eot_importance_track {
    double first_energy, step_energy, step_angle;
    double p[2][EOT_IMPORTANCE_N_MUON][EOT_IMPORTANCE_N_ANGLE]; /* of mu-, mu+ */
};

/** Fill it in: continuous loss and Gaussian scattering along the line from the ECAL's axis to the middle of the last
 * chamber, the kick of fields, the mean over the azimuth. Needs the tables of muons and the spectrometer, which has
 * chambers. @param E_max GeV. */
void eot_importance_track_make(const struct eot_config *config, const struct eot_setup *setup,
                               const struct eot_world *world, double E_max, struct eot_importance_track *track);

/** Its value. @param charge -1 or 1. @param E total energy [GeV]. @param versine 1 - cos of the angle to the beam. */
double eot_importance_track_at(const struct eot_importance_track *track, int charge, double E, double versine);

#endif
