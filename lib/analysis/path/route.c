/*
 * route.c - climbs the tree of shortest paths, or of a search, and cuts the way into steps.
 *
 *   edges   root --VALUE--> cache --DICT--> dict --VALUE '_shards'--> list --ITEM--> session
 *   steps   (root, VALUE)  (cache, dict, VALUE '_shards')  (list, ITEM)
 *
 * An edge to an attribute dict joins the step that follows it. At the end of the way it is a step of its own: then the
 * dict is what was asked for.
 */
#include "analysis/path/route.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"

/* A tree of paths.h or of search.h. */
struct tree {
    const struct hf_graph *graph;
    const uint32_t *parent;
    const hf_node_id *source;     /* NULL: to be found by the edge */
};

/* Collects the edges from `node` up to where the tree starts, last one first. That node, or HF_NO_NODE: no memory. */
static hf_node_id climb(struct hf_region *region, const struct tree *tree, hf_node_id node) {
    while (tree->parent[node] != HF_PATHS_ROOT) {
        struct hf_step *step = hf_region_add(region, sizeof *step);
        if (step == NULL)
            return HF_NO_NODE;
        uint32_t edge = tree->parent[node] - 1;
        node = tree->source != NULL ? tree->source[node] : hf_graph_edge_source(tree->graph, edge);
        *step = (struct hf_step){node, HF_NO_NODE, edge};
    }
    return node;
}

static void reverse_steps(struct hf_step *steps, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct hf_step other = steps[i];
        steps[i] = steps[count - 1 - i];
        steps[count - 1 - i] = other;
    }
}

/* Joins edges to attribute dicts with what follows them. The new number of steps. */
static size_t join_dicts(const struct hf_graph *graph, struct hf_step *steps, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct hf_step step = steps[i];
        bool joins = i + 1 < count && hf_graph_edge_kind(graph, step.edge) == HF_NAME_DICT;
        if (joins) {
            step.dict = graph->target[step.edge];
            step.edge = steps[++i].edge;
        }
        steps[kept++] = step;
    }
    return kept;
}

/* The way down a tree to `node`, then along `last`. The root is not set. */
static enum hf_status descend(struct hf_route *route, const struct tree *tree, hf_node_id node, uint32_t last,
                              struct hf_error *error) {
    if (last != HF_NO_EDGE) {
        struct hf_step *step = hf_region_add(&route->region, sizeof *step);
        if (step == NULL)
            return hf_fail_nomem(error);
        *step = (struct hf_step){node, HF_NO_NODE, last};
    }
    route->start = climb(&route->region, tree, node);
    if (route->start == HF_NO_NODE)
        return hf_fail_nomem(error);
    size_t count = route->region.used_bytes / sizeof(struct hf_step);
    struct hf_step *steps = (struct hf_step *)(void *)route->region.data;
    reverse_steps(steps, count);
    route->num_steps = join_dicts(tree->graph, steps, count);
    route->steps = steps;
    return HF_OK;
}

enum hf_status hf_route_init(struct hf_route *route, const struct hf_paths *paths, const struct hf_root_order *order,
                             hf_node_id node, uint32_t last, struct hf_error *error) {
    *route = (struct hf_route){0};
    const struct tree tree = {paths->graph, paths->parent, NULL};
    enum hf_status status = descend(route, &tree, node, last, error);
    if (status == HF_OK)
        route->root = hf_root_order_find(order, route->start, NULL);
    return status;
}

_Static_assert(HF_PATHS_ROOT == HF_SEARCH_START, "both trees mark where they start alike");

enum hf_status hf_route_init_chain(struct hf_route *route, const struct hf_search *search, uint32_t last_edge,
                                   struct hf_error *error) {
    route->root = HF_NO_ROOT;
    route->region.used_bytes = 0;
    const struct tree tree = {search->graph, search->parent, search->source};
    return descend(route, &tree, hf_graph_edge_source(search->graph, last_edge), last_edge, error);
}

void hf_route_init_root(struct hf_route *route, uint32_t root, hf_node_id node) {
    *route = (struct hf_route){.root = root, .start = node};
}

void hf_route_deinit(struct hf_route *route) {
    hf_region_deinit(&route->region);
    *route = (struct hf_route){0};
}

struct hf_step hf_step_make(const struct hf_dicts *dicts, hf_node_id source, uint32_t edge) {
    hf_node_id owner = hf_dicts_owner(dicts, source);
    return (struct hf_step){owner, owner != source ? source : HF_NO_NODE, edge};
}

static bool is_keyword(const char *text, size_t length) {
    static const char *const keywords[] = {
        "False",  "None",    "True",   "and",    "as",     "assert", "async", "await",    "break",
        "class",  "continue", "def",   "del",    "elif",   "else",   "except", "finally", "for",
        "from",   "global",  "if",     "import", "in",     "is",     "lambda", "nonlocal", "not",
        "or",     "pass",    "raise",  "return", "try",    "while",  "with",  "yield",
    };
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (strlen(keywords[i]) == length && memcmp(keywords[i], text, length) == 0)
            return true;
    return false;
}

bool hf_is_plain_identifier(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return length > 0 && !is_keyword(text, length);
}

static void print_edge(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id source, uint32_t edge) {
    char buffer[1024];
    size_t length = hf_snapshot_print_edge(snapshot, source, edge, buffer, sizeof buffer);
    if (length < sizeof buffer) {
        hf_text_add_bytes(text, buffer, length);
        return;
    }
    char *whole = hf_alloc(length + 1, 1);
    if (whole == NULL) {
        text->failed = true;
        return;
    }
    hf_text_add_bytes(text, whole, hf_snapshot_print_edge(snapshot, source, edge, whole, length + 1));
    hf_free(whole);
}

static void print_dict_step(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_step *step) {
    const char *name;
    size_t length;
    if (!hf_lookup_attribute_name(snapshot, step->edge, &name, &length)) {
        hf_text_add(text, ".__dict__");
        print_edge(text, snapshot, step->dict, step->edge);
    } else if (hf_is_plain_identifier(name, length)) {
        hf_text_add_char(text, '.');
        hf_text_add_bytes(text, name, length);
    } else {
        hf_text_add(text, ".__dict__[");
        hf_text_add_repr(text, name, length);
        hf_text_add_char(text, ']');
    }
}

void hf_step_print(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_step *step) {
    const struct hf_name_record *name = &hf_col_names(snapshot)[hf_col_edge_name(snapshot)[step->edge]];
    if (step->dict != HF_NO_NODE)
        print_dict_step(text, snapshot, step);
    else if (name->kind == HF_NAME_LOCAL)
        hf_text_addf(text, " local '%s'", hf_snapshot_get_text(snapshot, name->text, NULL));
    else
        print_edge(text, snapshot, step->owner, step->edge);
}
