#undef EOT_REAL_DOUBLE /* as devices have it */
#include "eotmc/transport/vertex/lfc_vertex.h"

#include "world/masses.h"

#include <math.h>
#include <stdlib.h>

#include "world/importance.h"

enum { N_POINT = 6000, N_ROUND = 60 };
static const double LEAST_SHARE = 0.3;                        /* of an equal one */
static const double LEAST_CHANCE = 1e-6, TRACK_CHANCE = 1e-3; /* what is never selected counts a little, too */

/* Muons at which the variances are summed: scaled densities of the masses, as in nature and as drawn. */
struct points {
    int n, n_mass;
    double *natural, *drawn; /* [n][n_mass] */
    double *weight, *chance; /* [n]: of the point in an integral; to be selected */
};

static void points_free(struct points *p) {
    free(p->natural);
    free(p->drawn);
    free(p->weight);
    free(p->chance);
}

/* Chance of a muon of charge -1 to be selected. @param stages NULL: not known. */
static double chance_of(const struct eot_importance_stages *stages, double E, double E_f, double versine) {
    double sum[EOT_N_SELECTION_STAGE] = {0.0};
    struct eot_importance_final final = {.k = E, .dark = E - E_f, .E = {E_f, 0.0}, .versine = {versine, 0.0}};
    if (stages == NULL) return 1.0;
    eot_importance_stages_add(stages, &final, 1.0, sum);
    return sum[EOT_STAGE_OF_MISSING] + TRACK_CHANCE * sum[EOT_STAGE_OF_TRACK] + LEAST_CHANCE;
}

/* A muon of a mass as vertices have it: of the promising ones, where they are known. */
static eot_lfc_final muon_drawn(const struct eot_world *w, const eot_mass *m, int nucleus, f32 E, u32 number) {
    eot_random random = eot_random_init(number, EOT_STAGE_PROBE, 5, 20261127u, 0);
    const eot_u32x4 cell = eot_random_block(random);
    random.draw++;
    const eot_lfc_draw q =
        m->importance.n_row > 0
            ? eot_lfc_draw_promising(w->table.value, m->importance, eot_mass_node(m, E), cell, eot_random_block(random))
            : eot_lfc_draw_natural(cell);
    return eot_lfc_sample_at(w->table.value, m->lfc[nucleus], (real)E, q.q_energy, q.q_angle);
}

/* One point: a muon of one of the masses that an electron of energy E can make, all alike. */
static void point_make(const struct eot_world *w, const struct eot_importance_stages *stages, struct points *p, int n,
                       double E) {
    const eot_vertex_tables *e = &w->event.vertex;
    const f32 *table = w->table.value;
    double *natural = p->natural + n * p->n_mass, *drawn = p->drawn + n * p->n_mass, of_points = 0.0;
    int able[EOT_MAX_MASS], n_able = 0, nucleus = e->mass[0].importance_nucleus;
    for (int j = 0; j < p->n_mass; j++)
        if (eot_mass_rate(table, &e->mass[j], nucleus, (f32)E) > 0.0f) able[n_able++] = j;
    if (n_able == 0) return;
    const eot_mass *of = &e->mass[able[n % n_able]];
    const eot_lfc_final muon = muon_drawn(w, of, nucleus, (f32)E, (u32)n);
    f32 E_f = (f32)fmax((double)muon.E_f, EOT_M_MUON);
    for (int j = 0; j < p->n_mass; j++) {
        const eot_mass *m = &e->mass[j];
        eot_mass_density d = eot_mass_density_at(table, m, nucleus, (f32)E, E_f, (f32)muon.versine);
        double rate = (double)eot_mass_rate(table, m, nucleus, (f32)E);
        natural[j] = (double)d.natural;
        drawn[j] = natural[j] * (double)eot_mass_preference(table, w->em, m->importance, (f32)E) / (double)d.rarity;
        if (rate > 0.0) of_points += natural[j] / (rate * n_able * (double)d.rarity);
    }
    if (of_points > 0.0) p->weight[n] = 1.0 / (E * of_points);
    p->chance[n] = chance_of(stages, E, (double)E_f, (double)muon.versine);
}

static enum eot_status points_make(const struct eot_config *config, const struct eot_world *w,
                                   const struct eot_importance_stages *stages, struct points *p,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_vertex_tables *e = &w->event.vertex;
    double least = fmax(config->physics.cut, config->sampling.min_lepton_energy),
           most = fmax(config->beam.energy, 1.001 * least);
    *p = (struct points){.n = N_POINT, .n_mass = e->n_mass};
    p->natural = calloc((size_t)(N_POINT * e->n_mass), sizeof *p->natural);
    p->drawn = calloc((size_t)(N_POINT * e->n_mass), sizeof *p->drawn);
    p->weight = calloc(N_POINT, sizeof *p->weight);
    EOT_CHECK_MEMORY(p->natural);
    EOT_CHECK_MEMORY(p->drawn);
    p->chance = calloc(N_POINT, sizeof *p->chance);
    EOT_CHECK_MEMORY(p->weight);
    EOT_CHECK_MEMORY(p->chance);
    for (int n = 0; n < N_POINT; n++) point_make(w, stages, p, n, least * pow(most / least, (n + 0.5) / N_POINT));
done:
    return status;
}

/* Sum over the masses of the relative variances of what is selected and of what is made, in some unit: its efficiency
 * has both. @param gain how fast the sum falls with each share. */
static double variances(const struct points *p, const double *share, double *gain) {
    double mean[2][EOT_MAX_MASS] = {{0.0}}, total = 0.0;
    for (int j = 0; j < p->n_mass; j++) gain[j] = 0.0;
    for (int n = 0; n < p->n; n++)
        for (int j = 0; j < p->n_mass; j++) {
            mean[0][j] += p->weight[n] * p->natural[n * p->n_mass + j];
            mean[1][j] += p->weight[n] * p->natural[n * p->n_mass + j] * p->chance[n];
        }
    for (int n = 0; n < p->n; n++) {
        const double *natural = p->natural + n * p->n_mass, *drawn = p->drawn + n * p->n_mass;
        double density = 0.0, squares = 0.0;
        for (int j = 0; j < p->n_mass; j++) density += share[j] * drawn[j];
        if (!(density > 0.0)) continue;
        for (int j = 0; j < p->n_mass; j++)
            for (int k = 0; k < 2; k++)
                if (mean[k][j] > 0.0)
                    squares += (k == 0 ? 1.0 : p->chance[n]) * natural[j] * natural[j] / (mean[k][j] * mean[k][j]);
        squares *= p->weight[n] / density;
        total += squares;
        for (int j = 0; j < p->n_mass; j++) gain[j] += squares * drawn[j] / density;
    }
    return total;
}

/* The shares with which the sum is smallest, which is convex in them: a share grows where the sum falls faster with it
 * than with the others. */
static void adapt(const struct points *p, double *share) {
    double trial[EOT_MAX_MASS], gain[EOT_MAX_MASS], best = INFINITY;
    for (int j = 0; j < p->n_mass; j++) trial[j] = 1.0 / p->n_mass;
    for (int round = 0; round < N_ROUND; round++) {
        double sum = variances(p, trial, gain), total = 0.0;
        for (int j = 0; j < p->n_mass && sum < best; j++) share[j] = trial[j];
        best = fmin(best, sum);
        for (int j = 0; j < p->n_mass; j++) total += trial[j] *= sqrt(gain[j]);
        for (int j = 0; j < p->n_mass; j++) trial[j] = fmax(trial[j] / total, LEAST_SHARE / p->n_mass);
        total = 0.0;
        for (int j = 0; j < p->n_mass; j++) total += trial[j];
        for (int j = 0; j < p->n_mass; j++) trial[j] /= total;
    }
}

static enum eot_status make_shares(const struct eot_config *config, struct eot_world *w,
                                   const struct eot_importance_stages *stages, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_tables *e = &w->event.vertex;
    const struct eot_numbers *given = &config->sampling.mass_shares;
    double share[EOT_MAX_MASS] = {0.0}, total = 0.0;
    struct points p = {0};
    for (int j = 0; j < given->n; j++) share[j] = given->value[j];
    if (given->n == 0) {
        EOT_TRY(points_make(config, w, stages, &p, err));
        adapt(&p, share);
    }
    for (int j = 0; j < e->n_mass; j++) total += share[j];
    for (int j = 0; j < e->n_mass; j++) e->mass[j].share = (f32)(share[j] / total);
done:
    points_free(&p);
    return status;
}

/* The cascade's rates of the mixture. @param preference [masses][w->em.n_energy] */
static void set_rates(struct eot_world *w, const double *preference) {
    const eot_vertex_tables *e = &w->event.vertex;
    const int n_energy = w->em.n_energy;
    for (int medium = 0; medium < w->em.n_medium; medium++)
        for (int i = 0; i < n_energy; i++) {
            f32 E = (f32)((double)w->em.cut * exp(i / (double)w->em.inverse_log_step));
            double rate = 0.0;
            for (int j = 0; j < e->n_mass; j++)
                for (int k = 0; k < e->n_lfc; k++)
                    if (e->lfc_medium[k] == medium)
                        rate += (double)e->mass[j].share * preference[j * n_energy + i] *
                                (double)eot_mass_rate(w->table.value, &e->mass[j], k, E);
            eot_importance_set_rate(w, EOT_RARE_LFC, medium, i, rate);
        }
}

enum eot_status eot_world_masses(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *w,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_tables *e = &w->event.vertex;
    struct eot_importance_stages *stages = NULL;
    double *preference = NULL;
    const size_t n_energy = (size_t)w->em.n_energy;
    if (e->n_mass <= 1) return EOT_OK;
    preference = malloc((size_t)e->n_mass * n_energy * sizeof *preference);
    EOT_CHECK_MEMORY(preference);
    for (size_t i = 0; i < (size_t)e->n_mass * n_energy; i++) preference[i] = 1.0;
    for (int j = 0; j < e->n_mass; j++) e->mass[j].importance_nucleus = eot_importance_nucleus(w, e->mass[j].lfc);
    if (w->event.spectrometer.n_plane > 0)
        EOT_TRY(eot_importance_stages_create(config, setup, w, (double)e->lfc[0].E_max, &stages, err));
    for (int j = 0; j < e->n_mass && stages != NULL && eot_world_preference(config) > 0.0; j++) {
        eot_mass *m = &e->mass[j];
        EOT_TRY(eot_importance_of_mass(config, w, stages, &m->lfc[m->importance_nucleus],
                                       preference + (size_t)j * n_energy, &m->importance, err));
    }
    EOT_TRY(make_shares(config, w, stages, err));
    set_rates(w, preference);
done:
    eot_importance_stages_free(stages);
    free(preference);
    return status;
}
