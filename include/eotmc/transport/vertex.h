/** @file vertex.h
 * The rare vertex of an event: which process of its parent it is, and what leaves it. One function a process;
 * eot_event_vertex_sample chooses. Random numbers: stage EOT_STAGE_VERTEX, one block for the choice and the first
 * numbers of the process (w is the choice's), further ones as the process needs. */
#ifndef EOT_TRANSPORT_VERTEX_H
#define EOT_TRANSPORT_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/geometry/grid.h"
#include "eotmc/math/vector.h"
#include "eotmc/physics/dimuon_annihilation.h"
#include "eotmc/physics/dimuon_gamma.h"
#include "eotmc/physics/rare.h"
#include "eotmc/transport/cascade.h"

/** The rare vertex of an event and what leaves it. */
typedef struct {
    f64 x, y, z;                 /* cm */
    eot_vec3 plus, minus, extra; /* directions */
    f32 k;                       /* GeV, parent */
    f32 E_plus, E_minus;         /* GeV, muons; 0: there is none of this charge */
    f32 E_extra;                 /* GeV, an electron or positron that goes on; 0: there is none */
    f32 E_dark;                  /* GeV, phi and the recoil of the nucleus */
    f32 depth_X0, time;          /* ns */
    f32 weight;
    f32 E_beam;
    f32 sx, sy; /* slopes of the parent */
    f32 versine,
        turn; /* EOT_RARE_LFC: 1 - cos and azimuth/2 pi of the muon about the parent (frame of eot_vec3_rotated) */
    i32 process, parent; /* enum eot_rare_process, enum eot_particle_type */
    i32 extra_type;      /* enum eot_particle_type */
    i32 target; /* EOT_RARE_LFC: number of the nucleus in eot_vertex_tables; others: of the element; -1: an electron
                 */
    u32 fault;  /* bits of eot_event_fault */
    u32 stream; /* its step in the shower: random numbers of its own for each vertex of a primary */
} eot_event_vertex;
EOT_LAYOUT(eot_event_vertex, EOT_EVENT_VERTEX_BYTES);

EOT_FN eot_vec3 eot_vec3_zero(void) {
    eot_vec3 u;
    u.x = u.y = u.z = R(0.0);
    return u;
}

/** No vertex yet. */
EOT_FN eot_event_vertex eot_event_vertex_none(void) {
    eot_event_vertex v;
    v.x = v.y = v.z = D(0.0);
    v.plus = v.minus = v.extra = eot_vec3_zero();
    v.k = v.E_plus = v.E_minus = v.E_extra = v.E_dark = v.depth_X0 = v.time = v.weight = v.E_beam = v.sx = v.sy =
        v.versine = v.turn = 0.0f;
    v.process = v.parent = v.extra_type = v.target = 0;
    v.fault = v.stream = 0u;
    return v;
}

/** Unit vector of a particle that travels towards +z with slopes sx, sy. */
EOT_FN eot_vec3 eot_slope_direction(f32 sx, f32 sy) {
    eot_vec3 u;
    u.x = sx;
    u.y = sy;
    u.z = 1.0f;
    return eot_vec3_unit(u);
}

/** A real or virtual photon of energy k along the parent becomes mu+ mu-. @param v with the parent. @param b a block.
 * @param g cursor behind it. */
EOT_FN eot_event_vertex eot_vertex_dimuon_gamma(eot_event_vertex v, f32 k, EOT_GLOBAL const f32 *table,
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
    v.target = element;
    eot_dimuon_gamma_angles a =
        eot_dimuon_gamma_angles_sample(k, x_plus, e->element_Z[element], e->element_A[element], g);
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

/** e N -> e N mu+ mu-: the pair of a photon of energy k, the electron goes on with the rest. @param b the first block.
 * @param g cursor behind it. */
EOT_FN eot_event_vertex eot_vertex_dimuon_trident(eot_event_vertex v, EOT_GLOBAL const f32 *table,
                                                  EOT_GLOBAL const eot_vertex_tables *e, eot_u32x4 b, eot_random g) {
    f32 k = eot_dimuon_trident_k(table, e->trident, v.k, eot_uniform(b.x), eot_uniform(b.y));
    eot_u32x4 pair = eot_random_block(g);
    g.draw++;
    v = eot_vertex_dimuon_gamma(v, k, table, e, pair, g);
    v.E_extra = fmax(0.0f, v.k - v.E_plus - v.E_minus);
    v.extra = eot_slope_direction(v.sx, v.sy);
    v.extra_type = v.parent;
    return v;
}

/** e+ e- -> mu+ mu-; the electron's rest energy comes from the calorimeter. The weight is corrected from the rate
 * between the cascade's nodes to the cross section, which begins between two of them. */
EOT_FN eot_event_vertex eot_vertex_dimuon_annihilation(eot_event_vertex v, eot_em_tables t, eot_u32x4 b) {
    f32 place = eot_em_place(t, eot_log(fmax(v.k, t.cut)) - t.log_cut);
    f32 node = floor(place), low = eot_dimuon_annihilation_xsec(eot_exp(t.log_cut + node / t.inverse_log_step)) * 1e30f;
    f32 high = eot_dimuon_annihilation_xsec(eot_exp(t.log_cut + (node + 1.0f) / t.inverse_log_step)) * 1e30f,
        nodes = fma(place - node, high - low, low);
    f32 exact = eot_dimuon_annihilation_xsec(v.k) * 1e30f;
    v.target = -1;
    v.weight = nodes > 0.0f ? v.weight * (exact / nodes) : 0.0f; /* 0 below the threshold */
    if (!(v.weight > 0.0f)) return v;
    eot_dimuon_annihilation_pair p = eot_dimuon_annihilation_sample(v.k, eot_uniform(b.x), eot_uniform(b.y));
    eot_vec3 positron = eot_slope_direction(v.sx, v.sy);
    v.plus = eot_vec3_unit(eot_vec3_rotated(positron, p.plus.x, p.plus.y, p.plus.z));
    v.minus = eot_vec3_unit(eot_vec3_rotated(positron, p.minus.x, p.minus.y, p.minus.z));
    v.E_plus = p.E_plus;
    v.E_minus = p.E_minus;
    v.fault |= v.E_plus >= EOT_M_MUON && v.E_minus >= EOT_M_MUON ? 0u : (u32)EOT_FAULT_VERTEX; /* a NaN is not >= */
    return v;
}

/** Where a muon is among the quantiles of its energy and angle, and how much rarer it is in nature than where it was
 * drawn from. */
typedef struct {
    f32 q_energy, q_angle, weight;
} eot_lfc_draw;

/** Draw from the cells of promising muons (host/world/importance.h), uniform in q within a cell. @param cell, inside
 * blocks.
 */
EOT_FN eot_lfc_draw eot_lfc_draw_promising(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_vertex_tables *e, f32 E,
                                           eot_u32x4 cell, eot_u32x4 inside) {
    i32 n_energy = e->n_importance_energy, n_angle = e->n_importance_angle,
        n_node = e->lfc[e->importance_nucleus].n_energy;
    i32 node = (i32)(eot_lfc_grid_place(e->lfc[e->importance_nucleus], E) * (f32)(n_node - 1) + 0.5f); /* the nearest */
    EOT_GLOBAL const f32 *rows = table + e->importance + (u32)(node * (n_energy + 1 + n_energy * (n_angle + 1)));
    i32 i = eot_grid_cell(rows, n_energy, (f64)eot_uniform(cell.x));
    EOT_GLOBAL const f32 *row = rows + n_energy + 1 + i * (n_angle + 1);
    i32 j = eot_grid_cell(row, n_angle, (f64)eot_uniform(cell.y));
    eot_lfc_draw d;
    d.q_energy = ((f32)i + eot_uniform(inside.x)) / (f32)n_energy;
    d.q_angle = ((f32)j + eot_uniform(inside.y)) / (f32)n_angle;
    d.weight = eot_lfc_quantile_density(d.q_energy) / ((f32)n_energy * (rows[i + 1] - rows[i])) *
               (eot_lfc_quantile_density(d.q_angle) / ((f32)n_angle * (row[j + 1] - row[j])));
    return d;
}

/** e N -> mu N phi on one of the ECAL's nuclei. The weight is corrected from the rate between the cascade's nodes (with
 * their preference for high energies) to the tables' own, and for the preference of muons that may pass the selection.
 */
EOT_FN eot_event_vertex eot_vertex_lfc(eot_event_vertex v, EOT_GLOBAL const f32 *table, eot_em_tables t,
                                       EOT_GLOBAL const eot_vertex_tables *e, const f32 share[EOT_N_MEDIUM_MAX],
                                       eot_u32x4 b, eot_random g) {
    f32 total = 0.0f, sum = 0.0f, nodes = 0.0f;
    for (i32 m = 0; m < t.n_medium; m++) nodes += eot_rare_rate(table, t, EOT_RARE_LFC, m, v.k) * share[m];
    for (i32 i = 0; i < e->n_lfc; i++) total += eot_lfc_xsec(table, e->lfc[i], v.k) * share[e->lfc_medium[i]];
    f32 choice = eot_uniform(b.z) * total;
    v.target = -1;
    for (i32 i = 0; i < e->n_lfc; i++) {
        sum += eot_lfc_xsec(table, e->lfc[i], v.k) * share[e->lfc_medium[i]];
        if (v.target < 0 && choice <= sum) v.target = i;
    }
    v.weight = nodes > 0.0f ? v.weight * (total / nodes) : 0.0f; /* 0 below the threshold */
    if (v.target < 0 || !(v.weight > 0.0f)) {
        v.target = 0;
        return v;
    }
    if (!eot_lfc_is_covered(e->lfc[v.target], v.k)) v.fault |= (u32)EOT_FAULT_ENERGY;
    eot_lfc_draw d;
    if (e->n_importance_energy > 0) {
        d = eot_lfc_draw_promising(table, e, v.k, b, eot_random_block(g));
    } else {
        d.q_energy = eot_lfc_quantile_place(eot_uniform(b.x));
        d.q_angle = eot_lfc_quantile_place(eot_uniform(b.y));
        d.weight = 1.0f;
    }
    eot_lfc_final f = eot_lfc_sample_at(table, e->lfc[v.target], v.k, d.q_energy, d.q_angle);
    v.weight *= d.weight;
    v.turn = eot_low_uniform(b.x, b.y);
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

/** Choose the process of a parent and sample what leaves the vertex.
 * @param v with k, parent, slopes, position and weight. @param path of the step, @param z its start: which media the
 * parent was in. */
EOT_FN eot_event_vertex eot_event_vertex_sample(eot_event_vertex v, EOT_GLOBAL const f32 *table, eot_em_tables t,
                                                EOT_GLOBAL const eot_vertex_tables *e,
                                                EOT_GLOBAL const eot_event_launch *launch, u64 primary, f32 z,
                                                f32 path) {
    eot_random g = eot_random_init(primary, EOT_STAGE_VERTEX, v.stream & 0xffffffu, launch->seed, launch->run);
    eot_u32x4 b = eot_random_block(g);
    g.draw++;
    f32 share[EOT_N_MEDIUM_MAX], sum = 0.0f, total = 0.0f;
    share[0] = 1.0f;
    share[1] = 0.0f;
    if (t.n_medium == 2) {
        eot_layer_path split = eot_layer_path_split(t.layer[0], t.layer[1], z, path);
        share[0] = path > 0.0f ? split.in[0] / path : 1.0f;
        share[1] = 1.0f - share[0];
    }
    for (i32 p = 0; p < EOT_N_RARE; p++)
        for (i32 m = 0; m < t.n_medium; m++)
            if (eot_rare_parents(p) & 1 << v.parent) total += eot_rare_rate(table, t, p, m, v.k) * share[m];
    f32 choice = eot_uniform(b.w) * total;
    v.process = -1;
    for (i32 p = 0; p < EOT_N_RARE; p++) {
        f32 rate = 0.0f;
        for (i32 m = 0; m < t.n_medium; m++)
            if (eot_rare_parents(p) & 1 << v.parent) rate += eot_rare_rate(table, t, p, m, v.k) * share[m];
        sum += rate;
        if (v.process < 0 && rate > 0.0f && choice <= sum) v.process = p;
    }
    if (v.process == EOT_RARE_DIMUON_GAMMA) return eot_vertex_dimuon_gamma(v, v.k, table, e, b, g);
    if (v.process == EOT_RARE_LFC) return eot_vertex_lfc(v, table, t, e, share, b, g);
    if (v.process == EOT_RARE_DIMUON_TRIDENT) return eot_vertex_dimuon_trident(v, table, e, b, g);
    if (v.process == EOT_RARE_DIMUON_ANNIHILATION) return eot_vertex_dimuon_annihilation(v, t, b);
    v.process = 0;
    v.fault |= (u32)EOT_FAULT_VERTEX; /* a parent without a process */
    return v;
}

#endif
