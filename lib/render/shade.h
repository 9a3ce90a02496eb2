/* shade.h - how much the objects of a picture retain, as shades and sizes of their boxes. */
#ifndef HF_RENDER_SHADE_H
#define HF_RENDER_SHADE_H

#include "base/text.h"
#include "render/drawing.h"

/* Fills in what each box retains, when the options ask for it. Errors: NOMEM, CANCELLED. That of hf_dominators_get */
HF_MUST_CHECK enum hf_status hf_shade_boxes(struct hf_drawing *drawing, struct hf_error *error);

struct hf_shade {
    const char *fill, *text;     /* colours; their contrast is 4.5 : 1 at least */
    unsigned font_size;          /* in points */
};

/* The shade of a box in a drawing whose largest box retains most_bytes. */
const struct hf_shade *hf_shade_of(const struct hf_box *box, uint64_t most_bytes);

/* What the box retains that retains most. O(boxes) */
uint64_t hf_shade_most(const struct hf_drawing *drawing);

/* " Darker and larger: retains more. Darkest from 700.0 KiB on, then from ..." */
void hf_shade_add_key(struct hf_text *text, const struct hf_drawing *drawing, uint64_t most_bytes);

#endif
