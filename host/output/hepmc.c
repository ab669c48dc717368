#include "output/hepmc.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eotmc/base/constants.h"
#include "eotmc/base/rare.h"
#include "eotmc/physics/dimuon_annihilation.h"
#include "eotmc/transport/state.h"
#include "output/file.h"
#include "output/output.h"
#include "physics/dimuon.h"
#include "physics/em.h"
#include "physics/lfc/event.h"
#include "physics/lfc/macroscopic.h"
#include "version.h"

enum { MAX_PARTICLE = 6, N_CURVE = 513, MAX_CURVE = 16 };
static const double C_MM_PER_NS = 299.792458, MM_PER_CM = 10.0, CM2_IN_PB = 1e36;

struct particle {
    int pdg, is_incoming;
    double p[4], m; /* E, x, y, z; mass */
};
struct event {
    size_t n;
    struct particle particle[MAX_PARTICLE];
    double xsec, xsec_error; /* pb */
};

/* Total cross section of e N -> mu N phi against ln E, one nuclide. */
struct curve {
    double Z, A, rel_error, log_first, log_step, xsec[N_CURVE];
};

static double column(const double *row, enum eot_event_column which) {
    return row[which + 1];
} /* row[0] is the primary */

static int nucleus_pdg(double Z, double A) {
    return Z == 1.0 && A < 1.5 ? 2212 : 1000000000 + 10000 * (int)Z + 10 * (int)lround(A);
}

static void add(struct event *event, int pdg, int is_incoming, const double p[4], double m) {
    event->particle[event->n] =
        (struct particle){.pdg = pdg, .is_incoming = is_incoming, .p = {p[0], p[1], p[2], p[3]}, .m = m};
    event->n++;
}

/* The curve of a nuclide, made when it is first asked for. */
static enum eot_status curve_of(const struct eot_config *config, double E_max, double Z, double A, struct curve *curve,
                                size_t *n_curve, const struct curve **found, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double E[N_CURVE], first = 0.0;
    for (size_t i = 0; i < *n_curve; i++)
        if (curve[i].Z == Z && curve[i].A == A) {
            *found = &curve[i];
            return EOT_OK;
        }
    EOT_CHECK(*n_curve < MAX_CURVE, EOT_E_INTERNAL, "more than %d nuclides among the events; report this as a bug",
              MAX_CURVE);
    struct curve *c = &curve[*n_curve];
    struct eot_lfc_reaction reaction = {
        .process = EOT_LFC_E2MU, .m_phi = config->physics.mphi, .coupling = config->physics.h, .Z = Z, .A = A};
    struct eot_lfc_material one = {1,
                                   {{Z, A, CM2_IN_PB}}}; /* "atoms" that make the macroscopic cross section one in pb */
    EOT_TRY(eot_lfc_threshold_energy(&reaction, &first, err));
    c->Z = Z;
    c->A = A;
    c->log_first = log(first);
    c->log_step = log(E_max / first) / (N_CURVE - 1);
    for (int i = 0; i < N_CURVE; i++) E[i] = first * exp(i * c->log_step);
    EOT_TRY(eot_lfc_macroscopic(&reaction, &one, E, N_CURVE, c->xsec, &c->rel_error, err));
    ++*n_curve;
    *found = c;
done:
    return status;
}

static double curve_at(const struct curve *c, double E) {
    double place = fmin(fmax((log(E) - c->log_first) / c->log_step, 0.0), N_CURVE - 1.001);
    int i = (int)place;
    return c->xsec[i] + (place - i) * (c->xsec[i + 1] - c->xsec[i]);
}

static enum eot_status make_lfc(const double *row, const struct eot_config *config, const struct curve *curve,
                                struct event *event, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int charge = column(row, EOT_E_PARENT) == EOT_POSITRON ? 1 : -1;
    eot_lfc_system n = eot_lfc_system_from(EOT_M_ELECTRON, EOT_M_MUON, config->physics.mphi, curve->Z, curve->A);
    double sx = column(row, EOT_E_SLOPE_X), sy = column(row, EOT_E_SLOPE_Y), E = column(row, EOT_E_PARENT_ENERGY);
    struct eot_lfc_state state = {.E = E,
                                  .direction = {sx, sy, 1.0},
                                  .E_f = column(row, charge > 0 ? EOT_E_MU_PLUS : EOT_E_MU_MINUS),
                                  .versine = column(row, EOT_E_VERSINE),
                                  .turn = column(row, EOT_E_TURN),
                                  .t = column(row, EOT_E_RECOIL_T),
                                  .turn_recoil = column(row, EOT_E_RECOIL_TURN)};
    struct eot_lfc_momenta m = eot_lfc_momenta_of(n, &state);
    int nucleus = nucleus_pdg(curve->Z, curve->A);
    add(event, -charge * 11, 1, m.lepton, EOT_M_ELECTRON);
    add(event, nucleus, 1, m.nucleus, n.M);
    add(event, -charge * 13, 0, m.lepton_out, EOT_M_MUON);
    add(event, EOT_PDG_PHI, 0, m.phi, config->physics.mphi);
    add(event, nucleus, 0, m.recoil, n.M);
    event->xsec = curve_at(curve, E);
    event->xsec_error = curve->rel_error * event->xsec;
    EOT_CHECK(isfinite(m.phi[0]) && isfinite(m.phi[1]) && isfinite(m.recoil[3]), EOT_E_NUMERIC,
              "momenta of primary %.0f are not numbers; report this as a bug", row[0]);
done:
    return status;
}

static void muon(double E, const double *direction, double p[4]) {
    double momentum = sqrt(fmax((E - EOT_M_MUON) * (E + EOT_M_MUON), 0.0)),
           norm = sqrt(direction[0] * direction[0] + direction[1] * direction[1] + direction[2] * direction[2]);
    p[0] = E;
    for (int a = 0; a < 3; a++) p[a + 1] = momentum * direction[a] / norm;
}

/* The photon gets the recoil's kinetic energy (q^2/2M, 1e-5 GeV) on top of the muons' sum, so that energy is conserved
 * too. */
static void make_dimuon(const double *row, struct event *event) {
    double Z = column(row, EOT_E_TARGET_Z), A = column(row, EOT_E_TARGET_A), M = A * EOT_M_ATOMIC, k[4], plus[4],
           minus[4], recoil[4];
    const double rest[4] = {M, 0.0, 0.0, 0.0};
    double sx = column(row, EOT_E_SLOPE_X), sy = column(row, EOT_E_SLOPE_Y), norm = sqrt(1.0 + sx * sx + sy * sy),
           kinetic = 0.0;
    const double u[3] = {sx / norm, sy / norm, 1.0 / norm};
    muon(column(row, EOT_E_MU_PLUS), &row[EOT_E_PLUS_X + 1], plus);
    muon(column(row, EOT_E_MU_MINUS), &row[EOT_E_MINUS_X + 1], minus);
    for (int i = 0; i < 8; i++) { /* a contraction by q/M */
        double q2 = 0.0;
        k[0] = plus[0] + minus[0] + kinetic;
        for (int a = 0; a < 3; a++) {
            k[a + 1] = k[0] * u[a];
            recoil[a + 1] = k[a + 1] - plus[a + 1] - minus[a + 1];
            q2 += recoil[a + 1] * recoil[a + 1];
        }
        kinetic = q2 / (sqrt(M * M + q2) + M);
    }
    recoil[0] = M + kinetic;
    add(event, 22, 1, k, 0.0);
    add(event, nucleus_pdg(Z, A), 1, rest, M);
    add(event, -13, 0, plus, EOT_M_MUON);
    add(event, 13, 0, minus, EOT_M_MUON);
    add(event, nucleus_pdg(Z, A), 0, recoil, M);
    event->xsec = eot_dimuon_gamma_xsec(column(row, EOT_E_PARENT_ENERGY), Z, A) * CM2_IN_PB;
    event->xsec_error = 1e-8 * event->xsec;
}

/* The same for tridents, which no run has beside e N -> mu N phi. */
static const struct curve *trident_curve_of(double E_max, double Z, double A, struct curve *curve, size_t *n_curve) {
    for (size_t i = 0; i < *n_curve; i++)
        if (curve[i].Z == Z && curve[i].A == A) return &curve[i];
    struct curve *c = &curve[*n_curve];
    if (*n_curve + 1 < MAX_CURVE) ++*n_curve;
    c->Z = Z;
    c->A = A;
    c->rel_error = EOT_TRIDENT_TOLERANCE;
    c->log_first = log(2.0 * EOT_M_MUON);
    c->log_step = (log(E_max) - c->log_first) / (N_CURVE - 1);
    for (int i = 0; i < N_CURVE; i++)
        c->xsec[i] = eot_dimuon_trident_xsec(exp(c->log_first + i * c->log_step), 0.0, Z, A, NULL) * CM2_IN_PB;
    return c;
}

/* Electron or positron of total energy E along the parent's direction. */
static void lepton(const double *row, double E, double p[4]) {
    double sx = column(row, EOT_E_SLOPE_X), sy = column(row, EOT_E_SLOPE_Y),
           momentum = sqrt(fmax((E - EOT_M_ELECTRON) * (E + EOT_M_ELECTRON), 0.0)) / sqrt(1.0 + sx * sx + sy * sy);
    p[0] = E;
    p[1] = momentum * sx;
    p[2] = momentum * sy;
    p[3] = momentum;
}

/* The electron goes on straight; the recoil takes the momentum that is left, and its kinetic energy comes from the
 * parent. */
static void make_trident(const double *row, const struct curve *curve, struct event *event) {
    double Z = column(row, EOT_E_TARGET_Z), A = column(row, EOT_E_TARGET_A), M = A * EOT_M_ATOMIC, in[4], out[4],
           plus[4], minus[4], recoil[4] = {0}, kinetic = 0.0;
    const double rest[4] = {M, 0.0, 0.0, 0.0};
    int pdg = column(row, EOT_E_PARENT) == EOT_POSITRON ? -11 : 11;
    muon(column(row, EOT_E_MU_PLUS), &row[EOT_E_PLUS_X + 1], plus);
    muon(column(row, EOT_E_MU_MINUS), &row[EOT_E_MINUS_X + 1], minus);
    lepton(row, fmax(EOT_M_ELECTRON, column(row, EOT_E_PARENT_ENERGY) - plus[0] - minus[0]), out);
    for (int i = 0; i < 8; i++) { /* a contraction by q/M */
        double q2 = 0.0;
        lepton(row, plus[0] + minus[0] + out[0] + kinetic, in);
        for (int a = 1; a < 4; a++) {
            recoil[a] = in[a] - out[a] - plus[a] - minus[a];
            q2 += recoil[a] * recoil[a];
        }
        kinetic = q2 / (sqrt(M * M + q2) + M);
    }
    recoil[0] = M + kinetic;
    add(event, pdg, 1, in, EOT_M_ELECTRON);
    add(event, nucleus_pdg(Z, A), 1, rest, M);
    add(event, -13, 0, plus, EOT_M_MUON);
    add(event, 13, 0, minus, EOT_M_MUON);
    add(event, pdg, 0, out, EOT_M_ELECTRON);
    add(event, nucleus_pdg(Z, A), 0, recoil, M);
    event->xsec = curve_at(curve, column(row, EOT_E_PARENT_ENERGY));
    event->xsec_error = curve->rel_error * event->xsec;
}

/* The positron is the sum of the muons less the electron at rest: nothing else could take the rounding of single
 * precision. */
static void make_annihilation(const double *row, struct event *event) {
    const double rest[4] = {EOT_M_ELECTRON, 0.0, 0.0, 0.0};
    double in[4], plus[4], minus[4];
    muon(column(row, EOT_E_MU_PLUS), &row[EOT_E_PLUS_X + 1], plus);
    muon(column(row, EOT_E_MU_MINUS), &row[EOT_E_MINUS_X + 1], minus);
    for (int a = 0; a < 4; a++) in[a] = plus[a] + minus[a] - rest[a];
    add(event, -11, 1, in, EOT_M_ELECTRON);
    add(event, 11, 1, rest, EOT_M_ELECTRON);
    add(event, -13, 0, plus, EOT_M_MUON);
    add(event, 13, 0, minus, EOT_M_MUON);
    event->xsec = eot_dimuon_annihilation_xsec(column(row, EOT_E_PARENT_ENERGY)) * CM2_IN_PB; /* exact at tree level */
}

static void print_event(FILE *file, size_t number, const double *row, const struct event *event, double weight) {
    const double at[4] = {column(row, EOT_E_VERTEX_X) * MM_PER_CM, column(row, EOT_E_VERTEX_Y) * MM_PER_CM,
                          column(row, EOT_E_VERTEX_Z) * MM_PER_CM, column(row, EOT_E_TIME) * C_MM_PER_NS};
    fprintf(file, "E %zu 1 %zu\nU GEV MM\nW %.16e\n", number, event->n, weight);
    fprintf(file,
            "A 0 GenCrossSection %.10e %.3e -1 -1\nA 0 beam_energy_GeV %.9g\nA 0 cuts_passed %d\nA 0 primary %.0f\n",
            event->xsec, event->xsec_error, column(row, EOT_E_BEAM), (int)column(row, EOT_E_CUTS_PASSED), row[0]);
    for (size_t i = 0; i < event->n; i++) {
        const struct particle *p = &event->particle[i];
        if (i == 2) fprintf(file, "V -1 0 [1,2] @ %.16e %.16e %.16e %.16e\n", at[0], at[1], at[2], at[3]);
        fprintf(file, "P %zu %d %d %.16e %.16e %.16e %.16e %.16e %d\n", i + 1, p->is_incoming ? 0 : -1, p->pdg, p->p[1],
                p->p[2], p->p[3], p->p[0], p->m, p->is_incoming ? 4 : 1);
    }
}

enum eot_status eot_output_hepmc(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                 struct eot_error *err) {
    static const char name[] = "events.hepmc";
    enum eot_status status = EOT_OK;
    const struct eot_event_table *events = &result->events;
    char temporary[64], *path = NULL;
    FILE *file = NULL;
    size_t n_curve = 0, number = 0;
    struct curve *curve = calloc(MAX_CURVE, sizeof *curve);
    double n_primary = 0.0, E_max = 0.0, fraction = config->scoring.record_fraction;
    EOT_CHECK_MEMORY(curve);
    EOT_CHECK(events->n_event == 0 || events->n_column == EOT_N_EVENT_COLUMN + 1, EOT_E_INTERNAL,
              "events with %zu columns, not %d; report this as a bug", events->n_column, EOT_N_EVENT_COLUMN + 1);
    for (size_t i = 0; i < result->n_range; i++)
        n_primary += (double)(result->primaries[i][1] - result->primaries[i][0]);
    for (size_t i = 0; i < events->n_event; i++)
        E_max = fmax(E_max, column(events->value + i * events->n_column, EOT_E_PARENT_ENERGY));
    eot_output_temporary_name(temporary, sizeof temporary, name);
    path = eot_output_path(folder, temporary);
    EOT_CHECK_MEMORY(path);
    file = fopen(path, "w");
    EOT_CHECK(file != NULL, EOT_E_IO, "cannot write '%s/%s' (%s); choose another folder with -o", folder, name,
              strerror(errno));
    fprintf(file, "HepMC::Version 3.01.02\nHepMC::Asciiv3-START_EVENT_LISTING\nW per_EOT\nT eotmc\\|%s\\|%s\n",
            EOT_VERSION, result->name);
    fprintf(file, "A config_sha256 %s\nA eot_simulated %.0f\nA record_fraction %.9g\n", result->config_sha256,
            n_primary, fraction);
    if (config->physics.rare_lfc) fprintf(file, "A h %.9g\nA mphi_GeV %.9g\n", config->physics.h, config->physics.mphi);
    for (size_t i = 0; i < events->n_event; i++) {
        const double *row = events->value + i * events->n_column;
        struct event event = {0};
        bool is_selected = column(row, EOT_E_CUTS_PASSED) >= EOT_N_CUT; /* always recorded */
        if (column(row, EOT_E_PROCESS) == EOT_RARE_LFC) {
            const struct curve *c = NULL;
            EOT_TRY(curve_of(config, 1.0001 * E_max, column(row, EOT_E_TARGET_Z), column(row, EOT_E_TARGET_A), curve,
                             &n_curve, &c, err));
            EOT_TRY(make_lfc(row, config, c, &event, err));
        } else if (column(row, EOT_E_PROCESS) == EOT_RARE_DIMUON_GAMMA) {
            make_dimuon(row, &event);
        } else if (column(row, EOT_E_PROCESS) == EOT_RARE_DIMUON_ANNIHILATION) {
            make_annihilation(row, &event);
        } else {
            make_trident(row,
                         trident_curve_of(1.0001 * E_max, column(row, EOT_E_TARGET_Z), column(row, EOT_E_TARGET_A),
                                          curve, &n_curve),
                         &event);
        }
        print_event(file, number++, row, &event,
                    column(row, EOT_E_WEIGHT) / n_primary / (is_selected ? 1.0 : fraction));
    }
    fprintf(file, "HepMC::Asciiv3-END_EVENT_LISTING\n\n");
    int failed = ferror(file);
    failed |= fclose(file);
    file = NULL;
    EOT_CHECK(failed == 0, EOT_E_IO, "cannot write '%s/%s' (%s); free space or choose another folder with -o", folder,
              name, strerror(errno));
    EOT_TRY(eot_output_commit(folder, name, err));
done:
    if (file != NULL) fclose(file);
    if (status != EOT_OK && path != NULL) eot_output_discard(folder, name);
    free(curve);
    free(path);
    return status;
}
