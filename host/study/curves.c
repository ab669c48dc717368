#include "study/plane.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "limit/asymptotic.h"
#include "study/plane_private.h"

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

static const double FLAT = 2e-3; /* of ln h: where lines between masses are as good as curves */
enum { MAX_DEPTH = 7 };

double eot_plane_coupling(const struct eot_plane_point *point, double eot, double events) {
    return sqrt(events / (point->rate * eot));
}

/* Whether a method has the signal's systematic errors as nuisances. */
static bool has_nuisances(int method) { return method == EOT_STUDY_ASYMPTOTIC || method == EOT_STUDY_TOYS; }

double eot_plane_error(const struct eot_plane_point *point, int method) {
    double square = 0.0;
    for (int k = 0; k < EOT_N_SOURCE; k++)
        if (k != EOT_SOURCE_SIGNAL_SYSTEMATICS || !has_nuisances(method)) square += point->source[k] * point->source[k];
    return sqrt(square);
}

const struct eot_limit_answer *eot_plane_answer(const struct eot_plane *plane, const struct eot_plane_curve *curve,
                                                double m_phi) {
    size_t nearest = 0;
    for (size_t i = 1; i < plane->n_point; i++)
        if (fabs(plane->point[i].m_phi - m_phi) < fabs(plane->point[nearest].m_phi - m_phi)) nearest = i;
    return &curve->at[nearest];
}

void eot_plane_free(struct eot_plane *plane) {
    for (size_t i = 0; i < plane->n_line; i++) {
        free(plane->line[i].low);
        free(plane->line[i].middle);
        free(plane->line[i].high);
    }
    for (size_t i = 0; i < plane->n_curve; i++) free(plane->curve[i].at);
    for (size_t i = 0; i < plane->n_point; i++) free(plane->point[i].share);
    free(plane->line);
    free(plane->point);
    free(plane->curve);
    *plane = (struct eot_plane){.n_point = 0};
}

/* Limits in events of one method. @param share of the signal in bins; NULL: of the count. */
static enum eot_status find(const struct eot_study *study, const struct eot_plane_curve *curve, const double *share,
                            const struct eot_toys_options *toys, struct eot_limit_answer *answer,
                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    struct eot_one_channel channel = eot_study_channel(study, curve->eot);
    bool is_own = curve->eot == study->eot; /* what was seen belongs to this number of electrons */
    double seen = is_own ? study->observed : NAN, low;
    EOT_TRY(eot_study_spec(study, curve->eot, share, false, &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    struct eot_data data = {model.seen, model.aux}, *given = isnan(seen) ? NULL : &data;
    if (has_nuisances(curve->method)) {
        EOT_TRY(eot_asymptotic_limit(&model, given, study->level, answer, err));
        if (given == NULL) answer->observed = answer->z = NAN;
    }
    if (curve->method == EOT_STUDY_TOYS) {
        struct eot_limit_answer guess = *answer;
        struct eot_toys_report report;
        if (given == NULL) guess.observed = guess.expected[2];
        EOT_TRY(eot_toys_limit(&model, given, study->level, &guess, toys, answer, &report, err));
    }
    if (curve->method == EOT_STUDY_EXACT) EOT_TRY(eot_one_channel_limit(&channel, seen, study->level, answer, err));
    if (curve->method == EOT_STUDY_FC) eot_feldman_cousins_limit(channel.background, seen, study->level, answer, &low);
done:
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}

static double between(double a, double b, double part) { return a > 0.0 && b > 0.0 ? a * pow(b / a, part) : NAN; }

/* An answer between those of two masses: ln of limits goes along a line in ln m. */
static struct eot_limit_answer answer_between(const struct eot_limit_answer *a, const struct eot_limit_answer *b,
                                              double part) {
    struct eot_limit_answer x = *a;
    x.observed = between(a->observed, b->observed, part);
    for (int k = 0; k < EOT_N_BAND; k++) x.expected[k] = between(a->expected[k], b->expected[k], part);
    return x;
}

/* The points of the plane where the masses of a mass' neighbours are. */
static void simulated_points(const struct eot_plane *plane, size_t i, size_t *low, size_t *high) {
    for (*low = i; !plane->point[*low].is_simulated; --*low) {
    }
    for (*high = i; !plane->point[*high].is_simulated; ++*high) {
    }
}

static double part_between(const struct eot_plane *plane, size_t i, size_t low, size_t high) {
    return high > low ? log(plane->point[i].m_phi / plane->point[low].m_phi) /
                            log(plane->point[high].m_phi / plane->point[low].m_phi)
                      : 0.0;
}

/* A curve: the limits at all points. Counts have the same in all. Those of bins are found for each mass with its shape,
 * but by pseudo-experiments at simulated masses only. */
static enum eot_status curve_add(const struct eot_study *study, int method, double eot,
                                 const struct eot_toys_options *toys, struct eot_plane *plane, struct eot_error *err) {
    static const char *const note[EOT_N_STUDY_METHOD] = {
        NULL,
        "of the number of events, whatever the bins; all backgrounds and their errors are one auxiliary measurement; "
        "errors of the signal are left out",
        NULL, "of the number of events, whatever the bins; the background counts as known; errors are left out"};
    enum eot_status status = EOT_OK;
    struct eot_plane_curve *grown = eot_array_grown(plane->curve, plane->n_curve, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    plane->curve = grown;
    struct eot_plane_curve *c = &grown[plane->n_curve];
    *c = (struct eot_plane_curve){.method = method,
                                  .eot = eot,
                                  .is_count = !eot_study_is_binned(study) || !has_nuisances(method),
                                  .note = note[method],
                                  .at = calloc(plane->n_point, sizeof *c->at)};
    EOT_CHECK_MEMORY(c->at);
    plane->n_curve++;
    for (size_t i = 0; i < plane->n_point; i++) {
        const struct eot_plane_point *p = &plane->point[i];
        if (c->is_count && i > 0)
            c->at[i] = c->at[0];
        else if (c->is_count || method == EOT_STUDY_ASYMPTOTIC || p->is_simulated)
            EOT_TRY(find(study, c, c->is_count ? NULL : p->share, toys, &c->at[i], err));
    }
    for (size_t i = 0; i < plane->n_point && method == EOT_STUDY_TOYS && !c->is_count; i++) {
        size_t low, high;
        simulated_points(plane, i, &low, &high);
        if (low < i) c->at[i] = answer_between(&c->at[low], &c->at[high], part_between(plane, i, low, high));
    }
done:
    return status;
}

/* What a shape gains, and how well limits between simulated masses follow from theirs. @param c the asymptotic curve.
 */
static enum eot_status gains_find(const struct eot_study *study, const struct eot_plane_curve *c,
                                  struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double count;
    EOT_TRY(eot_study_median(study, NULL, false, &count, err));
    for (size_t i = 0; i < plane->n_point; i++) {
        struct eot_plane_point *p = &plane->point[i];
        size_t low, high;
        p->gain = count / c->at[i].expected[2];
        simulated_points(plane, i, &low, &high);
        double part = part_between(plane, i, low, high),
               miss = 0.5 * log(between(c->at[low].expected[2], c->at[high].expected[2], part) / c->at[i].expected[2]);
        p->source[EOT_SOURCE_INTERPOLATION] = hypot(p->source[EOT_SOURCE_INTERPOLATION], miss);
    }
done:
    return status;
}

/* Errors at a mass from those of its simulated neighbours. @param common [n_signal] those of the backgrounds. */
static void point_errors(const struct eot_study *s, double (*common)[EOT_N_SOURCE], struct eot_plane_point *p) {
    struct eot_neighbours n = eot_study_neighbours(s, p->m_phi);
    const struct eot_study_signal *a = &s->signal[n.low], *b = &s->signal[n.high];
    double f = n.part;
    for (int k = 0; k < EOT_N_SOURCE; k++) p->source[k] = (1.0 - f) * common[n.low][k] + f * common[n.high][k];
    p->source[EOT_SOURCE_SIGNAL_STATISTICS] =
        0.5 * ((1.0 - f) * a->selected.error / a->selected.value + f * b->selected.error / b->selected.value);
    p->source[EOT_SOURCE_CROSS_SECTION] = 0.5 * ((1.0 - f) * a->xsec + f * b->xsec);
    p->source[EOT_SOURCE_SIGNAL_TAIL] = 0.5 * ((1.0 - f) * a->tail + f * b->tail);
    p->source[EOT_SOURCE_SIGNAL_SYSTEMATICS] = 0.5 * eot_study_signal_error(s);
}

/* What the functions that make points share. */
struct making {
    const struct eot_study *study;
    const struct eot_interpolation *in;
    double (*common)[EOT_N_SOURCE];
    struct eot_plane *plane;
};

/* The signal's parts in the bins: those of the neighbours, mixed. */
static enum eot_status share_make(const struct eot_study *s, double m, double **share, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_neighbours n = eot_study_neighbours(s, m);
    *share = calloc(s->bins.n, sizeof **share);
    EOT_CHECK_MEMORY(*share);
    for (size_t k = 0; k < 2; k++) {
        const double *value = s->signal[k == 0 ? n.low : n.high].shape.value;
        double sum = 0.0, part = k == 0 ? 1.0 - n.part : n.part;
        for (size_t i = 0; i < s->bins.n; i++) sum += value[i];
        for (size_t i = 0; i < s->bins.n; i++) (*share)[i] += part * value[i] / sum;
    }
done:
    return status;
}

static enum eot_status point_add(const struct making *k, double m, bool is_simulated, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_plane *plane = k->plane;
    double error;
    struct eot_plane_point *grown = eot_array_grown(plane->point, plane->n_point, sizeof *grown);
    EOT_CHECK_MEMORY(grown);
    plane->point = grown;
    struct eot_plane_point *p = &grown[plane->n_point];
    *p = (struct eot_plane_point){.m_phi = m, .is_simulated = is_simulated, .gain = NAN};
    plane->n_point++;
    p->rate = exp(eot_interpolation_at(k->in, m, &error));
    point_errors(k->study, k->common, p);
    p->source[EOT_SOURCE_INTERPOLATION] = is_simulated ? 0.0 : 0.5 * error;
    if (eot_study_is_binned(k->study)) EOT_TRY(share_make(k->study, m, &p->share, err));
done:
    return status;
}

/* Masses between two, until a straight line of ln h against ln m is as good as the curve. */
static enum eot_status fill_between(const struct making *k, double low, double high, int depth, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double middle = sqrt(low * high), e;
    double bend = eot_interpolation_at(k->in, middle, &e) -
                  0.5 * (eot_interpolation_at(k->in, low, &e) + eot_interpolation_at(k->in, high, &e));
    if (depth >= MAX_DEPTH || (depth >= 2 && 0.5 * fabs(bend) < FLAT)) goto done;
    EOT_TRY(fill_between(k, low, middle, depth + 1, err));
    EOT_TRY(point_add(k, middle, false, err));
    EOT_TRY(fill_between(k, middle, high, depth + 1, err));
done:
    return status;
}

/* The parts of the error that come from the backgrounds: with bins they depend on the signal's shape. */
static enum eot_status common_find(struct eot_study *s, double (*common)[EOT_N_SOURCE], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *share = NULL;
    for (size_t i = 0; i < s->n_signal; i++) {
        if (i > 0 && !eot_study_is_binned(s)) {
            memcpy(common[i], common[0], sizeof common[0]);
            continue;
        }
        free(share);
        share = NULL;
        if (eot_study_is_binned(s)) EOT_TRY(share_make(s, s->signal[i].m_phi, &share, err));
        EOT_TRY(eot_study_background_source(s, share, false, &common[i][EOT_SOURCE_BACKGROUND_STATISTICS], err));
        EOT_TRY(eot_study_background_source(s, share, true, &common[i][EOT_SOURCE_BACKGROUND_TAIL], err));
    }
done:
    free(share);
    return status;
}

static enum eot_status points_create(struct eot_study *s, struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_interpolation in = {.n = 0}, without = {.n = 0};
    double(*common)[EOT_N_SOURCE] = calloc(s->n_signal, sizeof *common), error;
    struct making k = {.study = s, .in = &in, .common = common, .plane = plane};
    EOT_CHECK_MEMORY(common);
    EOT_TRY(common_find(s, common, err));
    EOT_TRY(eot_interpolation_create(s, s->n_signal, &in, err));
    for (size_t i = 0; i < s->n_signal; i++) {
        EOT_TRY(point_add(&k, s->signal[i].m_phi, true, err));
        if (i + 1 < s->n_signal) EOT_TRY(fill_between(&k, s->signal[i].m_phi, s->signal[i + 1].m_phi, 0, err));
    }
    for (size_t i = 1; i + 1 < s->n_signal; i++) {
        eot_interpolation_free(&without);
        EOT_TRY(eot_interpolation_create(s, i, &without, err));
        double miss = 0.5 * fabs(eot_interpolation_at(&without, s->signal[i].m_phi, &error) - in.y[i]);
        plane->worst_left_out = fmax(plane->worst_left_out, miss);
    }
    if (s->n_signal > 1 && s->n_signal < 5)
        EOT_TRY(eot_study_warn(
            s, err, "only %zu masses are simulated: the curve between them is not determined; scan more", s->n_signal));
done:
    eot_interpolation_free(&in);
    eot_interpolation_free(&without);
    free(common);
    return status;
}

enum eot_status eot_plane_create(struct eot_study *study, const struct eot_plane_options *options,
                                 struct eot_plane *plane, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *share = NULL;
    *plane = (struct eot_plane){.n_point = 0};
    if (eot_study_is_binned(study)) EOT_TRY(share_make(study, study->signal[0].m_phi, &share, err));
    EOT_TRY(eot_study_check_poor(study, share, options->accept_poor, &plane->poor_shift, err));
    EOT_TRY(points_create(study, plane, err));
    for (int method = 0; method < EOT_N_STUDY_METHOD; method++) {
        bool is_for_gain = method == EOT_STUDY_ASYMPTOTIC && eot_study_is_binned(study);
        if (!study->methods[method] && !is_for_gain) continue;
        EOT_TRY(curve_add(study, method, study->eot, options->toys, plane, err));
        if (is_for_gain) EOT_TRY(gains_find(study, &plane->curve[plane->n_curve - 1], plane, err));
        for (size_t i = 0; i < study->n_family && method != EOT_STUDY_TOYS; i++)
            if (study->family[i] != study->eot)
                EOT_TRY(curve_add(study, method, study->family[i], options->toys, plane, err));
    }
    EOT_TRY(eot_plane_add_lines(study, plane, err));
done:
    free(share);
    if (status != EOT_OK) eot_plane_free(plane);
    return status;
}
