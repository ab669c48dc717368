#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>

#include "eotmc/physics/lfc_sample.h"
#include "physics/process.h"
#include "world/importance.h"
#include "world/primaries.h"

static const uint64_t EXCLUDED_SHOWERS = 4000;         /* largest sample that measures what the cut leaves out */
static const uint64_t EXCLUDED_SHOWERS_SIGNAL = 16000; /* the same for the signal, whose efficiency contains it */
static const double FREE_PATHS = 10.0;                 /* mean free paths that no photon survives */

/* An analog run's probability of a vertex in one step must stay below 1: in the longest step of a charged particle, in
 * FREE_PATHS of a photon. */
enum eot_status eot_run_check_enhancement(const struct eot_config *config, const struct eot_world *w,
                                          struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_em_tables *t = &w->em;
    double largest = 0.0;
    if (config->sampling.mode != EOT_SAMPLING_ANALOG) return EOT_OK;
    for (int i = 0; i < t->n_medium * t->n_energy; i++) {
        const float *node = w->table.value + t->node + (size_t)i * EOT_EM_N_COLUMN;
        for (int type = 0; type < 3; type++)
            if (t->rare_parents & 1 << type)
                largest =
                    fmax(largest, (double)node[eot_em_rare_column(type)] *
                                      (type == EOT_PHOTON ? FREE_PATHS * (double)node[EOT_EM_PHOTON + EOT_EM_FREE_PATH]
                                                          : (double)t->step_max));
    }
    largest *= w->rare_unit;
    EOT_CHECK(config->sampling.analog_enhancement * largest <= 1.0, EOT_E_CONFIG,
              "sampling.analog_enhancement = %g (a step would hold a rare vertex with a probability above 1); lower it "
              "to %.3g or less",
              config->sampling.analog_enhancement, 1.0 / largest);
done:
    return status;
}

/* Scaled rate of one of several masses on a nucleus: eot_mass_rate. */
static double mass_rate(const struct eot_world *w, int mass, int nucleus, f32 E) {
    const eot_mass *m = &w->event.vertex.mass[mass];
    return m->lfc[nucleus].n_xsec > 0 ? (double)m->scale * (double)eot_lfc_xsec(w->table.value, m->lfc[nucleus], E)
                                      : 0.0;
}

/* The signal's rate in a medium by its own tables, as the cascade's nodes have it: of one mass, or of the mixture of
 * several. @param mass the scaled rate of this one of several instead; -1. */
static double signal_rate(const struct eot_world *w, int medium, int mass, f32 E) {
    const eot_vertex_tables *e = &w->event.vertex;
    double sum = 0.0;
    for (int i = 0; i < e->n_lfc; i++) {
        if (e->lfc_medium[i] != medium) continue;
        if (mass >= 0) sum += mass_rate(w, mass, i, E);
        if (mass < 0 && e->n_mass <= 1) sum += (double)eot_lfc_xsec(w->table.value, e->lfc[i], E);
        for (int j = 0; j < e->n_mass && mass < 0 && e->n_mass > 1; j++)
            sum += (double)e->mass[j].share * mass_rate(w, j, i, E);
    }
    return sum;
}

/* Share of process p of the vertices of a parent of energy E, averaged over the layers; e N -> mu N phi by its own
 * tables, not by the cascade's nodes. @param mass of several, its part of the signal; -1. */
static double vertex_share(const struct eot_world *w, int p, int type, int mass, f32 E) {
    double share[EOT_N_RARE] = {0.0}, total = 0.0, exact = 0.0, length = 0.0;
    for (int m = 0; m < w->em.n_medium; m++) length += w->em.n_medium == 1 ? 1.0 : (double)w->em.layer[m];
    for (int m = 0; m < w->em.n_medium; m++) {
        double part = w->em.n_medium == 1 ? 1.0 : (double)w->em.layer[m] / length;
        for (int q = 0; q < EOT_N_RARE; q++)
            if (eot_rare_parents(q) & 1 << type)
                share[q] += part * (double)eot_rare_rate(w->table.value, w->em, q, m, E);
        exact += part * signal_rate(w, m, mass, E);
    }
    for (int q = 0; q < EOT_N_RARE; q++) total += share[q];
    return total > 0.0 ? (p == EOT_RARE_LFC ? exact : share[p]) / total : 0.0;
}

bool eot_engine_leaves_out(const struct eot_config *config, const struct eot_world *w) {
    bool is_out = false;
    for (int p = 0; p < EOT_N_RARE; p++)
        for (int type = 0; type < 3; type++)
            is_out |= config->physics.rare[p] && eot_config_rare_parents(config, p) & 1 << type &&
                      w->rare_threshold[type] > eot_process_at(p)->threshold(config);
    return is_out;
}

/* Leave in a world the rates of the vertices that are to be measured alone, so that every shower has one of them: those
 * below the region, up to the first node of the cascade above it. Masses have equal shares: scaled, each makes about as
 * many vertices as the others in all, and so weighs by how many of them are below. @param world that of the run. */
static void keep_excluded(const struct eot_world *world, struct eot_world *w) {
    eot_vertex_tables *e = &w->event.vertex;
    const double step = 1.0 / (double)w->em.inverse_log_step;
    for (int j = 0; j < e->n_mass && e->n_mass > 1; j++) e->mass[j].share = 1.0f / (f32)e->n_mass;
    for (int medium = 0; medium < w->em.n_medium; medium++)
        for (int i = 0; i < w->em.n_energy; i++) {
            const double E = (double)w->em.cut * exp(i * step);
            f32 *node = w->table.value + w->em.node + (medium * w->em.n_energy + i) * EOT_EM_N_COLUMN;
            if (e->n_mass > 1) eot_importance_set_rate(w, EOT_RARE_LFC, medium, i, signal_rate(w, medium, -1, (f32)E));
            for (int type = 0; type < EOT_N_PARTICLE; type++)
                if (w->em.rare_parents & 1 << type && E * exp(-step) >= world->rare_threshold[type])
                    node[eot_em_rare_column(type)] = 0.0f;
        }
}

/* A vertex below the region into the sums, for each mass. @param w the world that it was made in. */
static void add_excluded(const struct eot_excluded_task *task, const struct eot_world *w, const eot_vertex_record *r,
                         int type, struct eot_sums *sums) {
    int64_t *excluded = eot_sums_at(sums, EOT_RUN_EXCLUDED, 0),
            *product = eot_sums_at(sums, EOT_RUN_EXCLUDED_PRODUCT, 0);
    double of_mass[EOT_MAX_MASS] = {0.0};
    for (int p = 0; p < EOT_N_RARE; p++) {
        if (!(eot_config_rare_parents(task->config, p) & 1 << type)) continue;
        for (int m = 0; m < w->n_mass; m++) {
            double unit = w->mass_unit[m] / task->world->mass_unit[m], /* the sums are in units of the run */
                v = (double)r->weight * vertex_share(w, p, type, w->n_mass > 1 ? m : -1, r->E) * unit;
            int64_t *place = excluded + 2 * EOT_WIDE * (m * EOT_N_RARE_CHANNEL + eot_rare_channel(p, type));
            eot_wide_add(place, v);
            eot_wide_add(place + EOT_WIDE, v * v);
            of_mass[m] += type == EOT_POSITRON ? 0.0 : v;
        }
    }
    for (int k = 0; k < w->n_mass && w->n_mass > 1; k++)
        for (int i = 0; i <= k; i++) eot_wide_add(product + EOT_WIDE * (k * (k + 1) / 2 + i), of_mass[i] * of_mass[k]);
}

enum eot_status eot_engine_excluded(const struct eot_excluded_task *task, struct eot_sums *sums,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = task->config;
    struct eot_config low = *config;
    struct eot_world w = {0};
    struct eot_engine g = {0};
    uint64_t most = eot_config_family(config) == EOT_FAMILY_SIGNAL ? EXCLUDED_SHOWERS_SIGNAL : EXCLUDED_SHOWERS,
             n_shower = config->sampling.eot < most ? config->sampling.eot : most;
    int64_t track[3 * EOT_TRACK_BINS] = {0};
    struct eot_block block = {.track = track};
    eot_vertex_record *record = malloc(n_shower * sizeof *record);
    EOT_CHECK_MEMORY(record);
    low.sampling.mode = EOT_SAMPLING_FORCED;
    low.sampling.preference = 0.0; /* of high energies */
    low.sampling.min_photon_energy = low.sampling.min_lepton_energy = 0.0;
    low.sampling.run = config->sampling.run ^ 0x80000000u; /* random numbers of its own */
    low.scoring.track_length = false;
    EOT_TRY(eot_world_create_with(&low, task->setup, 0.2,
                                  &(struct eot_world_options){.cascade_only = true, .like = task->world}, &w, err));
    EOT_TRY(eot_world_same_primaries(task->world, &w, 0, n_shower, err));
    keep_excluded(task->world, &w);
    EOT_TRY(eot_engine_create(
        &g,
        &(struct eot_engine_task){
            .backend = task->backend, .config = &low, .world = &w, .stop = task->stop, .batch = n_shower},
        err));
    bool is_complete;
    EOT_TRY(eot_engine_cascade(&g, 0, (u32)n_shower, &block, &is_complete, err));
    if (!is_complete) goto done;
    EOT_TRY(eot_backend_read(g.b, g.cascade.vertex, 0, n_shower * sizeof *record, record, err));
    for (uint64_t i = 0; i < n_shower; i++) {
        int type = eot_record_type(record[i].draw);
        if (!(record[i].weight > 0.0f) || (double)record[i].E >= task->world->rare_threshold[type]) continue;
        add_excluded(task, &w, &record[i], type, sums);
    }
    eot_sums_at(sums, EOT_RUN_EXCLUDED_COUNT, 0)[0] = (int64_t)n_shower;
done:
    eot_engine_free(&g);
    eot_world_free(&w);
    free(record);
    return status;
}
