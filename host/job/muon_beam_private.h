/** @file muon_beam_private.h
 * What the muon-beam job, its estimates and its replay share. */
#ifndef EOT_HOST_JOB_MUON_BEAM_PRIVATE_H
#define EOT_HOST_JOB_MUON_BEAM_PRIVATE_H

#include "engine/beam_planes.h"
#include "eotmc/transport/state.h"
#include "job/job.h"
#include "sums/quantiles.h"

/** Sections of the sums of a muon beam, in the order of its layout. */
enum eot_exit_section {
    EOT_EXIT_S_COUNTER = 0, /* [EOT_N_EXIT_COUNTER], and muons that pass */
    EOT_EXIT_S_MOMENT,      /* [energy lost, its square] of muons that pass, GeV */
    EOT_EXIT_S_LOSS,        /* counts by energy lost, by absolute projected angle, by absolute projected displacement */
    EOT_EXIT_S_ANGLE,
    EOT_EXIT_S_DISPLACEMENT,
    EOT_N_EXIT_SECTION
};
#define EOT_EXIT_C_PASSED EOT_N_EXIT_COUNTER
#define EOT_N_EXIT_COUNT (EOT_N_EXIT_COUNTER + 1)

/** Axes of the last three: GeV, mrad, cm. */
extern const struct eot_quantile_axis eot_muon_axis[EOT_N_EXIT_SECTION];

/** Beam, scored face and grid of a configuration. @param plane z of the face [cm]. */
void eot_muon_beam_setup(const struct eot_config *config, const struct eot_world *world,
                         eot_muon_beam_parameters *parameters, double *plane, eot_grid *scored);

/** z of the scored face [cm]. */
double eot_muon_beam_plane(const struct eot_config *config);

enum eot_status eot_muon_beam_estimate(const struct eot_config *config, const struct eot_world *world,
                                       const struct eot_run *run, struct eot_result *result, struct eot_error *err);

#endif
