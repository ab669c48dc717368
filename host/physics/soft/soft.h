/** @file soft.h
 * Electrons, positrons and photons from a few GeV down to some 10 keV, one by one, in boxes one behind the
 * other along z: what a muon's secondaries and a shower's last particles do near surfaces.
 *
 * Photons: incoherent scattering (angles of Klein and Nishina), pair production and photoelectric absorption with the
 * cross sections of XCOM, flown from collision to collision. Electrons and positrons: Moller's delta electrons above
 * EOT_SOFT_DELTA_CUT and the mean loss to softer ones, bremsstrahlung above EOT_SOFT_BREMS_CUT as photons and below as
 * a loss (the spectra of Seltzer and Berger below 50 MeV, Tsai's above), elastic scattering by Mott's cross section
 * with screening: of each step the hardest collisions one by one and of the others together their first moment, at a
 * random point of the step (the "random hinge" of PENELOPE: J. Baro et al., NIM B 100 (1995) 31). Positrons annihilate
 * in flight, by Heitler's cross section, or at rest. Left out: Bhabha's cross section (Moller's is taken for
 * positrons), coherent scattering, fluorescence.
 *
 * Host only, in double precision, with random numbers of its own: tables are made of it (response.h) and tests compare
 * with it. */
#ifndef EOT_HOST_PHYSICS_SOFT_SOFT_H
#define EOT_HOST_PHYSICS_SOFT_SOFT_H

#include <math.h>
#include <stdint.h>

#include "materials/material.h"

#define EOT_SOFT_BREMS_CUT 5.0e-5 /* GeV */
#define EOT_SOFT_DELTA_CUT 2.0e-4 /* GeV */
#define EOT_SOFT_ELECTRON_CUT \
    1.0e-4                         /* GeV: electrons below stop where they are (70 um of iron, 0.15 mm of plastic) \
                                    */
#define EOT_SOFT_PHOTON_CUT 2.0e-5 /* GeV: photons below are absorbed where they are */

enum eot_soft_type { EOT_SOFT_PHOTON, EOT_SOFT_ELECTRON, EOT_SOFT_POSITRON };

enum { EOT_SOFT_N_ENERGY = 145, EOT_SOFT_N_QUANTILE = 33 }; /* 8 energies an octave from 20 keV: to 5.2 GeV */

/** A material's cross sections at the energies of the grid. Lengths in cm, energies in GeV; T is a kinetic energy. */
struct eot_soft_medium {
    double compton[EOT_SOFT_N_ENERGY], pair[EOT_SOFT_N_ENERGY], photoelectric[EOT_SOFT_N_ENERGY]; /* 1/cm */
    double photons[EOT_SOFT_N_ENERGY];                                                            /* their sum */
    double loss[EOT_SOFT_N_ENERGY];         /* GeV/cm: collisions and radiation below the cuts */
    double delta[EOT_SOFT_N_ENERGY];        /* 1/cm: delta electrons above the cut */
    double brems[EOT_SOFT_N_ENERGY];        /* 1/cm: photons above the cut */
    double annihilation[EOT_SOFT_N_ENERGY]; /* 1/cm: of positrons in flight */
    double scatter[2][EOT_SOFT_N_ENERGY];   /* 1/cm: 1/(first transport mean free path), e- and e+ */
    double single[EOT_SOFT_N_ENERGY];       /* 1/cm: C of C dy/(y + A)^2 single collisions a cm, */
    double screening[EOT_SOFT_N_ENERGY];    /* and A; y = (1 - cosine)/2 (eot_soft_deflection) */
    double spin[2][EOT_SOFT_N_ENERGY];      /* c of Mott's ratio 1 - beta^2 y + c sqrt(y) (1 - sqrt(y)) */
    double softest[EOT_SOFT_N_ENERGY], beta2[EOT_SOFT_N_ENERGY]; /* eot_soft_softest; square of the velocity */
    double by_electrons; /* share of C that is electrons', whose collisions end where they are delta electrons */
    double range[EOT_SOFT_N_ENERGY];                      /* cm: by collisions of all transfers and soft radiation */
    double quiet;                                         /* GeV: electrons below hardly radiate */
    float photon[EOT_SOFT_N_ENERGY][EOT_SOFT_N_QUANTILE]; /* quantiles of ln(k/cut)/ln(T/cut) */
    float share[EOT_SOFT_N_ENERGY][EOT_SOFT_N_QUANTILE];  /* of the smaller share of a pair's kinetic energy */
};

/** Cross sections of a material; all zero where its density is. */
void eot_soft_medium_build(const struct eot_material *material, struct eot_soft_medium *medium);
/** Cross section of incoherent scattering on an atom [cm2]. */
double eot_soft_incoherent(double Z, double k);
/** Photoelectric cross section of an atom [cm2]. @param k photon energy [GeV]. */
double eot_soft_photoelectric(double Z, double k);
/** Pair production cross section of an atom [cm2]. */
double eot_soft_pair(double Z, double k);
/** Cross section of a positron of kinetic energy T [GeV] to annihilate with an electron at rest into two photons [cm2].
 */
double eot_soft_annihilation(double T);

/** First transport cross section of an atom for electrons (charge -1) and positrons (1) [cm2], without what turns them
 * at delta electrons of their own: the screened Rutherford cross section with Moliere's screening angle (H. A. Bethe,
 * Phys. Rev. 89 (1953) 1256) and Mott's correction. Left out: the nucleus' size, which makes it smaller above 20 MeV.
 */
double eot_soft_transport(double Z, double T, int charge);
/** Mott's correction: what is to be added to the logarithm in the transport cross section. It is the integral of (R -
 * 1)/y, where R is the ratio of Mott's cross section (Proc. Roy. Soc. A 124 (1929) 425) to Rutherford's and y = (1 -
 * cosine)/2, from the phase shifts of J. Lindhard, A. H. Sorensen, Phys. Rev. A 53 (1996) 2443, Eqs. (9) to (14). For
 * small Z it is -beta^2 - charge pi alpha Z beta (W. A. McKinley, H. Feshbach, Phys. Rev. 74 (1948) 1759). */
double eot_soft_mott(double Z, double T, int charge);

/** Largest (1 - cosine)/2 of a collision with an electron that makes no delta electron of its own. */
double eot_soft_softest(double T);
/** Moliere's screening: A of C dy/(y + A)^2. */
double eot_soft_screening(double Z, double T);
/** pi (r_e m_e/(p beta))^2 [cm2]: C of one unit of charge. */
double eot_soft_rutherford(double T);

/** Spectrum of bremsstrahlung of an electron on an atom: up to 50 MeV that of Seltzer and Berger (spectrum_atoms.def:
 * carbon, iron and lead, between which it is interpolated), up to 30 MeV with the loss of ESTAR (radiation_atoms.def);
 * else Tsai's formula (brems.h). */
enum { EOT_SOFT_N_SPECTRUM = 12 };
struct eot_soft_spectrum {
    double Z, T, scale, value[EOT_SOFT_N_SPECTRUM];
};
void eot_soft_spectrum_build(double Z, double T, struct eot_soft_spectrum *out);
/** dsigma/dk [cm2/GeV]. */
double eot_soft_spectrum(const struct eot_soft_spectrum *s, double k);

/** Nodes of a table around a value, and how far it is between them in its logarithm; the first or last one where it
 * lies beyond. */
struct eot_soft_between {
    int low;
    double part;
};
struct eot_soft_between eot_soft_between(const double *value, int n, double x);

/** Random numbers: L. Blackman and S. Vigna's splitmix64, one sequence a seed. */
struct eot_soft_random {
    uint64_t state;
};
double eot_soft_uniform(struct eot_soft_random *random); /* in (0, 1) */

/** A box across the whole of its slab in z; beside it is the outside. */
struct eot_soft_slab {
    double x0, x1, y0, y1; /* cm */
    int medium;
    int score; /* where the energy left in the box is added: number of a sum, or -1 */
};

/** Slabs along z, each with one box: slab i between edge[i] and edge[i + 1]. What leaves the first or the last one, or
 * goes EOT_SOFT_FAR aside, is gone. */
struct eot_soft_stack {
    int n_slab;
    const double *edge; /* n_slab + 1, increasing [cm] */
    const struct eot_soft_slab *slab;
    const struct eot_soft_medium *medium;
    int outside; /* medium beside the boxes */
};

struct eot_soft_particle {
    double energy;   /* GeV, kinetic */
    double place[3]; /* cm */
    double u[3];     /* unit vector */
    int type, slab;
    int is_in;       /* in the box, not beside it */
    double weight;   /* with a target only: what it stands for, */
    double gain;     /* how much more something of it arrives than of the shower's start, by its place, */
    int is_scored;   /* the expectation of its flight has been counted, */
    int first, last; /* senders that it and all it comes from have been in */
};

#define EOT_SOFT_FAR 1.0e3 /* cm */

enum { EOT_SOFT_MOST = 4096 }; /* particles that wait; each has less than its parent, more are deposited at once */

/** Follow a particle and all that comes of it. @param sum [GeV], added to. @param stack_of_particles EOT_SOFT_MOST, for
 * its use. */
void eot_soft_follow(const struct eot_soft_stack *stack, struct eot_soft_particle first, struct eot_soft_random *random,
                     struct eot_soft_particle *waiting, double *sum);

enum { EOT_SOFT_MOST_SENDER = 16, EOT_SOFT_N_GAIN = 48 };

/** What showers in a volume, the sender, send into a box: photons by the expectation of each of their flights, whether
 * it ends there or not, electrons as they are. Much is then learnt from a few showers of which nearly nothing arrives.
 *
 * A shower is followed in the sender's matter without end, its bed, where it starts at z = 0, and is looked at as if it
 * started at several depths of the sender: of each of these, the sender begins and ends elsewhere in the bed, and what
 * leaves it there goes on in the set-up. Time goes to what has a say: of particles below an energy T0 the share T/T0 is
 * followed, each of which stands for more of them, and photons are split on their way. */
struct eot_soft_target {
    const struct eot_soft_stack *stack; /* the set-up */
    int slab;                           /* of it, whose box it is; photons end there */
    double front, rear;                 /* the sender [cm] */
    int n_sender;
    double shift[EOT_SOFT_MOST_SENDER]; /* cm, increasing: z in the set-up of z = 0 in the bed */
    double z_rate, side_rate;           /* 1/cm: cells of z in the bed, and of the distance to its nearest side, */
    double gain[EOT_SOFT_N_GAIN][EOT_SOFT_N_GAIN]; /* and how much more arrives of a photon there than of one at the
                                                      start, about */
    double window;                                 /* weight of a photon of some MeV where the gain is 1 */
    double number[EOT_SOFT_MOST_SENDER];           /* what arrives, in the mean; added to */
    double weight[EOT_SOFT_MOST_SENDER]; /* of which so many stand for one that is followed, at least; 0: none is */
    int n, most;                         /* followed arrivals so far; places for them */
    double *energy;                      /* GeV left in sum 0 by each */
    double *of_weight;                   /* how many arrivals it stands for */
    int *of_sender;
    struct eot_soft_paths *paths; /* of `stack`, by eot_soft_paths_create */
};

/** Follow a shower from z = 0 of its bed. */
void eot_soft_follow_to(const struct eot_soft_stack *bed, struct eot_soft_particle first,
                        struct eot_soft_random *random, struct eot_soft_particle *waiting,
                        struct eot_soft_target *target);

/** Lengths of matter along z up to each edge of a stack: what optical depths of straight lines are made of. */
struct eot_soft_paths {
    int n_medium, *medium; /* those of the boxes */
    double *sum;           /* [n_slab + 1][n_medium], cm */
    int *run_end;          /* [n_slab]: the slab behind those that follow with the same box across */
};
/** @return NULL: no memory. */
struct eot_soft_paths *eot_soft_paths_create(const struct eot_soft_stack *stack);
void eot_soft_paths_free(struct eot_soft_paths *paths);
/** Optical depth of a photon's straight flight to the front of a slab ahead. @param u upwards in z. @param energy of
 * the photon [GeV]. */
double eot_soft_depth(const struct eot_soft_stack *stack, const struct eot_soft_paths *paths, const double place[3],
                      const double u[3], double energy, int slab);
/** Cross section of all that happens to a photon [1/cm]. */
double eot_soft_attenuation(const struct eot_soft_medium *medium, double energy);
/** The slab at a depth, the first or last one beyond. */
int eot_soft_slab_at(const struct eot_soft_stack *stack, double z);

/** Direction after a turn by an angle of given cosine at a random azimuth. */
void eot_soft_turn(double u[3], double cosine, struct eot_soft_random *random);

/** A particle at a place within the slabs. */
struct eot_soft_particle eot_soft_at(const struct eot_soft_stack *stack, int type, double energy, const double place[3],
                                     const double u[3]);

/** Energies of the grid [GeV]. */
double eot_soft_energy(int i);
/** Where an energy is on the grid, and values there. */
struct eot_soft_place {
    int i;
    double t;
};
static inline struct eot_soft_place eot_soft_place_of(double energy) {
    double x = (log2(energy) - log2(2.0e-5)) * 8.0;
    struct eot_soft_place p;
    x = x < 0.0 ? 0.0 : x > EOT_SOFT_N_ENERGY - 1.001 ? EOT_SOFT_N_ENERGY - 1.001 : x;
    p.i = (int)x;
    p.t = x - p.i;
    return p;
}
static inline double eot_soft_at_place(const double *value, struct eot_soft_place p) {
    return value[p.i] + p.t * (value[p.i + 1] - value[p.i]);
}

/** Direction of an electron or positron after a path that is short against its range: the hardest of its collisions,
 * one in two paths, or all of fewer than four, are drawn by themselves, what the others do together is Gaussian
 * (exponential in
 * 1
 * - cosine), with a mean cosine of all as the first transport mean free path has it.
 * @param charge -1 or 1. @param at place of the kinetic energy on the grid. @param path [cm]. */
void eot_soft_scatter(const struct eot_soft_medium *medium, int charge, struct eot_soft_place at, double path,
                      double u[3], struct eot_soft_random *random);

#endif
