/*
 * picture.h - the neighbourhood of objects as a picture, the way objgraph draws it.
 *
 * hf_picture_create chooses what is drawn and writes it as DOT text; hf_picture_render lays it out with Graphviz in a
 * child process that has limits on time, CPU and memory. Graphviz is loaded only then.
 */
#ifndef HOLDFAST_PICTURE_H
#define HOLDFAST_PICTURE_H

#include <holdfast/selector.h>
#include <holdfast/snapshot.h>

HF_BEGIN_API

#define HF_PICTURE_MAX_NODES 1000   /* more is no picture that one can read */

enum hf_picture_direction {
    HF_PICTURE_REFERRERS = 0,  /* who refers to it, up to `depth` */
    HF_PICTURE_REFERENCES,     /* what it refers to */
    HF_PICTURE_CHAIN,          /* the retaining path from a root */
};

struct hf_picture_options {
    uint32_t struct_size;      /* sizeof(struct hf_picture_options) */
    enum hf_picture_direction direction;
    unsigned depth;            /* hops from the focus, not for CHAIN; 0 stands for 4 */
    unsigned max_neighbours;   /* drawn per node, the rest is "n more", and selected objects drawn; 0 stands for 10 */
    unsigned max_nodes;        /* 0 stands for 60; HF_PICTURE_MAX_NODES at most. Twice as many references are drawn */
    bool refcounts;            /* show reference counts */
    bool sizes;                /* show shallow sizes */
    const struct hf_progress *progress;
    bool exact_sizes;          /* "1,468,006 B", not "1.4 MiB" */
    bool retained;             /* show what objects retain, darker and larger the more it is; see dominators.h */
};

struct hf_picture {
    const char *dot;           /* the whole graph in the DOT language */
    size_t num_nodes, num_edges;   /* drawn */
    size_t num_omitted;        /* references left out, said in the picture too */
};

/*
 * An object and its attribute dict are drawn as one. Modules of sys.modules and static types are not followed unless
 * selected. options may be NULL. Errors: NOMEM, CANCELLED, ARGUMENT (bad options). Cost: O(nodes + edges), for
 * REFERRERS times the depth; and that of hf_dominators_get where what objects retain was asked for.
 */
HF_MUST_CHECK enum hf_status hf_picture_create(const struct hf_snapshot *snapshot,
                                               const struct hf_selection *selection,
                                               const struct hf_picture_options *options, struct hf_picture **out,
                                               struct hf_error *error);
void hf_picture_destroy(struct hf_picture *picture);

enum hf_picture_format { HF_PICTURE_SVG = 0, HF_PICTURE_PNG, HF_PICTURE_PDF, HF_PICTURE_DOT };

/* The format that a file name asks for by its ending. Errors: ARGUMENT (says which endings there are). */
HF_MUST_CHECK enum hf_status hf_picture_format_of(const char *path, enum hf_picture_format *out,
                                                  struct hf_error *error);

struct hf_render_limits {
    uint32_t struct_size;      /* sizeof(struct hf_render_limits) */
    unsigned seconds;          /* of wall and of CPU time; 0 stands for 30 */
    uint64_t memory_bytes;     /* above what the process has already; 0 stands for 1 GiB */
};

/*
 * Lays out DOT text and gives the bytes of the picture; the caller frees *bytes with hf_free. limits may be NULL.
 * Errors: UNSUPPORTED (no Graphviz: what to install), RENDER (its message), LIMIT (which limit), CANCELLED (the
 * child was interrupted, as by Ctrl-C), NOMEM, IO.
 */
HF_MUST_CHECK enum hf_status hf_picture_render(const char *dot, enum hf_picture_format format,
                                               const struct hf_render_limits *limits, uint8_t **bytes,
                                               size_t *num_bytes, struct hf_error *error);

/* Renders into a file, written under a temporary name and renamed; nothing is left behind on failure. */
HF_MUST_CHECK enum hf_status hf_picture_save(const struct hf_picture *picture, const char *path,
                                             const struct hf_render_limits *limits, struct hf_error *error);

HF_END_API
#endif
