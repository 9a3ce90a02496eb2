/*
 * selector.h - which objects a question is about.
 *
 * A selector is one word:
 *   shop.cache.Session   objects of that type; also by its last part where that is unambiguous enough (Session), and
 *   shop.cache.*         by glob pattern (*, ?, [a-z]) on the full type name
 *   0x7f3a5c0de010       the object at an address, as id() and repr() show it
 *   #1234, 1234          the node with that number (to a shell, an unquoted # may begin a comment)
 * and optionally a condition on the printed value (options.value_pattern, a glob).
 */
#ifndef HOLDFAST_SELECTOR_H
#define HOLDFAST_SELECTOR_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

struct hf_selector_options {
    uint32_t struct_size;        /* sizeof(struct hf_selector_options) */
    const char *value_pattern;   /* glob on the value without quotes; NULL: any value */
    const struct hf_progress *progress;
};

/* Some nodes of a snapshot, ascending. */
struct hf_selection {
    const hf_node_id *nodes;
    size_t num_nodes;
    const char *description;     /* "1,210 objects of type shop.cache.Session" */
};

/*
 * Finds what `text` selects; `text` NULL or "*" selects all objects (for use with a value pattern).
 * Errors: NOT_FOUND (the message has near misses), ARGUMENT (malformed address or number), NOMEM, CANCELLED.
 * Cost: O(nodes), with a value pattern O(nodes + edges).
 */
HF_MUST_CHECK enum hf_status hf_selection_create(const struct hf_snapshot *snapshot, const char *text,
                                                 const struct hf_selector_options *options,
                                                 struct hf_selection **out, struct hf_error *error);

/* The same from node numbers that the caller has. */
HF_MUST_CHECK enum hf_status hf_selection_create_nodes(const struct hf_snapshot *snapshot, const hf_node_id *nodes,
                                                       size_t num_nodes, struct hf_selection **out,
                                                       struct hf_error *error);
void hf_selection_destroy(struct hf_selection *selection);

HF_END_API
#endif
