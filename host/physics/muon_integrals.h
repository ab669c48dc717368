/** @file muon_integrals.h
 * Integrals of the muon's cross sections over the energy that is lost: what the tables (muon_tables.c) and the stopping
 * powers (muon_dedx.c) are both made of. Cross sections are per g/cm2. */
#ifndef EOT_HOST_PHYSICS_MUON_INTEGRALS_H
#define EOT_HOST_PHYSICS_MUON_INTEGRALS_H

#include <gsl/gsl_integration.h>

#include "base/error.h"
#include "eotmc/physics/muon_tables.h"
#include "materials/material.h"

enum { EOT_MUON_N_RADIATIVE = 3 }; /* bremsstrahlung, pair production, photonuclear reactions */

/** How to integrate, and the largest relative error met so far. */
struct eot_muon_integrator {
    gsl_integration_workspace *workspace;
    gsl_integration_glfixed_table *pair_nodes;
    double tolerance, worst;
};

/** One radiative process in a material at one energy. */
struct eot_muon_spectrum {
    const struct eot_material *material;
    const struct eot_muon_integrator *integrator;
    int process; /* 0, 1, 2: bremsstrahlung, pair, photonuclear */
    double E;    /* total energy [GeV] */
    int power;   /* of the integrand; set by eot_muon_integrate */
};

/** Moments of the radiative processes below (soft) and above (hard) the cut at the energies of the coarse grid. */
enum {
    EOT_MUON_SOFT_LOSS,     /* GeV cm2/g */
    EOT_MUON_SOFT_VARIANCE, /* GeV2 cm2/g */
    EOT_MUON_HARD_RATE,     /* cm2/g */
    EOT_MUON_HARD_LOSS,     /* GeV cm2/g */
    EOT_MUON_N_MOMENT
};
struct eot_muon_radiative_table {
    double log_T[EOT_MUON_N_LOSS_ROW];
    double value[EOT_MUON_N_RADIATIVE][EOT_MUON_N_MOMENT][EOT_MUON_N_LOSS_ROW];
};

/** @param tolerance relative error that every integral must achieve. @return EOT_E_MEMORY. Release with
 * eot_muon_integrator_free, also after a failure. */
enum eot_status eot_muon_integrator_create(double tolerance, struct eot_muon_integrator *g, struct eot_error *err);
void eot_muon_integrator_free(struct eot_muon_integrator *g);

/** Kinetic energy of row i of the tables, and of row i of their coarse grid [GeV]. */
double eot_muon_row_energy(int i);
double eot_muon_loss_row_energy(int i);
/** (v/c)^2 of a muon of kinetic energy T [GeV]. */
double eot_muon_beta2(double T);

/** Macroscopic differential cross section dsigma/dv of one radiative process [cm2/g]. @param v lost share of the total
 * energy. */
double eot_muon_radiative(const struct eot_muon_spectrum *s, double v);
/** Integral of v^power dsigma from v_low to v_high [cm2/g]. @return EOT_E_NUMERIC when it misses the tolerance. */
enum eot_status eot_muon_integrate(struct eot_muon_integrator *g, struct eot_muon_spectrum *s, int power, double v_low,
                                   double v_high, double *result, struct eot_error *err);
/** Integral of W^power dN/dW of delta rays from `low` to `high` [GeV^power cm2/g]. */
double eot_muon_delta_moment(const struct eot_muon_integrator *g, double T, double Z_over_A, int power, double low,
                             double high);
/** Mean ionisation loss with the radiative correction [GeV cm2/g]. */
double eot_muon_ionisation(const struct eot_muon_integrator *g, const struct eot_material *m, double T);

/** Fill the moments of a material. @return EOT_E_NUMERIC. */
enum eot_status eot_muon_radiative_fill(struct eot_muon_integrator *g, const struct eot_material *m, double v_cut,
                                        struct eot_muon_radiative_table *t, struct eot_error *err);
/** One moment at n kinetic energies T [GeV]: 0 below the first positive knot, Akima spline of the logarithm in ln T
 * above. @return EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_muon_radiative_interpolate(const struct eot_muon_radiative_table *t, int process, int moment,
                                               const double *T, int n, double *out, struct eot_error *err);
/** Range in the continuous slowing-down approximation [g/cm2] at n increasing energies from the total stopping powers
 * at them [GeV cm2/g]: 1/S as a power of T between neighbours. */
void eot_muon_csda_range(const double *T, const double *stopping, int n, double *range);

#endif
