/*
 * graphviz.c - lays out one graph, in a child that then ends.
 *
 *   libgvc can be loaded   ->  agmemread -> gvLayout -> gvRenderData -> write
 *   else                   ->  exec `dot`, which reads the same text on standard input and writes to the same pipe
 *
 * The library is preferred because it is loaded and configured once, by us: no PATH, no wrapper scripts. It is not
 * linked, so that everything else of holdfast works on machines without Graphviz. Its symbols, and those of libcgraph
 * that it brings, are found through one handle, so both are of one release.
 *
 * Nothing is freed: the child ends right after, and gvFreeLayout of 2.42 frees twice on tangled clusters.
 */
#include "render/graphviz.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <graphviz/gvc.h>

#include "render/child.h"

static const char *const library_names[] = {"libgvc.so.7", "libgvc.so.6", "libgvc.so", NULL};
const struct hf_graphviz_names hf_graphviz_default = {library_names, "dot"};

/* gvRenderData gives the length through `unsigned *` before this major version, through `size_t *` from it on. */
#define FIRST_VERSION_WITH_SIZE_T 14

struct graphviz {
    __typeof__(gvContext) *context;
    __typeof__(gvcVersion) *version;
    __typeof__(gvLayout) *layout;
    int (*render)(GVC_t *, graph_t *, const char *, char **, void *);
    __typeof__(agmemread) *read;
    __typeof__(agerrors) *errors;
};

static void *load_library(const char *const *names) {
    for (; *names != NULL; names++) {
        void *handle = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
        if (handle != NULL)
            return handle;
    }
    return NULL;
}

static bool find_symbol(void *handle, const char *name, void *function) {
    void *symbol = dlsym(handle, name);
    memcpy(function, &symbol, sizeof symbol); /* C has no conversion from an object to a function pointer */
    return symbol != NULL;
}

static bool load(struct graphviz *graphviz, const char *const *names) {
    void *handle = load_library(names);
    return handle != NULL && find_symbol(handle, "gvContext", &graphviz->context) &&
           find_symbol(handle, "gvcVersion", &graphviz->version) &&
           find_symbol(handle, "gvLayout", &graphviz->layout) &&
           find_symbol(handle, "gvRenderData", &graphviz->render) &&
           find_symbol(handle, "agmemread", &graphviz->read) && find_symbol(handle, "agerrors", &graphviz->errors);
}

static int fail(const char *message) {
    if (message != NULL)
        fprintf(stderr, "%s\n", message);
    return hf_child_lacks_memory() ? HF_CHILD_NOMEM : HF_GRAPHVIZ_FAILED;
}

static size_t render_data(const struct graphviz *graphviz, GVC_t *context, graph_t *graph, const char *format,
                          char **data) {
    union {
        unsigned narrow;
        size_t wide;
    } length = {.wide = 0};
    if (graphviz->render(context, graph, format, data, &length) != 0 || *data == NULL)
        return 0;
    bool is_wide = strtol(graphviz->version(context), NULL, 10) >= FIRST_VERSION_WITH_SIZE_T;
    return is_wide ? length.wide : length.narrow;
}

static bool write_result(int fd, const char *data, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        }
    }
    return true;
}

static int lay_out(const struct graphviz *graphviz, const struct hf_graphviz_job *job, int result_fd) {
    GVC_t *context = graphviz->context();
    graph_t *graph = context != NULL ? graphviz->read(job->dot) : NULL;
    if (graph == NULL)
        return fail("the graph is not in the DOT language");
    /* gvLayout may return 0 after an error, such as a layout engine that is not installed. */
    if (graphviz->layout(context, graph, job->engine) != 0 || graphviz->errors() > 0)
        return fail(NULL);
    char *data = NULL;
    size_t length = render_data(graphviz, context, graph, job->format, &data);
    if (length == 0)
        return fail(NULL);
    return write_result(result_fd, data, length) ? HF_GRAPHVIZ_OK : fail("cannot hand back the picture");
}

static int become_program(const struct hf_graphviz_job *job, int result_fd) {
    char engine[32], format[32];
    snprintf(engine, sizeof engine, "-K%s", job->engine);
    snprintf(format, sizeof format, "-T%s", job->format);
    if (dup2(result_fd, STDOUT_FILENO) < 0)
        return HF_CHILD_BROKEN;
    close(result_fd);
    execlp(job->names->program, job->names->program, engine, format, (char *)NULL);
    return errno == ENOMEM ? HF_CHILD_NOMEM : HF_GRAPHVIZ_MISSING;
}

int hf_graphviz_child(void *context, int result_fd) {
    const struct hf_graphviz_job *job = context;
    struct graphviz graphviz;
    if (load(&graphviz, job->names->libraries))
        return lay_out(&graphviz, job, result_fd);
    if (hf_child_lacks_memory())
        return HF_CHILD_NOMEM;
    return become_program(job, result_fd);
}
