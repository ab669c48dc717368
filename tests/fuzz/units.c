/* A number with a unit, for each dimension: what is read is finite. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/units.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n_bytes) {
    char *text = malloc(n_bytes + 1);
    if (text == NULL) return 0;
    memcpy(text, bytes, n_bytes);
    text[n_bytes] = '\0';
    for (int d = 0; d < EOT_N_DIMENSION; d++) {
        double value = 0.0;
        enum eot_dimension other = EOT_DIM_NONE;
        if (eot_number_read(text, (enum eot_dimension)d, &value, &other) == EOT_NUMBER_OK && !isfinite(value)) abort();
    }
    free(text);
    return 0;
}
