/*
 * own_live.c - the live objects of this process in a row, and who of them refers to whom.
 *
 *   objects   [ o0 | o1 | o2 | ... ]       in the order of the collector's lists; a place is an index into it
 *   map       address -> number            the rank of its bit (heap_map.h); others than those of the row may have one
 *   starts    number -> into sources       counting sort of the references that tp_traverse reports
 *   sources   [ places, ascending | ... ]  from starts[number] up to ends[number]
 *
 * References to what has no number are not written down: in most heaps that is half of them. The rows of sources are
 * filled in the order of the objects, so that they are in it without being sorted, and an object that refers to another
 * twice is found at the end of the row. What a pass costs is cache misses, which is why all of them prefetch.
 *
 * Who asks about one object alone needs no index: hf_live_scan looks through the row for it.
 *
 * Rejected: a search through the heap for every question, as gc.get_referrers does it; a hash table from address to
 * number (see heap_map.h).
 */
#include <holdfast/live.h>

#include "base/bitset.h"
#include "base/error.h"
#include "base/prefetch.h"
#include "capture/heap_map.h"
#include "capture/own_lists.h"

#define AHEAD 16
#define BATCH 1024     /* references that are looked up at once */

struct hf_live {
    struct hf_arena arena;       /* of the map */
    struct hf_heap_map map;
    struct hf_region objects;    /* PyObject * */
    size_t num_objects;
    uint32_t num_numbers;
    struct hf_bitset in_row;     /* by number; without room when there are no others */
    struct hf_bitset referred;
    struct hf_region starts, ends, sources;    /* uint32_t each */
    struct hf_region scanned;    /* uint32_t: places that refer to one object */
};

/* ---- the row ---- */

static bool append(struct hf_region *row, const void *object) {
    return hf_region_push(row, &object, sizeof object);
}

/* What was met from the back, last one first, behind what was met from the front. */
static bool append_reversed(struct hf_region *row, struct hf_region *behind) {
    size_t count = behind->used_bytes / sizeof(void *);
    void *const *objects = (void *const *)(void *)behind->data;
    if (!hf_region_reserve(row, row->used_bytes + behind->used_bytes))
        return false;
    while (count > 0)
        append(row, objects[--count]);
    behind->used_bytes = 0;
    return true;
}

static bool list_generation(struct hf_region *row, struct hf_region *behind, const PyGC_Head *list) {
    const PyGC_Head *front = hf_gc_next(list), *back = hf_gc_previous(list);
    while (front != list) {
        if (!append(row, front + 1))
            return false;
        if (front == back)
            break;
        if (!append(behind, back + 1))
            return false;
        const PyGC_Head *next = hf_gc_next(front);
        if (next == back)
            break;
        front = next;
        back = hf_gc_previous(back);
    }
    return append_reversed(row, behind);
}

static bool list_tracked(struct hf_live *live) {
    const struct _gc_runtime_state *gc = &PyThreadState_Get()->interp->gc;
    struct hf_region behind = {0};
    bool has_room = true;
    for (int i = 0; i < HF_NUM_GC_LISTS && has_room; i++)
        has_room = list_generation(&live->objects, &behind, hf_gc_list(gc, i));
    hf_region_deinit(&behind);
    live->num_objects = live->objects.used_bytes / sizeof(void *);
    return has_room;
}

static enum hf_status give(struct hf_live *live, bool has_room, struct hf_live **out, struct hf_error *error) {
    enum hf_status status = !has_room ? hf_fail_nomem(error) : HF_OK;
    if (has_room && live->num_objects >= HF_LIVE_NONE)
        status = hf_fail(error, HF_ERR_LIMIT, "more than 2^32 objects");
    if (status == HF_OK)
        *out = live;
    else
        hf_live_destroy(live);
    return status;
}

enum hf_status hf_live_create(struct hf_live **out, struct hf_error *error) {
    struct hf_live *live = hf_alloc(1, sizeof *live);
    return live == NULL ? hf_fail_nomem(error) : give(live, list_tracked(live), out, error);
}

enum hf_status hf_live_create_of(void *const *objects, size_t num_objects, struct hf_live **out,
                                 struct hf_error *error) {
    struct hf_live *live = hf_alloc(1, sizeof *live);
    bool has_room = live != NULL && hf_region_reserve(&live->objects, num_objects * sizeof *objects);
    if (live == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < num_objects && has_room; i++)
        append(&live->objects, objects[i]);
    live->num_objects = num_objects;
    return give(live, has_room, out, error);
}

void hf_live_destroy(struct hf_live *live) {
    if (live == NULL)
        return;
    hf_region_deinit(&live->objects);
    hf_region_deinit(&live->starts);
    hf_region_deinit(&live->ends);
    hf_region_deinit(&live->sources);
    hf_region_deinit(&live->scanned);
    hf_bitset_deinit(&live->in_row);
    hf_bitset_deinit(&live->referred);
    hf_arena_deinit(&live->arena);
    hf_free(live);
}

void *const *hf_live_objects(const struct hf_live *live, size_t *num_objects) {
    *num_objects = live->num_objects;
    return (void *const *)(void *)live->objects.data;
}

/* ---- numbers ---- */

static bool mark_all(struct hf_heap_map *map, void *const *objects, size_t num_objects) {
    for (size_t i = 0; i < num_objects; i++) {
        struct hf_chunk *chunk = hf_heap_map_chunk(map, (uintptr_t)objects[i]);
        if (chunk == NULL)
            return false;
        hf_chunk_mark(chunk, hf_heap_map_granule((uintptr_t)objects[i]));
    }
    return true;
}

static bool note_row(struct hf_live *live) {
    void *const *objects = (void *const *)(void *)live->objects.data;
    if (!hf_bitset_init(&live->in_row, live->num_numbers))
        return false;
    for (size_t i = 0; i < live->num_objects; i++)
        hf_bitset_add(&live->in_row, hf_live_number(live, objects[i]));
    return true;
}

bool hf_live_is_in_row(const struct hf_live *live, uint32_t number) {
    return live->in_row.words.data == NULL || hf_bitset_has(&live->in_row, number);
}

enum hf_status hf_live_number_all(struct hf_live *live, void *const *others, size_t num_others,
                                  struct hf_error *error) {
    uint64_t num_numbers;
    bool has_room = hf_heap_map_init(&live->map, &live->arena) &&
                    mark_all(&live->map, (void *const *)(void *)live->objects.data, live->num_objects) &&
                    mark_all(&live->map, others, num_others) && hf_heap_map_number(&live->map, &num_numbers);
    if (live->map.out_of_chunks || live->map.bad_address)
        return hf_fail(error, HF_ERR_LIMIT, "the heap is spread over more than 64 GiB");
    if (!has_room)
        return hf_fail_nomem(error);
    live->num_numbers = (uint32_t)num_numbers;
    return num_others == 0 || note_row(live) ? HF_OK : hf_fail_nomem(error);
}

/* NULL: no object of its chunk has a number. */
static inline const struct hf_chunk *chunk_of(const struct hf_live *live, uint64_t addr) {
    struct hf_chunk *const *page = addr >> HF_MAP_ADDRESS_BITS == 0 ? live->map.directory[addr >> 33] : NULL;
    return page == NULL ? NULL : page[(addr >> 19 & (2 * HF_MAP_PAGE - 2)) | (addr >> 3 & 1)];
}

uint32_t hf_live_number(const struct hf_live *live, const void *object) {
    const struct hf_chunk *chunk = chunk_of(live, (uintptr_t)object);
    uint32_t granule = hf_heap_map_granule((uintptr_t)object);
    return chunk == NULL ? HF_LIVE_NONE : hf_heap_map_rank(&live->map, chunk->first_key | granule);
}

HF_PREFETCHING prefetch_number(const struct hf_live *live, const void *object) {
    const struct hf_chunk *chunk = chunk_of(live, (uintptr_t)object);
    if (chunk != NULL)
        __builtin_prefetch(&chunk->seen[hf_heap_map_granule((uintptr_t)object) >> 6]);
}

/* ---- visits ---- */

/* Half of the containers are lists and dicts, whose contents lie elsewhere. */
HF_PREFETCHING prefetch_contents(const PyObject *object) {
    if (PyList_CheckExact(object))
        __builtin_prefetch(((const PyListObject *)object)->ob_item);
    else if (PyDict_CheckExact(object))
        __builtin_prefetch(((const PyDictObject *)object)->ma_keys);
}

static void visit_all(const struct hf_live *live, void (*visit_one)(PyObject *object, size_t place, void *context),
                      void *context) {
    PyObject *const *objects = (PyObject *const *)(void *)live->objects.data;
    for (size_t i = 0; i < live->num_objects; i++) {
        if (i + AHEAD < live->num_objects) {
            __builtin_prefetch(objects[i + AHEAD]);
            prefetch_contents(objects[i + AHEAD / 2]);
        }
        visit_one(objects[i], i, context);
    }
}

/* What visit gave that was not 0, or 0. */
static int traverse(PyObject *object, visitproc visit, void *context) {
    traverseproc function = PyObject_IS_GC(object) ? Py_TYPE(object)->tp_traverse : NULL;
    return function != NULL ? function(object, visit, context) : 0;
}

/* ---- who refers to one object ---- */

struct scan {
    struct hf_region *places;    /* uint32_t */
    void *target;
    bool failed;
};

static int is_target(PyObject *object, void *target) {
    return object == target;
}

static void note_referrer(PyObject *object, size_t place, void *context) {
    struct scan *scan = context;
    if (traverse(object, is_target, scan->target) == 0)
        return;
    uint32_t number = (uint32_t)place;
    scan->failed |= !hf_region_push(scan->places, &number, sizeof number);
}

enum hf_status hf_live_scan(struct hf_live *live, const void *target, const uint32_t **places, uint32_t *num_places,
                            struct hf_error *error) {
    struct scan scan = {&live->scanned, (void *)(uintptr_t)target, false};
    live->scanned.used_bytes = 0;
    visit_all(live, note_referrer, &scan);
    *places = (const uint32_t *)(const void *)live->scanned.data;
    *num_places = (uint32_t)(live->scanned.used_bytes / sizeof(uint32_t));
    return scan.failed ? hf_fail_nomem(error) : HF_OK;
}

/* ---- who is referred to ---- */

static int mark_referred(PyObject *target, void *context) {
    struct hf_live *live = context;
    uint32_t number = hf_live_number(live, target);
    if (number != HF_LIVE_NONE)
        hf_bitset_add(&live->referred, number);
    return 0;
}

static void mark_references(PyObject *object, size_t place, void *context) {
    (void)place;
    traverse(object, mark_referred, context);
}

enum hf_status hf_live_find_referred(struct hf_live *live, struct hf_error *error) {
    if (!hf_bitset_init(&live->referred, live->num_numbers))
        return hf_fail_nomem(error);
    visit_all(live, mark_references, live);
    return HF_OK;
}

bool hf_live_is_referred(const struct hf_live *live, uint32_t number) {
    return hf_bitset_has(&live->referred, number);
}

/* ---- the index ---- */

/* A reference, while its target is being looked up and then with its number. */
struct pending {
    const PyObject *target;
    uint32_t place, number;
};

struct reference {
    uint32_t place, number;
};

struct indexer {
    const struct hf_live *live;
    uint32_t place;              /* of the object that is visited */
    uint32_t *starts;            /* counts at first, each one too far */
    struct hf_region references; /* struct reference */
    size_t num_pending;
    struct pending pending[BATCH];
    bool failed;
};

/* Leaves those whose target has a number. */
static void look_up_pending(struct indexer *indexer) {
    size_t count = 0;
    for (size_t i = 0; i < indexer->num_pending; i++) {
        if (i + AHEAD < indexer->num_pending)
            prefetch_number(indexer->live, indexer->pending[i + AHEAD].target);
        struct pending pending = indexer->pending[i];
        pending.number = hf_live_number(indexer->live, pending.target);
        if (pending.number == HF_LIVE_NONE)
            continue;
        __builtin_prefetch(&indexer->starts[pending.number + 1], 1);
        indexer->pending[count++] = pending;
    }
    indexer->num_pending = count;
}

static void add_pending(struct indexer *indexer) {
    look_up_pending(indexer);
    struct hf_region *references = &indexer->references;
    size_t num_bytes = indexer->num_pending * sizeof(struct reference);
    if (indexer->failed || !hf_region_reserve(references, references->used_bytes + num_bytes)) {
        indexer->failed = true;
        indexer->num_pending = 0;
        return;
    }
    struct reference *next = (struct reference *)(void *)(references->data + references->used_bytes);
    for (size_t i = 0; i < indexer->num_pending; i++) {
        indexer->starts[indexer->pending[i].number + 1]++;
        *next++ = (struct reference){indexer->pending[i].place, indexer->pending[i].number};
    }
    references->used_bytes += num_bytes;
    indexer->num_pending = 0;
}

static int add_reference(PyObject *target, void *context) {
    struct indexer *indexer = context;
    if (indexer->num_pending == BATCH)
        add_pending(indexer);
    indexer->pending[indexer->num_pending++] = (struct pending){target, indexer->place, 0};
    return 0;
}

static void add_references(PyObject *object, size_t place, void *context) {
    struct indexer *indexer = context;
    indexer->place = (uint32_t)place;
    traverse(object, add_reference, indexer);
}

/* Makes starts of counts, and ends, which move as the rows are filled. */
static void sum_up(uint32_t *starts, uint32_t *ends, uint32_t num_numbers) {
    for (uint32_t i = 0; i < num_numbers; i++) {
        starts[i + 1] += starts[i];
        ends[i] = starts[i];
    }
}

static void fill_rows(const struct indexer *indexer, const struct hf_live *live) {
    const struct reference *references = (const struct reference *)(const void *)indexer->references.data;
    size_t num_references = indexer->references.used_bytes / sizeof *references;
    uint32_t *ends = (uint32_t *)(void *)live->ends.data, *sources = (uint32_t *)(void *)live->sources.data;
    for (size_t i = 0; i < num_references; i++) {
        if (i + 2 * AHEAD < num_references) {
            __builtin_prefetch(&ends[references[i + 2 * AHEAD].number], 1);
            __builtin_prefetch(&sources[ends[references[i + AHEAD].number]], 1);
        }
        uint32_t number = references[i].number, place = references[i].place, end = ends[number];
        if (end > indexer->starts[number] && sources[end - 1] == place)
            continue;
        sources[end] = place;
        ends[number] = end + 1;
    }
}

static enum hf_status build(struct hf_live *live, struct indexer *indexer, struct hf_error *error) {
    size_t num_bytes = ((size_t)live->num_numbers + 2) * sizeof(uint32_t);
    if (!hf_region_reserve(&live->starts, num_bytes) || !hf_region_reserve(&live->ends, num_bytes))
        return hf_fail_nomem(error);
    indexer->starts = (uint32_t *)(void *)live->starts.data;
    visit_all(live, add_references, indexer);
    add_pending(indexer);
    size_t num_references = indexer->references.used_bytes / sizeof(struct reference);
    if (num_references > UINT32_MAX)
        return hf_fail(error, HF_ERR_LIMIT, "more than 2^32 references");
    if (indexer->failed || !hf_region_reserve(&live->sources, (num_references + 1) * sizeof(uint32_t)))
        return hf_fail_nomem(error);
    sum_up(indexer->starts, (uint32_t *)(void *)live->ends.data, live->num_numbers);
    fill_rows(indexer, live);
    return HF_OK;
}

enum hf_status hf_live_index(struct hf_live *live, struct hf_error *error) {
    struct indexer *indexer = hf_alloc(1, sizeof *indexer);
    if (indexer == NULL)
        return hf_fail_nomem(error);
    indexer->live = live;
    enum hf_status status = build(live, indexer, error);
    hf_region_deinit(&indexer->references);
    hf_free(indexer);
    return status;
}

const uint32_t *hf_live_referrers(const struct hf_live *live, uint32_t number, uint32_t *num_referrers) {
    const uint32_t *starts = (const uint32_t *)(const void *)live->starts.data;
    const uint32_t *ends = (const uint32_t *)(const void *)live->ends.data;
    *num_referrers = ends[number] - starts[number];
    return (const uint32_t *)(const void *)live->sources.data + starts[number];
}
