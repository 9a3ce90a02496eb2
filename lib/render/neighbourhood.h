/* neighbourhood.h - which objects and references around the selected ones a picture shows. */
#ifndef HF_RENDER_NEIGHBOURHOOD_H
#define HF_RENDER_NEIGHBOURHOOD_H

#include "render/drawing.h"

/*
 * Adds the selected objects (the first max_neighbours of them) and, breadth first up to `depth` hops, those that refer
 * to them or that they refer to, as the drawing's options say. What was left out is counted in each box.
 * Errors: NOMEM, CANCELLED. Cost: O(depth * (nodes + edges)) for referrers, O(edges of the boxes) for references.
 */
HF_MUST_CHECK enum hf_status hf_neighbourhood_add(struct hf_drawing *drawing, const struct hf_selection *selection,
                                                  struct hf_error *error);

#endif
