/*
 * describe.c - finds an example for each place that is listed, and words for it.
 *
 *   row_of     [ - | - | 1 | - | 2 | ... ]      per place: 1 + the row that lists it
 *   found      [ best example, how good | .. ]  per row
 *   votes      row 1: Session 2,000, str 3      new objects at the place, by type
 *
 * The best example is an object at the place itself rather than a key, on a path that repeats a hop if one does (only
 * then the text can say so), and new in the last step.
 */
#include "analysis/growth/describe.h"

#include "analysis/naming/labels.h"
#include "analysis/path/merged.h"
#include "base/error.h"

/* What makes an example good. */
enum { IS_NEW = 1, REPEATS = 2, IS_DIRECT = 4 };

struct found {
    hf_node_id example;
    uint32_t score;                /* + 1; 0: none yet */
    bool has_new;                  /* an object at the place itself that is new */
    uint32_t best_votes, best_type, num_types;
    hf_place_id container_place;   /* or HF_NO_PLACE */
    hf_node_id container;          /* one of those there, which holds the example */
    uint64_t length_now;
};

struct vote {
    uint32_t row, type;            /* type index of the snapshot */
    uint32_t count;
};

struct describer {
    const struct hf_moment *last;
    const struct hf_match *match;
    struct hf_arena *arena;
    size_t num_rows;
    const uint32_t *row_of;
    struct hf_region row_region, container_region;
    struct found *found;
    struct hf_numbering pairs;     /* (row, type) */
    struct hf_region votes;        /* struct vote by number */
};

static bool is_new(const struct describer *describer, hf_node_id node) {
    return !hf_bitset_has(&describer->match->now.in_place, node);
}

static uint32_t score_of(const struct describer *describer, hf_node_id node) {
    const struct hf_placing *placing = &describer->last->placing;
    return (is_new(describer, node) ? IS_NEW : 0u) | (hf_bitset_has(&placing->repeats, node) ? REPEATS : 0u) |
           (hf_bitset_has(&placing->aside, node) ? 0u : IS_DIRECT);
}

static void find_examples(struct describer *describer) {
    for (hf_node_id node = 0; node < describer->last->snapshot->num_nodes; node++) {
        uint32_t row = describer->row_of[hf_moment_place(describer->last, node)];
        if (row == 0)
            continue;
        struct found *found = &describer->found[row - 1];
        uint32_t score = score_of(describer, node);
        found->has_new = found->has_new || (score & (IS_NEW | IS_DIRECT)) == (IS_NEW | IS_DIRECT);
        if (score + 1 > found->score) {
            found->score = score + 1;
            found->example = node;
        }
    }
}

/* ---- the types at a place ---- */

static bool vote(struct describer *describer, uint32_t row, uint32_t type) {
    uint64_t pair = ((uint64_t)row << 32 | type) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t number = hf_number_of(&describer->pairs, pair ^ pair >> 32);
    if (number == 0 || !hf_region_reserve(&describer->votes, ((size_t)number + 1) * sizeof(struct vote)))
        return false;
    struct vote *at = &((struct vote *)(void *)describer->votes.data)[number];
    *at = (struct vote){row, type, at->count + 1};
    return true;
}

/* New objects vote where there are some; else all that are there. */
static bool may_vote(const struct describer *describer, const struct found *found, hf_node_id node) {
    bool is_direct = !hf_bitset_has(&describer->last->placing.aside, node);
    if ((found->score - 1) & IS_DIRECT)
        return is_direct && (!found->has_new || is_new(describer, node));
    return true;
}

static bool count_votes(struct describer *describer) {
    const uint32_t *type = hf_col_node_type(describer->last->snapshot);
    for (hf_node_id node = 0; node < describer->last->snapshot->num_nodes; node++) {
        uint32_t row = describer->row_of[hf_moment_place(describer->last, node)];
        if (row != 0 && may_vote(describer, &describer->found[row - 1], node) &&
            !vote(describer, row - 1, type[node]))
            return false;
    }
    const struct vote *votes = (const struct vote *)(const void *)describer->votes.data;
    for (uint32_t i = 1; i <= describer->pairs.count; i++) {
        struct found *found = &describer->found[votes[i].row];
        found->num_types++;
        if (votes[i].count > found->best_votes) {
            found->best_votes = votes[i].count;
            found->best_type = votes[i].type;
        }
    }
    return true;
}

/* ---- the container ---- */

static bool note_container(const struct hf_moment *last, hf_node_id node, struct found *found) {
    if (hf_bitset_has(&last->placing.aside, node) || hf_moment_length(last, node) == 0)
        return false;
    found->container = node;
    found->container_place = hf_moment_place(last, node);
    return true;
}

/* What holds the example as an item; or else the example itself, if it has items. */
static void find_container(const struct describer *describer, struct found *found) {
    const struct hf_moment *last = describer->last;
    uint32_t edge = hf_paths_parent_edge(&last->paths, found->example);
    uint64_t label = last->placing.places->list[hf_moment_place(last, found->example)].label;
    bool is_item = edge != HF_PATHS_ROOT && label == hf_label_hash_of_items();
    if (!is_item || !note_container(last, hf_graph_edge_source(&last->graph, edge), found))
        (void)note_container(last, found->example, found);
}

/* Adds up the lengths of all containers at the places of those that were found. False: no memory. */
static bool measure_containers(struct describer *describer) {
    const struct hf_moment *last = describer->last;
    struct hf_region *region = &describer->container_region;
    if (!hf_region_reserve(region, ((size_t)last->num_places + 1) * sizeof(uint64_t)))
        return false;
    uint64_t *length = (uint64_t *)(void *)region->data;    /* + 1 at a place that is asked for */
    for (size_t i = 0; i < describer->num_rows; i++)
        length[describer->found[i].container_place] = 1;
    length[HF_NO_PLACE] = 0;
    for (hf_node_id node = 0; node < last->snapshot->num_nodes; node++)
        if (length[hf_moment_place(last, node)] > 0 && !hf_bitset_has(&last->placing.aside, node))
            length[hf_moment_place(last, node)] += hf_moment_length(last, node);
    for (size_t i = 0; i < describer->num_rows; i++)
        if (describer->found[i].container_place != HF_NO_PLACE)
            describer->found[i].length_now = length[describer->found[i].container_place] - 1;
    return true;
}

/* ---- rows ---- */

static enum hf_status describe_path(const struct describer *describer, hf_node_id node, const char **pattern,
                                    const char **owner, struct hf_error *error) {
    struct hf_route route;
    struct hf_path_group group = {.pattern = "", .owner = ""};
    enum hf_status status = hf_route_init(&route, &describer->last->paths, &describer->last->order, node, HF_NO_EDGE,
                                          error);
    if (status == HF_OK)
        status = hf_group_describe(describer->last->snapshot, &route, describer->arena, &group, error);
    hf_route_deinit(&route);
    *pattern = group.pattern;
    *owner = group.owner;
    return status;
}

static const char *copy_type(const struct describer *describer, uint32_t type) {
    size_t length;
    const struct hf_snapshot *snapshot = describer->last->snapshot;
    const char *name = hf_snapshot_get_text(snapshot, hf_col_types(snapshot)[type].name, &length);
    return hf_arena_copy(describer->arena, name, length);
}

static enum hf_status describe_container(const struct describer *describer, const struct found *found,
                                         const struct hf_region *lengths_then, struct hf_growth_place *row,
                                         struct hf_error *error) {
    const char *pattern;
    size_t num_then = lengths_then->capacity_bytes / sizeof(uint64_t);
    row->container = row->container_type = "";
    if (found->container_place == HF_NO_PLACE)
        return HF_OK;
    row->container_type = copy_type(describer, hf_col_node_type(describer->last->snapshot)[found->container]);
    row->num_containers = hf_moment_occupants(describer->last, found->container_place).count;
    row->length_now = found->length_now;
    if (found->container_place < num_then)
        row->length_then = ((const uint64_t *)(const void *)lengths_then->data)[found->container_place];
    return describe_path(describer, found->container, &pattern, &row->container, error);
}

static enum hf_status describe_row(const struct describer *describer, const struct hf_grown *grown, size_t index,
                                   size_t num_steps, const struct hf_region *lengths_then,
                                   struct hf_growth_place *row, struct hf_error *error) {
    const struct hf_grown_place *place = &grown->places[index];
    const struct found *found = &describer->found[index];
    int64_t *steps = hf_arena_alloc(describer->arena, 2 * num_steps + 1, sizeof *steps);
    if (steps == NULL)
        return hf_fail_nomem(error);
    hf_grown_steps(grown, place, num_steps, steps, steps + num_steps);
    *row = (struct hf_growth_place){
        .type = copy_type(describer, found->best_type),
        .num_types = found->num_types,
        .count_growth = place->count,
        .all_count_growth = place->all_count,
        .bytes_growth = place->bytes,
        .count_steps = steps,
        .bytes_steps = steps + num_steps,
        .count = hf_moment_occupants(describer->last, place->place).count,
        .num_moved = place->num_moved,
        .example = found->example,
        .example_addr = hf_snapshot_get_addr(describer->last->snapshot, found->example),
        .trend = place->trend,
    };
    enum hf_status status = describe_path(describer, found->example, &row->pattern, &row->owner, error);
    return status == HF_OK ? describe_container(describer, found, lengths_then, row, error) : status;
}

static bool begin(struct describer *describer, const struct hf_grown *grown) {
    struct hf_region *region = &describer->row_region;
    if (!hf_region_reserve(region, ((size_t)describer->last->num_places + 1) * sizeof(uint32_t)))
        return false;
    uint32_t *row_of = (uint32_t *)(void *)region->data;
    for (size_t i = 0; i < describer->num_rows; i++)
        row_of[grown->places[i].place] = (uint32_t)i + 1;
    describer->row_of = row_of;
    describer->found = hf_alloc(describer->num_rows + 1, sizeof *describer->found);
    return describer->found != NULL;
}

enum hf_status hf_describe_places(const struct hf_grown *grown, size_t num_rows, size_t num_steps,
                                  const struct hf_moment *last, const struct hf_match *match,
                                  const struct hf_region *lengths_then, struct hf_arena *arena,
                                  struct hf_growth_place *rows, struct hf_error *error) {
    struct describer describer = {.last = last, .match = match, .arena = arena, .num_rows = num_rows};
    bool ok = begin(&describer, grown);
    if (ok) {
        find_examples(&describer);
        ok = count_votes(&describer);
        for (size_t i = 0; ok && i < num_rows; i++)
            find_container(&describer, &describer.found[i]);
        ok = ok && measure_containers(&describer);
    }
    enum hf_status status = ok ? HF_OK : hf_fail_nomem(error);
    for (size_t i = 0; i < num_rows && status == HF_OK; i++)
        status = describe_row(&describer, grown, i, num_steps, lengths_then, &rows[i], error);
    hf_region_deinit(&describer.row_region);
    hf_region_deinit(&describer.container_region);
    hf_region_deinit(&describer.votes);
    hf_numbering_deinit(&describer.pairs);
    hf_free(describer.found);
    return status == HF_OK && arena->failed ? hf_fail_nomem(error) : status;
}
