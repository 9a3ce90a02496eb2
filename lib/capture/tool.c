/*
 * tool.c - holdfast is not in its own picture.
 *
 * Its modules, their dicts and classes are hidden, and then, as a trial deletion would free them, every object whose
 * references all come from hidden ones:
 *
 *   hidden object --reference--> target: count down from its reference count; at 0 it is hidden as well
 *
 * The same is done with what the caller names: a debugger that asks is no part of the program that it looks at.
 * What the program shares with these stays, and what was counted down is noted, lest it looked as if it were held
 * from outside. The work is as large as holdfast itself, some thousand objects.
 */
#include "capture/interpreter.h"

#include <string.h>

#include "cpython/dict.h"
#include "cpython/type_name.h"

#define MAX_NAME_BYTES 1024

struct entry {
    uint64_t addr;
    uint64_t num_own;            /* references that come from hidden objects */
    bool hidden;
};

/* Objects that hidden ones refer to, by address. */
struct trial {
    struct hf_walker *walker;
    struct entry *entries;       /* open addressing */
    size_t num_slots, num_entries;
    struct hf_region work;       /* uint64_t: hidden objects whose references are still to be counted */
};

static bool is_in_package(const char *name, const char *package) {
    size_t length = strlen(package);
    return strncmp(name, package, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

bool hf_is_tool_module(const struct hf_walker *walker, const char *name) {
    for (size_t i = 0; i < walker->num_hidden_modules; i++)
        if (is_in_package(name, walker->hidden_modules[i]))
            return true;
    return is_in_package(name, "holdfast");
}

static struct entry *slot_of(struct entry *entries, size_t num_slots, uint64_t addr) {
    size_t at = hf_address_hash(addr) & (num_slots - 1);
    while (entries[at].addr != 0 && entries[at].addr != addr)
        at = (at + 1) & (num_slots - 1);
    return &entries[at];
}

static bool grow(struct trial *trial) {
    size_t num_slots = trial->num_slots != 0 ? trial->num_slots * 2 : 4096;
    struct entry *entries = hf_arena_alloc(&trial->walker->arena, num_slots, sizeof *entries);
    if (entries == NULL) {
        trial->walker->failure = HF_ERR_NOMEM;
        return false;
    }
    for (size_t i = 0; i < trial->num_slots; i++)
        if (trial->entries[i].addr != 0)
            *slot_of(entries, num_slots, trial->entries[i].addr) = trial->entries[i];
    trial->entries = entries;
    trial->num_slots = num_slots;
    return true;
}

static struct entry *entry_of(struct trial *trial, uint64_t addr) {
    if (trial->num_entries * 2 >= trial->num_slots && !grow(trial))
        return NULL;
    struct entry *entry = slot_of(trial->entries, trial->num_slots, addr);
    if (entry->addr == 0) {
        entry->addr = addr;
        trial->num_entries++;
    }
    return entry;
}

static void hide(struct trial *trial, uint64_t addr) {
    struct entry *entry = addr != 0 ? entry_of(trial, addr) : NULL;
    if (entry == NULL || entry->hidden)
        return;
    entry->hidden = true;
    hf_walker_hide(trial->walker, addr);
    hf_walker_append(trial->walker, &trial->work, &addr, sizeof addr);
}

/* With the object of a frame that runs goes the copy of its variables, which f_locals made for a debugger. */
static void hide_copied_locals(struct trial *trial, uint64_t frame_object) {
    struct hf_walker *walker = trial->walker;
    const struct hf_layout *layout = walker->decoder.layout;
    if (layout->frame_object.frame == HF_ABSENT || !hf_is_exactly(walker, frame_object, HF_KIND_FRAME))
        return;
    uint64_t frame = hf_memory_word(walker->memory, frame_object + layout->frame_object.frame);
    uint64_t locals = hf_memory_word(walker->memory, frame + layout->frame.locals);
    if (locals != hf_memory_word(walker->memory, frame + layout->frame.globals))
        hide(trial, locals);
}

static struct hf_type_plan *plan_of(struct hf_walker *walker, uint64_t addr) {
    uint64_t type = hf_memory_word(walker->memory, addr + walker->decoder.layout->object.type);
    return hf_type_plans_get(&walker->decoder.plans, type);
}

static bool is_tool_class(struct trial *trial, uint64_t addr) {
    struct hf_walker *walker = trial->walker;
    const struct hf_layout *layout = walker->decoder.layout;
    const struct hf_type_plan *plan = plan_of(walker, addr);
    char module[MAX_NAME_BYTES];
    if (plan == NULL || !(plan->flags & HF_TYPE_TYPE) ||
        !(hf_memory_word(walker->memory, addr + layout->type.flags) & HF_TPFLAGS_HEAPTYPE))
        return false;
    uint64_t dict = hf_memory_word(walker->memory, addr + layout->type.dict);
    uint64_t name = hf_dict_find_str(&walker->decoder, dict, "__module__");
    return hf_str_copy(&walker->decoder, name, module, sizeof module) && hf_is_tool_module(walker, module);
}

static uint64_t refcount_of(struct hf_walker *walker, uint64_t addr) {
    const struct hf_layout *layout = walker->decoder.layout;
    return hf_memory_word(walker->memory, addr + layout->object.refcnt) & layout->refcount_mask;
}

static void release(struct trial *trial, uint64_t target) {
    struct entry *entry = entry_of(trial, target);
    if (entry == NULL || entry->hidden)
        return;
    entry->num_own++;
    if (entry->num_own >= refcount_of(trial->walker, target) || is_tool_class(trial, target))
        hide(trial, target);
}

static void release_references(struct trial *trial, uint64_t addr) {
    struct hf_walker *walker = trial->walker;
    struct hf_type_plan *plan = plan_of(walker, addr);
    if (plan == NULL)
        return;
    hf_walker_list_references(walker, plan, addr);
    size_t count = walker->candidates.used_bytes / sizeof(struct hf_candidate);
    for (size_t i = 0; i < count; i++)
        release(trial, ((const struct hf_candidate *)(const void *)walker->candidates.data)[i].target);
}

/* The modules themselves, with the references that sys.modules has on them and on their names. */
static void hide_modules(struct trial *trial, uint64_t dict) {
    struct hf_decoder *decoder = &trial->walker->decoder;
    struct hf_dict_keys keys;
    if (!hf_dict_keys_read(decoder->memory, decoder->layout,
                           hf_memory_word(decoder->memory, dict + decoder->layout->dict.keys), &keys))
        return;
    for (uint64_t i = 0; i < keys.num_entries; i++) {
        char name[MAX_NAME_BYTES];
        uint64_t key = hf_dict_keys_key(decoder->memory, &keys, i);
        uint64_t module = hf_memory_word(decoder->memory, keys.entries + i * keys.entry_bytes + keys.value_at);
        if (module == 0 || !hf_str_copy(decoder, key, name, sizeof name) || !hf_is_tool_module(trial->walker, name))
            continue;
        release(trial, key);
        hide(trial, module);
        const struct hf_type_plan *plan = plan_of(trial->walker, module);
        if (plan != NULL && (plan->flags & HF_TYPE_MODULE))
            hide(trial, hf_memory_word(decoder->memory, module + decoder->layout->module.dict));
    }
}

static void note_own_references(const struct trial *trial) {
    for (size_t i = 0; i < trial->num_slots; i++)
        if (trial->entries[i].num_own != 0 && !trial->entries[i].hidden)
            hf_walker_add_own_references(trial->walker, trial->entries[i].addr, trial->entries[i].num_own);
}

void hf_interpreter_hide_tool(const struct hf_interpreter *interpreter) {
    struct hf_walker *walker = interpreter->walker;
    struct trial trial = {.walker = walker};
    hide_modules(&trial, hf_interpreter_modules(interpreter));
    for (size_t i = 0; i < walker->num_hidden_objects; i++) {
        hide(&trial, (uint64_t)(uintptr_t)walker->hidden_objects[i]);
        hide_copied_locals(&trial, (uint64_t)(uintptr_t)walker->hidden_objects[i]);
    }
    while (trial.work.used_bytes != 0 && walker->failure == HF_OK) {
        trial.work.used_bytes -= sizeof(uint64_t);
        release_references(&trial, *(uint64_t *)(void *)(trial.work.data + trial.work.used_bytes));
    }
    note_own_references(&trial);
    hf_region_deinit(&trial.work);
}
