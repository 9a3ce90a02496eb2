/*
 * frame.c - reading _PyInterpreterFrame (3.11+) and the value stack of PyFrameObject (3.9, 3.10).
 *
 *   func, globals, builtins, locals, code, frame_obj | previous, instruction, stacktop, owner | localsplus:
 *   [ local 0 .. local n-1 | cells and free variables | evaluation stack, up to stacktop ]
 *
 * stacktop counts slots of localsplus and is -1 while the frame runs; from 3.14 on it is a pointer, and slots carry
 * tags in their two low bits. Slots above it are stale and are never read.
 */
#include "cpython/frame.h"

#include "cpython/unicode.h"

#define MAX_LOCALS 65536

static uint16_t local_name(struct hf_decoder *decoder, uint64_t key) {
    char utf8[1024];
    uint64_t num_chars;
    struct hf_str str;
    if (key == 0 || !hf_str_read(decoder->memory, decoder->layout, key, &str))
        return HF_N_UNNAMED;
    size_t length = hf_str_to_utf8(decoder->memory, &str, sizeof utf8, utf8, sizeof utf8, &num_chars);
    return hf_name_table_intern(&decoder->names, HF_NAME_LOCAL, utf8, length);
}

static void add_tuple_names(struct hf_decoder *decoder, uint64_t tuple, struct hf_code_names *out) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = tuple != 0 ? hf_memory_view(decoder->memory, tuple, layout->tuple.items) : NULL;
    uint64_t count = view != NULL ? hf_view_u64(view, layout->object.var_size) : 0;
    if (count > MAX_LOCALS - out->num_names)
        return;
    for (uint64_t i = 0; i < count; i++)
        out->names[out->num_names++] =
            local_name(decoder, hf_memory_word(decoder->memory, tuple + layout->tuple.items + i * 8));
}

static uint64_t tuple_size(struct hf_decoder *decoder, uint64_t tuple) {
    uint64_t count = tuple != 0 ? hf_memory_word(decoder->memory, tuple + decoder->layout->object.var_size) : 0;
    return count <= MAX_LOCALS ? count : 0;
}

static bool read_code_names(struct hf_decoder *decoder, uint64_t code, struct hf_code_names *out) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t tuples[3] = {0};
    size_t total = 0;
    for (int i = 0; i < 3; i++) {
        if (layout->code.variable_names[i] == HF_ABSENT)
            continue;
        tuples[i] = hf_memory_word(decoder->memory, code + layout->code.variable_names[i]);
        total += tuple_size(decoder, tuples[i]);
    }
    out->names = hf_arena_alloc(decoder->arena, total + 1, sizeof *out->names);
    if (out->names == NULL)
        return false;
    out->code = code;
    for (int i = 0; i < 3; i++)
        add_tuple_names(decoder, tuples[i], out);
    return true;
}

static struct hf_code_names *slot_of(struct hf_code_names *slots, size_t num_slots, uint64_t code) {
    size_t at = hf_address_hash(code) & (num_slots - 1);
    while (slots[at].code != 0 && slots[at].code != code)
        at = (at + 1) & (num_slots - 1);
    return &slots[at];
}

static bool grow(struct hf_decoder *decoder) {
    size_t num_slots = decoder->num_code_slots != 0 ? decoder->num_code_slots * 2 : 1024;
    struct hf_code_names *slots = hf_arena_alloc(decoder->arena, num_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < decoder->num_code_slots; i++)
        if (decoder->code_slots[i].code != 0)
            *slot_of(slots, num_slots, decoder->code_slots[i].code) = decoder->code_slots[i];
    decoder->code_slots = slots;
    decoder->num_code_slots = num_slots;
    return true;
}

const struct hf_code_names *hf_code_names_get(struct hf_decoder *decoder, uint64_t code) {
    if (code == 0 || (decoder->num_codes * 2 >= decoder->num_code_slots && !grow(decoder)))
        return NULL;
    struct hf_code_names *slot = slot_of(decoder->code_slots, decoder->num_code_slots, code);
    if (slot->code != 0)
        return slot;
    struct hf_code_names names = {0};
    if (!read_code_names(decoder, code, &names))
        return NULL;
    decoder->num_codes++;
    *slot = names;
    return slot;
}

/* A reference in a slot of a frame, without the tags of 3.14+. */
static uint64_t slot_value(const struct hf_layout *layout, uint64_t word) {
    return layout->frame.tagged_slots ? word & ~UINT64_C(3) : word;
}

uint64_t hf_frame_code(struct hf_decoder *decoder, uint64_t frame) {
    return slot_value(decoder->layout, hf_memory_word(decoder->memory, frame + decoder->layout->frame.code));
}

static void add_slots(struct hf_decoder *decoder, uint64_t slots, uint64_t num_slots,
                      const struct hf_code_names *names, struct hf_references *references) {
    const void *view = num_slots != 0 ? hf_memory_view(decoder->memory, slots, (size_t)num_slots * 8) : NULL;
    for (uint64_t i = 0; view != NULL && i < num_slots; i++) {
        uint64_t word = hf_view_u64(view, (size_t)i * 8);
        /* Tagged integers and marks of 3.14+ are no references. */
        if (decoder->layout->frame.tagged_slots && (word & 2) != 0)
            continue;
        hf_references_add(references, slot_value(decoder->layout, word),
                          i < names->num_names ? names->names[i] : HF_N_STACK);
    }
}

/* How many slots of localsplus are in use, from what the frame says; -1 when it has not stored it, because it runs. */
static int64_t stored_depth(const struct hf_layout *layout, const void *view, uint64_t frame) {
    if (!layout->frame.stack_pointer)
        return hf_view_i32(view, layout->frame.stacktop);
    uint64_t top = hf_view_u64(view, layout->frame.stacktop);
    return top == 0 ? -1 : (int64_t)(top - (frame + layout->frame.localsplus)) / 8;
}

/* Variables only when the frame is running and has not stored its depth. */
static uint64_t slots_in_use(int64_t depth, bool running, uint64_t num_variables) {
    if (depth < 0)
        return running ? num_variables : 0;
    return depth <= MAX_LOCALS ? (uint64_t)depth : num_variables;
}

void hf_decode_frame(struct hf_decoder *decoder, uint64_t frame, bool running, struct hf_references *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, frame, layout->frame.localsplus);
    if (view == NULL)
        return;
    uint64_t code = slot_value(layout, hf_view_u64(view, layout->frame.code));
    int64_t depth = stored_depth(layout, view, frame);
    hf_references_add(references, hf_view_u64(view, layout->frame.frame_obj), HF_N_FRAME_OBJECT);
    hf_references_add(references, hf_view_u64(view, layout->frame.locals), HF_N_FRAME_LOCALS);
    hf_references_add(references, slot_value(layout, hf_view_u64(view, layout->frame.func)), HF_N_FRAME_FUNC);
    hf_references_add(references, code, HF_N_FRAME_CODE);
    const struct hf_code_names *names = hf_code_names_get(decoder, code);
    if (names != NULL)
        add_slots(decoder, frame + layout->frame.localsplus, slots_in_use(depth, running, names->num_names), names,
                  references);
}

/* How many temporaries a frame object of 3.9 or 3.10 has, from what it says. 3.9 says nothing while it runs. */
static int64_t old_depth(const struct hf_layout *layout, const void *view) {
    uint64_t stack = hf_view_u64(view, layout->frame.value_stack);
    return layout->frame.stack_pointer ? (int64_t)(hf_view_u64(view, layout->frame.stacktop) - stack) / 8
                                       : hf_view_i32(view, layout->frame.stacktop);
}

bool hf_frame_find_stack(struct hf_decoder *decoder, uint64_t frame, uint64_t *slots, uint64_t *num_slots) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, frame, layout->frame.localsplus);
    if (view == NULL)
        return false;
    bool is_object = layout->frame_object.frame == HF_ABSENT;
    uint64_t code = slot_value(layout, hf_view_u64(view, layout->frame.code));
    uint64_t kind = code != 0 ? hf_memory_word(decoder->memory, code + layout->object.type) : 0;
    bool is_stored = is_object ? old_depth(layout, view) >= 0 : stored_depth(layout, view, frame) >= 0;
    if (is_stored || hf_type_plans_find_kind(&decoder->plans, kind) != HF_KIND_CODE)
        return false;
    const struct hf_code_names *names = is_object ? NULL : hf_code_names_get(decoder, code);
    if (!is_object && names == NULL)
        return false;
    *num_slots = hf_memory_word(decoder->memory, code + layout->code.stack_size) & UINT32_MAX;
    *slots = is_object ? hf_view_u64(view, layout->frame.value_stack)
                       : frame + layout->frame.localsplus + names->num_names * 8ul;
    return *num_slots <= MAX_LOCALS;
}

void hf_decode_old_frame(struct hf_decoder *decoder, uint64_t frame, struct hf_references *references) {
    const struct hf_layout *layout = decoder->layout;
    const void *view = hf_memory_view(decoder->memory, frame, layout->frame.localsplus);
    if (view == NULL)
        return;
    uint64_t slots = frame + layout->frame.localsplus, stack = hf_view_u64(view, layout->frame.value_stack);
    uint64_t num_variables = (stack - slots) / 8, code = hf_view_u64(view, layout->frame.code);
    int64_t depth = old_depth(layout, view);
    const struct hf_code_names *names = hf_code_names_get(decoder, code);
    if (names == NULL || num_variables > MAX_LOCALS)
        return;
    uint64_t num_temporaries = depth > 0 && depth <= MAX_LOCALS ? (uint64_t)depth : 0;
    add_slots(decoder, slots, num_variables + num_temporaries, names, references);
}
