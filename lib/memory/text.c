/* text.c - texts in C of which only the beginning is known: a view must not reach into the page behind them. */
#include "memory/memory.h"

#define PAGE_BYTES 4096

/* How much can be looked at: up to the end of the page, but byte by byte where a view checks nothing. */
static size_t part_size(const struct hf_memory *memory, uint64_t addr, size_t wanted) {
    size_t to_page_end = PAGE_BYTES - (size_t)(addr & (PAGE_BYTES - 1));
    if (memory->view == NULL)
        return 1;
    return wanted < to_page_end ? wanted : to_page_end;
}

size_t hf_memory_text(struct hf_memory *memory, uint64_t addr, char *buffer, size_t size) {
    size_t length = 0;
    while (addr != 0 && length + 1 < size) {
        size_t part = part_size(memory, addr + length, size - 1 - length);
        const char *text = hf_memory_view(memory, addr + length, part);
        size_t found = text != NULL ? strnlen(text, part) : 0;
        if (found == 0)
            break;
        memcpy(buffer + length, text, found);
        length += found;
        if (found < part)
            break;
    }
    buffer[length] = '\0';
    return length;
}
