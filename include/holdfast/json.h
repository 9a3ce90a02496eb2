/*
 * json.h - every answer as JSON text. Objects start with "holdfast": the version of the schema, 1, and "kind".
 * Sizes are integers with the unit in the key, addresses are hex strings. The caller frees *out with hf_free.
 * Errors: NOMEM.
 */
#ifndef HOLDFAST_JSON_H
#define HOLDFAST_JSON_H

#include <holdfast/info.h>
#include <holdfast/path.h>
#include <holdfast/picture.h>
#include <holdfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

HF_MUST_CHECK enum hf_status hf_json_info(const struct hf_info *info, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_types(const struct hf_types *types, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_why(const struct hf_why *why, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_picture(const struct hf_picture *picture, char **out, struct hf_error *error);

#ifdef __cplusplus
}
#endif
#endif
