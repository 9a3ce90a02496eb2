/*
 * own_layout.c - the layout of the Python release that this file is compiled against, measured with offsetof.
 *
 * Everything that differs between releases is in this table or behind one #if beside it; decoders see only the table.
 */
#include "capture/own_layout.h"

#include "capture/python_internals.h"
#include "cpython/names.h"

#define AT(type, field) ((hf_offset)offsetof(type, field))
#define KNOWN(type, kind) {(uint64_t)(uintptr_t)&type, HF_KIND_##kind}
#define FIELD(name_of_type, type, field, name) {name_of_type, AT(type, field), HF_N_##name}

#if PY_VERSION_HEX < 0x030b0000
/* Objects/dict-common.h of 3.9 and 3.10, which is not installed. */
struct hf_dict_keys_39 {
    Py_ssize_t refcnt, size;
    void *lookup;
    Py_ssize_t usable, nentries;
    char indices[];
};
#endif

/* traces.c reads these with the same offsets in every release. */
#if PY_VERSION_HEX >= 0x030c0000
_Static_assert(offsetof(struct tracemalloc_traceback, nframe) == 8 &&
                   offsetof(struct tracemalloc_traceback, total_nframe) == 10 &&
                   offsetof(struct tracemalloc_traceback, frames) == 12 && sizeof(struct tracemalloc_frame) == 12,
               "a traceback of tracemalloc");
#endif
_Static_assert(offsetof(struct _Py_hashtable_t, nbuckets) == 8 && offsetof(struct _Py_hashtable_t, buckets) == 16 &&
                   offsetof(struct _Py_hashtable_t, hash_func) == 32 &&
                   offsetof(struct _Py_hashtable_t, compare_func) == 40 &&
                   offsetof(struct _Py_hashtable_t, key_destroy_func) == 48 &&
                   offsetof(_Py_hashtable_entry_t, key) == 16 && offsetof(_Py_hashtable_entry_t, value) == 24,
               "a hash table of CPython");

/* Zero counts as one digit from 3.11.2 on. */
#define INT_MIN_DIGITS (PY_VERSION_HEX >= 0x030b0200)

/* Addresses are known in the process itself alone: a table for others (print_layout.c) is without. */
#ifndef HF_LAYOUT_TABLE
static const struct hf_known_type known_types[] = {
    KNOWN(PyBaseObject_Type, OBJECT),
    KNOWN(PyDict_Type, DICT),
#if PY_VERSION_HEX >= 0x030f0000
    KNOWN(PyFrozenDict_Type, DICT),
#endif
    KNOWN(PyList_Type, LIST),
    KNOWN(PyTuple_Type, TUPLE),
    KNOWN(PySet_Type, SET),
    KNOWN(PyFrozenSet_Type, SET),
    KNOWN(PyUnicode_Type, STR),
    KNOWN(PyBytes_Type, BYTES),
    KNOWN(PyByteArray_Type, BYTEARRAY),
    KNOWN(PyLong_Type, INT),
    KNOWN(PyBool_Type, BOOL),
    KNOWN(PyFloat_Type, FLOAT),
    KNOWN(PyComplex_Type, COMPLEX),
    KNOWN(PyCell_Type, CELL),
    KNOWN(PyType_Type, TYPE),
    KNOWN(PyCode_Type, CODE),
    KNOWN(PyFrame_Type, FRAME),
    KNOWN(PyGen_Type, GENERATOR),
    KNOWN(PyCoro_Type, COROUTINE),
    KNOWN(PyAsyncGen_Type, ASYNC_GENERATOR),
    KNOWN(PyModule_Type, MODULE),
    KNOWN(PyFunction_Type, FUNCTION),
    KNOWN(PyMethod_Type, METHOD),
    KNOWN(PyWrapperDescr_Type, DESCRIPTOR),
    KNOWN(PyMethodDescr_Type, DESCRIPTOR),
    KNOWN(PyClassMethodDescr_Type, DESCRIPTOR),
    KNOWN(PyMemberDescr_Type, DESCRIPTOR),
    KNOWN(PyGetSetDescr_Type, DESCRIPTOR),
    {0, HF_KIND_FIELDS},
};
#endif

static const struct hf_layout_field fields[] = {
    FIELD("function", PyFunctionObject, func_code, CODE),
    FIELD("function", PyFunctionObject, func_globals, GLOBALS),
#if PY_VERSION_HEX >= 0x030a0000
    FIELD("function", PyFunctionObject, func_builtins, BUILTINS),
#endif
    FIELD("function", PyFunctionObject, func_module, MODULE),
    FIELD("function", PyFunctionObject, func_defaults, DEFAULTS),
    FIELD("function", PyFunctionObject, func_kwdefaults, KWDEFAULTS),
    FIELD("function", PyFunctionObject, func_doc, DOC),
    FIELD("function", PyFunctionObject, func_name, NAME),
    FIELD("function", PyFunctionObject, func_closure, CLOSURE),
    FIELD("function", PyFunctionObject, func_qualname, QUALNAME),
#if PY_VERSION_HEX >= 0x030c0000
    FIELD("function", PyFunctionObject, func_typeparams, TYPE_PARAMS),
#endif
#if PY_VERSION_HEX >= 0x030e0000
    FIELD("function", PyFunctionObject, func_annotate, ANNOTATE),
#endif
    FIELD("method", PyMethodObject, im_func, FUNC),
    FIELD("method", PyMethodObject, im_self, SELF),
    FIELD("builtin_function_or_method", PyCFunctionObject, m_self, SELF),
    FIELD("builtin_function_or_method", PyCFunctionObject, m_module, MODULE),
    FIELD("builtin_method", PyCMethodObject, mm_class, DEFINING_CLASS),
    FIELD("wrapper_descriptor", PyDescrObject, d_type, OBJCLASS),
    FIELD("wrapper_descriptor", PyDescrObject, d_name, DESCR_NAME),
    FIELD("wrapper_descriptor", PyDescrObject, d_qualname, DESCR_QUALNAME),
    FIELD("method_descriptor", PyDescrObject, d_type, OBJCLASS),
    FIELD("method_descriptor", PyDescrObject, d_name, DESCR_NAME),
    FIELD("method_descriptor", PyDescrObject, d_qualname, DESCR_QUALNAME),
    FIELD("classmethod_descriptor", PyDescrObject, d_type, OBJCLASS),
    FIELD("classmethod_descriptor", PyDescrObject, d_name, DESCR_NAME),
    FIELD("classmethod_descriptor", PyDescrObject, d_qualname, DESCR_QUALNAME),
    FIELD("member_descriptor", PyDescrObject, d_type, OBJCLASS),
    FIELD("member_descriptor", PyDescrObject, d_name, DESCR_NAME),
    FIELD("member_descriptor", PyDescrObject, d_qualname, DESCR_QUALNAME),
    FIELD("getset_descriptor", PyDescrObject, d_type, OBJCLASS),
    FIELD("getset_descriptor", PyDescrObject, d_name, DESCR_NAME),
    FIELD("getset_descriptor", PyDescrObject, d_qualname, DESCR_QUALNAME),
    FIELD("module", PyModuleObject, md_name, MODULE_NAME),
    FIELD("weakref", PyWeakReference, wr_callback, CALLBACK),
    FIELD("weakref.ReferenceType", PyWeakReference, wr_callback, CALLBACK),
    FIELD("weakproxy", PyWeakReference, wr_callback, PROXY_CALLBACK),
    FIELD("weakref.ProxyType", PyWeakReference, wr_callback, PROXY_CALLBACK),
    FIELD("weakcallableproxy", PyWeakReference, wr_callback, PROXY_CALLBACK),
    FIELD("weakref.CallableProxyType", PyWeakReference, wr_callback, PROXY_CALLBACK),
    FIELD("slice", PySliceObject, start, SLICE_START),
    FIELD("slice", PySliceObject, stop, SLICE_STOP),
    FIELD("slice", PySliceObject, step, SLICE_STEP),
    FIELD("memoryview", PyMemoryViewObject, mbuf, VIEW_BUFFER),
    FIELD("managedbuffer", _PyManagedBufferObject, master.obj, BUFFER_MASTER),
    FIELD("traceback", PyTracebackObject, tb_next, TB_NEXT),
    FIELD("traceback", PyTracebackObject, tb_frame, TB_FRAME),
    FIELD("BaseException", PyBaseExceptionObject, args, ARGS),
#if PY_VERSION_HEX >= 0x030b0000
    FIELD("BaseException", PyBaseExceptionObject, notes, NOTES),
#endif
    FIELD("BaseException", PyBaseExceptionObject, traceback, TRACEBACK),
    FIELD("BaseException", PyBaseExceptionObject, context, CONTEXT),
    FIELD("BaseException", PyBaseExceptionObject, cause, CAUSE),
    FIELD("generator", PyGenObject, gi_name, GEN_NAME),
    FIELD("generator", PyGenObject, gi_qualname, GEN_QUALNAME),
    FIELD("coroutine", PyGenObject, gi_name, GEN_NAME),
    FIELD("coroutine", PyGenObject, gi_qualname, GEN_QUALNAME),
    FIELD("async_generator", PyGenObject, gi_name, GEN_NAME),
    FIELD("async_generator", PyGenObject, gi_qualname, GEN_QUALNAME),
#if PY_VERSION_HEX < 0x030c0000
    FIELD("generator", PyGenObject, gi_code, GI_CODE),
    FIELD("coroutine", PyCoroObject, cr_code, CR_CODE),
    FIELD("async_generator", PyAsyncGenObject, ag_code, AG_CODE),
#endif
#if PY_VERSION_HEX < 0x030b0000
    FIELD("generator", PyGenObject, gi_frame, GI_FRAME),
    FIELD("coroutine", PyCoroObject, cr_frame, CR_FRAME),
    FIELD("async_generator", PyAsyncGenObject, ag_frame, AG_FRAME),
    FIELD("coroutine", PyCoroObject, cr_origin, GEN_ORIGIN),
    FIELD("async_generator", PyAsyncGenObject, ag_finalizer, GEN_ORIGIN),
    FIELD("frame", PyFrameObject, f_code, FRAME_CODE),
    FIELD("frame", PyFrameObject, f_builtins, BUILTINS),
    FIELD("frame", PyFrameObject, f_globals, GLOBALS),
    FIELD("frame", PyFrameObject, f_locals, FRAME_LOCALS),
#else
    FIELD("coroutine", PyGenObject, gi_origin_or_finalizer, GEN_ORIGIN),
    FIELD("async_generator", PyGenObject, gi_origin_or_finalizer, GEN_ORIGIN),
#endif
    FIELD("frame", PyFrameObject, f_back, FRAME_BACK),
    FIELD("frame", PyFrameObject, f_trace, FRAME_TRACE),
#if PY_VERSION_HEX >= 0x030d0000
    FIELD("frame", PyFrameObject, f_extra_locals, FRAME_EXTRA_LOCALS),
#endif
    FIELD("code", PyCodeObject, co_consts, CO_CONSTS),
    FIELD("code", PyCodeObject, co_names, CO_NAMES),
    FIELD("code", PyCodeObject, co_filename, CO_FILENAME),
    FIELD("code", PyCodeObject, co_name, CO_NAME),
#if PY_VERSION_HEX < 0x030a0000
    FIELD("code", PyCodeObject, co_lnotab, CO_LINETABLE),
#else
    FIELD("code", PyCodeObject, co_linetable, CO_LINETABLE),
#endif
#if PY_VERSION_HEX < 0x030b0000
    FIELD("code", PyCodeObject, co_code, CO_CODE),
    FIELD("code", PyCodeObject, co_varnames, CO_VARNAMES),
    FIELD("code", PyCodeObject, co_freevars, CO_FREEVARS),
    FIELD("code", PyCodeObject, co_cellvars, CO_CELLVARS),
#else
    FIELD("code", PyCodeObject, co_localsplusnames, CO_LOCALSPLUSNAMES),
    FIELD("code", PyCodeObject, co_localspluskinds, CO_LOCALSPLUSKINDS),
    FIELD("code", PyCodeObject, co_qualname, CO_QUALNAME),
    FIELD("code", PyCodeObject, co_exceptiontable, CO_EXCEPTIONTABLE),
#endif
#if PY_VERSION_HEX >= 0x030b0000 && PY_VERSION_HEX < 0x030c0000
    FIELD("code", PyCodeObject, _co_code, CO_CODE),
#endif
    {NULL, 0, 0},
};

#if PY_VERSION_HEX >= 0x030c0000
#define IMPORTS(field) imports.field
#else
#define IMPORTS(field) field
#endif
#if PY_VERSION_HEX >= 0x030d0000
#define CODECS(field) codecs.field
#else
#define CODECS(field) codec_##field
#endif
#define FAR(type, field) ((hf_far_offset)offsetof(type, field))
#define IN_INTERPRETER(field) FAR(PyInterpreterState, field)
#define IN_THREAD(field) FAR(PyThreadState, field)

static const struct hf_layout_root interpreter_roots[] = {
    {IN_INTERPRETER(IMPORTS(modules)), "sys.modules"},
    {IN_INTERPRETER(IMPORTS(modules_by_index)), "modules by index"},
    {IN_INTERPRETER(IMPORTS(importlib)), "importlib"},
    {IN_INTERPRETER(IMPORTS(import_func)), "import function"},
    {IN_INTERPRETER(sysdict), "sys"},
    {IN_INTERPRETER(dict), "per-interpreter dict"},
    {IN_INTERPRETER(builtins_copy), "copy of builtins"},
    {IN_INTERPRETER(CODECS(search_path)), "codec search path"},
    {IN_INTERPRETER(CODECS(search_cache)), "codec cache"},
    {IN_INTERPRETER(CODECS(error_registry)), "codec error handlers"},
    {IN_INTERPRETER(before_forkers), "hooks before fork"},
    {IN_INTERPRETER(after_forkers_parent), "hooks after fork in the parent"},
    {IN_INTERPRETER(after_forkers_child), "hooks after fork in the child"},
    {IN_INTERPRETER(audit_hooks), "audit hooks"},
    {IN_INTERPRETER(gc.garbage), "gc.garbage"},
    {IN_INTERPRETER(gc.callbacks), "gc.callbacks"},
    {IN_INTERPRETER(warnings.filters), "warning filters"},
    {IN_INTERPRETER(warnings.once_registry), "warnings shown once"},
    {IN_INTERPRETER(warnings.default_action), "default action of warnings"},
#if PY_VERSION_HEX >= 0x030e0000
    {IN_INTERPRETER(atexit.callbacks), "atexit callbacks"},
#endif
    {0, NULL},
};

static const struct hf_layout_root thread_roots[] = {
    {IN_THREAD(dict), "thread-local data"},
    {IN_THREAD(context), "context"},
    {IN_THREAD(async_exc), "asynchronous exception"},
    {IN_THREAD(async_gen_firstiter), "hook for async generators"},
    {IN_THREAD(async_gen_finalizer), "finalizer of async generators"},
    {IN_THREAD(c_profileobj), "profile function"},
    {IN_THREAD(c_traceobj), "trace function"},
    {IN_THREAD(exc_state.exc_value), "exception being handled"},
#if PY_VERSION_HEX < 0x030b0000
    {IN_THREAD(exc_state.exc_type), "type of the exception being handled"},
    {IN_THREAD(exc_state.exc_traceback), "traceback of the exception being handled"},
#endif
#if PY_VERSION_HEX < 0x030d0000
    {IN_THREAD(on_delete_data), "lock to be released at the end"},
#endif
#if PY_VERSION_HEX >= 0x030c0000
    {IN_THREAD(current_exception), "exception being raised"},
#else
    {IN_THREAD(curexc_type), "type of the exception being raised"},
    {IN_THREAD(curexc_value), "exception being raised"},
    {IN_THREAD(curexc_traceback), "traceback of the exception being raised"},
#endif
    {0, NULL},
};

#if PY_VERSION_HEX >= 0x030d0000
#define CHECK(field, value) {AT(_Py_DebugOffsets, field), value, #field}
#define CHECK_SIZE(field, type) CHECK(field.size, sizeof(type))

/* What is used of what it tells. Sizes of the states change without any of it. */
static const struct hf_layout_check checks[] = {
    CHECK(runtime_state.interpreters_head, FAR(_PyRuntimeState, interpreters.head)),
    CHECK(interpreter_state.id, IN_INTERPRETER(id)),
    CHECK(interpreter_state.next, IN_INTERPRETER(next)),
    CHECK(interpreter_state.threads_head, IN_INTERPRETER(threads.head)),
    CHECK(interpreter_state.gc, IN_INTERPRETER(gc)),
    CHECK(interpreter_state.imports_modules, IN_INTERPRETER(imports.modules)),
    CHECK(interpreter_state.sysdict, IN_INTERPRETER(sysdict)),
    CHECK(interpreter_state.builtins, IN_INTERPRETER(builtins)),
    CHECK(thread_state.next, IN_THREAD(next)),
    CHECK(thread_state.current_frame, IN_THREAD(current_frame)),
    CHECK(thread_state.thread_id, IN_THREAD(thread_id)),
    CHECK(thread_state.native_thread_id, IN_THREAD(native_thread_id)),
    CHECK_SIZE(interpreter_frame, _PyInterpreterFrame),
    CHECK(interpreter_frame.previous, AT(_PyInterpreterFrame, previous)),
    CHECK(interpreter_frame.executable, AT(_PyInterpreterFrame, f_executable)),
    CHECK(interpreter_frame.instr_ptr, AT(_PyInterpreterFrame, instr_ptr)),
    CHECK(interpreter_frame.localsplus, AT(_PyInterpreterFrame, localsplus)),
    CHECK(interpreter_frame.owner, AT(_PyInterpreterFrame, owner)),
    CHECK_SIZE(code_object, PyCodeObject),
    CHECK(code_object.filename, AT(PyCodeObject, co_filename)),
    CHECK(code_object.name, AT(PyCodeObject, co_name)),
    CHECK(code_object.qualname, AT(PyCodeObject, co_qualname)),
    CHECK(code_object.linetable, AT(PyCodeObject, co_linetable)),
    CHECK(code_object.firstlineno, AT(PyCodeObject, co_firstlineno)),
    CHECK(code_object.localsplusnames, AT(PyCodeObject, co_localsplusnames)),
    CHECK(code_object.co_code_adaptive, AT(PyCodeObject, co_code_adaptive)),
    CHECK_SIZE(type_object, PyTypeObject),
    CHECK(type_object.tp_name, AT(PyTypeObject, tp_name)),
    CHECK(type_object.tp_flags, AT(PyTypeObject, tp_flags)),
    CHECK_SIZE(tuple_object, PyTupleObject),
    CHECK(tuple_object.ob_item, AT(PyTupleObject, ob_item)),
    CHECK_SIZE(list_object, PyListObject),
    CHECK(list_object.ob_item, AT(PyListObject, ob_item)),
    CHECK_SIZE(dict_object, PyDictObject),
    CHECK(dict_object.ma_keys, AT(PyDictObject, ma_keys)),
    CHECK(dict_object.ma_values, AT(PyDictObject, ma_values)),
    CHECK(long_object.lv_tag, AT(PyLongObject, long_value.lv_tag)),
    CHECK(long_object.ob_digit, AT(PyLongObject, long_value.ob_digit)),
    CHECK(unicode_object.state, AT(PyASCIIObject, state)),
    CHECK(unicode_object.length, AT(PyASCIIObject, length)),
    CHECK(unicode_object.asciiobject_size, sizeof(PyASCIIObject)),
    CHECK_SIZE(gc, struct _gc_runtime_state),
    CHECK(gc.collecting, FAR(struct _gc_runtime_state, collecting)),
    {0, 0, NULL},
};
#else
static const struct hf_layout_check checks[] = {{0, 0, NULL}};
#endif

static const struct hf_layout layout = {
    .version = PY_VERSION_HEX >> 16,
#if PY_VERSION_HEX >= 0x030c0000
    .refcount_mask = 0xFFFFFFFF,
    .immortal_refcount = 0x80000000,
#elif PY_VERSION_HEX >= 0x030b0000
    .refcount_mask = UINT64_MAX,
    .immortal_refcount = 999999999 / 2, /* static objects start at 999999999 and are counted up and down */
#else
    .refcount_mask = UINT64_MAX,
    .immortal_refcount = UINT64_MAX,
#endif
    .object = {AT(PyObject, ob_refcnt), AT(PyObject, ob_type), AT(PyVarObject, ob_size), sizeof(PyObject)},
    .type =
        {
            .name = AT(PyTypeObject, tp_name),
            .basicsize = AT(PyTypeObject, tp_basicsize),
            .itemsize = AT(PyTypeObject, tp_itemsize),
            .flags = AT(PyTypeObject, tp_flags),
            .dict = AT(PyTypeObject, tp_dict),
            .base = AT(PyTypeObject, tp_base),
            .mro = AT(PyTypeObject, tp_mro),
            .bases = AT(PyTypeObject, tp_bases),
            .cache = AT(PyTypeObject, tp_cache),
            .subclasses = AT(PyTypeObject, tp_subclasses),
            .members = AT(PyTypeObject, tp_members),
            .dictoffset = AT(PyTypeObject, tp_dictoffset),
            .traverse = AT(PyTypeObject, tp_traverse),
            .finalize = AT(PyTypeObject, tp_finalize),
            .del = AT(PyTypeObject, tp_del),
            .descr_get = AT(PyTypeObject, tp_descr_get),
            .weaklistoffset = AT(PyTypeObject, tp_weaklistoffset),
            .ht_name = AT(PyHeapTypeObject, ht_name),
            .ht_qualname = AT(PyHeapTypeObject, ht_qualname),
            .ht_slots = AT(PyHeapTypeObject, ht_slots),
            .ht_cached_keys = AT(PyHeapTypeObject, ht_cached_keys),
            .ht_module = AT(PyHeapTypeObject, ht_module),
            .type_bytes = sizeof(PyTypeObject),
            .heap_bytes = sizeof(PyHeapTypeObject),
        },
    .member = {AT(PyMemberDef, name), AT(PyMemberDef, type), AT(PyMemberDef, offset), AT(PyMemberDef, flags),
               sizeof(PyMemberDef)},
    .dict = {AT(PyDictObject, ma_used), AT(PyDictObject, ma_keys), AT(PyDictObject, ma_values), sizeof(PyDictObject)},
#if PY_VERSION_HEX < 0x030b0000
    .keys = {.log2_size = AT(struct hf_dict_keys_39, size),
             .usable = AT(struct hf_dict_keys_39, usable),
             .nentries = AT(struct hf_dict_keys_39, nentries),
             .bytes = sizeof(struct hf_dict_keys_39),
             .style = HF_KEYS_SIZED},
#else
    .keys = {.log2_size = AT(PyDictKeysObject, dk_log2_size),
             .log2_index_bytes = AT(PyDictKeysObject, dk_log2_index_bytes),
             .kind = AT(PyDictKeysObject, dk_kind),
             .usable = AT(PyDictKeysObject, dk_usable),
             .nentries = AT(PyDictKeysObject, dk_nentries),
             .bytes = AT(PyDictKeysObject, dk_indices),
             .style = HF_KEYS_KINDS},
#endif
#if PY_VERSION_HEX < 0x030b0000
    .managed = {.style = HF_MANAGED_NONE},
#elif PY_VERSION_HEX < 0x030c0000
    .managed = {.style = HF_MANAGED_TWO_WORDS},
#elif PY_VERSION_HEX < 0x030d0000
    .managed = {.style = HF_MANAGED_TAGGED},
#else
    .managed = {.style = HF_MANAGED_INLINE,
                .first_value = AT(PyDictValues, values),
                .valid = AT(PyDictValues, valid),
                .embedded = AT(PyDictValues, embedded)},
#endif
    .list = {AT(PyListObject, ob_item), AT(PyListObject, allocated)},
    .tuple = {AT(PyTupleObject, ob_item)},
    .set = {AT(PySetObject, mask), AT(PySetObject, table), AT(PySetObject, smalltable), sizeof(setentry)},
    .str =
        {
            .length = AT(PyASCIIObject, length),
            .state = AT(PyASCIIObject, state),
            .compact_ascii_bytes = sizeof(PyASCIIObject),
            .compact_bytes = sizeof(PyCompactUnicodeObject),
            .data = AT(PyUnicodeObject, data),
            .utf8 = AT(PyCompactUnicodeObject, utf8),
            .utf8_length = AT(PyCompactUnicodeObject, utf8_length),
            .kind_shift = 2,
        },
    .bytes = {AT(PyBytesObject, ob_sval)},
    .bytearray = {AT(PyByteArrayObject, ob_start)},
#if PY_VERSION_HEX >= 0x030c0000
    .integer = {AT(PyLongObject, long_value.lv_tag), AT(PyLongObject, long_value.ob_digit), true, 1},
#else
    .integer = {AT(PyVarObject, ob_size), AT(struct _longobject, ob_digit), false, INT_MIN_DIGITS},
#endif
    .floating = {AT(PyFloatObject, ob_fval)},
    .code =
        {
#if PY_VERSION_HEX < 0x030b0000
            .variable_names = {AT(PyCodeObject, co_varnames), AT(PyCodeObject, co_cellvars),
                               AT(PyCodeObject, co_freevars)},
            .qualname = AT(PyCodeObject, co_name),
#else
            .variable_names = {AT(PyCodeObject, co_localsplusnames), HF_ABSENT, HF_ABSENT},
            .qualname = AT(PyCodeObject, co_qualname),
#endif
            .name = AT(PyCodeObject, co_name),
            .filename = AT(PyCodeObject, co_filename),
            .first_line = AT(PyCodeObject, co_firstlineno),
            .stack_size = AT(PyCodeObject, co_stacksize),
#if PY_VERSION_HEX < 0x030a0000
            .line_table = AT(PyCodeObject, co_lnotab),
            .lines = HF_LINES_LNOTAB,
#else
            .line_table = AT(PyCodeObject, co_linetable),
            .lines = PY_VERSION_HEX < 0x030b0000 ? HF_LINES_DELTAS : HF_LINES_LOCATIONS,
#endif
#if PY_VERSION_HEX < 0x030b0000
            .num_slots = AT(PyCodeObject, co_nlocals),
            .cell_arguments = AT(PyCodeObject, co_cell2arg),
            .cache = AT(PyCodeObject, co_opcache),
            .cache_size = AT(PyCodeObject, co_opcache_size),
            .bytes = AT(PyCodeObject, co_code),
            .instructions = HF_ABSENT,
#else
            .num_slots = AT(PyCodeObject, co_nlocalsplus),
            .cell_arguments = HF_ABSENT,
            .cache = HF_ABSENT,
            .cache_size = HF_ABSENT,
            .bytes = HF_ABSENT,
            .instructions = AT(PyCodeObject, co_code_adaptive),
#endif
        },
#if PY_VERSION_HEX < 0x030b0000
    .frame = {.func = HF_ABSENT,
              .code = AT(PyFrameObject, f_code),
              .globals = AT(PyFrameObject, f_globals),
              .locals = HF_ABSENT,
              .frame_obj = HF_ABSENT,
              .previous = AT(PyFrameObject, f_back),
              .instruction = AT(PyFrameObject, f_lasti),
              .instruction_bytes = PY_VERSION_HEX < 0x030a0000 ? 1 : 2,
              .value_stack = AT(PyFrameObject, f_valuestack),
              .generator = AT(PyFrameObject, f_gen),
#if PY_VERSION_HEX < 0x030a0000
              .stacktop = AT(PyFrameObject, f_stacktop),
              .stack_pointer = true,
#else
              .stacktop = AT(PyFrameObject, f_stackdepth),
              .stack_depth_only = true,
#endif
              .owner = HF_ABSENT,
              .owner_cstack = 0xFF,
              .localsplus = AT(PyFrameObject, f_localsplus)},
    .generator = {.iframe = HF_ABSENT, .exc_value = AT(PyGenObject, gi_exc_state.exc_value)},
    .frame_object = {.frame = HF_ABSENT},
#else
    .frame =
        {
#if PY_VERSION_HEX < 0x030c0000
            .func = AT(_PyInterpreterFrame, f_func),
            .code = AT(_PyInterpreterFrame, f_code),
            .owner_cstack = 0xFF,
#elif PY_VERSION_HEX < 0x030d0000
            .func = AT(_PyInterpreterFrame, f_funcobj),
            .code = AT(_PyInterpreterFrame, f_code),
            .owner_cstack = 3,
#else
            .func = AT(_PyInterpreterFrame, f_funcobj),
            .code = AT(_PyInterpreterFrame, f_executable),
            .owner_cstack = 3,
#endif
            .globals = AT(_PyInterpreterFrame, f_globals),
            .locals = AT(_PyInterpreterFrame, f_locals),
            .frame_obj = AT(_PyInterpreterFrame, frame_obj),
            .value_stack = HF_ABSENT,
            .generator = HF_ABSENT,
#if PY_VERSION_HEX < 0x030d0000
            .instruction = AT(_PyInterpreterFrame, prev_instr),
#else
            .instruction = AT(_PyInterpreterFrame, instr_ptr),
#endif
            .previous = AT(_PyInterpreterFrame, previous),
#if PY_VERSION_HEX < 0x030e0000
            .stacktop = AT(_PyInterpreterFrame, stacktop),
#else
            .stacktop = AT(_PyInterpreterFrame, stackpointer),
            .stack_pointer = true,
            .tagged_slots = true,
#endif
            .owner = AT(_PyInterpreterFrame, owner),
            .owner_generator = FRAME_OWNED_BY_GENERATOR,
            .localsplus = AT(_PyInterpreterFrame, localsplus),
        },
    .generator = {.frame_state = AT(PyGenObject, gi_frame_state),
                  .iframe = AT(PyGenObject, gi_iframe),
                  .exc_value = AT(PyGenObject, gi_exc_state.exc_value),
                  .state_cleared = FRAME_CLEARED},
    .frame_object = {AT(PyFrameObject, f_frame), AT(PyFrameObject, _f_frame_data)},
#endif
    .cell = {AT(PyCellObject, ob_ref)},
    .function = {AT(PyFunctionObject, func_annotations)},
#if PY_VERSION_HEX < 0x030f0000
    .module = {AT(PyModuleObject, md_dict), AT(PyModuleObject, md_state), HF_ABSENT, AT(PyModuleObject, md_def),
               AT(PyModuleDef, m_size)},
#else
    .module = {AT(PyModuleObject, md_dict), AT(PyModuleObject, md_state), AT(PyModuleObject, md_state_size), HF_ABSENT,
               HF_ABSENT},
#endif
    .runtime = {FAR(_PyRuntimeState, interpreters.head)},
#if PY_VERSION_HEX >= 0x030c0000
    .tracemalloc = {FAR(_PyRuntimeState, tracemalloc.config.tracing), FAR(_PyRuntimeState, tracemalloc.traces),
                    PY_VERSION_HEX >= 0x030f0000},
#endif
    .interpreter =
        {
            .next = IN_INTERPRETER(next),
            .id = IN_INTERPRETER(id),
#if PY_VERSION_HEX < 0x030b0000
            .threads = IN_INTERPRETER(tstate_head),
#else
            .threads = IN_INTERPRETER(threads.head),
#endif
            .builtins = IN_INTERPRETER(builtins),
            .modules = IN_INTERPRETER(IMPORTS(modules)),
            .sysdict = IN_INTERPRETER(sysdict),
            .importlib = IN_INTERPRETER(IMPORTS(importlib)),
#if PY_VERSION_HEX >= 0x030e0000 && PY_VERSION_HEX < 0x030e0500
            .gc_lists = {IN_INTERPRETER(gc.young.head), IN_INTERPRETER(gc.old[0].head),
                         IN_INTERPRETER(gc.old[1].head)},
#else
            .gc_lists = {IN_INTERPRETER(gc.generations[0].head), IN_INTERPRETER(gc.generations[1].head),
                         IN_INTERPRETER(gc.generations[2].head)},
#endif
            .gc_permanent = IN_INTERPRETER(gc.permanent_generation.head),
            .gc_collecting = IN_INTERPRETER(gc.collecting),
            .bytes = sizeof(PyInterpreterState),
#if PY_VERSION_HEX >= 0x030c0000
            .interned = IN_INTERPRETER(cached_objects.interned_strings),
#else
            .interned = HF_ABSENT,
#endif
#if PY_VERSION_HEX >= 0x030a0000 && PY_VERSION_HEX < 0x030e0000
            .exit_callbacks = IN_INTERPRETER(atexit.callbacks),
            .num_exit_callbacks = IN_INTERPRETER(atexit.ncallbacks),
#else
            .exit_callbacks = HF_ABSENT,
            .num_exit_callbacks = HF_ABSENT,
#endif
        },
    .thread =
        {
            .next = IN_THREAD(next),
            .ident = IN_THREAD(thread_id),
#if PY_VERSION_HEX < 0x030b0000
            .native_ident = HF_ABSENT,
            .frame = IN_THREAD(frame),
            .frame_in_cframe = HF_ABSENT,
#elif PY_VERSION_HEX < 0x030d0000
            .native_ident = IN_THREAD(native_thread_id),
            .frame = IN_THREAD(cframe),
            .frame_in_cframe = AT(_PyCFrame, current_frame),
#else
            .native_ident = IN_THREAD(native_thread_id),
            .frame = IN_THREAD(current_frame),
            .frame_in_cframe = HF_ABSENT,
#endif
        },
#if PY_VERSION_HEX >= 0x030d0000
    .static_types = {IN_INTERPRETER(types.builtins.initialized), IN_INTERPRETER(types.for_extensions.initialized),
                     _Py_MAX_MANAGED_STATIC_BUILTIN_TYPES, _Py_MAX_MANAGED_STATIC_EXT_TYPES,
                     sizeof(managed_static_type_state), AT(managed_static_type_state, type),
                     AT(managed_static_type_state, tp_dict), AT(managed_static_type_state, tp_subclasses)},
#elif PY_VERSION_HEX >= 0x030c0000
    .static_types = {IN_INTERPRETER(types.builtins), 0, _Py_MAX_STATIC_BUILTIN_TYPES, 0,
                     sizeof(static_builtin_state), AT(static_builtin_state, type), AT(static_builtin_state, tp_dict),
                     AT(static_builtin_state, tp_subclasses)},
#endif
    .interpreter_roots = interpreter_roots,
    .thread_roots = thread_roots,
    .checks = checks,
    .fields = fields,
#ifndef HF_LAYOUT_TABLE
    .known_types = known_types,
#endif
};

const struct hf_layout *hf_own_layout(void) {
    return &layout;
}
