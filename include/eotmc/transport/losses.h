/** @file losses.h
 * Losses of muons that no detector sees, drawn more often than in nature, with weights that undo it: what fills the
 * tail of the missing energy. host/world/losses.c finds out where, docs/physics.md says why.
 *
 * A muon that decays in front of the first detector with a window takes its energy away with the neutrinos; one that
 * gives away much of its energy at the end of the last calorimeter sends it out by the rear. So an event has four
 * branches, extra decays or extra hard losses (eotmc/transport/muon/extra.h) of its mu+ or its mu-, of which those are
 * useful that can lead to a track with much missing energy. A share of the events takes one of them, chosen at random.
 * An event's weight is that of its history in nature over that in the mixture of nature and all useful branches, at
 * most 1/(1 - share). */
#ifndef EOT_TRANSPORT_LOSSES_H
#define EOT_TRANSPORT_LOSSES_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/launch.h"
#include "eotmc/transport/muon/extra.h"

/* Whether there are such losses; a build option of the kernels (-DEOT_LOSSES=0 or 1). */
#ifdef EOT_LOSSES
#define EOT_HAS_LOSSES(world) (EOT_LOSSES && (world)->losses.share > 0.0f)
#else
#define EOT_HAS_LOSSES(world) ((world)->losses.share > 0.0f)
#endif

/** The branches. */
enum eot_loss_branch {
    EOT_BRANCH_DECAY_PLUS = 0,
    EOT_BRANCH_DECAY_MINUS,
    EOT_BRANCH_HARD_PLUS,
    EOT_BRANCH_HARD_MINUS,
    EOT_N_BRANCH
};

/** Those of an event. */
typedef struct {
    u32 useful; /* a bit each */
    i32 taken;  /* enum eot_loss_branch; -1: nature */
} eot_loss_choice;

EOT_FN eot_loss_choice eot_loss_choice_none(void) {
    eot_loss_choice c;
    c.useful = 0u;
    c.taken = -1;
    return c;
}

/** Number of useful branches. */
EOT_FN i32 eot_loss_branches(eot_loss_choice c) {
    i32 n = 0;
    for (i32 b = 0; b < EOT_N_BRANCH; b++) n += (i32)(c.useful >> b & 1u);
    return n;
}

/** Which branches are useful: for each charge that a selection looks for, its muon must reach the last chamber; then
 * the other one may decay with at least the energy that is to be missed, or this one lose as much. @param plus,minus
 * kinetic energies [GeV], 0: there is no such muon. @param need that takes a muon to the last chamber [GeV]. */
EOT_FN u32 eot_loss_useful(EOT_GLOBAL const eot_loss_preference *p, f32 plus, f32 minus, f32 need) {
    u32 useful = 0u;
    if ((p->charges & 1) != 0 && minus >= need) {
        if (plus >= p->least && p->decay_rate > 0.0f) useful |= 1u << EOT_BRANCH_DECAY_PLUS;
        if (minus >= need + p->least && p->hard_factor > 0.0f) useful |= 1u << EOT_BRANCH_HARD_MINUS;
    }
    if ((p->charges & 2) != 0 && plus >= need) {
        if (minus >= p->least && p->decay_rate > 0.0f) useful |= 1u << EOT_BRANCH_DECAY_MINUS;
        if (plus >= need + p->least && p->hard_factor > 0.0f) useful |= 1u << EOT_BRANCH_HARD_PLUS;
    }
    return useful;
}

/** The branch that an event takes. @param bits random. */
EOT_FN eot_loss_choice eot_loss_choose(EOT_GLOBAL const eot_loss_preference *p, u32 useful, u32 bits) {
    eot_loss_choice c;
    c.useful = useful;
    c.taken = -1;
    f32 u = eot_uniform(bits) / p->share;
    i32 n = eot_loss_branches(c), left = (i32)(u * (f32)n);
    if (n == 0 || !(u < 1.0f)) return c;
    for (i32 b = 0; b < EOT_N_BRANCH && c.taken < 0; b++)
        if ((useful >> b & 1u) != 0u && left-- == 0) c.taken = b;
    return c;
}

/** The extra losses of a muon. */
EOT_FN eot_muon_extra eot_loss_extra(EOT_GLOBAL const eot_loss_preference *p, eot_loss_choice c, eot_muon m) {
    i32 charge = m.charge;
    f32 kinetic = (f32)m.kinetic_energy, z = (f32)m.position.z, to_border = p->hard_z0 - z;
    i32 decay = charge > 0 ? EOT_BRANCH_DECAY_PLUS : EOT_BRANCH_DECAY_MINUS,
        hard = charge > 0 ? EOT_BRANCH_HARD_PLUS : EOT_BRANCH_HARD_MINUS;
    eot_muon_extra e;
    e.decay = (c.useful >> decay & 1u) != 0u && z >= p->decay_z0 && z < p->decay_z1 ? p->decay_rate : 0.0f;
    e.hard = (c.useful >> hard & 1u) != 0u && kinetic >= 1.5f * p->least && z >= p->hard_z0 && z < p->hard_z1
                 ? p->hard_factor
                 : 0.0f; /* above 1.5 least there is such a loss also at the end of a step */
    e.least = p->least;
    /* a little beyond the border, so that the next step begins there */
    e.border = (c.useful >> hard & 1u) != 0u && to_border > 0.0f && m.direction.z > 0.0f
                   ? (to_border + 0.001f) / m.direction.z
                   : EOT_MUON_FAR;
    e.decay_acts = c.taken == decay;
    e.hard_acts = c.taken == hard;
    return e;
}

/** Ratio of a history with those of the steps after it: 1e30 stands for all that is larger. */
EOT_FN f32 eot_loss_ratio_times(f32 ratio, f32 of_step) { return fmin(ratio * of_step, 1.0e30f); }

/** Weight of an event. @param plus,minus ratios of its muons' histories, 1 where there is none. */
EOT_FN f32 eot_loss_weight(EOT_GLOBAL const eot_loss_preference *p, eot_loss_choice c, eot_muon_ratio plus,
                           eot_muon_ratio minus) {
    f32 sum = 0.0f;
    i32 n = eot_loss_branches(c);
    if (n == 0) return 1.0f;
    sum += (c.useful >> EOT_BRANCH_DECAY_PLUS & 1u) != 0u ? plus.decay : 0.0f;
    sum += (c.useful >> EOT_BRANCH_DECAY_MINUS & 1u) != 0u ? minus.decay : 0.0f;
    sum += (c.useful >> EOT_BRANCH_HARD_PLUS & 1u) != 0u ? plus.hard : 0.0f;
    sum += (c.useful >> EOT_BRANCH_HARD_MINUS & 1u) != 0u ? minus.hard : 0.0f;
    return 1.0f / (1.0f - p->share + p->share * sum / (f32)n);
}

#endif
