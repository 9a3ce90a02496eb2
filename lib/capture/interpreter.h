/*
 * interpreter.h - what the state of an interpreter says, through its layout: the same for our own process and for the
 * memory of another. In our own the GIL is held throughout.
 */
#ifndef HF_CAPTURE_INTERPRETER_H
#define HF_CAPTURE_INTERPRETER_H

#include "capture/walker.h"

struct hf_interpreter {
    struct hf_walker *walker;
    uint64_t addr;               /* of the state */
    uint64_t asker;              /* the thread state that asks; 0: none does */
    const char *suffix;          /* of the names of its roots: "", or " of interpreter 2" */
};

/* The dict that sys.modules is. */
uint64_t hf_interpreter_modules(const struct hf_interpreter *interpreter);
/* tp_traverse of Python classes, which CPython does not export; 0 when it cannot be found. */
uint64_t hf_interpreter_python_traverse(const struct hf_interpreter *interpreter);

/* roots.c: sys.modules, builtins, what the state holds. */
void hf_interpreter_add_roots(const struct hf_interpreter *interpreter);
/* threads.c: threads, their frames and variables. */
void hf_interpreter_add_threads(const struct hf_interpreter *interpreter);
/* The innermost frame of a thread, by the thread's state; 0: it runs no Python code. */
uint64_t hf_thread_first_frame(const struct hf_walker *walker, uint64_t state);
/* tool.c: hides the modules of holdfast, what the caller wants hidden, and everything that only they hold. */
void hf_interpreter_hide_tool(const struct hf_interpreter *interpreter);

/* True for the name of a module of holdfast, or of another tool that the caller wants hidden. */
bool hf_is_tool_module(const struct hf_walker *walker, const char *name);
/* True when the object's type is one that the layout knows as such; subclasses are others. */
bool hf_is_exactly(const struct hf_walker *walker, uint64_t object, enum hf_kind kind);

#endif
