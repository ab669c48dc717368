/* eotmc yield: the signal yield of any number of masses at once, from track lengths. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/yield.h"
#include "base/cache.h"
#include "base/clock.h"
#include "cli/option_rows.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "base/interrupt.h"
#include "cli/number_table.h"
#include "cli/open.h"
#include "cli/preflight.h"
#include "device/selftest.h"
#include "output/format.h"
#include "world/beam_line.h"

enum { N_BATCH = 50 };
/* Showers are followed down to this energy [GeV] whatever physics.cut says, so that the yield is that of all energies.
 */
static const double CUT = 0.2;

struct request {
    const char *mphi, *format, *device, *progress;
    double h, min_energy;
    uint64_t eot;
    bool is_verbose, no_cache;
    struct eot_number_list masses;
};

/* Track lengths are kept under the hash of all that they depend on. */
static void spectra_key(const struct eot_config *config, const struct eot_backend *backend, uint64_t eot,
                        char key[65]) {
    struct eot_sha256 hash;
    char text[64];
    snprintf(text, sizeof text, "tracks 1 %llu %d", (unsigned long long)eot, N_BATCH);
    eot_sha256_init(&hash);
    eot_table_version_hash(&hash);
    const char *part[] = {text, config->sha256, backend->name, backend->driver};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) eot_sha256_update(&hash, part[i], strlen(part[i]) + 1);
    eot_sha256_finish(&hash, key);
}

struct spectra_head {
    uint64_t n_energy, n_batch;
    double log_first, log_step, wall_s;
};

static enum eot_status spectra_store(const char *key, const struct eot_track_spectra *s, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct spectra_head head = {s->n_energy, s->n_batch, s->log_first, s->log_step, s->wall_s};
    size_t n_count = s->n_batch * sizeof *s->n_primary, n_length = s->n_batch * 2 * s->n_energy * sizeof *s->length;
    unsigned char *bytes = malloc(sizeof head + n_count + n_length);
    EOT_CHECK_MEMORY(bytes);
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, s->n_primary, n_count);
    memcpy(bytes + sizeof head + n_count, s->length, n_length);
    eot_cache_write(key, bytes, sizeof head + n_count + n_length);
done:
    free(bytes);
    return status;
}

static enum eot_status spectra_load(const char *key, struct eot_track_spectra *s, bool *is_found,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t n_bytes = 0;
    struct spectra_head head;
    unsigned char *bytes = eot_cache_read(key, &n_bytes);
    *is_found = false;
    if (bytes == NULL || n_bytes < sizeof head) goto done;
    memcpy(&head, bytes, sizeof head);
    if (head.n_batch == 0 || head.n_batch > N_BATCH || head.n_energy == 0 || head.n_energy > 1000000) goto done;
    size_t n_count = head.n_batch * sizeof *s->n_primary,
           n_length = head.n_batch * 2 * head.n_energy * sizeof *s->length;
    if (n_bytes != sizeof head + n_count + n_length) goto done;
    *s = (struct eot_track_spectra){.n_energy = head.n_energy,
                                    .n_batch = head.n_batch,
                                    .log_first = head.log_first,
                                    .log_step = head.log_step,
                                    .wall_s = head.wall_s};
    s->n_primary = malloc(n_count);
    s->length = malloc(n_length);
    EOT_CHECK_MEMORY(s->n_primary);
    EOT_CHECK_MEMORY(s->length);
    memcpy(s->n_primary, bytes + sizeof head, n_count);
    memcpy(s->length, bytes + sizeof head + n_count, n_length);
    *is_found = true;
done:
    free(bytes);
    return status;
}

/* What the command found. */
struct answer {
    struct eot_track_spectra spectra;
    struct eot_mean length[2]; /* track length of electrons and positrons above E_min [X0 per EOT] */
    double E_min;              /* GeV */
    bool is_cached;            /* the track lengths */
    struct eot_yield *yield;   /* one per mass */
    struct eot_yield_times times;
    double build_s, tracks_s;
};

static enum eot_status print_answer(const struct request *r, const struct eot_config *config,
                                    const struct eot_backend *backend, const struct answer *a, struct eot_error *err) {
    static const char *const column[] = {"mphi_GeV",           "per_eot",       "std_error",       "positron_per_eot",
                                         "positron_std_error", "total_per_eot", "total_std_error", "xsec_rel_error"};
    enum eot_status status = EOT_OK;
    struct eot_number_table table = {0};
    eot_number_table_init(&table, sizeof column / sizeof column[0], column);
    for (size_t i = 0; i < r->masses.n; i++) {
        const struct eot_yield *y = &a->yield[i];
        EOT_TRY(eot_number_table_add(&table,
                                     (const double[]){y->m_phi, y->electron.value, y->electron.std_error,
                                                      y->positron.value, y->positron.std_error, y->both.value,
                                                      y->both.std_error, y->rel_error},
                                     err));
    }
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:I, s:i, s:i, s:{s:f, s:f, s:f, s:f}, s:{s:f, s:f, s:b, s:f, s:f, s:f}}",
        "schema", "eotmc-yield/1", "name", config->name, "process", "e2mu", "device", backend->name, "h", r->h,
        "min_energy_GeV", a->E_min, "beam_energy_GeV", config->beam.energy, "eot", (json_int_t)r->eot, "n_batches",
        (int)a->spectra.n_batch, "n_energies", (int)a->spectra.n_energy, "track_length_X0", "electron",
        a->length[0].value, "electron_std_error", a->length[0].std_error, "positron", a->length[1].value,
        "positron_std_error", a->length[1].std_error, "times_s", "jit", a->build_s, "track_lengths", a->tracks_s,
        "track_lengths_cached", (int)a->is_cached, "cross_sections", a->times.cross_sections, "algebra_build",
        a->times.algebra_build, "algebra", a->times.algebra);
    EOT_TRY(eot_number_table_print(&table, r->format, root, err));
done:
    eot_number_table_free(&table);
    return status;
}

static enum eot_status check(struct request *r, const struct eot_config *config, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (isnan(r->h)) r->h = config->physics.h;
    EOT_CHECK(r->mphi != NULL && r->mphi[0] != '\0', EOT_E_USAGE,
              "no --mphi; give one or more masses in GeV, as in --mphi 0.11,0.5");
    EOT_TRY(eot_number_list_parse("mphi", r->mphi, ",", &r->masses, err));
    EOT_CHECK(r->h > 0.0, EOT_E_USAGE, "option '--h' = %g (must be positive); give e.g. 1e-4", r->h);
    EOT_CHECK(r->eot >= 2 * N_BATCH && r->eot <= 1000000000, EOT_E_USAGE,
              "option '--eot' = %llu (must be %d to 1e9); give e.g. 2e4", (unsigned long long)r->eot, 2 * N_BATCH);
    EOT_CHECK(eot_beam_kind_of(config) == EOT_BEAM_KIND_SHOWER, EOT_E_CONFIG,
              "%s has no beam of electrons, positrons or photons (the yield is that of showers); use a configuration "
              "with one",
              config->name);
    EOT_CHECK(r->min_energy == 0.0 || r->min_energy >= CUT, EOT_E_USAGE,
              "option '--min-energy' = %g GeV (below %g GeV, where showers are not followed); raise it or leave it out",
              r->min_energy, CUT);
    EOT_CHECK(r->min_energy < config->beam.energy, EOT_E_USAGE,
              "option '--min-energy' = %g GeV (not below the beam's %g GeV); lower it", r->min_energy,
              config->beam.energy);
done:
    return status;
}

/* The track lengths of the shower: from the cache, or simulated. */
static enum eot_status track_lengths(const struct request *r, const struct eot_config *config,
                                     const struct eot_setup *setup, struct eot_backend *backend,
                                     const struct eot_log *log, struct answer *answer, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_caught = false;
    struct eot_world world = {0};
    char key[65];
    double start = eot_clock_seconds();
    spectra_key(config, backend, r->eot, key);
    if (!r->no_cache) EOT_TRY(spectra_load(key, &answer->spectra, &answer->is_cached, err));
    if (!answer->is_cached) {
        EOT_TRY(eot_world_create_with(config, setup, CUT,
                                      &(struct eot_world_options){.no_cache = r->no_cache, .cascade_only = true},
                                      &world, err));
        EOT_TRY(eot_world_check_beam(config, &world, err));
        struct eot_run_options options = {.backend = backend,
                                          .progress = eot_progress_mode_from_text(r->progress),
                                          .log = log,
                                          .is_interrupted = eot_interrupt_catch()};
        is_caught = true;
        EOT_TRY(eot_run_track_spectra(config, &world, &options, r->eot, N_BATCH, &answer->spectra, err));
        if (!r->no_cache) EOT_TRY(spectra_store(key, &answer->spectra, err));
    }
    answer->tracks_s = eot_clock_seconds() - start;
done:
    if (is_caught) eot_interrupt_release();
    eot_world_free(&world);
    return status;
}

static void log_answer(const struct eot_log *log, const struct request *r, const struct eot_config *config,
                       const struct answer *a) {
    char track[2][64];
    for (int p = 0; p < 2; p++)
        eot_uncertain_format(track[p], sizeof track[p], a->length[p].value, a->length[p].std_error, EOT_FORMAT_PLAIN);
    eot_log_message(log, EOT_LOG_NORMAL, "%s: %llu showers; track lengths above %g GeV: %s X0 (e-), %s X0 (e+)",
                    config->name, (unsigned long long)r->eot, a->E_min, track[0], track[1]);
    eot_log_message(log, EOT_LOG_NORMAL,
                    "times: kernels built in %.2f s, track lengths %s in %.2f s, cross sections %.2f s, CLBlast built "
                    "in %.2f s, algebra %.4f s",
                    a->build_s, a->is_cached ? "from the cache" : "simulated", a->tracks_s, a->times.cross_sections,
                    a->times.algebra_build, a->times.algebra);
}

enum eot_status eot_cmd_yield(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct request r = {.format = "table", .progress = "auto", .h = NAN, .eot = 20000};
    struct eot_opened opened = {.positional = {0}};
    const struct eot_config *config = &opened.config;
    struct eot_backend *backend = NULL;
    struct answer answer = {.build_s = 0.0};
    struct eot_em_options media;
    struct eot_findings warnings = {0};
    size_t n_said;
    const struct eot_option table[] = {
        {"mphi", 0, EOT_OPTION_TEXT, &r.mphi, "M[,M...]", "masses of phi [GeV], above m_mu - m_e and up to 3"},
        {"h", 0, EOT_OPTION_REAL, &r.h, "H", "coupling (default: physics.h); yields are proportional to h^2"},
        {"min-energy", 0, EOT_OPTION_REAL, &r.min_energy, "E",
         "count leptons above this energy [GeV] (default: all, from 0.2 GeV on)"},
        {"eot", 0, EOT_OPTION_COUNT, &r.eot, "N",
         "showers that the track lengths are taken from (default: 20000); they are kept in the cache"},
        EOT_ROW_SET(&opened.set),
        EOT_ROW_DEVICE(&r.device),
        EOT_ROW_FORMAT_TABLE(&r.format),
        EOT_ROW_PROGRESS(&r.progress),
        {"no-cache", 0, EOT_OPTION_FLAG, &r.no_cache, NULL,
         "follow the showers anew, and do not keep their track lengths"},
        EOT_ROW_VERBOSE(&r.is_verbose),
    };
    const struct eot_command command = {
        .name = "yield",
        .arguments = "CONFIG",
        .min_positional = 1,
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary = "Yield of e N -> mu N phi per electron on target for any number of masses: the product of cross "
                   "sections [masses x energies] and track lengths\n"
                   "[energies x batches of showers]. per_eot counts the shower's electrons, positron_per_eot its "
                   "positrons (e+ N -> mu+ N phi).",
        .example = "eotmc yield configs/na64e-dimuon.yaml --mphi 0.11,0.2,0.5,1 --min-energy 5"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &opened.positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_opened_read(&opened, opened.positional.text[0], err));
    EOT_TRY(check(&r, config, err));
    EOT_TRY(eot_world_em_options(config, &opened.setup, CUT, &media, err));
    /* What the cross sections would refuse is refused before the showers are followed. */
    for (size_t i = 0; i < r.masses.n; i++) {
        double threshold;
        EOT_TRY(eot_lfc_threshold_energy(
            &(struct eot_lfc_reaction){
                .process = EOT_LFC_E2MU, .m_phi = r.masses.value[i], .coupling = r.h, .Z = 82.0, .A = 207.2},
            &threshold, err));
    }
    struct eot_log log = {.level = r.is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    EOT_TRY(eot_preflight(config, &opened.setup, &log, &warnings, NULL, err));
    EOT_TRY(eot_backend_open(
        &(struct eot_backend_options){.selector = r.device,
                                      .one_only = true,
                                      .verbose = r.is_verbose,
                                      .kernels = eot_world_kernels_of_cascade(config),
                                      .extra_options = eot_world_kernel_options_for(config, EOT_TRACK_SPECTRUM)},
        &backend, err));
    EOT_TRY(eot_selftest(backend, false, NULL, err));
    n_said = warnings.n;
    EOT_TRY(eot_preflight_device(r.device, backend->is_host, &warnings, err));
    EOT_TRY(eot_preflight_say(&warnings, n_said, &log, NULL, err));
    answer.build_s = backend->build_s;
    EOT_TRY(track_lengths(&r, config, &opened.setup, backend, &log, &answer, err));
    answer.build_s = fmax(answer.build_s, backend->build_s);
    answer.yield = calloc(r.masses.n, sizeof *answer.yield);
    EOT_CHECK_MEMORY(answer.yield);
    answer.E_min = fmax(r.min_energy, CUT);
    EOT_TRY(eot_yield_matrix(&(struct eot_yield_input){.media = &media,
                                                       .spectra = &answer.spectra,
                                                       .reaction = {.process = EOT_LFC_E2MU, .coupling = r.h},
                                                       .m_phi = r.masses.value,
                                                       .n = r.masses.n,
                                                       .E_min = r.min_energy > 0.0 ? answer.E_min : 0.0},
                             backend, answer.yield, &answer.times, err));
    for (int p = 0; p < 2; p++)
        EOT_TRY(eot_spectra_track_length(&answer.spectra, p, answer.E_min, &answer.length[p], err));
    EOT_TRY(print_answer(&r, config, backend, &answer, err));
    log_answer(&log, &r, config, &answer);
done:
    free(answer.yield);
    eot_track_spectra_free(&answer.spectra);
    eot_backend_close(backend);
    free(r.masses.value);
    eot_findings_free(&warnings);
    eot_opened_free(&opened);
    return status;
}
