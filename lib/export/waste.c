/* waste.c - memory that need not be spent, as JSON; the schema is in include/holdfast/json.h. */
#include <holdfast/json.h>

#include "export/parts.h"

static void write_row(struct hf_json *json, const struct hf_waste_row *row) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "type", row->type);
    hf_json_put_uint(json, "count", row->count);
    hf_json_put_uint(json, "size_bytes", row->size_bytes);
    hf_json_put_uint(json, "saving_bytes", row->saving_bytes);
    hf_json_put_string(json, "what", row->what);
    hf_json_put_uint(json, "num_held", row->num_held);
    hf_json_put_string(json, "owner", row->owner);
    hf_json_put_string(json, "pattern", row->pattern);
    hf_json_put_uint(json, "example", row->example);
    hf_json_put_addr(json, "example_addr", row->example_addr);
    hf_json_end_object(json);
}

static void write_section(struct hf_json *json, const struct hf_waste_section *section) {
    hf_json_begin_object(json);
    hf_json_put_string(json, "kind", hf_waste_kind_name(section->kind));
    hf_json_put_string(json, "title", section->title);
    hf_json_put_bool(json, "is_answered", section->is_answered);
    hf_json_put_string(json, "problem", section->problem);
    hf_json_put_uint(json, "count", section->count);
    hf_json_put_uint(json, "size_bytes", section->size_bytes);
    hf_json_put_uint(json, "saving_bytes", section->saving_bytes);
    hf_json_put_uint(json, "num_all_rows", section->num_all_rows);
    hf_json_key(json, "rows");
    hf_json_begin_array(json);
    for (size_t i = 0; i < section->num_rows; i++)
        write_row(json, &section->rows[i]);
    hf_json_end_array(json);
    hf_json_end_object(json);
}

enum hf_status hf_json_waste(const struct hf_waste *waste, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "waste");
    hf_json_put_uint(&json, "total_count", waste->total_count);
    hf_json_put_uint(&json, "total_bytes", waste->total_bytes);
    hf_json_key(&json, "sections");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < waste->num_sections; i++)
        write_section(&json, &waste->sections[i]);
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}
