/* name_table.c - interning of names by open addressing; FNV-1a over kind and text, at most half full. */
#include "cpython/name_table.h"

#include <string.h>

static uint32_t hash_name(uint8_t kind, const char *utf8, size_t length) {
    uint32_t hash = (2166136261u ^ kind) * 16777619u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)utf8[i]) * 16777619u;
    return hash;
}

static void insert(struct hf_name_table *table, uint32_t hash, uint32_t entry) {
    uint32_t at = hash & (table->num_slots - 1);
    while (table->slots[at] != 0)
        at = (at + 1) & (table->num_slots - 1);
    table->slots[at] = entry + 1;
}

bool hf_name_table_init(struct hf_name_table *table, struct hf_arena *arena) {
    *table = (struct hf_name_table){.arena = arena, .num_slots = 2 * (HF_MAX_NAMES + 1)};
    table->slots = hf_arena_alloc(arena, table->num_slots, sizeof *table->slots);
    table->entries = hf_arena_alloc(arena, HF_MAX_NAMES, sizeof *table->entries);
    if (table->slots == NULL || table->entries == NULL)
        return false;
    for (int i = 0; i < HF_NUM_STATIC_NAMES; i++) {
        const struct hf_static_name_entry *name = &hf_static_names[i];
        size_t length = strlen(name->text);
        table->entries[i] = (struct hf_name_text){name->text, (uint32_t)length, name->kind, name->flags};
        if (name->flags == 0)
            insert(table, hash_name(name->kind, name->text, length), (uint32_t)i);
    }
    table->num_entries = HF_NUM_STATIC_NAMES;
    return true;
}

static bool add(struct hf_name_table *table, enum hf_name_kind kind, const char *utf8, size_t length) {
    if (table->num_entries >= HF_MAX_NAMES || length > UINT32_MAX)
        return false;
    const char *text = hf_arena_copy(table->arena, utf8, length);
    if (table->arena->failed)
        return false;
    table->entries[table->num_entries++] = (struct hf_name_text){text, (uint32_t)length, (uint8_t)kind, 0};
    return true;
}

uint16_t hf_name_table_intern(struct hf_name_table *table, enum hf_name_kind kind, const char *utf8, size_t length) {
    uint32_t hash = hash_name((uint8_t)kind, utf8, length);
    for (uint32_t at = hash & (table->num_slots - 1); table->slots[at] != 0; at = (at + 1) & (table->num_slots - 1)) {
        const struct hf_name_text *entry = hf_name_table_get(table, table->slots[at] - 1);
        if (entry->kind == kind && entry->length == length &&
            memcmp(entry->text, utf8, length) == 0)
            return (uint16_t)(table->slots[at] - 1);
    }
    if (!add(table, kind, utf8, length)) {
        table->num_overflowed++;
        return HF_N_UNNAMED;
    }
    insert(table, hash, table->num_entries - 1);
    return (uint16_t)(table->num_entries - 1);
}
