/* tree.c - the life of a dominator tree: trim, pack, number, unpack, dominate, layout (parts.h). */
#include "graph/dominators/tree.h"

#include "graph/dominators/parts.h"

static void end_work(struct hf_dominating *work) {
    struct hf_region *regions[] = {&work->number_region, &work->vertex_region, &work->node_region,
                                   &work->parent_region, &work->semi_region,   &work->slot_region,
                                   &work->link_region,   &work->aside.words,   &work->trimmed.words};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        hf_region_deinit(regions[i]);
}

enum hf_status hf_dominator_tree_init(struct hf_dominator_tree *tree, const struct hf_graph *graph,
                                      const hf_node_id *roots, uint32_t num_roots,
                                      const struct hf_progress *progress, struct hf_error *error) {
    *tree = (struct hf_dominator_tree){.num_nodes = graph->num_nodes};
    struct hf_dominating work = {.graph = graph, .progress = progress, .error = error};
    enum hf_status status = hf_dominators_trim(&work, roots, num_roots);
    if (status == HF_OK)
        status = hf_dominators_pack(&work);
    if (status == HF_OK)
        status = hf_dominators_number(&work, roots, num_roots);
    if (status == HF_OK)
        status = hf_dominators_unpack(&work);
    if (status == HF_OK)
        status = hf_dominators_dominate(&work);
    if (status == HF_OK)
        status = hf_dominators_layout(&work, tree);
    end_work(&work);
    return status;
}

void hf_dominator_tree_deinit(struct hf_dominator_tree *tree) {
    for (size_t i = 0; i < sizeof tree->regions / sizeof tree->regions[0]; i++)
        hf_region_deinit(&tree->regions[i]);
    *tree = (struct hf_dominator_tree){0};
}
