/** @file devices.h
 * The list of devices, as `eotmc devices` prints it and `--device` chooses from it. */
#ifndef EOT_HOST_DEVICE_DEVICES_H
#define EOT_HOST_DEVICE_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** Through which interface a device is used. */
enum eot_device_interface { EOT_INTERFACE_OPENCL, EOT_INTERFACE_CUDA, EOT_INTERFACE_HOST };

enum eot_device_type { EOT_DEVICE_CPU, EOT_DEVICE_GPU, EOT_DEVICE_OTHER, EOT_DEVICE_HOST };

struct eot_device {
    char platform[128], platform_version[128], name[128], driver[128], c_version[128];
    enum eot_device_type type;
    enum eot_device_interface interface;
    int ordinal;    /* among the devices of its interface */
    int capability; /* CUDA: compute capability, 10 major + minor */
    bool fp64, int64_atomics;
    bool exact_divide; /* single-precision divide and sqrt can be asked to round correctly */
    bool is_part;      /* a sub-device */
    unsigned compute_units;
    unsigned n_part_max;             /* sub-devices that it can be divided into; 1: none */
    size_t max_group, max_parameter; /* work items, bytes */
    uint64_t memory, max_buffer;     /* bytes */
    char missing[128];               /* features that eotmc needs and the device lacks; "" = usable */
    void *platform_id, *device_id;   /* of OpenCL; NULL for others */
};

/** All devices: those of OpenCL in the order of its platforms, those of CUDA, and the host as the last. A card that
 * both know is there twice. No OpenCL platform and no CUDA driver are no errors. The caller frees the list.
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
#define EOT_MAX_DEVICE_CHOICE 64

/** Divide a device of OpenCL into equal sub-devices. @param part of the caller, n_part of them; their device_id is
 * released by the backend that is opened on them, with is_part set. @return EOT_E_USAGE (it cannot be divided so),
 * EOT_E_DEVICE. */
enum eot_status eot_device_divide(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                                  struct eot_error *err);

/** "CPU", "GPU", "other", "host". */
const char *eot_device_type_name(enum eot_device_type type);

#endif
