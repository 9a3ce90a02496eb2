/*
 * reference.c - follows the steps of a written reference through the snapshot.
 *
 *   shop.cache.CACHE._shards[*]       module shop.cache     .CACHE      ._shards     [*]
 *                                     nodes {module}        {cache}     {list}       edges: all items of the list
 *
 * From step to step there is a set of nodes; each step gives the edges of these that are written as it is, and they
 * give the next set. An object and its attribute dict count as one, as where references are written (path/route.h). Of
 * the names at the start as many as possible are the module: shop.cache before shop.
 */
#include "analysis/reference/reference.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/path/route.h"
#include "analysis/reference/steps.h"
#include "analysis/selector/near.h"
#include "base/bitset.h"
#include "base/error.h"

#define MAX_TEXT_BYTES 4096
#define MAX_SIMILAR 1000       /* references that are compared with one that does not exist */

struct finder {
    const struct hf_snapshot *snapshot;
    const char *text;
    struct hf_reference *reference;
    struct hf_written_step step;
    struct hf_text wanted;         /* the step as an edge is printed */
    struct hf_text printed;
    struct hf_error *error;
    bool failed;                   /* no memory */
};

static bool push(struct hf_region *region, uint32_t value) {
    return hf_region_push(region, &value, sizeof value);
}

/* ---- the start ---- */

static const char *root_name(const struct hf_snapshot *snapshot, size_t root, size_t *length) {
    return hf_snapshot_get_text(snapshot, hf_col_roots(snapshot)[root].name, length);
}

static bool is_module_root(const struct hf_snapshot *snapshot, size_t root, const char *name, size_t length) {
    size_t found_length;
    return hf_col_roots(snapshot)[root].kind == HF_ROOT_MODULE &&
           memcmp(root_name(snapshot, root, &found_length), name, length) == 0 && found_length == length;
}

static bool has_module(const struct hf_snapshot *snapshot, const char *name, size_t length) {
    for (size_t i = 0; i < hf_num_roots(snapshot); i++)
        if (is_module_root(snapshot, i, name, length))
            return true;
    return false;
}

/* Shortens the names to those that are a module. False: none is. */
static bool find_module(const struct hf_snapshot *snapshot, struct hf_start *start) {
    size_t length = start->length;
    while (length > 0 && !has_module(snapshot, start->name, length))
        while (length > 0 && start->name[--length] != '.')
            continue;
    start->length = length;
    start->rest = start->name + length;
    return length > 0;
}

bool hf_reference_is_one(const struct hf_snapshot *snapshot, const char *text) {
    struct hf_start start;
    return hf_start_read(text, &start) && (start.kind != HF_START_NAMES || find_module(snapshot, &start));
}

static enum hf_status fail_no_module(struct finder *finder, const struct hf_start *start) {
    struct hf_near near = {0};
    struct hf_text wanted = HF_TEXT_INIT, text = HF_TEXT_INIT;
    size_t length = start->kind == HF_START_NAMES ? strcspn(start->name, ".[") : start->length;
    hf_text_add_bytes(&wanted, start->name, length);
    near.wanted = wanted.data != NULL ? wanted.data : "";
    for (size_t i = 0; i < hf_num_roots(finder->snapshot); i++)
        if (hf_col_roots(finder->snapshot)[i].kind == HF_ROOT_MODULE)
            hf_near_offer(&near, root_name(finder->snapshot, i, NULL));
    hf_text_addf(&text, "cannot follow '%s': the process has no module '%s'", finder->text, near.wanted);
    hf_near_print(&near, &text);
    enum hf_status status = text.failed || wanted.failed ? hf_fail_nomem(finder->error)
                                                         : hf_fail(finder->error, HF_NOT_FOUND, "%s", text.data);
    hf_text_deinit(&text);
    hf_text_deinit(&wanted);
    return status;
}

static enum hf_status start_at_module(struct finder *finder, struct hf_start *start) {
    if (start->kind == HF_START_NAMES && !find_module(finder->snapshot, start))
        return fail_no_module(finder, start);
    struct hf_reference *reference = finder->reference;
    hf_node_id before = HF_NO_NODE;
    for (uint32_t i = 0; i < hf_num_roots(finder->snapshot); i++) {
        if (!is_module_root(finder->snapshot, i, start->name, start->length))
            continue;
        hf_node_id node = hf_col_roots(finder->snapshot)[i].node;
        finder->failed |= !push(&reference->roots, i) || (node != before && !push(&reference->nodes, node));
        before = node;
    }
    return reference->nodes.used_bytes == 0 && !finder->failed ? fail_no_module(finder, start) : HF_OK;
}

static enum hf_status start_at_object(struct finder *finder, const struct hf_start *start) {
    bool is_number = start->kind == HF_START_NODE;
    hf_node_id node = is_number ? (hf_node_id)start->number : hf_snapshot_find_addr(finder->snapshot, start->number);
    if (is_number && start->number >= finder->snapshot->num_nodes)
        return hf_fail(finder->error, HF_NOT_FOUND, "there is no object #%llu: the snapshot has %u",
                       (unsigned long long)start->number, finder->snapshot->num_nodes);
    if (node == HF_NO_NODE)
        return hf_fail(finder->error, HF_NOT_FOUND, "no object is at address 0x%llx",
                       (unsigned long long)start->number);
    finder->failed |= !push(&finder->reference->nodes, node);
    return HF_OK;
}

/* ---- one step ---- */

static bool step_is(const struct finder *finder, const char *text) {
    return strlen(text) == finder->step.length && memcmp(finder->step.text, text, finder->step.length) == 0;
}

/* ["k"] is written ['k'], and a variable stands in quotes in a merged path. */
static void normalize(struct finder *finder) {
    const char *text = finder->step.text;
    size_t length = finder->step.length, quote_at = 0;
    hf_text_cut(&finder->wanted, 0);
    while (quote_at < length && text[quote_at] != '"' && text[quote_at] != '\'')
        quote_at++;
    bool is_local = text[0] == ' ' && quote_at < length;
    bool is_text = text[0] == '[' && quote_at == 1 && text[1] == '"' && memchr(text, '\\', length) == NULL;
    if (is_local) {
        hf_text_add_bytes(&finder->wanted, text, quote_at);
        hf_text_add_bytes(&finder->wanted, text + quote_at + 1, length - quote_at - 2);
    } else if (is_text && length >= 4) {
        hf_text_add_char(&finder->wanted, '[');
        hf_text_add_repr(&finder->wanted, text + 2, length - 4);
        hf_text_add_char(&finder->wanted, ']');
    } else {
        hf_text_add_bytes(&finder->wanted, text, length);
    }
}

static bool is_content(const struct hf_snapshot *snapshot, hf_node_id source, enum hf_name_kind kind) {
    return kind == HF_NAME_ITEM || kind == HF_NAME_VALUE || kind == HF_NAME_MEMBER ||
           (kind == HF_NAME_ATTRIBUTE && hf_lookup_is_exact_dict(snapshot, source));
}

/* Whether an edge is written as the step; `index` counts the items before it, for a step "[3]". */
static bool is_wanted(struct finder *finder, const struct hf_step *step, uint32_t index) {
    const struct hf_snapshot *snapshot = finder->snapshot;
    enum hf_name_kind kind = (enum hf_name_kind)hf_col_names(snapshot)[hf_col_edge_name(snapshot)[step->edge]].kind;
    if (step_is(finder, "[*]"))
        return step->dict == HF_NO_NODE && is_content(snapshot, step->owner, kind);
    if (kind == HF_NAME_KEY || kind == HF_NAME_NONE)
        return false;
    struct hf_text *printed = &finder->printed, *wanted = &finder->wanted;
    hf_text_cut(printed, 0);
    if (kind == HF_NAME_ITEM)
        hf_text_addf(printed, "[%u]", index);
    else if (kind == HF_NAME_LOCAL)
        hf_text_addf(printed, " local %s", hf_snapshot_get_edge(snapshot, step->edge).text);
    else
        hf_step_print(printed, snapshot, step);
    return printed->length == wanted->length && memcmp(printed->data, wanted->data, wanted->length) == 0;
}

/* Adds the edges of a row that are written as the step. */
static void match_row(struct finder *finder, hf_node_id owner, hf_node_id dict) {
    const struct hf_snapshot *snapshot = finder->snapshot;
    const uint32_t *row = hf_col_row(snapshot);
    hf_node_id source = dict != HF_NO_NODE ? dict : owner;
    uint32_t index = 0;
    for (uint32_t edge = row[source]; edge < row[source + 1] && !finder->failed; edge++) {
        const struct hf_step step = {owner, dict, edge};
        if (is_wanted(finder, &step, index))
            finder->failed = !push(&finder->reference->edges, edge);
        index += hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]].kind == HF_NAME_ITEM;
        finder->failed |= finder->printed.failed || finder->wanted.failed;
    }
}

static void match_object(struct finder *finder, hf_node_id node) {
    size_t before = finder->reference->edges.used_bytes;
    match_row(finder, node, HF_NO_NODE);
    hf_node_id dict = hf_lookup_dict(finder->snapshot, node);
    if (dict != HF_NO_NODE && finder->reference->edges.used_bytes == before)
        match_row(finder, node, dict);
}

/* Appends what could have been meant: the references of a row that are written like the step, each with its NUL. */
static void add_similar(struct finder *finder, hf_node_id owner, hf_node_id dict, struct hf_text *names) {
    const uint32_t *row = hf_col_row(finder->snapshot);
    hf_node_id source = dict != HF_NO_NODE ? dict : owner;
    for (uint32_t edge = row[source]; edge < row[source + 1] && edge - row[source] < MAX_SIMILAR; edge++) {
        const struct hf_step step = {owner, dict, edge};
        size_t start = names->length;
        hf_step_print(names, finder->snapshot, &step);
        if (names->length > start && names->data[start] == finder->step.text[0])
            hf_text_add_bytes(names, "", 1);
        else
            hf_text_cut(names, start);
    }
}

static enum hf_status fail_no_step(struct finder *finder, hf_node_id node) {
    struct hf_near near = {0};
    struct hf_text names = HF_TEXT_INIT, text = HF_TEXT_INIT;
    near.wanted = finder->wanted.data;
    add_similar(finder, node, HF_NO_NODE, &names);
    hf_node_id dict = hf_lookup_dict(finder->snapshot, node);
    if (dict != HF_NO_NODE)
        add_similar(finder, node, dict, &names);
    for (size_t at = 0; at < names.length; at += strlen(names.data + at) + 1)
        hf_near_offer(&near, names.data + at);
    hf_text_addf(&text, "cannot follow '%s': object #%u of type %s has no reference '%.*s'", finder->text, node,
                 hf_lookup_type_name(finder->snapshot, node), (int)finder->step.length, finder->step.text);
    hf_near_print(&near, &text);
    enum hf_status status = text.failed || names.failed ? hf_fail_nomem(finder->error)
                                                        : hf_fail(finder->error, HF_NOT_FOUND, "%s", text.data);
    hf_text_deinit(&text);
    hf_text_deinit(&names);
    return status;
}

/* Puts what the edges lead to in the place of the nodes. */
static bool step_forward(struct finder *finder) {
    struct hf_reference *reference = finder->reference;
    struct hf_bitset seen;
    bool ok = hf_bitset_init(&seen, finder->snapshot->num_nodes);
    reference->nodes.used_bytes = 0;
    for (size_t i = 0; ok && i < hf_reference_count(&reference->edges); i++) {
        hf_node_id target = hf_col_edge_target(finder->snapshot)[hf_reference_get(&reference->edges)[i]];
        if (hf_bitset_has(&seen, target))
            continue;
        hf_bitset_add(&seen, target);
        ok = push(&reference->nodes, target);
    }
    hf_bitset_deinit(&seen);
    return ok;
}

static enum hf_status take_step(struct finder *finder) {
    struct hf_reference *reference = finder->reference;
    normalize(finder);
    reference->edges.used_bytes = reference->roots.used_bytes = 0;
    for (size_t i = 0; i < hf_reference_count(&reference->nodes) && !finder->failed; i++)
        match_object(finder, hf_reference_get(&reference->nodes)[i]);
    if (finder->failed)
        return HF_OK;
    if (reference->edges.used_bytes == 0)
        return fail_no_step(finder, hf_reference_get(&reference->nodes)[0]);
    finder->failed = !step_forward(finder);
    return HF_OK;
}

/* ---- the whole ---- */

static enum hf_status fail_malformed(const struct finder *finder, const char *at) {
    return hf_fail(finder->error, HF_ERR_ARGUMENT,
                   "'%s' is no reference: it starts with a module, 0xADDRESS or #NUMBER and goes on with .attribute, "
                   "[index], ['key'] or [*]%s%s%s", finder->text, at[0] != '\0' ? "; not understood: '" : "", at,
                   at[0] != '\0' ? "'" : "");
}

static enum hf_status find(struct finder *finder) {
    struct hf_start start;
    if (strlen(finder->text) > MAX_TEXT_BYTES)
        return hf_fail(finder->error, HF_ERR_ARGUMENT, "the reference is longer than %d bytes", MAX_TEXT_BYTES);
    if (!hf_start_read(finder->text, &start))
        return fail_malformed(finder, "");
    bool is_module = start.kind == HF_START_NAMES || start.kind == HF_START_MODULE;
    enum hf_status status = is_module ? start_at_module(finder, &start) : start_at_object(finder, &start);
    const char *rest = start.rest;
    while (status == HF_OK && !finder->failed && hf_written_step_read(&rest, &finder->step))
        status = take_step(finder);
    if (status == HF_OK && !finder->failed && *rest != '\0')
        return fail_malformed(finder, rest);
    return finder->failed ? hf_fail_nomem(finder->error) : status;
}

enum hf_status hf_reference_find(struct hf_reference *reference, const struct hf_snapshot *snapshot, const char *text,
                                 struct hf_error *error) {
    *reference = (struct hf_reference){0};
    struct finder finder = {.snapshot = snapshot, .text = text, .reference = reference, .error = error};
    enum hf_status status = find(&finder);
    hf_text_deinit(&finder.wanted);
    hf_text_deinit(&finder.printed);
    return status;
}

void hf_reference_deinit(struct hf_reference *reference) {
    hf_region_deinit(&reference->edges);
    hf_region_deinit(&reference->nodes);
    hf_region_deinit(&reference->roots);
}
