/*
 * extent.c - what views show and what attributes take.
 *
 *   3.9, 3.10   [head of the collector][object | dict * | weak references *]
 *   3.11        [values *, dict *][head of the collector][object | weak references *]   values: own memory
 *   3.12        [weak references *, dict or values *][head ...][object]                 values: own memory
 *   3.13        [weak references *, dict *][head ...][object | values]                  values: behind the object
 *
 * Values are an array of one word for each attribute name that the class has room for, and a byte for each in front of
 * it, or behind, that keeps the order; their number is that of the keys that all instances share.
 */
#include "cpython/extent.h"

#include <string.h>

#include "cpython/dict.h"

#define MANAGED_HEAD_BYTES 16

static uint64_t word(struct hf_decoder *decoder, uint64_t addr) {
    return hf_memory_word(decoder->memory, addr);
}

static bool is_named(struct hf_decoder *decoder, uint64_t type, const char *wanted) {
    char name[32];
    hf_memory_text(decoder->memory, word(decoder, type + decoder->layout->type.name), name, sizeof name);
    return strcmp(name, wanted) == 0;
}

/* ---- views ---- */

/*
 * Where numpy's descriptors keep the size of an element, which is a member of theirs: 1.x and 2.x differ. 0: unknown.
 */
static uint64_t element_size(struct hf_decoder *decoder, uint64_t descr) {
    enum { MAX_BASES = 8, MAX_MEMBERS = 64 };
    const struct hf_layout *layout = decoder->layout;
    uint64_t type = word(decoder, descr + layout->object.type);
    for (int i = 0; type != 0 && i < MAX_BASES; i++, type = word(decoder, type + layout->type.base)) {
        uint64_t member = word(decoder, type + layout->type.members);
        for (int j = 0; member != 0 && j < MAX_MEMBERS; j++, member += layout->member.stride) {
            char name[16];
            uint64_t text = word(decoder, member + layout->member.name);
            if (text == 0)
                break;
            if (hf_memory_text(decoder->memory, text, name, sizeof name) == 0 || strcmp(name, "itemsize") != 0)
                continue;
            uint64_t size = word(decoder, descr + word(decoder, member + layout->member.offset));
            bool is_int = (word(decoder, member + layout->member.type) & UINT32_MAX) == 1;
            return is_int ? size & UINT32_MAX : size;
        }
    }
    return 0;
}

bool hf_ndarray_bytes(struct hf_decoder *decoder, uint64_t addr, uint64_t *num_bytes) {
    enum { NUM_DIMENSIONS = 24, DIMENSIONS = 32, DESCR = 56, MAX_DIMENSIONS = 64 };
    uint64_t nd = word(decoder, addr + NUM_DIMENSIONS) & UINT32_MAX, dimensions = word(decoder, addr + DIMENSIONS);
    uint64_t descr = word(decoder, addr + DESCR);
    uint64_t bytes = descr != 0 ? element_size(decoder, descr) : 0;
    for (uint64_t i = 0; i < nd && i < MAX_DIMENSIONS; i++)
        if (__builtin_mul_overflow(bytes, word(decoder, dimensions + i * 8), &bytes))
            return false;
    *num_bytes = bytes;
    return nd <= MAX_DIMENSIONS;
}

bool hf_type_has_views(struct hf_decoder *decoder, const struct hf_type_plan *plan) {
    return plan->kind == HF_KIND_NDARRAY || is_named(decoder, plan->addr, "memoryview");
}

bool hf_view_bytes(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr, uint64_t *num_bytes) {
    enum { ARRAY_BASE = 48, ARRAY_FLAGS = 64, OWNS_DATA = 4, VIEW_LENGTH = 72 };
    if (plan->kind == HF_KIND_NDARRAY)
        return (word(decoder, addr + ARRAY_FLAGS) & OWNS_DATA) == 0 && word(decoder, addr + ARRAY_BASE) != 0 &&
               hf_ndarray_bytes(decoder, addr, num_bytes);
    *num_bytes = word(decoder, addr + VIEW_LENGTH);
    return *num_bytes < UINT64_C(1) << 47;
}

/* ---- attributes ---- */

static uint32_t values_bytes(const struct hf_layout *layout, uint64_t num_values) {
    enum { MAX_VALUES = 254 };
    uint64_t count = num_values < MAX_VALUES ? num_values : MAX_VALUES;
    bool is_inside = layout->managed.style == HF_MANAGED_INLINE;
    uint64_t order_bytes = (count + (is_inside ? 0 : 2) + 7) / 8 * 8;
    return (uint32_t)(order_bytes + (count + is_inside) * 8);
}

bool hf_attribute_room_find(struct hf_decoder *decoder, const struct hf_type_plan *plan,
                            struct hf_attribute_room *out) {
    const struct hf_layout *layout = decoder->layout;
    bool has_dict = plan->has_managed_dict || plan->dict_offset > 0;
    if (!has_dict || plan->traverse != decoder->plans.python_traverse || plan->num_fields != 0 ||
        plan->itemsize != 0 || plan->c_base == 0 || !is_named(decoder, plan->c_base, "object"))
        return false;
    bool has_weakrefs = (int64_t)word(decoder, plan->addr + layout->type.weaklistoffset) > 0;
    *out = (struct hf_attribute_room){
        .head_bytes = (plan->has_managed_dict ? MANAGED_HEAD_BYTES : 8) + (has_weakrefs ? 8 : 0),
        .is_inside = plan->has_inline_values && layout->managed.style == HF_MANAGED_INLINE,
    };
    struct hf_dict_keys keys;
    if (plan->has_inline_values && plan->cached_keys != 0 &&
        hf_dict_keys_read(decoder->memory, layout, plan->cached_keys, &keys))
        out->values_bytes = values_bytes(layout, keys.num_entries + keys.usable);
    return true;
}
