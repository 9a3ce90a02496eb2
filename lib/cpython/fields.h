/* fields.h - the named reference fields of C types, by tp_name. */
#ifndef HF_CPYTHON_FIELDS_H
#define HF_CPYTHON_FIELDS_H

#include "cpython/layout.h"
#include "cpython/types.h"

/*
 * Writes the fields of the type called `type_name` into fields[capacity] and gives their number: the layout's, which
 * were measured from headers, then those of fields.c, for structures that no header shows.
 */
uint32_t hf_fields_of(const struct hf_layout *layout, const char *type_name, struct hf_field *fields,
                      uint32_t capacity);

/* How the references of such a type that no field explains are called; HF_N_UNNAMED when they are not. */
uint16_t hf_rest_name_of(const char *type_name);

/* The kind of a C type that has a decoder and that no header of Python declares; HF_KIND_FIELDS for all others. */
enum hf_kind hf_kind_of(const char *type_name);

#endif
