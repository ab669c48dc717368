/** @file hadron_light.h
 * Electrons and photons of hadron decays on their way through fields to the matter where they shower.
 *
 * Model. Matter of less than a tenth of a radiation length in all is flown through (eotmc/transport/light.h): an
 * electron is bent by the fields on its way and loses nothing there; a photon converts with the mean path of its energy
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
#include "eotmc/transport/light.h"
#include "eotmc/transport/shower.h"

/** Matter as electrons and photons of decays see it. */
EOT_FN eot_light_view eot_hadron_light_view(eot_hadron_view view) {
    eot_light_view light;
    light.matter = view.matter;
    light.inverse_X0 = view.matter.table + view.hadron->region + (u32)EOT_HADRON_REGION_X0;
    light.stride = (u32)EOT_N_HADRON_REGION_COLUMN;
    return light;
}

/** Fly to matter, to a conversion, or out of the world. @param m place, direction and charge, 0 for a photon. @param E
 * energy [GeV]. @param conversion depth [X0] at which a photon converts; EOT_HADRON_FAR: it does not. */
EOT_SHARED_FN eot_light eot_hadron_light_flown(eot_hadron_view view, eot_muon m, f32 E, f32 conversion) {
    return eot_light_flown(eot_hadron_light_view(view), eot_light_start(m, conversion), E * E);
}

/** Energy that showers, from a place on: the parametrisation, straight ahead. @param d where it goes. */
EOT_SHARED_FN void eot_hadron_light_shower(eot_deposit_view d, eot_muon m, i64 counts, f32 E, i32 is_photon,
                                           eot_random random) {
    eot_shower_deposit(d, eot_subcut_shower_of(counts, E, is_photon, eot_shower_axis_at(m)), random);
}

/** Energy of what has flown through a field: a shower where it is, or what has left. What a field turns back, and what
 * it holds, is not followed: it ends in front of the ECAL. */
EOT_FN void eot_hadron_light_ends(eot_deposit_view d, eot_light l, i64 counts, f32 E, i32 is_photon,
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
    eot_light l = eot_hadron_light_flown(view, m, E, EOT_HADRON_FAR);
    if (l.has_field || must_move)
        eot_hadron_light_ends(d, l, counts, E, 0, random);
    else
        eot_hadron_light_shower(d, m, counts, E, 0, random);
}

/** Depth [X0] at which a photon of a decay converts where there is a field on its way. @param c of showers. @param b
 * the block of its conversion. */
EOT_FN f32 eot_hadron_conversion_depth(eot_shower_constants c, f32 E, eot_u32x4 b) {
    f32 length = eot_shower_photon_length(c, E);
    return -length * eot_log(eot_uniform(b.x));
}

/** The positron's share of the energy of a pair. @param b as above. */
EOT_FN f32 eot_hadron_pair_share(eot_u32x4 b) { return eot_uniform(b.y); }

/** A photon of a decay. @param random of its shower. @param of_conversion of depth and shares of a conversion. @param
 * of_partner of the shower of the pair's other half. */
EOT_FN void eot_hadron_photon(eot_hadron_view view, eot_deposit_view d, eot_muon m, i64 counts, f32 E,
                              eot_random random, eot_random of_conversion, eot_random of_partner) {
    m.charge = 0;
    eot_light l = eot_hadron_light_flown(view, m, E, EOT_HADRON_FAR);
    if (!l.has_field) {
        eot_hadron_light_shower(d, m, counts, E, 1, random);
        return;
    }
    eot_u32x4 b = eot_random_block(of_conversion);
    l = eot_hadron_light_flown(view, m, E, eot_hadron_conversion_depth(d.constants[0], E, b));
    if (l.end != EOT_LIGHT_CONVERTS) {
        eot_hadron_light_ends(d, l, counts, E, 1, random);
        return;
    }
    f32 share = eot_hadron_pair_share(b);
    i64 of_positron = (i64)((f64)counts * (f64)share);
    l.m.charge = 1;
    eot_hadron_electron(view, d, l.m, of_positron, share * E, 1, random);
    l.m.charge = -1;
    eot_hadron_electron(view, d, l.m, counts - of_positron, (1.0f - share) * E, 1, of_partner);
}

#endif
