#pragma once
#include <hdf5.h>
#include <stdio.h>

/* Macros that hide a function call or a cast, so that Swift does not import them. */
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_float32_little(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_float64_little(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }
static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_link_create(void) { return H5P_LINK_CREATE; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline haddr_t chdf5_no_address(void) { return HADDR_UNDEF; }

/* The error stack of this thread as text, a line per call, innermost first; the stack is cleared.
   In C because H5Ewalk2 and the text buffer need a callback with pointer arithmetic. */
struct chdf5_text {
    char *bytes;
    size_t capacity, length;
};

static herr_t chdf5_append(unsigned n, const H5E_error2_t *error, void *context)
{
    struct chdf5_text *text = (struct chdf5_text *)context;
    int written = snprintf(text->bytes + text->length, text->capacity - text->length, "%s%s: %s",
                           n ? "\n" : "", error->func_name ? error->func_name : "HDF5",
                           error->desc ? error->desc : "no description");
    if (written > 0) text->length += (size_t)written;
    if (text->length >= text->capacity) text->length = text->capacity - 1;
    return 0;
}

static inline size_t chdf5_take_errors(char *bytes, size_t capacity)
{
    struct chdf5_text text = { bytes, capacity, 0 };
    if (capacity == 0) return 0;
    bytes[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, chdf5_append, &text);
    H5Eclear2(H5E_DEFAULT);
    return text.length;
}
