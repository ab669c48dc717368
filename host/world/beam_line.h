/** @file beam_line.h
 * What a beam of electrons, positrons or photons meets before the ECAL: whether it has to be followed at all, in which
 * tables, and whether any of it reaches the ECAL. */
#ifndef EOT_HOST_WORLD_BEAM_LINE_H
#define EOT_HOST_WORLD_BEAM_LINE_H

#include "world/world.h"

/** Radiation lengths in front of the ECAL that are left out, and the most that are followed. */
#define EOT_LINE_LEAST_X0 1e-3
#define EOT_LINE_MOST_X0 1.0

/** Whether a field, or matter of more than EOT_LINE_LEAST_X0 in all, is between the beam's start and the ECAL's front
 * plane, wherever across the beam. */
bool eot_world_has_beam_line(const struct eot_config *config);

/** Whether primaries have lists of arrivals (eotmc/transport/arrivals.h): unless nothing acts on them and every one
 * enters the ECAL by its front, 6 sigma of spot and divergence included. false for beams of other kinds. */
bool eot_world_has_arrivals(const struct eot_config *config);

/** Fill world->event.line, whose grid is there. @param o of the ECAL's tables. @param has_tables false: without the
 * tables of what is in front, as if it were vacuum. @return EOT_E_CONFIG (too many materials), EOT_E_NUMERIC,
 * EOT_E_MEMORY. */
enum eot_status eot_world_beam_line(const struct eot_config *config, const struct eot_setup *setup,
                                    const struct eot_em_options *o, bool has_tables, struct eot_world *world,
                                    struct eot_error *err);

/** Refuse a beam of which nothing reaches the ECAL, by some thousand test primaries, and more matter in front of it
 * than is followed. @return EOT_E_CONFIG. */
enum eot_status eot_world_check_beam(const struct eot_config *config, const struct eot_world *world,
                                     struct eot_error *err);

/** Radiation lengths up to the ECAL's front plane of a test primary without interactions: the mean one of the beam, or,
 * for primary >= 0, one with its own place and direction. world->event.line.region is read for 1/X0 only. */
double eot_line_depth(const struct eot_world *world, int64_t primary);
/** How many of n test primaries reach the ECAL; energy, place and direction spread `widths` times as far as the beam's.
 */
int eot_line_hits(const struct eot_world *world, int n, double widths);

#endif
