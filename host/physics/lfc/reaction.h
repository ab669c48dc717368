/** @file reaction.h
 * What a cross section of l_i N -> l_f N phi is asked for, and what comes back. */
#ifndef EOT_HOST_PHYSICS_LFC_REACTION_H
#define EOT_HOST_PHYSICS_LFC_REACTION_H

enum eot_lfc_process { EOT_LFC_E2MU, EOT_LFC_MU2E };
enum eot_lfc_method { EOT_LFC_ETL, EOT_LFC_WW, EOT_LFC_IWW };

/** The side that is held fixed: phi (x, theta) or the outgoing lepton (y, psi). */
enum eot_lfc_side { EOT_LFC_PHI, EOT_LFC_LEPTON };

/** How a transport draws vertices: from the exact distribution, or as dmg4.h says. */
enum eot_lfc_sampler { EOT_LFC_SAMPLER_EXACT, EOT_LFC_SAMPLER_DMG4 };

struct eot_lfc_reaction {
    enum eot_lfc_process process;
    double m_phi;    /* GeV */
    double coupling; /* h; cross sections are proportional to h^2 */
    double Z, A;
    enum eot_lfc_sampler sampler; /* of the transport's tables; cross sections are asked for by their method */
};

struct eot_lfc_options {
    /* Upper limits of angular integrals [rad]; 0 = defaults: none for ETL, 0.1 and 0.3 for WW and IWW. */
    double theta_max, psi_max;
    double tolerance; /* relative, 1e-8..1e-2; 0 = 1e-4 */
    /* Non-zero: totals by nested adaptive integration without truncation, to check the fast rules (0.1 s a point). */
    int reference;
};

struct eot_lfc_value {
    double value;     /* pb */
    double rel_error; /* achieved, relative */
};

/** Where a double differential cross section is asked for. */
struct eot_lfc_place {
    double E;        /* of the incoming lepton [GeV] */
    double fraction; /* x or y */
    double angle;    /* theta_k or psi [rad] */
};

#endif
