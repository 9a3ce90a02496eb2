/* growth.c - what grew, as JSON; the schema is in include/holdfast/json.h. */
#include <holdfast/json.h>

#include "export/parts.h"

static void put_uints(struct hf_json *json, const char *key, const uint64_t *values, size_t count) {
    hf_json_key(json, key);
    hf_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        hf_json_uint(json, values[i]);
    hf_json_end_array(json);
}

static void put_ints(struct hf_json *json, const char *key, const int64_t *values, size_t count) {
    hf_json_key(json, key);
    hf_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        hf_json_int(json, values[i]);
    hf_json_end_array(json);
}

static void write_moments(struct hf_json *json, const struct hf_growth *growth) {
    hf_json_key(json, "moments");
    hf_json_begin_array(json);
    for (size_t i = 0; i < growth->num_moments; i++) {
        const struct hf_growth_moment *moment = &growth->moments[i];
        hf_json_begin_object(json);
        hf_json_put_uint(json, "taken_at_ns", moment->taken_at_ns);
        hf_json_put_uint(json, "pid", moment->pid);
        hf_json_put_uint(json, "count", moment->count);
        hf_json_put_uint(json, "size_bytes", moment->size_bytes);
        hf_json_put_uint(json, "garbage_count", moment->garbage_count);
        hf_json_put_uint(json, "garbage_bytes", moment->garbage_bytes);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

static void write_types(struct hf_json *json, const char *key, const struct hf_growth_type *types, size_t num_types,
                        size_t num_moments) {
    hf_json_key(json, key);
    hf_json_begin_array(json);
    for (size_t i = 0; i < num_types; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "name", types[i].name);
        hf_json_put_string(json, "trend", hf_trend_name(types[i].trend));
        hf_json_put_int(json, "count_growth", types[i].count_growth);
        hf_json_put_int(json, "bytes_growth", types[i].bytes_growth);
        put_uints(json, "counts", types[i].counts, num_moments);
        put_uints(json, "sizes_bytes", types[i].sizes_bytes, num_moments);
        hf_json_put_uint(json, "num_new", types[i].num_new);
        hf_json_put_uint(json, "num_gone", types[i].num_gone);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

static void write_place(struct hf_json *json, const struct hf_growth_place *place, size_t num_steps) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "pattern", place->pattern);
    hf_json_put_string(json, "owner", place->owner);
    hf_json_put_string(json, "type", place->type);
    hf_json_put_uint(json, "num_types", place->num_types);
    hf_json_put_string(json, "trend", hf_trend_name(place->trend));
    hf_json_put_int(json, "count_growth", place->count_growth);
    hf_json_put_int(json, "all_count_growth", place->all_count_growth);
    hf_json_put_int(json, "bytes_growth", place->bytes_growth);
    put_ints(json, "count_steps", place->count_steps, num_steps);
    put_ints(json, "bytes_steps", place->bytes_steps, num_steps);
    hf_json_put_uint(json, "count", place->count);
    hf_json_put_uint(json, "num_moved", place->num_moved);
    hf_json_put_string(json, "container", place->container);
    hf_json_put_string(json, "container_type", place->container_type);
    hf_json_put_uint(json, "num_containers", place->num_containers);
    hf_json_put_uint(json, "length_then", place->length_then);
    hf_json_put_uint(json, "length_now", place->length_now);
    hf_json_put_uint(json, "example", place->example);
    hf_json_put_addr(json, "example_addr", place->example_addr);
    hf_json_end_object(json);
}

static void write_places(struct hf_json *json, const struct hf_growth *growth) {
    hf_json_put_uint(json, "num_all_places", growth->num_all_places);
    hf_json_put_uint(json, "num_steady", growth->num_steady);
    hf_json_key(json, "places");
    hf_json_begin_array(json);
    for (size_t i = 0; i < growth->num_places; i++)
        write_place(json, &growth->places[i], growth->num_moments - 1);
    hf_json_end_array(json);
}

static void write_identity(struct hf_json *json, const struct hf_growth_identity *identity) {
    hf_json_key(json, "identity");
    hf_json_begin_object(json);
    hf_json_put_bool(json, "by_address", identity->by_address);
    hf_json_put_uint(json, "num_new", identity->num_new);
    hf_json_put_uint(json, "num_gone", identity->num_gone);
    hf_json_put_uint(json, "num_same", identity->num_same);
    hf_json_put_uint(json, "num_replaced", identity->num_replaced);
    hf_json_put_uint(json, "num_assumed", identity->num_assumed);
    hf_json_put_uint(json, "num_doubtful", identity->num_doubtful);
    hf_json_end_object(json);
}

static void write_checks(struct hf_json *json, const struct hf_growth *growth) {
    hf_json_put_bool(json, "is_exceeded", growth->is_exceeded);
    hf_json_key(json, "checks");
    hf_json_begin_array(json);
    for (size_t i = 0; i < growth->num_checks; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "condition", growth->checks[i].condition);
        hf_json_put_int(json, "growth", growth->checks[i].growth);
        hf_json_put_uint(json, "num_types", growth->checks[i].num_types);
        hf_json_put_bool(json, "is_exceeded", growth->checks[i].is_exceeded);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

enum hf_status hf_json_growth(const struct hf_growth *growth, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "growth");
    write_moments(&json, growth);
    hf_json_put_uint(&json, "num_all_grown", growth->num_all_grown);
    write_types(&json, "grown", growth->grown, growth->num_grown, growth->num_moments);
    hf_json_put_uint(&json, "num_all_shrunk", growth->num_all_shrunk);
    write_types(&json, "shrunk", growth->shrunk, growth->num_shrunk, growth->num_moments);
    write_places(&json, growth);
    write_identity(&json, &growth->identity);
    write_checks(&json, growth);
    return hf_json_end_answer(&json, out, error);
}
