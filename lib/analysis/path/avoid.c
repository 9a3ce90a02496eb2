/* avoid.c - words of --avoid as bits of nodes: selectors, and modules by name. */
#include "analysis/path/avoid.h"

#include <holdfast/selector.h>

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/selector/near.h"
#include "base/error.h"

static const char *root_name(const struct hf_snapshot *snapshot, size_t root) {
    return hf_snapshot_get_text(snapshot, hf_col_roots(snapshot)[root].name, NULL);
}

static enum hf_status fail_no_module(const struct hf_snapshot *snapshot, const char *name, struct hf_error *error) {
    struct hf_near near = {.wanted = name};
    struct hf_text text = HF_TEXT_INIT;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++)
        if (hf_col_roots(snapshot)[i].kind == HF_ROOT_MODULE)
            hf_near_offer(&near, root_name(snapshot, i));
    hf_text_addf(&text, "cannot avoid module '%s': the process has not imported it", name);
    hf_near_print(&near, &text);
    enum hf_status status = text.failed ? hf_fail_nomem(error) : hf_fail(error, HF_ERR_ARGUMENT, "%s", text.data);
    hf_text_deinit(&text);
    return status;
}

static enum hf_status avoid_module(const struct hf_snapshot *snapshot, const char *name, struct hf_bitset *avoid,
                                   struct hf_error *error) {
    bool found = false;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        if (root->kind != HF_ROOT_MODULE || strcmp(root_name(snapshot, i), name) != 0)
            continue;
        found = true;
        hf_bitset_add(avoid, root->node);
        hf_node_id dict = hf_lookup_dict(snapshot, root->node);
        if (dict != HF_NO_NODE)
            hf_bitset_add(avoid, dict);
    }
    return found ? HF_OK : fail_no_module(snapshot, name, error);
}

static enum hf_status avoid_selected(const struct hf_snapshot *snapshot, const char *word, struct hf_bitset *avoid,
                                     struct hf_error *error) {
    struct hf_selection *selection;
    struct hf_error why = {0};
    enum hf_status status = hf_selection_create(snapshot, word, NULL, &selection, &why);
    if (status == HF_ERR_NOMEM)
        return hf_fail_nomem(error);
    if (status != HF_OK)
        return hf_fail(error, HF_ERR_ARGUMENT, "cannot avoid '%s': %s", word, why.message);
    for (size_t i = 0; i < selection->num_nodes; i++)
        hf_bitset_add(avoid, selection->nodes[i]);
    hf_selection_destroy(selection);
    return HF_OK;
}

enum hf_status hf_avoid_words(const struct hf_snapshot *snapshot, const char *const *words, size_t num_words,
                              struct hf_bitset *avoid, struct hf_error *error) {
    static const char module_prefix[] = "module:";
    const size_t prefix_length = sizeof module_prefix - 1;
    for (size_t i = 0; i < num_words; i++) {
        bool is_module = strncmp(words[i], module_prefix, prefix_length) == 0;
        enum hf_status status = is_module ? avoid_module(snapshot, words[i] + prefix_length, avoid, error)
                                          : avoid_selected(snapshot, words[i], avoid, error);
        if (status != HF_OK)
            return status;
    }
    return HF_OK;
}
