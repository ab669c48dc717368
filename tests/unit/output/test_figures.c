#include <signal.h>
#include <sys/resource.h>

#include "output/gnuplot.h"
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
