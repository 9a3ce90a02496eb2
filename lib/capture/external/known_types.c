/*
 * known_types.c - finding the builtin types without symbols.
 *
 *   interpreter --builtins--> a dict --type--> dict --type--> type, whose type is itself
 *                                        |
 *                                        +-base--> object --subclasses--> {..: weak reference --> str, int ...}
 *
 * They are told by name, are not made at run time, and lie in the program or library that `type` lies in. Symbols would
 * be shorter, but a stripped or damaged file has none, and a core file may come without its program. Where a core file
 * was cut off, and lacks the first objects that were made, symbols are all there is.
 */
#include "capture/external/known_types.h"

#include <string.h>

#include "cpython/dict.h"

#define MAX_SUBCLASSES 100000
#define MAX_DISTANCE (UINT64_C(64) << 20)    /* of two static types of one file */
#define WEAKREF_OBJECT 16

static const struct {
    const char *name;
    enum hf_kind kind;
    bool is_needed;              /* every interpreter has it from the start */
    const char *symbol;
} builtin_types[] = {
    {"list", HF_KIND_LIST, true, "PyList_Type"},
    {"tuple", HF_KIND_TUPLE, true, "PyTuple_Type"},
    {"set", HF_KIND_SET, true, "PySet_Type"},
    {"frozenset", HF_KIND_SET, true, "PyFrozenSet_Type"},
    {"str", HF_KIND_STR, true, "PyUnicode_Type"},
    {"bytes", HF_KIND_BYTES, true, "PyBytes_Type"},
    {"bytearray", HF_KIND_BYTEARRAY, true, "PyByteArray_Type"},
    {"int", HF_KIND_INT, true, "PyLong_Type"},
    {"float", HF_KIND_FLOAT, true, "PyFloat_Type"},
    {"complex", HF_KIND_COMPLEX, true, "PyComplex_Type"},
    {"frozendict", HF_KIND_DICT, false, "PyFrozenDict_Type"},
    {"cell", HF_KIND_CELL, false, "PyCell_Type"},
    {"code", HF_KIND_CODE, true, "PyCode_Type"},
    {"frame", HF_KIND_FRAME, true, "PyFrame_Type"},
    {"generator", HF_KIND_GENERATOR, false, "PyGen_Type"},
    {"coroutine", HF_KIND_COROUTINE, false, "PyCoro_Type"},
    {"async_generator", HF_KIND_ASYNC_GENERATOR, false, "PyAsyncGen_Type"},
    {"module", HF_KIND_MODULE, true, "PyModule_Type"},
    {"function", HF_KIND_FUNCTION, true, "PyFunction_Type"},
    {"method", HF_KIND_METHOD, false, "PyMethod_Type"},
    {"wrapper_descriptor", HF_KIND_DESCRIPTOR, true, "PyWrapperDescr_Type"},
    {"method_descriptor", HF_KIND_DESCRIPTOR, true, "PyMethodDescr_Type"},
    {"classmethod_descriptor", HF_KIND_DESCRIPTOR, false, "PyClassMethodDescr_Type"},
    {"member_descriptor", HF_KIND_DESCRIPTOR, false, "PyMemberDescr_Type"},
    {"getset_descriptor", HF_KIND_DESCRIPTOR, true, "PyGetSetDescr_Type"},
};

#define NUM_BUILTIN_TYPES (sizeof builtin_types / sizeof *builtin_types)

struct search {
    struct hf_memory *memory;
    struct hf_python *python;
    uint32_t num_known;
    uint64_t type;               /* the address of `type` */
};

static uint64_t word(const struct search *search, uint64_t addr) {
    return hf_memory_word(search->memory, addr);
}

static bool has_name(const struct search *search, uint64_t type, const char *wanted) {
    char name[64];
    uint64_t addr = word(search, type + search->python->layout.type.name);
    return hf_memory_text(search->memory, addr, name, sizeof name) != 0 && strcmp(name, wanted) == 0;
}

static void add_known(struct search *search, uint64_t type, enum hf_kind kind) {
    if (search->num_known + 1 < HF_MAX_KNOWN_TYPES)
        search->python->known_types[search->num_known++] = (struct hf_known_type){type, kind};
}

/* A static type of the file that `type` lies in. */
static bool is_builtin(const struct search *search, uint64_t type) {
    uint64_t distance = type > search->type ? type - search->type : search->type - type;
    return (type & 7) == 0 && distance < MAX_DISTANCE &&
           !(word(search, type + search->python->layout.type.flags) & HF_TPFLAGS_HEAPTYPE);
}

/* dict, type and object. */
static bool find_first(struct search *search) {
    const struct hf_layout *layout = &search->python->layout;
    uint64_t builtins = word(search, search->python->interpreters[0] + layout->interpreter.builtins);
    uint64_t dict = builtins != 0 ? word(search, builtins + layout->object.type) : 0;
    uint64_t type = dict != 0 ? word(search, dict + layout->object.type) : 0;
    uint64_t object = type != 0 ? word(search, type + layout->type.base) : 0;
    if (object == 0 || word(search, type + layout->object.type) != type || !has_name(search, dict, "dict") ||
        !has_name(search, type, "type") || !has_name(search, object, "object") ||
        word(search, dict + layout->type.base) != object || word(search, object + layout->type.base) != 0)
        return false;
    search->type = type;
    add_known(search, object, HF_KIND_OBJECT);
    add_known(search, type, HF_KIND_TYPE);
    add_known(search, dict, HF_KIND_DICT);
    return true;
}

/* The kind of a type by its name; false when it is not one of the list. */
static bool find_kind(const struct search *search, uint64_t type, enum hf_kind *kind) {
    for (size_t i = 0; i < NUM_BUILTIN_TYPES; i++)
        if (has_name(search, type, builtin_types[i].name)) {
            *kind = builtin_types[i].kind;
            return true;
        }
    return false;
}

/* The types that a type's dict of weak references to subclasses leads to. */
static void add_subclasses(struct search *search, struct hf_decoder *decoder, uint64_t type, const char *only) {
    const struct hf_layout *layout = &search->python->layout;
    uint64_t dict, subclasses;
    struct hf_dict_keys keys;
    hf_type_parts(decoder, type, 0, &dict, &subclasses);
    uint64_t keys_addr = subclasses != 0 ? word(search, subclasses + layout->dict.keys) : 0;
    if (!hf_dict_keys_read(search->memory, layout, keys_addr, &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries && i < MAX_SUBCLASSES; i++) {
        uint64_t reference = word(search, keys.entries + i * keys.entry_bytes + keys.value_at);
        uint64_t subclass = reference != 0 ? word(search, reference + WEAKREF_OBJECT) : 0;
        enum hf_kind kind = HF_KIND_BOOL;
        if (is_builtin(search, subclass) &&
            (only != NULL ? has_name(search, subclass, only) : find_kind(search, subclass, &kind)))
            add_known(search, subclass, kind);
    }
}

static uint64_t known_of(const struct search *search, enum hf_kind kind) {
    for (uint32_t i = 0; i < search->num_known; i++)
        if (search->python->known_types[i].kind == kind)
            return search->python->known_types[i].addr;
    return 0;
}

static void begin(struct search *search, struct hf_memory *memory, struct hf_python *python) {
    *search = (struct search){.memory = memory, .python = python};
    memset(python->known_types, 0, sizeof python->known_types);
    python->layout.known_types = python->known_types;
}

static bool has_all(const struct search *search) {
    for (size_t i = 0; i < NUM_BUILTIN_TYPES; i++)
        if (builtin_types[i].is_needed && known_of(search, builtin_types[i].kind) == 0)
            return false;
    return known_of(search, HF_KIND_BOOL) != 0;
}

bool hf_python_find_types(struct hf_memory *memory, struct hf_python *python) {
    struct search search;
    struct hf_decoder decoder = {.memory = memory, .layout = &python->layout};
    begin(&search, memory, python);
    decoder.interpreters[0] = python->interpreters[0];
    decoder.num_interpreters = 1;
    if (!find_first(&search))
        return false;
    add_subclasses(&search, &decoder, known_of(&search, HF_KIND_OBJECT), NULL);
    if (known_of(&search, HF_KIND_INT) != 0)
        add_subclasses(&search, &decoder, known_of(&search, HF_KIND_INT), "bool");
    return has_all(&search);
}

/* Adds the type that a symbol names, if it is a type of that name. */
static void add_symbol(struct search *search, struct hf_target *target, const char *symbol, const char *name,
                       enum hf_kind kind) {
    struct hf_elf_range range;
    if (hf_target_find_symbol(target, search->python->found.module, symbol, &range) &&
        word(search, range.addr + search->python->layout.object.type) == search->type &&
        has_name(search, range.addr, name))
        add_known(search, range.addr, kind);
}

bool hf_python_find_types_by_symbols(struct hf_target *target, struct hf_python *python) {
    struct search search;
    struct hf_elf_range range;
    begin(&search, &target->memory, python);
    if (!hf_target_find_symbol(target, python->found.module, "PyType_Type", &range))
        return false;
    search.type = range.addr;
    add_symbol(&search, target, "PyBaseObject_Type", "object", HF_KIND_OBJECT);
    add_symbol(&search, target, "PyType_Type", "type", HF_KIND_TYPE);
    add_symbol(&search, target, "PyDict_Type", "dict", HF_KIND_DICT);
    add_symbol(&search, target, "PyBool_Type", "bool", HF_KIND_BOOL);
    for (size_t i = 0; i < NUM_BUILTIN_TYPES; i++)
        add_symbol(&search, target, builtin_types[i].symbol, builtin_types[i].name, builtin_types[i].kind);
    return search.num_known > 3 && search.python->known_types[0].kind == HF_KIND_OBJECT && has_all(&search);
}
