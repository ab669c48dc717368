/** @file devices.h
 * The list of devices, as `eotmc devices` prints it and `--device` chooses from it. */
#ifndef EOT_HOST_DEVICE_DEVICES_H
#define EOT_HOST_DEVICE_DEVICES_H

#include <stddef.h>

#include "base/error.h"
#include "device/device.h"

/** All devices, interface by interface in the order of backends.def: OpenCL, CUDA, the host. A card that two interfaces
 * know is there twice. No OpenCL platform and no CUDA driver are no errors. The caller frees the list.
 * @return EOT_OK, EOT_E_DEVICE, EOT_E_MEMORY. */
enum eot_status eot_devices_list(struct eot_device **device, size_t *n_device, struct eot_error *err);

/** Which of them a selector means. @param selector NULL = automatic (usable GPU with most compute units, through CUDA
 * where both interfaces have it, else CPU, else the host), "host", a number in the list, "cuda:N" or "opencl:N" (number
 * among the devices of that interface), or part of a device's or platform's name whatever its case: the first that has
 * it, CUDA's before OpenCL's. @return EOT_E_USAGE (no device matches; the text lists what is there). */
enum eot_status eot_device_choose(const struct eot_device *device, size_t n_device, const char *selector,
                                  size_t *i_device, struct eot_error *err);

/** One entry of a --device list. */
struct eot_device_choice {
    size_t i_device;
    unsigned n_part; /* 1: the whole device */
};

/** What a list of selectors means: SEL[/n],SEL[/n],... @param choice of the caller, at most n_max. @return EOT_E_USAGE
 * (no device matches, or a bad number of parts). */
enum eot_status eot_devices_choose(const struct eot_device *device, size_t n_device, const char *selector,
                                   struct eot_device_choice *choice, size_t n_max, size_t *n_choice,
                                   struct eot_error *err);

/** "CPU", "GPU", "other", "host". */
const char *eot_device_type_name(enum eot_device_type type);

#endif
