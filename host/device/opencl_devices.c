/* The devices of OpenCL. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "device/pocl_cache.h"
#include "backend_private.h"
#include "cl_status.h"
#include "interface.h"

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
    device->interface = EOT_INTERFACE_OPENCL;
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

static const cl_int NO_PLATFORM = -1001; /* of the loader: no driver is installed */

static enum eot_status opencl_list(struct eot_device_list *list, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_platform_id platform[16];
    cl_uint n_platform = 0;
    int ordinal = 0;
    eot_pocl_cache_check();
    cl_int code = clGetPlatformIDs(16, platform, &n_platform);
    if (code == NO_PLATFORM) return EOT_OK;
    if (code != CL_SUCCESS) return eot_cl_error(err, __FILE__, __LINE__, __func__, "clGetPlatformIDs", code);
    if (n_platform > 16) n_platform = 16;
    for (cl_uint i = 0; i < n_platform; i++) {
        cl_device_id id[64];
        cl_uint n_id = 0;
        code = clGetDeviceIDs(platform[i], CL_DEVICE_TYPE_ALL, 64, id, &n_id);
        if (code == CL_DEVICE_NOT_FOUND) continue;
        if (code != CL_SUCCESS) return eot_cl_error(err, __FILE__, __LINE__, __func__, "clGetDeviceIDs", code);
        for (cl_uint k = 0; k < n_id && k < 64; k++) {
            struct eot_device *device;
            EOT_TRY(eot_device_list_add(list, &device, err));
            EOT_TRY(device_describe(platform[i], id[k], device, err));
            device->ordinal = ordinal++;
        }
    }
done:
    return status;
}

static enum eot_status opencl_divide(const struct eot_device *device, unsigned n_part, struct eot_device *part,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    cl_device_id id[EOT_MAX_DEVICE_CHOICE] = {NULL};
    cl_uint n_made = 0, n_described = 0;
    EOT_TRY(eot_device_check_parts(device, n_part, err));
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

static void opencl_absence(char *reason, size_t n_reason) { snprintf(reason, n_reason, "%s", ""); }

EOT_INTERFACE_DEFINE(opencl, 1, opencl_list, eot_opencl_backend_open, opencl_divide, opencl_absence);
