/** @file answer.h
 * What a method finds: limits on the parameter of interest, and the significance of an excess. */
#ifndef EOT_HOST_LIMIT_ANSWER_H
#define EOT_HOST_LIMIT_ANSWER_H

enum { EOT_N_BAND = 5 };
/** Standard deviations of the expected limits: -2, -1, 0, 1, 2; positive ones have more background. */
#define EOT_BAND_SIGMA(i) ((double)(i)-2.0)

struct eot_limit_answer {
    double observed, observed_error; /* NAN: none. The error is that of toys, else 0. */
    double expected[EOT_N_BAND], expected_error[EOT_N_BAND];
    double best; /* the value of highest likelihood; NAN: not known */
    double z, p; /* significance of the excess over no signal and its probability; NAN: not asked for */
};

#endif
