/*
 * live_chain.c - a shortest chain from an object to one for which a function of the caller says yes.
 *
 *   entries  [ start | its neighbours ... | their neighbours ... | ... ]    the queue, and who was come from
 *             parent:      ^-- 0                ^-- 1, 2, ...
 *
 * Breadth first, in the order in which gc.get_referents and gc.get_referrers give neighbours. Every object in the queue
 * is held, since the function may do what it likes. Forward the neighbours of an object are read when it is its turn.
 * Backward those of the start are looked for in the heap, and all others come from an index of it, made when the first
 * of them is asked for (live_referrers.c): most searches of one step need none.
 */
#include "python/live_addresses.h"
#include "python/live_referrers.h"

#define FIRST_ENTRIES 64

struct entry {
    PyObject *object;            /* held */
    size_t parent;               /* index; its own for the start */
};

struct search {
    PyObject *module;
    PyObject *predicate;
    double max_depth;
    bool is_backward;
    PyObject *referrers;         /* the index, NULL before it is needed */
    struct entry *entries;
    size_t num_entries, capacity;
    size_t at;                   /* the entry whose turn it is */
    struct hf_addresses seen;    /* what is in the queue, or to be ignored */
};

static bool push(struct search *search, PyObject *object, size_t parent) {
    if (search->num_entries == search->capacity) {
        size_t capacity = search->capacity ? search->capacity * 2 : FIRST_ENTRIES;
        struct entry *entries = PyMem_RawRealloc(search->entries, capacity * sizeof *entries);
        if (!entries) {
            PyErr_NoMemory();
            return false;
        }
        search->entries = entries;
        search->capacity = capacity;
    }
    Py_INCREF(object);
    search->entries[search->num_entries++] = (struct entry){object, parent};
    return true;
}

static int meet(PyObject *object, void *context) {
    struct search *search = context;
    int is_new = hf_addresses_add(&search->seen, (uintptr_t)object);
    return is_new == 0 || (is_new > 0 && push(search, object, search->at)) ? 0 : -1;
}

static bool expand_forward(struct search *search, PyObject *object) {
    traverseproc traverse = PyObject_IS_GC(object) ? Py_TYPE(object)->tp_traverse : NULL;
    return traverse == NULL || traverse(object, meet, search) == 0;
}

/* What waits in the queue may be untracked by now, a tuple of texts for one. */
static PyObject *make_index(const struct search *search) {
    size_t count = search->num_entries - search->at;
    PyObject **targets = PyMem_RawCalloc(count, sizeof *targets), *index = NULL;
    for (size_t i = 0; targets && i < count; i++)
        targets[i] = search->entries[search->at + i].object;
    if (targets)
        index = hf_referrers_create(search->module, targets, count);
    else
        PyErr_NoMemory();
    PyMem_RawFree(targets);
    return index;
}

static bool expand_backward(struct search *search, PyObject *object) {
    if (search->at == 0)
        return hf_scan_referrers(object, meet, search) == 0;
    if (!search->referrers)
        search->referrers = make_index(search);
    return search->referrers && hf_referrers_visit(search->referrers, object, meet, search) == 0;
}

static PyObject *make_chain(const struct search *search, size_t at) {
    PyObject *chain = PyList_New(0);
    for (bool is_start = false; chain && !is_start; at = search->entries[at].parent) {
        is_start = at == 0;
        if (PyList_Append(chain, search->entries[at].object) != 0)
            Py_CLEAR(chain);
    }
    return chain;
}

/* 1 when the function of the caller says yes to the object whose turn it is, 0 for no, -1 with an exception. */
static int is_found(const struct search *search) {
    PyObject *answer = PyObject_CallFunctionObjArgs(search->predicate, search->entries[search->at].object, NULL);
    int found = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return found;
}

static PyObject *run(struct search *search) {
    size_t depth = 0, level_end = 1;
    for (; search->at < search->num_entries; search->at++) {
        if (search->at == level_end) {
            depth++;
            level_end = search->num_entries;
        }
        int found = is_found(search);
        if (found != 0)
            return found < 0 ? NULL : make_chain(search, search->at);
        PyObject *object = search->entries[search->at].object;
        if ((double)depth < search->max_depth &&
            !(search->is_backward ? expand_backward(search, object) : expand_forward(search, object)))
            return NULL;
    }
    return make_chain(search, 0);
}

static void deinit(struct search *search) {
    for (size_t i = 0; i < search->num_entries; i++)
        Py_DECREF(search->entries[i].object);
    PyMem_RawFree(search->entries);
    hf_addresses_deinit(&search->seen);
    Py_XDECREF(search->referrers);
}

/*
 * (start, predicate, is_backward, max_depth, set of addresses to be ignored): a list from the object that was found
 * back to the start; of the start alone when there is none.
 */
PyObject *hf_live_chain(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (!hf_live_takes(count, 5))
        return NULL;
    struct search search = {.module = module, .predicate = args[1], .is_backward = args[2] == Py_True};
    PyObject *chain = NULL;
    search.max_depth = PyFloat_AsDouble(args[3]);
    if (!PyErr_Occurred() && hf_addresses_add_ids(&search.seen, args[4]) &&
        hf_addresses_add(&search.seen, (uintptr_t)args[0]) >= 0 && push(&search, args[0], 0))
        chain = run(&search);
    deinit(&search);
    return chain;
}
