#undef EOT_REAL_DOUBLE /* muons as the device has them */
#include "eotmc/transport/plane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "job/file_states.h"
#include "world/launch.h"
#include "world/matter.h"

static const double LARGEST = 1e6; /* cm, GeV */
static const int64_t LARGEST_COUNT = (int64_t)1 << 50;

static bool is_number(double x) { return fabs(x) <= LARGEST; }

static bool direction_is_sound(eot_vec3 u) {
    double x = (double)u.x, y = (double)u.y, z = (double)u.z;
    return fabs(x * x + y * y + z * z - 1.0) < 1e-3;
}

static bool vertex_is_sound(const eot_event_vertex *v) {
    const f32 number[] = {v->k,  v->E_plus, v->E_minus, v->E_extra, v->E_dark,   v->depth_X0, v->time,
                          v->sx, v->sy,     v->versine, v->turn,    v->target_Z, v->target_A, v->E_beam};
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
        if (!is_number((double)number[i])) return false;
    return is_number(v->x) && is_number(v->y) && is_number(v->z) && (double)v->weight > 0.0 &&
           (double)v->weight < 1e30 && v->process >= 0 && v->process < EOT_N_RARE && v->parent >= 0 &&
           v->parent < EOT_N_PARTICLE && v->E_plus >= 0.0f && v->E_minus >= 0.0f;
}

static bool muon_is_sound(const eot_event_muon_state *s) {
    const eot_muon *m = &s->m;
    const double number[] = {m->position.x,
                             m->position.y,
                             m->position.z,
                             m->kinetic_energy,
                             (double)m->time,
                             (double)m->clock,
                             (double)s->born_z,
                             (double)s->layers_path,
                             (double)s->layers_energy,
                             (double)s->out.E_exit,
                             (double)s->out.first_momentum};
    if (s->n_step < 0) return s->n_step == -1; /* there is none */
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
        if (!is_number(number[i])) return false;
    for (int i = 0; i < EOT_N_PLANE; i++)
        if (!is_number((double)s->out.hit[i].x) || !is_number((double)s->out.hit[i].y) ||
            !is_number((double)s->out.hit[i].time) || !is_number((double)s->out.hit[i].momentum))
            return false;
    return (m->charge == 1 || m->charge == -1) && m->fate >= EOT_MUON_ALIVE && m->fate <= EOT_MUON_NAN &&
           m->kinetic_energy >= 0.0 && m->clock >= 0.0f && m->n_stall >= 0 && m->n_stall <= EOT_MUON_MAX_STALL + 1 &&
           (m->fate != EOT_MUON_ALIVE || direction_is_sound(m->direction)) && s->layers >= -1 &&
           s->layers <= EOT_N_HCAL && s->layers_path >= 0.0f && s->layers_energy >= 0.0f &&
           s->n_step <= EOT_MUON_MOST_STEPS + 1 && llabs(s->kinetic_counts) <= LARGEST_COUNT &&
           (s->ends_with_rest == 0 || s->ends_with_rest == 1);
}

bool eot_state_is_sound(const struct eot_plane_state *state) {
    eot_event_vertex v;
    memcpy(&v, state->vertex, sizeof v);
    if (!vertex_is_sound(&v)) return false;
    for (int k = 0; k < 2; k++) {
        eot_event_muon_state s;
        memcpy(&s, state->muon[k], sizeof s);
        if (!muon_is_sound(&s)) return false;
    }
    for (int i = 0; i < EOT_N_ACC; i++)
        if (state->acc[i] > LARGEST_COUNT || state->acc[i] < -LARGEST_COUNT) return false;
    return true;
}

/* Whether cell i of an axis holds x, as far as rounding goes. */
static bool holds(const f32 *edges, i32 n, i32 i, f64 x) {
    const f64 touch = 1e-3; /* cm */
    return i >= 0 && i < n && x >= (f64)edges[i] - touch && x <= (f64)edges[i + 1] + touch;
}

static void place_muon(const struct eot_world *w, eot_muon *m) {
    bool is_same = w->source != NULL && w->source->has_same_tables;
    eot_matter_view matter = eot_world_matter(w);
    const eot_grid *g = &w->grid;
    const f32 *x = w->table.value + g->edges_x, *y = w->table.value + g->edges_y, *z = w->table.value + g->edges_z;
    m->region = 0;
    if (m->fate != EOT_MUON_ALIVE) {
        m->i_x = m->i_y = m->i_z = 0; /* nobody looks */
        return;
    }
    if (is_same && eot_grid_has(g, m->i_x, m->i_y, m->i_z)) {
        m->region = eot_matter_region(matter, m->i_x, m->i_y, m->i_z);
        return;
    }
    if (!holds(x, g->n_x, m->i_x, m->position.x)) m->i_x = eot_grid_cell(x, g->n_x, m->position.x);
    if (!holds(y, g->n_y, m->i_y, m->position.y)) m->i_y = eot_grid_cell(y, g->n_y, m->position.y);
    if (!holds(z, g->n_z, m->i_z, m->position.z)) m->i_z = eot_grid_cell(z, g->n_z, m->position.z);
    if (eot_grid_has(g, m->i_x, m->i_y, m->i_z))
        m->region = eot_matter_region(matter, m->i_x, m->i_y, m->i_z);
    else
        m->fate = EOT_MUON_ESCAPED;
}

enum eot_status eot_states_place(const struct eot_world *w, const struct eot_plane_state *state, size_t n,
                                 struct eot_plane_state **placed, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (*placed != state || state == NULL) {
        *placed = malloc((n + 1) * sizeof **placed);
        EOT_CHECK_MEMORY(*placed);
        memcpy(*placed, state, n * sizeof *state);
    }
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 2; k++) {
            eot_event_muon_state s;
            memcpy(&s, (*placed)[i].muon[k], sizeof s);
            place_muon(w, &s.m);
            memcpy((*placed)[i].muon[k], &s, sizeof s);
        }
done:
    return status;
}

/* The process that events of a file count as: the first one that is on, and the first of its parents. */
static void choose_process(const struct eot_config *config, eot_event_vertex *v) {
    v->process = 0;
    while (v->process < EOT_N_RARE - 1 && !config->physics.rare[v->process]) v->process++;
    v->parent = 0;
    while (v->parent < EOT_N_PARTICLE - 1 && !(eot_rare_parents(v->process) & 1 << v->parent)) v->parent++;
}

static int charge_of(int32_t pdg) { return pdg == -13 ? 1 : pdg == 13 ? -1 : 0; }

/* A muon at its place; what it has in counts is returned. */
static int64_t begin_muon(const struct eot_world *w, const eot_event_launch *launch, uint64_t primary,
                          eot_event_vertex v, const struct eot_source_particle *p, eot_event_muon_state *s) {
    int charge = charge_of(p->pdg);
    v.x = p->position[0];
    v.y = p->position[1];
    v.z = p->position[2];
    v.time = (f32)p->time;
    *s = eot_event_muon_born(eot_world_matter(w), launch, primary, v, charge);
    s->m.kinetic_energy = p->kinetic_energy; /* to the last place, which E - m has not */
    s->kinetic_counts = eot_energy_counts_f64(p->kinetic_energy);
    s->out.fate = s->m.fate;
    return s->kinetic_counts + eot_energy_counts(EOT_M_MUON);
}

/* The shower of an electron, positron or photon where it begins. */
static int64_t begin_shower(const struct eot_world *w, const eot_event_launch *launch, uint64_t primary, u32 number,
                            const struct eot_source_particle *p, int64_t *acc) {
    eot_deposit_view d = eot_deposit_view_of(w->table.value, &w->event, acc);
    f32 along = fmaxf((f32)fabs(p->direction[2]), 0.1f);
    eot_shower_axis axis;
    axis.x = (f32)p->position[0];
    axis.y = (f32)p->position[1];
    axis.z = (f32)p->position[2];
    axis.sx = (f32)p->direction[0] / along;
    axis.sy = (f32)p->direction[1] / along;
    int64_t counts = eot_energy_counts_f64(p->kinetic_energy);
    eot_shower_deposit(
        d, eot_subcut_shower_of(counts, (f32)p->kinetic_energy, p->pdg == 22, axis),
        eot_random_init(primary, EOT_STAGE_AFTER, 0x800000u | (number & 0x7fffffu), launch->seed, launch->run));
    return counts;
}

static void begin_event(const struct eot_config *config, const struct eot_world *w, const eot_event_launch *launch,
                        const struct eot_source *source, size_t i_event, u32 stream, struct eot_plane_state *state) {
    const struct eot_source_event *event = &source->event[i_event];
    eot_event_vertex v = eot_event_vertex_none();
    eot_event_muon_state muon[2];
    int64_t counts = 0;
    bool has[2] = {false, false};
    choose_process(config, &v);
    v.stream = stream;
    v.weight = (f32)(event->weight * (double)config->sampling.eot / w->rare_unit);
    for (int k = 0; k < 2; k++) muon[k] = eot_event_muon_absent(eot_world_matter(w), launch, state->primary);
    for (size_t i = 0; i < event->n; i++) {
        const struct eot_source_particle *p = &source->particle[event->first + i];
        int charge = charge_of(p->pdg), k = charge > 0 ? 0 : 1;
        eot_vec3 u;
        u.x = (real)p->direction[0];
        u.y = (real)p->direction[1];
        u.z = (real)p->direction[2];
        if (i == 0) {
            v.x = p->position[0];
            v.y = p->position[1];
            v.z = p->position[2];
            v.time = (f32)p->time;
        }
        if (charge == 0)
            counts += begin_shower(w, launch, state->primary, stream << 8 | (u32)(i & 255u), p, state->acc);
        if (charge == 0 || has[k]) continue;
        has[k] = true;
        *(charge > 0 ? &v.plus : &v.minus) = u;
        *(charge > 0 ? &v.E_plus : &v.E_minus) = (f32)p->kinetic_energy + EOT_M_MUON;
        counts += begin_muon(w, launch, state->primary, v, p, &muon[k]);
    }
    double energy = (double)counts / EOT_ENERGY_QUANTUM;
    v.E_beam = (f32)fmax(event->beam_energy, energy);
    v.k = v.E_beam;
    state->acc[EOT_ACC_LEDGER_PHI] += eot_energy_counts(v.E_beam) - counts;
    memcpy(state->vertex, &v, sizeof v);
    for (int k = 0; k < 2; k++) memcpy(state->muon[k], &muon[k], sizeof muon[k]);
}

/* Number of the first event of a primary that is `at` behind the first one: the least i with i eot/N >= at. */
static size_t event_from(uint64_t at, uint64_t eot, size_t n_event) {
    unsigned __int128 whole = (unsigned __int128)at * n_event;
    return (size_t)((whole + eot - 1) / eot);
}

enum eot_status eot_states_begin(const struct eot_config *config, const struct eot_world *w,
                                 const struct eot_source *source, uint64_t first, uint32_t n,
                                 struct eot_plane_state **states, size_t *n_state, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *s = &config->sampling;
    const eot_event_launch launch = eot_event_launch_from(config, w);
    size_t from = event_from(first - s->first, s->eot, source->n_event),
           end = event_from(first - s->first + n, s->eot, source->n_event);
    u32 stream = 0;
    *n_state = 0;
    *states = calloc(end - from + 1, sizeof **states);
    EOT_CHECK_MEMORY(*states);
    for (size_t i = from; i < end; i++) {
        if (source->event[i].n == 0 || !(source->event[i].weight > 0.0)) continue;
        struct eot_plane_state *state = &(*states)[*n_state];
        state->primary = s->first + (uint64_t)((unsigned __int128)i * s->eot / source->n_event);
        stream = *n_state > 0 && state[-1].primary == state->primary ? stream + 1 : 1;
        begin_event(config, w, &launch, source, i, stream, state);
        (*n_state)++;
    }
done:
    return status;
}

size_t eot_source_third_muons(const struct eot_source *source) {
    size_t n = 0;
    for (size_t i = 0; i < source->n_event; i++) {
        size_t n_charge[2] = {0, 0};
        for (size_t k = 0; k < source->event[i].n; k++) {
            int charge = charge_of(source->particle[source->event[i].first + k].pdg);
            if (charge != 0 && ++n_charge[charge > 0] > 1) n++;
        }
    }
    return n;
}
