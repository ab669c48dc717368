/** @file secondaries.h
 * What scintillators see of a muon's electrons, photons and pairs, and of a shower's last photons: lumps drawn from the
 * tables of eotmc/detector/secondaries.h.
 *
 * A calorimeter in layers. Collisions of the muon are independent, so what the layers see is a sum of independent
 * lumps, each with the distribution that one collision gives: of collisions below the muon's cuts the spectrum of lumps
 * per cm, drawn once for the path in a volume; of a harder one its own lump. Layers that the grid has one by one and
 * layers that it averages are the same here. Before the VETO. A muon that comes out of dense matter brings lumps of its
 * last radiation lengths: of soft collisions a mean number from each bin of distance, drawn where it enters the VETO,
 * of hard ones their own lump. Showers of the beam. Photons of some MeV come through the rear of the ECAL, and more of
 * them out of its sides and past it: a mean number for each shower below the cut, and at the end as many lumps. What is
 * seen so of particles that were made elsewhere is energy of the VETO: it is moved there from where the ledger had it.
 */
#ifndef EOT_TRANSPORT_SECONDARIES_H
#define EOT_TRANSPORT_SECONDARIES_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/muon/collisions.h"
#include "eotmc/transport/world.h"

#define EOT_MOST_LARGE 16    /* lumps that a transfer above EOT_LARGEST_TRANSFER is drawn as, at most */
#define EOT_MOST_ARRIVALS 64 /* lumps drawn one by one; a mean number above half of it gives a Gaussian sum */

/** An energy and the cursor after it. */
typedef struct {
    f32 energy; /* GeV */
    u32 draw;
} eot_lump;

/** Number of the sampling tables of a region, -1: it is not in layers, or no detector. */
EOT_FN i32 eot_sampling_of(EOT_GLOBAL const eot_secondaries *s, EOT_GLOBAL const eot_region *r) {
    i32 i = r->role == EOT_ROLE_HCAL && r->module < EOT_N_HCAL ? r->module : r->role == EOT_ROLE_VETO ? EOT_N_HCAL : -1;
    return i >= 0 && s->sampling[i].is_there != 0 ? i : -1;
}

/** The lump of soft collisions along a path in layers. @param path [cm]. @param kinetic mean energy of the muon on it
 * [GeV]. */
EOT_FN eot_lump eot_lump_soft(EOT_GLOBAL const f32 *table, eot_sampling s, f32 path, f32 kinetic, eot_random random) {
    eot_lump l;
    eot_octave_cell r = eot_octave_find(kinetic, EOT_MUON_FIRST_BITS, EOT_MUON_LOSS_ROW_SHIFT, EOT_MUON_N_LOSS_ROW);
    u32 row = r.i + (eot_uniform(eot_random_block(random).x) < r.t ? 1u : 0u);
    random.draw += 1u;
    EOT_GLOBAL const f32 *spectrum = table + s.soft + row * (u32)EOT_MUON_N_COLLISION;
    eot_muon_collisions c =
        eot_muon_collisions_sample(spectrum, path * spectrum[EOT_MUON_COLLISION_RATE], R(1.0), random);
    l.energy = c.lost;
    l.draw = c.draw;
    return l;
}

/** One of the energies of a distribution. @param bits of random. */
EOT_FN f32 eot_lump_pick(EOT_GLOBAL const f32 *lump, u32 bits) { return lump[bits >> 27]; } /* EOT_N_LUMP is 2^5 */

/** The lump of a hard collision: of a transfer above the largest of the tables the mean of some of that. @param hard
 * [EOT_N_SENDER][EOT_N_TRANSFER][EOT_N_LUMP]. @param process enum eot_muon_process, below EOT_N_SENDER. @param W
 * transfer [GeV]. @return energy seen [GeV]. */
EOT_OFTEN_FN eot_lump eot_lump_hard(EOT_GLOBAL const f32 *hard, i32 process, f32 W, eot_random random) {
    i32 n = 1 + (i32)fmin(W / EOT_LARGEST_TRANSFER, (f32)EOT_MOST_LARGE - 1.0f);
    eot_octave_cell c =
        eot_octave_find(fmin(W, EOT_LARGEST_TRANSFER), EOT_TRANSFER_BITS, EOT_TRANSFER_SHIFT, (u32)EOT_N_TRANSFER);
    f32 share = 0.0f;
    for (i32 i = 0; i < n; i++) {
        eot_u32x4 b = eot_random_block(random);
        random.draw += 1u;
        u32 node = c.i + (eot_uniform(b.y) < c.t ? 1u : 0u);
        share += eot_lump_pick(hard + ((u32)process * (u32)EOT_N_TRANSFER + node) * (u32)EOT_N_LUMP, b.x);
    }
    eot_lump l;
    l.energy = share / (f32)n * W;
    l.draw = random.draw;
    return l;
}

/** The tables of hard collisions in layers. @param is_active of the layer that it happens in. */
EOT_FN EOT_GLOBAL const f32 *eot_sampling_hard(EOT_GLOBAL const f32 *table, eot_sampling s, i32 is_active) {
    return table + s.hard + (is_active != 0 ? (u32)(EOT_N_SENDER * EOT_N_TRANSFER * EOT_N_LUMP) : 0u);
}

/** Whether a straight line from a place heads through the VETO's front, and its distance along z. */
typedef struct {
    i32 is_ahead;
    f32 distance; /* cm */
} eot_veto_ahead;
EOT_FN eot_veto_ahead eot_veto_ahead_of(EOT_GLOBAL const eot_before_veto *v, eot_point at, eot_vec3 u) {
    eot_veto_ahead a;
    a.distance = (f32)((f64)v->front - at.z);
    f32 path = a.distance / fmax(u.z, 1e-6f), x = (f32)at.x + u.x * path, y = (f32)at.y + u.y * path;
    a.is_ahead = v->n_bin > 0 && u.z > 0.0f && a.distance > 0.0f && x > v->x0 && x < v->x1 && y > v->y0 && y < v->y1;
    return a;
}

/** The tables of hard collisions at a distance before the VETO, 0 where it is beyond them. */
EOT_FN EOT_GLOBAL const f32 *eot_veto_hard(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_before_veto *v,
                                           f32 distance) {
    EOT_GLOBAL const f32 *edge = table + v->edge;
    i32 bin = 0;
    if (!(distance < edge[v->n_bin])) return 0;
    while (bin < v->n_bin - 1 && distance >= edge[bin + 1]) bin++;
    return table + v->hard + (u32)bin * (u32)(EOT_N_SENDER * EOT_N_TRANSFER * EOT_N_LUMP);
}

/** Lumps of soft collisions that a muon brings into the VETO. @param at,u its place on the front and its direction.
 * @param from distance before the front at which it was born or came out of something else [cm]. */
EOT_FN eot_lump eot_veto_soft(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_before_veto *v, eot_point at,
                              eot_vec3 u, f32 kinetic, f32 from, eot_random random) {
    eot_lump l;
    l.energy = 0.0f;
    l.draw = random.draw;
    f32 back = v->before / u.z, x = (f32)at.x - u.x * back, y = (f32)at.y - u.y * back;
    if (v->n_bin == 0 || x < v->before_x0 || x > v->before_x1 || y < v->before_y0 || y > v->before_y1) return l;
    EOT_GLOBAL const f32 *edge = table + v->edge;
    eot_octave_cell r = eot_octave_find(kinetic, EOT_MUON_FIRST_BITS, EOT_MUON_LOSS_ROW_SHIFT, EOT_MUON_N_LOSS_ROW);
    eot_u32x4 b = eot_random_block(random);
    u32 row = r.i + (eot_uniform(b.z) < r.t ? 1u : 0u), width = 1u + (u32)EOT_N_LUMP;
    EOT_GLOBAL const f32 *bin = table + v->soft + row * (u32)v->n_bin * width;
    f32 next = -eot_log(eot_uniform(b.x)), passed = 0.0f; /* arrivals of a Poisson process in the mean number */
    random.draw += 1u;
    i32 n = 0;
    for (i32 i = 0; i < v->n_bin && edge[i] < from && n < EOT_MOST_ARRIVALS; i++, bin += width) {
        passed += bin[0] * fmin((from - edge[i]) / (edge[i + 1] - edge[i]), 1.0f) / u.z;
        while (next < passed && n < EOT_MOST_ARRIVALS) {
            l.energy += eot_lump_pick(bin + 1, b.y);
            b = eot_random_block(random);
            random.draw += 1u;
            next -= eot_log(eot_uniform(b.x));
            n++;
        }
    }
    l.draw = random.draw;
    return l;
}

/** Mean number of lumps per GeV of a shower in the ECAL, and their class. @param z where it starts [cm]. @param energy
 * of the particle [GeV]. @param is_photon whether it is a photon. */
typedef struct {
    f32 per_GeV;
    i32 class_of_depth;
} eot_arrivals;
EOT_FN eot_arrivals eot_arrivals_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_before_veto *v, f32 z, f32 energy,
                                    i32 is_photon) {
    eot_arrivals a;
    f32 depth = fmin(fmax((z - v->depth_z0) * v->depth_rate, 0.0f), (f32)v->n_depth - 1.001f);
    f32 node = fmin(fmax(2.5f + 0.721347520f * eot_log(energy), 0.0f), (f32)EOT_N_SHOWER_NODE - 1.001f); /* 1/ln 4 */
    i32 i = (i32)depth, j = (i32)node;
    i32 row = j + (is_photon != 0 ? EOT_N_SHOWER_NODE : 0);
    EOT_GLOBAL const f32 *low = table + v->log_number + row * v->n_depth + i, *high = low + v->n_depth;
    f32 f = depth - (f32)i, at_low = fma(f, low[1] - low[0], low[0]), at_high = fma(f, high[1] - high[0], high[0]);
    a.per_GeV = eot_exp(fma(node - (f32)j, at_high - at_low, at_low));
    i32 c = (i32)((z - v->depth_z0) * v->class_rate);
    a.class_of_depth = c < 0 ? 0 : c < EOT_N_ARRIVAL_CLASS ? c : EOT_N_ARRIVAL_CLASS - 1;
    return a;
}

/** The sum of a Poisson number of lumps. @param mean their mean number. @param lump their energies: EOT_N_ARRIVAL_LUMP,
 * 2^8. */
EOT_FN eot_lump eot_arrivals_sample(EOT_GLOBAL const f32 *lump, f32 mean, eot_random random) {
    eot_lump l;
    l.energy = 0.0f;
    eot_u32x4 b = eot_random_block(random);
    random.draw += 1u;
    if (mean > 0.5f * (f32)EOT_MOST_ARRIVALS) {
        f32 one = 0.0f, two = 0.0f;
        /* as fma, which is the same here and leaves compilers no choice: Intel's made another sum of long loops */
        for (i32 i = 0; i < EOT_N_ARRIVAL_LUMP; i++) {
            one = fma(lump[i], 1.0f / (f32)EOT_N_ARRIVAL_LUMP, one);
            two = fma(lump[i] * lump[i], 1.0f / (f32)EOT_N_ARRIVAL_LUMP, two);
        }
        l.energy = fmax(fma(sqrt(mean * two), eot_normal(b.x, b.y).a, mean * one), 0.0f);
        l.draw = random.draw;
        return l;
    }
    f32 next = -eot_log(eot_uniform(b.x));
    for (i32 n = 0; next < mean && n < EOT_MOST_ARRIVALS; n++) {
        l.energy += lump[b.y >> 24];
        b = eot_random_block(random);
        random.draw += 1u;
        next -= eot_log(eot_uniform(b.x));
    }
    l.draw = random.draw;
    return l;
}

#endif
