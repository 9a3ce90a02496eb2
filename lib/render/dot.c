/*
 * dot.c - writes a drawing in the DOT language.
 *
 *   ( root )---local 'x'--->[ box ]---._shards--->[ box, darker ]--->[ FOCUS ]<....( 12 more references )
 *
 * The picture speaks objgraph's language: filled boxes with type and value, the focus in red, modules in green, darker
 * with every hop, names on the arrows, doubled borders for objects with __del__, small red boxes for what was left out.
 * Colours are fixed pairs of fill and text whose contrast is at least 4.5 : 1, so that all of it can be read. The focus
 * alone is dark with light words: who cannot tell red from green, and who prints it in grey, finds it by that.
 */
#include "render/dot.h"

#include <string.h>

#include "render/label.h"
#include "render/shade.h"

#define FONT "Helvetica"        /* Graphviz gives SVG a list of its own that ends in sans-serif */
#define MAX_WIDE_LEVEL 6        /* boxes side by side, from which on levels stand side by side instead */
#define MAX_DESCRIPTION_CHARS 120

struct paint {
    const char *fill, *border, *text;
};
static const struct paint focus_paint = {"#dc2626", "#7f1d1d", "#ffffff"};
static const struct paint module_paint = {"#bbf7d0", "#16a34a", "#14532d"};
static const struct paint root_paint = {"#dcfce7", "#16a34a", "#14532d"};
static const struct paint outside_paint = {"#fef3c7", "#d97706", "#78350f"};
static const struct paint more_paint = {"#fef2f2", "#ef4444", "#991b1b"};
static const struct paint depth_paints[] = {
    {"#f8fafc", "#94a3b8", "#0f172a"}, {"#edf1f6", "#94a3b8", "#0f172a"}, {"#e2e8f0", "#94a3b8", "#0f172a"},
    {"#cfd8e3", "#64748b", "#0f172a"}, {"#bac6d5", "#64748b", "#0f172a"}, {"#a3b1c4", "#475569", "#0f172a"},
};
#define NUM_DEPTH_PAINTS ((unsigned)(sizeof depth_paints / sizeof depth_paints[0]))

struct writer {
    struct hf_text *text;
    const struct hf_drawing *drawing;
    const struct hf_paths *paths;
    const struct hf_root_order *order;
    unsigned max_depth;
    uint64_t most_bytes;         /* that a box retains; 0: what they retain is not shown */
};

static void add_paint(struct hf_text *text, const struct paint *paint, const char *border) {
    hf_text_addf(text, ", fillcolor=\"%s\", color=\"%s\", fontcolor=\"%s\"", paint->fill, border, paint->text);
}

static const struct paint *paint_of(const struct writer *writer, const struct hf_box *box) {
    if (box->is_focus)
        return &focus_paint;
    if (box->is_module)
        return &module_paint;
    if (box->depth == 0 || writer->max_depth <= 1)
        return &depth_paints[0];
    return &depth_paints[(size_t)(box->depth - 1) * (NUM_DEPTH_PAINTS - 1) / (writer->max_depth - 1)];
}

static bool has_finalizer(const struct writer *writer, const struct hf_box *box) {
    return (hf_col_node_flags(writer->drawing->snapshot)[box->node] & HF_NODE_FINALIZER) != 0;
}

static uint64_t count_left_out(const struct hf_box *box) {
    return box->num_references - box->num_drawn;
}

/* An object at the edge of the picture: it has references, and none of them was followed. */
static bool is_at_edge(const struct hf_box *box) {
    return !box->is_followed && count_left_out(box) > 0;
}

/* Selected objects and modules are told by their border then: the fill says what they retain. */
static void add_shade(const struct writer *writer, const struct hf_box *box) {
    const struct hf_shade *shade = hf_shade_of(box, writer->most_bytes);
    bool is_root = box->is_root || box->is_module;
    const char *border = box->is_focus ? focus_paint.fill
                         : is_root     ? root_paint.border
                                       : depth_paints[NUM_DEPTH_PAINTS - 1].border;
    const struct paint paint = {shade->fill, border, shade->text};
    add_paint(writer->text, &paint, has_finalizer(writer, box) ? focus_paint.fill : paint.border);
    hf_text_addf(writer->text, ", fontsize=%u", shade->font_size);
    if (has_finalizer(writer, box))
        hf_text_add(writer->text, ", peripheries=2");
    if (box->is_focus || is_root)
        hf_text_addf(writer->text, ", penwidth=%s", box->is_focus ? "4" : "2.6");
}

static void add_distance(const struct writer *writer, const struct hf_box *box) {
    const struct paint *paint = paint_of(writer, box);
    bool is_double = has_finalizer(writer, box), is_root = box->is_root || box->is_module;
    add_paint(writer->text, paint, is_double ? focus_paint.fill : is_root ? root_paint.border : paint->border);
    if (is_double)
        hf_text_add(writer->text, ", peripheries=2");
    else if (is_root)
        hf_text_add(writer->text, ", penwidth=2.2");
}

static void add_look(const struct writer *writer, const struct hf_box *box) {
    if (writer->most_bytes > 0)
        add_shade(writer, box);
    else
        add_distance(writer, box);
    if (is_at_edge(box))
        hf_text_add(writer->text, ", style=\"filled,rounded,dashed\"");
    if (box->is_focus)
        hf_text_add(writer->text, ", fontname=\"" FONT "-Bold\"");
}

static void add_box(const struct writer *writer, uint32_t index) {
    const struct hf_box *box = &writer->drawing->boxes[index];
    struct hf_text *text = writer->text;
    hf_text_addf(text, "  box%u [label=\"", index);
    hf_label_box(text, writer->drawing, box);
    hf_text_add_char(text, '"');
    add_look(writer, box);
    hf_text_add(text, ", tooltip=\"");
    hf_label_box_tooltip(text, writer->drawing, box, writer->paths, writer->order);
    hf_text_add(text, "\"];\n");
}

/* The small red box for references that had no room. */
static void add_more(const struct writer *writer, uint32_t index) {
    const struct hf_box *box = &writer->drawing->boxes[index];
    struct hf_text *text = writer->text;
    if (!box->is_followed || count_left_out(box) == 0)
        return;
    hf_text_addf(text, "  more%u [label=\"", index);
    hf_label_count(text, count_left_out(box), "more reference", "more references");
    hf_text_add(text, "\", fontsize=9, margin=\"0.1,0.04\", style=\"filled,rounded\"");
    add_paint(text, &more_paint, more_paint.border);
    hf_text_add(text, ", tooltip=\"left out for want of room\"];\n");
    bool outwards = writer->drawing->options.direction == HF_PICTURE_REFERENCES;
    hf_text_addf(text, outwards ? "  box%u -> more%u" : "  more%u -> box%u", index, index);
    hf_text_add(text, " [style=dotted, color=\"#dc2626\", tooltip=\"left out for want of room\"];\n");
}

static bool is_scanned(const struct writer *writer, const struct hf_arrow *arrow) {
    hf_node_id source = hf_step_source(&arrow->steps[0]);
    return (hf_col_node_flags(writer->drawing->snapshot)[source] & HF_NODE_SCANNED) != 0;
}

static bool is_to_type(const struct writer *writer, const struct hf_arrow *arrow) {
    return arrow->num_references == 1 && arrow->num_skipped == 0 &&
           hf_graph_edge_kind(&writer->drawing->graph, arrow->steps[0].edge) == HF_NAME_TYPE;
}

static void add_arrow(const struct writer *writer, const struct hf_arrow *arrow) {
    struct hf_text *text = writer->text;
    hf_text_addf(text, "  box%u -> box%u [label=\" ", arrow->source, arrow->target);
    hf_label_arrow(text, writer->drawing, arrow, HF_DOT_LABEL);
    hf_text_add_char(text, ' ');
    for (int i = 0; i < 2; i++) { /* shown over the line and over its name */
        hf_text_add(text, i == 0 ? "\", tooltip=\"" : "\", labeltooltip=\"");
        hf_label_arrow(text, writer->drawing, arrow, HF_DOT_TOOLTIP);
    }
    hf_text_add_char(text, '"');
    if (arrow->num_skipped > 0)
        hf_text_add(text, ", style=dotted, color=\"#dc2626\", fontcolor=\"#991b1b\", minlen=2");
    else if (is_scanned(writer, arrow))
        hf_text_add(text, ", style=dashed");
    else if (is_to_type(writer, arrow))
        hf_text_add(text, ", color=\"#a3b1c4\", fontcolor=\"#64748b\"");
    hf_text_add(text, "];\n");
}

/* Variables of one frame share an ellipse: a statement that is repeated changes nothing. */
static void add_root_name(struct hf_text *text, const struct hf_root *root, uint32_t index) {
    if (root->kind == HF_ROOT_FRAME && root->frame != HF_NO_FRAME)
        hf_text_addf(text, "  frame%u", root->frame);
    else
        hf_text_addf(text, "  root%u", index);
}

static void add_root(const struct writer *writer, uint32_t index) {
    struct hf_text *text = writer->text;
    const struct hf_root_arrow *arrow = &writer->drawing->roots[index];
    struct hf_root root = hf_snapshot_get_root(writer->drawing->snapshot, arrow->root);
    const struct paint *paint = root.kind == HF_ROOT_OUTSIDE ? &outside_paint : &root_paint;
    add_root_name(text, &root, index);
    hf_text_add(text, " [shape=ellipse, style=filled, margin=\"0.05,0.03\", label=\"");
    hf_label_root(text, writer->drawing->snapshot, &root, HF_DOT_LABEL);
    hf_text_add_char(text, '"');
    add_paint(text, paint, paint->border);
    hf_text_add(text, ", tooltip=\"");
    hf_label_root(text, writer->drawing->snapshot, &root, HF_DOT_TOOLTIP);
    hf_text_add(text, "\"];\n");
    add_root_name(text, &root, index);
    hf_text_addf(text, " -> box%u [label=\" ", arrow->box);
    hf_label_root_arrow(text, &root, HF_DOT_LABEL);
    hf_text_add(text, " \", tooltip=\"");
    hf_label_root_arrow(text, &root, HF_DOT_TOOLTIP);
    hf_text_addf(text, "\", color=\"%s\"];\n", paint->border);
}

static unsigned count_at_depth(const struct hf_drawing *drawing, unsigned depth) {
    unsigned count = 0;
    for (uint32_t i = 0; i < drawing->num_boxes; i++)
        count += drawing->boxes[i].depth == depth;
    return count;
}

static bool is_wide(const struct hf_drawing *drawing) {
    for (uint32_t i = 0; i < drawing->num_boxes; i++)
        if (count_at_depth(drawing, drawing->boxes[i].depth) > MAX_WIDE_LEVEL)
            return true;
    return false;
}

/* With many edges per node dot takes minutes to polish what nobody sees; fewer rounds take seconds. */
static void add_head(const struct writer *writer) {
    const struct hf_drawing *drawing = writer->drawing;
    hf_text_add(writer->text,
                "digraph holdfast {\n"
                "  graph [charset=\"UTF-8\", bgcolor=\"white\", pad=0.3, nodesep=0.3, ranksep=0.45, labelloc=b,\n"
                "         labeljust=l, fontname=\"" FONT "\", fontsize=10, fontcolor=\"#475569\",\n"
                "         outputorder=edgesfirst, tooltip=\" \"];\n"
                "  node [shape=box, style=\"filled,rounded\", fontname=\"" FONT "\", fontsize=11,\n"
                "        margin=\"0.14,0.07\", height=0.3, penwidth=1.1];\n"
                "  edge [color=\"#64748b\", fontname=\"" FONT "\", fontsize=9.5, fontcolor=\"#334155\",\n"
                "        arrowsize=0.65, penwidth=1.1];\n");
    if (is_wide(drawing))
        hf_text_add(writer->text, "  rankdir=LR; ranksep=0.35; nodesep=0.14;\n");
    if ((uint64_t)drawing->num_arrows * 5 > (uint64_t)drawing->num_boxes * 8)
        hf_text_add(writer->text, "  nslimit=2; nslimit1=2;\n");
}

static void add_topic(const struct writer *writer, const char *description) {
    struct hf_text *text = writer->text;
    static const char *const before[] = {
        "What refers to ",
        "What is referred to by ",
        "The shortest chain of references from a root to ",
    };
    hf_text_add(text, before[writer->drawing->options.direction]);
    hf_dot_add_cut(text, description, strlen(description), MAX_DESCRIPTION_CHARS, HF_DOT_LABEL);
    if (writer->drawing->options.direction == HF_PICTURE_CHAIN)
        return;
    hf_text_add(text, ", up to ");
    hf_label_count(text, writer->drawing->options.depth, "reference away", "references away");
}

static void add_omission(struct hf_text *text, bool *any, uint64_t count, const char *singular, const char *plural) {
    if (count == 0)
        return;
    hf_text_add(text, *any ? "; " : "\\lNot drawn: ");
    hf_label_count(text, count, singular, plural);
    *any = true;
}

static void add_counts(const struct writer *writer) {
    const struct hf_drawing *drawing = writer->drawing;
    struct hf_text *text = writer->text;
    bool any = false;
    hf_text_add(text, "\\lDrawn: ");
    hf_label_count(text, drawing->num_boxes, "object", "objects");
    hf_text_add(text, ", ");
    hf_label_count(text, (uint64_t)drawing->num_arrows + drawing->num_roots, "arrow", "arrows");
    add_omission(text, &any, drawing->num_selected - drawing->num_selected_drawn, "selected object",
                 "selected objects");
    add_omission(text, &any, hf_drawing_count_omitted(drawing, true), "reference, in the small red box",
                 "references, in the small red boxes");
    add_omission(text, &any, hf_drawing_count_omitted(drawing, false), "reference of objects with a dashed border",
                 "references of objects with a dashed border");
    uint64_t skipped = 0;
    for (uint32_t i = 0; i < drawing->num_arrows; i++)
        skipped += drawing->arrows[i].num_skipped;
    add_omission(text, &any, skipped, "object inside a long chain", "objects inside long chains");
}

static void add_key(const struct writer *writer) {
    const struct hf_drawing *drawing = writer->drawing;
    bool any_finalizer = false, any_scanned = false, any_end = false;
    for (uint32_t i = 0; i < drawing->num_boxes; i++) {
        any_finalizer |= has_finalizer(writer, &drawing->boxes[i]);
        any_end |= drawing->boxes[i].is_end && is_at_edge(&drawing->boxes[i]);
    }
    for (uint32_t i = 0; i < drawing->num_arrows; i++)
        any_scanned |= is_scanned(writer, &drawing->arrows[i]);
    if (writer->most_bytes > 0) {
        hf_text_add(writer->text, "\\lRed border: selected. Green border: modules and other roots.");
        hf_shade_add_key(writer->text, drawing, writer->most_bytes);
    } else {
        hf_text_add(writer->text, "\\lRed: selected. Green: modules and other roots.");
        if (writer->max_depth > 1)
            hf_text_add(writer->text, " Darker: farther away.");
    }
    if (any_end)
        hf_text_add(writer->text, "\\lModules and built-in types are not followed.");
    if (drawing->options.direction == HF_PICTURE_REFERENCES)
        hf_text_add(writer->text, "\\lNames of attributes and text keys stand at the arrows.");
    if (any_finalizer)
        hf_text_add(writer->text, "\\lDouble border: has __del__.");
    if (any_scanned)
        hf_text_add(writer->text, "\\lDashed arrow: found by scanning memory, may be wrong.");
}

static unsigned find_max_depth(const struct hf_drawing *drawing) {
    unsigned depth = 0;
    for (uint32_t i = 0; i < drawing->num_boxes; i++)
        if (drawing->boxes[i].depth > depth)
            depth = drawing->boxes[i].depth;
    return depth;
}

void hf_dot_add(struct hf_text *text, const struct hf_drawing *drawing, const char *description,
                const struct hf_paths *paths, const struct hf_root_order *order) {
    struct writer writer = {text, drawing, paths, order, find_max_depth(drawing), hf_shade_most(drawing)};
    add_head(&writer);
    for (uint32_t i = 0; i < drawing->num_boxes; i++)
        add_box(&writer, i);
    for (uint32_t i = 0; i < drawing->num_arrows; i++)
        add_arrow(&writer, &drawing->arrows[i]);
    for (uint32_t i = 0; i < drawing->num_roots; i++)
        add_root(&writer, i);
    for (uint32_t i = 0; i < drawing->num_boxes; i++)
        add_more(&writer, i);
    hf_text_add(text, "  label=\" \\l");
    add_topic(&writer, description);
    add_counts(&writer);
    add_key(&writer);
    hf_text_add(text, HF_DOT_LEGEND_END "}\n");
}
