/*
 * selector.c - finds the nodes that a word stands for.
 *
 *   word      '0x..' -> node at an address      '#n', 'n' -> node n      anything else -> types:
 *
 *   types     [dict: no] [shop.cache.Session: yes] [shop.web.Request: no]     a mark per type, then one pass over nodes
 *
 * A condition on the value is looked at last, for it costs more than all the rest.
 */
#include <holdfast/selector.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/selector/glob.h"
#include "analysis/lookup.h"
#include "analysis/selector/type_marks.h"
#include "base/error.h"
#include "base/options.h"
#include "snapshot/preview.h"

#define MAX_VALUE_CHARS 400
#define MAX_SELECTOR_BYTES 4096
#define REPORT_EVERY (1u << 18)

struct selection {
    struct hf_selection public;      /* first, so that the one is the other */
    struct hf_region nodes;
    char *description;
};

struct finder {
    const struct hf_snapshot *snapshot;
    const char *word;                /* NULL: all types */
    const char *value_pattern;       /* or NULL */
    bool fits_numbers;               /* the value pattern could match a number */
    const struct hf_progress *progress;
    struct hf_type_marks types;
};

/* ---- values ---- */

/* 'text' and b'text' without what encloses them. */
static void strip_quotes(const char **text, size_t *length) {
    const char *start = *text, *end = start + *length;
    if (start < end && *start == 'b')
        start++;
    if (end - start >= 2 && (*start == '\'' || *start == '"') && end[-1] == *start) {
        *text = start + 1;
        *length = (size_t)(end - start) - 2;
    }
}

/* False when the pattern asks for a character that no number has: most objects of a heap need not be printed then. */
static bool fits_numbers(const char *pattern) {
    return strpbrk(pattern, "[\\") != NULL || pattern[strspn(pattern, "0123456789+-.einfa*?")] == '\0';
}

static bool printed_value_matches(const struct hf_snapshot *snapshot, hf_node_id node, const char *pattern) {
    char buffer[MAX_VALUE_CHARS * 4 + 1];
    size_t length = hf_snapshot_print_value(snapshot, node, MAX_VALUE_CHARS, buffer, sizeof buffer);
    const char *text = buffer;
    length = length < sizeof buffer ? length : sizeof buffer - 1;
    strip_quotes(&text, &length);
    return length > 0 && hf_glob_match(pattern, text, length);
}

/* `preview` is that of the node, or NULL. */
static bool value_matches(const struct finder *finder, hf_node_id node, const struct hf_preview *preview) {
    if (preview != NULL && preview->tag == HF_PREVIEW_STR)
        return hf_glob_match(finder->value_pattern, preview->bytes, preview->num_bytes);
    bool is_number = preview != NULL && (preview->tag == HF_PREVIEW_INT || preview->tag == HF_PREVIEW_FLOAT);
    if (is_number && !finder->fits_numbers)
        return false;
    return printed_value_matches(finder->snapshot, node, finder->value_pattern);
}

static bool one_value_matches(const struct finder *finder, hf_node_id node) {
    struct hf_preview preview;
    return value_matches(finder, node,
                         hf_snapshot_read_preview(finder->snapshot, node, &preview) ? &preview : NULL);
}

/* Goes through the previews along with the nodes, so that none needs to be searched for. */
struct preview_cursor {
    const struct hf_snapshot *snapshot;
    size_t at;               /* the first one whose node was not passed */
};

/* The preview of `node`, which is greater than those before, or NULL. */
static const struct hf_preview *read_next(struct preview_cursor *cursor, hf_node_id node, struct hf_preview *buffer) {
    const struct hf_preview_record *index = hf_col_preview_index(cursor->snapshot);
    size_t count = hf_num_preview_index(cursor->snapshot);
    while (cursor->at < count && index[cursor->at].node < node)
        cursor->at++;
    const uint8_t *previews = hf_col_previews(cursor->snapshot);
    const uint8_t *previews_end = previews + hf_num_previews(cursor->snapshot);
    bool found = cursor->at < count && index[cursor->at].node == node &&
                 hf_preview_decode(previews + index[cursor->at].at, previews_end, buffer);
    return found ? buffer : NULL;
}

/* ---- the selection ---- */

static bool push_node(struct selection *selection, hf_node_id node) {
    struct hf_region *nodes = &selection->nodes;
    if (!hf_region_push(nodes, &node, sizeof node))
        return false;
    selection->public.nodes = (const hf_node_id *)(const void *)nodes->data;
    selection->public.num_nodes++;
    return true;
}

static bool may_go_on(const struct finder *finder, uint32_t node) {
    const struct hf_progress *progress = finder->progress;
    return node % REPORT_EVERY != REPORT_EVERY - 1 || progress == NULL ||
           progress->report(progress->context, "looking at objects", node, finder->snapshot->num_nodes);
}

static enum hf_status collect_nodes(const struct finder *finder, struct selection *selection,
                                    struct hf_error *error) {
    const struct hf_snapshot *snapshot = finder->snapshot;
    struct preview_cursor previews = {.snapshot = snapshot};
    struct hf_preview preview;
    for (uint32_t node = 0; node < snapshot->num_nodes; node++) {
        if (!may_go_on(finder, node))
            return hf_fail(error, HF_ERR_CANCELLED, "cancelled while looking at objects");
        if (!hf_type_marks_has(&finder->types, hf_col_node_type(snapshot)[node]))
            continue;
        if (finder->value_pattern != NULL && !value_matches(finder, node, read_next(&previews, node, &preview)))
            continue;
        if (!push_node(selection, node))
            return hf_fail_nomem(error);
    }
    return HF_OK;
}

static enum hf_status describe(const struct finder *finder, struct selection *selection, struct hf_error *error) {
    struct hf_text text = HF_TEXT_INIT;
    hf_text_add_count(&text, selection->public.num_nodes);
    hf_text_add(&text, selection->public.num_nodes == 1 ? " object" : " objects");
    hf_type_marks_describe(&finder->types, &text);
    if (finder->value_pattern != NULL)
        hf_text_addf(&text, " whose value matches '%s'", finder->value_pattern);
    selection->public.description = selection->description = hf_text_take(&text);
    return selection->description != NULL ? HF_OK : hf_fail_nomem(error);
}

static enum hf_status fail_no_value(const struct finder *finder, struct hf_error *error) {
    if (finder->value_pattern == NULL)
        return hf_fail(error, HF_NOT_FOUND, "the snapshot has no objects");
    const char *hint = hf_snapshot_get_origin(finder->snapshot)->has_previews
                           ? "a pattern must match the whole value, '*' stands for any text"
                           : "the snapshot was taken without values";
    return hf_fail(error, HF_NOT_FOUND, "no object%s%s has a value that matches '%s'; %s",
                   finder->word != NULL ? " of type " : "", finder->word != NULL ? finder->word : "",
                   finder->value_pattern, hint);
}

static enum hf_status select_types(struct finder *finder, struct selection *selection, struct hf_error *error) {
    enum hf_status status = hf_type_marks_init(&finder->types, finder->snapshot, finder->word, error);
    if (status != HF_OK)
        return status;
    status = collect_nodes(finder, selection, error);
    if (status != HF_OK)
        return status;
    if (selection->public.num_nodes == 0)
        return fail_no_value(finder, error);
    return describe(finder, selection, error);
}

static enum hf_status select_one(const struct finder *finder, hf_node_id node, struct selection *selection,
                                 struct hf_error *error) {
    if (finder->value_pattern != NULL && !one_value_matches(finder, node))
        return hf_fail(error, HF_NOT_FOUND, "the value of %s does not match '%s'", finder->word,
                       finder->value_pattern);
    struct hf_text text = HF_TEXT_INIT;
    hf_text_addf(&text, "object 0x%llx of type %s",
                 (unsigned long long)hf_snapshot_get_addr(finder->snapshot, node),
                 hf_lookup_type_name(finder->snapshot, node));
    selection->public.description = selection->description = hf_text_take(&text);
    bool ok = selection->description != NULL && push_node(selection, node);
    return ok ? HF_OK : hf_fail_nomem(error);
}

/* Parses all of `digits` in a base; false for anything else, a sign or a blank included. */
static bool parse_number(const char *digits, int base, uint64_t *out) {
    static const char *const allowed[] = {"0123456789", "0123456789abcdefABCDEF"};
    size_t length = strspn(digits, allowed[base == 16]);
    if (length == 0 || digits[length] != '\0' || length > 20)
        return false;
    char *end;
    unsigned long long value = strtoull(digits, &end, base);
    *out = value;
    return (base == 16 ? length <= 16 : value != UINT64_MAX) && *end == '\0';
}

static enum hf_status select_addr(const struct finder *finder, struct selection *selection, struct hf_error *error) {
    uint64_t addr;
    if (!parse_number(finder->word + 2, 16, &addr))
        return hf_fail(error, HF_ERR_ARGUMENT, "'%s' is not an address: expected 0x and up to 16 hexadecimal digits",
                       finder->word);
    hf_node_id node = hf_snapshot_find_addr(finder->snapshot, addr);
    if (node == HF_NO_NODE)
        return hf_fail(error, HF_NOT_FOUND, "no object is at address %s", finder->word);
    return select_one(finder, node, selection, error);
}

static enum hf_status select_number(const struct finder *finder, struct selection *selection,
                                    struct hf_error *error) {
    uint64_t number;
    const char *digits = finder->word + (finder->word[0] == '#');
    if (!parse_number(digits, 10, &number))
        return hf_fail(error, HF_ERR_ARGUMENT, "'%s' is not a node: expected # and a number", finder->word);
    if (number >= finder->snapshot->num_nodes)
        return hf_fail(error, HF_NOT_FOUND, "there is no object #%s: the snapshot has %u", digits,
                       finder->snapshot->num_nodes);
    return select_one(finder, (hf_node_id)number, selection, error);
}

static enum hf_status select_word(struct finder *finder, struct selection *selection, struct hf_error *error) {
    const char *word = finder->word;
    if (word != NULL && strlen(word) > MAX_SELECTOR_BYTES)
        return hf_fail(error, HF_ERR_ARGUMENT, "the selector is longer than %d bytes", MAX_SELECTOR_BYTES);
    if (word != NULL && word[0] == '\0')
        return hf_fail(error, HF_ERR_ARGUMENT, "the selector is empty: give a type, 0xADDRESS or NUMBER");
    if (word != NULL && word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
        return select_addr(finder, selection, error);
    if (word != NULL && (word[0] == '#' || word[strspn(word, "0123456789")] == '\0'))
        return select_number(finder, selection, error);
    return select_types(finder, selection, error);
}

void hf_selection_destroy(struct hf_selection *public) {
    struct selection *selection = (struct selection *)public;
    if (selection == NULL)
        return;
    hf_region_deinit(&selection->nodes);
    hf_free(selection->description);
    hf_free(selection);
}

static enum hf_status finish(struct selection *selection, enum hf_status status, struct hf_selection **out) {
    if (status == HF_OK)
        *out = &selection->public;
    else
        hf_selection_destroy(&selection->public);
    return status;
}

enum hf_status hf_selection_create(const struct hf_snapshot *snapshot, const char *text,
                                   const struct hf_selector_options *options, struct hf_selection **out,
                                   struct hf_error *error) {
    struct hf_selector_options known = {0};
    if (!hf_options_copy(&known, sizeof known, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the selector's options is not set");
    struct selection *selection = hf_alloc(1, sizeof *selection);
    if (selection == NULL)
        return hf_fail_nomem(error);
    struct finder finder = {
        .snapshot = snapshot,
        .word = text == NULL || strcmp(text, "*") == 0 ? NULL : text,
        .value_pattern = known.value_pattern,
        .fits_numbers = known.value_pattern != NULL && fits_numbers(known.value_pattern),
        .progress = known.progress,
    };
    enum hf_status status = select_word(&finder, selection, error);
    hf_type_marks_deinit(&finder.types);
    return finish(selection, status, out);
}

/* ---- from numbers that the caller has ---- */

static int compare_nodes(const void *left, const void *right) {
    hf_node_id a = *(const hf_node_id *)left, b = *(const hf_node_id *)right;
    return (a > b) - (a < b);
}

static void sort_once(struct selection *selection) {
    hf_node_id *nodes = (hf_node_id *)(void *)selection->nodes.data;
    size_t kept = 0;
    if (selection->public.num_nodes > 0)
        qsort(nodes, selection->public.num_nodes, sizeof *nodes, compare_nodes);
    for (size_t i = 0; i < selection->public.num_nodes; i++)
        if (i == 0 || nodes[i] != nodes[i - 1])
            nodes[kept++] = nodes[i];
    selection->public.num_nodes = kept;
}

static enum hf_status copy_nodes(const struct hf_snapshot *snapshot, struct selection *selection,
                                 const hf_node_id *nodes, size_t num_nodes, struct hf_error *error) {
    for (size_t i = 0; i < num_nodes; i++) {
        if (nodes[i] >= snapshot->num_nodes)
            return hf_fail(error, HF_ERR_ARGUMENT, "there is no object #%u: the snapshot has %u", nodes[i],
                           snapshot->num_nodes);
        if (!push_node(selection, nodes[i]))
            return hf_fail_nomem(error);
    }
    sort_once(selection);
    struct finder finder = {.snapshot = snapshot, .word = "the object"};
    if (selection->public.num_nodes != 1) {
        finder.word = NULL;
        return describe(&finder, selection, error);
    }
    selection->public.num_nodes = 0;
    selection->nodes.used_bytes = 0;
    return select_one(&finder, *(const hf_node_id *)(const void *)selection->nodes.data, selection, error);
}

enum hf_status hf_selection_create_nodes(const struct hf_snapshot *snapshot, const hf_node_id *nodes,
                                         size_t num_nodes, struct hf_selection **out, struct hf_error *error) {
    struct selection *selection = hf_alloc(1, sizeof *selection);
    if (selection == NULL)
        return hf_fail_nomem(error);
    return finish(selection, copy_nodes(snapshot, selection, nodes, num_nodes, error), out);
}
