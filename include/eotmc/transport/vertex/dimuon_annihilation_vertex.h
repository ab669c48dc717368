/** @file dimuon_annihilation_vertex.h
 * Vertex of e+ e- -> mu+ mu- on an atomic electron. */
#ifndef EOT_TRANSPORT_VERTEX_DIMUON_ANNIHILATION_VERTEX_H
#define EOT_TRANSPORT_VERTEX_DIMUON_ANNIHILATION_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/physics/dimuon_annihilation.h"
#include "eotmc/transport/step.h"
#include "eotmc/transport/event_vertex.h"

/** e+ e- -> mu+ mu-; the electron's rest energy comes from the calorimeter. The weight is corrected from the rate
 * between the cascade's nodes to the cross section, which begins between two of them. */
EOT_FN eot_event_vertex eot_dimuon_annihilation_vertex(eot_event_vertex v, eot_vertex_draw d,
                                                       EOT_GLOBAL const f32 *table, eot_em_tables t,
                                                       EOT_GLOBAL const eot_vertex_tables *e) {
    (void)table;
    (void)e;
    f32 place = eot_em_place(t, eot_log(fmax(v.k, t.cut)) - t.log_cut);
    f32 node = floor(place), low = eot_dimuon_annihilation_xsec(eot_exp(t.log_cut + node / t.inverse_log_step)) * 1e30f;
    f32 high = eot_dimuon_annihilation_xsec(eot_exp(t.log_cut + (node + 1.0f) / t.inverse_log_step)) * 1e30f,
        nodes = fma(place - node, high - low, low);
    f32 exact = eot_dimuon_annihilation_xsec(v.k) * 1e30f;
    v.weight = nodes > 0.0f ? v.weight * (exact / nodes) : 0.0f; /* 0 below the threshold */
    if (!(v.weight > 0.0f)) return v;
    eot_dimuon_annihilation_pair p =
        eot_dimuon_annihilation_sample(v.k, eot_uniform(d.block.x), eot_uniform(d.block.y));
    eot_vec3 positron = eot_slope_direction(v.sx, v.sy);
    v.plus = eot_vec3_unit(eot_vec3_rotated(positron, p.plus.x, p.plus.y, p.plus.z));
    v.minus = eot_vec3_unit(eot_vec3_rotated(positron, p.minus.x, p.minus.y, p.minus.z));
    v.E_plus = p.E_plus;
    v.E_minus = p.E_minus;
    v.fault |= v.E_plus >= EOT_M_MUON && v.E_minus >= EOT_M_MUON ? 0u : (u32)EOT_FAULT_VERTEX; /* a NaN is not >= */
    return v;
}

#endif
