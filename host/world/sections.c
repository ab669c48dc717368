#include "world/sections.h"

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

enum { KEY_BYTES = 64, NAME_BYTES = 16 };

/* Where a section is in struct eot_world: a struct of its own, or a pointer to an array and its number of elements. */
static const struct place {
    const char *name;
    bool is_array;
    size_t at, count_at; /* offset of the struct or of the pointer; of the number */
    size_t size;         /* of the struct, or of an element */
} PLACE[EOT_N_WORLD_SECTION] = {
#define VALUE(name, member) \
    {#name, false, offsetof(struct eot_world, member), 0, sizeof((struct eot_world *)0)->member},
#define ARRAY(name, member, count) \
    {#name, true, offsetof(struct eot_world, member), offsetof(struct eot_world, count), \
     sizeof *((struct eot_world *)0)->member},
    EOT_WORLD_DEVICE_SECTIONS(VALUE, ARRAY) EOT_WORLD_HOST_SECTIONS(VALUE, ARRAY)
#undef VALUE
#undef ARRAY
};

struct eot_world_section eot_world_section(const struct eot_world *world, int i) {
    const struct place *p = &PLACE[i];
    const char *at = (const char *)world + p->at;
    struct eot_world_section s = {p->name, at, p->size};
    if (p->is_array) {
        size_t count;
        memcpy(&count, (const char *)world + p->count_at, sizeof count);
        memcpy(&s.bytes, at, sizeof s.bytes);
        s.n_bytes = count * p->size;
    }
    return s;
}

void eot_world_hash(const struct eot_world *world, char hex[65]) {
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    for (int i = 0; i < EOT_N_DEVICE_SECTION; i++) {
        struct eot_world_section s = eot_world_section(world, i);
        uint64_t n = s.n_bytes;
        eot_sha256_update(&hash, s.name, strlen(s.name) + 1);
        eot_sha256_update(&hash, &n, sizeof n);
        if (s.n_bytes > 0) eot_sha256_update(&hash, s.bytes, s.n_bytes);
    }
    eot_sha256_finish(&hash, hex);
}

unsigned char *eot_world_pack(const struct eot_world *world, const char *key, size_t *n_bytes) {
    *n_bytes = KEY_BYTES;
    for (int i = 0; i < EOT_N_WORLD_SECTION; i++)
        *n_bytes += NAME_BYTES + sizeof(uint64_t) + eot_world_section(world, i).n_bytes;
    unsigned char *bytes = calloc(1, *n_bytes), *to = bytes;
    if (bytes == NULL) return NULL;
    memcpy(to, key, KEY_BYTES);
    to += KEY_BYTES;
    for (int i = 0; i < EOT_N_WORLD_SECTION; i++) {
        struct eot_world_section s = eot_world_section(world, i);
        uint64_t n = s.n_bytes;
        memcpy(to, s.name, strlen(s.name));
        memcpy(to + NAME_BYTES, &n, sizeof n);
        if (n > 0) memcpy(to + NAME_BYTES + sizeof n, s.bytes, s.n_bytes);
        to += NAME_BYTES + sizeof n + s.n_bytes;
    }
    return bytes;
}

/* One section from the front of what is left of the bytes. */
static bool section_read(struct eot_world *w, const struct place *p, const unsigned char **from,
                         const unsigned char *end) {
    char name[NAME_BYTES] = "";
    uint64_t n;
    if ((size_t)(end - *from) < NAME_BYTES + sizeof n) return false;
    memcpy(name, p->name, strlen(p->name));
    memcpy(&n, *from + NAME_BYTES, sizeof n);
    if (memcmp(name, *from, NAME_BYTES) != 0) return false;
    *from += NAME_BYTES + sizeof n;
    if (n > (size_t)(end - *from)) return false;
    if (p->is_array) {
        size_t count = (size_t)n / p->size;
        void *array = n > 0 && n % p->size == 0 ? malloc((size_t)n) : NULL;
        if (array == NULL) return false;
        memcpy(array, *from, (size_t)n);
        memcpy((char *)w + p->at, &array, sizeof array);
        memcpy((char *)w + p->count_at, &count, sizeof count);
    } else {
        if (n != p->size) return false;
        memcpy((char *)w + p->at, *from, p->size);
    }
    *from += n;
    return true;
}

/* Whether the sizes of the sections fit to each other. */
static bool fits(const struct eot_world *w) {
    const eot_grid *g = &w->grid;
    if (g->n_x <= 0 || g->n_y <= 0 || g->n_z <= 0 || g->n_region <= 0) return false;
    if (w->n_voxel != (size_t)g->n_x * (size_t)g->n_y * (size_t)g->n_z || w->n_region != (size_t)g->n_region)
        return false;
    for (size_t i = 0; i < w->n_voxel; i++)
        if (w->voxel[i] >= w->n_region) return false;
    return true;
}

bool eot_world_unpack(struct eot_world *world, const char *key, const unsigned char *bytes, size_t n_bytes) {
    const unsigned char *from = bytes, *end = bytes + n_bytes;
    bool is_good = n_bytes >= KEY_BYTES && memcmp(bytes, key, KEY_BYTES) == 0;
    memset(world, 0, sizeof *world);
    if (is_good) from += KEY_BYTES;
    for (int i = 0; i < EOT_N_WORLD_SECTION && is_good; i++) is_good = section_read(world, &PLACE[i], &from, end);
    is_good = is_good && from == end && fits(world);
    world->table.capacity = world->table.n;
    if (is_good) return true;
    eot_world_free(world);
    memset(world, 0, sizeof *world);
    return false;
}

enum eot_status eot_world_upload(const struct eot_world *world, struct eot_backend *backend,
                                 struct eot_world_buffers *buffers, size_t *n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *buffers = (struct eot_world_buffers){0};
#define UPLOAD(name) \
    { \
        struct eot_world_section s = eot_world_section(world, EOT_SECTION_##name); \
        EOT_TRY(backend->op->buffer_create(backend, s.n_bytes, s.bytes, &buffers->name, err)); \
        if (n_bytes != NULL) *n_bytes += s.n_bytes; \
    }
#define VALUE(name, member) UPLOAD(name)
#define ARRAY(name, member, count) UPLOAD(name)
    EOT_WORLD_DEVICE_SECTIONS(VALUE, ARRAY)
#undef VALUE
#undef ARRAY
#undef UPLOAD
done:
    return status;
}

void eot_world_buffers_free(struct eot_backend *backend, struct eot_world_buffers *buffers) {
#define VALUE(name, member) backend->op->buffer_free(backend, buffers->name);
#define ARRAY(name, member, count) backend->op->buffer_free(backend, buffers->name);
    EOT_WORLD_DEVICE_SECTIONS(VALUE, ARRAY)
#undef VALUE
#undef ARRAY
    *buffers = (struct eot_world_buffers){0};
}
