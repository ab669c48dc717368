/** @file hadron_probe.h
 * A hadron of the beam along its axis, without scattering, by the functions and in the precision of a device. */
#ifndef EOT_HOST_WORLD_HADRON_PROBE_H
#define EOT_HOST_WORLD_HADRON_PROBE_H

#include "world/world.h"

/** What it is at a depth. */
struct eot_hadron_mark {
    double z;           /* cm, in */
    bool is_reached;    /* else the rest is that of the last place it was at */
    double x, y;        /* cm */
    double decay;       /* optical depth of decays so far */
    double interaction; /* the same of interactions */
    double X0;          /* radiation lengths so far */
};

/** Follow it from the beam's start from mark to mark. @param world with its grid and the regions' rows of
 * world->hadron.
 * @param mark n of them, z rising. */
void eot_hadron_probe(const struct eot_world *world, struct eot_hadron_mark *mark, size_t n);

#endif
