/*
 * neighbours.h - who refers to these objects, and what they refer to: a tree of rows, in which many that are alike are
 * one row.
 *
 * Neighbours are alike when their references read the same with indexes and keys masked and they have the same type:
 * "1,204 references [*] of 16 objects of type dict". Each object is followed in one row, the nearest to the selected
 * objects; modules and types of libraries, which live as long as the program does, are not followed at all. Whatever is
 * left out is counted: where a row has more below it than is listed, and where it was not followed.
 */
#ifndef HOLDFAST_NEIGHBOURS_H
#define HOLDFAST_NEIGHBOURS_H

#include <holdfast/selector.h>
#include <holdfast/snapshot.h>

HF_BEGIN_API

enum hf_neighbours_direction {
    HF_NEIGHBOURS_REFERENCES = 0,  /* what the objects refer to */
    HF_NEIGHBOURS_REFERRERS,       /* who refers to them; roots that hold them have rows as well */
};

struct hf_neighbours_options {
    uint32_t struct_size;          /* sizeof(struct hf_neighbours_options) */
    enum hf_neighbours_direction direction;
    unsigned depth;                /* references from the selected objects outwards; 0 stands for 3, at most 100 */
    unsigned max_rows;             /* in all; 0 stands for 40. Rows nearer to the selected objects come first */
    unsigned max_branches;         /* directly below one row; 0 stands for 10 */
    const struct hf_progress *progress;
};

#define HF_NO_ROW UINT32_MAX

struct hf_neighbour {
    uint32_t depth;                /* 1: next to the selected objects */
    uint32_t parent;               /* the row whose objects these are neighbours of; HF_NO_ROW: of the selected ones */
    const char *reference;         /* "._shards"; "[7]", or of several "[*]"; of a root the root: "local 'request'" */
    const char *type;              /* full type name; "" for a root */
    uint64_t num_references;
    uint64_t num_objects;          /* 0 for a root */
    uint64_t num_repeated;         /* of these, objects that stand in another row too and are followed there */
    uint64_t size_bytes;           /* shallow, attribute dicts included */
    uint64_t num_further;          /* references of these objects that were not followed: too deep, or a module's */
    uint64_t num_hidden_rows;      /* rows that there was no room for below this one, */
    uint64_t num_hidden_references; /* and their references */
    hf_node_id node;               /* the first of the objects; HF_NO_NODE for a root */
    uint64_t addr;
    const char *value;             /* its one-line preview where it is the only one; of a root where it is */
};

struct hf_neighbours {
    const struct hf_neighbour *rows; /* each below its parent, as they are read */
    size_t num_rows;
    uint64_t num_selected;
    uint64_t num_references;       /* of the selected objects, in the direction that was asked for */
    uint64_t num_hidden_rows, num_hidden_references;   /* next to the selected objects */
};

/*
 * Lists the neighbours of a selection. An object and its attribute dict are one; a dict that is selected without its
 * owner stands for itself. options may be NULL. Errors: ARGUMENT (no such direction), NOMEM, CANCELLED.
 * Cost: for references O(nodes + edges) once and the edges of the objects that are met; for referrers one pass over all
 * edges per level. Memory 9 bytes per node that is met, 8 per reference of a level.
 */
HF_MUST_CHECK enum hf_status hf_neighbours_create(const struct hf_snapshot *snapshot,
                                                  const struct hf_selection *selection,
                                                  const struct hf_neighbours_options *options,
                                                  struct hf_neighbours **out, struct hf_error *error);
void hf_neighbours_destroy(struct hf_neighbours *neighbours);

HF_END_API
#endif
