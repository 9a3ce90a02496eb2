/*
 * borrowed.c - the tables of borrowed.h. Types that are not in them are looked through word by word. The matrix of tests
 * compares every release with what its tp_traverse reports.
 */
#include "capture/external/borrowed.h"

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
