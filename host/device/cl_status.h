/** @file cl_status.h
 * OpenCL's return codes as errors of this project. */
#ifndef EOT_HOST_DEVICE_CL_STATUS_H
#define EOT_HOST_DEVICE_CL_STATUS_H

#include <CL/cl.h>

#include "base/error.h"

/** Fails the enclosing function unless the call gives CL_SUCCESS: "clFinish failed (CL_OUT_OF_RESOURCES, -5); <what to
 * do>". Calls that return an object are written EOT_CL((object = clCreateX(..., &code), code)). */
#define EOT_CL(call) \
    do { \
        cl_int code_ = (call); \
        if (code_ != CL_SUCCESS) { \
            status = eot_cl_error(err, __FILE__, __LINE__, __func__, #call, code_); \
            goto done; \
        } \
    } while (0)

enum eot_status eot_cl_error(struct eot_error *err, const char *file, int line, const char *function, const char *call,
                             cl_int code);
const char *eot_cl_code_name(cl_int code);

#endif
