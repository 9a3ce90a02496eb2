/*
 * test_cache.c - the file of indexes beside a snapshot: what was saved comes back, and nothing else ever does. Wrong
 * owners, other snapshots, damage and forgery make no difference to an answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <holdfast/dominators.h>
#include <holdfast/json.h>
#include <holdfast/path.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "folder.h"
#include "snapshot/cache.h"
#include "world.h"

#define HEADER_CHECKSUM 7
#define TABLE_CHECKSUM 8

static const char *const snapshot_name = "shop.hfs", *const cache_name = "shop.hfs.cache";

/* A world with some paths, cycles and garbage, whose cache is in the folder. */
static struct world make_world(struct folder *folder, uint64_t table_checksum) {
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_CACHE), list = add_node(&world, T_LIST);
    link_nodes(&world, cache, list, HF_NAME_ATTRIBUTE, "items");
    for (int i = 0; i < 100; i++) {
        hf_node_id session = add_node(&world, T_SESSION);
        link_nodes(&world, i < 90 ? list : session, session, HF_NAME_ITEM, "");
        link_nodes(&world, session, i % 3 ? list : session, HF_NAME_ATTRIBUTE, "owner");
    }
    finish_world(&world);
    const char *path = folder_file(folder, snapshot_name);
    close(open(path, O_CREAT | O_RDWR, 0600));
    world.snapshot->cache = hf_cache_open(path, HEADER_CHECKSUM, table_checksum);
    return world;
}

static const uint32_t numbers[] = {3, 1, 4, 1, 5, 9, 2, 6};
static const struct hf_cache_part parts[] = {
    {HF_CACHE_DOMINATORS_ORDER, numbers, sizeof numbers},
    {HF_CACHE_DOMINATORS_COUNT, numbers, 4},
};

static void save_parts(struct folder *folder) {
    struct world world = make_world(folder, TABLE_CHECKSUM);
    hf_cache_save(world.snapshot, parts, 2);
    end_world(&world);
}

/* How many of the two parts a new process finds; what it finds is right. */
static int count_found(struct folder *folder, uint64_t table_checksum) {
    struct world world = make_world(folder, table_checksum);
    int found = 0;
    for (size_t i = 0; i < 2; i++) {
        const void *data = hf_cache_find(world.snapshot, parts[i].section, parts[i].num_bytes);
        if (data == NULL)
            continue;
        assert_memory_equal(data, parts[i].data, parts[i].num_bytes);
        assert_int_equal((uintptr_t)data % 64, 0);
        found++;
    }
    end_world(&world);
    return found;
}

static void test_parts_come_back(void **state) {
    struct folder *folder = *state;
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 0);
    save_parts(folder);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 2);
    struct stat info;
    assert_int_equal(stat(folder_file(folder, cache_name), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    struct world world = make_world(folder, TABLE_CHECKSUM);
    assert_null(hf_cache_find(world.snapshot, HF_CACHE_PLACES, 0));
    assert_null(hf_cache_find(world.snapshot, HF_CACHE_DOMINATORS_ORDER, sizeof numbers - 4));
    end_world(&world);
    assert_int_equal(folder_count(folder, true), 2);
}

static void test_parts_add_up(void **state) {
    struct folder *folder = *state;
    for (size_t i = 0; i < 2; i++) {
        struct world world = make_world(folder, TABLE_CHECKSUM);
        hf_cache_save(world.snapshot, &parts[i], 1);
        end_world(&world);
        assert_int_equal(count_found(folder, TABLE_CHECKSUM), i + 1);
    }
}

static void test_another_snapshot(void **state) {
    struct folder *folder = *state;
    save_parts(folder);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM + 1), 0);
    struct world world = make_world(folder, TABLE_CHECKSUM + 1);
    hf_cache_save(world.snapshot, parts, 1);
    end_world(&world);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 0);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM + 1), 1);
}

static void write_bytes(const char *path, const uint8_t *bytes, size_t num_bytes) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, num_bytes, file), num_bytes);
    fclose(file);
}

/* Each bit that is flipped costs a part at most, and so does each byte that is cut off; count_found compares the rest. */
static void test_damage(void **state) {
    struct folder *folder = *state;
    char path[128];
    size_t num_bytes;
    save_parts(folder);
    strcpy(path, folder_file(folder, cache_name));
    uint8_t *bytes = read_file(path, &num_bytes);
    int found = 0;
    for (size_t i = 0; i < num_bytes; i++) {
        bytes[i] ^= (uint8_t)(1 << i % 8);
        write_bytes(path, bytes, num_bytes);
        bytes[i] ^= (uint8_t)(1 << i % 8);
        found += count_found(folder, TABLE_CHECKSUM);
    }
    assert_true(found > 0);     /* gaps between sections, and the other section */
    for (size_t i = 0; i < num_bytes; i++) {
        write_bytes(path, bytes, i);
        assert_int_equal(count_found(folder, TABLE_CHECKSUM), 0);
    }
    hf_free(bytes);
    save_parts(folder);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 2);
}

static void test_files_of_others(void **state) {
    struct folder *folder = *state;
    save_parts(folder);
    char path[128], other[128];
    strcpy(path, folder_file(folder, cache_name));
    strcpy(other, folder_file(folder, "other"));
    assert_int_equal(chmod(path, 0620), 0);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 2);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 0);
    write_bytes(other, (const uint8_t *)"mine", 4);
    save_parts(folder);     /* replaces the link, and not what it points to */
    size_t num_bytes;
    uint8_t *bytes = read_file(other, &num_bytes);
    assert_int_equal(num_bytes, 4);
    assert_memory_equal(bytes, "mine", 4);
    hf_free(bytes);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 2);
}

static void test_where_nothing_can_be_written(void **state) {
    struct folder *folder = *state;
    struct world world = make_world(folder, TABLE_CHECKSUM);
    assert_int_equal(mkdir(folder_file(folder, cache_name), 0700), 0);
    hf_cache_save(world.snapshot, parts, 2);
    hf_cache_save(world.snapshot, parts, 2);
    end_world(&world);
    assert_int_equal(count_found(folder, TABLE_CHECKSUM), 0);
    assert_int_equal(folder_count(folder, true), 2);
    world = make_world(folder, TABLE_CHECKSUM);
    assert_int_equal(folder_count(folder, true), 1);
    assert_int_equal(rmdir(folder->path), 0);
    hf_cache_save(world.snapshot, parts, 2);
    assert_int_equal(mkdir(folder->path, 0700), 0);
    end_world(&world);
    assert_null(hf_cache_open(folder_file(folder, "no/such"), 1, 2));
}

static void test_each_allocation_fails(void **state) {
    struct folder *folder = *state;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        struct world world = make_world(folder, TABLE_CHECKSUM);
        hf_cache_destroy(world.snapshot->cache);
        const char *path = folder_file(folder, snapshot_name);
        hf_memory_fail_after(n);
        world.snapshot->cache = hf_cache_open(path, HEADER_CHECKSUM, TABLE_CHECKSUM);
        hf_cache_save(world.snapshot, parts, 2);
        hf_memory_fail_after(0);
        end_world(&world);
        failed = count_found(folder, TABLE_CHECKSUM) == 0;
        assert_true(n < 100);
        assert_int_equal(folder_count(folder, false), failed ? 1 : 2);
    }
}

/* ---- what is in it ---- */

/* The answer to a question that needs the places. */
static char *ask(const struct hf_snapshot *snapshot) {
    struct hf_selection *selection;
    struct hf_why *why;
    char *text = NULL;
    const struct hf_why_options options = {.struct_size = sizeof options, .max_paths = 100};
    assert_int_equal(hf_selection_create(snapshot, "shop.cache.Session", NULL, &selection, NULL), HF_OK);
    assert_int_equal(hf_why_create(snapshot, selection, &options, &why, NULL), HF_OK);
    assert_int_equal(hf_json_why(why, &text, NULL), HF_OK);
    hf_why_destroy(why);
    hf_selection_destroy(selection);
    return text;
}

/* A number that depends on the retained size of each node. */
static uint64_t weigh(const struct hf_snapshot *snapshot) {
    const struct hf_dominators *dominators;
    uint64_t sum = 0;
    assert_int_equal(hf_dominators_get(snapshot, NULL, &dominators, NULL), HF_OK);
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++)
        sum = sum * 31 + hf_dominators_get_retained(dominators, node).size_bytes;
    return sum;
}

static void draw(const struct hf_snapshot *snapshot) {
    struct hf_selection *selection;
    struct hf_picture *picture;
    const struct hf_picture_options options = {.struct_size = sizeof options, .direction = HF_PICTURE_CHAIN};
    assert_int_equal(hf_selection_create(snapshot, "shop.cache.Session", NULL, &selection, NULL), HF_OK);
    assert_int_equal(hf_picture_create(snapshot, selection, &options, &picture, NULL), HF_OK);
    hf_picture_destroy(picture);
    hf_selection_destroy(selection);
}

static void check_answer(struct folder *folder, const char *expected, uint64_t expected_weight) {
    struct world world = make_world(folder, TABLE_CHECKSUM);
    char *text = ask(world.snapshot);
    assert_string_equal(text, expected);
    assert_int_equal(weigh(world.snapshot), expected_weight);
    hf_free(text);
    end_world(&world);
}

static bool has_all(struct folder *folder) {
    struct world world = make_world(folder, TABLE_CHECKSUM);
    size_t num_bytes = world.snapshot->num_nodes * sizeof(uint32_t);
    bool found = hf_cache_find(world.snapshot, HF_CACHE_PLACES, num_bytes) != NULL &&
                 hf_cache_find(world.snapshot, HF_CACHE_DOMINATORS_COUNT, num_bytes) != NULL;
    end_world(&world);
    return found;
}

/* The first questions leave places and dominators, the second ones find them; without a file the answer is the same. */
static void test_answers_are_the_same(void **state) {
    struct folder *folder = *state;
    struct world world = make_world(folder, TABLE_CHECKSUM);
    hf_cache_destroy(world.snapshot->cache);
    world.snapshot->cache = NULL;
    char *expected = ask(world.snapshot);
    uint64_t weight = weigh(world.snapshot);
    end_world(&world);
    assert_int_equal(folder_count(folder, false), 1);
    check_answer(folder, expected, weight);
    assert_true(has_all(folder));
    check_answer(folder, expected, weight);
    hf_free(expected);
}

/* Sets the checksums of a cache file right. */
static void seal(uint8_t *bytes) {
    uint32_t count;
    memcpy(&count, bytes + 12, sizeof count);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *entry = bytes + 64 + 32 * i;
        uint64_t offset, size;
        memcpy(&offset, entry + 8, 8);
        memcpy(&size, entry + 16, 8);
        uint64_t checksum = XXH3_64bits(bytes + offset, size);
        memcpy(entry + 24, &checksum, 8);
    }
    uint64_t checksum = XXH3_64bits(bytes + 64, 32 * count);
    memcpy(bytes + 40, &checksum, 8);
    checksum = XXH3_64bits(bytes, 56);
    memcpy(bytes + 56, &checksum, 8);
}

/* Forged numbers under right checksums give a wrong answer at worst: nothing is read out of bounds, and all ends. */
static void test_forgery(void **state) {
    struct folder *folder = *state;
    struct world world = make_world(folder, TABLE_CHECKSUM);
    hf_free(ask(world.snapshot));
    (void)weigh(world.snapshot);
    end_world(&world);
    char path[128];
    size_t num_bytes;
    strcpy(path, folder_file(folder, cache_name));
    uint8_t *bytes = read_file(path, &num_bytes);
    uint8_t *forged = hf_alloc(num_bytes, 1);
    uint64_t random = 5;
    for (int round = 0; round < 3000; round++) {
        memcpy(forged, bytes, num_bytes);
        for (int i = 0; i < 1 + round % 20; i++) {
            random = random * UINT64_C(6364136223846793005) + 1;
            size_t at = 64 + 5 * 32 + (size_t)(random >> 33) % (num_bytes - 64 - 5 * 32);
            forged[at] = (uint8_t)(random >> 25) % 4 == 0 ? 0 : (uint8_t)(random >> 41);
        }
        seal(forged);
        write_bytes(path, forged, num_bytes);
        world = make_world(folder, TABLE_CHECKSUM);
        hf_free(ask(world.snapshot));
        (void)weigh(world.snapshot);
        draw(world.snapshot);
        end_world(&world);
    }
    hf_free(forged);
    hf_free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parts_come_back, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_parts_add_up, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_another_snapshot, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_damage, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_files_of_others, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_where_nothing_can_be_written, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_answers_are_the_same, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_forgery, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
