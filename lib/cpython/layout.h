/*
 * layout.h - where things lie in the objects of one CPython release.
 *
 * A layout is data: decoders take it with every call and never include Python's headers. One is filled in with offsetof
 * from the headers that lib/capture/own_layout.c is compiled against: for our own process it is used as it is, and for
 * other processes those of all releases are kept in layouts/, written by a program that is compiled against each
 * (`make layouts`). Offsets are in bytes; HF_ABSENT stands for a field that this release does not have.
 */
#ifndef HF_CPYTHON_LAYOUT_H
#define HF_CPYTHON_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define HF_ABSENT UINT16_MAX

#define HF_TPFLAGS_HEAPTYPE (1u << 9)

typedef uint16_t hf_offset;
typedef uint32_t hf_far_offset;     /* in the states of the runtime and the interpreter, which are large */

enum hf_managed_dict {
    HF_MANAGED_NONE,        /* 3.9, 3.10: tp_dictoffset only */
    HF_MANAGED_TWO_WORDS,   /* 3.11: values at word -4, dict at word -3 */
    HF_MANAGED_TAGGED,      /* 3.12: word -3 is a dict, or one byte before the values: odd */
    HF_MANAGED_INLINE,      /* 3.13+: values inside the object when valid; dict at word -3 */
};

enum hf_keys_layout {
    HF_KEYS_SIZED,          /* 3.9, 3.10: dk_size, entries always with a hash */
    HF_KEYS_KINDS,          /* 3.11+: dk_kind, entries of unicode keys without a hash */
};

/* How the table of line numbers of a code object is written. */
enum hf_lines_style {
    HF_LINES_LNOTAB,        /* 3.9: increments of bytecode and line */
    HF_LINES_DELTAS,        /* 3.10: the same as ranges */
    HF_LINES_LOCATIONS,     /* 3.11+: lines and columns in entries of several forms */
};

/* How the references of a type's instances are decoded: by its builtin base. */
enum hf_kind {
    HF_KIND_FIELDS,      /* named fields only: the layout's and the type's own members */
    HF_KIND_LEAF,        /* no references */
    HF_KIND_OBJECT,      /* nothing below the attributes */
    HF_KIND_DICT,
    HF_KIND_LIST,
    HF_KIND_TUPLE,
    HF_KIND_SET,
    HF_KIND_STR,
    HF_KIND_BYTES,
    HF_KIND_BYTEARRAY,
    HF_KIND_INT,
    HF_KIND_BOOL,
    HF_KIND_FLOAT,
    HF_KIND_COMPLEX,
    HF_KIND_CELL,
    HF_KIND_TYPE,
    HF_KIND_CODE,
    HF_KIND_FRAME,
    HF_KIND_GENERATOR,
    HF_KIND_COROUTINE,
    HF_KIND_ASYNC_GENERATOR,
    HF_KIND_MODULE,
    HF_KIND_FUNCTION,
    HF_KIND_DESCRIPTOR,  /* of a slot, method or attribute in C */
    HF_KIND_METHOD,
    HF_KIND_EXCEPTION,
    HF_KIND_NDARRAY,
    HF_KIND_LRU_CACHE,
    HF_KIND_DATETIME,
    HF_KIND_TIME,
};

/* A builtin type whose layout this table describes exactly. */
struct hf_known_type {
    uint64_t addr;
    enum hf_kind kind;
};

/* Fields of C types that are references, by type name: see fields.h. */
struct hf_layout_field {
    const char *type;       /* tp_name */
    hf_offset offset;
    uint16_t name;          /* enum hf_static_name */
};

/* A field of the interpreter or of a thread state that holds a reference. */
struct hf_layout_root {
    hf_far_offset offset;
    const char *name;
};

/* Where _Py_DebugOffsets (3.13+) of a running Python says that something lies, and what it must say. */
struct hf_layout_check {
    uint16_t at;            /* in _Py_DebugOffsets */
    uint32_t expected;
    const char *name;       /* "interpreter_state.gc" */
};

struct hf_layout {
    uint32_t version;       /* PY_VERSION_HEX >> 16: 0x030b */
    uint64_t refcount_mask;     /* the bits of ob_refcnt that count */
    uint64_t immortal_refcount; /* counts from here on belong to immortal objects */

    struct { hf_offset refcnt, type, var_size, head_bytes; } object;
    struct {
        hf_offset name, basicsize, itemsize, flags, dict, base, mro, bases, cache, subclasses, members, dictoffset,
            traverse, finalize, del, descr_get, weaklistoffset, ht_name, ht_qualname, ht_slots, ht_cached_keys,
            ht_module, type_bytes, heap_bytes;
    } type;
    struct { hf_offset name, type, offset, flags, stride; } member;   /* PyMemberDef */
    struct { hf_offset used, keys, values, bytes; } dict;
    struct { hf_offset log2_size, log2_index_bytes, kind, usable, nentries, bytes; enum hf_keys_layout style; } keys;
    struct { enum hf_managed_dict style; hf_offset first_value, valid, embedded; } managed; /* in PyDictValues */
    struct { hf_offset items, allocated; } list;
    struct { hf_offset items; } tuple;
    struct { hf_offset mask, table, smalltable, entry_bytes; } set;
    struct {
        hf_offset length, state, compact_ascii_bytes, compact_bytes, data, utf8, utf8_length;
        uint8_t kind_shift;
    } str;
    struct { hf_offset items; } bytes;
    struct { hf_offset start; } bytearray;
    struct { hf_offset tag, digits; bool tagged; uint8_t min_digits; } integer; /* tagged: 3.12+ lv_tag, else ob_size */
    struct { hf_offset value; } floating;
    struct {
        hf_offset variable_names[3];   /* tuples, in the order of the slots */
        hf_offset qualname, name, filename, first_line, line_table, instructions, stack_size;
        hf_offset num_slots;           /* of all variables, 3.11+; before that of locals alone */
        hf_offset cell_arguments, cache, cache_size, bytes;    /* 3.9, 3.10 */
        enum hf_lines_style lines;
    } code;
    struct {
        hf_offset func, code, globals, locals, frame_obj, previous, instruction, stacktop, owner, localsplus;
        hf_offset value_stack, generator;    /* 3.9, 3.10 */
        uint8_t instruction_bytes;   /* `instruction` is an index of units of so many bytes; 0: it is a pointer */
        bool stack_pointer;       /* stacktop is a pointer (3.9, 3.14+) */
        bool stack_depth_only;    /* stacktop does not count the variables (3.10) */
        bool tagged_slots;        /* the two low bits of a slot are tags (3.14+) */
        uint8_t owner_generator;  /* the owner is a generator */
        uint8_t owner_cstack;     /* frames of this owner or a higher one have no Python code; 0xFF: there are none */
    } frame;
    struct { hf_offset frame_state, iframe, exc_value; int8_t state_cleared; } generator;
    struct { hf_offset frame, own_frame_data; } frame_object;
    struct { hf_offset value; } cell;
    struct { hf_offset annotations; } function;
    struct { hf_offset dict, state, state_size, def, size_in_def; } module;   /* one of both sizes is there */

    /* States that are no objects. */
    struct { hf_far_offset interpreters; } runtime;
    /* Of tracemalloc, in the runtime; 0: it has variables of its own (3.9 to 3.11, see traces.h). */
    struct {
        hf_far_offset is_tracing, traces;
        bool plain_filenames;      /* names of files are no str but UTF-8 with a NUL (3.15) */
    } tracemalloc;
    struct {
        hf_far_offset next, id, threads, builtins, modules, sysdict, importlib;
        hf_far_offset gc_lists[3], gc_permanent, gc_collecting;    /* heads of lists of objects, in order of age */
        hf_far_offset interned;    /* 3.12+: a dict of interned str, which does not count the references that it has */
        hf_far_offset exit_callbacks, num_exit_callbacks;      /* 3.10 to 3.13: pointers to function and arguments */
        hf_far_offset bytes;       /* of all of it */
    } interpreter;
    struct { hf_far_offset next, ident, native_ident, frame; hf_offset frame_in_cframe; } thread;
    /* 3.12+: of static builtin types the interpreter keeps what changes, and the type has its number there. */
    struct {
        hf_far_offset states, extension_states;
        uint32_t num_states, num_extension_states;
        hf_offset stride, type, dict, subclasses;
    } static_types;

    const struct hf_layout_root *interpreter_roots, *thread_roots;    /* end with name NULL */
    const struct hf_layout_check *checks;                             /* ends with name NULL */

    const struct hf_layout_field *fields;    /* ends with type NULL */
    const struct hf_known_type *known_types; /* ends with addr 0 */
};

#endif
