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

/** The signal at one mass. Rates are per electron on target at the coupling `h`, and scale with h^2. */
struct eot_study_signal {
    char *origin;                          /* folder, or file and row */
    double m_phi, h;                       /* GeV */
    struct eot_measured selected;          /* per EOT */
    struct eot_measured yield, efficiency; /* per EOT, fraction of it; the error of `selected` has their correlation */
    double tail;                           /* relative change of `selected` with the other tail model; 0: none known */
    double xsec;                           /* relative precision of the cross section */
};

enum eot_study_background_kind { EOT_BACKGROUND_NUMBER, EOT_BACKGROUND_RUN };
struct eot_study_background {
    char *name, *origin;
    struct eot_measured per_eot;
    enum eot_channel_constraint constraint;
    double upper_90; /* per EOT: 90 % upper limit of one that is poorly determined; else 0 */
    double tail;     /* per EOT, with the other tail model; NAN: none known */
    size_t n_cutflow;
    struct eot_study_cut {
        char name[64];
        double per_eot, error;
    } * cutflow;
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

struct eot_study {
    char *path, *name;
    double eot, level, observed; /* observed NAN: nothing seen yet */
    size_t n_family;
    double *family; /* further numbers of electrons on target */
    bool methods[4];
    size_t n_signal, n_background, n_systematic, n_gm2;
    struct eot_study_signal *signal; /* by rising mass */
    struct eot_study_background *background;
    struct eot_study_systematic *systematic;
    struct eot_study_gm2 *gm2;
    double relic_ratio, relic_coupling, relic_sigma_v; /* NAN ratio: no line */
    size_t n_warning;
    char **warning;
};

/** Read a study. @param overrides "key=value". @return EOT_E_IO, EOT_E_CONFIG with the place, EOT_E_MEMORY. */
enum eot_status eot_study_read(const char *path, const char *const *overrides, size_t n_override,
                               struct eot_study *study, struct eot_error *err);
void eot_study_free(struct eot_study *study);

/** Append a text to the study's warnings. */
enum eot_status eot_study_warn(struct eot_study *study, struct eot_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The model of a study at one mass and number of electrons: one channel, where the parameter of interest "mu" is the
 * number of selected signal events. @param poor 0: as they are; 1: poorly determined backgrounds without that error. */
enum eot_status eot_study_spec(const struct eot_study *study, double eot, bool without_poor, struct eot_spec *spec,
                               struct eot_error *err);
/** Backgrounds as one number with one error: what the exact method takes. */
struct eot_one_channel eot_study_channel(const struct eot_study *study, double eot);

#endif
