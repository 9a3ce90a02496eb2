/*
 * views.c - small views that keep a large buffer alive.
 *
 *   memoryview, 10 B --<managed buffer>--> managedbuffer --<buffer of>--> bytes, 1 MiB
 *   ndarray, 24 B    --.base--> ndarray, 800 KiB
 *
 * A buffer counts when it is ten times as large as all small views of it together, and only these views, and what lies
 * between them and it, refer to it: then copies of what they show would do. Whoever else holds it, or a large view of
 * it, needs it anyway.
 *
 *   referrers   how many references lead to each node on the way     counted in one pass over all edges
 *   covered     how many of these come from a small view, or from a node on the way all of whose referrers are covered
 *
 * The saving belongs to the first view of a buffer; the others are counted with it.
 */
#include <string.h>

#include "analysis/waste/hunt.h"
#include "base/error.h"

#define MAX_HOPS 16
#define TIMES_LARGER 10
#define NOWHERE UINT32_MAX

/* A node that a view leads to. */
struct stop {
    uint32_t num_referrers, num_covered;
    uint32_t num_views;          /* small ones whose buffer it is */
    uint64_t view_bytes;         /* that these show */
    bool is_root, is_done;
};

struct search {
    struct hf_hunt *hunt;
    const uint8_t *is_onward;    /* by code of a name: whether it leads from a view to what it shows */
    struct hf_region next_region, number_region;
    uint32_t *next;              /* per node: where it leads, + 1; NOWHERE; 0: not looked yet. It may have many edges */
    uint32_t *number;            /* per node: that of its stop, from 1 on; 0: none */
    struct hf_region stops;      /* struct stop; [0] is unused */
    uint32_t num_stops;
};

static struct stop *stop_of(const struct search *search, hf_node_id node) {
    uint32_t number = search->number[node];
    return number != 0 ? &((struct stop *)(void *)search->stops.data)[number] : NULL;
}

/* Where a node leads on the way to memory, or HF_NO_NODE. */
static hf_node_id next_of(const struct search *search, hf_node_id node) {
    const struct hf_snapshot *snapshot = search->hunt->snapshot;
    const uint32_t *row = hf_col_row(snapshot);
    uint32_t *next = &search->next[node];
    for (uint32_t edge = row[node]; *next == 0 && edge < row[node + 1]; edge++)
        if (search->is_onward[hf_col_edge_name(snapshot)[edge]])
            *next = hf_col_edge_target(snapshot)[edge] + 1;
    if (*next == 0)
        *next = NOWHERE;
    return *next == NOWHERE ? HF_NO_NODE : *next - 1;
}

/* The object whose memory a view shows, HF_NO_NODE if there is none. */
static hf_node_id buffer_of(const struct search *search, hf_node_id view) {
    hf_node_id found = HF_NO_NODE, node = view;
    for (int i = 0; i < MAX_HOPS && (node = next_of(search, node)) != HF_NO_NODE && node != view; i++)
        found = node;
    return found;
}

static bool is_small(const struct search *search, const struct hf_view_record *view, hf_node_id buffer) {
    uint64_t size_bytes = hf_snapshot_get_size(search->hunt->snapshot, buffer);
    return view->num_bytes < size_bytes / TIMES_LARGER;
}

static bool add_stop(struct search *search, hf_node_id node) {
    if (search->number[node] != 0)
        return true;
    uint32_t number = ++search->num_stops;
    if (!hf_region_reserve(&search->stops, ((size_t)number + 1) * sizeof(struct stop)))
        return false;
    search->number[node] = number;
    return true;
}

static bool add_stops(struct search *search, const struct hf_view_record *view) {
    bool ok = true;
    hf_node_id node = view->node;
    for (int i = 0; ok && i < MAX_HOPS && (node = next_of(search, node)) != HF_NO_NODE && node != view->node; i++)
        ok = add_stop(search, node);
    return ok;
}

static void count_referrers(struct search *search) {
    const struct hf_snapshot *snapshot = search->hunt->snapshot;
    const uint32_t *target = hf_col_edge_target(snapshot);
    for (uint32_t edge = 0; edge < snapshot->num_edges; edge++)
        if (search->number[target[edge]] != 0)
            stop_of(search, target[edge])->num_referrers++;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        struct stop *stop = stop_of(search, hf_col_roots(snapshot)[i].node);
        if (stop != NULL)
            stop->is_root = true;
    }
}

/* Goes on from a node whose referrers are all covered: what it leads to has one more that is. */
static void cover(struct search *search, hf_node_id node) {
    for (int i = 0; i < MAX_HOPS && (node = next_of(search, node)) != HF_NO_NODE; i++) {
        struct stop *stop = stop_of(search, node);
        if (stop == NULL || stop->is_done)
            return;
        stop->num_covered++;
        if (stop->is_root || stop->num_covered < stop->num_referrers)
            return;
        stop->is_done = true;
    }
}

static bool count_view(struct search *search, const struct hf_view_record *view) {
    hf_node_id buffer = buffer_of(search, view->node);
    if (buffer == HF_NO_NODE || !is_small(search, view, buffer) || stop_of(search, view->node) != NULL)
        return true;
    struct stop *stop = stop_of(search, buffer);
    uint64_t size_bytes = hf_snapshot_get_size(search->hunt->snapshot, buffer);
    if (!stop->is_done || stop->view_bytes >= size_bytes / TIMES_LARGER)
        return true;
    uint32_t type = hf_col_node_type(search->hunt->snapshot)[view->node];
    uint32_t keeper = hf_keepers_get(search->hunt->keepers, view->node);
    struct hf_find *find = keeper != 0 ? hf_hunt_row(search->hunt, type, keeper, view->node) : NULL;
    if (find == NULL)
        return false;
    bool is_first = stop->num_views > 0;
    find->count++;
    find->used += view->num_bytes;
    find->size_bytes += hf_snapshot_get_size(search->hunt->snapshot, view->node) + (is_first ? size_bytes : 0);
    find->slots += is_first ? size_bytes : 0;
    find->saving_bytes += is_first ? size_bytes - stop->view_bytes : 0;
    if (is_first && size_bytes > find->best) {
        find->best = size_bytes;
        find->example = view->node;
    }
    stop->num_views = 0;
    return true;
}

/* Views that others lead through are no small views of their own, but part of the way. */
static bool look(struct search *search) {
    const struct hf_snapshot *snapshot = search->hunt->snapshot;
    const struct hf_view_record *views = hf_col_views(snapshot);
    size_t count = hf_num_views(snapshot);
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++)
        ok = add_stops(search, &views[i]);
    if (!ok)
        return false;
    count_referrers(search);
    for (size_t i = 0; i < count; i++) {
        hf_node_id buffer = buffer_of(search, views[i].node);
        if (buffer == HF_NO_NODE || !is_small(search, &views[i], buffer) || stop_of(search, views[i].node) != NULL)
            continue;
        struct stop *stop = stop_of(search, buffer);
        stop->num_views++;
        stop->view_bytes += views[i].num_bytes;
        cover(search, views[i].node);
    }
    for (size_t i = 0; i < count && ok; i++)
        ok = count_view(search, &views[i]);
    return ok;
}

enum hf_status hf_find_views(struct hf_hunt *hunt, struct hf_error *error) {
    static const char *const onward[] = {"managed buffer", "buffer of", "base"};
    const struct hf_snapshot *snapshot = hunt->snapshot;
    if (hf_num_views(snapshot) == 0)
        return HF_OK;
    size_t num_names = hf_num_names(snapshot);
    uint8_t *is_onward = hf_alloc(num_names + 1, sizeof *is_onward);
    struct search search = {.hunt = hunt, .is_onward = is_onward};
    bool ok = is_onward != NULL &&
              hf_region_reserve(&search.number_region, ((size_t)snapshot->num_nodes + 1) * sizeof(uint32_t)) &&
              hf_region_reserve(&search.next_region, ((size_t)snapshot->num_nodes + 1) * sizeof(uint32_t));
    search.next = (uint32_t *)(void *)search.next_region.data;
    search.number = (uint32_t *)(void *)search.number_region.data;
    for (size_t i = 0; ok && i < num_names; i++)
        for (size_t j = 0; j < sizeof onward / sizeof *onward; j++)
            is_onward[i] |=
                strcmp(hf_snapshot_get_text(snapshot, hf_col_names(snapshot)[i].text, NULL), onward[j]) == 0;
    ok = ok && look(&search);
    hf_region_deinit(&search.next_region);
    hf_region_deinit(&search.number_region);
    hf_region_deinit(&search.stops);
    hf_free(is_onward);
    return ok ? HF_OK : hf_fail_nomem(error);
}

void hf_describe_views(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    (void)hunt;
    hf_text_add_size(text, find->used);
    hf_text_add(text, " of ");
    hf_text_add_size(text, find->slots);
    hf_text_add(text, " shown");
}
