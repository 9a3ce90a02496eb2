/*
 * type_name.c - names of types.
 *
 *   made at run time   ht_qualname "Cache.Inner", module from __module__ in its dict, a str that anyone may replace
 *   static             tp_name "collections.deque": the module is what is before the last dot; no dot: builtins
 *
 * Where memory is missing (a core file that was cut off) a type may have lost its name: it gets one by its address.
 */
#include "cpython/type_name.h"

#include <stdio.h>
#include <string.h>

#include "cpython/dict.h"
#include "cpython/unicode.h"

bool hf_str_copy(struct hf_decoder *decoder, uint64_t addr, char *buffer, size_t size) {
    struct hf_str str;
    uint64_t num_chars;
    if (addr == 0 ||
        hf_type_plans_find_kind(&decoder->plans, hf_memory_word(decoder->memory, addr + 8)) != HF_KIND_STR ||
        !hf_str_read(decoder->memory, decoder->layout, addr, &str))
        return false;
    size_t length = hf_str_to_utf8(decoder->memory, &str, size - 1, buffer, size - 1, &num_chars);
    buffer[length] = '\0';
    return true;
}

static bool is_key(struct hf_decoder *decoder, uint64_t addr, const char *wanted) {
    char text[256];
    return hf_str_copy(decoder, addr, text, sizeof text) && strcmp(text, wanted) == 0;
}

uint64_t hf_dict_find_str(struct hf_decoder *decoder, uint64_t dict, const char *wanted) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t keys_addr = dict != 0 ? hf_memory_word(decoder->memory, dict + layout->dict.keys) : 0;
    struct hf_dict_keys keys;
    if (keys_addr == 0 || !hf_dict_keys_read(decoder->memory, layout, keys_addr, &keys))
        return 0;
    uint64_t values = hf_memory_word(decoder->memory, dict + layout->dict.values);
    for (uint64_t i = 0; i < keys.num_entries; i++) {
        uint64_t key = hf_dict_keys_key(decoder->memory, &keys, i);
        uint64_t value = values != 0
                             ? hf_memory_word(decoder->memory, values + layout->managed.first_value + i * 8)
                             : hf_memory_word(decoder->memory, keys.entries + i * keys.entry_bytes + keys.value_at);
        if (key != 0 && value != 0 && is_key(decoder, key, wanted))
            return value;
    }
    return 0;
}

static void name_of_static(char *name, char *module) {
    const char *dot = strrchr(name, '.');
    if (dot != NULL)
        snprintf(module, HF_TYPE_NAME_BYTES, "%.*s", (int)(dot - name), name);
    else
        snprintf(module, HF_TYPE_NAME_BYTES, "builtins");
}

static void name_by_address(const struct hf_type_plan *plan, char *name, size_t size) {
    snprintf(name, size, "type_at_0x%llx", (unsigned long long)plan->addr);
}

void hf_type_name(struct hf_decoder *decoder, const struct hf_type_plan *plan, char *name, char *module) {
    const struct hf_layout *layout = decoder->layout;
    snprintf(name, HF_TYPE_NAME_BYTES, "?");
    snprintf(module, HF_TYPE_NAME_BYTES, "?");
    const void *view = hf_type_view(decoder->memory, layout, plan->addr);
    if (view == NULL)
        return;
    if (!(plan->flags & HF_TYPE_HEAP)) {
        if (hf_memory_text(decoder->memory, hf_view_u64(view, layout->type.name), name, HF_TYPE_NAME_BYTES) != 0)
            name_of_static(name, module);
        else
            name_by_address(plan, name, HF_TYPE_NAME_BYTES);
        return;
    }
    char qualname[HF_TYPE_NAME_BYTES];
    uint64_t dict = hf_view_u64(view, layout->type.dict);
    if (!hf_str_copy(decoder, hf_view_u64(view, layout->type.ht_qualname), qualname, sizeof qualname))
        name_by_address(plan, qualname, sizeof qualname);
    uint64_t module_str = hf_dict_find_str(decoder, dict, "__module__");
    if (!hf_str_copy(decoder, module_str, module, HF_TYPE_NAME_BYTES / 2) || strcmp(module, "builtins") == 0) {
        snprintf(name, HF_TYPE_NAME_BYTES, "%s", qualname);
        snprintf(module, HF_TYPE_NAME_BYTES, "builtins");
        return;
    }
    snprintf(name, HF_TYPE_NAME_BYTES, "%.500s.%.520s", module, qualname);
}
