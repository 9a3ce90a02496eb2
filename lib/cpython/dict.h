/* dict.h - the keys object of a dict, in all its forms. */
#ifndef HF_CPYTHON_DICT_H
#define HF_CPYTHON_DICT_H

#include "cpython/layout.h"
#include "memory/memory.h"

struct hf_dict_keys {
    uint64_t entries;        /* address of the first entry */
    uint64_t num_entries;    /* used ones, deleted ones included */
    uint64_t size_bytes;     /* of the keys object */
    uint32_t entry_bytes;
    uint8_t key_at, value_at;    /* in an entry */
    bool general;            /* keys of any type; otherwise only str */
    bool shared;             /* the keys of a class, values lie elsewhere */
    uint64_t usable;         /* entries that still fit */
    uint64_t refcount;
};

/* False when it is not a readable keys object. */
bool hf_dict_keys_read(struct hf_memory *memory, const struct hf_layout *layout, uint64_t addr,
                       struct hf_dict_keys *out);

/* The key of entry `index`, 0 if there is none. */
static inline uint64_t hf_dict_keys_key(struct hf_memory *memory, const struct hf_dict_keys *keys, uint64_t index) {
    return hf_memory_word(memory, keys->entries + index * keys->entry_bytes + keys->key_at);
}

#endif
