#include "physics/signal.h"

#include <math.h>

#include "physics/lfc/transport.h"

static const double AIM = 0x1p-10; /* vertices per radiation length at the largest energy */
static const double CM2_PER_PB = 1e-36;

enum eot_status eot_signal_tables_build(const struct eot_em_options *o, enum eot_lfc_process process, double m_phi,
                                        double E_max, struct eot_f32_table *table, eot_vertex_tables *vertex,
                                        double *rel_error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_material nucleus[EOT_N_LFC];
    struct eot_lfc_reaction reaction = {.process = process, .m_phi = m_phi, .coupling = 1.0};
    double largest = 0.0;
    int n = 0;
    for (int m = 0; m < o->n_medium; m++) {
        double rate = 0.0;
        for (int i = 0; i < o->medium[m].n_constituent; i++) {
            const struct eot_material *material = o->medium[m].material[i];
            for (int j = 0; j < material->n_element; j++) {
                const struct eot_element *e = &material->element[j];
                struct eot_lfc_value xsec;
                double threshold;
                reaction.Z = e->Z;
                reaction.A = e->A;
                EOT_TRY(eot_lfc_threshold_energy(&reaction, &threshold, err));
                if (threshold >= E_max) continue; /* too light a nucleus for this energy */
                EOT_CHECK(n < EOT_N_LFC, EOT_E_CONFIG,
                          "the ECAL has more than %d nuclei (counted once a layer), on each of which e N -> mu N phi "
                          "needs its tables; leave out the rarest",
                          EOT_N_LFC);
                nucleus[n] = (struct eot_lfc_material){
                    1,
                    {eot_lfc_nuclide_from_mass(e->Z, e->A, material->density * o->medium[m].fraction[i],
                                               e->mass_fraction)}};
                EOT_TRY(eot_lfc_total(&reaction, EOT_LFC_ETL, EOT_LFC_PHI, E_max, NULL, &xsec, err));
                rate += nucleus[n].nuclide[0].atoms * xsec.value * CM2_PER_PB;
                vertex->lfc_medium[n] = m;
                vertex->lfc_Z[n] = (f32)e->Z;
                vertex->lfc_A[n++] = (f32)e->A;
            }
        }
        largest = fmax(largest, rate * eot_em_medium_X0(&o->medium[m]));
    }
    EOT_CHECK(n > 0 && largest > 0.0, EOT_E_CONFIG,
              "physics.mphi = %g GeV (no nucleus of the ECAL is heavy enough to radiate it at %g GeV); use a smaller "
              "mass or a larger beam.energy",
              m_phi, E_max);
    reaction.coupling = exp2(round(0.5 * log2(AIM / largest)));
    vertex->n_lfc = n;
    EOT_TRY(eot_lfc_tables_create(&reaction, E_max, nucleus, (size_t)n, table, vertex->lfc, rel_error, err));
done:
    return status;
}
