/** @file atomic.h
 * Integer additions and maxima that many work items may make to one place; neither depends on their order. */
#ifndef EOT_TALLY_ATOMIC_H
#define EOT_TALLY_ATOMIC_H

#include "eotmc/base/portable.h"

EOT_FN void eot_atomic_add_i64(EOT_GLOBAL i64 *place, i64 amount) { EOT_ATOMIC_ADD_I64(place, amount); }
EOT_FN u32 eot_atomic_increment_u32(EOT_GLOBAL u32 *place) { return EOT_ATOMIC_INCREMENT_U32(place); }
EOT_FN void eot_atomic_min_u32(EOT_GLOBAL u32 *place, u32 value) { EOT_ATOMIC_MIN_U32(place, value); }
/** Raise a place of a tally, which is never negative and below 2^32, to `value` if that is larger. */
EOT_FN void eot_atomic_max_i64(EOT_GLOBAL i64 *place, u32 value) { EOT_ATOMIC_MAX_LOW(place, value); }

#endif
