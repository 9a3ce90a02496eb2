/*
 * census.c - objects by type over a series.
 *
 *   snapshot     types [ dict | Session | .. ]  ->  ids [ 1 | 7 | .. ]       types of one name have one id
 *   roll         tallies [ - | dict: 1,686 objects, 630 KiB | ... ]          by id; one roll for each snapshot
 *
 * A class that is made again is another type of the same name. Who asks what grew means the name.
 */
#include "analysis/growth/census.h"

#include <xxhash.h>

#include "base/error.h"

void hf_census_deinit(struct hf_census *census) {
    hf_arena_deinit(&census->arena);
    hf_numbering_deinit(&census->names);
    hf_region_deinit(&census->types);
    hf_region_deinit(&census->rolls);
    *census = (struct hf_census){0};
}

/* 0 without memory. */
static hf_census_id identify(struct hf_census *census, const char *name, size_t length) {
    uint32_t known = census->names.count;
    hf_census_id id = hf_number_of(&census->names, XXH3_64bits(name, length));
    if (id == 0 || !hf_region_reserve(&census->types, ((size_t)id + 1) * sizeof(struct hf_census_type)))
        return 0;
    if (id > known)
        hf_census_types(census)[id].name = hf_arena_copy(&census->arena, name, length);
    return census->arena.failed ? 0 : id;
}

enum hf_status hf_census_identify(struct hf_census *census, const struct hf_snapshot *snapshot, struct hf_region *ids,
                                  struct hf_error *error) {
    size_t num_types = hf_num_types(snapshot);
    if (!hf_region_reserve(ids, (num_types + 1) * sizeof(hf_census_id)))
        return hf_fail_nomem(error);
    hf_census_id *id = (hf_census_id *)(void *)ids->data;
    for (size_t i = 0; i < num_types; i++) {
        size_t length;
        const char *name = hf_snapshot_get_text(snapshot, hf_col_types(snapshot)[i].name, &length);
        id[i] = identify(census, name, length);
        if (id[i] == 0)
            return hf_fail_nomem(error);
    }
    return HF_OK;
}

static void add(struct hf_tally *tally, uint64_t size_bytes) {
    tally->count++;
    tally->size_bytes += size_bytes;
}

static struct hf_roll *add_roll(struct hf_census *census) {
    uint32_t num_tallies = census->names.count + 1;
    struct hf_tally *tallies = hf_arena_alloc(&census->arena, num_tallies, sizeof *tallies);
    struct hf_roll *roll = tallies != NULL ? hf_region_add(&census->rolls, sizeof *roll) : NULL;
    if (roll != NULL)
        *roll = (struct hf_roll){.tallies = tallies, .num_tallies = num_tallies};
    return roll;
}

enum hf_status hf_census_count(struct hf_census *census, const struct hf_snapshot *snapshot, const hf_census_id *ids,
                               const uint32_t *counted, struct hf_error *error) {
    struct hf_roll *roll = add_roll(census);
    if (roll == NULL)
        return hf_fail_nomem(error);
    roll->taken_at_ns = snapshot->origin.taken_at_ns;
    roll->pid = snapshot->origin.pid;
    const uint32_t *type = hf_col_node_type(snapshot);
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        uint64_t size_bytes = hf_snapshot_get_size(snapshot, node);
        add(counted[node] != 0 ? &roll->tallies[ids[type[node]]] : &roll->garbage, size_bytes);
        if (counted[node] != 0)
            add(&roll->total, size_bytes);
    }
    return HF_OK;
}
