/** @file event_muon.h
 * A muon that leaves a rare vertex, through the grid: its deposits, its hits in the tracker, and whether it can reach
 * the last tracker plane at all. */
#ifndef EOT_TRANSPORT_EVENT_MUON_H
#define EOT_TRANSPORT_EVENT_MUON_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/tally/tally.h"
#include "eotmc/transport/hadron_shower.h"
#include "eotmc/transport/losses.h"
#include "eotmc/transport/muon/advance.h"
#include "eotmc/transport/roulette.h"
#include "eotmc/transport/shower.h"
#include "eotmc/transport/vertex.h"

/** A muon that makes more steps is stuck: held by a field in vacuum, where it turns by 0.2 rad a step until it decays.
 * In 20 T, the largest field, that takes 1.9e5 steps on average whatever its momentum, so that 5e-10 of them make more.
 */
#define EOT_MUON_MOST_STEPS 4000000

/** What the muons of an event read and fill besides matter, as pointers in one struct; passed by value, as
 * eot_matter_view is. */
typedef struct {
    EOT_GLOBAL const eot_event_world *world;   /* one */
    EOT_GLOBAL const eot_event_launch *launch; /* one */
    EOT_GLOBAL i64 *acc;                       /* [EOT_N_ACC] of the event; eot_event_muon_reaches fills none */
    EOT_GLOBAL i64 *tally;                     /* [EOT_N_TALLY] */
} eot_event_view;

/** The view of these. */
EOT_FN eot_event_view eot_event_view_of(EOT_GLOBAL const eot_event_world *world,
                                        EOT_GLOBAL const eot_event_launch *launch, EOT_GLOBAL i64 *acc,
                                        EOT_GLOBAL i64 *tally) {
    eot_event_view view;
    view.world = world;
    view.launch = launch;
    view.acc = acc;
    view.tally = tally;
    return view;
}

/** Of a muon that left no trace. */
EOT_FN eot_muon_outcome eot_muon_outcome_none(void) {
    eot_muon_outcome out;
    for (i32 i = 0; i < EOT_N_PLANE; i++) out.hit[i].x = out.hit[i].y = out.hit[i].time = out.hit[i].momentum = 0.0f;
    out.E_exit = out.first_momentum = 0.0f;
    out.fate = EOT_MUON_ESCAPED;
    return out;
}

/** A muon that is followed, between two steps. */
typedef struct {
    eot_muon m;
    eot_random random, shower_random;
    i64 kinetic_counts; /* the ledger runs on counts of the kinetic energy */
    i32 ends_with_rest; /* its rest energy has not been set free */
    i32 n_step;
    eot_random lump_random;         /* of what scintillators see (secondaries.h) */
    f32 born_z;                     /* cm */
    f32 layers_path, layers_energy; /* cm, GeV cm: in the layers that it is in, and the integral of its energy */
    i32 layers;                     /* their number (eot_sampling_of), -1: none */
    eot_muon_outcome out;
} eot_event_muon_state;

/** Total energy [GeV] of the muon of given charge that leaves a vertex; 0: there is none. */
EOT_FN f32 eot_event_muon_energy(eot_event_vertex vertex, i32 charge) {
    return charge > 0 ? vertex.E_plus : vertex.E_minus;
}

/** What random numbers of the muons of a vertex are for, mu+ and mu- where there are two. */
enum eot_muon_stream {
    EOT_STREAM_STEPS = 1,
    EOT_STREAM_SHOWERS = 3,
    EOT_STREAM_LUMPS = 5,
    EOT_STREAM_EVENT = 7 /* one block an event: branch of losses, roulette, which history goes on */
};

/** Random numbers of the muons of a vertex, those of each history behind those of the one before. @param which of
 * eot_muon_stream, and 1 more for mu-. */
EOT_FN eot_random eot_event_muon_random(EOT_GLOBAL const eot_event_launch *launch, u64 primary, eot_event_vertex vertex,
                                        u32 which) {
    eot_random random =
        eot_random_init(primary, EOT_STAGE_MUON, (vertex.stream << 3 & 0xffffffu) | which, launch->seed, launch->run);
    random.draw = vertex.stream >> EOT_HISTORY_SHIFT << EOT_HISTORY_SHIFT;
    return random;
}

/** At the vertex. @param charge +1 or -1. */
EOT_FN eot_event_muon_state eot_event_muon_born(eot_matter_view matter, EOT_GLOBAL const eot_event_launch *launch,
                                                u64 primary, eot_event_vertex vertex, i32 charge) {
    eot_event_muon_state s;
    s.out = eot_muon_outcome_none();
    const u32 is_minus = charge > 0 ? 0u : 1u;
    s.random = eot_event_muon_random(launch, primary, vertex, (u32)EOT_STREAM_STEPS + is_minus);
    s.shower_random = eot_event_muon_random(launch, primary, vertex, (u32)EOT_STREAM_SHOWERS + is_minus);
    s.lump_random = eot_event_muon_random(launch, primary, vertex, (u32)EOT_STREAM_LUMPS + is_minus);
    eot_u32x4 block = eot_random_block(s.random);
    s.random.draw++;
    eot_muon_origin origin;
    origin.position.x = vertex.x;
    origin.position.y = vertex.y;
    origin.position.z = vertex.z;
    origin.direction = charge > 0 ? vertex.plus : vertex.minus;
    origin.kinetic_energy = fmax(eot_event_muon_energy(vertex, charge) - EOT_M_MUON, 0.0f);
    origin.time = vertex.time;
    origin.charge = charge;
    s.m = eot_muon_start(matter, origin, block.x);
    s.out.fate = s.m.fate;
    s.kinetic_counts = eot_energy_counts_f64(s.m.kinetic_energy);
    s.born_z = (f32)origin.position.z;
    s.layers_path = s.layers_energy = 0.0f;
    s.layers = -1;
    s.n_step = 0;
    s.ends_with_rest = 1;
    return s;
}

/** The same, with the rounding of E - m in the event's accumulators. */
EOT_FN eot_event_muon_state eot_event_muon_start(eot_matter_view matter, EOT_GLOBAL const eot_event_launch *launch,
                                                 u64 primary, eot_event_vertex vertex, i32 charge,
                                                 EOT_GLOBAL i64 *acc) {
    eot_event_muon_state s = eot_event_muon_born(matter, launch, primary, vertex, charge);
    acc[EOT_ACC_LEDGER_OTHER] +=
        eot_energy_counts(eot_event_muon_energy(vertex, charge)) - eot_energy_counts(EOT_M_MUON) - s.kinetic_counts;
    return s;
}

/** The chamber of the spectrometer through whose front face a step ends, -1 if none. @param from the region that it
 * was in. */
EOT_FN i32 eot_event_muon_plane(eot_muon_step s, EOT_GLOBAL const eot_spectrometer *spectrometer,
                                EOT_GLOBAL const eot_region *region, i32 from) {
    EOT_GLOBAL const eot_region *to = region + s.muon.region;
    i32 plane = to->module - spectrometer->first_module;
    i32 enters = s.axis == 2 && s.muon.direction.z > R(0.0) && to->role == EOT_ROLE_TRACKER &&
                 (region[from].role != EOT_ROLE_TRACKER || region[from].module != to->module);
    return enters && plane >= 0 && plane < spectrometer->n_plane ? plane : -1;
}

/** Visible energy of a region that the VETO or an HCAL module sees. @param counts of energy. */
EOT_FN void eot_event_visible_add(EOT_GLOBAL i64 *acc, EOT_GLOBAL const eot_region *r, i64 counts) {
    if (r->role == EOT_ROLE_VETO) acc[EOT_ACC_VETO_VISIBLE] += counts;
    if (r->role == EOT_ROLE_HCAL) acc[EOT_ACC_HCAL_VISIBLE + r->module] += counts;
}

/** What the layers of a calorimeter have seen of soft collisions since the muon came in. */
EOT_FN void eot_event_muon_layers_end(eot_event_muon_state *state, EOT_GLOBAL const f32 *table,
                                      EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL i64 *acc) {
    if (state->layers >= 0 && state->layers_path > 0.0f) {
        eot_lump l = eot_lump_soft(table, world->secondaries.sampling[state->layers], state->layers_path,
                                   state->layers_energy / state->layers_path, state->lump_random);
        state->lump_random.draw = l.draw;
        i32 at = state->layers < EOT_N_HCAL ? EOT_ACC_HCAL_VISIBLE + state->layers : EOT_ACC_VETO_VISIBLE;
        acc[at] += eot_energy_counts(l.energy);
    }
    state->layers = -1;
    state->layers_path = state->layers_energy = 0.0f;
}

/** What the continuous loss of a step leaves in scintillators: in layers at the end of the path through them, elsewhere
 * as it is; and on the VETO's front, what the muon brings. */
EOT_FN void eot_event_muon_seen(eot_event_muon_state *state, eot_muon_step s, eot_matter_view matter,
                                EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL i64 *acc) {
    EOT_GLOBAL const eot_secondaries *secondaries = &world->secondaries;
    EOT_GLOBAL const eot_region *r = matter.region + state->m.region;
    i32 layers = eot_sampling_of(secondaries, r);
    if (layers != state->layers) eot_event_muon_layers_end(state, matter.table, world, acc);
    if (layers >= 0) {
        state->layers = layers;
        state->layers_path += s.path;
        state->layers_energy +=
            s.path * 0.5f * ((f32)state->m.kinetic_energy + (f32)s.muon.kinetic_energy + s.shower + s.hadronic);
    } else {
        eot_event_visible_add(acc, r, eot_energy_counts(s.visible));
    }
    if (s.muon.fate != EOT_MUON_ALIVE) {
        eot_event_muon_layers_end(state, matter.table, world, acc);
        return;
    }
    EOT_GLOBAL const eot_region *to = matter.region + s.muon.region;
    if (s.axis == 2 && s.muon.direction.z > 0.0f && to->role == EOT_ROLE_VETO && r->role != EOT_ROLE_VETO) {
        eot_lump l =
            eot_veto_soft(matter.table, &secondaries->veto, s.muon.position, s.muon.direction,
                          (f32)s.muon.kinetic_energy, secondaries->veto.front - state->born_z, state->lump_random);
        state->lump_random.draw = l.draw;
        if (l.energy > 0.0f) eot_deposit_crossed(acc, eot_ledger_of_role(world->secondaries.before_role), l.energy);
    }
}

/** The electromagnetic energy that a step has given away at its end: above 20 MeV a shower of its own, below it stops
 * where it is made; layers, and the VETO behind, see a lump of it. @param s the step. @param r the region that it was
 * in. @param counts of that energy, above 0. */
EOT_FN void eot_event_muon_shower(eot_event_muon_state *state, eot_muon_step s, eot_matter_view matter, i64 counts,
                                  EOT_GLOBAL const eot_event_world *world, eot_deposit_view d) {
    EOT_GLOBAL const eot_secondaries *secondaries = &world->secondaries;
    EOT_GLOBAL const eot_region *r = matter.region + state->m.region;
    eot_muon m = s.muon;
    f32 energy = s.shower + s.electron;
    i32 is_shower = energy > 0.02f, layers = eot_sampling_of(secondaries, r);
    i32 ledger = eot_ledger_of_role(r->role);
    eot_lump l;
    l.energy = 0.0f;
    if (s.process < EOT_N_SENDER && layers >= 0) {
        eot_sampling sampling = secondaries->sampling[layers];
        l = eot_lump_hard(eot_sampling_hard(matter.table, sampling, s.event_active), s.process, energy,
                          state->lump_random);
        state->lump_random.draw = l.draw;
        if (layers == EOT_N_HCAL) d.veto_as = ledger; /* the lump is all that it sees */
        if (is_shower && layers < EOT_N_HCAL)
            d.hcal_scale = l.energy / energy * sampling.inverse_visible;
        else
            d.acc[layers < EOT_N_HCAL ? EOT_ACC_HCAL_VISIBLE + layers : EOT_ACC_VETO_VISIBLE] +=
                eot_energy_counts(l.energy);
    }
    if (s.process < EOT_N_SENDER) {
        eot_veto_ahead ahead = eot_veto_ahead_of(&secondaries->veto, m.position, m.direction);
        EOT_GLOBAL const f32 *hard =
            ahead.is_ahead ? eot_veto_hard(matter.table, &secondaries->veto, ahead.distance) : 0;
        if (hard != 0) {
            l = eot_lump_hard(hard, s.process, energy, state->lump_random);
            state->lump_random.draw = l.draw;
            d.has_arrivals = 0;
            d.veto_as = ledger;
            if (l.energy > 0.0f) eot_deposit_crossed(d.acc, ledger, l.energy);
        }
    }
    if (is_shower) {
        state->shower_random = eot_shower_deposit(
            d, eot_subcut_shower_of(counts, energy, s.process == EOT_MUON_BREMS, eot_shower_axis_at(m)),
            state->shower_random);
    } else {
        i32 is_active = s.process == EOT_MUON_NO_EVENT ? r->active[0] : s.event_active;
        d.acc[ledger] += counts;
        if (is_active && (layers < 0 || s.process >= EOT_N_SENDER)) eot_event_visible_add(d.acc, r, counts);
    }
}

/** The deposits and hits of a step. @param step that the muon has just made. */
EOT_OFTEN_FN void eot_event_muon_advance(eot_event_muon_state *state, const eot_muon_step *step, eot_matter_view matter,
                                         EOT_GLOBAL const eot_event_world *world, EOT_GLOBAL i64 *acc) {
    const eot_muon_step s = *step;
    EOT_GLOBAL const eot_region *r = matter.region + state->m.region;
    eot_muon m = s.muon;
    if (m.fate == EOT_MUON_NAN) { /* the step is not a number: it is not made */
        state->m.fate = EOT_MUON_NAN;
        state->n_step++;
        return;
    }
    i64 now = eot_energy_counts_f64(m.kinetic_energy), lost = state->kinetic_counts - now;
    state->kinetic_counts = now;
    if (m.fate == EOT_MUON_DECAYED ||
        (m.fate == EOT_MUON_STOPPED && s.rest > 0.0f)) { /* rest energy set free: electron and neutrinos */
        lost += eot_energy_counts(EOT_M_MUON);
        state->ends_with_rest = 0;
    }
    i64 shower = eot_energy_counts(s.shower), hadronic = eot_energy_counts(s.hadronic),
        electron = eot_energy_counts(s.electron);
    i64 rest = lost - shower - hadronic - electron; /* the neutrinos' after a decay, else ionisation */
    i64 ionisation = s.neutrino > 0.0f ? eot_energy_counts(s.ionisation) : rest, neutrino = rest - ionisation;
    acc[EOT_ACC_LEDGER_NEUTRINO] += neutrino;
    acc[eot_ledger_of_role(r->role)] += ionisation;
    if (hadronic > 0) {
        eot_hadron_sink to;
        to.matter = matter;
        to.lengths = matter.table + world->lengths;
        to.acc = acc;
        state->shower_random = eot_hadron_shower(to, m, hadronic, s.hadronic, state->shower_random, 0);
    }
    if (shower + electron > 0)
        eot_event_muon_shower(state, s, matter, shower + electron, world,
                              eot_deposit_view_of(matter.table, world, acc));
    eot_event_muon_seen(state, s, matter, world, acc);
    if (m.fate == EOT_MUON_ALIVE) {
        i32 plane = eot_event_muon_plane(s, &world->spectrometer, matter.region, state->m.region);
        if (plane >= 0) {
            state->out.hit[plane].x = (f32)m.position.x;
            state->out.hit[plane].y = (f32)m.position.y;
            state->out.hit[plane].time = m.time;
            state->out.hit[plane].momentum = sqrt(eot_muon_momentum2((real)m.kinetic_energy));
            if (plane == 0) state->out.first_momentum = state->out.hit[0].momentum;
        }
        /* through: out of the last HCAL module's rear face, not out of a side and past its plane */
        if (s.axis == 2 && r->role == EOT_ROLE_HCAL && (f32)m.position.z >= world->response.hcal_end)
            state->out.E_exit = (f32)m.kinetic_energy + EOT_M_MUON;
    }
    state->random = s.random;
    state->m = m;
    state->n_step++;
}

/** What is left at the end: kinetic energy of an escaping muon, rest energy of one that did not decay; both of a muon
 * that is lost. */
EOT_FN void eot_event_muon_finish(eot_event_muon_state *s, EOT_GLOBAL i64 *acc) {
    i32 has_escaped = s->m.fate == EOT_MUON_ESCAPED;
    s->out.fate = s->m.fate;
    if (s->m.fate == EOT_MUON_STUCK || s->m.fate == EOT_MUON_NAN) {
        acc[EOT_ACC_LEDGER_LOST] += s->kinetic_counts + (s->ends_with_rest ? eot_energy_counts(EOT_M_MUON) : 0);
        return;
    }
    acc[has_escaped ? EOT_ACC_LEDGER_MUON : EOT_ACC_LEDGER_OTHER] += s->kinetic_counts;
    if (s->ends_with_rest)
        acc[has_escaped ? EOT_ACC_LEDGER_MUON : EOT_ACC_LEDGER_REST] += eot_energy_counts(EOT_M_MUON);
}

/** Least kinetic energy [GeV] at z [cm] that can bring a muon to the last tracker plane (host/world/reach.h); a little
 * less than that where it changes fast. */
EOT_FN f32 eot_event_muon_need(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world, f32 z) {
    i32 i = (i32)((z - world->need.z0) * world->need.inverse_step) + 1;
    return table[world->need.table + (u32)(i < 0 ? 0 : i < world->need.n ? i : world->need.n - 1)];
}

/** Kinetic energy [GeV] of the muon of given charge that leaves a vertex; 0: there is none. */
EOT_FN f32 eot_event_muon_kinetic(eot_event_vertex vertex, i32 charge) {
    return fmax(eot_event_muon_energy(vertex, charge) - EOT_M_MUON, 0.0f);
}

/** The branch of extra losses that an event takes. */
EOT_FN eot_loss_choice eot_event_loss_choice(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_event_world *world,
                                             EOT_GLOBAL const eot_event_launch *launch, u64 primary,
                                             eot_event_vertex vertex) {
    if (!EOT_HAS_LOSSES(world)) return eot_loss_choice_none();
    eot_random random = eot_event_muon_random(launch, primary, vertex, (u32)EOT_STREAM_EVENT);
    return eot_loss_choose(&world->losses,
                           eot_loss_useful(&world->losses, eot_event_muon_kinetic(vertex, 1),
                                           eot_event_muon_kinetic(vertex, -1),
                                           eot_event_muon_need(table, world, (f32)vertex.z)),
                           eot_random_block(random).x);
}

/** A step of a muon of an event, with its extra losses. @param step out. */
EOT_OFTEN_FN void eot_event_muon_step(eot_muon_step *step, eot_matter_view matter,
                                      EOT_GLOBAL const eot_event_world *world, const eot_muon *m, eot_random random,
                                      const eot_loss_choice *choice) {
    eot_muon_extra extra = eot_muon_extra_none();
    if (EOT_HAS_LOSSES(world)) extra = eot_loss_extra(&world->losses, *choice, *m);
    *step = eot_muon_advance_with(matter, *m, random, extra);
}

/** What became of a muon, and how much likelier its history is with extra losses. */
typedef struct {
    eot_muon_outcome out;
    eot_muon_ratio ratio;
} eot_event_muon_end;

/** Follow one muon to its end, with deposits in the event's accumulators; no muon where its energy is 0. */
EOT_BODY_FN eot_event_muon_end eot_event_muon_follow(eot_matter_view matter, eot_event_view event, u64 primary,
                                                     eot_event_vertex vertex, i32 charge, eot_loss_choice choice) {
    eot_event_muon_end end;
    end.out = eot_muon_outcome_none();
    end.ratio.decay = end.ratio.hard = 1.0f;
    if (!(eot_event_muon_energy(vertex, charge) > 0.0f)) return end;
    eot_event_muon_state s = eot_event_muon_start(matter, event.launch, primary, vertex, charge, event.acc);
    while (s.m.fate == EOT_MUON_ALIVE) {
        eot_muon_step step;
        eot_event_muon_step(&step, matter, event.world, &s.m, s.random, &choice);
        eot_event_muon_advance(&s, &step, matter, event.world, event.acc);
        if (EOT_HAS_LOSSES(event.world)) {
            end.ratio.decay = eot_loss_ratio_times(end.ratio.decay, step.ratio.decay);
            end.ratio.hard = eot_loss_ratio_times(end.ratio.hard, step.ratio.hard);
        }
        if (s.n_step > EOT_MUON_MOST_STEPS && s.m.fate == EOT_MUON_ALIVE) s.m.fate = EOT_MUON_STUCK;
    }
    eot_event_muon_finish(&s, event.acc);
    eot_atomic_add_i64(event.tally + EOT_C_MUON_STEPS, (i64)s.n_step);
    eot_atomic_add_i64(event.tally + EOT_C_MUONS, 1);
    end.out = s.out;
    return end;
}

/** The same of a muon as in nature. */
EOT_FN eot_muon_outcome eot_event_muon(eot_matter_view matter, eot_event_view event, u64 primary,
                                       eot_event_vertex vertex, i32 charge) {
    return eot_event_muon_follow(matter, event, primary, vertex, charge, eot_loss_choice_none()).out;
}

/** A muon on its way to the chambers, followed without deposits. */
typedef struct {
    eot_muon m;
    eot_random random;
    eot_loss_choice choice;
    u32 missed; /* bits of the chambers that it has not crossed */
    i32 n_step;
    f32 share, uniform; /* of the muons like it that go on; it goes on while that is not below its uniform number */
    i32 plays;          /* roulette */
    i32 goes_on;
    f32 arrived; /* what eot_event_muon_reaches returns, once it does not go on */
} eot_arriving_muon;

/** Whether a muon goes on to the chambers, and if it does not, whether it arrives. */
EOT_HOT_FN void eot_arriving_muon_judge(eot_arriving_muon *a, eot_matter_view matter, eot_event_view event) {
    a->goes_on = a->missed != 0u && a->n_step <= EOT_MUON_MOST_STEPS && a->m.fate == EOT_MUON_ALIVE &&
                 a->share >= a->uniform &&
                 (f32)a->m.kinetic_energy >= eot_event_muon_need(matter.table, event.world, (f32)a->m.position.z);
    if (a->goes_on) return;
    if (a->n_step > 0) {
        eot_atomic_add_i64(event.tally + EOT_C_MUON_STEPS, (i64)a->n_step);
        eot_atomic_add_i64(event.tally + EOT_C_MUONS, 1);
    }
    i32 has_come = a->missed == 0u || a->m.fate == EOT_MUON_STUCK || a->m.fate == EOT_MUON_NAN ||
                   a->n_step > EOT_MUON_MOST_STEPS ||
                   !(a->m.kinetic_energy >= D(0.0) && a->m.position.z == a->m.position.z);
    a->arrived = has_come && a->share >= a->uniform ? 1.0f / a->share : 0.0f;
}

/** The muon of given charge where it leaves a vertex; it does not go on if there is none. */
EOT_FN void eot_arriving_muon_start(eot_arriving_muon *a, eot_matter_view matter, eot_event_view event, u64 primary,
                                    eot_event_vertex vertex, i32 charge) {
    const i32 n_plane = event.world->spectrometer.n_plane;
    a->goes_on = 0;
    a->arrived = a->uniform = 0.0f;
    a->share = 1.0f;
    a->missed = (1u << n_plane) - 1u; /* none: no track is asked for, so that it has arrived */
    a->plays = event.launch->has_roulette && n_plane > 0;
    a->n_step = 0;
    if (!(eot_event_muon_energy(vertex, charge) > 0.0f)) return; /* there is none of this charge */
    eot_event_muon_state born = eot_event_muon_born(matter, event.launch, primary, vertex, charge);
    a->m = born.m;
    a->random = born.random;
    a->choice = eot_event_loss_choice(matter.table, event.world, event.launch, primary, vertex);
    if (a->plays) {
        a->share = eot_muon_share(matter.table, event.world, a->m, ~a->missed);
        a->uniform = eot_uniform(
            eot_random_block(eot_event_muon_random(event.launch, primary, vertex, (u32)EOT_STREAM_EVENT)).y);
    }
    eot_arriving_muon_judge(a, matter, event);
}

/** Its next step. */
EOT_HOT_FN void eot_arriving_muon_advance(eot_arriving_muon *a, eot_matter_view matter, eot_event_view event) {
    eot_muon_step s;
    eot_event_muon_step(&s, matter, event.world, &a->m, a->random, &a->choice);
    i32 plane = -1;
    if (s.muon.fate == EOT_MUON_ALIVE)
        plane = eot_event_muon_plane(s, &event.world->spectrometer, matter.region, a->m.region);
    if (plane >= 0) a->missed &= ~(1u << plane);
    a->m = s.muon;
    a->random = s.random;
    a->n_step++;
    if (a->plays && (a->n_step & 1) == 0 && a->m.fate == EOT_MUON_ALIVE)
        a->share = fmin(a->share, eot_muon_share(matter.table, event.world, a->m, ~a->missed));
    eot_arriving_muon_judge(a, matter, event);
}

/** Whether a muon crosses all tracker planes: the steps of eot_event_muon without the deposits, for as long as it still
 * can, that is until its energy is below eot_event_muon_need, and for as long as roulette lets it.
 * @return how many muons in nature it stands for, 1 but for roulette; 0: it does not arrive. Of a muon that ends in a
 * fault as of one that arrives: whoever follows it again will meet the fault. */
EOT_FN f32 eot_event_muon_reaches(eot_matter_view matter, eot_event_view event, u64 primary, eot_event_vertex vertex,
                                  i32 charge) {
    eot_arriving_muon a;
    eot_arriving_muon_start(&a, matter, event, primary, vertex, charge);
    while (a.goes_on) eot_arriving_muon_advance(&a, matter, event);
    return a.arrived;
}

/** The history of a vertex that goes on. @param arrived [n_history][2] of eot_event_muon_reaches. */
EOT_FN eot_history eot_event_history(EOT_GLOBAL const eot_event_launch *launch, u64 primary, eot_event_vertex vertex,
                                     EOT_GLOBAL const f32 *arrived) {
    eot_u32x4 block = eot_random_block(eot_event_muon_random(launch, primary, vertex, (u32)EOT_STREAM_EVENT));
    return eot_history_choose(arrived, launch->n_history, eot_uniform(block.z));
}

#endif
