/** @file format.h
 * A value with its standard error as text, rounded as the Particle Data Group does. */
#ifndef EOT_HOST_OUTPUT_FORMAT_H
#define EOT_HOST_OUTPUT_FORMAT_H

#include <stddef.h>

enum eot_format_style {
    EOT_FORMAT_PLAIN, /* (1.602 +- 0.004)e-4 */
    EOT_FORMAT_FIGURE /* (1.602 ± 0.004)×10^{−4}, gnuplot's enhanced text */
};

/** Write value +- error. The error keeps two digits if its three leading digits are 100 to 354, one if 355 to 949, and
 * 950 to 999 round up to 1000 with two; the value is rounded to the same place (PDG, Review of Particle Physics,
 * Introduction, "Rounding"). Without an error (0) six digits and no "+-". */
void eot_uncertain_format(char *text, size_t n_text, double value, double error, enum eot_format_style style);

#endif
