/** @file file_primaries.h
 * beam.file as the beam (beam.file_as: primaries): the particles of MCPL and HepMC3 files instead of sampled primaries,
 * for showers, muon beams and beams of hadrons. */
#ifndef EOT_HOST_JOB_FILE_PRIMARIES_H
#define EOT_HOST_JOB_FILE_PRIMARIES_H

#include "exchange/source.h"
#include "job/job.h"

/** Add the file's particles to a world that a job has made, if the configuration has a file as its beam: those that the
 * beam is of, of showers together with those of the same primary, of others one by one. What is not taken is counted.
 * @return EOT_E_CONFIG (no such file, damaged, nothing in it, above the tables' energies, in another plane),
 * EOT_E_MEMORY.
 */
enum eot_status eot_world_take_file(const struct eot_config *config, struct eot_world *world, struct eot_error *err);

/** Before the first batch: warnings of what the file has that is not followed, and of events that are used again. */
enum eot_status eot_job_prepare_file(const struct eot_job_context *context, struct eot_sums *sums,
                                     struct eot_error *err);
/** The part of these that files of events have, too. */
enum eot_status eot_job_tell_left_out(const struct eot_job_context *context, struct eot_error *err);

#endif
