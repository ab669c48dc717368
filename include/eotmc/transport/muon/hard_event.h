/** @file hard_event.h
 * The discrete event at the end of a step: on which constituent it happens, which process it is, and what it does. Hard
 * bremsstrahlung, pair production and photonuclear losses above v_cut, delta rays above W_cut, elastic scatters above
 * q_cut, decay in flight (decay.h). Radiative losses do not deflect. */
#ifndef EOT_TRANSPORT_MUON_HARD_EVENT_H
#define EOT_TRANSPORT_MUON_HARD_EVENT_H

#include "eotmc/transport/muon/medium.h"

/** Energy given away in a hard event, from the inverse of its tail probability; between two rows of T one is chosen at
 * random, so the mean is interpolated. Delta rays: ln(W/W_cut)/ln(W_max/W_cut) is tabulated, others: ln v. @param share
 * bits that choose the row. @return energy [GeV], at most T. */
EOT_OFTEN_FN real eot_muon_hard_loss(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                     i32 material, i32 process, real kinetic_energy, real u, real choose) {
    eot_octave_cell r =
        eot_octave_find(kinetic_energy, EOT_MUON_FIRST_BITS, EOT_MUON_LOSS_ROW_SHIFT, EOT_MUON_N_LOSS_ROW);
    u32 row = r.i + (choose < r.t ? 1u : 0u);
    eot_octave_cell c = eot_octave_find(u, EOT_MUON_TAIL_BITS, EOT_MUON_TAIL_SHIFT, EOT_MUON_N_TAIL);
    EOT_GLOBAL const f32 *a = table + tables->losses +
                              (((u32)material * 4u + (u32)process) * EOT_MUON_N_LOSS_ROW + row) * EOT_MUON_N_TAIL + c.i;
    real x = eot_lerp(a[0], a[1], c.t);
    if (process == EOT_MUON_DELTA) {
        eot_octave_cell f = eot_octave_find(kinetic_energy, EOT_MUON_FIRST_BITS, EOT_MUON_ROW_SHIFT, EOT_MUON_N_ROW);
        EOT_GLOBAL const f32 *b =
            table + tables->rows + ((u32)material * EOT_MUON_N_ROW + f.i) * EOT_MUON_N_COLUMN + EOT_MUON_HIGHEST_DELTA;
        real highest = eot_lerp(b[0], b[EOT_MUON_N_COLUMN], f.t);
        EOT_GLOBAL const f32 *k = table + tables->materials + (u32)material * EOT_MUON_N_CONSTANT;
        real cut = fmax((real)k[EOT_MUON_DELTA_CUT], (real)k[EOT_MUON_DELTA_SHARE] * kinetic_energy);
        return fmin(cut * eot_exp(x * highest), kinetic_energy);
    }
    return fmin((kinetic_energy + EOT_M_MUON) * eot_exp(x), kinetic_energy);
}

/** Where an event happens and at what rates. */
typedef struct {
    EOT_GLOBAL const eot_region *region;
    real kinetic;    /* GeV at the start of the step, at which the rates are taken */
    u32 row;         /* of the shares, at that energy */
    real rate;       /* 1/cm, of all events */
    real other_rate; /* 1/cm of that, of what is no collision of nature: decays, extra losses (extra.h) */
} eot_muon_event_rates;

/** What happens. */
typedef struct {
    i32 material;
    i32 process;   /* enum eot_muon_process */
    i32 is_active; /* in an active constituent */
} eot_muon_event;

/** Choose constituent and process of a collision in proportion to their rates. @param choose uniform in (0, 1 - share
 * of others), used up digit by digit. */
EOT_OFTEN_FN eot_muon_event eot_muon_event_choose(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                                  eot_muon_event_rates r, real choose) {
    EOT_GLOBAL const eot_region *region = r.region;
    eot_muon_event event;
    event.material = region->material[0];
    event.is_active = region->active[0];
    real below = R(0.0), share = r.rate - r.other_rate;
    choose *= r.rate;
    if (region->n_constituent > 1) {
        share = (real)region->fraction[0] * eot_muon_row_at(table, tables, event.material, r.kinetic).rate;
        EOT_ROLLED
        for (i32 i = 1; i < region->n_constituent; i++) {
            if (choose >= below + share) {
                below += share;
                event.material = region->material[i];
                share = (real)region->fraction[i] * eot_muon_row_at(table, tables, event.material, r.kinetic).rate;
                event.is_active = region->active[i];
            }
        }
    }
    choose = (choose - below) / fmax(share, R(1.0e-30)); /* a rounded 1 is elastic */
    EOT_GLOBAL const f32 *s = table + tables->shares + ((u32)event.material * EOT_MUON_N_ROW + r.row) * 4u;
    event.process = choose < (real)s[0]   ? EOT_MUON_DELTA
                    : choose < (real)s[1] ? EOT_MUON_BREMS
                    : choose < (real)s[2] ? EOT_MUON_PAIR
                    : choose < (real)s[3] ? EOT_MUON_PHOTONUCLEAR
                                          : EOT_MUON_ELASTIC;
    return event;
}

/** The direction after a hard elastic scatter on a nucleus. @param e tail probabilities of ln q^2 of its material.
 * @param p2 square of the momentum [GeV^2]. @param xi uniform in (0, 1). @param turn azimuth/2 pi. */
EOT_FN eot_vec3 eot_muon_elastic_direction(EOT_GLOBAL const f32 *e, eot_vec3 u, real p2, real xi, real turn) {
    eot_octave_cell c = eot_octave_find(xi, EOT_MUON_TAIL_BITS, EOT_MUON_TAIL_SHIFT, EOT_MUON_N_TAIL);
    real q2 = /* (2 sin(theta/2))^2 */
        fmin(eot_exp(eot_lerp(e[c.i], e[c.i + 1u], c.t)) / fmax(p2, R(1.0e-30)), R(4.0));
    real cosine = fma(R(-0.5), q2, R(1.0));
    real sine = sqrt(fmax(q2 * fma(R(-0.25), q2, R(1.0)), R(0.0)));
    return eot_vec3_unit(eot_vec3_rotated(u, sine * eot_cos_turn(turn), sine * eot_sin_turn(turn), cosine));
}

/** The direction after giving `given` [GeV] to an electron at rest: elastic scattering, cosine of the electron's angle
 * W (E + m_e)/(p p_e). @param before kinetic energy before it [GeV]. @param turn azimuth/2 pi. */
EOT_FN eot_vec3 eot_muon_delta_direction(eot_vec3 u, real before, real given, real turn) {
    real rest_of = before - given;
    real electron2 = given * (given + R(2.0) * EOT_M_ELECTRON);
    real along = given * (before + EOT_M_MUON + EOT_M_ELECTRON);
    real across2 = fmax(electron2 - along * along / fmax(eot_muon_momentum2(before), R(1.0e-30)), R(0.0));
    real sine = sqrt(fmin(across2 / fmax(eot_muon_momentum2(rest_of), R(1.0e-30)), R(1.0)));
    return eot_vec3_unit(
        eot_vec3_rotated(u, sine * eot_cos_turn(turn), sine * eot_sin_turn(turn), sqrt(fma(-sine, sine, R(1.0)))));
}

/** The direction of a muon after a collision, and what it gave away. */
typedef struct {
    eot_vec3 direction; /* unit vector */
    real given;         /* GeV, to an electron, a photon, a pair or hadrons */
} eot_muon_collision;

/** A collision, any event but a decay. @param direction, kinetic of the muon before it: a unit vector and GeV. @param
 * u how hard: its tail probability. @param choose a row of the tables, 0 to 1. @param turn azimuth/2 pi. */
EOT_FN eot_muon_collision eot_muon_collide_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                              eot_muon_event event, eot_vec3 direction, real kinetic, real u,
                                              real choose, real turn) {
    eot_muon_collision c;
    c.direction = direction;
    c.given = R(0.0);
    if (event.process == EOT_MUON_ELASTIC) {
        EOT_GLOBAL const f32 *tail = table + tables->elastic + (u32)event.material * EOT_MUON_N_TAIL;
        c.direction = eot_muon_elastic_direction(tail, direction, eot_muon_momentum2(kinetic), u, turn);
    } else {
        c.given = eot_muon_hard_loss(table, tables, event.material, event.process, kinetic, u, choose);
        if (event.process == EOT_MUON_DELTA) c.direction = eot_muon_delta_direction(direction, kinetic, c.given, turn);
    }
    return c;
}

/** The same by random bits: the upper 23 as a uniform number, the lower 9 to choose the row. */
EOT_FN eot_muon_collision eot_muon_collide(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                           eot_muon_event event, eot_vec3 direction, real kinetic, u32 bits,
                                           real turn) {
    return eot_muon_collide_at(table, tables, event, direction, kinetic, eot_uniform(bits),
                               (real)(bits & 0x1ffu) * R(0.001953125), turn);
}

#endif
