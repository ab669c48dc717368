/* The bins of a study: how they are asked for, filled from the maps of runs, and joined. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "config/units.h"
#include "study/read_private.h"

bool eot_study_is_binned(const struct eot_study *study) { return study->bins.n > 1; }

/* An edge [GeV]: a number, or inf at an end of the list. */
static bool edge_read(const char *text, double *edge) {
    bool is_below = strcmp(text, "-inf") == 0 || strcmp(text, "-.inf") == 0;
    if (is_below || strcmp(text, "inf") == 0 || strcmp(text, ".inf") == 0) {
        *edge = is_below ? -INFINITY : INFINITY;
        return true;
    }
    return eot_number_read(text, EOT_DIM_ENERGY, edge, &(enum eot_dimension){EOT_DIM_NONE}) == EOT_NUMBER_OK;
}

static enum eot_status edges_read(struct eot_study_reader *r, const struct eot_node *section, const char *key,
                                  size_t *n_bin, double **edges, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_node *list = eot_node_child(section, key);
    if (list == NULL) return EOT_OK;
    if (list->kind != EOT_NODE_LIST || list->n_child < 2 || list->n_child > EOT_STUDY_MAX_EDGE)
        return eot_tree_fail(&r->tree, list, key, err,
                             "(must be a list of 2 to %d edges in GeV); give e.g. [20, 40, inf]", EOT_STUDY_MAX_EDGE);
    *edges = calloc(list->n_child, sizeof **edges);
    EOT_CHECK_MEMORY(*edges);
    *n_bin = list->n_child - 1;
    for (size_t i = 0; i < list->n_child; i++) {
        double *edge = &(*edges)[i];
        if (list->child[i]->kind != EOT_NODE_SCALAR || !edge_read(list->child[i]->text, edge))
            return eot_tree_fail(&r->tree, list->child[i], key, err, "(no energy); give edges in GeV");
        if (i > 0 && !(*edge > edge[-1]))
            return eot_tree_fail(&r->tree, list->child[i], key, err, "(not above the edge before); sort the edges");
    }
done:
    return status;
}

enum eot_status eot_study_read_bins(struct eot_study_reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study_bins *b = &r->study->bins;
    const struct eot_node *section = eot_node_child(r->tree.root, "bins");
    b->n_cell = b->n = 1;
    if (section == NULL) goto done;
    EOT_TRY(eot_study_keys(r, section, "missing_energy muon_momentum", err));
    EOT_TRY(edges_read(r, section, "missing_energy", &b->n_missing, &b->missing, err));
    EOT_TRY(edges_read(r, section, "muon_momentum", &b->n_momentum, &b->momentum, err));
    if (b->n_missing > 0) b->n_cell *= b->n_missing;
    if (b->n_momentum > 0) b->n_cell *= b->n_momentum;
done:
    return status;
}

/* Which of the edges' intervals the bin of a map is in: 0 or above; -1: none. An axis without edges is one interval. */
static long interval_of(const double *edges, size_t n, const struct eot_map *map, size_t bin) {
    double low = bin == 0 ? -INFINITY : (double)(bin - 1) * map->width,
           high = bin > map->n_bin ? INFINITY : (double)bin * map->width, slack = 1e-6 * map->width;
    if (n == 0) return 0;
    for (size_t i = 0; i < n; i++)
        if (low >= edges[i] - slack && high <= edges[i + 1] + slack) return (long)i;
    return -1;
}

/* Edges are those of the map, since what is between these is not known. */
static enum eot_status check_edges(const double *edges, size_t n, const char *key, const struct eot_map *map,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; n > 0 && i <= n; i++) {
        double place = edges[i] / map->width;
        EOT_CHECK(!isfinite(edges[i]) ||
                      (fabs(place - rint(place)) < 1e-6 && place > -0.5 && place < (double)map->n_bin + 0.5),
                  EOT_E_CONFIG,
                  "bins.%s has an edge of %g GeV (the maps of runs have edges from 0 to %g GeV, a multiple of %g GeV "
                  "each); give one of these, or inf",
                  key, edges[i], (double)map->n_bin * map->width, map->width);
    }
done:
    return status;
}

enum eot_status eot_study_shape_create(size_t n, struct eot_study_shape *shape, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    shape->value = calloc(n, sizeof *shape->value);
    shape->error = calloc(n, sizeof *shape->error);
    EOT_CHECK_MEMORY(shape->value);
    EOT_CHECK_MEMORY(shape->error);
done:
    return status;
}

/* The map of a run by the model of the tail that its number goes by: the one with the sum that is nearest. */
static const struct eot_map *map_of(const struct eot_result *result, double per_eot) {
    static const char *const name[] = {"selected.gaussian", "selected.exponential"};
    const struct eot_map *nearest = NULL;
    double least = INFINITY;
    for (size_t k = 0; k < sizeof name / sizeof name[0]; k++) {
        const struct eot_map *m = eot_result_map(result, name[k]);
        double sum = 0.0;
        for (size_t i = 0; m != NULL && i < (m->n_bin + 2) * (m->n_bin + 2); i++) sum += m->values[i];
        if (m == NULL || !(fabs(sum - per_eot) < least)) continue;
        nearest = m;
        least = fabs(sum - per_eot);
    }
    return nearest;
}

enum eot_status eot_study_shape_read(const struct eot_study *study, const struct eot_result *result, double per_eot,
                                     const char *folder, struct eot_study_shape *shape, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_study_bins *b = &study->bins;
    const struct eot_map *map = map_of(result, per_eot);
    EOT_CHECK(map != NULL, EOT_E_CONFIG,
              "the run in '%s' has no map of its selected events (it was made by an older version, or its job has "
              "none); run it again, or give the background as a number with a shape",
              folder);
    EOT_TRY(check_edges(b->missing, b->n_missing, "missing_energy", map, err));
    EOT_TRY(check_edges(b->momentum, b->n_momentum, "muon_momentum", map, err));
    EOT_TRY(eot_study_shape_create(b->n_cell, shape, err));
    size_t side = map->n_bin + 2, n_missing = b->n_missing > 0 ? b->n_missing : 1;
    for (size_t i = 0; i < side * side; i++) {
        shape->total += map->values[i];
        long row = interval_of(b->momentum, b->n_momentum, map, i / side),
             column = interval_of(b->missing, b->n_missing, map, i % side);
        if (row < 0 || column < 0) continue;
        size_t cell = (size_t)row * n_missing + (size_t)column;
        shape->value[cell] += map->values[i];
        shape->error[cell] += map->variances[i];
    }
    for (size_t i = 0; i < b->n_cell; i++) shape->error[i] = sqrt(shape->error[i]);
done:
    return status;
}

void eot_study_shape_free(struct eot_study_shape *shape) {
    free(shape->value);
    free(shape->error);
    *shape = (struct eot_study_shape){NULL, NULL, 0.0};
}

/* The rule of joining along a line. @param group out: numbers that do not fall. @return how many there are. */
static size_t join_line(const double *value, const double *variance, size_t n, size_t *group) {
    double sum = 0.0, square = 0.0;
    size_t n_group = 0, first = n; /* group numbers from the top here */
    for (size_t i = n; i-- > 0;) {
        sum += value[i];
        square += variance[i];
        group[i] = n_group;
        if (!(sum > 0.0) || square * EOT_FEWEST_ENTRIES > sum * sum * (1.0 + 1e-9)) continue;
        first = i;
        n_group++;
        sum = square = 0.0;
    }
    for (size_t i = 0; i < first && n_group > 0; i++) group[i] = n_group - 1; /* too few are left at the low end */
    n_group += n_group == 0;
    for (size_t i = 0; i < n; i++) group[i] = n_group - 1 - group[i];
    return n_group;
}

/* The bin of each cell, from the background that is expected in the cells. */
static enum eot_status groups_find(struct eot_study_bins *b, const double *value, const double *variance,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_x = b->n_missing > 0 ? b->n_missing : 1, n_y = b->n_momentum > 0 ? b->n_momentum : 1;
    double *line = calloc(2 * (n_x + n_y), sizeof *line);
    size_t *row = calloc(n_y, sizeof *row), *column = calloc(n_x, sizeof *column);
    EOT_CHECK_MEMORY(line);
    EOT_CHECK_MEMORY(row);
    EOT_CHECK_MEMORY(column);
    for (size_t i = 0; i < b->n_cell; i++) {
        line[i / n_x] += value[i];
        line[n_y + i / n_x] += variance[i];
    }
    size_t n_row = join_line(line, line + n_y, n_y, row);
    double *sum = line + 2 * n_y, *square = sum + n_x;
    b->n = 0;
    for (size_t g = 0; g < n_row; g++) {
        for (size_t x = 0; x < n_x; x++) sum[x] = square[x] = 0.0;
        for (size_t i = 0; i < b->n_cell; i++)
            if (row[i / n_x] == g) {
                sum[i % n_x] += value[i];
                square[i % n_x] += variance[i];
            }
        size_t n_column = join_line(sum, square, n_x, column);
        for (size_t i = 0; i < b->n_cell; i++)
            if (row[i / n_x] == g) b->bin_of[i] = b->n + column[i % n_x];
        b->n += n_column;
    }
done:
    free(line);
    free(row);
    free(column);
    return status;
}

/* From cells to bins, in place. @return the sum of all and its error. */
static struct eot_measured gather(const struct eot_study_bins *b, struct eot_study_shape *shape) {
    struct eot_measured all = {0.0, 0.0};
    double value[EOT_STUDY_MAX_CELL] = {0.0}, variance[EOT_STUDY_MAX_CELL] = {0.0}; /* of bins */
    for (size_t i = 0; i < b->n_cell; i++) {
        value[b->bin_of[i]] += shape->value[i];
        variance[b->bin_of[i]] += shape->error[i] * shape->error[i];
    }
    for (size_t i = 0; i < b->n; i++) {
        shape->value[i] = value[i];
        shape->error[i] = sqrt(variance[i]);
        all.value += value[i];
        all.error += variance[i];
    }
    all.error = sqrt(all.error);
    return all;
}

/* The part of what a sample selects that is in the bins; a warning where some is not. */
static enum eot_status part_in_bins(struct eot_study *s, const char *origin, const struct eot_study_shape *shape,
                                    double in_bins, double *part, struct eot_error *err) {
    *part = shape->total > 0.0 ? fmin(1.0, in_bins / shape->total) : 1.0;
    if (*part > 0.99) return EOT_OK;
    return eot_study_warn(s, err, "%.3g %% of what '%s' selects is outside of the bins, and left out",
                          100.0 * (1.0 - *part), origin);
}

/* What the cells expect of background, with its error from Monte Carlo statistics, per EOT. */
static void background_of_cells(const struct eot_study *s, double *value, double *variance) {
    for (size_t k = 0; k < s->n_background; k++) {
        const struct eot_study_background *x = &s->background[k];
        double sum = 0.0;
        for (size_t i = 0; i < s->bins.n_cell; i++) sum += x->shape.value[i];
        for (size_t i = 0; i < s->bins.n_cell && sum > 0.0; i++) {
            double error = x->per_eot.value * x->shape.error[i] / sum;
            value[i] += x->per_eot.value * x->shape.value[i] / sum;
            variance[i] += error * error;
        }
    }
}

/* A background that has selected nothing has no shape: it is where the others are, or evenly spread. */
static void shape_of_nothing(const struct eot_study *s, const double *others, struct eot_study_background *x) {
    double sum = 0.0, all = 0.0;
    for (size_t i = 0; i < s->bins.n_cell; i++) {
        sum += x->shape.value[i];
        all += others[i];
    }
    if (sum > 0.0) return;
    for (size_t i = 0; i < s->bins.n_cell; i++) x->shape.value[i] = all > 0.0 ? others[i] : 1.0;
    x->shape.total = 0.0;
}

static enum eot_status join_signal(struct eot_study *s, struct eot_study_signal *x, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double part;
    struct eot_measured all = gather(&s->bins, &x->shape);
    EOT_CHECK(all.value > 0.0, EOT_E_CONFIG, "nothing of the signal in '%s' is in the bins; extend them", x->origin);
    EOT_TRY(part_in_bins(s, x->origin, &x->shape, all.value, &part, err));
    x->efficiency.value *= part;
    x->efficiency.error *= part;
    x->selected.value *= part;
    x->selected.error = x->selected.value * all.error / all.value;
done:
    return status;
}

static enum eot_status join_background(struct eot_study *s, struct eot_study_background *x, const double *others,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double part;
    shape_of_nothing(s, others, x);
    struct eot_measured all = gather(&s->bins, &x->shape);
    EOT_TRY(part_in_bins(s, x->name, &x->shape, all.value, &part, err));
    x->per_eot.value *= part;
    x->per_eot.error *= part;
    if (x->is_counted && all.value > 0.0) x->per_eot.error = x->per_eot.value * all.error / all.value;
    x->upper_90 *= part;
    x->tail *= part;
done:
    return status;
}

enum eot_status eot_study_join(struct eot_study *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_study_bins *b = &s->bins;
    double *value = calloc(2 * b->n_cell, sizeof *value), *variance = value + b->n_cell, seen[EOT_STUDY_MAX_CELL];
    EOT_CHECK_MEMORY(value);
    b->bin_of = calloc(b->n_cell, sizeof *b->bin_of);
    EOT_CHECK_MEMORY(b->bin_of);
    if (b->n_cell == 1) goto done;
    background_of_cells(s, value, variance);
    EOT_TRY(groups_find(b, value, variance, err));
    for (size_t k = 0; k < s->n_signal; k++) EOT_TRY(join_signal(s, &s->signal[k], err));
    for (size_t k = 0; k < s->n_background; k++) EOT_TRY(join_background(s, &s->background[k], value, err));
    for (size_t i = 0; i < b->n; i++) seen[i] = 0.0;
    for (size_t i = 0; s->seen != NULL && i < b->n_cell; i++) seen[b->bin_of[i]] += s->seen[i];
    for (size_t i = 0; s->seen != NULL && i < b->n; i++) s->seen[i] = seen[i];
done:
    free(value);
    return status;
}
