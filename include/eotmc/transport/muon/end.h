/** @file end.h
 * The end of a muon: too slow to go on, or not a number. */
#ifndef EOT_TRANSPORT_MUON_END_H
#define EOT_TRANSPORT_MUON_END_H

#include "eotmc/transport/muon/decay.h"
#include "eotmc/transport/muon/medium.h"

/** Whether a muon is below tables->stop_kinetic, neither decayed nor stuck: it stops where it is. */
EOT_FN i32 eot_muon_is_stopped(eot_muon muon, EOT_GLOBAL const eot_muon_tables *tables) {
    return muon.fate != EOT_MUON_DECAYED && muon.fate != EOT_MUON_STUCK &&
           muon.kinetic_energy <= (f64)tables->stop_kinetic;
}

/** The end of a muon at rest: a decay, or a capture, which gives all the rest energy to the neutrino and the nucleus.
 */
typedef struct {
    real time;         /* ns */
    eot_muon_decay to; /* where the rest energy goes; all of a capture is in `neutrino` */
    u32 n_draw;        /* random blocks used */
} eot_muon_rest;

/** A mu- is captured or decays, at the rates of its surroundings; a mu+ decays. @param time of the stop [ns]. @param
 * capture its rate [1/ns], 0 of a mu+. @param random cursor: one block, and one more for a decay. */
EOT_FN eot_muon_rest eot_muon_rest_sample(real time, real capture, eot_random random) {
    eot_u32x4 bits = eot_random_block(random);
    real free_rate = R(1.0) / EOT_MUON_LIFETIME;
    eot_muon_rest r;
    r.time = fma(-eot_log(eot_uniform(bits.x)), R(1.0) / (free_rate + capture), time);
    r.to.electron = R(0.0);
    r.to.neutrino = EOT_M_MUON;
    r.n_draw = 1u;
    if (eot_uniform(bits.y) * (free_rate + capture) < free_rate) {
        random.draw += 1u;
        r.to = eot_muon_decay_at_rest(eot_random_block(random), bits.z);
        r.n_draw = 2u;
    }
    return r;
}

/** Whether energy, path, position and direction are numbers, energy and path not negative. */
EOT_FN i32 eot_muon_is_sound(eot_muon muon, real path) {
    real anything = (real)(muon.position.x + muon.position.y + muon.position.z) + muon.direction.x + muon.direction.y +
                    muon.direction.z;
    return muon.kinetic_energy >= D(0.0) && path >= R(0.0) && anything == anything;
}

#endif
