/* The event display of a report: one primary followed again, as data for report.js. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/open.h"
#include "cli/preflight.h"
#include "cli/report.h"
#include "job/job.h"
#include "job/replay.h"
#include "output/file.h"

static const double CM_PER_NS = 29.9792458; /* of showers, whose particles are as fast as light */

static const char *role_word(int role) {
    static const char *const words[] = {"passive", "ecal", "veto", "hcal", "magnet", "tracker"};
    return words[role];
}

/* The three numbers of a place, rounded to 10 um: a page need not hold more. */
static json_t *place(double x, double y, double z) {
    return json_pack("[f, f, f]", round(1e3 * x) / 1e3, round(1e3 * y) / 1e3, round(1e3 * z) / 1e3);
}

static json_t *volumes_json(const struct eot_config *config) {
    json_t *list = json_array();
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o}", "name", v->name, "role", role_word(v->role), "low",
                            place(v->center_x - 0.5 * v->size_x, v->center_y - 0.5 * v->size_y, v->z), "high",
                            place(v->center_x + 0.5 * v->size_x, v->center_y + 0.5 * v->size_y, v->z + v->thickness)));
    }
    return list;
}

/* Each step: kind of particle, both ends, energy. */
static json_t *steps_json(const struct eot_replay *r, double *end) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_step; i++) {
        const struct eot_replay_step *s = &r->step[i];
        if (s->is_ghost) continue;
        int kind = s->type == EOT_PHOTON ? 2 : s->type == EOT_POSITRON ? 1 : 0;
        json_array_append_new(list,
                              json_pack("[i, f, f, f, f, f, f, f]", kind, round(1e3 * s->x) / 1e3,
                                        round(1e3 * s->y) / 1e3, round(1e3 * s->z) / 1e3, round(1e3 * s->x_end) / 1e3,
                                        round(1e3 * s->y_end) / 1e3, round(1e3 * s->z_end) / 1e3, s->E));
        *end = fmax(*end, s->z_end / CM_PER_NS);
    }
    return list;
}

static void add_muon(json_t *list, const struct eot_replay_muon *m, const double start[4], double *end) {
    if (m->n_step == 0) return;
    json_t *points = json_array();
    json_array_append_new(points, json_pack("[f, f, f, f]", start[0], start[1], start[2], start[3]));
    for (size_t i = 0; i < m->n_step; i++) {
        const struct eot_replay_muon_step *s = &m->step[i];
        json_array_append_new(points, json_pack("[f, f, f, f]", round(1e3 * s->x) / 1e3, round(1e3 * s->y) / 1e3,
                                                round(1e3 * s->z) / 1e3, round(1e4 * s->time) / 1e4));
        *end = fmax(*end, s->time);
    }
    json_array_append_new(list, json_pack("{s:i, s:f, s:s, s:o}", "charge", m->charge, "energy", m->E, "fate",
                                          eot_replay_fate_name(m->fate), "points", points));
}

static json_t *muons_json(const struct eot_replay *r, double *end) {
    json_t *list = json_array();
    if (r->beam_muon.n_step > 0) {
        const struct eot_replay_muon_step *first = &r->beam_muon.step[0];
        double start[4] = {first->x, first->y, first->z, first->time - first->path / CM_PER_NS};
        for (int a = 0; a < 3; a++) start[a] -= first->path * r->beam_muon.direction[a];
        add_muon(list, &r->beam_muon, start, end);
    }
    for (size_t i = 0; i < r->n_vertex; i++) {
        const struct eot_replay_vertex *v = &r->vertex[i];
        for (int m = 0; m < 2; m++) add_muon(list, &v->muon[m], (const double[4]){v->x, v->y, v->z, v->time}, end);
    }
    return list;
}

static json_t *event_json(const struct eot_config *config, const struct eot_replay *r) {
    const struct eot_geometry_config *g = &config->geometry;
    double end = 0.0, crossing = 1.2 * (g->world_max[2] - g->world_min[2]) / CM_PER_NS; /* a stopped muon lives on */
    json_t *steps = steps_json(r, &end), *muons = muons_json(r, &end);
    json_t *root = json_pack("{s:I, s:[o, o], s:o, s:o, s:o, s:f, s:o}", "event", (json_int_t)r->event, "world",
                             place(g->world_min[0], g->world_min[1], g->world_min[2]),
                             place(g->world_max[0], g->world_max[1], g->world_max[2]), "volumes", volumes_json(config),
                             "steps", steps, "muons", muons, "end", fmin(fmax(end, 1e-3), crossing), "start",
                             place(config->beam.position_x, config->beam.position_y, config->beam.position_z));
    if (root == NULL || r->n_vertex == 0) return root;
    json_object_set_new(root, "vertex", place(r->vertex[0].x, r->vertex[0].y, r->vertex[0].z));
    json_object_set_new(root, "vertex_time", json_real(r->vertex[0].time));
    return root;
}

static void add_display(struct eot_text *page, const struct eot_replay *r, const char *data, int number) {
    eot_text_add(page,
                 "<figure class=\"event\" id=\"event-%d\">\n<div class=\"controls\"><label>view <select name=\"view\" "
                 "id=\"event-%d-view\"><option value=\"top\">top (z, x)</option><option value=\"side\">side (z, "
                 "y)</option><option value=\"front\">front (x, y)</option></select></label>\n<label>zoom <select "
                 "name=\"zoom\" id=\"event-%d-zoom\"><option>set-up</option><option>ECAL</option>"
                 "<option>vertex</option></select></label>\n<label>time <output></output></label><input type=\"range\" "
                 "id=\"event-%d-time\" aria-label=\"time\" min=\"0\" max=\"1000\" value=\"1000\"></div>\n",
                 number, number, number, number);
    eot_text_add(
        page,
        "<svg role=\"img\" aria-label=\"event display\"></svg>\n<figcaption>Primary %llu, %.4g GeV: electrons, "
        "positrons and photons above physics.cut (solid, solid, dashed), mu&minus; (solid) and mu+ (dashed). "
        "Shower particles are drawn with the speed of light. The axes have different scales.</figcaption>\n"
        "<script type=\"application/json\">",
        (unsigned long long)r->event, r->E_beam);
    eot_text_add(page, "%s</script>\n</figure>\n", data);
}

enum eot_status eot_report_event(struct eot_text *page, const char *folder, uint64_t event, int number,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_job *job;
    struct eot_opened opened = {.positional = {0}};
    struct eot_world world = {0};
    struct eot_replay replay = {0};
    struct eot_findings warnings = {0};
    json_t *root = NULL;
    char *path = eot_output_path(folder, "effective-config.yaml"), *text = NULL;
    EOT_CHECK_MEMORY(path);
    EOT_TRY(eot_opened_read(&opened, path, err));
    EOT_TRY(eot_job_find(&opened.config, &job, err));
    EOT_TRY(eot_preflight(&opened.config, &opened.setup, NULL, &warnings, NULL, err));
    EOT_TRY(job->world(&opened.config, &opened.setup, &(struct eot_world_options){.no_cache = false}, &world, err));
    EOT_TRY(eot_replay_execute(&opened.config, &world, event, &replay, err));
    root = event_json(&opened.config, &replay);
    text = root != NULL ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(8)) : NULL;
    EOT_CHECK_MEMORY(text);
    add_display(page, &replay, text, number);
done:
    json_decref(root);
    free(text);
    free(path);
    eot_findings_free(&warnings);
    eot_replay_free(&replay);
    eot_world_free(&world);
    eot_opened_free(&opened);
    return status;
}
