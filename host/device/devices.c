#include "devices.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cl_status.h"
#include "cuda_driver.h"

const char *eot_device_type_name(enum eot_device_type type) {
    switch (type) {
    case EOT_DEVICE_CPU: return "CPU";
    case EOT_DEVICE_GPU: return "GPU";
    case EOT_DEVICE_HOST: return "host";
    case EOT_DEVICE_OTHER: break;
    }
    return "other";
}

/* Texts of OpenCL may be longer than ours and may be padded with spaces. */
static void trim_into(char *target, size_t n_target, const char *source) {
    while (isspace((unsigned char)*source)) source++;
    size_t n = strlen(source);
    while (n > 0 && isspace((unsigned char)source[n - 1])) n--;
    snprintf(target, n_target, "%.*s", (int)n, source);
}

static void platform_text(cl_platform_id platform, cl_platform_info what, char *target, size_t n_target) {
    char text[4096] = "";
    if (clGetPlatformInfo(platform, what, sizeof text, text, NULL) != CL_SUCCESS) text[0] = '\0';
    trim_into(target, n_target, text);
}

static void device_text(cl_device_id device, cl_device_info what, char *target, size_t n_target) {
    char text[4096] = "";
    if (clGetDeviceInfo(device, what, sizeof text, text, NULL) != CL_SUCCESS) text[0] = '\0';
    trim_into(target, n_target, text);
}

static enum eot_status device_describe(cl_platform_id platform, cl_device_id id, struct eot_device *device,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_device_type type = 0;
    cl_device_fp_config fp64 = 0, fp32 = 0;
    cl_uint units = 0, n_part = 0;
    cl_bool has_compiler = CL_FALSE, is_available = CL_FALSE, is_little_endian = CL_FALSE;
    char extensions[8192] = "";
    platform_text(platform, CL_PLATFORM_NAME, device->platform, sizeof device->platform);
    platform_text(platform, CL_PLATFORM_VERSION, device->platform_version, sizeof device->platform_version);
    device_text(id, CL_DEVICE_NAME, device->name, sizeof device->name);
    device_text(id, CL_DRIVER_VERSION, device->driver, sizeof device->driver);
    device_text(id, CL_DEVICE_OPENCL_C_VERSION, device->c_version, sizeof device->c_version);
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_TYPE, sizeof type, &type, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof device->max_group, &device->max_group, NULL));
    EOT_CL(
        clGetDeviceInfo(id, CL_DEVICE_MAX_PARAMETER_SIZE, sizeof device->max_parameter, &device->max_parameter, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof device->memory, &device->memory, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof device->max_buffer, &device->max_buffer, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_SINGLE_FP_CONFIG, sizeof fp32, &fp32, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, sizeof extensions, extensions, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_COMPILER_AVAILABLE, sizeof has_compiler, &has_compiler, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_AVAILABLE, sizeof is_available, &is_available, NULL));
    EOT_CL(clGetDeviceInfo(id, CL_DEVICE_ENDIAN_LITTLE, sizeof is_little_endian, &is_little_endian, NULL));
    if (clGetDeviceInfo(id, CL_DEVICE_DOUBLE_FP_CONFIG, sizeof fp64, &fp64, NULL) != CL_SUCCESS)
        fp64 = 0; /* some drivers do not know the question */
    device->type = (type & CL_DEVICE_TYPE_GPU) != 0   ? EOT_DEVICE_GPU
                   : (type & CL_DEVICE_TYPE_CPU) != 0 ? EOT_DEVICE_CPU
                                                      : EOT_DEVICE_OTHER;
    device->compute_units = units;
    device->n_part_max =
        clGetDeviceInfo(id, CL_DEVICE_PARTITION_MAX_SUB_DEVICES, sizeof n_part, &n_part, NULL) == CL_SUCCESS &&
                n_part > 1
            ? n_part
            : 1;
    device->fp64 = fp64 != 0;
    device->exact_divide = (fp32 & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
    device->int64_atomics = strstr(extensions, "cl_khr_int64_base_atomics") != NULL;
    device->interface = EOT_INTERFACE_OPENCL;
    device->platform_id = platform;
    device->device_id = id;
    snprintf(device->missing, sizeof device->missing, "%s%s%s%s%s", device->fp64 ? "" : ", double precision (fp64)",
             device->int64_atomics ? "" : ", cl_khr_int64_base_atomics", has_compiler ? "" : ", a compiler",
             is_available ? "" : ", availability", is_little_endian ? "" : ", little-endian memory");
    if (device->missing[0] != '\0') memmove(device->missing, device->missing + 2, strlen(device->missing) - 1);
done:
    return status;
}

static void host_describe(struct eot_device *device) {
    snprintf(device->platform, sizeof device->platform, "none");
    snprintf(device->name, sizeof device->name, "host");
    snprintf(device->driver, sizeof device->driver, "kernels compiled as C");
    snprintf(device->c_version, sizeof device->c_version, "C11");
    device->type = EOT_DEVICE_HOST;
    device->interface = EOT_INTERFACE_HOST;
    device->fp64 = device->int64_atomics = device->exact_divide = true;
    device->compute_units = 1;
    device->n_part_max = EOT_MAX_DEVICE_CHOICE;
    device->max_group = device->max_parameter = SIZE_MAX / 2;
    device->memory = device->max_buffer = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

enum eot_status eot_devices_list(struct eot_device **device, size_t *n_device, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_platform_id platform[16];
    cl_uint n_platform = 0;
    size_t n = 0;
    struct eot_device *list = NULL;
    *device = NULL;
    *n_device = 0;
    cl_int code = clGetPlatformIDs(16, platform, &n_platform);
    if (code != CL_SUCCESS) n_platform = 0; /* the loader's -1001: no driver is installed */
    if (n_platform > 16) n_platform = 16;
    for (cl_uint i = 0; i < n_platform; i++) {
        cl_device_id id[64];
        cl_uint n_id = 0;
        code = clGetDeviceIDs(platform[i], CL_DEVICE_TYPE_ALL, 64, id, &n_id);
        if (code == CL_DEVICE_NOT_FOUND) continue;
        EOT_CL(code);
        for (cl_uint k = 0; k < n_id && k < 64; k++) {
            struct eot_device *more = realloc(list, (n + 1) * sizeof *more);
            EOT_CHECK_MEMORY(more);
            list = more;
            memset(&list[n], 0, sizeof list[n]);
            EOT_TRY(device_describe(platform[i], id[k], &list[n], err));
            list[n].ordinal = (int)n;
            n++;
        }
    }
    EOT_TRY(eot_cuda_devices_add(&list, &n, err));
    struct eot_device *more = realloc(list, (n + 1) * sizeof *more);
    EOT_CHECK_MEMORY(more);
    list = more;
    memset(&list[n], 0, sizeof list[n]);
    host_describe(&list[n]);
    *n_device = n + 1;
    *device = list;
    list = NULL;
done:
    free(list);
    return status;
}

static bool contains(const char *text, const char *part) {
    size_t n = strlen(part);
    for (; *text != '\0'; text++)
        if (strncasecmp(text, part, n) == 0) return true;
    return false;
}

/* The usable GPU with most compute units, through CUDA where both interfaces have it; else a CPU, else the host. */
static size_t choose_best(const struct eot_device *device, size_t n_device) {
    static const int rank[] = {
        [EOT_DEVICE_HOST] = 0, [EOT_DEVICE_OTHER] = 1, [EOT_DEVICE_CPU] = 2, [EOT_DEVICE_GPU] = 3};
    size_t chosen = n_device;
    for (size_t i = 0; i < n_device; i++) {
        if (device[i].missing[0] != '\0') continue;
        const struct eot_device *d = &device[i], *best = chosen < n_device ? &device[chosen] : NULL;
        if (best == NULL || rank[d->type] > rank[best->type] ||
            (d->type == best->type && (d->compute_units > best->compute_units ||
                                       (d->compute_units == best->compute_units && d->interface == EOT_INTERFACE_CUDA &&
                                        best->interface != EOT_INTERFACE_CUDA))))
            chosen = i;
    }
    return chosen;
}

/* "cuda:1", "opencl:0": the number among the devices of an interface; n_device if the text is no such thing. */
static size_t choose_by_interface(const struct eot_device *device, size_t n_device, const char *selector) {
    static const struct {
        const char *name;
        enum eot_device_interface interface;
    } WORDS[] = {{"cuda:", EOT_INTERFACE_CUDA}, {"opencl:", EOT_INTERFACE_OPENCL}};
    for (size_t w = 0; w < sizeof WORDS / sizeof WORDS[0]; w++) {
        const char *number = selector + strlen(WORDS[w].name);
        char *end = NULL;
        if (strncasecmp(selector, WORDS[w].name, strlen(WORDS[w].name)) != 0 || !isdigit((unsigned char)number[0]))
            continue;
        unsigned long ordinal = strtoul(number, &end, 10);
        for (size_t i = 0; i < n_device && *end == '\0'; i++)
            if (device[i].interface == WORDS[w].interface && (unsigned long)device[i].ordinal == ordinal) return i;
    }
    return n_device;
}

/* Part of a name. A card that is there through both interfaces is meant through CUDA. */
static size_t choose_by_name(const struct eot_device *device, size_t n_device, const char *selector) {
    for (int is_any = 0; is_any < 2; is_any++)
        for (size_t i = 0; i < n_device; i++)
            if ((is_any != 0 || device[i].interface == EOT_INTERFACE_CUDA) &&
                (contains(device[i].name, selector) || contains(device[i].platform, selector)))
                return i;
    return n_device;
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
        struct eot_cuda_driver driver;
        for (size_t i = 0, n = 0; i < n_device && n < sizeof there; i++)
            n += (size_t)snprintf(there + n, sizeof there - n, "%s%zu = %s", i > 0 ? ", " : "", i, device[i].name);
        bool is_cuda = selector != NULL && strncasecmp(selector, "cuda", 4) == 0;
        if (is_cuda && eot_cuda_driver_load(&driver, reason, sizeof reason)) reason[0] = '\0';
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

enum eot_status eot_device_divide(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_device_id id[EOT_MAX_DEVICE_CHOICE] = {NULL};
    cl_uint n_made = 0, n_described = 0;
    EOT_CHECK(n_part <= EOT_MAX_DEVICE_CHOICE && n_part <= device->n_part_max && device->compute_units % n_part == 0,
              EOT_E_USAGE,
              "%s cannot be divided into %u equal parts (it has %u compute units and allows %u parts); give a divisor "
              "of them",
              device->name, n_part, device->compute_units, device->n_part_max);
    const cl_device_partition_property how[] = {CL_DEVICE_PARTITION_EQUALLY,
                                                (cl_device_partition_property)(device->compute_units / n_part), 0};
    EOT_CL(clCreateSubDevices(device->device_id, how, n_part, id, &n_made));
    EOT_CHECK(n_made >= n_part, EOT_E_DEVICE,
              "%s was divided into %u parts only (%u were asked for); give a smaller number", device->name,
              (unsigned)n_made, n_part);
    for (; n_described < n_part; n_described++) {
        struct eot_device *p = &part[n_described];
        memset(p, 0, sizeof *p);
        EOT_TRY(device_describe(device->platform_id, id[n_described], p, err));
        p->is_part = true;
    }
done:
    if (status != EOT_OK)
        for (cl_uint i = 0; i < n_made && i < EOT_MAX_DEVICE_CHOICE; i++) clReleaseDevice(id[i]);
    return status;
}
