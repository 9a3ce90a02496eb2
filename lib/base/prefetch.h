/*
 * prefetch.h - asking the memory for what is read soon. The large graphs do not fit into the cache, and most of the
 * time of a pass over one is spent waiting.
 *
 * gcc takes a function that only prefetches for one without any effect, and leaves out the calls to it (12.2 with -O2
 * does). Written down as HF_PREFETCHING, such a function is in its caller before that is asked.
 */
#ifndef HF_BASE_PREFETCH_H
#define HF_BASE_PREFETCH_H

#define HF_PREFETCHING static inline __attribute__((always_inline)) void

#endif
