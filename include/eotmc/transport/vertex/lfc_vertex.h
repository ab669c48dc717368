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

/** Where a muon is among the quantiles of its energy and angle, and how much rarer it is in nature than where it was
 * drawn from. */
typedef struct {
    f32 q_energy, q_angle, weight;
} eot_lfc_draw;

/** Draw from the cells of promising muons (eotmc/transport/importance.h), within a cell as in nature. @param cell,
 * inside blocks. */
EOT_FN eot_lfc_draw eot_lfc_draw_promising(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_vertex_tables *e, f32 E,
                                           eot_u32x4 cell, eot_u32x4 inside) {
    i32 n_node = e->lfc[e->importance_nucleus].n_energy;
    i32 node = (i32)(eot_lfc_grid_place(e->lfc[e->importance_nucleus], E) * (f32)(n_node - 1) + 0.5f); /* the nearest */
    eot_importance_cell c = eot_importance_draw(table, e->signal, node, cell.x, cell.y);
    eot_lfc_draw d;
    d.q_energy = eot_importance_place(c.row, e->signal.n_row, eot_uniform(inside.x));
    d.q_angle = eot_importance_place(c.column, e->signal.n_column, eot_uniform(inside.y));
    d.weight = c.weight;
    return d;
}

/** e N -> mu N phi on one of the ECAL's nuclei. The weight is corrected from the rate between the cascade's nodes (with
 * their preference for high energies) to the tables' own, and for the preference of muons that may pass the selection.
 */
EOT_FN eot_event_vertex eot_lfc_vertex(eot_event_vertex v, eot_vertex_draw d, EOT_GLOBAL const f32 *table,
                                       eot_em_tables t, EOT_GLOBAL const eot_vertex_tables *e) {
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
        q = eot_lfc_draw_promising(table, e, v.k, d.block, eot_random_block(d.random));
    } else {
        q.q_energy = eot_lfc_quantile_place(eot_uniform(d.block.x));
        q.q_angle = eot_lfc_quantile_place(eot_uniform(d.block.y));
        q.weight = 1.0f;
    }
    eot_lfc_final f = eot_lfc_sample_at(table, e->lfc[target], v.k, q.q_energy, q.q_angle);
    v.weight *= q.weight;
    v.turn = eot_low_uniform(d.block.x, d.block.y);
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

#endif
