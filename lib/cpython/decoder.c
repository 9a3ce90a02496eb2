/*
 * decoder.c - one function per builtin layout; hf_decode joins the C part with what Python classes add.
 *
 *   instance of `class Session(Base)`:
 *     slots of Session, slots of Base | inline values or attribute dict | type | references of the C base
 *
 * This is the order of subtype_traverse. Rejected: decoding by name of attribute through tp_getattro, which would run
 * code and create dicts.
 */
#include "cpython/decoder.h"

#include "cpython/dict.h"
#include "cpython/frame.h"

#define MAX_ITEMS (UINT64_C(1) << 40)
#define TPFLAGS_STATIC_BUILTIN (1u << 1)

typedef struct hf_decoder decoder_t;
typedef struct hf_references references_t;

static void add_field(decoder_t *decoder, uint64_t addr, uint32_t offset, uint16_t name, references_t *references) {
    hf_references_add(references, hf_memory_word(decoder->memory, addr + offset), name);
}

static void add_fields(decoder_t *decoder, const struct hf_type_plan *plan, uint64_t addr, references_t *references) {
    for (uint32_t i = 0; i < plan->num_fields;) {
        uint32_t end = plan->num_fields - i < HF_REFERENCES_BATCH ? plan->num_fields : i + HF_REFERENCES_BATCH;
        hf_references_reserve(references, HF_REFERENCES_BATCH);
        for (; i < end; i++)
            hf_references_put(references, hf_memory_word(decoder->memory, addr + plan->fields[i].offset),
                              plan->fields[i].name);
    }
}

/* ---- containers ---- */

static void add_items(decoder_t *decoder, uint64_t items, uint64_t count, uint16_t name, references_t *references) {
    if (items == 0 || count == 0 || count > MAX_ITEMS)
        return;
    const void *view = hf_memory_view(decoder->memory, items, (size_t)count * 8);
    if (view == NULL)
        return;
    for (uint64_t i = 0; i < count;) {
        uint64_t end = count - i < HF_REFERENCES_BATCH ? count : i + HF_REFERENCES_BATCH;
        hf_references_reserve(references, HF_REFERENCES_BATCH);
        for (; i < end; i++)
            hf_references_put(references, hf_view_u64(view, (size_t)i * 8), name);
    }
}

static void decode_list(decoder_t *decoder, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, addr, layout->list.allocated);
    if (view != NULL)
        add_items(decoder, hf_view_u64(view, layout->list.items), hf_view_u64(view, layout->object.var_size), HF_N_ITEM,
                  references);
}

static void decode_tuple(decoder_t *decoder, const struct hf_type_plan *plan, uint64_t addr,
                         references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, addr, layout->tuple.items);
    uint64_t size = view != NULL ? hf_view_u64(view, layout->object.var_size) : 0;
    if (size > plan->num_named_items)
        add_items(decoder, addr + layout->tuple.items + plan->num_named_items * 8ul, size - plan->num_named_items,
                  HF_N_ITEM, references);
}

static void decode_set(decoder_t *decoder, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, addr, (size_t)layout->set.table + 8);
    if (view == NULL)
        return;
    uint64_t mask = hf_view_u64(view, layout->set.mask), table = hf_view_u64(view, layout->set.table);
    if (mask >= MAX_ITEMS)
        return;
    const void *entries = hf_memory_view(decoder->memory, table, (size_t)(mask + 1) * layout->set.entry_bytes);
    for (uint64_t i = 0; entries != NULL && i <= mask; i++) {
        const char *entry = (const char *)entries + i * layout->set.entry_bytes;
        /* A deleted entry has a mark for a key, which is known by its hash: no object has -1. */
        if (hf_view_i64(entry, 8) != -1)
            hf_references_add(references, hf_view_u64(entry, 0), HF_N_MEMBER);
    }
}

static void decode_combined_dict(decoder_t *decoder, const struct hf_dict_keys *keys, references_t *references) {
    if (keys->num_entries == 0)
        return;
    const void *view =
        hf_memory_view(decoder->memory, keys->entries, (size_t)(keys->num_entries * keys->entry_bytes));
    if (view == NULL)
        return;
    uint16_t key_name = keys->general ? HF_N_KEY : HF_N_KEY_EXTRA;
    for (uint64_t i = 0; i < keys->num_entries; i++) {
        const char *entry = (const char *)view + i * keys->entry_bytes;
        uint64_t key = hf_view_u64(entry, keys->key_at), value = hf_view_u64(entry, keys->value_at);
        if (key == 0 || value == 0)
            continue;
        hf_references_reserve(references, 2);
        hf_references_put(references, key, key_name);
        hf_references_put(references, value, HF_N_VALUE);
    }
}

/* Values of an instance, named by the keys that its class shares among all instances. */
static void decode_shared_values(decoder_t *decoder, struct hf_shared_keys **cache, uint64_t keys, uint64_t values,
                                 references_t *references) {
    struct hf_dict_keys view;
    if (values == 0 || !hf_dict_keys_read(decoder->memory, decoder->layout, keys, &view) || view.num_entries > 65536)
        return;
    uint32_t count = (uint32_t)view.num_entries;
    const uint16_t *names = hf_shared_key_names(&decoder->plans, cache, keys, count);
    const void *slots = hf_memory_view(decoder->memory, values, count * 8ul);
    if (names == NULL || slots == NULL)
        return;
    for (uint32_t i = 0; i < count; i++)
        hf_references_add(references, hf_view_u64(slots, i * 8ul), names[i]);
}

/* Interned strings live as long as others have them: their dict does not keep them. */
static bool is_interned_dict(const decoder_t *decoder, uint64_t addr) {
    for (uint32_t i = 0; i < decoder->num_interned; i++)
        if (decoder->interned[i] == addr)
            return true;
    return false;
}

static void decode_dict(decoder_t *decoder, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, addr, layout->dict.bytes);
    if (view == NULL || is_interned_dict(decoder, addr))
        return;
    uint64_t keys_addr = hf_view_u64(view, layout->dict.keys), values = hf_view_u64(view, layout->dict.values);
    struct hf_dict_keys keys;
    if (keys_addr == 0 || !hf_dict_keys_read(decoder->memory, layout, keys_addr, &keys))
        return;
    if (values != 0)
        decode_shared_values(decoder, &decoder->last_keys, keys_addr, values + layout->managed.first_value, references);
    else
        decode_combined_dict(decoder, &keys, references);
}

/* ---- attributes of instances ---- */

static void decode_managed_dict(decoder_t *decoder, struct hf_type_plan *plan, uint64_t addr,
                                references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t dict = 0, values = 0;
    switch (layout->managed.style) {
    case HF_MANAGED_NONE:
        return;
    case HF_MANAGED_TWO_WORDS:
        values = hf_memory_word(decoder->memory, addr - 4 * 8);
        dict = hf_memory_word(decoder->memory, addr - 3 * 8);
        break;
    case HF_MANAGED_TAGGED:
        dict = hf_memory_word(decoder->memory, addr - 3 * 8);
        if (dict & 1) {
            values = dict + 1;
            dict = 0;
        }
        break;
    case HF_MANAGED_INLINE:
        dict = hf_memory_word(decoder->memory, addr - 3 * 8);
        /* A dict that is there shares the inline values, and the collector sees them through the dict. */
        if (plan->has_inline_values && dict == 0) {
            uint64_t inline_values = addr + plan->basicsize;
            const void *view = hf_memory_view(decoder->memory, inline_values, layout->managed.first_value);
            if (view != NULL && hf_view_u8(view, layout->managed.valid))
                values = inline_values;
        }
        break;
    }
    if (values != 0)
        decode_shared_values(decoder, &plan->shared_keys, plan->cached_keys, values + layout->managed.first_value,
                             references);
    hf_references_add(references, dict, HF_N_DICT);
}

/* A plain attribute dict; a negative offset counts from the end of a variable-size object. */
static void decode_plain_dict(decoder_t *decoder, const struct hf_type_plan *plan, uint64_t addr,
                              references_t *references) {
    int64_t offset = plan->dict_offset;
    if (offset < 0) {
        const void *view = hf_memory_view(decoder->memory, addr, decoder->layout->object.head_bytes + 8ul);
        if (view == NULL)
            return;
        int64_t items = hf_view_i64(view, decoder->layout->object.var_size);
        if (decoder->layout->integer.tagged && (plan->flags & HF_TYPE_INT))
            items = (int64_t)((uint64_t)items >> 3);
        uint64_t count = (uint64_t)(items < 0 ? -items : items);
        if (count > MAX_ITEMS)
            return;
        uint64_t size = (plan->basicsize + count * plan->itemsize + 7) & ~UINT64_C(7);
        offset += (int64_t)size;
    }
    if (offset > 0)
        hf_references_add(references, hf_memory_word(decoder->memory, addr + (uint64_t)offset), HF_N_DICT);
}

/*
 * Elements are items where Python counts them as they lie in memory: in one dimension, one after the other, all there.
 */
static uint16_t element_name(decoder_t *decoder, uint64_t data, uint64_t count, uint32_t nd, uint64_t strides) {
    if (nd != 1 || (count > 1 && hf_memory_word(decoder->memory, strides) != 8))
        return HF_N_ARRAY_ELEMENT;
    const void *view = hf_memory_view(decoder->memory, data, (size_t)count * 8);
    for (uint64_t i = 0; view != NULL && i < count; i++)
        if (hf_view_u64(view, (size_t)i * 8) == 0)
            return HF_N_ARRAY_ELEMENT;
    return HF_N_ITEM_EXTRA;
}

/*
 * numpy.ndarray (1.x and 2.x): data, nd, dimensions, strides, base, descr, flags; it is not collected. An array of
 * objects that owns its data, which has no gaps then, holds one reference for each element.
 */
static void decode_ndarray(decoder_t *decoder, uint64_t addr, references_t *references) {
    enum { DATA = 16, ND = 24, DIMENSIONS = 32, STRIDES = 40, BASE = 48, DESCR = 56, FLAGS = 64, BYTES = 72 };
    enum { OWNS_DATA = 4, MAX_DIMENSIONS = 64, DTYPE_KIND = 24 };
    const void *view = hf_memory_view(decoder->memory, addr, BYTES);
    if (view == NULL)
        return;
    uint64_t descr = hf_view_u64(view, DESCR), dimensions = hf_view_u64(view, DIMENSIONS);
    uint64_t data = hf_view_u64(view, DATA), strides = hf_view_u64(view, STRIDES);
    uint32_t nd = hf_view_u32(view, ND), flags = hf_view_u32(view, FLAGS);
    hf_references_add(references, hf_view_u64(view, BASE), HF_N_ARRAY_BASE);
    hf_references_add(references, descr, HF_N_ARRAY_DTYPE);
    const void *dtype = descr != 0 ? hf_memory_view(decoder->memory, descr, DTYPE_KIND + 1) : NULL;
    if (dtype == NULL || hf_view_u8(dtype, DTYPE_KIND) != 'O' || !(flags & OWNS_DATA) || nd > MAX_DIMENSIONS)
        return;
    uint64_t count = 1;
    for (uint32_t i = 0; i < nd; i++) {
        uint64_t extent = hf_memory_word(decoder->memory, dimensions + i * 8ul);
        if (__builtin_mul_overflow(count, extent, &count) || count > MAX_ITEMS)
            return;
    }
    add_items(decoder, data, count, element_name(decoder, data, count, nd, strides), references);
}

/* datetime.h: the hash, whether there is a time zone, the fields in bytes, and the time zone if there is one. */
static void decode_datetime(decoder_t *decoder, uint64_t addr, uint32_t tzinfo, references_t *references) {
    enum { HAS_TZINFO = 24 };
    const void *view = hf_memory_view(decoder->memory, addr, HAS_TZINFO + 1);
    if (view != NULL && hf_view_u8(view, HAS_TZINFO) != 0)
        add_field(decoder, addr, tzinfo, HF_N_TZINFO, references);
}

/*
 * functools._lru_cache_wrapper: a ring of links from the wrapper back to itself. Its tp_traverse reports what a link
 * holds, type included, and leaves out the link. A broken ring may never come back: a link that comes again ends it.
 */
static void decode_lru_cache(decoder_t *decoder, uint64_t addr, references_t *references) {
    enum { NEXT = 24, KEY = 40, VALUE = 48 };
    uint64_t link = hf_memory_word(decoder->memory, addr + NEXT), met_before = 0;
    for (uint64_t i = 1; link != addr && link != 0 && link != met_before; i++) {
        if ((i & (i - 1)) == 0)
            met_before = link;
        hf_references_add(references, link, HF_N_CACHE_LINK);
        add_field(decoder, link, KEY, HF_N_CACHE_KEY, references);
        add_field(decoder, link, VALUE, HF_N_CACHE_VALUE, references);
        if (decoder->layout->version >= 0x030a)
            add_field(decoder, link, decoder->layout->object.type, HF_N_CACHE_LINK_TYPE, references);
        link = hf_memory_word(decoder->memory, link + NEXT);
    }
}

/* Annotations are a tuple until somebody reads __annotations__, which makes a dict of it. */
static void decode_function(decoder_t *decoder, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t annotations = hf_memory_word(decoder->memory, addr + layout->function.annotations);
    if (annotations == 0)
        return;
    uint64_t type = hf_memory_word(decoder->memory, annotations + layout->object.type);
    bool is_dict = hf_type_plans_find_kind(&decoder->plans, type) == HF_KIND_DICT;
    hf_references_add(references, annotations, is_dict ? HF_N_ANNOTATIONS : HF_N_ANNOTATIONS_TUPLE);
}

/* ---- types and code ---- */

static bool is_static_builtin(const struct hf_layout *layout, uint32_t tp_flags) {
    return layout->static_types.num_states != 0 && (tp_flags & TPFLAGS_STATIC_BUILTIN);
}

/* The state at `index` of an array in the interpreter, if it is that of the type; else 0. */
static uint64_t static_state(decoder_t *decoder, uint64_t states, uint64_t num_states, uint64_t index, uint64_t type) {
    uint64_t state = states + index * decoder->layout->static_types.stride;
    return index < num_states && hf_memory_word(decoder->memory, state + decoder->layout->static_types.type) == type
               ? state
               : 0;
}

static void find_static_parts(decoder_t *decoder, uint64_t type, uint64_t number, uint32_t interpreter,
                              uint64_t *dict, uint64_t *subclasses) {
    const struct hf_layout *layout = decoder->layout;
    *dict = *subclasses = 0;
    if (interpreter >= decoder->num_interpreters || number == 0)
        return;
    uint64_t interp = decoder->interpreters[interpreter];
    uint64_t state = static_state(decoder, interp + layout->static_types.states, layout->static_types.num_states,
                                  number - 1, type);
    if (state == 0)
        state = static_state(decoder, interp + layout->static_types.extension_states,
                             layout->static_types.num_extension_states, number - 1, type);
    if (state == 0)
        return;
    *dict = hf_memory_word(decoder->memory, state + layout->static_types.dict);
    *subclasses = hf_memory_word(decoder->memory, state + layout->static_types.subclasses);
}

void hf_type_parts(struct hf_decoder *decoder, uint64_t type, uint32_t interpreter, uint64_t *dict,
                   uint64_t *subclasses) {
    const struct hf_layout *layout = decoder->layout;
    *dict = hf_memory_word(decoder->memory, type + layout->type.dict);
    *subclasses = hf_memory_word(decoder->memory, type + layout->type.subclasses);
    if (is_static_builtin(layout, (uint32_t)hf_memory_word(decoder->memory, type + layout->type.flags)))
        find_static_parts(decoder, type, *subclasses, interpreter, dict, subclasses);
}

/* The same of the other interpreters. */
static void add_other_parts(decoder_t *decoder, uint64_t type, references_t *references) {
    for (uint32_t i = 1; i < decoder->num_interpreters; i++) {
        uint64_t dict, subclasses;
        hf_type_parts(decoder, type, i, &dict, &subclasses);
        hf_references_add(references, dict, HF_N_TYPE_DICT_EXTRA);
        hf_references_add(references, subclasses, HF_N_SUBCLASSES);
    }
}

static void decode_heap_type(decoder_t *decoder, const void *view, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t cached_keys = hf_view_u64(view, layout->type.ht_cached_keys);
    hf_references_add(references, hf_view_u64(view, layout->type.ht_module), HF_N_TYPE_MODULE);
    hf_references_add(references, hf_view_u64(view, layout->type.ht_name), HF_N_TYPE_NAME);
    hf_references_add(references, hf_view_u64(view, layout->type.ht_qualname), HF_N_TYPE_QUALNAME);
    hf_references_add(references, hf_view_u64(view, layout->type.ht_slots), HF_N_TYPE_SLOTS);
    struct hf_dict_keys keys;
    if (cached_keys == 0 || !hf_dict_keys_read(decoder->memory, layout, cached_keys, &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries; i++)
        hf_references_add(references, hf_dict_keys_key(decoder->memory, &keys, i), HF_N_CACHED_KEY);
}

static void decode_type(decoder_t *decoder, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_type_view(decoder->memory, layout, addr);
    if (view == NULL)
        return;
    uint32_t tp_flags = hf_view_u32(view, layout->type.flags);
    bool heap = tp_flags & HF_TPFLAGS_HEAPTYPE;
    uint64_t dict = hf_view_u64(view, layout->type.dict), subclasses = hf_view_u64(view, layout->type.subclasses);
    uint64_t mro = hf_view_u64(view, layout->type.mro), bases = hf_view_u64(view, layout->type.bases);
    uint64_t base = hf_view_u64(view, layout->type.base), cache = hf_view_u64(view, layout->type.cache);
    if (is_static_builtin(layout, tp_flags))
        find_static_parts(decoder, addr, subclasses, 0, &dict, &subclasses);
    hf_references_add(references, dict, heap ? HF_N_TYPE_DICT : HF_N_TYPE_DICT_EXTRA);
    hf_references_add(references, mro, heap ? HF_N_MRO : HF_N_MRO_EXTRA);
    hf_references_add(references, bases, heap ? HF_N_BASES : HF_N_BASES_EXTRA);
    /* A static type borrows its base from the tuple of its bases. */
    if (heap)
        hf_references_add(references, base, HF_N_BASE);
    hf_references_add(references, cache, HF_N_TYPE_CACHE);
    hf_references_add(references, subclasses, HF_N_SUBCLASSES);
    if (is_static_builtin(layout, tp_flags))
        add_other_parts(decoder, addr, references);
    if (heap)
        decode_heap_type(decoder, view, references);
}

/* ---- generators and frames ---- */

/*
 * What a suspended coroutine waits for lies on top of its stack: nothing but an await suspends it. A frame that runs
 * has a previous one. Generators and async generators may yield as well, with anything on top.
 */
static void name_awaited(decoder_t *decoder, uint64_t frame, references_t *references) {
    bool is_suspended = hf_memory_word(decoder->memory, frame + decoder->layout->frame.previous) == 0;
    size_t count = references->count;
    if (is_suspended && count > 0 && references->name[count - 1] == HF_N_STACK)
        references->name[count - 1] = HF_N_CR_AWAIT;
}

static void decode_generator(decoder_t *decoder, enum hf_kind kind, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    if (layout->generator.iframe == HF_ABSENT) {
        /* Type, value and traceback, side by side. */
        for (int i = -1; i <= 1; i++)
            add_field(decoder, addr, (uint32_t)(layout->generator.exc_value + i * 8), HF_N_EXC_STATE, references);
        return;
    }
    const void *view = hf_memory_view(decoder->memory, addr, layout->generator.iframe);
    if (view == NULL)
        return;
    int8_t state = (int8_t)hf_view_u8(view, layout->generator.frame_state);
    uint64_t exc_value = hf_view_u64(view, layout->generator.exc_value);
    if (state < layout->generator.state_cleared) {
        hf_decode_frame(decoder, addr + layout->generator.iframe, false, references);
        if (kind == HF_KIND_COROUTINE)
            name_awaited(decoder, addr + layout->generator.iframe, references);
    } else if (layout->version >= 0x030e) {
        hf_references_add(references, hf_frame_code(decoder, addr + layout->generator.iframe), HF_N_FRAME_CODE);
    }
    hf_references_add(references, exc_value, HF_N_EXC_STATE);
}

/* A frame object owns its variables once the frame has returned; before that they are the thread's or generator's. */
static void decode_frame_object(decoder_t *decoder, uint64_t addr, references_t *references) {
    const struct hf_layout *layout = decoder->layout;
    if (layout->frame_object.frame == HF_ABSENT) {
        hf_decode_old_frame(decoder, addr, references);
        return;
    }
    uint64_t frame = hf_memory_word(decoder->memory, addr + layout->frame_object.frame);
    if (frame == addr + layout->frame_object.own_frame_data)
        hf_decode_frame(decoder, frame, false, references);
}

/* ---- the whole object ---- */

static void decode_c_part(decoder_t *decoder, const struct hf_type_plan *plan, uint64_t addr,
                          references_t *references) {
    switch (plan->kind) {
    case HF_KIND_DICT:
        decode_dict(decoder, addr, references);
        return;
    case HF_KIND_LIST:
        decode_list(decoder, addr, references);
        return;
    case HF_KIND_TUPLE:
        decode_tuple(decoder, plan, addr, references);
        return;
    case HF_KIND_SET:
        decode_set(decoder, addr, references);
        return;
    case HF_KIND_CELL:
        add_field(decoder, addr, decoder->layout->cell.value, HF_N_CELL, references);
        return;
    case HF_KIND_TYPE:
        decode_type(decoder, addr, references);
        return;
    case HF_KIND_FUNCTION:
        decode_function(decoder, addr, references);
        return;
    case HF_KIND_GENERATOR:
    case HF_KIND_COROUTINE:
    case HF_KIND_ASYNC_GENERATOR:
        decode_generator(decoder, plan->kind, addr, references);
        return;
    case HF_KIND_FRAME:
        decode_frame_object(decoder, addr, references);
        return;
    case HF_KIND_NDARRAY:
        decode_ndarray(decoder, addr, references);
        return;
    case HF_KIND_DATETIME:
        decode_datetime(decoder, addr, 40, references);
        return;
    case HF_KIND_TIME:
        decode_datetime(decoder, addr, 32, references);
        return;
    case HF_KIND_LRU_CACHE:
        decode_lru_cache(decoder, addr, references);
        return;
    default:
        return;
    }
}

void hf_decode(struct hf_decoder *decoder, struct hf_type_plan *plan, uint64_t addr,
               struct hf_references *references) {
    add_fields(decoder, plan, addr, references);
    if (plan->has_managed_dict)
        decode_managed_dict(decoder, plan, addr, references);
    else if (plan->dict_offset != 0)
        decode_plain_dict(decoder, plan, addr, references);
    if (plan->has_type_reference)
        hf_references_add(references, plan->addr, plan->type_reference_is_extra ? HF_N_TYPE_EXTRA : HF_N_TYPE);
    decode_c_part(decoder, plan, addr, references);
}

bool hf_decoder_init(struct hf_decoder *decoder, struct hf_arena *arena, struct hf_memory *memory,
                     const struct hf_layout *layout, uint64_t python_traverse) {
    *decoder = (struct hf_decoder){.arena = arena, .memory = memory, .layout = layout};
    return hf_name_table_init(&decoder->names, arena) &&
           hf_type_plans_init(&decoder->plans, memory, layout, &decoder->names, python_traverse);
}
