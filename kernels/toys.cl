/* Pseudo-experiments of an upper limit. */
#include "eotmc/limit/toy.h"

/** @param model, index, number: the model (eotmc/limit/model.h). @param truth the hypothesis that data are drawn from.
 * @param work [n_toy][launch->n_work] scratch. @param q [n_toy] out: test statistics. */
EOT_ONE_BY_ONE EOT_KERNEL_FN(toys) void toys(EOT_GLOBAL const eot_limit_model *model, EOT_GLOBAL const u32 *index,
                                             EOT_GLOBAL const f64 *number, EOT_GLOBAL const f64 *truth,
                                             EOT_GLOBAL const eot_toy_launch *launch, EOT_GLOBAL f64 *work,
                                             EOT_GLOBAL f64 *q) {
    u32 i = EOT_GLOBAL_ID;
    if (i >= launch->n_toy) return;
    q[i] = eot_toy(eot_limit_view_of(model, index, number), truth, launch, i, work + (u64)i * launch->n_work);
}
