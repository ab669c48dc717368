/** @file read_private.h
 * Parts of the reader of studies. */
#ifndef EOT_HOST_STUDY_READ_PRIVATE_H
#define EOT_HOST_STUDY_READ_PRIVATE_H

#include "config/tree.h"
#include "study/study.h"

/** A reader: the study, its document, and the set-up of the first run that all others must have. */
struct eot_study_reader {
    struct eot_study *study;
    struct eot_tree tree;
    char *folder; /* of the study's file: relative paths begin there */
    char *first;  /* the first run's folder; NULL: none yet */
    struct eot_tree setup;
    bool has_setup;
};

/** A number of a section. @param fallback where it is not given; NAN: it must be. @param low,high what is allowed. */
enum eot_status eot_study_number(struct eot_study_reader *r, const struct eot_node *section, const char *key,
                                 double fallback, double low, double high, double *value, struct eot_error *err);
/** A path in the study's file, relative to the folder of it; the caller frees it. */
enum eot_status eot_study_path(const struct eot_study_reader *r, const char *text, char **path, struct eot_error *err);

/** Signals of a run's folder or a scan's, or of a yield's file with an efficiency curve. */
enum eot_status eot_study_add_signals(struct eot_study_reader *r, const struct eot_node *item, struct eot_error *err);
/** A background of a run's folder. */
enum eot_status eot_study_add_run(struct eot_study_reader *r, const struct eot_node *item, const char *folder,
                                  struct eot_study_background *background, struct eot_error *err);

#endif
