/*
 * layouts.h - the layouts of all releases that can be read from outside, each written from its headers into layouts/
 * by tests/tools/make-layouts.
 */
#ifndef HF_CPYTHON_LAYOUTS_H
#define HF_CPYTHON_LAYOUTS_H

#include "cpython/layout.h"

extern const struct hf_layout hf_layout_3_9;
extern const struct hf_layout hf_layout_3_10;
extern const struct hf_layout hf_layout_3_11;
extern const struct hf_layout hf_layout_3_12;
extern const struct hf_layout hf_layout_3_13_0;  /* to 3.13.4 at most: the heads of lists moved by four bytes */
extern const struct hf_layout hf_layout_3_13_5;
extern const struct hf_layout hf_layout_3_14_0;  /* to 3.14.4: the incremental collector */
extern const struct hf_layout hf_layout_3_14_5;
extern const struct hf_layout hf_layout_3_15;

/*
 * The layouts that a release may have by its PY_VERSION_HEX, one after the other by `index`; NULL: there are no more.
 * More than one where it is not known which patch release brought a change: the one that fits is right.
 */
const struct hf_layout *hf_layout_of(uint32_t version_hex, unsigned index);

#endif
