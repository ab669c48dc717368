/* eotmc init: a commented configuration to start from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "cli/cli.h"
#include "config/schema.h"
#include "materials/library.h"

/* What the set-up is to be. */
struct wish {
    const char *study, *name, *energy, *mphi, *absorber;
    uint64_t n_hcal, eot;
    bool is_muon_beam, is_signal;
    struct eot_material material; /* of the absorber */
    FILE *out;
};

/* Words of the studies: what is simulated, the beam's particle, its energy. */
static const struct {
    const char *word, *particle, *energy, *meaning;
} STUDIES[] = {
    {"dimuon", "e-", "100 GeV", "muon pairs made in the shower of an electron, the background of a search"},
    {"signal", "e-", "100 GeV", "e- N -> mu- N phi in the shower of an electron, the signal of a search"},
    {"mu2e", "mu-", "160 GeV", "mu- N -> e- N phi of a muon beam in the calorimeter"},
};
enum { N_STUDY = sizeof STUDIES / sizeof STUDIES[0], COMMENT_WIDTH = 110 };

/* A key with its value, and above it what the schema says about it. */
static void key(const struct wish *w, int indent, const char *path, const char *value) {
    const struct eot_key *k = eot_key_find(EOT_SCOPE_ROOT, path);
    const char *last = strrchr(path, '.'), *doc = k != NULL ? k->doc : "";
    int column = 0;
    for (size_t n; *doc != '\0'; doc += n + strspn(doc + n, " ")) {
        n = strcspn(doc, " ");
        if (column == 0 || column + 1 + (int)n > COMMENT_WIDTH)
            column = fprintf(w->out, "%s%*s#", column > 0 ? "\n" : "", indent, "") - (column > 0);
        column += fprintf(w->out, " %.*s", (int)n, doc);
    }
    if (column > 0) fputc('\n', w->out);
    fprintf(w->out, "%*s%s: %s\n", indent, "", last != NULL ? last + 1 : path, value);
}

static void beam(const struct wish *w, const char *particle) {
    fprintf(w->out, "\nbeam:\n");
    key(w, 2, "beam.particle", particle);
    key(w, 2, "beam.energy", w->energy);
    key(w, 2, "beam.spread", "1 %");
    key(w, 2, "beam.spot_x", "7 mm");
    key(w, 2, "beam.spot_y", "7 mm");
    key(w, 2, "beam.position_z", "-5 cm");
}

/* A sampling calorimeter of 40 radiation lengths, a veto, HCAL modules, two trackers, a magnet, two trackers, one
 * behind the other. */
static void geometry(const struct wish *w) {
    static const double SCINTILLATOR = 0.15, PERIODS = 150.0, DEPTH_X0 = 40.0, HCAL = 48.0 * 2.9;
    double absorber = 1e-4 * ceil(1e4 * DEPTH_X0 / PERIODS * w->material.X0), z = PERIODS * (absorber + SCINTILLATOR);
    double hcal_end = z + 15.0 + (double)w->n_hcal * (HCAL + 6.0), tracker[4];
    tracker[0] = hcal_end + 10.0;
    tracker[1] = tracker[0] + 100.0;
    tracker[2] = tracker[1] + 240.0;
    tracker[3] = tracker[2] + 100.0;
    fprintf(w->out, "\n# Lengths in cm unless they have a unit; z runs along the beam, and the ECAL begins at z = 0.\n"
                    "geometry:\n");
    key(w, 2, "geometry.layers", "effective");
    fprintf(w->out,
            "  world: {material: air, min: [-50 cm, -50 cm, -10 cm], max: [50 cm, 50 cm, %.6g cm]}\n"
            "  volumes:\n"
            "    # the calorimeter that stops the beam: %g radiation lengths of %s with scintillator\n"
            "    - name: ecal\n      role: ecal\n      z: 0 cm\n      size: [229.2 mm, 229.2 mm]\n      cells: [6, 6]\n"
            "      repeat: %g\n      layers:\n        - {material: %s, thickness: %.6g cm}\n"
            "        - {material: polystyrene, thickness: 1.5 mm, active: on}\n"
            "    # sees a charged particle that leaves it\n"
            "    - {name: veto, role: veto, z: %.6g cm, size: [55 cm, 55 cm], material: polystyrene, thickness: 5 cm, "
            "active: on}\n",
            tracker[3] + 20.0, DEPTH_X0, w->absorber, PERIODS, w->absorber, absorber, z + 5.0);
    for (uint64_t i = 0; i < w->n_hcal; i++)
        fprintf(
            w->out,
            "    - name: hcal%llu\n      role: hcal\n      z: %.6g cm\n      size: [60 cm, 60 cm]\n      cells: [3, "
            "3]\n      repeat: 48\n      layers: [{material: iron, thickness: 25 mm}, {material: polystyrene, "
            "thickness: 4 mm, active: on}]\n",
            (unsigned long long)i, z + 15.0 + (double)i * (HCAL + 6.0));
    fprintf(w->out, "    # the spectrometer: two trackers, a magnet whose field along +y bends mu- towards +x, two "
                    "trackers\n");
    for (int i = 0; i < 4; i++) {
        if (i == 2)
            fprintf(w->out,
                    "    - {name: magnet, role: magnet, z: %.6g cm, size: [50 cm, 20 cm], material: air, thickness: "
                    "200 cm, field: [0 T, 0.7 T, 0 T]}\n",
                    tracker[1] + 20.0);
        fprintf(
            w->out,
            "    - {name: tracker%d, role: tracker, z: %.6g cm, size: [20 cm, 20 cm], material: argon, thickness: 8 "
            "mm, active: on, resolution: 100 um}\n",
            i, tracker[i]);
    }
}

static void process(const struct wish *w) {
    char eot[32];
    fprintf(w->out, "\nphysics:\n");
    if (!w->is_muon_beam) key(w, 2, "physics.cut", w->is_signal ? "2 GeV" : "0.2 GeV");
    if (w->is_signal || w->is_muon_beam) {
        key(w, 2, "physics.mphi", w->mphi);
        key(w, 2, "physics.h", "1e-4");
    }
    fprintf(w->out, "  rare:\n");
    key(w, 4, "physics.rare.dimuon_gamma", w->is_signal || w->is_muon_beam ? "off" : "on");
    if (w->is_signal || w->is_muon_beam) key(w, 4, "physics.rare.lfc", "on");
    fprintf(w->out, "\nsampling:\n");
    key(w, 2, "sampling.mode", "forced");
    snprintf(eot, sizeof eot, "%llu", (unsigned long long)w->eot);
    key(w, 2, "sampling.eot", eot);
    key(w, 2, "sampling.seed", "1");
    if (w->is_muon_beam) return;
    fprintf(w->out, "\ndetector:\n");
    key(w, 2, "detector.beam_momentum_resolution", "1 %");
    fprintf(w->out, "  ecal:\n");
    key(w, 4, "detector.ecal.stochastic", "10 %");
    key(w, 4, "detector.ecal.constant", "4 %");
    fprintf(w->out, "  hcal:\n");
    key(w, 4, "detector.hcal.stochastic", "60 %");
    fprintf(w->out, "\nselection:\n");
    key(w, 2, "selection.veto", "[5 MeV, 16 MeV]");
    key(w, 2, "selection.hcal", "[1.2 GeV, 4 GeV]");
    key(w, 2, "selection.missing_energy", "20 GeV");
    key(w, 2, "selection.charge", "-1");
}

/* The whole text. @param text the caller's to free. */
static enum eot_status write_text(struct wish *w, int study, char **text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t size = 0;
    w->out = open_memstream(text, &size);
    EOT_CHECK_MEMORY(w->out);
    fprintf(w->out,
            "# %s.\n# Made by `eotmc init`: every number is a place to put your own. All keys: configs/schema.md; what "
            "is wrong: `eotmc check`.\nschema: " EOT_CONFIG_SCHEMA "\nname: %s\n",
            STUDIES[study].meaning, w->name);
    beam(w, STUDIES[study].particle);
    geometry(w);
    process(w);
    bool is_bad = ferror(w->out) != 0;
    EOT_CHECK(fclose(w->out) == 0 && !is_bad, EOT_E_MEMORY, "out of memory; free memory");
done:
    return status;
}

/* A question on the terminal; what is only Enter leaves the answer as it was. */
static void ask(const char *question, char *line, size_t n_line, const char **answer) {
    fprintf(stderr, "%s [%s]: ", question, *answer);
    if (fgets(line, (int)n_line, stdin) == NULL) return;
    line[strcspn(line, "\n")] = '\0';
    if (line[0] != '\0') *answer = line;
}

static enum eot_status study_find(const char *word, int *study, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (*study = 0; *study < N_STUDY; (*study)++)
        if (strcmp(word, STUDIES[*study].word) == 0) return EOT_OK;
    EOT_FAIL(EOT_E_USAGE, "no study '%s'; use dimuon, signal or mu2e", word);
done:
    return status;
}

enum eot_status eot_cmd_init(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false, is_forced = false;
    char line[3][128], *text = NULL;
    const char *path = NULL;
    FILE *file = NULL;
    int study = 0;
    struct wish w = {
        .study = "dimuon", .name = "my-study", .mphi = "0.2 GeV", .absorber = "lead", .n_hcal = 3, .eot = 20000};
    struct eot_material_config absorber = {.density = 0};
    struct eot_config config = {.name = ""};
    struct eot_text_list positional = {0};
    const struct eot_option table[] = {
        {"study", 0, EOT_OPTION_CHOICE, &w.study, "dimuon|signal|mu2e",
         "muon pairs, e N -> mu N phi, or mu N -> e N phi of a muon beam (default: dimuon)"},
        {"energy", 0, EOT_OPTION_TEXT, &w.energy, "ENERGY", "of the beam (default: 100 GeV, of muons 160 GeV)"},
        {"mphi", 0, EOT_OPTION_TEXT, &w.mphi, "MASS", "of phi (default: 0.2 GeV)"},
        {"absorber", 0, EOT_OPTION_TEXT, &w.absorber, "MATERIAL", "of the ECAL, 40 X0 of it (default: lead)"},
        {"hcal", 0, EOT_OPTION_COUNT, &w.n_hcal, "N", "modules of the HCAL, 1 to 4 (default: 3)"},
        {"eot", 0, EOT_OPTION_POSITIVE, &w.eot, "N", "primaries to simulate (default: 20000)"},
        {"name", 0, EOT_OPTION_TEXT, &w.name, "NAME", "name of the run (default: my-study)"},
        {"force", 0, EOT_OPTION_FLAG, &is_forced, NULL, "write FILE even if it is there"},
    };
    const struct eot_command command = {
        .name = "init",
        .arguments = "[FILE]",
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Write a configuration to start from, with a comment at every key: an electromagnetic calorimeter, "
                   "veto, HCAL and spectrometer one behind the other. Without FILE it goes to standard output. On a "
                   "terminal and without options it asks what is wanted.",
        .example = "eotmc init my.yaml --study signal --mphi \"0.5 GeV\" --absorber tungsten"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    if (positional.n > 0 && argc == 2 && isatty(STDIN_FILENO)) {
        for (int i = 0; i < N_STUDY; i++) fprintf(stderr, "  %-7s %s\n", STUDIES[i].word, STUDIES[i].meaning);
        ask("What is to be simulated?", line[0], sizeof line[0], &w.study);
        EOT_TRY(study_find(w.study, &study, err));
        w.energy = STUDIES[study].energy;
        ask("Energy of the beam?", line[1], sizeof line[1], &w.energy);
        ask("Absorber of the ECAL?", line[2], sizeof line[2], &w.absorber);
    }
    EOT_TRY(study_find(w.study, &study, err));
    w.is_signal = strcmp(w.study, "signal") == 0;
    w.is_muon_beam = strncmp(STUDIES[study].particle, "mu", 2) == 0;
    if (w.energy == NULL) w.energy = STUDIES[study].energy;
    EOT_CHECK(w.n_hcal >= 1 && w.n_hcal <= 4, EOT_E_USAGE, "option '--hcal' = %llu (must be 1 to 4); give e.g. 3",
              (unsigned long long)w.n_hcal);
    EOT_CHECK(eot_material_builtin(w.absorber, &absorber), EOT_E_USAGE,
              "there is no built-in material %s; `eotmc materials` lists them", w.absorber);
    EOT_TRY(eot_material_derive(&absorber, &w.material, err));
    EOT_TRY(write_text(&w, study, &text, err));
    EOT_TRY(eot_config_read_text(path = positional.n > 0 ? positional.text[0] : "configuration", text, NULL, 0, &config,
                                 err)); /* what the options say may be out of range */
    if (positional.n == 0) {
        fputs(text, stdout);
        goto done;
    }
    file = fopen(path, is_forced ? "w" : "wx");
    EOT_CHECK(file != NULL, EOT_E_IO, "cannot write '%s' (it is there already, or its folder is not); %s", path,
              "choose another name, or give --force");
    EOT_CHECK(fputs(text, file) >= 0 && fflush(file) == 0, EOT_E_IO, "cannot write '%s'; free space", path);
    fprintf(stderr, "%s is written; next: eotmc check %s, eotmc run %s\n", path, path, path);
done:
    if (file != NULL) fclose(file);
    eot_config_free(&config);
    free(text);
    eot_text_list_free(&positional);
    return status;
}
