/*
 * expression.c - writes a path as one Python expression.
 *
 *   steps        root        ._shards      [7] of a list subclass         type
 *   before                                 list.__getitem__(              type(
 *   after        sys.modules['shop']  ._shards           , 7)                  )
 *
 *   result       type(list.__getitem__(sys.modules['shop']._shards, 7))
 *
 * Each step gives a text that goes before everything so far and one that goes behind it. Behind-texts are collected on
 * a walk from the root to the object, before-texts on a walk back: both only append, so that a path of a million hops
 * costs a million appends, where wrapping the expression again at each hop would copy it a million times.
 *
 * Whatever the steps write, the expression so far is a primary (a name, a call, or one with [..] or .x behind it), so
 * that any step can follow.
 */
#include "analysis/naming/expression.h"

#include <string.h>

#include "analysis/naming/attributes.h"
#include "analysis/lookup.h"
#include "analysis/naming/written.h"
#include "base/error.h"

struct writer {
    const struct hf_snapshot *snapshot;
    const struct hf_route *route;
    struct hf_attributes attributes;
    struct hf_text before, after;   /* of the step at hand */
    const char *reason;             /* why a step cannot be written */
};

static void append(struct hf_text *text, const struct hf_text *part) {
    hf_text_add_bytes(text, part->data != NULL ? part->data : "", part->length);
    text->failed = text->failed || part->failed;
}

/* Wraps what the step has written so far once more: `head` goes before the before-text. */
static void put_before(struct writer *writer, const char *head) {
    struct hf_text joined = HF_TEXT_INIT;
    hf_text_add(&joined, head);
    append(&joined, &writer->before);
    hf_text_deinit(&writer->before);
    writer->before = joined;
}

/* How attributes of an owner are read without running an overridden __getattribute__. */
static const char *safe_getattribute(struct writer *writer, hf_node_id owner) {
    const struct hf_type_record *type = hf_lookup_type(writer->snapshot, owner);
    if ((type->flags & HF_TYPE_HEAP) == 0 ||
        !hf_attribute_is_python(&writer->attributes, hf_col_node_type(writer->snapshot)[owner], "__getattribute__"))
        return NULL;
    return (type->flags & HF_TYPE_TYPE) != 0 ? "type.__getattribute__(" : "object.__getattribute__(";
}

static void write_attribute(struct writer *writer, hf_node_id owner, const char *name, size_t length) {
    const char *function = safe_getattribute(writer, owner);
    if (function == NULL && hf_is_plain_identifier(name, length)) {
        hf_text_add_char(&writer->after, '.');
        hf_text_add_bytes(&writer->after, name, length);
        return;
    }
    put_before(writer, function != NULL ? function : "getattr(");
    hf_text_add(&writer->after, ", ");
    hf_text_add_repr(&writer->after, name, length);
    hf_text_add_char(&writer->after, ')');
}

static void write_str_key(struct writer *writer, const char *name, size_t length) {
    hf_text_add_char(&writer->after, '[');
    hf_text_add_repr(&writer->after, name, length);
    hf_text_add_char(&writer->after, ']');
}

static uint32_t type_flags(const struct writer *writer, hf_node_id node) {
    return hf_lookup_type(writer->snapshot, node)->flags;
}

static enum hf_name_kind kind_of(const struct writer *writer, uint32_t edge) {
    return (enum hf_name_kind)hf_col_names(writer->snapshot)[hf_col_edge_name(writer->snapshot)[edge]].kind;
}

/* The number of edges of one kind before `edge` in its row. */
static uint32_t count_before(const struct writer *writer, hf_node_id source, uint32_t edge, enum hf_name_kind kind) {
    uint32_t count = 0;
    for (uint32_t at = hf_col_row(writer->snapshot)[source]; at < edge; at++)
        count += kind_of(writer, at) == kind;
    return count;
}

static bool refuse(struct writer *writer, const char *reason) {
    writer->reason = reason;
    return false;
}

static bool write_item(struct writer *writer, hf_node_id source, uint32_t edge) {
    uint32_t flags = type_flags(writer, source), type = hf_col_node_type(writer->snapshot)[source];
    bool is_sequence = (flags & (HF_TYPE_LIST | HF_TYPE_TUPLE)) != 0;
    uint32_t index = count_before(writer, source, edge, HF_NAME_ITEM);
    if (is_sequence && (flags & HF_TYPE_HEAP) != 0) {
        put_before(writer, (flags & HF_TYPE_LIST) != 0 ? "list.__getitem__(" : "tuple.__getitem__(");
        hf_text_addf(&writer->after, ", %u)", index);
        return true;
    }
    if (!is_sequence && hf_attribute_is_python(&writer->attributes, type, "__getitem__"))
        return refuse(writer, "reading an item would run its __getitem__");
    if (!is_sequence && hf_attribute_is_absent(&writer->attributes, type, "__getitem__"))
        return refuse(writer, "it has no __getitem__");
    hf_text_addf(&writer->after, "[%u]", index);
    return true;
}

/*
 * The n-th of the keys or values of a dict, for what no key in the expression can name. `is_proxied`: so far the
 * expression gives a mappingproxy of the dict.
 */
static bool write_position(struct writer *writer, hf_node_id source, uint32_t edge, bool is_proxied) {
    enum hf_name_kind kind = kind_of(writer, edge);
    const char *view = kind == HF_NAME_KEY ? "keys" : "values";
    uint32_t index = count_before(writer, source, edge, kind);
    if ((type_flags(writer, source) & HF_TYPE_DICT) == 0)
        return refuse(writer, "it is no dict");
    if (is_proxied) {
        put_before(writer, "list(");
        hf_text_addf(&writer->after, ".%s())[%u]", view, index);
        return true;
    }
    put_before(writer, kind == HF_NAME_KEY ? "list(dict.keys(" : "list(dict.values(");
    hf_text_addf(&writer->after, "))[%u]", index);
    return true;
}

static bool write_value(struct writer *writer, hf_node_id source, uint32_t edge, bool is_proxied) {
    uint32_t flags = type_flags(writer, source);
    bool is_subclass = (flags & HF_TYPE_DICT) != 0 && (flags & HF_TYPE_HEAP) != 0;
    size_t start = writer->after.length;
    hf_text_add(&writer->after, is_subclass ? ", " : "[");
    if (!hf_key_write(&writer->after, writer->snapshot, hf_col_edge_target(writer->snapshot)[edge - 1])) {
        hf_text_cut(&writer->after, start);
        return write_position(writer, source, edge, is_proxied);
    }
    hf_text_add_char(&writer->after, is_subclass ? ')' : ']');
    if (is_subclass)
        put_before(writer, "dict.__getitem__(");
    return true;
}

/* list(owner) runs the __iter__ of set or frozenset, unless a subclass has one written in Python. */
static bool write_member(struct writer *writer, hf_node_id source, uint32_t edge) {
    uint32_t type = hf_col_node_type(writer->snapshot)[source];
    uint32_t index = count_before(writer, source, edge, HF_NAME_MEMBER);
    if ((type_flags(writer, source) & HF_TYPE_HEAP) != 0 &&
        hf_attribute_is_python(&writer->attributes, type, "__iter__"))
        return refuse(writer, "listing its members would run its __iter__");
    put_before(writer, "list(");
    hf_text_addf(&writer->after, ")[%u]", index);
    return true;
}

static const char *locals_of(uint32_t flags) {
    return (flags & HF_TYPE_FRAME) != 0 ? ".f_locals" : (flags & HF_TYPE_GENERATOR) != 0 ? ".gi_frame.f_locals" :
           (flags & HF_TYPE_COROUTINE) != 0 ? ".cr_frame.f_locals" :
           (flags & HF_TYPE_ASYNC_GENERATOR) != 0 ? ".ag_frame.f_locals" : NULL;
}

/* f_locals gives the content of a cell, never the cell. `next` is the step after the variable. */
static bool cell_is_passed(struct writer *writer, hf_node_id value, size_t next) {
    if ((type_flags(writer, value) & HF_TYPE_CELL) == 0)
        return true;
    return next < writer->route->num_steps && writer->route->steps[next].dict == HF_NO_NODE &&
           kind_of(writer, writer->route->steps[next].edge) == HF_NAME_CELL;
}

static bool write_local(struct writer *writer, const struct hf_step *step, size_t index) {
    const char *locals = locals_of(type_flags(writer, step->owner));
    struct hf_edge edge = hf_snapshot_get_edge(writer->snapshot, step->edge);
    if (locals == NULL)
        return refuse(writer, "the variables of such an object cannot be read");
    if (!cell_is_passed(writer, edge.target, index + 1))
        return refuse(writer, "f_locals gives the content of a closure cell, not the cell");
    hf_text_add(&writer->after, locals);
    write_str_key(writer, edge.text, edge.text_length);
    return true;
}

/* The content of a cell that a variable led to is what f_locals gave. */
static bool is_after_local(const struct writer *writer, size_t index) {
    if (index == 0 && writer->route->root == HF_NO_ROOT)
        return false;
    if (index == 0) {
        struct hf_root root = hf_snapshot_get_root(writer->snapshot, writer->route->root);
        return root.kind == HF_ROOT_FRAME && root.name_kind == HF_NAME_LOCAL;
    }
    const struct hf_step *before = &writer->route->steps[index - 1];
    return before->dict == HF_NO_NODE && kind_of(writer, before->edge) == HF_NAME_LOCAL;
}

static bool write_template(struct writer *writer, const struct hf_edge *edge) {
    const char *at = memchr(edge->text, '@', edge->text_length);
    if (at == NULL)
        return refuse(writer, "its name is not understood");
    size_t head = (size_t)(at - edge->text);
    hf_text_add_bytes(&writer->before, edge->text, head);
    hf_text_add_bytes(&writer->after, at + 1, edge->text_length - head - 1);
    return true;
}

/*
 * Whether a step leads from a mappingproxy to its dict: the proxy answers for the dict in the step behind, as the
 * __dict__ of a class does. Only for exact dicts, as others may have methods of their own.
 */
static bool leads_through_proxy(const struct writer *writer, size_t index) {
    const struct hf_step *steps = writer->route->steps;
    if (index + 1 >= writer->route->num_steps || steps[index].dict != HF_NO_NODE || steps[index + 1].dict != HF_NO_NODE)
        return false;
    return kind_of(writer, steps[index].edge) == HF_NAME_FIELD &&
           strcmp(hf_lookup_type_name(writer->snapshot, steps[index].owner), "mappingproxy") == 0 &&
           hf_lookup_is_exact_dict(writer->snapshot, steps[index + 1].owner);
}

static bool is_behind_proxy(const struct writer *writer, size_t index) {
    return index > 0 && leads_through_proxy(writer, index - 1);
}

static bool write_own_attribute(struct writer *writer, hf_node_id owner, const struct hf_edge *edge) {
    if (hf_lookup_is_exact_dict(writer->snapshot, owner)) {
        write_str_key(writer, edge->text, edge->text_length);
        return true;
    }
    switch (hf_attribute_in_object(&writer->attributes, owner, edge->text, edge->text_length)) {
    case HF_WAY_PLAIN:
        write_attribute(writer, owner, edge->text, edge->text_length);
        return true;
    case HF_WAY_DICT:
        write_attribute(writer, owner, "__dict__", 8);
        write_str_key(writer, edge->text, edge->text_length);
        return true;
    case HF_WAY_NONE: break;
    }
    return refuse(writer, "the slot is hidden by another attribute of that name");
}

static bool write_own_step(struct writer *writer, const struct hf_step *step, size_t index) {
    struct hf_edge edge = hf_snapshot_get_edge(writer->snapshot, step->edge);
    hf_node_id source = hf_step_source(step);
    switch (edge.kind) {
    case HF_NAME_ATTRIBUTE: return write_own_attribute(writer, source, &edge);
    case HF_NAME_ITEM: return write_item(writer, source, step->edge);
    case HF_NAME_KEY: return write_position(writer, source, step->edge, is_behind_proxy(writer, index));
    case HF_NAME_VALUE: return write_value(writer, source, step->edge, is_behind_proxy(writer, index));
    case HF_NAME_MEMBER: return write_member(writer, source, step->edge);
    case HF_NAME_LOCAL: return write_local(writer, step, index);
    case HF_NAME_TEMPLATE: return write_template(writer, &edge);
    case HF_NAME_TYPE:
        put_before(writer, "type(");
        hf_text_add_char(&writer->after, ')');
        return true;
    case HF_NAME_CELL:
        if (!is_after_local(writer, index))
            hf_text_add(&writer->after, ".cell_contents");
        return true;
    case HF_NAME_DICT:
        if ((type_flags(writer, source) & HF_TYPE_TYPE) != 0)
            return refuse(writer, "__dict__ of a class gives a proxy, not the dict");
        write_attribute(writer, source, "__dict__", 8);
        return true;
    case HF_NAME_STACK: return refuse(writer, "it is a temporary value on a frame's stack");
    case HF_NAME_FIELD: return leads_through_proxy(writer, index) || refuse(writer, "it is a field of C code");
    case HF_NAME_NONE:
    case HF_NAME_NUM_KINDS: break;
    }
    return refuse(writer, "the reference has no name");
}

/* A step along an attribute dict: the attribute itself where that gives the same object, else through __dict__. */
static bool write_dict_step(struct writer *writer, const struct hf_step *step, size_t index) {
    bool is_class = (type_flags(writer, step->owner) & HF_TYPE_TYPE) != 0;
    const char *name;
    size_t length;
    bool has_name = hf_lookup_attribute_name(writer->snapshot, step->edge, &name, &length);
    const hf_node_id *target = hf_col_edge_target(writer->snapshot);
    hf_node_id value = target[step->edge];
    bool is_plain_key = kind_of(writer, step->edge) == HF_NAME_ATTRIBUTE ||
                        (has_name && hf_key_is_literal(writer->snapshot, target[step->edge - 1]));
    if (has_name && is_plain_key && hf_is_plain_identifier(name, length) &&
        hf_attribute_in_dict(&writer->attributes, step->owner, value, name, length) == HF_WAY_PLAIN) {
        write_attribute(writer, step->owner, name, length);
        return true;
    }
    write_attribute(writer, step->owner, "__dict__", 8);
    if (has_name && is_plain_key) {
        write_str_key(writer, name, length);
        return true;
    }
    if (kind_of(writer, step->edge) == HF_NAME_KEY)
        return write_position(writer, step->dict, step->edge, is_class);
    if (kind_of(writer, step->edge) == HF_NAME_VALUE)
        return write_value(writer, step->dict, step->edge, is_class);
    if (is_class)
        return refuse(writer, "__dict__ of a class gives a proxy, not the dict");
    return write_own_step(writer, step, index);
}

static bool write_step(struct writer *writer, size_t index) {
    const struct hf_step *step = &writer->route->steps[index];
    hf_text_cut(&writer->before, 0);
    hf_text_cut(&writer->after, 0);
    return step->dict != HF_NO_NODE ? write_dict_step(writer, step, index) : write_own_step(writer, step, index);
}

static bool write_root(struct writer *writer, struct hf_text *text) {
    if (writer->route->root == HF_NO_ROOT) {
        hf_text_add(text, HF_EXPRESSION_START);
        return true;
    }
    struct hf_root root = hf_snapshot_get_root(writer->snapshot, writer->route->root);
    if (root.kind == HF_ROOT_FRAME && !cell_is_passed(writer, root.node, 0))
        return refuse(writer, "f_locals gives the content of a closure cell, not the cell");
    writer->reason = hf_root_write(text, writer->snapshot, &root);
    return writer->reason == NULL;
}

static void write_root_gap(struct writer *writer, struct hf_text *gap) {
    hf_root_print(gap, writer->snapshot, writer->route->root);
    hf_text_addf(gap, ": %s", writer->reason);
}

static void write_step_gap(struct writer *writer, size_t index, struct hf_text *gap) {
    const struct hf_step *step = &writer->route->steps[index];
    hf_step_print(gap, writer->snapshot, step);
    hf_text_addf(gap, " of %s: %s", hf_lookup_type_name(writer->snapshot, step->owner), writer->reason);
}

/* Collects the behind-texts. *wraps: the steps have before-texts as well. False: a gap, which is written. */
static bool walk_forward(struct writer *writer, struct hf_text *after, struct hf_text *gap, bool *wraps) {
    if (!write_root(writer, after)) {
        write_root_gap(writer, gap);
        return false;
    }
    for (size_t i = 0; i < writer->route->num_steps; i++) {
        if (!write_step(writer, i)) {
            write_step_gap(writer, i, gap);
            return false;
        }
        append(after, &writer->after);
        *wraps = *wraps || writer->before.length > 0;
    }
    return true;
}

static void walk_back(struct writer *writer, struct hf_text *before) {
    for (size_t i = writer->route->num_steps; i-- > 0;) {
        (void)write_step(writer, i);
        append(before, &writer->before);
    }
}

enum hf_status hf_expression_build(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                   struct hf_arena *arena, const char **expression, const char **gap,
                                   struct hf_error *error) {
    struct writer writer = {.snapshot = snapshot, .route = route, .attributes = {.snapshot = snapshot}};
    struct hf_text before = HF_TEXT_INIT, after = HF_TEXT_INIT, gap_text = HF_TEXT_INIT;
    bool wraps = false;
    if (walk_forward(&writer, &after, &gap_text, &wraps)) {
        if (wraps)
            walk_back(&writer, &before);
        append(&before, &after);
    }
    bool failed = before.failed || after.failed || gap_text.failed;
    if (!failed) {
        *expression = hf_arena_copy(arena, before.data, before.length);
        *gap = hf_arena_copy(arena, gap_text.data, gap_text.length);
    }
    hf_text_deinit(&writer.before);
    hf_text_deinit(&writer.after);
    hf_text_deinit(&before);
    hf_text_deinit(&after);
    hf_text_deinit(&gap_text);
    return failed || arena->failed ? hf_fail_nomem(error) : HF_OK;
}
