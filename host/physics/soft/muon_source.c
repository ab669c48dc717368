#include "physics/soft/muon_source.h"

#include <math.h>

#include "eotmc/physics/muon_ionisation.h"

double eot_soft_muon_density(const struct eot_muon_integrator *g, const struct eot_material *material, int process,
                             double T, double W) {
    if (process == EOT_SOFT_DELTA) return W * eot_muon_delta_spectrum(T, W, material->Z_over_A);
    double E = T + EOT_M_MUON;
    struct eot_muon_spectrum s = {
        .material = material, .integrator = g, .process = process == EOT_SOFT_BREMS ? 0 : 1, .E = E};
    return W < T ? W / E * eot_muon_radiative(&s, W / E) : 0.0;
}

int eot_soft_muon_secondaries(int process, double T, double W, struct eot_soft_particle at,
                              struct eot_soft_random *random, struct eot_soft_particle out[2]) {
    out[0] = out[1] = at;
    out[0].energy = W;
    out[0].type = process == EOT_SOFT_BREMS ? EOT_SOFT_PHOTON : EOT_SOFT_ELECTRON;
    if (process == EOT_SOFT_DELTA) { /* elastic scattering on an electron at rest */
        double cosine =
            W * (T + EOT_M_MUON + EOT_M_ELECTRON) / sqrt(T * (T + 2.0 * EOT_M_MUON) * W * (W + 2.0 * EOT_M_ELECTRON));
        eot_soft_turn(out[0].u, fmin(cosine, 1.0), random);
    }
    if (process != EOT_SOFT_MUON_PAIR) return 1;
    double kinetic = fmax(W - 2.0 * EOT_M_ELECTRON, 0.0), share = eot_soft_uniform(random); /* nearly flat */
    out[0].energy = share * kinetic;
    out[1].energy = kinetic - out[0].energy;
    out[1].type = EOT_SOFT_POSITRON;
    return 2;
}
