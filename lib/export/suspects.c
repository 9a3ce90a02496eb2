/* suspects.c - suspects as JSON; the schema is in include/holdfast/json.h. */
#include <holdfast/json.h>

#include "export/parts.h"

static void write_parts(struct hf_json *json, const struct hf_suspect *suspect) {
    hf_json_put_uint(json, "num_all_parts", suspect->num_all_parts);
    hf_json_key(json, "parts");
    hf_json_begin_array(json);
    for (size_t i = 0; i < suspect->num_parts; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "type", suspect->parts[i].type);
        hf_json_put_uint(json, "count", suspect->parts[i].count);
        hf_json_put_uint(json, "size_bytes", suspect->parts[i].size_bytes);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

static void write_what(struct hf_json *json, const struct hf_suspect *suspect) {
    hf_json_put_string(json, "kind", hf_suspect_kind_name(suspect->kind));
    hf_json_put_string(json, "reference", suspect->reference);
    hf_json_put_string(json, "pattern", suspect->pattern);
    hf_json_key(json, "also");
    hf_json_begin_array(json);
    for (size_t i = 0; i < suspect->num_also; i++)
        hf_json_string(json, suspect->also[i]);
    hf_json_end_array(json);
    hf_json_put_string(json, "expression", suspect->expression);
    hf_json_put_string(json, "expression_gap", suspect->expression_gap);
    hf_json_put_uint(json, "count", suspect->count);
    hf_json_put_uint(json, "size_bytes", suspect->size_bytes);
    hf_json_put_string(json, "unit_type", suspect->unit_type);
    hf_json_put_uint(json, "unit_count", suspect->unit_count);
    hf_json_put_uint(json, "unit_bytes", suspect->unit_bytes);
    write_parts(json, suspect);
}

static void write_who(struct hf_json *json, const struct hf_suspect *suspect) {
    hf_json_put_string(json, "owner_kind", suspect->owner_kind);
    hf_json_put_string(json, "owner", suspect->owner);
    hf_json_put_string(json, "owner_file", suspect->owner_file);
    hf_json_put_string(json, "known", suspect->known);
    hf_json_key(json, "related");
    hf_json_begin_array(json);
    for (size_t i = 0; i < suspect->num_related; i++)
        hf_json_uint(json, suspect->related[i]);
    hf_json_end_array(json);
    hf_json_put_string(json, "fingerprint", suspect->fingerprint);
    hf_json_put_string(json, "text", suspect->text);
    hf_json_put_string(json, "advice", suspect->advice);
}

static void write_path(struct hf_json *json, const struct hf_suspect *suspect) {
    size_t num_hops = suspect->path != NULL ? suspect->path->num_hops : 0;
    hf_json_put_root(json, suspect->path);
    hf_json_put_hops(json, suspect->path != NULL ? suspect->path->hops : NULL, num_hops);
    hf_json_key(json, "verdicts");
    hf_json_begin_array(json);
    for (size_t i = 0; i < num_hops; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "verdict", hf_verdict_name(suspect->hops[i].verdict));
        hf_json_put_string(json, "reason", suspect->hops[i].reason);
        hf_json_put_bool(json, "is_underlined", suspect->hops[i].is_underlined);
        hf_json_put_bool(json, "is_point", suspect->hops[i].is_point);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

static void write_holders(struct hf_json *json, const struct hf_suspects *suspects) {
    hf_json_key(json, "holders");
    hf_json_begin_array(json);
    for (size_t i = 0; i < suspects->num_holders; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "reference", suspects->holders[i].reference);
        hf_json_put_string(json, "type", suspects->holders[i].type);
        hf_json_put_uint(json, "node", suspects->holders[i].node);
        hf_json_put_uint(json, "size_bytes", suspects->holders[i].size_bytes);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

enum hf_status hf_json_suspects(const struct hf_suspects *suspects, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "suspects");
    hf_json_put_uint(&json, "total_count", suspects->total_count);
    hf_json_put_uint(&json, "total_bytes", suspects->total_bytes);
    hf_json_put_uint(&json, "new_count", suspects->new_count);
    hf_json_put_uint(&json, "new_bytes", suspects->new_bytes);
    hf_json_put_uint(&json, "threshold_bytes", suspects->threshold_bytes);
    hf_json_put_bool(&json, "is_comparison", suspects->is_comparison);
    hf_json_put_string(&json, "note", suspects->note);
    hf_json_put_uint(&json, "num_all_suspects", suspects->num_all_suspects);
    hf_json_key(&json, "suspects");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < suspects->num_suspects; i++) {
        hf_json_begin_object(&json);
        write_what(&json, &suspects->list[i]);
        write_who(&json, &suspects->list[i]);
        write_path(&json, &suspects->list[i]);
        hf_json_end_object(&json);
    }
    hf_json_end_array(&json);
    write_holders(&json, suspects);
    return hf_json_end_answer(&json, out, error);
}
