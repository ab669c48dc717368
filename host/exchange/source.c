#include "exchange/source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/sha256.h"
#include "exchange/mcpl.h"

static const double GEV_PER_MEV = 1e-3, NS_PER_MS = 1e6;
static const size_t MOST_BYTES = (size_t)1 << 30;

void eot_source_leave_out(struct eot_source *s, int32_t pdg) {
    const size_t last = sizeof s->left_out / sizeof s->left_out[0] - 1;
    size_t i = 0;
    while (i < s->n_kind && s->left_out[i].pdg != pdg && i < last) i++;
    if (i == s->n_kind) {
        s->left_out[i].pdg = i < last ? pdg : 0;
        s->n_kind++;
    }
    s->left_out[i].n++;
}

enum eot_status eot_source_event_add(struct eot_source *s, double weight, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_source_event *grown = eot_array_grown(s->event, s->n_event, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->event = grown;
    s->event[s->n_event++] = (struct eot_source_event){.first = s->n_particle, .weight = weight};
done:
    return status;
}

enum eot_status eot_source_particle_add(struct eot_source *s, const struct eot_source_particle *particle,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int32_t kind = abs(particle->pdg);
    bool is_followed =
        kind == 13 || kind == 11 || particle->pdg == 22 || (s->are_primaries && (kind == 211 || kind == 321));
    for (int i = 0; i < 3; i++) /* beyond any world, where single precision holds no place */
        is_followed = is_followed && fabs(particle->position[i]) <= 1e6;
    if (!is_followed || !(particle->kinetic_energy > 0.0 && particle->kinetic_energy < 1e4)) {
        eot_source_leave_out(s, particle->pdg);
        return EOT_OK;
    }
    struct eot_source_particle *grown = eot_array_grown(s->particle, s->n_particle, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    s->particle = grown;
    s->particle[s->n_particle++] = *particle;
    s->event[s->n_event - 1].n++;
done:
    return status;
}

static enum eot_status read_mcpl(const unsigned char *bytes, size_t n_bytes, struct eot_source *s,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mcpl_file file = {.n_particle = 0};
    EOT_TRY(eot_mcpl_parse(bytes, n_bytes, EOT_SOURCE_MOST, &file, err));
    bool is_ours = strncmp(file.source, "eotmc ", 6) == 0 && file.has_user_flags;
    s->is_ours = is_ours;
    s->has_random = is_ours && file.has_random;
    s->seed = file.seed;
    s->run = file.run;
    for (size_t i = 0; i < file.n_particle; i++) {
        const struct eot_mcpl_particle *p = &file.particle[i], *before = i > 0 ? p - 1 : p;
        bool belongs = i > 0 && is_ours && p->user_flags == before->user_flags && p->weight == before->weight &&
                       (s->are_primaries || (p->pdg != before->pdg && s->event[s->n_event - 1].n == 1));
        if (!belongs) EOT_TRY(eot_source_event_add(s, p->weight, err));
        struct eot_source_particle own = {
            .pdg = p->pdg, .kinetic_energy = p->kinetic_energy * GEV_PER_MEV, .time = p->time * NS_PER_MS};
        memcpy(own.position, p->position, sizeof own.position);
        memcpy(own.direction, p->direction, sizeof own.direction);
        EOT_TRY(eot_source_particle_add(s, &own, err));
    }
done:
    eot_mcpl_file_free(&file);
    return status;
}

/* All bytes of a plain file, and a zero behind them. */
static enum eot_status read_bytes(const char *path, unsigned char **bytes, size_t *n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct stat information;
    FILE *in = fopen(path, "rb");
    EOT_CHECK(in != NULL, EOT_E_CONFIG, "it cannot be read (%s)", strerror(errno));
    EOT_CHECK(fstat(fileno(in), &information) == 0 && S_ISREG(information.st_mode), EOT_E_CONFIG,
              "it is no plain file");
    EOT_CHECK((uint64_t)information.st_size <= MOST_BYTES, EOT_E_CONFIG, "it has more than %zu bytes; divide it",
              MOST_BYTES);
    *bytes = malloc((size_t)information.st_size + 1);
    EOT_CHECK_MEMORY(*bytes);
    *n_bytes = fread(*bytes, 1, (size_t)information.st_size, in);
    EOT_CHECK(ferror(in) == 0, EOT_E_CONFIG, "it cannot be read (%s)", strerror(errno));
    (*bytes)[*n_bytes] = '\0';
done:
    if (in != NULL) fclose(in);
    return status;
}

static bool ends_with(const char *text, const char *ending) {
    size_t n = strlen(text), m = strlen(ending);
    return n > m && strcmp(text + n - m, ending) == 0;
}

enum eot_status eot_source_read(const char *path, const struct eot_sums_layout *layout, struct eot_source *s,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    unsigned char *bytes = NULL;
    size_t n_bytes = 0;
    struct eot_error inner = {.status = EOT_OK};
    bool is_mcpl = ends_with(path, ".mcpl"), is_hepmc = ends_with(path, ".hepmc") || ends_with(path, ".hepmc3");
    s->is_plane = ends_with(path, ".h5");
    EOT_CHECK(s->is_plane || is_mcpl || is_hepmc, EOT_E_CONFIG,
              "beam.file = %s (its ending is none of .h5, .mcpl, .hepmc); rename it", path);
    EOT_CHECK(!s->is_plane || layout != NULL, EOT_E_CONFIG,
              "beam.file = %s (an HDF5 plane is events to go on with, not a beam); use its MCPL file, or beam.file_as: "
              "events",
              path);
    status = read_bytes(path, &bytes, &n_bytes, &inner);
    if (status == EOT_OK) eot_sha256_hex(bytes, n_bytes, s->sha256);
    if (status == EOT_OK && s->is_plane) status = eot_plane_content_read(path, layout, &s->content, &inner);
    if (status == EOT_OK && is_mcpl) status = read_mcpl(bytes, n_bytes, s, &inner);
    if (status == EOT_OK && is_hepmc) status = eot_source_hepmc((const char *)bytes, s, &inner);
    EOT_CHECK(status == EOT_OK, status, "beam.file = %s (%s); give another file", path, inner.text);
    EOT_CHECK(s->is_plane || s->n_particle > 0, EOT_E_CONFIG,
              "beam.file = %s (it has no muon, electron, positron or photon%s); give another file", path,
              s->are_primaries ? ", pion or kaon" : "");
done:
    free(bytes);
    return status;
}

void eot_source_free(struct eot_source *s) {
    if (s == NULL) return;
    eot_plane_content_free(&s->content);
    free(s->particle);
    free(s->event);
    s->particle = NULL;
    s->event = NULL;
}
