/** @file file_states.h
 * Events of beam.file as states from which the engine goes on: those of a plane made to fit the set-up, those of
 * particles begun. To be included where EOT_REAL_DOUBLE is not defined. */
#ifndef EOT_HOST_JOB_FILE_STATES_H
#define EOT_HOST_JOB_FILE_STATES_H

#include "exchange/source.h"
#include "world/world.h"

/** Whether a state of a file has only numbers that a run can have left. */
bool eot_state_is_sound(const struct eot_plane_state *state);

/** States in the grid of this set-up: the region of a muon's voxel is looked up, and so is the voxel where the set-up
 * is another than that of the file and it does not hold the muon. (Displacements by scattering let muons be a little
 * beside the voxel that they are followed in.) @param placed the states, the caller's to free; where `state` is
 * *placed, in place. @return EOT_E_MEMORY. */
enum eot_status eot_states_place(const struct eot_world *world, const struct eot_plane_state *state, size_t n,
                                 struct eot_plane_state **placed, struct eot_error *err);

/** The events of a file of particles that belong to the primaries [first, first + n): event i of N to primary
 * sampling.first + i eot/N. Electrons, positrons and photons leave their energy as showers where they begin. What is
 * missing to the energy of the incoming particle is the scalar's in the ledger.
 * @param states the caller's to free. @return EOT_E_MEMORY. */
enum eot_status eot_states_begin(const struct eot_config *config, const struct eot_world *world,
                                 const struct eot_source *source, uint64_t first, uint32_t n,
                                 struct eot_plane_state **states, size_t *n_state, struct eot_error *err);

/** Muons of a file of particles that are one too many of their charge in their event. */
size_t eot_source_third_muons(const struct eot_source *source);

#endif
