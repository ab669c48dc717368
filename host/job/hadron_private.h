/** @file hadron_private.h
 * The sums of the hadron job, shared with its estimates. */
#ifndef EOT_HOST_JOB_HADRON_PRIVATE_H
#define EOT_HOST_JOB_HADRON_PRIVATE_H

#include "eotmc/select/hadron_score.h"
#include "analysis/statistics.h"
#include "engine/beam_planes.h"
#include "job/job.h"

/** Sections, in the order of the job's layout. */
enum eot_hadron_section {
    EOT_HADRON_COUNTERS = 0, /* [EOT_N_HADRON_COUNTER] */
    EOT_HADRON_WEIGHTS,      /* [EOT_N_HADRON_CELL][w, w^2] */
    EOT_HADRON_PASSED,       /* [selection][cell][EOT_N_HADRON_QUANTITY][w x, w^2 x, w^2 x^2] */
    EOT_HADRON_EXPECTED,     /* [selection][EOT_N_HADRON_QUANTITY] sum of x: numbers of events */
    EOT_HADRON_HISTOGRAMS,   /* [EOT_N_HADRON_HISTOGRAM][underflow, bins, overflow][w, w^2] */
    EOT_HADRON_LARGEST,      /* [1] bits of the largest weight, as a 32-bit float */
    EOT_HADRON_SELECTED      /* [EOT_N_MAP] of the default selection */
};

/** A group of channels at a place. */
#define EOT_N_HADRON_CELL (EOT_N_HADRON_GROUP * EOT_N_HADRON_PLACE)

/** What is asked of a decay: exactly one charged particle through all chambers, each cut with those before it, all cuts
 * and the missing energy by each tail. */
enum eot_hadron_quantity {
    EOT_HQ_TRACK = 0,
    EOT_HQ_CUT,
    EOT_HQ_PASS = EOT_HQ_CUT + EOT_N_CUT,
    EOT_N_HADRON_QUANTITY = EOT_HQ_PASS + EOT_N_TAIL
};

#define EOT_N_HADRON_HISTOGRAM 7
#define EOT_HADRON_BINS 110
struct eot_hadron_axis {
    int column; /* enum eot_hadron_column */
    const char *name, *unit, *title, *label;
    enum { EOT_HADRON_AXIS_ENERGY, EOT_HADRON_AXIS_KINK, EOT_HADRON_AXIS_MISSING, EOT_HADRON_AXIS_Z } kind;
    enum {
        EOT_HADRON_OF_ALL,
        EOT_HADRON_OF_MUONS,
        EOT_HADRON_OF_NEUTRINOS,
        EOT_HADRON_OF_TRACKS,
        EOT_HADRON_OF_SELECTED /* with the probability to pass */
    } of;
};
extern const struct eot_hadron_axis eot_hadron_axis[EOT_N_HADRON_HISTOGRAM];
/** Lower edge of the first bin and width of all. Energies: a hundredth of the beam's, from 0; the missing energy a
 * fiftieth, from -2/5 of it; kinks a hundredth of the largest one of X -> mu nu; z the region of decays. */
void eot_hadron_bins(const struct eot_hadron_axis *axis, const struct eot_config *config, const struct eot_world *world,
                     double *low, double *width);

/** hadron.decay_probability, .track.per_decay, .survival.per_decay, .survival.per_hadron, in all, by groups of channels
 * and by places; background.hadron.*; cut flow, histograms, energy balance. */
enum eot_status eot_hadron_estimate(const struct eot_config *config, const struct eot_world *world,
                                    const struct eot_run *run, struct eot_result *result, struct eot_error *err);
/** background.hadron.per_eot: the run's part of the background per electron of the beam, survival per hadron times
 * pions per electron, kaons per pion in a run of kaons, and the SRD's rejection; its error is that of a product of
 * log-normal numbers and the survival's statistics. background.hadron.error.*: the relative error of each factor,
 * tagging.*: their values, which the runs of pions and kaons have in common; srd.*: the radiation of electrons of the
 * beam's energy and their efficiency in the SRD. @param survival per hadron. @return EOT_E_MEMORY, EOT_E_INTERNAL. */
enum eot_status eot_hadron_background(const struct eot_config *config, struct eot_mean survival,
                                      struct eot_result *result, struct eot_error *err);

#endif
