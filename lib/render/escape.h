/* escape.h - any text inside the quotes of a DOT string, so that it comes out of Graphviz as it is. */
#ifndef HF_RENDER_ESCAPE_H
#define HF_RENDER_ESCAPE_H

#include "base/text.h"

enum hf_dot_use {
    HF_DOT_LABEL,            /* of a node, an edge or the graph */
    HF_DOT_TOOLTIP,
};

/*
 * Appends `bytes`. What cannot be seen (controls, formats, lone surrogates) and what is not UTF-8 is written as
 * Python's repr writes it: a newline as \n.
 */
void hf_dot_add_escaped(struct hf_text *text, const char *bytes, size_t length, enum hf_dot_use use);

/* The same with at most max_chars characters of `bytes`, the last of which is then an ellipsis. */
void hf_dot_add_cut(struct hf_text *text, const char *bytes, size_t length, size_t max_chars, enum hf_dot_use use);

#endif
