/* parts.c - what answers in JSON have in common. */
#include "export/parts.h"

#include <holdfast/info.h>

#include <stdio.h>

#include "base/error.h"

#define SCHEMA_VERSION 1

const char *hf_json_root_kind(enum hf_root_kind kind) {
    return kind == HF_ROOT_STATIC_TYPE ? "static_type" : hf_root_kind_name(kind);
}

void hf_json_begin_answer(struct hf_json *json, const char *kind) {
    hf_json_begin_object(json);
    hf_json_put_uint(json, "schema_version", SCHEMA_VERSION);
    hf_json_put_string(json, "kind", kind);
}

enum hf_status hf_json_end_answer(struct hf_json *json, char **out, struct hf_error *error) {
    hf_json_end_object(json);
    char *text = hf_json_take(json);
    if (text == NULL)
        return hf_fail_nomem(error);
    *out = text;
    return HF_OK;
}

void hf_json_put_retained(struct hf_json *json, const char *prefix, struct hf_retained retained) {
    char key[64];
    snprintf(key, sizeof key, "%s_count", prefix);
    hf_json_put_uint(json, key, retained.count);
    snprintf(key, sizeof key, "%s_bytes", prefix);
    hf_json_put_uint(json, key, retained.size_bytes);
}

void hf_json_put_root(struct hf_json *json, const struct hf_path *path) {
    hf_json_key(json, "root");
    hf_json_begin_object(json);
    hf_json_put_string(json, "kind", path != NULL ? hf_json_root_kind(path->root.kind) : "");
    hf_json_put_string(json, "name", path != NULL ? path->root.name : "");
    hf_json_put_uint(json, "count", path != NULL ? path->root.count : 0);
    hf_json_put_string(json, "text", path != NULL ? path->root_text : "");
    hf_json_end_object(json);
}

static void write_hop(struct hf_json *json, const struct hf_path_hop *hop) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "reference", hop->reference);
    hf_json_put_string(json, "type", hop->type);
    hf_json_put_string(json, "value", hop->value);
    hf_json_put_uint(json, "size_bytes", hop->size_bytes);
    hf_json_put_addr(json, "addr", hop->addr);
    hf_json_put_uint(json, "node", hop->node);
    if (hop->retained.count > 0)
        hf_json_put_retained(json, "retained", hop->retained);
    if (*hop->allocated_at)
        hf_json_put_string(json, "allocated_at", hop->allocated_at);
    hf_json_end_object(json);
}

void hf_json_put_hops(struct hf_json *json, const struct hf_path_hop *hops, size_t num_hops) {
    hf_json_key(json, "hops");
    hf_json_begin_array(json);
    for (size_t i = 0; i < num_hops; i++)
        write_hop(json, &hops[i]);
    hf_json_end_array(json);
}
