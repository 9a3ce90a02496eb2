/*
 * chain.c - the shortest chain of references between two sets of objects.
 *
 *   from [#3 #8]  --search.c-->  last edge  --route.c-->  steps  --hops.c-->  hops, and an expression on `start`
 *   to   [#5]
 *
 * Memory above the snapshot: two bits per node, 4 bytes where there are attribute dicts, 8 for what the search reaches.
 */
#include <holdfast/chain.h>

#include "analysis/naming/expression.h"
#include "analysis/path/avoid.h"
#include "analysis/path/hops.h"
#include "base/error.h"
#include "base/options.h"

struct answer {
    struct hf_chain public;      /* first, so that the one is the other */
    struct hf_arena arena;
};

struct question {
    const struct hf_snapshot *snapshot;
    struct hf_graph graph;
    struct hf_dicts dicts;
    struct hf_search search;
    struct hf_bitset goal, avoid;
    struct hf_chain_options options;
    struct answer *answer;
    struct hf_error *error;
};

static enum hf_status prepare(struct question *question, const struct hf_selection *to) {
    if (!hf_bitset_init(&question->goal, question->graph.num_nodes) ||
        !hf_bitset_init(&question->avoid, question->graph.num_nodes))
        return hf_fail_nomem(question->error);
    for (size_t i = 0; i < to->num_nodes; i++)
        hf_bitset_add(&question->goal, to->nodes[i]);
    enum hf_status status = hf_avoid_words(question->snapshot, question->options.avoid, question->options.num_avoid,
                                           &question->avoid, question->error);
    if (status == HF_OK)
        status = hf_dicts_init(&question->dicts, &question->graph, question->error);
    return status == HF_OK ? hf_search_init(&question->search, &question->dicts, question->error) : status;
}

static enum hf_status describe(struct question *question, uint32_t last_edge) {
    struct hf_chain *chain = &question->answer->public;
    struct hf_arena *arena = &question->answer->arena;
    struct hf_route route = {0};
    enum hf_status status = hf_route_init_chain(&route, &question->search, last_edge, question->error);
    if (status == HF_OK)
        status = hf_hops_build(question->snapshot, &route, HF_EXPRESSION_START, NULL, arena, &chain->hops,
                                question->error);
    if (status == HF_OK)
        status = hf_expression_build(question->snapshot, &route, arena, &chain->expression, &chain->expression_gap,
                                     question->error);
    chain->num_hops = route.num_steps + 1;
    hf_route_deinit(&route);
    return status;
}

static enum hf_status answer(struct question *question, const struct hf_selection *from) {
    const struct hf_search_task task = {
        .starts = from->nodes,
        .num_starts = from->num_nodes,
        .goal = &question->goal,
        .avoid = &question->avoid,
    };
    uint32_t last_edge;
    enum hf_status status = hf_search_run(&question->search, &task, question->options.progress, &last_edge,
                                          question->error);
    if (status == HF_OK)
        return describe(question, last_edge);
    return status == HF_NOT_FOUND ? HF_OK : status;
}

enum hf_status hf_chain_create(const struct hf_snapshot *snapshot, const struct hf_selection *from,
                               const struct hf_selection *to, const struct hf_chain_options *options,
                               struct hf_chain **out, struct hf_error *error) {
    struct question question = {.snapshot = snapshot, .graph = hf_graph_of(snapshot), .error = error};
    if (!hf_options_copy(&question.options, sizeof question.options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the chain's options is not set");
    question.answer = hf_alloc(1, sizeof *question.answer);
    if (question.answer == NULL)
        return hf_fail_nomem(error);
    question.answer->public = (struct hf_chain){.expression = "", .expression_gap = ""};
    enum hf_status status = prepare(&question, to);
    if (status == HF_OK)
        status = answer(&question, from);
    hf_search_deinit(&question.search);
    hf_dicts_deinit(&question.dicts);
    hf_bitset_deinit(&question.goal);
    hf_bitset_deinit(&question.avoid);
    if (status == HF_OK)
        *out = &question.answer->public;
    else
        hf_chain_destroy(&question.answer->public);
    return status;
}

void hf_chain_destroy(struct hf_chain *chain) {
    struct answer *made = (struct answer *)chain;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
