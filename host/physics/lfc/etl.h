/** @file etl.h
 * What the two files of the exact tree level share: one reaction at one energy with the rules in use, and its inner
 * integrals over the momentum transfer t and over Q. */
#ifndef EOT_HOST_PHYSICS_LFC_ETL_H
#define EOT_HOST_PHYSICS_LFC_ETL_H

#include "physics/lfc/internal.h"

enum { EOT_ETL_MAX_NODE = 128, EOT_ETL_N_ORDER = 20 };
/* Share of the tolerance that the t integral inside of others is asked for. */
#define EOT_ETL_INNER_SHARE 0.03

/* A rule of Gauss and Legendre. */
struct eot_etl_gauss {
    int n;
    double x[EOT_ETL_MAX_NODE], weight[EOT_ETL_MAX_NODE]; /* on [0, 1] */
};
/* What the integrand of a nested integral lacks: its largest value, and its largest error. */
struct eot_etl_shortfall {
    double peak, lost;
};

/* One reaction at one energy, and the rules in use. */
struct eot_etl {
    eot_lfc_system system;
    enum eot_lfc_side side;
    double E, m_fixed, m_rest, h, w_max;
    double cut;     /* t up to cut (d + t_min), Q up to where t_min has passed it */
    double density; /* nodes of the t rule per unit of ln t */
    const struct eot_etl_gauss *energy;
    double q; /* most nodes of the Q rule */
    struct eot_etl_gauss rule[EOT_ETL_N_ORDER];
    double tolerance;
    gsl_integration_workspace *outer, *middle, *inner;
    double E_x, Q0, angle_w; /* of the current nested integrals */
    double evaluations;
    struct eot_etl_shortfall over_q, over_energy; /* what the integrands of the nested integrals lack */
};

/** Fill the rules of a reaction. @return EOT_E_MEMORY. */
enum eot_status eot_etl_rules_fill(struct eot_etl *c, struct eot_error *err);
/** The cheapest rule of at least n nodes (or the largest). */
const struct eot_etl_gauss *eot_etl_rule(const struct eot_etl *c, double n);
/** Q beyond which t_min is so far above d that the form factor leaves nothing [GeV^2]. */
double eot_etl_Q_cut(const struct eot_etl *c, double E_x);
/** int dt F^2/t^2 <|A|^2>/(8M^2) at a point of (E_x, Q), by fixed rules. */
double eot_etl_integral_t(struct eot_etl *c, const eot_lfc_point *point);
/** The same, adaptively. @param tolerance relative. @param abs_error out. */
double eot_etl_integral_t_adaptive(struct eot_etl *c, const eot_lfc_point *point, double tolerance, double *abs_error);
/** dsigma/dx at E_x by fixed rules: the integral over Q. */
double eot_etl_integral_q(struct eot_etl *c, double E_x);
/** The same, adaptively. */
double eot_etl_integral_q_adaptive(struct eot_etl *c, double E_x, double tolerance, double *rel_error);
/** An outer integral takes its integrand for exact: remember the largest error of an inner one against the largest
 * value. */
void eot_etl_record(struct eot_etl_shortfall *s, double value, double error);

#endif
