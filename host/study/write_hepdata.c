/* A submission to HEPData (validated by hepdata-validator). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/file.h"
#include "output/gnuplot.h"
#include "output/output.h"
#include "study/write.h"

/* A text in double quotes of YAML. */
static void add_text(struct eot_text *t, const char *text) {
    eot_text_add(t, "\"");
    for (const char *p = text; *p != '\0'; p++)
        eot_text_add(t, *p == '"' || *p == '\\' ? "\\%c" : "%c", (unsigned char)*p < 32 ? ' ' : *p);
    eot_text_add(t, "\"");
}

static void begin_variable(struct eot_text *t, const char *name, const char *units) {
    eot_text_add(t, "- header: {name: ");
    add_text(t, name);
    if (units[0] != '\0') {
        eot_text_add(t, ", units: ");
        add_text(t, units);
    }
    eot_text_add(t, "}\n");
}

/* An error of 0 is refused by HEPData; where there is none it is left out. */
static void add_value(struct eot_text *t, double value, double error, const char *label) {
    if (isnan(value))
        eot_text_add(t, "  - value: '-'\n");
    else if (error > 0.0)
        eot_text_add(t, "  - {value: %.7g, errors: [{symerror: %.3g, label: %s}]}\n", value, error, label);
    else
        eot_text_add(t, "  - value: %.7g\n", value);
}

static void add_masses(struct eot_text *t, const struct eot_study *study) {
    eot_text_add(t, "independent_variables:\n");
    begin_variable(t, "M(PHI)", "GEV");
    eot_text_add(t, "  values:\n");
    for (size_t i = 0; i < study->n_signal; i++) eot_text_add(t, "  - value: %.7g\n", study->signal[i].m_phi);
    eot_text_add(t, "dependent_variables:\n");
}

static void add_qualifiers(struct eot_text *t, const struct eot_study *study, double eot) {
    eot_text_add(t, "  qualifiers:\n  - {name: CL, units: '%%', value: %g}\n  - {name: EOT, value: %g}\n",
                 100.0 * study->level, eot);
}

static void limit_table(struct eot_text *t, const struct eot_study *study, const struct eot_plane *plane,
                        const struct eot_plane_curve *c) {
    static const char *const name[] = {"Observed limit on h",           "Expected limit on h, -2 sigma",
                                       "Expected limit on h, -1 sigma", "Expected limit on h, median",
                                       "Expected limit on h, +1 sigma", "Expected limit on h, +2 sigma"};
    add_masses(t, study);
    for (int k = isnan(c->at[0].observed) ? 1 : 0; k < 6; k++) {
        begin_variable(t, name[k], "");
        add_qualifiers(t, study, c->eot);
        eot_text_add(t, "  values:\n");
        for (size_t i = 0; i < plane->n_point; i++) {
            const struct eot_plane_point *p = &plane->point[i];
            double h = eot_plane_coupling(p, c->eot, k == 0 ? c->at[i].observed : c->at[i].expected[k - 1]);
            if (p->is_simulated) add_value(t, h, h * eot_plane_error(p, c->method), "simulation");
        }
    }
}

static void efficiency_table(struct eot_text *t, const struct eot_study *study) {
    add_masses(t, study);
    begin_variable(t, "Efficiency", "");
    eot_text_add(t, "  values:\n");
    for (size_t i = 0; i < study->n_signal; i++)
        add_value(t, study->signal[i].efficiency.value, study->signal[i].efficiency.error, "statistics");
    begin_variable(t, "Yield for h = 1", "1/EOT");
    eot_text_add(t, "  values:\n");
    for (size_t i = 0; i < study->n_signal; i++) {
        double h2 = study->signal[i].h * study->signal[i].h;
        add_value(t, study->signal[i].yield.value / h2, study->signal[i].yield.error / h2, "statistics");
    }
}

/* The efficiency by mass and energy, where it is known. @return whether it is anywhere. */
static bool efficiency_map(struct eot_text *t, const struct eot_study *study) {
    size_t n = 0;
    for (int column = 0; column < 3; column++) {
        if (column == 0) eot_text_add(t, "independent_variables:\n");
        if (column == 2) eot_text_add(t, "dependent_variables:\n");
        begin_variable(t,
                       column == 0   ? "M(PHI)"
                       : column == 1 ? "Energy of the lepton"
                                     : "Efficiency",
                       column < 2 ? "GEV" : "");
        eot_text_add(t, "  values:\n");
        for (size_t i = 0; i < study->n_signal; i++) {
            const struct eot_study_efficiency *e = &study->signal[i].by_energy;
            for (size_t k = 0; k < e->n; k++) {
                if (!(e->error[k] > 0.0)) continue; /* no such leptons */
                n++;
                if (column == 0) eot_text_add(t, "  - value: %.7g\n", study->signal[i].m_phi);
                if (column == 1) eot_text_add(t, "  - {low: %.7g, high: %.7g}\n", e->edge[k], e->edge[k + 1]);
                if (column == 2) add_value(t, e->value[k], e->error[k], "statistics");
            }
        }
    }
    return n > 0;
}

static void cutflow_table(struct eot_text *t, const struct eot_study_cutflow *c) {
    eot_text_add(t, "independent_variables:\n");
    begin_variable(t, "Cut", "");
    eot_text_add(t, "  values:\n");
    for (size_t i = 0; i < c->n; i++) {
        eot_text_add(t, "  - value: ");
        add_text(t, c->row[i].name);
        eot_text_add(t, "\n");
    }
    eot_text_add(t, "dependent_variables:\n");
    begin_variable(t, "Events per electron on target", "1/EOT");
    eot_text_add(t, "  values:\n");
    for (size_t i = 0; i < c->n; i++) add_value(t, c->row[i].per_eot, c->row[i].error, "statistics");
}

/* A table's file, and its entry in the submission. */
static enum eot_status add_table(const char *folder, const char *file, const char *name, const char *description,
                                 const struct eot_text *table, struct eot_text *submission, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char shortened[65];
    snprintf(shortened, sizeof shortened, "%s", name); /* at most 64 characters */
    EOT_CHECK(!table->is_failed, EOT_E_MEMORY, "out of memory for a table of HEPData; free memory");
    EOT_TRY(eot_output_write_file(folder, file, table->text, table->n, err));
    eot_text_add(submission, "---\nname: ");
    add_text(submission, shortened);
    eot_text_add(submission, "\ndescription: ");
    add_text(submission, description);
    eot_text_add(submission,
                 "\nkeywords:\n- {name: reactions, values: [E- NUCLEUS --> MU- NUCLEUS PHI]}\n"
                 "- {name: observables, values: [CLS]}\ndata_file: %s\n",
                 file);
done:
    return status;
}

/* The cut flows of backgrounds and signals that have one. */
static enum eot_status add_cutflows(const struct eot_study *study, const char *folder, struct eot_text *submission,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text table = {0};
    char file[80], name[120];
    for (size_t i = 0; i < study->n_background + study->n_signal; i++) {
        bool is_signal = i >= study->n_background;
        const struct eot_study_signal *s = is_signal ? &study->signal[i - study->n_background] : NULL;
        const struct eot_study_cutflow *c = is_signal ? &s->cutflow : &study->background[i].cutflow;
        if (c->n == 0) continue;
        if (is_signal)
            snprintf(name, sizeof name, "Cut flow, signal of %g GeV, h = %g", s->m_phi, s->h);
        else
            snprintf(name, sizeof name, "Cut flow, %s", study->background[i].name);
        snprintf(file, sizeof file, "cutflow_%zu.yaml", i);
        cutflow_table(&table, c);
        EOT_TRY(
            add_table(folder, file, name, "what is left after each cut and those before it", &table, submission, err));
        eot_text_free(&table);
    }
done:
    eot_text_free(&table);
    return status;
}

enum eot_status eot_study_write_hepdata(const struct eot_study *study, const struct eot_plane *plane,
                                        const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text submission = {0}, table = {0};
    char *below = eot_output_path(folder, "hepdata"), file[80], name[120], description[300];
    EOT_CHECK_MEMORY(below);
    EOT_TRY(eot_output_prepare(below, err));
    eot_text_add(&submission, "---\ncomment: ");
    add_text(&submission, study->name);
    eot_text_add(&submission, "\n");
    for (size_t i = 0; i < plane->n_curve; i++) {
        const struct eot_plane_curve *c = &plane->curve[i];
        limit_table(&table, study, plane, c);
        snprintf(file, sizeof file, "limit_%s_%zu.yaml", eot_study_method_name[c->method], i);
        snprintf(name, sizeof name, "Limit on h, %s, %g EOT", eot_study_method_name[c->method], c->eot);
        snprintf(description, sizeof description, "%g %% CL upper limits on h against m_phi, method %s%s%s",
                 100.0 * study->level, eot_study_method_name[c->method], c->note != NULL ? "; " : "",
                 c->note != NULL ? c->note : "");
        EOT_TRY(add_table(below, file, name, description, &table, &submission, err));
        eot_text_free(&table);
    }
    efficiency_table(&table, study);
    EOT_TRY(add_table(below, "efficiency.yaml", "Efficiency and yield of the signal",
                      "selected part of the signal, and the signal per electron on target for h = 1", &table,
                      &submission, err));
    eot_text_free(&table);
    if (efficiency_map(&table, study))
        EOT_TRY(add_table(below, "efficiency_map.yaml", "Efficiency by mass and energy",
                          "selected part of the signal by the energy of the lepton that makes phi", &table, &submission,
                          err));
    eot_text_free(&table);
    EOT_TRY(add_cutflows(study, below, &submission, err));
    EOT_CHECK(!submission.is_failed, EOT_E_MEMORY, "out of memory for submission.yaml; free memory");
    EOT_TRY(eot_output_write_file(below, "submission.yaml", submission.text, submission.n, err));
done:
    eot_text_free(&submission);
    eot_text_free(&table);
    free(below);
    return status;
}
