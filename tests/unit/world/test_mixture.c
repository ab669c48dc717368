/* The importance of vertices: what a mixture promises, and what it is for a set-up. */
#include <criterion/criterion.h>
#include <math.h>

#include "world/importance.h"

enum { N_STAGE = EOT_N_SELECTION_STAGE };

/* Cells of which few have a chance, another for each stage; nothing has one at the last stage. */
static struct eot_importance_map invented(double *rate, double *second, double *importance, double *mean) {
    static double root[3 * 16 * N_STAGE], part[3 * 16 * 2];
    struct eot_importance_map map = {3, 8, 2, rate, second, root, part, importance, mean};
    for (int i = 0; i < 3; i++) {
        rate[i] = (3.0 - i) / 6.0;
        for (int c = 0; c < 16; c++)
            for (int s = 0; s < N_STAGE; s++)
                second[(i * 16 + c) * N_STAGE + s] = s == 3           ? 0.0
                                                     : c % 4 == s + 1 ? 0.3 * (i + 1)
                                                     : s == 0         ? 0.01
                                                                      : 1e-6;
    }
    return map;
}

static double total_of(const struct eot_importance_map *map) {
    double sum = 0.0;
    for (int i = 0; i < map->n_node; i++) sum += map->rate[i] * map->mean[i];
    return sum;
}

static double goal_of(const struct eot_importance_map *map, const double least[N_STAGE]) {
    double sum = 0.0;
    for (int s = 0; s < 3; s++) sum += eot_importance_map_variance(map, s) / least[s];
    return sum;
}

Test(mixture, is_1_on_average_and_never_below_the_natural_share) {
    double rate[3], second[3 * 16 * N_STAGE], importance[3 * 16], mean[3], share[N_STAGE], sum = 0.0;
    struct eot_importance_map map = invented(rate, second, importance, mean);
    for (double natural = 0.01; natural < 1.0; natural += 0.07) {
        cr_assert(eot_importance_map_mix(&map, natural, (const double[N_STAGE]){0}, share));
        cr_expect_float_eq(total_of(&map), 1.0, 1e-12);
        for (int c = 0; c < 48; c++) cr_expect_geq(importance[c], natural);
        sum = share[0] + share[1] + share[2];
        cr_expect_float_eq(sum, 1.0 - natural, 1e-12);
        cr_expect_eq(share[3], 0.0, "a stage without a chance has a share of %g", share[3]);
    }
}

/* The shares that are found are better than others; each stage's own part alone has its least variance. */
Test(mixture, shares_that_are_found_have_the_least_sum_of_variances) {
    static const double natural = 1e-9;
    double rate[3], second[3 * 16 * N_STAGE], importance[3 * 16], mean[3], share[N_STAGE], least[N_STAGE], best;
    struct eot_importance_map map = invented(rate, second, importance, mean);
    for (int s = 0; s < 3; s++) {
        double own[N_STAGE] = {0};
        own[s] = 1.0;
        cr_assert(eot_importance_map_mix(&map, natural, own, share));
        least[s] = eot_importance_map_variance(&map, s);
        cr_expect_lt(least[s], 1.0);
    }
    cr_assert(eot_importance_map_mix(&map, natural, (const double[N_STAGE]){0}, share));
    best = goal_of(&map, least);
    for (int s = 0; s < 3; s++) cr_expect_geq(eot_importance_map_variance(&map, s), least[s] * (1.0 - 1e-9));
    for (int a = 0; a < 3; a++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double other[N_STAGE], ignored[N_STAGE];
            for (int s = 0; s < N_STAGE; s++) other[s] = share[s];
            other[a] *= 1.0 + 0.05 * sign;
            cr_assert(eot_importance_map_mix(&map, natural, other, ignored));
            cr_expect_gt(goal_of(&map, least), best - 1e-6);
        }
}

Test(mixture, without_any_chance_nothing_is_preferred) {
    double rate[3], second[3 * 16 * N_STAGE], importance[3 * 16], mean[3], share[N_STAGE];
    struct eot_importance_map map = invented(rate, second, importance, mean);
    for (int i = 0; i < 3 * 16 * N_STAGE; i++) second[i] = 0.0;
    cr_expect_not(eot_importance_map_mix(&map, 0.2, (const double[N_STAGE]){0}, share));
    for (int c = 0; c < 48; c++) cr_expect_eq(importance[c], 1.0);
    for (int i = 0; i < 48 * N_STAGE; i++) second[i] = i % N_STAGE == 3 ? 0.5 : 0.0; /* of the last stage alone */
    cr_expect(eot_importance_map_mix(&map, 0.2, (const double[N_STAGE]){1, 1, 1, 0}, share),
              "what was asked for: none");
    cr_expect_eq(share[3], 0.8);
}
