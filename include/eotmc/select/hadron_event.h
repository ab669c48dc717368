/** @file hadron_event.h
 * A hadron of the beam, its decay, and all that leaves it: muons by the muons' steps, charged pions as hadrons that
 * decay or interact, electrons and photons as showers where they hit, behind the fields on their way
 * (eotmc/transport/hadron_light.h).
 *
 * Forced: the place of the decay is drawn along z by a density that host/world/hadron.c makes, and the weight is the
 * probability of a decay there over that density, the survival of decay and interactions before it included: its mean
 * is the probability to decay in the region. Analog: decays are as in nature times `enhancement`, undone by the weight.
 * Both follow the same hadron by the same steps.
 *
 * An event whose charged particles cannot cross all chambers is given up early unless its deposits are scored; what a
 * selection needs of it is known then. */
#ifndef EOT_SELECT_HADRON_EVENT_H
#define EOT_SELECT_HADRON_EVENT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/select/selection.h"
#include "eotmc/transport/hadron_light.h"
#include "eotmc/transport/hadron_shower.h"
#include "eotmc/transport/source.h"

#define EOT_HADRON_FIRST_MUON 4 /* number of a muon of the beam's hadron, behind those of its pions */
#define EOT_MOST_WAITING 12     /* deposits of an event: 4 photons, and what 3 pions and a lepton leave */
#define EOT_HADRON_STEPS 64     /* of a muon whose deposits wait until it is known whether it makes a track */

/** What all events read, and where this one puts its energy. */
typedef struct {
    eot_hadron_view view;
    EOT_GLOBAL const eot_event_world *e;
    EOT_GLOBAL const eot_event_launch *launch;
    EOT_GLOBAL i64 *acc;        /* [EOT_N_ACC] */
    EOT_GLOBAL i64 *of_hadrons; /* [EOT_N_LEDGER + EOT_N_HADRON_TERM] the part of the ledger that interactions made, and
                                   more terms */
    u64 primary;
    i32 is_full; /* whether all is followed to its end */
} eot_hadron_run;

/** Terms of the energy balance besides the ledger's. */
enum eot_hadron_term {
    EOT_HADRON_TERM_ESCAPED = 0, /* of hadrons that leave the world */
    EOT_N_HADRON_TERM
};

/** Crossings of the trackers in front of the ECAL. */
typedef struct {
    f32 x[EOT_N_STATION], y[EOT_N_STATION]; /* cm from where a particle of the beam without scattering is */
    u32 seen;                               /* a bit each */
} eot_station_hits;

/** Energy that is deposited once the event is known to be of interest. */
typedef struct {
    i32 type; /* EOT_PRODUCT_ELECTRON, _PHOTON; EOT_PRODUCT_PION: an interaction */
    f32 E;    /* GeV */
    i64 counts;
    eot_muon m; /* where it is and heads */
} eot_hadron_deposit;

/** An event. */
typedef struct {
    i32 n_waiting;
    eot_hadron_deposit waiting[EOT_MOST_WAITING];
    eot_muon_outcome track[2];
    i32 is_taken[2];
    eot_station_hits stations; /* of the beam's hadron, then of the most energetic charged particle of its decay */
    eot_event_vertex v;        /* the decay: weight 0 if there is none */
    i32 channel, place;        /* enum eot_hadron_channel, enum eot_hadron_place */
    f32 E_muon, E_neutrino;    /* GeV, of the decay; 0: none */
    eot_vec3 direction;        /* of its muon */
    eot_vec3 of_hadron;        /* direction of the hadron */
    f32 kink;                  /* rad, of that muon to the hadron; 0: no muon */
    i32 n_charged;             /* charged particles of the decay */
    i32 gave_up;               /* one of them was not followed to its end, or not with its deposits */
    i32 n_step;                /* of muons and hadrons */
} eot_hadron_event;

/** A charged particle's traces. */
typedef struct {
    eot_muon_outcome out;
    eot_station_hits stations;
} eot_hadron_trace;

EOT_FN eot_hadron_trace eot_hadron_trace_none(void) {
    eot_hadron_trace t;
    t.out = eot_muon_outcome_none();
    t.stations.seen = 0u;
    for (i32 i = 0; i < EOT_N_STATION; i++) t.stations.x[i] = t.stations.y[i] = 0.0f;
    return t;
}

/** Add to a trace the tracker whose front face a step has crossed, if any. @param m at the end of the step. @param from
 * region that it was in. @param with_chambers 0: the chambers' hits are kept by eot_event_muon_advance. */
EOT_FN void eot_hadron_traced(eot_hadron_run run, eot_hadron_trace *t, eot_muon m, i32 axis, i32 from,
                              i32 with_chambers) {
    EOT_GLOBAL const eot_region *to = run.view.matter.region + m.region, *was = run.view.matter.region + from;
    EOT_GLOBAL const eot_spectrometer *s = &run.e->spectrometer;
    EOT_GLOBAL const eot_hadron_world *w = run.view.hadron;
    i32 enters = axis == 2 && m.direction.z > 0.0f && to->role == EOT_ROLE_TRACKER &&
                 (was->role != EOT_ROLE_TRACKER || was->module != to->module);
    if (!enters) return;
    i32 module = to->module, plane = module - s->first_module;
    if (s->n_plane > 0 && plane >= 0) {
        if (!with_chambers || plane >= s->n_plane) return;
        t->out.hit[plane].x = (f32)m.position.x;
        t->out.hit[plane].y = (f32)m.position.y;
        t->out.hit[plane].time = m.time;
        /* of a hadron as if it was a muon: nobody asks for more than that it is there */
        t->out.hit[plane].momentum = fmax(sqrt(eot_muon_momentum2((real)m.kinetic_energy)), 1e-6f);
        return;
    }
    if (module >= w->n_station) return;
    t->stations.x[module] = (f32)(m.position.x - (f64)w->station_x[module]);
    t->stations.y[module] = (f32)(m.position.y - (f64)w->station_y[module]);
    t->stations.seen |= 1u << module;
}

/** A hadron's flight. */
typedef struct {
    eot_hadron h;
    eot_hadron_trace trace;
} eot_hadron_flight;

/** Follow a hadron to its end or to a depth, with the deposits of its ionisation. @param f the hadron and
 * its hits where it is, in; where it ends, out. @param to [cm] or EOT_HADRON_FAR. */
EOT_SHARED_FN void eot_hadron_fly(eot_hadron_flight *f, const eot_hadron_run *run, f32 to, eot_random random) {
    eot_hadron h = f->h;
    while (h.end == EOT_HADRON_GOES_ON) {
        i32 from = h.m.region;
        eot_hadron_step s = eot_hadron_advance(run->view, h, to, eot_random_block(random));
        EOT_GLOBAL const eot_region *r = run->view.matter.region + from;
        f32 share =
            run->view.matter.table[run->e->lengths + (u32)from * (u32)EOT_N_LENGTHS_COLUMN + (u32)EOT_LENGTHS_ACTIVE];
        random.draw++;
        h = s.h;
        run->acc[eot_ledger_of_role(r->role)] += s.counts;
        eot_event_visible_add(run->acc, r, (i64)((f64)s.counts * (f64)share));
        if (h.end == EOT_HADRON_GOES_ON || h.end == EOT_HADRON_ARRIVES) {
            i32 plane = run->view.matter.region[h.m.region].module - run->e->spectrometer.first_module;
            eot_hadron_traced(*run, &f->trace, h.m, s.axis, from, 1);
            if (plane == 0 && f->trace.out.hit[0].momentum > 0.0f && f->trace.out.first_momentum == 0.0f)
                f->trace.out.first_momentum = eot_hadron_momentum(h);
        }
    }
    f->h = h;
}

/** Keep what a charged particle has left in the spectrometer: of three and more, those that cross all chambers. */
EOT_FN void eot_hadron_keep(eot_hadron_run run, eot_hadron_event *ev, eot_muon_outcome out, i32 charge) {
    i32 n_plane = run.e->spectrometer.n_plane, k = charge > 0 ? 0 : 1;
    if (ev->is_taken[k] && (!ev->is_taken[1 - k] || eot_muon_has_crossed(ev->track[k], n_plane))) k = 1 - k;
    if (ev->is_taken[k] && eot_muon_has_crossed(ev->track[k], n_plane)) return;
    if (ev->is_taken[k] && !eot_muon_has_crossed(out, n_plane) && n_plane > 0) return;
    ev->track[k] = out;
    ev->is_taken[k] = 1;
}

/** Let energy wait to be deposited. */
EOT_FN void eot_hadron_wait(eot_hadron_event *ev, i32 type, f32 E, i64 counts, eot_muon m) {
    if (ev->n_waiting == EOT_MOST_WAITING) {
        ev->v.fault |= (u32)EOT_FAULT_STACK;
        return;
    }
    ev->waiting[ev->n_waiting].type = type;
    ev->waiting[ev->n_waiting].E = E;
    ev->waiting[ev->n_waiting].counts = counts;
    ev->waiting[ev->n_waiting].m = m;
    ev->n_waiting++;
}

/** Whether a muon may still cross all chambers. @param n_hit those that it has crossed, one after the other. @param
 * entered whether it has been in the ECAL, from where on the least energies are known. */
EOT_FN i32 eot_hadron_muon_can(eot_hadron_run run, eot_muon m, i32 n_hit, i32 entered) {
    EOT_GLOBAL const eot_spectrometer *s = &run.e->spectrometer;
    if (n_hit == s->n_plane || !entered) return 1;
    return (f32)m.kinetic_energy >= eot_event_muon_need(run.view.matter.table, run.e, (f32)m.position.z);
}

/** Where a muon of a decay begins, as eot_event_muon_start takes it. Arguments as below. */
EOT_FN eot_event_vertex eot_hadron_muon_vertex(eot_hadron_product muon, eot_muon at, i32 number) {
    eot_event_vertex v = eot_event_vertex_none();
    v.x = at.position.x;
    v.y = at.position.y;
    v.z = at.position.z;
    v.plus = v.minus = muon.direction;
    v.E_plus = v.E_minus = muon.E;
    v.time = at.time;
    v.stream = (u32)number;
    return v;
}

/** A hadron that decays. */
EOT_FN eot_hadron_parent eot_hadron_parent_of(eot_hadron h) {
    eot_hadron_parent parent;
    parent.kind = h.kind;
    parent.charge = h.m.charge;
    parent.mass = eot_hadron_mass(h.kind);
    parent.E = (f32)h.m.kinetic_energy + parent.mass;
    parent.p = eot_hadron_momentum(h);
    parent.direction = h.m.direction;
    return parent;
}

/** Which chambers have been hit, a bit each. */
EOT_FN u32 eot_hadron_hits(eot_muon_outcome out) {
    u32 hits = 0u;
    for (i32 i = 0; i < EOT_N_PLANE; i++) hits |= out.hit[i].momentum > 0.0f ? 1u << i : 0u;
    return hits;
}

/** Follow a muon. Its deposits wait, as steps, until it has crossed all chambers, and are left out if it never does and
 * nothing else of the event can be seen: that half of the muons then costs its steps only. They do not depend on when
 * they are made, since they have random numbers of their own.
 * @param muon of a decay. @param at where and when. @param number of it in the event. @param before hits that
 * its parent has left. @param is_leading whether its
 * trackers in front of the ECAL are the event's. */
EOT_SHARED_FN void eot_hadron_muon(const eot_hadron_run *run, eot_hadron_event *ev, const eot_hadron_product *muon,
                                   const eot_muon *at, i32 number, const eot_hadron_trace *before, i32 is_leading) {
    EOT_GLOBAL const eot_spectrometer *chambers = &run->e->spectrometer;
    eot_event_muon_state s = eot_event_muon_start(run->view.matter, run->launch, run->primary,
                                                  eot_hadron_muon_vertex(*muon, *at, number), muon->charge, run->acc);
    eot_hadron_trace trace = *before;
    eot_muon_step step[EOT_HADRON_STEPS];
    eot_muon m = s.m;
    eot_random random = s.random;
    u32 hits = eot_hadron_hits(before->out);
    i32 waits = !run->is_full && ev->n_charged == 1 && chambers->n_plane > 0;
    i32 n_hit = 0, n_step = 0, n_wait = 0, entered = 0, goes_on = m.fate == EOT_MUON_ALIVE;
    s.out = before->out;
    while (goes_on || n_wait > 0) {
        if (goes_on) {
            i32 from = m.region, can = 1;
            eot_muon_step next = eot_muon_advance(run->view.matter, m, random);
            m = next.muon;
            random = next.random;
            step[n_wait++] = next;
            if (++n_step > EOT_MUON_MOST_STEPS && m.fate == EOT_MUON_ALIVE) m.fate = EOT_MUON_STUCK;
            if (m.fate == EOT_MUON_ALIVE) {
                i32 plane = eot_event_muon_plane(next, chambers, run->view.matter.region, from);
                if (plane >= 0) hits |= 1u << plane;
                if (is_leading) eot_hadron_traced(*run, &trace, m, next.axis, from, 0);
                entered = entered || run->view.matter.region[from].role == EOT_ROLE_ECAL;
                while (n_hit < chambers->n_plane && (hits >> n_hit & 1u) != 0u) n_hit++;
                can = run->is_full || eot_hadron_muon_can(*run, m, n_hit, entered);
            }
            goes_on = m.fate == EOT_MUON_ALIVE && can;
            if (waits && goes_on && n_wait < EOT_HADRON_STEPS) continue;
            if (waits && !goes_on && n_hit < chambers->n_plane) break;
        }
        for (i32 i = 0; i < n_wait; i++) eot_event_muon_advance(&s, &step[i], run->view.matter, run->e, run->acc);
        n_wait = 0;
    }
    ev->n_step += n_step;
    if (is_leading) ev->stations = trace.stations;
    if (m.fate == EOT_MUON_STUCK) ev->v.fault |= (u32)EOT_FAULT_STUCK;
    if (m.fate == EOT_MUON_NAN) ev->v.fault |= (u32)EOT_FAULT_NAN;
    if (m.fate == EOT_MUON_ALIVE || n_wait > 0) {
        ev->gave_up = 1;
        return;
    }
    s.m.fate = m.fate;
    eot_event_muon_finish(&s, run->acc);
    eot_hadron_keep(*run, ev, s.out, muon->charge);
}

/** What leaves a decay. @param products out. @param stream of its random numbers. */
EOT_SHARED_FN void eot_hadron_decayed(eot_hadron_products *products, const eot_hadron_run *run,
                                      eot_hadron_parent parent, u32 stream) {
    *products = eot_hadron_decay_sample(
        parent, eot_random_init(run->primary, EOT_STAGE_HADRON, stream, run->launch->seed, run->launch->run));
}

/** Follow a charged pion: it decays, interacts, stops or leaves. Arguments as of eot_hadron_muon. */
EOT_SHARED_FN void eot_hadron_pion(const eot_hadron_run *run, eot_hadron_event *ev, const eot_hadron_product *pion,
                                   const eot_muon *at, i32 number, const eot_hadron_trace *trace, i32 is_leading) {
    i64 total = eot_energy_counts(pion->E);
    eot_random random = eot_random_init(run->primary, EOT_STAGE_HADRON, (u32)(EOT_HADRON_STREAM_PION + 2 * number),
                                        run->launch->seed, run->launch->run);
    eot_hadron_run natural = *run;
    eot_u32x4 clocks = eot_random_block(random);
    random.draw++;
    natural.view.enhancement = 1.0f;
    eot_hadron_flight f;
    eot_hadron h =
        eot_hadron_born(natural.view, EOT_HADRON_PION, pion->charge, pion->E, at->position, pion->direction, at->time);
    i64 rest = total - h.counts;
    h.to_decay = -eot_log(eot_uniform(clocks.x));
    h.to_interaction = run->view.hadron->interacts ? -eot_log(eot_uniform(clocks.y)) : EOT_HADRON_FAR;
    f.h = h;
    f.trace = *trace;
    eot_hadron_fly(&f, &natural, EOT_HADRON_FAR, random);
    h = f.h;
    ev->n_step += h.n_step;
    if (is_leading) ev->stations = f.trace.stations;
    i64 left = h.counts + rest;
    f32 E = (f32)h.m.kinetic_energy + EOT_M_PION;
    if (h.end == EOT_HADRON_IS_LOST) ev->v.fault |= (u32)EOT_FAULT_STUCK;
    if (h.end == EOT_HADRON_LEAVES) run->of_hadrons[EOT_N_LEDGER + EOT_HADRON_TERM_ESCAPED] += left;
    if (h.end == EOT_HADRON_INTERACTS || h.end == EOT_HADRON_STOPS) eot_hadron_wait(ev, EOT_PRODUCT_PION, E, left, h.m);
    if (h.end != EOT_HADRON_DECAYS) {
        eot_hadron_keep(*run, ev, f.trace.out, pion->charge);
        return;
    }
    eot_hadron_products products;
    eot_hadron_decayed(&products, run, eot_hadron_parent_of(h), (u32)(EOT_HADRON_STREAM_PION + 2 * number + 1));
    eot_hadron_product lepton = products.item[0];
    i64 of_lepton = eot_energy_counts(lepton.E);
    run->acc[EOT_ACC_LEDGER_NEUTRINO] += left - of_lepton;
    if (lepton.type == EOT_PRODUCT_MUON) {
        eot_hadron_muon(run, ev, &lepton, &h.m, number, &f.trace, is_leading);
        return;
    }
    h.m.direction = lepton.direction;
    eot_hadron_wait(ev, EOT_PRODUCT_ELECTRON, lepton.E, of_lepton, h.m);
}

/** Stream of random numbers of the deposit number i; of the conversion, if it is a photon's. */
EOT_FN u32 eot_hadron_deposit_stream(i32 i) { return (u32)(EOT_HADRON_STREAM_SHOWER + 32 * (i + 1)); }
EOT_FN u32 eot_hadron_conversion_stream(i32 i) { return eot_hadron_deposit_stream(i) + 1u; }

/** Deposit what waits. */
EOT_SHARED_FN void eot_hadron_deposits(const eot_hadron_run *run, const eot_hadron_event *ev) {
    eot_deposit_view d = eot_deposit_view_of(run->view.matter.table, run->e, run->acc);
    for (i32 i = 0; i < ev->n_waiting; i++) {
        eot_hadron_deposit w = ev->waiting[i];
        eot_random random = eot_random_init(run->primary, EOT_STAGE_HADRON, eot_hadron_deposit_stream(i),
                                            run->launch->seed, run->launch->run);
        if (w.type == EOT_PRODUCT_PION) {
            eot_hadron_sink to;
            to.matter = run->view.matter;
            to.lengths = run->view.matter.table + run->e->lengths;
            to.acc = run->acc;
            eot_hadron_shower(to, w.m, w.counts, w.E, random, run->of_hadrons);
            continue;
        }
        if (w.type == EOT_PRODUCT_ELECTRON) {
            eot_hadron_electron(run->view, d, w.m, w.counts, w.E, 0, random);
            continue;
        }
        eot_random of_conversion = random, of_partner = random;
        of_conversion.stage += 1u;
        of_partner.stage += 2u;
        eot_hadron_photon(run->view, d, w.m, w.counts, w.E, random, of_conversion, of_partner);
    }
}

/** No event yet. */
EOT_FN void eot_hadron_event_clear(eot_hadron_event *ev) {
    ev->n_waiting = ev->gave_up = ev->n_step = ev->n_charged = ev->channel = ev->place = 0;
    ev->track[0] = ev->track[1] = eot_muon_outcome_none();
    ev->is_taken[0] = ev->is_taken[1] = 0;
    ev->stations = eot_hadron_trace_none().stations;
    ev->v = eot_event_vertex_none();
    ev->E_muon = ev->E_neutrino = ev->kink = 0.0f;
    ev->direction = ev->of_hadron = eot_vec3_zero();
}

/** Angle [rad] between two directions of which the sine and the cosine are known, by three halvings of its tangent. */
EOT_FN f32 eot_angle_of(f32 sine, f32 cosine) {
    f32 y = sine / fmax(1.0f + cosine, 1e-7f);
    y = y / (1.0f + sqrt(fma(y, y, 1.0f)));
    y = y / (1.0f + sqrt(fma(y, y, 1.0f)));
    f32 y2 = y * y;
    return 8.0f * y * fma(y2, fma(y2, fma(y2, fma(y2, 0.11111111f, -0.14285714f), 0.2f), -0.33333333f), 1.0f);
}

/** The beam's hadron up to its decay. @param f out. @param source of the primary. @param launch how decays are sampled.
 */
EOT_SHARED_FN void eot_hadron_to_decay(eot_hadron_flight *f, const eot_hadron_run *run, eot_primary source,
                                       EOT_GLOBAL const eot_hadron_launch *launch, eot_hadron_event *ev) {
    EOT_GLOBAL const eot_hadron_world *w = run->view.hadron;
    eot_random choice =
        eot_random_init(run->primary, EOT_STAGE_HADRON, EOT_HADRON_STREAM_CHOICE, run->launch->seed, run->launch->run);
    eot_u32x4 b = eot_random_block(choice);
    eot_point start;
    start.x = (f64)source.x;
    start.y = (f64)source.y;
    start.z = (f64)run->e->beam.position_z;
    eot_random random =
        eot_random_init(run->primary, EOT_STAGE_HADRON, EOT_HADRON_STREAM_BEAM, run->launch->seed, run->launch->run);
    eot_hadron h = eot_hadron_born(run->view, w->kind, w->charge, source.E, start,
                                   eot_slope_direction(source.sx, source.sy), 0.0f);
    f->h = h;
    f->trace = eot_hadron_trace_none();
    if (launch->is_forced) {
        eot_hadron_place_choice at = eot_hadron_place_sample(run->view.matter.table, w, b);
        eot_hadron_fly(f, run, at.z, random);
        if (f->h.end == EOT_HADRON_ARRIVES)
            ev->v.weight = eot_hadron_decay_rate(w->kind, eot_hadron_momentum(f->h)) / fmax(f->h.m.direction.z, 1e-3f) *
                           at.inverse_density *
                           eot_exp(-(f->h.decay_depth + (w->interacts ? f->h.interaction_depth : 0.0f)));
        return;
    }
    f->h.to_decay = EOT_HADRON_FAR; /* not in front of the region */
    f->h.to_interaction = w->interacts ? -eot_log(eot_uniform(b.y)) : EOT_HADRON_FAR;
    eot_hadron_fly(f, run, w->z0, random);
    if (f->h.end != EOT_HADRON_ARRIVES) return;
    f32 before = f->h.decay_depth;
    f->h.end = EOT_HADRON_GOES_ON;
    f->h.to_decay = -eot_log(eot_uniform(b.x));
    random.draw += (u32)f->h.n_step;
    eot_hadron_fly(f, run, w->z1, random);
    if (f->h.end == EOT_HADRON_DECAYS) /* the density of decays in nature over that of the enhanced ones */
        ev->v.weight =
            eot_exp((launch->enhancement - 1.0f) * (f->h.decay_depth - before) - before) / launch->enhancement;
}

/** What leaves the decay of the beam's hadron, followed. @param f its flight, which ends there. */
EOT_SHARED_FN void eot_hadron_decay_followed(const eot_hadron_run *run, eot_hadron_event *ev,
                                             const eot_hadron_flight *f, i64 rest) {
    i64 left = f->h.counts + rest;
    eot_hadron_parent parent = eot_hadron_parent_of(f->h);
    eot_hadron_products products;
    eot_hadron_decayed(&products, run, parent, EOT_HADRON_STREAM_DECAY);
    i32 leading = -1;
    f32 most = 0.0f;
    ev->channel = products.channel;
    ev->of_hadron = parent.direction;
    if (products.is_failed) ev->v.fault |= (u32)EOT_FAULT_VERTEX;
    for (i32 i = 0; i < products.n && i < EOT_MOST_PRODUCTS; i++) {
        eot_hadron_product p = products.item[i];
        if (p.charge != 0 && p.E > most) leading = i;
        if (p.charge != 0) most = fmax(most, p.E);
        ev->n_charged += p.charge != 0 ? 1 : 0;
        if (p.type == EOT_PRODUCT_NEUTRINO) ev->E_neutrino += p.E;
        if (p.type == EOT_PRODUCT_MUON) {
            ev->E_muon = p.E;
            ev->kink = eot_angle_of(p.sine, p.cosine);
            ev->direction = p.direction;
        }
        if (p.type != EOT_PRODUCT_NEUTRINO) left -= eot_energy_counts(p.E);
    }
    ev->stations = f->trace.stations;
    i32 has_neutrino = ev->E_neutrino > 0.0f;
    run->acc[has_neutrino ? EOT_ACC_LEDGER_NEUTRINO : EOT_ACC_LEDGER_OTHER] += left; /* else rounding */
    for (i32 i = 0; i < products.n && i < EOT_MOST_PRODUCTS; i++) {
        eot_hadron_product p = products.item[i];
        eot_hadron_trace trace = i == leading ? f->trace : eot_hadron_trace_none();
        if (p.type == EOT_PRODUCT_MUON)
            eot_hadron_muon(run, ev, &p, &f->h.m, i + EOT_HADRON_FIRST_MUON, &trace, i == leading);
        if (p.type == EOT_PRODUCT_PION) eot_hadron_pion(run, ev, &p, &f->h.m, i, &trace, i == leading);
        eot_muon m = f->h.m;
        m.direction = p.direction;
        if (p.type == EOT_PRODUCT_ELECTRON || p.type == EOT_PRODUCT_PHOTON)
            eot_hadron_wait(ev, p.type, p.E, eot_energy_counts(p.E), m);
    }
}

/** One hadron of the beam, from its start to all that its decay leaves. */
EOT_SHARED_FN void eot_hadron_event_make(const eot_hadron_run *run, EOT_GLOBAL const eot_hadron_launch *launch,
                                         eot_hadron_event *ev) {
    EOT_GLOBAL const eot_hadron_world *w = run->view.hadron;
    eot_hadron_event_clear(ev);
    for (i32 k = 0; k < EOT_N_ACC; k++) run->acc[k] = 0;
    for (i32 k = 0; k < EOT_N_LEDGER + EOT_N_HADRON_TERM; k++) run->of_hadrons[k] = 0;
    eot_primary source = eot_source_of(run->view.matter.table, run->e->beam, run->primary, run->launch->seed,
                                       run->launch->run, run->e->beam.position_z);
    i64 rest =
        eot_energy_counts(source.E) - eot_energy_counts_f64((f64)fmax(source.E - eot_hadron_mass(w->kind), 0.0f));
    ev->v.E_beam = source.E;
    eot_hadron_flight f;
    eot_hadron_to_decay(&f, run, source, launch, ev);
    ev->n_step = f.h.n_step;
    if (f.h.end == EOT_HADRON_IS_LOST) ev->v.fault |= (u32)EOT_FAULT_STUCK;
    if (!(ev->v.weight > 0.0f) || ev->v.fault != 0u) return;
    ev->v.x = f.h.m.position.x;
    ev->v.y = f.h.m.position.y;
    ev->v.z = f.h.m.position.z;
    ev->v.k = (f32)f.h.m.kinetic_energy + eot_hadron_mass(w->kind);
    ev->v.time = f.h.m.time;
    ev->place = ev->v.z >= (f64)w->ecal_z  ? EOT_HADRON_PLACE_CALORIMETER
                : ev->v.z >= (f64)w->srd_z ? EOT_HADRON_PLACE_FLIGHT
                                           : EOT_HADRON_PLACE_UPSTREAM;
    eot_hadron_decay_followed(run, ev, &f, rest);
}

#endif
