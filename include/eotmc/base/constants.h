/** @file constants.h
 * Physical constants, each once. Units: GeV, cm, ns, rad, T.
 * Source: CODATA 2018 (masses, alpha, r_e) and PDG 2022 (lifetimes), unless a line says otherwise. */
#ifndef EOT_BASE_CONSTANTS_H
#define EOT_BASE_CONSTANTS_H

#include "eotmc/base/portable.h"

#define EOT_PI R(3.14159265358979323846)
#define EOT_ALPHA (R(1.0) / R(137.035999084)) /* fine-structure constant */
#define EOT_M_ELECTRON R(0.51099895e-3)       /* GeV */
#define EOT_M_MUON R(0.1056583755)            /* GeV */
#define EOT_M_PROTON R(0.93827208816)         /* GeV */
#define EOT_M_ATOMIC R(0.93149410242)         /* GeV, atomic mass unit */
#define EOT_R_ELECTRON R(2.8179403262e-13)    /* cm, classical electron radius */
#define EOT_AVOGADRO R(6.02214076e23)         /* 1/mol */
#define EOT_C_LIGHT R(29.9792458)             /* cm/ns */
#define EOT_HBARC R(1.973269804e-14)          /* GeV cm */
#define EOT_BEND R(2.99792458e-3)             /* GeV/(T cm): momentum kick per field and path of a unit charge */
#define EOT_MUON_LIFETIME R(2196.9811)        /* ns */
#define EOT_PB_PER_GEV2 R(0.3893793721e9)     /* pb GeV^2 */
#define EOT_HIGHLAND R(0.0136)    /* GeV, angle of multiple scattering at 1 X0 times momentum (PDG 2022, Eq. 34.16) */
#define EOT_HIGHLAND_LOG R(0.038) /* its change with the logarithm of the path in X0 */
#define EOT_SQRT_E R(1.64872127070012814685) /* sqrt(e) of the nuclear-screening logarithms */

#endif
