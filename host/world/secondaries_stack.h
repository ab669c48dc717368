/** @file secondaries_stack.h
 * The matter that secondaries are followed in, from the configuration's volumes: layers as they are, whether the grid
 * has them or an average. */
#ifndef EOT_HOST_WORLD_SECONDARIES_STACK_H
#define EOT_HOST_WORLD_SECONDARIES_STACK_H

#include "base/sha256.h"
#include "geometry/setup.h"
#include "physics/soft/soft.h"

/** A stack, and of each slab what it is. */
struct eot_secondaries_stack {
    int n, capacity;
    double *edge;
    struct eot_soft_slab *slab;
    int *material, *active; /* of the setup; -1: between volumes. Whether it is of an active layer */
    int target;             /* first slab of the VETO, -1: none */
    int n_target;           /* its slabs */
    int outside;            /* material of the world */
    int first_joined;       /* slabs behind this one go on with one before that is of the same matter */
};

/** Media of the setup's materials, built when they are first asked for. */
struct eot_secondaries_media {
    const struct eot_setup *setup;
    struct eot_soft_medium *medium; /* [n_material] */
    bool *is_built;
};

/** A calorimeter's layers without end: so many periods that a shower of a few 100 MeV fits in. @param first, last z of
 * the period that collisions are put in. */
enum eot_status eot_secondaries_layers(const struct eot_setup *setup, const struct eot_volume_config *volume,
                                       struct eot_secondaries_stack *stack, double *first, double *last,
                                       struct eot_error *err);
/** All volumes on the axis of one of them, which is scored, up to 3 radiation lengths behind it. */
enum eot_status eot_secondaries_axis(const struct eot_config *config, const struct eot_setup *setup, int volume,
                                     struct eot_secondaries_stack *stack, struct eot_error *err);
/** Put a stack with a target into a frame of its own, in which a set-up that was moved, turned by right angles about z
 * or mirrored is the same in bits: the middle of the target's front is the origin, and of the eight ways to lay the
 * axes x and y the one is taken that has the least coordinates. What is empty before the first matter is cut short.
 * @param line the beam in this frame: x, y at z = 0 [cm], slopes. */
void eot_secondaries_frame(struct eot_secondaries_stack *stack, const struct eot_beam_config *beam, double line[4]);
/** A length as it is in this frame: to 1e-7 cm. */
double eot_secondaries_round(double length);
void eot_secondaries_stack_free(struct eot_secondaries_stack *stack);

/** The stack as it is followed; its media are built. */
struct eot_soft_stack eot_secondaries_soft(const struct eot_secondaries_stack *stack,
                                           struct eot_secondaries_media *media);
/** Add all that the simulation in it depends on to a hash. */
void eot_secondaries_hash(const struct eot_secondaries_stack *stack, const struct eot_setup *setup,
                          struct eot_sha256 *hash);

#endif
