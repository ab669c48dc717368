/** @file advance.h
 * One step of a muon through the voxel grid: to the next hard event, the boundary of a volume, or the longest step
 * allowed, whichever comes first. The step has seven parts, each in a header of its own: the medium (medium.h), what is
 * ahead (boundary.h), the flight through layers (flight.h), the continuous loss (loss.h), path and scattering
 * (scatter.h), the hard event (hard_event.h), and the end (end.h).
 *
 * Layers. Within one volume a step runs on through the layers ahead: each layer costs its thickness, its rate and a few
 * sums (a dozen instructions), and what fluctuates (straggling, soft scattering) is drawn once, at the end, from the
 * sums, which is the same distribution: collisions are independent, so the straggling of two layers of one kind is that
 * of one of their total xi, and soft scattering is Gaussian with the variances of angle and displacement and their
 * covariance summed layer by layer. The loss is drawn apart for active and passive layers, so the visible energy of the
 * step is known.
 *
 * Mixed simulation. Everything discrete is one exponential clock: hard bremsstrahlung, pair production and photonuclear
 * losses above v_cut, delta rays above W_cut, elastic scatters above q_cut, decay in flight. The optical depth left to
 * the next event is carried in the muon (`clock`), so that a step without an event draws nothing for it, and crossing a
 * boundary changes only the rate at which the clock runs. In between the loss is continuous: its mean, and its
 * fluctuation below the delta cut from the quantiles of Vavilov's distribution. Soft scattering is Gaussian with the
 * exact restricted second moment, the displacement correlated with the angle (variance s^2 sigma^2/3, correlation
 * sqrt(3)/2; Rossi, "High-Energy Particles" (1952), sec. 2.16).
 *
 * Approximations: the event rate is the one at the start of a step, whose mean loss is at most `largest_loss` of the
 * kinetic energy; no deflection by radiative losses; energy given to delta rays, photons and pairs leaves the muon at
 * the event and is not transported here (the step returns it by kind). Visible energy: a delta ray of some MeV leaves a
 * thin layer, others enter it from its neighbours. In active layers between others what is seen has the mean of the
 * loss there, but fluctuates as single transfers up to 1 MeV do (inverse_layer_cut), about what an electron can leave
 * in 4 mm of scintillator; the muon's own loss fluctuates in full. In homogeneous active volumes what is lost below the
 * delta cut is seen where it is lost. The decay is unpolarised, its electron massless; a captured mu- gives all its
 * rest energy to the neutrino and the nucleus (returned as `neutrino`).
 *
 * Energy: T before + rest = T after + ionisation + shower + hadronic + electron + neutrino, where each term is
 * computed as such and T, in double precision, follows from them: to 1e-14 GeV, but for the neutrino of a decay in
 * flight, which is rounded to its own single precision; `rest` is the rest energy that a decay sets free, 0 otherwise.
 * Where energies are counted (eotmc/transport/event_muon.h, muon_beam.h), the neutrino takes the rest of a decay's
 * counts and the balance closes exactly. */
#ifndef EOT_TRANSPORT_MUON_ADVANCE_H
#define EOT_TRANSPORT_MUON_ADVANCE_H

#include "eotmc/transport/muon/end.h"
#include "eotmc/transport/muon/extra.h"
#include "eotmc/transport/muon/flight.h"
#include "eotmc/transport/muon/hard_event.h"
#include "eotmc/transport/muon/loss.h"
#include "eotmc/transport/muon/scatter.h"

/** The hard event at the end of a step. */
typedef struct {
    eot_random random; /* cursor behind it */
    i32 process;       /* enum eot_muon_process */
    i32 is_active;     /* in an active constituent */
    eot_muon_collision collision;
    eot_muon_decay decay;
    eot_muon_ratio ratio;
} eot_muon_hard;

/** Where and at what rates an event happens, besides the collisions of nature. */
typedef struct {
    real natural_decay; /* 1/cm */
    real extra_hard;    /* 1/cm, of extra hard losses */
    eot_muon_extra extra;
} eot_muon_others;

/** These of a step. @param medium that it starts in. @param decay_rate of nature [1/cm]. */
EOT_FN eot_muon_others eot_muon_others_of(eot_muon_extra extra, eot_muon_medium medium, real decay_rate) {
    eot_muon_others others;
    others.natural_decay = decay_rate;
    others.extra = extra;
    if (!(decay_rate > R(0.0))) others.extra.decay = R(0.0);
    others.extra_hard = extra.hard * medium.rate; /* along the whole step */
    return others;
}

/** How much likelier a path without an event is with extra losses. @param path [cm]. */
EOT_FN eot_muon_ratio eot_muon_ratio_of_path(eot_muon_others o, real path) {
    eot_muon_ratio ratio;
    ratio.decay = o.extra.decay > R(0.0) ? eot_exp(-o.extra.decay * path) : R(1.0);
    ratio.hard = o.extra_hard > R(0.0) ? eot_exp(-o.extra_hard * path) : R(1.0);
    return ratio;
}

/** Product of two. */
EOT_FN eot_muon_ratio eot_muon_ratio_times(eot_muon_ratio a, eot_muon_ratio b) {
    a.decay *= b.decay;
    a.hard *= b.hard;
    return a;
}

/** Rate of what acts besides collisions [1/cm]. */
EOT_FN real eot_muon_others_rate(eot_muon_others o) {
    return o.natural_decay + (o.extra.decay_acts != 0 ? o.extra.decay : R(0.0)) +
           (o.extra.hard_acts != 0 ? o.extra_hard : R(0.0));
}

/** What happens at the end of a step. @param r its rates, those of `others` among them. @param direction,kinetic of the
 * muon before it. @param bits of the step: y how hard, z which and azimuth. @param random cursor: one block more for a
 * decay and for an extra loss, one for the choice between what is rare. */
EOT_FN eot_muon_hard eot_muon_hard_of(eot_matter_view matter, eot_muon_event_rates r, eot_muon_others o,
                                      eot_vec3 direction, real kinetic, eot_u32x4 bits, eot_random random) {
    EOT_GLOBAL const f32 *table = matter.table;
    EOT_GLOBAL const eot_muon_tables *tables = matter.muon;
    real turn = (real)(bits.z & 0xfffu) * R(2.44140625e-4);
    real decay = o.natural_decay + (o.extra.decay_acts != 0 ? o.extra.decay : R(0.0));
    real extra = o.extra.hard_acts != 0 ? o.extra_hard : R(0.0);
    eot_muon_event_choice c = eot_muon_event_kind_of(bits.z >> 12, decay / r.rate, extra / r.rate, random);
    eot_muon_hard h;
    h.random = c.random;
    h.process = EOT_MUON_DECAY;
    h.is_active = 0;
    h.decay.electron = h.decay.neutrino = h.collision.given = R(0.0);
    h.collision.direction = direction;
    h.ratio.decay = h.ratio.hard = R(1.0);
    if (c.kind == EOT_MUON_IS_DECAY) {
        h.decay = eot_muon_decay_in_flight(kinetic, turn, eot_random_block(h.random), bits.y);
        h.random.draw += 1u;
        if (o.extra.decay > R(0.0))
            h.ratio.decay = R(1.0) + o.extra.decay / fmax(o.natural_decay, EOT_EXTRA_LEAST_RATE);
        return h;
    }
    eot_muon_event event;
    eot_muon_large large;
    large.r = r;
    large.kinetic = kinetic;
    large.least = o.extra.least;
    large.choose = (real)(bits.y & 0x1ffu) * R(0.001953125);
    real u = eot_uniform(bits.y), rate = R(0.0);
    if (c.kind == EOT_MUON_IS_EXTRA) {
        eot_u32x4 more = eot_random_block(h.random);
        h.random.draw += 1u;
        rate = eot_muon_large_rate(table, tables, large);
        event = eot_muon_extra_choose(table, tables, large, rate, more.x);
        u = eot_uniform(more.y) *
            eot_muon_tail_above(table, tables, event.material, event.process, kinetic, large.least, large.choose);
    } else {
        event = eot_muon_event_choose(table, tables, r,
                                      fma((real)(bits.z >> 12), R(9.5367431640625e-7), R(4.76837158203125e-7)));
    }
    h.process = event.process;
    h.is_active = event.is_active;
    h.collision = eot_muon_collide_at(table, tables, event, direction, kinetic, u, large.choose, turn);
    if (o.extra_hard > R(0.0) && event.process < EOT_EXTRA_N_PROCESS && h.collision.given > R(0.5) * large.least) {
        i32 is_large =
            c.kind == EOT_MUON_IS_EXTRA ||
            u < eot_muon_tail_above(table, tables, event.material, event.process, kinetic, large.least, large.choose);
        if (c.kind != EOT_MUON_IS_EXTRA && is_large) rate = eot_muon_large_rate(table, tables, large);
        if (is_large) h.ratio.hard = R(1.0) + o.extra_hard / fmax(rate, EOT_EXTRA_LEAST_RATE);
    }
    return h;
}

/** One step. @param muon alive. @param random its cursor. @param extra losses besides those
 * of nature. @return see eot_muon_step; the muon's fate says whether to go
 * on. Draws: 1 block a step, 1 more at an event or where both active and passive matter was crossed, up to 3 at the end
 * of life. */
EOT_FN eot_muon_step eot_muon_advance_with(eot_matter_view matter, eot_muon muon, eot_random random,
                                           eot_muon_extra extra) {
    EOT_GLOBAL const f32 *table = matter.table;
    EOT_GLOBAL const eot_muon_tables *tables = matter.muon;
    eot_muon_step out;
    out.shower = out.hadronic = out.electron = out.neutrino = out.rest = R(0.0);
    out.process = EOT_MUON_NO_EVENT;
    out.event_active = 0;

    const real kinetic = (real)muon.kinetic_energy;
    /* what the muon is in, what is ahead, and how far it flies */
    eot_muon_medium medium = eot_muon_medium_at(table, tables, matter.region + muon.region, kinetic);
    real decay_rate = (real)tables->decay_rate / sqrt(eot_muon_momentum2(kinetic));
    eot_muon_ahead ahead = eot_muon_look_ahead(matter, muon, medium.loss);
    ahead.to_limit = fmin(ahead.to_limit, extra.border);
    eot_muon_others others = eot_muon_others_of(extra, medium, decay_rate);
    eot_muon_flight flight;
    eot_muon_fly(&flight, matter, &muon, &medium, &ahead, eot_muon_others_rate(others));
    out.ratio = eot_muon_ratio_of_path(others, flight.path);
    eot_muon_arrival end;
    end.path = flight.path;
    end.edge_z = flight.edge_z;
    end.axis = flight.axis;
    end.region = flight.is_in_second != 0 ? flight.second : muon.region;
    EOT_GLOBAL const eot_region *region = matter.region + end.region;
    out.region = end.region;
    out.path = flight.path;
    out.axis = flight.axis;

    /* the step's random numbers: a second block where the first does not do */
    eot_muon_medium_path along = eot_muon_medium_along(medium, flight.other, flight.path, flight.in_second.one);
    eot_u32x4 bits = eot_random_block(random), more_bits = bits;
    random.draw += 1u;
    if (flight.is_event != 0 || eot_muon_path_is_mixed(along)) {
        more_bits = eot_random_block(random);
        random.draw += 1u;
    }

    /* continuous loss, then path and deflection at the mean energy of the step */
    eot_muon_crossing crossing;
    crossing.region[0] = matter.region + muon.region;
    crossing.region[1] = matter.region + flight.second;
    crossing.path[0] = flight.path - flight.in_second.one;
    crossing.path[1] = flight.in_second.one;
    crossing.kinetic = kinetic;
    crossing.random = random;
    eot_muon_soft_loss loss = eot_muon_soft_loss_sample(matter, along, crossing, bits, more_bits);
    random.draw = loss.draw;
    out.ionisation = loss.ionisation;
    out.visible = loss.visible;
    eot_muon_scatter scatter = eot_muon_scatter_after(medium.kick, flight.other.kick, flight.path, flight.in_second);
    if (tables->scattering == 0) scatter.angle2 = R(0.0);
    f64 after = eot_muon_energy_after(muon.kinetic_energy, loss.ionisation);
    eot_muon_motion motion = eot_muon_move(muon, ahead, flight.path, scatter, (real)after, bits);
    muon.position.x += (f64)motion.moved.x;
    muon.position.y += (f64)motion.moved.y;
    muon.position.z += (f64)motion.moved.z;
    muon.direction = motion.direction;
    muon.time = motion.time;
    muon.i_z = flight.i_z;
    muon.clock = fmax(flight.clock, R(0.0));

    /* the hard event: 20 bits of a word choose it, 12 are its azimuth */
    if (flight.is_event != 0) {
        eot_muon_event_rates rates;
        rates.region = region;
        rates.kinetic = kinetic;
        rates.row = medium.i;
        rates.rate = flight.rate;
        rates.other_rate = eot_muon_others_rate(others);
        eot_muon_hard event = eot_muon_hard_of(matter, rates, others, muon.direction, (real)after, more_bits, random);
        random = event.random;
        out.process = event.process;
        out.event_active = event.is_active;
        out.ratio = eot_muon_ratio_times(out.ratio, event.ratio);
        muon.clock = -eot_log(eot_uniform(more_bits.w));
        if (event.process == EOT_MUON_DECAY) {
            out.rest = EOT_M_MUON;
            out.electron = event.decay.electron;
            out.neutrino = event.decay.neutrino;
            after = D(0.0);
            muon.fate = EOT_MUON_DECAYED;
        } else {
            out.shower = event.process == EOT_MUON_PHOTONUCLEAR ? R(0.0) : event.collision.given;
            out.hadronic = event.process == EOT_MUON_PHOTONUCLEAR ? event.collision.given : R(0.0);
            after = eot_muon_energy_after(after, event.collision.given);
            muon.direction = event.collision.direction;
        }
    }

    /* across the boundary, and the end */
    eot_muon_place place = eot_muon_cross(matter, muon, ahead, end);
    muon = eot_muon_put(muon, place);
    muon.kinetic_energy = after;
    if (!place.is_inside && muon.fate == EOT_MUON_ALIVE) muon.fate = EOT_MUON_ESCAPED;
    muon.n_stall = flight.path > R(0.0) || flight.is_event != 0 ? 0 : muon.n_stall + 1;
    if (muon.n_stall > EOT_MUON_MAX_STALL) muon.fate = EOT_MUON_STUCK;
    if (eot_muon_is_stopped(muon, tables)) {
        muon.fate = EOT_MUON_STOPPED;
        out.ionisation += (real)muon.kinetic_energy;
        out.visible += (real)muon.kinetic_energy * eot_muon_active_share(region);
        muon.kinetic_energy = D(0.0);
        if (tables->decay_at_rest != 0) {
            real capture = muon.charge < 0 ? eot_muon_capture_rate(table, tables, region) : R(0.0);
            eot_muon_rest rest = eot_muon_rest_sample(muon.time, capture, random);
            random.draw += rest.n_draw;
            muon.time = rest.time;
            out.rest = EOT_M_MUON;
            out.electron = rest.to.electron;
            out.neutrino = rest.to.neutrino;
        }
    }
    if (!eot_muon_is_sound(muon, flight.path)) muon.fate = EOT_MUON_NAN;
    out.muon = muon;
    out.random = random;
    return out;
}

/** One step as in nature. */
EOT_FN eot_muon_step eot_muon_advance(eot_matter_view matter, eot_muon muon, eot_random random) {
    return eot_muon_advance_with(matter, muon, random, eot_muon_extra_none());
}

#endif
