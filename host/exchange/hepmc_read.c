/* Events of HepMC3's Asciiv3 (A. Buckley et al., Comput. Phys. Commun. 260 (2021) 107310,
 * doi:10.1016/j.cpc.2020.107310), as another generator leaves them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/source.h"

static const double MM_PER_NS = 299.792458;
enum { MOST_LINE = 4096, MOST_OF_EVENT = 100000 };

/* Place and time in mm and mm/c, of a vertex or of where a particle was made. */
struct place {
    double at[4];
};

/* An event that is being read. */
struct reading {
    size_t i_line;
    double energy_unit, length_unit; /* GeV, mm */
    size_t n_particle, n_vertex;     /* that the event says */
    struct place *vertex, *made;     /* [n_vertex + 1], [n_particle + 1] */
    struct place origin;
    bool is_in_event;
};

static bool is_finite(const double *v, int n) {
    for (int i = 0; i < n; i++)
        if (!isfinite(v[i])) return false;
    return true;
}

/* What stands behind '@' in a line, in its units; the place given where there is none. */
static bool read_place(const char *line, double unit, struct place *place) {
    const char *at = strchr(line, '@');
    double v[4];
    if (at == NULL) return true;
    if (sscanf(at + 1, "%lf %lf %lf %lf", &v[0], &v[1], &v[2], &v[3]) != 4 || !is_finite(v, 4)) return false;
    for (int i = 0; i < 4; i++) place->at[i] = v[i] * unit;
    return true;
}

static enum eot_status begin_event(struct reading *r, const char *line, struct eot_source *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    long long number, n_vertex, n_particle;
    r->energy_unit = 1.0;
    r->length_unit = 1.0;
    r->origin = (struct place){{0.0}};
    EOT_CHECK(sscanf(line, "E %lld %lld %lld", &number, &n_vertex, &n_particle) == 3 && n_vertex >= 0 &&
                  n_particle >= 0 && n_vertex <= MOST_OF_EVENT && n_particle <= MOST_OF_EVENT &&
                  read_place(line, 1.0, &r->origin),
              EOT_E_CONFIG, "its line %zu is no event of at most %d vertices and particles", r->i_line, MOST_OF_EVENT);
    r->n_vertex = (size_t)n_vertex;
    r->n_particle = (size_t)n_particle;
    free(r->vertex);
    free(r->made);
    r->vertex = calloc(r->n_vertex + 1, sizeof *r->vertex);
    r->made = calloc(r->n_particle + 1, sizeof *r->made);
    EOT_CHECK_MEMORY(r->vertex);
    EOT_CHECK_MEMORY(r->made);
    r->is_in_event = true;
    EOT_TRY(eot_source_event_add(s, 1.0, err));
done:
    return status;
}

static enum eot_status read_units(struct reading *r, const char *line, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char energy[8], length[8];
    EOT_CHECK(sscanf(line, "U %7s %7s", energy, length) == 2 &&
                  (strcmp(energy, "GEV") == 0 || strcmp(energy, "MEV") == 0) &&
                  (strcmp(length, "MM") == 0 || strcmp(length, "CM") == 0),
              EOT_E_CONFIG, "the units in line %zu are none of GEV or MEV and MM or CM", r->i_line);
    r->energy_unit = strcmp(energy, "MEV") == 0 ? 1e-3 : 1.0;
    r->length_unit = strcmp(length, "CM") == 0 ? 10.0 : 1.0;
    for (int i = 0; i < 4; i++) r->origin.at[i] *= r->length_unit;
done:
    return status;
}

static enum eot_status read_vertex(struct reading *r, const char *line, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    long long id, state;
    struct place place = r->origin;
    EOT_CHECK(sscanf(line, "V %lld %lld", &id, &state) == 2 && id < 0 && id >= -(long long)r->n_vertex &&
                  read_place(line, r->length_unit, &place),
              EOT_E_CONFIG, "the vertex in line %zu has no number or no place that its event can have", r->i_line);
    long long in;
    const char *list = strchr(line, '[');
    bool is_placed = strchr(line, '@') != NULL; /* otherwise it is where its first particle was made */
    if (!is_placed && list != NULL && sscanf(list, "[%lld", &in) == 1 && in > 0 && in <= (long long)r->n_particle)
        place = r->made[in];
    r->vertex[-id] = place;
done:
    return status;
}

static enum eot_status read_particle(struct reading *r, const char *line, struct eot_source *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    long long id, parent, pdg, state;
    double p[5];
    EOT_CHECK(sscanf(line, "P %lld %lld %lld %lf %lf %lf %lf %lf %lld", &id, &parent, &pdg, &p[0], &p[1], &p[2], &p[3],
                     &p[4], &state) == 9 &&
                  id > 0 && id <= (long long)r->n_particle && parent >= -(long long)r->n_vertex && parent < id &&
                  pdg > -INT32_MAX && pdg < INT32_MAX && is_finite(p, 5),
              EOT_E_CONFIG, "the particle in line %zu has a number that its event cannot have", r->i_line);
    struct place made = parent < 0 ? r->vertex[-parent] : parent > 0 ? r->made[parent] : r->origin;
    r->made[id] = made;
    for (int i = 0; i < 5; i++) p[i] *= r->energy_unit;
    struct eot_source_event *event = &s->event[s->n_event - 1];
    bool is_light = llabs(pdg) == 11 || llabs(pdg) == 13 || pdg == 22;
    if (state == 4 && is_light) event->beam_energy += p[3];
    if (state != 1) goto done;
    double momentum = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    struct eot_source_particle own = {.pdg = (int32_t)pdg, .time = made.at[3] / MM_PER_NS};
    EOT_CHECK(s->n_particle < EOT_SOURCE_MOST, EOT_E_CONFIG, "it has more than %d particles; divide it",
              EOT_SOURCE_MOST);
    for (int i = 0; i < 3; i++) {
        own.position[i] = made.at[i] / 10.0;
        own.direction[i] = momentum > 0.0 ? p[i] / momentum : 0.0;
    }
    /* without a difference of nearly equal numbers: E - m = p^2/(E + m) */
    own.kinetic_energy = p[3] > 0.0 ? momentum * momentum / (p[3] + fmax(p[4], 0.0)) : 0.0;
    EOT_TRY(eot_source_particle_add(s, &own, err));
done:
    return status;
}

/* One line. Attributes, weights' names and tools are passed over. */
static enum eot_status read_line(struct reading *r, const char *line, struct eot_source *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (strncmp(line, "E ", 2) == 0) return begin_event(r, line, s, err);
    if (!r->is_in_event) return EOT_OK;
    switch (line[0]) {
    case 'U': return read_units(r, line, err);
    case 'V': return read_vertex(r, line, err);
    case 'P': return read_particle(r, line, s, err);
    case 'W': {
        double weight;
        EOT_CHECK(sscanf(line, "W %lf", &weight) == 1 && isfinite(weight) && weight >= 0.0, EOT_E_CONFIG,
                  "the weight in line %zu is no number from 0 on", r->i_line);
        s->event[s->n_event - 1].weight = weight;
    }
    }
done:
    return status;
}

enum eot_status eot_source_hepmc(const char *text, struct eot_source *s, struct eot_error *err) {
    static const char start[] = "HepMC::Asciiv3-START_EVENT_LISTING", end[] = "HepMC::Asciiv3-END_EVENT_LISTING";
    enum eot_status status = EOT_OK;
    struct reading r = {.energy_unit = 1.0, .length_unit = 1.0};
    char line[MOST_LINE];
    bool has_started = false, has_ended = false;
    for (const char *at = text; *at != '\0' && !has_ended;) {
        size_t n = strcspn(at, "\n");
        r.i_line++;
        EOT_CHECK(n < sizeof line || (at[0] != 'E' && at[0] != 'U' && at[0] != 'V' && at[0] != 'P'), EOT_E_CONFIG,
                  "its line %zu is longer than %d bytes", r.i_line, MOST_LINE);
        snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), at);
        has_ended = strncmp(line, end, sizeof end - 1) == 0;
        if (has_started && !has_ended) EOT_TRY(read_line(&r, line, s, err));
        has_started = has_started || strncmp(line, start, sizeof start - 1) == 0;
        at += n + (at[n] == '\n');
    }
    EOT_CHECK(has_started, EOT_E_CONFIG, "it is no HepMC3 in Asciiv3");
    EOT_CHECK(has_ended, EOT_E_CONFIG, "its list of events has no end (cut off)");
done:
    free(r.vertex);
    free(r.made);
    return status;
}
