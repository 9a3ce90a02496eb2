/*
 * arenas.c - memory of Python's allocator that a few small objects keep.
 *
 *   1 MiB   [ o   .   .   o .  .   .   .   .  o   .  ]    goes back to the system when the last object in it has gone
 *             ^ 56 B      ^ 48 B              ^ 80 B      184 B of 1 MiB: 0.0 % full, kept by these three
 *
 * Objects of up to 512 bytes lie in arenas, of 1 MiB from 3.10 on and 256 KiB before. Nodes are in the order of their
 * addresses, so those of an arena follow each other. An arena less than a quarter full is counted for the objects of
 * the one type and holder that take the most bytes of it: who lives in the emptiest.
 *
 * What else is small lies in the memory of the program and its libraries, or of malloc. In an arena, memory is cut into
 * pools of 16 KiB, and each pool behind its head of 48 bytes into blocks of one size: where str, bytes, float, tuples,
 * lists, dicts and sets, whose blocks are known, do not lie as that has it, there is no arena.
 *
 * All this is approximate, and the answer says so: where an arena begins is not known, it is taken to be a multiple of
 * its size; small tables of dicts, lists and sets lie in arenas too, and where, the snapshot does not tell: they are
 * counted with their objects, and the values of instances, which nobody counts, not at all.
 */
#include "analysis/lookup.h"
#include "analysis/waste/capacity.h"
#include "analysis/waste/hunt.h"
#include "base/error.h"

#define MAX_SMALL_BYTES 512
#define HEADER_REFCOUNT (1u << 28)   /* objects that are part of the program count at least so many */
#define NUM_QUARTERS 4
#define GC_HEAD_BYTES 16
#define POOL_HEAD_BYTES 48
#define MIN_FIT 4                /* times as many objects lie as in an arena as do not */

/* What one type and holder have in the arena that is being looked at. */
struct share {
    uint64_t count, size_bytes;
    uint32_t type, keeper;
    hf_node_id example;
};

/* What is known of an arena. */
struct arena {
    uint64_t used_bytes;
    uint32_t num_fit, num_unfit;         /* objects that lie where blocks of their size do, and that do not */
};

struct look {
    struct hf_hunt *hunt;
    uint64_t arena_bytes, pool_bytes;
    uint64_t num_arenas[NUM_QUARTERS];   /* by how full they are */
    struct hf_region shares;         /* struct share by number; [0] is unused */
};

/* The bytes of the small table that an object has beside its block, and that lies somewhere near it. */
static uint64_t table_bytes(const struct hf_snapshot *snapshot, hf_node_id node, uint64_t block_bytes) {
    uint64_t beside = hf_snapshot_get_size(snapshot, node) - block_bytes;
    return beside <= MAX_SMALL_BYTES ? beside : 0;
}

/* The bytes of an object's own block, without the tables of a container; 0: it is in no arena. */
static uint64_t block_bytes(const struct hf_snapshot *snapshot, hf_node_id node) {
    uint32_t flags = hf_col_node_flags(snapshot)[node];
    uint64_t size_bytes = hf_snapshot_get_size(snapshot, node);
    uint32_t type_flags = hf_lookup_type(snapshot, node)->flags;
    bool is_static = (flags & HF_NODE_IMMORTAL) != 0 || hf_col_node_refcount(snapshot)[node] >= HEADER_REFCOUNT ||
                     ((flags & HF_NODE_TYPE) != 0 && (flags & HF_NODE_GC) == 0) ||
                     hf_snapshot_get_addr(snapshot, node) % 16 != 0;
    if (is_static)
        return 0;
    uint64_t most = (type_flags & HF_TYPE_LIST) != 0   ? HF_LIST_BYTES
                    : (type_flags & HF_TYPE_DICT) != 0 ? HF_DICT_BYTES
                    : (type_flags & HF_TYPE_SET) != 0  ? HF_SET_BYTES
                                                       : MAX_SMALL_BYTES;
    if ((type_flags & (HF_TYPE_LIST | HF_TYPE_DICT | HF_TYPE_SET)) != 0)
        return size_bytes < most ? size_bytes : most;
    return size_bytes <= most ? size_bytes : 0;
}

/* Whether an object whose block is known lies as blocks do in a pool. */
static void test_block(const struct look *look, hf_node_id node, uint64_t size_bytes, struct arena *arena) {
    const struct hf_snapshot *snapshot = look->hunt->snapshot;
    const uint32_t atoms = HF_TYPE_STR | HF_TYPE_BYTES | HF_TYPE_FLOAT;
    const uint32_t containers = HF_TYPE_TUPLE | HF_TYPE_LIST | HF_TYPE_DICT | HF_TYPE_SET;
    uint32_t flags = hf_lookup_type(snapshot, node)->flags;
    if ((flags & HF_TYPE_HEAP) != 0 || (flags & (atoms | containers)) == 0)
        return;
    uint64_t addr = hf_snapshot_get_addr(snapshot, node) - ((flags & containers) != 0 ? GC_HEAD_BYTES : 0);
    uint64_t in_pool = addr % look->pool_bytes, block_bytes = (size_bytes + 15) / 16 * 16;
    bool fits = in_pool >= POOL_HEAD_BYTES && (in_pool - POOL_HEAD_BYTES) % block_bytes == 0;
    arena->num_fit += fits;
    arena->num_unfit += !fits;
}

static bool is_arena(const struct arena *arena) {
    return arena->num_fit > 0 && arena->num_fit >= MIN_FIT * arena->num_unfit;
}

static bool add_share(struct look *look, struct hf_numbering *numbers, hf_node_id node, uint64_t size_bytes) {
    uint32_t type = hf_col_node_type(look->hunt->snapshot)[node], keeper = hf_keepers_get(look->hunt->keepers, node);
    uint32_t before = numbers->count;
    uint32_t number = keeper != 0 ? hf_number_of(numbers, hf_hunt_hash(type, keeper)) : 0;
    if (number == 0 || !hf_region_reserve(&look->shares, ((size_t)number + 1) * sizeof(struct share)))
        return false;
    struct share *share = &((struct share *)(void *)look->shares.data)[number];
    if (number > before)
        *share = (struct share){.type = type, .keeper = keeper, .example = node};
    share->count++;
    share->size_bytes += size_bytes;
    return true;
}

/* Counts an arena for whoever has the most bytes in it. */
static bool count_arena(struct look *look, hf_node_id first, hf_node_id end, uint64_t used_bytes) {
    struct hf_numbering numbers = {0};
    bool ok = true;
    for (hf_node_id node = first; node < end && ok; node++) {
        uint64_t size_bytes = block_bytes(look->hunt->snapshot, node);
        ok = size_bytes == 0 || add_share(look, &numbers, node, size_bytes);
    }
    uint32_t num_shares = numbers.count;
    hf_numbering_deinit(&numbers);
    if (!ok)
        return false;
    const struct share *shares = (const struct share *)(const void *)look->shares.data, *best = &shares[1];
    for (uint32_t i = 2; i <= num_shares; i++)
        if (shares[i].size_bytes > best->size_bytes)
            best = &shares[i];
    struct hf_find *find = hf_hunt_row(look->hunt, best->type, best->keeper, best->example);
    if (find == NULL)
        return false;
    find->count += best->count;
    find->size_bytes += look->arena_bytes;
    find->saving_bytes += look->arena_bytes - used_bytes;
    find->slots++;
    find->used += used_bytes;
    return true;
}

static uint64_t arena_of(const struct look *look, hf_node_id node) {
    return hf_snapshot_get_addr(look->hunt->snapshot, node) / look->arena_bytes;
}

static enum hf_status look_at_all(struct look *look, struct hf_error *error) {
    const struct hf_snapshot *snapshot = look->hunt->snapshot;
    hf_node_id end;
    for (hf_node_id first = 0; first < snapshot->num_nodes; first = end) {
        uint64_t number = arena_of(look, first);
        struct arena arena = {0};
        for (end = first; end < snapshot->num_nodes && arena_of(look, end) == number; end++) {
            uint64_t size_bytes = block_bytes(snapshot, end);
            if (size_bytes == 0)
                continue;
            arena.used_bytes += size_bytes + table_bytes(snapshot, end, size_bytes);
            test_block(look, end, size_bytes, &arena);
        }
        if (!is_arena(&arena))
            continue;
        uint64_t quarter = arena.used_bytes * NUM_QUARTERS / look->arena_bytes;
        look->num_arenas[quarter < NUM_QUARTERS ? quarter : NUM_QUARTERS - 1]++;
        if (quarter == 0 && !count_arena(look, first, end, arena.used_bytes))
            return hf_fail_nomem(error);
    }
    return hf_hunt_report(look->hunt, snapshot->num_nodes, error);
}

static void describe_all(const struct look *look) {
    static const char *const words[NUM_QUARTERS] = {", less than a quarter full: ", ", less than half: ",
                                                    ", less than three quarters: ", ", more: "};
    struct hf_text *note = &look->hunt->note;
    uint64_t sum = 0;
    for (int i = 0; i < NUM_QUARTERS; i++)
        sum += look->num_arenas[i];
    if (sum == 0) {
        hf_text_add(note, "no arenas were found: the program may have another allocator (PYTHONMALLOC)");
        return;
    }
    hf_text_add(note, "approximate: tables are counted with their dicts, lists and sets, and arenas are taken to begin "
                      "at multiples of ");
    hf_text_add_size(note, look->arena_bytes);
    hf_text_add(note, ". Of ");
    hf_text_add_count(note, sum);
    hf_text_add(note, sum == 1 ? " arena" : " arenas");
    for (int i = 0; i < NUM_QUARTERS; i++) {
        hf_text_add(note, words[i]);
        hf_text_add_count(note, look->num_arenas[i]);
    }
}

enum hf_status hf_find_arenas(struct hf_hunt *hunt, struct hf_error *error) {
    struct hf_release release;
    struct look look = {.hunt = hunt};
    if (!hf_release_find(hf_snapshot_get_origin(hunt->snapshot)->python, &release))
        return HF_OK;
    look.arena_bytes = release.arena_bytes;
    look.pool_bytes = release.pool_bytes;
    enum hf_status status = look_at_all(&look, error);
    if (status == HF_OK)
        describe_all(&look);
    hf_region_deinit(&look.shares);
    return status;
}

void hf_describe_arenas(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    (void)hunt;
    hf_text_add_count(text, find->slots);
    hf_text_add(text, find->slots == 1 ? " arena, " : " arenas, ");
    hf_text_add_share(text, find->used, find->size_bytes);
    hf_text_add(text, " full");
}
