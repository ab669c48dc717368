#include "world/importance.h"

#include <math.h>
#include <stdlib.h>

#include "config/nesting.h"
#include "eotmc/physics/multiple_scattering.h"
#include "eotmc/transport/muon/medium.h"
#include "world/spectrometer.h"

enum {
    N_MUON = 96,
    N_ANGLE = 48,
    N_AZIMUTH = 8,
    N_PLACE = 8,
    N_STEP = 500,
    N_CELL_ENERGY = 48,
    N_CELL_ANGLE = 32,
    N_NODE = N_CELL_ENERGY + 1 + N_CELL_ENERGY * (N_CELL_ANGLE + 1)
};
static const double SLOWEST = 0.1;                        /* GeV: slower muons stop */
static const double HARD_LOSS = 1.2;                      /* loss over continuous loss */
static const double FIRST_ANGLE = 1e-4, LAST_ANGLE = 1.0; /* 2 sin(half of the angle) */
static const double SMALLEST = 1e-9;                      /* share of a cell that is never missed out */

/* G of a muon by the logarithms of its kinetic energy and of 2 sin(angle/2), on a grid. */
struct importance {
    double first_energy, step_energy, step_angle;
    double G[N_MUON][N_ANGLE];
};

/* A muon along the axis: places in the first and the last tracker plane. */
struct flight {
    double var_first, var_last, cov; /* cm2, of either transverse coordinate */
    double bend_x, bend_y;           /* cm in the last plane, by the fields on the way */
    int is_there;
};

/* Where muons come from, the first and the last chamber of the spectrometer. */
struct places {
    const struct eot_volume_config *ecal, *first, *last;
};
static struct places places_of(const struct eot_config *config, const eot_spectrometer *s) {
    return (struct places){&config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)],
                           eot_spectrometer_chamber(config, s, 0), eot_spectrometer_chamber(config, s, s->n_plane - 1)};
}

static struct flight fly(const struct eot_config *config, const struct eot_setup *setup, const struct eot_world *w,
                         double kinetic) {
    const struct places at = places_of(config, &w->event.spectrometer);
    struct flight f = {0};
    double width = (at.last->z - at.ecal->z) / N_STEP, path_X0 = 0.0, rest = kinetic;
    for (int i = 0; i < N_STEP && rest > SLOWEST; i++) {
        double z = at.ecal->z + (i + 0.5) * width, p2 = rest * (rest + 2.0 * EOT_M_MUON);
        int region = eot_setup_region_at(setup, at.last->center_x, at.last->center_y, z);
        if (region < 0) continue;
        double t = width / eot_setup_region_X0(setup, region), angle2 = eot_highland_angle2(p2, t),
               to_first = fmax(at.first->z - z, 0.0), to_last = at.last->z - z;
        path_X0 += t;
        f.var_first += angle2 * to_first * to_first;
        f.var_last += angle2 * to_last * to_last;
        f.cov += angle2 * to_first * to_last;
        if (setup->region[region].volume >= 0) {
            const double *field = eot_volume_field(&config->geometry, (size_t)setup->region[region].volume);
            f.bend_x += EOT_BEND * field[1] * width / sqrt(p2) * to_last;
            f.bend_y += EOT_BEND * field[0] * width / sqrt(p2) * to_last;
        }
        rest -=
            HARD_LOSS * width * (double)eot_muon_medium_at(w->table.value, &w->muon, &setup->region[region], rest).loss;
    }
    double highland = eot_lfc_square(eot_highland_factor(path_X0, 1e-3)),
           spot = config->beam.spot_x * config->beam.spot_y + 0.01;
    f.var_first = f.var_first * highland + spot;
    f.var_last = f.var_last * highland + spot;
    f.cov = f.cov * highland + spot * 0.99;
    f.is_there = rest > SLOWEST;
    return f;
}

static double share_within(double half, double offset, double sigma) {
    return 0.5 * (erf((half - offset) / (sqrt(2.0) * sigma)) + erf((half + offset) / (sqrt(2.0) * sigma)));
}

/* Probability to cross both planes, in one coordinate. @param at_first,at_last where the muon would be without
 * scattering. */
static double both_crossed(const struct flight *f, double half_first, double half_last, double at_first,
                           double at_last) {
    double slope = f->cov / f->var_first, sigma_first = sqrt(f->var_first),
           sigma = sqrt(fmax(f->var_last - slope * f->cov, 1e-6)), sum = 0.0;
    for (int i = 0; i < N_PLACE; i++) {
        double low = half_first * (2.0 * i / N_PLACE - 1.0), width = 2.0 * half_first / N_PLACE, x = low + 0.5 * width;
        double there = share_within(0.5 * width, x - at_first, sigma_first);
        sum += there * share_within(half_last, at_last + slope * (x - at_first), sigma);
    }
    return sum;
}

static void importance_make(const struct eot_config *config, const struct eot_setup *setup, const struct eot_world *w,
                            double E_max, struct importance *p) {
    const struct places at = places_of(config, &w->event.spectrometer);
    const struct eot_volume_config *ecal = at.ecal, *first = at.first, *last = at.last;
    p->first_energy = log(SLOWEST);
    p->step_energy = log(E_max / SLOWEST) / (N_MUON - 1);
    p->step_angle = log(LAST_ANGLE / FIRST_ANGLE) / (N_ANGLE - 1);
    for (int i = 0; i < N_MUON; i++) {
        struct flight f = fly(config, setup, w, exp(p->first_energy + i * p->step_energy));
        for (int j = 0; j < N_ANGLE; j++) {
            double angle = FIRST_ANGLE * exp(j * p->step_angle), sum = 0.0;
            for (int k = 0; k < N_AZIMUTH && f.is_there; k++) {
                double x = angle * cos(2.0 * EOT_PI * (k + 0.5) / N_AZIMUTH),
                       y = angle * sin(2.0 * EOT_PI * (k + 0.5) / N_AZIMUTH), to_first = first->z - ecal->z,
                       to_last = last->z - ecal->z;
                sum += both_crossed(&f, 0.5 * first->size_x, 0.5 * last->size_x, x * to_first, x * to_last + f.bend_x) *
                       both_crossed(&f, 0.5 * first->size_y, 0.5 * last->size_y, y * to_first, y * to_last + f.bend_y);
            }
            p->G[i][j] = sqrt(fmax(sum, 0.0) / N_AZIMUTH);
        }
    }
}

static double importance_of(const struct importance *p, double E, double versine) {
    double x = (log(fmax(E - EOT_M_MUON, SLOWEST)) - p->first_energy) / p->step_energy,
           y = log(fmax(sqrt(2.0 * versine), FIRST_ANGLE) / FIRST_ANGLE) / p->step_angle;
    x = fmin(fmax(x, 0.0), N_MUON - 1.001);
    y = fmin(y, N_ANGLE - 1.001);
    int i = (int)x, j = (int)y;
    double low = p->G[i][j] + (y - j) * (p->G[i][j + 1] - p->G[i][j]),
           high = p->G[i + 1][j] + (y - j) * (p->G[i + 1][j + 1] - p->G[i + 1][j]);
    return low + (x - i) * (high - low);
}

/* The cells of one energy: of each its content times G. @return their sum, the mean of G. */
static double cells_make(const struct importance *p, const struct eot_world *w, const eot_lfc_table *n, double E,
                         double *cell) {
    static const double at[2] = {0.25, 0.75};
    double sum = 0.0;
    for (int i = 0; i < N_CELL_ENERGY; i++)
        for (int j = 0; j < N_CELL_ANGLE; j++) {
            double expected = 0.0;
            for (int k = 0; k < 4; k++) {
                double q = (i + at[k & 1]) / N_CELL_ENERGY, r = (j + at[k >> 1]) / N_CELL_ANGLE;
                eot_lfc_final muon = eot_lfc_sample_at(w->table.value, *n, E, q, r);
                expected += 0.25 * eot_lfc_quantile_density(q) * eot_lfc_quantile_density(r) *
                            importance_of(p, muon.E_f, muon.versine);
            }
            cell[i * N_CELL_ANGLE + j] = expected / (N_CELL_ENERGY * N_CELL_ANGLE);
            sum += cell[i * N_CELL_ANGLE + j];
        }
    return sum;
}

/* Share of the quantiles in cell i of n. */
static double content_of(int i, int n) {
    return eot_lfc_quantile_at((i + 1.0) / n) - eot_lfc_quantile_at((double)i / n);
}

/* Cumulative shares: of the rows of cells, then of the cells of each. @param boost factor of the cells' importance,
 * natural factor of their content. */
static void node_make(const double *cell, double boost, double natural, double *node) {
    double *row = node + N_CELL_ENERGY + 1, total = 0.0;
    for (int i = 0; i < N_CELL_ENERGY; i++, row += N_CELL_ANGLE + 1) {
        double in_row = 0.0;
        for (int j = 0; j < N_CELL_ANGLE; j++) {
            row[j] = in_row;
            in_row += boost * cell[i * N_CELL_ANGLE + j] +
                      natural * content_of(i, N_CELL_ENERGY) * content_of(j, N_CELL_ANGLE) + SMALLEST * natural;
        }
        for (int j = 0; j < N_CELL_ANGLE; j++) row[j] /= in_row;
        row[N_CELL_ANGLE] = 1.0;
        node[i] = total;
        total += in_row;
    }
    for (int i = 0; i < N_CELL_ENERGY; i++) node[i] /= total;
    node[N_CELL_ENERGY] = 1.0;
}

enum eot_status eot_world_importance(const struct eot_config *config, const struct eot_setup *setup,
                                     struct eot_world *w, double **rate, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_tables *e = &w->event.vertex;
    double preference = eot_world_signal_preference(config), largest = 0.0, *cell = NULL, *node = NULL;
    struct importance *map = NULL;
    *rate = NULL;
    if (!(preference > 0.0) || w->event.spectrometer.n_plane == 0) return EOT_OK;
    for (int i = 0; i < e->n_lfc; i++) {
        double xsec = (double)eot_lfc_xsec(w->table.value, e->lfc[i], (double)e->lfc[i].E_max);
        if (xsec > largest) e->importance_nucleus = i;
        largest = fmax(largest, xsec);
    }
    const eot_lfc_table *n = &e->lfc[e->importance_nucleus];
    const size_t n_cell = N_CELL_ENERGY * N_CELL_ANGLE, n_energy = (size_t)n->n_energy;
    map = malloc(sizeof *map);
    *rate = malloc(n_energy * sizeof **rate);
    cell = malloc(n_energy * n_cell * sizeof *cell);
    node = malloc(n_energy * N_NODE * sizeof *node);
    EOT_CHECK_MEMORY(map);
    EOT_CHECK_MEMORY(*rate);
    EOT_CHECK_MEMORY(cell);
    EOT_CHECK_MEMORY(node);
    importance_make(config, setup, w, (double)n->E_max, map);
    largest = 0.0;
    for (size_t i = 0; i < n_energy; i++) {
        double v = (double)n->v_max * (double)i / (double)(n_energy - 1),
               E = fmin((double)n->threshold * exp(v * v * v * v), (double)n->E_max);
        (*rate)[i] = cells_make(map, w, n, E, cell + i * n_cell);
        largest = fmax(largest, (*rate)[i]);
    }
    double boost = largest > 0.0 ? preference / largest : 0.0;
    for (size_t i = 0; i < n_energy; i++) {
        node_make(cell + i * n_cell, boost, 1.0 - preference, node + i * N_NODE);
        (*rate)[i] = boost * (*rate)[i] + 1.0 - preference;
    }
    e->n_importance_energy = N_CELL_ENERGY;
    e->n_importance_angle = N_CELL_ANGLE;
    EOT_TRY(eot_f32_table_append(&w->table, node, n_energy * N_NODE, &e->importance, err));
done:
    free(map);
    free(cell);
    free(node);
    return status;
}
