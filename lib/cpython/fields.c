/*
 * fields.c - reference fields of C types whose structures no header shows, in words from the start of the object.
 *
 * Offsets are those of 3.11 and hold from 3.9 to 3.15 except where a row says so. In the process every reference that
 * is named through this table is one that tp_traverse reports, so a field that moved costs a name and not the truth;
 * rows of types that are not collected (names with HF_NAME_EXTRA) hold in all releases.
 */
#include "cpython/fields.h"

#include <string.h>

#define WORD 8

static const struct hf_layout_field private_fields[] = {
    {"list_iterator", 3 * WORD, HF_N_ITERATED},
    {"list_reverseiterator", 3 * WORD, HF_N_ITERATED_FIELD},
    {"tuple_iterator", 3 * WORD, HF_N_ITERATED},
    {"str_iterator", 3 * WORD, HF_N_ITERATED},
    {"str_ascii_iterator", 3 * WORD, HF_N_ITERATED},
    {"bytes_iterator", 3 * WORD, HF_N_ITERATED},
    {"bytearray_iterator", 3 * WORD, HF_N_ITERATED},
    {"iterator", 3 * WORD, HF_N_ITERATED},
    {"callable_iterator", 2 * WORD, HF_N_ITER_CALLABLE},
    {"callable_iterator", 3 * WORD, HF_N_ITER_SENTINEL},
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
    {"odict_iterator", 2 * WORD, HF_N_ITER_RESULT},
    {"enumerate", 3 * WORD, HF_N_ITERATED_FIELD},
    {"enumerate", 4 * WORD, HF_N_ITER_RESULT},
    {"enumerate", 5 * WORD, HF_N_ITER_INDEX},
    {"reversed", 3 * WORD, HF_N_ITERATED_FIELD},
    {"zip", 3 * WORD, HF_N_ITERATED_FIELD},
    {"zip", 4 * WORD, HF_N_ITER_RESULT},
    {"map", 2 * WORD, HF_N_ITERATED_FIELD},
    {"map", 3 * WORD, HF_N_ITER_FUNC},
    {"filter", 2 * WORD, HF_N_ITER_FUNC},
    {"filter", 3 * WORD, HF_N_ITERATED_FIELD},
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
    {"Token", 2 * WORD, HF_N_FUTURE_CONTEXT},
    {"Token", 3 * WORD, HF_N_TOKEN_VAR},
    {"Token", 4 * WORD, HF_N_TOKEN_OLD},
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
    {"_asyncio.Future", 2 * WORD, HF_N_FUTURE_LOOP},
    {"_asyncio.Future", 3 * WORD, HF_N_FUTURE_CALLBACK},
    {"_asyncio.Future", 4 * WORD, HF_N_FUTURE_CONTEXT},
    {"_asyncio.Future", 5 * WORD, HF_N_FUTURE_CALLBACKS},
    {"_asyncio.Future", 6 * WORD, HF_N_FUTURE_EXCEPTION},
    {"_asyncio.Future", 7 * WORD, HF_N_FUTURE_EXCEPTION_TB},
    {"_asyncio.Future", 8 * WORD, HF_N_FUTURE_RESULT},
    {"_asyncio.Future", 9 * WORD, HF_N_FUTURE_SOURCE_TB},
    {"_asyncio.Future", 10 * WORD, HF_N_FUTURE_CANCEL_MSG},
    {"_asyncio.Task", 2 * WORD, HF_N_FUTURE_LOOP},
    {"_asyncio.Task", 3 * WORD, HF_N_FUTURE_CALLBACK},
    {"_asyncio.Task", 4 * WORD, HF_N_FUTURE_CONTEXT},
    {"_asyncio.Task", 5 * WORD, HF_N_FUTURE_CALLBACKS},
    {"_asyncio.Task", 6 * WORD, HF_N_FUTURE_EXCEPTION},
    {"_asyncio.Task", 7 * WORD, HF_N_FUTURE_EXCEPTION_TB},
    {"_asyncio.Task", 8 * WORD, HF_N_FUTURE_RESULT},
    {"_asyncio.Task", 9 * WORD, HF_N_FUTURE_SOURCE_TB},
    {"_asyncio.Task", 10 * WORD, HF_N_FUTURE_CANCEL_MSG},
    {"_asyncio.Task", 15 * WORD, HF_N_TASK_WAITER},
    {"_asyncio.Task", 16 * WORD, HF_N_TASK_CORO},
    {"_asyncio.Task", 17 * WORD, HF_N_TASK_NAME},
    {"_asyncio.Task", 18 * WORD, HF_N_TASK_CONTEXT},
    {"functools._lru_cache_wrapper", 9 * WORD, HF_N_CACHE_DICT},
    {"functools._lru_cache_wrapper", 11 * WORD, HF_N_CACHE_FUNC},
    {"functools._lru_cache_wrapper", 14 * WORD, HF_N_PARTIAL_KWMARK},       /* 3.10+ */
    {"functools._lru_cache_wrapper", 15 * WORD, HF_N_CACHE_LINK_TYPE},      /* 3.10+ */
    {"functools._lru_cache_wrapper", 16 * WORD, HF_N_CACHE_INFO_TYPE},      /* 3.10+ */
    {"_thread._local", 5 * WORD, HF_N_LOCAL_DUMMIES},
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
};

static uint32_t add_rows(const struct hf_layout_field *rows, size_t num_rows, const char *type_name,
                         struct hf_field *fields, uint32_t capacity) {
    uint32_t count = 0;
    for (size_t i = 0; i < num_rows && rows[i].type != NULL && count < capacity; i++)
        if (strcmp(rows[i].type, type_name) == 0)
            fields[count++] = (struct hf_field){rows[i].offset, rows[i].name};
    return count;
}

uint32_t hf_fields_of(const struct hf_layout *layout, const char *type_name, struct hf_field *fields,
                      uint32_t capacity) {
    uint32_t count = add_rows(layout->fields, SIZE_MAX, type_name, fields, capacity);
    return count + add_rows(private_fields, sizeof private_fields / sizeof *private_fields, type_name, fields + count,
                            capacity - count);
}

uint16_t hf_rest_name_of(const char *type_name) {
    for (size_t i = 0; i < sizeof rest_names / sizeof *rest_names; i++)
        if (strcmp(rest_names[i].type, type_name) == 0)
            return rest_names[i].name;
    return HF_N_UNNAMED;
}
