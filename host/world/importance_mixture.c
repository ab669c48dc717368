#include "world/importance_mixture.h"

#include <math.h>
#include <stdlib.h>

#include "eotmc/transport/importance.h"

enum { N_STAGE = EOT_N_SELECTION_STAGE, N_ROUND = 100 };

void eot_importance_map_free(struct eot_importance_map *map) {
    free(map->rate);
    free(map->second);
    free(map->root);
    free(map->part);
    free(map->importance);
    free(map->mean);
}

static int n_cell_of(const struct eot_importance_map *map) { return map->n_row * map->n_column; }

double eot_importance_map_content(const struct eot_importance_map *map, int i_cell) {
    return (double)eot_importance_content(i_cell / map->n_column, map->n_row) *
           (double)eot_importance_content(i_cell % map->n_column, map->n_column);
}

/* Share of all vertices in a cell of a node. */
static double part_of(const struct eot_importance_map *map, int node, int cell) {
    return map->rate[node] * eot_importance_map_content(map, cell);
}

static const double *second_of(const struct eot_importance_map *map, int node, int cell) {
    return map->second + ((size_t)node * (size_t)n_cell_of(map) + (size_t)cell) * N_STAGE;
}

static const double *root_of(const struct eot_importance_map *map, int node, int cell) {
    return map->root + ((size_t)node * (size_t)n_cell_of(map) + (size_t)cell) * N_STAGE;
}

/* The parts' means, by which they are divided; what of a cell stays the same in all steps is kept. */
static void means_of(struct eot_importance_map *map, double mean[N_STAGE]) {
    const int n = map->n_node * n_cell_of(map);
    for (int s = 0; s < N_STAGE; s++) mean[s] = 0.0;
    for (int i = 0; i < n; i++) {
        map->part[2 * i] = part_of(map, i / n_cell_of(map), i % n_cell_of(map));
        for (int s = 0; s < N_STAGE; s++) {
            map->root[i * N_STAGE + s] = sqrt(map->second[i * N_STAGE + s]);
            mean[s] += map->part[2 * i] * map->root[i * N_STAGE + s];
        }
    }
    for (int i = 0; i < n; i++) {
        map->part[2 * i + 1] = 0.0;
        for (int s = 0; s < N_STAGE; s++)
            if (mean[s] > 0.0) map->part[2 * i + 1] += map->second[i * N_STAGE + s] / (mean[s] * mean[s]);
    }
}

static double importance_of(const double *root, double natural, const double mean[N_STAGE],
                            const double share[N_STAGE]) {
    double sum = natural;
    for (int s = 0; s < N_STAGE; s++)
        if (mean[s] > 0.0) sum += share[s] * root[s] / mean[s];
    return sum;
}

/* One step towards the shares with the least sum of variances, which is convex in them: a share grows where the sum
 * falls faster with it than with the others. */
static void improve(const struct eot_importance_map *map, double natural, const double mean[N_STAGE],
                    double share[N_STAGE]) {
    const int n = map->n_node * n_cell_of(map);
    double gain[N_STAGE] = {0}, total = 0.0;
    for (int i = 0; i < n; i++) {
        const double *root = map->root + (size_t)i * N_STAGE;
        if (!(map->part[2 * i + 1] > 0.0)) continue; /* a cell without a chance adds nothing */
        double importance = importance_of(root, natural, mean, share), squares = map->part[2 * i + 1];
        squares *= map->part[2 * i] / (importance * importance);
        for (int s = 0; s < N_STAGE; s++)
            if (mean[s] > 0.0) gain[s] += squares * root[s] / mean[s];
    }
    for (int s = 0; s < N_STAGE; s++) {
        share[s] *= sqrt(gain[s]);
        total += share[s];
    }
    for (int s = 0; s < N_STAGE; s++) share[s] *= (1.0 - natural) / total;
}

bool eot_importance_map_mix(struct eot_importance_map *map, double natural, const double given[N_STAGE],
                            double share[N_STAGE]) {
    double mean[N_STAGE], total = 0.0, of_given = 0.0;
    means_of(map, mean);
    for (int s = 0; s < N_STAGE; s++) of_given += mean[s] > 0.0 ? given[s] : 0.0;
    for (int s = 0; s < N_STAGE; s++) {
        share[s] = !(mean[s] > 0.0) ? 0.0 : of_given > 0.0 ? given[s] : 1.0;
        total += share[s];
    }
    for (int s = 0; s < N_STAGE && total > 0.0; s++) share[s] *= (1.0 - natural) / total;
    for (int r = 0; r < N_ROUND && total > 0.0 && !(of_given > 0.0); r++) improve(map, natural, mean, share);
    for (int i = 0; i < map->n_node; i++) {
        map->mean[i] = 0.0;
        for (int c = 0; c < n_cell_of(map); c++) {
            double value = total > 0.0 ? importance_of(root_of(map, i, c), natural, mean, share) : 1.0;
            map->importance[i * n_cell_of(map) + c] = value;
            map->mean[i] += eot_importance_map_content(map, c) * value;
        }
    }
    return total > 0.0;
}

double eot_importance_map_variance(const struct eot_importance_map *map, int stage) {
    double with = 0.0, without = 0.0;
    for (int i = 0; i < map->n_node; i++)
        for (int c = 0; c < n_cell_of(map); c++) {
            double part = part_of(map, i, c) * second_of(map, i, c)[stage];
            with += part / map->importance[i * n_cell_of(map) + c];
            without += part;
        }
    return without > 0.0 ? with / without : (double)NAN;
}
