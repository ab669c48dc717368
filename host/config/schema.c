#include "config/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(type, member) offsetof(type, member)
#define ROOT(member) AT(struct eot_config_input, config.member)
#define MATERIAL(member) AT(struct eot_material_config, member)
#define VOLUME(member) AT(struct eot_volume_input, member)
#define LAYER(member) AT(struct eot_layer_config, member)
#define SELECTION(member) AT(struct eot_named_selection_config, member)
#define PLANE(member) AT(struct eot_plane_config, member)

/* "|word|word" of the models of the tail */
#define EOT_TAIL(id, word, probability) "|" word
static const char TAIL_WORDS[] =
#include "eotmc/tally/tails.def"
    ;
#undef EOT_TAIL

/* scope, path, type, dimension, count, min, max, default, choices, offset, input only, doc, advice */
#define NUMBER(scope, path, dimension, min, max, fallback, offset, doc) \
    { \
        EOT_SCOPE_##scope, path, EOT_KEY_NUMBER, EOT_DIM_##dimension, 1, min, max, fallback, NULL, offset, false, doc, \
            NULL \
    }
#define NUMBERS(scope, path, dimension, n, min, max, fallback, offset, doc) \
    { \
        EOT_SCOPE_##scope, path, EOT_KEY_NUMBER, EOT_DIM_##dimension, n, min, max, fallback, NULL, offset, false, doc, \
            NULL \
    }
#define LIST(scope, path, dimension, min, max, fallback, offset, doc) \
    { \
        EOT_SCOPE_##scope, path, EOT_KEY_NUMBERS, EOT_DIM_##dimension, EOT_MAX_NUMBERS, min, max, fallback, NULL, \
            offset, false, doc, NULL \
    }
#define COUNT(scope, path, type, min, max, fallback, offset, doc) \
    { EOT_SCOPE_##scope, path, EOT_KEY_##type, EOT_DIM_NONE, 1, min, max, fallback, NULL, offset, false, doc, NULL }
#define SWITCH(scope, path, fallback, offset, doc) \
    { EOT_SCOPE_##scope, path, EOT_KEY_SWITCH, EOT_DIM_NONE, 1, 0, 0, fallback, NULL, offset, false, doc, NULL }
#define CHOICE(scope, path, choices, fallback, offset, doc) \
    { EOT_SCOPE_##scope, path, EOT_KEY_CHOICE, EOT_DIM_NONE, 1, 0, 0, fallback, choices, offset, false, doc, NULL }
#define NAME(scope, path, size, fallback, offset, doc) \
    { EOT_SCOPE_##scope, path, EOT_KEY_NAME, EOT_DIM_NONE, size, 0, 0, fallback, NULL, offset, false, doc, NULL }
#define PART(scope, path, type, fallback, offset, doc) \
    { EOT_SCOPE_##scope, path, EOT_KEY_##type, EOT_DIM_NONE, 1, 0, 0, fallback, NULL, offset, false, doc, NULL }

#define WORLD 1e5 /* cm; beyond a kilometre f32 edges are coarser than 0.1 mm */

/* "|e-|e+|..." */
static const char BEAM_PARTICLES[] =
#define EOT_BEAM_PARTICLE(symbol, word, mass, charge, kind) "|" word
#include "beam_particles.def"
#undef EOT_BEAM_PARTICLE
    ;

const struct eot_key EOT_KEYS[] = {
    NAME(ROOT, "schema", 24, NULL, ROOT(schema), "version of this format: " EOT_CONFIG_SCHEMA),
    NAME(ROOT, "name", 64, "unnamed", ROOT(name), "name of the run, in results"),

    CHOICE(ROOT, "beam.particle", BEAM_PARTICLES + 1, "e-", ROOT(beam.particle), "beam particle"),
    {EOT_SCOPE_ROOT, "beam.energy", EOT_KEY_NUMBER, EOT_DIM_ENERGY, 1, 0.5, 500, "", NULL, ROOT(beam.energy), false,
     "total energy; give this or beam.kinetic_energy, one of them is required. Electrons, positrons, photons and the "
     "signal: 1 to 300 GeV; muons: to 500 GeV, 512 GeV of kinetic energy with 6 beam.spread",
     NULL},
    {EOT_SCOPE_ROOT, "beam.kinetic_energy", EOT_KEY_NUMBER, EOT_DIM_ENERGY, 1, 0.5, 500, "", NULL,
     AT(struct eot_config_input, kinetic_energy), true, "kinetic energy, instead of beam.energy", NULL},
    NUMBER(ROOT, "beam.spread", NONE, 0, 0.1, "0", ROOT(beam.spread), "relative Gaussian spread of the momentum"),
    NUMBER(ROOT, "beam.spot_x", LENGTH, 0, 100, "0 cm", ROOT(beam.spot_x), "Gaussian width of the spot"),
    NUMBER(ROOT, "beam.spot_y", LENGTH, 0, 100, "0 cm", ROOT(beam.spot_y), "Gaussian width of the spot"),
    NUMBER(ROOT, "beam.divergence_x", ANGLE, 0, 0.1, "0 rad", ROOT(beam.divergence_x), "Gaussian width of the slope"),
    NUMBER(ROOT, "beam.divergence_y", ANGLE, 0, 0.1, "0 rad", ROOT(beam.divergence_y), "Gaussian width of the slope"),
    NUMBER(ROOT, "beam.angle_x", ANGLE, -0.1, 0.1, "0 rad", ROOT(beam.angle_x),
           "mean slope dx/dz where the beam starts"),
    NUMBER(ROOT, "beam.angle_y", ANGLE, -0.1, 0.1, "0 rad", ROOT(beam.angle_y),
           "mean slope dy/dz where the beam starts"),
    NUMBER(ROOT, "beam.position_x", LENGTH, -WORLD, WORLD, "0 cm", ROOT(beam.position_x), "where the beam starts"),
    NUMBER(ROOT, "beam.position_y", LENGTH, -WORLD, WORLD, "0 cm", ROOT(beam.position_y), "where the beam starts"),
    NUMBER(ROOT, "beam.position_z", LENGTH, -WORLD, WORLD, "0 cm", ROOT(beam.position_z),
           "where the beam starts; it travels towards +z"),
    NUMBERS(ROOT, "beam.decay_region", LENGTH, 2, -WORLD, WORLD, "[0 cm, 0 cm]", ROOT(beam.decay_region),
            "pions and kaons: the depths z between which they decay; two equal numbers: from the beam's start to where "
            "less than 1e-4 of them are left"),

    {EOT_SCOPE_ROOT, "beam.file", EOT_KEY_PATH, EOT_DIM_NONE, 256, 0, 0, "", NULL, ROOT(beam.file), false,
     "a file whose particles stand for those of the rare vertices: an HDF5 plane of another run, MCPL, or HepMC3 "
     "(Asciiv3), by its ending (.h5, .mcpl, .hepmc). sampling.eot then says how many electrons on target the file's "
     "events are of; docs/results.md has the rest",
     NULL},

    CHOICE(
        ROOT, "beam.file_as", "events|primaries", "events", ROOT(beam.file_as),
        "events: see beam.file; primaries: the file's particles (MCPL, HepMC3) are the beam, of beam.particle's kind, "
        "one after the other in proportion to their weights; of showers electrons, positrons and photons, those of a "
        "primary together, from where they are through all that is between there and the ECAL"),

    PART(ROOT, "materials", MATERIALS, "[]", ROOT(material),
         "materials besides the built-in ones (listed above), or changes of those"),
    NAME(MATERIAL, "name", 32, NULL, MATERIAL(name),
         "name that volumes refer to; a built-in name changes that material"),
    NUMBER(MATERIAL, "density", DENSITY, 1e-9, 30, NULL, MATERIAL(density),
           "mass density; optional for a built-in name"),
    PART(MATERIAL, "elements", ELEMENTS, NULL, MATERIAL(element),
         "mass fractions by element symbol, at most 8, sum 1 within 0.001 (then normalised); optional for a built-in "
         "name"),
    NUMBER(MATERIAL, "mean_excitation", EXCITATION, 0, 2000, "0 eV", MATERIAL(mean_excitation),
           "mean excitation energy; 0 = from the elements by Bragg additivity"),
    NUMBERS(MATERIAL, "density_effect", NONE, 5, -1, 20, "[0, 0, 0, 0, 0]", MATERIAL(density_effect),
            "Sternheimer's a, k, x0, x1, Cbar; all 0 = the general expression of Sternheimer and Peierls"),

    CHOICE(ROOT, "geometry.layers", "explicit|effective", "effective", ROOT(geometry.layers),
           "explicit: each layer of a volume is its own slab of the grid; effective: a layered volume is one medium "
           "with path fractions"),
    PART(ROOT, "geometry.world.material", MATERIAL, "air", ROOT(geometry.world_material),
         "what fills the space between volumes"),
    NUMBERS(ROOT, "geometry.world.min", LENGTH, 3, -WORLD, WORLD, NULL, ROOT(geometry.world_min),
            "lower corner of the world; particles that leave it are lost"),
    NUMBERS(ROOT, "geometry.world.max", LENGTH, 3, -WORLD, WORLD, NULL, ROOT(geometry.world_max),
            "upper corner of the world"),
    PART(ROOT, "geometry.volumes", VOLUMES, NULL, ROOT(geometry.volume),
         "the boxes of the set-up, which must not overlap"),
    NAME(VOLUME, "name", 32, NULL, VOLUME(volume.name), "name, different for each volume"),
    CHOICE(VOLUME, "role", "passive|ecal|veto|hcal|magnet|tracker", "passive", VOLUME(volume.role),
           "which detector it is; modules of a role are numbered along z from 0, at one z in the order of the list. At "
           "most one ecal and one veto"),
    NUMBERS(VOLUME, "center", LENGTH, 2, -WORLD, WORLD, "[0 cm, 0 cm]", VOLUME(volume.center_x),
            "x and y of its middle"),
    NUMBER(VOLUME, "z", LENGTH, -WORLD, WORLD, NULL, VOLUME(volume.z), "its front face"),
    NUMBERS(VOLUME, "size", LENGTH, 2, 0.01, WORLD, NULL, VOLUME(volume.size_x), "width in x and y"),
    PART(VOLUME, "layers", LAYERS, "", VOLUME(volume.layer),
         "layers of one period, from the front; or give material and thickness"),
    PART(LAYER, "material", MATERIAL, NULL, LAYER(material), "material of the layer"),
    NUMBER(LAYER, "thickness", LENGTH, 1e-4, WORLD, NULL, LAYER(thickness), "thickness along z"),
    SWITCH(LAYER, "active", "off", LAYER(active), "its energy loss is seen (scintillator, gas)"),
    {EOT_SCOPE_VOLUME, "material", EOT_KEY_MATERIAL, EOT_DIM_NONE, 1, 0, 0, "", NULL, VOLUME(material), true,
     "instead of layers: material of a homogeneous volume", NULL},
    {EOT_SCOPE_VOLUME, "thickness", EOT_KEY_NUMBER, EOT_DIM_LENGTH, 1, 1e-4, WORLD, "", NULL, VOLUME(thickness), true,
     "instead of layers: its thickness along z", NULL},
    {EOT_SCOPE_VOLUME, "active", EOT_KEY_SWITCH, EOT_DIM_NONE, 1, 0, 0, "off", NULL, VOLUME(active), true,
     "instead of layers: its energy loss is seen", NULL},
    COUNT(VOLUME, "repeat", INTEGER, 1, 10000, "1", VOLUME(volume.repeat),
          "how many times the layers follow each other"),
    COUNT(VOLUME, "merge", INTEGER, -1, 10000, "", VOLUME(volume.merge),
          "-1: layers explicit; 0: one effective medium; n: effective slabs of n periods. Default: as geometry.layers "
          "says (-1 or 0)"),
    {EOT_SCOPE_VOLUME, "cells", EOT_KEY_INTEGER, EOT_DIM_NONE, 2, 1, 64, "[1, 1]", NULL, VOLUME(volume.cells_x), false,
     "read-out cells in x and y", NULL},
    NUMBERS(VOLUME, "field", FIELD, 3, -20, 20, "[0 T, 0 T, 0 T]", VOLUME(volume.field), "homogeneous magnetic field"),
    NUMBER(VOLUME, "max_step", LENGTH, 0, WORLD, "0 cm", VOLUME(volume.max_step),
           "longest step in it; 0 = physics.muon_max_step in effective media, physics.field_max_step where there is a "
           "field, no limit elsewhere"),
    NUMBER(VOLUME, "resolution", LENGTH, 0, 10, "0 cm", VOLUME(volume.resolution),
           "trackers: resolution of a hit, x and y"),

    {EOT_SCOPE_ROOT, "physics.cut", EOT_KEY_NUMBER, EOT_DIM_ENERGY, 1, 0.2, 100, "0.2 GeV", NULL, ROOT(physics.cut),
     false, "electrons, positrons and photons above it are followed one by one, below it by the shower parametrisation",
     "give a value within that range, and below beam.energy (the cross-section tables start at 0.1 GeV, and a "
     "follow-up needs a factor of two above that)"},
    SWITCH(ROOT, "physics.lpm", "on", ROOT(physics.lpm), "Landau-Pomeranchuk-Migdal effect"),
    SWITCH(ROOT, "physics.multiple_scattering", "on", ROOT(physics.multiple_scattering),
           "multiple scattering of electrons in the replay, and of muons"),
    SWITCH(ROOT, "physics.decay", "on", ROOT(physics.decay), "muon decay, in flight and at rest"),
    SWITCH(ROOT, "physics.secondaries", "on", ROOT(physics.secondaries),
           "what VETO and HCAL see of a muon's electrons and photons, and of the shower's last photons, by a "
           "simulation of "
           "these particles at start-up (then in the cache); off: losses below 20 MeV are seen where they are made"),
    SWITCH(ROOT, "physics.hadron_interactions", "on", ROOT(physics.hadron_interactions),
           "nuclear interactions of pions and kaons: mean free paths are the nuclear interaction lengths of the "
           "materials"),
    CHOICE(ROOT, "physics.muon_straggling", "vavilov|moments|off", "vavilov", ROOT(physics.muon_straggling),
           "fluctuation of the muons' continuous loss. vavilov: Vavilov's distribution; moments: only mean and "
           "variance are right, losses explicit above 1 % whatever "
           "physics.muon_hard_loss says, as PUMAS's detailed mode (to compare with it); off: the mean"),
    NUMBER(ROOT, "physics.muon_hard_loss", NONE, 1e-5, 0.2, "1e-4", ROOT(physics.muon_hard_loss),
           "muon energy losses above this fraction of the total energy are explicit"),
    NUMBER(ROOT, "physics.muon_max_step", LENGTH, 0.01, 1000, "1000 cm", ROOT(physics.muon_max_step),
           "longest muon step in effective media; results do not depend on it"),
    NUMBER(ROOT, "physics.field_max_step", LENGTH, 0.01, 1000, "10 cm", ROOT(physics.field_max_step),
           "longest step where there is a field"),
    NUMBER(ROOT, "physics.step_max_X0", NONE, 1e-3, 1, "1", ROOT(physics.step_max_X0),
           "longest electron step of the cascade, in radiation lengths"),
/* The switches of the rare processes: those of muon pairs first, then the signal's, whose parameters follow. */
#define RARE_DIMUON(id, key, fallback, doc) \
    SWITCH(ROOT, "physics.rare." #key, fallback, ROOT(physics.rare[EOT_RARE_##id]), doc),
#define RARE_SIGNAL(id, key, fallback, doc)
#define EOT_PROCESS(id, key, parents, family, fallback, doc) RARE_##family(id, key, fallback, doc)
#include "eotmc/physics/processes.def"
#undef RARE_DIMUON
#undef RARE_SIGNAL
#define RARE_DIMUON(id, key, fallback, doc)
#define RARE_SIGNAL(id, key, fallback, doc) \
    SWITCH(ROOT, "physics.rare." #key, fallback, ROOT(physics.rare[EOT_RARE_##id]), doc),
#include "eotmc/physics/processes.def"
#undef EOT_PROCESS
#undef RARE_DIMUON
#undef RARE_SIGNAL
    LIST(
        ROOT, "physics.mphi", ENERGY, 0.1052, 3, "0.2 GeV", ROOT(physics.masses),
        "signal: mass of the scalar phi, or up to 32 rising masses, which one forced run of showers then serves: [0.11 "
        "GeV, 0.2 GeV], [0.11..3:12log GeV]. Each has results of its own in OUT/mphi_<GeV>"),
    NUMBER(ROOT, "physics.h", NONE, 1e-12, 1, "1e-4", ROOT(physics.h),
           "signal: coupling h of -h ebar P_R mu phi + h.c.; yields are proportional to h^2"),
    CHOICE(
        ROOT, "physics.lfc_sampler", "exact|dmg4", "exact", ROOT(physics.lfc_sampler),
        "signal: how vertices are drawn. exact: the exact tree level; dmg4: as the package DMG4 appears to (muons too "
        "soft, cross sections below 20 GeV too large, no conversion of positrons), to see by how much results made "
        "with it move; `eotmc yield` is always exact"),
    NUMBERS(ROOT, "physics.shower.depth", NONE, 3, -20, 20, "[0.0923, 1.5169, -0.0464]", ROOT(physics.shower_depth),
            "showers below the cut (form of hep-ex/0001020): mean depth d0 + d1 L + d2 L^2 in X0, L = ln(1 + E/E_c), E "
            "halved for photons. From the fit of tools/fit_shower.c"),
    NUMBERS(ROOT, "physics.shower.alpha", NONE, 4, -100, 100, "[2.8151, 0.1941, -44.751, 1.086]",
            ROOT(physics.shower_alpha), "shape alpha = max(a0 + a1 L + a2 exp(-L), a3), from the same fit"),
    NUMBERS(ROOT, "physics.shower.sigma_depth", NONE, 2, -20, 20, "[-1.7, 1.36]", ROOT(physics.shower_sigma_depth),
            "spread of the logarithm of the mean depth = 1/(s0 + s1 L), at most 0.4 (what the published spreads of ln "
            "T and ln alpha give between 0.5 and 100 GeV)"),
    NUMBERS(ROOT, "physics.shower.sigma_alpha", NONE, 2, -20, 20, "[-0.82, 0.79]", ROOT(physics.shower_sigma_alpha),
            "spread of ln alpha = 1/(s0 + s1 L), at most 0.4 (published)"),
    NUMBER(ROOT, "physics.shower.rho", NONE, -0.99, 0.99, "0.25", ROOT(physics.shower_rho),
           "correlation of the two logarithms (what the published one gives)"),
    NUMBERS(ROOT, "physics.shower.photon_length", NONE, 4, 0, 20, "[1.286, 0.019, 0.7, 3.5]",
            ROOT(physics.shower_photon_length),
            "mean path of a photon before it converts, l0 (1 + (l1/E)^l2), at most l3; l0 and l3 in X0, l1 in GeV "
            "(attenuation in lead, XCOM, within 5 % above 8 MeV)"),
    NUMBER(ROOT, "physics.shower.radius_max", NONE, 1, 100, "4.4", ROOT(physics.shower_radius_max),
           "largest distance of a spot from the axis, in Moliere radii (with the default, 0.10 to 0.13 GeV of 100 GeV "
           "leave the NA64 ECAL in all, by cut; full simulation 0.11)"),
    NUMBER(ROOT, "physics.shower.backscatter_share", NONE, 0, 0.5, "0.0181", ROOT(physics.shower_backscatter_share),
           "share of the energy below the cut that scatters back, from the same fit"),
    NUMBER(ROOT, "physics.shower.backscatter_length", NONE, 0.01, 20, "2", ROOT(physics.shower_backscatter_length),
           "its mean way against the beam, in X0 (photons of 1 to 2 MeV, XCOM, times a mean cosine of 2/3)"),
    NUMBER(ROOT, "physics.shower.spot_energy", ENERGY, 1e-4, 1, "0.25 GeV", ROOT(physics.shower_spot_energy),
           "energy of one deposited spot; smaller ones wait for each other. Does not change mean values"),
    CHOICE(
        ROOT, "physics.shower.calibrate", "auto|on|off", "auto", ROOT(physics.shower_calibrate),
        "mean depth and alpha of showers from 0.2 GeV on by the cascade followed to 0.2 GeV, so that profiles do not "
        "depend on physics.cut. auto: in an ECAL of other matter than NA64's, unless depth or alpha is given; on: in "
        "any ECAL; off: depth and alpha as they are"),

    CHOICE(ROOT, "sampling.mode", "analog|forced", "forced", ROOT(sampling.mode),
           "analog: rare vertices are Bernoulli trials; forced: exactly one vertex per shower, which carries the rate "
           "as weight"),
    COUNT(ROOT, "sampling.eot", COUNT64, 1, 1e15, "200000", ROOT(sampling.eot), "electrons simulated"),
    COUNT(ROOT, "sampling.first", COUNT64, 0, 8e15, "0", ROOT(sampling.first),
          "number of the first primary; runs over disjoint ranges can be merged"),
    COUNT(ROOT, "sampling.seed", COUNT32, 0, 4294967295.0, "1", ROOT(sampling.seed), "random seed"),
    COUNT(ROOT, "sampling.run", COUNT32, 0, 4294967295.0, "0", ROOT(sampling.run),
          "run number, the second word of the random key"),
    COUNT(ROOT, "sampling.batch", COUNT64, 1, 1e9, "10000", ROOT(sampling.batch),
          "primaries per batch: the unit of checkpoint, merging and error estimate. Where errors come from batches "
          "(track "
          "lengths, analog_enhancement), a run of one is made in ten. With the default, such a run has 32 or more, and "
          "GPUs take more primaries, up to a tenth of the run"),
    NUMBER(ROOT, "sampling.region.min_photon_energy", ENERGY, 0, 1000, "0 GeV", ROOT(sampling.min_photon_energy),
           "rare vertices of photons below it are left out, and their rate is reported; physics.cut applies where it "
           "is higher"),
    NUMBER(ROOT, "sampling.region.min_lepton_energy", ENERGY, 0, 1000, "0 GeV", ROOT(sampling.min_lepton_energy),
           "the same for electrons and positrons that hold a rare vertex"),
    NUMBER(
        ROOT, "sampling.preference", NONE, 0, 0.99, "0", ROOT(sampling.preference),
        "forced: share of the vertices that is drawn by importance, the chance of an event to pass the stages of the "
        "selection in this set-up; the others are drawn as in nature. Weights undo it, and are at most 1/(1 - this) "
        "times those of the showers: it changes errors, not expectations, but for energy.*, the ledger of the "
        "simulated events as they are. For muon pairs, tridents and the signal, where there are chambers"),
    NUMBERS(ROOT, "sampling.preference_mixture", NONE, 4, 0, 1, "[0, 0, 0, 0]", ROOT(sampling.preference_mixture),
            "how sampling.preference is divided between the stages one track, VETO, HCAL, missing energy, in any unit. "
            "All 0: so that, by the guess for this set-up, the sum over the stages of variance over least variance is "
            "smallest"),
    LIST(ROOT, "sampling.mass_shares", NONE, 1e-6, 1e6, "[]", ROOT(sampling.mass_shares),
         "several masses in physics.mphi: how the vertices are divided between them, in any unit. None: so that, by a "
         "guess for this set-up, the sum of the squares of the relative errors of the efficiencies is smallest. An "
         "event's weight for a mass is "
         "at most that of its shower over the mass's share (and over 1 - sampling.preference), 8 times that with "
         "sampling.roulette"),
    NUMBER(
        ROOT, "sampling.loss_preference", NONE, 0, 0.9, "0", ROOT(sampling.loss_preference),
        "forced: share of the events in which a muon may decay in front of the first detector with a window, or give "
        "away much of its energy at the end of the last calorimeter, far more often than in nature: what fills the "
        "tail of the missing energy. Weights undo it, and are at most 1/(1 - this) times those without. energy.* are "
        "those of the simulated events. Where there are chambers and no planes or event files"),
    COUNT(
        ROOT, "sampling.splitting", INTEGER, 1, 16, "1", ROOT(sampling.splitting),
        "forced, with scoring.deposit_fraction below 1: histories of the muons of a vertex that are followed up to the "
        "chambers. One of those that arrive goes on, with the weight of them all: it changes errors, not "
        "expectations. Two pay for the signal with sampling.preference. Not with output.planes"),
    SWITCH(ROOT, "sampling.roulette", "off", ROOT(sampling.roulette),
           "the same runs: muons that are unlikely to hit all chambers, by their aim, multiple scattering and fields, "
           "go on towards them in proportion to that chance, at least in one of 8 cases, and muons of a charge that no "
           "selection looks for in at most one of 4, with as much more weight; limits of what has no entry are 8 times "
           "as large. Not with output.planes"),
    NUMBER(ROOT, "sampling.analog_enhancement", NONE, 1, 1e24, "1", ROOT(sampling.analog_enhancement),
           "analog mode: factor on the rare cross sections, undone by weights"),
    COUNT(ROOT, "sampling.lost_tracks_max", COUNT64, 0, 1e15, "10", ROOT(sampling.lost_tracks_max),
          "tracks that a run may lose (stuck, or not a number): they are dropped and listed. More of them fail the run "
          "if they are more than sampling.lost_tracks_fraction, too"),
    NUMBER(ROOT, "sampling.lost_tracks_fraction", NONE, 0, 1, "1e-3", ROOT(sampling.lost_tracks_fraction),
           "the same as a fraction of all events that are followed"),

    COUNT(ROOT, "device.work_group", INTEGER, 0, 1024, "0", ROOT(device.work_group),
          "work items per group; 0 = automatic. Does not change results. A device may allow fewer, which it then says; "
          "none needs more"),
    COUNT(ROOT, "device.lanes", INTEGER, 0, 16777216, "0", ROOT(device.lanes),
          "particles followed side by side; 0 = automatic. Does not change results"),
    COUNT(ROOT, "device.launch_steps", INTEGER, 0, 1e5, "0", ROOT(device.launch_steps),
          "steps per kernel launch; 0 = automatic. Does not change results"),
    COUNT(ROOT, "device.in_flight", INTEGER, 0, 2, "0", ROOT(device.in_flight),
          "batches at work at a time on one device, each with memory of its own; 0 = automatic: 2, 1 on the "
          "host. Does not change results"),
    COUNT(
        ROOT, "device.known_launches", INTEGER, 0, 1e9, "1000", ROOT(device.known_launches),
        "kernel launches after which the first primary is followed again: a device that then gives other numbers than "
        "before fails the run. 0 = never. Does not change results"),

    NUMBER(ROOT, "detector.beam_momentum_resolution", NONE, 0, 0.5, "0.01", ROOT(detector.beam_momentum_resolution),
           "relative, of the upstream spectrometer"),
    NUMBER(ROOT, "detector.ecal.stochastic", NONE, 0, 2, "0.10", ROOT(detector.ecal_stochastic),
           "total resolution is s/sqrt(E/GeV) (+) c: s"),
    NUMBER(ROOT, "detector.ecal.constant", NONE, 0, 1, "0.04", ROOT(detector.ecal_constant), "c"),
    NUMBER(ROOT, "detector.ecal.sampling", NONE, 0, 2, "0.085", ROOT(detector.ecal_sampling),
           "sampling fluctuation of the visible energy, f/sqrt(E/GeV): simulated. Part of the stochastic term, at most "
           "as large"),
    NUMBER(ROOT, "detector.ecal.em_visible_ratio", NONE, 0.1, 2, "0.781", ROOT(detector.ecal_em_visible_ratio),
           "visible fraction of electromagnetic showers relative to a minimum-ionising particle (e/mip)"),
    CHOICE(ROOT, "detector.ecal.tail", &TAIL_WORDS[1], "gaussian", ROOT(detector.ecal_tail),
           "tail model of the default selected.per_eot; both are reported"),
    NUMBER(ROOT, "detector.ecal.tail_start", NONE, 0.5, 10, "2.5", ROOT(detector.ecal_tail_start),
           "standard deviations below the mean from which the exponential tail runs (GaussExp, arXiv:1603.08591)"),
    NUMBER(ROOT, "detector.hcal.stochastic", NONE, 0, 5, "0.60", ROOT(detector.hcal_stochastic),
           "of hadronic deposits: s/sqrt(E/GeV) (+) c: s"),
    NUMBER(ROOT, "detector.hcal.constant", NONE, 0, 1, "0", ROOT(detector.hcal_constant), "c"),
    NUMBER(ROOT, "detector.hcal.mip_peak", ENERGY, 0.01, 100, "2.5 GeV", ROOT(detector.hcal_mip_peak),
           "calibrated peak of a single muon in one module"),
    NUMBER(ROOT, "detector.hcal.mip_energy", ENERGY, 1, 1000, "50 GeV", ROOT(detector.hcal_mip_energy),
           "energy of the muon that the calibration uses"),
    NUMBER(ROOT, "detector.hcal.photostatistics", NONE, 0, 1e6, "100", ROOT(detector.hcal_photostatistics),
           "photoelectrons per calibrated GeV; 0 = no such fluctuation"),
    NUMBER(ROOT, "detector.hcal.em_visible_ratio", NONE, 0.1, 2, "0.8", ROOT(detector.em_visible_ratio),
           "visible fraction of electromagnetic showers relative to a minimum-ionising particle (e/mip): of the beam's "
           "showers, decays and hadrons; what muons radiate has its own where physics.secondaries is on"),
    NUMBER(ROOT, "detector.veto.photostatistics", NONE, 0, 1e6, "20", ROOT(detector.veto_photostatistics),
           "photoelectrons per MeV; 0 = no such fluctuation"),
    NUMBER(ROOT, "detector.srd.z", LENGTH, -WORLD, WORLD, "-1e5 cm", ROOT(detector.srd_z),
           "where the synchrotron-radiation detector is, which divides decays of hadrons and the trackers in front of "
           "the ECAL into those in front of it and those behind; it is no volume by itself"),
    NUMBER(ROOT, "detector.srd.field", FIELD, 0, 20, "1.75 T", ROOT(detector.srd_field),
           "field of the dipoles in front of the SRD: synchrotron radiation of electrons, srd.*"),
    NUMBER(ROOT, "detector.srd.length", LENGTH, 0, WORLD, "400 cm", ROOT(detector.srd_length),
           "their length in all; srd.* are of the radiation that this field makes"),
    NUMBER(ROOT, "detector.srd.acceptance", NONE, 0, 1, "1", ROOT(detector.srd_acceptance),
           "share of the photons that head for the SRD"),
    NUMBER(ROOT, "detector.srd.window", NONE, 0, 100, "0.1", ROOT(detector.srd_window),
           "radiation lengths in front of the SRD, in which photons are lost"),
    NUMBER(ROOT, "detector.srd.stochastic", NONE, 0, 10, "0.1", ROOT(detector.srd_stochastic),
           "resolution of the sum of its energy, s/sqrt(E/GeV)"),
    NUMBERS(ROOT, "detector.srd.energy", ENERGY, 2, 0, 1000, "[20 MeV, 1 GeV]", ROOT(detector.srd_energy),
            "window of the sum of its energy that tags an electron"),

    NUMBERS(ROOT, "tagging.pi_per_e", NONE, 2, 0, 1e6, "[0.01, 0.3]", ROOT(tagging.pi_per_e),
            "pions per electron of the beam, and the relative error of this number, which is taken as log-normal"),
    NUMBERS(ROOT, "tagging.K_per_pi", NONE, 2, 0, 1e6, "[0.03, 0.3]", ROOT(tagging.K_per_pi),
            "kaons per pion, and relative error"),
    NUMBERS(ROOT, "tagging.electron_efficiency", NONE, 2, 0, 1e6, "[0.95, 0.02]", ROOT(tagging.electron_efficiency),
            "share of the electrons that the SRD tags, and relative error: of signal and muon pairs, not in "
            "background.hadron.per_eot, which is per electron of the beam"),
    NUMBERS(ROOT, "tagging.hadron_rejection", NONE, 2, 0, 1e6, "[2e-5, 0.5]", ROOT(tagging.hadron_rejection),
            "share of the hadrons that the SRD takes for electrons, and relative error"),

/* selection.KEY, and the same keys of each entry of selections */
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    NUMBERS(ROOT, "selection." #key, dimension, 2, min, max, fallback, ROOT(selection.key), meaning),
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) \
    NUMBER(ROOT, "selection." #key, dimension, min, max, fallback, ROOT(selection.key), meaning),
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) \
    COUNT(ROOT, "selection." #key, INTEGER, min, max, fallback, ROOT(selection.key), meaning),
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    PART(ROOT, "selections", SELECTIONS, "[]", ROOT(further),
         "further selections, at most 7, that are applied to the same events: their results carry "
         "selection.NAME. in front, and the rows of the record are those of the default one"),
    NAME(SELECTION, "name", 24, NULL, SELECTION(name),
         "name in results: letters, digits, _ and -, different for each selection, not default"),
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    NUMBERS(SELECTION, #key, dimension, 2, min, max, "", SELECTION(selection.key), \
            meaning "; default: that of selection." #key),
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) \
    NUMBER(SELECTION, #key, dimension, min, max, "", SELECTION(selection.key), \
           meaning "; default: that of selection." #key),
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) \
    COUNT(SELECTION, #key, INTEGER, min, max, "", SELECTION(selection.key), \
          meaning "; default: that of selection." #key),
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER

    SWITCH(ROOT, "scoring.track_length", "on", ROOT(scoring.track_length),
           "track lengths of the cascade above 1 GeV and more, which then follows all particles above that energy in "
           "forced runs, too, not only those above sampling.region"),
    NAME(ROOT, "scoring.exit", 32, "last", ROOT(scoring.exit),
         "muon beams: volume at whose rear face survival, loss, angle and displacement are scored, for muons that "
         "cross it inside the volume; last: the last volume along z; "
         "plane: the whole plane at scoring.exit_z"),
    NUMBER(ROOT, "scoring.exit_z", LENGTH, -WORLD, WORLD, "0 cm", ROOT(scoring.exit_z),
           "where the plane of scoring.exit: plane is"),
    NUMBER(
        ROOT, "scoring.deposit_fraction", NONE, 1e-6, 1, "1", ROOT(scoring.deposit_fraction),
        "fraction of all events whose deposits are scored (energy balance, energies of HCAL modules and cells "
        "before the cuts). Events with a muon through all trackers, that is all that pass a cut, are followed in full "
        "whatever it is (with sampling.roulette those that it lets go on), the others only as far as their muons may "
        "still get there"),
    NUMBER(ROOT, "scoring.record_fraction", NONE, 0, 1, "0", ROOT(scoring.record_fraction),
           "fraction of all events kept in result.h5 besides the selected ones"),

    SWITCH(ROOT, "scoring.shower_in_windows", "on", ROOT(scoring.shower_in_windows),
           "VETO and HCAL see the beam's own shower, what comes through the ECAL and past it; off: only what muons and "
           "their secondaries leave"),
    COUNT(ROOT, "scoring.showers", INTEGER, 0, 1000000, "400", ROOT(scoring.showers),
          "plain showers (no rare vertex) followed for the estimates ecal.*; 0 = none"),
    NUMBER(ROOT, "scoring.preshower_depth", LENGTH, 0, WORLD, "4.8 cm", ROOT(scoring.preshower_depth),
           "from the front of the ECAL: energy in front of it is ecal.preshower_fraction"),

    {EOT_SCOPE_ROOT, "output.figures", EOT_KEY_FORMS, EOT_DIM_NONE, 1, 0, 0, "on", "png|svg|pdf", ROOT(output.figures),
     false, "write pictures: on (png), off, or their forms, such as [png, pdf]", NULL},
    SWITCH(ROOT, "output.hepmc", "off", ROOT(output.hepmc),
           "write the recorded vertices (scoring.record_fraction) as events.hepmc, HepMC3 ASCII; host/output/hepmc.h "
           "says what is in it"),
    PART(ROOT, "output.planes", PLANES, "[]", ROOT(output.plane),
         "planes across the beam: the particles that cross them towards +z are written to planes/NAME.mcpl or "
         "planes/NAME.h5, at most 8 planes"),
    NAME(PLANE, "name", 32, NULL, PLANE(name), "name of the plane and of its file, different for each"),
    NUMBER(PLANE, "z", LENGTH, -WORLD, WORLD, NULL, PLANE(z), "where it is"),
    {EOT_SCOPE_PLANE, "kinds", EOT_KEY_FORMS, EOT_DIM_NONE, 1, 0, 0, "on", "muons|electrons|photons|hadrons",
     PLANE(kinds), false,
     "what is written: on (muons) or some of these; muons of the beam, of rare vertices and of decays; electrons (and "
     "positrons) and photons above physics.cut of showers without a rare vertex, up to the ECAL's rear face; pions and "
     "kaons of a beam of hadrons, with the chance to get there as weight",
     NULL},
    CHOICE(PLANE, "format", "mcpl|hdf5", "mcpl", PLANE(format),
           "mcpl: particles as other programs read them; hdf5: the same, and the events as they are there with their "
           "random numbers, from which beam.file goes on to the same result"),
};
const size_t EOT_N_KEYS = sizeof EOT_KEYS / sizeof EOT_KEYS[0];

const struct eot_key *eot_key_find(enum eot_scope scope, const char *path) {
    for (size_t k = 0; k < EOT_N_KEYS; k++)
        if (EOT_KEYS[k].scope == scope && strcmp(EOT_KEYS[k].path, path) == 0) return &EOT_KEYS[k];
    return NULL;
}

const char *eot_scope_prefix(enum eot_scope scope) {
    static const char *const prefixes[EOT_N_SCOPE] = {
        "", "materials[].", "geometry.volumes[].", "geometry.volumes[].layers[].", "selections[].", "output.planes[]."};
    return prefixes[scope];
}

void eot_choice_word(const char *choices, int n, char word[32]) {
    for (; n > 0 && choices != NULL; n--) {
        choices = strchr(choices, '|');
        if (choices != NULL) choices++;
    }
    snprintf(word, 32, "%.*s", choices != NULL ? (int)strcspn(choices, "|") : 0, choices != NULL ? choices : "");
}

int eot_choice_index(const char *choices, const char *word) {
    char candidate[32];
    for (int i = 0;; i++) {
        eot_choice_word(choices, i, candidate);
        if (candidate[0] == '\0') return -1;
        if (strcmp(candidate, word) == 0) return i;
    }
}
