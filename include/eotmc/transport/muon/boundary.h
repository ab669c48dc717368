/** @file boundary.h
 * How far a muon may fly: paths to the boundaries of its voxel, straight or bent by a field, and to the longest step
 * allowed; and what crossing a boundary does to it. */
#ifndef EOT_TRANSPORT_MUON_BOUNDARY_H
#define EOT_TRANSPORT_MUON_BOUNDARY_H

#include "eotmc/transport/muon/helix.h"
#include "eotmc/transport/muon/state.h"

#define EOT_MUON_FAR R(1.0e30)       /* cm: a boundary that is never reached */
#define EOT_MUON_LARGEST_BEND R(0.2) /* rad, largest angle that a field turns a muon by in one step */

/** What lies ahead of a muon in its voxel. Paths in cm along the (straight or bent) trajectory, not negative. */
typedef struct {
    real to_side, to_z;       /* to the nearer boundary in x or y, and to the one in z; EOT_MUON_FAR: never */
    real to_limit;            /* to the longest step allowed */
    real inverse_z;           /* path per cm of z */
    f64 edge_x, edge_y;       /* cm: planes of the boundaries */
    f32 edge_z;               /* cm */
    real gap_x, gap_y, gap_z; /* cm: from the muon to them along the axes, with sign */
    i32 side_axis;            /* 0 or 1: whether to_side is that of x or of y */
    i32 up_x, up_y, up_z;     /* 1: flies towards the upper boundary, 0: towards the lower one */
    i32 has_field;
    eot_vec3 bend; /* charge 0.003 B/p [1/cm], 0 without a field */
} eot_muon_ahead;

/** Largest mean loss and longest step of a region as a path [cm]. @param share of the kinetic energy that a step may
 * lose on average. @param loss mean continuous loss [GeV/cm]. */
EOT_FN real eot_muon_loss_limit(real share, real kinetic, real loss) {
    return share * kinetic / fmax(loss, R(1.0e-30));
}

/** The same with the field of the region, not 0: the step bends by at most EOT_MUON_LARGEST_BEND, and the path to the
 * boundary ahead is corrected by one Newton step from the straight one. Where that is no small correction, there is no
 * crossing yet: the step ends where the straight line would cross. @param p2 square of the momentum [GeV^2]. @param
 * field2 square of the field [T^2]. */
EOT_FN eot_muon_ahead eot_muon_ahead_bent(eot_muon_ahead a, eot_muon muon, EOT_GLOBAL const eot_region *region, real p2,
                                          real field2) {
    real k = (real)muon.charge * EOT_BEND / sqrt(p2);
    a.has_field = 1;
    a.bend.x = k * (real)region->field_x;
    a.bend.y = k * (real)region->field_y;
    a.bend.z = k * (real)region->field_z;
    a.to_limit = fmin(a.to_limit, EOT_MUON_LARGEST_BEND / (EOT_BEND * sqrt(field2 / p2)));
    real to_boundary = fmin(a.to_side, a.to_z);
    i32 axis = to_boundary == a.to_z ? 2 : a.side_axis; /* of the boundary ahead */
    if (to_boundary > R(0.0) && to_boundary < a.to_limit) {
        eot_helix h = eot_helix_moved(muon.direction, a.bend, to_boundary);
        real there = axis == 2 ? h.moved.z : axis == 0 ? h.moved.x : h.moved.y;
        real speed = axis == 2 ? h.direction.z : axis == 0 ? h.direction.x : h.direction.y;
        real wanted = axis == 2 ? a.gap_z : axis == 0 ? a.gap_x : a.gap_y;
        real more = fabs(speed) > R(1.0e-6) ? (wanted - there) / speed : to_boundary;
        if (fabs(more) < R(0.2) * to_boundary) {
            a.to_z = axis == 2 ? a.to_z + more : EOT_MUON_FAR;
            a.to_side = axis == 2 ? EOT_MUON_FAR : a.to_side + more;
        } else {
            a.to_limit = to_boundary;
            a.to_z = a.to_side = EOT_MUON_FAR;
        }
    }
    return a;
}

/** What lies ahead of a particle of any kind: its boundaries, reached straight or bent. @param muon its place,
 * direction and charge. @param p2 square of its momentum [GeV^2]. @param limit longest step [cm]. */
EOT_HOT_FN eot_muon_ahead eot_look_ahead(eot_matter_view matter, eot_muon muon, real p2, real limit) {
    EOT_GLOBAL const eot_grid *grid = matter.grid;
    EOT_GLOBAL const eot_region *region = matter.region + muon.region;
    eot_vec3 u = muon.direction;
    eot_muon_ahead a;
    a.up_x = u.x > R(0.0) ? 1 : 0;
    a.up_y = u.y > R(0.0) ? 1 : 0;
    a.up_z = u.z > R(0.0) ? 1 : 0;
    a.edge_x = (f64)matter.table[grid->edges_x + (u32)(muon.i_x + a.up_x)];
    a.edge_y = (f64)matter.table[grid->edges_y + (u32)(muon.i_y + a.up_y)];
    a.edge_z = matter.table[grid->edges_z + (u32)(muon.i_z + a.up_z)];
    a.gap_x = (real)(a.edge_x - muon.position.x);
    a.gap_y = (real)(a.edge_y - muon.position.y);
    a.gap_z = (real)((f64)a.edge_z - muon.position.z);
    real to_x = u.x != R(0.0) ? fmax(a.gap_x / u.x, R(0.0)) : EOT_MUON_FAR;
    real to_y = u.y != R(0.0) ? fmax(a.gap_y / u.y, R(0.0)) : EOT_MUON_FAR;
    a.inverse_z = u.z != R(0.0) ? R(1.0) / u.z : EOT_MUON_FAR;
    a.to_z = u.z != R(0.0) ? fmax(a.gap_z / u.z, R(0.0)) : EOT_MUON_FAR;
    a.to_side = fmin(to_x, to_y);
    a.side_axis = to_x < to_y ? 0 : 1;
    a.to_limit = limit;
    a.has_field = 0;
    a.bend.x = a.bend.y = a.bend.z = R(0.0);
    real field2 = (real)(region->field_x * region->field_x + region->field_y * region->field_y +
                         region->field_z * region->field_z);
    if (field2 > R(0.0)) a = eot_muon_ahead_bent(a, muon, region, p2, field2);
    return a;
}

/** What lies ahead of a muon. @param muon alive. @param loss mean continuous loss of its region at its energy [GeV/cm].
 */
EOT_OFTEN_FN eot_muon_ahead eot_muon_look_ahead(eot_matter_view matter, eot_muon muon, real loss) {
    real limit = fmin((real)matter.region[muon.region].max_step,
                      eot_muon_loss_limit((real)matter.muon->largest_loss, (real)muon.kinetic_energy, loss));
    return eot_look_ahead(matter, muon, eot_muon_momentum2((real)muon.kinetic_energy), limit);
}

/** Where a step has ended, as far as the grid is concerned. */
typedef struct {
    real path;  /* cm */
    f32 edge_z; /* cm: the last boundary in z that was ahead */
    i32 axis;   /* of the boundary that it ends on, -1: on none */
    i32 region; /* that it ends in */
} eot_muon_arrival;

/** Place of a muon in the grid. */
typedef struct {
    eot_point position; /* cm */
    i32 i_x, i_y, i_z;  /* voxel */
    i32 region;
    i32 is_inside; /* 0: outside of the grid, `region` is that of the last voxel inside */
} eot_muon_place;

/** A muon at a place. */
EOT_FN eot_muon eot_muon_put(eot_muon m, eot_muon_place place) {
    m.position = place.position;
    m.i_x = place.i_x;
    m.i_y = place.i_y;
    m.i_z = place.i_z;
    m.region = place.region;
    return m;
}

/** Where a muon is after its step: on the other side of the boundary that the step ends on, if any. Its coordinate is
 * then put on the edge, unless it was already beyond (a displacement by scattering), when only the index moves on.
 * @param muon at the end of its path. @param a what was ahead. */
EOT_FN eot_muon_place eot_muon_cross(eot_matter_view matter, eot_muon muon, eot_muon_ahead a, eot_muon_arrival end) {
    i32 has_moved = end.path > R(0.0);
    eot_muon_place p;
    p.i_x = muon.i_x + (end.axis == 0 ? 2 * a.up_x - 1 : 0);
    p.i_y = muon.i_y + (end.axis == 1 ? 2 * a.up_y - 1 : 0);
    p.i_z = muon.i_z + (end.axis == 2 ? 2 * a.up_z - 1 : 0);
    p.position.x = has_moved && end.axis == 0 ? a.edge_x : muon.position.x;
    p.position.y = has_moved && end.axis == 1 ? a.edge_y : muon.position.y;
    p.position.z = has_moved && end.axis == 2 ? (f64)end.edge_z : muon.position.z;
    p.is_inside = eot_grid_has(matter.grid, p.i_x, p.i_y, p.i_z);
    p.region = muon.region;
    if (p.is_inside) p.region = end.axis >= 0 ? eot_matter_region(matter, p.i_x, p.i_y, p.i_z) : end.region;
    return p;
}

#endif
