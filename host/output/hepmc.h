/** @file hepmc.h
 * The recorded vertices as HepMC3 ASCII (Asciiv3), so that a full simulation can take them from there.
 *
 * One event, one vertex: incoming lepton or photon and nucleus (status 4), outgoing particles (status 1), every one on
 * its mass shell, four-momentum conserved to rounding. GeV and mm; the vertex's fourth coordinate is c t [mm] from when
 * the primary enters the ECAL. PDG codes: phi is 54, one of those reserved for mediators of dark matter; nuclei
 * 1000000000 + 10000 Z + 10 A with A the nearest whole number (their mass is that of the element's A), hydrogen 2212. e
 * N -> mu N phi: muon, phi, nucleus as sampled. gamma -> mu+ mu-: the nucleus takes the momentum that photon and muons
 * lack. Weight: per EOT, so that the weights of a file sum to the rate of what was recorded (all vertices with
 * scoring.record_fraction: 1; the selected ones and a fair sample of the others with less; the selected ones with 0).
 * GenCrossSection: of the sample [pb], the same in all events: sum w / sum w/sigma over the recorded vertices, which
 * is the cross section averaged over the flux of parents and the nuclei that they meet; its error is statistical.
 * Attributes of the event: vertex_xsec_pb, sigma of this parent at this energy on this nucleus, and its error; primary
 * (the number for `eotmc replay`), cuts_passed, beam_energy_GeV. Of the run: eot_simulated, record_fraction, mphi_GeV,
 * h, config_sha256.
 *
 * Beams of hadrons: one event, one decay: the hadron (status 4) and what leaves its decay (status 1; photons for
 * neutral pions), made again from the primary's random numbers and the recorded hadron, in double precision. Weight:
 * per hadron. Attributes of the event: channel (row of hadron_channels.def), primary, cuts_passed, beam_energy_GeV. */
#ifndef EOT_HOST_OUTPUT_HEPMC_H
#define EOT_HOST_OUTPUT_HEPMC_H

#include "config/config.h"
#include "analysis/result.h"

/** Write folder/events.hepmc. @return EOT_E_IO, EOT_E_NUMERIC (a cross
 * section), EOT_E_MEMORY. */
enum eot_status eot_output_hepmc(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                 struct eot_error *err);
/** The same of the decays of a beam of hadrons, which eot_output_hepmc hands on. */
enum eot_status eot_output_hepmc_hadrons(const char *folder, const struct eot_config *config,
                                         const struct eot_result *result, struct eot_error *err);

#endif
