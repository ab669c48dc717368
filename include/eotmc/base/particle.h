/** @file particle.h
 * Particles of the cascade. */
#ifndef EOT_BASE_PARTICLE_H
#define EOT_BASE_PARTICLE_H

enum eot_particle_type { EOT_ELECTRON = 0, EOT_POSITRON = 1, EOT_PHOTON = 2, EOT_N_PARTICLE };

#endif
