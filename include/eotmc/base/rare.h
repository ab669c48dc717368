/** @file rare.h
 * Names that tallies and transport share: particles of the cascade, and the rare processes that a shower may hold one
 * of, with who their parents are. To add a process: a line here, its rate in host/physics/em.c (rare_rate), its switch
 * in host/world/world.c (eot_world_rare_switches and ..._threshold), what leaves it in eotmc/transport/vertex.h, its
 * estimates in host/analysis/estimate.c (add_channel). */
#ifndef EOT_BASE_RARE_H
#define EOT_BASE_RARE_H

#include "eotmc/base/portable.h"

enum eot_particle_type { EOT_ELECTRON = 0, EOT_POSITRON = 1, EOT_PHOTON = 2 };

enum eot_rare_process {
    EOT_RARE_DIMUON_GAMMA = 0,    /* gamma N -> mu+ mu- N */
    EOT_RARE_LFC,                 /* e- N -> mu- N phi, e+ N -> mu+ N phi */
    EOT_RARE_DIMUON_TRIDENT,      /* e N -> e N mu+ mu- */
    EOT_RARE_DIMUON_ANNIHILATION, /* e+ e- -> mu+ mu- on atomic electrons */
    EOT_N_RARE
};

/** Parents of a process: bits 1 << enum eot_particle_type. */
EOT_FN i32 eot_rare_parents(i32 process) {
    return process == EOT_RARE_DIMUON_GAMMA          ? 1 << EOT_PHOTON
           : process == EOT_RARE_DIMUON_ANNIHILATION ? 1 << EOT_POSITRON
                                                     : 1 << EOT_ELECTRON | 1 << EOT_POSITRON;
}

/** Channels of the tallies: a process and whether its parent is a positron. */
#define EOT_N_RARE_CHANNEL (2 * EOT_N_RARE)
EOT_FN i32 eot_rare_channel(i32 process, i32 parent) { return 2 * process + (parent == EOT_POSITRON); }

#endif
