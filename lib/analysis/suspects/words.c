/*
 * words.c - writes sentences.
 *
 *   text     4,000 objects of type shop.Session accumulate in a dict of 4,000 items. They, with what only they keep
 *            alive, take 6.1 MiB, 14.3 % of the heap; most of that is bytearray (5.8 MiB). The application holds it by
 *            shop.Registry.by_number (shop.py), its last reference on the way.
 *   advice   Look first at shop.Registry.by_number: the name is used in Registry.add() and Registry.get() (shop.py).
 *
 * One function for each sentence. A number that the snapshot does not have makes no sentence.
 */
#include "analysis/suspects/words.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"

#define MAX_VALUE 120

struct writer {
    const struct hf_finding *finding;
    const struct hf_suspect *suspect;
    struct hf_text *text;
};

static const struct hf_snapshot *snapshot_of(const struct writer *writer) {
    return writer->finding->survey->snapshot;
}

static bool is_comparison(const struct writer *writer) {
    return writer->finding->survey->old != NULL;
}

static void add_things(struct hf_text *text, uint64_t count, const char *singular, const char *plural) {
    hf_text_add_count(text, count);
    hf_text_addf(text, " %s", count == 1 ? singular : plural);
}

static void add_size_and_share(const struct writer *writer, uint64_t bytes) {
    hf_text_add_size(writer->text, bytes);
    hf_text_add(writer->text, ", ");
    hf_text_add_share(writer->text, bytes, writer->finding->survey->total_bytes);
    hf_text_add(writer->text, " of the heap");
}

static void add_file(struct hf_text *text, const char *file) {
    const char *slash = strrchr(file, '/');
    if (file[0] != '\0')
        hf_text_addf(text, " (%s)", slash != NULL ? slash + 1 : file);
}

static void add_value(const struct writer *writer, hf_node_id node, const char *before, const char *behind) {
    char value[MAX_VALUE * 4 + 8];
    if (hf_snapshot_print_value(snapshot_of(writer), node, MAX_VALUE, value, sizeof value) > 0)
        hf_text_addf(writer->text, "%s%s%s", before, value, behind);
}

static const char *type_of(const struct writer *writer, hf_node_id node) {
    return hf_lookup_type_name(snapshot_of(writer), node);
}

/* ---- what ---- */

/* Functions, methods and classes say more by their own names than by their type. */
static bool has_own_name(const struct writer *writer, hf_node_id node) {
    const uint32_t named = HF_TYPE_FUNCTION | HF_TYPE_METHOD | HF_TYPE_TYPE | HF_TYPE_GENERATOR | HF_TYPE_COROUTINE |
                           HF_TYPE_ASYNC_GENERATOR;
    return (hf_lookup_type(snapshot_of(writer), node)->flags & named) != 0;
}

/* "4,000 new objects of type shop.Session" */
static void add_units(const struct writer *writer) {
    const struct hf_content *content = writer->finding->content;
    const char *new = is_comparison(writer) ? "new " : "";
    hf_text_add_count(writer->text, content->num_units);
    hf_text_addf(writer->text, " %sobject%s of type %s", new, content->num_units == 1 ? "" : "s",
                 writer->suspect->unit_type);
    if (has_own_name(writer, content->units[0]))
        add_value(writer, content->units[0], " such as ", "");
}

/* "a dict of 4,000 items", "an object of type shop.Settings" */
static void add_point(const struct writer *writer) {
    char value[MAX_VALUE * 4 + 8];
    hf_node_id node = writer->suspect->node;
    size_t length = hf_snapshot_print_value(snapshot_of(writer), node, MAX_VALUE, value, sizeof value);
    const char *type = type_of(writer, node);
    if (length > 0 && strstr(value, " of ") != NULL)
        hf_text_addf(writer->text, "%s %s", strchr("aeiouAEIOU", value[0]) != NULL ? "an" : "a", value);
    else
        hf_text_addf(writer->text, "an object of type %s", type);
}

static bool hangs_in_point(const struct writer *writer, hf_node_id unit) {
    return hf_dominators_get_parent(writer->finding->survey->dominators, unit) == writer->suspect->node;
}

static void write_crowd(const struct writer *writer) {
    const struct hf_content *content = writer->finding->content;
    if (content->num_units == 0) {
        hf_text_add(writer->text, "Objects of many kinds accumulate in ");
    } else {
        bool is_direct = hangs_in_point(writer, content->units[0]) &&
                         hangs_in_point(writer, content->units[content->num_units - 1]);
        add_units(writer);
        hf_text_addf(writer->text, " accumulate%s %s ", content->num_units == 1 ? "s" : "",
                     is_direct ? "in" : "below");
    }
    add_point(writer);
    hf_text_add(writer->text, ". They, with what only they keep alive, take ");
}

static void write_chain(const struct writer *writer) {
    add_units(writer);
    hf_text_add(writer->text, " hang one behind the other, so that the first keeps all of them alive. They take ");
}

static void write_few(const struct writer *writer) {
    hf_node_id child = writer->finding->point->child;
    hf_text_addf(writer->text, "One object of type %s keeps much alive", type_of(writer, writer->suspect->node));
    if (child != HF_NO_NODE) {
        hf_text_addf(writer->text, ", most of it through one object of type %s (", type_of(writer, child));
        hf_text_add_size(writer->text, hf_survey_weight(writer->finding->survey, child));
        hf_text_add(writer->text, ")");
    }
    hf_text_add(writer->text, ". It takes ");
}

static void write_single(const struct writer *writer) {
    hf_text_addf(writer->text, "One object of type %s is large by itself", type_of(writer, writer->suspect->node));
    add_value(writer, writer->suspect->node, ": ", "");
    hf_text_add(writer->text, ". It takes ");
}

/* Objects that no other object keeps, or that each have a module or class of their own to keep them. */
static void write_shared(const struct writer *writer) {
    const struct hf_suspect *suspect = writer->suspect;
    hf_node_id parent = hf_dominators_get_parent(writer->finding->survey->dominators, writer->finding->crowd.example);
    add_units(writer);
    hf_text_addf(writer->text, " hang at %s", suspect->pattern);
    for (size_t i = 0; i < suspect->num_also; i++)
        hf_text_addf(writer->text, "%s %s", i + 1 < suspect->num_also ? "," : " and at", suspect->also[i]);
    if (parent == HF_NO_NODE && suspect->num_also > 0)
        hf_text_add(writer->text, ", so that no single one of these keeps them alive");
    hf_text_add(writer->text, ". They, with what only they keep alive, take ");
}

static void write_garbage(const struct writer *writer) {
    add_things(writer->text, writer->suspect->count, "object", "objects");
    hf_text_add(writer->text, " are garbage: no root reaches them, they keep each other alive in cycles, and the "
                              "collector has not come to them. ");
    add_units(writer);
    hf_text_addf(writer->text, " %s among them. All garbage together takes ",
                 writer->finding->content->num_units == 1 ? "is" : "are");
}

static void write_what(const struct writer *writer) {
    static void (*const writers[])(const struct writer *writer) = {
        [HF_SUSPECT_CROWD] = write_crowd,   [HF_SUSPECT_CHAIN] = write_chain,   [HF_SUSPECT_FEW] = write_few,
        [HF_SUSPECT_SINGLE] = write_single, [HF_SUSPECT_SHARED] = write_shared, [HF_SUSPECT_GARBAGE] = write_garbage,
    };
    writers[writer->suspect->kind](writer);
    add_size_and_share(writer, writer->suspect->size_bytes);
}

/* "; most of it is bytearray (5.8 MiB)" */
static void write_content(const struct writer *writer) {
    const struct hf_suspect_part *most = &writer->suspect->parts[0];
    bool says_more = writer->suspect->num_parts > 0 && strcmp(most->type, writer->suspect->unit_type) != 0 &&
                     writer->suspect->kind != HF_SUSPECT_SINGLE && most->size_bytes * 3 > writer->suspect->size_bytes;
    if (!says_more)
        return;
    bool is_most = most->size_bytes * 2 > writer->suspect->size_bytes;
    hf_text_addf(writer->text, "; %s of that is %s (", is_most ? "most" : "much", most->type);
    hf_text_add_size(writer->text, most->size_bytes);
    hf_text_add(writer->text, ")");
}

/* " In each of them is the coroutine shop.mail.send_later() (mail.py)." */
static void write_within(const struct writer *writer) {
    const struct hf_within *within = &writer->finding->within;
    size_t num_units = writer->finding->content->num_units;
    if (within->what == NULL)
        return;
    hf_text_add(writer->text, " In ");
    if (num_units > 1 && within->num_units < num_units) {
        hf_text_add_count(writer->text, within->num_units);
        hf_text_add(writer->text, " of them");
    } else {
        hf_text_add(writer->text, num_units > 1 ? "each of them" : "it");
    }
    hf_text_addf(writer->text, " is %s %s%s", within->what, within->owner.name,
                 within->owner.kind == HF_OWNER_FUNCTION ? "()" : "");
    add_file(writer->text, within->owner.file);
    hf_text_add(writer->text, ".");
}

static void write_growth(const struct writer *writer) {
    const struct hf_finding *finding = writer->finding;
    if (!finding->has_old_items)
        return;
    hf_text_add(writer->text, " It had ");
    add_things(writer->text, finding->old_items, "item", "items");
    hf_text_add(writer->text, " in the older snapshot.");
}

/* ---- who ---- */

/* "shop.Registry.sessions", "shop.CACHE"; "the variable seen of shop.poll()" */
static void add_owned(const struct writer *writer) {
    const struct hf_app_owner *owner = &writer->finding->owner;
    if (owner->kind == HF_OWNER_FUNCTION)
        hf_text_addf(writer->text, "the %s %s of %s()", writer->finding->is_variable ? "variable" : "attribute",
                     writer->finding->name, owner->name);
    else
        hf_text_addf(writer->text, "%s.%s", owner->name, writer->finding->name);
}

static void write_no_owner(const struct writer *writer) {
    const struct hf_content *content = writer->finding->content;
    bool is_own = content->num_units > 0 &&
                  hf_survey_type_origin(writer->finding->survey, content->units[0]) == HF_MODULE_APPLICATION;
    hf_text_add(writer->text, " Nothing of the application holds it: all references on the way are Python's own or an "
                              "installed package's");
    if (is_own)
        hf_text_add(writer->text, ", though the objects are of a class of the application");
    hf_text_add(writer->text, ".");
}

static void write_owner(const struct writer *writer) {
    const struct hf_app_owner *owner = &writer->finding->owner;
    if (owner->kind == HF_OWNER_NONE) {
        write_no_owner(writer);
        return;
    }
    hf_text_add(writer->text, " The application holds it by ");
    if (writer->finding->name[0] != '\0')
        add_owned(writer);
    else
        hf_text_addf(writer->text, "%s %s", hf_owner_kind_name(owner->kind), owner->name);
    add_file(writer->text, owner->file);
    hf_text_add(writer->text, ", its last reference on the way");
    if (!owner->is_certain)
        hf_text_add(writer->text, "; whether that is the application's the snapshot does not tell");
    hf_text_add(writer->text, ".");
}

/* ---- what to look at ---- */

static void write_leak(const struct writer *writer) {
    const struct hf_crowd_verdict *crowd = &writer->finding->crowd;
    size_t num_units = writer->finding->content->num_units;
    if (crowd->reason == NULL)
        return;
    if (num_units == 1)
        hf_text_add(writer->text, "It leaks");
    else if (crowd->num_ended == num_units)
        hf_text_add(writer->text, "All of them leak");
    else {
        hf_text_add_count(writer->text, crowd->num_ended);
        hf_text_add(writer->text, " of them leak");
    }
    hf_text_addf(writer->text, ": %s; %s. ", crowd->reason, crowd->remedy);
}

static void add_function(struct hf_text *text, const struct hf_mentions *mentions, size_t index) {
    bool is_last = index + 1 == mentions->num_all;
    hf_text_addf(text, "%s%s%s%s", index == 0 ? "" : is_last ? " and " : ", ",
                 mentions->list[index].is_class ? "the body of class " : "", mentions->list[index].function,
                 mentions->list[index].is_class ? "" : "()");
    if (is_last || strcmp(mentions->list[index].file, mentions->list[0].file) != 0 ||
        index + 1 == mentions->num_mentions)
        add_file(text, mentions->list[index].file);
}

static void write_mentions(const struct writer *writer) {
    const struct hf_mentions *mentions = &writer->finding->mentions;
    hf_text_add(writer->text, "Look first at ");
    add_owned(writer);
    hf_text_add(writer->text, ": the name is used in ");
    for (size_t i = 0; i < mentions->num_mentions; i++)
        add_function(writer->text, mentions, i);
    if (mentions->num_all > mentions->num_mentions) {
        hf_text_add(writer->text, " and ");
        add_things(writer->text, mentions->num_all - mentions->num_mentions, "other function", "other functions");
    }
    hf_text_add(writer->text, ". ");
}

/* Where no name can be looked for: a running function, what no code of the application names. */
static void write_owner_again(const struct writer *writer) {
    const struct hf_app_owner *owner = &writer->finding->owner;
    hf_text_add(writer->text, "Look first at ");
    if (writer->finding->name[0] != '\0')
        add_owned(writer);
    else
        hf_text_addf(writer->text, "%s %s", hf_owner_kind_name(owner->kind), owner->name);
    add_file(writer->text, owner->file);
    hf_text_add(writer->text, ", and at who puts something there. ");
}

static void write_where_to_look(const struct writer *writer) {
    if (writer->suspect->kind == HF_SUSPECT_GARBAGE)
        hf_text_add(writer->text, "Look first at whether the collector is switched off (gc.disable(), a high "
                                  "gc.set_threshold()) or starved, and at what closes the cycles. ");
    else if (writer->finding->mentions.num_mentions > 0)
        write_mentions(writer);
    else if (writer->finding->owner.kind != HF_OWNER_NONE)
        write_owner_again(writer);
    else
        hf_text_addf(writer->text, "Look first at who adds to %s, and whether anybody takes away from it. ",
                     writer->suspect->reference);
}

static void write_pattern(const struct writer *writer) {
    const struct hf_pattern *pattern = writer->finding->pattern;
    if (pattern != NULL)
        hf_text_addf(writer->text, "Known pattern %s (%s%s): %s ", pattern->name, pattern->holds,
                     writer->finding->is_pattern_certain ? "" : "; which version this is the snapshot does not tell",
                     pattern->note);
}

/* ---- the whole ---- */

static const char *take(struct hf_arena *arena, struct hf_text *text) {
    size_t length = text->length;
    while (length > 0 && text->data[length - 1] == ' ')
        length--;
    const char *copy = hf_arena_copy(arena, text->data != NULL ? text->data : "", length);
    arena->failed = arena->failed || text->failed;
    hf_text_deinit(text);
    return copy;
}

enum hf_status hf_words_write(const struct hf_finding *finding, struct hf_arena *arena, struct hf_suspect *suspect,
                              struct hf_error *error) {
    struct hf_text text = HF_TEXT_INIT, advice = HF_TEXT_INIT;
    const struct writer what = {finding, suspect, &text}, look = {finding, suspect, &advice};
    write_what(&what);
    write_content(&what);
    hf_text_add(&text, ".");
    write_within(&what);
    write_growth(&what);
    if (suspect->kind != HF_SUSPECT_GARBAGE)
        write_owner(&what);
    write_leak(&look);
    write_where_to_look(&look);
    write_pattern(&look);
    suspect->text = take(arena, &text);
    suspect->advice = take(arena, &advice);
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}
