/* What a device reads of a world: each configuration key changes it and its hash, or is listed here as one that does
 * not; a world from the cache is the one that was built; the file of another world is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "world/sections.h"

/* Small and with a high cut, so that its tables take half a second; with all detectors. */
static const char BASE[] =
    "schema: eotmc-config/1\n"
    "beam: {particle: e-, energy: 100 GeV}\n"
    "materials: [{name: foil, density: 2, elements: {C: 1}, mean_excitation: 81 eV}]\n"
    "geometry:\n"
    "  world: {material: air, min: [-40 cm, -40 cm, -20 cm], max: [40 cm, 40 cm, 400 cm]}\n"
    "  volumes:\n"
    "    - {name: sheet, z: -10 cm, size: [5 cm, 5 cm], material: foil, thickness: 1 mm}\n"
    "    - {name: ecal, role: ecal, z: 0 cm, size: [20 cm, 20 cm], repeat: 150,\n"
    "       layers: [{material: lead, thickness: 1.5 mm}, {material: polystyrene, thickness: 1.5 mm, active: on}]}\n"
    "    - {name: veto, role: veto, z: 50 cm, size: [55 cm, 55 cm], material: polystyrene, thickness: 5 cm, active: "
    "on}\n"
    "    - {name: hcal, role: hcal, z: 60 cm, size: [60 cm, 60 cm], repeat: 10,\n"
    "       layers: [{material: lead, thickness: 25 mm}, {material: polystyrene, thickness: 4 mm, active: on}]}\n"
    "    - {name: mm0, role: tracker, z: 110 cm, size: [8 cm, 8 cm], material: air, thickness: 8 mm}\n"
    "    - {name: magnet, role: magnet, z: 120 cm, size: [50 cm, 20 cm], material: air, thickness: 100 cm,\n"
    "       field: [0 T, 1.4 T, 0 T]}\n"
    "    - {name: mm1, role: tracker, z: 230 cm, size: [8 cm, 8 cm], material: air, thickness: 8 mm}\n"
    "physics: {cut: 20 GeV, secondaries: off}\n";

#define SIGNAL "physics.rare={dimuon_gamma: off, lfc: on}"
static const char masses[] = "physics={mphi: [0.2 GeV, 1 GeV], rare: {dimuon_gamma: off, lfc: on}}";
#define FURTHER "selections=[{name: tight}]"
#define ONE_PLANE "output.planes=[{name: front, z: 60 cm}]"

/* A row of each key of the schema. */
static const struct row {
    const char *key;  /* with the prefix of its scope */
    const char *set;  /* another value; NULL: the key has no other here, `same` says why */
    const char *also; /* set before and after; NULL: nothing */
    const char *same; /* NULL: changes what a device reads. Else why it does not */
} ROW[] = {
    {"schema", NULL, NULL, "has one value"},
    {"name", "name=other", NULL, "a name"},
    {"beam.particle", "beam.particle=e+", NULL, NULL},
    {"beam.energy", "beam.energy=90 GeV", NULL, NULL},
    {"beam.kinetic_energy", NULL, NULL, "another way to give beam.energy"},
    {"beam.spread", "beam.spread=1 %", NULL, NULL},
    {"beam.spot_x", "beam.spot_x=1 mm", NULL, NULL},
    {"beam.spot_y", "beam.spot_y=1 mm", NULL, NULL},
    {"beam.divergence_x", "beam.divergence_x=1 mrad", NULL, NULL},
    {"beam.divergence_y", "beam.divergence_y=1 mrad", NULL, NULL},
    {"beam.angle_x", "beam.angle_x=1 mrad", NULL, NULL},
    {"beam.angle_y", "beam.angle_y=1 mrad", NULL, NULL},
    {"beam.position_x", "beam.position_x=1 mm", NULL, NULL},
    {"beam.position_y", "beam.position_y=1 mm", NULL, NULL},
    {"beam.position_z", "beam.position_z=-15 cm", NULL, NULL},
    {"beam.file", "beam.file=other.h5", NULL, "of the job, which adds the file to the hash"},
    {"beam.file_as", "beam.file_as=primaries", "beam.file=other.mcpl", NULL},
    {"beam.decay_region", "beam.decay_region=[-10 cm, 20 cm]", "beam.particle=pi-", NULL},
    {"materials", "materials=[{name: foil, density: 3, elements: {C: 1}}]", NULL, NULL},
    {"materials[].name", "materials=[{name: leaf, density: 2, elements: {C: 1}, mean_excitation: 81 eV}]",
     "geometry.volumes.sheet.material=air", "a name"},
    {"materials[].density", "materials.foil.density=2.1", NULL, NULL},
    {"materials[].elements", "materials.foil.elements={O: 1}", NULL, NULL},
    {"materials[].mean_excitation", "materials.foil.mean_excitation=90 eV", NULL, NULL},
    {"materials[].density_effect", "materials.foil.density_effect=[0.2, 3, 0, 2, 3]", NULL, NULL},
    {"geometry.layers", "geometry.layers=explicit", NULL, NULL},
    {"geometry.world.material", "geometry.world.material=argon", NULL, NULL},
    {"geometry.world.min", "geometry.world.min=[-41 cm, -40 cm, -20 cm]", NULL, NULL},
    {"geometry.world.max", "geometry.world.max=[40 cm, 41 cm, 400 cm]", NULL, NULL},
    {"geometry.volumes", NULL, NULL, "the keys of its items stand below"},
    {"geometry.volumes[].name", "geometry.volumes.sheet.name=other", NULL, "a name"},
    {"geometry.volumes[].role", "geometry.volumes.sheet.role=tracker", NULL, NULL},
    {"geometry.volumes[].center", "geometry.volumes.ecal.center=[1 mm, 0 mm]", NULL, NULL},
    {"geometry.volumes[].z", "geometry.volumes.veto.z=51 cm", NULL, NULL},
    {"geometry.volumes[].size", "geometry.volumes.ecal.size=[21 cm, 20 cm]", NULL, NULL},
    {"geometry.volumes[].layers", NULL, NULL, "the keys of its items stand below"},
    {"geometry.volumes[].layers[].material", "geometry.volumes.ecal.layers.0.material=tungsten", NULL, NULL},
    {"geometry.volumes[].layers[].thickness", "geometry.volumes.ecal.layers.0.thickness=1.6 mm", NULL, NULL},
    {"geometry.volumes[].layers[].active", "geometry.volumes.ecal.layers.0.active=on", NULL, NULL},
    {"geometry.volumes[].material", "geometry.volumes.sheet.material=lead", NULL, NULL},
    {"geometry.volumes[].thickness", "geometry.volumes.sheet.thickness=2 mm", NULL, NULL},
    {"geometry.volumes[].active", "geometry.volumes.sheet.active=on", NULL, NULL},
    {"geometry.volumes[].repeat", "geometry.volumes.ecal.repeat=140", NULL, NULL},
    {"geometry.volumes[].merge", "geometry.volumes.ecal.merge=-1", NULL, NULL},
    {"geometry.volumes[].cells", "geometry.volumes.ecal.cells=[6, 6]", NULL, NULL},
    {"geometry.volumes[].field", "geometry.volumes.magnet.field=[0 T, 1.3 T, 0 T]", NULL, NULL},
    {"geometry.volumes[].max_step", "geometry.volumes.hcal.max_step=1 cm", NULL, NULL},
    {"geometry.volumes[].resolution", "geometry.volumes.mm0.resolution=0.1 mm", NULL, NULL},
    {"physics.cut", "physics.cut=21 GeV", NULL, NULL},
    {"physics.lpm", "physics.lpm=off", NULL, NULL},
    {"physics.multiple_scattering", "physics.multiple_scattering=off", NULL, NULL},
    {"physics.secondaries", "physics.secondaries=on", NULL, NULL},
    {"physics.decay", "physics.decay=off", NULL, NULL},
    {"physics.hadron_interactions", "physics.hadron_interactions=off", "beam.particle=pi-", NULL},
    {"physics.muon_straggling", "physics.muon_straggling=off", NULL, NULL},
    {"physics.muon_hard_loss", "physics.muon_hard_loss=2e-4", NULL, NULL},
    {"physics.muon_max_step", "physics.muon_max_step=10 cm", NULL, NULL},
    {"physics.field_max_step", "physics.field_max_step=5 cm", NULL, NULL},
    {"physics.step_max_X0", "physics.step_max_X0=0.5", NULL, NULL},
    {"physics.rare.dimuon_gamma", "physics.rare.dimuon_gamma=off", "physics.rare.dimuon_annihilation=on", NULL},
    {"physics.rare.dimuon_trident", "physics.rare.dimuon_trident=on", NULL, NULL},
    {"physics.rare.dimuon_annihilation", "physics.rare.dimuon_annihilation=on", NULL, NULL},
    {"physics.rare.lfc", SIGNAL, NULL, NULL},
    {"physics.lfc_sampler", "physics.lfc_sampler=dmg4", SIGNAL, NULL},
    {"physics.mphi", "physics.mphi=0.3 GeV", SIGNAL, NULL},
    {"sampling.mass_shares", "sampling.mass_shares=[1, 2]", masses, NULL},
    {"physics.h", "physics.h=2e-4", SIGNAL, "the tables have a coupling of their own"},
    {"physics.shower.depth", "physics.shower.depth=[0.1, 1.5, 0]", NULL, NULL},
    {"physics.shower.alpha", "physics.shower.alpha=[2.8, 0.2, -44, 1.1]", NULL, NULL},
    {"physics.shower.sigma_depth", "physics.shower.sigma_depth=[-1.7, 1.4]", NULL, NULL},
    {"physics.shower.sigma_alpha", "physics.shower.sigma_alpha=[-0.8, 0.8]", NULL, NULL},
    {"physics.shower.rho", "physics.shower.rho=0.5", NULL, NULL},
    {"physics.shower.photon_length", "physics.shower.photon_length=[1.3, 0.02, 0.7, 3.5]", NULL, NULL},
    {"physics.shower.radius_max", "physics.shower.radius_max=5", NULL, NULL},
    {"physics.shower.backscatter_share", "physics.shower.backscatter_share=0.02", NULL, NULL},
    {"physics.shower.backscatter_length", "physics.shower.backscatter_length=1", NULL, NULL},
    {"physics.shower.spot_energy", "physics.shower.spot_energy=0.5 GeV", NULL, NULL},
    {"physics.shower.calibrate", "physics.shower.calibrate=off", "geometry.volumes.ecal.layers.0.material=tungsten",
     NULL},
    {"sampling.mode", "sampling.mode=analog", NULL, "of a launch, and set after the sections are read (em.sought)"},
    {"sampling.eot", "sampling.eot=1000", NULL, "of a launch"},
    {"sampling.first", "sampling.first=1000", NULL, "of a launch"},
    {"sampling.seed", "sampling.seed=2", NULL, "of a launch"},
    {"sampling.run", "sampling.run=2", NULL, "of a launch"},
    {"sampling.batch", "sampling.batch=100", NULL, "of a launch"},
    {"sampling.region.min_photon_energy", "sampling.region.min_photon_energy=25 GeV", NULL, NULL},
    {"sampling.region.min_lepton_energy", "sampling.region.min_lepton_energy=60 GeV",
     "physics.rare.dimuon_annihilation=on", NULL},
    {"sampling.preference", "sampling.preference=0.9", NULL, NULL},
    {"sampling.preference_mixture", "sampling.preference_mixture=[1, 1, 0, 0]", "sampling.preference=0.9", NULL},
    {"sampling.loss_preference", "sampling.loss_preference=0.3", NULL, NULL},
    {"sampling.splitting", "sampling.splitting=3", NULL, "of a launch"},
    {"sampling.roulette", "sampling.roulette=off", NULL, "of a launch"},
    {"sampling.analog_enhancement", "sampling.analog_enhancement=10", NULL, "of a launch"},
    {"sampling.lost_tracks_max", "sampling.lost_tracks_max=5", NULL, "of the run as a whole"},
    {"sampling.lost_tracks_fraction", "sampling.lost_tracks_fraction=0.5", NULL, "of the run as a whole"},
    {"device.work_group", "device.work_group=8", NULL, "of a launch"},
    {"device.lanes", "device.lanes=8", NULL, "of a launch"},
    {"device.launch_steps", "device.launch_steps=8", NULL, "of a launch"},
    {"device.in_flight", "device.in_flight=1", NULL, "of a launch"},
    {"device.known_launches", "device.known_launches=1", NULL, "of a launch"},
    {"detector.beam_momentum_resolution", "detector.beam_momentum_resolution=0.02", NULL, NULL},
    {"detector.ecal.stochastic", "detector.ecal.stochastic=0.11", NULL, NULL},
    {"detector.ecal.constant", "detector.ecal.constant=0.05", NULL, NULL},
    {"detector.ecal.sampling", "detector.ecal.sampling=0.08", NULL, NULL},
    {"detector.ecal.em_visible_ratio", "detector.ecal.em_visible_ratio=0.8", NULL, NULL},
    {"detector.ecal.tail", "detector.ecal.tail=exponential", NULL, "both are tallied, the host chooses"},
    {"detector.ecal.tail_start", "detector.ecal.tail_start=2", NULL, NULL},
    {"detector.hcal.stochastic", "detector.hcal.stochastic=0.7", NULL, NULL},
    {"detector.hcal.constant", "detector.hcal.constant=0.1", NULL, NULL},
    {"detector.hcal.mip_peak", "detector.hcal.mip_peak=2.6 GeV", NULL, NULL},
    {"detector.hcal.mip_energy", "detector.hcal.mip_energy=40 GeV", NULL, NULL},
    {"detector.hcal.photostatistics", "detector.hcal.photostatistics=90", NULL, NULL},
    {"detector.hcal.em_visible_ratio", "detector.hcal.em_visible_ratio=0.9", NULL, NULL},
    {"detector.veto.photostatistics", "detector.veto.photostatistics=10", NULL, NULL},
    {"detector.srd.field", "detector.srd.field=1 T", NULL, "of the host"},
    {"detector.srd.length", "detector.srd.length=1 m", NULL, "of the host"},
    {"detector.srd.acceptance", "detector.srd.acceptance=0.5", NULL, "of the host"},
    {"detector.srd.window", "detector.srd.window=0.2", NULL, "of the host"},
    {"detector.srd.stochastic", "detector.srd.stochastic=0.2", NULL, "of the host"},
    {"detector.srd.energy", "detector.srd.energy=[1 MeV, 80 MeV]", NULL, "of the host"},
    {"tagging.pi_per_e", "tagging.pi_per_e=[0.02, 0.1]", NULL, "of the host"},
    {"tagging.K_per_pi", "tagging.K_per_pi=[0.02, 0.1]", NULL, "of the host"},
    {"tagging.electron_efficiency", "tagging.electron_efficiency=[0.9, 0.1]", NULL, "of the host"},
    {"tagging.hadron_rejection", "tagging.hadron_rejection=[1e-5, 0.1]", NULL, "of the host"},
    {"detector.srd.z", "detector.srd.z=-50 cm", "beam.particle=pi-", NULL},
/* the numbers of a selection, at the ends of their ranges, and the same of a further one */
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    {"selection." #key, "selection." #key "=[" #min ", " #max "]", NULL, NULL},
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) \
    {"selection." #key, "selection." #key "=" #max, NULL, NULL},
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) \
    {"selection." #key, "selection." #key "=" #max, NULL, NULL},
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    {"selections", "selections=[{name: tight, missing_energy: 30 GeV}]", NULL, NULL},
    {"selections[].name", "selections.0.name=other", FURTHER, "of the host"},
#define EOT_SELECTION_WINDOW(key, dimension, min, max, fallback, meaning) \
    {"selections[]." #key, "selections.0." #key "=[" #min ", " #max "]", FURTHER, NULL},
#define EOT_SELECTION_NUMBER(key, dimension, min, max, fallback, meaning) \
    {"selections[]." #key, "selections.0." #key "=" #max, FURTHER, NULL},
#define EOT_SELECTION_INTEGER(key, min, max, fallback, meaning) \
    {"selections[]." #key, "selections.0." #key "=" #max, FURTHER, NULL},
#include "eotmc/detector/selection.def"
#undef EOT_SELECTION_WINDOW
#undef EOT_SELECTION_NUMBER
#undef EOT_SELECTION_INTEGER
    {"scoring.track_length", "scoring.track_length=off", NULL,
     "of a launch, of the kernels' build, and set after the sections are read (em.sought)"},
    {"scoring.exit", "scoring.exit=ecal", NULL, "of a launch"},
    {"scoring.exit_z", "scoring.exit_z=1 cm", NULL, "of a launch"},
    {"scoring.shower_in_windows", "scoring.shower_in_windows=off", NULL, NULL},
    {"scoring.deposit_fraction", "scoring.deposit_fraction=0.5", NULL, "of a launch"},
    {"scoring.record_fraction", "scoring.record_fraction=0.5", NULL, "of a launch"},
    {"scoring.showers", "scoring.showers=10", NULL, "of a launch"},
    {"scoring.preshower_depth", "scoring.preshower_depth=5 cm", NULL, "of the host"},
    {"output.figures", "output.figures=off", NULL, "of the host"},
    {"output.hepmc", "output.hepmc=on", "scoring.record_fraction=1", "of the host"},
    {"output.planes", ONE_PLANE, NULL, "of the run"},
    {"output.planes[].name", "output.planes.0.name=other", ONE_PLANE, "of the host"},
    {"output.planes[].z", "output.planes.0.z=70 cm", ONE_PLANE, "of the run"},
    {"output.planes[].kinds", "output.planes.0.kinds=[muons]", ONE_PLANE, "has one value"},
    {"output.planes[].format", "output.planes.0.format=hdf5", ONE_PLANE, "of the host"},
};
enum { N_ROW = sizeof ROW / sizeof ROW[0] };

static char home[64];

static void home_create(void) {
    strcpy(home, "/tmp/eotmc-world-XXXXXX");
    cr_assert_not_null(mkdtemp(home));
    setenv("XDG_CACHE_HOME", home, 1);
}

static void home_remove(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", home);
    cr_assert_eq(system(command), 0);
}

TestSuite(sections, .init = home_create, .fini = home_remove, .timeout = 300);

/* The world of the base with these overrides. @param set n of them, NULL ones are left out. */
static struct eot_world world_with(const char *const *set, size_t n, const struct eot_world_options *options) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_config config;
    struct eot_setup setup;
    struct eot_world world;
    const char *given[N_ROW] = {NULL};
    size_t n_given = 0;
    for (size_t i = 0; i < n; i++)
        if (set[i] != NULL) given[n_given++] = set[i];
    const char *last = n_given > 0 ? given[n_given - 1] : "";
    cr_assert_eq(eot_config_read_text("base.yaml", BASE, given, n_given, &config, &error), EOT_OK, "%s: %s", last,
                 error.text);
    cr_assert_eq(eot_setup_create(&config, &setup, &error), EOT_OK, "%s: %s", last, error.text);
    cr_assert_eq(eot_world_create_with(&config, &setup, config.physics.cut, options, &world, &error), EOT_OK, "%s: %s",
                 last, error.text);
    eot_setup_free(&setup);
    eot_config_free(&config);
    return world;
}

static struct eot_world world_of(const char *const *set, size_t n, bool no_cache) {
    return world_with(set, n, &(struct eot_world_options){.no_cache = no_cache});
}

/* The name of the first section in which two worlds differ, of those that a device reads; NULL: none. */
static const char *first_difference(const struct eot_world *a, const struct eot_world *b) {
    for (int i = 0; i < EOT_N_DEVICE_SECTION; i++) {
        struct eot_world_section s = eot_world_section(a, i), t = eot_world_section(b, i);
        if (s.n_bytes != t.n_bytes || memcmp(s.bytes, t.bytes, s.n_bytes) != 0) return s.name;
    }
    return NULL;
}

static const struct row *row_of(const struct eot_key *key) {
    char name[96];
    snprintf(name, sizeof name, "%s%s", eot_scope_prefix(key->scope), key->path);
    for (int i = 0; i < N_ROW; i++)
        if (strcmp(ROW[i].key, name) == 0) return &ROW[i];
    cr_assert_fail("key %s has no row in tests/unit/world/test_sections.c; say there whether a device reads it", name);
    return NULL;
}

/* Whether a row's value changes what a device reads; it must change the hash just then. */
static const char *changed_section(const struct row *row, const struct eot_world_options *options) {
    struct eot_world base = world_with((const char *const[]){row->also}, 1, options),
                     other = world_with((const char *const[]){row->also, row->set}, 2, options);
    const char *difference = first_difference(&base, &other);
    cr_expect_eq(strcmp(base.sha256, other.sha256) != 0, difference != NULL, "%s: section %s, hashes %.8s and %.8s",
                 row->key, difference != NULL ? difference : "(none)", base.sha256, other.sha256);
    eot_world_free(&base);
    eot_world_free(&other);
    return difference;
}

Test(sections, each_key_changes_the_hash_or_is_known_not_to) {
    for (size_t k = 0; k < EOT_N_KEYS; k++) {
        const struct row *row = row_of(&EOT_KEYS[k]);
        if (row->set == NULL) continue;
        /* what the cascade alone needs is quick to build, and shows most changes */
        const char *difference = changed_section(row, &(struct eot_world_options){.cascade_only = true});
        if (difference == NULL) difference = changed_section(row, &(struct eot_world_options){.no_cache = false});
        if (row->same == NULL)
            cr_expect_not_null(difference, "%s changes nothing that a device reads", row->key);
        else
            cr_expect_null(difference, "%s changes section %s, though it is %s", row->key, difference, row->same);
    }
    cr_expect_eq(EOT_N_KEYS, (size_t)N_ROW, "%zu keys in the schema, %d rows here", EOT_N_KEYS, N_ROW);
}

/* All keys that are not in the cache's key, and need no other that is, changed at once: the cached tables are taken,
 * and the world is the one that is built anew. */
Test(sections, a_cached_world_is_the_one_that_is_built) {
    static const char *const without[] = {"name",      "sampling.", "device.", "tagging.",
                                          "selection", "scoring.",  "output."};
    const char *set[N_ROW];
    size_t n = 0;
    for (int i = 0; i < N_ROW; i++)
        for (size_t j = 0; j < sizeof without / sizeof without[0]; j++)
            if (strncmp(ROW[i].key, without[j], strlen(without[j])) == 0 && ROW[i].set != NULL && ROW[i].also != masses)
                set[n++] = ROW[i].set;
    cr_assert_gt(n, 20);
    struct eot_world first = world_of(NULL, 0, false), second = world_of(NULL, 0, false);
    cr_expect(!first.is_cached && second.is_cached);
    cr_expect_null(first_difference(&first, &second), "section %s", first_difference(&first, &second));
    cr_expect_str_eq(first.sha256, second.sha256);
    cr_expect_eq(memcmp(&first.accuracy, &second.accuracy, sizeof first.accuracy), 0);
    struct eot_world cached = world_of(set, n, false), built = world_of(set, n, true);
    cr_expect(cached.is_cached && !built.is_cached);
    cr_expect_null(first_difference(&cached, &built), "section %s", first_difference(&cached, &built));
    cr_expect_not_null(first_difference(&first, &built));
    cr_expect_str_eq(cached.sha256, built.sha256);
    eot_world_free(&first);
    eot_world_free(&second);
    eot_world_free(&cached);
    eot_world_free(&built);
}

/* Bytes that are not of this key, or not whole, give no world. */
Test(sections, bytes_of_another_world_are_refused) {
    static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                      other[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee";
    struct eot_world world = world_of(NULL, 0, true), back;
    size_t n;
    unsigned char *bytes = eot_world_pack(&world, key, &n);
    cr_assert_not_null(bytes);
    cr_assert(eot_world_unpack(&back, key, bytes, n));
    for (int i = 0; i < EOT_N_WORLD_SECTION; i++) {
        struct eot_world_section s = eot_world_section(&world, i), t = eot_world_section(&back, i);
        cr_expect(s.n_bytes == t.n_bytes && memcmp(s.bytes, t.bytes, s.n_bytes) == 0, "section %s", s.name);
    }
    eot_world_free(&back);
    cr_expect_not(eot_world_unpack(&back, other, bytes, n));
    for (size_t part = 0; part < n; part += 1 + part / 3) cr_expect_not(eot_world_unpack(&back, key, bytes, part));
    cr_expect_not(eot_world_unpack(&back, key, bytes, n - 1));
    unsigned char *longer = calloc(1, n + 1);
    cr_assert_not_null(longer);
    memcpy(longer, bytes, n);
    cr_expect_not(eot_world_unpack(&back, key, longer, n + 1));
    size_t at = 64; /* name and size of each section spoiled */
    for (int i = 0; i < EOT_N_WORLD_SECTION; i++) {
        longer[at] ^= 1;
        cr_expect_not(eot_world_unpack(&back, key, longer, n));
        longer[at] ^= 1;
        for (size_t byte = 16; byte < 24; byte++) {
            longer[at + byte] ^= 4;
            cr_expect_not(eot_world_unpack(&back, key, longer, n), "section %d, byte %zu of its size", i, byte);
            longer[at + byte] ^= 4;
        }
        at += 24 + eot_world_section(&world, i).n_bytes;
    }
    cr_expect(eot_world_unpack(&back, key, longer, n));
    eot_world_free(&back);
    free(longer);
    free(bytes);
    eot_world_free(&world);
}

Test(sections, are_uploaded_as_they_are) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend *backend = NULL;
    struct eot_world world = world_of(NULL, 0, true);
    struct eot_world_buffers buffers;
    size_t n_bytes = 0, n_read = 0;
    cr_assert_eq(eot_backend_open(&(struct eot_backend_options){.selector = "host"}, &backend, &error), EOT_OK);
    cr_assert_eq(eot_world_upload(&world, backend, &buffers, &n_bytes, &error), EOT_OK, "%s", error.text);
    struct eot_buffer *const buffer[EOT_N_DEVICE_SECTION] = {[EOT_SECTION_table] = buffers.table,
                                                             [EOT_SECTION_em] = buffers.em,
                                                             [EOT_SECTION_muon_tables] = buffers.muon_tables,
                                                             [EOT_SECTION_grid] = buffers.grid,
                                                             [EOT_SECTION_region] = buffers.region,
                                                             [EOT_SECTION_voxel] = buffers.voxel,
                                                             [EOT_SECTION_world] = buffers.world,
                                                             [EOT_SECTION_hadron_world] = buffers.hadron_world};
    for (int i = 0; i < EOT_N_DEVICE_SECTION; i++) {
        struct eot_world_section s = eot_world_section(&world, i);
        unsigned char *bytes = malloc(s.n_bytes);
        cr_assert_not_null(bytes);
        cr_assert_eq(backend->op->buffer_read(backend, buffer[i], 0, s.n_bytes, bytes, &error), EOT_OK);
        cr_expect_eq(memcmp(bytes, s.bytes, s.n_bytes), 0, "section %s", s.name);
        n_read += s.n_bytes;
        free(bytes);
    }
    cr_expect_eq(n_read, n_bytes);
    eot_world_buffers_free(backend, &buffers);
    eot_backend_close(backend);
    eot_world_free(&world);
}
