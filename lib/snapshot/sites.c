/* sites.c - where objects were made. */
#include <assert.h>

#include "base/error.h"
#include "snapshot/snapshot.h"

uint32_t hf_snapshot_num_sites(const struct hf_snapshot *snapshot) {
    return (uint32_t)hf_num_sites(snapshot);
}

enum hf_status hf_snapshot_check_sites(const struct hf_snapshot *snapshot, struct hf_error *error) {
    if (hf_num_sites(snapshot) > 0)
        return HF_OK;
    return hf_fail(error, HF_NOT_FOUND, "no allocation sites in this snapshot: tracemalloc was not on when its objects "
                                        "were made; run the program with `python -X tracemalloc=10`, or call "
                                        "`tracemalloc.start(10)` in it");
}

struct hf_site hf_snapshot_get_site(const struct hf_snapshot *snapshot, uint32_t site) {
    assert(site < hf_num_sites(snapshot));
    const struct hf_site_record *record = &hf_col_sites(snapshot)[site];
    return (struct hf_site){
        .caller = record->caller == HF_SITE_CUT ? HF_NO_SITE : record->caller,
        .is_cut = record->caller == HF_SITE_CUT,
        .line = record->line,
        .file = hf_snapshot_get_text(snapshot, record->file, NULL),
        .function = hf_snapshot_get_text(snapshot, record->function, NULL),
    };
}

uint32_t hf_snapshot_site_of(const struct hf_snapshot *snapshot, hf_node_id node) {
    assert(node < snapshot->num_nodes);
    return hf_num_node_site(snapshot) > 0 ? hf_col_node_site(snapshot)[node] - 1 : HF_NO_SITE;
}
