/** @file spectrometer.h
 * The spectrometer as the track fit sees it: chambers, the magnetic field between the first and the last of them, and
 * how much the matter between them scatters. */
#ifndef EOT_DETECTOR_SPECTROMETER_H
#define EOT_DETECTOR_SPECTROMETER_H

#include "eotmc/math/cholesky.h"

#define EOT_N_PLANE 8 /* chambers of the spectrometer at most */

/** The chambers behind the ECAL, in order along the beam; the fit's coordinates are relative to the middle of the first
 * one's front face. */
typedef struct {
    i32 n_plane;      /* 0: there is no spectrometer */
    i32 has_track;    /* whether it measures momenta (host/world/spectrometer.h) */
    i32 first_module; /* number of its first chamber among all trackers along the beam */
    i32 n_interval;
    u32 interval;                                            /* f32 table: see eot_interval_column */
    f32 origin_x, origin_y;                                  /* cm */
    f32 plane_z[EOT_N_PLANE], plane_resolution[EOT_N_PLANE]; /* cm: front faces, where hits are; of x and y */
    f32 scatter[EOT_CHOLESKY_PLACE]; /* GeV^2 cm^2, lower triangle: covariance of the chambers' coordinates by multiple
                                        scattering behind the first one, times (p beta)^2 */
} eot_spectrometer;
EOT_LAYOUT(eot_spectrometer, 28 + 8 * EOT_N_PLANE + 4 * EOT_CHOLESKY_PLACE);

/** The path from the first to the last chamber is cut where a field begins or ends and at chambers. Rows of the f32
 * table, one an interval, in order: */
enum eot_interval_column {
    EOT_INTERVAL_LENGTH = 0, /* cm along z */
    EOT_INTERVAL_PLANE,      /* number of the chamber at its end, -1: none */
    EOT_INTERVAL_LOSS,       /* GeV that a muon has lost on average since the first chamber, in its middle */
    EOT_INTERVAL_FIRST,      /* the fields that are there: number of rows of eot_field_column before them, */
    EOT_INTERVAL_FIELDS,     /* and how many they are */
    EOT_N_INTERVAL_COLUMN
};
/** Behind these, all fields of all intervals: homogeneous, each in a rectangle across the beam. */
enum eot_field_column {
    EOT_FIELD_LOW_X = 0, /* cm, relative to the origin */
    EOT_FIELD_HIGH_X,
    EOT_FIELD_LOW_Y,
    EOT_FIELD_HIGH_Y,
    EOT_FIELD_X, /* T */
    EOT_FIELD_Y,
    EOT_FIELD_Z,
    EOT_N_FIELD_COLUMN
};

#endif
