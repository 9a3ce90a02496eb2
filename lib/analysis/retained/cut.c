/*
 * cut.c - from words to bits.
 *
 *   module:shop            nodes: the module and its attribute dict
 *   thread:worker-1        roots: of every frame of the thread
 *   sys.modules['shop']    the root, and the item of the dict that is behind it
 *   shop.CACHE['k']        edges: the item's value and its key
 *   anything else          nodes of a selector; or where no type is called so, a reference
 */
#include "analysis/retained/cut.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analysis/lookup.h"
#include "analysis/reference/reference.h"
#include "analysis/selector/near.h"
#include "base/error.h"

enum hf_status hf_cut_create(const struct hf_snapshot *snapshot, struct hf_cut **out, struct hf_error *error) {
    struct hf_cut *cut = hf_alloc(1, sizeof *cut);
    if (cut == NULL)
        return hf_fail_nomem(error);
    cut->snapshot = snapshot;
    if (!hf_bitset_init(&cut->nodes, snapshot->num_nodes) || !hf_bitset_init(&cut->edges, snapshot->num_edges) ||
        !hf_bitset_init(&cut->roots, hf_num_roots(snapshot))) {
        hf_cut_destroy(cut);
        return hf_fail_nomem(error);
    }
    *out = cut;
    return HF_OK;
}

void hf_cut_destroy(struct hf_cut *cut) {
    if (cut == NULL)
        return;
    hf_bitset_deinit(&cut->nodes);
    hf_bitset_deinit(&cut->edges);
    hf_bitset_deinit(&cut->roots);
    hf_text_deinit(&cut->description);
    hf_free(cut);
}

HF_PRINTF(2, 3) static enum hf_status describe(struct hf_cut *cut, const char *format, ...);
static enum hf_status describe(struct hf_cut *cut, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    hf_text_add(&cut->description, cut->description.length > 0 ? ", " : "");
    hf_text_add(&cut->description, text != NULL ? text : "");
    cut->description.failed |= text == NULL;
    hf_free(text);
    return cut->description.failed ? HF_ERR_NOMEM : HF_OK;
}

enum hf_status hf_cut_add_selection(struct hf_cut *cut, const struct hf_selection *selection,
                                    struct hf_error *error) {
    for (size_t i = 0; i < selection->num_nodes; i++)
        hf_bitset_add(&cut->nodes, selection->nodes[i]);
    return describe(cut, "%s", selection->description) == HF_OK ? HF_OK : hf_fail_nomem(error);
}

static void add_root(struct hf_cut *cut, uint32_t root) {
    cut->num_references += !hf_bitset_has(&cut->roots, root);
    hf_bitset_add(&cut->roots, root);
}

static enum hf_name_kind kind_of(const struct hf_snapshot *snapshot, uint32_t edge) {
    return (enum hf_name_kind)hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]].kind;
}

static void add_edge(struct hf_cut *cut, uint32_t edge) {
    cut->num_references += !hf_bitset_has(&cut->edges, edge);
    hf_bitset_add(&cut->edges, edge);
    if (kind_of(cut->snapshot, edge) == HF_NAME_VALUE)
        hf_bitset_add(&cut->edges, edge - 1);
}

/* ---- modules ---- */

static const char *root_name(const struct hf_cut *cut, uint32_t root) {
    return hf_snapshot_get_text(cut->snapshot, hf_col_roots(cut->snapshot)[root].name, NULL);
}

static void add_object(struct hf_cut *cut, hf_node_id node) {
    hf_bitset_add(&cut->nodes, node);
    hf_node_id dict = hf_lookup_dict(cut->snapshot, node);
    if (dict != HF_NO_NODE)
        hf_bitset_add(&cut->nodes, dict);
}

static enum hf_status fail_near(const struct hf_cut *cut, const char *what, const char *name, enum hf_root_kind kind,
                                struct hf_error *error) {
    struct hf_near near = {.wanted = name};
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t i = 0; kind == HF_ROOT_MODULE && i < hf_num_roots(cut->snapshot); i++)
        if (hf_col_roots(cut->snapshot)[i].kind == HF_ROOT_MODULE)
            hf_near_offer(&near, root_name(cut, i));
    for (uint32_t i = 0; kind == HF_ROOT_FRAME && i < hf_num_frames(cut->snapshot); i++)
        hf_near_offer(&near, hf_snapshot_get_frame(cut->snapshot, i).function);
    hf_text_addf(&text, "the process has no %s '%s'", what, name);
    hf_near_print(&near, &text);
    enum hf_status status = text.failed ? hf_fail_nomem(error) : hf_fail(error, HF_NOT_FOUND, "%s", text.data);
    hf_text_deinit(&text);
    return status;
}

static enum hf_status add_modules(struct hf_cut *cut, const char *name, bool is_package, struct hf_error *error) {
    size_t length = strlen(name), count = 0;
    for (uint32_t i = 0; i < hf_num_roots(cut->snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(cut->snapshot)[i];
        const char *found = root->kind == HF_ROOT_MODULE ? root_name(cut, i) : "";
        bool is_below = is_package && found[0] != '\0' && strncmp(found, name, length) == 0 && found[length] == '.';
        if (root->kind != HF_ROOT_MODULE || (!is_below && strcmp(found, name) != 0))
            continue;
        add_object(cut, root->node);
        count++;
    }
    if (count == 0)
        return fail_near(cut, is_package ? "package" : "module", name, HF_ROOT_MODULE, error);
    enum hf_status status = is_package ? describe(cut, "package %s: %zu module%s", name, count, count == 1 ? "" : "s")
                                       : describe(cut, "module %s", name);
    return status == HF_OK ? HF_OK : hf_fail_nomem(error);
}

/* The entry of sys.modules: the root stands for it, and the dict has it. */
static void add_module_item(struct hf_cut *cut, uint32_t root) {
    const struct hf_snapshot *snapshot = cut->snapshot;
    const char *name = root_name(cut, root);
    add_root(cut, root);
    for (uint32_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *modules = &hf_col_roots(snapshot)[i];
        if (modules->kind != HF_ROOT_INTERPRETER || strcmp(root_name(cut, i), "sys.modules") != 0)
            continue;
        for (uint32_t edge = hf_col_row(snapshot)[modules->node]; edge < hf_col_row(snapshot)[modules->node + 1];
             edge++) {
            const char *key;
            size_t length;
            if (kind_of(snapshot, edge) != HF_NAME_VALUE ||
                !hf_lookup_attribute_name(snapshot, edge, &key, &length) || strcmp(key, name) != 0)
                continue;
            hf_bitset_add(&cut->edges, edge);
            hf_bitset_add(&cut->edges, edge - 1);
        }
    }
}

/* ---- frames and threads ---- */

static bool is_function(const char *function, const char *wanted, size_t length) {
    size_t function_length = strlen(function);
    if (function_length < length || memcmp(function + function_length - length, wanted, length) != 0)
        return false;
    return function_length == length || function[function_length - length - 1] == '.';
}

/* "handle" or "handle:variable". */
static enum hf_status add_frame(struct hf_cut *cut, const char *word, struct hf_error *error) {
    const char *colon = strchr(word, ':');
    size_t length = colon != NULL ? (size_t)(colon - word) : strlen(word), count = 0;
    for (uint32_t i = 0; i < hf_num_roots(cut->snapshot); i++) {
        struct hf_root root = hf_snapshot_get_root(cut->snapshot, i);
        if (root.kind != HF_ROOT_FRAME || root.frame == HF_NO_FRAME ||
            !is_function(hf_snapshot_get_frame(cut->snapshot, root.frame).function, word, length) ||
            (colon != NULL && strcmp(root.name, colon + 1) != 0))
            continue;
        add_root(cut, i);
        count++;
    }
    if (count == 0)
        return fail_near(cut, colon != NULL ? "running function with that variable:" : "running function", word,
                         HF_ROOT_FRAME, error);
    return describe(cut, "%zu variable%s of %.*s()", count, count == 1 ? "" : "s", (int)length, word) == HF_OK
               ? HF_OK
               : hf_fail_nomem(error);
}

static bool is_thread(const struct hf_snapshot *snapshot, uint32_t frame, const char *wanted) {
    char ident[24];
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, hf_snapshot_get_frame(snapshot, frame).thread);
    snprintf(ident, sizeof ident, "%" PRIu64, thread.ident);
    return strcmp(thread.name, wanted) == 0 || strcmp(ident, wanted) == 0;
}

static enum hf_status fail_no_thread(const struct hf_cut *cut, const char *word, struct hf_error *error) {
    struct hf_near near = {.wanted = word};
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t i = 0; i < hf_num_threads(cut->snapshot); i++)
        hf_near_offer(&near, hf_snapshot_get_thread(cut->snapshot, i).name);
    hf_text_addf(&text, "the process has no thread '%s' that runs Python", word);
    hf_near_print(&near, &text);
    enum hf_status status = text.failed ? hf_fail_nomem(error) : hf_fail(error, HF_NOT_FOUND, "%s", text.data);
    hf_text_deinit(&text);
    return status;
}

static enum hf_status add_thread(struct hf_cut *cut, const char *word, struct hf_error *error) {
    size_t count = 0;
    for (uint32_t i = 0; i < hf_num_roots(cut->snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(cut->snapshot)[i];
        if (root->kind != HF_ROOT_FRAME || root->frame == HF_NO_FRAME || !is_thread(cut->snapshot, root->frame, word))
            continue;
        add_root(cut, i);
        count++;
    }
    if (count == 0)
        return fail_no_thread(cut, word, error);
    return describe(cut, "%zu variable%s of thread %s", count, count == 1 ? "" : "s", word) == HF_OK
               ? HF_OK
               : hf_fail_nomem(error);
}

/* ---- references and selectors ---- */

static enum hf_status take_reference(struct hf_cut *cut, const char *word, const struct hf_reference *reference,
                                     enum hf_cut_way way) {
    size_t num_nodes = hf_reference_count(&reference->nodes), num_edges = hf_reference_count(&reference->edges);
    size_t num_roots = hf_reference_count(&reference->roots);
    if (way == HF_CUT_OBJECTS) {
        for (size_t i = 0; i < num_nodes; i++)
            hf_bitset_add(&cut->nodes, hf_reference_get(&reference->nodes)[i]);
        return num_nodes == 1 ? describe(cut, "object %s", word) : describe(cut, "%zu objects %s", num_nodes, word);
    }
    for (size_t i = 0; i < num_roots; i++)
        add_module_item(cut, hf_reference_get(&reference->roots)[i]);
    for (size_t i = 0; i < num_edges; i++)
        add_edge(cut, hf_reference_get(&reference->edges)[i]);
    return num_edges + num_roots == 1 ? describe(cut, "reference %s", word)
                                      : describe(cut, "%zu references %s", num_edges + num_roots, word);
}

static enum hf_status add_reference(struct hf_cut *cut, const char *word, enum hf_cut_way way,
                                    struct hf_error *error) {
    struct hf_reference reference;
    enum hf_status status = hf_reference_find(&reference, cut->snapshot, word, error);
    if (status == HF_OK && take_reference(cut, word, &reference, way) != HF_OK)
        status = hf_fail_nomem(error);
    hf_reference_deinit(&reference);
    return status;
}

static bool is_module(const struct hf_cut *cut, const char *word) {
    for (uint32_t i = 0; i < hf_num_roots(cut->snapshot); i++)
        if (hf_col_roots(cut->snapshot)[i].kind == HF_ROOT_MODULE && strcmp(root_name(cut, i), word) == 0)
            return true;
    return false;
}

/* "#12.x" and "0x7f..[3]" are references, "#12" and "0x7f.." objects. */
static bool has_steps(const char *word) {
    return (word[0] == '#' || strncmp(word, "0x", 2) == 0) && strpbrk(word, ".[< ") != NULL;
}

static enum hf_status add_plain_word(struct hf_cut *cut, const char *word, enum hf_cut_way way,
                                     struct hf_error *error) {
    struct hf_selection *selection;
    struct hf_error why = {0};
    enum hf_status status = hf_selection_create(cut->snapshot, word, NULL, &selection, &why);
    if (status == HF_NOT_FOUND && is_module(cut, word))
        return add_modules(cut, word, false, error);
    if (status == HF_NOT_FOUND && word[0] != '#' && hf_reference_is_one(cut->snapshot, word))
        return add_reference(cut, word, way, error);
    if (status == HF_NOT_FOUND && strpbrk(word, ".[") != NULL)
        return hf_fail(error, HF_NOT_FOUND, "%s; and the process has no module '%.*s'", why.message,
                       (int)strcspn(word, ".["), word);
    if (status != HF_OK)
        return hf_fail(error, status, "%s", why.message);
    status = hf_cut_add_selection(cut, selection, error);
    hf_selection_destroy(selection);
    return status;
}

/* The text behind a prefix, or NULL. */
static const char *behind(const char *word, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(word, prefix, length) == 0 ? word + length : NULL;
}

enum hf_status hf_cut_add(struct hf_cut *cut, const char *word, enum hf_cut_way way, struct hf_error *error) {
    const char *rest;
    if ((rest = behind(word, "module:")) != NULL)
        return add_modules(cut, rest, false, error);
    if ((rest = behind(word, "package:")) != NULL)
        return add_modules(cut, rest, true, error);
    if ((rest = behind(word, "frame:")) != NULL)
        return add_frame(cut, rest, error);
    if ((rest = behind(word, "thread:")) != NULL)
        return add_thread(cut, rest, error);
    if (has_steps(word) || behind(word, "sys.modules[") != NULL || strstr(word, "].") != NULL)
        return add_reference(cut, word, way, error);
    return add_plain_word(cut, word, way, error);
}
