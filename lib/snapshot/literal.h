/* literal.h - values that Python can write down: 'text', b'..', 42, 3.5, None, ('session', 7). */
#ifndef HF_SNAPSHOT_LITERAL_H
#define HF_SNAPSHOT_LITERAL_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/*
 * Appends the value of a node as Python's repr would write it, and gives true. Gives false, and leaves the text as it
 * was, where the value is not known or is no literal. A str or bytes contributes at most max_chars characters; where
 * something is missing, by that or because the preview was cut when it was taken, the literal ends in an ellipsis in
 * place of its closing quote and *is_whole (NULL allowed) is false. Tuples are written when they are small: at most 8
 * elements, three deep. O(length + edges of a tuple)
 */
bool hf_literal_add(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars,
                    bool *is_whole);

#endif
