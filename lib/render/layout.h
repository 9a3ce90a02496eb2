/* layout.h - a picture from DOT text, whatever it takes: first as it should look, then with less effort. */
#ifndef HF_RENDER_LAYOUT_H
#define HF_RENDER_LAYOUT_H

#include <holdfast/picture.h>

#include "render/graphviz.h"

/* hf_picture_render with another place to look for Graphviz. */
HF_MUST_CHECK enum hf_status hf_layout_render(const struct hf_graphviz_names *names, const char *dot,
                                              enum hf_picture_format format, const struct hf_render_limits *limits,
                                              uint8_t **bytes, size_t *num_bytes, struct hf_error *error);

#endif
