/** @file hadron_shower.h
 * Where what interacts with a nucleus, a pion or the virtual photon of a muon, leaves its energy. A model: the
 * longitudinal profile of R. K. Bock, T. Hansl-Kozanecka, T. P. Shah, Nucl. Instrum. Meth. 186 (1981) 533, from the
 * interaction on: a share w = 0.4634 in the electromagnetic part, a Gamma distribution in radiation lengths, the rest
 * one in interaction lengths, of shape a = 0.6165 + 0.3183 ln(E/GeV) and slopes 0.2198 and 0.9099 - 0.0237 ln(E/GeV).
 * No lateral spread, no fluctuation of the shares; the shape is at least 0.3, its value of 0.4 GeV. In the HCAL the
 * energy is seen with the hadronic resolution (eot_hcal_seen), in the ECAL and the VETO as electromagnetic energy is.
 */
#ifndef EOT_TRANSPORT_HADRON_SHOWER_H
#define EOT_TRANSPORT_HADRON_SHOWER_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/fluctuation.h"
#include "eotmc/transport/deposit.h"
#include "eotmc/transport/muon/boundary.h"
#include "eotmc/transport/world.h"

#define EOT_HADRON_SPOTS 12        /* of equal energy that a shower is made of */
#define EOT_HADRON_MOST_SIDES 2000 /* that a spot's way crosses */

/** Where a hadronic shower goes. */
typedef struct {
    eot_matter_view matter;
    EOT_GLOBAL const f32 *lengths; /* [n_region][EOT_N_LENGTHS_COLUMN] */
    EOT_GLOBAL i64 *acc;           /* EOT_N_ACC counts */
} eot_hadron_sink;

/** Where a straight walk through the grid ends. */
typedef struct {
    i32 region; /* -1: it has left the grid */
    i32 term;   /* then: of the ledger */
} eot_hadron_walk;

/** Walk `depth` lengths along a direction. @param column EOT_LENGTHS_X0 or EOT_LENGTHS_INTERACTION. */
EOT_FN eot_hadron_walk eot_hadron_walked(eot_hadron_sink d, eot_muon m, i32 column, f32 depth) {
    eot_hadron_walk w;
    w.term = EOT_ACC_LEDGER_REAR;
    w.region = m.region;
    m.charge = 0;
    for (i32 n = 0; n < EOT_HADRON_MOST_SIDES; n++) {
        f32 inverse = d.lengths[m.region * EOT_N_LENGTHS_COLUMN + column];
        eot_muon_ahead a = eot_look_ahead(d.matter, m, 1e12f, EOT_MUON_FAR);
        f32 path = fmin(a.to_side, a.to_z);
        if (path * inverse >= depth) break;
        depth -= path * inverse;
        eot_muon_arrival end;
        end.path = path;
        end.edge_z = a.edge_z;
        end.axis = path == a.to_z ? 2 : a.side_axis;
        end.region = m.region;
        m.position = eot_point_moved(m.position, m.direction, path);
        eot_muon_place place = eot_muon_cross(d.matter, m, a, end);
        if (!place.is_inside) {
            w.region = -1;
            w.term = end.axis != 2          ? EOT_ACC_LEDGER_SIDE
                     : m.direction.z > 0.0f ? EOT_ACC_LEDGER_REAR
                                            : EOT_ACC_LEDGER_FRONT;
            return w;
        }
        m = eot_muon_put(m, place);
    }
    w.region = m.region;
    return w;
}

/** Deposit energy in a region. @param counts of energy. @return the term of the ledger that has it. */
EOT_FN i32 eot_hadron_deposit_in(eot_hadron_sink d, eot_hadron_walk at, i64 counts) {
    if (at.region < 0) {
        d.acc[at.term] += counts;
        return at.term;
    }
    EOT_GLOBAL const eot_region *r = d.matter.region + at.region;
    i32 term = eot_ledger_of_role(r->role);
    d.acc[term] += counts;
    if (r->role == EOT_ROLE_HCAL) d.acc[EOT_ACC_HCAL_HADRONIC + r->module] += counts;
    if (r->role == EOT_ROLE_VETO) {
        f32 share = d.lengths[at.region * EOT_N_LENGTHS_COLUMN + EOT_LENGTHS_ACTIVE];
        d.acc[EOT_ACC_VETO_VISIBLE] += (i64)((f64)counts * (f64)share);
    }
    return term;
}

/** Deposit the energy of a hadronic shower. @param m where it begins and heads. @param counts of its energy; E the same
 * [GeV]. @param of_hadrons [EOT_N_LEDGER] counts, added to as the ledger is; NULL: nobody asks. @return the cursor. */
EOT_FN eot_random eot_hadron_shower(eot_hadron_sink d, eot_muon m, i64 counts, f32 E, eot_random random,
                                    EOT_GLOBAL i64 *of_hadrons) {
    f32 log_E = eot_log(fmax(E, 1e-3f)), shape = fmax(fma(0.3183f, log_E, 0.6165f), 0.3f);
    f32 slope = fmax(fma(-0.0237f, log_E, 0.9099f), 0.5f);
    for (i32 i = 0; i < EOT_HADRON_SPOTS; i++) {
        i64 part = counts * (i + 1) / EOT_HADRON_SPOTS - counts * i / EOT_HADRON_SPOTS;
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        eot_gamma g = eot_gamma_sample(shape, random, 1u);
        random.draw += g.n_draw;
        i32 is_em = eot_uniform(b.x) < 0.4634f ? 1 : 0;
        f32 depth = g.value * shape / (is_em ? 0.2198f : slope);
        eot_hadron_walk at = eot_hadron_walked(d, m, is_em ? EOT_LENGTHS_X0 : EOT_LENGTHS_INTERACTION, depth);
        i32 term = eot_hadron_deposit_in(d, at, part);
        if (of_hadrons != 0) of_hadrons[term] += part;
    }
    return random;
}

#endif
