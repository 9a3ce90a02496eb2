/*
 * identify.c - finding the interpreter in a target.
 *
 *   module with a section .PyRuntime (3.11+), or a symbol _PyRuntime
 *     -> release    _Py_DebugOffsets (3.13+), the symbol Py_Version (3.11+), else whatever layout fits
 *     -> layout     of the release; checked against _Py_DebugOffsets
 *     -> interpreters, builtin types, sys.hexversion
 */
#include "capture/external/python.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "capture/external/known_types.h"
#include "capture/external/restored.h"
#include "cpython/layouts.h"
#include "cpython/type_name.h"
#include "cpython/value.h"

#define DEBUG_COOKIE "xdebugpy"
#define DEBUG_VERSION 8
#define DEBUG_FREE_THREADED 16
#define MAX_INTERPRETER_STEPS 100000

/* ---- where the runtime is ---- */

static bool find_runtime(struct hf_target *target, const struct hf_module *module, uint64_t *addr) {
    struct hf_elf_range range;
    if (!hf_target_find_section(target, module, ".PyRuntime", &range) &&
        !hf_target_find_symbol(target, module, "_PyRuntime", &range))
        return false;
    *addr = range.addr;
    return true;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The main module, else a libpython, else any other: a library may be linked with the interpreter. */
static bool find_module(struct hf_target *target, struct hf_external_python *out) {
    if (target->main_module < target->num_modules &&
        find_runtime(target, &target->modules[target->main_module], &out->runtime_addr)) {
        out->module = &target->modules[target->main_module];
        return true;
    }
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < target->num_modules; i++) {
            const struct hf_module *module = &target->modules[i];
            bool is_libpython = strncmp(base_name(module->path), "libpython", 9) == 0;
            if (is_libpython == (round == 0) && find_runtime(target, module, &out->runtime_addr)) {
                out->module = module;
                return true;
            }
        }
    return false;
}

/* ---- which release it is ---- */

struct release {
    uint32_t version_hex;        /* 0: it does not say */
    bool has_checks;             /* it has _Py_DebugOffsets */
    bool is_free_threaded;
    bool is_debug;
};

static void read_release(struct hf_target *target, const struct hf_external_python *found, struct release *out) {
    struct hf_elf_range range;
    const void *view = hf_memory_view(&target->memory, found->runtime_addr, DEBUG_FREE_THREADED + 8);
    *out = (struct release){0};
    if (view != NULL && memcmp(view, DEBUG_COOKIE, 8) == 0) {
        out->has_checks = true;
        out->version_hex = (uint32_t)hf_view_u64(view, DEBUG_VERSION);
        out->is_free_threaded = hf_view_u64(view, DEBUG_FREE_THREADED) != 0;
    } else if (hf_target_find_symbol(target, found->module, "Py_Version", &range)) {
        out->version_hex = (uint32_t)hf_memory_word(&target->memory, range.addr);
    }
    out->is_debug = hf_target_find_symbol(target, found->module, "_Py_NegativeRefcount", &range) ||
                    hf_target_find_symbol(target, found->module, "_Py_RefTotal", &range);
}

/* "3.14.0b2" of 0x030e00b2; "" of 0. */
static void print_version(uint32_t hex, char *out, size_t size) {
    static const char levels[16] = {[0xA] = 'a', [0xB] = 'b', [0xC] = 'c'};
    char level = levels[hex >> 4 & 15];
    if (hex == 0)
        snprintf(out, size, "%s", "");
    else if (level != 0)
        snprintf(out, size, "%u.%u.%u%s%u", hex >> 24, hex >> 16 & 255, hex >> 8 & 255,
                 level == 'c' ? "rc" : level == 'a' ? "a" : "b", hex & 15);
    else
        snprintf(out, size, "%u.%u.%u", hex >> 24, hex >> 16 & 255, hex >> 8 & 255);
}

static enum hf_status refuse(struct hf_error *error, const struct hf_external_python *found,
                             const struct release *release, const char *build) {
    char version[32];
    print_version(release->version_hex, version, sizeof version);
    return hf_fail(error, HF_ERR_UNSUPPORTED, "CPython%s%s in %s: %s", version[0] != '\0' ? " " : "", version,
                   found->module->path, build);
}

/* The name of the first thing that lies elsewhere than the layout says; NULL: there is none. */
static const char *find_difference(struct hf_target *target, uint64_t runtime, const struct hf_layout *layout) {
    for (const struct hf_layout_check *check = layout->checks; check->name != NULL; check++)
        if (hf_memory_word(&target->memory, runtime + check->at) != check->expected)
            return check->name;
    return NULL;
}

/* ---- whether a layout fits ---- */

/* The list of interpreters, of which the main one, whose id is 0, is put first. */
static bool read_interpreters(struct hf_target *target, struct hf_python *python) {
    const struct hf_layout *layout = &python->layout;
    uint64_t at = hf_memory_word(&target->memory, python->found.runtime_addr + layout->runtime.interpreters);
    python->num_interpreters = 0;
    for (int i = 0; at != 0 && (at & 7) == 0 && i < MAX_INTERPRETER_STEPS; i++) {
        if (hf_memory_view(&target->memory, at, 8) == NULL || python->num_interpreters == HF_MAX_INTERPRETERS)
            break;
        uint64_t id = hf_memory_word(&target->memory, at + layout->interpreter.id);
        uint32_t place = python->num_interpreters++;
        if (id == 0 && place != 0) {
            python->interpreters[place] = python->interpreters[0];
            python->ids[place] = python->ids[0];
            place = 0;
        }
        python->interpreters[place] = at;
        python->ids[place] = id;
        at = hf_memory_word(&target->memory, at + layout->interpreter.next);
    }
    return python->num_interpreters != 0 && python->ids[0] == 0;
}

/* Where a release may have one of two layouts: a list is one when the neighbours of its head know the head. */
static bool lists_fit(struct hf_target *target, const struct hf_python *python) {
    for (int i = 0; i < 3; i++) {
        uint64_t head = python->interpreters[0] + python->layout.interpreter.gc_lists[i];
        uint64_t next = hf_memory_word(&target->memory, head) & ~UINT64_C(3);
        uint64_t previous = hf_memory_word(&target->memory, head + 8) & ~UINT64_C(3);
        if ((hf_memory_word(&target->memory, next + 8) & ~UINT64_C(3)) != head ||
            (hf_memory_word(&target->memory, previous) & ~UINT64_C(3)) != head)
            return false;
    }
    return true;
}

/* What sys says about itself. */
struct sys_facts {
    uint64_t hexversion;
    char version[64];
    char abiflags[16];
};

static bool read_sys(struct hf_target *target, const struct hf_python *python, struct sys_facts *out) {
    struct hf_decoder decoder = {.memory = &target->memory, .layout = &python->layout};
    decoder.plans.layout = &python->layout;
    uint64_t sys = hf_memory_word(&target->memory, python->interpreters[0] + python->layout.interpreter.sysdict);
    uint64_t hexversion = hf_dict_find_str(&decoder, sys, "hexversion");
    out->abiflags[0] = '\0';
    hf_str_copy(&decoder, hf_dict_find_str(&decoder, sys, "abiflags"), out->abiflags, sizeof out->abiflags);
    return hexversion != 0 && hf_int_read(&decoder, hexversion, &out->hexversion) &&
           hf_str_copy(&decoder, hf_dict_find_str(&decoder, sys, "version"), out->version, sizeof out->version);
}

/* Before 3.11.2 zero had no digit. */
static void adjust(struct hf_python *python) {
    python->layout.integer.min_digits = python->version_hex >> 8 >= 0x030B02;
}

static bool fits(struct hf_target *target, struct hf_python *python, const struct hf_layout *layout, bool is_only_one,
                 struct sys_facts *sys) {
    python->layout = *layout;
    if (!read_interpreters(target, python) || !(is_only_one || lists_fit(target, python)) ||
        !hf_python_find_types(&target->memory, python) || !read_sys(target, python, sys) ||
        sys->hexversion >> 16 != layout->version)
        return false;
    python->version_hex = (uint32_t)sys->hexversion;
    adjust(python);
    return true;
}

/* "python3.9", "libpython3.10.so.1.0": before 3.11 nothing else tells the release. 0: it is another. */
static uint32_t version_of_name(const char *path) {
    const char *name = strstr(base_name(path), "python3.");
    unsigned long minor = name != NULL ? strtoul(name + strlen("python3."), NULL, 10) : 0;
    return minor == 9 || minor == 10 ? 0x03000000 | (uint32_t)minor << 16 : 0;
}

/*
 * Of a core file that was cut off the first objects are missing, among them sys and builtins: they lie at the highest
 * addresses. What the program says of itself must do: its version, and where its types are. A shared libpython lies
 * higher still, and the interpreter's state with it: then there are no roots, and its types come from its file.
 */
static bool fits_remains(struct hf_target *target, struct hf_python *python, const struct release *release) {
    const struct hf_layout *layout, *last = NULL;
    bool is_told = release->version_hex != 0;
    python->version_hex = is_told ? release->version_hex : version_of_name(python->found.module->path);
    for (unsigned index = 0; (layout = hf_layout_of(python->version_hex, index)) != NULL; index++)
        if (!release->has_checks || find_difference(target, python->found.runtime_addr, layout) == NULL)
            last = layout;
    if (last == NULL)
        return false;
    python->layout = *last;
    bool has_state = read_interpreters(target, python);
    bool has_types = hf_python_find_types_by_symbols(target, python) ||
                     (hf_python_restore_types(target, python) && hf_python_find_types_by_symbols(target, python));
    if (!has_types)
        return false;
    if (!has_state) {
        python->num_interpreters = 0;
        memset(python->interpreters, 0, sizeof python->interpreters);
    }
    adjust(python);
    if (is_told)
        print_version(python->version_hex, python->found.release, sizeof python->found.release);
    else
        snprintf(python->found.release, sizeof python->found.release, "3.%u", python->version_hex >> 16 & 255);
    return true;
}

static void copy_release(struct hf_python *python, const struct sys_facts *sys) {
    size_t length = strcspn(sys->version, " ");
    if (length >= sizeof python->found.release)
        length = sizeof python->found.release - 1;
    memcpy(python->found.release, sys->version, length);
    python->found.release[length] = '\0';
}

/* Tries the layouts of a release, or, when the target does not tell it, those without _Py_DebugOffsets. */
static bool try_layouts(struct hf_target *target, struct hf_python *python, const struct release *release,
                        struct sys_facts *sys, const char **difference) {
    static const uint32_t untold[] = {0x030900F0, 0x030A00F0, 0x030B00F0, 0x030C00F0};
    const uint32_t *versions = release->version_hex != 0 ? &release->version_hex : untold;
    size_t num_versions = release->version_hex != 0 ? 1 : sizeof untold / sizeof *untold;
    for (size_t i = 0; i < num_versions; i++) {
        const struct hf_layout *layout;
        bool is_only_one = hf_layout_of(versions[i], 1) == NULL;
        for (unsigned index = 0; (layout = hf_layout_of(versions[i], index)) != NULL; index++) {
            const char *other =
                release->has_checks ? find_difference(target, python->found.runtime_addr, layout) : NULL;
            if (other != NULL)
                *difference = other;
            else if (fits(target, python, layout, is_only_one, sys))
                return true;
        }
    }
    return false;
}

enum hf_status hf_python_find(struct hf_target *target, struct hf_python *python, struct hf_error *error) {
    struct release release;
    struct sys_facts sys;
    const char *difference = NULL;
    char text[256];
    memset(python, 0, sizeof *python);
    if (!find_module(target, &python->found))
        return hf_fail(error, HF_NOT_FOUND, "no Python interpreter in %s",
                       target->program[0] != '\0' ? target->program : "the target");
    read_release(target, &python->found, &release);
    if (release.is_free_threaded)
        return refuse(error, &python->found, &release, "free-threaded builds are not supported yet");
    if (release.is_debug)
        return refuse(error, &python->found, &release, "debug builds are not supported: their objects are laid out "
                                                       "differently");
    if (release.version_hex != 0 && hf_layout_of(release.version_hex, 0) == NULL)
        return refuse(error, &python->found, &release, "holdfast knows the layouts of 3.9 to 3.15");
    if (try_layouts(target, python, &release, &sys, &difference)) {
        copy_release(python, &sys);
    } else if (target->missing_bytes != 0 && fits_remains(target, python, &release)) {
        sys.abiflags[0] = '\0';
    } else {
        snprintf(text, sizeof text, "%s lies elsewhere than in the release of that version: an unknown build",
                 difference != NULL ? difference : "the interpreter's state");
        if (difference == NULL && (python->num_interpreters == 0 || target->missing_bytes != 0))
            snprintf(text, sizeof text, "the interpreter's state cannot be read: it is not started yet, or it has "
                                        "ended, or memory is missing");
        return refuse(error, &python->found, &release, text);
    }
    release.version_hex = python->version_hex;
    if (strchr(sys.abiflags, 't') != NULL)
        return refuse(error, &python->found, &release, "free-threaded builds are not supported yet");
    if (strchr(sys.abiflags, 'd') != NULL)
        return refuse(error, &python->found, &release, "debug builds are not supported: their objects are laid out "
                                                       "differently");
    return HF_OK;
}

enum hf_status hf_external_identify(struct hf_target *target, struct hf_external_python *out, struct hf_error *error) {
    struct hf_python python;
    enum hf_status status = hf_python_find(target, &python, error);
    if (status == HF_OK)
        *out = python.found;
    return status;
}
