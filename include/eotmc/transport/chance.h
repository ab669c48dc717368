/** @file chance.h
 * The chance of a muon to hit a chamber: a guess for roulette (roulette.h), made on the host and on devices. */
#ifndef EOT_TRANSPORT_CHANCE_H
#define EOT_TRANSPORT_CHANCE_H

#include "eotmc/transport/world.h"

/** The chance, roughly, that multiple scattering takes a muon through a chamber whose middle it is aimed at.
 * @param precision 1/(spread there)^2 [1/cm^2]. @param aim row of eot_aim_column. */
EOT_FN f32 eot_muon_chance_aimed(EOT_GLOBAL const f32 *aim, f32 precision) {
    f32 inverse_spread = 0.8f * sqrt(precision); /* sqrt(2/pi): the density in the middle times the width */
    return fmin(aim[EOT_AIM_HALF_X] * inverse_spread, 1.0f) * fmin(aim[EOT_AIM_HALF_Y] * inverse_spread, 1.0f);
}

#endif
