#include "world/spectrometer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nesting.h"
#include "eotmc/physics/multiple_scattering.h"
#include "eotmc/physics/muon_ionisation.h"
#include "eotmc/select/track_fit.h"

static const double SAME_Z = 1e-6;        /* cm */
static const double LONGEST_PIECE = 10.0; /* cm, of the sums over matter */
static const double LOSS_ENERGY = 20.0;   /* GeV, of the muons whose loss is taken */
static const double LEAST_X0 = 1e-6;      /* of Highland's logarithm */
enum { N_LINE = 5 };                      /* lines through the chambers, in x and in y */
static const double WITHIN = 0.8;         /* of the chambers' halves that these lines are spread over */

/* Where the track's path is cut. */
struct cuts {
    size_t n;
    double *z;
};

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool has_field(const struct eot_volume_config *v) {
    return v->field[0] != 0.0 || v->field[1] != 0.0 || v->field[2] != 0.0;
}

/* Faces as devices have them. */
static double first_z(const struct eot_volume_config *v) { return (double)(float)v->z; }
static double last_z(const struct eot_volume_config *v) { return (double)(float)(v->z + v->thickness); }

const struct eot_volume_config *eot_spectrometer_chamber(const struct eot_config *config, const eot_spectrometer *s,
                                                         int plane) {
    return &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_TRACKER, s->first_module + plane)];
}

/* The chambers: trackers behind the front of the ECAL. */
static enum eot_status find_chambers(const struct eot_config *config, eot_spectrometer *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0), module = 0, volume;
    double front = ecal >= 0 ? config->geometry.volume[ecal].z : -INFINITY;
    for (; (volume = eot_setup_volume(config, EOT_ROLE_TRACKER, module)) >= 0; module++) {
        const struct eot_volume_config *v = &config->geometry.volume[volume];
        if (v->z < front) continue;
        if (s->n_plane == 0) s->first_module = module;
        EOT_CHECK(s->n_plane < EOT_N_PLANE, EOT_E_CONFIG,
                  "volume %s is chamber %d behind the ECAL (at most %d are simulated); give one role: passive", v->name,
                  s->n_plane + 1, EOT_N_PLANE);
        s->plane_z[s->n_plane] = (f32)v->z;
        s->plane_resolution[s->n_plane++] = (f32)v->resolution;
    }
    if (s->n_plane == 0) goto done;
    const struct eot_volume_config *first = eot_spectrometer_chamber(config, s, 0);
    s->origin_x = (f32)first->center_x;
    s->origin_y = (f32)first->center_y;
done:
    return status;
}

/* A point of the line between two chambers' middles, or, at (u, v) of their halves, of another line. */
static void line_at(const struct eot_config *config, const eot_spectrometer *s, int plane, double u, double v,
                    double at[2]) {
    const struct eot_volume_config *c = eot_spectrometer_chamber(config, s, plane);
    at[0] = c->center_x + 0.5 * u * c->size_x;
    at[1] = c->center_y + 0.5 * v * c->size_y;
}

/* The straight line from chamber to chamber at z. */
static void middle_at(const struct eot_config *config, const eot_spectrometer *s, double z, double at[2]) {
    int i = 0;
    double a[2], b[2];
    while (i + 2 < s->n_plane && z > (double)s->plane_z[i + 1]) i++;
    line_at(config, s, i, 0.0, 0.0, a);
    if (s->n_plane < 2) {
        memcpy(at, a, sizeof a);
        return;
    }
    line_at(config, s, i + 1, 0.0, 0.0, b);
    double length = (double)s->plane_z[i + 1] - (double)s->plane_z[i],
           share = length > SAME_Z ? (z - (double)s->plane_z[i]) / length : 0.0;
    for (int k = 0; k < 2; k++) at[k] = a[k] + share * (b[k] - a[k]);
}

/* Mean ionisation loss [GeV/cm] of a region. */
static double loss_of(const struct eot_setup *setup, const eot_region *r) {
    double sum = 0.0;
    for (int k = 0; k < r->n_constituent; k++) {
        const struct eot_material *m = &setup->material[r->material[k]];
        const double *d = m->density_effect;
        double delta = eot_density_effect(sqrt(LOSS_ENERGY * (LOSS_ENERGY + 2.0 * EOT_M_MUON)) / EOT_M_MUON, d[0], d[1],
                                          d[2], d[3], d[4]);
        sum += (double)r->fraction[k] * m->density *
               eot_muon_bethe(LOSS_ENERGY, m->Z_over_A, 1e-9 * m->mean_excitation, delta);
    }
    return sum;
}

/* A piece of the line through the middles: where it is, what it is made of. */
struct piece {
    double z, length; /* cm, of its middle */
    double X0, loss;  /* path in radiation lengths; GeV */
};

/* Visit the pieces from the first to the last chamber, which end at planes of the grid. @return their number; piece may
 * be NULL. */
static size_t pieces_of(const struct eot_config *config, const struct eot_setup *setup, const eot_spectrometer *s,
                        struct piece *piece) {
    size_t n = 0;
    double begin = (double)s->plane_z[0], end = (double)s->plane_z[s->n_plane - 1];
    for (int i = 0; i < setup->n_z; i++) {
        double low = fmax(begin, (double)setup->edges_z[i]), high = fmin(end, (double)setup->edges_z[i + 1]);
        if (!(high > low)) continue;
        int n_part = 1 + (int)((high - low) / LONGEST_PIECE);
        for (int k = 0; k < n_part; k++, n++) {
            if (piece == NULL) continue;
            double length = (high - low) / n_part, at[2];
            struct piece *p = &piece[n];
            *p = (struct piece){.z = low + (k + 0.5) * length, .length = length};
            middle_at(config, s, p->z, at);
            int region = eot_setup_region_at(setup, at[0], at[1], p->z);
            if (region < 0) continue;
            p->X0 = length / eot_setup_region_X0(setup, region);
            p->loss = length * loss_of(setup, &setup->region[region]);
        }
    }
    return n;
}

static void scatter_make(const struct piece *piece, size_t n_piece, eot_spectrometer *s) {
    double sum[EOT_CHOLESKY_PLACE] = {0.0}, path = 0.0;
    for (size_t k = 0; k < n_piece; k++) {
        path += piece[k].X0;
        for (int i = 0; i < s->n_plane; i++)
            for (int j = 0; j <= i; j++) {
                double to_i = (double)s->plane_z[i] - piece[k].z, to_j = (double)s->plane_z[j] - piece[k].z;
                if (to_i > 0.0 && to_j > 0.0)
                    sum[eot_triangle_place(i, j)] += eot_highland_angle2(1.0, piece[k].X0) * to_i * to_j;
            }
    }
    double factor = fmax(0.2, eot_highland_factor(path, LEAST_X0)); /* as eot_highland_angle */
    for (int k = 0; k < EOT_CHOLESKY_PLACE; k++) s->scatter[k] = (f32)(sum[k] * factor * factor);
}

/* Planes where a field or a chamber begins or ends, from the first to the last chamber. */
static enum eot_status find_cuts(const struct eot_config *config, const eot_spectrometer *s, struct cuts *cuts,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    double begin = (double)s->plane_z[0], end = (double)s->plane_z[s->n_plane - 1];
    size_t n = 0, n_kept = 0;
    double *z = malloc((2 * g->n_volume + EOT_N_PLANE) * sizeof *z);
    EOT_CHECK_MEMORY(z);
    for (int i = 0; i < s->n_plane; i++) z[n++] = (double)s->plane_z[i];
    for (size_t i = 0; i < g->n_volume; i++) {
        if (!has_field(&g->volume[i])) continue;
        const double face[2] = {first_z(&g->volume[i]), last_z(&g->volume[i])};
        for (int k = 0; k < 2; k++)
            if (face[k] > begin && face[k] < end) z[n++] = face[k];
    }
    qsort(z, n, sizeof *z, compare);
    for (size_t i = 0; i < n; i++)
        if (n_kept == 0 || z[i] - z[n_kept - 1] > SAME_Z) z[n_kept++] = z[i];
    cuts->n = n_kept;
    cuts->z = z;
done:
    return status;
}

/* Number of the chamber at z, -1: none. */
static int plane_at(const eot_spectrometer *s, double z) {
    for (int i = s->n_plane - 1; i >= 0; i--)
        if (fabs((double)s->plane_z[i] - z) <= SAME_Z) return i;
    return -1;
}

/* Rows of intervals and fields. @param row space for all of them. @return their numbers. */
static size_t rows_make(const struct eot_config *config, const struct piece *piece, size_t n_piece,
                        const struct cuts *cuts, eot_spectrometer *s, double *row) {
    const struct eot_geometry_config *g = &config->geometry;
    size_t n_field = 0;
    s->n_interval = (i32)cuts->n - 1;
    double *field = row + s->n_interval * EOT_N_INTERVAL_COLUMN;
    for (i32 i = 0; i < s->n_interval; i++) {
        double low = cuts->z[i], high = cuts->z[i + 1], middle = 0.5 * (low + high), loss = 0.0;
        double *to = row + i * EOT_N_INTERVAL_COLUMN;
        for (size_t k = 0; k < n_piece; k++) loss += piece[k].z < middle ? piece[k].loss : 0.0;
        to[EOT_INTERVAL_LENGTH] = high - low;
        to[EOT_INTERVAL_PLANE] = plane_at(s, high);
        to[EOT_INTERVAL_LOSS] = loss;
        to[EOT_INTERVAL_FIRST] = (double)n_field;
        for (size_t k = 0; k < g->n_volume; k++) {
            const struct eot_volume_config *v = &g->volume[k];
            if (!has_field(v) || !(first_z(v) < middle && last_z(v) > middle)) continue;
            double corner[2][3], *f = field + EOT_N_FIELD_COLUMN * n_field++;
            eot_volume_box(v, corner[0], corner[1]);
            for (int side = 0; side < 2; side++) {
                f[EOT_FIELD_LOW_X + side] = (double)(float)corner[side][0] - (double)s->origin_x;
                f[EOT_FIELD_LOW_Y + side] = (double)(float)corner[side][1] - (double)s->origin_y;
            }
            for (int a = 0; a < 3; a++) f[EOT_FIELD_X + a] = v->field[a];
        }
        to[EOT_INTERVAL_FIELDS] = (double)n_field - to[EOT_INTERVAL_FIRST];
    }
    return (size_t)s->n_interval * EOT_N_INTERVAL_COLUMN + n_field * EOT_N_FIELD_COLUMN;
}

enum eot_status eot_spectrometer_build(const struct eot_config *config, const struct eot_setup *setup,
                                       struct eot_f32_table *table, eot_spectrometer *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct cuts cuts = {0};
    struct piece *piece = NULL;
    double *row = NULL;
    char problem[EOT_SPECTROMETER_TEXT];
    memset(s, 0, sizeof *s);
    EOT_TRY(find_chambers(config, s, err));
    if (s->n_plane == 0) goto done;
    EOT_TRY(find_cuts(config, s, &cuts, err));
    size_t n_piece = pieces_of(config, setup, s, NULL);
    piece = calloc(n_piece + 1, sizeof *piece);
    row = calloc((cuts.n + 1) * (EOT_N_INTERVAL_COLUMN + config->geometry.n_volume * EOT_N_FIELD_COLUMN), sizeof *row);
    EOT_CHECK_MEMORY(piece);
    EOT_CHECK_MEMORY(row);
    pieces_of(config, setup, s, piece);
    if (config->physics.multiple_scattering) scatter_make(piece, n_piece, s);
    EOT_TRY(eot_f32_table_append(table, row, rows_make(config, piece, n_piece, &cuts, s, row), &s->interval, err));
    eot_spectrometer_problem(config, table->value, s, problem);
    s->has_track = problem[0] == '\0';
done:
    free(cuts.z);
    free(piece);
    free(row);
    return status;
}

/* Whether a muon along a line through the chambers has a momentum. @param u,v of their halves. */
static bool line_is_measured(const struct eot_config *config, const float *value, const eot_spectrometer *s, double u,
                             double v) {
    eot_track_hits hits = {{0.0}, {0.0}};
    for (int i = 0; i < s->n_plane; i++) {
        double at[2];
        line_at(config, s, i, u, v, at);
        hits.x[i] = at[0] - (double)s->origin_x;
        hits.y[i] = at[1] - (double)s->origin_y;
    }
    return eot_track_guess(value, s, hits).is_fitted;
}

/* Fields between the first and the last chamber: how many, and whether one has a component across the beam; the name
 * of one, and of one that lies elsewhere. */
struct fields {
    int n, n_across;
    const char *between, *elsewhere;
};
static struct fields fields_of(const struct eot_config *config, const eot_spectrometer *s) {
    struct fields f = {0};
    double begin = (double)s->plane_z[0], end = (double)s->plane_z[s->n_plane - 1];
    for (size_t i = 0; i < config->geometry.n_volume; i++) {
        const struct eot_volume_config *v = &config->geometry.volume[i];
        if (!has_field(v)) continue;
        bool is_between = first_z(v) < end && last_z(v) > begin;
        if (!is_between) {
            f.elsewhere = v->name;
            continue;
        }
        f.n++;
        f.n_across += v->field[0] != 0.0 || v->field[1] != 0.0;
        f.between = v->name;
    }
    return f;
}

void eot_spectrometer_problem(const struct eot_config *config, const float *value, const eot_spectrometer *s,
                              char *text) {
    enum { LEAST = 4 };
    const size_t size = EOT_SPECTROMETER_TEXT;
    text[0] = '\0';
    if (s->n_plane == 0) return;
    const char *first = eot_spectrometer_chamber(config, s, 0)->name,
               *last = eot_spectrometer_chamber(config, s, s->n_plane - 1)->name;
    const struct fields f = fields_of(config, s);
    bool is_measured = false;
    for (int i = 1; i < s->n_plane; i++)
        if ((double)s->plane_z[i] - (double)s->plane_z[i - 1] <= SAME_Z) {
            snprintf(text, size, "chambers %s and %s stand at the same z, and no muon crosses both",
                     eot_spectrometer_chamber(config, s, i - 1)->name, eot_spectrometer_chamber(config, s, i)->name);
            return;
        }
    for (int i = 0; i < N_LINE * N_LINE && s->n_plane >= LEAST && !is_measured; i++)
        is_measured = line_is_measured(config, value, s, WITHIN * (2.0 * (i % N_LINE) / (N_LINE - 1.0) - 1.0),
                                       WITHIN * (2.0 * (i / N_LINE) / (N_LINE - 1.0) - 1.0));
    if (is_measured) return;
    if (f.n == 0 && f.elsewhere == NULL)
        snprintf(text, size, "no field between the chambers %s to %s", first, last);
    else if (f.n == 0)
        snprintf(text, size, "no field between the chambers %s to %s: %s lies in front of the first or behind the last",
                 first, last, f.elsewhere);
    else if (f.n_across == 0)
        snprintf(text, size, "the field of %s is along the beam, where it does not bend muons that fly with it",
                 f.between);
    else if (s->n_plane < LEAST)
        snprintf(text, size,
                 "%d chamber%s behind the ECAL; a bent track is fitted through any three hits, it takes at least four",
                 s->n_plane, s->n_plane > 1 ? "s" : "");
    else
        snprintf(text, size,
                 "the chambers %s to %s see no bend: they stand beside the field of %s, or its bends cancel between "
                 "two of them",
                 first, last, f.between);
}

void eot_spectrometer_remark(const struct eot_config *config, const float *value, const eot_spectrometer *s,
                             char *text) {
    double low[2] = {-INFINITY, -INFINITY}, high[2] = {INFINITY, INFINITY};
    text[0] = '\0';
    for (int i = 0; i < s->n_plane; i++) { /* what all chambers have in common */
        double a[2], b[2];
        line_at(config, s, i, -1.0, -1.0, a);
        line_at(config, s, i, 1.0, 1.0, b);
        for (int k = 0; k < 2; k++) {
            low[k] = fmax(low[k], a[k]);
            high[k] = fmin(high[k], b[k]);
        }
    }
    const float *field = value + s->interval + s->n_interval * EOT_N_INTERVAL_COLUMN;
    for (i32 i = 0; i < s->n_interval; i++) {
        const float *row = value + s->interval + i * EOT_N_INTERVAL_COLUMN;
        double gap_low[2] = {INFINITY, INFINITY}, gap_high[2] = {-INFINITY, -INFINITY};
        for (int k = 0; k < (int)row[EOT_INTERVAL_FIELDS]; k++) {
            const float *f = field + ((int)row[EOT_INTERVAL_FIRST] + k) * EOT_N_FIELD_COLUMN;
            for (int a = 0; a < 2; a++) {
                double origin = (double)(a == 0 ? s->origin_x : s->origin_y);
                gap_low[a] = fmin(gap_low[a], (double)f[2 * a] + origin);
                gap_high[a] = fmax(gap_high[a], (double)f[2 * a + 1] + origin);
            }
        }
        for (int a = 0; a < 2 && gap_low[0] < gap_high[0]; a++)
            if (low[a] < gap_low[a] - SAME_Z - 1e-6 * fabs(low[a]) ||
                high[a] > gap_high[a] + SAME_Z + 1e-6 * fabs(high[a])) {
                snprintf(text, EOT_SPECTROMETER_TEXT,
                         "the chambers see muons from %.4g to %.4g cm in %c, and the field between them reaches from "
                         "%.4g to %.4g cm: tracks that pass beside it have no momentum and are not selected",
                         low[a], high[a], "xy"[a], gap_low[a], gap_high[a]);
                return;
            }
    }
}

double eot_spectrometer_resolution(const float *value, const eot_spectrometer *s, const struct eot_config *config,
                                   double momentum, int charge) {
    double a[2], b[2];
    if (!s->has_track) return 0.0;
    line_at(config, s, 0, 0.0, 0.0, a);
    line_at(config, s, 1, 0.0, 0.0, b);
    double length = (double)s->plane_z[1] - (double)s->plane_z[0];
    eot_track_start start = {a[0] - (double)s->origin_x, a[1] - (double)s->origin_y, (b[0] - a[0]) / length,
                             (b[1] - a[1]) / length, charge / momentum};
    return momentum * eot_track_expected_error(value, s, start);
}

void eot_spectrometer_field(const float *value, const eot_spectrometer *s, const struct eot_config *config,
                            double integral[3]) {
    double z = s->n_plane > 0 ? (double)s->plane_z[0] : 0.0;
    integral[0] = integral[1] = integral[2] = 0.0;
    for (i32 i = 0; i < s->n_interval; i++) {
        u32 row = eot_interval_row(s, i);
        double length = (double)value[row + EOT_INTERVAL_LENGTH], at[2];
        middle_at(config, s, z + 0.5 * length, at);
        eot_track_field b = eot_track_field_at(value, s, row, at[0] - (double)s->origin_x, at[1] - (double)s->origin_y);
        integral[0] += b.x * length;
        integral[1] += b.y * length;
        integral[2] += b.z * length;
        z += length;
    }
}
