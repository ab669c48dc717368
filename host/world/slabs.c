#include "world/slabs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/nesting.h"
#include "eotmc/base/constants.h"
#include "eotmc/detector/accumulator.h"

/* One slab of the shower's axis: averages of a volume as Grindhammer and Peters define them (models: 1/X0 = sum w/X0_i,
 * Ec = X0 sum w Ec_i/X0_i, 1/R_M likewise). */
static const double MIP_BETA_GAMMA = 3.5; /* where ionisation is least */

static eot_slab slab_of(const struct eot_setup *setup, const struct eot_volume_config *v, double em_visible_ratio) {
    eot_slab s;
    memset(&s, 0, sizeof s);
    double mass = 0.0, inverse_X0 = 0.0, critical = 0.0, length = 0.0, seen = 0.0, lost = 0.0, Z[2] = {0.0, 0.0},
           part[2] = {0.0, 0.0};
    for (size_t i = 0; i < v->n_layer; i++) {
        const struct eot_material *m = &setup->material[v->layer[i].material];
        double d = v->layer[i].thickness, g = m->density * d, X0 = m->X0 * m->density;
        mass += g;
        length += d;
        inverse_X0 += g / X0;
        critical += g * m->critical_energy / X0;
        double ionisation = g * m->Z_over_A *
                            (log(2.0 * EOT_M_ELECTRON * 1e9 * MIP_BETA_GAMMA * MIP_BETA_GAMMA / m->mean_excitation) -
                             1.0); /* Bethe, without density effect */
        lost += ionisation;
        for (int k = 0; k < m->n_element; k++)
            Z[v->layer[i].active] += g * m->element[k].mass_fraction * m->element[k].Z;
        part[v->layer[i].active] += g;
        if (v->layer[i].active) seen += ionisation;
    }
    double Ec = critical / inverse_X0, moliere = mass / length > 0.0 ? 0.0212 / (critical / length)
                                                                     : 0.0; /* Es = 21.2 MeV; sum of w Ec/X0 per cm */
    s.z0 = (f32)v->z;
    s.z1 = (f32)(v->z + v->thickness);
    s.inverse_X0 = (f32)(inverse_X0 / length);
    s.log_critical_energy = (f32)log(Ec);
    s.moliere_radius = (f32)moliere;
    s.center_x = (f32)v->center_x;
    s.center_y = (f32)v->center_y;
    s.half_x = (f32)(0.5 * v->size_x);
    s.half_y = (f32)(0.5 * v->size_y);
    s.role = v->role;
    s.cells_x = v->cells_x;
    s.cells_y = v->cells_y;
    s.first_cell = -1;
    s.Z = (f32)((Z[0] + Z[1]) / mass);
    if (part[0] > 0.0 &&
        part[1] > 0.0) { /* absorber and active layers: GP's e-hat, and the sampling frequency of one period */
        s.one_minus_e_hat = (f32)(1.0 - 1.0 / (1.0 + 0.007 * (Z[0] / part[0] - Z[1] / part[1])));
        s.inverse_sampling_frequency = (f32)inverse_X0; /* period / X0 */
    }
    s.shower_visible = (f32)(lost > 0.0 ? seen / lost * (v->n_layer > 1 ? em_visible_ratio : 1.0) : 0.0);
    return s;
}

static int compare_slabs(const void *a, const void *b) {
    f32 u = ((const eot_slab *)a)->z0, v = ((const eot_slab *)b)->z0;
    return u < v ? -1 : u > v;
}

/* Of a volume that is a calorimeter: where its cells are among the accumulators. */
static enum eot_status cells_of(const struct eot_volume_config *v, eot_slab *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (v->role != EOT_ROLE_ECAL && v->role != EOT_ROLE_HCAL) goto done;
    bool is_ecal = v->role == EOT_ROLE_ECAL;
    int n_cell = v->cells_x * v->cells_y, most = is_ecal ? EOT_N_ECAL_CELL : EOT_N_HCAL_CELL;
    EOT_CHECK(is_ecal || s->module < EOT_N_HCAL, EOT_E_CONFIG, "volume %s is HCAL module %d (at most %d are simulated)",
              v->name, s->module, EOT_N_HCAL);
    EOT_CHECK(n_cell <= most, EOT_E_CONFIG, "volume %s has %d cells (at most %d are kept); use fewer", v->name, n_cell,
              most);
    s->first_cell = is_ecal ? EOT_ACC_ECAL_CELL : EOT_ACC_HCAL_CELL + s->module * EOT_N_HCAL_CELL;
done:
    return status;
}

/* What fills the world between two slabs. */
static eot_slab gap_between(const eot_slab *a, const eot_slab *b, const struct eot_material *world,
                            const struct eot_geometry_config *g) {
    eot_slab gap;
    memset(&gap, 0, sizeof gap);
    gap.z0 = a->z1;
    gap.z1 = b->z0;
    gap.inverse_X0 = (f32)(world->X0 > 0.0 && isfinite(world->X0) ? 1.0 / world->X0 : 1e-9);
    gap.log_critical_energy = (f32)log(world->critical_energy > 0.0 ? world->critical_energy : 0.08);
    gap.moliere_radius = 1.0f;
    gap.half_x = (f32)g->world_max[0];
    gap.half_y = (f32)g->world_max[1];
    gap.first_cell = -1;
    return gap;
}

enum eot_status eot_world_slabs(const struct eot_config *config, const struct eot_setup *setup, eot_event_world *e,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_geometry_config *g = &config->geometry;
    eot_slab volume[EOT_N_SLAB];
    int n = 0, i_ecal = 0;
    for (size_t i = 0; i < g->n_volume; i++) {
        const struct eot_volume_config *v = &g->volume[i];
        if (eot_volume_magnet(g, i) >= 0) continue; /* thin matter in a gap, which the magnet stands for */
        EOT_CHECK(n < EOT_N_SLAB / 2, EOT_E_CONFIG, "geometry has more than %d volumes along the beam; merge some",
                  EOT_N_SLAB / 2);
        volume[n] = slab_of(setup, v,
                            v->role == EOT_ROLE_ECAL ? config->detector.ecal_em_visible_ratio
                                                     : config->detector.em_visible_ratio);
        volume[n].module = eot_setup_module(config, (int)i);
        EOT_TRY(cells_of(v, &volume[n++], err));
    }
    qsort(volume, (size_t)n, sizeof volume[0], compare_slabs);
    e->n_slab = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && volume[i].z0 > volume[i - 1].z1)
            e->slab[e->n_slab++] = gap_between(&volume[i - 1], &volume[i], &setup->material[g->world_material], g);
        e->slab[e->n_slab++] = volume[i];
    }
    while (i_ecal < e->n_slab && e->slab[i_ecal].role != EOT_ROLE_ECAL) i_ecal++;
    for (int i = 0; i < i_ecal && i_ecal < e->n_slab; i++)
        if (e->slab[i].role != EOT_ROLE_VETO && e->slab[i].role != EOT_ROLE_HCAL)
            e->slab[i].module = EOT_MODULE_IN_FRONT;
done:
    return status;
}
