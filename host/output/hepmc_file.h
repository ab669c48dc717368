/** @file hepmc_file.h
 * events.hepmc as a file: its head and its end, and that it is there as a whole or not at all. What an event looks like
 * is the business of those who write events (output/hepmc.h). */
#ifndef EOT_HOST_OUTPUT_HEPMC_FILE_H
#define EOT_HOST_OUTPUT_HEPMC_FILE_H

#include <stdio.h>

#include "analysis/result.h"

struct eot_hepmc_file {
    const char *folder; /* borrowed */
    FILE *out;          /* for events; NULL: not open */
    double n_primary;   /* of the run */
};

/** Begin the file and write its head. @param weight the name of the weights. @param primaries the name of the attribute
 * with the number of primaries. @param fraction scoring.record_fraction. @param file end it with eot_hepmc_end, also
 * after an error. @return EOT_E_IO, EOT_E_MEMORY. */
enum eot_status eot_hepmc_begin(const char *folder, const struct eot_result *result, const char *weight,
                                const char *primaries, double fraction, struct eot_hepmc_file *file,
                                struct eot_error *err);
/** Write the end and give the file its name; or remove it. @param status of what was written so far.
 * @return status, or EOT_E_IO. */
enum eot_status eot_hepmc_end(struct eot_hepmc_file *file, enum eot_status status, struct eot_error *err);

#endif
