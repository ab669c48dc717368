/** @file sections.h
 * The one list of what a world consists of. The cache's file is written and read by it, section by section; the hash of
 * the tables covers it; the buffers of a device are made from it. What a device reads of a world has to be a row of it,
 * and can then not be forgotten in one of the three. */
#ifndef EOT_HOST_WORLD_SECTIONS_H
#define EOT_HOST_WORLD_SECTIONS_H

#include "device/backend.h"
#include "world/world.h"

/* VALUE(name, member of struct eot_world), ARRAY(name, member, member with the number of its elements). Names are those
 * of the kernels' arguments. */
#define EOT_WORLD_DEVICE_SECTIONS(VALUE, ARRAY) \
    ARRAY(table, table.value, table.n) \
    VALUE(em, em) \
    VALUE(muon_tables, muon) \
    VALUE(grid, grid) \
    ARRAY(region, region, n_region) \
    ARRAY(voxel, voxel, n_voxel) \
    VALUE(world, event) \
    VALUE(hadron_world, hadron)
/* The same, of what is in the cache besides, and no device reads. */
#define EOT_WORLD_HOST_SECTIONS(VALUE, ARRAY) VALUE(accuracy, accuracy)

enum eot_world_section_number {
#define EOT_NUMBER_VALUE(name, member) EOT_SECTION_##name,
#define EOT_NUMBER_ARRAY(name, member, count) EOT_SECTION_##name,
    EOT_WORLD_DEVICE_SECTIONS(EOT_NUMBER_VALUE, EOT_NUMBER_ARRAY) EOT_N_DEVICE_SECTION,
    EOT_SECTION_last_on_device = EOT_N_DEVICE_SECTION - 1,
    EOT_WORLD_HOST_SECTIONS(EOT_NUMBER_VALUE, EOT_NUMBER_ARRAY) EOT_N_WORLD_SECTION
};

struct eot_world_section {
    const char *name;
    const void *bytes; /* in the world, or NULL where it has none */
    size_t n_bytes;
};

/** Section i of a world, 0 <= i < EOT_N_WORLD_SECTION; a device reads those below EOT_N_DEVICE_SECTION. */
struct eot_world_section eot_world_section(const struct eot_world *world, int i);

/** SHA-256 of all that a device reads of a world: names, sizes and bytes of its sections. */
void eot_world_hash(const struct eot_world *world, char hex[65]);

/** All sections as one string of bytes that begins with a key (64 hexadecimal digits); names and sizes stand before
 * each. To be freed; NULL without memory. */
unsigned char *eot_world_pack(const struct eot_world *world, const char *key, size_t *n_bytes);
/** The same back into an empty world. @return false, and an empty world, unless the key is this one, every section is
 * there with a size that it can have, and nothing is left. */
bool eot_world_unpack(struct eot_world *world, const char *key, const unsigned char *bytes, size_t n_bytes);

/** A world on a device. */
struct eot_world_buffers {
#define EOT_BUFFER_VALUE(name, member) struct eot_buffer *name;
#define EOT_BUFFER_ARRAY(name, member, count) struct eot_buffer *name;
    EOT_WORLD_DEVICE_SECTIONS(EOT_BUFFER_VALUE, EOT_BUFFER_ARRAY)
};

/** Copy a world to a device. @param n_bytes of the buffers, added to; may be NULL. Release with eot_world_buffers_free,
 * also after an error. @return what the backend returns. */
enum eot_status eot_world_upload(const struct eot_world *world, struct eot_backend *backend,
                                 struct eot_world_buffers *buffers, size_t *n_bytes, struct eot_error *err);
void eot_world_buffers_free(struct eot_backend *backend, struct eot_world_buffers *buffers);

#endif
