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

/** A real or virtual photon of energy k along the parent becomes mu+ mu-. @param v with the parent. @param b a block.
 * @param g cursor behind it. */
EOT_FN eot_event_vertex eot_dimuon_pair_vertex(eot_event_vertex v, f32 k, EOT_GLOBAL const f32 *table,
                                               EOT_GLOBAL const eot_vertex_tables *e, eot_u32x4 b, eot_random g) {
    f32 position =
        fmin(fmax((eot_log(k) - e->pair_log_first) * e->pair_inverse_log_step, 0.0f), (f32)e->n_pair_energy - 1.001f);
    i32 i = (i32)position;
    i += eot_uniform(b.z) < position - (f32)i ? 1 : 0;
    f32 q = eot_row_interpolated(table + e->pair_quantile + (u32)i * (u32)(e->n_pair_quantile + 1),
                                 eot_uniform(b.x) * (f32)e->n_pair_quantile, e->n_pair_quantile);
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
    (void)t;
    return eot_dimuon_pair_vertex(v, v.k, table, e, d.block, d.random);
}

#endif
