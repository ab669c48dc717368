/** @file process_rate.h
 * Rates of the rare processes between the nodes of the cascade. */
#ifndef EOT_PHYSICS_PROCESS_RATE_H
#define EOT_PHYSICS_PROCESS_RATE_H

#include "eotmc/math/elementary.h"
#include "eotmc/physics/em_tables.h"

/** Rate of a process [1/cm, in units of the run] in a medium of the cascade: linear between the cascade's nodes, so
 * that the processes of a parent sum to its column eot_em_rare_column(type). @param E GeV, of the parent. */
EOT_FN f32 eot_rare_rate(EOT_GLOBAL const f32 *table, eot_em_tables t, i32 process, i32 medium, f32 E) {
    f32 place = fmin(fmax(((f32)eot_log((real)fmax(E, t.cut)) - t.log_cut) * t.inverse_log_step, 0.0f),
                     (f32)t.n_energy - 1.001f);
    i32 i = (i32)place;
    u32 node = t.rare + (u32)((medium * t.n_energy + i) * EOT_N_RARE + process);
    f32 low = table[node];
    return fma(place - (f32)i, table[node + EOT_N_RARE] - low, low);
}

#endif
