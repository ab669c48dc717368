/* Which backend a selector means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend_private.h"
#include "base/log.h"
#include "devices.h"
#include "interface.h"

/* The devices that a selector can mean: "host" asks no driver, so that none can fail, or take its time, for nothing. */
static enum eot_status list_for(const char *selector, struct eot_device **device, size_t *n_device,
                                struct eot_error *err) {
    struct eot_device_list list = {0};
    if (selector == NULL || strcasecmp(selector, "host") != 0) return eot_devices_list(device, n_device, err);
    enum eot_status status = eot_interface_host.list(&list, err);
    *device = list.device;
    *n_device = list.n;
    return status;
}

/* One more backend at the end of the chain. */
static enum eot_status open_one(const struct eot_device *device, const struct eot_backend_options *options,
                                unsigned part, unsigned n_part, struct eot_backend ***end, struct eot_error *err) {
    if (options->units > (int)device->compute_units)
        return eot_error_set(err, EOT_E_USAGE, __FILE__, __LINE__, __func__, "--units %d (%s has %u); give fewer",
                             options->units, device->name, device->compute_units);
    enum eot_status status = eot_interface_at(device->interface)->open(device, options, *end, err);
    if (status != EOT_OK) return status;
    struct eot_backend *b = **end;
    b->is_verbose = options->verbose;
    b->is_forced_only =
        !b->is_host && options->extra_options != NULL && strstr(options->extra_options, "-DEOT_WAYS=1") != NULL;
    if (n_part > 1) {
        size_t n = strlen(b->name);
        snprintf(b->name + n, sizeof b->name - n, ", part %u of %u", part + 1, n_part);
    }
    *end = &b->next;
    return EOT_OK;
}

enum eot_status eot_backend_open(const struct eot_backend_options *options, struct eot_backend **backend,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *device = NULL;
    struct eot_device_choice choice[EOT_MAX_DEVICE_CHOICE];
    struct eot_backend **end = backend;
    size_t n_device = 0, n_choice = 0;
    *backend = NULL;
    if (options->no_kernel_cache)
        setenv("POCL_KERNEL_CACHE", "0", 1); /* PoCL's own; it looks when devices are asked for the first time */
    EOT_TRY(list_for(options->selector, &device, &n_device, err));
    EOT_TRY(eot_devices_choose(device, n_device, options->selector, choice, EOT_MAX_DEVICE_CHOICE, &n_choice, err));
    EOT_CHECK(!options->one_only || (n_choice == 1 && choice[0].n_part == 1), EOT_E_USAGE,
              "--device %s (one device is used here); give one, without /n", options->selector);
    for (size_t i = 0; i < n_choice; i++) {
        const struct eot_device *d = &device[choice[i].i_device];
        unsigned n_part = choice[i].n_part;
        struct eot_device part[EOT_MAX_DEVICE_CHOICE];
        for (unsigned k = 0; k < n_part; k++) part[k] = *d;
        if (n_part > 1) EOT_TRY(eot_interface_at(d->interface)->divide(d, n_part, part, err));
        for (unsigned k = 0; k < n_part; k++) EOT_TRY(open_one(&part[k], options, k, n_part, &end, err));
    }
done:
    if (status != EOT_OK) {
        eot_backend_close(*backend);
        *backend = NULL;
    }
    free(device);
    return status;
}

enum eot_status eot_backend_second_queue(struct eot_backend *backend, struct eot_backend **second,
                                         struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (backend->second_queue == NULL && backend->op->second_queue != NULL)
        status = backend->op->second_queue(backend, &backend->second_queue, err);
    *second = backend->second_queue;
    return status;
}

void eot_backend_close(struct eot_backend *backend) {
    if (backend == NULL) return;
    eot_backend_close(backend->second_queue);
    const struct eot_log log = {.level = backend->is_verbose ? EOT_LOG_VERBOSE : EOT_LOG_NORMAL};
    if (backend->second_queue != NULL)
        eot_log_message(&log, EOT_LOG_VERBOSE,
                        "two batches were at work at a time, so the kernels' times have each other's in them; with "
                        "device.in_flight=1 they are their own");
    for (int i = 0; i < EOT_N_KERNEL; i++)
        if (backend->use[i].n_launch > 0)
            eot_log_message(&log, EOT_LOG_VERBOSE, "kernel %s on %s: %ld launches, %.3f s, %.3f s of processor",
                            eot_kernel_name[i], backend->name, backend->use[i].n_launch, backend->use[i].seconds,
                            backend->use[i].processor_s);
    struct eot_backend *next = backend->next;
    if (backend->checksum.range != NULL) backend->op->buffer_free(backend, backend->checksum.range);
    if (backend->checksum.sum != NULL) backend->op->buffer_free(backend, backend->checksum.sum);
    backend->op->close(backend);
    eot_backend_close(next);
}
