/** @file plane.h
 * The plane of mass and coupling: limits of all methods and numbers of electrons, between the masses that were
 * simulated too, with an error of each point; the band of g-2 and the relic line. */
#ifndef EOT_HOST_STUDY_PLANE_H
#define EOT_HOST_STUDY_PLANE_H

#include "study/study.h"

/** Sources of the uncertainty of a limit on h: relative, of one standard deviation. */
enum eot_plane_source {
#define EOT_SOURCE(symbol, name, meaning) EOT_SOURCE_##symbol,
#include "sources.def"
#undef EOT_SOURCE
    EOT_N_SOURCE
};
extern const char *const eot_plane_source_name[EOT_N_SOURCE], *const eot_plane_source_meaning[EOT_N_SOURCE];

/** One mass. */
struct eot_plane_point {
    double m_phi; /* GeV */
    double rate;  /* selected signal events per EOT at h = 1 */
    double source[EOT_N_SOURCE];
    bool is_simulated; /* else interpolated */
    double *share;     /* of a study with bins: the parts of the signal in them; else NULL */
    double gain;       /* of a study with bins: median limit of the count in units of that of the shape; else NAN */
};

/** Limits of a method for a number of electrons, in events. */
struct eot_plane_curve {
    int method; /* place among asymptotic, exact, toys, fc */
    double eot;
    bool is_count;               /* the same limits for all masses */
    struct eot_limit_answer *at; /* [n_point] */
    const char *note;            /* NULL: none */
};

struct eot_plane_line {
    char name[120], kind[16];    /* "gm2" or "relic" */
    double n_sigma;              /* of a band; 0 */
    double *low, *middle, *high; /* [n_point] h; NAN where there is none; a line has only the middle */
};

struct eot_plane {
    size_t n_point, n_curve, n_line;
    struct eot_plane_point *point; /* by rising mass */
    struct eot_plane_curve *curve;
    struct eot_plane_line *line;
    double poor_shift;     /* relative change of the median limit by backgrounds that are poorly determined */
    double worst_left_out; /* of ln h, at a simulated mass that the interpolation is made without */
};

struct eot_plane_options {
    const struct eot_toys_options *toys; /* NULL: the study has no toys */
    bool accept_poor;
};

/** Find all of it. @param study gets warnings. @return EOT_E_CONFIG where a poorly determined background moves the
 * median limit by more than 5 % (unless accepted). */
enum eot_status eot_plane_create(struct eot_study *study, const struct eot_plane_options *options,
                                 struct eot_plane *plane, struct eot_error *err);
void eot_plane_free(struct eot_plane *plane);

/** The coupling at which `events` are selected. */
double eot_plane_coupling(const struct eot_plane_point *point, double eot, double events);
/** Relative error of a limit on h: all sources that the method does not have as nuisances. */
double eot_plane_error(const struct eot_plane_point *point, int method);
/** The limits of a curve at the mass of the plane that is nearest. */
const struct eot_limit_answer *eot_plane_answer(const struct eot_plane *plane, const struct eot_plane_curve *curve,
                                                double m_phi);

#endif
