/*
 * fuzz_heap.c - the memory of a Python process, damaged, for the external reader.
 *
 * The image is that of a small python3 which is started once and ended. The bytes are records of eight: each damages a
 * number of words of the writable memory, at places and in ways that follow from the record alone.
 *
 *   record   how (2 bits), log2 of the number of words (4 bits), seed (the rest)
 *   how      a bit flips | a word becomes another word of the image | zero, or large, or -1 | a word moves by a little
 *
 * Property: whatever the memory is, the reader ends soon, with a snapshot that is consistent or with an error that has a
 * message.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/external/external.h"
#include "memory/process.h"
#include "memory/target_parts.h"
#include "snapshot/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes);

#define MAX_RECORDS 64

extern char **environ;

static void require(bool condition) {
    if (!condition)
        abort();
}

/* ---- the image ---- */

/* A readable range, as it was. */
struct range {
    uint64_t start, size;
    bool is_writable;
    uint8_t *bytes;              /* NULL: could not be read */
};

static struct {
    struct hf_maps maps;
    struct range *ranges;        /* by map */
    char program[4096];
    uint64_t num_writable_words;
} image;

static const char script[] =
    "import sys, threading\n"
    "class A:\n"
    "    def __init__(self, n): self.n, self.l, self.d = n, [n], {n: str(n)}\n"
    "class B(dict):\n"
    "    __slots__ = ('x',)\n"
    "def generate():\n"
    "    local = object()\n"
    "    yield local\n"
    "g = generate(); next(g)\n"
    "import collections, functools\n"
    "keep = [A(n) for n in range(200)], B(a=1), collections.deque(range(200)), collections.OrderedDict(a=1, b=2),\\\n"
    "    functools.lru_cache(print), {1, 2}, frozenset('abc'), 10**50, 1.5, b'x' * 100, 't\\u20acxt', memoryview(b'x')\n"
    "lock = threading.Lock(); lock.acquire()\n"
    "threading.Thread(target=lock.acquire, daemon=True).start()\n"
    "sys.stdout.write('.'); sys.stdout.flush(); sys.stdin.read()\n";

/* Starts Python and waits until it has built what it keeps. */
static pid_t start_python(int *keep_open) {
    int in[2], out[2];
    pid_t pid;
    char ready;
    char *const argv[] = {(char *)"python3", (char *)"-I", (char *)"-S", (char *)"-c", (char *)script, NULL};
    posix_spawn_file_actions_t actions;
    require(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    /* Of a sanitized program the child needs nothing. */
    unsetenv("LD_PRELOAD");
    require(posix_spawnp(&pid, "python3", &actions, NULL, argv, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    require(read(out[0], &ready, 1) == 1);
    close(out[0]);
    *keep_open = in[1];
    return pid;
}

static void copy_range(struct hf_target *target, const struct hf_map *map, struct range *range) {
    *range = (struct range){map->start, map->end - map->start, (map->permissions & HF_MAP_WRITE) != 0, NULL};
    if (!(map->permissions & HF_MAP_READ) || range->size > 256u << 20)
        return;
    const void *view = hf_memory_view(&target->memory, map->start, (size_t)range->size);
    if (view == NULL)
        return;
    range->bytes = malloc((size_t)range->size);
    require(range->bytes != NULL);
    memcpy(range->bytes, view, (size_t)range->size);
    if (range->is_writable)
        image.num_writable_words += range->size / 8;
}

static void make_image(void) {
    struct hf_target *target;
    struct hf_error error;
    int keep_open, status;
    pid_t pid = start_python(&keep_open);
    require(hf_process_open_live(pid, NULL, &target, &error) == HF_OK);
    image.ranges = calloc(target->maps.count, sizeof *image.ranges);
    for (size_t i = 0; i < target->maps.count; i++) {
        require(hf_maps_add(&image.maps, &target->maps.list[i]));
        copy_range(target, &target->maps.list[i], &image.ranges[i]);
    }
    require(target->main_module < target->num_modules);
    snprintf(image.program, sizeof image.program, "%s", target->modules[target->main_module].path);
    hf_target_destroy(target);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    close(keep_open);
    require(image.num_writable_words != 0);
}

/* ---- the image as a target ---- */

static size_t read_image(void *context, uint64_t addr, void *buffer, size_t size) {
    (void)context;
    const struct hf_map *map = hf_maps_find(&image.maps, addr);
    const struct range *range = map != NULL ? &image.ranges[map - image.maps.list] : NULL;
    if (range == NULL || range->bytes == NULL)
        return 0;
    uint64_t left = range->start + range->size - addr;
    size_t copied = left < size ? (size_t)left : size;
    memcpy(buffer, range->bytes + (addr - range->start), copied);
    return copied;
}

static int open_file(struct hf_target *target, const struct hf_module *module, unsigned n, const char **name,
                     bool *is_last) {
    (void)n;
    *is_last = true;
    *name = hf_target_text(target, "%s", module->path);
    return open(module->path, O_RDONLY | O_CLOEXEC);
}

static void destroy(struct hf_target *target) {
    hf_target_deinit(target);
    free(target);
}

static const struct hf_target_class image_class = {read_image, open_file, destroy};

static struct hf_target *open_image(void) {
    struct hf_target *target = calloc(1, sizeof *target);
    require(target != NULL && hf_target_init(target, &image_class, 16u << 20, NULL) == HF_OK);
    for (size_t i = 0; i < image.maps.count; i++)
        require(hf_maps_add(&target->maps, &image.maps.list[i]));
    /* Of a core file the reader takes what is there. */
    target->kind = HF_TARGET_CORE;
    require(hf_target_find_modules(target, image.program, NULL) == HF_OK);
    return target;
}

/* ---- damage ---- */

struct damage {
    uint8_t *at;
    uint64_t before;
};

static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint8_t *word_at(uint64_t index) {
    index %= image.num_writable_words;
    for (size_t i = 0; i < image.maps.count; i++) {
        const struct range *range = &image.ranges[i];
        if (range->bytes == NULL || !range->is_writable)
            continue;
        if (index < range->size / 8)
            return range->bytes + index * 8;
        index -= range->size / 8;
    }
    abort();
}

static uint64_t damaged(uint64_t word, unsigned how, uint64_t *state) {
    static const uint64_t odd[] = {0, UINT64_MAX, 1, UINT64_C(1) << 31, UINT64_C(1) << 40, INT64_MAX, 0x7fff, 3};
    uint64_t other;
    switch (how) {
    case 0:
        return word ^ UINT64_C(1) << (next_random(state) & 63);
    case 1:
        memcpy(&other, word_at(next_random(state)), sizeof other);
        return other;
    case 2:
        return odd[next_random(state) & 7];
    default:
        return word + (next_random(state) & 255) - 128;
    }
}

static size_t apply(uint64_t record, struct damage *undo) {
    unsigned how = record & 3;
    size_t count = (size_t)1 << (record >> 2 & 15);
    uint64_t state = record;
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = word_at(next_random(&state));
        uint64_t word;
        /* Most memory is empty: look for a word that is not. */
        for (int tries = 0; tries < 20; tries++) {
            memcpy(&word, at, sizeof word);
            if (word != 0)
                break;
            at = word_at(next_random(&state));
        }
        undo[i] = (struct damage){at, word};
        word = damaged(word, how, &state);
        memcpy(at, &word, sizeof word);
    }
    return count;
}

static void read_damaged(void) {
    struct hf_target *target = open_image();
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error = {0};
    bool is_passing;
    enum hf_status status = hf_external_capture(target, NULL, &is_passing, &snapshot, &error);
    require((status == HF_OK) == (snapshot != NULL));
    require(status == HF_OK || error.message[0] != '\0');
    require(status != HF_ERR_INTERNAL && status != HF_ERR_NOMEM);
    if (getenv("HF_FUZZ_VERBOSE") != NULL)
        fprintf(stderr, "%d %s %u\n", (int)status, error.message,
                snapshot != NULL ? hf_snapshot_num_nodes(snapshot) : 0);
    if (snapshot != NULL && hf_snapshot_validate(snapshot, &error) != HF_OK) {
        fprintf(stderr, "fuzz_heap: %s\n", error.message);
        abort();
    }
    hf_snapshot_destroy(snapshot);
    hf_target_destroy(target);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes) {
    static struct damage *undo;
    size_t num_damages = 0;
    if (image.ranges == NULL) {
        make_image();
        undo = malloc(MAX_RECORDS * (sizeof *undo << 15));
        require(undo != NULL);
    }
    for (size_t i = 0; i + 8 <= num_bytes && i < MAX_RECORDS * 8; i += 8) {
        uint64_t record;
        memcpy(&record, bytes + i, sizeof record);
        num_damages += apply(record, undo + num_damages);
    }
    read_damaged();
    while (num_damages-- > 0)
        memcpy(undo[num_damages].at, &undo[num_damages].before, sizeof undo[num_damages].before);
    return 0;
}
