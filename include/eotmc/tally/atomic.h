/** @file atomic.h
 * Integer additions that many work items may make to one place; the sum does not depend on their order. */
#ifndef EOT_TALLY_ATOMIC_H
#define EOT_TALLY_ATOMIC_H

#include "eotmc/base/portable.h"

#if EOT_IS_DEVICE
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
EOT_FN void eot_atomic_add_i64(volatile EOT_GLOBAL i64 *place, i64 amount) { (void)atom_add(place, amount); }
EOT_FN u32 eot_atomic_increment_u32(volatile EOT_GLOBAL u32 *place) { return atomic_inc(place); }
EOT_FN void eot_atomic_min_u32(volatile EOT_GLOBAL u32 *place, u32 value) { (void)atomic_min(place, value); }
#else /* the host backend runs one work item after the other */
EOT_FN void eot_atomic_add_i64(i64 *place, i64 amount) { *place += amount; }
EOT_FN u32 eot_atomic_increment_u32(u32 *place) { return (*place)++; }
EOT_FN void eot_atomic_min_u32(u32 *place, u32 value) { *place = value < *place ? value : *place; }
#endif

#endif
