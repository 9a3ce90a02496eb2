/*
 * names.h - the names of references that are the same in every process. Names that depend on the program (attributes,
 * variables) are added behind them while a snapshot is taken.
 *
 * X(symbol, kind, text, flags). The number of a name is its index in the snapshot's `names` column.
 *
 * HF_NAME_EXTRA marks references that exist and count, and that tp_traverse does not visit, because no cycle can lead
 * through them or because they never go:
 *
 *   keys of dicts whose keys are all str; names of functions' descriptors, modules, classes and their slots
 *   everything inside code objects
 *   what static types hold: their dict, MRO, bases; the weak references that any type keeps to its subclasses
 *   the class of an instance that is not collected; ends and step of a range; the time zone of a datetime
 *   elements, base and dtype of numpy arrays; links of an lru_cache
 *
 * All references of an object that is not collected (no HF_NODE_GC) are such, whatever their name: nobody visits them.
 * tests/python/oracle/extras.py has the same list, with what Python shows of each.
 */
#ifndef HF_CPYTHON_NAMES_H
#define HF_CPYTHON_NAMES_H

#include <holdfast/snapshot.h>

#define HF_STATIC_NAMES(X)                                              \
    X(UNNAMED, NONE, "", 0)                                             \
    X(DICT, DICT, "__dict__", 0)                                        \
    X(ITEM, ITEM, "", 0)                                                \
    X(ITEM_EXTRA, ITEM, "", HF_NAME_EXTRA)                              \
    X(KEY, KEY, "", 0)                                                  \
    X(KEY_EXTRA, KEY, "", HF_NAME_EXTRA)                                \
    X(VALUE, VALUE, "", 0)                                              \
    X(MEMBER, MEMBER, "", 0)                                            \
    X(STACK, STACK, "", 0)                                              \
    X(CELL, CELL, "cell_contents", 0)                                   \
    X(TYPE, TYPE, "", 0)                                                \
    X(TYPE_EXTRA, TYPE, "", HF_NAME_EXTRA)                              \
    /* types */                                                         \
    X(TYPE_DICT, DICT, "__dict__", 0)                                   \
    X(TYPE_DICT_EXTRA, DICT, "__dict__", HF_NAME_EXTRA)                 \
    X(MRO, ATTRIBUTE, "__mro__", 0)                                     \
    X(MRO_EXTRA, ATTRIBUTE, "__mro__", HF_NAME_EXTRA)                   \
    X(BASES, ATTRIBUTE, "__bases__", 0)                                 \
    X(BASES_EXTRA, ATTRIBUTE, "__bases__", HF_NAME_EXTRA)               \
    X(BASE, ATTRIBUTE, "__base__", 0)                                   \
    X(TYPE_CACHE, FIELD, "tp_cache", 0)                                 \
    X(SUBCLASSES, FIELD, "tp_subclasses", HF_NAME_EXTRA)                \
    X(TYPE_MODULE, FIELD, "ht_module", 0)                               \
    X(TYPE_NAME, ATTRIBUTE, "__name__", HF_NAME_EXTRA)                  \
    X(TYPE_QUALNAME, ATTRIBUTE, "__qualname__", HF_NAME_EXTRA)          \
    X(TYPE_SLOTS, FIELD, "ht_slots", HF_NAME_EXTRA)                     \
    X(CACHED_KEY, FIELD, "ht_cached_keys", HF_NAME_EXTRA)               \
    /* functions and methods */                                         \
    X(GLOBALS, ATTRIBUTE, "__globals__", 0)                             \
    X(BUILTINS, ATTRIBUTE, "__builtins__", 0)                           \
    X(NAME, ATTRIBUTE, "__name__", 0)                                   \
    X(QUALNAME, ATTRIBUTE, "__qualname__", 0)                           \
    X(CODE, ATTRIBUTE, "__code__", 0)                                   \
    X(DEFAULTS, ATTRIBUTE, "__defaults__", 0)                           \
    X(KWDEFAULTS, ATTRIBUTE, "__kwdefaults__", 0)                       \
    X(CLOSURE, ATTRIBUTE, "__closure__", 0)                             \
    X(DOC, ATTRIBUTE, "__doc__", 0)                                     \
    X(ANNOTATIONS, ATTRIBUTE, "__annotations__", 0)                     \
    X(ANNOTATIONS_TUPLE, FIELD, "func_annotations", 0)                  \
    X(ANNOTATE, ATTRIBUTE, "__annotate__", 0)                           \
    X(TYPE_PARAMS, ATTRIBUTE, "__type_params__", 0)                     \
    X(MODULE, ATTRIBUTE, "__module__", 0)                               \
    X(FUNC, ATTRIBUTE, "__func__", 0)                                   \
    X(SELF, ATTRIBUTE, "__self__", 0)                                   \
    X(CALLBACK, ATTRIBUTE, "__callback__", 0)                           \
    X(PROXY_CALLBACK, FIELD, "callback", 0)                             \
    X(OBJCLASS, ATTRIBUTE, "__objclass__", 0)                           \
    X(DESCR_NAME, ATTRIBUTE, "__name__", HF_NAME_EXTRA)                 \
    X(DESCR_QUALNAME, FIELD, "d_qualname", HF_NAME_EXTRA)               \
    X(WRAPPER_DESCR, FIELD, "descr", 0)                                 \
    X(DEFINING_CLASS, FIELD, "mm_class", 0)                             \
    X(PROPERTY_NAME, FIELD, "prop_name", 0)                             \
    X(MODULE_STATE, FIELD, "module state", 0)                           \
    X(MODULE_NAME, FIELD, "md_name", HF_NAME_EXTRA)                     \
    X(MAPPING, FIELD, "mapping", 0)                                     \
    /* code */                                                          \
    X(CO_CONSTS, ATTRIBUTE, "co_consts", HF_NAME_EXTRA)                 \
    X(CO_NAMES, ATTRIBUTE, "co_names", HF_NAME_EXTRA)                   \
    X(CO_VARNAMES, ATTRIBUTE, "co_varnames", HF_NAME_EXTRA)             \
    X(CO_FREEVARS, ATTRIBUTE, "co_freevars", HF_NAME_EXTRA)             \
    X(CO_CELLVARS, ATTRIBUTE, "co_cellvars", HF_NAME_EXTRA)             \
    X(CO_LOCALSPLUSNAMES, FIELD, "co_localsplusnames", HF_NAME_EXTRA)   \
    X(CO_LOCALSPLUSKINDS, FIELD, "co_localspluskinds", HF_NAME_EXTRA)   \
    X(CO_FILENAME, ATTRIBUTE, "co_filename", HF_NAME_EXTRA)             \
    X(CO_NAME, ATTRIBUTE, "co_name", HF_NAME_EXTRA)                     \
    X(CO_QUALNAME, ATTRIBUTE, "co_qualname", HF_NAME_EXTRA)             \
    X(CO_LINETABLE, FIELD, "co_linetable", HF_NAME_EXTRA)               \
    X(CO_EXCEPTIONTABLE, ATTRIBUTE, "co_exceptiontable", HF_NAME_EXTRA) \
    X(CO_CODE, FIELD, "co_code", HF_NAME_EXTRA)                         \
    /* generators, frames, tracebacks, exceptions */                    \
    X(GI_CODE, ATTRIBUTE, "gi_code", 0)                                 \
    X(CR_CODE, ATTRIBUTE, "cr_code", 0)                                 \
    X(AG_CODE, ATTRIBUTE, "ag_code", 0)                                 \
    X(GEN_NAME, ATTRIBUTE, "__name__", 0)                               \
    X(GEN_QUALNAME, ATTRIBUTE, "__qualname__", 0)                       \
    X(GEN_ORIGIN, FIELD, "origin or finalizer", 0)                      \
    X(GI_FRAME, ATTRIBUTE, "gi_frame", 0)                               \
    X(CR_FRAME, ATTRIBUTE, "cr_frame", 0)                               \
    X(AG_FRAME, ATTRIBUTE, "ag_frame", 0)                               \
    X(CR_AWAIT, ATTRIBUTE, "cr_await", 0)                               \
    X(EXC_STATE, FIELD, "exception being handled", 0)                   \
    X(FRAME_CODE, ATTRIBUTE, "f_code", 0)                               \
    X(FRAME_FUNC, FIELD, "function", 0)                                 \
    X(FRAME_LOCALS, FIELD, "f_locals", 0)                               \
    X(FRAME_OBJECT, FIELD, "frame object", 0)                           \
    X(FRAME_BACK, ATTRIBUTE, "f_back", 0)                               \
    X(FRAME_TRACE, ATTRIBUTE, "f_trace", 0)                             \
    X(FRAME_EXTRA_LOCALS, FIELD, "extra locals", 0)                     \
    X(TB_NEXT, ATTRIBUTE, "tb_next", 0)                                 \
    X(TB_FRAME, ATTRIBUTE, "tb_frame", 0)                               \
    X(ARGS, ATTRIBUTE, "args", 0)                                       \
    X(NOTES, ATTRIBUTE, "__notes__", 0)                                 \
    X(TRACEBACK, ATTRIBUTE, "__traceback__", 0)                         \
    X(CONTEXT, ATTRIBUTE, "__context__", 0)                             \
    X(CAUSE, ATTRIBUTE, "__cause__", 0)                                 \
    /* iterators and small builtins */                                  \
    X(ITERATED, TEMPLATE, "@.__reduce__()[1][0]", 0)                    \
    X(ITERATED_NEXT, TEMPLATE, "@.__reduce__()[1][1]", 0)               \
    X(ITERATED_TUPLE, TEMPLATE, "@.__reduce__()[1]", 0)                 \
    X(ITERATED_FIELD, FIELD, "iterated object", 0)                      \
    X(ITER_RESULT, FIELD, "result kept for reuse", 0)                   \
    X(ITER_INDEX, FIELD, "index", 0)                                    \
    X(ITER_FUNC, FIELD, "function", 0)                                  \
    X(ITER_ARGUMENT, FIELD, "argument", 0)                              \
    X(ITER_BUFFER, FIELD, "buffered values", 0)                         \
    X(ITER_CURRENT, FIELD, "current value", 0)                          \
    X(DICT_VIEW, FIELD, "dict", 0)                                      \
    X(SLICE_START, ATTRIBUTE, "start", 0)                               \
    X(SLICE_STOP, ATTRIBUTE, "stop", 0)                                 \
    X(SLICE_STEP, ATTRIBUTE, "step", 0)                                 \
    X(RANGE_START, ATTRIBUTE, "start", HF_NAME_EXTRA)                   \
    X(RANGE_STOP, ATTRIBUTE, "stop", HF_NAME_EXTRA)                     \
    X(RANGE_STEP, ATTRIBUTE, "step", HF_NAME_EXTRA)                     \
    X(RANGE_LENGTH, FIELD, "length", HF_NAME_EXTRA)                     \
    X(ORIGIN, ATTRIBUTE, "__origin__", 0)                               \
    X(ALIAS_ARGS, ATTRIBUTE, "__args__", 0)                             \
    X(PARAMETERS, ATTRIBUTE, "__parameters__", 0)                       \
    X(VIEW_BUFFER, FIELD, "managed buffer", 0)                          \
    X(VIEW_OBJ, ATTRIBUTE, "obj", 0)                                    \
    X(BUFFER_MASTER, FIELD, "buffer of", 0)                             \
    X(PARTIAL_KWMARK, FIELD, "keyword mark", 0)                         \
    /* collections and functools */                                     \
    X(QUEUE_ITEMS, FIELD, "items", 0)                                   \
    X(ORDERED_KEY, FIELD, "key in order", 0)                            \
    X(CACHE_LINK, FIELD, "link", HF_NAME_EXTRA)                         \
    X(CACHE_KEY, FIELD, "cached key", 0)                                \
    X(CACHE_VALUE, FIELD, "cached value", 0)                            \
    X(CACHE_DICT, FIELD, "cache", 0)                                    \
    X(CACHE_LINK_TYPE, FIELD, "link type", 0)                           \
    X(CACHE_INFO_TYPE, FIELD, "cache_info type", 0)                     \
    X(CACHE_FUNC, ATTRIBUTE, "__wrapped__", 0)                          \
    X(TEE_VALUE, FIELD, "teed value", 0)                                \
    X(TEE_NEXT, FIELD, "next block", 0)                                 \
    /* context variables */                                             \
    X(CONTEXT_VARS, FIELD, "variables", 0)                              \
    X(CONTEXT_PREVIOUS, FIELD, "previous context", 0)                   \
    X(VAR_DEFAULT, FIELD, "default", 0)                                 \
    X(VAR_NAME, ATTRIBUTE, "name", 0)                                   \
    X(TOKEN_CONTEXT, FIELD, "context", 0)                               \
    X(TOKEN_VAR, ATTRIBUTE, "var", 0)                                   \
    X(TOKEN_OLD, ATTRIBUTE, "old_value", 0)                             \
    X(HAMT_ROOT, FIELD, "root", 0)                                      \
    X(HAMT_ENTRY, FIELD, "variable or value", 0)                        \
    /* asyncio, threads, io, others written in C */                     \
    X(FUTURE_LOOP, ATTRIBUTE, "_loop", 0)                               \
    X(FUTURE_CALLBACK, TEMPLATE, "@._callbacks[0][0]", 0)               \
    X(FUTURE_CONTEXT, TEMPLATE, "@._callbacks[0][1]", 0)                \
    X(FUTURE_CALLBACKS, FIELD, "callbacks", 0)                          \
    X(FUTURE_EXCEPTION, ATTRIBUTE, "_exception", 0)                     \
    X(FUTURE_EXCEPTION_TB, FIELD, "exception traceback", 0)             \
    X(FUTURE_RESULT, ATTRIBUTE, "_result", 0)                           \
    X(FUTURE_SOURCE_TB, ATTRIBUTE, "_source_traceback", 0)              \
    X(FUTURE_CANCEL_MSG, ATTRIBUTE, "_cancel_message", 0)               \
    X(TASK_WAITER, ATTRIBUTE, "_fut_waiter", 0)                         \
    X(TASK_CORO, ATTRIBUTE, "_coro", 0)                                 \
    X(TASK_NAME, FIELD, "name", 0)                                      \
    X(TASK_CONTEXT, FIELD, "context", 0)                                \
    X(C_STATE, FIELD, "state in C", 0)                                  \
    X(LOCAL_DUMMIES, FIELD, "thread-local marks", 0)                    \
    X(ARRAY_ELEMENT, FIELD, "element", HF_NAME_EXTRA)                   \
    X(ARRAY_BASE, ATTRIBUTE, "base", HF_NAME_EXTRA)                     \
    X(ARRAY_DTYPE, ATTRIBUTE, "dtype", HF_NAME_EXTRA)                   \
    X(ABC_REGISTRY, FIELD, "registry", 0)                               \
    X(ABC_CACHE, FIELD, "cache", 0)                                     \
    X(ABC_NEGATIVE_CACHE, FIELD, "negative cache", 0)                   \
    X(ELEMENT_TAG, ATTRIBUTE, "tag", 0)                                 \
    X(ELEMENT_TEXT, ATTRIBUTE, "text", 0)                               \
    X(ELEMENT_TAIL, ATTRIBUTE, "tail", 0)                               \
    X(ELEMENT_REST, FIELD, "child or attributes", 0)                    \
    X(ZONE_OFFSET, FIELD, "offset", HF_NAME_EXTRA)                      \
    X(ZONE_NAME, FIELD, "name", HF_NAME_EXTRA)                          \
    X(TZINFO, ATTRIBUTE, "tzinfo", HF_NAME_EXTRA)

enum hf_static_name {
#define X(symbol, kind, text, flags) HF_N_##symbol,
    HF_STATIC_NAMES(X)
#undef X
    HF_NUM_STATIC_NAMES
};

struct hf_static_name_entry {
    const char *text;
    uint8_t kind;
    uint8_t flags;
};

extern const struct hf_static_name_entry hf_static_names[HF_NUM_STATIC_NAMES];

/* True for references that tp_traverse does not visit. */
static inline bool hf_name_is_extra(uint16_t name) {
    return name < HF_NUM_STATIC_NAMES && (hf_static_names[name].flags & HF_NAME_EXTRA);
}

#endif
