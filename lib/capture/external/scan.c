/*
 * scan.c - what objects hold that no decoder of lib/cpython knows whole: their own words, and a few structures in C.
 *
 *   object of a C type:  | head | word word word ... | items, if it has any |
 *                                  known   known      -> each other word that leads to an object is a reference
 *
 * A word is known when the decoder gives it, and when it is borrowed: the list of weak references, links of rings.
 */
#include "capture/external/reader.h"

#include "capture/external/borrowed.h"
#include "capture/walker_parts.h"
#include "cpython/names.h"
#include "cpython/type_name.h"
#include "cpython/value.h"

#define WORD 8
#define MAX_SCANNED_WORDS 65536
#define MAX_STEPS (UINT64_C(1) << 32)

static uint64_t word(const struct hf_walker *walker, uint64_t addr) {
    return hf_memory_word(walker->memory, addr);
}

/* ---- the test of an object ---- */

/*
 * Freed memory keeps its type, and its first word becomes a link of a list: an address, whose upper bits no reference
 * count has. From 3.12 on the upper half counts nothing.
 */
bool hf_reader_is_refcount(const struct hf_walker *walker, uint64_t value) {
    const struct hf_layout *layout = walker->decoder.layout;
    if (layout->version >= 0x030e)
        return (value & layout->refcount_mask) != 0 && (value >> 32 & 0xFFFF) == 0;
    return (value & layout->refcount_mask) != 0 && value >> 40 == 0;
}

/* An object that is tracked lies between two neighbours in a list of the collector. */
static bool is_in_list(const struct hf_walker *walker, uint64_t addr) {
    uint64_t head = addr - 16, next = word(walker, head) & ~UINT64_C(3);
    return next == 0 || (word(walker, next + 8) & ~UINT64_C(3)) == head;
}

static bool is_object(struct hf_walker *walker, uint64_t addr) {
    const struct hf_layout *layout = walker->decoder.layout;
    if (addr < 4096 || !hf_walker_admits(walker, addr))
        return false;
    const void *view = hf_memory_view(walker->memory, addr, layout->object.head_bytes);
    if (view == NULL || !hf_reader_is_refcount(walker, hf_view_u64(view, layout->object.refcnt)))
        return false;
    uint64_t type = hf_view_u64(view, layout->object.type), refcount = hf_view_u64(view, layout->object.refcnt);
    const struct hf_type_plan *plan =
        type != 0 && (type & 7) == 0 ? hf_type_plans_get(&walker->decoder.plans, type) : NULL;
    /* Words that are no pointers to objects may point to freed ones, of which something else has the memory now. */
    return plan != NULL && (refcount < 4096 || (refcount & 7) != 0 || !walker->host->is_heap(walker, refcount)) &&
           (!hf_walker_is_collected(walker, plan, addr) || is_in_list(walker, addr));
}

static void add_if_object(struct hf_walker *walker, uint64_t target, uint64_t owner, uint16_t name,
                          struct hf_references *references) {
    /* Nothing in C owns itself: such a word is the end of a ring, or a way back. */
    if (target != owner && is_object(walker, target))
        hf_references_add(references, target, name);
}

/* ---- words ---- */

static bool is_known(const struct hf_reader_type *type, uint32_t index) {
    return type->known[index >> 6] >> (index & 63) & 1;
}

static void scan_words(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr,
                       struct hf_references *references) {
    const struct hf_reader_type *type = plan->host;
    for (uint32_t i = type->first_word; i < type->end_word; i++)
        if (!is_known(type, i))
            add_if_object(walker, word(walker, addr + i * WORD), addr, plan->rest_name, references);
    if (type->num_words_per_item == 0)
        return;
    uint64_t num_items = word(walker, addr + walker->decoder.layout->object.var_size);
    uint64_t num_words = num_items <= MAX_SCANNED_WORDS ? num_items * type->num_words_per_item : 0;
    for (uint64_t i = 0; i < num_words && walker->failure == HF_OK; i++)
        add_if_object(walker, word(walker, addr + (type->end_word + i) * WORD), addr, plan->rest_name, references);
}

/* ---- structures in C ---- */

/* collections.deque: a chain of blocks of 64 references, of which the first and last are used in part. */
static void add_deque(struct hf_walker *walker, uint64_t addr, struct hf_references *references) {
    enum { SIZE = 16, LEFT_BLOCK = 24, LEFT_INDEX = 40, BLOCK_LENGTH = 64, BLOCK_DATA = 8, BLOCK_RIGHT = 8 + 64 * 8 };
    uint64_t left = word(walker, addr + SIZE), block = word(walker, addr + LEFT_BLOCK);
    uint64_t index = word(walker, addr + LEFT_INDEX);
    if (index >= BLOCK_LENGTH)
        return;
    while (left > 0 && left < MAX_STEPS && block != 0) {
        const void *view = hf_memory_view(walker->memory, block, BLOCK_RIGHT + 8);
        if (view == NULL)
            return;
        for (; index < BLOCK_LENGTH && left > 0; index++, left--)
            hf_references_add(references, hf_view_u64(view, BLOCK_DATA + (size_t)index * 8), HF_N_ITEM);
        block = word(walker, block + BLOCK_RIGHT);
        index = 0;
    }
}

/* collections.OrderedDict: a list of nodes that hold the keys a second time. */
static void add_ordered_keys(struct hf_walker *walker, uint64_t addr, struct hf_references *references) {
    enum { FIRST = 0, KEY = 0, NEXT = 16 };
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t num_keys = word(walker, addr + layout->dict.used);
    uint64_t node = word(walker, addr + layout->dict.bytes + FIRST);
    for (; node != 0 && num_keys > 0 && num_keys < MAX_STEPS; num_keys--) {
        uint64_t key = word(walker, node + KEY);
        if (key == 0)
            return;
        hf_references_add(references, key, HF_N_ORDERED_KEY);
        node = word(walker, node + NEXT);
    }
}

/* _queue.SimpleQueue of 3.13+: a ring of references in memory of its own. */
static void add_ring(struct hf_walker *walker, uint64_t addr, struct hf_references *references) {
    enum { FIRST = 32, ITEMS = 40, CAPACITY = 48, NUM_ITEMS = 56 };
    uint64_t first = word(walker, addr + FIRST), items = word(walker, addr + ITEMS);
    uint64_t capacity = word(walker, addr + CAPACITY), num_items = word(walker, addr + NUM_ITEMS);
    const void *view = capacity != 0 && capacity < MAX_STEPS && num_items <= capacity && first < capacity
                           ? hf_memory_view(walker->memory, items, (size_t)capacity * 8)
                           : NULL;
    for (uint64_t i = 0; view != NULL && i < num_items; i++)
        hf_references_add(references, hf_view_u64(view, (size_t)((first + i) % capacity) * 8), HF_N_QUEUE_ITEMS);
}

/* itertools._tee_dataobject: the iterator, the next block, and as many values as were read. */
static void add_tee_values(struct hf_walker *walker, uint64_t addr, struct hf_references *references) {
    enum { ITERATOR = 16, NUM_READ = 24, NEXT = 32, VALUES = 40, MAX_VALUES = 57 };
    uint64_t num_read = word(walker, addr + NUM_READ) & UINT32_MAX;
    hf_references_add(references, word(walker, addr + ITERATOR), HF_N_TEE_VALUE);
    for (uint64_t i = 0; i < num_read && i < MAX_VALUES; i++)
        hf_references_add(references, word(walker, addr + VALUES + i * 8), HF_N_TEE_VALUE);
    hf_references_add(references, word(walker, addr + NEXT), HF_N_TEE_VALUE);
}

static bool has_field_at(const struct hf_type_plan *plan, uint64_t offset) {
    for (uint32_t i = 0; i < plan->num_fields; i++)
        if (plan->fields[i].offset == offset)
            return true;
    return false;
}

/* A struct sequence (os.stat_result): a tuple whose length leaves out the items that have a name alone. */
static void add_hidden_items(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr,
                             struct hf_references *references) {
    const struct hf_layout *layout = walker->decoder.layout;
    const struct hf_reader_type *type = plan->host;
    uint64_t shown = word(walker, addr + layout->object.var_size);
    for (uint64_t i = shown; i < type->num_items; i++)
        if (!has_field_at(plan, layout->tuple.items + i * 8))
            hf_references_add(references, word(walker, addr + layout->tuple.items + i * 8), plan->rest_name);
}

/*
 * xml.etree.ElementTree.Element: text and tail as far as they are marked as lists of texts, attributes and children.
 * The rest are fields.
 */
static void add_element(struct hf_walker *walker, uint64_t addr, struct hf_references *references) {
    enum { TEXT = 24, TAIL = 32, EXTRA = 40, ATTRIBUTES = 0, NUM_CHILDREN = 8, CHILDREN = 24 };
    for (uint64_t at = TEXT; at <= TAIL; at += 8) {
        uint64_t text = word(walker, addr + at);
        if (text & 1)
            hf_references_add(references, text - 1, HF_N_ELEMENT_REST);
    }
    uint64_t extra = word(walker, addr + EXTRA);
    if (extra == 0)
        return;
    uint64_t num_children = word(walker, extra + NUM_CHILDREN), children = word(walker, extra + CHILDREN);
    hf_references_add(references, word(walker, extra + ATTRIBUTES), HF_N_ELEMENT_REST);
    const void *view = num_children != 0 && num_children < MAX_STEPS
                           ? hf_memory_view(walker->memory, children, (size_t)num_children * 8)
                           : NULL;
    for (size_t i = 0; view != NULL && i < num_children; i++)
        hf_references_add(references, hf_view_u64(view, i * 8), HF_N_ELEMENT_REST);
}

/* The state of a module in C, whose size the module or its definition tells. */
static void add_module_state(struct hf_walker *walker, uint64_t addr, struct hf_references *references) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t state = word(walker, addr + layout->module.state), size;
    if (layout->module.state_size != HF_ABSENT) {
        size = word(walker, addr + layout->module.state_size);
    } else {
        uint64_t def = word(walker, addr + layout->module.def);
        size = def != 0 ? word(walker, def + layout->module.size_in_def) : 0;
    }
    if (state == 0 || size > MAX_SCANNED_WORDS * WORD)
        return;
    for (uint64_t at = 0; at + WORD <= size; at += WORD)
        add_if_object(walker, word(walker, state + at), addr, HF_N_MODULE_STATE, references);
}

void hf_reader_add_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr,
                              struct hf_references *references) {
    hf_decode(&walker->decoder, plan, addr, references);
    if (plan->host == NULL)
        return;
    switch (((const struct hf_reader_type *)plan->host)->rest) {
    case HF_REST_NONE:
        return;
    case HF_REST_SCANNED:
        scan_words(walker, plan, addr, references);
        return;
    case HF_REST_DEQUE:
        add_deque(walker, addr, references);
        return;
    case HF_REST_ORDERED_DICT:
        add_ordered_keys(walker, addr, references);
        return;
    case HF_REST_TEE:
        add_tee_values(walker, addr, references);
        return;
    case HF_REST_MODULE:
        add_module_state(walker, addr, references);
        return;
    case HF_REST_HIDDEN_ITEMS:
        add_hidden_items(walker, plan, addr, references);
        return;
    case HF_REST_RING:
        add_ring(walker, addr, references);
        return;
    case HF_REST_ELEMENT:
        add_element(walker, addr, references);
        return;
    }
}

/* ---- once for each type ---- */

/* Kinds of which hf_decode gives everything that their tp_traverse reports. */
static bool is_decoded_whole(enum hf_kind kind) {
    return kind == HF_KIND_FRAME || kind == HF_KIND_GENERATOR || kind == HF_KIND_COROUTINE ||
           kind == HF_KIND_ASYNC_GENERATOR || kind == HF_KIND_METHOD || kind == HF_KIND_LRU_CACHE ||
           kind == HF_KIND_CODE || kind == HF_KIND_NDARRAY;
}

/* How what the decoder leaves out is found; `name` is that of the C part. */
static enum hf_rest find_rest(const struct hf_walker *walker, const struct hf_type_plan *plan, const char *name,
                              uint32_t *max_words) {
    *max_words = MAX_SCANNED_WORDS;
    if (plan->exact || plan->c_base == 0 || is_decoded_whole(plan->kind))
        return HF_REST_NONE;
    if (plan->kind == HF_KIND_TYPE && hf_type_plans_find_kind(&walker->decoder.plans, plan->c_base) == HF_KIND_TYPE)
        return HF_REST_NONE;
    if (plan->kind == HF_KIND_MODULE)
        return HF_REST_MODULE;
    if (plan->kind == HF_KIND_TUPLE)
        return HF_REST_HIDDEN_ITEMS;
    return hf_rest_of(name, walker->decoder.layout->version, max_words);
}

static void set_known(struct hf_reader_type *type, int64_t offset) {
    if (offset >= 0 && offset % WORD == 0 && offset / WORD < type->end_word)
        type->known[offset / WORD / 64] |= UINT64_C(1) << (offset / WORD % 64);
}

/* The structure of the nearest builtin base that the decoder knows: 16 bytes for most, a dict for defaultdict. */
static uint64_t decoded_bytes(struct hf_walker *walker, uint64_t type) {
    const struct hf_layout *layout = walker->decoder.layout;
    for (int i = 0; type != 0 && i < 256; i++) {
        if (hf_type_plans_find_kind(&walker->decoder.plans, type) != HF_KIND_FIELDS)
            return word(walker, type + layout->type.basicsize);
        type = word(walker, type + layout->type.base);
    }
    return layout->object.head_bytes;
}

static uint32_t count_struct_items(struct hf_walker *walker, const struct hf_type_plan *plan) {
    uint64_t dict, subclasses, value;
    hf_type_parts(&walker->decoder, plan->c_base, 0, &dict, &subclasses);
    uint64_t count = hf_dict_find_str(&walker->decoder, dict, "n_fields");
    bool is_read = count != 0 && hf_int_read(&walker->decoder, count, &value);
    return is_read && value < MAX_SCANNED_WORDS ? (uint32_t)value : 0;
}

/* Words that the decoder gives or nobody owns. */
static void find_known_words(struct hf_walker *walker, const struct hf_type_plan *plan, struct hf_reader_type *type) {
    const struct hf_layout *layout = walker->decoder.layout;
    for (uint32_t i = 0; i < plan->num_fields; i++)
        set_known(type, plan->fields[i].offset);
    set_known(type, (int64_t)word(walker, plan->c_base + layout->type.weaklistoffset));
    set_known(type, (int64_t)word(walker, plan->c_base + layout->type.dictoffset));
}

/* Whether a member is owned its name tells, which may be missing where memory is. */
static bool may_be_borrowed(const struct hf_walker *walker, const char *type_name, uint16_t field_name) {
    const char *name = hf_name_table_get(&walker->decoder.names, field_name)->text;
    return (*name == '\0' && walker->decoder.plans.is_partial) || hf_is_borrowed_member(type_name, name);
}

/* Words that are members and not owned stay known, and are no fields any more. */
static void drop_borrowed_members(struct hf_walker *walker, struct hf_type_plan *plan, const char *type_name) {
    struct hf_field *fields = hf_arena_alloc(&walker->arena, plan->num_fields + 1ul, sizeof *fields);
    uint32_t count = 0;
    for (uint32_t i = 0; fields != NULL && i < plan->num_fields; i++)
        if (!may_be_borrowed(walker, type_name, plan->fields[i].name))
            fields[count++] = plan->fields[i];
    if (fields == NULL) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    plan->fields = fields;
    plan->num_fields = count;
}

void hf_reader_prepare_scan(struct hf_walker *walker, struct hf_type_plan *plan) {
    const struct hf_layout *layout = walker->decoder.layout;
    char name[256] = "";
    if (plan->c_base != 0)
        hf_memory_text(walker->memory, word(walker, plan->c_base + layout->type.name), name, sizeof name);
    uint32_t max_words;
    enum hf_rest rest = find_rest(walker, plan, name, &max_words);
    /* Which of its words are borrowed only its name tells. */
    if (rest == HF_REST_SCANNED && name[0] == '\0' && walker->decoder.plans.is_partial) {
        drop_borrowed_members(walker, plan, name);
        return;
    }
    if (rest == HF_REST_NONE)
        return;
    uint64_t basicsize = word(walker, plan->c_base + layout->type.basicsize);
    uint64_t itemsize = word(walker, plan->c_base + layout->type.itemsize);
    uint32_t end_word = basicsize / WORD < MAX_SCANNED_WORDS ? (uint32_t)(basicsize / WORD) : MAX_SCANNED_WORDS;
    struct hf_reader_type *type = hf_arena_alloc(&walker->arena, 1, sizeof *type);
    uint64_t *known = hf_arena_alloc(&walker->arena, end_word / 64 + 1, sizeof *known);
    if (type == NULL || known == NULL) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    *type = (struct hf_reader_type){.rest = rest,
                                    .first_word = (uint32_t)(decoded_bytes(walker, plan->c_base) / WORD),
                                    .end_word = end_word,
                                    .known = known};
    if (rest == HF_REST_HIDDEN_ITEMS)
        type->num_items = count_struct_items(walker, plan);
    if (max_words < type->end_word - type->first_word)
        type->end_word = type->first_word + max_words;
    else if (itemsize % WORD == 0 && itemsize / WORD < 64)
        type->num_words_per_item = (uint32_t)(itemsize / WORD);
    find_known_words(walker, plan, type);
    drop_borrowed_members(walker, plan, name);
    plan->is_scanned =
        rest == HF_REST_SCANNED && !hf_is_compared(name) && !(plan->flags & HF_TYPE_EXCEPTION);
    plan->host = type;
}
