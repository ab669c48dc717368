#include "world/importance_stages.h"

#include <math.h>
#include <stdlib.h>

#include "eotmc/base/role.h"
#include "world/losses.h"
#include "world/response.h"

enum { N_ENERGY = EOT_TRIAL_N_ENERGY, N_MUON = EOT_TRIAL_N_MUON, NO_PARTNER = N_ENERGY };
static const double SLOWEST = 0.05;     /* GeV: slower muons end where they are made */
static const double FIRST_LENGTHS = 10; /* X0 of the ECAL in which vertices are */
static const double USEFUL = 0.05;      /* of the histories with extra losses, those that pass what others do */

struct eot_importance_stages {
    const struct eot_world *world;
    eot_selection selection;
    double beam;              /* GeV */
    double of_charge[2];      /* share of the selections that look for a mu-, a mu+ */
    double step;              /* ln GeV between energies of the trial */
    double first;             /* ln GeV */
    double missing[N_ENERGY]; /* GeV, mean of what a muon through all takes and nothing sees */
    double exit[N_ENERGY];    /* GeV, its mean energy behind the last HCAL module */
    double hard[N_ENERGY];    /* chance to lose what is to be missed where nothing sees it (losses.h) */
    /* Chance of a muon through all to leave the right energy in the VETO, in the VETO and each HCAL module, by its
     * energy and by that of the other muon of the vertex. */
    double veto[N_ENERGY][N_ENERGY + 1], hcal[N_ENERGY][N_ENERGY + 1];
    struct eot_importance_track track;
    struct eot_trial trial;
};

static eot_trial_follow *follow_for_this_cpu(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return eot_trial_follow_fma;
#endif
    return eot_trial_follow_plain;
}

static int compare_by_veto(const void *a, const void *b) {
    float u = ((const struct eot_trial_muon *)a)->veto, v = ((const struct eot_trial_muon *)b)->veto;
    return (u > v) - (u < v);
}

/* Whether two muons leave an energy of the window in each HCAL module. */
static int hcal_is_within(const struct eot_importance_stages *s, const struct eot_trial_muon *m,
                          const struct eot_trial_muon *other) {
    const eot_selection *cuts = &s->selection;
    int is_within = 1;
    if (cuts->absent >> EOT_ROLE_HCAL & 1) return 1;
    for (int k = 0; k < s->world->event.response.n_hcal; k++) {
        float seen = m->hcal[k] + other->hcal[k];
        is_within = is_within && seen >= cuts->hcal_low && seen <= cuts->hcal_high;
    }
    return is_within;
}

/* Add the chances of one muon with each of n others, in the order of their energies in the VETO. Of two that cross it,
 * few leave the energy of one: all pairs are looked at. */
static void add_chances(const struct eot_importance_stages *s, const struct eot_trial_muon *m,
                        const struct eot_trial_muon *other, int n, double *veto, double *hcal) {
    const eot_selection *cuts = &s->selection;
    int has_veto = (cuts->absent >> EOT_ROLE_VETO & 1) == 0, n_veto = 0, n_hcal = 0;
    for (int i = 0; i < n && (!has_veto || m->veto + other[i].veto <= cuts->veto_high); i++) {
        if (has_veto && m->veto + other[i].veto < cuts->veto_low) continue;
        n_veto++;
        n_hcal += hcal_is_within(s, m, &other[i]);
    }
    *veto += (double)n_veto / n;
    *hcal += (double)n_hcal / n;
}

/* The chances of one energy, before they are divided by the number of muons. Muons that do not come through all are
 * left out, unless none does. @return their number. */
static int fill_chances(struct eot_importance_stages *s, int i) {
    static const struct eot_trial_muon none = {0};
    const struct eot_trial_muon *muon = s->trial.muon[i];
    int n_through = 0, n = 0;
    for (int m = 0; m < N_MUON; m++) n_through += muon[m].E_exit > 0.0f;
    for (int m = 0; m < N_MUON; m++) {
        if (n_through > 0 && !(muon[m].E_exit > 0.0f)) continue;
        double lost = exp(s->first + i * s->step) + EOT_M_MUON - (double)muon[m].E_exit;
        for (int k = 0; k < s->world->event.response.n_hcal; k++) lost -= (double)muon[m].hcal[k];
        s->missing[i] += lost;
        s->exit[i] += (double)muon[m].E_exit;
        n++;
        for (int j = 0; j < N_ENERGY; j++)
            add_chances(s, &muon[m], s->trial.muon[j], N_MUON, &s->veto[i][j], &s->hcal[i][j]);
        add_chances(s, &muon[m], &none, 1, &s->veto[i][NO_PARTNER], &s->hcal[i][NO_PARTNER]);
    }
    return n;
}

/* Mean of the chances of the energies beside, which makes up for the number of muons where chances are small. */
static double joined(double chance[N_ENERGY][N_ENERGY + 1], int i, int j) {
    int low = i > 0 ? i - 1 : 0, high = i < N_ENERGY - 1 ? i + 1 : i;
    return 0.25 * chance[low][j] + 0.5 * chance[i][j] + 0.25 * chance[high][j];
}

/* All chances. */
static void make_chances(struct eot_importance_stages *s) {
    double veto[N_ENERGY][N_ENERGY + 1], hcal[N_ENERGY][N_ENERGY + 1];
    for (int i = 0; i < N_ENERGY; i++) qsort(s->trial.muon[i], N_MUON, sizeof s->trial.muon[i][0], compare_by_veto);
    for (int i = 0; i < N_ENERGY; i++) {
        int n = fill_chances(s, i);
        s->missing[i] /= n;
        s->exit[i] /= n;
        for (int j = 0; j <= N_ENERGY; j++) {
            veto[i][j] = s->veto[i][j] / n;
            hcal[i][j] = s->hcal[i][j] / n;
        }
    }
    for (int i = 0; i < N_ENERGY; i++)
        for (int j = 0; j <= N_ENERGY; j++) {
            s->veto[i][j] = joined(veto, i, j);
            s->hcal[i][j] = joined(hcal, i, j);
        }
}

/* Shares of the selections by the charge that they look for. */
static void fill_charges(struct eot_importance_stages *s, const struct eot_config *config) {
    double part = 1.0 / (1.0 + (double)config->n_further);
    s->of_charge[config->selection.charge > 0] += part;
    for (size_t i = 0; i < config->n_further; i++) s->of_charge[config->further[i].selection.charge > 0] += part;
}

/* What a muon has to lose [GeV] where `missing` is missed anyway. */
static double to_be_lost(const struct eot_importance_stages *s, double missing) {
    return fmax((double)s->selection.missing_energy - missing, (double)s->world->event.losses.least);
}

enum eot_status eot_importance_stages_create(const struct eot_config *config, const struct eot_setup *setup,
                                             const struct eot_world *w, double E_max,
                                             struct eot_importance_stages **stages, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_volume_config *ecal = &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)];
    struct eot_importance_stages *s = calloc(1, sizeof *s);
    EOT_CHECK_MEMORY(s);
    s->world = w;
    s->selection = eot_world_selection(config, &config->selection);
    s->beam = config->beam.energy;
    s->first = s->trial.first = log(SLOWEST);
    s->step = s->trial.step = log(E_max / SLOWEST) / (N_ENERGY - 1);
    fill_charges(s, config);
    eot_importance_track_make(config, setup, w, E_max, &s->track);
    follow_for_this_cpu()(
        w,
        &(struct eot_trial_start){ecal->center_x, ecal->center_y, ecal->z,
                                  ecal->thickness * fmin(FIRST_LENGTHS / eot_setup_volume_X0(setup, ecal), 0.9)},
        &s->trial);
    make_chances(s);
    for (int i = 0; i < N_ENERGY; i++)
        s->hard[i] = eot_world_loss_hard(config, setup, w, exp(s->first + i * s->step) + EOT_M_MUON,
                                         to_be_lost(s, s->missing[i]));
    *stages = s;
done:
    return status;
}

void eot_importance_stages_free(struct eot_importance_stages *s) { free(s); }

/* A place on the energies of the trial. */
struct place {
    int i;
    double f;
};
static struct place place_of(const struct eot_importance_stages *s, double E) {
    double x = fmin(fmax((log(fmax(E - EOT_M_MUON, SLOWEST)) - s->first) / s->step, 0.0), N_ENERGY - 1.001);
    return (struct place){(int)x, x - (int)x};
}

/* By the energies of both muons. @param has_other whether there are two. */
static double chance_at(const double chance[N_ENERGY][N_ENERGY + 1], struct place one, struct place other,
                        bool has_other) {
    double sum = 0.0;
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < (has_other ? 2 : 1); b++)
            sum += (a == 0 ? 1.0 - one.f : one.f) *
                   (!has_other ? 1.0
                    : b == 0   ? 1.0 - other.f
                               : other.f) *
                   chance[one.i + a][has_other ? other.i + b : NO_PARTNER];
    return sum;
}

/* Mean square of what extra losses add to the rate above the missing energy: the chance of the event in nature over the
 * share of the sample that is like it, times that chance. @param alone,with_other chances of the muon `one` to pass the
 * other cuts if nothing is seen of the other one, and with it. */
static double of_losses(const struct eot_importance_stages *s, struct place one, double E_other, double missing,
                        double alone, double with_other) {
    double share = (double)s->world->event.losses.share,
           decay = E_other > 0.0 ? eot_world_loss_decay(s->world, E_other, to_be_lost(s, missing)) : 0.0,
           hard = s->hard[one.i] + one.f * (s->hard[one.i + 1] - s->hard[one.i]);
    return share > 0.0 ? (alone * decay * decay + with_other * hard * hard) / (share * USEFUL) : 0.0;
}

void eot_importance_stages_add(const struct eot_importance_stages *s, const struct eot_importance_final *final,
                               double weight, double sum[EOT_N_SELECTION_STAGE]) {
    double through[2] = {0.0, 0.0};
    for (int c = 0; c < 2; c++)
        if (final->E[c] > 0.0)
            through[c] = eot_importance_track_at(&s->track, 2 * c - 1, final->E[c], final->versine[c]);
    for (int c = 0; c < 2; c++) {
        bool has_other = final->E[1 - c] > 0.0;
        double track = weight * through[c] * (1.0 - through[1 - c]),
               selected = has_other ? track * s->of_charge[c] : track;
        struct place one = place_of(s, final->E[c]), other = place_of(s, final->E[1 - c]);
        double exit = s->exit[one.i] + one.f * (s->exit[one.i + 1] - s->exit[one.i]);
        if (!(track > 0.0) || exit < (double)s->selection.min_momentum) continue;
        double missing = s->missing[one.i] + one.f * (s->missing[one.i + 1] - s->missing[one.i]) + final->dark,
               hcal = selected * chance_at(s->hcal, one, other, has_other),
               tail = eot_trial_missing(s->world, &s->selection, s->beam - final->k + final->E[1 - c], missing);
        sum[EOT_STAGE_OF_TRACK] += track;
        sum[EOT_STAGE_OF_VETO] += selected * chance_at(s->veto, one, other, has_other);
        sum[EOT_STAGE_OF_HCAL] += hcal;
        sum[EOT_STAGE_OF_MISSING] +=
            hcal * tail * tail + of_losses(s, one, final->E[1 - c], missing,
                                           weight * through[c] * s->of_charge[c] * chance_at(s->hcal, one, one, false),
                                           hcal);
    }
}
