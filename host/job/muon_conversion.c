/* The device's functions in the device's precision: hence the #undef. */
#undef EOT_REAL_DOUBLE
#include "eotmc/select/score.h"

#include "job/muon_conversion.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "version.h"
#include "world/launch.h"

enum { N_BIN = 80, MAX_STEP = 1000000 };

/* What a converted muon gives [GeV, X0]. */
struct conversion {
    double weight, beam, electron, ecal, missing, pass, depth;
};

/* Sums over muons of a weighted quantity x. */
struct sums {
    double wx, w2x, w2x2;
};

struct totals {
    double n, w, w2;
    struct sums electron, ecal, missing, pass, above[2];
    double in, residual; /* GeV */
};

struct axis {
    const char *name, *unit, *title, *label;
    double width;
    double value[N_BIN], variance[N_BIN], overflow;
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Conversions per cm of the ECAL, averaged over its layers, in units of the run; `choice` in (0, 1) takes a nucleus by
 * its share. */
static f32 rate_at(const struct eot_world *w, f32 E, f32 choice, i32 *target) {
    const eot_vertex_tables *e = &w->event.vertex;
    f32 length = w->em.layer[0] + (w->em.n_medium == 2 ? w->em.layer[1] : 0.0f), total = 0.0f, sum = 0.0f;
    for (i32 pass = 0; pass < 2; pass++)
        for (i32 i = 0; i < e->n_lfc; i++) {
            f32 share = w->em.n_medium == 2 ? w->em.layer[e->lfc_medium[i]] / length : 1.0f,
                rate = eot_lfc_xsec(w->table.value, e->lfc[i], E) * share;
            if (pass == 0)
                total += rate;
            else if (rate > 0.0f && sum <= choice * total)
                *target = i;
            if (pass == 1) sum += rate;
        }
    return total;
}

/* One muon: its path through the ECAL, then again up to the chosen point, then the electron's shower. @param acc
 * zeroed. @return faults. */
static u32 convert(const struct eot_world *w, const eot_event_launch *launch, i32 charge, u64 primary, i64 *acc,
                   f32 *stack, i64 *tally, struct conversion *c) {
    const f32 *table = w->table.value;
    const eot_event_world *e = &w->event;
    eot_primary source = eot_source_sample(e->beam, primary, launch->seed, launch->run, e->beam.position_z);
    eot_event_vertex start = eot_event_vertex_none(), v = eot_event_vertex_none();
    f32 ecal_end = 0.0f;
    for (i32 i = 0; i < e->n_slab; i++)
        if (e->slab[i].role == EOT_ROLE_ECAL) ecal_end = e->slab[i].z1;
    start.x = (f64)source.x;
    start.y = (f64)source.y;
    start.z = (f64)e->beam.position_z;
    start.plus = start.minus = eot_slope_direction(source.sx, source.sy);
    start.E_plus = start.E_minus = source.E;
    eot_event_muon_state s = eot_event_muon_start(table, &w->grid, w->voxel, launch, primary, start, charge, acc);
    /* where */
    eot_muon m = s.m;
    eot_random random = s.random;
    i32 chosen = -1;
    f32 along = 0.0f;
    *c = (struct conversion){.beam = (double)source.E};
    f32 weight = 0.0f;
    for (i32 n = 0; m.fate == EOT_MUON_ALIVE && (f32)m.position.z < ecal_end && n < MAX_STEP; n++) {
        eot_muon_step step = eot_muon_advance(table, &w->muon, &w->grid, w->region, w->voxel, m, random);
        if (w->region[step.region].role == EOT_ROLE_ECAL) {
            eot_u32x4 b = eot_philox((u32)primary, (u32)(primary >> 32), (u32)EOT_STAGE_RARE << 24, (u32)n,
                                     launch->seed, launch->run);
            i32 target;
            f32 at = eot_uniform(b.y),
                expected = rate_at(w, m.kinetic_energy + EOT_M_MUON - at * step.ionisation, 0.5f, &target) * step.path;
            weight += expected;
            if (expected > 0.0f && eot_uniform(b.x) * weight < expected) {
                chosen = n;
                along = at;
            }
        }
        m = step.muon;
        random = step.random;
    }
    if (m.fate == EOT_MUON_STUCK) return (u32)EOT_FAULT_STUCK;
    if (m.fate == EOT_MUON_NAN) return (u32)EOT_FAULT_NAN;
    if (chosen < 0) return 0u; /* beside the ECAL */
    c->weight = (double)weight;
    /* again, with deposits */
    for (i32 n = 0; n < chosen; n++)
        s = eot_event_muon_advance(s, eot_muon_advance(table, &w->muon, &w->grid, w->region, w->voxel, s.m, s.random),
                                   table, w->region, e, acc);
    eot_muon_step last = eot_muon_advance(table, &w->muon, &w->grid, w->region, w->voxel, s.m, s.random);
    v.x = s.m.position.x + (f64)along * (last.muon.position.x - s.m.position.x);
    v.y = s.m.position.y + (f64)along * (last.muon.position.y - s.m.position.y);
    v.z = s.m.position.z + (f64)along * (last.muon.position.z - s.m.position.z);
    v.k = s.m.kinetic_energy + EOT_M_MUON - along * last.ionisation;
    i64 at_vertex = eot_energy_counts(v.k - EOT_M_MUON);
    eot_deposit_at(acc, e->slab, e->n_slab, eot_slab_at(e->slab, e->n_slab, (f32)v.z), (f32)v.x, (f32)v.y,
                   s.kinetic_counts - at_vertex, 0);
    v.depth_X0 = ((f32)v.z - e->calorimeter_z) * e->layers_inverse_X0;
    /* the vertex */
    eot_random g = eot_random_init(primary, EOT_STAGE_VERTEX, 0, launch->seed, launch->run);
    eot_u32x4 b = eot_random_block(g);
    i32 target = 0;
    rate_at(w, v.k, eot_uniform(b.z), &target);
    v.target_Z = e->vertex.lfc_Z[target];
    v.target_A = e->vertex.lfc_A[target];
    eot_lfc_table n = e->vertex.lfc[target];
    if (!eot_lfc_is_covered(n, v.k)) return (u32)EOT_FAULT_ENERGY;
    eot_lfc_final f = eot_lfc_sample(table, n, v.k, eot_uniform(b.x), eot_uniform(b.y));
    v.turn = eot_low_uniform(b.x, b.y);
    v.extra = eot_vec3_unit(eot_vec3_rotated(s.m.direction, f.sine * eot_cos_turn(v.turn),
                                             f.sine * eot_sin_turn(v.turn), 1.0f - f.versine));
    v.E_extra = fmin(f.E_f, v.k);
    v.E_dark = v.k - v.E_extra;
    acc[EOT_ACC_LEDGER_PHI] += at_vertex + eot_energy_counts(EOT_M_MUON) - eot_energy_counts(v.E_extra);
    /* the electron's shower, with random numbers of its own */
    eot_vertex_record none = {0};
    eot_replay_state r = eot_replay_start(e, launch, none);
    r.stage = EOT_STAGE_AFTER;
    r.q.p.E = v.E_extra;
    r.q.p.z = fmax((f32)v.z - e->calorimeter_z, 0.0f);
    r.q.p.type = charge > 0 ? EOT_POSITRON : EOT_ELECTRON;
    r.q.x = (f32)v.x;
    r.q.y = (f32)v.y;
    r.q.sx = v.extra.x / fmax(v.extra.z, 0.1f);
    r.q.sy = v.extra.y / fmax(v.extra.z, 0.1f);
    if (v.E_extra < w->em.cut) {
        eot_shower_axis axis = {.x = r.q.x, .y = r.q.y, .z = (f32)v.z, .sx = r.q.sx, .sy = r.q.sy};
        eot_profile_binning no_profile = {0};
        eot_shower_deposit(table, e->shower, e->slab, e->n_slab, acc, eot_energy_counts(v.E_extra), v.E_extra,
                           v.E_extra, 0, axis, r.random, NULL, no_profile);
    } else {
        while (r.is_alive) {
            eot_u32x4 block = eot_replay_block(r, launch);
            r = eot_replay_advance(r, block,
                                   eot_cascade_vertex_sample(table, w->em, r.q.p.E, r.q.p.z, r.q.p.type, block), table,
                                   w->em, e, launch, none, acc, stack, 1, 0, NULL);
        }
    }
    /* what is seen, by the same code as the muons of electrons on target */
    float row[EOT_N_EVENT_COLUMN];
    v.weight = weight;
    v.E_beam = source.E;
    eot_event ev = eot_event_reconstruct(e, launch, primary, v, acc, eot_muon_outcome_none(), eot_muon_outcome_none());
    eot_event_select(e, launch, 1, v, ev, acc, tally, row);
    c->electron = (double)v.E_extra;
    c->depth = (double)v.depth_X0;
    c->ecal = (double)row[EOT_E_ECAL];
    c->missing = (double)row[EOT_E_MISSING];
    c->pass = (double)row[EOT_E_PASS_GAUSSIAN];
    return r.vertex.fault;
}

static void sums_add(struct sums *s, double w, double x) {
    s->wx += w * x;
    s->w2x += w * w * x;
    s->w2x2 += w * w * x * x;
}

static void axis_fill(struct axis *a, double x, double w) {
    int bin = (int)floor(x / a->width);
    if (bin >= N_BIN) a->overflow += w;
    bin = bin < 0 ? 0 : bin;
    if (bin >= N_BIN) return;
    a->value[bin] += w;
    a->variance[bin] += w * w;
}

static enum eot_status add(struct eot_result *result, const char *name, const char *unit, double value,
                           double std_error, double n_eff, struct eot_error *err) {
    struct eot_estimate e = {.value = value, .std_error = std_error, .n_eff = n_eff};
    snprintf(e.name, sizeof e.name, "%s", name);
    snprintf(e.unit, sizeof e.unit, "%s", unit);
    return eot_result_add_estimate(result, &e, err);
}

/* sum w x / sum w over the converted muons; error by linearisation. */
static enum eot_status add_mean(struct eot_result *result, const char *name, const char *unit, const struct totals *t,
                                const struct sums *s, struct eot_error *err) {
    double r = s->wx / t->w;
    return add(result, name, unit, r, sqrt(fmax(0.0, s->w2x2 - 2.0 * r * s->w2x + r * r * t->w2)) / t->w,
               t->w * t->w / t->w2, err);
}

/* sum w x / n over all muons. */
static enum eot_status add_rate(struct eot_result *result, const char *name, const struct totals *t, double wx,
                                double w2x2, double unit, struct eot_error *err) {
    double mean = wx / t->n;
    return add(result, name, "1", unit * mean, unit * sqrt(fmax(0.0, w2x2 / t->n - mean * mean) / t->n),
               w2x2 > 0.0 ? wx * wx / w2x2 : 0.0, err);
}

enum eot_status eot_muon_signal_run(const struct eot_config *config, const struct eot_world *w,
                                    const struct eot_run_options *options, struct eot_result *result, bool *is_partial,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *sampling = &config->sampling;
    i32 charge = config->beam.particle == EOT_BEAM_MUON_PLUS ? 1 : -1;
    eot_event_launch launch = eot_event_launch_from(config, w);
    struct totals t = {0};
    struct axis axis[] = {{.name = "signal.electron_energy",
                           .unit = "GeV",
                           .title = "Electrons of converted muons",
                           .label = "electron energy",
                           .width = config->beam.energy / N_BIN},
                          {.name = "signal.ecal_energy",
                           .unit = "GeV",
                           .title = "Energy in the ECAL of converted muons",
                           .label = "ECAL energy",
                           .width = config->beam.energy / N_BIN},
                          {.name = "missing_energy",
                           .unit = "GeV",
                           .title = "Missing energy of converted muons",
                           .label = "missing energy",
                           .width = config->beam.energy / N_BIN},
                          {.name = "signal.depth_X0",
                           .unit = "X0",
                           .title = "Depth of the conversion",
                           .label = "depth in the ECAL",
                           .width = 1.0}};
    i64 *acc = malloc(EOT_N_ACC * sizeof *acc), *tally = calloc(EOT_N_TALLY, sizeof *tally);
    f32 *stack = calloc(EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH, sizeof *stack);
    struct eot_progress progress;
    bool has_progress = false;
    uint64_t n_done = 0;
    *is_partial = false;
    EOT_CHECK_MEMORY(acc);
    EOT_CHECK_MEMORY(tally);
    EOT_CHECK_MEMORY(stack);
    EOT_CHECK(sampling->mode == EOT_SAMPLING_FORCED, EOT_E_CONFIG,
              "sampling.mode = analog (mu N -> e N phi of a muon beam is sampled with weights only); use "
              "sampling.mode: forced");
    launch.has_vertex = 0;
    double start = now_s();
    eot_progress_start(&progress, options->progress, "muons", sampling->eot, 0);
    has_progress = true;
    for (; n_done < sampling->eot; n_done++) {
        if (n_done % 256 == 0) {
            eot_progress_update(&progress, n_done);
            if (options->is_interrupted != NULL && *options->is_interrupted) {
                *is_partial = true;
                break;
            }
        }
        struct conversion c;
        uint64_t primary = sampling->first + n_done;
        memset(acc, 0, EOT_N_ACC * sizeof *acc);
        u32 faults = convert(w, &launch, charge, primary, acc, stack, tally, &c);
        EOT_CHECK(faults == 0u, EOT_E_DEVICE, "primary %llu failed (%s); report the configuration",
                  (unsigned long long)primary, eot_run_fault_text(faults));
        t.n += 1.0;
        if (!(c.weight > 0.0)) continue;
        i64 left = eot_energy_counts((f32)c.beam);
        for (int k = 0; k < EOT_N_LEDGER; k++) left -= acc[k];
        t.in += c.beam;
        t.residual += (double)left / EOT_ENERGY_QUANTUM;
        t.w += c.weight;
        t.w2 += c.weight * c.weight;
        sums_add(&t.electron, c.weight, c.electron);
        sums_add(&t.ecal, c.weight, c.ecal);
        sums_add(&t.missing, c.weight, c.missing);
        sums_add(&t.pass, c.weight, c.pass);
        sums_add(&t.above[0], c.weight, c.electron > 5.0 ? 1.0 : 0.0);
        sums_add(&t.above[1], c.weight, c.electron > 30.0 ? 1.0 : 0.0);
        const double x[] = {c.electron, c.ecal, c.missing, c.depth};
        for (size_t i = 0; i < sizeof axis / sizeof axis[0]; i++) axis_fill(&axis[i], x[i], c.weight);
    }
    EOT_CHECK(t.n > 1.0, EOT_E_INTERRUPTED, "no muon was completed; nothing is written");
    EOT_CHECK(t.w > 0.0, EOT_E_NUMERIC, "no muon crosses the ECAL; check beam.position_x and the ECAL's place");
    double wall = now_s() - start, unit = w->rare_unit;
    snprintf(result->name, sizeof result->name, "%s", config->name);
    snprintf(result->mode, sizeof result->mode, "forced");
    snprintf(result->version, sizeof result->version, "%s", EOT_VERSION);
    memcpy(result->config_sha256, config->sha256, sizeof result->config_sha256);
    memcpy(result->tables_sha256, w->sha256, sizeof result->tables_sha256);
    result->seed = sampling->seed;
    result->run = sampling->run;
    result->partial = *is_partial;
    result->effective_yaml = config->effective_yaml;
    EOT_TRY(eot_result_add_device(result, "host", "C", err));
    EOT_TRY(eot_result_add_range(result, sampling->first, sampling->first + n_done, err));
    EOT_TRY(add(result, "mot.simulated", "1", t.n, 0.0, 0.0, err));
    EOT_TRY(add_rate(result, "signal.per_mot", &t, t.w, t.w2, unit, err));
    EOT_TRY(add_rate(result, "signal.per_mot_above_5GeV", &t, t.above[0].wx, t.above[0].w2x2, unit, err));
    EOT_TRY(add_rate(result, "signal.per_mot_above_30GeV", &t, t.above[1].wx, t.above[1].w2x2, unit, err));
    EOT_TRY(add_mean(result, "signal.electron_energy_mean_GeV", "GeV", &t, &t.electron, err));
    EOT_TRY(add_mean(result, "signal.ecal_energy_mean_GeV", "GeV", &t, &t.ecal, err));
    EOT_TRY(add_mean(result, "signal.missing_energy_mean_GeV", "GeV", &t, &t.missing, err));
    EOT_TRY(add_mean(result, "efficiency.missing_energy", "1", &t, &t.pass, err));
    EOT_TRY(add(result, "physics.mphi", "GeV", config->physics.mphi, 0.0, 0.0, err));
    EOT_TRY(add(result, "physics.h", "1", config->physics.h, 0.0, 0.0, err));
    for (size_t i = 0; i < sizeof axis / sizeof axis[0]; i++) {
        double edges[N_BIN + 1];
        struct eot_histogram h = {.n_bin = N_BIN,
                                  .edges = edges,
                                  .values = axis[i].value,
                                  .variances = axis[i].variance,
                                  .overflow = axis[i].overflow * unit / t.n};
        for (int k = 0; k <= N_BIN; k++) edges[k] = k * axis[i].width;
        for (int k = 0; k < N_BIN; k++) {
            axis[i].value[k] *= unit / t.n;
            axis[i].variance[k] *= unit * unit / (t.n * t.n);
        }
        snprintf(h.name, sizeof h.name, "%s", axis[i].name);
        snprintf(h.unit, sizeof h.unit, "%s", axis[i].unit);
        snprintf(h.title, sizeof h.title, "%s", axis[i].title);
        snprintf(h.axis, sizeof h.axis, "%s", axis[i].label);
        EOT_TRY(eot_result_add_histogram(result, &h, err));
    }
    result->energy_in = t.in;
    result->energy_out = t.in - t.residual;
    result->energy_residual = t.residual / t.in;
    result->performance.wall_s = wall;
    result->performance.muons_per_s = result->performance.eot_per_s = t.n / fmax(wall, 1e-9);
done:
    if (has_progress) eot_progress_finish(&progress, n_done);
    free(acc);
    free(tally);
    free(stack);
    return status;
}
