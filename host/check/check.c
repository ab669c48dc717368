#include "check/check.h"

#include <stdio.h>
#include <string.h>

enum eot_status eot_check_run(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
#define EOT_CHECK_ROW(name) EOT_TRY(eot_check_##name(c, f, err));
#include "check/checks.def"
#undef EOT_CHECK_ROW
done:
    return status;
}

enum eot_status eot_check_problems(const struct eot_config *config, const struct eot_findings *f,
                                   struct eot_problems *problems, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < f->n; i++) {
        struct eot_problem problem;
        if (!f->row[i].is_error) continue;
        eot_config_place(config, f->row[i].key, &problem);
        size_t n = strlen(problem.message);
        snprintf(problem.message + n, sizeof problem.message - n, "%s", f->row[i].message);
        EOT_TRY(eot_problems_add(problems, &problem, err));
    }
done:
    return status;
}

enum eot_status eot_check_require(const struct eot_config *config, const struct eot_findings *f,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_problems problems = {0};
    EOT_TRY(eot_check_problems(config, f, &problems, err));
    EOT_TRY(eot_problems_fail(&problems, err));
done:
    eot_problems_free(&problems);
    return status;
}

enum eot_status eot_check_adopt(struct eot_findings *f, enum eot_status status, const char *key,
                                struct eot_error *err) {
    static const char START[] = "volume ";
    char text[512], at[96];
    const char *name = text + strlen(START);
    if (status != EOT_E_CONFIG) return status;
    snprintf(text, sizeof text, "%.500s", err->text);
    if (strncmp(text, START, strlen(START)) != 0) return eot_findings_fail(f, err, key, "(%s)", text);
    snprintf(at, sizeof at, "geometry.volumes.%.*s", (int)strcspn(name, " :"), name);
    return eot_findings_fail(f, err, at, "(%s)", text);
}
