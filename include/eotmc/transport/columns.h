/** @file columns.h
 * Which volume is at a place, and how far a shower below the cut gets: its depth is counted in radiation lengths of
 * what its axis, a straight line, meets. Matter stands in columns along z (eotmc/detector/volume.h); the axis goes from
 * segment to segment of a column, and over to the next column where it crosses an edge. */
#ifndef EOT_TRANSPORT_COLUMNS_H
#define EOT_TRANSPORT_COLUMNS_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/volume.h"
#include "eotmc/transport/muon/state.h"

/** Instead of a volume: what is outside the columns, in front, behind or beside. */
enum eot_column_end { EOT_COLUMN_FRONT = -1, EOT_COLUMN_REAR = -2, EOT_COLUMN_SIDE = -3 };

/** Where a shower begins and where it heads: position [cm], slopes dx/dz, dy/dz. */
typedef struct {
    f32 x, y, z, sx, sy;
} eot_shower_axis;

/** The axis of a shower that begins where a particle is, along its direction. */
EOT_FN eot_shower_axis eot_shower_axis_at(eot_muon m) {
    eot_shower_axis axis;
    axis.x = (f32)m.position.x;
    axis.y = (f32)m.position.y;
    axis.z = (f32)m.position.z;
    axis.sx = m.direction.x / fmax(fabs(m.direction.z), 0.1f);
    axis.sy = m.direction.y / fmax(fabs(m.direction.z), 0.1f);
    return axis;
}

/** A place of an axis. */
typedef struct {
    f32 z;        /* cm */
    i32 volume;   /* its number, or enum eot_column_end */
    i32 i_x, i_y; /* column; -1: not looked up */
    u32 segment;  /* place of its pair in the table */
    i32 has_met;  /* whether the axis has been in matter on its way */
} eot_column_place;

/** A place in a volume, not looked up among the columns. @param z [cm]. @param volume its number. */
EOT_FN eot_column_place eot_column_place_of(i32 volume, f32 z) {
    eot_column_place p;
    p.z = z;
    p.volume = volume;
    p.i_x = p.i_y = -1;
    p.segment = 0u;
    p.has_met = 1;
    return p;
}

/** Number of the column that a coordinate is in, -1 or n outside: binary search. */
EOT_FN i32 eot_columns_index(EOT_GLOBAL const f32 *edges, i32 n, f32 v) {
    if (v < edges[0]) return -1;
    if (v >= edges[n]) return n;
    i32 low = 0, high = n;
    EOT_ROLLED
    while (high - low > 1) {
        i32 middle = (low + high) / 2;
        if (v >= edges[middle])
            low = middle;
        else
            high = middle;
    }
    return low;
}

/** The place at depth z of the column (i_x, i_y), which need not exist. */
EOT_FN eot_column_place eot_columns_place(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_columns *c, i32 i_x,
                                          i32 i_y, f32 z) {
    eot_column_place p;
    p.z = z;
    p.i_x = i_x;
    p.i_y = i_y;
    p.segment = 0u;
    p.has_met = 0;
    p.volume = z < c->z0 ? EOT_COLUMN_FRONT : z >= c->z1 ? EOT_COLUMN_REAR : EOT_COLUMN_SIDE;
    if (p.volume != EOT_COLUMN_SIDE || i_x < 0 || i_x >= c->n_x || i_y < 0 || i_y >= c->n_y) return p;
    p.segment = c->segment + 2u * (u32)table[c->first + (u32)(i_y * c->n_x + i_x)];
    EOT_ROLLED
    while (z >= table[p.segment + 2u]) p.segment += 2u;
    p.volume = (i32)table[p.segment + 1u];
    return p;
}

/** What is at a point [cm]. */
EOT_OFTEN_FN eot_column_place eot_columns_find(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_columns *c, f32 x,
                                               f32 y, f32 z) {
    return eot_columns_place(table, c, eot_columns_index(table + c->edges_x, c->n_x, x),
                             eot_columns_index(table + c->edges_y, c->n_y, y), z);
}

/** Whether a point is in the column that a place has been looked up in. */
EOT_FN i32 eot_columns_holds(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_columns *c, eot_column_place p, f32 x,
                             f32 y) {
    EOT_GLOBAL const f32 *at_x = table + c->edges_x + p.i_x, *at_y = table + c->edges_y + p.i_y;
    return x >= at_x[0] && x < at_x[1] && y >= at_y[0] && y < at_y[1];
}

/** Depth at which an axis leaves the column i along one coordinate, on its way to larger z (direction 1) or smaller
 * ones (-1). @param at,slope of the axis at depth z. @return far away if it never does. */
EOT_FN f32 eot_columns_crossing(EOT_GLOBAL const f32 *edges, i32 i, f32 at, f32 z, f32 slope, i32 direction) {
    if (slope == 0.0f) return (f32)direction * 1e30f;
    return z + (edges[i + (slope * (f32)direction > 0.0f ? 1 : 0)] - at) / slope;
}

/** From a place over the edge of its column to the next one, at depth z. The segment goes on where it is the same
 * volume between the same ends: the place then stays what it was. */
EOT_FN eot_column_place eot_columns_over(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_columns *c,
                                         eot_column_place from, i32 step_x, i32 step_y, f32 z) {
    eot_column_place next = eot_columns_place(table, c, from.i_x + step_x, from.i_y + step_y, z);
    next.has_met = from.has_met;
    if (next.volume == from.volume && table[next.segment] == table[from.segment] &&
        table[next.segment + 2u] == table[from.segment + 2u])
        next.z = from.z;
    return next;
}

/** Where a path [X0] along an axis ends.
 * @param from a place in the columns, looked up. @param direction 1 along the beam, -1 against it. */
EOT_OFTEN_FN eot_column_place eot_columns_walk(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_columns *c,
                                               EOT_GLOBAL const eot_deposit_volume *volume, eot_shower_axis axis,
                                               eot_column_place from, f32 path, i32 direction) {
    const f32 sign = (f32)direction;
    while (from.volume >= 0) {
        f32 inverse_X0 = volume[from.volume].inverse_X0, end = table[from.segment + (direction > 0 ? 2u : 0u)];
        f32 available = sign * (end - from.z) * inverse_X0;
        i32 is_here = path < available;
        f32 target = is_here ? from.z + sign * (path / inverse_X0) : end, dz = target - axis.z, edge = target;
        i32 stays = eot_columns_holds(table, c, from, axis.x + axis.sx * dz, axis.y + axis.sy * dz), is_x = 0;
        from.has_met |= !volume[from.volume].is_void;
        if (!stays) {
            f32 z_x = eot_columns_crossing(table + c->edges_x, from.i_x, axis.x, axis.z, axis.sx, direction),
                z_y = eot_columns_crossing(table + c->edges_y, from.i_y, axis.y, axis.z, axis.sy, direction);
            is_x = sign * z_x < sign * z_y;
            edge = is_x ? z_x : z_y;
        }
        if (sign * edge < sign * target) {
            i32 next_x = axis.sx * sign > 0.0f ? 1 : -1, next_y = axis.sy * sign > 0.0f ? 1 : -1;
            edge = sign * edge > sign * from.z ? edge : from.z; /* rounding */
            f32 z = from.z;
            from = eot_columns_over(table, c, from, is_x ? next_x : 0, is_x ? 0 : next_y, edge);
            path = from.z == z ? path : fmax(path - sign * (edge - z) * inverse_X0, 0.0f);
        } else if (is_here) {
            from.z = target;
            break;
        } else {
            path -= available;
            from.z = end;
            i32 is_last = direction > 0 ? table[from.segment + 3u] < 0.0f : end <= c->z0;
            from.segment = direction > 0 ? from.segment + 2u : from.segment - 2u;
            from.volume = !is_last ? (i32)table[from.segment + 1u] : direction > 0 ? EOT_COLUMN_REAR : EOT_COLUMN_FRONT;
        }
    }
    return from;
}

#endif
