/*
 * references.c - what one object refers to, when its tp_traverse has the last word.
 *
 *   decoder says        .x -> A   .y -> B   ht_name -> N       candidates, each with a name
 *   tp_traverse says         A         B                T      targets, without names
 *   result              .x -> A   .y -> B   ht_name -> N   rest -> T
 *
 * A candidate counts when tp_traverse confirms it or is known to leave it out; what no candidate explains takes the
 * name that the type gives to the rest. So every reference of the collector is there, once, whatever the decoder knows.
 */
#include "capture/walker_parts.h"

void hf_walker_flush_decoded(struct hf_references *references) {
    struct hf_walker *walker = (struct hf_walker *)(void *)((char *)references - offsetof(struct hf_walker, decoded));
    for (size_t i = 0; i < references->count; i++) {
        struct hf_candidate candidate = {references->target[i], references->name[i], false};
        hf_walker_append(walker, &walker->candidates, &candidate, sizeof candidate);
    }
    references->count = 0;
}

void hf_walker_add_traversed(struct hf_walker *walker, uint64_t target) {
    hf_walker_append(walker, &walker->traversed, &target, sizeof target);
}

/*
 * Finds the candidate for a traversed target, near where the last one was found: decoders and tp_traverse agree on the
 * order almost always, and a limited look keeps large containers linear.
 */
static bool confirm(struct hf_candidate *candidates, size_t count, size_t *cursor, uint64_t target) {
    size_t window = count < 64 ? count : 64;
    for (size_t i = 0, at = *cursor; i < window; i++, at = at + 1 < count ? at + 1 : 0) {
        struct hf_candidate *candidate = &candidates[at];
        if (candidate->target != target || candidate->confirmed || hf_name_is_extra(candidate->name))
            continue;
        candidate->confirmed = true;
        *cursor = at + 1 < count ? at + 1 : 0;
        return true;
    }
    return false;
}

/*
 * Keys of a dict of str are not visited. Dicts of 3.9 and 3.10 do not say that they are such: their keys were not
 * confirmed, and the values that belong to them were.
 */
static void allow_unvisited_keys(struct hf_candidate *candidates, size_t count) {
    for (size_t i = 0; i + 1 < count; i++)
        if (candidates[i].name == HF_N_KEY && !candidates[i].confirmed && candidates[i + 1].confirmed)
            candidates[i].name = HF_N_KEY_EXTRA;
}

/* Candidates that are real, in their own order, so that a dict's key stays before its value. */
static void add_confirmed(struct hf_walker *walker, const struct hf_candidate *candidates, size_t count) {
    bool after_key = false;
    for (size_t i = 0; i < count; i++) {
        const struct hf_candidate *candidate = &candidates[i];
        if (!candidate->confirmed && !hf_name_is_extra(candidate->name))
            continue;
        bool orphan = candidate->name == HF_N_VALUE && !after_key;
        hf_references_add(&walker->references, candidate->target, orphan ? HF_N_UNNAMED : candidate->name);
        after_key = candidate->name == HF_N_KEY || candidate->name == HF_N_KEY_EXTRA;
    }
}

/* Fills `candidates`, and leaves in `traversed` what tp_traverse reports beyond them. */
static void collect_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr) {
    walker->candidates.used_bytes = 0;
    walker->traversed.used_bytes = 0;
    hf_decode(&walker->decoder, plan, addr, &walker->decoded);
    hf_walker_flush_decoded(&walker->decoded);
    walker->host->traverse(walker, plan, addr);

    struct hf_candidate *candidates = (struct hf_candidate *)(void *)walker->candidates.data;
    size_t num_candidates = walker->candidates.used_bytes / sizeof *candidates;
    uint64_t *targets = (uint64_t *)(void *)walker->traversed.data;
    size_t num_targets = walker->traversed.used_bytes / sizeof *targets;
    size_t cursor = 0, num_rest = 0;
    for (size_t i = 0; i < num_targets; i++)
        if (!confirm(candidates, num_candidates, &cursor, targets[i]))
            targets[num_rest++] = targets[i];
    walker->traversed.used_bytes = num_rest * sizeof *targets;
    if (walker->decoder.layout->keys.style == HF_KEYS_SIZED)
        allow_unvisited_keys(candidates, num_candidates);
}

/*
 * The references of an object whose tp_traverse has the last word: the decoder's candidates that it confirms, those
 * that it is known to leave out, and what it reports beyond them under the name that the type gives to the rest.
 */
void hf_walker_add_object_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr) {
    collect_references(walker, plan, addr);
    add_confirmed(walker, (const struct hf_candidate *)(const void *)walker->candidates.data,
                  walker->candidates.used_bytes / sizeof(struct hf_candidate));
    const uint64_t *targets = (const uint64_t *)(const void *)walker->traversed.data;
    size_t num_rest = walker->traversed.used_bytes / sizeof *targets;
    for (size_t i = 0; i < num_rest; i++)
        hf_references_add(&walker->references, targets[i], plan->rest_name);
}

void hf_walker_list_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr) {
    bool is_exact = plan->exact || !hf_walker_is_collected(walker, plan, addr);
    if (!is_exact && walker->host->traverse != NULL) {
        collect_references(walker, plan, addr);
        struct hf_candidate *candidates = (struct hf_candidate *)(void *)walker->candidates.data;
        size_t count = walker->candidates.used_bytes / sizeof *candidates, num_kept = 0;
        for (size_t i = 0; i < count; i++)
            if (candidates[i].confirmed || hf_name_is_extra(candidates[i].name))
                candidates[num_kept++] = candidates[i];
        walker->candidates.used_bytes = num_kept * sizeof *candidates;
        const uint64_t *rest = (const uint64_t *)(const void *)walker->traversed.data;
        for (size_t i = 0; i < walker->traversed.used_bytes / sizeof *rest; i++) {
            struct hf_candidate candidate = {rest[i], plan->rest_name, true};
            hf_walker_append(walker, &walker->candidates, &candidate, sizeof candidate);
        }
        return;
    }
    walker->candidates.used_bytes = 0;
    if (is_exact)
        hf_decode(&walker->decoder, plan, addr, &walker->decoded);
    else
        walker->host->add_references(walker, plan, addr, &walker->decoded);
    hf_walker_flush_decoded(&walker->decoded);
}
