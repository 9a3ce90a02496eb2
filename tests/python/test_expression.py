"""Expressions are evaluated in the process they speak about and give the very object, for every kind of reference."""
import collections
import contextvars
import functools
import gc
import random
import sys
import threading
import types

import holdfast
import pytest


class Target:
    """What is asked for: one object per test, held in one way."""


class Plain:
    pass


class Slotted:
    __slots__ = ("slot", "__private")

    def __init__(self, value):
        self.__private = value


class Hostile:
    """Reading anything of it the usual way would be noticed."""

    def __getattribute__(self, name):
        raise AssertionError(f"the expression read {name} through the class")


class Shadowed:
    """The property hides what lies in the instance's dict."""

    @property
    def value(self):
        raise AssertionError("the expression ran the property")


class Rows(list):
    def __getitem__(self, index):
        raise AssertionError("the expression ran __getitem__")


class Conf(dict):
    def __getitem__(self, key):
        raise AssertionError("the expression ran __getitem__")


class OddKey:
    """A key that no literal can name."""


class Word(str):
    def __eq__(self, other):
        raise AssertionError("the expression compared a key")

    __hash__ = str.__hash__


Pair = collections.namedtuple("Pair", "left right")


def generator(value):
    yield
    return value


def generator_with_cell(value):
    yield
    return lambda: value


async def coroutine(value):
    await suspended()
    return value


@types.coroutine
def suspended():
    yield


async def async_generator(value):
    yield
    print(value)


def started(iterator):
    iterator.send(None)
    return iterator


def started_async(iterator):
    step = iterator.asend(None)
    with pytest.raises(StopIteration):
        step.send(None)
    return iterator


def hostile(value):
    owner = Hostile()
    object.__getattribute__(owner, "__dict__")["kept"] = value
    return owner


def shadowed(value):
    owner = Shadowed()
    owner.__dict__["value"] = value
    return owner


def slotted(value):
    owner = Slotted(None)
    owner.slot = value
    return owner


def with_attributes(owner, **attributes):
    vars(owner).update(attributes)
    return owner


def function_with(value, kind="default"):
    if kind == "default":
        return lambda x=value: x
    if kind == "keyword":
        return lambda *, x=value: x
    return lambda: value


def raised(value):
    try:
        raise ValueError(value)
    except ValueError as error:
        return error


def class_with(value, **more):
    return type("Made", (), {"kept": value, **more})


def property_of(value):
    class Descriptor:
        def __get__(self, instance, owner):
            raise AssertionError("the expression ran __get__")
    descriptor = Descriptor()
    descriptor.kept = value
    return type("Made", (), {"described": descriptor})


def module_with(value):
    module = types.ModuleType("made")
    module.kept = value
    return module


# name -> (makes the owner from the target, what the expression ends in or contains; None: anything)
KINDS = {
    "global variable": (lambda x: x, "sys.modules['kinds'].held"),
    "attribute": (lambda x: with_attributes(Plain(), kept=x), ".held.kept"),
    "attribute, keyword": (lambda x: with_attributes(Plain(), **{"class": x}), ".__dict__['class']"),
    "attribute, any text": (lambda x: with_attributes(Plain(), **{"a b\n'\"": x}), None),
    "attribute, not ASCII": (lambda x: with_attributes(Plain(), **{"\ufb01": x}), None),
    "slot": (slotted, ".held.slot"),
    "mangled slot": (lambda x: Slotted(x), ".held._Slotted__private"),
    "behind __getattribute__": (hostile, "object.__getattribute__("),
    "behind a property": (shadowed, ".__dict__['value']"),
    "list item": (lambda x: [None, x], ".held[1]"),
    "tuple item": (lambda x: (0, (x,)), ".held[1][0]"),
    "named tuple": (lambda x: Pair(None, x), None),
    "list subclass": (lambda x: Rows([x]), "list.__getitem__("),
    "deque": (lambda x: collections.deque([1, 2, x]), ".held[2]"),
    "dict value": (lambda x: {"k": x}, ".held['k']"),
    "dict value, tuple key": (lambda x: {("session", 7): x}, ".held[('session', 7)]"),
    "dict value, bytes key": (lambda x: {b"\x00'": x}, None),
    "dict value, float key": (lambda x: {0.1: x}, ".held[0.1]"),
    "dict value, None key": (lambda x: {None: x}, ".held[None]"),
    "dict value, nan key": (lambda x: {float("nan"): x}, "dict.values("),
    "dict value, large int key": (lambda x: {1 << 200: x}, None),
    "dict value, object key": (lambda x: {OddKey(): x}, "dict.values("),
    "dict value, str subclass key": (lambda x: {Word("w"): x}, "dict.values("),
    "dict value, surrogate key": (lambda x: {"\ud800": x}, ".held['\\ud800']"),
    "dict key": (lambda x: {1: 2, x: 3}, "dict.keys("),
    "dict subclass": (lambda x: Conf(k=x), "dict.__getitem__("),
    "set": (lambda x: {1, "two", x}, None),
    "frozenset": (lambda x: frozenset([x, 1.5]), None),
    "OrderedDict": (lambda x: collections.OrderedDict(a=1, b=x), None),
    "defaultdict value": (lambda x: collections.defaultdict(list, a=x), None),
    "default_factory": (lambda x: collections.defaultdict(types.MethodType(print, x)), None),
    "Counter": (lambda x: collections.Counter({x: 3}), None),
    "ChainMap": (lambda x: collections.ChainMap({}, {"k": x}), None),
    "function default": (lambda x: function_with(x), ".__defaults__[0]"),
    "keyword default": (lambda x: function_with(x, kind="keyword"), ".__kwdefaults__['x']"),
    "closure": (lambda x: function_with(x, kind="closure"), ".__closure__[0].cell_contents"),
    "function attribute": (lambda x: with_attributes(function_with(None), kept=x), ".held.kept"),
    "bound method": (lambda x: types.MethodType(print, x), ".__self__"),
    "partial": (lambda x: functools.partial(print, x), ".args[0]"),
    "partial keyword": (lambda x: functools.partial(print, end=x), ".keywords['end']"),
    "lru_cache": (lambda x: functools.lru_cache(with_attributes(lambda: 1, kept=x)), None),
    "property": (lambda x: property(with_attributes(lambda self: 1, kept=x)), ".fget.kept"),
    "static method": (lambda x: staticmethod(with_attributes(lambda: 1, kept=x)), None),
    "generator": (lambda x: started(generator(x)), ".gi_frame.f_locals['value']"),
    "generator, cell": (lambda x: started(generator_with_cell(x)), ".gi_frame.f_locals['value']"),
    "coroutine": (lambda x: started(coroutine(x)), ".cr_frame.f_locals['value']"),
    "async generator": (lambda x: started_async(async_generator(x)), ".ag_frame.f_locals['value']"),
    "exception": (raised, ".args[0]"),
    "traceback": (lambda x: with_traceback(x), ".tb_frame.f_locals['value']"),
    "context": (lambda x: chained(x), ".__context__.args[0]"),
    "class attribute": (class_with, ".held.kept"),
    "class attribute, descriptor": (property_of, ".__dict__['described'].kept"),
    "class": (lambda x: with_class(x), "type("),
    "module": (module_with, ".held.kept"),
    "mappingproxy": (lambda x: types.MappingProxyType({"k": x}), None),
    "list iterator": (lambda x: iter([1, x]), ".__reduce__()"),
    "slice": (lambda x: slice(1, x), ".stop"),
    "cell": (lambda x: types.CellType(x), ".cell_contents"),
    "weak reference callback": (lambda x: with_callback(x), None),
    "generic alias": (lambda x: list[x], ".__args__[0]"),
    "context variable": (lambda x: contextvars.ContextVar("v", default=x), None),
}
INEXPRESSIBLE = {"mappingproxy", "context variable"}


def with_traceback(value):
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


def chained(value):
    try:
        try:
            raise KeyError(value)
        except KeyError:
            raise ValueError
    except ValueError as error:
        return error.with_traceback(None)


def with_class(value):
    """An instance of a class that only the instance holds."""
    return type("Made", (), {"kept": value})()


def with_callback(value):
    import weakref
    anchor = Plain()
    ANCHORS.append(anchor)
    return weakref.ref(anchor, types.MethodType(print, value))


ANCHORS = []


def hold(make):
    """Puts what `make` gives into a module of its own, and gives the target's id alone."""
    target = Target()
    module = sys.modules["kinds"] = types.ModuleType("kinds")
    module.held = make(target)
    return id(target)


@pytest.fixture
def without_kinds():
    yield
    sys.modules.pop("kinds", None)
    ANCHORS.clear()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in INEXPRESSIBLE])
def test_kind(kind, without_kinds):
    make, part = KINDS[kind]
    address = hold(make)
    why = holdfast.snapshot().why(selector=hex(address))
    path = why.paths[0]
    assert path.expression, path.expression_gap
    assert id(eval(path.expression, {"sys": sys})) == address, path.expression
    if part is not None:
        assert part in path.expression, path.expression


@pytest.mark.parametrize("kind", sorted(INEXPRESSIBLE))
def test_gap_is_told(kind, without_kinds):
    address = hold(KINDS[kind][0])
    path = holdfast.snapshot().why(selector=hex(address)).paths[0]
    assert path.expression == ""
    assert "field of C code" in path.expression_gap


def test_variable_of_another_thread():
    ready, done = threading.Event(), threading.Event()
    address = []

    def outer():
        job = Target()
        address.append(id(job))
        inner(started(generator(None)))
        return job

    def inner(_):
        ready.set()
        done.wait()

    thread = threading.Thread(target=outer, name="worker")
    thread.start()
    try:
        ready.wait()
        path = holdfast.snapshot().why(selector=hex(address[0])).paths[0]
        assert "thread worker, " in path.root and "local 'job'" in path.root
        assert id(eval(path.expression, {"sys": sys})) == address[0]
    finally:
        done.set()
        thread.join()


def test_own_variable():
    def deeper(depth):
        kept = Target()
        if depth > 0:
            return deeper(depth - 1)
        path = holdfast.snapshot().why(selector=hex(id(kept))).paths[0]
        assert "local 'kept'" in path.root
        return eval(path.expression, {"sys": sys}) is kept

    assert deeper(3)


def test_many_objects_of_the_heap():
    """Each expression of a sample of the process gives the object; none raises."""
    import asyncio, decimal, email.message, http.client, json, unittest.mock  # noqa: F401, E401 (more to look at)
    gc.collect()
    sample = random.Random(7).sample(gc.get_objects(), 400)
    snapshot = holdfast.snapshot()
    expressed = hidden = 0
    for thing in sample:
        try:
            paths = snapshot.why(thing, paths=2).paths
        except LookupError:  # holdfast's own objects are in the sample and never in a snapshot
            hidden += 1
            continue
        for path in paths:
            if path.expression:
                expressed += 1
                assert eval(path.expression, {"sys": sys}) is thing, path.expression
            else:
                assert path.expression_gap
    assert hidden < 20
    assert expressed > 400
