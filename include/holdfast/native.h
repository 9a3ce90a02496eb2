/*
 * native.h - references from native code: how many references an object counts, less those that were found.
 *
 * What is left over is held by code in C, C++, Cython or Rust, where no snapshot can look. Most of it has a reason that
 * is known; an object that has none, and whose count rises from one snapshot to the next, was not given back: a
 * Py_DECREF is missing. The other way round is danger: an object that counts fewer references than were found was given
 * back too often, and will be freed while somebody still uses it.
 *
 * Immortal objects (3.12 and later) count nothing; they are set apart. So are references of code that was frozen into
 * the interpreter, which 3.11 does not count.
 */
#ifndef HOLDFAST_NATIVE_H
#define HOLDFAST_NATIVE_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

/*
 * Why native code holds a reference. VARIABLE, INTERPRETER, OBJECT and STACK were seen when the snapshot was taken, the
 * last two in the own process only; the others are assumed from what the object is.
 */
enum hf_native_reason {
    HF_NATIVE_UNEXPLAINED = 0,
    HF_NATIVE_VARIABLE,          /* it lies in a static variable of the program or of a library */
    HF_NATIVE_INTERPRETER,       /* it lies in _PyRuntime, the state of the interpreter and its threads */
    HF_NATIVE_OBJECT,            /* it lies in an object whose C code does not show it to the garbage collector */
    HF_NATIVE_STACK,             /* it lies on the C stack of the thread that took the snapshot */
    HF_NATIVE_CONSTANT,          /* None, a number, a name: constants of C code, and names that classes share */
    HF_NATIVE_CLASS,             /* a class, which the C code that made it or uses it keeps */
    HF_NATIVE_MODULE,            /* a module or its definition, which the interpreter's import keeps */
    HF_NATIVE_NUM_REASONS
};

/* "unexplained", "static variable", "interpreter", "C object", "C stack", "constant", "class", "module". */
const char *hf_native_reason_name(enum hf_native_reason reason);

/* Objects of one type that are held for one reason. */
struct hf_native_row {
    const char *type;
    enum hf_native_reason reason;
    const char *where;           /* VARIABLE and INTERPRETER: the library or program; OBJECT: the type; else "" */
    uint64_t num_objects, num_references;
    hf_node_id example;          /* that with the most references */
    uint64_t example_references;
    const char *example_value;
    const char *example_variable; /* of `where`: "cache", "0x4010": a symbol, or an address in the file; else "" */
};

/* What native code held at the older moment and what it holds now, of objects of one type for one reason. */
struct hf_native_growth {
    const char *type;
    enum hf_native_reason reason;
    const char *where;
    int64_t references_growth;   /* above 0 */
    int64_t objects_growth;      /* of objects that are held from outside */
    uint64_t num_new, num_gone;  /* of these; 0 where objects cannot be told */
    uint64_t num_raised;         /* objects of both moments whose count rose */
    hf_node_id example;          /* in the newer snapshot: that whose count rose most; HF_NO_NODE if unknown */
    uint64_t example_then, example_now;  /* references from outside */
    const char *example_value;
    double per_call;             /* references, where the number of calls was given; else 0 */
    const char *text;            /* a sentence */
};

/* An object that counts fewer references than were found. */
struct hf_native_danger {
    hf_node_id node;
    const char *type, *value;
    uint64_t refcount;
    uint64_t num_found;
    bool is_doubtful;            /* only together with references that were found by scanning words */
    const char *text;            /* a sentence */
};

struct hf_native_options {
    uint32_t struct_size;        /* sizeof(struct hf_native_options) */
    size_t limit;                /* rows at most in each table; 0: all */
    uint64_t num_calls;          /* between the two snapshots, of what is suspected; 0: unknown */
    const struct hf_progress *progress;
};

struct hf_native {
    const struct hf_native_row *rows;        /* unexplained ones first, then by references */
    size_t num_rows, num_all_rows;
    uint64_t num_objects, num_references;    /* held from outside, in all */
    uint64_t num_unexplained_objects, num_unexplained_references;
    uint64_t num_immortal;                   /* objects that count nothing */
    const struct hf_native_danger *dangers;  /* certain ones first, then by references that are missing */
    size_t num_dangers, num_all_dangers;
    bool is_comparison;
    bool by_address;                         /* comparison: both are of one process, and objects could be told */
    uint64_t num_calls;
    const struct hf_native_growth *grown;    /* unexplained ones first, then by references */
    size_t num_grown, num_all_grown;
    size_t num_unexplained_grown;            /* of all that grew */
};

/*
 * Looks at a snapshot; with `old`, an older one of the same program, also at what grew since. options may be NULL.
 * Objects are the same as hf_growth_series_add says. Of different processes the numbers of each type are compared.
 *
 * An object that was there before counts as unexplained when its count rose, but for what was seen at capture, for a
 * name, which each new class or module may refer to once more, and for None, numbers and the like unless it doubled.
 *
 * Errors: ARGUMENT (struct_size is not set), NOMEM, CANCELLED. Cost: O(nodes + edges); memory 8 bytes per node, and
 * for a comparison that of hf_growth_create.
 */
HF_MUST_CHECK enum hf_status hf_native_create(const struct hf_snapshot *snapshot, const struct hf_snapshot *old,
                                              const struct hf_native_options *options, struct hf_native **out,
                                              struct hf_error *error);
void hf_native_destroy(struct hf_native *native);

HF_END_API
#endif
