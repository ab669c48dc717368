/* Numbers with units: every factor against its definition, and what is refused. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/units.h"

struct row {
    char text[32];
    enum eot_dimension dimension;
    double want;
};

ParameterizedTestParameters(units, values_are_converted_to_the_base_unit) {
    static struct row rows[] = {
        {"100 GeV", EOT_DIM_ENERGY, 100},
        {"100", EOT_DIM_ENERGY, 100},
        {"100GeV", EOT_DIM_ENERGY, 100},
        {"511 keV", EOT_DIM_ENERGY, 511e-6},
        {"1.2 TeV", EOT_DIM_ENERGY, 1200},
        {"13.6 MeV", EOT_DIM_ENERGY, 0.0136},
        {"68.7 eV", EOT_DIM_EXCITATION, 68.7},
        {"0.823 keV", EOT_DIM_EXCITATION, 823},
        {"68.7", EOT_DIM_EXCITATION, 68.7},
        {"1.5 mm", EOT_DIM_LENGTH, 0.15},
        {"100 um", EOT_DIM_LENGTH, 0.01},
        {"2.5 m", EOT_DIM_LENGTH, 250},
        {"229.2 mm", EOT_DIM_LENGTH, 22.92},
        {"-3e1 cm", EOT_DIM_LENGTH, -30},
        {"0.1 mrad", EOT_DIM_ANGLE, 1e-4},
        {"180 deg", EOT_DIM_ANGLE, 3.14159265358979323846},
        {"50 urad", EOT_DIM_ANGLE, 5e-5},
        {"11.35 g/cm3", EOT_DIM_DENSITY, 11.35},
        {"1.67 mg/cm3", EOT_DIM_DENSITY, 1.67e-3},
        {"1060 kg/m3", EOT_DIM_DENSITY, 1.06},
        {"1.4 T", EOT_DIM_FIELD, 1.4},
        {"7 mT", EOT_DIM_FIELD, 7e-3},
        {"500 G", EOT_DIM_FIELD, 0.05},
        {"4 %", EOT_DIM_NONE, 0.04},
        {".5", EOT_DIM_NONE, 0.5},
        {"1e9", EOT_DIM_NONE, 1e9},
        {"5.4 GeV/c", EOT_DIM_MOMENTUM, 5.4},
        {"+2", EOT_DIM_NONE, 2},
    };
    return cr_make_param_array(struct row, rows, sizeof rows / sizeof rows[0]);
}

ParameterizedTest(struct row *row, units, values_are_converted_to_the_base_unit) {
    double value = 0;
    enum eot_dimension other;
    cr_assert_eq(eot_number_read(row->text, row->dimension, &value, &other), EOT_NUMBER_OK, "%s", row->text);
    cr_assert_float_eq(value, row->want, 4e-16 * fabs(row->want), "%s = %.17g, not %.17g", row->text, value, row->want);
}

Test(units, what_is_not_a_number_of_the_dimension_is_refused) {
    static const struct {
        const char *text;
        enum eot_dimension dimension;
        enum eot_number_error want;
    } rows[] = {
        {"", EOT_DIM_ENERGY, EOT_NUMBER_NOT},
        {"GeV", EOT_DIM_ENERGY, EOT_NUMBER_NOT},
        {"0x10", EOT_DIM_NONE, EOT_NUMBER_UNKNOWN_UNIT},
        {"nan", EOT_DIM_NONE, EOT_NUMBER_NOT_FINITE},
        {".inf", EOT_DIM_NONE, EOT_NUMBER_NOT_FINITE},
        {"-Inf GeV", EOT_DIM_ENERGY, EOT_NUMBER_NOT_FINITE},
        {"1e999", EOT_DIM_NONE, EOT_NUMBER_NOT_FINITE},
        {"1e306 TeV", EOT_DIM_ENERGY, EOT_NUMBER_NOT_FINITE},
        {"1 furlong", EOT_DIM_LENGTH, EOT_NUMBER_UNKNOWN_UNIT},
        {"5 mm", EOT_DIM_ENERGY, EOT_NUMBER_WRONG_UNIT},
        {"5 GeV", EOT_DIM_NONE, EOT_NUMBER_WRONG_UNIT},
        {"1.2.3", EOT_DIM_NONE, EOT_NUMBER_UNKNOWN_UNIT},
        {"1,5", EOT_DIM_NONE, EOT_NUMBER_COMMA},
        {"100,5 GeV", EOT_DIM_ENERGY, EOT_NUMBER_COMMA},
        {"--1", EOT_DIM_NONE, EOT_NUMBER_NOT},
        {"gev 5", EOT_DIM_ENERGY, EOT_NUMBER_NOT},
        {"5 gev", EOT_DIM_ENERGY, EOT_NUMBER_UNKNOWN_UNIT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double value = 7;
        enum eot_dimension other = EOT_DIM_NONE;
        cr_assert_eq(eot_number_read(rows[i].text, rows[i].dimension, &value, &other), rows[i].want, "'%s'",
                     rows[i].text);
    }
}

Test(units, the_written_number_reads_back_as_the_same_double) {
    const double values[] = {
        0, 1, 100, 0.1, 1.0 / 3, 22.92, 1e-300, 123456789012345678.0, -2.5e-7, 5e-324, 1.7976931348623157e308};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[32];
        eot_number_text(values[i], text);
        cr_assert_eq(strtod(text, NULL), values[i], "%s", text);
    }
    char text[32];
    eot_number_text(100, text);
    cr_assert_str_eq(text, "100");
    eot_number_text(22.92, text);
    cr_assert_str_eq(text, "22.92");
}
