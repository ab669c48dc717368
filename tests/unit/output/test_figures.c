#include <signal.h>
#include <sys/resource.h>

#include "config/config.h"
#include "output/figure_axes.h"
#include "output/output.h"
#include "sample_result.h"

static const char *folder;
static struct eot_result result;
static struct eot_error error;

static void begin(void) {
    folder = new_folder();
    result = sample_result();
}
static void end(void) {
    eot_result_free(&result);
    remove_folder(folder);
}
TestSuite(figures, .init = begin, .fini = end);

static const char *inside(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/figures/%s", folder, name);
    return path;
}
/** Width of a PNG from its header; 0 if it is none. */
static unsigned width_of(const char *name) {
    unsigned char head[24] = {0};
    FILE *f = fopen(inside(name), "rb");
    if (f == NULL) return 0;
    size_t n = fread(head, 1, sizeof head, f);
    fclose(f);
    if (n != sizeof head || memcmp(head, "\x89PNG\r\n\x1a\n", 8) != 0) return 0;
    return (unsigned)head[16] << 24 | (unsigned)head[17] << 16 | (unsigned)head[18] << 8 | head[19];
}
static void expect_figures(int n) {
    cr_assert_eq(eot_output_figures(folder, NULL, &result, &error), EOT_OK, "%s", error.text);
    cr_assert_eq(count_entries(inside("")), 3 * n, "%d entries", count_entries(inside("")));
}

Test(figures, each_has_picture_script_and_data) {
    expect_figures(6);
    const char *name[] = {"hcal_energy",     "missing_energy", "dimuon_parent_energy",
                          "dimuon_depth_X0", "cutflow",        "selection_tight_cutflow"};
    for (size_t i = 0; i < 6; i++) {
        char file[64];
        snprintf(file, sizeof file, "%s.png", name[i]);
        cr_assert_eq(width_of(file), i < 4 ? 1200u : 1600u, "%s", file);
        snprintf(file, sizeof file, "%s.gp", name[i]);
        cr_assert_eq(access(inside(file), R_OK), 0);
        snprintf(file, sizeof file, "%s.dat", name[i]);
        cr_assert_eq(access(inside(file), R_OK), 0);
    }
}
Test(figures, a_script_makes_its_picture_again_by_hand) {
    expect_figures(6);
    cr_assert_eq(unlink(inside("missing_energy.png")), 0);
    cr_assert_eq(chdir(inside("")), 0);
    cr_assert_eq(system("gnuplot missing_energy.gp"), 0);
    cr_assert_eq(access("missing_energy.png", R_OK), 0);
    cr_assert_eq(chdir("../.."), 0);
}
Test(figures, what_the_result_lacks_is_skipped) {
    eot_result_free(&result);
    sample_histogram(&result, "missing_energy", "GeV", "Missing energy", "missing energy", -30.0, 90.0, missing_shape);
    expect_figures(1);
}
static double nothing(double x) { return 0.0 * x; }
static double constant(double x) { return 3.0 + 0.0 * x; }
Test(figures, empty_and_flat_histograms_are_drawn) {
    eot_result_free(&result);
    sample_histogram(&result, "empty", "1", "", "", 0.0, 1.0, nothing);
    sample_histogram(&result, "flat", "", "", "", -1.0, 0.0, constant);
    expect_figures(2);
}
Test(figures, a_cut_flow_without_any_event_is_drawn) {
    for (size_t i = 0; i < result.n_cutflow; i++)
        result.cutflow[i].events = result.cutflow[i].weighted = result.cutflow[i].std_error = 0.0;
    expect_figures(6);
}
Test(figures, a_cut_flow_says_what_it_is_per) {
    char script[20000] = "";
    snprintf(result.per, sizeof result.per, "hadron");
    cr_assert_eq(eot_output_figures(folder, NULL, &result, &error), EOT_OK, "%s", error.text);
    FILE *file = fopen(inside("cutflow.gp"), "r");
    cr_assert(file != NULL && fread(script, 1, sizeof script - 1, file) > 0);
    fclose(file);
    cr_expect(strstr(script, "set xlabel 'events per hadron'") != NULL, "%s", script);
}
Test(figures, names_and_titles_are_data_and_not_commands) {
    struct eot_histogram h = result.histogram[3];
    snprintf(h.name, sizeof h.name, "a'; exit status 3 #.x/y");
    snprintf(h.title, sizeof h.title, "50%% of {/*9 it's} a_b^c \\n \"`false`\" @x &{y} ~z");
    snprintf(h.axis, sizeof h.axis, "'.system('false').'");
    cr_assert_eq(eot_result_add_histogram(&result, &h, &error), EOT_OK);
    snprintf(result.cutflow[0].cut, sizeof result.cutflow[0].cut, "50%% of 'x_1' %%s %%d ^2");
    expect_figures(7);
    cr_assert_eq(width_of("a___exit_status_3___x_y.png"), 1200u);
}
Test(figures, quoting_leaves_nothing_special) {
    struct eot_text text = {0};
    eot_text_add_quoted(&text, "a'b_c^d{e}%\\", 1);
    cr_assert_str_eq(text.text, "'a’b\\_c\\^d\\{e\\}%%\\\\'");
    eot_text_free(&text);
}
Test(figures, bins_of_unequal_width_are_drawn_as_density) {
    eot_result_free(&result);
    double edges[4] = {0.1, 1.0, 10.0, 100.0}, values[3] = {9e-5, 9e-5, 9e-5}, variances[3] = {0};
    struct eot_histogram h = {
        .name = "h", .unit = "GeV", .n_bin = 3, .edges = edges, .values = values, .variances = variances};
    cr_assert_eq(eot_result_add_histogram(&result, &h, &error), EOT_OK);
    expect_figures(1);
    FILE *f = fopen(inside("h.dat"), "r");
    char line[256];
    double low, high, value, std_error;
    while (fgets(line, sizeof line, f) != NULL && line[0] == '#') {
    }
    cr_assert_eq(sscanf(line, "%lf %lf %lf %lf", &low, &high, &value, &std_error), 4);
    cr_assert_float_eq(value, 1e-4, 1e-12); /* 9e-5 in 0.9 GeV */
    fclose(f);
}
/** What a file of the figures holds, the whole of it; static. */
static const char *text_of(const char *name) {
    static char text[1 << 17];
    FILE *f = fopen(inside(name), "r");
    cr_assert(f != NULL, "%s", name);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}
Test(figures, an_outline_has_no_line_where_there_is_nothing_on_a_logarithmic_axis) {
    eot_result_free(&result);
    double edges[8] = {0, 1, 2, 3, 4, 5, 6, 7}, values[7] = {0, 1e-3, 0, 0, 1e-6, 2e-6, 0}, variances[7] = {0};
    struct eot_histogram h = {.name = "h",
                              .unit = "GeV",
                              .content_unit = "1/EOT",
                              .n_bin = 7,
                              .edges = edges,
                              .values = values,
                              .variances = variances,
                              .overflow = 1e-3};
    cr_assert_eq(eot_result_add_histogram(&result, &h, &error), EOT_OK);
    expect_figures(1);
    const char *outline = strstr(text_of("h.dat"), "# outline\n");
    cr_assert_str_eq(outline, "# outline\n1 0.001\n2 0.001\n\n4 1e-06\n5 1e-06\n5 2e-06\n6 2e-06\n\n\n");
    const char *script = text_of("h.gp");
    cr_expect(strstr(script, "set xrange [0:7]") != NULL && strstr(script, "entries per EOT / 1 GeV") != NULL);
    cr_expect(strstr(script, "'50 % above the axis'") != NULL, "what lies beyond the axis is told");
}
Test(figures, a_logarithmic_axis_has_three_numbers_or_more_and_none_beyond_its_ends) {
    for (double low = 1e-30; low < 1e6; low *= 3.7)
        for (double decades = 0.7; decades < 20.0; decades *= 1.3) {
            struct eot_text text = {0};
            double high = low * pow(10.0, decades);
            int n = 0;
            eot_figure_log_tics(&text, 'y', low, high);
            for (const char *tick = strchr(text.text, '('); tick != NULL; tick = strchr(tick + 1, ',')) {
                const char *quote = strchr(tick, '\''), *end = strchr(quote + 1, '\'');
                double at = strtod(end + 1, NULL);
                n += end > quote + 1;
                cr_assert(at >= 0.99 * low && at <= 1.01 * high, "%g of %g to %g", at, low, high);
            }
            cr_assert(n >= 3 && n <= 12, "%d numbers from %g to %g", n, low, high);
            eot_text_free(&text);
        }
}
Test(figures, cuts_of_the_configuration_are_drawn_where_they_act) {
    struct eot_config config = {.output.figures = EOT_PICTURE_PNG};
    config.selection.missing_energy = 23.0;
    config.selection.hcal = (struct eot_window_config){1.25, 4.5};
    cr_assert_eq(eot_output_figures(folder, &config, &result, &error), EOT_OK, "%s", error.text);
    cr_expect(strstr(text_of("missing_energy.gp"), "from 23, graph 0 to 23, graph 1") != NULL);
    const char *script = text_of("hcal_energy.gp");
    cr_expect(strstr(script, "from 1.25, graph 0") != NULL && strstr(script, "from 4.5, graph 0") != NULL);
    cr_expect(strstr(text_of("dimuon_depth_X0.gp"), "'cut'") == NULL);
}
Test(figures, pictures_have_the_forms_that_the_configuration_asks_for) {
    struct eot_config config = {.output.figures = EOT_PICTURE_SVG | EOT_PICTURE_PDF};
    cr_assert_eq(eot_output_figures(folder, &config, &result, &error), EOT_OK, "%s", error.text);
    cr_expect_eq(access(inside("cutflow.svg"), R_OK), 0);
    cr_expect_eq(access(inside("cutflow.pdf"), R_OK), 0);
    cr_expect_neq(access(inside("cutflow.png"), R_OK), 0);
}
Test(figures, histograms_of_one_axis_are_divided_by_the_first_below) {
    const struct eot_histogram *both[] = {&result.histogram[0], &result.histogram[0]};
    cr_assert_eq(eot_output_prepare(inside(""), &error), EOT_OK);
    char figures[256];
    snprintf(figures, sizeof figures, "%s", inside(""));
    struct eot_figure f = {.folder = figures, .name = "r", .title = "t", .histogram = both, .n = 2, .has_ratio = true};
    cr_assert_eq(eot_output_figure(&f, &error), EOT_OK, "%s", error.text);
    const char *ratio = strstr(text_of("r.dat"), "# middle ratio std_error\n");
    cr_assert(ratio != NULL);
    double middle, value = 0.0, std_error;
    cr_assert_eq(sscanf(ratio + 25, "%lf %lf %lf", &middle, &value, &std_error), 3);
    cr_expect_eq(value, 1.0);
    both[1] = &result.histogram[3]; /* other bins */
    cr_assert_eq(eot_output_figure(&f, &error), EOT_OK, "%s", error.text);
    cr_expect(strstr(text_of("r.dat"), "# middle ratio") == NULL);
}
Test(figures, a_script_that_fails_is_an_error_with_gnuplots_words) {
    struct eot_text data = {0}, script = {0};
    eot_text_add(&data, "1 2\n");
    eot_text_add(&script, "plot 'x.dat' with nonsense\n");
    cr_assert_eq(eot_gnuplot_figure(folder, "x", 600, 400, &data, &script, &error), EOT_E_IO);
    cr_assert(strstr(error.text, "gnuplot failed on") != NULL && strstr(error.text, "/x.gp'") != NULL &&
                  strstr(error.text, "line ") != NULL,
              "%s", error.text);
    cr_assert_eq(count_entries(folder), 2); /* data and script stay for whoever looks into it */
    eot_text_free(&data);
    eot_text_free(&script);
}
Test(figures, without_gnuplot_the_message_names_the_package) {
    setenv("PATH", "/nonexistent", 1);
    cr_assert_eq(eot_output_figures(folder, NULL, &result, &error), EOT_E_IO);
    cr_assert(strstr(error.text, "gnuplot-nox") != NULL, "%s", error.text);
}
Test(figures, a_full_disk_is_an_error_and_leaves_no_picture) {
    cr_assert_eq(eot_output_prepare(inside(""), &error), EOT_OK);
    signal(SIGXFSZ, SIG_IGN); /* gnuplot inherits it, and then does not notice */
    struct rlimit limit = {15000, 15000};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(eot_output_figures(folder, NULL, &result, &error), EOT_E_IO);
    cr_assert(strstr(error.text, ".png' incomplete") != NULL, "%s", error.text);
    /* scripts and data of all figures stay, but no picture and no temporary file */
    DIR *there = opendir(inside(""));
    size_t n_kept = 0;
    cr_assert_not_null(there);
    for (const struct dirent *entry = readdir(there); entry != NULL; entry = readdir(there)) {
        const char *end = strrchr(entry->d_name, '.');
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        cr_expect(entry->d_name[0] != '.' && end != NULL && (strcmp(end, ".gp") == 0 || strcmp(end, ".dat") == 0),
                  "%s is left", entry->d_name);
        n_kept++;
    }
    closedir(there);
    cr_expect_geq(n_kept, 4);
}
