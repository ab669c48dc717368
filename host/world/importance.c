#include "world/importance.h"

#include <math.h>
#include <stdlib.h>

#include "eotmc/physics/dimuon_gamma.h"
#include "world/importance_mixture.h"
#include "world/losses.h"

enum { N_PAIR_ROW = 48, N_PAIR_DRAW = 32, N_SIGNAL_ROW = 48, N_SIGNAL_COLUMN = 32, N_STAGE = EOT_N_SELECTION_STAGE };

double eot_world_preference(const struct eot_config *config) {
    return config->sampling.mode == EOT_SAMPLING_FORCED ? config->sampling.preference : 0.0;
}

static enum eot_status map_create(struct eot_importance_map *map, int n_node, int n_row, int n_column,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = (size_t)n_node, n_cell = (size_t)(n_row * n_column);
    *map = (struct eot_importance_map){.n_node = n_node, .n_row = n_row, .n_column = n_column};
    map->rate = calloc(n, sizeof *map->rate);
    map->mean = calloc(n, sizeof *map->mean);
    map->second = calloc(n * n_cell * N_STAGE, sizeof *map->second);
    map->root = calloc(n * n_cell * N_STAGE, sizeof *map->root);
    map->part = calloc(n * n_cell * 2, sizeof *map->part);
    map->importance = calloc(n * n_cell, sizeof *map->importance);
    EOT_CHECK_MEMORY(map->rate);
    EOT_CHECK_MEMORY(map->mean);
    EOT_CHECK_MEMORY(map->second);
    EOT_CHECK_MEMORY(map->root);
    EOT_CHECK_MEMORY(map->part);
    EOT_CHECK_MEMORY(map->importance);
done:
    return status;
}

/* Rates of parents whose number falls with the square of their energy. @param rate cross section at each node in, share
 * of the vertices out. @param E energies of the nodes, increasing. */
static void weight_nodes(int n_node, const double *E, double least, double *rate) {
    double sum = 0.0;
    for (int i = 0; i < n_node; i++) {
        double width = log(E[i + 1 < n_node ? i + 1 : i] / E[i > 0 ? i - 1 : 0]);
        rate[i] *= E[i] >= least ? width / E[i] : 0.0;
        sum += rate[i];
    }
    for (int i = 0; i < n_node && sum > 0.0; i++) rate[i] /= sum;
}

/* Energy of node i of the muon pairs' tables [GeV]. */
static double pair_energy(const eot_vertex_tables *e, int i) {
    return exp((double)e->pair_log_first + i / (double)e->pair_inverse_log_step);
}

/* Photons' rate of pairs at an energy, in some unit: the mean of the cascade's media; the same at all energies where
 * only virtual photons make pairs. */
static double pair_rate(const struct eot_world *w, double k, bool is_on) {
    double sum = 0.0;
    if (!is_on) return 1.0;
    if (k < (double)w->em.cut) return 0.0;
    for (int m = 0; m < w->em.n_medium; m++)
        sum += (double)eot_rare_rate(w->table.value, w->em, EOT_RARE_DIMUON_GAMMA, m, (f32)k);
    return sum;
}

/* One pair of a cell: the share of pairs with a smaller x+, angles by the process itself. */
static struct eot_importance_final pair_final(const struct eot_world *w, int node, double share, u32 number) {
    const eot_vertex_tables *e = &w->event.vertex;
    double k = pair_energy(e, node), low = EOT_M_MUON / k, place = fmin(share, 0.99999) * e->n_pair_quantile;
    const f32 *row = w->table.value + e->pair_quantile + (size_t)node * (size_t)(e->n_pair_quantile + 1) + (int)place;
    double q = (double)row[0] + (place - floor(place)) * (double)(row[1] - row[0]), x = low + q * (1.0 - 2.0 * low);
    eot_random random = eot_random_init(number, EOT_STAGE_PROBE, 4, 20261127u, 0);
    double choice = (double)eot_uniform(eot_random_block(random).x);
    int element = 0;
    random.draw++;
    while (element + 1 < e->n_element && choice >= (double)e->element_share[element]) element++;
    eot_dimuon_gamma_angles a = eot_dimuon_gamma_angles_sample((real)k, (real)x, (real)e->element_Z[element],
                                                               (real)e->element_A[element], random);
    return (struct eot_importance_final){
        .k = k,
        .E = {fmax((1.0 - x) * k, EOT_M_MUON), fmax(x * k, EOT_M_MUON)},
        .versine = {fmax(1.0 - (double)a.minus.z, 0.0), fmax(1.0 - (double)a.plus.z, 0.0)}};
}

static enum eot_status pair_map(const struct eot_config *config, const struct eot_world *w,
                                const struct eot_importance_stages *stages, struct eot_importance_map *map,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const eot_vertex_tables *e = &w->event.vertex;
    double *E = calloc((size_t)e->n_pair_energy, sizeof *E);
    EOT_CHECK_MEMORY(E);
    EOT_TRY(map_create(map, e->n_pair_energy, N_PAIR_ROW, 1, err));
    for (int i = 0; i < map->n_node; i++) {
        E[i] = pair_energy(e, i);
        map->rate[i] = pair_rate(w, E[i], config->physics.rare[EOT_RARE_DIMUON_GAMMA]);
        for (int j = 0; j < N_PAIR_ROW; j++)
            for (int d = 0; d < N_PAIR_DRAW; d++) {
                double place = (double)eot_importance_place(j, N_PAIR_ROW, (real)((d + 0.5) / N_PAIR_DRAW));
                struct eot_importance_final final = pair_final(w, i, (double)eot_lfc_quantile_at((real)place),
                                                               (u32)((i * N_PAIR_ROW + j) * N_PAIR_DRAW + d));
                eot_importance_stages_add(stages, &final, 1.0 / N_PAIR_DRAW,
                                          map->second + (size_t)(i * N_PAIR_ROW + j) * N_STAGE);
            }
    }
    weight_nodes(map->n_node, E, fmax(config->physics.cut, config->sampling.min_photon_energy), map->rate);
done:
    free(E);
    return status;
}

/* Energy of node i of the signal's tables [GeV]. */
static double signal_energy(const eot_lfc_table *n, int i) {
    double v = (double)n->v_max * i / (n->n_energy - 1);
    return fmin((double)n->threshold * exp(v * v * v * v), (double)n->E_max);
}

static enum eot_status signal_map(const struct eot_config *config, const struct eot_world *w, const eot_lfc_table *n,
                                  const struct eot_importance_stages *stages, struct eot_importance_map *map,
                                  struct eot_error *err) {
    static const double at[2] = {0.25, 0.75};
    enum eot_status status = EOT_OK;
    double *E = calloc((size_t)n->n_energy, sizeof *E);
    EOT_CHECK_MEMORY(E);
    EOT_TRY(map_create(map, n->n_energy, N_SIGNAL_ROW, N_SIGNAL_COLUMN, err));
    for (int i = 0; i < map->n_node; i++) {
        E[i] = signal_energy(n, i);
        map->rate[i] = (double)eot_lfc_xsec(w->table.value, *n, (real)E[i]);
        for (int c = 0; c < N_SIGNAL_ROW * N_SIGNAL_COLUMN; c++)
            for (int d = 0; d < 8; d++) { /* an electron's mu- and a positron's mu+ */
                double q = (double)eot_importance_place(c / N_SIGNAL_COLUMN, N_SIGNAL_ROW, (real)at[d & 1]),
                       r = (double)eot_importance_place(c % N_SIGNAL_COLUMN, N_SIGNAL_COLUMN, (real)at[d >> 1 & 1]);
                eot_lfc_final muon = eot_lfc_sample_at(w->table.value, *n, (real)E[i], (real)q, (real)r);
                struct eot_importance_final final = {.k = E[i], .dark = E[i] - (double)muon.E_f};
                final.E[d >> 2] = fmax((double)muon.E_f, EOT_M_MUON);
                final.versine[d >> 2] = (double)muon.versine;
                eot_importance_stages_add(stages, &final, 0.125,
                                          map->second + (size_t)(i * N_SIGNAL_ROW * N_SIGNAL_COLUMN + c) * N_STAGE);
            }
    }
    weight_nodes(map->n_node, E, fmax(config->physics.cut, config->sampling.min_lepton_energy), map->rate);
done:
    free(E);
    return status;
}

/* Cumulative shares: of the rows of cells, then of the cells of each. */
static enum eot_status append_cells(const struct eot_importance_map *map, struct eot_f32_table *table, u32 *offset,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int n_cell = map->n_row * map->n_column, stride = map->n_row + 1 + map->n_row * (map->n_column + 1);
    double *node = calloc((size_t)(map->n_node * stride), sizeof *node);
    EOT_CHECK_MEMORY(node);
    for (int i = 0; i < map->n_node; i++) {
        double *rows = node + i * stride, *row = rows + map->n_row + 1, total = 0.0;
        for (int r = 0; r < map->n_row; r++, row += map->n_column + 1) {
            double in_row = 0.0;
            for (int c = 0; c < map->n_column; c++) {
                int cell = r * map->n_column + c;
                row[c] = in_row;
                in_row += eot_importance_map_content(map, cell) * map->importance[i * n_cell + cell];
            }
            for (int c = 0; c < map->n_column; c++) row[c] /= in_row;
            row[map->n_column] = 1.0;
            rows[r] = total;
            total += in_row;
        }
        for (int r = 0; r < map->n_row; r++) rows[r] /= total;
        rows[map->n_row] = 1.0;
    }
    EOT_TRY(eot_f32_table_append(table, node, (size_t)(map->n_node * stride), offset, err));
done:
    free(node);
    return status;
}

void eot_importance_set_rate(struct eot_world *w, int process, int medium, int i, double value) {
    const eot_em_tables *t = &w->em;
    int place = medium * t->n_energy + i;
    f32 *rate = w->table.value + t->rare + place * EOT_N_RARE, *node = w->table.value + t->node;
    rate[process] = (f32)value;
    for (int type = 0; type < EOT_N_PARTICLE; type++) {
        double sum = 0.0;
        if (!(eot_rare_parents(process) & 1 << type)) continue;
        for (int p = 0; p < EOT_N_RARE; p++)
            if (eot_rare_parents(p) & 1 << type) sum += (double)rate[p];
        node[place * EOT_EM_N_COLUMN + (int)eot_em_rare_column(type)] = (f32)sum;
    }
}

/* The cascade's rates of a process times the preference at each of its nodes.
 * @param preference [w->em.n_energy] */
static void prefer(struct eot_world *w, int process, const double *preference) {
    const eot_em_tables *t = &w->em;
    for (int m = 0; m < t->n_medium; m++)
        for (int i = 0; i < t->n_energy; i++) {
            double rate = (double)w->table.value[t->rare + (u32)((m * t->n_energy + i) * EOT_N_RARE + process)];
            eot_importance_set_rate(w, process, m, i, rate * (double)(f32)preference[i]);
        }
}

/* The importance of one process as devices read it, and the preference at the cascade's nodes. @param place of an
 * energy [GeV] among the map's nodes. @param preference [w->em.n_energy] out. */
static enum eot_status append(struct eot_world *w, const struct eot_importance_map *map, const void *of,
                              double (*place)(const void *of, double E), double *preference, eot_importance *out,
                              struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int i = 0; i < w->em.n_energy; i++) {
        double x = place(of, (double)w->em.cut * exp(i / (double)w->em.inverse_log_step));
        int j = (int)fmin(fmax(x, 0.0), map->n_node - 2.0);
        double f = fmin(fmax(x - j, 0.0), 1.0);
        preference[i] = map->mean[j] + f * (map->mean[j + 1] - map->mean[j]);
    }
    *out = (eot_importance){.n_node = map->n_node, .n_row = map->n_row, .n_column = map->n_column};
    EOT_TRY(append_cells(map, &w->table, &out->cells, err));
    EOT_TRY(eot_f32_table_append(&w->table, preference, (size_t)w->em.n_energy, &out->preference, err));
done:
    return status;
}

static double pair_place(const void *vertex_tables, double k) {
    const eot_vertex_tables *e = vertex_tables;
    return (log(k) - (double)e->pair_log_first) * (double)e->pair_inverse_log_step;
}

static double signal_place(const void *lfc_table, double E) {
    const eot_lfc_table *n = lfc_table;
    return (double)eot_lfc_grid_place(*n, (real)E) * (n->n_energy - 1);
}

int eot_importance_nucleus(const struct eot_world *w, const eot_lfc_table lfc[EOT_N_LFC]) {
    double most = 0.0;
    int nucleus = 0;
    for (int i = 0; i < w->event.vertex.n_lfc; i++) {
        double xsec = lfc[i].n_xsec > 0 ? (double)eot_lfc_xsec(w->table.value, lfc[i], (real)lfc[i].E_max) : 0.0;
        if (xsec > most) nucleus = i;
        most = fmax(most, xsec);
    }
    return nucleus;
}

enum eot_status eot_importance_of_mass(const struct eot_config *config, struct eot_world *w,
                                       const struct eot_importance_stages *stages, const eot_lfc_table *n,
                                       double *preference, eot_importance *out, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_importance_map map = {0};
    double share[N_STAGE];
    for (int i = 0; i < w->em.n_energy; i++) preference[i] = 1.0;
    EOT_TRY(signal_map(config, w, n, stages, &map, err));
    if (!eot_importance_map_mix(&map, 1.0 - eot_world_preference(config), config->sampling.preference_mixture, share))
        goto done;
    EOT_TRY(append(w, &map, n, signal_place, preference, out, err));
done:
    eot_importance_map_free(&map);
    return status;
}

enum eot_status eot_world_importance_map(const struct eot_config *config, const struct eot_setup *setup,
                                         struct eot_world *w, struct eot_importance_map *map, bool *is_useful,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_tables *e = &w->event.vertex;
    bool has_signal = config->physics.rare[EOT_RARE_LFC];
    double preference = eot_world_preference(config), share[N_STAGE];
    struct eot_importance_stages *stages = NULL;
    *is_useful = false;
    *map = (struct eot_importance_map){0};
    if (!(preference > 0.0) || w->event.spectrometer.n_plane == 0) return EOT_OK;
    if (!has_signal && e->n_pair_energy == 0) return EOT_OK; /* annihilations alone */
    e->importance_nucleus = eot_importance_nucleus(w, e->lfc);
    double E_max = has_signal ? (double)e->lfc[e->importance_nucleus].E_max : pair_energy(e, e->n_pair_energy - 1);
    eot_world_losses(config, setup, w);
    EOT_TRY(eot_importance_stages_create(config, setup, w, E_max, &stages, err));
    if (has_signal)
        EOT_TRY(signal_map(config, w, &e->lfc[e->importance_nucleus], stages, map, err));
    else
        EOT_TRY(pair_map(config, w, stages, map, err));
    *is_useful = eot_importance_map_mix(map, 1.0 - preference, config->sampling.preference_mixture, share);
done:
    eot_importance_stages_free(stages);
    return status;
}

enum eot_status eot_world_importance(const struct eot_config *config, const struct eot_setup *setup,
                                     struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_tables *e = &w->event.vertex;
    struct eot_importance_map map = {0};
    bool is_useful, has_signal = config->physics.rare[EOT_RARE_LFC];
    double *preference = calloc((size_t)w->em.n_energy, sizeof *preference);
    EOT_CHECK_MEMORY(preference);
    EOT_TRY(eot_world_importance_map(config, setup, w, &map, &is_useful, err));
    if (!is_useful) goto done;
    if (has_signal)
        EOT_TRY(append(w, &map, &e->lfc[e->importance_nucleus], signal_place, preference, &e->signal, err));
    else
        EOT_TRY(append(w, &map, e, pair_place, preference, &e->pair, err));
    prefer(w, has_signal ? EOT_RARE_LFC : EOT_RARE_DIMUON_GAMMA, preference);
done:
    eot_importance_map_free(&map);
    free(preference);
    return status;
}
