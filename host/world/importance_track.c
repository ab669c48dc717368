#include "world/importance_track.h"

#include <math.h>

#include "config/nesting.h"
#include "eotmc/physics/multiple_scattering.h"
#include "eotmc/transport/muon/medium.h"
#include "world/spectrometer.h"

enum { N_MUON = EOT_IMPORTANCE_N_MUON, N_ANGLE = EOT_IMPORTANCE_N_ANGLE, N_AZIMUTH = 8, N_PLACE = 8, N_STEP = 500 };
static const double SLOWEST = 0.1;                        /* GeV: slower muons stop */
static const double HARD_LOSS = 1.2;                      /* loss over continuous loss */
static const double FIRST_ANGLE = 1e-4, LAST_ANGLE = 1.0; /* 2 sin(half of the angle) */

/* A muon along the axis: places in the first and the last tracker plane. */
struct flight {
    double var_first, var_last, cov; /* cm2, of either transverse coordinate */
    double bend_x, bend_y;           /* cm in the last plane, of a mu- by the fields on the way */
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
    double highland = pow(eot_highland_factor(path_X0, 1e-3), 2.0),
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

/* Chance of a muon of one flight that leaves the beam's axis at an angle, the mean over its azimuth. */
static double chance_of(const struct places *at, const struct flight *f, int charge, double angle) {
    const struct eot_volume_config *ecal = at->ecal, *first = at->first, *last = at->last;
    double sum = 0.0, to_first = first->z - ecal->z, to_last = last->z - ecal->z;
    for (int k = 0; k < N_AZIMUTH && f->is_there; k++) {
        double x = angle * cos(2.0 * EOT_PI * (k + 0.5) / N_AZIMUTH),
               y = angle * sin(2.0 * EOT_PI * (k + 0.5) / N_AZIMUTH);
        sum += both_crossed(f, 0.5 * first->size_x, 0.5 * last->size_x, x * to_first + ecal->center_x - first->center_x,
                            x * to_last - charge * f->bend_x + ecal->center_x - last->center_x) *
               both_crossed(f, 0.5 * first->size_y, 0.5 * last->size_y, y * to_first + ecal->center_y - first->center_y,
                            y * to_last - charge * f->bend_y + ecal->center_y - last->center_y);
    }
    return fmax(sum, 0.0) / N_AZIMUTH;
}

void eot_importance_track_make(const struct eot_config *config, const struct eot_setup *setup,
                               const struct eot_world *w, double E_max, struct eot_importance_track *track) {
    const struct places at = places_of(config, &w->event.spectrometer);
    track->first_energy = log(SLOWEST);
    track->step_energy = log(E_max / SLOWEST) / (N_MUON - 1);
    track->step_angle = log(LAST_ANGLE / FIRST_ANGLE) / (N_ANGLE - 1);
    for (int i = 0; i < N_MUON; i++) {
        struct flight f = fly(config, setup, w, exp(track->first_energy + i * track->step_energy));
        for (int j = 0; j < N_ANGLE; j++)
            for (int c = 0; c < 2; c++)
                track->p[c][i][j] = chance_of(&at, &f, 2 * c - 1, FIRST_ANGLE * exp(j * track->step_angle));
    }
}

double eot_importance_track_at(const struct eot_importance_track *track, int charge, double E, double versine) {
    double x = (log(fmax(E - EOT_M_MUON, SLOWEST)) - track->first_energy) / track->step_energy,
           y = log(fmax(sqrt(2.0 * versine), FIRST_ANGLE) / FIRST_ANGLE) / track->step_angle;
    const double(*p)[N_ANGLE] = track->p[charge > 0];
    x = fmin(fmax(x, 0.0), N_MUON - 1.001);
    y = fmin(y, N_ANGLE - 1.001);
    int i = (int)x, j = (int)y;
    double low = p[i][j] + (y - j) * (p[i][j + 1] - p[i][j]),
           high = p[i + 1][j] + (y - j) * (p[i + 1][j + 1] - p[i + 1][j]);
    return low + (x - i) * (high - low);
}
