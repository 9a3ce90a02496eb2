/*
 * make_fixture.c - writes small snapshots for the golden tests, the same bytes every time.
 *
 *   make_fixture shop FILE      a leaking service in miniature
 *   make_fixture hostile FILE   names and values that would like to reach the terminal
 *   make_fixture tangle FILE    cycles of several kinds, and objects with many referrers
 *   make_fixture leak FILE      suspects: 100 Sessions in a Registry, tasks that are finished
 *   make_fixture leak-old FILE  the same process before that: 60 Sessions
 *   make_fixture native FILE    what C code holds: one list 1,001 times, 203 Cursors; a dict that counts too little
 *   make_fixture native-old FILE  the same process before 200 calls
 *   make_fixture waste FILE     equal values, empty containers, slots that are not used, a view
 *   make_fixture large FILE     as many objects as make a cache worth while
 *   make_fixture series FOLDER  four moments of a service: shop-00001.hfs, ...
 *   make_fixture sites FOLDER   the same of one under tracemalloc: sessions of two callers, one of which makes ever more
 *
 *   module shop --__dict__--> {'CACHE': Cache, 'LAST': #1}
 *   Cache._shards --> [ {('session', 0): #0, ('session', 2): #2}, {('session', 1): #1, ('session', 3): #3} ]
 *   thread worker-1, handle() at shop.py:31: local session --> #4
 *   #5 <--> a Node, which no root reaches
 *
 *   tangle: families (Parent.children --> [Child, ...], Child.parent --> Parent), three of them garbage, one held by
 *   module app; a ring of 50 Links, held; a function of the module; 40 Subscribers in a list of a Bus, each of which
 *   has the Bus and one topic that all of them share
 *
 *   in the series        moment 1     2     3     4
 *   CACHE._shards[*]     sessions     4     6     8    10      a leak
 *   LOG                  KiB          4     8    12    16      a leak in one object
 *   SEEN                 strings      3     6     6     6      a cache that fills
 *   JOBS                 numbers      2     5     3     6      now and then
 *   RECENT               sessions     3     3     3     3      all of them others each time
 *   WAITING              strings      6     4     2     1      shrinks
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "snapshot/builder.h"

#define BASE_ADDR UINT64_C(0x7f0000000000)
#define NUM_SESSIONS 6

struct maker {
    struct hf_builder *builder;
    uint64_t next_addr;
    uint32_t t_type, t_str, t_int, t_tuple, t_dict, t_list, t_module;
    unsigned moment;         /* of a series, from 0 on */
};

static hf_node_id add(struct maker *maker, uint32_t type, uint64_t size_bytes, uint32_t refcount, uint32_t flags) {
    uint64_t addr = maker->next_addr;
    maker->next_addr += (size_bytes + 15) / 16 * 16;
    return hf_builder_add_node(maker->builder, addr, type, size_bytes, refcount, flags);
}

static hf_node_id add_container(struct maker *maker, uint32_t type, uint64_t size_bytes) {
    return add(maker, type, size_bytes, 1, HF_NODE_GC | HF_NODE_TRACKED);
}

static hf_node_id add_str(struct maker *maker, const char *text) {
    hf_node_id node = add(maker, maker->t_str, 49 + strlen(text), 1, 0);
    hf_builder_add_str(maker->builder, node, text);
    return node;
}

static hf_node_id add_int(struct maker *maker, int64_t value) {
    hf_node_id node = add(maker, maker->t_int, 28, 1, 0);
    hf_builder_add_int(maker->builder, node, value);
    return node;
}

static void add_item(struct maker *maker, hf_node_id dict, hf_node_id key, hf_node_id value) {
    hf_builder_add_edge(maker->builder, dict, key, HF_NAME_KEY, "");
    hf_builder_add_edge(maker->builder, dict, value, HF_NAME_VALUE, "");
}

static void add_attribute(struct maker *maker, hf_node_id owner, const char *name, hf_node_id value) {
    hf_builder_add_edge(maker->builder, owner, value, HF_NAME_ATTRIBUTE, name);
}

static uint32_t add_class(struct maker *maker, const char *name, const char *module) {
    uint32_t type = hf_builder_add_type(maker->builder, name, module, HF_TYPE_HEAP);
    hf_node_id node = add(maker, maker->t_type, 1064, 3, HF_NODE_GC | HF_NODE_TRACKED | HF_NODE_TYPE);
    hf_builder_set_type_node(maker->builder, type, node);
    return type;
}

static void init(struct maker *maker) {
    struct hf_builder *b = hf_builder_create();
    *maker = (struct maker){.builder = b, .next_addr = BASE_ADDR};
    maker->t_type = hf_builder_add_type(b, "type", "builtins", HF_TYPE_TYPE);
    maker->t_str = hf_builder_add_type(b, "str", "builtins", HF_TYPE_STR);
    maker->t_int = hf_builder_add_type(b, "int", "builtins", HF_TYPE_INT);
    maker->t_tuple = hf_builder_add_type(b, "tuple", "builtins", HF_TYPE_TUPLE);
    maker->t_dict = hf_builder_add_type(b, "dict", "builtins", HF_TYPE_DICT);
    maker->t_list = hf_builder_add_type(b, "list", "builtins", HF_TYPE_LIST);
    maker->t_module = hf_builder_add_type(b, "module", "builtins", HF_TYPE_MODULE);
}

/* A module with its dict, a root. Gives the dict. */
static hf_node_id add_module(struct maker *maker, const char *name) {
    hf_node_id module = add_container(maker, maker->t_module, 72);
    hf_node_id dict = add_container(maker, maker->t_dict, 232);
    hf_builder_add_edge(maker->builder, module, dict, HF_NAME_DICT, "__dict__");
    hf_builder_add_root(maker->builder, module, HF_ROOT_MODULE, name, HF_NO_FRAME);
    hf_node_id own_name = add_str(maker, name);
    add_item(maker, dict, add_str(maker, "__name__"), own_name);
    return dict;
}

static hf_node_id add_session(struct maker *maker, uint32_t t_session, unsigned number) {
    char user[16];
    snprintf(user, sizeof user, "user-%u", number);
    hf_node_id session = add(maker, t_session, 152, 2, HF_NODE_GC | HF_NODE_TRACKED);
    add_attribute(maker, session, "user", add_str(maker, user));
    add_attribute(maker, session, "number", add_int(maker, number));
    return session;
}

static void put_session(struct maker *maker, hf_node_id shard, hf_node_id session, unsigned number) {
    hf_node_id key = add_container(maker, maker->t_tuple, 56);
    hf_builder_add_edge(maker->builder, key, add_str(maker, "session"), HF_NAME_ITEM, "");
    hf_builder_add_edge(maker->builder, key, add_int(maker, number), HF_NAME_ITEM, "");
    add_item(maker, shard, key, session);
}

static void add_worker(struct maker *maker, hf_node_id session) {
    struct hf_builder *b = maker->builder;
    uint32_t main_thread = hf_builder_add_thread(b, 0x7f1000, "MainThread", true);
    hf_builder_add_frame(b, main_thread, 0, "serve", "shop.py", 58);
    uint32_t worker = hf_builder_add_thread(b, 0x7f2000, "worker-1", false);
    uint32_t frame = hf_builder_add_frame(b, worker, 0, "handle", "shop.py", 31);
    hf_builder_add_frame(b, worker, 1, "Thread.run", "threading.py", 982);
    hf_builder_add_root(b, session, HF_ROOT_FRAME, "session", frame);
}

static void fill_shop(struct maker *maker) {
    uint32_t t_cache = add_class(maker, "shop.cache.Cache", "shop.cache");
    uint32_t t_session = add_class(maker, "shop.cache.Session", "shop.cache");
    uint32_t t_node = add_class(maker, "shop.tree.Node", "shop.tree");
    hf_node_id globals = add_module(maker, "shop");
    hf_node_id cache = add_container(maker, t_cache, 48);
    add_item(maker, globals, add_str(maker, "CACHE"), cache);
    hf_node_id shards = add_container(maker, maker->t_list, 72);
    add_attribute(maker, cache, "_shards", shards);
    hf_node_id shard[2];
    for (unsigned i = 0; i < 2; i++) {
        shard[i] = add_container(maker, maker->t_dict, 2272);
        hf_builder_add_edge(maker->builder, shards, shard[i], HF_NAME_ITEM, "");
    }
    hf_node_id sessions[NUM_SESSIONS];
    for (unsigned i = 0; i < NUM_SESSIONS; i++)
        sessions[i] = add_session(maker, t_session, i);
    for (unsigned i = 0; i < 4; i++)
        put_session(maker, shard[i % 2], sessions[i], i);
    add_item(maker, globals, add_str(maker, "LAST"), sessions[1]);
    add_worker(maker, sessions[4]);
    hf_node_id node = add_container(maker, t_node, 48);
    add_attribute(maker, node, "session", sessions[5]);
    add_attribute(maker, sessions[5], "node", node);
}

/* In a series an object has the same address in each moment: one of its own for each of its kind. */
static void move_to(struct maker *maker, unsigned kind, unsigned index) {
    maker->next_addr = BASE_ADDR + (kind + 1) * UINT64_C(0x100000) + index * UINT64_C(0x400);
}

enum { SHARDS = 2 };

struct series {
    hf_node_id names[6], containers[6], shards[SHARDS];
    uint32_t t_session;
};

static void add_containers(struct maker *maker, struct series *series) {
    static const char *const names[] = {"CACHE", "LOG", "SEEN", "JOBS", "RECENT", "WAITING"};
    uint32_t t_set = hf_builder_add_type(maker->builder, "set", "builtins", HF_TYPE_SET);
    uint32_t t_bytearray = hf_builder_add_type(maker->builder, "bytearray", "builtins", 0);
    uint32_t t_cache = add_class(maker, "shop.cache.Cache", "shop.cache");
    series->t_session = add_class(maker, "shop.cache.Session", "shop.cache");
    hf_node_id globals = add_module(maker, "shop");
    const uint32_t types[] = {t_cache, t_bytearray, t_set, maker->t_list, maker->t_list, maker->t_list};
    for (unsigned i = 0; i < 6; i++) {
        move_to(maker, 0, 2 * i);
        series->names[i] = add_str(maker, names[i]);
        move_to(maker, 0, 2 * i + 1);
        series->containers[i] = i == 1 ? add(maker, t_bytearray, 57 + 4096 * (maker->moment + 1), 1, 0)
                                       : add_container(maker, types[i], 72);
        add_item(maker, globals, series->names[i], series->containers[i]);
    }
}

static void add_shards(struct maker *maker, struct series *series) {
    move_to(maker, 1, 0);
    hf_node_id shards = add_container(maker, maker->t_list, 72);
    add_attribute(maker, series->containers[0], "_shards", shards);
    for (unsigned i = 0; i < SHARDS; i++) {
        series->shards[i] = add_container(maker, maker->t_dict, 232);
        hf_builder_add_edge(maker->builder, shards, series->shards[i], HF_NAME_ITEM, "");
    }
    for (unsigned i = 0; i < 4 + 2 * maker->moment; i++) {
        move_to(maker, 2, i);
        hf_node_id session = add_session(maker, series->t_session, i);
        put_session(maker, series->shards[i % SHARDS], session, i);
    }
}

/* `count` items of a container: strings, or numbers. */
static void add_values(struct maker *maker, const struct series *series, unsigned container, unsigned count,
                       enum hf_name_kind kind) {
    for (unsigned i = 0; i < count; i++) {
        char text[24];
        snprintf(text, sizeof text, "value-%u", i);
        move_to(maker, 2 + container, i);
        hf_node_id value = container == 3 ? add_int(maker, 1000 + (int)i) : add_str(maker, text);
        hf_builder_add_edge(maker->builder, series->containers[container], value, kind, "");
    }
}

static void fill_series(struct maker *maker) {
    static const unsigned seen[] = {3, 6, 6, 6}, jobs[] = {2, 5, 3, 6}, waiting[] = {6, 4, 2, 1};
    struct series series;
    add_containers(maker, &series);
    add_shards(maker, &series);
    add_values(maker, &series, 2, seen[maker->moment], HF_NAME_MEMBER);
    add_values(maker, &series, 3, jobs[maker->moment], HF_NAME_ITEM);
    for (unsigned i = 0; i < 3; i++) {
        move_to(maker, 6, 3 * maker->moment + i);
        hf_builder_add_edge(maker->builder, series.containers[4],
                            add_session(maker, series.t_session, 100 + 3 * maker->moment + i), HF_NAME_ITEM, "");
    }
    add_values(maker, &series, 5, waiting[maker->moment], HF_NAME_ITEM);
}

static void fill_hostile(struct maker *maker) {
    uint32_t t_evil = add_class(maker, "shop.\033[31mEvil\007", "shop");
    hf_node_id globals = add_module(maker, "sh\033]0;title\007op");
    hf_node_id list = add_container(maker, maker->t_list, 72);
    add_item(maker, globals, add_str(maker, "it's \"quoted\"\n\\ \033[2J"), list);
    hf_builder_add_edge(maker->builder, list, add_str(maker, "日本語 \xF0\x9F\x98\x80 <&> \xC2\x9B"), HF_NAME_ITEM, "");
    hf_builder_add_edge(maker->builder, list, add_container(maker, t_evil, 48), HF_NAME_ITEM, "");
    uint32_t t_csv = add_class(maker, "shop.a,\"b\"\r\nc, d", "shop");
    hf_builder_add_edge(maker->builder, list, add_container(maker, t_csv, 48), HF_NAME_ITEM, "");
}

static void add_family(struct maker *maker, hf_node_id parent, uint32_t t_child, unsigned num_children) {
    hf_node_id children = add_container(maker, maker->t_list, 56 + 8 * num_children);
    add_attribute(maker, parent, "children", children);
    for (unsigned i = 0; i < num_children; i++) {
        hf_node_id child = add_container(maker, t_child, 48);
        hf_builder_add_edge(maker->builder, children, child, HF_NAME_ITEM, "");
        add_attribute(maker, child, "parent", parent);
    }
}

static hf_node_id add_ring(struct maker *maker, uint32_t t_link, unsigned count) {
    hf_node_id first = add_container(maker, t_link, 48), last = first;
    for (unsigned i = 1; i < count; i++) {
        hf_node_id link = add_container(maker, t_link, 48);
        add_attribute(maker, last, "next", link);
        last = link;
    }
    add_attribute(maker, last, "next", first);
    return first;
}

static hf_node_id add_bus(struct maker *maker, hf_node_id topic, unsigned num_subscribers) {
    uint32_t t_bus = add_class(maker, "app.bus.Bus", "app.bus");
    uint32_t t_subscriber = add_class(maker, "app.bus.Subscriber", "app.bus");
    hf_node_id bus = add_container(maker, t_bus, 48);
    hf_node_id subscribers = add_container(maker, maker->t_list, 56 + 8 * num_subscribers);
    add_attribute(maker, bus, "_subscribers", subscribers);
    for (unsigned i = 0; i < num_subscribers; i++) {
        hf_node_id subscriber = add_container(maker, t_subscriber, 64);
        hf_node_id dict = add_container(maker, maker->t_dict, 104);
        hf_builder_add_edge(maker->builder, subscriber, dict, HF_NAME_DICT, "__dict__");
        add_attribute(maker, dict, "bus", bus);
        add_attribute(maker, dict, "topic", topic);
        add_attribute(maker, dict, "number", add_int(maker, i));
        hf_builder_add_edge(maker->builder, subscribers, subscriber, HF_NAME_ITEM, "");
    }
    return bus;
}

static void fill_tangle(struct maker *maker) {
    uint32_t t_parent = add_class(maker, "app.tree.Parent", "app.tree");
    uint32_t t_child = add_class(maker, "app.tree.Child", "app.tree");
    uint32_t t_link = add_class(maker, "app.tree.Link", "app.tree");
    uint32_t t_function = hf_builder_add_type(maker->builder, "function", "builtins", HF_TYPE_FUNCTION);
    hf_node_id globals = add_module(maker, "app");
    for (unsigned i = 0; i < 4; i++) {
        hf_node_id parent = add_container(maker, t_parent, 48);
        add_family(maker, parent, t_child, i + 1);
        if (i == 0)
            add_item(maker, globals, add_str(maker, "FAMILY"), parent);
    }
    hf_node_id ring = add_ring(maker, t_link, 50);
    add_item(maker, globals, add_str(maker, "RING"), ring);
    hf_node_id function = add_container(maker, t_function, 160);
    add_attribute(maker, function, "__globals__", globals);
    add_item(maker, globals, add_str(maker, "main"), function);
    hf_node_id topic = add_str(maker, "orders");
    add_item(maker, globals, add_str(maker, "TOPIC"), topic);
    hf_node_id bus = add_bus(maker, topic, 40);
    add_item(maker, globals, add_str(maker, "BUS"), bus);
}

static void add_list(struct maker *maker, hf_node_id globals, const char *name, unsigned num_slots) {
    hf_node_id list = add_container(maker, maker->t_list, 56 + 8 * num_slots);
    add_item(maker, globals, add_str(maker, name), list);
}

/* A dict with a table of 5 or 341 slots, of which `used` are. */
static hf_node_id add_table(struct maker *maker, bool is_large, unsigned used) {
    hf_node_id dict = add_container(maker, maker->t_dict, is_large ? 6576 : 184);
    for (unsigned i = 0; i < used; i++) {
        hf_node_id value = add_int(maker, 100 + (int)i);
        add_item(maker, dict, add_int(maker, (int)i), value);
    }
    return dict;
}

static void fill_waste(struct maker *maker) {
    uint32_t t_set = hf_builder_add_type(maker->builder, "set", "builtins", HF_TYPE_SET);
    uint32_t t_request = add_class(maker, "shop.http.Request", "shop.http");
    hf_node_id globals = add_module(maker, "shop");
    hf_node_id requests = add_container(maker, maker->t_list, 56 + 16 * 8);
    add_item(maker, globals, add_str(maker, "REQUESTS"), requests);
    for (unsigned i = 0; i < 12; i++) {
        hf_node_id request = add_container(maker, t_request, 64), route = add_container(maker, maker->t_tuple, 56);
        hf_builder_add_edge(maker->builder, requests, request, HF_NAME_ITEM, "");
        add_attribute(maker, request, "method", add_str(maker, i % 4 == 0 ? "POST" : "GET"));
        add_attribute(maker, request, "route", route);
        hf_builder_add_edge(maker->builder, route, add_str(maker, "/cart"), HF_NAME_ITEM, "");
        hf_builder_add_edge(maker->builder, route, add_int(maker, i % 3), HF_NAME_ITEM, "");
        add_attribute(maker, request, "headers", add_table(maker, false, i % 3));
        add_attribute(maker, request, "seen", add_container(maker, t_set, i == 0 ? 728 : 216));
    }
    hf_builder_add_room(maker->builder, (struct hf_room_record){t_request, 24, 272, 0});
    uint32_t t_view = hf_builder_add_type(maker->builder, "memoryview", "builtins", 0);
    uint32_t t_bytes = hf_builder_add_type(maker->builder, "bytes", "builtins", HF_TYPE_BYTES);
    hf_node_id view = add_container(maker, t_view, 184), buffer = add(maker, t_bytes, 1048609, 1, 0);
    add_item(maker, globals, add_str(maker, "HEADER"), view);
    hf_builder_add_edge(maker->builder, view, buffer, HF_NAME_FIELD, "buffer of");
    hf_builder_add_view(maker->builder, view, 16);
    hf_node_id routes = add_table(maker, true, 7);
    add_item(maker, globals, add_str(maker, "ROUTES"), routes);
    add_list(maker, globals, "LOG", 4096);
}

/* What suspects is asked about. Sessions come last, so that all else has the same address in both. */
struct leak {
    struct maker *maker;
    uint32_t t_registry, t_session, t_task, t_bytearray, t_function, t_code, t_coroutine;
    hf_node_id registry_class;
};

static void add_file(struct leak *leak, hf_node_id globals, const char *file) {
    hf_node_id path = add_str(leak->maker, file);
    add_item(leak->maker, globals, add_str(leak->maker, "__file__"), path);
}

/* A method whose code uses a name. */
static void add_method(struct leak *leak, hf_node_id class_dict, const char *qualified, const char *used) {
    struct maker *maker = leak->maker;
    hf_node_id function = add_container(maker, leak->t_function, 160), code = add_container(maker, leak->t_code, 240);
    hf_node_id names = add_container(maker, maker->t_tuple, 48);
    add_item(maker, class_dict, add_str(maker, strchr(qualified, '.') + 1), function);
    add_attribute(maker, function, "__code__", code);
    add_attribute(maker, code, "co_qualname", add_str(maker, qualified));
    add_attribute(maker, code, "co_filename", add_str(maker, "/srv/shop/registry.py"));
    add_attribute(maker, code, "co_names", names);
    hf_builder_add_edge(maker->builder, names, add_str(maker, used), HF_NAME_ITEM, "");
}

static void add_registry_class(struct leak *leak, hf_node_id globals) {
    struct maker *maker = leak->maker;
    hf_node_id class_node = leak->registry_class, dict = add_container(maker, maker->t_dict, 352);
    add_item(maker, globals, add_str(maker, "Registry"), class_node);
    hf_builder_add_edge(maker->builder, class_node, dict, HF_NAME_DICT, "__dict__");
    add_method(leak, dict, "Registry.login", "sessions");
    add_method(leak, dict, "Registry.logout", "sessions");
    add_method(leak, dict, "Registry.close", "lock");
}

static void add_task(struct leak *leak, hf_node_id list, unsigned number) {
    struct maker *maker = leak->maker;
    hf_node_id task = add_container(maker, leak->t_task, 192), coroutine = add_container(maker, leak->t_coroutine, 208);
    hf_builder_add_edge(maker->builder, list, task, HF_NAME_ITEM, "");
    add_attribute(maker, task, "_coro", coroutine);
    hf_builder_add_edge(maker->builder, task, add_int(maker, number), HF_NAME_FIELD, "result");
}

static void add_leaked_session(struct leak *leak, hf_node_id sessions, unsigned number) {
    struct maker *maker = leak->maker;
    hf_node_id session = add_container(maker, leak->t_session, 56);
    add_item(maker, sessions, add_int(maker, 70000 + number), session);
    add_attribute(maker, session, "pages", add(maker, leak->t_bytearray, 2057, 1, 0));
}

static void add_leak_types(struct leak *leak) {
    struct hf_builder *b = leak->maker->builder;
    leak->t_registry = hf_builder_add_type(b, "shop.registry.Registry", "shop.registry", HF_TYPE_HEAP);
    leak->registry_class = add(leak->maker, leak->maker->t_type, 1064, 3, HF_NODE_GC | HF_NODE_TRACKED | HF_NODE_TYPE);
    hf_builder_set_type_node(b, leak->t_registry, leak->registry_class);
    leak->t_session = hf_builder_add_type(b, "shop.registry.Session", "shop.registry", HF_TYPE_HEAP);
    leak->t_task = hf_builder_add_type(b, "_asyncio.Task", "_asyncio", 0);
    leak->t_coroutine = hf_builder_add_type(b, "coroutine", "builtins", HF_TYPE_COROUTINE);
    leak->t_bytearray = hf_builder_add_type(b, "bytearray", "builtins", 0);
    leak->t_function = hf_builder_add_type(b, "function", "builtins", HF_TYPE_FUNCTION);
    leak->t_code = hf_builder_add_type(b, "code", "builtins", HF_TYPE_CODE);
}

static void fill_leak_with(struct maker *maker, unsigned num_sessions) {
    struct leak leak = {.maker = maker};
    add_leak_types(&leak);
    hf_node_id registry_globals = add_module(maker, "shop.registry"), jobs_globals = add_module(maker, "shop.jobs");
    hf_node_id registry = add_container(maker, leak.t_registry, 48);
    hf_node_id sessions = add_container(maker, maker->t_dict, 4704);
    hf_node_id tasks = add_container(maker, maker->t_list, 376);
    add_file(&leak, registry_globals, "/srv/shop/registry.py");
    add_file(&leak, jobs_globals, "/srv/shop/jobs.py");
    add_registry_class(&leak, registry_globals);
    add_item(maker, registry_globals, add_str(maker, "REGISTRY"), registry);
    add_attribute(maker, registry, "sessions", sessions);
    add_item(maker, jobs_globals, add_str(maker, "TASKS"), tasks);
    for (unsigned i = 0; i < 100; i++)
        add_task(&leak, tasks, i);
    for (unsigned i = 0; i < num_sessions; i++)
        add_leaked_session(&leak, sessions, i);
}

static void fill_leak(struct maker *maker) {
    fill_leak_with(maker, 100);
}

static void fill_old_leak(struct maker *maker) {
    fill_leak_with(maker, 60);
}

/* A module whose variables C code uses, before `num_calls` calls of a function that keeps what it should not. */
static void fill_native_after(struct maker *maker, unsigned num_calls) {
    struct hf_builder *b = maker->builder;
    uint32_t t_cursor = hf_builder_add_type(b, "_db.Cursor", "_db", 0);
    uint32_t t_none = hf_builder_add_type(b, "NoneType", "builtins", 0);
    hf_node_id globals = add_module(maker, "app");
    hf_node_id pool = add(maker, maker->t_list, 72, 2 + 5 * num_calls, HF_NODE_GC | HF_NODE_TRACKED);
    hf_node_id settings = add_container(maker, maker->t_dict, 232), none = add(maker, t_none, 16, 500, HF_NODE_IMMORTAL);
    add_item(maker, globals, add_str(maker, "POOL"), pool);
    add_item(maker, globals, add_str(maker, "SETTINGS"), settings);
    hf_builder_add_edge(b, pool, settings, HF_NAME_ITEM, "");
    hf_builder_add_edge(b, pool, none, HF_NAME_ITEM, "");
    hf_builder_add_root(b, none, HF_ROOT_IMMORTAL, "", HF_NO_FRAME);
    hf_builder_add_outside(b, pool, 1, HF_NAME_FIELD, "_db.so: pool");
    if (num_calls > 0)
        hf_builder_add_outside(b, pool, 5 * num_calls, HF_NAME_NONE, "");
    hf_builder_add_outside(b, add_str(maker, "rows"), 1, HF_NAME_FIELD, "_db.so: 0x4010");
    hf_builder_add_outside(b, add_str(maker, "fetch"), 2, HF_NAME_NONE, "");
    for (unsigned i = 0; i < 3 + num_calls; i++)
        hf_builder_add_outside(b, add(maker, t_cursor, 64, 1, 0), 1, HF_NAME_NONE, "");
}

static void fill_native(struct maker *maker) {
    fill_native_after(maker, 200);
}

static void fill_old_native(struct maker *maker) {
    fill_native_after(maker, 0);
}

static void fill_large(struct maker *maker) {
    uint32_t t_row = add_class(maker, "shop.Row", "shop");
    hf_node_id globals = add_module(maker, "shop");
    hf_node_id list = add_container(maker, maker->t_list, 4000072);
    add_item(maker, globals, add_str(maker, "ROWS"), list);
    for (unsigned i = 0; i < 500000; i++)
        hf_builder_add_edge(maker->builder, list, add(maker, t_row, 48, 1, HF_NODE_GC), HF_NAME_ITEM, "");
}

static bool set_text(struct hf_snapshot *snapshot, const char *text, hf_text_id *out) {
    return hf_snapshot_add_text(snapshot, text, strlen(text), out);
}

/*
 *   main.py:58 in serve  <-  shop/cache.py:31 in Cache.add  <-  older frames      2 sessions in each moment
 *   jobs.py:7 in tick    <-  shop/cache.py:31 in Cache.add                        2, 4, 6, 8: a leak
 *   shop/user.py:7 in User.__init__  <-  Cache.add of either                      the text of each session
 *   main.py:3                                                                     the list that has them all
 */
static void fill_sites(struct maker *maker) {
    struct hf_builder *b = maker->builder;
    uint32_t serve = hf_builder_add_site(b, HF_SITE_CUT, "main.py", 58, "serve");
    uint32_t tick = hf_builder_add_site(b, HF_NO_SITE, "jobs.py", 7, "tick");
    uint32_t add_of[] = {hf_builder_add_site(b, serve, "shop/cache.py", 31, "Cache.add"),
                         hf_builder_add_site(b, tick, "shop/cache.py", 31, "Cache.add")};
    uint32_t user_of[] = {hf_builder_add_site(b, add_of[0], "shop/user.py", 7, "User.__init__"),
                          hf_builder_add_site(b, add_of[1], "shop/user.py", 7, "User.__init__")};
    uint32_t module_line = hf_builder_add_site(b, HF_NO_SITE, "main.py", 3, "");
    uint32_t t_session = add_class(maker, "shop.cache.Session", "shop.cache");
    hf_node_id dict = add_module(maker, "shop"), all = add_container(maker, maker->t_list, 120);
    add_item(maker, dict, add_str(maker, "SESSIONS"), all);
    hf_builder_set_site(b, all, module_line);
    for (unsigned i = 0; i < 4 + 2 * maker->moment; i++) {
        hf_node_id session = add_session(maker, t_session, i);
        hf_builder_add_edge(b, all, session, HF_NAME_ITEM, "");
        hf_builder_set_site(b, session, add_of[i >= 2]);
        hf_builder_set_site(b, session + 1, user_of[i >= 2]);
    }
}

static bool set_origin(struct hf_snapshot *snapshot, unsigned moment) {
    struct hf_origin *origin = &snapshot->origin;
    origin->pid = 4711;
    origin->taken_at_ns = UINT64_C(1790000000000000000) + moment * UINT64_C(10000000000);
    origin->pause_ns = 34100000;
    origin->cpu_ns = 120500000;
    origin->resident_bytes = UINT64_C(512) << 20;
    origin->capture_bytes = UINT64_C(24) << 20;
    origin->num_checked = 1000;
    origin->num_exact = 975;
    origin->has_previews = true;
    bool done = set_text(snapshot, "3.11.7", &snapshot->origin_python) &&
                set_text(snapshot, "in-process", &snapshot->origin_method) &&
                set_text(snapshot, "shop.py --port 80", &snapshot->origin_program) &&
                set_text(snapshot, "linux-x86_64", &snapshot->origin_platform);
    hf_snapshot_seal(snapshot);
    return done;
}

static int write_moment(void (*fill)(struct maker *), unsigned moment, const char *path) {
    struct maker maker;
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error = {0};
    init(&maker);
    maker.moment = moment;
    fill(&maker);
    enum hf_status status = hf_builder_finish(maker.builder, &snapshot, &error);
    hf_builder_destroy(maker.builder);
    if (status == HF_OK && !set_origin(snapshot, moment))
        status = HF_ERR_NOMEM;
    if (status == HF_OK)
        status = hf_snapshot_save(snapshot, path, NULL, &error);
    hf_snapshot_destroy(snapshot);
    if (status != HF_OK)
        fprintf(stderr, "make_fixture: %s: %s\n", hf_status_name(status), error.message);
    return status == HF_OK ? 0 : 1;
}

static int write_series(void (*fill)(struct maker *), const char *folder) {
    int failed = mkdir(folder, 0777);
    for (unsigned moment = 0; moment < 4 && !failed; moment++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/shop-%05u.hfs", folder, moment + 1);
        failed = write_moment(fill, moment, path);
    }
    return failed != 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "shop") == 0)
        return write_moment(fill_shop, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "hostile") == 0)
        return write_moment(fill_hostile, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "tangle") == 0)
        return write_moment(fill_tangle, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "leak") == 0)
        return write_moment(fill_leak, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "leak-old") == 0)
        return write_moment(fill_old_leak, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "native") == 0)
        return write_moment(fill_native, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "native-old") == 0)
        return write_moment(fill_old_native, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "waste") == 0)
        return write_moment(fill_waste, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "large") == 0)
        return write_moment(fill_large, 0, argv[2]);
    if (argc == 3 && strcmp(argv[1], "series") == 0)
        return write_series(fill_series, argv[2]);
    if (argc == 3 && strcmp(argv[1], "sites") == 0)
        return write_series(fill_sites, argv[2]);
    fprintf(stderr, "usage: make_fixture shop|hostile|tangle|leak|leak-old|native|native-old|waste|large FILE,\n"
                    "       make_fixture series|sites FOLDER\n");
    return 2;
}
