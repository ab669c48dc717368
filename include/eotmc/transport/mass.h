/** @file mass.h
 * The signal of several masses of phi in one run. The vertices are drawn from a mixture, sum_j share_j p_j: the mass j
 * whose table a vertex is drawn from is chosen by the rates at the energy of its electron, times the mass's share. What
 * comes after the vertex depends on the muon alone, so that the event counts for every mass i, with the weight that its
 * own distribution has over that of the mixture,
 *
 *   w_i = w p_i / sum_j share_j p_j <= w / share_i   ("balance heuristic": E. Veach, L. Guibas, SIGGRAPH 95, 419)
 *
 * where w is the weight that a vertex of the mixture has, and p_i the rate of mass i on the nucleus, times its scale,
 * times the density at the muon's energy and angle. With sampling.preference each mass has an importance of its own,
 * and what is drawn from is sum_j share_j p_j I_j; I_j is at least the natural share, and so is the bound over it.
 *
 * The densities are those of the samplers (eot_lfc_likelihood_of), so that every mass has the distribution of a run of
 * its own. */
#ifndef EOT_TRANSPORT_MASS_H
#define EOT_TRANSPORT_MASS_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/physics/lfc_sample.h"
#include "eotmc/physics/process_rate.h"
#include "eotmc/transport/event_vertex.h"
#include "eotmc/transport/step.h"

/* Whether there are several is a build option of the kernels (-DEOT_MASSES=0 or 1); the host asks the tables. */
#ifdef EOT_MASSES
#define EOT_HAS_MASSES(e) (EOT_MASSES && (e)->n_mass > 1)
#else
#define EOT_HAS_MASSES(e) ((e)->n_mass > 1)
#endif

/** Masses that events have weights for: one, unless there are several. */
EOT_FN i32 eot_n_mass(EOT_GLOBAL const eot_vertex_tables *e) { return EOT_HAS_MASSES(e) ? e->n_mass : 1; }

/** Scaled rate of a mass on a nucleus [1/cm]. @param E GeV, of the electron. */
EOT_FN f32 eot_mass_rate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_mass *m, i32 nucleus, f32 E) {
    eot_lfc_table n = m->lfc[nucleus];
    return n.n_xsec > 0 ? m->scale * eot_lfc_xsec(table, n, E) : 0.0f;
}

/** Factor by which the cascade multiplies the rate of a mass: between its nodes, linear. */
EOT_FN f32 eot_mass_preference(EOT_GLOBAL const f32 *table, eot_em_tables t, eot_importance m, f32 E) {
    if (m.n_row == 0) return 1.0f;
    f32 place = eot_em_place(t, eot_log(fmax(E, t.cut)) - t.log_cut);
    i32 i = (i32)place;
    EOT_GLOBAL const f32 *node = table + m.preference + i;
    return fma(place - (f32)i, node[1] - node[0], node[0]);
}

/** The energy of the electron among those at which a mass's importance is known: the nearest. */
EOT_FN i32 eot_mass_node(EOT_GLOBAL const eot_mass *m, f32 E) {
    eot_lfc_table n = m->lfc[m->importance_nucleus];
    return (i32)(eot_lfc_grid_place(n, E) * (f32)(n.n_energy - 1) + 0.5f);
}

/** Scaled density of a mass at a muon on a nucleus [1/cm, per ln E_f and W], and how much rarer such muons are in
 * nature than they are drawn from this mass. */
typedef struct {
    f32 natural, rarity;
} eot_mass_density;

EOT_FN eot_mass_density eot_mass_density_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_mass *m, i32 nucleus,
                                            f32 E, f32 E_f, f32 versine) {
    eot_mass_density d;
    d.natural = eot_mass_rate(table, m, nucleus, E);
    d.rarity = 1.0f;
    if (!(d.natural > 0.0f)) return d;
    eot_lfc_likelihood l = eot_lfc_likelihood_of(table, m->lfc[nucleus], E, E_f, versine);
    d.natural *= l.density;
    if (m->importance.n_row > 0 && l.density > 0.0f)
        d.rarity = eot_importance_weight_at(table, m->importance, eot_mass_node(m, E), l.q_energy, l.q_angle);
    return d;
}

/** Number of the nucleus of a vertex in the tables; layers that share it have the same densities. */
EOT_FN i32 eot_mass_nucleus(EOT_GLOBAL const eot_vertex_tables *e, f32 Z, f32 A) {
    i32 i = 0;
    while (i + 1 < e->n_lfc && (e->lfc_Z[i] != Z || e->lfc_A[i] != A)) i++;
    return i;
}

/** What a vertex of the mixture counts for each mass, from their densities. @param v a vertex of the signal with its
 * weight. @param weight eot_n_mass(e) values: the scaled densities at its muon in, weights out, each in the unit of its
 * mass; of one mass: v's. */
EOT_FN void eot_mass_shares(EOT_GLOBAL const eot_vertex_tables *e, eot_event_vertex v, EOT_GLOBAL f32 *weight) {
    f32 sum = 0.0f;
    if (!EOT_HAS_MASSES(e)) {
        weight[0] = v.weight;
        return;
    }
    for (i32 i = 0; i < e->n_mass; i++) sum = fma(e->mass[i].share, weight[i], sum);
    for (i32 i = 0; i < e->n_mass; i++) weight[i] = sum > 0.0f ? v.weight * (weight[i] / sum) : 0.0f;
}

/** The same of a vertex alone. @param weight eot_n_mass(e) values out. */
EOT_FN void eot_mass_weights(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_vertex_tables *e, eot_event_vertex v,
                             EOT_GLOBAL f32 *weight) {
    const i32 n = EOT_HAS_MASSES(e) ? e->n_mass : 0;
    i32 nucleus = n > 0 ? eot_mass_nucleus(e, v.target_Z, v.target_A) : 0;
    f32 E_f = v.parent == EOT_POSITRON ? v.E_plus : v.E_minus;
    for (i32 i = 0; i < n; i++)
        weight[i] = eot_mass_density_at(table, e->mass + i, nucleus, v.k, E_f, v.versine).natural;
    eot_mass_shares(e, v, weight);
}

#endif
