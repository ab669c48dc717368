/* eotmc-fit-shower: fits the constants of sub-cut showers (physics.shower.depth, .alpha and .backscatter_share) to a
 * longitudinal profile from full simulation.
 *
 *     eotmc-fit-shower CONFIG PROFILE.csv [n_showers]
 *
 * The cascade above the cut is simulated once per cut; what falls below the cut is histogrammed in particle, energy and
 * depth. The profile is then the convolution of that histogram with the mean deposit of a sub-cut shower, which is an
 * integral over Gamma distributions: no random number enters the fit. One profile is fitted at seven cuts from 0.2 to 8
 * GeV together, because a shower's profile does not know the cut: the first fixes showers below 0.2 GeV, each further
 * one those up to it. Other cuts and all other beam energies are predictions. Photon paths, the path of what scatters
 * back and fluctuations are not fitted. */
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

#include "world/world.h"
#include "geometry/setup.h"

enum { N_FINE = 300, N_ENERGY = 36, N_CUT = 11, N_FITTED = 7, N_PARAMETER = 8, MAX_POINT = 200 };
static const double CUT[N_CUT] = {0.2, 0.3, 0.5, 1.0, 2.5, 5.0,
                                  8.0, 0.4, 0.7, 1.5, 10.0}; /* the last four are not fitted */
static const double LOG_ENERGY_LOW = -7.0,
                    LOG_ENERGY_STEP = 0.25; /* 0.9 MeV to 7.4 GeV; less goes to the first bin, more to the last */

struct source {
    double ionisation[N_FINE], energy[2][N_ENERGY][N_FINE]; /* GeV per shower; [is_photon] */
    double log_energy[2][N_ENERGY];                         /* energy-weighted mean of ln E in the bin (sum first) */
};
struct fit {
    struct source source[N_CUT];
    eot_shower_constants constants;
    double log_critical, h; /* ln GeV; X0 per fine bin */
    size_t n_point;
    double depth[MAX_POINT], GeV[MAX_POINT], error[MAX_POINT], bin_width;
    double model[N_CUT][N_FINE], front[N_CUT]; /* GeV per fine bin, GeV out of the front face */
};

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

static void profile(struct fit *f, const double *x, int i_cut) {
    eot_shower_constants c = f->constants;
    for (int i = 0; i < 3; i++) c.depth[i] = (f32)x[i];
    for (int i = 0; i < 4; i++) c.alpha[i] = (f32)x[3 + i];
    double *out = f->model[i_cut], kernel[N_FINE], shower[N_FINE] = {0.0};
    const struct source *s = &f->source[i_cut];
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
    f->front[i_cut] = x[7] * back;
}

static double at_point(const struct fit *f, int i_cut, size_t i) {
    double low = (f->depth[i] - 0.5 * f->bin_width) / f->h, high = (f->depth[i] + 0.5 * f->bin_width) / f->h, sum = 0.0;
    for (int k = 0; k < N_FINE; k++) sum += f->model[i_cut][k] * fmax(0.0, fmin(high, k + 1.0) - fmax(low, k));
    return sum;
}

static int residuals(const gsl_vector *x, void *data, gsl_vector *out) {
    struct fit *f = data;
    for (int c = 0; c < N_FITTED; c++) {
        profile(f, x->data, c);
        for (size_t i = 0; i < f->n_point; i++)
            gsl_vector_set(out, (size_t)c * f->n_point + i, (at_point(f, c, i) - f->GeV[i]) / f->error[i]);
    }
    return GSL_SUCCESS;
}

/* Points up to 31 X0. Weights: 1 %, the reference's statistics near the maximum, up to 25 X0, because a relative
 * deviation is asked for there; 0.5 % in front of 4.5 X0, so that the few points of the steep rise count; rising to 3 %
 * at the rear end; 6 % in front of 1.9 X0, where a third is scattered back, which fixes its share. (The reference's own
 * errors in front are 3-4 %, but common to all points.) */
static int read_profile(const char *path, struct fit *f) {
    FILE *file = fopen(path, "r");
    char line[256];
    double x, y;
    if (file == NULL) return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "%lf,%lf", &x, &y) == 2 && x > 0.0 && x < 31.0 && f->n_point < MAX_POINT) {
            f->depth[f->n_point] = x;
            f->GeV[f->n_point] = y;
            f->error[f->n_point++] = y * (x < 1.9    ? 0.06
                                          : x < 4.5  ? 0.005
                                          : x < 25.0 ? 0.01
                                                     : 0.01 + 0.02 * (x - 25.0) / 6.0);
        }
    fclose(file);
    f->bin_width = f->n_point > 1 ? (f->depth[f->n_point - 1] - f->depth[0]) / (double)(f->n_point - 1) : 0.0;
    return f->n_point > N_PARAMETER;
}

int main(int argc, char **argv) {
    struct eot_error error = {0}, *err = &error;
    enum eot_status status = EOT_OK;
    struct eot_config config = {.name = ""};
    struct eot_setup setup = {0};
    struct fit *f = calloc(1, sizeof *f);
    gsl_multifit_nlinear_workspace *w = NULL;
    gsl_matrix *covariance = NULL;
    gsl_set_error_handler_off();
    EOT_CHECK_MEMORY(f);
    EOT_CHECK(argc >= 3, EOT_E_USAGE,
              "two arguments are needed (the configuration, and a profile as depth_X0,GeV); usage: eotmc-fit-shower "
              "CONFIG PROFILE.csv [n_showers]");
    EOT_CHECK(read_profile(argv[2], f), EOT_E_IO,
              "%s has no profile (lines of depth_X0,GeV); give the reference profile", argv[2]);
    u32 n_shower = argc > 3 ? (u32)strtoul(argv[3], NULL, 10) : 4000;
    EOT_TRY(eot_config_read(argv[1], NULL, 0, &config, err));
    EOT_TRY(eot_setup_create(&config, &setup, err));
    for (int i = 0; i < N_CUT; i++) {
        struct eot_world world = {0};
        status = eot_world_create(&config, &setup, CUT[i], &world, err);
        if (status == EOT_OK) {
            f->h = config.geometry.volume[eot_setup_volume(&config, EOT_ROLE_ECAL, 0)].thickness /
                   world.calorimeter_X0 / N_FINE;
            f->log_critical = world.event.volume[world.event.columns.ecal].log_critical_energy;
            f->constants = world.event.shower;
            collect(f, &world, config.beam.energy, n_shower, &f->source[i]);
        }
        eot_world_free(&world);
        EOT_TRY(status);
    }
    double x[N_PARAMETER];
    for (int i = 0; i < 3; i++) x[i] = f->constants.depth[i];
    for (int i = 0; i < 4; i++) x[3 + i] = f->constants.alpha[i];
    x[7] = f->constants.backscatter_share;
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    parameters.h_df = 1e-3; /* the shared functions are single precision */
    gsl_multifit_nlinear_fdf problem = {.f = residuals, .n = N_FITTED * f->n_point, .p = N_PARAMETER, .params = f};
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
    static const char *const name[N_PARAMETER] = {"depth[0]", "depth[1]", "depth[2]", "alpha[0]",
                                                  "alpha[1]", "alpha[2]", "alpha[3]", "backscatter_share"};
    for (size_t i = 0; i < N_PARAMETER; i++) {
        x[i] = gsl_vector_get(gsl_multifit_nlinear_position(w), i);
        printf("physics.shower.%-18s %9.5f +- %.5f\n", name[i], x[i], sqrt(gsl_matrix_get(covariance, i, i)));
    }
    double chi2;
    gsl_blas_ddot(gsl_multifit_nlinear_residual(w), gsl_multifit_nlinear_residual(w), &chi2);
    printf(
        "chi2 %.2f for %zu points (errors of neighbouring points are correlated), %d constants, %zu iterations (%s)\n",
        chi2, problem.n, N_PARAMETER, gsl_multifit_nlinear_niter(w), gsl_strerror(end));
    double largest[N_CUT] = {0.0};
    printf("%9s %9s", "depth_X0", "GeV");
    for (int c = 0; c < N_CUT; c++) {
        profile(f, x, c);
        printf("  cut %.1f GeV", CUT[c]);
    }
    printf("  (deviation in %%)\n");
    for (size_t i = 0; i < f->n_point; i++) {
        printf("%9.3f %9.4f", f->depth[i], f->GeV[i]);
        for (int c = 0; c < N_CUT; c++) {
            double deviation = 100.0 * (at_point(f, c, i) / f->GeV[i] - 1.0);
            printf(" %12.2f", deviation);
            if (f->depth[i] > 2.0 && f->depth[i] < 25.0) largest[c] = fmax(largest[c], fabs(deviation));
        }
        printf("\n");
    }
    printf("%19s", "largest at 2-25 X0:");
    for (int c = 0; c < N_CUT; c++) printf(" %12.2f", largest[c]);
    printf("\n%19s", "out of the front:");
    for (int c = 0; c < N_CUT; c++) printf(" %8.4f GeV", f->front[c]);
    printf("\n");
done:
    if (status != EOT_OK) fprintf(stderr, "eotmc-fit-shower: %s\n", error.text);
    if (w != NULL) gsl_multifit_nlinear_free(w);
    if (covariance != NULL) gsl_matrix_free(covariance);
    eot_setup_free(&setup);
    eot_config_free(&config);
    free(f);
    return status == EOT_OK ? 0 : 1;
}
