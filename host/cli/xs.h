/** @file xs.h
 * What `eotmc xs` and its figures share. */
#ifndef EOT_HOST_CLI_XS_H
#define EOT_HOST_CLI_XS_H

#include <stddef.h>

#include "physics/lfc/lfc.h"

#define EOT_XS_MAX_CURVE 6 /* masses of one figure */

/** What the figures show. */
struct eot_xs_figure {
    const struct eot_lfc_reaction *reaction; /* its mass is not asked */
    const struct eot_lfc_options *options;
    size_t n_mass;
    double mass[EOT_XS_MAX_CURVE]; /* GeV, of the curves */
    double energy;                 /* GeV, of the differentials */
};

/** Draw the totals against energy (totals), the differentials in x and psi at one energy (differentials) and the WW/ETL
 * and IWW/ETL ratios over (m_phi, E) (ratios) into a folder: NAME.png, NAME.gp, NAME.dat, with panels of WW and IWW
 * relative to ETL.
 * @return EOT_E_IO (folder or gnuplot missing), EOT_E_NUMERIC, EOT_E_USAGE. */
enum eot_status eot_xs_figures(const char *folder, const struct eot_xs_figure *figure, struct eot_error *err);

#endif
