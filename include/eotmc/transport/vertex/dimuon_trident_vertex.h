/** @file dimuon_trident_vertex.h
 * Vertex of e N -> e N mu+ mu-. */
#ifndef EOT_TRANSPORT_VERTEX_DIMUON_TRIDENT_VERTEX_H
#define EOT_TRANSPORT_VERTEX_DIMUON_TRIDENT_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/physics/dimuon_trident.h"
#include "eotmc/transport/vertex/dimuon_gamma_vertex.h"

/** e N -> e N mu+ mu-: the pair of a virtual photon, the electron goes on with the rest. @param v with its parent. */
EOT_FN eot_event_vertex eot_dimuon_trident_vertex(eot_event_vertex v, eot_vertex_draw d, EOT_GLOBAL const f32 *table,
                                                  eot_em_tables t, EOT_GLOBAL const eot_vertex_tables *e) {
    (void)t;
    f32 k = eot_dimuon_trident_k(table, e->trident, v.k, eot_uniform(d.block.x), eot_uniform(d.block.y));
    eot_u32x4 pair = eot_random_block(d.random);
    d.random.draw++;
    v = eot_dimuon_pair_vertex(v, k, table, e, pair, d.random);
    v.E_extra = fmax(0.0f, v.k - v.E_plus - v.E_minus);
    v.extra = eot_slope_direction(v.sx, v.sy);
    v.extra_type = v.parent;
    return v;
}

#endif
