/** @file read_private.h
 * Parts of the reader of studies. */
#ifndef EOT_HOST_STUDY_READ_PRIVATE_H
#define EOT_HOST_STUDY_READ_PRIVATE_H

#include "analysis/result.h"
#include "config/tree.h"
#include "study/study.h"

/** A reader: the study, its document, and the set-up of the first run that all others must have. */
struct eot_study_reader {
    struct eot_study *study;
    struct eot_tree tree;
    char *first; /* the first run's folder; NULL: none yet */
    struct eot_tree setup;
    bool has_setup;
};

/** A number of a section. @param fallback where it is not given; NAN: it must be. @param low,high what is allowed. */
enum eot_status eot_study_number(struct eot_study_reader *r, const struct eot_node *section, const char *key,
                                 double fallback, double low, double high, double *value, struct eot_error *err);
/** Keys that nobody reads are errors. @param known separated by blanks. */
enum eot_status eot_study_keys(struct eot_study_reader *r, const struct eot_node *section, const char *known,
                               struct eot_error *err);
/** Signals of a run's folder or a scan's, or of a yield's file with an efficiency curve. */
enum eot_status eot_study_add_signals(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err);
/** A background of a run's folder. @param has_shape whether its shape is taken from elsewhere. */
enum eot_status eot_study_add_run(struct eot_study_reader *r, const char *folder, bool has_shape,
                                  struct eot_study_background *background, struct eot_error *err);
/** The shape of a background from another run's folder. */
enum eot_status eot_study_add_shape(struct eot_study_reader *r, const char *folder,
                                    struct eot_study_background *background, struct eot_error *err);

/** The bins that are asked for: edges of missing energy and of momentum. */
enum { EOT_STUDY_MAX_EDGE = 26, EOT_STUDY_MAX_CELL = 625 };
enum eot_status eot_study_read_bins(struct eot_study_reader *r, struct eot_error *err);
/** A shape of zeros. */
enum eot_status eot_study_shape_create(size_t n, struct eot_study_shape *shape, struct eot_error *err);
/** The shape of a run, by cells, from the map of its selected events. @param per_eot what the run says is selected. */
enum eot_status eot_study_shape_read(const struct eot_study *study, const struct eot_result *result, double per_eot,
                                     const char *folder, struct eot_study_shape *shape, struct eot_error *err);
void eot_study_shape_free(struct eot_study_shape *shape);
void eot_study_efficiency_free(struct eot_study_efficiency *efficiency);

#endif
