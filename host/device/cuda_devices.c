/** @file cuda_devices.c
 * The devices that NVIDIA's driver lists. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend_private.h"
#include "cuda_driver.h"
#include "interface.h"

/* "580.95.05": the kernel module's version; "" where the system does not tell. */
static void module_version(char *text, size_t n_text) {
    FILE *in = fopen("/sys/module/nvidia/version", "r");
    text[0] = '\0';
    if (in == NULL) return;
    if (fgets(text, (int)n_text, in) == NULL) text[0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    fclose(in);
}

static enum eot_status device_describe(const struct eot_cuda_driver *driver, int ordinal, struct eot_device *d,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int id = 0, units = 0, group = 0, major = 0, minor = 0;
    size_t memory = 0;
    char module[32];
    EOT_CU(cuDeviceGet(&id, ordinal));
    EOT_CU(cuDeviceGetName(d->name, (int)sizeof d->name, id));
    EOT_CU(cuDeviceTotalMem_v2(&memory, id));
    EOT_CU(cuDeviceGetAttribute(&units, EOT_CUDA_DEVICE_MULTIPROCESSORS, id));
    EOT_CU(cuDeviceGetAttribute(&group, EOT_CUDA_DEVICE_MAX_GROUP, id));
    EOT_CU(cuDeviceGetAttribute(&major, EOT_CUDA_DEVICE_CAPABILITY_MAJOR, id));
    EOT_CU(cuDeviceGetAttribute(&minor, EOT_CUDA_DEVICE_CAPABILITY_MINOR, id));
    module_version(module, sizeof module);
    d->interface = EOT_INTERFACE_CUDA;
    d->ordinal = ordinal;
    d->capability = 10 * major + minor;
    snprintf(d->platform, sizeof d->platform, "CUDA");
    snprintf(d->platform_version, sizeof d->platform_version, "%d.%d", driver->version / 1000,
             driver->version % 1000 / 10);
    snprintf(d->driver, sizeof d->driver, "%s%sCUDA %.16s", module, module[0] != '\0' ? ", " : "", d->platform_version);
    snprintf(d->c_version, sizeof d->c_version, "CUDA C++, compute capability %d.%d", major, minor);
    d->type = EOT_DEVICE_GPU;
    d->fp64 = d->int64_atomics = d->exact_divide = true;
    d->compute_units = (unsigned)units;
    d->n_part_max = 1;
    d->max_group = (size_t)group;
    d->max_parameter = 4096;
    d->memory = d->max_buffer = memory;
    if (major < 5) snprintf(d->missing, sizeof d->missing, "compute capability 5.0");
done:
    return status;
}

static enum eot_status cuda_list(struct eot_device_list *list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cuda_driver loaded, *driver = &loaded;
    int n = 0;
    if (!eot_cuda_driver_load(driver, NULL, 0)) return EOT_OK;
    EOT_CU(cuDeviceGetCount(&n));
    for (int i = 0; i < n; i++) {
        struct eot_device *device;
        EOT_TRY(eot_device_list_add(list, &device, err));
        EOT_TRY(device_describe(driver, i, device, err));
    }
done:
    return status;
}

/* CUDA has no sub-devices; n_part_max says so. */
static enum eot_status cuda_divide(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                                   struct eot_error *err) {
    (void)part;
    return eot_device_check_parts(device, n_part, err);
}

static void cuda_absence(char *reason, size_t n_reason) {
    struct eot_cuda_driver driver;
    if (eot_cuda_driver_load(&driver, reason, n_reason)) snprintf(reason, n_reason, "%s", "");
}

EOT_INTERFACE_DEFINE(cuda, 2, cuda_list, eot_cuda_backend_open, cuda_divide, cuda_absence);
