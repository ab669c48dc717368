/* eotmc limit STUDY: the plane of mass and coupling. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/limit.h"
#include "output/gnuplot.h"
#include "output/output.h"
#include "study/write.h"

/* How an option's texts become the value of a key. */
enum form { ITEMS, SECTION, NUMBERS, WORD };

/* The options that are keys of a study. */
struct row {
    const char *option, *key;
    enum form form;
    const struct eot_text_list *list;
};
enum {
    N_ROW = 0
#define EOT_STUDY_OPTION(member, option, key, form, argument, help) +1
#include "study_options.def"
#undef EOT_STUDY_OPTION
};

bool eot_limit_has_study_options(const struct eot_limit_request *r) {
    return false
#define EOT_STUDY_OPTION(member, option, key, form, argument, help) || r->study.member.n > 0
#include "study_options.def"
#undef EOT_STUDY_OPTION
        ;
}

/* Overrides of a study, in the form of --set; the texts are owned. */
struct overrides {
    struct eot_text_list list;
    size_t n_owned;
    char *owned[N_ROW + 4];
};

static void overrides_free(struct overrides *o) {
    for (size_t i = 0; i < o->n_owned; i++) free(o->owned[i]);
    eot_text_list_free(&o->list);
}

static enum eot_status add_override(struct overrides *o, struct eot_text *text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(!text->is_failed, EOT_E_MEMORY, "out of memory for the options; free memory");
    o->owned[o->n_owned] = strdup(text->text);
    EOT_CHECK_MEMORY(o->owned[o->n_owned]);
    EOT_TRY(eot_text_list_add(&o->list, o->owned[o->n_owned++], err));
done:
    eot_text_free(text);
    return status;
}

static enum eot_status add_row(const struct row *row, struct overrides *o, struct eot_error *err) {
    static const struct {
        const char *begin, *before, *after, *end;
    } brace[] = {[ITEMS] = {"[", "{", "}", "]"},
                 [SECTION] = {"", "{", "}", ""},
                 [NUMBERS] = {"[", "", "", "]"},
                 [WORD] = {"", "", "", ""}};
    enum eot_status status = EOT_OK;
    struct eot_text text = {0};
    if (row->list->n == 0) goto done;
    EOT_CHECK(row->form == ITEMS || row->list->n == 1, EOT_E_USAGE, "option '--%s' is given twice; leave one out",
              row->option);
    eot_text_add(&text, "%s=%s", row->key, brace[row->form].begin);
    for (size_t i = 0; i < row->list->n; i++)
        eot_text_add(&text, "%s%s%s%s", i > 0 ? ", " : "", brace[row->form].before, row->list->text[i],
                     brace[row->form].after);
    eot_text_add(&text, "%s", brace[row->form].end);
    EOT_TRY(add_override(o, &text, err));
done:
    eot_text_free(&text);
    return status;
}

static enum eot_status overrides_find(const struct eot_limit_request *r, struct overrides *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct row row[N_ROW] = {
#define EOT_STUDY_OPTION(member, option, key, form, argument, help) {option, key, form, &r->study.member},
#include "study_options.def"
#undef EOT_STUDY_OPTION
    };
    const struct {
        const char *key;
        double value;
    } number[] = {{"eot", r->eot}, {"observed", r->observed}, {"confidence_level", r->has_level ? r->level : NAN}};
    struct eot_text text = {0};
    for (size_t i = 0; i < N_ROW; i++) EOT_TRY(add_row(&row[i], o, err));
    for (size_t i = 0; i < r->set.n; i++) EOT_TRY(eot_text_list_add(&o->list, r->set.text[i], err));
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
        if (isnan(number[i].value)) continue;
        eot_text_add(&text, "%s=%.17g", number[i].key, number[i].value);
        EOT_TRY(add_override(o, &text, err));
    }
    if (r->methods != NULL) {
        eot_text_add(&text, "methods=[%s]", r->methods);
        EOT_TRY(add_override(o, &text, err));
    }
done:
    eot_text_free(&text);
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

/* What a study of options alone begins with. */
static const char *const NO_FILE = "schema: eotmc-study/1\nname: command line\n";

enum eot_status eot_limit_study(const struct eot_limit_request *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct overrides o = {.n_owned = 0};
    struct eot_study study = {.n_signal = 0};
    struct eot_plane plane = {.n_point = 0};
    struct eot_toys_options toys = {.n_toy = r->n_toy, .seed = (uint32_t)r->seed};
    const char *folder = r->folder != NULL ? r->folder : "out/limit";
    EOT_CHECK(isnan(r->background) && isnan(r->error) && r->workspace == NULL, EOT_E_USAGE,
              "a STUDY with --background, --background-error or --workspace (a study has its own); leave them out");
    EOT_TRY(overrides_find(r, &o, err));
    bool has_file = r->positional.n > 0;
    EOT_TRY(eot_study_read(has_file ? r->positional.text[0] : "command line", has_file ? NULL : NO_FILE, o.list.text,
                           o.list.n, &study, err));
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
    overrides_free(&o);
    return status;
}
