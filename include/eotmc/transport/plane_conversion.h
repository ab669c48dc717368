/** @file plane_conversion.h
 * Muons that convert in the ECAL at planes: the muon as if it did not convert, with the electron of its decay, and with
 * the weight of the conversion the electrons, positrons and photons above the cut of the shower of mu N -> e N phi. By
 * the steps of conversion.h, without deposits. */
#ifndef EOT_TRANSPORT_PLANE_CONVERSION_H
#define EOT_TRANSPORT_PLANE_CONVERSION_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/conversion.h"
#include "eotmc/transport/plane_beam.h"

/** The shower of a conversion's electron at planes. @param space stack; its sums are not touched. */
EOT_FN void eot_conversion_shower_crossings(const eot_beam_crossings *c, eot_conversion_world w, eot_event_vertex v,
                                            u64 primary, i32 charge, eot_conversion_space space,
                                            eot_crossing_list *list) {
    eot_em_tables t = w.em[0];
    eot_replay_view view = eot_replay_view_of(w.matter.table, w.e, w.launch, space.stack, space.n_item, space.item);
    eot_replay_state s = eot_conversion_electron(w, v, primary, charge);
    if (!(v.E_extra >= t.cut)) return;
    while (s.is_alive) {
        eot_cascade_vertex step =
            eot_cascade_vertex_sample(view.table, t, s.q.p.E, s.q.p.z, s.q.p.type, eot_replay_block(s, w.launch));
        eot_replay_particle after =
            eot_replay_moved(s.q, step, eot_replay_own_block(s, w.launch), w.e->multiple_scattering);
        eot_cascade_step_crossings(c, s, after, step, list);
        eot_replay_next(&s, eot_replay_sided(after, w.e), step, t.cut, t.cut, view);
    }
}

/** The muon of a primary up to where it converts. @return its vertex, weight 0: none. @param space its accumulators are
 * of no use afterwards. */
EOT_FN eot_event_vertex eot_conversion_found(eot_conversion_world w, u64 primary, i32 charge,
                                             eot_conversion_space space) {
    f32 E;
    eot_event_vertex v = eot_event_vertex_none();
    for (i32 k = 0; k < EOT_N_ACC; k++) space.acc[k] = 0;
    eot_event_muon_state s = eot_conversion_start(w, primary, charge, space.acc, &E);
    eot_conversion_choice choice = eot_conversion_choose(w, s, primary);
    if (choice.chosen < 0 || choice.fault != 0u) return v;
    for (i32 n = 0; n < choice.chosen; n++) {
        eot_muon_step step = eot_muon_advance(w.matter, s.m, s.random);
        s.m = step.muon;
        s.random = step.random;
    }
    f32 start = s.m.time;
    eot_muon_step last = eot_muon_advance(w.matter, s.m, s.random);
    v = eot_conversion_vertex(w, s, choice, primary, space.acc);
    v.time = start + choice.along * (last.muon.time - start);
    if (v.fault != 0u) v.weight = 0.0f;
    return v;
}

/** All crossings of one primary. @param work [2][planes->n_plane]. @return the list. */
EOT_FN eot_crossing_list eot_conversion_crossings(eot_conversion_world w, u64 primary, i32 charge, eot_plane_view at,
                                                  eot_conversion_space space, EOT_GLOBAL eot_crossing *work,
                                                  eot_crossing_list list) {
    eot_beam_crossings c;
    eot_event_muon_state s =
        eot_event_muon_born(w.matter, w.launch, primary, eot_conversion_origin(w, primary), charge);
    list = eot_beam_muon_crossings(at, s.m, s.random, work, list);
    eot_event_vertex v = eot_conversion_found(w, primary, charge, space);
    if (!(v.weight > 0.0f)) return list;
    c.view = at;
    c.work = work;
    c.front = w.e->calorimeter_z;
    c.zero = (f32)(v.z - (f64)v.time * (f64)EOT_C_LIGHT);
    c.cut = w.em->cut;
    list.weight = v.weight;
    list.is_rare = 1;
    eot_conversion_shower_crossings(&c, w, v, primary, charge, space, &list);
    return list;
}

#endif
