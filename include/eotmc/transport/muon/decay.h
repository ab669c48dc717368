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

/** What a decay or a capture sets free, in all the kinetic energy and the rest energy of the muon. */
typedef struct {
    real electron; /* GeV, total energy of the electron, taken as massless */
    real neutrino; /* GeV, the rest: of the neutrinos, and of the nucleus after a capture */
} eot_muon_decay;

/** A decay in flight: unpolarised, isotropic in the muon's rest frame, the electron boosted from there. @param kinetic
 * of the muon [GeV]. @param turn 0 to 1: half of 1 + cosine of the electron's angle in the rest frame. @param bits,
 * choose of the Michel spectrum. */
EOT_FN eot_muon_decay eot_muon_decay_in_flight(real kinetic, real turn, eot_u32x4 bits, u32 choose) {
    real total = kinetic + EOT_M_MUON, momentum = sqrt(eot_muon_momentum2(kinetic));
    real at_rest = R(0.5) * EOT_M_MUON * eot_muon_michel(bits, choose);
    real cosine = fma(R(2.0), turn, R(-1.0));
    eot_muon_decay d;
    d.electron = fmin(at_rest / EOT_M_MUON * fma(momentum, cosine, total), total);
    d.neutrino = total - d.electron;
    return d;
}

/** A decay at rest. Arguments as above. */
EOT_FN eot_muon_decay eot_muon_decay_at_rest(eot_u32x4 bits, u32 choose) {
    eot_muon_decay d;
    d.electron = R(0.5) * EOT_M_MUON * eot_muon_michel(bits, choose);
    d.neutrino = EOT_M_MUON - d.electron;
    return d;
}

#endif
