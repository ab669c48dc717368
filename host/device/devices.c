#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devices.h"
#include "interface.h"

const char *eot_device_type_name(enum eot_device_type type) {
    switch (type) {
    case EOT_DEVICE_CPU: return "CPU";
    case EOT_DEVICE_GPU: return "GPU";
    case EOT_DEVICE_HOST: return "host";
    case EOT_DEVICE_OTHER: break;
    }
    return "other";
}

enum eot_status eot_devices_list(struct eot_device **device, size_t *n_device, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device_list list = {0};
    for (int i = 0; i < EOT_N_INTERFACE; i++) EOT_TRY(eot_interface_at((enum eot_device_interface)i)->list(&list, err));
done:
    if (status != EOT_OK) {
        free(list.device);
        list = (struct eot_device_list){0};
    }
    *device = list.device;
    *n_device = list.n;
    return status;
}

static bool contains(const char *text, const char *part) {
    size_t n = strlen(part);
    for (; *text != '\0'; text++)
        if (strncasecmp(text, part, n) == 0) return true;
    return false;
}

static int preference(const struct eot_device *device) { return eot_interface_at(device->interface)->preference; }

/* The usable GPU with most compute units, through the preferred interface where two have it; else a CPU, else the host.
 */
static size_t choose_best(const struct eot_device *device, size_t n_device) {
    static const int rank[] = {
        [EOT_DEVICE_HOST] = 0, [EOT_DEVICE_OTHER] = 1, [EOT_DEVICE_CPU] = 2, [EOT_DEVICE_GPU] = 3};
    size_t chosen = n_device;
    for (size_t i = 0; i < n_device; i++) {
        if (device[i].missing[0] != '\0') continue;
        const struct eot_device *d = &device[i], *best = chosen < n_device ? &device[chosen] : NULL;
        if (best == NULL || rank[d->type] > rank[best->type] ||
            (d->type == best->type && (d->compute_units > best->compute_units ||
                                       (d->compute_units == best->compute_units && preference(d) > preference(best)))))
            chosen = i;
    }
    return chosen;
}

/* "cuda:1", "opencl:0": the number among the devices of an interface; n_device if the text is no such thing. */
static size_t choose_by_interface(const struct eot_device *device, size_t n_device, const char *selector) {
    for (int k = 0; k < EOT_N_INTERFACE; k++) {
        const char *name = eot_interface_at((enum eot_device_interface)k)->name, *number = selector + strlen(name) + 1;
        char *end = NULL;
        if (strncasecmp(selector, name, strlen(name)) != 0 || selector[strlen(name)] != ':' ||
            !isdigit((unsigned char)number[0]))
            continue;
        unsigned long ordinal = strtoul(number, &end, 10);
        for (size_t i = 0; i < n_device && *end == '\0'; i++)
            if (device[i].interface == (enum eot_device_interface)k && (unsigned long)device[i].ordinal == ordinal)
                return i;
    }
    return n_device;
}

/* Part of a name: the first that has it, of the most preferred interface. */
static size_t choose_by_name(const struct eot_device *device, size_t n_device, const char *selector) {
    size_t chosen = n_device;
    for (size_t i = 0; i < n_device; i++)
        if ((contains(device[i].name, selector) || contains(device[i].platform, selector)) &&
            (chosen == n_device || preference(&device[i]) > preference(&device[chosen])))
            chosen = i;
    return chosen;
}

enum eot_status eot_device_choose(const struct eot_device *device, size_t n_device, const char *selector,
                                  size_t *i_device, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t chosen = n_device;
    if (selector == NULL) {
        chosen = choose_best(device, n_device);
    } else if (selector[0] != '\0') {
        char *end;
        unsigned long index = strtoul(selector, &end, 10);
        if (isdigit((unsigned char)selector[0]) && *end == '\0' && index < n_device) chosen = index;
        for (size_t i = 0; i < n_device && chosen == n_device; i++)
            if (device[i].type == EOT_DEVICE_HOST && strcasecmp(selector, "host") == 0) chosen = i;
        if (chosen == n_device) chosen = choose_by_interface(device, n_device, selector);
        if (chosen == n_device) chosen = choose_by_name(device, n_device, selector);
    }
    if (chosen == n_device) {
        char there[1024] = "", reason[256] = "";
        for (size_t i = 0, n = 0; i < n_device && n < sizeof there; i++)
            n += (size_t)snprintf(there + n, sizeof there - n, "%s%zu = %s", i > 0 ? ", " : "", i, device[i].name);
        for (int k = 0; k < EOT_N_INTERFACE && selector != NULL; k++) {
            const struct eot_interface *interface = eot_interface_at((enum eot_device_interface)k);
            if (strncasecmp(selector, interface->name, strlen(interface->name)) == 0)
                interface->absence(reason, sizeof reason);
        }
        EOT_FAIL(EOT_E_USAGE,
                 "--device %s matches no device (there are: %s%s%s); give a number, part of a name, or host",
                 selector != NULL ? selector : "", there, reason[0] != '\0' ? "; " : "", reason);
    }
    *i_device = chosen;
done:
    return status;
}

enum eot_status eot_devices_choose(const struct eot_device *device, size_t n_device, const char *selector,
                                   struct eot_device_choice *choice, size_t n_max, size_t *n_choice,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *n_choice = 0;
    for (const char *from = selector; from == selector || *from != '\0';) {
        char text[256];
        unsigned long n_part = 1;
        size_t n = from != NULL ? strcspn(from, ",") : 0;
        snprintf(text, sizeof text, "%.*s", (int)n, from != NULL ? from : "");
        char *slash = strrchr(text, '/');
        if (slash != NULL && slash[1] != '\0' &&
            strspn(slash + 1, "0123456789") == strlen(slash + 1)) { /* a name may hold a slash */
            n_part = strtoul(slash + 1, NULL, 10);
            EOT_CHECK(n_part > 0 && n_part <= EOT_MAX_DEVICE_CHOICE, EOT_E_USAGE,
                      "--device %s: %lu parts (1 to %d are possible); give another number", selector, n_part,
                      EOT_MAX_DEVICE_CHOICE);
            *slash = '\0';
        }
        EOT_CHECK(*n_choice < n_max, EOT_E_USAGE, "--device %s lists more devices than are possible (%zu); give fewer",
                  selector, n_max);
        EOT_TRY(eot_device_choose(device, n_device, from == NULL || (n > 0 && text[0] == '\0') ? NULL : text,
                                  &choice[*n_choice].i_device, err));
        choice[(*n_choice)++].n_part = (unsigned)n_part;
        if (from == NULL || from[n] == '\0') break;
        from += n + 1;
        EOT_CHECK(*from != '\0', EOT_E_USAGE,
                  "--device %s ends with a comma (a device is missing); give its number or part of its name", selector);
    }
done:
    return status;
}
