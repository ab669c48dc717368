/** @file tables.h
 * Parts of `eotmc tables`: files and figures of what the physics tables are made of. */
#ifndef EOT_HOST_CLI_TABLES_H
#define EOT_HOST_CLI_TABLES_H

#include "physics/em.h"
#include "geometry/setup.h"
#include "world/world.h"

/** Name of a medium of the cascade: its materials, joined by "+". */
void eot_tables_medium_name(const struct eot_em_medium *medium, char *name, size_t n_name);

/** em_<medium>.csv, dimuon_gamma_xsec.csv and muon_dedx_<material>.csv in an existing folder. @return EOT_E_IO,
 * EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_tables_dump(const char *folder, const struct eot_setup *setup, const struct eot_em_options *options,
                                const struct eot_world *world, struct eot_error *err);

/** muon_dedx.png: stopping power of muons by process with published points, a panel per material, with its script and
 * data. @return EOT_E_IO, EOT_E_NUMERIC, EOT_E_MEMORY. */
enum eot_status eot_tables_figure(const char *folder, const struct eot_setup *setup, struct eot_error *err);

#endif
