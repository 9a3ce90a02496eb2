/*
 * expression.h - a path as one Python expression.
 *
 * The expression needs nothing but `sys` (and the builtins) and evaluates, in the process and at the moment of the
 * snapshot, to the object at the end of the path. It runs no code of the program: where reading an attribute or an item
 * would run a property, a descriptor or an overridden method, it goes around.
 *
 * Where the path does not start at a root but at an object, that object is called HF_EXPRESSION_START.
 */
#ifndef HF_ANALYSIS_EXPRESSION_H
#define HF_ANALYSIS_EXPRESSION_H

#include "analysis/path/route.h"
#include "base/arena.h"

#define HF_EXPRESSION_START "start"

/*
 * Gives the expression in *expression and "" in *gap; or "" and what Python cannot express. Both live in the arena.
 * Errors: NOMEM. Cost: O(sum of the edges of the nodes on the path).
 */
HF_MUST_CHECK enum hf_status hf_expression_build(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                                 struct hf_arena *arena, const char **expression, const char **gap,
                                                 struct hf_error *error);

#endif
