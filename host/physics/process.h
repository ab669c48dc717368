/** @file process.h
 * What the host knows of a rare process: one constant descriptor each, in the process's own file, and an array of them
 * in the order of eotmc/physics/processes.def. Tables, rates, HepMC, replay, estimates and documents ask the
 * descriptor; nothing else on the host names a process. */
#ifndef EOT_HOST_PHYSICS_PROCESS_H
#define EOT_HOST_PHYSICS_PROCESS_H

#include "config/config.h"
#include "eotmc/physics/process.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"
#include "physics/em.h"
#include "physics/final_state.h"
#include "table/table.h"

/** What the tables of a process are built from, and where they go. */
struct eot_process_build {
    const struct eot_config *config;
    const struct eot_em_options *options; /* media, energies */
    bool is_cascade_only;                 /* only the tables that rate() reads are wanted: there will be no events */
    /* tables of another world of the same configuration, of which those that rate() reads may be copied; NULL */
    const eot_vertex_tables *like;
    const f32 *like_table;
    struct eot_f32_table *table; /* values are appended here */
    eot_vertex_tables *vertex;   /* members that say where they are */
    double rel_error;            /* out: worst relative error of the tables that rate() reads; 0 without any */
};

/** One table of a process, as `eotmc tables` lists it. */
struct eot_process_table {
    const char *name;
    double low, high;       /* GeV */
    size_t n_node, n_value; /* energies, f32 values */
};
enum { EOT_MAX_PROCESS_TABLE = 4 };

struct eot_process {
    const char *key;      /* of processes.def */
    const char *reaction; /* "gamma N -> mu+ mu- N" */
    const char *products; /* what a reader calls what leaves the vertex: "muon pair" */
    const char *estimate; /* what the names of its estimates begin with: "dimuon.gamma"; of the family SIGNAL: "signal",
                             and "signal..." for further ones */

    /* Energy [GeV] below which no parent can make it. */
    double (*threshold)(const struct eot_config *config);
    /* Build the tables of its own. */
    enum eot_status (*build)(struct eot_process_build *build, struct eot_error *err);
    /* List the tables that build() has made. @return how many, at most EOT_MAX_PROCESS_TABLE. */
    int (*list)(const eot_vertex_tables *vertex, struct eot_process_table list[EOT_MAX_PROCESS_TABLE]);
    /* Macroscopic cross section [1/cm, in units of the run] in a medium of the options, for a parent of total energy E
     * [GeV]. @param error out, relative. */
    double (*rate)(const struct eot_em_options *options, const struct eot_f32_table *table, int medium, double E,
                   double *error);
    /* Relative error that no rate exceeds. */
    double tolerance;
    /* Rare vertices that a weight of 1 stands for (rates are kept in units of it on the device); the processes of a
     * family have one unit. */
    double (*unit)(const struct eot_config *config, const eot_vertex_tables *vertex);
    /* Complete the row of a recorded event with what the device has not sampled. @return kinetic energy of the
     * recoiling nucleus [GeV] that is part of the row's dark energy; 0 if nothing was. */
    double (*complete)(const eot_vertex_tables *vertex, const eot_event_launch *launch, uint64_t primary,
                       float row[EOT_N_EVENT_COLUMN]);
    /* The four-momenta of a recorded vertex and its cross section. */
    enum eot_status (*final_state)(const struct eot_final_vertex *vertex, struct eot_final_context *context,
                                   struct eot_final_state *state, struct eot_error *err);

    const char *model, *validity, *reference; /* a row of docs/processes.md */
};

/** Define the descriptor of the row `row_key` of processes.def: all members in their order. A macro of fixed arity,
 * since compilers do not warn about a member that an initialiser leaves out. */
#define EOT_PROCESS_DESCRIPTOR(row_key, reaction, products, estimate, threshold, build, list, rate, tolerance, unit, \
                               complete, final_state, model, validity, reference) \
    const struct eot_process eot_process_##row_key = {#row_key, reaction,    products, estimate,  threshold, \
                                                      build,    list,        rate,     tolerance, unit, \
                                                      complete, final_state, model,    validity,  reference}

#define EOT_PROCESS(id, key, parents, family, fallback, doc) extern const struct eot_process eot_process_##key;
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS

/** Descriptor of a process by its number, enum eot_rare_process; NULL for a number that is none. */
const struct eot_process *eot_process_at(int process);
/** Number of the process with this key; -1 for a word that is none. */
int eot_process_find(const char *key);
/** Bits (enum eot_parent) of the parents of the processes that are on. */
int eot_process_parents(const bool on[EOT_N_RARE]);
/** "photon", "electron", "positron". @param type enum eot_particle_type. */
const char *eot_particle_word(int type);
/** Words of a family: "dimuon" begins the names of its estimates, "muon pair" is its row of the cut flow. */
const char *eot_family_key(enum eot_process_family family);
const char *eot_family_title(enum eot_process_family family);
/** docs/processes.md, a Markdown table of the descriptors. The caller frees it; NULL without memory. */
char *eot_process_markdown(void);

/** Members of a process that has no tables of its own, whose rates are in vertices per EOT as they are, or whose vertex
 * the device samples in full. */
enum eot_status eot_process_builds_nothing(struct eot_process_build *build, struct eot_error *err);
int eot_process_lists_nothing(const eot_vertex_tables *vertex, struct eot_process_table list[EOT_MAX_PROCESS_TABLE]);
double eot_process_unit_one(const struct eot_config *config, const eot_vertex_tables *vertex);
double eot_process_completes_nothing(const eot_vertex_tables *vertex, const eot_event_launch *launch, uint64_t primary,
                                     float row[EOT_N_EVENT_COLUMN]);

#endif
