/* dead.c - a snapshot of a process that left a core file, and what the user should know of what the file lacks. */
#include <holdfast/process.h>

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/options.h"
#include "capture/external/external.h"
#include "capture/external/notes.h"
#include "memory/core.h"
#include "snapshot/snapshot.h"

#define SECOND_NS UINT64_C(1000000000)
#define MAX_NOTED_FILES 5

static uint64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* Data files are mapped as well, and nobody misses them. Which ranges are code some cores do not tell. */
static bool is_program(struct hf_target *target, uint32_t index) {
    const struct hf_module *module = &target->modules[index];
    for (uint32_t i = 0; i < module->num_maps; i++)
        if (target->maps.list[module->first_map + i].permissions & HF_MAP_EXECUTE)
            return true;
    return index == target->main_module || hf_target_open_module(target, module).build_id.length > 0;
}

/* Files that were looked for and are not what was mapped, or cannot be told to be it. */
static void note_files(struct hf_target *target, const struct hf_notes *notes) {
    unsigned num_noted = 0, num_more = 0;
    for (uint32_t i = 0; i < target->num_modules; i++) {
        if (target->modules[i].file == NULL || !is_program(target, i))
            continue;
        const char *problem = hf_target_open_module(target, &target->modules[i]).problem;
        if (*problem == '\0')
            continue;
        if (num_noted++ < MAX_NOTED_FILES)
            hf_note(notes, "%s", problem);
        else
            num_more++;
    }
    if (num_more > 0)
        hf_note(notes, "%u more files are missing or are not the right ones: name the folder that has them with "
                "--sysroot", num_more);
}

static void note_truncation(const struct hf_target *target, const struct hf_notes *notes) {
    if (target->missing_bytes == 0)
        return;
    hf_note(notes, "the core file is cut off: %" PRIu64 " MiB of memory are missing, and what was there is not in "
            "the snapshot", (target->missing_bytes + (1 << 20) - 1) >> 20);
    hf_note(notes, "for a whole one next time: ulimit -c unlimited, or ProcessSizeMax= and ExternalSizeMax= in "
            "coredump.conf where systemd-coredump writes them, and room on the disk");
}

/* Types out of the interpreter's file: restored.c. */
static void note_restored(const struct hf_target *target, const struct hf_notes *notes) {
    const struct hf_module *module = hf_target_module_at(target, target->loaded_addr);
    if (target->loaded.used_bytes > 0 && module != NULL)
        hf_note(notes, "the interpreter's state, in the data of '%s', is among what is missing: builtin types are taken "
                "from that file, and modules, threads and frames are not known", module->path);
}

static enum hf_status capture(struct hf_target *target, const struct hf_core_options *options,
                              struct hf_snapshot **out, struct hf_error *error) {
    const struct hf_external_options capture_options = {
        .without_previews = options->without_previews, .progress = options->progress};
    const struct hf_notes notes = {options->note, options->note_context};
    uint64_t started_ns = cpu_ns();
    struct hf_snapshot *snapshot;
    note_truncation(target, &notes);
    enum hf_status status = hf_external_capture(target, &capture_options, NULL, &snapshot, error);
    note_files(target, &notes);
    if (status != HF_OK)
        return status;
    note_restored(target, &notes);
    bool is_named = hf_snapshot_add_text(snapshot, "core file", strlen("core file"), &snapshot->origin_method);
    hf_snapshot_seal(snapshot);
    if (!is_named) {
        hf_snapshot_destroy(snapshot);
        return hf_fail_nomem(error);
    }
    snapshot->origin.cpu_ns = cpu_ns() - started_ns;
    hf_note_doubt(&notes, &snapshot->origin);
    *out = snapshot;
    return HF_OK;
}

/* What the user can do about a file that gave nothing. */
static enum hf_status explain(const struct hf_target *target, const char *path, const char *binary,
                              enum hf_status status, struct hf_error *error) {
    if (status != HF_OK && target->lacks_written_memory)
        return hf_fail(error, HF_ERR_TARGET, "'%s' has nothing of the memory that the process wrote: its coredump_filter "
                       "left that out; for the next one: echo 0x33 >/proc/PID/coredump_filter, which children inherit",
                       path);
    if (status != HF_NOT_FOUND)
        return status;
    if (target->missing_bytes == 0 || target->num_modules > 0)
        return hf_fail(error, HF_ERR_TARGET, "'%s' is the core file of a process that ran no Python, or its program "
                       "is missing: name it with --binary", path);
    if (binary == NULL)
        return hf_fail(error, HF_ERR_TARGET, "'%s' was cut off before its notes, which say where the program and its "
                       "libraries lie, and which gcore writes last: name the program with --binary, or its libpython "
                       "where that has the interpreter", path);
    return hf_fail(error, HF_ERR_TARGET, "'%s' was cut off before its notes, which say where the program and its "
                   "libraries lie, and no place in it fits '%s': is that the file that the process ran?", path, binary);
}

enum hf_status hf_capture_core(const char *path, const struct hf_core_options *options, struct hf_snapshot **out,
                               struct hf_error *error) {
    struct hf_core_options known = {0};
    struct hf_target *target;
    if (!hf_options_copy(&known, sizeof known, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct hf_core_options is not set up: struct_size");
    const struct hf_core_open_options open_options = {
        .cache_bytes = known.cache_bytes, .sysroot = known.sysroot, .binary = known.binary};
    enum hf_status status = hf_core_open(path, &open_options, &target, error);
    if (status != HF_OK)
        return status;
    status = capture(target, &known, out, error);
    status = explain(target, path, known.binary, status, error);
    hf_target_destroy(target);
    return status;
}
