/*
 * danger.c - objects whose reference count is below the number of references found.
 *
 *   references     from a list, a dict      of 3.11's frozen code   scanned words   a frame of a live process
 *   found               1        1                   -                    1                    1
 *                  └─── certain ───┘             not counted         └──────── perhaps ──────────┘
 *
 * A reference that a decoder read is one. Words that look like a reference may be borrowed ones, and a process that was
 * stopped at any instruction may be just moving one from here to there. So an object is in danger for certain when the
 * certain ones alone are more than it counts, and perhaps when only all of them together are.
 */
#include "analysis/native/danger.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"
#include "base/text.h"
#include "graph/graph.h"

#define MAX_VALUE_CHARS 60

struct tally {
    uint32_t certain, perhaps;
};

/* Constants of code that was frozen into the interpreter refer to others without counting it. */
static bool counts_nothing(const struct hf_snapshot *snapshot, hf_node_id source) {
    return (hf_col_node_flags(snapshot)[source] & HF_NODE_IMMORTAL) != 0 &&
           (hf_lookup_type(snapshot, source)->flags & (HF_TYPE_CODE | HF_TYPE_TUPLE)) != 0;
}

static void count_edges(const struct hf_snapshot *snapshot, struct tally *tallies) {
    struct hf_graph graph = hf_graph_of(snapshot);
    for (hf_node_id source = 0; source < graph.num_nodes; source++) {
        if (counts_nothing(snapshot, source))
            continue;
        bool is_scanned = (hf_col_node_flags(snapshot)[source] & HF_NODE_SCANNED) != 0;
        for (uint32_t edge = graph.row[source]; edge < graph.row[source + 1]; edge++) {
            struct tally *tally = &tallies[graph.target[edge]];
            tally->certain += !is_scanned;
            tally->perhaps += is_scanned;
        }
    }
}

static void count_roots(const struct hf_snapshot *snapshot, struct tally *tallies) {
    /* "in-process" or "in-process copy": between two instructions of Python. */
    bool is_at_rest = strncmp(hf_snapshot_get_origin(snapshot)->method, "in-process", 10) == 0;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        struct tally *tally = &tallies[root->node];
        bool is_frame = root->kind == HF_ROOT_FRAME && (root->flags & HF_ROOT_COUNTED) != 0;
        bool is_field = root->kind == HF_ROOT_BUILTINS || root->kind == HF_ROOT_INTERPRETER;
        tally->certain += is_field || (is_frame && is_at_rest);
        tally->perhaps += is_frame && !is_at_rest;
    }
}

/* ---- the answer ---- */

struct find {
    hf_node_id node;
    uint32_t missing;
    bool is_doubtful;
};

static int compare_finds(const void *left, const void *right) {
    const struct find *a = left, *b = right;
    if (a->is_doubtful != b->is_doubtful)
        return a->is_doubtful ? 1 : -1;
    if (a->missing != b->missing)
        return a->missing > b->missing ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static bool judge(const struct hf_snapshot *snapshot, hf_node_id node, struct tally tally, struct find *out) {
    uint32_t refcount = hf_col_node_refcount(snapshot)[node];
    uint64_t found = (uint64_t)tally.certain + tally.perhaps;
    if ((hf_col_node_flags(snapshot)[node] & HF_NODE_IMMORTAL) != 0 || found <= refcount)
        return false;
    *out = (struct find){node, (uint32_t)(found - refcount), tally.certain <= refcount};
    return true;
}

static const char *print_sentence(const struct hf_native_danger *danger, struct hf_arena *arena) {
    struct hf_text text = HF_TEXT_INIT;
    uint64_t missing = danger->num_found - danger->refcount;
    hf_text_add_count(&text, danger->num_found);
    hf_text_add(&text, danger->num_found == 1 ? " reference was found and " : " references were found and ");
    hf_text_add_count(&text, danger->refcount);
    hf_text_add(&text, danger->refcount == 1 ? " is counted: " : " are counted: ");
    if (danger->is_doubtful) {
        hf_text_add(&text, "one Py_DECREF too many, unless what was read as a reference is none");
    } else {
        hf_text_add_count(&text, missing);
        hf_text_addf(&text, " Py_DECREF%s too many. It will be freed while it is still in use",
                     missing == 1 ? "" : "s");
    }
    const char *copy = hf_arena_copy(arena, text.data != NULL ? text.data : "", text.length);
    arena->failed = arena->failed || text.failed;
    hf_text_deinit(&text);
    return copy;
}

static struct hf_native_danger describe(const struct hf_snapshot *snapshot, const struct find *find,
                                        struct hf_arena *arena) {
    char value[512];
    size_t length = hf_snapshot_print_value(snapshot, find->node, MAX_VALUE_CHARS, value, sizeof value);
    struct hf_native_danger danger = {
        .node = find->node,
        .type = hf_lookup_type_name(snapshot, find->node),
        .value = hf_arena_copy(arena, value, length < sizeof value ? length : sizeof value - 1),
        .refcount = hf_col_node_refcount(snapshot)[find->node],
        .num_found = (uint64_t)hf_col_node_refcount(snapshot)[find->node] + find->missing,
        .is_doubtful = find->is_doubtful,
    };
    danger.type = hf_arena_copy(arena, danger.type, strlen(danger.type));
    danger.text = print_sentence(&danger, arena);
    return danger;
}

/* All of them, in the order of the answer. False: no memory. */
static bool list_finds(const struct hf_snapshot *snapshot, const struct tally *tallies, struct hf_region *region,
                       size_t *num_finds) {
    struct find find;
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        if (!judge(snapshot, node, tallies[node], &find))
            continue;
        if (!hf_region_push(region, &find, sizeof find))
            return false;
    }
    *num_finds = region->used_bytes / sizeof find;
    if (*num_finds > 0)
        qsort(region->data, *num_finds, sizeof find, compare_finds);
    return true;
}

enum hf_status hf_danger_find(const struct hf_snapshot *snapshot, size_t limit, struct hf_arena *arena,
                              const struct hf_native_danger **out, size_t *num_out, size_t *num_all,
                              struct hf_error *error) {
    struct hf_region tallies = {0}, finds = {0};
    struct hf_native_danger *rows = NULL;
    *num_all = 0;
    bool ok = hf_region_reserve(&tallies, ((size_t)snapshot->num_nodes + 1) * sizeof(struct tally));
    if (ok) {
        count_edges(snapshot, (struct tally *)(void *)tallies.data);
        count_roots(snapshot, (struct tally *)(void *)tallies.data);
        ok = list_finds(snapshot, (const struct tally *)(const void *)tallies.data, &finds, num_all);
    }
    *num_out = limit > 0 && limit < *num_all ? limit : *num_all;
    if (ok)
        rows = hf_arena_alloc(arena, *num_out + 1, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < *num_out; i++)
        rows[i] = describe(snapshot, &((const struct find *)(const void *)finds.data)[i], arena);
    *out = rows;
    hf_region_deinit(&tallies);
    hf_region_deinit(&finds);
    return rows == NULL || arena->failed ? hf_fail_nomem(error) : HF_OK;
}
