/*
 * capture.c - a snapshot of a target, step by step.
 *
 *   interpreter, release, layout, builtin types   identify.c, known_types.c
 *   roots: modules, interpreters                  roots.c    \
 *   threads, frames, variables                    threads.c   ) shared with the capture of the own process
 *   what the collector tracks                     collector.c
 *   sweep                                         sweep.c    \  with scan.c and sizes.c for what the process itself
 *   numbers, columns                              finish.c   /  would be asked
 *   what only native code holds                   witness.c
 */
#include "capture/external/external.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "capture/external/collector.h"
#include "capture/external/python.h"
#include "capture/external/reader.h"
#include "capture/external/remains.h"
#include "capture/external/tracing.h"
#include "capture/external/witness.h"
#include "capture/interpreter.h"
#include "cpython/type_name.h"

#define GC_NODE_BYTES 32

/* ---- the walker's host ---- */

static bool may_have_objects(const struct hf_map *map) {
    return (map->permissions & HF_MAP_READ) && !(map->permissions & HF_MAP_EXECUTE);
}

/* Chunks of the heap map are MiB: whether some of it is memory that may have objects. */
static bool is_heap(struct hf_walker *walker, uint64_t addr) {
    struct hf_reader *reader = walker->host_context;
    uint64_t start = addr & ~(HF_CHUNK_BYTES - 1), end = start + HF_CHUNK_BYTES;
    const struct hf_maps *maps = &reader->target->maps;
    size_t low = 0, high = maps->count;
    /* The first range that ends behind the start. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (maps->list[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < maps->count && maps->list[low].start < end; low++)
        if (may_have_objects(&maps->list[low]))
            return true;
    return false;
}

static void find_sizeof(struct hf_walker *walker, struct hf_type_plan *plan) {
    hf_reader_find_size(walker, plan);
    hf_reader_prepare_scan(walker, plan);
}

static const struct hf_walker_host host = {
    .add_references = hf_reader_add_references,
    .find_sizeof = find_sizeof,
    .call_sizeof = hf_reader_call_size,
    .is_heap = is_heap,
    .is_refcount = hf_reader_is_refcount,
};

/* ---- the walk ---- */

static uint64_t heap_bytes(const struct hf_target *target) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < target->maps.count; i++)
        if (may_have_objects(&target->maps.list[i]))
            bytes += target->maps.list[i].end - target->maps.list[i].start;
    return bytes;
}

static void add_interpreter(struct hf_walker *walker, const struct hf_python *python, uint32_t index) {
    char suffix[64] = "";
    if (index != 0)
        snprintf(suffix, sizeof suffix, " of interpreter %llu", (unsigned long long)python->ids[index]);
    struct hf_interpreter interpreter = {.walker = walker, .addr = python->interpreters[index], .suffix = suffix};
    hf_interpreter_hide_tool(&interpreter);
    hf_interpreter_add_roots(&interpreter);
    hf_interpreter_add_threads(&interpreter);
}

static enum hf_status fail_passing(bool *is_passing, struct hf_error *error, const char *what) {
    *is_passing = true;
    return hf_fail(error, HF_ERR_TARGET, "%s", what);
}

static enum hf_status mark_tracked(struct hf_walker *walker, const struct hf_python *python, bool *is_passing,
                                   struct hf_error *error) {
    const struct hf_reader *reader = walker->host_context;
    uint64_t max_objects = heap_bytes(reader->target) / GC_NODE_BYTES;
    /* What is in a core file is all there will ever be, and what a debugger holds does not move while this waits. */
    bool may_wait = reader->target->kind != HF_TARGET_CORE && reader->target->kind != HF_TARGET_HELD;
    for (uint32_t i = 0; i < python->num_interpreters; i++) {
        if (may_wait && hf_collector_is_running(walker, python->interpreters[i]))
            return fail_passing(is_passing, error, "the garbage collector is running");
        if (!hf_collector_mark_tracked(walker, python->interpreters[i], max_objects) && may_wait)
            return fail_passing(is_passing, error, "a list of the garbage collector is being changed, or is damaged");
    }
    if (reader->target->missing_bytes != 0)
        hf_remains_mark(walker, &reader->target->maps);
    return HF_OK;
}

static enum hf_status explain(const struct hf_walker *walker, enum hf_status status, struct hf_error *error) {
    if (status == HF_OK)
        return HF_OK;
    if (status == HF_ERR_NOMEM)
        return hf_fail_nomem(error);
    if (status == HF_ERR_CANCELLED)
        return hf_fail(error, status, "cancelled");
    if (status == HF_ERR_LIMIT && walker->map.out_of_chunks)
        return hf_fail(error, status, "the heap is spread over more than 64 GiB, which a snapshot cannot address");
    return hf_fail(error, status, "the heap has more references or values than a snapshot can hold (2^32)");
}

/* ---- where it comes from ---- */

/* sys.argv joined by blanks, as far as it is a list of str; else what the target says. */
static void read_program(struct hf_walker *walker, const struct hf_python *python, char *program, size_t size) {
    struct hf_decoder *decoder = &walker->decoder;
    const struct hf_layout *layout = &python->layout;
    const struct hf_reader *reader = walker->host_context;
    uint64_t sys = hf_memory_word(walker->memory, python->interpreters[0] + layout->interpreter.sysdict);
    uint64_t argv = hf_dict_find_str(decoder, sys, "argv");
    size_t length = 0;
    snprintf(program, size, "%s", reader->target->program);
    if (!hf_is_exactly(walker, argv, HF_KIND_LIST))
        return;
    uint64_t items = hf_memory_word(walker->memory, argv + layout->list.items);
    uint64_t count = hf_memory_word(walker->memory, argv + layout->object.var_size);
    for (uint64_t i = 0; i < count && length + 2 < size; i++) {
        if (i > 0)
            program[length++] = ' ';
        if (!hf_str_copy(decoder, hf_memory_word(walker->memory, items + i * 8), program + length, size - length))
            program[length] = '\0';
        length += strlen(program + length);
    }
}

static bool add_text(struct hf_snapshot *snapshot, const char *text, hf_text_id *out) {
    return hf_snapshot_add_text(snapshot, text, strlen(text), out);
}

static bool describe_origin(struct hf_walker *walker, const struct hf_python *python) {
    const struct hf_target *target = ((const struct hf_reader *)walker->host_context)->target;
    struct hf_snapshot *snapshot = walker->snapshot;
    char program[4096];
    read_program(walker, python, program, sizeof program);
    snapshot->origin.pid = target->pid;
    snapshot->origin.taken_at_ns = target->taken_at_ns;
    snapshot->origin.resident_bytes = target->resident_bytes;
    return add_text(snapshot, python->found.release, &snapshot->origin_python) &&
           add_text(snapshot, program, &snapshot->origin_program) &&
           add_text(snapshot, target->machine == EM_AARCH64 ? "linux-aarch64" : "linux-x86_64",
                    &snapshot->origin_platform);
}

static enum hf_status walk(struct hf_walker *walker, const struct hf_python *python, bool *is_passing,
                           struct hf_error *error) {
    const struct hf_reader *reader = walker->host_context;
    struct hf_interpreter main = {.walker = walker, .addr = python->interpreters[0], .suffix = ""};
    memcpy(walker->decoder.interpreters, python->interpreters, sizeof python->interpreters);
    walker->decoder.num_interpreters = python->num_interpreters;
    walker->decoder.plans.is_partial = reader->target->missing_bytes != 0;
    walker->most_bytes = heap_bytes(reader->target);
    walker->decoder.plans.python_traverse = hf_interpreter_python_traverse(&main);
    if (walker->decoder.plans.python_traverse == 0 && reader->target->missing_bytes != 0)
        walker->decoder.plans.python_traverse = hf_remains_python_traverse(walker, &reader->target->maps);
    if (walker->decoder.plans.python_traverse == 0 && reader->target->missing_bytes != 0)
        return hf_fail(error, HF_ERR_TARGET, "the core file was cut off before any class of Python");
    if (walker->decoder.plans.python_traverse == 0)
        return fail_passing(is_passing, error, "importlib of this Python is not as expected: no ModuleSpec class");
    if (!describe_origin(walker, python))
        return hf_fail_nomem(error);
    for (uint32_t i = 0; i < python->num_interpreters; i++)
        add_interpreter(walker, python, i);
    enum hf_status status = mark_tracked(walker, python, is_passing, error);
    if (status != HF_OK)
        return status;
    status = hf_walker_run(walker);
    if (status == HF_OK)
        status = hf_walker_describe(walker);
    return explain(walker, status, error);
}

static enum hf_status finish(struct hf_walker *walker, const struct hf_python *python, struct hf_snapshot **out,
                             struct hf_error *error) {
    const struct hf_reader *reader = walker->host_context;
    struct hf_snapshot *snapshot;
    uint64_t num_explained;
    enum hf_status status = hf_walker_finish(walker, &snapshot, error);
    if (status != HF_OK)
        return status;
    if (!hf_witness_count(walker, python, reader->target, snapshot, &num_explained)) {
        hf_snapshot_destroy(snapshot);
        return hf_fail_nomem(error);
    }
    snapshot->origin.num_exact += num_explained;
    *out = snapshot;
    return HF_OK;
}

enum hf_status hf_external_capture(struct hf_target *target, const struct hf_external_options *options,
                                   bool *is_passing, struct hf_snapshot **out, struct hf_error *error) {
    struct hf_python *python = hf_alloc(1, sizeof *python);
    struct hf_reader reader = {.target = target};
    bool ignored;
    if (is_passing == NULL)
        is_passing = &ignored;
    *is_passing = false;
    if (python == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = hf_python_find(target, python, error);
    struct hf_walker *walker = NULL;
    if (status == HF_OK) {
        walker = hf_walker_create(&target->memory, &python->layout, 0, &host, 0);
        status = walker != NULL ? HF_OK : hf_fail_nomem(error);
    }
    if (status == HF_OK) {
        reader.walker = walker;
        walker->host_context = &reader;
        walker->site_memory = &target->memory;
        walker->site_table = hf_python_find_traces(target, python);
        walker->statics = target;
        walker->progress = options != NULL ? options->progress : NULL;
        walker->keep_values = options == NULL || !options->without_previews;
        status = walk(walker, python, is_passing, error);
    }
    if (status == HF_OK)
        status = finish(walker, python, out, error);
    hf_walker_destroy(walker);
    hf_free(python);
    return status;
}
