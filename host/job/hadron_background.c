#undef EOT_REAL_DOUBLE
#include "job/hadron_private.h"

#include "analysis/estimator.h"
#include "physics/synchrotron.h"

#include <stdio.h>

static enum eot_status add_number(struct eot_result *result, const char *name, const char *unit, double value,
                                  struct eot_error *err) {
    return eot_add_mean(result, name, unit, (struct eot_mean){.value = value, .is_exact = true}, err);
}

/* What the SRD sees of electrons of the beam's energy. */
static enum eot_status add_srd(const struct eot_config *config, struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_detector_config *d = &config->detector;
    struct eot_synchrotron s = eot_synchrotron_of(config->beam.energy, d->srd_field, d->srd_length);
    double efficiency;
    EOT_TRY(eot_srd_efficiency(config, config->beam.energy, &efficiency, err));
    EOT_TRY(add_number(result, "srd.energy_MeV", "MeV", 1e3 * s.loss, err));
    EOT_TRY(add_number(result, "srd.critical_energy_MeV", "MeV", 1e3 * s.critical_energy, err));
    EOT_TRY(add_number(result, "srd.photons", "1", s.photons, err));
    EOT_TRY(add_number(result, "srd.electron_efficiency", "1", efficiency, err));
done:
    return status;
}

enum eot_status eot_hadron_background(const struct eot_config *config, struct eot_mean survival,
                                      struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_tagging_config *t = &config->tagging;
    bool is_kaon = eot_beam_mass(config) > 0.3;
    const struct {
        const char *name;
        const double *number; /* value, relative error */
        bool is_factor;       /* of this background */
    } factor[] = {{"pi_per_e", t->pi_per_e, true},
                  {"K_per_pi", t->K_per_pi, is_kaon},
                  {"hadron_rejection", t->hadron_rejection, true},
                  {"electron_efficiency", t->electron_efficiency, false}};
    double product = 1.0, statistics = survival.value > 0.0 ? survival.std_error / survival.value : 0.0,
           spread = 1.0 + statistics * statistics;
    char name[80];
    for (size_t i = 0; i < sizeof factor / sizeof factor[0]; i++) {
        if (!factor[i].is_factor) continue;
        product *= factor[i].number[0];
        spread *= 1.0 + factor[i].number[1] * factor[i].number[1]; /* of a product of log-normal numbers */
    }
    struct eot_mean b = survival;
    b.value = product * survival.value;
    b.std_error = b.value * sqrt(spread - 1.0);
    b.upper_limit = product * survival.upper_limit;
    EOT_TRY(eot_add_mean(result, "background.hadron.per_eot", "1", b, err));
    EOT_TRY(add_number(result, "background.hadron.error.statistics", "1", statistics, err));
    for (size_t i = 0; i < sizeof factor / sizeof factor[0]; i++) {
        snprintf(name, sizeof name, "background.hadron.error.%s", factor[i].name);
        if (factor[i].is_factor) EOT_TRY(add_number(result, name, "1", factor[i].number[1], err));
        snprintf(name, sizeof name, "tagging.%s", factor[i].name);
        EOT_TRY(add_number(result, name, "1", factor[i].number[0], err));
    }
    EOT_TRY(add_srd(config, result, err));
done:
    return status;
}
