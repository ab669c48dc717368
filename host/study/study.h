/** @file study.h
 * A search from its parts: signals at several masses, backgrounds, electrons on target, errors; and the plane of
 * coupling and mass that it excludes. Read from a YAML file (docs/limits.md), in which folders are those of
 * `eotmc run` and `eotmc scan`. */
#ifndef EOT_HOST_STUDY_STUDY_H
#define EOT_HOST_STUDY_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include "limit/one_channel.h"
#include "limit/toys.h"

/** A number with its standard error. */
struct eot_measured {
    double value, error;
};

/** The bins of a study in measured missing energy and momentum of the muon. Cells are those that the file asks for, one
 * momentum after the other; bins are what is left where cells without enough background are joined (eot_study_join). A
 * study that only counts has one of each. */
struct eot_study_bins {
    size_t n_missing, n_momentum; /* 0: all values */
    double *missing, *momentum;   /* [n + 1] edges [GeV]; the last may be INFINITY */
    size_t n_cell, n;
    size_t *bin_of; /* [n_cell] */
};

/** How a sample is distributed over the bins. Before bins are joined the arrays are of cells. */
struct eot_study_shape {
    double *value, *error; /* in any unit; the error from Monte Carlo statistics, 0 where there is none */
    double total;          /* the same of all that is selected, in the bins or not */
};

/** What is left after each cut and those before it, per EOT. */
struct eot_study_cutflow {
    size_t n;
    struct eot_study_cut {
        char name[64];
        double per_eot, error;
    } * row;
};

/** The efficiency by the energy of the lepton that makes phi; n = 0: not known. */
struct eot_study_efficiency {
    size_t n;
    double *edge, *value, *error; /* [n + 1] GeV, [n], [n]; bins without leptons have the error 0 */
};

/** The signal at one mass. Rates are per electron on target at the coupling `h`, and scale with h^2. */
struct eot_study_signal {
    char *origin;                          /* folder, or file and row */
    double m_phi, h;                       /* GeV */
    struct eot_measured selected;          /* per EOT */
    struct eot_measured yield, efficiency; /* per EOT, fraction of it; the error of `selected` has their correlation */
    double tail;                           /* relative change of `selected` with the other tail model; 0: none known */
    double xsec;                           /* relative precision of the cross section */
    struct eot_study_shape shape;          /* values of NULL: only counted */
    struct eot_study_cutflow cutflow;
    struct eot_study_efficiency by_energy;
};

enum eot_study_background_kind { EOT_BACKGROUND_NUMBER, EOT_BACKGROUND_RUN };
struct eot_study_background {
    char *name, *origin;
    struct eot_measured per_eot;
    enum eot_channel_constraint constraint;
    bool is_counted;              /* its error is the Monte Carlo statistics of its shape */
    double upper_90;              /* per EOT: 90 % upper limit of one that is poorly determined; else 0 */
    double tail;                  /* per EOT, with the other tail model; NAN: none known */
    struct eot_study_shape shape; /* values of NULL: only counted */
    struct eot_study_cutflow cutflow;
};

/** A systematic error: the same shift of all samples that it is on. */
struct eot_study_systematic {
    char *name;
    size_t n_on;
    char **on;        /* names of samples; "signal" */
    double up, down;  /* factors at +1 and -1 standard deviation */
    bool is_gaussian; /* linear in the shift; else log-normal */
};

/** A band of couplings that would explain the deviation of the muon's g-2. */
struct eot_study_gm2 {
    char *name;
    double deviation, error;
};

/** A coupling that is quoted elsewhere. */
struct eot_study_mark {
    char *name;
    double m_phi, h;
};

struct eot_study {
    char *path, *name, *hepdata; /* hepdata: its record there; NULL: none yet */
    double eot, level, observed; /* observed NAN: nothing seen yet */
    struct eot_study_bins bins;
    double *seen; /* [bins.n] of `observed`; NULL: nothing seen yet */
    size_t n_family;
    double *family; /* further numbers of electrons on target */
    bool methods[4];
    size_t n_signal, n_background, n_systematic, n_gm2, n_mark;
    struct eot_study_signal *signal; /* by rising mass */
    struct eot_study_background *background;
    struct eot_study_systematic *systematic;
    struct eot_study_gm2 *gm2;
    struct eot_study_mark *mark;
    double relic_ratio, relic_coupling, relic_sigma_v; /* NAN ratio: no line */
    size_t n_warning;
    char **warning;
};

/** Read a study. @param text instead of the file at `path`, which then only names the place in messages; NULL: the
 * file. @param overrides "key=value". @return EOT_E_IO, EOT_E_CONFIG with the place, EOT_E_MEMORY. */
enum eot_status eot_study_read(const char *path, const char *text, const char *const *overrides, size_t n_override,
                               struct eot_study *study, struct eot_error *err);
void eot_study_free(struct eot_study *study);

/** Append a text to the study's warnings. */
enum eot_status eot_study_warn(struct eot_study *study, struct eot_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Whether a study uses the shapes of its samples. */
bool eot_study_is_binned(const struct eot_study *study);
/** Join cells: one where less than EOT_FEWEST_ENTRIES effective entries say what background is expected is joined with
 * the next lower one in missing energy, the lowest with the next higher; momenta all of whose cells together are such
 * are joined before, in the same way. Then all shapes and `seen` are of bins, and totals are those of the bins. */
enum eot_status eot_study_join(struct eot_study *study, struct eot_error *err);

/** The model of a study at one mass and number of electrons: one channel, where the parameter of interest "mu" is the
 * number of selected signal events. @param share [bins.n] the parts of the signal in each bin; NULL: one bin of all.
 * @param without_poor poorly determined backgrounds without that error. */
enum eot_status eot_study_spec(const struct eot_study *study, double eot, const double *share, bool without_poor,
                               struct eot_spec *spec, struct eot_error *err);
/** Backgrounds as one number with one error: what the exact method takes. */
struct eot_one_channel eot_study_channel(const struct eot_study *study, double eot);
/** Relative error of the signal's rate by the systematic errors that are on it. */
double eot_study_signal_error(const struct eot_study *study);

#endif
