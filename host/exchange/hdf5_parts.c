#include "exchange/hdf5_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_INCREMENT (1 << 20)
#define CHUNK_BYTES (1 << 18)
#define GZIP_LEVEL 4

hid_t eot_h5_text_type(size_t n_bytes) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0 || H5Tset_size(type, n_bytes > 0 ? n_bytes : 1) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

herr_t eot_h5_attribute(hid_t object, const char *name, hid_t type, const void *value) {
    hid_t space = H5Screate(H5S_SCALAR), attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    herr_t failed = attribute < 0 ? -1 : H5Awrite(attribute, type, value);
    H5Aclose(attribute);
    H5Sclose(space);
    return failed;
}

herr_t eot_h5_text_attribute(hid_t object, const char *name, const char *value) {
    hid_t type = eot_h5_text_type(strlen(value));
    herr_t failed = type < 0 ? -1 : eot_h5_attribute(object, name, type, value);
    H5Tclose(type);
    return failed;
}

herr_t eot_h5_dataset(hid_t parent, const char *name, hid_t type, int rank, const hsize_t *size, const void *value) {
    hid_t file_type = H5Tcopy(type), space = rank > 0 ? H5Screate_simple(rank, size, NULL) : H5Screate(H5S_SCALAR),
          properties = H5Pcreate(H5P_DATASET_CREATE), dataset = -1;
    herr_t failed = file_type < 0 || space < 0 || properties < 0 ? -1 : H5Pset_obj_track_times(properties, 0);
    if (failed >= 0 && H5Tget_class(file_type) == H5T_COMPOUND) failed = H5Tpack(file_type);
    hsize_t chunk[H5S_MAX_RANK] = {0}, row_bytes = H5Tget_size(file_type);
    for (int i = 1; i < rank; i++) row_bytes *= chunk[i] = size[i];
    if (failed >= 0 && rank > 0 && row_bytes > 0 && size[0] * row_bytes > CHUNK_BYTES) {
        chunk[0] = CHUNK_BYTES / row_bytes;
        if (chunk[0] == 0) chunk[0] = 1;
        failed = H5Pset_chunk(properties, rank, chunk) < 0 || H5Pset_shuffle(properties) < 0 ||
                         H5Pset_deflate(properties, GZIP_LEVEL) < 0
                     ? -1
                     : 0;
    }
    if (failed >= 0) dataset = H5Dcreate2(parent, name, file_type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    failed = dataset < 0 ? -1 : H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value);
    H5Dclose(dataset);
    H5Pclose(properties);
    H5Sclose(space);
    H5Tclose(file_type);
    return failed;
}

herr_t eot_h5_string_attribute(hid_t object, const char *name, const char *value) {
    hid_t type = H5Tcopy(H5T_C_S1);
    herr_t failed = type < 0 || H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
                            eot_h5_attribute(object, name, type, &value) < 0
                        ? -1
                        : 0;
    H5Tclose(type);
    return failed;
}

herr_t eot_h5_column(hid_t parent, const char *name, hid_t type, size_t n, const void *value, const char *unit,
                     const char *meaning) {
    const hsize_t size = n;
    herr_t failed = eot_h5_dataset(parent, name, type, 1, &size, value);
    hid_t dataset = failed < 0 ? -1 : H5Dopen2(parent, name, H5P_DEFAULT);
    failed = dataset < 0 || eot_h5_string_attribute(dataset, "unit", unit) < 0 ||
                     eot_h5_string_attribute(dataset, "meaning", meaning) < 0
                 ? -1
                 : 0;
    H5Dclose(dataset);
    return failed;
}

hid_t eot_h5_group(hid_t parent, const char *name) {
    return H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}

hid_t eot_h5_in_memory(const char *name) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    if (access >= 0 && H5Pset_fapl_core(access, MEMORY_INCREMENT, 0) >= 0)
        file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access); /* the name is not used: no file behind it */
    H5Pclose(access);
    return file;
}

herr_t eot_h5_image(hid_t file, herr_t failed, void **bytes, size_t *n_bytes) {
    if (failed >= 0) failed = H5Fflush(file, H5F_SCOPE_GLOBAL);
    ssize_t n = failed >= 0 ? H5Fget_file_image(file, NULL, 0) : -1;
    *bytes = n > 0 ? malloc((size_t)n) : NULL;
    *n_bytes = n > 0 ? (size_t)n : 0;
    failed = *bytes == NULL || H5Fget_file_image(file, *bytes, *n_bytes) != n ? -1 : 0;
    H5Fclose(file);
    return failed;
}

static herr_t keep_innermost(unsigned n, const H5E_error2_t *e, void *text) {
    if (n == 0 && e->desc != NULL) snprintf(text, sizeof((struct eot_h5_errors *)0)->innermost, "%s", e->desc);
    return 0;
}

/* Called by HDF5 where it would print its error stack: keeps what the first failure says of its innermost cause. */
static herr_t keep_first_error(hid_t stack, void *text) {
    return *(const char *)text == '\0' ? H5Ewalk2(stack, H5E_WALK_UPWARD, keep_innermost, text) : 0;
}

void eot_h5_errors_keep(struct eot_h5_errors *errors) {
    errors->innermost[0] = '\0';
    errors->printer = NULL;
    errors->data = NULL;
    H5dont_atexit(); /* without memory HDF5 calls exit(), and then hangs or crashes in what it does there */
    H5Eget_auto2(H5E_DEFAULT, &errors->printer, &errors->data);
    H5Eset_auto2(H5E_DEFAULT, keep_first_error, errors->innermost);
}

void eot_h5_errors_back(struct eot_h5_errors *errors, char *reason, size_t n_reason) {
    H5Eset_auto2(H5E_DEFAULT, errors->printer, errors->data);
    snprintf(reason, n_reason, "%s", errors->innermost[0] != '\0' ? errors->innermost : "out of memory");
}
