/*
 * own_threads.c - the threads of this interpreter: what their states hold, and the variables of their running frames.
 *
 *   thread state -> innermost frame -> previous -> previous -> ... outermost
 *
 * A frame of a generator that runs right now belongs to the generator: it is listed for its place in the chain, and
 * what it holds are the generator's references. Frames of holdfast itself are passed over.
 */
#include "capture/own_process.h"

#include <stdio.h>
#include <string.h>

#include "capture/own_layout.h"
#include "capture/python_internals.h"
#include "cpython/dict.h"
#include "cpython/frame.h"
#include "cpython/type_name.h"

#define MAX_TEXT_BYTES 1024
#define MAX_FRAMES 100000

#if PY_VERSION_HEX < 0x030b0000
typedef PyFrameObject frame_t;
#else
typedef struct _PyInterpreterFrame frame_t;
#endif

static uint64_t addr_of(const void *object) {
    return (uint64_t)(uintptr_t)object;
}

static hf_text_id add_text(struct hf_walker *walker, const char *text) {
    hf_text_id id = 0;
    if (!hf_snapshot_add_text(walker->snapshot, text, strlen(text), &id))
        walker->failure = HF_ERR_NOMEM;
    return id;
}

/* ---- names of threads ---- */

/* An attribute of an instance by name, from what the decoder says. */
static uint64_t find_attribute(struct hf_walker *walker, uint64_t object, const char *name) {
    struct hf_decoder *decoder = &walker->decoder;
    struct hf_type_plan *plan = hf_type_plans_get(&decoder->plans, addr_of(Py_TYPE((PyObject *)(uintptr_t)object)));
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
static uint64_t active_threads(struct hf_walker *walker) {
    uint64_t threading = hf_dict_find_str(&walker->decoder, hf_own_modules_dict(), "threading");
    if (threading == 0 || !PyModule_Check((PyObject *)(uintptr_t)threading))
        return 0;
    uint64_t active =
        hf_dict_find_str(&walker->decoder, addr_of(((PyModuleObject *)(uintptr_t)threading)->md_dict), "_active");
    return active != 0 && PyDict_CheckExact((PyObject *)(uintptr_t)active) ? active : 0;
}

static void find_thread_name(struct hf_walker *walker, uint64_t active, unsigned long ident, char *name, size_t size) {
    const struct hf_layout *layout = walker->decoder.layout;
    struct hf_dict_keys keys;
    name[0] = '\0';
    if (active == 0 ||
        !hf_dict_keys_read(walker->memory, layout, hf_memory_word(walker->memory, active + layout->dict.keys), &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries; i++) {
        PyObject *key = (PyObject *)(uintptr_t)hf_dict_keys_key(walker->memory, &keys, i);
        uint64_t thread = hf_memory_word(walker->memory, keys.entries + i * keys.entry_bytes + keys.value_at);
        if (key == NULL || thread == 0 || !PyLong_CheckExact(key) || PyLong_AsUnsignedLongMask(key) != ident)
            continue;
        hf_str_copy(&walker->decoder, find_attribute(walker, thread, "_name"), name, size);
        return;
    }
}

/* ---- frames ---- */

static PyCodeObject *code_of(const frame_t *frame) {
#if PY_VERSION_HEX >= 0x030e0000
    return (PyCodeObject *)(frame->f_executable.bits & ~(uintptr_t)3);
#elif PY_VERSION_HEX >= 0x030d0000
    return (PyCodeObject *)frame->f_executable;
#else
    return frame->f_code;
#endif
}

static const frame_t *first_frame(PyThreadState *tstate) {
#if PY_VERSION_HEX >= 0x030d0000
    return tstate->current_frame;
#elif PY_VERSION_HEX >= 0x030b0000
    return tstate->cframe->current_frame;
#else
    return tstate->frame;
#endif
}

static const frame_t *previous_frame(const frame_t *frame) {
#if PY_VERSION_HEX >= 0x030b0000
    return frame->previous;
#else
    return frame->f_back;
#endif
}

/* A frame of the C stack, or one that is just being made, has no Python code. */
static bool has_code(const frame_t *frame) {
#if PY_VERSION_HEX >= 0x030c0000
    if ((uint8_t)frame->owner >= hf_own_layout()->frame.owner_cstack)
        return false;
#endif
    const PyCodeObject *code = code_of(frame);
    return code != NULL && Py_TYPE(code) == &PyCode_Type;
}

static bool belongs_to_generator(const frame_t *frame) {
#if PY_VERSION_HEX >= 0x030b0000
    return frame->owner == FRAME_OWNED_BY_GENERATOR;
#else
    return frame->f_gen != NULL;
#endif
}

static int line_of(const frame_t *frame) {
#if PY_VERSION_HEX >= 0x030e0000
    const char *instruction = (const char *)frame->instr_ptr;
#elif PY_VERSION_HEX >= 0x030d0000
    const char *instruction = (const char *)frame->instr_ptr;
#elif PY_VERSION_HEX >= 0x030b0000
    const char *instruction = (const char *)frame->prev_instr;
#endif
    PyCodeObject *code = code_of(frame);
#if PY_VERSION_HEX >= 0x030b0000
    int64_t offset = instruction - (const char *)_PyCode_CODE(code);
    if (offset >= _PyCode_NBYTES(code))
        return 0;
#elif PY_VERSION_HEX >= 0x030a0000
    int64_t offset = frame->f_lasti * 2;
#else
    int64_t offset = frame->f_lasti;
#endif
    int line = PyCode_Addr2Line(code, (int)offset);
    return line > 0 ? line : 0;
}

static bool is_own_frame(struct hf_walker *walker, const frame_t *frame) {
    const PyObject *globals = frame->f_globals;
    char name[MAX_TEXT_BYTES];
    return globals != NULL &&
           hf_str_copy(&walker->decoder, hf_dict_find_str(&walker->decoder, addr_of(globals), "__name__"), name,
                       sizeof name) &&
           hf_own_is_tool_module(name);
}

static uint32_t add_frame(struct hf_walker *walker, const frame_t *frame, uint32_t thread, uint32_t depth) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t code = addr_of(code_of(frame));
    char function[MAX_TEXT_BYTES] = "?", file[MAX_TEXT_BYTES] = "?";
    hf_str_copy(&walker->decoder, hf_memory_word(walker->memory, code + layout->code.qualname), function,
                sizeof function);
    hf_str_copy(&walker->decoder, hf_memory_word(walker->memory, code + layout->code.filename), file, sizeof file);
    struct hf_frame_record record = {.thread = thread,
                                     .depth = depth,
                                     .line = (uint32_t)line_of(frame),
                                     .function = add_text(walker, function),
                                     .file = add_text(walker, file)};
    struct hf_region *frames = &walker->snapshot->columns[HF_COLUMN_frames].region;
    hf_walker_append(walker, frames, &record, sizeof record);
    return (uint32_t)(frames->used_bytes / sizeof record) - 1;
}

#if PY_VERSION_HEX >= 0x030b0000
/*
 * True when the references are the frame's own. Those of a generator that runs right now are the generator's, and
 * tp_traverse shows them through it if the frame's stack depth is stored.
 */
static bool holds_references(const frame_t *frame, enum hf_name_kind kind) {
    if (!belongs_to_generator(frame))
        return true;
#if PY_VERSION_HEX < 0x030e0000
    return frame->stacktop < 0 && (kind == HF_NAME_LOCAL || kind == HF_NAME_STACK);
#else
    (void)kind;
    return false;
#endif
}
#endif

/* Lists what a frame holds as walker->candidates and gives their number. */
static size_t list_held(struct hf_walker *walker, const frame_t *frame) {
#if PY_VERSION_HEX >= 0x030b0000
    walker->candidates.used_bytes = 0;
    hf_decode_frame(&walker->decoder, addr_of(frame), true, &walker->decoded);
    walker->decoded.flush(&walker->decoded);
#else
    struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, addr_of(Py_TYPE(frame)));
    if (plan == NULL)
        return 0;
    hf_walker_list_references(walker, plan, addr_of(frame));
#endif
    return walker->candidates.used_bytes / sizeof(struct hf_candidate);
}

/* A frame of holdfast is not shown, and what it holds is not held from outside. */
static void pass_over_frame(struct hf_walker *walker, const frame_t *frame) {
    size_t count = list_held(walker, frame);
    const struct hf_candidate *held = (const struct hf_candidate *)(const void *)walker->candidates.data;
    for (size_t i = 0; i < count; i++)
        hf_walker_add_own_references(walker, held[i].target, 1);
#if PY_VERSION_HEX < 0x030b0000
    hf_walker_hide(walker, addr_of(frame));
#endif
}

/* What a frame holds are roots: its variables by name, temporaries, function, code, namespace, frame object. */
static void add_frame_roots(struct hf_walker *walker, const frame_t *frame, uint32_t frame_index) {
#if PY_VERSION_HEX >= 0x030b0000
    struct hf_decoder *decoder = &walker->decoder;
    size_t count = list_held(walker, frame);
    const struct hf_candidate *held = (const struct hf_candidate *)(const void *)walker->candidates.data;
    for (size_t i = 0; i < count; i++) {
        const struct hf_name_text *name = hf_name_table_get(&decoder->names, held[i].name);
        struct hf_root_record record = {
            .count = 1, .frame = frame_index, .kind = HF_ROOT_FRAME, .name_kind = name->kind};
        if (!hf_snapshot_add_text(walker->snapshot, name->text, name->length, &record.name))
            walker->failure = HF_ERR_NOMEM;
        hf_walker_add_root(walker, held[i].target, record, holds_references(frame, name->kind));
    }
#else
    struct hf_root_record record = {
        .count = 1, .frame = frame_index, .kind = HF_ROOT_FRAME, .name_kind = HF_NAME_FIELD};
    hf_walker_add_root(walker, addr_of(frame), record, true);
#endif
}

static void add_frames(struct hf_walker *walker, PyThreadState *tstate, uint32_t thread) {
    const frame_t *frame = first_frame(tstate);
    uint32_t depth = 0;
    for (uint32_t i = 0; frame != NULL && i < MAX_FRAMES; i++, frame = previous_frame(frame)) {
        if (!has_code(frame))
            continue;
        if (is_own_frame(walker, frame))
            pass_over_frame(walker, frame);
        else
            add_frame_roots(walker, frame, add_frame(walker, frame, thread, depth++));
    }
}

/* ---- thread states ---- */

static void add_state_root(struct hf_walker *walker, PyObject *object, const char *what, const char *thread_name) {
    char name[MAX_TEXT_BYTES + 64];
    snprintf(name, sizeof name, "%s of thread %s", what, thread_name);
    struct hf_root_record record = {
        .count = 1, .frame = HF_NO_FRAME, .kind = HF_ROOT_INTERPRETER, .name = add_text(walker, name)};
    hf_walker_add_root(walker, addr_of(object), record, true);
}

static void add_state_fields(struct hf_walker *walker, PyThreadState *tstate, const char *thread_name) {
    const struct {
        PyObject *object;
        const char *what;
    } held[] = {
        {tstate->dict, "thread-local data"},
        {tstate->context, "context"},
        {tstate->async_exc, "asynchronous exception"},
        {tstate->async_gen_firstiter, "hook for async generators"},
        {tstate->async_gen_finalizer, "finalizer of async generators"},
        {tstate->c_profileobj, "profile function"},
        {tstate->c_traceobj, "trace function"},
        {tstate->exc_state.exc_value, "exception being handled"},
#if PY_VERSION_HEX < 0x030b0000
        {tstate->exc_state.exc_type, "type of the exception being handled"},
        {tstate->exc_state.exc_traceback, "traceback of the exception being handled"},
#endif
#if PY_VERSION_HEX >= 0x030c0000
        {tstate->current_exception, "exception being raised"},
#else
        {tstate->curexc_type, "type of the exception being raised"},
        {tstate->curexc_value, "exception being raised"},
        {tstate->curexc_traceback, "traceback of the exception being raised"},
#endif
    };
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        add_state_root(walker, held[i].object, held[i].what, thread_name);
}

static uint32_t add_thread(struct hf_walker *walker, PyThreadState *tstate, const char *name) {
    struct hf_thread_record record = {.ident = tstate->thread_id,
                                      .name = add_text(walker, name),
                                      .is_asker = tstate == PyThreadState_Get()};
#if PY_VERSION_HEX >= 0x030b0000
    record.native_id = tstate->native_thread_id;
#endif
    struct hf_region *threads = &walker->snapshot->columns[HF_COLUMN_threads].region;
    hf_walker_append(walker, threads, &record, sizeof record);
    return (uint32_t)(threads->used_bytes / sizeof record) - 1;
}

void hf_own_add_threads(struct hf_walker *walker) {
    uint64_t active = active_threads(walker);
    PyThreadState *tstate = PyInterpreterState_ThreadHead(PyThreadState_Get()->interp);
    for (; tstate != NULL; tstate = PyThreadState_Next(tstate)) {
        char name[MAX_TEXT_BYTES];
        find_thread_name(walker, active, tstate->thread_id, name, sizeof name);
        if (name[0] == '\0')
            snprintf(name, sizeof name, "%lu", (unsigned long)tstate->thread_id);
        uint32_t thread = add_thread(walker, tstate, name);
        add_state_fields(walker, tstate, name);
        add_frames(walker, tstate, thread);
    }
}
