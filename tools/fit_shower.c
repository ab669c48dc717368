/* eotmc-fit-shower: fits the constants of sub-cut showers (physics.shower.depth, .alpha and .backscatter_share) to
 * longitudinal profiles from full simulation.
 *
 *     eotmc-fit-shower CONFIG PROFILE.csv... [--showers N] [--cuts LIST]
 *
 * A profile is the energy that a beam electron deposits in the ECAL of CONFIG in bins of depth. The files are CSV:
 * lines that begin with # are comments, and the first other line names the columns, in any order: depth_X0 or depth_cm
 * the middle of a bin, from the front of the ECAL; bins are of one width GeV                    energy in the bin per
 * beam electron, in absorber and scintillator beam_GeV               (optional) energy of the electron; without it,
 * beam.energy of CONFIG error_GeV              (optional) its error; without it, weights as below Several beam
 * energies, in one file or in several, are fitted together. Give the result to CONFIG: explicit constants win over the
 * calibration (physics.shower.calibrate).
 *
 * The cascade above the cut is simulated once per cut and beam energy; what falls below the cut is histogrammed in
 * particle, energy and depth. The profile is then the convolution of that histogram with the mean deposit of a sub-cut
 * shower, which is an integral over Gamma distributions: no random number enters the fit. Each profile is fitted at
 * seven cuts from 0.2 to 8 GeV together (at those below half the beam's energy), because a shower's profile does not
 * know the cut: the first fixes showers below 0.2 GeV, each further one those up to it. Other cuts and all other beam
 * energies are predictions. Photon paths, the path of what scatters back and fluctuations are not fitted. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef EOT_REAL_DOUBLE /* the cascade as a device runs it */
#include "eotmc/transport/event.h"

#include "base/options.h"
#include "geometry/setup.h"
#include "physics/shower.h"
#include "world/world.h"

enum { N_FINE = 300, N_ENERGY = 36, MAX_CUT = 16, N_PARAMETER = 8, MAX_POINT = 400, MAX_SET = 8 };
static const char FITTED_CUTS[] = "0.2,0.3,0.5,1,2.5,5,8", OTHER_CUTS[] = "0.4,0.7,1.5,10"; /* GeV */
static const double LOG_ENERGY_LOW = -7.0,
                    LOG_ENERGY_STEP = 0.25; /* 0.9 MeV to 7.4 GeV; less goes to the first bin, more to the last */

struct source {
    double ionisation[N_FINE], energy[2][N_ENERGY][N_FINE]; /* GeV per shower; [is_photon] */
    double log_energy[2][N_ENERGY];                         /* energy-weighted mean of ln E in the bin (sum first) */
};
/* The showers of one beam energy: the reference, and per cut what falls below it and what the constants make of that.
 */
struct set {
    double beam_energy; /* GeV */
    size_t n_point;
    double depth[MAX_POINT], GeV[MAX_POINT], error[MAX_POINT], bin_width; /* X0; GeV; GeV; X0 */
    struct source source[MAX_CUT];
    double model[MAX_CUT][N_FINE], front[MAX_CUT]; /* GeV per fine bin, GeV out of the front face */
};
struct fit {
    eot_shower_constants constants;
    double log_critical, h, X0; /* ln GeV; X0 per fine bin; cm */
    size_t n_cut, n_fitted;     /* the first n_fitted cuts are fitted */
    double cut[MAX_CUT], end;   /* GeV; X0, of the calorimeter */
    size_t n_set;
    struct set set[MAX_SET];
};

/* Whether showers of a set are followed at a cut. */
static bool is_followed(const struct fit *f, const struct set *set, size_t i_cut) {
    return f->cut[i_cut] < 0.5 * set->beam_energy;
}

/* @param shape_energy of the particle whose shower all of `energy` makes. */
static void add_source(struct source *s, const struct fit *f, int is_photon, double energy, double shape_energy,
                       double depth_X0) {
    if (!(energy > 0.0) || !(shape_energy > 0.0)) return;
    int bin = (int)(depth_X0 / f->h), i = (int)((log(shape_energy) - LOG_ENERGY_LOW) / LOG_ENERGY_STEP);
    if (bin < 0 || bin >= N_FINE) return;
    i = i < 0 ? 0 : i >= N_ENERGY ? N_ENERGY - 1 : i;
    s->energy[is_photon][i][bin] += energy;
    s->log_energy[is_photon][i] += energy * log(shape_energy);
}

/* Showers above the cut: the steps of eot_event_replay without positions across the axis. */
static void collect(struct fit *f, const struct eot_world *w, double energy, u32 n_shower, struct source *s) {
    double inverse_X0 = 1.0 / w->calorimeter_X0;
    memset(s, 0, sizeof *s);
    for (u32 i = 0; i < n_shower; i++) {
        eot_shower_particle stack[EOT_STACK_DEPTH], p = {.E = (f32)energy, .z = 0.0f, .type = EOT_ELECTRON};
        int depth = 0;
        eot_random own_random = eot_random_init(i, EOT_STAGE_REPLAY, 0, 1, 0);
        for (u32 draw = 0;; draw++) {
            eot_u32x4 block = eot_philox(i, 0, (u32)EOT_STAGE_CASCADE << 24, draw, 1, 0);
            eot_cascade_vertex v = eot_cascade_vertex_sample(w->table.value, w->em, p.E, p.z, p.type, block);
            eot_u32x4 own = eot_random_block(own_random);
            own_random.draw++;
            double z = v.z, at = eot_uniform(own.z);
            eot_cascade_losses l = {.share = 1.0f, .E = v.E_b};
            if (p.type != EOT_PHOTON) {
                double start = v.z - v.path;
                l = eot_cascade_losses_sample(v, p.E, w->em.cut, eot_uniform(own.x), eot_uniform(own.y));
                z = start + l.share * v.path;
                double z_at = start + at * l.share * v.path;
                int bin = (int)(z_at * inverse_X0 / f->h);
                if (bin >= 0 && bin < N_FINE) s->ionisation[bin] += l.share * v.ionisation;
                add_source(s, f, 1, l.photon, l.photon, (start + l.place * v.path) * inverse_X0);
                add_source(s, f, 1, l.rest,
                           l.rest * eot_photon_share(eot_uniform(own.w), v.path_X0 * l.share,
                                                     w->em.cut / fmaxf(l.rest, 1e-9f)),
                           z_at * inverse_X0);
            }
            if (v.E_a < w->em.cut) add_source(s, f, v.type_a == EOT_PHOTON, v.E_a, v.E_a, z * inverse_X0);
            if (v.E_b < w->em.cut) add_source(s, f, v.type_b == EOT_PHOTON, l.E, l.E, z * inverse_X0);
            int a_is_high = v.E_a > v.E_b;
            eot_shower_particle high = {
                .E = a_is_high ? v.E_a : v.E_b, .z = v.z, .type = a_is_high ? v.type_a : v.type_b};
            eot_shower_particle low = {
                .E = a_is_high ? v.E_b : v.E_a, .z = v.z, .type = a_is_high ? v.type_b : v.type_a};
            if (low.E >= w->em.cut && depth < EOT_STACK_DEPTH - 1) {
                stack[depth++] = high;
                p = low;
            } else if (high.E >= w->em.cut && !v.has_left) {
                p = high;
            } else if (depth > 0) {
                p = stack[--depth];
            } else {
                break;
            }
        }
    }
    for (int t = 0; t < 2; t++)
        for (int e = 0; e < N_ENERGY; e++) {
            double sum = 0.0;
            for (int k = 0; k < N_FINE; k++) {
                sum += s->energy[t][e][k];
                s->energy[t][e][k] /= n_shower;
            }
            s->log_energy[t][e] = sum > 0.0 ? s->log_energy[t][e] / sum : 0.0;
        }
    for (int k = 0; k < N_FINE; k++) s->ionisation[k] /= n_shower;
}

static void add_gamma(double m, double alpha, double weight, double h, double kernel[N_FINE]) {
    double scale = m / alpha, before = 0.0;
    for (int k = 0; k < N_FINE; k++) {
        double now = before < 1.0 - 1e-12 ? gsl_cdf_gamma_P((k + 0.5) * h, alpha, scale) : 1.0;
        kernel[k] += weight * (now - before);
        before = now;
    }
}

/* Mean deposit of a sub-cut shower in fine bins from where it starts. */
static void response(const struct fit *f, const eot_shower_constants *c, int is_photon, double log_energy,
                     double kernel[N_FINE]) {
    static const double node[3] = {-1.7320508075688772, 0.0, 1.7320508075688772},
                        weight[3] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0}; /* Gauss-Hermite */
    double energy = exp(log_energy), L = log1p((is_photon ? 0.5 : 1.0) * exp(log_energy - f->log_critical));
    double m = eot_shower_mean_depth(*c, (f32)L), alpha = eot_shower_alpha(*c, (f32)L);
    memset(kernel, 0, N_FINE * sizeof *kernel);
    if (energy < EOT_SHOWER_FLUCTUATION_ENERGY) {
        add_gamma(m, alpha, 1.0, f->h, kernel);
    } else {
        double s_m = eot_shower_sigma(c->sigma_depth[0], c->sigma_depth[1], (f32)L, (f32)log_energy),
               s_a = eot_shower_sigma(c->sigma_alpha[0], c->sigma_alpha[1], (f32)L, (f32)log_energy);
        double plus = sqrt(0.5 * (1.0 + c->rho)), minus = sqrt(0.5 * (1.0 - c->rho));
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                add_gamma(m * exp(s_m * (plus * node[i] + minus * node[j] - 0.5 * s_m)),
                          fmax(alpha * exp(s_a * (plus * node[i] - minus * node[j] - 0.5 * s_a)), c->first_alpha),
                          weight[i] * weight[j], f->h, kernel);
    }
    if (is_photon) {
        double length = eot_shower_photon_length(*c, (f32)energy), keep = exp(-f->h / length),
               half = exp(-0.5 * f->h / length), tail = 0.0;
        for (int k = 0; k < N_FINE; k++) { /* convolution with the exponential path, bin by bin */
            double here = kernel[k];
            kernel[k] = here * (1.0 - half) + tail * (1.0 - keep);
            tail = tail * keep + here * half;
        }
    }
}

static void profile(const struct fit *f, struct set *set, const double *x, size_t i_cut) {
    eot_shower_constants c = f->constants;
    for (int i = 0; i < 3; i++) c.depth[i] = (f32)x[i];
    for (int i = 0; i < 4; i++) c.alpha[i] = (f32)x[3 + i];
    double *out = set->model[i_cut], kernel[N_FINE], shower[N_FINE] = {0.0};
    const struct source *s = &set->source[i_cut];
    for (int t = 0; t < 2; t++)
        for (int e = 0; e < N_ENERGY; e++) {
            if (s->log_energy[t][e] == 0.0) continue;
            response(f, &c, t, s->log_energy[t][e], kernel);
            for (int j = 0; j < N_FINE; j++)
                if (s->energy[t][e][j] > 0.0)
                    for (int k = 0; j + k < N_FINE; k++) shower[j + k] += s->energy[t][e][j] * kernel[k];
        }
    double length = (double)c.backscatter_length, keep = exp(-f->h / length), half = exp(-0.5 * f->h / length),
           back = 0.0;
    for (int k = N_FINE - 1; k >= 0; k--) {
        out[k] = s->ionisation[k] + (1.0 - x[7]) * shower[k] + x[7] * (shower[k] * (1.0 - half) + back * (1.0 - keep));
        back = back * keep + shower[k] * half;
    }
    set->front[i_cut] = x[7] * back;
}

static double at_point(const struct fit *f, const struct set *set, size_t i_cut, size_t i) {
    double low = (set->depth[i] - 0.5 * set->bin_width) / f->h, high = (set->depth[i] + 0.5 * set->bin_width) / f->h,
           sum = 0.0;
    for (int k = 0; k < N_FINE; k++) sum += set->model[i_cut][k] * fmax(0.0, fmin(high, k + 1.0) - fmax(low, k));
    return sum;
}

static int residuals(const gsl_vector *x, void *data, gsl_vector *out) {
    struct fit *f = data;
    size_t n = 0;
    for (size_t m = 0; m < f->n_set; m++)
        for (size_t c = 0; c < f->n_fitted; c++) {
            struct set *set = &f->set[m];
            if (!is_followed(f, set, c)) continue;
            profile(f, set, x->data, c);
            for (size_t i = 0; i < set->n_point; i++)
                gsl_vector_set(out, n++, (at_point(f, set, c, i) - set->GeV[i]) / set->error[i]);
        }
    return GSL_SUCCESS;
}

/* Weights where no errors are given: 1 %, the statistics of the reference of NA64's ECAL near the maximum, up to 25 X0,
 * because a relative deviation is asked for there; 0.5 % in front of 4.5 X0, so that the few points of the steep rise
 * count; rising to 3 % at the rear end; 6 % in front of 1.9 X0, where a third is scattered back, which fixes its share.
 * (That reference's own errors in front are 3-4 %, but common to all points.) */
static double usual_error(double depth, double GeV) {
    return GeV * (depth < 1.9 ? 0.06 : depth < 4.5 ? 0.005 : depth < 25.0 ? 0.01 : 0.01 + 0.02 * (depth - 25.0) / 6.0);
}

static struct set *set_of(struct fit *f, double beam_energy) {
    for (size_t m = 0; m < f->n_set; m++)
        if (f->set[m].beam_energy == beam_energy) return &f->set[m];
    if (f->n_set == MAX_SET) return NULL;
    f->set[f->n_set].beam_energy = beam_energy;
    return &f->set[f->n_set++];
}

/* Columns of a profile's file. */
enum column { DEPTH_X0, DEPTH_CM, GEV, BEAM_GEV, ERROR_GEV, N_COLUMN };
static const char *const COLUMN[N_COLUMN] = {"depth_X0", "depth_cm", "GeV", "beam_GeV", "error_GeV"};

/* The header: which field each column is, -1 for none. @return whether depth and energy are there. */
static bool read_header(char *line, int field[N_COLUMN]) {
    int n = 0;
    for (int c = 0; c < N_COLUMN; c++) field[c] = -1;
    for (char *word = strtok(line, ", \t\r\n"); word != NULL; word = strtok(NULL, ", \t\r\n"), n++)
        for (int c = 0; c < N_COLUMN; c++)
            if (strcmp(word, COLUMN[c]) == 0) field[c] = n;
    return (field[DEPTH_X0] >= 0) != (field[DEPTH_CM] >= 0) && field[GEV] >= 0;
}

/* One line of numbers. @return false if a column has none. */
static bool read_line(char *line, const int field[N_COLUMN], double value[N_COLUMN]) {
    int n = 0, n_read = 0, n_asked = 0;
    for (int c = 0; c < N_COLUMN; c++) n_asked += field[c] >= 0;
    for (char *word = strtok(line, ",\r\n"); word != NULL; word = strtok(NULL, ",\r\n"), n++)
        for (int c = 0; c < N_COLUMN; c++)
            if (field[c] == n) {
                char *end;
                value[c] = strtod(word, &end);
                n_read += end != word && isfinite(value[c]);
            }
    return n_read == n_asked;
}

/* Points up to 31 X0, where the calorimeter that the form was fitted to ends, or up to the end of a shorter one. */
static enum eot_status read_profile(const char *path, double beam_energy, struct fit *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    FILE *file = fopen(path, "r");
    char line[512];
    int field[N_COLUMN] = {0}, n_line = 0;
    bool has_header = false;
    EOT_CHECK(file != NULL, EOT_E_IO, "cannot open %s; give a profile", path);
    while (fgets(line, sizeof line, file) != NULL) {
        double value[N_COLUMN] = {0.0};
        n_line++;
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0') continue;
        if (!has_header) {
            EOT_CHECK(read_header(line, field), EOT_E_IO,
                      "%s:%d: the first line must name the columns: depth_X0 or depth_cm, and GeV (also beam_GeV, "
                      "error_GeV)",
                      path, n_line);
            has_header = true;
            continue;
        }
        EOT_CHECK(read_line(line, field, value), EOT_E_IO, "%s:%d: not a number for each column; correct the line",
                  path, n_line);
        double depth = field[DEPTH_CM] >= 0 ? value[DEPTH_CM] / f->X0 : value[DEPTH_X0],
               error = field[ERROR_GEV] >= 0 ? value[ERROR_GEV] : usual_error(depth, value[GEV]);
        if (!(depth > 0.0) || depth >= fmin(31.0, f->end) || !(error > 0.0)) continue;
        struct set *set = set_of(f, field[BEAM_GEV] >= 0 ? value[BEAM_GEV] : beam_energy);
        EOT_CHECK(set != NULL && set->n_point < MAX_POINT, EOT_E_IO,
                  "%s:%d: more than %d beam energies, or than %d bins of one; leave some out", path, n_line, MAX_SET,
                  MAX_POINT);
        set->depth[set->n_point] = depth;
        set->GeV[set->n_point] = value[GEV];
        set->error[set->n_point++] = error;
    }
    EOT_CHECK(has_header, EOT_E_IO, "%s is empty; give a profile", path);
done:
    if (file != NULL) fclose(file);
    return status;
}

static enum eot_status read_profiles(const struct eot_text_list *arguments, double beam_energy, struct fit *f,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 1; i < arguments->n; i++) EOT_TRY(read_profile(arguments->text[i], beam_energy, f, err));
    for (size_t m = 0; m < f->n_set; m++) {
        struct set *set = &f->set[m];
        EOT_CHECK(set->n_point > N_PARAMETER, EOT_E_IO,
                  "the profile of %g GeV has %zu bins inside the ECAL (more than %d are needed); give more",
                  set->beam_energy, set->n_point, N_PARAMETER);
        EOT_CHECK(is_followed(f, set, 0), EOT_E_IO,
                  "a beam of %g GeV is not above twice the lowest cut, %g GeV; leave it "
                  "out",
                  set->beam_energy, f->cut[0]);
        set->bin_width = (set->depth[set->n_point - 1] - set->depth[0]) / (double)(set->n_point - 1);
        for (size_t i = 1; i < set->n_point; i++)
            EOT_CHECK(fabs(set->depth[i] - set->depth[i - 1] - set->bin_width) < 0.02 * set->bin_width, EOT_E_IO,
                      "bins of the profile of %g GeV are not of one width and in order (at %g X0); rebin it",
                      set->beam_energy, set->depth[i]);
    }
    EOT_CHECK(f->n_set > 0, EOT_E_IO, "no bin of the profiles lies inside the ECAL; give depths from its front");
done:
    return status;
}

/* Cuts of a list, fitted ones first. */
static enum eot_status add_cuts(const char *text, struct fit *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_number_list list = {0};
    EOT_TRY(eot_number_list_parse("cuts", text, ",", &list, err));
    for (size_t i = 0; i < list.n; i++) {
        EOT_CHECK(list.value[i] >= 0.2 && list.value[i] <= 100.0 && f->n_cut < MAX_CUT, EOT_E_USAGE,
                  "--cuts: %g GeV (cuts are 0.2 to 100 GeV, at most %d); give others", list.value[i], MAX_CUT);
        f->cut[f->n_cut++] = list.value[i];
    }
done:
    free(list.value);
    return status;
}

/* What the configuration says of the calorimeter, and its constants to start from. */
static enum eot_status read_calorimeter(const struct eot_config *config, const struct eot_setup *setup, struct fit *f,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_world world = {0};
    struct eot_f32_table quantiles = {0};
    EOT_TRY(eot_world_create_with(config, setup, f->cut[0], &(struct eot_world_options){.cascade_only = true}, &world,
                                  err));
    EOT_TRY(eot_shower_tables_build(&config->physics, &quantiles, &f->constants, err));
    f->X0 = world.calorimeter_X0;
    f->end = config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)].thickness / f->X0;
    f->h = f->end / N_FINE;
    f->log_critical = world.event.volume[world.event.columns.ecal].log_critical_energy;
done:
    eot_world_free(&world);
    eot_f32_table_free(&quantiles);
    return status;
}

/* The cascades of all sets at all cuts. */
static enum eot_status collect_all(struct eot_config *config, const struct eot_setup *setup, u32 n_shower,
                                   struct fit *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t m = 0; m < f->n_set; m++) config->beam.energy = fmax(config->beam.energy, f->set[m].beam_energy);
    for (size_t c = 0; c < f->n_cut; c++) {
        struct eot_world world = {0};
        status = eot_world_create_with(config, setup, f->cut[c], &(struct eot_world_options){.cascade_only = true},
                                       &world, err);
        for (size_t m = 0; status == EOT_OK && m < f->n_set; m++)
            if (is_followed(f, &f->set[m], c))
                collect(f, &world, f->set[m].beam_energy, n_shower, &f->set[m].source[c]);
        eot_world_free(&world);
        EOT_TRY(status);
    }
done:
    return status;
}

/* The constants with their errors, and as a configuration has them. */
static void print_constants(const double x[N_PARAMETER], const gsl_matrix *covariance) {
    static const char *const name[N_PARAMETER] = {"depth[0]", "depth[1]", "depth[2]", "alpha[0]",
                                                  "alpha[1]", "alpha[2]", "alpha[3]", "backscatter_share"};
    for (size_t i = 0; i < N_PARAMETER; i++)
        printf("physics.shower.%-18s %9.5f +- %.5f\n", name[i], x[i], sqrt(gsl_matrix_get(covariance, i, i)));
    printf("physics: {shower: {depth: [%.5f, %.5f, %.5f], alpha: [%.5f, %.5f, %.5f, %.5f], backscatter_share: %.5f}}\n",
           x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
}

/* Deviations of a set at each cut. */
static void print_set(const struct fit *f, struct set *set, const double x[N_PARAMETER]) {
    double largest[MAX_CUT] = {0.0};
    printf("beam of %g GeV\n%9s %9s", set->beam_energy, "depth_X0", "GeV");
    for (size_t c = 0; c < f->n_cut; c++) {
        if (!is_followed(f, set, c)) continue;
        profile(f, set, x, c);
        printf("  cut %.1f GeV", f->cut[c]);
    }
    printf("  (deviation in %%)\n");
    for (size_t i = 0; i < set->n_point; i++) {
        printf("%9.3f %9.4f", set->depth[i], set->GeV[i]);
        for (size_t c = 0; c < f->n_cut; c++) {
            if (!is_followed(f, set, c)) continue;
            double deviation = 100.0 * (at_point(f, set, c, i) / set->GeV[i] - 1.0);
            printf(" %12.2f", deviation);
            if (set->depth[i] > 2.0 && set->depth[i] < 25.0) largest[c] = fmax(largest[c], fabs(deviation));
        }
        printf("\n");
    }
    printf("%19s", "largest at 2-25 X0:");
    for (size_t c = 0; c < f->n_cut; c++)
        if (is_followed(f, set, c)) printf(" %12.2f", largest[c]);
    printf("\n%19s", "out of the front:");
    for (size_t c = 0; c < f->n_cut; c++)
        if (is_followed(f, set, c)) printf(" %8.4f GeV", set->front[c]);
    printf("\n");
}

/* Fit and print. */
static enum eot_status fit_constants(struct fit *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    gsl_multifit_nlinear_workspace *w = NULL;
    gsl_matrix *covariance = NULL;
    double x[N_PARAMETER], chi2;
    size_t n_residual = 0;
    for (size_t m = 0; m < f->n_set; m++)
        for (size_t c = 0; c < f->n_fitted; c++)
            if (is_followed(f, &f->set[m], c)) n_residual += f->set[m].n_point;
    for (int i = 0; i < 3; i++) x[i] = f->constants.depth[i];
    for (int i = 0; i < 4; i++) x[3 + i] = f->constants.alpha[i];
    x[7] = f->constants.backscatter_share;
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    parameters.h_df = 1e-3; /* the shared functions are single precision */
    gsl_multifit_nlinear_fdf problem = {.f = residuals, .n = n_residual, .p = N_PARAMETER, .params = f};
    w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, problem.n, N_PARAMETER);
    covariance = gsl_matrix_alloc(N_PARAMETER, N_PARAMETER);
    EOT_CHECK_MEMORY(w);
    EOT_CHECK_MEMORY(covariance);
    gsl_vector_view start = gsl_vector_view_array(x, N_PARAMETER);
    gsl_multifit_nlinear_init(&start.vector, &problem, w);
    int info, end = gsl_multifit_nlinear_driver(60, 1e-4, 1e-6, 1e-6, NULL, NULL, &info, w);
    EOT_CHECK(end == GSL_SUCCESS || end == GSL_ENOPROG || end == GSL_EMAXITER, EOT_E_NUMERIC,
              "the fit failed (%s); start nearer to the solution", gsl_strerror(end));
    gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0.0, covariance);
    for (size_t i = 0; i < N_PARAMETER; i++) x[i] = gsl_vector_get(gsl_multifit_nlinear_position(w), i);
    print_constants(x, covariance);
    gsl_blas_ddot(gsl_multifit_nlinear_residual(w), gsl_multifit_nlinear_residual(w), &chi2);
    printf(
        "chi2 %.2f for %zu points (errors of neighbouring points are correlated), %d constants, %zu iterations (%s)\n",
        chi2, problem.n, N_PARAMETER, gsl_multifit_nlinear_niter(w), gsl_strerror(end));
    for (size_t m = 0; m < f->n_set; m++) print_set(f, &f->set[m], x);
done:
    if (w != NULL) gsl_multifit_nlinear_free(w);
    if (covariance != NULL) gsl_matrix_free(covariance);
    return status;
}

int main(int argc, char **argv) {
    struct eot_error error = {0}, *err = &error;
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    struct eot_setup setup = {0};
    struct eot_text_list positional = {0};
    uint64_t n_shower = 4000;
    const char *cuts = NULL;
    bool is_help = false;
    struct fit *f = calloc(1, sizeof *f);
    const struct eot_option table[] = {
        {"showers", 0, EOT_OPTION_POSITIVE, &n_shower, "N", "showers followed per cut and beam energy (default: 4000)"},
        {"cuts", 0, EOT_OPTION_TEXT, &cuts, "LIST", "cuts to fit at, GeV (default: 0.2,0.3,0.5,1,2.5,5,8)"},
    };
    const struct eot_command command = {
        .name = "fit-shower",
        .arguments = "CONFIG PROFILE.csv...",
        .summary = "Fit physics.shower.depth, alpha and backscatter_share to longitudinal profiles from full "
                   "simulation:\nCSV with columns depth_X0 (or depth_cm), GeV (per bin and beam electron), and "
                   "optionally beam_GeV, error_GeV.",
        .example = "eotmc-fit-shower configs/na64e-dimuon.yaml tests/reference/showers/profile_100GeV.csv",
        .min_positional = 2,
        .max_positional = 32,
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    gsl_set_error_handler_off();
    EOT_CHECK_MEMORY(f);
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(add_cuts(cuts != NULL ? cuts : FITTED_CUTS, f, err));
    f->n_fitted = f->n_cut;
    if (cuts == NULL) EOT_TRY(add_cuts(OTHER_CUTS, f, err));
    EOT_TRY(eot_config_read(positional.text[0], NULL, 0, &config, err));
    EOT_TRY(eot_setup_create(&config, &setup, err));
    EOT_TRY(read_calorimeter(&config, &setup, f, err));
    EOT_TRY(read_profiles(&positional, config.beam.energy, f, err));
    EOT_TRY(collect_all(&config, &setup, (u32)n_shower, f, err));
    EOT_TRY(fit_constants(f, err));
done:
    if (status != EOT_OK) fprintf(stderr, "eotmc-fit-shower: %s\n", error.text);
    eot_text_list_free(&positional);
    eot_setup_free(&setup);
    eot_config_free(&config);
    free(f);
    return status == EOT_OK ? 0 : 1;
}
