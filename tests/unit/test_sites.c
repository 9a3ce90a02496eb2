/* test_sites.c - where objects were made: in files, and in what is asked about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include <string.h>

#include <holdfast/sites.h>

#include "folder.h"
#include "snapshot/builder.h"
#include "snapshot/columns.h"
#include "snapshot/format.h"

static void add_sites(struct hf_builder *builder, uint32_t num_nodes) {
    uint32_t outer = hf_builder_add_site(builder, HF_NO_SITE, "main.py", 1, "");
    uint32_t inner = hf_builder_add_site(builder, outer, "shop.py", 31, "Cache.add");
    uint32_t cut = hf_builder_add_site(builder, HF_SITE_CUT, "shop.py", 40, "Cache.drop");
    const uint32_t places[] = {outer, inner, cut};
    for (uint32_t i = 0; i < num_nodes; i++)
        if (i % 4 != 3)
            hf_builder_set_site(builder, i, places[i % 4]);
}

/* A heap of one list and so many others, which were made at three places or at none: nobody knows. */
static struct hf_snapshot *make_heap(uint32_t num_others, bool has_sites) {
    struct hf_builder *builder = hf_builder_create();
    struct hf_snapshot *made = NULL;
    uint32_t type = hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    for (uint32_t i = 0; i <= num_others; i++)
        hf_builder_add_node(builder, 0x7F0000000000 + i * 64, type, 56, 1, HF_NODE_GC);
    if (has_sites)
        add_sites(builder, num_others);
    assert_int_equal(hf_builder_finish(builder, &made, NULL), HF_OK);
    hf_builder_destroy(builder);
    return made;
}

static struct hf_snapshot *save_and_open(struct folder *folder, const struct hf_snapshot *snapshot, bool plain) {
    const struct hf_save_options options = {.struct_size = sizeof options, .plain = plain};
    struct hf_snapshot *opened = NULL;
    assert_int_equal(hf_snapshot_save(snapshot, folder_file(folder, "saved"), &options, NULL), HF_OK);
    assert_int_equal(hf_snapshot_open(folder_file(folder, "saved"), NULL, &opened, NULL), HF_OK);
    return opened;
}

static void check_round_trip(struct folder *folder, const struct hf_snapshot *snapshot, bool plain) {
    struct hf_snapshot *opened = save_and_open(folder, snapshot, plain);
    assert_int_equal(hf_snapshot_num_sites(opened), hf_snapshot_num_sites(snapshot));
    for (uint32_t i = 0; i < snapshot->num_nodes; i++)
        assert_int_equal(hf_snapshot_site_of(opened, i), hf_snapshot_site_of(snapshot, i));
    for (uint32_t i = 0; i < hf_snapshot_num_sites(snapshot); i++)
        assert_memory_equal(&hf_col_sites(opened)[i], &hf_col_sites(snapshot)[i], sizeof(struct hf_site_record));
    hf_snapshot_destroy(opened);
}

static void test_round_trip(void **state) {
    struct hf_snapshot *made = make_heap(1000, true);
    check_round_trip(*state, made, true);
    check_round_trip(*state, made, false);
    assert_int_equal(hf_snapshot_num_sites(made), 3);
    assert_int_equal(hf_snapshot_site_of(made, 1), 1);
    assert_int_equal(hf_snapshot_site_of(made, 3), HF_NO_SITE);
    assert_int_equal(hf_snapshot_site_of(made, 1000), HF_NO_SITE);
    struct hf_site site = hf_snapshot_get_site(made, 1);
    assert_string_equal(site.file, "shop.py");
    assert_string_equal(site.function, "Cache.add");
    assert_true(site.line == 31 && site.caller == 0 && !site.is_cut);
    assert_true(hf_snapshot_get_site(made, 2).is_cut && hf_snapshot_get_site(made, 2).caller == HF_NO_SITE);
    assert_int_equal(hf_snapshot_check_sites(made, NULL), HF_OK);
    hf_snapshot_destroy(made);
}

static int count_site_sections(const uint8_t *file) {
    const struct hf_format_header *header = (const struct hf_format_header *)(const void *)file;
    const struct hf_format_section *table = (const struct hf_format_section *)(const void *)(header + 1);
    int count = 0;
    for (uint32_t i = 0; i < header->num_sections; i++)
        count += table[i].id == 20 || table[i].id == 21;
    return count;
}

/* Files without sites are as they were before there were any. */
static void test_sites_are_optional(void **state) {
    size_t with_bytes, without_bytes;
    struct hf_snapshot *made = make_heap(10, true), *sample = make_heap(10, false);
    const char *path = folder_file(*state, "bytes");
    assert_int_equal(hf_snapshot_save(made, path, NULL, NULL), HF_OK);
    uint8_t *with = read_file(path, &with_bytes);
    assert_int_equal(hf_snapshot_save(sample, path, NULL, NULL), HF_OK);
    uint8_t *without = read_file(path, &without_bytes);
    assert_int_equal(((struct hf_format_header *)(void *)with)->minor, HF_FORMAT_MINOR_SITES);
    assert_int_equal(((struct hf_format_header *)(void *)without)->minor, HF_FORMAT_MINOR);
    assert_int_equal(count_site_sections(with), 2);
    assert_int_equal(count_site_sections(without), 0);
    assert_int_equal(hf_snapshot_check_sites(sample, NULL), HF_NOT_FOUND);
    assert_int_equal(hf_snapshot_site_of(sample, 0), HF_NO_SITE);
    free(with);
    free(without);
    hf_snapshot_destroy(made);
    hf_snapshot_destroy(sample);
}

static void check_damaged_sites(void (*damage)(struct hf_site_record *sites, uint32_t *node_site)) {
    struct hf_snapshot *made = make_heap(10, true);
    damage((struct hf_site_record *)(void *)made->columns[HF_COLUMN_sites].region.data,
           (uint32_t *)(void *)made->columns[HF_COLUMN_node_site].region.data);
    assert_int_equal(hf_snapshot_validate(made, NULL), HF_ERR_FORMAT);
    hf_snapshot_destroy(made);
}

static void call_itself(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[1].caller = 1;
}

static void call_later(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[0].caller = 2;
}

static void name_no_file(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[2].file = 1u << 30;
}

static void name_no_function(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[2].function = 1u << 30;
}

static void be_made_nowhere(struct hf_site_record *sites, uint32_t *node_site) {
    (void)sites;
    node_site[4] = 4;
}

static void test_damaged_sites(void **state) {
    (void)state;
    check_damaged_sites(call_itself);
    check_damaged_sites(call_later);
    check_damaged_sites(name_no_file);
    check_damaged_sites(name_no_function);
    check_damaged_sites(be_made_nowhere);
    struct hf_snapshot *made = make_heap(10, true);
    made->columns[HF_COLUMN_node_site].count--;
    assert_int_equal(hf_snapshot_validate(made, NULL), HF_ERR_FORMAT);
    made->columns[HF_COLUMN_node_site].count = 0;
    assert_int_equal(hf_snapshot_validate(made, NULL), HF_ERR_FORMAT);
    hf_snapshot_destroy(made);
}

/* ---- by line, against a naive twin ---- */

#define MAX_NODES 60
#define NUM_LINES 5
#define NUM_TYPES 3

struct random_heap {
    struct hf_snapshot *snapshot;
    uint32_t num_nodes;
    unsigned line[MAX_NODES], type[MAX_NODES];   /* line NUM_LINES: made nowhere */
    uint64_t size_bytes[MAX_NODES];
    bool edges[MAX_NODES][MAX_NODES];
};

/*
 * Node 0 is the root; every other node but the last two has an edge from an earlier one, so that all but these are
 * reached. Each line has two sites with different callers.
 */
static void make_random(struct random_heap *heap, unsigned seed) {
    static const char *const types[NUM_TYPES] = {"a.A", "a.B", "b.C"}, *const modules[NUM_TYPES] = {"a", "a", "b"};
    static const char *const files[NUM_LINES] = {"x.py", "x.py", "x.py", "y.py", "x.py"};
    static const uint32_t numbers[NUM_LINES] = {1, 2, 2, 1, 0};
    static const char *const functions[NUM_LINES] = {"f", "f", "g", "", "f"};
    uint32_t sites[NUM_LINES][2];
    struct hf_builder *builder = hf_builder_create();
    srand(seed);
    memset(heap, 0, sizeof *heap);
    heap->num_nodes = 10 + (uint32_t)rand() % (MAX_NODES - 10);
    for (int i = 0; i < NUM_TYPES; i++)
        hf_builder_add_type(builder, types[i], modules[i], 0);
    for (int i = 0; i < NUM_LINES; i++) {
        sites[i][0] = hf_builder_add_site(builder, HF_NO_SITE, files[i], numbers[i], functions[i]);
        sites[i][1] = hf_builder_add_site(builder, sites[rand() % (i + 1)][0], files[i], numbers[i], functions[i]);
    }
    for (uint32_t i = 0; i < heap->num_nodes; i++) {
        heap->type[i] = (unsigned)rand() % NUM_TYPES;
        heap->line[i] = (unsigned)rand() % (NUM_LINES + 1);
        heap->size_bytes[i] = rand() % 20 == 0 ? UINT64_C(1) << 33 : 16 + (uint64_t)rand() % 100;
        hf_builder_add_node(builder, 0x7F0000000000 + i * 64, heap->type[i], heap->size_bytes[i], 1, 0);
        if (heap->line[i] < NUM_LINES)
            hf_builder_set_site(builder, i, sites[heap->line[i]][rand() % 2]);
        if (i > 0 && i + 2 < heap->num_nodes)
            heap->edges[(uint32_t)rand() % i][i] = true;
        for (int j = 0; i + 2 < heap->num_nodes && j < 2; j++)
            heap->edges[i][(uint32_t)rand() % (heap->num_nodes - 2)] = true;
    }
    for (uint32_t i = 0; i < heap->num_nodes; i++)
        for (uint32_t j = 0; j < heap->num_nodes; j++)
            if (heap->edges[i][j])
                hf_builder_add_edge(builder, i, j, HF_NAME_NONE, "");
    hf_builder_add_root(builder, 0, HF_ROOT_MODULE, "m", HF_NO_FRAME);
    assert_int_equal(hf_builder_finish(builder, &heap->snapshot, NULL), HF_OK);
    hf_builder_destroy(builder);
}

/* What node 0 reaches without passing `avoided`. */
static void reach(const struct random_heap *heap, uint32_t avoided, bool *reached) {
    memset(reached, 0, MAX_NODES * sizeof *reached);
    reached[0] = avoided != 0;
    for (uint32_t round = 0; round < heap->num_nodes; round++)
        for (uint32_t i = 0; i < heap->num_nodes; i++)
            for (uint32_t j = 0; j < heap->num_nodes; j++)
                reached[j] = reached[j] || (reached[i] && heap->edges[i][j] && j != avoided);
}

/* What the wanted nodes of a line retain, node by node: the union of what cannot be reached without one of them. */
static struct hf_retained retained_naively(const struct random_heap *heap, unsigned line, unsigned wanted_types) {
    bool all[MAX_NODES], without[MAX_NODES], is_retained[MAX_NODES] = {false};
    struct hf_retained sum = {0, 0};
    reach(heap, UINT32_MAX, all);
    for (uint32_t i = 0; i < heap->num_nodes; i++) {
        if (heap->line[i] != line || !(wanted_types >> heap->type[i] & 1))
            continue;
        reach(heap, i, without);
        is_retained[i] = true;
        for (uint32_t j = 0; j < heap->num_nodes; j++)
            is_retained[j] = is_retained[j] || (all[j] && !without[j]);
    }
    for (uint32_t i = 0; i < heap->num_nodes; i++) {
        sum.count += is_retained[i];
        sum.size_bytes += is_retained[i] ? heap->size_bytes[i] : 0;
    }
    return sum;
}

/* The line of a row, which its file, number and function tell. */
static unsigned find_line(const char *file, uint32_t number, const char *function) {
    if (strcmp(file, "y.py") == 0)
        return 3;
    return number == 0 ? 4 : number == 1 ? 0 : strcmp(function, "f") == 0 ? 1 : 2;
}

static void check_row(const struct random_heap *heap, const struct hf_sites_row *row, unsigned wanted_types) {
    unsigned line = find_line(row->file, row->line, row->function);
    uint64_t count = 0, size_bytes = 0, of_type[NUM_TYPES] = {0};
    for (uint32_t i = 0; i < heap->num_nodes; i++) {
        if (heap->line[i] != line || !(wanted_types >> heap->type[i] & 1))
            continue;
        count++;
        size_bytes += heap->size_bytes[i];
        of_type[heap->type[i]]++;
    }
    struct hf_retained retained = retained_naively(heap, line, wanted_types);
    assert_int_equal(row->count, count);
    assert_int_equal(row->size_bytes, size_bytes);
    assert_int_equal(row->retained.count, retained.count);
    assert_int_equal(row->retained.size_bytes, retained.size_bytes);
    for (size_t i = 0; i < row->num_types; i++) {
        assert_int_equal(row->types[i].count, of_type[row->types[i].name[2] - 'A']);
        assert_true(i == 0 || row->types[i].count <= row->types[i - 1].count);
        of_type[row->types[i].name[2] - 'A'] = 0;
    }
    for (int i = 0; i < NUM_TYPES; i++)
        assert_int_equal(of_type[i], 0);
}

static void check_sites(const struct random_heap *heap, const char *pattern, unsigned wanted_types) {
    struct hf_types_options options = {.struct_size = sizeof options, .pattern = pattern, .retained = true};
    struct hf_sites *sites;
    assert_int_equal(hf_sites_create(heap->snapshot, &options, &sites, NULL), HF_OK);
    uint64_t known = 0;
    for (size_t i = 0; i < sites->num_rows; i++) {
        check_row(heap, &sites->rows[i], wanted_types);
        known += sites->rows[i].count;
        assert_true(i == 0 || sites->rows[i].size_bytes <= sites->rows[i - 1].size_bytes);
    }
    assert_int_equal(known + sites->unknown_count, sites->matching_count);
    assert_int_equal(sites->total_count, heap->num_nodes);
    hf_sites_destroy(sites);
}

/* Files of sites that are what is left of one text, at each of whose characters a shorter one begins. */
static void test_overlapping_texts(void **state) {
    (void)state;
    struct hf_builder *builder = hf_builder_create();
    struct hf_snapshot *made = NULL;
    struct hf_error error;
    char text[100];
    for (int i = 0; i < 99; i++)
        text[i] = (char)(i < 98 ? 98 - i : 'x');
    text[99] = '\0';
    for (uint32_t i = 0; i < 60; i++)
        hf_builder_add_site(builder, HF_NO_SITE, i == 0 ? text : "", i + 1, "");
    hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    hf_builder_set_site(builder, hf_builder_add_node(builder, 0x1000, 0, 56, 1, HF_NODE_GC), 0);
    assert_int_equal(hf_builder_finish(builder, &made, NULL), HF_OK);
    hf_builder_destroy(builder);
    struct hf_site_record *sites = (struct hf_site_record *)(void *)made->columns[HF_COLUMN_sites].region.data;
    sites[1].file = sites[2].file = sites[0].file;    /* the same one as often as one likes */
    assert_int_equal(hf_snapshot_validate(made, &error), HF_OK);
    for (uint32_t i = 1; i < 60; i++)
        sites[i].file = sites[0].file + i;
    assert_true(hf_snapshot_has_text(made, sites[59].file));
    assert_int_equal(hf_snapshot_validate(made, &error), HF_ERR_FORMAT);
    assert_non_null(strstr(error.message, "files and functions of allocation sites overlap"));
    hf_snapshot_destroy(made);
}

static void test_by_line(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 200; seed++) {
        struct random_heap heap;
        make_random(&heap, seed);
        check_sites(&heap, NULL, 7);
        check_sites(&heap, "a.*", 3);
        check_sites(&heap, "*C", 4);
        hf_snapshot_destroy(heap.snapshot);
    }
}

static void test_orders(void **state) {
    (void)state;
    struct random_heap heap;
    make_random(&heap, 7);
    struct hf_types_options options = {.struct_size = sizeof options, .sort = HF_TYPES_BY_COUNT};
    struct hf_sites *sites;
    assert_int_equal(hf_sites_create(heap.snapshot, &options, &sites, NULL), HF_OK);
    assert_int_equal(sites->num_rows, NUM_LINES);
    for (size_t i = 1; i < sites->num_rows; i++)
        assert_true(sites->rows[i].count <= sites->rows[i - 1].count);
    hf_sites_destroy(sites);
    options.sort = HF_TYPES_BY_NAME;
    options.limit = 2;
    assert_int_equal(hf_sites_create(heap.snapshot, &options, &sites, NULL), HF_OK);
    assert_int_equal(sites->num_rows, 2);
    assert_int_equal(sites->num_matching, NUM_LINES);
    assert_true(strcmp(sites->rows[0].file, "x.py") == 0 && sites->rows[0].line == 0 && sites->rows[1].line == 1);
    hf_sites_destroy(sites);
    hf_snapshot_destroy(heap.snapshot);
}

/* ---- what grew ---- */

static void count_reached(const struct random_heap *heap, unsigned line, uint64_t *count, uint64_t *size_bytes) {
    bool reached[MAX_NODES];
    reach(heap, UINT32_MAX, reached);
    *count = *size_bytes = 0;
    for (uint32_t i = 0; i < heap->num_nodes; i++)
        if (reached[i] && heap->line[i] == line) {
            *count += 1;
            *size_bytes += heap->size_bytes[i];
        }
}

static void check_growth(const struct random_heap *heaps, const struct hf_site_growth *growth) {
    bool is_listed[NUM_LINES] = {false};
    for (size_t i = 0; i < growth->num_rows; i++) {
        const struct hf_site_growth_row *row = &growth->rows[i];
        unsigned line = find_line(row->file, row->line, row->function);
        assert_false(is_listed[line]);
        is_listed[line] = true;
        for (size_t moment = 0; moment < 3; moment++) {
            uint64_t count, size_bytes;
            count_reached(&heaps[moment], line, &count, &size_bytes);
            assert_int_equal(row->counts[moment], count);
            assert_int_equal(row->sizes_bytes[moment], size_bytes);
        }
        bool is_steady = row->counts[0] < row->counts[1] && row->counts[1] < row->counts[2];
        assert_int_equal(row->trend == HF_TREND_STEADY || row->trend == HF_TREND_SLOWING,
                         row->count_growth != 0 ? is_steady : row->sizes_bytes[0] < row->sizes_bytes[1] &&
                                                                  row->sizes_bytes[1] < row->sizes_bytes[2]);
    }
    for (unsigned line = 0; line < NUM_LINES; line++) {
        uint64_t counts[2], sizes[2];
        count_reached(&heaps[0], line, &counts[0], &sizes[0]);
        count_reached(&heaps[2], line, &counts[1], &sizes[1]);
        assert_int_equal(is_listed[line], counts[1] > counts[0] || (counts[1] == counts[0] && sizes[1] > sizes[0]));
    }
}

static void test_growth(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 200; seed++) {
        struct random_heap heaps[3];
        const struct hf_snapshot *snapshots[3];
        struct hf_site_growth *growth;
        for (unsigned i = 0; i < 3; i++) {
            make_random(&heaps[i], 3 * seed + i);
            snapshots[i] = heaps[i].snapshot;
        }
        assert_int_equal(hf_site_growth_create(snapshots, 3, NULL, &growth, NULL), HF_OK);
        check_growth(heaps, growth);
        hf_site_growth_destroy(growth);
        for (unsigned i = 0; i < 3; i++)
            hf_snapshot_destroy(heaps[i].snapshot);
    }
}

static void test_wrong_questions(void **state) {
    (void)state;
    struct hf_snapshot *sample = make_heap(4, false), *made = make_heap(4, true);
    const struct hf_snapshot *pair[] = {made, sample};
    const struct hf_types_options unset = {.limit = 1};
    struct hf_sites *sites = NULL;
    struct hf_site_growth *growth = NULL;
    assert_int_equal(hf_sites_create(sample, NULL, &sites, NULL), HF_NOT_FOUND);
    assert_int_equal(hf_sites_create(made, &unset, &sites, NULL), HF_ERR_ARGUMENT);
    assert_int_equal(hf_site_growth_create(pair, 2, NULL, &growth, NULL), HF_NOT_FOUND);
    assert_int_equal(hf_site_growth_create(pair, 1, NULL, &growth, NULL), HF_ERR_ARGUMENT);
    assert_int_equal(hf_site_growth_create(NULL, 0, NULL, &growth, NULL), HF_ERR_ARGUMENT);
    assert_null(sites);
    assert_null(growth);
    hf_sites_destroy(NULL);
    hf_site_growth_destroy(NULL);
    hf_snapshot_destroy(made);
    hf_snapshot_destroy(sample);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct random_heap heap;
    make_random(&heap, 3);
    const struct hf_snapshot *pair[] = {heap.snapshot, heap.snapshot};
    const struct hf_types_options options = {.struct_size = sizeof options, .retained = true};
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status == HF_ERR_NOMEM) {
        struct hf_sites *sites = NULL;
        hf_memory_fail_after(++n);
        status = hf_sites_create(heap.snapshot, &options, &sites, NULL);
        hf_memory_fail_after(0);
        assert_int_equal(sites != NULL, status == HF_OK);
        hf_sites_destroy(sites);
    }
    assert_true(status == HF_OK && n > 10);
    for (n = 0, status = HF_ERR_NOMEM; status == HF_ERR_NOMEM;) {
        struct hf_site_growth *growth = NULL;
        hf_memory_fail_after(++n);
        status = hf_site_growth_create(pair, 2, NULL, &growth, NULL);
        hf_memory_fail_after(0);
        assert_int_equal(growth != NULL, status == HF_OK);
        hf_site_growth_destroy(growth);
    }
    assert_true(status == HF_OK && n > 10);
    hf_snapshot_destroy(heap.snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_sites_are_optional),
        cmocka_unit_test(test_damaged_sites),
        cmocka_unit_test(test_overlapping_texts),
        cmocka_unit_test(test_by_line),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_wrong_questions),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
