/*
 * merged.c - writes a route with its indexes and keys masked.
 *
 *   steps      .CACHE       ._shards     [7]      ['k']      .next  .next  .next
 *   pattern    shop.CACHE   ._shards     [*]      [*]        (.next)+
 *
 * The owner is the last name that the program gave, behind the type that has it: "shop.cache.Cache._shards[*][*]".
 * A path that does not repeat itself can still be very long; then its middle is counted in place of written.
 */
#include "analysis/path/merged.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"

#define MAX_LABELS 60        /* in one text */
#define MAX_NAME_CHARS 200

/* Runs: steps that read the same, one after the other. Run r starts at step runs[r] and ends where the next starts. */
struct merger {
    const struct hf_snapshot *snapshot;
    const struct hf_route *route;
    struct hf_region run_region;
    size_t *runs;
    size_t num_runs;
    size_t last_named;       /* the last run whose label is a name; SIZE_MAX if there is none */
};

enum hf_namespace hf_route_namespace(const struct hf_snapshot *snapshot, const struct hf_route *route, size_t step) {
    if (route->steps[step].dict != HF_NO_NODE)
        return HF_NAMESPACE_ATTRIBUTES;
    bool is_dict = (hf_lookup_type(snapshot, route->steps[step].owner)->flags & HF_TYPE_DICT) != 0;
    return step > 0 && is_dict ? hf_namespace_of(snapshot, route->steps[step - 1].edge) : HF_NAMESPACE_NONE;
}

/* Appends the label of a step; true when it is a name. */
static bool print_label(const struct merger *merger, size_t index, struct hf_text *out) {
    const struct hf_step *step = &merger->route->steps[index];
    bool is_name = false;
    hf_label_print(out, merger->snapshot, hf_step_source(step), step->edge,
                   hf_route_namespace(merger->snapshot, merger->route, index), &is_name);
    return is_name;
}

static uint32_t target_type(const struct merger *merger, size_t index) {
    uint32_t edge = merger->route->steps[index].edge;
    return hf_col_node_type(merger->snapshot)[hf_col_edge_target(merger->snapshot)[edge]];
}

static bool is_equal(const struct hf_text *a, const struct hf_text *b) {
    return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

static bool push_run(struct merger *merger, size_t index, bool is_name) {
    struct hf_region *region = &merger->run_region;
    if (!hf_region_push(region, &index, sizeof index))
        return false;
    merger->runs = (size_t *)(void *)region->data;
    merger->num_runs++;
    if (is_name)
        merger->last_named = merger->num_runs - 1;
    return true;
}

/* Cuts the route into runs. False: no memory. */
static bool find_runs(struct merger *merger) {
    struct hf_text label = HF_TEXT_INIT, before = HF_TEXT_INIT;
    bool ok = true;
    merger->last_named = SIZE_MAX;
    for (size_t i = 0; i < merger->route->num_steps && ok; i++) {
        hf_text_cut(&label, 0);
        bool is_name = print_label(merger, i, &label);
        bool repeats = i > 0 && target_type(merger, i) == target_type(merger, i - 1) && is_equal(&label, &before);
        ok = !label.failed && (repeats || push_run(merger, i, is_name));
        struct hf_text other = before;
        before = label;
        label = other;
    }
    hf_text_deinit(&label);
    hf_text_deinit(&before);
    return ok;
}

static void print_run(const struct merger *merger, size_t run, struct hf_text *text) {
    size_t end = run + 1 < merger->num_runs ? merger->runs[run + 1] : merger->route->num_steps;
    bool is_repeated = end - merger->runs[run] > 1;
    if (is_repeated)
        hf_text_add_char(text, '(');
    (void)print_label(merger, merger->runs[run], text);
    if (is_repeated)
        hf_text_add(text, ")+");
}

/* Appends the runs from `first` on, without the middle ones when there are too many. */
static void print_runs(const struct merger *merger, size_t first, struct hf_text *text) {
    size_t count = merger->num_runs - first;
    for (size_t run = first; run < merger->num_runs; run++) {
        if (count > MAX_LABELS && run == first + MAX_LABELS / 2) {
            hf_text_addf(text, " ... %zu more ... ", count - MAX_LABELS);
            run += count - MAX_LABELS;
        }
        print_run(merger, run, text);
    }
}

/* What stands between the quotes, or behind the first word, of "<class 'shop.Cache'>" and "<function shop.get>". */
static void add_bare_name(struct hf_text *text, const char *value) {
    const char *start = strchr(value, ' '), *end = strrchr(value, '>');
    if (value[0] != '<' || start == NULL || end == NULL || end <= start + 1) {
        hf_text_add(text, value);
        return;
    }
    start++;
    if (*start == '\'' && end[-1] == '\'') {
        start++;
        end--;
    }
    if (end > start)
        hf_text_add_bytes(text, start, (size_t)(end - start));
}

void hf_owner_print(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node) {
    const struct hf_type_record *type = hf_lookup_type(snapshot, node);
    char value[MAX_NAME_CHARS * 4 + 1];
    bool has_name = (type->flags & (HF_TYPE_TYPE | HF_TYPE_MODULE | HF_TYPE_FUNCTION)) != 0;
    if (has_name && hf_snapshot_print_value(snapshot, node, MAX_NAME_CHARS, value, sizeof value) > 0)
        add_bare_name(text, value);
    else
        hf_text_add(text, hf_snapshot_get_text(snapshot, type->name, NULL));
}

static void write_owner(const struct merger *merger, struct hf_text *text) {
    if (merger->last_named == SIZE_MAX) {
        hf_root_print_masked(text, merger->snapshot, merger->route->root);
        print_runs(merger, 0, text);
        return;
    }
    hf_owner_print(text, merger->snapshot, merger->route->steps[merger->runs[merger->last_named]].owner);
    print_runs(merger, merger->last_named, text);
}

static const char *keep(struct hf_arena *arena, struct hf_text *text) {
    const char *copy = hf_arena_copy(arena, text->data != NULL ? text->data : "", text->length);
    arena->failed = arena->failed || text->failed;
    hf_text_deinit(text);
    return copy;
}

static void write_pattern(const struct merger *merger, struct hf_text *text) {
    if (merger->route->root == HF_NO_ROOT)
        hf_text_add(text, hf_lookup_type_name(merger->snapshot, merger->route->start));
    else
        hf_root_print_masked(text, merger->snapshot, merger->route->root);
    print_runs(merger, 0, text);
}

enum hf_status hf_pattern_describe(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                   struct hf_arena *arena, const char **out, struct hf_error *error) {
    struct merger merger = {.snapshot = snapshot, .route = route};
    struct hf_text pattern = HF_TEXT_INIT;
    bool is_done = find_runs(&merger);
    if (is_done) {
        write_pattern(&merger, &pattern);
        *out = keep(arena, &pattern);
    }
    hf_region_deinit(&merger.run_region);
    return is_done && !arena->failed ? HF_OK : hf_fail_nomem(error);
}

enum hf_status hf_group_describe(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                 struct hf_arena *arena, struct hf_path_group *group, struct hf_error *error) {
    struct merger merger = {.snapshot = snapshot, .route = route};
    if (!find_runs(&merger)) {
        hf_region_deinit(&merger.run_region);
        return hf_fail_nomem(error);
    }
    struct hf_text pattern = HF_TEXT_INIT, owner = HF_TEXT_INIT;
    write_pattern(&merger, &pattern);
    write_owner(&merger, &owner);
    group->pattern = keep(arena, &pattern);
    group->owner = keep(arena, &owner);
    hf_region_deinit(&merger.run_region);
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}
