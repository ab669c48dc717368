#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/progress.h"

struct line_case {
    uint64_t done, total, before;
    double elapsed;
    bool is_final;
    char want[112];
};

ParameterizedTestParameters(progress, a_line_tells_done_rate_and_time_left) {
    static struct line_case rows[] = {
        {250, 1000, 0, 5.0, false, "250 / 1000 EOT (25.0 %), 50 EOT/s, ETA 15 s"},
        {150000000, 150000000000u, 0, 100.0, false, "1.5e+08 / 1.5e+11 EOT (0.1 %), 1.5e+06 EOT/s, ETA 1 d 03 h"},
        {0, 1000, 0, 0.0, false, "0 / 1000 EOT (0.0 %), 0 EOT/s, ETA unknown"},
        {0, 1000, 0, 10.0, false, "0 / 1000 EOT (0.0 %), 0 EOT/s, ETA unknown"},
        {5, 1000, 0, 0.0, false, "5 / 1000 EOT (0.5 %), 0 EOT/s, ETA unknown"},
        {0, 0, 0, 0.0, false, "0 / 0 EOT (100.0 %), 0 EOT/s, ETA 0 s"},
        {1000, 1000, 0, 20.0, true, "1000 / 1000 EOT (100.0 %), 50 EOT/s, in 20 s"},
        /* a resumed run: 500 were there before, the 100 of this run took 10 s */
        {600, 1000, 500, 10.0, false, "600 / 1000 EOT (60.0 %), 10 EOT/s, ETA 40 s"},
        {500, 1000, 500, 3.0, false, "500 / 1000 EOT (50.0 %), 0 EOT/s, ETA unknown"},
        {999999, 1000000, 0, 1.0, false, "1e+06 / 1e+06 EOT (99.9 %), 1e+06 EOT/s, ETA 0 s"},
        {1, 18446744073709551615u, 0, 1.0, false, "1 / 1.845e+19 EOT (0.0 %), 1 EOT/s, ETA unknown"},
    };
    return cr_make_param_array(struct line_case, rows, sizeof rows / sizeof rows[0]);
}
ParameterizedTest(struct line_case *row, progress, a_line_tells_done_rate_and_time_left) {
    char text[160];
    eot_progress_format(text, sizeof text, "EOT", row->done, row->total, row->before, row->elapsed, row->is_final);
    cr_assert_str_eq(text, row->want);
}

struct duration_case {
    double seconds;
    char want[24];
};
ParameterizedTestParameters(progress, durations_read_well) {
    static struct duration_case rows[] = {
        {0.0, "0 s"},           {59.4, "59 s"},           {59.6, "1 min 00 s"},        {125.0, "2 min 05 s"},
        {3600.0, "1 h 00 min"}, {86399.0, "23 h 59 min"}, {5.3 * 86400.0, "5 d 07 h"}, {-1.0, "unknown"},
        {NAN, "unknown"},       {INFINITY, "unknown"}};
    return cr_make_param_array(struct duration_case, rows, sizeof rows / sizeof rows[0]);
}
ParameterizedTest(struct duration_case *row, progress, durations_read_well) {
    char text[32];
    eot_duration_format(text, sizeof text, row->seconds);
    cr_assert_str_eq(text, row->want);
}

/* A progress whose clock and stream are the test's own. */
static struct eot_progress fixture(enum eot_progress_mode mode, double interval) {
    struct eot_progress p = {.out = tmpfile(),
                             .mode = mode,
                             .unit = "EOT",
                             .total = 1000,
                             .start = 100.0,
                             .due = 100.0 + interval,
                             .interval = interval};
    cr_assert(p.out != NULL);
    return p;
}
static size_t count_in(FILE *stream, char wanted) {
    size_t n = 0;
    rewind(stream);
    for (int c; (c = fgetc(stream)) != EOF;) n += c == wanted;
    return n;
}

Test(progress, a_terminal_line_is_updated_in_place_at_most_five_times_a_second) {
    struct eot_progress p = fixture(EOT_PROGRESS_AUTO, 0.2);
    for (int i = 0; i <= 10000; i++)
        eot_progress_update_at(&p, (uint64_t)i / 10, 100.0 + 1e-3 * i); /* 10 s in steps of 1 ms */
    size_t n = count_in(p.out, '\r');
    cr_assert(n >= 45 && n <= 50, "%zu updates in 10 s", n);
    cr_assert_eq(count_in(p.out, '\n'), 0u);
}
Test(progress, plain_lines_come_at_growing_intervals) {
    struct eot_progress p = fixture(EOT_PROGRESS_PLAIN, 2.0);
    for (int i = 0; i <= 3600; i++) eot_progress_update_at(&p, 1, 100.0 + i);
    /* at 2, 6, 14, 30, 62, 122, 182 ... s: 5 lines to 62 s, then one a minute to 3600 s (58) */
    cr_assert_eq(count_in(p.out, '\n'), 63u);
    cr_assert_eq(count_in(p.out, '\r'), 0u);
}
Test(progress, none_prints_nothing) {
    struct eot_progress p = fixture(EOT_PROGRESS_NONE, 0.2);
    eot_progress_update_at(&p, 10, 1e6);
    eot_progress_finish(&p, 1000);
    cr_assert_eq(count_in(p.out, '\n') + count_in(p.out, '\r'), 0u);
}
Test(progress, a_shorter_line_covers_the_longer_one_before_it) {
    struct eot_progress p = fixture(EOT_PROGRESS_AUTO, 0.2);
    eot_progress_update_at(&p, 1, 101.0);
    int width = p.width;
    eot_progress_update_at(&p, 1000, 102.0);
    cr_assert_lt(p.width, width);
    rewind(p.out);
    char text[400] = "";
    size_t n = fread(text, 1, sizeof text - 1, p.out);
    cr_assert_eq(n, (size_t)(2 * (width + 1)));
}
Test(progress, finishing_twice_prints_one_last_line) {
    struct eot_progress p = fixture(EOT_PROGRESS_PLAIN, 2.0);
    eot_progress_finish(&p, 1000);
    eot_progress_finish(&p, 1000);
    cr_assert_eq(count_in(p.out, '\n'), 1u);
}

Test(log, levels_admit_what_they_say) {
    for (int level = EOT_LOG_QUIET; level <= EOT_LOG_VERBOSE; level++) {
        struct eot_log log = {.level = (enum eot_log_level)level, .out = tmpfile()};
        cr_assert(log.out != NULL);
        eot_log_warning(&log, "a %d", 1);
        eot_log_message(&log, EOT_LOG_NORMAL, "b");
        eot_log_message(&log, EOT_LOG_VERBOSE, "c");
        rewind(log.out);
        char text[64] = "";
        (void)!fread(text, 1, sizeof text - 1, log.out);
        const char *want[] = {"warning: a 1\n", "warning: a 1\nb\n", "warning: a 1\nb\nc\n"};
        cr_assert_str_eq(text, want[level]);
        fclose(log.out);
    }
}
Test(log, a_message_clears_the_progress_line_first) {
    struct eot_progress p = fixture(EOT_PROGRESS_AUTO, 0.2);
    struct eot_log log = {.level = EOT_LOG_NORMAL, .out = p.out, .progress = &p};
    eot_progress_update_at(&p, 1, 101.0);
    int width = p.width;
    eot_log_message(&log, EOT_LOG_NORMAL, "hello");
    rewind(p.out);
    char text[400] = "", want[400];
    (void)!fread(text, 1, sizeof text - 1, p.out);
    snprintf(want, sizeof want, "\r%*s\rhello\n", width, "");
    cr_assert_str_eq(text + 1 + width, want);
}
