#include "limit/toys.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "device/launch.h"
#include "eotmc/limit/toy.h"
#include "limit/root.h"

static const double TIE = 1e-9; /* q of two outcomes is the same within this times (1 + q) */
enum { SLICE_CPU = 512, SLICE_GPU = 32768, LEAST_PILOT = 500 };

/* A device with the buffers that it keeps for all launches. */
struct thrower {
    struct eot_backend *backend;
    struct eot_buffer *model, *index, *number, *truth, *launch, *work, *q;
    size_t slice;
    struct crew *crew;
    pthread_t thread;
    bool has_thread;
    enum eot_status status;
    struct eot_error error;
};

/* All devices, and what they throw at the moment. */
struct crew {
    struct eot_model *model;
    struct thrower *thrower;
    size_t n_thrower, n_truth;
    f64 *truth;  /* of the hypothesis */
    f64 *memory; /* data: n, aux */
    struct eot_data data;
    double level;
    const struct eot_toys_options *options;
    struct eot_toys_report *report;
    /* of one throw */
    eot_toy_launch launch;
    uint64_t n_toy, next;
    f64 *q;
    pthread_mutex_t lock;
    /* of the search for a crossing */
    int which;
    uint64_t n_pilot;
};

static enum eot_status buffer(struct eot_backend *b, size_t n_bytes, const void *initial, struct eot_buffer **made,
                              struct eot_error *err) {
    return b->op->buffer_create(b, n_bytes > 0 ? n_bytes : sizeof(f64), n_bytes > 0 ? initial : NULL, made, err);
}

static enum eot_status thrower_create(struct crew *crew, struct eot_backend *backend, struct thrower *t,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_model *m = crew->model;
    size_t n_work = eot_toy_work_size(&m->head);
    size_t most = backend->max_buffer / (n_work * sizeof(f64));
    t->backend = backend;
    t->crew = crew;
    t->slice = backend->is_gpu ? SLICE_GPU : SLICE_CPU;
    if (backend->max_buffer > 0 && most < t->slice) t->slice = most > 0 ? most : 1;
    EOT_TRY(buffer(backend, sizeof m->head, &m->head, &t->model, err));
    EOT_TRY(buffer(backend, m->n_index * sizeof *m->index, m->index, &t->index, err));
    EOT_TRY(buffer(backend, m->n_number * sizeof *m->number, m->number, &t->number, err));
    EOT_TRY(buffer(backend, crew->n_truth * sizeof *crew->truth, NULL, &t->truth, err));
    EOT_TRY(buffer(backend, sizeof crew->launch, NULL, &t->launch, err));
    EOT_TRY(buffer(backend, t->slice * n_work * sizeof(f64), NULL, &t->work, err));
    EOT_TRY(buffer(backend, t->slice * sizeof(f64), NULL, &t->q, err));
done:
    return status;
}

static void thrower_free(struct thrower *t) {
    struct eot_buffer *list[] = {t->model, t->index, t->number, t->truth, t->launch, t->work, t->q};
    for (size_t i = 0; t->backend != NULL && i < sizeof list / sizeof list[0]; i++)
        t->backend->op->buffer_free(t->backend, list[i]);
}

/* Slices, one after the other, as long as there are any. */
static enum eot_status throw_slices(struct thrower *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct crew *crew = t->crew;
    struct eot_backend *b = t->backend;
    eot_toy_launch launch = crew->launch;
    EOT_TRY(b->op->buffer_write(b, t->truth, 0, crew->n_truth * sizeof *crew->truth, crew->truth, err));
    for (;;) {
        pthread_mutex_lock(&crew->lock);
        uint64_t first = crew->next, left = crew->n_toy - first, n = left < t->slice ? left : t->slice;
        crew->next += n;
        pthread_mutex_unlock(&crew->lock);
        if (n == 0) break;
        launch.first = first;
        launch.n_toy = (u32)n;
        EOT_TRY(b->op->buffer_write(b, t->launch, 0, sizeof launch, &launch, err));
        EOT_TRY(eot_launch_toys(b, n, 0,
                                (struct eot_args_toys){.model = t->model,
                                                       .index = t->index,
                                                       .number = t->number,
                                                       .truth = t->truth,
                                                       .launch = t->launch,
                                                       .work = t->work,
                                                       .q = t->q},
                                err));
        EOT_TRY(eot_backend_read(b, t->q, 0, n * sizeof *crew->q, crew->q + first, err));
    }
done:
    return status;
}

static void *thrower_main(void *argument) {
    struct thrower *t = argument;
    t->status = throw_slices(t, &t->error);
    return NULL;
}

static int by_size(const void *a, const void *b) {
    double x = *(const f64 *)a, y = *(const f64 *)b;
    return (x > y) - (x < y);
}

/* The rows of eotmc/limit/toy.h: the hypothesis that data are drawn from. */
static void set_truth(struct crew *crew, const f64 *x) {
    struct eot_model *model = crew->model;
    const eot_limit_model *head = &model->head;
    f64 *row = crew->truth + head->n_parameter, *n = crew->memory, *aux = n + head->n_bin;
    memcpy(crew->truth, x, head->n_parameter * sizeof *x);
    eot_model_expect(model, crew->truth, n, aux);
    for (u32 i = 0; i < head->n_bin + head->n_parameter; i++, row += EOT_TRUTH_ROW) {
        double mean = i < head->n_bin ? n[i] : aux[i - head->n_bin];
        bool is_count = i < head->n_bin || model->index[head->constraint_kind + i - head->n_bin] == EOT_AUX_COUNT;
        row[0] = mean;
        if (is_count) {
            row[1] = floor(mean);
            row[2] = mean > 0.0 ? gsl_ran_poisson_pdf((unsigned)row[1], mean) : 1.0;
            row[3] = mean > 0.0 ? gsl_cdf_poisson_P((unsigned)row[1], mean) : 1.0;
        } else {
            row[1] = model->number[head->constraint + i - head->n_bin];
        }
    }
}

/* q-tilde of n_toy pseudo-experiments from the hypothesis in crew->truth, sorted. */
static enum eot_status throw_all(struct crew *crew, double poi, unsigned hypothesis, uint64_t n_toy, f64 *q,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    crew->q = q;
    crew->n_toy = n_toy;
    crew->next = 0;
    crew->launch = (eot_toy_launch){.poi = poi,
                                    .seed = crew->options->seed,
                                    .hypothesis = hypothesis,
                                    .n_work = eot_toy_work_size(&crew->model->head)};
    for (size_t i = 1; i < crew->n_thrower; i++)
        crew->thrower[i].has_thread =
            pthread_create(&crew->thrower[i].thread, NULL, thrower_main, &crew->thrower[i]) == 0;
    thrower_main(&crew->thrower[0]);
    for (size_t i = 1; i < crew->n_thrower; i++)
        if (crew->thrower[i].has_thread) pthread_join(crew->thrower[i].thread, NULL);
    for (size_t i = 0; i < crew->n_thrower; i++)
        if (crew->thrower[i].status != EOT_OK) {
            if (err != NULL) *err = crew->thrower[i].error;
            return crew->thrower[i].status;
        }
    EOT_CHECK(crew->next == n_toy, EOT_E_INTERNAL, "pseudo-experiments are missing; report this as a bug");
    qsort(q, n_toy, sizeof *q, by_size);
    crew->report->n_thrown += n_toy;
    for (uint64_t i = 0; i < n_toy && q[i] < 0.0; i++) crew->report->n_failed++;
done:
    return status;
}

/* Fraction of sorted statistics that are at least q. */
static double fraction(const f64 *sorted, uint64_t n, double q) {
    uint64_t low = 0, high = n;
    double edge = q - TIE * (1.0 + q);
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (sorted[middle] >= edge)
            high = middle;
        else
            low = middle + 1;
    }
    return (double)(n - low) / (double)n;
}

/* CLs, and the error of its logarithm. */
static void cls_of(const f64 *without, const f64 *with, uint64_t n, double q, double *cls, double *error) {
    double b = fraction(without, n, q), sb = fraction(with, n, q), least = 1.0 / (double)n;
    *cls = b > 0.0 ? sb / b : 1.0;
    *error = sqrt(((1.0 - sb) / fmax(sb, least) + (1.0 - b) / fmax(b, least)) / (double)n);
}

static enum eot_status test_at(struct crew *crew, double poi, uint64_t n_toy, bool has_data, struct eot_toys_cls *cls,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_fit fit;
    eot_limit_view v = eot_limit_view_of(&crew->model->head, crew->model->index, crew->model->number);
    f64 *q = calloc(2 * n_toy, sizeof *q);
    EOT_CHECK_MEMORY(q);
    *cls = (struct eot_toys_cls){.poi = poi, .observed = NAN, .observed_error = NAN};
    EOT_TRY(eot_model_fit(crew->model, crew->data, 0.0, &fit, err));
    set_truth(crew, fit.x);
    EOT_TRY(throw_all(crew, poi, 0, n_toy, q, err));
    EOT_TRY(eot_model_fit(crew->model, crew->data, poi, &fit, err));
    set_truth(crew, fit.x);
    EOT_TRY(throw_all(crew, poi, 1, n_toy, q + n_toy, err));
    if (has_data) {
        eot_limit_work w = eot_limit_work_of(&crew->model->head, crew->model->work);
        memcpy(w.x, crew->model->start, crew->model->head.n_parameter * sizeof *w.x);
        double seen = eot_limit_statistic(v, crew->data.n, crew->data.aux, w, poi);
        EOT_CHECK(seen >= 0.0, EOT_E_NUMERIC, "the data's likelihood has no minimum at %g; check the model", poi);
        cls_of(q, q + n_toy, n_toy, seen, &cls->observed, &cls->observed_error);
    }
    for (int k = 0; k < EOT_N_BAND; k++) {
        /* the largest q of which a part Phi(N) of what is thrown without signal has at least as much */
        double part = gsl_cdf_ugaussian_P(EOT_BAND_SIGMA(k));
        uint64_t above = (uint64_t)ceil(part * (double)n_toy - 1e-9);
        cls_of(q, q + n_toy, n_toy, fmax(0.0, q[n_toy - (above > 0 ? above : 1)]), &cls->expected[k],
               &cls->expected_error[k]);
    }
done:
    free(q);
    return status;
}

static void crew_free(struct crew *crew) {
    for (size_t i = 0; crew->thrower != NULL && i < crew->n_thrower; i++) thrower_free(&crew->thrower[i]);
    free(crew->thrower);
    free(crew->truth);
    free(crew->memory);
    pthread_mutex_destroy(&crew->lock);
}

static enum eot_status crew_create(struct eot_model *model, const struct eot_data *data,
                                   const struct eot_toys_options *options, struct eot_toys_report *report,
                                   struct crew *crew, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_bin = model->head.n_bin, n_parameter = model->head.n_parameter;
    pthread_mutex_init(&crew->lock, NULL);
    crew->model = model;
    crew->options = options;
    crew->report = report;
    crew->n_truth = n_parameter + EOT_TRUTH_ROW * (n_bin + n_parameter);
    crew->truth = calloc(crew->n_truth, sizeof *crew->truth);
    crew->memory = calloc(2 * (n_bin + n_parameter), sizeof *crew->memory);
    EOT_CHECK_MEMORY(crew->truth);
    EOT_CHECK_MEMORY(crew->memory);
    for (struct eot_backend *b = options->backend; b != NULL; b = b->next) crew->n_thrower++;
    crew->thrower = calloc(crew->n_thrower, sizeof *crew->thrower);
    EOT_CHECK_MEMORY(crew->thrower);
    size_t i = 0;
    for (struct eot_backend *b = options->backend; b != NULL; b = b->next)
        EOT_TRY(thrower_create(crew, b, &crew->thrower[i++], err));
    if (data != NULL) {
        crew->data = *data;
    } else {
        f64 *n = crew->memory + n_bin + n_parameter, *aux = n + n_bin;
        memcpy(crew->truth, model->start, n_parameter * sizeof *crew->truth);
        crew->truth[model->head.poi] = 0.0;
        eot_model_expect(model, crew->truth, n, aux);
        memcpy(aux, model->aux, n_parameter * sizeof *aux);
        crew->data = (struct eot_data){n, aux};
    }
done:
    return status;
}

enum eot_status eot_toys_cls(struct eot_model *model, const struct eot_data *data, double poi,
                             const struct eot_toys_options *options, struct eot_toys_cls *cls,
                             struct eot_toys_report *report, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct crew crew = {.level = 0.0};
    double start = eot_clock_seconds();
    *report = (struct eot_toys_report){.n_thrown = 0};
    EOT_TRY(crew_create(model, data, options, report, &crew, err));
    EOT_TRY(test_at(&crew, poi, options->n_toy, data != NULL, cls, err));
    report->wall_s = eot_clock_seconds() - start;
done:
    crew_free(&crew);
    return status;
}

static double cls_which(const struct eot_toys_cls *cls, int which) {
    return which == 0 ? cls->observed : cls->expected[which - 1];
}

/* ln CLs is not defined where no pseudo-experiment is left: a value below all others then, which keeps the sign. */
static double log_or_less(double cls, uint64_t n) { return log(fmax(cls, 0.3 / (double)n)); }

static enum eot_status pilot_distance(void *context, double poi, double *y, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct crew *crew = context;
    struct eot_toys_cls cls;
    EOT_TRY(test_at(crew, poi, crew->n_pilot, crew->which == 0, &cls, err));
    *y = log_or_less(cls_which(&cls, crew->which), crew->n_pilot) - log(1.0 - crew->level);
done:
    return status;
}

/* One limit: a crossing with few pseudo-experiments, then all of them 3 % below and above it, and the straight line
 * in ln CLs between the two. */
static enum eot_status solve(struct crew *crew, int which, double guess, double *limit, double *error,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const double width = 0.03;
    uint64_t n = crew->options->n_toy;
    struct eot_toys_cls cls[2];
    double at, y[2];
    crew->which = which;
    crew->n_pilot = n / 20 > LEAST_PILOT ? n / 20 : n < LEAST_PILOT ? n : LEAST_PILOT;
    EOT_TRY(eot_root_falling((struct eot_falling){pilot_distance, crew}, guess, 0.01, &at, err));
    for (int i = 0; i < 2; i++) {
        EOT_TRY(test_at(crew, at * (1.0 + (2 * i - 1) * width), n, which == 0, &cls[i], err));
        y[i] = log_or_less(cls_which(&cls[i], which), n) - log(1.0 - crew->level);
    }
    double slope = (y[1] - y[0]) / (2.0 * width * at);
    /* discrete outcomes: CLs may stay the same from one end to the other; it then falls as its model does */
    if (!(slope < 0.0)) slope = -1.0 / at;
    *limit = fmax(at + (-0.5 * (y[0] + y[1])) / slope, 0.0);
    double of_log = which == 0 ? cls[1].observed_error : cls[1].expected_error[which - 1];
    *error = of_log / fabs(slope);
done:
    return status;
}

/* The significance of what was seen: how often as large a q0 comes without signal. Where no pseudo-experiment has one,
 * p is at most what one would make it. */
static enum eot_status discovery(struct crew *crew, struct eot_limit_answer *answer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_fit fit;
    uint64_t n = crew->options->n_toy;
    eot_limit_view v = eot_limit_view_of(&crew->model->head, crew->model->index, crew->model->number);
    f64 *q = calloc(n, sizeof *q);
    EOT_CHECK_MEMORY(q);
    EOT_TRY(eot_model_fit(crew->model, crew->data, 0.0, &fit, err));
    set_truth(crew, fit.x);
    EOT_TRY(throw_all(crew, 0.0, 0, n, q, err));
    eot_limit_work w = eot_limit_work_of(&crew->model->head, crew->model->work);
    memcpy(w.x, crew->model->start, crew->model->head.n_parameter * sizeof *w.x);
    double seen = eot_limit_statistic(v, crew->data.n, crew->data.aux, w, 0.0);
    EOT_CHECK(seen >= 0.0, EOT_E_NUMERIC, "the data's likelihood has no minimum; check the model");
    answer->p = seen > 0.0 ? fmax(fraction(q, n, seen), 1.0 / (double)n) : 1.0;
    answer->z = answer->p > 0.5 ? 0.0 : gsl_cdf_ugaussian_Qinv(answer->p);
done:
    free(q);
    return status;
}

enum eot_status eot_toys_limit(struct eot_model *model, const struct eot_data *data, double level,
                               const struct eot_limit_answer *guess, const struct eot_toys_options *options,
                               struct eot_limit_answer *answer, struct eot_toys_report *report, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct crew crew = {.level = level};
    double start = eot_clock_seconds();
    *report = (struct eot_toys_report){.n_thrown = 0};
    *answer =
        (struct eot_limit_answer){.observed = NAN, .observed_error = NAN, .best = guess->best, .z = NAN, .p = NAN};
    EOT_TRY(crew_create(model, data, options, report, &crew, err));
    if (data != NULL) {
        EOT_TRY(solve(&crew, 0, guess->observed, &answer->observed, &answer->observed_error, err));
        EOT_TRY(discovery(&crew, answer, err));
    }
    for (int k = 0; k < EOT_N_BAND; k++)
        EOT_TRY(solve(&crew, k + 1, guess->expected[k], &answer->expected[k], &answer->expected_error[k], err));
    report->wall_s = eot_clock_seconds() - start;
done:
    crew_free(&crew);
    return status;
}
