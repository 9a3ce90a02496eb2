/*
 * type_check.c - the test that tells types from other memory.
 *
 *   candidate --type--> metaclass --type--> ... --type--> `type`, whose type is itself
 *   candidate --base--> ...                 --base--> `object`
 *
 * The addresses of `type` and `object` are known, so a wrong word would have to imitate two chains that end there. Some
 * types in C of old releases are used without ever being made ready: they have no base, and their type is `type`
 * itself.
 */
#include "cpython/type_check.h"

#define MAX_CHAIN 256
#define MAX_BASIC_BYTES (1 << 24)
#define MAX_ITEM_BYTES (1 << 20)
#define TPFLAGS_READY (1u << 12)
#define TPFLAGS_TYPE_SUBCLASS (1u << 31)

static uint64_t address_of_kind(const struct hf_layout *layout, enum hf_kind kind) {
    for (const struct hf_known_type *known = layout->known_types; known->addr != 0; known++)
        if (known->kind == kind)
            return known->addr;
    return 0;
}

static bool is_missing(const struct hf_type_plans *plans, uint64_t addr) {
    return plans->is_partial && hf_memory_view(plans->memory, addr, 8) == NULL;
}

enum chain { LEADS_ELSEWHERE, LEADS_OUT, REACHED };

/* Follows a field of types until `wanted`, or to where memory is missing. */
static enum chain follow(const struct hf_type_plans *plans, uint64_t type, hf_offset offset, uint64_t wanted) {
    for (int i = 0; i < MAX_CHAIN; i++) {
        if (type == wanted)
            return REACHED;
        if (type == 0 || (type & 7) != 0)
            return LEADS_ELSEWHERE;
        if (is_missing(plans, type))
            return LEADS_OUT;
        type = hf_memory_word(plans->memory, type + offset);
    }
    return LEADS_ELSEWHERE;
}

/* One of both chains has to be there to its end. */
static bool chains_are_right(const struct hf_type_plans *plans, uint64_t type, uint64_t metatype) {
    const struct hf_layout *layout = plans->layout;
    enum chain types = follow(plans, metatype, layout->object.type, address_of_kind(layout, HF_KIND_TYPE));
    enum chain bases = follow(plans, type, layout->type.base, address_of_kind(layout, HF_KIND_OBJECT));
    bool is_metatype = is_missing(plans, metatype) ||
                       (hf_memory_word(plans->memory, metatype + layout->type.flags) & TPFLAGS_TYPE_SUBCLASS);
    return is_metatype && types != LEADS_ELSEWHERE && bases != LEADS_ELSEWHERE && (types == REACHED || bases == REACHED);
}

static bool name_is_printable(const struct hf_type_plans *plans, uint64_t addr) {
    char name[256];
    size_t length = hf_memory_text(plans->memory, addr, name, sizeof name);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 127)
            return false;
    return length != 0 || (addr != 0 && is_missing(plans, addr));
}

bool hf_type_check(struct hf_type_plans *plans, uint64_t type) {
    const struct hf_layout *layout = plans->layout;
    const void *view = (type & 7) == 0 && type != 0
                           ? hf_memory_view(plans->memory, type, layout->type.type_bytes)
                           : NULL;
    if (view == NULL)
        return false;
    int64_t basic = hf_view_i64(view, layout->type.basicsize), item = hf_view_i64(view, layout->type.itemsize);
    uint64_t refcount = hf_view_u64(view, layout->object.refcnt) & layout->refcount_mask;
    uint64_t metatype = hf_view_u64(view, layout->object.type), name = hf_view_u64(view, layout->type.name);
    if (refcount == 0 || basic < layout->object.head_bytes || basic > MAX_BASIC_BYTES || item < 0 ||
        item > MAX_ITEM_BYTES || (metatype & 7) != 0)
        return false;
    bool may_be_unready = !(hf_view_u32(view, layout->type.flags) & (HF_TPFLAGS_HEAPTYPE | TPFLAGS_READY)) &&
                          hf_view_u64(view, layout->type.base) == 0 && hf_view_u64(view, layout->type.mro) == 0 &&
                          hf_view_u64(view, layout->type.dict) == 0;
    uint64_t type_of_types = address_of_kind(layout, HF_KIND_TYPE);
    if (may_be_unready)
        return metatype == type_of_types && name_is_printable(plans, name);
    return chains_are_right(plans, type, metatype) && name_is_printable(plans, name);
}
