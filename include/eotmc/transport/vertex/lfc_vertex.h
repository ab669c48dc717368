/** @file lfc_vertex.h
 * Vertex of the signal, e N -> mu N phi. */
#ifndef EOT_TRANSPORT_VERTEX_LFC_VERTEX_H
#define EOT_TRANSPORT_VERTEX_LFC_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/geometry/grid.h"
#include "eotmc/physics/lfc_sample.h"
#include "eotmc/physics/process_rate.h"
#include "eotmc/transport/event_vertex.h"
#include "eotmc/transport/mass.h"

/** Where a muon is among the quantiles of its energy and angle, and how much rarer it is in nature than where it was
 * drawn from. */
typedef struct {
    f32 q_energy, q_angle, weight;
} eot_lfc_draw;

/** Draw from the cells of promising muons (eotmc/transport/importance.h), within a cell as in nature. @param node
 * energy of the electron. @param cell, inside blocks. */
EOT_FN eot_lfc_draw eot_lfc_draw_promising(EOT_GLOBAL const f32 *table, eot_importance m, i32 node, eot_u32x4 cell,
                                           eot_u32x4 inside) {
    eot_importance_cell c = eot_importance_draw(table, m, node, cell.x, cell.y);
    eot_lfc_draw d;
    d.q_energy = eot_importance_place(c.row, m.n_row, eot_uniform(inside.x));
    d.q_angle = eot_importance_place(c.column, m.n_column, eot_uniform(inside.y));
    d.weight = c.weight;
    return d;
}

/** The same as in nature. @param block random numbers. */
EOT_FN eot_lfc_draw eot_lfc_draw_natural(eot_u32x4 block) {
    eot_lfc_draw d;
    d.q_energy = eot_lfc_quantile_place(eot_uniform(block.x));
    d.q_angle = eot_lfc_quantile_place(eot_uniform(block.y));
    d.weight = 1.0f;
    return d;
}

/** The muon and phi into the vertex, with the weight of the draw. @param turn of the muon about the electron. */
EOT_FN eot_event_vertex eot_lfc_leaves(eot_event_vertex v, eot_lfc_final f, f32 turn) {
    v.turn = turn;
    v.versine = f.versine;
    eot_vec3 u = eot_slope_direction(v.sx, v.sy);
    u = eot_vec3_unit(
        eot_vec3_rotated(u, f.sine * eot_cos_turn(v.turn), f.sine * eot_sin_turn(v.turn), 1.0f - f.versine));
    f32 E = fmax(f.E_f, EOT_M_MUON);
    if (v.parent == EOT_POSITRON) {
        v.plus = u;
        v.E_plus = E;
    } else {
        v.minus = u;
        v.E_minus = E;
    }
    v.E_dark = v.k - E;
    if (!(v.E_dark > 0.0f)) v.fault |= (u32)EOT_FAULT_VERTEX;
    return v;
}

/** Scaled rate of a mass on a nucleus as vertices are drawn: with its share, its preference and the share of the path
 * in the nucleus' layer. */
EOT_FN f32 eot_lfc_drawn_rate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_vertex_tables *e, i32 mass, i32 i,
                              eot_event_vertex v, eot_vertex_draw d) {
    return e->mass[mass].share * eot_mass_rate(table, e->mass + mass, i, v.k) * d.share[e->lfc_medium[i]];
}

/** e N -> mu N phi from the mixture of several masses (eotmc/transport/mass.h): the weight is that of a vertex of the
 * mixture. */
EOT_FN eot_event_vertex eot_lfc_mixed_vertex(eot_event_vertex v, eot_vertex_draw d, EOT_GLOBAL const f32 *table,
                                             eot_em_tables t, EOT_GLOBAL const eot_vertex_tables *e) {
    f32 total = 0.0f, sum = 0.0f, nodes = 0.0f, preference[EOT_MAX_MASS], up_to[EOT_MAX_MASS];
    for (i32 m = 0; m < t.n_medium; m++) nodes += eot_rare_rate(table, t, EOT_RARE_LFC, m, v.k) * d.share[m];
    for (i32 j = 0; j < e->n_mass; j++) {
        preference[j] = eot_mass_preference(table, t, e->mass[j].importance, v.k);
        for (i32 i = 0; i < e->n_lfc; i++) total += preference[j] * eot_lfc_drawn_rate(table, e, j, i, v, d);
        up_to[j] = total;
    }
    f32 choice = eot_uniform(d.block.z) * total;
    i32 mass = 0, target = -1;
    while (mass < e->n_mass && choice > up_to[mass]) mass++;
    if (mass > 0) sum = up_to[mass - 1];
    for (i32 i = 0; mass < e->n_mass && i < e->n_lfc && target < 0; i++) {
        sum += preference[mass] * eot_lfc_drawn_rate(table, e, mass, i, v, d);
        if (choice <= sum) target = i;
    }
    i32 is_drawn = target >= 0;
    target = is_drawn ? target : 0;
    v.weight = nodes > 0.0f ? v.weight * (total / nodes) : 0.0f; /* 0 below all thresholds */
    v.target_Z = e->lfc_Z[target];
    v.target_A = e->lfc_A[target];
    if (!is_drawn || !(v.weight > 0.0f)) return v;
    EOT_GLOBAL const eot_mass *own = e->mass + mass;
    if (!eot_lfc_is_covered(own->lfc[target], v.k)) v.fault |= (u32)EOT_FAULT_ENERGY;
    eot_lfc_draw q = own->importance.n_row > 0 ? eot_lfc_draw_promising(table, own->importance, eot_mass_node(own, v.k),
                                                                        d.block, eot_random_block(d.random))
                                               : eot_lfc_draw_natural(d.block);
    eot_lfc_final f = eot_lfc_sample_at(table, own->lfc[target], v.k, q.q_energy, q.q_angle);
    v = eot_lfc_leaves(v, f, eot_low_uniform(d.block.x, d.block.y));
    f32 natural = 0.0f, drawn = 0.0f;
    for (i32 j = 0; j < e->n_mass; j++) {
        EOT_GLOBAL const eot_mass *m = e->mass + j;
        eot_mass_density p =
            eot_mass_density_at(table, m, target, v.k, v.parent == EOT_POSITRON ? v.E_plus : v.E_minus, v.versine);
        natural = fma(m->share, p.natural, natural);
        drawn += m->share * p.natural * preference[j] / p.rarity;
        if (d.density != 0) d.density[j] = p.natural;
    }
    v.weight = drawn > 0.0f ? v.weight * (natural / drawn) : 0.0f;
    return v;
}

/** e N -> mu N phi on one of the ECAL's nuclei. The weight is corrected from the rate between the cascade's nodes (with
 * their preference for high energies) to the tables' own, and for the preference of muons that may pass the selection.
 */
EOT_FN eot_event_vertex eot_lfc_vertex(eot_event_vertex v, eot_vertex_draw d, EOT_GLOBAL const f32 *table,
                                       eot_em_tables t, EOT_GLOBAL const eot_vertex_tables *e) {
    if (EOT_HAS_MASSES(e)) return eot_lfc_mixed_vertex(v, d, table, t, e);
    f32 total = 0.0f, sum = 0.0f, nodes = 0.0f;
    for (i32 m = 0; m < t.n_medium; m++) nodes += eot_rare_rate(table, t, EOT_RARE_LFC, m, v.k) * d.share[m];
    for (i32 i = 0; i < e->n_lfc; i++) total += eot_lfc_xsec(table, e->lfc[i], v.k) * d.share[e->lfc_medium[i]];
    f32 choice = eot_uniform(d.block.z) * total;
    i32 target = -1;
    for (i32 i = 0; i < e->n_lfc; i++) {
        sum += eot_lfc_xsec(table, e->lfc[i], v.k) * d.share[e->lfc_medium[i]];
        if (target < 0 && choice <= sum) target = i;
    }
    v.weight = nodes > 0.0f ? v.weight * (total / nodes) : 0.0f; /* 0 below the threshold */
    v.target_Z = e->lfc_Z[target < 0 ? 0 : target];
    v.target_A = e->lfc_A[target < 0 ? 0 : target];
    if (target < 0 || !(v.weight > 0.0f)) return v;
    if (!eot_lfc_is_covered(e->lfc[target], v.k)) v.fault |= (u32)EOT_FAULT_ENERGY;
    eot_lfc_draw q;
    if (e->signal.n_row > 0) {
        eot_lfc_table n = e->lfc[e->importance_nucleus];
        i32 node = (i32)(eot_lfc_grid_place(n, v.k) * (f32)(n.n_energy - 1) + 0.5f); /* the nearest */
        q = eot_lfc_draw_promising(table, e->signal, node, d.block, eot_random_block(d.random));
    } else {
        q = eot_lfc_draw_natural(d.block);
    }
    eot_lfc_final f = eot_lfc_sample_at(table, e->lfc[target], v.k, q.q_energy, q.q_angle);
    v.weight *= q.weight;
    return eot_lfc_leaves(v, f, eot_low_uniform(d.block.x, d.block.y));
}

#endif
