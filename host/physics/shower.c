#include "physics/shower.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "eotmc/physics/dimuon_gamma.h"

enum { N_ALPHA = 48, N_QUANTILE = 160, N_PAIR_ENERGY = 48, N_PAIR_QUANTILE = 64, N_PAIR_CELL = 512 };
static const double FIRST_ALPHA = 0.25, ALPHA_STEP = 0.25, FIRST_LOGIT = -10.0,
                    LAST_LOGIT = 16.0; /* quantile variable ln(u/(1 - u)): upper tail down to 1e-7 */

enum eot_status eot_shower_tables_build(const struct eot_physics_config *p, struct eot_f32_table *table,
                                        eot_shower_constants *c, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    memset(c, 0, sizeof *c);
    for (int i = 0; i < 3; i++) c->depth[i] = (f32)p->shower_depth[i];
    for (int i = 0; i < 2; i++) {
        c->sigma_depth[i] = (f32)p->shower_sigma_depth[i];
        c->sigma_alpha[i] = (f32)p->shower_sigma_alpha[i];
    }
    c->rho = (f32)p->shower_rho;
    for (int i = 0; i < 4; i++) {
        c->alpha[i] = (f32)p->shower_alpha[i];
        c->photon_length[i] = (f32)p->shower_photon_length[i];
    }
    c->backscatter_share = (f32)p->shower_backscatter_share;
    c->backscatter_length = (f32)p->shower_backscatter_length;
    c->radius_max = (f32)p->shower_radius_max;
    c->spot_energy = (f32)p->shower_spot_energy;
    c->n_alpha = N_ALPHA;
    c->n_quantile = N_QUANTILE;
    c->first_alpha = (f32)FIRST_ALPHA;
    c->inverse_alpha_step = (f32)(1.0 / ALPHA_STEP);
    c->inverse_quantile_step = (f32)(N_QUANTILE / (LAST_LOGIT - FIRST_LOGIT));
    c->first_logit = (f32)FIRST_LOGIT;
    c->quantile = (u32)table->n;
    for (int i = 0; i < N_ALPHA; i++) {
        double row[N_QUANTILE + 1];
        for (int j = 0; j <= N_QUANTILE; j++) {
            double logit = FIRST_LOGIT + (LAST_LOGIT - FIRST_LOGIT) * j / N_QUANTILE,
                   alpha = FIRST_ALPHA + i * ALPHA_STEP;
            row[j] = logit < 0.0 ? gsl_cdf_gamma_Pinv(1.0 / (1.0 + exp(-logit)), alpha, 1.0)
                                 : gsl_cdf_gamma_Qinv(1.0 / (1.0 + exp(logit)), alpha, 1.0);
            EOT_CHECK(isfinite(row[j]) && row[j] >= 0.0, EOT_E_NUMERIC,
                      "quantile of the Gamma distribution failed (alpha %g); report it", FIRST_ALPHA + i * ALPHA_STEP);
        }
        EOT_TRY(eot_f32_table_append(table, row, N_QUANTILE + 1, NULL, err));
    }
done:
    return status;
}

enum eot_status eot_dimuon_tables_build(const struct eot_em_options *o, struct eot_f32_table *table,
                                        eot_vertex_tables *e, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    /* atoms per cm of path, averaged over the period */
    struct {
        double Z, A, atoms;
    } atom[EOT_MAX_ELEMENT * EOT_N_MEDIUM_MAX * EOT_N_CONSTITUENT];
    int n_atom = 0;
    double length = 0.0;
    for (int m = 0; m < o->n_medium; m++) length += o->n_medium == 1 ? 1.0 : o->medium[m].thickness;
    for (int m = 0; m < o->n_medium; m++)
        for (int i = 0; i < o->medium[m].n_constituent; i++) {
            const struct eot_material *material = o->medium[m].material[i];
            double share = o->medium[m].fraction[i] * (o->n_medium == 1 ? 1.0 : o->medium[m].thickness) / length;
            for (int j = 0; j < material->n_element; j++) {
                atom[n_atom].Z = material->element[j].Z;
                atom[n_atom].A = material->element[j].A;
                atom[n_atom++].atoms = share * material->density * EOT_AVOGADRO * material->element[j].mass_fraction /
                                       material->element[j].A;
            }
        }
    double first = 2.0 * EOT_M_MUON * 1.001, step = log(o->energy_max / first) / (N_PAIR_ENERGY - 1);
    e->n_pair_energy = N_PAIR_ENERGY;
    e->n_pair_quantile = N_PAIR_QUANTILE;
    e->pair_log_first = (f32)log(first);
    e->pair_inverse_log_step = (f32)(1.0 / step);
    e->pair_quantile = (u32)table->n;
    for (int i = 0; i < N_PAIR_ENERGY; i++) {
        double k = first * exp(i * step), low = EOT_M_MUON / k, cumulative[N_PAIR_CELL + 1], row[N_PAIR_QUANTILE + 1];
        cumulative[0] = 0.0;
        for (int j = 0; j < N_PAIR_CELL; j++) {
            double x = low + (1.0 - 2.0 * low) * (j + 0.5) / N_PAIR_CELL, density = 0.0;
            for (int a = 0; a < n_atom; a++)
                density += atom[a].atoms * eot_dimuon_gamma_dxsec_dx(k, x, atom[a].Z, atom[a].A);
            cumulative[j + 1] = cumulative[j] + density;
        }
        int cell = 0;
        for (int q = 0; q <= N_PAIR_QUANTILE; q++) {
            double target = cumulative[N_PAIR_CELL] * q / N_PAIR_QUANTILE;
            while (cell < N_PAIR_CELL - 1 && cumulative[cell + 1] < target) cell++;
            double content = cumulative[cell + 1] - cumulative[cell];
            row[q] = (cell + (content > 0.0 ? (target - cumulative[cell]) / content : 0.5)) / N_PAIR_CELL;
            row[q] = cumulative[N_PAIR_CELL] > 0.0
                         ? row[q]
                         : (double)q / N_PAIR_QUANTILE; /* below the formula's own threshold nothing is drawn */
        }
        EOT_TRY(eot_f32_table_append(table, row, N_PAIR_QUANTILE + 1, NULL, err));
    }
    /* the EOT_N_ELEMENT elements that make most pairs */
    double rate[sizeof atom / sizeof atom[0]], total = 0.0, below = 0.0;
    for (int a = 0; a < n_atom; a++)
        rate[a] = atom[a].atoms * eot_dimuon_gamma_xsec(fmin(10.0, o->energy_max), atom[a].Z, atom[a].A);
    e->n_element = 0;
    int chosen[EOT_N_ELEMENT];
    while (e->n_element < EOT_N_ELEMENT && e->n_element < n_atom) {
        int best = -1;
        for (int a = 0; a < n_atom; a++) {
            int used = 0;
            for (int c = 0; c < e->n_element; c++) used |= chosen[c] == a;
            if (!used && (best < 0 || rate[a] > rate[best])) best = a;
        }
        chosen[e->n_element++] = best;
        total += rate[best];
    }
    for (int c = 0; c < e->n_element; c++) {
        below += rate[chosen[c]];
        e->element_share[c] = (f32)(total > 0.0 ? below / total : 1.0);
        e->element_Z[c] = (f32)atom[chosen[c]].Z;
        e->element_A[c] = (f32)atom[chosen[c]].A;
    }
done:
    return status;
}
