/* Which backend a selector means. */
#include <stdlib.h>

#include "backend_private.h"
#include "base/log.h"
#include "devices.h"

enum eot_status eot_backend_open(const struct eot_backend_options *options, struct eot_backend **backend, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *device = NULL;
    size_t n_device = 0, i_device = 0;
    *backend = NULL;
    EOT_TRY(eot_devices_list(&device, &n_device, err));
    EOT_TRY(eot_device_choose(device, n_device, options->selector, &i_device, err));
    if (device[i_device].type == EOT_DEVICE_HOST)
        EOT_TRY(eot_host_backend_open(options, backend, err));
    else
        EOT_TRY(eot_opencl_backend_open(&device[i_device], options, backend, err));
    (*backend)->is_verbose = options->verbose;
done:
    free(device);
    return status;
}

void eot_backend_close(struct eot_backend *backend) {
    if (backend == NULL) return;
    const struct eot_log log = {.level = backend->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    for (int i = 0; i < EOT_N_KERNEL; i++)
        if (backend->use[i].n_launch > 0)
            eot_log_message(&log, EOT_LOG_VERBOSE, "kernel %s: %ld launches, %.3f s, %.3f s of processor", eot_kernel_name[i], backend->use[i].n_launch, backend->use[i].seconds,
                            backend->use[i].processor_s);
    backend->op->close(backend);
}
