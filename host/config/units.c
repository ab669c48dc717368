#include "config/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *unit;
} DIMENSIONS[EOT_N_DIMENSION] = {
    [EOT_DIM_NONE] = {"pure number", ""},       [EOT_DIM_ENERGY] = {"energy", "GeV"},
    [EOT_DIM_MOMENTUM] = {"momentum", "GeV/c"}, [EOT_DIM_LENGTH] = {"length", "cm"},
    [EOT_DIM_ANGLE] = {"angle", "rad"},         [EOT_DIM_DENSITY] = {"density", "g/cm3"},
    [EOT_DIM_FIELD] = {"magnetic field", "T"},  [EOT_DIM_EXCITATION] = {"excitation energy", "eV"},
};

/* Factors below one are written as a divisor: 10 is exact, 0.1 is not. */
static const struct unit {
    const char *name;
    enum eot_dimension dimension;
    double factor, divisor;
} UNITS[] = {
    {"%", EOT_DIM_NONE, 1, 100},
    {"eV", EOT_DIM_ENERGY, 1, 1e9},
    {"keV", EOT_DIM_ENERGY, 1, 1e6},
    {"MeV", EOT_DIM_ENERGY, 1, 1e3},
    {"GeV", EOT_DIM_ENERGY, 1, 1},
    {"TeV", EOT_DIM_ENERGY, 1e3, 1},
    {"MeV/c", EOT_DIM_MOMENTUM, 1, 1e3},
    {"GeV/c", EOT_DIM_MOMENTUM, 1, 1},
    {"TeV/c", EOT_DIM_MOMENTUM, 1e3, 1},
    {"um", EOT_DIM_LENGTH, 1, 1e4},
    {"mm", EOT_DIM_LENGTH, 1, 10},
    {"cm", EOT_DIM_LENGTH, 1, 1},
    {"m", EOT_DIM_LENGTH, 100, 1},
    {"urad", EOT_DIM_ANGLE, 1, 1e6},
    {"mrad", EOT_DIM_ANGLE, 1, 1e3},
    {"rad", EOT_DIM_ANGLE, 1, 1},
    {"deg", EOT_DIM_ANGLE, 3.14159265358979323846, 180},
    {"g/cm3", EOT_DIM_DENSITY, 1, 1},
    {"g/cm^3", EOT_DIM_DENSITY, 1, 1},
    {"mg/cm3", EOT_DIM_DENSITY, 1, 1e3},
    {"kg/m3", EOT_DIM_DENSITY, 1, 1e3},
    {"G", EOT_DIM_FIELD, 1, 1e4},
    {"mT", EOT_DIM_FIELD, 1, 1e3},
    {"T", EOT_DIM_FIELD, 1, 1},
    {"eV", EOT_DIM_EXCITATION, 1, 1},
    {"keV", EOT_DIM_EXCITATION, 1e3, 1},
};
#define N_UNIT (sizeof UNITS / sizeof UNITS[0])

const char *eot_dimension_name(enum eot_dimension dimension) { return DIMENSIONS[dimension].name; }
const char *eot_dimension_unit(enum eot_dimension dimension) { return DIMENSIONS[dimension].unit; }

void eot_dimension_units(enum eot_dimension dimension, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < N_UNIT; i++)
        if (UNITS[i].dimension == dimension && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", UNITS[i].name);
}

/** Length of a decimal number at the start of text, 0 if there is none: strtod alone would take "nan", "infinity" and
 * hexadecimal. */
static size_t number_length(const char *text) {
    size_t i = (text[0] == '+' || text[0] == '-') ? 1 : 0, digits = 0;
    for (; isdigit((unsigned char)text[i]); i++) digits++;
    if (text[i] == '.')
        for (i++; isdigit((unsigned char)text[i]); i++) digits++;
    if (digits == 0) return 0;
    if (text[i] == 'e' || text[i] == 'E') {
        size_t j = i + 1;
        if (text[j] == '+' || text[j] == '-') j++;
        if (isdigit((unsigned char)text[j])) {
            while (isdigit((unsigned char)text[j])) j++;
            i = j;
        }
    }
    return i;
}

static bool is_not_finite_word(const char *text) {
    static const char *const words[] = {"nan", ".nan", "inf", ".inf", "infinity"};
    if (text[0] == '+' || text[0] == '-') text++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = 0;
        while (words[i][n] != '\0' && tolower((unsigned char)text[n]) == words[i][n]) n++;
        if (words[i][n] == '\0' && (text[n] == '\0' || text[n] == ' ')) return true;
    }
    return false;
}

enum eot_number_error eot_number_read(const char *text, enum eot_dimension dimension, double *value,
                                      enum eot_dimension *other) {
    if (is_not_finite_word(text)) return EOT_NUMBER_NOT_FINITE;
    size_t n = number_length(text);
    if (n == 0 || n > 400) return EOT_NUMBER_NOT;
    if (text[n] == ',' && isdigit((unsigned char)text[n + 1])) return EOT_NUMBER_COMMA;
    /* Long double, so that there is one rounding, at the end: "229.2 mm" is the double nearest to 22.92 cm. */
    long double exact = strtold(text, NULL);
    if (!isfinite((double)exact)) return EOT_NUMBER_NOT_FINITE;
    const char *unit = text + n;
    while (*unit == ' ') unit++;
    if (*unit != '\0') {
        const struct unit *found = NULL, *elsewhere = NULL;
        for (size_t i = 0; i < N_UNIT; i++)
            if (strcmp(unit, UNITS[i].name) == 0) {
                if (UNITS[i].dimension == dimension)
                    found = &UNITS[i];
                else if (elsewhere == NULL)
                    elsewhere = &UNITS[i];
            }
        if (found == NULL && elsewhere == NULL) return EOT_NUMBER_UNKNOWN_UNIT;
        if (found == NULL) {
            *other = elsewhere->dimension;
            return EOT_NUMBER_WRONG_UNIT;
        }
        exact = exact * found->factor / found->divisor;
    }
    *value = (double)exact;
    return isfinite(*value) ? EOT_NUMBER_OK : EOT_NUMBER_NOT_FINITE;
}

void eot_number_text(double value, char text[32]) {
    bool is_plain = fabs(value) >= 1e-4 && fabs(value) < 1e15; /* 100, not 1e+02 */
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(text, 32, "%.*g", precision, value);
        if (strtod(text, NULL) == value && !(is_plain && strchr(text, 'e') != NULL)) return;
    }
}
