/*
 * compare.c - two snapshots of one moment: what one has and the other has not.
 *
 *   compare OWN OTHER [--verbose | --cut]
 *
 * OWN is from inside the process, OTHER from outside. Differences are counted by what they are and where, and judged:
 *   missing     a reference that tp_traverse reports and the other lacks: at most one in a thousand
 *   lacking     another reference that OWN has: none
 *   false       a reference that only OTHER has, on an object with more of them than its reference count: at most one
 *               in 20,000, in an object that is marked as looked through word by word
 *   extra       a reference that only OTHER has and that the reference count has room for: owned, and not reported by
 *               tp_traverse. It is named, or its owner is marked as looked through word by word
 *   name        of the same reference; none that OWN names
 *   size        of the same object; none but of those that OTHER marks as not known
 *   root        in one of both: none, but of objects that only OTHER has
 *   counts      objects of OTHER whose reference count is that of the references found: at least 99.5 %
 * The last line says what is not as it must be, or "as it must be"; the exit code is 1 or 0.
 *
 * With --cut OTHER is of a core file that was cut off: it need not know what is frozen, and has at least a third of the
 * objects, of which nothing is wrong: only false references and flags are judged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <holdfast/snapshot.h>

#define MAX_SHOWN 40

/* ---- counts by text ---- */

struct count {
    char *key;
    unsigned long count;
};

struct counts {
    struct count *list;
    size_t num, capacity;
    unsigned long total;
};

static void count(struct counts *counts, const char *key) {
    counts->total++;
    for (size_t i = 0; i < counts->num; i++)
        if (strcmp(counts->list[i].key, key) == 0) {
            counts->list[i].count++;
            return;
        }
    if (counts->num == counts->capacity) {
        counts->capacity = counts->capacity * 2 + 64;
        counts->list = realloc(counts->list, counts->capacity * sizeof *counts->list);
    }
    counts->list[counts->num++] = (struct count){strdup(key), 1};
}

static int compare_counts(const void *a, const void *b) {
    const struct count *left = a, *right = b;
    return left->count < right->count ? 1 : left->count > right->count ? -1 : strcmp(left->key, right->key);
}

static void show(const char *what, struct counts *counts, size_t max_shown) {
    printf("%-8s %lu\n", what, counts->total);
    if (counts->num == 0)
        return;
    qsort(counts->list, counts->num, sizeof *counts->list, compare_counts);
    for (size_t i = 0; i < counts->num && i < max_shown; i++)
        printf("    %6lu  %s\n", counts->list[i].count, counts->list[i].key);
}

/* ---- references ---- */

struct reference {
    uint64_t target;
    enum hf_name_kind kind;
    const char *text;
    uint32_t flags;
    bool is_matched;
};

static int compare_references(const void *a, const void *b) {
    const struct reference *left = a, *right = b;
    if (left->target != right->target)
        return left->target < right->target ? -1 : 1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return strcmp(left->text, right->text);
}

static size_t list_references(const struct hf_snapshot *snapshot, hf_node_id id, struct reference **out) {
    struct hf_node node = hf_snapshot_get_node(snapshot, id);
    struct reference *list = malloc((node.num_edges + 1) * sizeof *list);
    for (uint32_t i = 0; i < node.num_edges; i++) {
        struct hf_edge edge = hf_snapshot_get_edge(snapshot, node.first_edge + i);
        list[i] = (struct reference){hf_snapshot_get_node(snapshot, edge.target).addr, edge.kind, edge.text,
                                     edge.name_flags, false};
    }
    qsort(list, node.num_edges, sizeof *list, compare_references);
    *out = list;
    return node.num_edges;
}

struct comparison {
    const struct hf_snapshot *own, *other;
    bool is_cut;                 /* the other is of a core file that was cut off */
    uint32_t *in_degree;         /* of the other's nodes */
    unsigned long num_traversed, num_own_references, num_other_references, num_common;
    unsigned long num_undocumented, num_false_elsewhere, num_unknown_sizes, num_new_roots;
    struct counts scanned;       /* objects that are looked through word by word */
    struct counts missing, missing_extra, extra, false_extra, names, sizes, types, flags, only_own, only_other, roots;
};

static const char *type_name(const struct hf_snapshot *snapshot, hf_node_id id) {
    return hf_snapshot_get_type(snapshot, hf_snapshot_get_node(snapshot, id).type).name;
}

static void describe(char *out, size_t size, const struct hf_snapshot *snapshot, hf_node_id source,
                     const struct reference *reference, const struct hf_snapshot *targets) {
    hf_node_id target = hf_snapshot_find_addr(targets, reference->target);
    static const char *const kinds[] = {"none", "attribute", "dict", "item", "key", "value", "member", "local", "stack",
                                        "cell", "type", "field", "template"};
    char owner[64] = "";
    if (strcmp(type_name(snapshot, source), "module") == 0)
        hf_snapshot_print_value(snapshot, source, 40, owner, sizeof owner);
    snprintf(out, size, "%s%s  %s %s%s -> %s", type_name(snapshot, source), owner, kinds[reference->kind],
             reference->kind == HF_NAME_LOCAL ? "x" : reference->text,
             reference->flags & HF_NAME_EXTRA ? " (extra)" : "",
             target != HF_NO_NODE ? type_name(targets, target) : "?");
}

/* Pairs references of the same target: first those of the same name, then any. */
static void compare_rows(struct comparison *comparison, hf_node_id own_id, hf_node_id other_id) {
    struct reference *own, *other;
    size_t num_own = list_references(comparison->own, own_id, &own);
    size_t num_other = list_references(comparison->other, other_id, &other);
    char text[512], second[512];
    for (size_t i = 0, j = 0; i < num_own && j < num_other;) {
        int order = compare_references(&own[i], &other[j]);
        if (order == 0)
            own[i].is_matched = other[j].is_matched = true;
        i += order <= 0;
        j += order >= 0;
    }
    for (size_t i = 0, j = 0; i < num_own && j < num_other;) {
        if (own[i].is_matched || own[i].target < other[j].target) {
            i++;
        } else if (other[j].is_matched || own[i].target > other[j].target) {
            j++;
        } else {
            own[i].is_matched = other[j].is_matched = true;
            if (own[i].kind == HF_NAME_NONE)
                continue;
            describe(text, sizeof text, comparison->own, own_id, &own[i], comparison->own);
            describe(second, sizeof second, comparison->other, other_id, &other[j], comparison->other);
            char *arrow = strstr(second, "  ");
            snprintf(text + strlen(text), sizeof text - strlen(text), "  IS%.200s", arrow != NULL ? arrow : "");
            count(&comparison->names, text);
        }
    }
    for (size_t i = 0; i < num_own; i++) {
        comparison->num_traversed += !(own[i].flags & HF_NAME_EXTRA);
        if (own[i].is_matched)
            continue;
        describe(text, sizeof text, comparison->own, own_id, &own[i], comparison->own);
        count(own[i].flags & HF_NAME_EXTRA ? &comparison->missing_extra : &comparison->missing, text);
    }
    for (size_t i = 0; i < num_other; i++) {
        if (other[i].is_matched)
            continue;
        describe(text, sizeof text, comparison->other, other_id, &other[i], comparison->other);
        hf_node_id target = hf_snapshot_find_addr(comparison->other, other[i].target);
        struct hf_node node = hf_snapshot_get_node(comparison->other, target);
        bool is_false = !(node.flags & HF_NODE_IMMORTAL) && comparison->in_degree[target] > node.refcount;
        bool is_scanned = hf_snapshot_get_node(comparison->other, other_id).flags & HF_NODE_SCANNED;
        comparison->num_undocumented += !is_false && !is_scanned && other[i].kind == HF_NAME_NONE;
        comparison->num_false_elsewhere += is_false && !is_scanned;
        count(is_false ? &comparison->false_extra : &comparison->extra, text);
    }
    comparison->num_own_references += num_own;
    comparison->num_other_references += num_other;
    free(own);
    free(other);
}

static void compare_nodes(struct comparison *comparison, hf_node_id own_id, hf_node_id other_id) {
    struct hf_node own = hf_snapshot_get_node(comparison->own, own_id);
    struct hf_node other = hf_snapshot_get_node(comparison->other, other_id);
    /* What is frozen lies in a list whose head is in the interpreter's state. */
    const uint32_t ignored = HF_NODE_SCANNED | HF_NODE_SIZE_BASIC | HF_NODE_TRACKED |
                             (comparison->is_cut ? HF_NODE_FROZEN : 0);
    char text[512];
    comparison->num_common++;
    if (other.flags & HF_NODE_SCANNED)
        count(&comparison->scanned, type_name(comparison->other, other_id));
    if (strcmp(type_name(comparison->own, own_id), type_name(comparison->other, other_id)) != 0) {
        snprintf(text, sizeof text, "%s IS %s", type_name(comparison->own, own_id),
                 type_name(comparison->other, other_id));
        count(&comparison->types, text);
    }
    if (own.size_bytes != other.size_bytes) {
        snprintf(text, sizeof text, "%s: off by %lld", type_name(comparison->own, own_id),
                 (long long)(other.size_bytes - own.size_bytes));
        count(&comparison->sizes, text);
        comparison->num_unknown_sizes += !(other.flags & HF_NODE_SIZE_BASIC);
    }
    if ((own.flags & ~ignored) != (other.flags & ~ignored)) {
        snprintf(text, sizeof text, "%s: %#x is %#x", type_name(comparison->own, own_id), own.flags, other.flags);
        count(&comparison->flags, text);
    }
    compare_rows(comparison, own_id, other_id);
}

/* ---- roots ---- */

static char **list_roots(const struct hf_snapshot *snapshot, uint32_t *num_roots) {
    static const char *const kinds[] = {"module", "frame", "builtins", "interpreter", "static type", "immortal",
                                        "outside"};
    uint32_t count = hf_snapshot_num_roots(snapshot);
    char **list = malloc((count + 1) * sizeof *list);
    *num_roots = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct hf_root root = hf_snapshot_get_root(snapshot, i);
        char text[1024], frame[512] = "";
        /* What comes from outside follows from the references, which are compared already. */
        if (root.kind == HF_ROOT_OUTSIDE)
            continue;
        if (root.frame != HF_NO_FRAME) {
            struct hf_frame at = hf_snapshot_get_frame(snapshot, root.frame);
            snprintf(frame, sizeof frame, "%s:%u %s %s", at.file, at.line, at.function,
                     hf_snapshot_get_thread(snapshot, at.thread).name);
        }
        snprintf(text, sizeof text, "%s %s %d %s %s at %#llx", kinds[root.kind], root.name, root.name_kind, frame,
                 type_name(snapshot, root.node),
                 (unsigned long long)hf_snapshot_get_node(snapshot, root.node).addr);
        list[(*num_roots)++] = strdup(text);
    }
    return list;
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void compare_roots(struct comparison *comparison) {
    uint32_t num_own, num_other;
    char **own = list_roots(comparison->own, &num_own), **other = list_roots(comparison->other, &num_other);
    char text[1100];
    qsort(own, num_own, sizeof *own, compare_texts);
    qsort(other, num_other, sizeof *other, compare_texts);
    for (uint32_t i = 0, j = 0; i < num_own || j < num_other;) {
        int order = i == num_own ? 1 : j == num_other ? -1 : strcmp(own[i], other[j]);
        if (order != 0) {
            snprintf(text, sizeof text, "only %s: %s", order < 0 ? "own" : "other", order < 0 ? own[i] : other[j]);
            count(&comparison->roots, text);
            uint64_t addr = strtoull(strrchr(order < 0 ? own[i] : other[j], ' '), NULL, 16);
            comparison->num_new_roots +=
                order < 0 || hf_snapshot_find_addr(comparison->own, addr) != HF_NO_NODE;
        }
        i += order <= 0;
        j += order >= 0;
    }
}

/* ---- the whole ---- */

static void count_in_degrees(struct comparison *comparison) {
    const struct hf_snapshot *other = comparison->other;
    comparison->in_degree = calloc(hf_snapshot_num_nodes(other) + 1, sizeof *comparison->in_degree);
    for (uint32_t i = 0; i < hf_snapshot_num_edges(other); i++)
        comparison->in_degree[hf_snapshot_get_edge(other, i).target]++;
}

static void only_in(struct counts *counts, const struct hf_snapshot *snapshot, hf_node_id id) {
    struct hf_node node = hf_snapshot_get_node(snapshot, id);
    char text[512];
    snprintf(text, sizeof text, "%s%s", type_name(snapshot, id), node.flags & HF_NODE_TRACKED ? " (tracked)" : "");
    count(counts, text);
}

static struct hf_snapshot *open_snapshot(const char *path) {
    struct hf_snapshot *snapshot;
    struct hf_error error;
    if (hf_snapshot_open(path, NULL, &snapshot, &error) != HF_OK) {
        fprintf(stderr, "compare: %s\n", error.message);
        exit(2);
    }
    return snapshot;
}

struct rule {
    bool is_bad;
    const char *what;
};

/* Says what is not as it must be. */
static bool apply(const struct rule *rules, size_t num_rules) {
    bool is_good = true;
    for (size_t i = 0; i < num_rules; i++)
        if (rules[i].is_bad) {
            printf("%s%s", is_good ? "not as it must be: " : ", ", rules[i].what);
            is_good = false;
        }
    printf("%s\n", is_good ? "as it must be" : "");
    return is_good;
}

static bool judge_cut(const struct comparison *comparison) {
    const struct rule rules[] = {
        {comparison->num_common < comparison->only_own.total / 2, "more than two thirds of the objects are missing"},
        {comparison->false_extra.total * 20000 > comparison->num_other_references, "false references"},
        {comparison->num_false_elsewhere != 0, "false references of objects that are decoded"},
        {comparison->flags.total != 0, "flags"},
    };
    return apply(rules, sizeof rules / sizeof *rules);
}

static bool judge(const struct comparison *comparison, double recall) {
    const struct hf_origin *origin = hf_snapshot_get_origin(comparison->other);
    const struct rule rules[] = {
        {recall < 0.999, "references of tp_traverse are missing"},
        {comparison->missing_extra.total != 0, "references that the capture inside has are missing"},
        {comparison->false_extra.total * 20000 > comparison->num_other_references, "false references"},
        {comparison->num_false_elsewhere != 0, "false references of objects that are decoded"},
        {comparison->num_undocumented != 0, "references without a name of objects that are decoded"},
        {comparison->names.total != 0, "names"},
        {comparison->num_unknown_sizes != 0, "sizes"},
        {comparison->types.total != 0, "types"},
        {comparison->flags.total != 0, "flags"},
        {origin->num_exact * 1000 < origin->num_checked * 995, "fewer counts are equal than can be"},
        {comparison->only_own.total * 1000 > comparison->num_common, "objects are missing"},
        {comparison->num_new_roots != 0, "roots"},
    };
    return apply(rules, sizeof rules / sizeof *rules);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: compare OWN OTHER [--verbose | --cut]\n");
        return 2;
    }
    bool is_cut = argc > 3 && strcmp(argv[3], "--cut") == 0;
    size_t max_shown = argc > 3 && !is_cut ? 400 : MAX_SHOWN;
    struct comparison comparison = {.own = open_snapshot(argv[1]), .other = open_snapshot(argv[2]), .is_cut = is_cut};
    count_in_degrees(&comparison);
    uint32_t num_own = hf_snapshot_num_nodes(comparison.own), num_other = hf_snapshot_num_nodes(comparison.other);
    for (uint32_t i = 0, j = 0; i < num_own || j < num_other;) {
        uint64_t left = i < num_own ? hf_snapshot_get_node(comparison.own, i).addr : UINT64_MAX;
        uint64_t right = j < num_other ? hf_snapshot_get_node(comparison.other, j).addr : UINT64_MAX;
        /* Inside one MiB those at 8 mod 16 come last. */
        uint64_t left_order = (left & ~0xFFFFFull) | (left & 8) << 16 | (left & 0xFFFFF) >> 4;
        uint64_t right_order = (right & ~0xFFFFFull) | (right & 8) << 16 | (right & 0xFFFFF) >> 4;
        if (left == right)
            compare_nodes(&comparison, i++, j++);
        else if (left_order < right_order)
            only_in(&comparison.only_own, comparison.own, i++);
        else
            only_in(&comparison.only_other, comparison.other, j++);
    }
    compare_roots(&comparison);
    const struct hf_origin *origin = hf_snapshot_get_origin(comparison.other);
    unsigned long missing = comparison.missing.total, traversed = comparison.num_traversed;
    double recall = traversed != 0 ? 1 - (double)missing / (double)traversed : 0;
    double checked = origin->num_checked != 0 ? (double)origin->num_exact / (double)origin->num_checked : 0;
    printf("Python %s: %u objects inside, %u outside, %lu in both; %lu references of tp_traverse, %.4f %% of them found; "
           "%.2f %% of counts equal; %.0f ns CPU an object\n",
           origin->python, num_own, num_other, comparison.num_common, traversed, recall * 100, checked * 100,
           (double)origin->cpu_ns / (num_other + 1));
    show("missing", &comparison.missing, max_shown);
    show("lacking", &comparison.missing_extra, max_shown);
    show("false", &comparison.false_extra, max_shown);
    show("extra", &comparison.extra, max_shown);
    show("name", &comparison.names, max_shown);
    show("size", &comparison.sizes, max_shown);
    show("type", &comparison.types, max_shown);
    show("flags", &comparison.flags, max_shown);
    show("inside", &comparison.only_own, max_shown);
    show("outside", &comparison.only_other, max_shown);
    show("root", &comparison.roots, max_shown);
    show("scanned", &comparison.scanned, max_shown);
    return (is_cut ? judge_cut(&comparison) : judge(&comparison, recall)) ? 0 : 1;
}
