/* names.c - the table of static names: see names.h. */
#include "cpython/names.h"

const struct hf_static_name_entry hf_static_names[HF_NUM_STATIC_NAMES] = {
#define X(symbol, kind, text, flags) {text, HF_NAME_##kind, flags},
    HF_STATIC_NAMES(X)
#undef X
};
