/*
 * modules.c - tells the application from what it stands on, by what the modules themselves say.
 *
 *   sys       prefix '/opt/venv'   base_prefix '/usr'   _stdlib_dir '/usr/lib/python3.11'   stdlib_module_names {..}
 *   shop      __file__ '/srv/shop/__init__.py'                          application
 *   django    __file__ '/opt/venv/lib/python3.11/site-packages/..'      package
 *   json      __file__ '/usr/lib/python3.11/json/__init__.py'           Python
 *   _io       no file, __loader__ is a class (BuiltinImporter)          Python
 *   six.moves no file, made at run time                                 as the package around it
 *
 * A file decides where it is known: a program may well have a module called `test`. Long paths are cut in a snapshot,
 * but the folder that tells comes early. Without previews there are no files; then the names of the standard library
 * are all that is left, and the rest is unknown.
 */
#include "analysis/modules.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"
#include "snapshot/preview.h"

#define CUT_AT 64        /* bytes of a text that a snapshot keeps at least */

enum folder { STDLIB_DIR, BASE_PREFIX, BASE_EXEC_PREFIX, PREFIX, EXEC_PREFIX, NUM_FOLDERS };
static const char *const folder_names[NUM_FOLDERS] = {"_stdlib_dir", "base_prefix", "base_exec_prefix", "prefix",
                                                      "exec_prefix"};

/* A text of the snapshot that may have been cut. */
struct part {
    const char *bytes;
    size_t length;           /* 0: unknown */
};

struct sorter {
    const struct hf_snapshot *snapshot;
    struct part folders[NUM_FOLDERS];
    struct part script;          /* sys.argv[0] */
    hf_node_id stdlib_names;
};

static struct part read_str(const struct hf_snapshot *snapshot, hf_node_id node) {
    struct hf_preview preview;
    if (node == HF_NO_NODE || !hf_snapshot_read_preview(snapshot, node, &preview) || preview.tag != HF_PREVIEW_STR)
        return (struct part){"", 0};
    return (struct part){preview.bytes, preview.num_bytes};
}

/* ---- what sys knows ---- */

static hf_node_id find_sys(const struct hf_snapshot *snapshot) {
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        if (root->kind == HF_ROOT_MODULE && strcmp(hf_snapshot_get_text(snapshot, root->name, NULL), "sys") == 0)
            return root->node;
    }
    return HF_NO_NODE;
}

static struct part read_first_item(const struct hf_snapshot *snapshot, hf_node_id list) {
    const uint32_t *row = hf_col_row(snapshot);
    if (list == HF_NO_NODE || row[list] == row[list + 1])
        return (struct part){"", 0};
    return read_str(snapshot, hf_col_edge_target(snapshot)[row[list]]);
}

static void ask_sys(struct sorter *sorter) {
    hf_node_id sys = find_sys(sorter->snapshot);
    sorter->stdlib_names = HF_NO_NODE;
    if (sys == HF_NO_NODE)
        return;
    for (size_t i = 0; i < NUM_FOLDERS; i++)
        sorter->folders[i] = read_str(sorter->snapshot, hf_lookup_attribute(sorter->snapshot, sys, folder_names[i]));
    sorter->stdlib_names = hf_lookup_attribute(sorter->snapshot, sys, "stdlib_module_names");
    sorter->script = read_first_item(sorter->snapshot, hf_lookup_attribute(sorter->snapshot, sys, "argv"));
}

static bool is_stdlib_name(const struct sorter *sorter, const char *name) {
    if (sorter->stdlib_names == HF_NO_NODE)
        return false;
    size_t length = strcspn(name, ".");
    const uint32_t *row = hf_col_row(sorter->snapshot), *target = hf_col_edge_target(sorter->snapshot);
    for (uint32_t edge = row[sorter->stdlib_names]; edge < row[sorter->stdlib_names + 1]; edge++) {
        struct part member = read_str(sorter->snapshot, target[edge]);
        if (member.length == length && memcmp(member.bytes, name, length) == 0)
            return true;
    }
    return false;
}

/* ---- files ---- */

static bool contains(struct part text, const char *word) {
    return memmem(text.bytes, text.length, word, strlen(word)) != NULL;
}

static bool starts_with(struct part text, struct part start) {
    return start.length > 0 && text.length > start.length && memcmp(text.bytes, start.bytes, start.length) == 0;
}

static bool starts_with_lib(struct part path) {
    return starts_with(path, (struct part){"/lib/python3", 12}) ||
           starts_with(path, (struct part){"/lib64/python3", 14});
}

static bool is_same(struct part left, struct part right) {
    return left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
}

/* Below a virtual environment, which has nothing but packages. The path may be cut before site-packages. */
static bool is_in_environment(const struct sorter *sorter, struct part file) {
    struct part prefix = sorter->folders[PREFIX];
    return sorter->folders[BASE_PREFIX].length > 0 && !is_same(prefix, sorter->folders[BASE_PREFIX]) &&
           starts_with(file, prefix) && file.bytes[prefix.length] == '/';
}

/* Below /usr/lib/python3.11, or below lib/python3.11 or lib64/python3.11 of a prefix, of any where none is known. */
static bool is_in_stdlib(const struct sorter *sorter, struct part file) {
    if (starts_with(file, sorter->folders[STDLIB_DIR]))
        return true;
    bool knows_prefix = false;
    for (size_t i = STDLIB_DIR + 1; i < NUM_FOLDERS; i++) {
        struct part prefix = sorter->folders[i];
        knows_prefix = knows_prefix || prefix.length > 0;
        if (starts_with(file, prefix) &&
            starts_with_lib((struct part){file.bytes + prefix.length, file.length - prefix.length}))
            return true;
    }
    return !knows_prefix && (contains(file, "/lib/python3") || contains(file, "/lib64/python3"));
}

static enum hf_module_origin origin_of_file(const struct sorter *sorter, struct part file) {
    if (contains(file, "/site-packages/") || contains(file, "/dist-packages/") || is_in_environment(sorter, file))
        return HF_MODULE_PACKAGE;
    return is_in_stdlib(sorter, file) ? HF_MODULE_PYTHON : HF_MODULE_APPLICATION;
}

/* A file as the module has it, or as its spec does ("built-in" and "frozen" are no files). */
static struct part file_of(const struct sorter *sorter, hf_node_id module) {
    struct part file = read_str(sorter->snapshot, hf_lookup_attribute(sorter->snapshot, module, "__file__"));
    hf_node_id spec = file.length == 0 ? hf_lookup_attribute(sorter->snapshot, module, "__spec__") : HF_NO_NODE;
    if (spec != HF_NO_NODE)
        file = read_str(sorter->snapshot, hf_lookup_attribute(sorter->snapshot, spec, "origin"));
    return memchr(file.bytes, '/', file.length) != NULL ? file : (struct part){"", 0};
}

/* A script loses its __file__ when it has run, long before the process ends: then sys.argv tells. "-c" is no file. */
static struct part file_of_main(const struct sorter *sorter, hf_node_id module) {
    struct part file = file_of(sorter, module);
    bool is_file = sorter->script.length > 0 && sorter->script.bytes[0] != '-';
    return file.length == 0 && is_file ? sorter->script : file;
}

/* The loaders of built-in and frozen modules are classes, all others are objects. */
static bool is_built_in(const struct sorter *sorter, hf_node_id module) {
    hf_node_id loader = hf_lookup_attribute(sorter->snapshot, module, "__loader__");
    return loader != HF_NO_NODE && (hf_col_node_flags(sorter->snapshot)[loader] & HF_NODE_TYPE) != 0;
}

/* ---- one module ---- */

static bool is_name(const char *name, const char *wanted) {
    size_t length = strcspn(name, ".");
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static enum hf_module_origin origin_of(const struct sorter *sorter, const char *name, hf_node_id module,
                                       struct part file) {
    if (is_name(name, "holdfast"))
        return HF_MODULE_PYTHON;
    if (file.length > 0)
        return origin_of_file(sorter, file);
    if (strcmp(name, "__main__") == 0)
        return HF_MODULE_APPLICATION;
    return is_built_in(sorter, module) || is_stdlib_name(sorter, name) ? HF_MODULE_PYTHON : HF_MODULE_UNKNOWN;
}

static int by_name(const void *left, const void *right) {
    return strcmp(((const struct hf_module *)left)->name, ((const struct hf_module *)right)->name);
}

static void add_module(struct hf_modules *modules, struct hf_module *list, const struct sorter *sorter,
                       const struct hf_root_record *root) {
    const char *name = hf_snapshot_get_text(sorter->snapshot, root->name, NULL);
    bool is_main = strcmp(name, "__main__") == 0;
    struct part file = is_main ? file_of_main(sorter, root->node) : file_of(sorter, root->node);
    struct hf_module module = {name, hf_arena_copy(&modules->arena, file.bytes, file.length),
                               origin_of(sorter, name, root->node, file)};
    modules->num_files += module.file[0] != '\0';
    list[modules->num_modules++] = module;
}

enum hf_status hf_modules_init(struct hf_modules *modules, const struct hf_snapshot *snapshot,
                               struct hf_error *error) {
    *modules = (struct hf_modules){0};
    struct sorter sorter = {.snapshot = snapshot};
    ask_sys(&sorter);
    size_t count = 0;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++)
        count += hf_col_roots(snapshot)[i].kind == HF_ROOT_MODULE;
    struct hf_module *list = hf_arena_alloc(&modules->arena, count + 1, sizeof *list);
    if (list == NULL)
        return hf_fail_nomem(error);
    modules->list = list;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++)
        if (hf_col_roots(snapshot)[i].kind == HF_ROOT_MODULE)
            add_module(modules, list, &sorter, &hf_col_roots(snapshot)[i]);
    qsort(list, count, sizeof *list, by_name);
    return modules->arena.failed ? hf_fail_nomem(error) : HF_OK;
}

void hf_modules_deinit(struct hf_modules *modules) {
    hf_arena_deinit(&modules->arena);
    *modules = (struct hf_modules){0};
}

/* ---- looking up ---- */

/* Orders a name of `length` bytes against that of a module. */
static int compare(const char *name, size_t length, const struct hf_module *module) {
    int order = strncmp(name, module->name, length);
    return order != 0 ? order : module->name[length] == '\0' ? 0 : -1;
}

static const struct hf_module *find_exactly(const struct hf_modules *modules, const char *name, size_t length) {
    size_t low = 0, high = modules->num_modules;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(name, length, &modules->list[middle]);
        if (order == 0)
            return &modules->list[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The length of the package around a name, 0 if there is none. */
static size_t length_of_package(const char *name, size_t length) {
    while (length > 0 && name[length - 1] != '.')
        length--;
    return length > 0 ? length - 1 : 0;
}

/* A module made at run time tells nothing; the package around it may. */
const struct hf_module *hf_modules_find(const struct hf_modules *modules, const char *name) {
    const struct hf_module *found = NULL;
    for (size_t length = strlen(name); length > 0; length = length_of_package(name, length)) {
        const struct hf_module *module = find_exactly(modules, name, length);
        if (module != NULL && module->origin != HF_MODULE_UNKNOWN)
            return module;
        if (found == NULL)
            found = module;
    }
    return found;
}

enum hf_module_origin hf_modules_origin(const struct hf_modules *modules, const char *name) {
    const struct hf_module *module = hf_modules_find(modules, name);
    return module != NULL ? module->origin : HF_MODULE_UNKNOWN;
}

/* "/srv/shop.py" is what "shop.py" was when it was started. */
static bool ends_with(const char *file, size_t length, const char *end, size_t end_length) {
    return end_length > 0 && length > end_length && end[0] != '/' && file[length - end_length - 1] == '/' &&
           memcmp(file + length - end_length, end, end_length) == 0;
}

/* Both texts may have been cut: then they are the same as far as they go. `left` may be relative. */
static bool is_same_file(const char *left, size_t left_length, const char *right, size_t right_length) {
    size_t length = left_length < right_length ? left_length : right_length;
    bool may_be_cut = length >= CUT_AT;
    if (ends_with(right, right_length, left, left_length))
        return true;
    return length > 0 && (left_length == right_length || may_be_cut) && memcmp(left, right, length) == 0;
}

const struct hf_module *hf_modules_find_file(const struct hf_modules *modules, const char *file, size_t length) {
    for (size_t i = 0; i < modules->num_modules; i++)
        if (is_same_file(modules->list[i].file, strlen(modules->list[i].file), file, length))
            return &modules->list[i];
    return NULL;
}
