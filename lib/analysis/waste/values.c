/*
 * values.c - hashes of values: first those of strings and numbers, then of tuples from the inside out.
 *
 *   'GET'   #3, #9        h(str, 'GET')             the preview, when it is the whole value
 *   '<html> ...'  #4      h(str, the lowest node that has these characters)       snapshot.h: contents
 *   ('GET', 7)   #12      h(tuple, hash of #3, hash of #5)
 *   ('GET', [])  #13      h(tuple, hash of #3, node 6)                            a list is equal to itself alone
 *
 * A tuple waits until the tuples in it have their hashes: a stack of its own, for they may be nested a million deep.
 * One that is inside itself, which only C code can make, is equal to itself alone.
 */
#include "analysis/waste/values.h"

#include <xxhash.h>

#include "base/error.h"
#include "snapshot/preview.h"

enum { SEED_TEXT = 1, SEED_CONTENT, SEED_NODE, SEED_TUPLE };

/* In of_node, of a tuple that is on the stack. */
#define OPEN UINT64_C(1)

struct maker {
    const struct hf_snapshot *snapshot;
    const uint8_t *edge_kind;
    uint64_t *of_node;
    struct hf_region stack;      /* struct open_tuple */
    size_t depth;
};

struct open_tuple {
    hf_node_id node;
    uint32_t next;               /* its first edge that was not looked at */
};

/* 0 and 1 have meanings of their own. */
static uint64_t hash_of(const void *bytes, size_t length, uint64_t type, uint64_t seed) {
    uint64_t hash = XXH3_64bits_withSeed(bytes, length, type << 3 | seed);
    return hash > OPEN ? hash : hash + 2;
}

static bool is_string(enum hf_preview_tag tag) {
    return tag == HF_PREVIEW_STR || tag == HF_PREVIEW_BYTES;
}

/* Of an instance of a class that has str, bytes or a number as its base. */
static bool has_attributes(const struct maker *maker, hf_node_id node) {
    const uint32_t *row = hf_col_row(maker->snapshot);
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++)
        if (maker->edge_kind[hf_col_edge_name(maker->snapshot)[edge]] != HF_NAME_TYPE)
            return true;
    return false;
}

/* Those that are longer than their preview and not in `contents` have no equal. */
static void hash_previews(struct maker *maker) {
    const struct hf_snapshot *snapshot = maker->snapshot;
    if (hf_num_preview_index(snapshot) == 0)
        return;
    const struct hf_preview_record *index = hf_col_preview_index(snapshot);
    const uint8_t *start = hf_col_previews(snapshot), *end = start + hf_num_previews(snapshot);
    const uint32_t *type = hf_col_node_type(snapshot);
    for (size_t i = 0; i < hf_num_preview_index(snapshot); i++) {
        const uint8_t *at = start + index[i].at;
        struct hf_preview preview;
        if (!hf_preview_decode(at, end, &preview) || preview.tag == HF_PREVIEW_BYTEARRAY ||
            preview.tag == HF_PREVIEW_BIG_INT || (is_string(preview.tag) && !preview.is_whole))
            continue;
        if (has_attributes(maker, index[i].node))
            continue;
        size_t length = (size_t)(hf_preview_skip(at, end) - at);
        maker->of_node[index[i].node] = hash_of(at, length, type[index[i].node], SEED_TEXT);
    }
    const struct hf_content_record *contents = hf_col_contents(snapshot);
    for (size_t i = 0; i < hf_num_contents(snapshot); i++)
        if (!has_attributes(maker, contents[i].node))
            maker->of_node[contents[i].node] =
                hash_of(&contents[i].content, sizeof contents[i].content, type[contents[i].node], SEED_CONTENT);
}

/* A tuple that has no hash yet and is not being worked on. */
static bool is_ahead(const struct maker *maker, hf_node_id node, const bool *is_tuple_type) {
    return maker->of_node[node] == 0 && is_tuple_type[hf_col_node_type(maker->snapshot)[node]];
}

static bool push(struct maker *maker, hf_node_id node) {
    size_t num_bytes = (maker->depth + 1) * sizeof(struct open_tuple);
    if (!hf_region_reserve(&maker->stack, num_bytes))
        return false;
    ((struct open_tuple *)(void *)maker->stack.data)[maker->depth++] =
        (struct open_tuple){node, hf_col_row(maker->snapshot)[node]};
    maker->of_node[node] = OPEN;
    return true;
}

/* The hash of a tuple whose tuples have theirs. One that has more than items is equal to itself alone. */
static uint64_t hash_items(const struct maker *maker, hf_node_id node) {
    const struct hf_snapshot *snapshot = maker->snapshot;
    const uint32_t *row = hf_col_row(snapshot), *target = hf_col_edge_target(snapshot);
    uint32_t type = hf_col_node_type(snapshot)[node];
    uint64_t hash = hash_of(&type, sizeof type, 0, SEED_TUPLE);
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++) {
        uint8_t kind = maker->edge_kind[hf_col_edge_name(snapshot)[edge]];
        if (kind == HF_NAME_TYPE)
            continue;
        if (kind != HF_NAME_ITEM)
            return hash_of(&node, sizeof node, 0, SEED_NODE);
        uint64_t item = maker->of_node[target[edge]];
        if (item <= OPEN)
            item = hash_of(&target[edge], sizeof target[edge], 0, SEED_NODE);
        hash = hash_of((uint64_t[]){hash, item}, 2 * sizeof hash, 0, SEED_TUPLE);
    }
    return hash;
}

/* Works off the stack: a tuple is hashed when none of its items is ahead any more. */
static bool hash_open_tuples(struct maker *maker, const bool *is_tuple_type) {
    const struct hf_snapshot *snapshot = maker->snapshot;
    while (maker->depth > 0) {
        struct open_tuple *top = &((struct open_tuple *)(void *)maker->stack.data)[maker->depth - 1];
        hf_node_id node = top->node;
        uint32_t end = hf_col_row(snapshot)[node + 1];
        while (top->next < end && !is_ahead(maker, hf_col_edge_target(snapshot)[top->next], is_tuple_type))
            top->next++;
        if (top->next < end) {
            if (!push(maker, hf_col_edge_target(snapshot)[top->next++]))
                return false;
            continue;
        }
        maker->of_node[node] = hash_items(maker, node);
        maker->depth--;
    }
    return true;
}

static bool hash_tuples(struct maker *maker) {
    const struct hf_snapshot *snapshot = maker->snapshot;
    size_t num_types = hf_num_types(snapshot);
    bool *is_tuple_type = hf_alloc(num_types + 1, sizeof *is_tuple_type);
    if (is_tuple_type == NULL)
        return false;
    for (size_t i = 0; i < num_types; i++) {
        is_tuple_type[i] = (hf_col_types(snapshot)[i].flags & HF_TYPE_TUPLE) != 0;
    }
    bool ok = true;
    for (hf_node_id node = 0; node < snapshot->num_nodes && ok; node++)
        if (is_ahead(maker, node, is_tuple_type))
            ok = push(maker, node) && hash_open_tuples(maker, is_tuple_type);
    hf_free(is_tuple_type);
    return ok;
}

enum hf_status hf_values_init(struct hf_values *values, const struct hf_snapshot *snapshot, const uint8_t *edge_kind,
                              struct hf_error *error) {
    *values = (struct hf_values){0};
    if (!hf_region_reserve(&values->region, ((size_t)snapshot->num_nodes + 1) * sizeof(uint64_t)))
        return hf_fail_nomem(error);
    struct maker maker = {.snapshot = snapshot, .edge_kind = edge_kind};
    maker.of_node = (uint64_t *)(void *)values->region.data;
    values->of_node = maker.of_node;
    hash_previews(&maker);
    bool ok = hash_tuples(&maker);
    hf_region_deinit(&maker.stack);
    return ok ? HF_OK : hf_fail_nomem(error);
}

void hf_values_deinit(struct hf_values *values) {
    hf_region_deinit(&values->region);
    *values = (struct hf_values){0};
}
