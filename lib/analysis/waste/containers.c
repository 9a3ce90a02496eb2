/*
 * containers.c - dicts, lists and sets without items, with one, and with more slots than items.
 *
 *   {}        64 B   empty        []   56 B   empty        [x]   64 B + 24 spare   single
 *   [x, y]    slots 4, used 2     spare: 16 B
 *
 * Each container is of one of the three kinds. Looked at are list, dict and set themselves: what an instance of a
 * subclass has beside its items is its own affair. An attribute dict belongs to its object, and a class and a module
 * cannot be without theirs: those are no waste of these kinds. Neither are immortal ones.
 */
#include "analysis/lookup.h"
#include "analysis/waste/capacity.h"
#include "analysis/waste/hunt.h"
#include "base/error.h"

#include <string.h>

#define REPORT_EVERY (1u << 20)

enum fill { FILL_EMPTY, FILL_SINGLE, FILL_MORE };

struct shape {
    enum hf_container container;
    enum hf_name_kind item;      /* the kind of the edges to its items */
};

static const struct {
    const char *name;
    struct shape shape;
} shapes[] = {
    {"list", {HF_CONTAINER_LIST, HF_NAME_ITEM}},
    {"dict", {HF_CONTAINER_DICT, HF_NAME_VALUE}},
    {"set", {HF_CONTAINER_SET, HF_NAME_MEMBER}},
};

/* The shape of the objects of a type, or NULL. */
static const struct shape *find_shape(const struct hf_snapshot *snapshot, uint32_t type) {
    const struct hf_type_record *record = &hf_col_types(snapshot)[type];
    if ((record->flags & (HF_TYPE_LIST | HF_TYPE_DICT | HF_TYPE_SET)) == 0)
        return NULL;
    const char *name = hf_snapshot_get_text(snapshot, record->name, NULL);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(name, shapes[i].name) == 0)
            return &shapes[i].shape;
    return NULL;
}

static uint64_t count_items(const struct hf_hunt *hunt, hf_node_id node, enum hf_name_kind item) {
    const uint32_t *row = hf_col_row(hunt->snapshot);
    const uint16_t *name = hf_col_edge_name(hunt->snapshot);
    uint64_t count = 0;
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++)
        count += hunt->edge_kind[name[edge]] == item;
    return count;
}

/* Counts a container if it is of this kind. False: no memory. */
static bool count_container(struct hf_hunt *hunt, const struct hf_release *release, hf_node_id node,
                            const struct shape *shape, enum fill wanted) {
    uint64_t length = count_items(hunt, node, shape->item), num_slots = 0, spare_bytes = 0;
    if ((length < FILL_MORE ? (enum fill)length : FILL_MORE) != wanted)
        return true;
    uint64_t size_bytes = hf_snapshot_get_size(hunt->snapshot, node);
    bool has_slots = release != NULL &&
                     hf_capacity_find(release, shape->container, size_bytes, length, &num_slots, &spare_bytes);
    uint64_t saving_bytes = wanted == FILL_MORE ? spare_bytes : size_bytes;
    if (saving_bytes == 0)
        return true;
    struct hf_find *find = hf_hunt_add(hunt, node, saving_bytes);
    if (find == NULL)
        return false;
    find->used += length;
    find->slots += has_slots ? num_slots : length;
    if (saving_bytes > find->best) {
        find->best = saving_bytes;
        find->example = node;
    }
    return true;
}

static enum hf_status find_containers(struct hf_hunt *hunt, enum fill wanted, struct hf_error *error) {
    const struct hf_snapshot *snapshot = hunt->snapshot;
    struct hf_release release;
    bool is_known = hf_release_find(hf_snapshot_get_origin(snapshot)->python, &release);
    size_t num_types = hf_num_types(snapshot);
    const struct shape **shape = hf_alloc(num_types + 1, sizeof *shape);
    if (shape == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < num_types; i++)
        shape[i] = find_shape(snapshot, (uint32_t)i);
    enum hf_status status = HF_OK;
    for (hf_node_id node = 0; node < snapshot->num_nodes && status == HF_OK; node++) {
        const struct shape *found = shape[hf_col_node_type(snapshot)[node]];
        if (node % REPORT_EVERY == REPORT_EVERY - 1)
            status = hf_hunt_report(hunt, node, error);
        if (found == NULL || (hf_col_node_flags(snapshot)[node] & HF_NODE_IMMORTAL) != 0 ||
            hf_bitset_has(hunt->attribute_dicts, node))
            continue;
        if (!count_container(hunt, is_known ? &release : NULL, node, found, wanted))
            status = hf_fail_nomem(error);
    }
    hf_free(shape);
    return status;
}

enum hf_status hf_find_empty(struct hf_hunt *hunt, struct hf_error *error) {
    return find_containers(hunt, FILL_EMPTY, error);
}

enum hf_status hf_find_single(struct hf_hunt *hunt, struct hf_error *error) {
    return find_containers(hunt, FILL_SINGLE, error);
}

enum hf_status hf_find_spare(struct hf_hunt *hunt, struct hf_error *error) {
    return find_containers(hunt, FILL_MORE, error);
}

static void add_slots(struct hf_text *text, const struct hf_find *find) {
    hf_text_add_count(text, find->used);
    hf_text_add(text, " of ");
    hf_text_add_count(text, find->slots);
    hf_text_add(text, find->slots == 1 ? " slot used" : " slots used");
}

void hf_describe_empty(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    (void)hunt;
    hf_text_add(text, "no items");
    if (find->slots == 0)
        return;
    hf_text_add(text, ", room for ");
    hf_text_add_count(text, find->slots);
}

void hf_describe_single(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    (void)hunt;
    hf_text_add(text, "one item each, ");
    add_slots(text, find);
}

void hf_describe_spare(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    (void)hunt;
    add_slots(text, find);
}

const char *hf_doubt_capacity(const struct hf_snapshot *snapshot, bool *is_answered) {
    struct hf_release release;
    *is_answered = hf_release_find(hf_snapshot_get_origin(snapshot)->python, &release);
    return *is_answered ? "" : "how this release of Python lays out containers and arenas is not known";
}
