/*
 * restored.c - static types as they were, out of the file that they are in.
 *
 *   static type in the file     head: no type | name | size 0 | flags | traverse 0 | base --> another static type ...
 *   made ready, by PyType_Ready head: `type`  | name | size of the base | those of the base as well | ... | base
 *
 * In a shared libpython they lie behind all of the heap, and a core file that was cut off has none of them; but of every
 * object in the heap the type says what it is. The loader's part is done by lib/memory/loaded.c. Left is what a type
 * takes from its base when it is made ready, as far as the reader looks at it. Dicts, methods and subclasses of a type
 * were made at run time and are lost.
 *
 * A type without a base in the file gets `object`, except those of _io before 3.12.
 */
#include "capture/external/restored.h"

#include <string.h>

#include "cpython/types.h"
#include "memory/loaded.h"

#define MAX_BASES 64
#define MAX_BASIC_BYTES (1 << 20)
#define FLAG_HAVE_GC (UINT64_C(1) << 14)
#define FLAGS_OF_SUBCLASSES UINT64_C(0xFF000000)   /* a subclass of int, list, tuple, ..., type */

/* Bases that are set while it runs. */
static const struct {
    const char *type, *base;
} late_bases[] = {
    {"_io.FileIO", "_io._RawIOBase"},
    {"_io.BytesIO", "_io._BufferedIOBase"},
    {"_io.BufferedReader", "_io._BufferedIOBase"},
    {"_io.BufferedWriter", "_io._BufferedIOBase"},
    {"_io.BufferedRWPair", "_io._BufferedIOBase"},
    {"_io.BufferedRandom", "_io._BufferedIOBase"},
    {"_io.StringIO", "_io._TextIOBase"},
    {"_io.TextIOWrapper", "_io._TextIOBase"},
};

#define NUM_LATE_BASES (sizeof late_bases / sizeof *late_bases)

struct restoring {
    struct hf_target *target;
    const struct hf_layout *layout;
    const struct hf_module *module;
    uint64_t type, object;       /* `type` and `object` */
    uint64_t bases[NUM_LATE_BASES];  /* of late_bases; 0: not met */
};

typedef void visit_type(struct restoring *restoring, uint64_t type, const char *name);

static uint64_t word(const struct restoring *restoring, uint64_t addr) {
    return hf_memory_word(&restoring->target->memory, addr);
}

static bool is_in_module(const struct restoring *restoring, uint64_t addr) {
    return addr >= restoring->module->start && addr < restoring->module->end;
}

static bool has_letters(const struct restoring *restoring, uint64_t addr, char *name, size_t size) {
    size_t length = hf_memory_text(&restoring->target->memory, addr, name, size);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] <= ' ' || (unsigned char)name[i] > '~')
            return false;
    return length > 0;
}

/* A static type before it is made ready, or after. */
static bool is_type(const struct restoring *restoring, uint64_t addr, char *name, size_t size) {
    const struct hf_layout *layout = restoring->layout;
    uint64_t type = word(restoring, addr + layout->object.type), text = word(restoring, addr + layout->type.name);
    if (word(restoring, addr + layout->object.refcnt) == 0 || (type != 0 && type != restoring->type) ||
        word(restoring, addr + layout->object.var_size) != 0 || !is_in_module(restoring, text))
        return false;
    uint64_t basic = word(restoring, addr + layout->type.basicsize), base = word(restoring, addr + layout->type.base);
    uint64_t traverse = word(restoring, addr + layout->type.traverse);
    return basic <= MAX_BASIC_BYTES && word(restoring, addr + layout->type.itemsize) <= MAX_BASIC_BYTES &&
           (base == 0 || is_in_module(restoring, base)) && (traverse == 0 || is_in_module(restoring, traverse)) &&
           has_letters(restoring, text, name, size);
}

static void take(const struct restoring *restoring, uint64_t type, uint64_t base, hf_offset offset) {
    if (offset != HF_ABSENT && word(restoring, type + offset) == 0)
        hf_loaded_data_set(restoring->target, type + offset, word(restoring, base + offset));
}

/* What a type takes from its base: inherit_special and inherit_slots of CPython's typeobject.c, in the words read here. */
static void take_from_base(const struct restoring *restoring, uint64_t type, uint64_t base) {
    const struct hf_layout *layout = restoring->layout;
    uint64_t flags = word(restoring, type + layout->type.flags), flags_of_base = word(restoring, base + layout->type.flags);
    uint64_t taken = flags_of_base & FLAGS_OF_SUBCLASSES;
    if (!(flags & FLAG_HAVE_GC) && (flags_of_base & FLAG_HAVE_GC) && word(restoring, type + layout->type.traverse) == 0) {
        taken |= FLAG_HAVE_GC;
        take(restoring, type, base, layout->type.traverse);
    }
    hf_loaded_data_set(restoring->target, type + layout->type.flags, flags | taken);
    take(restoring, type, base, layout->type.basicsize);
    take(restoring, type, base, layout->type.itemsize);
    take(restoring, type, base, layout->type.dictoffset);
    take(restoring, type, base, layout->type.weaklistoffset);
    take(restoring, type, base, layout->type.descr_get);
    take(restoring, type, base, layout->type.finalize);
}

/* The base of a type that has none in the file. */
static uint64_t base_of(const struct restoring *restoring, uint64_t type, const char *name) {
    for (size_t i = 0; i < NUM_LATE_BASES; i++)
        if (strcmp(name, late_bases[i].type) == 0 && restoring->bases[i] != 0)
            return restoring->bases[i];
    return type != restoring->object ? restoring->object : 0;
}

/* Bases first. */
static void make_ready(struct restoring *restoring, uint64_t type, const char *ignored) {
    const struct hf_layout *layout = restoring->layout;
    uint64_t chain[MAX_BASES];
    char name[256];
    int length = 0;
    (void)ignored;
    for (; type != 0 && length < MAX_BASES && is_type(restoring, type, name, sizeof name); length++) {
        chain[length] = type;
        if (word(restoring, type + layout->type.base) == 0)
            hf_loaded_data_set(restoring->target, type + layout->type.base, base_of(restoring, type, name));
        if (word(restoring, type + layout->object.type) == 0)
            hf_loaded_data_set(restoring->target, type + layout->object.type, restoring->type);
        type = word(restoring, type + layout->type.base);
    }
    while (length-- > 1)
        take_from_base(restoring, chain[length - 1], chain[length]);
}

static void note_late_base(struct restoring *restoring, uint64_t type, const char *name) {
    for (size_t i = 0; i < NUM_LATE_BASES; i++)
        if (strcmp(name, late_bases[i].base) == 0)
            restoring->bases[i] = type;
}

static void for_each_type(struct restoring *restoring, visit_type *visit) {
    size_t size = restoring->target->loaded.used_bytes, type_bytes = restoring->layout->type.type_bytes;
    char name[256];
    for (size_t at = 0; at + type_bytes <= size; at += 8) {
        uint64_t type = restoring->target->loaded_addr + at;
        if (is_type(restoring, type, name, sizeof name))
            visit(restoring, type, name);
    }
}

bool hf_python_restore_types(struct hf_target *target, const struct hf_python *python) {
    struct hf_elf_range type, object;
    if (!hf_target_find_symbol(target, python->found.module, "PyType_Type", &type) ||
        !hf_target_find_symbol(target, python->found.module, "PyBaseObject_Type", &object) ||
        !hf_loaded_data_add(target, python->found.module))
        return false;
    struct restoring restoring = {.target = target, .layout = &python->layout, .module = python->found.module,
                                  .type = type.addr, .object = object.addr};
    for_each_type(&restoring, note_late_base);
    for_each_type(&restoring, make_ready);
    return true;
}
