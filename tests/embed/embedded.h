/*
 * embedded.h - a program that embeds Python and tests in it: the headers in the order in which they must come, and a
 * group's begin and end.
 */
#ifndef HF_TESTS_EMBED_EMBEDDED_H
#define HF_TESTS_EMBED_EMBEDDED_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Python itself leaves memory behind when it ends; what the library would leave has no frame of Python below it. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libpython\n";
}

/* Not 0: the program failed. */
static inline int start_python_with(const char *program) {
    Py_InitializeEx(0);
    return PyRun_SimpleString(program);
}

static inline int stop_python(void **state) {
    (void)state;
    return Py_FinalizeEx();
}

#endif
