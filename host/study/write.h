/** @file write.h
 * What a study writes: limit.json, plane.csv, lines.csv, pictures of the plane, and the same in the formats of the
 * field's tools. */
#ifndef EOT_HOST_STUDY_WRITE_H
#define EOT_HOST_STUDY_WRITE_H

#include "study/plane.h"

/** limit.json (schema eotmc-limit/1), plane.csv, lines.csv. */
enum eot_status eot_study_write_tables(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                       struct eot_error *err);
/** plane.png, plane.svg, plane.pdf by gnuplot. */
enum eot_status eot_study_write_figure(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                       struct eot_error *err);
/** pyhf/workspace.json and pyhf/patchset.json (schemas 1.0.0): a patch for each simulated mass, in which mu = 1 is the
 * coupling of the patch's second value. */
enum eot_status eot_study_write_pyhf(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                     struct eot_error *err);
/** hs3.json: the same model by the HEP Statistics Serialization Standard (version 0.2). */
enum eot_status eot_study_write_hs3(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                    struct eot_error *err);
/** hepdata/submission.yaml with tables of limits, efficiency and cut flows. */
enum eot_status eot_study_write_hepdata(const struct eot_study *study, const struct eot_plane *plane,
                                        const char *folder, struct eot_error *err);

/** The model of one simulated mass, in which mu = 1 is the coupling `h`. */
enum eot_status eot_study_spec_at(const struct eot_study *study, const struct eot_study_signal *signal, double h,
                                  struct eot_spec *spec, struct eot_error *err);
/** A coupling near the median limit of a simulated mass, with two digits. */
double eot_study_reference(const struct eot_plane *plane, const struct eot_study_signal *signal);

/** Names of the methods by their place. */
extern const char *const eot_study_method_name[4];

#endif
