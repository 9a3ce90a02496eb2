/* values.h - from the library's words to Python's: exceptions, texts, and the classes of holdfast.results. */
#ifndef HF_PYTHON_VALUES_H
#define HF_PYTHON_VALUES_H

#include "python/module.h"

/*
 * Raises the exception that fits an error of the library, and gives NULL. `path` (NULL: none) becomes the filename of
 * an OSError. An exception that is set already (Ctrl-C during the work) stays.
 */
PyObject *hf_raise(const struct hf_error *error, const char *path);

/* None; or, unless the status is OK, what hf_raise gives. Steals `path`, the bytes of PyUnicode_FSConverter. */
PyObject *hf_none_or_raise(enum hf_status status, const struct hf_error *error, PyObject *path);

/* A str from a text of the library. Texts from a process may hold surrogates, as a Python str may. */
PyObject *hf_text(const char *utf8);

/* An int, or None where the number is not known. */
PyObject *hf_known(uint64_t number, bool is_known);

/* An instance of holdfast.results.<name>, made from keywords. Steals `fields`, which may be NULL with an exception. */
PyObject *hf_result(const char *name, PyObject *fields);

/* Converters for the O& of PyArg_ParseTupleAndKeywords: a positive integer, or None, which gives 0. */
int hf_convert_limit(PyObject *object, void *size);
int hf_convert_unsigned(PyObject *object, void *number);
int hf_convert_bytes(PyObject *object, void *number);

/* The index of `word` among `count` words, or -1 with a ValueError that lists them. */
int hf_find_word(const char *what, const char *word, const char *const *words, int count);

/* Makes a tuple of `count` results. make(i, context) gives a new reference, or NULL with an exception. */
PyObject *hf_tuple(size_t count, PyObject *(*make)(size_t i, const void *context), const void *context);

#endif
