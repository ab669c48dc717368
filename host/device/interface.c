#include "interface.h"

#include <stdlib.h>
#include <string.h>

const struct eot_interface *eot_interface_at(enum eot_device_interface interface) {
    static const struct eot_interface *const all[] = {
#define EOT_BACKEND(symbol, name) &eot_interface_##name,
#include "backends.def"
#undef EOT_BACKEND
    };
    return all[interface];
}

enum eot_status eot_device_list_add(struct eot_device_list *list, struct eot_device **device, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *more = realloc(list->device, (list->n + 1) * sizeof *more);
    EOT_CHECK_MEMORY(more);
    list->device = more;
    *device = &more[list->n++];
    memset(*device, 0, sizeof **device);
done:
    return status;
}

enum eot_status eot_device_check_parts(const struct eot_device *device, unsigned n_part, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(n_part <= EOT_MAX_DEVICE_CHOICE && n_part <= device->n_part_max && device->compute_units % n_part == 0,
              EOT_E_USAGE,
              "%s cannot be divided into %u equal parts (it has %u compute units and allows %u parts); give a divisor "
              "of them",
              device->name, n_part, device->compute_units, device->n_part_max);
done:
    return status;
}
