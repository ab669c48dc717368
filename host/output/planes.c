/* The files of planes: particles that cross them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/apart.h"
#include "exchange/mcpl.h"
#include "exchange/plane_file.h"
#include "output/file.h"
#include "output/output.h"
#include "output/sinks.h"
#include "version.h"

static const double MEV_PER_GEV = 1e3, MS_PER_NS = 1e-6;

/* Particles of a plane in the units of MCPL. Weights are per electron on target. */
static bool write_mcpl(FILE *out, const struct eot_plane_config *plane, size_t i_plane, const struct eot_result *result,
                       double n_primary) {
    char text[4][256];
    const char *comment[] = {text[0], text[1], text[2], text[3], EOT_PLANE_LEFT_OUT};
    const struct eot_plane_rows *rows = result->planes;
    struct eot_mcpl_head head = {.source = "eotmc " EOT_VERSION,
                                 .comment = comment,
                                 .n_comment = sizeof comment / sizeof comment[0],
                                 .key = "effective-config.yaml",
                                 .blob = result->effective_yaml};
    snprintf(text[0], sizeof text[0], "plane %s at z = %.9g cm, crossed towards +z; run %s, %s", plane->name, plane->z,
             result->name, result->id);
    snprintf(
        text[1], sizeof text[1],
        "weights are per primary of the beam (divided by their number); user flags are the low 32 bits of the primary; "
        "time is after the front of the ECAL, or after the beam's start for muons and hadrons of a beam");
    snprintf(text[2], sizeof text[2],
             "%.0f primaries were simulated; %zu particles of all planes were too "
             "many to be kept",
             n_primary, rows->n_particle_dropped);
    snprintf(text[3], sizeof text[3], EOT_MCPL_RANDOM, (unsigned long long)result->seed,
             (unsigned long long)result->run);
    for (size_t i = 0; i < rows->n_particle; i++) head.n_particle += rows->particle[i].plane == i_plane;
    if (!eot_mcpl_write_head(out, &head)) return false;
    for (size_t i = 0; i < rows->n_particle; i++) {
        const struct eot_plane_particle *p = &rows->particle[i];
        if (p->plane != i_plane) continue;
        const double u[3] = {(double)p->direction[0], (double)p->direction[1], (double)p->direction[2]};
        if (!eot_mcpl_write_particle(out, &(struct eot_mcpl_particle){.pdg = p->pdg,
                                                                      .user_flags = (uint32_t)p->primary,
                                                                      .position = {p->x, p->y, p->z},
                                                                      .direction = {u[0], u[1], u[2]},
                                                                      .kinetic_energy = p->kinetic_energy * MEV_PER_GEV,
                                                                      .time = (double)p->time * MS_PER_NS,
                                                                      .weight = (double)p->weight / n_primary}))
            return false;
    }
    return true;
}

static enum eot_status make_mcpl(const struct eot_plane_config *plane, size_t i_plane, const struct eot_result *result,
                                 void **bytes, size_t *n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *text = NULL;
    double n_primary = 0.0;
    for (size_t i = 0; i < result->n_range; i++)
        n_primary += (double)(result->primaries[i][1] - result->primaries[i][0]);
    FILE *out = open_memstream(&text, n_bytes);
    EOT_CHECK_MEMORY(out);
    bool is_good = write_mcpl(out, plane, i_plane, result, n_primary);
    is_good = fclose(out) == 0 && is_good;
    *bytes = text;
    EOT_CHECK(is_good, EOT_E_MEMORY, "out of memory for the particles of plane %s; use fewer primaries", plane->name);
done:
    return status;
}

static enum eot_status make_hdf5(const struct eot_config *config, size_t i_plane, const struct eot_result *result,
                                 void **bytes, size_t *n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_plane_config *plane = &config->output.plane[i_plane];
    char reason[256] = "";
    const struct eot_plane_image image = {.version = EOT_VERSION,
                                          .id = result->id,
                                          .name = plane->name,
                                          .config_sha256 = result->config_sha256,
                                          .tables_sha256 = result->own_tables_sha256,
                                          .yaml = config->effective_yaml,
                                          .seed = result->seed,
                                          .run = result->run,
                                          .z = plane->z,
                                          .rare_unit = result->rare_unit,
                                          .plane = (uint32_t)i_plane,
                                          .rows = result->planes,
                                          .sums = eot_run_keeps_events(result->sums) ? result->sums : NULL};
    EOT_CHECK(eot_apart(eot_plane_image_make, &image, bytes, n_bytes, reason), EOT_E_IO,
              "cannot make 'planes/%s.h5' (HDF5: %s); use fewer primaries or free memory", plane->name, reason);
done:
    return status;
}

enum eot_status eot_output_planes(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    void *bytes = NULL;
    size_t n_bytes = 0;
    char name[64], *own = eot_output_path(folder, "planes");
    EOT_CHECK_MEMORY(own);
    EOT_CHECK(result->planes != NULL && result->sums != NULL, EOT_E_INTERNAL,
              "a result without the rows of its planes; report this as a bug");
    EOT_TRY(eot_output_prepare(own, err));
    for (size_t i = 0; i < config->output.n_plane; i++) {
        const struct eot_plane_config *plane = &config->output.plane[i];
        bool is_mcpl = plane->format == EOT_PLANE_MCPL;
        free(bytes);
        bytes = NULL;
        EOT_TRY(is_mcpl ? make_mcpl(plane, i, result, &bytes, &n_bytes, err)
                        : make_hdf5(config, i, result, &bytes, &n_bytes, err));
        snprintf(name, sizeof name, "%s%s", plane->name, is_mcpl ? ".mcpl" : ".h5");
        EOT_TRY(eot_output_write_file(own, name, bytes, n_bytes, err));
    }
done:
    free(bytes);
    free(own);
    return status;
}
