/*
 * own_roots.c - what keeps the heap of this interpreter alive, apart from threads.
 *
 * Fields of the interpreter that hold a reference each become one root under the field's name. Every entry of
 * sys.modules is a root of its own, because that is how people think of a module; the references that hold it are the
 * dict's.
 */
#include "capture/own_process.h"

#include <string.h>

#include "capture/own_layout.h"
#include "capture/python_internals.h"
#include "cpython/dict.h"
#include "cpython/type_name.h"

#define MAX_NAME_BYTES 1024

static PyInterpreterState *interpreter(void) {
    return PyThreadState_Get()->interp;
}

#if PY_VERSION_HEX >= 0x030c0000
#define IMPORTS(field) (interpreter()->imports.field)
#else
#define IMPORTS(field) (interpreter()->field)
#endif

uint64_t hf_own_modules_dict(void) {
    return (uint64_t)(uintptr_t)IMPORTS(modules);
}

static void add_root(struct hf_walker *walker, enum hf_root_kind kind, uint64_t addr, const char *name,
                     bool is_reference) {
    struct hf_root_record record = {.count = 1, .frame = HF_NO_FRAME, .kind = (uint8_t)kind};
    if (!hf_snapshot_add_text(walker->snapshot, name, strlen(name), &record.name))
        walker->failure = HF_ERR_NOMEM;
    hf_walker_add_root(walker, addr, record, is_reference);
}

static void add_modules(struct hf_walker *walker) {
    struct hf_decoder *decoder = &walker->decoder;
    uint64_t dict = hf_own_modules_dict();
    struct hf_dict_keys keys;
    uint64_t keys_addr = hf_memory_word(walker->memory, dict + decoder->layout->dict.keys);
    if (!hf_dict_keys_read(walker->memory, decoder->layout, keys_addr, &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries; i++) {
        char name[MAX_NAME_BYTES];
        uint64_t value = hf_memory_word(walker->memory, keys.entries + i * keys.entry_bytes + keys.value_at);
        if (value != 0 && hf_str_copy(decoder, hf_dict_keys_key(walker->memory, &keys, i), name, sizeof name))
            add_root(walker, HF_ROOT_MODULE, value, name, false);
    }
}

#define HELD(expression, name) {(PyObject *)(expression), name}

static void add_interpreter_fields(struct hf_walker *walker) {
    PyInterpreterState *interp = interpreter();
    const struct {
        PyObject *object;
        const char *name;
    } held[] = {
        HELD(IMPORTS(modules), "sys.modules"),
        HELD(IMPORTS(modules_by_index), "modules by index"),
        HELD(IMPORTS(importlib), "importlib"),
        HELD(IMPORTS(import_func), "import function"),
        HELD(interp->sysdict, "sys"),
        HELD(interp->dict, "per-interpreter dict"),
        HELD(interp->builtins_copy, "copy of builtins"),
#if PY_VERSION_HEX >= 0x030d0000
        HELD(interp->codecs.search_path, "codec search path"),
        HELD(interp->codecs.search_cache, "codec cache"),
        HELD(interp->codecs.error_registry, "codec error handlers"),
#else
        HELD(interp->codec_search_path, "codec search path"),
        HELD(interp->codec_search_cache, "codec cache"),
        HELD(interp->codec_error_registry, "codec error handlers"),
#endif
        HELD(interp->before_forkers, "hooks before fork"),
        HELD(interp->after_forkers_parent, "hooks after fork in the parent"),
        HELD(interp->after_forkers_child, "hooks after fork in the child"),
        HELD(interp->audit_hooks, "audit hooks"),
        HELD(interp->gc.garbage, "gc.garbage"),
        HELD(interp->gc.callbacks, "gc.callbacks"),
        HELD(interp->warnings.filters, "warning filters"),
        HELD(interp->warnings.once_registry, "warnings shown once"),
        HELD(interp->warnings.default_action, "default action of warnings"),
#if PY_VERSION_HEX >= 0x030e0000
        HELD(interp->atexit.callbacks, "atexit callbacks"),
#endif
    };
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        add_root(walker, HF_ROOT_INTERPRETER, (uint64_t)(uintptr_t)held[i].object, held[i].name, true);
    add_root(walker, HF_ROOT_BUILTINS, (uint64_t)(uintptr_t)interp->builtins, "builtins", true);
}

/* Functions registered with atexit, and their arguments. Before 3.10 they are out of sight in a module's state. */
static void add_exit_callbacks(struct hf_walker *walker) {
#if PY_VERSION_HEX >= 0x030a0000 && PY_VERSION_HEX < 0x030e0000
    struct atexit_state *state = &interpreter()->atexit;
    for (int i = 0; i < state->ncallbacks; i++) {
        if (state->callbacks[i] == NULL)
            continue;
        const struct {
            PyObject *func, *args, *kwargs;
        } *callback = (const void *)state->callbacks[i];
        add_root(walker, HF_ROOT_INTERPRETER, (uint64_t)(uintptr_t)callback->func, "atexit callback", true);
        add_root(walker, HF_ROOT_INTERPRETER, (uint64_t)(uintptr_t)callback->args, "arguments of an atexit callback",
                 true);
        add_root(walker, HF_ROOT_INTERPRETER, (uint64_t)(uintptr_t)callback->kwargs,
                 "keyword arguments of an atexit callback", true);
    }
#else
    (void)walker;
#endif
}

void hf_own_add_roots(struct hf_walker *walker) {
    add_modules(walker);
    add_interpreter_fields(walker);
    add_exit_callbacks(walker);
}
