/** @file replay_losses.h
 * What a step of a shower that is followed again (replay.h) loses below the cut: ionisation along its path, and showers
 * of their own, which are deposited at once or wait in a queue for that. */
#ifndef EOT_TRANSPORT_REPLAY_LOSSES_H
#define EOT_TRANSPORT_REPLAY_LOSSES_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/shower.h"
#include "eotmc/transport/state.h"
#include "eotmc/transport/step.h"

/** What is left of the energy below the cut between two deposits. */
typedef struct {
    eot_subcut_shower waiting; /* energy below the size of a spot: waits for more */
    eot_random random;         /* cursor of these showers */
} eot_replay_spots;

/** What a step leaves behind: its losses in GeV and in counts, and where along the path they are. The counts of all
 * parts and of the daughters that go on add up to those of the particle before the step. */
typedef struct {
    eot_cascade_losses l; /* GeV; l.E is the particle at its end, below the cut or on its way */
    f32 at;               /* fraction of the path at which ionisation and the rest of the radiation are put */
    i64 ionisation, photon, rest, a, b; /* counts; a, b: of the daughters */
} eot_replay_losses;

/** The losses of a step. @param q the particle before it. @param block, own the cascade's and the replay's words.
 * @param cut [GeV]. @param until share of the path that is real: up to the rare vertex, if there is one. @param
 * is_vertex whether there is: the particle then ends there, with E_along, which leaves the shower. */
EOT_HOT_FN eot_replay_losses eot_replay_losses_sample(eot_shower_particle q, eot_cascade_vertex v, eot_u32x4 block,
                                                      eot_u32x4 own, f32 cut, f32 until, i32 is_vertex) {
    eot_replay_losses r;
    r.at = (f32)(block.x & 0xffu) * 0.00390625f;
    r.l.photon = r.l.rest = r.l.place = 0.0f;
    r.l.share = 1.0f;
    r.l.E = v.E_b;
    if (is_vertex) {
        r.l.photon = v.soft_along * eot_photon_share(eot_low_uniform(own.x, own.y), v.path_X0 * until, 1.0f);
        r.l.rest = v.soft_along - r.l.photon;
        r.l.share = until;
        r.l.E = 0.0f;
        r.l.place = r.at = 0.5f * until;
    } else if (q.type != EOT_PHOTON) { /* word y is free where no vertex is */
        r.l = eot_cascade_losses_sample(v, q.E, cut, eot_low_uniform(own.x, own.y),
                                        v.E_a > 0.0f ? r.at : eot_uniform(block.y));
        r.at *= r.l.share;
    }
    r.a = eot_energy_counts(is_vertex ? v.E_along : v.E_a);
    r.b = eot_energy_counts(r.l.E);
    r.photon = eot_energy_counts(r.l.photon);
    r.rest = eot_energy_counts(r.l.rest);
    r.ionisation = eot_energy_counts(q.E) - r.a - r.b - r.photon - r.rest;
    return r;
}

/** The path of a step: where its points are. */
typedef struct {
    f32 x, y;             /* cm, at its start */
    f32 moved_x, moved_y; /* cm, to its end */
    f32 z, path;          /* cm, at its end; its length along z */
    f32 sx, sy;           /* slopes at its end */
} eot_replay_path;

/** The point of a path, as the beginning of a shower. @param at fraction of the path. */
EOT_HOT_FN eot_shower_axis eot_replay_point(eot_replay_path p, f32 at) {
    eot_shower_axis a;
    a.x = p.x + at * p.moved_x;
    a.y = p.y + at * p.moved_y;
    a.z = p.z - (1.0f - at) * p.path;
    a.sx = p.sx;
    a.sy = p.sy;
    return a;
}

/** A shower that a step leaves: its deposits, or it waits for them. */
EOT_HOT_FN void eot_replay_leave(eot_replay_spots *s, eot_subcut_shower shower, eot_deposit_view d) {
#if EOT_SIDE_BY_SIDE
    if (d.queue != 0) {
        d.queue->shower[d.queue->n++] = shower;
        return;
    }
#endif
    s->random = eot_shower_deposit(d, shower, s->random);
}

/** Energy that goes below the cut: a shower of its own where it is as large as a spot; smaller ones wait for more.
 * @param choice a uniform number. */
EOT_HOT_FN void eot_replay_collect(eot_replay_spots *s, eot_subcut_shower shower, f32 choice, eot_deposit_view d) {
    i32 is_small = shower.energy < d.constants->spot_energy;
    if (is_small) {
        s->waiting = eot_subcut_shower_joined(s->waiting, shower, choice);
        shower = s->waiting;
    }
    if (shower.energy < d.constants->spot_energy) return;
    eot_replay_leave(s, shower, d);
    if (is_small) {
        s->waiting.counts = 0;
        s->waiting.energy = 0.0f;
    }
}

/** A uniform number after one choice by it, rescaled to what the choice leaves of it. @param waiting, more energies
 * [GeV] that were chosen between: see eot_subcut_shower_joined. */
EOT_FN f32 eot_replay_choice_left(f32 choice, f32 waiting, f32 more) {
    f32 total = waiting + more;
    return choice * total < more ? choice * total / more : (choice * total - more) / fmax(total - more, 1e-12f);
}

/** The deposits of a step: ionisation along the path, and what goes below the cut. @param r its losses. @param p its
 * path. @param v its vertex. @param own the replay's words. @param goes_on bits: 1 daughter a, 2 daughter b stays above
 * the cut or is gone. @param cut [GeV]. */
EOT_HOT_OFTEN_FN void eot_replay_deposit(eot_replay_spots *s, const eot_replay_losses *r, const eot_replay_path *p,
                                         const eot_cascade_vertex *v, eot_u32x4 own, i32 goes_on, f32 cut,
                                         const eot_deposit_view *d) {
    eot_shower_axis along = eot_replay_point(*p, r->at), at_end = eot_replay_point(*p, r->l.share);
    i32 is_inside = eot_deposit_in_ecal(*d, along.x, along.y, along.z, r->ionisation);
    if (d->binning.n_bin > 0 && is_inside) eot_profile_add(d->profile, d->binning, along.z, r->ionisation);
    /* The rest of the radiation is many photons: one of them, in proportion to energy, gives the shower that all make.
     */
    f32 rest_uniform = (f32)(i32)(eot_mixed_bits((u64)own.z << 32 | own.w) >> 41) * 1.1920929e-7f;
    f32 rest_shape =
        r->l.rest * eot_photon_share(rest_uniform, v->path_X0 * r->l.share, cut / eot_max(r->l.rest, 1e-9f));
    f32 choice = eot_low_uniform(own.z, own.w);
    EOT_ROLLED
    for (i32 i = 0; i < 4; i++) { /* the photon, the rest of the radiation, daughters a and b */
        eot_subcut_shower part;
        part.counts = i == 0 ? r->photon : i == 1 ? r->rest : (goes_on & 1 << (i - 2)) != 0 ? 0 : i == 2 ? r->a : r->b;
        part.energy = i == 0 ? r->l.photon : i == 1 ? r->l.rest : i == 2 ? v->E_a : r->l.E;
        part.shape_energy = i == 1 ? rest_shape : part.energy;
        part.is_photon = i < 2 || (i == 2 ? v->type_a : v->type_b) == EOT_PHOTON;
        part.axis = i == 0 ? eot_replay_point(*p, r->l.place) : i == 1 ? along : at_end;
        if (part.counts <= 0) continue;
        f32 waiting = s->waiting.energy;
        eot_replay_collect(s, part, choice, *d);
        if (part.energy < d->constants->spot_energy) choice = eot_replay_choice_left(choice, waiting, part.energy);
    }
}

#endif
