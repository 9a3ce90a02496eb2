/*
 * slots.c - classes whose instances would be smaller with __slots__.
 *
 *   now     [head 24][object 16] + values or attribute dict        for each instance
 *   then             [object 16][a][b][c]                          8 bytes for each name
 *
 * What the head and the values of an instance take is in the snapshot (hf_room_record), for the classes of which it is
 * known: written in Python with all their bases. The names are all that any instance has, for an attribute without a
 * slot could not be set any more; so a class whose instances differ gains little or nothing, and is no row then.
 * Neither is one of which two instances have one attribute dict: they share it on purpose.
 *
 *   names   (class, code or key) seen before?  ->  (class, text) seen before?  ->  words: [text, next of the class] ...
 *
 * A row is a class. Its holder is the one that has more than half of the instances, if there is one: a vote that needs
 * one candidate and one counter (Boyer and Moore 1991, doi:10.1007/978-94-011-3488-0_5). Whoever is ahead in the end is
 * told with the number that it really has.
 */
#include <xxhash.h>

#include "analysis/waste/hunt.h"
#include "base/error.h"

#define DICT_BYTES 64            /* of a dict alone, whose values are those of its object */
#define SLOT_BYTES 8
#define MAX_NAMES 4              /* in words */
#define REPORT_EVERY (1u << 20)

/* An attribute name of a class, in the words of the hunt, where the names of a class are a list. */
struct class_name {
    const char *text;            /* of the snapshot */
    uint32_t length;
    uint32_t next;               /* index of the next one + 1; 0: it is the last */
};

struct class_names {
    uint32_t count;
    uint32_t first, last;        /* indexes + 1 */
    bool has_other;              /* one that cannot be a slot, or a dict that several instances share */
};

struct classes {
    struct hf_hunt *hunt;
    const struct hf_room_record **room;   /* by type, NULL: not known */
    struct hf_numbering places;  /* of names: (class, code) and (class, key) */
    struct hf_numbering texts;   /* (class, text) */
    struct class_names *names;   /* by type */
    struct hf_bitset dicts;      /* attribute dicts that were met */
};

static uint64_t pair(uint32_t type, uint64_t name) {
    return XXH3_64bits_withSeed(&name, sizeof name, type);
}

static bool add_text(struct classes *classes, uint32_t type, const char *text, size_t length) {
    uint32_t before = classes->texts.count;
    uint32_t number = hf_number_of(&classes->texts, XXH3_64bits_withSeed(text, length, type));
    if (number == 0)
        return false;
    if (number <= before)
        return true;
    struct hf_region *words = &classes->hunt->words;
    if (!hf_region_reserve(words, number * sizeof(struct class_name)))
        return false;
    struct class_name *list = (struct class_name *)(void *)words->data;
    struct class_names *names = &classes->names[type];
    list[number - 1] = (struct class_name){text, (uint32_t)length, 0};
    if (names->count++ == 0)
        names->first = number;
    else
        list[names->last - 1].next = number;
    names->last = number;
    return true;
}

/* Notes the name by which an edge of an instance or of its attribute dict leads away. False: no memory. */
static bool add_name(struct classes *classes, uint32_t type, uint32_t edge, enum hf_name_kind kind) {
    const struct hf_snapshot *snapshot = classes->hunt->snapshot;
    bool is_key = kind == HF_NAME_KEY;
    uint64_t name = is_key ? (uint64_t)hf_col_edge_target(snapshot)[edge] << 1 | 1
                           : (uint64_t)hf_col_edge_name(snapshot)[edge] << 1;
    uint32_t before = classes->places.count, number = hf_number_of(&classes->places, pair(type, name));
    if (number == 0 || number <= before)
        return number != 0;
    const char *text;
    size_t length;
    if (!is_key) {
        struct hf_edge named = hf_snapshot_get_edge(snapshot, edge);
        return add_text(classes, type, named.text, named.text_length);
    }
    if (hf_snapshot_find_str(snapshot, hf_col_edge_target(snapshot)[edge], &text, &length))
        return add_text(classes, type, text, length);
    classes->names[type].has_other = true;
    return true;
}

/* Notes all names of one node; *dict is its attribute dict, *has_keys whether it is a dict with a table of its own. */
static bool add_names(struct classes *classes, uint32_t type, hf_node_id node, hf_node_id *dict, bool *has_keys) {
    const struct hf_snapshot *snapshot = classes->hunt->snapshot;
    const uint32_t *row = hf_col_row(snapshot);
    bool ok = true;
    for (uint32_t edge = row[node]; edge < row[node + 1] && ok; edge++) {
        enum hf_name_kind kind = classes->hunt->edge_kind[hf_col_edge_name(snapshot)[edge]];
        if (kind == HF_NAME_DICT)
            *dict = hf_col_edge_target(snapshot)[edge];
        *has_keys |= kind == HF_NAME_KEY;
        if (kind == HF_NAME_ATTRIBUTE || kind == HF_NAME_KEY)
            ok = add_name(classes, type, edge, kind);
    }
    return ok;
}

/* The bytes of an instance's attributes beside its own size. */
static uint64_t bytes_beside(const struct classes *classes, const struct hf_room_record *room, hf_node_id dict,
                             bool has_keys) {
    if (dict == HF_NO_NODE)
        return room->values_bytes;
    uint64_t dict_bytes = hf_snapshot_get_size(classes->hunt->snapshot, dict);
    bool has_values = room->values_bytes > 0 && !has_keys && dict_bytes > DICT_BYTES;
    if (has_values)
        return room->values_bytes + DICT_BYTES;
    return dict_bytes + (room->is_inside ? room->values_bytes : 0);
}

static void vote(struct hf_find *find, uint32_t keeper, hf_node_id node) {
    if (find->used == 0) {
        find->group = keeper;
        find->example = node;
    }
    find->used = find->group == keeper ? find->used + 1 : find->used - 1;
}

/* Notes the names in an instance's attribute dict. Slots cannot be shared; and a dict is looked at once. */
static bool add_names_of_dict(struct classes *classes, uint32_t type, hf_node_id dict, bool *has_keys) {
    hf_node_id none;
    if (hf_bitset_has(&classes->dicts, dict)) {
        classes->names[type].has_other = true;
        return true;
    }
    hf_bitset_add(&classes->dicts, dict);
    return add_names(classes, type, dict, &none, has_keys);
}

static bool count_instance(struct classes *classes, hf_node_id node, uint32_t type) {
    const struct hf_room_record *room = classes->room[type];
    hf_node_id dict = HF_NO_NODE;
    bool has_keys = false, ignored = false;
    uint32_t keeper = hf_keepers_get(classes->hunt->keepers, node);
    if (keeper == 0 || !add_names(classes, type, node, &dict, &ignored) ||
        (dict != HF_NO_NODE && !add_names_of_dict(classes, type, dict, &has_keys)))
        return false;
    struct hf_find *find = hf_hunt_row(classes->hunt, type, 0, node);
    if (find == NULL)
        return false;
    uint64_t beside = bytes_beside(classes, room, dict, has_keys);
    find->count++;
    find->size_bytes += hf_snapshot_get_size(classes->hunt->snapshot, node) + beside;
    find->saving_bytes += room->head_bytes + beside;
    vote(find, keeper, node);
    return true;
}

static enum hf_status count_instances(struct classes *classes, struct hf_error *error) {
    const struct hf_snapshot *snapshot = classes->hunt->snapshot;
    const uint32_t *type = hf_col_node_type(snapshot);
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        if (node % REPORT_EVERY == REPORT_EVERY - 1 && hf_hunt_report(classes->hunt, node, error) != HF_OK)
            return HF_ERR_CANCELLED;
        if (classes->room[type[node]] != NULL && !count_instance(classes, node, type[node]))
            return hf_fail_nomem(error);
    }
    return HF_OK;
}

/* How many instances the holder that is ahead really has. */
static enum hf_status count_votes(struct classes *classes, struct hf_error *error) {
    const struct hf_snapshot *snapshot = classes->hunt->snapshot;
    const uint32_t *type = hf_col_node_type(snapshot);
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        if (classes->room[type[node]] == NULL)
            continue;
        struct hf_find *find = hf_hunt_row(classes->hunt, type[node], 0, node);
        if (find == NULL)
            return hf_fail_nomem(error);
        find->num_held += find->group == hf_keepers_get(classes->hunt->keepers, node);
    }
    return HF_OK;
}

/* Takes off what the slots would take. What gains nothing is no row. */
static void settle(struct classes *classes) {
    struct hf_find *finds = hf_hunt_finds(classes->hunt);
    for (uint32_t i = 1; i <= classes->hunt->numbers.count; i++) {
        const struct class_names *names = &classes->names[finds[i].type];
        uint64_t slot_bytes = (uint64_t)names->count * SLOT_BYTES * finds[i].count;
        bool gains = names->count > 0 && !names->has_other && slot_bytes < finds[i].saving_bytes;
        finds[i].slots = names->first;
        finds[i].saving_bytes = gains ? finds[i].saving_bytes - slot_bytes : 0;
        if (finds[i].saving_bytes > finds[i].size_bytes)
            finds[i].saving_bytes = finds[i].size_bytes;   /* only a crafted file gets here */
    }
}

enum hf_status hf_find_slots(struct hf_hunt *hunt, struct hf_error *error) {
    const struct hf_snapshot *snapshot = hunt->snapshot;
    size_t num_types = hf_num_types(snapshot);
    struct classes classes = {.hunt = hunt,
                              .room = hf_alloc(num_types + 1, sizeof *classes.room),
                              .names = hf_alloc(num_types + 1, sizeof *classes.names)};
    bool ok = classes.room != NULL && classes.names != NULL && hf_bitset_init(&classes.dicts, snapshot->num_nodes);
    for (size_t i = 0; ok && i < hf_num_rooms(snapshot); i++)
        classes.room[hf_col_rooms(snapshot)[i].type] = &hf_col_rooms(snapshot)[i];
    enum hf_status status = ok ? count_instances(&classes, error) : hf_fail_nomem(error);
    if (status == HF_OK)
        status = count_votes(&classes, error);
    if (status == HF_OK)
        settle(&classes);
    hf_numbering_deinit(&classes.places);
    hf_numbering_deinit(&classes.texts);
    hf_bitset_deinit(&classes.dicts);
    hf_free(classes.room);
    hf_free(classes.names);
    return status;
}

void hf_describe_slots(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text) {
    const struct class_name *names = (const struct class_name *)(const void *)hunt->words.data;
    size_t num_names = 0;
    hf_text_add(text, "__slots__ = (");
    for (uint64_t at = find->slots; at != 0; at = names[at - 1].next) {
        if (num_names++ >= MAX_NAMES)
            continue;
        if (num_names > 1)
            hf_text_add(text, ", ");
        hf_text_add_repr(text, names[at - 1].text, names[at - 1].length);
    }
    if (num_names > MAX_NAMES)
        hf_text_addf(text, ", and %zu more)", num_names - MAX_NAMES);
    else
        hf_text_add(text, num_names == 1 ? ",)" : ")");
}

const char *hf_doubt_extents(const struct hf_snapshot *snapshot, bool *is_answered) {
    *is_answered = hf_snapshot_get_origin(snapshot)->has_extents;
    return *is_answered ? "" : "the snapshot does not tell what this takes: take it again with this release";
}
