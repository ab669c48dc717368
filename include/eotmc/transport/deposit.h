/** @file deposit.h
 * Where energy is left: the event's ledger and cells, by the volume that is at a place, and a profile in depth. */
#ifndef EOT_TRANSPORT_DEPOSIT_H
#define EOT_TRANSPORT_DEPOSIT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/accumulator.h"
#include "eotmc/transport/columns.h"
#include "eotmc/transport/secondaries.h"

/** Where the ledger has the energy left in a volume of that role. */
EOT_FN i32 eot_ledger_of_role(i32 role) {
    return role == EOT_ROLE_ECAL   ? EOT_ACC_LEDGER_ECAL
           : role == EOT_ROLE_VETO ? EOT_ACC_LEDGER_VETO
           : role == EOT_ROLE_HCAL ? EOT_ACC_LEDGER_HCAL
                                   : EOT_ACC_LEDGER_OTHER;
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

struct eot_shower_queue;

/** What an event deposits energy in, as pointers in one struct; passed by value, as eot_matter_view is. */
typedef struct {
    EOT_GLOBAL const f32 *table;                      /* quantiles of showers below the cut, columns */
    EOT_GLOBAL const eot_shower_constants *constants; /* of these showers, one */
    EOT_GLOBAL const eot_deposit_volume *volume;      /* [EOT_N_DEPOSIT_VOLUME] */
    EOT_GLOBAL const eot_columns *columns;            /* which of them is where, one */
    EOT_GLOBAL i64 *acc;                              /* [EOT_N_ACC] */
    EOT_GLOBAL i64 *profile;                          /* [binning.n_bin] counts */
    eot_profile_binning binning;                      /* of the profile; no bins: there is none */
    EOT_GLOBAL const eot_secondaries *secondaries;    /* one */
    i32 is_seen;                                      /* 0: VETO and HCAL do not see it */
    i32 has_arrivals; /* whether showers that start in the ECAL send lumps into the VETO */
    i32 veto_as;      /* place of the ledger that what stops in the VETO goes to, unseen, since lumps stand for it;
                         -1: it is the VETO's */
    f32 hcal_scale;   /* what the HCAL sees, relative to eot_deposit_volume.shower_visible */
#if EOT_SIDE_BY_SIDE
    struct eot_shower_queue *queue; /* where showers of a step wait for their deposits (shower.h); 0: they do not */
#endif
} eot_deposit_view;

/** The view without a profile. */
EOT_FN eot_deposit_view eot_deposit_view_of(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world,
                                            EOT_GLOBAL i64 *acc) {
    eot_deposit_view d;
    d.table = table;
    d.constants = &world->shower;
    d.volume = world->volume;
    d.columns = &world->columns;
    d.acc = acc;
    d.profile = 0;
    d.binning.n_bin = 0;
    d.binning.z0 = d.binning.inverse_width = 0.0f;
    d.secondaries = &world->secondaries;
    d.is_seen = d.has_arrivals = 1;
    d.veto_as = -1;
    d.hcal_scale = 1.0f;
#if EOT_SIDE_BY_SIDE
    d.queue = 0;
#endif
    return d;
}

/** Whether a point at a depth z of the ECAL is inside it: then nothing needs to be looked up. */
EOT_FN i32 eot_deposit_is_in_ecal(eot_deposit_view d, f32 x, f32 y) {
    EOT_GLOBAL const eot_deposit_volume *ecal = d.volume + d.columns->ecal;
    return fabs(x - ecal->center_x) < ecal->half_x && fabs(y - ecal->center_y) < ecal->half_y &&
           d.columns->ecal_is_whole;
}

/** Add energy to the cell of a calorimeter that holds a point inside it. */
EOT_FN void eot_deposit_in_cell(eot_deposit_view d, EOT_GLOBAL const eot_deposit_volume *v, f32 x, f32 y, i64 counts) {
    i32 nx = v->cells_x, ny = v->cells_y;
    f32 hx = v->half_x, hy = v->half_y;
    i32 ix = (i32)((x - v->center_x + hx) / (2.0f * hx) * (f32)nx),
        iy = (i32)((y - v->center_y + hy) / (2.0f * hy) * (f32)ny);
    ix = ix < 0 ? 0 : ix < nx ? ix : nx - 1;
    iy = iy < 0 ? 0 : iy < ny ? iy : ny - 1;
    d.acc[v->first_cell + iy * nx + ix] += counts;
}

/** The volume at a point beside a place of the axis. */
EOT_FN i32 eot_deposit_volume_at(eot_deposit_view d, eot_column_place axis, f32 x, f32 y) {
    if (axis.volume < 0 || (axis.volume == d.columns->ecal && eot_deposit_is_in_ecal(d, x, y)) ||
        (axis.i_x >= 0 && eot_columns_holds(d.table, d.columns, axis, x, y)))
        return axis.volume;
    return eot_columns_find(d.table, d.columns, x, y, axis.z).volume;
}

/** Energy that the VETO sees of what was made before it: moved there from where the ledger had it. @param ledger that
 * place. */
EOT_FN void eot_deposit_crossed(EOT_GLOBAL i64 *acc, i32 ledger, f32 energy) {
    i64 counts = eot_energy_counts(energy);
    acc[EOT_ACC_VETO_VISIBLE] += counts;
    acc[EOT_ACC_CROSSED] += counts;
    acc[EOT_ACC_LEDGER_VETO] += counts;
    acc[ledger] -= counts;
}

/** Add deposited energy at a point: ledger, cells, visible energy.
 * @param axis place that the shower's depth was counted to; its volume is negative where it has left the set-up. @param
 * x,y the point, at the depth of that place. @param counts energy. @param has_visible whether the active share of it is
 * seen by the VETO and the HCAL.
 * @return 1 if it is in the set-up, 0 if it has left it. */
EOT_FN i32 eot_deposit_at(eot_deposit_view d, eot_column_place axis, f32 x, f32 y, i64 counts, i32 has_visible) {
    i32 at = eot_deposit_volume_at(d, axis, x, y);
    if (at < 0) {
        d.acc[at == EOT_COLUMN_FRONT  ? EOT_ACC_LEDGER_FRONT
              : at == EOT_COLUMN_REAR ? EOT_ACC_LEDGER_REAR
                                      : EOT_ACC_LEDGER_SIDE] += counts;
        return 0;
    }
    EOT_GLOBAL const eot_deposit_volume *v = d.volume + at;
    if (v->is_void && !d.volume[axis.volume].is_void) {
        d.acc[EOT_ACC_LEDGER_SIDE] += counts;
        return 0;
    }
    i32 is_in_front = v->role == EOT_ROLE_PASSIVE && axis.z < d.columns->ecal_z0;
    i32 is_sent = v->role == EOT_ROLE_VETO && d.veto_as >= 0;
    d.acc[is_in_front ? EOT_ACC_LEDGER_FRONT : is_sent ? d.veto_as : eot_ledger_of_role(v->role)] += counts;
    f32 seen = v->role == EOT_ROLE_HCAL ? v->shower_visible * d.hcal_scale : v->shower_visible;
    i64 visible = has_visible && d.is_seen ? (i64)((f64)counts * (f64)seen) : 0;
    if (v->role == EOT_ROLE_VETO && !is_sent) d.acc[EOT_ACC_VETO_VISIBLE] += visible;
    if (v->role == EOT_ROLE_HCAL) d.acc[EOT_ACC_HCAL_VISIBLE + v->module] += visible;
    if (v->first_cell >= 0) eot_deposit_in_cell(d, v, x, y, v->role == EOT_ROLE_HCAL ? visible : counts);
    return 1;
}

/** The same of energy that a particle of the cascade or a muon loses in the ECAL at a point of its path. */
EOT_FN i32 eot_deposit_in_ecal(eot_deposit_view d, f32 x, f32 y, f32 z, i64 counts) {
    i32 is_deep = z >= d.columns->ecal_z0 && z < d.columns->ecal_z1;
    eot_column_place axis =
        is_deep ? eot_column_place_of(d.columns->ecal, z) : eot_columns_find(d.table, d.columns, x, y, z);
    return eot_deposit_at(d, axis, x, y, counts, 0);
}

#endif
