#include "world/beam_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/multiple_scattering.h"

enum { N_DEPTH = 64, N_HIT = 2000 };
static const double TOUCH = 1e-6;         /* cm */
static const double NO_MATTER = 1e-9;     /* 1/cm, of 1/X0 */
static const double LARGEST_NORMAL = 6.0; /* sigma: Box-Muller's largest value is 5.9 */

static const struct eot_volume_config *ecal_of(const struct eot_config *config) {
    int i = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    return i >= 0 ? &config->geometry.volume[i] : NULL;
}

/* 1/X0 of a material [1/cm]; 0 if it cannot be derived, which the set-up will say. */
static double inverse_X0(const struct eot_config *config, int material) {
    struct eot_material m;
    struct eot_error ignored;
    if (eot_material_derive(&config->material[material], &m, &ignored) != EOT_OK) return 0.0;
    return m.X0 > 0.0 && isfinite(m.X0) ? 1.0 / m.X0 : 0.0;
}

/* Whether primaries are those of a file: any number of particles anywhere. */
static bool is_file(const struct eot_config *config) {
    return config->beam.file[0] != '\0' && config->beam.file_as == EOT_FILE_AS_PRIMARIES;
}

bool eot_world_has_beam_line(const struct eot_config *config) {
    const struct eot_geometry_config *g = &config->geometry;
    const struct eot_volume_config *ecal = ecal_of(config);
    if (ecal == NULL || eot_beam_kind_of(config) != EOT_BEAM_KIND_SHOWER) return false;
    if (is_file(config)) return true;
    double start = config->beam.position_z, X0 = fmax(0.0, ecal->z - start) * inverse_X0(config, g->world_material);
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        double low = fmax(v->z, start), high = fmin(v->z + v->thickness, ecal->z), period = v->thickness / v->repeat;
        if (v == ecal || high - low < TOUCH) continue;
        if (v->field[0] != 0.0 || v->field[1] != 0.0 || v->field[2] != 0.0) return true;
        for (size_t k = 0; k < v->n_layer; k++)
            X0 += (high - low) / period * v->layer[k].thickness * inverse_X0(config, v->layer[k].material);
    }
    return X0 > EOT_LINE_LEAST_X0;
}

bool eot_world_has_arrivals(const struct eot_config *config) {
    const struct eot_beam_config *b = &config->beam;
    const struct eot_volume_config *ecal = ecal_of(config);
    if (ecal == NULL || eot_beam_kind_of(config) != EOT_BEAM_KIND_SHOWER) return false;
    if (is_file(config)) return true;
    double way = ecal->z - b->position_z;
    const double reach[2] = {
        fabs(b->position_x + b->angle_x * way - ecal->center_x) + LARGEST_NORMAL * (b->spot_x + b->divergence_x * way),
        fabs(b->position_y + b->angle_y * way - ecal->center_y) + LARGEST_NORMAL * (b->spot_y + b->divergence_y * way)};
    return way < -TOUCH || reach[0] >= 0.5 * ecal->size_x || reach[1] >= 0.5 * ecal->size_y ||
           eot_world_has_beam_line(config);
}

/* The medium of a region as the tables take it. */
static struct eot_em_medium medium_of(const struct eot_setup *setup, const eot_region *r) {
    struct eot_em_medium m = {.n_constituent = r->n_constituent, .thickness = 1.0};
    for (int i = 0; i < r->n_constituent; i++) {
        m.material[i] = &setup->material[r->material[i]];
        m.fraction[i] = (double)r->fraction[i];
    }
    return m;
}

static bool is_same(const struct eot_em_medium *a, const struct eot_em_medium *b) {
    bool is = a->n_constituent == b->n_constituent;
    for (int i = 0; i < a->n_constituent && is; i++)
        is = a->material[i] == b->material[i] && a->fraction[i] == b->fraction[i];
    return is;
}

/* Whether any voxel between the beam's start and the ECAL's front plane is of a region. */
static bool is_in_front(const struct eot_setup *setup, int region, double start, double front) {
    size_t n_slice = (size_t)setup->n_x * (size_t)setup->n_y;
    for (int z = 0; z < setup->n_z; z++) {
        if ((double)setup->edges_z[z + 1] <= start + TOUCH || (double)setup->edges_z[z] >= front - TOUCH) continue;
        for (size_t i = 0; i < n_slice; i++)
            if (setup->voxel[(size_t)z * n_slice + i] == (uint32_t)region) return true;
    }
    return false;
}

/* Tables of the media in front, and which of them each region is. */
static enum eot_status build_media(const struct eot_config *config, const struct eot_setup *setup,
                                   const struct eot_em_options *o, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_beam_line *line = &w->event.line;
    struct eot_em_medium medium[EOT_N_LINE_MEDIUM];
    double front = ecal_of(config)->z;
    for (int r = 0; r < setup->n_region; r++) {
        struct eot_em_medium m = medium_of(setup, &setup->region[r]);
        int k = 0;
        if (setup->region[r].role == EOT_ROLE_ECAL || 1.0 / eot_setup_region_X0(setup, r) < NO_MATTER ||
            !is_in_front(setup, r, config->beam.position_z, front))
            continue;
        while (k < line->n_medium && !is_same(&medium[k], &m)) k++;
        if (k == line->n_medium) {
            EOT_CHECK(k < EOT_N_LINE_MEDIUM, EOT_E_CONFIG,
                      "more than %d different materials and mixtures in front of the ECAL (the beam is followed in "
                      "tables of each); use fewer",
                      EOT_N_LINE_MEDIUM);
            struct eot_em_errors error[EOT_N_MEDIUM_MAX];
            struct eot_em_options own = {.cut = o->cut,
                                         .energy_max = o->energy_max,
                                         .depth = 1.0,
                                         .step_max_X0 = o->step_max_X0,
                                         .lpm = o->lpm,
                                         .n_medium = 1,
                                         .medium = {m}};
            for (int type = 0; type < EOT_N_PARTICLE; type++) own.rare_min[type] = o->energy_max * 1e6;
            EOT_TRY(eot_em_tables_build(&own, &w->table, &line->medium[k], error, err));
            medium[line->n_medium++] = m;
        }
        w->table.value[line->region + 2 * (u32)r] = (f32)k; /* the table moves as it grows */
    }
done:
    return status;
}

enum eot_status eot_world_beam_line(const struct eot_config *config, const struct eot_setup *setup,
                                    const struct eot_em_options *o, bool has_tables, struct eot_world *w,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *ecal = ecal_of(config);
    eot_beam_line *line = &w->event.line;
    size_t n = 2 * (size_t)setup->n_region;
    double *row = NULL;
    memset(line, 0, sizeof *line);
    line->center_x = (f32)ecal->center_x;
    line->center_y = (f32)ecal->center_y;
    line->half_x = (f32)(0.5 * ecal->size_x);
    line->half_y = (f32)(0.5 * ecal->size_y);
    line->cut = (f32)o->cut;
    line->highland = 1.0f;
    if (!eot_world_has_arrivals(config)) goto done;
    row = malloc(n * sizeof *row);
    EOT_CHECK_MEMORY(row);
    for (size_t r = 0; r < n / 2; r++) {
        double X0 = eot_setup_region_X0(setup, (int)r);
        row[2 * r] = -1.0;
        row[2 * r + 1] = X0 > 0.0 && isfinite(X0) ? 1.0 / X0 : 0.0;
    }
    EOT_TRY(eot_f32_table_append(&w->table, row, n, &line->region, err));
    line->most = 1;
    if (!eot_world_has_beam_line(config)) goto done;
    line->most = EOT_N_ARRIVAL;
    double X0 = eot_line_depth(w, -1);
    line->highland = (f32)fmax(0.2, eot_highland_factor(X0, EOT_LINE_LEAST_X0));
    line->X0 = (f32)X0;
    for (int i = 0; i < N_DEPTH; i++) line->X0 = fmaxf(line->X0, (f32)eot_line_depth(w, i));
    if (has_tables) EOT_TRY(build_media(config, setup, o, w, err));
done:
    free(row);
    return status;
}

enum eot_status eot_world_check_beam(const struct eot_config *config, const struct eot_world *w,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_beam_line *line = &w->event.line;
    if (line->most == 0) goto done;
    EOT_CHECK(
        (double)line->X0 <= EOT_LINE_MOST_X0, EOT_E_CONFIG,
        "the beam passes %.3g X0 of matter in front of the ECAL (it is followed through %g X0 at most); take some "
        "away, or make it a layer of the ECAL",
        (double)line->X0, EOT_LINE_MOST_X0);
    if (w->event.beam.n_file > 0) goto done; /* where they are is for the file to say */
    EOT_CHECK(
        eot_line_hits(w, N_HIT, 1.0) > 0 || eot_line_hits(w, N_HIT, 4.0) > 0, EOT_E_CONFIG,
        "none of %d test primaries of the beam reaches the ECAL, from x = %.4g, y = %.4g, z = %.5g cm with slopes "
        "%.3g and %.3g (what is in front of the ECAL acts on them); change beam.position_x, _y or beam.angle_x, "
        "_y, or move the ECAL",
        2 * N_HIT, config->beam.position_x, config->beam.position_y, config->beam.position_z, config->beam.angle_x,
        config->beam.angle_y);
done:
    return status;
}
