/* ended.h - rules that tell from an object alone that it has come to its end, and is of no use to anybody any more. */
#ifndef HF_ANALYSIS_ENDED_H
#define HF_ANALYSIS_ENDED_H

#include "analysis/suspects/survey.h"

/* "the task or future is finished", or NULL. Static text. O(edges of the node, and of what it consists of) */
const char *hf_ended_reason(const struct hf_survey *survey, hf_node_id node);

/* True for generators and coroutines that have returned. O(edges of the node) */
bool hf_is_ended_generator(const struct hf_survey *survey, hf_node_id node);

/* True for threading.Thread and its like, while it runs. O(edges of the node + threads) */
bool hf_is_running_thread(const struct hf_survey *survey, hf_node_id node);

#endif
