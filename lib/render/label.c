/*
 * label.c - the words in boxes, at arrows and in tooltips.
 *
 *   +------------------------+
 *   | shop.cache.Session [3] |   type [reference count]  size      the last two on demand
 *   | at 0x7f3a5c0de010      |   value, or the address
 *   | retains 1.4 MiB        |   on demand
 *   | __del__                |   has a finalizer
 *   +------------------------+
 *
 * What is cut here stands whole in the tooltip, up to a limit that keeps a picture's file small.
 */
#include "render/label.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

#define MAX_TYPE_CHARS 40
#define MAX_VALUE_CHARS 40
#define MAX_PRINTED_CHARS 200    /* before a name loses its beginning */
#define MAX_NAME_CHARS 36
#define MAX_TOOLTIP_CHARS 4000
#define MAX_TOOLTIP_HOPS 64
#define LINE_BREAK "\\n"
#define ELLIPSIS "\xE2\x80\xA6"

void hf_label_count(struct hf_text *text, uint64_t count, const char *singular, const char *plural) {
    hf_text_add_count(text, count);
    hf_text_addf(text, " %s", count == 1 ? singular : plural);
}

static struct hf_type type_of(const struct hf_drawing *drawing, hf_node_id node) {
    return hf_snapshot_get_type(drawing->snapshot, hf_col_node_type(drawing->snapshot)[node]);
}

/* A dotted name that is too long loses packages from the left: the end tells most. */
static void add_dotted(struct hf_text *text, const char *name, size_t length, size_t max_chars) {
    const char *dot;
    bool is_cut = false;
    while (hf_utf8_prefix(name, length, max_chars) < length && (dot = memchr(name, '.', length)) != NULL) {
        length -= (size_t)(dot + 1 - name);
        name = dot + 1;
        is_cut = true;
    }
    if (is_cut)
        hf_text_add(text, ELLIPSIS);
    hf_dot_add_cut(text, name, length, max_chars, HF_DOT_LABEL);
}

static char *print_value(const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars) {
    size_t size = hf_snapshot_print_value(snapshot, node, max_chars, NULL, 0) + 1;
    char *value = hf_alloc(size, 1);
    if (value != NULL)
        hf_snapshot_print_value(snapshot, node, max_chars, value, size);
    return value;
}

/* "dict of 12 items" stands below "dict": the first word is said already. */
static const char *skip_type(const char *value, const char *type) {
    const char *dot = strrchr(type, '.');
    const char *last = dot != NULL ? dot + 1 : type;
    size_t length = strlen(last);
    bool repeats = strncmp(value, last, length) == 0 && strncmp(value + length, " of ", 4) == 0;
    return repeats ? value + length + 4 : value;
}

/* Finds shop.cache.get in <function shop.cache.get>, and shop in <module 'shop'>. */
static bool find_inner_name(const char *value, const char **name, size_t *length) {
    static const char *const kinds[] = {"<function ", "<class ", "<module ", "<code ", "<bound method "};
    size_t whole = strlen(value);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t skipped = strlen(kinds[i]);
        if (strncmp(value, kinds[i], skipped) != 0 || whole < skipped + 2 || value[whole - 1] != '>')
            continue;
        bool is_quoted = value[skipped] == '\'' && whole >= skipped + 4 && value[whole - 2] == '\'';
        *name = value + skipped + is_quoted;
        *length = whole - skipped - 1 - 2u * is_quoted;
        return true;
    }
    return false;
}

static void add_value_line(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box,
                           const char *type) {
    char *value = print_value(drawing->snapshot, box->node, MAX_PRINTED_CHARS);
    if (value == NULL) {
        text->failed = true;
        return;
    }
    hf_text_add(text, LINE_BREAK);
    const char *shown = skip_type(value, type);
    const char *name;
    size_t length;
    if (find_inner_name(value, &name, &length))
        add_dotted(text, name, length, MAX_VALUE_CHARS);
    else if (shown[0] != '\0')
        hf_dot_add_cut(text, shown, strlen(shown), MAX_VALUE_CHARS, HF_DOT_LABEL);
    else
        hf_text_addf(text, "at 0x%llx", (unsigned long long)hf_snapshot_get_addr(drawing->snapshot, box->node));
    hf_free(value);
}

static uint64_t size_of(const struct hf_drawing *drawing, const struct hf_box *box) {
    uint64_t size_bytes = hf_snapshot_get_size(drawing->snapshot, box->node);
    if (box->dict != HF_NO_NODE)
        size_bytes += hf_snapshot_get_size(drawing->snapshot, box->dict);
    return size_bytes;
}

void hf_label_size(struct hf_text *text, const struct hf_drawing *drawing, uint64_t size_bytes) {
    if (!drawing->options.exact_sizes) {
        hf_text_add_size(text, size_bytes);
        return;
    }
    hf_text_add_count(text, size_bytes);
    hf_text_add(text, " B");
}

static void add_refcount(struct hf_text *text, const struct hf_node *node) {
    if ((node->flags & HF_NODE_IMMORTAL) != 0)
        hf_text_add(text, "immortal");
    else
        hf_text_add_count(text, node->refcount);
}

void hf_label_box(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box) {
    struct hf_node node = hf_snapshot_get_node(drawing->snapshot, box->node);
    struct hf_type type = type_of(drawing, box->node);
    add_dotted(text, type.name, strlen(type.name), MAX_TYPE_CHARS);
    if (drawing->options.refcounts) {
        hf_text_add(text, " [");
        add_refcount(text, &node);
        hf_text_add_char(text, ']');
    }
    if (drawing->options.sizes) {
        hf_text_add(text, "  ");
        hf_label_size(text, drawing, size_of(drawing, box));
    }
    add_value_line(text, drawing, box, type.name);
    if (drawing->options.retained) {
        hf_text_add(text, LINE_BREAK "retains ");
        hf_label_size(text, drawing, box->retained.size_bytes);
    }
    if ((node.flags & HF_NODE_FINALIZER) != 0)
        hf_text_add(text, LINE_BREAK "__del__");
}

/* The last hops of the tree's path to `node`, nearest first; *top is where they begin. */
static size_t climb(const struct hf_paths *paths, hf_node_id node, uint32_t *edges, hf_node_id *top) {
    size_t count = 0;
    uint32_t edge;
    while (count < MAX_TOOLTIP_HOPS && (edge = hf_paths_parent_edge(paths, node)) != HF_PATHS_ROOT) {
        edges[count++] = edge;
        node = hf_graph_edge_source(paths->graph, edge);
    }
    *top = node;
    return count;
}

static void add_start(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_paths *paths,
                      const struct hf_root_order *order, hf_node_id top) {
    if (hf_paths_parent_edge(paths, top) != HF_PATHS_ROOT) {
        hf_text_add(text, ELLIPSIS);
        return;
    }
    uint32_t index = hf_root_order_find(order, top, NULL);
    struct hf_root root = hf_snapshot_get_root(drawing->snapshot, index);
    if (root.kind == HF_ROOT_MODULE)
        hf_text_add(text, root.name);
    else
        hf_root_print(text, drawing->snapshot, index);
}

/* "shop.cache.CACHE._shards[7]" */
static void print_path(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_paths *paths,
                       const struct hf_root_order *order, hf_node_id node) {
    uint32_t edges[MAX_TOOLTIP_HOPS];
    hf_node_id top;
    size_t count = climb(paths, node, edges, &top);
    add_start(text, drawing, paths, order, top);
    while (count-- > 0) {
        hf_node_id source = hf_graph_edge_source(paths->graph, edges[count]);
        if (hf_dicts_is_inside(&drawing->dicts, source, edges[count]))
            continue;
        struct hf_step step = hf_step_make(&drawing->dicts, source, edges[count]);
        hf_step_print(text, drawing->snapshot, &step);
    }
}

static void add_path_line(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box,
                          const struct hf_paths *paths, const struct hf_root_order *order) {
    hf_text_add(text, LINE_BREAK);
    if (!hf_paths_is_reached(paths, box->node)) {
        hf_text_add(text, "not reached from any root");
        return;
    }
    struct hf_text path = HF_TEXT_INIT;
    print_path(&path, drawing, paths, order, box->node);
    hf_text_add(text, "path: ");
    if (path.failed)
        text->failed = true;
    else
        hf_dot_add_cut(text, path.data, path.length, MAX_TOOLTIP_CHARS, HF_DOT_TOOLTIP);
    hf_text_deinit(&path);
}

static void add_full_value(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box) {
    char *value = print_value(drawing->snapshot, box->node, MAX_TOOLTIP_CHARS);
    if (value == NULL) {
        text->failed = true;
        return;
    }
    if (value[0] != '\0') {
        hf_text_add(text, LINE_BREAK);
        hf_dot_add_escaped(text, value, strlen(value), HF_DOT_TOOLTIP);
    }
    hf_free(value);
}

static void add_numbers(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box) {
    struct hf_node node = hf_snapshot_get_node(drawing->snapshot, box->node);
    hf_text_add(text, LINE_BREAK);
    hf_label_count(text, size_of(drawing, box), "byte", "bytes");
    hf_text_add(text, box->dict != HF_NO_NODE ? " with its attribute dict, reference count " : ", reference count ");
    add_refcount(text, &node);
    if (drawing->options.retained) {
        hf_text_add(text, LINE_BREAK "retains ");
        hf_label_count(text, box->retained.count, "object", "objects");
        hf_text_add(text, " with ");
        hf_label_count(text, box->retained.size_bytes, "byte", "bytes");
    }
    if (box->num_references > box->num_drawn) {
        hf_text_add(text, LINE_BREAK);
        hf_label_count(text, box->num_references - box->num_drawn, "reference", "references");
        hf_text_add(text, " not drawn");
    }
}

void hf_label_box_tooltip(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_box *box,
                          const struct hf_paths *paths, const struct hf_root_order *order) {
    struct hf_type type = type_of(drawing, box->node);
    hf_dot_add_cut(text, type.name, strlen(type.name), MAX_TOOLTIP_CHARS, HF_DOT_TOOLTIP);
    hf_text_addf(text, " at 0x%llx (#%u)", (unsigned long long)hf_snapshot_get_addr(drawing->snapshot, box->node),
                 box->node);
    add_full_value(text, drawing, box);
    add_path_line(text, drawing, box, paths, order);
    add_numbers(text, drawing, box);
}

static void add_step(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_step *step,
                     enum hf_dot_use use) {
    struct hf_text name = HF_TEXT_INIT;
    hf_step_print(&name, drawing->snapshot, step);
    size_t skipped = name.length > 0 && name.data[0] == ' '; /* " key 'k'" stands behind an owner in a path */
    size_t max_chars = use == HF_DOT_LABEL ? MAX_NAME_CHARS : MAX_TOOLTIP_CHARS;
    if (name.failed)
        text->failed = true;
    else if (name.length > 0)
        hf_dot_add_cut(text, name.data + skipped, name.length - skipped, max_chars, use);
    hf_text_deinit(&name);
}

void hf_label_arrow(struct hf_text *text, const struct hf_drawing *drawing, const struct hf_arrow *arrow,
                    enum hf_dot_use use) {
    if (arrow->num_skipped > 0) {
        hf_text_add(text, ELLIPSIS " ");
        hf_label_count(text, arrow->num_skipped, "object", "objects");
        hf_text_add(text, " not drawn " ELLIPSIS);
        return;
    }
    uint64_t shown = arrow->num_references < HF_ARROW_STEPS ? arrow->num_references : HF_ARROW_STEPS;
    for (uint64_t i = 0; i < shown; i++) {
        if (i > 0)
            hf_text_add(text, LINE_BREAK);
        add_step(text, drawing, &arrow->steps[i], use);
    }
    if (arrow->num_references > shown) {
        hf_text_add(text, LINE_BREAK "and ");
        hf_text_add_count(text, arrow->num_references - shown);
        hf_text_add(text, " more");
    }
}

static void add_frame(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t index, enum hf_dot_use use) {
    struct hf_frame frame = hf_snapshot_get_frame(snapshot, index);
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, frame.thread);
    const char *slash = strrchr(frame.file, '/');
    const char *file = slash != NULL ? slash + 1 : frame.file;
    hf_text_add(text, "thread ");
    if (thread.name[0] != '\0')
        hf_dot_add_cut(text, thread.name, strlen(thread.name), MAX_VALUE_CHARS, use);
    else
        hf_text_addf(text, "%llu", (unsigned long long)thread.ident);
    hf_text_add(text, LINE_BREAK);
    hf_dot_add_cut(text, frame.function, strlen(frame.function), MAX_VALUE_CHARS, use);
    hf_text_add(text, "() at ");
    hf_dot_add_cut(text, file, strlen(file), MAX_VALUE_CHARS, use);
    if (frame.line != 0)
        hf_text_addf(text, ":%u", frame.line);
}

void hf_label_root(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_root *root,
                   enum hf_dot_use use) {
    switch (root->kind) {
    case HF_ROOT_MODULE: hf_text_add(text, "sys.modules"); return;
    case HF_ROOT_BUILTINS: hf_text_add(text, "builtins"); return;
    case HF_ROOT_INTERPRETER: hf_text_add(text, "interpreter"); return;
    case HF_ROOT_STATIC_TYPE: hf_text_add(text, "static type"); return;
    case HF_ROOT_IMMORTAL: hf_text_add(text, "immortal"); return;
    case HF_ROOT_OUTSIDE: hf_text_add(text, "held from outside" LINE_BREAK "by native code"); return;
    case HF_ROOT_FRAME:
        if (root->frame != HF_NO_FRAME)
            add_frame(text, snapshot, root->frame, use);
        else
            hf_text_add(text, "frame");
        return;
    case HF_ROOT_NUM_KINDS: return;
    }
}

static void add_quoted(struct hf_text *text, const char *before, const char *name, const char *after,
                       enum hf_dot_use use) {
    hf_text_add(text, before);
    hf_dot_add_cut(text, name, strlen(name), MAX_NAME_CHARS, use);
    hf_text_add(text, after);
}

void hf_label_root_arrow(struct hf_text *text, const struct hf_root *root, enum hf_dot_use use) {
    if (root->kind == HF_ROOT_OUTSIDE)
        hf_label_count(text, root->count, "reference", "references");
    else if (root->kind == HF_ROOT_MODULE)
        add_quoted(text, "['", root->name, "']", use);
    else if (root->kind == HF_ROOT_FRAME && root->name_kind == HF_NAME_LOCAL)
        add_quoted(text, "local '", root->name, "'", use);
    else if (root->kind == HF_ROOT_FRAME && root->name_kind == HF_NAME_STACK)
        hf_text_add(text, "temporary value");
    else
        hf_dot_add_cut(text, root->name, strlen(root->name), MAX_NAME_CHARS, use);
}
