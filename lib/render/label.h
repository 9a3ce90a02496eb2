/* label.h - the words in a picture. All functions append escaped text, to stand between quotes. */
#ifndef HF_RENDER_LABEL_H
#define HF_RENDER_LABEL_H

#include "render/drawing.h"
#include "render/escape.h"

/* "shop.cache.Session [3]", its value, "__del__": the lines in a box. O(edges of the object) */
void hf_label_box(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box);

/* Type, address, value, path, size, reference count and what was left out. O(edges of the objects on the path) */
void hf_label_box_tooltip(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box,
                          const struct hf_paths *paths, const struct hf_root_order *order);

/* "._shards", and further references between the same two objects below it. */
void hf_label_arrow(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_arrow *arrow,
                    enum hf_dot_use use);

/* The text in the ellipse of a root, and at its arrow. */
void hf_label_root(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_root *root,
                   enum hf_dot_use use);
void hf_label_root_arrow(struct hf_text *text, const struct hf_root *root, enum hf_dot_use use);

/* "1.4 MiB", or exactly, as the options say. */
void hf_label_size(struct hf_text *text, const struct hf_drawing *drawing, uint64_t size_bytes);

/* "1 reference", "1,234 references". */
void hf_label_count(struct hf_text *text, uint64_t count, const char *singular, const char *plural);

#endif
