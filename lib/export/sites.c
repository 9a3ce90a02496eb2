/* sites.c - objects by the line that made them, and what grew there, as JSON. */
#include <holdfast/json.h>

#include "export/parts.h"

static void write_line(struct hf_json *json, const char *file, uint32_t line, const char *function) {
    hf_json_put_string(json, "file", file);
    hf_json_put_uint(json, "line", line);
    hf_json_put_string(json, "function", function);
}

static void write_types(struct hf_json *json, const struct hf_site_type *types, size_t num_types) {
    hf_json_put_uint(json, "num_types", num_types);
    hf_json_key(json, "types");
    hf_json_begin_array(json);
    for (size_t i = 0; i < num_types && i < HF_SITE_TYPES; i++) {
        hf_json_begin_object(json);
        hf_json_put_string(json, "name", types[i].name);
        hf_json_put_uint(json, "count", types[i].count);
        hf_json_end_object(json);
    }
    hf_json_end_array(json);
}

static void write_row(struct hf_json *json, const struct hf_sites *sites, const struct hf_sites_row *row) {
    hf_json_begin_object(json);
    write_line(json, row->file, row->line, row->function);
    hf_json_put_uint(json, "count", row->count);
    hf_json_put_uint(json, "size_bytes", row->size_bytes);
    if (sites->has_retained)
        hf_json_put_retained(json, "retained", row->retained);
    write_types(json, row->types, row->num_types);
    hf_json_end_object(json);
}

enum hf_status hf_json_sites(const struct hf_sites *sites, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "sites");
    hf_json_put_uint(&json, "total_count", sites->total_count);
    hf_json_put_uint(&json, "total_bytes", sites->total_bytes);
    hf_json_put_uint(&json, "matching_count", sites->matching_count);
    hf_json_put_uint(&json, "matching_bytes", sites->matching_bytes);
    hf_json_put_uint(&json, "unknown_count", sites->unknown_count);
    hf_json_put_uint(&json, "unknown_bytes", sites->unknown_bytes);
    hf_json_put_uint(&json, "num_matching", sites->num_matching);
    hf_json_key(&json, "sites");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < sites->num_rows; i++)
        write_row(&json, sites, &sites->rows[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}

static void write_numbers(struct hf_json *json, const char *key, const uint64_t *numbers, size_t count) {
    hf_json_key(json, key);
    hf_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        hf_json_uint(json, numbers[i]);
    hf_json_end_array(json);
}

static void write_grown(struct hf_json *json, const struct hf_site_growth *growth,
                        const struct hf_site_growth_row *row) {
    hf_json_begin_object(json);
    write_line(json, row->file, row->line, row->function);
    hf_json_put_string(json, "trend", hf_trend_name(row->trend));
    hf_json_put_int(json, "count_growth", row->count_growth);
    hf_json_put_int(json, "bytes_growth", row->bytes_growth);
    write_numbers(json, "counts", row->counts, growth->num_moments);
    write_numbers(json, "sizes_bytes", row->sizes_bytes, growth->num_moments);
    write_types(json, row->types, row->num_types);
    hf_json_end_object(json);
}

enum hf_status hf_json_site_growth(const struct hf_site_growth *growth, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "site_growth");
    hf_json_key(&json, "moments");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < growth->num_moments; i++) {
        hf_json_begin_object(&json);
        hf_json_put_uint(&json, "taken_at_ns", growth->moments[i].taken_at_ns);
        hf_json_put_uint(&json, "pid", growth->moments[i].pid);
        hf_json_put_uint(&json, "count", growth->moments[i].count);
        hf_json_put_uint(&json, "size_bytes", growth->moments[i].size_bytes);
        hf_json_end_object(&json);
    }
    hf_json_end_array(&json);
    write_numbers(&json, "unknown_counts", growth->unknown_counts, growth->num_moments);
    hf_json_put_uint(&json, "num_all_sites", growth->num_all_rows);
    hf_json_key(&json, "sites");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < growth->num_rows; i++)
        write_grown(&json, growth, &growth->rows[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}
