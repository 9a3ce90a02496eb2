/*
 * waste.c - asks each kind of waste in turn, sorts its rows, and puts the first of them into words.
 *
 *   kinds   [ duplicates | empty | single | spare | ... ]       a title, how to find, how to describe, what to doubt
 *   finds   (str, keeper 9): 1,203 objects, 71 KiB saved        of one kind at a time
 *   rows    "str", "3 values, most often 'GET' (1,204)", "shop.cache.Session.method"
 *
 * Words are made for the rows that are listed alone.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/path/merged.h"
#include "analysis/path/route.h"
#include "analysis/waste/hunt.h"
#include "base/error.h"
#include "base/options.h"

#define DEFAULT_ROWS 10

static const struct kind {
    const char *name, *title;
    enum hf_status (*find)(struct hf_hunt *hunt, struct hf_error *error);
    void (*describe)(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);
    const char *(*doubt)(const struct hf_snapshot *snapshot, bool *is_answered);   /* NULL: there is nothing to doubt */
} kinds[HF_WASTE_NUM_KINDS] = {
    [HF_WASTE_DUPLICATES] = {"duplicates", "equal str, bytes and tuples: what is saved with one copy of each",
                             hf_find_duplicates, hf_describe_duplicates, hf_doubt_duplicates},
    [HF_WASTE_EMPTY] = {"empty", "dicts, lists and sets without items: what is saved if they are made when needed",
                        hf_find_empty, hf_describe_empty, NULL},
    [HF_WASTE_SINGLE] = {"single", "dicts, lists and sets of one item: what is saved if the item is held directly",
                         hf_find_single, hf_describe_single, NULL},
    [HF_WASTE_SPARE] = {"spare", "dicts, lists and sets of more items: what new copies of them do not take",
                        hf_find_spare, hf_describe_spare, hf_doubt_capacity},
    [HF_WASTE_SLOTS] = {"slots", "classes without __slots__: what is saved if they, and their bases, have these",
                        hf_find_slots, hf_describe_slots, hf_doubt_extents},
    [HF_WASTE_VIEWS] = {"views", "small views that alone hold a large buffer: what is saved with copies of these parts",
                        hf_find_views, hf_describe_views, hf_doubt_extents},
    [HF_WASTE_ARENAS] = {"arenas", "blocks of memory that few objects keep: what goes back to the system without them",
                         hf_find_arenas, hf_describe_arenas, hf_doubt_capacity},
};

struct answer {
    struct hf_waste public;          /* first, so that the one is the other */
    struct hf_waste_section sections[HF_WASTE_NUM_KINDS];
    struct hf_arena arena;
};

const char *hf_waste_kind_name(enum hf_waste_kind kind) {
    return (unsigned)kind < HF_WASTE_NUM_KINDS ? kinds[kind].name : "";
}

/* ---- rows ---- */

static int compare_finds(const void *a, const void *b) {
    const struct hf_find *left = a, *right = b;
    if (left->saving_bytes != right->saving_bytes)
        return left->saving_bytes < right->saving_bytes ? 1 : -1;
    return (left->example > right->example) - (left->example < right->example);
}

static enum hf_status describe_keeper(const struct hf_hunt *hunt, hf_node_id node, struct hf_arena *arena,
                                      struct hf_waste_row *row, struct hf_error *error) {
    struct hf_path_group group = {.pattern = "", .owner = ""};
    struct hf_route route;
    row->pattern = row->owner = "";
    if (!hf_paths_is_reached(&hunt->tree->paths, node))
        return HF_OK;
    enum hf_status status = hf_route_init(&route, &hunt->tree->paths, &hunt->tree->order, node, HF_NO_EDGE, error);
    if (status == HF_OK)
        status = hf_group_describe(hunt->snapshot, &route, arena, &group, error);
    hf_route_deinit(&route);
    row->pattern = group.pattern;
    row->owner = group.owner;
    return status;
}

static enum hf_status describe_row(const struct hf_hunt *hunt, const struct kind *kind, const struct hf_find *find,
                                   struct hf_arena *arena, struct hf_waste_row *row, struct hf_error *error) {
    struct hf_text what = HF_TEXT_INIT;
    const char *type = hf_snapshot_get_type(hunt->snapshot, find->type).name;
    kind->describe(hunt, find, &what);
    *row = (struct hf_waste_row){
        .type = hf_arena_copy(arena, type, strlen(type)),
        .count = find->count,
        .size_bytes = find->size_bytes,
        .saving_bytes = find->saving_bytes,
        .num_held = find->num_held != 0 ? find->num_held : find->count,
        .what = hf_arena_copy(arena, what.data != NULL ? what.data : "", what.length),
        .example = find->example,
        .example_addr = hf_snapshot_get_addr(hunt->snapshot, find->example),
    };
    bool failed = what.failed || arena->failed;
    hf_text_deinit(&what);
    return failed ? hf_fail_nomem(error) : describe_keeper(hunt, find->example, arena, row, error);
}

/* ---- sections ---- */

/* Sums up all finds and lists the first rows of them. */
static enum hf_status list_rows(const struct hf_hunt *hunt, const struct hf_waste_options *options,
                                struct hf_arena *arena, struct hf_waste_section *section, struct hf_error *error) {
    struct hf_find *finds = hf_hunt_finds(hunt);
    size_t num_finds = hunt->numbers.count;
    if (num_finds > 0)
        qsort(finds + 1, num_finds, sizeof *finds, compare_finds);
    while (num_finds > 0 && finds[num_finds].saving_bytes == 0)
        num_finds--;
    for (size_t i = 1; i <= num_finds; i++) {
        section->count += finds[i].count;
        section->size_bytes += finds[i].size_bytes;
        section->saving_bytes += finds[i].saving_bytes;
    }
    section->num_all_rows = num_finds;
    size_t limit = options->limit != 0 ? options->limit : DEFAULT_ROWS, num_rows = 0;
    while (num_rows < limit && num_rows < num_finds && finds[num_rows + 1].saving_bytes >= options->min_bytes)
        num_rows++;
    struct hf_waste_row *rows = hf_arena_alloc(arena, num_rows + 1, sizeof *rows);
    if (rows == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < num_rows && status == HF_OK; i++) {
        status = describe_row(hunt, &kinds[section->kind], &finds[i + 1], arena, &rows[i], error);
        section->listed_bytes += finds[i + 1].saving_bytes;
    }
    section->rows = rows;
    section->num_rows = num_rows;
    return status;
}

static enum hf_status answer_kind(struct hf_hunt *hunt, const struct hf_waste_options *options,
                                  struct hf_arena *arena, struct hf_waste_section *section, struct hf_error *error) {
    const struct kind *kind = &kinds[section->kind];
    section->title = kind->title;
    section->problem = "";
    section->is_answered = true;
    if (kind->doubt != NULL)
        section->problem = kind->doubt(hunt->snapshot, &section->is_answered);
    if (!section->is_answered)
        return HF_OK;
    enum hf_status status = kind->find(hunt, error);
    if (status == HF_OK)
        status = list_rows(hunt, options, arena, section, error);
    if (status == HF_OK && hunt->note.length > 0)
        section->problem = hf_arena_copy(arena, hunt->note.data, hunt->note.length);
    if (status == HF_OK && (hunt->note.failed || arena->failed))
        status = hf_fail_nomem(error);
    hf_text_deinit(&hunt->note);
    hf_numbering_deinit(&hunt->numbers);
    hf_region_deinit(&hunt->finds);
    hf_region_deinit(&hunt->words);
    return status;
}

/* ---- the whole ---- */

static bool mark_attribute_dicts(const struct hf_snapshot *snapshot, const uint8_t *edge_kind,
                                 struct hf_bitset *attribute_dicts) {
    const uint16_t *name = hf_col_edge_name(snapshot);
    const uint32_t *target = hf_col_edge_target(snapshot);
    if (!hf_bitset_init(attribute_dicts, snapshot->num_nodes))
        return false;
    for (uint32_t edge = 0; edge < snapshot->num_edges; edge++)
        if (edge_kind[name[edge]] == HF_NAME_DICT)
            hf_bitset_add(attribute_dicts, target[edge]);
    return true;
}

static void sum_up(const struct hf_snapshot *snapshot, struct hf_waste *waste) {
    waste->total_count = snapshot->num_nodes;
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++)
        waste->total_bytes += hf_snapshot_get_size(snapshot, node);
}

static enum hf_status answer_all(struct hf_hunt *hunt, const struct hf_waste_options *options, struct answer *answer,
                                 struct hf_error *error) {
    enum hf_status status = hf_tree_get(hunt->snapshot, options->progress, &hunt->tree, error);
    if (status == HF_OK)
        status = hf_tree_get_placing(hunt->snapshot, hunt->tree, options->progress, &hunt->placing, error);
    struct hf_keepers keepers = {0};
    if (status == HF_OK)
        status = hf_keepers_init(&keepers, hunt->snapshot, hunt->tree, hunt->placing, error);
    hunt->keepers = &keepers;
    for (unsigned kind = 0; kind < HF_WASTE_NUM_KINDS && status == HF_OK; kind++) {
        if (options->kinds != 0 && (options->kinds >> kind & 1) == 0)
            continue;
        struct hf_waste_section *section = &answer->sections[answer->public.num_sections++];
        section->kind = (enum hf_waste_kind)kind;
        status = answer_kind(hunt, options, &answer->arena, section, error);
    }
    hf_keepers_deinit(&keepers);
    sum_up(hunt->snapshot, &answer->public);
    return status;
}

static enum hf_status fill(const struct hf_snapshot *snapshot, const struct hf_waste_options *options,
                           struct answer *answer, struct hf_error *error) {
    struct hf_bitset attribute_dicts = {0};
    size_t num_names = hf_num_names(snapshot);
    uint8_t *edge_kind = hf_alloc(num_names + 1, sizeof *edge_kind);
    for (size_t i = 0; edge_kind != NULL && i < num_names; i++)
        edge_kind[i] = hf_col_names(snapshot)[i].kind;
    struct hf_hunt hunt = {.snapshot = snapshot, .edge_kind = edge_kind, .attribute_dicts = &attribute_dicts,
                           .progress = options->progress};
    enum hf_status status = edge_kind != NULL && mark_attribute_dicts(snapshot, edge_kind, &attribute_dicts)
                                ? answer_all(&hunt, options, answer, error)
                                : hf_fail_nomem(error);
    hf_bitset_deinit(&attribute_dicts);
    hf_free(edge_kind);
    return status;
}

enum hf_status hf_waste_create(const struct hf_snapshot *snapshot, const struct hf_waste_options *given,
                               struct hf_waste **out, struct hf_error *error) {
    struct hf_waste_options options = {0};
    if (!hf_options_copy(&options, sizeof options, given))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    if (options.kinds >> HF_WASTE_NUM_KINDS != 0)
        return hf_fail(error, HF_ERR_ARGUMENT, "there are %d kinds of waste", HF_WASTE_NUM_KINDS);
    struct answer *answer = hf_alloc(1, sizeof *answer);
    if (answer == NULL)
        return hf_fail_nomem(error);
    answer->public.sections = answer->sections;
    enum hf_status status = fill(snapshot, &options, answer, error);
    if (status == HF_OK)
        *out = &answer->public;
    else
        hf_waste_destroy(&answer->public);
    return status;
}

void hf_waste_destroy(struct hf_waste *waste) {
    struct answer *answer = (struct answer *)waste;
    if (answer == NULL)
        return;
    hf_arena_deinit(&answer->arena);
    hf_free(answer);
}
