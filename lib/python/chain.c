/* chain.c - Snapshot.chain(): how one object leads to another. */
#include <holdfast/chain.h>

#include "python/hops.h"
#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

/* From where to where; NULL until it is selected. */
struct ends {
    struct hf_selection *source, *target;
};

static PyObject *make_chain(const struct ends *ends, const struct hf_chain *chain) {
    return hf_result("Chain", Py_BuildValue("{s:N,s:N,s:N,s:N,s:N}", "source", hf_text(ends->source->description),
                                            "target", hf_text(ends->target->description),
                                            "hops", hf_make_hops(chain->hops, chain->num_hops),
                                            "expression", hf_text(chain->expression),
                                            "expression_gap", hf_text(chain->expression_gap)));
}

static PyObject *ask(PyObject *self, const struct ends *ends, const struct hf_words *avoid) {
    struct hf_chain *chain = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    struct hf_chain_options options = {.struct_size = sizeof options,
                                       .avoid = avoid->words,
                                       .num_avoid = avoid->count,
                                       .progress = &unlocked.progress};
    enum hf_status status = hf_chain_create(hf_snapshot_of(self), ends->source, ends->target, &options, &chain, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_chain(ends, chain);
    hf_chain_destroy(chain);
    return result;
}

PyObject *hf_snapshot_chain(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"source", "target", "source_selector", "target_selector", "avoid", NULL};
    struct hf_target source = {.keyword = "source_selector"}, target = {.keyword = "target_selector"};
    PyObject *avoid = NULL, *result = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO$zzO:chain", names, &source.object, &target.object,
                                     &source.selector, &target.selector, &avoid))
        return NULL;
    struct ends ends = {0};
    struct hf_words words;
    if (hf_words_init(&words, "avoid", avoid) && (ends.source = hf_target_select(self, &source)) &&
        (ends.target = hf_target_select(self, &target)))
        result = ask(self, &ends, &words);
    hf_selection_destroy(ends.source);
    hf_selection_destroy(ends.target);
    hf_words_deinit(&words);
    return result;
}
