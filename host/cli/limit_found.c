/* Methods of `eotmc limit`, and how what they find is told. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/limit.h"
#include "limit/asymptotic.h"

const char *const eot_limit_method_name[EOT_N_METHOD] = {
#define EOT_METHOD(symbol, name, description) name,
#include "limit_methods.def"
#undef EOT_METHOD
};
const char *const eot_limit_method_description[EOT_N_METHOD] = {
#define EOT_METHOD(symbol, name, description) description,
#include "limit_methods.def"
#undef EOT_METHOD
};

enum eot_status eot_limit_methods_parse(const char *text, bool wanted[EOT_N_METHOD], struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *copy = strdup(text), *rest = NULL;
    size_t n = 0;
    EOT_CHECK_MEMORY(copy);
    for (char *word = strtok_r(copy, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest), n++) {
        size_t k = 0;
        while (k < EOT_N_METHOD && strcmp(word, eot_limit_method_name[k]) != 0) k++;
        EOT_CHECK(k < EOT_N_METHOD, EOT_E_USAGE,
                  "option '--method': no '%s' (asymptotic, exact, toys, fc); give one or several of them with commas",
                  word);
        wanted[k] = true;
    }
    EOT_CHECK(n > 0, EOT_E_USAGE, "option '--method' is empty; give e.g. --method asymptotic,exact");
done:
    free(copy);
    return status;
}

enum eot_status eot_limit_open(const struct eot_limit_request *r, struct eot_backend **backend, struct eot_error *err) {
    char selector[32];
    long n_core = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(selector, sizeof selector, "host/%ld", n_core < 1 ? 1 : n_core > 64 ? 64 : n_core);
    return eot_backend_open(&(struct eot_backend_options){.selector = r->device != NULL ? r->device
                                                                      : n_core > 1      ? selector
                                                                                        : "host"},
                            backend, err);
}

enum eot_status eot_limit_throw(const struct eot_limit_request *r, struct eot_model *model, const struct eot_data *data,
                                struct eot_limit_found *found, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_backend *backend = NULL;
    struct eot_limit_answer guess;
    EOT_TRY(eot_asymptotic_limit(model, data, r->level, &guess, err));
    EOT_TRY(eot_limit_open(r, &backend, err));
    struct eot_toys_options options = {.backend = backend, .n_toy = r->n_toy, .seed = (uint32_t)r->seed};
    EOT_TRY(eot_toys_limit(model, data, r->level, &guess, &options, &found->answer, &found->toys, err));
    found->is_there = true;
done:
    eot_backend_close(backend);
    return status;
}

json_t *eot_limit_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *five(const double *value) {
    json_t *list = json_array();
    for (int k = 0; k < EOT_N_BAND; k++) json_array_append_new(list, eot_limit_number(value[k]));
    return list;
}

static json_t *method_json(const struct eot_limit_found *f, enum eot_limit_method method) {
    const struct eot_limit_answer *a = &f->answer;
    json_t *x =
        json_pack("{s:o, s:o, s:o, s:s}", "observed", eot_limit_number(a->observed), "expected", five(a->expected),
                  "best_fit", eot_limit_number(a->best), "description", eot_limit_method_description[method]);
    if (!isnan(a->z))
        json_object_set_new(x, "discovery",
                            json_pack("{s:o, s:o}", "z", eot_limit_number(a->z), "p", eot_limit_number(a->p)));
    if (method == EOT_METHOD_TOYS) {
        json_object_set_new(x, "observed_error", eot_limit_number(a->observed_error));
        json_object_set_new(x, "expected_error", five(a->expected_error));
        json_object_set_new(x, "toys",
                            json_pack("{s:I, s:I, s:f}", "thrown", (json_int_t)f->toys.n_thrown, "failed",
                                      (json_int_t)f->toys.n_failed, "wall_s", f->toys.wall_s));
    }
    if (!isnan(f->low)) json_object_set_new(x, "observed_lower", eot_limit_number(f->low));
    if (f->note != NULL) json_object_set_new(x, "note", json_string(f->note));
    return x;
}

json_t *eot_limit_methods_json(const struct eot_limit_found found[EOT_N_METHOD]) {
    json_t *methods = json_object();
    for (int m = 0; m < EOT_N_METHOD; m++)
        if (found[m].is_there)
            json_object_set_new(methods, eot_limit_method_name[m], method_json(&found[m], (enum eot_limit_method)m));
    return methods;
}

void eot_limit_print(const struct eot_limit_found found[EOT_N_METHOD], const char *unit) {
    printf("%-12s %10s %10s %10s %10s %10s %10s  upper limit %s\n", "method", "observed", "-2 sigma", "-1 sigma",
           "median", "+1 sigma", "+2 sigma", unit);
    for (int m = 0; m < EOT_N_METHOD; m++) {
        const struct eot_limit_found *f = &found[m];
        if (!f->is_there) continue;
        printf("%-12s", eot_limit_method_name[m]);
        for (int k = -1; k < EOT_N_BAND; k++) {
            double value = k < 0 ? f->answer.observed : f->answer.expected[k];
            if (isnan(value))
                printf(" %10s", "-");
            else
                printf(" %10.4f", value);
        }
        if (m == EOT_METHOD_TOYS && !isnan(f->answer.observed_error))
            printf("  observed +- %.2g", f->answer.observed_error);
        if (m == EOT_METHOD_TOYS) printf("  median +- %.2g", f->answer.expected_error[2]);
        if (!isnan(f->low)) printf("  observed interval from %.4f", f->low);
        printf("\n");
    }
    for (int m = 0; m < EOT_N_METHOD; m++)
        if (found[m].is_there && !isnan(found[m].answer.z))
            printf("%s: excess of %.2f sigma over no signal (p = %.3g)\n", eot_limit_method_name[m], found[m].answer.z,
                   found[m].answer.p);
    for (int m = 0; m < EOT_N_METHOD; m++)
        if (found[m].is_there && found[m].note != NULL) printf("%s: %s\n", eot_limit_method_name[m], found[m].note);
}
