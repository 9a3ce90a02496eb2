/* test_modules.c - whose code a module is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analysis/modules.h"
#include "world.h"

static hf_node_id add_named_module(struct world *world, const char *name) {
    hf_node_id dict;
    (void)add_module(world, name, &dict);
    return dict;
}

static void add_file(struct world *world, const char *name, const char *file) {
    set_attribute(world, add_named_module(world, name), "__file__", add_str(world, file));
}

/* sys of a virtual environment in /srv/shop/venv, on a Python in /usr. */
static void add_sys(struct world *world) {
    hf_node_id sys = add_named_module(world, "sys"), names = add_node(world, T_NODE);
    set_attribute(world, sys, "base_prefix", add_str(world, "/usr"));
    set_attribute(world, sys, "prefix", add_str(world, "/srv/shop/venv"));
    set_attribute(world, sys, "stdlib_module_names", names);
    link_nodes(world, names, add_str(world, "this"), HF_NAME_MEMBER, "");
    link_nodes(world, names, add_str(world, "xml"), HF_NAME_MEMBER, "");
}

/* What is asked for, and what is expected. */
struct wanted {
    const char *name;
    enum hf_module_origin origin;
};

static void check_all(struct world *world, const struct wanted *wanted, size_t count) {
    finish_world(world);
    struct hf_modules modules;
    struct hf_error error;
    assert_int_equal(hf_modules_init(&modules, world->snapshot, &error), HF_OK);
    for (size_t i = 0; i < count; i++)
        if (hf_modules_origin(&modules, wanted[i].name) != wanted[i].origin)
            fail_msg("%s is taken for %d", wanted[i].name, (int)hf_modules_origin(&modules, wanted[i].name));
    hf_modules_deinit(&modules);
    end_world(world);
}

static void test_files_decide(void **state) {
    (void)state;
    struct world world = begin_world();
    add_sys(&world);
    add_file(&world, "app", "/srv/shop/app.py");
    add_file(&world, "app2", "/usr/lib/shop/app2.py");
    add_file(&world, "test", "/srv/lib/python3.11/test.py");      /* no prefix leads there */
    add_file(&world, "json", "/usr/lib/python3.11/json/__init__.py");
    add_file(&world, "mmap", "/usr/lib64/python3.11/lib-dynload/mmap.so");
    add_file(&world, "django", "/srv/shop/venv/lib/python3.11/site-packages/django/__init__.py");
    add_file(&world, "yaml", "/usr/lib/python3/dist-packages/yaml/__init__.py");
    add_file(&world, "holdfast", "/srv/tools/holdfast/__init__.py");
    const struct wanted wanted[] = {
        {"app", HF_MODULE_APPLICATION}, {"app2", HF_MODULE_APPLICATION}, {"test", HF_MODULE_APPLICATION},
        {"json", HF_MODULE_PYTHON},     {"mmap", HF_MODULE_PYTHON},      {"django", HF_MODULE_PACKAGE},
        {"yaml", HF_MODULE_PACKAGE},    {"holdfast", HF_MODULE_PYTHON},
    };
    check_all(&world, wanted, sizeof wanted / sizeof *wanted);
}

static void test_modules_without_a_file(void **state) {
    (void)state;
    struct world world = begin_world();
    add_sys(&world);
    (void)add_named_module(&world, "__main__");
    set_attribute(&world, add_named_module(&world, "builtins"), "__loader__", add_node(&world, T_TYPE));
    set_attribute(&world, add_named_module(&world, "zipped"), "__loader__", add_node(&world, T_NODE));
    (void)add_named_module(&world, "xml.sax");
    hf_node_id spec = add_node(&world, T_NODE), frozen = add_node(&world, T_NODE);
    set_attribute(&world, add_named_module(&world, "space"), "__spec__", spec);
    link_nodes(&world, spec, add_str(&world, "/srv/shop/space"), HF_NAME_ATTRIBUTE, "origin");
    set_attribute(&world, add_named_module(&world, "made"), "__spec__", frozen);
    link_nodes(&world, frozen, add_str(&world, "built-in"), HF_NAME_ATTRIBUTE, "origin");
    const struct wanted wanted[] = {
        {"__main__", HF_MODULE_APPLICATION}, {"builtins", HF_MODULE_PYTHON},   {"zipped", HF_MODULE_UNKNOWN},
        {"xml.sax", HF_MODULE_PYTHON},       {"space", HF_MODULE_APPLICATION}, {"made", HF_MODULE_UNKNOWN},
        {"nowhere", HF_MODULE_UNKNOWN},      {"", HF_MODULE_UNKNOWN},
    };
    check_all(&world, wanted, sizeof wanted / sizeof *wanted);
}

/* A script that has run has no __file__ any more; what started it is in sys.argv, perhaps as a relative path. */
static void test_a_script_that_has_run(void **state) {
    (void)state;
    struct world world = begin_world();
    (void)add_named_module(&world, "__main__");
    hf_node_id sys = add_named_module(&world, "sys"), argv = add_node(&world, T_LIST);
    set_attribute(&world, sys, "argv", argv);
    link_nodes(&world, argv, add_str(&world, "leaks/listener.py"), HF_NAME_ITEM, "");
    finish_world(&world);
    struct hf_modules modules;
    assert_int_equal(hf_modules_init(&modules, world.snapshot, NULL), HF_OK);
    const char *file = "/srv/leaks/listener.py";
    assert_string_equal(hf_modules_find_file(&modules, file, strlen(file))->name, "__main__");
    assert_null(hf_modules_find_file(&modules, "/srv/xleaks/listener.py", 23));
    assert_int_equal(hf_modules_origin(&modules, "__main__"), HF_MODULE_APPLICATION);
    hf_modules_deinit(&modules);
    end_world(&world);
}

static void test_the_package_around_it(void **state) {
    (void)state;
    struct world world = begin_world();
    add_sys(&world);
    add_file(&world, "six", "/usr/lib/python3/dist-packages/six.py");
    (void)add_named_module(&world, "six.moves");
    add_file(&world, "app", "/srv/app/__init__.py");
    add_file(&world, "application", "/usr/lib/python3/dist-packages/application.py");
    const struct wanted wanted[] = {
        {"six.moves", HF_MODULE_PACKAGE},     {"six.moves.urllib.parse", HF_MODULE_PACKAGE},
        {"app.models", HF_MODULE_APPLICATION}, {"app", HF_MODULE_APPLICATION},
        {"applied", HF_MODULE_UNKNOWN},        {"ap", HF_MODULE_UNKNOWN},
    };
    check_all(&world, wanted, sizeof wanted / sizeof *wanted);
}

/* Without sys a folder of that kind has to do. */
static void test_without_prefixes(void **state) {
    (void)state;
    struct world world = begin_world();
    add_file(&world, "json", "/opt/lib/python3.12/json/__init__.py");
    add_file(&world, "app", "/opt/app.py");
    const struct wanted wanted[] = {{"json", HF_MODULE_PYTHON}, {"app", HF_MODULE_APPLICATION}};
    check_all(&world, wanted, sizeof wanted / sizeof *wanted);
}

static void test_memory_runs_out(void **state) {
    (void)state;
    struct world world = begin_world();
    add_file(&world, "app", "/opt/app.py");
    finish_world(&world);
    struct hf_modules modules;
    hf_memory_fail_after(1);
    enum hf_status status = hf_modules_init(&modules, world.snapshot, NULL);
    hf_memory_fail_after(0);
    assert_int_equal(status, HF_ERR_NOMEM);
    hf_modules_deinit(&modules);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_decide),         cmocka_unit_test(test_modules_without_a_file),
        cmocka_unit_test(test_a_script_that_has_run),
        cmocka_unit_test(test_the_package_around_it), cmocka_unit_test(test_without_prefixes),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
