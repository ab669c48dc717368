/** @file config.h
 * The parsed, validated configuration: units are converted (GeV, cm, ns, rad, g/cm3, T), defaults filled, names
 * resolved to indices. */
#ifndef EOT_HOST_CONFIG_CONFIG_H
#define EOT_HOST_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/problems.h"
#include "eotmc/physics/process.h"
#include "eotmc/tally/tally.h"
#include "materials/material.h"

enum eot_beam_particle {
#define EOT_BEAM_PARTICLE(symbol, word, mass, charge, kind) EOT_BEAM_##symbol,
#include "beam_particles.def"
#undef EOT_BEAM_PARTICLE
    EOT_N_BEAM_PARTICLE
};
/** What becomes of a beam's particles: showers in the ECAL; muons through the grid; decays of pions and kaons. */
enum eot_beam_kind { EOT_BEAM_KIND_SHOWER, EOT_BEAM_KIND_MUON, EOT_BEAM_KIND_HADRON };
enum eot_sampling_mode { EOT_SAMPLING_ANALOG, EOT_SAMPLING_FORCED };
enum eot_layers { EOT_LAYERS_EXPLICIT, EOT_LAYERS_EFFECTIVE };
/** Whether showers below the cut are calibrated for the ECAL's matter: where it is not NA64's and depth and alpha are
 * the defaults; in any ECAL; or never. */
enum eot_shower_calibrate_config { EOT_CONFIG_SHOWER_AUTO, EOT_CONFIG_SHOWER_ON, EOT_CONFIG_SHOWER_OFF };
enum eot_lfc_sampler_config { EOT_CONFIG_LFC_EXACT, EOT_CONFIG_LFC_DMG4 }; /* how the signal's vertices are drawn */
enum eot_muon_straggling_config {
    EOT_CONFIG_STRAGGLING_VAVILOV,
    EOT_CONFIG_STRAGGLING_MOMENTS,
    EOT_CONFIG_STRAGGLING_OFF
};

/* In the order of the words of beam.file_as. */
enum eot_beam_file_as { EOT_FILE_AS_EVENTS = 0, EOT_FILE_AS_PRIMARIES };
struct eot_beam_config {
    enum eot_beam_particle particle;
    /* Total energy [GeV]. The key beam.kinetic_energy sets it too; one of the two is given, and --set of one replaces
     * the other. */
    double energy;
    double spread;                             /* relative Gaussian spread of the momentum */
    double spot_x, spot_y;                     /* Gaussian sigma [cm] */
    double divergence_x, divergence_y;         /* Gaussian sigma [rad] */
    double angle_x, angle_y;                   /* mean slopes [rad] */
    double position_x, position_y, position_z; /* where the beam enters [cm] */
    char file[256];                            /* the events come from this file (host/source); "": from the beam */
    enum eot_beam_file_as file_as;             /* what its particles are */
    double decay_region[2]; /* hadrons: z where they decay [cm]; two equal numbers: all of their way */
};

struct eot_layer_config {
    int material;     /* index */
    double thickness; /* cm */
    bool active;
};
struct eot_volume_config {
    char name[32];
    int role;                         /* enum eot_role */
    double center_x, center_y;        /* cm */
    double z;                         /* front face [cm] */
    double size_x, size_y, thickness; /* cm; thickness = repeat x sum of layers for layered volumes */
    size_t n_layer;
    struct eot_layer_config *layer; /* one layer = homogeneous */
    int repeat;
    int merge; /* -1 = each layer its own slab of the grid; 0 = the whole volume one effective medium; n = slabs of n
                * periods each, of that medium. Default from geometry.layers (explicit: -1, effective: 0), override per
                * volume */
    int cells_x, cells_y;
    double field[3];   /* T */
    double max_step;   /* cm; 0 = default of the medium: physics.muon_max_step, physics.field_max_step, or none */
    double resolution; /* trackers: hit resolution [cm] */
};

struct eot_geometry_config {
    enum eot_layers layers;
    int world_material;
    double world_min[3], world_max[3]; /* cm */
    size_t n_volume;
    struct eot_volume_config *volume;
};

/** A list of numbers of which a configuration may give as many as it wants. */
#define EOT_MAX_NUMBERS EOT_MAX_MASS
struct eot_numbers {
    int n;
    double value[EOT_MAX_NUMBERS];
};

struct eot_physics_config {
    double cut; /* GeV, explicit cascade above it */
    bool lpm;
    bool multiple_scattering; /* of electrons in the replay and of muons */
    bool decay;               /* of muons */
    bool hadron_interactions; /* of pions and kaons of the beam and of pions from decays */
    enum eot_muon_straggling_config muon_straggling;
    double muon_hard_loss;     /* v above which muon losses are explicit, relative to the total energy */
    double muon_max_step;      /* cm, in effective media */
    double field_max_step;     /* cm, where there is a field */
    double step_max_X0;        /* longest electron step of the cascade [X0] */
    bool rare[EOT_N_RARE];     /* processes that are on: physics.rare.<key>, eotmc/physics/processes.def */
    struct eot_numbers masses; /* the signal: of phi [GeV], rising; at least one */
    double mphi, h;            /* the first of them [GeV]; coupling */
    enum eot_lfc_sampler_config lfc_sampler;
    double shower_depth[3]; /* mean depth of sub-cut showers d0 + d1 L + d2 L^2 [X0], L = ln(1 + E/Ec) */
    double shower_alpha[4]; /* shape max(a0 + a1 L + a2 exp(-L), a3) */
    double shower_sigma_depth[2], shower_sigma_alpha[2];        /* sigma(ln .) = 1/(s0 + s1 L), bounded */
    double shower_backscatter_share, shower_backscatter_length; /* length in X0 */
    double shower_rho;                                          /* correlation of ln m and ln alpha */
    double shower_photon_length[4]; /* l0 (1 + (l1/E)^l2), at most l3 [X0, GeV]: before a sub-cut photon converts */
    double shower_radius_max;       /* Moliere radii */
    double shower_spot_energy;      /* GeV per energy spot */
    enum eot_shower_calibrate_config shower_calibrate;
    bool secondaries; /* what VETO and HCAL see of a muon's electrons and photons, simulated */
};

struct eot_sampling_config {
    enum eot_sampling_mode mode;
    uint64_t eot;   /* primaries simulated */
    uint64_t first; /* first primary id */
    uint32_t seed, run;
    uint64_t batch;                 /* primaries per batch: the unit of the error estimate */
    double min_photon_energy;       /* GeV, sampling.region.min_photon_energy */
    double min_lepton_energy;       /* GeV, sampling.region.min_lepton_energy */
    double preference;              /* forced: share of the vertices that is drawn by their chance to be selected */
    double preference_mixture[4];   /* of it for each stage: track, VETO, HCAL, missing energy; all 0: by the set-up */
    struct eot_numbers mass_shares; /* of the vertices, for each of physics.mphi; none: by the wanted errors */
    double loss_preference;         /* forced: share of the events with extra losses of muons that nothing sees */
    int splitting;                  /* forced: histories of the muons of a vertex up to the chambers, at least 1 */
    bool roulette;                  /* forced: of muons that are unlikely to reach them */
    double analog_enhancement;      /* rare cross sections multiplied by this in analog mode, reported; default 1 */
    /* A run fails if it loses more tracks than this number and more than this fraction of all that it follows. */
    uint64_t lost_tracks_max;
    double lost_tracks_fraction;
};

struct eot_device_config {
    int work_group;     /* 0 = automatic */
    int lanes;          /* 0 = automatic */
    int launch_steps;   /* 0 = automatic, steps per launch */
    int in_flight;      /* 0 = automatic, batches at work at a time on one device */
    int known_launches; /* after which a known primary is followed again; 0 = never */
};

struct eot_detector_config {
    double srd_z;                          /* cm, of the synchrotron-radiation detector */
    double srd_field, srd_length;          /* T, cm: of the dipoles in front of it */
    double srd_acceptance;                 /* share of the photons that head for it */
    double srd_window;                     /* X0 in front of it */
    double srd_stochastic;                 /* of the sum of its energy: s/sqrt(E/GeV) */
    double srd_energy[2];                  /* GeV: window of the sum */
    double beam_momentum_resolution;       /* relative, upstream spectrometer */
    double ecal_stochastic, ecal_constant; /* total: s/sqrt(E) (+) c */
    double ecal_sampling;                  /* of the total, simulated: f/sqrt(E) of the visible energy */
    double ecal_em_visible_ratio;          /* e/mip of the ECAL */
    enum eot_tail ecal_tail;               /* model of the default `selected.per_eot`; both are reported */
    double ecal_tail_start; /* sigmas at which the exponential tail takes over (GaussExp, arXiv:1603.08591) */
    double hcal_stochastic, hcal_constant; /* of hadronic deposits */
    double hcal_mip_peak, hcal_mip_energy; /* calibrated peak [GeV] of a single muon of that total energy [GeV] */
    double hcal_photostatistics;           /* photoelectrons per GeV calibrated; 0 = none */
    double veto_photostatistics;           /* photoelectrons per MeV; 0 = none */
    double em_visible_ratio; /* visible/deposited of electromagnetic showers relative to a MIP in the HCAL (e/mip) */
};

/** What turns a background per hadron into one per electron: values and their relative errors (log-normal). */
struct eot_tagging_config {
    double pi_per_e[2], K_per_pi[2], electron_efficiency[2], hadron_rejection[2];
};

struct eot_window_config {
    double low, high; /* GeV */
};
/** The numbers of a selection; the members are the rows of eotmc/detector/selection.def, base units. */
struct eot_selection_config {
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) struct eot_window_config key;
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) double key;
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) int key;
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
};
/** A further selection that is applied to the same events. */
struct eot_named_selection_config {
    char name[24]; /* letters, digits, _ and -; not "default" */
    struct eot_selection_config selection;
};
#define EOT_MAX_FURTHER_SELECTION (EOT_MAX_SELECTION - 1)

struct eot_scoring_config {
    bool track_length;
    char exit[32]; /* muon beams: name of the scored volume; "last" = the last along z; "plane" = the plane at exit_z */
    double exit_z; /* cm */
    double deposit_fraction; /* of all events whose deposits are scored */
    double record_fraction;  /* of all events kept in result.h5 besides the selected ones */
    bool shower_in_windows;  /* whether VETO and HCAL see the beam's own shower */
    int showers;             /* plain showers followed for the estimates ecal.* */
    double preshower_depth;  /* cm from the front of the ECAL */
};

/* Bits, in the order of the words of output.figures. */
enum eot_picture_form { EOT_PICTURE_PNG = 1, EOT_PICTURE_SVG = 2, EOT_PICTURE_PDF = 4 };
/* Bits, in the order of the words of output.planes[].kinds. */
enum eot_plane_kind { EOT_PLANE_MUONS = 1, EOT_PLANE_ELECTRONS = 2, EOT_PLANE_PHOTONS = 4, EOT_PLANE_HADRONS = 8 };
/* In the order of the words of output.planes[].format. */
enum eot_plane_format { EOT_PLANE_MCPL = 0, EOT_PLANE_HDF5 };
/** A plane across the beam whose crossings are written. */
struct eot_plane_config {
    char name[32];
    double z;   /* cm */
    int kinds;  /* bits of enum eot_plane_kind */
    int format; /* enum eot_plane_format */
};
#define EOT_MAX_OUTPUT_PLANE 8
struct eot_output_config {
    int figures; /* forms of pictures: bits of enum eot_picture_form, 0 = no pictures */
    bool hepmc;
    size_t n_plane;
    struct eot_plane_config plane[EOT_MAX_OUTPUT_PLANE];
};

#define EOT_CONFIG_SCHEMA "eotmc-config/1"

struct eot_tree;

struct eot_config {
    char schema[24]; /* EOT_CONFIG_SCHEMA */
    char name[64];
    struct eot_beam_config beam;
    size_t n_material;
    struct eot_material_config *material; /* those in use, built-in ones included */
    struct eot_geometry_config geometry;
    struct eot_physics_config physics;
    struct eot_sampling_config sampling;
    struct eot_device_config device;
    struct eot_detector_config detector;
    struct eot_tagging_config tagging;
    struct eot_selection_config selection; /* the default one */
    size_t n_further;                      /* selections besides it */
    struct eot_named_selection_config further[EOT_MAX_FURTHER_SELECTION];
    struct eot_scoring_config scoring;
    struct eot_output_config output;
    char *effective_yaml;    /* the effective configuration: valid input that reproduces the run */
    char sha256[65];         /* of effective_yaml */
    struct eot_tree *source; /* what it was read from, for eot_config_place */
};

/** Read a configuration file, apply overrides in order, validate.
 * @param path file. @param overrides n_override texts "key=value" (dotted keys; the value is YAML). @param config
 * filled; release with eot_config_free.
 * @return EOT_E_IO (no such file), EOT_E_CONFIG (a line "file:line: key = value (reason); what to do" for all that is
 * wrong), EOT_E_MEMORY. */
enum eot_status eot_config_read(const char *path, const char *const *overrides, size_t n_override,
                                struct eot_config *config, struct eot_error *err);
/** The same from a text that is not in a file (NULL: read the file). @param path what messages call it. */
enum eot_status eot_config_read_text(const char *path, const char *text, const char *const *overrides,
                                     size_t n_override, struct eot_config *config, struct eot_error *err);
/** The same, with all that is wrong in a list. @param text NULL: read the file. @param problems zeroed; release with
 * eot_problems_free. Where it has any on return, config is empty.
 * @return EOT_E_IO, EOT_E_MEMORY. A problem is no failure. */
enum eot_status eot_config_read_all(const char *path, const char *text, const char *const *overrides, size_t n_override,
                                    struct eot_config *config, struct eot_problems *problems, struct eot_error *err);
/** Where a key of a configuration that was read is written, or the section that it would stand in: file, line, key, and
 * as the message "key = value ", to be continued. */
void eot_config_place(const struct eot_config *config, const char *key, struct eot_problem *place);
/** Has a key of the root section its default (whether or not it is written)? @param key a number or numbers. */
bool eot_config_is_default(const struct eot_config *config, const char *key);
void eot_config_free(struct eot_config *config);
/** Kind of the beam's particle. */
enum eot_beam_kind eot_beam_kind_of(const struct eot_config *config);
/** Mass [GeV] and charge of the beam's particle. */
double eot_beam_mass(const struct eot_config *config);
int eot_beam_charge(const struct eot_config *config);
/** Whether the beam is of muons; of pions or kaons. */
bool eot_beam_is_muon(const struct eot_config *config);
bool eot_beam_is_hadron(const struct eot_config *config);
/** Family of the rare processes that are on: the signal's if one of its processes is. A configuration that was read has
 * processes of one family only. */
enum eot_process_family eot_config_family(const struct eot_config *config);
/** Parents of a rare process, bits of eot_rare_parents: without positrons where physics.lfc_sampler is dmg4. */
i32 eot_config_rare_parents(const struct eot_config *config, int process);
/** The table of all keys with unit, range and default as Markdown: what configs/schema.md holds. Caller frees; NULL
 * when out of memory. */
char *eot_config_schema_markdown(void);

#endif
