/*
 * walker.h - visits every object once and writes down what it is and what it refers to.
 *
 * The walker knows no Python: whoever drives it marks the objects that it starts from, and lends it what differs
 * between our own process, where tp_traverse and __sizeof__ in C can be called (own_heap.c), and the memory of another
 * one (external/), where nothing is believed: a reference may lead to anything, and what proves to be no object when it
 * is visited is taken out again, with the references to it.
 */
#ifndef HF_CAPTURE_WALKER_H
#define HF_CAPTURE_WALKER_H

#include <string.h>

#include "capture/heap_map.h"
#include "cpython/decoder.h"
#include "snapshot/snapshot.h"

/* Keys of dicts are kept whole up to this length. */
#define HF_MAX_KEY_CHARS 65536

struct hf_walker;
struct hf_target;

struct hf_walker_host {
    /* Calls tp_traverse of the object and hf_walker_add_traversed for every reference it reports. NULL: nobody can. */
    void (*traverse)(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr);
    /* Adds the references of an object whose plan is not exact, when there is no `traverse`. */
    void (*add_references)(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr,
                           struct hf_references *references);
    /* Sets size_rule and size_function of a new plan: looks for the __sizeof__ of its type without running code. */
    void (*find_sizeof)(struct hf_walker *walker, struct hf_type_plan *plan);
    /* Calls plan->size_function; false when it fails. */
    bool (*call_sizeof)(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr,
                        uint64_t *size_bytes);
    /* Whether there may be objects in the MiB of an address. NULL: every reference leads to an object. */
    bool (*is_heap)(struct hf_walker *walker, uint64_t addr);
    /* Whether a word can be an object's reference count, when not every reference leads to an object. */
    bool (*is_refcount)(const struct hf_walker *walker, uint64_t word);
};

/* An address without memory, always hidden, for references that lead to no object. */
#define HF_NOWHERE UINT64_C(16)

/* A root as it is found; the address becomes a node number at the end. */
struct hf_found_root {
    uint64_t addr;
    struct hf_root_record record;
    bool is_reference;           /* it holds a reference of its own, which counts in the object's reference count */
};

/* References to a visible object that hidden ones hold: they count, and nobody is told of them. */
struct hf_own_references {
    uint64_t addr;
    uint64_t count;
};

/* A string that may have an equal, and the hash that says so. */
struct hf_found_content {
    uint32_t key;
    uint32_t reserved;
    uint64_t hash;
};

/* Columns in order of visit; hf_walker_finish puts them in order of address. */
struct hf_walker {
    struct hf_arena arena;               /* of all small things below */
    struct hf_region room;               /* of a shared walker: it lies in it itself, and so does its arena */
    struct hf_memory *memory;
    struct hf_decoder decoder;
    struct hf_heap_map map;
    const struct hf_walker_host *host;
    void *host_context;
    struct hf_memory *site_memory;       /* through which tracemalloc's table is read (sites.h) */
    uint64_t site_table;                 /* 0: there is none */
    const struct hf_progress *progress;  /* called while objects are visited; NULL: nobody waits */
    struct hf_snapshot *snapshot;        /* under construction: strings, threads, frames */
    struct hf_region node_key, node_type, node_size, node_refcount, node_degree, node_flags;
    uint32_t node_capacity;              /* of these six */
    struct hf_region node_site;          /* as in the snapshot; empty without sites (sites.h) */
    struct hf_region edge_key, edge_name;
    struct hf_region pending, batch;     /* keys to visit: found behind the sweep, and those being visited now */
    struct hf_region sorted;             /* scratch: a batch in order */
    struct hf_region big_sizes;          /* struct hf_big_size, node is a key */
    struct hf_region preview_index;      /* struct hf_preview_record, node is a key */
    struct hf_region previews;
    struct hf_region cut_strings;        /* uint32_t: keys of strings whose preview is not whole */
    struct hf_region contents;           /* struct hf_found_content */
    struct hf_region views;              /* struct hf_view_record, node is a key */
    struct hf_region roots;              /* struct hf_found_root */
    struct hf_region own_references;     /* struct hf_own_references */
    struct hf_region traversed;          /* uint64_t: what tp_traverse reported for the object being visited */
    struct hf_region candidates;         /* struct hf_candidate: what its decoder says */
    struct hf_references references;     /* of the object being visited, on their way to the edges */
    struct hf_references decoded;        /* the same on their way to `candidates` */
    uint32_t num_nodes, num_edges;
    uint32_t cursor_order, cursor_granule;   /* the first place that the sweep has not passed */
    struct hf_target *statics;           /* the process, for a look at its static data; NULL: none is taken */
    uint64_t most_bytes;                 /* of the process: no object is larger, whatever its words say */
    uint64_t stack_from;                 /* the thread that takes the snapshot: where its stack begins; 0: not here */
    const char *const *hidden_modules;   /* of the caller: left out as the tool's own are */
    const void *const *hidden_objects;
    size_t num_hidden_modules, num_hidden_objects;
    bool keep_values;
    bool has_frozen;
    enum hf_status failure;              /* the first; HF_OK while all is well */
};

/* A reference that a decoder found in an object whose tp_traverse has the last word. */
struct hf_candidate {
    uint64_t target;
    uint16_t name;
    bool confirmed;
};

/*
 * The memory, which outlives the walker, is that of the process that is to be walked. NULL: no memory. A walker with
 * shared_bytes, the size of that process, is shared: a child of this process may walk, and its parent then finish.
 * Everything that the walk writes lies in mappings that both see, each as long as a walk of so much memory can ever
 * make it. A walk allocates nothing outside of them but by mmap.
 */
struct hf_walker *hf_walker_create(struct hf_memory *memory, const struct hf_layout *layout, uint64_t python_traverse,
                                   const struct hf_walker_host *host, uint64_t shared_bytes);
void hf_walker_destroy(struct hf_walker *walker);

/*
 * Makes room for a heap with so many tracked objects, before the process stands still. Only a hint: columns grow as
 * they need to.
 */
void hf_walker_expect(struct hf_walker *walker, uint64_t num_tracked);
/* Marks an object that the sweep will visit (before hf_walker_run). */
void hf_walker_start_from(struct hf_walker *walker, uint64_t addr);
/* The same for one of the permanent generation. */
void hf_walker_start_from_frozen(struct hf_walker *walker, uint64_t addr);
/* Takes an object of the tool itself out of the picture: it is neither visited nor referred to. */
void hf_walker_hide(struct hf_walker *walker, uint64_t addr);
/* Notes `count` references that hidden objects or frames hold on an object, which may be visible or not. */
void hf_walker_add_own_references(struct hf_walker *walker, uint64_t addr, uint64_t count);
/* Adds a root and marks its object. */
void hf_walker_add_root(struct hf_walker *walker, uint64_t addr, struct hf_root_record record, bool is_reference);

/*
 * Gives the references of one object without visiting it, as struct hf_candidate in walker->candidates: those that
 * tp_traverse confirms and those that it leaves out.
 */
void hf_walker_list_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr);

/* Visits everything that is marked and all that it leads to. Gives walker->failure. */
HF_MUST_CHECK enum hf_status hf_walker_run(struct hf_walker *walker);

/*
 * Names of types, which long strings are equal, whole keys of dicts, and allocation sites, which need the objects
 * alive: the last thing while the process stands still.
 */
HF_MUST_CHECK enum hf_status hf_walker_describe(struct hf_walker *walker);

/*
 * Puts everything in order and gives the snapshot, which the walker no longer owns. The process may run again
 * meanwhile. Errors: NOMEM, LIMIT, INTERNAL.
 */
HF_MUST_CHECK enum hf_status hf_walker_finish(struct hf_walker *walker, struct hf_snapshot **out,
                                              struct hf_error *error);

void hf_walker_add_traversed(struct hf_walker *walker, uint64_t target);

/* Appends to a region; false (and failure NOMEM) when memory runs out. */
bool hf_walker_append(struct hf_walker *walker, struct hf_region *region, const void *bytes, size_t size);

/* Makes room for `size` more bytes at the end of a region; false (and failure NOMEM) when memory runs out. */
bool hf_walker_grow(struct hf_walker *walker, struct hf_region *region, size_t size);

static inline bool hf_walker_make_room(struct hf_walker *walker, struct hf_region *region, size_t size) {
    return region->capacity_bytes - region->used_bytes >= size || hf_walker_grow(walker, region, size);
}

#endif
