/*
 * snapshot.h - the object graph of one CPython process at one moment: nodes, edges, roots, and how it was taken.
 *
 * A snapshot comes from a file (hf_snapshot_open) or from a capture (capture.h) and never changes afterwards.
 * Nodes are numbered 0 .. num_nodes-1 and edges 0 .. num_edges-1; the edges of a node are contiguous.
 */
#ifndef HOLDFAST_SNAPSHOT_H
#define HOLDFAST_SNAPSHOT_H

#include <holdfast/holdfast.h>

HF_BEGIN_API

struct hf_snapshot;

typedef uint32_t hf_node_id;
#define HF_NO_NODE UINT32_MAX

/* Flags of a node. */
enum {
    HF_NODE_GC = 1 << 0,        /* the type supports cyclic garbage collection */
    HF_NODE_TRACKED = 1 << 1,   /* the collector tracks it */
    HF_NODE_IMMORTAL = 1 << 2,  /* its reference count is not counted any more (3.12+) */
    HF_NODE_FROZEN = 1 << 3,    /* in the permanent generation (gc.freeze) */
    HF_NODE_FINALIZER = 1 << 4, /* its type has __del__ or a finalizer in C */
    HF_NODE_TYPE = 1 << 5,      /* it is a type */
    HF_NODE_SCANNED = 1 << 6,   /* its edges were found by scanning words, not by a decoder */
    HF_NODE_SIZE_BASIC = 1 << 7, /* __sizeof__ is Python code, which is never run: the size is the C layout's */
};

struct hf_node {
    uint64_t addr;
    uint64_t size_bytes;     /* shallow, as sys.getsizeof says */
    uint32_t type;           /* index for hf_snapshot_get_type */
    uint32_t refcount;       /* UINT32_MAX stands for that many or more */
    uint32_t flags;
    uint32_t num_edges;
    uint32_t first_edge;
};

/* What kind of reference an edge is, hence how it is written. */
enum hf_name_kind {
    HF_NAME_NONE = 0,   /* exists, and has no name */
    HF_NAME_ATTRIBUTE,  /* .text; on a dict that shares its keys with a class: ['text'] */
    HF_NAME_DICT,       /* the attribute dict of an instance, module or class: reads as one hop with what follows */
    HF_NAME_ITEM,       /* [i]: i is the number of ITEM edges before it in the same row */
    HF_NAME_KEY,        /* a key of a dict */
    HF_NAME_VALUE,      /* [key]: the key is the target of the KEY edge right before it */
    HF_NAME_MEMBER,     /* a member of a set */
    HF_NAME_LOCAL,      /* local variable `text` of a frame, generator, coroutine */
    HF_NAME_STACK,      /* a temporary on the evaluation stack of a frame */
    HF_NAME_CELL,       /* the content of a closure cell */
    HF_NAME_TYPE,       /* the type of the object */
    HF_NAME_FIELD,      /* a field that C code keeps and Python cannot name: <text> */
    HF_NAME_TEMPLATE,   /* a Python expression in which @ stands for the owner */
    HF_NAME_NUM_KINDS
};

/* Flags of a name. */
enum {
    HF_NAME_EXTRA = 1 << 0,   /* a reference that tp_traverse does not visit */
};

struct hf_edge {
    hf_node_id target;
    enum hf_name_kind kind;
    uint32_t name_flags;
    const char *text;        /* borrowed; "" where the kind has none */
    size_t text_length;
};

enum hf_root_kind {
    HF_ROOT_MODULE = 0,   /* sys.modules[name] */
    HF_ROOT_FRAME,        /* a variable or temporary of a running frame of a thread */
    HF_ROOT_BUILTINS,     /* the builtins of the interpreter */
    HF_ROOT_INTERPRETER,  /* a field `name` of the interpreter or of a thread state */
    HF_ROOT_STATIC_TYPE,  /* a type that is part of a program or library */
    HF_ROOT_IMMORTAL,     /* never freed */
    HF_ROOT_OUTSIDE,      /* the reference count is `count` above the references that were found */
    HF_ROOT_NUM_KINDS
};

#define HF_NO_FRAME UINT32_MAX

struct hf_root {
    hf_node_id node;
    enum hf_root_kind kind;
    uint32_t count;          /* OUTSIDE: references from outside; else 1 */
    uint32_t frame;          /* FRAME: index for hf_snapshot_get_frame; else HF_NO_FRAME */
    enum hf_name_kind name_kind;  /* FRAME: LOCAL, STACK or FIELD. OUTSIDE, where the capture saw the reference: FIELD
                                     of a library or program, ATTRIBUTE of an object of the type `name`, STACK of C
                                     of the thread that took the snapshot */
    const char *name;        /* module name, variable, field, "LIBRARY: VARIABLE"; "" where there is none */
};

struct hf_thread {
    uint64_t ident;          /* threading.get_ident() */
    uint64_t native_id;      /* the system's thread id, 0 if unknown */
    const char *name;        /* threading's name, "" if unknown */
    bool is_asker;           /* the thread that took the snapshot */
};

struct hf_frame {
    uint32_t thread;         /* index for hf_snapshot_get_thread */
    uint32_t depth;          /* 0 is the innermost running frame of the thread */
    uint32_t line;           /* 0 if unknown */
    const char *function;    /* qualified name */
    const char *file;
};

/* Flags of a type. */
enum {
    HF_TYPE_HEAP = 1 << 0,        /* made at run time (class statement, PyType_FromSpec) */
    HF_TYPE_DESCRIPTOR = 1 << 1,  /* has __get__: reading such a class attribute gives another object */
    HF_TYPE_FINALIZER = 1 << 2,
    HF_TYPE_DICT = 1 << 3,        /* dict or a subclass of it; so on for the next ones */
    HF_TYPE_LIST = 1 << 4,
    HF_TYPE_TUPLE = 1 << 5,
    HF_TYPE_SET = 1 << 6,         /* set or frozenset */
    HF_TYPE_STR = 1 << 7,
    HF_TYPE_BYTES = 1 << 8,
    HF_TYPE_INT = 1 << 9,
    HF_TYPE_TYPE = 1 << 10,
    HF_TYPE_MODULE = 1 << 11,
    HF_TYPE_FUNCTION = 1 << 12,
    HF_TYPE_EXCEPTION = 1 << 13,
    HF_TYPE_FLOAT = 1 << 14,
    HF_TYPE_CODE = 1 << 15,
    HF_TYPE_FRAME = 1 << 16,
    HF_TYPE_GENERATOR = 1 << 17,  /* generator: locals through gi_frame */
    HF_TYPE_COROUTINE = 1 << 18,  /* cr_frame */
    HF_TYPE_ASYNC_GENERATOR = 1 << 19, /* ag_frame */
    HF_TYPE_CELL = 1 << 20,
    HF_TYPE_METHOD = 1 << 21,
};

struct hf_type {
    hf_node_id node;         /* the type object, HF_NO_NODE if it is not a node */
    uint32_t flags;
    const char *name;        /* full: "dict", "shop.cache.Cache" (module and qualified name; builtins without module) */
    const char *module;      /* "builtins", "shop.cache" */
};

/* How a snapshot was taken. Texts are "" and numbers 0 where unknown. */
struct hf_origin {
    const char *python;      /* "3.11.7" */
    const char *method;      /* "in-process", "in-process copy" (a fork of it was walked) */
    const char *program;     /* sys.argv joined by blanks, or the executable */
    const char *platform;    /* "linux-x86_64" */
    uint32_t pid;
    uint64_t taken_at_ns;    /* since 1970, UTC */
    uint64_t pause_ns;       /* the target stood still for this long */
    uint64_t cpu_ns;         /* CPU time of the whole capture */
    uint64_t resident_bytes; /* resident memory of the target */
    uint64_t capture_bytes;  /* peak memory of the capture itself */
    uint64_t num_checked;    /* mortal non-type objects whose in-degree was compared with the reference count */
    uint64_t num_exact;      /* those where both are equal; from outside with the words of native memory for the rest */
    bool has_previews;
    bool has_contents;       /* it is known which of the strings that are longer than their preview are equal */
    bool has_extents;        /* it is known how much views show, and what instances take for their attributes */
};

struct hf_open_options {
    uint32_t struct_size;            /* sizeof(struct hf_open_options) */
    uint64_t max_memory_bytes;       /* refuse a file that would need more; 0: 3/4 of the machine's memory */
    const struct hf_progress *progress;
    bool cache;                      /* keep what questions compute from a large file in PATH.cache, see below */
};

/*
 * Opens a snapshot file. Every checksum, length and index is checked before anything is believed.
 *
 * With `cache`, what a question computes from a snapshot of 500,000 objects or more (dominators, merged paths) is
 * written to the file PATH.cache, and read from there when the snapshot is opened again: 12 bytes per object. It
 * is readable by its owner alone, is used only with this very snapshot, has no values of the program in it, and may be
 * deleted at any time. Where it cannot be written, or would take more than a tenth of the free room, there is none.
 *
 * options may be NULL. The caller ends *out with hf_snapshot_destroy.
 * Errors: IO, ARGUMENT (path is a folder), FORMAT (what is wrong and where), VERSION, LIMIT, NOMEM, CANCELLED.
 * Cost: plain files are mapped and checked at memory speed; compressed ones are decoded, O(nodes + edges).
 */
HF_MUST_CHECK enum hf_status hf_snapshot_open(const char *path, const struct hf_open_options *options,
                                              struct hf_snapshot **out, struct hf_error *error);

struct hf_save_options {
    uint32_t struct_size;            /* sizeof(struct hf_save_options) */
    bool plain;                      /* not compressed: larger, opens at once */
    bool without_previews;           /* leave out the values of strings, numbers and bytes (dict keys stay) */
    int compression_level;           /* zstd's: up to 22, below 0 faster than 1; 0: holdfast's default */
    const struct hf_progress *progress;
};

/*
 * Writes a snapshot to `path` with mode 0600: under a temporary name in the same folder, synced, then renamed.
 * On failure nothing is left behind and an existing file at `path` is as it was. options may be NULL.
 * Errors: IO, ARGUMENT (path is empty or a folder, zstd has no such level), NOMEM, CANCELLED. Cost: O(nodes + edges).
 */
HF_MUST_CHECK enum hf_status hf_snapshot_save(const struct hf_snapshot *snapshot, const char *path,
                                              const struct hf_save_options *options, struct hf_error *error);

/*
 * Says before a snapshot is taken what hf_snapshot_save would refuse: the path, the level. Nothing is left behind.
 * Errors: as hf_snapshot_save. O(1).
 */
HF_MUST_CHECK enum hf_status hf_snapshot_check_save(const char *path, const struct hf_save_options *options,
                                                    struct hf_error *error);

void hf_snapshot_destroy(struct hf_snapshot *snapshot);

/* Counts and origin. O(1). */
uint32_t hf_snapshot_num_nodes(const struct hf_snapshot *snapshot);
uint32_t hf_snapshot_num_edges(const struct hf_snapshot *snapshot);
uint32_t hf_snapshot_num_types(const struct hf_snapshot *snapshot);
uint32_t hf_snapshot_num_roots(const struct hf_snapshot *snapshot);
uint32_t hf_snapshot_num_threads(const struct hf_snapshot *snapshot);
uint32_t hf_snapshot_num_frames(const struct hf_snapshot *snapshot);
const struct hf_origin *hf_snapshot_get_origin(const struct hf_snapshot *snapshot);

/* Elements by index. An index out of range is a defect of the caller (checked by assert). O(1). */
struct hf_node hf_snapshot_get_node(const struct hf_snapshot *snapshot, hf_node_id node);
struct hf_edge hf_snapshot_get_edge(const struct hf_snapshot *snapshot, uint32_t edge);
struct hf_type hf_snapshot_get_type(const struct hf_snapshot *snapshot, uint32_t type);
struct hf_root hf_snapshot_get_root(const struct hf_snapshot *snapshot, uint32_t root);
struct hf_thread hf_snapshot_get_thread(const struct hf_snapshot *snapshot, uint32_t thread);
struct hf_frame hf_snapshot_get_frame(const struct hf_snapshot *snapshot, uint32_t frame);

/* The node at an address of the target, or HF_NO_NODE. O(log nodes). */
hf_node_id hf_snapshot_find_addr(const struct hf_snapshot *snapshot, uint64_t addr);

/*
 * A one-line value of a node in at most `max_chars` characters, as Python would write it where that is cheap: 'text',
 * 42, b'..', 3.5, None, "dict of 12 items", <function shop.cache.get>, <module 'shop'>. Cut values end in an ellipsis.
 * Behaves like snprintf on buffer[size]; the text is "" where nothing is known. O(edges of the node).
 */
size_t hf_snapshot_print_value(const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars, char *buffer,
                               size_t size);

/*
 * The name of an edge of `source` as a reader writes it after the owner: ".x", "['k']", "[3]", ".__class__",
 * " key 'k'", "<cache>", "?" for an unnamed one. Behaves like snprintf. O(edges of the node).
 */
size_t hf_snapshot_print_edge(const struct hf_snapshot *snapshot, hf_node_id source, uint32_t edge, char *buffer,
                              size_t size);

HF_END_API
#endif
