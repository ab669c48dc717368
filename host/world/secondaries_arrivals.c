/* What showers in the ECAL send into the VETO: their mean number by the depth where a shower starts and its energy, and
 * their energies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "physics/soft/response.h"
#include "world/secondaries_parts.h"

enum { MOST_ARRIVAL = 400000, PILOT = 10, FIRST_SEED = 77 };
enum { ENDLESS = 8, UNITS = 60 }; /* so many layers are without end; a block is as many layers */
static const double SHOWER_NODE[EOT_N_SHOWER_NODE] = {1.0 / 32.0, 0.125, 0.5, 2.0, 8.0}; /* GeV */
/* Showers of each energy that are followed: most where the energy of particles below a cut of some GeV is. */
static const double SHOWERS[EOT_N_SHOWER_NODE] = {240.0, 120.0, 100.0, 130.0, 75.0};
/* Weight of a photon of some MeV where showers start, per GeV of the shower and at least: what one shower sends
 * fluctuates by half, its depth does, so that many showers are worth more than all of each. */
static const double WINDOW = 2.5, LEAST_WINDOW = 0.6;
static const double PENETRATING = 3.0e-3; /* GeV: a photon that gets through most of dense matter */
static const double FOLLOWED = 500.0;     /* arrivals of one energy and depth that are followed for their energies */
static const double LEAST_NUMBER = 1e-9;  /* per GeV: fewer are as good as none */
static const double BACK_X0 = 6.0;        /* radiation lengths that a shower sends particles back */

struct arrival_tables {
    double n_depth, depth_rate;                                    /* points of depth, per cm */
    double log_number[2][EOT_N_SHOWER_NODE][EOT_SOFT_MOST_SENDER]; /* per GeV; of electrons, of photons */
    double error[EOT_N_SHOWER_NODE][EOT_SOFT_MOST_SENDER];         /* relative, of the number */
    double arrival[EOT_N_ARRIVAL_CLASS][EOT_N_ARRIVAL_LUMP];
    double energy_error; /* relative, of the mean energy of those of the first class */
};

/* Where showers start, in the frame of the stack. */
struct source {
    double x, y, sx, sy; /* the beam a quarter of the way through, and its slopes */
    double z, length;    /* the ECAL */
};

/* What arrivals are made with. */
struct arrivals {
    const struct eot_secondaries_stack *matter;
    const struct eot_soft_stack *stack;
    struct source from;
    struct eot_soft_stack bed;
    double *edge;
    struct eot_soft_slab *slab;
    struct eot_soft_particle *waiting;
    struct eot_soft_target target;
};

static void arrivals_free(struct arrivals *a) {
    free(a->edge);
    free(a->slab);
    free(a->waiting);
    free(a->target.energy);
    free(a->target.of_weight);
    free(a->target.of_sender);
    eot_soft_paths_free(a->target.paths);
}

static enum eot_status arrivals_create(struct arrivals *a, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_soft_target *t = &a->target;
    *t = (struct eot_soft_target){.stack = a->stack,
                                  .slab = a->matter->target,
                                  .front = a->from.z,
                                  .rear = a->from.z + a->from.length,
                                  .most = MOST_ARRIVAL};
    t->paths = eot_soft_paths_create(a->stack);
    t->energy = malloc(MOST_ARRIVAL * sizeof *t->energy);
    t->of_weight = malloc(MOST_ARRIVAL * sizeof *t->of_weight);
    t->of_sender = malloc(MOST_ARRIVAL * sizeof *t->of_sender);
    a->waiting = malloc(EOT_SOFT_MOST * sizeof *a->waiting);
    EOT_CHECK_MEMORY(t->paths);
    EOT_CHECK_MEMORY(t->energy);
    EOT_CHECK_MEMORY(t->of_weight);
    EOT_CHECK_MEMORY(t->of_sender);
    EOT_CHECK_MEMORY(a->waiting);
done:
    return status;
}

/* The ECAL's layers without end, with its sides: showers that start at any layer are the same in it. */
static enum eot_status endless_bed(struct arrivals *a, const struct eot_volume_config *ecal,
                                   const struct eot_setup *setup, int n_unit, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double unit = a->from.length / n_unit, unit_X0 = eot_setup_volume_X0(setup, ecal) / n_unit, period = 0.0;
    int n_back = (int)ceil(BACK_X0 / fmax(unit_X0, 1e-9)), n = 0;
    n_back = n_back < n_unit ? n_back : n_unit;
    size_t most = (size_t)(n_unit + n_back) * ecal->n_layer;
    const struct eot_soft_slab *box = &a->matter->slab[eot_soft_slab_at(a->stack, a->from.z + 1e-6)];
    a->edge = malloc((most + 1) * sizeof *a->edge);
    a->slab = malloc(most * sizeof *a->slab);
    EOT_CHECK_MEMORY(a->edge);
    EOT_CHECK_MEMORY(a->slab);
    for (size_t l = 0; l < ecal->n_layer; l++) period += ecal->layer[l].thickness;
    for (int i = -n_back; i < n_unit; i++) {
        double z = i * unit;
        for (size_t l = 0; l < ecal->n_layer; l++) {
            a->edge[n] = z;
            a->slab[n] = *box;
            a->slab[n].score = -1;
            a->slab[n++].medium = ecal->layer[l].material;
            z += ecal->layer[l].thickness * unit / period;
        }
    }
    a->edge[n] = n_unit * unit;
    a->bed = (struct eot_soft_stack){n, a->edge, a->slab, a->stack->medium, a->stack->outside};
done:
    return status;
}

/* The set-up as the bed of showers that start at one depth. */
static enum eot_status bed_at(struct arrivals *a, double z, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = (size_t)a->stack->n_slab;
    if (a->edge == NULL) a->edge = malloc((n + 1) * sizeof *a->edge);
    EOT_CHECK_MEMORY(a->edge);
    for (size_t i = 0; i <= n; i++) a->edge[i] = a->stack->edge[i] - z;
    a->bed = *a->stack;
    a->bed.edge = a->edge;
done:
    return status;
}

/* The shortest straight way of a photon [cm] out of the sender towards the target. @param z depth in the set-up. @param
 * side distance to the sender's nearest side. @param beside how far the target reaches beyond that. */
static double way_out(const struct arrivals *a, double z, double side, double beside) {
    double rear = a->target.rear - z, slope = (side + beside) / (a->stack->edge[a->target.slab] - z);
    return beside > 0.0 && side < slope * rear ? fmin(rear, side * sqrt(1.0 + 1.0 / (slope * slope))) : rear;
}

/* How much more arrives of a photon of some MeV at a place of the bed than of one where showers start, about: by what
 * it has to go through, in the mean over senders. @param to_side distance from the start to the nearest side [cm]. */
static void gains(struct arrivals *a, double to_side) {
    struct eot_soft_target *t = &a->target;
    const struct eot_soft_slab *target = &a->matter->slab[t->slab], *box = &a->bed.slab[0];
    double length = a->bed.edge[a->bed.n_slab], mu = 0.0, matter = length - a->bed.edge[0];
    double beside =
        fmax(fmax(box->x0 - target->x0, target->x1 - box->x1), fmax(box->y0 - target->y0, target->y1 - box->y1));
    for (int i = 0; i < a->bed.n_slab; i++)
        mu += (a->bed.edge[i + 1] - a->bed.edge[i]) / matter *
              eot_soft_attenuation(&a->bed.medium[a->bed.slab[i].medium], PENETRATING);
    t->z_rate = EOT_SOFT_N_GAIN / fmax(length, 1e-3);
    t->side_rate = EOT_SOFT_N_GAIN / to_side;
    for (int i = 0; i < EOT_SOFT_N_GAIN; i++)
        for (int j = 0; j < EOT_SOFT_N_GAIN; j++) {
            double depth = (i + 0.5) / t->z_rate, side = (j + 0.5) / t->side_rate, sum = 0.0;
            int n = 0;
            for (; n < t->n_sender && t->shift[n] + depth < t->rear; n++)
                sum += exp(mu *
                           (way_out(a, t->shift[n], to_side, beside) - way_out(a, t->shift[n] + depth, side, beside)));
            t->gain[i][j] = n > 0 ? fmax(sum / n, 1.0) : 1.0;
        }
}

/* Showers of one energy: numbers and errors of all senders, and some arrivals. A few showers say of how many arrivals
 * one is to be followed; they do not count. @param node of energy. @param share of the usual number of showers. */
static void showers(struct arrivals *a, int node, double share, uint64_t seed, double *log_number, double *error) {
    enum { MOST = EOT_SOFT_MOST_SENDER };
    struct eot_soft_target *t = &a->target;
    struct eot_soft_random random = {seed};
    const double energy = SHOWER_NODE[node];
    const double slope = 1.0 / sqrt(1.0 + a->from.sx * a->from.sx + a->from.sy * a->from.sy);
    const double place[3] = {a->from.x, a->from.y, 1.0e-7}, u[3] = {a->from.sx * slope, a->from.sy * slope, slope};
    struct eot_soft_particle start = eot_soft_at(&a->bed, EOT_SOFT_ELECTRON, energy, place, u);
    const struct eot_soft_slab *box = &a->bed.slab[start.slab];
    const double to_side =
        fmax(fmin(fmin(place[0] - box->x0, box->x1 - place[0]), fmin(place[1] - box->y0, box->y1 - place[1])), 1e-3);
    gains(a, to_side);
    double one[MOST] = {0.0}, two[MOST] = {0.0};
    int before = t->n, n = (int)fmax(share * SHOWERS[node], PILOT);
    t->window = fmax(WINDOW * energy, LEAST_WINDOW);
    for (int i = -PILOT; i < n; i++) {
        if (i == -PILOT || i == 0)
            for (int s = 0; s < t->n_sender; s++) {
                t->weight[s] = i < 0 ? 0.0 : fmax(one[s] / PILOT * n / FOLLOWED, 1e-30);
                one[s] = two[s] = 0.0;
            }
        memset(t->number, 0, sizeof t->number);
        eot_soft_follow_to(&a->bed, start, &random, a->waiting, t);
        for (int s = 0; s < t->n_sender; s++) {
            one[s] += t->number[s];
            two[s] += t->number[s] * t->number[s];
        }
    }
    for (int i = before; i < t->n; i++) t->of_weight[i] /= n * energy;
    for (int s = 0; s < t->n_sender; s++) {
        log_number[s] = log(fmax(one[s] / (n * energy), LEAST_NUMBER));
        error[s] = one[s] > 0.0 ? sqrt(fmax(two[s] / (one[s] * one[s]) - 1.0 / n, 0.0)) : 1.0;
    }
}

/* Relative error of a weighted mean. */
static double mean_error(const double *value, const double *weight, int n) {
    double one = 0.0, two = 0.0, all = 0.0;
    for (int i = 0; i < n; i++) {
        all += weight[i];
        one += weight[i] * value[i];
    }
    for (int i = 0; i < n; i++) two += pow(weight[i] * (value[i] - one / all), 2.0);
    return one > 0.0 ? sqrt(two) / one : 1.0;
}

/* Energies of the arrivals in classes of depth. @param depth_of of each sender, 0 to 1. */
static enum eot_status classes_fill(const struct arrivals *a, const double *depth_of, struct arrival_tables *tables,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_soft_target *t = &a->target;
    double *energy = malloc(2 * (size_t)t->n * sizeof *energy + 1), *weight = energy + t->n;
    EOT_CHECK_MEMORY(energy);
    for (int class = 0; class < EOT_N_ARRIVAL_CLASS; class ++) {
        int n = 0;
        for (int i = 0; i < t->n; i++) {
            double depth = depth_of[t->of_sender[i]] * EOT_N_ARRIVAL_CLASS - class;
            if (depth < -1e-6 || depth > 1.0 + 1e-6) continue; /* what lies between two is in both */
            energy[n] = t->energy[i];
            weight[n++] = t->of_weight[i];
        }
        if (class == 0) tables->energy_error = mean_error(energy, weight, n);
        eot_soft_groups(energy, weight, n, EOT_N_ARRIVAL_LUMP, tables->arrival[class]);
    }
done:
    free(energy);
    return status;
}

/* Number of arrivals per GeV of an electron's shower. @param depth place among the points of depth. */
static double number_at(const struct arrival_tables *t, double energy, double depth) {
    double e = log(energy / SHOWER_NODE[0]) / log(SHOWER_NODE[1] / SHOWER_NODE[0]);
    e = fmin(fmax(e, 0.0), EOT_N_SHOWER_NODE - 1.001);
    depth = fmin(fmax(depth, 0.0), t->n_depth - 1.001);
    int i = (int)e, j = (int)depth;
    const double *low = &t->log_number[0][i][j], *high = &t->log_number[0][i + 1][j], f = depth - j;
    double at_low = low[0] + f * (low[1] - low[0]), at_high = high[0] + f * (high[1] - high[0]);
    return exp(at_low + (e - i) * (at_high - at_low));
}

/* Numbers of photons: of the pair that each becomes, somewhere on its way, its electrons. What reaches the sender's
 * rear as it is arrives once, or goes through the target. */
static void photons_fill(const struct arrivals *a, struct arrival_tables *t) {
    enum { PATHS = 24, SHARES = 8 };
    const struct eot_soft_target *target = &a->target;
    const struct eot_soft_stack *s = a->stack;
    double length = a->from.length, thickness = s->edge[target->slab + 1] - s->edge[target->slab];
    int first = eot_soft_slab_at(s, a->from.z + 1e-6), last = eot_soft_slab_at(s, target->rear - 1e-6);
    for (int e = 0; e < EOT_N_SHOWER_NODE; e++) {
        const double energy = SHOWER_NODE[e];
        double mu = 0.0, inside = thickness * eot_soft_attenuation(&s->medium[s->slab[target->slab].medium], energy);
        for (int i = first; i <= last; i++)
            mu += (s->edge[i + 1] - s->edge[i]) / length * eot_soft_attenuation(&s->medium[s->slab[i].medium], energy);
        for (int d = 0; d < (int)t->n_depth; d++) {
            double sum = 0.0;
            for (int i = 0; i < PATHS; i++) {
                double depth = d / t->depth_rate - log1p(-(i + 0.5) / PATHS) / mu, pairs = 0.0, of = 0.0;
                for (int k = 0; k < SHARES && depth < length; k++) {
                    double x = (k + 0.5) / SHARES, weight = 1.0 - 4.0 / 3.0 * x * (1.0 - x); /* complete screening */
                    pairs += 2.0 * weight * x * number_at(t, x * energy, depth * t->depth_rate);
                    of += weight;
                }
                sum += (depth < length ? pairs / of : -expm1(-inside) / energy) / PATHS;
            }
            t->log_number[1][e][d] = log(fmax(sum, LEAST_NUMBER));
        }
    }
}

static enum eot_status arrivals_fill(const struct eot_secondaries_maker *k, const struct eot_soft_stack *stack,
                                     const struct eot_secondaries_stack *matter, const struct source *from,
                                     struct arrival_tables *t, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *ecal = &k->config->geometry.volume[eot_setup_volume(k->config, EOT_ROLE_ECAL, 0)];
    bool is_endless = ecal->n_layer == 1 || ecal->repeat >= ENDLESS;
    int n_unit = ecal->n_layer > 1 && is_endless ? ecal->repeat : UNITS, most = EOT_SOFT_MOST_SENDER - 1;
    int stride = (n_unit + most - 1) / most, n = (n_unit + stride - 1) / stride + 1;
    double depth[EOT_SOFT_MOST_SENDER];
    struct arrivals a = {.matter = matter, .stack = stack, .from = *from};
    EOT_TRY(arrivals_create(&a, err));
    t->n_depth = n;
    t->depth_rate = n_unit / (stride * from->length);
    for (int s = 0; s < n; s++) depth[s] = fmin((double)s * stride / n_unit, 1.0);
    if (is_endless) {
        EOT_TRY(endless_bed(&a, ecal, k->setup, n_unit, err));
        a.target.n_sender = n;
        for (int s = 0; s < n; s++) a.target.shift[s] = from->z + from->length * depth[s];
        for (int e = 0; e < EOT_N_SHOWER_NODE; e++)
            showers(&a, e, 1.0, FIRST_SEED + (uint64_t)e, t->log_number[0][e], t->error[e]);
    }
    for (int s = 0; s < n && !is_endless; s++) { /* few layers: every depth for itself, in the set-up as it stands */
        double z = from->z + from->length * depth[s], log_number, error;
        int before = a.target.n;
        EOT_TRY(bed_at(&a, z, err));
        a.target.n_sender = 1;
        a.target.shift[0] = z;
        for (int e = 0; e < EOT_N_SHOWER_NODE; e++) {
            showers(&a, e, 2.0 / n, FIRST_SEED + (uint64_t)(e + 16 * s), &log_number, &error);
            t->log_number[0][e][s] = log_number;
            t->error[e][s] = error;
        }
        for (int i = before; i < a.target.n; i++) a.target.of_sender[i] = s;
    }
    photons_fill(&a, t);
    EOT_TRY(classes_fill(&a, depth, t, err));
done:
    arrivals_free(&a);
    return status;
}

static enum eot_status append(const struct arrival_tables *t, double z, double length, eot_before_veto *out,
                              struct eot_f32_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    out->n_depth = (i32)t->n_depth;
    out->depth_z0 = (f32)z;
    out->depth_rate = (f32)t->depth_rate;
    out->class_rate = (f32)(EOT_N_ARRIVAL_CLASS / length);
    out->log_number = (u32)table->n;
    for (int e = 0; e < 2 * EOT_N_SHOWER_NODE; e++)
        EOT_TRY(eot_f32_table_append(table, t->log_number[e / EOT_N_SHOWER_NODE][e % EOT_N_SHOWER_NODE],
                                     (size_t)t->n_depth, NULL, err));
    EOT_TRY(eot_f32_table_append(table, t->arrival[0], sizeof t->arrival / sizeof(double), &out->arrival, err));
done:
    return status;
}

/* Relative statistical error of what showers send into the VETO, about: of energies below the cut that are equally
 * likely, which start in the first quarter of the depths. Errors of the depths of one energy are one, since they come
 * from the same showers; those of different energies are independent. */
static double table_error(const struct arrival_tables *t, double cut) {
    enum { N = 100 };
    double part[EOT_N_SHOWER_NODE] = {0.0}, sum = t->energy_error * t->energy_error;
    for (int i = 0; i < N; i++) {
        double place = log(cut * (i + 0.5) / N / SHOWER_NODE[0]) / log(SHOWER_NODE[1] / SHOWER_NODE[0]);
        place = fmin(fmax(place, 0.0), EOT_N_SHOWER_NODE - 1.001);
        part[(int)place] += (1.0 - (place - (int)place)) / N;
        part[(int)place + 1] += (place - (int)place) / N;
    }
    for (int e = 0; e < EOT_N_SHOWER_NODE; e++) {
        double error = 0.0, number = 0.0;
        for (int s = 0; s < t->n_depth && 4 * s <= t->n_depth; s++) {
            error += t->error[e][s] * exp(t->log_number[0][e][s]);
            number += exp(t->log_number[0][e][s]);
        }
        sum += pow(part[e] * error / number, 2.0);
    }
    return sqrt(sum);
}

enum eot_status eot_secondaries_arrivals(const struct eot_secondaries_maker *k,
                                         const struct eot_secondaries_stack *stack, const double line[4], double veto_z,
                                         struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *ecal = &k->config->geometry.volume[eot_setup_volume(k->config, EOT_ROLE_ECAL, 0)];
    double z = eot_secondaries_round(ecal->z - veto_z), length = eot_secondaries_round(ecal->thickness);
    double at = z + 0.25 * length;
    const struct source from = {line[0] + at * line[2], line[1] + at * line[3], line[2], line[3], z, length};
    struct eot_sha256 hash;
    char key[65];
    struct arrival_tables *t = calloc(1, sizeof *t);
    EOT_CHECK_MEMORY(t);
    if (stack->n_target != 1 || z + length > 1e-9) goto done;
    eot_secondaries_begin(k, "arrivals", &hash);
    eot_sha256_update(&hash, &from, sizeof from);
    eot_secondaries_hash(stack, k->setup, &hash);
    if (!eot_secondaries_cached(k, &hash, key, t, sizeof *t)) {
        struct eot_soft_stack soft = eot_secondaries_soft(stack, k->media);
        EOT_TRY(arrivals_fill(k, &soft, stack, &from, t, err));
        eot_secondaries_keep(k, key, t, sizeof *t);
    }
    w->accuracy.arrivals = table_error(t, k->config->physics.cut);
    EOT_TRY(append(t, ecal->z, ecal->thickness, &w->event.secondaries.veto, &w->table, err));
done:
    free(t);
    return status;
}
