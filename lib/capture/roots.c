/*
 * roots.c - what keeps the heap of an interpreter alive, apart from threads.
 *
 * Fields of the interpreter that hold a reference each become one root under the field's name. Every entry of
 * sys.modules is a root of its own, because that is how people think of a module; the references that hold it are the
 * dict's. Modules of sub-interpreters are found through their sys.modules only: by name they would be taken for those
 * of the main one.
 */
#include "capture/interpreter.h"

#include <stdio.h>

#include "cpython/dict.h"
#include "cpython/type_name.h"

#define MAX_NAME_BYTES 1024
#define MAX_EXIT_CALLBACKS 100000

uint64_t hf_interpreter_modules(const struct hf_interpreter *interpreter) {
    const struct hf_walker *walker = interpreter->walker;
    return hf_memory_word(walker->memory, interpreter->addr + walker->decoder.layout->interpreter.modules);
}

uint64_t hf_interpreter_python_traverse(const struct hf_interpreter *interpreter) {
    struct hf_walker *walker = interpreter->walker;
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t importlib = hf_memory_word(walker->memory, interpreter->addr + layout->interpreter.importlib);
    uint64_t dict = importlib != 0 ? hf_memory_word(walker->memory, importlib + layout->module.dict) : 0;
    /* ModuleSpec is a Python class that every interpreter has. */
    uint64_t spec = hf_dict_find_str(&walker->decoder, dict, "ModuleSpec");
    return spec != 0 ? hf_memory_word(walker->memory, spec + layout->type.traverse) : 0;
}

bool hf_is_exactly(const struct hf_walker *walker, uint64_t object, enum hf_kind kind) {
    if (object == 0)
        return false;
    uint64_t type = hf_memory_word(walker->memory, object + walker->decoder.layout->object.type);
    return hf_type_plans_find_kind(&walker->decoder.plans, type) == kind;
}

static void add_root(const struct hf_interpreter *interpreter, enum hf_root_kind kind, uint64_t addr, const char *name,
                     bool is_reference) {
    struct hf_walker *walker = interpreter->walker;
    struct hf_root_record record = {.count = 1, .frame = HF_NO_FRAME, .kind = (uint8_t)kind};
    if (!hf_snapshot_add_text(walker->snapshot, name, strlen(name), &record.name))
        walker->failure = HF_ERR_NOMEM;
    hf_walker_add_root(walker, addr, record, is_reference);
}

static void add_field(const struct hf_interpreter *interpreter, enum hf_root_kind kind, uint64_t addr,
                      const char *what) {
    char name[MAX_NAME_BYTES];
    snprintf(name, sizeof name, "%s%s", what, interpreter->suffix);
    add_root(interpreter, kind, addr, name, true);
}

static void add_modules(const struct hf_interpreter *interpreter) {
    struct hf_walker *walker = interpreter->walker;
    struct hf_decoder *decoder = &walker->decoder;
    struct hf_dict_keys keys;
    uint64_t keys_addr =
        hf_memory_word(walker->memory, hf_interpreter_modules(interpreter) + decoder->layout->dict.keys);
    if (!hf_dict_keys_read(walker->memory, decoder->layout, keys_addr, &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries; i++) {
        char name[MAX_NAME_BYTES];
        uint64_t value = hf_memory_word(walker->memory, keys.entries + i * keys.entry_bytes + keys.value_at);
        if (value != 0 && hf_str_copy(decoder, hf_dict_keys_key(walker->memory, &keys, i), name, sizeof name))
            add_root(interpreter, HF_ROOT_MODULE, value, name, false);
    }
}

/* Functions registered with atexit, and their arguments. Before 3.10 they are out of sight in a module's state. */
static void add_exit_callbacks(const struct hf_interpreter *interpreter) {
    static const char *const parts[] = {"atexit callback", "arguments of an atexit callback",
                                        "keyword arguments of an atexit callback"};
    struct hf_memory *memory = interpreter->walker->memory;
    const struct hf_layout *layout = interpreter->walker->decoder.layout;
    if (layout->interpreter.exit_callbacks == HF_ABSENT)
        return;
    uint64_t callbacks = hf_memory_word(memory, interpreter->addr + layout->interpreter.exit_callbacks);
    int32_t count = (int32_t)hf_memory_word(memory, interpreter->addr + layout->interpreter.num_exit_callbacks);
    for (int32_t i = 0; i < count && i < MAX_EXIT_CALLBACKS; i++) {
        uint64_t callback = hf_memory_word(memory, callbacks + (uint64_t)i * 8);
        for (uint64_t part = 0; callback != 0 && part < 3; part++)
            add_field(interpreter, HF_ROOT_INTERPRETER, hf_memory_word(memory, callback + part * 8), parts[part]);
    }
}

void hf_interpreter_add_roots(const struct hf_interpreter *interpreter) {
    struct hf_memory *memory = interpreter->walker->memory;
    struct hf_decoder *decoder = &interpreter->walker->decoder;
    const struct hf_layout *layout = decoder->layout;
    if (layout->interpreter.interned != HF_ABSENT && decoder->num_interned < HF_MAX_INTERPRETERS)
        decoder->interned[decoder->num_interned++] =
            hf_memory_word(memory, interpreter->addr + layout->interpreter.interned);
    if (interpreter->suffix[0] == '\0')
        add_modules(interpreter);
    for (const struct hf_layout_root *root = layout->interpreter_roots; root->name != NULL; root++)
        add_field(interpreter, HF_ROOT_INTERPRETER, hf_memory_word(memory, interpreter->addr + root->offset),
                  root->name);
    /* An expression that begins with the builtins is one of the main interpreter. */
    enum hf_root_kind kind = interpreter->suffix[0] == '\0' ? HF_ROOT_BUILTINS : HF_ROOT_INTERPRETER;
    add_field(interpreter, kind, hf_memory_word(memory, interpreter->addr + layout->interpreter.builtins),
              "builtins");
    add_exit_callbacks(interpreter);
}
