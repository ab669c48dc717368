/** @file yield.h
 * The yield of e N -> mu N phi from track lengths: per EOT sum_j Sigma(E_j) L_j over the nodes of an energy grid (Eq.
 * 29 of the paper), Sigma the macroscopic cross section of the calorimeter per radiation length, L_j the track length
 * of node j in radiation lengths. For all masses and batches at once it is the product of two matrices, [masses x
 * energies] and [energies x batches], made on the device. */
#ifndef EOT_HOST_ANALYSIS_YIELD_H
#define EOT_HOST_ANALYSIS_YIELD_H

#include "analysis/statistics.h"
#include "physics/em.h"
#include "physics/lfc/lfc.h"
#include "engine/run.h"

/** Weights of the nodes that restrict a fold to energies above E_min: 0 well below, 1 well above, and at the two nodes
 * around E_min such that constant and linear spectra are integrated exactly (they may be slightly negative). @param
 * weight n_energy values out. */
void eot_spectra_weights_above(const struct eot_track_spectra *spectra, double E_min, double *weight);

/** Yield of one mass, per EOT. */
struct eot_yield {
    double m_phi; /* GeV */
    struct eot_mean electron, positron, both;
    double rel_error; /* of the cross section: integration and interpolation */
};

/** Times of the parts [s]. */
struct eot_yield_times {
    double cross_sections, algebra_build, algebra;
};

/** What is folded: cross sections of n masses with the track lengths of a calorimeter. */
struct eot_yield_input {
    const struct eot_em_options *media; /* of the calorimeter */
    const struct eot_track_spectra *spectra;
    struct eot_lfc_reaction reaction; /* e2mu with its coupling; the masses below take the place of its m_phi */
    const double *m_phi;              /* n masses [GeV] */
    size_t n;
    double E_min; /* GeV; leptons below are left out */
};

/** Yields of n masses, by a product of matrices on the device. @param yield n out.
 * @return EOT_E_USAGE (a mass out of range, or above the threshold of the highest energy), EOT_E_CONFIG (too many
 * elements), EOT_E_NUMERIC, EOT_E_DEVICE, EOT_E_MEMORY. */
enum eot_status eot_yield_matrix(const struct eot_yield_input *input, struct eot_backend *backend,
                                 struct eot_yield *yield, struct eot_yield_times *times, struct eot_error *err);

/** The track length above E_min [X0 per EOT]. @param type EOT_ELECTRON or EOT_POSITRON. */
enum eot_status eot_spectra_track_length(const struct eot_track_spectra *spectra, int type, double E_min,
                                         struct eot_mean *mean, struct eot_error *err);

#endif
