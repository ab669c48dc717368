#include "sample_result.h"

static char printed[8192];
static void capture_per(const char *per) {
    struct eot_result r = sample_result();
    snprintf(r.per, sizeof r.per, "%s", per);
    FILE *kept = stdout, *memory = fmemopen(printed, sizeof printed, "w");
    cr_assert(memory != NULL);
    stdout = memory; /* glibc's stdout can be assigned */
    eot_output_print(&r);
    stdout = kept;
    fclose(memory);
    eot_result_free(&r);
}
static void capture(void) { capture_per("EOT"); }
TestSuite(print, .init = capture);

static void expect(const char *part) { cr_assert(strstr(printed, part) != NULL, "no '%s' in:\n%s", part, printed); }

Test(print, cut_flow_has_events_and_rates_with_errors) {
    expect("cut                                      events  per EOT\n");
    expect("muon pairs                               200000  (1.602 +- 0.004)e-4\n");
    expect("VETO within one MIP                 not applied  its detector is not there\n");
    expect("each HCAL module within one MIP               7  (3.4 +- 1.3)e-10  (n_eff 6.5, poorly determined)\n");
    expect("missing energy > 20 GeV                       0  < 1.25e-09 (90 %)\n");
}
Test(print, rates_of_other_primaries_are_said_to_be_per_one_of_them) {
    capture_per("hadron");
    expect("cut                                      events  per hadron\n");
    expect("  per hadron\nII ");
    cr_assert(strstr(printed, "per EOT") == NULL);
}
Test(print, further_selections_follow_by_name) {
    expect("\nselection tight\ncut ");
    expect("one track    not applied  its detector is not there\n");
}
Test(print, categories_are_named) { expect("II        both in the spectrometer  (3.0 +- 2.0)e-11\n"); }
Test(print, estimates_have_units_and_sample_sizes) {
    expect("physics.cut                      0.1 GeV\n");
    expect("selected.per_eot                 (3.1 +- 1.1)e-13  (n_eff 17)\n");
    expect("selected.per_eot_exponential     < 4.4e-09 (90 %)\n");
    expect("efficiency.track                 1 (no error)  (n_eff 1, poorly determined)\n");
    expect("and 1 of cascade.track_length.* in summary.json\n");
}
Test(print, a_partial_result_and_faults_are_said_aloud) {
    expect("sample: forced, seed 11, eotmc 0.1.0; INTERRUPTED: a partial result\n");
    expect("LOST     2 of 1000 events, whose tracks are lost; summary.json lists them\n         nan: 2\n");
    cr_assert(strstr(printed, "stack_overflow") == NULL);
}
Test(print, warnings_are_repeated_below_the_numbers) { expect("\nno_hcal: there is no HCAL\n"); }
Test(print, balance_and_performance_are_there) {
    expect("energy   in 10000000 GeV, out 9999999.7 GeV, relative residual -3.0e-08\n");
    expect("time     13 s: kernels 11 s, compilation 0.25 s, tables 0 s\n");
    expect("rate     1.23e+05 EOT/s, 3.33e+07 steps/s, 143 steps/EOT, 0 muons/s\n");
}
