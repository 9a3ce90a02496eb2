/* dot.h - a drawing in the DOT language. */
#ifndef HF_RENDER_DOT_H
#define HF_RENDER_DOT_H

#include "render/drawing.h"
#include "render/escape.h"

/* Ends the legend; a line can be put before it. No value can hold this text: quotes in values are escaped. */
#define HF_DOT_LEGEND_END "\\l\"; // end of the legend\n"

/* Appends the whole graph. `description` tells what is selected. O(boxes * length of their paths + arrows) */
void hf_dot_add(struct hf_text *text, const struct hf_drawing *drawing, const char *description,
                const struct hf_paths *paths, const struct hf_root_order *order);

#endif
