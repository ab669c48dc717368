/** @file geometry_gdml.h
 * A set-up as GDML, the geometry files of Geant4 and ROOT. */
#ifndef EOT_HOST_CLI_GEOMETRY_GDML_H
#define EOT_HOST_CLI_GEOMETRY_GDML_H

#include "geometry/setup.h"

/** Print it on standard output: materials by their elements, the volumes with all layers whatever geometry.layers says,
 * what stands in a magnet inside that magnet. Fields are auxiliary entries MagField [tesla], roles SensDet, as is the
 * custom: GDML has no fields. The world's middle is the origin of GDML; the auxiliary entry Origin of the world tells
 * where ours is [cm].
 * @return EOT_E_CONFIG for a volume that stands in two magnets, or in one of layers, which GDML cannot say. */
enum eot_status eot_cli_gdml_print(const struct eot_config *config, const struct eot_setup *setup,
                                   struct eot_error *err);

#endif
