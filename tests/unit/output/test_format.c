#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#include "output/format.h"

struct format_case {
    double value, error;
    enum eot_format_style style;
    char want[48];
};

ParameterizedTestParameters(format, rounds_as_the_particle_data_group_does) {
    static struct format_case rows[] = {
        /* the examples of the PDG's text: 0.827 +- 0.119 -> 0.83 +- 0.12; 0.827 +- 0.367 -> 0.8 +- 0.4 */
        {0.827, 0.119, EOT_FORMAT_PLAIN, "0.83 +- 0.12"},
        {0.827, 0.367, EOT_FORMAT_PLAIN, "0.8 +- 0.4"},
        {14.674, 0.964, EOT_FORMAT_PLAIN, "14.7 +- 1.0"},
        {0.827, 0.354, EOT_FORMAT_PLAIN, "0.83 +- 0.35"},
        {0.827, 0.355, EOT_FORMAT_PLAIN, "0.8 +- 0.4"},
        {1.602e-4, 4e-7, EOT_FORMAT_PLAIN, "(1.602 +- 0.004)e-4"},
        {1.602e-4, 4e-7, EOT_FORMAT_FIGURE, "(1.602 ± 0.004)×10^{−4}"},
        {-1.602e-4, 1.2e-7, EOT_FORMAT_PLAIN, "(-1.6020 +- 0.0012)e-4"},
        {9.9996e-5, 4e-9, EOT_FORMAT_PLAIN, "(9.9996 +- 0.0004)e-5"},
        {9.9999e-5, 4e-8, EOT_FORMAT_PLAIN, "(1.0000 +- 0.0004)e-4"},
        {0.0, 1e-13, EOT_FORMAT_PLAIN, "(0.0 +- 1.0)e-13"},
        {3e-14, 1e-13, EOT_FORMAT_PLAIN, "(0.3 +- 1.0)e-13"},
        {1.5e11, 2e8, EOT_FORMAT_PLAIN, "(1.5000 +- 0.0020)e11"},
        {12345.0, 23.0, EOT_FORMAT_PLAIN, "12345 +- 23"},
        {12345.0, 230.0, EOT_FORMAT_PLAIN, "(1.234 +- 0.023)e4"},
        {99.96, 0.5, EOT_FORMAT_PLAIN, "100.0 +- 0.5"},
        {5.0, 0.0, EOT_FORMAT_PLAIN, "5"},
        {1.5e11, 0.0, EOT_FORMAT_PLAIN, "1.5e11"},
        {1.5e-11, 0.0, EOT_FORMAT_FIGURE, "1.5×10^{−11}"},
        {0.0, 0.0, EOT_FORMAT_PLAIN, "0"},
        {1.0, INFINITY, EOT_FORMAT_PLAIN, "1 +- inf"},
        {1.0, 1e-60, EOT_FORMAT_PLAIN, "1 +- 1e-60"}, /* an error far below what a double can show */
        {0.1, 1e-300, EOT_FORMAT_FIGURE, "0.10000000000000001 ± 1e-300"},
        {1e300, 1e-300, EOT_FORMAT_PLAIN, "1.0000000000000001e+300 +- 1e-300"},
    };
    return cr_make_param_array(struct format_case, rows, sizeof rows / sizeof rows[0]);
}
ParameterizedTest(struct format_case *row, format, rounds_as_the_particle_data_group_does) {
    char text[80];
    eot_uncertain_format(text, sizeof text, row->value, row->error, row->style);
    cr_assert_str_eq(text, row->want);
}
