/*
 * dict.c - reading PyDictKeysObject.
 *
 *   header | indices: 1, 2, 4 or 8 bytes each, a power of two of them | entries
 *
 *   entry, keys of any type      hash  key  value
 *   entry, str keys (3.11+)            key  value
 *   entry, keys of a class             key  (value unused: values lie in the instance)
 */
#include "cpython/dict.h"

#define MAX_LOG2_SIZE 40
enum { KEYS_GENERAL = 0, KEYS_UNICODE = 1, KEYS_SPLIT = 2 };

static uint64_t usable_fraction(uint64_t size) {
    return (size << 1) / 3;
}

static bool read_kinds(const struct hf_layout *layout, const void *view, uint64_t addr, struct hf_dict_keys *out) {
    uint8_t log2_size = hf_view_u8(view, layout->keys.log2_size);
    uint8_t log2_index_bytes = hf_view_u8(view, layout->keys.log2_index_bytes);
    uint8_t kind = hf_view_u8(view, layout->keys.kind);
    if (log2_size > MAX_LOG2_SIZE || log2_index_bytes > MAX_LOG2_SIZE + 3 || kind > KEYS_SPLIT)
        return false;
    out->general = kind == KEYS_GENERAL;
    out->shared = kind == KEYS_SPLIT;
    out->entry_bytes = out->general ? 24 : 16;
    out->key_at = out->general ? 8 : 0;
    out->value_at = (uint8_t)(out->key_at + 8);
    out->entries = addr + layout->keys.bytes + (UINT64_C(1) << log2_index_bytes);
    out->usable = hf_view_u64(view, layout->keys.usable);
    out->size_bytes = layout->keys.bytes + (UINT64_C(1) << log2_index_bytes) +
                      usable_fraction(UINT64_C(1) << log2_size) * out->entry_bytes;
    return out->num_entries <= usable_fraction(UINT64_C(1) << log2_size);
}

/* 3.9 and 3.10: dk_size in place of its logarithm, the width of an index follows from it, every entry has a hash. */
static bool read_sized(const struct hf_layout *layout, const void *view, uint64_t addr, struct hf_dict_keys *out) {
    uint64_t size = hf_view_u64(view, layout->keys.log2_size);
    if (size == 0 || size > UINT64_C(1) << MAX_LOG2_SIZE || (size & (size - 1)) != 0)
        return false;
    uint64_t index_bytes = size <= 0xFF ? 1 : size <= 0xFFFF ? 2 : size <= 0xFFFFFFFF ? 4 : 8;
    out->general = true;
    out->shared = false;
    out->entry_bytes = 24;
    out->key_at = 8;
    out->value_at = 16;
    out->entries = addr + layout->keys.bytes + size * index_bytes;
    out->usable = hf_view_u64(view, layout->keys.usable);
    out->size_bytes = layout->keys.bytes + size * index_bytes + usable_fraction(size) * out->entry_bytes;
    return out->num_entries <= usable_fraction(size);
}

bool hf_dict_keys_read(struct hf_memory *memory, const struct hf_layout *layout, uint64_t addr,
                       struct hf_dict_keys *out) {
    const void *view = hf_memory_view(memory, addr, layout->keys.bytes);
    if (view == NULL)
        return false;
    out->num_entries = hf_view_u64(view, layout->keys.nentries);
    out->refcount = hf_view_u64(view, 0);
    return layout->keys.style == HF_KEYS_KINDS ? read_kinds(layout, view, addr, out)
                                               : read_sized(layout, view, addr, out);
}
