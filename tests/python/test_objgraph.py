"""holdfast.objgraph against objgraph on the same heap: what they give, what they print, what they draw.

The functions of one answer after those of the other, in a process where both are at home. An answer that is still alive
is made of objects as well, so that the first one is kept as a text or as addresses. objgraph counts a cell of its own
in some answers, and what get_new_ids keeps is counted by the other.
"""
import ast
import contextlib
import gc
import importlib
import inspect
import io
import os
import pathlib
import random
import re
import subprocess
import sys
import types

import holdfast
import pytest
from holdfast import _core
from holdfast import objgraph as ours

theirs = importlib.import_module("objgraph")

PUBLIC = ["count", "typestats", "most_common_types", "show_most_common_types", "growth", "show_growth", "get_new_ids",
          "get_leaking_objects", "by_type", "at", "at_addrs", "find_ref_chain", "find_backref_chain", "show_refs",
          "show_backrefs", "show_chain", "is_proper_module"]
BOTH = pytest.mark.parametrize("module", [theirs, ours], ids=["objgraph", "holdfast"])


class Plain:
    pass


class Slotted:
    __slots__ = ("first", "second")


class Graph:
    """Random containers below a module of their own, every one reachable from it."""

    def __init__(self, seed, num_nodes):
        self.random = random.Random(seed)
        module = sys.modules["objgraph_test_graph"] = types.ModuleType("objgraph_test_graph")
        self.nodes = [[], {}]
        module.ROOTS = self.nodes[0], self.nodes[1]
        while len(self.nodes) < num_nodes:
            self.add_node()
        gc.collect()

    def add_node(self):
        others = [self.random.choice(self.nodes) for _ in range(3)]
        plain, slotted = Plain(), Slotted()
        plain.first, plain.second = others[:2]
        slotted.first, slotted.second = others[1:]
        made = [[others[0], others[1], others[0]], {"key": others[0], 7: others[1], ("a", 1): others[2]}, tuple(others),
                plain, slotted, types.MethodType(len, plain), (each for each in others)]
        node = self.random.choice(made)
        owner = self.random.choice([node for node in self.nodes if type(node) in (list, dict)])
        if type(owner) is list:
            owner.append(node)
        else:
            owner[f"entry_{len(owner)}"] = node
        self.nodes.append(node)

    def pick(self):
        return self.random.choice(self.nodes)


@pytest.fixture(autouse=True)
def settle():
    """Tuples of tuples are untracked one layer with each collection, which would count less in a second answer."""
    for _ in range(3):
        gc.collect()


@pytest.fixture(params=[(1, 40), (2, 300)], ids=["small", "large"])
def graph(request):
    yield Graph(*request.param)
    del sys.modules["objgraph_test_graph"]


def printed(function, *args, **kwargs):
    file = io.StringIO()
    with contextlib.redirect_stdout(file):
        result = function(*args, **kwargs)
    assert result is None or isinstance(result, dict)
    return file.getvalue()


def drawn(function, *args, **kwargs):
    """DOT text. What it names are the same objects, so that addresses can stay; some atoms all share."""
    file = io.StringIO()
    assert function(*args, output=file, **kwargs) is None
    return re.sub(r"(NoneType|int|str) \[\d{3,}\]", r"\1 [many]", file.getvalue())


def ids_of(objects):
    return list(map(id, objects))


# ---- the module ----

@pytest.mark.parametrize("name", PUBLIC)
def test_signatures(name):
    assert inspect.signature(getattr(ours, name)) == inspect.signature(getattr(theirs, name))
    assert inspect.getdoc(getattr(ours, name))


def test_the_stub():
    """Parameters and defaults are those of the module; what the stub says of types is for people and checkers."""
    stub = ast.parse((pathlib.Path(ours.__file__).parent / "__init__.pyi").read_text())
    functions = {node.name: node.args for node in stub.body if isinstance(node, ast.FunctionDef)}
    assert sorted(functions) == sorted(PUBLIC)
    for name, arguments in functions.items():
        parameters = inspect.signature(getattr(ours, name)).parameters.values()
        listed = arguments.args + [rest for rest in (arguments.vararg, arguments.kwarg) if rest]
        assert [argument.arg for argument in listed] == [parameter.name for parameter in parameters]
        assert list(map(ast.literal_eval, arguments.defaults)) == \
            [parameter.default for parameter in parameters if parameter.default is not parameter.empty]


def test_names():
    assert sorted(ours.__all__) == sorted(PUBLIC)
    functions = {name for name, value in vars(theirs).items() if inspect.isfunction(value)}
    assert functions <= set(vars(ours))
    assert ours.IS_INTERACTIVE is False and ours.__version__.startswith("3.6.")


def test_it_is_imported_when_it_is_asked_for():
    script = ("import sys, holdfast; assert 'holdfast.objgraph' not in sys.modules\n"
              "assert holdfast.objgraph.count('dict') > 0\n"
              "sys.modules['objgraph'] = holdfast.objgraph\n"
              "import objgraph; from holdfast import objgraph as same; assert objgraph is same")
    subprocess.run([sys.executable, "-c", script], check=True)
    assert holdfast.objgraph is ours


@pytest.mark.parametrize("name", ["_count_types", "_by_type", "_ids_by_type", "_at", "_leaking", "_chain", "_referrers"])
def test_wrong_use_of_the_private_functions(name):
    with pytest.raises(TypeError):
        getattr(_core, name)()
    with pytest.raises(TypeError):
        getattr(_core, name)(*[5.0] * 7)
    if name in ("_leaking", "_referrers"):
        with pytest.raises(TypeError):
            getattr(_core, name)({1: 2})
    with pytest.raises(TypeError):
        type(_core._referrers([]))()


# ---- counting ----

@pytest.mark.parametrize("shortnames", [True, False])
def test_typestats(graph, shortnames):
    expected = theirs.typestats(shortnames=shortnames)
    assert list(ours.typestats(shortnames=shortnames).items()) == list(expected.items())
    expected = repr(theirs.most_common_types(limit=None, shortnames=shortnames))     # its tuples would be counted
    assert repr(ours.most_common_types(limit=None, shortnames=shortnames)) == expected


def test_typestats_of_objects(graph):
    for objects in (graph.nodes, tuple(graph.nodes), [], [1, "a", None, 1], {1, 2.5}):
        for shortnames in (True, False):
            assert ours.typestats(objects, shortnames) == theirs.typestats(objects, shortnames)
            assert ours.most_common_types(3, objects, shortnames) == theirs.most_common_types(3, objects, shortnames)
    assert ours.typestats(iter(graph.nodes)) == theirs.typestats(iter(graph.nodes))


@BOTH
def test_filter(graph, module):
    wanted = set(ids_of(graph.nodes))
    found = module.typestats(filter=lambda obj: id(obj) in wanted)
    assert sum(found.values()) == len([node for node in graph.nodes if gc.is_tracked(node)])
    with pytest.raises(ZeroDivisionError):
        module.typestats(filter=lambda obj: 1 / 0)


def test_count(graph):
    for name in ("Plain", f"{__name__}.Plain", "dict", "builtins.dict", "tuple", "no such", "no.such", ""):
        assert ours.count(name) == theirs.count(name)
        assert ours.count(name, graph.nodes) == theirs.count(name, graph.nodes)
    with pytest.raises(TypeError):
        ours.count(None)


def test_printed_tables(graph):
    for arguments in ({}, {"limit": 3}, {"limit": None}, {"shortnames": False}, {"objects": graph.nodes}):
        assert printed(ours.show_most_common_types, **arguments) == printed(theirs.show_most_common_types, **arguments)
    files = io.StringIO(), io.StringIO()
    for module, file in zip((theirs, ours), files):
        module.show_most_common_types(file=file)
    assert files[0].getvalue() == files[1].getvalue()


@BOTH
def test_an_empty_table(module):
    with pytest.raises(ValueError):
        module.show_most_common_types(objects=[])


def without_cells(rows):
    return [row for row in rows if row[0] != "cell"]


def test_growth():
    peaks = [{}, {}]
    for round_ in range(3):
        kept = [Plain() for _ in range(10 * (round_ + 1))]
        expected = repr(without_cells(theirs.growth(None, peaks[0])))
        assert repr(without_cells(ours.growth(None, peaks[1]))) == expected
        assert {**peaks[1], "cell": 0} == {**peaks[0], "cell": 0}
        assert len(kept) == 10 * (round_ + 1)


@BOTH
def test_growth_remembers_for_all_calls(module):
    module.growth(limit=None)
    kept = [Plain() for _ in range(7)]
    text = printed(module.show_growth)
    total = module.count("Plain")
    assert f"Plain{total:{max(map(len, text.splitlines())) - 15}d}        +7\n" in text
    assert [row for row in module.growth() if row[0] == "Plain"] == []
    assert len(kept) == 7


def test_printed_growth():
    kept, peaks = [], [{}, {}]
    for limit in (10, 2, None):
        kept += [Plain() for _ in range(5)] + [{"key": kept}]
        expected = printed(theirs.show_growth, limit, peaks[0])
        found = printed(ours.show_growth, limit, peaks[1])
        assert without_cells(map(str.split, found.splitlines())) == without_cells(map(str.split, expected.splitlines()))
    assert printed(ours.show_growth, peak_stats=peaks[1], filter=lambda obj: False) == ""


# ---- new objects ----

# Of these the functions and printed() keep some; and each collection lets go of tuples, a level of nested ones at a time.
OWN = ("set", "defaultdict", "dict", "list", "StringIO", "redirect_stdout", "method", "tuple")


def table_without_own(text):
    """The cells: the width of the first column is that of the longest name of all."""
    return [line.split() for line in text.splitlines() if not line.startswith(OWN)]


@pytest.mark.parametrize("sortby", ["old", "current", "new", "deltas"])
def test_get_new_ids(sortby):
    states, kept, dropped = {ours: {}, theirs: {}}, [], [Slotted() for _ in range(30)]
    for round_ in range(4):
        texts = {}
        for module, state in states.items():
            texts[module] = printed(module.get_new_ids, limit=None, sortby=sortby, _state=state)
        assert table_without_own(texts[ours]) == table_without_own(texts[theirs])
        for name in ("Plain", "Slotted", "module", "function"):
            for key in ("old", "current", "new"):
                assert states[ours][key].get(name) == states[theirs][key].get(name), (round_, key, name)
        kept += [Plain() for _ in range(round_ * 10)]
        if round_ == 1:
            dropped.clear()
    assert len(kept) == 60 and not dropped


def test_get_new_ids_without_an_update():
    state = {}
    ours.get_new_ids(limit=0, _state=state)
    plain = Plain()
    new = ours.get_new_ids(limit=0, _state=state)
    assert new["Plain"] == {id(plain)}
    other = Plain()
    assert ours.get_new_ids(skip_update=True, _state=state) is new
    assert new["Plain"] == {id(plain)} and other is not plain
    assert printed(ours.get_new_ids, limit=0, shortnames=False, _state=state) == ""
    assert id(other) in new[f"{__name__}.Plain"] and state["shortnames"] is False
    with pytest.raises(KeyError):
        ours.get_new_ids(sortby="name", _state=state)


def test_the_table_of_new_ids():
    lines = {}
    for module in (theirs, ours):
        state = {}
        module.get_new_ids(limit=0, _state=state)
        module.get_new_ids(limit=0, _state=state)
        kept = [Plain() for _ in range(500)]
        lines[module] = printed(module.get_new_ids, limit=1, _state=state)
        del kept
    assert lines[ours] == lines[theirs] and "Plain" in lines[ours]


# ---- finding ----

def test_by_type(graph):
    for name in ("Plain", f"{__name__}.Slotted", "method", "module", "builtins.module", "no such"):
        expected = ids_of(theirs.by_type(name))
        assert ids_of(ours.by_type(name)) == expected
        assert ids_of(ours.by_type(name, graph.nodes * 2)) == ids_of(theirs.by_type(name, graph.nodes * 2))
    for name in ("list", "dict", "tuple"):      # the lists of the first answer are new for the second
        expected = set(ids_of(graph.nodes)) & set(ids_of(theirs.by_type(name)))
        assert set(ids_of(graph.nodes)) & set(ids_of(ours.by_type(name))) == expected
    assert all(type(obj) is Plain for obj in ours.by_type("Plain", iter(graph.nodes)))


def test_by_type_has_no_object_of_its_own():
    before = set(ids_of(gc.get_objects()))
    after = set(ids_of(ours.by_type("list"))) | set(ids_of(ours.by_type("tuple")))
    assert after - before <= {id(before)}


def test_at(graph):
    for obj in (*graph.nodes[:40], sys, Plain):
        assert ours.at(id(obj)) is theirs.at(id(obj))
        assert not gc.is_tracked(obj) or ours.at(id(obj)) is obj
    for wrong in (0, 1, -5, 1 << 80, id("text"), "text", None):
        assert ours.at(wrong) is theirs.at(wrong) is None
    assert ours.at(float(id(graph.nodes[0]))) is theirs.at(float(id(graph.nodes[0])))


def test_at_addrs(graph):
    addresses = set(ids_of(graph.nodes)) | {0, 12345, -3, 1 << 70, "text"}
    expected = ids_of(theirs.at_addrs(addresses))
    assert len(expected) > 30
    for kind in (set, frozenset, list, tuple, dict.fromkeys):
        assert ids_of(ours.at_addrs(kind(addresses))) == expected
    assert ours.at_addrs(()) == []

    class Everything:
        def __contains__(self, addr):
            return addr in addresses
    assert ids_of(ours.at_addrs(Everything())) == expected


def test_get_leaking_objects(graph):
    expected = ids_of(theirs.get_leaking_objects())
    found = ids_of(ours.get_leaking_objects())
    alive = set(ids_of(gc.get_objects())) - {id(expected)}
    assert [id_ for id_ in found if id_ in alive] == [id_ for id_ in expected if id_ in alive]
    assert len(set(found) - set(expected)) <= 1 < len(found)
    for objects in (graph.nodes, graph.nodes[::2], tuple(graph.nodes[::3]) * 2, [graph.nodes, *graph.nodes], ["a", 1]):
        assert ids_of(ours.get_leaking_objects(objects)) == ids_of(theirs.get_leaking_objects(objects))
    assert ours.get_leaking_objects([]) == []


def test_leaking_objects_of_sets(graph):
    plains = {node for node in graph.nodes if type(node) is Plain}
    assert ids_of(ours.get_leaking_objects(plains)) == ids_of(theirs.get_leaking_objects(plains))


@BOTH
def test_is_proper_module(module):
    class Pretender:
        __class__ = types.ModuleType
    answers = [module.is_proper_module(obj) for obj in (sys, types, types.ModuleType("sys"), [], 5, Plain, Pretender())]
    assert answers == [True, True] + [False] * 5


# ---- chains ----

def test_chains(graph):
    ignore = [id(graph.nodes), id(graph), id(graph.__dict__)]
    for depth in (0, 1, 2, 5, 20):
        start, end = graph.pick(), graph.pick()
        for predicate in (lambda obj: obj is end, lambda obj: type(obj) is Plain, theirs.is_proper_module):
            for name in ("find_ref_chain", "find_backref_chain"):
                arguments = start, predicate, min(depth, 4) if name == "find_backref_chain" else depth, ignore
                assert ids_of(getattr(ours, name)(*arguments)) == ids_of(getattr(theirs, name)(*arguments))


def test_objects_are_asked_in_the_same_order(graph):
    for find, depth in (("find_ref_chain", 4), ("find_backref_chain", 2)):
        orders = {}
        for module in (theirs, ours):
            asked = orders[module] = []
            getattr(module, find)(graph.nodes[5], lambda obj: asked.append(id(obj)), max_depth=depth)
        asked = None
        assert orders[ours] == orders[theirs] and len(orders[ours]) > 5


def test_chains_of_what_is_not_tracked():
    text, holder = "".join(["a", "text"]), Plain()
    holder.text = text
    for start in (text, 1000 + len(text)):
        chain = theirs.find_backref_chain(start, lambda obj: obj is holder, max_depth=2)
        assert ids_of(ours.find_backref_chain(start, lambda obj: obj is holder, max_depth=2)) == ids_of(chain)
    assert ours.find_ref_chain(text, lambda obj: False) == [text]
    assert ours.find_backref_chain(text, lambda obj: obj is text) == [text]


def test_a_chain_over_what_the_collector_lets_go_of():
    """A tuple of texts is tracked until the collector looks at it: here after the search has come to it."""
    holder, text = [], "".join(["a text", " of its own"])

    def predicate(obj):
        if obj is text:
            holder[:] = [tuple([text])]
        else:
            gc.collect()
        return obj is holder

    chains = [each.find_backref_chain(text, predicate) for each in (theirs, ours)]
    assert [[type(obj) for obj in chain] for chain in chains] == [[list, tuple, str]] * 2
    assert not gc.is_tracked(chains[1][1])


def test_chains_that_are_ignored():
    target = Plain()
    first, second = [target], [target]
    first_owner, second_owner = [first], [second]
    found = ours.find_backref_chain(target, lambda obj: obj in (first_owner, second_owner), extra_ignore={id(first)})
    assert ids_of(found) == ids_of([second_owner, second, target])
    assert ours.find_ref_chain(first_owner, lambda obj: obj is target, extra_ignore=[id(first)]) == [first_owner]
    with pytest.raises(TypeError):
        ours.find_ref_chain(target, bool, extra_ignore=[[]])
    with pytest.raises(TypeError):
        ours.find_ref_chain([target], lambda obj: False, max_depth=None)
    assert ours.find_ref_chain([target], lambda obj: False, max_depth=float("inf"))


def test_a_chain_along_any_edges(graph):
    edges = {1: [2, 3], 2: [4], 3: [4, 5], 5: [1, 6]}
    for depth in (1, 2, 3):
        for wanted in (1, 4, 6, 7):
            arguments = 1, lambda obj: obj == wanted, lambda obj: edges.get(obj, []), depth
            assert ours._find_chain(*arguments) == theirs._find_chain(*arguments)


def make_linked_list(length):
    end = node = []
    for _ in range(length):
        node = [node]
    return node, end


def test_a_long_list():
    """Three million nodes, which would be as many passes over the heap."""
    length = 3_000_000
    head, end = make_linked_list(length)
    chain = ours.find_backref_chain(end, lambda obj: obj is head, max_depth=2 * length)
    assert len(chain) == length + 1 and chain[0] is head and chain[-1] is end
    chain = ours.find_ref_chain(head, lambda obj: obj is end, max_depth=length)
    assert len(chain) == length + 1 and chain[0] is head and chain[-1] is end
    assert ours.find_ref_chain(head, lambda obj: obj is end, max_depth=length - 1) == [head]


def test_a_star():
    center = Plain()
    rays = [[center, center] for _ in range(100_000)]
    chain = ours.find_backref_chain(center, lambda obj: obj is rays[-1])
    assert ids_of(chain) == ids_of([rays[-1], center])
    text = drawn(ours.show_backrefs, center, max_depth=1, extra_ignore=[id(rays)])
    assert text == drawn(theirs.show_backrefs, center, max_depth=1, extra_ignore=[id(rays)])
    assert "backreferences" in text


@pytest.mark.parametrize("find", [ours.find_ref_chain, ours.find_backref_chain])
def test_nothing_is_kept(find):
    nodes = [[]]
    for _ in range(50):
        nodes.append([nodes[-1]])
    counts = [sys.getrefcount(node) for node in nodes]
    find(nodes[0], lambda obj: False, max_depth=3)
    with pytest.raises(ZeroDivisionError):
        find(nodes[25], lambda obj: 1 / 0 if obj is not nodes[25] else False)
    with pytest.raises(ZeroDivisionError):
        drawn(ours.show_backrefs, nodes[25], filter=lambda obj: 1 / 0)
    assert [sys.getrefcount(node) for node in nodes] == counts


def test_a_predicate_that_takes_the_heap_apart():
    """What it frees is kept until the search is over."""
    target = Plain()
    layers = [[[[target]] for _ in range(50)] for _ in range(20)]
    freed = []

    class Canary:
        def __del__(self):
            freed.append(True)
    layers[0][0][0].append(Canary())

    def take_apart(obj):
        layers.clear()
        gc.collect()
        return False
    ours.find_backref_chain(target, take_apart, max_depth=5)
    gc.collect()
    assert freed == [True] and layers == []


# ---- drawing ----

OPTIONS = [{}, {"max_depth": 1}, {"max_depth": 0}, {"too_many": 1}, {"shortnames": False}, {"refcounts": True},
           {"highlight": lambda obj: type(obj) is dict}, {"filter": lambda obj: type(obj) is not tuple},
           {"extra_info": lambda obj: hex(id(obj))}, {"extra_node_attrs": lambda obj: {"URL": "a\"b", "none": None}}]


def assert_drawn_alike(name, *args, **kwargs):
    """The first drawing gives instances and functions the attribute dicts that labels are looked up in."""
    drawn(getattr(theirs, name), *args, **kwargs)
    expected = drawn(getattr(theirs, name), *args, **kwargs)
    assert drawn(getattr(ours, name), *args, **kwargs) == expected
    return expected


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: next(iter(options), "none"))
def test_dot_text(graph, options):
    ignore = [id(graph.nodes), id(graph), id(graph.__dict__)]
    for objs in (graph.pick(), [graph.pick(), graph.pick()], (graph.nodes[0],)):
        assert_drawn_alike("show_refs", objs, extra_ignore=ignore, **options)
        assert_drawn_alike("show_backrefs", objs, extra_ignore=ignore, **{"max_depth": 2, "too_many": 3, **options})


def test_dot_text_of_modules(graph):
    module = sys.modules["objgraph_test_graph"]
    assert "too_many" in assert_drawn_alike("show_refs", module, too_many=2)
    assert_drawn_alike("show_backrefs", graph.pick(), max_depth=4, too_many=3)


def test_dot_text_of_chains(graph):
    chains = [theirs.find_backref_chain(graph.pick(), theirs.is_proper_module) for _ in range(3)] + [[]]
    for arguments in ({}, {"backrefs": False}, {"refcounts": True, "shortnames": False}):
        expected = drawn(theirs.show_chain, *chains, **arguments)
        assert drawn(ours.show_chain, *chains, **arguments) == expected
    with pytest.raises(ValueError):
        ours.show_chain()


class WithFinalizer:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __del__(self):
        pass


class Hostile:
    def __len__(self):
        raise RuntimeError("no length")

    def __eq__(self, other):
        raise RuntimeError("not compared")

    def __hash__(self):
        raise RuntimeError("not hashed")

    def __repr__(self):
        raise RuntimeError("not shown")

    def __bool__(self):
        raise RuntimeError("neither")

    def method(self):
        pass


class HostileList(list):
    __len__ = __eq__ = __repr__ = __bool__ = Hostile.__len__
    __hash__ = None


class Liar:
    @property
    def __class__(self):
        return dict


def make_zoo():
    def function(argument=[1], *, keyword={}):
        return function
    hostile = Hostile()
    return [WithFinalizer(a=[1], b={"x": 2}), hostile, hostile.method, HostileList([hostile]), Liar(), function,
            lambda: function, sys._getframe(), {"quo\"te\\": [], "new\nline": {}, 5: [hostile], None: []}, len, [].append,
            type, sys, {1: 2}, "text", 5, None, set([1]), frozenset([2]), iter([hostile]), (i for i in [hostile])]


def test_the_zoo():
    zoo = make_zoo()
    for obj in zoo:
        options = {"shortnames": False, "refcounts": True, "extra_ignore": [id(zoo)]}
        assert_drawn_alike("show_refs", obj, max_depth=2, **options)
        assert_drawn_alike("show_backrefs", obj, max_depth=1, **options)
    assert ours.typestats(zoo) == theirs.typestats(zoo)
    assert ids_of(ours.get_leaking_objects(zoo)) == ids_of(theirs.get_leaking_objects(zoo))


def test_labels_of_the_zoo():
    for obj in make_zoo():
        assert ours._obj_label(obj, None, False, False) == theirs._obj_label(obj, None, False, False)
        assert ours._short_typename(obj) == theirs._short_typename(obj)
        for other in make_zoo()[:9]:
            assert ours._edge_label(obj, other) == theirs._edge_label(obj, other)


@BOTH
def test_a_class_that_raises(module):
    class Angry:
        @property
        def __class__(self):
            raise RuntimeError("asked for its class")
    with pytest.raises(RuntimeError):
        drawn(module.show_refs, Angry())
    with pytest.raises(RuntimeError):
        module.find_ref_chain([Angry()], module.is_proper_module)


class OddMeta(type):
    @property
    def __name__(cls):
        if cls.fails:
            raise RuntimeError("no name")
        return "odd"


@BOTH
def test_types_with_names_of_their_own(module):
    odd = OddMeta("Odd", (), {"fails": False, "__module__": None})
    objects = [odd(), odd(), Plain()]
    assert module.typestats(objects) == {"odd": 2, "Plain": 1}
    assert module.typestats(objects, shortnames=False) == {"odd": 2, f"{__name__}.Plain": 1}
    assert module.count("odd", objects) == 2 and module.by_type("odd", objects) == objects[:2]
    odd.fails = True
    for call in (lambda: module.typestats(objects), lambda: module.by_type("odd", objects), lambda: module.count("odd")):
        with pytest.raises(RuntimeError):
            call()


# ---- files and viewers ----

@BOTH
def test_files(module, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_program_in_path", {"dot"}.__contains__)
    dot, png = str(tmp_path / "graph.dot"), str(tmp_path / "graph.png")
    obj = [["\u20ac"]]
    assert printed(module.show_refs, obj, filename=dot) == f"Graph written to {dot} (2 nodes)\n"
    with open(dot, encoding="utf-8") as file:
        assert file.read() == drawn(theirs.show_refs, obj)
    text = printed(module.show_refs, obj, filename=png).splitlines()
    assert text[1] == f"Image generated as {png}" and os.path.getsize(png) > 0
    name = text[0].split()[3]
    assert text[0] == f"Graph written to {name} (2 nodes)" and os.path.basename(name).startswith("objgraph-")
    os.remove(name)
    with pytest.raises(ValueError, match="Cannot specify both output and filename."):
        module.show_refs(obj, filename=dot, output=io.StringIO())


class Viewer:
    """Stands for the module subprocess."""
    returncode = 0

    def Popen(self, words, close_fds):
        print(words[0], words[1:-1], close_fds)
        return self

    def wait(self):
        pass


@BOTH
@pytest.mark.parametrize("programs", [set(), {"dot"}, {"xdot"}, {"dot", "xdot"}], ids=str)
@pytest.mark.parametrize("filename", [None, "graph.svg", "graph.dot"])
def test_viewers(module, programs, filename, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    expected = {}
    for each in (theirs, module):
        monkeypatch.setattr(each, "_program_in_path", programs.__contains__)
        monkeypatch.setattr(each, "subprocess", Viewer())
        expected[each] = printed(each._present_graph, "graph.dot", filename)
    assert expected[module] == expected[theirs]


@BOTH
def test_a_viewer_that_fails(module, monkeypatch):
    monkeypatch.setattr(module, "_program_in_path", {"dot"}.__contains__)
    monkeypatch.setattr(module, "subprocess", Viewer())
    monkeypatch.setattr(Viewer, "returncode", 3)
    assert printed(module._present_graph, "a.dot", "b.png").splitlines()[1] == \
        'dot failed (exit code 3) while executing "dot -Tpng -ob.png a.dot"'


def test_what_an_import_loads():
    """What pictures alone need comes with the first of them."""
    script = """
import sys
before = set(sys.modules)
from holdfast import objgraph
loaded = set(sys.modules) - before
print(sorted(loaded & {'subprocess', 'tempfile', 're', 'graphviz', 'random', 'threading'}), len(loaded) < 30)
print(objgraph.subprocess is sys.modules['subprocess'], hasattr(objgraph, 'nothing'))
"""
    words = [sys.executable, "-S", "-c", script]
    assert subprocess.run(words, check=True, capture_output=True, text=True).stdout == "[] True\nTrue False\n"


@pytest.mark.parametrize("word", ["a", "_1", "a\n", "", "1", "a b", "a\n\n", "\n", "\u00e4", "a\u0661", "None"])
def test_identifiers(word):
    assert bool(ours._is_identifier(word)) == bool(theirs._is_identifier(word))


@BOTH
def test_notebooks(module, monkeypatch):
    monkeypatch.setattr(module, "IS_INTERACTIVE", True)
    monkeypatch.setattr(module, "graphviz", types.SimpleNamespace(Source=lambda text: ("picture", text)), raising=False)
    obj = [[]]
    assert module.show_refs(obj) == ("picture", drawn(theirs.show_refs, obj))
    assert module.show_backrefs(sys, max_depth=0)[0] == "picture"
    assert module.show_chain([obj], backrefs=False) is None


NOTEBOOK = """
import sys, types, builtins
sys.modules["graphviz"] = types.ModuleType("graphviz")
Shell = type(sys.argv[1], (), {})
builtins.get_ipython = Shell
from holdfast import objgraph
print(objgraph.IS_INTERACTIVE, objgraph.graphviz.__name__)
"""


@pytest.mark.parametrize("shell, is_interactive", [("ZMQInteractiveShell", True), ("TerminalInteractiveShell", False),
                                                   ("PyDevTerminalInteractiveShell", False)])
def test_shells(shell, is_interactive):
    words = [sys.executable, "-c", NOTEBOOK, shell]
    output = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert output == f"{is_interactive} graphviz\n"
