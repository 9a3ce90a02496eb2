/*
 * json.h - every answer as JSON text, one object with a line break at its end. The caller frees *out with hf_free.
 * Errors: NOMEM.
 *
 * Schema, version 1. Each document starts with "schema_version": 1 and "kind": one of the words below, and goes on with
 * the keys behind that word, in this order. A later version adds keys; one that changes or drops a key has a higher
 * number. Counts and sizes are integers (sizes in bytes, times in ns, as the keys say), addresses are strings "0x..".
 * A str that is not valid Unicode has its surrogates escaped as \udXXX. What objects retain is left out, with both its
 * keys, where it was not asked for. A hop has a last key "allocated_at" ("shop.py:31 in Cache.add"), and an object a
 * last key "allocated_at" with a list of such texts, callers last, where that is known (sites.h).
 *
 *   info     origin: {python, method, program, platform, pid, taken_at_ns, pause_ns, cpu_ns, resident_bytes,
 *              capture_bytes, num_checked, num_exact, has_previews},
 *            num_nodes, num_edges, num_types, num_threads, num_frames, num_interpreters, size_bytes, num_tracked,
 *            num_immortal, num_frozen, num_unreachable, unreachable_bytes, num_named_edges, outside_references,
 *            roots: {module, frame, builtins, interpreter, static_type, immortal, outside},
 *            groups: [{name, count, size_bytes}], unnamed: [{type, count}], outside: [{type, count}]
 *   types    total_count, total_bytes, matching_count, matching_bytes, num_matching,
 *            retained_count, retained_bytes,
 *            types: [{name, type, count, size_bytes, retained_count, retained_bytes}]
 *   sites    total_count, total_bytes, matching_count, matching_bytes, unknown_count, unknown_bytes, num_matching,
 *            sites: [{file, line, function, count, size_bytes, retained_count, retained_bytes,
 *                     num_types, types: [{name, count}]}]
 *   site_growth  moments: [{taken_at_ns, pid, count, size_bytes}], unknown_counts: [count], num_all_sites,
 *            sites: [{file, line, function, trend, count_growth, bytes_growth, counts: [count], sizes_bytes: [bytes],
 *                     num_types, types: [{name, count}]}]
 *   why      num_selected, num_unreachable, num_owners, num_all_groups,
 *            groups: [{pattern, owner, count, size_bytes, example}],
 *            paths: [{root: {kind, name, count, text}, expression, expression_gap,
 *                     hops: [{reference, type, value, size_bytes, addr, node, retained_count, retained_bytes}]}]
 *   picture  num_nodes, num_edges, num_omitted, dot
 *   neighbours  num_selected, num_references, num_hidden_rows, num_hidden_references,
 *            rows: [{depth, parent, reference, type, num_references, num_objects, num_repeated, size_bytes,
 *                    num_further, num_hidden_rows, num_hidden_references, node, addr, value}]
 *   object   node, addr, type, type_node, type_count, type_bytes, value, size_bytes, dict, dict_bytes, retained_count,
 *            retained_bytes, dominator, dominator_type, refcount, num_incoming, flags: [text], roots: [text], owner,
 *            paths: [{root: {kind, name, count, text}, expression, expression_gap,
 *                     hops: [{reference, type, value, size_bytes, addr, node}]}],
 *            referrers: {num_selected, num_references, num_hidden_rows, num_hidden_references,
 *                        rows: [{depth, parent, reference, type, num_references, num_objects, num_repeated, size_bytes,
 *                                num_further, num_hidden_rows, num_hidden_references, node, addr, value}]},
 *            references: {num_selected, num_references, num_hidden_rows, num_hidden_references,
 *                         rows: [{depth, parent, reference, type, num_references, num_objects, num_repeated,
 *                                 size_bytes, num_further, num_hidden_rows, num_hidden_references, node, addr,
 *                                 value}]}
 *   chain    expression, expression_gap, hops: [{reference, type, value, size_bytes, addr, node}]
 *   cycles   num_components, num_objects, size_bytes, num_garbage_components, num_garbage_objects, garbage_bytes,
 *            num_all_groups,
 *            groups: [{pattern, is_garbage, num_components, num_objects, size_bytes, num_references,
 *                      num_outside_references, largest_objects, largest_bytes, length, expression, expression_gap,
 *                      hops: [{reference, type, value, size_bytes, addr, node}]}]
 *   processes  processes: [{pid, uid, python, resident_bytes, num_threads, name, program, problem}]
 *   dominated  total_count, total_bytes,
 *            rows: [{depth, kind, num_objects, retained_count, retained_bytes, reference, object, type, value}]
 *   freed    description, cut_count, cut_bytes, num_references, freed_count, freed_bytes, garbage_count, garbage_bytes,
 *            num_targets, num_targets_kept, kept_count, kept_bytes, num_borders, num_all_types,
 *            types: [{name, type, count, size_bytes}], num_all_groups,
 *            groups: [{pattern, owner, count, size_bytes, example}]
 *   waste    total_count, total_bytes,
 *            sections: [{kind, title, is_answered, problem, count, size_bytes, saving_bytes, num_all_rows,
 *                        rows: [{type, count, size_bytes, saving_bytes, what, num_held, owner, pattern,
 *                                example, example_addr}]}]
 *   suspects total_count, total_bytes, new_count, new_bytes, threshold_bytes, is_comparison, note,
 *            num_all_suspects,
 *            suspects: [{kind, reference, pattern, also: [pattern], expression, expression_gap, count, size_bytes,
 *                        unit_type, unit_count, unit_bytes, num_all_parts, parts: [{type, count, size_bytes}],
 *                        owner_kind, owner, owner_file, known, related: [index], fingerprint, text, advice,
 *                        root: {kind, name, count, text},
 *                        hops: [{reference, type, value, size_bytes, addr, node, retained_count, retained_bytes}],
 *                        verdicts: [{verdict, reason, is_underlined, is_point}]}],
 *            holders: [{reference, type, node, size_bytes}]
 *   growth   moments: [{taken_at_ns, pid, count, size_bytes, garbage_count, garbage_bytes}],
 *            num_all_grown, grown: [{name, trend, count_growth, bytes_growth, counts: [count], sizes_bytes: [bytes],
 *              num_new, num_gone}],
 *            num_all_shrunk, shrunk: [{name, trend, count_growth, bytes_growth, counts: [count], sizes_bytes: [bytes],
 *              num_new, num_gone}],
 *            num_all_places, num_steady,
 *            places: [{pattern, owner, type, num_types, trend, count_growth, all_count_growth, bytes_growth,
 *              count_steps: [count], bytes_steps: [bytes], count, num_moved, container, container_type, num_containers,
 *              length_then, length_now, example, example_addr}],
 *            identity: {by_address, num_new, num_gone, num_same, num_replaced, num_assumed, num_doubtful},
 *            is_exceeded, checks: [{condition, growth, num_types, is_exceeded}]
 *   written  path, file_bytes, num_nodes, num_edges, num_types,
 *            origin: {python, method, program, platform, pid, taken_at_ns, pause_ns, cpu_ns, resident_bytes,
 *              capture_bytes, num_checked, num_exact, has_previews}
 *   native   num_objects, num_references, num_unexplained_objects, num_unexplained_references, num_immortal,
 *            num_all_rows, rows: [{type, reason, where, num_objects, num_references, example, example_references,
 *              example_value, example_variable}],
 *            num_all_dangers, dangers: [{node, type, value, refcount, num_found, is_doubtful, text}],
 *            is_comparison, by_address, num_calls, num_all_grown, num_unexplained_grown,
 *            grown: [{type, reason, where, references_growth, objects_growth, num_new, num_gone, num_raised, example,
 *              example_then, example_now, example_value, text}]
 */
#ifndef HOLDFAST_JSON_H
#define HOLDFAST_JSON_H

#include <holdfast/chain.h>
#include <holdfast/cycles.h>
#include <holdfast/dominated.h>
#include <holdfast/growth.h>
#include <holdfast/info.h>
#include <holdfast/native.h>
#include <holdfast/neighbours.h>
#include <holdfast/object.h>
#include <holdfast/path.h>
#include <holdfast/picture.h>
#include <holdfast/process.h>
#include <holdfast/retained.h>
#include <holdfast/sites.h>
#include <holdfast/suspects.h>
#include <holdfast/types.h>
#include <holdfast/waste.h>

HF_BEGIN_API

HF_MUST_CHECK enum hf_status hf_json_info(const struct hf_info *info, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_types(const struct hf_types *types, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_sites(const struct hf_sites *sites, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_site_growth(const struct hf_site_growth *growth, char **out,
                                                 struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_why(const struct hf_why *why, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_processes(const struct hf_processes *processes, char **out,
                                               struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_picture(const struct hf_picture *picture, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_cycles(const struct hf_cycles *cycles, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_neighbours(const struct hf_neighbours *neighbours, char **out,
                                                struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_object(const struct hf_object *object, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_suspects(const struct hf_suspects *suspects, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_chain(const struct hf_chain *chain, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_dominated(const struct hf_dominated *dominated, char **out,
                                               struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_freed(const struct hf_freed *freed, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_waste(const struct hf_waste *waste, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_growth(const struct hf_growth *growth, char **out, struct hf_error *error);
/* Of a snapshot that was written to a file of file_bytes at `path`. */
HF_MUST_CHECK enum hf_status hf_json_written(const struct hf_snapshot *snapshot, const char *path,
                                             uint64_t file_bytes, char **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_json_native(const struct hf_native *native, char **out, struct hf_error *error);

HF_END_API
#endif
