/** @file geometry_spectrometer.h
 * What eotmc geometry says of a spectrometer: whether it measures momenta, and how well. */
#ifndef EOT_HOST_CLI_GEOMETRY_SPECTROMETER_H
#define EOT_HOST_CLI_GEOMETRY_SPECTROMETER_H

#include <jansson.h>

#include "world/spectrometer.h"

/** A spectrometer with the table of its intervals. */
struct eot_cli_spectrometer {
    const struct eot_config *config;
    eot_spectrometer s;
    struct eot_f32_table table;
    char problem[EOT_SPECTROMETER_TEXT];
};

/** Make it. Release with eot_cli_spectrometer_free. @return as eot_spectrometer_build. */
enum eot_status eot_cli_spectrometer_make(const struct eot_config *config, const struct eot_setup *setup,
                                          struct eot_cli_spectrometer *to, struct eot_error *err);
void eot_cli_spectrometer_free(struct eot_cli_spectrometer *s);

/** Print it as text; nothing where there is none. */
void eot_cli_spectrometer_print(const struct eot_cli_spectrometer *s);
/** The same as JSON: {"chambers", "field_integral_T_m", "problem" (null: it measures), "resolution": [{"momentum_GeV",
 * "mu_minus", "mu_plus"}] (null: such a muon has no momentum)}. @return NULL when out of memory. */
json_t *eot_cli_spectrometer_json(const struct eot_cli_spectrometer *s);
/** Write folder/<name>.png with its script and data: resolution against momentum. @return EOT_E_IO, EOT_E_MEMORY. */
enum eot_status eot_cli_spectrometer_figure(const struct eot_cli_spectrometer *s, const char *folder, const char *name,
                                            struct eot_error *err);

#endif
