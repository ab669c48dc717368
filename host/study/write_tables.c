/* limit.json, plane.csv and lines.csv. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/gnuplot.h"
#include "output/output.h"
#include "study/write.h"
#include "version.h"

const char *const eot_study_method_name[4] = {"asymptotic", "exact", "toys", "fc"};

static json_t *number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *pair(struct eot_measured m) {
    return json_pack("{s:o, s:o}", "value", number(m.value), "std_error", number(m.error));
}

static json_t *five(const double *value) {
    json_t *list = json_array();
    for (int k = 0; k < EOT_N_BAND; k++) json_array_append_new(list, number(value[k]));
    return list;
}

static json_t *signals_json(const struct eot_study *s) {
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_signal; i++) {
        const struct eot_study_signal *x = &s->signal[i];
        json_array_append_new(list, json_pack("{s:f, s:f, s:o, s:o, s:o, s:f, s:f, s:s}", "m_phi_GeV", x->m_phi, "h",
                                              x->h, "selected_per_eot", pair(x->selected), "yield_per_eot",
                                              pair(x->yield), "efficiency", pair(x->efficiency), "tail_rel", x->tail,
                                              "xsec_rel_error", x->xsec, "origin", x->origin));
    }
    return list;
}

static json_t *backgrounds_json(const struct eot_study *s) {
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_background; i++) {
        const struct eot_study_background *x = &s->background[i];
        json_t *b = json_pack("{s:s, s:o, s:o, s:s, s:s}", "name", x->name, "per_eot", pair(x->per_eot), "events",
                              pair((struct eot_measured){x->per_eot.value * s->eot, x->per_eot.error * s->eot}),
                              "constraint", eot_channel_constraint_name[x->constraint], "origin", x->origin);
        if (x->upper_90 > 0.0) {
            json_object_set_new(b, "poorly_determined", json_true());
            json_object_set_new(b, "upper_limit_90_events", number(x->upper_90 * s->eot));
        }
        if (!isnan(x->tail)) json_object_set_new(b, "events_of_other_tail", number(x->tail * s->eot));
        json_array_append_new(list, b);
    }
    return list;
}

static json_t *systematics_json(const struct eot_study *s) {
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_systematic; i++) {
        const struct eot_study_systematic *x = &s->systematic[i];
        json_t *on = json_array();
        for (size_t k = 0; k < x->n_on; k++) json_array_append_new(on, json_string(x->on[k]));
        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:f, s:f, s:s}", "name", x->name, "on", on, "up", x->up, "down",
                                        x->down, "constraint", x->is_gaussian ? "gaussian" : "lognormal"));
    }
    return list;
}

static json_t *events_json(const struct eot_limit_answer *a) {
    return json_pack("{s:o, s:o}", "observed", number(a->observed), "expected", five(a->expected));
}

static json_t *discovery_json(const struct eot_limit_answer *a) {
    return json_pack("{s:o, s:o}", "z", number(a->z), "p", number(a->p));
}

static json_t *point_json(const struct eot_plane_point *p, const struct eot_plane_curve *c,
                          const struct eot_limit_answer *a) {
    double h[EOT_N_BAND];
    for (int b = 0; b < EOT_N_BAND; b++) h[b] = eot_plane_coupling(p, c->eot, a->expected[b]);
    json_t *x = json_pack("{s:f, s:o, s:o, s:f}", "m_phi_GeV", p->m_phi, "h_observed",
                          number(eot_plane_coupling(p, c->eot, a->observed)), "h_expected", five(h), "rel_error",
                          eot_plane_error(p, c->method));
    if (c->is_count) return x;
    json_object_set_new(x, "events", events_json(a));
    if (!isnan(a->z)) json_object_set_new(x, "discovery", discovery_json(a));
    return x;
}

static json_t *curves_json(const struct eot_plane *plane) {
    json_t *list = json_array();
    for (size_t i = 0; i < plane->n_curve; i++) {
        const struct eot_plane_curve *c = &plane->curve[i];
        json_t *x = json_pack("{s:s, s:f, s:b}", "method", eot_study_method_name[c->method], "eot", c->eot,
                              "uses_shape", (int)!c->is_count);
        if (c->is_count) json_object_set_new(x, "events", events_json(&c->at[0]));
        if (c->is_count && !isnan(c->at[0].z)) json_object_set_new(x, "discovery", discovery_json(&c->at[0]));
        if (c->note != NULL) json_object_set_new(x, "note", json_string(c->note));
        json_t *points = json_array();
        for (size_t k = 0; k < plane->n_point; k++)
            if (plane->point[k].is_simulated) json_array_append_new(points, point_json(&plane->point[k], c, &c->at[k]));
        json_object_set_new(x, "points", points);
        json_array_append_new(list, x);
    }
    return list;
}

/* Edges of an axis; what is beyond all numbers is a text, as JSON has no infinity. */
static json_t *edges_json(const double *edge, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; n > 0 && i <= n; i++)
        json_array_append_new(list,
                              isfinite(edge[i]) ? json_real(edge[i]) : json_string(edge[i] > 0.0 ? "inf" : "-inf"));
    return list;
}

/* The bins, what is expected in them, and how much they gain. */
static json_t *bins_json(const struct eot_study *s, const struct eot_plane *plane) {
    const struct eot_study_bins *b = &s->bins;
    json_t *bin_of = json_array(), *samples = json_object(), *gain = json_array();
    for (size_t i = 0; i < b->n_cell; i++) json_array_append_new(bin_of, json_integer((json_int_t)b->bin_of[i]));
    for (size_t k = 0; k < s->n_background; k++) {
        const struct eot_study_background *x = &s->background[k];
        json_t *events = json_array(), *errors = json_array();
        double sum = 0.0;
        for (size_t i = 0; i < b->n; i++) sum += x->shape.value[i];
        for (size_t i = 0; i < b->n; i++) {
            double unit = sum > 0.0 ? x->per_eot.value * s->eot / sum : 0.0;
            json_array_append_new(events, json_real(unit * x->shape.value[i]));
            json_array_append_new(errors, json_real(unit * x->shape.error[i]));
        }
        json_object_set_new(samples, x->name, json_pack("{s:o, s:o}", "events", events, "statistics", errors));
    }
    for (size_t i = 0; i < plane->n_point; i++) {
        const struct eot_plane_point *p = &plane->point[i];
        if (!p->is_simulated) continue;
        json_t *share = json_array();
        for (size_t k = 0; k < b->n; k++) json_array_append_new(share, json_real(p->share[k]));
        json_array_append_new(gain, json_pack("{s:f, s:f, s:f, s:o}", "m_phi_GeV", p->m_phi, "events", p->gain, "h",
                                              sqrt(p->gain), "signal_share", share));
    }
    return json_pack(
        "{s:o, s:o, s:o, s:I, s:o, s:s, s:o}", "missing_energy_GeV", edges_json(b->missing, b->n_missing),
        "muon_momentum_GeV", edges_json(b->momentum, b->n_momentum), "bin_of_cell", bin_of, "n_bin", (json_int_t)b->n,
        "backgrounds", samples, "rule",
        "a cell in which less than ten effective entries say what background is expected is joined with the "
        "next lower one in missing energy, the lowest with the next higher; momenta before in the same way",
        "gain_of_shape", gain);
}

static json_t *uncertainty_json(const struct eot_plane *plane) {
    json_t *meaning = json_object(), *points = json_array();
    for (int k = 0; k < EOT_N_SOURCE; k++)
        json_object_set_new(meaning, eot_plane_source_name[k], json_string(eot_plane_source_meaning[k]));
    for (size_t i = 0; i < plane->n_point; i++) {
        json_t *x =
            json_pack("{s:f, s:b}", "m_phi_GeV", plane->point[i].m_phi, "simulated", (int)plane->point[i].is_simulated);
        for (int k = 0; k < EOT_N_SOURCE; k++)
            json_object_set_new(x, eot_plane_source_name[k], number(plane->point[i].source[k]));
        json_array_append_new(points, x);
    }
    return json_pack("{s:s, s:o, s:o, s:f}", "of", "h, relative, one standard deviation", "sources", meaning, "points",
                     points, "worst_simulated_mass_left_out", plane->worst_left_out);
}

static enum eot_status write_json(const struct eot_study *s, const struct eot_plane *plane, const char *folder,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *text = NULL;
    json_t *warnings = json_array();
    for (size_t i = 0; i < s->n_warning; i++) json_array_append_new(warnings, json_string(s->warning[i]));
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:o}", "schema", "eotmc-limit/1",
                  "version", EOT_VERSION, "name", s->name, "eot", s->eot, "confidence_level", s->level, "observed",
                  number(s->observed), "signals", signals_json(s), "backgrounds", backgrounds_json(s), "systematics",
                  systematics_json(s), "limits", curves_json(plane), "uncertainty", uncertainty_json(plane),
                  "poor_background_shift", plane->poor_shift, "warnings", warnings);
    if (root != NULL && eot_study_is_binned(s)) json_object_set_new(root, "bins", bins_json(s, plane));
    text = root != NULL ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) : NULL;
    EOT_CHECK(text != NULL, EOT_E_MEMORY, "out of memory for limit.json; free memory");
    EOT_TRY(eot_output_write_file(folder, "limit.json", text, strlen(text), err));
done:
    free(text);
    json_decref(root);
    return status;
}

static void add_number(struct eot_text *text, double value) {
    if (isnan(value))
        eot_text_add(text, ",");
    else
        eot_text_add(text, ",%.7g", value);
}

enum eot_status eot_study_write_tables(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text limits = {0}, lines = {0};
    eot_text_add(&limits, "method,eot,m_phi_GeV,simulated,h_observed,h_minus_2_sigma,h_minus_1_sigma,h_median,"
                          "h_plus_1_sigma,h_plus_2_sigma,rel_error,rel_error_interpolation\n");
    for (size_t c = 0; c < plane->n_curve; c++)
        for (size_t i = 0; i < plane->n_point; i++) {
            const struct eot_plane_curve *x = &plane->curve[c];
            const struct eot_plane_point *p = &plane->point[i];
            eot_text_add(&limits, "%s,%g,%.7g,%d", eot_study_method_name[x->method], x->eot, p->m_phi,
                         (int)p->is_simulated);
            add_number(&limits, eot_plane_coupling(p, x->eot, x->at[i].observed));
            for (int b = 0; b < EOT_N_BAND; b++)
                add_number(&limits, eot_plane_coupling(p, x->eot, x->at[i].expected[b]));
            add_number(&limits, eot_plane_error(p, x->method));
            add_number(&limits, p->source[EOT_SOURCE_INTERPOLATION]);
            eot_text_add(&limits, "\n");
        }
    eot_text_add(&lines, "kind,name,sigmas,m_phi_GeV,h_low,h,h_high\n");
    for (size_t l = 0; l < plane->n_line; l++)
        for (size_t i = 0; i < plane->n_point; i++) {
            const struct eot_plane_line *x = &plane->line[l];
            eot_text_add(&lines, "%s,\"%s\",%g,%.7g", x->kind, x->name, x->n_sigma, plane->point[i].m_phi);
            add_number(&lines, x->low[i]);
            add_number(&lines, x->middle[i]);
            add_number(&lines, x->high[i]);
            eot_text_add(&lines, "\n");
        }
    for (size_t i = 0; i < study->n_mark; i++)
        eot_text_add(&lines, "mark,\"%s\",0,%.7g,,%.7g,\n", study->mark[i].name, study->mark[i].m_phi,
                     study->mark[i].h);
    EOT_CHECK(!limits.is_failed && !lines.is_failed, EOT_E_MEMORY, "out of memory for plane.csv; free memory");
    EOT_TRY(write_json(study, plane, folder, err));
    EOT_TRY(eot_output_write_file(folder, "plane.csv", limits.text, limits.n, err));
    EOT_TRY(eot_output_write_file(folder, "lines.csv", lines.text, lines.n, err));
done:
    eot_text_free(&limits);
    eot_text_free(&lines);
    return status;
}
