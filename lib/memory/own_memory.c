/*
 * own_memory.c - /proc/self/mem behind a cache of chunks. Needs no privilege, and no system call that filters forbid.
 */
#include "memory/own_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/procfs.h"

/* A copy has inherited the descriptor of its parent's memory, and opens its own. */
static void open_again(struct hf_own_memory *own) {
    if (own->fd >= 0)
        close(own->fd);
    own->fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    own->opened_by = getpid();
}

static size_t read_memory(void *context, uint64_t addr, void *buffer, size_t size) {
    struct hf_own_memory *own = context;
    if (own->opened_by != getpid())
        open_again(own);
    ssize_t got = own->fd >= 0 ? pread(own->fd, buffer, size, (off_t)addr) : -1;
    return got > 0 ? (size_t)got : 0;
}

static const void *view(struct hf_memory *memory, uint64_t addr, size_t size) {
    struct hf_own_memory *own = (struct hf_own_memory *)memory;
    return hf_chunks_view(&own->chunks, addr, size);
}

enum hf_status hf_own_memory_init(struct hf_own_memory *own, struct hf_error *error) {
    struct hf_region text = {0};
    *own = (struct hf_own_memory){.memory = {view}, .fd = -1};
    int failure = hf_procfs_read(getpid(), "maps", &text);
    enum hf_status status = failure == 0
                                ? hf_maps_parse(&own->maps, (const char *)text.data, text.used_bytes, error)
                                : hf_fail_errno(error, failure, "cannot read /proc/self/maps");
    hf_region_deinit(&text);
    if (status == HF_OK)
        status = hf_chunks_init(&own->chunks, 0, NULL, read_memory, own, error);
    if (status != HF_OK)
        hf_maps_deinit(&own->maps);
    return status;
}

void hf_own_memory_deinit(struct hf_own_memory *own) {
    if (own->fd >= 0)
        close(own->fd);
    hf_chunks_deinit(&own->chunks);
    hf_maps_deinit(&own->maps);
}
