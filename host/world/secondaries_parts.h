/** @file secondaries_parts.h
 * What the parts of secondaries.c share: what their tables are made with, and how these are kept. */
#ifndef EOT_HOST_WORLD_SECONDARIES_PARTS_H
#define EOT_HOST_WORLD_SECONDARIES_PARTS_H

#include "physics/muon_integrals.h"
#include "physics/muon_tables.h"
#include "world/secondaries_stack.h"
#include "world/world.h"

/** What all tables are made with. */
struct eot_secondaries_maker {
    const struct eot_config *config;
    const struct eot_setup *setup;
    struct eot_secondaries_media *media;
    struct eot_muon_integrator *integrator;
    struct eot_muon_options options;
    bool no_cache;
};

/** Begin the hash of all that a table depends on. @param what its name. */
void eot_secondaries_begin(const struct eot_secondaries_maker *maker, const char *what, struct eot_sha256 *hash);
/** A table from the cache. @param hash of what it depends on. @param key its name there, for eot_secondaries_keep.
 * @return whether it was there. */
bool eot_secondaries_cached(const struct eot_secondaries_maker *maker, struct eot_sha256 *hash, char key[65],
                            void *table, size_t n_bytes);
void eot_secondaries_keep(const struct eot_secondaries_maker *maker, const char *key, const void *table,
                          size_t n_bytes);

/** What showers in the ECAL send into a VETO of one slab: append its tables, if there are any. @param stack,line in the
 * frame of eot_secondaries_frame. @param veto_z the VETO's front in the set-up [cm]. @return EOT_E_MEMORY. */
enum eot_status eot_secondaries_arrivals(const struct eot_secondaries_maker *maker,
                                         const struct eot_secondaries_stack *stack, const double line[4], double veto_z,
                                         struct eot_world *world, struct eot_error *err);

#endif
