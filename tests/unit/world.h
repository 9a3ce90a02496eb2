/*
 * world.h - small snapshots that look like a Python process: a module `shop` whose global variables lead to whatever a
 * test puts there.
 */
#ifndef HF_TESTS_UNIT_WORLD_H
#define HF_TESTS_UNIT_WORLD_H

#include <string.h>

#include "snapshot/builder.h"

/* X(symbol, full name, module, flags) */
#define WORLD_TYPES(X)                                                                              \
    X(TYPE, "type", "builtins", HF_TYPE_TYPE)                                                       \
    X(MODULE, "module", "builtins", HF_TYPE_MODULE)                                                 \
    X(DICT, "dict", "builtins", HF_TYPE_DICT)                                                       \
    X(LIST, "list", "builtins", HF_TYPE_LIST)                                                       \
    X(TUPLE, "tuple", "builtins", HF_TYPE_TUPLE)                                                    \
    X(SET, "set", "builtins", HF_TYPE_SET)                                                          \
    X(STR, "str", "builtins", HF_TYPE_STR)                                                          \
    X(INT, "int", "builtins", HF_TYPE_INT)                                                          \
    X(NONE, "NoneType", "builtins", 0)                                                              \
    X(OBJECT, "object", "builtins", 0)                                                              \
    X(FUNCTION, "function", "builtins", HF_TYPE_FUNCTION | HF_TYPE_DESCRIPTOR)                      \
    X(PROPERTY, "property", "builtins", HF_TYPE_DESCRIPTOR)                                         \
    X(MEMBER, "member_descriptor", "builtins", HF_TYPE_DESCRIPTOR)                                  \
    X(CELL, "cell", "builtins", HF_TYPE_CELL)                                                       \
    X(FRAME, "frame", "builtins", HF_TYPE_FRAME)                                                    \
    X(GENERATOR, "generator", "builtins", HF_TYPE_GENERATOR)                                        \
    X(COROUTINE, "coroutine", "builtins", HF_TYPE_COROUTINE)                                        \
    X(ASYNC_GENERATOR, "async_generator", "builtins", HF_TYPE_ASYNC_GENERATOR)                      \
    X(ITERATOR, "list_iterator", "builtins", 0)                                                     \
    X(DEQUE, "collections.deque", "collections", 0)                                                 \
    X(DEFAULTDICT, "collections.defaultdict", "collections", HF_TYPE_DICT)                          \
    X(LRU, "functools._lru_cache_wrapper", "functools", HF_TYPE_DESCRIPTOR)                         \
    X(CACHE, "shop.cache.Cache", "shop.cache", HF_TYPE_HEAP)                                        \
    X(SESSION, "shop.cache.Session", "shop.cache", HF_TYPE_HEAP)                                    \
    X(NODE, "shop.Node", "shop", HF_TYPE_HEAP)                                                      \
    X(ROWS, "shop.Rows", "shop", HF_TYPE_HEAP | HF_TYPE_LIST)                                       \
    X(POINT, "shop.Point", "shop", HF_TYPE_HEAP | HF_TYPE_TUPLE)                                    \
    X(CONF, "shop.Conf", "shop", HF_TYPE_HEAP | HF_TYPE_DICT)                                       \
    X(WORD, "shop.Word", "shop", HF_TYPE_HEAP | HF_TYPE_STR)

enum world_type {
#define X(symbol, name, module, flags) T_##symbol,
    WORLD_TYPES(X)
#undef X
};

struct world {
    struct hf_builder *builder;
    uint64_t next_addr;
    hf_node_id module, globals;
    struct hf_snapshot *snapshot;
};

static inline hf_node_id add_node(struct world *world, enum world_type type) {
    world->next_addr += 64;
    uint32_t flags = type == T_TYPE ? HF_NODE_TYPE : 0;
    return hf_builder_add_node(world->builder, world->next_addr, type, 64, 1, flags);
}

static inline hf_node_id add_str(struct world *world, const char *utf8) {
    hf_node_id node = add_node(world, T_STR);
    hf_builder_add_str(world->builder, node, utf8);
    return node;
}

static inline hf_node_id add_int(struct world *world, int64_t value) {
    hf_node_id node = add_node(world, T_INT);
    hf_builder_add_int(world->builder, node, value);
    return node;
}

static inline void link_nodes(struct world *world, hf_node_id source, hf_node_id target, enum hf_name_kind kind,
                              const char *text) {
    hf_builder_add_edge(world->builder, source, target, kind, text);
}

/* dict[key] = value */
static inline void set_item(struct world *world, hf_node_id dict, hf_node_id key, hf_node_id value) {
    link_nodes(world, dict, key, HF_NAME_KEY, "");
    link_nodes(world, dict, value, HF_NAME_VALUE, "");
}

static inline void set_attribute(struct world *world, hf_node_id dict, const char *name, hf_node_id value) {
    set_item(world, dict, add_str(world, name), value);
}

/* A node of a type as global variable `name` of the module. */
static inline hf_node_id add_global(struct world *world, const char *name, enum world_type type) {
    hf_node_id node = add_node(world, type);
    set_attribute(world, world->globals, name, node);
    return node;
}

static inline hf_node_id add_module(struct world *world, const char *name, hf_node_id *globals) {
    hf_node_id module = add_node(world, T_MODULE);
    *globals = add_node(world, T_DICT);
    link_nodes(world, module, *globals, HF_NAME_DICT, "__dict__");
    hf_builder_add_root(world->builder, module, HF_ROOT_MODULE, name, HF_NO_FRAME);
    return module;
}

/* A class object for a type: its mro is (class, base), base HF_NO_NODE for none. The dict of the class is *dict. */
static inline hf_node_id add_class(struct world *world, enum world_type type, hf_node_id base, hf_node_id *dict) {
    hf_node_id class_node = add_node(world, T_TYPE), mro = add_node(world, T_TUPLE);
    *dict = add_node(world, T_DICT);
    hf_builder_set_type_node(world->builder, type, class_node);
    link_nodes(world, class_node, *dict, HF_NAME_DICT, "__dict__");
    link_nodes(world, class_node, mro, HF_NAME_ATTRIBUTE, "__mro__");
    link_nodes(world, mro, class_node, HF_NAME_ITEM, "");
    if (base != HF_NO_NODE)
        link_nodes(world, mro, base, HF_NAME_ITEM, "");
    return class_node;
}

static inline struct world begin_world(void) {
    struct world world = {.builder = hf_builder_create(), .next_addr = 0x7f0000000000};
#define X(symbol, name, module, flags) (void)hf_builder_add_type(world.builder, name, module, flags);
    WORLD_TYPES(X)
#undef X
    world.module = add_module(&world, "shop", &world.globals);
    return world;
}

static inline void finish_world(struct world *world) {
    struct hf_error error;
    if (hf_builder_finish(world->builder, &world->snapshot, &error) != HF_OK)
        fail_msg("%s", error.message);
    hf_builder_destroy(world->builder);
}

static inline void end_world(struct world *world) {
    hf_snapshot_destroy(world->snapshot);
}

#endif
