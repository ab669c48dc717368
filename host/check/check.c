#include "check/check.h"

enum eot_status eot_check_run(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
#define EOT_CHECK_ROW(name) EOT_TRY(eot_check_##name(c, f, err));
#include "check/checks.def"
#undef EOT_CHECK_ROW
done:
    return status;
}
