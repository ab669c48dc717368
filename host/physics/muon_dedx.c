/** @file muon_dedx.c
 * Stopping powers and ranges of muons, as `eotmc tables --dump` writes them. */
#include <math.h>
#include <stdlib.h>

#include "eotmc/physics/muon_photonuclear.h"
#include "physics/muon_integrals.h"
#include "physics/muon_tables.h"

enum eot_status eot_muon_dedx(const struct eot_material *material, const double *kinetic_energy, int n,
                              struct eot_muon_dedx_row *row, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_muon_integrator g = {0};
    struct eot_muon_radiative_table *table = NULL;
    double *radiative_loss = NULL, *fine = NULL;
    double T[EOT_MUON_N_ROW], stopping[EOT_MUON_N_ROW], range[EOT_MUON_N_ROW], part[EOT_MUON_N_ROW];
    EOT_TRY(eot_muon_integrator_create(1.0e-3, &g, err));
    table = malloc(sizeof *table);
    radiative_loss = calloc((size_t)n * EOT_MUON_N_RADIATIVE + 1, sizeof *radiative_loss);
    fine = calloc((size_t)n + 1, sizeof *fine);
    EOT_CHECK_MEMORY(table);
    EOT_CHECK_MEMORY(radiative_loss);
    EOT_CHECK_MEMORY(fine);
    for (int i = 0; i < n; i++)
        EOT_CHECK(
            kinetic_energy[i] >= eot_muon_row_energy(0) && kinetic_energy[i] <= eot_muon_row_energy(EOT_MUON_N_ROW - 1),
            EOT_E_CONFIG, "kinetic energy %g GeV is outside the muon tables (%g to %g GeV); ask for energies inside",
            kinetic_energy[i], eot_muon_row_energy(0), eot_muon_row_energy(EOT_MUON_N_ROW - 1));
    EOT_TRY(eot_muon_radiative_fill(&g, material, 1.0, table, err)); /* with the cut at 1 all is soft */
    for (int i = 0; i < EOT_MUON_N_ROW; i++) {
        T[i] = eot_muon_row_energy(i);
        stopping[i] = eot_muon_ionisation(&g, material, T[i]);
    }
    for (int p = 0; p < EOT_MUON_N_RADIATIVE; p++) {
        EOT_TRY(eot_muon_radiative_interpolate(table, p, EOT_MUON_SOFT_LOSS, T, EOT_MUON_N_ROW, part, err));
        for (int i = 0; i < EOT_MUON_N_ROW; i++) stopping[i] += part[i];
        EOT_TRY(eot_muon_radiative_interpolate(table, p, EOT_MUON_SOFT_LOSS, kinetic_energy, n, fine, err));
        /* The onset of photonuclear reactions lies between two points of the spline: their loss is integrated anew. */
        for (int i = 0; i < n && p == 2; i++) {
            double E = kinetic_energy[i] + EOT_M_MUON;
            struct eot_muon_spectrum s = {.material = material, .integrator = &g, .process = p, .E = E};
            EOT_TRY(eot_muon_integrate(&g, &s, 1, EOT_PHOTONUCLEAR_LOWEST / E, 1.0 - EOT_M_MUON / E, fine + i, err));
            fine[i] *= E;
        }
        for (int i = 0; i < n; i++) radiative_loss[i * EOT_MUON_N_RADIATIVE + p] = 1.0e3 * fine[i];
    }
    eot_muon_csda_range(T, stopping, EOT_MUON_N_ROW, range);
    for (int i = 0; i < n; i++) {
        double *r = radiative_loss + i * EOT_MUON_N_RADIATIVE;
        row[i] = (struct eot_muon_dedx_row){.kinetic_energy = kinetic_energy[i],
                                            .ionisation = 1.0e3 * eot_muon_ionisation(&g, material, kinetic_energy[i]),
                                            .brems = r[0],
                                            .pair = r[1],
                                            .photonuclear = r[2]};
        row[i].total = row[i].ionisation + r[0] + r[1] + r[2];
        int k = 0;
        while (k + 2 < EOT_MUON_N_ROW && T[k + 1] <= kinetic_energy[i]) k++;
        double ends[2] = {T[k], kinetic_energy[i]}, stops[2] = {stopping[k], 1.0e-3 * row[i].total}, step[2];
        eot_muon_csda_range(ends, stops, 2, step);
        row[i].csda_range = kinetic_energy[i] > T[k] ? range[k] + step[1] - step[0] : range[k];
    }
done:
    free(fine);
    free(radiative_loss);
    free(table);
    eot_muon_integrator_free(&g);
    return status;
}

enum eot_status eot_muon_least_ionisation(const struct eot_material *material, double *least, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_muon_integrator g = {0};
    double low = log(0.05), high = log(5.0); /* GeV; 0.2 to 0.6 GeV, by material, is where it is */
    EOT_TRY(eot_muon_integrator_create(1.0e-3, &g, err));
    for (int i = 0; i < 40; i++) { /* it has one minimum there: by thirds */
        double a = low + (high - low) / 3.0, b = high - (high - low) / 3.0;
        if (eot_muon_ionisation(&g, material, exp(a)) < eot_muon_ionisation(&g, material, exp(b)))
            high = b;
        else
            low = a;
    }
    *least = 1.0e3 * eot_muon_ionisation(&g, material, exp(0.5 * (low + high)));
done:
    eot_muon_integrator_free(&g);
    return status;
}
