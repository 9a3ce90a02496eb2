/*
 * print_value.c - a value in one line for people.
 *
 * It is, in this order: a literal ('text', 42, None, a small tuple); for functions, classes, modules, code and frames
 * their name in angle brackets, which is found among their references; for exceptions their arguments; for containers
 * how many items they have. Anything else, instances above all, has no value: "".
 */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "snapshot/literal.h"
#include "snapshot/print.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* A str found among the references of an object. */
struct str {
    const char *bytes;
    size_t length;
};

static bool is_named(const struct hf_edge *edge, const char *name) {
    return (edge->kind == HF_NAME_ATTRIBUTE || edge->kind == HF_NAME_FIELD) && strcmp(edge->text, name) == 0;
}

static hf_node_id find_target(const struct hf_snapshot *snapshot, hf_node_id node, const char *name) {
    struct hf_node owner = hf_snapshot_get_node(snapshot, node);
    for (uint32_t i = 0; i < owner.num_edges; i++) {
        struct hf_edge edge = hf_snapshot_get_edge(snapshot, owner.first_edge + i);
        if (is_named(&edge, name))
            return edge.target;
    }
    return HF_NO_NODE;
}

static hf_node_id find_kind(const struct hf_snapshot *snapshot, hf_node_id node, enum hf_name_kind kind) {
    struct hf_node owner = hf_snapshot_get_node(snapshot, node);
    for (uint32_t i = 0; i < owner.num_edges; i++) {
        struct hf_edge edge = hf_snapshot_get_edge(snapshot, owner.first_edge + i);
        if (edge.kind == kind)
            return edge.target;
    }
    return HF_NO_NODE;
}

static bool find_str(const struct hf_snapshot *snapshot, hf_node_id node, const char *name, struct str *out) {
    hf_node_id target = find_target(snapshot, node, name);
    return target != HF_NO_NODE && hf_snapshot_find_str(snapshot, target, &out->bytes, &out->length);
}

static bool find_any_str(const struct hf_snapshot *snapshot, hf_node_id node, const char *const *names,
                         struct str *out) {
    for (; *names != NULL; names++)
        if (find_str(snapshot, node, *names, out))
            return true;
    return false;
}

static bool find_own_name(const struct hf_snapshot *snapshot, hf_node_id node, struct str *out) {
    static const char *const names[] = {"__qualname__", "co_qualname", "__name__", "co_name", "md_name", NULL};
    return find_any_str(snapshot, node, names, out);
}

bool hf_print_is_line(const char *bytes, size_t length) {
    for (size_t at = 0, width; at < length; at += width) {
        uint32_t c;
        width = hf_utf8_decode(bytes + at, length - at, &c);
        if (width == 0 || !hf_utf8_is_printable(c))
            return false;
    }
    return true;
}

void hf_print_add_name(struct hf_text *text, const char *bytes, size_t length) {
    if (hf_print_is_line(bytes, length))
        hf_text_add_bytes(text, bytes, length);
    else
        hf_text_add_repr(text, bytes, length);
}

/* "<kind module.name>", or "" if the object does not show its name. */
static void add_named(struct hf_text *text, const struct hf_snapshot *snapshot, const char *kind, hf_node_id node) {
    struct str name, module;
    if (node == HF_NO_NODE || !find_own_name(snapshot, node, &name))
        return;
    hf_text_addf(text, "<%s ", kind);
    if (find_str(snapshot, node, "__module__", &module)) {
        hf_print_add_name(text, module.bytes, module.length);
        hf_text_add_char(text, '.');
    }
    hf_print_add_name(text, name.bytes, name.length);
    hf_text_add_char(text, '>');
}

static void add_quoted(struct hf_text *text, const char *kind, const char *bytes, size_t length) {
    hf_text_addf(text, "<%s ", kind);
    hf_text_add_repr(text, bytes, length);
    hf_text_add_char(text, '>');
}

/* The str that the attribute dict of an object has under `key`. */
static bool find_in_dict(const struct hf_snapshot *snapshot, hf_node_id node, const char *key, struct str *out) {
    hf_node_id dict = find_kind(snapshot, node, HF_NAME_DICT);
    if (dict == HF_NO_NODE)
        return false;
    struct hf_node owner = hf_snapshot_get_node(snapshot, dict);
    for (uint32_t i = 1; i < owner.num_edges; i++) {
        struct hf_edge before = hf_snapshot_get_edge(snapshot, owner.first_edge + i - 1);
        struct hf_edge edge = hf_snapshot_get_edge(snapshot, owner.first_edge + i);
        struct str found;
        if (edge.kind == HF_NAME_VALUE && hf_snapshot_find_str(snapshot, before.target, &found.bytes, &found.length) &&
            found.length == strlen(key) && memcmp(found.bytes, key, found.length) == 0)
            return hf_snapshot_find_str(snapshot, edge.target, &out->bytes, &out->length);
    }
    return false;
}

/* The name of a class that has no instances, hence no entry among the types. */
static void add_class_by_itself(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node) {
    struct str name, module;
    if (!find_own_name(snapshot, node, &name))
        return;
    hf_text_add(text, "<class '");
    if (find_in_dict(snapshot, node, "__module__", &module)) {
        hf_print_add_name(text, module.bytes, module.length);
        hf_text_add_char(text, '.');
    }
    hf_print_add_name(text, name.bytes, name.length);
    hf_text_add(text, "'>");
}

static void add_class(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node) {
    for (size_t i = 0; i < hf_num_types(snapshot); i++) {
        if (hf_col_types(snapshot)[i].node != node)
            continue;
        size_t length;
        const char *name = hf_snapshot_get_text(snapshot, hf_col_types(snapshot)[i].name, &length);
        add_quoted(text, "class", name, length);
        return;
    }
    add_class_by_itself(text, snapshot, node);
}

static void add_module(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node) {
    struct str name;
    if (find_own_name(snapshot, node, &name)) {
        add_quoted(text, "module", name.bytes, name.length);
        return;
    }
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        if (root->node != node || root->kind != HF_ROOT_MODULE)
            continue;
        name.bytes = hf_snapshot_get_text(snapshot, root->name, &name.length);
        add_quoted(text, "module", name.bytes, name.length);
        return;
    }
}

/* The name that the code of a frame, generator or coroutine has. */
static void add_running(struct hf_text *text, const struct hf_snapshot *snapshot, const char *kind, const char *code,
                        hf_node_id node) {
    struct str name;
    add_named(text, snapshot, kind, find_own_name(snapshot, node, &name) ? node : find_target(snapshot, node, code));
}

/* The last part of a type's full name: what its repr shows. */
static void add_short_name(struct hf_text *text, const char *type) {
    const char *dot = strrchr(type, '.');
    const char *name = dot != NULL ? dot + 1 : type;
    hf_print_add_name(text, name, strlen(name));
}

static void add_exception(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node,
                          const char *type, size_t max_chars) {
    hf_node_id arguments = find_target(snapshot, node, "args");
    if (arguments == HF_NO_NODE)
        return;
    size_t start = text->length;
    add_short_name(text, type);
    size_t opening = text->length;
    if (!hf_literal_add(text, snapshot, arguments, max_chars, NULL) || text->failed)
        hf_text_cut(text, start);
    else if (text->length > opening + 2 && strcmp(text->data + text->length - 2, ",)") == 0) {
        hf_text_cut(text, text->length - 2);
        hf_text_add_char(text, ')');
    }
}

static bool is_item(enum hf_name_kind kind, uint32_t type_flags, bool is_exact_dict) {
    if ((type_flags & HF_TYPE_DICT) != 0)
        return kind == HF_NAME_KEY || (is_exact_dict && kind == HF_NAME_ATTRIBUTE);
    if ((type_flags & HF_TYPE_SET) != 0)
        return kind == HF_NAME_MEMBER;
    return kind == HF_NAME_ITEM;
}

/* "dict of 12 items". Types that are no containers by their flags count as such when they have items. */
static void add_count(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node,
                      const struct hf_type *type) {
    const uint32_t *row = hf_col_row(snapshot);
    const uint16_t *name = hf_col_edge_name(snapshot);
    bool is_exact_dict = strcmp(type->name, "dict") == 0;
    uint64_t count = 0;
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++)
        count += is_item(hf_col_names(snapshot)[name[edge]].kind, type->flags, is_exact_dict);
    const uint32_t containers = HF_TYPE_DICT | HF_TYPE_LIST | HF_TYPE_TUPLE | HF_TYPE_SET;
    if (count == 0 && (type->flags & containers) == 0)
        return;
    add_short_name(text, type->name);
    hf_text_add(text, " of ");
    hf_text_add_count(text, count);
    hf_text_add(text, count == 1 ? " item" : " items");
}

static void add_cell(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node) {
    hf_node_id content = find_kind(snapshot, node, HF_NAME_CELL);
    hf_text_add(text, content == HF_NO_NODE ? "empty cell" : "cell of ");
    if (content != HF_NO_NODE)
        add_short_name(text, hf_snapshot_get_type(snapshot, hf_col_node_type(snapshot)[content]).name);
}

/* A container's length, or the name of what C code made and named: descriptors, built-in functions. */
static void add_other(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node,
                      const struct hf_type *type) {
    size_t start = text->length;
    add_count(text, snapshot, node, type);
    if (text->length == start && (type->flags & HF_TYPE_HEAP) == 0 && hf_print_is_line(type->name, strlen(type->name)))
        add_named(text, snapshot, type->name, node);
}

static void add_object(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node,
                       const struct hf_type *type, size_t max_chars) {
    uint32_t flags = type->flags;
    if ((hf_col_node_flags(snapshot)[node] & HF_NODE_TYPE) != 0 || (flags & HF_TYPE_TYPE) != 0)
        add_class(text, snapshot, node);
    else if ((flags & HF_TYPE_MODULE) != 0)
        add_module(text, snapshot, node);
    else if ((flags & HF_TYPE_FUNCTION) != 0)
        add_named(text, snapshot, "function", node);
    else if ((flags & HF_TYPE_CODE) != 0)
        add_named(text, snapshot, "code", node);
    else if ((flags & HF_TYPE_METHOD) != 0)
        add_named(text, snapshot, "bound method", find_target(snapshot, node, "__func__"));
    else if ((flags & HF_TYPE_FRAME) != 0)
        add_running(text, snapshot, "frame", "f_code", node);
    else if ((flags & HF_TYPE_GENERATOR) != 0)
        add_running(text, snapshot, "generator", "gi_code", node);
    else if ((flags & HF_TYPE_COROUTINE) != 0)
        add_running(text, snapshot, "coroutine", "cr_code", node);
    else if ((flags & HF_TYPE_ASYNC_GENERATOR) != 0)
        add_running(text, snapshot, "async generator", "ag_code", node);
    else if ((flags & HF_TYPE_EXCEPTION) != 0)
        add_exception(text, snapshot, node, type->name, max_chars);
    else if ((flags & HF_TYPE_CELL) != 0)
        add_cell(text, snapshot, node);
    else
        add_other(text, snapshot, node, type);
}

/* Keeps max_chars characters from `start` on, the last of which is then the ellipsis. */
static void limit_chars(struct hf_text *text, size_t start, size_t max_chars) {
    if (text->failed || text->data == NULL)
        return;
    size_t length = text->length - start;
    if (hf_utf8_prefix(text->data + start, length, max_chars) == length)
        return;
    size_t kept = max_chars == 0 ? 0 : hf_utf8_prefix(text->data + start, length, max_chars - 1);
    hf_text_cut(text, start + kept);
    if (max_chars > 0)
        hf_text_add(text, ELLIPSIS);
}

void hf_print_add_value(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars) {
    size_t start = text->length;
    struct hf_type type = hf_snapshot_get_type(snapshot, hf_col_node_type(snapshot)[node]);
    if (!hf_literal_add(text, snapshot, node, max_chars, NULL))
        add_object(text, snapshot, node, &type, max_chars);
    limit_chars(text, start, max_chars);
}

size_t hf_print_hand_out(struct hf_text *text, char *buffer, size_t size) {
    bool usable = !text->failed && text->data != NULL;
    size_t length = hf_print_copy(buffer, size, usable ? text->data : "", usable ? text->length : 0);
    hf_text_deinit(text);
    return length;
}

size_t hf_snapshot_print_value(const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars, char *buffer,
                               size_t size) {
    assert(node < snapshot->num_nodes);
    struct hf_text text = HF_TEXT_INIT;
    hf_print_add_value(&text, snapshot, node, max_chars);
    return hf_print_hand_out(&text, buffer, size);
}
