/** @file decay.h
 * The electron of a muon decay. */
#ifndef EOT_TRANSPORT_MUON_DECAY_H
#define EOT_TRANSPORT_MUON_DECAY_H

#include "eotmc/transport/muon/state.h"

/** Electron energy over its maximum (m/2) in a muon decay at rest, density 2 x^2 (3 - 2 x) = 2/3 [3 x^2] + 1/3 [12 x^2
 * (1 - x)]: the largest of three uniform numbers, or the second largest of four (Michel spectrum without electron mass
 * and polarisation; L. Michel, Proc. Phys. Soc. A 63 (1950) 514). */
EOT_FN real eot_muon_michel(eot_u32x4 b, u32 choose) {
    real u = eot_uniform(b.x), v = eot_uniform(b.y), w = eot_uniform(b.z), z = eot_uniform(b.w);
    real high = fmax(u, v), low = fmin(u, v);
    real high2 = fmax(w, z), low2 = fmin(w, z);
    real second = high > high2 ? fmax(low, high2) : fmax(low2, high);
    return choose < 2863311531u ? fmax(high, w) : second;
}

/** A decay in flight: unpolarised, its electron massless, isotropic in the muon's rest frame. The electron takes what
 * the boost gives it, the neutrinos the rest. @param out the step, whose muon ends here. @param turn 0 to 1: half of 1
 * + cosine of the electron's angle in the rest frame. @param choose bits of the Michel spectrum. Draws one block. */
EOT_FN eot_muon_step eot_muon_decay_in_flight(eot_muon_step out, real turn, u32 choose) {
    eot_u32x4 d = eot_random_block(out.random);
    out.random.draw += 1u;
    real after = out.muon.kinetic_energy, total = after + EOT_M_MUON;
    real at_rest = R(0.5) * EOT_M_MUON * eot_muon_michel(d, choose);
    real cosine = fma(R(2.0), turn, R(-1.0));
    out.electron = fmin(at_rest / EOT_M_MUON * fma(sqrt(eot_muon_momentum2(after)), cosine, total), total);
    out.rest = EOT_M_MUON;
    out.neutrino = total - out.electron;
    out.muon.kinetic_energy = R(0.0);
    out.muon.fate = EOT_MUON_DECAYED;
    return out;
}

/** A stopped muon: a mu- is captured or decays at the rates of its surroundings, a mu+ decays. A capture gives all the
 * rest energy to the neutrino and the nucleus (booked as `neutrino`). @param capture its rate [1/ns], 0 of a mu+. Draws
 * one block, and one more for a decay. */
EOT_FN eot_muon_step eot_muon_decay_at_rest(eot_muon_step out, real capture) {
    eot_u32x4 b = eot_random_block(out.random);
    out.random.draw += 1u;
    real free_rate = R(1.0) / EOT_MUON_LIFETIME;
    out.muon.time = fma(-eot_log(eot_uniform(b.x)), R(1.0) / (free_rate + capture), out.muon.time);
    out.rest = EOT_M_MUON;
    if (eot_uniform(b.y) * (free_rate + capture) < free_rate) {
        eot_u32x4 d = eot_random_block(out.random);
        out.random.draw += 1u;
        out.electron = R(0.5) * EOT_M_MUON * eot_muon_michel(d, b.z);
    }
    out.neutrino = EOT_M_MUON - out.electron;
    return out;
}

#endif
