#include "world/secondaries.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cache.h"
#include "base/parallel.h"
#include "physics/muon_collisions.h"
#include "physics/soft/response.h"
#include "world/columns.h"
#include "world/secondaries_parts.h"
#include "eotmc/physics/muon_ionisation.h"

static const double MIX_ENERGY = 30.0;        /* GeV of the muon whose rates say in which matter collisions happen */
static const double LEAST_COLLISION = 2.0e-7; /* GeV: softer collisions are as many of this one */
static const double LEAST_LUMP = 5.0e-5;      /* GeV: less is not kept as a lump of the VETO */
static const double DENSE_INVERSE_X0 = 0.01;  /* 1/cm: thinner matter sends nothing worth following */
/* Radiation lengths before the VETO between which collisions have one distribution. */
static const double BIN_X0[] = {0.0, 0.15, 0.35, 0.6, 1.0, 1.5, 2.2, 3.2, 4.5, 6.5, 9.0, 12.0};
enum { MOST_BIN = sizeof BIN_X0 / sizeof *BIN_X0 - 1 };
static const double SAMPLING_BUDGET = 3.0, VETO_BUDGET = 0.7;      /* GeV, see struct place */
static const double SAMPLING_LARGEST = 384.0, VETO_LARGEST = 32.0; /* collisions, see struct place */
enum { ROW = EOT_MUON_N_LOSS_ROW, HARD = EOT_N_SENDER * EOT_N_TRANSFER * EOT_N_LUMP };

typedef double hard_table[EOT_N_SENDER][EOT_N_TRANSFER][EOT_N_LUMP];
typedef struct eot_soft_sample samples[EOT_N_SENDER][EOT_N_TRANSFER];

/* Collisions per cm and unit of ln W in a material. */
static double density(const struct eot_secondaries_maker *k, int material, int process, double T, double W) {
    const struct eot_material *m = &k->setup->material[material];
    return m->density > 0.0 ? m->density * eot_soft_muon_density(k->integrator, m, process, T, W) : 0.0;
}

/* Collisions per cm in the cell of a transfer's node, below the muon's cuts. */
static double soft_number(const struct eot_secondaries_maker *k, int material, int process, double T, int node) {
    enum { N = 4 };
    double W = eot_soft_transfer(node), low = W * exp2(-0.25), high = W * exp2(0.25), sum = 0.0;
    double cut = process == EOT_SOFT_DELTA ? fmax(k->options.delta_cut, k->options.delta_share * T)
                                           : k->options.v_cut * (T + EOT_M_MUON);
    if (node == 0) low = W;
    high = fmin(high, cut);
    for (int i = 0; i < N && low < high; i++)
        sum += density(k, material, process, T, low * pow(high / low, (i + 0.5) / N)) * log(high / low) / N;
    return sum;
}

/* Where collisions happen, and the collisions that were followed there. */
struct place {
    const struct eot_secondaries_stack *matter;
    struct eot_soft_stack stack;
    struct eot_soft_where where;
    double budget;                /* GeV of transfers that are followed for one distribution */
    double largest;               /* collisions with the largest transfer: all showers above it are sums of these */
    struct eot_soft_piece *piece; /* of `where` */
    int *slab;                    /* of each piece */
    samples *sample;
};

static void place_free(struct place *p) {
    free(p->piece);
    free(p->slab);
    free(p->sample);
}

static enum eot_status place_create(struct place *p, const struct eot_secondaries_stack *matter,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = (size_t)matter->n + 1;
    *p = (struct place){.matter = matter};
    p->piece = calloc(n, sizeof *p->piece);
    p->slab = calloc(n, sizeof *p->slab);
    p->sample = calloc(2, sizeof *p->sample);
    EOT_CHECK_MEMORY(p->piece);
    EOT_CHECK_MEMORY(p->slab);
    EOT_CHECK_MEMORY(p->sample);
    p->where.piece = p->piece;
done:
    return status;
}

/* A sample as energies of equal probability. */
static void groups_of(const struct eot_soft_sample *sample, double lump[EOT_N_LUMP]) {
    double *value = calloc(2 * (size_t)sample->n, sizeof *value);
    if (value == NULL) return;
    for (int i = 0; i < sample->n; i++) {
        value[i] = (double)sample->share[i];
        value[sample->n + i] = 1.0;
    }
    eot_soft_groups(value, value + sample->n, sample->n, EOT_N_LUMP, lump);
    free(value);
}

/* Part of a place's budget for collisions of one kind. Soft delta electrons of some MeV bring most of the lumps, so
 * that their sampling error is nearly all that there is; bremsstrahlung is rare, and so are soft pairs. */
static double part_of_budget(const struct eot_secondaries_maker *k, int process, double W) {
    static const double SOFT = 1.0e-3, FEW = 6.0e-3; /* GeV */
    double part = W > 0.2 * k->options.delta_cut && W < k->options.delta_cut ? 3.0 : W < SOFT ? 0.3 : 1.0;
    return process == EOT_SOFT_DELTA ? part : process == EOT_SOFT_BREMS ? 0.125 : W < FEW ? 0.2 : 0.7;
}

/* The distributions of one place, of which each process and transfer is a piece of work by itself. */
struct hard_pieces {
    const struct eot_secondaries_maker *maker;
    const struct place *place;
    uint64_t seed;
    struct eot_soft_piece *piece; /* [EOT_N_SENDER EOT_N_TRANSFER][place->where.n] */
    samples *sample;
    double (*out)[EOT_N_TRANSFER][EOT_N_LUMP];
};

static enum eot_status hard_piece(void *context, size_t i, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct hard_pieces *h = context;
    int p = (int)i / EOT_N_TRANSFER, j = (int)i % EOT_N_TRANSFER;
    struct eot_soft_sample *sample = &(*h->sample)[p][j];
    struct eot_soft_where where = h->place->where;
    double total = 0.0;
    where.piece = h->piece + i * (size_t)where.n;
    for (int k = 0; k < where.n; k++) total += where.piece[k].weight;
    sample->n = 0;
    if (!(total > 0.0)) goto done;
    double W = eot_soft_transfer(j), budget = h->place->budget * part_of_budget(h->maker, p, W);
    if (j == EOT_N_TRANSFER - 1) budget = fmax(budget, h->place->largest * W);
    EOT_TRY(eot_soft_response(&h->place->stack, &where, p, W, h->seed + (uint64_t)i, budget, sample, err));
    groups_of(sample, h->out[p][j]);
done:
    return status;
}

/* The distributions of one place: all processes and transfers. @param seed of their random numbers. @param kind which
 * of the place's samples they are. */
static enum eot_status hard_fill(const struct eot_secondaries_maker *k, struct place *place, uint64_t seed, int kind,
                                 hard_table out, struct eot_error *err) {
    enum { N = EOT_N_SENDER * EOT_N_TRANSFER };
    enum eot_status status = EOT_OK;
    const size_t n = (size_t)place->where.n;
    struct hard_pieces h = {k, place, seed, calloc(N * n + 1, sizeof *h.piece), &place->sample[kind], out};
    EOT_CHECK_MEMORY(h.piece);
    for (size_t i = 0; i < N * n; i++) { /* here, since an integrator serves one thread */
        int at = (int)(i % n), p = (int)(i / n) / EOT_N_TRANSFER, j = (int)(i / n) % EOT_N_TRANSFER;
        int material = place->matter->material[place->slab[at]];
        h.piece[i] = place->piece[at];
        h.piece[i].weight = material >= 0 ? density(k, material, p, MIX_ENERGY, eot_soft_transfer(j)) : 0.0;
    }
    EOT_TRY(eot_parallel(hard_piece, &h, N, err));
done:
    free(h.piece);
    return status;
}

/* Add collisions of one transfer to a spectrum: each of the sample in its cell. */
static void lumps_add(const double *edge, double *number, const struct eot_soft_sample *sample, double W, double rate) {
    double scale = EOT_MUON_N_SPECTRUM_CELL / log(edge[EOT_MUON_N_SPECTRUM_CELL] / edge[0]);
    for (int i = 0; i < sample->n; i++) {
        double e = (double)sample->share[i] * W;
        int cell = e > edge[0] ? (int)(scale * log(e / edge[0])) : 0;
        if (cell >= EOT_MUON_N_SPECTRUM_CELL) cell = EOT_MUON_N_SPECTRUM_CELL - 1;
        number[cell] += rate / sample->n * e / sqrt(edge[cell] * edge[cell + 1]); /* with its mean */
    }
}

/* The spectrum of lumps per cm of a calorimeter's layers at one energy of the muon. Collisions below the first transfer
 * are seen where they are: in active layers, those of free electrons with the restricted mean loss. */
static void spectrum_row(const struct eot_secondaries_maker *k, const struct eot_volume_config *v, double T,
                         samples sample[2], double *out) {
    enum { N = EOT_MUON_N_SPECTRUM_CELL };
    double *edge = calloc(2 * N + 1, sizeof *edge), *number = edge + N + 1, period = 0.0;
    double W = eot_soft_transfer(0), largest = eot_muon_largest_transfer(T), lowest = LEAST_COLLISION;
    if (edge == NULL) return;
    for (size_t l = 0; l < v->n_layer; l++) period += v->layer[l].thickness;
    for (int j = 0; j <= N; j++) edge[j] = lowest * pow(EOT_LARGEST_TRANSFER / lowest, (double)j / N);
    for (size_t l = 0; l < v->n_layer; l++) {
        const struct eot_layer_config *layer = &v->layer[l];
        const struct eot_material *m = &k->setup->material[layer->material];
        double share = layer->thickness / period, top = fmin(W, largest);
        if (!(m->density > 0.0)) continue;
        if (layer->active) {
            double xi = share * m->density * 0.5 * EOT_BETHE_K * m->Z_over_A / eot_muon_beta2(T);
            double mean = eot_muon_ionisation(k->integrator, m, T);
            if (top < largest) mean -= eot_muon_delta_moment(k->integrator, T, m->Z_over_A, 1, top, largest);
            double middle = sqrt(edge[0] * edge[1]);
            for (int j = 0; j < N; j++) {
                double a = edge[j], b = fmin(edge[j + 1], top);
                if (a < b) number[j] += xi * log(b / a) / sqrt(edge[j] * edge[j + 1]);
            }
            number[0] += fmax(share * m->density * mean - xi * log(top / lowest), 0.0) / middle; /* the softer ones */
        }
        for (int p = 0; p < EOT_N_SENDER; p++)
            for (int j = 0; j < EOT_N_TRANSFER; j++)
                lumps_add(edge, number, &sample[layer->active ? 1 : 0][p][j], eot_soft_transfer(j),
                          share * soft_number(k, layer->material, p, T, j));
    }
    eot_muon_spectrum_tabulate(edge, number, out);
    free(edge);
}

/* Tables of a calorimeter in layers: soft, then hard. */
struct sampling_tables {
    double soft[ROW][EOT_MUON_N_COLLISION];
    hard_table hard[2];
};

static enum eot_status sampling_fill(const struct eot_secondaries_maker *k, const struct eot_volume_config *v,
                                     const struct eot_secondaries_stack *matter, double first, double last,
                                     struct sampling_tables *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct place place;
    EOT_TRY(place_create(&place, matter, err));
    place.stack = eot_secondaries_soft(matter, k->media);
    place.budget = SAMPLING_BUDGET;
    place.largest = SAMPLING_LARGEST;
    for (int is_active = 0; is_active < 2; is_active++) {
        int n = 0;
        for (int i = 0; i < matter->n; i++) {
            if (matter->edge[i] < first - 1e-9 || matter->edge[i + 1] > last + 1e-9 || matter->active[i] != is_active)
                continue;
            place.slab[n] = i;
            place.piece[n++] = (struct eot_soft_piece){matter->edge[i], matter->edge[i + 1], 0.0};
        }
        place.where.n = n;
        EOT_TRY(hard_fill(k, &place, 1000u + 1000u * (unsigned)is_active, is_active, t->hard[is_active], err));
    }
    for (int i = 0; i < ROW; i++) spectrum_row(k, v, eot_muon_loss_row_energy(i), place.sample, t->soft[i]);
done:
    place_free(&place);
    return status;
}

/* Tables of the VETO. */
struct veto_tables {
    double n_bin, edge[MOST_BIN + 1];
    double before; /* distance of the last dense volume */
    double soft[ROW][MOST_BIN][1 + EOT_N_LUMP];
    hard_table hard[MOST_BIN];
};

static bool is_dense(const struct eot_secondaries_stack *s, const struct eot_setup *setup, int slab) {
    return s->material[slab] >= 0 && 1.0 / setup->material[s->slab[slab].medium].X0 > DENSE_INVERSE_X0;
}

/* The last dense slab before the VETO, -1: none. */
static int last_dense(const struct eot_secondaries_stack *s, const struct eot_setup *setup) {
    int slab = s->target - 1;
    while (slab >= 0 && !is_dense(s, setup, slab)) slab--;
    return slab;
}

/* The bins of distance, from radiation lengths. */
static void veto_bins(const struct eot_secondaries_stack *s, const struct eot_setup *setup, struct veto_tables *t) {
    double depth = 0.0, front = s->edge[s->target];
    int bin = 0, dense = last_dense(s, setup);
    if (dense >= 0) t->before = front - s->edge[dense + 1];
    for (int i = s->target - 1; i >= 0 && bin < MOST_BIN; i--) {
        double inverse = 1.0 / setup->material[s->slab[i].medium].X0, thickness = s->edge[i + 1] - s->edge[i];
        if (!isfinite(inverse)) inverse = 0.0;
        while (bin < MOST_BIN && depth + thickness * inverse >= BIN_X0[bin + 1]) {
            t->edge[bin + 1] = front - s->edge[i + 1] + (BIN_X0[bin + 1] - depth) / inverse;
            bin++;
        }
        depth += thickness * inverse;
        if (bin < MOST_BIN) t->edge[bin + 1] = front - s->edge[i];
    }
    if (bin < MOST_BIN && depth > BIN_X0[bin]) bin++; /* the last one ends where the world does */
    t->n_bin = dense >= 0 ? bin : 0;
}

/* The pieces of a bin: its slabs of matter. */
static void bin_pieces(const struct veto_tables *t, int bin, struct place *p) {
    const struct eot_secondaries_stack *s = p->matter;
    double front = s->edge[s->target], low = front - t->edge[bin + 1], high = front - t->edge[bin];
    p->where.n = 0;
    for (int i = 0; i < s->target; i++) {
        double a = fmax(s->edge[i], low), b = fmin(s->edge[i + 1], high);
        if (s->material[i] < 0 || b - a < 1e-9) continue;
        p->slab[p->where.n] = i;
        p->piece[p->where.n++] = (struct eot_soft_piece){a, b, 0.0};
    }
}

/* Collisions of one kind below the cuts of a muon that crosses a place. */
static double soft_number_in(const struct eot_secondaries_maker *k, const struct place *place, int process, double T,
                             int node) {
    double number = 0.0;
    for (int material = 0; material < k->setup->n_material; material++) {
        double length = 0.0;
        for (int i = 0; i < place->where.n; i++)
            if (place->matter->material[place->slab[i]] == material)
                length += place->piece[i].high - place->piece[i].low;
        if (length > 0.0) number += length * soft_number(k, material, process, T, node);
    }
    return number;
}

/* Lumps of a muon that crosses a bin: mean number and energies. @param value, weight places for all collisions that
 * were followed. */
static void soft_bin(const struct eot_secondaries_maker *k, const struct place *place, double T, double *value,
                     double *weight, double *out) {
    int n_value = 0;
    for (int p = 0; p < EOT_N_SENDER; p++)
        for (int j = 0; j < EOT_N_TRANSFER; j++) {
            const struct eot_soft_sample *sample = &place->sample[0][p][j];
            double number = soft_number_in(k, place, p, T, j);
            for (int i = 0; i < sample->n && number > 0.0; i++) {
                double e = (double)sample->share[i] * eot_soft_transfer(j);
                if (e < LEAST_LUMP) continue;
                value[n_value] = e;
                weight[n_value++] = number / sample->n;
            }
        }
    out[0] = eot_soft_groups(value, weight, n_value, EOT_N_LUMP, out + 1);
}

static enum eot_status veto_fill(const struct eot_secondaries_maker *k, const struct eot_secondaries_stack *s,
                                 struct veto_tables *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const size_t most = EOT_N_SENDER * EOT_N_TRANSFER * EOT_SOFT_MOST_SAMPLE;
    const struct eot_soft_slab *box = &s->slab[s->target];
    double *value = malloc(2 * most * sizeof *value);
    struct place place;
    EOT_TRY(place_create(&place, s, err));
    EOT_CHECK_MEMORY(value);
    veto_bins(s, k->setup, t);
    if (t->n_bin < 1.0) goto done;
    place.stack = eot_secondaries_soft(s, k->media);
    place.where.x = 0.5 * (box->x0 + box->x1);
    place.where.y = 0.5 * (box->y0 + box->y1);
    place.budget = VETO_BUDGET;
    place.largest = VETO_LARGEST;
    for (int bin = 0; bin < (int)t->n_bin; bin++) {
        bin_pieces(t, bin, &place);
        EOT_TRY(hard_fill(k, &place, 5000u + 1000u * (unsigned)bin, 0, t->hard[bin], err));
        for (int i = 0; i < ROW; i++)
            soft_bin(k, &place, eot_muon_loss_row_energy(i), value, value + most, t->soft[i][bin]);
    }
done:
    free(value);
    place_free(&place);
    return status;
}

bool eot_secondaries_cached(const struct eot_secondaries_maker *k, struct eot_sha256 *hash, char key[65], void *table,
                            size_t n_bytes) {
    size_t n = 0;
    eot_sha256_finish(hash, key);
    unsigned char *bytes = k->no_cache ? NULL : eot_cache_read(key, &n);
    bool is_good = bytes != NULL && n == n_bytes;
    if (is_good) memcpy(table, bytes, n_bytes);
    free(bytes);
    return is_good;
}

void eot_secondaries_keep(const struct eot_secondaries_maker *k, const char *key, const void *table, size_t n_bytes) {
    if (!k->no_cache) eot_cache_write(key, table, n_bytes);
}

void eot_secondaries_begin(const struct eot_secondaries_maker *k, const char *what, struct eot_sha256 *hash) {
    const double cuts[] = {k->options.v_cut, k->options.delta_cut, k->options.delta_share};
    eot_sha256_init(hash);
    eot_table_version_hash(hash);
    eot_sha256_update(hash, what, strlen(what) + 1);
    eot_sha256_update(hash, cuts, sizeof cuts);
}

/* Whether anything of a volume is active. */
static bool is_active(const struct eot_volume_config *v) {
    bool is = false;
    for (size_t i = 0; i < v->n_layer; i++) is = is || v->layer[i].active;
    return is;
}

/* Whether a volume has both active and passive layers. */
static bool is_in_layers(const struct eot_volume_config *v) {
    bool has[2] = {false, false};
    for (size_t i = 0; i < v->n_layer; i++) has[v->layer[i].active ? 1 : 0] = true;
    return has[0] && has[1];
}

static bool has_same_layers(const struct eot_volume_config *a, const struct eot_volume_config *b) {
    bool is_same = a->n_layer == b->n_layer;
    for (size_t i = 0; is_same && i < a->n_layer; i++)
        is_same = a->layer[i].material == b->layer[i].material && a->layer[i].active == b->layer[i].active &&
                  !(a->layer[i].thickness < b->layer[i].thickness) && !(a->layer[i].thickness > b->layer[i].thickness);
    return is_same;
}

/* The sampling tables of a volume. @param matter that its secondaries are followed in; collisions happen from z =
 * first to last. */
static enum eot_status append_sampling(const struct eot_secondaries_maker *k, const struct eot_volume_config *v,
                                       const struct eot_secondaries_stack *matter, double first, double last,
                                       eot_sampling *out, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_sha256 hash;
    char key[65];
    struct sampling_tables *t = calloc(1, sizeof *t);
    EOT_CHECK_MEMORY(t);
    eot_secondaries_begin(k, "sampling", &hash);
    eot_secondaries_hash(matter, k->setup, &hash);
    if (!eot_secondaries_cached(k, &hash, key, t, sizeof *t)) {
        EOT_TRY(sampling_fill(k, v, matter, first, last, t, err));
        eot_secondaries_keep(k, key, t, sizeof *t);
    }
    out->is_there = 1;
    EOT_TRY(eot_f32_table_append(&w->table, t->soft[0], sizeof t->soft / sizeof(double), &out->soft, err));
    EOT_TRY(eot_f32_table_append(&w->table, t->hard[0][0][0], sizeof t->hard / sizeof(double), &out->hard, err));
done:
    free(t);
    return status;
}

/* Of an HCAL module in layers. */
static enum eot_status add_layers(const struct eot_secondaries_maker *k, int module, int volume, struct eot_world *w,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *v = &k->config->geometry.volume[volume];
    eot_sampling *out = &w->event.secondaries.sampling[module];
    struct eot_secondaries_stack stack = {0};
    double first = 0.0, last = 0.0;
    EOT_TRY(eot_secondaries_layers(k->setup, v, &stack, &first, &last, err));
    EOT_TRY(append_sampling(k, v, &stack, first, last, out, w, err));
    out->inverse_visible = 1.0f / eot_world_volume(&w->event, EOT_ROLE_HCAL, module)->shower_visible;
done:
    eot_secondaries_stack_free(&stack);
    return status;
}

static enum eot_status veto_append(const struct veto_tables *t, const struct eot_soft_slab *box, eot_before_veto *out,
                                   struct eot_f32_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_bin = (size_t)t->n_bin;
    out->n_bin = (i32)n_bin;
    out->before = (f32)t->before;
    out->before_x0 = (f32)box->x0;
    out->before_x1 = (f32)box->x1;
    out->before_y0 = (f32)box->y0;
    out->before_y1 = (f32)box->y1;
    out->soft = (u32)table->n;
    for (int i = 0; i < ROW; i++)
        EOT_TRY(eot_f32_table_append(table, t->soft[i][0], n_bin * (1 + EOT_N_LUMP), NULL, err));
    EOT_TRY(eot_f32_table_append(table, t->edge, n_bin + 1, &out->edge, err));
    EOT_TRY(eot_f32_table_append(table, t->hard[0][0][0], n_bin * HARD, &out->hard, err));
done:
    return status;
}

/* Role of the volume that a slab belongs to. @param z in it. */
static i32 role_at(const struct eot_config *config, const struct eot_soft_slab *box, double z) {
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (z > v->z && z < v->z + v->thickness && v->center_x - 0.5 * v->size_x <= box->x0 + 1e-9 &&
            v->center_x + 0.5 * v->size_x >= box->x1 - 1e-9)
            return (i32)v->role;
    }
    return EOT_ROLE_PASSIVE;
}

static enum eot_status veto_table(const struct eot_secondaries_maker *k, const struct eot_secondaries_stack *stack,
                                  struct veto_tables *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_sha256 hash;
    char key[65];
    eot_secondaries_begin(k, "veto", &hash);
    eot_secondaries_hash(stack, k->setup, &hash);
    if (!eot_secondaries_cached(k, &hash, key, t, sizeof *t)) {
        EOT_TRY(veto_fill(k, stack, t, err));
        eot_secondaries_keep(k, key, t, sizeof *t);
    }
done:
    return status;
}

static enum eot_status add_veto(const struct eot_secondaries_maker *k, int volume, struct eot_world *w,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *v = &k->config->geometry.volume[volume];
    eot_secondaries *secondaries = &w->event.secondaries;
    eot_before_veto *out = &secondaries->veto;
    struct eot_secondaries_stack stack = {0};
    double line[4];
    struct veto_tables *t = calloc(1, sizeof *t);
    EOT_CHECK_MEMORY(t);
    EOT_TRY(eot_secondaries_axis(k->config, k->setup, volume, &stack, err));
    if (stack.target < 0 || !is_active(v)) goto done;
    int dense = last_dense(&stack, k->setup);
    struct eot_soft_slab box = stack.slab[dense >= 0 ? dense : stack.target];
    if (dense >= 0) secondaries->before_role = role_at(k->config, &box, stack.edge[dense + 1] - 1e-6);
    eot_secondaries_frame(&stack, &k->config->beam, line);
    EOT_TRY(append_sampling(k, v, &stack, 0.0, eot_secondaries_round(v->thickness), &secondaries->sampling[EOT_N_HCAL],
                            w, err));
    EOT_TRY(veto_table(k, &stack, t, err));
    out->front = (f32)v->z;
    out->x0 = (f32)(v->center_x - 0.5 * v->size_x);
    out->x1 = (f32)(v->center_x + 0.5 * v->size_x);
    out->y0 = (f32)(v->center_y - 0.5 * v->size_y);
    out->y1 = (f32)(v->center_y + 0.5 * v->size_y);
    if (!(t->n_bin > 0.0)) goto done;
    EOT_TRY(veto_append(t, &box, out, &w->table, err));
    EOT_TRY(eot_secondaries_arrivals(k, &stack, line, v->z, w, err));
done:
    eot_secondaries_stack_free(&stack);
    free(t);
    return status;
}

enum eot_status eot_world_secondaries(const struct eot_config *config, const struct eot_setup *setup, bool no_cache,
                                      struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_muon_integrator integrator = {0};
    struct eot_secondaries_media media = {.setup = setup};
    struct eot_secondaries_maker k = {config, setup, &media, &integrator, eot_muon_options_default(), no_cache};
    const struct eot_geometry_config *g = &config->geometry;
    eot_sampling *sampling = w->event.secondaries.sampling;
    k.options.v_cut = config->physics.muon_hard_loss;
    media.medium = calloc((size_t)setup->n_material + 1, sizeof *media.medium);
    media.is_built = calloc((size_t)setup->n_material + 1, sizeof *media.is_built);
    EOT_CHECK_MEMORY(media.medium);
    EOT_CHECK_MEMORY(media.is_built);
    EOT_TRY(eot_muon_integrator_create(k.options.tolerance, &integrator, err));
    if (!config->physics.secondaries || config->physics.muon_straggling != EOT_CONFIG_STRAGGLING_VAVILOV) goto done;
    for (int module = 0; module < EOT_N_HCAL; module++) {
        int i = eot_setup_volume(config, EOT_ROLE_HCAL, module),
            before = module > 0 ? eot_setup_volume(config, EOT_ROLE_HCAL, module - 1) : -1;
        if (i < 0 || !is_in_layers(&g->volume[i])) continue;
        if (before >= 0 && has_same_layers(&g->volume[i], &g->volume[before]))
            sampling[module] = sampling[module - 1];
        else
            EOT_TRY(add_layers(&k, module, i, w, err));
    }
    int veto = eot_setup_volume(config, EOT_ROLE_VETO, 0);
    if (veto >= 0) EOT_TRY(add_veto(&k, veto, w, err));
done:
    eot_muon_integrator_free(&integrator);
    free(media.medium);
    free(media.is_built);
    return status;
}
