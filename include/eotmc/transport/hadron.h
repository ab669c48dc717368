/** @file hadron.h
 * A charged pion or kaon through the voxel grid, step by step: field, mean ionisation, multiple scattering, decay and
 * nuclear interaction.
 *
 * Model. The mean free path to a nuclear interaction is the material's nuclear interaction length (PDG, of nucleons;
 * that of pions is 15 to 20 % longer in light and 10 % in heavy matter, that of kaons more), the same at all energies.
 * An interaction ends the hadron: all its energy becomes a hadronic shower (eotmc/transport/hadron_shower.h).
 * Ionisation is its mean, without straggling; scattering is Highland's, with the logarithm of the whole way to the
 * ECAL. Hadrons slower than EOT_HADRON_STOP stop and give their whole energy where they are.
 *
 * Random numbers: stage EOT_STAGE_HADRON, a stream a hadron, one block a step and one for its two clocks. */
#ifndef EOT_TRANSPORT_HADRON_H
#define EOT_TRANSPORT_HADRON_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/accumulator.h"
#include "eotmc/physics/hadron_decay.h"
#include "eotmc/physics/multiple_scattering.h"
#include "eotmc/transport/hadron_world.h"
#include "eotmc/transport/muon/boundary.h"

#define EOT_HADRON_STOP 0.02f /* GeV of kinetic energy */
#define EOT_HADRON_FAR 1e30f
#define EOT_HADRON_MOST_STEPS 200000
#define EOT_HADRON_LARGEST_LOSS 0.05f /* share of the kinetic energy that a step may lose on average */
#define EOT_HADRON_AT_PLACE D(1e-3)   /* cm: a hadron that is so near to its place of decay is there */

/** How a step ends. */
enum eot_hadron_end {
    EOT_HADRON_GOES_ON = 0,
    EOT_HADRON_DECAYS,
    EOT_HADRON_INTERACTS,
    EOT_HADRON_STOPS,
    EOT_HADRON_LEAVES,
    EOT_HADRON_ARRIVES, /* at the z that it was to go to */
    EOT_HADRON_IS_LOST  /* stuck, or not a number */
};

/** Matter and tables. */
typedef struct {
    eot_matter_view matter;
    EOT_GLOBAL const eot_hadron_world *hadron;
    i32 scatters;
    f32 enhancement; /* of the decay's rate */
} eot_hadron_view;

/** A hadron in flight. */
typedef struct {
    eot_muon m; /* place, direction, charge, kinetic energy */
    i32 kind;   /* enum eot_hadron_kind */
    i32 end;    /* enum eot_hadron_end of its last step */
    i32 n_step;
    i64 counts;   /* of its kinetic energy */
    f32 to_decay; /* optical depths left, EOT_HADRON_FAR: it does not */
    f32 to_interaction;
    f32 decay_depth, interaction_depth; /* optical depths so far, of decays in nature and of interactions */
} eot_hadron;

/** What a step did. */
typedef struct {
    eot_hadron h; /* after it */
    f32 path;     /* cm */
    i64 counts;   /* of ionisation */
    i32 region;   /* that it was in */
    i32 axis;     /* of the boundary that it ends on, -1: none */
} eot_hadron_step;

/** A hadron at a place. @param time [ns]. */
EOT_FN eot_hadron eot_hadron_born(eot_hadron_view view, i32 kind, i32 charge, f32 E, eot_point place,
                                  eot_vec3 direction, f32 time) {
    eot_hadron h;
    eot_muon_origin origin;
    origin.position = place;
    origin.direction = direction;
    origin.kinetic_energy = fmax(E - eot_hadron_mass(kind), 0.0f);
    origin.time = time;
    origin.charge = charge;
    h.m = eot_muon_start(view.matter, origin, 0x80000000u);
    h.kind = kind;
    h.end = h.m.fate == EOT_MUON_ALIVE ? EOT_HADRON_GOES_ON : EOT_HADRON_LEAVES;
    h.n_step = 0;
    h.counts = eot_energy_counts_f64(h.m.kinetic_energy);
    h.to_decay = h.to_interaction = EOT_HADRON_FAR;
    h.decay_depth = h.interaction_depth = 0.0f;
    return h;
}

/** Momentum [GeV]. */
EOT_FN f32 eot_hadron_momentum(eot_hadron h) {
    f32 kinetic = (f32)h.m.kinetic_energy;
    return sqrt(kinetic * (kinetic + 2.0f * eot_hadron_mass(h.kind)));
}

/** Mean ionisation [GeV/cm] in a region. @param row of the region in the table. */
EOT_FN f32 eot_hadron_loss(eot_hadron_view view, EOT_GLOBAL const f32 *row, i32 kind, f32 beta_gamma) {
    EOT_GLOBAL const f32 *node = row + EOT_HADRON_REGION_LOSS + kind * EOT_N_HADRON_NODE;
    f32 at = (eot_log(beta_gamma) - view.hadron->log_first) * view.hadron->inverse_log_step;
    at = fmin(fmax(at, 0.0f), (f32)EOT_N_HADRON_NODE - 1.001f);
    i32 i = (i32)at;
    return fma(at - (f32)i, node[i + 1] - node[i], node[i]);
}

/** Direction and place behind a path: field, then scattering as eot_line_moved has it. @param p [GeV]. @param p_beta
 * [GeV]. @param depth path in radiation lengths. */
EOT_FN eot_muon eot_hadron_moved(eot_hadron_view view, eot_muon m, eot_muon_ahead a, f32 path, f32 p_beta, f32 depth,
                                 eot_u32x4 bits) {
    eot_vec3 u = m.direction, moved = eot_vec3_scaled(u, path);
    if (a.has_field != 0) {
        eot_helix helix = eot_helix_moved(u, a.bend, path);
        moved = helix.moved;
        u = helix.direction;
    }
    if (view.scatters != 0 && depth > 0.0f) {
        f32 sigma = sqrt(eot_highland_angle2(p_beta * p_beta, depth)) * view.hadron->highland;
        eot_normal_pair n = eot_normal(bits.x, bits.y), d = eot_normal(bits.z, bits.w);
        f32 aside = path * sigma;
        eot_vec3 by = eot_vec3_rotated(u, aside * (0.5f * n.a + 0.28867513f * d.a),
                                       aside * (0.5f * n.b + 0.28867513f * d.b), 0.0f); /* 1/sqrt(12) */
        moved.x += by.x;
        moved.y += by.y;
        moved.z += by.z;
        u = eot_vec3_deflected(u, sigma * n.a, sigma * n.b);
    }
    m.position.x += (f64)moved.x;
    m.position.y += (f64)moved.y;
    m.position.z += (f64)moved.z;
    m.direction = u;
    return m;
}

/** One step: to the next boundary, decay, interaction, the longest step allowed, or z = `to`, whichever comes first.
 * @param h that goes on. @param to [cm]; EOT_HADRON_FAR: nowhere in particular. */
EOT_FN eot_hadron_step eot_hadron_advance(eot_hadron_view view, eot_hadron h, f32 to, eot_u32x4 bits) {
    EOT_GLOBAL const eot_region *region = view.matter.region + h.m.region;
    EOT_GLOBAL const f32 *row =
        view.matter.table + view.hadron->region + (u32)h.m.region * (u32)EOT_N_HADRON_REGION_COLUMN;
    f32 mass = eot_hadron_mass(h.kind), kinetic = (f32)h.m.kinetic_energy, p = eot_hadron_momentum(h);
    f32 loss = eot_hadron_loss(view, row, h.kind, p / mass);
    f32 decay = eot_hadron_decay_rate(h.kind, p), interaction = row[EOT_HADRON_REGION_INTERACTION];
    eot_muon_ahead a = eot_look_ahead(view.matter, h.m, p * p,
                                      fmin(region->max_step, EOT_HADRON_LARGEST_LOSS * kinetic / fmax(loss, 1e-30f)));
    f32 path = fmin(fmin(a.to_side, a.to_z), a.to_limit);
    i32 axis = path == a.to_z ? 2 : path == a.to_side ? a.side_axis : -1;
    f32 to_place = (f32)((f64)to - h.m.position.z) / fmax(h.m.direction.z, 1e-3f);
    f32 to_decay = h.to_decay / (decay * view.enhancement),
        to_interaction = interaction > 0.0f ? h.to_interaction / interaction : EOT_HADRON_FAR;
    eot_hadron_step s;
    s.region = h.m.region;
    h.end = EOT_HADRON_GOES_ON;
    if (to_place < path) {
        path = fmax(to_place, 0.0f);
        axis = -1;
    }
    if (to_decay < path || to_interaction < path) {
        path = fmin(to_decay, to_interaction);
        axis = -1;
        h.end = to_decay <= to_interaction ? EOT_HADRON_DECAYS : EOT_HADRON_INTERACTS;
    }
    h.to_decay -= h.to_decay < EOT_HADRON_FAR ? path * decay * view.enhancement : 0.0f;
    h.to_interaction -= h.to_interaction < EOT_HADRON_FAR ? path * interaction : 0.0f;
    h.decay_depth = fma(path, decay, h.decay_depth);
    h.interaction_depth = fma(path, interaction, h.interaction_depth);
    h.m = eot_hadron_moved(view, h.m, a, path, p * p / (kinetic + mass), path * row[EOT_HADRON_REGION_X0], bits);
    h.m.kinetic_energy = eot_muon_energy_after(h.m.kinetic_energy, loss * path);
    h.m.time += path * (kinetic + mass) / (p * EOT_C_LIGHT);
    eot_muon_arrival end;
    end.path = path;
    end.edge_z = a.edge_z;
    end.axis = axis;
    end.region = h.m.region;
    eot_muon_place place = eot_muon_cross(view.matter, h.m, a, end);
    h.m = eot_muon_put(h.m, place);
    h.m.n_stall = path > 0.0f ? 0 : h.m.n_stall + 1;
    h.n_step++;
    i64 now = eot_energy_counts_f64(h.m.kinetic_energy);
    s.counts = h.counts - now;
    h.counts = now;
    if (h.end == EOT_HADRON_GOES_ON) {
        if (!place.is_inside)
            h.end = EOT_HADRON_LEAVES;
        else if ((f32)h.m.kinetic_energy < EOT_HADRON_STOP)
            h.end = EOT_HADRON_STOPS;
        else if (h.m.position.z >= (f64)to - EOT_HADRON_AT_PLACE)
            h.end = EOT_HADRON_ARRIVES;
    }
    if (h.m.n_stall > EOT_MUON_MAX_STALL || h.n_step > EOT_HADRON_MOST_STEPS || !(h.m.kinetic_energy >= D(0.0)) ||
        !(h.m.position.x + h.m.position.y + h.m.position.z == h.m.position.x + h.m.position.y + h.m.position.z))
        h.end = EOT_HADRON_IS_LOST;
    s.h = h;
    s.path = path;
    s.axis = axis;
    return s;
}

/** Place of a forced decay: bin and depth by one uniform number, and the inverse of its density [cm]. */
typedef struct {
    f32 z, inverse_density;
} eot_hadron_place_choice;

EOT_FN eot_hadron_place_choice eot_hadron_place_sample(EOT_GLOBAL const f32 *table,
                                                       EOT_GLOBAL const eot_hadron_world *w, eot_u32x4 bits) {
    EOT_GLOBAL const f32 *edge = table + w->place;
    f32 u = eot_uniform(bits.x), width = (w->z1 - w->z0) / (f32)w->n_place;
    i32 low = 0, high = w->n_place;
    while (high - low > 1) {
        i32 middle = (low + high) / 2;
        if (u >= edge[middle])
            low = middle;
        else
            high = middle;
    }
    eot_hadron_place_choice c;
    c.z = w->z0 + ((f32)low + eot_uniform(bits.y)) * width;
    c.inverse_density = width / fmax(edge[low + 1] - edge[low], 1e-30f);
    return c;
}

#endif
