/* What the backgrounds' errors do to a limit. */
#include <math.h>
#include <stdlib.h>

#include "limit/asymptotic.h"
#include "study/plane_private.h"

static const double POOR = 0.05; /* relative change of the median limit in events that is refused */

enum eot_status eot_study_median(const struct eot_study *study, const double *share, bool without_poor, double *limit,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_spec spec = {.n_channel = 0};
    struct eot_model model = {.index = NULL};
    struct eot_limit_answer answer;
    EOT_TRY(eot_study_spec(study, study->eot, share, without_poor, &spec, err));
    EOT_TRY(eot_model_create(&spec, &model, err));
    EOT_TRY(eot_asymptotic_limit(&model, NULL, study->level, &answer, err));
    *limit = answer.expected[2];
done:
    eot_model_free(&model);
    eot_spec_free(&spec);
    return status;
}

enum eot_status eot_study_background_source(struct eot_study *study, const double *share, bool is_tail, double *source,
                                            struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double middle, changed, square = 0.0;
    EOT_TRY(eot_study_median(study, share, false, &middle, err));
    for (size_t i = 0; i < study->n_background; i++) {
        struct eot_study_background *b = &study->background[i], kept = *b;
        if (is_tail && isnan(b->tail)) continue;
        double up = b->upper_90 > 0.0 ? b->upper_90 : b->per_eot.value + b->per_eot.error;
        b->per_eot.value = is_tail ? b->tail : up;
        status = eot_study_median(study, share, false, &changed, err);
        *b = kept;
        if (status != EOT_OK) goto done;
        double relative = 0.5 * log(changed / middle);
        square += relative * relative;
    }
    *source = sqrt(square);
done:
    return status;
}

/* By how much the median limit moves if the poorly determined backgrounds are at their upper limits. A shift of the
 * nuisance alone would not tell: without signal data agree with the nominal background, and a larger one is not wanted
 * beside a signal. */
enum eot_status eot_study_check_poor(struct eot_study *study, const double *share, bool is_accepted, double *shift,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double nominal, raised;
    const struct eot_study_background *worst = NULL;
    double *kept = calloc(study->n_background + 1, sizeof *kept);
    EOT_CHECK_MEMORY(kept);
    EOT_TRY(eot_study_median(study, share, true, &nominal, err));
    for (size_t i = 0; i < study->n_background; i++) {
        struct eot_study_background *b = &study->background[i];
        kept[i] = b->per_eot.value;
        if (!(b->upper_90 > 0.0)) continue;
        if (worst == NULL || b->upper_90 > worst->upper_90) worst = b;
        EOT_TRY(eot_study_warn(study, err,
                               "background '%s' is poorly determined: %.3g events for %.3g EOT; its 90 %% upper limit "
                               "of %.3g enters as a shift of one standard deviation",
                               b->name, b->per_eot.value * study->eot, study->eot, b->upper_90 * study->eot));
    }
    *shift = 0.0;
    if (worst == NULL) goto done;
    for (size_t i = 0; i < study->n_background; i++)
        if (study->background[i].upper_90 > 0.0) study->background[i].per_eot.value = study->background[i].upper_90;
    status = eot_study_median(study, share, true, &raised, err);
    for (size_t i = 0; i < study->n_background; i++) study->background[i].per_eot.value = kept[i];
    EOT_TRY(status);
    *shift = raised / nominal - 1.0;
    EOT_CHECK(is_accepted || fabs(*shift) <= POOR, EOT_E_CONFIG,
              "background '%s' is poorly determined (its 90 %% upper limit of %.3g events for %.3g EOT would move the "
              "median limit by %.0f %%); simulate more of it, or accept it with --accept-poor",
              worst->name, worst->upper_90 * study->eot, study->eot, 100.0 * *shift);
done:
    free(kept);
    return status;
}
