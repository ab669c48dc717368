/** @file mcpl.h
 * Monte Carlo Particle Lists, format 3 (T. Kittelmann et al., Comput. Phys. Commun. 218 (2017) 17,
 * doi:10.1016/j.cpc.2017.04.012; mcpl.c of the reference library), little endian. Written and read here and not by that
 * library, which ends the process where a file is wrong, and believes its header; a test has the library read ours. */
#ifndef EOT_HOST_EXCHANGE_MCPL_H
#define EOT_HOST_EXCHANGE_MCPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/** In the units of the format. */
struct eot_mcpl_particle {
    int32_t pdg;
    uint32_t user_flags;
    double position[3];    /* cm */
    double direction[3];   /* unit vector */
    double kinetic_energy; /* MeV */
    double time;           /* ms */
    double weight;
};

/** What stands before the particles. */
struct eot_mcpl_head {
    uint64_t n_particle;
    const char *source; /* program */
    const char *const *comment;
    size_t n_comment;
    const char *key, *blob; /* one piece of text under a key; NULL: none */
};

/** Write the head, then each particle with its user flags in double precision (72 bytes). @return false if the stream
 * is in error. */
bool eot_mcpl_write_head(FILE *out, const struct eot_mcpl_head *head);
bool eot_mcpl_write_particle(FILE *out, const struct eot_mcpl_particle *particle);

/** Comment of eotmc's files, with its two numbers: seed and run. */
#define EOT_MCPL_RANDOM "random numbers of seed %llu, run %llu"

struct eot_mcpl_file {
    size_t n_particle;
    struct eot_mcpl_particle *particle;
    bool has_user_flags;
    char source[64];
    bool has_random; /* a comment says which random numbers it was made with: */
    unsigned long long seed, run;
};
/** Read a file from its bytes: nothing is believed that does not fit the others. @param most particles at most. @param
 * file zeroed; release with eot_mcpl_file_free, also after an error.
 * @return EOT_E_CONFIG (no such file, cut off, another format, a number that is none), EOT_E_MEMORY. */
enum eot_status eot_mcpl_parse(const unsigned char *bytes, size_t n_bytes, size_t most, struct eot_mcpl_file *file,
                               struct eot_error *err);
void eot_mcpl_file_free(struct eot_mcpl_file *file);

#endif
