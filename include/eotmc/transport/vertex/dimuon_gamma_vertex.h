/** @file dimuon_gamma_vertex.h
 * Vertex of gamma N -> mu+ mu- N. */
#ifndef EOT_TRANSPORT_VERTEX_DIMUON_GAMMA_VERTEX_H
#define EOT_TRANSPORT_VERTEX_DIMUON_GAMMA_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/geometry/grid.h"
#include "eotmc/physics/dimuon_gamma.h"
#include "eotmc/transport/step.h"
#include "eotmc/transport/event_vertex.h"

/** A photon's rate of pairs as it is in nature over that at which the cascade draws them. @param k GeV. @param d with
 * its media. */
EOT_FN f32 eot_dimuon_gamma_undone(EOT_GLOBAL const f32 *table, eot_em_tables t, eot_importance m, f32 k,
                                   eot_vertex_draw d) {
    f32 place = eot_em_place(t, eot_log(fmax(k, t.cut)) - t.log_cut), drawn = 0.0f, natural = 0.0f;
    i32 i = (i32)place;
    EOT_GLOBAL const f32 *preference = table + m.preference + i;
    for (i32 medium = 0; medium < t.n_medium; medium++) {
        EOT_GLOBAL const f32 *node =
            table + t.rare + (u32)((medium * t.n_energy + i) * EOT_N_RARE + EOT_RARE_DIMUON_GAMMA);
        f32 low = node[0], high = node[EOT_N_RARE], low_natural = low / preference[0];
        drawn += fma(place - (f32)i, high - low, low) * d.share[medium];
        natural += fma(place - (f32)i, high / preference[1] - low_natural, low_natural) * d.share[medium];
    }
    return drawn > 0.0f ? natural / drawn : 0.0f;
}

/** A real or virtual photon of energy k along the parent becomes mu+ mu-, drawn by importance where there is one.
 * @param v with the parent. @param b a block. @param g cursor behind it. */
EOT_FN eot_event_vertex eot_dimuon_pair_vertex(eot_event_vertex v, f32 k, EOT_GLOBAL const f32 *table,
                                               EOT_GLOBAL const eot_vertex_tables *e, eot_u32x4 b, eot_random g) {
    f32 position =
        fmin(fmax((eot_log(k) - e->pair_log_first) * e->pair_inverse_log_step, 0.0f), (f32)e->n_pair_energy - 1.001f);
    i32 i = (i32)position;
    i += eot_uniform(b.z) < position - (f32)i ? 1 : 0;
    f32 share = eot_uniform(b.x); /* of the pairs that have a smaller x+ */
    if (e->pair.n_row > 0) {
        eot_importance_cell c = eot_importance_draw(table, e->pair, i, eot_random_block(g).x, 0u);
        g.draw++;
        share = eot_lfc_quantile_at(eot_importance_place(c.row, e->pair.n_row, share));
        v.weight *= c.weight;
    }
    f32 q = eot_row_interpolated(table + e->pair_quantile + (u32)i * (u32)(e->n_pair_quantile + 1),
                                 share * (f32)e->n_pair_quantile, e->n_pair_quantile);
    f32 low = EOT_M_MUON / k;
    f32 x_plus = low + q * (1.0f - 2.0f * low);
    i32 element = 0;
    f32 choice = eot_uniform(b.y);
    while (element + 1 < e->n_element && choice >= e->element_share[element]) element++;
    v.target_Z = e->element_Z[element];
    v.target_A = e->element_A[element];
    eot_dimuon_gamma_angles a = eot_dimuon_gamma_angles_sample(k, x_plus, v.target_Z, v.target_A, g);
    eot_vec3 photon = eot_slope_direction(v.sx, v.sy);
    v.plus = eot_vec3_unit(eot_vec3_rotated(photon, a.plus.x, a.plus.y, a.plus.z));
    v.minus = eot_vec3_unit(eot_vec3_rotated(photon, a.minus.x, a.minus.y, a.minus.z));
    v.E_plus = fmax(x_plus * k, EOT_M_MUON);
    v.E_minus = fmax(k - v.E_plus, EOT_M_MUON);
    v.fault |= a.is_good && v.E_plus >= EOT_M_MUON && v.E_minus >= EOT_M_MUON
                   ? 0u
                   : (u32)EOT_FAULT_VERTEX; /* a NaN is not >= */
    return v;
}

/** gamma N -> mu+ mu- N. @param v with its parent, a photon. */
EOT_FN eot_event_vertex eot_dimuon_gamma_vertex(eot_event_vertex v, eot_vertex_draw d, EOT_GLOBAL const f32 *table,
                                                eot_em_tables t, EOT_GLOBAL const eot_vertex_tables *e) {
    if (e->pair.n_row > 0) v.weight *= eot_dimuon_gamma_undone(table, t, e->pair, v.k, d);
    return eot_dimuon_pair_vertex(v, v.k, table, e, d.block, d.random);
}

#endif
