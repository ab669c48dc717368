/* eotmc tables: build the physics tables of a configuration, check them, list them, write them out. */
#include "tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/open.h"
#include "output/output.h"
#include "physics/muon_tables.h"
#include "physics/process.h"
#include "world/world.h"

enum { MAX_ROW = 256 };

/* The grid of a table. */
struct table_range {
    const char *unit; /* energies are total for electrons and photons, kinetic for muons */
    double low, high;
    size_t n_node;
};
struct table_row {
    const char *process;
    char medium[64];
    struct table_range range;
    double error;   /* relative; NAN for what is exact or has no quadrature of its own */
    size_t n_value; /* f32 */
};

struct listing {
    struct table_row row[MAX_ROW];
    size_t n;
};

static void add(struct listing *list, const char *process, const char *medium, struct table_range range, double error,
                size_t n_value) {
    if (list->n == MAX_ROW) return; /* 2 media and 64 materials fit */
    struct table_row *row = &list->row[list->n++];
    *row = (struct table_row){.process = process, .range = range, .error = error, .n_value = n_value};
    snprintf(row->medium, sizeof row->medium, "%s", medium);
}

static void list_tables(const struct eot_setup *setup, const struct eot_em_options *o, const struct eot_world *w,
                        struct listing *list) {
    const eot_em_tables *t = &w->em;
    size_t n_energy = (size_t)t->n_energy, n_quantile = n_energy * (size_t)(EOT_EM_N_QUANTILE + 1);
    list->n = 0;
    for (int m = 0; m < o->n_medium; m++) {
        const struct eot_em_errors *e = &w->accuracy.em[m];
        char name[64];
        eot_tables_medium_name(&o->medium[m], name, sizeof name);
        add(list, "bremsstrahlung above cut", name, (struct table_range){"GeV", o->cut, o->energy_max, n_energy},
            e->brems, 2 * n_energy + n_quantile);
        add(list, "pair production", name, (struct table_range){"GeV", o->cut, o->energy_max, n_energy}, e->pair,
            n_energy + n_quantile);
        add(list, "Compton scattering", name, (struct table_range){"GeV", o->cut, o->energy_max, n_energy}, e->compton,
            n_energy + n_quantile);
        for (int p = 0; p < EOT_N_RARE; p++)
            if (o->rare[p])
                add(list, eot_process_at(p)->reaction, name,
                    (struct table_range){"GeV", o->cut, o->energy_max, n_energy}, e->rare[p], n_energy);
        add(list, "electron ionisation", name, (struct table_range){"GeV", o->cut, o->energy_max, n_energy}, NAN,
            n_energy);
    }
    size_t n_soft = (size_t)(EOT_EM_N_SOFT_ENERGY * EOT_EM_N_SOFT_PATH);
    if (o->n_medium > 0)
        add(list, "radiation below cut", "ECAL", (struct table_range){"GeV", o->cut, o->energy_max, n_soft}, NAN,
            n_soft * (size_t)(EOT_EM_N_SOFT_QUANTILE + 1));
    double first = (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS),
           last = (double)eot_f32_from_bits(EOT_MUON_FIRST_BITS + ((EOT_MUON_N_ROW - 1u) << EOT_MUON_ROW_SHIFT));
    for (int i = 0; i < setup->n_material; i++) {
        const struct eot_material *m = &setup->material[i];
        if (!(m->density > 0.0) || m->n_element == 0) continue;
        add(list, "muon losses and rates", m->name, (struct table_range){"GeV", first, last, EOT_MUON_N_ROW},
            w->accuracy.muon, EOT_MUON_N_ROW * (EOT_MUON_N_COLUMN + 4));
        add(list, "muon hard losses", m->name, (struct table_range){"GeV", first, last, 4 * EOT_MUON_N_LOSS_ROW},
            w->accuracy.muon, 4 * EOT_MUON_N_LOSS_ROW * EOT_MUON_N_TAIL);
        add(list, "muon hard scattering", m->name, (struct table_range){"tail", ldexp(1.0, -21), 1.0, EOT_MUON_N_TAIL},
            NAN, EOT_MUON_N_TAIL);
    }
    double kappa = (double)eot_f32_from_bits(EOT_MUON_KAPPA_BITS),
           kappa_last =
               (double)eot_f32_from_bits(EOT_MUON_KAPPA_BITS + ((EOT_MUON_N_KAPPA - 1u) << EOT_MUON_KAPPA_SHIFT));
    add(list, "muon straggling (Vavilov)", "any", (struct table_range){"kappa", kappa, kappa_last, EOT_MUON_N_KAPPA},
        NAN, 2 * EOT_MUON_N_KAPPA * EOT_MUON_N_TAIL);
    if (o->n_medium == 0) return; /* a muon beam has no cascade */
    const eot_shower_constants *shower = &w->event.shower;
    for (int p = 0; p < EOT_N_RARE; p++) {
        struct eot_process_table own[EOT_MAX_PROCESS_TABLE];
        int n = o->rare[p] ? eot_process_at(p)->list(&w->event.vertex, own) : 0;
        for (int i = 0; i < n; i++)
            add(list, own[i].name, "ECAL", (struct table_range){"GeV", own[i].low, own[i].high, own[i].n_node}, NAN,
                own[i].n_value);
    }
    double alpha = (double)shower->first_alpha,
           alpha_last = alpha + (shower->n_alpha - 1) / (double)shower->inverse_alpha_step;
    add(list, "shower depth (Gamma)", "any", (struct table_range){"alpha", alpha, alpha_last, (size_t)shower->n_alpha},
        NAN, (size_t)(shower->n_alpha * (shower->n_quantile + 1)));
}

static void print_text(const struct eot_config *config, const struct eot_em_options *o, const struct eot_world *w,
                       const struct listing *list, double seconds) {
    printf("%s: %zu values, %.1f kB, %s in %.2f s, SHA-256 %.16s...\n\n", config->name, w->table.n,
           1e-3 * (double)(w->table.n * sizeof(float)), w->is_cached ? "taken from the cache" : "built", seconds,
           w->sha256);
    printf("%-26s %-24s %26s %7s %10s %9s\n", "process", "medium", "range", "nodes", "rel. error", "bytes");
    for (size_t i = 0; i < list->n; i++) {
        const struct table_row *r = &list->row[i];
        char range[64], error[32] = "-";
        snprintf(range, sizeof range, "%.4g .. %.4g %s", r->range.low, r->range.high, r->range.unit);
        if (!isnan(r->error)) snprintf(error, sizeof error, "%.1e", r->error);
        printf("%-26s %-24s %26s %7zu %10s %9zu\n", r->process, r->medium, range, r->range.n_node, error,
               r->n_value * sizeof(float));
    }
    if (o->n_medium == 0)
        printf("\nlargest error %.1e (tolerance %.0e)\n", w->achieved_error, eot_muon_options_default().tolerance);
    else {
        printf("\ncut %.6g GeV, energies to %.6g GeV; largest error %.1e (tolerances %.0e cascade, %.0e muons", o->cut,
               o->energy_max, w->achieved_error, EOT_EM_TOLERANCE, eot_muon_options_default().tolerance);
        for (int p = 0; p < EOT_N_RARE; p++)
            if (o->rare[p] && eot_process_at(p)->tolerance > EOT_EM_TOLERANCE)
                printf(", %.0e %s", eot_process_at(p)->tolerance, eot_process_at(p)->reaction);
        printf(")\n");
    }
    if (o->n_medium > 0 && w->event.response.n_hcal > 0)
        printf("HCAL calibration: factor %.5g on the energy in scintillator, statistical error %.2f %% (muons of %.4g "
               "GeV, peak %.4g GeV)\n",
               (double)w->event.response.hcal_scale, 100.0 * w->hcal_peak_error, config->detector.hcal_mip_energy,
               config->detector.hcal_mip_peak);
}

static enum eot_status print_json(const struct eot_config *config, const struct eot_em_options *o,
                                  const struct eot_world *w, const struct listing *list, double seconds,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *root, *tables = json_array();
    for (size_t i = 0; i < list->n; i++) {
        const struct table_row *r = &list->row[i];
        json_t *row =
            json_pack("{s:s, s:s, s:s, s:f, s:f, s:I, s:o, s:I}", "process", r->process, "medium", r->medium, "unit",
                      r->range.unit, "low", r->range.low, "high", r->range.high, "nodes", (json_int_t)r->range.n_node,
                      "rel_error", isnan(r->error) ? json_null() : json_real(r->error), "bytes",
                      (json_int_t)(r->n_value * sizeof(float)));
        EOT_TRY(eot_json_append(tables, row, err));
    }
    root = json_pack("{s:s, s:s, s:s, s:s, s:b, s:f, s:I, s:f, s:f, s:f, s:f, s:f, s:O, s:{s:f, s:f}}", "schema",
                     "eotmc-tables/1", "name", config->name, "config_sha256", config->sha256, "tables_sha256",
                     w->sha256, "cached", (int)w->is_cached, "seconds", seconds, "bytes",
                     (json_int_t)(w->table.n * sizeof(float)), "cut_GeV", o->cut, "energy_max_GeV", o->energy_max,
                     "achieved_error", w->achieved_error, "tolerance_cascade", EOT_EM_TOLERANCE, "tolerance_muon",
                     eot_muon_options_default().tolerance, "tables", tables, "hcal_calibration", "factor",
                     (double)w->event.response.hcal_scale, "rel_error", w->hcal_peak_error);
    EOT_TRY(eot_json_print(root, 12, err));
done:
    json_decref(tables);
    return status;
}

enum eot_status eot_cmd_tables(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text", *dump = NULL, *figure = NULL;
    bool is_help = false, no_table_cache = false;
    struct eot_opened opened = {.positional = {0}};
    const struct eot_config *config = &opened.config;
    const struct eot_setup *setup = &opened.setup;
    struct eot_world world = {0};
    struct eot_em_options options = {.n_medium = 0};
    struct listing *list = NULL;
    const struct eot_option table[] = {
        EOT_ROW_SET(&opened.set),
        {"dump", 0, EOT_OPTION_TEXT, &dump, "DIR",
         "write em_<medium>.csv, dimuon_gamma_xsec.csv and muon_dedx_<material>.csv"},
        {"figure", 0, EOT_OPTION_TEXT, &figure, "DIR", "draw muon_dedx.png, with its gnuplot script and data"},
        EOT_ROW_FORMAT_TEXT(&format),
        {"no-table-cache", 0, EOT_OPTION_FLAG, &no_table_cache, NULL, "build the tables anew and do not store them"},
    };
    const struct eot_command command = {
        .name = "tables",
        .arguments = "CONFIG",
        .summary =
            "Build the physics tables of a configuration (or take them from the cache), check the errors that they "
            "achieve, and list them.\n"
            "Exit codes: 0 ok, 2 usage or configuration, 3 a file cannot be written, 6 a table misses its tolerance.",
        .min_positional = 1,
        .max_positional = 1,
        .example = "eotmc tables configs/na64e-dimuon.yaml --dump out/tables --figure out/tables\n"
                   "  eotmc tables configs/na64e-dimuon.yaml --set physics.cut=\"0.5 GeV\" --format json",
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &opened.positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_opened_read(&opened, opened.positional.text[0], err));
    bool is_muon_beam = eot_beam_is_muon(config);
    if (!is_muon_beam) EOT_TRY(eot_world_em_options(config, setup, config->physics.cut, &options, err));
    if (dump != NULL) EOT_TRY(eot_output_prepare(dump, err)); /* before any work is done */
    if (figure != NULL) EOT_TRY(eot_output_prepare(figure, err));
    double start = eot_clock_seconds();
    if (is_muon_beam)
        EOT_TRY(eot_world_create_muons(config, setup, &world, err));
    else
        EOT_TRY(eot_world_create_with(config, setup, config->physics.cut,
                                      &(struct eot_world_options){.no_cache = no_table_cache}, &world, err));
    double seconds = eot_clock_seconds() - start;
    list = malloc(sizeof *list);
    EOT_CHECK_MEMORY(list);
    list_tables(setup, &options, &world, list);
    if (eot_format_is_json(format))
        EOT_TRY(print_json(config, &options, &world, list, seconds, err));
    else
        print_text(config, &options, &world, list, seconds);
    if (dump != NULL) EOT_TRY(eot_tables_dump(dump, setup, &options, &world, err));
    if (figure != NULL) EOT_TRY(eot_tables_figure(figure, setup, err));
done:
    free(list);
    eot_world_free(&world);
    eot_opened_free(&opened);
    return status;
}
