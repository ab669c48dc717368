/** @file primaries.h
 * The events of a file as primaries (beam.file_as: primaries), as devices read them: include/eotmc/transport/source.h.
 */
#ifndef EOT_HOST_WORLD_PRIMARIES_H
#define EOT_HOST_WORLD_PRIMARIES_H

#include "world/world.h"

/** Events and their particles, as rows of the f32 table; borrowed. */
struct eot_file_rows {
    size_t n_event, n_particle;
    const double *event;    /* [n_event][EOT_FILE_EVENT_COLUMNS] */
    const double *particle; /* [n_particle][EOT_FILE_COLUMNS] */
};

/** Add them to a world, whose hash is made anew. @param first, n the run's primaries, which share out the events.
 * @return EOT_E_MEMORY, EOT_E_NUMERIC. */
enum eot_status eot_world_add_primaries(struct eot_world *world, const struct eot_file_rows *rows, uint64_t first,
                                        uint64_t n, struct eot_error *err);
/** The primaries of one world for another one, if they are of a file; `n` primaries from `first` on share them out. */
enum eot_status eot_world_same_primaries(const struct eot_world *from, struct eot_world *to, uint64_t first, uint64_t n,
                                         struct eot_error *err);

#endif
