/*
 * sample.h - a small snapshot with something in every column, for the tests of lib/snapshot.
 *
 *   shop (module) .__dict__-> {'CACHE': cache, 'get': <function>}    cache.items -> {'k': 7, (1, 'a'): b'..'}
 */
#ifndef HF_TESTS_UNIT_SAMPLE_H
#define HF_TESTS_UNIT_SAMPLE_H

#include <string.h>

#include "snapshot/builder.h"

enum sample_node {
    SAMPLE_MODULE, SAMPLE_GLOBALS, SAMPLE_KEY_CACHE, SAMPLE_CACHE, SAMPLE_KEY_GET, SAMPLE_FUNCTION, SAMPLE_ITEMS,
    SAMPLE_KEY_K, SAMPLE_SEVEN, SAMPLE_TUPLE, SAMPLE_ONE, SAMPLE_A, SAMPLE_SECRET, SAMPLE_LIST, SAMPLE_CLASS,
    SAMPLE_NONE, SAMPLE_ERROR, SAMPLE_ARGS, SAMPLE_FRAME, SAMPLE_CODE, SAMPLE_SET, SAMPLE_STATIC, SAMPLE_NUM_NODES
};

#define SAMPLE_BASE UINT64_C(0x7f0000000000)
#define SAMPLE_HUGE (UINT64_C(5) << 30)
#define SAMPLE_SURROGATE "lone \xED\xA0\x80 surrogate"

struct sample_types {
    uint32_t module, dict, str, cache, function, integer, tuple, list, type, none, error, frame, code, set;
};

static inline struct sample_types add_sample_types(struct hf_builder *b) {
    return (struct sample_types){
        .module = hf_builder_add_type(b, "module", "builtins", HF_TYPE_MODULE),
        .dict = hf_builder_add_type(b, "dict", "builtins", HF_TYPE_DICT),
        .str = hf_builder_add_type(b, "str", "builtins", HF_TYPE_STR),
        .cache = hf_builder_add_type(b, "shop.cache.Cache", "shop.cache", HF_TYPE_HEAP),
        .function = hf_builder_add_type(b, "function", "builtins", HF_TYPE_FUNCTION),
        .integer = hf_builder_add_type(b, "int", "builtins", HF_TYPE_INT),
        .tuple = hf_builder_add_type(b, "tuple", "builtins", HF_TYPE_TUPLE),
        .list = hf_builder_add_type(b, "list", "builtins", HF_TYPE_LIST),
        .type = hf_builder_add_type(b, "type", "builtins", HF_TYPE_TYPE),
        .none = hf_builder_add_type(b, "NoneType", "builtins", 0),
        .error = hf_builder_add_type(b, "shop.ShopError", "shop", HF_TYPE_EXCEPTION | HF_TYPE_HEAP),
        .frame = hf_builder_add_type(b, "frame", "builtins", HF_TYPE_FRAME),
        .code = hf_builder_add_type(b, "code", "builtins", HF_TYPE_CODE),
        .set = hf_builder_add_type(b, "set", "builtins", HF_TYPE_SET),
    };
}

static inline void add_sample_nodes(struct hf_builder *b, const struct sample_types *t) {
    const uint32_t types[SAMPLE_NUM_NODES] = {
        t->module, t->dict, t->str, t->cache, t->str, t->function, t->dict, t->str, t->integer, t->tuple, t->integer,
        t->str, t->str, t->list, t->type, t->none, t->error, t->tuple, t->frame, t->code, t->set, t->str,
    };
    for (uint32_t i = 0; i < SAMPLE_NUM_NODES; i++) {
        uint64_t addr = SAMPLE_BASE + i * UINT64_C(0x40000) + (i == SAMPLE_STATIC ? 8 : 0);
        uint64_t size = i == SAMPLE_LIST ? SAMPLE_HUGE : 48 + 8 * i;
        hf_builder_add_node(b, addr, types[i], size, i + 1, i % 2 == 0 ? HF_NODE_GC | HF_NODE_TRACKED : 0);
    }
    hf_builder_set_type_node(b, t->cache, SAMPLE_CLASS);
}

static inline void add_sample_item(struct hf_builder *b, hf_node_id dict, hf_node_id key, hf_node_id value) {
    hf_builder_add_edge(b, dict, key, HF_NAME_KEY, "");
    hf_builder_add_edge(b, dict, value, HF_NAME_VALUE, "");
}

static inline void add_sample_edges(struct hf_builder *b) {
    hf_builder_add_edge(b, SAMPLE_MODULE, SAMPLE_GLOBALS, HF_NAME_DICT, "__dict__");
    add_sample_item(b, SAMPLE_GLOBALS, SAMPLE_KEY_CACHE, SAMPLE_CACHE);
    add_sample_item(b, SAMPLE_GLOBALS, SAMPLE_KEY_GET, SAMPLE_FUNCTION);
    hf_builder_add_edge(b, SAMPLE_CACHE, SAMPLE_CLASS, HF_NAME_TYPE, "");
    hf_builder_add_edge(b, SAMPLE_CACHE, SAMPLE_ITEMS, HF_NAME_ATTRIBUTE, "items");
    hf_builder_add_edge(b, SAMPLE_CACHE, SAMPLE_SECRET, HF_NAME_ATTRIBUTE, "secret");
    hf_builder_add_edge(b, SAMPLE_CACHE, SAMPLE_NONE, HF_NAME_FIELD, "lock");
    hf_builder_add_edge(b, SAMPLE_CACHE, SAMPLE_NONE, HF_NAME_NONE, "");
    hf_builder_add_edge(b, SAMPLE_FUNCTION, SAMPLE_KEY_GET, HF_NAME_ATTRIBUTE, "__qualname__");
    hf_builder_add_edge(b, SAMPLE_FUNCTION, SAMPLE_A, HF_NAME_ATTRIBUTE, "__module__");
    hf_builder_add_edge(b, SAMPLE_FUNCTION, SAMPLE_GLOBALS, HF_NAME_ATTRIBUTE, "__globals__");
    add_sample_item(b, SAMPLE_ITEMS, SAMPLE_KEY_K, SAMPLE_SEVEN);
    add_sample_item(b, SAMPLE_ITEMS, SAMPLE_TUPLE, SAMPLE_SECRET);
    hf_builder_add_edge(b, SAMPLE_ITEMS, SAMPLE_LIST, HF_NAME_ATTRIBUTE, "shared");
    hf_builder_add_edge(b, SAMPLE_TUPLE, SAMPLE_ONE, HF_NAME_ITEM, "");
    hf_builder_add_edge(b, SAMPLE_TUPLE, SAMPLE_A, HF_NAME_ITEM, "");
    for (int i = 0; i < 3; i++)
        hf_builder_add_edge(b, SAMPLE_LIST, SAMPLE_LIST, HF_NAME_ITEM, "");
    hf_builder_add_edge(b, SAMPLE_ERROR, SAMPLE_ARGS, HF_NAME_ATTRIBUTE, "args");
    hf_builder_add_edge(b, SAMPLE_ARGS, SAMPLE_A, HF_NAME_ITEM, "");
    hf_builder_add_edge(b, SAMPLE_FRAME, SAMPLE_CACHE, HF_NAME_LOCAL, "self");
    hf_builder_add_edge(b, SAMPLE_FRAME, SAMPLE_CODE, HF_NAME_ATTRIBUTE, "f_code");
    hf_builder_add_edge(b, SAMPLE_FRAME, SAMPLE_NONE, HF_NAME_STACK, "");
    hf_builder_add_edge(b, SAMPLE_FRAME, SAMPLE_NONE, HF_NAME_TEMPLATE, "@.f_locals['x']");
    hf_builder_add_edge(b, SAMPLE_FRAME, SAMPLE_NONE, HF_NAME_TEMPLATE, "vars(@)");
    hf_builder_add_edge(b, SAMPLE_CODE, SAMPLE_KEY_GET, HF_NAME_ATTRIBUTE, "co_name");
    hf_builder_add_edge(b, SAMPLE_SET, SAMPLE_ONE, HF_NAME_MEMBER, "");
    hf_builder_add_edge(b, SAMPLE_SET, SAMPLE_NONE, HF_NAME_CELL, "");
    hf_builder_add_edge(b, SAMPLE_SET, SAMPLE_NONE, HF_NAME_ATTRIBUTE, "two words");
}

static inline void add_sample_values(struct hf_builder *b) {
    hf_builder_add_str(b, SAMPLE_SECRET, "the secret");
    hf_builder_add_str(b, SAMPLE_KEY_CACHE, "CACHE");
    hf_builder_add_str(b, SAMPLE_KEY_GET, "get");
    hf_builder_add_str(b, SAMPLE_KEY_K, "k");
    hf_builder_add_str(b, SAMPLE_A, "shop");
    hf_builder_add_str(b, SAMPLE_STATIC, SAMPLE_SURROGATE);
    hf_builder_add_view(b, SAMPLE_SEVEN, 5);
    hf_builder_add_view(b, SAMPLE_SET, 6);
    hf_builder_add_room(b, (struct hf_room_record){3, 24, 32, 1});
    hf_builder_add_room(b, (struct hf_room_record){10, 8, 0, 0});
    hf_builder_add_content(b, SAMPLE_SECRET, SAMPLE_KEY_K);
    hf_builder_add_content(b, SAMPLE_KEY_K, SAMPLE_KEY_K);
    hf_builder_add_int(b, SAMPLE_SEVEN, 7);
    hf_builder_add_int(b, SAMPLE_ONE, -1234567890123);
}

static inline void add_sample_roots(struct hf_builder *b) {
    uint32_t thread = hf_builder_add_thread(b, 0x7f00deadbeef, "MainThread", true);
    uint32_t frame = hf_builder_add_frame(b, thread, 0, "handle", "shop.py", 31);
    hf_builder_add_root(b, SAMPLE_MODULE, HF_ROOT_MODULE, "shop", HF_NO_FRAME);
    hf_builder_add_root(b, SAMPLE_CACHE, HF_ROOT_FRAME, "self", frame);
    hf_builder_add_root(b, SAMPLE_LIST, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
}

/* Everything at once; the status of the builder's end. */
static inline enum hf_status build_sample(struct hf_builder *builder, struct hf_snapshot **out,
                                          struct hf_error *error) {
    struct sample_types types = add_sample_types(builder);
    add_sample_nodes(builder, &types);
    add_sample_edges(builder);
    add_sample_values(builder);
    add_sample_roots(builder);
    enum hf_status status = hf_builder_finish(builder, out, error);
    if (status == HF_OK) {
        (*out)->origin.pid = 4711;
        (*out)->origin.taken_at_ns = UINT64_C(1790000000000000000);
        (*out)->origin.pause_ns = 12;
        (*out)->origin.num_exact = 20;
    }
    return status;
}

/* The sample, or NULL with a message. */
static inline struct hf_snapshot *make_sample(void) {
    struct hf_snapshot *snapshot = NULL;
    struct hf_builder *builder = hf_builder_create();
    if (builder == NULL || build_sample(builder, &snapshot, NULL) != HF_OK)
        snapshot = NULL;
    hf_builder_destroy(builder);
    return snapshot;
}

/* For a group of tests whose state is the sample. */
static inline int make_sample_state(void **state) {
    *state = make_sample();
    return *state == NULL;
}

static inline int end_sample_state(void **state) {
    hf_snapshot_destroy(*state);
    return 0;
}

#endif
