/** @file yield.h
 * The yield of a rare process of electrons and positrons from track lengths: per EOT sum_j Sigma(E_j) L_j over the nodes of an energy grid (Eq. 29 of the paper), Sigma the
 * macroscopic cross section of the calorimeter per radiation length, L_j the track length of node j in radiation lengths. */
#ifndef EOT_HOST_ANALYSIS_YIELD_H
#define EOT_HOST_ANALYSIS_YIELD_H

#include "run/run.h"

/** Weights of the nodes that restrict a fold to energies above E_min: 0 well below, 1 well above, and at the two nodes around E_min such that constant and linear spectra
 * are integrated exactly (they may be slightly negative). @param weight n_energy values out. */
void eot_spectra_weights_above(const struct eot_track_spectra *spectra, double E_min, double *weight);

#endif
