#include <math.h>
#include <stdlib.h>
#include <string.h>

#undef EOT_REAL_DOUBLE /* the cascade as a device runs it */
#include "eotmc/transport/shower.h"
#include "eotmc/transport/step.h"

#include "world/calibrate_showers.h"
#include "physics/shower.h"

enum { N_SAMPLE = 16000, MAX_NODE = 40, RUN = 0x73680001 };
static const double LOG_STEP = 0.25;      /* between nodes */
static const double TABLE_END = 1.05;     /* tables reach this factor above the last node */
static const double LARGEST_ALPHA = 11.5; /* the quantiles' table ends at 12 */
static const double DEEP = 1e7;           /* cm: a calorimeter without an end */
static const double SAME = 0.02;          /* relative, of the matter's quantities */

/* NA64's ECAL: physics.shower.* were fitted to it. */
static const struct {
    double critical_energy, Z, one_minus_e_hat, inverse_sampling_frequency;
} FITTED = {8.415e-3, 75.48, 0.3484, 0.2709};

bool eot_shower_matter_is_fitted(const eot_deposit_volume *s) {
    return fabs((double)s->log_critical_energy - log(FITTED.critical_energy)) < SAME &&
           fabs((double)s->Z / FITTED.Z - 1.0) < SAME &&
           fabs((double)s->one_minus_e_hat / FITTED.one_minus_e_hat - 1.0) < SAME &&
           fabs((double)s->inverse_sampling_frequency / FITTED.inverse_sampling_frequency - 1.0) < SAME;
}

bool eot_shower_shape_is_default(const struct eot_config *config) {
    return eot_config_is_default(config, "physics.shower.depth") &&
           eot_config_is_default(config, "physics.shower.alpha");
}

/* Moments of the deposits of a shower that starts at a node: [is_photon][node]. */
struct ladder {
    const eot_shower_constants *constants;
    double log_critical, inverse_X0;
    int n_node;
    struct eot_shower_moments at[2][MAX_NODE];
};

/* Averages over the first steps of particles at node j: what is known, and what the unknown moments of that node
 * itself weigh. */
struct average {
    double mean, square;
    double weight[2], weighted_depth[2]; /* of electrons and photons of node j; times twice their depth */
};

static void add_moments(struct average *a, double share, double depth, struct eot_shower_moments m) {
    a->mean += share * (depth + m.mean);
    a->square += share * (depth * depth + 2.0 * depth * m.mean + m.square);
}

/* A product of a step. @param share of the energy. @param E of the particle whose shower it is [GeV]. @param depth
 * [X0]. */
static void add_product(const struct ladder *l, struct average *a, int j, bool is_photon, double share, double E,
                        double depth) {
    if (!(share > 0.0) || !(E > 0.0)) return;
    double place = log(E / EOT_SHOWER_JOIN) / LOG_STEP;
    if (place <= 0.0) {
        add_moments(a, share, depth, eot_shower_moments(l->constants, l->log_critical, is_photon, E));
        return;
    }
    int i = (int)place < j - 1 ? (int)place : j - 1;
    double upper = fmin(place - i, 1.0);
    add_moments(a, share * (1.0 - upper), depth, l->at[is_photon][i]);
    if (i + 1 < j) {
        add_moments(a, share * upper, depth, l->at[is_photon][i + 1]);
    } else {
        add_moments(a, share * upper, depth, (struct eot_shower_moments){0.0, 0.0});
        a->weight[is_photon] += share * upper;
        a->weighted_depth[is_photon] += share * upper * 2.0 * depth;
    }
}

/* One step of a particle at node j. */
static void add_step(const struct ladder *l, const struct eot_world *w, const eot_em_tables *t, int j, bool is_photon,
                     u32 i, struct average *a) {
    double E = EOT_SHOWER_JOIN * exp(j * LOG_STEP), one = 1.0 / (E * N_SAMPLE);
    u32 where = (u32)(2 * j + is_photon);
    eot_u32x4 block = eot_philox(i, where, (u32)EOT_STAGE_CASCADE << 24, 0, RUN, 0),
              own = eot_philox(i, where, (u32)EOT_STAGE_REPLAY << 24, 0, RUN, 0);
    eot_cascade_vertex v =
        eot_cascade_vertex_sample(w->table.value, *t, (f32)E, 0.0f, is_photon ? EOT_PHOTON : EOT_ELECTRON, block);
    double path = (double)v.path * l->inverse_X0, end = path, E_b = (double)v.E_b;
    if (!is_photon) {
        eot_cascade_losses c = eot_cascade_losses_sample(v, (f32)E, t->cut, eot_uniform(own.x), eot_uniform(own.y));
        end = (double)c.share * path;
        double along = (double)eot_uniform(own.z) * end;
        f32 most = t->cut / eot_max(c.rest, 1e-9f);
        double shape = (double)(c.rest * eot_photon_share(eot_uniform(own.w), v.path_X0 * c.share, most));
        add_moments(a, one * (double)(c.share * v.ionisation), along, (struct eot_shower_moments){0.0, 0.0});
        add_product(l, a, j, true, one * (double)c.photon, (double)c.photon, (double)c.place * path);
        add_product(l, a, j, true, one * (double)c.rest, shape, along);
        if (v.E_b < t->cut) E_b = (double)c.E;
    }
    add_product(l, a, j, v.type_a == EOT_PHOTON, one * (double)v.E_a, (double)v.E_a, end);
    add_product(l, a, j, v.type_b == EOT_PHOTON, one * E_b, E_b, end);
}

/* x = a + w x for the two kinds of particles. */
static void solve(const double a[2], const double w[2][2], double x[2]) {
    double determinant = (1.0 - w[0][0]) * (1.0 - w[1][1]) - w[0][1] * w[1][0];
    x[0] = (a[0] * (1.0 - w[1][1]) + w[0][1] * a[1]) / determinant;
    x[1] = (a[1] * (1.0 - w[0][0]) + w[1][0] * a[0]) / determinant;
}

/* The moments of all nodes, from the lowest cut upwards. */
static void climb(struct ladder *l, const struct eot_world *w, const eot_em_tables *t) {
    for (int k = 0; k < 2; k++)
        l->at[k][0] = eot_shower_moments(l->constants, l->log_critical, k == 1, EOT_SHOWER_JOIN);
    for (int j = 1; j < l->n_node; j++) {
        struct average a[2];
        double known[2], weight[2][2], x[2];
        memset(a, 0, sizeof a);
        for (int k = 0; k < 2; k++) {
            for (u32 i = 0; i < N_SAMPLE; i++) add_step(l, w, t, j, k == 1, i, &a[k]);
            known[k] = a[k].mean;
            memcpy(weight[k], a[k].weight, sizeof weight[k]);
        }
        solve(known, weight, x);
        for (int k = 0; k < 2; k++) {
            l->at[k][j].mean = x[k];
            known[k] = a[k].square;
        }
        for (int k = 0; k < 2; k++)
            for (int m = 0; m < 2; m++) known[k] += a[k].weighted_depth[m] * l->at[m][j].mean;
        solve(known, weight, x);
        for (int k = 0; k < 2; k++) l->at[k][j].square = x[k];
    }
    for (int k = 0; k < 2; k++) /* the constants' end at the cut; what is followed begins there */
        l->at[k][0] = (struct eot_shower_moments){2.0 * l->at[k][1].mean - l->at[k][2].mean,
                                                  2.0 * l->at[k][1].square - l->at[k][2].square};
}

/* The nodes' mean depths and shapes as rows of the table. */
static enum eot_status store(const struct ladder *l, struct eot_world *w, eot_deposit_volume *volume,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    volume->shower_table = (u32)w->table.n;
    for (int j = 0; j < l->n_node; j++) {
        double row[EOT_SHOWER_N_COLUMN], E = EOT_SHOWER_JOIN * exp(j * LOG_STEP);
        for (int k = 0; k < 2; k++) {
            struct eot_shower_mean_shape s =
                eot_shower_shape_of_moments(l->constants, l->log_critical, k == 1, E, l->at[k][j]);
            double *to = row + (k == 1 ? EOT_SHOWER_PHOTON : EOT_SHOWER_DEPTH);
            EOT_CHECK(isfinite(s.depth) && s.depth > 0.0 && !isnan(s.alpha), EOT_E_NUMERIC,
                      "calibration of showers of %g GeV failed (mean depth %g X0, alpha %g); set "
                      "physics.shower.calibrate: off",
                      E, s.depth, s.alpha);
            to[0] = s.depth;
            to[1] = fmin(fmax(s.alpha, (double)l->constants->first_alpha), LARGEST_ALPHA);
        }
        EOT_TRY(eot_f32_table_append(&w->table, row, EOT_SHOWER_N_COLUMN, NULL, err));
    }
done:
    return status;
}

enum eot_status eot_showers_calibrate(const struct eot_config *config, const struct eot_setup *setup,
                                      struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_shower_constants *c = &w->event.shower;
    struct eot_world cascade = {0}; /* only its tables are used */
    struct eot_em_options o;
    struct ladder *l = NULL;
    eot_deposit_volume *ecal = &w->event.volume[w->event.columns.ecal];
    bool is_on = config->physics.shower_calibrate == EOT_CONFIG_SHOWER_ON ||
                 (config->physics.shower_calibrate == EOT_CONFIG_SHOWER_AUTO && !eot_shower_matter_is_fitted(ecal) &&
                  eot_shower_shape_is_default(config));
    if (!is_on) goto done;
    l = calloc(1, sizeof *l);
    EOT_CHECK_MEMORY(l);
    EOT_TRY(eot_world_em_options_plain(config, setup, EOT_SHOWER_JOIN, &o, err));
    l->n_node = 2 + (int)ceil(log(o.energy_max / EOT_SHOWER_JOIN) / LOG_STEP);
    l->n_node = l->n_node < 3 ? 3 : l->n_node > MAX_NODE ? MAX_NODE : l->n_node;
    o.energy_max = TABLE_END * EOT_SHOWER_JOIN * exp((l->n_node - 1) * LOG_STEP);
    o.depth = DEEP;
    l->inverse_X0 = 1.0 / eot_em_medium_X0(&o.medium[0]);
    l->log_critical = (double)ecal->log_critical_energy;
    l->constants = c;
    EOT_TRY(eot_em_tables_build(&o, &cascade.table, &cascade.em, cascade.accuracy.em, err));
    climb(l, &cascade, &cascade.em);
    EOT_TRY(store(l, w, ecal, err));
    c->own_log_first = (f32)log(EOT_SHOWER_JOIN);
    c->own_inverse_log_step = (f32)(1.0 / LOG_STEP);
    c->n_own = l->n_node;
done:
    eot_world_free(&cascade);
    free(l);
    return status;
}
