#include "engine/engine_private.h"

#include <math.h>
#include <stdlib.h>

#include "eotmc/physics/lfc_sample.h"
#include "physics/process.h"
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

/* Share of process p of the vertices of a parent of energy E, averaged over the layers; e N -> mu N phi by its own
 * tables, not by the cascade's nodes. */
static double vertex_share(const struct eot_world *w, int p, int type, f32 E) {
    double share[EOT_N_RARE] = {0.0}, total = 0.0, exact = 0.0, length = 0.0;
    for (int m = 0; m < w->em.n_medium; m++) length += w->em.n_medium == 1 ? 1.0 : (double)w->em.layer[m];
    for (int m = 0; m < w->em.n_medium; m++) {
        double part = w->em.n_medium == 1 ? 1.0 : (double)w->em.layer[m] / length;
        for (int q = 0; q < EOT_N_RARE; q++)
            if (eot_rare_parents(q) & 1 << type)
                share[q] += part * (double)eot_rare_rate(w->table.value, w->em, q, m, E);
        for (int i = 0; i < w->event.vertex.n_lfc; i++)
            if (w->event.vertex.lfc_medium[i] == m)
                exact += part * (double)eot_lfc_xsec(w->table.value, w->event.vertex.lfc[i], E);
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
    EOT_TRY(eot_world_create_with(&low, task->setup, 0.2, &(struct eot_world_options){.cascade_only = true}, &w, err));
    EOT_TRY(eot_world_same_primaries(task->world, &w, 0, n_shower, err));
    EOT_TRY(eot_engine_create(
        &g,
        &(struct eot_engine_task){
            .backend = task->backend, .config = &low, .world = &w, .stop = task->stop, .batch = n_shower},
        err));
    bool is_complete;
    EOT_TRY(eot_engine_cascade(&g, 0, (u32)n_shower, &block, &is_complete, err));
    if (!is_complete) goto done;
    EOT_TRY(eot_backend_read(g.b, g.cascade.vertex, 0, n_shower * sizeof *record, record, err));
    int64_t *excluded = eot_sums_at(sums, EOT_RUN_EXCLUDED, 0);
    double unit = w.rare_unit / task->world->rare_unit; /* the sums are in units of the run */
    for (uint64_t i = 0; i < n_shower; i++) {
        int type = eot_record_type(record[i].draw);
        if (!(record[i].weight > 0.0f) || (double)record[i].E >= task->world->rare_threshold[type]) continue;
        for (int p = 0; p < EOT_N_RARE; p++) {
            if (!(eot_config_rare_parents(config, p) & 1 << type)) continue;
            double v = (double)record[i].weight * vertex_share(&w, p, type, record[i].E) * unit;
            int64_t *place = excluded + 2 * EOT_WIDE * eot_rare_channel(p, type);
            eot_wide_add(place, v);
            eot_wide_add(place + EOT_WIDE, v * v);
        }
    }
    eot_sums_at(sums, EOT_RUN_EXCLUDED_COUNT, 0)[0] = (int64_t)n_shower;
done:
    eot_engine_free(&g);
    eot_world_free(&w);
    free(record);
    return status;
}
