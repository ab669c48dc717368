/* e N -> mu N phi, the signal; of muon beams mu N -> e N phi: tables for the media of a cascade, descriptor. */
#include "physics/signal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/math/random.h"
#include "physics/lfc/dmg4.h"
#include "physics/lfc/event.h"
#include "physics/lfc/macroscopic.h"
#include "physics/lfc/transport.h"
#include "physics/process.h"

static const double AIM = 0x1p-10; /* vertices per radiation length at the largest energy */
static const double CM2_PER_PB = 1e-36, CM2_IN_PB = 1e36;

enum eot_status eot_signal_tables_build(const struct eot_em_options *o, const struct eot_lfc_reaction *asked,
                                        double E_max, struct eot_f32_table *table, eot_vertex_tables *vertex,
                                        double *rel_error, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_material nucleus[EOT_N_LFC];
    struct eot_lfc_reaction reaction = *asked;
    reaction.coupling = 1.0;
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
              reaction.m_phi, E_max);
    reaction.coupling = exp2(round(0.5 * log2(AIM / largest)));
    vertex->n_lfc = n;
    EOT_TRY(eot_lfc_tables_create(&reaction, E_max, nucleus, (size_t)n, table, vertex->lfc, rel_error, err));
done:
    return status;
}

/* Of an infinitely heavy nucleus. */
static double lfc_threshold(const struct eot_config *config) { return config->physics.mphi + EOT_M_MUON; }

double eot_signal_energy_max(const struct eot_config *config, double energy_max) {
    return fmax(energy_max, 1.1 * config->beam.energy);
}

/* Vertices that a number of electrons falling with the square of their energy makes of a mass, in some unit. */
static double mean_rate(const struct eot_config *config, const struct eot_f32_table *table, const eot_mass *m,
                        double E_max) {
    enum { N = 400 };
    double least = fmax(config->physics.cut, config->sampling.min_lepton_energy), sum = 0.0;
    for (int k = 0; k < N && least < E_max; k++) {
        double E = least * pow(E_max / least, (k + 0.5) / N);
        for (int i = 0; i < EOT_N_LFC; i++)
            if (m->lfc[i].n_xsec > 0) sum += (double)eot_lfc_xsec(table->value, m->lfc[i], (real)E) / E;
    }
    return sum;
}

/* Place among the nuclei of all masses of one of a mass. */
static int nucleus_of(const eot_vertex_tables *all, const eot_vertex_tables *own, int i) {
    for (int k = 0; k < all->n_lfc; k++)
        if (all->lfc_Z[k] == own->lfc_Z[i] && all->lfc_A[k] == own->lfc_A[i] &&
            all->lfc_medium[k] == own->lfc_medium[i])
            return k;
    return -1; /* the lightest mass has all */
}

/* Several masses: tables of each; in the first place, equal shares. */
static enum eot_status masses_build(struct eot_process_build *b, struct eot_lfc_reaction reaction, double E_max,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_numbers *masses = &b->config->physics.masses;
    double first = 0.0, rel_error;
    eot_vertex_tables *own = malloc(sizeof *own);
    EOT_CHECK_MEMORY(own);
    b->vertex->n_mass = masses->n;
    for (int j = 0; j < masses->n; j++) {
        eot_mass *m = &b->vertex->mass[j];
        memset(own, 0, sizeof *own);
        reaction.m_phi = masses->value[j];
        EOT_TRY(eot_signal_tables_build(b->options, &reaction, E_max, b->table, own, &rel_error, err));
        b->rel_error = fmax(b->rel_error, rel_error);
        if (j == 0) {
            b->vertex->n_lfc = own->n_lfc;
            memcpy(b->vertex->lfc, own->lfc, sizeof own->lfc);
            memcpy(b->vertex->lfc_medium, own->lfc_medium, sizeof own->lfc_medium);
            memcpy(b->vertex->lfc_Z, own->lfc_Z, sizeof own->lfc_Z);
            memcpy(b->vertex->lfc_A, own->lfc_A, sizeof own->lfc_A);
        }
        for (int i = 0; i < own->n_lfc; i++) {
            int k = nucleus_of(b->vertex, own, i);
            EOT_CHECK(k >= 0, EOT_E_INTERNAL, "a nucleus of m_phi = %g GeV that %g GeV lacks; report this as a bug",
                      reaction.m_phi, masses->value[0]);
            m->lfc[k] = own->lfc[i];
        }
        double rate = mean_rate(b->config, b->table, m, E_max);
        EOT_CHECK(
            rate > 0.0, EOT_E_CONFIG,
            "physics.mphi = %g GeV (no electron of the region is energetic enough to radiate it); leave this mass "
            "out",
            reaction.m_phi);
        if (j == 0) first = rate;
        m->scale = (f32)(first / rate);
        m->share = (f32)(1.0 / masses->n);
    }
done:
    free(own);
    return status;
}

/* Cross sections of one mass from another world. */
static enum eot_status xsec_copy(const struct eot_process_build *b, const eot_lfc_table from[EOT_N_LFC],
                                 eot_lfc_table to[EOT_N_LFC], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *value = NULL;
    for (int i = 0; i < b->like->n_lfc; i++) {
        const size_t n = (size_t)from[i].n_xsec;
        to[i] = from[i];
        if (n == 0) continue;
        to[i].n_energy = 0; /* energies and angles stay there */
        to[i].zeta = to[i].rho = 0;
        free(value);
        value = malloc(n * sizeof *value);
        EOT_CHECK_MEMORY(value);
        for (size_t k = 0; k < n; k++) value[k] = (double)b->like_table[from[i].xsec + k];
        EOT_TRY(eot_f32_table_append(b->table, value, n, &to[i].xsec, err));
    }
done:
    free(value);
    return status;
}

/* What the cascade alone reads, from another world of the same beam and physics. */
static enum eot_status lfc_copy(const struct eot_process_build *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_vertex_tables *v = b->vertex;
    v->n_lfc = b->like->n_lfc;
    v->n_mass = b->like->n_mass;
    memcpy(v->lfc_medium, b->like->lfc_medium, sizeof v->lfc_medium);
    memcpy(v->lfc_Z, b->like->lfc_Z, sizeof v->lfc_Z);
    memcpy(v->lfc_A, b->like->lfc_A, sizeof v->lfc_A);
    EOT_TRY(xsec_copy(b, b->like->lfc, v->lfc, err));
    for (int j = 0; j < v->n_mass && v->n_mass > 1; j++) {
        v->mass[j] = b->like->mass[j];
        v->mass[j].importance = (eot_importance){0};
        EOT_TRY(xsec_copy(b, b->like->mass[j].lfc, v->mass[j].lfc, err));
    }
done:
    return status;
}

static enum eot_status lfc_build(struct eot_process_build *b, struct eot_error *err) {
    if (b->is_cascade_only && b->like != NULL && b->like->n_lfc > 0) return lfc_copy(b, err);
    double E_max = eot_signal_energy_max(b->config, b->options->energy_max);
    const struct eot_lfc_reaction reaction = {.process = eot_beam_is_muon(b->config) ? EOT_LFC_MU2E : EOT_LFC_E2MU,
                                              .m_phi = b->config->physics.mphi,
                                              .sampler = b->config->physics.lfc_sampler == EOT_CONFIG_LFC_DMG4
                                                             ? EOT_LFC_SAMPLER_DMG4
                                                             : EOT_LFC_SAMPLER_EXACT};
    if (b->config->physics.masses.n > 1) return masses_build(b, reaction, E_max, err);
    return eot_signal_tables_build(b->options, &reaction, E_max, b->table, b->vertex, &b->rel_error, err);
}

/* One row for the nuclei together: their tables have the same form. */
static int lfc_list(const eot_vertex_tables *e, struct eot_process_table list[EOT_MAX_PROCESS_TABLE]) {
    size_t n_xsec = 0, n_energy = 0, n_value = 0;
    for (int i = 0; i < e->n_lfc; i++) {
        const eot_lfc_table *t = &e->lfc[i];
        n_xsec += (size_t)t->n_xsec;
        n_energy += (size_t)t->n_energy;
        n_value += (size_t)(t->n_energy * (t->n_zeta + t->n_row * t->n_rho));
    }
    double low = (double)e->lfc[0].threshold, high = (double)e->lfc[0].E_max;
    list[0] = (struct eot_process_table){"signal cross section", low, high, n_xsec, n_xsec};
    list[1] = (struct eot_process_table){"signal: energy and angle", low, high, n_energy, n_value};
    return 2;
}

static double lfc_rate(const struct eot_em_options *o, const struct eot_f32_table *table, int medium, double E,
                       double *error) {
    const eot_vertex_tables *e = o->vertex;
    double sum = 0.0;
    if (e->n_mass > 1) {
        if (error != NULL) *error = 0.0;
        for (int j = 0; j < e->n_mass; j++)
            for (int i = 0; i < e->n_lfc; i++)
                if (e->lfc_medium[i] == medium && e->mass[j].lfc[i].n_xsec > 0)
                    sum += (double)e->mass[j].share * (double)e->mass[j].scale *
                           (double)eot_lfc_xsec(table->value, e->mass[j].lfc[i], E);
        return sum;
    }
    if (error != NULL) *error = 0.0; /* read from tables, whose error build() has given */
    for (int i = 0; i < o->vertex->n_lfc; i++)
        if (o->vertex->lfc_medium[i] == medium) sum += (double)eot_lfc_xsec(table->value, o->vertex->lfc[i], E);
    return sum;
}

static double lfc_unit(const struct eot_config *config, const eot_vertex_tables *e) {
    return pow(config->physics.h / (double)e->lfc[0].coupling, 2.0);
}

double eot_signal_mass_unit(const struct eot_config *config, const eot_vertex_tables *e, int i) {
    const eot_mass *m = &e->mass[i];
    int k = 0;
    if (e->n_mass <= 1) return lfc_unit(config, e);
    while (k + 1 < e->n_lfc && m->lfc[k].n_xsec == 0) k++;
    return pow(config->physics.h / (double)m->lfc[k].coupling, 2.0) / (double)m->scale;
}

/* The momentum transfer, by its exact distribution at the muon that the device sampled. */
static double lfc_complete(const eot_vertex_tables *e, const eot_event_launch *launch, uint64_t primary,
                           float row[EOT_N_EVENT_COLUMN]) {
    if (e->n_mass > 1) return 0.0;                 /* the recoil is of one mass: it stays with phi */
    if (!(row[EOT_E_TARGET_A] > 0.0f)) return 0.0; /* an event of a file, whose vertex is not known */
    eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, (double)e->lfc[0].m_phi,
                                           (double)row[EOT_E_TARGET_Z], (double)row[EOT_E_TARGET_A]);
    eot_u32x4 b = eot_random_block(eot_random_init(primary, EOT_STAGE_VERTEX, 0xffffffu, launch->seed,
                                                   launch->run)); /* no step has this number: they are the vertices' */
    struct eot_lfc_state state = {
        .E = (double)row[EOT_E_PARENT_ENERGY],
        .E_f = (double)(row[EOT_E_PARENT] == (float)EOT_POSITRON ? row[EOT_E_MU_PLUS] : row[EOT_E_MU_MINUS]),
        .versine = (double)row[EOT_E_VERSINE]};
    double kinetic =
        eot_lfc_recoil_sample(n, &state, (const double[3]){eot_uniform(b.x), eot_uniform(b.y), eot_uniform(b.z)});
    row[EOT_E_RECOIL_T] = (float)state.t;
    row[EOT_E_RECOIL_TURN] = (float)state.turn_recoil;
    return kinetic;
}

static enum eot_status lfc_curve(struct eot_final_context *context, double Z, double A, struct eot_xsec_curve **curve,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_config *config = context->config;
    double E[EOT_N_XSEC_CURVE], first = 0.0;
    bool is_new;
    EOT_TRY(eot_xsec_curve_find(context, &eot_process_lfc, Z, A, curve, &is_new, err));
    if (!is_new) return EOT_OK;
    struct eot_lfc_reaction reaction = {
        .process = EOT_LFC_E2MU, .m_phi = config->physics.mphi, .coupling = config->physics.h, .Z = Z, .A = A};
    struct eot_lfc_material one = {1,
                                   {{Z, A, CM2_IN_PB}}}; /* "atoms" that make the macroscopic cross section one in pb */
    EOT_TRY(eot_lfc_threshold_energy(&reaction, &first, err));
    eot_xsec_curve_span(*curve, first, context->E_max);
    for (int i = 0; i < EOT_N_XSEC_CURVE; i++) E[i] = first * exp(i * (*curve)->log_step);
    if (config->physics.lfc_sampler == EOT_CONFIG_LFC_DMG4) {
        (*curve)->rel_error = 0.0;
        for (int i = 0; i < EOT_N_XSEC_CURVE; i++) {
            struct eot_lfc_value value;
            EOT_TRY(eot_lfc_dmg4_total(&reaction, E[i], &value, err));
            (*curve)->xsec[i] = value.value;
            (*curve)->rel_error = fmax((*curve)->rel_error, value.rel_error);
        }
        goto done;
    }
    EOT_TRY(eot_lfc_macroscopic(&reaction, &one, E, EOT_N_XSEC_CURVE, (*curve)->xsec, &(*curve)->rel_error, err));
done:
    return status;
}

static enum eot_status lfc_final_state(const struct eot_final_vertex *v, struct eot_final_context *context,
                                       struct eot_final_state *state, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_xsec_curve *curve = NULL;
    EOT_TRY(lfc_curve(context, v->target_Z, v->target_A, &curve, err));
    int charge = v->parent == EOT_POSITRON ? 1 : -1, nucleus = eot_nucleus_pdg(v->target_Z, v->target_A);
    double m_phi = context->config->physics.mphi;
    eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, m_phi, v->target_Z, v->target_A);
    struct eot_lfc_state lepton = {.E = v->E,
                                   .direction = {v->slope_x, v->slope_y, 1.0},
                                   .E_f = charge > 0 ? v->E_plus : v->E_minus,
                                   .versine = v->versine,
                                   .turn = v->turn,
                                   .t = v->recoil_t,
                                   .turn_recoil = v->recoil_turn};
    struct eot_lfc_momenta m = eot_lfc_momenta_of(n, &lepton);
    if (context->config->physics.lfc_sampler == EOT_CONFIG_LFC_DMG4) eot_lfc_dmg4_momenta(n, &m);
    eot_final_add(state, -charge * 11, true, m.lepton, EOT_M_ELECTRON);
    eot_final_add(state, nucleus, true, m.nucleus, n.M);
    eot_final_add(state, -charge * 13, false, m.lepton_out, EOT_M_MUON);
    eot_final_add(state, EOT_PDG_PHI, false, m.phi, m_phi);
    eot_final_add(state, nucleus, false, m.recoil, n.M);
    state->xsec = eot_xsec_curve_at(curve, v->E);
    state->xsec_error = curve->rel_error * state->xsec;
    EOT_CHECK(isfinite(m.phi[0]) && isfinite(m.phi[1]) && isfinite(m.recoil[3]), EOT_E_NUMERIC,
              "momenta of primary %llu are not numbers; report this as a bug", (unsigned long long)v->primary);
done:
    return status;
}

EOT_PROCESS_DESCRIPTOR(lfc, "e N -> mu N phi", "muon and phi", "signal", lfc_threshold, lfc_build, lfc_list, lfc_rate,
                       EOT_EM_TOLERANCE, lfc_unit, lfc_complete, lfc_final_state,
                       "exact tree level in showers and muon beams (mu N -> e N phi); WW, IWW (`eotmc xs`)",
                       "m_phi to 3 GeV, E to 500 GeV", "`eotmc/physics/lfc.h`");
