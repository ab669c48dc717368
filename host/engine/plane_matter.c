#include <stdlib.h>

#include "engine/plane_matter.h"
#include "world/grid.h"

enum eot_status eot_plane_matter_create(struct eot_backend *b, const struct eot_config *config,
                                        const struct eot_world *world, struct eot_buffer **buffer,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    float *inverse_X0 = calloc(world->n_region + 1, sizeof *inverse_X0);
    EOT_CHECK_MEMORY(inverse_X0);
    EOT_TRY(eot_world_inverse_X0(config, world, inverse_X0, err));
    EOT_TRY(b->op->buffer_create(b, (world->n_region + 1) * sizeof *inverse_X0, inverse_X0, buffer, err));
done:
    free(inverse_X0);
    return status;
}
