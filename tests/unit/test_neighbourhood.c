/* test_neighbourhood.c - what is drawn and what is counted: by hand on small heaps, and against a naive twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "heap.h"
#include "patience.h"
#include "render/neighbourhood.h"

#define MANY 40

static const struct hf_picture_options usual = {.struct_size = sizeof usual, .depth = 4, .max_neighbours = 10,
                                                .max_nodes = 150};

static struct hf_drawing draw(const struct hf_snapshot *snapshot, hf_node_id focus,
                              const struct hf_picture_options *options) {
    struct hf_drawing drawing;
    struct hf_selection selection = {&focus, 1, ""};
    assert_int_equal(hf_drawing_init(&drawing, snapshot, options, NULL), HF_OK);
    assert_int_equal(hf_neighbourhood_add(&drawing, &selection, NULL), HF_OK);
    hf_drawing_mark_selection(&drawing, &selection);
    return drawing;
}

static const struct hf_arrow *find_arrow(const struct hf_drawing *drawing, hf_node_id source, hf_node_id target) {
    for (uint32_t i = 0; i < drawing->num_arrows; i++) {
        const struct hf_arrow *arrow = &drawing->arrows[i];
        if (drawing->boxes[arrow->source].node == source && drawing->boxes[arrow->target].node == target)
            return arrow;
    }
    return NULL;
}

/* module {'CACHE': cache} -> cache {'_shards': list} -> list [session, session] -> session */
static void test_owner_and_dict_are_one_box(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id module = heap_add(&heap, HEAP_MODULE), globals = heap_add_dict(&heap, module);
    hf_node_id cache = heap_add(&heap, HEAP_SESSION), attributes = heap_add_dict(&heap, cache);
    hf_node_id list = heap_add(&heap, HEAP_LIST), session = heap_add(&heap, HEAP_SESSION);
    heap_set_item(&heap, globals, "CACHE", cache);
    heap_set_item(&heap, attributes, "_shards", list);
    heap_append(&heap, list, session);
    heap_append(&heap, list, session);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    assert_non_null(snapshot);

    struct hf_drawing drawing = draw(snapshot, session, &usual);
    assert_int_equal(drawing.num_boxes, 4);
    assert_int_equal(drawing.num_arrows, 3);
    assert_int_equal(hf_drawing_find_box(&drawing, attributes), hf_drawing_find_box(&drawing, cache));
    assert_true(drawing.boxes[hf_drawing_find_box(&drawing, session)].is_focus);
    const struct hf_arrow *items = find_arrow(&drawing, list, session);
    assert_non_null(items);
    assert_int_equal(items->num_references, 2);
    const struct hf_arrow *attribute = find_arrow(&drawing, module, cache);
    assert_non_null(attribute);
    assert_int_equal(attribute->steps[0].owner, module);
    assert_int_equal(attribute->steps[0].dict, globals);
    assert_int_equal(hf_drawing_count_omitted(&drawing, true) + hf_drawing_count_omitted(&drawing, false), 0);
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

static void test_dict_of_two_owners_is_a_box_of_its_own(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id one = heap_add(&heap, HEAP_SESSION), dict = heap_add_dict(&heap, one);
    hf_node_id other = heap_add(&heap, HEAP_SESSION), value = heap_add(&heap, HEAP_LIST);
    hf_builder_add_edge(heap.builder, other, dict, HF_NAME_DICT, "");
    heap_set_item(&heap, dict, "x", value);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_drawing drawing = draw(snapshot, value, &usual);
    assert_int_equal(drawing.num_boxes, 4);
    assert_non_null(find_arrow(&drawing, dict, value));
    assert_non_null(find_arrow(&drawing, one, dict));
    assert_non_null(find_arrow(&drawing, other, dict));
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

/* MANY lists, functions, instances and a module refer to the focus: those that say most are drawn. */
static void test_the_telling_ones_survive(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id focus = heap_add(&heap, HEAP_LIST);
    for (unsigned i = 0; i < MANY; i++)
        heap_append(&heap, heap_add(&heap, HEAP_LIST), focus);
    for (unsigned i = 0; i < MANY; i++)
        hf_builder_add_edge(heap.builder, heap_add(&heap, HEAP_FUNCTION), focus, HF_NAME_ATTRIBUTE, "__defaults__");
    hf_node_id instance = heap_add(&heap, HEAP_SESSION);
    hf_builder_add_edge(heap.builder, instance, focus, HF_NAME_ATTRIBUTE, "items");
    hf_node_id module = heap_add(&heap, HEAP_MODULE);
    hf_builder_add_edge(heap.builder, module, focus, HF_NAME_ATTRIBUTE, "ITEMS");
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture_options options = usual;
    options.max_neighbours = 5;
    struct hf_drawing drawing = draw(snapshot, focus, &options);
    assert_int_equal(drawing.num_boxes, 6);
    assert_int_equal(drawing.boxes[1].node, module);
    assert_int_equal(drawing.boxes[2].node, instance);
    for (uint32_t i = 3; i < 6; i++)
        assert_int_equal(hf_col_node_type(snapshot)[drawing.boxes[i].node], HEAP_FUNCTION);
    assert_int_equal(drawing.boxes[0].num_references, 2 * MANY + 2);
    assert_int_equal(hf_drawing_count_omitted(&drawing, true), 2 * MANY + 2 - 5);
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

static void test_names_need_no_boxes(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id session = heap_add(&heap, HEAP_SESSION), dict = heap_add_dict(&heap, session);
    hf_node_id value = heap_add_str(&heap, "value"), class = heap_add(&heap, HEAP_CLASS);
    heap_set_item(&heap, dict, "name", value);
    hf_builder_add_edge(heap.builder, session, class, HF_NAME_TYPE, "");
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture_options options = usual;
    options.direction = HF_PICTURE_REFERENCES;
    struct hf_drawing drawing = draw(snapshot, session, &options);
    assert_int_equal(drawing.num_boxes, 3);
    assert_non_null(find_arrow(&drawing, session, value));
    assert_non_null(find_arrow(&drawing, session, class));
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

/* Every object refers to every one. */
static void test_arrows_are_bounded(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    for (uint32_t i = 0; i < MANY; i++)
        heap_add(&heap, HEAP_LIST);
    for (uint32_t i = 0; i < MANY; i++)
        for (uint32_t j = 0; j < MANY; j++)
            heap_append(&heap, i, j);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture_options options = usual;
    options.max_nodes = 30;
    options.max_neighbours = 20;
    for (unsigned direction = 0; direction <= HF_PICTURE_REFERENCES; direction++) {
        options.direction = direction;
        struct hf_drawing drawing = draw(snapshot, 7, &options);
        assert_int_equal(drawing.num_boxes, 20);
        assert_int_equal(drawing.num_arrows, 60);
        uint64_t omitted = hf_drawing_count_omitted(&drawing, true) + hf_drawing_count_omitted(&drawing, false);
        assert_int_equal(omitted, 20 * MANY - 60);
        hf_drawing_deinit(&drawing);
    }
    hf_snapshot_destroy(snapshot);
}

/* A tree with nine branches everywhere: room for 30 boxes is shared among the branches. */
static void test_boxes_are_bounded_and_shared(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    for (uint32_t i = 0; i < 91; i++)
        heap_add(&heap, HEAP_LIST);
    for (uint32_t i = 1; i < 91; i++)
        heap_append(&heap, (i - 1) / 9, i);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture_options options = usual;
    options.direction = HF_PICTURE_REFERENCES;
    options.max_nodes = 28;
    struct hf_drawing drawing = draw(snapshot, 0, &options);
    assert_int_equal(drawing.num_boxes, 28);
    assert_int_equal(drawing.boxes[0].num_drawn, 9);
    for (uint32_t i = 1; i < 10; i++) {
        assert_int_equal(drawing.boxes[i].num_references, 9);
        assert_int_equal(drawing.boxes[i].num_drawn, 2);
    }
    assert_int_equal(hf_drawing_count_omitted(&drawing, true), 63);
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

/* other -> module {'x': list}: a module of sys.modules is where a search ends, unless the question is about it. */
static void test_modules_are_not_followed(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id module = heap_add(&heap, HEAP_MODULE), globals = heap_add_dict(&heap, module);
    hf_node_id stray = heap_add(&heap, HEAP_MODULE), list = heap_add(&heap, HEAP_LIST);
    hf_node_id other = heap_add(&heap, HEAP_LIST);
    heap_set_item(&heap, globals, "x", list);
    heap_append(&heap, stray, list);
    heap_append(&heap, other, module);
    heap_append(&heap, other, globals);
    heap_append(&heap, other, stray);
    hf_builder_add_root(heap.builder, module, HF_ROOT_MODULE, "m", HF_NO_FRAME);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_drawing drawing = draw(snapshot, list, &usual);
    assert_int_equal(drawing.num_boxes, 4);
    assert_null(find_arrow(&drawing, other, module));
    assert_non_null(find_arrow(&drawing, other, stray));
    assert_true(drawing.boxes[hf_drawing_find_box(&drawing, module)].is_end);
    assert_int_equal(hf_drawing_count_omitted(&drawing, false), 2);
    hf_drawing_deinit(&drawing);
    drawing = draw(snapshot, module, &usual);
    assert_non_null(find_arrow(&drawing, other, module));
    assert_int_equal(hf_drawing_count_omitted(&drawing, false), 0);
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

static void test_many_selected_objects(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id sessions[MANY], list = heap_add(&heap, HEAP_LIST);
    for (unsigned i = 0; i < MANY; i++) {
        sessions[i] = heap_add(&heap, HEAP_SESSION);
        heap_append(&heap, list, sessions[i]);
    }
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_selection selection = {sessions, MANY, ""};
    struct hf_drawing drawing;
    assert_int_equal(hf_drawing_init(&drawing, snapshot, &usual, NULL), HF_OK);
    assert_int_equal(hf_neighbourhood_add(&drawing, &selection, NULL), HF_OK);
    hf_drawing_mark_selection(&drawing, &selection);
    assert_int_equal(drawing.num_boxes, 11);
    assert_int_equal(drawing.num_selected, MANY);
    assert_int_equal(drawing.num_selected_drawn, 10);
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

/* Naive twin: distances by repeated passes over all edges, with every object a box. */

enum { RANDOM_NODES = 60, RANDOM_EDGES = 90 };

static struct hf_snapshot *make_random(unsigned seed) {
    struct heap heap;
    heap_init(&heap);
    srand(seed);
    for (unsigned i = 0; i < RANDOM_NODES; i++)
        heap_add(&heap, (uint32_t)rand() % 2 == 0 ? HEAP_LIST : HEAP_FUNCTION);
    for (unsigned i = 0; i < RANDOM_EDGES; i++)
        heap_append(&heap, (uint32_t)rand() % RANDOM_NODES, (uint32_t)rand() % RANDOM_NODES);
    return heap_finish(&heap);
}

static void find_distances(const struct hf_graph *graph, hf_node_id focus, bool outwards, unsigned *distance) {
    for (uint32_t i = 0; i < graph->num_nodes; i++)
        distance[i] = i == focus ? 0 : 1000;
    for (uint32_t pass = 0; pass < graph->num_nodes; pass++)
        for (uint32_t u = 0; u < graph->num_nodes; u++)
            for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++) {
                uint32_t near = outwards ? u : graph->target[edge], far = outwards ? graph->target[edge] : u;
                if (distance[near] + 1 < distance[far])
                    distance[far] = distance[near] + 1;
            }
}

static void check_against_twin(const struct hf_snapshot *snapshot, const struct hf_picture_options *options) {
    struct hf_graph graph = hf_graph_of(snapshot);
    bool outwards = options->direction == HF_PICTURE_REFERENCES;
    unsigned distance[RANDOM_NODES];
    find_distances(&graph, 3, outwards, distance);
    struct hf_drawing drawing = draw(snapshot, 3, options);
    uint64_t drawn = 0, omitted = 0, expected_drawn = 0, expected_omitted = 0;
    for (uint32_t u = 0; u < graph.num_nodes; u++) {
        uint32_t box = hf_drawing_find_box(&drawing, u);
        assert_int_equal(box != HF_NO_BOX, distance[u] <= options->depth);
        if (box != HF_NO_BOX)
            assert_int_equal(drawing.boxes[box].depth, distance[u]);
        for (uint32_t edge = graph.row[u]; edge < graph.row[u + 1]; edge++) {
            unsigned near = distance[outwards ? u : graph.target[edge]];
            expected_drawn += near < options->depth;
            expected_omitted += near == options->depth;
        }
    }
    for (uint32_t i = 0; i < drawing.num_arrows; i++)
        drawn += drawing.arrows[i].num_references;
    omitted = hf_drawing_count_omitted(&drawing, false);
    assert_int_equal(drawn, expected_drawn);
    assert_int_equal(omitted, expected_omitted);
    assert_int_equal(hf_drawing_count_omitted(&drawing, true), 0);
    hf_drawing_deinit(&drawing);
}

static void test_against_naive_twin(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 60; seed++) {
        struct hf_snapshot *snapshot = make_random(seed);
        assert_non_null(snapshot);
        struct hf_picture_options options = {.direction = seed % 2, .depth = seed % 6 + 1, .max_neighbours = 90,
                                             .max_nodes = 90};
        check_against_twin(snapshot, &options);
        hf_snapshot_destroy(snapshot);
    }
}

static void test_cancelling(void **state) {
    (void)state;
    struct hf_snapshot *snapshot = make_random(1);
    const struct hf_progress progress = {refuse, NULL};
    struct hf_picture_options options = usual;
    options.progress = &progress;
    struct hf_drawing drawing;
    hf_node_id focus = 3;
    struct hf_selection selection = {&focus, 1, ""};
    assert_int_equal(hf_drawing_init(&drawing, snapshot, &options, NULL), HF_OK);
    assert_int_equal(hf_neighbourhood_add(&drawing, &selection, NULL), HF_ERR_CANCELLED);
    hf_drawing_deinit(&drawing);
    hf_snapshot_destroy(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_owner_and_dict_are_one_box),
        cmocka_unit_test(test_dict_of_two_owners_is_a_box_of_its_own),
        cmocka_unit_test(test_the_telling_ones_survive),
        cmocka_unit_test(test_names_need_no_boxes),
        cmocka_unit_test(test_arrows_are_bounded),
        cmocka_unit_test(test_boxes_are_bounded_and_shared),
        cmocka_unit_test(test_modules_are_not_followed),
        cmocka_unit_test(test_many_selected_objects),
        cmocka_unit_test(test_against_naive_twin),
        cmocka_unit_test(test_cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
