/*
 * retained.h - what would be freed if these went away: objects, references, modules, threads, or any of them together.
 *
 * First a cut says what goes away; then hf_freed_create answers exactly, by a search that does without it: what the
 * roots reach now and would not reach any more. An object is freed when no root reaches it: at once when its reference
 * count falls to zero, and by the next run of the cycle collector where it is part of a cycle. Finalizers may keep what
 * they like; no snapshot knows that.
 */
#ifndef HOLDFAST_RETAINED_H
#define HOLDFAST_RETAINED_H

#include <holdfast/dominators.h>
#include <holdfast/path.h>
#include <holdfast/selector.h>

HF_BEGIN_API

struct hf_cut;

/* What a word that leads to an object by a reference stands for. */
enum hf_cut_way {
    HF_CUT_OBJECTS = 0,   /* the object: every reference to it goes */
    HF_CUT_REFERENCES,    /* this one reference */
};

/* An empty cut. Ends with hf_cut_destroy, before the snapshot does. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_cut_create(const struct hf_snapshot *snapshot, struct hf_cut **out,
                                           struct hf_error *error);
void hf_cut_destroy(struct hf_cut *cut);

/*
 * Adds what a word names:
 *   shop.cache.Session, 'shop.*', 0x7f3a5c0de010, #1234    objects, as in selector.h
 *   shop.cache.CACHE._shards[7]   a reference, or the object there (see `way`); also from #1234 or 0x7f3a5c0de010,
 *                                 "sys.modules['shop']" for the start, and [*] for every item
 *   module:shop                   a module with its variables; so does the name alone where no type is called so
 *   package:shop                  it and all modules below it
 *   frame:handle                  the variables of each running call of that function; frame:handle:x one of them
 *   thread:worker-1               the variables of all frames of a thread, by name or ident
 * An item of a dict goes with its key.
 * Errors: NOT_FOUND (with near misses), ARGUMENT, NOMEM. Cost: as hf_selection_create, or O(edges on the way).
 */
HF_MUST_CHECK enum hf_status hf_cut_add(struct hf_cut *cut, const char *word, enum hf_cut_way way,
                                        struct hf_error *error);

/* Adds objects. Errors: NOMEM. O(selected) */
HF_MUST_CHECK enum hf_status hf_cut_add_selection(struct hf_cut *cut, const struct hf_selection *selection,
                                                  struct hf_error *error);

struct hf_freed_type {
    uint32_t type;                   /* index for hf_snapshot_get_type */
    const char *name;
    struct hf_retained freed;
};

struct hf_freed_options {
    uint32_t struct_size;            /* sizeof(struct hf_freed_options) */
    size_t max_types;                /* types listed at most; 0 stands for 10 */
    size_t max_groups;               /* merged paths listed at most; 0 stands for 10 */
    const struct hf_progress *progress;
};

struct hf_freed {
    const char *description;         /* of the cut: "1,210 objects of type shop.cache.Session" */
    struct hf_retained cut;          /* objects that are cut themselves, what is garbage already included */
    uint64_t num_references;         /* cut, roots included */
    struct hf_retained freed;        /* what the roots would not reach any more: exactly */
    const struct hf_freed_type *types; /* of what is freed, most bytes first */
    size_t num_types, num_all_types;
    struct hf_retained garbage;      /* what cut objects retain that are garbage already; not in `freed` */
    uint64_t num_targets;            /* objects that the cut references lead to */
    uint64_t num_targets_kept;       /* those that something else holds */
    struct hf_retained kept;         /* all that is reached from what is freed or cut, and that something else holds */
    uint64_t num_borders;            /* those of `kept` that what is freed refers to, or a cut reference led to */
    const struct hf_path_group *groups; /* by which paths these are held without the cut, most objects first */
    size_t num_groups, num_all_groups;
};

/*
 * Answers for a cut. options may be NULL. The caller ends *out with hf_freed_destroy, before the snapshot.
 * Errors: ARGUMENT (struct_size is not set), NOMEM, CANCELLED. Cost: O(nodes + edges), four searches, and that of
 * hf_dominators_get where garbage is cut; up to 24 bytes per object while it works.
 */
HF_MUST_CHECK enum hf_status hf_freed_create(const struct hf_snapshot *snapshot, const struct hf_cut *cut,
                                             const struct hf_freed_options *options, struct hf_freed **out,
                                             struct hf_error *error);
void hf_freed_destroy(struct hf_freed *freed);

HF_END_API
#endif
