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

/* Zero counts as one digit from 3.11.2 and 3.10.10 on. */
#define INT_MIN_DIGITS (PY_VERSION_HEX >= 0x030b0200 || (PY_VERSION_HEX >= 0x030a0a00 && PY_VERSION_HEX < 0x030b0000))

static const struct hf_known_type known_types[] = {
    KNOWN(PyBaseObject_Type, OBJECT),
    KNOWN(PyDict_Type, DICT),
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
    FIELD("function", PyFunctionObject, func_annotations, ANNOTATIONS),
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
    FIELD("weakproxy", PyWeakReference, wr_callback, CALLBACK),
    FIELD("weakref.ProxyType", PyWeakReference, wr_callback, CALLBACK),
    FIELD("weakcallableproxy", PyWeakReference, wr_callback, CALLBACK),
    FIELD("weakref.CallableProxyType", PyWeakReference, wr_callback, CALLBACK),
    FIELD("slice", PySliceObject, start, SLICE_START),
    FIELD("slice", PySliceObject, stop, SLICE_STOP),
    FIELD("slice", PySliceObject, step, SLICE_STEP),
    FIELD("memoryview", PyMemoryViewObject, mbuf, VIEW_BUFFER),
    FIELD("memoryview", PyMemoryViewObject, view.obj, VIEW_OBJ),
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
    FIELD("generator", PyGenObject, gi_origin_or_finalizer, GEN_ORIGIN),
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
        },
#if PY_VERSION_HEX < 0x030b0000
    .frame = {.func = HF_ABSENT,
              .code = AT(PyFrameObject, f_code),
              .locals = HF_ABSENT,
              .frame_obj = HF_ABSENT,
              .previous = AT(PyFrameObject, f_back),
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
            .locals = AT(_PyInterpreterFrame, f_locals),
            .frame_obj = AT(_PyInterpreterFrame, frame_obj),
            .previous = AT(_PyInterpreterFrame, previous),
#if PY_VERSION_HEX < 0x030e0000
            .stacktop = AT(_PyInterpreterFrame, stacktop),
#else
            .stacktop = AT(_PyInterpreterFrame, stackpointer),
            .stack_pointer = true,
            .tagged_slots = true,
#endif
            .owner = AT(_PyInterpreterFrame, owner),
            .localsplus = AT(_PyInterpreterFrame, localsplus),
        },
    .generator = {.frame_state = AT(PyGenObject, gi_frame_state),
                  .iframe = AT(PyGenObject, gi_iframe),
                  .exc_value = AT(PyGenObject, gi_exc_state.exc_value),
                  .state_cleared = FRAME_CLEARED},
    .frame_object = {AT(PyFrameObject, f_frame), AT(PyFrameObject, _f_frame_data)},
#endif
    .cell = {AT(PyCellObject, ob_ref)},
    .fields = fields,
    .known_types = known_types,
};

const struct hf_layout *hf_own_layout(void) {
    return &layout;
}
