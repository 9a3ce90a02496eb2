/* waste.c - Snapshot.waste(): memory that need not be spent. */
#include <holdfast/waste.h>

#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

static PyObject *make_row(size_t i, const void *context) {
    const struct hf_waste_row *row = (const struct hf_waste_row *)context + i;
    return hf_result("WasteRow", Py_BuildValue("{s:N,s:K,s:K,s:K,s:N,s:K,s:N,s:N,s:I,s:K}", "type", hf_text(row->type),
                                               "count", row->count, "size_bytes", row->size_bytes,
                                               "saving_bytes", row->saving_bytes, "what", hf_text(row->what),
                                               "num_held", row->num_held,
                                               "owner", hf_text(row->owner), "pattern", hf_text(row->pattern),
                                               "example", row->example, "example_addr", row->example_addr));
}

static PyObject *make_section(size_t i, const void *context) {
    const struct hf_waste_section *section = (const struct hf_waste_section *)context + i;
    return hf_result("WasteKind",
                     Py_BuildValue("{s:s,s:s,s:N,s:s,s:K,s:K,s:K,s:N,s:n}", "kind", hf_waste_kind_name(section->kind),
                                   "title", section->title, "is_answered", PyBool_FromLong(section->is_answered),
                                   "problem", section->problem, "count", section->count,
                                   "size_bytes", section->size_bytes, "saving_bytes", section->saving_bytes,
                                   "rows", hf_tuple(section->num_rows, make_row, section->rows),
                                   "num_all_rows", (Py_ssize_t)section->num_all_rows));
}

static PyObject *make_waste(const struct hf_waste *waste) {
    return hf_result("Waste", Py_BuildValue("{s:K,s:K,s:N}", "total_count", waste->total_count,
                                            "total_bytes", waste->total_bytes, "kinds",
                                            hf_tuple(waste->num_sections, make_section, waste->sections)));
}

/* The bits of the kinds of these names. False with a ValueError that lists them. */
static bool find_kinds(const struct hf_words *words, uint32_t *kinds) {
    const char *names[HF_WASTE_NUM_KINDS];
    for (int i = 0; i < HF_WASTE_NUM_KINDS; i++)
        names[i] = hf_waste_kind_name((enum hf_waste_kind)i);
    for (size_t i = 0; i < words->count; i++) {
        int found = hf_find_word("kind", words->words[i], names, HF_WASTE_NUM_KINDS);
        if (found < 0)
            return false;
        *kinds |= UINT32_C(1) << found;
    }
    return true;
}

static PyObject *ask(PyObject *self, struct hf_waste_options *options) {
    struct hf_waste *waste = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_waste_create(hf_snapshot_of(self), options, &waste, &error);
    hf_lock(&unlocked);
    PyObject *result = status == HF_OK ? make_waste(waste) : hf_raise(&error, NULL);
    hf_waste_destroy(waste);
    return result;
}

PyObject *hf_snapshot_waste(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"kinds", "min_bytes", "limit", NULL};
    struct hf_waste_options options = {.struct_size = sizeof options};
    PyObject *kinds = NULL;
    struct hf_words words;
    size_t limit = 10;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OO&O&:waste", names, &kinds, hf_convert_bytes,
                                     &options.min_bytes, hf_convert_limit, &limit))
        return NULL;
    options.limit = limit != 0 ? limit : SIZE_MAX;
    PyObject *result = NULL;
    if (hf_words_init(&words, "kinds", kinds) && find_kinds(&words, &options.kinds))
        result = ask(self, &options);
    hf_words_deinit(&words);
    return result;
}
