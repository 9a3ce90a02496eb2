/* graphviz.h - what the child of a picture does: lays out a graph with Graphviz. */
#ifndef HF_RENDER_GRAPHVIZ_H
#define HF_RENDER_GRAPHVIZ_H

#include <holdfast/holdfast.h>

/* Where Graphviz is looked for. Tests name what does not exist. */
struct hf_graphviz_names {
    const char *const *libraries;    /* of libgvc, newest first, then NULL */
    const char *program;             /* instead of the library, where there is none; looked for in PATH */
};
extern const struct hf_graphviz_names hf_graphviz_default;

struct hf_graphviz_job {
    const struct hf_graphviz_names *names;
    const char *dot;
    const char *engine;              /* "dot", "sfdp" */
    const char *format;              /* "svg", "png", "pdf" */
};

/* Exit codes of the child. */
enum {
    HF_GRAPHVIZ_OK = 0,
    HF_GRAPHVIZ_FAILED = 80,         /* the messages say why */
    HF_GRAPHVIZ_MISSING = 81,        /* neither library nor program */
};

/* A hf_child_body: `context` is a struct hf_graphviz_job, whose text is the child's standard input as well. */
int hf_graphviz_child(void *context, int result_fd);

#endif
