/** @file deposit.h
 * Where energy is left: the volumes along the beam ("slabs"), the event's ledger and cells, and a profile in depth. */
#ifndef EOT_TRANSPORT_DEPOSIT_H
#define EOT_TRANSPORT_DEPOSIT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/accumulator.h"

/** Index of the slab that holds z, -1 in front of all, n_slab behind all. */
EOT_FN i32 eot_slab_at(EOT_GLOBAL const eot_slab *slab, i32 n_slab, f32 z) {
    i32 i = -1;
    while (i + 1 < n_slab && z >= slab[i + 1].z0) i++;
    return i >= 0 && z >= slab[n_slab - 1].z1 ? n_slab : i;
}

/** A place along the beam: slab (-1 in front of all, n_slab behind all) and z [cm]. */
typedef struct {
    i32 slab;
    f32 z;
} eot_slab_place;

/** Where a path [X0] along the beam ends. @param from where it starts: in a slab. */
EOT_FN eot_slab_place eot_slab_forward(EOT_GLOBAL const eot_slab *slab, i32 n_slab, eot_slab_place from, f32 path) {
    while (from.slab < n_slab) {
        f32 available = (slab[from.slab].z1 - from.z) * slab[from.slab].inverse_X0;
        if (path < available) {
            from.z += path / slab[from.slab].inverse_X0;
            break;
        }
        path -= available;
        from.z = slab[from.slab].z1;
        from.slab++;
    }
    return from;
}

/** The same against the beam. A path that passes all slabs ends at -1. */
EOT_FN eot_slab_place eot_slab_backward(EOT_GLOBAL const eot_slab *slab, eot_slab_place from, f32 path) {
    while (from.slab >= 0) {
        f32 available = (from.z - slab[from.slab].z0) * slab[from.slab].inverse_X0;
        if (path < available) {
            from.z -= path / slab[from.slab].inverse_X0;
            break;
        }
        path -= available;
        from.z = slab[from.slab].z0;
        from.slab--;
    }
    return from;
}

/** Where the ledger has the energy left in a volume of that role. */
EOT_FN i32 eot_ledger_of_role(i32 role) {
    return role == EOT_ROLE_ECAL   ? EOT_ACC_LEDGER_ECAL
           : role == EOT_ROLE_VETO ? EOT_ACC_LEDGER_VETO
           : role == EOT_ROLE_HCAL ? EOT_ACC_LEDGER_HCAL
                                   : EOT_ACC_LEDGER_OTHER;
}

/** Add deposited energy at a point: ledger, cells, visible energy. @param counts energy. @param visible counts seen in
 * active material.
 * @return 1 if it is inside the slab, 0 if it is lost. */
EOT_FN i32 eot_deposit_at(EOT_GLOBAL i64 *acc, EOT_GLOBAL const eot_slab *slab, i32 n_slab, i32 i_slab, f32 x, f32 y,
                          i64 counts, i64 visible) {
    if (i_slab < 0 || i_slab >= n_slab) {
        acc[i_slab < 0 ? EOT_ACC_LEDGER_FRONT : EOT_ACC_LEDGER_REAR] += counts;
        return 0;
    }
    f32 dx = x - slab[i_slab].center_x, dy = y - slab[i_slab].center_y, hx = slab[i_slab].half_x,
        hy = slab[i_slab].half_y;
    i32 role = slab[i_slab].role, module = slab[i_slab].module;
    if (fabs(dx) >= hx || fabs(dy) >= hy) {
        acc[EOT_ACC_LEDGER_SIDE] += counts;
        return 0;
    }
    acc[module == EOT_MODULE_IN_FRONT ? EOT_ACC_LEDGER_FRONT : eot_ledger_of_role(role)] += counts;
    if (role == EOT_ROLE_VETO) acc[EOT_ACC_VETO_VISIBLE] += visible;
    if (role == EOT_ROLE_HCAL) acc[EOT_ACC_HCAL_VISIBLE + module] += visible;
    if (slab[i_slab].first_cell >= 0) {
        i32 nx = slab[i_slab].cells_x, ny = slab[i_slab].cells_y;
        i32 ix = (i32)((dx + hx) / (2.0f * hx) * (f32)nx), iy = (i32)((dy + hy) / (2.0f * hy) * (f32)ny);
        ix = ix < nx ? ix : nx - 1;
        iy = iy < ny ? iy : ny - 1;
        acc[slab[i_slab].first_cell + iy * nx + ix] += role == EOT_ROLE_HCAL ? visible : counts;
    }
    return 1;
}

/** Longitudinal profile histogram that a shower run may fill: counts per bin of depth. */
typedef struct {
    i32 n_bin; /* 0: none */
    f32 z0, inverse_width;
} eot_profile_binning;

/** Add counts to the profile at depth z [cm]. */
EOT_FN void eot_profile_add(EOT_GLOBAL i64 *profile, eot_profile_binning binning, f32 z, i64 counts) {
    i32 bin = (i32)floor((z - binning.z0) * binning.inverse_width);
    if (bin >= 0 && bin < binning.n_bin) profile[bin] += counts;
}

/** What an event deposits energy in, as pointers in one struct; passed by value, as eot_matter_view is. */
typedef struct {
    EOT_GLOBAL const f32 *table;                      /* quantiles of showers below the cut */
    EOT_GLOBAL const eot_shower_constants *constants; /* of these showers, one */
    EOT_GLOBAL const eot_slab *slab;                  /* [n_slab], along z */
    i32 n_slab;
    EOT_GLOBAL i64 *acc;         /* [EOT_N_ACC] */
    EOT_GLOBAL i64 *profile;     /* [binning.n_bin] counts */
    eot_profile_binning binning; /* of the profile; no bins: there is none */
} eot_deposit_view;

/** The view without a profile. */
EOT_FN eot_deposit_view eot_deposit_view_of(EOT_GLOBAL const f32 *table,
                                            EOT_GLOBAL const eot_shower_constants *constants,
                                            EOT_GLOBAL const eot_slab *slab, i32 n_slab, EOT_GLOBAL i64 *acc) {
    eot_deposit_view d;
    d.table = table;
    d.constants = constants;
    d.slab = slab;
    d.n_slab = n_slab;
    d.acc = acc;
    d.profile = 0;
    d.binning.n_bin = 0;
    d.binning.z0 = d.binning.inverse_width = 0.0f;
    return d;
}

#endif
