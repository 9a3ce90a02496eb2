/*
 * match.c - which objects of two snapshots are the same.
 *
 *   before    0x1000 list   0x1040 dict   0x1080 str 'a'                  nodes ascend in address,
 *   now       0x1000 list                 0x1080 str 'b'   0x10c0 int     so one merge pairs equal addresses
 *   pairs          \_ same?                    \_ replaced
 *
 * A pair is then judged by type, and by content where there is any:
 *
 *   str, bytes, numbers     by value, else by size
 *   tuples                  another one as soon as one of the first items is
 *   all others              by their first references: one that leads where it led before says "the same", unless what
 *                           it leads to is shared by so many that it says nothing (None, small numbers, interned keys);
 *                           when all lead elsewhere it is another object
 *
 * What is judged by nothing is assumed to be the same. How many of these are not is estimated from those of their type
 * (or, if these are few, of all types) that could be judged: an address is used again by a type as often where content
 * tells as where it does not.
 *
 * In another process objects have other addresses, and pairs would mean nothing. The addresses of classes tell: they
 * are made once and stay. Types that are part of a program do not: they may lie at one address in every run.
 */
#include "analysis/growth/match.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"
#include "base/prefetch.h"
#include "snapshot/preview.h"

#define AHEAD 16
#define MAX_COMPARED 8       /* references of an object */
#define SHARED_FROM 32       /* references to an object that many share */
#define MANY_JUDGED 30       /* judged pairs of a type that tell its rate */

enum verdict { SAME, REPLACED, ASSUMED, NUM_VERDICTS };

struct judged {
    uint64_t count[NUM_VERDICTS];
};

struct matcher {
    const struct hf_moment *before, *now;
    struct hf_census *census;
    struct hf_match *match;
    hf_node_id *partner;             /* per node before: the one at the same address now, or HF_NO_NODE */
    struct hf_region partner_region;
    struct hf_region judged;         /* struct judged per type of the census */
    size_t preview_before, preview_now;   /* where the last looks ended: nodes come in ascending order */
};

/* ---- pairs of equal addresses ---- */

/* Where a node lies: chunks ascend, and granules inside a chunk. */
struct spot {
    uint64_t chunk;
    uint32_t granule;
};

static struct spot spot_of(const struct hf_snapshot *snapshot, hf_node_id node) {
    uint32_t key = hf_col_node_key(snapshot)[node];
    return (struct spot){hf_col_chunk_base(snapshot)[key >> HF_KEY_GRANULE_BITS], key & 0xFFFFu};
}

static int compare_spots(struct spot a, struct spot b) {
    if (a.chunk != b.chunk)
        return a.chunk < b.chunk ? -1 : 1;
    return (a.granule > b.granule) - (a.granule < b.granule);
}

static void pair_addresses(struct matcher *matcher) {
    const struct hf_snapshot *before = matcher->before->snapshot, *now = matcher->now->snapshot;
    hf_node_id j = 0;
    for (hf_node_id i = 0; i < before->num_nodes; i++) {
        struct spot spot = spot_of(before, i);
        int order = 1;
        while (j < now->num_nodes && (order = compare_spots(spot, spot_of(now, j))) > 0)
            j++;
        matcher->partner[i] = j < now->num_nodes && order == 0 ? j : HF_NO_NODE;
    }
}

/* ---- one process or two ---- */

/* The address of each class that was made at run time, by type of the census; else 0. False: no memory. */
static bool list_class_addrs(const struct hf_moment *moment, size_t num_ids, struct hf_region *out) {
    if (!hf_region_reserve(out, num_ids * sizeof(uint64_t)))
        return false;
    uint64_t *addrs = (uint64_t *)(void *)out->data;
    const hf_census_id *ids = (const hf_census_id *)(const void *)moment->ids.data;
    for (size_t i = 0; i < hf_num_types(moment->snapshot); i++) {
        const struct hf_type_record *type = &hf_col_types(moment->snapshot)[i];
        if (type->node != HF_NO_NODE && (type->flags & HF_TYPE_HEAP) != 0)
            addrs[ids[i]] = hf_snapshot_get_addr(moment->snapshot, type->node);
    }
    return true;
}

/* It is one process when most classes that both know are where they were. */
static enum hf_status compare_processes(struct matcher *matcher, struct hf_error *error) {
    size_t num_ids = (size_t)matcher->census->names.count + 1;
    size_t num_known = 0, num_equal = 0;
    struct hf_region before = {0}, now = {0};
    bool ok = list_class_addrs(matcher->before, num_ids, &before) && list_class_addrs(matcher->now, num_ids, &now);
    for (size_t id = 0; ok && id < num_ids; id++) {
        uint64_t a = ((const uint64_t *)(const void *)before.data)[id];
        uint64_t b = ((const uint64_t *)(const void *)now.data)[id];
        num_known += a != 0 && b != 0;
        num_equal += a != 0 && a == b;
    }
    matcher->match->identity.by_address =
        num_known > 0 ? num_equal * 2 > num_known
                      : matcher->before->snapshot->origin.pid == matcher->now->snapshot->origin.pid;
    hf_region_deinit(&before);
    hf_region_deinit(&now);
    return ok ? HF_OK : hf_fail_nomem(error);
}

/* ---- type and content of a pair ---- */

static uint64_t type_addr(const struct hf_snapshot *snapshot, hf_node_id node) {
    hf_node_id type = hf_lookup_type(snapshot, node)->node;
    return type == HF_NO_NODE ? 0 : hf_snapshot_get_addr(snapshot, type);
}

/* A class that was made again has its name, and lies elsewhere. */
static bool has_same_type(const struct matcher *matcher, hf_node_id i, hf_node_id j) {
    if (hf_moment_type(matcher->before, i) != hf_moment_type(matcher->now, j))
        return false;
    uint64_t a = type_addr(matcher->before->snapshot, i), b = type_addr(matcher->now->snapshot, j);
    return a == 0 || b == 0 || a == b;
}

/* The raw preview of a node, found from where the last look ended. */
static const uint8_t *next_preview(const struct hf_snapshot *snapshot, size_t *at, hf_node_id node, size_t *length) {
    const struct hf_preview_record *index = hf_col_preview_index(snapshot);
    while (*at < hf_num_preview_index(snapshot) && index[*at].node < node)
        ++*at;
    if (*at == hf_num_preview_index(snapshot) || index[*at].node != node ||
        index[*at].at >= hf_num_previews(snapshot))
        return NULL;
    const uint8_t *start = hf_col_previews(snapshot) + index[*at].at;
    const uint8_t *end = hf_preview_skip(start, hf_col_previews(snapshot) + hf_num_previews(snapshot));
    *length = end != NULL ? (size_t)(end - start) : 0;
    return end != NULL ? start : NULL;
}

/* A bytearray is the only value that can change. */
static enum verdict judge_value(struct matcher *matcher, hf_node_id i, hf_node_id j) {
    size_t a_length, b_length;
    const uint8_t *a = next_preview(matcher->before->snapshot, &matcher->preview_before, i, &a_length);
    const uint8_t *b = next_preview(matcher->now->snapshot, &matcher->preview_now, j, &b_length);
    if (a == NULL || b == NULL)
        return ASSUMED;
    if (a_length == b_length && memcmp(a, b, a_length) == 0)
        return SAME;
    return a[0] == HF_PREVIEW_BYTEARRAY ? ASSUMED : REPLACED;
}

static bool is_shared(const struct hf_snapshot *snapshot, hf_node_id node) {
    return hf_col_node_refcount(snapshot)[node] >= SHARED_FROM ||
           (hf_col_node_flags(snapshot)[node] & (HF_NODE_IMMORTAL | HF_NODE_TYPE)) != 0;
}

/* References that are compared: what they lead to is part of what an object is. */
static bool is_content(const struct hf_graph *graph, uint32_t edge) {
    return hf_graph_edge_kind(graph, edge) != HF_NAME_TYPE;
}

/* What the references at the same place in both rows say together. */
static enum verdict judge_references(const struct matcher *matcher, hf_node_id i, hf_node_id j, bool is_tuple) {
    const struct hf_graph *a = &matcher->before->graph, *b = &matcher->now->graph;
    uint32_t a_edge = a->row[i], b_edge = b->row[j];
    bool agrees = false, differs = false, is_proved = false;
    uint32_t a_end = a->row[i + 1], b_end = b->row[j + 1];
    for (unsigned n = 0; n < MAX_COMPARED && a_edge < a_end && b_edge < b_end; n++, a_edge++, b_edge++) {
        if (!is_content(a, a_edge) || !is_content(b, b_edge))
            continue;
        bool equal = matcher->partner[a->target[a_edge]] == b->target[b_edge];
        agrees = agrees || equal;
        differs = differs || !equal;
        is_proved = is_proved || (equal && !is_shared(matcher->now->snapshot, b->target[b_edge]));
        if (is_tuple ? differs : is_proved)
            break;
    }
    if (differs && (is_tuple || !agrees))
        return REPLACED;
    return is_proved ? SAME : ASSUMED;
}

static enum verdict judge(struct matcher *matcher, hf_node_id i, hf_node_id j) {
    const uint32_t values = HF_TYPE_STR | HF_TYPE_BYTES | HF_TYPE_INT | HF_TYPE_FLOAT;
    uint32_t flags = hf_lookup_type(matcher->now->snapshot, j)->flags;
    enum verdict verdict = judge_value(matcher, i, j);
    if (verdict != ASSUMED)
        return verdict;
    bool is_fixed = (flags & (values | HF_TYPE_TUPLE | HF_TYPE_CODE)) != 0;
    if (is_fixed &&
        hf_snapshot_get_size(matcher->before->snapshot, i) != hf_snapshot_get_size(matcher->now->snapshot, j))
        return REPLACED;
    return judge_references(matcher, i, j, (flags & HF_TYPE_TUPLE) != 0);
}

static bool note_resize(struct matcher *matcher, hf_node_id i, hf_node_id j) {
    uint64_t before = hf_snapshot_get_size(matcher->before->snapshot, i);
    uint64_t now = hf_snapshot_get_size(matcher->now->snapshot, j);
    struct hf_region *region = &matcher->match->resizes;
    if (before == now)
        return true;
    const struct hf_resize resize = {hf_moment_place(matcher->now, j), now - before};
    return hf_region_push(region, &resize, sizeof resize);
}

static void mark_kept(struct hf_match *match, hf_node_id i, hf_node_id j) {
    hf_bitset_add(&match->before.kept, i);
    hf_bitset_add(&match->now.kept, j);
}

/* False: no memory. */
static bool match_pair(struct matcher *matcher, hf_node_id i, hf_node_id j) {
    struct hf_match *match = matcher->match;
    hf_place_id place = hf_moment_place(matcher->before, i);
    bool in_place = place == hf_moment_place(matcher->now, j);
    enum verdict verdict = judge(matcher, i, j);
    ((struct judged *)(void *)matcher->judged.data)[hf_moment_type(matcher->now, j)].count[verdict]++;
    if (in_place)
        mark_kept(match, i, j);
    if (verdict == REPLACED)
        return true;
    hf_bitset_add(&match->before.same, i);
    hf_bitset_add(&match->now.same, j);
    if (!in_place)
        return true;
    hf_bitset_add(&match->before.in_place, i);
    hf_bitset_add(&match->now.in_place, j);
    return note_resize(matcher, i, j);
}

/* Asks for what the first reference of a pair that is due soon leads to. */
HF_PREFETCHING prefetch(const struct matcher *matcher, hf_node_id i) {
    const struct hf_graph *a = &matcher->before->graph, *b = &matcher->now->graph;
    if (i + AHEAD >= a->num_nodes || matcher->partner[i + AHEAD] == HF_NO_NODE)
        return;
    uint32_t a_edge = a->row[i + AHEAD], b_edge = b->row[matcher->partner[i + AHEAD]];
    if (a_edge >= a->num_edges || b_edge >= b->num_edges)
        return;
    __builtin_prefetch(&matcher->partner[a->target[a_edge]]);
    __builtin_prefetch(&hf_col_node_refcount(matcher->now->snapshot)[b->target[b_edge]]);
}

static enum hf_status match_pairs(struct matcher *matcher, struct hf_error *error) {
    for (hf_node_id i = 0; i < matcher->before->snapshot->num_nodes; i++) {
        prefetch(matcher, i);
        hf_node_id j = matcher->partner[i];
        if (j == HF_NO_NODE || hf_moment_place(matcher->before, i) == HF_NO_PLACE ||
            hf_moment_place(matcher->now, j) == HF_NO_PLACE || !has_same_type(matcher, i, j))
            continue;
        if (!match_pair(matcher, i, j))
            return hf_fail_nomem(error);
    }
    return HF_OK;
}

/* ---- owners that are alone at their place ---- */

static void keep_lone_owners(struct matcher *matcher) {
    for (hf_place_id place = 1; place <= matcher->before->num_places; place++) {
        struct hf_occupants before = hf_moment_occupants(matcher->before, place);
        struct hf_occupants now = hf_moment_occupants(matcher->now, place);
        if (before.count == 1 && now.count == 1 &&
            hf_moment_type(matcher->before, before.last) == hf_moment_type(matcher->now, now.last))
            mark_kept(matcher->match, before.last, now.last);
    }
}

/* ---- counts ---- */

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* New and gone of one type. Those at used addresses are both. */
static void count_type(struct matcher *matcher, hf_census_id type, const struct judged *judged) {
    struct hf_census *census = matcher->census;
    size_t roll = hf_census_num_rolls(census) - 1;
    uint64_t before = hf_census_tally(census, roll - 1, type).count, now = hf_census_tally(census, roll, type).count;
    uint64_t kept = judged->count[SAME] + judged->count[ASSUMED];
    struct hf_census_type *out = &hf_census_types(census)[type];
    if (!matcher->match->identity.by_address)
        return;
    out->num_new += now - kept;
    out->num_gone += before - kept;
    out->num_exchanged += least(now - kept, before - kept);
    matcher->match->identity.num_new += now - kept;
    matcher->match->identity.num_gone += before - kept;
}

static double estimate(const struct judged *judged, const struct judged *all) {
    uint64_t num_judged = judged->count[SAME] + judged->count[REPLACED];
    const struct judged *rate = num_judged >= MANY_JUDGED ? judged : all;
    uint64_t num_rate = rate->count[SAME] + rate->count[REPLACED];
    if (num_rate == 0)
        return 0;
    return (double)judged->count[ASSUMED] * (double)rate->count[REPLACED] / (double)num_rate;
}

static void count_all(struct matcher *matcher) {
    struct hf_growth_identity *identity = &matcher->match->identity;
    const struct judged *judged = (const struct judged *)(const void *)matcher->judged.data;
    struct judged all = {{0}};
    double doubtful = 0;
    for (hf_census_id type = 1; type <= matcher->census->names.count; type++) {
        count_type(matcher, type, &judged[type]);
        for (size_t verdict = 0; verdict < NUM_VERDICTS; verdict++)
            all.count[verdict] += judged[type].count[verdict];
    }
    for (hf_census_id type = 1; type <= matcher->census->names.count; type++)
        doubtful += estimate(&judged[type], &all);
    identity->num_same = all.count[SAME];
    identity->num_replaced = all.count[REPLACED];
    identity->num_assumed = all.count[ASSUMED];
    identity->num_doubtful = (uint64_t)(doubtful + 0.5);
}

/* ---- the whole ---- */

static bool init_side(struct hf_match_side *side, const struct hf_moment *moment) {
    size_t num_nodes = (size_t)moment->snapshot->num_nodes + 1;
    return hf_bitset_init(&side->same, num_nodes) && hf_bitset_init(&side->in_place, num_nodes) &&
           hf_bitset_init(&side->kept, num_nodes);
}

static enum hf_status reserve(struct matcher *matcher, struct hf_error *error) {
    size_t num_ids = (size_t)matcher->census->names.count + 1;
    size_t num_nodes = (size_t)matcher->before->snapshot->num_nodes + 1;
    if (!init_side(&matcher->match->before, matcher->before) || !init_side(&matcher->match->now, matcher->now) ||
        !hf_region_reserve(&matcher->judged, num_ids * sizeof(struct judged)) ||
        !hf_region_reserve(&matcher->partner_region, num_nodes * sizeof(hf_node_id)))
        return hf_fail_nomem(error);
    matcher->partner = (hf_node_id *)(void *)matcher->partner_region.data;
    return HF_OK;
}

enum hf_status hf_match_init(struct hf_match *match, const struct hf_moment *before, const struct hf_moment *now,
                             struct hf_census *census, struct hf_error *error) {
    *match = (struct hf_match){0};
    struct matcher matcher = {.before = before, .now = now, .census = census, .match = match};
    enum hf_status status = reserve(&matcher, error);
    if (status == HF_OK)
        status = compare_processes(&matcher, error);
    if (status == HF_OK && match->identity.by_address) {
        pair_addresses(&matcher);
        status = match_pairs(&matcher, error);
    }
    if (status == HF_OK) {
        keep_lone_owners(&matcher);
        count_all(&matcher);
    }
    hf_region_deinit(&matcher.partner_region);
    hf_region_deinit(&matcher.judged);
    return status;
}

static void deinit_side(struct hf_match_side *side) {
    hf_bitset_deinit(&side->same);
    hf_bitset_deinit(&side->in_place);
    hf_bitset_deinit(&side->kept);
}

void hf_match_deinit(struct hf_match *match) {
    deinit_side(&match->before);
    deinit_side(&match->now);
    hf_region_deinit(&match->resizes);
    *match = (struct hf_match){0};
}
