/*
 * sizes.c - shallow sizes where the process would call a __sizeof__ in C: a formula for each method that is known, by
 * the type that defines it. What has another method in C gets the size of its structure, and is marked so.
 */
#include "capture/external/reader.h"

#include "cpython/dict.h"
#include "cpython/extent.h"
#include "cpython/frame.h"
#include "cpython/size.h"
#include "cpython/type_name.h"

static uint64_t word(struct hf_decoder *decoder, uint64_t addr) {
    return hf_memory_word(decoder->memory, addr);
}

/* Rules of cpython/size.h, by the type whose __sizeof__ it is. */
static const struct {
    const char *owner;
    enum hf_size_rule rule;
} rules[] = {
    {"object", HF_SIZE_BASIC}, {"list", HF_SIZE_LIST}, {"dict", HF_SIZE_DICT},
    {"set", HF_SIZE_SET},      {"frozenset", HF_SIZE_SET}, {"int", HF_SIZE_INT},
    {"str", HF_SIZE_STR},      {"frozendict", HF_SIZE_DICT},
};

/* ---- the formulas ---- */

typedef uint64_t (*formula_t)(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr);

static uint64_t size_of_type(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    struct hf_dict_keys keys;
    (void)plan;
    if (!(word(decoder, addr + layout->type.flags) & HF_TPFLAGS_HEAPTYPE))
        return layout->type.type_bytes;
    uint64_t cached = word(decoder, addr + layout->type.ht_cached_keys);
    bool has_keys = cached != 0 && hf_dict_keys_read(decoder->memory, layout, cached, &keys);
    return layout->type.heap_bytes + (has_keys ? keys.size_bytes : 0);
}

/* Of a tuple or a bytes object; 0 of none. */
static uint64_t length_of(struct hf_decoder *decoder, uint64_t tuple) {
    return tuple != 0 ? word(decoder, tuple + decoder->layout->object.var_size) : 0;
}

/* 3.9 and 3.10: which cells are arguments, and the cache of instructions with its index. */
static uint64_t size_of_old_code_parts(struct hf_decoder *decoder, uint64_t addr) {
    enum { CACHE_BYTES = 32 };
    const struct hf_layout *layout = decoder->layout;
    uint64_t size = 0;
    if (word(decoder, addr + layout->code.cell_arguments) != 0)
        size += length_of(decoder, word(decoder, addr + layout->code.variable_names[1])) * 8;
    if (word(decoder, addr + layout->code.cache) != 0)
        size += length_of(decoder, word(decoder, addr + layout->code.bytes)) / 2 +
                (word(decoder, addr + layout->code.cache_size) & 255) * CACHE_BYTES;
    return size;
}

static uint64_t size_of_code(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    uint64_t num_items = plan->itemsize != 0 ? word(decoder, addr + decoder->layout->object.var_size) : 0;
    uint64_t size = plan->basicsize + num_items * plan->itemsize;
    return decoder->layout->code.cache == HF_ABSENT ? (size + 7) & ~UINT64_C(7)
                                                    : size + size_of_old_code_parts(decoder, addr);
}

static uint64_t size_of_bytearray(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { ALLOCATED = 24 };
    uint64_t allocated = word(decoder, addr + ALLOCATED);
    /* From 3.15 on it lies in a bytes object. */
    bool is_bytes = decoder->layout->version >= 0x030f && allocated != 0;
    return plan->basicsize + allocated + (is_bytes ? decoder->layout->bytes.items + 1u : 0);
}

static uint64_t size_of_deque(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { SIZE = 16, LEFT_INDEX = 40, BLOCK_LENGTH = 64, BLOCK_BYTES = 66 * 8 };
    uint64_t used = word(decoder, addr + LEFT_INDEX) + word(decoder, addr + SIZE) + BLOCK_LENGTH - 1;
    return plan->basicsize + used / BLOCK_LENGTH * BLOCK_BYTES;
}

/* Its dict, a table of as many pointers as there are places, and a node for each key. */
static uint64_t size_of_ordered_dict(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { FIRST = 0, NUM_PLACES = 24, NODE_BYTES = 32 };
    const struct hf_layout *layout = decoder->layout;
    uint64_t own = addr + layout->dict.bytes, nodes = 0;
    if (word(decoder, own + FIRST) != 0)
        nodes = word(decoder, addr + layout->dict.used) * NODE_BYTES;
    return hf_size_of_dict(decoder, plan, addr) + word(decoder, own + NUM_PLACES) * 8 + nodes;
}

static uint64_t size_of_array(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { ALLOCATED = 32, DESCR = 40, DESCR_ITEMSIZE = 4 };
    uint64_t descr = word(decoder, addr + DESCR);
    uint64_t itemsize = descr != 0 ? word(decoder, descr + DESCR_ITEMSIZE) & UINT32_MAX : 0;
    return plan->basicsize + word(decoder, addr + ALLOCATED) * itemsize;
}

static uint64_t size_of_buffered(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { BUFFER = 56, BUFFER_SIZE = 120 };
    return plan->basicsize + (word(decoder, addr + BUFFER) != 0 ? word(decoder, addr + BUFFER_SIZE) : 0);
}

/* Variables and the largest stack of a code object, in bytes. */
static uint64_t slots_of(struct hf_decoder *decoder, uint64_t code) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t num_slots = word(decoder, code + layout->code.num_slots) & UINT32_MAX;
    uint64_t stack_size = word(decoder, code + layout->code.stack_size) & UINT32_MAX;
    /* Before 3.11 cells and free variables are counted by their names. */
    for (int i = 1; i < 3; i++) {
        uint64_t names = layout->code.variable_names[i] != HF_ABSENT
                             ? word(decoder, code + layout->code.variable_names[i])
                             : 0;
        num_slots += names != 0 ? word(decoder, names + layout->object.var_size) : 0;
    }
    return (num_slots + stack_size) * 8;
}

static uint64_t size_of_generator(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    if (layout->generator.iframe == HF_ABSENT)
        return plan->basicsize;
    uint64_t code = hf_frame_code(decoder, addr + layout->generator.iframe);
    return layout->generator.iframe + layout->frame.localsplus + (code != 0 ? slots_of(decoder, code) : 0);
}

static uint64_t size_of_frame(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    if (layout->frame_object.frame == HF_ABSENT)
        return plan->basicsize + slots_of(decoder, hf_frame_code(decoder, addr)) - 8;
    uint64_t code = hf_frame_code(decoder, word(decoder, addr + layout->frame_object.frame));
    return layout->frame_object.own_frame_data + layout->frame.localsplus + (code != 0 ? slots_of(decoder, code) : 0);
}

/* What a type of ctypes describes, from `info` on: the text of its format, its dimensions, the types of its members. */
static uint64_t size_of_storage(struct hf_decoder *decoder, uint64_t info, unsigned length_at, unsigned elements_at,
                                unsigned format_at, unsigned num_dimensions_at) {
    char text[4096];
    uint64_t format = word(decoder, info + format_at), size = 0;
    if (format != 0)
        size += hf_memory_text(decoder->memory, format, text, sizeof text) + 1;
    if (word(decoder, info + elements_at) != 0)
        size += (word(decoder, info + length_at) + 1) * 8;
    return size + (word(decoder, info + num_dimensions_at) & UINT32_MAX) * 8;
}

/* _ctypes.CType_Type (3.13+): a type with such a description behind it. */
static uint64_t size_of_storage_type(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { IS_INITIALIZED = 0, LENGTH = 24, ELEMENTS = 48, FORMAT = 136 };
    unsigned format_at = decoder->layout->version >= 0x030e ? FORMAT + 8 : FORMAT;
    uint64_t info = addr + ((decoder->layout->type.heap_bytes + 15u) & ~15u);
    uint64_t num_items = word(decoder, addr + decoder->layout->object.var_size);
    uint64_t size = plan->basicsize + num_items * plan->itemsize;
    bool is_initialized = word(decoder, info + IS_INITIALIZED) & UINT32_MAX;
    return size + (is_initialized ? size_of_storage(decoder, info, LENGTH, ELEMENTS, format_at, format_at + 8) : 0);
}

/* _ctypes.StgDict (to 3.12): a dict with a description of a type in C. */
static uint64_t size_of_storage_dict(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { LENGTH = 16, ELEMENTS = 40, FORMAT = 120, NUM_DIMENSIONS = 128, OWN_BYTES = 144 };
    return hf_size_of_dict(decoder, plan, addr) + OWN_BYTES +
           size_of_storage(decoder, addr + decoder->layout->dict.bytes, LENGTH, ELEMENTS, FORMAT, NUM_DIMENSIONS);
}

static uint64_t size_of_struct(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { CODES = 32, CODE_BYTES = 32, MAX_CODES = 1 << 20 };
    uint64_t codes = word(decoder, addr + CODES), count = 1;
    for (; codes != 0 && count < MAX_CODES && word(decoder, codes) != 0; count++)
        codes += CODE_BYTES;
    return plan->basicsize + count * CODE_BYTES;
}

/* io.BytesIO: its bytes object, unless somebody else has it as well. */
static uint64_t size_of_bytes_io(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { BUFFER = 16 };
    const struct hf_layout *layout = decoder->layout;
    uint64_t bytes = word(decoder, addr + BUFFER);
    if (bytes == 0 || (word(decoder, bytes + layout->object.refcnt) & layout->refcount_mask) > 1)
        return plan->basicsize;
    return plan->basicsize + layout->bytes.items + word(decoder, bytes + layout->object.var_size) + 1;
}

/* xml.etree.ElementTree.Element: attributes and up to four children, or a longer array of them. */
static uint64_t size_of_element(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { EXTRA = 40, ALLOCATED = 16, CHILDREN = 24, FIRST_CHILDREN = 32, EXTRA_BYTES = 64 };
    uint64_t extra = word(decoder, addr + EXTRA);
    if (extra == 0)
        return plan->basicsize;
    bool is_longer = word(decoder, extra + CHILDREN) != extra + FIRST_CHILDREN;
    return plan->basicsize + EXTRA_BYTES + (is_longer ? word(decoder, extra + ALLOCATED) * 8 : 0);
}

static uint64_t size_of_product(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { POOLS = 16 };
    return plan->basicsize + length_of(decoder, word(decoder, addr + POOLS)) * 8;
}

static uint64_t size_of_combinations(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { LENGTH = 40 };
    return plan->basicsize + word(decoder, addr + LENGTH) * 8;
}

static uint64_t size_of_permutations(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { POOL = 16, LENGTH = 48 };
    return plan->basicsize + (length_of(decoder, word(decoder, addr + POOL)) + word(decoder, addr + LENGTH)) * 8;
}

/* _queue.SimpleQueue has a method of its own from 3.15 on: its ring. */
static uint64_t size_of_simple_queue(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { CAPACITY = 48 };
    return plan->basicsize + word(decoder, addr + CAPACITY) * 8;
}

/* decimal.Decimal: digits that do not fit into the object. */
static uint64_t size_of_decimal(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { FLAGS = 24, ALLOCATED = 56, STATIC_DATA = 32 };
    bool is_static = word(decoder, addr + FLAGS) & STATIC_DATA;
    return plan->basicsize + (is_static ? 0 : word(decoder, addr + ALLOCATED) * 8);
}

static uint64_t size_of_ndarray(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    enum { NUM_DIMENSIONS = 24, FLAGS = 64, OWNS_DATA = 4 };
    uint64_t nd = word(decoder, addr + NUM_DIMENSIONS) & UINT32_MAX, bytes;
    if (!hf_ndarray_bytes(decoder, addr, &bytes))
        return plan->basicsize;
    bool owns_data = word(decoder, addr + FLAGS) & OWNS_DATA;
    return plan->basicsize + nd * 16 + (owns_data ? bytes : 0);
}

/* numpy.float64 and its like count their value a second time. Those of no fixed size are left alone. */
static uint64_t size_of_scalar(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    char name[64];
    uint64_t bits = 0;
    (void)addr;
    hf_memory_text(decoder->memory, word(decoder, plan->addr + decoder->layout->type.name), name, sizeof name);
    for (const char *at = name; *at != '\0'; at++)
        bits = *at >= '0' && *at <= '9' ? bits * 10 + (uint64_t)(*at - '0') : 0;
    if (strncmp(name, "numpy.bool", 10) == 0)
        bits = 8;
    else if (strcmp(name, "numpy.longlong") == 0 || strcmp(name, "numpy.ulonglong") == 0)
        bits = 64;
    return plan->basicsize + bits / 8;
}

static const struct {
    const char *owner;
    formula_t size;
} formulas[] = {
    {"numpy.ndarray", size_of_ndarray},
    {"numpy.generic", size_of_scalar},
    {"generator", size_of_generator},
    {"coroutine", size_of_generator},
    {"async_generator", size_of_generator},
    {"frame", size_of_frame},
    {"StgDict", size_of_storage_dict},
    {"_ctypes.CType_Type", size_of_storage_type},
    {"_struct.Struct", size_of_struct},
    {"_io.BytesIO", size_of_bytes_io},
    {"itertools.product", size_of_product},
    {"itertools.combinations", size_of_combinations},
    {"itertools.combinations_with_replacement", size_of_combinations},
    {"itertools.permutations", size_of_permutations},
    {"decimal.Decimal", size_of_decimal},
    {"_queue.SimpleQueue", size_of_simple_queue},
    {"xml.etree.ElementTree.Element", size_of_element},
    {"_io.BufferedReader", size_of_buffered},
    {"_io.BufferedWriter", size_of_buffered},
    {"_io.BufferedRandom", size_of_buffered},
    {"type", size_of_type},
    {"code", size_of_code},
    {"bytearray", size_of_bytearray},
    {"collections.deque", size_of_deque},
    {"collections.OrderedDict", size_of_ordered_dict},
    {"array.array", size_of_array},
};

#define NUM_FORMULAS (sizeof formulas / sizeof *formulas)

/* ---- which it is ---- */

/* The first __sizeof__ along the MRO and the name of the type that has it. 0: there is none. */
static uint64_t find_method(struct hf_decoder *decoder, uint64_t type, char *owner, size_t size) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t mro = word(decoder, type + layout->type.mro);
    uint64_t count = mro != 0 ? word(decoder, mro + layout->object.var_size) : 0;
    for (uint64_t i = 0; i < count && i < 1024; i++) {
        uint64_t base = word(decoder, mro + layout->tuple.items + i * 8), dict, subclasses;
        hf_type_parts(decoder, base, 0, &dict, &subclasses);
        uint64_t method = hf_dict_find_str(decoder, dict, "__sizeof__");
        if (method == 0)
            continue;
        hf_memory_text(decoder->memory, word(decoder, base + layout->type.name), owner, size);
        return method;
    }
    return 0;
}

/* True: it is a method of `owner` in C whose rule is known. */
static bool set_rule(struct hf_type_plan *plan, const char *owner) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].owner, owner) == 0) {
            plan->size_rule = (uint8_t)(rules[i].rule);
            return true;
        }
    for (size_t i = 0; i < NUM_FORMULAS; i++)
        if (strcmp(formulas[i].owner, owner) == 0) {
            plan->size_rule = HF_SIZE_CALL;
            plan->size_function = i;
            return true;
        }
    return false;
}

/* Of a core file that was cut off the dicts of types may be missing: the nearest base that is known to have a method. */
static void set_rule_of_base(struct hf_walker *walker, struct hf_type_plan *plan) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t type = plan->addr;
    for (int i = 0; type != 0 && i < 256; i++) {
        char name[256] = "";
        hf_memory_text(walker->memory, word(&walker->decoder, type + layout->type.name), name, sizeof name);
        bool is_static = !(word(&walker->decoder, type + layout->type.flags) & HF_TPFLAGS_HEAPTYPE);
        if (is_static && set_rule(plan, name))
            return;
        type = word(&walker->decoder, type + layout->type.base);
    }
}

void hf_reader_find_size(struct hf_walker *walker, struct hf_type_plan *plan) {
    struct hf_decoder *decoder = &walker->decoder;
    char owner[256] = "";
    uint64_t method = find_method(decoder, plan->addr, owner, sizeof owner);
    uint64_t type = method != 0 ? word(decoder, method + decoder->layout->object.type) : 0;
    plan->size_rule = HF_SIZE_PYTHON;
    if (hf_type_plans_find_kind(&decoder->plans, type) == HF_KIND_DESCRIPTOR)
        (void)set_rule(plan, owner);
    else if (method == 0 && decoder->plans.is_partial)
        set_rule_of_base(walker, plan);
}

/* Static types have no collector's head, which sys.getsizeof knows in all releases but 3.11 and 3.12. */
static bool has_head(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    bool may_have_none = (plan->flags & HF_TYPE_TYPE) && layout->version != 0x030b && layout->version != 0x030c;
    return !may_have_none || (word(decoder, addr + layout->type.flags) & HF_TPFLAGS_HEAPTYPE);
}

bool hf_reader_call_size(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr,
                         uint64_t *size_bytes) {
    if (plan->size_function >= NUM_FORMULAS)
        return false;
    *size_bytes = formulas[plan->size_function].size(decoder, plan, addr);
    if (has_head(decoder, plan, addr))
        *size_bytes += hf_size_before_object(plan);
    return true;
}
