#include "study/plane.h"

#include <gsl/gsl_spline.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "limit/asymptotic.h"
#include "physics/lfc/lfc.h"

const char *const eot_plane_source_name[EOT_N_SOURCE] = {
#define EOT_SOURCE(symbol, name, meaning) name,
#include "sources.def"
#undef EOT_SOURCE
};
const char *const eot_plane_source_meaning[EOT_N_SOURCE] = {
#define EOT_SOURCE(symbol, name, meaning) meaning,
#include "sources.def"
#undef EOT_SOURCE
};

static const double POOR = 0.05; /* relative change of the median limit in events that is refused */
static const double FLAT = 2e-3; /* of ln h: where lines between masses are as good as curves */
enum { MAX_DEPTH = 7, METHOD_ASYMPTOTIC = 0, METHOD_EXACT, METHOD_TOYS, METHOD_FC };

double eot_plane_coupling(const struct eot_plane_point *point, double eot, double events) {
    return sqrt(events / (point->rate * eot));
}

double eot_plane_error(const struct eot_plane_point *point) {
    double square = 0.0;
    for (int k = 0; k < EOT_N_SOURCE; k++) square += point->source[k] * point->source[k];
    return sqrt(square);
}

void eot_plane_free(struct eot_plane *plane) {
    for (size_t i = 0; i < plane->n_line; i++) {
        free(plane->line[i].low);
        free(plane->line[i].middle);
        free(plane->line[i].high);
    }
    free(plane->line);
    free(plane->point);
    free(plane->curve);
    *plane = (struct eot_plane){.n_point = 0};
}

/* Median asymptotic limit in events of a study. */
static enum eot_status median(const struct eot_study *study, bool without_poor, double *limit, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    struct eot_limit_answer answer;
    EOT_TRY(eot_study_spec(study, study->eot, without_poor, &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    EOT_TRY(eot_asymptotic_limit(&model, NULL, study->level, &answer, err));
    *limit = answer.expected[2];
done:
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}

/* Relative change of the limit on h where the backgrounds change, each by its shift; in quadrature. */
static enum eot_status background_source(struct eot_study *study, bool is_tail, double *source, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double middle, changed, square = 0.0;
    EOT_TRY(median(study, false, &middle, err));
    for (size_t i = 0; i < study->n_background; i++) {
        struct eot_study_background *b = &study->background[i], kept = *b;
        if (is_tail && isnan(b->tail)) continue;
        double up = b->upper_90 > 0.0 ? b->upper_90 : b->per_eot.value + b->per_eot.error;
        b->per_eot.value = is_tail ? b->tail : up;
        status = median(study, false, &changed, err);
        *b = kept;
        if (status != EOT_OK) goto done;
        double relative = 0.5 * log(changed / middle);
        square += relative * relative;
    }
    *source = sqrt(square);
done:
    return status;
}

/* By how much the median limit moves if the poorly determined backgrounds are at their upper limits. A shift of the
 * nuisance alone would not tell: without signal data agree with the nominal background, and a larger one is not wanted
 * beside a signal. */
static enum eot_status check_poor(struct eot_study *study, const struct eot_plane_options *options,
                                  struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double nominal, raised;
    const struct eot_study_background *worst = NULL;
    double *kept = calloc(study->n_background + 1, sizeof *kept);
    EOT_CHECK_MEMORY(kept);
    EOT_TRY(median(study, true, &nominal, err));
    for (size_t i = 0; i < study->n_background; i++) {
        struct eot_study_background *b = &study->background[i];
        kept[i] = b->per_eot.value;
        if (!(b->upper_90 > 0.0)) continue;
        if (worst == NULL || b->upper_90 > worst->upper_90) worst = b;
        EOT_TRY(eot_study_warn(study, err,
                               "background '%s' is poorly determined: %.3g events for %.3g EOT; its 90 %% upper limit "
                               "of %.3g enters as a shift of one standard deviation",
                               b->name, b->per_eot.value * study->eot, study->eot, b->upper_90 * study->eot));
    }
    if (worst == NULL) goto done;
    for (size_t i = 0; i < study->n_background; i++)
        if (study->background[i].upper_90 > 0.0) study->background[i].per_eot.value = study->background[i].upper_90;
    status = median(study, true, &raised, err);
    for (size_t i = 0; i < study->n_background; i++) study->background[i].per_eot.value = kept[i];
    EOT_TRY(status);
    plane->poor_shift = raised / nominal - 1.0;
    EOT_CHECK(options->accept_poor || fabs(plane->poor_shift) <= POOR, EOT_E_CONFIG,
              "background '%s' is poorly determined (its 90 %% upper limit of %.3g events for %.3g EOT would move the "
              "median limit by %.0f %%); simulate more of it, or accept it with --accept-poor",
              worst->name, worst->upper_90 * study->eot, study->eot, 100.0 * plane->poor_shift);
done:
    free(kept);
    return status;
}

static enum eot_status curve_add(struct eot_plane *plane, struct eot_plane_curve curve, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane_curve *grown = eot_array_grown(plane->curve, plane->n_curve, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    plane->curve = grown;
    grown[plane->n_curve++] = curve;
done:
    return status;
}

/* Limits in events of one method. */
static enum eot_status find(const struct eot_study *study, int method, double eot, const struct eot_toys_options *toys,
                            struct eot_plane_curve *curve, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    struct eot_one_channel channel = eot_study_channel(study, eot);
    bool is_own = eot == study->eot; /* what was seen belongs to this number of electrons */
    double seen = is_own ? study->observed : NAN, low;
    *curve = (struct eot_plane_curve){.method = method, .eot = eot};
    EOT_TRY(eot_study_spec(study, eot, false, &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    struct eot_data data = {model.seen, model.aux}, *given = isnan(seen) ? NULL : &data;
    if (method == METHOD_ASYMPTOTIC || method == METHOD_TOYS) {
        EOT_TRY(eot_asymptotic_limit(&model, given, study->level, &curve->events, err));
        if (given == NULL) curve->events.observed = curve->events.z = NAN;
    }
    if (method == METHOD_TOYS) {
        struct eot_limit_answer guess = curve->events;
        struct eot_toys_report report;
        if (given == NULL) guess.observed = guess.expected[2];
        EOT_TRY(eot_toys_limit(&model, given, study->level, &guess, toys, &curve->events, &report, err));
    }
    if (method == METHOD_EXACT) {
        EOT_TRY(eot_one_channel_limit(&channel, seen, study->level, &curve->events, err));
        curve->note = "all backgrounds and their errors are one auxiliary measurement; errors of the signal are left "
                      "out";
    }
    if (method == METHOD_FC) {
        eot_feldman_cousins_limit(channel.background, seen, study->level, &curve->events, &low);
        curve->note = "the background counts as known; errors are left out";
    }
done:
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}

/* ln rate against ln m: through all simulated masses but `left_out` (none: n_signal). */
struct interpolation {
    gsl_spline *cubic, *steffen; /* NULL where there are too few masses: then a line */
    double *x, *y;
    size_t n;
};

static void interpolation_free(struct interpolation *i) {
    gsl_spline_free(i->cubic);
    gsl_spline_free(i->steffen);
    free(i->x);
    free(i->y);
}

static enum eot_status interpolation_create(const struct eot_study *s, size_t left_out, struct interpolation *in,
                                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *in = (struct interpolation){.x = calloc(s->n_signal, sizeof *in->x), .y = calloc(s->n_signal, sizeof *in->y)};
    EOT_CHECK_MEMORY(in->x);
    EOT_CHECK_MEMORY(in->y);
    for (size_t i = 0; i < s->n_signal; i++) {
        if (i == left_out) continue;
        in->x[in->n] = log(s->signal[i].m_phi);
        in->y[in->n++] = log(s->signal[i].selected.value / (s->signal[i].h * s->signal[i].h));
    }
    if (in->n < 4) goto done;
    in->cubic = gsl_spline_alloc(gsl_interp_cspline, in->n);
    in->steffen = gsl_spline_alloc(gsl_interp_steffen, in->n);
    EOT_CHECK_MEMORY(in->cubic);
    EOT_CHECK_MEMORY(in->steffen);
    gsl_spline_init(in->cubic, in->x, in->y, in->n);
    gsl_spline_init(in->steffen, in->x, in->y, in->n);
done:
    return status;
}

/* ln rate, and the difference of the two splines. */
static double interpolate(const struct interpolation *in, double m, double *error) {
    double x = fmin(fmax(log(m), in->x[0]), in->x[in->n - 1]);
    *error = 0.0;
    if (in->cubic != NULL) {
        double y = gsl_spline_eval(in->cubic, x, NULL);
        *error = fabs(y - gsl_spline_eval(in->steffen, x, NULL));
        return y;
    }
    size_t i = 0;
    if (in->n == 1) return in->y[0];
    while (i + 2 < in->n && in->x[i + 1] < x) i++;
    double f = (x - in->x[i]) / (in->x[i + 1] - in->x[i]);
    return (1.0 - f) * in->y[i] + f * in->y[i + 1];
}

/* Errors at a mass from those of its simulated neighbours. */
static void point_errors(const struct eot_study *s, struct eot_plane_point *p) {
    size_t i = 0;
    while (i + 1 < s->n_signal && s->signal[i + 1].m_phi <= p->m_phi) i++;
    size_t k = i + 1 < s->n_signal ? i + 1 : i;
    double f = k > i ? log(p->m_phi / s->signal[i].m_phi) / log(s->signal[k].m_phi / s->signal[i].m_phi) : 0.0;
    const struct eot_study_signal *a = &s->signal[i], *b = &s->signal[k];
    p->source[EOT_SOURCE_SIGNAL_STATISTICS] =
        0.5 * ((1.0 - f) * a->selected.error / a->selected.value + f * b->selected.error / b->selected.value);
    p->source[EOT_SOURCE_CROSS_SECTION] = 0.5 * ((1.0 - f) * a->xsec + f * b->xsec);
    p->source[EOT_SOURCE_SIGNAL_TAIL] = 0.5 * ((1.0 - f) * a->tail + f * b->tail);
}

static enum eot_status point_add(const struct eot_study *s, const struct interpolation *in, double m, bool is_simulated,
                                 const double common[EOT_N_SOURCE], struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double error;
    struct eot_plane_point *grown = eot_array_grown(plane->point, plane->n_point, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    plane->point = grown;
    struct eot_plane_point *p = &grown[plane->n_point++];
    *p = (struct eot_plane_point){.m_phi = m, .is_simulated = is_simulated};
    p->rate = exp(interpolate(in, m, &error));
    point_errors(s, p);
    p->source[EOT_SOURCE_INTERPOLATION] = is_simulated ? 0.0 : 0.5 * error;
    p->source[EOT_SOURCE_BACKGROUND_STATISTICS] = common[EOT_SOURCE_BACKGROUND_STATISTICS];
    p->source[EOT_SOURCE_BACKGROUND_TAIL] = common[EOT_SOURCE_BACKGROUND_TAIL];
done:
    return status;
}

/* Masses between two, until a straight line of ln h against ln m is as good as the curve. */
static enum eot_status fill_between(const struct eot_study *s, const struct interpolation *in, double low, double high,
                                    int depth, const double common[EOT_N_SOURCE], struct eot_plane *plane,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double middle = sqrt(low * high), e;
    double bend = interpolate(in, middle, &e) - 0.5 * (interpolate(in, low, &e) + interpolate(in, high, &e));
    if (depth >= MAX_DEPTH || (depth >= 2 && 0.5 * fabs(bend) < FLAT)) goto done;
    EOT_TRY(fill_between(s, in, low, middle, depth + 1, common, plane, err));
    EOT_TRY(point_add(s, in, middle, false, common, plane, err));
    EOT_TRY(fill_between(s, in, middle, high, depth + 1, common, plane, err));
done:
    return status;
}

static enum eot_status points_create(struct eot_study *s, struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct interpolation in = {.n = 0}, without = {.n = 0};
    double common[EOT_N_SOURCE] = {0.0}, error;
    EOT_TRY(background_source(s, false, &common[EOT_SOURCE_BACKGROUND_STATISTICS], err));
    EOT_TRY(background_source(s, true, &common[EOT_SOURCE_BACKGROUND_TAIL], err));
    EOT_TRY(interpolation_create(s, s->n_signal, &in, err));
    for (size_t i = 0; i < s->n_signal; i++) {
        EOT_TRY(point_add(s, &in, s->signal[i].m_phi, true, common, plane, err));
        if (i + 1 < s->n_signal)
            EOT_TRY(fill_between(s, &in, s->signal[i].m_phi, s->signal[i + 1].m_phi, 0, common, plane, err));
    }
    for (size_t i = 1; i + 1 < s->n_signal; i++) {
        interpolation_free(&without);
        EOT_TRY(interpolation_create(s, i, &without, err));
        double miss = 0.5 * fabs(interpolate(&without, s->signal[i].m_phi, &error) - in.y[i]);
        plane->worst_left_out = fmax(plane->worst_left_out, miss);
    }
    if (s->n_signal > 1 && s->n_signal < 5)
        EOT_TRY(eot_study_warn(
            s, err, "only %zu masses are simulated: the curve between them is not determined; scan more", s->n_signal));
done:
    interpolation_free(&in);
    interpolation_free(&without);
    return status;
}

static enum eot_status line_add(struct eot_plane *plane, const char *kind, const char *name, double n_sigma,
                                struct eot_plane_line **line, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane_line *grown = eot_array_grown(plane->line, plane->n_line, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    plane->line = grown;
    struct eot_plane_line *l = *line = &grown[plane->n_line++];
    *l = (struct eot_plane_line){.n_sigma = n_sigma};
    snprintf(l->name, sizeof l->name, "%s", name);
    snprintf(l->kind, sizeof l->kind, "%s", kind);
    l->low = calloc(plane->n_point, sizeof *l->low);
    l->middle = calloc(plane->n_point, sizeof *l->middle);
    l->high = calloc(plane->n_point, sizeof *l->high);
    EOT_CHECK_MEMORY(l->low);
    EOT_CHECK_MEMORY(l->middle);
    EOT_CHECK_MEMORY(l->high);
done:
    return status;
}

/* The couplings of g-2 (eq. 3 of the proposal) and of the relic density (eq. 2). */
static enum eot_status lines_create(const struct eot_study *s, struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane_line *line;
    for (size_t g = 0; g < s->n_gm2; g++)
        for (double n_sigma = 2.0; n_sigma <= 3.0; n_sigma += 1.0) {
            EOT_TRY(line_add(plane, "gm2", s->gm2[g].name, n_sigma, &line, err));
            for (size_t i = 0; i < plane->n_point; i++) {
                struct eot_lfc_value per_h2;
                double spread = n_sigma * s->gm2[g].error;
                EOT_TRY(eot_lfc_gm2(plane->point[i].m_phi, &per_h2, err));
                line->low[i] = sqrt(fmax(0.0, s->gm2[g].deviation - spread) / per_h2.value);
                line->middle[i] = sqrt(s->gm2[g].deviation / per_h2.value);
                line->high[i] = sqrt((s->gm2[g].deviation + spread) / per_h2.value);
            }
        }
    if (isnan(s->relic_ratio)) goto done;
    struct eot_lfc_relic_options relic = {
        .mass_ratio = s->relic_ratio, .coupling = s->relic_coupling, .sigma_v_pb = s->relic_sigma_v};
    EOT_TRY(line_add(plane, "relic", "relic density", 0.0, &line, err));
    for (size_t i = 0; i < plane->n_point; i++) {
        EOT_TRY(eot_lfc_relic_coupling(plane->point[i].m_phi, &relic, &line->middle[i], err));
        line->low[i] = line->high[i] = NAN;
    }
done:
    return status;
}

enum eot_status eot_plane_create(struct eot_study *study, const struct eot_plane_options *options,
                                 struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *plane = (struct eot_plane){.n_point = 0};
    EOT_TRY(check_poor(study, options, plane, err));
    EOT_TRY(points_create(study, plane, err));
    for (int method = 0; method < 4; method++) {
        struct eot_plane_curve curve;
        if (!study->methods[method]) continue;
        EOT_TRY(find(study, method, study->eot, options->toys, &curve, err));
        EOT_TRY(curve_add(plane, curve, err));
        for (size_t i = 0; i < study->n_family && method != METHOD_TOYS; i++) {
            if (study->family[i] == study->eot) continue;
            EOT_TRY(find(study, method, study->family[i], options->toys, &curve, err));
            EOT_TRY(curve_add(plane, curve, err));
        }
    }
    EOT_TRY(lines_create(study, plane, err));
done:
    if (status != EOT_OK) eot_plane_free(plane);
    return status;
}
