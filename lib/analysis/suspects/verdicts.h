/*
 * verdicts.h - each reference of a path judged: expected, leaking, or unknown.
 *
 * The way of LeakCanary: rules judge single objects, and what they say spreads. What leads to something that is
 * expected is expected too; what something that has ended holds is held for nothing. What is left between the two is
 * underlined.
 */
#ifndef HF_ANALYSIS_VERDICTS_H
#define HF_ANALYSIS_VERDICTS_H

#include <holdfast/suspects.h>

#include "analysis/path/route.h"
#include "analysis/suspects/expected.h"

/* What most of many objects of one kind have come to. */
struct hf_crowd_verdict {
    const char *reason;      /* NULL: nothing is known */
    const char *remedy;      /* what to do about it: half a sentence */
    size_t num_ended;        /* for which it is true */
    hf_node_id example;      /* one of these; else the first of all */
};

/* Asks the rules about each of `units`; a reason counts when it holds for 0.8 of them. O(edges of the units) */
struct hf_crowd_verdict hf_verdicts_ask(const struct hf_survey *survey, const hf_node_id *units, size_t num_units);

/*
 * Fills in verdict, reason and is_underlined for the route's num_steps + 1 hops. `crowd`, about what the route ends at,
 * may be NULL. Errors: NOMEM. O(edges of the objects on the path)
 */
HF_MUST_CHECK enum hf_status hf_verdicts_judge(const struct hf_survey *survey, const struct hf_expected *expected,
                                               const struct hf_route *route, const struct hf_crowd_verdict *crowd,
                                               size_t num_units, struct hf_arena *arena, struct hf_suspect_hop *hops,
                                               struct hf_error *error);

/* The object to which hop `index` leads: the root's for 0. O(1) */
static inline hf_node_id hf_route_node(const struct hf_survey *survey, const struct hf_route *route, size_t index) {
    return index == 0 ? route->start : survey->graph.target[route->steps[index - 1].edge];
}

#endif
