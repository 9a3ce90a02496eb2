/*
 * duplicates.c - values that are kept more than once, and who has the copies.
 *
 *   values    [ - | a | b | a | - | a | b ]       hash per node (values.h)
 *   copies    a: #1 #3 #5    b: #2 #6             nodes in groups, ascending: a counting sort
 *   kept         #1             #2                one of each group, an immortal one if there is one
 *   rows      (str, shop.LOG[*]): 2 copies too many, ...         the others, by type and keeper
 *
 * Most values have no equal. A sieve of bits, hashes that were met once and those that were met again, passes them over
 * before anything is kept of them.
 *
 * A row names the value of which it has the most copies: groups come one after the other, so a row needs to remember
 * the one that it is counting and the best so far.
 */
#include <stdio.h>

#include "analysis/waste/hunt.h"
#include "analysis/waste/values.h"
#include "base/error.h"

#define VALUE_CHARS 40
#define REPORT_EVERY (1u << 20)

struct copies {
    const struct hf_values *values;
    struct hf_numbering groups;      /* of hashes that were met again */
    struct hf_bitset once, again;
    uint32_t sieve_mask;
    struct hf_region first_region, nodes_region;
    uint32_t *first;                 /* per group: where its nodes begin; num_groups + 2 */
    hf_node_id *nodes;
};

/* Only what can stand for an equal object: numbers are cheap and in most cases shared already. */
static bool is_counted(const struct hf_snapshot *snapshot, hf_node_id node) {
    return (hf_col_types(snapshot)[hf_col_node_type(snapshot)[node]].flags &
            (HF_TYPE_STR | HF_TYPE_BYTES | HF_TYPE_TUPLE)) != 0;
}

static bool fill_sieve(struct copies *copies, const struct hf_snapshot *snapshot) {
    uint32_t num_bits = 1024;
    while (num_bits / 8 < snapshot->num_nodes && num_bits < UINT32_C(1) << 30)
        num_bits *= 2;
    copies->sieve_mask = num_bits - 1;
    if (!hf_bitset_init(&copies->once, num_bits) || !hf_bitset_init(&copies->again, num_bits))
        return false;
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        uint64_t hash = copies->values->of_node[node];
        if (hash == 0 || !is_counted(snapshot, node))
            continue;
        uint32_t bit = (uint32_t)(hash >> 32) & copies->sieve_mask;
        hf_bitset_add(hf_bitset_has(&copies->once, bit) ? &copies->again : &copies->once, bit);
    }
    return true;
}

/* The group of a node that may have an equal, from 1 on; 0 if it cannot. UINT32_MAX without memory. */
static uint32_t group_of(struct copies *copies, const struct hf_snapshot *snapshot, hf_node_id node) {
    uint64_t hash = copies->values->of_node[node];
    if (hash == 0 || !hf_bitset_has(&copies->again, (uint32_t)(hash >> 32) & copies->sieve_mask) ||
        !is_counted(snapshot, node))
        return 0;
    uint32_t group = hf_number_of(&copies->groups, hash);
    return group != 0 ? group : UINT32_MAX;
}

/* first[g + 1] = nodes of group g, then where each group ends up. */
static bool count_groups(struct copies *copies, const struct hf_snapshot *snapshot) {
    size_t num_found = 0;
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        uint32_t group = group_of(copies, snapshot, node);
        if (group == 0)
            continue;
        if (group == UINT32_MAX ||
            !hf_region_reserve(&copies->first_region, ((size_t)group + 3) * sizeof(uint32_t)))
            return false;
        copies->first = (uint32_t *)(void *)copies->first_region.data;
        copies->first[group + 1]++;
        num_found++;
    }
    if (!hf_region_reserve(&copies->first_region, ((size_t)copies->groups.count + 3) * sizeof(uint32_t)) ||
        !hf_region_reserve(&copies->nodes_region, (num_found + 1) * sizeof(hf_node_id)))
        return false;
    copies->first = (uint32_t *)(void *)copies->first_region.data;
    copies->nodes = (hf_node_id *)(void *)copies->nodes_region.data;
    for (uint32_t group = 1; group <= copies->groups.count + 1; group++)
        copies->first[group] += copies->first[group - 1];
    return true;
}

/* Afterwards first[g] is where group g ends, and first[g - 1] where it begins. */
static void place_nodes(struct copies *copies, const struct hf_snapshot *snapshot) {
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        uint32_t group = group_of(copies, snapshot, node);
        if (group != 0)
            copies->nodes[copies->first[group]++] = node;
    }
}

static bool is_immortal(const struct hf_snapshot *snapshot, hf_node_id node) {
    return (hf_col_node_flags(snapshot)[node] & HF_NODE_IMMORTAL) != 0;
}

/* A row has all copies that it will get of the value that it is counting. */
static void end_value(struct hf_find *find) {
    if (find->used > find->best) {
        find->best = find->used;
        find->example = find->value;
    }
    find->used = 0;
}

static bool count_copy(struct hf_hunt *hunt, hf_node_id node, uint32_t group) {
    struct hf_find *find = hf_hunt_add(hunt, node, hf_snapshot_get_size(hunt->snapshot, node));
    if (find == NULL)
        return false;
    if (find->group != group) {
        end_value(find);
        find->group = group;
        find->value = node;
        find->slots++;
    }
    find->used++;
    return true;
}

static bool count_group(struct hf_hunt *hunt, const hf_node_id *nodes, uint32_t count, uint32_t group) {
    uint32_t kept = 0;
    for (uint32_t i = count; i-- > 0;)
        if (is_immortal(hunt->snapshot, nodes[i]))
            kept = i;
    for (uint32_t i = 0; i < count; i++)
        if (i != kept && !is_immortal(hunt->snapshot, nodes[i]) && !count_copy(hunt, nodes[i], group))
            return false;
    return true;
}

static enum hf_status count_copies(struct hf_hunt *hunt, const struct copies *copies, struct hf_error *error) {
    for (uint32_t group = 1; group <= copies->groups.count; group++) {
        const hf_node_id *nodes = copies->nodes + copies->first[group - 1];
        if (!count_group(hunt, nodes, copies->first[group] - copies->first[group - 1], group))
            return hf_fail_nomem(error);
        if (group % REPORT_EVERY == 0 && hf_hunt_report(hunt, group, error) != HF_OK)
            return HF_ERR_CANCELLED;
    }
    for (uint32_t i = 1; i <= hunt->numbers.count; i++)
        end_value(&hf_hunt_finds(hunt)[i]);
    return HF_OK;
}

static enum hf_status find_copies(struct hf_hunt *hunt, struct copies *copies, struct hf_error *error) {
    if (!fill_sieve(copies, hunt->snapshot) || !count_groups(copies, hunt->snapshot))
        return hf_fail_nomem(error);
    place_nodes(copies, hunt->snapshot);
    return count_copies(hunt, copies, error);
}

enum hf_status hf_find_duplicates(struct hf_hunt *hunt, struct hf_error *error) {
    struct hf_values values;
    struct copies copies = {.values = &values};
    enum hf_status status = hf_values_init(&values, hunt->snapshot, hunt->edge_kind, error);
    if (status == HF_OK)
        status = find_copies(hunt, &copies, error);
    hf_values_deinit(&values);
    hf_numbering_deinit(&copies.groups);
    hf_bitset_deinit(&copies.once);
    hf_bitset_deinit(&copies.again);
    hf_region_deinit(&copies.first_region);
    hf_region_deinit(&copies.nodes_region);
    return status;
}

void hf_describe_duplicates(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    char value[VALUE_CHARS * 4 + 1];
    if (hf_snapshot_print_value(hunt->snapshot, find->example, VALUE_CHARS, value, sizeof value) == 0)
        snprintf(value, sizeof value, "#%u", find->example);
    if (find->slots == 1)
        hf_text_addf(text, "%s", value);
    else if (find->best == 1)
        hf_text_addf(text, "%llu values, such as %s", (unsigned long long)find->slots, value);
    else
        hf_text_addf(text, "%llu values, most often %s (%llu)", (unsigned long long)find->slots, value,
                     (unsigned long long)find->best);
}

const char *hf_doubt_duplicates(const struct hf_snapshot *snapshot, bool *is_answered) {
    const struct hf_origin *origin = hf_snapshot_get_origin(snapshot);
    *is_answered = origin->has_previews;
    if (!origin->has_previews)
        return "the snapshot was taken without the values of strings: take it again with them";
    if (!origin->has_contents)
        return "only strings of up to 64 characters, and longer keys of dicts: the snapshot does not tell which longer "
               "ones are equal, take it again with this release";
    return "";
}
