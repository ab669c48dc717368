#include "analysis/yield.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "physics/lfc/macroscopic.h"

/* In units of nodes, from the node i below E_min at x in [0, 1): hat functions with weights a at i, b at i + 1, and 1
 * from i + 2 on. Their sum and first moment are those of the step at x (the sum of the hats from i + 2 on is a ramp
 * from i + 1 to i + 2):  a + b = 3/2 - x,  b = (9/4 - x^2)/2 + 1/24. */
void eot_spectra_weights_above(const struct eot_track_spectra *spectra, double E_min, double *weight) {
    double place = (log(E_min) - spectra->log_first) / spectra->log_step, node = floor(place), x = place - node;
    double b = 0.5 * (2.25 - x * x) + 1.0 / 24.0, a = 1.5 - x - b;
    for (size_t j = 0; j < spectra->n_energy; j++) {
        double from = (double)j - node;
        weight[j] = !(place > 0.0) || from > 1.5 ? 1.0 : from > 0.5 ? b : from > -0.5 ? a : 0.0;
    }
}

/* Nuclides of the calorimeter per cm of its average; *X0 its radiation length. */
static enum eot_status average_material(const struct eot_em_options *o, struct eot_lfc_material *average, double *X0,
                                        struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double period = 0.0, inverse_X0 = 0.0;
    average->n_nuclide = 0;
    for (int m = 0; m < o->n_medium; m++) period += o->n_medium > 1 ? o->medium[m].thickness : 1.0;
    for (int m = 0; m < o->n_medium; m++) {
        const struct eot_em_medium *medium = &o->medium[m];
        double share = (o->n_medium > 1 ? medium->thickness : 1.0) / period;
        inverse_X0 += share / eot_em_medium_X0(medium);
        for (int i = 0; i < medium->n_constituent; i++) {
            const struct eot_material *material = medium->material[i];
            for (int k = 0; k < material->n_element; k++) {
                const struct eot_element *e = &material->element[k];
                struct eot_lfc_nuclide nuclide =
                    eot_lfc_nuclide_from_mass(e->Z, e->A, material->density, e->mass_fraction);
                int at = 0;
                while (at < average->n_nuclide &&
                       (average->nuclide[at].Z != nuclide.Z || average->nuclide[at].A != nuclide.A))
                    at++;
                EOT_CHECK(at < EOT_LFC_MAX_NUCLIDE, EOT_E_CONFIG,
                          "the ECAL has more than %d elements (their cross sections are all needed); leave out traces",
                          EOT_LFC_MAX_NUCLIDE);
                if (at == average->n_nuclide) {
                    average->nuclide[average->n_nuclide++] = nuclide;
                    average->nuclide[at].atoms = 0.0;
                }
                average->nuclide[at].atoms += share * medium->fraction[i] * nuclide.atoms;
            }
        }
    }
    *X0 = 1.0 / inverse_X0;
done:
    return status;
}

/* Mean per primary over batches; a single batch has no error. */
static enum eot_status mean_of_batches(const struct eot_track_spectra *s, const double *electron,
                                       const double *positron, struct eot_batch_sum *batch, struct eot_mean *mean,
                                       struct eot_error *err) {
    for (size_t b = 0; b < s->n_batch; b++)
        batch[b] = (struct eot_batch_sum){
            s->n_primary[b], (electron != NULL ? electron[b] : 0.0) + (positron != NULL ? positron[b] : 0.0), 0.0};
    return eot_statistics_rate(batch, s->n_batch, false, mean, err);
}

enum eot_status eot_yield_matrix(const struct eot_yield_input *input, struct eot_backend *backend,
                                 struct eot_yield *yield, struct eot_yield_times *times, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_track_spectra *s = input->spectra;
    const double *m_phi = input->m_phi;
    size_t n = input->n;
    size_t n_energy = s->n_energy,
           n_column = 2 * s->n_batch; /* columns: electrons of each batch, positrons of each batch */
    double *xsec = malloc(n * n_energy * sizeof *xsec), *length = malloc(n_energy * n_column * sizeof *length),
           *sum = malloc(n * n_column * sizeof *sum);
    double *E = malloc(n_energy * sizeof *E), *weight = malloc(n_energy * sizeof *weight), X0 = 0.0;
    struct eot_batch_sum *batch = malloc(s->n_batch * sizeof *batch);
    struct eot_buffer *a = NULL, *b = NULL, *c = NULL;
    struct eot_lfc_material material;
    EOT_CHECK(xsec != NULL && length != NULL && sum != NULL && E != NULL && weight != NULL && batch != NULL,
              EOT_E_MEMORY, "out of memory for %zu masses x %zu energies x %zu batches; ask for fewer masses", n,
              n_energy, s->n_batch);
    EOT_TRY(average_material(input->media, &material, &X0, err));
    for (size_t j = 0; j < n_energy; j++) E[j] = exp(s->log_first + (double)j * s->log_step);
    eot_spectra_weights_above(s, fmax(input->E_min, 1e-3), weight);
    double start = eot_clock_seconds();
    for (size_t i = 0; i < n; i++) {
        struct eot_lfc_reaction r = input->reaction;
        double threshold = 0.0, lowest = INFINITY;
        r.m_phi = yield[i].m_phi = m_phi[i];
        for (int k = 0; k < material.n_nuclide; k++) {
            r.Z = material.nuclide[k].Z;
            r.A = material.nuclide[k].A;
            EOT_TRY(eot_lfc_threshold_energy(&r, &threshold, err));
            lowest = fmin(lowest, threshold);
        }
        EOT_CHECK(lowest < E[n_energy - 1], EOT_E_USAGE,
                  "m_phi = %g GeV cannot be made by this beam (threshold %.4g GeV, largest energy %.4g GeV); give "
                  "smaller masses",
                  m_phi[i], lowest, E[n_energy - 1]);
        EOT_TRY(eot_lfc_macroscopic(&r, &material, E, n_energy, xsec + i * n_energy, &yield[i].rel_error, err));
        for (size_t j = 0; j < n_energy; j++) xsec[i * n_energy + j] *= X0 * weight[j];
    }
    times->cross_sections = eot_clock_seconds() - start;
    for (size_t k = 0; k < s->n_batch; k++)
        for (size_t p = 0; p < 2; p++)
            for (size_t j = 0; j < n_energy; j++)
                length[j * n_column + p * s->n_batch + k] = s->length[(k * 2 + p) * n_energy + j];
    EOT_TRY(backend->op->buffer_create(backend, n * n_energy * sizeof *xsec, xsec, &a, err));
    EOT_TRY(backend->op->buffer_create(backend, n_energy * n_column * sizeof *length, length, &b, err));
    EOT_TRY(backend->op->buffer_create(backend, n * n_column * sizeof *sum, NULL, &c, err));
    double build_before = backend->algebra_build_s;
    start = eot_clock_seconds();
    EOT_TRY(backend->op->matrix_product(backend, n, n_column, n_energy, a, b, c, err));
    times->algebra_build = backend->algebra_build_s - build_before;
    EOT_TRY(eot_backend_read(backend, c, 0, n * n_column * sizeof *sum, sum, err));
    times->algebra = eot_clock_seconds() - start - times->algebra_build;
    for (size_t i = 0; i < n; i++) {
        const double *row = sum + i * n_column;
        EOT_TRY(mean_of_batches(s, row, NULL, batch, &yield[i].electron, err));
        EOT_TRY(mean_of_batches(s, NULL, row + s->n_batch, batch, &yield[i].positron, err));
        EOT_TRY(mean_of_batches(s, row, row + s->n_batch, batch, &yield[i].both, err));
    }
done:
    backend->op->buffer_free(backend, a);
    backend->op->buffer_free(backend, b);
    backend->op->buffer_free(backend, c);
    free(xsec);
    free(length);
    free(sum);
    free(E);
    free(weight);
    free(batch);
    return status;
}

enum eot_status eot_spectra_track_length(const struct eot_track_spectra *s, int type, double E_min,
                                         struct eot_mean *mean, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double *weight = malloc(s->n_energy * sizeof *weight), *sum = calloc(s->n_batch, sizeof *sum);
    struct eot_batch_sum *batch = malloc(s->n_batch * sizeof *batch);
    EOT_CHECK_MEMORY(weight);
    EOT_CHECK_MEMORY(sum);
    EOT_CHECK_MEMORY(batch);
    eot_spectra_weights_above(s, E_min, weight);
    for (size_t b = 0; b < s->n_batch; b++)
        for (size_t j = 0; j < s->n_energy; j++)
            sum[b] += weight[j] * s->length[(b * 2 + (size_t)type) * s->n_energy + j];
    EOT_TRY(mean_of_batches(s, sum, NULL, batch, mean, err));
done:
    free(weight);
    free(sum);
    free(batch);
    return status;
}
