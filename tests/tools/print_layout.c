/*
 * print_layout.c - writes the layout of the Python release whose headers own_layout.c was compiled against as C: a table
 * of lib/cpython/layouts. Used by tests/tools/make-layouts.
 *
 *   print_layout SYMBOL HEADERS
 */
#include <stdio.h>
#include <string.h>

#include "capture/own_layout.h"
#include "cpython/layout.h"
#include "cpython/names.h"

/* Members that are numbers, as designators: `X(object.refcnt)`. A table that lacks one is found by test_layouts.c. */
#define NUMBERS(X)                                                                                                   \
    X(version) X(refcount_mask) X(immortal_refcount)                                                                 \
    X(object.refcnt) X(object.type) X(object.var_size) X(object.head_bytes)                                          \
    X(type.name) X(type.basicsize) X(type.itemsize) X(type.flags) X(type.dict) X(type.base) X(type.mro)              \
    X(type.bases) X(type.cache) X(type.subclasses) X(type.members) X(type.dictoffset) X(type.traverse)               \
    X(type.finalize) X(type.del) X(type.descr_get) X(type.weaklistoffset) X(type.ht_name) X(type.ht_qualname)        \
    X(type.ht_slots) X(type.ht_cached_keys) X(type.ht_module) X(type.type_bytes) X(type.heap_bytes)                  \
    X(member.name) X(member.type) X(member.offset) X(member.flags) X(member.stride)                                  \
    X(dict.used) X(dict.keys) X(dict.values) X(dict.bytes)                                                           \
    X(keys.log2_size) X(keys.log2_index_bytes) X(keys.kind) X(keys.usable) X(keys.nentries) X(keys.bytes)            \
    X(keys.style) X(managed.style) X(managed.first_value) X(managed.valid) X(managed.embedded)                       \
    X(list.items) X(list.allocated) X(tuple.items) X(set.mask) X(set.table) X(set.smalltable) X(set.entry_bytes)     \
    X(str.length) X(str.state) X(str.compact_ascii_bytes) X(str.compact_bytes) X(str.data) X(str.utf8)               \
    X(str.utf8_length) X(str.kind_shift) X(bytes.items) X(bytearray.start)                                           \
    X(integer.tag) X(integer.digits) X(integer.tagged) X(integer.min_digits) X(floating.value)                       \
    X(code.variable_names[0]) X(code.variable_names[1]) X(code.variable_names[2]) X(code.qualname) X(code.name)      \
    X(code.filename) X(code.first_line) X(code.line_table) X(code.instructions) X(code.lines)                        \
    X(code.cell_arguments) X(code.cache) X(code.cache_size) X(code.bytes)                                              \
    X(code.stack_size) X(code.num_slots) X(function.annotations)                                                     \
    X(frame.func) X(frame.code) X(frame.globals) X(frame.locals) X(frame.frame_obj) X(frame.previous)                \
    X(frame.instruction) X(frame.stacktop) X(frame.owner) X(frame.localsplus) X(frame.value_stack)                   \
    X(frame.generator) X(frame.instruction_bytes) X(frame.stack_pointer) X(frame.stack_depth_only)                   \
    X(frame.tagged_slots) X(frame.owner_generator) X(frame.owner_cstack)                                             \
    X(generator.frame_state) X(generator.iframe) X(generator.exc_value) X(generator.state_cleared)                   \
    X(frame_object.frame) X(frame_object.own_frame_data) X(cell.value)                                               \
    X(module.dict) X(module.state) X(module.state_size) X(module.def) X(module.size_in_def)                          \
    X(runtime.interpreters) X(tracemalloc.is_tracing) X(tracemalloc.traces) X(tracemalloc.plain_filenames)           \
    X(interpreter.next) X(interpreter.id) X(interpreter.threads) X(interpreter.builtins) X(interpreter.modules)      \
    X(interpreter.sysdict) X(interpreter.importlib) X(interpreter.gc_lists[0]) X(interpreter.gc_lists[1])            \
    X(interpreter.gc_lists[2]) X(interpreter.gc_permanent) X(interpreter.gc_collecting)                              \
    X(interpreter.interned) X(interpreter.exit_callbacks) X(interpreter.num_exit_callbacks) X(interpreter.bytes)      \
    X(thread.next) X(thread.ident) X(thread.native_ident) X(thread.frame) X(thread.frame_in_cframe)                  \
    X(static_types.states) X(static_types.extension_states) X(static_types.num_states)                               \
    X(static_types.num_extension_states) X(static_types.stride) X(static_types.type) X(static_types.dict)            \
    X(static_types.subclasses)

static const char *const name_symbols[] = {
#define X(symbol, kind, text, flags) #symbol,
    HF_STATIC_NAMES(X)
#undef X
};

static void print_number(const char *designator, uint64_t value, size_t size) {
    if (size == sizeof(hf_offset) && value == HF_ABSENT)
        printf("    .%s = HF_ABSENT,\n", designator);
    else if (value > 0xFFFFFF)
        printf("    .%s = UINT64_C(0x%llx),\n", designator, (unsigned long long)value);
    else
        printf("    .%s = %llu,\n", designator, (unsigned long long)value);
}

static void print_roots(const char *what, const struct hf_layout_root *roots) {
    printf("static const struct hf_layout_root %s[] = {\n", what);
    for (; roots->name != NULL; roots++)
        printf("    {%u, \"%s\"},\n", roots->offset, roots->name);
    printf("    {0, NULL},\n};\n\n");
}

static void print_checks(const struct hf_layout_check *checks) {
    printf("static const struct hf_layout_check checks[] = {\n");
    for (; checks->name != NULL; checks++)
        printf("    {%u, %u, \"%s\"},\n", checks->at, checks->expected, checks->name);
    printf("    {0, 0, NULL},\n};\n\n");
}

static void print_fields(const struct hf_layout_field *fields) {
    printf("static const struct hf_layout_field fields[] = {\n");
    for (; fields->type != NULL; fields++)
        printf("    {\"%s\", %u, HF_N_%s},\n", fields->type, fields->offset, name_symbols[fields->name]);
    printf("    {NULL, 0, 0},\n};\n\n");
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: print_layout SYMBOL HEADERS\n");
        return 2;
    }
    const char *symbol = argv[1];
    const struct hf_layout *layout = hf_own_layout();
    printf("/* Written by tests/tools/make-layouts from %s. */\n\n", argv[2]);
    printf("#include \"cpython/layouts.h\"\n#include \"cpython/names.h\"\n\n");
    print_roots("interpreter_roots", layout->interpreter_roots);
    print_roots("thread_roots", layout->thread_roots);
    print_checks(layout->checks);
    print_fields(layout->fields);
    printf("const struct hf_layout hf_layout_%s = {\n", symbol);
#define X(member) print_number(#member, (uint64_t)layout->member, sizeof layout->member);
    NUMBERS(X)
#undef X
    printf("    .interpreter_roots = interpreter_roots,\n    .thread_roots = thread_roots,\n");
    printf("    .checks = checks,\n    .fields = fields,\n};\n");
    return 0;
}
