#include <math.h>
#include <string.h>

#include "physics/process.h"
#include "world/world.h"

static const double ENERGY_MARGIN = 1.02; /* tables reach this factor above the largest energy of a primary */
static const double NO_PARENT = 1e9;      /* GeV: no particle has as much */

bool eot_world_has_explicit_layers(const struct eot_volume_config *ecal) {
    return ecal->merge < 0 && ecal->n_layer > 1;
}

/* The ECAL as one medium of its layers' materials. */
static enum eot_status effective_medium(const struct eot_setup *setup, const struct eot_volume_config *ecal,
                                        struct eot_em_options *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double period = 0.0;
    EOT_CHECK(ecal->n_layer <= EOT_N_CONSTITUENT, EOT_E_CONFIG,
              "volume %s has %zu layers (an effective medium has at most %d); merge equal layers", ecal->name,
              ecal->n_layer, EOT_N_CONSTITUENT);
    for (size_t i = 0; i < ecal->n_layer; i++) period += ecal->layer[i].thickness;
    o->n_medium = 1;
    memset(o->medium, 0, sizeof o->medium);
    o->medium[0].n_constituent = (int)ecal->n_layer;
    for (size_t i = 0; i < ecal->n_layer; i++) {
        o->medium[0].material[i] = &setup->material[ecal->layer[i].material];
        o->medium[0].fraction[i] = ecal->layer[i].thickness / period;
    }
done:
    return status;
}

enum eot_status eot_world_em_options_plain(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                           struct eot_em_options *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_world_em_options(config, setup, cut, o, err));
    memset(o->rare, 0, sizeof o->rare);
    EOT_TRY(effective_medium(setup, &config->geometry.volume[eot_setup_volume(config, EOT_ROLE_ECAL, 0)], o, err));
done:
    return status;
}

/* The cascade's medium: explicit layers where the ECAL has two and they are not merged, an effective medium otherwise.
 */
enum eot_status eot_world_em_options(const struct eot_config *config, const struct eot_setup *setup, double cut,
                                     struct eot_em_options *o, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int i_ecal = eot_setup_volume(config, EOT_ROLE_ECAL, 0);
    EOT_CHECK(i_ecal >= 0, EOT_E_CONFIG,
              "the geometry has no volume with role ecal (the cascade runs in it); give one volume role: ecal");
    const struct eot_volume_config *ecal = &config->geometry.volume[i_ecal];
    double energy_max = config->beam.energy * (1.0 + 6.0 * config->beam.spread) * ENERGY_MARGIN;
    *o = (struct eot_em_options){.cut = cut,
                                 .energy_max = energy_max,
                                 .depth = ecal->thickness,
                                 .step_max_X0 = config->physics.step_max_X0,
                                 .lpm = config->physics.lpm};
    memcpy(o->rare, config->physics.rare, sizeof o->rare);
    for (int type = 0; type < EOT_N_PARTICLE;
         type++) { /* the lowest threshold of the parent's processes, or where the region begins */
        double lowest = NO_PARENT;
        for (int p = 0; p < EOT_N_RARE; p++)
            if (o->rare[p] && eot_config_rare_parents(config, p) & 1 << type)
                lowest = fmin(lowest, eot_process_at(p)->threshold(config));
        o->rare_min[type] =
            fmax(lowest, type == EOT_PHOTON ? config->sampling.min_photon_energy : config->sampling.min_lepton_energy);
    }
    if (eot_world_has_explicit_layers(ecal)) {
        EOT_CHECK(ecal->n_layer == 2, EOT_E_CONFIG,
                  "volume %s has %zu explicit layers (the cascade follows periods of two); use geometry.layers: "
                  "effective, or merge: 0 for it",
                  ecal->name, ecal->n_layer);
        o->n_medium = 2;
        for (int i = 0; i < 2; i++) {
            o->medium[i].n_constituent = 1;
            o->medium[i].material[0] = &setup->material[ecal->layer[i].material];
            o->medium[i].fraction[0] = 1.0;
            o->medium[i].thickness = ecal->layer[i].thickness;
        }
    } else {
        EOT_TRY(effective_medium(setup, ecal, o, err));
    }
done:
    return status;
}
