/* name_table.c - interning of names by open addressing; FNV-1a over kind and text, at most half full. */
#include "cpython/name_table.h"

#include <string.h>

static uint32_t hash_name(uint8_t kind, const char *utf8, size_t length) {
    uint32_t hash = (2166136261u ^ kind) * 16777619u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)utf8[i]) * 16777619u;
    return hash;
}

static bool append(struct hf_name_table *table, uint8_t kind, uint8_t flags, const char *utf8, size_t length) {
    struct hf_region *entries = &table->entries, *texts = &table->texts;
    if (length > UINT32_MAX - texts->used_bytes ||
        !hf_region_reserve(entries, entries->used_bytes + sizeof(struct hf_name_text)) ||
        !hf_region_reserve(texts, texts->used_bytes + length + 1))
        return false;
    struct hf_name_text entry = {(uint32_t)texts->used_bytes, (uint32_t)length, kind, flags};
    memcpy(entries->data + entries->used_bytes, &entry, sizeof entry);
    if (length > 0)
        memcpy(texts->data + texts->used_bytes, utf8, length);
    entries->used_bytes += sizeof entry;
    texts->used_bytes += length;
    table->num_entries++;
    return true;
}

static void insert(struct hf_name_table *table, uint32_t hash, uint32_t entry) {
    uint32_t at = hash & (table->num_slots - 1);
    while (table->slots[at] != 0)
        at = (at + 1) & (table->num_slots - 1);
    table->slots[at] = entry + 1;
}

bool hf_name_table_init(struct hf_name_table *table) {
    *table = (struct hf_name_table){.num_slots = 2 * (HF_MAX_NAMES + 1)};
    table->slots = hf_alloc(table->num_slots, sizeof *table->slots);
    if (table->slots == NULL)
        return false;
    for (int i = 0; i < HF_NUM_STATIC_NAMES; i++) {
        const struct hf_static_name_entry *name = &hf_static_names[i];
        if (!append(table, name->kind, name->flags, name->text, strlen(name->text))) {
            hf_name_table_deinit(table);
            return false;
        }
        if (name->flags == 0)
            insert(table, hash_name(name->kind, name->text, strlen(name->text)), (uint32_t)i);
    }
    return true;
}

void hf_name_table_deinit(struct hf_name_table *table) {
    hf_region_deinit(&table->entries);
    hf_region_deinit(&table->texts);
    hf_free(table->slots);
    *table = (struct hf_name_table){0};
}

uint16_t hf_name_table_intern(struct hf_name_table *table, enum hf_name_kind kind, const char *utf8, size_t length) {
    uint32_t hash = hash_name((uint8_t)kind, utf8, length);
    for (uint32_t at = hash & (table->num_slots - 1); table->slots[at] != 0; at = (at + 1) & (table->num_slots - 1)) {
        const struct hf_name_text *entry = hf_name_table_get(table, table->slots[at] - 1);
        if (entry->kind == kind && entry->length == length &&
            memcmp(table->texts.data + entry->at, utf8, length) == 0)
            return (uint16_t)(table->slots[at] - 1);
    }
    uint32_t name = table->num_entries;
    if (name >= HF_MAX_NAMES || !append(table, (uint8_t)kind, 0, utf8, length)) {
        table->num_overflowed++;
        return HF_N_UNNAMED;
    }
    insert(table, hash, name);
    return (uint16_t)name;
}
