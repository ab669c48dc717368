/** @file source.h
 * beam.file: events that do not come from the beam. A plane in HDF5 (plane_file.h) goes on with the run that wrote it;
 * MCPL and HepMC3 (Asciiv3) give particles with a place, from which events begin anew. */
#ifndef EOT_HOST_EXCHANGE_SOURCE_H
#define EOT_HOST_EXCHANGE_SOURCE_H

#include "exchange/plane_file.h"

#define EOT_SOURCE_MOST 1000000 /* particles of a file that are read */

/** A particle where it begins: muon, electron, positron or photon. */
struct eot_source_particle {
    int32_t pdg;
    double position[3];    /* cm */
    double direction[3];   /* unit vector */
    double kinetic_energy; /* GeV */
    double time;           /* ns */
};

/** Particles of one event: of a HepMC event that are final (status 1), or neighbours in an MCPL file of eotmc with the
 * same user flags, otherwise one. */
struct eot_source_event {
    size_t first, n;    /* of the particles */
    double weight;      /* per electron on target */
    double beam_energy; /* GeV, of its incoming electron, positron, photon or muon; 0: unknown */
};

struct eot_source {
    bool is_plane;
    bool has_same_tables;             /* as the run that wrote it: its muons are in the same voxels */
    char sha256[65];                  /* of the file's bytes */
    char tables_sha256[65];           /* of what devices read besides it */
    struct eot_plane_content content; /* of a plane */
    size_t n_particle, n_event;
    struct eot_source_particle *particle;
    struct eot_source_event *event;
    bool are_primaries; /* set before it is read: neighbours in an MCPL file of eotmc with the same user flags are one
                           event, and pions and kaons are followed */
    bool is_ours;       /* an MCPL file of eotmc, */
    bool has_random;    /* and it says of which random numbers: */
    uint64_t seed, run;
    size_t n_primary; /* of primaries: events that there are, */
    double weight;    /* and their weights */
    size_t n_kind;    /* particles that are not followed, by kind; the last place is of all further kinds (pdg 0) */
    struct {
        int32_t pdg;
        size_t n;
    } left_out[16];
};

/** Read a file, whose ending says what it is. @param layout of the sums of the run, for planes; NULL: planes are
 * refused. @param source zeroed; release with eot_source_free, also after an error.
 * @return EOT_E_CONFIG, a message that names the file; EOT_E_MEMORY. */
enum eot_status eot_source_read(const char *path, const struct eot_sums_layout *layout, struct eot_source *source,
                                struct eot_error *err);
void eot_source_free(struct eot_source *source);

/** Count a particle that is not followed. */
void eot_source_leave_out(struct eot_source *source, int32_t pdg);
/** Append a particle to the last event; one that is not followed, or that has no energy, is counted. */
enum eot_status eot_source_particle_add(struct eot_source *source, const struct eot_source_particle *particle,
                                        struct eot_error *err);
/** Begin an event. */
enum eot_status eot_source_event_add(struct eot_source *source, double weight, struct eot_error *err);
/** Events from a text in HepMC3's Asciiv3. @param text ends with a zero. */
enum eot_status eot_source_hepmc(const char *text, struct eot_source *source, struct eot_error *err);

#endif
