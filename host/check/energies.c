/** @file energies.c
 * Rare processes that no primary has the energy for. */
#include <stdio.h>

#include "check/check.h"
#include "physics/process.h"

enum eot_status eot_check_energies(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = c->config;
    double top = config->beam.energy * (1.0 + 6.0 * config->beam.spread);
    for (int p = 0; p < EOT_N_RARE; p++) {
        char key[96];
        if (!config->physics.rare[p] || eot_process_at(p)->threshold(config) < top) continue;
        bool is_signal = eot_rare_family(p) == EOT_FAMILY_SIGNAL;
        snprintf(key, sizeof key, "physics.rare.%s", eot_process_at(p)->key);
        if (is_signal) /* the run is of this process alone */
            EOT_TRY(eot_findings_fail(f, err, "physics.mphi",
                                      "(%s takes %.4g GeV, the beam has %.4g GeV at most); use a smaller mass, or more "
                                      "energy",
                                      eot_process_at(p)->reaction, eot_process_at(p)->threshold(config), top));
        else
            EOT_TRY(
                eot_findings_warn(f, err, "process_above_beam",
                                  "%s is on and takes %.4g GeV, the beam has %.4g GeV at most: there is none of it; "
                                  "turn it off, or raise beam.energy",
                                  key, eot_process_at(p)->threshold(config), top));
    }
done:
    return status;
}
