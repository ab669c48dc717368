/** @file final_state.h
 * The four-momenta of a recorded vertex, as event generators write them, and its cross section: what the processes'
 * final_state() fill, and the pieces that they are made of. Units: GeV, pb. */
#ifndef EOT_HOST_PHYSICS_FINAL_STATE_H
#define EOT_HOST_PHYSICS_FINAL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"

/** A recorded vertex, in single precision as the device sampled it. Directions need not be unit vectors. */
struct eot_final_vertex {
    uint64_t primary;
    int parent;                   /* enum eot_particle_type */
    double E;                     /* GeV, parent */
    double slope_x, slope_y;      /* of the parent */
    double E_plus, E_minus;       /* GeV, muons; 0: there is none of this charge */
    double plus[3], minus[3];     /* directions of the muons */
    double versine, turn;         /* the signal's muon about the parent: eot_event_vertex */
    double recoil_t, recoil_turn; /* the signal's momentum transfer: host/physics/lfc/event.h */
    double target_Z, target_A;    /* 0, 0: an electron */
};

#define EOT_PDG_PHI 54 /* one of those reserved for mediators of dark matter */

enum { EOT_MAX_FINAL_PARTICLE = 8 };

struct eot_final_particle {
    int pdg; /* number of the Particle Data Group */
    bool is_incoming;
    double p[4]; /* E, x, y, z */
    double m;
};

/** Incoming particles first. */
struct eot_final_state {
    size_t n;
    struct eot_final_particle particle[EOT_MAX_FINAL_PARTICLE];
    double xsec, xsec_error; /* pb, per atom (or per electron) of the target at the parent's energy */
};

enum { EOT_N_XSEC_CURVE = 513 };

/** Total cross section of a process on one nuclide [pb], uniform in ln E. */
struct eot_xsec_curve {
    const void *process; /* its descriptor */
    double Z, A, rel_error, log_first, log_step, xsec[EOT_N_XSEC_CURVE];
};

/** What the vertices of a run share: the curves that were asked for so far. */
struct eot_final_context {
    const struct eot_config *config;
    double E_max; /* GeV, of all parents */
    size_t n_curve;
    struct eot_xsec_curve **curve;
};
/** Releases the curves. */
void eot_final_context_free(struct eot_final_context *context);

/** The curve of a process on a nuclide. @param is_new out: the caller fills all but process, Z and A.
 * @return EOT_E_MEMORY. */
enum eot_status eot_xsec_curve_find(struct eot_final_context *context, const void *process, double Z, double A,
                                    struct eot_xsec_curve **curve, bool *is_new, struct eot_error *err);
/** Set the energies of a curve, from `first` [GeV] to the context's E_max; the i-th is exp(log_first + i log_step). */
void eot_xsec_curve_span(struct eot_xsec_curve *curve, double first, double E_max);
/** @param E GeV. @return pb, linear in ln E. */
double eot_xsec_curve_at(const struct eot_xsec_curve *curve, double E);

/** Append a particle. @param m GeV. */
void eot_final_add(struct eot_final_state *state, int pdg, bool is_incoming, const double p[4], double m);
/** PDG number of a nucleus; a proton for hydrogen. */
int eot_nucleus_pdg(double Z, double A);
/** Momentum of a muon of total energy E. */
void eot_final_muon(double E, const double direction[3], double p[4]);
/** Momentum of a particle of total energy E and mass m along the parent. */
void eot_final_along(const struct eot_final_vertex *vertex, double E, double m, double p[4]);
/** The particles of X N -> X' mu+ mu- N, where X has mass m, along the vertex's parent, and X' = X goes on along the
 * same direction (or is not there). The nucleus at rest takes the momentum that is left; its kinetic energy (q^2/2M,
 * 1e-5 GeV) comes on top of the parent's, so that energy is conserved too. @param pdg, m of X. @param E_extra total
 * energy of X'; 0: none. */
void eot_final_pair_on_nucleus(const struct eot_final_vertex *vertex, int pdg, double m, double E_extra,
                               struct eot_final_state *state);

#endif
