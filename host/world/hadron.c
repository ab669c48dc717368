#include "world/hadron.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/physics/hadron_ionisation.h"
#include "eotmc/physics/multiple_scattering.h"
#include "world/hadron_probe.h"

enum { N_PLACE = 1024, N_SEARCH = 4096 };
static const double FIRST = 0.3, LAST = 8000.0; /* p/m of the nodes of ionisation */
static const double MIP = 4.0;                  /* p/m at which the visible share of ionisation is taken */
static const double UNIFORM = 0.02;             /* share of the decays that are drawn uniformly in z */
static const double LEAST_X0 = 1e-3;            /* of Highland's logarithm */

/* Mean ionisation [GeV/cm] of a constituent of a region. */
static double loss_of(const struct eot_material *m, double beta_gamma, double mass) {
    const double *d = m->density_effect;
    double delta = eot_density_effect(beta_gamma, d[0], d[1], d[2], d[3], d[4]);
    return fmax(0.0, m->density * eot_hadron_bethe(beta_gamma, mass, m->Z_over_A, 1e-9 * m->mean_excitation, delta));
}

enum eot_status eot_world_lengths(const struct eot_setup *setup, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *rows = calloc((size_t)setup->n_region * EOT_N_LENGTHS_COLUMN, sizeof *rows);
    EOT_CHECK_MEMORY(rows);
    for (int k = 0; k < setup->n_region; k++) {
        const eot_region *r = &setup->region[k];
        double seen = 0.0, all = 0.0, *row = rows + (size_t)k * EOT_N_LENGTHS_COLUMN;
        for (int i = 0; i < r->n_constituent; i++) {
            const struct eot_material *m = &setup->material[r->material[i]];
            double share = (double)r->fraction[i], mip = share * loss_of(m, MIP, EOT_M_PION);
            if (isfinite(m->lambda_int) && m->lambda_int > 0.0) row[EOT_LENGTHS_INTERACTION] += share / m->lambda_int;
            if (isfinite(m->X0) && m->X0 > 0.0) row[EOT_LENGTHS_X0] += share / m->X0;
            all += mip;
            if (r->active[i] != 0) seen += mip;
        }
        row[EOT_LENGTHS_ACTIVE] = all > 0.0 ? seen / all : 0.0;
    }
    EOT_TRY(
        eot_f32_table_append(&w->table, rows, (size_t)setup->n_region * EOT_N_LENGTHS_COLUMN, &w->event.lengths, err));
done:
    free(rows);
    return status;
}

/* A region's row. */
static void fill_row(const struct eot_config *config, const struct eot_setup *setup, const eot_region *r, double *row) {
    for (int i = 0; i < r->n_constituent; i++) {
        const struct eot_material *m = &setup->material[r->material[i]];
        double share = (double)r->fraction[i];
        if (config->physics.hadron_interactions && isfinite(m->lambda_int) && m->lambda_int > 0.0)
            row[EOT_HADRON_REGION_INTERACTION] += share / m->lambda_int;
        if (isfinite(m->X0) && m->X0 > 0.0) row[EOT_HADRON_REGION_X0] += share / m->X0;
        for (int kind = 0; kind < EOT_N_HADRON_KIND; kind++)
            for (int k = 0; k < EOT_N_HADRON_NODE; k++)
                row[EOT_HADRON_REGION_LOSS + kind * EOT_N_HADRON_NODE + k] +=
                    share *
                    loss_of(m, FIRST * pow(LAST / FIRST, (double)k / (EOT_N_HADRON_NODE - 1)), eot_hadron_mass(kind));
    }
}

static enum eot_status build_regions(const struct eot_config *config, const struct eot_setup *setup,
                                     struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n = (size_t)setup->n_region * EOT_N_HADRON_REGION_COLUMN;
    double *row = calloc(n, sizeof *row);
    EOT_CHECK_MEMORY(row);
    for (int r = 0; r < setup->n_region; r++)
        fill_row(config, setup, &setup->region[r], row + (size_t)r * EOT_N_HADRON_REGION_COLUMN);
    EOT_TRY(eot_f32_table_append(&w->table, row, n, &w->hadron.region, err));
    w->hadron.log_first = (f32)log(FIRST);
    w->hadron.inverse_log_step = (f32)((EOT_N_HADRON_NODE - 1) / log(LAST / FIRST));
done:
    free(row);
    return status;
}

/* The trackers in front of the ECAL. */
static enum eot_status find_stations(const struct eot_config *config, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_hadron_world *h = &w->hadron;
    struct eot_hadron_mark mark[EOT_N_STATION];
    for (int volume, module = 0; (volume = eot_setup_volume(config, EOT_ROLE_TRACKER, module)) >= 0; module++) {
        const struct eot_volume_config *v = &config->geometry.volume[volume];
        if (v->z >= (double)h->ecal_z) break;
        EOT_CHECK(h->n_station < EOT_N_STATION, EOT_E_CONFIG,
                  "volume %s is tracker %d in front of the ECAL (at most %d measure kinks); give one role: passive",
                  v->name, h->n_station + 1, EOT_N_STATION);
        h->station_z[h->n_station] = (f32)v->z;
        h->station_resolution[h->n_station] = (f32)v->resolution;
        if (v->z < (double)h->srd_z) h->n_before = h->n_station + 1;
        mark[h->n_station++].z = (double)(f32)v->z;
    }
    eot_hadron_probe(w, mark, (size_t)h->n_station);
    for (int i = 0; i < h->n_station; i++) {
        h->station_x[i] = (f32)mark[i].x;
        h->station_y[i] = (f32)mark[i].y;
    }
done:
    return status;
}

/* The region of decays: as configured, inside the world and behind the beam's start; or all of the way. */
static enum eot_status find_region(const struct eot_config *config, struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_hadron_world *h = &w->hadron;
    double start = config->beam.position_z, end = config->geometry.world_max[2];
    const double *asked = config->beam.decay_region;
    struct eot_hadron_mark *mark = malloc(N_SEARCH * sizeof *mark);
    EOT_CHECK_MEMORY(mark);
    h->z0 = (f32)(asked[0] < asked[1] ? fmax(start, asked[0]) : start);
    h->z1 = (f32)(asked[0] < asked[1] ? fmin(end, asked[1]) : end);
    if (asked[0] < asked[1]) goto done;
    for (int i = 0; i < N_SEARCH; i++) mark[i].z = start + (end - start) * (i + 1) / N_SEARCH;
    eot_hadron_probe(w, mark, N_SEARCH);
    for (int i = 0; i < N_SEARCH; i++)
        if (!mark[i].is_reached || mark[i].interaction > -log(EOT_HADRON_GONE)) {
            h->z1 = (f32)mark[i].z;
            break;
        }
done:
    free(mark);
    return status;
}

/* Shares of the decays in front of the edges of the bins. */
static enum eot_status build_places(struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_hadron_world *h = &w->hadron;
    struct eot_hadron_mark mark[N_PLACE + 1];
    double edge[N_PLACE + 1], share[N_PLACE], sum = 0.0;
    h->n_place = N_PLACE;
    for (int i = 0; i <= N_PLACE; i++) mark[i].z = (double)h->z0 + (double)(h->z1 - h->z0) * i / N_PLACE;
    eot_hadron_probe(w, mark, N_PLACE + 1);
    for (int i = 0; i < N_PLACE; i++) {
        double gone = 0.5 * (mark[i].interaction + mark[i + 1].interaction + mark[i].decay + mark[i + 1].decay);
        share[i] = mark[i].is_reached ? (mark[i + 1].decay - mark[i].decay) * exp(-gone) : 0.0;
        sum += share[i];
    }
    edge[0] = 0.0;
    for (int i = 0; i < N_PLACE; i++)
        edge[i + 1] = edge[i] + (sum > 0.0 ? (1.0 - UNIFORM) * share[i] / sum + UNIFORM / N_PLACE : 1.0 / N_PLACE);
    edge[N_PLACE] = 1.0;
    EOT_TRY(eot_f32_table_append(&w->table, edge, N_PLACE + 1, &h->place, err));
done:
    return status;
}

enum eot_status eot_world_hadron(const struct eot_config *config, const struct eot_setup *setup, struct eot_world *w,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_hadron_world *h = &w->hadron;
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    struct eot_hadron_mark front;
    memset(h, 0, sizeof *h);
    if (!eot_beam_is_hadron(config)) goto done;
    h->is_there = 1;
    h->kind = eot_beam_mass(config) < 0.3 ? EOT_HADRON_PION : EOT_HADRON_KAON;
    h->charge = (i32)eot_beam_charge(config);
    h->interacts = config->physics.hadron_interactions;
    h->highland = 1.0f;
    h->srd_z = (f32)config->detector.srd_z;
    h->ecal_z = (f32)config->geometry.volume[ecal].z;
    EOT_TRY(build_regions(config, setup, w, err));
    front.z = (double)h->ecal_z;
    eot_hadron_probe(w, &front, 1);
    h->highland = (f32)fmax(0.2, eot_highland_factor(front.X0, LEAST_X0));
    EOT_TRY(find_stations(config, w, err));
    EOT_TRY(find_region(config, w, err));
    EOT_TRY(build_places(w, err));
done:
    return status;
}
