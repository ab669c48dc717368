/** @file interface.h
 * What the choice of devices knows of an interface (OpenCL, CUDA, the host): one constant descriptor each, in the order
 * of backends.def. Only host/device includes it. */
#ifndef EOT_HOST_DEVICE_INTERFACE_H
#define EOT_HOST_DEVICE_INTERFACE_H

#include "device/backend.h"
#include "device/device.h"

/** Devices that were found so far; the caller frees `device`. */
struct eot_device_list {
    struct eot_device *device;
    size_t n;
};

struct eot_interface {
    const char *name; /* as --device name:N has it */
    int preference;   /* of two interfaces to the same card the one with the larger number is chosen */
    /* Append its devices, ordinals counted from 0; none is no error. */
    enum eot_status (*list)(struct eot_device_list *list, struct eot_error *err);
    /* The backend on one of them. */
    enum eot_status (*open)(const struct eot_device *device, const struct eot_backend_options *options,
                            struct eot_backend **backend, struct eot_error *err);
    /* n_part equal parts of a device, n_part <= EOT_MAX_DEVICE_CHOICE. @param part of the caller. EOT_E_USAGE if it
     * cannot be divided so. */
    enum eot_status (*divide)(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                              struct eot_error *err);
    /* Why there is no device, a clause for a message; "" if there is no reason. */
    void (*absence)(char *reason, size_t n_reason);
};

/** A descriptor: all members in their order, since compilers do not warn about one that an initialiser leaves out. */
#define EOT_INTERFACE_DEFINE(symbol, preference, list, open, divide, absence) \
    const struct eot_interface eot_interface_##symbol = {#symbol, preference, list, open, divide, absence}

#define EOT_BACKEND(symbol, name) extern const struct eot_interface eot_interface_##name;
#include "backends.def"
#undef EOT_BACKEND

/** Descriptor of an interface. */
const struct eot_interface *eot_interface_at(enum eot_device_interface interface);

/** Append a zeroed device. @param device the new one, valid until the next call. @return EOT_OK, EOT_E_MEMORY. */
enum eot_status eot_device_list_add(struct eot_device_list *list, struct eot_device **device, struct eot_error *err);

/** EOT_E_USAGE unless a device allows n_part equal parts. */
enum eot_status eot_device_check_parts(const struct eot_device *device, unsigned n_part, struct eot_error *err);

#endif
