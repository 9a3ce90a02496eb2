/*
 * name_table.h - the names of references of one process: the static ones, then those met on the way, each (kind, text)
 * once. A name is a number that fits in 16 bits; when they run out, later names are HF_N_UNNAMED and are counted.
 */
#ifndef HF_CPYTHON_NAME_TABLE_H
#define HF_CPYTHON_NAME_TABLE_H

#include "base/arena.h"
#include "cpython/names.h"

#define HF_MAX_NAMES 65535u

struct hf_name_text {
    const char *text;        /* UTF-8; the arena's or static */
    uint32_t length;
    uint8_t kind;
    uint8_t flags;
};

struct hf_name_table {
    struct hf_arena *arena;
    struct hf_name_text *entries;    /* HF_MAX_NAMES of them, without memory until they are used */
    uint32_t *slots;             /* open addressing: entry index + 1 */
    uint32_t num_slots;
    uint32_t num_entries;
    uint32_t num_overflowed;
};

/* All its memory is the arena's, which has to outlive it. False: no memory. */
bool hf_name_table_init(struct hf_name_table *table, struct hf_arena *arena);

/* The number of (kind, text), or HF_N_UNNAMED when there is no room or no memory. */
uint16_t hf_name_table_intern(struct hf_name_table *table, enum hf_name_kind kind, const char *utf8, size_t length);

static inline const struct hf_name_text *hf_name_table_get(const struct hf_name_table *table, uint32_t name) {
    return &table->entries[name];
}

#endif
