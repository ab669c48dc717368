#include "geometry/setup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nesting.h"

#define SAME_EDGE 1e-6              /* cm, planes closer than this are one */
#define MAX_VOXEL ((size_t)1 << 26) /* 256 MiB of region numbers */

/** Planes of one axis, being collected. */
struct planes {
    size_t n, capacity;
    double *z;
};

static enum eot_status planes_add(struct planes *p, double z, struct eot_error *err) {
    if (p->n == p->capacity) {
        size_t capacity = p->capacity > 0 ? 2 * p->capacity : 64;
        double *grown = realloc(p->z, capacity * sizeof *grown);
        if (grown == NULL)
            return eot_error_set(err, EOT_E_MEMORY, __FILE__, __LINE__, __func__,
                                 "out of memory; use fewer layers, or geometry.layers: effective");
        p->z = grown;
        p->capacity = capacity;
    }
    p->z[p->n++] = z;
    return EOT_OK;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void planes_sort(struct planes *p) {
    qsort(p->z, p->n, sizeof *p->z, compare);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (n == 0 || p->z[i] - p->z[n - 1] > SAME_EDGE) p->z[n++] = p->z[i];
    p->n = n;
}

/** Number of the plane at z: it is one of those collected. */
static size_t planes_find(const struct planes *p, double z) {
    size_t low = 0, high = p->n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->z[middle] < z - SAME_EDGE)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/** A slab of a volume along z: one explicit layer, or periods merged. */
struct slab {
    double low, high;
    int region;
};

/** The number of a region, added if no equal one exists. */
static enum eot_status region_number(struct eot_setup *setup, const eot_region *region, int *number,
                                     struct eot_error *err) {
    for (int i = 0; i < setup->n_region; i++)
        if (memcmp(&setup->region[i], region, sizeof *region) == 0) { /* no padding: EOT_LAYOUT */
            *number = i;
            return EOT_OK;
        }
    eot_region *grown = realloc(setup->region, ((size_t)setup->n_region + 1) * sizeof *grown);
    if (grown == NULL)
        return eot_error_set(err, EOT_E_MEMORY, __FILE__, __LINE__, __func__, "out of memory; use fewer volumes");
    setup->region = grown;
    setup->region[setup->n_region] = *region;
    *number = setup->n_region++;
    return EOT_OK;
}

/** What all regions of a volume share. */
static eot_region region_of_volume(const struct eot_config *config, int volume) {
    const struct eot_volume_config *v = &config->geometry.volume[volume];
    eot_region region;
    memset(&region, 0, sizeof region);
    region.volume = volume;
    region.role = v->role;
    region.module = eot_setup_module(config, volume);
    const double *field = eot_volume_field(&config->geometry, (size_t)volume);
    region.field_x = (f32)field[0];
    region.field_y = (f32)field[1];
    region.field_z = (f32)field[2];
    return region;
}

static void region_limit_step(const struct eot_config *config, const struct eot_volume_config *v, eot_region *region) {
    double step = EOT_NO_STEP_LIMIT;
    if (region->n_constituent > 1) step = config->physics.muon_max_step;
    if (region->field_x != 0.0f || region->field_y != 0.0f || region->field_z != 0.0f)
        step = fmin(step, config->physics.field_max_step);
    if (v->max_step > 0) step = v->max_step;
    region->max_step = (f32)step;
}

/** Value of eot_region.active for a layer: 2 for an active one between passive ones. */
static int active_of(const struct eot_volume_config *v, const struct eot_layer_config *layer) {
    bool has_passive = false;
    for (size_t i = 0; i < v->n_layer; i++) has_passive |= !v->layer[i].active;
    return !layer->active ? 0 : has_passive ? 2 : 1;
}

/** The volume merged into one medium: its different (material, active) layers with their shares of the path. */
static enum eot_status region_effective(const struct eot_config *config, int volume, eot_region *region,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *v = &config->geometry.volume[volume];
    double thickness[EOT_N_CONSTITUENT] = {0}, period = 0;
    *region = region_of_volume(config, volume);
    for (size_t i = 0; i < v->n_layer; i++) {
        const struct eot_layer_config *layer = &v->layer[i];
        int k = 0;
        while (k < region->n_constituent &&
               (region->material[k] != layer->material || region->active[k] != active_of(v, layer)))
            k++;
        EOT_CHECK(k < EOT_N_CONSTITUENT, EOT_E_CONFIG,
                  "volume %s: more than %d different layers (the most an effective medium can hold); set its merge: -1",
                  v->name, EOT_N_CONSTITUENT);
        if (k == region->n_constituent) {
            region->n_constituent++;
            region->material[k] = layer->material;
            region->active[k] = active_of(v, layer);
        }
        thickness[k] += layer->thickness;
        period += layer->thickness;
    }
    for (int k = 0; k < region->n_constituent; k++) region->fraction[k] = (f32)(thickness[k] / period);
    region_limit_step(config, v, region);
done:
    return status;
}

/** Slabs and regions of one volume. @param slab allocated here, caller frees. */
static enum eot_status slabs_of_volume(struct eot_setup *setup, const struct eot_config *config, int volume,
                                       struct slab **slab, size_t *n_slab, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *v = &config->geometry.volume[volume];
    double period = v->thickness / v->repeat;
    bool is_explicit = v->merge < 0;
    int periods = is_explicit ? 1 : v->merge == 0 ? v->repeat : v->merge;
    size_t n = is_explicit ? (size_t)v->repeat * v->n_layer : (size_t)((v->repeat + periods - 1) / periods);
    eot_region region;
    struct slab *s = calloc(n, sizeof *s);
    EOT_CHECK_MEMORY(s);
    if (is_explicit) {
        for (int i = 0; i < v->repeat; i++) {
            double z = v->z + i * period, depth = 0;
            for (size_t k = 0; k < v->n_layer; k++) {
                struct slab *one = &s[(size_t)i * v->n_layer + k];
                region = region_of_volume(config, volume);
                region.n_constituent = 1;
                region.material[0] = v->layer[k].material;
                region.fraction[0] = 1;
                region.active[0] = active_of(v, &v->layer[k]);
                region_limit_step(config, v, &region);
                EOT_TRY(region_number(setup, &region, &one->region, err));
                one->low = z + depth;
                depth += v->layer[k].thickness;
                one->high = z + depth;
            }
        }
        s[n - 1].high = v->z + v->thickness;
    } else {
        EOT_TRY(region_effective(config, volume, &region, err));
        int number = 0;
        EOT_TRY(region_number(setup, &region, &number, err));
        for (size_t i = 0; i < n; i++) {
            double last = (double)(i + 1) * periods;
            s[i] = (struct slab){v->z + (double)i * periods * period,
                                 v->z + (last < v->repeat ? last : v->repeat) * period, number};
        }
    }
    *slab = s;
    *n_slab = n;
    s = NULL;
done:
    free(s);
    return status;
}

/** Edges in single precision, as devices read them; they must still increase. */
static enum eot_status edges_from_planes(const struct planes *p, char axis, float **edges, int *n,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    float *e = calloc(p->n, sizeof *e);
    EOT_CHECK_MEMORY(e);
    for (size_t i = 0; i < p->n; i++) {
        e[i] = (float)p->z[i];
        EOT_CHECK(i == 0 || e[i] > e[i - 1], EOT_E_CONFIG,
                  "two planes at %c = %.9g and %.9g cm cannot be told apart (single precision resolves %.1g cm there); "
                  "make the layer thicker or move it "
                  "nearer to the origin",
                  axis, p->z[i - 1], p->z[i], fabs(p->z[i]) * 1.2e-7);
    }
    *edges = e;
    *n = (int)p->n - 1;
    e = NULL;
done:
    free(e);
    return status;
}

/** The voxels of a slab of volume i: those of the world, or of the magnet that it stands in. @param planes of the three
 * axes. */
static enum eot_status slab_fill(struct eot_setup *setup, const struct eot_geometry_config *g, size_t i,
                                 const struct slab *slab, const struct planes planes[3], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *v = &g->volume[i];
    bool is_inner = eot_volume_magnet(g, i) >= 0;
    double low[3], high[3];
    size_t from[3], to[3];
    eot_volume_box(v, low, high);
    low[2] = slab->low;
    high[2] = slab->high;
    for (int axis = 0; axis < 3; axis++) {
        from[axis] = planes_find(&planes[axis], low[axis]);
        to[axis] = planes_find(&planes[axis], high[axis]);
    }
    for (size_t z = from[2]; z < to[2]; z++)
        for (size_t y = from[1]; y < to[1]; y++)
            for (size_t x = from[0]; x < to[0]; x++) {
                uint32_t *voxel = &setup->voxel[(z * (size_t)setup->n_y + y) * (size_t)setup->n_x + x];
                const eot_region *there = &setup->region[*voxel];
                bool is_free = is_inner ? there->role == EOT_ROLE_MAGNET : there->volume < 0;
                EOT_CHECK(is_free, EOT_E_CONFIG, "volume %s overlaps %s (they share a voxel); move one of them",
                          v->name, there->volume < 0 ? "the world" : g->volume[there->volume].name);
                *voxel = (uint32_t)slab->region;
            }
done:
    return status;
}

enum eot_status eot_setup_create(const struct eot_config *config, struct eot_setup *setup, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    struct planes planes[3] = {{0}};
    struct slab **slab = calloc(g->n_volume + 1, sizeof *slab);
    size_t *n_slab = calloc(g->n_volume + 1, sizeof *n_slab);
    memset(setup, 0, sizeof *setup);
    EOT_CHECK_MEMORY(slab);
    EOT_CHECK_MEMORY(n_slab);

    setup->material = calloc(config->n_material > 0 ? config->n_material : 1, sizeof *setup->material);
    EOT_CHECK_MEMORY(setup->material);
    setup->n_material = (int)config->n_material;
    for (size_t i = 0; i < config->n_material; i++)
        EOT_TRY(eot_material_derive(&config->material[i], &setup->material[i], err));

    eot_region world;
    memset(&world, 0, sizeof world);
    world.volume = -1;
    world.n_constituent = 1;
    world.material[0] = g->world_material;
    world.fraction[0] = 1;
    world.max_step = EOT_NO_STEP_LIMIT;
    int world_region = 0;
    EOT_TRY(region_number(setup, &world, &world_region, err));
    for (int axis = 0; axis < 3; axis++) {
        EOT_TRY(planes_add(&planes[axis], g->world_min[axis], err));
        EOT_TRY(planes_add(&planes[axis], g->world_max[axis], err));
    }
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        EOT_TRY(planes_add(&planes[0], v->center_x - v->size_x / 2, err));
        EOT_TRY(planes_add(&planes[0], v->center_x + v->size_x / 2, err));
        EOT_TRY(planes_add(&planes[1], v->center_y - v->size_y / 2, err));
        EOT_TRY(planes_add(&planes[1], v->center_y + v->size_y / 2, err));
        EOT_TRY(slabs_of_volume(setup, config, (int)i, &slab[i], &n_slab[i], err));
        for (size_t k = 0; k < n_slab[i]; k++) {
            EOT_TRY(planes_add(&planes[2], slab[i][k].low, err));
            EOT_TRY(planes_add(&planes[2], slab[i][k].high, err));
        }
    }
    if (eot_beam_is_muon(config) && strcmp(config->scoring.exit, "plane") == 0)
        EOT_TRY(planes_add(&planes[2], config->scoring.exit_z, err));
    for (int axis = 0; axis < 3; axis++) planes_sort(&planes[axis]);
    EOT_TRY(edges_from_planes(&planes[0], 'x', &setup->edges_x, &setup->n_x, err));
    EOT_TRY(edges_from_planes(&planes[1], 'y', &setup->edges_y, &setup->n_y, err));
    EOT_TRY(edges_from_planes(&planes[2], 'z', &setup->edges_z, &setup->n_z, err));

    size_t n_x = (size_t)setup->n_x, n_y = (size_t)setup->n_y, n_z = (size_t)setup->n_z;
    EOT_CHECK(n_x * n_y <= MAX_VOXEL / n_z, EOT_E_CONFIG,
              "the grid has %zu x %zu x %zu voxels (at most %zu); use geometry.layers: effective, or merge", n_x, n_y,
              n_z, MAX_VOXEL);
    setup->voxel = malloc(n_x * n_y * n_z * sizeof *setup->voxel);
    EOT_CHECK_MEMORY(setup->voxel);
    for (size_t i = 0; i < n_x * n_y * n_z; i++) setup->voxel[i] = (uint32_t)world_region;
    for (int is_inner = 0; is_inner < 2; is_inner++) /* what stands in the gap of a magnet replaces its matter */
        for (size_t i = 0; i < g->n_volume; i++)
            for (size_t k = 0; k < n_slab[i] && (eot_volume_magnet(g, i) >= 0) == (is_inner > 0); k++)
                EOT_TRY(slab_fill(setup, g, i, &slab[i][k], planes, err));
done:
    for (int axis = 0; axis < 3; axis++) free(planes[axis].z);
    for (size_t i = 0; slab != NULL && i < g->n_volume; i++) free(slab[i]);
    free(slab);
    free(n_slab);
    if (status != EOT_OK) eot_setup_free(setup);
    return status;
}

void eot_setup_free(struct eot_setup *setup) {
    free(setup->material);
    free(setup->region);
    free(setup->edges_x);
    free(setup->edges_y);
    free(setup->edges_z);
    free(setup->voxel);
    memset(setup, 0, sizeof *setup);
}

double eot_setup_volume_X0(const struct eot_setup *setup, const struct eot_volume_config *volume) {
    double sum = 0;
    for (size_t i = 0; i < volume->n_layer; i++)
        sum += volume->layer[i].thickness / setup->material[volume->layer[i].material].X0;
    return volume->repeat * sum;
}

double eot_setup_volume_lambda_int(const struct eot_setup *setup, const struct eot_volume_config *volume) {
    double sum = 0;
    for (size_t i = 0; i < volume->n_layer; i++)
        sum += volume->layer[i].thickness / setup->material[volume->layer[i].material].lambda_int;
    return volume->repeat * sum;
}

double eot_setup_region_X0(const struct eot_setup *setup, int region) {
    const eot_region *r = &setup->region[region];
    double inverse = 0;
    for (int k = 0; k < r->n_constituent; k++) inverse += (double)r->fraction[k] / setup->material[r->material[k]].X0;
    return 1 / inverse;
}

int eot_setup_module(const struct eot_config *config, int volume) {
    const struct eot_volume_config *all = config->geometry.volume, *v = &all[volume];
    int module = 0;
    for (int i = 0; i < (int)config->geometry.n_volume; i++)
        module += all[i].role == v->role && (all[i].z < v->z || (all[i].z <= v->z && i < volume));
    return module;
}

int eot_setup_volume(const struct eot_config *config, enum eot_role role, int module) {
    for (int i = 0; i < (int)config->geometry.n_volume; i++)
        if (config->geometry.volume[i].role == (int)role && eot_setup_module(config, i) == module) return i;
    return -1;
}

bool eot_setup_may_split(const struct eot_config *config) {
    const struct eot_scoring_config *s = &config->scoring;
    const int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    bool has_chambers = false;
    for (size_t i = 0; i < config->geometry.n_volume && ecal >= 0; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        has_chambers = has_chambers || (v->role == EOT_ROLE_TRACKER && v->z > config->geometry.volume[ecal].z);
    }
    return eot_beam_kind_of(config) == EOT_BEAM_KIND_SHOWER && config->sampling.mode == EOT_SAMPLING_FORCED &&
           (config->beam.file[0] == '\0' || config->beam.file_as == EOT_FILE_AS_PRIMARIES) &&
           fmax(s->deposit_fraction, s->record_fraction) < 1.0 && has_chambers;
}

int eot_setup_volume_region(const struct eot_setup *setup, int volume) {
    for (int i = 0; i < setup->n_region; i++)
        if (setup->region[i].volume == volume) return i;
    return -1;
}

int eot_setup_region_at(const struct eot_setup *setup, double x, double y, double z) {
    int i_x = eot_grid_cell(setup->edges_x, setup->n_x, x), i_y = eot_grid_cell(setup->edges_y, setup->n_y, y),
        i_z = eot_grid_cell(setup->edges_z, setup->n_z, z);
    if (i_x < 0 || i_x >= setup->n_x || i_y < 0 || i_y >= setup->n_y || i_z < 0 || i_z >= setup->n_z) return -1;
    return (int)setup->voxel[((size_t)i_z * (size_t)setup->n_y + (size_t)i_y) * (size_t)setup->n_x + (size_t)i_x];
}
