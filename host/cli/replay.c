/* eotmc replay: one primary of a run again on the host, step by step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/estimate.h"
#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/open.h"
#include "cli/preflight.h"
#include "cli/replay_phoenix.h"
#include "output/file.h"
#include "output/output.h"
#include "output/setup_figure.h"
#include "job/job.h"
#include "job/replay.h"
#include "physics/process.h"

static const char *region_name(const struct eot_config *config, const struct eot_world *world, int region) {
    int volume = world->region[region].volume;
    return volume >= 0 ? config->geometry.volume[volume].name : "world";
}

static void print_muon(const struct eot_config *config, const struct eot_world *world,
                       const struct eot_replay_muon *m) {
    const char *name = m->charge > 0 ? "mu+" : "mu-";
    printf("\n%s, %.6g GeV, direction (%.6g, %.6g, %.9g)\n", name, m->E, m->direction[0], m->direction[1],
           m->direction[2]);
    printf("%7s %11s %11s %12s %11s %12s %11s %11s %11s %11s  %-14s %s\n", "step", "x [cm]", "y [cm]", "z [cm]",
           "path [cm]", "T [GeV]", "ionis.", "shower", "hadronic", "time [ns]", "process", "volume");
    for (size_t i = 0; i < m->n_step; i++) {
        const struct eot_replay_muon_step *s = &m->step[i];
        printf("%7zu %11.5g %11.5g %12.6g %11.4g %12.6g %11.4g %11.4g %11.4g %11.5g  %-14s %s\n", i, s->x, s->y, s->z,
               s->path, s->kinetic, s->ionisation, s->shower, s->hadronic, s->time, eot_replay_process_name(s->process),
               region_name(config, world, s->region));
        if (s->electron + s->neutrino > 0.0)
            printf("%7s decay: electron %.4g GeV, neutrinos and capture %.4g GeV\n", "", s->electron, s->neutrino);
    }
    printf("%s: %s after %zu steps", name, eot_replay_fate_name(m->fate), m->n_step);
    if (m->E_exit > 0.0) printf(", %.5g GeV behind the last HCAL module", m->E_exit);
    printf("\n");
    for (int i = 0; i < EOT_N_PLANE; i++)
        if (m->hit[i].is_hit)
            printf("%s: hit in tracker %d at x = %.5g cm, y = %.5g cm, %.5g ns\n", name, i, m->hit[i].x, m->hit[i].y,
                   m->hit[i].time);
}

static void print_steps(const struct eot_replay *r) {
    printf("\n%7s %-6s %11s %10s %10s %10s %10s %11s %11s %8s  %s\n", "step", "", "E [GeV]", "x [cm]", "y [cm]",
           "z [cm]", "path [cm]", "ionis.", "below cut", "waiting", "daughters [GeV]");
    for (size_t i = 0; i < r->n_step; i++) {
        const struct eot_replay_step *s = &r->step[i];
        printf("%7zu %-6s %11.5g %10.4g %10.4g %10.5g %10.4g %11.4g %11.4g %8d  ", i, eot_replay_particle_name(s->type),
               s->E, s->x, s->y, s->z, s->path, s->ionisation, s->soft, s->n_waiting);
        if (s->E_a > 0.0) printf("%s %.5g + ", eot_replay_particle_name(s->type_a), s->E_a);
        printf("%s %.5g%s%s", eot_replay_particle_name(s->type_b), s->E_b, s->has_left ? ", leaves the ECAL" : "",
               s->is_ghost ? " (ghost)" : "");
        if (s->is_in_front) printf(", %s", eot_replay_outcome_name(s->outcome));
        if (s->holds_vertex && r->n_vertex > 0) printf("  <- %s", eot_process_at(r->vertex[0].process)->products);
        printf("\n");
    }
}

static void print_row(const struct eot_replay *r, const float *row) {
    printf("\nrecord of the event\n");
    for (size_t k = 0; k < r->job->n_column; k++) printf("  %-26s %.7g\n", r->job->column[k + 1].name, (double)row[k]);
}

static void print_vertex(const struct eot_config *config, const struct eot_world *world, const struct eot_replay *r,
                         const struct eot_replay_vertex *v) {
    const struct eot_process *process = eot_process_at(v->process);
    if (v->E_electron > 0.0)
        printf("\nconversion in step %u of the muon: %.6g GeV to an electron of %.6g GeV", v->draw, v->k,
               v->E_electron);
    else
        printf("\nvertex in step %u: %s of %.6g GeV, %s (%s),", v->draw, eot_particle_word(v->parent), v->k,
               process->products, process->reaction);
    printf(" at (%.5g, %.5g, %.6g) cm, depth %.4g X0, %.4g ns, weight %.6g\n", v->x, v->y, v->z, v->depth_X0, v->time,
           v->weight);
    if (v->faults != 0u) printf("FAULT %u: %s\n", v->faults, eot_run_fault_text(v->faults));
    for (int k = 0; k < 2; k++)
        if (v->muon[k].charge != 0) print_muon(config, world, &v->muon[k]);
    printf("\nenergy of the event [GeV]\n");
    for (int k = 0; k < EOT_N_LEDGER; k++) printf("  %-14s %12.6f\n", eot_ledger_name[k], v->ledger[k]);
    printf("  in %.6f, missing %.3g\n", v->energy_in, v->residual);
    print_row(r, v->row);
}

static void print_text(const struct eot_config *config, const struct eot_world *world, const struct eot_replay *r) {
    bool is_beam_muon = r->beam_muon.charge != 0;
    printf("%s: %s, primary %llu, seed %u, %s; beam %.7g GeV\n", config->name, r->job->name,
           (unsigned long long)r->event, config->sampling.seed, r->job->mode(config), r->E_beam);
    if (is_beam_muon) print_muon(config, world, &r->beam_muon);
    if (r->n_step > 0) print_steps(r);
    if (!r->has_row)
        printf("\n%.6g rare vertices expected %s, %zu chosen\n", r->rate,
               is_beam_muon ? "along this muon" : "in this shower", r->n_vertex);
    for (size_t i = 0; i < r->n_vertex; i++) print_vertex(config, world, r, &r->vertex[i]);
    if (r->has_row) print_row(r, r->row);
}

static json_t *row_json(const struct eot_replay *r, const float *row) {
    json_t *object = json_object();
    for (size_t k = 0; k < r->job->n_column; k++)
        json_object_set_new(object, r->job->column[k + 1].name, json_real((double)row[k]));
    return object;
}

static json_t *muon_json(const struct eot_config *config, const struct eot_world *world,
                         const struct eot_replay_muon *m) {
    json_t *steps = json_array(), *hits = json_array();
    for (size_t i = 0; i < m->n_step; i++) {
        const struct eot_replay_muon_step *s = &m->step[i];
        json_array_append_new(
            steps, json_pack("{s:[f,f,f], s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:s, s:s}", "position_cm", s->x, s->y,
                             s->z, "time_ns", s->time, "path_cm", s->path, "kinetic_GeV", s->kinetic, "ionisation_GeV",
                             s->ionisation, "shower_GeV", s->shower, "hadronic_GeV", s->hadronic, "electron_GeV",
                             s->electron, "neutrino_GeV", s->neutrino, "process", eot_replay_process_name(s->process),
                             "volume", region_name(config, world, s->region)));
    }
    for (int i = 0; i < EOT_N_PLANE; i++)
        if (m->hit[i].is_hit)
            json_array_append_new(hits, json_pack("{s:i, s:f, s:f, s:f}", "tracker", i, "x_cm", m->hit[i].x, "y_cm",
                                                  m->hit[i].y, "time_ns", m->hit[i].time));
    return json_pack("{s:i, s:f, s:[f,f,f], s:s, s:f, s:o, s:o}", "charge", m->charge, "energy_GeV", m->E, "direction",
                     m->direction[0], m->direction[1], m->direction[2], "fate", eot_replay_fate_name(m->fate),
                     "energy_behind_hcal_GeV", m->E_exit, "hits", hits, "steps", steps);
}

static enum eot_status print_json(const struct eot_config *config, const struct eot_world *world,
                                  const struct eot_replay *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *steps = json_array(), *vertices = json_array(), *root;
    for (size_t i = 0; i < r->n_step; i++) {
        const struct eot_replay_step *s = &r->step[i];
        json_t *daughters = json_array();
        if (s->E_a > 0.0)
            json_array_append_new(daughters, json_pack("{s:s, s:f}", "particle", eot_replay_particle_name(s->type_a),
                                                       "energy_GeV", s->E_a));
        json_array_append_new(
            daughters, json_pack("{s:s, s:f}", "particle", eot_replay_particle_name(s->type_b), "energy_GeV", s->E_b));
        json_array_append_new(steps,
                              json_pack("{s:s, s:f, s:[f,f,f], s:[f,f,f], s:f, s:f, s:f, s:f, s:i, s:b, s:b, s:b, s:o}",
                                        "particle", eot_replay_particle_name(s->type), "energy_GeV", s->E, "from_cm",
                                        s->x, s->y, s->z, "to_cm", s->x_end, s->y_end, s->z_end, "path_cm", s->path,
                                        "ionisation_GeV", s->ionisation, "below_cut_GeV", s->soft, "rare", s->rare,
                                        "waiting", s->n_waiting, "leaves", (int)s->has_left, "ghost", (int)s->is_ghost,
                                        "vertex", (int)s->holds_vertex, "daughters", daughters));
        if (s->is_in_front)
            json_object_set_new(json_array_get(steps, i), "in_front", json_string(eot_replay_outcome_name(s->outcome)));
    }
    for (size_t i = 0; i < r->n_vertex; i++) {
        const struct eot_replay_vertex *v = &r->vertex[i];
        json_t *muons = json_array(), *ledger = json_object(), *cells = json_array();
        for (int k = 0; k < 2; k++)
            if (v->muon[k].charge != 0) json_array_append_new(muons, muon_json(config, world, &v->muon[k]));
        for (int k = 0; k < EOT_N_LEDGER; k++) json_object_set_new(ledger, eot_ledger_name[k], json_real(v->ledger[k]));
        for (int k = 0; k < EOT_N_ECAL_CELL; k++) json_array_append_new(cells, json_real(v->ecal_cell[k]));
        json_array_append_new(
            vertices,
            json_pack("{s:i, s:s, s:s, s:f, s:[f,f,f], s:f, s:f, s:f, s:i, s:o, s:o, s:f, s:f, s:o, s:o}", "step",
                      (int)v->draw, "process", eot_process_at(v->process)->key, "parent",
                      v->E_electron > 0.0 ? "muon" : eot_particle_word(v->parent), "parent_GeV", v->k, "position_cm",
                      v->x, v->y, v->z, "depth_X0", v->depth_X0, "time_ns", v->time, "weight", v->weight, "faults",
                      (int)v->faults, "muons", muons, "energy_GeV", ledger, "energy_in_GeV", v->energy_in,
                      "energy_missing_GeV", v->residual, "ecal_cells_GeV", cells, "record", row_json(r, v->row)));
        if (v->E_electron > 0.0) /* of a muon that converts */
            json_object_set_new(json_array_get(vertices, i), "electron_GeV", json_real(v->E_electron));
    }
    root = json_pack("{s:s, s:s, s:s, s:I, s:i, s:f, s:f, s:O, s:O}", "schema", "eotmc-replay/2", "name", config->name,
                     "config_sha256", config->sha256, "event", (json_int_t)r->event, "seed", (int)config->sampling.seed,
                     "beam_GeV", r->E_beam, "rare", r->rate, "steps", steps, "vertices", vertices);
    json_object_set_new(root, "job", json_string(r->job->name));
    if (r->beam_muon.charge != 0) json_object_set_new(root, "beam_muon", muon_json(config, world, &r->beam_muon));
    if (r->has_row) json_object_set_new(root, "record", row_json(r, r->row));
    EOT_TRY(eot_json_print(root, 9, err));
done:
    json_decref(steps);
    json_decref(vertices);
    return status;
}

/* A muon's steps as lines from where it starts. @return their number. */
static size_t muon_lines(struct eot_figure_line *line, const struct eot_replay_muon *m, enum eot_view view,
                         const double start[3]) {
    double z = start[2], a = view == EOT_VIEW_SIDE ? start[1] : start[0];
    for (size_t j = 0; j < m->n_step; j++) {
        const struct eot_replay_muon_step *s = &m->step[j];
        double b = view == EOT_VIEW_SIDE ? s->y : s->x;
        line[j] = (struct eot_figure_line){z, a, s->z, b, m->charge > 0 ? "0xCC79A7" : "0x000000"};
        z = s->z;
        a = b;
    }
    return m->n_step;
}

/* Shower steps and muons as lines in the side or top view. */
static enum eot_status draw(const char *figure, enum eot_view view, const struct eot_config *config,
                            const struct eot_setup *setup, const struct eot_replay *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    static const char *const colour[3] = {"0xFFFFFF", "0xD55E00", "0xF0E442"}; /* e-, e+, gamma */
    struct eot_figure_line *line = NULL;
    size_t n = r->n_step + r->beam_muon.n_step, k = 0;
    char folder[1024], name[96], title[128];
    for (size_t i = 0; i < r->n_vertex; i++) n += r->vertex[i].muon[0].n_step + r->vertex[i].muon[1].n_step;
    line = malloc((n > 0 ? n : 1) * sizeof *line);
    EOT_CHECK_MEMORY(line);
    for (size_t i = 0; i < r->n_step; i++) {
        const struct eot_replay_step *s = &r->step[i];
        if (s->is_ghost) continue;
        const char *c = colour[s->type == EOT_PHOTON ? 2 : s->type == EOT_POSITRON ? 1 : 0];
        line[k++] = (struct eot_figure_line){s->z, view == EOT_VIEW_SIDE ? s->y : s->x, s->z_end,
                                             view == EOT_VIEW_SIDE ? s->y_end : s->x_end, c};
    }
    if (r->beam_muon.n_step > 0) {
        const struct eot_replay_muon_step *first = &r->beam_muon.step[0];
        double start[3] = {first->x, first->y, first->z};
        for (int a = 0; a < 3; a++) start[a] -= first->path * r->beam_muon.direction[a];
        k += muon_lines(line + k, &r->beam_muon, view, start);
    }
    for (size_t i = 0; i < r->n_vertex; i++)
        for (int m = 0; m < 2; m++)
            k += muon_lines(line + k, &r->vertex[i].muon[m], view,
                            (const double[3]){r->vertex[i].x, r->vertex[i].y, r->vertex[i].z});
    EOT_TRY(eot_output_split_picture(figure, folder, sizeof folder, name, sizeof name, err));
    EOT_TRY(eot_output_prepare(folder, err));
    snprintf(title, sizeof title, ", primary %llu (black: mu-, purple: mu+)", (unsigned long long)r->event);
    EOT_TRY(eot_output_event_figure(folder, name, view, config, setup,
                                    &(struct eot_figure_overlay){title, line, k, k > 0}, err));
    fprintf(stderr, "picture: %s/%s.png\n", folder, name);
done:
    free(line);
    return status;
}

/* A folder of an older version has a configuration without the keys that came since, which then have their defaults:
 * the run had another model. A folder of one of several masses has no events of its own. @return EOT_E_USAGE for it. */
static enum eot_status note_other_model(const char *folder, const char *configuration, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    struct eot_result result = {0};
    struct eot_error ignored;
    char *summary = eot_output_path(folder, "summary.json");
    EOT_CHECK_MEMORY(summary);
    EOT_TRY(eot_config_read(configuration, NULL, 0, &config, err));
    bool is_read = eot_output_summary_read(summary, &result, &ignored) == EOT_OK;
    EOT_CHECK(
        !is_read || !result.is_of_mass, EOT_E_USAGE,
        "'%s' is one of the %zu masses of a run, whose vertices were drawn for all of them; give the folder of the "
        "run",
        folder, result.n_mass);
    if (is_read && strcmp(result.config_sha256, config.sha256) != 0)
        fprintf(stderr,
                "%s was made with other keys or defaults than this version has (its effective-config.yaml lacks some "
                "of configs/schema.md, or was edited); what follows is by those of today\n",
                folder);
done:
    eot_result_free(&result);
    eot_config_free(&config);
    free(summary);
    return status;
}

enum eot_status eot_cmd_replay(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_job *job;
    const char *format = "text", *figure = NULL, *view = "top";
    uint64_t event = UINT64_MAX;
    bool is_help = false;
    struct eot_opened opened = {.positional = {0}};
    const struct eot_config *config = &opened.config;
    struct eot_world world = {0};
    struct eot_replay replay = {0};
    struct eot_findings warnings = {0};
    char path[1200];
    struct stat entry;
    const struct eot_option table[] = {
        {"event", 'e', EOT_OPTION_COUNT, &event, "ID", "number of the primary"},
        EOT_ROW_SET(&opened.set),
        {"format", 0, EOT_OPTION_CHOICE, &format, "text|json|phoenix",
         "form of the output; phoenix: for the web event display of the HEP Software Foundation (default: text)"},
        {"figure", 0, EOT_OPTION_TEXT, &figure, "FILE.png",
         "picture of the event in the set-up; its gnuplot script and data stand beside it"},
        {"view", 0, EOT_OPTION_CHOICE, &view, "side|top",
         "what is vertical in the picture: y or x, the plane of the bend (default: top)"},
    };
    const struct eot_command command = {
        .name = "replay",
        .arguments = "DIR|CONFIG",
        .summary = "Follow one primary of a run again on the host: each step of its shower, its rare vertex, each step "
                   "of the\n"
                   "muons, hits, deposits, energy balance and the row of the event record; of a muon beam each step of "
                   "the muon,\n"
                   "and where it converts.",
        .min_positional = 1,
        .max_positional = 1,
        .example = "eotmc replay out/dimuon --event 4711 --figure event.png\n"
                   "  eotmc replay configs/na64e-dimuon.yaml --event 12 --set sampling.seed=3 --format json",
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &opened.positional, &is_help, err));
    if (is_help) goto done;
    EOT_CHECK(event != UINT64_MAX, EOT_E_USAGE, "--event is missing (which primary?); add --event ID");
    const char *place = opened.positional.text[0];
    bool is_folder = stat(place, &entry) == 0 && S_ISDIR(entry.st_mode);
    snprintf(path, sizeof path, "%s%s", place, is_folder ? "/effective-config.yaml" : "");
    EOT_TRY(eot_opened_read(&opened, path, err));
    if (is_folder) EOT_TRY(note_other_model(place, path, err));
    const struct eot_sampling_config *sampling = &config->sampling;
    EOT_CHECK(event >= sampling->first && event - sampling->first < sampling->eot, EOT_E_USAGE,
              "--event %llu (the run has primaries %llu to %llu); give one of those", (unsigned long long)event,
              (unsigned long long)sampling->first, (unsigned long long)(sampling->first + sampling->eot - 1));
    EOT_TRY(eot_job_find(config, &job, err));
    EOT_TRY(eot_preflight(config, &opened.setup, NULL, &warnings, NULL, err));
    EOT_TRY(job->world(config, &opened.setup, &(struct eot_world_options){.no_cache = false}, &world, err));
    EOT_TRY(eot_replay_execute(config, &world, event, &replay, err));
    if (eot_format_is_json(format))
        EOT_TRY(print_json(config, &world, &replay, err));
    else if (strcmp(format, "phoenix") == 0)
        EOT_TRY(eot_cli_phoenix_print(config, &replay, err));
    else
        print_text(config, &world, &replay);
    if (figure != NULL)
        EOT_TRY(draw(figure, strcmp(view, "side") == 0 ? EOT_VIEW_SIDE : EOT_VIEW_TOP, config, &opened.setup, &replay,
                     err));
done:
    eot_findings_free(&warnings);
    eot_replay_free(&replay);
    eot_world_free(&world);
    eot_opened_free(&opened);
    return status;
}
