/* hops.c - hops of a path as objects of Python. */
#include "python/hops.h"

#include "python/values.h"

static PyObject *make_hop(size_t i, const void *context) {
    const struct hf_path_hop *hop = (const struct hf_path_hop *)context + i;
    bool is_known = hop->retained.count > 0;
    return hf_result("Hop", Py_BuildValue("{s:N,s:N,s:N,s:K,s:K,s:I,s:N,s:N}", "reference", hf_text(hop->reference),
                                          "type", hf_text(hop->type), "value", hf_text(hop->value),
                                          "size_bytes", hop->size_bytes, "addr", hop->addr, "node", hop->node,
                                          "retained_count", hf_known(hop->retained.count, is_known),
                                          "retained_bytes", hf_known(hop->retained.size_bytes, is_known)));
}

PyObject *hf_make_hops(const struct hf_path_hop *hops, size_t num_hops) {
    return hf_tuple(num_hops, make_hop, hops);
}
