/*
 * statics.c - looks through static data for pointers to objects that are held from outside.
 *
 *   data    [ _db.so: .data | .bss ] [ ... ]                   static_data.c, word by word
 *   word    address of #7, which has references that were not found?  ──▶ hit: the address of the word, #7
 *   hits    by library, whose symbols name them                        ──▶ root of #7: "_db.so: pool"
 *
 * A pointer in a static variable is seen as one reference, though C code may have borrowed it: only objects are looked
 * for that have references left over. What lies on a stack is mostly borrowed or stale, so that there only the last
 * reference of an object is looked for. Stale as well are the ends of the free lists in which the interpreter keeps
 * dicts, lists and such for the next use: an object of such a type is not looked for there.
 *
 * In the own process references are those that tp_traverse reports, and a type in C may report fewer than it has. The
 * words of its objects are looked through for the last reference of an object: a word may be a borrowed one here too.
 */
#include "capture/statics.h"

#include <stdio.h>

#include "capture/external/borrowed.h"
#include "capture/static_data.h"
#include "memory/words.h"

#define MAX_NAME_BYTES 512

struct hit {
    uint64_t addr;               /* of the word */
    uint32_t node;
    uint32_t module;             /* HF_NO_MODULE: on the stack */
};

struct search {
    struct hf_walker *walker;
    struct hf_target *target;
    uint32_t *rest;
    struct hf_region hits;       /* struct hit: by module, in order of addresses; then those on the stack */
    struct hf_arena names;
};

/* ---- words ---- */

/* The object at an address, if there is one and references to it were not found; else HF_NO_NODE. */
static uint32_t find_held(struct search *search, uint64_t word) {
    struct hf_heap_map *map = &search->walker->map;
    if (word < 4096 || word >> HF_MAP_ADDRESS_BITS != 0 || (word & 7) != 0 || !hf_heap_map_has_chunk(map, word))
        return HF_NO_NODE;
    uint32_t node = hf_heap_map_rank(map, hf_heap_map_chunk(map, word)->first_key | hf_heap_map_granule(word));
    return node != HF_NO_NODE && search->rest[node] > 0 ? node : HF_NO_NODE;
}

static bool add_hit(struct search *search, uint64_t addr, uint32_t node, uint32_t module) {
    const struct hit hit = {addr, node, module};
    return hf_walker_append(search->walker, &search->hits, &hit, sizeof hit);
}

/* False: no memory. */
static bool search_range(struct search *search, const struct hf_data_range *range) {
    struct hf_words words = hf_words_in(&search->target->memory, range->start, range->end);
    while (hf_words_next(&words)) {
        for (size_t i = 0; i < words.count; i++) {
            uint32_t node = find_held(search, hf_words_get(&words, i));
            if (node != HF_NO_NODE && !add_hit(search, words.addr + i * 8, node, range->module))
                return false;
        }
    }
    return true;
}

static bool search_statics(struct search *search) {
    struct hf_region ranges = {0};
    bool ok = hf_static_data_find(search->target, &ranges);
    const struct hf_data_range *range = (const struct hf_data_range *)(const void *)ranges.data;
    for (size_t i = 0; ok && i < ranges.used_bytes / sizeof *range; i++)
        ok = range[i].is_constant || search_range(search, &range[i]);
    hf_region_deinit(&ranges);
    return ok;
}

static bool search_stack(struct search *search, uint64_t from) {
    const struct hf_map *map = from != 0 ? hf_maps_find(&search->target->maps, from) : NULL;
    return map == NULL || search_range(search, &(struct hf_data_range){from, map->end, HF_NO_MODULE, false});
}

/* ---- names ---- */

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool add_root(struct search *search, const struct hit *hit, enum hf_name_kind kind, const char *name) {
    struct hf_root_record root = {.node = hit->node, .count = 1, .frame = HF_NO_FRAME, .kind = HF_ROOT_OUTSIDE,
                                  .name_kind = (uint8_t)kind};
    struct hf_snapshot *snapshot = search->walker->snapshot;
    search->rest[hit->node]--;
    if (!hf_snapshot_add_text(snapshot, name, strlen(name), &root.name)) {
        search->walker->failure = HF_ERR_NOMEM;
        return false;
    }
    return hf_walker_append(search->walker, &snapshot->columns[HF_COLUMN_roots].region, &root, sizeof root);
}

/* Whether a pointer may be one that a free list has left behind. */
static bool may_be_stale(const struct search *search, uint32_t node, const char *symbol) {
    const uint32_t free_lists =
        HF_TYPE_DICT | HF_TYPE_LIST | HF_TYPE_TUPLE | HF_TYPE_FLOAT | HF_TYPE_FRAME | HF_TYPE_METHOD;
    const struct hf_column *columns = search->walker->snapshot->columns;
    uint32_t type = ((const uint32_t *)(const void *)columns[HF_COLUMN_node_type].region.data)[node];
    uint32_t flags = ((const struct hf_type_record *)(const void *)columns[HF_COLUMN_types].region.data)[type].flags;
    return (flags & free_lists) != 0 && symbol != NULL &&
           (strcmp(symbol, "_PyRuntime") == 0 || strstr(symbol, "free_list") != NULL);
}

/* "_db.so: pool", "_db.so: pool+0x10", or "_db.so: 0x4010" where there is no symbol. */
static bool name_hit(struct search *search, const struct hit *hit, const char *library,
                     const struct hf_elf_place *place) {
    char name[MAX_NAME_BYTES];
    if (place->symbol == NULL)
        snprintf(name, sizeof name, "%s: 0x%llx", library, (unsigned long long)place->addr);
    else if (place->offset == 0)
        snprintf(name, sizeof name, "%s: %s", library, place->symbol);
    else
        snprintf(name, sizeof name, "%s: %s+0x%llx", library, place->symbol, (unsigned long long)place->offset);
    return add_root(search, hit, HF_NAME_FIELD, name);
}

/* Hits in one module. */
static bool name_hits(struct search *search, const struct hit *hits, size_t count) {
    const struct hf_module *module = &search->target->modules[hits[0].module];
    struct hf_module_state state = hf_target_open_module(search->target, module);
    struct hf_elf_place *places = hf_arena_alloc(&search->names, count, sizeof *places);
    if (places == NULL) {
        search->walker->failure = HF_ERR_NOMEM;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        places[i].addr = hits[i].addr - state.bias;
    if (state.file != NULL)
        hf_elf_name_places(state.file, places, count, &search->names);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        if (search->rest[hits[i].node] > 0 && !may_be_stale(search, hits[i].node, places[i].symbol))
            ok = name_hit(search, &hits[i], base_name(module->path), &places[i]);
    }
    return ok;
}

static bool add_roots(struct search *search) {
    const struct hit *hits = (const struct hit *)(const void *)search->hits.data;
    size_t count = search->hits.used_bytes / sizeof *hits;
    bool ok = true;
    for (size_t i = 0, end; ok && i < count; i = end) {
        for (end = i + 1; end < count && hits[end].module == hits[i].module;)
            end++;
        if (hits[i].module != HF_NO_MODULE)
            ok = name_hits(search, hits + i, end - i);
        for (size_t hit = i; ok && hits[i].module == HF_NO_MODULE && hit < end; hit++)
            ok = search->rest[hits[hit].node] != 1 || add_root(search, &hits[hit], HF_NAME_STACK, "");
    }
    return ok;
}

/* ---- objects in which nobody can look ---- */

static const void *column_of(const struct search *search, enum hf_column_id id) {
    return search->walker->snapshot->columns[id].region.data;
}

/* A reference that was found already is not one of those left over. */
static bool has_edge(const struct search *search, uint32_t source, uint32_t target) {
    const uint32_t *row = column_of(search, HF_COLUMN_row), *targets = column_of(search, HF_COLUMN_edge_target);
    for (uint32_t edge = row[source]; edge < row[source + 1]; edge++)
        if (targets[edge] == target)
            return true;
    return false;
}

/* Of a snapshot under construction. A text is a varint and the bytes. */
static const char *type_name(const struct search *search, uint32_t type) {
    const struct hf_type_record *types = column_of(search, HF_COLUMN_types);
    const uint8_t *text = (const uint8_t *)column_of(search, HF_COLUMN_strings) + types[type].name;
    while ((*text & 0x80) != 0)
        text++;
    return (const char *)text + 1;
}

/*
 * The end of what is looked through in an object of a type of which nothing is known but that it is made in C: a dtype
 * of numpy, a class of Cython. 0 for all others.
 */
static uint32_t find_opaque_end(const struct search *search, uint32_t type) {
    const struct hf_decoder *decoder = &search->walker->decoder;
    const struct hf_type_plan *plan = decoder->plans.in_order[type];
    uint32_t max_words = 0, head = (uint32_t)decoder->layout->object.type + 8;
    bool is_unknown = plan->kind == HF_KIND_OBJECT || plan->kind == HF_KIND_FIELDS;
    if (!is_unknown || plan->traverse == decoder->plans.python_traverse || plan->basicsize <= head ||
        hf_rest_of(type_name(search, type), decoder->layout->version, &max_words) != HF_REST_SCANNED)
        return 0;
    return max_words != 0 && head + 8 * max_words < plan->basicsize ? head + 8 * max_words : plan->basicsize;
}

static bool search_object(struct search *search, uint32_t object, uint64_t addr, uint32_t type, uint32_t end) {
    uint32_t head = (uint32_t)search->walker->decoder.layout->object.type + 8;
    const uint8_t *words = hf_memory_view(&search->target->memory, addr, end);
    struct hf_root_record root = {.count = 1, .frame = HF_NO_FRAME, .kind = HF_ROOT_OUTSIDE,
                                  .name_kind = HF_NAME_ATTRIBUTE};
    root.name = ((const struct hf_type_record *)column_of(search, HF_COLUMN_types))[type].name;
    for (uint32_t at = head; words != NULL && at + 8 <= end; at += 8) {
        root.node = find_held(search, hf_view_u64(words, at));
        if (root.node == HF_NO_NODE || search->rest[root.node] != 1 || has_edge(search, object, root.node))
            continue;
        search->rest[root.node]--;
        if (!hf_walker_append(search->walker, &search->walker->snapshot->columns[HF_COLUMN_roots].region, &root,
                              sizeof root))
            return false;
    }
    return true;
}

/* In another process, where nobody can call tp_traverse, words were looked through already. */
static bool search_objects(struct search *search) {
    struct hf_walker *walker = search->walker;
    const uint32_t *keys = column_of(search, HF_COLUMN_node_key), *types = column_of(search, HF_COLUMN_node_type);
    const uint64_t *bases = column_of(search, HF_COLUMN_chunk_base);
    uint32_t num_types = walker->decoder.plans.num_plans;
    if (walker->host->traverse == NULL)
        return true;
    uint32_t *ends = hf_arena_alloc(&search->names, num_types + 1, sizeof *ends);
    bool ok = ends != NULL;
    for (uint32_t type = 0; ok && type < num_types; type++)
        ends[type] = find_opaque_end(search, type);
    for (uint32_t node = 0; ok && node < walker->num_nodes; node++) {
        uint32_t end = ends[types[node]];
        uint64_t addr = bases[keys[node] >> HF_KEY_GRANULE_BITS] + (uint64_t)(keys[node] & 0xFFFF) * HF_GRANULE_BYTES;
        if (end != 0)
            ok = search_object(search, node, addr, types[node], end);
    }
    if (!ok)
        walker->failure = HF_ERR_NOMEM;
    return ok;
}

bool hf_statics_add_roots(struct hf_walker *walker, struct hf_target *target, uint64_t stack_from, uint32_t *rest) {
    struct search search = {.walker = walker, .target = target, .rest = rest};
    bool ok = search_statics(&search) && add_roots(&search) && search_objects(&search);
    search.hits.used_bytes = 0;
    ok = ok && search_stack(&search, stack_from) && add_roots(&search);
    hf_arena_deinit(&search.names);
    hf_region_deinit(&search.hits);
    return ok;
}
