/* eotmc xs: cross sections of e N -> mu N phi and mu N -> e N phi, ratio tables, g-2 and the relic line. */
#include "xs.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/number_table.h"

/* "V,ANGLE;V,ANGLE": alternating separators. */
static enum eot_status pairs_check(const char *text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int n_comma = 0;
    for (const char *p = text;; p++) {
        if (*p == ',') n_comma++;
        if (*p == ';' || *p == '\0') {
            EOT_CHECK(
                n_comma == 1, EOT_E_USAGE,
                "option '--at' = '%s' (must be pairs VALUE,ANGLE with ';' between pairs); give e.g. '0.3,0;0.7,1e-3'",
                text);
            n_comma = 0;
        }
        if (*p == '\0') break;
    }
done:
    return status;
}

struct request {
    const char *process, *method, *mphi, *energy, *differential, *at, *side, *format, *figure;
    bool ratio, gm2, relic;
    double Z, A, h, theta_max, psi_max, tolerance, delta_a, delta_a_sigma, n_sigma;
    struct eot_lfc_relic_options relic_options;
    struct eot_lfc_reaction reaction; /* without m_phi */
    struct eot_lfc_options options;
    struct eot_number_list mphi_list, energy_list, at_list;
};

static enum eot_lfc_method method_of(const char *name) {
    return strcmp(name, "etl") == 0 ? EOT_LFC_ETL : strcmp(name, "ww") == 0 ? EOT_LFC_WW : EOT_LFC_IWW;
}

static json_t *head(const struct request *r, const char *quantity) {
    return json_pack("{s:s, s:s, s:s, s:f, s:f, s:f}", "schema", "eotmc-xs/1", "quantity", quantity, "process",
                     r->process, "Z", r->Z, "A", r->A, "h", r->h);
}

static enum eot_status run_points(const struct request *r, struct eot_number_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *root = NULL;
    const char *d = r->differential;
    bool is_double = d != NULL && (strcmp(d, "x-theta") == 0 || strcmp(d, "y-psi") == 0),
         is_angular = d != NULL && (strcmp(d, "theta") == 0 || strcmp(d, "psi") == 0);
    enum eot_lfc_side side = d == NULL ? (strcmp(r->side, "y") == 0 ? EOT_LFC_LEPTON : EOT_LFC_PHI)
                                       : (d[0] == 'x' || d[0] == 't' ? EOT_LFC_PHI : EOT_LFC_LEPTON);
    const char *fraction = side == EOT_LFC_PHI ? "x" : "y", *angle = side == EOT_LFC_PHI ? "theta_rad" : "psi_rad";
    if (d == NULL)
        eot_number_table_init(table, 4, (const char *const[]){"mphi_GeV", "energy_GeV", "sigma_pb", "rel_error"});
    else if (is_double)
        eot_number_table_init(
            table, 6, (const char *const[]){"mphi_GeV", "energy_GeV", fraction, angle, "d2sigma_pb", "rel_error"});
    else
        eot_number_table_init(
            table, 5,
            (const char *const[]){"mphi_GeV", "energy_GeV", is_angular ? angle : fraction, "dsigma_pb", "rel_error"});
    enum eot_lfc_method method = method_of(r->method);
    size_t n_at = d == NULL ? 1 : r->at_list.n / (is_double ? 2 : 1);
    for (size_t i = 0; i < r->mphi_list.n; i++)
        for (size_t j = 0; j < r->energy_list.n; j++)
            for (size_t k = 0; k < n_at; k++) {
                struct eot_lfc_reaction reaction = r->reaction;
                reaction.m_phi = r->mphi_list.value[i];
                double E = r->energy_list.value[j], row[EOT_NUMBER_TABLE_MAX_COLUMN] = {reaction.m_phi, E};
                const double *at = d == NULL ? NULL : &r->at_list.value[k * (is_double ? 2 : 1)];
                struct eot_lfc_value value;
                size_t n = 2;
                if (d == NULL) {
                    EOT_TRY(eot_lfc_total(&reaction, method, side, E, &r->options, &value, err));
                } else if (is_double) {
                    EOT_TRY(eot_lfc_double_differential(
                        &reaction, method, side, (struct eot_lfc_place){E, at[0], at[1]}, &r->options, &value, err));
                    row[n++] = at[0];
                    row[n++] = at[1];
                } else {
                    if (is_angular)
                        EOT_TRY(eot_lfc_angular(&reaction, method, side, E, at[0], &r->options, &value, err));
                    else
                        EOT_TRY(eot_lfc_differential(&reaction, method, side, E, at[0], &r->options, &value, err));
                    row[n++] = at[0];
                }
                row[n++] = value.value;
                row[n++] = value.rel_error;
                EOT_TRY(eot_number_table_add(table, row, err));
            }
    root = head(r, d == NULL ? "sigma" : is_double ? "d2sigma" : "dsigma");
    EOT_CHECK_MEMORY(root);
    json_object_set_new(root, "method", json_string(r->method));
    status = eot_number_table_print(table, r->format, root, err);
done:
    return status;
}

static enum eot_status grid_fill(struct eot_number_list *list, size_t n, double first, double last, bool is_log,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (list->n > 0) goto done;
    list->value = malloc(n * sizeof *list->value);
    EOT_CHECK_MEMORY(list->value);
    for (size_t i = 0; i < n; i++) {
        double f = (double)i / (double)(n - 1);
        list->value[i] = is_log ? first * pow(last / first, f) : first + f * (last - first);
    }
    list->value[n - 1] = last;
    list->n = n;
done:
    return status;
}

static enum eot_status run_ratio(struct request *r, struct eot_number_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(grid_fill(&r->mphi_list, 30, 0.11, 3.0, true, err)); /* GeV */
    EOT_TRY(grid_fill(&r->energy_list, 16, 10.0, 160.0, false, err));
    eot_number_table_init(
        table, 7,
        (const char *const[]){"mphi_GeV", "energy_GeV", "etl_pb", "ww_pb", "iww_pb", "ww_over_etl", "iww_over_etl"});
    for (size_t i = 0; i < r->mphi_list.n; i++)
        for (size_t j = 0; j < r->energy_list.n; j++) {
            struct eot_lfc_reaction reaction = r->reaction;
            reaction.m_phi = r->mphi_list.value[i];
            struct eot_lfc_value value[3];
            for (int method = 0; method < 3; method++)
                EOT_TRY(eot_lfc_total(&reaction, (enum eot_lfc_method)method, EOT_LFC_PHI, r->energy_list.value[j],
                                      &r->options, &value[method], err));
            double etl = value[0].value, row[7] = {reaction.m_phi,
                                                   r->energy_list.value[j],
                                                   etl,
                                                   value[1].value,
                                                   value[2].value,
                                                   etl > 0.0 ? value[1].value / etl : NAN,
                                                   etl > 0.0 ? value[2].value / etl : NAN};
            EOT_TRY(eot_number_table_add(table, row, err));
        }
    status = eot_number_table_print(table, r->format, head(r, "ratio"), err);
done:
    return status;
}

static enum eot_status run_gm2(const struct request *r, struct eot_number_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(r->delta_a > 0.0, EOT_E_USAGE, "option '--delta-a' = %g (must be positive); give e.g. 251e-11",
              r->delta_a);
    EOT_CHECK(r->delta_a_sigma >= 0.0 && r->n_sigma >= 0.0, EOT_E_USAGE,
              "options '--delta-a-sigma' = %g and '--sigmas' = %g (must not be negative); give e.g. 59e-11 and 3",
              r->delta_a_sigma, r->n_sigma);
    eot_number_table_init(
        table, 6, (const char *const[]){"mphi_GeV", "delta_a_over_h2", "rel_error", "h_low", "h_central", "h_high"});
    for (size_t i = 0; i < r->mphi_list.n; i++) {
        struct eot_lfc_value value;
        EOT_TRY(eot_lfc_gm2(r->mphi_list.value[i], &value, err));
        double spread = r->n_sigma * r->delta_a_sigma;
        double row[6] = {r->mphi_list.value[i],
                         value.value,
                         value.rel_error,
                         sqrt(fmax(r->delta_a - spread, 0.0) / value.value),
                         sqrt(r->delta_a / value.value),
                         sqrt((r->delta_a + spread) / value.value)};
        EOT_TRY(eot_number_table_add(table, row, err));
    }
    status = eot_number_table_print(table, r->format,
                                    json_pack("{s:s, s:s, s:f, s:f, s:f}", "schema", "eotmc-xs/1", "quantity", "gm2",
                                              "delta_a", r->delta_a, "delta_a_sigma", r->delta_a_sigma, "n_sigma",
                                              r->n_sigma),
                                    err);
done:
    return status;
}

static enum eot_status run_relic(const struct request *r, struct eot_number_table *table, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_number_table_init(table, 2, (const char *const[]){"mphi_GeV", "h"});
    for (size_t i = 0; i < r->mphi_list.n; i++) {
        double row[2] = {r->mphi_list.value[i], 0.0};
        EOT_TRY(eot_lfc_relic_coupling(row[0], &r->relic_options, &row[1], err));
        EOT_TRY(eot_number_table_add(table, row, err));
    }
    const char *reading = "<sigma v> = h^2 g^2 m_1^2/(4 pi [m_phi^2-(m_1+m_2)^2]^2), m_1 = m_2 = mass_ratio m_phi";
    if (strcmp(r->format, "table") == 0)
        printf("# %s = %g pb, mass_ratio = %g, g = %g\n", reading, r->relic_options.sigma_v_pb,
               r->relic_options.mass_ratio, r->relic_options.coupling);
    status =
        eot_number_table_print(table, r->format,
                               json_pack("{s:s, s:s, s:s, s:f, s:f, s:f}", "schema", "eotmc-xs/1", "quantity", "relic",
                                         "reading", reading, "mass_ratio", r->relic_options.mass_ratio, "g",
                                         r->relic_options.coupling, "sigma_v_pb", r->relic_options.sigma_v_pb),
                               err);
done:
    return status;
}

/* The curves are of the masses of --mphi, the differentials at the energy of --energy, or of some of each. */
static enum eot_status run_figure(const struct request *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_xs_figure f = {.reaction = &r->reaction,
                              .options = &r->options,
                              .n_mass = 3,
                              .mass = {0.11, 0.5, 1.0},
                              .energy = r->energy_list.n > 0 ? r->energy_list.value[0] : 100.0};
    EOT_CHECK(r->mphi_list.n <= EOT_XS_MAX_CURVE, EOT_E_USAGE,
              "--figure with %zu masses (at most %d curves); give fewer", r->mphi_list.n, (int)EOT_XS_MAX_CURVE);
    EOT_CHECK(r->energy_list.n <= 1, EOT_E_USAGE,
              "--figure with %zu energies (its differentials are at one); give one --energy", r->energy_list.n);
    if (r->mphi_list.n > 0) f.n_mass = r->mphi_list.n;
    for (size_t i = 0; i < r->mphi_list.n; i++) f.mass[i] = r->mphi_list.value[i];
    EOT_TRY(eot_xs_figures(r->figure, &f, err));
done:
    return status;
}

/* Which options belong together. */
static enum eot_status request_check(struct request *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int n_mode = r->ratio + r->gm2 + r->relic + (r->figure != NULL) + (r->differential != NULL);
    EOT_CHECK(
        n_mode <= 1, EOT_E_USAGE,
        "more than one of --differential, --ratio, --gm2, --relic, --figure (each is a different output); give one");
    EOT_CHECK((r->differential != NULL) == (r->at != NULL), EOT_E_USAGE,
              "%s without %s (a differential needs the places to evaluate it at); give both or neither",
              r->at != NULL ? "--at" : "--differential", r->at != NULL ? "--differential" : "--at");
    bool needs_mass = !r->ratio && r->figure == NULL, needs_energy = needs_mass && !r->gm2 && !r->relic;
    EOT_CHECK(!needs_mass || r->mphi != NULL, EOT_E_USAGE,
              "no --mphi; give one or more masses in GeV, as in --mphi 0.11,0.5");
    EOT_CHECK(!needs_energy || r->energy != NULL, EOT_E_USAGE,
              "no --energy; give one or more energies in GeV, as in --energy 50,100");
    if (r->mphi != NULL) EOT_TRY(eot_number_list_parse("mphi", r->mphi, ",", &r->mphi_list, err));
    if (r->energy != NULL) EOT_TRY(eot_number_list_parse("energy", r->energy, ",", &r->energy_list, err));
    if (r->at != NULL) {
        bool is_double = strchr(r->differential, '-') != NULL;
        if (is_double) EOT_TRY(pairs_check(r->at, err));
        EOT_TRY(eot_number_list_parse("at", r->at, is_double ? ",;" : ",", &r->at_list, err));
    }
    EOT_CHECK(r->theta_max >= 0.0 && r->psi_max >= 0.0, EOT_E_USAGE,
              "--theta-max = %g, --psi-max = %g rad (must be positive); give e.g. 0.1", r->theta_max, r->psi_max);
    r->reaction = (struct eot_lfc_reaction){.process = strcmp(r->process, "mu2e") == 0 ? EOT_LFC_MU2E : EOT_LFC_E2MU,
                                            .coupling = r->h,
                                            .Z = r->Z,
                                            .A = r->A};
    r->options = (struct eot_lfc_options){.theta_max = r->theta_max, .psi_max = r->psi_max, .tolerance = r->tolerance};
done:
    return status;
}

enum eot_status eot_cmd_xs(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct eot_text_list positional = {0};
    struct eot_number_table table = {0};
    struct request r = {.process = "e2mu",
                        .method = "etl",
                        .side = "x",
                        .format = "table",
                        .Z = 82.0,
                        .A = 207.0,
                        .h = 1e-4,
                        .tolerance = 1e-4,
                        .delta_a = 251e-11,
                        .delta_a_sigma = 59e-11,
                        .n_sigma = 3.0,
                        .relic_options = {.mass_ratio = 3.0, .coupling = 0.1, .sigma_v_pb = 10.0}};
    const struct eot_option option[] = {
        {"process", 0, EOT_OPTION_CHOICE, &r.process, "e2mu|mu2e",
         "e N -> mu N phi or mu N -> e N phi (default: e2mu)"},
        {"method", 0, EOT_OPTION_CHOICE, &r.method, "etl|ww|iww",
         "exact tree level, Weizsaecker-Williams, improved WW (default: etl)"},
        {"mphi", 0, EOT_OPTION_TEXT, &r.mphi, "M[,M...]", "masses of phi [GeV], above m_mu - m_e and up to 3"},
        {"energy", 0, EOT_OPTION_TEXT, &r.energy, "E[,E...]", "total energies of the incoming lepton [GeV], up to 500"},
        {"Z", 0, EOT_OPTION_REAL, &r.Z, "Z", "charge of the nucleus (default: 82)"},
        {"A", 0, EOT_OPTION_REAL, &r.A, "A", "mass number of the nucleus (default: 207)"},
        {"h", 0, EOT_OPTION_REAL, &r.h, "H", "coupling (default: 1e-4)"},
        {"differential", 0, EOT_OPTION_CHOICE, &r.differential, "x|y|theta|psi|x-theta|y-psi",
         "differential cross section instead of the total; angles per rad, double per unit cos"},
        {"at", 0, EOT_OPTION_TEXT, &r.at, "V[,V...]",
         "where: values of x, y or the angle [rad]; pairs V,ANGLE;V,ANGLE for a double differential"},
        {"side", 0, EOT_OPTION_CHOICE, &r.side, "x|y",
         "variables that a total is integrated over: phi's or the lepton's (default: x)"},
        {"theta-max", 0, EOT_OPTION_REAL, &r.theta_max, "T",
         "largest angle of phi [rad] (default: none for etl, 0.1 for ww and iww)"},
        {"psi-max", 0, EOT_OPTION_REAL, &r.psi_max, "T",
         "largest angle of the lepton [rad] (default: none for etl, 0.3 for ww and iww)"},
        {"tolerance", 0, EOT_OPTION_REAL, &r.tolerance, "T", "relative, 1e-8 to 1e-2 (default: 1e-4)"},
        {"ratio", 0, EOT_OPTION_FLAG, &r.ratio, NULL,
         "table of WW/ETL and IWW/ETL over masses and energies (default: 30 x 16)"},
        {"gm2", 0, EOT_OPTION_FLAG, &r.gm2, NULL,
         "contribution to the muon's g-2 and the coupling band that explains Delta a_mu"},
        {"delta-a", 0, EOT_OPTION_REAL, &r.delta_a, "D", "Delta a_mu (default: 251e-11)"},
        {"delta-a-sigma", 0, EOT_OPTION_REAL, &r.delta_a_sigma, "S", "its standard deviation (default: 59e-11)"},
        {"sigmas", 0, EOT_OPTION_REAL, &r.n_sigma, "N", "half width of the band in standard deviations (default: 3)"},
        {"relic", 0, EOT_OPTION_FLAG, &r.relic, NULL, "coupling of the thermal relic line"},
        {"mass-ratio", 0, EOT_OPTION_REAL, &r.relic_options.mass_ratio, "R",
         "m_chi/m_phi of the relic line (default: 3)"},
        {"dark-coupling", 0, EOT_OPTION_REAL, &r.relic_options.coupling, "G",
         "coupling g of phi to dark matter (default: 0.1)"},
        {"sigma-v", 0, EOT_OPTION_REAL, &r.relic_options.sigma_v_pb, "S",
         "<sigma v> [pb] of the relic line (default: 10)"},
        {"figure", 0, EOT_OPTION_TEXT, &r.figure, "DIR",
         "draw totals, differentials and ratio maps into DIR (PNG, gnuplot script, data): curves of the masses of "
         "--mphi, "
         "differentials at --energy (default: 0.11,0.5,1 and 100)"},
        EOT_ROW_FORMAT_TABLE(&r.format),
    };
    const struct eot_command command = {
        .name = "xs",
        .arguments = "",
        .summary = "Cross sections of e N -> mu N phi and mu N -> e N phi [pb]: totals, differentials, ratios of the "
                   "approximations to the exact tree level, the\n"
                   "contribution to g-2 and the relic line. rel_error is the achieved integration error.",
        .example = "eotmc xs --mphi 0.11,0.5 --energy 50,100\n"
                   "  eotmc xs --mphi 0.5 --energy 100 --differential x --at 0.5,0.9,0.99 --format csv\n"
                   "  eotmc xs --mphi 0.5 --energy 100 --differential y-psi --at '0.05,0;0.3,5e-3' --format json\n"
                   "  eotmc xs --gm2 --mphi 0.2; eotmc xs --relic --mphi 0.2; eotmc xs --ratio --format csv; eotmc xs "
                   "--figure figures",
        .option = option,
        .n_option = sizeof option / sizeof option[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(request_check(&r, err));
    if (r.figure != NULL)
        EOT_TRY(run_figure(&r, err));
    else if (r.ratio)
        EOT_TRY(run_ratio(&r, &table, err));
    else if (r.gm2)
        EOT_TRY(run_gm2(&r, &table, err));
    else if (r.relic)
        EOT_TRY(run_relic(&r, &table, err));
    else
        EOT_TRY(run_points(&r, &table, err));
done:
    eot_number_table_free(&table);
    free(r.mphi_list.value);
    free(r.energy_list.value);
    free(r.at_list.value);
    eot_text_list_free(&positional);
    return status;
}
