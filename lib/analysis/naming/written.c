/*
 * written.c - roots and keys as Python writes them.
 *
 * A key stands in an expression only if the literal finds the same entry: its type is a builtin one, not a subclass
 * that may compare as it likes, and its value is known to the last character. The nesting of tuples is bounded.
 */
#include "analysis/naming/written.h"

#include <math.h>
#include <string.h>

#include "analysis/lookup.h"
#include "snapshot/literal.h"
#include "snapshot/preview.h"

#define MAX_KEY_DEPTH 3
#define MAX_KEY_EDGES 16

static bool is_literal_type(const char *name) {
    static const char *const names[] = {"str", "int", "bytes", "float", "bool", "complex", "NoneType", "ellipsis"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_finite(const struct hf_preview *preview) {
    bool is_float = preview->tag == HF_PREVIEW_FLOAT || preview->tag == HF_PREVIEW_COMPLEX;
    bool has_imaginary = preview->tag == HF_PREVIEW_COMPLEX;
    return !is_float || (isfinite(preview->real) && (!has_imaginary || isfinite(preview->imaginary)));
}

/* True for values whose literal is equal to them: of builtin types themselves, not of subclasses. Depth is bounded. */
static bool is_literal(const struct hf_snapshot *snapshot, hf_node_id node, unsigned depth) {
    const char *type = hf_lookup_type_name(snapshot, node);
    struct hf_preview preview;
    if (is_literal_type(type))
        return !hf_snapshot_read_preview(snapshot, node, &preview) || is_finite(&preview);
    if (strcmp(type, "tuple") != 0 || depth == MAX_KEY_DEPTH)
        return false;
    const uint32_t *row = hf_col_row(snapshot);
    if (row[node + 1] - row[node] > MAX_KEY_EDGES)
        return false;
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++)
        if (hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]].kind == HF_NAME_ITEM &&
            !is_literal(snapshot, hf_col_edge_target(snapshot)[edge], depth + 1))
            return false;
    return true;
}

bool hf_key_is_literal(const struct hf_snapshot *snapshot, hf_node_id key) {
    return is_literal(snapshot, key, 0);
}

bool hf_key_write(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node) {
    bool is_whole;
    size_t start = text->length;
    if (!is_literal(snapshot, node, 0) || !hf_literal_add(text, snapshot, node, SIZE_MAX, &is_whole))
        return false;
    if (!is_whole)
        hf_text_cut(text, start);
    return is_whole;
}

static const char *bare_function(const char *qualified) {
    const char *dot = strrchr(qualified, '.');
    return dot != NULL ? dot + 1 : qualified;
}

/* How many frames of the same thread and the same function are further inside. */
static uint32_t count_inner_twins(const struct hf_snapshot *snapshot, const struct hf_frame *frame) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < hf_snapshot_num_frames(snapshot); i++) {
        struct hf_frame other = hf_snapshot_get_frame(snapshot, i);
        count += other.thread == frame->thread && other.depth < frame->depth &&
                 strcmp(bare_function(other.function), bare_function(frame->function)) == 0;
    }
    return count;
}

/*
 * Another thread stands still, so its frames are counted from the innermost one. The thread that asks has gone on, and
 * evaluates the expression in a frame of its own: there the function is looked for by name.
 */
static void write_frame(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_frame *frame) {
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, frame->thread);
    if (thread.is_asker) {
        const char *function = bare_function(frame->function);
        hf_text_add(text, "[f.frame for f in __import__('inspect').stack(0) if f.function == ");
        hf_text_add_repr(text, function, strlen(function));
        hf_text_addf(text, "][%u]", count_inner_twins(snapshot, frame));
        return;
    }
    hf_text_addf(text, "sys._current_frames()[%llu]", (unsigned long long)thread.ident);
    for (uint32_t i = 0; i < frame->depth; i++)
        hf_text_add(text, ".f_back");
}

static const char *write_frame_root(struct hf_text *text, const struct hf_snapshot *snapshot,
                                    const struct hf_root *root) {
    if (root->frame == HF_NO_FRAME || root->name_kind != HF_NAME_LOCAL)
        return "it is no variable";
    struct hf_frame frame = hf_snapshot_get_frame(snapshot, root->frame);
    write_frame(text, snapshot, &frame);
    hf_text_add(text, ".f_locals[");
    hf_text_add_repr(text, root->name, strlen(root->name));
    hf_text_add_char(text, ']');
    return NULL;
}

static void write_module(struct hf_text *text, const char *name) {
    hf_text_add(text, "sys.modules[");
    hf_text_add_repr(text, name, strlen(name));
    hf_text_add_char(text, ']');
}

const char *hf_root_write(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_root *root) {
    switch (root->kind) {
    case HF_ROOT_MODULE: write_module(text, root->name); return NULL;
    case HF_ROOT_BUILTINS:
        write_module(text, "builtins");
        if ((hf_lookup_type(snapshot, root->node)->flags & HF_TYPE_DICT) != 0)
            hf_text_add(text, ".__dict__");
        return NULL;
    case HF_ROOT_FRAME: return write_frame_root(text, snapshot, root);
    case HF_ROOT_INTERPRETER: return "it is a field of the interpreter";
    case HF_ROOT_STATIC_TYPE: return "no module has it";
    case HF_ROOT_IMMORTAL: return "no reference to it was found";
    case HF_ROOT_OUTSIDE: return "native code has it";
    case HF_ROOT_NUM_KINDS: break;
    }
    return "its kind is not known";
}
