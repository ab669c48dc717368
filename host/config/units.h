/** @file units.h
 * Numbers with units as a configuration writes them: "100 GeV", "1.5 mm"; converted once, to the base unit of the key's
 * dimension. */
#ifndef EOT_HOST_CONFIG_UNITS_H
#define EOT_HOST_CONFIG_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/** What a number measures. The base units are those of the program, except that mean excitation energies are kept in
 * eV. */
enum eot_dimension {
    EOT_DIM_NONE,       /* pure number; "%" is 0.01 */
    EOT_DIM_ENERGY,     /* GeV */
    EOT_DIM_MOMENTUM,   /* GeV/c */
    EOT_DIM_LENGTH,     /* cm */
    EOT_DIM_ANGLE,      /* rad */
    EOT_DIM_DENSITY,    /* g/cm3 */
    EOT_DIM_FIELD,      /* T */
    EOT_DIM_EXCITATION, /* eV */
    EOT_N_DIMENSION
};

enum eot_number_error {
    EOT_NUMBER_OK,
    EOT_NUMBER_NOT,
    EOT_NUMBER_COMMA, /* a comma between digits: decimal, or of thousands */
    EOT_NUMBER_NOT_FINITE,
    EOT_NUMBER_UNKNOWN_UNIT,
    EOT_NUMBER_WRONG_UNIT
};

/** Name of a dimension for messages ("energy"), and its base unit ("GeV"; "" for pure numbers). */
const char *eot_dimension_name(enum eot_dimension dimension);
const char *eot_dimension_unit(enum eot_dimension dimension);
/** The units that a dimension accepts, "eV, keV, MeV, GeV, TeV". */
void eot_dimension_units(enum eot_dimension dimension, char *text, size_t size);

/** Read "number [unit]"; a bare number is in the base unit. @param value in the base unit, set only on success.
 * @param other the dimension of a unit that does not fit, for EOT_NUMBER_WRONG_UNIT. */
enum eot_number_error eot_number_read(const char *text, enum eot_dimension dimension, double *value,
                                      enum eot_dimension *other);

/** The shortest decimal text that reads back as the same double. */
void eot_number_text(double value, char text[32]);

#endif
