#include "cli/preflight.h"

#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "device/interface.h"
#include "job/job.h"

enum eot_status eot_preflight_look(const struct eot_config *config, const struct eot_setup *setup,
                                   struct eot_findings *findings, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_job_check(config, findings, err));
    EOT_TRY(eot_check_run(&(struct eot_check){.config = config, .setup = setup}, findings, err));
done:
    return status;
}

enum eot_status eot_preflight_say(const struct eot_findings *findings, size_t first, const struct eot_log *log,
                                  struct eot_findings *said, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = first; i < findings->n; i++) {
        const struct eot_finding *one = &findings->row[i];
        size_t n_before = said != NULL ? said->n : 0;
        if (one->is_error) continue;
        if (said != NULL) EOT_TRY(eot_findings_warn(said, err, one->code, "%s", one->message));
        if (said == NULL || said->n > n_before) eot_log_warning(log, "%s (%s)", one->message, one->code);
    }
done:
    return status;
}

enum eot_status eot_preflight(const struct eot_config *config, const struct eot_setup *setup, const struct eot_log *log,
                              struct eot_findings *findings, struct eot_findings *said, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_preflight_look(config, setup, findings, err));
    EOT_TRY(eot_check_require(config, findings, err));
    EOT_TRY(eot_preflight_say(findings, 0, log, said, err));
done:
    return status;
}

enum eot_status eot_preflight_device(const char *selector, bool is_host, struct eot_findings *findings,
                                     struct eot_error *err) {
    char reasons[512] = "", reason[256];
    if (!is_host || (selector != NULL && strcasestr(selector, "host") != NULL)) return EOT_OK;
    for (int k = 0; k < EOT_N_INTERFACE; k++) {
        size_t n = strlen(reasons);
        reason[0] = '\0';
        eot_interface_at((enum eot_device_interface)k)->absence(reason, sizeof reason);
        if (reason[0] != '\0') snprintf(reasons + n, sizeof reasons - n, "%s%s", n > 0 ? ", " : "", reason);
    }
    return eot_findings_warn(
        findings, err, "host_only",
        "the run is made on one core of the host, which is slow%s%s; install an OpenCL device (PoCL "
        "uses all cores), or write --device host if that is meant",
        reasons[0] != '\0' ? ": " : "", reasons);
}
