/*
 * threads.c - the threads of an interpreter: what their states hold, and the variables of their running frames.
 *
 *   thread state -> innermost frame -> previous -> previous -> ... outermost
 *
 * A frame of a generator that runs right now belongs to the generator: it is listed for its place in the chain, and
 * what it holds are the generator's references. Frames of holdfast itself are passed over. Before 3.11 a frame is an
 * object that holds its variables, and the thread holds the object.
 */
#include "capture/interpreter.h"

#include <stdio.h>

#include "cpython/dict.h"
#include "cpython/frame.h"
#include "cpython/lines.h"
#include "cpython/type_name.h"
#include "cpython/value.h"

#define MAX_TEXT_BYTES 1024
#define MAX_THREADS 100000
#define MAX_FRAMES 1000000   /* of all threads */

static hf_text_id add_text(struct hf_walker *walker, const char *text) {
    hf_text_id id = 0;
    if (!hf_snapshot_add_text(walker->snapshot, text, strlen(text), &id))
        walker->failure = HF_ERR_NOMEM;
    return id;
}

static uint64_t word(const struct hf_walker *walker, uint64_t addr) {
    return hf_memory_word(walker->memory, addr);
}

/* ---- names of threads ---- */

/* An attribute of an instance by name, from what the decoder says. */
static uint64_t find_attribute(struct hf_walker *walker, uint64_t object, const char *name) {
    struct hf_decoder *decoder = &walker->decoder;
    struct hf_type_plan *plan = hf_type_plans_get(&decoder->plans, word(walker, object + decoder->layout->object.type));
    if (plan == NULL)
        return 0;
    walker->candidates.used_bytes = 0;
    hf_decode(decoder, plan, object, &walker->decoded);
    walker->decoded.flush(&walker->decoded);
    const struct hf_candidate *candidates = (const struct hf_candidate *)(const void *)walker->candidates.data;
    size_t count = walker->candidates.used_bytes / sizeof *candidates;
    for (size_t i = 0; i < count; i++) {
        const struct hf_name_text *text = hf_name_table_get(&decoder->names, candidates[i].name);
        if (text->kind == HF_NAME_DICT)
            return hf_dict_find_str(decoder, candidates[i].target, name);
        if (text->kind == HF_NAME_ATTRIBUTE && text->length == strlen(name) &&
            memcmp(text->text, name, text->length) == 0)
            return candidates[i].target;
    }
    return 0;
}

/* threading._active: thread ident -> Thread. */
static uint64_t active_threads(const struct hf_interpreter *interpreter) {
    struct hf_walker *walker = interpreter->walker;
    uint64_t threading = hf_dict_find_str(&walker->decoder, hf_interpreter_modules(interpreter), "threading");
    if (!hf_is_exactly(walker, threading, HF_KIND_MODULE))
        return 0;
    uint64_t dict = word(walker, threading + walker->decoder.layout->module.dict);
    uint64_t active = hf_dict_find_str(&walker->decoder, dict, "_active");
    return hf_is_exactly(walker, active, HF_KIND_DICT) ? active : 0;
}

static void find_thread_name(struct hf_walker *walker, uint64_t active, uint64_t ident, char *name, size_t size) {
    const struct hf_layout *layout = walker->decoder.layout;
    struct hf_dict_keys keys;
    name[0] = '\0';
    if (active == 0 ||
        !hf_dict_keys_read(walker->memory, layout, word(walker, active + layout->dict.keys), &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries; i++) {
        uint64_t key = hf_dict_keys_key(walker->memory, &keys, i), value;
        uint64_t thread = word(walker, keys.entries + i * keys.entry_bytes + keys.value_at);
        if (thread == 0 || !hf_is_exactly(walker, key, HF_KIND_INT) ||
            !hf_int_read(&walker->decoder, key, &value) || value != ident)
            continue;
        hf_str_copy(&walker->decoder, find_attribute(walker, thread, "_name"), name, size);
        return;
    }
}

/* ---- frames ---- */

static uint8_t owner_of(const struct hf_walker *walker, uint64_t frame) {
    return (uint8_t)word(walker, frame + walker->decoder.layout->frame.owner);
}

/* A frame of the C stack, or one that is just being made, has no Python code. */
static bool has_code(struct hf_walker *walker, uint64_t frame) {
    const struct hf_layout *layout = walker->decoder.layout;
    if (layout->frame.owner != HF_ABSENT && owner_of(walker, frame) >= layout->frame.owner_cstack)
        return false;
    return hf_is_exactly(walker, hf_frame_code(&walker->decoder, frame), HF_KIND_CODE);
}

static bool belongs_to_generator(const struct hf_walker *walker, uint64_t frame) {
    return owner_of(walker, frame) == walker->decoder.layout->frame.owner_generator;
}

static uint32_t line_of(struct hf_walker *walker, uint64_t frame) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t instruction = word(walker, frame + layout->frame.instruction);
    if (layout->frame.instruction_bytes != 0)
        instruction = (uint64_t)((int64_t)(int32_t)instruction * layout->frame.instruction_bytes);
    return hf_code_line(&walker->decoder, hf_frame_code(&walker->decoder, frame), instruction);
}

static bool is_tool_frame(struct hf_walker *walker, uint64_t frame) {
    struct hf_decoder *decoder = &walker->decoder;
    uint64_t globals = word(walker, frame + decoder->layout->frame.globals);
    char name[MAX_TEXT_BYTES];
    return globals != 0 &&
           hf_str_copy(decoder, hf_dict_find_str(decoder, globals, "__name__"), name, sizeof name) &&
           hf_is_tool_module(walker, name);
}

static uint32_t add_frame(struct hf_walker *walker, uint64_t frame, uint32_t thread, uint32_t depth) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t code = hf_frame_code(&walker->decoder, frame);
    char function[MAX_TEXT_BYTES] = "?", file[MAX_TEXT_BYTES] = "?";
    hf_str_copy(&walker->decoder, word(walker, code + layout->code.qualname), function, sizeof function);
    hf_str_copy(&walker->decoder, word(walker, code + layout->code.filename), file, sizeof file);
    struct hf_frame_record record = {.thread = thread,
                                     .depth = depth,
                                     .line = line_of(walker, frame),
                                     .function = add_text(walker, function),
                                     .file = add_text(walker, file)};
    struct hf_region *frames = &walker->snapshot->columns[HF_COLUMN_frames].region;
    hf_walker_append(walker, frames, &record, sizeof record);
    return (uint32_t)(frames->used_bytes / sizeof record) - 1;
}

/* Before 3.11 a frame is an object, which holds what it refers to itself. */
static bool is_object(const struct hf_walker *walker) {
    return walker->decoder.layout->frame_object.frame == HF_ABSENT;
}

/*
 * True when the references are the frame's own. Those of a generator that runs right now are the generator's, and
 * tp_traverse shows them through it if the frame's stack depth is stored.
 */
static bool holds_references(const struct hf_walker *walker, uint64_t frame, enum hf_name_kind kind) {
    const struct hf_layout *layout = walker->decoder.layout;
    if (is_object(walker))
        return false;
    if (!belongs_to_generator(walker, frame))
        return true;
    return !layout->frame.stack_pointer && (int32_t)word(walker, frame + layout->frame.stacktop) < 0 &&
           (kind == HF_NAME_LOCAL || kind == HF_NAME_STACK);
}

/* Lists what a frame holds as walker->candidates and gives their number. */
static size_t list_held(struct hf_walker *walker, uint64_t frame) {
    if (is_object(walker)) {
        uint64_t type = word(walker, frame + walker->decoder.layout->object.type);
        struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, type);
        if (plan == NULL)
            return 0;
        hf_walker_list_references(walker, plan, frame);
    } else {
        walker->candidates.used_bytes = 0;
        hf_decode_frame(&walker->decoder, frame, true, &walker->decoded);
        walker->decoded.flush(&walker->decoded);
    }
    return walker->candidates.used_bytes / sizeof(struct hf_candidate);
}

/* A frame of holdfast is not shown, and what it holds is not held from outside. */
static void pass_over_frame(struct hf_walker *walker, uint64_t frame) {
    size_t count = list_held(walker, frame);
    const struct hf_candidate *held = (const struct hf_candidate *)(const void *)walker->candidates.data;
    for (size_t i = 0; i < count; i++)
        hf_walker_add_own_references(walker, held[i].target, 1);
    if (is_object(walker))
        hf_walker_hide(walker, frame);
}

/*
 * What a frame holds are roots: its variables by name, temporaries, function, code, namespace, frame object. Of a frame
 * that is an object the object is held, and it holds the variables, which are roots all the same.
 */
static void add_frame_roots(struct hf_walker *walker, uint64_t frame, uint32_t frame_index) {
    struct hf_decoder *decoder = &walker->decoder;
    if (is_object(walker)) {
        struct hf_root_record record = {
            .count = 1, .frame = frame_index, .kind = HF_ROOT_FRAME, .name_kind = HF_NAME_FIELD};
        hf_walker_add_root(walker, frame, record, true);
    }
    size_t count = list_held(walker, frame);
    const struct hf_candidate *held = (const struct hf_candidate *)(const void *)walker->candidates.data;
    for (size_t i = 0; i < count; i++) {
        const struct hf_name_text *name = hf_name_table_get(&decoder->names, held[i].name);
        if (is_object(walker) && name->kind != HF_NAME_LOCAL && name->kind != HF_NAME_STACK)
            continue;
        struct hf_root_record record = {
            .count = 1, .frame = frame_index, .kind = HF_ROOT_FRAME, .name_kind = name->kind};
        if (!hf_snapshot_add_text(walker->snapshot, name->text, name->length, &record.name))
            walker->failure = HF_ERR_NOMEM;
        hf_walker_add_root(walker, held[i].target, record, holds_references(walker, frame, name->kind));
    }
}

uint64_t hf_thread_first_frame(const struct hf_walker *walker, uint64_t state) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t frame = word(walker, state + layout->thread.frame);
    if (layout->thread.frame_in_cframe != HF_ABSENT && frame != 0)
        frame = word(walker, frame + layout->thread.frame_in_cframe);
    return frame;
}

static void add_frames(struct hf_walker *walker, uint64_t state, uint32_t thread) {
    const struct hf_layout *layout = walker->decoder.layout;
    const struct hf_region *frames = &walker->snapshot->columns[HF_COLUMN_frames].region;
    uint64_t frame = hf_thread_first_frame(walker, state);
    uint32_t depth = 0;
    for (int i = 0; frame != 0 && i < MAX_FRAMES; i++, frame = word(walker, frame + layout->frame.previous)) {
        if (frames->used_bytes / sizeof(struct hf_frame_record) >= MAX_FRAMES)
            return;
        if (!has_code(walker, frame))
            continue;
        if (is_tool_frame(walker, frame))
            pass_over_frame(walker, frame);
        else
            add_frame_roots(walker, frame, add_frame(walker, frame, thread, depth++));
    }
}

/* ---- thread states ---- */

static void add_state_fields(struct hf_walker *walker, uint64_t state, const char *thread_name) {
    for (const struct hf_layout_root *root = walker->decoder.layout->thread_roots; root->name != NULL; root++) {
        char name[MAX_TEXT_BYTES + 64];
        snprintf(name, sizeof name, "%s of thread %s", root->name, thread_name);
        struct hf_root_record record = {
            .count = 1, .frame = HF_NO_FRAME, .kind = HF_ROOT_INTERPRETER, .name = add_text(walker, name)};
        hf_walker_add_root(walker, word(walker, state + root->offset), record, true);
    }
}

static uint32_t add_thread(const struct hf_interpreter *interpreter, uint64_t state, const char *name) {
    struct hf_walker *walker = interpreter->walker;
    const struct hf_layout *layout = walker->decoder.layout;
    struct hf_thread_record record = {.ident = word(walker, state + layout->thread.ident),
                                      .name = add_text(walker, name),
                                      .is_asker = state == interpreter->asker};
    if (layout->thread.native_ident != HF_ABSENT)
        record.native_id = word(walker, state + layout->thread.native_ident);
    struct hf_region *threads = &walker->snapshot->columns[HF_COLUMN_threads].region;
    hf_walker_append(walker, threads, &record, sizeof record);
    return (uint32_t)(threads->used_bytes / sizeof record) - 1;
}

void hf_interpreter_add_threads(const struct hf_interpreter *interpreter) {
    struct hf_walker *walker = interpreter->walker;
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t active = active_threads(interpreter);
    uint64_t state = word(walker, interpreter->addr + layout->interpreter.threads);
    for (int i = 0; state != 0 && i < MAX_THREADS && walker->failure == HF_OK; i++) {
        char name[MAX_TEXT_BYTES];
        uint64_t ident = word(walker, state + layout->thread.ident);
        find_thread_name(walker, active, ident, name, sizeof name);
        if (name[0] == '\0')
            snprintf(name, sizeof name, "%llu", (unsigned long long)ident);
        uint32_t thread = add_thread(interpreter, state, name);
        add_state_fields(walker, state, name);
        add_frames(walker, state, thread);
        state = word(walker, state + layout->thread.next);
    }
}
