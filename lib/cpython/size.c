/* size.c - the formulas of CPython's __sizeof__ methods; tests compare them with sys.getsizeof on real heaps. */
#include "cpython/size.h"

#include "cpython/dict.h"
#include "cpython/unicode.h"

static uint64_t basic_size(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    if (plan->itemsize == 0)
        return plan->basicsize;
    int64_t items = (int64_t)hf_memory_word(decoder->memory, addr + decoder->layout->object.var_size);
    if (decoder->layout->integer.tagged && (plan->flags & HF_TYPE_INT))
        items = (int64_t)((uint64_t)items >> 3);
    return plan->basicsize + (uint64_t)(items < 0 ? -items : items) * plan->itemsize;
}

uint64_t hf_size_of_dict(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t keys_addr = hf_memory_word(decoder->memory, addr + layout->dict.keys);
    uint64_t values = hf_memory_word(decoder->memory, addr + layout->dict.values);
    uint64_t size = plan->basicsize;
    struct hf_dict_keys keys;
    if (keys_addr == 0 || !hf_dict_keys_read(decoder->memory, layout, keys_addr, &keys))
        return size;
    if (values != 0)
        size += (keys.num_entries + keys.usable) * 8;
    if (keys.refcount == 1)
        size += keys.size_bytes;
    return size;
}

static uint64_t set_size(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t table = hf_memory_word(decoder->memory, addr + layout->set.table);
    if (table == addr + layout->set.smalltable)
        return plan->basicsize;
    return plan->basicsize +
           (hf_memory_word(decoder->memory, addr + layout->set.mask) + 1) * layout->set.entry_bytes;
}

static uint64_t str_size(struct hf_decoder *decoder, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    struct hf_str str;
    if (!hf_str_read(decoder->memory, layout, addr, &str))
        return layout->str.compact_bytes;
    uint64_t head = !str.compact ? layout->str.data + 8ul
                    : str.ascii  ? layout->str.compact_ascii_bytes
                                 : layout->str.compact_bytes;
    uint64_t size = head + (str.length + 1) * str.kind;
    if (str.compact && str.ascii)
        return size;
    uint64_t utf8 = hf_memory_word(decoder->memory, addr + layout->str.utf8);
    if (utf8 != 0 && utf8 != str.data)
        size += hf_memory_word(decoder->memory, addr + layout->str.utf8_length) + 1;
    return size;
}

static uint64_t int_size(struct hf_decoder *decoder, uint64_t addr) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t tag = hf_memory_word(decoder->memory, addr + layout->integer.tag);
    int64_t signed_digits = (int64_t)tag;
    uint64_t num_signed = (uint64_t)(signed_digits < 0 ? -signed_digits : signed_digits);
    uint64_t digits = layout->integer.tagged ? tag >> 3 : num_signed;
    if (digits < layout->integer.min_digits)
        digits = layout->integer.min_digits;
    return layout->integer.digits + digits * 4;
}

uint64_t hf_size_of(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr) {
    uint64_t before = hf_size_before_object(plan);
    switch ((enum hf_size_rule)plan->size_rule) {
    case HF_SIZE_LIST:
        return before + plan->basicsize +
               hf_memory_word(decoder->memory, addr + decoder->layout->list.allocated) * 8;
    case HF_SIZE_DICT:
        return before + hf_size_of_dict(decoder, plan, addr);
    case HF_SIZE_SET:
        return before + set_size(decoder, plan, addr);
    case HF_SIZE_STR:
        return before + str_size(decoder, addr);
    case HF_SIZE_INT:
        return before + int_size(decoder, addr);
    default:
        return before + basic_size(decoder, plan, addr);
    }
}
