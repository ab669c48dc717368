/** @file plane_private.h
 * Parts of the plane. */
#ifndef EOT_HOST_STUDY_PLANE_PRIVATE_H
#define EOT_HOST_STUDY_PLANE_PRIVATE_H

#include <gsl/gsl_spline.h>

#include "study/plane.h"

/** Place of the methods among those of a study. */
enum { EOT_STUDY_ASYMPTOTIC = 0, EOT_STUDY_EXACT, EOT_STUDY_TOYS, EOT_STUDY_FC, EOT_N_STUDY_METHOD };

/** ln of the signal's rate at h = 1 against ln m, through simulated masses. */
struct eot_interpolation {
    gsl_spline *cubic, *steffen; /* NULL where there are too few masses: then a line */
    double *x, *y;
    size_t n;
};
/** Through all masses but `left_out` (none: n_signal). Release with eot_interpolation_free, also after an error. */
enum eot_status eot_interpolation_create(const struct eot_study *study, size_t left_out, struct eot_interpolation *in,
                                         struct eot_error *err);
void eot_interpolation_free(struct eot_interpolation *in);
/** ln rate at a mass [GeV], and the difference of the two splines. */
double eot_interpolation_at(const struct eot_interpolation *in, double m, double *error);

/** Simulated masses beside a mass, and how far it is from the first to the second in ln m: 0 to 1. */
struct eot_neighbours {
    size_t low, high;
    double part;
};
struct eot_neighbours eot_study_neighbours(const struct eot_study *study, double m);

/** Median asymptotic limit in events. @param share of the signal in bins; NULL: of the count. */
enum eot_status eot_study_median(const struct eot_study *study, const double *share, bool without_poor, double *limit,
                                 struct eot_error *err);
/** Relative change of the limit on h where the backgrounds change, each by its shift (is_tail: to the other model of
 * the calorimeter's tail); in quadrature. */
enum eot_status eot_study_background_source(struct eot_study *study, const double *share, bool is_tail, double *source,
                                            struct eot_error *err);
/** Warn of poorly determined backgrounds. @param share of a signal; NULL: of the count. @param shift out: relative
 * change of the median limit if they are at their upper limits.
 * @return EOT_E_CONFIG where that is more than 5 %, unless accepted. */
enum eot_status eot_study_check_poor(struct eot_study *study, const double *share, bool is_accepted, double *shift,
                                     struct eot_error *err);

/** The couplings of g-2 (eq. 3 of the proposal) and of the relic density (eq. 2) at the plane's masses. */
enum eot_status eot_plane_add_lines(const struct eot_study *study, struct eot_plane *plane, struct eot_error *err);

#endif
