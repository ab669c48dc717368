/** @file muon_collisions.h
 * The spectrum of a muon's single collisions, soft ones included: what thin layers (eotmc/transport/muon/collisions.h)
 * draw their losses from.
 *
 * Ionisation is that of Sternheimer's and Liljequist's oscillators: each subshell k of the atoms is one, with the share
 * f_k of the electrons, the ionisation energy U_k and the resonance W_k = a U_k, where one a makes sum f_k ln W_k = ln
 * I. With Landau's xi per g/cm2 it has
 *   distant collisions  xi f_k/W_k [ln(2 m_e beta^2 gamma^2/W_k) - beta^2 - delta] in number, each of W_k in the mean:
 *                       their losses fall linearly from U_k to 0 at 3 W_k - 2 U_k,
 *   close collisions    xi f_k dW/W^2 above W_k, with spin and radiative correction as in muon_ionisation.h.
 * The sum of their losses below a cut is the restricted Bethe formula with density effect, identically. The distant
 * collisions are scaled so that it is that of the tables also where spin and radiative correction count, at most by a
 * few per cent. R. M. Sternheimer, Phys. Rev. 88 (1952) 851; D. Liljequist, J. Phys. D 16 (1983) 1567; F. Salvat,
 * PENELOPE-2018, NEA/MBDAV/R(2019)1, sec. 3.2 (there with another a, and an oscillator for conduction electrons).
 * Bremsstrahlung and pairs below v_cut have their own cross sections. */
#ifndef EOT_HOST_PHYSICS_MUON_COLLISIONS_H
#define EOT_HOST_PHYSICS_MUON_COLLISIONS_H

#include "physics/muon_integrals.h"

enum { EOT_MUON_N_SPECTRUM_CELL = 1600 };
enum { EOT_MOST_OSCILLATORS = EOT_MAX_ELEMENT * 26 };

/** A subshell of a material's atoms. */
struct eot_muon_oscillator {
    double share;      /* of the material's electrons */
    double ionisation; /* U [GeV] */
    double resonance;  /* W [GeV], above U */
};

/** The oscillators of a material. @param out EOT_MOST_OSCILLATORS places. @return their number. */
int eot_muon_oscillators(const struct eot_material *material, struct eot_muon_oscillator *out);

/** Distant collisions of an oscillator at kinetic energy T [GeV]. @param delta density effect. @return per g/cm2 and
 * xi: to be multiplied by xi [GeV cm2/g]; not below 0. */
double eot_muon_distant(const struct eot_muon_oscillator *oscillator, double T, double delta);

/** Fill the table of one material: [EOT_MUON_N_SPECTRUM][EOT_MUON_N_LOSS_ROW][EOT_MUON_N_COLLISION], see
 * eotmc/physics/muon_tables.h. @param delta_cut of the ionisation at each of the coarse rows [GeV]. @param v_cut of
 * the radiative losses. @return EOT_E_MEMORY, EOT_E_NUMERIC. */
enum eot_status eot_muon_collisions_build(struct eot_muon_integrator *g, const struct eot_material *material,
                                          const double delta_cut[EOT_MUON_N_LOSS_ROW], double v_cut, double *out,
                                          struct eot_error *err);

/** The row of any spectrum, EOT_MUON_N_COLLISION values, zero before. @param edge EOT_MUON_N_SPECTRUM_CELL + 1 energies
 * [GeV], increasing. @param number of collisions per cm in each cell. */
void eot_muon_spectrum_tabulate(const double *edge, const double *number, double *out);

#endif
