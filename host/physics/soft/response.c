#include "physics/soft/response.h"

#include <math.h>
#include <stdlib.h>

static const double TYPICAL_MUON = 30.0; /* GeV: gives the delta electrons' angle, which hardly depends on it */
static const double LEAST = 32.0;        /* collisions, at least */

double eot_soft_transfer(int i) {
    return (double)eot_f32_from_bits(EOT_TRANSFER_BITS + ((u32)i << EOT_TRANSFER_SHIFT));
}

struct pair {
    double value, weight;
};

static int compare(const void *a, const void *b) {
    double u = ((const struct pair *)a)->value, v = ((const struct pair *)b)->value;
    return (u > v) - (u < v);
}

double eot_soft_groups(double *value, double *weight, int n, int n_lump, double *lump) {
    double total = 0.0, left, of_group = 0.0;
    struct pair *sorted = malloc((size_t)n * sizeof *sorted + 1);
    for (int i = 0; i < n_lump; i++) lump[i] = 0.0;
    if (sorted == NULL || n == 0) {
        free(sorted);
        return 0.0;
    }
    for (int i = 0; i < n; i++) {
        sorted[i] = (struct pair){value[i], weight[i]};
        total += weight[i];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    left = total / n_lump; /* of the weight of the group that is being filled */
    for (int i = 0, group = 0; i < n; i++) {
        double w = sorted[i].weight;
        while (w >= left && group < n_lump - 1) {
            lump[group++] = (of_group + left * sorted[i].value) / (total / n_lump);
            w -= left;
            left = total / n_lump;
            of_group = 0.0;
        }
        of_group += w * sorted[i].value;
        left -= w;
    }
    lump[n_lump - 1] = of_group / (total / n_lump);
    free(sorted);
    return total;
}

/* A place in the pieces. @param share of their weight that lies before it. */
static double place_at(const struct eot_soft_where *where, double share) {
    double total = 0.0;
    for (int i = 0; i < where->n; i++) total += where->piece[i].weight * (where->piece[i].high - where->piece[i].low);
    double left = total * share;
    int i = 0;
    for (; i < where->n - 1; i++) {
        double here = where->piece[i].weight * (where->piece[i].high - where->piece[i].low);
        if (left < here) break;
        left -= here;
    }
    return fmin(where->piece[i].low + left / fmax(where->piece[i].weight, 1e-30), where->piece[i].high);
}

enum eot_status eot_soft_response(const struct eot_soft_stack *stack, const struct eot_soft_where *where, int process,
                                  double W, uint64_t seed, double budget, struct eot_soft_sample *sample,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_soft_random random = {seed};
    struct eot_soft_particle *waiting = malloc(EOT_SOFT_MOST * sizeof *waiting);
    EOT_CHECK_MEMORY(waiting);
    sample->n = (int)fmin(fmax(budget / W, LEAST), EOT_SOFT_MOST_SAMPLE);
    for (int i = 0; i < sample->n; i++) {
        const double along[3] = {0.0, 0.0, 1.0},
                     place[3] = {where->x, where->y, place_at(where, (i + eot_soft_uniform(&random)) / sample->n)};
        struct eot_soft_particle out[2];
        double seen = 0.0;
        int n_out = eot_soft_muon_secondaries(process, TYPICAL_MUON, W,
                                              eot_soft_at(stack, EOT_SOFT_ELECTRON, W, place, along), &random, out);
        for (int k = 0; k < n_out; k++) eot_soft_follow(stack, out[k], &random, waiting, &seen);
        sample->share[i] = (float)(seen / W);
    }
done:
    free(waiting);
    return status;
}
