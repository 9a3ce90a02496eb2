/*
 * json.c - the answers as JSON; the schema is in include/holdfast/json.h. Each answer is written by one walk over its
 * struct, key for key in the order of the schema.
 */
#include <holdfast/json.h>

#include <stdio.h>

#include "export/parts.h"

/* ---- info ---- */

static void write_origin(struct hf_json *json, const struct hf_origin *origin) {
    hf_json_key(json, "origin");
    hf_json_begin_object(json);
    hf_json_put_string(json, "python", origin->python);
    hf_json_put_string(json, "method", origin->method);
    hf_json_put_string(json, "program", origin->program);
    hf_json_put_string(json, "platform", origin->platform);
    hf_json_put_uint(json, "pid", origin->pid);
    hf_json_put_uint(json, "taken_at_ns", origin->taken_at_ns);
    hf_json_put_uint(json, "pause_ns", origin->pause_ns);
    hf_json_put_uint(json, "cpu_ns", origin->cpu_ns);
    hf_json_put_uint(json, "resident_bytes", origin->resident_bytes);
    hf_json_put_uint(json, "capture_bytes", origin->capture_bytes);
    hf_json_put_uint(json, "num_checked", origin->num_checked);
    hf_json_put_uint(json, "num_exact", origin->num_exact);
    hf_json_put_bool(json, "has_previews", origin->has_previews);
    hf_json_end_object(json);
}

static void write_counts(struct hf_json *json, const struct hf_info *info) {
    hf_json_put_uint(json, "num_nodes", info->num_nodes);
    hf_json_put_uint(json, "num_edges", info->num_edges);
    hf_json_put_uint(json, "num_types", info->num_types);
    hf_json_put_uint(json, "num_threads", info->num_threads);
    hf_json_put_uint(json, "num_frames", info->num_frames);
    hf_json_put_uint(json, "num_interpreters", info->num_interpreters);
    hf_json_put_uint(json, "size_bytes", info->size_bytes);
    hf_json_put_uint(json, "num_tracked", info->num_tracked);
    hf_json_put_uint(json, "num_immortal", info->num_immortal);
    hf_json_put_uint(json, "num_frozen", info->num_frozen);
    hf_json_put_uint(json, "num_unreachable", info->num_unreachable);
    hf_json_put_uint(json, "unreachable_bytes", info->unreachable_bytes);
    hf_json_put_uint(json, "num_named_edges", info->num_named_edges);
    hf_json_put_uint(json, "outside_references", info->outside_references);
}

static void write_roots(struct hf_json *json, const struct hf_info *info) {
    hf_json_key(json, "roots");
    hf_json_begin_object(json);
    for (unsigned kind = 0; kind < HF_ROOT_NUM_KINDS; kind++)
        hf_json_put_uint(json, hf_json_root_kind((enum hf_root_kind)kind), info->roots[kind]);
    hf_json_end_object(json);
}

static void write_groups(struct hf_json *json, const struct hf_info *info) {
    hf_json_key(json, "groups");
    hf_json_begin_array(json);
    for (size_t i = 0; i < info->num_groups; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "name", info->groups[i].name);
        hf_json_put_uint(json, "count", info->groups[i].count);
        hf_json_put_uint(json, "size_bytes", info->groups[i].size_bytes);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

static void write_references(struct hf_json *json, const char *key, const struct hf_info_unnamed *rows, size_t count) {
    hf_json_key(json, key);
    hf_json_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "type", rows[i].type);
        hf_json_put_uint(json, "count", rows[i].count);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

enum hf_status hf_json_info(const struct hf_info *info, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "info");
    write_origin(&json, info->origin);
    write_counts(&json, info);
    write_roots(&json, info);
    write_groups(&json, info);
    write_references(&json, "unnamed", info->unnamed, info->num_unnamed);
    write_references(&json, "outside", info->outside, info->num_outside);
    return hf_json_end_answer(&json, out, error);
}

enum hf_status hf_json_written(const struct hf_snapshot *snapshot, const char *path, uint64_t file_bytes, char **out,
                               struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "written");
    hf_json_put_string(&json, "path", path);
    hf_json_put_uint(&json, "file_bytes", file_bytes);
    hf_json_put_uint(&json, "num_nodes", hf_snapshot_num_nodes(snapshot));
    hf_json_put_uint(&json, "num_edges", hf_snapshot_num_edges(snapshot));
    hf_json_put_uint(&json, "num_types", hf_snapshot_num_types(snapshot));
    write_origin(&json, hf_snapshot_get_origin(snapshot));
    return hf_json_end_answer(&json, out, error);
}

/* ---- types ---- */

enum hf_status hf_json_types(const struct hf_types *types, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "types");
    hf_json_put_uint(&json, "total_count", types->total_count);
    hf_json_put_uint(&json, "total_bytes", types->total_bytes);
    hf_json_put_uint(&json, "matching_count", types->matching_count);
    hf_json_put_uint(&json, "matching_bytes", types->matching_bytes);
    hf_json_put_uint(&json, "num_matching", types->num_matching);
    if (types->has_retained)
        hf_json_put_retained(&json, "retained", types->matching_retained);
    hf_json_key(&json, "types");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < types->num_rows; i++) {
        hf_json_begin_object(&json);
        hf_json_put_string(&json, "name", types->rows[i].name);
        hf_json_put_uint(&json, "type", types->rows[i].type);
        hf_json_put_uint(&json, "count", types->rows[i].count);
        hf_json_put_uint(&json, "size_bytes", types->rows[i].size_bytes);
        if (types->has_retained)
            hf_json_put_retained(&json, "retained", types->rows[i].retained);
        hf_json_end_object(&json);
    }
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}

/* ---- why ---- */

static void write_path(struct hf_json *json, const struct hf_path *path) {
    hf_json_begin_object(json);
    hf_json_put_root(json, path);
    hf_json_put_string(json, "expression", path->expression);
    hf_json_put_string(json, "expression_gap", path->expression_gap);
    hf_json_put_hops(json, path->hops, path->num_hops);
    hf_json_end_object(json);
}

static void write_path_group(struct hf_json *json, const struct hf_path_group *group) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "pattern", group->pattern);
    hf_json_put_string(json, "owner", group->owner);
    hf_json_put_uint(json, "count", group->count);
    hf_json_put_uint(json, "size_bytes", group->size_bytes);
    hf_json_put_uint(json, "example", group->example);
    hf_json_end_object(json);
}

enum hf_status hf_json_why(const struct hf_why *why, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "why");
    hf_json_put_uint(&json, "num_selected", why->num_selected);
    hf_json_put_uint(&json, "num_unreachable", why->num_unreachable);
    hf_json_put_uint(&json, "num_owners", why->num_owners);
    hf_json_put_uint(&json, "num_all_groups", why->num_all_groups);
    hf_json_key(&json, "groups");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < why->num_groups; i++)
        write_path_group(&json, &why->groups[i]);
    hf_json_end_array(&json);
    hf_json_key(&json, "paths");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < why->num_paths; i++)
        write_path(&json, &why->paths[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}

/* ---- picture ---- */

enum hf_status hf_json_picture(const struct hf_picture *picture, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "picture");
    hf_json_put_uint(&json, "num_nodes", picture->num_nodes);
    hf_json_put_uint(&json, "num_edges", picture->num_edges);
    hf_json_put_uint(&json, "num_omitted", picture->num_omitted);
    hf_json_put_string(&json, "dot", picture->dot);
    return hf_json_end_answer(&json, out, error);
}

/* ---- chain ---- */

enum hf_status hf_json_chain(const struct hf_chain *chain, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "chain");
    hf_json_put_string(&json, "expression", chain->expression);
    hf_json_put_string(&json, "expression_gap", chain->expression_gap);
    hf_json_put_hops(&json, chain->hops, chain->num_hops);
    return hf_json_end_answer(&json, out, error);
}

/* ---- cycles ---- */

static void write_cycle_group(struct hf_json *json, const struct hf_cycle_group *group) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "pattern", group->pattern);
    hf_json_put_bool(json, "is_garbage", group->is_garbage);
    hf_json_put_uint(json, "num_components", group->num_components);
    hf_json_put_uint(json, "num_objects", group->num_objects);
    hf_json_put_uint(json, "size_bytes", group->size_bytes);
    hf_json_put_uint(json, "num_references", group->num_references);
    hf_json_put_uint(json, "num_outside_references", group->num_outside_references);
    hf_json_put_uint(json, "largest_objects", group->largest_objects);
    hf_json_put_uint(json, "largest_bytes", group->largest_bytes);
    hf_json_put_uint(json, "length", group->length);
    hf_json_put_string(json, "expression", group->expression);
    hf_json_put_string(json, "expression_gap", group->expression_gap);
    hf_json_put_hops(json, group->hops, group->num_hops);
    hf_json_end_object(json);
}

enum hf_status hf_json_cycles(const struct hf_cycles *cycles, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "cycles");
    hf_json_put_uint(&json, "num_components", cycles->num_components);
    hf_json_put_uint(&json, "num_objects", cycles->num_objects);
    hf_json_put_uint(&json, "size_bytes", cycles->size_bytes);
    hf_json_put_uint(&json, "num_garbage_components", cycles->num_garbage_components);
    hf_json_put_uint(&json, "num_garbage_objects", cycles->num_garbage_objects);
    hf_json_put_uint(&json, "garbage_bytes", cycles->garbage_bytes);
    hf_json_put_uint(&json, "num_all_groups", cycles->num_all_groups);
    hf_json_key(&json, "groups");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < cycles->num_groups; i++)
        write_cycle_group(&json, &cycles->groups[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}

/* ---- neighbours ---- */

/* An index, or null for `none`. */
static void put_index(struct hf_json *json, const char *key, uint32_t index, uint32_t none) {
    hf_json_key(json, key);
    if (index == none)
        hf_json_null(json);
    else
        hf_json_uint(json, index);
}

static void write_neighbour(struct hf_json *json, const struct hf_neighbour *row) {
    hf_json_begin_object(json);
    hf_json_put_uint(json, "depth", row->depth);
    put_index(json, "parent", row->parent, HF_NO_ROW);
    hf_json_put_string(json, "reference", row->reference);
    hf_json_put_string(json, "type", row->type);
    hf_json_put_uint(json, "num_references", row->num_references);
    hf_json_put_uint(json, "num_objects", row->num_objects);
    hf_json_put_uint(json, "num_repeated", row->num_repeated);
    hf_json_put_uint(json, "size_bytes", row->size_bytes);
    hf_json_put_uint(json, "num_further", row->num_further);
    hf_json_put_uint(json, "num_hidden_rows", row->num_hidden_rows);
    hf_json_put_uint(json, "num_hidden_references", row->num_hidden_references);
    put_index(json, "node", row->node, HF_NO_NODE);
    hf_json_put_addr(json, "addr", row->addr);
    hf_json_put_string(json, "value", row->value);
    hf_json_end_object(json);
}

static void write_neighbours(struct hf_json *json, const struct hf_neighbours *neighbours) {
    hf_json_put_uint(json, "num_selected", neighbours->num_selected);
    hf_json_put_uint(json, "num_references", neighbours->num_references);
    hf_json_put_uint(json, "num_hidden_rows", neighbours->num_hidden_rows);
    hf_json_put_uint(json, "num_hidden_references", neighbours->num_hidden_references);
    hf_json_key(json, "rows");
    hf_json_begin_array(json);
    for (size_t i = 0; i < neighbours->num_rows; i++)
        write_neighbour(json, &neighbours->rows[i]);
    hf_json_end_array(json);
}

enum hf_status hf_json_neighbours(const struct hf_neighbours *neighbours, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "neighbours");
    write_neighbours(&json, neighbours);
    return hf_json_end_answer(&json, out, error);
}

/* ---- object ---- */

static void write_words(struct hf_json *json, const char *key, const char *const *words, size_t count) {
    hf_json_key(json, key);
    hf_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        hf_json_string(json, words[i]);
    hf_json_end_array(json);
}

static void write_around(struct hf_json *json, const char *key, const struct hf_neighbours *neighbours) {
    hf_json_key(json, key);
    hf_json_begin_object(json);
    write_neighbours(json, neighbours);
    hf_json_end_object(json);
}

enum hf_status hf_json_object(const struct hf_object *object, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "object");
    hf_json_put_uint(&json, "node", object->node);
    hf_json_put_addr(&json, "addr", object->addr);
    hf_json_put_string(&json, "type", object->type);
    put_index(&json, "type_node", object->type_node, HF_NO_NODE);
    hf_json_put_uint(&json, "type_count", object->type_count);
    hf_json_put_uint(&json, "type_bytes", object->type_bytes);
    hf_json_put_string(&json, "value", object->value);
    hf_json_put_uint(&json, "size_bytes", object->size_bytes);
    put_index(&json, "dict", object->dict, HF_NO_NODE);
    hf_json_put_uint(&json, "dict_bytes", object->dict_bytes);
    hf_json_put_uint(&json, "retained_count", object->retained.count);
    hf_json_put_uint(&json, "retained_bytes", object->retained.size_bytes);
    put_index(&json, "dominator", object->dominator, HF_NO_NODE);
    hf_json_put_string(&json, "dominator_type", object->dominator_type);
    hf_json_put_uint(&json, "refcount", object->refcount);
    hf_json_put_uint(&json, "num_incoming", object->num_incoming);
    write_words(&json, "flags", object->flags, object->num_flags);
    write_words(&json, "roots", object->roots, object->num_roots);
    hf_json_put_string(&json, "owner", object->owner);
    hf_json_key(&json, "paths");
    hf_json_begin_array(&json);
    if (object->path != NULL)
        write_path(&json, object->path);
    hf_json_end_array(&json);
    write_around(&json, "referrers", object->referrers);
    write_around(&json, "references", object->references);
    if (object->num_allocated_at > 0)
        write_words(&json, "allocated_at", object->allocated_at, object->num_allocated_at);
    return hf_json_end_answer(&json, out, error);
}

/* ---- freed ---- */

enum hf_status hf_json_freed(const struct hf_freed *freed, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "freed");
    hf_json_put_string(&json, "description", freed->description);
    hf_json_put_retained(&json, "cut", freed->cut);
    hf_json_put_uint(&json, "num_references", freed->num_references);
    hf_json_put_retained(&json, "freed", freed->freed);
    hf_json_put_retained(&json, "garbage", freed->garbage);
    hf_json_put_uint(&json, "num_targets", freed->num_targets);
    hf_json_put_uint(&json, "num_targets_kept", freed->num_targets_kept);
    hf_json_put_retained(&json, "kept", freed->kept);
    hf_json_put_uint(&json, "num_borders", freed->num_borders);
    hf_json_put_uint(&json, "num_all_types", freed->num_all_types);
    hf_json_key(&json, "types");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < freed->num_types; i++) {
        hf_json_begin_object(&json);
        hf_json_put_string(&json, "name", freed->types[i].name);
        hf_json_put_uint(&json, "type", freed->types[i].type);
        hf_json_put_uint(&json, "count", freed->types[i].freed.count);
        hf_json_put_uint(&json, "size_bytes", freed->types[i].freed.size_bytes);
        hf_json_end_object(&json);
    }
    hf_json_end_array(&json);
    hf_json_put_uint(&json, "num_all_groups", freed->num_all_groups);
    hf_json_key(&json, "groups");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < freed->num_groups; i++)
        write_path_group(&json, &freed->groups[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}

/* ---- dominated ---- */

static void write_dominated_row(struct hf_json *json, const struct hf_dominated_row *row) {
    static const char *const kinds[] = {"object", "type", "holder", "garbage", "cycle", "member", "rest"};
    char object[16] = "";
    if (row->node != HF_NO_NODE)
        snprintf(object, sizeof object, "#%u", row->node);
    hf_json_begin_object(json);
    hf_json_put_uint(json, "depth", row->depth);
    hf_json_put_string(json, "kind", kinds[row->kind]);
    hf_json_put_uint(json, "num_objects", row->num_objects);
    hf_json_put_retained(json, "retained", row->retained);
    hf_json_put_string(json, "reference", row->reference);
    hf_json_put_string(json, "object", object);
    hf_json_put_string(json, "type", row->type);
    hf_json_put_string(json, "value", row->value);
    hf_json_end_object(json);
}

enum hf_status hf_json_dominated(const struct hf_dominated *dominated, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "dominated");
    hf_json_put_retained(&json, "total", dominated->total);
    hf_json_key(&json, "rows");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < dominated->num_rows; i++)
        write_dominated_row(&json, &dominated->rows[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}
