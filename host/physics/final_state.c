#include "physics/final_state.h"

#include <math.h>
#include <stdlib.h>

#include "eotmc/base/constants.h"

void eot_final_context_free(struct eot_final_context *context) {
    for (size_t i = 0; i < context->n_curve; i++) free(context->curve[i]);
    free(context->curve);
    context->curve = NULL;
    context->n_curve = 0;
}

enum eot_status eot_xsec_curve_find(struct eot_final_context *context, const void *process, double Z, double A,
                                    struct eot_xsec_curve **curve, bool *is_new, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *is_new = false;
    for (size_t i = 0; i < context->n_curve; i++) {
        *curve = context->curve[i];
        if ((*curve)->process == process && (*curve)->Z == Z && (*curve)->A == A) return EOT_OK;
    }
    struct eot_xsec_curve **more = realloc(context->curve, (context->n_curve + 1) * sizeof *more);
    EOT_CHECK_MEMORY(more);
    context->curve = more;
    *curve = calloc(1, sizeof **curve);
    EOT_CHECK_MEMORY(*curve);
    (*curve)->process = process;
    (*curve)->Z = Z;
    (*curve)->A = A;
    context->curve[context->n_curve++] = *curve;
    *is_new = true;
done:
    return status;
}

void eot_xsec_curve_span(struct eot_xsec_curve *curve, double first, double E_max) {
    curve->log_first = log(first);
    curve->log_step = (log(E_max) - curve->log_first) / (EOT_N_XSEC_CURVE - 1);
}

double eot_xsec_curve_at(const struct eot_xsec_curve *curve, double E) {
    double place = fmin(fmax((log(E) - curve->log_first) / curve->log_step, 0.0), EOT_N_XSEC_CURVE - 1.001);
    int i = (int)place;
    return curve->xsec[i] + (place - i) * (curve->xsec[i + 1] - curve->xsec[i]);
}

void eot_final_add(struct eot_final_state *state, int pdg, bool is_incoming, const double p[4], double m) {
    state->particle[state->n] =
        (struct eot_final_particle){.pdg = pdg, .is_incoming = is_incoming, .p = {p[0], p[1], p[2], p[3]}, .m = m};
    state->n++;
}

int eot_nucleus_pdg(double Z, double A) {
    return Z == 1.0 && A < 1.5 ? 2212 : 1000000000 + 10000 * (int)Z + 10 * (int)lround(A);
}

void eot_final_muon(double E, const double direction[3], double p[4]) {
    double momentum = sqrt(fmax((E - EOT_M_MUON) * (E + EOT_M_MUON), 0.0)),
           norm = sqrt(direction[0] * direction[0] + direction[1] * direction[1] + direction[2] * direction[2]);
    p[0] = E;
    for (int a = 0; a < 3; a++) p[a + 1] = momentum * direction[a] / norm;
}

void eot_final_along(const struct eot_final_vertex *vertex, double E, double m, double p[4]) {
    double sx = vertex->slope_x, sy = vertex->slope_y,
           momentum = sqrt(fmax((E - m) * (E + m), 0.0)) / sqrt(1.0 + sx * sx + sy * sy);
    p[0] = E;
    p[1] = momentum * sx;
    p[2] = momentum * sy;
    p[3] = momentum;
}

void eot_final_pair_on_nucleus(const struct eot_final_vertex *vertex, int pdg, double m, double E_extra,
                               struct eot_final_state *state) {
    double M = vertex->target_A * EOT_M_ATOMIC, in[4], extra[4] = {0}, plus[4], minus[4], recoil[4] = {0},
           kinetic = 0.0;
    const double rest[4] = {M, 0.0, 0.0, 0.0};
    int nucleus = eot_nucleus_pdg(vertex->target_Z, vertex->target_A);
    eot_final_muon(vertex->E_plus, vertex->plus, plus);
    eot_final_muon(vertex->E_minus, vertex->minus, minus);
    if (E_extra > 0.0) eot_final_along(vertex, E_extra, m, extra);
    for (int i = 0; i < 8; i++) { /* a contraction by q/M */
        double q2 = 0.0;
        eot_final_along(vertex, plus[0] + minus[0] + extra[0] + kinetic, m, in);
        for (int a = 1; a < 4; a++) {
            recoil[a] = in[a] - extra[a] - plus[a] - minus[a];
            q2 += recoil[a] * recoil[a];
        }
        kinetic = q2 / (sqrt(M * M + q2) + M);
    }
    recoil[0] = M + kinetic;
    eot_final_add(state, pdg, true, in, m);
    eot_final_add(state, nucleus, true, rest, M);
    eot_final_add(state, -13, false, plus, EOT_M_MUON);
    eot_final_add(state, 13, false, minus, EOT_M_MUON);
    if (E_extra > 0.0) eot_final_add(state, pdg, false, extra, m);
    eot_final_add(state, nucleus, false, recoil, M);
}
