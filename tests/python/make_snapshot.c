/*
 * make_snapshot.c - makes snapshots from a description, so that a test in Python knows every object and reference.
 *
 *   make_snapshot < description
 *
 * A description is lines of words; nodes are numbered in the order of their lines, and so are types.
 *
 *   type NAME MODULE FLAG...          flags: heap dict list tuple set str int type module
 *   class TYPE NODE                   NODE is the type object of TYPE
 *   node ADDR TYPE SIZE REFCOUNT [immortal]
 *   str NODE TEXT      int NODE NUMBER
 *   edge SOURCE TARGET KIND [TEXT]    kind: none attribute dict item key value member local cell type field
 *   thread NAME asker|other
 *   frame THREAD FUNCTION
 *   root NODE KIND NAME [FRAME]       kind: module frame builtins interpreter static immortal outside
 *   origin PID TAKEN_AT_NS
 *   save PATH                         writes what came so far, and begins anew
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/builder.h"

#define MAX_WORDS 16

struct line {
    char *words[MAX_WORDS];
    size_t count;
    unsigned number;
};

struct maker {
    struct hf_builder *builder;
    uint32_t pid;
    uint64_t taken_at_ns;
};

static const char *const kinds[] = {"none", "attribute", "dict", "item", "key", "value", "member", "local", "stack",
                                    "cell", "type", "field"};
static const char *const root_kinds[] = {"module", "frame", "builtins", "interpreter", "static", "immortal", "outside"};
static const struct {
    const char *name;
    uint32_t flag;
} type_flags[] = {
    {"heap", HF_TYPE_HEAP}, {"dict", HF_TYPE_DICT}, {"list", HF_TYPE_LIST}, {"tuple", HF_TYPE_TUPLE},
    {"set", HF_TYPE_SET},   {"str", HF_TYPE_STR},   {"int", HF_TYPE_INT},   {"type", HF_TYPE_TYPE},
    {"module", HF_TYPE_MODULE},
};

_Noreturn static void stop(const struct line *line, const char *message) {
    fprintf(stderr, "make_snapshot: line %u: %s\n", line->number, message);
    exit(1);
}

static const char *word(const struct line *line, size_t index) {
    if (index >= line->count)
        stop(line, "too few words");
    return line->words[index];
}

static uint64_t number(const struct line *line, size_t index) {
    char *end;
    uint64_t value = strtoull(word(line, index), &end, 0);
    if (*end != '\0')
        stop(line, "not a number");
    return value;
}

static unsigned choice(const struct line *line, size_t index, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word(line, index)) == 0)
            return (unsigned)i;
    stop(line, "no such kind");
}

static void add_type(struct maker *maker, const struct line *line) {
    uint32_t flags = 0;
    for (size_t i = 3; i < line->count; i++)
        for (size_t j = 0; j < sizeof type_flags / sizeof *type_flags; j++)
            flags |= strcmp(line->words[i], type_flags[j].name) == 0 ? type_flags[j].flag : 0;
    (void)hf_builder_add_type(maker->builder, word(line, 1), word(line, 2), flags);
}

static void add_node(struct maker *maker, const struct line *line) {
    uint32_t flags = line->count > 5 ? HF_NODE_IMMORTAL : 0;
    (void)hf_builder_add_node(maker->builder, number(line, 1), (uint32_t)number(line, 2), number(line, 3),
                              (uint32_t)number(line, 4), flags);
}

static void add_edge(struct maker *maker, const struct line *line) {
    unsigned kind = choice(line, 3, kinds, sizeof kinds / sizeof *kinds);
    hf_builder_add_edge(maker->builder, (hf_node_id)number(line, 1), (hf_node_id)number(line, 2),
                        (enum hf_name_kind)kind, line->count > 4 ? line->words[4] : "");
}

static void add_root(struct maker *maker, const struct line *line) {
    unsigned kind = choice(line, 2, root_kinds, sizeof root_kinds / sizeof *root_kinds);
    hf_builder_add_root(maker->builder, (hf_node_id)number(line, 1), (enum hf_root_kind)kind,
                        line->count > 3 ? line->words[3] : "",
                        line->count > 4 ? (uint32_t)number(line, 4) : HF_NO_FRAME);
}

static void save(struct maker *maker, const struct line *line) {
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error;
    if (hf_builder_finish(maker->builder, &snapshot, &error) != HF_OK)
        stop(line, error.message);
    snapshot->origin.pid = maker->pid;
    snapshot->origin.taken_at_ns = maker->taken_at_ns;
    if (hf_snapshot_save(snapshot, word(line, 1), NULL, &error) != HF_OK)
        stop(line, error.message);
    hf_snapshot_destroy(snapshot);
    hf_builder_destroy(maker->builder);
    *maker = (struct maker){.builder = hf_builder_create()};
}

static void obey(struct maker *maker, const struct line *line) {
    const char *what = word(line, 0);
    if (strcmp(what, "type") == 0)
        add_type(maker, line);
    else if (strcmp(what, "class") == 0)
        hf_builder_set_type_node(maker->builder, (uint32_t)number(line, 1), (hf_node_id)number(line, 2));
    else if (strcmp(what, "node") == 0)
        add_node(maker, line);
    else if (strcmp(what, "str") == 0)
        hf_builder_add_str(maker->builder, (hf_node_id)number(line, 1), word(line, 2));
    else if (strcmp(what, "int") == 0)
        hf_builder_add_int(maker->builder, (hf_node_id)number(line, 1), (int64_t)number(line, 2));
    else if (strcmp(what, "edge") == 0)
        add_edge(maker, line);
    else if (strcmp(what, "thread") == 0)
        (void)hf_builder_add_thread(maker->builder, 1, word(line, 1), strcmp(word(line, 2), "asker") == 0);
    else if (strcmp(what, "frame") == 0)
        (void)hf_builder_add_frame(maker->builder, (uint32_t)number(line, 1), 0, word(line, 2), "f.py", 1);
    else if (strcmp(what, "root") == 0)
        add_root(maker, line);
    else if (strcmp(what, "origin") == 0)
        maker->pid = (uint32_t)number(line, 1), maker->taken_at_ns = number(line, 2);
    else if (strcmp(what, "save") == 0)
        save(maker, line);
    else
        stop(line, "unknown word");
}

int main(void) {
    struct maker maker = {.builder = hf_builder_create()};
    struct line line = {.number = 0};
    char *text = NULL;
    size_t size = 0;
    while (getline(&text, &size, stdin) > 0) {
        line.number++;
        line.count = 0;
        for (char *rest = text, *at; line.count < MAX_WORDS && (at = strtok_r(rest, " \n", &rest)) != NULL;)
            line.words[line.count++] = at;
        if (line.count > 0)
            obey(&maker, &line);
    }
    free(text);
    hf_builder_destroy(maker.builder);
    return 0;
}
