/*
 * waste.h - memory that a program spends and need not: values kept many times, containers that are empty or mostly so.
 *
 * Each kind of waste has rows: objects of one type that one holder has (the last named owner on the shortest path, with
 * indexes and keys masked, as in path.h), what they take, and what would be saved. Savings are sizes as Python asks for
 * them, which the allocator rounds up to 16 bytes. The kinds overlap (an empty list may belong to an instance that
 * would gain from __slots__): their savings do not add up.
 */
#ifndef HOLDFAST_WASTE_H
#define HOLDFAST_WASTE_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

enum hf_waste_kind {
    /*
     * str, bytes and tuples of one type that are equal: all but one copy. A copy that is immortal stays. Strings are
     * equal by their characters, tuples when their items are: strings, numbers and tuples by value, all others by being
     * the same object. Equality goes by 64-bit hashes: two different values share one among a million with a
     * probability of 3e-8.
     */
    HF_WASTE_DUPLICATES = 0,
    HF_WASTE_EMPTY,              /* dict, list and set without items: all of it, if they were made when needed */
    HF_WASTE_SINGLE,             /* those with one item: all of it, if the owner held the item itself */
    HF_WASTE_SPARE,              /* those with more: what a new copy would not take, slots that hold nothing */
    /*
     * Classes written in Python, with all their bases, that have no __slots__: a row for each class, but for those of
     * which two instances share one attribute dict. What is saved with
     * __slots__ of all attribute names that any instance has, in the class and in those of its bases that have none,
     * and without weak references to instances: attribute dicts, values and their pointers less 8 bytes a slot. Exact
     * but for the first 30 instances of a class in 3.11 and 3.12, whose values may take up to 29 words more.
     */
    HF_WASTE_SLOTS,
    /*
     * memoryviews and arrays without memory of their own: buffers that are ten times as large as all that views show of
     * them, and that nothing else refers to. What is saved with a copy of what they show.
     */
    HF_WASTE_VIEWS,
    /*
     * Blocks from which Python allocates small objects (arenas, of 1 MiB, up to 3.9 of 256 KiB), less than a quarter
     * full: a row for those objects that have the most bytes of it. What would go back to the system if they were not
     * there. Approximate, and `problem` says so: small tables are counted where their dict, list or set lies, values of
     * instances not at all, and where arenas begin is not known. It tells how full all arenas are.
     */
    HF_WASTE_ARENAS,
    HF_WASTE_NUM_KINDS
};

/* "duplicates", "empty", ... Never NULL. */
const char *hf_waste_kind_name(enum hf_waste_kind kind);

struct hf_waste_options {
    uint32_t struct_size;        /* sizeof(struct hf_waste_options) */
    uint32_t kinds;              /* 1 << enum hf_waste_kind, or'ed; 0: all */
    size_t limit;                /* rows of each kind at most; 0 stands for 10, SIZE_MAX for all */
    uint64_t min_bytes;          /* leave out rows that would save less; they count in the sums of their kind */
    const struct hf_progress *progress;
};

struct hf_waste_row {
    const char *type;            /* of the objects */
    uint64_t count;              /* of objects that would go, or be smaller */
    uint64_t size_bytes;         /* what they take, shallow */
    uint64_t saving_bytes;       /* at most that */
    const char *what;            /* in words: "3 values, mostly 'GET' (1,204 copies)", "102 of 4,096 slots used" */
    uint64_t num_held;           /* by `owner`: all, but for classes, whose instances may have several */
    const char *owner;           /* who holds them, the last named owner in short: "shop.cache.Session.method" */
    const char *pattern;         /* the merged path of `example`, root first. Both are "" for garbage */
    hf_node_id example;          /* one of them: that which saves the most, or of the value with the most copies */
    uint64_t example_addr;
};

struct hf_waste_section {
    enum hf_waste_kind kind;
    const char *title;           /* what is wasted, and what the saving assumes: a line */
    const char *problem;         /* why there is no answer and how to get one, or what is missing in it; "" */
    bool is_answered;
    uint64_t count;              /* sums of all rows, also of those that are not listed */
    uint64_t size_bytes;
    uint64_t saving_bytes;
    const struct hf_waste_row *rows;   /* the largest saving first */
    size_t num_rows, num_all_rows;
    uint64_t listed_bytes;       /* what the listed rows would save */
};

struct hf_waste {
    uint64_t total_count, total_bytes;      /* of the whole heap */
    const struct hf_waste_section *sections;  /* one for each kind that was asked for, in the order of the kinds */
    size_t num_sections;
};

/*
 * Looks for waste. options may be NULL. A kind that the snapshot cannot answer says so and is no error.
 * Errors: ARGUMENT (struct_size is not set, an unknown kind), NOMEM, CANCELLED.
 * Cost: O(nodes + edges + previews), sorting the rows, and the merged paths of all objects, which are kept with the
 * snapshot. Memory: 24 bytes per object meanwhile.
 */
HF_MUST_CHECK enum hf_status hf_waste_create(const struct hf_snapshot *snapshot,
                                             const struct hf_waste_options *options, struct hf_waste **out,
                                             struct hf_error *error);
void hf_waste_destroy(struct hf_waste *waste);

HF_END_API
#endif
