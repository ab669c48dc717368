/** @file hdf5_parts.h
 * Parts that our files in HDF5 are written with. A file is made in memory (HDF5's core driver) and written as one
 * piece. Functions return a negative number on failure, like HDF5's own; closing a negative id fails harmlessly. */
#ifndef EOT_HOST_EXCHANGE_HDF5_PARTS_H
#define EOT_HOST_EXCHANGE_HDF5_PARTS_H

#include <hdf5.h>
#include <stddef.h>

/** Type of a text of n bytes; to be closed. */
hid_t eot_h5_text_type(size_t n_bytes);
herr_t eot_h5_attribute(hid_t object, const char *name, hid_t type, const void *value);
herr_t eot_h5_text_attribute(hid_t object, const char *name, const char *value);
/** A text of variable length, as UHI wants them. */
herr_t eot_h5_string_attribute(hid_t object, const char *name, const char *value);
/** A dataset of `rank` dimensions; what has many rows is chunked and compressed. No times are kept:
 * the same content gives the same bytes. */
herr_t eot_h5_dataset(hid_t parent, const char *name, hid_t type, int rank, const hsize_t *size, const void *value);
/** The same of one dimension, with the attributes unit and meaning. */
herr_t eot_h5_column(hid_t parent, const char *name, hid_t type, size_t n, const void *value, const char *unit,
                     const char *meaning);
/** A group; to be closed. */
hid_t eot_h5_group(hid_t parent, const char *name);

/** A file in memory. @param name is not used for a file. */
hid_t eot_h5_in_memory(const char *name);
/** The bytes of such a file, which is closed. @param failed negative: it could not be filled. @param bytes the caller's
 * to free, also after an error. */
herr_t eot_h5_image(hid_t file, herr_t failed, void **bytes, size_t *n_bytes);

/** What HDF5 says of failures, kept where it would print it. */
struct eot_h5_errors {
    char innermost[256];
    H5E_auto2_t printer;
    void *data;
};
void eot_h5_errors_keep(struct eot_h5_errors *errors);
/** Printing as before. @param reason the innermost cause of the first failure. */
void eot_h5_errors_back(struct eot_h5_errors *errors, char *reason, size_t n_reason);

#endif
