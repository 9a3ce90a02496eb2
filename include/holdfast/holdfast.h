/*
 * holdfast.h - what every other header of holdfast needs: status, error, progress.
 *
 * holdfast finds what holds a Python object in memory. A snapshot (snapshot.h) is a photograph of the object
 * graph of one CPython process. Every question is a function that takes a snapshot and gives a result object:
 * types.h (what is in the heap), path.h (what holds this object), dominators.h (what it holds), object.h (everything
 * that is known of it), neighbours.h (who refers to it), chain.h (how one leads to another), cycles.h (which keep each
 * other alive), growth.h (what grew between two or more of them), picture.h (draw it).
 *
 * Conventions, once for all headers:
 * - Functions that can fail return enum hf_status and take an optional, caller-owned struct hf_error (NULL allowed)
 *   as their last parameter. On failure the outputs are untouched unless a function says otherwise.
 * - `create`/`open` give an opaque object to the caller, who ends it with the matching `destroy` (NULL is allowed).
 * - `get` borrows: the pointer lives as long as the object it came from.
 * - Units stand in names: `size_bytes`, `elapsed_ns`, `num_nodes`. `addr` is an address in the target process.
 * - Texts are UTF-8, NUL-terminated. Functions that print into a buffer behave like snprintf: they return the length
 *   that the whole text has and always terminate what fits.
 * - Threads: a snapshot is immutable once made, and any number of threads may ask questions of it at once. Every other
 *   object belongs to one thread at a time.
 * - The library never prints, never exits, and keeps no global state.
 */
#ifndef HOLDFAST_H
#define HOLDFAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HF_VERSION_MAJOR 0
#define HF_VERSION_MINOR 1
#define HF_VERSION_PATCH 0
#define HF_VERSION_STRING "0.1.0"

/* Around the declarations of every header: names as C has them, and what the shared library exports. */
#ifdef __cplusplus
#define HF_BEGIN_API extern "C" { _Pragma("GCC visibility push(default)")
#define HF_END_API _Pragma("GCC visibility pop") }
#else
#define HF_BEGIN_API _Pragma("GCC visibility push(default)")
#define HF_END_API _Pragma("GCC visibility pop")
#endif

#define HF_MUST_CHECK __attribute__((warn_unused_result))
#define HF_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

HF_BEGIN_API

enum hf_status {
    HF_OK = 0,
    HF_NOT_FOUND,       /* the question is well formed and the answer is "nothing" */
    HF_ERR_NOMEM,       /* memory could not be had */
    HF_ERR_ARGUMENT,    /* the caller's words are wrong: a bad selector, option or path */
    HF_ERR_IO,          /* the system refused: os_errno says why */
    HF_ERR_FORMAT,      /* a file is not a snapshot, is truncated, or is damaged */
    HF_ERR_VERSION,     /* a snapshot of a format that this release does not read */
    HF_ERR_TARGET,      /* the process to be photographed is not fit for it */
    HF_ERR_UNSUPPORTED, /* not available here: a missing library, an unknown Python build */
    HF_ERR_LIMIT,       /* larger than holdfast can represent or was allowed to use */
    HF_ERR_CANCELLED,   /* the progress callback asked to stop */
    HF_ERR_RENDER,      /* Graphviz failed */
    HF_ERR_INTERNAL,    /* a defect in holdfast */
};

struct hf_error {
    enum hf_status status;
    int os_errno;        /* 0, or the errno behind HF_ERR_IO */
    char message[512];   /* one line: what happened, on what, what to do. No capital, no full stop. */
};

/*
 * Called now and then by long work. `done` of `total` (0: unknown) objects are through `phase`; where a phase counts
 * something else, it tells the same share of the objects.
 * Return false to cancel: the work then ends with HF_ERR_CANCELLED.
 */
struct hf_progress {
    bool (*report)(void *context, const char *phase, uint64_t done, uint64_t total);
    void *context;
};

/* A short name of a status, such as "not found". Never NULL. */
const char *hf_status_name(enum hf_status status);

/* Frees a text that a function of holdfast gave to the caller. NULL is allowed. */
void hf_free(void *text);

/* The release of the library, "0.1.0". */
const char *hf_version(void);

HF_END_API
#endif
