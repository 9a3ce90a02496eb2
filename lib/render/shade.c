/*
 * shade.c - how much the objects of a picture retain.
 *
 *   retains, of the most in the picture   1/2 or more   1/8   1/32   1/128   1/1024   less
 *   box                                   darkest, large  ...                        palest, small
 *
 * What objects retain differs by powers of ten, and the path down to a leak is a row of boxes that retain nearly the
 * same: so the scale is logarithmic, and the top of it is a factor of two.
 */
#include "render/shade.h"

#include "analysis/retained/dominators.h"
#include "render/label.h"

static const struct {
    struct hf_shade shade;
    unsigned divisor;
} shades[] = {
    {{"#4c1d95", "#ffffff", 17}, 2},   {{"#7c3aed", "#ffffff", 15}, 8},    {{"#c4b5fd", "#1e1b4b", 13}, 32},
    {{"#ddd6fe", "#1e1b4b", 12}, 128}, {{"#ede9fe", "#1e1b4b", 11}, 1024}, {{"#faf9ff", "#1e1b4b", 10}, 0},
};
#define NUM_SHADES (sizeof shades / sizeof shades[0])

enum hf_status hf_shade_boxes(struct hf_drawing *drawing, struct hf_error *error) {
    const struct hf_dominators *dominators;
    if (!drawing->options.retained)
        return HF_OK;
    enum hf_status status = hf_dominators_get(drawing->snapshot, drawing->options.progress, &dominators, error);
    for (uint32_t i = 0; status == HF_OK && i < drawing->num_boxes; i++)
        drawing->boxes[i].retained = hf_dominators_get_with_dict(dominators, drawing->boxes[i].node,
                                                                 drawing->boxes[i].dict);
    return status;
}

uint64_t hf_shade_most(const struct hf_drawing *drawing) {
    uint64_t most_bytes = 0;
    for (uint32_t i = 0; i < drawing->num_boxes; i++)
        if (drawing->boxes[i].retained.size_bytes > most_bytes)
            most_bytes = drawing->boxes[i].retained.size_bytes;
    return most_bytes;
}

const struct hf_shade *hf_shade_of(const struct hf_box *box, uint64_t most_bytes) {
    size_t i = 0;
    while (i + 1 < NUM_SHADES && box->retained.size_bytes < most_bytes / shades[i].divisor)
        i++;
    return &shades[i].shade;
}

void hf_shade_add_key(struct hf_text *text, const struct hf_drawing *drawing, uint64_t most_bytes) {
    hf_text_add(text, "\\lDarker and larger: retains more; darkest from ");
    for (size_t i = 0; i + 1 < NUM_SHADES; i++) {
        if (i > 0)
            hf_text_add(text, i == 1 ? " on, then from " : ", ");
        hf_label_size(text, drawing, most_bytes / shades[i].divisor);
    }
    hf_text_add_char(text, '.');
}
