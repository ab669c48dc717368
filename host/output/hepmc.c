#include "output/hepmc.h"

#include <math.h>
#include <stdio.h>

#include "analysis/statistics.h"
#include "eotmc/transport/state.h"
#include "output/hepmc_file.h"
#include "physics/process.h"

static const double C_MM_PER_NS = 299.792458, MM_PER_CM = 10.0;

static double column(const double *row, enum eot_event_column which) {
    return row[which + 1];
} /* row[0] is the primary */

/* The vertex of a row of the record. */
static struct eot_final_vertex vertex_of(const double *row) {
    struct eot_final_vertex v = {.primary = (uint64_t)row[0],
                                 .parent = (int)column(row, EOT_E_PARENT),
                                 .E = column(row, EOT_E_PARENT_ENERGY),
                                 .slope_x = column(row, EOT_E_SLOPE_X),
                                 .slope_y = column(row, EOT_E_SLOPE_Y),
                                 .E_plus = column(row, EOT_E_MU_PLUS),
                                 .E_minus = column(row, EOT_E_MU_MINUS),
                                 .versine = column(row, EOT_E_VERSINE),
                                 .turn = column(row, EOT_E_TURN),
                                 .recoil_t = column(row, EOT_E_RECOIL_T),
                                 .recoil_turn = column(row, EOT_E_RECOIL_TURN),
                                 .target_Z = column(row, EOT_E_TARGET_Z),
                                 .target_A = column(row, EOT_E_TARGET_A)};
    for (int a = 0; a < 3; a++) {
        v.plus[a] = row[EOT_E_PLUS_X + a + 1];
        v.minus[a] = row[EOT_E_MINUS_X + a + 1];
    }
    return v;
}

/* @param sample cross section of the sample [pb]. */
static void print_event(FILE *file, size_t number, const double *row, const struct eot_final_state *event,
                        double weight, const struct eot_mean *sample) {
    const double at[4] = {column(row, EOT_E_VERTEX_X) * MM_PER_CM, column(row, EOT_E_VERTEX_Y) * MM_PER_CM,
                          column(row, EOT_E_VERTEX_Z) * MM_PER_CM, column(row, EOT_E_TIME) * C_MM_PER_NS};
    fprintf(file, "E %zu 1 %zu\nU GEV MM\nW %.16e\n", number, event->n, weight);
    fprintf(file,
            "A 0 GenCrossSection %.10e %.3e -1 -1\nA 0 beam_energy_GeV %.9g\nA 0 cuts_passed %d\nA 0 primary %.0f\n"
            "A 0 vertex_xsec_pb %.10e\nA 0 vertex_xsec_error_pb %.3e\n",
            sample->value, sample->std_error, column(row, EOT_E_BEAM), (int)column(row, EOT_E_CUTS_PASSED), row[0],
            event->xsec, event->xsec_error);
    for (size_t i = 0; i < event->n; i++) {
        const struct eot_final_particle *p = &event->particle[i];
        if (i == 2) fprintf(file, "V -1 0 [1,2] @ %.16e %.16e %.16e %.16e\n", at[0], at[1], at[2], at[3]);
        fprintf(file, "P %zu %d %d %.16e %.16e %.16e %.16e %.16e %d\n", i + 1, p->is_incoming ? 0 : -1, p->pdg, p->p[1],
                p->p[2], p->p[3], p->p[0], p->m, p->is_incoming ? 4 : 1);
    }
}

/* Row i of the events: its final state, and its weight per EOT. @param n_primary of the run. */
static enum eot_status event_of(const struct eot_result *result, size_t i, double n_primary, double fraction,
                                struct eot_final_context *context, struct eot_final_state *event, double *weight,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const double *row = result->events.value + i * result->events.n_column;
    const struct eot_process *process = eot_process_at((int)column(row, EOT_E_PROCESS));
    const struct eot_final_vertex vertex = vertex_of(row);
    bool is_selected = column(row, EOT_E_CUTS_PASSED) >= EOT_N_CUT; /* always recorded */
    EOT_CHECK(process != NULL, EOT_E_INTERNAL, "primary %.0f has process %g, which is none; report this as a bug",
              row[0], column(row, EOT_E_PROCESS));
    *event = (struct eot_final_state){.n = 0};
    *weight = column(row, EOT_E_WEIGHT) / n_primary / (is_selected ? 1.0 : fraction);
    EOT_TRY(process->final_state(&vertex, context, event, err));
done:
    return status;
}

/* The cross section of the sample [pb]: that by which the flux of parents through nuclei makes its rate. A vertex of
 * weight w and cross section sigma stands for a flux of w/sigma, so that it is sum w / sum w/sigma. */
static enum eot_status sample_xsec(const struct eot_result *result, double n_primary, double fraction,
                                   struct eot_final_context *context, struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_ratio_sums s = {0};
    *mean = (struct eot_mean){0};
    for (size_t i = 0; i < result->events.n_event; i++) {
        struct eot_final_state event;
        double w;
        EOT_TRY(event_of(result, i, n_primary, fraction, context, &event, &w, err));
        if (!(event.xsec > 0.0)) continue;
        double flux = w / event.xsec;
        s.a += w;
        s.b += flux;
        s.aa += w * w;
        s.ab += w * flux;
        s.bb += flux * flux;
    }
    if (s.b > 0.0) *mean = eot_statistics_ratio_of(s, (double)result->events.n_event);
done:
    return status;
}

enum eot_status eot_output_hepmc(const char *folder, const struct eot_config *config, const struct eot_result *result,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_event_table *events = &result->events;
    struct eot_hepmc_file file = {.out = NULL};
    struct eot_final_context context = {.config = config};
    struct eot_mean sample;
    if (eot_beam_is_hadron(config)) return eot_output_hepmc_hadrons(folder, config, result, err);
    double E_max = 0.0, fraction = config->scoring.record_fraction;
    EOT_CHECK(events->n_event == 0 || events->n_column == EOT_N_EVENT_COLUMN + 1, EOT_E_INTERNAL,
              "events with %zu columns, not %d; report this as a bug", events->n_column, EOT_N_EVENT_COLUMN + 1);
    for (size_t i = 0; i < events->n_event; i++)
        E_max = fmax(E_max, column(events->value + i * events->n_column, EOT_E_PARENT_ENERGY));
    context.E_max = 1.0001 * E_max;
    EOT_TRY(eot_hepmc_begin(folder, result, "per_EOT", "eot_simulated", fraction, &file, err));
    EOT_TRY(sample_xsec(result, file.n_primary, fraction, &context, &sample, err));
    if (eot_config_family(config) == EOT_FAMILY_SIGNAL)
        fprintf(file.out, "A h %.9g\nA mphi_GeV %.9g\n", config->physics.h, config->physics.mphi);
    for (size_t i = 0; i < events->n_event; i++) {
        struct eot_final_state event;
        double weight;
        EOT_TRY(event_of(result, i, file.n_primary, fraction, &context, &event, &weight, err));
        print_event(file.out, i, events->value + i * events->n_column, &event, weight, &sample);
    }
done:
    eot_final_context_free(&context);
    return eot_hepmc_end(&file, status, err);
}
