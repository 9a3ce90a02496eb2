/*
 * fields.c - reference fields of C types whose structures no header shows, in words from the start of the object.
 *
 * Offsets are those of 3.11 and hold from 3.9 to 3.13 at least, except where a row says so. In the process every
 * reference that is named through this table is one that tp_traverse reports, so a field that moved costs a name and
 * not the truth; rows of types that are not collected (names with HF_NAME_EXTRA) hold in all releases.
 */
#include "cpython/fields.h"

#include <string.h>

#define WORD 8

/* What a Future and a Task begin with. */
#define FUTURE_FIELDS(type)                                             \
    {type, 2 * WORD, HF_N_FUTURE_LOOP},                                 \
    {type, 3 * WORD, HF_N_FUTURE_CALLBACK},                             \
    {type, 4 * WORD, HF_N_FUTURE_CONTEXT},                              \
    {type, 5 * WORD, HF_N_FUTURE_CALLBACKS},                            \
    {type, 6 * WORD, HF_N_FUTURE_EXCEPTION},                            \
    {type, 7 * WORD, HF_N_FUTURE_RESULT, .before = 0x030a},             \
    {type, 8 * WORD, HF_N_FUTURE_SOURCE_TB, .before = 0x030a},          \
    {type, 9 * WORD, HF_N_FUTURE_CANCEL_MSG, .before = 0x030a},         \
    {type, 7 * WORD, HF_N_FUTURE_EXCEPTION_TB, .from = 0x030a},         \
    {type, 8 * WORD, HF_N_FUTURE_RESULT, .from = 0x030a},               \
    {type, 9 * WORD, HF_N_FUTURE_SOURCE_TB, .from = 0x030a},            \
    {type, 10 * WORD, HF_N_FUTURE_CANCEL_MSG, .from = 0x030a}

static const struct {
    const char *type;        /* tp_name */
    hf_offset offset;
    uint16_t name;
    uint16_t from, before;   /* releases, as in struct hf_layout; 0: all */
} private_fields[] = {
    {"list_iterator", 3 * WORD, HF_N_ITERATED},
    {"list_reverseiterator", 3 * WORD, HF_N_ITERATED},
    {"tuple_iterator", 3 * WORD, HF_N_ITERATED},
    {"str_iterator", 3 * WORD, HF_N_ITERATED},
    {"str_ascii_iterator", 3 * WORD, HF_N_ITERATED},
    {"bytes_iterator", 3 * WORD, HF_N_ITERATED},
    {"bytearray_iterator", 3 * WORD, HF_N_ITERATED},
    {"iterator", 3 * WORD, HF_N_ITERATED},
    {"callable_iterator", 2 * WORD, HF_N_ITERATED},
    {"callable_iterator", 3 * WORD, HF_N_ITERATED_NEXT},
    {"set_iterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_keyiterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_keyiterator", 5 * WORD, HF_N_ITER_RESULT},
    {"dict_valueiterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_valueiterator", 5 * WORD, HF_N_ITER_RESULT},
    {"dict_itemiterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_itemiterator", 5 * WORD, HF_N_ITER_RESULT},
    {"dict_reversekeyiterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_reversevalueiterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_reverseitemiterator", 2 * WORD, HF_N_ITERATED_FIELD},
    {"dict_reverseitemiterator", 5 * WORD, HF_N_ITER_RESULT},
    {"dict_keys", 2 * WORD, HF_N_DICT_VIEW},
    {"dict_values", 2 * WORD, HF_N_DICT_VIEW},
    {"dict_items", 2 * WORD, HF_N_DICT_VIEW},
    {"odict_iterator", 3 * WORD, HF_N_ITERATED_FIELD},
    {"odict_iterator", 6 * WORD, HF_N_ITER_RESULT},
    {"odict_iterator", 7 * WORD, HF_N_ITER_CURRENT},
    {"_collections._deque_iterator", 4 * WORD, HF_N_ITERATED_FIELD},
    {"_collections._deque_reverse_iterator", 4 * WORD, HF_N_ITERATED_FIELD},
    {"collections._deque_iterator", 4 * WORD, HF_N_ITERATED_FIELD},             /* 3.12+ */
    {"collections._deque_reverse_iterator", 4 * WORD, HF_N_ITERATED_FIELD},     /* 3.12+ */
    {"enumerate", 3 * WORD, HF_N_ITERATED},
    {"enumerate", 4 * WORD, HF_N_ITER_RESULT},
    {"enumerate", 5 * WORD, HF_N_ITER_INDEX},
    {"reversed", 3 * WORD, HF_N_ITERATED},
    {"zip", 3 * WORD, HF_N_ITERATED_TUPLE},
    {"zip", 4 * WORD, HF_N_ITER_RESULT},
    {"map", 2 * WORD, HF_N_ITERATED_FIELD},
    {"map", 3 * WORD, HF_N_ITERATED},
    {"filter", 2 * WORD, HF_N_ITERATED},
    {"filter", 3 * WORD, HF_N_ITERATED_NEXT},
    {"range", 2 * WORD, HF_N_RANGE_START},
    {"range", 3 * WORD, HF_N_RANGE_STOP},
    {"range", 4 * WORD, HF_N_RANGE_STEP},
    {"range", 5 * WORD, HF_N_RANGE_LENGTH},
    {"property", 6 * WORD, HF_N_PROPERTY_NAME},
    {"mappingproxy", 2 * WORD, HF_N_MAPPING},
    {"method-wrapper", 2 * WORD, HF_N_WRAPPER_DESCR},
    {"method-wrapper", 3 * WORD, HF_N_SELF},
    {"types.GenericAlias", 2 * WORD, HF_N_ORIGIN},
    {"types.GenericAlias", 3 * WORD, HF_N_ALIAS_ARGS},
    {"types.GenericAlias", 4 * WORD, HF_N_PARAMETERS},
    {"types.UnionType", 2 * WORD, HF_N_ALIAS_ARGS},
    {"types.UnionType", 3 * WORD, HF_N_PARAMETERS},
    {"async_generator_asend", 2 * WORD, HF_N_ITERATED_FIELD},
    {"async_generator_asend", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"async_generator_athrow", 2 * WORD, HF_N_ITERATED_FIELD},
    {"async_generator_athrow", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"coroutine_wrapper", 2 * WORD, HF_N_ITERATED_FIELD},
    {"Token", 2 * WORD, HF_N_TOKEN_CONTEXT},                                    /* 3.9 */
    {"Token", 3 * WORD, HF_N_TOKEN_VAR},                                        /* 3.9 */
    {"Token", 4 * WORD, HF_N_TOKEN_OLD},                                        /* 3.9 */
    {"_contextvars.Token", 2 * WORD, HF_N_TOKEN_CONTEXT},
    {"_contextvars.Token", 3 * WORD, HF_N_TOKEN_VAR},
    {"_contextvars.Token", 4 * WORD, HF_N_TOKEN_OLD},
    {"ContextVar", 2 * WORD, HF_N_VAR_NAME},                                    /* 3.9 */
    {"ContextVar", 3 * WORD, HF_N_VAR_DEFAULT},                                 /* 3.9 */
    {"Context", 2 * WORD, HF_N_CONTEXT_PREVIOUS},                               /* 3.9 */
    {"Context", 3 * WORD, HF_N_CONTEXT_VARS},                                   /* 3.9 */
    {"ContextVar", 2 * WORD, HF_N_VAR_NAME},                                    /* 3.9 */
    {"ContextVar", 3 * WORD, HF_N_VAR_DEFAULT},                                 /* 3.9 */
    {"_contextvars.Context", 2 * WORD, HF_N_CONTEXT_PREVIOUS},
    {"_contextvars.Context", 3 * WORD, HF_N_CONTEXT_VARS},
    {"_contextvars.ContextVar", 2 * WORD, HF_N_VAR_NAME},
    {"_contextvars.ContextVar", 3 * WORD, HF_N_VAR_DEFAULT},
    {"hamt", 2 * WORD, HF_N_HAMT_ROOT},
    {"operator.itemgetter", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"operator.itemgetter", 4 * WORD, HF_N_ITER_INDEX},
    {"operator.attrgetter", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"operator.methodcaller", 2 * WORD, HF_N_NAME},
    {"operator.methodcaller", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"operator.methodcaller", 4 * WORD, HF_N_ITER_ARGUMENT},
    {"itertools.chain", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.chain", 3 * WORD, HF_N_ITER_CURRENT},
    {"itertools.count", 3 * WORD, HF_N_ITER_CURRENT},
    {"itertools.count", 4 * WORD, HF_N_ITER_ARGUMENT},
    {"itertools.cycle", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.cycle", 3 * WORD, HF_N_ITER_BUFFER},
    {"itertools.repeat", 2 * WORD, HF_N_ITER_CURRENT},
    {"itertools.takewhile", 2 * WORD, HF_N_ITER_FUNC},
    {"itertools.takewhile", 3 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.dropwhile", 2 * WORD, HF_N_ITER_FUNC},
    {"itertools.dropwhile", 3 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.filterfalse", 2 * WORD, HF_N_ITER_FUNC},
    {"itertools.filterfalse", 3 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.starmap", 2 * WORD, HF_N_ITER_FUNC},
    {"itertools.starmap", 3 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.islice", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.accumulate", 2 * WORD, HF_N_ITER_CURRENT},
    {"itertools.accumulate", 3 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.accumulate", 4 * WORD, HF_N_ITER_FUNC},
    {"itertools.accumulate", 5 * WORD, HF_N_ITER_ARGUMENT},
    {"itertools.compress", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.compress", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"itertools.groupby", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.groupby", 3 * WORD, HF_N_ITER_FUNC},
    {"itertools.groupby", 4 * WORD, HF_N_ITER_ARGUMENT},
    {"itertools.groupby", 5 * WORD, HF_N_ITER_INDEX},
    {"itertools.groupby", 6 * WORD, HF_N_ITER_CURRENT},
    {"itertools._grouper", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools._grouper", 3 * WORD, HF_N_ITER_INDEX},
    {"itertools.product", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.product", 4 * WORD, HF_N_ITER_RESULT},
    {"itertools.permutations", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.permutations", 5 * WORD, HF_N_ITER_RESULT},
    {"itertools.combinations", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.combinations", 4 * WORD, HF_N_ITER_RESULT},
    {"itertools.combinations_with_replacement", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.combinations_with_replacement", 4 * WORD, HF_N_ITER_RESULT},
    {"itertools.pairwise", 2 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.pairwise", 3 * WORD, HF_N_ITER_CURRENT},
    {"itertools.zip_longest", 4 * WORD, HF_N_ITERATED_FIELD},
    {"itertools.zip_longest", 5 * WORD, HF_N_ITER_RESULT},
    {"itertools.zip_longest", 6 * WORD, HF_N_ITER_ARGUMENT},
    {"itertools._tee", 2 * WORD, HF_N_TEE_NEXT},
    FUTURE_FIELDS("_asyncio.Future"),
    FUTURE_FIELDS("_asyncio.Task"),
    {"_asyncio.Task", 18 * WORD, HF_N_TASK_WAITER, .before = 0x030a},
    {"_asyncio.Task", 19 * WORD, HF_N_TASK_CORO, .before = 0x030a},
    {"_asyncio.Task", 20 * WORD, HF_N_TASK_NAME, .before = 0x030a},
    {"_asyncio.Task", 21 * WORD, HF_N_TASK_CONTEXT, .before = 0x030a},
    {"_asyncio.Task", 19 * WORD, HF_N_TASK_WAITER, .from = 0x030a, .before = 0x030b},
    {"_asyncio.Task", 20 * WORD, HF_N_TASK_CORO, .from = 0x030a, .before = 0x030b},
    {"_asyncio.Task", 21 * WORD, HF_N_TASK_NAME, .from = 0x030a, .before = 0x030b},
    {"_asyncio.Task", 22 * WORD, HF_N_TASK_CONTEXT, .from = 0x030a, .before = 0x030b},
    {"_asyncio.Task", 16 * WORD, HF_N_TASK_WAITER, .from = 0x030b, .before = 0x030d},
    {"_asyncio.Task", 17 * WORD, HF_N_TASK_CORO, .from = 0x030b, .before = 0x030d},
    {"_asyncio.Task", 18 * WORD, HF_N_TASK_NAME, .from = 0x030b, .before = 0x030d},
    {"_asyncio.Task", 19 * WORD, HF_N_TASK_CONTEXT, .from = 0x030b, .before = 0x030d},
    {"_asyncio.Task", 14 * WORD, HF_N_TASK_WAITER, .from = 0x030d, .before = 0x030e},
    {"_asyncio.Task", 15 * WORD, HF_N_TASK_CORO, .from = 0x030d, .before = 0x030e},
    {"_asyncio.Task", 16 * WORD, HF_N_TASK_NAME, .from = 0x030d, .before = 0x030e},
    {"_asyncio.Task", 17 * WORD, HF_N_TASK_CONTEXT, .from = 0x030d, .before = 0x030e},
    {"TaskStepMethWrapper", 2 * WORD, HF_N_SELF},
    {"TaskStepMethWrapper", 3 * WORD, HF_N_ITER_ARGUMENT},
    {"TaskWakeupMethWrapper", 2 * WORD, HF_N_SELF},                             /* 3.9 */
    {"_asyncio.TaskStepMethWrapper", 2 * WORD, HF_N_SELF},                      /* 3.12+ */
    {"_asyncio.TaskStepMethWrapper", 3 * WORD, HF_N_ITER_ARGUMENT},             /* 3.12+ */
    {"_abc._abc_data", 2 * WORD, HF_N_ABC_REGISTRY},
    {"_abc._abc_data", 3 * WORD, HF_N_ABC_CACHE},
    {"_abc._abc_data", 4 * WORD, HF_N_ABC_NEGATIVE_CACHE},
    {"xml.etree.ElementTree.Element", 2 * WORD, HF_N_ELEMENT_TAG},
    {"xml.etree.ElementTree.Element", 3 * WORD, HF_N_ELEMENT_TEXT},
    {"xml.etree.ElementTree.Element", 4 * WORD, HF_N_ELEMENT_TAIL},
    {"datetime.timezone", 2 * WORD, HF_N_ZONE_OFFSET},
    {"datetime.timezone", 3 * WORD, HF_N_ZONE_NAME},
    {"functools.KeyWrapper", 2 * WORD, HF_N_ITER_FUNC},
    {"functools._lru_cache_wrapper", 9 * WORD, HF_N_CACHE_DICT},
    {"functools._lru_cache_wrapper", 11 * WORD, HF_N_CACHE_FUNC},
    {"functools._lru_cache_wrapper", 14 * WORD, HF_N_PARTIAL_KWMARK},       /* 3.10+ */
    {"functools._lru_cache_wrapper", 15 * WORD, HF_N_CACHE_LINK_TYPE},      /* 3.10+ */
    {"functools._lru_cache_wrapper", 16 * WORD, HF_N_CACHE_INFO_TYPE},      /* 3.10+ */
    {"_thread._local", 6 * WORD, HF_N_LOCAL_DUMMIES},
};

/* Structures of arrays or lists in C: everything that no field explains is of one sort. */
static const struct {
    const char *type;
    uint16_t name;
} rest_names[] = {
    {"collections.deque", HF_N_ITEM},
    {"collections.OrderedDict", HF_N_ORDERED_KEY},
    {"hamt_bitmap_node", HF_N_HAMT_ENTRY},
    {"hamt_array_node", HF_N_HAMT_ENTRY},
    {"hamt_collision_node", HF_N_HAMT_ENTRY},
    {"itertools._tee_dataobject", HF_N_TEE_VALUE},
    {"module", HF_N_MODULE_STATE},
    {"_thread._local", HF_N_C_STATE},
    {"_asyncio.Task", HF_N_C_STATE},
    {"_asyncio.Future", HF_N_C_STATE},
    {"_queue.SimpleQueue", HF_N_QUEUE_ITEMS},
    {"_io.TextIOWrapper", HF_N_C_STATE},
    {"_csv.writer", HF_N_C_STATE},
    {"_csv.reader", HF_N_C_STATE},
    {"_csv.Dialect", HF_N_C_STATE},
    {"_pickle.Pickler", HF_N_C_STATE},
    {"_pickle.Unpickler", HF_N_C_STATE},
    {"_struct.Struct", HF_N_C_STATE},
    {"_json.Scanner", HF_N_C_STATE},
    {"_ctypes.CThunkObject", HF_N_C_STATE},
    {"_ctypes.CType_Type", HF_N_C_STATE},
    {"_ctypes.PyCPointerType", HF_N_C_STATE},
    {"decimal.Context", HF_N_C_STATE},
    {"typing.TypeVar", HF_N_C_STATE},
    {"typing.TypeAliasType", HF_N_C_STATE},
    {"_ctypes.CFuncPtr", HF_N_C_STATE},
    {"_ctypes.PyCFuncPtr", HF_N_C_STATE},
    {"re.Pattern", HF_N_C_STATE},
    {"xml.etree.ElementTree.Element", HF_N_ELEMENT_REST},
};

static const struct {
    const char *type;
    enum hf_kind kind;
} named_kinds[] = {
    {"numpy.ndarray", HF_KIND_NDARRAY},
    {"functools._lru_cache_wrapper", HF_KIND_LRU_CACHE},
    {"datetime.datetime", HF_KIND_DATETIME},
    {"datetime.time", HF_KIND_TIME},
};

uint32_t hf_fields_of(const struct hf_layout *layout, const char *type_name, struct hf_field *fields,
                      uint32_t capacity) {
    uint32_t count = 0;
    for (const struct hf_layout_field *row = layout->fields; row->type != NULL && count < capacity; row++)
        if (strcmp(row->type, type_name) == 0)
            fields[count++] = (struct hf_field){row->offset, row->name};
    for (size_t i = 0; i < sizeof private_fields / sizeof *private_fields && count < capacity; i++)
        if (strcmp(private_fields[i].type, type_name) == 0 && layout->version >= private_fields[i].from &&
            (private_fields[i].before == 0 || layout->version < private_fields[i].before))
            fields[count++] = (struct hf_field){private_fields[i].offset, private_fields[i].name};
    return count;
}

uint16_t hf_rest_name_of(const char *type_name) {
    for (size_t i = 0; i < sizeof rest_names / sizeof *rest_names; i++)
        if (strcmp(rest_names[i].type, type_name) == 0)
            return rest_names[i].name;
    return HF_N_UNNAMED;
}

enum hf_kind hf_kind_of(const char *type_name) {
    for (size_t i = 0; i < sizeof named_kinds / sizeof *named_kinds; i++)
        if (strcmp(named_kinds[i].type, type_name) == 0)
            return named_kinds[i].kind;
    return HF_KIND_FIELDS;
}
