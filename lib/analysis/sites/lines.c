/* lines.c - numbers for lines, and for pairs of a line and a type. */
#include "analysis/sites/lines.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/error.h"
#include "base/sorted.h"

/* A text of a snapshot, by its number: read once, and kept once where a line needs it. */
struct text {
    uint64_t hash;
    const char *kept;
};

struct texts {
    struct hf_numbering numbers;     /* of text ids */
    struct hf_region list;           /* struct text */
};

/* NULL without memory; good until the next one. */
static struct text *text_of(struct texts *texts, hf_text_id id, const char *chars) {
    uint32_t count = texts->numbers.count, number = hf_number_of(&texts->numbers, XXH3_64bits(&id, sizeof id));
    if (number > count) {
        const struct text text = {.hash = XXH3_64bits(chars, strlen(chars))};
        if (!hf_region_push(&texts->list, &text, sizeof text))
            return NULL;
    }
    return number != 0 ? (struct text *)(void *)texts->list.data + (number - 1) : NULL;
}

static const char *keep(struct hf_lines *lines, struct texts *texts, hf_text_id id, const char *chars) {
    struct text *text = text_of(texts, id, chars);
    if (text == NULL)
        return NULL;
    if (text->kept == NULL)
        text->kept = hf_arena_copy(&lines->arena, chars, strlen(chars));
    return text->kept;
}

/* The number of a site's line; 0 without memory. */
static uint32_t number_of(struct hf_lines *lines, struct texts *texts, const struct hf_snapshot *snapshot,
                          uint32_t index) {
    const struct hf_site_record *record = &hf_col_sites(snapshot)[index];
    struct hf_site site = hf_snapshot_get_site(snapshot, index);
    uint64_t identity[3] = {site.line};
    const struct text *text = text_of(texts, record->file, site.file);
    identity[1] = text != NULL ? text->hash : 0;
    if (text == NULL || (text = text_of(texts, record->function, site.function)) == NULL)
        return 0;
    identity[2] = text->hash;
    uint32_t count = lines->numbers.count;
    uint32_t number = hf_number_of(&lines->numbers, XXH3_64bits(identity, sizeof identity));
    if (number <= count)
        return number;
    const struct hf_line line = {
        .site = index,
        .number = site.line,
        .file = keep(lines, texts, record->file, site.file),
        .function = keep(lines, texts, record->function, site.function),
    };
    return line.file != NULL && line.function != NULL && hf_region_push(&lines->lines, &line, sizeof line) ? number : 0;
}

enum hf_status hf_lines_of(struct hf_lines *lines, const struct hf_snapshot *snapshot, uint32_t **out,
                           struct hf_error *error) {
    uint32_t num_sites = hf_snapshot_num_sites(snapshot);
    uint32_t *line_of = hf_alloc((size_t)num_sites + 1, sizeof *line_of);
    struct texts texts = {0};
    for (uint32_t i = 0; line_of != NULL && i < num_sites; i++)
        if ((line_of[i] = number_of(lines, &texts, snapshot, i)) == 0) {
            hf_free(line_of);
            line_of = NULL;
        }
    hf_numbering_deinit(&texts.numbers);
    hf_region_deinit(&texts.list);
    *out = line_of;
    return line_of != NULL ? HF_OK : hf_fail_nomem(error);
}

void hf_lines_deinit(struct hf_lines *lines) {
    hf_numbering_deinit(&lines->numbers);
    hf_region_deinit(&lines->lines);
    hf_arena_deinit(&lines->arena);
}

/* ---- types ---- */

static struct hf_line_type *pairs_of(const struct hf_line_types *types) {
    return (struct hf_line_type *)(void *)types->pairs.data;
}

bool hf_line_types_add(struct hf_line_types *types, uint32_t line, uint32_t type) {
    uint64_t pair = (uint64_t)line << 32 | type;
    uint32_t count = types->numbers.count, number = hf_number_of(&types->numbers, XXH3_64bits(&pair, sizeof pair));
    if (number == 0)
        return false;
    if (number > count) {
        const struct hf_line_type first = {.line = line, .type = type};
        if (!hf_region_push(&types->pairs, &first, sizeof first))
            return false;
    }
    pairs_of(types)[number - 1].count++;
    return true;
}

static int compare_pairs(const void *left, const void *right) {
    const struct hf_line_type *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

void hf_line_types_sort(struct hf_line_types *types) {
    if (types->pairs.used_bytes > 0)
        qsort(types->pairs.data, types->pairs.used_bytes / sizeof(struct hf_line_type), sizeof(struct hf_line_type),
              compare_pairs);
}

size_t hf_line_types_get(const struct hf_line_types *types, const struct hf_snapshot *snapshot, uint32_t line,
                         struct hf_site_type *out) {
    const struct hf_line_type *pairs = pairs_of(types);
    size_t count = types->pairs.used_bytes / sizeof *pairs, num_types = 0;
    size_t at = hf_sorted_find_u32(pairs, count, sizeof *pairs, line);
    for (; at < count && pairs[at].line == line; at++, num_types++)
        if (num_types < HF_SITE_TYPES)
            out[num_types] =
                (struct hf_site_type){hf_snapshot_get_type(snapshot, pairs[at].type).name, pairs[at].count};
    return num_types;
}

void hf_line_types_deinit(struct hf_line_types *types) {
    hf_numbering_deinit(&types->numbers);
    hf_region_deinit(&types->pairs);
}
