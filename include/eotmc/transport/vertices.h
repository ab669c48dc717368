/** @file vertices.h
 * The vertex functions of the rare processes, one header a row of eotmc/physics/processes.def. */
#ifndef EOT_TRANSPORT_VERTICES_H
#define EOT_TRANSPORT_VERTICES_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/vertex/dimuon_annihilation_vertex.h"
#include "eotmc/transport/vertex/dimuon_gamma_vertex.h"
#include "eotmc/transport/vertex/dimuon_trident_vertex.h"
#include "eotmc/transport/vertex/lfc_vertex.h"

#endif
