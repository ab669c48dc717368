/** @file end.h
 * The end of a muon: too slow to go on, no progress, or not a number. */
#ifndef EOT_TRANSPORT_MUON_END_H
#define EOT_TRANSPORT_MUON_END_H

#include "eotmc/transport/muon/decay.h"
#include "eotmc/transport/muon/medium.h"

/** A muon that is below tables->stop_kinetic, neither decayed nor stuck, stops: its last energy is deposited where it
 * is, and it decays or is captured if tables->decay_at_rest says so. @param out the step so far. @param region that it
 * was in. Draws up to two blocks. */
EOT_FN eot_muon_step eot_muon_stopped(eot_muon_step out, EOT_GLOBAL const f32 *table,
                                      EOT_GLOBAL const eot_muon_tables *tables, EOT_GLOBAL const eot_region *region) {
    real last = out.muon.kinetic_energy;
    i32 has_ended = out.muon.fate == EOT_MUON_DECAYED || out.muon.fate == EOT_MUON_STUCK;
    if (has_ended || !(last <= (real)tables->stop_kinetic)) return out;
    out.muon.fate = EOT_MUON_STOPPED;
    out.muon.kinetic_energy = R(0.0);
    out.ionisation += last;
    out.visible += last * eot_muon_active_share(region);
    if (tables->decay_at_rest == 0) return out;
    return eot_muon_decay_at_rest(out, out.muon.charge < 0 ? eot_muon_capture_rate(table, tables, region) : R(0.0));
}

/** Count a step without progress; after EOT_MUON_MAX_STALL of them the muon is stuck. @param has_progress path or
 * event. */
EOT_FN eot_muon eot_muon_stalled(eot_muon muon, i32 has_progress) {
    muon.n_stall = has_progress != 0 ? 0 : muon.n_stall + 1;
    if (muon.n_stall > EOT_MUON_MAX_STALL) muon.fate = EOT_MUON_STUCK;
    return muon;
}

/** Whether energy, path, position and direction are numbers, energy and path not negative. */
EOT_FN i32 eot_muon_is_sound(eot_muon muon, real path) {
    real anything = (real)(muon.position.x + muon.position.y + muon.position.z) + muon.direction.x + muon.direction.y +
                    muon.direction.z;
    return muon.kinetic_energy >= R(0.0) && path >= R(0.0) && anything == anything;
}

#endif
