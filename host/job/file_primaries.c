#include "job/file_primaries.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/hadron.h"
#include "world/primaries.h"

static const double WHOLE = 281474976710656.0, UPPER = 16777216.0; /* 2^48, 2^24: EOT_FILE_UPPER */
static const double SAME_PLANE = 0.1;                              /* cm */
static const double LEAST_SLOPE = 1e-3;                            /* cosine to the beam's axis: as in eot_source_of */

/* The rows while they are made. */
struct making {
    const struct eot_config *config;
    struct eot_source *source;
    size_t n_event, n_particle;
    double *event, *particle, *end; /* end [n_event] weights up to and with this event */
    double total;
};

static double mass_of(int32_t pdg) {
    switch (abs(pdg)) {
    case 11: return (double)EOT_M_ELECTRON;
    case 13: return (double)EOT_M_MUON;
    case 211: return (double)EOT_M_PION;
    case 321: return (double)EOT_M_KAON;
    }
    return 0.0;
}

/* The PDG's number of a beam's muon or hadron. */
static int32_t pdg_of_beam(const struct eot_config *config) {
    int charge = eot_beam_charge(config);
    if (eot_beam_is_muon(config)) return -13 * charge;
    return charge *
           (config->beam.particle == EOT_BEAM_PION_MINUS || config->beam.particle == EOT_BEAM_PION_PLUS ? 211 : 321);
}

static bool is_of_beam(const struct eot_config *config, const struct eot_source_particle *p) {
    if (eot_beam_kind_of(config) == EOT_BEAM_KIND_SHOWER) return abs(p->pdg) == 11 || p->pdg == 22;
    return p->pdg == pdg_of_beam(config) && p->direction[2] >= LEAST_SLOPE;
}

static enum eot_status check_particle(const struct eot_config *config, const struct eot_source_particle *p, double E,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_beam_config *b = &config->beam;
    double most = b->energy * (1.0 + 6.0 * b->spread) * (1.0 + 1e-6);
    EOT_CHECK(E <= most, EOT_E_CONFIG,
              "beam.file = %s (it has a particle of %.6g GeV, and tables reach to %.6g); set beam.energy to its beam's",
              b->file, E, most);
    EOT_CHECK(!eot_beam_is_hadron(config) || fabs(p->position[2] - b->position_z) <= SAME_PLANE, EOT_E_CONFIG,
              "beam.file = %s (a hadron begins at z = %.6g cm); set beam.position_z to that, where all of them are",
              b->file, p->position[2]);
done:
    return status;
}

static void add_particle(struct making *m, const struct eot_source_particle *p, double E) {
    double *row = m->particle + m->n_particle++ * EOT_FILE_COLUMNS;
    row[EOT_FILE_E] = E;
    for (int i = 0; i < 3; i++) {
        row[EOT_FILE_X + i] = p->position[i];
        row[EOT_FILE_UX + i] = p->direction[i];
    }
    row[EOT_FILE_TIME] = p->time;
    row[EOT_FILE_TYPE] = p->pdg == 22 ? EOT_PHOTON : p->pdg == -11 ? EOT_POSITRON : EOT_ELECTRON;
}

static void end_event(struct making *m, size_t first, double weight) {
    double *row = m->event + m->n_event * EOT_FILE_EVENT_COLUMNS;
    if (m->n_particle == first || !(weight > 0.0)) {
        m->n_particle = first;
        return;
    }
    m->total += weight;
    m->end[m->n_event++] = m->total;
    row[EOT_FILE_FIRST] = (double)first;
    row[EOT_FILE_NUMBER] = (double)(m->n_particle - first);
}

/* Events with the particles that the beam is of. */
static enum eot_status make_rows(struct making *m, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_source *s = m->source;
    bool are_together = eot_beam_kind_of(m->config) == EOT_BEAM_KIND_SHOWER;
    for (size_t i = 0; i < s->n_event; i++) {
        size_t first = m->n_particle;
        for (size_t k = 0; k < s->event[i].n; k++) {
            const struct eot_source_particle *p = &s->particle[s->event[i].first + k];
            double E = p->kinetic_energy + mass_of(p->pdg);
            if (!is_of_beam(m->config, p)) {
                eot_source_leave_out(s, p->pdg);
                continue;
            }
            EOT_TRY(check_particle(m->config, p, E, err));
            add_particle(m, p, E);
            if (are_together) continue;
            end_event(m, first, s->event[i].weight);
            first = m->n_particle;
        }
        if (are_together) end_event(m, first, s->event[i].weight);
    }
done:
    return status;
}

/* Shares of the primaries. Weights of eotmc's own planes are per electron on target: what they lack of 1 is primaries
 * of a shower run of which nothing crossed. Otherwise only their proportions count. */
static void share_out(struct making *m) {
    bool is_per_primary = m->source->is_ours && eot_beam_kind_of(m->config) == EOT_BEAM_KIND_SHOWER &&
                          m->total < 1.0 - 1e-6 && m->total >= 1e-3;
    double whole = is_per_primary ? 1.0 : m->total;
    for (size_t i = 0; i < m->n_event; i++) {
        double end = floor(m->end[i] / whole * WHOLE), upper = floor(end / UPPER);
        if (i + 1 == m->n_event && !is_per_primary) upper = UPPER, end = WHOLE;
        m->event[i * EOT_FILE_EVENT_COLUMNS + EOT_FILE_UPPER] = upper;
        m->event[i * EOT_FILE_EVENT_COLUMNS + EOT_FILE_LOWER] = end - upper * UPPER;
    }
    m->source->weight = m->total;
    m->source->n_primary = m->n_event;
}

static void source_free(struct eot_source *source) {
    eot_source_free(source);
    free(source);
}

enum eot_status eot_world_take_file(const struct eot_config *config, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct making m = {.config = config};
    if (config->beam.file[0] == '\0' || config->beam.file_as != EOT_FILE_AS_PRIMARIES) return EOT_OK;
    w->source = calloc(1, sizeof *w->source);
    EOT_CHECK_MEMORY(w->source);
    w->source_free = source_free;
    w->source->are_primaries = true;
    memcpy(w->source->tables_sha256, w->sha256, sizeof w->source->tables_sha256);
    EOT_TRY(eot_source_read(config->beam.file, NULL, w->source, err));
    m.source = w->source;
    const struct eot_sampling_config *sampling = &config->sampling;
    EOT_CHECK(!m.source->has_random || m.source->seed != sampling->seed || m.source->run != sampling->run, EOT_E_CONFIG,
              "beam.file = %s (it was made with the random numbers of sampling.seed %llu and sampling.run %llu, which "
              "would be used twice for each primary: what happens before and behind the plane would not be "
              "independent); set sampling.run=%llu",
              config->beam.file, (unsigned long long)m.source->seed, (unsigned long long)m.source->run,
              (unsigned long long)m.source->run + 1);
    m.event = calloc(w->source->n_particle + 1, EOT_FILE_EVENT_COLUMNS * sizeof *m.event);
    m.particle = calloc(w->source->n_particle + 1, EOT_FILE_COLUMNS * sizeof *m.particle);
    m.end = calloc(w->source->n_particle + 1, sizeof *m.end);
    EOT_CHECK_MEMORY(m.event);
    EOT_CHECK_MEMORY(m.particle);
    EOT_CHECK_MEMORY(m.end);
    EOT_TRY(make_rows(&m, err));
    EOT_CHECK(
        m.n_event > 0, EOT_E_CONFIG,
        "beam.file = %s (it has no particle that this beam is of, with a weight); choose another beam.particle, or "
        "another file",
        config->beam.file);
    share_out(&m);
    EOT_TRY(eot_world_add_primaries(
        w,
        &(struct eot_file_rows){
            .n_event = m.n_event, .n_particle = m.n_particle, .event = m.event, .particle = m.particle},
        config->sampling.first, config->sampling.eot, err));
done:
    free(m.event);
    free(m.particle);
    free(m.end);
    return status;
}

enum eot_status eot_job_tell_left_out(const struct eot_job_context *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_source *s = c->world->source;
    char kinds[256] = "";
    size_t used = 0, n = 0;
    for (size_t i = 0; i < s->n_kind; i++) {
        n += s->left_out[i].n;
        if (used < sizeof kinds)
            used += (size_t)snprintf(kinds + used, sizeof kinds - used, "%s%zu of %d", i > 0 ? ", " : "",
                                     s->left_out[i].n, (int)s->left_out[i].pdg);
    }
    if (n > 0)
        EOT_TRY(eot_findings_warn(c->options->findings, err, "file_particles",
                                  "%zu particles of %s are not followed (by PDG number, 0 for all others: %s): %s with "
                                  "energy are",
                                  n, c->config->beam.file, kinds,
                                  s->are_primaries ? "those that the beam is of,"
                                                   : "muons, electrons, positrons and photons"));
done:
    return status;
}

enum eot_status eot_job_prepare_file(const struct eot_job_context *c, struct eot_sums *sums, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_source *s = c->world->source;
    (void)sums;
    if (s == NULL || c->options->findings == NULL) return EOT_OK;
    EOT_TRY(eot_job_tell_left_out(c, err));
    if (c->config->sampling.eot > s->n_primary)
        EOT_TRY(eot_findings_warn(
            c->options->findings, err, "file_again",
            "%s has %zu events for %llu primaries: they are used again, and errors do not know that "
            "the file is a sample; use sampling.eot: %zu at most where that matters",
            c->config->beam.file, s->n_primary, (unsigned long long)c->config->sampling.eot, s->n_primary));
done:
    return status;
}
