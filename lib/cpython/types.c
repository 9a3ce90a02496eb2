/*
 * types.c - working out type plans.
 *
 *   class Session(Base): ...        tp_traverse is the one of every Python class  \  attributes: slots of each level,
 *   class Base(dict): __slots__..   tp_traverse is the one of every Python class  /  managed dict, type
 *   dict                            its own tp_traverse: the C part, kind DICT
 *
 * This is the order of CPython's own subtype_traverse, so an exact plan gives references in the order in which the
 * collector sees them. A plan is exact when its C part is a builtin that the layout knows; for the rest the fields name
 * what tp_traverse reports.
 */
#include "cpython/types.h"

#include <string.h>

#include "cpython/dict.h"
#include "cpython/fields.h"
#include "cpython/type_check.h"
#include "cpython/unicode.h"

#define MAX_BASES 256
#define MAX_FIELDS 4096
#define MAX_TEXT_BYTES 1024
#define MEMBER_OBJECT 6         /* T_OBJECT */
#define MEMBER_OBJECT_EX 16     /* Py_T_OBJECT_EX */

#define TPFLAGS_HAVE_GC (1u << 14)
#define TPFLAGS_INLINE_VALUES (1u << 2)
#define TPFLAGS_MANAGED_WEAKREF (1u << 3)
#define TPFLAGS_MANAGED_DICT (1u << 4)
#define TPFLAGS_LIST_SUBCLASS (1u << 25)

static enum hf_kind known_kind(const struct hf_layout *layout, uint64_t type, bool *found) {
    for (const struct hf_known_type *known = layout->known_types; known->addr != 0; known++)
        if (known->addr == type) {
            *found = true;
            return known->kind;
        }
    *found = false;
    return HF_KIND_FIELDS;
}

enum hf_kind hf_type_plans_find_kind(const struct hf_type_plans *plans, uint64_t type) {
    bool found;
    return known_kind(plans->layout, type, &found);
}

/* Kinds whose decoder gives all references of the C part and nothing that tp_traverse leaves out unmarked. */
static bool kind_is_exact(enum hf_kind kind) {
    switch (kind) {
    case HF_KIND_LEAF:
    case HF_KIND_OBJECT:
    case HF_KIND_DICT:
    case HF_KIND_LIST:
    case HF_KIND_TUPLE:
    case HF_KIND_SET:
    case HF_KIND_STR:
    case HF_KIND_BYTES:
    case HF_KIND_BYTEARRAY:
    case HF_KIND_INT:
    case HF_KIND_BOOL:
    case HF_KIND_FLOAT:
    case HF_KIND_COMPLEX:
    case HF_KIND_CELL:
    case HF_KIND_FUNCTION:
    case HF_KIND_DESCRIPTOR:
        return true;
    default:
        return false;
    }
}

/* Exact kinds that are nothing but named fields. */
static bool kind_has_fields(enum hf_kind kind) {
    return kind == HF_KIND_FUNCTION || kind == HF_KIND_DESCRIPTOR;
}

/* Nothing to decode: str, int and the like, and plain object() instances. */
static bool has_no_references(const struct hf_type_plan *plan) {
    bool leaf_kind = plan->kind == HF_KIND_LEAF || plan->kind == HF_KIND_OBJECT ||
                     (plan->kind >= HF_KIND_STR && plan->kind <= HF_KIND_COMPLEX);
    return plan->exact && leaf_kind && plan->num_fields == 0 && !plan->has_managed_dict && plan->dict_offset == 0 &&
           !plan->has_type_reference;
}

static uint32_t kind_flags(enum hf_kind kind) {
    switch (kind) {
    case HF_KIND_FLOAT:
        return HF_TYPE_FLOAT;
    case HF_KIND_CELL:
        return HF_TYPE_CELL;
    case HF_KIND_CODE:
        return HF_TYPE_CODE;
    case HF_KIND_FRAME:
        return HF_TYPE_FRAME;
    case HF_KIND_GENERATOR:
        return HF_TYPE_GENERATOR;
    case HF_KIND_COROUTINE:
        return HF_TYPE_COROUTINE;
    case HF_KIND_ASYNC_GENERATOR:
        return HF_TYPE_ASYNC_GENERATOR;
    case HF_KIND_MODULE:
        return HF_TYPE_MODULE;
    case HF_KIND_FUNCTION:
        return HF_TYPE_FUNCTION;
    case HF_KIND_METHOD:
        return HF_TYPE_METHOD;
    case HF_KIND_SET:
        return HF_TYPE_SET;
    default:
        return 0;
    }
}

/* tp_flags tells the subclasses of the common builtins, from 3.9 to 3.15 in the same bits. */
static uint32_t subclass_flags(uint32_t tp_flags) {
    static const uint32_t flag_of_bit[] = {HF_TYPE_INT,  HF_TYPE_LIST, HF_TYPE_TUPLE,     HF_TYPE_BYTES,
                                           HF_TYPE_STR,  HF_TYPE_DICT, HF_TYPE_EXCEPTION, HF_TYPE_TYPE};
    uint32_t flags = 0;
    for (int i = 0; i < 8; i++)
        if (tp_flags & ((TPFLAGS_LIST_SUBCLASS >> 1) << i))
            flags |= flag_of_bit[i];
    return flags;
}

const void *hf_type_view(struct hf_memory *memory, const struct hf_layout *layout, uint64_t type) {
    const void *view = hf_memory_view(memory, type, layout->type.type_bytes);
    if (view == NULL || !(hf_view_u32(view, layout->type.flags) & HF_TPFLAGS_HEAPTYPE))
        return view;
    return hf_memory_view(memory, type, layout->type.heap_bytes);
}

/* What one type on the way from a class to its C part says. */
struct type_level {
    uint64_t base, traverse, members;
    enum hf_kind kind;
    bool known;              /* the type has a decoder, `kind` */
    char name[MAX_TEXT_BYTES];
};

static bool read_level(struct hf_type_plans *plans, uint64_t type, struct type_level *out) {
    const struct hf_layout *layout = plans->layout;
    const void *view = hf_memory_view(plans->memory, type, layout->type.type_bytes);
    if (view == NULL)
        return false;
    out->base = hf_view_u64(view, layout->type.base);
    out->traverse = hf_view_u64(view, layout->type.traverse);
    out->members = hf_view_u64(view, layout->type.members);
    hf_memory_text(plans->memory, hf_view_u64(view, layout->type.name), out->name, sizeof out->name);
    out->kind = known_kind(layout, type, &out->known);
    if (!out->known) {
        out->kind = hf_kind_of(out->name);
        out->known = out->kind != HF_KIND_FIELDS;
    }
    return true;
}

static bool has_field(const struct hf_field *fields, uint32_t num_fields, int64_t offset) {
    for (uint32_t i = 0; i < num_fields; i++)
        if (fields[i].offset == offset)
            return true;
    return false;
}

/* Adds object members of one level of the class: __slots__ of Python classes, members of C types. */
static void add_members(struct hf_type_plans *plans, uint64_t at, struct hf_field *fields, uint32_t *num_fields) {
    const struct hf_layout *layout = plans->layout;
    char text[MAX_TEXT_BYTES];
    for (int i = 0; at != 0 && i < 1024; i++, at += layout->member.stride) {
        const void *member = hf_memory_view(plans->memory, at, layout->member.stride);
        uint64_t name = member != NULL ? hf_view_u64(member, layout->member.name) : 0;
        if (name == 0)
            return;
        int32_t member_type = hf_view_i32(member, layout->member.type);
        int64_t offset = hf_view_i64(member, layout->member.offset);
        if ((member_type != MEMBER_OBJECT && member_type != MEMBER_OBJECT_EX) || offset <= 0 || offset > INT32_MAX ||
            *num_fields == MAX_FIELDS || has_field(fields, *num_fields, offset))
            continue;
        size_t length = hf_memory_text(plans->memory, name, text, sizeof text);
        uint16_t number = strcmp(text, "__dict__") == 0
                              ? (uint16_t)HF_N_DICT
                              : hf_name_table_intern(plans->names, HF_NAME_ATTRIBUTE, text, length);
        fields[(*num_fields)++] = (struct hf_field){(uint32_t)offset, number};
    }
}

/* Adds what one level of a C type holds: the fields that the tables name, then its members. */
static void add_c_level(struct hf_type_plans *plans, const struct type_level *level, struct hf_field *fields,
                        uint32_t *num_fields) {
    uint32_t end =
        *num_fields + hf_fields_of(plans->layout, level->name, fields + *num_fields, MAX_FIELDS - *num_fields);
    /* A base may name what its subclass has named already. */
    for (uint32_t i = *num_fields; i < end; i++)
        if (!has_field(fields, *num_fields, fields[i].offset))
            fields[(*num_fields)++] = fields[i];
    add_members(plans, level->members, fields, num_fields);
}

/*
 * Walks up to the C part and collects the slots on the way; types in C without a traverse of their own (not collected,
 * or subclasses of int and the like) are passed with their fields. Gives its address, or 0 when it is not found.
 */
static uint64_t find_c_base(struct hf_type_plans *plans, uint64_t type, struct hf_field *fields,
                            uint32_t *num_fields) {
    struct type_level level;
    for (int i = 0; type != 0 && i < MAX_BASES; i++) {
        if (!read_level(plans, type, &level))
            return 0;
        if (level.traverse == plans->python_traverse) {
            add_members(plans, level.members, fields, num_fields);
        } else if (level.known || level.base == 0 || level.traverse != 0) {
            return type;
        } else {
            add_c_level(plans, &level, fields, num_fields);
        }
        type = level.base;
    }
    return 0;
}

/*
 * A C part that is no known builtin itself, such as defaultdict: its fields and those of its bases, and the decoder of
 * the nearest base that is known.
 */
static void add_c_part(struct hf_type_plans *plans, struct hf_type_plan *plan, uint64_t type, struct hf_field *fields,
                       uint32_t *num_fields) {
    bool known = false;
    struct type_level level;
    for (int i = 0; type != 0 && i < MAX_BASES && read_level(plans, type, &level); i++) {
        if (!known)
            plan->kind = level.kind, known = level.known;
        /* The members of `type` itself, such as __base__, are what its decoder gives. */
        if (plan->kind == HF_KIND_TYPE)
            return;
        if (plan->rest_name == HF_N_UNNAMED)
            plan->rest_name = hf_rest_name_of(level.name);
        add_c_level(plans, &level, fields, num_fields);
        type = level.base;
    }
}

static void set_dict(struct hf_type_plan *plan, const struct hf_layout *layout, int64_t offset, uint32_t tp_flags) {
    plan->has_managed_dict = layout->managed.style != HF_MANAGED_NONE && (tp_flags & TPFLAGS_MANAGED_DICT);
    plan->has_managed_weakrefs = layout->managed.style >= HF_MANAGED_TAGGED && (tp_flags & TPFLAGS_MANAGED_WEAKREF);
    plan->has_inline_values = plan->has_managed_dict &&
                              (layout->managed.style != HF_MANAGED_INLINE || (tp_flags & TPFLAGS_INLINE_VALUES));
    if (!plan->has_managed_dict && offset >= INT32_MIN && offset <= INT32_MAX)
        plan->dict_offset = (int32_t)offset;
}

/* C types may list their attribute dict as a member as well. */
static void drop_dict_field(const struct hf_type_plan *plan, struct hf_field *fields, uint32_t *num_fields) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *num_fields; i++)
        if (plan->dict_offset <= 0 || fields[i].offset != (uint32_t)plan->dict_offset)
            fields[kept++] = fields[i];
    *num_fields = kept;
}

/* Items of a struct sequence (sys.flags) that have a name are fields, and are not told a second time as items. */
static uint32_t count_named_items(const struct hf_layout *layout, const struct hf_field *fields, uint32_t num_fields) {
    uint32_t count = 0;
    while (has_field(fields, num_fields, layout->tuple.items + count * 8))
        count++;
    return count;
}

static bool keep_fields(struct hf_arena *arena, struct hf_type_plan *plan, const struct hf_field *fields,
                        uint32_t num_fields) {
    if (num_fields == 0)
        return true;
    struct hf_field *copy = hf_arena_alloc(arena, num_fields, sizeof *copy);
    if (copy == NULL)
        return false;
    memcpy(copy, fields, num_fields * sizeof *copy);
    plan->fields = copy;
    plan->num_fields = num_fields;
    return true;
}

/* The type of a link of an lru_cache is referred to by the link, and reported by the cache in its place. */
static bool reports_its_type(struct hf_type_plans *plans, uint64_t type) {
    struct type_level level;
    return !read_level(plans, type, &level) || strcmp(level.name, "functools._lru_list_elem") != 0;
}

static bool work_out(struct hf_type_plans *plans, struct hf_type_plan *plan, const void *view,
                     struct hf_field *scratch) {
    const struct hf_layout *layout = plans->layout;
    uint32_t tp_flags = hf_view_u32(view, layout->type.flags);
    bool heap = tp_flags & HF_TPFLAGS_HEAPTYPE;
    plan->collected = tp_flags & TPFLAGS_HAVE_GC;
    plan->traverse = hf_view_u64(view, layout->type.traverse);
    plan->basicsize = (uint32_t)hf_view_u64(view, layout->type.basicsize);
    plan->itemsize = (uint32_t)hf_view_u64(view, layout->type.itemsize);
    plan->cached_keys = heap ? hf_view_u64(view, layout->type.ht_cached_keys) : 0;
    plan->flags = subclass_flags(tp_flags) | (heap ? HF_TYPE_HEAP : 0) |
                  (hf_view_u64(view, layout->type.descr_get) != 0 ? HF_TYPE_DESCRIPTOR : 0);
    int64_t dict_offset = hf_view_i64(view, layout->type.dictoffset);
    if (hf_view_u64(view, layout->type.finalize) != 0 || hf_view_u64(view, layout->type.del) != 0)
        plan->flags |= HF_TYPE_FINALIZER;

    uint32_t num_fields = 0;
    uint64_t c_base = find_c_base(plans, plan->addr, scratch, &num_fields);
    const void *c_view = c_base != 0 ? hf_type_view(plans->memory, layout, c_base) : NULL;
    if (c_view == NULL) {
        /* A base is missing, with what it adds. */
        plan->has_type_reference = heap;
        set_dict(plan, layout, dict_offset, tp_flags);
        return keep_fields(plans->arena, plan, scratch, num_fields);
    }
    bool known;
    plan->c_base = c_base;
    plan->kind = known_kind(layout, c_base, &known);
    plan->exact = known && kind_is_exact(plan->kind);
    bool c_visits_type = (hf_view_u32(c_view, layout->type.flags) & HF_TPFLAGS_HEAPTYPE) != 0;
    plan->has_type_reference = heap && reports_its_type(plans, plan->addr);
    plan->type_reference_is_extra = heap && !plan->collected;
    if (heap && c_visits_type && !plan->exact)
        plan->type_reference_is_extra = false;
    if (!plan->exact || kind_has_fields(plan->kind))
        add_c_part(plans, plan, c_base, scratch, &num_fields);
    plan->flags |= kind_flags(plan->kind);
    if (plan->kind != HF_KIND_TYPE)
        set_dict(plan, layout, dict_offset, tp_flags);
    drop_dict_field(plan, scratch, &num_fields);
    if (plan->kind == HF_KIND_TUPLE)
        plan->num_named_items = count_named_items(layout, scratch, num_fields);
    if (!keep_fields(plans->arena, plan, scratch, num_fields))
        return false;
    plan->is_leaf = has_no_references(plan);
    return true;
}

static void place(struct hf_type_plan **slots, size_t num_slots, struct hf_type_plan *plan) {
    size_t at = hf_address_hash(plan->addr) & (num_slots - 1);
    while (slots[at] != NULL)
        at = (at + 1) & (num_slots - 1);
    slots[at] = plan;
}

static bool grow(struct hf_type_plans *plans) {
    size_t num_slots = plans->num_slots * 2;
    struct hf_type_plan **slots = hf_arena_alloc(plans->arena, num_slots, sizeof *slots);
    struct hf_type_plan **in_order = hf_arena_alloc(plans->arena, num_slots, sizeof *in_order);
    if (slots == NULL || in_order == NULL)
        return false;
    memcpy(in_order, plans->in_order, plans->num_plans * sizeof *in_order);
    for (uint32_t i = 0; i < plans->num_plans; i++)
        place(slots, num_slots, in_order[i]);
    plans->slots = slots;
    plans->in_order = in_order;
    plans->num_slots = num_slots;
    return true;
}

struct hf_type_plan *hf_type_plans_add(struct hf_type_plans *plans, uint64_t type) {
    plans->out_of_memory = false;
    if (plans->memory->view != NULL && !hf_type_check(plans, type))
        return NULL;
    const void *view = hf_type_view(plans->memory, plans->layout, type);
    if (view == NULL)
        return NULL;
    bool has_room = plans->num_plans * 2 < plans->num_slots || grow(plans);
    struct hf_type_plan *plan = has_room ? hf_arena_alloc(plans->arena, 1, sizeof *plan) : NULL;
    if (plan != NULL)
        plan->addr = type;
    if (plan == NULL || !work_out(plans, plan, view, plans->scratch)) {
        plans->out_of_memory = true;
        return NULL;
    }
    plan->index = plans->num_plans;
    plans->in_order[plans->num_plans++] = plan;
    place(plans->slots, plans->num_slots, plan);
    if (plans->on_new != NULL)
        plans->on_new(plans->on_new_context, plan);
    return plan;
}

bool hf_type_plans_init(struct hf_type_plans *plans, struct hf_memory *memory, const struct hf_layout *layout,
                        struct hf_name_table *names, uint64_t python_traverse) {
    *plans = (struct hf_type_plans){.arena = names->arena, .memory = memory, .layout = layout, .names = names,
                                    .python_traverse = python_traverse, .num_slots = 8192, .num_keys_slots = 4096};
    plans->slots = hf_arena_alloc(plans->arena, plans->num_slots, sizeof(struct hf_type_plan *));
    plans->in_order = hf_arena_alloc(plans->arena, plans->num_slots, sizeof(struct hf_type_plan *));
    plans->keys_slots = hf_arena_alloc(plans->arena, plans->num_keys_slots, sizeof(struct hf_shared_keys *));
    plans->scratch = hf_arena_alloc(plans->arena, MAX_FIELDS, sizeof *plans->scratch);
    return !plans->arena->failed;
}

static void place_keys(struct hf_shared_keys **slots, size_t num_slots, struct hf_shared_keys *keys) {
    size_t at = hf_address_hash(keys->addr) & (num_slots - 1);
    while (slots[at] != NULL)
        at = (at + 1) & (num_slots - 1);
    slots[at] = keys;
}

static bool grow_keys(struct hf_type_plans *plans) {
    size_t num_slots = plans->num_keys_slots * 2;
    struct hf_shared_keys **slots = hf_arena_alloc(plans->arena, num_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < plans->num_keys_slots; i++)
        if (plans->keys_slots[i] != NULL)
            place_keys(slots, num_slots, plans->keys_slots[i]);
    plans->keys_slots = slots;
    plans->num_keys_slots = num_slots;
    return true;
}

static struct hf_shared_keys *find_keys(struct hf_type_plans *plans, uint64_t addr) {
    size_t mask = plans->num_keys_slots - 1;
    for (size_t at = hf_address_hash(addr) & mask; plans->keys_slots[at] != NULL; at = (at + 1) & mask)
        if (plans->keys_slots[at]->addr == addr)
            return plans->keys_slots[at];
    if (plans->num_keys * 2 >= plans->num_keys_slots && !grow_keys(plans))
        return NULL;
    struct hf_shared_keys *keys = hf_arena_alloc(plans->arena, 1, sizeof *keys);
    if (keys == NULL)
        return NULL;
    keys->addr = addr;
    place_keys(plans->keys_slots, plans->num_keys_slots, keys);
    plans->num_keys++;
    return keys;
}

static uint16_t attribute_name(struct hf_type_plans *plans, uint64_t key) {
    char utf8[4096];
    uint64_t num_chars;
    struct hf_str str;
    if (key == 0 || !hf_str_read(plans->memory, plans->layout, key, &str))
        return HF_N_UNNAMED;
    size_t length = hf_str_to_utf8(plans->memory, &str, sizeof utf8, utf8, sizeof utf8, &num_chars);
    return hf_name_table_intern(plans->names, HF_NAME_ATTRIBUTE, utf8, length);
}

const uint16_t *hf_shared_key_names(struct hf_type_plans *plans, struct hf_shared_keys **cache, uint64_t addr,
                                    uint32_t count) {
    struct hf_shared_keys *keys = *cache;
    if (keys == NULL || keys->addr != addr) {
        keys = *cache = find_keys(plans, addr);
        if (keys == NULL)
            return NULL;
    }
    if (keys->num_names >= count)
        return keys->names;
    uint16_t *names = hf_arena_alloc(plans->arena, count, sizeof *names);
    if (names == NULL)
        return NULL;
    if (keys->num_names > 0)
        memcpy(names, keys->names, keys->num_names * sizeof *names);
    keys->names = names;
    struct hf_dict_keys view;
    if (!hf_dict_keys_read(plans->memory, plans->layout, addr, &view))
        return NULL;
    for (; keys->num_names < count; keys->num_names++)
        names[keys->num_names] =
            keys->num_names < view.num_entries
                ? attribute_name(plans, hf_dict_keys_key(plans->memory, &view, keys->num_names))
                : HF_N_UNNAMED;
    return names;
}
