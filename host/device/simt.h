/** @file simt.h
 * The host backend with the work items of a kernel in lockstep, 32 at a time, as a GPU runs a warp: how many of the
 * particle steps that are issued do work. */
#ifndef EOT_HOST_DEVICE_SIMT_H
#define EOT_HOST_DEVICE_SIMT_H

#include <stdint.h>

#include "device/backend.h"

#define EOT_SIMT_WIDTH 32
#define EOT_SIMT_MAX_DEPTH 64

/** Sums over all launches since the report was zeroed. */
struct eot_simt_report {
    struct {
        uint64_t active, issued; /* lane-steps: those in which a particle moved, and all */
    } use[EOT_N_KERNEL];         /* cascade, replay, muon, muon_beam; 0 for kernels without particle steps */
    /* of the hot kernel: */
    uint64_t steady_active, steady_issued; /* while primaries were left to take for the warp */
    uint64_t warp_steps;                   /* with an active lane */
    uint64_t mixed_record;   /* of them: some, not all, of the active lanes write the record of a vertex, the one
                                data-dependent branch of the text */
    uint64_t mixed_daughter; /* ... push, pop or take a new primary, which is a choice between values, not a branch */
    uint64_t depth[EOT_SIMT_MAX_DEPTH]; /* active lane-steps that begin with so many particles on the stack */
};

/** @param report borrowed, and added to by each launch. @return EOT_OK or EOT_E_MEMORY. */
enum eot_status eot_simt_backend_open(struct eot_simt_report *report, struct eot_backend **backend,
                                      struct eot_error *err);

#endif
