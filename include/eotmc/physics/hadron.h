/** @file hadron.h
 * Charged pions and kaons: constants and kinds. Source of masses and lifetimes: R. L. Workman
 * et al. (PDG), Prog. Theor. Exp. Phys. 2022, 083C01. */
#ifndef EOT_PHYSICS_HADRON_H
#define EOT_PHYSICS_HADRON_H

#include "eotmc/math/elementary.h"

#define EOT_M_PION R(0.13957039)     /* GeV, charged */
#define EOT_M_PION_ZERO R(0.1349768) /* GeV */
#define EOT_M_KAON R(0.493677)       /* GeV, charged */
#define EOT_PION_LIFETIME R(26.033)  /* ns */
#define EOT_KAON_LIFETIME R(12.380)  /* ns */

enum eot_hadron_kind { EOT_HADRON_PION = 0, EOT_HADRON_KAON = 1, EOT_N_HADRON_KIND };

/** Mass [GeV] of a kind. */
EOT_FN real eot_hadron_mass(i32 kind) { return kind == EOT_HADRON_PION ? EOT_M_PION : EOT_M_KAON; }

/** Decays per cm of path at a momentum [GeV]: m/(p c tau). */
EOT_FN real eot_hadron_decay_rate(i32 kind, real momentum) {
    real tau = kind == EOT_HADRON_PION ? EOT_PION_LIFETIME : EOT_KAON_LIFETIME;
    return eot_hadron_mass(kind) / (momentum * EOT_C_LIGHT * tau);
}

#endif
