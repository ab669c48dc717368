/** @file replay.h
 * One primary again on the host, step by step, by the functions that the kernels call: what a run did with it, in full.
 */
#ifndef EOT_HOST_JOB_REPLAY_H
#define EOT_HOST_JOB_REPLAY_H

#include "eotmc/detector/accumulator.h"
#include "eotmc/transport/state.h"
#include "world/world.h"

/** One step of the cascade. Positions in cm (z along the beam, from the origin of the geometry), energies in GeV. */
struct eot_replay_step {
    int type;      /* enum eot_particle_type */
    int n_waiting; /* particles on the stack */
    double E, x, y, z;
    double path, path_X0, x_end, y_end, z_end;
    double ionisation, soft;
    int type_a, type_b;
    double E_a, E_b; /* daughters; E_a = 0: none, the particle goes on with E_b */
    double rare;     /* expected number of rare vertices along the path */
    bool has_left;   /* through the calorimeter's rear */
    bool is_ghost;   /* descends from the parent of the vertex: random numbers without energy */
    bool holds_vertex;
    bool is_in_front; /* of the ECAL, or beside it */
    int outcome;      /* then: enum eot_line_outcome */
};

struct eot_replay_muon_step {
    double x, y, z, time; /* cm, ns: where the step ends */
    double kinetic, path; /* after it */
    double ionisation, shower, hadronic, electron, neutrino;
    int region, process; /* that the step was in; enum eot_muon_process */
};

struct eot_replay_hit {
    bool is_hit;
    double x, y, time;
};

struct eot_replay_muon {
    int charge, fate; /* enum eot_muon_fate */
    double E, direction[3], E_exit;
    size_t n_step;
    struct eot_replay_muon_step *step;
    struct eot_replay_hit hit[EOT_N_PLANE];
};

/** A rare vertex with its muons and what the event gives in the detector. */
struct eot_replay_vertex {
    int process, parent; /* enum eot_rare_process, enum eot_particle_type */
    double x, y, z, time, k, depth_X0, weight;
    uint32_t draw;                  /* number of its step of the cascade */
    uint32_t faults;                /* enum eot_event_fault */
    double E_electron;              /* GeV, of a muon that converts to it; 0: others */
    struct eot_replay_muon muon[2]; /* mu+, mu- */
    double ledger[EOT_N_LEDGER], ecal_cell[EOT_N_ECAL_CELL];
    double energy_in, residual;    /* GeV, what is missing of it */
    float row[EOT_N_EVENT_COLUMN]; /* the values of the job's columns */
};

struct eot_job;
struct eot_replay {
    const struct eot_job *job; /* of the run that the primary is of */
    uint64_t event;
    double E_beam, rate; /* expected number of rare vertices in this shower */
    size_t n_step;
    struct eot_replay_step *step;
    size_t n_vertex;
    struct eot_replay_vertex *vertex;
    /* of a muon beam: the muon, to its end or to where it converts; charge 0 in shower runs */
    struct eot_replay_muon beam_muon;
    bool has_row; /* a row of the record without a vertex */
    float row[EOT_N_EVENT_COLUMN];
};

/** Name of a fate, of how a step in front of the ECAL ends, a process of the muon, a particle. */
const char *eot_replay_fate_name(int fate);
const char *eot_replay_outcome_name(int outcome);
const char *eot_replay_process_name(int process);
const char *eot_replay_particle_name(int type);

/** Follow primary `event` of the run that config and world describe. Release with eot_replay_free.
 * @return EOT_E_USAGE if the run has no such primary; EOT_E_DEVICE if the cascade's stack overflows; EOT_E_MEMORY. */
enum eot_status eot_replay_execute(const struct eot_config *config, const struct eot_world *world, uint64_t event,
                                   struct eot_replay *replay, struct eot_error *err);
/** The members `follow` of the jobs. */
enum eot_status eot_replay_shower(const struct eot_config *config, const struct eot_world *world, uint64_t event,
                                  struct eot_replay *replay, struct eot_error *err);
enum eot_status eot_replay_muon_beam(const struct eot_config *config, const struct eot_world *world, uint64_t event,
                                     struct eot_replay *replay, struct eot_error *err);
enum eot_status eot_replay_muon_conversion(const struct eot_config *config, const struct eot_world *world,
                                           uint64_t event, struct eot_replay *replay, struct eot_error *err);
enum eot_status eot_replay_hadron(const struct eot_config *config, const struct eot_world *world, uint64_t event,
                                  struct eot_replay *replay, struct eot_error *err);
void eot_replay_free(struct eot_replay *replay);

#endif
