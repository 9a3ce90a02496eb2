/*
 * contents.c - which of the long strings are equal, while they can still be read.
 *
 *   all whose preview is cut    [ 'a..' 70 | 'b..' 70 | 'c..' 91 | 'a..' 70 ]
 *   has another its length?       yes        yes        no         yes          a sieve: seen once, seen again
 *   and its ends?                 yes        no                    yes          a second one
 *   then the whole is hashed      7f3a..                           7f3a..       finish.c gives the two one number
 *
 * The process stands still meanwhile, and strings may be most of its memory: what has no equal is not read but for its
 * length and 8 KiB at most. Two that fall into one place of a sieve are read in vain, and nothing worse. Short ones
 * need none of this: their preview is all of them.
 *
 * Strings are taken for equal when width of a character, length and XXH3-64 of the content are: among a million of
 * different ones there is such a pair with a probability of 3e-8.
 */
#include <xxhash.h>

#include "base/bitset.h"
#include "capture/walker_parts.h"
#include "cpython/unicode.h"

#define SIEVE_BITS 23
#define END_BYTES 4096
#define PIECE_BYTES ((uint64_t)65536)

/* What was met once, and what was met again, by a hash. */
struct sieve {
    struct hf_bitset once, again;
};

/* Where the content of a string is. */
struct content {
    uint64_t data, num_bytes;
    uint64_t seed;           /* its kind and the width of its characters */
};

static bool sieve_init(struct sieve *sieve) {
    return hf_bitset_init(&sieve->once, UINT32_C(1) << SIEVE_BITS) &&
           hf_bitset_init(&sieve->again, UINT32_C(1) << SIEVE_BITS);
}

static void sieve_deinit(struct sieve *sieve) {
    hf_bitset_deinit(&sieve->once);
    hf_bitset_deinit(&sieve->again);
}

static void sieve_add(struct sieve *sieve, uint64_t hash) {
    uint32_t place = (uint32_t)(hash >> (64 - SIEVE_BITS));
    hf_bitset_add(hf_bitset_has(&sieve->once, place) ? &sieve->again : &sieve->once, place);
}

static bool sieve_holds_two(const struct sieve *sieve, uint64_t hash) {
    return hf_bitset_has(&sieve->again, (uint32_t)(hash >> (64 - SIEVE_BITS)));
}

/* False for what may change, or cannot be read. */
static bool find_content(struct hf_walker *walker, uint32_t key, struct content *out) {
    uint64_t addr = hf_heap_map_addr(&walker->map, key);
    const struct hf_layout *layout = walker->decoder.layout;
    const struct hf_type_plan *plan = hf_walker_plan(walker, addr);
    if (plan == NULL)
        return false;
    struct hf_str str;
    if (plan->kind == HF_KIND_STR && hf_str_read(walker->memory, layout, addr, &str)) {
        *out = (struct content){str.data, str.length * str.kind, str.kind};
        return true;
    }
    uint64_t num_bytes = hf_memory_word(walker->memory, addr + layout->object.var_size);
    *out = (struct content){addr + layout->bytes.items, num_bytes, 0};
    return plan->kind == HF_KIND_BYTES && out->num_bytes < UINT64_C(1) << 47;
}

static uint64_t hash_length(const struct content *content) {
    return XXH3_64bits_withSeed(&content->num_bytes, sizeof content->num_bytes, content->seed);
}

/* Goes on from `hash` with the bytes from..to. False: they cannot be read. */
static bool hash_bytes(struct hf_walker *walker, const struct content *content, uint64_t from, uint64_t to,
                       uint64_t *hash) {
    while (from < to) {
        size_t length = (size_t)(to - from < PIECE_BYTES ? to - from : PIECE_BYTES);
        const void *view = hf_memory_view(walker->memory, content->data + from, length);
        if (view == NULL)
            return false;
        *hash = XXH3_64bits_withSeed(view, length, *hash);
        from += length;
    }
    return true;
}

static bool is_long(const struct content *content) {
    return content->num_bytes > 2 * END_BYTES;
}

static bool hash_ends(struct hf_walker *walker, const struct content *content, uint64_t *hash) {
    if (!is_long(content))
        return hash_bytes(walker, content, 0, content->num_bytes, hash);
    return hash_bytes(walker, content, 0, END_BYTES, hash) &&
           hash_bytes(walker, content, content->num_bytes - END_BYTES, content->num_bytes, hash);
}

/* The middle of a long one: what is not read yet. */
static bool hash_middle(struct hf_walker *walker, const struct content *content, uint64_t *hash) {
    return !is_long(content) || hash_bytes(walker, content, END_BYTES, content->num_bytes - END_BYTES, hash);
}

static void note_lengths(struct hf_walker *walker, struct sieve *sieve) {
    const uint32_t *keys = (const uint32_t *)(const void *)walker->cut_strings.data;
    size_t count = walker->cut_strings.used_bytes / sizeof *keys;
    for (size_t i = 0; i < count && walker->failure == HF_OK; i++) {
        struct content content;
        if (!find_content(walker, keys[i], &content))
            continue;
        struct hf_found_content found = {.key = keys[i], .hash = hash_length(&content)};
        sieve_add(sieve, found.hash);
        hf_walker_append(walker, &walker->contents, &found, sizeof found);
    }
}

/* Keeps those that have a partner in `before`, with what `hash` makes of them. */
static void keep_partners(struct hf_walker *walker, const struct sieve *before, struct sieve *after,
                          bool (*hash)(struct hf_walker *, const struct content *, uint64_t *)) {
    struct hf_found_content *found = (struct hf_found_content *)(void *)walker->contents.data;
    size_t count = walker->contents.used_bytes / sizeof *found, num_kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct hf_found_content kept = found[i];
        struct content content;
        if (!sieve_holds_two(before, kept.hash) || !find_content(walker, kept.key, &content) ||
            !hash(walker, &content, &kept.hash))
            continue;
        if (after != NULL)
            sieve_add(after, kept.hash);
        found[num_kept++] = kept;
    }
    walker->contents.used_bytes = num_kept * sizeof *found;
}

void hf_walker_compare_contents(struct hf_walker *walker) {
    struct sieve lengths = {0}, ends = {0};
    if (sieve_init(&lengths) && sieve_init(&ends)) {
        note_lengths(walker, &lengths);
        keep_partners(walker, &lengths, &ends, hash_ends);
        keep_partners(walker, &ends, NULL, hash_middle);
    } else if (walker->failure == HF_OK) {
        walker->failure = HF_ERR_NOMEM;
    }
    sieve_deinit(&lengths);
    sieve_deinit(&ends);
}
