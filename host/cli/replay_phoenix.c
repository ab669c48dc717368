#include "cli/replay_phoenix.h"

#include <math.h>
#include <stdio.h>

#include "cli/json.h"

static const double MM = 10.0; /* per cm */
static const double BAR_MM = 500.0, MM_PER_ENERGY = 0.22;

static json_t *point(double x, double y, double z) { return json_pack("[f, f, f]", MM * x, MM * y, MM * z); }

/* A muon from where it starts: Phoenix wants three points of a track or more. */
static void add_track(json_t *tracks, const struct eot_replay_muon *m, const double start[3]) {
    if (m->n_step == 0) return;
    const struct eot_replay_muon_step *first = &m->step[0];
    json_t *points = json_array();
    json_array_append_new(points, point(start[0], start[1], start[2]));
    if (m->n_step == 1)
        json_array_append_new(
            points, point(0.5 * (start[0] + first->x), 0.5 * (start[1] + first->y), 0.5 * (start[2] + first->z)));
    for (size_t i = 0; i < m->n_step; i++)
        json_array_append_new(points, point(m->step[i].x, m->step[i].y, m->step[i].z));
    json_array_append_new(tracks, json_pack("{s:o, s:s, s:i}", "pos", points, "color",
                                            m->charge > 0 ? "0xCC79A7" : "0x0072B2", "linewidth", 2));
}

static json_t *tracks_json(const struct eot_replay *r) {
    json_t *tracks = json_array();
    if (r->beam_muon.n_step > 0) {
        const struct eot_replay_muon_step *first = &r->beam_muon.step[0];
        double start[3] = {first->x, first->y, first->z};
        for (int a = 0; a < 3; a++) start[a] -= first->path * r->beam_muon.direction[a];
        add_track(tracks, &r->beam_muon, start);
    }
    for (size_t i = 0; i < r->n_vertex; i++)
        for (int m = 0; m < 2; m++)
            add_track(tracks, &r->vertex[i].muon[m], (const double[3]){r->vertex[i].x, r->vertex[i].y, r->vertex[i].z});
    return tracks;
}

static json_t *shower_json(const struct eot_replay *r) {
    json_t *hits = json_array();
    for (size_t i = 0; i < r->n_step; i++) {
        const struct eot_replay_step *s = &r->step[i];
        if (s->is_ghost) continue;
        json_array_append_new(hits, json_pack("{s:s, s:[f, f, f, f, f, f]}", "type", "Line", "pos", MM * s->x,
                                              MM * s->y, MM * s->z, MM * s->x_end, MM * s->y_end, MM * s->z_end));
    }
    return hits;
}

/* Bars on the rear face of the ECAL; none without an ECAL or energy in it. */
static json_t *cells_json(const struct eot_config *config, const struct eot_replay *r) {
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    const struct eot_volume_config *v = ecal >= 0 ? &config->geometry.volume[ecal] : NULL;
    const double *energy = r->n_vertex > 0 ? r->vertex[0].ecal_cell : NULL;
    json_t *cells = json_array();
    double largest = 0.0;
    for (int k = 0; v != NULL && energy != NULL && k < v->cells_x * v->cells_y; k++) largest = fmax(largest, energy[k]);
    for (int k = 0; largest > 0.0 && k < v->cells_x * v->cells_y; k++) {
        double width = v->size_x / v->cells_x, height = v->size_y / v->cells_y;
        double x = v->center_x + (k % v->cells_x + 0.5) * width - 0.5 * v->size_x,
               y = v->center_y + (k / v->cells_x + 0.5) * height - 0.5 * v->size_y;
        if (energy[k] > 0.0)
            json_array_append_new(cells,
                                  json_pack("{s:f, s:f, s:[f, f]}", "cellSize", MM * fmin(width, height), "energy",
                                            energy[k] / largest * BAR_MM / MM_PER_ENERGY, "pos", MM * x, MM * y));
    }
    return json_pack("{s:[f, f, f, f], s:o}", "plane", 0.0, 0.0, 1.0, v != NULL ? MM * (v->z + v->thickness) : 0.0,
                     "cells", cells);
}

enum eot_status eot_cli_phoenix_print(const struct eot_config *config, const struct eot_replay *r,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char name[40];
    snprintf(name, sizeof name, "EVENT %llu", (unsigned long long)r->event);
    EOT_TRY(eot_json_print(json_pack("{s:{s:I, s:I, s:{s:o}, s:{s:o}, s:{s:o}}}", name, "event number",
                                     (json_int_t)r->event, "run number", (json_int_t)config->sampling.run, "Tracks",
                                     "muons", tracks_json(r), "Hits", "shower", shower_json(r), "PlanarCaloCells",
                                     "ECAL", cells_json(config, r)),
                           9, err));
done:
    return status;
}
