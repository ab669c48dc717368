/** @file hadron_light.h
 * Electrons and photons of hadron decays on their way through fields to the matter where they shower.
 *
 * Model. Matter of less than a tenth of a radiation length in all (air, gas, windows) is flown through: an electron is
 * bent by the fields on its way and loses nothing there; a photon converts with the mean path of its energy
 * (eot_shower_photon_length), and the pair, whose shares of the energy are uniform (at most 20 % off Bethe and
 * Heitler's with complete screening), goes on as two electrons in the photon's direction. The parametrised shower
 * (eotmc/transport/shower.h), whose axis is straight, begins behind the last field. Where the way meets no field, and
 * so in every set-up without one in front of its calorimeters, the shower begins at the decay as if there were no such
 * way: the bits are the same. Not there: the electron's bremsstrahlung in this tenth of a radiation length, synchrotron
 * radiation. */
#ifndef EOT_TRANSPORT_HADRON_LIGHT_H
#define EOT_TRANSPORT_HADRON_LIGHT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/hadron.h"
#include "eotmc/transport/shower.h"

#define EOT_HADRON_LIGHT_X0 0.1f          /* radiation lengths that are flown through */
#define EOT_HADRON_LIGHT_MOST_STEPS 10000 /* an electron that a field holds makes more */

/** How a way ends. */
enum eot_hadron_light_end {
    EOT_LIGHT_MATTER = 0, /* in front of matter */
    EOT_LIGHT_CONVERTS,
    EOT_LIGHT_LEAVES, /* the world */
    EOT_LIGHT_IS_HELD /* by a field */
};

/** Where an electron or a photon is after it. */
typedef struct {
    eot_muon m;     /* place and direction */
    i32 end;        /* enum eot_hadron_light_end */
    i32 axis;       /* of the side that it leaves by */
    i32 has_field;  /* whether it has met one */
    f32 conversion; /* X0 left to the conversion, that of the walk taken off */
} eot_hadron_light;

/** Fly to matter, to a conversion, or out of the world. @param m place, direction and charge, 0 for a photon. @param E
 * energy [GeV]. @param conversion depth [X0] at which a photon converts; EOT_HADRON_FAR: it does not. */
EOT_FN eot_hadron_light eot_hadron_light_flown(eot_hadron_view view, eot_muon m, f32 E, f32 conversion) {
    eot_hadron_light l;
    f32 depth = 0.0f;
    l.end = EOT_LIGHT_IS_HELD;
    l.axis = 2;
    l.has_field = 0;
    for (i32 n = 0; n < EOT_HADRON_LIGHT_MOST_STEPS; n++) {
        f32 inverse_X0 = view.matter.table[view.hadron->region + (u32)m.region * (u32)EOT_N_HADRON_REGION_COLUMN +
                                           (u32)EOT_HADRON_REGION_X0];
        eot_muon_ahead a = eot_look_ahead(view.matter, m, E * E, EOT_HADRON_FAR);
        f32 path = fmin(fmin(a.to_side, a.to_z), a.to_limit);
        i32 axis = path == a.to_z ? 2 : path == a.to_side ? a.side_axis : -1;
        if (depth + path * inverse_X0 > EOT_HADRON_LIGHT_X0) {
            l.end = EOT_LIGHT_MATTER;
            break;
        }
        if (path * inverse_X0 >= conversion) {
            path = conversion / inverse_X0;
            axis = -1;
            l.end = EOT_LIGHT_CONVERTS;
        }
        depth += path * inverse_X0;
        conversion -= path * inverse_X0;
        if (a.has_field != 0 && m.charge != 0) {
            eot_helix helix = eot_helix_moved(m.direction, a.bend, path);
            m.position = eot_point_moved(m.position, helix.moved, 1.0f);
            m.direction = helix.direction;
        } else {
            m.position = eot_point_moved(m.position, m.direction, path);
        }
        l.has_field = l.has_field || a.has_field != 0;
        eot_muon_arrival end;
        end.path = path;
        end.edge_z = a.edge_z;
        end.axis = axis;
        end.region = m.region;
        eot_muon_place place = eot_muon_cross(view.matter, m, a, end);
        m.position = place.position;
        m.i_x = place.i_x;
        m.i_y = place.i_y;
        m.i_z = place.i_z;
        m.region = place.region;
        if (!place.is_inside) {
            l.end = EOT_LIGHT_LEAVES;
            l.axis = axis;
        }
        if (l.end != EOT_LIGHT_IS_HELD) break;
    }
    l.m = m;
    l.conversion = conversion;
    return l;
}

/** Energy that showers, from a place on: the parametrisation, straight ahead. @param d where it goes. */
EOT_FN void eot_hadron_light_shower(eot_deposit_view d, eot_muon m, i64 counts, f32 E, i32 is_photon,
                                    eot_random random) {
    eot_shower_deposit(d, eot_subcut_shower_of(counts, E, is_photon, eot_shower_axis_at(m)), random);
}

/** Energy of what has flown through a field: a shower where it is, or what has left. What a field turns back, and what
 * it holds, is not followed: it ends in front of the ECAL. */
EOT_FN void eot_hadron_light_ends(eot_deposit_view d, eot_hadron_light l, i64 counts, f32 E, i32 is_photon,
                                  eot_random random) {
    if (l.end == EOT_LIGHT_LEAVES && (l.axis != 2 || l.m.direction.z > 0.0f))
        d.acc[l.axis == 2 ? EOT_ACC_LEDGER_REAR : EOT_ACC_LEDGER_SIDE] += counts;
    else if (l.end == EOT_LIGHT_MATTER && l.m.direction.z > 0.0f)
        eot_hadron_light_shower(d, l.m, counts, E, is_photon, random);
    else
        d.acc[EOT_ACC_LEDGER_FRONT] += counts;
}

/** An electron of a decay or of a conversion. @param m where it begins; with its charge. @param must_move whether its
 * shower is to begin at the end of its way even if there is no field on it. */
EOT_FN void eot_hadron_electron(eot_hadron_view view, eot_deposit_view d, eot_muon m, i64 counts, f32 E, i32 must_move,
                                eot_random random) {
    eot_hadron_light l = eot_hadron_light_flown(view, m, E, EOT_HADRON_FAR);
    if (l.has_field || must_move)
        eot_hadron_light_ends(d, l, counts, E, 0, random);
    else
        eot_hadron_light_shower(d, m, counts, E, 0, random);
}

/** A photon of a decay. @param random of its shower. @param of_conversion of depth and shares of a conversion. @param
 * of_partner of the shower of the pair's other half. */
EOT_FN void eot_hadron_photon(eot_hadron_view view, eot_deposit_view d, eot_muon m, i64 counts, f32 E,
                              eot_random random, eot_random of_conversion, eot_random of_partner) {
    m.charge = 0;
    eot_hadron_light l = eot_hadron_light_flown(view, m, E, EOT_HADRON_FAR);
    if (!l.has_field) {
        eot_hadron_light_shower(d, m, counts, E, 1, random);
        return;
    }
    eot_u32x4 b = eot_random_block(of_conversion);
    f32 length = eot_shower_photon_length(d.constants[0], E);
    l = eot_hadron_light_flown(view, m, E, -length * eot_log(eot_uniform(b.x)));
    if (l.end != EOT_LIGHT_CONVERTS) {
        eot_hadron_light_ends(d, l, counts, E, 1, random);
        return;
    }
    f32 share = eot_uniform(b.y);
    i64 of_positron = (i64)((f64)counts * (f64)share);
    l.m.charge = 1;
    eot_hadron_electron(view, d, l.m, of_positron, share * E, 1, random);
    l.m.charge = -1;
    eot_hadron_electron(view, d, l.m, counts - of_positron, (1.0f - share) * E, 1, of_partner);
}

#endif
