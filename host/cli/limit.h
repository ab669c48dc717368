/** @file limit.h
 * What the parts of `eotmc limit` share: the request, methods, and what they found. */
#ifndef EOT_HOST_CLI_LIMIT_H
#define EOT_HOST_CLI_LIMIT_H

#include <jansson.h>

#include "base/options.h"
#include "limit/one_channel.h"
#include "limit/toys.h"

enum eot_limit_method {
#define EOT_METHOD(symbol, name, description) EOT_METHOD_##symbol,
#include "limit_methods.def"
#undef EOT_METHOD
    EOT_N_METHOD
};
extern const char *const eot_limit_method_name[EOT_N_METHOD], *const eot_limit_method_description[EOT_N_METHOD];

/** A set of methods from "asymptotic,exact". @return EOT_E_USAGE. */
enum eot_status eot_limit_methods_parse(const char *text, bool wanted[EOT_N_METHOD], struct eot_error *err);

/** What is asked for on the command line. */
struct eot_limit_request {
    double signal, background, error, observed, level; /* NAN: not given */
    const char *constraint, *methods, *format, *device, *workspace, *measurement, *folder;
    uint64_t n_toy, seed;
    double eot; /* of a study; NAN: as it says */
    bool has_level, accept_poor, has_no_figure;
    struct eot_text_list positional, set;
    struct {
#define EOT_STUDY_OPTION(member, option, key, form, argument, help) struct eot_text_list member;
#include "study_options.def"
#undef EOT_STUDY_OPTION
    } study; /* options that are keys of a study */
};

/** Whether an option is given that only a study has; those of study_options.def. */
bool eot_limit_has_study_options(const struct eot_limit_request *r);

/** What a method found, with what has to be said about it. */
struct eot_limit_found {
    bool is_there;
    struct eot_limit_answer answer;
    struct eot_toys_report toys;
    double low;       /* lower end of the interval of Feldman and Cousins; NAN */
    const char *note; /* NULL: none */
};

/** The devices of pseudo-experiments: those that were asked for, or all cores of the host. */
enum eot_status eot_limit_open(const struct eot_limit_request *r, struct eot_backend **backend, struct eot_error *err);

/** Pseudo-experiments of a model; the asymptotic limits are where the search begins. */
enum eot_status eot_limit_throw(const struct eot_limit_request *r, struct eot_model *model, const struct eot_data *data,
                                struct eot_limit_found *found, struct eot_error *err);

/** The object {"asymptotic": {"observed": ..., "expected": [...], ...}, ...} of what was found. @return NULL without
 * memory. */
json_t *eot_limit_methods_json(const struct eot_limit_found found[EOT_N_METHOD]);

/** A number, or null where it is not one. JSON has no infinity. */
json_t *eot_limit_number(double value);

/** eotmc limit STUDY, or a study of options alone. */
enum eot_status eot_limit_study(const struct eot_limit_request *r, struct eot_error *err);

/** A line for each method, for people. */
void eot_limit_print(const struct eot_limit_found found[EOT_N_METHOD], const char *unit);

#endif
