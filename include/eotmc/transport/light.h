/** @file light.h
 * Electrons, positrons and photons on a free way: from where they are made or come out of a calorimeter to the matter
 * where they shower.
 *
 * Model. Matter of less than a tenth of a radiation length in all (air, gas, windows) is flown through, without loss:
 * straight, or of charged ones bent by the fields on the way. What comes after is a parametrised shower
 * (eotmc/transport/shower.h), which has energy and no particles. */
#ifndef EOT_TRANSPORT_LIGHT_H
#define EOT_TRANSPORT_LIGHT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/launch.h"
#include "eotmc/transport/muon/boundary.h"

#define EOT_LIGHT_MOST_STEPS 10000 /* an electron that a field holds makes more */
#define EOT_LIGHT_STRAIGHT 1e12f   /* GeV^2: square of the momentum of what no field bends */

/** How a way ends. */
enum eot_light_end {
    EOT_LIGHT_MATTER = 0, /* in front of matter */
    EOT_LIGHT_CONVERTS,
    EOT_LIGHT_LEAVES, /* the world */
    EOT_LIGHT_IS_HELD /* it goes on; after EOT_LIGHT_MOST_STEPS it is held by a field */
};

/** Matter on the way. */
typedef struct {
    eot_matter_view matter;
    EOT_GLOBAL const f32 *inverse_X0; /* 1/cm, of region i at [i stride] */
    u32 stride;
} eot_light_view;

/** A particle on its way. */
typedef struct {
    eot_muon m;     /* place and direction; its charge, 0 for what is not bent */
    i32 end;        /* enum eot_light_end */
    i32 axis;       /* of the side that it leaves by */
    i32 has_field;  /* whether it has met one */
    f32 conversion; /* X0 left to the conversion, EOT_MUON_FAR: none */
    f32 depth;      /* X0 behind it */
    f32 path;       /* cm behind it */
} eot_light;

/** At its start. @param m place in the grid, direction, charge. @param conversion [X0] at which a photon converts,
 * EOT_MUON_FAR: it does not. */
EOT_FN eot_light eot_light_start(eot_muon m, f32 conversion) {
    eot_light l;
    l.m = m;
    l.end = EOT_LIGHT_IS_HELD;
    l.axis = 2;
    l.has_field = 0;
    l.conversion = conversion;
    l.depth = l.path = 0.0f;
    return l;
}

/** One step: to the next boundary, the conversion, or the longest step in a field. @param l that goes on. @param p2
 * square of its momentum [GeV^2]. */
EOT_FN eot_light eot_light_advance(eot_light_view view, eot_light l, f32 p2) {
    f32 inverse_X0 = view.inverse_X0[(u32)l.m.region * view.stride];
    eot_muon_ahead a = eot_look_ahead(view.matter, l.m, p2, EOT_MUON_FAR);
    f32 path = fmin(fmin(a.to_side, a.to_z), a.to_limit);
    i32 axis = path == a.to_z ? 2 : path == a.to_side ? a.side_axis : -1;
    if (l.depth + path * inverse_X0 > EOT_LIGHT_X0) {
        l.end = EOT_LIGHT_MATTER;
        return l;
    }
    if (path * inverse_X0 >= l.conversion) {
        path = l.conversion / inverse_X0;
        axis = -1;
        l.end = EOT_LIGHT_CONVERTS;
    }
    l.depth += path * inverse_X0;
    l.conversion -= path * inverse_X0;
    l.path += path;
    if (a.has_field != 0 && l.m.charge != 0) {
        eot_helix helix = eot_helix_moved(l.m.direction, a.bend, path);
        l.m.position = eot_point_moved(l.m.position, helix.moved, 1.0f);
        l.m.direction = helix.direction;
    } else {
        l.m.position = eot_point_moved(l.m.position, l.m.direction, path);
    }
    l.has_field = l.has_field || a.has_field != 0;
    eot_muon_arrival end;
    end.path = path;
    end.edge_z = a.edge_z;
    end.axis = axis;
    end.region = l.m.region;
    eot_muon_place place = eot_muon_cross(view.matter, l.m, a, end);
    l.m = eot_muon_put(l.m, place);
    if (!place.is_inside) {
        l.end = EOT_LIGHT_LEAVES;
        l.axis = axis;
    }
    return l;
}

/** Fly to matter, to a conversion, or out of the world. */
EOT_FN eot_light eot_light_flown(eot_light_view view, eot_light l, f32 p2) {
    for (i32 n = 0; n < EOT_LIGHT_MOST_STEPS && l.end == EOT_LIGHT_IS_HELD; n++) l = eot_light_advance(view, l, p2);
    return l;
}

#endif
