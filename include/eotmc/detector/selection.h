/** @file selection.h
 * The numbers of a selection as the kernels see them; the members are the rows of selection.def, base units, and which
 * detectors the set-up does not have. */
#ifndef EOT_DETECTOR_SELECTION_H
#define EOT_DETECTOR_SELECTION_H

#include "eotmc/base/portable.h"

typedef struct {
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) f32 key##_low, key##_high;
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) f32 key;
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) i32 key;
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    i32 absent; /* bits 1 << enum eot_role: cuts that need one of these are not applied */
} eot_selection;

#endif
