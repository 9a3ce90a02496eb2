/* own_layout.h - the layout of the interpreter that runs in this process. */
#ifndef HF_CAPTURE_OWN_LAYOUT_H
#define HF_CAPTURE_OWN_LAYOUT_H

#include "cpython/layout.h"

const struct hf_layout *hf_own_layout(void);

#endif
