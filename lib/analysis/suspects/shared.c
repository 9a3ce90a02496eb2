/*
 * shared.c - each object goes up until it meets the chain of places above `end`, and is counted there.
 *
 *   chain    end > parent > ... > root        a parent is made before its children: its number is smaller
 *   met      2     0              7           objects whose way up meets the chain here
 *   below    2     2              9           of all these: sums from the end upwards
 */
#include "analysis/suspects/shared.h"

#include "base/error.h"

struct link {
    hf_place_id place;
    uint64_t num_met;
};

static size_t count_links(const struct hf_survey *survey, hf_place_id end) {
    size_t count = 0;
    for (hf_place_id place = end; place != HF_NO_PLACE; place = survey->places.list[place].parent)
        count++;
    return count;
}

static void meet(const struct hf_survey *survey, struct link *chain, size_t num_links, hf_place_id place) {
    size_t at = 0;
    while (at < num_links && chain[at].place != place) {
        if (place == HF_NO_PLACE)
            return;
        if (place > chain[at].place)
            place = survey->places.list[place].parent;
        else
            at++;
    }
    if (at < num_links)
        chain[at].num_met++;
}

enum hf_status hf_shared_place(const struct hf_survey *survey, const hf_node_id *nodes, size_t num_nodes,
                               hf_place_id end, double share, hf_place_id *out, struct hf_error *error) {
    size_t num_links = count_links(survey, end);
    struct link *chain = hf_alloc(num_links + 1, sizeof *chain);
    if (chain == NULL)
        return hf_fail_nomem(error);
    hf_place_id place = end;
    for (size_t at = 0; at < num_links; at++, place = survey->places.list[place].parent)
        chain[at].place = place;
    for (size_t i = 0; i < num_nodes; i++)
        meet(survey, chain, num_links, survey->placing.of_node[nodes[i]]);
    uint64_t num_below = 0;
    *out = HF_NO_PLACE;
    for (size_t at = 0; at < num_links && *out == HF_NO_PLACE; at++) {
        num_below += chain[at].num_met;
        if ((double)num_below >= share * (double)num_nodes)
            *out = chain[at].place;
    }
    hf_free(chain);
    return HF_OK;
}
