/*
 * borrowed.c - the tables of borrowed.h. Types that are not in them are looked through word by word. The matrix of
 * tests compares every release with what its tp_traverse reports.
 */
#include "capture/external/borrowed.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *type;
    enum hf_rest rest;
    uint16_t from;           /* release, as in struct hf_layout */
    uint16_t max_words;      /* 0: all */
} rests[] = {
    {"collections.deque", HF_REST_DEQUE},
    {"collections.OrderedDict", HF_REST_ORDERED_DICT},
    {"itertools._tee_dataobject", HF_REST_TEE},
    {"xml.etree.ElementTree.Element", HF_REST_ELEMENT},
    {"_queue.SimpleQueue", HF_REST_RING, 0x030d},
    /* All references are named fields; other words point to what others own. */
    {"ContextVar", HF_REST_NONE},      /* 3.9 */
    {"_contextvars.ContextVar", HF_REST_NONE},
    {"enumerate", HF_REST_NONE},
    {"itertools.groupby", HF_REST_NONE},
    {"memoryview", HF_REST_NONE},
    {"weakcallableproxy", HF_REST_NONE},
    {"weakproxy", HF_REST_NONE},
    {"weakref", HF_REST_NONE},
    {"weakref.CallableProxyType", HF_REST_NONE},
    {"weakref.ProxyType", HF_REST_NONE},
    {"weakref.ReferenceType", HF_REST_NONE},
    /* Iterators over contexts: behind the context lie the nodes on the way, which it owns. */
    {"items", HF_REST_SCANNED, .max_words = 1},
    {"keys", HF_REST_SCANNED, .max_words = 1},
    {"values", HF_REST_SCANNED, .max_words = 1},
    /* Behind the first words lie buffers, in which texts may have lain before. */
    {"_csv.reader", HF_REST_SCANNED, .max_words = 3},
    {"functools.partial", HF_REST_SCANNED, .max_words = 3},
    {"StgDict", HF_REST_SCANNED, .max_words = 14},
    /* Links of a list that its owner holds. */
    {"sqlite3.Node", HF_REST_SCANNED, .max_words = 2},
    {"sqlite3.Cache", HF_REST_SCANNED, .max_words = 3},
};

enum hf_rest hf_rest_of(const char *type_name, uint32_t version, uint32_t *max_words) {
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
        if (version < rests[i].from || strcmp(rests[i].type, type_name) != 0)
            continue;
        if (rests[i].max_words != 0)
            *max_words = rests[i].max_words;
        return rests[i].rest;
    }
    return HF_REST_SCANNED;
}

static const struct {
    const char *type, *member;
} borrowed_members[] = {
    {"sqlite3.Connection", "Warning"},           {"sqlite3.Connection", "Error"},
    {"sqlite3.Connection", "InterfaceError"},    {"sqlite3.Connection", "DatabaseError"},
    {"sqlite3.Connection", "DataError"},         {"sqlite3.Connection", "OperationalError"},
    {"sqlite3.Connection", "IntegrityError"},    {"sqlite3.Connection", "InternalError"},
    {"sqlite3.Connection", "ProgrammingError"},  {"sqlite3.Connection", "NotSupportedError"},
};

bool hf_is_borrowed_member(const char *type_name, const char *member) {
    for (size_t i = 0; i < sizeof borrowed_members / sizeof *borrowed_members; i++)
        if (strcmp(borrowed_members[i].type, type_name) == 0 && strcmp(borrowed_members[i].member, member) == 0)
            return true;
    return false;
}

/*
 * Types whose words have been compared with their tp_traverse in every release (make check-matrix): every word that
 * leads to an object is a reference, and there are no others. Sorted.
 */
static const char *const compared[] = {
    "Context", "TaskStepMethWrapper", "TaskWakeupMethWrapper", "Token", "_abc._abc_data", "_asyncio.Future",
    "_asyncio.FutureIter", "_asyncio.Task", "_asyncio.TaskStepMethWrapper", "_blake2.blake2b", "_bz2.BZ2Compressor",
    "_collections._deque_iterator", "_collections._deque_reverse_iterator", "_collections._tuplegetter",
    "_contextvars.Context", "_contextvars.Token", "_csv.Dialect", "_csv.reader", "_csv.writer", "_ctypes.CArgObject",
    "_ctypes.CThunkObject", "_ctypes.DictRemover", "_elementtree._element_iterator", "_io.BufferedRandom",
    "_io.BufferedReader", "_io.BufferedWriter", "_io.FileIO", "_io.IncrementalNewlineDecoder", "_io.TextIOWrapper",
    "_io._BytesIOBuffer", "_json.Scanner", "_lzma.LZMACompressor", "_socket.socket", "_struct.Struct",
    "_thread.RLock", "_thread._ThreadHandle", "_thread.lock", "array.array", "async_generator_asend",
    "async_generator_athrow", "builtin_function_or_method", "builtin_method", "bytearray_iterator", "bytes_iterator",
    "callable_iterator", "classmethod", "collections._deque_iterator", "collections._deque_reverse_iterator",
    "collections._tuplegetter", "collections.defaultdict", "coroutine_wrapper", "decimal.Context", "decimal.Decimal",
    "dict_itemiterator", "dict_items", "dict_keyiterator", "dict_keys", "dict_reverseitemiterator",
    "dict_reversekeyiterator", "dict_reversevalueiterator", "dict_valueiterator", "dict_values", "filter",
    "functools.KeyWrapper", "functools.partial", "hamt", "hamt_array_node", "hamt_bitmap_node", "items", "iterator",
    "itertools._grouper", "itertools._tee", "itertools.accumulate", "itertools.batched", "itertools.chain",
    "itertools.combinations", "itertools.combinations_with_replacement", "itertools.compress", "itertools.count",
    "itertools.cycle", "itertools.dropwhile", "itertools.filterfalse", "itertools.islice", "itertools.pairwise",
    "itertools.permutations", "itertools.product", "itertools.repeat", "itertools.starmap", "itertools.takewhile",
    "itertools.zip_longest", "keys", "list_iterator", "list_reverseiterator", "managedbuffer", "map", "mappingproxy",
    "memory_iterator", "method-wrapper", "mmap.mmap", "odict_items", "odict_iterator", "odict_keys", "odict_values",
    "operator.attrgetter", "operator.itemgetter", "property", "re.Pattern", "reversed", "set_iterator", "slice",
    "socket.socket", "sqlite3.Cursor", "sqlite3.Node", "sqlite3.Row", "sqlite3.Statement", "staticmethod",
    "str_ascii_iterator", "str_iterator", "super", "traceback", "tuple_iterator", "types.GenericAlias",
    "types.SimpleNamespace", "types.UnionType", "typing.Union", "unicodedata.UCD", "values",
    "xml.etree.ElementTree.TreeBuilder", "zip",
};

static int compare_names(const void *name, const void *entry) {
    return strcmp(name, *(const char *const *)entry);
}

bool hf_is_compared(const char *type_name) {
    return bsearch(type_name, compared, sizeof compared / sizeof *compared, sizeof *compared, compare_names) != NULL;
}
