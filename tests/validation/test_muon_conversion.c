/* mu N -> e N phi of a 160 GeV muon beam in the ECAL: the yield of a thin target, the electron's mean energy, the
 * energy balance. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "../simulation.h"
#include "physics/lfc/lfc.h"
#include "physics/lfc/transport.h"

static void check(double m_phi, const char *particle) {
    struct simulation s = {0};
    char mass[40], beam[40];
    snprintf(mass, sizeof mass, "physics.mphi=%g GeV", m_phi);
    snprintf(beam, sizeof beam, "beam.particle=%s", particle);
    gsl_set_error_handler_off();
    simulation_open(&s, "configs/na64mu-mu2e.yaml", (const char *const[]){mass, beam, "sampling.eot=4000", NULL},
                    "host");
    simulation_run(&s);
    /* 22.5 cm of lead and as much polystyrene at 160 GeV; the muon loses 0.3 % on its way and sigma changes by less */
    const struct {
        double Z, A, density, share;
    } nucleus[] = {{82, 207.2, 11.35, 1.0}, {6, 12.0107, 1.06, 0.9226}, {1, 1.00794, 1.06, 0.0774}};
    double yield = 0.0, energy = 0.0;
    for (int i = 0; i < 3; i++) {
        struct eot_lfc_reaction r = {EOT_LFC_MU2E, m_phi, 1e-4, nucleus[i].Z, nucleus[i].A, EOT_LFC_SAMPLER_EXACT};
        struct eot_lfc_value value;
        SIMULATION_OK(&s, eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_PHI, 160.0, NULL, &value, &s.error));
        double part = 22.5 * eot_lfc_nuclide_from_mass(r.Z, r.A, nucleus[i].density, nucleus[i].share).atoms *
                      value.value * 1e-36,
               mean = 0.0, total = 0.0;
        enum { N = 200 }; /* electron's mean energy: Simpson in ln y */
        double low = log(0.000511 / 160.0 * (1.0 + 1e-6)), high = log(1.0 - m_phi / 160.0);
        for (int k = 0; k <= N; k++) {
            double y = exp(low + (high - low) * k / N), weight = k == 0 || k == N ? 1.0 : k % 2 == 1 ? 4.0 : 2.0;
            SIMULATION_OK(&s, eot_lfc_differential(&r, EOT_LFC_ETL, EOT_LFC_LEPTON, 160.0, y,
                                                   &(struct eot_lfc_options){.tolerance = 1e-3}, &value, &s.error));
            total += weight * value.value * y;
            mean += weight * value.value * y * y * 160.0;
        }
        yield += part;
        energy += part * mean / total;
    }
    energy /= yield;
    const struct eot_estimate *per_mot = simulation_estimate(&s, "signal.per_mot"),
                              *electron = simulation_estimate(&s, "signal.electron_energy_mean_GeV");
    const struct eot_estimate *ecal = simulation_estimate(&s, "signal.ecal_energy_mean_GeV"),
                              *missing = simulation_estimate(&s, "signal.missing_energy_mean_GeV");
    printf("m = %g, %s: per muon %.5g +- %.2g, thin target %.5g; electron %.4g +- %.2g GeV, integrated %.4g; ECAL %.4g "
           "+- %.2g GeV\n",
           m_phi, particle, per_mot->value, per_mot->std_error, yield, electron->value, electron->std_error, energy,
           ecal->value, ecal->std_error);
    cr_expect_float_eq(per_mot->value, yield, 4.5 * per_mot->std_error + 0.005 * yield);
    cr_expect_float_eq(electron->value, energy, 4.5 * electron->std_error + 0.01 * energy);
    /* what converts late or at large angle leaks: the ECAL sees less than the electron and the muon in front of it,
     * which leaves at most 0.6 GeV on average */
    cr_expect(ecal->value > 0.5 * electron->value && ecal->value < electron->value + 0.6);
    cr_expect_lt(missing->value, 160.0 - ecal->value + 1.0);
    cr_expect_lt(fabs(s.result.energy_residual), 1e-9);
    cr_expect_gt(s.result.energy_in, 4000 * 150.0);
    simulation_close(&s);
}

Test(muon_signal, yield_and_electron_of_a_muon_beam_at_200_MeV, .timeout = 200) { check(0.2, "mu-"); }
Test(muon_signal, yield_and_electron_of_a_muon_beam_at_1_GeV, .timeout = 200) { check(1.0, "mu+"); }
