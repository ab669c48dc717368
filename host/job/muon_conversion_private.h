/** @file muon_conversion_private.h
 * The sums of the muon-conversion job, shared with its estimates. */
#ifndef EOT_HOST_JOB_MUON_CONVERSION_PRIVATE_H
#define EOT_HOST_JOB_MUON_CONVERSION_PRIVATE_H

#include "job/job.h"

/** Sections, in the order of the job's layout. Weights are in units of the run (eot_run.rare_unit). */
enum eot_conversion_section {
    EOT_CONVERSION_COUNTERS = 0, /* [EOT_N_CONVERSION_COUNTER] */
    EOT_CONVERSION_WEIGHTS,      /* [w, w^2, w^3, w^4] */
    EOT_CONVERSION_MEANS,        /* [EOT_N_CONVERSION_QUANTITY][w x, w^2 x, w^2 x^2] */
    EOT_CONVERSION_HISTOGRAMS,   /* [EOT_N_CONVERSION_HISTOGRAM][underflow, bins, overflow][w, w^2] */
    EOT_CONVERSION_LARGEST       /* [1] bits of the largest weight, as a 32-bit float */
};

/** Quantities x of a conversion that are averaged. */
enum eot_conversion_quantity {
    EOT_CQ_ELECTRON = 0, /* GeV */
    EOT_CQ_ECAL,         /* GeV */
    EOT_CQ_MISSING,      /* GeV */
    EOT_CQ_PASS,         /* probability to pass the cut on the missing energy */
    EOT_CQ_ABOVE_5,      /* 1 for electrons above 5 GeV */
    EOT_CQ_ABOVE_30,
    EOT_N_CONVERSION_QUANTITY
};

#define EOT_N_CONVERSION_HISTOGRAM 4
#define EOT_CONVERSION_BINS 80
struct eot_conversion_axis {
    int column; /* enum eot_conversion_column */
    const char *name, *unit, *title, *label;
    double bin_width; /* 0: the beam's energy over the number of bins */
};
extern const struct eot_conversion_axis eot_conversion_axis[EOT_N_CONVERSION_HISTOGRAM];
double eot_conversion_bin_width(const struct eot_conversion_axis *axis, const struct eot_config *config);

/** signal.per_mot, signal.per_mot_above_{5,30}GeV (energy of the electron), means of the electron's, the ECAL's and the
 * missing energy, efficiency.missing_energy, histograms. Errors are those of weighted means over muons. */
enum eot_status eot_muon_conversion_estimate(const struct eot_config *config, const struct eot_world *world,
                                             const struct eot_run *run, struct eot_result *result,
                                             struct eot_error *err);

#endif
