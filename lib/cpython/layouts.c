/* layouts.c - which layout is whose. */
#include "cpython/layouts.h"

#include <stddef.h>

/* Layouts belong to a minor release, but for changes within 3.13 and 3.14. */
static const struct {
    uint32_t first, last;        /* PY_VERSION_HEX without the last byte: level and serial */
    const struct hf_layout *layout;
} releases[] = {
    {0x030900, 0x0309FF, &hf_layout_3_9},      {0x030A00, 0x030AFF, &hf_layout_3_10},
    {0x030B00, 0x030BFF, &hf_layout_3_11},     {0x030C00, 0x030CFF, &hf_layout_3_12},
    {0x030D00, 0x030D04, &hf_layout_3_13_0},   {0x030D01, 0x030DFF, &hf_layout_3_13_5},
    {0x030E00, 0x030E04, &hf_layout_3_14_0},   {0x030E05, 0x030EFF, &hf_layout_3_14_5},
    {0x030F00, 0x030FFF, &hf_layout_3_15},
};

const struct hf_layout *hf_layout_of(uint32_t version_hex, unsigned index) {
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
        if (version_hex >> 8 >= releases[i].first && version_hex >> 8 <= releases[i].last && index-- == 0)
            return releases[i].layout;
    return NULL;
}
