/** @file response.h
 * What a detector sees of single collisions of a muon, by simulation of their electrons and photons (soft.h), as
 * energies of equal probability. */
#ifndef EOT_HOST_PHYSICS_SOFT_RESPONSE_H
#define EOT_HOST_PHYSICS_SOFT_RESPONSE_H

#include "eotmc/detector/secondaries.h"
#include "physics/soft/muon_source.h"

/** A piece of the stack where collisions happen with given weight per cm. */
struct eot_soft_piece {
    double low, high, weight; /* cm, cm, any unit */
};

/** Where collisions happen: on the line x, y. */
struct eot_soft_where {
    double x, y;
    int n;
    const struct eot_soft_piece *piece;
};

enum { EOT_SOFT_MOST_SAMPLE = 8192 };

/** What collisions of one kind leave in sum 0 of a stack, relative to their transfer. */
struct eot_soft_sample {
    int n;
    float share[EOT_SOFT_MOST_SAMPLE];
};

/** Follow collisions with transfer W. @param seed of the random numbers. @param budget GeV of transfers that are
 * followed, at least 32 collisions. @return EOT_E_MEMORY. */
enum eot_status eot_soft_response(const struct eot_soft_stack *stack, const struct eot_soft_where *where, int process,
                                  double W, uint64_t seed, double budget, struct eot_soft_sample *sample,
                                  struct eot_error *err);

/** A weighted sample as energies of equal probability; it is sorted. @param value, weight n of them. @param lump
 * n_lump energies. @return the sum of the weights. */
double eot_soft_groups(double *value, double *weight, int n, int n_lump, double *lump);

/** Transfer of node i [GeV]. */
double eot_soft_transfer(int i);

#endif
