/* Workspace and patchset of pyhf. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "limit/workspace.h"
#include "output/file.h"
#include "output/gnuplot.h"
#include "output/output.h"
#include "study/write.h"

double eot_study_reference(const struct eot_plane *plane, const struct eot_study_signal *signal) {
    const struct eot_plane_curve *c = &plane->curve[0];
    double rate = signal->selected.value / (signal->h * signal->h),
           h = sqrt(eot_plane_answer(plane, c, signal->m_phi)->expected[2] / (rate * c->eot));
    char text[32];
    snprintf(text, sizeof text, "%.1e", h);
    return strtod(text, NULL);
}

enum eot_status eot_study_spec_at(const struct eot_study *study, const struct eot_study_signal *signal, double h,
                                  struct eot_spec *spec, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_binned = eot_study_is_binned(study);
    double *share = calloc(study->bins.n, sizeof *share), sum = 0.0;
    EOT_CHECK_MEMORY(share);
    for (size_t i = 0; i < study->bins.n && is_binned; i++) sum += signal->shape.value[i];
    for (size_t i = 0; i < study->bins.n && is_binned; i++) share[i] = signal->shape.value[i] / sum;
    EOT_TRY(eot_study_spec(study, study->eot, is_binned ? share : NULL, false, spec, err));
    struct eot_sample *sample = &spec->channel[0].sample[0];
    double events = signal->selected.value * study->eot * (h / signal->h) * (h / signal->h);
    for (size_t i = 0; i < spec->channel[0].n_bin; i++) {
        for (size_t m = 0; m < sample->n_modifier; m++)
            if (sample->modifier[m].type == EOT_MODIFIER_HISTOSYS) {
                sample->modifier[m].first[i] *= events;
                sample->modifier[m].last[i] *= events;
            }
        sample->data[i] *= events;
    }
    /* mu is in units of this signal now */
    spec->parameter[0].upper.value[0] /= events;
done:
    free(share);
    return status;
}

/* A number as Python writes it: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on. */
static void add_python_number(struct eot_text *text, double value) {
    char digits[40];
    int precision = 0;
    do snprintf(digits, sizeof digits, "%.*e", precision, value);
    while (strtod(digits, NULL) != value && ++precision < 17);
    int exponent = atoi(strchr(digits, 'e') + 1);
    if (value == 0.0)
        eot_text_add(text, "0.0");
    else if (exponent >= -4 && exponent < 16)
        eot_text_add(text, "%.*f", precision - exponent > 1 ? precision - exponent : 1, value);
    else
        eot_text_add(text, "%s", digits);
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* The text that pyhf takes the digest of: json.dumps(document, sort_keys=True). Texts are ASCII names here. */
static void add_canonical(struct eot_text *text, const json_t *node) {
    const char *key;
    json_t *value;
    size_t n = 0;
    if (json_is_object(node)) {
        const char *name[64];
        json_object_foreach((json_t *)(uintptr_t)node, key, value) if (n < 64) name[n++] = key;
        qsort(name, n, sizeof *name, by_name);
        eot_text_add(text, "{");
        for (size_t i = 0; i < n; i++) {
            eot_text_add(text, "%s\"%s\": ", i > 0 ? ", " : "", name[i]);
            add_canonical(text, json_object_get(node, name[i]));
        }
        eot_text_add(text, "}");
    } else if (json_is_array(node)) {
        eot_text_add(text, "[");
        for (size_t i = 0; i < json_array_size(node); i++) {
            if (i > 0) eot_text_add(text, ", ");
            add_canonical(text, json_array_get(node, i));
        }
        eot_text_add(text, "]");
    } else if (json_is_real(node)) {
        add_python_number(text, json_real_value(node));
    } else if (json_is_string(node)) {
        char *quoted = json_dumps(node, JSON_ENCODE_ANY);
        eot_text_add(text, "%s", quoted != NULL ? quoted : "");
        free(quoted);
    } else {
        char *plain = json_dumps(node, JSON_ENCODE_ANY);
        eot_text_add(text, "%s", plain != NULL ? plain : "");
        free(plain);
    }
}

static json_t *numbers(const double *value, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_real(value[i]));
    return list;
}

static json_t *patch_json(const struct eot_spec *spec, const struct eot_study_signal *signal, double h) {
    char name[80];
    size_t n_bin = spec->channel[0].n_bin;
    const struct eot_sample *sample = &spec->channel[0].sample[0];
    int n = snprintf(name, sizeof name, "mphi_%g", signal->m_phi);
    for (int i = 0; i < n; i++)
        if (strchr(".+-", name[i]) != NULL) name[i] = name[i] == '.' ? 'p' : '_';
    json_t *operations = json_pack("[{s:s, s:s, s:o}]", "op", "replace", "path", "/channels/0/samples/0/data", "value",
                                   numbers(sample->data, n_bin));
    for (size_t m = 0; m < sample->n_modifier; m++)
        if (sample->modifier[m].type == EOT_MODIFIER_HISTOSYS) {
            char path[120];
            snprintf(path, sizeof path, "/channels/0/samples/0/modifiers/%zu/data", m);
            json_array_append_new(operations, json_pack("{s:s, s:s, s:{s:o, s:o}}", "op", "replace", "path", path,
                                                        "value", "hi_data", numbers(sample->modifier[m].first, n_bin),
                                                        "lo_data", numbers(sample->modifier[m].last, n_bin)));
        }
    json_array_append_new(operations, json_pack("{s:s, s:s, s:[[f, f]]}", "op", "replace", "path",
                                                "/measurements/0/config/parameters/0/bounds", "value", 0.0,
                                                spec->parameter[0].upper.value[0]));
    return json_pack("{s:{s:s, s:[f, f]}, s:o}", "metadata", "name", name, "values", signal->m_phi, h, "patch",
                     operations);
}

static enum eot_status write_document(const char *folder, const char *name, const json_t *root, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text text = {0};
    add_canonical(&text, root);
    eot_text_add(&text, "\n");
    EOT_CHECK(!text.is_failed, EOT_E_MEMORY, "out of memory for %s; free memory", name);
    EOT_TRY(eot_output_write_file(folder, name, text.text, text.n, err));
done:
    eot_text_free(&text);
    return status;
}

enum eot_status eot_study_write_pyhf(const struct eot_study *study, const struct eot_plane *plane, const char *folder,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_spec spec = {.n_channel = 0};
    struct eot_text canonical = {0};
    struct eot_sha256 hash;
    char digest[65], *below = eot_output_path(folder, "pyhf");
    json_t *workspace = NULL, *patches = json_array(), *patchset = NULL;
    EOT_CHECK_MEMORY(below);
    EOT_TRY(eot_output_prepare(below, err));
    for (size_t i = 0; i < study->n_signal; i++) {
        double h = eot_study_reference(plane, &study->signal[i]);
        EOT_TRY(eot_study_spec_at(study, &study->signal[i], h, &spec, err));
        if (i == 0) workspace = eot_workspace_write(&spec);
        json_array_append_new(patches, patch_json(&spec, &study->signal[i], h));
        eot_spec_free(&spec);
    }
    EOT_CHECK_MEMORY(workspace);
    add_canonical(&canonical, workspace);
    EOT_CHECK(!canonical.is_failed, EOT_E_MEMORY, "out of memory for the workspace; free memory");
    eot_sha256_init(&hash);
    eot_sha256_update(&hash, canonical.text, canonical.n);
    eot_sha256_finish(&hash, digest);
    patchset = json_pack(
        "{s:{s:s, s:s, s:{s:s}, s:[s, s], s:{s:s}}, s:O, s:s}", "metadata", "name", study->name, "description",
        study->hepdata != NULL ? "signals of e N -> mu N phi; mu = 1 is the coupling h_at_mu_1"
                               : "signals of e N -> mu N phi; mu = 1 is the coupling h_at_mu_1; there is no record of "
                                 "HEPData yet: ins0000000 stands where the schema wants one",
        "digests", "sha256", digest, "labels", "m_phi_GeV", "h_at_mu_1", "references", "hepdata",
        study->hepdata != NULL ? study->hepdata : "ins0000000", "patches", patches, "version", "1.0.0");
    EOT_CHECK_MEMORY(patchset);
    EOT_TRY(write_document(below, "workspace.json", workspace, err));
    EOT_TRY(write_document(below, "patchset.json", patchset, err));
done:
    json_decref(workspace);
    json_decref(patches);
    json_decref(patchset);
    eot_text_free(&canonical);
    eot_spec_free(&spec);
    free(below);
    return status;
}
