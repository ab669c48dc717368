/** @file flight.h
 * The path of one step: through the layers ahead to the next hard event, the side of the voxel, the longest step
 * allowed, or matter of a third kind, whichever comes first.
 *
 * Within one volume a step runs on through layers of two kinds: each costs its thickness, its rate and a few sums (a
 * dozen instructions). The clock (the optical depth left to the next hard event) runs down at the rate of each layer.
 */
#ifndef EOT_TRANSPORT_MUON_FLIGHT_H
#define EOT_TRANSPORT_MUON_FLIGHT_H

#include "eotmc/transport/muon/boundary.h"
#include "eotmc/transport/muon/medium.h"

#define EOT_MUON_MOST_LAYERS 64 /* layers a step runs through at most */

/** Sums of x_1^n - x_0^n [cm^n], n = 1, 2, 3, over the intervals x_0..x_1 of the path that lie in layers of the second
 * kind. */
typedef struct {
    real one, two, three;
} eot_muon_layer_sums;

/** The sums with another interval. @param from,to its ends [cm]. @param length to - from before rounding [cm], 0 if it
 * lies in a layer of the first kind. */
EOT_FN eot_muon_layer_sums eot_muon_layer_sums_add(eot_muon_layer_sums s, real from, real to, real length) {
    real sum = to + from;
    s.one += length;
    s.two = fma(length, sum, s.two);
    s.three = fma(length, fma(sum, sum, -to * from), s.three);
    return s;
}

/** A flight, between two layers and at its end. */
typedef struct {
    eot_muon_medium other; /* of the second kind of layers; of the first where there is no second */
    eot_muon_layer_sums in_second;
    i32 second;         /* region of the second kind of layers; of the first where there is no second */
    i32 is_in_second;   /* whether the layer that the muon is in is of the second kind */
    i32 i_z;            /* that layer */
    f32 edge_z;         /* cm, its far boundary */
    real path, to;      /* cm flown; to the far boundary of the layer */
    real rate;          /* 1/cm in that layer, of hard events and decay */
    real clock;         /* optical depth left to the next hard event */
    real to_limit;      /* cm, longest step allowed by what was met so far */
    i32 axis, is_event; /* how it ends: on a boundary across x, y, z (0, 1, 2), else -1; with a hard event */
} eot_muon_flight;

/** Whether a layer ahead may be of the second kind of a flight: of the same volume, without a field and with the same
 * longest step. */
EOT_FN i32 eot_muon_layer_belongs(EOT_GLOBAL const eot_region *region, EOT_GLOBAL const eot_region *ahead) {
    return ahead->volume == region->volume && ahead->max_step == region->max_step && ahead->field_x == 0.0f &&
           ahead->field_y == 0.0f && ahead->field_z == 0.0f;
}

/** Whether a layer is drawn by itself, as the reference of EOT_MUON_STRAGGLING_MOMENTS does: where it is passive and
 * its loss is far from Gaussian (mean^2 below 3 variances), that model's sum of two layers is not its loss in both.
 * @param loss [GeV/cm]. @param variance [GeV^2/cm]. @param active_xi [GeV/cm]. @param path [cm]. */
EOT_FN i32 eot_muon_layer_is_alone(real loss, real variance, real active_xi, real path) {
    real mean = path * loss, fluctuation = path * variance;
    return !(active_xi > R(0.0)) && mean * mean < R(3.0) * fluctuation;
}

/** Through the whole layers that end before the event, the side and the limit. @param medium that the muon is in.
 * @param ahead of it. @param decay_rate in flight [1/cm].
 * @return the flight; axis 2 if it ends on the last of them, -1 if a part of the layer that it is in is left to fly. */
EOT_FN eot_muon_flight eot_muon_fly_layers(eot_matter_view matter, eot_muon muon, eot_muon_medium medium,
                                           eot_muon_ahead ahead, real decay_rate) {
    EOT_GLOBAL const eot_grid *grid = matter.grid;
    EOT_GLOBAL const eot_region *region = matter.region + muon.region;
    EOT_GLOBAL const u32 *column = matter.voxel + grid->voxels + (u32)(muon.i_y * grid->n_x + muon.i_x);
    EOT_GLOBAL const f32 *edges = matter.table + grid->edges_z + (u32)ahead.up_z;
    const i32 stride = grid->n_x * grid->n_y, onward = 2 * ahead.up_z - 1, n_z = grid->n_z, first = muon.region;
    const i32 one_by_one = matter.muon->straggling == EOT_MUON_STRAGGLING_MOMENTS ? 1 : 0;
    const f32 first_edge = ahead.edge_z;
    /* locals, not members of a flight: compilers then keep them in registers */
    eot_muon_medium other = medium;
    eot_muon_layer_sums sums;
    sums.one = sums.two = sums.three = R(0.0);
    i32 second = first, is_in_second = 0, i_z = muon.i_z, axis = -1;
    f32 edge_z = first_edge;
    real path = R(0.0), to = ahead.to_z, rate = medium.rate + decay_rate, clock = muon.clock;
    real weight = R(0.0); /* 1 in layers of the second kind */
    real to_limit = ahead.to_limit, longest = fmin(ahead.to_side, to_limit);
    for (i32 i_layer = 0; i_layer < EOT_MUON_MOST_LAYERS; i_layer++) {
        real left = fma(path - to, rate, clock);
        if (!(left > R(0.0)) || to > longest) break;
        clock = left;
        sums = eot_muon_layer_sums_add(sums, path, to, weight * (to - path));
        axis = 2;
        i32 next_z = i_z + onward, is_alone = 0;
        if (one_by_one != 0)
            is_alone = eot_muon_layer_is_alone(is_in_second != 0 ? other.loss : medium.loss,
                                               is_in_second != 0 ? other.variance : medium.variance,
                                               is_in_second != 0 ? other.active_xi : medium.active_xi, to - path);
        path = to;
        if (is_alone || (u32)next_z >= (u32)n_z || ahead.has_field != 0) break;
        i32 next = (i32)column[next_z * stride];
        if (next != first && next != second) {
            EOT_GLOBAL const eot_region *layer = matter.region + next;
            if (second != first || !eot_muon_layer_belongs(region, layer)) break;
            second = next;
            other = eot_muon_medium_at(matter.table, matter.muon, layer, (real)muon.kinetic_energy);
            real limit = eot_muon_loss_limit((real)matter.muon->largest_loss, (real)muon.kinetic_energy, other.loss);
            to_limit = fmin(to_limit, fmax(limit, path));
            longest = fmin(ahead.to_side, to_limit);
        }
        is_in_second = next != first ? 1 : 0;
        weight = is_in_second != 0 ? R(1.0) : R(0.0);
        rate = (is_in_second != 0 ? other.rate : medium.rate) + decay_rate;
        i_z = next_z;
        edge_z = edges[next_z];
        to = fma((real)(edge_z - first_edge), ahead.inverse_z, ahead.to_z);
        axis = -1;
    }
    eot_muon_flight f;
    f.other = other;
    f.in_second = sums;
    f.second = second;
    f.is_in_second = is_in_second;
    f.i_z = i_z;
    f.edge_z = edge_z;
    f.path = path;
    f.to = to;
    f.rate = rate;
    f.clock = clock;
    f.to_limit = to_limit;
    f.axis = axis;
    f.is_event = 0;
    return f;
}

/** The end of a flight that is inside a layer: at the event, the far boundary, the side or the limit. */
EOT_FN eot_muon_flight eot_muon_fly_rest(eot_muon_flight f, eot_muon_ahead ahead) {
    real longest = fmin(ahead.to_side, f.to_limit);
    real to_event = f.rate > R(0.0) ? fmax(f.clock, R(0.0)) / f.rate : EOT_MUON_FAR;
    real most = fmax(longest - f.path, R(0.0)), to_end = f.to - f.path;
    real path = fmin(to_end, fmin(most, to_event));
    f.is_event = path == to_event ? 1 : 0;
    f.axis = f.is_event != 0 ? -1 : path == to_end ? 2 : ahead.to_side <= f.to_limit ? ahead.side_axis : -1;
    f.to = f.path + path;
    f.in_second = eot_muon_layer_sums_add(f.in_second, f.path, f.to, f.is_in_second != 0 ? path : R(0.0));
    f.path = f.to;
    f.clock = fma(-path, f.rate, f.clock);
    return f;
}

/** The whole flight of a step. @param flight out. Other arguments as of eot_muon_fly_layers. */
EOT_OFTEN_FN void eot_muon_fly(eot_muon_flight *flight, eot_matter_view matter, const eot_muon *muon,
                               const eot_muon_medium *medium, const eot_muon_ahead *ahead, real decay_rate) {
    eot_muon_flight f = eot_muon_fly_layers(matter, *muon, *medium, *ahead, decay_rate);
    if (f.axis < 0) f = eot_muon_fly_rest(f, *ahead);
    *flight = f;
}

#endif
