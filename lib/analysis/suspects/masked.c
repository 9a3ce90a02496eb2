/* masked.c - writes and hashes masked references. */
#include "analysis/suspects/masked.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "analysis/path/merged.h"
#include "base/error.h"

static const char *take(struct hf_arena *arena, struct hf_text *text) {
    const char *copy = hf_arena_copy(arena, text->data != NULL ? text->data : "", text->length);
    arena->failed = arena->failed || text->failed;
    hf_text_deinit(text);
    return copy;
}

static const char *write_root(const struct hf_snapshot *snapshot, uint32_t root, struct hf_arena *arena) {
    struct hf_text text = HF_TEXT_INIT;
    hf_root_print_masked(&text, snapshot, root);
    return take(arena, &text);
}

static const char *write_step(const struct hf_snapshot *snapshot, const struct hf_route *route, size_t index,
                              bool is_masked, struct hf_arena *arena) {
    const struct hf_step *step = &route->steps[index];
    struct hf_text text = HF_TEXT_INIT;
    bool is_name;
    hf_owner_print(&text, snapshot, step->owner);
    if (is_masked)
        hf_text_add(&text, ".*");
    else
        hf_label_print(&text, snapshot, hf_step_source(step), step->edge, hf_route_namespace(snapshot, route, index),
                       &is_name);
    return take(arena, &text);
}

enum hf_status hf_masked_references(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                    size_t num_masked, struct hf_arena *arena, const char *const **out,
                                    struct hf_error *error) {
    const char **references = hf_arena_alloc(arena, route->num_steps + 1, sizeof *references);
    if (references == NULL)
        return hf_fail_nomem(error);
    references[0] = write_root(snapshot, route->root, arena);
    for (size_t i = 0; i < route->num_steps && !arena->failed; i++)
        references[i + 1] = write_step(snapshot, route, i, i + num_masked >= route->num_steps, arena);
    *out = references;
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}

static const char *add_mask(struct hf_arena *arena, const char *path, size_t num_masked) {
    struct hf_text text = HF_TEXT_INIT;
    hf_text_add(&text, path);
    hf_text_add(&text, num_masked > 0 ? ".*" : "");
    return take(arena, &text);
}

enum hf_status hf_masked_path(const struct hf_snapshot *snapshot, const struct hf_route *route, size_t num_masked,
                              struct hf_arena *arena, const char **pattern, const char **reference,
                              struct hf_error *error) {
    struct hf_route start = *route;
    struct hf_path_group group = {0};
    start.num_steps -= num_masked < start.num_steps ? num_masked : start.num_steps;
    enum hf_status status = hf_group_describe(snapshot, &start, arena, &group, error);
    if (status != HF_OK)
        return status;
    *pattern = add_mask(arena, group.pattern, num_masked);
    *reference = add_mask(arena, group.owner, num_masked);
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}

void hf_masked_fingerprint(const char *const *references, const struct hf_suspect_hop *hops, size_t num_hops,
                           char out[HF_FINGERPRINT_SIZE]) {
    bool any = false;
    for (size_t i = 0; i < num_hops; i++)
        any = any || hops[i].is_underlined;
    uint64_t hash = 0;
    for (size_t i = 0; i < num_hops; i++) {
        bool repeats = i > 0 && strcmp(references[i], references[i - 1]) == 0;
        if ((hops[i].is_underlined || !any) && !repeats)
            hash = XXH3_64bits_withSeed(references[i], strlen(references[i]), hash);
    }
    snprintf(out, HF_FINGERPRINT_SIZE, "%016llx", (unsigned long long)hash);
}
