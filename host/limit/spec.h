/** @file spec.h
 * A counting experiment in the words of HistFactory: channels of bins, samples, modifiers, what was seen. The one form
 * from which the likelihood (model.h) and files (workspace.h) are made. All texts and arrays are owned. */
#ifndef EOT_HOST_LIMIT_SPEC_H
#define EOT_HOST_LIMIT_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum eot_modifier_type {
#define EOT_MODIFIER(symbol, name) EOT_MODIFIER_##symbol,
#include "modifiers.def"
#undef EOT_MODIFIER
    EOT_N_MODIFIER
};
extern const char *const eot_modifier_name[EOT_N_MODIFIER];

struct eot_modifier {
    enum eot_modifier_type type;
    char *name;
    double high, low; /* of normsys: factors at +1 and -1 */
    double *first,
        *last; /* [n_bin]: histosys at +1 and -1 [events]; shapesys and staterror: errors [events] in first */
};

struct eot_sample {
    char *name;
    double *data; /* [n_bin] events */
    size_t n_modifier;
    struct eot_modifier *modifier;
};

struct eot_limit_channel {
    char *name;
    size_t n_bin;
    double *observed; /* [n_bin] events; they need not be whole (an Asimov set) */
    size_t n_sample;
    struct eot_sample *sample;
};

/** What a measurement says of a parameter; lists that are not given have n = 0. */
struct eot_parameter_settings {
    char *name;
    struct eot_spec_list {
        size_t n;
        double *value;
    } inits, lower, upper, auxdata, sigmas, factors;
    bool is_fixed;
};

struct eot_spec {
    char *measurement, *poi;
    size_t n_channel, n_parameter;
    struct eot_limit_channel *channel;
    struct eot_parameter_settings *parameter;
};

void eot_spec_free(struct eot_spec *spec);

/** Append a channel, a sample, a modifier, settings of a parameter: zeroed but for a copy of the name, and arrays of
 * the channel's bins where it has any (zeroed, too). @return NULL without memory. The pointer holds until the next
 * call. */
struct eot_limit_channel *eot_spec_add_channel(struct eot_spec *spec, const char *name, size_t n_bin);
struct eot_sample *eot_spec_add_sample(struct eot_limit_channel *channel, const char *name);
struct eot_modifier *eot_spec_add_modifier(const struct eot_limit_channel *channel, struct eot_sample *sample,
                                           enum eot_modifier_type type, const char *name);
struct eot_parameter_settings *eot_spec_add_parameter(struct eot_spec *spec, const char *name);

/** One channel of one bin: `signal` events times the parameter "mu", and `background` events with a relative error.
 * @param error 0: known. @param type of the background's modifier: EOT_MODIFIER_SHAPESYS (an auxiliary count),
 * EOT_MODIFIER_NORMSYS (log-normal with kappa = 1 + error), EOT_MODIFIER_STATERROR (normal, not below 0). */
enum eot_status eot_spec_one_bin(double signal, double background, double error, enum eot_modifier_type type,
                                 double observed, struct eot_spec *spec, struct eot_error *err);

#endif
