/* native.c - references from native code as JSON. */
#include <holdfast/json.h>

#include "export/parts.h"

static void write_row(struct hf_json *json, const struct hf_native_row *row) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "type", row->type);
    hf_json_put_string(json, "reason", hf_native_reason_name(row->reason));
    hf_json_put_string(json, "where", row->where);
    hf_json_put_uint(json, "num_objects", row->num_objects);
    hf_json_put_uint(json, "num_references", row->num_references);
    hf_json_put_uint(json, "example", row->example);
    hf_json_put_uint(json, "example_references", row->example_references);
    hf_json_put_string(json, "example_value", row->example_value);
    hf_json_put_string(json, "example_variable", row->example_variable);
    hf_json_end_object(json);
}

static void write_danger(struct hf_json *json, const struct hf_native_danger *danger) {
    hf_json_begin_object(json);
    hf_json_put_uint(json, "node", danger->node);
    hf_json_put_string(json, "type", danger->type);
    hf_json_put_string(json, "value", danger->value);
    hf_json_put_uint(json, "refcount", danger->refcount);
    hf_json_put_uint(json, "num_found", danger->num_found);
    hf_json_put_bool(json, "is_doubtful", danger->is_doubtful);
    hf_json_put_string(json, "text", danger->text);
    hf_json_end_object(json);
}

static void write_growth(struct hf_json *json, const struct hf_native_growth *growth) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "type", growth->type);
    hf_json_put_string(json, "reason", hf_native_reason_name(growth->reason));
    hf_json_put_string(json, "where", growth->where);
    hf_json_put_int(json, "references_growth", growth->references_growth);
    hf_json_put_int(json, "objects_growth", growth->objects_growth);
    hf_json_put_uint(json, "num_new", growth->num_new);
    hf_json_put_uint(json, "num_gone", growth->num_gone);
    hf_json_put_uint(json, "num_raised", growth->num_raised);
    hf_json_key(json, "example");
    if (growth->example != HF_NO_NODE)
        hf_json_uint(json, growth->example);
    else
        hf_json_null(json);
    hf_json_put_uint(json, "example_then", growth->example_then);
    hf_json_put_uint(json, "example_now", growth->example_now);
    hf_json_put_string(json, "example_value", growth->example_value);
    hf_json_put_string(json, "text", growth->text);
    hf_json_end_object(json);
}

enum hf_status hf_json_native(const struct hf_native *native, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "native");
    hf_json_put_uint(&json, "num_objects", native->num_objects);
    hf_json_put_uint(&json, "num_references", native->num_references);
    hf_json_put_uint(&json, "num_unexplained_objects", native->num_unexplained_objects);
    hf_json_put_uint(&json, "num_unexplained_references", native->num_unexplained_references);
    hf_json_put_uint(&json, "num_immortal", native->num_immortal);
    hf_json_put_uint(&json, "num_all_rows", native->num_all_rows);
    hf_json_key(&json, "rows");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < native->num_rows; i++)
        write_row(&json, &native->rows[i]);
    hf_json_end_array(&json);
    hf_json_put_uint(&json, "num_all_dangers", native->num_all_dangers);
    hf_json_key(&json, "dangers");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < native->num_dangers; i++)
        write_danger(&json, &native->dangers[i]);
    hf_json_end_array(&json);
    hf_json_put_bool(&json, "is_comparison", native->is_comparison);
    hf_json_put_bool(&json, "by_address", native->by_address);
    hf_json_put_uint(&json, "num_calls", native->num_calls);
    hf_json_put_uint(&json, "num_all_grown", native->num_all_grown);
    hf_json_put_uint(&json, "num_unexplained_grown", native->num_unexplained_grown);
    hf_json_key(&json, "grown");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < native->num_grown; i++)
        write_growth(&json, &native->grown[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}
