/*
 * object.c - puts together what other questions know of one object.
 *
 *   columns ----> type, value, size, count, flags        why.c ---------> path, owner
 *   roots ------> each reason why it is a root           neighbours.c --> referrers, references
 *   dominators -> what it retains, what alone holds it
 */
#include <holdfast/object.h>

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/roots.h"
#include "analysis/sites/print.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "graph/dicts.h"

#define DEFAULT_ROWS 10
#define MAX_VALUE_CHARS 400

struct answer {
    struct hf_object public;       /* first, so that the one is the other */
    struct hf_arena arena;
    struct hf_why *why;
    struct hf_neighbours *referrers, *references;
};

struct question {
    const struct hf_snapshot *snapshot;
    struct hf_object_options options;
    struct hf_selection selection; /* the node alone */
    struct answer *answer;
    struct hf_error *error;
};

static const char *keep(struct question *question, struct hf_text *text) {
    struct hf_arena *arena = &question->answer->arena;
    const char *copy = hf_arena_copy(arena, text->data != NULL ? text->data : "", text->length);
    arena->failed = arena->failed || text->failed;
    hf_text_cut(text, 0);
    return copy;
}

/* ---- the node ---- */

static enum hf_status describe_node(struct question *question) {
    struct hf_object *object = &question->answer->public;
    struct hf_node node = hf_snapshot_get_node(question->snapshot, object->node);
    struct hf_type type = hf_snapshot_get_type(question->snapshot, node.type);
    char value[MAX_VALUE_CHARS * 4 + 1] = "";
    hf_snapshot_print_value(question->snapshot, object->node, MAX_VALUE_CHARS, value, sizeof value);
    object->addr = node.addr;
    object->type = type.name;
    object->type_node = type.node;
    object->value = hf_arena_copy(&question->answer->arena, value, strlen(value));
    object->size_bytes = node.size_bytes;
    object->refcount = node.refcount;
    return question->answer->arena.failed ? hf_fail_nomem(question->error) : HF_OK;
}

static void count_type(struct question *question) {
    struct hf_object *object = &question->answer->public;
    const uint32_t *type = hf_col_node_type(question->snapshot);
    for (hf_node_id node = 0; node < question->snapshot->num_nodes; node++) {
        if (type[node] != type[object->node])
            continue;
        object->type_count++;
        object->type_bytes += hf_snapshot_get_size(question->snapshot, node);
    }
}

static void count_incoming(struct question *question) {
    const uint32_t *target = hf_col_edge_target(question->snapshot);
    for (uint32_t edge = 0; edge < question->snapshot->num_edges; edge++)
        question->answer->public.num_incoming += target[edge] == question->answer->public.node;
}

static enum hf_status describe_dict(struct question *question) {
    struct hf_object *object = &question->answer->public;
    struct hf_graph graph = hf_graph_of(question->snapshot);
    struct hf_dicts dicts;
    enum hf_status status = hf_dicts_init(&dicts, &graph, question->error);
    if (status == HF_OK)
        object->dict = hf_dicts_find(&dicts, object->node);
    if (status == HF_OK && object->dict != HF_NO_NODE)
        object->dict_bytes = hf_snapshot_get_size(question->snapshot, object->dict);
    hf_dicts_deinit(&dicts);
    return status;
}

static enum hf_status describe_flags(struct question *question) {
    static const struct {
        uint32_t flag;
        const char *word;
    } words[] = {
        {HF_NODE_TRACKED, "tracked by the collector"},
        {HF_NODE_FROZEN, "frozen"},
        {HF_NODE_IMMORTAL, "immortal"},
        {HF_NODE_FINALIZER, "has a finalizer"},
        {HF_NODE_TYPE, "a type"},
        {HF_NODE_SCANNED, "its references were found by scanning"},
        {HF_NODE_SIZE_BASIC, "its size is that of its C struct alone"},
    };
    struct hf_object *object = &question->answer->public;
    uint32_t flags = hf_col_node_flags(question->snapshot)[object->node];
    const char **found = hf_arena_alloc(&question->answer->arena, sizeof words / sizeof words[0], sizeof *found);
    if (found == NULL)
        return hf_fail_nomem(question->error);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if ((flags & words[i].flag) != 0)
            found[object->num_flags++] = words[i].word;
    object->flags = found;
    return HF_OK;
}

static enum hf_status describe_site(struct question *question) {
    const struct hf_snapshot *snapshot = question->snapshot;
    struct hf_object *object = &question->answer->public;
    uint32_t first = hf_snapshot_site_of(snapshot, object->node);
    size_t count = 0;
    for (uint32_t at = first; at != HF_NO_SITE; at = hf_snapshot_get_site(snapshot, at).caller)
        count++;
    const char **lines = hf_arena_alloc(&question->answer->arena, count + 1, sizeof *lines);
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t at = first; lines != NULL && at != HF_NO_SITE;) {
        struct hf_site site = hf_snapshot_get_site(snapshot, at);
        hf_site_print(&text, &site);
        lines[object->num_allocated_at++] = keep(question, &text);
        at = site.caller;
    }
    hf_text_deinit(&text);
    object->allocated_at = lines;
    return question->answer->arena.failed ? hf_fail_nomem(question->error) : HF_OK;
}

static enum hf_status describe_roots(struct question *question) {
    struct hf_object *object = &question->answer->public;
    const struct hf_root_record *records = hf_col_roots(question->snapshot);
    size_t count = 0;
    for (size_t i = 0; i < hf_num_roots(question->snapshot); i++)
        count += records[i].node == object->node;
    const char **roots = hf_arena_alloc(&question->answer->arena, count + 1, sizeof *roots);
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t i = 0; roots != NULL && object->num_roots < count; i++) {
        if (records[i].node != object->node)
            continue;
        hf_root_print(&text, question->snapshot, i);
        roots[object->num_roots++] = keep(question, &text);
    }
    hf_text_deinit(&text);
    object->roots = roots;
    return question->answer->arena.failed ? hf_fail_nomem(question->error) : HF_OK;
}

/* ---- what others know ---- */

static enum hf_status describe_retained(struct question *question) {
    struct hf_object *object = &question->answer->public;
    const struct hf_dominators *dominators;
    enum hf_status status = hf_dominators_get(question->snapshot, question->options.progress, &dominators,
                                              question->error);
    if (status != HF_OK)
        return status;
    object->retained = hf_dominators_get_retained(dominators, object->node);
    object->dominator = hf_dominators_get_parent(dominators, object->node);
    object->dominator_type = "";
    if (object->dominator != HF_NO_NODE)
        object->dominator_type = hf_lookup_type_name(question->snapshot, object->dominator);
    return HF_OK;
}

/* The thread and its function, without the variable; any other root as it reads in a path. */
static const char *print_owner(struct question *question, const struct hf_path *path) {
    if (path->root.kind != HF_ROOT_FRAME || path->root.frame == HF_NO_FRAME)
        return path->root_text;
    struct hf_text text = HF_TEXT_INIT;
    hf_root_print_frame(&text, question->snapshot, path->root.frame);
    const char *owner = keep(question, &text);
    hf_text_deinit(&text);
    return owner;
}

static enum hf_status describe_path(struct question *question) {
    struct hf_object *object = &question->answer->public;
    const struct hf_why_options options = {.struct_size = sizeof options, .progress = question->options.progress};
    enum hf_status status = hf_why_create(question->snapshot, &question->selection, &options, &question->answer->why,
                                          question->error);
    object->owner = "";
    if (status != HF_OK || question->answer->why->num_paths == 0)
        return status;
    object->path = &question->answer->why->paths[0];
    object->owner = print_owner(question, object->path);
    return question->answer->arena.failed ? hf_fail_nomem(question->error) : HF_OK;
}

static enum hf_status describe_neighbours(struct question *question, enum hf_neighbours_direction direction,
                                          struct hf_neighbours **out) {
    const struct hf_neighbours_options options = {
        .struct_size = sizeof options,
        .direction = direction,
        .depth = 1,
        .max_rows = question->options.max_rows,
        .max_branches = question->options.max_rows,
        .progress = question->options.progress,
    };
    return hf_neighbours_create(question->snapshot, &question->selection, &options, out, question->error);
}

static enum hf_status describe(struct question *question) {
    struct answer *answer = question->answer;
    enum hf_status status = describe_node(question);
    if (status == HF_OK)
        status = describe_dict(question);
    if (status == HF_OK)
        status = describe_flags(question);
    if (status == HF_OK)
        status = describe_site(question);
    if (status == HF_OK)
        status = describe_roots(question);
    if (status == HF_OK)
        status = describe_path(question);
    if (status == HF_OK)
        status = describe_retained(question);
    if (status == HF_OK)
        status = describe_neighbours(question, HF_NEIGHBOURS_REFERRERS, &answer->referrers);
    if (status == HF_OK)
        status = describe_neighbours(question, HF_NEIGHBOURS_REFERENCES, &answer->references);
    if (status != HF_OK)
        return status;
    count_type(question);
    count_incoming(question);
    answer->public.referrers = answer->referrers;
    answer->public.references = answer->references;
    return HF_OK;
}

enum hf_status hf_object_create(const struct hf_snapshot *snapshot, hf_node_id node,
                                const struct hf_object_options *options, struct hf_object **out,
                                struct hf_error *error) {
    struct question question = {.snapshot = snapshot, .selection = {&node, 1, ""}, .error = error};
    if (!hf_options_copy(&question.options, sizeof question.options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options of an object is not set");
    if (node >= snapshot->num_nodes)
        return hf_fail(error, HF_ERR_ARGUMENT, "there is no object #%u: the snapshot has %u", node,
                       snapshot->num_nodes);
    if (question.options.max_rows == 0)
        question.options.max_rows = DEFAULT_ROWS;
    question.answer = hf_alloc(1, sizeof *question.answer);
    if (question.answer == NULL)
        return hf_fail_nomem(error);
    question.answer->public.node = node;
    enum hf_status status = describe(&question);
    if (status == HF_OK)
        *out = &question.answer->public;
    else
        hf_object_destroy(&question.answer->public);
    return status;
}

void hf_object_destroy(struct hf_object *object) {
    struct answer *made = (struct answer *)object;
    if (made == NULL)
        return;
    hf_neighbours_destroy(made->references);
    hf_neighbours_destroy(made->referrers);
    hf_why_destroy(made->why);
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
