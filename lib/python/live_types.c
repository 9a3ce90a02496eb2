/*
 * live_types.c - live objects counted, found and remembered by the name of their type.
 *
 *   row    [ o0 | o1 | o2 | ... ]          the objects, borrowed
 *   slots  hash of a type -> its index     open addressing, at most half full
 *   types  [ t0 | t1 | ... ]               in the order in which they were met, held
 *
 * A name costs a lookup through the type of the type, which may run code of the program. It is looked up once for a
 * type and not for each object, and never while a row of borrowed objects is still to be read.
 */
#include "python/live.h"

#define FIRST_SLOTS 256
#define AHEAD 16

struct types {
    PyTypeObject **types;
    size_t *counts;
    size_t num_types;
    uint32_t *slots;             /* index + 1 */
    size_t num_slots;
};

static void deinit(struct types *table) {
    for (size_t i = 0; i < table->num_types; i++)
        Py_DECREF(table->types[i]);
    PyMem_RawFree(table->types);
    PyMem_RawFree(table->counts);
    PyMem_RawFree(table->slots);
}

static uint32_t *slot_of(const struct types *table, const PyTypeObject *type) {
    size_t at = (size_t)((uint64_t)(uintptr_t)type * UINT64_C(0x9E3779B97F4A7C15) >> 24) & (table->num_slots - 1);
    while (table->slots[at] != 0 && table->types[table->slots[at] - 1] != type)
        at = (at + 1) & (table->num_slots - 1);
    return &table->slots[at];
}

static bool grow(struct types *table) {
    size_t num_slots = table->num_slots != 0 ? table->num_slots * 2 : FIRST_SLOTS;
    PyTypeObject **types = PyMem_RawRealloc(table->types, num_slots / 2 * sizeof(PyTypeObject *));
    table->types = types ? types : table->types;
    size_t *counts = PyMem_RawRealloc(table->counts, num_slots / 2 * sizeof *counts);
    table->counts = counts ? counts : table->counts;
    uint32_t *slots = PyMem_RawCalloc(num_slots, sizeof *slots);
    if (!types || !counts || !slots) {
        PyMem_RawFree(slots);
        PyErr_NoMemory();
        return false;
    }
    PyMem_RawFree(table->slots);
    table->slots = slots;
    table->num_slots = num_slots;
    for (size_t i = 0; i < table->num_types; i++)
        *slot_of(table, table->types[i]) = (uint32_t)i + 1;
    return true;
}

/* The index of a type, which has no count yet when it is new; -1 with an exception. */
static Py_ssize_t index_of(struct types *table, PyTypeObject *type) {
    if (table->num_types * 2 >= table->num_slots && !grow(table))
        return -1;
    uint32_t *slot = slot_of(table, type);
    if (*slot == 0) {
        Py_INCREF(type);
        table->types[table->num_types] = type;
        table->counts[table->num_types] = 0;
        *slot = (uint32_t)++table->num_types;
    }
    return (Py_ssize_t)*slot - 1;
}

/* Counts the objects of a row; `indexes` (NULL: not wanted) become those of the type of each. */
static bool count_row(struct types *table, const struct hf_live *live, uint32_t *indexes) {
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    for (size_t i = 0; i < num_objects; i++) {
        if (i + AHEAD < num_objects)
            __builtin_prefetch(objects[i + AHEAD]);
        Py_ssize_t index = index_of(table, Py_TYPE((PyObject *)objects[i]));
        if (index < 0)
            return false;
        table->counts[index]++;
        if (indexes)
            indexes[i] = (uint32_t)index;
    }
    return true;
}

static bool count_tracked(struct types *table) {
    struct hf_live *live = hf_list_live();
    bool counted = live && count_row(table, live, NULL);
    hf_live_destroy(live);
    return counted;
}

static bool count_items(struct types *table, PyObject *objects) {
    PyObject *iterator = PyObject_GetIter(objects), *object;
    bool counted = iterator != NULL;
    while (counted && (object = PyIter_Next(iterator))) {
        Py_ssize_t index = index_of(table, Py_TYPE(object));
        counted = index >= 0;
        if (counted)
            table->counts[index]++;
        Py_DECREF(object);
    }
    Py_XDECREF(iterator);
    return counted && !PyErr_Occurred();
}

/* ---- names ---- */

static PyObject *module_of(PyTypeObject *type) {
    PyObject *module = PyObject_GetAttrString((PyObject *)type, "__module__");
    if (module || !PyErr_ExceptionMatches(PyExc_AttributeError))
        return module;
    PyErr_Clear();
    Py_RETURN_NONE;
}

/* "Session", or with is_long "shop.models.Session". */
static PyObject *name_of(PyTypeObject *type, bool is_long) {
    PyObject *name = PyObject_GetAttrString((PyObject *)type, "__name__");
    PyObject *module = name && is_long ? module_of(type) : NULL;
    if (!name || !is_long)
        return name;
    int has_module = module ? PyObject_IsTrue(module) : -1;
    PyObject *long_name = has_module > 0 ? PyUnicode_FromFormat("%S.%S", module, name) : NULL;
    if (has_module == 0)
        Py_INCREF(long_name = name);
    Py_XDECREF(module);
    Py_DECREF(name);
    return long_name;
}

/* Adds a number to what a dict has under a name. */
static bool add_to(PyObject *stats, PyObject *name, size_t number) {
    PyObject *old = PyDict_GetItemWithError(stats, name);
    if (!old && PyErr_Occurred())
        return false;
    PyObject *sum = PyLong_FromSize_t(number + (old ? PyLong_AsSize_t(old) : 0));
    bool added = sum && PyDict_SetItem(stats, name, sum) == 0;
    Py_XDECREF(sum);
    return added;
}

static PyObject *make_stats(const struct types *table, bool is_long) {
    PyObject *stats = PyDict_New();
    for (size_t i = 0; stats && i < table->num_types; i++) {
        PyObject *name = name_of(table->types[i], is_long);
        if (!name || !add_to(stats, name, table->counts[i]))
            Py_CLEAR(stats);
        Py_XDECREF(name);
    }
    return stats;
}

/* (is_long, objects or None): how many objects there are for each name of a type, in the order of first meeting. */
PyObject *hf_live_count_types(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    struct types table = {0};
    if (!hf_live_takes(count, 2))
        return NULL;
    bool counted = args[1] == Py_None ? count_tracked(&table) : count_items(&table, args[1]);
    PyObject *stats = counted ? make_stats(&table, args[0] == Py_True) : NULL;
    deinit(&table);
    return stats;
}

/* ---- the objects of one name ---- */

/* 1 when the type has the name, 0 when not, -1 with an exception. */
static int has_name(PyTypeObject *type, PyObject *wanted, bool is_long) {
    PyObject *name = name_of(type, is_long);
    int equal = name ? PyObject_RichCompareBool(name, wanted, Py_EQ) : -1;
    Py_XDECREF(name);
    return equal;
}

/* Leaves no count but in types of that name. */
static bool keep_named(struct types *table, PyObject *wanted, bool is_long) {
    for (size_t i = 0; i < table->num_types; i++) {
        int equal = has_name(table->types[i], wanted, is_long);
        if (equal < 0)
            return false;
        if (equal == 0)
            table->counts[i] = 0;
    }
    return true;
}

static bool is_kept(const struct types *table, PyObject *object) {
    uint32_t index = *slot_of(table, Py_TYPE(object));
    return index != 0 && table->counts[index - 1] != 0;
}

/* Reads the lists anew: the names that were looked up in between may have run code. */
static bool append_tracked(const struct types *table, PyObject *found) {
    struct hf_live *live = hf_list_live();
    size_t num_objects = 0;
    void *const *objects = live ? hf_live_objects(live, &num_objects) : NULL;
    bool appended = live != NULL;
    for (size_t i = 0; appended && i < num_objects; i++)
        if (is_kept(table, objects[i]))
            appended = PyList_Append(found, objects[i]) == 0;
    hf_live_destroy(live);
    return appended;
}

static PyObject *find_tracked(PyObject *wanted, bool is_long) {
    struct types table = {0};
    PyObject *found = NULL;
    if (count_tracked(&table) && keep_named(&table, wanted, is_long) && (found = hf_new_hidden_list())) {
        bool appended = table.num_types == 0 || append_tracked(&table, found);
        PyObject_GC_Track(found);
        if (!appended)
            Py_CLEAR(found);
    }
    deinit(&table);
    return found;
}

/* Whether an object is of a type of that name, which the count of the type says from the first one on. */
static int is_wanted(struct types *table, PyTypeObject *type, PyObject *wanted, bool is_long) {
    size_t num_types = table->num_types;
    Py_ssize_t index = index_of(table, type);
    if (index < 0 || (size_t)index < num_types)
        return index < 0 ? -1 : table->counts[index] != 0;
    int equal = has_name(type, wanted, is_long);
    table->counts[index] = equal > 0;
    return equal;
}

static bool append_items(struct types *table, PyObject *objects, PyObject *wanted, bool is_long, PyObject *found) {
    PyObject *iterator = PyObject_GetIter(objects), *object;
    bool appended = iterator != NULL;
    while (appended && (object = PyIter_Next(iterator))) {
        int equal = is_wanted(table, Py_TYPE(object), wanted, is_long);
        appended = equal == 0 || (equal > 0 && PyList_Append(found, object) == 0);
        Py_DECREF(object);
    }
    Py_XDECREF(iterator);
    return appended && !PyErr_Occurred();
}

static PyObject *find_in(PyObject *objects, PyObject *wanted, bool is_long) {
    struct types table = {0};
    PyObject *found = PyList_New(0);
    if (found && !append_items(&table, objects, wanted, is_long, found))
        Py_CLEAR(found);
    deinit(&table);
    return found;
}

/* (name, is_long, objects or None): a list of the objects whose type has that name. */
PyObject *hf_live_by_type(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (!hf_live_takes(count, 3))
        return NULL;
    bool is_long = args[1] == Py_True;
    return args[2] == Py_None ? find_tracked(args[0], is_long) : find_in(args[2], args[0], is_long);
}

/* ---- their addresses ---- */

/* The set that a dict has under the name of a type, made when it is not there yet. Borrowed. */
static PyObject *set_of(PyObject *ids, PyTypeObject *type, bool is_long) {
    PyObject *name = name_of(type, is_long);
    PyObject *set = name ? PyDict_GetItemWithError(ids, name) : NULL;
    if (name && !set && !PyErr_Occurred() && (set = PySet_New(NULL))) {
        int status = PyDict_SetItem(ids, name, set);
        Py_DECREF(set);
        set = status == 0 ? set : NULL;
    }
    Py_XDECREF(name);
    return set;
}

static bool add_id(PyObject *set, void *object) {
    PyObject *id = PyLong_FromVoidPtr(object);
    bool added = id && PySet_Add(set, id) == 0;
    Py_XDECREF(id);
    return added;
}

/* Of the objects their addresses alone are read: some may be gone by now. `sets` is room for one of each type. */
static bool add_ids(const struct types *table, const struct hf_live *live, const uint32_t *indexes, PyObject **sets,
                    PyObject *ids, bool is_long) {
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    for (size_t i = 0; i < table->num_types; i++)
        if (!(sets[i] = set_of(ids, table->types[i], is_long)))
            return false;
    for (size_t i = 0; i < num_objects; i++)
        if (!add_id(sets[indexes[i]], objects[i]))
            return false;
    return true;
}

static PyObject *collect_ids(struct types *table, const struct hf_live *live, uint32_t *indexes, bool is_long) {
    if (!count_row(table, live, indexes))
        return NULL;
    PyObject **sets = PyMem_RawCalloc(table->num_types + 1, sizeof *sets);
    PyObject *ids = sets != NULL ? PyDict_New() : PyErr_NoMemory();
    if (ids && !add_ids(table, live, indexes, sets, ids, is_long))
        Py_CLEAR(ids);
    PyMem_RawFree(sets);
    return ids;
}

/* (is_long): a dict from the names of types to the sets of the addresses of what the collector tracks. */
PyObject *hf_live_ids_by_type(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    struct types table = {0};
    struct hf_live *live = hf_live_takes(count, 1) ? hf_list_live() : NULL;
    if (!live)
        return NULL;
    size_t num_objects;
    hf_live_objects(live, &num_objects);
    uint32_t *indexes = PyMem_RawMalloc((num_objects + 1) * sizeof *indexes);
    PyObject *ids = indexes ? collect_ids(&table, live, indexes, args[0] == Py_True) : PyErr_NoMemory();
    PyMem_RawFree(indexes);
    hf_live_destroy(live);
    deinit(&table);
    return ids;
}
