/*
 * limits.c - reads conditions, and looks what they say of a series.
 *
 *   shop.*  :  bytes  >  1.5M
 *   subject    unit      number
 */
#include "analysis/growth/limits.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analysis/selector/glob.h"
#include "base/error.h"

static enum hf_status fail(const char *condition, const char *reason, struct hf_error *error) {
    return hf_fail(error, HF_ERR_ARGUMENT,
                   "limit '%s': %s; write it as 'shop.*:count>100', 'total:bytes>10M' or 'steady:count>0'", condition,
                   reason);
}

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

/* What K, M, G, T and their longer forms stand for (KB, KiB); 0 if it is none of them. */
static double unit_of(const char *text) {
    static const char letters[] = "KMGT";
    double factor = 1;
    if (*text == '\0')
        return 1;
    for (const char *letter = letters; *letter != '\0'; letter++) {
        factor *= 1024;
        if (toupper((unsigned char)*text) == *letter)
            return text[1] == '\0' || strcasecmp(text + 1, "B") == 0 || strcasecmp(text + 1, "iB") == 0 ? factor : 0;
    }
    return 0;
}

/* "10M", "1.5G", "2048": a number below 2^63; only bytes have units. */
static bool read_number(const char *text, bool of_bytes, uint64_t *out) {
    size_t length = strspn(text, of_bytes ? "0123456789." : "0123456789");
    char *end;
    double value = strtod(text, &end);
    if (length == 0 || end != text + length || (!of_bytes && *end != '\0'))
        return false;
    double factor = unit_of(end);
    if (factor == 0 || value * factor >= 0x1p63)
        return false;
    *out = (uint64_t)(value * factor);
    return true;
}

static enum hf_limit_subject subject_of(const char *text, size_t length) {
    if (length == strlen("total") && memcmp(text, "total", length) == 0)
        return HF_LIMIT_TOTAL;
    if (length == strlen("steady") && memcmp(text, "steady", length) == 0)
        return HF_LIMIT_STEADY;
    return HF_LIMIT_TYPES;
}

enum hf_status hf_limit_read(const char *condition, struct hf_limit *out, struct hf_error *error) {
    const char *colon = strrchr(condition, ':');
    if (colon == NULL || colon == condition)
        return fail(condition, colon == NULL ? "it has no ':'" : "nothing stands before the ':'", error);
    bool of_bytes = starts_with(colon + 1, "bytes>");
    if (!of_bytes && !starts_with(colon + 1, "count>"))
        return fail(condition, "behind the ':' comes 'count>' or 'bytes>'", error);
    uint64_t number;
    if (!read_number(strchr(colon, '>') + 1, of_bytes, &number))
        return fail(condition, of_bytes ? "behind the '>' comes a size" : "behind the '>' comes a number", error);
    *out = (struct hf_limit){subject_of(condition, (size_t)(colon - condition)), condition,
                             (size_t)(colon - condition), of_bytes, number};
    return HF_OK;
}

/* Sums up the types that the pattern names. */
static enum hf_status check_types(const struct hf_limit *limit, const struct hf_census *census,
                                  struct hf_growth_check *out, struct hf_error *error) {
    char *pattern = hf_alloc(limit->pattern_length + 1, 1);
    if (pattern == NULL)
        return hf_fail_nomem(error);
    memcpy(pattern, limit->condition, limit->pattern_length);
    uint64_t growth = 0;
    for (hf_census_id type = 1; type <= census->names.count; type++) {
        const char *name = hf_census_types(census)[type].name;
        if (!hf_glob_match(pattern, name, strlen(name)))
            continue;
        struct hf_tally first = hf_census_tally(census, 0, type);
        struct hf_tally last = hf_census_tally(census, hf_census_num_rolls(census) - 1, type);
        growth += limit->of_bytes ? last.size_bytes - first.size_bytes : last.count - first.count;
        out->num_types++;
    }
    out->growth = (int64_t)growth;
    hf_free(pattern);
    return HF_OK;
}

enum hf_status hf_limit_check(const struct hf_limit *limit, const struct hf_census *census,
                              struct hf_limit_growth total, struct hf_limit_growth steady, struct hf_growth_check *out,
                              struct hf_error *error) {
    const struct hf_limit_growth *growth = limit->subject == HF_LIMIT_TOTAL ? &total : &steady;
    enum hf_status status = HF_OK;
    *out = (struct hf_growth_check){.condition = limit->condition};
    if (limit->subject == HF_LIMIT_TYPES)
        status = check_types(limit, census, out, error);
    else
        out->growth = limit->of_bytes ? growth->bytes : growth->count;
    out->is_exceeded = out->growth > 0 && (uint64_t)out->growth > limit->number;
    return status;
}
