/** @file setup.h
 * From the configuration to what is simulated: materials with their atomic data, regions, and the voxel grid. Host side, doubles. */
#ifndef EOT_HOST_SETUP_SETUP_H
#define EOT_HOST_SETUP_SETUP_H

#include "config/config.h"
#include "eotmc/geometry/grid.h"

#define EOT_MAX_ELEMENT 8

struct eot_element {
    char symbol[4];
    int Z;
    double A;               /* g/mol */
    double mean_excitation; /* eV */
    double mass_fraction;
};

/** A homogeneous material. All derived values are of the mixture. */
struct eot_material {
    char name[32];
    double density; /* g/cm3 */
    int n_element;
    struct eot_element element[EOT_MAX_ELEMENT];
    double X0;                /* cm (PDG, 1/X0 by mass fractions) */
    double lambda_int;        /* cm, nuclear interaction length */
    double Z_over_A;          /* mol/g x Z: sum w Z/A */
    double mean_excitation;   /* eV */
    double plasma_energy;     /* eV */
    double density_effect[5]; /* Sternheimer a, k, x0, x1, Cbar */
    double critical_energy;   /* GeV, Grindhammer-Peters definition 2.66 MeV (X0 Z/A)^1.1 summed as in models.md 3a */
    double moliere_radius;    /* cm */
};

struct eot_setup {
    int n_material;
    struct eot_material *material;
    int n_region;
    eot_region *region;
    int n_x, n_y, n_z;
    float *edges_x, *edges_y, *edges_z; /* n+1 each, increasing [cm] */
    uint32_t *voxel;                    /* n_x n_y n_z region numbers, x fastest */
};

/** Build materials, regions and the grid. Volumes that overlap, or leave the world, are EOT_E_CONFIG. Release with eot_setup_free. */
enum eot_status eot_setup_create(const struct eot_config *config, struct eot_setup *setup, struct eot_error *err);
void eot_setup_free(struct eot_setup *setup);

#endif
