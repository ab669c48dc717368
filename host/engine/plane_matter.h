/** @file plane_matter.h
 * What the kernels of planes read of matter: where electrons and photons shower. */
#ifndef EOT_HOST_ENGINE_PLANE_MATTER_H
#define EOT_HOST_ENGINE_PLANE_MATTER_H

#include "device/backend.h"
#include "world/world.h"

/** 1/X0 [1/cm] of the world's regions as a buffer. @param buffer freed by the caller. @return EOT_E_CONFIG (a material
 * that cannot be derived), EOT_E_MEMORY, what the backend returns. */
enum eot_status eot_plane_matter_create(struct eot_backend *b, const struct eot_config *config,
                                        const struct eot_world *world, struct eot_buffer **buffer,
                                        struct eot_error *err);

#endif
