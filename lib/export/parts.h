/* parts.h - what answers in JSON have in common: how each begins and ends, kinds of roots, retained sizes, hops. */
#ifndef HF_EXPORT_PARTS_H
#define HF_EXPORT_PARTS_H

#include <holdfast/path.h>

#include "base/json.h"

/* An answer of a kind, up to the keys of its own. */
void hf_json_begin_answer(struct hf_json *json, const char *kind);
/* Hands the text over in *out. Errors: NOMEM, also from whatever was written before. */
HF_MUST_CHECK enum hf_status hf_json_end_answer(struct hf_json *json, char **out, struct hf_error *error);

/* As keys and values: hf_root_kind_name without blanks. */
const char *hf_json_root_kind(enum hf_root_kind kind);

/* "PREFIX_count": .., "PREFIX_bytes": .. */
void hf_json_put_retained(struct hf_json *json, const char *prefix, struct hf_retained retained);

/* "root": {...}; path NULL stands for no root, with empty values. */
void hf_json_put_root(struct hf_json *json, const struct hf_path *path);

/* "hops": [...] */
void hf_json_put_hops(struct hf_json *json, const struct hf_path_hop *hops, size_t num_hops);

#endif
