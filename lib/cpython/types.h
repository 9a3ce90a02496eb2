/*
 * types.h - what a decoder has to know of a type, worked out once when the type is first met.
 *
 * An instance of a Python class has two parts: the attributes that its classes added (slots, managed or plain attribute
 * dict, and the reference to its type), and below them the part of the nearest base that is written in C. `kind` is the
 * decoder of that lower part.
 */
#ifndef HF_CPYTHON_TYPES_H
#define HF_CPYTHON_TYPES_H

#include "base/arena.h"
#include "cpython/layout.h"
#include "cpython/name_table.h"
#include "memory/memory.h"

/* A reference field at a fixed offset of every instance. */
struct hf_field {
    uint32_t offset;
    uint16_t name;
};

/* The attribute names of one shared-keys object (one class), as numbers of names; grows with it. */
struct hf_shared_keys {
    uint64_t addr;
    uint16_t *names;
    uint32_t num_names;
};

struct hf_type_plan {
    uint64_t addr;
    uint64_t traverse;           /* tp_traverse, an address in the target */
    uint32_t index;              /* order of discovery */
    uint32_t flags;              /* HF_TYPE_* */
    enum hf_kind kind;
    bool exact;                  /* decoding gives just what tp_traverse visits, plus documented extras */
    bool is_scanned;             /* set by the walker's host: references are found by looking through words */
    bool is_hidden;              /* set by the walker: the type is one of the tool's own */
    bool is_leaf;                /* instances hold no references */
    bool collected;              /* the type's flags have Py_TPFLAGS_HAVE_GC */
    bool has_type_reference;     /* instances hold a reference to their type */
    bool type_reference_is_extra;    /* ... which tp_traverse does not visit */
    bool has_managed_dict;
    bool has_managed_weakrefs;   /* 3.12+: the list of weak references lies before the object */
    bool has_inline_values;
    bool has_views;              /* set by the walker: instances may show memory of others (extent.h) */
    uint16_t node_flags;         /* HF_NODE_* that all instances share, set by the walker */
    uint32_t fixed_size;         /* shallow size when it is the same for all instances, else 0; set by the walker */
    uint8_t size_rule;           /* enum hf_size_rule, set by whoever can look up __sizeof__ */
    uint64_t size_function;
    uint32_t num_named_items;    /* of a struct sequence: items that are fields, from the first on */
    uint64_t c_base;             /* the nearest base that is written in C; 0 if it cannot be told */
    void *host;                  /* what the walker's host knows of the type */
    uint64_t size_class;         /* the class that size_function wants as a second argument; 0: it wants none */
    uint32_t basicsize;
    uint32_t itemsize;
    int32_t dict_offset;         /* of a plain attribute dict, 0 if there is none, negative: from the end */
    uint16_t rest_name;          /* of what tp_traverse reports and no field explains */
    const struct hf_field *fields;
    uint32_t num_fields;
    struct hf_shared_keys *shared_keys;
    uint64_t cached_keys;        /* ht_cached_keys */
};

/* Of all types, the one met last with these bits in its address: a look that costs two loads from the nearest cache. */
#define HF_NUM_RECENT_TYPES 512
struct hf_recent_type {
    uint64_t type;
    struct hf_type_plan *plan;
};

struct hf_type_plans {
    struct hf_arena *arena;
    struct hf_memory *memory;
    const struct hf_layout *layout;
    struct hf_name_table *names;
    uint64_t python_traverse;    /* tp_traverse of every Python class */
    struct hf_type_plan **slots; /* open addressing by address */
    size_t num_slots;
    struct hf_type_plan **in_order;
    uint32_t num_plans;
    bool is_partial;             /* memory is missing: it is that of a core file that was cut off */
    bool out_of_memory;          /* why the last plan could not be made */
    struct hf_shared_keys **keys_slots;
    size_t num_keys_slots, num_keys;
    /* Called once for each new plan, to set size_rule and size_function; may be NULL. */
    struct hf_recent_type recent[HF_NUM_RECENT_TYPES];
    struct hf_field *scratch;    /* where the fields of a plan are collected */
    void (*on_new)(void *context, struct hf_type_plan *plan);
    void *on_new_context;
};

/* All its memory is that of the names' arena. False: no memory. */
bool hf_type_plans_init(struct hf_type_plans *plans, struct hf_memory *memory, const struct hf_layout *layout,
                        struct hf_name_table *names, uint64_t python_traverse);

/* Works out the plan of a new type. NULL: no memory (plans->out_of_memory), or not a readable type. */
struct hf_type_plan *hf_type_plans_add(struct hf_type_plans *plans, uint64_t type);

/* A view of a type as far as it goes, which is further for one made at run time. NULL: not readable. */
const void *hf_type_view(struct hf_memory *memory, const struct hf_layout *layout, uint64_t type);

/* The kind of a builtin type by address; HF_KIND_FIELDS for any other, subclasses included. */
enum hf_kind hf_type_plans_find_kind(const struct hf_type_plans *plans, uint64_t type);

static inline size_t hf_address_hash(uint64_t addr) {
    return (size_t)((addr >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

/* The plan of a type; made when it is new. NULL as for hf_type_plans_add. */
static inline struct hf_type_plan *hf_type_plans_get(struct hf_type_plans *plans, uint64_t type) {
    const struct hf_recent_type *recent = &plans->recent[type >> 5 & (HF_NUM_RECENT_TYPES - 1)];
    if (__builtin_expect(recent->type == type, 1))
        return recent->plan;
    size_t mask = plans->num_slots - 1;
    for (size_t at = hf_address_hash(type) & mask; plans->slots[at] != NULL; at = (at + 1) & mask)
        if (plans->slots[at]->addr == type) {
            plans->recent[type >> 5 & (HF_NUM_RECENT_TYPES - 1)] = (struct hf_recent_type){type, plans->slots[at]};
            return plans->slots[at];
        }
    return hf_type_plans_add(plans, type);
}

/*
 * The names of the keys of a shared-keys object, at least `count` of them. NULL: no memory or not readable.
 */
const uint16_t *hf_shared_key_names(struct hf_type_plans *plans, struct hf_shared_keys **cache, uint64_t keys,
                                    uint32_t count);

#endif
