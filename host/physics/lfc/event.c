#include "physics/lfc/event.h"

#include <math.h>

#include "eotmc/math/vector.h"

enum { N_T = 96, N_PHI = 64 };

double eot_lfc_amplitude_at(eot_lfc_system n, eot_lfc_point g, double t, double cosine) {
    double M = n.M, W = g.Q, D2 = (n.m_phi - n.m_f) * (n.m_phi + n.m_f) - n.m_i * n.m_i,
           b = sqrt(eot_lfc_b2(g, t)) * cosine;
    double a = g.a0 + g.a1 * t, ap = g.a0_other + g.a1_other * t, sg = W - t, s = a + b, minus_u = ap + b;
    double P2 = 4.0 * M * M + t, K = 2.0 * M * g.E_q - t - 0.5 * sg, su = s * minus_u;
    double al =
        2.0 * M * (-W * g.kap + t * (g.E + g.E_x - g.kap * (1.0 + g.E_q / M))) - t * (a - 0.5 * sg); /* c1 a' - c4 a */
    double last = (al + (2.0 * M * g.E_q - t) * b) / su; /* P.p/s + P.p'/u */
    return (-0.5 * sg * sg * P2 / su + 2.0 * t * K * K / su +
            0.5 * D2 * (P2 * t * sg * sg / (su * su) - 4.0 * last * last)) /
           (8.0 * M * M);
}

/* Place 0..n of the quantile `uniform` of a density given at n + 1 equidistant places, linear between them. */
static double invert(const double *density, int n, double uniform) {
    double total = 0.0, below = 0.0;
    for (int i = 0; i < n; i++) total += 0.5 * (density[i] + density[i + 1]);
    if (!(total > 0.0)) return uniform * n;
    for (int i = 0; i < n; i++) {
        double content = 0.5 * (density[i] + density[i + 1]), rest = uniform * total - below;
        if (rest <= content || i == n - 1) {
            double slope = density[i + 1] - density[i],
                   root = sqrt(fmax(density[i] * density[i] + 2.0 * slope * rest, 0.0));
            return i + fmin(fmax(density[i] + root > 0.0 ? 2.0 * rest / (density[i] + root) : 0.0, 0.0), 1.0);
        }
        below += content;
    }
    return n;
}

double eot_lfc_recoil_sample(eot_lfc_system n, struct eot_lfc_state *state, const double uniform[3]) {
    double Q0 = eot_lfc_Q0(n, state->E, state->E_f, n.m_f, n.m_phi), density[N_T + 1];
    eot_lfc_point g = eot_lfc_point_from(n, state->E, state->E_f, Q0, state->versine, n.m_f, n.m_phi);
    if (!(g.t_max > g.t_min)) { /* rounding at the edge of the phase space: the recoil is fixed there */
        state->t = g.t_min;
        state->turn_recoil = uniform[2];
        return state->t / (2.0 * n.M);
    }
    double last = fmin(g.t_max, fmax(1e4 * n.d, 100.0 * g.t_min)), range = log(last / g.t_min);
    for (int i = 0; i <= N_T; i++) {
        double t = g.t_min * exp(range * i / N_T);
        density[i] = fmax(0.0, t * eot_lfc_form_factor(n, t) * eot_lfc_amplitude_y(n, g, t));
    }
    state->t = fmin(g.t_min * exp(range * invert(density, N_T, uniform[0]) / N_T), last);
    for (int i = 0; i <= N_PHI; i++)
        density[i] = fmax(0.0, eot_lfc_amplitude_at(n, g, state->t, cos(EOT_PI * i / N_PHI)));
    double half_turn = 0.5 * invert(density, N_PHI, uniform[1]) / N_PHI;
    state->turn_recoil = uniform[2] < 0.5 ? half_turn : 1.0 - half_turn;
    return state->t / (2.0 * n.M);
}

static eot_vec3 minus(eot_vec3 a, eot_vec3 b) { return (eot_vec3){a.x - b.x, a.y - b.y, a.z - b.z}; }

static void four_vector(double E, eot_vec3 p, double to[4]) {
    to[0] = E;
    to[1] = p.x;
    to[2] = p.y;
    to[3] = p.z;
}

struct eot_lfc_momenta eot_lfc_momenta_of(eot_lfc_system n, const struct eot_lfc_state *s) {
    struct eot_lfc_momenta m;
    double p = sqrt((s->E - n.m_i) * (s->E + n.m_i)), p_f = sqrt(fmax((s->E_f - n.m_f) * (s->E_f + n.m_f), 0.0)),
           kinetic = s->t / (2.0 * n.M);
    double sine = sqrt(s->versine * (2.0 - s->versine)), azimuth = 2.0 * EOT_PI * s->turn,
           about = 2.0 * EOT_PI * s->turn_recoil, E_q = s->E - s->E_f;
    eot_vec3 u = eot_vec3_unit((eot_vec3){s->direction[0], s->direction[1], s->direction[2]});
    eot_vec3 in = eot_vec3_scaled(u, p),
             out = eot_vec3_scaled(
                 eot_vec3_unit(eot_vec3_rotated(u, sine * cos(azimuth), sine * sin(azimuth), 1.0 - s->versine)), p_f);
    eot_vec3 V = minus(in, out), axis = eot_vec3_unit(V),
             across = minus(in, eot_vec3_scaled(axis, eot_vec3_dot(in, axis)));
    double length = sqrt(eot_vec3_dot(across, across)), size = sqrt(eot_vec3_dot(V, V)),
           W = size * size - (E_q - n.m_phi) * (E_q + n.m_phi);
    if (length > 1e-12 * p)
        across = eot_vec3_scaled(across, 1.0 / length);
    else /* parallel: any direction */
        across = eot_vec3_rotated(axis, 1.0, 0.0, 0.0);
    eot_vec3 third = {axis.y * across.z - axis.z * across.y, axis.z * across.x - axis.x * across.z,
                      axis.x * across.y - axis.y * across.x};
    /* the nucleus takes -q: along -q_V of phi's mass shell, and across on the side of p for phi_q = 0 */
    double along = (W + s->t * (1.0 + E_q / n.M)) / (2.0 * size), momentum2 = s->t + kinetic * kinetic,
           side = sqrt(fmax(momentum2 - along * along, 0.0));
    eot_vec3 recoil = {0.0, 0.0, 0.0};
    const double part[3] = {along, side * cos(about), side * sin(about)};
    const eot_vec3 base[3] = {axis, across, third};
    for (int i = 0; i < 3; i++) recoil = minus(recoil, eot_vec3_scaled(base[i], -part[i]));
    four_vector(s->E, in, m.lepton);
    four_vector(n.M, (eot_vec3){0.0, 0.0, 0.0}, m.nucleus);
    four_vector(s->E_f, out, m.lepton_out);
    four_vector(n.M + kinetic, recoil, m.recoil);
    four_vector(E_q - kinetic, minus(V, recoil), m.phi);
    return m;
}
