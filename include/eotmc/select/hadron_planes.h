/** @file hadron_planes.h
 * A beam of pions or kaons where it crosses planes: the hadrons themselves, with the chance that they have neither
 * decayed nor interacted before as their weight; and, with the weight of the decay that the run follows, muons of
 * decays with the electrons of theirs, pions of kaons, electrons and photons of decays with the pairs of these photons
 * (eotmc/transport/hadron_light.h), up to the matter where they shower. What interactions make has no particles. */
#ifndef EOT_SELECT_HADRON_PLANES_H
#define EOT_SELECT_HADRON_PLANES_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/select/hadron_event.h"
#include "eotmc/transport/plane_beam.h"

/** What a primary's crossings are found with. */
typedef struct {
    eot_hadron_run run;
    eot_plane_view view;
    EOT_GLOBAL eot_crossing *work; /* [2][planes->n_plane] */
    i32 n_waiting;                 /* deposits that wait in the run's event: the number of the next one */
} eot_hadron_crossings;

/** The PDG's number of a pion or kaon. */
EOT_FN i32 eot_hadron_pdg(i32 kind, i32 charge) { return charge * (kind == EOT_HADRON_PION ? 211 : 321); }

/** Planes that a step of a hadron crosses, place, direction, energy and time interpolated along z. @param s the step of
 * h. @param weight at its start. @param interacts, decays whether that makes the weight less on the way. */
EOT_FN void eot_hadron_step_crossings(eot_hadron h, eot_hadron_step s, f32 weight, i32 interacts, i32 decays,
                                      EOT_GLOBAL const eot_plane_launch *planes, eot_crossing_list *list) {
    for (i32 p = 0; p < planes->n_plane; p++) {
        f64 z = planes->z[p], length = s.h.m.position.z - h.m.position.z;
        i32 begins = z > h.m.position.z || (h.n_step == 0 && z == h.m.position.z);
        if (!begins || z > s.h.m.position.z) continue;
        f64 share = length > D(0.0) ? (z - h.m.position.z) / length : D(0.0);
        f32 part = (f32)share, depth = 0.0f;
        if (decays) depth += s.h.decay_depth - h.decay_depth;
        if (interacts) depth += s.h.interaction_depth - h.interaction_depth;
        eot_crossing c;
        eot_vec3 u;
        c.x = h.m.position.x + share * (s.h.m.position.x - h.m.position.x);
        c.y = h.m.position.y + share * (s.h.m.position.y - h.m.position.y);
        c.kinetic_energy = h.m.kinetic_energy + share * (s.h.m.kinetic_energy - h.m.kinetic_energy);
        u.x = h.m.direction.x + part * (s.h.m.direction.x - h.m.direction.x);
        u.y = h.m.direction.y + part * (s.h.m.direction.y - h.m.direction.y);
        u.z = h.m.direction.z + part * (s.h.m.direction.z - h.m.direction.z);
        c.direction = eot_vec3_unit(u);
        c.time = h.m.time + part * (s.h.m.time - h.m.time);
        c.draw = (u32)h.n_step;
        c.is_there = 1;
        eot_crossing_list_add(list, c, p, eot_hadron_pdg(h.kind, h.m.charge), weight * eot_exp(-part * depth));
    }
}

/** The beam's hadron to the end of the world, as if it neither decayed nor interacted: both are in its weight. */
EOT_FN void eot_hadron_beam_crossings(const eot_hadron_crossings *c, eot_primary source, eot_crossing_list *list) {
    EOT_GLOBAL const eot_hadron_world *w = c->run.view.hadron;
    eot_random random = eot_random_init(c->run.primary, EOT_STAGE_HADRON, EOT_HADRON_STREAM_BEAM, c->run.launch->seed,
                                        c->run.launch->run);
    eot_point start;
    start.x = (f64)source.x;
    start.y = (f64)source.y;
    start.z = (f64)c->run.e->beam.position_z;
    eot_hadron h = eot_hadron_born(c->run.view, w->kind, w->charge, source.E, start,
                                   eot_slope_direction(source.sx, source.sy), 0.0f);
    i32 n_ahead = 1;
    while (h.end == EOT_HADRON_GOES_ON && n_ahead > 0) {
        eot_hadron_step s = eot_hadron_advance(c->run.view, h, EOT_HADRON_FAR, eot_random_block(random));
        f32 weight = eot_exp(-(h.decay_depth + (w->interacts ? h.interaction_depth : 0.0f)));
        random.draw++;
        eot_hadron_step_crossings(h, s, weight, w->interacts, 1, c->view.planes, list);
        h = s.h;
        n_ahead = 0;
        for (i32 p = 0; p < c->view.planes->n_plane; p++) n_ahead += c->view.planes->z[p] > h.m.position.z ? 1 : 0;
    }
}

/** A muon of a decay. Arguments as of eot_hadron_muon. */
EOT_FN void eot_hadron_muon_crossings(const eot_hadron_crossings *c, eot_hadron_product muon, eot_muon at, i32 number,
                                      eot_crossing_list *list) {
    eot_event_muon_crossings(c->view, c->run.launch, c->run.primary, eot_hadron_muon_vertex(muon, at, number),
                             muon.charge, c->work);
    eot_muon_crossings_listed(c->work, muon.charge, c->view.planes->n_plane, list);
}

/** An electron or positron of a decay or of a pair. @param m place, direction, charge. @param E [GeV]. */
EOT_FN void eot_hadron_electron_crossings(const eot_hadron_crossings *c, eot_muon m, f32 E, eot_crossing_list *list) {
    eot_light_kind kind;
    kind.E = E;
    kind.mass = EOT_M_ELECTRON;
    kind.p2 = E * E;
    kind.draw = 0u;
    eot_light_crossings(c->view, eot_light_start(m, EOT_MUON_FAR), kind, c->work);
    eot_crossings_listed(c->work, m.charge > 0 ? -11 : 11, c->view.planes->n_plane, list);
}

/** A photon of a decay, and its pair where there is a field on its way: as in eot_hadron_photon. @param i number of its
 * deposit. */
EOT_FN void eot_hadron_photon_crossings(const eot_hadron_crossings *c, eot_muon m, f32 E, i32 i,
                                        eot_crossing_list *list) {
    EOT_GLOBAL const eot_event_launch *launch = c->run.launch;
    eot_u32x4 b = eot_random_block(
        eot_random_init(c->run.primary, EOT_STAGE_HADRON, eot_hadron_conversion_stream(i), launch->seed, launch->run));
    eot_light_kind kind;
    kind.E = E;
    kind.mass = 0.0f;
    kind.p2 = E * E;
    kind.draw = 0u;
    m.charge = 0;
    eot_light l = eot_light_flown(c->view.light, eot_light_start(m, EOT_MUON_FAR), kind.p2);
    f32 depth = l.has_field ? eot_hadron_conversion_depth(c->run.e->shower, E, b) : EOT_MUON_FAR;
    l = eot_light_crossings(c->view, eot_light_start(m, depth), kind, c->work);
    eot_crossings_listed(c->work, 22, c->view.planes->n_plane, list);
    if (l.end != EOT_LIGHT_CONVERTS) return;
    l.m.time += l.path / (f32)EOT_C_LIGHT;
    f32 share = eot_hadron_pair_share(b);
    l.m.charge = 1;
    eot_hadron_electron_crossings(c, l.m, share * E, list);
    l.m.charge = -1;
    eot_hadron_electron_crossings(c, l.m, (1.0f - share) * E, list);
}

/** An electron or photon of a decay, where the run lets its deposit wait. @param at the hadron that decays. */
EOT_FN void eot_hadron_light_product_crossings(eot_hadron_crossings *c, eot_hadron_product p, eot_muon at,
                                               eot_crossing_list *list) {
    i32 i = c->n_waiting++;
    at.direction = p.direction;
    at.charge = p.charge;
    if (p.type == EOT_PRODUCT_PHOTON)
        eot_hadron_photon_crossings(c, at, p.E, i, list);
    else
        eot_hadron_electron_crossings(c, at, p.E, list);
}

/** A pion of a kaon's decay, and the muon or electron of its own: the same flight as in eot_hadron_pion. */
EOT_FN void eot_hadron_pion_crossings(eot_hadron_crossings *c, eot_hadron_product pion, eot_muon at, i32 number,
                                      eot_crossing_list *list) {
    EOT_GLOBAL const eot_event_launch *launch = c->run.launch;
    u32 stream = (u32)(EOT_HADRON_STREAM_PION + 2 * number);
    eot_random random = eot_random_init(c->run.primary, EOT_STAGE_HADRON, stream, launch->seed, launch->run);
    eot_hadron_view analog = c->run.view;
    eot_u32x4 clocks = eot_random_block(random);
    random.draw++;
    analog.enhancement = 1.0f;
    eot_hadron h = eot_hadron_born(analog, EOT_HADRON_PION, pion.charge, pion.E, at.position, pion.direction, at.time);
    h.to_decay = -eot_log(eot_uniform(clocks.x));
    h.to_interaction = analog.hadron->interacts ? -eot_log(eot_uniform(clocks.y)) : EOT_HADRON_FAR;
    while (h.end == EOT_HADRON_GOES_ON) {
        eot_hadron_step s = eot_hadron_advance(analog, h, EOT_HADRON_FAR, eot_random_block(random));
        random.draw++;
        eot_hadron_step_crossings(h, s, 1.0f, 0, 0, c->view.planes, list);
        h = s.h;
    }
    if (h.end == EOT_HADRON_INTERACTS || h.end == EOT_HADRON_STOPS) c->n_waiting++;
    if (h.end != EOT_HADRON_DECAYS) return;
    eot_hadron_products products =
        eot_hadron_decay_sample(eot_hadron_parent_of(h), eot_random_init(c->run.primary, EOT_STAGE_HADRON, stream + 1u,
                                                                         launch->seed, launch->run));
    if (products.item[0].type == EOT_PRODUCT_MUON)
        eot_hadron_muon_crossings(c, products.item[0], h.m, number, list);
    else
        eot_hadron_light_product_crossings(c, products.item[0], h.m, list);
}

/** All crossings of one primary. @param run its accumulators are of no use afterwards. @param launch how decays are
 * sampled. @return the list. */
EOT_FN eot_crossing_list eot_hadron_primary_crossings(eot_hadron_run run, EOT_GLOBAL const eot_hadron_launch *launch,
                                                      EOT_GLOBAL const eot_plane_launch *planes,
                                                      EOT_GLOBAL eot_crossing *work, eot_crossing_list list) {
    eot_hadron_crossings c;
    eot_hadron_event ev;
    c.run = run;
    c.view.light = eot_hadron_light_view(run.view);
    c.view.planes = planes;
    c.work = work;
    c.n_waiting = 0;
    eot_primary source = eot_source_of(run.view.matter.table, run.e->beam, run.primary, run.launch->seed,
                                       run.launch->run, run.e->beam.position_z);
    eot_hadron_event_clear(&ev);
    eot_hadron_beam_crossings(&c, source, &list);
    eot_hadron_flight f;
    eot_hadron_to_decay(&f, &run, source, launch, &ev);
    list.weight = ev.v.weight;
    if (!(ev.v.weight > 0.0f) || f.h.end == EOT_HADRON_IS_LOST) return list;
    eot_hadron_products products;
    eot_hadron_decayed(&products, &run, eot_hadron_parent_of(f.h), EOT_HADRON_STREAM_DECAY);
    for (i32 i = 0; i < products.n && i < EOT_MOST_PRODUCTS; i++) {
        eot_hadron_product p = products.item[i];
        if (p.type == EOT_PRODUCT_MUON) eot_hadron_muon_crossings(&c, p, f.h.m, i + EOT_HADRON_FIRST_MUON, &list);
        if (p.type == EOT_PRODUCT_PION) eot_hadron_pion_crossings(&c, p, f.h.m, i, &list);
        if (p.type == EOT_PRODUCT_ELECTRON || p.type == EOT_PRODUCT_PHOTON)
            eot_hadron_light_product_crossings(&c, p, f.h.m, &list);
    }
    return list;
}

#endif
