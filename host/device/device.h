/** @file device.h
 * What is known of a device before it is opened. */
#ifndef EOT_HOST_DEVICE_DEVICE_H
#define EOT_HOST_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EOT_MAX_DEVICE_CHOICE 64 /* devices, or parts of one, that a run may use */

/** Through which interface a device is used. */
enum eot_device_interface {
#define EOT_BACKEND(symbol, name) EOT_INTERFACE_##symbol,
#include "backends.def"
#undef EOT_BACKEND
    EOT_N_INTERFACE
};

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

#endif
