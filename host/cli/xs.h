/** @file xs.h
 * What `eotmc xs` and its figures share. */
#ifndef EOT_HOST_CLI_XS_H
#define EOT_HOST_CLI_XS_H

#include "physics/lfc/lfc.h"

/** Draw the totals against energy (totals), the differentials in x and psi at 100 GeV (differentials) and the WW/ETL
 * and IWW/ETL ratios over (m_phi, E) (ratios) into a folder: NAME.png, NAME.gp, NAME.dat, with panels of WW and IWW
 * relative to ETL.
 * @return EOT_E_IO (folder or gnuplot missing), EOT_E_NUMERIC, EOT_E_USAGE. */
enum eot_status eot_xs_figures(const char *folder, const struct eot_lfc_reaction *reaction,
                               const struct eot_lfc_options *options, struct eot_error *err);

#endif
