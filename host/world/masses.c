#undef EOT_REAL_DOUBLE /* as devices have it */
#include "eotmc/transport/mass.h"

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
    double *weight;          /* [n]: of the point in an integral, times the chance to be selected */
};

static void points_free(struct points *p) {
    free(p->natural);
    free(p->drawn);
    free(p->weight);
}

/* Chance of a muon of charge -1 to be selected. @param stages NULL: not known. */
static double chance_of(const struct eot_importance_stages *stages, double E, double E_f, double versine) {
    double sum[EOT_N_SELECTION_STAGE] = {0.0};
    struct eot_importance_final final = {.k = E, .dark = E - E_f, .E = {E_f, 0.0}, .versine = {versine, 0.0}};
    if (stages == NULL) return 1.0;
    eot_importance_stages_add(stages, &final, 1.0, sum);
    return sum[EOT_STAGE_OF_MISSING] + TRACK_CHANCE * sum[EOT_STAGE_OF_TRACK] + LEAST_CHANCE;
}

/* One point: a muon of one of the masses that an electron of energy E can make, all alike. */
static void point_make(const struct eot_world *w, const struct eot_importance_stages *stages, struct points *p, int n,
                       double E) {
    const eot_vertex_tables *e = &w->event.vertex;
    const f32 *table = w->table.value;
    double *natural = p->natural + n * p->n_mass, *drawn = p->drawn + n * p->n_mass, of_points = 0.0;
    eot_u32x4 b = eot_random_block(eot_random_init((u64)n, EOT_STAGE_PROBE, 5, 20261127u, 0));
    int able[EOT_MAX_MASS], n_able = 0, nucleus = e->mass[0].importance_nucleus;
    for (int j = 0; j < p->n_mass; j++)
        if (eot_mass_rate(table, &e->mass[j], nucleus, (f32)E) > 0.0f) able[n_able++] = j;
    if (n_able == 0) return;
    const eot_mass *of = &e->mass[able[n % n_able]];
    eot_lfc_final muon =
        eot_lfc_sample(table, of->lfc[nucleus], (real)E, (real)eot_uniform(b.x), (real)eot_uniform(b.y));
    f32 E_f = (f32)fmax((double)muon.E_f, EOT_M_MUON);
    for (int j = 0; j < p->n_mass; j++) {
        const eot_mass *m = &e->mass[j];
        eot_mass_density d = eot_mass_density_at(table, m, nucleus, (f32)E, E_f, (f32)muon.versine);
        double rate = (double)eot_mass_rate(table, m, nucleus, (f32)E);
        natural[j] = (double)d.natural;
        drawn[j] = natural[j] * (double)eot_mass_preference(table, w->em, m->importance, (f32)E) / (double)d.rarity;
        if (rate > 0.0) of_points += natural[j] / (rate * n_able);
    }
    if (of_points > 0.0) p->weight[n] = chance_of(stages, E, (double)E_f, (double)muon.versine) / (E * of_points);
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
    EOT_CHECK_MEMORY(p->weight);
    for (int n = 0; n < N_POINT; n++) point_make(w, stages, p, n, least * pow(most / least, (n + 0.5) / N_POINT));
done:
    return status;
}

/* Relative variance of what is selected of each mass, in some unit. @return the largest. */
static double variances(const struct points *p, const double *share, double *variance) {
    double sum[EOT_MAX_MASS] = {0.0}, most = 0.0;
    for (int j = 0; j < p->n_mass; j++) variance[j] = 0.0;
    for (int n = 0; n < p->n; n++) {
        const double *natural = p->natural + n * p->n_mass, *drawn = p->drawn + n * p->n_mass;
        double density = 0.0;
        for (int j = 0; j < p->n_mass; j++) density += share[j] * drawn[j];
        for (int j = 0; j < p->n_mass && density > 0.0; j++) {
            sum[j] += p->weight[n] * natural[j];
            variance[j] += p->weight[n] * natural[j] * natural[j] / density;
        }
    }
    for (int j = 0; j < p->n_mass; j++) {
        variance[j] /= sum[j] > 0.0 ? sum[j] * sum[j] : 1.0;
        most = fmax(most, variance[j]);
    }
    return most;
}

/* The shares with which the largest variance is smallest: those of masses with larger ones grow, step by step. */
static void adapt(const struct points *p, double *share) {
    double trial[EOT_MAX_MASS], variance[EOT_MAX_MASS], best = INFINITY;
    for (int j = 0; j < p->n_mass; j++) trial[j] = 1.0 / p->n_mass;
    for (int round = 0; round < N_ROUND; round++) {
        double most = variances(p, trial, variance), total = 0.0;
        for (int j = 0; j < p->n_mass && most < best; j++) share[j] = trial[j];
        best = fmin(best, most);
        for (int j = 0; j < p->n_mass; j++) {
            trial[j] *= most > 0.0 ? sqrt(variance[j] / most) : 1.0;
            total += trial[j];
        }
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
