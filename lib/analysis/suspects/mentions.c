/*
 * mentions.c - reads the names that code objects use.
 *
 *   code Cache.put  co_filename 'shop/cache.py'  co_names ('_locks', '_shards', ...)
 *
 * A name is found wherever it is used, for any object that has such an attribute; so only code of the application is
 * looked at, and functions in the file of the owner come first.
 */
#include "analysis/suspects/mentions.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"
#include "snapshot/preview.h"

struct reader {
    const struct hf_survey *survey;
    const char *name;
    size_t length;
    const char *scope;           /* NULL: it is no variable */
    const struct hf_app_owner *owner;
    struct hf_arena *arena;
    struct hf_mentions *out;
    struct hf_mention *list;
    hf_node_id known_file;       /* the last file looked at, and whose it is */
    bool is_known_ours, is_known_owner;
};

static bool read_text(const struct hf_survey *survey, hf_node_id node, struct hf_preview *out) {
    return node != HF_NO_NODE && hf_snapshot_read_preview(survey->snapshot, node, out) && out->tag == HF_PREVIEW_STR;
}

static bool has_name(const struct hf_survey *survey, hf_node_id tuple, const char *name, size_t length) {
    const struct hf_graph *graph = &survey->graph;
    struct hf_preview preview;
    for (uint32_t edge = graph->row[tuple]; edge < graph->row[tuple + 1]; edge++)
        if (read_text(survey, graph->target[edge], &preview) && preview.num_bytes == length &&
            memcmp(preview.bytes, name, length) == 0)
            return true;
    return false;
}

/* What stands in a class statement names itself; functions do not. */
static bool is_class_body(const struct hf_survey *survey, hf_node_id code) {
    static const char name[] = "__qualname__";
    hf_node_id names = hf_lookup_part(survey->snapshot, code, "co_names");
    return names != HF_NO_NODE && has_name(survey, names, name, sizeof name - 1) &&
           has_name(survey, names, "__module__", sizeof "__module__" - 1);
}

/* Variables are in one tuple from 3.11 on, in three before. */
static bool mentions(const struct reader *reader, hf_node_id code) {
    static const char *const tuples[] = {"co_names", "co_localsplusnames", "co_varnames", "co_freevars", "co_cellvars"};
    bool is_variable = reader->scope != NULL;
    size_t first = is_variable ? 1 : 0, end = is_variable ? sizeof tuples / sizeof tuples[0] : 1;
    for (size_t i = first; i < end; i++) {
        hf_node_id tuple = hf_lookup_part(reader->survey->snapshot, code, tuples[i]);
        if (tuple != HF_NO_NODE && has_name(reader->survey, tuple, reader->name, reader->length))
            return true;
    }
    return false;
}

/* Whether the code is the application's; all code of a file shares one str. */
static bool is_ours(struct reader *reader, hf_node_id code) {
    hf_node_id file = hf_lookup_attribute(reader->survey->snapshot, code, "co_filename");
    if (file == HF_NO_NODE || file == reader->known_file)
        return file != HF_NO_NODE && reader->is_known_ours;
    struct hf_preview preview;
    const struct hf_module *module = NULL;
    if (read_text(reader->survey, file, &preview))
        module = hf_modules_find_file(&reader->survey->modules, preview.bytes, preview.num_bytes);
    reader->known_file = file;
    reader->is_known_ours = module != NULL && module->origin == HF_MODULE_APPLICATION;
    reader->is_known_owner = reader->is_known_ours && strcmp(module->file, reader->owner->file) == 0;
    return reader->is_known_ours;
}

static const char *copy_str(struct reader *reader, hf_node_id code, const char *attribute) {
    struct hf_preview preview;
    if (!read_text(reader->survey, hf_lookup_attribute(reader->survey->snapshot, code, attribute), &preview))
        return "";
    return hf_arena_copy(reader->arena, preview.bytes, preview.num_bytes);
}

static bool is_listed(const struct reader *reader, const struct hf_mention *mention) {
    for (size_t i = 0; i < reader->out->num_mentions; i++)
        if (strcmp(reader->list[i].function, mention->function) == 0 &&
            strcmp(reader->list[i].file, mention->file) == 0)
            return true;
    return false;
}

static void add_mention(struct reader *reader, hf_node_id code) {
    struct hf_mention mention = {copy_str(reader, code, "co_qualname"), copy_str(reader, code, "co_filename"),
                                 is_class_body(reader->survey, code)};
    if (mention.function[0] == '\0')
        mention.function = copy_str(reader, code, "co_name");
    if (mention.function[0] == '\0' || mention.function[0] == '<' || is_listed(reader, &mention))
        return;
    reader->out->num_all++;
    if (reader->out->num_mentions < HF_MAX_MENTIONS)
        reader->list[reader->out->num_mentions++] = mention;
}

/* "Cache.put" is a method of "shop.cache.Cache". */
static bool is_method(const struct reader *reader, hf_node_id code) {
    struct hf_preview preview;
    if (!read_text(reader->survey, hf_lookup_attribute(reader->survey->snapshot, code, "co_qualname"), &preview))
        return false;
    size_t length = preview.num_bytes, owner_length = strlen(reader->owner->name);
    while (length > 0 && preview.bytes[length - 1] != '.')
        length--;
    return length > 1 && length <= owner_length &&
           memcmp(reader->owner->name + owner_length - (length - 1), preview.bytes, length - 1) == 0 &&
           reader->owner->name[owner_length - length] == '.';
}

/* Length of the outermost function in "make.<locals>.inner". */
static size_t outermost(const char *name, size_t length) {
    static const char mark[] = ".<locals>";
    const char *end = memmem(name, length, mark, sizeof mark - 1);
    return end != NULL ? (size_t)(end - name) : length;
}

/* Variables of another function only look the same. */
static bool is_in_scope(const struct reader *reader, hf_node_id code) {
    struct hf_preview preview;
    if (reader->scope == NULL)
        return true;
    if (reader->scope[0] == '\0' ||
        !read_text(reader->survey, hf_lookup_attribute(reader->survey->snapshot, code, "co_qualname"), &preview))
        return reader->is_known_owner;
    size_t length = outermost(preview.bytes, preview.num_bytes);
    return length == outermost(reader->scope, strlen(reader->scope)) &&
           memcmp(reader->scope, preview.bytes, length) == 0;
}

enum nearness { OF_THE_OWNER, OF_ITS_FILE, ELSEWHERE };

static enum nearness nearness_of(const struct reader *reader, hf_node_id code) {
    if (!reader->is_known_owner)
        return ELSEWHERE;
    return is_method(reader, code) ? OF_THE_OWNER : OF_ITS_FILE;
}

static bool push(struct hf_region *codes, hf_node_id node) {
    return hf_region_push(codes, &node, sizeof node);
}

/* The code that names it: codes[] by nearness. */
static bool read_code(struct reader *reader, struct hf_region codes[ELSEWHERE + 1]) {
    for (hf_node_id node = 0; node < reader->survey->graph.num_nodes; node++)
        if ((hf_lookup_type(reader->survey->snapshot, node)->flags & HF_TYPE_CODE) != 0 && is_ours(reader, node) &&
            is_in_scope(reader, node) && mentions(reader, node) && !push(&codes[nearness_of(reader, node)], node))
            return false;
    return true;
}

enum hf_status hf_mentions_find(const struct hf_survey *survey, const char *name, const char *scope,
                                const struct hf_app_owner *owner, struct hf_arena *arena, struct hf_mentions *out,
                                struct hf_error *error) {
    *out = (struct hf_mentions){0};
    struct hf_region codes[ELSEWHERE + 1] = {{0}};
    struct reader reader = {
        .survey = survey,
        .name = name,
        .length = strlen(name),
        .scope = scope,
        .owner = owner,
        .arena = arena,
        .out = out,
        .list = hf_arena_alloc(arena, HF_MAX_MENTIONS, sizeof *reader.list),
        .known_file = HF_NO_NODE,
    };
    out->list = reader.list;
    bool ok = reader.list != NULL && read_code(&reader, codes);
    for (size_t i = 0; i <= ELSEWHERE; i++) {
        const hf_node_id *nodes = (const hf_node_id *)(const void *)codes[i].data;
        for (size_t k = 0; ok && k < codes[i].used_bytes / sizeof *nodes; k++)
            add_mention(&reader, nodes[k]);
        hf_region_deinit(&codes[i]);
    }
    return ok && !arena->failed ? HF_OK : hf_fail_nomem(error);
}
