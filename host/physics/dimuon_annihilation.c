/* e+ e- -> mu+ mu- on atomic electrons: rate, descriptor. */
#include "eotmc/physics/dimuon_annihilation.h"

#include "physics/dimuon.h"
#include "physics/process.h"

static const double CM2_IN_PB = 1e36;

static double atom_xsec(double E, double Z, double A, double *error) {
    (void)A;
    if (error != NULL) *error = 0.0; /* a closed form */
    return Z * eot_dimuon_annihilation_xsec(E);
}
double eot_em_medium_dimuon_annihilation(const struct eot_em_medium *medium, double E) {
    return eot_em_medium_rate(medium, E, atom_xsec, NULL);
}

static double annihilation_threshold(const struct eot_config *config) {
    (void)config;
    return EOT_DIMUON_ANNIHILATION_THRESHOLD;
}

static double annihilation_rate(const struct eot_em_options *o, const struct eot_f32_table *table, int medium, double E,
                                double *error) {
    (void)table;
    return eot_em_medium_rate(&o->medium[medium], E, atom_xsec, error);
}

/* The positron is the sum of the muons less the electron at rest: nothing else could take the rounding of single
 * precision. */
static enum eot_status annihilation_final_state(const struct eot_final_vertex *v, struct eot_final_context *context,
                                                struct eot_final_state *state, struct eot_error *err) {
    const double rest[4] = {EOT_M_ELECTRON, 0.0, 0.0, 0.0};
    double in[4], plus[4], minus[4];
    (void)context;
    (void)err;
    eot_final_muon(v->E_plus, v->plus, plus);
    eot_final_muon(v->E_minus, v->minus, minus);
    for (int a = 0; a < 4; a++) in[a] = plus[a] + minus[a] - rest[a];
    eot_final_add(state, -11, true, in, EOT_M_ELECTRON);
    eot_final_add(state, 11, true, rest, EOT_M_ELECTRON);
    eot_final_add(state, -13, false, plus, EOT_M_MUON);
    eot_final_add(state, 13, false, minus, EOT_M_MUON);
    state->xsec = eot_dimuon_annihilation_xsec(v->E) * CM2_IN_PB; /* exact at tree level */
    return EOT_OK;
}

EOT_PROCESS_DESCRIPTOR(dimuon_annihilation, "e+ e- -> mu+ mu-", "muon pair", "dimuon.annihilation",
                       annihilation_threshold, eot_process_builds_nothing, eot_process_lists_nothing, annihilation_rate,
                       EOT_EM_TOLERANCE, eot_process_unit_one, eot_process_completes_nothing, annihilation_final_state,
                       "tree level, both masses, electrons at rest", "above 43.69 GeV", "Peskin-Schroeder (5.10)");
