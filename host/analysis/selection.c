/** @file selection.c
 * What a selection leaves: cut flow, categories and rates. Cuts, tails and categories are the rows of
 * cuts.def, tails.def and categories.def in include/eotmc/tally. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/channels.h"
#include "analysis/estimator.h"
#include "physics/process.h"

static const char *const CUT[EOT_N_CUT] = {
#define EOT_CUT(id, name, title, detector, condition) title,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
};
static const int DETECTOR[EOT_N_CUT] = {
#define EOT_CUT(id, name, title, detector, condition) detector,
#include "eotmc/tally/cuts.def"
#undef EOT_CUT
};
static const char *const TAIL[EOT_N_TAIL] = {
#define EOT_TAIL(id, word, probability) word,
#include "eotmc/tally/tails.def"
#undef EOT_TAIL
};
static const struct {
    const char *name, *title;
} CATEGORY[EOT_N_CATEGORY] = {
#define EOT_CATEGORY(id, name, title, condition) {name, title},
#include "eotmc/tally/categories.def"
#undef EOT_CATEGORY
};
_Static_assert(EOT_N_CUT + 2 <= EOT_RESULT_MAX_CUTFLOW, "a selection's cut flow has a row for every cut, and two more");
_Static_assert(EOT_N_CATEGORY <= EOT_RESULT_MAX_CATEGORY, "a selection's result has a place for every category");

static const struct eot_selection_config *selection_of(const struct eot_estimator *e) {
    return e->selection == 0 ? &e->config->selection : &e->config->further[e->selection - 1].selection;
}

void eot_cutflow_add(struct eot_selection_result *r, const char *cut, double events, struct eot_mean mean) {
    struct eot_cutflow_row *row = &r->cutflow[r->n_cutflow++];
    *row = (struct eot_cutflow_row){.events = events,
                                    .weighted = mean.value,
                                    .std_error = mean.std_error,
                                    .n_eff = mean.n_eff,
                                    .upper_limit_90 = mean.upper_limit,
                                    .has_no_error = mean.has_no_error,
                                    .is_poorly_determined = eot_mean_is_poor(&mean)};
    snprintf(row->cut, sizeof row->cut, "%s", cut);
}

/* Rows of the cut flow: the vertices, each cut, and the missing energy with the tail that the configuration chooses.
 * @param selected rates above the missing energy, one for each tail. */
static enum eot_status make_cutflow(const struct eot_estimator *e, const struct eot_mean selected[EOT_N_TAIL],
                                    struct eot_selection_result *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean mean;
    char text[64];
    int chosen = (int)e->config->detector.ecal_tail;
    EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * EOT_W_ALL, &mean, err));
    eot_cutflow_add(r, eot_family_title(eot_config_family(e->config)), (double)eot_estimator_counter(e, EOT_C_EVENTS),
                    mean);
    for (int i = 0; i < EOT_N_CUT; i++) {
        EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * (EOT_W_CUT + i), &mean, err));
        eot_cutflow_add(r, CUT[i], (double)eot_estimator_counter(e, EOT_C_CUT + i), mean);
        r->cutflow[r->n_cutflow - 1].is_not_applied =
            (e->world->event.selection[e->selection].absent >> DETECTOR[i]) & 1;
    }
    snprintf(text, sizeof text, "missing energy > %g GeV", selection_of(e)->missing_energy);
    eot_cutflow_add(r, text, eot_estimator_total(e, EOT_T_WEIGHTED + 4 * (EOT_W_PASSED + chosen)), selected[chosen]);
done:
    return status;
}

static enum eot_status make_categories(const struct eot_estimator *e, struct eot_selection_result *r,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean mean;
    if (eot_config_family(e->config) == EOT_FAMILY_SIGNAL) return EOT_OK; /* there is no other muon */
    for (int i = 0; i < EOT_N_CATEGORY; i++) {
        struct eot_category *c = &r->category[r->n_category++];
        EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * (EOT_W_CATEGORY + i), &mean, err));
        *c = (struct eot_category){.weighted = mean.value,
                                   .std_error = mean.std_error,
                                   .n_eff = mean.n_eff,
                                   .upper_limit_90 = mean.upper_limit,
                                   .has_no_error = mean.has_no_error,
                                   .is_poorly_determined = eot_mean_is_poor(&mean)};
        snprintf(c->name, sizeof c->name, "%s", CATEGORY[i].name);
        snprintf(c->title, sizeof c->title, "%s", CATEGORY[i].title);
    }
done:
    return status;
}

/* The resolution's tail of events whose energy is seen says nothing of those that lose theirs unseen. Of these none may
 * be among the events that pass all other cuts: a rate below the limit of that, for one of their mean weight (sum w^2 /
 * sum w), is marked, and has the limit. Where such losses are preferred they have been looked for. */
static enum eot_status mark_unseen(const struct eot_estimator *e, struct eot_mean selected[EOT_N_TAIL],
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_mean before;
    EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * (EOT_W_CUT + EOT_N_CUT - 1), &before, err));
    const eot_loss_preference *p = &e->world->event.losses;
    if (!(before.n_eff > 0.0) || (p->share > 0.0f && (p->decay_rate > 0.0f || p->hard_factor > 0.0f))) goto done;
    double limit = fmin(1.0, EOT_LIMIT_EVENTS_90 * before.value / before.n_eff);
    for (int i = 0; i < EOT_N_TAIL; i++)
        if (selected[i].value > 0.0 && selected[i].value < limit) {
            selected[i].upper_limit = limit;
            selected[i].n_eff_error = 1.0;
        }
done:
    return status;
}

enum eot_status eot_estimator_add_selection(const struct eot_estimator *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_selection_result r = {.name = ""};
    struct eot_mean selected[EOT_N_TAIL];
    char name[64];
    for (int i = 0; i < EOT_N_TAIL; i++)
        EOT_TRY(eot_estimator_rate(e, EOT_T_WEIGHTED + 4 * (EOT_W_MISSING + i), &selected[i], err));
    EOT_TRY(mark_unseen(e, selected, err));
    EOT_TRY(make_cutflow(e, selected, &r, err));
    EOT_TRY(make_categories(e, &r, err));
    EOT_TRY(eot_estimator_add(e, "selected.per_eot", "1", selected[e->config->detector.ecal_tail], err));
    for (int i = 0; i < EOT_N_TAIL; i++) {
        snprintf(name, sizeof name, "selected.per_eot_%s", TAIL[i]);
        EOT_TRY(eot_estimator_add(e, name, "1", selected[i], err));
    }
    EOT_TRY(eot_estimator_add_efficiencies(e, err));
    if (e->selection > 0 || e->has_mass_name) {
        if (e->has_mass_name) eot_mass_name(e->run->mass[e->mass], r.name, sizeof r.name);
        if (e->selection > 0)
            snprintf(r.name + strlen(r.name), sizeof r.name - strlen(r.name), "%s%s", e->has_mass_name ? "." : "",
                     e->config->further[e->selection - 1].name);
        EOT_TRY(eot_result_add_selection(e->result, &r, err));
        goto done;
    }
    for (size_t i = 0; i < r.n_cutflow; i++) EOT_TRY(eot_result_add_cutflow_row(e->result, &r.cutflow[i], err));
    for (size_t i = 0; i < r.n_category; i++) EOT_TRY(eot_result_add_category(e->result, &r.category[i], err));
done:
    return status;
}
