#include "cli/preflight.h"

#include "check/check.h"
#include "job/job.h"

enum eot_status eot_preflight_look(const struct eot_config *config, const struct eot_setup *setup,
                                   struct eot_findings *findings, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_job_check(config, findings, err));
    EOT_TRY(eot_check_run(&(struct eot_check){.config = config, .setup = setup}, findings, err));
done:
    return status;
}

enum eot_status eot_preflight(const struct eot_config *config, const struct eot_setup *setup, const struct eot_log *log,
                              struct eot_findings *findings, struct eot_findings *said, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_preflight_look(config, setup, findings, err));
    EOT_TRY(eot_check_require(config, findings, err));
    for (size_t i = 0; i < findings->n; i++) {
        const struct eot_finding *one = &findings->row[i];
        size_t n_before = said != NULL ? said->n : 0;
        if (said != NULL) EOT_TRY(eot_findings_warn(said, err, one->code, "%s", one->message));
        if (said == NULL || said->n > n_before) eot_log_warning(log, "%s (%s)", one->message, one->code);
    }
done:
    return status;
}
