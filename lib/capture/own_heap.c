/* own_heap.c - the objects of this process: the collector's lists, tp_traverse and __sizeof__. */
#include "capture/own_process.h"

#include "capture/own_lists.h"
#include "cpython/dict.h"
#include "cpython/size.h"
#include "cpython/type_name.h"

static PyInterpreterState *interpreter(void) {
    return PyThreadState_Get()->interp;
}

uint64_t hf_own_interpreter(void) {
    return (uint64_t)(uintptr_t)interpreter();
}

bool hf_own_collector_is_running(void) {
    return interpreter()->gc.collecting != 0;
}

uint64_t hf_own_num_tracked(void) {
    const struct _gc_runtime_state *gc = &interpreter()->gc;
#if PY_VERSION_HEX >= 0x030e0000 && PY_VERSION_HEX < 0x030e0500
    return gc->heap_size > 0 ? (uint64_t)gc->heap_size : 0;
#else
    return gc->long_lived_total > 0 ? (uint64_t)gc->long_lived_total : 0;
#endif
}

/* ---- the collector's lists ---- */

static void mark_list(struct hf_walker *walker, const PyGC_Head *list,
                      void (*mark)(struct hf_walker *walker, uint64_t addr)) {
    const PyGC_Head *front = hf_gc_next(list), *back = hf_gc_previous(list);
    while (front != list) {
        mark(walker, (uint64_t)(uintptr_t)(front + 1));
        if (front == back)
            return;
        mark(walker, (uint64_t)(uintptr_t)(back + 1));
        const PyGC_Head *next = hf_gc_next(front);
        if (next == back)
            return;
        front = next;
        back = hf_gc_previous(back);
    }
}

void hf_own_mark_tracked(struct hf_walker *walker) {
    const struct _gc_runtime_state *gc = &interpreter()->gc;
    for (int i = 0; i < HF_NUM_GC_LISTS; i++)
        mark_list(walker, hf_gc_list(gc, i), hf_walker_start_from);
    mark_list(walker, &gc->permanent_generation.head, hf_walker_start_from_frozen);
}

/* ---- tp_traverse ---- */

static int visit_reference(PyObject *target, void *walker) {
    hf_walker_add_traversed(walker, (uint64_t)(uintptr_t)target);
    return 0;
}

static void traverse(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr) {
    traverseproc function = (traverseproc)(uintptr_t)plan->traverse;
    if (function != NULL)
        function((PyObject *)(uintptr_t)addr, visit_reference, walker);
}

/* ---- __sizeof__ ---- */

/* The first __sizeof__ along the MRO, found without running anything; 0 if there is none. */
static uint64_t find_sizeof_method(struct hf_decoder *decoder, uint64_t type, uint64_t *owner) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t mro = hf_memory_word(decoder->memory, type + layout->type.mro);
    uint64_t count = mro != 0 ? hf_memory_word(decoder->memory, mro + layout->object.var_size) : 0;
    for (uint64_t i = 0; i < count; i++) {
        *owner = hf_memory_word(decoder->memory, mro + layout->tuple.items + i * 8);
        uint64_t dict, subclasses;
        hf_type_parts(decoder, *owner, 0, &dict, &subclasses);
        uint64_t method = hf_dict_find_str(decoder, dict, "__sizeof__");
        if (method != 0)
            return method;
    }
    return 0;
}

static const struct {
    PyTypeObject *type;
    uint8_t rule;
} formulas[] = {
    {&PyList_Type, HF_SIZE_LIST},   {&PyDict_Type, HF_SIZE_DICT}, {&PySet_Type, HF_SIZE_SET},
    {&PyFrozenSet_Type, HF_SIZE_SET},
};

/* Methods in C are called in one of two ways: without arguments, or with their class and none. */
static void use_method(const PyMethodDescrObject *method, struct hf_type_plan *plan) {
    int flags = method->d_method->ml_flags;
    if (flags == (METH_METHOD | METH_FASTCALL | METH_KEYWORDS))
        plan->size_class = (uint64_t)(uintptr_t)method->d_common.d_type;
    else if (flags != METH_NOARGS)
        return;
    plan->size_rule = HF_SIZE_CALL;
    plan->size_function = (uint64_t)(uintptr_t)method->d_method->ml_meth;
}

static PyObject *call_method(const struct hf_type_plan *plan, PyObject *self) {
    if (plan->size_class == 0)
        return ((PyCFunction)(uintptr_t)plan->size_function)(self, NULL);
    PyCMethod function = (PyCMethod)(uintptr_t)plan->size_function;
    return function(self, (PyTypeObject *)(uintptr_t)plan->size_class, NULL, 0, NULL);
}

static void find_sizeof(struct hf_walker *walker, struct hf_type_plan *plan) {
    struct hf_decoder *decoder = &walker->decoder;
    uint64_t owner = 0;
    PyObject *method = (PyObject *)(uintptr_t)find_sizeof_method(decoder, plan->addr, &owner);
    plan->size_rule = HF_SIZE_PYTHON;
    if (plan->addr == (uint64_t)(uintptr_t)&PyUnicode_Type)
        plan->size_rule = HF_SIZE_STR;
    else if (plan->addr == (uint64_t)(uintptr_t)&PyLong_Type)
        plan->size_rule = HF_SIZE_INT;
    else if (owner == (uint64_t)(uintptr_t)&PyBaseObject_Type &&
             !(plan->has_inline_values && PY_VERSION_HEX >= 0x030c0000))
        plan->size_rule = HF_SIZE_BASIC;
    else if (method != NULL && Py_TYPE(method) == &PyMethodDescr_Type)
        use_method((PyMethodDescrObject *)method, plan);
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        if (owner == (uint64_t)(uintptr_t)formulas[i].type)
            plan->size_rule = formulas[i].rule;
}

/* Static types have no collector's head, which sys.getsizeof knows in all releases but 3.11 and 3.12. */
static bool has_head(const struct hf_type_plan *plan, uint64_t addr) {
#if PY_VERSION_HEX >= 0x030d0000 || PY_VERSION_HEX < 0x030b0000
    if (plan->flags & HF_TYPE_TYPE)
        return PyType_HasFeature((PyTypeObject *)(uintptr_t)addr, Py_TPFLAGS_HEAPTYPE);
#else
    (void)plan, (void)addr;
#endif
    return true;
}

/* The result of a method in C is an int of its own, freed at once. An error that it sets is dropped. */
static bool call_sizeof(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr,
                        uint64_t *size_bytes) {
    (void)decoder;
    PyObject *result = call_method(plan, (PyObject *)(uintptr_t)addr);
    Py_ssize_t size = result != NULL && PyLong_CheckExact(result) ? PyLong_AsSsize_t(result) : -1;
    Py_XDECREF(result);
    if (size < 0) {
        PyErr_Clear();
        return false;
    }
    *size_bytes = (uint64_t)size + (has_head(plan, addr) ? hf_size_before_object(plan) : 0);
    return true;
}

const struct hf_walker_host hf_own_host = {
    .traverse = traverse, .find_sizeof = find_sizeof, .call_sizeof = call_sizeof};
