/* heap.h - makes little heaps for the tests of pictures: objects at rising addresses, with dicts, items and roots. */
#ifndef HF_TESTS_UNIT_HEAP_H
#define HF_TESTS_UNIT_HEAP_H

#include <string.h>

#include "snapshot/builder.h"

enum heap_type { HEAP_MODULE, HEAP_DICT, HEAP_LIST, HEAP_STR, HEAP_FUNCTION, HEAP_CLASS, HEAP_SESSION, HEAP_NUM_TYPES };

struct heap {
    struct hf_builder *builder;
    uint32_t num_nodes;
};

static inline void heap_init(struct heap *heap) {
    *heap = (struct heap){.builder = hf_builder_create()};
    hf_builder_add_type(heap->builder, "module", "builtins", HF_TYPE_MODULE);
    hf_builder_add_type(heap->builder, "dict", "builtins", HF_TYPE_DICT);
    hf_builder_add_type(heap->builder, "list", "builtins", HF_TYPE_LIST);
    hf_builder_add_type(heap->builder, "str", "builtins", HF_TYPE_STR);
    hf_builder_add_type(heap->builder, "function", "builtins", HF_TYPE_FUNCTION);
    hf_builder_add_type(heap->builder, "type", "builtins", HF_TYPE_TYPE);
    hf_builder_add_type(heap->builder, "shop.cache.Session", "shop.cache", HF_TYPE_HEAP);
}

static inline hf_node_id heap_add_flagged(struct heap *heap, uint32_t type, uint32_t flags) {
    uint64_t addr = UINT64_C(0x7f0000000000) + heap->num_nodes++ * UINT64_C(0x40);
    return hf_builder_add_node(heap->builder, addr, type, 56, 3, flags);
}

static inline hf_node_id heap_add(struct heap *heap, uint32_t type) {
    return heap_add_flagged(heap, type, HF_NODE_GC);
}

static inline hf_node_id heap_add_str(struct heap *heap, const char *utf8) {
    hf_node_id node = heap_add(heap, HEAP_STR);
    hf_builder_add_str(heap->builder, node, utf8);
    return node;
}

static inline void heap_set_item(struct heap *heap, hf_node_id dict, const char *key, hf_node_id value) {
    hf_builder_add_edge(heap->builder, dict, heap_add_str(heap, key), HF_NAME_KEY, "");
    hf_builder_add_edge(heap->builder, dict, value, HF_NAME_VALUE, "");
}

static inline void heap_append(struct heap *heap, hf_node_id list, hf_node_id item) {
    hf_builder_add_edge(heap->builder, list, item, HF_NAME_ITEM, "");
}

static inline hf_node_id heap_add_dict(struct heap *heap, hf_node_id owner) {
    hf_node_id dict = heap_add(heap, HEAP_DICT);
    hf_builder_add_edge(heap->builder, owner, dict, HF_NAME_DICT, "");
    return dict;
}

/* NULL if the heap makes no snapshot. */
static inline struct hf_snapshot *heap_finish(struct heap *heap) {
    struct hf_snapshot *snapshot = NULL;
    if (hf_builder_finish(heap->builder, &snapshot, NULL) != HF_OK)
        snapshot = NULL;
    hf_builder_destroy(heap->builder);
    *heap = (struct heap){0};
    return snapshot;
}

#endif
