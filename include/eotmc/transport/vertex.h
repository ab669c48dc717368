/** @file vertex.h
 * The rare vertex of an event: which process of its parent it is, and what leaves it. One function a process, in
 * eotmc/transport/vertex; eot_event_vertex_sample chooses. Random numbers: stage EOT_STAGE_VERTEX, one block for the
 * choice and the first numbers of the process (w is the choice's), further ones as the process needs. */
#ifndef EOT_TRANSPORT_VERTEX_H
#define EOT_TRANSPORT_VERTEX_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/geometry/grid.h"
#include "eotmc/physics/process_rate.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"
#include "eotmc/transport/step.h"
#include "eotmc/transport/vertices.h"

/** What leaves the vertex of v.process. A number that is no process (a parent without one) is a fault, as is a process
 * that the kernels were not built for. */
EOT_FN eot_event_vertex eot_vertex_make(eot_event_vertex v, eot_vertex_draw d, EOT_GLOBAL const f32 *table,
                                        eot_em_tables t, EOT_GLOBAL const eot_vertex_tables *e) {
    switch (v.process) {
#define EOT_PROCESS(id, key, parents, family, fallback, doc) \
    case EOT_RARE_##id: \
        if (EOT_HAS_PROCESS(EOT_RARE_##id)) return eot_##key##_vertex(v, d, table, t, e); \
        break;
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
    }
    v.process = 0;
    v.fault |= (u32)EOT_FAULT_VERTEX;
    return v;
}

/** Choose the process of a parent and sample what leaves the vertex.
 * @param v with k, parent, slopes, position and weight. @param g cursor of the vertex. @param path of the step, @param
 * z its start: which media the parent was in. @param density as in eot_vertex_draw. */
EOT_FN eot_event_vertex eot_event_vertex_sample(eot_event_vertex v, EOT_GLOBAL const f32 *table, eot_em_tables t,
                                                EOT_GLOBAL const eot_vertex_tables *e, eot_random g, f32 z, f32 path,
                                                EOT_GLOBAL f32 *density) {
    eot_vertex_draw d;
    f32 sum = 0.0f, total = 0.0f;
    d.block = eot_random_block(g);
    g.draw++;
    d.random = g;
    d.density = density;
    d.share[0] = 1.0f;
    d.share[1] = 0.0f;
    if (t.n_medium == 2) {
        eot_layer_path split = eot_layer_path_split(t.layer[0], t.layer[1], z, path);
        d.share[0] = path > 0.0f ? split.in[0] / path : 1.0f;
        d.share[1] = 1.0f - d.share[0];
    }
    for (i32 p = 0; p < EOT_N_RARE; p++)
        for (i32 m = 0; m < t.n_medium; m++)
            if (EOT_HAS_PROCESS(p) && eot_rare_parents(p) & 1 << v.parent)
                total += eot_rare_rate(table, t, p, m, v.k) * d.share[m];
    f32 choice = eot_uniform(d.block.w) * total;
    v.process = -1;
    for (i32 p = 0; p < EOT_N_RARE; p++) {
        f32 rate = 0.0f;
        for (i32 m = 0; m < t.n_medium; m++)
            if (EOT_HAS_PROCESS(p) && eot_rare_parents(p) & 1 << v.parent)
                rate += eot_rare_rate(table, t, p, m, v.k) * d.share[m];
        sum += rate;
        if (v.process < 0 && rate > 0.0f && choice <= sum) v.process = p;
    }
    return eot_vertex_make(v, d, table, t, e);
}

#endif
