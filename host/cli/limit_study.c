/* eotmc limit STUDY: the plane of mass and coupling. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/limit.h"
#include "output/output.h"
#include "study/write.h"

/* Options that say what keys of the study say, as overrides of these keys. */
static enum eot_status add_override(struct eot_text_list *list, const char *key, const char *value, char **text,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = 64 + (value != NULL ? strlen(value) : 0);
    *text = malloc(n);
    EOT_CHECK_MEMORY(*text);
    snprintf(*text, n, "%s=%s", key, value);
    EOT_TRY(eot_text_list_add(list, *text, err));
done:
    return status;
}

static enum eot_status overrides(const struct eot_limit_request *r, struct eot_text_list *list, char *owned[4],
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char text[200];
    for (size_t i = 0; i < r->set.n; i++) EOT_TRY(eot_text_list_add(list, r->set.text[i], err));
    if (!isnan(r->eot)) {
        snprintf(text, sizeof text, "%.17g", r->eot);
        EOT_TRY(add_override(list, "eot", text, &owned[0], err));
    }
    if (!isnan(r->observed)) {
        snprintf(text, sizeof text, "%.17g", r->observed);
        EOT_TRY(add_override(list, "observed", text, &owned[1], err));
    }
    if (r->has_level) {
        snprintf(text, sizeof text, "%.17g", r->level);
        EOT_TRY(add_override(list, "confidence_level", text, &owned[2], err));
    }
    if (r->methods != NULL) {
        snprintf(text, sizeof text, "[%.180s]", r->methods);
        EOT_TRY(add_override(list, "methods", text, &owned[3], err));
    }
done:
    return status;
}

static void print_number(const char *format, double value) {
    if (isnan(value))
        printf(" %9s", "-");
    else
        printf(format, value);
}

/* The limits in events: of a count the same for all masses, else for each. */
static void print_events(const struct eot_plane *plane) {
    printf("%-10s %-11s %-8s %9s %9s %9s %9s %9s %9s  upper limit [events]\n", "EOT", "method", "m_phi", "observed",
           "-2 sigma", "-1 sigma", "median", "+1 sigma", "+2 sigma");
    for (size_t i = 0; i < plane->n_curve; i++) {
        const struct eot_plane_curve *c = &plane->curve[i];
        for (size_t k = 0; k < plane->n_point && (k == 0 || !c->is_count); k++) {
            if (!plane->point[k].is_simulated) continue;
            printf("%-10g %-11s ", c->eot, eot_study_method_name[c->method]);
            if (c->is_count)
                printf("%-8s", "all");
            else
                printf("%-8g", plane->point[k].m_phi);
            print_number(" %9.4f", c->at[k].observed);
            for (int b = 0; b < EOT_N_BAND; b++) print_number(" %9.4f", c->at[k].expected[b]);
            printf("\n");
        }
    }
}

static void print_plane(const struct eot_study *s, const struct eot_plane *plane, const char *folder) {
    bool is_binned = eot_study_is_binned(s);
    const struct eot_plane_curve *c = &plane->curve[0];
    printf("%s: %zu masses, %zu backgrounds, %g EOT, %g %% confidence level\n", s->name, s->n_signal, s->n_background,
           s->eot, 100.0 * s->level);
    if (s->bins.n_cell > 1) printf("%zu bins, joined from %zu\n", s->bins.n, s->bins.n_cell);
    for (size_t i = 0; i < s->n_background; i++)
        printf("background %-20s %.4g +- %.2g events\n", s->background[i].name, s->background[i].per_eot.value * s->eot,
               s->background[i].per_eot.error * s->eot);
    print_events(plane);
    printf("%-12s %-12s %-12s %-12s %s\n", "m_phi [GeV]", "h, median", "rel. error", "h, observed",
           is_binned ? "events of the count / of the shape" : "");
    for (size_t i = 0; i < plane->n_point; i++) {
        const struct eot_plane_point *p = &plane->point[i];
        if (!p->is_simulated) continue;
        printf("%-12g %-12.4g %-12.2g", p->m_phi, eot_plane_coupling(p, c->eot, c->at[i].expected[2]),
               eot_plane_error(p, c->method));
        if (isnan(c->at[i].observed))
            printf(" %-12s", "-");
        else
            printf(" %-12.4g", eot_plane_coupling(p, c->eot, c->at[i].observed));
        if (is_binned) printf(" %.3f", p->gain);
        printf("\n");
    }
    printf("results in %s\n", folder);
}

enum eot_status eot_limit_study(const struct eot_limit_request *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text_list list = {0};
    char *owned[4] = {NULL, NULL, NULL, NULL};
    struct eot_study study = {.n_signal = 0};
    struct eot_plane plane = {.n_point = 0};
    struct eot_toys_options toys = {.n_toy = r->n_toy, .seed = (uint32_t)r->seed};
    const char *folder = r->folder != NULL ? r->folder : "out/limit";
    EOT_CHECK(isnan(r->background) && isnan(r->error) && r->workspace == NULL, EOT_E_USAGE,
              "a STUDY with --background, --background-error or --workspace (a study has its own); leave them out");
    EOT_TRY(overrides(r, &list, owned, err));
    EOT_TRY(eot_study_read(r->positional.text[0], list.text, list.n, &study, err));
    EOT_TRY(eot_output_prepare(folder, err));
    if (study.methods[EOT_METHOD_TOYS]) EOT_TRY(eot_limit_open(r, &toys.backend, err));
    EOT_TRY(eot_plane_create(&study, &(struct eot_plane_options){.toys = &toys, .accept_poor = r->accept_poor}, &plane,
                             err));
    for (size_t i = 0; i < study.n_warning; i++) fprintf(stderr, "warning: %s\n", study.warning[i]);
    EOT_TRY(eot_study_write_tables(&study, &plane, folder, err));
    EOT_TRY(eot_study_write_pyhf(&study, &plane, folder, err));
    EOT_TRY(eot_study_write_hs3(&study, &plane, folder, err));
    EOT_TRY(eot_study_write_hepdata(&study, &plane, folder, err));
    if (!r->has_no_figure) EOT_TRY(eot_study_write_figure(&study, &plane, folder, err));
    print_plane(&study, &plane, folder);
done:
    eot_backend_close(toys.backend);
    eot_plane_free(&plane);
    eot_study_free(&study);
    eot_text_list_free(&list);
    for (int i = 0; i < 4; i++) free(owned[i]);
    return status;
}
