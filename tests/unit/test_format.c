/*
 * test_format.c - a snapshot comes back from its file as it was, and no file that is wrong in any way gets in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "assemble.h"
#include "folder.h"
#include "sample.h"
#include "snapshot/columns.h"
#include "snapshot/preview.h"
#include "snapshot/reader.h"

static const struct hf_save_options plain_options = {.struct_size = sizeof plain_options, .plain = true};

static void check_origin_is_same(const struct hf_snapshot *a, const struct hf_snapshot *b) {
    assert_string_equal(a->origin.method, b->origin.method);
    assert_string_equal(a->origin.python, b->origin.python);
    assert_int_equal(a->origin.pid, b->origin.pid);
    assert_true(a->origin.taken_at_ns == b->origin.taken_at_ns && a->origin.pause_ns == b->origin.pause_ns);
    assert_true(a->origin.num_exact == b->origin.num_exact && a->origin.has_previews == b->origin.has_previews);
    assert_int_equal(a->origin.has_contents, b->origin.has_contents);
    assert_int_equal(a->origin.has_extents, b->origin.has_extents);
}

static void check_is_same(const struct hf_snapshot *a, const struct hf_snapshot *b) {
    for (int i = 0; i < HF_NUM_COLUMNS; i++) {
        assert_int_equal(a->columns[i].count, b->columns[i].count);
        if (a->columns[i].count > 0)
            assert_memory_equal(a->columns[i].data, b->columns[i].data,
                                a->columns[i].count * hf_column_element_bytes[i]);
    }
    assert_int_equal(a->num_nodes, b->num_nodes);
    assert_int_equal(a->num_edges, b->num_edges);
    check_origin_is_same(a, b);
}

/* Saves, and gives the file's bytes. */
static uint8_t *save_bytes(struct folder *folder, const struct hf_snapshot *snapshot,
                           const struct hf_save_options *options, size_t *num_bytes) {
    struct hf_error error;
    const char *path = folder_file(folder, "saved");
    if (hf_snapshot_save(snapshot, path, options, &error) != HF_OK)
        fail_msg("%s", error.message);
    return read_file(path, num_bytes);
}

static uint8_t *sample_bytes(struct folder *folder, const struct hf_save_options *options, size_t *num_bytes) {
    struct hf_snapshot *sample = make_sample();
    uint8_t *bytes = save_bytes(folder, sample, options, num_bytes);
    hf_snapshot_destroy(sample);
    return bytes;
}

static void check_round_trip(struct folder *folder, const struct hf_snapshot *snapshot) {
    const struct hf_save_options options[] = {
        plain_options, {.struct_size = sizeof options[0]}, {.struct_size = sizeof options[0], .compression_level = 19}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct hf_snapshot *opened = NULL;
        assert_int_equal(hf_snapshot_save(snapshot, folder_file(folder, "trip"), &options[i], NULL), HF_OK);
        assert_int_equal(hf_snapshot_open(folder_file(folder, "trip"), NULL, &opened, NULL), HF_OK);
        check_is_same(snapshot, opened);
        assert_int_equal(opened->mapping != NULL, options[i].plain);
        hf_snapshot_destroy(opened);
    }
}

static void test_round_trip(void **state) {
    struct hf_snapshot *sample = make_sample();
    check_round_trip(*state, sample);
    hf_snapshot_destroy(sample);
}

static void test_round_trip_of_nothing(void **state) {
    struct hf_builder *builder = hf_builder_create();
    struct hf_snapshot *empty = NULL;
    assert_int_equal(hf_builder_finish(builder, &empty, NULL), HF_OK);
    hf_builder_destroy(builder);
    check_round_trip(*state, empty);
    hf_snapshot_destroy(empty);
}

static uint32_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* Thousands of nodes that follow no pattern: extremes of every number, all name kinds, long and empty rows. */
static struct hf_snapshot *make_random(uint64_t seed, uint32_t num_nodes) {
    struct hf_builder *builder = hf_builder_create();
    uint64_t addr = 0;
    for (uint32_t i = 0; i < 300; i++)
        hf_builder_add_type(builder, "thing", "builtins", 0);
    for (uint32_t i = 0; i < num_nodes; i++) {
        addr += 16 + 16 * (uint64_t)(next_random(&seed) % 100 == 0 ? next_random(&seed) : next_random(&seed) % 8);
        uint64_t size = next_random(&seed) % 50 == 0 ? UINT64_MAX - next_random(&seed) : next_random(&seed);
        uint32_t refcount = next_random(&seed) % 9 == 0 ? UINT32_MAX : next_random(&seed) % 5;
        hf_builder_add_node(builder, addr, next_random(&seed) % 300, size, refcount, next_random(&seed) & 0xFFFF);
        if (next_random(&seed) % 3 == 0)
            hf_builder_add_int(builder, i, (int64_t)next_random(&seed) << (next_random(&seed) % 33));
    }
    for (uint32_t i = 0; i < num_nodes * 3; i++) {
        char text[16];
        uint32_t source = next_random(&seed) % num_nodes, kind = next_random(&seed) % HF_NAME_NUM_KINDS;
        snprintf(text, sizeof text, "n%u", next_random(&seed) % 100);
        if (kind == HF_NAME_VALUE)
            hf_builder_add_edge(builder, source, next_random(&seed) % num_nodes, HF_NAME_KEY, "");
        hf_builder_add_edge(builder, source, next_random(&seed) % num_nodes, (enum hf_name_kind)kind, text);
    }
    struct hf_snapshot *snapshot = NULL;
    assert_int_equal(hf_builder_finish(builder, &snapshot, NULL), HF_OK);
    hf_builder_destroy(builder);
    return snapshot;
}

static void test_round_trip_of_random_graphs(void **state) {
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct hf_snapshot *snapshot = make_random(seed, seed == 5 ? 60000 : 1000 * (uint32_t)seed);
        check_round_trip(*state, snapshot);
        hf_snapshot_destroy(snapshot);
    }
}

static enum hf_status open_bytes(const uint8_t *bytes, size_t num_bytes, struct hf_error *error) {
    const struct hf_open_options options = {.struct_size = sizeof options, .max_memory_bytes = 64 << 20};
    struct hf_snapshot *snapshot = NULL;
    enum hf_status status = hf_snapshot_open_bytes(bytes, num_bytes, "x.hf", &options, &snapshot, error);
    assert_true((status == HF_OK) == (snapshot != NULL));
    hf_snapshot_destroy(snapshot);
    return status;
}

/* Every byte of the file is covered by a checksum, or must be zero. */
static void test_flipped_bytes(void **state) {
    for (int plain = 0; plain < 2; plain++) {
        size_t num_bytes;
        uint8_t *bytes = sample_bytes(*state, plain ? &plain_options : NULL, &num_bytes);
        assert_int_equal(open_bytes(bytes, num_bytes, NULL), HF_OK);
        for (size_t i = 0; i < num_bytes; i++) {
            struct hf_error error;
            bytes[i] ^= (uint8_t)(1u << i % 8);
            enum hf_status status = open_bytes(bytes, num_bytes, &error);
            if (status != HF_ERR_FORMAT && status != HF_ERR_VERSION)
                fail_msg("byte %zu of %zu: %s", i, num_bytes, hf_status_name(status));
            assert_non_null(strstr(error.message, "'x.hf'"));
            bytes[i] ^= (uint8_t)(1u << i % 8);
        }
        hf_free(bytes);
    }
}

static void test_every_length(void **state) {
    for (int plain = 0; plain < 2; plain++) {
        size_t num_bytes;
        uint8_t *bytes = sample_bytes(*state, plain ? &plain_options : NULL, &num_bytes);
        bytes = hf_realloc(bytes, num_bytes + 1, 1);
        bytes[num_bytes] = 0;
        for (size_t length = 0; length <= num_bytes + 1; length++)
            assert_int_equal(open_bytes(bytes, length, NULL), length == num_bytes ? HF_OK : HF_ERR_FORMAT);
        hf_free(bytes);
    }
}

/* Shortened files whose checksums are right: the decoders have to notice. */
static void test_shortened_sections(void **state) {
    size_t num_bytes, made_bytes;
    uint8_t *bytes = sample_bytes(*state, NULL, &num_bytes);
    struct parts parts = take_apart(bytes);
    for (uint32_t i = 0; i < parts.count; i++) {
        struct part whole = parts.part[i];
        for (size_t length = 0; length < whole.num_bytes; length++) {
            parts.part[i].num_bytes = length;
            uint8_t *made = put_together(&parts, &made_bytes);
            assert_int_equal(open_bytes(made, made_bytes, NULL), HF_ERR_FORMAT);
            hf_free(made);
        }
        parts.part[i] = whole;
    }
    hf_free(bytes);
}

static void check_parts(const struct parts *parts, enum hf_status expected, const char *message) {
    size_t num_bytes;
    struct hf_error error = {0};
    uint8_t *made = put_together(parts, &num_bytes);
    assert_int_equal(open_bytes(made, num_bytes, &error), expected);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
    hf_free(made);
}

static void test_newer_minor_version(void **state) {
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, &plain_options, &num_bytes);
    struct parts parts = take_apart(bytes);
    struct part *origin = find_part(&parts, HF_FORMAT_ORIGIN_ID);
    uint8_t longer[120] = {0};
    memcpy(longer, origin->bytes, origin->num_bytes);
    origin->bytes = longer;
    origin->num_bytes = origin->raw_bytes = sizeof longer;
    parts.part[parts.count++] = (struct part){4000, 77, 1 << 20, "unknown", 7};
    parts.minor = 9;
    check_parts(&parts, HF_OK, "");
    hf_free(bytes);
}

/* A file that says neither which strings are equal nor how large views are: of 1.0. */
static void test_older_minor_version(void **state) {
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, &plain_options, &num_bytes);
    struct parts parts = take_apart(bytes);
    uint8_t origin[sizeof(struct hf_format_origin)];
    memcpy(origin, parts.part[0].bytes, sizeof origin);
    origin[offsetof(struct hf_format_origin, flags)] &= (uint8_t)~(HF_FORMAT_ORIGIN_CONTENTS | HF_FORMAT_ORIGIN_EXTENTS);
    parts.part[0].bytes = origin;
    for (uint32_t id = 24; id >= 22; id--)
        assert_int_equal(parts.part[--parts.count].id, id);
    parts.minor = 0;
    check_parts(&parts, HF_OK, "");
    struct hf_snapshot *snapshot = NULL;
    uint8_t *old = put_together(&parts, &num_bytes);
    assert_int_equal(hf_snapshot_open_bytes(old, num_bytes, "x.hf", NULL, &snapshot, NULL), HF_OK);
    assert_true(snapshot->origin.has_previews && !snapshot->origin.has_contents && !snapshot->origin.has_extents);
    assert_int_equal(hf_num_contents(snapshot), 0);
    check_round_trip(*state, snapshot);
    hf_snapshot_destroy(snapshot);
    hf_free(old);
    hf_free(bytes);
}

static void test_other_major_versions(void **state) {
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, &plain_options, &num_bytes);
    struct parts parts = take_apart(bytes);
    parts.major = 2;
    check_parts(&parts, HF_ERR_VERSION,
                "'x.hf' was written by a newer holdfast (format 2.1); this release reads 1.x");
    parts.major = 0;
    check_parts(&parts, HF_ERR_VERSION, "unknown format 0.1");
    hf_free(bytes);
}

static void test_not_a_snapshot(void **state) {
    (void)state;
    struct hf_error error;
    assert_int_equal(open_bytes((const uint8_t *)"", 0, &error), HF_ERR_FORMAT);
    assert_string_equal(error.message, "'x.hf' is not a holdfast snapshot: it is empty");
    assert_int_equal(open_bytes((const uint8_t *)"#!/bin/sh\necho\n", 15, &error), HF_ERR_FORMAT);
    assert_string_equal(error.message, "'x.hf' is not a holdfast snapshot");
}

static void test_missing_and_double_columns(void **state) {
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, &plain_options, &num_bytes);
    const struct parts whole = take_apart(bytes);
    for (uint32_t i = 0; i < whole.count; i++) {
        struct parts parts = whole;
        bool is_optional = parts.part[i].id >= 22;
        parts.part[i].id = 5000;
        check_parts(&parts, is_optional ? HF_OK : HF_ERR_FORMAT,
                    is_optional ? "" : i == 0 ? "does not say where it comes from" : "is missing");
        parts.part[i] = whole.part[(i + 1) % whole.count];
        check_parts(&parts, HF_ERR_FORMAT, "two sections");
    }
    hf_free(bytes);
}

/* Any encoding on any column, with the bytes of another encoding: never more than an error. */
static void test_wrong_encodings(void **state) {
    size_t num_bytes, made_bytes;
    uint8_t *bytes = sample_bytes(*state, NULL, &num_bytes);
    const struct parts whole = take_apart(bytes);
    for (uint32_t i = 0; i < whole.count; i++)
        for (uint16_t encoding = 0; encoding < 12; encoding++) {
            struct parts parts = whole;
            parts.part[i].encoding = encoding;
            uint8_t *made = put_together(&parts, &made_bytes);
            enum hf_status status = open_bytes(made, made_bytes, NULL);
            if (encoding == whole.part[i].encoding)
                assert_int_equal(status, HF_OK);
            else if (encoding > HF_ENCODING_INDEX)
                assert_int_equal(status, HF_ERR_FORMAT);
            else /* VARINTS, LENGTHS and BYTES may happen to read what another one wrote */
                assert_true(status == HF_OK || status == HF_ERR_FORMAT);
            hf_free(made);
        }
    hf_free(bytes);
}

/* A file of some kilobytes that claims a hundred million objects. */
static void test_claims_are_bounded(void **state) {
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, NULL, &num_bytes);
    struct parts parts = take_apart(bytes);
    const uint64_t count = 100000000;
    for (uint32_t id = 3; id <= 7; id++)
        find_part(&parts, id)->raw_bytes = count * (id == 7 ? 2 : 4);
    find_part(&parts, 8)->raw_bytes = (count + 1) * 4;
    check_parts(&parts, HF_ERR_LIMIT, "'x.hf' needs 2200 MB of memory, 67 MB are allowed");
    find_part(&parts, 19)->raw_bytes = UINT64_MAX;
    check_parts(&parts, HF_ERR_FORMAT, "strings cannot have");
    find_part(&parts, 19)->raw_bytes = INT64_MAX;
    find_part(&parts, 18)->raw_bytes = INT64_MAX;
    find_part(&parts, 16)->raw_bytes = INT64_MAX / 20 * 20;
    check_parts(&parts, HF_ERR_LIMIT, "of memory");
    hf_free(bytes);
}

static void test_columns_of_other_lengths(void **state) {
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, NULL, &num_bytes);
    const struct parts whole = take_apart(bytes);
    for (uint32_t id = 2; id <= 19; id++)
        for (int more = -1; more <= 1; more += 2) {
            struct parts parts = whole;
            struct part *part = find_part(&parts, id);
            if (part->raw_bytes == 0 && more < 0)
                continue;
            part->raw_bytes += (uint64_t)more;
            check_parts(&parts, HF_ERR_FORMAT, "'x.hf'");
            part->raw_bytes = find_part((struct parts *)&whole, id)->raw_bytes + (uint64_t)(more * 840);
            if (part->raw_bytes < UINT32_MAX)
                check_parts(&parts, HF_ERR_FORMAT, "'x.hf'");
        }
    hf_free(bytes);
}

static bool contains(const uint8_t *bytes, size_t num_bytes, const char *text) {
    return memmem(bytes, num_bytes, text, strlen(text)) != NULL;
}

static void test_without_previews(void **state) {
    const struct hf_save_options options = {.struct_size = sizeof options, .plain = true, .without_previews = true};
    size_t num_bytes;
    uint8_t *bytes = sample_bytes(*state, &plain_options, &num_bytes);
    assert_true(contains(bytes, num_bytes, "the secret"));
    hf_free(bytes);
    bytes = sample_bytes(*state, &options, &num_bytes);
    assert_false(contains(bytes, num_bytes, "the secret"));
    struct hf_snapshot *snapshot = NULL;
    assert_int_equal(hf_snapshot_open_bytes(bytes, num_bytes, "x.hf", NULL, &snapshot, NULL), HF_OK);
    const char *key;
    size_t length;
    assert_true(hf_snapshot_find_str(snapshot, SAMPLE_KEY_CACHE, &key, &length));
    assert_memory_equal(key, "CACHE", 5);
    struct hf_preview preview;
    assert_false(hf_snapshot_read_preview(snapshot, SAMPLE_SECRET, &preview));
    assert_false(hf_snapshot_read_preview(snapshot, SAMPLE_SEVEN, &preview));
    assert_false(hf_snapshot_get_origin(snapshot)->has_previews || hf_snapshot_get_origin(snapshot)->has_contents);
    assert_int_equal(hf_num_contents(snapshot), 0);
    assert_string_equal(hf_snapshot_get_type(snapshot, 3).name, "shop.cache.Cache");
    hf_snapshot_destroy(snapshot);
    hf_free(bytes);
}

static void check_save_fails(struct folder *folder, const char *path, enum hf_status expected, const char *message) {
    struct hf_snapshot *sample = make_sample();
    struct hf_error error = {0};
    int before = folder_count(folder, false);
    assert_int_equal(hf_snapshot_save(sample, path, NULL, &error), expected);
    assert_non_null(strstr(error.message, message));
    assert_int_equal(folder_count(folder, false), before);
    hf_snapshot_destroy(sample);
}

static void test_where_it_cannot_be_saved(void **state) {
    struct folder *folder = *state;
    check_save_fails(folder, folder->path, HF_ERR_ARGUMENT, "it is a folder");
    check_save_fails(folder, folder_file(folder, "no/file"), HF_ERR_IO, "No such file or directory");
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t room = 0; room < 5000; room += 500) {
        limit = (struct rlimit){room, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        check_save_fails(folder, folder_file(folder, "full"), HF_ERR_IO, "full': File too large");
        room = room == 1500 ? 5000 : room;
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

/* What can be known without a snapshot is said without one, and nothing is left of the question. */
static void test_what_is_refused_beforehand(void **state) {
    struct folder *folder = *state;
    struct hf_save_options options = {.struct_size = sizeof options};
    struct hf_error error;
    folder_count(folder, true);
    assert_int_equal(hf_snapshot_check_save(folder_file(folder, "new"), NULL, &error), HF_OK);
    assert_int_equal(hf_snapshot_check_save(folder->path, NULL, &error), HF_ERR_ARGUMENT);
    assert_int_equal(hf_snapshot_check_save(folder_file(folder, "no/file"), NULL, &error), HF_ERR_IO);
    static const int levels[] = {-131072, -1, 1, 22, 23, 99, -131073, INT32_MAX, INT32_MIN};
    struct hf_snapshot *sample = make_sample();
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        options.compression_level = levels[i];
        enum hf_status expected = i < 4 ? HF_OK : HF_ERR_ARGUMENT;
        assert_int_equal(hf_snapshot_check_save(folder_file(folder, "new"), &options, &error), expected);
        assert_int_equal(folder_count(folder, true), 0);
        assert_int_equal(hf_snapshot_save(sample, folder_file(folder, "new"), &options, &error), expected);
        assert_int_equal(folder_count(folder, true), expected == HF_OK);
    }
    hf_snapshot_destroy(sample);
}

static void test_what_cannot_be_opened(void **state) {
    struct folder *folder = *state;
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error;
    assert_int_equal(hf_snapshot_open(folder->path, NULL, &snapshot, &error), HF_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "it is a folder"));
    assert_int_equal(hf_snapshot_open(folder_file(folder, "none"), NULL, &snapshot, &error), HF_ERR_IO);
    assert_int_equal(error.os_errno, ENOENT);
    assert_int_equal(mkfifo(folder_file(folder, "pipe"), 0600), 0);
    assert_int_equal(hf_snapshot_open(folder_file(folder, "pipe"), NULL, &snapshot, &error), HF_ERR_ARGUMENT);
    assert_null(snapshot);
}

static void test_file_is_private(void **state) {
    size_t num_bytes;
    hf_free(sample_bytes(*state, NULL, &num_bytes));
    struct stat info;
    assert_int_equal(stat(folder_file(*state, "saved"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
}

struct patience {
    unsigned left;
};

static bool lose_patience(void *context, const char *phase, uint64_t done, uint64_t total) {
    struct patience *patience = context;
    assert_non_null(phase);
    assert_true(done <= total);
    return patience->left-- > 0;
}

static void test_cancelling(void **state) {
    struct hf_snapshot *sample = make_sample(), *opened = NULL;
    struct patience patience;
    const struct hf_progress progress = {lose_patience, &patience};
    const struct hf_save_options save = {.struct_size = sizeof save, .progress = &progress};
    const struct hf_open_options open = {.struct_size = sizeof open, .progress = &progress};
    folder_count(*state, true);
    for (unsigned i = 0; i < 30; i += 5) {
        patience.left = i;
        assert_int_equal(hf_snapshot_save(sample, folder_file(*state, "x"), &save, NULL), HF_ERR_CANCELLED);
        assert_int_equal(folder_count(*state, false), 0);
    }
    patience.left = 1000;
    assert_int_equal(hf_snapshot_save(sample, folder_file(*state, "x"), &save, NULL), HF_OK);
    patience.left = 10;
    assert_int_equal(hf_snapshot_open(folder_file(*state, "x"), &open, &opened, NULL), HF_ERR_CANCELLED);
    assert_null(opened);
    hf_snapshot_destroy(sample);
}

static void test_options_need_their_size(void **state) {
    struct hf_snapshot *sample = make_sample(), *opened = NULL;
    const struct hf_save_options save = {.plain = true};
    const struct hf_open_options open = {.max_memory_bytes = 1 << 20};
    assert_int_equal(hf_snapshot_save(sample, folder_file(*state, "x"), &save, NULL), HF_ERR_ARGUMENT);
    assert_int_equal(hf_snapshot_open(folder_file(*state, "x"), &open, &opened, NULL), HF_ERR_ARGUMENT);
    hf_snapshot_destroy(sample);
}

static void test_each_allocation_fails_while_saving(void **state) {
    struct hf_snapshot *sample = make_sample();
    const struct hf_save_options options = {.struct_size = sizeof options, .without_previews = true};
    folder_count(*state, true);
    enum hf_status status = HF_ERR_NOMEM;
    for (unsigned long n = 1; status != HF_OK; n++) {
        assert_true(n < 100);
        hf_memory_fail_after(n);
        status = hf_snapshot_save(sample, folder_file(*state, "x"), &options, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || status == HF_ERR_NOMEM);
        assert_int_equal(folder_count(*state, false), status == HF_OK);
    }
    hf_snapshot_destroy(sample);
}

static void test_each_allocation_fails_while_opening(void **state) {
    for (int plain = 0; plain < 2; plain++) {
        size_t num_bytes;
        uint8_t *bytes = sample_bytes(*state, plain ? &plain_options : NULL, &num_bytes);
        enum hf_status status = HF_ERR_NOMEM;
        for (unsigned long n = 1; status != HF_OK; n++) {
            assert_true(n < 100);
            hf_memory_fail_after(n);
            status = open_bytes(bytes, num_bytes, NULL);
            hf_memory_fail_after(0);
            assert_true(status == HF_OK || status == HF_ERR_NOMEM);
        }
        hf_free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_round_trip_of_nothing),
        cmocka_unit_test(test_round_trip_of_random_graphs),
        cmocka_unit_test(test_flipped_bytes),
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_shortened_sections),
        cmocka_unit_test(test_newer_minor_version),
        cmocka_unit_test(test_older_minor_version),
        cmocka_unit_test(test_other_major_versions),
        cmocka_unit_test(test_not_a_snapshot),
        cmocka_unit_test(test_missing_and_double_columns),
        cmocka_unit_test(test_wrong_encodings),
        cmocka_unit_test(test_claims_are_bounded),
        cmocka_unit_test(test_columns_of_other_lengths),
        cmocka_unit_test(test_without_previews),
        cmocka_unit_test(test_where_it_cannot_be_saved),
        cmocka_unit_test(test_what_is_refused_beforehand),
        cmocka_unit_test(test_what_cannot_be_opened),
        cmocka_unit_test(test_file_is_private),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_options_need_their_size),
        cmocka_unit_test(test_each_allocation_fails_while_saving),
        cmocka_unit_test(test_each_allocation_fails_while_opening),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
