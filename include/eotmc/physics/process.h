/** @file process.h
 * The rare processes that a shower may hold one of: their numbers, parents and families, from the rows of
 * processes.def. Tallies and transport share them; what the host knows of a process is in host/physics/process.h. */
#ifndef EOT_PHYSICS_PROCESS_H
#define EOT_PHYSICS_PROCESS_H

#include "eotmc/base/particle.h"
#include "eotmc/base/portable.h"

enum eot_rare_process {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) EOT_RARE_##id,
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
    EOT_N_RARE
};

/** What a process is to the analysis: a pair of muons, or one muon that the signal makes. */
enum eot_process_family { EOT_FAMILY_DIMUON = 0, EOT_FAMILY_SIGNAL, EOT_N_FAMILY };

/** Bits of the parents of a process. */
enum eot_parent {
    EOT_BY_ELECTRON = 1 << EOT_ELECTRON,
    EOT_BY_POSITRON = 1 << EOT_POSITRON,
    EOT_BY_PHOTON = 1 << EOT_PHOTON
};

/* The processes of a run are a build option of the kernels, bits 1 << enum eot_rare_process (-DEOT_RARE=2: the signal):
 * what other processes need is left out of them. Without it they have all, and so has the host. */
#ifdef EOT_RARE
#define EOT_HAS_PROCESS(process) ((EOT_RARE >> (process)&1) != 0)
#else
#define EOT_HAS_PROCESS(process) 1
#endif

/** Parents of the processes that kernels are built for: bits of enum eot_parent. */
enum {
    EOT_PARENTS_OF_ALL = 0
#define EOT_PROCESS(id, key, parents, family, fallback, doc) | (EOT_HAS_PROCESS(EOT_RARE_##id) ? (parents) : 0)
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
};

/** Parents of a process: bits of enum eot_parent; 0 for a number that is no process. */
EOT_FN i32 eot_rare_parents(i32 process) {
    switch (process) {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) \
    case EOT_RARE_##id: \
        return parents;
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
    }
    return 0;
}

/** Family of a process, enum eot_process_family; EOT_N_FAMILY for a number that is no process. */
EOT_FN i32 eot_rare_family(i32 process) {
    switch (process) {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) \
    case EOT_RARE_##id: \
        return EOT_FAMILY_##family;
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
    }
    return EOT_N_FAMILY;
}

/** Channels of the tallies: a process and whether its parent is a positron. */
#define EOT_N_RARE_CHANNEL (2 * EOT_N_RARE)
EOT_FN i32 eot_rare_channel(i32 process, i32 parent) { return 2 * process + (parent == EOT_POSITRON); }

#endif
